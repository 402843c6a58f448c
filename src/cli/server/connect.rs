//! `famdesk connect` and `famdesk disconnect`: which server this machine works on.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::Arc;

use crate::cli::args::{ConnectArgs, Globals};
use crate::cli::connection::Connection;
use crate::cli::failure::{Exit, Failure, Result};
use crate::cli::house::Setting;
use crate::cli::print::{Out, ask};
use crate::model::id::UserId;
use crate::remote::address::Address;
use crate::remote::client::Client;
use crate::remote::http::{Http, Server, look_at};
use crate::wire::pin::Pin;
use crate::wire::problem::ProblemKind;
use crate::wire::session::ProtocolRange;

use super::login;

/// Notes the server, once it is known who it is; and signs in.
pub async fn connect(setting: &Setting, globals: &Globals, args: ConnectArgs) -> Result<Exit> {
    let mut out = Out::stdout(&setting.config, &setting.env, globals.json);
    let pin = pin_of(&args.address, args.pin, &mut out).await?;
    let server = Server {
        address: args.address.clone(),
        pin,
        server_id: None,
    };
    let meta = Client::new(Arc::new(Http::to(server, None)?), None)
        .meta()
        .await?;
    if !meta.protocol.meets(ProtocolRange::OURS) {
        return Err(Failure::store(format!(
            "the server is famdesk {} and speaks another protocol than this one ({}); \
             bring both to one version",
            meta.version,
            env!("CARGO_PKG_VERSION")
        )));
    }
    let state = &setting.config.places.state;
    let before = Connection::noted(state)?.filter(|it| it.server_id == meta.server_id);
    let connection = Connection {
        address: args.address,
        pin,
        server_id: meta.server_id,
        user_id: before.and_then(|it| it.user_id),
    };
    connection.note(state)?;
    if !out.is_json() {
        out.line(format!("connected to {}", connection.address))?;
    }
    out.finish()?;
    if let Some(user_id) = known_already(&connection, setting).await? {
        return login::greet(
            setting,
            globals,
            Connection {
                user_id: Some(user_id),
                ..connection
            },
        )
        .await;
    }
    if io::stdin().is_terminal() {
        return login::sign_in(setting, globals, connection).await;
    }
    if out.is_json() {
        out.json(&connection)?;
    } else {
        out.line("now `famdesk login` signs in")?;
    }
    out.finish()?;
    Ok(Exit::Done)
}

/// Back to the store on this machine.
pub fn disconnect(setting: &Setting, globals: &Globals) -> Result<Exit> {
    let mut out = Out::stdout(&setting.config, &setting.env, globals.json);
    let state = &setting.config.places.state;
    let noted = Connection::noted(state)?;
    Connection::forget(state)?;
    match noted {
        None => out.line("this machine works on its own store already")?,
        Some(connection) => out.line(format!(
            "this machine works on its own store again; what is here of {} stays, also what \
             waits to be sent, until you connect again",
            connection.address
        ))?,
    }
    out.finish()?;
    Ok(Exit::Done)
}

/// The server's pin, once the person has said that it is the right one; none where an authority
/// vouches for the server, or nothing leaves this machine.
async fn pin_of(address: &Address, given: Option<Pin>, out: &mut Out) -> Result<Option<Pin>> {
    let shown = look_at(address).await.map_err(Failure::store)?;
    let (Some(shown), given) = (shown, given) else {
        return Ok(None);
    };
    match given {
        Some(given) if given == shown => return Ok(Some(shown)),
        Some(given) => {
            return Err(Failure::refused(format!(
                "{address} shows the pin {shown}, not {given}; \
                 somebody may stand in between, so nothing was sent there"
            )));
        }
        None => {}
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::usage(format!(
            "{address} shows the pin {shown}; where that is the one that `famdesk serve` told, \
             say --pin {shown}"
        )));
    }
    out.line(format!(
        "{address} vouches for itself; its certificate has the pin"
    ))?;
    out.line(format!("  {shown}"))?;
    out.blank()?;
    out.finish()?;
    let answer = ask("Is that the pin that `famdesk serve` told? (yes/no)")?;
    if answer.eq_ignore_ascii_case("yes") {
        Ok(Some(shown))
    } else {
        Err(Failure::refused(
            "not connected; ask whoever runs the server for its pin, and nothing was sent there",
        ))
    }
}

/// Who one is there already: by the login on the server's machine, or from before.
async fn known_already(connection: &Connection, setting: &Setting) -> Result<Option<UserId>> {
    let state = &setting.config.places.state;
    let remote = Http::to(connection.server(), Some(connection.token(state)))?;
    match Client::new(Arc::new(remote), None).session().await {
        Ok(session) => Ok(Some(session.user.user_id)),
        Err(error) if error.kind() == Some(ProblemKind::Unauthenticated) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Connects to a server's socket on this machine, where its login is enough to be known.
pub async fn by_socket(setting: &Setting, socket: &Path) -> Result<Connection> {
    let server = Server {
        address: Address::Unix(socket.to_owned()),
        pin: None,
        server_id: None,
    };
    let client = Client::new(Arc::new(Http::to(server.clone(), None)?), None);
    let connection = Connection {
        address: server.address,
        pin: None,
        server_id: client.meta().await?.server_id,
        user_id: None,
    };
    let user_id = known_already(&connection, setting).await?.ok_or_else(|| {
        Failure::refused(format!(
            "the server at {} does not know your login here; ask whoever runs it for \
             `famdesk users uid YOU {}`",
            connection.address,
            rustix::process::geteuid().as_raw()
        ))
    })?;
    let connection = Connection {
        user_id: Some(user_id),
        ..connection
    };
    connection.note(&setting.config.places.state)?;
    Ok(connection)
}
