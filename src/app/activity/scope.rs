//! Whose history is shown: of a ticket, of its queue, of the family, and the ways between them.

use super::ActivityPane;
use crate::app::App;
use crate::app::state::{NoticeKind, Pane, QueueLineKind, View};
use crate::model::id::{FamilyId, QueueId, TicketId};
use crate::replica::view::{HistoryOf, Place};

/// What widening and narrowing lead through.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rungs {
    pub(super) ticket: Option<TicketId>,
    pub(super) queue: Option<QueueId>,
    pub(super) family: Option<FamilyId>,
}

impl App {
    /// Shows what happened to what one is on. In Activity itself: to the ticket of the change
    /// under the cursor.
    pub(in crate::app) fn go_activity(&mut self) {
        if self.state.view == View::Activity {
            return match self.of_entry() {
                Ok(of) => self.show_activity(of),
                Err(why) => self.say(NoticeKind::Warning, why),
            };
        }
        let Some(family_id) = self.state.open_family() else {
            return;
        };
        let (rungs, of) = self.rungs_here(family_id);
        self.state.activity = ActivityPane {
            of: Some(of),
            rungs,
            came_from: Some(self.state.view),
            ..ActivityPane::default()
        };
        self.go(View::Activity);
    }

    pub(super) fn rungs_here(&self, family_id: FamilyId) -> (Rungs, HistoryOf) {
        let desk = &self.state.desk;
        let in_desk = self.state.view == View::Desk;
        let family = Rungs {
            family: Some(family_id),
            ..Rungs::default()
        };
        match desk.focus {
            Pane::Families | Pane::Strip if in_desk => {
                return (family, HistoryOf::Family(family_id));
            }
            Pane::Queues if in_desk => {
                let line = desk.queues.lines.get(desk.queues.cursor);
                let Some(QueueLineKind::Queue(queue_id)) = line.map(|line| line.kind) else {
                    return (family, HistoryOf::Family(family_id));
                };
                let rungs = Rungs {
                    queue: Some(queue_id),
                    ..family
                };
                return (rungs, HistoryOf::Queue(family_id, queue_id));
            }
            _ => {}
        }
        let Some(target) = self.target() else {
            return (family, HistoryOf::Family(family_id));
        };
        let (family_id, ticket_id) = (target.family_id(), target.ticket_id());
        let rungs = Rungs {
            ticket: Some(ticket_id),
            queue: Some(target.row.queue_id),
            family: Some(family_id),
        };
        (rungs, HistoryOf::Ticket(family_id, ticket_id))
    }

    pub(in crate::app) fn can_widen(&self) -> Result<(), String> {
        self.wider().map(drop)
    }

    pub(in crate::app) fn can_narrow(&self) -> Result<(), String> {
        self.narrower().map(drop)
    }

    pub(in crate::app) fn activity_wider(&mut self) {
        if let Ok(of) = self.wider() {
            self.show_activity(of);
        }
    }

    pub(in crate::app) fn activity_narrower(&mut self) {
        if let Ok(of) = self.narrower() {
            self.show_activity(of);
        }
    }

    /// From the ticket to its queue, from there to the family.
    pub(super) fn wider(&self) -> Result<HistoryOf, String> {
        let Rungs { queue, family, .. } = self.state.activity.rungs;
        match (self.state.activity.of, family, queue) {
            (Some(HistoryOf::Ticket(..)), Some(family_id), Some(queue_id)) => {
                Ok(HistoryOf::Queue(family_id, queue_id))
            }
            (Some(HistoryOf::Ticket(..) | HistoryOf::Queue(..)), Some(family_id), _) => {
                Ok(HistoryOf::Family(family_id))
            }
            _ => Err("this is all of the family".to_owned()),
        }
    }

    /// The same back; where one did not come from there, to the ticket under the cursor.
    pub(super) fn narrower(&self) -> Result<HistoryOf, String> {
        let Rungs {
            ticket,
            queue,
            family,
        } = self.state.activity.rungs;
        match (self.state.activity.of, family) {
            (Some(HistoryOf::Ticket(..)), _) | (_, None) => {
                Err("this is one ticket already".to_owned())
            }
            (of, Some(family_id)) => match (of, queue, ticket) {
                (Some(HistoryOf::Family(_)), Some(queue_id), _) => {
                    Ok(HistoryOf::Queue(family_id, queue_id))
                }
                (_, _, Some(ticket_id)) => Ok(HistoryOf::Ticket(family_id, ticket_id)),
                (_, _, None) => self.of_entry(),
            },
        }
    }

    /// The ticket of the change under the cursor.
    pub(super) fn of_entry(&self) -> Result<HistoryOf, String> {
        self.on_change()?;
        let entry = self.state.activity.under_cursor();
        let ticket = entry.and_then(|entry| entry.ticket_id);
        match (ticket, self.state.activity.rungs.family) {
            (Some(ticket_id), Some(family_id)) => Ok(HistoryOf::Ticket(family_id, ticket_id)),
            _ => Err("that change is about no ticket".to_owned()),
        }
    }

    /// Shows another history, the cursor staying on its change where that is in both.
    pub(super) fn show_activity(&mut self, of: HistoryOf) {
        let pane = &mut self.state.activity;
        pane.of = Some(of);
        if let HistoryOf::Ticket(_, ticket_id) = of {
            pane.rungs.ticket = Some(ticket_id);
        }
        self.ask_activity();
    }

    pub(in crate::app) fn on_ticket_change(&self) -> Result<(), String> {
        self.of_entry().map(drop)
    }

    pub(in crate::app) fn activity_ticket(&mut self) {
        if let Ok(HistoryOf::Ticket(family_id, ticket_id)) = self.of_entry() {
            self.show_ticket(Place::Family(family_id), ticket_id);
        }
    }
}
