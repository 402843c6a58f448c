//! What may be said to the subcommands about families and who is in them.

use clap::{Args, Subcommand};

use crate::model::membership::Role;
use crate::model::severity::{NotASeverity, Severity};

#[derive(Debug, Subcommand)]
pub enum FamiliesDeed {
    /// Found a family; you become its first admin
    #[command(after_help = "Example: famdesk families create Rivera --prefix RIV --me Ana")]
    Create(NewFamilyArgs),
    /// A family's settings, with the id by which others may ask to join
    #[command(after_help = "Example: famdesk families show --family Rivera")]
    Show,
    /// Change a family's settings
    #[command(
        after_help = "Hours: Mon-Fri 17:00-21:00, Sat 10:00-18:00; `none` takes them away.\n\
                      Example: famdesk families edit --word 'SEV_1=everybody, now'"
    )]
    Edit(EditFamilyArgs),
    /// Ask to join a family, by the id that its members tell you
    #[command(after_help = "Example: famdesk --as Ben families join 019aa2f0-... --me Ben")]
    Join {
        #[arg(value_name = "ID")]
        family_id: String,
        /// What the family is to call you
        #[arg(long, value_name = "NAME")]
        me: Option<String>,
    },
}

#[derive(Debug, Args)]
pub struct NewFamilyArgs {
    pub name: String,
    /// What ticket numbers begin with (otherwise made of the name)
    #[arg(long, value_name = "P")]
    pub prefix: Option<String>,
    /// An IANA zone such as Europe/Madrid (otherwise this machine's)
    #[arg(long, value_name = "TZ")]
    pub time_zone: Option<String>,
    /// What the family calls you
    #[arg(long, value_name = "NAME")]
    pub me: Option<String>,
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("change").required(true).multiple(true)))]
pub struct EditFamilyArgs {
    #[arg(long, value_name = "NAME", group = "change")]
    pub name: Option<String>,
    #[arg(long, value_name = "TEXT", group = "change")]
    pub description: Option<String>,
    /// What the numbers of tickets filed from now on begin with
    #[arg(long, value_name = "P", group = "change")]
    pub prefix: Option<String>,
    /// An IANA zone such as Europe/Madrid
    #[arg(long, value_name = "TZ", group = "change")]
    pub time_zone: Option<String>,
    /// When the family can be asked about what can wait, or none
    #[arg(long, value_name = "HOURS|none", group = "change")]
    pub hours: Option<String>,
    /// Your own words for a severity; nothing after = takes them away
    #[arg(long = "word", value_name = "SEV=TEXT", group = "change", value_parser = severity_word)]
    pub words: Vec<(Severity, String)>,
}

fn severity_word(text: &str) -> Result<(Severity, String), String> {
    let (severity, word) = text
        .split_once('=')
        .ok_or("write such as SEV_1='everybody, now'")?;
    let severity: Severity = severity
        .parse()
        .map_err(|error: NotASeverity| error.to_string())?;
    Ok((severity, word.trim().to_owned()))
}

#[derive(Debug, Subcommand)]
pub enum GroupsDeed {
    /// Make a group
    #[command(after_help = "Example: famdesk groups create Home")]
    Create {
        name: String,
        #[arg(
            long,
            value_name = "TEXT",
            default_value = "",
            hide_default_value = true
        )]
        description: String,
    },
    /// Change a group's name or description
    #[command(after_help = "Example: famdesk groups edit Home --name Household")]
    Edit(EditGroupArgs),
    /// Take members into a group, also those who asked
    #[command(after_help = "Example: famdesk groups add Home Ben Mia --admin")]
    Add {
        group: String,
        #[arg(required = true, value_name = "WHO")]
        who: Vec<String>,
        /// As admins of the group
        #[arg(long)]
        admin: bool,
    },
    /// Ask to be taken into a group
    #[command(after_help = "Example: famdesk --as Ben groups request Home")]
    Request { group: String },
    /// Make someone an admin of a group, or no longer
    #[command(after_help = "Example: famdesk groups admin Home Ben --off")]
    Admin {
        group: String,
        who: String,
        #[arg(long)]
        off: bool,
    },
    /// Take someone out of a group, or say no to who asks; `me` leaves it
    #[command(after_help = "Example: famdesk groups remove Home Ben")]
    Remove { group: String, who: String },
    /// Delete a group that owns no queues
    #[command(after_help = "Example: famdesk groups delete Home --confirm Home")]
    Delete(DeleteByName),
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("change").required(true).multiple(true)))]
pub struct EditGroupArgs {
    /// The group as it is called now
    pub group: String,
    #[arg(long, value_name = "NAME", group = "change")]
    pub name: Option<String>,
    #[arg(long, value_name = "TEXT", group = "change")]
    pub description: Option<String>,
}

