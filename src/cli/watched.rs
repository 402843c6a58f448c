//! A bar on a terminal for as long as a file or a family is on its way.

use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressStyle};
use tokio::task::JoinHandle;

use crate::sync::station::Station;
use crate::text::SafeText;

/// Watches what a station sends and fetches, until it is [`end`](Watched::end)ed.
pub struct Watched {
    bar: ProgressBar,
    watching: Option<JoinHandle<()>>,
}

impl Watched {
    pub fn begin(station: &Station) -> Watched {
        if !io::stderr().is_terminal() {
            return Watched {
                bar: ProgressBar::hidden(),
                watching: None,
            };
        }
        let bar = ProgressBar::hidden();
        let mut transfers = station.transfers();
        let shown = bar.clone();
        let watching = tokio::spawn(async move {
            while transfers.changed().await.is_ok() {
                let Some(now) = transfers.borrow_and_update().clone() else {
                    continue;
                };
                if shown.is_hidden() {
                    shown.set_draw_target(indicatif::ProgressDrawTarget::stderr());
                    let style = ProgressStyle::with_template("{bar:30} {msg}");
                    shown.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
                }
                shown.set_length(now.total);
                shown.set_position(now.done);
                shown.set_message(SafeText::new(now.to_string()).to_string());
            }
        });
        Watched {
            bar,
            watching: Some(watching),
        }
    }

    pub fn end(self) {
        if let Some(watching) = self.watching {
            watching.abort();
        }
        self.bar.finish_and_clear();
    }
}
