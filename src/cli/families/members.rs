//! `famdesk members`: who is in the family, who is to be, and as what.

use crate::cli::args::{InviteArgs, MembersDeed};
use crate::cli::errand::Errand;
use crate::cli::failure::{Exit, Failure, Result};
use crate::cli::print::rows;
use crate::model::command::{CommandBody, MembershipField};
use crate::model::id::{FamilyId, UserId};
use crate::replica::view::FamilyRow;
use crate::sync::acquaint::Invitee;
use crate::wire::problem::ProblemKind;

pub async fn members(errand: &mut Errand, deed: Option<MembersDeed>) -> Result<Exit> {
    match deed {
        None => list(errand).await,
        Some(MembersDeed::Invite(args)) => invite(errand, args).await,
        Some(MembersDeed::Accept { who: None }) => accept(errand).await,
        Some(MembersDeed::Accept { who: Some(who) }) => {
            let (family_id, user_id) = named(errand, &who).await?;
            let body = CommandBody::MembershipApprove { user_id };
            carry_out(errand, (family_id, user_id), body).await
        }
        Some(MembersDeed::Decline { who: None }) => decline_mine(errand).await,
        Some(MembersDeed::Decline { who: Some(who) }) => {
            let (family_id, user_id) = named(errand, &who).await?;
            let body = CommandBody::MembershipDecline { user_id };
            carry_out(errand, (family_id, user_id), body).await
        }
        Some(MembersDeed::Role { who, role }) => {
            set(errand, &who, MembershipField::Role(role)).await
        }
        Some(MembersDeed::Admin { who, off }) => {
            set(errand, &who, MembershipField::IsAdmin(!off)).await
        }
        Some(MembersDeed::Rename { who, name }) => {
            set(errand, &who, MembershipField::DisplayName(name)).await
        }
        Some(MembersDeed::Remove { who }) => remove(errand, &who).await,
    }
}

async fn list(errand: &mut Errand) -> Result<Exit> {
    let family = errand.family().await?;
    let view = errand.view(family.family_id).await?;
    if errand.out.is_json() {
        let all: Vec<rows::PersonJson<'_>> =
            view.people.iter().map(rows::PersonJson::from).collect();
        errand.out.json(&all)?;
    } else {
        errand.out.grid(&rows::people(&view))?;
    }
    Ok(Exit::Done)
}

async fn invite(errand: &mut Errand, args: InviteArgs) -> Result<Exit> {
    let family_id = errand.family().await?.family_id;
    let view = errand.view(family_id).await?;
    if !view.me.is_admin {
        return Err(Failure::refused(
            "only the family's admins can invite people; ask one of them",
        ));
    }
    let name = args.name.trim().to_owned();
    let who = Invitee {
        display_name: name.clone(),
        email: args.email,
        anew: args.new,
    };
    let user_id = errand.station.acquaint(family_id, &who).await?;
    let body = CommandBody::MembershipInvite {
        user_id,
        display_name: name.clone(),
        role: args.role,
    };
    errand.act_on_family(family_id, vec![body]).await?;
    if errand.out.is_json() {
        return say_one(errand, (family_id, user_id)).await;
    }
    if errand.station.client().is_far() {
        return say_how_to_come(errand, (user_id, &name)).await;
    }
    errand.out.line(format!(
        "{name} is invited as {}; here, `famdesk --as '{name}' members accept` accepts",
        args.role
    ))?;
    Ok(Exit::Done)
}

