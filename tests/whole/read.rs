//! What somebody has read: theirs alone, the same on each of their devices.

use famdesk::desk::Desk;
use famdesk::model::command::CommandBody;
use famdesk::model::entity::{Common, EntityKey};
use famdesk::model::id::{TicketId, UserId};
use famdesk::model::import::ImportBatch;
use famdesk::model::membership::Role;
use famdesk::model::read_marker::ReadMarker;
use famdesk::model::record::Record;
use famdesk::model::severity::Severity;
use famdesk::model::source::{HOUR, Source};
use famdesk::model::ticket::TicketField;
use famdesk::replica::view::{Answer, FamilyView, Question};
use famdesk::sync::station::Station;
use famdesk::table::keys::Scope;
use famdesk::table::patterns;
use tempfile::TempDir;

use super::{House, station};

/// Ana's house with Ben in its group, who has two devices.
struct Two {
    house: House,
    ben: UserId,
    phone: Station,
    laptop: Station,
    _folders: [TempDir; 2],
}

impl Two {
    /// Ben comes an hour after the ticket that is given back was filed.
    async fn new() -> (Two, TicketId) {
        let house = House::new().await;
        let old = house.ticket("Before Ben", Severity::Sev3).await;
        house.sync().await;
        house.source.advance(HOUR);
        let ben = UserId(house.source.fresh());
        house
            .give(vec![CommandBody::MembershipInvite {
                user_id: ben,
                display_name: "Ben".to_owned(),
                role: Role::Adult,
            }])
            .await;
        house.sync().await;
        let folders = [0, 1].map(|_| tempfile::tempdir().expect("a folder"));
        let at = |folder| station(&house.desk, &house.source, folder, ben, Some(ben));
        let (phone, laptop) = (at(&folders[0]), at(&folders[1]));
        let accept = vec![CommandBody::MembershipAccept {}];
        phone.give(house.family, accept).await.expect("taken");
        sync(&phone).await;
        house.sync().await;
        house
            .give(vec![CommandBody::GroupMembershipAdd {
                group_id: house.home,
                user_id: ben,
                is_admin: false,
            }])
            .await;
        house.sync().await;
        let two = Two {
            house,
            ben,
            phone,
            laptop,
            _folders: folders,
        };
        two.all_sync().await;
        (two, old)
    }

    async fn all_sync(&self) {
        self.house.sync().await;
        sync(&self.phone).await;
        sync(&self.laptop).await;
    }

    async fn ben_gives(&self, body: CommandBody) {
        let given = self.phone.give(self.house.family, vec![body]).await;
        given.expect("taken");
    }

    /// On both devices of Ben's, in the row and in the queue's counter.
    async fn unread(&self, ticket_id: TicketId) -> [bool; 2] {
        let mut found = [false; 2];
        for (place, device) in [&self.phone, &self.laptop].into_iter().enumerate() {
            found[place] = is_unread(device, ticket_id).await.0;
        }
        found
    }

    async fn counted(&self, station: &Station) -> u64 {
        let question = Question::Family(self.house.family);
        let Answer::Family(Some(view)) = station.ask(question).await.expect("an answer") else {
            panic!("no family");
        };
        let FamilyView { queues, .. } = *view;
        queues.iter().map(|queue| queue.unread).sum()
    }
}

async fn sync(station: &Station) {
    station.sync().await.expect("synced");
}

/// Whether a ticket is unread, and up to where whoever sees it has seen it.
async fn is_unread(station: &Station, ticket_id: TicketId) -> (bool, i64) {
    let question = Question::Thread {
        ticket_id,
        first: 0,
        limit: 1,
    };
    match station.ask(question).await.expect("an answer") {
        Answer::Thread(Some(thread)) => (thread.unread, thread.latest_seq),
        other => panic!("{other:?}"),
    }
}

async fn read(station: &Station, ticket_id: TicketId) -> CommandBody {
    let (_, seq) = is_unread(station, ticket_id).await;
    let tickets = vec![ticket_id];
    CommandBody::TicketRead { tickets, seq }
}

#[tokio::test]
async fn unread_is_what_others_did_since_and_the_same_on_every_device() {
    let (two, old) = Two::new().await;
    assert_eq!(two.unread(old).await, [false; 2], "from before Ben came");
    let ticket_id = two.house.ticket("Wi-Fi is down", Severity::Sev2).await;
    two.all_sync().await;
    assert_eq!(two.unread(ticket_id).await, [true; 2]);
    assert_eq!(two.counted(&two.phone).await, 1);
    assert_eq!(
        two.counted(&two.house.station).await,
        0,
        "her own is no news"
    );

    let command = read(&two.phone, ticket_id).await;
    two.ben_gives(command.clone()).await;
    assert_eq!(
        two.unread(ticket_id).await,
        [false, true],
        "before it is sent"
    );
    assert_eq!(two.counted(&two.phone).await, 0);
    two.all_sync().await;
    assert_eq!(two.unread(ticket_id).await, [false; 2]);
    assert_eq!(two.counted(&two.laptop).await, 0);

    let told = two.house.comment(ticket_id, "Still down", false);
    two.house.give(vec![told]).await;
    two.all_sync().await;
    assert_eq!(two.unread(ticket_id).await, [true; 2]);
    // What was read before does not cover what has happened since.
    two.ben_gives(command).await;
    two.all_sync().await;
    assert_eq!(two.unread(ticket_id).await, [true; 2]);
    two.ben_gives(two.house.comment(ticket_id, "I look into it", false))
        .await;
    two.all_sync().await;
    assert_eq!(
        two.unread(ticket_id).await,
        [false; 2],
        "whoever answers has read"
    );

    let title = TicketField::Title("Wi-Fi".to_owned());
    let set = CommandBody::TicketSet {
        ticket_id,
        set: title,
        base: None,
    };
    two.house.give(vec![set]).await;
    two.all_sync().await;
    assert_eq!(two.unread(ticket_id).await, [true; 2]);
}

