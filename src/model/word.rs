//! Enums that are constrained strings: one spelling in code, table, wire and screen.

/// Defines a fieldless enum whose variants are stored, sent and parsed as the given words.
macro_rules! words {
    (
        $(#[$doc:meta])*
        pub enum $name:ident: $what:literal {
            $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The word that is stored, sent and shown.
            pub fn as_str(self) -> &'static str {
                match self {
                    $($name::$variant => $word),+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::model::word::NotAWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|word| word.as_str().eq_ignore_ascii_case(text.trim()))
                    .ok_or_else(|| $crate::model::word::NotAWord {
                        text: text.to_owned(),
                        what: $what,
                        words: [$($word),+].join(", "),
                    })
            }
        }
    };
}

/// Names the attributes of an enum whose variants each hold one: every variant is here, or it does
/// not compile.
macro_rules! attributes {
    ($name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $name {
            /// The name of every attribute there is.
            pub const NAMES: &[&str] = &[$($word),+];

            /// The attribute's name.
            pub fn name(&self) -> &'static str {
                match self {
                    $($name::$variant(_) => $word),+
                }
            }
        }
    };
}

pub(crate) use attributes;
pub(crate) use words;

/// A text that is none of an enum's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {what}; take one of {words}")]
pub struct NotAWord {
    /// What stood there.
    pub text: String,
    /// What was meant to stand there.
    pub what: &'static str,
    /// The words that may stand there.
    pub words: String,
}
