//! `famdesk groups`: groups and who is in them.

use crate::cli::args::{DeleteByName, EditGroupArgs, GroupsDeed};
use crate::cli::confirm::confirmed;
use crate::cli::deleted;
use crate::cli::errand::Errand;
use crate::cli::failure::{Exit, Result};
use crate::cli::print::rows;
use crate::model::command::CommandBody;
use crate::model::entity::EntityKey;
use crate::model::group::GroupField;
use crate::model::id::{FamilyId, GroupId, UserId};
use crate::model::membership::MembershipStatus;
use crate::replica::view::FamilyView;

pub async fn groups(errand: &mut Errand, deed: Option<GroupsDeed>) -> Result<Exit> {
    let family_id = errand.family().await?.family_id;
    match deed {
        None => list(errand, family_id).await,
        Some(GroupsDeed::Create { name, description }) => {
            create(errand, family_id, (name, description)).await
        }
        Some(GroupsDeed::Edit(args)) => edit(errand, family_id, args).await,
        Some(GroupsDeed::Add { group, who, admin }) => {
            let group_id = errand.group(family_id, &group).await?;
            let mut bodies = Vec::with_capacity(who.len());
            for name in &who {
                bodies.push(CommandBody::GroupMembershipAdd {
                    group_id,
                    user_id: errand.person(family_id, name).await?,
                    is_admin: admin,
                });
            }
            carry_out(errand, (family_id, group_id), bodies).await
        }
        Some(GroupsDeed::Request { group }) => {
            let group_id = errand.group(family_id, &group).await?;
            let body = CommandBody::GroupMembershipRequest { group_id };
            carry_out(errand, (family_id, group_id), vec![body]).await
        }
        Some(GroupsDeed::Admin { group, who, off }) => {
            let group_id = errand.group(family_id, &group).await?;
            let body = CommandBody::GroupMembershipSetAdmin {
                group_id,
                user_id: errand.person(family_id, &who).await?,
                is_admin: !off,
            };
            carry_out(errand, (family_id, group_id), vec![body]).await
        }
        Some(GroupsDeed::Remove { group, who }) => {
            let group_id = errand.group(family_id, &group).await?;
            let user_id = errand.person(family_id, &who).await?;
            let body = if asks(&errand.view(family_id).await?, group_id, user_id) {
                CommandBody::GroupMembershipDecline { group_id, user_id }
            } else {
                CommandBody::GroupMembershipRemove { group_id, user_id }
            };
            carry_out(errand, (family_id, group_id), vec![body]).await
        }
        Some(GroupsDeed::Delete(args)) => delete(errand, family_id, args).await,
    }
}

/// Whether someone else's request is to be answered. Whoever takes back their own leaves.
fn asks(view: &FamilyView, group_id: GroupId, user_id: UserId) -> bool {
    view.places.iter().any(|place| {
        place.group_id == group_id
            && place.user_id == user_id
            && place.status == MembershipStatus::Awaiting
            && user_id != view.me.user_id
    })
}

async fn list(errand: &mut Errand, family_id: FamilyId) -> Result<Exit> {
    let view = errand.view(family_id).await?;
    if errand.out.is_json() {
        let groups = view.groups.iter();
        let all: Vec<rows::GroupJson<'_>> = groups.map(|it| rows::group_json(it, &view)).collect();
        errand.out.json(&all)?;
    } else if view.groups.is_empty() {
        errand
            .out
            .line("no group yet; `famdesk groups create NAME` makes one")?;
    } else {
        errand.out.grid(&rows::groups(&view))?;
    }
    Ok(Exit::Done)
}

async fn create(
    errand: &mut Errand,
    family_id: FamilyId,
    (group_name, group_description): (String, String),
) -> Result<Exit> {
    let group_id = GroupId(errand.station.source().fresh());
    let body = CommandBody::GroupCreate {
        group_id,
        group_name,
        group_description,
    };
    errand.act_on_family(family_id, vec![body]).await?;
    let view = errand.view(family_id).await?;
    match view.groups.iter().find(|it| it.group_id == group_id) {
        Some(group) if errand.out.is_json() => errand.out.json(&rows::group_json(group, &view))?,
        Some(group) => errand.out.line(format!(
            "{}: `famdesk queues create NAME --group '{}'` makes its first queue",
            group.group_name, group.group_name
        ))?,
        None => {}
    }
    Ok(Exit::Done)
}

async fn edit(errand: &mut Errand, family_id: FamilyId, args: EditGroupArgs) -> Result<Exit> {
    let group_id = errand.group(family_id, &args.group).await?;
    let name = args.name.map(GroupField::GroupName);
    let description = args.description.map(GroupField::GroupDescription);
    let bodies = name
        .into_iter()
        .chain(description)
        .map(|set| CommandBody::GroupSet { group_id, set })
        .collect();
    carry_out(errand, (family_id, group_id), bodies).await
}

async fn delete(errand: &mut Errand, family_id: FamilyId, args: DeleteByName) -> Result<Exit> {
    let group_id = errand.group(family_id, &args.name).await?;
    let view = errand.view(family_id).await?;
    let name = rows::group_name(&view, group_id).to_owned();
    confirmed(args.confirm, &name, &name)?;
    let key = EntityKey::Group(group_id);
    errand
        .act_on_family(family_id, vec![CommandBody::EntityDelete(key)])
        .await
        .map_err(|failure| failure.about(&name))?;
    deleted::say_deleted(errand, key, (&name, &format!("restore '{name}'")))
}

/// Does it, and says how the group is now.
async fn carry_out(
    errand: &mut Errand,
    (family_id, group_id): (FamilyId, GroupId),
    bodies: Vec<CommandBody>,
) -> Result<Exit> {
    errand.act_on_family(family_id, bodies).await?;
    let view = errand.view(family_id).await?;
    let Some(group) = view.groups.iter().find(|it| it.group_id == group_id) else {
        return Ok(Exit::Done);
    };
    if errand.out.is_json() {
        errand.out.json(&rows::group_json(group, &view))?;
    } else {
        let only = FamilyView {
            groups: vec![group.clone()],
            ..view
        };
        errand.out.grid(&rows::groups(&only))?;
    }
    Ok(Exit::Done)
}
