//! `famdesk login`, `logout` and `passwd`. What is secret is typed unseen, or read from stdin; it
//! never stands in a command line, where others on the machine could see it.

use std::io::{self, IsTerminal};
use std::sync::Arc;

use crate::cli::args::Globals;
use crate::cli::connection::Connection;
use crate::cli::failure::{Exit, Failure, Result};
use crate::cli::house::Setting;
use crate::cli::print::{Out, ask, complain};
use crate::cli::when::name_of_machines_zone;
use crate::config::live::LiveSource;
use crate::config::{create_private_dir, name_of_machine, zone_of_machine};
use crate::model::membership::MembershipStatus;
use crate::model::source::Source;
use crate::remote::client::Client;
use crate::remote::http::Http;
use crate::text::age::moment;
use crate::wire::login::{CodeShown, LogIn, NewAccount, NewPassword, Redeem, Secret, is_code};
use crate::wire::problem::ProblemKind;

/// How often a password may be mistyped here.
const TRIES: usize = 3;

/// Signs in to the server that this machine is connected to.
pub async fn login(setting: &Setting, globals: &Globals, new: bool) -> Result<Exit> {
    let connection = connected(setting)?;
    if new {
        return sign_up(setting, globals, &connection).await;
    }
    sign_in(setting, globals, connection).await
}

async fn sign_up(setting: &Setting, globals: &Globals, connection: &Connection) -> Result<Exit> {
    let client = Client::new(Arc::new(Http::to(connection.server(), None)?), None);
    let who = NewAccount {
        display_name: ask("what you are called:")?,
        email: ask("e-mail address:")?,
        password: new_secret()?,
        time_zone: name_of_machines_zone(),
    };
    client.sign_up(&who).await?;
    let mut out = Out::stdout(&setting.config, &setting.env, globals.json);
    out.line(
        "whoever runs the server has to approve your login; then `famdesk login` signs you in",
    )?;
    out.finish()?;
    Ok(Exit::Done)
}

/// Asks who it is, and for what shows it.
pub async fn sign_in(setting: &Setting, globals: &Globals, connection: Connection) -> Result<Exit> {
    let state = &setting.config.places.state;
    let client = Client::new(Arc::new(Http::to(connection.server(), None)?), None);
    let who = ask("e-mail address, or one-time code:")?;
    let device_name = name_of_machine();
    let logged_in = if is_code(&who) {
        claim(&client, Secret(who), device_name).await?
    } else {
        client
            .log_in(&LogIn {
                email: who,
                password: secret("password:")?,
                device_name,
            })
            .await?
    };
    if let Some(tries) = &logged_in.refused {
        let zone = zone_of_machine();
        complain(&tries.words(&moment(tries.since.0, LiveSource.now().0, &zone)));
    }
    create_private_dir(&connection.folder(state))?;
    connection.token(state).write(&logged_in.token)?;
    let connection = Connection {
        user_id: Some(logged_in.user.user_id),
        ..connection
    };
    greet(setting, globals, connection).await
}

/// Chooses the password of the account that a code is for.
async fn claim(
    client: &Client,
    code: Secret,
    device_name: String,
) -> Result<crate::wire::login::LoggedIn> {
    let of = client.code_for(&CodeShown { code: code.clone() }).await?;
    let email = match of.email {
        Some(email) => {
            complain(&format!("this code is for {} ({email})", of.display_name));
            None
        }
        None => {
            complain(&format!("this code is for {}", of.display_name));
            Some(ask("the e-mail address to sign in with from now on:")?)
        }
    };
    let mut tries = 0;
    loop {
        let redeem = Redeem {
            code: code.clone(),
            email: email.clone(),
            password: new_secret()?,
            device_name: device_name.clone(),
        };
        tries += 1;
        match client.redeem(&redeem).await {
            // A password that is not taken costs nothing.
            Err(error)
                if error.kind() == Some(ProblemKind::Refused)
                    && tries < TRIES
                    && io::stdin().is_terminal() =>
            {
                complain(&error.to_string());
            }
            other => return Ok(other?),
        }
    }
}

