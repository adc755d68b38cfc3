//! Sets of packet headers. A header has four dimensions, each cut into *atoms*: maximal runs of values that no set
//! named in the document tells apart. The engine sees atoms only, so that IPv4, IPv6 and symbolic addresses, and
//! documents of any size, cost the same machine words.

mod pool;
mod ranges;

pub use pool::{ANY, AddressAtom, AddressSpace, EMPTY, NumberSpace, SetId, SetPool};
pub use ranges::{Range, Ranges, Relation};

/// Dimension of the source address.
pub const SOURCE: usize = 0;
/// Dimension of the destination address.
pub const DESTINATION: usize = 1;
/// Dimension of the service: protocol, and destination port where the protocol has ports.
pub const SERVICE: usize = 2;
/// Dimension of the source port; its first atom is "none" (protocols without ports).
pub const SOURCE_PORT: usize = 3;

/// A box of headers: one range of atoms in each dimension.
pub type HeaderBox = [Range; 4];

/// A product of sets, one in each dimension.
pub type Product = [SetId; 4];

/// The product that holds every header.
pub const EVERYTHING: Product = [ANY; 4];
