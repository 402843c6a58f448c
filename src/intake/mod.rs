//! What comes from elsewhere: other systems' exports become batches of our entities.
//!
//! Pure conversions. A [`Format`] reads bytes into [`foreign`] tickets; [`plan`] makes of them,
//! the same way for every format, the entities in an order in which nothing refers to what comes
//! later, and a [`report`] of what was read, brought and skipped. Beside them stand two sources
//! of invented tickets: a [`seeded`] one for measuring, and the [`demo`] family.

use std::collections::BTreeSet;
use std::io::{self, BufRead};

pub mod csv;
pub mod demo;
pub mod foreign;
pub mod github;
pub mod ical;
pub mod identity;
pub mod jira;
pub mod mail;
pub mod moment;
pub mod plan;
pub mod preview;
pub mod report;
pub mod seeded;
pub mod sumo;
pub mod tables;
pub mod taskwarrior;
pub mod zendesk;

mod adf;
mod html;
mod json;
mod mapping;
mod rows;
mod sheet;
mod text;

#[cfg(test)]
mod tests;

use foreign::Gathered;
use plan::{Destination, Plan};
use tables::Tables;

/// A kind of export. It may hold what it has read until the last file was.
pub trait Format {
    /// The system's name for people, such as `Jira`.
    fn name(&self) -> &str;

    /// The system as it stands in ids and external references, such as `jira`.
    fn system(&self) -> &str;

    /// Reads one file. Rows that can't be read are noted as skipped and the rest goes on.
    ///
    /// # Errors
    /// Only where the input itself can't be read.
    fn read(&mut self, input: &mut dyn BufRead, file: &str, into: &mut Gathered) -> io::Result<()>;

    /// Does what can be done only when everything was read.
    fn finish(&mut self, _into: &mut Gathered) {}

    /// What this system's words stand for, seeing which of those for severity (in lower case)
    /// occur.
    fn tables(&self, occurring: &BTreeSet<String>) -> Tables;

    /// Who stands for those whom the source does not name.
    fn anonymous(&self) -> Anonymous {
        Anonymous::Someone
    }
}

/// Who stands for those whom a source does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anonymous {
    /// Someone of whom nothing is known.
    Someone,
    /// Whoever imports: the source knows one person alone.
    Importer,
}

/// An import that is being read, one input after another.
pub struct Intake<'a> {
    format: &'a mut dyn Format,
    gathered: Gathered,
}

impl<'a> Intake<'a> {
    pub fn new(format: &'a mut dyn Format) -> Intake<'a> {
        Intake {
            format,
            gathered: Gathered::default(),
        }
    }

    /// Reads one input; `file` is its name, for messages.
    ///
    /// # Errors
    /// Where it can't be read at all.
    pub fn read(&mut self, file: &str, bytes: &mut dyn BufRead) -> io::Result<()> {
        self.gathered.report.files.push(file.to_owned());
        self.format.read(bytes, file, &mut self.gathered)
    }

    /// Plans the import of all that was read.
    pub fn plan(mut self, destination: &Destination) -> Plan {
        self.format.finish(&mut self.gathered);
        plan::make(self.format, self.gathered, destination)
    }
}
