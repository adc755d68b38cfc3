//! Compressed sparse rows: lists by key, one after the other in one array; with lists of edges, a graph.

use crate::number::number;

/// Lists of items, one for each of a run of keys. Where the items are [edges](Edge), the keys are the nodes of a directed
/// graph, which the algorithms of petgraph take as it is (`visit.rs`).
#[derive(Clone, Debug)]
pub(crate) struct Csr<T = u32> {
    /// Start of the list of each key in `items`, and the end of the last.
    offsets: Vec<u32>,
    items: Vec<T>,
}

/// What leads from the node of its list to another.
pub(crate) trait Edge {
    /// The other.
    fn target(&self) -> u32;
}

impl Edge for u32 {
    fn target(&self) -> u32 {
        *self
    }
}

impl<T> Default for Csr<T> {
    fn default() -> Self {
        Self { offsets: vec![0], items: Vec::new() }
    }
}

impl<T> Csr<T> {
    /// From pairs of key and item in any order; items of a key keep theirs. O(keys + pairs).
    pub fn new(keys: usize, pairs: impl Iterator<Item = (u32, T)> + Clone) -> Self
    where
        T: Copy,
    {
        let mut offsets = vec![0_u32; keys + 2];
        pairs.clone().for_each(|(key, _)| offsets[key as usize + 2] += 1);
        for at in 2..offsets.len() {
            offsets[at] += offsets[at - 1];
        }
        // Filling moves the start of each list to its end, which is the start of the next.
        let count = offsets.last().map_or(0, |&end| end as usize);
        let mut items = pairs.clone().next().map_or_else(Vec::new, |(_, any)| vec![any; count]);
        for (key, item) in pairs {
            let next = &mut offsets[key as usize + 1];
            items[*next as usize] = item;
            *next += 1;
        }
        offsets.truncate(keys + 1);
        Self { offsets, items }
    }

    /// From pairs of key and item that are sorted by key. O(keys + pairs).
    pub fn sorted(keys: usize, pairs: Vec<(u32, T)>) -> Self {
        let mut offsets = vec![0_u32; keys + 1];
        pairs.iter().for_each(|(key, _)| offsets[*key as usize + 1] += 1);
        for at in 1..offsets.len() {
            offsets[at] += offsets[at - 1];
        }
        Self { offsets, items: pairs.into_iter().map(|(_, item)| item).collect() }
    }

    /// Adds an item to the last list, which [`Self::end_list`] has not ended yet.
    pub fn push(&mut self, item: T) {
        self.items.push(item);
    }

    /// What was added since the last list ended.
    pub fn open_list(&mut self) -> &mut [T] {
        let start = self.offsets.last().map_or(0, |&start| start as usize);
        &mut self.items[start..]
    }

    /// Ends the list of the next key.
    pub fn end_list(&mut self) {
        self.offsets.push(number(self.items.len()));
    }

    /// How many keys there are.
    pub fn keys(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Where the items of a key are among [all](Self::items).
    pub fn range(&self, key: u32) -> std::ops::Range<usize> {
        let at = key as usize;
        self.offsets[at] as usize..self.offsets[at + 1] as usize
    }

    /// The items of a key.
    pub fn of(&self, key: u32) -> &[T] {
        &self.items[self.range(key)]
    }

    /// The items of all keys, in the order of the keys.
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// Start of the items of each key, with the end of the last, and the items.
    pub(super) fn parts(&self) -> (&[u32], &[T]) {
        (&self.offsets, &self.items)
    }
}
