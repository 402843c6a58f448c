//! The service: a command comes in, access and rules are checked, one transaction commits.
