//! What may be typed after `famdesk`: the subcommands and their options, as clap reads them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

mod families;
mod import;
mod server;
mod store;
mod ticket;
mod webhooks;

pub use families::{
    DeleteByName, EditFamilyArgs, EditGroupArgs, EditQueueArgs, FamiliesDeed, GroupsDeed,
    InviteArgs, MembersDeed, NewFamilyArgs, NewQueueArgs, QueuesDeed,
};
pub use import::{Elsewhere, FromArgs, ImportFrom};
pub use server::{ApiKeysDeed, ConnectArgs, NewKeyArgs, ServeArgs, SessionsDeed, UsersDeed};
pub use store::{BackupArgs, BackupDeed, ExportArgs, MakeBackup, TakeInArgs};
pub use ticket::{
    AssignArgs, AssignTo, AttachArgs, AttachmentsArgs, CategoryArgs, CommentArgs, DeleteArgs,
    DueArgs, EditArgs, ListArgs, ListStatus, MergeArgs, MoveArgs, NewArgs, NoteArgs, Numbers,
    ParentArgs, ParticipantsArgs, SeverityArgs, Sort, StatusArgs, TagArgs, TriageArgs,
};
pub use webhooks::{NewWebhookArgs, SetWebhookArgs, WebhooksDeed, YesNo};

/// How tickets are named.
pub const NUMBERS: &str =
    "Tickets are named as RIV-2026-0042 (in any case), as 42 for this year's, or by their UUID.";

pub const EXIT_CODES: &[(&str, &str)] = &[
    (
        "0",
        "done; an import that skipped rows says so in its summary",
    ),
    (
        "1",
        "refused, or not found, or an import of which nothing came in",
    ),
    (
        "2",
        "the command line makes no sense, or a terminal is needed",
    ),
    ("3", "the settings file is wrong"),
    (
        "4",
        "the store or a file can't be used: damaged, newer, full, read-only",
    ),
];

fn after() -> String {
    let mut text = format!("{NUMBERS}\nWithout a command the screen opens.\n\nExit codes:");
    for (code, meaning) in EXIT_CODES {
        text.push_str(&format!("\n  {code}  {meaning}"));
    }
    text
}

/// A help desk for families, in the terminal
#[derive(Debug, Parser)]
#[command(name = "famdesk", version, after_help = after(), max_term_width = 100)]
#[command(disable_help_subcommand = true)]
pub struct Line {
    #[command(flatten)]
    pub globals: Globals,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What goes with every subcommand.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Globals {
    /// Work in this family (needed where you are in several)
    #[arg(long, global = true, value_name = "NAME")]
    pub family: Option<String>,
    /// Act for this member of the family, on a shared computer
    #[arg(long = "as", global = true, value_name = "USER")]
    pub as_user: Option<String>,
    /// Print one JSON document
    #[arg(long, global = true)]
    pub json: bool,
    /// Keep the store in this folder (before FAMDESK_DATA_DIR)
    #[arg(long, global = true, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// Work in an invented family that is thrown away at the end
    #[arg(long, global = true)]
    pub demo: bool,
}

// What stands below a subcommand is made once that one is meant.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub enum Command {
    /// The families you are in; found, change and join them
    #[command(after_help = "Example: famdesk families create Rivera --time-zone Europe/Madrid")]
    Families {
        #[command(subcommand)]
        deed: Option<FamiliesDeed>,
    },
    /// The family's groups and who is in them
    #[command(after_help = "Example: famdesk groups create Home")]
    Groups {
        #[command(subcommand)]
        deed: Option<GroupsDeed>,
    },
    /// The groups' queues; make, change, move and delete them
    #[command(after_help = "Example: famdesk queues create IT --group Home --severity SEV_4")]
    Queues {
        #[command(subcommand)]
        deed: Option<QueuesDeed>,
    },
    /// Who is in the family, and in which groups
    #[command(after_help = "Example: famdesk members invite Ben")]
    Members {
        #[command(subcommand)]
        deed: Option<MembersDeed>,
    },
    /// Who you are: your name, e-mail address and time zone
    #[command(after_help = "A new name is yours in every family you are in.\n\
                      Example: famdesk me --name 'Ana Rivera' --email ana@example.org")]
    Me(MeArgs),

