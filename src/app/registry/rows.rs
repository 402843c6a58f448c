//! The rows.

use super::Context::{
    Activity, Board, Conflicts, Desk, Families, Filter, FirstStart, Form, Global, List, Outbox,
    People, Picker, Prompt, Query, Queues, Thread, Triage,
};
use super::Run::{Ask, Now};
use super::{ActionRow, Context};
use crate::app::App;
use crate::app::prompt::PromptFor;

/// Where tickets are worked.
const TICKET: &[Context] = &[Desk, Board, Triage];
/// Every view.
const VIEW: &[Context] = &[Desk, Board, Triage, Activity, Outbox, Conflicts, People];
/// Every view that is moved through sideways; in Activity that is through time.
const ACROSS: &[Context] = &[Desk, Board, Triage, Outbox, Conflicts, People];
/// Where what waits or was refused is shown.
const ENTRIES: &[Context] = &[Outbox, Conflicts];

/// name, contexts, keys, help, guard, run
macro_rules! rows {
    ($($name:literal $contexts:expr, $keys:expr, $help:literal, $guard:ident, $run:expr;)+) => {
        &[$(ActionRow {
            name: $name,
            contexts: $contexts,
            keys: &$keys,
            help: $help,
            guard: App::$guard,
            run: $run,
        }),+]
    };
}

/// One place in memory, so that a row is known by where it stands.
pub(super) static TABLES: &[&[ActionRow]] = &[TICKETS, LISTS, MOVES, VIEWS, HOUSE, TYPING];

