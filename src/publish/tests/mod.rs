//! Webhooks from the command to the endpoint: a real receiver over TLS, somebody else's verifier,
//! and a clock that is set.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use futures::future::BoxFuture;
use tempfile::TempDir;

use super::address::Resolve;
use super::{Publisher, Sender};
use crate::config::Webhooks;
use crate::config::live::LiveSource;
use crate::desk::Desk;
use crate::model::command::{Actor, Command, CommandBody, NewComment, NewFamily};
use crate::model::comment::Channel;
use crate::model::id::{
    CommandId, CommentId, FamilyId, GroupId, QueueId, TicketId, UserId, WebhookId,
};
use crate::model::long_text::LongText;
use crate::model::source::{DAY, FixedSource, HOUR, MINUTE, Source, Timestamp};
use crate::model::ticket::{NewTicket, TicketField};
use crate::model::webhook::{NewWebhook, Off, Webhook, WebhookField};
use crate::table::SqliteTable;
use crate::table::blobs::BlobStore;
use crate::wire::session::Introduction;
use crate::wire::sync::Outcome;
use crate::wire::webhook::{Delivery, DeliveryState, WebhookRow};

mod receiver;

use receiver::{Answer, HOST, Receiver};

/// A family with two groups, Home with the queue IT and Cousins with the queue Lake, and one
/// endpoint.
struct House {
    table: Arc<SqliteTable>,
    desk: Arc<Desk>,
    source: Arc<FixedSource>,
    receiver: Receiver,
    publisher: Publisher,
    family: FamilyId,
    ana: UserId,
    home: GroupId,
    it: QueueId,
    lake: QueueId,
    hook: WebhookId,
    blobs: TempDir,
}

/// Knows the receiver alone.
struct Known;

impl Resolve for Known {
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        assert_eq!(host, HOST);
        Box::pin(async { Ok(vec![IpAddr::from([127, 0, 0, 1])]) })
    }
}

impl House {
    async fn new() -> House {
        // The verifier looks at the real clock.
        let source = Arc::new(FixedSource::new(LiveSource.now(), 1));
        let table = Arc::new(SqliteTable::in_memory().expect("a table"));
        let blobs = tempfile::tempdir().expect("a folder");
        let desk = desk(&table, &blobs, &source);
        let receiver = Receiver::open().await;
        let publisher = publisher(&desk, &receiver);
        let fresh = || source.fresh();
        let house = House {
            table,
            receiver,
            publisher,
            family: FamilyId(fresh()),
            ana: UserId(fresh()),
            home: GroupId(fresh()),
            it: QueueId(fresh()),
            lake: QueueId(fresh()),
            hook: WebhookId(fresh()),
            desk,
            source: Arc::clone(&source),
            blobs,
        };
        house.found().await;
        house
    }

    async fn found(&self) {
        let ana = Introduction {
            user_id: self.ana,
            display_name: "Ana".to_owned(),
            email: None,
            time_zone: "Europe/Madrid".to_owned(),
        };
        self.desk.introduce(&ana).await.expect("introduced");
        self.give(CommandBody::FamilyCreate(NewFamily {
            family_name: "Rivera".to_owned(),
            family_description: String::new(),
            ticket_prefix: "RIV".parse().expect("a prefix"),
            time_zone: "Europe/Madrid".to_owned(),
            display_name: "Ana".to_owned(),
        }))
        .await;
        let cousins = GroupId(self.source.fresh());
        for (group_id, group_name, queue_id, queue_name) in [
            (self.home, "Home", self.it, "IT"),
            (cousins, "Cousins", self.lake, "Lake"),
        ] {
            self.give(CommandBody::GroupCreate {
                group_id,
                group_name: group_name.to_owned(),
                group_description: String::new(),
            })
            .await;
            self.give(CommandBody::QueueCreate {
                queue_id,
                group_id,
                queue_name: queue_name.to_owned(),
                queue_description: String::new(),
                default_severity: None,
            })
            .await;
        }
    }

    /// Makes the endpoint; its secret.
    async fn hook(&self, events: &str, group_id: Option<GroupId>) -> String {
        self.give(CommandBody::WebhookCreate(Box::new(NewWebhook {
            webhook_id: self.hook,
            webhook_name: "Hall".to_owned(),
            url: self.receiver.url(),
            events: [events.parse().expect("a pattern")].into(),
            group_id,
            internal: false,
        })))
        .await;
        self.rotate().await
    }

