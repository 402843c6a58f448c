//! What may be done with the person, the group or the invitation under the cursor; where it may
//! not, what to do first.

use crate::app::App;
use crate::model::group::GroupMembership;
use crate::model::membership::MembershipStatus;

impl App {
    pub(in crate::app) fn is_admin(&self) -> Result<(), String> {
        self.has_family()?;
        let family = self.state.session.family.as_deref();
        match family {
            Some(family) if family.me.is_admin => Ok(()),
            _ => Err("only the family's admins can do that; ask one of them".to_owned()),
        }
    }

    pub(in crate::app) fn can_accept(&self) -> Result<(), String> {
        let families = &self.state.session.families;
        let invited = self.on_family().is_some_and(|family_id| {
            let mut rows = families.iter();
            rows.any(|row| row.family_id == family_id && row.invited)
        });
        if invited {
            return Ok(());
        }
        Err("move to an invitation of yours first".to_owned())
    }

    pub(in crate::app) fn can_approve(&self) -> Result<(), String> {
        let asks = match self.on_person() {
            Some((person, None)) => {
                person.status == MembershipStatus::Awaiting && person.invited_by.is_none()
            }
            Some((person, Some(group_id))) => self
                .place(group_id, person.user_id)
                .is_some_and(|it| it.status == MembershipStatus::Awaiting),
            None => false,
        };
        if asks {
            return Ok(());
        }
        Err("move to someone who asks first".to_owned())
    }

    pub(in crate::app) fn can_decline(&self) -> Result<(), String> {
        let invited = self
            .on_person()
            .is_some_and(|(it, group)| group.is_none() && it.status == MembershipStatus::Awaiting);
        if invited || self.on_family().is_some() || self.can_approve().is_ok() {
            return Ok(());
        }
        Err("move to an invitation or a request first".to_owned())
    }

    /// Someone who is in the family, or in the group, under the cursor.
    pub(in crate::app) fn on_member(&self) -> Result<(), String> {
        let member = match self.on_person() {
            Some((person, None)) => person.status == MembershipStatus::Member,
            Some((person, Some(group_id))) => self
                .place(group_id, person.user_id)
                .is_some_and(GroupMembership::is_live),
            None => false,
        };
        if member {
            return Ok(());
        }
        Err("move to a member first".to_owned())
    }

    pub(in crate::app) fn on_family_member(&self) -> Result<(), String> {
        match self.on_person() {
            Some((person, None)) if person.status == MembershipStatus::Member => Ok(()),
            _ => Err("move to a member of the family first".to_owned()),
        }
    }

    pub(in crate::app) fn on_group_line(&self) -> Result<(), String> {
        match self.on_people_group() {
            Some(_) => Ok(()),
            None => Err("move to a group first".to_owned()),
        }
    }

    pub(in crate::app) fn can_remove(&self) -> Result<(), String> {
        match self.on_person() {
            Some(_) => Ok(()),
            None => Err("move to a person first".to_owned()),
        }
    }

    /// A group that I am not in.
    pub(in crate::app) fn can_ask_for_group(&self) -> Result<(), String> {
        let family = self.state.session.family.as_deref();
        match (self.on_people_group(), family) {
            (Some(group_id), Some(family)) if !family.me.groups.contains(&group_id) => Ok(()),
            _ => Err("move to a group that you are not in first".to_owned()),
        }
    }

    pub(in crate::app) fn can_edit_people(&self) -> Result<(), String> {
        match (self.on_person(), self.on_people_group()) {
            (None, None) => Err("move to a person or a group first".to_owned()),
            _ => Ok(()),
        }
    }
}
