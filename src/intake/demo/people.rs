//! Who the Riveras are, and where they file what.

use crate::model::membership::Role;

/// Someone of the family, or near it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// The viewer; keeps the desk.
    Ana,
    Ben,
    Mia,
    Leo,
    Rosa,
    Tomas,
    Carmen,
    Diego,
    Iker,
    /// The neighbour with the spare key.
    Nora,
}

/// A queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    It,
    Kitchen,
    Garden,
    Events,
    Trips,
    Care,
    House,
}

/// A group with its members, the first of whom manages it, and its queues.
pub(super) struct Circle {
    pub name: &'static str,
    pub about: &'static str,
    pub members: &'static [Who],
    pub places: &'static [Place],
}

pub(super) static CIRCLES: &[Circle] = &[HOME, COUSINS, GRANDPARENTS];

const HOME: Circle = Circle {
    name: "Home",
    about: "The four of us on Calle Olmo",
    members: &[Who::Ana, Who::Ben, Who::Mia, Who::Leo],
    places: &[Place::It, Place::Kitchen, Place::Garden],
};

const COUSINS: Circle = Circle {
    name: "Cousins",
    about: "Carmen, Diego and Iker, and whoever plans with them",
    members: &[Who::Carmen, Who::Diego, Who::Iker],
    places: &[Place::Events, Place::Trips],
};

const GRANDPARENTS: Circle = Circle {
    name: "Grandparents",
    about: "Rosa and Tomás, and those who look after them",
    members: &[Who::Rosa, Who::Tomas, Who::Ana, Who::Carmen],
    places: &[Place::Care, Place::House],
};

impl Who {
    pub const ALL: [Who; 10] = [
        Who::Ana,
        Who::Ben,
        Who::Mia,
        Who::Leo,
        Who::Rosa,
        Who::Tomas,
        Who::Carmen,
        Who::Diego,
        Who::Iker,
        Who::Nora,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Who::Ana => "Ana",
            Who::Ben => "Ben",
            Who::Mia => "Mia",
            Who::Leo => "Leo",
            Who::Rosa => "Rosa",
            Who::Tomas => "Tomás",
            Who::Carmen => "Carmen",
            Who::Diego => "Diego",
            Who::Iker => "Iker",
            Who::Nora => "Nora",
        }
    }

    pub fn role(self) -> Role {
        match self {
            Who::Ana | Who::Ben | Who::Rosa | Who::Tomas | Who::Carmen | Who::Diego => Role::Adult,
            Who::Mia | Who::Leo | Who::Iker => Role::Child,
            Who::Nora => Role::Guest,
        }
    }
}

impl Place {
    pub fn name(self) -> &'static str {
        match self {
            Place::It => "IT",
            Place::Kitchen => "Kitchen",
            Place::Garden => "Garden",
            Place::Events => "Events",
            Place::Trips => "Trips",
            Place::Care => "Care",
            Place::House => "House",
        }
    }

    pub fn about(self) -> &'static str {
        match self {
            Place::It => "Everything with a plug, a password or a screen",
            Place::Kitchen => "What we cook, buy and break",
            Place::Garden => "Beds, hedge, shed and the hens",
            Place::Events => "Birthdays, feasts and who brings what",
            Place::Trips => "Where to, how and with whom",
            Place::Care => "Doctors, pills and company",
            Place::House => "The old house in Alcázar",
        }
    }

    pub fn circle(self) -> &'static Circle {
        match self {
            Place::It | Place::Kitchen | Place::Garden => &HOME,
            Place::Events | Place::Trips => &COUSINS,
            Place::Care | Place::House => &GRANDPARENTS,
        }
    }
}
