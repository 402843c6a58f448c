use proptest::prelude::*;

use super::*;
use crate::text::awkward::awkward_text;
use crate::text::width::clusters;

fn drawn(text: &str, columns: usize) -> Vec<String> {
    let laid = Laid::whole(text, columns, Manner::Drawn);
    laid.rows().iter().map(Line::to_text).collect()
}

/// Each piece that does not look like plain text, with how it looks.
fn looks(text: &str) -> Vec<String> {
    let laid = Laid::whole(text, 80, Manner::Drawn);
    let spans = laid.rows().iter().flat_map(|line| &line.spans);
    let special = spans.filter(|span| span.look != Look::default());
    let words = special.map(|span| {
        let mut words = format!("{} {:?}", span.text, span.look.kind);
        let flags = [
            (span.look.strong, " strong"),
            (span.look.emphasis, " emphasis"),
            (span.look.strike, " strike"),
        ];
        for (_, flag) in flags.into_iter().filter(|(on, _)| *on) {
            words.push_str(flag);
        }
        words
    });
    words.collect()
}

#[test]
fn words_lose_their_marks_and_get_looks() {
    assert_eq!(
        drawn("The **red** light is *on*, `ping` ~~works~~ fails.", 80),
        ["The red light is on, ping ~~works~~ fails."]
    );
    assert_eq!(
        looks("The **red** light is *on*, `ping` ~~works~~ fails."),
        [
            "red Text strong",
            "on Text emphasis",
            "ping Code",
            "~~works~~ Text strike"
        ]
    );
    assert_eq!(
        looks("***both*** _one_ __two words__"),
        [
            "both Text strong emphasis",
            "one Text emphasis",
            "two words Text strong"
        ]
    );
}

#[test]
fn what_is_hardly_meant_as_a_mark_stays() {
    for text in [
        "2*3*4 = 24 and 2**3**2",
        "snake_case_name and __init__ and *.rs",
        "/usr/_local_/bin http://a.example/_x_/y",
        "~/notes~ about ~5 minutes",
        "a < b && c > d, <script>alert(1)</script> & more",
        "<html>\n  <body onload=\"x\">\n    text\n</html>",
        "[not a link] and [x](",
        "-- \nana",
        "# apt install  # as root",
        "C:\\temp\\_x 5 \\ 3 \\\\server\\share \\*\\",
        "1) yes\n3) no",
        "+ added\n- removed",
    ] {
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let rows = drawn(text, 80);
        let rows: Vec<&str> = rows.iter().map(|row| row.trim_end()).collect();
        assert_eq!(rows, lines, "{text}");
    }
}

#[test]
fn a_drawing_of_characters_stays_a_drawing() {
    let art = "  /\\_/\\\n ( o.o )   meow\n  > ^ <";
    assert_eq!(drawn(art, 80).join("\n"), art);
    let log = "2026-03-01 14:00:01 WARN  a_b_c: x=1  y=2\n   caused by: no carrier\n      at eth0";
    assert_eq!(drawn(log, 80).join("\n"), log);
}

#[test]
fn headings_and_rules_stand_out_and_keep_their_marks() {
    assert_eq!(
        drawn("# One\n\ntext\n\nTwo\n---\n\n***\nend", 6),
        ["# One", "", "text", "", "Two", "---", "", "──────", "end"]
    );
    assert_eq!(looks("## One"), ["## One Heading"]);
    // A signature under a paragraph.
    assert_eq!(looks("It works.\nThank you\n---\nana"), ["--- Mark"]);
}

#[test]
fn lists_nest_go_on_below_themselves_and_keep_their_numbers() {
    assert_eq!(
        drawn(
            "- one two three\n  - four five six\n- [x] done\n- [ ] not",
            12
        ),
        [
            "- one two",
            "  three",
            "  - four",
            "    five six",
            "- [x] done",
            "- [ ] not"
        ]
    );
    assert_eq!(
        drawn("3. third\n\n   and more\n7. seventh\n10) tenth", 20),
        ["3. third", "", "   and more", "7. seventh", "10) tenth"]
    );
    assert_eq!(drawn("-\n- x\n- - y", 20), ["- ", "- x", "- - y"]);
}

