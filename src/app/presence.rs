//! Who else is at which ticket, and where this screen says that it is. A screen says so when that
//! changes, and again while somebody is at its keys; an idle one says nothing.

use std::time::Duration;

use super::App;
use super::composer::Composer;
use super::effect::{Alarm, Effect};
use super::state::{Overlay, State, View};
use crate::model::id::{FamilyId, TicketId, UserId};
use crate::model::presence::{Doing, Whereabouts};
use crate::model::source::Timestamp;
use crate::replica::view::{DraftKind, Thread};
use crate::text::plural::some_of;
use crate::wire::presence::Present;

/// How long a ticket is before somebody's eyes until others are told: what is only passed by is
/// nobody's business.
pub(super) const SETTLES: Duration = Duration::from_secs(1);

/// Whoever is at the keys says again where they are once this part of the time has passed that it
/// holds.
const SAID_AGAIN: u32 = 3;

/// What is said of somebody whose name is not known here.
const SOMEONE: &str = "someone";

/// Somebody else at a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    pub family_id: FamilyId,
    pub ticket_id: TicketId,
    pub user_id: UserId,
    pub doing: Doing,
    /// Until when, if nothing more is heard of them.
    pub until: Timestamp,
}

/// A ticket of a family, and what is done there; absent where one is at none.
type Place = Option<(FamilyId, Whereabouts)>;

/// What this screen has said of itself.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Whether anything is said at all.
    is_shared: bool,
    place: Place,
    at: Timestamp,
    /// Where it is going to be, unless it moves on before.
    coming: Option<Place>,
    /// Somebody was at the keys since it was last looked.
    stirred: bool,
}

impl App {
    // Others.

    pub(super) fn others_came(&mut self, present: Vec<Present>) {
        let now = self.state.now;
        let others = present.into_iter().map(|it| Other {
            family_id: it.family_id,
            ticket_id: it.ticket_id,
            user_id: it.user_id,
            doing: it.doing,
            until: now.plus(i64::try_from(it.left).unwrap_or(i64::MAX)),
        });
        self.state.others = others.collect();
        self.await_next_departure();
    }

    pub(super) fn some_departed(&mut self) {
        let now = self.state.now;
        self.state.others.retain(|it| it.until > now);
        self.await_next_departure();
    }

    /// Who can't be asked shows nobody.
    pub(super) fn forget_others(&mut self) {
        self.state.others.clear();
        // Whoever is there again says where, as soon as they stir.
        self.said.at = Timestamp::default();
    }

    fn await_next_departure(&mut self) {
        let next = self.state.others.iter().map(|it| it.until).min();
        let Some(next) = next else { return };
        let left = next.since(self.state.now).max(0);
        self.effects.push(Effect::Wake {
            alarm: Alarm::Departed,
            after: Duration::from_secs(left.unsigned_abs()) + Duration::from_secs(1),
        });
    }

    // This screen.

    /// Somebody is at the keys.
    pub(super) fn stir_presence(&mut self) {
        self.said.stirred = true;
    }

    /// Says, at the end of each step, where this screen is, if that is news.
    pub(super) fn say_where(&mut self) {
        let stirred = std::mem::take(&mut self.said.stirred);
        if !self.said.is_shared {
            return;
        }
        let place = self.whereabouts();
        if place == self.said.place {
            self.said.coming = None;
            if stirred && self.said.is_old_at(self.state.now) {
                self.appear(place);
            }
            return;
        }
        match place {
            Some((_, at)) if at.doing != Doing::Viewing => self.appear(place),
            _ if self.said.coming == Some(place) => {}
            _ => {
                self.said.coming = Some(place);
                self.effects.push(Effect::Wake {
                    alarm: Alarm::Settled,
                    after: SETTLES,
                });
            }
        }
    }

    pub(super) fn settled(&mut self) {
        let place = self.whereabouts();
        if self.said.coming == Some(place) {
            self.appear(place);
        }
    }

