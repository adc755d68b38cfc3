//! A hash table of texts that stand elsewhere, for a million names: short texts stand in the table itself, so that
//! most answers cost one access to memory; longer ones are found by hash and compared. A hash alone is never trusted.

use std::hash::{BuildHasher, RandomState};

/// Texts of at most this many bytes may stand in the table itself.
const SHORT: usize = 24;

/// Texts that hash alike stand in a row. No honest document makes rows this long at the load of [`Table::is_full`];
/// for one that does, keys nobody can know in advance are drawn.
const LONGEST_ROW: usize = 256;

const SEEDS: [u64; 3] = [0x9e37_79b9_7f4a_7c15, 0xd1b5_4a32_d192_ed03, 0x8cb9_2ba7_2f3d_8dd7];

/// Numbers by text.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// Slots of one head and `width` words each. A head holds the number, from 1 up, and the length; 0 is free.
    slots: Vec<u64>,
    /// How many words of text a slot holds.
    width: usize,
    capacity: usize,
    used: usize,
    random: Option<RandomState>,
}

/// A text as the table looks for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    /// The text itself where it is short, else its hash.
    words: [u64; 3],
    length: u32,
    exact: bool,
    /// Whether it was hashed under random keys.
    random: bool,
    hash: u64,
}

impl Key {
    /// Bytes of the text.
    pub const fn length(&self) -> usize {
        self.length as usize
    }
}

/// What to add where.
enum Spot {
    Taken(u32),
    Free(usize),
    /// The row is too long.
    Crowded,
}

impl Table {
    /// A table for so many texts, of which so many have at most 8, 16 and 24 bytes.
    pub fn for_texts(count: usize, of_length: [usize; 3]) -> Self {
        // the narrowest slots that most of the texts fit in
        let width = 1 + of_length.iter().position(|&fitting| fitting >= count - count / 8).unwrap_or(2);
        let capacity = count + count / 2 + 8;
        Self { slots: vec![0; capacity * (width + 1)], width, capacity, used: 0, random: None }
    }

    /// A text to look for.
    #[inline]
    pub fn key(&self, text: &[u8]) -> Key {
        let exact = text.len() <= 8 * self.width.max(1);
        let words = if exact { packed(text) } else { [self.hash_of_long(text), 0, 0] };
        let length = text.len() as u32;
        Key { words, length, exact, random: self.random.is_some(), hash: self.hash_of(&words, length) }
    }

    #[inline]
    fn hash_of(&self, words: &[u64; 3], length: u32) -> u64 {
        match &self.random {
            None => fold(fold(words[0] ^ SEEDS[0], words[1] ^ SEEDS[1]) ^ words[2], SEEDS[2] ^ u64::from(length)),
            Some(random) => random.hash_one((words, length)),
        }
    }

    fn hash_of_long(&self, text: &[u8]) -> u64 {
        if let Some(random) = &self.random {
            return random.hash_one(text);
        }
        text.chunks(SHORT).fold(0, |hash, chunk| {
            let words = packed(chunk);
            fold(fold(words[0] ^ SEEDS[0], words[1] ^ SEEDS[1] ^ hash) ^ words[2], SEEDS[2] ^ hash)
        })
    }

    /// The number of a text. `is` tells whether a number is that of the text, of a text too long to stand in the table.
    #[inline]
    pub fn find(&self, key: &Key, is: impl Fn(u32) -> bool) -> Option<u32> {
        match self.spot(key, is) {
            Spot::Taken(number) => Some(number),
            Spot::Free(_) | Spot::Crowded => None,
        }
    }

    #[inline]
    fn spot(&self, key: &Key, is: impl Fn(u32) -> bool) -> Spot {
        match self.width {
            0 => Spot::Free(0),
            1 => self.spot_of::<1>(key, is),
            2 => self.spot_of::<2>(key, is),
            _ => self.spot_of::<3>(key, is),
        }
    }

    #[inline]
    fn spot_of<const WIDTH: usize>(&self, key: &Key, is: impl Fn(u32) -> bool) -> Spot {
        let mut at = self.start(key);
        let most = if self.random.is_some() { self.capacity } else { LONGEST_ROW.min(self.capacity) };
        for _ in 0..most {
            let start = at * (WIDTH + 1);
            let Some(slot) = self.slots.get(start..=start + WIDTH) else { break };
            let head = slot[0];
            if head == 0 {
                return Spot::Free(at);
            }
            if head as u32 == key.length && (0..WIDTH).all(|word| slot[word + 1] == key.words[word]) {
                let number = (head >> 32) as u32 - 1;
                if key.exact || is(number) {
                    return Spot::Taken(number);
                }
            }
            at += 1;
            if at == self.capacity {
                at = 0;
            }
        }
        Spot::Crowded
    }

    /// Asks memory for the places of texts that will be looked for, so that it brings them all at once.
    #[inline]
    pub fn touch(&self, keys: &[Key]) {
        let slot = |key: &Key| self.slots.get(self.start(key) * (self.width + 1)).copied().unwrap_or(0);
        std::hint::black_box(keys.iter().fold(0, |all, key| all ^ slot(key)));
    }

    #[inline]
    const fn start(&self, key: &Key) -> usize {
        ((key.hash as u128 * self.capacity as u128) >> 64) as usize
    }

    const fn is_full(&self) -> bool {
        self.used + self.used / 3 >= self.capacity
    }

