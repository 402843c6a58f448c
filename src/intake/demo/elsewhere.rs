//! What happens with the cousins and at the grandparents'.

use super::people::{Place, Who};
use super::told::{PLAIN, State, Told, note, say};
use crate::model::comment::Channel;
use crate::model::severity::Severity;
use crate::model::source::{DAY, HOUR, MINUTE};

pub(super) static TOLD: &[Told] = &[
    Told {
        at: Place::Events,
        by: Who::Carmen,
        to: Some(Who::Carmen),
        severity: Severity::Sev2,
        age: 75 * DAY,
        state: State::Active,
        due: Some(16 * DAY),
        tags: &["birthday", "rosa"],
        title: "Rosa turns 80: the feast",
        text: "Long table in the courtyard, thirty-one of us, and she must not know about the photos.\n\n\
               Each part has a ticket of its own below this one. I keep the list of who comes here.",
        said: &[
            say(Who::Diego, 74 * DAY, "I bring the grill, the chairs from the club, and my speech."),
            say(Who::Carmen, 74 * DAY - HOUR, "The grill and the chairs, wonderful.").answering(0),
            say(Who::Ana, 40 * DAY, "Tío Julián comes from Lima after all! That makes thirty-two 🎉"),
            note(Who::Carmen, 15 * DAY, "He asked whether we could pay half of the flight. I said yes, from the feast money. Please don't mention it to Rosa."),
        ],
        ..PLAIN
    },
    Told {
        at: Place::It,
        by: Who::Carmen,
        to: Some(Who::Ana),
        severity: Severity::Sev3,
        age: 41 * DAY,
        state: State::Active,
        due: Some(9 * DAY),
        tags: &["birthday", "photos"],
        below: Some("Rosa turns 80: the feast"),
        title: "Slide show out of the four shoeboxes of photos",
        text: "Scan them, sort them by decade, and find somebody who still knows who is who. The one \
               with the donkey has to be in it.",
        said: &[
            say(Who::Ben, 30 * DAY, "Box one is scanned: 214 pictures, 3 of them of thumbs."),
            say(Who::Tomas, 22 * DAY, "The donkey is called Ministro. I am the one below him."),
            say(Who::Ana, 3 * DAY, "Three boxes done. The fourth is at Carmen's, I hear?"),
        ],
        ..PLAIN
    },
    Told {
        at: Place::Events,
        by: Who::Carmen,
        to: Some(Who::Diego),
        severity: Severity::Sev2_5,
        age: 28 * DAY,
        state: State::Waiting("the town hall: permit for the street, promised for Monday"),
        tags: &["birthday"],
        below: Some("Rosa turns 80: the feast"),
        title: "May we close the lane for one evening?",
        text: "The courtyard holds twenty-four. With the lane it is enough for everyone and for dancing.",
        said: &[
            say(Who::Diego, 27 * DAY, "Handed in, with a drawing. The lady at the desk knows Rosa from the choir, so we have friends in high places."),
            say(Who::Diego, 6 * DAY, "They want to know where the ambulance would pass. Drawing number two is in."),
        ],
        ..PLAIN
    },
    Told {
        at: Place::Events,
        by: Who::Iker,
        severity: Severity::Sev5,
        age: 26 * HOUR,
        tags: &["music"],
        title: "Can my band play at the birthday",
        text: "We have three songs now. One of them is quiet!!",
        said: &[say(Who::Rosa, 20 * HOUR, "Whatever this is about, the answer is yes.")],
        ..PLAIN
    },
    Told {
        at: Place::Events,
        by: Who::Ana,
        to: Some(Who::Carmen),
        severity: Severity::Sev4,
        age: 90 * DAY,
        state: State::Closed(80 * DAY),
        tags: &["christmas"],
        title: "Draw lots for the Christmas presents",
        text: "One present each, twenty euros at most, and nobody draws their own household this time.",
        said: &[
            say(Who::Carmen, 82 * DAY, "Drawn and sent. Diego, no swapping."),
            say(Who::Diego, 81 * DAY, "I would never. Hypothetically, who has Ben?").answering(0),
        ],
        ..PLAIN
    },
    Told {
        at: Place::Trips,
        by: Who::Diego,
        to: Some(Who::Carmen),
        severity: Severity::Sev2_5,
        age: 19 * DAY,
        state: State::Active,
        due: Some(34 * HOUR),
        tags: &["summer", "booking"],
        title: "Summer house in Asturias: yes or no by tomorrow night",
        text: "Five bedrooms, ten minutes to the beach, first two weeks of August. They hold it for us \
               until tomorrow at midnight.\n\nVotes so far: Carmen yes, Diego yes, Ben yes, Rosa \"if there is shade\".",
        said: &[
            say(Who::Rosa, 18 * DAY, "Is there shade?"),
            say(Who::Diego, 18 * DAY - HOUR, "Two fig trees and a porch.").answering(0),
            say(Who::Rosa, 17 * DAY, "Then yes.").answering(1),
            say(Who::Ana, 2 * HOUR, "Ben and I can do the first week for certain, the second I'll know tomorrow at noon."),
        ],
        ..PLAIN
    },
    Told {
        at: Place::Trips,
        by: Who::Iker,
        to: Some(Who::Diego),
        severity: Severity::Sev4,
        age: 8 * DAY,
        state: State::Resolved(DAY),
        tags: &["bike", "repair"],
        title: "Rear wheel wobbles since the kerb",
        text: "It was a small kerb. It was a fast me.",
        said: &[
            say(Who::Diego, 2 * DAY, "Trued it, two new spokes. Helmet stays on, also for small kerbs."),
            say(Who::Iker, DAY, "it's perfect now thx papá 🚲").answering(0),
        ],
        ..PLAIN
    },
    Told {
        at: Place::Trips,
        by: Who::Carmen,
        severity: Severity::Sev3,
        age: 55 * DAY,
        state: State::Snoozed(40 * DAY),
        tags: &["passports"],
        title: "Iker's passport runs out in autumn",
        text: "Appointments open six weeks ahead. Wake me up then.",
        ..PLAIN
    },
    Told {
        at: Place::Trips,
        by: Who::Diego,
        to: Some(Who::Diego),
        severity: Severity::Sev3,
        age: 130 * DAY,
        state: State::Closed(118 * DAY),
        tags: &["car"],
        title: "Roof box: whose is it and where is the key?",
        text: "Three households, one box, no key.",
        said: &[
            say(Who::Tomas, 128 * DAY, "The box is mine. The key hangs where it has hung since 1998."),
            say(Who::Diego, 119 * DAY, "Found behind the calendar of 1998. Two copies made.").answering(0),
        ],
        ..PLAIN
    },
    Told {
        at: Place::Care,
        by: Who::Rosa,
        to: Some(Who::Ana),
        severity: Severity::Sev2,
        age: 22 * HOUR,
        state: State::Active,
        due: Some(19 * HOUR),
        tags: &["doctor", "tomás"],
        title: "Who drives Tomás to the eye clinic tomorrow?",
        text: "Ten o'clock, and he may not drive home afterwards because of the drops, whatever he \
               says. Bring sunglasses and patience.",
        said: &[
            say(Who::Carmen, 20 * HOUR, "I can bring him there, but not back: I teach at eleven."),
            say(Who::Ana, 3 * HOUR, "Then I fetch him at half past eleven and he stays for lunch with us.").answering(0),
            say(Who::Tomas, 2 * HOUR, "I drove a lorry through the Pyrenees in the snow."),
            say(Who::Rosa, 2 * HOUR - 4 * MINUTE, "In 1974, and you hit a cow.").answering(2),
        ],
        ..PLAIN
    },
    Told {
        at: Place::Care,
        by: Who::Ana,
        to: Some(Who::Carmen),
        severity: Severity::Sev2_5,
        age: 14 * DAY,
        state: State::Waiting("Dr. Ibáñez: new prescription"),
        due: Some(3 * DAY),
        tags: &["pills", "rosa"],
        title: "Rosa's evening pills: the small white or the small white?",
        text: "The pharmacy changed the brand and now two of seven look the same. She took the right \
               ones, but only because she asked.",
        said: &[
            note(Who::Carmen, 13 * DAY, "I don't want to frighten her, but let's fill the weekly box for her from now on. I do the odd weeks."),
            note(Who::Ana, 13 * DAY - 2 * HOUR, "And I the even ones. I have asked the practice for one that is not white.").answering(0),
            say(Who::Rosa, 6 * DAY, "I write the day on the box with a red pen and nobody has to worry."),
        ],
        ..PLAIN
    },
    Told {
        at: Place::Care,
        by: Who::Tomas,
        severity: Severity::Sev4,
        age: 12 * MINUTE,
        channel: Channel::CommandLine,
        tags: &["hearing-aid"],
        title: "Hearing aid whistles during dominoes",
        text: "Only the left one, and only when I am winning.",
        said: &[say(Who::Rosa, 5 * MINUTE, "So, seldom.")],
        ..PLAIN
    },
    Told {
        at: Place::Care,
        by: Who::Carmen,
        to: Some(Who::Ana),
        severity: Severity::Sev3,
        age: 37 * DAY,
        state: State::Resolved(11 * DAY),
        tags: &["phone", "emergency"],
        title: "Big-button phone for the bedside",
        text: "With our pictures on the keys, so that nobody looks for glasses at night.",
        said: &[
            say(Who::Ana, 12 * DAY, "Set up, four pictures, tested from all three houses."),
            say(Who::Tomas, 11 * DAY, "Diego's picture is very large. I have called him eleven times by accident. He always answers, bless him 💛").answering(0),
        ],
        ..PLAIN
    },
    Told {
        at: Place::House,
        by: Who::Tomas,
        to: Some(Who::Diego),
        severity: Severity::Sev2,
        age: 6 * HOUR,
        state: State::Active,
        tags: &["heating", "boiler"],
        title: "Heating stays cold and the boiler knocks",
        text: "Since this morning. The needle stands at 0.4 and I have bled two radiators. We have the \
               stove and blankets for tonight, but Rosa's knees vote for heating.",
        said: &[
            say(Who::Diego, 5 * HOUR, "0.4 is too little. Open the blue tap slowly until 1.5, then close it again. Send me a picture of the needle."),
            say(Who::Tomas, 4 * HOUR, "1.5. It knocks less. Still cold.").answering(0),
            say(Who::Diego, 3 * HOUR, "Then it's the pump. I am there at seven with a new one and an oil radiator for the night.").answering(1),
            note(Who::Ana, 2 * HOUR, "The boiler is from 1996. Can we talk about a new one at Sunday lunch, gently?"),
        ],
        ..PLAIN
    },
    Told {
        at: Place::House,
        by: Who::Rosa,
        severity: Severity::Sev3,
        age: 2 * DAY,
        tags: &["roof"],
        due: Some(12 * DAY),
        title: "Drip, drip over the stairs when the wind comes from the west",
        text: "Only with west wind. A tile, says Tomás. He is NOT to go up there himself, and this \
               ticket is my witness.",
        said: &[say(Who::Carmen, DAY, "Seen and witnessed. Diego's friend the roofer has time on the 12th.")],
        ..PLAIN
    },
    Told {
        at: Place::House,
        by: Who::Tomas,
        to: Some(Who::Tomas),
        severity: Severity::Sev5,
        age: 24 * DAY,
        state: State::Active,
        tags: &["workshop"],
        title: "A shelf for Mia's rock collection",
        text: "Oak, seven compartments, one with a lid for the secret ones. Measure her window sill, \
               somebody.",
        said: &[
            say(Who::Mia, 23 * DAY, "84 cm!! And the amethyst needs 15 cm of height please 💎"),
            say(Who::Tomas, 4 * DAY, "Glued. It dries until Sunday.").answering(0),
        ],
        ..PLAIN
    },
    Told {
        at: Place::House,
        by: Who::Carmen,
        to: Some(Who::Ana),
        severity: Severity::Sev3,
        age: 58 * DAY,
        state: State::Resolved(27 * DAY),
        tags: &["paperwork"],
        title: "Electricity contract: the old tariff ends",
        text: "Letter is in the blue folder. If we do nothing they move us to the most expensive one.",
        said: &[say(Who::Ana, 27 * DAY, "Changed to the one with cheap nights; saves about 18 € a month. Night means from 22:00: dear Rosa, the washing machine may sleep late.")],
        ..PLAIN
    },
    Told {
        at: Place::House,
        by: Who::Rosa,
        to: Some(Who::Carmen),
        severity: Severity::Sev4,
        age: 210 * DAY,
        state: State::Closed(190 * DAY),
        tags: &["cat"],
        title: "A grey cat has moved in",
        text: "It came through the kitchen window and acts as if it had always lived here. Whose is it?",
        said: &[
            say(Who::Carmen, 200 * DAY, "No chip, nobody misses it, I asked the whole street."),
            say(Who::Rosa, 191 * DAY, "His name is Señor Gris and he sleeps on Tomás. You may close this."),
        ],
        ..PLAIN
    },
    Told {
        at: Place::House,
        by: Who::Diego,
        severity: Severity::Sev1,
        age: 17 * DAY,
        to: Some(Who::Diego),
        state: State::Resolved(17 * DAY - 5 * HOUR),
        tags: &["water", "emergency"],
        title: "Burst pipe under the sink, water to the hall",
        text: "Main tap is off. Everyone who has a bucket or arms: come.",
        said: &[
            say(Who::Ben, 17 * DAY - HOUR, "Ten minutes. Bringing the wet vacuum."),
            say(Who::Carmen, 17 * DAY - 2 * HOUR, "Carpets are up on the line, Rosa is at mine and cooks for all of us."),
            say(Who::Diego, 17 * DAY - 5 * HOUR, "New pipe is in, floor is drying, nobody hurt. Thank you, all of you ❤️"),
        ],
        ..PLAIN
    },
];
