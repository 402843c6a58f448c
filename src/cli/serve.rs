//! `famdesk serve`: this store's backend for the whole family, at a socket, an address, or both.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Extension;
use axum::middleware::map_request_with_state;
use serde::Serialize;
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::args::{Globals, ServeArgs};
use super::engine::Engine;
use super::failure::{Exit, Failure, Result};
use super::families::name_of_account;
use super::house::Setting;
use super::log;
use super::print::Out;
use super::when;
use crate::config::create_private_dir;
use crate::config::live::LiveSource;
use crate::desk::{Desk, DeskError};
use crate::model::id::UserId;
use crate::model::source::Source;
use crate::publish::mqtt;
use crate::run::Keeper;
use crate::server::limits::Limits;
use crate::server::listen::{self, Door, ListenError};
use crate::server::proxies::{Proxies, look_behind};
use crate::server::tls::{self, CertificateFiles, Tls, TlsError};
use crate::server::{Metrics, network};
use crate::wire::login::Secret;
use crate::wire::pin::Pin;
use crate::wire::session::Introduction;

/// So many threads answer; each connection with the store has its own besides.
const THREADS: usize = 2;

/// Where the server is, told once it listens.
#[derive(Serialize)]
struct Serving {
    server_id: String,
    addresses: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    socket: Option<PathBuf>,
    /// Of its certificate, where anything is encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pin: Option<Pin>,
    /// For the first admin.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<Secret>,
}

/// Serves until it is told to stop.
pub fn serve(setting: &Setting, globals: &Globals, args: ServeArgs) -> Result<Exit> {
    if args.listen.is_empty() && args.socket.is_none() {
        return Err(Failure::usage(
            "say where to listen: --socket PATH, --listen IP:PORT, or both",
        ));
    }
    let mut runtime = Builder::new_multi_thread();
    let runtime = runtime.worker_threads(THREADS).enable_all().build()?;
    runtime.block_on(serve_until_stopped(setting, globals, args))?;
    Ok(Exit::Done)
}

async fn serve_until_stopped(setting: &Setting, globals: &Globals, args: ServeArgs) -> Result<()> {
    log::begin_serving(setting.config.settings.log.level);
    let data = &setting.config.places.data;
    create_private_dir(data)?;
    let source: Arc<dyn Source> = Arc::new(LiveSource);
    let (engine, desk) = Engine::hold(data, &source, &setting.config.settings.webhooks).await?;
    let code = first_code(setting, &desk, &args).await?;
    let settings = &setting.config.settings;
    let password = setting.env.text(mqtt::PASSWORD).map(Secret);
    let broker = mqtt::Broker::of(&desk, &settings.mqtt, password).await?;
    let encryption = encryption(setting, &args)?;
    let doors = doors(&args, encryption.as_ref()).await?;
    let addresses = doors.iter().filter_map(|door| {
        let scheme = if door.is_encrypted() { "https" } else { "http" };
        Some(format!("{scheme}://{}", door.address()?))
    });
    let serving = Serving {
        server_id: desk.server_id().await?,
        addresses: addresses.collect(),
        socket: args.socket,
        pin: encryption.map(|it| it.pin),
        code,
    };
    let (stop, stopping) = watch::channel(false);
    let metrics = Arc::new(Metrics::default());
    let proxies: Proxies = Arc::new(args.proxy);
    let routes = network(Arc::clone(&desk), Arc::clone(&metrics))
        .layer(Extension(Arc::new(Limits::of(args.pace))))
        .layer(map_request_with_state(proxies, look_behind));
    let done = tokio::spawn(listen::serve(doors, routes, metrics, stopping));
    let published = broker.map(|it| tokio::spawn(it.run(stop.subscribe())));
    tell(setting, globals, &serving)?;
    told_to_stop().await?;
    tracing::info!("told to stop; what is in flight is finished");
    stop.send_replace(true);
    // What it had to say is in the log.
    let _ = done.await;
    if let Some(published) = published {
        let _ = published.await;
    }
    engine.step_aside().await;
    tracing::info!("stopped");
    Ok(())
}