    /// File a ticket
    #[command(after_help = "Example: famdesk new --queue IT --severity 2 --title 'Wi-Fi is down'")]
    New(NewArgs),
    /// List tickets, open ones by severity unless told otherwise
    #[command(after_help = "Example: famdesk list --assignee me --status any router light")]
    List(ListArgs),
    /// Show a ticket with its thread
    #[command(after_help = "Example: famdesk show RIV-2026-0042")]
    Show { number: String },
    /// Say something that everyone on the ticket sees; edit or delete what was said
    #[command(
        after_help = "Example: famdesk comment 42 'Rebooted it. Still red?'\n         \
                            famdesk comment 42 --edit 3 'Rebooted it twice.'"
    )]
    Comment(CommentArgs),
    /// Write an internal note, for the members of the ticket's group alone
    #[command(after_help = "Example: famdesk note 42 'The provider says cable fault'")]
    Note(NoteArgs),
    /// Put files on a ticket, or on your own comment there
    #[command(
        after_help = "Example: famdesk attach 42 photo.jpg bill.pdf\n         \
                            dmesg | famdesk attach 42 - --name dmesg.txt"
    )]
    Attach(AttachArgs),
    /// The files on a ticket and its comments; save or remove them
    #[command(after_help = "Example: famdesk attachments 42 1 2 --save ~/Downloads")]
    Attachments(AttachmentsArgs),
    /// Change a ticket's title or description
    #[command(
        after_help = "Without options your editor opens: the title, a blank line, the description.\n\
                      Example: famdesk edit 42 --title 'Wi-Fi is down upstairs'"
    )]
    Edit(EditArgs),
    /// Assign tickets: to me, to a member, to a group, or to none
    #[command(after_help = "Example: famdesk assign 42 43 me\n         \
                            famdesk assign 42 --group Home")]
    Assign(AssignArgs),
    /// Set the severity of tickets
    #[command(after_help = "Example: famdesk severity 42 2.5")]
    Severity(SeverityArgs),
    /// Set the stage of open tickets: new, active, or waiting
    #[command(after_help = "Example: famdesk status 42 waiting --note 'the electrician'")]
    Status(StatusArgs),
    /// Set when tickets are due, or none
    #[command(
        after_help = "Dates: 2026-03-01, '2026-03-01 16:00', today, tomorrow, +3d.\n\
                      Example: famdesk due 42 tomorrow"
    )]
    Due(DueArgs),
    /// Put tickets out of sight until a day, or wake them with none
    #[command(
        after_help = "Dates: 2026-03-01, '2026-03-01 16:00', tomorrow, fri, +3d, +4h.\n\
                      Example: famdesk snooze 42 fri"
    )]
    Snooze(DueArgs),
    /// Wake snoozed tickets
    #[command(after_help = "Example: famdesk wake 42")]
    Wake(Numbers),
    /// Set the category of tickets, or none
    #[command(after_help = "Example: famdesk category 42 'warranty case'")]
    Category(CategoryArgs),
    /// Resolve tickets; they may be reopened for 30 days
    #[command(after_help = "Example: famdesk resolve 42 43")]
    Resolve(Numbers),
    /// Reopen resolved tickets
    #[command(after_help = "Example: famdesk reopen 42")]
    Reopen(Numbers),
    /// Close tickets for good
    #[command(after_help = "Example: famdesk close 42")]
    Close(Numbers),
    /// Take a close back, where nothing has touched the ticket since
    #[command(after_help = "Example: famdesk unclose 42")]
    Unclose(Numbers),
    /// Move tickets to another queue
    #[command(after_help = "Example: famdesk move 42 43 --to Kitchen")]
    Move(MoveArgs),
    /// Merge tickets into another, whose thread then holds what is said on them
    #[command(after_help = "Example: famdesk merge 43 44 --into 42")]
    Merge(MergeArgs),
    /// Let merged tickets stand for themselves again
    #[command(after_help = "Example: famdesk unmerge 43")]
    Unmerge(Numbers),
    /// Make tickets parts of another, which stays open as long as they are
    #[command(after_help = "Example: famdesk parent 43 44 --of 42")]
    Parent(ParentArgs),
    /// Note that tickets have been judged, as they stand
    #[command(after_help = "Example: famdesk triage 42 43")]
    Triage(TriageArgs),
    /// Add and remove tags
    #[command(after_help = "Example: famdesk tag 42 --add wifi --remove wait")]
    Tag(TagArgs),
    /// Delete a ticket; an admin can restore it
    #[command(after_help = "Example: famdesk delete 42 --confirm RIV-2026-0042")]
    Delete(DeleteArgs),
    /// What was deleted and can be restored (for the family's admins)
    #[command(after_help = "Example: famdesk deleted")]
    Deleted {
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Restore what was deleted: tickets by number, queues and groups by name, all by id
    #[command(after_help = "Example: famdesk restore RIV-2026-0042")]
    Restore {
        #[arg(required = true, value_name = "NUMBER|NAME|ID")]
        what: Vec<String>,
    },
    /// Who takes part in a ticket, and how; take people in or out
    #[command(after_help = "Example: famdesk participants 42 --add Ben --remove Mia")]
    Participants(ParticipantsArgs),
    /// Follow tickets
    #[command(after_help = "Example: famdesk watch 42")]
    Watch(Numbers),
    /// Follow tickets no more
    #[command(after_help = "Example: famdesk unwatch 42")]
    Unwatch(Numbers),
    /// Note that you have read tickets; only you see that
    #[command(after_help = "Example: famdesk read 42 43")]
    Read(Numbers),
    /// Let tickets count as unread again, for you alone
    #[command(after_help = "Example: famdesk unread 42")]
    Unread(Numbers),

    /// Every text that a comment, or a ticket's title and description, has had
    #[command(after_help = "Example: famdesk history 42 3")]
    History {
        /// RIV-2026-0042, or 42
        number: String,
        /// The ticket's Nth comment, as `famdesk show` counts them
        #[arg(value_name = "N")]
        comment: Option<usize>,
    },
    /// Undo what you did last, here or on the screen
    #[command(
        after_help = "Several times goes further back. What someone else has changed since \
                      is left as it is and named; the exit code is 1 then.\n\
                      Example: famdesk undo"
    )]
    Undo,
    /// Do again what you undid last
    #[command(after_help = "Example: famdesk redo")]
    Redo,

    /// What happened, to a ticket, in a queue or in the family, newest last
    #[command(after_help = "Example: famdesk log 42 --diff --limit 10")]
    Log(LogArgs),
    /// Check the audit
    #[command(after_help = "Example: famdesk audit verify")]
    Audit {
        #[command(subcommand)]
        deed: AuditDeed,
    },
    /// Bring tickets in from elsewhere
    #[command(after_help = "Example: famdesk import jira issues.jsonl")]
    Import {
        #[command(subcommand)]
        from: ImportFrom,
    },
    /// Write a whole family, with its history and long texts, into a folder
    #[command(
        after_help = "One JSON document a line in family.jsonl, and the long texts beside it.\n\
                      What each person has read is theirs alone and stays here.\n\
                      Example: famdesk export rivera-2026"
    )]
    Export(ExportArgs),
    /// Copy the whole store, while it is in use, and put such a copy back
    #[command(after_help = "Example: famdesk backup /mnt/usb/famdesk --keep 30\n\
                      Example: famdesk backup restore /mnt/usb/famdesk/famdesk-20260301T120000Z.db")]
    Backup(BackupArgs),
    /// Look whether everything is in order, and say what to do where it is not
    #[command(after_help = "Example: famdesk doctor")]
    Doctor,
    /// Make an invented family of any size, for benches and for trying things out
    #[command(
        hide = true,
        after_help = "Example: famdesk --data /tmp/big generate 100000"
    )]
    Generate(GenerateArgs),
    /// Let the family work on this store over the network or a socket
    #[command(
        after_help = "Stops at SIGTERM or ^C, once what is in flight is done.\n\
                      Example: famdesk serve --listen 0.0.0.0:7447 --init"
    )]
    Serve(ServeArgs),
    /// Work on a server from now on, and sign in there
    #[command(
        after_help = "A server that made its own certificate is known by its pin: compare it with \
                      the one\nthat `famdesk serve` told.\n\
                      Example: famdesk connect https://home.example:7447"
    )]
    Connect(ConnectArgs),
    /// Work on this machine's own store again
    #[command(after_help = "Example: famdesk disconnect")]
    Disconnect,
    /// Sign in, with a password or a one-time code
    #[command(
        after_help = "Asks for what it needs, or reads it from stdin, a line each.\n\
                      Example: famdesk login"
    )]
    Login {
        /// Ask for a login; whoever runs the server approves it
        #[arg(long)]
        new: bool,
    },
    /// Sign this device out
    #[command(after_help = "Example: famdesk logout")]
    Logout,
    /// Change your password; every other device is signed out
    #[command(after_help = "Example: famdesk passwd")]
    Passwd,
    /// The devices that you are signed in on; sign one out
    #[command(after_help = "Example: famdesk sessions")]
    Sessions {
        #[command(subcommand)]
        deed: Option<SessionsDeed>,
    },
    /// Keys with which programs act for you in one family
    #[command(after_help = "Example: famdesk api-keys create 'Home Assistant' --scope write")]
    ApiKeys {
        #[command(subcommand)]
        deed: Option<ApiKeysDeed>,
    },
    /// Who has a login on the server (for whoever runs it)
    #[command(after_help = "Example: famdesk users code Ben")]
    Users {
        #[command(subcommand)]
        deed: Option<UsersDeed>,
    },
    /// Addresses outside that are told of what happens (for the family's admins)
    #[command(after_help = "Example: famdesk webhooks add Hall https://hall.example/hook")]
    Webhooks {
        #[command(subcommand)]
        deed: Option<WebhooksDeed>,
    },
    /// What needs you: both sides of what others overtook, and what was refused
    #[command(after_help = "Example: famdesk conflicts take 0199a1b2-... mine")]
    Conflicts {
        #[command(subcommand)]
        deed: Option<ConflictsDeed>,
    },
    /// What waits to be sent, and what was refused and why
    #[command(after_help = "Example: famdesk outbox discard all")]
    Outbox {
        #[command(subcommand)]
        deed: Option<OutboxDeed>,
    },
    /// Make the local copy of the family anew; what waits to be sent stays
    #[command(after_help = "Example: famdesk rebuild")]
    Rebuild,
    /// The screen's actions and their keys, with your own
    #[command(after_help = "Example: famdesk keys --json")]
    Keys,
    /// What a shell needs to complete commands, options, names and numbers
    #[command(after_help = "Example: famdesk completions bash \
                      > ~/.local/share/bash-completion/completions/famdesk")]
    Completions { shell: clap_complete::Shell },
    /// What could stand at the last of the words; the shells' completions ask this
    #[command(
        hide = true,
        after_help = "Example: famdesk complete bash -- famdesk assign 42 ''"
    )]
    Complete(Tab),
    /// The manual: its first page, or all of it into a folder
    #[command(after_help = "Example: famdesk man --out ~/.local/share/man")]
    Man {
        /// A folder where `man` looks; the pages go into man1 and man7 below it
        #[arg(long, value_name = "FOLDER")]
        out: Option<PathBuf>,
    },
    /// The settings in use, and where each comes from
    #[command(after_help = "Example: famdesk config explain")]
    Config {
        #[command(subcommand)]
        deed: Option<ConfigDeed>,
    },
}

