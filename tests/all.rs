//! The one integration binary: every test binary links again, so there is one.

mod layering;
mod whole;
