//! A configuration as a tree of words: `set a b c` and `a { b c; }` are the path a, b, c. Junos and PAN-OS are read into it.
//! Each word knows the lines that end at it, so that the account of lines follows from the words that were read.

use std::borrow::Cow;
use std::collections::HashMap;

use smallvec::SmallVec;

use super::ledger::{Fate, Ledger};
use crate::language::Phrase;

/// From how many words below one on they are found by an index.
const INDEXED: usize = 16;

/// A word and what stands behind it.
#[derive(Clone, Debug, Default)]
pub struct Node<'t> {
    /// The word, quotes taken off.
    pub word: Cow<'t, str>,
    /// The line that it was first met in.
    pub line: u32,
    /// Lines that end at it, and those that open and close what is below it.
    pub marks: SmallVec<[u32; 2]>,
    /// What may follow it, in order.
    pub below: Vec<Node<'t>>,
    /// Whether it is there and does not count.
    pub inactive: bool,
    /// Whether it comes from a group or template: what is said at the place itself goes before.
    pub inherited: bool,
    index: Option<Box<Index<'t>>>,
}

/// Where the words below stand, where they are many.
#[derive(Clone, Debug, Default)]
struct Index<'t> {
    of: HashMap<Cow<'t, str>, usize>,
}

impl<'t> Node<'t> {
    /// A word with nothing behind it.
    #[must_use]
    pub fn new(word: Cow<'t, str>, line: u32) -> Self {
        Self { word, line, ..Self::default() }
    }

