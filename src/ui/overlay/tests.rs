//! How everything that lies over the view looks.

use uuid::Uuid;

use crate::app::composer::{
    Choice, ChoiceOption, ChoiceValue, Composer, FieldName, FieldValue, FormError, FormField,
    Phase, Since,
};
use crate::app::first_start::{FirstStart, Step};
use crate::app::message::Message;
use crate::app::picker::{Pick, Picker, PickerFor, PickerRow};
use crate::app::prompt::{Prompt, PromptFor};
use crate::app::state::{Hint, Overlay, Pane, Pending, State};
use crate::app::target::Target;
use crate::app::text_field::TextField;
use crate::config::{self, ColourDepth};
use crate::model::id::QueueId;
use crate::model::severity::Severity;
use crate::model::source::Timestamp;
use crate::replica::view::DraftKind;

use super::super::fixture::{
    NOW, RIVERA, bare, desk, drawn, file, focus, hint, painted, plain_theme, rows, theme, ticket,
    with_others,
};
use super::super::text_dump;

fn shows(name: &str, state: &State) {
    let (width, height) = (state.size.width, state.size.height);
    let (drawn, cursor) = painted(state, &plain_theme());
    let cursor = cursor.map_or_else(
        || "no cursor".to_owned(),
        |at| format!("cursor at {}, {}", at.x, at.y),
    );
    insta::assert_snapshot!(
        format!("{name}_{width}x{height}"),
        format!("{}{cursor}\n", text_dump::text(&drawn))
    );
}

fn over(name: &str, pane: Pane, make: impl Fn() -> Overlay) {
    for (width, height) in [(40, 12), (80, 24), (120, 40)] {
        let mut state = focus(desk(width, height), pane, true);
        let overlay = make();
        state.hints = hints(&overlay);
        state.overlays.push(overlay);
        shows(name, &state);
    }
}

fn hints(overlay: &Overlay) -> Vec<Hint> {
    let hints: &[(&str, &str)] = match overlay {
        Overlay::Composer(_) => &[
            ("^s", "Send"),
            ("Tab", "Next field"),
            ("Esc", "Leave; the draft is kept"),
        ],
        Overlay::Picker(_) => &[("Enter", "Pick"), ("Esc", "Leave")],
        Overlay::QueryLine(_) => &[],
        Overlay::Prompt(_) => &[("Enter", "Do it"), ("Esc", "Leave")],
        Overlay::FirstStart(_) => &[("Enter", "Next"), ("Esc", "Back"), ("^q", "Quit")],
        Overlay::Message(_) => &[],
    };
    hints.iter().map(|(keys, help)| hint(keys, help)).collect()
}

fn picker_row(keys: &str, label: &str, detail: &str) -> PickerRow {
    PickerRow {
        label: label.to_owned(),
        detail: detail.to_owned(),
        keys: keys.to_owned(),
        blocked: None,
        value: Pick::Tag(label.to_owned()),
    }
}

fn picker(purpose: PickerFor, title: &str, rows: Vec<PickerRow>) -> Picker {
    Picker {
        title: title.to_owned(),
        purpose,
        input: TextField::line(""),
        matches: (0..rows.len()).collect(),
        rows,
        cursor: 1,
        error: None,
        targets: Vec::new(),
    }
}

fn help() -> Overlay {
    let mut rows = vec![
        picker_row("n", "ticket.new", "file a ticket"),
        picker_row(
            "c",
            "comment.add",
            "say something that everybody on the ticket sees",
        ),
        picker_row(
            "i",
            "comment.note",
            "say something that only the group sees",
        ),
        picker_row("x", "ticket.resolve", "it is done"),
        picker_row("X", "ticket.reopen", "it is not done after all"),
        picker_row("a n", "assign.none", "nobody has it"),
    ];
    rows[4].blocked = Some("the ticket is open".to_owned());
    for number in 0..30 {
        rows.push(picker_row("g d", &format!("more.{number}"), "one of many"));
    }
    Overlay::Picker(picker(PickerFor::Help, "Help", rows))
}

