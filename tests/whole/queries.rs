//! Queries find what one may see, and nothing else.

use famdesk::model::participant::ParticipantRole;

use super::*;

#[tokio::test]
async fn a_query_finds_no_more_than_what_one_may_see() {
    let house = House::new().await;
    let barbecue = house.ticket("the barbecue", Severity::Sev2).await;
    house.ticket("the secret present", Severity::Sev2).await;
    let note = house.comment(barbecue, "the present costs too much", true);
    house.give(vec![note]).await;
    let (user_id, at_gus) = joined(&house, "Gus", Role::Guest).await;
    let role = ParticipantRole::Cc;
    let join = CommandBody::ParticipantAdd {
        ticket_id: barbecue,
        user_id,
        role,
    };
    house.give(vec![join]).await;
    house.sync().await;
    at_gus.sync().await.expect("synced");

    for (text, mine, theirs) in [
        ("", 2, 1),
        ("sev:2", 2, 1),
        ("-sev:1", 2, 1),
        ("present", 2, 0),
        ("present or barbecue", 2, 1),
        ("-absent", 2, 1),
        ("is:untriaged", 2, 1),
        ("has:comment", 1, 0),
        ("tag:x or -tag:x", 2, 1),
    ] {
        let found = house.list(house.typed(text)).await;
        assert_eq!(
            (found.rows.len(), found.total),
            (mine, mine as u64),
            "{text}"
        );
        let found = list(&at_gus, house.typed(text)).await;
        assert_eq!(
            (found.rows.len(), found.total),
            (theirs, theirs as u64),
            "{text}"
        );
    }
}
