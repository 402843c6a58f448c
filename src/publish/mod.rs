//! What leaves the house by itself: webhooks, signed after Standard Webhooks, and what is published
//! at an MQTT broker. `docs/EVENTS.md` tells it to those who listen.

pub mod address;
mod json;
pub mod mqtt;
mod post;
mod sign;
mod webhooks;

#[cfg(test)]
mod tests;

pub use post::Sender;
pub use webhooks::Publisher;
