//! The subcommands that change one thing on several tickets. Each ticket is changed or refused
//! by itself, and each refusal is told.

use super::{again, label};
use crate::cli::args::{
    AssignArgs, AssignTo, CategoryArgs, DueArgs, MergeArgs, MoveArgs, Numbers, ParentArgs,
    SeverityArgs, StatusArgs, TagArgs, TriageArgs,
};
use crate::cli::errand::Errand;
use crate::cli::failure::{Exit, Failure, Result};
use crate::cli::print::complain;
use crate::cli::print::rows::status;
use crate::cli::print::thread::{ThreadJson, holder, moment};
use crate::cli::when::{self, zone_of};
use crate::cli::write::{Part, act_each};
use crate::model::command::{Base, CommandBody};
use crate::model::id::TicketId;
use crate::model::participant::ParticipantRole;
use crate::model::status::Stage;
use crate::model::ticket::{Ticket, TicketField};
use crate::replica::view::Thread;
use crate::text::plural;

pub async fn assign(errand: &mut Errand, args: AssignArgs) -> Result<Exit> {
    let Some((numbers, to)) = args.split() else {
        return Err(Failure::usage(
            "say which tickets and to whom, as in `famdesk assign 42 me`",
        ));
    };
    let threads = find(errand, &numbers).await?;
    let mut work = Vec::with_capacity(threads.len());
    for thread in threads {
        let family_id = thread.ticket.family_id;
        let field = match &to {
            AssignTo::Person(who) => {
                TicketField::AssignedTo(errand.person_or_none(family_id, who).await?)
            }
            AssignTo::Group(group) => {
                TicketField::AssignedGroup(errand.group_or_none(family_id, group).await?)
            }
        };
        let body = set(&thread.ticket, field);
        work.push((thread, vec![body]));
    }
    let did = |it: &str| match &to {
        AssignTo::Person(who) => format!("assigned {it} to {who}"),
        AssignTo::Group(group) => format!("assigned {it} to the group {group}"),
    };
    carry_out(errand, work, did, holder).await
}

pub async fn severity(errand: &mut Errand, args: SeverityArgs) -> Result<Exit> {
    let make = |ticket: &Ticket| vec![set(ticket, TicketField::Severity(args.severity))];
    let threads = find(errand, &args.numbers).await?;
    let did = |it: &str| format!("made {it} {}", args.severity);
    carry_out(errand, each(threads, make), did, |now| {
        now.ticket.severity.to_string()
    })
    .await
}

pub async fn stage(errand: &mut Errand, args: StatusArgs) -> Result<Exit> {
    if args.note.is_some() && args.stage != Stage::Waiting {
        return Err(Failure::usage(
            "--note says on whom or what a ticket waits; it goes with `waiting` alone",
        ));
    }
    let field = match args.note {
        Some(note) => TicketField::WaitingNote(Some(note)),
        None => TicketField::Stage(args.stage),
    };
    let threads = find(errand, &args.numbers).await?;
    let make = |ticket: &Ticket| vec![set(ticket, field.clone())];
    let did = |it: &str| format!("made {it} {}", args.stage);
    carry_out(errand, each(threads, make), did, |now| {
        match &now.ticket.waiting_note {
            Some(note) => format!("{} on {note}", now.ticket.stage),
            None => now.ticket.stage.to_string(),
        }
    })
    .await
}

pub async fn due(errand: &mut Errand, args: DueArgs) -> Result<Exit> {
    let threads = find(errand, &args.numbers).await?;
    let mut work = Vec::with_capacity(threads.len());
    for thread in threads {
        let family = errand.view(thread.ticket.family_id).await?.family;
        let at = when::due(&args.date, errand.now(), &zone_of(&family))?;
        let body = set(&thread.ticket, TicketField::DueDate(at));
        work.push((thread, vec![body]));
    }
    let did = |it: &str| format!("made {it} due {}", args.date);
    carry_out(errand, work, did, |now| match now.ticket.due_date {
        Some(at) => format!("due {}", moment(at)),
        None => "due at no certain time".to_owned(),
    })
    .await
}

