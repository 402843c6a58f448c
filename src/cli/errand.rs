//! One subcommand at work: where it reads, writes and speaks, and how it finds what was named.

use std::time::Duration;

use tokio::time::timeout;

use super::args::Globals;
use super::failure::{Failure, Result};
use super::house::House;
use super::print::{Out, complain};
use super::watched::Watched;
use super::write;
use crate::config::zone_of_machine;
use crate::model::command::CommandBody;
use crate::model::id::{FamilyId, GroupId, QueueId, TicketId, UserId};
use crate::model::membership::MembershipStatus;
use crate::model::number::{Prefix, TicketNumber};
use crate::model::source::Timestamp;
use crate::replica::view::{
    Answer, FamilyRow, FamilyView, HistoryFrom, HistoryOf, Question, Thread,
};
use crate::replica::{Found, Replica, ReplicaError};
use crate::sync::station::Station;
use crate::tell::Teller;
use crate::text::did_you_mean;

/// How long a server is waited for by who has something to show without it.
const PATIENCE: Duration = Duration::from_secs(3);

/// A subcommand's place at the desk.
pub struct Errand {
    pub house: House,
    pub station: Station,
    pub out: Out,
    globals: Globals,
}

impl Errand {
    /// Takes the place, with what the replica holds.
    pub async fn begin(house: House, globals: Globals) -> Result<Errand> {
        let station = house.station_for(&globals).await?;
        let setting = &house.setting;
        let out = Out::stdout(&setting.config, &setting.env, globals.json);
        Ok(Errand {
            house,
            station,
            out,
            globals,
        })
    }

    /// Sees to it that what is shown is new, and says whether nothing is left to fetch or to send.
    /// Where a server can't be reached, or not soon, it is as it was then.
    pub async fn look_for_news(&self) -> Result<bool> {
        Ok(self.fetch_news().await? && self.station.read(|it| it.owes_nothing()).await?)
    }

    async fn fetch_news(&self) -> Result<bool> {
        let station = &self.station;
        if !station.client().is_far() {
            return Ok(station.catch_up().await?);
        }
        let looked = match station.read(|it| it.holds_a_family()).await? {
            true => timeout(PATIENCE, station.catch_up()).await,
            false => {
                let watched = Watched::begin(station);
                let caught_up = station.catch_up().await;
                watched.end();
                Ok(caught_up)
            }
        };
        let why = match looked {
            Ok(Ok(is_all)) => return Ok(is_all),
            Ok(Err(error)) if error.is_of_the_way() || error.is_of_the_disk() => error.to_string(),
            Ok(Err(error)) => return Err(error.into()),
            Err(_) => format!(
                "the server has not told all that is new within {} seconds",
                PATIENCE.as_secs()
            ),
        };
        complain(&format!(
            "{why}\nwhat you see is as it was when the server was reached last"
        ));
        Ok(false)
    }

    pub fn now(&self) -> Timestamp {
        self.station.source().now()
    }

    /// Gives commands that can't be undone, all or none, and waits until the backend has decided.
    pub async fn commit(&self, family_id: FamilyId, bodies: Vec<CommandBody>) -> Result<()> {
        write::commit(&self.station, family_id, bodies).await
    }

