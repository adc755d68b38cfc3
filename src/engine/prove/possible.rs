//! Proofs that some sessions are not there at all: those that an exception covers, those of a service. `docs/certificate.md`,
//! sections 7 and 7a.

use super::tree::{Claim, Forbidden, ProveError};
use super::{Prover, flows, tree};
use crate::certificate::Proof;
use crate::engine::coverage::Coverage;
use crate::header::{ANY, Product, Range, Ranges};
use crate::network::{ClassId, Links};

impl Prover<'_, '_> {
    /// The proof that nothing of what some exceptions cover is opened, between classes that it is asked of.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn covers_none(
        &mut self,
        coverage: &Coverage,
        asked: &dyn Fn(ClassId, ClassId) -> bool,
    ) -> Result<Proof, ProveError> {
        let products = |opener: ClassId, target: ClassId| {
            if asked(opener, target) { coverage.products(opener, target) } else { Vec::new() }
        };
        self.nothing_of([coverage.matched(0), coverage.matched(1)], &products)
    }

    /// The proof that those of a class open no session to those of another, of an atom of services as these see it.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn impossible(&mut self, opener: ClassId, target: ClassId, service: u32) -> Result<Proof, ProveError> {
        let service = self.engine.pools.service.intern(Ranges::single(Range::new(service, service)));
        self.nothing_of([vec![opener], vec![target]], &|_, _| vec![[ANY, ANY, service, ANY]])
    }

    fn nothing_of(
        &mut self,
        [openers, targets]: [Vec<ClassId>; 2],
        products: &dyn Fn(ClassId, ClassId) -> Vec<Product>,
    ) -> Result<Proof, ProveError> {
        if !self.model.nat.is_empty() {
            // Each has its own part in what is asked.
            let look = |class: ClassId| (Some(class), Vec::new());
            let flows = flows::prove(&mut self.engine, &self.topology, Links::All, [&openers, &targets], &look)?;
            return Ok(Proof::Flows(flows));
        }
        let forbidden = |opener: ClassId, target: ClassId| {
            let products = products(opener, target).into_iter();
            products.map(|product| Forbidden { product, excusable: false }).collect()
        };
        let covered = |_: ClassId, _: ClassId| Vec::<Product>::new();
        let claim = Claim { links: Links::All, openers, targets, forbidden: &forbidden, covered: &covered };
        Ok(Proof::Tree(tree::prove(&mut self.engine, &self.topology, &claim)?))
    }
}
