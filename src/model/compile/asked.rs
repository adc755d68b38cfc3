//! Services that policies ask for: sets as those of rules are, so that none of them cuts an atom.

use super::{Compiler, Draft};
use crate::document::{ServiceItem, Spanned};

/// Such services, their packets, and whether transfers are among them.
pub(super) type DraftServices = (Vec<ServiceItem<'static>>, Draft, bool);

impl Compiler<'_, '_> {
    /// Services that somebody will ask for.
    pub(super) fn asked(&mut self, items: &[ServiceItem<'static>]) -> DraftServices {
        let list: Vec<Spanned<ServiceItem<'_>>> = items.iter().cloned().map(Spanned::nowhere).collect();
        (items.to_vec(), self.service(&list), self.holds_transfer(&list))
    }
}
