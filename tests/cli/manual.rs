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
    for (shell, check) in [
        ("bash", &["bash", "-n"]),
        ("zsh", &["zsh", "-n"]),
        ("fish", &["fish", "-n"]),
    ] {
        let completions = place.ok(&["completions", shell]);
        for word in ["resolve", "severity", "json", "famdesk"] {
            assert!(completions.contains(word), "{shell}: {word}");
        }
        let file = place.path(shell);
        fs::write(&file, completions).expect("written");
        assert_eq!(complaints(check, &file).unwrap_or_default(), "", "{shell}");
    }
    // It needs no store and makes none.
    assert!(!place.store().exists());
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
        let lint = ["groff", "-man", "-Tutf8", "-K", "utf8", "-ww", "-z"];
        let said = complaints(&lint, &file).unwrap_or_default();
        assert_eq!(said, "", "{}", file.display());
    }
    assert_eq!(place.ok(&["man"]), page("famdesk.1"));
}
