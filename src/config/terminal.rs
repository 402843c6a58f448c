//! What the terminal can show, from its environment and the settings.

use super::env::Env;
use super::settings::{Ascii, Colour, Screen};

/// What may be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    pub colour: ColourDepth,
    /// Whether box drawing and other characters beyond ASCII come out right.
    pub unicode: bool,
}

/// A program between this one and the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Multiplexer {
    Tmux,
    Screen,
}

impl Multiplexer {
    /// The one that this program runs in, if it runs in one.
    pub fn of(env: &Env) -> Option<Multiplexer> {
        if env.has("TMUX") {
            Some(Multiplexer::Tmux)
        } else {
            env.has("STY").then_some(Multiplexer::Screen)
        }
    }
}

/// How many colours may be used; in order, so that `depth >= ColourDepth::Sixteen` asks for some.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColourDepth {
    None,
    Sixteen,
    TwoHundredFiftySix,
    TrueColour,
}

/// Set to anything, it forbids colour, whatever the settings say (no-color.org).
pub(super) const NO_COLOR: &str = "NO_COLOR";

impl Capabilities {
    pub fn of(env: &Env, screen: &Screen) -> Self {
        Self {
            colour: colour(env, screen.colour),
            unicode: match screen.ascii {
                Ascii::Always => false,
                Ascii::Never => true,
                Ascii::Auto => !is_dumb(env) && locale_is_utf8(env),
            },
        }
    }
}

fn colour(env: &Env, wanted: Colour) -> ColourDepth {
    if env.has(NO_COLOR) {
        return ColourDepth::None;
    }
    match wanted {
        Colour::Never => ColourDepth::None,
        Colour::Sixteen => ColourDepth::Sixteen,
        Colour::TwoHundredFiftySix => ColourDepth::TwoHundredFiftySix,
        Colour::TrueColour => ColourDepth::TrueColour,
        Colour::Auto => terminal_colour(env),
    }
}

fn terminal_colour(env: &Env) -> ColourDepth {
    if is_dumb(env) {
        return ColourDepth::None;
    }
    let claim = env.text("COLORTERM").unwrap_or_default().to_lowercase();
    let term = env.text("TERM").unwrap_or_default();
    if matches!(claim.as_str(), "truecolor" | "24bit") || term.ends_with("-direct") {
        ColourDepth::TrueColour
    } else if term.contains("256color") {
        ColourDepth::TwoHundredFiftySix
    } else if term.starts_with("vt") || term.ends_with("-mono") || term.ends_with("-m") {
        // The terminals of that name, and what says that it has none.
        ColourDepth::None
    } else {
        ColourDepth::Sixteen
    }
}

fn is_dumb(env: &Env) -> bool {
    env.text("TERM").is_some_and(|term| term == "dumb")
}

/// The first that is set decides, as in every program that asks the C library.
fn locale_is_utf8(env: &Env) -> bool {
    ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| env.text(name))
        .map(|locale| locale.to_lowercase())
        .is_some_and(|locale| locale.contains("utf-8") || locale.contains("utf8"))
}

#[cfg(test)]
mod tests {
    use super::super::settings::Settings;
    use super::*;

    fn depth(variables: &[(&str, &str)], colour: Colour) -> ColourDepth {
        let mut screen = Settings::default().screen;
        screen.colour = colour;
        Capabilities::of(&Env::from_iter(variables.iter().copied()), &screen).colour
    }

    fn unicode(variables: &[(&str, &str)], ascii: Ascii) -> bool {
        let mut screen = Settings::default().screen;
        screen.ascii = ascii;
        Capabilities::of(&Env::from_iter(variables.iter().copied()), &screen).unicode
    }

    #[test]
    fn no_color_forbids_colour_whatever_else_is_said() {
        let env = [("NO_COLOR", "1"), ("COLORTERM", "truecolor")];
        assert_eq!(depth(&env, Colour::TrueColour), ColourDepth::None);
        assert_eq!(depth(&env, Colour::Auto), ColourDepth::None);
        let empty = [("NO_COLOR", "")];
        assert_eq!(depth(&empty, Colour::Auto), ColourDepth::Sixteen);
    }

    #[test]
    fn the_setting_decides_before_the_terminal() {
        let dumb = [("TERM", "dumb")];
        let rich = [("COLORTERM", "24bit")];
        assert_eq!(depth(&rich, Colour::Never), ColourDepth::None);
        assert_eq!(depth(&rich, Colour::Sixteen), ColourDepth::Sixteen);
        assert_eq!(
            depth(&dumb, Colour::TwoHundredFiftySix),
            ColourDepth::TwoHundredFiftySix
        );
        assert_eq!(depth(&dumb, Colour::TrueColour), ColourDepth::TrueColour);
    }

    #[test]
    fn the_terminal_says_how_many_colours_it_has() {
        let auto = |variables: &[(&str, &str)]| depth(variables, Colour::Auto);
        assert_eq!(auto(&[]), ColourDepth::Sixteen);
        assert_eq!(auto(&[("TERM", "xterm")]), ColourDepth::Sixteen);
        assert_eq!(auto(&[("TERM", "vt220")]), ColourDepth::None);
        assert_eq!(auto(&[("TERM", "xterm-mono")]), ColourDepth::None);
        assert_eq!(
            auto(&[("TERM", "screen-256color-bce")]),
            ColourDepth::TwoHundredFiftySix
        );
        assert_eq!(auto(&[("TERM", "xterm-direct")]), ColourDepth::TrueColour);
        assert_eq!(
            auto(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")]),
            ColourDepth::TrueColour
        );
        assert_eq!(
            auto(&[("TERM", "dumb"), ("COLORTERM", "truecolor")]),
            ColourDepth::None
        );
    }

    #[test]
    fn the_first_locale_variable_that_is_set_decides() {
        let auto = |variables: &[(&str, &str)]| unicode(variables, Ascii::Auto);
        assert!(auto(&[("LANG", "de_DE.UTF-8")]));
        assert!(auto(&[("LC_CTYPE", "C.utf8"), ("LANG", "C")]));
        assert!(auto(&[("LC_ALL", ""), ("LANG", "C.UTF-8")]));
        assert!(!auto(&[("LC_ALL", "C"), ("LANG", "de_DE.UTF-8")]));
        assert!(!auto(&[("LANG", "de_DE.ISO-8859-1")]));
        assert!(!auto(&[("LANG", "C.UTF-8"), ("TERM", "dumb")]));
        assert!(!auto(&[]));
    }

    #[test]
    fn the_ascii_setting_decides_before_the_locale() {
        assert!(!unicode(&[("LANG", "C.UTF-8")], Ascii::Always));
        assert!(unicode(&[("LANG", "C")], Ascii::Never));
    }
}
