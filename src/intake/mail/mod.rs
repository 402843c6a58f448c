//! Mail: mbox files and single messages, as they come from an export or a Maildir.
//!
//! | mail | here |
//! |---|---|
//! | the first message of a thread | a ticket; the others are its comments |
//! | Message-ID, References, In-Reply-To | the thread; the subject never makes one |
//! | Subject, without `Re:` and its like | title |
//! | text, or HTML as text | description |
//! | From | requester, author |
//! | To, Cc | a queue, where a table names one |
//! | X-Priority, Importance | tag `import:priority=1`, and a severity where a table says so |
//! | attachments | files on the ticket or comment; the names of too large ones, as text |
//! | automatic answers, delivery reports | stay away |

use std::collections::BTreeSet;
use std::io::{self, BufRead};

use super::Format;
use super::foreign::{Gathered, Place};
use super::tables::{State, Tables};
use crate::model::severity::Severity;
use message::Mail;

mod mbox;
mod message;
mod thread;

/// The largest single message, in bytes; what is larger is no mail that anyone reads.
const MESSAGE_LIMIT: usize = 128 * 1024 * 1024;

/// The importer of mail.
#[derive(Debug, Default)]
pub struct Mailbox {
    mails: Vec<Mail>,
}

impl Format for Mailbox {
    fn name(&self) -> &str {
        "Mail"
    }

    fn system(&self) -> &str {
        "mail"
    }

    fn read(&mut self, input: &mut dyn BufRead, file: &str, into: &mut Gathered) -> io::Result<()> {
        mbox::each_message(input, &mut |message| {
            let place = Place::new(file, message.line);
            if message.bytes.len() > MESSAGE_LIMIT {
                return into.skip_ticket(&place, "", "the message is larger than 128 MiB");
            }
            match Mail::read(&message, &place) {
                Ok(mail) => self.mails.push(mail),
                Err(why) => into.skip_ticket(&place, &why.key, why.what),
            }
        })
    }

    fn finish(&mut self, into: &mut Gathered) {
        thread::gather(std::mem::take(&mut self.mails), into);
    }

    /// Everyone marks their own mail as important, so the marks say nothing until a family's own
    /// table says so.
    fn tables(&self, _occurring: &BTreeSet<String>) -> Tables {
        let severity = [
            ("1", Severity::Sev3),
            ("2", Severity::Sev3),
            ("3", Severity::Sev3),
            ("4", Severity::Sev3),
            ("5", Severity::Sev3),
            ("high", Severity::Sev3),
            ("normal", Severity::Sev3),
            ("low", Severity::Sev3),
        ];
        Tables::new(severity, [("message", State::New)])
    }
}
