//! Finding tickets by what they hold.

use super::*;
use crate::query::SortBy;
use proptest::prelude::*;

fn house_with_words() -> House {
    let mut house = House::new();
    let mut new = house.new_ticket("Café façade painting");
    new.description = Some(LongText::from("The scaffolding stands since Übermorgen"));
    let ticket_id = new.ticket_id;
    house.remote(CommandBody::TicketCreate(Box::new(new)));
    house.advance(60);
    house.filed("Boiler leaks 🔥🔥");
    house.advance(60);
    house.filed("100% sure_thing");
    let said = house.comment(ticket_id, "the plumber-electrician called back");
    house.remote(CommandBody::CommentAdd(said));
    house.advance(60);
    house.filed("Wi-Fi of the in-laws' house");
    house.pull();
    house
}

#[test]
fn what_is_written_with_a_hyphen_is_found_in_one_word_and_the_other_way_round() {
    let mut house = house_with_words();
    house.filed("wifi password");
    house.pull();
    let both = vec![
        "Wi-Fi of the in-laws' house".to_owned(),
        "wifi password".to_owned(),
    ];
    for text in ["wifi", "wi-fi", "Wi-Fi", "wif"] {
        assert_eq!(house.search(text), both, "{text}");
    }
    assert_eq!(house.search("inlaws"), both[..1]);
    assert_eq!(house.search("\"wi-fi\""), both[..1]);
    assert_eq!(house.search("wi fi"), both[..1]);
}

#[test]
fn words_are_found_where_a_script_puts_no_spaces_between_them() {
    let mut house = House::new();
    house.filed("メールの受信ができない");
    house.filed("iPhone電話の設定");
    house.pull();
    for text in ["受信", "メール", "ができ", "信"] {
        assert_eq!(house.search(text), ["メールの受信ができない"], "{text}");
    }
    for text in ["電話", "設定", "iphone", "iPhone電話"] {
        assert_eq!(house.search(text), ["iPhone電話の設定"], "{text}");
    }
    assert!(house.search("信受").is_empty());
}

#[test]
fn tickets_are_found_by_prefix_without_accents_and_by_comments() {
    let house = house_with_words();
    let facade = vec!["Café façade painting".to_owned()];
    for text in [
        "cafe",
        "CAFÉ",
        "facade paint",
        "c",
        "uberm",
        "scaffolding",
        "plumber",
        "electrician call",
        "plumber-elec",
    ] {
        assert_eq!(house.search(text), facade, "{text}");
    }
    assert_eq!(house.search("boil"), ["Boiler leaks 🔥🔥"]);
    assert_eq!(house.search("🔥"), ["Boiler leaks 🔥🔥"]);
    assert_eq!(house.search("%"), ["100% sure_thing"]);
    assert_eq!(house.search("_"), ["100% sure_thing"]);
    assert!(house.search("cafe boiler").is_empty());
    assert_eq!(house.search(" ").len(), 4);
}

#[test]
fn a_ticket_found_by_its_number_holds_no_unwanted_word() {
    let mut house = House::new();
    house.filed("Boiler");
    let second = house.filed("Shed");
    let heard = house.comment(second, "heard and said");
    house.remote(CommandBody::CommentAdd(heard));
    house.filed("Buy 2 lamps");
    house.pull();
    assert_eq!(house.search("2"), ["Buy 2 lamps", "Shed"]);
    assert_eq!(house.search("2 -said"), ["Buy 2 lamps"]);
    assert_eq!(house.search("2 -lamps"), ["Shed"]);
}

#[test]
fn a_number_finds_its_ticket() {
    let house = house_with_words();
    for text in ["RIV-2026-0002", "riv-2026-2", "2"] {
        assert_eq!(house.search(text), ["Boiler leaks 🔥🔥"], "{text}");
    }
    let id = house
        .list(&house.all())
        .rows
        .iter()
        .find(|row| row.title.starts_with("Boiler"))
        .map(|row| row.ticket_id);
    for text in ["RIV-2026-0002", "2", "#2"] {
        assert_eq!(
            house.replica.find_ticket(None, text).expect("found"),
            Found::One(id.expect("there")),
            "{text}"
        );
    }
    assert_eq!(
        house
            .replica
            .find_ticket(Some(house.family_id), "RIV-2027-0002")
            .expect("found"),
        Found::None
    );
    assert_eq!(
        house
            .replica
            .find_ticket(None, "nonsense-2")
            .expect("found"),
        Found::None
    );
}

#[test]
fn best_matches_come_first_when_asked_and_else_the_order_stands() {
    let mut house = House::new();
    house.filed("Garden hose");
    house.advance(60);
    let other = house.filed("Something else");
    let said = house.comment(other, "it lies in the garden, I think, behind the shed");
    house.remote(CommandBody::CommentAdd(said));
    house.pull();
    let query = |order| house.typed("garden").sorted(order);
    assert_eq!(
        house.titles(&query(Order::BEST)),
        ["Garden hose", "Something else"]
    );
    assert_eq!(
        house.titles(&query(Order::NEWEST)),
        ["Something else", "Garden hose"]
    );
    let window = house.around(&query(Order::NEWEST), Anchor::Ticket(other, None), 1, 0);
    assert_eq!((window.first, window.total, window.rows.len()), (0, 2, 1));
}

