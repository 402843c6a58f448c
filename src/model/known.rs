//! What a decision may look at. A rule asks; where the answer is not there yet it stops with what
//! it needs, the caller fetches that and asks again. So the same pure rules run over the table and
//! over the local state store.

use std::collections::{BTreeMap, HashMap};

use super::attachment::Attachment;
use super::audience::Viewer;
use super::comment::Comment;
use super::entity::{EntityKey, EntityType};
use super::family::Family;
use super::group::{Group, GroupMembership};
use super::id::{FamilyId, GroupId, QueueId, TicketId, UserId};
use super::membership::Membership;
use super::participant::Participant;
use super::queue::Queue;
use super::record::Record;
use super::refusal::Refusal;
use super::ticket::{Description, Ticket};
use super::webhook::Webhook;

/// Something that a decision has to know first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Need {
    /// One entity, deleted or not.
    Entity(EntityKey),
    /// The admins of the family who are live members.
    Admins,
    /// The live group memberships of one person. Reads more than the membership in one group;
    /// for decisions that touch them all.
    GroupsOf(UserId),
    /// The live participants of a ticket.
    Participants(TicketId),
    /// The live attachments of a ticket and its comments.
    Attachments(TicketId),
    /// The live, open tickets whose parent this is.
    OpenChildren(TicketId),
    /// Live tickets in a queue; the first few suffice.
    LiveTickets(QueueId),
    /// Live queues of a group; the first few suffice.
    LiveQueues(GroupId),
    /// Those who are asked into the family and have not answered.
    OpenInvitations,
    /// The live webhooks of the family.
    Webhooks,
    /// What became of a ticket's status after that number of the log: the ticket as it was before
    /// the first change of it, then as it was after each; none where it stayed.
    StatusSince(TicketId, i64),
    /// The newest live comments on a ticket; the last few suffice.
    LastComments(TicketId),
}

/// How many answers to [`Need::LastComments`] suffice.
pub const LAST_COMMENTS: usize = 20;

/// How many answers to [`Need::LiveTickets`] and [`Need::LiveQueues`] suffice.
pub const FEW: usize = 5;

/// Why a decision stopped.
#[derive(Debug, Clone, PartialEq)]
pub enum Stop {
    /// It needs to know more.
    Need(Vec<Need>),
    /// The answer is no.
    Refused(Refusal),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Stop {
        Stop::Refused(refusal)
    }
}

/// The answers so far, for one family.
#[derive(Debug, Clone)]
pub struct Known {
    pub family_id: FamilyId,
    answers: HashMap<Need, Vec<Record>>,
}

impl Known {
    pub fn new(family_id: FamilyId) -> Known {
        Known {
            family_id,
            answers: HashMap::new(),
        }
    }

    /// Notes an answer: the records found, none where there are none.
    pub fn learn(&mut self, need: Need, found: Vec<Record>) {
        self.answers.insert(need, found);
    }

    /// Every question that was asked and its answer.
    pub fn answers(&self) -> impl Iterator<Item = (&Need, &[Record])> {
        self.answers
            .iter()
            .map(|(need, found)| (need, found.as_slice()))
    }

    /// The answer to a question, or the wish to have it.
    pub fn list(&self, need: Need) -> Result<&[Record], Stop> {
        self.answers
            .get(&need)
            .map(Vec::as_slice)
            .ok_or_else(|| Stop::Need(vec![need]))
    }

    /// Those of the questions that have no answer yet, all at once.
    pub fn require(&self, needs: impl IntoIterator<Item = Need>) -> Result<(), Stop> {
        let missing: Vec<Need> = needs
            .into_iter()
            .filter(|need| !self.answers.contains_key(need))
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(Stop::Need(missing))
        }
    }

    /// One entity, deleted or not.
    pub fn entity(&self, key: EntityKey) -> Result<Option<&Record>, Stop> {
        self.list(Need::Entity(key)).map(<[Record]>::first)
    }

    /// One entity that must be there and not deleted.
    fn live(&self, key: EntityKey) -> Result<&Record, Stop> {
        self.entity(key)?
            .filter(|record| !record.common().deleted)
            .ok_or_else(|| not_found(key.entity_type()))
    }
}

