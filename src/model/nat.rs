//! Address translation resolved: the entries of a node as sets of atoms. Spec, section 4a.

use crate::document::AddressRange;
use crate::header::{Product, SetId};

/// What a node translates, in the order of its entries.
#[derive(Clone, Debug, Default)]
pub struct CompiledNat {
    /// Entries with `destination`.
    pub destination: Vec<NatEntry>,
    /// Entries with `source`.
    pub source: Vec<NatEntry>,
}

/// An entry of a node's `nat`.
#[derive(Clone, Debug)]
pub struct NatEntry {
    /// Index in the node's `nat`.
    pub entry: u32,
    /// The headers that it may translate.
    pub loose: Product,
    /// The headers that it surely translates; a part of `loose`.
    pub strict: Product,
    /// In-interfaces by number, sorted; `None`: any, also none at all.
    pub r#in: Option<Box<[u16]>>,
    /// Out-interfaces by number, sorted; `None`: any, also none at all.
    pub out: Option<Box<[u16]>>,
    /// What the address becomes.
    pub target: Target,
    /// What the destination port becomes; `None`: it stays.
    pub destination_port: Option<u16>,
    /// Whether a destination entry translates what came by a link.
    pub arrived: bool,
    /// Whether a destination entry translates what the node itself emits.
    pub emitted: bool,
    /// Whether `to` and `service` of a source entry look at the destination before its translation.
    pub sees_original: bool,
}

/// What an entry makes of an address.
#[derive(Clone, Debug)]
pub enum Target {
    /// It stays; ports too.
    Keep,
    /// Any address of these.
    Pool(Pool),
    /// The k-th of one range becomes the k-th of another.
    OneToOne {
        /// Range that the address lies in before.
        from: AddressRange,
        /// Range of the same family and size that it lies in afterwards.
        to: AddressRange,
        /// What an address becomes of which nobody knows the k.
        pool: Pool,
    },
}

/// Addresses that a translation may take.
#[derive(Clone, Copy, Debug)]
pub struct Pool {
    /// IPv4 addresses.
    pub v4: SetId,
    /// IPv6 addresses.
    pub v6: SetId,
    /// Symbolic addresses that the target names.
    pub symbolic: SetId,
    /// Whether some IPv4, some IPv6 address of the target may be anybody's, for no node declares it as a single one.
    pub guesses: [bool; 2],
}