    /// Commands that can't be undone, one after the other.
    pub fn stream(&self, family_id: FamilyId) -> write::Stream<'_> {
        write::Stream::to(&self.station, family_id)
    }

    /// What can be undone; in words, it is what was done.
    pub async fn act(
        &self,
        family_id: FamilyId,
        words: &str,
        bodies: Vec<CommandBody>,
    ) -> Result<()> {
        write::act(&self.station, family_id, words, bodies).await
    }

    /// What can be undone about a family, its groups, queues and people; the commands themselves
    /// say what was done.
    pub async fn act_on_family(&self, family_id: FamilyId, bodies: Vec<CommandBody>) -> Result<()> {
        let question = Question::History {
            of: HistoryOf::Family(family_id),
            from: HistoryFrom::Newest,
            limit: 1,
        };
        let names = match self.station.ask(question).await? {
            Answer::History(history) => history.names,
            other => return Err(odd(&other)),
        };
        let teller = Teller {
            names: &names,
            zone: &zone_of_machine(),
        };
        let words: Vec<String> = bodies.iter().map(|body| teller.command(body)).collect();
        let mut words = words.join(", ");
        // Within a sentence.
        if let Some(first) = words.get_mut(..1) {
            first.make_ascii_lowercase();
        }
        self.act(family_id, &words, bodies).await
    }

    /// The families that this person is in.
    pub async fn families(&self) -> Result<Vec<FamilyRow>> {
        known_families(&self.station).await
    }

    /// The family that `--family` names, or the only one there is; none where there are several
    /// and none is named.
    pub async fn family_if_clear(&self) -> Result<Option<FamilyRow>> {
        let mut families = self.families().await?;
        let Some(name) = &self.globals.family else {
            let asked_in = families.iter().find(|family| family.invited);
            let nowhere = Failure::refused(match asked_in {
                Some(family) => format!(
                    "you are invited to {} and not in it yet; `famdesk members accept` accepts",
                    family.family_name
                ),
                None => {
                    "you are in no family yet; `famdesk families create NAME` founds one".to_owned()
                }
            });
            families.retain(|family| family.status == MembershipStatus::Member);
            return match families.len() {
                0 => Err(nowhere),
                1 => Ok(families.pop()),
                _ => Ok(None),
            };
        };
        let wanted = name.clone();
        let found = self.station.read(move |it| it.find_family(&wanted)).await?;
        let names: Vec<&str> = families.iter().map(|it| it.family_name.as_str()).collect();
        let family_id = one_named("family", name, found, &names)?;
        families.retain(|family| family.family_id == family_id);
        Ok(families.pop())
    }

    /// The invitation that is to be answered: the only one, or that of the family named.
    pub async fn invitation(&self) -> Result<FamilyRow> {
        let mut invitations = self.families().await?;
        invitations.retain(|it| it.status == MembershipStatus::Awaiting && it.invited);
        if let Some(name) = &self.globals.family {
            let wanted = name.trim().to_lowercase();
            invitations.retain(|it| {
                it.family_name.to_lowercase() == wanted || it.family_id.to_string() == wanted
            });
        }
        match invitations.len() {
            0 => Err(Failure::refused(
                "no invitation waits for your answer; `famdesk families` lists where you stand",
            )),
            1 => Ok(invitations.remove(0)),
            _ => {
                let names = invitations.iter().map(|it| it.family_name.as_str());
                let names: Vec<&str> = names.collect();
                Err(Failure::usage(format!(
                    "several families have invited you ({}); say which with --family NAME",
                    names.join(", ")
                )))
            }
        }
    }

    /// The one family that is meant.
    pub async fn family(&self) -> Result<FamilyRow> {
        if let Some(family) = self.family_if_clear().await? {
            return Ok(family);
        }
        let families = self.families().await?;
        let names: Vec<&str> = families.iter().map(|it| it.family_name.as_str()).collect();
        Err(Failure::usage(format!(
            "you are in several families ({}); say which with --family NAME",
            names.join(", ")
        )))
    }

    /// A family with its groups, queues and people.
    pub async fn view(&self, family_id: FamilyId) -> Result<FamilyView> {
        match self.station.ask(Question::Family(family_id)).await? {
            Answer::Family(Some(view)) => Ok(*view),
            Answer::Family(None) => Err(Failure::refused(
                "there is no such family here; `famdesk families` lists yours",
            )),
            other => Err(odd(&other)),
        }
    }

    /// A group by its name or id.
    pub async fn group(&self, family_id: FamilyId, name: &str) -> Result<GroupId> {
        let found = self
            .look(name, move |it, name| it.find_group(family_id, name))
            .await?;
        if let Found::One(group_id) = found {
            return Ok(group_id);
        }
        let view = self.view(family_id).await?;
        let names: Vec<&str> = view
            .groups
            .iter()
            .map(|it| it.group_name.as_str())
            .collect();
        one_named("group", name, found, &names)
    }

    /// A group, or none where `none` is said.
    pub async fn group_or_none(&self, family_id: FamilyId, name: &str) -> Result<Option<GroupId>> {
        if name.eq_ignore_ascii_case("none") {
            return Ok(None);
        }
        self.group(family_id, name).await.map(Some)
    }

    /// A queue by its name or id, or by `GROUP/NAME`.
    pub async fn queue(&self, family_id: FamilyId, name: &str) -> Result<QueueId> {
        let found = self
            .look(name, move |it, name| it.find_queue(family_id, name))
            .await?;
        if let Found::One(queue_id) = found {
            return Ok(queue_id);
        }
        let view = self.view(family_id).await?;
        if let Some(queue_id) = queue_of_group(&view, name) {
            return Ok(queue_id);
        }
        let full: Vec<String> = view
            .queues
            .iter()
            .map(|row| {
                let group = super::print::rows::group_name(&view, row.queue.group_id);
                format!("{group}/{}", row.queue.queue_name)
            })
            .collect();
        if let Found::Several(_) = found {
            let wanted = name.trim().to_lowercase();
            let alike = |full: &&String| {
                let (_, queue) = full.split_once('/').unwrap_or(("", full));
                queue.to_lowercase().starts_with(&wanted)
            };
            let several = full.iter().filter(alike).cloned().collect();
            return one_named("queue", name, Found::Several(several), &[]);
        }
        let names: Vec<&str> = view
            .queues
            .iter()
            .map(|row| row.queue.queue_name.as_str())
            .collect();
        one_named("queue", name, found, &names)
    }

    /// Someone by `me`, their name or their id.
    pub async fn person(&self, family_id: FamilyId, name: &str) -> Result<UserId> {
        if name.eq_ignore_ascii_case("me") {
            return Ok(self.station.me());
        }
        let found = self
            .look(name, move |it, name| it.find_person(family_id, name))
            .await?;
        if let Found::One(user_id) = found {
            return Ok(user_id);
        }
        let view = self.view(family_id).await?;
        let names: Vec<&str> = view
            .people
            .iter()
            .map(|person| person.display_name.as_str())
            .collect();
        one_named("member", name, found, &names)
    }

    /// Someone, or nobody where `none` is said.
    pub async fn person_or_none(&self, family_id: FamilyId, name: &str) -> Result<Option<UserId>> {
        if name.eq_ignore_ascii_case("none") {
            return Ok(None);
        }
        self.person(family_id, name).await.map(Some)
    }

    /// A ticket as it was typed, without its thread.
    pub async fn ticket(&self, text: &str) -> Result<Thread> {
        let ticket_id = self.ticket_id(text).await?;
        self.thread(ticket_id, (0, 0))
            .await?
            .ok_or_else(|| no_ticket(text))
    }

    /// A ticket and so many of its comments, from the given place on.
    pub async fn thread(
        &self,
        ticket_id: TicketId,
        (first, limit): (u64, usize),
    ) -> Result<Option<Thread>> {
        let question = Question::Thread {
            ticket_id,
            first,
            limit,
        };
        match self.station.ask(question).await? {
            Answer::Thread(thread) => Ok(thread.map(|it| *it)),
            other => Err(odd(&other)),
        }
    }

    async fn ticket_id(&self, text: &str) -> Result<TicketId> {
        let family_id = match &self.globals.family {
            Some(_) => Some(self.family().await?.family_id),
            None => None,
        };
        if let Ok(count) = text.trim().trim_start_matches('#').parse::<u32>()
            && let Some(ticket_id) = self.of_this_year(family_id, count).await?
        {
            return Ok(ticket_id);
        }
        let found = self
            .look(text, move |it, text| it.find_ticket(family_id, text))
            .await?;
        match found {
            Found::One(ticket_id) => Ok(ticket_id),
            Found::None => Err(no_ticket(text)),
            Found::Several(numbers) => Err(Failure::refused(format!(
                "`{text}` could be {}; write the whole number",
                numbers.join(" or ")
            ))),
        }
    }

    /// The ticket of that count in this year, where one family alone has it.
    async fn of_this_year(
        &self,
        family_id: Option<FamilyId>,
        count: u32,
    ) -> Result<Option<TicketId>> {
        let mut found = Vec::new();
        for family in self.families().await? {
            let meant = family_id.is_none_or(|it| it == family.family_id);
            if !meant || family.status != MembershipStatus::Member {
                continue;
            }
            let family_id = family.family_id;
            let view = self.view(family_id).await?;
            let zone = super::when::zone_of(&view.family);
            let number = TicketNumber {
                prefix: view.family.ticket_prefix.clone(),
                year: super::when::year(self.now(), &zone),
                count,
            };
            let ticket = self
                .look(&number.to_string(), move |it, text| {
                    it.find_ticket(Some(family_id), text)
                })
                .await?;
            if let Found::One(ticket_id) = ticket {
                found.push(ticket_id);
            }
        }
        Ok(found.pop().filter(|_| found.is_empty()))
    }

    async fn look<T, F>(&self, text: &str, find: F) -> Result<Found<T>>
    where
        T: Send + 'static,
        F: FnOnce(&Replica, &str) -> std::result::Result<Found<T>, ReplicaError> + Send + 'static,
    {
        let text = text.to_owned();
        Ok(self.station.read(move |it| find(it, &text)).await?)
    }
}

