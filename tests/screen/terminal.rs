//! A terminal for one program: what it writes is read by a thread and drawn into cells, and a
//! test waits for what it wants to see. It answers no questions, as some terminals don't.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{
    Child, CommandBuilder, ExitStatus, MasterPty, PtySize, SlavePty, native_pty_system,
};
use rustix::process::{Pid, Signal, kill_process};
use vt100::{Parser, Screen};

/// How long anything may take before a test gives up: only a failure ever waits this long.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Terminal {
    master: Box<dyn MasterPty + Send>,
    /// Held so that the terminal outlives the program and can be looked at.
    _slave: Box<dyn SlavePty + Send>,
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    seen: Arc<Seen>,
    /// The terminal's modes before the program.
    modes: Modes,
}

/// The flags of a terminal: input, output, control, local.
type Modes = [u64; 4];

struct Seen {
    so_far: Mutex<SoFar>,
    more: Condvar,
}

struct SoFar {
    parser: Parser,
    /// Every byte that the program wrote.
    bytes: Vec<u8>,
}

impl SoFar {
    /// Whether the last frame came to its end; half of one is nothing to look at.
    fn is_whole(&self) -> bool {
        let last = |mark: &[u8]| self.bytes.windows(mark.len()).rposition(|it| it == mark);
        last(b"\x1b[?2026h") <= last(b"\x1b[?2026l")
    }
}

impl Terminal {
    pub fn start(size: (u16, u16), command: CommandBuilder) -> Terminal {
        let pair = native_pty_system().openpty(pty_size(size)).expect("a pty");
        let (rows, columns) = cells(size);
        let seen = Arc::new(Seen {
            so_far: Mutex::new(SoFar {
                parser: Parser::new(rows, columns, 0),
                bytes: Vec::new(),
            }),
            more: Condvar::new(),
        });
        let modes = modes_of(&*pair.master);
        let reader = pair.master.try_clone_reader().expect("a reader");
        let writer = pair.master.take_writer().expect("a writer");
        let child = pair.slave.spawn_command(command).expect("starts");
        let watched = Arc::clone(&seen);
        thread::spawn(move || watch(reader, &watched));
        Terminal {
            master: pair.master,
            _slave: pair.slave,
            writer,
            child,
            seen,
            modes,
        }
    }

    /// Sends bytes as the terminal does for keys, in one write.
    pub fn keys(&mut self, keys: &str) -> &mut Terminal {
        self.writer.write_all(keys.as_bytes()).expect("written");
        self.writer.flush().expect("written");
        self
    }

    /// Types into a field and waits until it shows.
    pub fn types(&mut self, text: &str) -> &mut Terminal {
        self.keys(text);
        self.shows(text)
    }

    /// Waits until the screen is as wanted.
    pub fn wait_for(&mut self, what: &str, wanted: impl Fn(&Screen) -> bool) -> &mut Terminal {
        self.wait_for_output(what, |so_far| wanted(so_far.parser.screen()));
        self
    }

    /// Waits until a text stands on the screen.
    pub fn shows(&mut self, text: &str) -> &mut Terminal {
        self.wait_for(text, |screen| screen.contents().contains(text))
    }

    /// Waits until a text is gone from the screen.
    pub fn hides(&mut self, text: &str) -> &mut Terminal {
        let what = format!("no {text}");
        self.wait_for(&what, |screen| !screen.contents().contains(text))
    }

    /// Waits until the cursor's row in a pane holds a text.
    pub fn is_on(&mut self, text: &str) -> &mut Terminal {
        let what = format!("the cursor on {text}");
        self.wait_for(&what, |screen| {
            let contents = screen.contents();
            let rows = contents.lines();
            rows.into_iter().any(|row| points_at(row, text))
        })
    }

    /// Waits for bytes in what the program wrote since `from`.
    pub fn wrote(&mut self, from: usize, bytes: &[u8]) -> &mut Terminal {
        let what = String::from_utf8_lossy(bytes).escape_debug().to_string();
        self.wait_for_output(&what, |so_far| {
            so_far.bytes[from..]
                .windows(bytes.len())
                .any(|it| it == bytes)
        });
        self
    }