    /// The screen goes.
    pub(super) fn say_farewell(&mut self) {
        if self.said.place.is_some() {
            self.appear(None);
        }
    }

    fn appear(&mut self, place: Place) {
        self.said.place = place;
        self.said.at = self.state.now;
        self.said.coming = None;
        self.effects.push(Effect::Appear(place));
    }

    /// The ticket that is written about, or else the one before the person's eyes.
    fn whereabouts(&self) -> Place {
        let mut overlays = self.state.overlays.iter().rev();
        let written = overlays.find_map(|it| match it {
            Overlay::Composer(form) => writing(form),
            _ => None,
        });
        written.or_else(|| {
            let thread = match self.state.view {
                View::Triage => self
                    .state
                    .triage
                    .ticket_id
                    .and_then(|it| self.thread_of(it)),
                _ => self.in_sight(),
            };
            thread.map(viewing)
        })
    }
}

impl Said {
    pub(super) fn new(is_shared: bool) -> Said {
        Said {
            is_shared,
            ..Said::default()
        }
    }

    fn is_old_at(&self, now: Timestamp) -> bool {
        self.place.is_some_and(|(_, at)| {
            let holds = at.doing.lasts() / SAID_AGAIN;
            now.since(self.at).unsigned_abs() >= holds.as_secs()
        })
    }
}

fn writing(form: &Composer) -> Place {
    let target = form.target.as_ref()?;
    let doing = match form.kind {
        DraftKind::Comment => Doing::Replying,
        DraftKind::InternalNote => Doing::Noting,
        DraftKind::EditComment if form.internal => Doing::Noting,
        DraftKind::Edit | DraftKind::EditComment => Doing::Editing,
        _ => return None,
    };
    let ticket_id = target.ticket_id();
    Some((target.family_id(), Whereabouts { ticket_id, doing }))
}

fn viewing(thread: &Thread) -> (FamilyId, Whereabouts) {
    let at = Whereabouts {
        ticket_id: thread.ticket.ticket_id,
        doing: Doing::Viewing,
    };
    (thread.ticket.family_id, at)
}

/// What others do at a ticket that concerns one most.
pub fn doing_at(ticket_id: TicketId, state: &State) -> Option<Doing> {
    let others = state.others.iter();
    let here = others.filter(|it| it.ticket_id == ticket_id);
    here.map(|it| it.doing).max()
}

/// Who else is at a ticket, in words: `Ben is replying, Ana and Mia are viewing`.
pub fn company(ticket_id: TicketId, state: &State) -> Option<String> {
    told(ticket_id, state, Doing::ALL)
}

/// Who else writes about a ticket, in words.
pub fn writers(ticket_id: TicketId, state: &State) -> Option<String> {
    told(
        ticket_id,
        state,
        &[Doing::Editing, Doing::Noting, Doing::Replying],
    )
}

fn told(ticket_id: TicketId, state: &State, of: &[Doing]) -> Option<String> {
    let others = state.others.iter();
    let here: Vec<&Other> = others.filter(|it| it.ticket_id == ticket_id).collect();
    let told = of.iter().rev().filter_map(|doing| {
        let those = here.iter().filter(|it| it.doing == *doing);
        let names: Vec<&str> = those.map(|it| name_of(it, state)).collect();
        let are = if names.len() == 1 { "is" } else { "are" };
        (!names.is_empty()).then(|| format!("{} {are} {}", some_of(&names), doing.words()))
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| told.join(", "))
}

fn name_of<'s>(other: &Other, state: &'s State) -> &'s str {
    let family = state.session.family.as_deref();
    let family = family.filter(|it| it.family.family_id == other.family_id);
    let people = family.map_or(&[][..], |it| &it.people);
    let found = people.iter().find(|it| it.user_id == other.user_id);
    found.map_or(SOMEONE, |it| &it.display_name)
}
