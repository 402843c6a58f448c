//! A way to reach a backend: in process today, behind one trait.
