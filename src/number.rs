//! Numbers for things that are counted: 32 bits, or none.
//!
//! A document has fewer than 2³² bytes ([`crate::source::MAX_BYTES`]) and so fewer nodes, links and rules. What is made of them
//! may be more; it then would have taken more memory than machines have, and a number that stood for another thing could turn a
//! violation into a proof. So the program ends rather than give a wrong number.

/// The number of the thing at an index.
///
/// # Panics
/// When 32 bits do not hold it. `u32::MAX` is left over, to stand for "none" in tables.
#[track_caller]
#[must_use]
pub(crate) fn number(index: usize) -> u32 {
    match u32::try_from(index) {
        Ok(number) if number != u32::MAX => number,
        _ => too_many(index),
    }
}

/// The number of an IPv4 address, of the 128 bits that hold an address of either family.
///
/// # Panics
/// When it is none: whoever says that an address is one of IPv4 has 32 bits of it.
#[track_caller]
#[must_use]
pub(crate) fn v4(address: u128) -> u32 {
    u32::try_from(address).expect("an IPv4 address has 32 bits")
}

/// A type for the numbers of one kind of things: made by the table of these things, read as a place in it.
macro_rules! id_type {
    ($(#[$about:meta])* $visibility:vis struct $name:ident;) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $visibility struct $name(u32);

        impl $name {
            /// That of the thing at a place.
            #[allow(dead_code)]
            #[track_caller]
            pub(crate) fn new(index: usize) -> Self {
                Self(crate::number::number(index))
            }

            /// The place of the thing.
            pub(crate) const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}
pub(crate) use id_type;

#[cold]
#[track_caller]
fn too_many(index: usize) -> ! {
    panic!("{index} things of a kind are more than are told apart: the document is too large for this program");
}

#[cfg(test)]
mod tests {
    use super::{number, v4};

    #[test]
    fn numbers_are_kept() {
        assert_eq!(number(0), 0);
        assert_eq!(number(4_294_967_294), u32::MAX - 1);
    }

    #[test]
    #[should_panic(expected = "4294967295 things")]
    fn what_stands_for_none_is_no_number() {
        let _ = number(4_294_967_295);
    }

    #[test]
    #[should_panic(expected = "an IPv4 address has 32 bits")]
    fn no_address_is_another() {
        assert_eq!(v4(0xffff_ffff), u32::MAX);
        let _ = v4(0x1_0000_0000);
    }

    #[test]
    #[should_panic(expected = "4294967296 things")]
    fn nothing_wraps_or_saturates() {
        let _ = number(4_294_967_296);
    }
}