fn not_found(what: EntityType) -> Stop {
    Stop::Refused(Refusal::NotFound { what })
}

/// A typed way to a live entity: the record under the key can only be of the key's kind.
macro_rules! live {
    ($($(#[$doc:meta])* $name:ident: $kind:ident($($arg:ident: $ty:ty),+)),+ $(,)?) => {
        impl Known {
            $($(#[$doc])*
            pub fn $name(&self, $($arg: $ty),+) -> Result<&$kind, Stop> {
                match self.live(EntityKey::$kind($($arg),+))? {
                    Record::$kind(found) => Ok(found),
                    _ => Err(not_found(EntityType::$kind)),
                }
            })+
        }
    };
}

live! {
    /// The family itself.
    family: Family(family_id: FamilyId),
    /// A live group.
    group: Group(group_id: GroupId),
    /// A live queue.
    queue: Queue(queue_id: QueueId),
    /// A live ticket.
    ticket: Ticket(ticket_id: TicketId),
    /// A live comment.
    comment: Comment(ticket_id: TicketId, comment_id: super::id::CommentId),
    /// A live webhook.
    webhook: Webhook(webhook_id: super::id::WebhookId),
    /// A live attachment.
    attachment: Attachment(ticket_id: TicketId, attachment_id: super::id::AttachmentId),
}

impl Known {
    /// Someone's membership in whatever state, unless it was removed.
    pub fn membership(&self, user_id: UserId) -> Result<Option<&Membership>, Stop> {
        Ok(match self.entity(EntityKey::Membership(user_id))? {
            Some(Record::Membership(found)) if !found.common.deleted => Some(found),
            _ => None,
        })
    }

    /// Someone's membership in a group in whatever state, unless it was removed.
    pub fn group_membership(
        &self,
        group_id: GroupId,
        user_id: UserId,
    ) -> Result<Option<&GroupMembership>, Stop> {
        Ok(
            match self.entity(EntityKey::GroupMembership(group_id, user_id))? {
                Some(Record::GroupMembership(found)) if !found.common.deleted => Some(found),
                _ => None,
            },
        )
    }

    /// A ticket's description, if it has one.
    pub fn description(&self, ticket_id: TicketId) -> Result<Option<&Description>, Stop> {
        Ok(match self.entity(EntityKey::Description(ticket_id))? {
            Some(Record::Description(found)) => Some(found),
            _ => None,
        })
    }

    /// The live participants of a ticket.
    pub fn participants(
        &self,
        ticket_id: TicketId,
    ) -> Result<impl Iterator<Item = &Participant>, Stop> {
        let found = self.list(Need::Participants(ticket_id))?;
        Ok(found.iter().filter_map(|record| match record {
            Record::Participant(participant) => Some(participant),
            _ => None,
        }))
    }

    /// The live attachments of a ticket and its comments.
    pub fn attachments(
        &self,
        ticket_id: TicketId,
    ) -> Result<impl Iterator<Item = &Attachment>, Stop> {
        let found = self.list(Need::Attachments(ticket_id))?;
        Ok(found.iter().filter_map(|record| match record {
            Record::Attachment(attachment) => Some(attachment),
            _ => None,
        }))
    }

    /// Someone in this family, with their place in the one group that matters here. Whoever is
    /// not in the family learns only that there is no such family.
    pub fn viewer(&self, user_id: UserId, about: Option<GroupId>) -> Result<Viewer, Stop> {
        let place = about.map(|group_id| EntityKey::GroupMembership(group_id, user_id));
        let member = EntityKey::Membership(user_id);
        self.require(place.into_iter().chain([member]).map(Need::Entity))?;
        let membership = self
            .membership(user_id)?
            .filter(|membership| membership.is_live())
            .ok_or_else(|| not_found(EntityType::Family))?;
        let mut groups = BTreeMap::new();
        if let Some(group_id) = about
            && let Some(place) = self.group_membership(group_id, user_id)?
            && place.is_live()
        {
            groups.insert(group_id, place.is_admin);
        }
        Ok(Viewer {
            user_id,
            role: membership.role,
            is_admin: membership.is_admin,
            groups,
        })
    }
}
