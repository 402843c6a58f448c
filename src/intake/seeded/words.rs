//! The words that invented tickets are made of.

use super::chance::Chance;

pub(super) const NAMES: &[&str] = &[
    "Alba", "Bruno", "Clara", "David", "Elena", "Félix", "Gala", "Hugo", "Inés", "Jorge", "Kira",
    "Lucas", "Marta", "Nico", "Olga", "Pablo", "Quim", "Raquel", "Saúl", "Teresa", "Unai", "Vera",
    "Wanda", "Zoë",
];

/// Each group with its queues.
pub(super) const GROUPS: &[(&str, &[&str])] = &[
    ("Household", &["IT", "Kitchen", "Garden"]),
    ("Cousins", &["Events", "Trips"]),
    ("Grandparents", &["Care", "House"]),
    ("Workshop", &["Repairs", "Purchases", "Cars"]),
];

pub(super) const THINGS: &[&str] = &[
    "printer",
    "vpn",
    "laptop",
    "battery",
    "camera",
    "wifi",
    "school account",
    "network",
    "toner",
    "heating",
    "router",
    "tablet",
    "phone",
    "headset",
    "keyboard",
    "monitor",
    "doorbell",
    "thermostat",
    "boiler",
    "dishwasher",
    "fridge",
    "oven",
    "washing machine",
    "dryer",
    "lamp",
    "garage door",
    "bicycle",
    "car",
    "lawn mower",
    "alarm",
    "speaker",
    "television",
    "calendar",
    "password",
    "backup",
    "photo album",
    "e-mail",
    "shared folder",
    "vacuum cleaner",
    "water filter",
];

const TROUBLES: &[&str] = &[
    "does not start",
    "is slow",
    "makes a strange noise",
    "shows an error",
    "loses its settings",
    "asks for an update",
    "stopped after the storm",
    "smells of burning",
    "is too loud",
    "cannot be found",
    "is out of warranty",
    "needs a new part",
    "freezes",
    "restarts by itself",
    "drops the connection",
    "will not charge",
    "leaks",
    "blinks red",
    "forgets who we are",
    "has a crack",
    "works only on Sundays",
    "wants money",
    "must be moved",
    "is lent to someone",
];

const PLACES: &[&str] = &[
    "in the kitchen",
    "in the attic",
    "in the cellar",
    "at grandma's",
    "in Mia's room",
    "at school",
    "in the garage",
    "in the hall",
    "on the balcony",
    "in the office",
    "in the car",
    "in the holiday flat",
    "next to the stairs",
    "in the living room",
    "at the neighbours'",
    "since Monday",
    "since the update",
    "again",
    "every evening",
    "before the exam",
];

pub(super) const TAGS: &[&str] = &[
    "urgent",
    "school",
    "warranty",
    "shopping",
    "waiting-for-parts",
    "weekend",
    "money",
    "safety",
    "kids",
    "guests",
    "winter",
    "summer",
    "birthday",
    "paperwork",
    "repair",
    "idea",
];

pub(super) const WAITING: &[&str] = &[
    "the shop: spare part ordered",
    "the electrician, next week",
    "an answer from the school",
    "the parcel",
    "warmer weather",
    "somebody with a ladder",
];

const OPENINGS: &[&str] = &[
    "It began yesterday after dinner:",
    "This has happened three times now:",
    "I have no idea why, but",
    "Since we moved the shelf",
    "Everyone noticed it:",
    "For the record,",
    "As I said at breakfast,",
    "Nobody admits anything, but",
];

const DETAILS: &[&str] = &[
    "I switched it off and on, twice.",
    "The manual says nothing about it.",
    "There is a picture of it on the fridge.",
    "The cable looks fine, I checked both ends.",
    "It would be good to have it back before the weekend.",
    "Grandpa thinks it is the fuse.",
    "The last time it helped to wait for an hour.",
    "We still have the receipt in the blue folder.",
    "The serial number is on the back.",
    "It only happens when it rains.",
    "The children need it for homework.",
    "A new one costs about eighty euros.",
    "The light was green first and orange later.",
    "I wrote down the code: E42.",
    "Please don't throw the box away.",
    "It is not dangerous, only annoying.",
    "The neighbours have the same model and no trouble.",
    "Somebody must have changed the settings.",
    "Maybe the filter has to be cleaned.",
    "I can help on Saturday morning.",
];

const REPLIES: &[&str] = &[
    "Thanks for telling us, I'll have a look tonight.",
    "Could you send a photo of it?",
    "Works here. Did you try the other socket?",
    "I ordered the part, it comes on Thursday.",
    "That was the same in spring, see the old ticket.",
    "Not before the weekend, sorry.",
    "I tightened the screw and it is quiet now.",
    "Let's ask the shop first, there is still warranty.",
    "The update fixed it for me.",
    "It happened again this morning.",
    "Who used it last?",
    "I put a note on it so that nobody touches it.",
    "Better now?",
    "Yes, much better, thank you!",
    "No, still the same.",
    "We agreed to buy a new one if this costs more than fifty.",
    "I'll bring my tools on Sunday.",
    "Please leave it unplugged until then.",
    "The hotline says to reset it, so I did.",
    "Found it: the plug was loose.",
];

/// `Printer blinks red in the attic`.
pub(super) fn title(chance: &mut Chance, thing: &str) -> String {
    let (trouble, place) = (chance.pick(TROUBLES), chance.pick(PLACES));
    let mut letters = thing.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    let rest = letters.as_str();
    format!("{}{rest} {trouble} {place}", first.unwrap_or_default())
}

/// One to six sentences on the thing.
pub(super) fn body(chance: &mut Chance, thing: &str) -> String {
    let (opening, trouble) = (chance.pick(OPENINGS), chance.pick(TROUBLES));
    let mut text = format!("{opening} the {thing} {trouble}.");
    for _ in 0..chance.below(6) {
        text.push(' ');
        text.push_str(chance.pick::<&str>(DETAILS));
    }
    text
}

/// One or two sentences, at times with the thing's name.
pub(super) fn reply(chance: &mut Chance, thing: &str) -> String {
    let mut text = (*chance.pick(REPLIES)).to_owned();
    if chance.one_in(3) {
        let (trouble, place) = (chance.pick(TROUBLES), chance.pick(PLACES));
        text.push_str(&format!(" The {thing} {trouble} {place}."));
    } else if chance.one_in(2) {
        text.push(' ');
        text.push_str(chance.pick::<&str>(DETAILS));
    }
    text
}
