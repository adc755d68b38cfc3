//! sanso (三層): proves that a local government's network keeps its three tiers apart, or shows the packet that gets through.

/// Whether the engine has a fault built in on purpose; never without the feature.
#[cfg(feature = "broken-engine")]
macro_rules! sabotaged {
    ($fault:ident) => {
        crate::sabotage::has(crate::sabotage::Sabotage::$fault)
    };
}
#[cfg(not(feature = "broken-engine"))]
macro_rules! sabotaged {
    ($fault:ident) => {
        false
    };
}

#[cfg(feature = "sign")]
pub mod attest;
pub mod certificate;
pub mod certify;
pub mod city;
pub mod diagnostic;
pub mod diff;
pub mod document;
pub mod engine;
mod graph;
pub mod header;
pub mod import;
pub mod language;
pub mod model;
mod nearest;
pub mod network;
pub mod packet;
pub mod policy;
pub mod progress;
mod refusal;
pub mod render;
pub mod report;
#[cfg(feature = "broken-engine")]
pub mod sabotage;
pub mod screen;
pub mod session;
pub mod source;

pub mod topology;
pub mod verify;
