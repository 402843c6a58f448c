//! One foreign ticket as entities of ours: the ticket, its description, who takes part, and what
//! was said.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp as Moment;
use sha2::{Digest, Sha256};

use super::foreign::{
    ForeignComment, ForeignFile, ForeignPerson, ForeignState, ForeignTicket, Kept, Rating,
};
use super::identity::Identity;
use super::moment::seconds;
use super::plan::{Blob, Destination, QueueHere};
use super::preview::Row;
use super::report::{Report, What};
use super::tables::{NOTHING, State, Tables};
use super::text;
use crate::model::attachment::{Attachment, file_name};
use crate::model::comment::{AuthorKind, Channel, Comment};
use crate::model::content_type::{SNIFFED, sniff};
use crate::model::entity::Common;
use crate::model::id::{CommentId, GroupId, TicketId, UserId};
use crate::model::long_text::{LongText, TEXT_LIMIT};
use crate::model::participant::{Participant, ParticipantRole};
use crate::model::record::Record;
use crate::model::severity::Severity;
use crate::model::source::Timestamp;
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
            let ticket_id = identity.ticket(&ticket.source_id, ticket.id_time);
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

/// What stands for the body of a comment that brought nothing but files.
const ONLY_FILES: &str = "(files without a word)";

/// Where the entities of a ticket go, in order, each with the blob that it needs.
type Sink<'a> = &'a mut dyn FnMut(Record, Option<Blob>);

/// All that the mapping of a ticket depends on beside the ticket.
pub(super) struct Mapping<'a> {
    pub destination: &'a Destination,
    pub system: &'a str,
    pub identity: &'a Identity,
    pub tables: &'a Tables,
    /// By the source's ids; the one without an id is someone unknown.
    pub people: &'a HashMap<String, UserId>,
    pub queues: &'a HashMap<String, QueueHere>,
    pub paths: Paths,
    pub report: &'a mut Report,
}

/// How a ticket's severity was found.
struct Rated {
    severity: Severity,
    /// The tag that said it, where it was one.
    by_tag: Option<String>,
}

