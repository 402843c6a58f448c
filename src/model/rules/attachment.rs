//! Putting files on tickets and comments.

use super::comment::{in_thread, merged_through};
use super::ticket::seen;
use super::{Ask, Decision, no_such};
use crate::model::attachment::{
    Attachment, FILE_LIMIT, FILE_NAME_LIMIT, FILES_PER_COMMENT, FILES_PER_FAMILY, NewAttachment,
    file_name,
};
use crate::model::change::Change;
use crate::model::comment::Comment;
use crate::model::entity::{EntityKey, EntityType};
use crate::model::id::{AttachmentId, CommentId, TicketId};
use crate::model::known::Stop;
use crate::model::record::Record;
use crate::model::refusal::Refusal;
use crate::model::ticket::Ticket;

/// Whoever sees a ticket may put files on it, and on what they have said there themselves. On a
/// merged ticket they go where what is said there goes.
pub(super) fn add(ask: &Ask<'_>, new: &NewAttachment) -> Decision {
    fits(&new.file.file_name, new.file.bytes)?;
    let named = seen(ask, new.ticket_id)?;
    let passed = merged_through(ask, named)?;
    let (ticket_id, comment) = match new.comment_id {
        Some(comment_id) => {
            let comment = own_comment(ask, &passed, comment_id)?;
            (comment.ticket_id, Some(comment))
        }
        None => (passed.last().map_or(new.ticket_id, |it| it.ticket_id), None),
    };
    let attachment = Attachment {
        family_id: ask.family_id(),
        attachment_id: new.attachment_id,
        ticket_id,
        comment_id: new.comment_id,
        file_name: new.file.file_name.clone(),
        sha256: new.file.sha256.clone(),
        bytes: new.file.bytes,
        content_type: new.file.content_type.clone(),
        internal: comment.and_then(|it| it.internal),
        common: ask.common(),
    };
    ask.is_new(attachment.key())?;
    has_room(ask, &attachment)?;
    Ok(vec![Change::create(attachment)])
}

/// Checks what can be said of a file by its name and size alone.
pub(super) fn fits(name: &str, bytes: u64) -> Result<(), Stop> {
    if file_name(name) != name {
        let why = format!(
            "it must be a plain name of {FILE_NAME_LIMIT} bytes at the most, such as {}",
            file_name(name)
        );
        return Err(Refusal::invalid("file_name", why).into());
    }
    if bytes == 0 {
        return Err(Refusal::invalid("file", format!("{name} is empty")).into());
    }
    if bytes > FILE_LIMIT {
        let (mib, limit) = (bytes.div_ceil(1024 * 1024), FILE_LIMIT / 1024 / 1024);
        let why = format!("{name} is {mib} MiB large; {limit} MiB is the most");
        return Err(Refusal::invalid("file", why).into());
    }
    Ok(())
}

/// The comment on one of these tickets, which must be of whoever asks.
fn own_comment<'a>(
    ask: &'a Ask<'_>,
    of: &[&Ticket],
    comment_id: CommentId,
) -> Result<&'a Comment, Stop> {
    let comment = in_thread(ask, of, comment_id)?;
    if comment.comment_user != ask.user() {
        return Err(Refusal::not_allowed("its author", "attach to a comment").into());
    }
    Ok(comment)
}

/// Checks that one more fits beside those that hang on the same comment, or on the ticket itself.
fn has_room(ask: &Ask<'_>, attachment: &Attachment) -> Result<(), Stop> {
    let beside = ask.known.attachments(attachment.ticket_id)?;
    let count = beside
        .filter(|it| it.comment_id == attachment.comment_id)
        .count();
    if count < FILES_PER_COMMENT {
        return Ok(());
    }
    let what = match attachment.comment_id {
        Some(_) => "the comment",
        None => "the ticket itself",
    };
    let why = format!("{what} has {count} files, and {FILES_PER_COMMENT} is the most");
    Err(Refusal::invalid("file", why).into())
}

/// The same for one that is to come back.
pub(super) fn has_room_for(
    ask: &Ask<'_>,
    ticket_id: TicketId,
    attachment_id: AttachmentId,
) -> Result<(), Stop> {
    let key = EntityKey::Attachment(ticket_id, attachment_id);
    match ask.known.entity(key)? {
        Some(Record::Attachment(it)) if it.common.deleted => has_room(ask, it),
        _ => Ok(()),
    }
}

/// An attachment that whoever asks may read, given that they see its ticket.
pub(super) fn readable<'a>(
    ask: &'a Ask<'_>,
    ticket_id: TicketId,
    attachment_id: AttachmentId,
) -> Result<&'a Attachment, Stop> {
    let attachment = ask.known.attachment(ticket_id, attachment_id)?;
    if let Some(group_id) = attachment.internal {
        let viewer = ask.known.viewer(ask.user(), Some(group_id))?;
        if !viewer.sees_internal(group_id) {
            return Err(no_such(EntityType::Attachment));
        }
    }
    Ok(attachment)
}

/// That the family has no room for the new files beside what its files take already, if so.
pub fn over_quota(before: u64, changes: &[Change]) -> Option<Refusal> {
    let new: u64 = changes.iter().filter_map(new_file).map(|it| it.bytes).sum();
    if new == 0 || before.saturating_add(new) <= FILES_PER_FAMILY {
        return None;
    }
    let mib = |bytes: u64| bytes.div_ceil(1024 * 1024);
    let why = format!(
        "the family's files, removed ones included, take {} MiB; with this they would pass the {} \
         GiB that a family has",
        mib(before),
        FILES_PER_FAMILY / 1024 / 1024 / 1024
    );
    Some(Refusal::invalid("file", why))
}

/// The attachment that a change makes, if it makes one.
pub fn new_file(change: &Change) -> Option<&Attachment> {
    match (&change.before, &change.after) {
        (None, Record::Attachment(it)) => Some(it),
        _ => None,
    }
}
