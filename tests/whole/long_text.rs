//! Texts too long for an item stand in the blob store, and are read and found all the same.

use famdesk::model::audit::sha256_hex;
use famdesk::model::participant::ParticipantRole;
use famdesk::wire::session::Introduction;

use super::*;

#[tokio::test]
async fn a_very_long_comment_is_kept_whole_and_found_by_its_last_word() {
    let house = House::new().await;
    let ticket_id = house.ticket("long", Severity::Sev4).await;
    let long = format!("{} zanzibar", "all work and no play ".repeat(25_000));
    assert!(long.len() > 456_495);
    house
        .give(vec![house.comment(ticket_id, &long, false)])
        .await;
    house.sync().await;
    assert_eq!(house.thread(ticket_id).await.comments[0].body, long);
    let query = house.typed("zanzibar");
    assert_eq!(house.list(query).await.rows.len(), 1);

    // Somebody else's replica fetches the text with the row.
    let elsewhere = tempfile::tempdir().expect("a folder");
    let me = house.station.me();
    let other = station(&house.desk, &house.source, &elsewhere, me, None);
    other.sync().await.expect("synced");
    let question = Question::Thread {
        ticket_id,
        first: 0,
        limit: 10,
    };
    match other.ask(question).await.expect("an answer") {
        Answer::Thread(Some(thread)) => assert_eq!(thread.comments[0].body, long),
        answer => panic!("{answer:?}"),
    }
}

/// The long texts that are kept beside a replica.
fn texts_of(station: &Station) -> usize {
    let texts = BlobStore::open(station.folder().join("texts")).expect("texts");
    texts.names().expect("listed").len()
}

#[tokio::test]
async fn a_long_text_goes_with_what_may_not_be_seen_any_more() {
    let house = House::new().await;
    let (zoe, at_zoe) = joined(&house, "Zoe", Role::Child).await;
    let ticket_id = house.ticket("long", Severity::Sev4).await;
    let takes_part = |yes| {
        let (user_id, role) = (zoe, ParticipantRole::Cc);
        match yes {
            true => CommandBody::ParticipantAdd {
                ticket_id,
                user_id,
                role,
            },
            false => CommandBody::ParticipantRemove {
                ticket_id,
                user_id,
                role,
            },
        }
    };
    let long = |text: &str| format!("{text} zanzibar ").repeat(25_000);
    let said = house.comment(ticket_id, &long("ana's"), false);
    house.give(vec![said, takes_part(true)]).await;
    house.sync().await;
    at_zoe.sync().await.expect("synced");
    assert_eq!(texts_of(&at_zoe), 1);
    // Her own stays, sent or not: a server that goes back is sent it again.
    let hers = house.comment(ticket_id, &long("zoe's"), false);
    at_zoe.give(house.family, vec![hers]).await.expect("taken");
    at_zoe.sync().await.expect("synced");
    assert_eq!(texts_of(&at_zoe), 2);
    house.give(vec![takes_part(false)]).await;
    house.sync().await;
    at_zoe.sync().await.expect("synced");
    let kept = BlobStore::open(at_zoe.folder().join("texts")).expect("texts");
    let names = kept.names().expect("listed");
    assert_eq!(names, [sha256_hex(long("zoe's").as_bytes())]);
    assert_eq!(texts_of(&house.station), 2);
}

#[tokio::test]
async fn a_long_text_that_waits_for_a_family_that_was_left_is_kept_for_its_writer() {
    let house = House::new().await;
    let (zoe, at_zoe) = joined(&house, "Zoe", Role::Child).await;
    let who = Introduction {
        user_id: zoe,
        display_name: "Zoe".to_owned(),
        email: None,
        time_zone: "UTC".to_owned(),
    };
    let known = at_zoe.client().acquaint(&who).await;
    known.expect("made known");
    let (ticket_id, ticket) = house.new_ticket("hers", Severity::Sev4);
    at_zoe
        .give(house.family, vec![ticket])
        .await
        .expect("taken");
    at_zoe.sync().await.expect("synced");
    let long = "work and no play ".repeat(25_000);
    let said = house.comment(ticket_id, &long, false);
    at_zoe.give(house.family, vec![said]).await.expect("taken");
    house
        .give(vec![CommandBody::MembershipRemove { user_id: zoe }])
        .await;
    house.sync().await;
    at_zoe.sync().await.expect("synced");
    let kept = at_zoe.read(|it| it.tray()).await.expect("readable");
    let texts: Vec<_> = kept.iter().map(|it| it.text.as_deref()).collect();
    assert_eq!(texts, [Some(long.as_str())]);
    assert!(!at_zoe.has_unsent().await.expect("readable"));
}
