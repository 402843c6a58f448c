//! What the list is of: a query, put together of where one is and what was typed.

use super::App;
use super::effect::Slot;
use super::recall::LineKind;
use super::state::{Notice, NoticeKind};
use super::text_field::TextField;
use crate::model::id::{FamilyId, QueueId};
use crate::model::severity::Severity;
use crate::model::source::DAY;
use crate::query::{
    Bounds, Context, Field, Is, Names, Order, Person, Query, Term, When, parse, read,
};
use crate::replica::view::ListQuery;

impl App {
    /// In whose eyes, when and where queries about a family, or about all of mine, are read.
    pub(super) fn context(&self, family: Option<FamilyId>) -> Context<'_> {
        let session = &self.state.session;
        let (names, zone) = match family {
            Some(_) => (&session.names, &session.family_zone),
            None => (&session.all_names, &session.time_zone),
        };
        Context {
            me: session.me,
            names,
            now: self.state.now,
            zone,
        }
    }

    /// What the list asks the store for.
    pub(super) fn list_query(&self) -> ListQuery {
        let list = &self.state.desk.list;
        ListQuery {
            family: list.family,
            filter: list.query.filter(&self.context(list.family)),
            order: list.query.order(),
        }
    }

    /// Works out what is listed, and what that is called.
    pub(super) fn put_query_together(&mut self) {
        let list = &mut self.state.desk.list;
        let typed = parse(&list.typed).query;
        let usual = list.base.sort.unwrap_or(Order::GRAVEST);
        let order = match (typed.sort, typed.has_text()) {
            (Some(order), _) => order,
            // What was looked for stands best first, what was found while typing newest first.
            (None, true) if usual == Order::GRAVEST => match list.searching {
                true => Order::BEST,
                false => Order::NEWEST,
            },
            (None, _) => list.base.order(),
        };
        list.query = list.base.clone().narrowed(&typed).sorted(order);
        self.name_place();
    }

    /// Says in words where the list's tickets are, and what else is asked of them.
    pub(super) fn name_place(&mut self) {
        let list = &self.state.desk.list;
        let names = self.context(list.family).names;
        let places: Vec<&Term> = list.query.top().filter(|term| term.is_place()).collect();
        let place = match places.as_slice() {
            [place] => place_name(place, names).map(|name| (name, (*place).clone())),
            _ => None,
        };
        let is_one_queue = matches!(&place, Some((_, Term::Queue(_))));
        let (name, words) = match place {
            Some((name, place)) => {
                let rest = list.query.clone().without(|term| *term == place);
                (name, rest.to_string())
            }
            None => {
                let name = match list.family {
                    None => "All my families",
                    Some(_) if list.searching && list.query.has_text() => "Search",
                    Some(_) => "All tickets",
                };
                (name.to_owned(), list.query.to_string())
            }
        };
        let words = match day_of(&self.state.desk.list.query) {
            Some((term, day)) => {
                let rest = self.state.desk.list.query.clone();
                format!("{day} · {}", rest.without(|it| *it == term))
            }
            None => words,
        };
        let list = &mut self.state.desk.list;
        list.place_name = name;
        list.query_words = words;
        list.is_one_queue = is_one_queue;
    }

    /// The single queue whose tickets are listed.
    pub(super) fn queue_of_list(&self) -> Option<QueueId> {
        let list = &self.state.desk.list;
        let names = self.context(list.family).names;
        list.query.top().find_map(|term| names.queue_named(term))
    }

    pub(super) fn open_filter(&mut self) {
        let text = self.state.desk.list.typed.clone();
        self.before_filter = self.state.desk.list.selected.map(|it| it.ticket_id);
        self.state.desk.list.filter = Some(TextField::line(&text));
        self.focus_list();
    }

    pub(super) fn filter_typed(&mut self) {
        let list = &mut self.state.desk.list;
        let Some(filter) = &list.filter else { return };
        let text = filter.value();
        if text == list.typed {
            return;
        }
        list.typed = text;
        self.show_narrowed();
        self.say_about_filter();
    }

    /// Says what was not taken as it may have been meant, while it is typed.
    fn say_about_filter(&mut self) {
        let list = &self.state.desk.list;
        let reading = read(&list.typed, &self.context(list.family));
        self.state.status.notice = reading.notices.first().map(|notice| Notice {
            kind: NoticeKind::Warning,
            text: notice.line(),
        });
    }

    pub(super) fn keep_filter(&mut self) {
        if let Some(filter) = self.state.desk.list.filter.take() {
            self.remember(LineKind::Filter, &filter.value());
        }
    }

    pub(super) fn filter_down(&mut self) {
        if !self.recall_newer() {
            self.down();
        }
    }

    pub(super) fn filter_up(&mut self) {
        let selected = self.state.desk.list.selected;
        let at_first = selected.is_none_or(|selected| selected.place == 0);
        if !self.recall_older(at_first) {
            self.up();
        }
    }

    pub(super) fn leave_filter(&mut self) {
        if let Some(filter) = &mut self.state.desk.list.filter {
            filter.set("");
        }
        self.filter_typed();
        self.state.desk.list.filter = None;
        self.recall.stop();
        if self.is_asking(Slot::List)
            && let Some(ticket_id) = self.before_filter
        {
            self.find_in_list(ticket_id);
        }
    }

    /// Searches every ticket of the family, whatever its status, best match first.
    pub(super) fn search(&mut self, text: &str) {
        let Some(family_id) = self.state.open_family() else {
            return;
        };
        self.show_found(Some(family_id), parse(text).query);
    }

    /// Shows, in the desk, what a query finds.
    pub(super) fn show_found(&mut self, family: Option<FamilyId>, query: Query) {
        self.go_desk();
        self.focus_list();
        let list = &mut self.state.desk.list;
        list.searching = true;
        list.from_board = false;
        list.family = family;
        let order = query.order();
        self.show_list(query.sorted(order));
    }

    /// Takes away what narrows the list; says whether anything did.
    pub(super) fn widen_list(&mut self) -> bool {
        let list = &mut self.state.desk.list;
        if list.searching {
            let from_board = std::mem::take(&mut list.from_board);
            self.show_queue_line();
            if from_board {
                self.go_board();
            }
            return true;
        }
        if list.query == list.home {
            return false;
        }
        // Whoever has found a ticket goes on from there.
        let found = list.selected.map(|it| it.ticket_id);
        let home = list.home.clone();
        self.show_list_at(home, found);
        true
    }

    /// Changes what the list is of, under the same quick filter.
    fn change_base(&mut self, change: impl FnOnce(Query) -> Query) {
        let list = &mut self.state.desk.list;
        list.base = change(std::mem::take(&mut list.base));
        self.show_narrowed();
    }

    pub(super) fn toggle_severity(&mut self, severity: Severity) {
        let is_on = self.state.desk.list.query.severity() == Some(severity);
        self.change_base(|base| {
            let base = base.without(Term::is_severity);
            match is_on {
                true => base,
                false => base.and(Term::Severity(Bounds::Is(severity))),
            }
        });
    }

    pub(super) fn only_1(&mut self) {
        self.toggle_severity(Severity::Sev1);
    }

    pub(super) fn only_2(&mut self) {
        self.toggle_severity(Severity::Sev2);
    }

    pub(super) fn only_2_5(&mut self) {
        self.toggle_severity(Severity::Sev2_5);
    }

    pub(super) fn only_3(&mut self) {
        self.toggle_severity(Severity::Sev3);
    }

    pub(super) fn only_4(&mut self) {
        self.toggle_severity(Severity::Sev4);
    }

    pub(super) fn only_5(&mut self) {
        self.toggle_severity(Severity::Sev5);
    }

    pub(super) fn only_any(&mut self) {
        self.change_base(|base| base.without(Term::is_severity));
    }

    pub(super) fn next_status(&mut self) {
        let status = self.state.desk.list.base.top().find_map(|term| match term {
            Term::Is(is) if term.is_status() => Some(*is),
            _ => None,
        });
        let next = match status {
            None => Some(Is::Open),
            Some(Is::Open) => Some(Is::Resolved),
            Some(Is::Resolved) => Some(Is::Closed),
            Some(_) => None,
        };
        self.change_base(|base| {
            let rest = base.without(Term::is_status);
            match next {
                Some(is) => Query::of([Term::Is(is)]).narrowed(&rest),
                None => rest,
            }
        });
    }

    pub(super) fn next_order(&mut self) {
        let query = &self.state.desk.list.query;
        let next = match (query.order(), query.has_text()) {
            (Order::NEWEST, _) => Order::LATEST,
            (Order::LATEST, true) => Order::BEST,
            (Order::LATEST, false) | (Order::BEST, _) => Order::GRAVEST,
            _ => Order::NEWEST,
        };
        self.change_base(|base| base.sorted(next));
    }
}

/// A place as titles call it; none for a name that does not say one thing.
fn place_name(term: &Term, names: &Names) -> Option<String> {
    match term {
        Term::Assignee(Person::Me) | Term::Is(Is::Mine) => Some("My work".to_owned()),
        Term::Assignee(Person::Nobody) | Term::Is(Is::Unassigned) => Some("Unassigned".to_owned()),
        _ => names.named(term),
    }
}

/// The term that asks for one of the board's days, which are those of UTC, and the day in words.
fn day_of(query: &Query) -> Option<(Term, String)> {
    query.top().find_map(|term| {
        let Term::Date(field, Bounds::Between(When::Exactly(from), When::Exactly(to))) = term
        else {
            return None;
        };
        let whole = from.0.rem_euclid(DAY) == 0 && to.0 == from.0 + DAY - 1;
        let day = jiff::Timestamp::from_second(from.0)
            .ok()
            .filter(|_| whole)?;
        let field = Field::Date(*field).word();
        let words = format!("{field} on {} (UTC)", day.strftime("%-d %B %Y"));
        Some((term.clone(), words))
    })
}
