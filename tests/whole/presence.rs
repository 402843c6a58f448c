//! Who is at which ticket: what each learns of it, and from whom.

use std::time::Duration;

use famdesk::model::command::MembershipField;
use famdesk::model::id::ScreenId;
use famdesk::model::participant::ParticipantRole;
use famdesk::model::presence::{Doing, Whereabouts};
use famdesk::remote::client::CallError;
use famdesk::wire::problem::Problem;
use tokio::time::timeout;

use super::*;

/// Far longer than it takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// Somebody's screen.
struct Screen<'h> {
    house: &'h House,
    client: &'h Client,
    id: ScreenId,
}

impl<'h> Screen<'h> {
    fn of(house: &'h House, station: &'h Station) -> Screen<'h> {
        Screen {
            house,
            client: station.client(),
            id: ScreenId(house.source.fresh()),
        }
    }

    async fn try_at(&self, ticket_id: TicketId, doing: Doing) -> Result<(), CallError> {
        let at = Whereabouts { ticket_id, doing };
        self.client.appear(self.house.family, self.id, &at).await
    }

    async fn is_at(&self, ticket_id: TicketId, doing: Doing) {
        self.try_at(ticket_id, doing).await.expect("noted");
    }

    async fn leaves(&self) {
        let gone = self.client.disappear(self.house.family, self.id).await;
        gone.expect("noted");
    }

    /// Who else is where, as this person is told.
    async fn sees(&self) -> Vec<(UserId, TicketId, Doing)> {
        let session = self.client.session().await.expect("a session");
        let present = session.present.iter();
        let mut seen: Vec<_> = present
            .map(|it| (it.user_id, it.ticket_id, it.doing))
            .collect();
        seen.sort();
        seen
    }
}

fn problem(refused: Result<(), CallError>) -> Problem {
    match refused {
        Err(CallError::Problem(problem)) => *problem,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn each_is_told_of_tickets_that_they_see_and_of_no_others() {
    let house = House::new().await;
    let ticket = house.ticket("Boiler shows F28", Severity::Sev2).await;
    let hidden = house.ticket("A surprise for Ben", Severity::Sev4).await;
    house.sync().await;
    let (ben, bens) = joined(&house, "Ben", Role::Adult).await;
    let (mia, mias) = joined(&house, "Mia", Role::Child).await;
    let (guest, guests) = joined(&house, "Gus", Role::Guest).await;
    // Mia works for the group; Ben and the guest take part in one ticket.
    house
        .give(vec![CommandBody::GroupMembershipAdd {
            group_id: house.home,
            user_id: mia,
            is_admin: false,
        }])
        .await;
    for user_id in [ben, guest] {
        house
            .give(vec![CommandBody::ParticipantAdd {
                ticket_id: ticket,
                user_id,
                role: ParticipantRole::Follower,
            }])
            .await;
    }
    house.sync().await;
    let ana = Screen::of(&house, &house.station);
    let [ben_s, mia_s, guest_s] = [&bens, &mias, &guests].map(|it| Screen::of(&house, it));
    let me = house.station.me();

    ana.is_at(hidden, Doing::Viewing).await;
    assert_eq!(mia_s.sees().await, [(me, hidden, Doing::Viewing)]);
    assert_eq!(ben_s.sees().await, []);
    assert_eq!(guest_s.sees().await, []);
    assert_eq!(ana.sees().await, [], "nobody is told of themselves");

    // That an internal note is being written is internal too.
    ana.is_at(ticket, Doing::Noting).await;
    for screen in [&ben_s, &mia_s, &guest_s] {
        assert_eq!(screen.sees().await, [(me, ticket, Doing::Viewing)]);
    }
    ana.is_at(ticket, Doing::Replying).await;
    guest_s.is_at(ticket, Doing::Viewing).await;
    let both = [
        (me, ticket, Doing::Replying),
        (guest, ticket, Doing::Viewing),
    ];
    let seen = ben_s.sees().await;
    assert!(both.iter().all(|it| seen.contains(it)), "{seen:?}");

    // A ticket that one does not see is none.
    let nowhere = TicketId(house.source.fresh());
    let unseen = problem(ben_s.try_at(hidden, Doing::Viewing).await);
    assert_eq!(unseen, problem(ben_s.try_at(nowhere, Doing::Viewing).await));

    ana.leaves().await;
    assert_eq!(ben_s.sees().await, [(guest, ticket, Doing::Viewing)]);
    // Who is in the family no more is not there either, and finds no family.
    let out = CommandBody::MembershipRemove { user_id: guest };
    house.give(vec![out]).await;
    house.sync().await;
    assert_eq!(ben_s.sees().await, []);
    let put_out = problem(guest_s.try_at(ticket, Doing::Viewing).await);
    let elsewhere = Whereabouts {
        ticket_id: ticket,
        doing: Doing::Viewing,
    };
    let no_family = FamilyId(house.source.fresh());
    let nonexistent = guests.client().appear(no_family, guest_s.id, &elsewhere);
    assert_eq!(put_out, problem(nonexistent.await));
}

#[tokio::test]
async fn whoever_listens_is_told_when_somebody_comes_and_nothing_is_kept_of_it() {
    let house = House::new().await;
    let ticket = house.ticket("Boiler shows F28", Severity::Sev2).await;
    house.sync().await;
    let (ben, bens) = joined(&house, "Ben", Role::Adult).await;
    let admin = CommandBody::MembershipSet {
        user_id: ben,
        set: MembershipField::IsAdmin(true),
    };
    house.give(vec![admin]).await;
    house.sync().await;
    let before = house.desk.position(house.family).await.expect("a head");
    let mut commits = house.desk.commits();
    commits.mark_unchanged();

    let mut met = house.station.present();
    assert!(!met.has_changed().expect("there"), "nobody is there");
    house.station.client().listen();
    Screen::of(&house, &bens)
        .is_at(ticket, Doing::Replying)
        .await;
    timeout(PATIENCE, house.station.poked())
        .await
        .expect("told");
    house.sync().await;
    let now = met.borrow_and_update().clone();
    let now: Vec<_> = now.iter().map(|it| (it.user_id, it.doing)).collect();
    assert_eq!(now, [(ben, Doing::Replying)]);

    assert!(!commits.has_changed().expect("there"));
    let after = house.desk.position(house.family).await.expect("a head");
    assert_eq!(before, after);
}
