//! The manual and the completions are made by the program, and what reads them understands them.

use std::fs;
use std::process::{Command, Stdio};

use super::{Place, text};

/// What a tool says of a file; nothing where the tool is not installed.
fn complaints(tool: &[&str], file: &std::path::Path) -> Option<String> {
    let output = Command::new(tool[0])
        .args(&tool[1..])
        .arg(file)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    assert!(
        output.status.success(),
        "{tool:?}: {}",
        text(&output.stderr)
    );
    Some(text(&output.stderr))
}

#[test]
fn every_shell_can_read_its_completions() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish"] {
        let completions = place.ok(&["completions", shell]);
        let file = place.path(shell);
        fs::write(&file, completions).expect("written");
        match complaints(&[shell, "-n"], &file) {
            Some(said) => assert_eq!(said, "", "{shell}"),
            None => eprintln!("not looked at: there is no {shell} here"),
        }
        let offered = place.ok(&["complete", shell, "--", "famdesk", "re"]);
        for command in ["read", "reopen", "resolve", "restore"] {
            assert!(
                offered
                    .lines()
                    .any(|it| it.split('\t').next() == Some(command))
            );
        }
    }
    let elvish = place.ok(&["completions", "elvish"]);
    assert!(elvish.contains("resolve"));
    // It needs no store and makes none.
    assert!(!place.store().exists());
}

/// Ana's family with names that shells have to be told how to write.
fn named() -> Place {
    let place = Place::furnished();
    place.ok(&["members", "invite", "Ben"]);
    let number = place.files("Wi-Fi is down");
    place.ok(&["groups", "create", "Book club"]);
    place.ok(&["queues", "create", "Garden & pond", "--group", "Home"]);
    place.ok(&["queues", "create", "IT", "--group", "Book club"]);
    place.ok(&["tag", &number, "--add", "wifi"]);
    place
}

#[test]
fn names_and_numbers_are_offered_where_they_fit() {
    let place = named();
    let offered = |words: &[&str]| {
        let all = [&["complete", "zsh", "--", "famdesk"], words].concat();
        let out = place.ok(&all);
        let values = out.lines().filter_map(|it| it.split('\t').next());
        values.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(offered(&["resolve", "riv"]), ["RIV-2026-0001"]);
    assert_eq!(offered(&["assign", "1", "b"]), ["Ben"]);
    assert_eq!(offered(&["new", "--assign", "b"]), ["Ben"]);
    assert_eq!(offered(&["assign", "1", "--group", "n"]), ["none"]);
    assert_eq!(
        offered(&["move", "1", "--to", ""]),
        ["Garden & pond", "Home/IT", "Book club/IT", "Kitchen"]
    );
    assert_eq!(
        offered(&["assign", "1", "--group=B"]),
        ["--group=Book club"]
    );
    assert_eq!(offered(&["tag", "1", "--remove", "w"]), ["wifi"]);
    assert_eq!(offered(&["--family", "r"]), ["Rivera"]);
    assert!(offered(&["resolve", "--js"]).contains(&"--json".to_owned()));
}

#[test]
fn bash_completes_names_as_it_can_read_them_back() {
    let place = named();
    let script = place.path("famdesk.bash");
    fs::write(&script, place.ok(&["completions", "bash"])).expect("written");
    let program = env!("CARGO_BIN_EXE_famdesk");
    let completes = |words: &[&str]| {
        let list = words.join(" ");
        let ask = format!(
            "source {}; COMP_WORDS=({program} {list}); COMP_CWORD={}; _famdesk 2>/dev/null; \
             printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            script.display(),
            words.len()
        );
        let output = Command::new("bash")
            .args(["--norc", "-c", &ask])
            .env("FAMDESK_DATA_DIR", place.data())
            .env("FAMDESK_STATE_DIR", place.path("state"))
            .env("FAMDESK_CONFIG", place.path("config.toml"))
            .output();
        match output {
            Ok(output) => Some(text(&output.stdout)),
            Err(_) => {
                eprintln!("not looked at: there is no bash here");
                None
            }
        }
    };
    for (words, expected) in [
        (&["show", "RIV"][..], "RIV-2026-0001\n"),
        (&["move", "1", "--to", "G"], "Garden\\ \\&\\ pond\n"),
        (&["list", "--queue", "=", "G"], "Garden\\ \\&\\ pond\n"),
        (&["list", "--queue", "'\"Gar'"], "Garden & pond\n"),
        (&["resol"], "resolve\n"),
        (&["show", "nothing-like-it"], "\n"),
    ] {
        if let Some(said) = completes(words) {
            assert_eq!(said, expected, "{words:?}");
        }
    }
}

#[test]
fn the_manual_has_a_page_for_every_command_and_one_for_the_keys() {
    let place = Place::new();
    let folder = place.path("man");
    place.ok(&["man", "--out", folder.to_str().expect("UTF-8")]);
    let page = |name: &str| {
        fs::read_to_string(
            folder
                .join(format!("man{}", &name[name.len() - 1..]))
                .join(name),
        )
        .expect("a page")
    };
    for part in [
        "EXIT STATUS",
        "FILES",
        "ENVIRONMENT",
        "FAMDESK_DATA_DIR",
        "NO_COLOR",
    ] {
        assert!(page("famdesk.1").contains(part), "{part}");
    }
    assert!(page("famdesk-keys.7").contains("ticket.resolve"));
    assert!(page("famdesk-families-create.1").contains("Rivera"));
    let sections = ["man1", "man7"].map(|section| folder.join(section));
    let files = sections
        .iter()
        .flat_map(|it| fs::read_dir(it).expect("a folder"));
    let files: Vec<_> = files.collect();
    assert!(files.len() > 30, "{} pages", files.len());
    for file in files {
        let file = file.expect("a file").path();
        // A long word that leaves its line uneven is no fault of the page.
        let lint = [
            "groff", "-man", "-Tutf8", "-K", "utf8", "-ww", "-Wbreak", "-z",
        ];
        let said = complaints(&lint, &file).unwrap_or_default();
        assert_eq!(said, "", "{}", file.display());
    }
    assert_eq!(place.ok(&["man"]), page("famdesk.1"));
}
