//! The first start on an empty store: who are you, what is your family called, where do tickets
//! go. Or a look around in the demo family.

use std::collections::BTreeSet;

use super::App;
use super::effect::{Effect, Founding};
use super::key::{Code, Key};
use super::state::{Connection, NoticeKind, Overlay};
use super::text_field::TextField;
use crate::model::id::FamilyId;
use crate::model::number::{NotAPrefix, Prefix};

/// The wizard.
#[derive(Debug)]
pub struct FirstStart {
    pub step: Step,
    /// On the first step: start my own family (0) or look around (1).
    pub choice: usize,
    pub display_name: TextField,
    pub family_name: TextField,
    /// Suggested from the family's name until it is touched.
    pub prefix: TextField,
    pub group_name: TextField,
    pub queue_name: TextField,
    /// An IANA zone name, as the system says.
    pub time_zone: String,
    /// The steps at which something was typed. Until then their field holds a suggestion, and the
    /// first character takes its place.
    pub touched: BTreeSet<Step>,
    /// What is wrong with what was typed.
    pub error: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Welcome,
    Name,
    Family,
    Prefix,
    Group,
    Queue,
    /// It is being set up.
    Working,
}

impl App {
    pub(super) fn open_first_start(&mut self) {
        let zone = &self.state.session.time_zone;
        let time_zone = zone.iana_name().unwrap_or("UTC").to_owned();
        self.state
            .overlays
            .push(Overlay::FirstStart(Box::new(FirstStart {
                step: Step::Welcome,
                choice: 0,
                display_name: TextField::line(""),
                family_name: TextField::line(""),
                prefix: TextField::line(""),
                group_name: TextField::line("Home"),
                queue_name: TextField::line("Everything"),
                time_zone,
                touched: BTreeSet::new(),
                error: None,
            })));
    }

    fn wizard(&mut self) -> Option<&mut FirstStart> {
        match self.state.overlays.last_mut() {
            Some(Overlay::FirstStart(wizard)) => Some(wizard),
            _ => None,
        }
    }

    pub(super) fn first_key(&mut self, key: Key) {
        if let Some(wizard) = self.wizard()
            && wizard.field().is_some()
        {
            if key.printable().is_some() {
                wizard.drop_suggestion();
            }
            if wizard.field_mut().is_some_and(|field| field.key(key)) {
                wizard.typed();
            }
        } else if matches!(key.code, Code::Char('j' | 'k')) {
            self.first_other();
        }
    }

    pub(super) fn first_pasted(&mut self, text: &str) {
        let Some(wizard) = self.wizard() else { return };
        wizard.drop_suggestion();
        if let Some(field) = wizard.field_mut() {
            field.insert(text);
            wizard.typed();
        }
    }

    pub(super) fn first_other(&mut self) {
        if let Some(wizard) = self.wizard()
            && wizard.step == Step::Welcome
        {
            wizard.choice = 1 - wizard.choice.min(1);
        }
    }

    pub(super) fn first_next(&mut self) {
        let Some(wizard) = self.wizard() else { return };
        wizard.error = wizard.missing();
        if wizard.error.is_some() {
            return;
        }
        wizard.step = match wizard.step {
            Step::Welcome if wizard.choice == 1 => {
                wizard.step = Step::Working;
                self.effects.push(Effect::OpenDemo);
                return;
            }
            Step::Welcome => Step::Name,
            Step::Name => Step::Family,
            Step::Family => Step::Prefix,
            Step::Prefix => Step::Group,
            Step::Group => Step::Queue,
            Step::Queue => {
                match wizard.founding() {
                    Ok(founding) => {
                        wizard.step = Step::Working;
                        self.effects.push(Effect::FirstStart(founding));
                    }
                    Err(why) => wizard.error = Some(why),
                }
                return;
            }
            Step::Working => Step::Working,
        };
    }

    pub(super) fn first_previous(&mut self) {
        if let Some(wizard) = self.wizard() {
            wizard.error = None;
            wizard.step = match wizard.step {
                Step::Welcome | Step::Name => Step::Welcome,
                Step::Family => Step::Name,
                Step::Prefix => Step::Family,
                Step::Group => Step::Prefix,
                Step::Queue => Step::Group,
                Step::Working => Step::Working,
            };
        }
    }

    /// The family is there: the desk opens on it. Otherwise the wizard says why not.
    pub(super) fn founded(&mut self, result: Result<FamilyId, String>) {
        let Some(wizard) = self.wizard() else { return };
        match result {
            Ok(_) => {
                self.state.overlays.pop();
                // That nobody was introduced holds no longer.
                if matches!(self.state.status.connection, Connection::Offline(_)) {
                    self.state.status.connection = Connection::Starting;
                }
                self.ask_families();
                self.ask_outbox();
                self.say(
                    NoticeKind::Done,
                    "your family is ready; n files its first ticket",
                );
            }
            Err(why) => {
                wizard.step = if wizard.choice == 1 {
                    Step::Welcome
                } else {
                    Step::Queue
                };
                wizard.error = Some(why);
            }
        }
    }
}

impl FirstStart {
    /// The field of this step.
    pub fn field(&self) -> Option<&TextField> {
        match self.step {
            Step::Welcome | Step::Working => None,
            Step::Name => Some(&self.display_name),
            Step::Family => Some(&self.family_name),
            Step::Prefix => Some(&self.prefix),
            Step::Group => Some(&self.group_name),
            Step::Queue => Some(&self.queue_name),
        }
    }

    fn field_mut(&mut self) -> Option<&mut TextField> {
        match self.step {
            Step::Welcome | Step::Working => None,
            Step::Name => Some(&mut self.display_name),
            Step::Family => Some(&mut self.family_name),
            Step::Prefix => Some(&mut self.prefix),
            Step::Group => Some(&mut self.group_name),
            Step::Queue => Some(&mut self.queue_name),
        }
    }

    /// What is typed takes the place of what was only suggested.
    fn drop_suggestion(&mut self) {
        if !self.touched.contains(&self.step)
            && let Step::Prefix | Step::Group | Step::Queue = self.step
            && let Some(field) = self.field_mut()
        {
            field.set("");
        }
    }

    fn typed(&mut self) {
        self.error = None;
        self.touched.insert(self.step);
        if self.step == Step::Family && !self.touched.contains(&Step::Prefix) {
            let suggested = Prefix::suggest(&self.family_name.value());
            self.prefix.set(suggested.as_str());
        }
    }

    /// What this step still needs.
    fn missing(&self) -> Option<String> {
        let field = self.field()?;
        if field.is_blank() {
            return Some("type something, or go back with Esc".to_owned());
        }
        match self.step {
            Step::Prefix => field
                .value()
                .parse::<Prefix>()
                .err()
                .map(|error| error.to_string()),
            _ => None,
        }
    }

    fn founding(&self) -> Result<Founding, String> {
        let said = |field: &TextField| field.value().trim().to_owned();
        Ok(Founding {
            display_name: said(&self.display_name),
            family_name: said(&self.family_name),
            prefix: said(&self.prefix)
                .parse()
                .map_err(|error: NotAPrefix| error.to_string())?,
            time_zone: self.time_zone.clone(),
            group_name: said(&self.group_name),
            queue_name: said(&self.queue_name),
        })
    }
}
