//! The loop: what happened goes into the step, what it asks for goes to the workers, and once
//! everything that is waiting has been taken in, one frame is drawn. Nothing ticks: an idle screen
//! costs nothing.

use std::collections::BTreeMap;
use std::io::{self, Write, stdout};
use std::mem;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{self, Event, EventStream};
use futures::StreamExt;
use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep_until};

use super::clipboard;
use super::editor;
use super::events::{actions_of, ends_in_a_paste};
use super::guard::TerminalGuard;
use super::keeper::Keeper;
use super::output::FrameWriter;
use super::remembered::Remembered;
use super::rest::has_a_rest;
use super::suspend::stop_here;
use super::workers::Workers;
use crate::app::keymap::KeyMap;
use crate::app::layout::{Size, Widths};
use crate::app::mouse::Spots;
use crate::app::{Action, Alarm, App, Effect, Effects, Recall, Setup};
use crate::config::live::LiveSource;
use crate::config::{Capabilities, Multiplexer, Settings};
use crate::model::source::Source;
use crate::sync::station::Station;
use crate::ui::{self, Frugal, Theme};

/// Everything a screen needs.
pub struct Screen {
    pub station: Arc<Station>,
    /// The store is empty: begin by asking who is here.
    pub first_start: bool,
    /// The store is the demo family's, where nothing is kept.
    pub demo: bool,
    pub settings: Settings,
    pub capabilities: Capabilities,
    /// The terminal's background is light.
    pub light: bool,
    /// What stands between this program and the terminal.
    pub inside: Option<Multiplexer>,
    pub keys: KeyMap,
    /// The command line of the person's editor.
    pub editor: String,
    /// Where a text lies while it is in the editor.
    pub scratch: PathBuf,
    /// The person's own folder on this machine.
    pub folder: PathBuf,
    pub time_zone: TimeZone,
    /// What this program does for the store besides.
    pub keeper: Arc<dyn Keeper>,
}

/// How a screen ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Quit,
    /// The person would rather look around in the demo family.
    Demo,
}

/// Shows the screen until it is left.
///
/// # Errors
/// Where the terminal can't be used; it has been given back by then.
pub async fn show(screen: Screen) -> io::Result<Ended> {
    let guard = TerminalGuard::take(screen.settings.screen.mouse)?;
    let (actions, inbox) = mpsc::unbounded_channel();
    let remembered = Remembered::in_folder(&screen.folder);
    let recall = Recall::of(remembered.load());
    let workers = Workers::start(Arc::clone(&screen.station), remembered, actions);
    let mut live = Live::new(&screen, recall, guard, workers)?;
    let ended = live.run(&screen, inbox).await;
    let left = live.leave().await;
    // Whatever was typed is on disk before the program is gone.
    let drafts = Arc::clone(&live.workers.drafts);
    let saved = drafts.flush(&screen.station).await;
    drop(live);
    let Err(error) = saved else {
        return left.and(ended);
    };
    let elsewhere = std::env::temp_dir();
    let message = match drafts.rescue(&elsewhere) {
        Ok(Some(path)) => format!("{error}; what you wrote is kept in {}", path.display()),
        Ok(None) => error.to_string(),
        Err(why) => format!(
            "{error}; what you wrote could not be kept in {} either ({why})",
            elsewhere.display()
        ),
    };
    Err(io::Error::other(message))
}

struct Live {
    app: App,
    theme: Theme,
    can: Capabilities,
    /// Whether the terminal's background is light.
    light: bool,
    inside: Option<Multiplexer>,
    terminal: Terminal<Frugal<CrosstermBackend<FrameWriter>>>,
    frame: FrameWriter,
    guard: TerminalGuard,
    workers: Workers,
    /// Dropped while another program has the terminal.
    events: Option<EventStream>,
    /// What stands where on the frame that is shown.
    spots: Spots,
    /// A text that is to go to the editor.
    to_editor: Option<String>,
    /// The program is to be stopped until the shell brings it back.
    to_stop: bool,
    /// When each alarm that is set rings; none is as a rule.
    alarms: BTreeMap<Alarm, Instant>,
    ended: Option<Ended>,
    /// The person knows that leaving would leave a draft behind.
    told_unsaved: bool,
}