#[derive(Debug, Args)]
pub struct DeleteByName {
    pub name: String,
    /// The name once more, where nobody can be asked to type it
    #[arg(long, value_name = "NAME")]
    pub confirm: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum QueuesDeed {
    /// Make a queue
    #[command(after_help = "Example: famdesk queues create IT --group Home")]
    Create(NewQueueArgs),
    /// Change a queue, or move it with its tickets to another group
    #[command(after_help = "Example: famdesk queues edit IT --group Cousins --severity SEV_4")]
    Edit(EditQueueArgs),
    /// Delete a queue that holds no tickets
    #[command(after_help = "Example: famdesk queues delete IT --confirm IT")]
    Delete(DeleteByName),
}

#[derive(Debug, Args)]
pub struct NewQueueArgs {
    pub name: String,
    /// The group that owns it
    #[arg(long, value_name = "G")]
    pub group: String,
    /// What its tickets get where nothing is said
    #[arg(long, value_name = "SEV")]
    pub severity: Option<Severity>,
    /// Who gets its tickets where nobody is named
    #[arg(long, value_name = "WHO")]
    pub assignee: Option<String>,
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    pub description: String,
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("change").required(true).multiple(true)))]
pub struct EditQueueArgs {
    /// The queue as it is called now, as NAME or GROUP/NAME
    pub queue: String,
    #[arg(long, value_name = "NAME", group = "change")]
    pub name: Option<String>,
    #[arg(long, value_name = "TEXT", group = "change")]
    pub description: Option<String>,
    /// What its tickets get where nothing is said
    #[arg(long, value_name = "SEV|none", group = "change")]
    pub severity: Option<String>,
    /// Who gets its tickets where nobody is named
    #[arg(long, value_name = "WHO|none", group = "change")]
    pub assignee: Option<String>,
    /// The group that is to own it
    #[arg(long, value_name = "G", group = "change")]
    pub group: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum MembersDeed {
    /// Ask someone into the family
    #[command(
        after_help = "Someone you know from another family is found by name or e-mail.\n\
                      Example: famdesk members invite Mia --role CHILD"
    )]
    Invite(InviteArgs),
    /// Accept an invitation, or let someone in who asks to join
    #[command(after_help = "On a shared computer: famdesk --as Ben members accept\n\
                      Example: famdesk members accept Ben")]
    Accept {
        /// Whose request; without it, your own invitation
        who: Option<String>,
    },
    /// Decline an invitation, or someone's request to join
    #[command(after_help = "Example: famdesk --as Ben members decline")]
    Decline {
        /// Whose request; without it, your own invitation
        who: Option<String>,
    },
    /// Say what someone is: ADULT, CHILD or GUEST
    #[command(after_help = "Example: famdesk members role Mia CHILD")]
    Role { who: String, role: Role },
    /// Make someone an admin of the family, or no longer
    #[command(after_help = "Example: famdesk members admin Ben --off")]
    Admin {
        who: String,
        #[arg(long)]
        off: bool,
    },
    /// Change what the family calls someone
    #[command(after_help = "Example: famdesk members rename me 'Ana Rivera'")]
    Rename { who: String, name: String },
    /// Remove someone from the family; `me` leaves it
    #[command(after_help = "Example: famdesk members remove Ben")]
    Remove { who: String },
}

#[derive(Debug, Args)]
pub struct InviteArgs {
    pub name: String,
    /// Tells who is meant, where it is known
    #[arg(long, value_name = "ADDRESS")]
    pub email: Option<String>,
    /// ADULT, CHILD or GUEST
    #[arg(long, value_name = "ROLE", default_value_t = Role::Adult)]
    pub role: Role,
    /// Somebody new, also where you know someone of that name
    #[arg(long)]
    pub new: bool,
}
