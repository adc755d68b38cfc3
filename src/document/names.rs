//! The names of a document, each kept once: nodes, ends of links, zones and interfaces hold four bytes in their place.
//! A name is found again with about one access to memory, since short names stand in the table itself.

use std::num::NonZeroU32;
use std::ops::Range;
use std::sync::Arc;

use super::Text;
use super::table::{Key, Table};

/// A name of a document, by number. Equal names of one [`NameTable`] have equal numbers; numbers of different tables
/// have nothing to do with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NameId(NonZeroU32);

impl NameId {
    /// Its number, from 0 and less than [`NameTable::len`]: for lists by name.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0.get() as usize - 1
    }

    /// The name of a number. Names come from a text of less than 4 GiB, so that there are never as many as do not fit.
    pub(super) fn of_index(index: usize) -> Self {
        Self::of_place(index + 1)
    }

    /// Something else than a name, from 1 up, kept where its number will be until the names are numbered.
    pub(super) fn of_place(place: usize) -> Self {
        Self(u32::try_from(place).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MAX))
    }

    /// What [`NameId::of_place`] was given.
    pub(super) const fn place(self) -> usize {
        self.0.get() as usize
    }
}

/// Names by number, and numbers by name. Cloning is cheap: what the reader has read is shared, and only what was added
/// by [`NameTable::intern`] since is copied.
#[derive(Clone, Default)]
pub struct NameTable<'s> {
    shared: Arc<Layer<'s>>,
    own: Layer<'s>,
}

/// Names with the numbers from `first` on.
#[derive(Clone, Default)]
pub(super) struct Layer<'s> {
    first: usize,
    /// What most names are borrowed from.
    pub text: &'s str,
    places: Vec<Place>,
    /// Names that do not stand in the text.
    others: Vec<Box<str>>,
    pub table: Table,
}

/// Where a name stands: in the text, or which of the others it is.
#[derive(Clone, Copy)]
struct Place {
    start: u32,
    length: u32,
}

/// The length that no name in the text has: the place is one of the others.
const OTHER: u32 = u32::MAX;

impl Place {
    fn bytes<'a>(self, text: &'a str, others: &'a [Box<str>]) -> &'a [u8] {
        if self.length == OTHER {
            return others.get(self.start as usize).map_or(&[], |name| name.as_bytes());
        }
        text.as_bytes().get(self.start as usize..self.start as usize + self.length as usize).unwrap_or(&[])
    }
}

impl<'s> Layer<'s> {
    fn name(&self, at: usize) -> &str {
        let Some(&Place { start, length }) = self.places.get(at) else { return "" };
        if length == OTHER {
            return self.others.get(start as usize).map_or("", |name| name);
        }
        self.text.get(start as usize..start as usize + length as usize).unwrap_or("")
    }

    fn find(&self, name: &str) -> Option<NameId> {
        let key = self.table.key(name.as_bytes());
        let found = self.table.find(&key, |at| self.name(at as usize) == name)?;
        Some(NameId::of_index(self.first + found as usize))
    }

    /// The number of a name that stands at `start` of the text, or nowhere in it.
    fn intern(&mut self, name: &str, start: Option<usize>) -> NameId {
        let key = self.table.key(name.as_bytes());
        let in_text = start.and_then(|start| u32::try_from(start).ok()).zip(u32::try_from(name.len()).ok());
        match in_text.filter(|&(_, length)| length != OTHER) {
            Some((start, length)) => self.number(&key, name.as_bytes(), Place { start, length }),
            None => {
                let place = Place { start: self.others.len() as u32, length: OTHER };
                let before = self.places.len();
                let number = self.number(&key, name.as_bytes(), place);
                if self.places.len() > before {
                    self.others.push(name.into());
                }
                number
            }
        }
    }

    fn number(&mut self, key: &Key, name: &[u8], place: Place) -> NameId {
        let at = self.places.len();
        let (text, places, others) = (self.text, &self.places, &self.others);
        let of = |at: u32| places.get(at as usize).map_or(&[][..], |place| place.bytes(text, others));
        if let Some(known) = self.table.find_or_add(key, name, at as u32, of) {
            return NameId::of_index(self.first + known as usize);
        }
        self.places.push(place);
        NameId::of_index(self.first + at)
    }

