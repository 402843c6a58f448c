//! Which tickets are meant: the one under the cursor, or all that are marked; and what can be
//! copied of them.

use super::App;
use super::effect::Effect;
use super::state::NoticeKind;
use super::target::Target;
use crate::replica::view::TicketRow;
use crate::text::SafeText;
use crate::text::plural::grouped;

/// The most that is given to a clipboard by way of the terminal, in bytes: what the common
/// terminals take.
const MOST_COPIED: usize = 64 * 1024;

impl App {
    /// The ticket under the cursor.
    pub(super) fn target(&self) -> Option<Target> {
        self.view().ticket(self)
    }

    pub(super) fn target_of(&self, row: TicketRow) -> Target {
        let thread = self.thread_of(row.ticket_id);
        Target {
            ticket: thread.map(|thread| Box::new(thread.ticket.clone())),
            row,
        }
    }

    /// The tickets that an action on many works on.
    pub(super) fn targets(&self) -> Vec<Target> {
        self.view().tickets(self)
    }

    pub(super) fn has_ticket(&self) -> Result<(), String> {
        match self.target() {
            Some(_) => Ok(()),
            None => Err("no ticket is selected".to_owned()),
        }
    }

    pub(super) fn has_targets(&self) -> Result<(), String> {
        match self.view().has_tickets(self) {
            true => Ok(()),
            false => self.has_ticket(),
        }
    }

    // Copies.

    fn yank(&mut self, what: Option<String>) {
        if let Some(text) = what {
            // A line break would run what stands before it where the copy is pasted.
            let text = SafeText::new(text).into_string();
            self.copy(text.clone(), &format!("copied {text}"));
        }
    }

    /// Puts a text that is safe to paste into the clipboard, and says so; all of it or nothing.
    pub(super) fn copy(&mut self, text: String, told: &str) {
        if text.len() > MOST_COPIED {
            let size = grouped((text.len() as u64).div_ceil(1024));
            let most = MOST_COPIED / 1024;
            let text = format!(
                "nothing was copied: that is {size} KiB, and a terminal's clipboard takes {most}"
            );
            return self.say(NoticeKind::Warning, text);
        }
        self.effects.push(Effect::Yank(text));
        self.say(NoticeKind::Done, told);
    }

    pub(super) fn yank_number(&mut self) {
        let number = self.target().map(|target| target.label());
        self.yank(number);
    }

    pub(super) fn yank_title(&mut self) {
        let title = self.target().map(|target| target.row.title);
        self.yank(title);
    }

    /// The command line that does what was last done to this ticket, or shows it.
    pub(super) fn yank_command(&mut self) {
        let Some(target) = self.target() else { return };
        let twin = match &self.twin {
            Some((ids, twin)) if ids.contains(&target.ticket_id()) => twin.clone(),
            _ => format!("famdesk show {}", target.label()),
        };
        self.yank(Some(twin));
    }
}
