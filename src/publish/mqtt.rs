//! Publishes at an MQTT broker: how many tickets are open, kept there for whoever comes later, and
//! what happens, as it happens. Home Assistant is told what there is, so that it finds it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rumqttc::{
    AsyncClient, ClientError, Event as Packet, EventLoop, Incoming, LastWill, MqttOptions,
    Outgoing, QoS, TlsConfiguration, Transport,
};
use rustls::pki_types::pem;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::json;
use crate::config::Mqtt;
use crate::desk::{Desk, DeskError, Outline};
use crate::model::audit::AuditRecord;
use crate::model::event::{EventName, Reach};
use crate::model::id::FamilyId;
use crate::model::source::HOUR;
use crate::remote::tls;
use crate::remote::token::{TokenError, TokenFile};
use crate::wire::login::Secret;

/// Names the password in the environment.
pub const PASSWORD: &str = "FAMDESK_MQTT_PASSWORD";

/// How often the broker hears of us at least.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// The first and the longest pause before the broker is tried again.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

/// How long to let commits gather, and how long to wait after an error of the store.
const GATHER: Duration = Duration::from_millis(50);
const AFTER_ERROR: Duration = Duration::from_secs(10);

/// Messages that wait for the broker.
const WAITING: usize = 100;

/// What happened longer ago, in seconds, while the broker was out of reach, lights no lamp now.
const STALE: i64 = HOUR;

/// How long to say goodbye.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Of nobody's own, and no internal notes.
const REACH: Reach = Reach {
    group_id: None,
    internal: false,
};

/// What is published where.
pub struct Broker {
    desk: Arc<Desk>,
    settings: Mqtt,
    options: MqttOptions,
}

/// Why nothing can be published.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    #[error("the certificates in {file} can't be read ({why}); see [mqtt] ca_file")]
    Authorities { file: String, why: pem::Error },
    #[error("nothing can be encrypted for the MQTT broker ({0})")]
    Encryption(rustls::Error),
    #[error("{0}; see [mqtt] password_file")]
    Password(TokenError),
    #[error("there is no password in {0}; see [mqtt] password_file")]
    NoPassword(String),
    #[error(transparent)]
    Desk(#[from] DeskError),
}

impl Broker {
    /// The broker that the settings name, if they name one. Nothing is sent yet.
    pub async fn of(
        desk: &Arc<Desk>,
        settings: &Mqtt,
        password: Option<Secret>,
    ) -> Result<Option<Broker>, BrokerError> {
        if settings.host.is_empty() {
            return Ok(None);
        }
        let server_id = desk.server_id().await?;
        let id = format!("famdesk-{}", server_id.get(..8).unwrap_or(&server_id));
        let mut options = MqttOptions::new(id, &settings.host, settings.port);
        options.set_keep_alive(KEEP_ALIVE);
        let status = format!("{}/status", settings.topic);
        options.set_last_will(LastWill::new(status, OFFLINE, QoS::AtLeastOnce, true));
        if settings.tls {
            options.set_transport(encryption(settings)?);
        }
        if !settings.username.is_empty() {
            let Secret(password) = match password {
                Some(password) => password,
                None => in_file(&settings.password_file)?,
            };
            options.set_credentials(&settings.username, password);
        }
        Ok(Some(Broker {
            desk: Arc::clone(desk),
            settings: settings.clone(),
            options,
        }))
    }

    /// Publishes until told to stop; then says that nobody is here any more.
    pub async fn run(self, mut stopping: watch::Receiver<bool>) {
        let (client, line) = AsyncClient::new(self.options.clone(), WAITING);
        let (reached, reaching) = watch::channel(Reached::default());
        self.desk.sent().has_broker.store(true, Ordering::Relaxed);
        let driving = drive(line, &reached, &self);
        let telling = async {
            let mut teller = Teller {
                broker: &self,
                client: &client,
                said: HashMap::new(),
                cursors: HashMap::new(),
            };
            tokio::select! {
                () = teller.tell(reaching) => {}
                _ = stopping.wait_for(|it| *it) => {}
            }
            if reached.borrow().is_reached {
                // The broker says the same by itself once it misses us.
                let _ = teller.say("status", OFFLINE).await;
            }
            let _ = client.disconnect().await;
        };
        tokio::pin!(driving);
        tokio::select! {
            () = &mut driving => {}
            () = telling => {
                let _ = timeout(LAST_WORDS, driving).await;
            }
        }
        self.desk
            .sent()
            .broker_reached
            .store(false, Ordering::Relaxed);
    }

