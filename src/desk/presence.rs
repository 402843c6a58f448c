//! Who is at which ticket just now. Kept in memory and nowhere else; what nobody says again is
//! over after a while.

use std::collections::{HashMap, HashSet};
use std::sync::{MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Desk, DeskError};
use crate::model::audience::Audience;
use crate::model::entity::EntityKey;
use crate::model::id::{FamilyId, GroupId, ScreenId, TicketId, UserId};
use crate::model::presence::{Doing, Whereabouts};
use crate::model::record::Record;
use crate::wire::presence::Present;

/// The most screens of one person that are kept in mind; the one not heard of for longest goes.
const SCREENS: usize = 8;

/// The most that is told of one family.
const TOLD: usize = 200;

/// How soon the same said again is news to others: they know how long it lasts.
const NEWS_AFTER: Duration = Duration::from_secs(30);

/// Where everybody is, as far as they have said so.
#[derive(Debug, Default)]
pub(super) struct Everybody {
    screens: HashMap<(UserId, ScreenId), Place>,
    /// How often somebody has said something new.
    count: u64,
}

/// Where a screen is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    family_id: FamilyId,
    at: Whereabouts,
    /// Where it is an internal note: the group that may know.
    for_group: Option<GroupId>,
    said: Instant,
    number: u64,
}

/// Somebody at a ticket, as one other person sees them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sighting {
    pub ticket_id: TicketId,
    pub user_id: UserId,
    pub doing: Doing,
    /// Tells one time that they said so from another.
    pub number: u64,
    until: Instant,
}

impl Everybody {
    /// Notes where a screen is; whether that is news.
    fn note(&mut self, of: (UserId, ScreenId), mut place: Place) -> bool {
        let now = place.said;
        self.screens.retain(|_, it| it.lasts_at(now));
        if let Some(before) = self.screens.get(&of) {
            let is_same = before.is_like(&place);
            if is_same && now.saturating_duration_since(before.said) < NEWS_AFTER {
                return false;
            }
        } else {
            self.make_room(of.0);
        }
        self.count += 1;
        place.number = self.count;
        self.screens.insert(of, place);
        true
    }

    /// Forgets where a screen is in the family; whether it was known.
    fn forget(&mut self, of: (UserId, ScreenId), family_id: FamilyId) -> bool {
        let is_there = self.screens.get(&of).map(|it| it.family_id) == Some(family_id);
        is_there && self.screens.remove(&of).is_some()
    }

    fn make_room(&mut self, user_id: UserId) {
        let theirs = || self.screens.iter().filter(|((of, _), _)| *of == user_id);
        if theirs().count() >= SCREENS
            && let Some(oldest) = theirs().min_by_key(|(_, it)| it.number).map(|(of, _)| *of)
        {
            self.screens.remove(&oldest);
        }
    }

    /// Where everybody else is in the family.
    fn others(&self, family_id: FamilyId, me: UserId, now: Instant) -> Vec<(UserId, Place)> {
        let all = self.screens.iter().filter(|((user_id, _), place)| {
            *user_id != me && place.family_id == family_id && place.lasts_at(now)
        });
        all.map(|((user_id, _), place)| (*user_id, *place))
            .collect()
    }
}

impl Place {
    fn lasts_at(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.said) < self.at.doing.lasts()
    }

    fn is_like(&self, other: &Place) -> bool {
        let of = |it: &Place| (it.family_id, it.at, it.for_group);
        of(self) == of(other)
    }
}

impl Sighting {
    /// As it is told.
    pub fn told(&self, family_id: FamilyId) -> Present {
        let left = self.until.saturating_duration_since(Instant::now());
        Present {
            family_id,
            ticket_id: self.ticket_id,
            user_id: self.user_id,
            doing: self.doing,
            left: left.as_secs(),
        }
    }
}