impl Mapping<'_> {
    /// Hands on the ticket and all that hangs on it, and gives it as a preview shows it.
    pub fn ticket(&mut self, foreign: &ForeignTicket, sink: Sink<'_>) -> Row {
        let (ticket, added, state) = self.record(foreign);
        let ticket_id = ticket.ticket_id;
        let (requester, assignee) = (ticket.requested_by, ticket.assigned_to);
        let common = ticket.common.clone();
        let mut row = Row {
            place: foreign.place.clone(),
            source_id: foreign.source_id.clone(),
            severity: ticket.severity,
            state,
            queue_id: ticket.queue_id,
            requester,
            assignee,
            created: common.creation_date,
            title: ticket.title.clone(),
            comments: 0,
        };
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
        let on = Hanging {
            ticket_id,
            comment: None,
            by: requester,
            at: common.creation_date,
        };
        let named = (foreign.source_id.as_str(), foreign.id_time);
        self.files(&foreign.files, named, (&on, sink));
        let roles = [
            (Some(requester), ParticipantRole::Requester),
            (assignee, ParticipantRole::Assignee),
        ];
        let followers: BTreeSet<UserId> = foreign
            .followers
            .iter()
            .map(|it| self.person(Some(it)))
            .collect();
        let followers = followers
            .into_iter()
            .map(|it| (Some(it), ParticipantRole::Follower));
        for (user_id, role) in roles.into_iter().chain(followers) {
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
        row.comments = self.comments(foreign, (ticket_id, common.creation_date), sink);
        row
    }

    /// The ticket itself, what has to go to the description because it has no other home, and
    /// where it is in its life.
    fn record(&mut self, foreign: &ForeignTicket) -> (Ticket, Added, State) {
        let (title, whole_title) = self.title(foreign);
        let rated = self.rate(foreign);
        let (tags, tags_left) = self.tags(foreign, rated.by_tag.as_deref());
        let mut added = Added {
            whole_title,
            kept: foreign.kept.clone(),
        };
        added.keep("Tags", tags_left);
        let parent_ticket = self.paths.parent(foreign);
        if parent_ticket.is_none() {
            added.keep("Parent", foreign.parent.clone());
        }
        added.keep("Sub-tickets", self.children_elsewhere(foreign));
        self.note_kept(&added.kept);
        let requested_by = self.person(foreign.requester.as_ref());
        let created = foreign.created.map_or(self.destination.now, seconds);
        let updated = foreign.updated.map_or(created, seconds);
        let done = foreign.resolved.map_or(updated, seconds);
        let state = self.state(foreign);
        let (status, stage) = state.status();
        let (resolved_date, closed_date) = match status {
            Status::Open => (None, None),
            Status::Resolved => (Some(done), None),
            Status::Closed => (foreign.resolved.map(seconds), Some(done)),
        };
        let ticket = Ticket {
            family_id: self.destination.family_id,
            ticket_id: self.identity.ticket(&foreign.source_id, foreign.id_time),
            queue_id: self.queue(foreign).queue_id,
            number: None,
            title,
            severity: rated.severity,
            status,
            stage,
            waiting_note: (state == State::Waiting).then(|| waits_on(foreign)),
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
                .filter(|_| status == Status::Resolved)
                .map(|at| at.plus(REOPEN_WINDOW)),
            snoozed_until: None,
            tags,
            source: Channel::Import,
            external_ref: Some(format!("{}:{}", self.system, foreign.source_id)),
            parent_ticket,
            merged_into: None,
            triaged: false,
            common: Common {
                last_update: updated.max(created),
                ..Common::new(requested_by, created)
            },
        };
        (ticket, added, state)
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

    /// The severity by the tables, counted under the word that said it.
    fn rate(&mut self, foreign: &ForeignTicket) -> Rated {
        let (word, rated) = match &foreign.rating {
            Rating::Word(word) if !is_unsaid(word) => {
                let known = self.tables.severity.get(word);
                let severity = known.unwrap_or(Severity::DEFAULT);
                if known.is_none() {
                    let what = format!("unknown severity `{}`: {severity}", word.trim());
                    self.report.note(what, 1);
                }
                let by_tag = None;
                (word.trim().to_owned(), Rated { severity, by_tag })
            }
            Rating::AmongTags => self.rate_by_tags(foreign),
            Rating::Word(_) | Rating::Unsaid => self.unrated(),
        };
        let counted = (rated.severity, word);
        *self.report.severities.entry(counted).or_default() += 1;
        rated
    }

    /// The gravest of the severities that the tags name.
    fn rate_by_tags(&self, foreign: &ForeignTicket) -> (String, Rated) {
        let known = foreign.tags.iter().filter_map(|tag| {
            // `none` is the table's word for a tag that is not there.
            let severity = self.tables.severity.get(tag).filter(|_| !is_unsaid(tag))?;
            Some((severity, tag))
        });
        match known.min_by_key(|(severity, _)| *severity) {
            Some((severity, tag)) => {
                let by_tag = Some(tag.clone());
                (tag.clone(), Rated { severity, by_tag })
            }
            None => self.unrated(),
        }
    }

    fn unrated(&self) -> (String, Rated) {
        let severity = self.tables.unsaid();
        let by_tag = None;
        (String::new(), Rated { severity, by_tag })
    }

    /// Where the ticket is in its life by the tables, counted under the word that said it.
    fn state(&mut self, foreign: &ForeignTicket) -> State {
        let ForeignState {
            word, otherwise, ..
        } = &foreign.state;
        let state = self.tables.status.get(word).or(*otherwise);
        if state.is_none() && !word.trim().is_empty() {
            let what = format!("unknown status `{}`: open", word.trim());
            self.report.note(what, 1);
        }
        let state = state.unwrap_or(State::New);
        let counted = (state, word.trim().to_owned());
        *self.report.states.entry(counted).or_default() += 1;
        state
    }

    fn note_kept(&mut self, kept: &[Kept]) {
        for kept in kept {
            let what = format!("{}: kept as text", kept.label);
            self.report.note(what, kept.items.len());
        }
    }

    /// The tags, and those that are too many. The values of the source come first: from them the
    /// mapping can be seen later.
    fn tags(
        &mut self,
        foreign: &ForeignTicket,
        severity_tag: Option<&str>,
    ) -> (BTreeSet<String>, Vec<String>) {
        let values = foreign
            .values
            .iter()
            .map(|(name, value)| format!("import:{name}={value}"));
        let others = foreign.tags.iter().map(|tag| {
            if severity_tag == Some(tag) {
                format!("import:label={tag}")
            } else {
                tag.clone()
            }
        });
        let mut tags = BTreeSet::new();
        let mut left = Vec::new();
        for text in values.chain(others) {
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

    fn queue(&self, foreign: &ForeignTicket) -> QueueHere {
        let known = self.queues.get(&foreign.queue.source_id).copied();
        known.unwrap_or_else(|| QueueHere {
            queue_id: self.identity.queue(&foreign.queue.source_id),
            group_id: self.identity.group(""),
        })
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

    /// What was said, in order of creation; gives how much of it comes in.
    fn comments(
        &mut self,
        foreign: &ForeignTicket,
        (ticket_id, ticket_created): (TicketId, Timestamp),
        sink: Sink<'_>,
    ) -> usize {
        let group_id = self.queue(foreign).group_id;
        let mut said: Vec<&ForeignComment> = foreign.comments.iter().collect();
        said.sort_by_key(|comment| comment.created);
        let mut earlier: HashMap<&str, CommentId> = HashMap::new();
        for comment in said {
            let why = if !comment.says_something() {
                Some("its body is empty")
            } else if earlier.contains_key(comment.source_id.as_str()) {
                Some("it stands twice on its ticket")
            } else {
                None
            };
            if let Some(why) = why {
                let key = format!("{} comment {}", foreign.source_id, comment.source_id);
                self.report.skip(What::Comment, &comment.place, &key, why);
                continue;
            }
            let reply_to = comment.reply_to.as_deref().and_then(|it| earlier.get(it));
            let lost = comment.reply_to.is_some() && reply_to.is_none();
            self.report.note(
                "answer to a comment that did not come in",
                usize::from(lost),
            );
            let of = Of {
                ticket_id,
                ticket_created,
                group_id,
                reply_to: reply_to.copied(),
            };
            let (record, blob) = self.comment(comment, of);
            earlier.insert(&comment.source_id, record.comment_id);
            let on = Hanging {
                ticket_id,
                comment: Some((record.comment_id, record.internal)),
                by: record.comment_user,
                at: record.comment_date,
            };
            sink(record.into(), blob);
            let named = (comment.source_id.as_str(), comment.created);
            self.files(&comment.files, named, (&on, sink));
            self.report.comments.brought += 1;
        }
        earlier.len()
    }

    /// The files of a ticket or comment that the source knows by a name and a time.
    fn files(
        &self,
        files: &[ForeignFile],
        (source_id, time): (&str, Option<Moment>),
        (on, sink): (&Hanging, Sink<'_>),
    ) {
        for (place, file) in files.iter().enumerate() {
            let sha256 = text::hex(&Sha256::digest(&file.bytes));
            let beginning = file.bytes.get(..SNIFFED).unwrap_or(&file.bytes);
            let attachment = Attachment {
                family_id: self.destination.family_id,
                attachment_id: self
                    .identity
                    .attachment(&format!("{source_id}#{place}"), time),
                ticket_id: on.ticket_id,
                comment_id: on.comment.map(|(comment_id, _)| comment_id),
                file_name: file_name(&file.name),
                sha256: sha256.clone(),
                bytes: file.bytes.len() as u64,
                content_type: sniff(beginning).to_owned(),
                internal: on.comment.and_then(|(_, group_id)| group_id),
                common: Common::new(on.by, on.at),
            };
            let blob = Blob {
                sha256,
                bytes: file.bytes.clone(),
                is_file: true,
            };
            sink(attachment.into(), Some(blob));
        }
    }

    fn comment(&mut self, foreign: &ForeignComment, of: Of) -> (Comment, Option<Blob>) {
        let author = self.person(foreign.author.as_ref());
        let created = foreign.created.map_or(of.ticket_created, seconds);
        self.note_kept(&foreign.kept);
        let (comment_body, blob) = self.long(body(foreign));
        if foreign.internal {
            self.report
                .note("internal comment: for the queue's group", 1);
        }
        let comment = Comment {
            family_id: self.destination.family_id,
            comment_id: self.identity.comment(&foreign.source_id, foreign.created),
            ticket_id: of.ticket_id,
            comment_user: author,
            author_kind: AuthorKind::User,
            comment_body,
            comment_date: created,
            reply_to: of.reply_to,
            internal: foreign.internal.then_some(of.group_id),
            channel: Channel::Import,
            external_ref: Some(format!("{}:{}", self.system, foreign.source_id)),
            origin_ticket: None,
            common: Common {
                last_update: foreign.edited.map_or(created, seconds).max(created),
                ..Common::new(author, created)
            },
        };
        (comment, blob)
    }
}

/// What files hang on, and who brought them when.
struct Hanging {
    ticket_id: TicketId,
    /// With the group that alone sees it, if it is internal.
    comment: Option<(CommentId, Option<GroupId>)>,
    by: UserId,
    at: Timestamp,
}

/// What a comment hangs on.
struct Of {
    ticket_id: TicketId,
    ticket_created: Timestamp,
    /// Whose members read it where it is internal.
    group_id: GroupId,
    reply_to: Option<CommentId>,
}

/// Whether the source says nothing: exports write both a missing value and the word for it.
fn is_unsaid(word: &str) -> bool {
    let word = word.trim();
    word.is_empty() || word.eq_ignore_ascii_case(NOTHING)
}

fn waits_on(foreign: &ForeignTicket) -> String {
    let state = &foreign.state;
    state.waits_on.clone().unwrap_or_else(|| state.word.clone())
}

/// What was said, and what has no other home.
fn body(foreign: &ForeignComment) -> String {
    if foreign.kept.is_empty() {
        return match foreign.body.trim().is_empty() && !foreign.files.is_empty() {
            true => ONLY_FILES.to_owned(),
            false => foreign.body.clone(),
        };
    }
    let kept: Vec<String> = foreign.kept.iter().map(kept_text).collect();
    let parts = [foreign.body.trim_end().to_owned(), kept.join("\n")];
    let parts = parts.into_iter().filter(|it| !it.is_empty());
    parts.collect::<Vec<_>>().join("\n\n")
}

/// What goes to the description beside the body.
struct Added {
    whole_title: Option<String>,
    kept: Vec<Kept>,
}

impl Added {
    fn keep(&mut self, label: &str, items: impl IntoIterator<Item = String>) {
        self.kept.extend(Kept::some(label, items));
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
