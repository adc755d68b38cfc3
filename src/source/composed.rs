//! Texts that were put together from several files: which part came from where, and what there is to tell of the files.

use crate::code::Code;
use crate::language::Phrase;

/// A part of a text that was put together from several files, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The byte that it begins at.
    pub start: u32,
    /// The byte behind it.
    pub end: u32,
    /// The place that it came from: `fw.conf:12`, `一覧.xlsx [FW] E14`.
    pub place: String,
    /// The line or row of that place; 0: none is known.
    pub line: u32,
    /// What stands there, as it may be shown.
    pub text: Option<String>,
}

/// Something to tell of the files that a text was put together from, as a warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What it is called.
    pub code: Code,
    /// The place in one of the files.
    pub place: String,
    /// Its line or row.
    pub line: u32,
    /// What stands there, as it may be shown.
    pub text: Option<String>,
    /// What is the matter.
    pub message: Phrase,
    /// What to do.
    pub help: Phrase,
}

/// The parts of a text that was put together. Parts lie within each other or apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Composed {
    pieces: Vec<Piece>,
    /// Of each piece the one that it lies in.
    within: Vec<Option<u32>>,
    /// What there is to tell of the files.
    pub told: Vec<Told>,
}

impl Composed {
    /// From parts in any order.
    #[must_use]
    pub fn new(mut pieces: Vec<Piece>) -> Self {
        pieces.sort_by_key(|piece| (piece.start, std::cmp::Reverse(piece.end)));
        let mut within = Vec::with_capacity(pieces.len());
        let mut open: Vec<usize> = Vec::new();
        for (at, piece) in pieces.iter().enumerate() {
            while open.last().is_some_and(|&last| pieces[last].end <= piece.start) {
                open.pop();
            }
            within.push(open.last().map(|&last| last as u32));
            open.push(at);
        }
        Self { pieces, within, told: Vec::new() }
    }

    /// The smallest part that holds a byte.
    #[must_use]
    pub fn at(&self, offset: u32) -> Option<&Piece> {
        let mut at = self.pieces.partition_point(|piece| piece.start <= offset).checked_sub(1)?;
        loop {
            let piece = &self.pieces[at];
            if offset < piece.end {
                return Some(piece);
            }
            at = self.within[at]? as usize;
        }
    }
}