#[tokio::test]
async fn what_one_says_is_unread_stays_so_until_it_is_read_and_survives_a_rebuild() {
    let (two, old) = Two::new().await;
    let new = two.house.ticket("Wi-Fi is down", Severity::Sev2).await;
    two.all_sync().await;
    let tickets = vec![old];
    two.ben_gives(CommandBody::TicketUnread { tickets }).await;
    two.all_sync().await;
    assert_eq!(two.unread(old).await, [true; 2]);
    let before = two.counted(&two.phone).await;
    assert_eq!(before, 2);

    two.phone.rebuild(two.house.family).await.expect("rebuilt");
    assert_eq!(two.unread(old).await, [true; 2]);
    assert_eq!(two.unread(new).await, [true; 2]);
    assert_eq!(two.counted(&two.phone).await, before);
    let command = read(&two.phone, old).await;
    two.ben_gives(command).await;
    two.all_sync().await;
    assert_eq!(two.unread(old).await, [false; 2]);
    two.laptop.rebuild(two.house.family).await.expect("rebuilt");
    assert_eq!(two.unread(old).await, [false; 2]);
    assert_eq!(two.unread(new).await, [true; 2]);
}

#[tokio::test]
async fn nobody_else_receives_a_marker_and_it_is_never_in_the_familys_log() {
    let (two, old) = Two::new().await;
    let house = &two.house;
    let ticket_id = house.ticket("Wi-Fi is down", Severity::Sev2).await;
    two.all_sync().await;
    let head = async |desk: &Desk| desk.position(house.family).await.expect("a head");
    let before = head(&house.desk).await;
    let tickets = vec![ticket_id, old];
    let seq = before.seq;
    two.ben_gives(CommandBody::TicketRead { tickets, seq })
        .await;
    two.all_sync().await;
    assert_eq!(head(&house.desk).await, before);

    let key = EntityKey::ReadMarker(ticket_id, two.ben);
    let ana = house.station.me();
    let rows = async |who| house.desk.rows(house.family, who, &[key]).await;
    assert_eq!(rows(ana).await.expect("readable"), []);
    assert_eq!(rows(two.ben).await.expect("readable").len(), 1);
    let own = house.desk.pull_own(house.family, ana, None, 100).await;
    assert_eq!(own.expect("readable"), None);
    assert!(markers(&two, ana).await.is_empty());
    assert_eq!(markers(&two, two.ben).await.len(), 2);

    let scope = Scope::Person(house.family, two.ben);
    let log = patterns::log_after(house.table.as_ref(), scope, 0, 100).await;
    assert_eq!(log.expect("readable").records.len(), 2);
    let verified = house.desk.verify(house.family, two.ben).await;
    assert_eq!(verified.expect("readable").broken, None);
    let stranger = UserId(house.source.fresh());
    assert!(
        house
            .desk
            .pull_own(house.family, stranger, None, 100)
            .await
            .is_err()
    );
}

/// The markers in a snapshot that someone is given.
async fn markers(two: &Two, who: UserId) -> Vec<ReadMarker> {
    let mut found = Vec::new();
    let mut page: Option<String> = None;
    loop {
        let (desk, family) = (&two.house.desk, two.house.family);
        let snapshot = desk.snapshot(family, who, page.as_deref()).await;
        let snapshot = snapshot.expect("readable");
        for row in snapshot.rows {
            if let Record::ReadMarker(marker) = row {
                assert_eq!(marker.user_id, who);
                found.push(marker);
            }
        }
        match snapshot.next {
            Some(next) => page = Some(next),
            None => return found,
        }
    }
}

#[tokio::test]
async fn what_an_import_brings_is_no_news() {
    let (two, old) = Two::new().await;
    let house = &two.house;
    let ana = house.station.me();
    let thread = house.thread(old).await;
    let mut ticket = thread.ticket;
    ticket.ticket_id = TicketId(house.source.fresh());
    ticket.number = None;
    ticket.common = Common::new(ana, house.source.now());
    let ticket_id = ticket.ticket_id;
    let system = "jira".to_owned();
    let entities = vec![ticket.into()];
    house
        .give(vec![CommandBody::ImportBatch(ImportBatch {
            system,
            entities,
        })])
        .await;
    two.all_sync().await;
    assert_eq!(two.unread(ticket_id).await, [false; 2]);
    let told = house.comment(ticket_id, "And now?", false);
    house.give(vec![told]).await;
    two.all_sync().await;
    assert_eq!(two.unread(ticket_id).await, [true; 2]);
}
