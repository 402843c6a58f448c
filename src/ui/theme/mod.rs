//! What everything looks like: one place that gives each role its style.
//!
//! A role never speaks by colour alone: where it means something, words or a mark say the same.

use ratatui::style::{Color, Modifier, Style};

use crate::config;
use crate::config::ColourDepth;
use crate::model::severity::Severity;
use crate::text::markdown::{Kind, Look};

mod palettes;

use palettes::{
    COLOUR_BLIND_DARK, COLOUR_BLIND_LIGHT, DARK, HIGH_CONTRAST_DARK, HIGH_CONTRAST_LIGHT, Ink,
    LIGHT, MONOCHROME, Palette,
};

/// What a piece of the screen is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Text,
    /// What matters less: ages, separators, what is folded away.
    Dim,
    Strong,
    Border,
    /// The border of the pane that has the keys.
    Focus,
    /// The mark beside the row that the keys act on.
    Cursor,
    /// The mark beside a row that was marked for a bulk action.
    Marked,
    /// The chosen row of a menu.
    Selected,
    /// A filter that is switched on.
    Active,
    /// What was searched for.
    Match,
    /// A key to press.
    Key,
    /// What everybody on the ticket sees.
    Reply,
    /// What only one group sees.
    Internal,
    /// It has not reached the backend yet.
    Unsent,
    Good,
    Warning,
    Error,
    /// The filled part of a bar.
    Bar,
    /// In a drawn body: a heading, code, an address.
    Heading,
    Code,
    Link,
    /// Of two texts that are compared: what came in, and what went.
    Added,
    Removed,
    Severity(Severity),
}

/// The styles of all roles, and whether the terminal shows more than ASCII.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    styles: [Style; ROLES],
    pub unicode: bool,
}

const ROLES: usize = PLAIN_ROLES.len() + Severity::ALL.len();

const PLAIN_ROLES: [Role; 23] = [
    Role::Text,
    Role::Dim,
    Role::Strong,
    Role::Border,
    Role::Focus,
    Role::Cursor,
    Role::Marked,
    Role::Selected,
    Role::Active,
    Role::Match,
    Role::Key,
    Role::Reply,
    Role::Internal,
    Role::Unsent,
    Role::Good,
    Role::Warning,
    Role::Error,
    Role::Bar,
    Role::Heading,
    Role::Code,
    Role::Link,
    Role::Added,
    Role::Removed,
];

impl Theme {
    /// The theme that was chosen, in the colours there are. `light` is what the terminal says of
    /// its background, for the choices that leave it to the terminal.
    pub fn new(choice: config::Theme, can: config::Capabilities, light: bool) -> Theme {
        let palette = match (choice, light) {
            _ if can.colour == ColourDepth::None => &MONOCHROME,
            (config::Theme::Monochrome, _) => &MONOCHROME,
            (config::Theme::Light, _) | (config::Theme::Auto, true) => &LIGHT,
            (config::Theme::Dark, _) | (config::Theme::Auto, false) => &DARK,
            (config::Theme::HighContrast, true) => &HIGH_CONTRAST_LIGHT,
            (config::Theme::HighContrast, false) => &HIGH_CONTRAST_DARK,
            (config::Theme::ColourBlind, true) => &COLOUR_BLIND_LIGHT,
            (config::Theme::ColourBlind, false) => &COLOUR_BLIND_DARK,
        };
        let exact = can.colour == ColourDepth::TrueColour;
        let mut styles = [Style::new(); ROLES];
        let severities = Severity::ALL.map(Role::Severity);
        for (style, role) in styles.iter_mut().zip(PLAIN_ROLES.iter().chain(&severities)) {
            // A role's style is all there is to it, whatever the cell was before.
            let ink = ink_of(*role, palette).map_or(Style::new(), |ink| {
                let (red, green, blue) = ink.exact;
                Style::new().fg(if exact {
                    Color::Rgb(red, green, blue)
                } else {
                    ink.sixteen
                })
            });
            let weight = if palette.emphatic {
                weight_alone(*role)
            } else {
                weight(*role)
            };
            *style = Style::reset().patch(ink.add_modifier(weight));
        }
        Theme {
            styles,
            unicode: can.unicode,
        }
    }

