//! What comes from elsewhere: importers.
