//! A family to look around in: the Riveras, whom Ana lets into her help desk. Everything in it is
//! invented and told relative to a given moment, so that there is always something new, something
//! late and something just done.

use std::collections::{BTreeMap, HashMap};

use super::identity::Identity;
use crate::model::command::{CommandBody, NewFamily};
use crate::model::comment::{AuthorKind, Channel, Comment};
use crate::model::entity::Common;
use crate::model::family::FamilyField;
use crate::model::group::{Group, GroupMembership};
use crate::model::id::{CommentId, FamilyId, GroupId, QueueId, TicketId, UserId};
use crate::model::import::{BATCH_LIMIT, ImportBatch};
use crate::model::long_text::LongText;
use crate::model::membership::{Membership, MembershipStatus, Role};
use crate::model::number::Prefix;
use crate::model::participant::{Participant, ParticipantRole};
use crate::model::queue::Queue;
use crate::model::record::Record;
use crate::model::severity::Severity;
use crate::model::source::{DAY, Timestamp};
use crate::model::status::{REOPEN_WINDOW, Stage, Status};
use crate::model::ticket::{Description, Ticket};
use crate::model::user::User;

mod elsewhere;
mod home;
mod people;
mod told;

use people::{Place, Who};
use told::{State, Told};

/// The system that the demo's entities say they come from.
const SYSTEM: &str = "demo";
/// How long before now the family was set up, in seconds.
const FOUNDED: i64 = 400 * DAY;

/// All that makes the demo family, to be given to the desk in this order.
#[derive(Debug, Clone)]
pub struct Demo {
    /// Ana, as whom the viewer looks around.
    pub user: User,
    /// Founds the family as the viewer, and makes its settings.
    pub commands: Vec<CommandBody>,
    /// Its people, groups, queues and tickets.
    pub batches: Vec<ImportBatch>,
}

/// The Rivera family as it is at the given moment, with the viewer in Ana's place.
pub fn rivera(family_id: FamilyId, viewer: UserId, now: Timestamp) -> Demo {
    let telling = Telling {
        family_id,
        viewer,
        now,
        identity: Identity::new(family_id, SYSTEM),
    };
    let mut records = telling.ground();
    let mut told: Vec<&Told> = home::TOLD.iter().chain(elsewhere::TOLD).collect();
    told.sort_by_key(|it| std::cmp::Reverse(it.age));
    let mut parents = HashMap::new();
    for it in told {
        let ticket_id = telling.ticket(it, &parents, &mut records);
        parents.insert(it.title, ticket_id);
    }
    let batches = records
        .chunks(BATCH_LIMIT)
        .map(|entities| ImportBatch {
            system: SYSTEM.to_owned(),
            entities: entities.to_vec(),
        })
        .collect();
    Demo {
        user: telling.user(Who::Ana, true),
        commands: commands(),
        batches,
    }
}

fn commands() -> Vec<CommandBody> {
    let words = [
        (Severity::Sev1, "everyone, drop what you are doing"),
        (Severity::Sev2, "more than one household"),
        (
            Severity::Sev2_5,
            "more than one household, after dinner is fine",
        ),
        (Severity::Sev3, "one household"),
        (Severity::Sev4, "one of us"),
        (Severity::Sev5, "would be nice"),
    ];
    let words: BTreeMap<Severity, String> = words.map(|(it, word)| (it, word.to_owned())).into();
    vec![
        CommandBody::FamilyCreate(NewFamily {
            family_name: "Rivera family".to_owned(),
            family_description: "Three households, one help desk.".to_owned(),
            ticket_prefix: Prefix::suggest("Rivera"),
            time_zone: "Europe/Madrid".to_owned(),
            display_name: Who::Ana.name().to_owned(),
        }),
        CommandBody::FamilySet(FamilyField::BusinessHours("Mon-Fri 17:00-21:00".to_owned())),
        CommandBody::FamilySet(FamilyField::SeverityWords(words)),
    ]
}

