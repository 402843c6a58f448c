//! One foreign ticket as entities of ours: the ticket, its description, who takes part, and what
//! was said.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::foreign::{ForeignComment, ForeignPerson, ForeignTicket, Kept};
use super::identity::Identity;
use super::moment::seconds;
use super::plan::{Blob, Destination};
use super::report::{Report, Skipped, What};
use super::scale::Scale;
use super::text;
use crate::model::comment::{AuthorKind, Channel, Comment};
use crate::model::entity::Common;
use crate::model::id::{CommentId, GroupId, QueueId, TicketId, UserId};
use crate::model::long_text::{LongText, TEXT_LIMIT};
use crate::model::participant::{Participant, ParticipantRole};
use crate::model::record::Record;
use crate::model::severity::Severity;
use crate::model::status::{REOPEN_WINDOW, Status};
use crate::model::ticket::{Description, TAG_LIMIT, Ticket};

/// The tickets of one import by their source ids, and which of them is below which.
pub(super) struct Paths {
    ids: HashMap<String, TicketId>,
    /// Pairs of a child and its parent, both in this import, the parent before the child.
    below: HashSet<(String, String)>,
}

impl Paths {
    pub fn of(tickets: &[ForeignTicket], identity: &Identity) -> Paths {
        let mut ids = HashMap::new();
        let mut below = HashSet::new();
        for ticket in tickets {
            // A parent that has not come by now is missing, or below its own child.
            if let Some(parent) = ticket.parent.as_ref().filter(|it| ids.contains_key(*it)) {
                below.insert((ticket.source_id.clone(), parent.clone()));
            }
            let ticket_id = identity.ticket(&ticket.source_id, ticket.created);
            ids.insert(ticket.source_id.clone(), ticket_id);
        }
        Paths { ids, below }
    }

    fn is_below(&self, child: &str, parent: &str) -> bool {
        self.below.contains(&(child.to_owned(), parent.to_owned()))
    }

    fn parent(&self, ticket: &ForeignTicket) -> Option<TicketId> {
        let parent = ticket.parent.as_ref()?;
        self.is_below(&ticket.source_id, parent)
            .then(|| self.ids.get(parent).copied())
            .flatten()
    }
}

/// Where the entities of a ticket go, in order, each with the blob that it needs.
type Sink<'a> = &'a mut dyn FnMut(Record, Option<Blob>);

/// All that the mapping of a ticket depends on beside the ticket.
pub(super) struct Mapping<'a> {
    pub destination: &'a Destination,
    pub system: &'a str,
    pub identity: &'a Identity,
    pub scale: &'a Scale,
    /// By the source's ids; the one without an id is someone unknown.
    pub people: &'a HashMap<String, UserId>,
    pub group_id: GroupId,
    pub queues: &'a HashMap<String, QueueId>,
    pub paths: Paths,
    pub report: &'a mut Report,
}