    async fn rotate(&self) -> String {
        let actor = Actor::user(self.ana);
        let made = self.desk.rotate_webhook(self.family, &actor, self.hook);
        made.await.expect("rotated").secret.0
    }

    async fn give(&self, body: CommandBody) {
        let command = Command {
            command_id: CommandId(self.source.fresh()),
            issued_at: self.source.now(),
            seen: None,
            body,
        };
        let actor = Actor::user(self.ana);
        let verdict = self.desk.execute(self.family, &actor, &command, None).await;
        let verdict = verdict.expect("an answer");
        assert!(
            matches!(verdict.outcome, Outcome::Applied { .. }),
            "{verdict:?}"
        );
    }

    async fn set(&self, set: WebhookField) {
        let webhook_id = self.hook;
        self.give(CommandBody::WebhookSet { webhook_id, set }).await;
    }

    async fn file(&self, queue_id: QueueId, title: &str) -> TicketId {
        let ticket_id = TicketId(self.source.fresh());
        self.give(CommandBody::TicketCreate(Box::new(NewTicket {
            ticket_id,
            queue_id,
            title: title.to_owned(),
            description: None,
            severity: None,
            requested_by: None,
            assigned_to: None,
            category: None,
            due_date: None,
            tags: Default::default(),
            parent_ticket: None,
            source: Channel::Screen,
        })))
        .await;
        ticket_id
    }

    async fn rename(&self, ticket_id: TicketId, title: &str) {
        self.give(CommandBody::TicketSet {
            ticket_id,
            set: TicketField::Title(title.to_owned()),
            base: None,
        })
        .await;
    }

    async fn say(&self, ticket_id: TicketId, text: &str, internal: bool) {
        self.give(CommandBody::CommentAdd(NewComment {
            ticket_id,
            comment_id: CommentId(self.source.fresh()),
            comment_body: LongText::from(text),
            reply_to: None,
            internal,
            channel: Channel::Screen,
        }))
        .await;
    }

    /// Sends what is due; when the next thing is.
    async fn pass(&self) -> Option<Timestamp> {
        self.publisher.pass().await.expect("passed")
    }

    async fn row(&self) -> WebhookRow {
        let rows = self.desk.webhooks(self.family, self.ana).await;
        rows.expect("rows").remove(0)
    }

    /// What there was to deliver, the newest first.
    async fn deliveries(&self) -> Vec<Delivery> {
        let found = self.desk.deliveries(self.family, self.ana, self.hook);
        found.await.expect("deliveries")
    }

    /// The events that came since last time, with the title of what they are about.
    fn told(&self) -> Vec<(String, String)> {
        let came = self.receiver.came();
        let told = came.iter().map(|message| {
            let data = &message.json()["data"];
            let title = data["entity"]["title"].as_str().unwrap_or_default();
            (message.event(), title.to_owned())
        });
        told.collect()
    }
}

fn desk(table: &Arc<SqliteTable>, blobs: &TempDir, source: &Arc<FixedSource>) -> Arc<Desk> {
    let blobs = BlobStore::open(blobs.path()).expect("a blob store");
    let table = Arc::clone(table) as Arc<dyn crate::table::Table>;
    let source = Arc::clone(source) as Arc<dyn Source>;
    Arc::new(Desk::new(table, blobs, source))
}

fn publisher(desk: &Arc<Desk>, receiver: &Receiver) -> Publisher {
    let settings = Webhooks {
        allow: vec![format!("{HOST}:{}", receiver.port)],
        ports: vec![443],
    };
    let sender = Sender::with(settings, Box::new(Known), receiver.encryption.clone());
    Publisher::new(Arc::clone(desk), sender)
}

fn told(all: &[(&str, &str)]) -> Vec<(String, String)> {
    let all = all.iter();
    all.map(|(event, title)| ((*event).to_owned(), (*title).to_owned()))
        .collect()
}