#[test]
fn quotes_keep_their_depth_on_every_row() {
    assert_eq!(
        drawn("> one two three\n>> deeper\n\nanswer", 10),
        ["> one two", "> three", "> > deeper", "", "answer"]
    );
    assert_eq!(drawn("> a\n>\n> b", 10), ["> a", ">", "> b"]);
    assert_eq!(looks("> was"), [">  Mark", "was Quote"]);
}

#[test]
fn code_is_broken_anywhere_with_a_mark_and_keeps_its_spaces() {
    assert_eq!(
        drawn(
            "```sh\nfor  i in 1 2 3; do\n    echo $i\n\ndone\n```\nafter",
            14
        ),
        [
            "sh",
            "  for  i in 1 ",
            "↳ 2 3; do",
            "      echo $i",
            "  ",
            "  done",
            "after"
        ]
    );
    // Not closed: all the rest is code.
    assert_eq!(drawn("```\n**x**", 20), ["  **x**"]);
    assert_eq!(drawn("    a\n    b  c", 20), ["    a", "    b  c"]);
}

#[test]
fn an_address_stands_beside_its_words() {
    assert_eq!(
        drawn(
            "[the manual](http://a.example/x \"page 3\") <http://b.example> ![photo](p.png)",
            99
        ),
        ["the manual (http://a.example/x \"page 3\") http://b.example [image: photo] (p.png)"]
    );
    assert_eq!(
        drawn("[a click](javascript:alert%281%29) and <ana@a.example>", 99),
        ["a click (javascript:alert%281%29) and ana@a.example"]
    );
    assert_eq!(
        drawn(
            "see [1]\n\n[1]: http://a.example\n[2]: http://unused.example",
            99
        ),
        [
            "see [1] (http://a.example)",
            "",
            "[1]: http://a.example",
            "[2]: http://unused.example"
        ]
    );
    assert_eq!(
        looks("See https://a.example/x_y_z, or not."),
        ["https://a.example/x_y_z Link"]
    );
}

const TABLE: &str = "| Room | What | Euro |\n|---|:-:|--:|\n| Kitchen | the tap drips | 12 |\n| Attic | **no** light at all | 3.50 |";

#[test]
fn a_table_fits_is_narrowed_or_becomes_rows() {
    assert_eq!(
        drawn(TABLE, 60),
        [
            "Room    │      What       │ Euro",
            "────────┼─────────────────┼─────",
            "Kitchen │  the tap drips  │   12",
            "Attic   │ no light at all │ 3.50",
        ]
    );
    let narrow = drawn(TABLE, 28);
    assert!(
        narrow.len() > 4 && narrow.iter().all(|row| width_of(row) <= 28),
        "{narrow:#?}"
    );
    assert_eq!(
        drawn(TABLE, 16),
        [
            "Room: Kitchen",
            "What: the tap",
            "drips",
            "Euro: 12",
            "",
            "Room: Attic",
            "What: no light",
            "at all",
            "Euro: 3.50"
        ]
    );
    // A cell too many would be left out by the rules of tables.
    assert_eq!(drawn("a|b\n-|-\n1|2|3", 20), ["a|b", "-|-", "1|2|3"]);
}

fn width_of(row: &str) -> usize {
    crate::text::width(row)
}

#[test]
fn entities_can_not_bring_in_what_is_kept_out() {
    let rows = drawn(
        "a&#27;[31m&#x202e;b &amp; &lt;c&gt; `&#7;` [x](&#10;&#155;)",
        99,
    );
    assert_eq!(rows, ["a␛[31m\u{fffd}b & <c> &#7; x (␤\u{fffd})"]);
}

