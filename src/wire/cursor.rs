//! A position in one history of one family's log. Opaque to clients.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// The newest version of the text form.
const VERSION: &str = "c1.";

/// How much of the chain's hash travels: 16 bytes in hexadecimal.
const CHAIN_LENGTH: usize = 32;

/// Which history, how far, and what it looked like there. Two cursors of one epoch and sequence
/// with different chains are two histories.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cursor {
    /// Which history: changes whenever a backup is restored.
    pub epoch: String,
    pub seq: i64,
    /// The beginning of the chain's hash at that place.
    pub chain: String,
}

/// A text that is no cursor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a cursor; start again from a snapshot")]
pub struct NotACursor(String);

impl Cursor {
    /// A cursor at the given place; of the chain's hash only the beginning is kept.
    pub fn new(epoch: &str, seq: i64, chain: &str) -> Cursor {
        Cursor {
            epoch: epoch.to_owned(),
            seq,
            chain: chain[..chain.floor_char_boundary(CHAIN_LENGTH)].to_owned(),
        }
    }

    /// Whether the full hash is the one this cursor has seen.
    pub fn fits(&self, chain: &str) -> bool {
        chain.starts_with(&self.chain)
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inside = format!("{} {} {}", self.epoch, self.seq, self.chain);
        write!(f, "{VERSION}{}", URL_SAFE_NO_PAD.encode(inside))
    }
}

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let no = || NotACursor(text.to_owned());
        let coded = text.strip_prefix(VERSION).ok_or_else(no)?;
        let bytes = URL_SAFE_NO_PAD.decode(coded).map_err(|_| no())?;
        let inside = String::from_utf8(bytes).map_err(|_| no())?;
        let mut parts = inside.split(' ');
        let (Some(epoch), Some(seq), Some(chain), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(no());
        };
        Ok(Cursor {
            epoch: epoch.to_owned(),
            seq: seq.parse().map_err(|_| no())?,
            chain: chain.to_owned(),
        })
    }
}

impl TryFrom<String> for Cursor {
    type Error = NotACursor;

    fn try_from(text: String) -> Result<Self, NotACursor> {
        text.parse()
    }
}

impl From<Cursor> for String {
    fn from(cursor: Cursor) -> String {
        cursor.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_its_own_text() {
        let cursor = Cursor::new("e1", 42, &"ab".repeat(32));
        assert_eq!(cursor.chain.len(), CHAIN_LENGTH);
        assert!(cursor.fits(&"ab".repeat(32)));
        assert!(!cursor.fits(&"cd".repeat(32)));
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in ["", "c1.", "c2.abc", "c1.!!!"] {
            assert!(bad.parse::<Cursor>().is_err(), "{bad}");
        }
    }
}
