//! Tests of drawing with the real state behind it: keys go in, screens come out. The store that
//! answers is a pretence that knows one family.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::key::{Code, Key, read_sequence};
use crate::app::layout::{Size, Widths};
use crate::app::mouse::{Hit, Mouse, MouseKind};
use crate::app::state::{Connection, State};
use crate::app::{Action, App, Effect, Effects, KeyMap, Recall, Setup};
use crate::config::{self, Capabilities, ColourDepth, KeyBinding, StartView};
use crate::model::entity::EntityKey;
use crate::model::source::{FixedSource, Timestamp};
use crate::query::{Filter, Test};
use crate::replica::view::{
    Answer, Deeds, DeletedRow, ListQuery, OutboxSummary, Question, TextVersion, TicketRow, Triage,
    Window,
};

use crate::wire::login::Secret;
use crate::wire::webhook::WebhookSecret;

use super::draw::paint;
use super::fixture::{
    ANA, BEN, HOME, IT, NOW, board, families, family, history, login, plain_theme, rows, thread,
};
use super::text_dump;
use super::theme::Theme;

/// A screen, the state behind it, and the pretended store behind that.
pub(super) struct Session {
    app: App,
    size: Size,
    /// The store holds no ticket.
    empty: bool,
    /// The person is in no family yet.
    outside: bool,
}

impl Session {
    fn new(width: u16, height: u16, bindings: &[KeyBinding]) -> Session {
        let size = Size { width, height };
        let app = App::new(Setup {
            me: ANA,
            now: Timestamp(NOW),
            size,
            time_zone: jiff::tz::TimeZone::UTC,
            widths: Widths::default(),
            start_view: StartView::Desk,
            keys: KeyMap::compile(bindings).expect("keys without conflict"),
            source: Box::new(FixedSource::new(Timestamp(NOW), 1)),
            demo: false,
            recall: Recall::default(),
            presence: true,
        });
        Session {
            app,
            size,
            empty: false,
            outside: false,
        }
    }

    pub(super) fn started(width: u16, height: u16) -> Session {
        let mut session = Session::new(width, height, &[]);
        session.start();
        session
    }

    fn start(&mut self) {
        let effects = self.app.start();
        self.carry_out(effects);
        self.act(Action::Connection(Connection::Live));
    }

    pub(super) fn act(&mut self, action: Action) {
        let effects = self.app.update(action);
        self.carry_out(effects);
    }

    /// Keys as people write them: `gd`, `Enter`.
    pub(super) fn keys(&mut self, sequences: &[&str]) {
        for sequence in sequences {
            for key in read_sequence(sequence).expect("keys") {
                self.act(Action::Key(key));
            }
        }
    }

    pub(super) fn typed(&mut self, text: &str) {
        for c in text.chars() {
            self.act(Action::Key(Key::plain(Code::Char(c))));
        }
    }

    fn carry_out(&mut self, effects: Effects) {
        for effect in effects.0 {
            if let Effect::Ask {
                slot,
                number,
                question,
            } = effect
            {
                let answer = Ok(self.answer(&question));
                self.act(Action::Answered {
                    slot,
                    number,
                    answer,
                });
            }
        }
    }

    fn answer(&self, question: &Question) -> Answer {
        match question {
            Question::Families => {
                let mut all = families();
                all.retain(|row| !self.outside || row.invited);
                Answer::Families(all)
            }
            Question::Family(_) => Answer::Family(Some(Box::new(family()))),
            Question::Login(_) => Answer::Login(Some(Box::new(login()))),
            Question::Names => Answer::Names(Box::new(family().names())),
            Question::List { query, .. } => Answer::List(self.list(query)),
            Question::Thread { ticket_id, .. } => {
                let mut thread = thread();
                thread.ticket.ticket_id = *ticket_id;
                Answer::Thread(Some(Box::new(thread)))
            }
            Question::Board { .. } => Answer::Board(Box::new(board())),
            Question::Draft(_) => Answer::Draft(None),
            Question::Outbox => Answer::Outbox(OutboxSummary::default()),
            Question::Triage { .. } => Answer::Triage(Triage::default()),
            Question::Deleted { .. } => Answer::Deleted(deleted()),
            Question::Texts { .. } => Answer::Texts(texts()),
            Question::Deeds => Answer::Deeds(Deeds::default()),
            Question::History { of, .. } => Answer::History(Box::new(history(*of))),
            Question::OutboxEntries { .. } => Answer::OutboxEntries(Box::default()),
        }
    }

