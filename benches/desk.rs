//! Durable commands per second, from one client and from fifty at once. Prints rates: a command
//! counts when its transaction is on the disk.

use std::sync::Arc;
use std::time::Instant;

use famdesk::config::live::LiveSource;
use famdesk::desk::Desk;
use famdesk::model::command::{Actor, Command, CommandBody, NewComment, NewFamily};
use famdesk::model::comment::Channel;
use famdesk::model::id::{CommandId, CommentId, FamilyId, GroupId, QueueId, TicketId, UserId};
use famdesk::model::long_text::LongText;
use famdesk::model::source::Source;
use famdesk::model::ticket::NewTicket;
use famdesk::table::SqliteTable;
use famdesk::table::blobs::BlobStore;
use famdesk::wire::session::Introduction;
use famdesk::wire::sync::Outcome;

/// How many commands each measurement gives in all.
const COMMANDS: usize = 2_000;

struct House {
    desk: Desk,
    family: FamilyId,
    actor: Actor,
    ticket: TicketId,
}

impl House {
    async fn give(&self, body: CommandBody) {
        let command = Command {
            command_id: CommandId(LiveSource.fresh()),
            issued_at: LiveSource.now(),
            seen: None,
            body,
        };
        let verdict = self
            .desk
            .execute(self.family, &self.actor, &command, None)
            .await
            .expect("an answer");
        assert!(matches!(verdict.outcome, Outcome::Applied { .. }));
    }

    async fn comment(&self) {
        self.give(CommandBody::CommentAdd(NewComment {
            ticket_id: self.ticket,
            comment_id: CommentId(LiveSource.fresh()),
            comment_body: LongText::from("Rebooted it. Still red?"),
            reply_to: None,
            internal: false,
            channel: Channel::Api,
        }))
        .await;
    }
}

async fn house(folder: &std::path::Path) -> House {
    let table = SqliteTable::open(folder.join("store.db")).expect("a table");
    let blobs = BlobStore::open(folder.join("blobs")).expect("blobs");
    let ana = UserId(LiveSource.fresh());
    let house = House {
        desk: Desk::new(Arc::new(table), blobs, Arc::new(LiveSource)),
        family: FamilyId(LiveSource.fresh()),
        actor: Actor::user(ana),
        ticket: TicketId(LiveSource.fresh()),
    };
    let who = Introduction {
        user_id: ana,
        display_name: "Ana".to_owned(),
        email: None,
        time_zone: "UTC".to_owned(),
    };
    house.desk.introduce(&who).await.expect("introduced");
    let (group_id, queue_id) = (GroupId(LiveSource.fresh()), QueueId(LiveSource.fresh()));
    let founding = [
        CommandBody::FamilyCreate(NewFamily {
            family_name: "Rivera".to_owned(),
            family_description: String::new(),
            ticket_prefix: "RIV".parse().expect("a prefix"),
            time_zone: "UTC".to_owned(),
            display_name: "Ana".to_owned(),
        }),
        CommandBody::GroupCreate {
            group_id,
            group_name: "Home".to_owned(),
            group_description: String::new(),
        },
        CommandBody::QueueCreate {
            queue_id,
            group_id,
            queue_name: "IT".to_owned(),
            queue_description: String::new(),
            default_severity: None,
        },
        CommandBody::TicketCreate(Box::new(NewTicket {
            ticket_id: house.ticket,
            queue_id,
            title: "Wi-Fi is down".to_owned(),
            description: None,
            severity: None,
            requested_by: None,
            assigned_to: None,
            category: None,
            due_date: None,
            tags: Default::default(),
            parent_ticket: None,
            source: Channel::Api,
        })),
    ];
    for body in founding {
        house.give(body).await;
    }
    house
}

/// Commands per second, with so many clients that each give one after the other.
async fn rate(house: &Arc<House>, clients: usize) -> f64 {
    let began = Instant::now();
    let mut tasks = Vec::with_capacity(clients);
    for _ in 0..clients {
        let house = Arc::clone(house);
        tasks.push(tokio::spawn(async move {
            for _ in 0..COMMANDS / clients {
                house.comment().await;
            }
        }));
    }
    for task in tasks {
        task.await.expect("no panic");
    }
    COMMANDS as f64 / began.elapsed().as_secs_f64()
}

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let house = Arc::new(house(folder.path()).await);
        rate(&house, 1).await; // warms up
        let one = rate(&house, 1).await;
        let fifty = rate(&house, 50).await;
        println!("durable commands per second, one family");
        println!("   1 client   {one:>8.0}");
        println!("  50 clients  {fifty:>8.0}   {:.1} x", fifty / one);
    });
}