impl Desk {
    /// Somebody's screen is at a ticket, and nowhere else.
    ///
    /// # Errors
    /// A refusal where they do not see the ticket, as if there were none.
    pub async fn appear(
        &self,
        family_id: FamilyId,
        (user_id, screen): (UserId, ScreenId),
        at: Whereabouts,
    ) -> Result<(), DeskError> {
        let ticket = EntityKey::Ticket(at.ticket_id);
        let ticket = self.show(family_id, user_id, ticket).await?;
        let for_group = match (at.doing, &ticket) {
            (Doing::Noting, Record::Ticket(ticket)) => {
                let queue = EntityKey::Queue(ticket.queue_id);
                match self.record(family_id, &queue).await? {
                    Some(Record::Queue(queue)) => Some(queue.group_id),
                    _ => None,
                }
            }
            _ => None,
        };
        let place = Place {
            family_id,
            at,
            for_group,
            said: Instant::now(),
            number: 0,
        };
        if self.everybody().note((user_id, screen), place) {
            self.news.stirred();
        }
        Ok(())
    }

    /// Somebody's screen is at no ticket of the family any more.
    ///
    /// # Errors
    /// A refusal where they are not in the family.
    pub async fn disappear(
        &self,
        family_id: FamilyId,
        (user_id, screen): (UserId, ScreenId),
    ) -> Result<(), DeskError> {
        self.let_in(family_id, user_id).await?;
        if self.everybody().forget((user_id, screen), family_id) {
            self.news.stirred();
        }
        Ok(())
    }

    /// Who else is at which ticket of the family, of the tickets that the person sees. Where
    /// nobody is, nothing is looked up.
    ///
    /// # Errors
    /// A refusal where somebody is there and the person is not in the family.
    pub async fn present(
        &self,
        family_id: FamilyId,
        user_id: UserId,
    ) -> Result<Vec<Sighting>, DeskError> {
        let others = self.everybody().others(family_id, user_id, Instant::now());
        if others.is_empty() {
            return Ok(Vec::new());
        }
        let scope = self.enter(family_id, user_id).await?;
        let on_ticket = |(_, place): &(UserId, Place)| Audience::Ticket {
            ticket_id: place.at.ticket_id,
        };
        let others = self.visible(&scope, others, on_ticket).await?;
        let internal = |(_, place): &(UserId, Place)| match (place.at.doing, place.for_group) {
            (Doing::Noting, Some(group_id)) => Audience::Internal {
                ticket_id: place.at.ticket_id,
                group_id,
            },
            (Doing::Noting, None) => Audience::Admins,
            _ => Audience::Everyone,
        };
        let known: Vec<u64> = self
            .visible(&scope, others.clone(), internal)
            .await?
            .iter()
            .map(|(_, place)| place.number)
            .collect();
        let members = self.members_among(family_id, &others).await?;
        let sightings = others
            .into_iter()
            .filter(|(user_id, _)| members.contains(user_id))
            .map(|(user_id, place)| Sighting {
                ticket_id: place.at.ticket_id,
                user_id,
                doing: match place.at.doing {
                    Doing::Noting if !known.contains(&place.number) => Doing::Viewing,
                    doing => doing,
                },
                number: place.number,
                until: place.said + place.at.doing.lasts(),
            });
        Ok(one_each(sightings.collect()))
    }

    /// Who of them is in the family still.
    async fn members_among(
        &self,
        family_id: FamilyId,
        others: &[(UserId, Place)],
    ) -> Result<HashSet<UserId>, DeskError> {
        let users: HashSet<UserId> = others.iter().map(|(user_id, _)| *user_id).collect();
        let keys: Vec<EntityKey> = users.into_iter().map(EntityKey::Membership).collect();
        let found = self.records(family_id, &keys).await?;
        let members = found.into_iter().flatten().filter_map(|it| match it {
            Record::Membership(it) if it.is_live() => Some(it.user_id),
            _ => None,
        });
        Ok(members.collect())
    }

