//! What takes back a change of the family, its groups and queues, and of who is in them.

use crate::model::change::Change;
use crate::model::command::{CommandBody, MembershipField};
use crate::model::family::{Family, FamilyField};
use crate::model::group::{Group, GroupField, GroupMembership};
use crate::model::membership::{Membership, MembershipStatus};
use crate::model::queue::{Queue, QueueField};
use crate::model::record::Record;
use crate::model::webhook::{Off, Webhook, WebhookField};

/// Whether commands of the given type are taken back here.
#[cfg(test)]
pub(super) fn takes_back(command_type: &str) -> bool {
    let (noun, verb) = command_type.split_once('.').unwrap_or_default();
    match noun {
        "family" | "group" | "queue" | "webhook" => verb == "set",
        "membership" => ["set", "invite", "remove"].contains(&verb),
        "group_membership" => ["add", "request", "set_admin", "remove"].contains(&verb),
        _ => false,
    }
}

/// The commands that set back what a command of the given type changed, the one that matters
/// first.
pub(super) fn set_back(command_type: &str, changes: &[Change]) -> Vec<CommandBody> {
    // What the command is about, before those things that came along with it.
    let (own, along): (Vec<&Change>, Vec<&Change>) = changes
        .iter()
        .partition(|change| is_of(command_type, change));
    let back = own.into_iter().flat_map(|it| one(command_type, it));
    let back: Vec<CommandBody> = back.collect();
    if back.is_empty() {
        return back;
    }
    let places = along.into_iter().filter_map(place_back);
    back.into_iter().chain(places).collect()
}

fn is_of(command_type: &str, change: &Change) -> bool {
    match command_type {
        "membership.set" => matches!(change.after, Record::Membership(_)),
        _ => true,
    }
}

fn one(command_type: &str, change: &Change) -> Vec<CommandBody> {
    let before = change.before.as_ref();
    match (command_type, before, &change.after) {
        ("family.set", Some(Record::Family(before)), Record::Family(after)) => {
            let lost = differing(of_family(before), of_family(after));
            lost.map(CommandBody::FamilySet).collect()
        }
        ("group.set", Some(Record::Group(before)), Record::Group(after)) => {
            let group_id = after.group_id;
            let lost = differing(of_group(before), of_group(after));
            lost.map(|set| CommandBody::GroupSet { group_id, set })
                .collect()
        }
        ("queue.set", Some(Record::Queue(before)), Record::Queue(after)) => {
            let queue_id = after.queue_id;
            let lost = differing(of_queue(before), of_queue(after));
            lost.map(|set| CommandBody::QueueSet { queue_id, set })
                .collect()
        }
        ("webhook.set", Some(Record::Webhook(before)), Record::Webhook(after)) => {
            let webhook_id = after.webhook_id;
            let lost = differing(of_webhook(before), of_webhook(after));
            lost.map(|set| CommandBody::WebhookSet { webhook_id, set })
                .collect()
        }
        ("membership.set", Some(Record::Membership(before)), Record::Membership(after)) => {
            let user_id = after.user_id;
            let lost = differing(of_membership(before), of_membership(after));
            lost.map(|set| CommandBody::MembershipSet { user_id, set })
                .collect()
        }
        ("membership.invite", _, Record::Membership(after)) => {
            vec![CommandBody::MembershipRemove {
                user_id: after.user_id,
            }]
        }
        ("membership.remove", Some(Record::Membership(before)), _) => {
            invite_again(before).into_iter().collect()
        }
        (
            "group_membership.add"
            | "group_membership.request"
            | "group_membership.set_admin"
            | "group_membership.remove",
            before,
            Record::GroupMembership(after),
        ) => place_of(before, after).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// The values from before of those attributes that are otherwise now.
fn differing<T: PartialEq, const N: usize>(
    before: [T; N],
    after: [T; N],
) -> impl Iterator<Item = T> {
    let pairs = before.into_iter().zip(after);
    pairs
        .filter(|(before, after)| before != after)
        .map(|it| it.0)
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

fn of_family(it: &Family) -> [FamilyField; 6] {
    [
        FamilyField::FamilyName(it.family_name.clone()),
        FamilyField::FamilyDescription(it.family_description.clone()),
        FamilyField::TicketPrefix(it.ticket_prefix.clone()),
        FamilyField::TimeZone(it.time_zone.clone()),
        FamilyField::BusinessHours(it.business_hours.clone()),
        FamilyField::SeverityWords(it.severity_words.clone()),
    ]
}

fn of_group(it: &Group) -> [GroupField; 2] {
    [
        GroupField::GroupName(it.group_name.clone()),
        GroupField::GroupDescription(it.group_description.clone()),
    ]
}

fn of_queue(it: &Queue) -> [QueueField; 5] {
    [
        QueueField::QueueName(it.queue_name.clone()),
        QueueField::QueueDescription(it.queue_description.clone()),
        QueueField::DefaultSeverity(it.default_severity),
        QueueField::DefaultAssignee(it.default_assignee),
        QueueField::GroupId(it.group_id),
    ]
}

fn of_webhook(it: &Webhook) -> [WebhookField; 6] {
    [
        WebhookField::WebhookName(it.webhook_name.clone()),
        WebhookField::Url(it.url.clone()),
        WebhookField::Events(it.events.clone()),
        WebhookField::GroupId(it.group_id),
        WebhookField::Internal(it.internal),
        // Why the server had turned it off is the server's alone to say.
        WebhookField::Off(it.off.map(|_| Off::ByHand)),
    ]
}

fn of_membership(it: &Membership) -> [MembershipField; 3] {
    [
        MembershipField::DisplayName(it.display_name.clone()),
        MembershipField::Role(it.role),
        MembershipField::IsAdmin(it.is_admin),
    ]
}