/// Turns what is told into entities.
struct Telling {
    family_id: FamilyId,
    viewer: UserId,
    now: Timestamp,
    identity: Identity,
}

impl Telling {
    /// People, groups and queues.
    fn ground(&self) -> Vec<Record> {
        let mut records = Vec::new();
        for who in Who::ALL.into_iter().filter(|who| *who != Who::Ana) {
            records.push(self.user(who, false).into());
            records.push(self.membership(who).into());
        }
        for circle in people::CIRCLES {
            let group_id = self.group_id(circle.name);
            let group = Group {
                family_id: self.family_id,
                group_id,
                group_name: circle.name.to_owned(),
                group_description: circle.about.to_owned(),
                common: self.at_start(),
            };
            records.push(group.into());
            for (place, who) in circle.members.iter().enumerate() {
                let membership = GroupMembership {
                    family_id: self.family_id,
                    group_id,
                    user_id: self.user_id(*who),
                    status: MembershipStatus::Member,
                    is_admin: place == 0,
                    request_date: self.now.plus(-FOUNDED),
                    common: self.at_start(),
                };
                records.push(membership.into());
            }
            for place in circle.places {
                let queue = Queue {
                    family_id: self.family_id,
                    queue_id: self.queue_id(*place),
                    group_id,
                    queue_name: place.name().to_owned(),
                    queue_description: place.about().to_owned(),
                    default_severity: None,
                    default_assignee: None,
                    common: self.at_start(),
                };
                records.push(queue.into());
            }
        }
        records
    }

    fn user(&self, who: Who, may_log_in: bool) -> User {
        User {
            user_id: self.user_id(who),
            email: None,
            display_name: who.name().to_owned(),
            is_active: may_log_in,
            is_approved: may_log_in,
            time_zone: "Europe/Madrid".to_owned(),
            common: self.at_start(),
        }
    }

    fn membership(&self, who: Who) -> Membership {
        Membership {
            family_id: self.family_id,
            user_id: self.user_id(who),
            display_name: who.name().to_owned(),
            status: MembershipStatus::Member,
            role: who.role(),
            is_admin: false,
            request_date: self.now.plus(-FOUNDED),
            invited_by: (who.role() == Role::Guest).then_some(self.viewer),
            has_left: false,
            common: self.at_start(),
        }
    }

    fn at_start(&self) -> Common {
        Common::new(self.viewer, self.now.plus(-FOUNDED))
    }

    fn user_id(&self, who: Who) -> UserId {
        if who == Who::Ana {
            return self.viewer;
        }
        self.identity.person(who.name())
    }

    fn group_id(&self, name: &str) -> GroupId {
        self.identity.group(name)
    }

    fn queue_id(&self, place: Place) -> QueueId {
        self.identity.queue(place.name())
    }

    /// Adds a ticket and all that hangs on it.
    fn ticket(
        &self,
        told: &Told,
        parents: &HashMap<&str, TicketId>,
        records: &mut Vec<Record>,
    ) -> TicketId {
        let ticket = self.record(told, parents);
        let ticket_id = ticket.ticket_id;
        let description = Description {
            family_id: self.family_id,
            ticket_id,
            description: LongText::from(told.text),
            common: self.common(told.by, told.age),
        };
        records.extend([ticket.into(), description.into()]);
        for (who, role) in participants(told) {
            let participant = Participant {
                family_id: self.family_id,
                ticket_id,
                user_id: self.user_id(who),
                role,
                common: self.common(told.by, told.age),
            };
            records.push(participant.into());
        }
        let ids: Vec<CommentId> = (0..told.said.len())
            .map(|place| self.comment_id(told, place))
            .collect();
        for (said, comment_id) in told.said.iter().zip(&ids) {
            let comment = Comment {
                family_id: self.family_id,
                comment_id: *comment_id,
                ticket_id,
                comment_user: self.user_id(said.by),
                author_kind: AuthorKind::User,
                comment_body: LongText::from(said.text),
                comment_date: self.now.plus(-said.ago),
                reply_to: said.answers.and_then(|place| ids.get(place)).copied(),
                internal: said.internal.then(|| self.group_id(told.at.circle().name)),
                channel: Channel::Screen,
                external_ref: None,
                origin_ticket: None,
                common: self.common(said.by, said.ago),
            };
            records.push(comment.into());
        }
        ticket_id
    }