#[tokio::test]
async fn an_event_arrives_signed_whole_and_once() {
    let house = House::new().await;
    house.file(house.it, "Before there was a webhook").await;
    let secret = house.hook("ticket.*", None).await;
    assert!(secret.starts_with("whsec_"));
    let ticket_id = house.file(house.it, "Wi-Fi is down").await;
    house.rename(ticket_id, "Wi-Fi is slow").await;
    assert_eq!(house.pass().await, None);
    let came = house.receiver.came();
    let events: Vec<String> = came.iter().map(receiver::Message::event).collect();
    assert_eq!(events, ["ticket.created", "ticket.updated"]);
    for message in &came {
        let verifier = standardwebhooks::Webhook::new(&secret).expect("a secret");
        verifier
            .verify(&message.body, &message.headers)
            .expect("signed");
        assert!(!message.is_signed_by("whsec_AAAA"));
        assert_eq!(message.header("content-type"), "application/json");
    }
    let json = came[1].json();
    let data = &json["data"];
    assert_eq!(data["family"]["family_name"], "Rivera");
    assert_eq!(data["actor"]["display_name"], "Ana");
    assert_eq!(data["entity_id"], ticket_id.to_string());
    assert_eq!(data["entity"]["title"], "Wi-Fi is slow");
    let changed = serde_json::json!([
        {"field": "title", "before": "Wi-Fi is down", "after": "Wi-Fi is slow"}
    ]);
    assert_eq!(data["changes"], changed);
    assert_ne!(came[0].header("webhook-id"), came[1].header("webhook-id"));

    assert_eq!(house.pass().await, None);
    assert!(house.receiver.came().is_empty());
    // Where it went is nobody's business but the admins', and its secret is in no log.
    let log = format!("{:?}", house.desk.webhooks_of_store().await.expect("read"));
    assert!(!log.contains(&secret["whsec_".len()..]));
}

#[tokio::test]
async fn what_an_endpoint_is_not_to_see_never_arrives() {
    let house = House::new().await;
    house.hook("*", Some(house.home)).await;
    let here = house.file(house.it, "Router").await;
    house.file(house.lake, "Boat").await;
    house.say(here, "between us", true).await;
    house.say(here, "for all", false).await;
    // Someone who is not in yet is the admins' business.
    house
        .give(CommandBody::MembershipInvite {
            user_id: UserId(house.source.fresh()),
            display_name: "Ben".to_owned(),
            role: crate::model::membership::Role::Adult,
        })
        .await;
    house.pass().await;
    let came = house.receiver.came();
    let all: String = came.iter().map(|it| it.json().to_string()).collect();
    assert!(all.contains("Router") && all.contains("for all"), "{all}");
    for hidden in ["Boat", "between us", "Ben", "hall.example"] {
        assert!(!all.contains(hidden), "{hidden}: {all}");
    }

    // Asked for, the group's notes come too, and those of other groups still don't.
    house.set(WebhookField::Internal(true)).await;
    house.say(here, "among us", true).await;
    let there = house.file(house.lake, "Oars").await;
    house.say(there, "among them", true).await;
    house.pass().await;
    let came = house.receiver.came();
    let all: String = came.iter().map(|it| it.json().to_string()).collect();
    assert!(
        all.contains("among us") && !all.contains("among them"),
        "{all}"
    );

    // What was due and is moved out of sight before it is sent stays here.
    house.receiver.answer([Answer::Status(500)]);
    let moving = house.file(house.it, "Secret plan").await;
    house.pass().await;
    house.receiver.came();
    house
        .give(CommandBody::TicketSet {
            ticket_id: moving,
            set: TicketField::QueueId(house.lake),
            base: None,
        })
        .await;
    house.source.advance(MINUTE);
    house.pass().await;
    assert_eq!(house.told(), []);
    let deliveries = house.deliveries().await;
    let withheld = |it: &Delivery| it.state == DeliveryState::Withheld;
    assert!(deliveries.iter().any(withheld), "{deliveries:?}");
}