/// The one that was found; otherwise a message that names what there is.
fn one_named<T>(what: &str, name: &str, found: Found<T>, names: &[&str]) -> Result<T> {
    match found {
        Found::One(it) => Ok(it),
        Found::Several(several) => Err(Failure::refused(format!(
            "`{name}` could be {}; write more of it, or its id",
            several.join(" or ")
        ))),
        Found::None => Err(Failure::refused(
            match did_you_mean(name, names.iter().copied()) {
                Some(near) => format!("there is no {what} `{name}`; did you mean `{near}`?"),
                None if names.is_empty() => {
                    format!("there is no {what} `{name}`, nor any other yet")
                }
                None => format!("there is no {what} `{name}`; there is {}", some_of(names)),
            },
        )),
    }
}

/// The first few names.
fn some_of(names: &[&str]) -> String {
    const SHOWN: usize = 12;
    let mut text = names[..names.len().min(SHOWN)].join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}

/// `Home/IT`: the queue of that name in the group of that name.
fn queue_of_group(view: &FamilyView, text: &str) -> Option<QueueId> {
    let (group, queue) = text.split_once('/')?;
    let same = |a: &str, b: &str| a.trim().to_lowercase() == b.trim().to_lowercase();
    let group_id = view
        .groups
        .iter()
        .find(|it| same(&it.group_name, group))?
        .group_id;
    view.queues
        .iter()
        .find(|row| row.queue.group_id == group_id && same(&row.queue.queue_name, queue))
        .map(|row| row.queue.queue_id)
}