#[derive(Debug, Args)]
pub struct Tab {
    pub shell: TabShell,
    /// The line as the shell parts it, up to the word that is being typed
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub words: Vec<String>,
}

/// The shells that ask what to offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TabShell {
    Bash,
    Zsh,
    Fish,
}

#[derive(Debug, Args)]
pub struct GenerateArgs {
    /// How many tickets
    pub tickets: usize,
    /// How many comments each
    #[arg(long, default_value_t = 3)]
    pub comments: usize,
    /// The same seed makes the same family
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The family's name
    #[arg(long, default_value = "Seeded family")]
    pub name: String,
}

#[derive(Debug, Args)]
pub struct MeArgs {
    /// What you are called
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Where mail reaches you, or none
    #[arg(long, value_name = "ADDRESS|none")]
    pub email: Option<String>,
    /// An IANA zone such as Europe/Madrid
    #[arg(long, value_name = "TZ")]
    pub time_zone: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum AuditDeed {
    /// Check that every record fits the one before; names the first that doesn't
    #[command(after_help = "Example: famdesk audit verify")]
    Verify,
}

#[derive(Debug, Args)]
pub struct LogArgs {
    /// The ticket; the whole family without one
    pub number: Option<String>,
    /// What happened in a queue
    #[arg(long, value_name = "QUEUE", conflicts_with = "number")]
    pub queue: Option<String>,
    /// Show below each record what changed, before and after
    #[arg(long)]
    pub diff: bool,
    /// Only what happened before this record, by its seq
    #[arg(long, value_name = "SEQ")]
    pub before: Option<i64>,
    /// At most so many records
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: usize,
}

#[derive(Debug, Subcommand)]
pub enum ConflictsDeed {
    /// What waits for your decision; the same as `famdesk conflicts`
    #[command(after_help = "Example: famdesk conflicts list --json")]
    List,
    /// Both sides of one, by its id, or of all of them
    #[command(after_help = "Example: famdesk conflicts show all")]
    Show {
        #[arg(value_name = "ID|all")]
        which: String,
    },
    /// Decide which side stands
    #[command(after_help = "What was decided can be brought back for 30 days.\n\
                      Example: famdesk conflicts take all theirs")]
    Take {
        #[arg(value_name = "ID|all")]
        which: String,
        side: Side,
    },
    /// Bring back what was decided last
    #[command(after_help = "Example: famdesk conflicts back")]
    Back,
}

/// A side of a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Side {
    /// Yours, in place of theirs; what was deleted is restored first
    Mine,
    /// Theirs; yours is put away
    Theirs,
    /// Both texts, theirs first
    Both,
}