    fn wait_for_output(&self, what: &str, wanted: impl Fn(&SoFar) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut so_far = self.lock();
        while !(so_far.is_whole() && wanted(&so_far)) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero(),
                "waited in vain for: {what}\n{}",
                so_far.parser.screen().contents()
            );
            let waited = self.seen.more.wait_timeout(so_far, left);
            so_far = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Makes the terminal another size: columns, rows.
    pub fn resize(&mut self, size: (u16, u16)) -> &mut Terminal {
        let (rows, columns) = cells(size);
        self.lock().parser.set_size(rows, columns);
        self.master.resize(pty_size(size)).expect("resized");
        self
    }

    /// The screen as text, row by row.
    pub fn screen(&self) -> String {
        self.lock().parser.screen().contents()
    }

    /// Asks something of the screen as it is now.
    pub fn look<T>(&self, ask: impl Fn(&Screen) -> T) -> T {
        ask(self.lock().parser.screen())
    }

    /// Every byte that the program wrote.
    pub fn bytes(&self) -> Vec<u8> {
        self.lock().bytes.clone()
    }

    pub fn signal(&self, signal: Signal) {
        let pid = self
            .child
            .process_id()
            .and_then(|id| i32::try_from(id).ok());
        let pid = pid.and_then(Pid::from_raw).expect("a process");
        kill_process(pid, signal).expect("signalled");
    }

    /// What a shell does to a terminal whose program was stopped: its own modes, the usual screen.
    pub fn spoils_the_terminal(&mut self) {
        let name = self.master.tty_name().expect("a terminal");
        let sane = Command::new("stty")
            .arg("-F")
            .arg(name)
            .arg("sane")
            .status();
        assert!(sane.expect("stty starts").success());
        self.lock().parser.process(b"\x1b[?1049l\x1b[2J$ ");
    }

    /// Waits until the program has ended.
    pub fn ended(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("waited") {
                return status;
            }
            assert!(
                Instant::now() < deadline,
                "still running\n{}",
                self.screen()
            );
            until_a_little_later();
        }
    }

    /// Leaves with `Q` and checks that it went well.
    pub fn quits(&mut self) {
        self.keys("Q");
        assert!(self.ended().success(), "{}", self.screen());
        self.wait_for("the usual screen", |screen| !screen.alternate_screen());
    }

    /// Whether the terminal's modes are those from before the program.
    pub fn has_its_modes_back(&self) -> bool {
        modes_of(&*self.master) == self.modes
    }

    fn lock(&self) -> MutexGuard<'_, SoFar> {
        self.seen
            .so_far
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            self.signal(Signal::KILL);
            let _ = self.child.wait();
        }
    }
}

/// Tries again until it comes to something; for what can't be waited for otherwise.
pub fn until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain for: {what}");
        until_a_little_later();
    }
}

/// Leaves the processor to whoever is waited for.
fn until_a_little_later() {
    thread::park_timeout(Duration::from_millis(5));
}

fn watch(mut reader: Box<dyn Read + Send>, seen: &Seen) {
    let mut buffer = [0; 16 * 1024];
    // Ends with an error once nobody has the terminal any more.
    while let Ok(count @ 1..) = reader.read(&mut buffer) {
        let mut so_far = seen.so_far.lock().unwrap_or_else(PoisonError::into_inner);
        so_far.parser.process(&buffer[..count]);
        so_far.bytes.extend_from_slice(&buffer[..count]);
        seen.more.notify_all();
    }
}

/// Whether the cursor's mark stands before the text, in the same pane.
fn points_at(row: &str, text: &str) -> bool {
    let Some(at) = row.find(text) else {
        return false;
    };
    let before = &row[..at];
    let pane = before.rfind('│').map_or(before, |edge| &before[edge..]);
    pane.contains('▌')
}

fn modes_of(master: &dyn MasterPty) -> Modes {
    let modes = master.get_termios().expect("a terminal's modes");
    [
        modes.input_flags.bits().into(),
        modes.output_flags.bits().into(),
        modes.control_flags.bits().into(),
        modes.local_flags.bits().into(),
    ]
}

fn pty_size((cols, rows): (u16, u16)) -> PtySize {
    PtySize {
        rows,
        cols,
        pixel_width: 0,
        pixel_height: 0,
    }
}

fn cells((columns, rows): (u16, u16)) -> (NonZeroU16, NonZeroU16) {
    let at_least_one = |cells| NonZeroU16::new(cells).unwrap_or(NonZeroU16::MIN);
    (at_least_one(rows), at_least_one(columns))
}