#[test]
fn help_and_the_command_line() {
    over("help", Pane::List, help);
    over("command_line", Pane::List, || {
        let rows = vec![
            picker_row("x", "ticket.resolve", "it is done"),
            picker_row("", "ticket.delete", "needs the number"),
        ];
        let mut picker = picker(PickerFor::CommandLine, "Command", rows);
        picker.input = TextField::line("resol");
        picker.matches = vec![0];
        picker.cursor = 0;
        picker.error = Some("there is no action `resol`; ticket.resolve is near".to_owned());
        Overlay::Picker(picker)
    });
}

#[test]
fn pickers() {
    over("picker_assignee", Pane::List, || {
        let rows = vec![
            picker_row("", "nobody", ""),
            picker_row("", "ana", "you · Home"),
            picker_row("", "Mia 美亜", "Cousins"),
            picker_row("", "\u{1b}[2Jben", "Home, Cousins"),
        ];
        Overlay::Picker(picker(PickerFor::Assignee, "Assign RIV-2026-0042", rows))
    });
    over("picker_nothing", Pane::List, || {
        let mut picker = picker(
            PickerFor::Queue,
            "Move 3 tickets to",
            vec![picker_row("", "Home / IT", "7 open")],
        );
        picker.input = TextField::line("zzz");
        picker.matches.clear();
        Overlay::Picker(picker)
    });
}

fn prompt(purpose: PromptFor, title: &str, help: &'static str) -> Prompt {
    Prompt {
        title: title.to_owned(),
        purpose,
        input: TextField::line(""),
        help,
        error: None,
        targets: Vec::new(),
        about: None,
        files: Vec::new(),
        choices: Vec::new(),
    }
}

#[test]
fn prompts() {
    over("prompt_due", Pane::List, || {
        let help = "tomorrow, fri 17:00, 2026-03-09; empty for none";
        Overlay::Prompt(prompt(
            PromptFor::DueDate,
            "Due date of RIV-2026-0042",
            help,
        ))
    });
    over("prompt_delete_refused", Pane::List, || {
        let title = "Delete RIV-2026-0042: type its number";
        let mut prompt = prompt(PromptFor::Delete, title, "the whole number");
        prompt.input = TextField::line("RIV-2026-004");
        prompt.error = Some("that is not RIV-2026-0042; type it whole, or Esc".to_owned());
        Overlay::Prompt(prompt)
    });
}

#[test]
fn a_file_is_chosen_and_stands_in_the_form() {
    over("prompt_attach", Pane::Thread, || {
        let help = "a file, such as ~/Pictures/boiler.jpg";
        let title = "Attach to RIV-2026-0042";
        let mut prompt = prompt(PromptFor::FileToAttach, title, help);
        prompt.input = TextField::line("~/Pictures/boiler");
        prompt.choices = ["boiler.jpg", "boiler.pdf", "boilers/"]
            .map(str::to_owned)
            .to_vec();
        Overlay::Prompt(prompt)
    });
    over("compose_with_files", Pane::Thread, || {
        let mut fields = body("The light, and the bill.");
        fields.push(FormField {
            name: FieldName::Files,
            value: FieldValue::Files(vec![file("red light.png"), file("bill.png")]),
        });
        let title = "Comment on RIV-2026-0042  Wi-Fi is down everywhere";
        let mut form = composer(DraftKind::Comment, title, "visible to ana", fields);
        form.focus = 1;
        Overlay::Composer(Box::new(form))
    });
}

pub(in crate::ui) fn composer(
    kind: DraftKind,
    title: &str,
    audience: &str,
    fields: Vec<FormField>,
) -> Composer {
    Composer {
        kind,
        family_id: RIVERA,
        target: (kind != DraftKind::NewTicket).then(|| Target {
            row: rows()[0].clone(),
            ticket: Some(Box::new(ticket())),
        }),
        reply_to: None,
        title: title.to_owned(),
        audience: audience.to_owned(),
        fields,
        focus: 0,
        error: None,
        restored: None,
        phase: Phase::Writing,
        thread: None,
        since: Since::default(),
        own: None,
        about: None,
        internal: kind == DraftKind::InternalNote,
        seen: Default::default(),
    }
}

fn body(text: &str) -> Vec<FormField> {
    vec![FormField {
        name: FieldName::Body,
        value: FieldValue::Text(TextField::text(text)),
    }]
}

