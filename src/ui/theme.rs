//! What everything looks like: one place that gives each role its style.
//!
//! A role never speaks by colour alone: where it means something, words or a mark say the same.

use ratatui::style::{Color, Modifier, Style};

use crate::config;
use crate::config::ColourDepth;
use crate::model::severity::Severity;

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
    Severity(Severity),
}

/// The styles of all roles, and whether the terminal shows more than ASCII.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    styles: [Style; ROLES],
    pub unicode: bool,
}

const ROLES: usize = PLAIN_ROLES.len() + Severity::ALL.len();

const PLAIN_ROLES: [Role; 18] = [
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
];

impl Theme {
    /// The theme that was chosen, in the colours there are. `light` is what the terminal says of
    /// its background, for the choice that leaves it to the terminal.
    pub fn new(choice: config::Theme, can: config::Capabilities, light: bool) -> Theme {
        let palette = match choice {
            config::Theme::Auto if light => Palette::Light,
            config::Theme::Auto | config::Theme::Dark => Palette::Dark,
            config::Theme::Light => Palette::Light,
            config::Theme::HighContrast => Palette::HighContrast,
            config::Theme::Monochrome => Palette::Monochrome,
        };
        let style_of: fn(Role) -> Style = match (palette, can.colour) {
            (Palette::Monochrome, _) | (_, ColourDepth::None) => monochrome,
            (Palette::Dark, ColourDepth::TrueColour) => |role| dark(role, true),
            (Palette::Dark, _) => |role| dark(role, false),
            (Palette::Light, ColourDepth::TrueColour) => |role| light_style(role, true),
            (Palette::Light, _) => |role| light_style(role, false),
            (Palette::HighContrast, _) => high_contrast,
        };
        let mut styles = [Style::new(); ROLES];
        let severities = Severity::ALL.map(Role::Severity);
        for (style, role) in styles.iter_mut().zip(PLAIN_ROLES.iter().chain(&severities)) {
            // A role's style is all there is to it, whatever the cell was before.
            *style = Style::reset().patch(style_of(*role));
        }
        Theme {
            styles,
            unicode: can.unicode,
        }
    }

    pub fn style(&self, role: Role) -> Style {
        self.styles[index(role)]
    }
}

/// Whether the terminal says that its background is light: `COLORFGBG`, which many set, ends with
/// the background's number.
pub fn has_light_background(env: &config::Env) -> bool {
    env.text("COLORFGBG")
        .and_then(|colours| colours.rsplit(';').next()?.parse::<u8>().ok())
        .is_some_and(|background| matches!(background, 7 | 9..=15))
}

