//! The way to the server: in this process, and as bad as a history wants it to be.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use famdesk::remote::{Remote, Unreachable};
use famdesk::simulation::pass;
use futures::future::BoxFuture;
use http::{Request, Response};

use crate::dice::Dice;
use crate::server::Server;

/// What becomes of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Answered,
    RequestLost,
    ReplyLost,
    /// It arrives twice; the second answer is the one that comes back.
    Doubled,
    /// No reply comes, and it arrives some requests later.
    Late,
}

/// How a client's requests fare, by dice; none fares badly while there are none.
#[derive(Default)]
struct Weather {
    dice: Option<Dice>,
    late: Vec<Request<Bytes>>,
}

/// What somebody else does in the midst of this client's pass, after so many requests of it.
struct Meanwhile {
    after: usize,
    deed: BoxFuture<'static, ()>,
}

/// One client's way.
pub struct Network {
    server: Arc<Server>,
    weather: Mutex<Weather>,
    meanwhile: Mutex<Option<Meanwhile>>,
}

impl Network {
    pub fn new(server: Arc<Server>) -> Network {
        Network {
            server,
            weather: Mutex::default(),
            meanwhile: Mutex::default(),
        }
    }

    /// Lets somebody else do something once so many requests have been made here; from the
    /// first on for 0. What does not come to pass is forgotten by the next call.
    pub fn meanwhile(&self, after: usize, deed: Option<BoxFuture<'static, ()>>) {
        let mut meanwhile = self
            .meanwhile
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *meanwhile = deed.map(|deed| Meanwhile { after, deed });
    }

    fn due(&self) -> Option<BoxFuture<'static, ()>> {
        let mut meanwhile = self
            .meanwhile
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let waiting = meanwhile.as_mut()?;
        match waiting.after.checked_sub(1) {
            Some(rest) => {
                waiting.after = rest;
                None
            }
            None => meanwhile.take().map(|it| it.deed),
        }
    }

    /// From here on requests fare by these dice, or well where there are none.
    pub fn fares(&self, dice: Option<Dice>) {
        self.weather().dice = dice;
    }

    fn weather(&self) -> MutexGuard<'_, Weather> {
        self.weather.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fate(&self) -> Fate {
        let mut weather = self.weather();
        let Some(dice) = &mut weather.dice else {
            return Fate::Answered;
        };
        match dice.roll(16) {
            0 => Fate::RequestLost,
            1 => Fate::ReplyLost,
            2 => Fate::Doubled,
            3 => Fate::Late,
            _ => Fate::Answered,
        }
    }

    /// A request that was held back, if one is to arrive now.
    fn overdue(&self) -> Option<Request<Bytes>> {
        let mut weather = self.weather();
        let Weather { dice, late } = &mut *weather;
        let arrives = dice.as_mut().is_none_or(|dice| dice.once_in(3));
        (arrives && !late.is_empty()).then(|| late.remove(0))
    }

    async fn deliver(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Unreachable> {
        self.server.routes().call(request).await
    }
}

impl Remote for Network {
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, Unreachable>> {
        Box::pin(async move {
            let lost = || Unreachable("the simulated network lost it".to_owned());
            pass().await;
            if let Some(deed) = self.due() {
                deed.await;
            }
            while let Some(late) = self.overdue() {
                let _ = self.deliver(late).await;
            }
            let reply = match self.fate() {
                Fate::Answered => self.deliver(request).await,
                Fate::RequestLost => Err(lost()),
                Fate::ReplyLost => self.deliver(request).await.and(Err(lost())),
                Fate::Doubled => {
                    let _ = self.deliver(request.clone()).await;
                    self.deliver(request).await
                }
                Fate::Late => {
                    self.weather().late.push(request);
                    Err(lost())
                }
            };
            pass().await;
            reply
        })
    }

    fn listen(&self) {}

    fn poked(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::pending())
    }
}
