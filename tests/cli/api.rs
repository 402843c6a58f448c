//! The manual of the API says what happens: its examples run against a server, one after the other.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Deserializer, Value};

use super::server::Server;
use super::{Place, text};

/// Parts the answers of one example from those of the next.
const MARK: &str = "--- next example ---";

/// An example: what is typed, and what it says that is printed.
struct Example<'a> {
    typed: &'a str,
    printed: Vec<Value>,
}

#[test]
fn every_example_of_the_api_prints_what_the_manual_says() {
    let place = Place::new();
    let server = Server::start(
        &place,
        &["--listen", "127.0.0.1:0", "--init", "--me", "Ana"],
    );
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/API.md");
    let manual = fs::read_to_string(manual).expect("docs/API.md");
    let examples = examples(&manual);
    assert!(examples.len() >= 12, "{} examples", examples.len());
    let typed = examples
        .iter()
        .map(|it| format!("{}\necho '{MARK}'\n", it.typed));
    let folder = tempfile::tempdir().expect("a folder");
    let output = Command::new("bash")
        .args(["-eu", "-o", "pipefail", "-c"])
        .arg(typed.collect::<String>())
        .current_dir(folder.path())
        .env("URL", server.address())
        .env("CODE", server.told["code"].as_str().expect("a code"))
        .output()
        .expect("runs");
    let (printed, complained) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{complained}{printed}");
    let parts: Vec<&str> = printed.split(MARK).collect();
    for (example, part) in examples.iter().zip(parts) {
        let found = Deserializer::from_str(part).into_iter::<Value>();
        let found: Vec<Value> = found.collect::<Result<_, _>>().unwrap_or_else(|error| {
            panic!("{error} in\n{part}\nof\n{}", example.typed);
        });
        let fits = found.len() == example.printed.len()
            && example
                .printed
                .iter()
                .zip(&found)
                .all(|(said, found)| is_in(said, found));
        let found = found
            .iter()
            .map(|it| format!("{it:#}\n"))
            .collect::<String>();
        let typed = example.typed;
        assert!(fits, "{typed}\nprinted\n{found}not {:#?}", example.printed);
    }
    server.stop();
}

/// Every block of commands, with the block of JSON behind it.
fn examples(manual: &str) -> Vec<Example<'_>> {
    let blocks = manual.split("```sh\n").skip(1);
    let examples = blocks.map(|block| {
        let (typed, rest) = block.split_once("```").expect("an end");
        let printed = rest.split_once("```json\n").expect("what is printed").1;
        let printed = printed.split("```").next().unwrap_or_default();
        let printed = Deserializer::from_str(printed).into_iter::<Value>();
        Example {
            typed,
            printed: printed
                .collect::<Result<_, _>>()
                .expect("JSON in the manual"),
        }
    });
    examples.collect()
}

/// Whether all that is said is there; `...` stands for anything.
fn is_in(said: &Value, found: &Value) -> bool {
    match (said, found) {
        (Value::String(said), _) if said == "..." => true,
        (Value::Object(said), Value::Object(found)) => said
            .iter()
            .all(|(name, said)| found.get(name).is_some_and(|found| is_in(said, found))),
        (Value::Array(said), Value::Array(found)) => {
            said.len() == found.len() && said.iter().zip(found).all(|(a, b)| is_in(a, b))
        }
        (said, found) => said == found,
    }
}
