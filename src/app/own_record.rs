//! One's own record as a form: what one is called, where mail reaches one, the time zone.

use super::App;
use super::composer::{Composer, FieldName, FormError, text_field};
use super::forms::NO_FAMILY;
use super::give::Then;
use super::state::{NoticeKind, Session};
use super::text_field::TextField;
use crate::model::id::FamilyId;
use crate::model::user::{User, UserField, own_changes};
use crate::replica::view::{DraftKind, Question};

impl App {
    pub(super) fn edit_me(&mut self) {
        let Some(family_id) = self.my_families().first().copied() else {
            let new = &self.state.keys.new_family;
            let text = format!("you are in no family yet; {new} founds one and says who you are");
            return self.say(NoticeKind::Warning, text);
        };
        let line = |name| text_field(name, TextField::line(""));
        let fields = vec![
            line(FieldName::Me),
            line(FieldName::Email),
            line(FieldName::TimeZone),
        ];
        let mut form = Composer::new(DraftKind::EditMe, NO_FAMILY, "You", fields);
        form.audience = "a new name is yours in every family you are in".to_owned();
        self.open_form(form);
        self.wait_for_subject(Question::Login(family_id));
    }

    /// Those that I am in, the open one first: there I know my record best.
    fn my_families(&self) -> Vec<FamilyId> {
        let rows = self.state.session.families.iter();
        let rows = rows.filter(|row| Session::is_member(row));
        let mut mine: Vec<FamilyId> = rows.map(|row| row.family_id).collect();
        let open = self.state.open_family();
        mine.sort_by_key(|family_id| Some(*family_id) != open);
        mine
    }

    pub(super) fn login_came(&mut self, user: Option<Box<User>>) {
        let my_name = self.state.session.my_name.clone();
        let Some(form) = self.form() else { return };
        match &user {
            Some(user) => {
                form.set_text(FieldName::Me, &user.display_name);
                form.set_text(FieldName::Email, user.email.as_deref().unwrap_or_default());
                form.set_text(FieldName::TimeZone, &user.time_zone);
            }
            None => {
                form.fields.retain(|field| field.name == FieldName::Me);
                form.set_text(FieldName::Me, &my_name);
                form.audience =
                    "you have no login of your own, so there is a name alone".to_owned();
            }
        }
        form.seen = form.values();
        form.own = user;
        self.subject_is_there();
    }

    /// Gives what was changed: the record in one family and, once it is taken, the name in the
    /// others.
    pub(super) fn send_me(&mut self) {
        let families = self.my_families();
        let Some(form) = self.form() else { return };
        let changes = match form.own_fields() {
            Ok(changes) => changes,
            Err(error) => return form.refuse(error),
        };
        let mut given = own_changes(&families, changes, form.own.as_deref());
        let Some(&family_id) = families.first().filter(|_| !given.is_empty()) else {
            return form.refuse("you are in no family any more".into());
        };
        let draft = form.begin_sending();
        self.save_draft();
        let here = given.extract_if(.., |it| it.0 == family_id);
        let here = here.map(|(_, command)| command).collect();
        let deed = self.deed("changed your own record".to_owned());
        let then = Then::Sent {
            draft,
            made: None,
            elsewhere: given,
        };
        self.give((family_id, here), deed, then);
    }
}

impl Composer {
    /// Each attribute of one's own record that was changed.
    fn own_fields(&self) -> Result<Vec<UserField>, FormError> {
        let mut changes = Vec::new();
        if self.is_changed(FieldName::Email) {
            let email = self.text(FieldName::Email).trim().to_owned();
            changes.push(UserField::Email(Some(email).filter(|it| !it.is_empty())));
        }
        if self.is_changed(FieldName::TimeZone) {
            changes.push(UserField::TimeZone(self.zone()?));
        }
        if self.is_changed(FieldName::Me) {
            let name = self.required(FieldName::Me, "say what you are called")?;
            changes.push(UserField::DisplayName(name));
        }
        match changes.is_empty() {
            true => Err("nothing was changed; Esc leaves".into()),
            false => Ok(changes),
        }
    }
}