#[test]
fn a_long_text_is_found_by_its_beginning_and_when_it_has_come_by_all_of_it() {
    let mut house = House::new();
    let whole = format!("beginning {} theveryend", "x ".repeat(40_000));
    let sha256 = crate::model::audit::sha256_hex(whole.as_bytes());
    let mut new = house.new_ticket("Long");
    new.description = Some(LongText::of_blob(&whole, sha256.clone()));
    let ticket_id = new.ticket_id;
    house.remote(CommandBody::TicketCreate(Box::new(new)));
    house.pull();
    assert_eq!(house.search("beginning"), ["Long"]);
    assert!(house.search("theveryend").is_empty());
    assert_eq!(
        house.replica.wanted_blobs().expect("read"),
        [sha256.as_str()]
    );

    let (name, text) = (sha256.clone(), whole.clone());
    let replica = std::mem::replace(&mut house.replica, Replica::in_memory().expect("a store"));
    house.replica = replica.with_blobs(Box::new(move |wanted| {
        (wanted == name).then(|| text.clone())
    }));
    house.replica.blob_arrived(&sha256).expect("indexed");
    assert_eq!(house.search("theveryend"), ["Long"]);
    house.replica.blobs_are_here().expect("noted");
    assert!(house.replica.wanted_blobs().expect("read").is_empty());
    assert_eq!(
        house.thread(ticket_id).expect("a thread").description,
        Some(whole)
    );
}

#[test]
fn more_hits_than_can_be_sorted_stand_newest_first_and_can_all_be_reached() {
    let mut house = House::new();
    for n in 0..2_100 {
        house.advance(1);
        let mut new = house.new_ticket(&format!("boiler {n}"));
        new.tags.insert("many".to_owned());
        house.remote(CommandBody::TicketCreate(Box::new(new)));
    }
    house.pull();
    let plain = house.all().sorted(Order::NEWEST);
    let all: Vec<TicketId> = house
        .list(&plain)
        .rows
        .iter()
        .map(|it| it.ticket_id)
        .collect();
    assert_eq!(house.list(&house.typed("tag:many -\" r\"")).total, 2_100);
    assert_eq!(house.list(&house.typed("tag:many ℞")).total, 0);
    for (typed, order) in [
        ("boil", Order::NEWEST),
        ("boil", Order::LATEST),
        (
            "boil",
            Order {
                by: SortBy::Number,
                reversed: true,
            },
        ),
        ("tag:many", Order::LATEST),
        ("tag:many", Order::NEWEST),
    ] {
        let query = house.typed(typed).sorted(order);
        let ids = |window: &Window| -> Vec<TicketId> {
            window.rows.iter().map(|row| row.ticket_id).collect()
        };
        let top = house.around(&query, Anchor::Top, 0, 5);
        assert_eq!((ids(&top), top.first), (all[..5].to_vec(), 0));
        assert!(top.total == 2_100 || top.more_than_total && top.total >= 1_000);
        let bottom = house.around(&query, Anchor::Bottom, 3, 2);
        assert_eq!((ids(&bottom), bottom.first), (all[2_095..].to_vec(), 2_095));
        for known in [None, Some(2_050)] {
            let middle = house.around(&query, Anchor::Ticket(all[2_050], known), 3, 2);
            assert_eq!(
                (ids(&middle), middle.first),
                (all[2_047..2_053].to_vec(), 2_047)
            );
        }
    }
    let numbered = house.typed("2").sorted(Order::NEWEST);
    assert_eq!(
        house.around(&numbered, Anchor::Top, 0, 1).rows[0].title,
        "boiler 1"
    );
}

#[test]
fn names_are_found_whole_or_by_their_beginning() {
    let house = House::new();
    let family = house.family_id;
    assert_eq!(
        house.replica.find_queue(family, "shopping").expect("found"),
        Found::One(house.queues[1])
    );
    assert_eq!(
        house.replica.find_queue(family, "Sho").expect("found"),
        Found::One(house.queues[1])
    );
    assert_eq!(
        house.replica.find_queue(family, "Re").expect("found"),
        Found::Several(vec!["Reading".to_owned(), "Repairs".to_owned()])
    );
    assert_eq!(
        house.replica.find_person(family, "mia").expect("found"),
        Found::One(house.people[2])
    );
    assert_eq!(
        house.replica.find_group(family, "nobody").expect("found"),
        Found::None
    );
    assert_eq!(
        house.replica.find_family("riv").expect("found"),
        Found::One(family)
    );
}

#[test]
fn no_text_is_an_error() {
    let house = house_with_words();
    for text in [
        "\"",
        "\"\"",
        "'",
        "*",
        "a*",
        "AND",
        "OR",
        "NOT",
        "NEAR(a b)",
        "title:x",
        "a OR",
        "(",
        ")",
        "a AND (",
        "-",
        "^a",
        "\0",
        "a\0b",
        "\u{1b}[31m",
        "{a b}",
        "+",
        "a + b",
        "\\",
        "%_\\",
        "ñ",
        "日本語",
        "👩‍👩‍👧",
        "\u{301}",
        "١٢",
        "…",
        "RIV-",
        "RIV-2026-99999999999",
        "99999999999999999999",
        "-1",
        "²",
        "ⅷ",
        "\u{200b}",
        "\u{fffd}",
        "a\u{0300}\u{0301}",
    ] {
        house.search(text);
    }
    house.search(&"word ".repeat(2_000));
    house.search(&"x".repeat(100_000));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_random_text_is_an_error(texts in proptest::collection::vec(any::<String>(), 20)) {
        let house = House::new();
        for text in texts {
            for order in [Order::GRAVEST, Order::NEWEST, Order::BEST] {
                house.list(&house.typed(&text).sorted(order));
            }
        }
    }
}
