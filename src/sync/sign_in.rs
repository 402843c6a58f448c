//! Signing in again at the server, while a station is in use.

use super::station::Station;
use crate::remote::Unreachable;
use crate::remote::client::CallError;
use crate::wire::login::{LogIn, LoggedIn, Redeem, Secret, is_code};

/// Why nobody was signed in. What waits to be sent still does.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error(transparent)]
    NotKept(#[from] Unreachable),
    /// A local store is one person's.
    #[error("that is the login of {0}, and what is here is somebody else's; nothing was changed")]
    Another(String),
}

impl Station {
    /// Signs this device in as its person, by their address and password, or by a one-time code and
    /// the password that is chosen with it.
    ///
    /// # Errors
    /// The server's; or [`SignInError::Another`] where somebody else signed in, who is signed out
    /// again.
    pub async fn sign_in(
        &self,
        who: &str,
        password: Secret,
        device_name: String,
    ) -> Result<(), SignInError> {
        let client = self.client();
        let logged_in: LoggedIn = if is_code(who) {
            let redeem = Redeem {
                code: Secret(who.to_owned()),
                email: None,
                password,
                device_name,
            };
            client.redeem(&redeem).await?
        } else {
            let who = LogIn {
                email: who.to_owned(),
                password,
                device_name,
            };
            client.log_in(&who).await?
        };
        client.keep_token(&logged_in.token)?;
        if logged_in.user.user_id != self.me() {
            client.log_out().await?;
            return Err(SignInError::Another(logged_in.user.display_name));
        }
        Ok(())
    }
}