/// Notes who signed in, and says where they stand.
pub async fn greet(setting: &Setting, globals: &Globals, connection: Connection) -> Result<Exit> {
    let state = &setting.config.places.state;
    connection.note(state)?;
    let remote = Http::to(connection.server(), Some(connection.token(state)))?;
    let session = Client::new(Arc::new(remote), None).session().await?;
    let mut out = Out::stdout(&setting.config, &setting.env, globals.json);
    if out.is_json() {
        out.json(&session)?;
        out.finish()?;
        return Ok(Exit::Done);
    }
    out.line(format!(
        "signed in at {} as {}",
        connection.address, session.user.display_name
    ))?;
    for family in &session.families {
        let name = &family.family_name;
        match family.status {
            MembershipStatus::Member => out.line(format!("  {name}"))?,
            MembershipStatus::Awaiting if family.invited => out.line(format!(
                "  {name} asks you in; `famdesk members accept` accepts"
            ))?,
            MembershipStatus::Awaiting | MembershipStatus::Declined => {}
        }
    }
    if session.families.is_empty() {
        out.line("you are in no family yet; `famdesk families create NAME` founds one")?;
    }
    out.finish()?;
    Ok(Exit::Done)
}

/// Signs this device out. What is here stays, also what waits to be sent.
pub async fn logout(setting: &Setting, globals: &Globals) -> Result<Exit> {
    let connection = connected(setting)?;
    let state = &setting.config.places.state;
    let token = connection.token(state);
    if token.read()?.is_none() {
        return Err(Failure::refused("nobody is signed in on this device"));
    }
    let remote = Http::to(connection.server(), Some(token.clone()))?;
    match Client::new(Arc::new(remote), None).log_out().await {
        Ok(()) => {}
        Err(error) if error.kind() == Some(ProblemKind::Unauthenticated) => {}
        Err(error) if error.is_unreachable() => complain(&format!(
            "{error}\nthe server still knows this device until it can be told; \
             `famdesk sessions revoke` on another one tells it"
        )),
        Err(error) => return Err(error.into()),
    }
    token.forget()?;
    let mut out = Out::stdout(&setting.config, &setting.env, globals.json);
    out.line("signed out; what is here stays, also what waits to be sent")?;
    out.finish()?;
    Ok(Exit::Done)
}

/// Changes the password; every other device is signed out.
pub async fn passwd(setting: &Setting, globals: &Globals) -> Result<Exit> {
    let connection = connected(setting)?;
    let state = &setting.config.places.state;
    let remote = Http::to(connection.server(), Some(connection.token(state)))?;
    let change = NewPassword {
        old: secret("old password:")?,
        new: new_secret()?,
    };
    Client::new(Arc::new(remote), None)
        .change_password(&change)
        .await?;
    let mut out = Out::stdout(&setting.config, &setting.env, globals.json);
    out.line("the password is changed; your other devices are signed out")?;
    out.finish()?;
    Ok(Exit::Done)
}

fn connected(setting: &Setting) -> Result<Connection> {
    setting.connection.clone().ok_or_else(|| {
        Failure::refused(
            "this machine works on its own store, where nobody signs in; \
             `famdesk connect https://...` connects to a server",
        )
    })
}

/// Asks for something secret, which is not shown.
fn secret(words: &str) -> Result<Secret> {
    if !io::stdin().is_terminal() {
        return Ok(Secret(ask(words)?));
    }
    let mut prompt = words.to_owned();
    prompt.push(' ');
    Ok(Secret(rpassword::prompt_password(prompt)?))
}

/// Asks for a new password, twice where nobody sees what they type.
fn new_secret() -> Result<Secret> {
    let first = secret("new password, 15 characters or more:")?;
    if io::stdin().is_terminal() && secret("once more:")? != first {
        return Err(Failure::refused("the two are not the same; try again"));
    }
    Ok(first)
}
