//! Logins as calls.

use http::Method;

use super::client::{CallError, Client};
use crate::model::audit::AuditRecord;
use crate::model::id::{KeyId, SessionId, UserId};
use crate::wire::login::{
    AccountChange, AccountRow, CodeFor, CodeMade, CodeShown, KeyMade, KeyRow, LogIn, LoggedIn,
    NewAccount, NewKey, NewPassword, Redeem, SessionRow,
};

impl Client {
    /// Signs a device in.
    pub async fn log_in(&self, who: &LogIn) -> Result<LoggedIn, CallError> {
        self.send(Method::POST, "/v1/session", who).await
    }

    /// Signs this device out.
    pub async fn log_out(&self) -> Result<(), CallError> {
        self.do_to(Method::DELETE, "/v1/session", &()).await
    }

    /// Asks for a login, which an admin of the server approves.
    pub async fn sign_up(&self, who: &NewAccount) -> Result<(), CallError> {
        self.do_to(Method::POST, "/v1/accounts", who).await
    }

    /// Whose one-time code it is.
    pub async fn code_for(&self, code: &CodeShown) -> Result<CodeFor, CallError> {
        self.send(Method::POST, "/v1/codes", code).await
    }

    /// Chooses a password by a one-time code, and signs this device in.
    pub async fn redeem(&self, redeem: &Redeem) -> Result<LoggedIn, CallError> {
        self.send(Method::POST, "/v1/session/code", redeem).await
    }

    pub async fn change_password(&self, change: &NewPassword) -> Result<(), CallError> {
        self.do_to(Method::PUT, "/v1/password", change).await
    }

    /// The devices that one is signed in on.
    pub async fn sessions(&self) -> Result<Vec<SessionRow>, CallError> {
        self.get("/v1/sessions").await
    }

    /// What was done to one's login, newest last.
    pub async fn login_log(&self, limit: usize) -> Result<Vec<AuditRecord>, CallError> {
        self.get(&format!("/v1/session/log?limit={limit}")).await
    }

    pub async fn revoke_session(&self, id: SessionId) -> Result<(), CallError> {
        let path = format!("/v1/sessions/{id}");
        self.do_to(Method::DELETE, &path, &()).await
    }

    pub async fn keys(&self) -> Result<Vec<KeyRow>, CallError> {
        self.get("/v1/keys").await
    }

    pub async fn create_key(&self, new: &NewKey) -> Result<KeyMade, CallError> {
        self.send(Method::POST, "/v1/keys", new).await
    }

    pub async fn revoke_key(&self, id: KeyId) -> Result<(), CallError> {
        let path = format!("/v1/keys/{id}");
        self.do_to(Method::DELETE, &path, &()).await
    }

    /// Everybody with a login, for whoever runs the server.
    pub async fn accounts(&self) -> Result<Vec<AccountRow>, CallError> {
        self.get("/v1/accounts").await
    }

    pub async fn change_account(
        &self,
        user_id: UserId,
        change: &AccountChange,
    ) -> Result<AccountRow, CallError> {
        let path = format!("/v1/accounts/{user_id}");
        self.send(Method::PATCH, &path, change).await
    }

    /// A one-time code for somebody.
    pub async fn make_code(&self, user_id: UserId) -> Result<CodeMade, CallError> {
        let path = format!("/v1/accounts/{user_id}/code");
        self.send(Method::POST, &path, &()).await
    }
}
