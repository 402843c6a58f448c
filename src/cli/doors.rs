//! Every command, and every attribute that one sets, has an action on the screen and a subcommand,
//! each with its help; or a reason why no person gives it.

use clap::CommandFactory;

use super::args::Line;
use crate::app::registry::{Context, action};
use crate::model::command::{CommandBody, MembershipField};
use crate::model::family::FamilyField;
use crate::model::group::GroupField;
use crate::model::queue::QueueField;
use crate::model::ticket::TicketField;
use crate::model::user::UserField;
use crate::model::webhook::WebhookField;

/// How a command is given.
enum Doors {
    /// By an action of the screen, and by the words after `famdesk`.
    Of(&'static str, &'static [&'static str]),
    /// No person gives it, and why.
    None(&'static str),
}

fn doors(command: &str) -> Doors {
    use Doors::{None, Of};
    match command {
        "user.set" => Of("me", &["me"]),
        "family.create" => Of("family.new", &["families", "create"]),
        "family.set" => Of("family.edit", &["families", "edit"]),
        "membership.invite" => Of("person.invite", &["members", "invite"]),
        "membership.request" => Of("family.join", &["families", "join"]),
        "membership.accept" => Of("person.accept", &["members", "accept"]),
        "membership.approve" => Of("person.approve", &["members", "accept"]),
        "membership.decline" => Of("person.decline", &["members", "decline"]),
        "membership.set" => Of("person.role", &["members", "role"]),
        "membership.remove" => Of("person.remove", &["members", "remove"]),
        "group.create" => Of("group.new", &["groups", "create"]),
        "group.set" => Of("people.edit", &["groups", "edit"]),
        "group_membership.add" => Of("group.add", &["groups", "add"]),
        "group_membership.request" => Of("group.ask", &["groups", "request"]),
        "group_membership.decline" => Of("person.decline", &["groups", "remove"]),
        "group_membership.set_admin" => Of("person.admin", &["groups", "admin"]),
        "group_membership.remove" => Of("person.remove", &["groups", "remove"]),
        "queue.create" => Of("queue.new", &["queues", "create"]),
        "queue.set" => Of("queue.edit", &["queues", "edit"]),
        "ticket.create" => Of("ticket.new", &["new"]),
        "ticket.set" => Of("ticket.due", &["due"]),
        "ticket.describe" => Of("ticket.edit", &["edit"]),
        "ticket.resolve" => Of("ticket.resolve", &["resolve"]),
        "ticket.reopen" => Of("ticket.reopen", &["reopen"]),
        "ticket.close" => Of("ticket.close", &["close"]),
        "ticket.unclose" => Of("ticket.unclose", &["unclose"]),
        "ticket.tag" => Of("ticket.tag", &["tag"]),
        "ticket.untag" => Of("ticket.untag", &["tag"]),
        "void" => None("a pass of sync alone gives it, for one that the server fails at"),
        "ticket.expire" => None("time alone gives it, when the reopen window has passed"),
        "ticket.wake" => Of("ticket.wake", &["wake"]),
        "ticket.read" => Of("ticket.read", &["read"]),
        "ticket.unread" => Of("ticket.unread", &["unread"]),
        "participant.add" => Of("ticket.cc", &["participants"]),
        "participant.remove" => Of("ticket.participant.remove", &["participants"]),
        "comment.add" => Of("ticket.comment", &["comment"]),
        "comment.edit" => Of("comment.edit", &["comment"]),
        "webhook.create" => Of("webhook.new", &["webhooks", "add"]),
        "webhook.set" => Of("webhook.edit", &["webhooks", "set"]),
        "webhook.rotate" => Of("webhook.rotate", &["webhooks", "rotate"]),
        "attachment.add" => Of("attachment.add", &["attach"]),
        "entity.delete" => Of("queue.delete", &["queues", "delete"]),
        "entity.restore" => Of("deleted.show", &["restore"]),
        "import.batch" => None("an import gives it, of what was elsewhere"),
        other => panic!("{other} has neither an action on the screen nor a subcommand"),
    }
}

/// The attributes that each command of theirs sets, one at a time.
const ATTRIBUTES: [(&str, &[&str]); 7] = [
    ("user.set", UserField::NAMES),
    ("family.set", FamilyField::NAMES),
    ("membership.set", MembershipField::NAMES),
    ("group.set", GroupField::NAMES),
    ("queue.set", QueueField::NAMES),
    ("ticket.set", TicketField::NAMES),
    ("webhook.set", WebhookField::NAMES),
];

/// The action that sets an attribute, and the words after `famdesk`; the last may be an option.
fn doors_of_attribute(command: &str, attribute: &str) -> (&'static str, &'static [&'static str]) {
    match (command, attribute) {
        ("user.set", "display_name") => ("me", &["me", "--name"]),
        ("user.set", "email") => ("me", &["me", "--email"]),
        ("user.set", "time_zone") => ("me", &["me", "--time-zone"]),
        ("family.set", "family_name") => ("family.edit", &["families", "edit", "--name"]),
        ("family.set", "family_description") => {
            ("family.edit", &["families", "edit", "--description"])
        }
        ("family.set", "ticket_prefix") => ("family.edit", &["families", "edit", "--prefix"]),
        ("family.set", "time_zone") => ("family.edit", &["families", "edit", "--time-zone"]),
        ("family.set", "business_hours") => ("family.edit", &["families", "edit", "--hours"]),
        ("family.set", "severity_words") => ("family.edit", &["families", "edit", "--word"]),
        ("membership.set", "display_name") => ("people.edit", &["members", "rename"]),
        ("membership.set", "role") => ("person.role", &["members", "role"]),
        ("membership.set", "is_admin") => ("person.admin", &["members", "admin"]),
        ("group.set", "group_name") => ("people.edit", &["groups", "edit", "--name"]),
        ("group.set", "group_description") => ("people.edit", &["groups", "edit", "--description"]),
        ("queue.set", "queue_name") => ("queue.edit", &["queues", "edit", "--name"]),
        ("queue.set", "queue_description") => ("queue.edit", &["queues", "edit", "--description"]),
        ("queue.set", "default_severity") => ("queue.edit", &["queues", "edit", "--severity"]),
        ("queue.set", "default_assignee") => ("queue.edit", &["queues", "edit", "--assignee"]),
        ("queue.set", "group_id") => ("queue.edit", &["queues", "edit", "--group"]),
        ("ticket.set", "title") => ("ticket.edit", &["edit", "--title"]),
        ("ticket.set", "severity") => ("ticket.severity.1", &["severity"]),
        ("ticket.set", "stage") => ("ticket.stage.active", &["status"]),
        ("ticket.set", "waiting_note") => ("ticket.stage.waiting", &["status", "--note"]),
        ("ticket.set", "assigned_to") => ("ticket.assign.person", &["assign"]),
        ("ticket.set", "assigned_group") => ("ticket.assign.group", &["assign", "--group"]),
        ("ticket.set", "category") => ("ticket.category", &["category"]),
        ("ticket.set", "due_date") => ("ticket.due", &["due"]),
        ("ticket.set", "snoozed_until") => ("ticket.snooze", &["snooze"]),
        ("ticket.set", "queue_id") => ("ticket.move", &["move", "--to"]),
        ("ticket.set", "parent_ticket") => ("ticket.parent", &["parent", "--of"]),
        ("ticket.set", "merged_into") => ("ticket.merge", &["merge", "--into"]),
        ("ticket.set", "triaged") => ("ticket.triage", &["triage", "--again"]),
        ("webhook.set", "webhook_name") => ("webhook.edit", &["webhooks", "set", "--name"]),
        ("webhook.set", "url") => ("webhook.edit", &["webhooks", "set", "--url"]),
        ("webhook.set", "events") => ("webhook.edit", &["webhooks", "set", "--events"]),
        ("webhook.set", "group_id") => ("webhook.edit", &["webhooks", "set", "--group"]),
        ("webhook.set", "internal") => ("webhook.edit", &["webhooks", "set", "--internal"]),
        ("webhook.set", "off") => ("webhook.turn", &["webhooks", "disable"]),
        _ => {
            panic!("{attribute} of {command} can be set neither on the screen nor by a subcommand")
        }
    }
}

#[test]
fn every_command_and_attribute_has_an_action_and_a_subcommand_with_help() {
    let mut line = Line::command();
    line.build();
    for command in CommandBody::TYPES {
        match doors(command) {
            Doors::Of(name, words) => check(&line, (command, name), words),
            Doors::None(reason) => assert!(!reason.is_empty()),
        }
    }
    let with_attributes = ATTRIBUTES.iter().map(|(command, _)| *command);
    let setting = CommandBody::TYPES.iter().filter(|it| it.ends_with(".set"));
    assert!(
        setting.copied().eq(with_attributes),
        "a `set` lacks its attributes"
    );
    for (command, attributes) in ATTRIBUTES {
        for attribute in attributes {
            let (name, words) = doors_of_attribute(command, attribute);
            check(&line, (attribute, name), words);
        }
    }
}

fn check(line: &clap::Command, (what, name): (&str, &str), words: &[&str]) {
    let row = action(name).unwrap_or_else(|| panic!("{what}: no action {name}"));
    assert!(!row.help.is_empty(), "{what}: {name} has no help line");
    let by_name = |context: &Context| !context.is_for_typing();
    assert!(row.contexts.iter().any(by_name), "{what}: no `:{name}`");
    let mut found = line;
    for word in words {
        match word.strip_prefix("--") {
            Some(option) => {
                let mut options = found.get_arguments();
                let option = options.find(|it| it.get_long() == Some(option));
                assert!(option.is_some(), "{what}: no option {words:?}");
            }
            None => {
                found = found
                    .find_subcommand(word)
                    .unwrap_or_else(|| panic!("{what}: no subcommand {words:?}"));
            }
        }
    }
    assert!(found.get_about().is_some(), "{what}: {words:?} lacks help");
}
