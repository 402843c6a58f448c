//! `famdesk queues`: queues and what they give their tickets.

use crate::cli::args::{DeleteByName, EditQueueArgs, NewQueueArgs, QueuesDeed};
use crate::cli::confirm::confirmed;
use crate::cli::deleted;
use crate::cli::errand::Errand;
use crate::cli::failure::{Exit, Failure, Result};
use crate::cli::print::rows;
use crate::model::command::CommandBody;
use crate::model::entity::EntityKey;
use crate::model::id::{FamilyId, QueueId};
use crate::model::queue::QueueField;
use crate::model::severity::Severity;
use crate::replica::view::FamilyView;

pub async fn queues(errand: &mut Errand, deed: Option<QueuesDeed>) -> Result<Exit> {
    let family_id = errand.family().await?.family_id;
    match deed {
        None => list(errand, family_id).await,
        Some(QueuesDeed::Create(new)) => create(errand, family_id, new).await,
        Some(QueuesDeed::Edit(args)) => edit(errand, family_id, args).await,
        Some(QueuesDeed::Delete(args)) => delete(errand, family_id, args).await,
    }
}

async fn list(errand: &mut Errand, family_id: FamilyId) -> Result<Exit> {
    let view = errand.view(family_id).await?;
    if errand.out.is_json() {
        let all: Vec<rows::QueueJson<'_>> = view
            .queues
            .iter()
            .map(|row| rows::queue_json(row, &view))
            .collect();
        errand.out.json(&all)?;
    } else if view.queues.is_empty() {
        errand
            .out
            .line("no queue yet; `famdesk queues create NAME --group G` makes one")?;
    } else {
        errand.out.grid(&rows::queues(&view))?;
    }
    Ok(Exit::Done)
}

async fn create(errand: &mut Errand, family_id: FamilyId, new: NewQueueArgs) -> Result<Exit> {
    let group_id = errand.group(family_id, &new.group).await?;
    let queue_id = QueueId(errand.station.source().fresh());
    let mut bodies = vec![CommandBody::QueueCreate {
        queue_id,
        group_id,
        queue_name: new.name,
        queue_description: new.description,
        default_severity: new.severity,
    }];
    if let Some(who) = &new.assignee {
        let assignee = errand.person_or_none(family_id, who).await?;
        bodies.push(CommandBody::QueueSet {
            queue_id,
            set: QueueField::DefaultAssignee(assignee),
        });
    }
    errand.act_on_family(family_id, bodies).await?;
    let view = errand.view(family_id).await?;
    let made = view
        .queues
        .iter()
        .find(|row| row.queue.queue_id == queue_id);
    match made {
        Some(row) if errand.out.is_json() => errand.out.json(&rows::queue_json(row, &view))?,
        Some(row) => errand.out.line(format!(
            "{} / {}: `famdesk new --queue '{}' --title T` files its first ticket",
            rows::group_name(&view, group_id),
            row.queue.queue_name,
            row.queue.queue_name
        ))?,
        None => {}
    }
    Ok(Exit::Done)
}

async fn edit(errand: &mut Errand, family_id: FamilyId, args: EditQueueArgs) -> Result<Exit> {
    let queue_id = errand.queue(family_id, &args.queue).await?;
    let mut changes = Vec::new();
    changes.extend(args.name.map(QueueField::QueueName));
    changes.extend(args.description.map(QueueField::QueueDescription));
    if let Some(text) = &args.severity {
        changes.push(QueueField::DefaultSeverity(severity_or_none(text)?));
    }
    if let Some(who) = &args.assignee {
        let assignee = errand.person_or_none(family_id, who).await?;
        changes.push(QueueField::DefaultAssignee(assignee));
    }
    if let Some(group) = &args.group {
        let group_id = errand.group(family_id, group).await?;
        changes.push(QueueField::GroupId(group_id));
    }
    let bodies = changes
        .into_iter()
        .map(|set| CommandBody::QueueSet { queue_id, set })
        .collect();
    errand.act_on_family(family_id, bodies).await?;
    say_one(errand, family_id, queue_id).await
}

fn severity_or_none(text: &str) -> Result<Option<Severity>> {
    if text.eq_ignore_ascii_case("none") {
        return Ok(None);
    }
    text.parse().map(Some).map_err(Failure::usage)
}

async fn say_one(errand: &mut Errand, family_id: FamilyId, queue_id: QueueId) -> Result<Exit> {
    let mut view = errand.view(family_id).await?;
    view.queues.retain(|row| row.queue.queue_id == queue_id);
    match view.queues.first() {
        Some(row) if errand.out.is_json() => errand.out.json(&rows::queue_json(row, &view))?,
        Some(_) => errand.out.grid(&rows::queues(&view))?,
        None => {}
    }
    Ok(Exit::Done)
}

async fn delete(errand: &mut Errand, family_id: FamilyId, args: DeleteByName) -> Result<Exit> {
    let queue_id = errand.queue(family_id, &args.name).await?;
    let view = errand.view(family_id).await?;
    let name = name_of(&view, queue_id);
    confirmed(args.confirm, &name, &name)?;
    let key = EntityKey::Queue(queue_id);
    errand
        .act_on_family(family_id, vec![CommandBody::EntityDelete(key)])
        .await
        .map_err(|failure| failure.about(&name))?;
    deleted::say_deleted(errand, key, (&name, &format!("restore '{name}'")))
}

fn name_of(view: &FamilyView, queue_id: QueueId) -> String {
    let mut queues = view.queues.iter();
    let found = queues.find(|row| row.queue.queue_id == queue_id);
    found.map_or_else(String::new, |row| row.queue.queue_name.clone())
}
