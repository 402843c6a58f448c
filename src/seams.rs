//! Where the simulation reaches in; without the feature of that name there is nothing there.

/// An edge at which a simulated program can be killed.
#[cfg(feature = "simulation")]
macro_rules! edge {
    () => {
        $crate::simulation::pass().await
    };
}

#[cfg(not(feature = "simulation"))]
macro_rules! edge {
    () => {};
}

/// Whether the seeded mistake of this name is to be made here.
#[cfg(feature = "simulation")]
macro_rules! mutant {
    ($($name:ident),+) => {
        $($crate::simulation::makes($crate::simulation::Mutant::$name))||+
    };
}

#[cfg(not(feature = "simulation"))]
macro_rules! mutant {
    ($($name:ident),+) => {
        false
    };
}