    /// Whether a family is to be published.
    fn is_for(&self, family: &Outline) -> bool {
        let is_named = |name: &String| {
            *name == family.family_id.to_string()
                || name.to_lowercase() == family.family_name.to_lowercase()
        };
        self.settings.families.is_empty() || self.settings.families.iter().any(is_named)
    }
}

const ONLINE: &str = "online";
const OFFLINE: &str = "offline";

fn encryption(settings: &Mqtt) -> Result<Transport, BrokerError> {
    let roots = match settings.ca_file.as_str() {
        "" => tls::machines_authorities(),
        file => tls::authorities_in(Path::new(file)).map_err(|why| BrokerError::Authorities {
            file: file.to_owned(),
            why,
        })?,
    };
    let config = tls::vouched_for_by(roots).map_err(BrokerError::Encryption)?;
    let config = TlsConfiguration::Rustls(Arc::new(config));
    Ok(Transport::tls_with_config(config))
}

fn in_file(file: &str) -> Result<Secret, BrokerError> {
    let found = TokenFile::at(Path::new(file)).read();
    let found = found.map_err(BrokerError::Password)?;
    found.ok_or_else(|| BrokerError::NoPassword(file.to_owned()))
}

/// Whether the broker is reached, and how often it was.
#[derive(Debug, Clone, Copy, Default)]
struct Reached {
    is_reached: bool,
    times: u64,
}

/// Keeps the line to the broker, until it is hung up.
async fn drive(mut line: EventLoop, reached: &watch::Sender<Reached>, broker: &Broker) {
    let at = format!("{}:{}", broker.settings.host, broker.settings.port);
    let sent = broker.desk.sent();
    let mut pause = SHORTEST;
    loop {
        match line.poll().await {
            Ok(Packet::Incoming(Incoming::ConnAck(_))) => {
                tracing::info!(broker = at, "the MQTT broker is reached");
                pause = SHORTEST;
                sent.broker_reached.store(true, Ordering::Relaxed);
                reached.send_modify(|it| {
                    it.is_reached = true;
                    it.times += 1;
                });
            }
            Ok(Packet::Outgoing(Outgoing::Disconnect)) => return,
            Ok(_) => {}
            Err(error) => {
                sent.broker_reached.store(false, Ordering::Relaxed);
                reached.send_modify(|it| it.is_reached = false);
                let seconds = pause.as_secs();
                tracing::warn!(
                    broker = at,
                    seconds,
                    "the MQTT broker is out of reach: {error}"
                );
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST);
            }
        }
    }
}

/// Tells the broker.
struct Teller<'a> {
    broker: &'a Broker,
    client: &'a AsyncClient,
    /// What the broker keeps, by topic, as far as it was told on this line.
    said: HashMap<String, String>,
    /// Up to which record of its log each family was told.
    cursors: HashMap<FamilyId, i64>,
}