const TICKETS: &[ActionRow] = rows! {
    "ticket.new" TICKET, ["n"], "New ticket", has_family, Now(App::new_ticket);
    "ticket.comment" TICKET, ["c"], "Comment", has_ticket, Now(App::comment);
    "ticket.reply" TICKET, ["r"], "Reply, quoting", has_ticket, Now(App::reply);
    "ticket.note" TICKET, ["i"], "Internal note", has_ticket, Now(App::note);
    "ticket.edit" TICKET, ["e"], "Edit title and description", has_ticket, Now(App::edit);
    "ticket.edit_outside" TICKET, ["E"], "Edit in $EDITOR", has_ticket, Now(App::edit_outside);
    "ticket.assign.me" TICKET, ["aa"], "Assign to me", has_targets, Now(App::assign_to_me);
    "ticket.assign.none" TICKET, ["an"], "Assign to nobody", has_targets, Now(App::assign_to_none);
    "ticket.assign.person" TICKET, ["ap"], "Assign to a person", has_targets, Now(App::assign_to_person);
    "ticket.assign.group" TICKET, ["ag"], "Assign to a group", has_targets, Now(App::assign_to_group);
    "ticket.severity.1" TICKET, ["S1"], "SEV_1", has_targets, Now(App::severity_1);
    "ticket.severity.2" TICKET, ["S2"], "SEV_2", has_targets, Now(App::severity_2);
    "ticket.severity.2.5" TICKET, ["S."], "SEV_2.5", has_targets, Now(App::severity_2_5);
    "ticket.severity.3" TICKET, ["S3"], "SEV_3", has_targets, Now(App::severity_3);
    "ticket.severity.4" TICKET, ["S4"], "SEV_4", has_targets, Now(App::severity_4);
    "ticket.severity.5" TICKET, ["S5"], "SEV_5", has_targets, Now(App::severity_5);
    "ticket.severity.graver" TICKET, ["+"], "One severity graver", has_targets, Now(App::graver);
    "ticket.severity.milder" TICKET, ["-"], "One severity milder", has_targets, Now(App::milder);
    "ticket.resolve" TICKET, ["x", "sx"], "Resolve", has_targets, Now(App::resolve);
    "ticket.reopen" TICKET, ["X", "sX"], "Reopen", has_targets, Now(App::reopen);
    "ticket.stage.active" TICKET, ["sa"], "Someone is at it", has_targets, Now(App::stage_active);
    "ticket.stage.waiting" TICKET, ["sw"], "It waits on someone", has_targets, Ask(PromptFor::WaitingNote);
    "ticket.stage.new" TICKET, ["sn"], "Nobody has taken it up", has_targets, Now(App::stage_new);
    "ticket.close" TICKET, ["sc"], "Close for good", has_targets, Now(App::close_ticket);
    "ticket.move" TICKET, ["m"], "Move to a queue", has_targets, Now(App::move_to_queue);
    "ticket.merge" TICKET, ["M"], "Merge into another", has_targets, Now(App::merge);
    "ticket.unmerge" TICKET, [], "Unmerge", has_ticket, Now(App::unmerge);
    "ticket.parent" TICKET, ["P"], "Make it a part of another", has_targets, Now(App::make_part);
    "ticket.triage" TICKET, ["st"], "Take as triaged, as it stands", has_targets, Now(App::take_as_triaged);
    "ticket.untriage" TICKET, ["sT"], "Put back into triage", has_targets, Now(App::put_back_into_triage);
    "ticket.tag" TICKET, ["t"], "Add a tag", has_targets, Ask(PromptFor::TagToAdd);
    "ticket.untag" TICKET, ["T"], "Remove a tag", has_ticket, Now(App::untag);
    "ticket.due" TICKET, ["D"], "Due date", has_targets, Ask(PromptFor::DueDate);
    "ticket.snooze" TICKET, ["b"], "Snooze", has_targets, Ask(PromptFor::Snooze);
    "ticket.wake" TICKET, ["B"], "Wake", has_targets, Now(App::wake);
    "ticket.watch" TICKET, ["w"], "Watch", has_targets, Now(App::watch);
    "ticket.unwatch" TICKET, ["W"], "Stop watching", has_targets, Now(App::unwatch);
    "ticket.unclose" TICKET, [], "Take a close back", has_ticket, Now(App::unclose);
    "ticket.category" TICKET, ["C"], "Category", has_targets, Ask(PromptFor::Category);
    "ticket.cc" TICKET, ["ac"], "Take someone in, in copy", has_targets, Now(App::add_cc);
    "ticket.follower" TICKET, ["af"], "Let someone follow", has_targets, Now(App::add_follower);
    "ticket.approver" TICKET, ["av"], "Name an approver", has_targets, Now(App::add_approver);
    "ticket.participant.remove" TICKET, ["ax"], "Take someone out", has_ticket, Now(App::remove_participant);
    "ticket.read" TICKET, ["sr"], "Mark as read", has_targets, Now(App::mark_as_read);
    "ticket.unread" TICKET, ["su"], "Mark as unread", has_targets, Now(App::mark_as_unread);
    "ticket.delete" TICKET, [], "Delete; takes the number typed out", has_ticket, Ask(PromptFor::Delete);
    "comment.edit" &[Thread], ["e"], "Edit your comment; on the ticket, the ticket", has_ticket, Now(App::edit_here);
    "comment.history" &[Thread], ["H"], "Each text it has had", has_ticket, Now(App::show_texts);
    "comment.delete" &[Thread], [], "Delete the comment; takes the ticket's number typed out", on_comment, Ask(PromptFor::DeleteComment);
    "attachment.add" TICKET, ["A"], "Attach a file", has_ticket, Ask(PromptFor::FileToAttach);
    "attachment.open" &[Thread, Triage], ["o"], "Open a file", has_files, Now(App::open_file);
    "attachment.save" &[Thread, Triage], ["O"], "Save a file in a folder", has_files, Now(App::save_files);
    "attachment.remove" &[Thread, Triage], [], "Remove a file", has_files, Now(App::remove_file);
    "ticket.undo" VIEW, ["u"], "Undo", has_undo, Now(App::undo);
    "ticket.redo" VIEW, ["U"], "Redo", has_redo, Now(App::redo);
    "ticket.repeat" &[Desk, Board], ["."], "Do the same again", has_work, Now(App::repeat);
    "ticket.yank.number" TICKET, ["yy"], "Copy the number", has_ticket, Now(App::yank_number);
    "ticket.yank.title" TICKET, ["yt"], "Copy the title", has_ticket, Now(App::yank_title);
    "ticket.yank.command" TICKET, ["yc"], "Copy the command line twin", has_ticket, Now(App::yank_command);
};