#[tokio::test]
async fn a_failure_is_tried_again_in_its_time_with_its_id_and_in_its_order() {
    let house = House::new().await;
    house.hook("ticket.*", None).await;
    let first = house.file(house.it, "one").await;
    house.rename(first, "one more").await;
    house.file(house.it, "other").await;
    house.receiver.answer([Answer::Status(500)]);
    let began = house.source.now();
    house.pass().await;
    // The later event of the ticket waits for the earlier; the other ticket's does not.
    let came = house.receiver.came();
    let id = came[0].header("webhook-id").to_owned();
    assert_eq!(came.len(), 2);
    assert_eq!(came[1].json()["data"]["entity"]["title"], "other");

    let pauses = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];
    let mut since = began;
    for pause in pauses {
        let next = house.pass().await.expect("another try");
        let waits = next.since(since);
        assert!(
            (pause..=pause + pause / 5 + 1).contains(&waits),
            "{pause}: {waits}"
        );
        assert!(house.receiver.came().is_empty());
        house.source.set(next);
        house.receiver.answer([Answer::Status(503)]);
        if pause == 86_400 {
            house.receiver.answer([Answer::Status(204)]);
        }
        house.pass().await;
        since = next;
        let came = house.receiver.came();
        assert_eq!(came[0].header("webhook-id"), id, "after {pause}");
        assert_eq!(came[0].header("webhook-timestamp"), next.0.to_string());
        if pause == 86_400 {
            // Given up; what waited behind it goes.
            assert_eq!(came.len(), 2);
            assert_eq!(came[1].event(), "ticket.updated");
        } else {
            assert_eq!(came.len(), 1);
        }
    }
    let deliveries = house.deliveries().await;
    let states: Vec<(i64, DeliveryState, usize)> = deliveries
        .iter()
        .map(|it| (it.number, it.state, it.attempts.len()))
        .collect();
    use DeliveryState::{Delivered, Failed};
    assert_eq!(
        states,
        [(3, Delivered, 1), (2, Delivered, 1), (1, Failed, 10)]
    );
    assert!(house.row().await.webhook.is_on());

    // By hand it goes once more, as what it was.
    let again = house.desk.resend((house.family, house.hook), house.ana, 1);
    again.await.expect("again");
    house.pass().await;
    assert_eq!(house.receiver.came()[0].header("webhook-id"), id);
}

#[tokio::test]
async fn an_endpoint_that_is_gone_or_fails_for_days_is_turned_off_and_the_admins_told() {
    let house = House::new().await;
    house.hook("ticket.*", None).await;
    house.receiver.answer([Answer::Status(410)]);
    house.file(house.it, "one").await;
    house.file(house.it, "two").await;
    house.pass().await;
    assert_eq!(house.told().len(), 1);
    assert_eq!(house.row().await.webhook.off, Some(Off::Gone));

    // What happens while it is off it is not told; what waited goes when it is on again.
    house.file(house.it, "meanwhile").await;
    house.pass().await;
    house.set(WebhookField::Off(None)).await;
    house.pass().await;
    assert_eq!(house.told(), told(&[("ticket.created", "two")]));

    let began = house.source.now();
    let mut failures = 0;
    while house.row().await.webhook.off.is_none() {
        house.file(house.it, "more").await;
        house.receiver.answer([Answer::Status(500)]);
        house.pass().await;
        failures += house.receiver.came().len();
        house.receiver.answer((0..40).map(|_| Answer::Status(500)));
        house.source.advance(6 * HOUR);
        assert!(
            house.source.now().since(began) < 5 * DAY,
            "never turned off"
        );
        house.pass().await;
        failures += house.receiver.came().len();
    }
    assert!(failures >= 20, "{failures}");
    assert!(house.source.now().since(began) >= 3 * DAY);
    let row = house.row().await;
    assert_eq!(row.webhook.off, Some(Off::Failing));
    // The log, which is what the admins are shown, says who and why.
    let log = house.desk.pull(
        house.family,
        house.ana,
        crate::model::id::DeviceId(house.source.fresh()),
        None,
        1000,
    );
    let log = log.await.expect("a log").events;
    let last = log.last().expect("a record");
    assert_eq!(last.actor_user_id, UserId::SYSTEM);
    assert_eq!(last.after.as_ref().expect("after")["off"], "FAILING");
}

#[tokio::test]
async fn nothing_is_lost_when_the_program_ends_before_or_amid_a_delivery() {
    let house = House::new().await;
    house.hook("ticket.*", None).await;
    house.file(house.it, "before the end").await;
    // The program is killed after the commit; another one begins on the same store.
    let desk = desk(&house.table, &house.blobs, &house.source);
    let next = publisher(&desk, &house.receiver);
    house.receiver.answer([Answer::Never]);
    let killed = tokio::time::timeout(std::time::Duration::from_secs(60), async {
        tokio::select! {
            _ = next.pass() => panic!("answered"),
            () = house.receiver.rang() => {}
        }
    });
    // And that one while nobody knows whether the message was taken.
    killed.await.expect("sent");
    let first = house.receiver.came();
    house.pass().await;
    let again = house.receiver.came();
    assert_eq!(first.len() + again.len(), 2);
    assert_eq!(first[0].header("webhook-id"), again[0].header("webhook-id"));
    assert_eq!(first[0].body, again[0].body);
}

