//! The one integration binary: every test binary links again, so there is one.

mod cli;
mod corpus;
mod docs;
mod layering;
#[cfg(unix)]
mod screen;
mod whole;