fn comment() -> Overlay {
    let text = "> Nothing loads, the router's light is red.\n\nI am on my way. Does the phone in \
                the kitchen still ring? 電話が鳴るかどうか確かめてください\n";
    Overlay::Composer(Box::new(composer(
        DraftKind::Comment,
        "Comment on RIV-2026-0042  Wi-Fi is down everywhere",
        "visible to ana, ben and Mia 美亜",
        body(text),
    )))
}

fn note() -> Overlay {
    let mut form = composer(
        DraftKind::InternalNote,
        "Internal note on RIV-2026-0042  Wi-Fi is down everywhere",
        "Home group only",
        body("The provider says cable fault."),
    );
    form.restored = Some(Timestamp(NOW - 7_200));
    Overlay::Composer(Box::new(form))
}

#[test]
fn a_comment_and_an_internal_note() {
    over("compose_comment", Pane::Thread, comment);
    over("compose_note", Pane::Thread, note);
    over("compose_comment_since", Pane::Thread, || {
        let mut overlay = comment();
        if let Overlay::Composer(form) = &mut overlay {
            let told = ["ben added a comment", "Mia 美亜 severity SEV_3 -> SEV_1"];
            form.since.told = told.map(str::to_owned).to_vec();
        }
        overlay
    });
    for (width, height) in [(80, 24), (120, 40)] {
        let mut state = with_others(focus(desk(width, height), Pane::Thread, true));
        let mut overlay = comment();
        if let Overlay::Composer(form) = &mut overlay {
            form.since.told = vec!["ben added a comment".to_owned()];
        }
        state.overlays.push(overlay);
        let drawn = text_dump::text(&drawn(&state, &plain_theme()));
        insta::assert_snapshot!(format!("compose_with_others_{width}x{height}"), drawn);
    }
    for (name, make) in [("comment", comment as fn() -> Overlay), ("note", note)] {
        let mut state = focus(desk(80, 24), Pane::Thread, true);
        state.overlays.push(make());
        let drawn = drawn(&state, &theme(config::Theme::Dark, ColourDepth::Sixteen));
        insta::assert_snapshot!(format!("styles_{name}"), text_dump::styles(&drawn));
    }
}

fn choice(name: FieldName, labels: &[&str]) -> FormField {
    let options = labels.iter().map(|label| ChoiceOption {
        label: (*label).to_owned(),
        value: ChoiceValue::Queue(QueueId(Uuid::nil())),
    });
    FormField {
        name,
        value: FieldValue::Choice(Choice {
            options: options.collect(),
            chosen: 1,
            typed: String::new(),
        }),
    }
}

fn text(name: FieldName, value: &str, many: bool) -> FormField {
    let value = if many {
        TextField::text(value)
    } else {
        TextField::line(value)
    };
    FormField {
        name,
        value: FieldValue::Text(value),
    }
}

fn new_ticket(at: usize) -> Composer {
    let severities: Vec<String> = Severity::ALL
        .iter()
        .map(|severity| format!("{severity}  {}", severity.meaning()))
        .collect();
    let severities: Vec<&str> = severities.iter().map(String::as_str).collect();
    let mut form = composer(
        DraftKind::NewTicket,
        "New ticket",
        "visible to the group of the queue, and to you",
        vec![
            choice(
                FieldName::Queue,
                &["Home / IT", "Home / Kitchen", "Cousins / Events"],
            ),
            choice(FieldName::Severity, &severities),
            text(FieldName::Title, "The tap drips", false),
            text(FieldName::Description, "", true),
            choice(FieldName::Assignee, &["as the queue says", "ana", "ben"]),
            text(FieldName::Tags, "", false),
        ],
    );
    form.focus = at;
    form
}

#[test]
fn forms() {
    over("form_new", Pane::List, || {
        Overlay::Composer(Box::new(new_ticket(2)))
    });
    over("form_new_severity", Pane::List, || {
        Overlay::Composer(Box::new(new_ticket(1)))
    });
    over("form_edit_refused", Pane::Thread, || {
        let fields = vec![
            text(FieldName::Title, "Wi-Fi is down everywhere", false),
            text(
                FieldName::Description,
                "Since this morning\nnothing works",
                true,
            ),
        ];
        let mut form = composer(
            DraftKind::Edit,
            "Edit RIV-2026-0042",
            "visible to ana, ben and Mia 美亜",
            fields,
        );
        form.error = Some(FormError {
            field: Some(FieldName::Title),
            caret: None,
            why: "at most 300 characters; this has 312".to_owned(),
        });
        form.focus = 1;
        Overlay::Composer(Box::new(form))
    });
}

