//! What kind of file something is, by its own first bytes. What a name or a sender says of it counts
//! for nothing.

/// How many of a file's first bytes tell its kind.
pub const SNIFFED: usize = 8 * 1024;

/// A file of which nothing is known.
pub const UNKNOWN: &str = "application/octet-stream";

/// A text without a further format.
pub const TEXT: &str = "text/plain";

/// A kind of file that is known here: its type, what people call it, and how its names end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    pub content_type: &'static str,
    pub word: &'static str,
    pub ending: &'static str,
}

macro_rules! known {
    ($($content_type:literal $word:literal $ending:literal;)+) => {
        /// Every kind that a file may be said to be. None is a program, nor holds any that whatever
        /// opens it by its type would run: everything else is [`UNKNOWN`], kept and never opened.
        pub const KNOWN: &[Known] = &[$(Known {
            content_type: $content_type,
            word: $word,
            ending: $ending,
        }),+];
    };
}

known! {
    "text/plain" "text" "txt";
    "application/pdf" "PDF" "pdf";
    "image/png" "PNG image" "png";
    "image/jpeg" "JPEG image" "jpg";
    "image/gif" "GIF image" "gif";
    "image/webp" "WebP image" "webp";
    "image/heif" "HEIF image" "heif";
    "image/avif" "AVIF image" "avif";
    "image/tiff" "TIFF image" "tiff";
    "image/bmp" "BMP image" "bmp";
    "audio/mpeg" "MP3 sound" "mp3";
    "audio/m4a" "M4A sound" "m4a";
    "audio/ogg" "Ogg sound" "ogg";
    "audio/opus" "Opus sound" "opus";
    "audio/x-flac" "FLAC sound" "flac";
    "audio/x-wav" "WAV sound" "wav";
    "audio/amr" "AMR sound" "amr";
    "audio/aac" "AAC sound" "aac";
    "video/mp4" "MP4 video" "mp4";
    "video/webm" "WebM video" "webm";
    "video/x-matroska" "Matroska video" "mkv";
    "video/quicktime" "QuickTime video" "mov";
    "video/x-msvideo" "AVI video" "avi";
    "video/mpeg" "MPEG video" "mpg";
    "application/epub+zip" "EPUB book" "epub";
    "application/vnd.oasis.opendocument.text" "OpenDocument text" "odt";
    "application/vnd.oasis.opendocument.spreadsheet" "OpenDocument sheet" "ods";
    "application/vnd.oasis.opendocument.presentation" "OpenDocument slides" "odp";
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document" "Word text" "docx";
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" "Excel sheet" "xlsx";
    "application/vnd.openxmlformats-officedocument.presentationml.presentation" "PowerPoint slides" "pptx";
    "application/zip" "ZIP archive" "zip";
    "application/gzip" "gzip archive" "gz";
    "application/x-tar" "tar archive" "tar";
    "application/x-bzip2" "bzip2 archive" "bz2";
    "application/x-xz" "xz archive" "xz";
    "application/x-7z-compressed" "7-Zip archive" "7z";
    "application/zstd" "Zstandard archive" "zst";
}

/// The type of a file that begins with these bytes, [`SNIFFED`] of them or all there are.
pub fn sniff(beginning: &[u8]) -> &'static str {
    let found = infer::get(beginning).and_then(|it| known(it.mime_type()));
    match found {
        Some(known) => known.content_type,
        None if infer::get(beginning).is_none() && is_text(beginning) => TEXT,
        None => UNKNOWN,
    }
}

/// What is known of a type; nothing of one that no file is said to be here.
pub fn known(content_type: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|it| it.content_type == content_type)
}

/// What people call a type.
pub fn word(content_type: &str) -> &'static str {
    known(content_type).map_or("unknown kind", |it| it.word)
}

/// Whether it reads as text: UTF-8, cut off anywhere, without the control characters that no text
/// has.
fn is_text(beginning: &[u8]) -> bool {
    let beginning = beginning.get(..SNIFFED).unwrap_or(beginning);
    let text = match std::str::from_utf8(beginning) {
        Ok(text) => text,
        // Only the last character may have been cut.
        Err(error) if error.error_len().is_none() && beginning.len() == SNIFFED => {
            let whole = &beginning[..error.valid_up_to()];
            std::str::from_utf8(whole).unwrap_or_default()
        }
        Err(_) => return false,
    };
    let is_odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}');
    !text.is_empty() && !text.contains(is_odd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_say_and_nothing_that_could_be_run() {
        let zeros = [0_u8; 64];
        let cases: &[(&[u8], &str)] = &[
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"),
            (b"%PDF-1.7\n", "application/pdf"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
            (b"PK\x03\x04 and more of it", "application/zip"),
            ("Grüße vom Boiler\n".as_bytes(), TEXT),
            (b"{\"a\": 1}\n", TEXT),
            // Programs, and what browsers and desktops run.
            (b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0", UNKNOWN),
            (b"MZ\x90\0", UNKNOWN),
            (b"#!/bin/sh\nrm -rf ~\n", UNKNOWN),
            (b"<!DOCTYPE html><script>alert(1)</script>", UNKNOWN),
            (b"\x1b]0;title\x07 an escape", UNKNOWN),
            (&zeros, UNKNOWN),
            (b"", UNKNOWN),
            (b"\xff\xfe\xfd broken", UNKNOWN),
        ];
        for (bytes, expected) in cases {
            assert_eq!(sniff(bytes), *expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_text_that_is_cut_in_a_character_is_still_text() {
        let long = "x".repeat(SNIFFED - 1) + "é and more";
        assert_eq!(sniff(&long.as_bytes()[..SNIFFED]), TEXT);
        assert_eq!(sniff(&long.as_bytes()[SNIFFED - 1..SNIFFED]), UNKNOWN);
    }
}