impl Teller<'_> {
    async fn tell(&mut self, mut reached: watch::Receiver<Reached>) {
        let mut commits = self.broker.desk.commits();
        let mut times = 0;
        loop {
            commits.mark_unchanged();
            let now = *reached.borrow_and_update();
            if now.is_reached && now.times != times {
                // Another line, and maybe another broker.
                self.said.clear();
                times = now.times;
            }
            match self.pass(now.is_reached).await {
                Ok(()) => {}
                Err(Trouble::Desk(error)) => {
                    tracing::error!("nothing could be published: {error}");
                    sleep(AFTER_ERROR).await;
                }
                Err(Trouble::HungUp) => return,
            }
            tokio::select! {
                // The senders live as long as this.
                _ = reached.changed() => {}
                _ = commits.changed() => sleep(GATHER).await,
            }
        }
    }

    async fn pass(&mut self, is_reached: bool) -> Result<(), Trouble> {
        let outlines = self.broker.desk.outlines(REACH).await?;
        for family in &outlines {
            // What happened before the program began was another's to tell.
            self.cursors.entry(family.family_id).or_insert(family.seq);
        }
        if !is_reached {
            return Ok(());
        }
        self.say("status", ONLINE).await?;
        for family in outlines.iter().filter(|it| self.broker.is_for(it)) {
            self.say_family(family).await?;
            self.tell_events(family).await?;
        }
        Ok(())
    }

    /// What is kept of a family: its name, and how many tickets of each severity are open.
    async fn say_family(&mut self, family: &Outline) -> Result<(), Trouble> {
        let id = family.family_id;
        self.say(&format!("{id}/name"), &family.family_name).await?;
        for (severity, count) in family.open {
            let topic = format!("{id}/open/{severity}");
            self.say(&topic, &count.to_string()).await?;
        }
        let all: u32 = family.open.iter().map(|(_, count)| count).sum();
        self.say(&format!("{id}/open/all"), &all.to_string())
            .await?;
        if !self.broker.settings.home_assistant.is_empty() {
            for (topic, what) in discovery(&self.broker.settings, family) {
                self.keep(topic, what.to_string()).await?;
            }
        }
        Ok(())
    }

    async fn tell_events(&mut self, family: &Outline) -> Result<(), Trouble> {
        let id = family.family_id;
        let desk = &self.broker.desk;
        let mut cursor = self.cursors.get(&id).copied().unwrap_or(family.seq);
        // A restored backup may be behind.
        cursor = cursor.min(family.seq);
        while cursor < family.seq {
            let (records, to) = desk.events_after(id, REACH, cursor).await?;
            for record in records {
                self.tell_event(id, record).await?;
            }
            if to == cursor {
                break;
            }
            cursor = to;
        }
        self.cursors.insert(id, cursor);
        Ok(())
    }

    async fn tell_event(&self, family_id: FamilyId, record: AuditRecord) -> Result<(), Trouble> {
        let desk = &self.broker.desk;
        let settings = &self.broker.settings;
        let is_wanted = |name| settings.events.iter().any(|it| it.matches(name));
        if !EventName::of(&record).is_some_and(is_wanted) {
            return Ok(());
        }
        if desk.source().now().since(record.time) > STALE {
            return Ok(());
        }
        let Some(event) = desk.told_outside(family_id, record).await? else {
            return Ok(());
        };
        let name = event.name;
        let topic = format!(
            "{}/{family_id}/event/{}/{}",
            settings.topic, name.kind, name.deed
        );
        let brief = json::brief(&event, settings.titles).to_string();
        self.client
            .publish(topic, QoS::AtLeastOnce, false, brief)
            .await?;
        desk.sent().published.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Says something under our own topic that is kept there.
    async fn say(&mut self, topic: &str, text: &str) -> Result<(), Trouble> {
        let topic = format!("{}/{topic}", self.broker.settings.topic);
        self.keep(topic, text.to_owned()).await
    }

    /// Has the broker keep something, unless it keeps that already.
    async fn keep(&mut self, topic: String, text: String) -> Result<(), Trouble> {
        if self.said.get(&topic) == Some(&text) {
            return Ok(());
        }
        let kept = text.clone();
        self.client
            .publish(&topic, QoS::AtLeastOnce, true, text)
            .await?;
        self.said.insert(topic, kept);
        Ok(())
    }
}

enum Trouble {
    Desk(DeskError),
    HungUp,
}

impl From<DeskError> for Trouble {
    fn from(error: DeskError) -> Trouble {
        Trouble::Desk(error)
    }
}

impl From<ClientError> for Trouble {
    fn from(_: ClientError) -> Trouble {
        Trouble::HungUp
    }
}

/// What Home Assistant is told there is: a number for each severity, and whether it is urgent.
fn discovery(settings: &Mqtt, family: &Outline) -> Vec<(String, Value)> {
    let Mqtt {
        topic,
        home_assistant: prefix,
        ..
    } = settings;
    let id = family.family_id;
    let node = format!("famdesk_{}", id.0.simple());
    let device = json!({
        "identifiers": [node],
        "name": family.family_name,
        "manufacturer": "Fam Help Desk",
    });
    let availability = format!("{topic}/status");
    let mut told = Vec::new();
    for (severity, _) in family.open {
        let object = severity.as_str().to_lowercase().replace('.', "_");
        told.push((
            format!("{prefix}/sensor/{node}/{object}/config"),
            json!({
                "name": format!("Open {severity}"),
                "unique_id": format!("{node}_{object}"),
                "state_topic": format!("{topic}/{id}/open/{severity}"),
                "state_class": "measurement",
                "availability_topic": availability,
                "device": device,
            }),
        ));
    }
    told.push((
        format!("{prefix}/binary_sensor/{node}/urgent/config"),
        json!({
            "name": "SEV_1 open",
            "unique_id": format!("{node}_urgent"),
            "state_topic": format!("{topic}/{id}/open/SEV_1"),
            "value_template": "{{ 'ON' if value | int > 0 else 'OFF' }}",
            "device_class": "problem",
            "availability_topic": availability,
            "device": device,
        }),
    ));
    told
}
