//! Where a program does what takes a moment on the disk.

/// Where such work is done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Work {
    /// On threads of its own, for whoever has other things to do meanwhile.
    #[default]
    Apart,
    /// Where it is asked for: handing it over and back takes longer than most of it.
    InPlace,
}
