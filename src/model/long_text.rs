//! Bodies of any length: short ones stand in the item, long ones in the blob store.

use serde::{Deserialize, Serialize};

/// The longest text, in bytes, that stands in an item and in the log.
pub const INLINE_LIMIT: usize = if cfg!(feature = "simulation") {
    8 * 1024
} else {
    64 * 1024
};

/// How much of a longer text, in bytes, stands beside its hash as a preview.
pub const PREVIEW_LIMIT: usize = 4 * 1024;

/// The longest text at all, in bytes: 25 MiB, the limit of a blob.
pub const TEXT_LIMIT: usize = 25 * 1024 * 1024;

/// A description or a comment's body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum LongText {
    /// The whole text.
    Inline(String),
    /// The text's beginning, and where the whole is.
    Blob(BlobText),
}

/// A text that stands in the blob store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobText {
    pub preview: String,
    /// Lower-case hexadecimal SHA-256 of the whole text's UTF-8 bytes: its name in the store.
    pub sha256: String,
    /// The whole text's length in bytes.
    pub bytes: u64,
}

impl LongText {
    /// The text itself, or its beginning where the whole stands in the blob store.
    pub fn preview(&self) -> &str {
        match self {
            LongText::Inline(text) => text,
            LongText::Blob(blob) => &blob.preview,
        }
    }

    /// The hash of the text in the blob store, if it stands there.
    pub fn blob(&self) -> Option<&BlobText> {
        match self {
            LongText::Inline(_) => None,
            LongText::Blob(blob) => Some(blob),
        }
    }

    pub fn is_blank(&self) -> bool {
        self.preview().trim().is_empty()
    }

    /// The text of a blob whose hash has been computed by the store that keeps it.
    pub fn of_blob(whole: &str, sha256: String) -> LongText {
        LongText::Blob(BlobText {
            preview: beginning(whole, PREVIEW_LIMIT).to_owned(),
            sha256,
            bytes: whole.len() as u64,
        })
    }
}

impl From<&str> for LongText {
    fn from(text: &str) -> LongText {
        LongText::Inline(text.to_owned())
    }
}

/// As much of the text's beginning as fits into so many bytes without cutting a character.
fn beginning(text: &str, limit: usize) -> &str {
    &text[..text.floor_char_boundary(limit)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_ends_at_a_character() {
        let long = "é".repeat(INLINE_LIMIT);
        let text = LongText::of_blob(&long, "00".repeat(32));
        assert!(text.preview().len() <= PREVIEW_LIMIT);
        assert!(long.starts_with(text.preview()));
        assert_eq!(text.blob().map(|b| b.bytes), Some(long.len() as u64));
    }

    #[test]
    fn short_text_is_stored_as_a_plain_string() {
        let json = serde_json::to_string(&LongText::from("hello")).expect("serialises");
        assert_eq!(json, "\"hello\"");
    }
}
