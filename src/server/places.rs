//! How many of something there may be at once. Whoever gets a place keeps it until they let it go.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::response::Response;
use http_body::{Frame, SizeHint};

/// The places that are taken, by what they are of.
#[derive(Debug, Default)]
pub struct Places {
    taken: Mutex<HashMap<String, usize>>,
}

/// A place of each of several kinds, until this is dropped.
#[derive(Debug)]
pub struct Place {
    places: Arc<Places>,
    of: Vec<String>,
}

impl Places {
    /// A place of each kind, of which there are so many; none where one kind is used up.
    pub fn take(self: &Arc<Places>, kinds: Vec<(String, usize)>) -> Option<Place> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let is_free = |(kind, most): &(String, usize)| {
            let count = taken.get(kind).copied().unwrap_or_default();
            count < *most
        };
        if !kinds.iter().all(is_free) {
            return None;
        }
        let of: Vec<String> = kinds.into_iter().map(|(kind, _)| kind).collect();
        for kind in &of {
            *taken.entry(kind.clone()).or_default() += 1;
        }
        Some(Place {
            places: Arc::clone(self),
            of,
        })
    }
}

impl Place {
    /// Keeps the place for as long as the response is being sent.
    pub fn until_sent(self, response: Response) -> Response {
        response.map(|body| Body::new(Kept { body, _place: self }))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let taken = &self.places.taken;
        let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
        for kind in &self.of {
            match taken.get_mut(kind) {
                Some(count) if *count > 1 => *count -= 1,
                _ => drop(taken.remove(kind)),
            }
        }
    }
}

/// A body with the place that it takes.
struct Kept {
    body: Body,
    _place: Place,
}

impl http_body::Body for Kept {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_once_it_is_let_go() {
        let places = Arc::new(Places::default());
        let ask = |who: &str| places.take(vec![(who.to_owned(), 1), ("all".to_owned(), 2)]);
        let ana = ask("ana").expect("a place");
        assert!(ask("ana").is_none(), "one each");
        let ben = ask("ben").expect("a place");
        assert!(ask("mia").is_none(), "two in all");
        drop(ana);
        let mia = ask("mia").expect("a place");
        drop((ben, mia));
        assert!(places.taken.lock().expect("whole").is_empty());
    }
}
