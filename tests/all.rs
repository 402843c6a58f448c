//! The one integration binary: every test binary links again, so there is one.

mod cli;
mod docs;
mod layering;
mod whole;
