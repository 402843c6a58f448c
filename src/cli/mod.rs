//! Subcommands, and the wiring of every room.
//!
//! A subcommand opens the store, syncs, does what it is told through the person's own outbox,
//! syncs again and prints; there is no other way to the desk than the screen's.

use std::process::ExitCode;

use clap::Parser;
use tokio::runtime::Builder;

mod args;
mod backup;
mod complete;
mod confirm;
mod conflicts;
mod connection;
mod deleted;
mod demo;
mod doctor;
#[cfg(test)]
mod doors;
mod engine;
mod errand;
mod export;
mod failure;
mod families;
mod generate;
mod house;
mod import;
mod keys;
mod log;
mod man;
mod me;
mod outbox;
mod print;
mod screen;
mod serve;
mod server;
mod tickets;
mod unchanged;
mod undo;
mod watched;
mod webhooks;
mod when;
mod write;

use args::{AuditDeed, Command, FamiliesDeed, Globals, ImportFrom, Line};
use errand::Errand;
use failure::{Exit, Result};
use house::{House, Setting};
use print::{Out, complain};
use unchanged::Found;

use crate::config::live::LiveSource;
use crate::config::work::Work;
use crate::model::source::Source;
use crate::replica::Turn;

/// Runs the program on the process's arguments and returns its exit code.
pub fn main() -> ExitCode {
    print::panic_in_words();
    let line = match Line::try_parse() {
        Ok(line) => line,
        Err(error) => {
            print::explain_line(&error);
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    match run(line) {
        Ok(code) => code,
        Err(failure) => {
            complain(&failure.message);
            ExitCode::from(failure.exit as u8)
        }
    }
}

fn run(line: Line) -> Result<ExitCode> {
    let Line { globals, command } = line;
    match &command {
        // These need neither settings nor a store.
        Some(Command::Completions { shell }) => {
            man::completions(*shell)?;
            return Ok(ExitCode::SUCCESS);
        }
        Some(Command::Complete(tab)) => {
            complete::offer(tab)?;
            return Ok(ExitCode::SUCCESS);
        }
        Some(Command::Man { out }) => {
            man::man(out.as_deref())?;
            return Ok(ExitCode::SUCCESS);
        }
        _ => {}
    }
    let setting = Setting::find(&globals)?;
    if let Some(Command::Config { .. }) = command {
        return explain(&setting, &globals);
    }
    if let Some(Command::Keys) = command {
        keys::keys(&setting, &globals)?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(Command::Import {
        from: ImportFrom::Elsewhere(from),
    }) = &command
        && from.args().show_map
    {
        let mut out = Out::stdout(&setting.config, &setting.env, globals.json);
        import::show_map(from, &mut out)?;
        out.finish()?;
        return Ok(ExitCode::SUCCESS);
    }
    let Some(command) = command else {
        return screen::open_screen(setting, &globals);
    };
    if let Command::Serve(args) = command {
        return Ok(ExitCode::from(serve::serve(&setting, &globals, args)? as u8));
    }
    // Everything that waits, waits on threads of its own; one suffices here.
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let exit = runtime.block_on(async {
        match command {
            // These look at the store's file itself, which may be anything but sound.
            Command::Backup(args) => backup::backup(setting, &globals, args).await,
            Command::Doctor => doctor::examine(setting, &globals).await,
            // And these come before anybody is at a store.
            Command::Connect(args) => server::connect::connect(&setting, &globals, args).await,
            Command::Disconnect => server::connect::disconnect(&setting, &globals),
            Command::Login { new } => server::login::login(&setting, &globals, new).await,
            Command::Logout => server::login::logout(&setting, &globals).await,
            Command::Passwd => server::login::passwd(&setting, &globals).await,
            command => carry_out(command, globals, setting).await,
        }
    })?;
    Ok(ExitCode::from(exit as u8))
}

async fn carry_out(command: Command, globals: Globals, setting: Setting) -> Result<Exit> {
    let now = LiveSource.now();
    let store = Found::look(&setting, &globals);
    let note = store.as_ref().and_then(|store| store.unchanged(now));
    let may_be_news = note.is_none();
    let house = match note {
        Some(note) => House::open_unchanged(setting, note)?,
        None => House::open(setting, Work::InPlace).await?,
    };
    // What time has done since the store was last open comes before what is done now.
    let quiet_until = house.backend.fire_timers(now).await?;
    settle_in(&house).await?;
    match &command {
        Command::Import {
            from: ImportFrom::Famdesk(args),
        } => export::take_in(&house, args).await?,
        Command::Families {
            deed: Some(FamiliesDeed::Create(new)),
        } => families::introduce_if_new(&house, new).await?,
        Command::Generate(_) => families::introduce(&house, None, None).await?,
        _ => {}
    }
    let mut errand = Errand::begin(house, globals).await?;
    // A replica that could not be used as it was has begun anew, and has everything to fetch.
    let is_bare = !errand.station.read(|it| it.holds_a_family()).await?;
    if (may_be_news || is_bare)
        && errand.look_for_news().await?
        && let Some(store) = &store
    {
        store.note(
            &errand.house.server_id,
            errand.station.me(),
            now,
            quiet_until,
        );
    }
    let done = dispatch(&mut errand, command).await;
    // What was said before something went wrong is said all the same.
    let finished = errand.out.finish();
    let exit = done?;
    finished?;
    Ok(exit)
}

async fn settle_in(house: &House) -> Result<()> {
    if house.setting.is_demo() && house.owner().await?.is_none() {
        demo::move_in(house).await?;
    }
    Ok(())
}

async fn dispatch(errand: &mut Errand, command: Command) -> Result<Exit> {
    match command {
        Command::Families { deed } => families::families(errand, deed).await,
        Command::Groups { deed } => families::groups::groups(errand, deed).await,
        Command::Queues { deed } => families::queues::queues(errand, deed).await,
        Command::Members { deed } => families::members::members(errand, deed).await,
        Command::Me(args) => me::me(errand, args).await,
        Command::New(args) => tickets::new::file(errand, args).await,
        Command::List(args) => tickets::list::list(errand, args).await,
        Command::Show { number } => tickets::show::show(errand, &number).await,
        Command::Comment(args) => tickets::talk::comment(errand, args).await,
        Command::Note(args) => tickets::talk::note(errand, args).await,
        Command::Attach(args) => tickets::attach::attach(errand, args).await,
        Command::Attachments(args) => tickets::attach::attachments(errand, args).await,
        Command::Edit(args) => tickets::edit::edit(errand, args).await,
        Command::Assign(args) => tickets::change::assign(errand, args).await,
        Command::Severity(args) => tickets::change::severity(errand, args).await,
        Command::Status(args) => tickets::change::stage(errand, args).await,
        Command::Due(args) => tickets::change::due(errand, args).await,
        Command::Snooze(args) => tickets::change::snooze(errand, args).await,
        Command::Wake(args) => tickets::change::wake(errand, args).await,
        Command::Category(args) => tickets::change::category(errand, args).await,
        Command::Resolve(args) => tickets::change::resolve(errand, args).await,
        Command::Reopen(args) => tickets::change::reopen(errand, args).await,
        Command::Close(args) => tickets::change::close(errand, args).await,
        Command::Unclose(args) => tickets::change::unclose(errand, args).await,
        Command::Move(args) => tickets::change::move_to(errand, args).await,
        Command::Merge(args) => tickets::change::merge(errand, args).await,
        Command::Unmerge(args) => tickets::change::unmerge(errand, args).await,
        Command::Parent(args) => tickets::change::parent(errand, args).await,
        Command::Triage(args) => tickets::change::triage(errand, args).await,
        Command::Tag(args) => tickets::change::tag(errand, args).await,
        Command::Watch(args) => tickets::change::watch(errand, args).await,
        Command::Unwatch(args) => tickets::change::unwatch(errand, args).await,
        Command::Read(args) => tickets::read::read(errand, args).await,
        Command::Unread(args) => tickets::read::unread(errand, args).await,
        Command::Delete(args) => tickets::delete::delete(errand, args).await,
        Command::Deleted { limit } => deleted::deleted(errand, limit).await,
        Command::Restore { what } => deleted::restore(errand, what).await,
        Command::Participants(args) => tickets::participants::participants(errand, args).await,
        Command::History { number, comment } => {
            tickets::history::history(errand, &number, comment).await
        }
        Command::Log(args) => tickets::log::log(errand, args).await,
        Command::Audit {
            deed: AuditDeed::Verify,
        } => families::verify_audit(errand).await,
        Command::Export(args) => export::export(errand, &args.folder).await,
        Command::Import { from } => import::import(errand, from).await,
        Command::Generate(args) => generate::generate(errand, &args).await,
        Command::Sessions { deed } => server::sessions::sessions(errand, deed).await,
        Command::ApiKeys { deed } => server::keys::keys(errand, deed).await,
        Command::Users { deed } => server::accounts::users(errand, deed).await,
        Command::Webhooks { deed } => webhooks::webhooks(errand, deed).await,
        Command::Conflicts { deed } => conflicts::conflicts(errand, deed).await,
        Command::Outbox { deed } => outbox::outbox(errand, deed).await,
        Command::Undo => undo::turn(errand, Turn::Back).await,
        Command::Redo => undo::turn(errand, Turn::Again).await,
        Command::Rebuild => outbox::rebuild(errand).await,
        // These were answered before the store was opened.
        Command::Config { .. }
        | Command::Keys
        | Command::Backup(_)
        | Command::Doctor
        | Command::Serve(_)
        | Command::Connect(_)
        | Command::Disconnect
        | Command::Login { .. }
        | Command::Logout
        | Command::Passwd
        | Command::Completions { .. }
        | Command::Complete(_)
        | Command::Man { .. } => Ok(Exit::Done),
    }
}

fn explain(setting: &Setting, globals: &Globals) -> Result<ExitCode> {
    let explanation = setting.config.explain(&setting.env);
    let mut out = Out::stdout(&setting.config, &setting.env, globals.json);
    if out.is_json() {
        let settings: serde_json::Map<String, serde_json::Value> = explanation
            .settings
            .iter()
            .map(|one| (one.key.clone(), one.value.clone().into()))
            .collect();
        out.json(&serde_json::json!({
            "file": explanation.file.to_string_lossy(),
            "state": explanation.state.0.to_string_lossy(),
            "settings": settings,
        }))?;
    } else {
        for line in explanation.to_string().lines() {
            out.line(line)?;
        }
    }
    out.finish()?;
    Ok(ExitCode::SUCCESS)
}