enum Palette {
    Dark,
    Light,
    HighContrast,
    Monochrome,
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

fn dark(role: Role, rgb: bool) -> Style {
    let colour = |sixteen, red, green, blue| {
        Style::new().fg(if rgb {
            Color::Rgb(red, green, blue)
        } else {
            sixteen
        })
    };
    match role {
        Role::Text => Style::new(),
        // Faint fits every background, and takes a third of the bytes of a colour.
        Role::Dim => Style::new().dim(),
        Role::Strong => Style::new().bold(),
        Role::Border => Style::new().dim(),
        Role::Focus => colour(Color::Cyan, 110, 190, 215),
        Role::Cursor => colour(Color::Cyan, 110, 190, 215),
        Role::Marked => colour(Color::Yellow, 229, 192, 123).bold(),
        Role::Selected => colour(Color::Cyan, 110, 190, 215).bold(),
        Role::Active => colour(Color::Cyan, 110, 190, 215).add_modifier(Modifier::REVERSED),
        Role::Match => colour(Color::Yellow, 229, 192, 123).underlined(),
        Role::Key => colour(Color::Cyan, 110, 190, 215).bold(),
        Role::Reply => colour(Color::Green, 138, 190, 120).bold(),
        Role::Internal => colour(Color::Yellow, 229, 192, 123),
        Role::Unsent => colour(Color::Yellow, 229, 192, 123),
        Role::Good => colour(Color::Green, 138, 190, 120),
        Role::Warning => colour(Color::Yellow, 229, 192, 123),
        Role::Error => colour(Color::LightRed, 240, 113, 120).bold(),
        Role::Bar => colour(Color::Cyan, 97, 160, 190),
        Role::Severity(Severity::Sev1) => {
            colour(Color::LightRed, 255, 95, 95).add_modifier(Modifier::REVERSED | Modifier::BOLD)
        }
        Role::Severity(Severity::Sev2) => colour(Color::LightRed, 255, 110, 110).bold(),
        Role::Severity(Severity::Sev2_5) => colour(Color::LightMagenta, 255, 150, 85),
        Role::Severity(Severity::Sev3) => colour(Color::Yellow, 229, 200, 110),
        Role::Severity(Severity::Sev4) => colour(Color::Cyan, 120, 185, 205),
        Role::Severity(Severity::Sev5) => Style::new().dim(),
    }
}

fn light_style(role: Role, rgb: bool) -> Style {
    let colour = |sixteen, red, green, blue| {
        Style::new().fg(if rgb {
            Color::Rgb(red, green, blue)
        } else {
            sixteen
        })
    };
    match role {
        Role::Text => Style::new(),
        Role::Dim => Style::new().dim(),
        Role::Strong => Style::new().bold(),
        Role::Border => Style::new().dim(),
        Role::Focus => colour(Color::Blue, 0, 92, 170),
        Role::Cursor => colour(Color::Blue, 0, 92, 170),
        Role::Marked => colour(Color::Magenta, 150, 50, 130).bold(),
        Role::Selected => colour(Color::Blue, 0, 92, 170).bold(),
        Role::Active => colour(Color::Blue, 0, 92, 170).add_modifier(Modifier::REVERSED),
        Role::Match => colour(Color::Magenta, 150, 50, 130).underlined(),
        Role::Key => colour(Color::Blue, 0, 92, 170).bold(),
        Role::Reply => colour(Color::Green, 20, 115, 50).bold(),
        Role::Internal => colour(Color::Magenta, 150, 50, 130),
        Role::Unsent => colour(Color::Magenta, 150, 50, 130),
        Role::Good => colour(Color::Green, 20, 115, 50),
        Role::Warning => colour(Color::Magenta, 150, 85, 0),
        Role::Error => colour(Color::Red, 185, 20, 35).bold(),
        Role::Bar => colour(Color::Blue, 60, 125, 185),
        Role::Severity(Severity::Sev1) => {
            colour(Color::Red, 185, 20, 35).add_modifier(Modifier::REVERSED | Modifier::BOLD)
        }
        Role::Severity(Severity::Sev2) => colour(Color::Red, 185, 20, 35).bold(),
        Role::Severity(Severity::Sev2_5) => colour(Color::Magenta, 175, 65, 0),
        Role::Severity(Severity::Sev3) => colour(Color::Blue, 130, 90, 0),
        Role::Severity(Severity::Sev4) => colour(Color::Blue, 0, 92, 130),
        Role::Severity(Severity::Sev5) => Style::new().dim(),
    }
}

/// Nothing dimmed, on the terminal's own colours.
fn high_contrast(role: Role) -> Style {
    let plain = Style::new();
    match role {
        Role::Text | Role::Dim | Role::Border => plain,
        Role::Strong | Role::Key | Role::Focus | Role::Cursor => plain.bold(),
        Role::Marked | Role::Unsent | Role::Warning | Role::Good => plain.bold().underlined(),
        Role::Selected | Role::Active => plain.bold().reversed(),
        Role::Match => plain.underlined(),
        Role::Reply => plain.fg(Color::Green).bold(),
        Role::Internal => plain.fg(Color::Magenta).bold().underlined(),
        Role::Error => plain.fg(Color::Red).bold().underlined(),
        Role::Bar => plain,
        Role::Severity(Severity::Sev1) => plain.fg(Color::Red).bold().reversed(),
        Role::Severity(Severity::Sev2) => plain.fg(Color::Red).bold().underlined(),
        Role::Severity(Severity::Sev2_5) => plain.bold().underlined(),
        Role::Severity(Severity::Sev3) => plain.bold(),
        Role::Severity(Severity::Sev4 | Severity::Sev5) => plain,
    }
}

/// Bold, underlined, reversed: all that there is without colours.
fn monochrome(role: Role) -> Style {
    let plain = Style::new();
    match role {
        Role::Text | Role::Dim | Role::Border | Role::Bar | Role::Good => plain,
        Role::Strong | Role::Key | Role::Focus | Role::Cursor | Role::Marked => plain.bold(),
        Role::Reply | Role::Unsent => plain.bold(),
        Role::Selected | Role::Active => plain.reversed(),
        Role::Match | Role::Internal | Role::Warning => plain.underlined(),
        Role::Error => plain.bold().underlined(),
        Role::Severity(Severity::Sev1) => plain.bold().reversed(),
        Role::Severity(Severity::Sev2) => plain.bold().underlined(),
        Role::Severity(Severity::Sev2_5) => plain.bold(),
        Role::Severity(Severity::Sev3 | Severity::Sev4 | Severity::Sev5) => plain,
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