const LISTS: &[ActionRow] = rows! {
    "list.filter" &[Desk], ["/"], "Filter the list", has_family, Now(App::open_filter);
    "list.query" VIEW, ["f"], "Edit the whole query", has_family, Now(App::open_query_line);
    "list.search" VIEW, ["g/"], "Search all tickets", has_family, Ask(PromptFor::Search);
    "list.severity.1" &[Desk], ["z1"], "Only SEV_1", has_family, Now(App::only_1);
    "list.severity.2" &[Desk], ["z2"], "Only SEV_2", has_family, Now(App::only_2);
    "list.severity.2.5" &[Desk], ["z."], "Only SEV_2.5", has_family, Now(App::only_2_5);
    "list.severity.3" &[Desk], ["z3"], "Only SEV_3", has_family, Now(App::only_3);
    "list.severity.4" &[Desk], ["z4"], "Only SEV_4", has_family, Now(App::only_4);
    "list.severity.5" &[Desk], ["z5"], "Only SEV_5", has_family, Now(App::only_5);
    "list.severity.all" &[Desk], ["z0"], "All severities", has_family, Now(App::only_any);
    "list.status" &[Desk], ["zs"], "Next status: open, resolved, closed, any", has_family, Now(App::next_status);
    "list.order" &[Desk], ["zo"], "Next order: severity, newest, activity", has_family, Now(App::next_order);
    "list.mark" &[List], ["Space"], "Mark", has_ticket, Now(App::mark);
    "list.mark.range" &[List], ["v"], "Mark a range, from here to the next v", has_ticket, Now(App::mark_range);
    "list.mark.shown" &[List], ["V"], "Mark all on the screen", has_ticket, Now(App::mark_shown);
    "list.mark.matching" &[List], ["*"], "Mark all that match", has_ticket, Now(App::mark_matching);
};

const MOVES: &[ActionRow] = rows! {
    "move.down" VIEW, ["j", "Down"], "Down", always, Now(App::down);
    "move.up" VIEW, ["k", "Up"], "Up", always, Now(App::up);
    "move.half_down" VIEW, ["^d"], "Half a page down", always, Now(App::half_down);
    "move.half_up" VIEW, ["^u"], "Half a page up", always, Now(App::half_up);
    "move.page_down" VIEW, ["PgDn"], "A page down", always, Now(App::page_down);
    "move.page_up" VIEW, ["PgUp"], "A page up", always, Now(App::page_up);
    "move.first" VIEW, ["gg", "Home"], "To the first", always, Now(App::first);
    "move.last" VIEW, ["G", "End"], "To the last", always, Now(App::last);
    "move.in" &[Desk, Board, Outbox, Conflicts, People], ["Enter"], "Open", always, Now(App::deeper);
    "move.back" VIEW, ["Esc"], "Back", always, Now(App::back);
    "move.left" ACROSS, ["h", "Left"], "Left", always, Now(App::left);
    "move.right" ACROSS, ["l", "Right"], "Right", always, Now(App::right);
    "pane.next" &[Desk], ["Tab"], "Next pane", always, Now(App::next_pane);
    "pane.previous" &[Desk], ["S-Tab"], "Previous pane", always, Now(App::previous_pane);
    "pane.families" &[Desk], ["1"], "Families", always, Now(App::focus_families);
    "pane.queues" &[Desk], ["2"], "Queues", always, Now(App::focus_queues);
    "pane.list" &[Desk], ["3"], "Tickets", always, Now(App::focus_list);
    "pane.thread" &[Desk], ["4"], "Thread", has_ticket, Now(App::focus_thread);
    "pane.strip" &[Desk], ["5"], "Severities", has_family, Now(App::focus_strip);
    "queues.fold" &[Queues], ["za"], "Fold or unfold the group", on_group, Now(App::fold);
    "queues.fold.all" &[Queues], ["zM"], "Fold all groups", has_family, Now(App::fold_all);
    "queues.unfold.all" &[Queues], ["zR"], "Unfold all groups", has_family, Now(App::unfold_all);
};