fn no_ticket(text: &str) -> Failure {
    Failure::refused(format!(
        "there is no ticket `{text}`; it may have been deleted, or it is not shared with you"
    ))
}

/// The local store answered another question than was asked: a mistake of ours.
pub fn odd(answer: &Answer) -> Failure {
    tracing::error!("answer to another question: {answer:?}");
    Failure::store("the local store gave an answer of another kind; report this")
}

/// A prefix as it was typed.
pub fn prefix(text: &str) -> Result<Prefix> {
    text.parse().map_err(Failure::usage)
}

async fn known_families(station: &Station) -> Result<Vec<FamilyRow>> {
    match station.ask(Question::Families).await? {
        Answer::Families(rows) => Ok(rows),
        other => Err(odd(&other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_not_there_gets_the_nearest_or_the_list() {
        let ask = |name, names: &[&str]| {
            one_named::<u8>("queue", name, Found::None, names)
                .expect_err("not found")
                .message
        };
        assert_eq!(
            ask("kitchn", &["IT", "Kitchen"]),
            "there is no queue `kitchn`; did you mean `Kitchen`?"
        );
        assert_eq!(
            ask("garden", &["IT", "Kitchen"]),
            "there is no queue `garden`; there is IT, Kitchen"
        );
        assert_eq!(
            ask("garden", &[]),
            "there is no queue `garden`, nor any other yet"
        );
        let several = Found::Several(vec!["Home".to_owned(), "Household".to_owned()]);
        let failure = one_named::<u8>("group", "ho", several, &[]).expect_err("several");
        assert!(failure.message.contains("Home or Household"));
    }
}