impl Live {
    fn new(
        screen: &Screen,
        recall: Recall,
        guard: TerminalGuard,
        workers: Workers,
    ) -> io::Result<Live> {
        let frame = FrameWriter::default();
        let terminal = Terminal::new(Frugal::new(CrosstermBackend::new(frame.clone())))?;
        let size = terminal.size()?;
        let app = App::new(Setup {
            me: screen.station.me(),
            now: LiveSource.now(),
            size: Size {
                width: size.width,
                height: size.height,
            },
            time_zone: screen.time_zone.clone(),
            widths: Widths {
                wide_at: screen.settings.screen.wide_at,
                narrow_below: screen.settings.screen.narrow_below,
            },
            start_view: screen.settings.start_view,
            keys: screen.keys.clone(),
            source: Box::new(LiveSource),
            demo: screen.demo,
            recall,
            presence: screen.settings.screen.presence,
        });
        Ok(Live {
            app,
            theme: Theme::new(
                screen.settings.screen.theme,
                screen.capabilities,
                screen.light,
            ),
            can: screen.capabilities,
            light: screen.light,
            inside: screen.inside,
            terminal,
            frame,
            guard,
            workers,
            events: Some(EventStream::new()),
            spots: Spots::default(),
            to_editor: None,
            to_stop: false,
            alarms: BTreeMap::new(),
            ended: None,
            told_unsaved: false,
        })
    }

    async fn run(
        &mut self,
        screen: &Screen,
        mut inbox: mpsc::UnboundedReceiver<Action>,
    ) -> io::Result<Ended> {
        let signals = Signals::listen()?;
        let first = if screen.first_start {
            self.app.start_first()
        } else {
            self.app.start()
        };
        self.carry_out(first)?;
        self.answer_at_once(&mut inbox).await?;
        self.draw()?;
        // The first frame is shown; what need not be in it begins now.
        self.workers.sync_now();
        screen.keeper.let_time_act();
        self.follow(screen, inbox, signals).await
    }

    async fn follow(
        &mut self,
        screen: &Screen,
        mut inbox: mpsc::UnboundedReceiver<Action>,
        mut signals: Signals,
    ) -> io::Result<Ended> {
        loop {
            let next = self.alarms.iter().min_by_key(|(_, at)| **at);
            let next = next.map(|(alarm, at)| (*alarm, *at));
            let happened = tokio::select! {
                biased;
                told = signals.told() => match told {
                    Told::Stop => return Ok(Ended::Quit),
                    Told::GoOn => {
                        self.come_back()?;
                        Vec::new()
                    }
                },
                Some(action) = inbox.recv() => vec![action],
                event = next_event(&mut self.events) => self.taken_in(event)?,
                alarm = rung(next) => {
                    self.alarms.remove(&alarm);
                    vec![Action::Tick(LiveSource.now()), Action::Woke(alarm)]
                }
            };
            self.step(happened)?;
            self.answer_at_once(&mut inbox).await?;
            if let Some(text) = self.to_editor.take() {
                let edited = self.edit(text, screen).await?;
                // One that was pressed last may still be on its way in.
                tokio::time::sleep(PATIENCE).await;
                signals.forget_interrupts()?;
                self.step(vec![edited])?;
            }
            if mem::take(&mut self.to_stop) {
                self.suspend(screen).await?;
                // What let the program go on is on its way in as a signal too.
                tokio::time::sleep(PATIENCE).await;
                signals.forget_going_on()?;
            }
            if let Some(ended) = self.ended.take()
                && self.may_end(screen).await?
            {
                return Ok(ended);
            }
            self.draw()?;
        }
    }

    /// Does what is still to be done, and sees to it that what was given is on the disk.
    async fn leave(&mut self) -> io::Result<()> {
        let last = self.app.leave();
        let carried_out = self.carry_out(last);
        self.workers.settle().await;
        self.workers.presence.leave().await;
        carried_out
    }

    /// Whether what was typed is on the disk. If it can't be put there, the person is told once
    /// and may leave all the same.
    async fn may_end(&mut self, screen: &Screen) -> io::Result<bool> {
        let Err(error) = self.workers.drafts.flush(&screen.station).await else {
            return Ok(true);
        };
        if self.told_unsaved {
            return Ok(true);
        }
        let why = format!("a draft is not saved: {error}; quit once more to leave all the same");
        self.step(vec![Action::DraftsKept(Err(why))])?;
        self.told_unsaved = true;
        Ok(false)
    }

    /// The event and everything that is waiting behind it.
    fn taken_in(&mut self, event: io::Result<Event>) -> io::Result<Vec<Action>> {
        let mut events = vec![event?];
        // Not by polling the stream: it would remember a waker that wakes nobody.
        while event::poll(Duration::ZERO)? || more_comes(&events)? && event::poll(PASTE_GAP)? {
            events.push(event::read()?);
        }
        let mut actions = vec![Action::Tick(LiveSource.now())];
        actions.extend(actions_of(events, &self.spots));
        Ok(actions)
    }

    fn step(&mut self, mut happened: Vec<Action>) -> io::Result<()> {
        happened.retain(|action| self.is_news(action));
        let effects = self.app.update_all(happened);
        self.carry_out(effects)
    }

