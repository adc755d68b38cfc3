//! Graphs as arrays: compressed sparse rows, strongly connected components, disjoint sets. Knows nothing of networks.

mod components;
mod csr;
mod union_find;

pub(crate) use components::components;
pub(crate) use csr::Csr;
pub(crate) use union_find::UnionFind;

/// Stands for "none" in tables of numbers.
pub(crate) const NONE: u32 = u32::MAX;
