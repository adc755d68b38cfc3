//! Lists of words shared by all who have the same: a million terminals with the same two controls keep one list.

use rustc_hash::FxHashMap;

use super::Words;

/// The lists of words met so far.
#[derive(Default)]
pub(super) struct Interner {
    /// By their words, each followed by a line end, which no word contains.
    lists: FxHashMap<Box<str>, Words>,
    /// The words of the list being read, in the same form.
    current: String,
}

impl Interner {
    /// The list without words.
    pub fn empty(&mut self) -> Words {
        self.start();
        self.finish()
    }

    /// Starts a list.
    pub fn start(&mut self) {
        self.current.clear();
    }

    /// Adds a word, which has been checked to have no control characters.
    pub fn push(&mut self, word: &str) {
        self.current.push_str(word);
        self.current.push('\n');
    }

    /// Ends the list.
    pub fn finish(&mut self) -> Words {
        if let Some(known) = self.lists.get(&*self.current) {
            return known.clone();
        }
        let words: Words = self.current.split_terminator('\n').map(Box::from).collect();
        self.lists.insert(self.current.as_str().into(), words.clone());
        words
    }
}
