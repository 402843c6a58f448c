//! What comes from elsewhere: other systems' exports become batches of our entities.
//!
//! Pure conversions. A [`Format`] reads bytes into [`foreign`] tickets; [`plan`] makes of them,
//! the same way for every format, the entities in an order in which nothing refers to what comes
//! later, and a [`report`] of what was read, brought and skipped. Beside them stand two sources
//! of invented tickets: a [`seeded`] one for measuring, and the [`demo`] family.

use std::collections::BTreeSet;
use std::io::{self, BufRead};

pub mod demo;
pub mod foreign;
pub mod identity;
pub mod jira;
pub mod moment;
pub mod plan;
pub mod report;
pub mod scale;
pub mod seeded;

mod adf;
mod mapping;
mod rows;
mod text;

#[cfg(test)]
mod tests;

use foreign::{Gathered, Place};
use plan::{Destination, Plan};
use scale::Scale;

/// A kind of export.
pub trait Format {
    /// The system's name for people, such as `Jira`.
    fn name(&self) -> &str;

    /// The system as it stands in ids and external references, such as `jira`.
    fn system(&self) -> &str;

    /// Reads one file. Rows that can't be read are noted as skipped and the rest goes on.
    ///
    /// # Errors
    /// Only where the input itself can't be read.
    fn read(&self, input: &mut dyn BufRead, file: &str, into: &mut Gathered) -> io::Result<()>;

    /// What this system's words for severity stand for, seeing which of them (in lower case)
    /// occur.
    fn scale(&self, occurring: &BTreeSet<String>) -> Scale;
}

/// One input of an import: its name, for messages, and its bytes.
pub struct Input<'a> {
    pub file: String,
    pub bytes: &'a mut dyn BufRead,
}

/// Reads all the inputs and plans their import.
///
/// # Errors
/// Where an input can't be read at all; the message names it.
pub fn convert(
    format: &dyn Format,
    inputs: &mut [Input<'_>],
    destination: &Destination,
) -> io::Result<Plan> {
    let mut gathered = Gathered::default();
    for input in inputs {
        gathered.report.files.push(input.file.clone());
        format
            .read(input.bytes, &input.file, &mut gathered)
            .map_err(|err| io::Error::new(err.kind(), format!("{}: {err}", input.file)))?;
    }
    Ok(plan::make(format, gathered, destination))
}

impl Place {
    fn new(file: &str, line: usize) -> Place {
        Place {
            file: file.to_owned(),
            line,
        }
    }
}
