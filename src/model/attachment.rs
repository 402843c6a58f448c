//! Files on tickets and comments. The bytes stand in the blob store, named by their hash.

use serde::{Deserialize, Serialize};

use super::entity::{EntityKey, entity};
use super::id::{AttachmentId, CommentId, FamilyId, GroupId, TicketId};
use super::long_text::TEXT_LIMIT;

/// The largest file, in bytes: 25 MiB, the limit of a blob.
pub const FILE_LIMIT: u64 = TEXT_LIMIT as u64;

/// How many files one comment has at the most; so many may also be on the ticket itself.
pub const FILES_PER_COMMENT: usize = 20;

/// How many bytes the files of a family take at the most, removed ones included (they can be
/// restored): 5 GiB.
pub const FILES_PER_FAMILY: u64 = 5 * 1024 * 1024 * 1024;

/// The longest name of a file, in bytes.
pub const FILE_NAME_LIMIT: usize = 200;

/// What a file is called whose name leaves nothing.
const NAMELESS: &str = "file";

entity! {
    /// A file. It is removed by deleting it, and never changes: another file is another attachment.
    pub struct Attachment {
        pub family_id: FamilyId,
        pub attachment_id: AttachmentId,
        pub ticket_id: TicketId,
        /// The comment that it came with; absent for a file on the ticket itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub comment_id: Option<CommentId>,
        /// As [`file_name`] leaves it.
        pub file_name: String,
        /// Lower-case hexadecimal SHA-256 of the bytes: their name in the blob store.
        pub sha256: String,
        /// How many bytes there are.
        pub bytes: u64,
        /// Sniffed from the bytes, one of the known types.
        pub content_type: String,
        /// The group whose internal comment it came with; it alone sees it, as it does the comment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub internal: Option<GroupId>,
    }
}

/// What is said when a file is added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAttachment {
    pub ticket_id: TicketId,
    pub attachment_id: AttachmentId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment_id: Option<CommentId>,
    #[serde(flatten)]
    pub file: FileFacts,
}

/// A file apart from where it hangs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    pub file_name: String,
    pub sha256: String,
    pub bytes: u64,
    /// As whoever adds it has sniffed it; the backend looks for itself.
    pub content_type: String,
}

impl Attachment {
    pub fn key(&self) -> EntityKey {
        EntityKey::Attachment(self.ticket_id, self.attachment_id)
    }
}

/// The name of a file as it may stand here and on any disk: the last part of a path, without what
/// separates, hides, commands or deceives, and not too long. What is fine already stays as it is.
pub fn file_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).find(|part| !part.is_empty());
    let plain: String = last
        .unwrap_or_default()
        .chars()
        .map(|c| if is_unfit(c) { '_' } else { c })
        .collect();
    let trimmed = plain.trim().trim_end_matches(['.', ' ']);
    let mut name = match trimmed.chars().next() {
        None => NAMELESS.to_owned(),
        // Neither hidden nor an option.
        Some('.' | '-') => format!("_{}", &trimmed[1..]),
        Some(_) => trimmed.to_owned(),
    };
    if is_device(&name) {
        name.insert(0, '_');
    }
    shortened(&name)
}

/// What separates parts of a path or names a stream, what no one sees, and what turns the order of
/// reading round.
fn is_unfit(c: char) -> bool {
    c.is_control()
        || matches!(c, ':' | '*' | '?' | '"' | '<' | '>' | '|')
        || matches!(c,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether some systems take it for a device, whatever its ending.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let stem = stem.to_ascii_uppercase();
    let numbered = |word: &str| {
        let digit = stem.strip_prefix(word);
        digit.is_some_and(|it| it.len() == 1 && it.bytes().all(|b| b.is_ascii_digit()))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
}

/// Cuts the stem, never the ending that tells what it is.
fn shortened(name: &str) -> String {
    if name.len() <= FILE_NAME_LIMIT {
        return name.to_owned();
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= 16 => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let room = FILE_NAME_LIMIT - ending.len();
    let stem = &stem[..stem.floor_char_boundary(room)];
    format!("{}{ending}", stem.trim_end_matches(['.', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_what_is_harmless_and_loses_what_is_not() {
        let cases = [
            ("photo.jpg", "photo.jpg"),
            ("Rechnung März 2026 (2).pdf", "Rechnung März 2026 (2).pdf"),
            ("受信.png", "受信.png"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\ana\\boiler.png", "boiler.png"),
            ("a/b/", "b"),
            ("..", "file"),
            (".", "file"),
            ("", "file"),
            ("///", "file"),
            (".bashrc", "_bashrc"),
            ("-rf", "_rf"),
            ("a:b\0c\nd\u{1b}[31m", "a_b_c_d_[31m"),
            ("exe\u{202e}gnp.exe", "exe_gnp.exe"),
            ("nul.txt", "_nul.txt"),
            ("COM1", "_COM1"),
            ("company.txt", "company.txt"),
            ("  spaced.txt. . ", "spaced.txt"),
        ];
        for (given, expected) in cases {
            assert_eq!(file_name(given), expected, "{given:?}");
        }
    }

    #[test]
    fn a_long_name_is_cut_before_its_ending_and_stays_as_it_is_from_then_on() {
        let cut = file_name(&format!("{}.pdf", "é".repeat(200)));
        assert!(
            cut.len() <= FILE_NAME_LIMIT && cut.ends_with("é.pdf"),
            "{cut}"
        );
        for odd in [
            "x".repeat(500),
            format!("{}. .x", "y".repeat(400)),
            "...a".to_owned(),
        ] {
            let once = file_name(&odd);
            assert!(once.len() <= FILE_NAME_LIMIT);
            assert_eq!(file_name(&once), once);
        }
    }
}
