//! What may be said about webhooks.

use clap::{Args, Subcommand, ValueEnum};

use crate::model::event::EventPattern;

#[derive(Debug, Subcommand)]
pub enum WebhooksDeed {
    /// The same as `famdesk webhooks`
    #[command(hide = true, after_help = "Example: famdesk webhooks list --json")]
    List,
    /// Tell an address of events; its secret is shown once
    #[command(
        after_help = "Events are ticket.created, ticket.*, *.deleted, * and so on; docs/EVENTS.md \
                      lists them.\n\
                      Example: famdesk webhooks add Hall https://hall.example/hook --events 'ticket.*'"
    )]
    Add(NewWebhookArgs),
    /// One webhook, and how it is doing
    #[command(after_help = "Example: famdesk webhooks show Hall")]
    Show {
        #[arg(value_name = "NAME|ID")]
        name: String,
    },
    /// Change a webhook
    #[command(
        after_help = "Example: famdesk webhooks set Hall --events ticket.created,ticket.closed"
    )]
    Set(SetWebhookArgs),
    /// Send an event that says nothing, and wait for what comes of it
    #[command(after_help = "Example: famdesk webhooks test Hall")]
    Test {
        #[arg(value_name = "NAME|ID")]
        name: String,
    },
    /// Make a new secret, shown once; the one before signs for another day
    #[command(after_help = "Example: famdesk webhooks rotate Hall")]
    Rotate {
        #[arg(value_name = "NAME|ID")]
        name: String,
    },
    /// Send to it again, from now on; `disable` sends it nothing
    #[command(after_help = "Example: famdesk webhooks enable Hall")]
    Enable {
        #[arg(value_name = "NAME|ID")]
        name: String,
    },
    /// Send nothing to it; what happens meanwhile it is not told
    #[command(hide = true, after_help = "Example: famdesk webhooks disable Hall")]
    Disable {
        #[arg(value_name = "NAME|ID")]
        name: String,
    },
    /// Delete a webhook; `famdesk restore` brings it back
    #[command(after_help = "Example: famdesk webhooks remove Hall")]
    Remove {
        #[arg(value_name = "NAME|ID")]
        name: String,
    },
    /// What waits and what was sent lately; `resend` sends one again
    #[command(after_help = "Example: famdesk webhooks deliveries Hall --limit 5")]
    Deliveries {
        #[arg(value_name = "NAME|ID")]
        name: String,
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 20)]
        limit: usize,
    },
    /// Send one delivery again, by its number
    #[command(hide = true, after_help = "Example: famdesk webhooks resend Hall 12")]
    Resend {
        #[arg(value_name = "NAME|ID")]
        name: String,
        number: i64,
    },
}

#[derive(Debug, Args)]
pub struct NewWebhookArgs {
    pub name: String,
    /// https://host/path; http only where the server's settings allow it
    pub url: String,
    /// Which events (otherwise all)
    #[arg(long, value_name = "PATTERN", value_delimiter = ',')]
    pub events: Vec<EventPattern>,
    /// Only what a member of this group sees (otherwise of every group)
    #[arg(long, value_name = "G")]
    pub group: Option<String>,
    /// Internal notes too
    #[arg(long)]
    pub internal: bool,
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("change").required(true).multiple(true)))]
pub struct SetWebhookArgs {
    /// The webhook as it is called now
    #[arg(value_name = "WEBHOOK")]
    pub webhook: String,
    #[arg(long, value_name = "NAME", group = "change")]
    pub name: Option<String>,
    #[arg(long, value_name = "URL", group = "change")]
    pub url: Option<String>,
    /// Which events, in place of those it is told now
    #[arg(long, value_name = "PATTERN", value_delimiter = ',', group = "change")]
    pub events: Vec<EventPattern>,
    /// Only what a member of this group sees, or of every group
    #[arg(long, value_name = "G|all", group = "change")]
    pub group: Option<String>,
    /// Whether it is told of internal notes
    #[arg(long, value_name = "yes|no", group = "change")]
    pub internal: Option<YesNo>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum YesNo {
    Yes,
    No,
}