pub async fn resolve(errand: &mut Errand, args: Numbers) -> Result<Exit> {
    let threads = find(errand, &args.numbers).await?;
    let make = |ticket: &Ticket| {
        let ticket_id = ticket.ticket_id;
        vec![CommandBody::TicketResolve { ticket_id }]
    };
    let did = |it: &str| format!("resolved {it}");
    carry_out(errand, each(threads, make), did, |now| {
        match now.ticket.reopen_until {
            Some(until) => format!("resolved; may be reopened until {}", moment(until)),
            None => "resolved".to_owned(),
        }
    })
    .await
}

pub async fn reopen(errand: &mut Errand, args: Numbers) -> Result<Exit> {
    let threads = find(errand, &args.numbers).await?;
    let make = |ticket: &Ticket| {
        let ticket_id = ticket.ticket_id;
        vec![CommandBody::TicketReopen { ticket_id }]
    };
    let did = |it: &str| format!("reopened {it}");
    carry_out(errand, each(threads, make), did, |_| "reopened".to_owned()).await
}

pub async fn close(errand: &mut Errand, args: Numbers) -> Result<Exit> {
    let threads = find(errand, &args.numbers).await?;
    let make = |ticket: &Ticket| {
        let ticket_id = ticket.ticket_id;
        vec![CommandBody::TicketClose { ticket_id }]
    };
    let did = |it: &str| format!("closed {it}");
    carry_out(errand, each(threads, make), did, |_| "closed".to_owned()).await
}

pub async fn move_to(errand: &mut Errand, args: MoveArgs) -> Result<Exit> {
    let threads = find(errand, &args.numbers).await?;
    let mut work = Vec::with_capacity(threads.len());
    for thread in threads {
        let queue_id = errand.queue(thread.ticket.family_id, &args.to).await?;
        let body = set(&thread.ticket, TicketField::QueueId(queue_id));
        work.push((thread, vec![body]));
    }
    let did = |it: &str| format!("moved {it} to {}", args.to);
    carry_out(errand, work, did, |now| {
        format!("moved to {} / {}", now.group_name, now.queue_name)
    })
    .await
}

pub async fn merge(errand: &mut Errand, args: MergeArgs) -> Result<Exit> {
    let into = errand.ticket(&args.into).await?.ticket;
    let threads = find(errand, &args.numbers).await?;
    let make = |ticket: &Ticket| vec![set(ticket, TicketField::MergedInto(Some(into.ticket_id)))];
    let name = label(&into);
    let did = |it: &str| format!("merged {it} into {name}");
    carry_out(errand, each(threads, make), did, |_| {
        format!("merged into {name}")
    })
    .await
}

pub async fn unmerge(errand: &mut Errand, args: Numbers) -> Result<Exit> {
    let threads = find(errand, &args.numbers).await?;
    let make = |ticket: &Ticket| vec![set(ticket, TicketField::MergedInto(None))];
    let did = |it: &str| format!("unmerged {it}");
    carry_out(errand, each(threads, make), did, |_| "unmerged".to_owned()).await
}

pub async fn parent(errand: &mut Errand, args: ParentArgs) -> Result<Exit> {
    let whole = match args.of.eq_ignore_ascii_case("none") {
        true => None,
        false => Some(errand.ticket(&args.of).await?.ticket),
    };
    let parent = whole.as_ref().map(|it| it.ticket_id);
    let threads = find(errand, &args.numbers).await?;
    let make = |ticket: &Ticket| vec![set(ticket, TicketField::ParentTicket(parent))];
    let name = whole.as_ref().map_or_else(|| "no other".to_owned(), label);
    let did = |it: &str| format!("made {it} part of {name}");
    carry_out(errand, each(threads, make), did, |_| {
        format!("part of {name}")
    })
    .await
}

