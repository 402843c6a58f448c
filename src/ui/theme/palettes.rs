//! The palettes, as data: a few hues each, in sixteen colours and in true colour.
//!
//! Every true colour of a palette for a dark background is read against black and `#282c34`,
//! every one for a light background against white and `#fdf6e3`; a test holds the contrast.

use ratatui::style::Color;

/// One hue: among the sixteen that the terminal's owner chose, and exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ink {
    pub sixteen: Color,
    pub exact: (u8, u8, u8),
}

/// What the roles share. None is the colour of ordinary text.
#[derive(Debug, Clone, Copy)]
pub struct Palette {
    /// Where the keys go: focus, cursor, keys, what is chosen.
    pub accent: Option<Ink>,
    /// What stands apart: marks, matches, internal notes, what waits to be sent.
    pub apart: Option<Ink>,
    pub reply: Option<Ink>,
    pub good: Option<Ink>,
    pub warning: Option<Ink>,
    pub error: Option<Ink>,
    pub bar: Option<Ink>,
    pub heading: Option<Ink>,
    pub code: Option<Ink>,
    pub link: Option<Ink>,
    /// From SEV_1 to SEV_4; SEV_5 is dimmed text.
    pub severities: [Option<Ink>; 5],
    /// Weight tells as much as hue: nothing is faint, more is bold or underlined.
    pub emphatic: bool,
}

const fn ink(sixteen: Color, red: u8, green: u8, blue: u8) -> Option<Ink> {
    Some(Ink {
        sixteen,
        exact: (red, green, blue),
    })
}

pub const DARK: Palette = Palette {
    accent: ink(Color::Cyan, 110, 190, 215),
    apart: ink(Color::Yellow, 229, 192, 123),
    reply: ink(Color::Green, 138, 190, 120),
    good: ink(Color::Green, 138, 190, 120),
    warning: ink(Color::Yellow, 229, 192, 123),
    error: ink(Color::LightRed, 240, 113, 120),
    bar: ink(Color::Cyan, 97, 160, 190),
    heading: ink(Color::Cyan, 110, 190, 215),
    code: ink(Color::Green, 166, 205, 148),
    link: ink(Color::LightBlue, 130, 170, 255),
    severities: [
        ink(Color::LightRed, 255, 95, 95),
        ink(Color::LightRed, 255, 110, 110),
        ink(Color::LightMagenta, 255, 150, 85),
        ink(Color::Yellow, 229, 200, 110),
        ink(Color::Cyan, 120, 185, 205),
    ],
    emphatic: false,
};

pub const LIGHT: Palette = Palette {
    accent: ink(Color::Blue, 0, 92, 170),
    apart: ink(Color::Magenta, 150, 50, 130),
    reply: ink(Color::Green, 20, 105, 50),
    good: ink(Color::Green, 20, 105, 50),
    warning: ink(Color::Magenta, 135, 75, 0),
    error: ink(Color::Red, 185, 20, 35),
    bar: ink(Color::Blue, 40, 105, 165),
    heading: ink(Color::Blue, 0, 92, 170),
    code: ink(Color::Green, 20, 105, 50),
    link: ink(Color::Blue, 60, 60, 190),
    severities: [
        ink(Color::Red, 185, 20, 35),
        ink(Color::Red, 185, 20, 35),
        ink(Color::Magenta, 160, 60, 0),
        ink(Color::Blue, 120, 80, 0),
        ink(Color::Blue, 0, 92, 130),
    ],
    emphatic: false,
};

/// The bright half of the sixteen, and hues at least seven to one.
pub const HIGH_CONTRAST_DARK: Palette = Palette {
    accent: ink(Color::LightCyan, 120, 255, 255),
    apart: ink(Color::LightMagenta, 255, 190, 255),
    reply: ink(Color::LightGreen, 140, 255, 140),
    good: None,
    warning: ink(Color::LightYellow, 255, 255, 130),
    error: ink(Color::LightRed, 255, 185, 175),
    bar: None,
    heading: None,
    code: ink(Color::LightGreen, 140, 255, 140),
    link: ink(Color::LightCyan, 120, 255, 255),
    severities: [
        ink(Color::LightRed, 255, 185, 175),
        ink(Color::LightRed, 255, 185, 175),
        ink(Color::LightYellow, 255, 255, 130),
        None,
        None,
    ],
    emphatic: true,
};

pub const HIGH_CONTRAST_LIGHT: Palette = Palette {
    accent: ink(Color::Blue, 0, 40, 140),
    apart: ink(Color::Magenta, 110, 0, 100),
    reply: ink(Color::Black, 0, 75, 20),
    good: None,
    warning: ink(Color::Black, 95, 45, 0),
    error: ink(Color::Red, 140, 0, 10),
    bar: None,
    heading: None,
    code: ink(Color::Black, 0, 75, 20),
    link: ink(Color::Blue, 0, 40, 140),
    severities: [
        ink(Color::Red, 140, 0, 10),
        ink(Color::Red, 140, 0, 10),
        ink(Color::Black, 95, 45, 0),
        None,
        None,
    ],
    emphatic: true,
};

