//! Who takes part in a ticket beside its requester and assignee, and a close taken back.

use super::App;
use super::help::plain_row;
use super::picker::{Pick, PickerFor};
use super::state::NoticeKind;
use super::target::label_of;
use crate::model::command::CommandBody;
use crate::model::membership::MembershipStatus;
use crate::model::participant::ParticipantRole;

impl App {
    /// Takes a close back, where nothing has touched the ticket since.
    pub(super) fn unclose(&mut self) {
        let Some(target) = self.target() else { return };
        let Some(ticket) = &target.ticket else {
            let open = &self.state.keys.open;
            let how = format!("open the ticket first, so that nothing is overlooked ({open})");
            return self.say(NoticeKind::Warning, how);
        };
        let closed_version = ticket.common.version;
        let words = format!("took the close of {} back", target.label());
        self.give_each(vec![target], words, |target| {
            vec![CommandBody::TicketUnclose {
                ticket_id: target.ticket_id(),
                closed_version,
            }]
        });
    }

    // Who else takes part.

    pub(super) fn add_cc(&mut self) {
        self.pick_participant(ParticipantRole::Cc, "Take in, in copy,");
    }

    pub(super) fn add_follower(&mut self) {
        self.pick_participant(ParticipantRole::Follower, "Let follow");
    }

    pub(super) fn add_approver(&mut self) {
        self.pick_participant(ParticipantRole::Approver, "Name as approver");
    }

    fn pick_participant(&mut self, role: ParticipantRole, what: &str) {
        if !self.family_of_targets() {
            return;
        }
        let title = format!("{what} on {}", label_of(&self.targets()));
        let people = self.state.session.family.iter().flat_map(|it| &it.people);
        let rows = people
            .filter(|it| it.status == MembershipStatus::Member)
            .map(|it| plain_row(&it.display_name, Pick::Person(Some(it.user_id))));
        let rows = rows.collect();
        self.open_picker(PickerFor::Participant(role), title, rows);
    }

    pub(super) fn remove_participant(&mut self) {
        let Some(target) = self.target() else { return };
        let Some(thread) = self.thread_of(target.ticket_id()) else {
            let open = &self.state.keys.open;
            let how = format!("open the ticket first to see who takes part ({open})");
            return self.say(NoticeKind::Warning, how);
        };
        let given = |role: &ParticipantRole| match role {
            ParticipantRole::Cc | ParticipantRole::Follower | ParticipantRole::Approver => true,
            ParticipantRole::Requester | ParticipantRole::Assignee => false,
        };
        let mut rows = Vec::new();
        for party in &thread.participants {
            for role in party.roles.iter().copied().filter(given) {
                let mut row = plain_row(&party.name, Pick::Party(party.user_id, role));
                row.detail = role.to_string();
                rows.push(row);
            }
        }
        if rows.is_empty() {
            let text = "nobody but who asked and who does it takes part";
            return self.say(NoticeKind::Warning, text);
        }
        let title = format!("Take out of {}", target.label());
        self.open_picker(PickerFor::ParticipantToRemove, title, rows);
    }
}
