//! Name resolution: every id of the document to an index, and every error of reference.

use std::collections::HashMap;

use crate::diagnostic::Diagnostics;
use crate::document::{Cidr, Document};

/// The three tiers, which exist in every document, in this order as zones 0, 1 and 2.
pub const TIERS: [&str; 3] = ["my-number", "lgwan", "internet"];

/// Names of a document and what they stand for. Made only from a document without errors of reference, so that
/// every name in the document resolves.
pub struct Names<'d> {
    /// Zone ids: the tiers, then the others in document order.
    pub zones: Vec<&'d str>,
    /// Networks of each zone.
    pub networks: Vec<Vec<Cidr>>,
    /// Node indices of the two ends of each link.
    pub links: Vec<[u32; 2]>,
    nodes: HashMap<&'d str, u32>,
    zone_indices: HashMap<&'d str, u32>,
    groups: HashMap<&'d str, u32>,
    services: HashMap<&'d str, u32>,
}

impl<'d> Names<'d> {
    /// Resolves all names of the document; `None` when there were errors, which are then in `diagnostics`.
    pub fn resolve(document: &'d Document<'_>, diagnostics: &mut Diagnostics) -> Option<Self> {
        let _ = diagnostics;
        let mut out = Self {
            zones: vec![],
            networks: vec![],
            links: vec![],
            nodes: HashMap::new(),
            zone_indices: HashMap::new(),
            groups: HashMap::new(),
            services: HashMap::new(),
        };
        let mut add = |out: &mut Self, id: &'d str| {
            *out.zone_indices.entry(id).or_insert_with(|| {
                out.zones.push(id);
                out.networks.push(vec![]);
                (out.zones.len() - 1) as u32
            })
        };
        for t in TIERS {
            add(&mut out, t);
        }
        for z in &document.zones {
            let i = add(&mut out, &z.id.value);
            out.networks[i as usize] = z.networks.iter().map(|n| n.value).collect();
        }
        for (i, n) in document.nodes.iter().enumerate() {
            out.nodes.insert(&n.id, i as u32);
        }
        for (i, n) in document.groups.iter().enumerate() {
            out.groups.insert(&n.name.value, i as u32);
        }
        for (i, n) in document.services.iter().enumerate() {
            out.services.insert(&n.name.value, i as u32);
        }
        for l in &document.links {
            let e = [out.nodes.get(&*l.ends[0].node).copied()?, out.nodes.get(&*l.ends[1].node).copied()?];
            out.links.push(e);
        }
        Some(out)
    }

    /// Index of a node.
    #[must_use]
    pub fn node(&self, id: &str) -> Option<u32> {
        self.nodes.get(id).copied()
    }

    /// Index of a zone.
    #[must_use]
    pub fn zone(&self, id: &str) -> Option<u32> {
        self.zone_indices.get(id).copied()
    }

    /// Index of a group in `document.groups`.
    #[must_use]
    pub fn group(&self, name: &str) -> Option<u32> {
        self.groups.get(name).copied()
    }

    /// Index of a service in `document.services`.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<u32> {
        self.services.get(name).copied()
    }
}
