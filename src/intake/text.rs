//! Foreign words made to fit: titles, names, tags, long texts.

use sha2::{Digest, Sha256};

use super::plan::Blob;
use crate::model::long_text::{INLINE_LIMIT, LongText, TEXT_LIMIT};
use crate::model::ticket::{TAG_LIMIT, TITLE_LIMIT};

/// The longest name of a person, group or queue, in characters.
const NAME_LIMIT: usize = 100;

/// The text on one line, without white space at its ends.
pub(super) fn one_line(text: &str) -> String {
    text.split(['\n', '\r'])
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A title that fits, and whether it had to be cut.
pub(super) fn title(text: &str) -> (String, bool) {
    cut(one_line(text), TITLE_LIMIT)
}

/// A name that fits; the stand-in where nothing is left of it.
pub(super) fn name(text: &str, stand_in: &str) -> String {
    let (name, _) = cut(one_line(text), NAME_LIMIT);
    if name.is_empty() {
        return cut(one_line(stand_in), NAME_LIMIT).0;
    }
    name
}

/// A tag that fits, its words joined by `-`, and whether it had to be cut; none where nothing is
/// left of it.
pub(super) fn tag(text: &str) -> Option<(String, bool)> {
    let joined = text.split_whitespace().collect::<Vec<_>>().join("-");
    (!joined.is_empty()).then(|| cut(joined, TAG_LIMIT))
}

/// A text of any length; where it is too long to stand in an item, also the blob to store.
pub(super) fn long(mut text: String) -> (LongText, Option<Blob>) {
    if text.len() <= INLINE_LIMIT {
        return (LongText::Inline(text), None);
    }
    text.truncate(text.floor_char_boundary(TEXT_LIMIT));
    let sha256 = hex(&Sha256::digest(text.as_bytes()));
    let inside = LongText::of_blob(&text, sha256.clone());
    let blob = Blob {
        sha256,
        bytes: text.into_bytes().into(),
        is_file: false,
    };
    (inside, Some(blob))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// At most so many characters, the last one an ellipsis where something was cut.
fn cut(text: String, limit: usize) -> (String, bool) {
    if text.chars().count() <= limit {
        return (text, false);
    }
    let mut short: String = text.chars().take(limit - 1).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    (short, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_made_to_fit_and_say_so() {
        assert_eq!(title(" a\r\n b\n"), ("a b".to_owned(), false));
        let (long, was_cut) = title(&"é".repeat(TITLE_LIMIT + 1));
        assert!(was_cut);
        assert_eq!(long.chars().count(), TITLE_LIMIT);
        assert_eq!(tag(" Front  End "), Some(("Front-End".to_owned(), false)));
        assert_eq!(tag(" \t"), None);
        let tag = tag(&"x".repeat(TAG_LIMIT + 1)).expect("a tag");
        assert_eq!(tag.0.chars().count(), TAG_LIMIT);
        assert!(tag.1);
        assert_eq!(name("\n", "ana"), "ana");
    }

    #[test]
    fn a_long_text_becomes_a_blob() {
        let (inside, blob) = long("short".to_owned());
        assert_eq!((inside, blob), (LongText::from("short"), None));
        let whole = "é".repeat(INLINE_LIMIT);
        let (inside, blob) = long(whole.clone());
        let blob = blob.expect("a blob");
        assert_eq!(blob.bytes, whole.as_bytes());
        assert_eq!(blob.sha256.len(), 64);
        assert_eq!(inside.blob().map(|it| &it.sha256), Some(&blob.sha256));
    }
}
