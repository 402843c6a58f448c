//! What a command comes to, or why it is refused. One way for every door: screen, command line,
//! HTTP and timers all end here, and so does a client that shows an effect before it is confirmed.

use super::audience::Viewer;
use super::change::Change;
use super::command::{Actor, Command, CommandBody};
use super::entity::{Common, EntityKey, EntityType};
use super::id::{FamilyId, GroupId, UserId};
use super::known::{Known, Stop};
use super::long_text::{INLINE_LIMIT, LongText, TEXT_LIMIT};
use super::name::{name, one_line};
use super::refusal::Refusal;
use super::source::Timestamp;

pub mod attachment;
mod comment;
mod describe;
mod family;
mod field;
mod group;
mod import;
mod lifecycle;
mod membership;
mod participant;
mod queue;
mod read_marker;
mod since;
mod ticket;
mod user;
mod webhook;

#[cfg(test)]
mod tests;

/// The changes that the command comes to, in the order in which they are written; none where it
/// asks for what is so already.
///
/// # Errors
/// [`Stop::Need`] where more must be known first: answer and ask again. [`Stop::Refused`] where
/// the rules forbid it; nothing may be changed then.
pub fn decide(
    command: &Command,
    actor: &Actor,
    now: Timestamp,
    known: &Known,
) -> Result<Vec<Change>, Stop> {
    let ask = Ask {
        actor,
        now,
        known,
        seen: command.seen,
    };
    if !is_for_outsiders(&command.body) && ask.user() != UserId::SYSTEM {
        // Before anything else is looked at, so that nobody outside learns what is there.
        ask.viewer()?;
    }
    for text in command.body.texts() {
        fits(text)?;
    }
    let changes = decide_body(&ask, &command.body)?;
    if !changes.is_empty() {
        since::settings_as_seen(&ask, &command.body)?;
    }
    Ok(changes)
}

fn decide_body(ask: &Ask<'_>, body: &CommandBody) -> Decision {
    match body {
        CommandBody::UserSet { set, base } => user::set(ask, set, base.as_ref()),
        CommandBody::FamilyCreate(new) => family::create(ask, new),
        CommandBody::FamilySet(set) => family::set(ask, set),
        CommandBody::MembershipInvite {
            user_id,
            display_name,
            role,
        } => membership::invite(ask, *user_id, display_name, *role),
        CommandBody::MembershipRequest { display_name } => membership::request(ask, display_name),
        CommandBody::MembershipAccept {} => membership::accept(ask),
        CommandBody::MembershipApprove { user_id } => membership::approve(ask, *user_id),
        CommandBody::MembershipDecline { user_id } => membership::decline(ask, *user_id),
        CommandBody::MembershipSet { user_id, set } => membership::set(ask, *user_id, set),
        CommandBody::MembershipRemove { user_id } => membership::remove(ask, *user_id),
        CommandBody::GroupCreate {
            group_id,
            group_name,
            group_description,
        } => group::create(ask, *group_id, group_name, group_description),
        CommandBody::GroupSet { group_id, set } => group::set(ask, *group_id, set),
        CommandBody::GroupMembershipAdd {
            group_id,
            user_id,
            is_admin,
        } => group::add(ask, *group_id, *user_id, *is_admin),
        CommandBody::GroupMembershipRequest { group_id } => group::request(ask, *group_id),
        CommandBody::GroupMembershipDecline { group_id, user_id } => {
            group::decline(ask, *group_id, *user_id)
        }
        CommandBody::GroupMembershipSetAdmin {
            group_id,
            user_id,
            is_admin,
        } => group::set_admin(ask, *group_id, *user_id, *is_admin),
        CommandBody::GroupMembershipRemove { group_id, user_id } => {
            group::remove(ask, *group_id, *user_id)
        }
        CommandBody::QueueCreate {
            queue_id,
            group_id,
            queue_name,
            queue_description,
            default_severity,
        } => queue::create(
            ask,
            queue::NewQueue {
                queue_id: *queue_id,
                group_id: *group_id,
                queue_name,
                queue_description,
                default_severity: *default_severity,
            },
        ),
        CommandBody::QueueSet { queue_id, set } => queue::set(ask, *queue_id, set),
        CommandBody::TicketCreate(new) => ticket::create(ask, new),
        CommandBody::TicketSet {
            ticket_id,
            set,
            base,
        } => field::set(ask, *ticket_id, set, base.as_ref()),
        CommandBody::TicketDescribe {
            ticket_id,
            description,
            base,
        } => describe::describe(ask, *ticket_id, description, base.as_ref()),
        CommandBody::TicketResolve { ticket_id } => ticket::resolve(ask, *ticket_id),
        CommandBody::TicketReopen { ticket_id } => ticket::reopen(ask, *ticket_id),
        CommandBody::TicketClose { ticket_id } => ticket::close(ask, *ticket_id),
        CommandBody::TicketUnclose {
            ticket_id,
            closed_version,
        } => ticket::unclose(ask, *ticket_id, *closed_version),
        CommandBody::TicketTag { ticket_id, tag } => ticket::tag(ask, *ticket_id, tag),
        CommandBody::TicketUntag { ticket_id, tag } => ticket::untag(ask, *ticket_id, tag),
        CommandBody::TicketExpire { ticket_id } => ticket::expire(ask, *ticket_id),
        CommandBody::TicketWake { ticket_id } => ticket::wake(ask, *ticket_id),
        CommandBody::TicketRead { tickets, seq } => read_marker::read(ask, tickets, *seq),
        CommandBody::TicketUnread { tickets } => read_marker::unread(ask, tickets),
        CommandBody::ParticipantAdd {
            ticket_id,
            user_id,
            role,
        } => participant::add(ask, *ticket_id, *user_id, *role),
        CommandBody::ParticipantRemove {
            ticket_id,
            user_id,
            role,
        } => participant::remove(ask, *ticket_id, *user_id, *role),
        CommandBody::CommentAdd(new) => comment::add(ask, new),
        CommandBody::CommentEdit {
            ticket_id,
            comment_id,
            comment_body,
            base,
        } => comment::edit(ask, (*ticket_id, *comment_id), comment_body, base.as_ref()),
        CommandBody::WebhookCreate(new) => webhook::create(ask, new),
        CommandBody::WebhookSet { webhook_id, set } => webhook::set(ask, *webhook_id, set),
        CommandBody::WebhookRotate {
            webhook_id,
            secret_id,
        } => webhook::rotate(ask, *webhook_id, *secret_id),
        CommandBody::AttachmentAdd(new) => attachment::add(ask, new),
        CommandBody::EntityDelete(key) => lifecycle::delete(ask, *key),
        CommandBody::EntityRestore(key) => lifecycle::restore(ask, *key),
        CommandBody::ImportBatch(batch) => import::batch(ask, batch),
        CommandBody::Void {} => Ok(Vec::new()),
    }
}