/// On a server somebody new comes in by a one-time code, and who has a login as ever.
async fn say_how_to_come(errand: &mut Errand, (user_id, name): (UserId, &str)) -> Result<Exit> {
    match errand.station.client().make_code(user_id).await {
        Ok(made) => {
            errand.out.line(format!(
                "{name} is invited; this code lets them in, once, within three days:"
            ))?;
            errand.out.line(format!("  {}", made.code.0))?;
            errand
                .out
                .line("they run `famdesk connect`, then `famdesk members accept`")?;
        }
        Err(error) if error.kind() == Some(ProblemKind::NotFound) => errand.out.line(format!(
            "{name} is invited; they have a login, and `famdesk members accept` accepts"
        ))?,
        Err(error) if error.is_unreachable() => errand.out.line(format!(
            "{name} is invited as soon as the server can be reached; \
             then `famdesk users code '{name}'` makes the code that lets them in"
        ))?,
        Err(error) => return Err(error.into()),
    }
    Ok(Exit::Done)
}

async fn accept(errand: &mut Errand) -> Result<Exit> {
    let invitation = errand.invitation().await?;
    let family_id = invitation.family_id;
    errand
        .commit(family_id, vec![CommandBody::MembershipAccept {}])
        .await?;
    if errand.out.is_json() {
        let me = errand.station.me();
        return say_one(errand, (family_id, me)).await;
    }
    let name = &invitation.family_name;
    errand.out.line(format!("you are in {name} now"))?;
    Ok(Exit::Done)
}

async fn decline_mine(errand: &mut Errand) -> Result<Exit> {
    let invitation = errand.invitation().await?;
    let user_id = errand.station.me();
    let body = CommandBody::MembershipDecline { user_id };
    errand.commit(invitation.family_id, vec![body]).await?;
    say_left(errand, &invitation, "declined the invitation to")
}

async fn set(errand: &mut Errand, who: &str, set: MembershipField) -> Result<Exit> {
    let (family_id, user_id) = named(errand, who).await?;
    let body = CommandBody::MembershipSet { user_id, set };
    carry_out(errand, (family_id, user_id), body).await
}

async fn remove(errand: &mut Errand, who: &str) -> Result<Exit> {
    let family = errand.family().await?;
    let user_id = errand.person(family.family_id, who).await?;
    let view = errand.view(family.family_id).await?;
    let mut people = view.people.iter();
    let person = people.find(|person| person.user_id == user_id);
    let name = person.map_or_else(|| who.to_owned(), |person| person.display_name.clone());
    let body = CommandBody::MembershipRemove { user_id };
    errand.commit(family.family_id, vec![body]).await?;
    if user_id == errand.station.me() {
        return say_left(errand, &family, "left");
    }
    if errand.out.is_json() {
        errand
            .out
            .json(&serde_json::json!({ "user_id": user_id, "removed": true }))?;
    } else {
        errand.out.line(format!(
            "{name} is in {} no more; `famdesk members invite '{name}'` asks them in again",
            family.family_name
        ))?;
    }
    Ok(Exit::Done)
}

async fn named(errand: &Errand, who: &str) -> Result<(FamilyId, UserId)> {
    let family_id = errand.family().await?.family_id;
    Ok((family_id, errand.person(family_id, who).await?))
}

/// Does it, and says how the member is now.
async fn carry_out(errand: &mut Errand, of: (FamilyId, UserId), body: CommandBody) -> Result<Exit> {
    errand.act_on_family(of.0, vec![body]).await?;
    say_one(errand, of).await
}

async fn say_one(errand: &mut Errand, (family_id, user_id): (FamilyId, UserId)) -> Result<Exit> {
    let mut view = errand.view(family_id).await?;
    view.people.retain(|person| person.user_id == user_id);
    match view.people.first() {
        Some(person) if errand.out.is_json() => errand.out.json(&rows::PersonJson::from(person))?,
        Some(_) => errand.out.grid(&rows::people(&view))?,
        None => {}
    }
    Ok(Exit::Done)
}

fn say_left(errand: &mut Errand, family: &FamilyRow, what: &str) -> Result<Exit> {
    if errand.out.is_json() {
        errand.out.json(&serde_json::json!({
            "family_id": family.family_id,
            "left": true,
        }))?;
    } else {
        let name = &family.family_name;
        errand.out.line(format!("you {what} {name}"))?;
    }
    Ok(Exit::Done)
}