    /// A layer for so many names, of which so many have at most 8, 16 and 24 bytes.
    pub fn for_names(text: &'s str, count: usize, of_length: [usize; 3]) -> Self {
        let places = Vec::with_capacity(count);
        Self { first: 0, text, places, others: Vec::new(), table: Table::for_texts(count, of_length) }
    }

    /// The numbers here of all names of a table, by their numbers there.
    pub fn adopt(&mut self, names: &NameTable<'s>) -> Vec<NameId> {
        let all = (0..names.len()).map(|at| names.name(NameId::of_index(at)));
        all.map(|name| self.intern(name, offset_in(self.text, name))).collect()
    }

    /// The number of a name of the text, whose key is known.
    #[inline]
    pub fn intern_key(&mut self, key: &Key, start: usize, length: usize) -> NameId {
        match (u32::try_from(start), u32::try_from(length)) {
            (Ok(start), Ok(length)) if length != OTHER => {
                let text = self.text;
                self.number(
                    key,
                    text.as_bytes().get(start as usize..).and_then(|rest| rest.get(..length as usize)).unwrap_or(&[]),
                    Place { start, length },
                )
            }
            _ => self.intern(self.text.get(start..start + length).unwrap_or(""), None),
        }
    }

    /// The number of the name that stands at `start` of the text, when it has one.
    #[inline]
    pub fn find_key(&self, key: &Key, start: usize) -> Option<NameId> {
        let is = |at: u32| {
            let there = self.places.get(at as usize).map(|place| place.bytes(self.text, &self.others));
            there == self.text.as_bytes().get(start..start + key.length())
        };
        self.table.find(key, is).map(|found| NameId::of_index(self.first + found as usize))
    }
}

impl<'s> NameTable<'s> {
    /// No names yet, of a text.
    pub(super) fn of(text: &'s str) -> Self {
        Self { own: Layer { text, ..Layer::default() }, shared: Arc::default() }
    }

    /// The name of a number; empty when the number is of another table.
    #[must_use]
    pub fn name(&self, id: NameId) -> &str {
        match id.index().checked_sub(self.own.first) {
            Some(at) => self.own.name(at),
            None => self.shared.name(id.index()),
        }
    }

    /// The number of a name, when it has one.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<NameId> {
        self.shared.find(name).or_else(|| self.own.find(name))
    }

    /// The number of a name, which gets one if it has none yet.
    pub fn intern(&mut self, name: &str) -> NameId {
        self.shared.find(name).unwrap_or_else(|| self.own.intern(name, None))
    }

    /// [`NameTable::intern`] of a text of the document, which need not be copied where it stands there.
    pub(super) fn intern_text(&mut self, name: &Text<'s>) -> NameId {
        let start = match name {
            Text::Borrowed(name) => offset_in(self.own.text, name),
            Text::Owned(_) => None,
        };
        self.shared.find(name).unwrap_or_else(|| self.own.intern(name, start))
    }

    /// [`NameTable::intern`] of a part of the text.
    pub(super) fn intern_part(&mut self, text: &'s str, part: Range<usize>) -> Option<NameId> {
        let start = part.start;
        let name = text.get(part)?;
        Some(self.shared.find(name).unwrap_or_else(|| self.own.intern(name, Some(start))))
    }

    /// A table that shares its names with its clones.
    pub(super) fn sharing(layer: Layer<'s>) -> Self {
        let first = layer.places.len();
        Self { shared: Arc::new(layer), own: Layer { first, ..Layer::default() } }
    }

    /// How many names there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.own.first + self.own.places.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes what there is cheap to clone; for a table without shared names.
    pub(super) fn share(self) -> Self {
        if self.own.first > 0 { self } else { Self::sharing(self.own) }
    }
}

/// Where a part of a text begins in it; `None` for what is no part of it.
pub(super) fn offset_in(text: &str, part: &str) -> Option<usize> {
    let start = (part.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
    (start <= text.len() && part.len() <= text.len() - start).then_some(start)
}

impl std::fmt::Debug for NameTable<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries((0..self.len()).map(|at| self.name(NameId::of_index(at)))).finish()
    }
}