#[test]
fn of_a_long_body_what_is_asked_for_is_laid_out_and_it_stays_the_same() {
    let long =
        "Some *words* of a [long](http://a.example) text, and a `bit` more.\n\n- and\n- a list\n\n"
            .repeat(5_000);
    let mut laid = Laid::new(60, Manner::Drawn);
    laid.reach(&long, 30);
    assert!(
        (30..200).contains(&laid.rows().len()),
        "{}",
        laid.rows().len()
    );
    let all = Laid::whole(&long, 60, Manner::Drawn);
    assert_eq!(laid.rows()[..30], all.rows()[..30]);
    laid.reach(&long, 3_000);
    assert_eq!(laid.rows()[..3_000], all.rows()[..3_000]);
    laid.reach(&long, usize::MAX);
    assert_eq!(laid.rows(), all.rows());
}

#[test]
fn as_typed_is_as_typed() {
    let text = "# **x**  \n> y\tz";
    let laid = Laid::whole(text, 80, Manner::AsTyped);
    let rows: Vec<String> = laid.rows().iter().map(Line::to_text).collect();
    assert_eq!(rows, ["# **x**", "> y z"]);
}

/// Pieces of Markdown, closed or not, one in another.
fn marked_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "*", "**", "_", "`", "```\n", "~~", "> ", "- ", "1. ", "# ", "\n", "\n\n", "    ",
            "[", "](", ")", "![", "<", ">", "<b>", "<!--", "|", "|-|-|\n", "a|b\n-|-\n", "---\n",
            "&#27;", "&#x202e;", "&amp;", "\\", "http://a.example/", "[a]: b\n", "[x] ", "===\n",
            "👨\u{200d}👩", "\u{301}", "日本", "\u{600}",
        ])
        .prop_map(str::to_owned),
        3 => "[a-z ]{1,12}",
        1 => awkward_text(),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// The letters of a text, for "nothing is lost".
fn letters(text: &str) -> Vec<char> {
    let mut letters: Vec<char> = text.chars().filter(char::is_ascii_lowercase).collect();
    letters.sort_unstable();
    letters
}

proptest! {
    #[test]
    fn whatever_was_typed_fits_and_drives_nothing(text in marked_text(), columns in 1usize..60) {
        for manner in [Manner::Drawn, Manner::AsTyped] {
            let laid = Laid::whole(&text, columns, manner);
            for line in laid.rows() {
                let row = line.to_text();
                prop_assert!(!row.chars().any(char::is_control), "{row:?}");
                let safe = SafeText::new(row.as_str());
                prop_assert_eq!(safe.as_str(), &row);
                let narrow = columns < 12 || clusters(&row).any(|(_, wide)| wide > 2);
                prop_assert!(line.width() <= columns || narrow, "{columns}: {row:?} of {text:?}");
            }
        }
    }

    #[test]
    fn no_letter_is_lost(words in "([a-z]{1,6}|[*_`~#>|\\[\\]()!<\\-]| |\n){0,40}") {
        let rows = drawn(&words, 40).concat();
        let (had, has) = (letters(&words), letters(&rows));
        // An address may be said twice, and an image says that it is one.
        let missing = had.iter().filter(|c| {
            let count = |of: &[char]| of.iter().filter(|other| other == c).count();
            count(&has) < count(&had)
        });
        prop_assert_eq!(missing.count(), 0, "{:?} became {:?}", words, rows);
    }

    #[test]
    fn the_beginning_does_not_depend_on_how_much_was_asked_for(text in marked_text()) {
        let all = Laid::whole(&text, 30, Manner::Drawn);
        let mut laid = Laid::new(30, Manner::Drawn);
        for rows in [1, 2, 5, 100] {
            laid.reach(&text, rows);
            let reached = rows.min(all.rows().len());
            prop_assert_eq!(&laid.rows()[..reached], &all.rows()[..reached]);
        }
    }
}