const VIEWS: &[ActionRow] = rows! {
    "view.desk" &[Global], ["gh"], "Desk", always, Now(App::go_desk);
    "view.people" &[Global], ["gp"], "People", always, Now(App::go_people);
    "view.board" &[Global], ["gd"], "Board", has_family, Now(App::go_board);
    "view.triage" &[Global], ["gt"], "Triage", has_family, Now(App::go_triage);
    "triage.severity.1" &[Triage], ["1"], "SEV_1", has_ticket, Now(App::severity_1);
    "triage.severity.2" &[Triage], ["2"], "SEV_2", has_ticket, Now(App::severity_2);
    "triage.severity.2.5" &[Triage], ["."], "SEV_2.5", has_ticket, Now(App::severity_2_5);
    "triage.severity.3" &[Triage], ["3"], "SEV_3", has_ticket, Now(App::severity_3);
    "triage.severity.4" &[Triage], ["4"], "SEV_4", has_ticket, Now(App::severity_4);
    "triage.severity.5" &[Triage], ["5"], "SEV_5", has_ticket, Now(App::severity_5);
    "triage.next" &[Triage], ["Enter"], "Next; as it stands it is triaged", always, Now(App::deeper);
    "triage.skip" &[Triage], ["Tab"], "Skip it for now", in_triage, Now(App::triage_skip);
    "view.activity" &[Global], ["ga"], "Activity: what happened here", has_family, Now(App::go_activity);
    "activity.unfold" &[Activity], ["Enter", "za"], "Details", on_change, Now(App::activity_unfold);
    "activity.older" &[Activity], ["h", "Left"], "Older", on_change, Now(App::activity_older);
    "activity.newer" &[Activity], ["l", "Right"], "Newer", on_change, Now(App::activity_newer);
    "activity.wider" &[Activity], [">"], "Wider history", can_widen, Now(App::activity_wider);
    "activity.narrower" &[Activity], ["<"], "Narrower history", can_narrow, Now(App::activity_narrower);
    "activity.ticket" &[Activity], ["t"], "To the ticket", on_ticket_change, Now(App::activity_ticket);
    "activity.unfold.all" &[Activity], ["zR"], "Details of all", on_change, Now(App::activity_unfold_all);
    "activity.fold.all" &[Activity], ["zM"], "Details of none", on_change, Now(App::activity_fold_all);
    "view.outbox" &[Global], ["go"], "Outbox", always, Now(App::go_outbox);
    "view.conflicts" &[Global], ["gC"], "Conflicts: what needs you", always, Now(App::go_conflicts);
    "conflict.theirs" &[Conflicts], ["t"], "Keep theirs", on_two_sides, Now(App::conflict_theirs);
    "conflict.mine" &[Conflicts], ["m"], "Take mine", on_refused, Now(App::conflict_mine);
    "conflict.both" &[Conflicts], ["b"], "Keep both texts", on_two_texts, Now(App::conflict_both);
    "conflict.back" ENTRIES, ["B"], "Bring back what was put away last", always, Now(App::conflict_back);
    "outbox.retry" ENTRIES, ["r"], "Try again now", on_entry, Now(App::outbox_retry);
    "outbox.reopen" ENTRIES, ["e"], "Open as a draft again", on_refused_text, Now(App::outbox_reopen);
    "outbox.discard" ENTRIES, ["d"], "Throw away; what was written stays a draft", on_refused, Now(App::outbox_discard);
    "outbox.ticket" &[Outbox], ["t"], "To the ticket", on_entry, Now(App::outbox_ticket);
    "outbox.copy" ENTRIES, ["yy"], "Copy what was written", on_entry, Now(App::outbox_copy);
    "outbox.export" ENTRIES, ["E"], "Export everything as JSON", always, Ask(PromptFor::OutboxFile);
    "board.families" &[Board], ["F"], "This family, or all my families", always, Now(App::toggle_everywhere);
    "notice.show" &[Global], ["gm"], "The last message, in full", has_notice, Now(App::show_notice);
    "view.typed" &[Global], ["zt"], "Texts as typed, or drawn", always, Now(App::toggle_typed);
    "theme" &[Global], [], "Theme of this screen, until it is closed", always, Now(App::pick_theme);
    "legend" &[Global], [], "What the marks beside a ticket mean", always, Now(App::show_legend);
    "help" &[Global], ["?"], "Help", always, Now(App::open_help);
    "palette" &[Global], ["^p"], "Do anything, by its name", always, Now(App::open_palette);
    "command" &[Global], [":"], "Command line", always, Now(App::open_command_line);
    "sync" &[Global], ["R"], "Sync now", always, Now(App::sync_now);
    "sign_in" &[Global], ["gs"], "Sign in again", is_signed_out, Ask(PromptFor::SignIn);
    "redraw" &[Global, Form, Picker, Prompt, Filter, FirstStart], ["^l"], "Draw anew", always, Now(App::redraw);
    "suspend" &[Global, Form, Picker, Prompt, Filter, FirstStart], ["^z"], "Suspend", always, Now(App::suspend);
    "close" &[Global], ["q"], "Close; the last one quits", always, Now(App::close);
    "quit" &[Global], ["Q"], "Quit", always, Now(App::quit);
    "quit.now" &[FirstStart], ["^q"], "Quit", always, Now(App::quit);
};

