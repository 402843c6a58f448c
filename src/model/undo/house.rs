//! What takes back a change of the family, its groups and queues, and of who is in them.

use crate::model::change::Change;
use crate::model::command::{CommandBody, MembershipField};
use crate::model::family::{Family, FamilyField};
use crate::model::group::{Group, GroupField, GroupMembership};
use crate::model::membership::{Membership, MembershipStatus};
use crate::model::queue::{Queue, QueueField};
use crate::model::record::Record;
use crate::model::webhook::{Off, Webhook, WebhookField};

/// The commands that set back what the command changed, the one that matters first.
pub(super) fn set_back(command: &CommandBody, changes: &[Change]) -> Vec<CommandBody> {
    // What the command is about, before those things that came along with it.
    let (own, along): (Vec<&Change>, Vec<&Change>) =
        changes.iter().partition(|change| is_of(command, change));
    let back = own.into_iter().filter_map(|change| one(command, change));
    let back: Vec<CommandBody> = back.collect();
    if back.is_empty() {
        return back;
    }
    let places = along.into_iter().filter_map(place_back);
    back.into_iter().chain(places).collect()
}

fn is_of(command: &CommandBody, change: &Change) -> bool {
    match command {
        CommandBody::MembershipSet { .. } => matches!(change.after, Record::Membership(_)),
        _ => true,
    }
}

fn one(command: &CommandBody, change: &Change) -> Option<CommandBody> {
    match (command, &change.before, &change.after) {
        (CommandBody::FamilySet(set), Some(Record::Family(before)), _) => {
            Some(CommandBody::FamilySet(of_family(before, set)))
        }
        (CommandBody::GroupSet { group_id, set }, Some(Record::Group(before)), _) => {
            Some(CommandBody::GroupSet {
                group_id: *group_id,
                set: of_group(before, set),
            })
        }
        (CommandBody::QueueSet { queue_id, set }, Some(Record::Queue(before)), _) => {
            Some(CommandBody::QueueSet {
                queue_id: *queue_id,
                set: of_queue(before, set),
            })
        }
        (CommandBody::WebhookSet { webhook_id, set }, Some(Record::Webhook(before)), _) => {
            Some(CommandBody::WebhookSet {
                webhook_id: *webhook_id,
                set: of_webhook(before, set),
            })
        }
        (CommandBody::MembershipSet { user_id, set }, Some(Record::Membership(before)), _) => {
            Some(CommandBody::MembershipSet {
                user_id: *user_id,
                set: of_membership(before, set),
            })
        }
        (CommandBody::MembershipInvite { user_id, .. }, _, Record::Membership(_)) => {
            Some(CommandBody::MembershipRemove { user_id: *user_id })
        }
        (CommandBody::MembershipRemove { .. }, Some(Record::Membership(before)), _) => {
            invite_again(before)
        }
        (
            CommandBody::GroupMembershipAdd { .. }
            | CommandBody::GroupMembershipRequest { .. }
            | CommandBody::GroupMembershipSetAdmin { .. }
            | CommandBody::GroupMembershipRemove { .. },
            before,
            Record::GroupMembership(after),
        ) => place_of(before.as_ref(), after),
        _ => None,
    }
}

/// Someone who had been in the family is asked in anew by hand: they have to say yes to it.
fn invite_again(before: &Membership) -> Option<CommandBody> {
    let invited = before.status == MembershipStatus::Awaiting && before.invited_by.is_some();
    invited.then(|| CommandBody::MembershipInvite {
        user_id: before.user_id,
        display_name: before.display_name.clone(),
        role: before.role,
    })
}

/// A place in a group that was lost along with something else, such as the role of a member.
fn place_back(change: &Change) -> Option<CommandBody> {
    match (&change.before, &change.after) {
        (Some(before @ Record::GroupMembership(_)), Record::GroupMembership(after)) => {
            place_of(Some(before), after)
        }
        _ => None,
    }
}

/// Someone's place in a group as it was before.
fn place_of(before: Option<&Record>, after: &GroupMembership) -> Option<CommandBody> {
    let (group_id, user_id) = (after.group_id, after.user_id);
    let before = match before {
        Some(Record::GroupMembership(before)) => Some(before),
        _ => None,
    };
    let was_in = before.filter(|it| it.is_live());
    let is_in = !after.common.deleted;
    match was_in {
        Some(was) if after.is_live() => Some(CommandBody::GroupMembershipSetAdmin {
            group_id,
            user_id,
            is_admin: was.is_admin,
        }),
        Some(was) => Some(CommandBody::GroupMembershipAdd {
            group_id,
            user_id,
            is_admin: was.is_admin,
        }),
        None if is_in => Some(CommandBody::GroupMembershipRemove { group_id, user_id }),
        None => None,
    }
}

fn of_family(before: &Family, set: &FamilyField) -> FamilyField {
    match set {
        FamilyField::FamilyName(_) => FamilyField::FamilyName(before.family_name.clone()),
        FamilyField::FamilyDescription(_) => {
            FamilyField::FamilyDescription(before.family_description.clone())
        }
        FamilyField::TicketPrefix(_) => FamilyField::TicketPrefix(before.ticket_prefix.clone()),
        FamilyField::TimeZone(_) => FamilyField::TimeZone(before.time_zone.clone()),
        FamilyField::BusinessHours(_) => FamilyField::BusinessHours(before.business_hours.clone()),
        FamilyField::SeverityWords(_) => FamilyField::SeverityWords(before.severity_words.clone()),
    }
}

fn of_group(before: &Group, set: &GroupField) -> GroupField {
    match set {
        GroupField::GroupName(_) => GroupField::GroupName(before.group_name.clone()),
        GroupField::GroupDescription(_) => {
            GroupField::GroupDescription(before.group_description.clone())
        }
    }
}

fn of_queue(before: &Queue, set: &QueueField) -> QueueField {
    match set {
        QueueField::QueueName(_) => QueueField::QueueName(before.queue_name.clone()),
        QueueField::QueueDescription(_) => {
            QueueField::QueueDescription(before.queue_description.clone())
        }
        QueueField::DefaultSeverity(_) => QueueField::DefaultSeverity(before.default_severity),
        QueueField::DefaultAssignee(_) => QueueField::DefaultAssignee(before.default_assignee),
        QueueField::GroupId(_) => QueueField::GroupId(before.group_id),
    }
}

fn of_webhook(before: &Webhook, set: &WebhookField) -> WebhookField {
    match set {
        WebhookField::WebhookName(_) => WebhookField::WebhookName(before.webhook_name.clone()),
        WebhookField::Url(_) => WebhookField::Url(before.url.clone()),
        WebhookField::Events(_) => WebhookField::Events(before.events.clone()),
        WebhookField::GroupId(_) => WebhookField::GroupId(before.group_id),
        WebhookField::Internal(_) => WebhookField::Internal(before.internal),
        // Why the server had turned it off is the server's alone to say.
        WebhookField::Off(_) => WebhookField::Off(before.off.map(|_| Off::ByHand)),
    }
}

fn of_membership(before: &Membership, set: &MembershipField) -> MembershipField {
    match set {
        MembershipField::DisplayName(_) => {
            MembershipField::DisplayName(before.display_name.clone())
        }
        MembershipField::Role(_) => MembershipField::Role(before.role),
        MembershipField::IsAdmin(_) => MembershipField::IsAdmin(before.is_admin),
    }
}