    fn everybody(&self) -> MutexGuard<'_, Everybody> {
        self.everybody
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Each person once at each ticket, by what concerns others most.
fn one_each(mut sightings: Vec<Sighting>) -> Vec<Sighting> {
    let of = |it: &Sighting| (it.ticket_id, it.user_id);
    sightings.sort_by_key(|it| (of(it), std::cmp::Reverse((it.doing, it.number))));
    sightings.dedup_by_key(|it| of(it));
    sightings.truncate(TOLD);
    sightings
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const RIVERA: FamilyId = FamilyId(Uuid::from_u128(1));
    const LAKE: FamilyId = FamilyId(Uuid::from_u128(2));
    const ANA: UserId = UserId(Uuid::from_u128(3));
    const BEN: UserId = UserId(Uuid::from_u128(4));

    fn screen(n: u128) -> ScreenId {
        ScreenId(Uuid::from_u128(n))
    }

    fn ticket(n: u128) -> TicketId {
        TicketId(Uuid::from_u128(n))
    }

    fn place(family_id: FamilyId, ticket_id: u128, said: Instant) -> Place {
        Place {
            family_id,
            at: Whereabouts {
                ticket_id: ticket(ticket_id),
                doing: Doing::Viewing,
            },
            for_group: None,
            said,
            number: 0,
        }
    }

    fn tickets(everybody: &Everybody, family_id: FamilyId, now: Instant) -> Vec<TicketId> {
        let others = everybody.others(family_id, BEN, now);
        let mut tickets: Vec<TicketId> = others.iter().map(|it| it.1.at.ticket_id).collect();
        tickets.sort();
        tickets
    }

    #[test]
    fn a_screen_is_at_one_place_and_leaves_it_by_itself() {
        let (mut all, begun) = (Everybody::default(), Instant::now());
        assert!(all.note((ANA, screen(1)), place(RIVERA, 7, begun)));
        assert_eq!(tickets(&all, RIVERA, begun), [ticket(7)]);
        assert!(all.others(RIVERA, ANA, begun).is_empty());

        assert!(all.note((ANA, screen(1)), place(LAKE, 8, begun)));
        assert_eq!(tickets(&all, RIVERA, begun), []);
        assert!(!all.forget((ANA, screen(1)), RIVERA));
        assert_eq!(tickets(&all, LAKE, begun), [ticket(8)]);

        let lasts = Doing::Viewing.lasts();
        let almost = begun + lasts - Duration::from_secs(1);
        assert_eq!(tickets(&all, LAKE, almost), [ticket(8)]);
        assert_eq!(tickets(&all, LAKE, begun + lasts), []);
        assert!(all.note((ANA, screen(1)), place(LAKE, 8, almost)));
        assert_eq!(tickets(&all, LAKE, begun + lasts), [ticket(8)]);
        assert!(all.forget((ANA, screen(1)), LAKE));
        assert_eq!(tickets(&all, LAKE, almost), []);
    }

    #[test]
    fn the_same_said_over_and_over_is_told_to_nobody() {
        let (mut all, begun) = (Everybody::default(), Instant::now());
        let times = (0..100).filter(|n| {
            let said = begun + Duration::from_secs(*n);
            all.note((ANA, screen(1)), place(RIVERA, 7, said))
        });
        assert_eq!(times.count(), 4);
    }

    #[test]
    fn of_one_person_only_so_many_screens_are_kept_in_mind() {
        let (mut all, begun) = (Everybody::default(), Instant::now());
        for n in 0..100 {
            all.note((ANA, screen(n)), place(RIVERA, n, begun));
        }
        let newest: Vec<TicketId> = (92..100).map(ticket).collect();
        assert_eq!(tickets(&all, RIVERA, begun), newest);
        // What is over takes no room.
        let lasts = Doing::Viewing.lasts();
        all.note((BEN, screen(1)), place(LAKE, 1, begun + lasts));
        assert_eq!(all.screens.len(), 1);
    }

    #[test]
    fn each_is_told_once_by_what_concerns_others_most() {
        let until = Instant::now();
        let sighting = |user_id, doing, number| Sighting {
            ticket_id: ticket(7),
            user_id,
            doing,
            number,
            until,
        };
        let told = one_each(vec![
            sighting(ANA, Doing::Viewing, 3),
            sighting(BEN, Doing::Viewing, 2),
            sighting(ANA, Doing::Replying, 1),
        ]);
        let told: Vec<_> = told.iter().map(|it| (it.user_id, it.doing)).collect();
        assert_eq!(told, [(ANA, Doing::Replying), (BEN, Doing::Viewing)]);
    }
}