    pub fn style(&self, role: Role) -> Style {
        self.styles[index(role)]
    }

    /// How a piece of a drawn body looks.
    pub fn look(&self, look: Look) -> Style {
        let role = match look.kind {
            Kind::Text => Role::Text,
            Kind::Heading => Role::Heading,
            Kind::Code => Role::Code,
            Kind::Link => Role::Link,
            Kind::Quote | Kind::Mark => Role::Dim,
            Kind::Added => Role::Added,
            Kind::Removed => Role::Removed,
        };
        let flags = [
            (look.strong, Modifier::BOLD),
            (look.emphasis, Modifier::ITALIC),
            (look.strike, Modifier::CROSSED_OUT),
        ];
        flags
            .into_iter()
            .filter(|(on, _)| *on)
            .fold(self.style(role), |style, (_, modifier)| {
                style.add_modifier(modifier)
            })
    }
}

/// Whether the terminal says that its background is light: `COLORFGBG`, which many set, ends with
/// the background's number.
pub fn has_light_background(env: &config::Env) -> bool {
    env.text("COLORFGBG")
        .and_then(|colours| colours.rsplit(';').next()?.parse::<u8>().ok())
        .is_some_and(|background| matches!(background, 7 | 9..=15))
}

/// Where a role stands in [`PLAIN_ROLES`], severities after them.
fn index(role: Role) -> usize {
    match role {
        Role::Text => 0,
        Role::Dim => 1,
        Role::Strong => 2,
        Role::Border => 3,
        Role::Focus => 4,
        Role::Cursor => 5,
        Role::Marked => 6,
        Role::Selected => 7,
        Role::Active => 8,
        Role::Match => 9,
        Role::Key => 10,
        Role::Reply => 11,
        Role::Internal => 12,
        Role::Unsent => 13,
        Role::Good => 14,
        Role::Warning => 15,
        Role::Error => 16,
        Role::Bar => 17,
        Role::Heading => 18,
        Role::Code => 19,
        Role::Link => 20,
        Role::Added => 21,
        Role::Removed => 22,
        Role::Severity(severity) => {
            PLAIN_ROLES.len()
                + match severity {
                    Severity::Sev1 => 0,
                    Severity::Sev2 => 1,
                    Severity::Sev2_5 => 2,
                    Severity::Sev3 => 3,
                    Severity::Sev4 => 4,
                    Severity::Sev5 => 5,
                }
        }
    }
}

fn ink_of(role: Role, palette: &Palette) -> Option<Ink> {
    let [sev_1, sev_2, sev_2_5, sev_3, sev_4] = palette.severities;
    match role {
        Role::Text | Role::Dim | Role::Strong | Role::Border => None,
        Role::Focus | Role::Cursor | Role::Selected | Role::Active | Role::Key => palette.accent,
        Role::Marked | Role::Match | Role::Internal | Role::Unsent => palette.apart,
        Role::Reply => palette.reply,
        Role::Added => palette.reply,
        Role::Removed => palette.error,
        Role::Good => palette.good,
        Role::Warning => palette.warning,
        Role::Error => palette.error,
        Role::Bar => palette.bar,
        Role::Heading => palette.heading,
        Role::Code => palette.code,
        Role::Link => palette.link,
        Role::Severity(Severity::Sev1) => sev_1,
        Role::Severity(Severity::Sev2) => sev_2,
        Role::Severity(Severity::Sev2_5) => sev_2_5,
        Role::Severity(Severity::Sev3) => sev_3,
        Role::Severity(Severity::Sev4) => sev_4,
        Role::Severity(Severity::Sev5) => None,
    }
}

