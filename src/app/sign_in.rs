//! Signing in again, where the server does not know this device any more. Meanwhile everything here
//! stays as it is: drafts, and what waits to be sent.

use super::App;
use super::effect::Effect;
use super::prompt::PromptFor;
use super::state::{Connection, NoticeKind, Overlay};
use crate::wire::login::{Secret, is_code};

impl App {
    pub(super) fn is_signed_out(&self) -> Result<(), String> {
        match self.state.status.connection {
            Connection::SignedOut => Ok(()),
            _ => Err("nobody needs to sign in here now".to_owned()),
        }
    }

    /// Who it is, or their one-time code, was typed.
    pub(super) fn sign_in_as(&mut self, who: &str) {
        self.signing_in = who.to_owned();
        self.open_prompt(PromptFor::Password);
    }

    /// What the password is asked for, and what it has to be.
    pub(super) fn password_words(&self) -> (String, &'static str) {
        match is_code(&self.signing_in) {
            true => ("New password".to_owned(), "15 characters or more"),
            false => (
                format!("Password of {}", self.signing_in),
                "it is not shown",
            ),
        }
    }

    /// Who it was before, unless that was a code, which works once.
    pub(super) fn signed_in_before(&self) -> String {
        match is_code(&self.signing_in) {
            true => String::new(),
            false => self.signing_in.clone(),
        }
    }

    pub(super) fn send_password(&mut self, password: String) {
        self.effects.push(Effect::SignIn {
            who: self.signing_in.clone(),
            password: Secret(password),
        });
        self.say(NoticeKind::Done, "signing in");
    }

    /// It went well, or the password is asked for again with what was wrong.
    pub(super) fn signed_in(&mut self, result: Result<(), String>) {
        match result {
            Ok(()) => {
                self.state.status.connection = Connection::Starting;
                self.say(NoticeKind::Done, "signed in; what waits is sent now");
            }
            Err(why) => {
                self.open_prompt(PromptFor::Password);
                if let Some(Overlay::Prompt(prompt)) = self.state.overlays.last_mut() {
                    prompt.error = Some(why);
                }
            }
        }
    }
}