const HOUSE: &[ActionRow] = rows! {
    "family.new" VIEW, ["Nf"], "New family", always, Now(App::new_family);
    "family.join" VIEW, ["Nj"], "Ask to join a family", always, Now(App::join_family);
    "family.edit" &[Families], ["e"], "The family's settings", has_family, Now(App::edit_family);
    "group.new" VIEW, ["Ng"], "New group", is_admin, Now(App::new_group);
    "queue.new" VIEW, ["Nq"], "New queue", has_family, Now(App::new_queue);
    "queue.edit" &[Queues], ["e"], "Edit the queue or group", on_group, Now(App::edit_place);
    "queue.delete" &[Queues], [], "Delete the queue or group; takes its name typed out", on_group, Ask(PromptFor::DeletePlace);
    "me" VIEW, [], "You: your name, e-mail and time zone", always, Now(App::edit_me);
    "person.invite" VIEW, ["Np"], "Invite someone", is_admin, Now(App::invite);
    "person.accept" &[People], ["pa"], "Accept the invitation", can_accept, Now(App::accept_invitation);
    "person.approve" &[People], ["pp"], "Let in who asks", can_approve, Now(App::approve);
    "person.decline" &[People], ["pd"], "Decline the invitation or request", can_decline, Now(App::decline);
    "person.role" &[People], ["pr"], "Adult, child or guest", on_family_member, Now(App::pick_role);
    "person.admin" &[People], ["pm"], "Make an admin, or no longer", on_member, Now(App::toggle_admin);
    "person.remove" &[People], ["px"], "Take out; takes the name typed out", can_remove, Ask(PromptFor::RemovePerson);
    "people.edit" &[People], ["e"], "Rename the person, edit the group", can_edit_people, Now(App::edit_people);
    "group.add" &[People], ["pg"], "Take into a group", can_edit_people, Now(App::pick_for_group);
    "group.ask" &[People], ["pq"], "Ask to be in the group", can_ask_for_group, Now(App::ask_for_group);
    "group.delete" &[People], [], "Delete the group; takes its name typed out", on_group_line, Ask(PromptFor::DeletePlace);
    "webhook.new" VIEW, [], "New webhook, told of what happens here", is_admin, Now(App::new_webhook);
    "webhook.edit" VIEW, [], "Edit a webhook", has_webhooks, Now(App::pick_webhook_to_edit);
    "webhook.turn" VIEW, [], "Turn a webhook on or off", has_webhooks, Now(App::pick_webhook_to_turn);
    "webhook.rotate" VIEW, [], "Give a webhook a new secret, shown once", has_webhooks, Now(App::pick_webhook_to_rotate);
    "webhook.delete" VIEW, [], "Delete a webhook", has_webhooks, Now(App::pick_webhook_to_delete);
    "deleted.show" VIEW, ["gx"], "What was deleted; picking restores", is_admin, Now(App::ask_deleted);
};