#[test]
fn messages() {
    over("message_refused", Pane::List, || {
        Overlay::Message(Message::new(
            "Not resolved",
            "2 tickets are still open below it: RIV-2026-0050, RIV-2026-0051; resolve them \
                   first\n\nWhat you wrote is kept as a draft.",
        ))
    });
    over("message_cannot_save", Pane::List, || {
        Overlay::Message(Message::new(
            "Cannot save",
            "the disk of the state folder is full; make room there\n\nNothing was saved or sent. \
             What you wrote still stands in the form behind this; any key goes back to it. There\
             \n\n  ^s     tries again\n  M-c    copies the text\n  M-w    writes it to a file \
             elsewhere",
        ))
    });
    for (width, height) in [(40, 12), (80, 24)] {
        let mut state = bare(width, height);
        let text = "~/.local/share/famdesk/desk.db is locked by another program; close it and \
                    press R to try again";
        let message = Message::new("The store could not be opened", text);
        state.overlays.push(Overlay::Message(message));
        shows("message_store", &state);
    }
}

#[test]
fn the_keys_that_may_follow() {
    for (width, height) in [(40, 12), (80, 24), (120, 40)] {
        let mut state = desk(width, height);
        let next = [
            ("h", "desk"),
            ("d", "board"),
            ("t", "triage"),
            ("a", "activity"),
            ("o", "outbox"),
            ("C", "conflicts"),
            ("p", "people"),
            ("g", "first row"),
            ("/", "search all"),
            ("x", "one more"),
            ("y", "and one more"),
        ];
        state.pending = Some(Pending {
            typed: "g".to_owned(),
            next: next.map(|(keys, help)| hint(keys, help)).to_vec(),
        });
        shows("pending", &state);
    }
}

#[test]
fn the_first_start() {
    let wizard = |step| FirstStart {
        step,
        choice: 0,
        display_name: TextField::line("ana"),
        family_name: TextField::line("Rivera family"),
        prefix: TextField::line("RI"),
        group_name: TextField::line("Home"),
        queue_name: TextField::line("General"),
        time_zone: "Europe/Madrid".to_owned(),
        touched: Default::default(),
        error: (step == Step::Prefix)
            .then(|| "`R` is not a ticket prefix; take two to six letters or digits".to_owned()),
    };
    let steps = [
        ("welcome", Step::Welcome),
        ("name", Step::Name),
        ("family", Step::Family),
        ("prefix", Step::Prefix),
        ("group", Step::Group),
        ("queue", Step::Queue),
        ("working", Step::Working),
    ];
    for (name, step) in steps {
        for (width, height) in [(40, 12), (80, 24)] {
            let mut state = bare(width, height);
            let overlay = Overlay::FirstStart(Box::new(wizard(step)));
            state.hints = hints(&overlay);
            state.overlays.push(overlay);
            shows(&format!("first_start_{name}"), &state);
        }
    }
}

#[test]
fn any_overlay_is_drawn_at_any_size() {
    let theme = plain_theme();
    for width in (20..=300).step_by(20) {
        for height in (5..=80).step_by(5) {
            let mut state = focus(desk(width, height), Pane::Thread, true);
            let forms = (0..6).map(|at| Overlay::Composer(Box::new(new_ticket(at))));
            for overlay in forms.chain([help(), comment(), note()]) {
                state.overlays = vec![overlay];
                drawn(&state, &theme);
            }
        }
    }
}

#[test]
fn the_cursor_of_a_long_line_stays_in_sight() {
    let mut state = desk(80, 24);
    let mut prompt = prompt(PromptFor::Search, "Search", "any words");
    prompt.input = TextField::line(&"長い言葉 long words ".repeat(20));
    state.overlays.push(Overlay::Prompt(prompt));
    let (_, cursor) = painted(&state, &plain_theme());
    let cursor = cursor.expect("a cursor");
    assert!(cursor.x < 72 && cursor.x > 60, "{cursor:?}");
}