    fn list(&self, query: &ListQuery) -> Window {
        let mut rows = rows();
        let wanted = |row: &TicketRow| {
            tests_of(&query.filter).iter().all(|test| match test {
                Test::Severity(all) => all.contains(&row.severity),
                Test::Text(found) => row.title.to_lowercase().contains(&found.text),
                _ => true,
            })
        };
        rows.retain(|row| !self.empty && wanted(row));
        Window {
            total: rows.len() as u64,
            rows,
            first: 0,
            more_than_total: false,
        }
    }

    pub(super) fn state(&self) -> &State {
        self.app.state()
    }

    /// Clicks on the first place where the words stand, or turns the wheel there.
    pub(super) fn point(&mut self, words: &str, kind: MouseKind) {
        let area = Rect::new(0, 0, self.size.width, self.size.height);
        let mut buffer = Buffer::empty(area);
        let spots = paint(self.app.state(), &plain_theme(), &mut buffer).spots;
        let text = text_dump::text(&buffer);
        let mut lines = text.lines().zip(0..);
        let (before, y) = lines
            .find_map(|(line, y)| Some((line.split_once(words)?.0, y)))
            .unwrap_or_else(|| panic!("`{words}` is not on the screen:\n{text}"));
        let x = u16::try_from(crate::text::width(before)).expect("on the screen");
        let on = spots.at(x, y);
        self.act(Action::Mouse(Mouse { kind, on }));
    }

    /// Clicks on something wherever it stands.
    pub(super) fn click_on(&mut self, hit: Hit) {
        let area = Rect::new(0, 0, self.size.width, self.size.height);
        let mut buffer = Buffer::empty(area);
        let spots = paint(self.app.state(), &plain_theme(), &mut buffer).spots;
        let area = spots.find(hit).unwrap_or_else(|| panic!("no {hit:?}"));
        let on = spots.at(area.x, area.y);
        let kind = MouseKind::Click;
        self.act(Action::Mouse(Mouse { kind, on }));
    }

    pub(super) fn click(&mut self, words: &str) {
        self.point(words, MouseKind::Click);
    }

    fn screen(&self) -> String {
        self.screen_in(&plain_theme())
    }

    fn screen_in(&self, theme: &Theme) -> String {
        let area = Rect::new(0, 0, self.size.width, self.size.height);
        let mut buffer = Buffer::empty(area);
        let cursor = paint(self.app.state(), theme, &mut buffer).cursor;
        let cursor = cursor.map_or_else(
            || "no cursor".to_owned(),
            |at| format!("cursor at {}, {}", at.x, at.y),
        );
        format!("{}{cursor}\n", text_dump::text(&buffer))
    }
}

/// Screens at three sizes after the same keys.
fn after(name: &str, keys: &[&str], typed: &str) {
    for (width, height) in [(40, 12), (80, 24), (120, 40)] {
        let mut session = Session::started(width, height);
        session.keys(keys);
        session.typed(typed);
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), session.screen());
    }
}

