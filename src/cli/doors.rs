//! Every command has an action on the screen and a subcommand, each with its help; or a reason
//! why no person gives it.

use clap::CommandFactory;

use super::args::Line;
use crate::app::registry::{Context, action};
use crate::model::command::CommandBody;

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
        "user.set" => Of("people.edit", &["me"]),
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
        "ticket.expire" => None("time alone gives it, when the reopen window has passed"),
        "ticket.wake" => Of("ticket.wake", &["wake"]),
        "ticket.read" => Of("ticket.read", &["read"]),
        "ticket.unread" => Of("ticket.unread", &["unread"]),
        "participant.add" => Of("ticket.cc", &["participants"]),
        "participant.remove" => Of("ticket.participant.remove", &["participants"]),
        "comment.add" => Of("ticket.comment", &["comment"]),
        "comment.edit" => Of("comment.edit", &["comment"]),
        "entity.delete" => Of("queue.delete", &["queues", "delete"]),
        "entity.restore" => Of("deleted.show", &["restore"]),
        "import.batch" => None("an import gives it, of what was elsewhere"),
        other => panic!("{other} has neither an action on the screen nor a subcommand"),
    }
}

#[test]
fn every_command_has_an_action_and_a_subcommand_with_help() {
    let mut line = Line::command();
    line.build();
    for command in CommandBody::TYPES {
        let (name, words) = match doors(command) {
            Doors::Of(name, words) => (name, words),
            Doors::None(reason) => {
                assert!(!reason.is_empty());
                continue;
            }
        };
        let row = action(name).unwrap_or_else(|| panic!("{command}: no action {name}"));
        assert!(!row.help.is_empty(), "{command}: {name} has no help line");
        let by_name = |context: &Context| !context.is_for_typing();
        assert!(row.contexts.iter().any(by_name), "{command}: no `:{name}`");
        let mut found = &line;
        for word in words {
            found = found
                .find_subcommand(word)
                .unwrap_or_else(|| panic!("{command}: no subcommand {words:?}"));
        }
        assert!(
            found.get_about().is_some(),
            "{command}: {words:?} lacks help"
        );
    }
}