    /// The number of a text that has one, else gives it `number`. `of` knows the text of every number given so far.
    /// The key is that of the text.
    #[inline]
    pub fn find_or_add<'t>(
        &mut self,
        key: &Key,
        text: &[u8],
        number: u32,
        of: impl Fn(u32) -> &'t [u8],
    ) -> Option<u32> {
        let mut key = *key;
        if self.is_full() {
            let width = self.width;
            self.rebuild((self.capacity * 2).max(16), self.random.clone(), &of);
            if self.width != width {
                key = self.key(text);
            }
        }
        loop {
            if key.random != self.random.is_some() {
                key = self.key(text);
            }
            match self.spot(&key, |number| of(number) == text) {
                Spot::Taken(number) => return Some(number),
                Spot::Free(at) => {
                    self.put(at, &key, number);
                    return None;
                }
                Spot::Crowded => self.rebuild(self.capacity.max(16), Some(RandomState::new()), &of),
            }
        }
    }

    fn put(&mut self, at: usize, key: &Key, number: u32) {
        let start = at * (self.width + 1);
        if let Some(slot) = self.slots.get_mut(start..=start + self.width) {
            slot[0] = (u64::from(number) + 1) << 32 | u64::from(key.length);
            slot[1..].copy_from_slice(&key.words[..self.width]);
            self.used += 1;
        }
    }

    fn rebuild<'t>(&mut self, capacity: usize, random: Option<RandomState>, of: &impl Fn(u32) -> &'t [u8]) {
        let width = if self.width == 0 { 3 } else { self.width };
        let new = Self { slots: vec![0; capacity * (width + 1)], width, capacity, used: 0, random };
        let old = std::mem::replace(self, new);
        for slot in old.slots.chunks_exact(old.width + 1).filter(|slot| slot[0] != 0) {
            let number = (slot[0] >> 32) as u32 - 1;
            let key = self.key(of(number));
            loop {
                // texts of the table differ, so none of them is there already
                if let Spot::Free(at) = self.spot(&key, |_| false) {
                    self.put(at, &key, number);
                    break;
                }
            }
        }
    }
}

/// The bytes of a text of at most [`SHORT`] bytes, with zeros behind; a longer text's first ones.
#[inline]
fn packed(text: &[u8]) -> [u64; 3] {
    let mut words = [0; 3];
    let mut rest = text;
    for word in &mut words {
        let Some((first, behind)) = rest.split_first_chunk::<8>() else {
            *word = packed_rest(rest);
            break;
        };
        *word = u64::from_le_bytes(*first);
        rest = behind;
    }
    words
}

/// Fewer than eight bytes as a word.
#[inline]
fn packed_rest(text: &[u8]) -> u64 {
    let length = text.len();
    if let (Some(low), Some(high)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        // where the two overlap they agree
        u64::from(u32::from_le_bytes(*low)) | u64::from(u32::from_le_bytes(*high)) << (8 * (length - 4))
    } else if let (Some(&first), Some(&last)) = (text.first(), text.last()) {
        let middle = length / 2;
        u64::from(first) | u64::from(text[middle]) << (8 * middle) | u64::from(last) << (8 * (length - 1))
    } else {
        0
    }
}

#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_keeps_every_byte() {
        let text: Vec<u8> = (1..=24).collect();
        for length in 0..=24 {
            let mut bytes = [0_u8; 24];
            bytes[..length].copy_from_slice(&text[..length]);
            let words = [0, 8, 16].map(|at| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("8 bytes")));
            assert_eq!(packed(&text[..length]), words, "{length}");
        }
    }

    /// Adds texts, then finds each, in a table of each width.
    fn check(texts: &[Vec<u8>]) -> Table {
        let mut last = Table::default();
        for of_length in [[texts.len(); 3], [0, texts.len(), 0], [0; 3]] {
            let mut table = Table::for_texts(texts.len() / 4, of_length);
            for (number, text) in texts.iter().enumerate() {
                let of = |number: u32| &texts[number as usize][..];
                assert_eq!(table.find_or_add(&table.key(text), text, number as u32, of), None);
                assert_eq!(table.find_or_add(&table.key(text), text, u32::MAX - 1, of), Some(number as u32));
            }
            for (number, text) in texts.iter().enumerate() {
                let found = table.find(&table.key(text), |number| texts[number as usize] == *text);
                assert_eq!(found, Some(number as u32));
            }
            let absent = b"not there".to_vec();
            assert_eq!(table.find(&table.key(&absent), |number| texts[number as usize] == absent), None);
            last = table;
        }
        last
    }

    #[test]
    fn texts_of_every_length_are_found_in_slots_of_every_width() {
        let text = |number: usize| format!("{number}{}", "x".repeat(number % 60)).into_bytes();
        let table = check(&(0..3000).map(text).collect::<Vec<_>>());
        assert!(table.random.is_none());
        // a zero byte is a byte
        check(&[b"a".to_vec(), b"a\0".to_vec(), b"a\0\0".to_vec(), Vec::new(), b"\0".to_vec()]);
    }

    #[test]
    fn texts_chosen_to_hash_alike_are_found_under_keys_that_nobody_could_know() {
        // where the second word folds to nothing, the first does not matter
        let second = SEEDS[1].to_le_bytes();
        let text = |number: u64| [number.to_le_bytes().as_slice(), &second].concat();
        let table = check(&(0..5000).map(text).collect::<Vec<_>>());
        assert!(table.random.is_some());
    }
}
