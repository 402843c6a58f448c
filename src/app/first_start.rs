//! The first start on an empty store: who are you, what is your family called, where do tickets
//! go. Or a look around in the demo family.

use super::text_field::TextField;

/// The wizard.
#[derive(Debug)]
pub struct FirstStart {
    pub step: Step,
    /// On the first step: start my own family (0) or look around (1).
    pub choice: usize,
    pub display_name: TextField,
    pub family_name: TextField,
    /// Suggested from the family's name until it is touched.
    pub prefix: TextField,
    pub prefix_touched: bool,
    pub group_name: TextField,
    pub queue_name: TextField,
    /// An IANA zone name, as the system says.
    pub time_zone: String,
    /// What is wrong with what was typed.
    pub error: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Welcome,
    Name,
    Family,
    Prefix,
    Group,
    Queue,
    /// It is being set up.
    Working,
}
