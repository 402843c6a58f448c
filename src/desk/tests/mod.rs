//! The desk over a table in memory.

use std::sync::Arc;

use tempfile::TempDir;

use super::{CommandFrom, Desk, DeskError};
use crate::model::command::{Actor, Command, CommandBody, NewComment, NewFamily};
use crate::model::comment::Channel;
use crate::model::id::{
    CommandId, CommentId, DeviceId, FamilyId, GroupId, QueueId, TicketId, UserId,
};
use crate::model::long_text::LongText;
use crate::model::severity::Severity;
use crate::model::source::{FixedSource, Source, Timestamp};
use crate::model::ticket::NewTicket;
use crate::table::blobs::BlobStore;
use crate::table::{SqliteTable, Table};
use crate::wire::session::Introduction;
use crate::wire::sync::{Outcome, Verdict};

mod chaos;
mod commands;
mod cost;
mod feed;
mod time;
mod user;

/// Sat, 21 Nov 2026, 09:00 UTC.
const NOW: Timestamp = Timestamp(1_795_251_600);

/// A desk with one family: Ana, its admin, the group Home and its queue IT.
struct House {
    desk: Arc<Desk>,
    source: Arc<FixedSource>,
    family: FamilyId,
    ana: UserId,
    home: GroupId,
    it: QueueId,
    device: DeviceId,
    _blobs: TempDir,
}

impl House {
    async fn new() -> House {
        House::over(Arc::new(SqliteTable::in_memory().expect("a table"))).await
    }

    async fn over(table: Arc<dyn Table>) -> House {
        let source = Arc::new(FixedSource::new(NOW, 1));
        let blobs = tempfile::tempdir().expect("a folder");
        let store = BlobStore::open(blobs.path()).expect("a blob store");
        let desk = Desk::new(table, store, Arc::clone(&source) as Arc<dyn Source>);
        let fresh = || source.fresh();
        let house = House {
            desk: Arc::new(desk),
            family: FamilyId(fresh()),
            ana: UserId(fresh()),
            home: GroupId(fresh()),
            it: QueueId(fresh()),
            device: DeviceId(fresh()),
            source: Arc::clone(&source),
            _blobs: blobs,
        };
        house.found().await;
        house
    }

    /// Another program's desk over the same store.
    fn other_desk(&self) -> Arc<Desk> {
        let blobs = BlobStore::open(self._blobs.path()).expect("a blob store");
        let source = Arc::clone(&self.source) as Arc<dyn Source>;
        Arc::new(Desk::new(Arc::clone(&self.desk.table), blobs, source))
    }

    async fn found(&self) {
        let ana = Introduction {
            user_id: self.ana,
            display_name: "Ana".to_owned(),
            email: None,
            time_zone: "Europe/Madrid".to_owned(),
        };
        self.desk.introduce(&ana).await.expect("introduced");
        self.ok(CommandBody::FamilyCreate(NewFamily {
            family_name: "Rivera family".to_owned(),
            family_description: String::new(),
            ticket_prefix: "RIV".parse().expect("a prefix"),
            time_zone: "Europe/Madrid".to_owned(),
            display_name: "Ana".to_owned(),
        }))
        .await;
        self.ok(CommandBody::GroupCreate {
            group_id: self.home,
            group_name: "Home".to_owned(),
            group_description: String::new(),
        })
        .await;
        self.ok(CommandBody::QueueCreate {
            queue_id: self.it,
            group_id: self.home,
            queue_name: "IT".to_owned(),
            queue_description: String::new(),
            default_severity: None,
        })
        .await;
    }

    fn command(&self, body: CommandBody) -> Command {
        Command {
            command_id: CommandId(self.source.fresh()),
            issued_at: self.source.now(),
            seen: None,
            body,
        }
    }

    async fn give(
        &self,
        command: &Command,
        from: Option<CommandFrom>,
    ) -> Result<Verdict, DeskError> {
        self.desk
            .execute(self.family, &Actor::user(self.ana), command, from)
            .await
    }

    /// Gives a command that must be taken.
    async fn ok(&self, body: CommandBody) -> Verdict {
        let verdict = self
            .give(&self.command(body), None)
            .await
            .expect("an answer");
        assert!(
            matches!(verdict.outcome, Outcome::Applied { .. }),
            "{verdict:?}"
        );
        verdict
    }

    fn new_ticket(&self, title: &str) -> (TicketId, CommandBody) {
        let ticket_id = TicketId(self.source.fresh());
        let body = CommandBody::TicketCreate(Box::new(NewTicket {
            ticket_id,
            queue_id: self.it,
            title: title.to_owned(),
            description: None,
            severity: Some(Severity::Sev2_5),
            requested_by: None,
            assigned_to: None,
            category: None,
            due_date: None,
            tags: Default::default(),
            parent_ticket: None,
            source: Channel::Screen,
        }));
        (ticket_id, body)
    }

    async fn ticket(&self, title: &str) -> TicketId {
        let (ticket_id, body) = self.new_ticket(title);
        self.ok(body).await;
        ticket_id
    }

    fn comment(&self, ticket_id: TicketId, text: &str) -> CommandBody {
        CommandBody::CommentAdd(NewComment {
            ticket_id,
            comment_id: CommentId(self.source.fresh()),
            comment_body: LongText::from(text),
            reply_to: None,
            internal: false,
            channel: Channel::Screen,
        })
    }

    async fn read_ticket(&self, ticket_id: TicketId) -> crate::model::ticket::Ticket {
        crate::table::patterns::ticket(self.desk.table.as_ref(), self.family, ticket_id)
            .await
            .expect("readable")
            .expect("a ticket")
    }
}

/// Looks at the work so many times, then drops it, done or not.
async fn give_up_after(polls: usize, work: impl Future) {
    let mut work = std::pin::pin!(work);
    for _ in 0..polls {
        if futures::poll!(work.as_mut()).is_ready() {
            return;
        }
        tokio::task::yield_now().await;
    }
}