    /// The number of a word below.
    #[must_use]
    pub fn position(&self, word: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.of.get(word).copied(),
            None => self.below.iter().position(|node| node.word == word),
        }
    }

    /// A word below.
    #[must_use]
    pub fn get(&self, word: &str) -> Option<&Self> {
        self.position(word).map(|at| &self.below[at])
    }

    /// What a path leads to.
    #[must_use]
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, word| node.get(word))
    }

    /// What is below a path; nothing where it leads nowhere.
    pub fn under<'n>(&'n self, path: &[&str]) -> impl Iterator<Item = &'n Self> + use<'n, 't> {
        self.at(path).map_or(&[][..], |node| &node.below).iter()
    }

    /// The only value behind a word: what is said last at the place itself, else what is inherited first.
    #[must_use]
    pub fn value(&self, word: &str) -> Option<&Self> {
        let below = &self.get(word)?.below;
        below.iter().rev().find(|node| !node.inherited).or_else(|| below.first())
    }

    /// The only value behind a word as text.
    #[must_use]
    pub fn text(&self, word: &str) -> Option<&str> {
        self.value(word).map(|node| node.word.as_ref())
    }

    /// The values behind a word.
    pub fn values<'n>(&'n self, word: &str) -> impl Iterator<Item = &'n Self> + use<'n, 't> {
        self.under(&[word])
    }

    /// A word below, made where it is not there.
    pub fn enter(&mut self, word: Cow<'t, str>, line: u32) -> usize {
        if let Some(at) = self.position(&word) {
            return at;
        }
        self.push(Self::new(word, line))
    }

    /// Puts a word behind all others.
    pub fn push(&mut self, node: Self) -> usize {
        // behind most words stands one, and a list that grows would have room for four
        if self.below.is_empty() {
            self.below.reserve_exact(1);
        }
        self.below.push(node);
        let at = self.below.len() - 1;
        match &mut self.index {
            Some(index) => drop(index.of.insert(self.below[at].word.clone(), at)),
            None if self.below.len() > INDEXED => self.reindex(),
            None => {}
        }
        at
    }

    /// Counts the words below anew, after some were taken out or moved.
    pub fn reindex(&mut self) {
        self.index = (self.below.len() > INDEXED).then(|| {
            let mut index = HashMap::with_capacity(self.below.len());
            for (at, node) in self.below.iter().enumerate() {
                index.entry(node.word.clone()).or_insert(at);
            }
            Box::new(Index { of: index })
        });
    }

    /// A node by the numbers of the words that lead to it.
    pub fn walk(&mut self, path: &[usize]) -> &mut Self {
        path.iter().fold(self, |node, &at| &mut node.below[at])
    }

    /// Enters a path of words. Returns the numbers that lead to its end.
    pub fn enter_path(&mut self, from: &[usize], words: &[Cow<'t, str>], line: u32) -> Vec<usize> {
        let mut path = from.to_vec();
        let mut node = self.walk(from);
        for word in words {
            let at = node.enter(word.clone(), line);
            path.push(at);
            node = &mut node.below[at];
        }
        path
    }

    /// Takes out what a path of words leads to, and the words above it that nothing else stands behind. What is taken out
    /// comes back.
    pub fn remove(&mut self, words: &[Cow<'t, str>]) -> Option<Self> {
        let (first, rest) = words.split_first()?;
        let at = self.position(first)?;
        let taken = if rest.is_empty() { None } else { Some(self.below[at].remove(rest)?) };
        if taken.is_none() || (self.below[at].below.is_empty() && self.below[at].marks.is_empty()) {
            let node = self.below.remove(at);
            self.reindex();
            return taken.or(Some(node));
        }
        taken
    }

    /// Takes out what is inactive; its lines say nothing.
    pub fn prune(&mut self, ledger: &mut Ledger) {
        let mut changed = false;
        self.below.retain_mut(|node| {
            if node.inactive {
                node.each(&mut |node| node.marks.iter().for_each(|line| ledger.without_meaning(*line)));
                changed = true;
                return false;
            }
            let bare = node.below.is_empty();
            node.prune(ledger);
            let emptied = !bare && node.below.is_empty() && node.marks.is_empty();
            changed |= emptied;
            !emptied
        });
        if changed {
            self.reindex();
        }
    }

    /// Every node from here down.
    pub fn each(&self, tell: &mut impl FnMut(&Self)) {
        tell(self);
        self.below.iter().for_each(|node| node.each(tell));
    }

    /// All of it was used.
    pub fn used(&self, ledger: &mut Ledger) {
        self.each(&mut |node| node.marks.iter().for_each(|line| ledger.used(*line)));
    }

    /// The word itself was used; what is below may not be.
    pub fn used_here(&self, ledger: &mut Ledger) {
        self.marks.iter().for_each(|line| ledger.used(*line));
    }

    /// What is left of it unread says nothing here.
    pub fn silent(&self, ledger: &mut Ledger) {
        self.each(&mut |node| {
            for line in &node.marks {
                if ledger.fate(*line) == Fate::NotUnderstood && !ledger.has_remark(*line) {
                    ledger.without_meaning(*line);
                }
            }
        });
    }

    /// It was not understood; `what` says what was taken for it.
    pub fn lost(&self, what: &Phrase, ledger: &mut Ledger) {
        let mut lines: Vec<u32> = Vec::new();
        self.each(&mut |node| lines.extend(&node.marks));
        if lines.is_empty() {
            lines.push(self.line);
        }
        ledger.not_understood(lines[0], what.clone());
        lines[1..].iter().for_each(|line| ledger.not_understood(*line, what.clone()));
    }

    /// The words behind this one where each has one behind it, as they stood in one line.
    #[must_use]
    pub fn tail(&self) -> String {
        let mut out = self.word.to_string();
        let mut node = self;
        while let [next] = &node.below[..] {
            out.push(' ');
            out.push_str(&next.word);
            node = next;
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(lines: &[&'static str]) -> Node<'static> {
        let mut root = Node::default();
        for (number, line) in (1..).zip(lines) {
            let words: Vec<Cow<'static, str>> = line.split(' ').map(Cow::from).collect();
            let path = root.enter_path(&[], &words, number);
            root.walk(&path).marks.push(number);
        }
        root
    }

    #[test]
    fn many_words_are_found_as_few_are() {
        let lines: Vec<String> = (0..100).map(|at| format!("a w{at} x")).collect();
        let lines: Vec<&'static str> = lines.into_iter().map(|line| &*line.leak()).collect();
        let mut root = tree(&lines);
        assert_eq!(root.at(&["a", "w73", "x"]).unwrap().line, 74);
        assert!(root.remove(&["a".into(), "w73".into()]).is_some());
        assert!(root.at(&["a", "w73"]).is_none());
        assert_eq!(root.at(&["a", "w99", "x"]).unwrap().line, 100);
    }

    #[test]
    fn what_is_taken_out_takes_along_what_led_only_there() {
        let mut root = tree(&["a b c", "a d", "e f g"]);
        assert_eq!(root.remove(&["a".into(), "b".into(), "c".into()]).unwrap().line, 1);
        assert!(root.at(&["a", "b"]).is_none() && root.at(&["a", "d"]).is_some());
        assert!(root.remove(&["a".into(), "x".into()]).is_none());
        root.below[1].below[0].inactive = true;
        root.prune(&mut Ledger::new("f", 3));
        assert!(root.get("e").is_none());
    }
}