    /// Whoever knows that leaving loses a draft is not told over it that saving is being tried.
    fn is_news(&mut self, action: &Action) -> bool {
        match action {
            Action::DraftsKept(Ok(())) => {
                self.told_unsaved = false;
                true
            }
            Action::DraftsKept(Err(_)) => !self.told_unsaved,
            _ => true,
        }
    }

    /// Takes in the answers to what was just asked, as long as the store gives them at once: so a
    /// key and what it leads to are one frame.
    async fn answer_at_once(
        &mut self,
        inbox: &mut mpsc::UnboundedReceiver<Action>,
    ) -> io::Result<()> {
        while self.app.is_waiting() {
            let patience = tokio::time::sleep(PATIENCE);
            let action = tokio::select! {
                biased;
                Some(action) = inbox.recv() => action,
                () = patience => return Ok(()),
            };
            self.step(vec![action])?;
        }
        Ok(())
    }

    fn draw(&mut self) -> io::Result<()> {
        let (state, theme) = (self.app.state(), &self.theme);
        let mut spots = Spots::default();
        self.terminal
            .draw(|frame| spots = ui::draw(state, theme, frame))?;
        self.spots = spots;
        self.frame.send()
    }

    fn carry_out(&mut self, effects: Effects) -> io::Result<()> {
        for effect in effects.0 {
            match effect {
                Effect::Ask {
                    slot,
                    number,
                    question,
                } => self.workers.ask(slot, number, question),
                Effect::Give {
                    number,
                    family_id,
                    deed,
                    commands,
                } => self.workers.give(number, (family_id, deed), commands),
                Effect::Invite {
                    number,
                    family_id,
                    deed,
                    who,
                    role,
                } => self.workers.invite(number, (family_id, deed), (who, role)),
                Effect::RotateWebhook {
                    family_id,
                    webhook_id,
                } => self.workers.rotate_webhook(family_id, webhook_id),
                Effect::Turn(turn) => self.workers.turn(turn),
                Effect::SaveDraft(draft) => self.workers.drafts.save(draft),
                Effect::DropDraft(key) => self.workers.drafts.discard(key),
                Effect::Resolve {
                    refused,
                    resolution,
                    deed,
                } => self.workers.resolve(refused, resolution, deed),
                Effect::BringBack => self.workers.bring_back(),
                Effect::Discard { refused, keep } => self.workers.discard(refused, keep),
                Effect::KeepFile { path, keep_for } => self.workers.keep_file(path, keep_for),
                Effect::CompletePath(typed) => self.workers.complete_path(typed),
                Effect::SaveFiles {
                    family_id,
                    files,
                    folder,
                } => self.workers.save_files(family_id, files, folder),
                Effect::OpenFile { family_id, file } => self.workers.open_file(family_id, file),
                Effect::Export { path, text } => self.workers.export(path, text),
                Effect::Edit(text) => self.to_editor = Some(text),
                Effect::Remember { kind, text } => self.workers.remember(kind, text),
                Effect::Yank(text) => self.yank(text)?,
                Effect::Suspend => self.to_stop = true,
                Effect::Redraw => self.draw_anew()?,
                Effect::Theme(theme) => {
                    self.theme = Theme::new(theme, self.can, self.light);
                }
                Effect::Wake { alarm, after } => {
                    self.alarms.insert(alarm, Instant::now() + after);
                }
                Effect::SyncNow => self.workers.sync_now(),
                Effect::Appear(place) => self.workers.presence.be_at(place),
                Effect::SignIn { who, password } => self.workers.sign_in(who, password),
                Effect::FirstStart(founding) => self.workers.found(founding),
                Effect::OpenDemo => self.ended = Some(Ended::Demo),
                Effect::Quit => self.ended = Some(Ended::Quit),
            }
        }
        Ok(())
    }

    /// Puts a text into the clipboard.
    fn yank(&mut self, text: String) -> io::Result<()> {
        if self.inside == Some(Multiplexer::Tmux) {
            self.workers.hand_to_tmux(text);
            return Ok(());
        }
        let mut out = stdout();
        out.write_all(clipboard::sequence(&text, self.inside).as_bytes())?;
        out.flush()
    }

    /// Gives the terminal to the editor and takes it back with the text.
    async fn edit(&mut self, text: String, screen: &Screen) -> io::Result<Action> {
        self.events = None;
        self.guard.lend();
        let (command, folder) = (screen.editor.clone(), screen.scratch.clone());
        // On a thread of its own, so that signals are taken in while it lasts.
        let editing = spawn_blocking(move || editor::edit(&command, &folder, &text));
        let edited = editing.await?;
        self.take_terminal_back()?;
        Ok(Action::Edited(edited.map_err(|error| error.to_string())))
    }

