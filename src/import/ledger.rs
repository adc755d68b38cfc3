//! The account of a file's lines. Each is *used*, *without meaning here*, or *not understood*; what is not understood is
//! told with its place and what was taken for it. The three add up to the file by construction: every line begins as not
//! understood and is moved from there.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use super::table::column_word;
use crate::language::Phrase;
use crate::number::number;

/// A place in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The file as it was named; a thin pointer, since there are as many places as lines.
    pub file: Arc<String>,
    /// The line, from 1; of a table, the row.
    pub line: u32,
    /// Of a table, the column of the cell, from 1; 0: this is no table.
    pub column: u32,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column.checked_sub(1) {
            Some(column) => write!(f, "{} {}{}", self.file, column_word(column as usize), self.line),
            None => write!(f, "{}:{}", self.file, self.line),
        }
    }
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// Nobody knew it.
    NotUnderstood,
    /// It says nothing about which packets pass.
    WithoutMeaning,
    /// It is in the document.
    Used,
}

/// Something to tell about a line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// The line, from 1; 0 is the file as a whole.
    pub line: u32,
    /// What was taken for it, or why it counts for nothing.
    pub what: Phrase,
}

/// What is told of what was left out whole.
#[must_use]
pub fn nothing_taken() -> Phrase {
    Phrase::new("not understood; nothing was taken from it", "解釈できない。何も取り込まない")
}

/// What is told of a translation that nobody understands.
#[must_use]
pub fn any_of_any() -> Phrase {
    Phrase::new(
        "this translation is not understood: it may make any address of any",
        "解釈できない変換。どのアドレスをどのアドレスにも変えうるものとみなす",
    )
}

/// What is told of traffic that is copied to somewhere: no document says so but as a transfer.
#[must_use]
pub fn mirrored() -> Phrase {
    Phrase::new(
        "what is mirrored reaches whoever is at the destination, past every filter: say it as an entry of `transfers` in the site file",
        "ミラーリングした通信は、どのフィルターも経ずに宛先の機器に届く。サイトファイルの `transfers` に書くこと",
    )
}

/// What is told of what changes a configuration by itself.
#[must_use]
pub fn changes_itself() -> Phrase {
    Phrase::new(
        "the device may change its configuration by itself: what it says then is not known",
        "機器が自ら設定を変えうる。変わった後の内容は分からない",
    )
}

/// The account of one file.
#[derive(Clone, Debug)]
pub struct Ledger {
    file: Arc<String>,
    fates: Vec<Fate>,
    remarks: Vec<Remark>,
    remarked: HashSet<u32>,
}

impl Ledger {
    /// An account of `lines` lines, none of them understood yet.
    #[must_use]
    pub fn new(file: &str, lines: usize) -> Self {
        Self {
            file: Arc::new(file.to_owned()),
            fates: vec![Fate::NotUnderstood; lines],
            remarks: Vec::new(),
            remarked: HashSet::new(),
        }
    }

    /// A line of this file as a place.
    #[must_use]
    pub fn origin(&self, line: u32) -> Origin {
        Origin { file: self.file.clone(), line, column: 0 }
    }

    /// A cell of this table as a place; the column is counted from 0.
    #[must_use]
    pub fn cell(&self, row: u32, column: usize) -> Origin {
        Origin { file: self.file.clone(), line: row, column: number(column + 1) }
    }

    /// The file as it was named.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// A line was used, whatever else was said of it.
    pub fn used(&mut self, line: u32) {
        self.set(line, Fate::Used);
    }

    /// A line says nothing here.
    pub fn without_meaning(&mut self, line: u32) {
        self.set(line, Fate::WithoutMeaning);
    }

    /// A line, or part of it, is not understood after all; `what` says what was taken for it.
    pub fn not_understood(&mut self, line: u32, what: Phrase) {
        self.set(line, Fate::NotUnderstood);
        self.remark(line, what);
    }

    /// A line, or part of it, is not understood, and nothing was taken from it.
    pub fn nothing_taken(&mut self, line: u32) {
        self.not_understood(line, nothing_taken());
    }

    /// Tells something of a line, whose fate stays.
    pub fn remark(&mut self, line: u32, what: Phrase) {
        self.remarked.insert(line);
        self.remarks.push(Remark { line, what });
    }

    fn set(&mut self, line: u32, fate: Fate) {
        if let Some(known) = (line as usize).checked_sub(1).and_then(|at| self.fates.get_mut(at)) {
            *known = fate;
        }
    }

    /// What became of a line.
    #[must_use]
    pub fn fate(&self, line: u32) -> Fate {
        (line as usize).checked_sub(1).and_then(|at| self.fates.get(at)).copied().unwrap_or(Fate::NotUnderstood)
    }

    /// Whether something is told of a line.
    #[must_use]
    pub fn has_remark(&self, line: u32) -> bool {
        self.remarked.contains(&line)
    }

    /// The lines of a fate, from 1.
    pub fn lines(&self, fate: Fate) -> impl Iterator<Item = u32> + '_ {
        let numbered = self.fates.iter().enumerate();
        numbered.filter(move |(_, known)| **known == fate).filter_map(|(at, _)| u32::try_from(at + 1).ok())
    }

    /// How many lines are of a fate.
    #[must_use]
    pub fn count(&self, fate: Fate) -> usize {
        self.fates.iter().filter(|known| **known == fate).count()
    }

    /// Notes that no line means anything, but for what is noted later.
    pub fn all_without_meaning(&mut self) {
        (1..=number(self.fates.len())).for_each(|line| self.without_meaning(line));
    }

    /// How many lines the file has.
    #[must_use]
    pub fn total(&self) -> usize {
        self.fates.len()
    }

    /// The remarks by line, each once.
    #[must_use]
    pub fn remarks(&self) -> Vec<Remark> {
        let mut all = self.remarks.clone();
        all.sort();
        all.dedup();
        all
    }
}