#[derive(Debug, Subcommand)]
pub enum OutboxDeed {
    /// What waits and what was refused; the same as `famdesk outbox`
    #[command(after_help = "Example: famdesk outbox list --json")]
    List,
    /// Everything in it as JSON, in words and as it would be sent; or as text to be read
    #[command(after_help = "Example: famdesk outbox export --text --to outbox.txt")]
    Export {
        /// Text to be read: each change with what you wrote, why it was refused, and both sides
        #[arg(long, conflicts_with = "json")]
        text: bool,
        /// A new file to write to; the standard output without one
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
    /// Give a refused command again, by its id, or all of them
    #[command(
        after_help = "Where it was overtaken, yours is put in place of theirs.\n\
                      Example: famdesk outbox retry all"
    )]
    Retry {
        #[arg(value_name = "ID|all")]
        which: String,
    },
    /// Throw a refused command away, by its id, or all of them
    #[command(after_help = "Example: famdesk outbox discard all")]
    Discard {
        #[arg(value_name = "ID|all")]
        which: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum ConfigDeed {
    /// The same as `famdesk config`
    Explain,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Line::command().debug_assert();
    }

    /// Every subcommand's short help fits a screen, its last blank line aside.
    #[test]
    fn help_fits_a_screen_and_shows_an_example() {
        let mut line = Line::command();
        line.build();
        let mut waiting: Vec<clap::Command> = line.get_subcommands().cloned().collect();
        while let Some(mut command) = waiting.pop() {
            waiting.extend(command.get_subcommands().cloned());
            let help = command.render_help().to_string();
            let name = command.get_name().to_owned();
            assert!(help.lines().count() <= 25, "{name}:\n{help}");
            let shows = help.contains("Example: famdesk") || name == "explain";
            assert!(shows, "{name}:\n{help}");
        }
    }

    #[test]
    fn a_last_word_may_follow_many_numbers() {
        let line = Line::try_parse_from(["famdesk", "assign", "1", "2", "me", "--json"]);
        let line = line.expect("parses");
        assert!(line.globals.json);
        let Some(Command::Assign(args)) = line.command else {
            panic!("not assign");
        };
        let numbers = ["1", "2"].map(str::to_owned).to_vec();
        let me = AssignTo::Person("me".to_owned());
        assert_eq!(args.split(), Some((numbers, me)));
    }
}
