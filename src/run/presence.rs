//! Telling where this screen is, and who else is where. Nothing waits for it, and what can't be
//! told is left untold.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use super::workers::tell;
use crate::app::Action;
use crate::model::id::{FamilyId, ScreenId};
use crate::model::presence::Whereabouts;
use crate::sync::station::Station;

/// How long a farewell may take; who does not hear it finds out later.
const FAREWELL: Duration = Duration::from_millis(300);

type Place = Option<(FamilyId, Whereabouts)>;

/// Tells others where this screen is: the newest, if there is more than can be told.
pub struct Presence {
    wanted: watch::Sender<Place>,
    /// The family in which the screen is known to be at a ticket.
    known_in: watch::Receiver<Option<FamilyId>>,
}

impl Presence {
    pub(super) fn start(station: Arc<Station>) -> Presence {
        let (wanted, place) = watch::channel(None);
        let (known, known_in) = watch::channel(None);
        tokio::spawn(tell_others(station, place, known));
        Presence { wanted, known_in }
    }

    pub fn be_at(&self, place: Place) {
        self.wanted.send_replace(place);
    }

    /// Sees to it that others know that this screen is nowhere any more, if that is quick.
    pub async fn leave(&self) {
        self.be_at(None);
        let mut known_in = self.known_in.clone();
        let _ = timeout(FAREWELL, known_in.wait_for(Option::is_none)).await;
    }
}

async fn tell_others(
    station: Arc<Station>,
    mut place: watch::Receiver<Place>,
    known_in: watch::Sender<Option<FamilyId>>,
) {
    let screen = ScreenId(station.source().fresh());
    let client = station.client();
    while place.changed().await.is_ok() {
        let now = *place.borrow_and_update();
        let before = *known_in.borrow();
        let told = match (now, before) {
            (Some((family_id, at)), _) => client.appear(family_id, screen, &at).await,
            (None, Some(family_id)) => client.disappear(family_id, screen).await,
            (None, None) => Ok(()),
        };
        if let Err(error) = &told {
            tracing::debug!("where this screen is was not told ({error})");
        }
        // What was refused or never arrived is over by itself, or soon said anew.
        known_in.send_replace(now.map(|(family_id, _)| family_id));
    }
}

/// Shows who else is there, as each pass finds it.
pub(super) async fn tell_of_presence(
    station: Arc<Station>,
    actions: mpsc::UnboundedSender<Action>,
) {
    let mut present = station.present();
    while present.changed().await.is_ok() {
        let now = present.borrow_and_update().clone();
        tell(&actions, Action::Tick(station.source().now()));
        tell(&actions, Action::Present(now));
    }
}
