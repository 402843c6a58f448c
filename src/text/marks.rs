//! Which characters must not reach a terminal as they are, and what is drawn instead.

/// Drawn for a character that has no picture of its own.
pub const REPLACEMENT: char = '\u{fffd}';

/// Drawn for a line break where there is only one line.
pub const LINE_BREAK: char = '\u{2424}';

const ZERO_WIDTH_SPACE: char = '\u{200b}';
const DELETE: char = '\u{7f}';

/// What becomes of one character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Keep,
    Show(char),
    Drop,
}

/// What becomes of `c` when it follows `before`. Line breaks and tabs are the caller's.
pub fn fate(before: Option<char>, c: char) -> Fate {
    match c {
        // The control pictures stand in the order of the controls.
        '\0'..='\u{1f}' => Fate::Show(char::from_u32(0x2400 + u32::from(c)).unwrap_or(REPLACEMENT)),
        DELETE => Fate::Show('\u{2421}'),
        // A hidden message is one mark, however long.
        _ if is_tag(c) && before.is_some_and(is_tag) => Fate::Drop,
        // These scripts mark word ends so; it is their space without a width.
        ZERO_WIDTH_SPACE if before.is_some_and(writes_without_spaces) => Fate::Drop,
        _ if is_hidden(c) => Fate::Show(REPLACEMENT),
        _ => Fate::Keep,
    }
}

/// Whether `c` is invisible, reorders what stands around it, or drives a terminal; the C0
/// controls apart, which have pictures.
pub fn is_hidden(c: char) -> bool {
    is_c1(c) || is_bidi(c) || is_tag(c) || is_invisible(c) || is_noncharacter(c)
}

/// Whether `c` ends a line, in whichever system it was written.
pub fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

/// Whether `c` always stands alone, visible and in its own cluster: most text in most languages,
/// so that the common case costs one look.
pub fn is_plain(c: char) -> bool {
    matches!(c,
        ' '..='~'
        | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{2ff}' // Latin
        | '\u{370}'..='\u{482}' | '\u{48a}'..='\u{52f}' // Greek, Cyrillic
        | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' // dashes, quotes
        | '\u{20a0}'..='\u{20c0}' | '\u{2190}'..='\u{23ff}' // money, arrows
        | '\u{3001}'..='\u{3029}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// ZERO WIDTH JOINER and NON-JOINER: needed by emoji and by Persian and Indic scripts.
pub fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Whether a joiner after `c` has a use, so that "ad[joiner]min" is not "admin".
pub fn may_join(c: char) -> bool {
    c >= '\u{590}'
        && (c.is_alphabetic() || !c.is_alphanumeric())
        && !c.is_whitespace()
        && !is_joiner(c)
        && !is_hidden(c)
        && !matches!(c, '\u{2010}'..='\u{206f}' | '\u{2400}'..='\u{2426}' | REPLACEMENT)
}

/// Picks one of several drawings of the character before.
pub fn is_selector(c: char) -> bool {
    matches!(c,
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{180b}'..='\u{180d}' | '\u{180f}')
}

/// Whether a selector after `c` has a use: keycaps, symbols, ideographs, not letters.
pub fn may_select(c: char) -> bool {
    matches!(c, '0'..='9' | '#' | '*' | '\u{a9}' | '\u{ae}')
        || (c >= '\u{1000}' && !c.is_whitespace() && !is_hidden(c) && c != REPLACEMENT)
}

/// The skin tones.
pub fn is_emoji_modifier(c: char) -> bool {
    matches!(c, '\u{1f3fb}'..='\u{1f3ff}')
}

fn is_c1(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{9f}')
}

fn is_bidi(c: char) -> bool {
    matches!(c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_tag(c: char) -> bool {
    matches!(c, '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}')
}

fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{feff}'
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' // Hangul fillers
        | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
        | ZERO_WIDTH_SPACE | '\u{2028}' | '\u{2029}'
        | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}'
        | '\u{fff0}'..='\u{fffb}' // the last three annotate between lines
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}')
}

fn is_noncharacter(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe
}

/// Thai, Lao, Myanmar, Khmer, and their neighbours.
fn writes_without_spaces(c: char) -> bool {
    c.is_alphabetic()
        && matches!(c,
            '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
            | '\u{1950}'..='\u{1aaf}')
}