impl Mapping<'_> {
    /// Hands on the ticket and all that hangs on it.
    pub fn ticket(&mut self, foreign: &ForeignTicket, sink: Sink<'_>) {
        let (ticket, added) = self.record(foreign);
        let ticket_id = ticket.ticket_id;
        let (requester, assignee) = (ticket.requested_by, ticket.assigned_to);
        let common = ticket.common.clone();
        sink(ticket.into(), None);
        self.report.tickets.brought += 1;

        let (description, blob) = self.long(description(foreign, &added, self.system));
        let record = Description {
            family_id: self.destination.family_id,
            ticket_id,
            description,
            common: common.clone(),
        };
        sink(record.into(), blob);
        let roles = [
            (Some(requester), ParticipantRole::Requester),
            (assignee, ParticipantRole::Assignee),
        ];
        for (user_id, role) in roles {
            let Some(user_id) = user_id else { continue };
            let record = Participant {
                family_id: self.destination.family_id,
                ticket_id,
                user_id,
                role,
                common: Common::new(requester, common.creation_date),
            };
            sink(record.into(), None);
        }
        self.comments(foreign, ticket_id, sink);
    }

    /// The ticket itself, and what has to go to the description because it has no other home.
    fn record(&mut self, foreign: &ForeignTicket) -> (Ticket, Added) {
        let (title, whole_title) = self.title(foreign);
        let (tags, tags_left) = self.tags(foreign);
        let mut added = Added {
            whole_title,
            kept: foreign.kept.clone(),
        };
        added.keep("Tags", tags_left);
        let parent_ticket = self.paths.parent(foreign);
        if parent_ticket.is_none() {
            added.keep("Parent", foreign.parent.clone().into_iter().collect());
        }
        added.keep("Sub-tickets", self.children_elsewhere(foreign));
        for kept in &added.kept {
            let what = format!("{}: kept as text in the description", kept.label);
            self.report.note(what, kept.items.len());
        }
        let requested_by = self.person(foreign.requester.as_ref());
        let done = foreign.resolved.unwrap_or(foreign.updated);
        let (resolved_date, closed_date) = match foreign.status {
            Status::Open => (None, None),
            Status::Resolved => (Some(seconds(done)), None),
            Status::Closed => (foreign.resolved.map(seconds), Some(seconds(done))),
        };
        let ticket = Ticket {
            family_id: self.destination.family_id,
            ticket_id: self.identity.ticket(&foreign.source_id, foreign.created),
            queue_id: self.queue(foreign),
            number: None,
            title,
            severity: self.severity(foreign.severity_word.as_deref()),
            status: foreign.status,
            stage: foreign.stage,
            waiting_note: foreign.waiting_note.clone(),
            requested_by,
            assigned_to: foreign.assignee.as_ref().map(|it| self.person(Some(it))),
            assigned_group: None,
            category: None,
            due_date: foreign
                .due
                .map(|due| due.in_zone(&self.destination.time_zone)),
            resolved_date,
            closed_date,
            reopen_until: resolved_date
                .filter(|_| foreign.status == Status::Resolved)
                .map(|at| at.plus(REOPEN_WINDOW)),
            snoozed_until: None,
            tags,
            source: Channel::Import,
            external_ref: Some(format!("{}:{}", self.system, foreign.source_id)),
            parent_ticket,
            merged_into: None,
            triaged: false,
            common: Common {
                last_update: seconds(foreign.updated),
                ..Common::new(requested_by, seconds(foreign.created))
            },
        };
        (ticket, added)
    }

    /// The title, and the whole of it where it had to be cut.
    fn title(&mut self, foreign: &ForeignTicket) -> (String, Option<String>) {
        let (title, was_cut) = text::title(&foreign.title);
        if title.is_empty() {
            self.report.note("without a title: named by its key", 1);
            return (text::title(&foreign.source_id).0, None);
        }
        if was_cut {
            self.report
                .note("title cut: the whole stands in the description", 1);
        }
        (title, was_cut.then(|| text::one_line(&foreign.title)))
    }

    fn severity(&mut self, word: Option<&str>) -> Severity {
        // Exports write both a missing value and the word for it.
        let word = word
            .map(str::trim)
            .filter(|word| !word.is_empty() && !word.eq_ignore_ascii_case("none"));
        let Some(word) = word else {
            self.report.note("without a severity: SEV_3", 1);
            return Severity::DEFAULT;
        };
        self.scale.severity(word).unwrap_or_else(|| {
            let what = format!("unknown severity `{word}`: SEV_3");
            self.report.note(what, 1);
            Severity::DEFAULT
        })
    }

    /// The tags, and those that are too many. The values of the source come first: from them the
    /// mapping can be seen later.
    fn tags(&mut self, foreign: &ForeignTicket) -> (BTreeSet<String>, Vec<String>) {
        let values = foreign
            .values
            .iter()
            .map(|(name, value)| format!("import:{name}={value}"));
        let mut tags = BTreeSet::new();
        let mut left = Vec::new();
        for text in values.chain(foreign.tags.iter().cloned()) {
            let Some((tag, was_cut)) = text::tag(&text) else {
                continue;
            };
            if tags.len() == TAG_LIMIT && !tags.contains(&tag) {
                left.push(text);
                continue;
            }
            self.report
                .note("tag cut to 64 characters", usize::from(was_cut));
            tags.insert(tag);
        }
        self.report.tags.extend(tags.iter().cloned());
        (tags, left)
    }

    /// The tickets below that don't come in as such.
    fn children_elsewhere(&self, foreign: &ForeignTicket) -> Vec<String> {
        foreign
            .children
            .iter()
            .filter(|(child, _)| !self.paths.is_below(child, &foreign.source_id))
            .map(|(child, word)| format!("{child} {word}").trim_end().to_owned())
            .collect()
    }

    fn queue(&self, foreign: &ForeignTicket) -> QueueId {
        let known = self.queues.get(&foreign.queue.source_id).copied();
        known.unwrap_or_else(|| self.identity.queue(&foreign.queue.source_id))
    }

    fn person(&self, person: Option<&ForeignPerson>) -> UserId {
        let source_id = person.map_or("", |person| &person.source_id);
        let known = self.people.get(source_id).copied();
        known.unwrap_or_else(|| self.identity.person(source_id))
    }

    /// A text that fits: inside the entity, or in the blob store.
    fn long(&mut self, text: String) -> (LongText, Option<Blob>) {
        let too_long = usize::from(text.len() > TEXT_LIMIT);
        self.report.note("text cut to 25 MiB", too_long);
        text::long(text)
    }

    /// What was said, in order of creation.
    fn comments(&mut self, foreign: &ForeignTicket, ticket_id: TicketId, sink: Sink<'_>) {
        let mut said: Vec<&ForeignComment> = foreign.comments.iter().collect();
        said.sort_by_key(|comment| comment.created);
        let mut earlier: HashMap<&str, CommentId> = HashMap::new();
        for comment in said {
            let why = if comment.body.trim().is_empty() {
                Some("its body is empty")
            } else if earlier.contains_key(comment.source_id.as_str()) {
                Some("it stands twice on its ticket")
            } else {
                None
            };
            if let Some(why) = why {
                self.report.skipped.push(Skipped {
                    what: What::Comment,
                    place: foreign.place.clone(),
                    key: format!("{} comment {}", foreign.source_id, comment.source_id),
                    why: why.to_owned(),
                });
                continue;
            }
            let reply_to = comment.reply_to.as_deref().and_then(|it| earlier.get(it));
            let lost = comment.reply_to.is_some() && reply_to.is_none();
            self.report.note(
                "answer to a comment that did not come in",
                usize::from(lost),
            );
            let (record, blob) = self.comment(comment, ticket_id, reply_to.copied());
            earlier.insert(&comment.source_id, record.comment_id);
            sink(record.into(), blob);
            self.report.comments.brought += 1;
        }
    }

    fn comment(
        &mut self,
        foreign: &ForeignComment,
        ticket_id: TicketId,
        reply_to: Option<CommentId>,
    ) -> (Comment, Option<Blob>) {
        let author = self.person(foreign.author.as_ref());
        let created = seconds(foreign.created);
        let (comment_body, blob) = self.long(foreign.body.clone());
        if foreign.internal {
            self.report
                .note("internal comment: for the queues' group", 1);
        }
        let comment = Comment {
            family_id: self.destination.family_id,
            comment_id: self.identity.comment(&foreign.source_id, foreign.created),
            ticket_id,
            comment_user: author,
            author_kind: AuthorKind::User,
            comment_body,
            comment_date: created,
            reply_to,
            internal: foreign.internal.then_some(self.group_id),
            channel: Channel::Import,
            external_ref: Some(format!("{}:{}", self.system, foreign.source_id)),
            origin_ticket: None,
            common: Common {
                last_update: foreign.edited.map_or(created, seconds),
                ..Common::new(author, created)
            },
        };
        (comment, blob)
    }
}

/// What goes to the description beside the body.
struct Added {
    whole_title: Option<String>,
    kept: Vec<Kept>,
}

impl Added {
    fn keep(&mut self, label: &'static str, items: Vec<String>) {
        if !items.is_empty() {
            self.kept.push(Kept { label, items });
        }
    }
}

/// The whole title where it was cut, the body as it was, and a line or list for each thing that
/// has no home. The last line says what it was called there, so that a search finds it by that.
fn description(foreign: &ForeignTicket, added: &Added, system: &str) -> String {
    let mut parts: Vec<String> = added.whole_title.iter().cloned().collect();
    if !foreign.body.trim().is_empty() {
        parts.push(foreign.body.clone());
    }
    let kept = added.kept.iter().map(kept_text);
    let known_as = format!("{system}: {}", foreign.source_id);
    let kept: Vec<String> = kept.chain([known_as]).collect();
    parts.push(kept.join("\n"));
    parts.join("\n\n")
}

fn kept_text(kept: &Kept) -> String {
    match kept.items.as_slice() {
        [one] if !one.contains('\n') => format!("{}: {one}", kept.label),
        [one] => format!("{}:\n{one}", kept.label),
        several => format!("{}:\n- {}", kept.label, several.join("\n- ")),
    }
}
