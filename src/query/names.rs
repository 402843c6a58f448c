//! What names in a query can mean: plain data, and the one way a name is found in it.

use std::fmt;
use std::str::FromStr;

use super::ast::{Person, Term};
use crate::model::id::{GroupId, QueueId, UserId};

/// The people, groups, queues and tags that can be named.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    pub people: Vec<(UserId, String)>,
    pub groups: Vec<(GroupId, String)>,
    pub queues: Vec<QueueName>,
    /// The tags in use.
    pub tags: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueName {
    pub queue_id: QueueId,
    pub queue_name: String,
    pub group_id: GroupId,
}

/// Who may hold a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    Person(UserId),
    Group(GroupId),
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Holder::Person(user_id) => user_id.fmt(f),
            Holder::Group(group_id) => group_id.fmt(f),
        }
    }
}

impl FromStr for Holder {
    type Err = <UserId as FromStr>::Err;

    /// An id that nothing here goes by is a person's, as one who has left.
    fn from_str(text: &str) -> Result<Holder, Self::Err> {
        text.parse().map(Holder::Person)
    }
}

/// What goes by a name, each with what it is called in full.
pub(super) type Meant<T> = Vec<(T, String)>;

impl Names {
    pub fn group_name(&self, group_id: GroupId) -> &str {
        let group = self.groups.iter().find(|(id, _)| *id == group_id);
        group.map_or("", |(_, name)| name)
    }

    pub fn person_name(&self, user_id: UserId) -> Option<&str> {
        let person = self.people.iter().find(|(id, _)| *id == user_id);
        person.map(|(_, name)| name.as_str())
    }

    /// A queue with its group, as `Home / IT`.
    pub fn queue_in_full(&self, queue: &QueueName) -> String {
        match self.group_name(queue.group_id) {
            "" => queue.queue_name.clone(),
            group => format!("{group} / {}", queue.queue_name),
        }
    }

    /// The queue that a term names, where it is one.
    pub fn queue_named(&self, term: &Term) -> Option<QueueId> {
        match term {
            Term::Queue(name) => match self.queue(name).as_slice() {
                [(queue_id, _)] => Some(*queue_id),
                _ => None,
            },
            _ => None,
        }
    }

    /// The term that names a queue, as briefly as can be.
    pub fn queue_term(&self, queue_id: QueueId) -> Term {
        let queue = self.queues.iter().find(|it| it.queue_id == queue_id);
        let named = queue.into_iter().flat_map(|it| {
            let group = self.group_name(it.group_id);
            [it.queue_name.clone(), format!("{group}/{}", it.queue_name)]
        });
        let mut clear = named.filter(|name| self.queue(name).len() == 1);
        Term::Queue(clear.next().unwrap_or_else(|| queue_id.to_string()))
    }

    /// The term that names who holds tickets, or that nobody does.
    pub fn holder_term(&self, user_id: Option<UserId>, me: UserId) -> Term {
        Term::Assignee(match user_id {
            None => Person::Nobody,
            Some(user_id) if user_id == me => Person::Me,
            Some(user_id) => {
                let name = self.person_name(user_id);
                let clear = name.filter(|name| self.holder(name).len() == 1);
                Person::Named(clear.map_or_else(|| user_id.to_string(), str::to_owned))
            }
        })
    }

    /// What the queue, group or person that a term names is called in full, where it is one.
    pub fn named(&self, term: &Term) -> Option<String> {
        fn alone<T>(meant: Meant<T>) -> Option<String> {
            match <[(T, String); 1]>::try_from(meant) {
                Ok([(_, name)]) => Some(name),
                Err(_) => None,
            }
        }
        match term {
            Term::Queue(name) => alone(self.queue(name)),
            Term::Group(name) => alone(self.group(name)),
            Term::Assignee(Person::Named(name)) => alone(self.holder(name)),
            Term::From(Person::Named(name)) => alone(self.person(name)),
            _ => None,
        }
    }

    pub(super) fn person(&self, text: &str) -> Meant<UserId> {
        matching(self.people.iter().cloned(), text)
    }

    /// People and groups by name.
    pub(super) fn holder(&self, text: &str) -> Meant<Holder> {
        let people = self.people.iter();
        let people = people.map(|(id, name)| (Holder::Person(*id), name.clone()));
        let groups = self.groups.iter();
        let groups = groups.map(|(id, name)| (Holder::Group(*id), name.clone()));
        let found = matching(people.chain(groups), text).into_iter();
        found
            .map(|(holder, name)| match holder {
                Holder::Person(_) => (holder, name),
                Holder::Group(_) => (holder, format!("the group {name}")),
            })
            .collect()
    }

    pub(super) fn group(&self, text: &str) -> Meant<GroupId> {
        matching(self.groups.iter().cloned(), text)
    }

    /// Queues by name, or by group and name with a slash between.
    pub(super) fn queue(&self, text: &str) -> Meant<QueueId> {
        let full = |(queue_id, name): (QueueId, String)| {
            let queue = self.queues.iter().find(|it| it.queue_id == queue_id);
            (queue_id, queue.map_or(name, |it| self.queue_in_full(it)))
        };
        let all = self.queues.iter();
        let all = all.map(|it| (it.queue_id, it.queue_name.clone()));
        let mut found = matching(all, text);
        if found.is_empty()
            && let Some((group, queue)) = text.split_once('/')
        {
            let groups = self.group(group);
            let inside = self.queues.iter().filter(|it| {
                let mut groups = groups.iter();
                groups.any(|(group_id, _)| *group_id == it.group_id)
            });
            let inside = inside.map(|it| (it.queue_id, it.queue_name.clone()));
            found = matching(inside, queue);
        }
        found.into_iter().map(full).collect()
    }

    /// The tags in use that are this one but for capitals; the tag itself where none is.
    pub(super) fn tag(&self, text: &str) -> Vec<String> {
        let wanted = text.to_lowercase();
        let alike = self.tags.iter().filter(|tag| tag.to_lowercase() == wanted);
        let mut found: Vec<String> = alike.cloned().collect();
        if !found.iter().any(|tag| tag == text) {
            found.push(text.to_owned());
        }
        found
    }
}

/// Whether a thing of that id and name, in small letters, is meant.
type Alike<'a, T> = dyn Fn(&T, &str) -> bool + 'a;

/// Those with the name or the id; else those whose name begins so; else those of whose name a
/// word begins so. Case does not count.
pub fn matching<T: Copy + ToString + FromStr>(
    all: impl IntoIterator<Item = (T, String)>,
    text: &str,
) -> Vec<(T, String)> {
    let wanted = text.trim().to_lowercase();
    if wanted.is_empty() {
        return Vec::new();
    }
    let all: Vec<(T, String, String)> = all
        .into_iter()
        .map(|(id, name)| (id, name.to_lowercase(), name))
        .collect();
    let keep = |is_meant: &Alike<'_, T>| -> Vec<(T, String)> {
        all.iter()
            .filter(|(id, lower, _)| is_meant(id, lower))
            .map(|(id, _, name)| (*id, name.clone()))
            .collect()
    };
    let ways: [&Alike<'_, T>; 3] = [
        &|id, name| name == wanted || id.to_string() == wanted,
        &|_, name| name.starts_with(&wanted),
        &|_, name| {
            let mut words = name.split_whitespace();
            words.any(|word| word.starts_with(&wanted))
        },
    ];
    let found = ways.into_iter().map(keep).find(|found| !found.is_empty());
    match (found, wanted.parse()) {
        (Some(found), _) => found,
        (None, Ok(id)) => vec![(id, text.trim().to_owned())],
        (None, Err(_)) => Vec::new(),
    }
}