    fn record(&self, told: &Told, parents: &HashMap<&str, TicketId>) -> Ticket {
        let mut ticket = Ticket {
            family_id: self.family_id,
            ticket_id: self
                .identity
                .ticket(told.title, Some(self.moment(told.age))),
            queue_id: self.queue_id(told.at),
            number: None,
            title: told.title.to_owned(),
            severity: told.severity,
            status: Status::Open,
            stage: Stage::Active,
            waiting_note: None,
            requested_by: self.user_id(told.by),
            assigned_to: told.to.map(|who| self.user_id(who)),
            assigned_group: None,
            category: told.category.map(str::to_owned),
            due_date: told.due.map(|ahead| self.now.plus(ahead)),
            resolved_date: None,
            closed_date: None,
            reopen_until: None,
            snoozed_until: None,
            tags: told.tags.iter().map(|tag| (*tag).to_owned()).collect(),
            source: told.channel,
            external_ref: None,
            parent_ticket: told.below.and_then(|title| parents.get(title)).copied(),
            merged_into: None,
            triaged: false,
            common: self.common(told.by, told.age),
        };
        match told.state {
            State::New => ticket.stage = Stage::New,
            State::Active => {}
            State::Waiting(note) => {
                ticket.stage = Stage::Waiting;
                ticket.waiting_note = Some(note.to_owned());
            }
            State::Snoozed(ahead) => ticket.snoozed_until = Some(self.now.plus(ahead)),
            State::Resolved(ago) => {
                let at = self.now.plus(-ago);
                ticket.status = Status::Resolved;
                ticket.resolved_date = Some(at);
                ticket.reopen_until = Some(at.plus(REOPEN_WINDOW));
                ticket.common.last_update = at;
            }
            State::Closed(ago) => {
                let at = self.now.plus(-ago);
                ticket.status = Status::Closed;
                ticket.closed_date = Some(at);
                ticket.common.last_update = at;
            }
        }
        ticket
    }

    fn comment_id(&self, told: &Told, place: usize) -> CommentId {
        let source_id = format!("{}#{place}", told.title);
        let at = self.moment(told.said[place].ago);
        self.identity.comment(&source_id, Some(at))
    }

    fn common(&self, who: Who, ago: i64) -> Common {
        Common::new(self.user_id(who), self.now.plus(-ago))
    }