#[tokio::test]
async fn the_secret_before_signs_for_a_day_beside_the_new_one() {
    let house = House::new().await;
    let old = house.hook("ticket.*", None).await;
    let new = house.rotate().await;
    assert_ne!(old, new);
    house.file(house.it, "one").await;
    house.pass().await;
    let message = house.receiver.came().remove(0);
    assert!(message.is_signed_by(&old) && message.is_signed_by(&new));
    house.source.advance(DAY);
    house.file(house.it, "two").await;
    house.pass().await;
    let message = house.receiver.came().remove(0);
    assert!(!message.is_signed_by(&old) && message.is_signed_by(&new));
}

#[tokio::test]
async fn a_reply_leads_nowhere_and_is_kept_only_as_far_as_it_is_read() {
    let house = House::new().await;
    house.hook("ticket.*", None).await;
    let elsewhere = format!("https://{HOST}:{}/hook?key=hush", house.receiver.port);
    house
        .receiver
        .answer([Answer::Redirect(elsewhere), Answer::Endless]);
    house.file(house.it, "one").await;
    house.file(house.it, "two").await;
    house.pass().await;
    assert_eq!(house.receiver.came().len(), 2);
    let deliveries = house.deliveries().await;
    let of = |number| deliveries.iter().find(|it| it.number == number);
    let redirected = &of(1).expect("one").attempts[0];
    assert_eq!(redirected.status, Some(302));
    let endless = &of(2).expect("two").attempts[0];
    assert_eq!(endless.status, Some(500));
    assert!(endless.reply.len() <= 2000 && endless.reply.starts_with('é'));

    // Without leave of whoever runs the server it would not have gone there at all.
    let strict = Sender::with(
        Webhooks {
            allow: Vec::new(),
            ports: vec![house.receiver.port],
        },
        Box::new(Known),
        house.receiver.encryption.clone(),
    );
    let strict = Publisher::new(Arc::clone(&house.desk), strict);
    house.file(house.it, "three").await;
    strict.pass().await.expect("passed");
    assert!(house.receiver.came().is_empty());
    let newest = house.deliveries().await.remove(0);
    let why = newest.attempts[0].error.clone().expect("an error");
    assert!(
        why.starts_with("hall.example is inside (127.0.0.1)"),
        "{why}"
    );
}

#[tokio::test]
async fn a_test_is_sent_once_and_told_also_where_the_webhook_is_off() {
    let house = House::new().await;
    house.hook("ticket.*", None).await;
    house.set(WebhookField::Off(Some(Off::ByHand))).await;
    house.receiver.answer([Answer::Status(500)]);
    let test = house.desk.test_webhook(house.family, house.ana, house.hook);
    let test = test.await.expect("a test");
    assert_eq!(house.pass().await, None);
    assert_eq!(house.receiver.came()[0].event(), "webhook.test");
    let done = house.deliveries().await.remove(0);
    assert_eq!(
        (done.number, done.state),
        (test.number, DeliveryState::Failed)
    );
    assert_eq!(done.attempts[0].reply, "thank you");
}

#[tokio::test]
async fn only_admins_keep_webhooks_and_what_is_wrong_with_one_is_said() {
    let house = House::new().await;
    house.hook("ticket.*", None).await;
    let ben = UserId(house.source.fresh());
    let refused = house.desk.webhooks(house.family, ben).await;
    assert!(refused.is_err());
    let webhook: Webhook = house.row().await.webhook;
    assert_eq!(webhook.secrets(house.source.now()).count(), 1);
    for (url, why) in [
        ("ftp://a/", "write https://host/path"),
        ("https://ana:pw@a/", "the signature is the proof"),
    ] {
        let command = Command {
            command_id: CommandId(house.source.fresh()),
            issued_at: house.source.now(),
            seen: None,
            body: CommandBody::WebhookSet {
                webhook_id: house.hook,
                set: WebhookField::Url(url.to_owned()),
            },
        };
        let actor = Actor::user(house.ana);
        let verdict = house
            .desk
            .execute(house.family, &actor, &command, None)
            .await;
        let Outcome::Rejected { problem, .. } = verdict.expect("an answer").outcome else {
            panic!("{url} was taken");
        };
        assert!(problem.to_string().contains(why), "{problem}");
    }
}