    async fn suspend(&mut self, screen: &Screen) -> io::Result<()> {
        self.events = None;
        self.guard.lend();
        // Should it fail, the draft is still in the form when the program goes on.
        let _ = self.workers.drafts.flush(&screen.station).await;
        let still = screen.station.hold_still().await;
        screen.keeper.step_aside().await;
        let stopped = stop_here();
        drop(still);
        self.workers.sync_now();
        self.take_terminal_back()?;
        stopped
    }

    /// Somebody has stopped the program and let it go on; whatever happened to the terminal
    /// meanwhile, it is taken anew.
    fn come_back(&mut self) -> io::Result<()> {
        self.events = None;
        self.guard.lend();
        self.take_terminal_back()
    }

    fn take_terminal_back(&mut self) -> io::Result<()> {
        self.guard.take_again()?;
        self.draw_anew()?;
        // The farewell of the stream that was dropped hides the keys that come with it.
        event::poll(PATIENCE)?;
        has_a_rest()?;
        self.events = Some(EventStream::new());
        // Nobody told us what became of the size while another had the terminal.
        let ratatui::layout::Size { width, height } = self.terminal.size()?;
        let resized = Action::Resized(Size { width, height });
        self.step(vec![resized])
    }

    /// The next frame is drawn whole. Not by `Terminal::clear`: it asks the terminal where its
    /// cursor is, and one that doesn't answer would be waited for and then given up.
    fn draw_anew(&mut self) -> io::Result<()> {
        let size = self.terminal.size()?;
        self.terminal.resize(Rect::from(size))
    }
}

/// Whether something is still on its way: what the terminal holds back, or, of a paste, the next
/// piece; a short one would pass for keys if it came alone.
fn more_comes(events: &[Event]) -> io::Result<bool> {
    Ok(has_a_rest()? || ends_in_a_paste(events))
}

/// How long the next piece of a paste is waited for.
const PASTE_GAP: Duration = Duration::from_millis(20);

/// How long a frame waits for the answers to what was asked: what takes longer comes in the next.
const PATIENCE: Duration = Duration::from_millis(8);

/// The next event; waits for ever while another program has the terminal.
async fn next_event(events: &mut Option<EventStream>) -> io::Result<Event> {
    let next = match events {
        Some(stream) => stream.next().await,
        None => std::future::pending().await,
    };
    next.unwrap_or_else(|| Err(io::Error::other("the terminal is gone")))
}

/// The alarm, once it rings; waits for ever where none is set.
async fn rung(alarm: Option<(Alarm, Instant)>) -> Alarm {
    match alarm {
        Some((alarm, at)) => {
            sleep_until(at).await;
            alarm
        }
        None => std::future::pending().await,
    }
}

/// What a signal says.
enum Told {
    Stop,
    /// The program was stopped, and goes on.
    GoOn,
}

#[cfg(unix)]
fn go_on() -> tokio::signal::unix::SignalKind {
    tokio::signal::unix::SignalKind::from_raw(rustix::process::Signal::CONT.as_raw())
}

/// The signals that end a program or let it go on.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    hang_up: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    quit: tokio::signal::unix::Signal,
    #[cfg(unix)]
    go_on: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn listen() -> io::Result<Signals> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            go_on: signal(go_on())?,
        })
    }

    /// Forgets `^c` and `^\` that were pressed in the editor: they reach every program of the
    /// terminal, and were meant for that one.
    #[cfg(unix)]
    fn forget_interrupts(&mut self) -> io::Result<()> {
        use tokio::signal::unix::{SignalKind, signal};
        self.interrupt = signal(SignalKind::interrupt())?;
        self.quit = signal(SignalKind::quit())?;
        Ok(())
    }

    /// Forgets that the program was let go on, where it has the terminal back already.
    #[cfg(unix)]
    fn forget_going_on(&mut self) -> io::Result<()> {
        self.go_on = tokio::signal::unix::signal(go_on())?;
        Ok(())
    }

    #[cfg(not(unix))]
    fn forget_going_on(&mut self) -> io::Result<()> {
        Ok(())
    }

    #[cfg(not(unix))]
    fn listen() -> io::Result<Signals> {
        Ok(Signals {})
    }

    #[cfg(not(unix))]
    fn forget_interrupts(&mut self) -> io::Result<()> {
        Ok(())
    }

    #[cfg(unix)]
    async fn told(&mut self) -> Told {
        tokio::select! {
            _ = self.terminate.recv() => Told::Stop,
            _ = self.hang_up.recv() => Told::Stop,
            _ = self.interrupt.recv() => Told::Stop,
            _ = self.quit.recv() => Told::Stop,
            _ = self.go_on.recv() => Told::GoOn,
        }
    }

    #[cfg(not(unix))]
    async fn told(&mut self) -> Told {
        std::future::pending().await
    }
}