    /// So many seconds ago. Only the end of the calendar could stand in the way.
    fn moment(&self, ago: i64) -> jiff::Timestamp {
        jiff::Timestamp::from_second(self.now.0 - ago).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

/// Who takes part: whoever asked, whoever does it, and, in copy, whoever spoke without being in
/// the group.
fn participants(told: &Told) -> Vec<(Who, ParticipantRole)> {
    let mut all = vec![(told.by, ParticipantRole::Requester)];
    all.extend(told.to.map(|who| (who, ParticipantRole::Assignee)));
    for said in told.said {
        let in_group = told.at.circle().members.contains(&said.by);
        if !in_group && all.iter().all(|(who, _)| *who != said.by) {
            all.push((said.by, ParticipantRole::Cc));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::tests::{ADMIN, FAMILY, NOW, decided, taken_in};
    use crate::model::known::Known;

    fn told() -> impl Iterator<Item = &'static Told> {
        home::TOLD.iter().chain(elsewhere::TOLD)
    }

    fn tickets(records: &[Record]) -> Vec<&Ticket> {
        fn ticket(record: &Record) -> Option<&Ticket> {
            match record {
                Record::Ticket(ticket) => Some(ticket),
                _ => None,
            }
        }
        records.iter().filter_map(ticket).collect()
    }

    #[test]
    fn the_rules_take_the_whole_family_in() {
        let demo = rivera(FAMILY, ADMIN, NOW);
        assert_eq!(demo.user.user_id, ADMIN);
        let founded = decided(demo.commands, &mut Known::new(FAMILY));
        let family = founded.iter().rev().find_map(|record| match record {
            Record::Family(family) => Some(family),
            _ => None,
        });
        assert_eq!(
            family.map(|it| it.words_for(Severity::Sev5)),
            Some("would be nice")
        );
        let given: usize = demo.batches.iter().map(|it| it.entities.len()).sum();
        let records = taken_in(demo.batches.clone());
        assert_eq!(records.len(), given);
        let again = rivera(FAMILY, ADMIN, NOW);
        assert_eq!(again.batches, demo.batches);
    }

    #[test]
    fn there_is_something_of_everything() {
        let demo = rivera(FAMILY, ADMIN, NOW);
        let records = taken_in(demo.batches);
        let tickets = tickets(&records);
        assert!(tickets.len() >= 40);
        assert!(tickets.is_sorted_by_key(|it| it.ticket_id));
        for severity in Severity::ALL {
            assert!(
                tickets
                    .iter()
                    .any(|it| it.severity == severity && it.status == Status::Open)
            );
        }
        let any = |what: &str, test: &dyn Fn(&Ticket) -> bool| {
            assert!(tickets.iter().any(|it| test(it)), "nothing {what}");
        };
        let open = |it: &Ticket| it.status == Status::Open;
        any("due soon", &|it| {
            open(it)
                && it
                    .due_date
                    .is_some_and(|at| at > NOW && at < NOW.plus(2 * DAY))
        });
        any("overdue", &|it| {
            open(it) && it.due_date.is_some_and(|at| at < NOW)
        });
        any("resolved", &|it| it.status == Status::Resolved);
        any("closed", &|it| it.status == Status::Closed);
        any("waiting", &|it| {
            it.stage == Stage::Waiting && it.waiting_note.is_some()
        });
        any("snoozed", &|it| it.snoozed_until.is_some_and(|at| at > NOW));
        any("with a parent", &|it| it.parent_ticket.is_some());
        any("the viewer's own", &|it| {
            open(it) && it.assigned_to == Some(ADMIN)
        });
        any("of minutes ago", &|it| {
            it.common.creation_date > NOW.plus(-3600)
        });
        any("of months ago", &|it| {
            it.common.creation_date < NOW.plus(-90 * DAY)
        });
    }

    #[test]
    fn what_is_told_makes_sense() {
        for it in told() {
            assert!(it.said.is_sorted_by_key(|said| -said.ago), "{}", it.title);
            for (place, said) in it.said.iter().enumerate() {
                assert!(said.ago <= it.age, "{}: before the ticket", it.title);
                assert!(said.answers.is_none_or(|to| to < place), "{}", it.title);
                let hidden = said.internal
                    && (said.by.role() != Role::Adult
                        || !it.at.circle().members.contains(&said.by));
                assert!(
                    !hidden,
                    "{}: an internal note by someone who sees none",
                    it.title
                );
            }
            if let State::Resolved(ago) | State::Closed(ago) = it.state {
                assert!(ago <= it.age, "{}: done before it began", it.title);
            }
            let older = |title| told().any(|other| other.title == title && other.age > it.age);
            assert!(it.below.is_none_or(older), "{}: no such parent", it.title);
            let alike = told().filter(|other| other.title == it.title).count();
            assert_eq!(alike, 1, "{}: ids are made of titles", it.title);
        }
    }
}
