//! A configuration of IOS as a tree: a line, and below it the lines that are indented further.

use super::super::ledger::{Fate, Ledger};
use super::super::text::Refusal;
use crate::language::Phrase;
use crate::number::number;

/// The deepest that lines may be indented below each other.
const DEEPEST: usize = 64;

/// A line with what stands below it.
#[derive(Debug)]
pub struct Block<'t> {
    /// Its number, from 1.
    pub line: u32,
    /// Its words.
    pub words: Vec<&'t str>,
    /// The lines below it.
    pub below: Vec<Block<'t>>,
}

impl Block<'_> {
    /// Whether its first words are these.
    #[must_use]
    pub fn starts(&self, words: &[&str]) -> bool {
        self.words.len() >= words.len() && self.words.iter().zip(words).all(|(a, b)| a.eq_ignore_ascii_case(b))
    }

    /// A word, or nothing.
    #[must_use]
    pub fn word(&self, at: usize) -> &str {
        self.words.get(at).copied().unwrap_or("")
    }

    /// Drops what is below, and the words behind some of its own. A configuration is mostly lists: as words they take as much memory as
    /// what becomes of them.
    pub fn forget(&mut self, behind: usize) {
        self.words.truncate(behind);
        self.words.shrink_to_fit();
        self.below = Vec::new();
    }

    /// All lines from here down that nobody took say nothing.
    pub fn rest_is_silent(&self, ledger: &mut Ledger) {
        self.each(|line| {
            if ledger.fate(line) == Fate::NotUnderstood && !ledger.has_remark(line) {
                ledger.without_meaning(line);
            }
        });
    }

    /// All lines from here down.
    pub fn each(&self, mut tell: impl FnMut(u32)) {
        let mut open = vec![self];
        while let Some(block) = open.pop() {
            tell(block.line);
            open.extend(&block.below);
        }
    }
}

/// Reads the lines.
///
/// # Errors
/// When a banner or a certificate is not ended, or lines are indented too deep.
pub fn read<'t>(lines: &[&'t str], ledger: &mut Ledger) -> Result<Vec<Block<'t>>, Refusal> {
    read_with(lines, true, ledger)
}

/// Reads the lines; whether banners go on over lines until their mark.
///
/// # Errors
/// When a banner or a certificate is not ended, or lines are indented too deep.
pub fn read_with<'t>(lines: &[&'t str], banners: bool, ledger: &mut Ledger) -> Result<Vec<Block<'t>>, Refusal> {
    let mut out: Vec<Block<'t>> = Vec::new();
    // the blocks that are open, with their indents; each is closed into the one before it
    let mut open: Vec<(usize, Block<'t>)> = Vec::new();
    let mut at = 0;
    let mut words: Vec<&'t str> = Vec::new();
    while at < lines.len() {
        let line = lines[at];
        let number = number(at + 1);
        at += 1;
        let text = line.trim();
        if text.is_empty() || text.starts_with('!') {
            ledger.without_meaning(number);
            continue;
        }
        words.clear();
        words.extend(text.split_whitespace());
        if let Some(end) = free_text(&words, line).filter(|_| banners || words[0] != "banner") {
            at = skip(lines, at, number, &end, ledger)?;
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        while open.last().is_some_and(|&(known, _)| known >= indent) {
            close(&mut open, &mut out);
        }
        if open.len() >= DEEPEST {
            return Err(Refusal::at(
                ledger.file(),
                number,
                Phrase::new("lines are indented more than 64 deep", "字下げの入れ子が 64 段を超える"),
            ));
        }
        open.push((indent, Block { line: number, words: words.clone(), below: Vec::new() }));
    }
    while !open.is_empty() {
        close(&mut open, &mut out);
    }
    Ok(out)
}

fn close<'t>(open: &mut Vec<(usize, Block<'t>)>, out: &mut Vec<Block<'t>>) {
    let Some((_, block)) = open.pop() else { return };
    match open.last_mut() {
        Some((_, above)) => above.below.push(block),
        None => out.push(block),
    }
}

/// What ends a text that is not configuration.
enum End {
    /// This character, or the characters `^C`, on a later line.
    Mark(String),
    /// A line of its own with this word.
    Word(&'static str),
}

fn free_text(words: &[&str], line: &str) -> Option<End> {
    match words {
        ["banner", rest @ ..] => {
            // `banner motd ^C`; EOS has no mark and ends with EOF
            let kinds = ["motd", "login", "exec", "incoming", "prompt-timeout", "slip-ppp", "config-save"];
            let behind = rest.iter().position(|word| !kinds.contains(word));
            let Some(first) = behind.map(|at| rest[at]) else { return Some(End::Word("EOF")) };
            let mark: String = if first.starts_with("^C") { "^C".into() } else { first.chars().take(1).collect() };
            let text = &line[line.find(first).unwrap_or(0) + mark.len()..];
            // opened and closed on one line: nothing is left to skip
            (!text.contains(&mark)).then_some(End::Mark(mark))
        }
        ["certificate", ..] if line.starts_with(' ') => Some(End::Word("quit")),
        _ => None,
    }
}

fn skip(lines: &[&str], from: usize, first: u32, end: &End, ledger: &mut Ledger) -> Result<usize, Refusal> {
    let ends = |line: &str| match end {
        End::Mark(mark) => line.contains(mark.as_str()),
        End::Word(word) => line.trim() == *word,
    };
    let Some(length) = lines[from..].iter().position(|line| ends(line)) else {
        return Err(Refusal::at(
            ledger.file(),
            first,
            Phrase::new(
                "the text that begins here is not ended: the configuration is truncated; export it again",
                "ここから始まるテキストが終わっていない。設定が途中で切れているので、出力し直すこと",
            ),
        ));
    };
    let behind = from + length + 1;
    for line in first..=number(behind) {
        ledger.without_meaning(line);
    }
    Ok(behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indented_lines_stand_below() {
        let lines =
            ["interface A", " ip address 1", "!", " no shut", "hostname x", "banner motd #", "interface z", "#", "a"];
        let mut ledger = Ledger::new("f", lines.len());
        let blocks = read(&lines, &mut ledger).unwrap();
        assert_eq!(blocks.len(), 3);
        assert_eq!(blocks[0].below.len(), 2);
        assert_eq!(blocks[2].words, ["a"]);
        assert!(read(&lines[..7], &mut ledger).is_err());
    }
}
