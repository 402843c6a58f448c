//! What happens on Calle Olmo: IT, kitchen and garden.

use super::people::{Place, Who};
use super::told::{PLAIN, State, Told, note, say};
use crate::model::comment::Channel;
use crate::model::severity::Severity;
use crate::model::source::{DAY, HOUR, MINUTE};

pub(super) static TOLD: &[Told] = &[
    Told {
        by: Who::Mia,
        severity: Severity::Sev4,
        age: 4 * MINUTE,
        tags: &["school", "printer"],
        due: Some(11 * HOUR),
        title: "Printer prints my volcano poster in pink",
        text: "All the lava is pink. It should be RED. The poster is for tomorrow, first lesson, and \
               Señora Vidal takes points off for late ones 😭\n\nI already tried turning it off and on.",
        ..PLAIN
    },
    Told {
        by: Who::Ben,
        to: Some(Who::Ana),
        severity: Severity::Sev1,
        age: 38 * MINUTE,
        state: State::Active,
        tags: &["wifi", "network"],
        title: "No internet in any of the three houses",
        text: "Ours went at 18:20, Carmen says theirs too, and Rosa's emergency button shows the \
               orange light. Same provider everywhere, so I think it is them and not us.\n\n\
               What I know so far:\n- router: all lights green but the globe is red\n- mobile data works\n\
               - their status page says nothing, of course",
        said: &[
            say(Who::Ana, 31 * MINUTE, "On it. I have put the old 4G stick into Rosa's box first, the button matters most."),
            say(Who::Carmen, 24 * MINUTE, "Here it came back for a minute and left again. Iker is offended on behalf of the whole internet."),
            say(Who::Ben, 20 * MINUTE, "Hotline: a digger found a cable near the station. \"Between two and six hours.\"").answering(0),
            say(Who::Ana, 16 * MINUTE, "Rosa's light is green again ✅ I drive over with the stick for Carmen after that.").answering(2),
            note(Who::Ben, 12 * MINUTE, "If it is not back by nine I work from the library tomorrow. Don't tell the children yet, they will celebrate."),
        ],
        ..PLAIN
    },
    Told {
        by: Who::Ana,
        to: Some(Who::Ana),
        severity: Severity::Sev2,
        age: 2 * DAY + 3 * HOUR,
        state: State::Active,
        due: Some(-5 * HOUR),
        tags: &["backup", "photos"],
        title: "Family photo backup has failed three nights running",
        text: "The disk in the hall cupboard is 97 % full and the nightly copy stops in the middle of \
               2019. Everyone's phones back up to it, Carmen's too.\n\nPlan: move the videos to the \
               second disk, then let it run once by hand and look at the end of the log.",
        said: &[
            say(Who::Ana, 2 * DAY, "Videos are 610 GB. 340 of those are Leo's stop-motion dinosaurs."),
            say(Who::Leo, DAY + 20 * HOUR, "those are ART 🦖").answering(0),
            say(Who::Ben, DAY + 19 * HOUR, "Agreed, art. The second disk then, not the bin.").answering(1),
            say(Who::Ana, 7 * HOUR, "Copying since noon, 62 % done."),
        ],
        ..PLAIN
    },
    Told {
        by: Who::Leo,
        to: Some(Who::Ben),
        severity: Severity::Sev4,
        age: 5 * HOUR,
        state: State::Waiting("the shop: battery ordered, ready to collect on Thursday"),
        tags: &["laptop", "battery"],
        title: "Laptop battery dies at 40 %",
        text: "It says 40 and then it is just black. It happened two times in the maths quiz. I had to \
               do it again on paper like in the past.",
        said: &[
            say(Who::Ben, 4 * HOUR, "Health report says 51 % of its first capacity. It is five years old, that's a good life for a battery."),
            say(Who::Leo, 3 * HOUR, "Can we keep the old one for an experiment").answering(0),
            say(Who::Ben, 3 * HOUR - 5 * MINUTE, "No. Very much no.").answering(1),
        ],
        ..PLAIN
    },
    Told {
        by: Who::Nora,
        to: Some(Who::Ana),
        severity: Severity::Sev4,
        age: DAY + 6 * HOUR,
        state: State::Active,
        channel: Channel::Mail,
        tags: &["phone"],
        title: "My phone no longer shows who is calling",
        text: "Dear Ana, since the update there are only numbers and no names, and I don't dare to pick \
               up. You said I may write here when something is wrong, so I do. It is not urgent, but I \
               miss my sister's calls.\n\nWarmly, Nora (number 14, with the geraniums)",
        said: &[
            say(Who::Ana, DAY + 4 * HOUR, "That's what this is for, Nora! It sounds as if the contacts lost their permission. I'll come by tomorrow at five, if the coffee offer still stands ☕"),
            say(Who::Nora, DAY + 3 * HOUR, "It stands, and there is almond cake.").answering(0),
        ],
        ..PLAIN
    },
    Told {
        by: Who::Ana,
        to: Some(Who::Ana),
        severity: Severity::Sev2_5,
        age: 9 * DAY,
        state: State::Active,
        due: Some(5 * DAY),
        tags: &["passwords", "security"],
        title: "Everyone into the family password manager",
        text: "Rosa keeps hers on a note in the bread bin and Diego has one for everything. Let's do it \
               household by household, one evening each.\n\n- [x] Calle Olmo\n- [ ] Carmen and Diego\n- [ ] Rosa and Tomás",
        said: &[
            say(Who::Diego, 8 * DAY, "It is a very good password though."),
            say(Who::Ana, 8 * DAY - HOUR, "It is the name of your dog, Diego. He has an account with 900 followers.").answering(0),
            say(Who::Tomas, 3 * DAY, "We can do Sunday after lunch. I shall bring the bread bin."),
        ],
        ..PLAIN
    },
    Told {
        by: Who::Mia,
        to: Some(Who::Ben),
        severity: Severity::Sev4,
        age: 6 * DAY,
        state: State::Resolved(2 * HOUR),
        tags: &["school", "vpn"],
        category: Some("accounts"),
        title: "School VPN says certificate expired",
        text: "Everybody in class got in but me. It says `certificate has expired` and there is only a \
               button that says OK. It is not OK.",
        said: &[
            say(Who::Ben, 5 * DAY, "Your clock was in 2021. Dead little battery on the board. Replaced, set, works."),
            say(Who::Mia, 2 * HOUR, "it works!! thank you 💜").answering(0),
        ],
        ..PLAIN
    },
    Told {
        by: Who::Ben,
        severity: Severity::Sev5,
        age: 47 * DAY,
        state: State::Snoozed(12 * DAY),
        tags: &["camera", "hens"],
        title: "Camera in the hen house, so that we can see who lays the blue egg",
        text: "There is exactly one blue egg a week and four suspects. The old doorbell camera would do.",
        said: &[
            say(Who::Leo, 46 * DAY, "I bet it's Frida"),
            say(Who::Ana, 40 * DAY, "Put off until the cable to the shed is in. See the ticket about the trench."),
        ],
        ..PLAIN
    },
    Told {
        by: Who::Ana,
        to: Some(Who::Ben),
        severity: Severity::Sev3,
        age: 21 * DAY,
        state: State::Resolved(4 * DAY),
        tags: &["wifi", "network"],
        title: "Wi-Fi drops in the attic whenever the microwave runs",
        text: "Exactly while it runs, to the second. Mia has drawn a graph.",
        said: &[
            say(Who::Mia, 20 * DAY, "The graph is very convincing. It has two colours."),
            say(Who::Ben, 5 * DAY, "Second access point hangs in the attic now, on the upper band. Microwave and meetings at once: tested with popcorn 🍿"),
        ],
        ..PLAIN
    },
    Told {
        by: Who::Ben,
        to: Some(Who::Ana),
        severity: Severity::Sev3,
        age: 112 * DAY,
        state: State::Closed(96 * DAY),
        tags: &["printer", "toner"],
        title: "Toner: find one that the printer accepts",
        text: "The cheap ones get `cartridge not recognised`. Is it worth fighting, or do we buy the \
               expensive one and swear quietly?",
        said: &[
            say(Who::Ana, 110 * DAY, "The third one on the list works, if the chip is wiped with alcohol first. Bought two."),
            say(Who::Ben, 97 * DAY, "Page 400 and still black. Closing. Swearing cancelled."),
        ],
        ..PLAIN
    },
    Told {
        by: Who::Leo,
        severity: Severity::Sev5,
        age: 3 * DAY,
        tags: &["games"],
        title: "More screen time on rainy days??",
        text: "I have made a table. When it rains more than 5 mm we get 30 minutes more. It is fair \
               because of science.",
        said: &[
            note(Who::Ana, 2 * DAY + 20 * HOUR, "I find the table rather good. Half of it, and he has to measure the rain himself?"),
            note(Who::Ben, 2 * DAY + 18 * HOUR, "Deal. You tell him, I build the rain gauge.").answering(0),
        ],
        ..PLAIN
    },
    Told {
        at: Place::Kitchen,
        by: Who::Ben,
        to: Some(Who::Ben),
        severity: Severity::Sev3,
        age: 4 * DAY,
        state: State::Waiting("Señor Pardo, who comes on Friday between 9 and 13"),
        due: Some(26 * HOUR),
        tags: &["dishwasher", "repair"],
        title: "Dishwasher stops with E24 and a lake underneath",
        text: "Filter is clean, hose is not kinked, and the pump hums but doesn't pump. Until then: by \
               hand. The rota hangs on the fridge.",
        said: &[
            say(Who::Mia, 3 * DAY, "Why am I on the rota on Tuesday AND Thursday"),
            say(Who::Ben, 3 * DAY - HOUR, "Because on Wednesday you have handball. It's the same for everyone, count again.").answering(0),
            say(Who::Mia, 3 * DAY - 2 * HOUR, "I counted. Leo has one.").answering(1),
            say(Who::Ana, 2 * DAY, "Leo has the pans. The pans count double."),
        ],
        ..PLAIN
    },
    Told {
        at: Place::Kitchen,
        by: Who::Ana,
        severity: Severity::Sev4,
        age: 7 * HOUR,
        tags: &["shopping"],
        title: "We are out of olive oil, and out of the good olive oil",
        text: "Tomás gets the five-litre cans from his cousin in Jaén. Somebody ask him before the weekend, please 🫒",
        said: &[say(Who::Tomas, 90 * MINUTE, "Two cans stand in our cellar with your name on them. Come for lunch.")],
        ..PLAIN
    },
    Told {
        at: Place::Kitchen,
        by: Who::Mia,
        to: Some(Who::Mia),
        severity: Severity::Sev5,
        age: 12 * DAY,
        state: State::Active,
        tags: &["recipes"],
        title: "Write down Rosa's croquetas before she forgets to tell us",
        text: "She says \"flour, until it looks right\". I will stand beside her and weigh everything \
               before it goes in.",
        said: &[
            say(Who::Rosa, 11 * DAY, "I have never forgotten anything in my life, mi niña. Come on Saturday."),
            say(Who::Mia, 5 * DAY, "First try: 84 g flour, 92 g butter, 1 litre milk, nutmeg \"a thought\". How much is a thought?"),
            say(Who::Rosa, 5 * DAY - HOUR, "Less than an idea.").answering(1),
        ],
        ..PLAIN
    },
    Told {
        at: Place::Kitchen,
        by: Who::Ben,
        to: Some(Who::Ana),
        severity: Severity::Sev4,
        age: 30 * DAY,
        state: State::Resolved(23 * DAY),
        tags: &["cake"],
        below: Some("Rosa turns 80: the feast"),
        title: "Test cake for the birthday: lemon or chestnut?",
        text: "Two small ones, both households vote, secret ballot.",
        said: &[say(Who::Ana, 23 * DAY, "Chestnut 7, lemon 3, one invalid vote that says \"both\" in Leo's handwriting. Chestnut it is 🎂")],
        ..PLAIN
    },
    Told {
        at: Place::Kitchen,
        by: Who::Ana,
        severity: Severity::Sev3,
        age: 65 * DAY,
        state: State::Closed(64 * DAY),
        tags: &["pantry"],
        title: "Moths in the pantry",
        text: "Everything with flour out, shelves with vinegar, jars instead of bags from now on.",
        said: &[say(Who::Ben, 64 * DAY, "Done, and three jars left over. Not one moth since.")],
        ..PLAIN
    },
    Told {
        at: Place::Garden,
        by: Who::Ben,
        to: Some(Who::Ben),
        severity: Severity::Sev3,
        age: 33 * DAY,
        state: State::Active,
        due: Some(18 * DAY),
        tags: &["shed", "power"],
        title: "Trench and cable to the shed",
        text: "Sixty centimetres deep, warning tape above, and Diego checks it before we fill it up. \
               Then the hens get light in winter, and the camera its power.",
        said: &[
            say(Who::Diego, 32 * DAY, "5 x 2.5 will do. Don't connect anything before I have measured it, cousin. I mean it."),
            say(Who::Ben, 10 * DAY, "Eleven of eighteen metres dug. Found: one spoon, two marbles, the neighbours' drainage pipe."),
            note(Who::Ana, 9 * DAY, "The pipe is Nora's. I have told her, nothing broke. Let's not go any closer to the fence."),
        ],
        ..PLAIN
    },
    Told {
        at: Place::Garden,
        by: Who::Leo,
        to: Some(Who::Leo),
        severity: Severity::Sev4,
        age: 20 * HOUR,
        state: State::Active,
        due: Some(-2 * HOUR),
        tags: &["hens"],
        title: "Frida limps 🐔",
        text: "Left foot. She still eats and she still bites Mia. I put her into the small pen so that \
               the others leave her alone.",
        said: &[
            say(Who::Ana, 19 * HOUR, "Well done with the pen. Look under the foot: is there a dark spot?"),
            say(Who::Leo, 18 * HOUR, "yes a small one").answering(0),
            say(Who::Ana, 17 * HOUR, "Then it's a thorn, most likely. Warm foot bath this evening, you hold her, I do the tweezers.").answering(1),
        ],
        ..PLAIN
    },
    Told {
        at: Place::Garden,
        by: Who::Nora,
        severity: Severity::Sev4,
        age: 50 * MINUTE,
        channel: Channel::Mail,
        tags: &["neighbours", "hedge"],
        title: "Your hedge has come to visit me",
        text: "It leans over by half a metre and the roses get no sun. No hurry, but before May would \
               be kind. I can hold the ladder.",
        ..PLAIN
    },
    Told {
        at: Place::Garden,
        by: Who::Ana,
        to: Some(Who::Mia),
        severity: Severity::Sev5,
        age: 16 * DAY,
        state: State::Resolved(9 * DAY),
        tags: &["tomatoes"],
        title: "Name the tomato varieties on the window sill",
        text: "Five pots, five varieties, no labels, and I was so sure that I would remember.",
        said: &[say(Who::Mia, 9 * DAY, "Labelled by leaf shape. One is a pepper.")],
        ..PLAIN
    },
    Told {
        at: Place::Garden,
        by: Who::Ben,
        severity: Severity::Sev3,
        age: 150 * DAY,
        state: State::Closed(141 * DAY),
        tags: &["water"],
        title: "Rain barrel leaks at the tap",
        text: "About a litre an hour. New washer, tape, and a bucket until then.",
        said: &[say(Who::Ben, 141 * DAY, "It was the washer. It is always the washer.")],
        ..PLAIN
    },
];
