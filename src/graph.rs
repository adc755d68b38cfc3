//! Graphs as arrays: compressed sparse rows, strongly connected components, disjoint sets. Knows nothing of networks.

mod components;
mod csr;
#[cfg(test)]
mod random;
mod union_find;
mod visit;

pub(crate) use components::components;
pub(crate) use csr::{Csr, Edge};
pub(crate) use union_find::UnionFind;
pub(crate) use visit::EveryWay;

/// Stands for "none" in tables of numbers.
pub(crate) const NONE: u32 = u32::MAX;
