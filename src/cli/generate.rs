//! `famdesk generate`: an invented family of any size, the same for the same seed. For benches and
//! for trying things out; it goes the same way into the store as everything.

use super::args::GenerateArgs;
use super::errand::Errand;
use super::failure::{Exit, Result};
use super::import::progress;
use crate::intake::seeded::{Shape, seeded};
use crate::model::command::{CommandBody, NewFamily};
use crate::model::id::FamilyId;
use crate::model::number::Prefix;
use crate::model::record::Record;
use crate::text::plural;

pub async fn generate(errand: &mut Errand, args: &GenerateArgs) -> Result<Exit> {
    let source = errand.house.source();
    let (family_id, now) = (FamilyId(source.fresh()), source.now());
    let founding = CommandBody::FamilyCreate(NewFamily {
        family_name: args.name.clone(),
        family_description: "Invented; made by `famdesk generate`.".to_owned(),
        ticket_prefix: Prefix::suggest(&args.name),
        time_zone: "UTC".to_owned(),
        display_name: "Ana".to_owned(),
    });
    errand.commit(family_id, vec![founding]).await?;
    let shape = Shape {
        seed: args.seed,
        tickets: args.tickets,
        comments_each: args.comments,
        family_id,
        viewer: errand.station.me(),
        now,
    };
    let bar = progress(args.tickets);
    let mut stream = errand.stream(family_id);
    for batch in seeded(shape) {
        let tickets = batch
            .entities
            .iter()
            .filter(|it| matches!(it, Record::Ticket(_)));
        let tickets = tickets.count() as u64;
        stream.give(CommandBody::ImportBatch(batch)).await?;
        bar.inc(tickets);
    }
    stream.finish().await?;
    bar.finish_and_clear();
    let tickets = plural::count(args.tickets as u64, "ticket", "tickets");
    errand.out.line(format!("{}: {tickets}", args.name))?;
    Ok(Exit::Done)
}
