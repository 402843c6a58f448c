//! What comes over the wire or out of a store is decoded or refused, and what was decoded comes
//! back the same.
#![no_main]

use std::fmt::Debug;

use famdesk::model::audit::AuditRecord;
use famdesk::model::business_hours::BusinessHours;
use famdesk::model::command::Command;
use famdesk::model::number::TicketNumber;
use famdesk::wire::cursor::Cursor;
use famdesk::wire::sync::{Pull, Push};
use libfuzzer_sys::fuzz_target;
use serde_json::{from_slice, from_str, to_string};

fn settles<T: serde::de::DeserializeOwned + serde::Serialize + PartialEq + Debug>(bytes: &[u8]) {
    if let Ok(once) = from_slice::<T>(bytes) {
        let again: T = from_str(&to_string(&once).expect("written")).expect("read again");
        assert_eq!(again, once);
    }
}

fuzz_target!(|bytes: &[u8]| {
    settles::<Command>(bytes);
    settles::<AuditRecord>(bytes);
    let _ = from_slice::<Push>(bytes);
    let _ = from_slice::<Pull>(bytes);
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    if let Ok(cursor) = text.parse::<Cursor>() {
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
    }
    if let Ok(number) = text.parse::<TicketNumber>() {
        assert_eq!(number.to_string().parse(), Ok(number));
    }
    if let Ok(hours) = text.parse::<BusinessHours>() {
        assert_eq!(hours.to_string().parse(), Ok(hours));
    }
});