const TYPING: &[ActionRow] = rows! {
    "form.send" &[Form], ["^s"], "Send", always, Now(App::send);
    "form.editor" &[Form], ["^o"], "Write in $EDITOR", always, Now(App::hand_to_editor);
    "form.attach" &[Form], ["^f"], "Attach a file", form_takes_files, Ask(PromptFor::FileToAttach);
    "form.copy" &[Form], ["M-c"], "Copy what is written", always, Now(App::copy_form);
    "form.write" &[Form], ["M-w"], "Write it to a file, as text", always, Ask(PromptFor::TextFile);
    "form.next" &[Form], ["Tab"], "Next field", always, Now(App::next_field);
    "form.previous" &[Form], ["S-Tab"], "Previous field", always, Now(App::previous_field);
    "form.leave" &[Form], ["Esc"], "Leave; the draft is kept", always, Now(App::leave_form);
    "picker.down" &[Picker], ["Down", "^n", "Tab"], "Down", always, Now(App::pick_down);
    "picker.up" &[Picker], ["Up", "^p", "S-Tab"], "Up; at the top of the command line, what was typed before", always, Now(App::pick_up);
    "picker.pick" &[Picker], ["Enter"], "Pick", always, Now(App::pick);
    "picker.leave" &[Picker], ["Esc"], "Leave", always, Now(App::leave_overlay);
    "prompt.answer" &[Prompt], ["Enter"], "Do it", always, Now(App::answer_prompt);
    "prompt.down" &[Prompt], ["Down", "^n"], "What was searched for after it", always, Now(App::prompt_down);
    "prompt.up" &[Prompt], ["Up", "^p"], "What was searched for before", always, Now(App::prompt_up);
    "prompt.complete" &[Prompt], ["Tab"], "Complete the path", in_path_prompt, Now(App::complete_path);
    "prompt.leave" &[Prompt], ["Esc"], "Leave", always, Now(App::leave_overlay);
    "filter.keep" &[Filter], ["Enter"], "Keep the filter", always, Now(App::keep_filter);
    "filter.down" &[Filter], ["Down", "^n"], "Down", always, Now(App::filter_down);
    "filter.up" &[Filter], ["Up", "^p"], "Up; at the top, what was typed before", always, Now(App::filter_up);
    "query.show" &[Query], ["Enter"], "Show what it finds", always, Now(App::show_query);
    "query.complete" &[Query], ["Tab"], "Complete", always, Now(App::complete_query);
    "query.down" &[Query], ["Down", "^n"], "Down", always, Now(App::query_down);
    "query.up" &[Query], ["Up", "^p"], "Up; at the top, what was typed before", always, Now(App::query_up);
    "query.leave" &[Query], ["Esc"], "Leave the list as it is", always, Now(App::leave_overlay);
    "filter.leave" &[Filter], ["Esc"], "Take the filter away", always, Now(App::leave_filter);
    "first.next" &[FirstStart], ["Enter"], "Next", always, Now(App::first_next);
    "first.previous" &[FirstStart], ["Esc"], "Back", always, Now(App::first_previous);
    "first.down" &[FirstStart], ["Down", "Tab"], "The other", always, Now(App::first_other);
    "first.up" &[FirstStart], ["Up", "S-Tab"], "The other", always, Now(App::first_other);
};