#[test]
fn keys_lead_to_screens() {
    after("start", &[], "");
    after("board", &["gd"], "");
    after("down_and_open", &["j", "j", "Enter"], "");
    after("help", &["?"], "");
    after("help_searched", &["?"], "snooze");
    after("command", &[":"], "due");
    after("new_ticket", &["n"], "");
    after("comment", &["c"], "It works again.");
    after("reply", &["Enter", "j", "r"], "");
    after("note", &["i"], "The cable is ours.");
    after("edit", &["e"], "");
    after("assign", &["ap"], "b");
    after("move", &["m"], "");
    after("due", &["D"], "fri");
    after("filter", &["/"], "rout");
    after("query_line", &["f"], "assignee:a");
    after("query_line_odd", &["f"], "queu:it stat:open sort:");
    after("nothing_matches", &["/"], "unicorn");
    after("only_sev_3", &["z3"], "");
    after("palette", &["^p"], "reso");
    after("merge", &["M"], "boil");
    after("strip", &["5", "l", "l"], "");
    after("marks", &["Space", "j", "Space"], "");
    after("webhook_new", &[":", "webhook.new", "Enter"], "Porch");
    after("webhook_edit", &[":", "webhook.edit", "Enter", "Enter"], "");
    after("webhook_rotate", &[":", "webhook.rotate", "Enter"], "");
}

#[test]
fn a_webhooks_secret_is_shown_to_be_taken_along() {
    for (width, height) in [(40, 12), (80, 24), (120, 40)] {
        let mut session = Session::started(width, height);
        session.act(Action::SecretMade(Ok(WebhookSecret {
            secret: Secret(format!("whsec_{}=", "Zm9v".repeat(11))),
            former_until: Some(Timestamp(NOW + 86_400)),
        })));
        insta::assert_snapshot!(format!("webhook_secret_{width}x{height}"), session.screen());
    }
}

fn deleted() -> Vec<DeletedRow> {
    let row = |key, label: &str, detail: &str, hours: i64| DeletedRow {
        key,
        label: label.to_owned(),
        detail: detail.to_owned(),
        deleted: Timestamp(NOW - hours * 3_600),
        by: "ben".to_owned(),
    };
    vec![
        row(EntityKey::Queue(IT), "Cellar", "Home", 2),
        row(EntityKey::Group(HOME), "Neighbours", "", 30),
    ]
}

fn texts() -> Vec<TextVersion> {
    let text = |version, hours: i64, text: &str| TextVersion {
        version,
        user_id: BEN,
        author: "ben".to_owned(),
        time: Timestamp(NOW - hours * 3_600),
        text: text.to_owned(),
    };
    vec![
        text(1, 3, "Nothing loads."),
        text(2, 1, "Nothing loads, the router's light is red."),
    ]
}

#[test]
fn a_household_has_its_screens() {
    after("people", &["gp"], "");
    after("people_groups", &["gp", "l", "G"], "");
    after("new_family", &["Nf"], "");
    after("family_settings", &["1", "e"], "");
    after("join_family", &["Nj"], "");
    after("new_group", &["Ng"], "");
    after("new_queue", &["Nq"], "");
    after("edit_queue", &["2", "G", "e"], "");
    after("invite", &["Np", "Tab", "Tab"], "");
    after("rename", &["gp", "G", "e"], "");
    after("me", &[":", "m", "e", "Enter"], "");
    after("assign_group", &["ag"], "");
    after("part_of", &["P"], "");
    after("legend", &[":", "l", "e", "g", "e", "n", "d", "Enter"], "");
    after("pick_role", &["gp", "j", "j", "j", "j", "pr"], "");
    after("deleted", &["gx"], "");
    after("participants", &["ac"], "");
    after("texts", &["Enter", "H"], "");
    after("prefix_N", &["N"], "");
    after("prefix_p", &["gp", "p"], "");
}

#[test]
fn activity_tells_what_happened_and_what_changed() {
    after("activity", &["ga"], "");
    after("activity_family", &["ga", ">", ">", "j"], "");
    after("activity_open", &["1", "ga", "j", "j", "Enter"], "");
    after("activity_step", &["ga", "h", "h", "h"], "");
    after("activity_all", &["1", "ga", "zR"], "");
    for (width, height) in [(80, 24), (120, 40)] {
        let mut session = Session::started(width, height);
        session.keys(&["ga", "zR"]);
        let can = Capabilities {
            colour: ColourDepth::None,
            unicode: false,
        };
        let theme = Theme::new(config::Theme::Auto, can, false);
        let screen = session.screen_in(&theme);
        assert!(screen.is_ascii(), "{screen}");
        insta::assert_snapshot!(format!("activity_ascii_{width}x{height}"), screen);
    }
}

