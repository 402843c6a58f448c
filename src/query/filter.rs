//! What is asked of a ticket, in ids and moments: what a store looks for.

use super::ast::DateField;
use crate::model::id::{GroupId, QueueId, UserId};
use crate::model::severity::Severity;
use crate::model::source::Timestamp;
use crate::model::status::{Stage, Status};

/// Tests and how they belong together. The empty `All` takes every ticket, the empty `Any` none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Test(Test),
}

/// One test of a ticket. A list of ids or values takes a ticket that has any of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    Status(Status),
    Stage(Stage),
    Severity(Vec<Severity>),
    Queue(Vec<QueueId>),
    Assignee(Vec<UserId>),
    AssignedGroup(Vec<GroupId>),
    /// Nobody holds it, though a group may.
    Unassigned,
    /// Nobody has judged it yet, as the model says.
    Untriaged,
    Requester(Vec<UserId>),
    /// The person follows it (FOLLOWER or CC).
    FollowedBy(UserId),
    /// Something in it has not been read by whom the store belongs to.
    Unread,
    Tag(Vec<String>),
    /// It has the date, and it lies at the first moment or later and before the second.
    Within(DateField, Option<Timestamp>, Option<Timestamp>),
    /// It sleeps beyond the moment.
    SnoozedAt(Timestamp),
    HasComment,
    HasAttachment,
    /// Its number, the last part of its number, or its key where it came from.
    Number(String),
    Text(Found),
}

/// Text that is looked for in title, description and comments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub text: String,
    /// The words stand together as they are. Otherwise a word may go on, and a ticket is also
    /// found by its number.
    pub is_phrase: bool,
}

impl Default for Filter {
    fn default() -> Filter {
        Filter::All(Vec::new())
    }
}

impl From<Test> for Filter {
    fn from(test: Test) -> Filter {
        Filter::Test(test)
    }
}

impl Filter {
    /// Takes no ticket.
    pub const NOTHING: Filter = Filter::Any(Vec::new());

    /// Both.
    #[must_use]
    pub fn and(self, other: impl Into<Filter>) -> Filter {
        match (self, other.into()) {
            (Filter::All(mut parts), Filter::All(more)) => {
                parts.extend(more);
                Filter::All(parts)
            }
            (Filter::All(mut parts), other) => {
                parts.push(other);
                Filter::All(parts)
            }
            (this, Filter::All(more)) => Filter::All(std::iter::once(this).chain(more).collect()),
            (this, other) => Filter::All(vec![this, other]),
        }
    }
}
