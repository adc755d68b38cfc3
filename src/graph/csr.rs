//! Compressed sparse rows: lists of numbers by key, one after the other in one array.

/// Lists of numbers, one for each of a run of keys.
pub(crate) struct Csr {
    offsets: Vec<u32>,
    items: Vec<u32>,
}

impl Csr {
    /// From pairs of key and item; items of a key keep their order. O(keys + pairs).
    pub fn new(keys: usize, pairs: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let mut offsets = vec![0_u32; keys + 2];
        pairs.clone().for_each(|(key, _)| offsets[key as usize + 2] += 1);
        for at in 2..offsets.len() {
            offsets[at] += offsets[at - 1];
        }
        // Filling moves the start of each list to its end, which is the start of the next.
        let mut items = vec![0_u32; offsets.last().map_or(0, |&end| end as usize)];
        for (key, item) in pairs {
            let next = &mut offsets[key as usize + 1];
            items[*next as usize] = item;
            *next += 1;
        }
        Self { offsets, items }
    }

    /// The items of a key.
    pub fn of(&self, key: u32) -> &[u32] {
        let at = key as usize;
        &self.items[self.offsets[at] as usize..self.offsets[at + 1] as usize]
    }
}
