//! sanso (三層): proves that a local government's network keeps its three tiers apart, or shows the packet that gets through.

pub mod city;
pub mod diagnostic;
pub mod document;
pub mod language;
pub mod model;
pub mod report;