pub async fn triage(errand: &mut Errand, args: TriageArgs) -> Result<Exit> {
    let threads = find(errand, &args.numbers).await?;
    let make = |ticket: &Ticket| vec![set(ticket, TicketField::Triaged(!args.again))];
    let done = if args.again {
        "put back into triage"
    } else {
        "triaged"
    };
    let did = |it: &str| match args.again {
        true => format!("put {it} back into triage"),
        false => format!("triaged {it}"),
    };
    carry_out(errand, each(threads, make), did, |_| done.to_owned()).await
}

pub async fn tag(errand: &mut Errand, args: TagArgs) -> Result<Exit> {
    let threads = find(errand, &args.numbers).await?;
    let make = |ticket: &Ticket| {
        let ticket_id = ticket.ticket_id;
        let add = args.add.iter().map(|tag| CommandBody::TicketTag {
            ticket_id,
            tag: tag.clone(),
        });
        let remove = args.remove.iter().map(|tag| CommandBody::TicketUntag {
            ticket_id,
            tag: tag.clone(),
        });
        add.chain(remove).collect()
    };
    let did = |it: &str| format!("tagged {it}");
    carry_out(errand, each(threads, make), did, |now| {
        let tags: Vec<&str> = now.ticket.tags.iter().map(String::as_str).collect();
        match tags.as_slice() {
            [] => "no tags".to_owned(),
            tags => format!("tags: {}", tags.join(", ")),
        }
    })
    .await
}

pub async fn snooze(errand: &mut Errand, args: DueArgs) -> Result<Exit> {
    let threads = find(errand, &args.numbers).await?;
    let mut work = Vec::with_capacity(threads.len());
    for thread in threads {
        let family = errand.view(thread.ticket.family_id).await?.family;
        let until = when::snooze(&args.date, errand.now(), &zone_of(&family))?;
        let body = set(&thread.ticket, TicketField::SnoozedUntil(until));
        work.push((thread, vec![body]));
    }
    let did = |names: &str| format!("snoozed {names}");
    carry_out(errand, work, did, |now| match now.ticket.snoozed_until {
        Some(until) => format!("snoozed until {}", moment(until)),
        None => "awake".to_owned(),
    })
    .await
}

pub async fn wake(errand: &mut Errand, args: Numbers) -> Result<Exit> {
    let threads = find(errand, &args.numbers).await?;
    let make = |ticket: &Ticket| {
        let ticket_id = ticket.ticket_id;
        vec![CommandBody::TicketWake { ticket_id }]
    };
    let did = |names: &str| format!("woke {names}");
    carry_out(errand, each(threads, make), did, |_| "awake".to_owned()).await
}

pub async fn category(errand: &mut Errand, args: CategoryArgs) -> Result<Exit> {
    let none = args.category.eq_ignore_ascii_case("none");
    let category = (!none).then_some(args.category);
    let threads = find(errand, &args.numbers).await?;
    let make = |ticket: &Ticket| vec![set(ticket, TicketField::Category(category.clone()))];
    let did = |names: &str| format!("set the category of {names}");
    carry_out(errand, each(threads, make), did, |now| {
        match &now.ticket.category {
            Some(category) => format!("category: {category}"),
            None => "no category".to_owned(),
        }
    })
    .await
}

/// Takes a close back; the desk refuses where anything has happened since.
pub async fn unclose(errand: &mut Errand, args: Numbers) -> Result<Exit> {
    let threads = find(errand, &args.numbers).await?;
    let make = |ticket: &Ticket| {
        vec![CommandBody::TicketUnclose {
            ticket_id: ticket.ticket_id,
            closed_version: ticket.common.version,
        }]
    };
    let did = |names: &str| format!("took the close of {names} back");
    carry_out(errand, each(threads, make), did, |now| {
        status(now.ticket.status, now.ticket.stage)
    })
    .await
}

