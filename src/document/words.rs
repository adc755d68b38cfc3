//! Lists of words, and what links say, shared by all who have the same: a million terminals with the same two controls
//! keep one list.

use std::collections::HashMap;
use std::sync::Arc;

use super::{LinkDetails, Vlans, Words};

/// The lists of words met so far.
#[derive(Default)]
pub(super) struct Interner {
    /// What links without interfaces and id say.
    links: HashMap<(Option<Vlans>, bool), Arc<LinkDetails<'static>>>,
    /// By their words, each followed by a line end, which no word contains.
    lists: HashMap<Box<str>, Words>,
    /// The words of the list being read, in the same form.
    current: String,
}

impl Interner {
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
        let words: Words = self.current.split_terminator('\n').collect();
        self.lists.insert(self.current.as_str().into(), words.clone());
        words
    }

    /// What a link says apart from its ends; `None` for nothing.
    pub fn link<'s>(&mut self, details: LinkDetails<'s>) -> Option<Arc<LinkDetails<'s>>> {
        match details {
            details if !details.is_shared() => Some(Arc::new(details)),
            LinkDetails { vlans: None, one_way: false, .. } => None,
            LinkDetails { vlans, one_way, .. } => {
                let known = self.links.entry((vlans, one_way)).or_insert_with_key(|(vlans, one_way)| {
                    Arc::new(LinkDetails { vlans: vlans.clone(), one_way: *one_way, ..LinkDetails::default() })
                });
                Some(known.clone())
            }
        }
    }
}
