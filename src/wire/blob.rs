//! Blobs on their way: the headers by which a blob comes and goes in pieces.

use std::fmt;
use std::str::FromStr;

/// How many bytes of a blob go at once: 256 KiB.
pub const PIECE: usize = 256 * 1024;

/// The header that says how many bytes of a blob have come, where it is not whole.
pub const UPLOAD_OFFSET: &str = "upload-offset";

/// Which bytes of a blob a request or reply holds (`Content-Range`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentRange {
    /// The first byte.
    pub start: u64,
    /// The byte after the last.
    pub end: u64,
    /// How many bytes the whole blob has.
    pub total: u64,
}

/// Which bytes are asked for (`Range`); a single range that says where it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteRange {
    pub start: u64,
    /// The byte after the last; none for all that follow.
    pub end: Option<u64>,
}

/// A header that names no range of bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no range of bytes, such as `bytes 0-262143/20971520`")]
pub struct NotARange(String);

impl fmt::Display for ContentRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.end.saturating_sub(1);
        write!(f, "bytes {}-{last}/{}", self.start, self.total)
    }
}

impl FromStr for ContentRange {
    type Err = NotARange;

    fn from_str(text: &str) -> Result<ContentRange, NotARange> {
        let no = || NotARange(text.to_owned());
        let (range, total) = text
            .strip_prefix("bytes ")
            .and_then(|rest| rest.split_once('/'))
            .ok_or_else(no)?;
        let (start, last) = range.split_once('-').ok_or_else(no)?;
        let number = |digits: &str| digits.trim().parse::<u64>().map_err(|_| no());
        let found = ContentRange {
            start: number(start)?,
            end: number(last)?.checked_add(1).ok_or_else(no)?,
            total: number(total)?,
        };
        let is_sound = found.start < found.end && found.end <= found.total;
        is_sound.then_some(found).ok_or_else(no)
    }
}

impl fmt::Display for ByteRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.end {
            Some(end) => write!(f, "bytes={}-{}", self.start, end.saturating_sub(1)),
            None => write!(f, "bytes={}-", self.start),
        }
    }
}

impl FromStr for ByteRange {
    type Err = NotARange;

    fn from_str(text: &str) -> Result<ByteRange, NotARange> {
        let no = || NotARange(text.to_owned());
        let (start, last) = text
            .strip_prefix("bytes=")
            .and_then(|rest| rest.split_once('-'))
            .ok_or_else(no)?;
        let number = |digits: &str| digits.trim().parse::<u64>().map_err(|_| no());
        let start = number(start)?;
        let end = match last.trim() {
            "" => None,
            last => Some(number(last)?.checked_add(1).ok_or_else(no)?),
        };
        let is_sound = end.is_none_or(|end| start < end);
        is_sound.then_some(ByteRange { start, end }).ok_or_else(no)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_survive_their_own_text_and_odd_ones_are_none() {
        let some = ContentRange {
            start: 3,
            end: 9,
            total: 20,
        };
        assert_eq!(some.to_string(), "bytes 3-8/20");
        assert_eq!(some.to_string().parse(), Ok(some));
        for odd in [
            "",
            "bytes */20",
            "bytes 3-8/*",
            "bytes 8-3/20",
            "bytes 0-20/20",
            "bytes 0-18446744073709551615/5",
            "items 0-1/2",
        ] {
            assert!(odd.parse::<ContentRange>().is_err(), "{odd}");
        }
        let open = ByteRange {
            start: 3,
            end: None,
        };
        assert_eq!("bytes=3-".parse(), Ok(open));
        assert_eq!(
            "bytes=3-8".parse::<ByteRange>().map(|it| it.end),
            Ok(Some(9))
        );
        for odd in ["bytes=-5", "bytes=0-1,3-4", "bytes=9-3", "lines=0-1"] {
            assert!(odd.parse::<ByteRange>().is_err(), "{odd}");
        }
    }
}
