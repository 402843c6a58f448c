//! The bundled backend's one login: the store's owner, the people who act at it, and the families
//! they are in.

use serde::{Deserialize, Serialize};

use super::feed::{cursor_of, no_family};
use super::writes::{first_of_user, put};
use super::{Desk, DeskError, unreadable};
use crate::model::audit::{Action, AuditRecord};
use crate::model::entity::{Common, EntityType};
use crate::model::id::{CommandId, FamilyId, UserId};
use crate::model::membership::Membership;
use crate::model::name::{name, zone};
use crate::model::record::Record;
use crate::model::refusal::Refusal;
use crate::model::user::{User, address};
use crate::table::error::TableError;
use crate::table::item::{Condition, Write};
use crate::table::keys;
use crate::table::patterns;
use crate::wire::readable::Readable;
use crate::wire::session::{FamilyStanding, Introduction, Session};

/// What names this store.
#[derive(Serialize, Deserialize)]
struct StoreName {
    server_id: String,
}

/// Who owns this store.
#[derive(Serialize, Deserialize)]
struct Owner {
    user_id: UserId,
}

/// Stands where a key of a family is asked for and the entity belongs to none.
pub(super) const NO_FAMILY: FamilyId = FamilyId(uuid::Uuid::nil());

impl Desk {
    /// The store's own name, given when it was first asked for.
    pub async fn server_id(&self) -> Result<String, DeskError> {
        let key = keys::store_key();
        for _ in 0..2 {
            if let Some(item) = self.table.get(key.clone()).await? {
                let name: StoreName = keys::read(&item)?;
                return Ok(name.server_id);
            }
            let name = StoreName {
                server_id: self.source.fresh().hyphenated().to_string(),
            };
            match self
                .table
                .transact(vec![put(key.clone(), 1, &name, Condition::Absent)?])
                .await
            {
                // Another program may have been first; its name counts.
                Ok(()) | Err(TableError::Cancelled(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(DeskError::Busy)
    }

    /// The store's owner.
    ///
    /// # Errors
    /// [`DeskError::NoOwner`] before the first introduction.
    pub async fn owner(&self) -> Result<UserId, DeskError> {
        let item = self
            .table
            .get(keys::store_owner_key())
            .await?
            .ok_or(DeskError::NoOwner)?;
        let owner: Owner = keys::read(&item)?;
        Ok(owner.user_id)
    }

    /// Notes who owns this store. The same introduction again changes nothing.
    pub async fn introduce(&self, who: &Introduction) -> Result<Session, DeskError> {
        match self.owner().await {
            Ok(owner) if owner == who.user_id => return self.session(owner).await,
            Ok(_) => return Err(DeskError::OwnerThere),
            Err(DeskError::NoOwner) => {}
            Err(error) => return Err(error),
        }
        let writes = self.introduction(who)?;
        match self.table.transact(writes).await {
            Ok(()) => self.session(who.user_id).await,
            // Another program may have said the same a moment ago.
            Err(TableError::Cancelled(_)) if self.owner().await? == who.user_id => {
                self.session(who.user_id).await
            }
            Err(TableError::Cancelled(_)) => Err(DeskError::OwnerThere),
            Err(error) => Err(error.into()),
        }
    }

    fn introduction(&self, who: &Introduction) -> Result<Vec<Write>, DeskError> {
        let owner = Owner {
            user_id: who.user_id,
        };
        let mut writes = vec![put(keys::store_owner_key(), 1, &owner, Condition::Absent)?];
        let user = self.person(who, who.user_id)?;
        writes.extend(self.new_user(user, who.user_id)?);
        Ok(writes)
    }

    /// Notes somebody who acts at the owner's login, such as a person who is invited. Who is known
    /// already, by the id or by the e-mail address, stays as they are; they are given back.
    pub async fn acquaint(&self, who: &Introduction, by: UserId) -> Result<User, DeskError> {
        for _ in 0..2 {
            if let Some(known) = self.known_user(who).await? {
                return Ok(known);
            }
            let user = self.person(who, by)?;
            match self.table.transact(self.new_user(user.clone(), by)?).await {
                Ok(()) => return Ok(user),
                // Another program may have noted them a moment ago.
                Err(TableError::Cancelled(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(DeskError::Busy)
    }

    /// The same for who runs a family on a server. They learn of a person only what they said
    /// themselves, and the id under which to ask them in.
    ///
    /// # Errors
    /// A refusal for whoever runs neither the server nor a family.
    pub async fn acquaint_from_outside(
        &self,
        who: &Introduction,
        by: UserId,
    ) -> Result<User, DeskError> {
        let mine = patterns::families_of(self.table.as_ref(), by).await?;
        if !mine.iter().any(|it| it.is_admin) && !self.is_owner(by).await? {
            return Err(Refusal::not_allowed("admins of a family", "ask people in").into());
        }
        let told = self.person(who, by)?;
        let known = self.acquaint(who, by).await?;
        Ok(User {
            user_id: known.user_id,
            ..told
        })
    }

    async fn known_user(&self, who: &Introduction) -> Result<Option<User>, DeskError> {
        let table = self.table.as_ref();
        if let Some(email) = &who.email
            && let Some(user) = patterns::user_by_email(table, email).await?
        {
            return Ok(Some(user));
        }
        Ok(patterns::user(table, who.user_id).await?)
    }

    fn person(&self, who: &Introduction, by: UserId) -> Result<User, DeskError> {
        Ok(User {
            user_id: who.user_id,
            email: who.email.as_deref().map(address).transpose()?,
            display_name: name("display_name", &who.display_name)?,
            is_active: true,
            is_approved: true,
            time_zone: zone(&who.time_zone)?,
            common: Common::new(by, self.source.now()),
        })
    }

    /// The writes that make somebody's record and begin their log.
    pub(super) fn new_user(&self, user: User, actor: UserId) -> Result<Vec<Write>, DeskError> {
        let user_id = user.user_id;
        let mut writes = Vec::new();
        if let Some(email) = &user.email {
            writes.push(Write::create(keys::email_item(email, user_id)?));
        }
        let record = Record::User(user);
        let audit = AuditRecord {
            seq: 1,
            family_id: None,
            entity: record.key(),
            version: 1,
            action: Action::Create,
            command_type: "user.create".to_owned(),
            command_id: CommandId(self.source.fresh()),
            device_id: None,
            actor_user_id: actor,
            on_behalf_of: None,
            time: self.source.now(),
            before: None,
            after: Some(
                record
                    .to_json()
                    .map_err(|error| unreadable("user", error))?,
            ),
            audience: record.audience(),
            hash: String::new(),
        };
        // A user belongs to no family, so which one is named makes no difference.
        writes.push(Write::create(keys::item_of(NO_FAMILY, &record)?));
        writes.extend(first_of_user(user_id, audit)?);
        Ok(writes)
    }

    /// Someone who is known by a family alone: they act at the owner's login (a shared computer)
    /// and have none of their own.
    fn without_login(
        &self,
        user_id: UserId,
        known_by: Option<&Membership>,
    ) -> Result<User, DeskError> {
        let membership = known_by.ok_or(Refusal::NotFound {
            what: EntityType::User,
        })?;
        Ok(User {
            user_id,
            email: None,
            display_name: membership.display_name.clone(),
            is_active: false,
            is_approved: false,
            time_zone: "UTC".to_owned(),
            common: membership.common.clone(),
        })
    }

    /// Someone and the families they are in or invited to. Who else is there just now,
    /// [`present`](Desk::present) tells.
    pub async fn session(&self, user_id: UserId) -> Result<Session, DeskError> {
        let table = self.table.as_ref();
        let mut memberships = patterns::families_of(table, user_id).await?;
        memberships.extend(patterns::invitations_of(table, user_id).await?);
        let user = match patterns::user(table, user_id).await? {
            Some(user) => user,
            None => self.without_login(user_id, memberships.first())?,
        };
        let mut families = Vec::new();
        for membership in memberships {
            let family_id = membership.family_id;
            let Some(family) = patterns::family(table, family_id).await? else {
                continue;
            };
            let (head, own) = if membership.is_live() {
                let own = self.own_position(family_id, user_id).await?;
                let head = self.head(family_id).await?.ok_or_else(no_family)?;
                (Some(head), own)
            } else {
                (None, None)
            };
            families.push(FamilyStanding {
                family_id,
                family_name: family.family_name,
                status: membership.status,
                role: membership.role,
                invited: membership.invited_by.is_some(),
                is_admin: membership.is_admin,
                attached: head.as_ref().map_or(0, |it| it.attached),
                head: head.as_ref().map(cursor_of),
                own,
            });
        }
        Ok(Session {
            user,
            families,
            refused: None,
            time: Some(self.source.now()),
            trouble: None,
            present: Readable::default(),
        })
    }
}
