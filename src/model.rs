//! The document resolved: names, labels, address sets, selectors, filters, relays, exceptions.

pub mod names;