/// At every width, with everything unfolded and the cursor anywhere.
#[test]
fn activity_fits_every_size() {
    let heights = (12..=80).step_by(4).cycle();
    let mut session = Session::started(120, 40);
    session.keys(&["1", "ga", "zR"]);
    for (width, height) in (20..=300).zip(heights) {
        session.size = Size { width, height };
        session.act(Action::Resized(session.size));
        session.keys(&["^d"]);
        session.screen();
    }
}

#[test]
fn what_is_wrong_stands_at_its_field() {
    for (width, height) in [(40, 12), (80, 24), (120, 40)] {
        let mut session = Session::started(width, height);
        session.keys(&["1", "e", "Tab", "Tab", "Tab", "Tab"]);
        session.typed("Mon-Fri 17:00-21:00, Sun 25:00-26:00");
        session.keys(&["^s"]);
        insta::assert_snapshot!(format!("wrong_hours_{width}x{height}"), session.screen());
    }
}

#[test]
fn whoever_is_only_invited_sees_where_to_answer() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut session = Session::new(width, height, &[]);
        session.outside = true;
        session.start();
        insta::assert_snapshot!(format!("invited_{width}x{height}"), session.screen());
        session.keys(&["gp"]);
        insta::assert_snapshot!(format!("invited_people_{width}x{height}"), session.screen());
    }
}

#[test]
fn a_wrong_answer_says_why() {
    for (width, height) in [(40, 12), (80, 24)] {
        let mut session = Session::started(width, height);
        session.keys(&["D"]);
        session.typed("whenever");
        session.keys(&["Enter"]);
        insta::assert_snapshot!(format!("wrong_day_{width}x{height}"), session.screen());
    }
}

#[test]
fn a_password_is_not_shown_and_what_was_wrong_is() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut session = Session::started(width, height);
        session.act(Action::Connection(Connection::SignedOut));
        session.keys(&["gs"]);
        session.typed("ana@example.org");
        session.keys(&["Enter"]);
        session.act(Action::SignedIn(Err(
            "the e-mail address or the password is wrong".to_owned(),
        )));
        session.typed("heron gravel");
        insta::assert_snapshot!(format!("password_{width}x{height}"), session.screen());
    }
}

#[test]
fn prefixes_show_what_may_follow() {
    for prefix in ["g", "S", "s", "a", "y", "z"] {
        after(&format!("prefix_{prefix}"), &[prefix], "");
    }
}

#[test]
fn an_empty_family_says_the_key_that_works() {
    let rebound = KeyBinding {
        context: "desk".to_owned(),
        action: "ticket.new".to_owned(),
        keys: vec!["O".to_owned()],
        line: 1,
    };
    let mut session = Session::new(80, 24, &[rebound]);
    session.empty = true;
    session.start();
    let screen = session.screen();
    assert!(screen.contains("press O to file one"), "{screen}");
}

#[test]
fn the_wizard_asks_one_thing_at_a_time() {
    let mut session = Session::new(80, 24, &[]);
    let effects = session.app.start_first();
    session.carry_out(effects);
    insta::assert_snapshot!("first_welcome", session.screen());
    session.keys(&["Enter"]);
    session.typed("Ana");
    session.keys(&["Enter"]);
    session.typed("Rivera family");
    session.keys(&["Enter"]);
    insta::assert_snapshot!("first_prefix", session.screen());
}

/// The tests that stand side by side.
fn tests_of(filter: &Filter) -> Vec<&Test> {
    match filter {
        Filter::All(parts) => parts.iter().flat_map(tests_of).collect(),
        Filter::Test(test) => vec![test],
        Filter::Any(_) | Filter::Not(_) => Vec::new(),
    }
}