/// The hues of Okabe and Ito, which stay apart for every kind of colour blindness: no meaning
/// hangs on red against green.
pub const COLOUR_BLIND_DARK: Palette = Palette {
    accent: ink(Color::LightBlue, 86, 180, 233),
    apart: ink(Color::LightYellow, 240, 228, 66),
    reply: ink(Color::LightBlue, 86, 180, 233),
    good: ink(Color::LightBlue, 86, 180, 233),
    warning: ink(Color::LightYellow, 240, 228, 66),
    error: ink(Color::LightMagenta, 255, 136, 70),
    bar: ink(Color::LightBlue, 86, 180, 233),
    heading: ink(Color::LightBlue, 86, 180, 233),
    code: ink(Color::LightCyan, 60, 200, 160),
    link: ink(Color::LightBlue, 86, 180, 233),
    severities: [
        ink(Color::LightMagenta, 255, 136, 70),
        ink(Color::LightMagenta, 255, 136, 70),
        ink(Color::Yellow, 230, 159, 0),
        ink(Color::LightYellow, 240, 228, 66),
        ink(Color::LightBlue, 86, 180, 233),
    ],
    emphatic: false,
};

/// The same, darkened for a light background.
pub const COLOUR_BLIND_LIGHT: Palette = Palette {
    accent: ink(Color::Blue, 0, 95, 155),
    apart: ink(Color::Magenta, 135, 60, 105),
    reply: ink(Color::Blue, 0, 95, 155),
    good: ink(Color::Blue, 0, 95, 155),
    warning: ink(Color::Magenta, 125, 80, 0),
    error: ink(Color::Red, 165, 65, 0),
    bar: ink(Color::Blue, 0, 95, 155),
    heading: ink(Color::Blue, 0, 95, 155),
    code: ink(Color::Blue, 0, 100, 75),
    link: ink(Color::Blue, 0, 95, 155),
    severities: [
        ink(Color::Red, 165, 65, 0),
        ink(Color::Red, 165, 65, 0),
        ink(Color::Magenta, 135, 60, 105),
        ink(Color::Magenta, 125, 80, 0),
        ink(Color::Blue, 0, 95, 155),
    ],
    emphatic: false,
};

/// No hue at all: weight alone.
pub const MONOCHROME: Palette = Palette {
    accent: None,
    apart: None,
    reply: None,
    good: None,
    warning: None,
    error: None,
    bar: None,
    heading: None,
    code: None,
    link: None,
    severities: [None; 5],
    emphatic: true,
};

#[cfg(test)]
mod tests {
    use super::*;

    const BLACK: (u8, u8, u8) = (0, 0, 0);
    const GREY: (u8, u8, u8) = (0x28, 0x2c, 0x34);
    const WHITE: (u8, u8, u8) = (255, 255, 255);
    const CREAM: (u8, u8, u8) = (0xfd, 0xf6, 0xe3);

    /// The relative luminance of WCAG 2.
    fn luminance((red, green, blue): (u8, u8, u8)) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    fn contrast(one: (u8, u8, u8), other: (u8, u8, u8)) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn inks(palette: &Palette) -> impl Iterator<Item = Ink> {
        [
            palette.accent,
            palette.apart,
            palette.reply,
            palette.good,
            palette.warning,
            palette.error,
            palette.bar,
            palette.heading,
            palette.code,
            palette.link,
        ]
        .into_iter()
        .chain(palette.severities)
        .flatten()
    }

    #[test]
    fn every_hue_can_be_read() {
        assert!((contrast(BLACK, WHITE) - 21.0).abs() < 0.01);
        let cases = [
            (&DARK, [BLACK, GREY], 4.5),
            (&COLOUR_BLIND_DARK, [BLACK, GREY], 4.5),
            (&HIGH_CONTRAST_DARK, [BLACK, GREY], 7.0),
            (&LIGHT, [WHITE, CREAM], 4.5),
            (&COLOUR_BLIND_LIGHT, [WHITE, CREAM], 4.5),
            (&HIGH_CONTRAST_LIGHT, [WHITE, CREAM], 7.0),
        ];
        for (palette, backgrounds, least) in cases {
            for ink in inks(palette) {
                for background in backgrounds {
                    let contrast = contrast(ink.exact, background);
                    assert!(
                        contrast >= least,
                        "{ink:?} on {background:?}: {contrast:.2}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_colour_blind_people_must_tell_apart_differs_in_blue_or_in_light() {
        for palette in [&COLOUR_BLIND_DARK, &COLOUR_BLIND_LIGHT] {
            let exact = |ink: Option<Ink>| ink.map(|ink| ink.exact).unwrap_or_default();
            let pairs = [
                (palette.good, palette.error),
                (palette.good, palette.warning),
                (palette.reply, palette.apart),
                (palette.severities[0], palette.severities[4]),
                (palette.severities[2], palette.severities[4]),
            ];
            for (one, other) in pairs.map(|(one, other)| (exact(one), exact(other))) {
                assert!(one.2.abs_diff(other.2) >= 50, "{one:?} and {other:?}");
            }
        }
    }
}
