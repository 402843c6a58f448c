//! Texts too long for an item stand in the blob store, and are read and found all the same.

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