/// What goes with a hue.
fn weight(role: Role) -> Modifier {
    match role {
        // Faint fits every background, and takes a third of the bytes of a colour.
        Role::Dim | Role::Border | Role::Severity(Severity::Sev5) => Modifier::DIM,
        Role::Strong
        | Role::Marked
        | Role::Selected
        | Role::Key
        | Role::Reply
        | Role::Error
        | Role::Heading
        | Role::Severity(Severity::Sev2) => Modifier::BOLD,
        Role::Active => Modifier::REVERSED,
        Role::Match | Role::Link => Modifier::UNDERLINED,
        Role::Severity(Severity::Sev1) => Modifier::REVERSED.union(Modifier::BOLD),
        Role::Text
        | Role::Focus
        | Role::Cursor
        | Role::Internal
        | Role::Unsent
        | Role::Good
        | Role::Warning
        | Role::Bar
        | Role::Code
        | Role::Added
        | Role::Removed
        | Role::Severity(Severity::Sev2_5 | Severity::Sev3 | Severity::Sev4) => Modifier::empty(),
    }
}

/// Bold, underlined, reversed: enough to tell the roles apart where hue does not. Nothing is
/// faint.
fn weight_alone(role: Role) -> Modifier {
    match role {
        Role::Text
        | Role::Dim
        | Role::Border
        | Role::Bar
        | Role::Good
        | Role::Code
        | Role::Removed
        | Role::Severity(Severity::Sev3 | Severity::Sev4 | Severity::Sev5) => Modifier::empty(),
        Role::Strong
        | Role::Key
        | Role::Focus
        | Role::Cursor
        | Role::Marked
        | Role::Reply
        | Role::Unsent
        | Role::Heading
        | Role::Added
        | Role::Severity(Severity::Sev2_5) => Modifier::BOLD,
        Role::Selected | Role::Active => Modifier::REVERSED,
        Role::Match | Role::Internal | Role::Warning | Role::Link => Modifier::UNDERLINED,
        Role::Error | Role::Severity(Severity::Sev2) => Modifier::BOLD.union(Modifier::UNDERLINED),
        Role::Severity(Severity::Sev1) => Modifier::BOLD.union(Modifier::REVERSED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Capabilities;

    fn theme(choice: config::Theme, colour: ColourDepth) -> Theme {
        let can = Capabilities {
            colour,
            unicode: true,
        };
        Theme::new(choice, can, false)
    }

    fn roles() -> impl Iterator<Item = Role> {
        PLAIN_ROLES
            .into_iter()
            .chain(Severity::ALL.map(Role::Severity))
    }

    #[test]
    fn a_light_background_is_believed_when_it_is_told() {
        let told =
            |colours| has_light_background(&config::Env::from_iter([("COLORFGBG", colours)]));
        assert!(told("0;15") && told("0;default;15"));
        assert!(!told("15;0") && !told("") && !told("0;default"));
        assert!(!has_light_background(&config::Env::default()));
    }

    #[test]
    fn every_role_has_a_place_of_its_own() {
        let places: Vec<usize> = roles().map(index).collect();
        assert_eq!(places, (0..ROLES).collect::<Vec<_>>());
    }

    #[test]
    fn without_colours_there_are_none_whatever_was_chosen() {
        let choices = [
            config::Theme::Auto,
            config::Theme::Dark,
            config::Theme::Light,
            config::Theme::HighContrast,
            config::Theme::ColourBlind,
            config::Theme::Monochrome,
        ];
        for choice in choices {
            let theme = theme(choice, ColourDepth::None);
            for role in roles() {
                let style = theme.style(role);
                let none = Some(Color::Reset);
                assert_eq!((style.fg, style.bg), (none, none), "{choice:?} {role:?}");
            }
        }
    }

    #[test]
    fn a_reply_and_an_internal_note_differ_in_every_theme() {
        for choice in [
            config::Theme::Dark,
            config::Theme::Light,
            config::Theme::HighContrast,
            config::Theme::ColourBlind,
            config::Theme::Monochrome,
        ] {
            for depth in [
                ColourDepth::None,
                ColourDepth::Sixteen,
                ColourDepth::TrueColour,
            ] {
                let theme = theme(choice, depth);
                assert_ne!(theme.style(Role::Reply), theme.style(Role::Internal));
            }
        }
    }
}