pub async fn watch(errand: &mut Errand, args: Numbers) -> Result<Exit> {
    let user_id = errand.station.me();
    let threads = find(errand, &args.numbers).await?;
    let make = |ticket: &Ticket| {
        vec![CommandBody::ParticipantAdd {
            ticket_id: ticket.ticket_id,
            user_id,
            role: ParticipantRole::Follower,
        }]
    };
    let did = |it: &str| format!("watching {it}");
    carry_out(errand, each(threads, make), did, |_| "watched".to_owned()).await
}

pub async fn unwatch(errand: &mut Errand, args: Numbers) -> Result<Exit> {
    let user_id = errand.station.me();
    let threads = find(errand, &args.numbers).await?;
    let make = |ticket: &Ticket| {
        vec![CommandBody::ParticipantRemove {
            ticket_id: ticket.ticket_id,
            user_id,
            role: ParticipantRole::Follower,
        }]
    };
    let did = |it: &str| format!("no longer watching {it}");
    carry_out(errand, each(threads, make), did, |_| {
        "watched no more".to_owned()
    })
    .await
}

/// The tickets that were named, each once. One that is not there stops before anything is done.
pub(super) async fn find(errand: &Errand, numbers: &[String]) -> Result<Vec<Thread>> {
    let mut found: Vec<Thread> = Vec::with_capacity(numbers.len());
    for number in numbers {
        let thread = errand.ticket(number).await?;
        let same = |it: &Thread| it.ticket.ticket_id == thread.ticket.ticket_id;
        if !found.iter().any(same) {
            found.push(thread);
        }
    }
    Ok(found)
}

fn each(
    threads: Vec<Thread>,
    make: impl Fn(&Ticket) -> Vec<CommandBody>,
) -> Vec<(Thread, Vec<CommandBody>)> {
    threads
        .into_iter()
        .map(|thread| {
            let bodies = make(&thread.ticket);
            (thread, bodies)
        })
        .collect()
}

/// One attribute set over what is there now.
fn set(ticket: &Ticket, field: TicketField) -> CommandBody {
    CommandBody::TicketSet {
        ticket_id: ticket.ticket_id,
        base: Some(Base {
            version: ticket.common.version,
            value: field.current(ticket),
        }),
        set: field,
    }
}

/// Does it to every ticket, and says of each what it is now or why it was refused. `did` says what
/// was done to tickets of the given name, for undo.
async fn carry_out(
    errand: &mut Errand,
    work: Vec<(Thread, Vec<CommandBody>)>,
    did: impl Fn(&str) -> String,
    what: impl Fn(&Thread) -> String,
) -> Result<Exit> {
    let ids: Vec<TicketId> = work
        .iter()
        .map(|(thread, _)| thread.ticket.ticket_id)
        .collect();
    let names = match work.as_slice() {
        [(thread, _)] => label(&thread.ticket),
        several => plural::count(several.len() as u64, "ticket", "tickets"),
    };
    let parts = work
        .into_iter()
        .map(|(thread, bodies)| Part {
            label: label(&thread.ticket),
            family_id: thread.ticket.family_id,
            bodies,
        })
        .collect();
    let results = act_each(&errand.station, &did(&names), parts).await?;
    let mut exit = Exit::Done;
    let mut changed = Vec::with_capacity(ids.len());
    for (ticket_id, result) in ids.into_iter().zip(results) {
        match result {
            Ok(()) => changed.push(again(errand, ticket_id).await?),
            Err(failure) => {
                complain(&failure.message);
                exit = failure.exit;
            }
        }
    }
    if errand.out.is_json() {
        let all: Vec<ThreadJson<'_>> = changed.iter().map(ThreadJson::from).collect();
        errand.out.json(&all)?;
    } else {
        for thread in &changed {
            let line = format!("{}  {}", label(&thread.ticket), what(thread));
            errand.out.line(line)?;
        }
    }
    Ok(exit)
}
