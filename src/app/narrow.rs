//! Narrowing the list: quick filter, search, severity, status, order.

use super::App;
use super::effect::Slot;
use super::text_field::TextField;
use crate::model::severity::Severity;
use crate::model::source::Timestamp;
use crate::model::status::Status;
use crate::replica::view::{ListQuery, Order, Place, StatusFilter};

impl App {
    pub(super) fn open_filter(&mut self) {
        let text = self.state.desk.list.query.text.clone();
        self.before_filter = self.state.desk.list.selected.map(|it| it.ticket_id);
        self.state.desk.list.filter = Some(TextField::line(&text));
        self.focus_list();
    }

    pub(super) fn filter_typed(&mut self) {
        let list = &self.state.desk.list;
        let Some(filter) = &list.filter else { return };
        let mut query = list.query.clone();
        let text = filter.value();
        if text == query.text {
            return;
        }
        query.order = match (text.trim().is_empty(), list.searching) {
            (true, _) => Order::Severity,
            (false, true) => Order::Relevance,
            (false, false) => Order::NewestFirst,
        };
        query.text = text;
        self.show_list(query);
    }

    pub(super) fn keep_filter(&mut self) {
        self.state.desk.list.filter = None;
    }

    pub(super) fn leave_filter(&mut self) {
        if let Some(filter) = &mut self.state.desk.list.filter {
            filter.set("");
        }
        self.filter_typed();
        self.state.desk.list.filter = None;
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
        self.go_desk();
        self.focus_list();
        let list = &mut self.state.desk.list;
        list.searching = true;
        list.place_name = "Search".to_owned();
        self.show_list(ListQuery {
            status: StatusFilter::Any,
            text: text.to_owned(),
            order: Order::Relevance,
            ..ListQuery::open(Place::Family(family_id))
        });
    }

    /// Takes away what narrows the list; says whether anything did.
    pub(super) fn widen_list(&mut self) -> bool {
        let list = &self.state.desk.list;
        if list.searching {
            self.show_queue_line();
            return true;
        }
        let wide = ListQuery::open(list.query.place);
        if list.query == wide {
            return false;
        }
        // Whoever has found a ticket goes on from there.
        let found = list.selected.map(|it| it.ticket_id);
        self.show_list_at(wide, found);
        true
    }

    pub(super) fn toggle_severity(&mut self, severity: Severity) {
        let mut query = self.state.desk.list.query.clone();
        query.severity = (query.severity != Some(severity)).then_some(severity);
        self.show_list(query);
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
        let mut query = self.state.desk.list.query.clone();
        query.severity = None;
        self.show_list(query);
    }

    pub(super) fn next_status(&mut self) {
        let mut query = self.state.desk.list.query.clone();
        query.status = match query.status {
            StatusFilter::Only(Status::Open) | StatusFilter::OpenAwake(_) => {
                StatusFilter::Only(Status::Resolved)
            }
            StatusFilter::Only(Status::Resolved) => StatusFilter::Only(Status::Closed),
            StatusFilter::Only(Status::Closed) => StatusFilter::Any,
            StatusFilter::Any => StatusFilter::Only(Status::Open),
        };
        self.show_list(query);
    }

    pub(super) fn next_order(&mut self) {
        let mut query = self.state.desk.list.query.clone();
        query.order = match (query.order, query.text.trim().is_empty()) {
            (Order::Severity, _) => Order::NewestFirst,
            (Order::NewestFirst, _) => Order::RecentlyActive,
            (Order::RecentlyActive, false) => Order::Relevance,
            (Order::RecentlyActive, true) | (Order::Relevance, _) => Order::Severity,
        };
        self.show_list(query);
    }
}

/// The query in the words of the query language.
pub(super) fn words_of(query: &ListQuery) -> String {
    let mut words = Vec::new();
    match query.status {
        StatusFilter::Any => {}
        StatusFilter::Only(status) => words.push(format!("is:{}", status.as_str().to_lowercase())),
        StatusFilter::OpenAwake(_) => words.push("is:open -is:snoozed".to_owned()),
    }
    if let Some(severity) = query.severity {
        words.push(format!("sev:{}", &severity.as_str()["SEV_".len()..]));
    }
    match query.created {
        (None, None) => {}
        (from, to) => {
            let day = |at: Timestamp| {
                jiff::Timestamp::from_second(at.0)
                    .map(|at| at.strftime("%Y-%m-%dT%H:%M").to_string())
                    .unwrap_or_default()
            };
            let (from, to) = (from.map(day), to.map(day));
            words.push(format!(
                "created:{}..{}",
                from.unwrap_or_default(),
                to.unwrap_or_default()
            ));
        }
    }
    if let Some(tag) = &query.tag {
        words.push(format!("tag:{tag}"));
    }
    if !query.text.trim().is_empty() {
        words.push(format!("\"{}\"", query.text.trim()));
    }
    words.push(match query.order {
        Order::Severity => "sort:sev".to_owned(),
        Order::NewestFirst => "sort:-created".to_owned(),
        Order::RecentlyActive => "sort:-updated".to_owned(),
        Order::Relevance => "sort:relevance".to_owned(),
    });
    words.join(" ")
}