/// The code by which the first admin comes in, if it is asked for.
async fn first_code(setting: &Setting, desk: &Desk, args: &ServeArgs) -> Result<Option<Secret>> {
    let owner = match desk.owner().await {
        Ok(owner) => Some(owner),
        Err(DeskError::NoOwner) => None,
        Err(error) => return Err(error.into()),
    };
    let owner = match owner {
        Some(_) if !args.init => return Ok(None),
        Some(owner) => owner,
        None if args.init => introduce(setting, desk, args).await?,
        None => {
            return Err(Failure::refused(
                "nobody runs this store yet; `famdesk serve --init` lets its first admin in",
            ));
        }
    };
    if !desk.owner_needs_a_code().await? {
        return Err(Failure::refused(
            "whoever runs this server has a password already; start without --init, and where it \
             is forgotten, `famdesk users code me` beside the store makes a new code",
        ));
    }
    Ok(Some(desk.make_code(owner, owner).await?.code))
}

async fn introduce(setting: &Setting, desk: &Desk, args: &ServeArgs) -> Result<UserId> {
    let name = args.me.clone();
    let who = Introduction {
        user_id: UserId(desk.source().fresh()),
        display_name: name.unwrap_or_else(|| name_of_account(&setting.env)),
        email: None,
        time_zone: when::name_of_machines_zone(),
    };
    Ok(desk.introduce(&who).await?.user.user_id)
}

/// Whatever leaves this machine is encrypted, and what does not where a certificate is given.
fn encryption(setting: &Setting, args: &ServeArgs) -> Result<Option<Tls>> {
    let given = args.cert.clone().zip(args.key.clone());
    let given = given.map(|(certificate, key)| CertificateFiles { certificate, key });
    if given.is_none() && args.listen.iter().all(is_this_machines_own) {
        return Ok(None);
    }
    Ok(Some(tls::prepare(
        given.as_ref(),
        &setting.config.places.data,
    )?))
}

async fn doors(args: &ServeArgs, encryption: Option<&Tls>) -> Result<Vec<Door>> {
    let mut doors = Vec::new();
    if let Some(path) = &args.socket {
        doors.push(listen::at_socket(path)?);
    }
    for address in &args.listen {
        let is_plain = args.cert.is_none() && is_this_machines_own(address);
        let tls = encryption.filter(|_| !is_plain);
        let tls = tls.map(|it| it.acceptor.clone());
        doors.push(listen::at_address(*address, tls).await?);
    }
    Ok(doors)
}

fn is_this_machines_own(address: &SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

fn tell(setting: &Setting, globals: &Globals, serving: &Serving) -> Result<()> {
    let mut out = Out::stdout(&setting.config, &setting.env, globals.json);
    if out.is_json() {
        out.json(serving)?;
        return out.finish();
    }
    out.line(format!("serving {}", setting.config.places.data.display()))?;
    for address in &serving.addresses {
        out.line(format!("  {address}"))?;
    }
    if let Some(socket) = &serving.socket {
        out.line(format!("  {}", socket.display()))?;
    }
    if let Some(pin) = serving.pin {
        out.line(format!("the certificate's pin is {pin}"))?;
    }
    if let Some(Secret(code)) = &serving.code {
        out.line("the first admin signs in with this code, once, within three days:")?;
        out.line(format!("  {code}"))?;
    }
    out.finish()
}

async fn told_to_stop() -> Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

impl From<mqtt::BrokerError> for Failure {
    fn from(error: mqtt::BrokerError) -> Failure {
        Failure::new(Exit::Settings, error)
    }
}

impl From<TlsError> for Failure {
    fn from(error: TlsError) -> Failure {
        Failure::store(error)
    }
}

impl From<ListenError> for Failure {
    fn from(error: ListenError) -> Failure {
        Failure::store(error)
    }
}