/// Whether the command is given by someone who is not in the family, or not yet.
fn is_for_outsiders(body: &CommandBody) -> bool {
    matches!(
        body,
        CommandBody::FamilyCreate(_)
            | CommandBody::MembershipRequest { .. }
            | CommandBody::MembershipAccept {}
            | CommandBody::MembershipDecline { .. }
    )
}

/// Who asks, when, and what is known.
struct Ask<'a> {
    actor: &'a Actor,
    now: Timestamp,
    known: &'a Known,
    /// How far of the log whoever asks had seen, where that is known.
    seen: Option<i64>,
}

/// What a rule comes to.
type Decision = Result<Vec<Change>, Stop>;

impl Ask<'_> {
    fn family_id(&self) -> FamilyId {
        self.known.family_id
    }

    fn user(&self) -> UserId {
        self.actor.user_id
    }

    /// The common attributes of something made now by whoever asks.
    fn common(&self) -> Common {
        Common::new(self.user(), self.now)
    }

    /// Whoever asks, as a member of the family.
    fn viewer(&self) -> Result<Viewer, Stop> {
        self.known.viewer(self.user(), None)
    }

    /// Whoever asks, who must be an admin of the family.
    fn admin(&self, deed: &str) -> Result<Viewer, Stop> {
        let viewer = self.viewer()?;
        if viewer.is_admin {
            Ok(viewer)
        } else {
            Err(Refusal::not_allowed("the family's admins", deed).into())
        }
    }

    /// Whoever asks, who must manage the group.
    fn group_admin(&self, group_id: GroupId, deed: &str) -> Result<Viewer, Stop> {
        let viewer = self.known.viewer(self.user(), Some(group_id))?;
        if viewer.manages(group_id) {
            Ok(viewer)
        } else {
            Err(Refusal::not_allowed("admins of the group or the family", deed).into())
        }
    }

    /// Checks that nothing is there under the key of something about to be made.
    fn is_new(&self, key: EntityKey) -> Result<(), Stop> {
        match self.known.entity(key)? {
            None => Ok(()),
            Some(_) => Err(Refusal::AlreadyThere {
                what: key.entity_type(),
            }
            .into()),
        }
    }

    /// Checks that somebody is in the family now.
    fn is_member(&self, user_id: UserId, field: &str) -> Result<(), Stop> {
        match self.known.membership(user_id)? {
            Some(membership) if membership.is_live() => Ok(()),
            _ => Err(Refusal::invalid(field, "that person is not in the family").into()),
        }
    }
}

/// Checks that a text that is too long for an item stands in the blob store.
fn fits(text: &LongText) -> Result<(), Stop> {
    let (bytes, limit) = match text {
        LongText::Inline(whole) => (whole.len(), INLINE_LIMIT),
        LongText::Blob(blob) => (
            usize::try_from(blob.bytes).unwrap_or(usize::MAX),
            TEXT_LIMIT,
        ),
    };
    if bytes <= limit {
        return Ok(());
    }
    let why = format!("it is {bytes} bytes long; {limit} is the most that can stand here");
    Err(Refusal::invalid("text", why).into())
}

/// Zero or one change as a decision.
fn maybe(change: Option<Change>) -> Decision {
    Ok(change.into_iter().collect())
}

fn no_such(what: EntityType) -> Stop {
    Stop::Refused(Refusal::NotFound { what })
}
