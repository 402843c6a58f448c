//! Any settings file is read or refused with the place of what is wrong in it.
#![no_main]

use std::path::Path;

use famdesk::config::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(error) = read(Path::new("config.toml"), text) {
        assert!(error.to_string().contains("config.toml"), "{error}");
    }
});
