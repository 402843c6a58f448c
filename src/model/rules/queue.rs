//! Queues: made, changed and moved by those who manage the owning group.

use super::{Ask, Decision, maybe, name, no_such};
use crate::model::change::Change;
use crate::model::entity::EntityType;
use crate::model::id::{GroupId, QueueId};
use crate::model::known::Stop;
use crate::model::membership::Role;
use crate::model::queue::{Queue, QueueField};
use crate::model::severity::Severity;

/// What is said when a queue is made.
pub(super) struct NewQueue<'a> {
    pub queue_id: QueueId,
    pub group_id: GroupId,
    pub queue_name: &'a str,
    pub queue_description: &'a str,
    pub default_severity: Option<Severity>,
}

pub(super) fn create(ask: &Ask<'_>, new: NewQueue<'_>) -> Decision {
    ask.group_admin(new.group_id, "create queues")?;
    ask.known.group(new.group_id)?;
    let queue = Queue {
        family_id: ask.family_id(),
        queue_id: new.queue_id,
        group_id: new.group_id,
        queue_name: name("queue_name", new.queue_name)?,
        queue_description: new.queue_description.to_owned(),
        default_severity: new.default_severity,
        default_assignee: None,
        common: ask.common(),
    };
    ask.is_new(queue.key())?;
    Ok(vec![Change::create(queue)])
}

pub(super) fn set(ask: &Ask<'_>, queue_id: QueueId, set: &QueueField) -> Decision {
    let queue = named(ask, queue_id)?;
    ask.group_admin(queue.group_id, "change the queue")?;
    let checked = match set {
        QueueField::QueueName(text) => QueueField::QueueName(name("queue_name", text)?),
        QueueField::GroupId(to) => {
            ask.group_admin(*to, "move a queue into it")?;
            ask.known.group(*to)?;
            set.clone()
        }
        QueueField::DefaultAssignee(Some(user_id)) => {
            ask.is_member(*user_id, "default_assignee")?;
            set.clone()
        }
        QueueField::DefaultAssignee(None)
        | QueueField::QueueDescription(_)
        | QueueField::DefaultSeverity(_) => set.clone(),
    };
    maybe(Change::update(queue, ask.now, |queue| match checked {
        QueueField::QueueName(text) => queue.queue_name = text,
        QueueField::QueueDescription(text) => queue.queue_description = text,
        QueueField::DefaultSeverity(severity) => queue.default_severity = severity,
        QueueField::DefaultAssignee(user_id) => queue.default_assignee = user_id,
        QueueField::GroupId(to) => queue.group_id = to,
    }))
}

/// A queue whose name whoever asks may know: the family's members do, its guests don't.
pub(super) fn named<'a>(ask: &'a Ask<'_>, queue_id: QueueId) -> Result<&'a Queue, Stop> {
    let viewer = ask.viewer()?;
    if viewer.role == Role::Guest && !viewer.is_admin {
        return Err(no_such(EntityType::Queue));
    }
    ask.known.queue(queue_id)
}
