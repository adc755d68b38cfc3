//! A configuration of FortiOS as a tree: sections (`config … end`), entries (`edit … next`), settings (`set`).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::super::device::Names;
use super::super::ledger::{Fate, Ledger};
use super::super::text::Refusal;
use crate::language::Phrase;
use crate::number::number;

/// The deepest that sections may stand in each other.
const DEEPEST: usize = 64;

/// A setting.
#[derive(Debug)]
pub struct Setting {
    /// Its key; settings share it.
    pub key: Arc<String>,
    /// Its values, quotes taken off.
    pub values: Names,
    /// The line it begins at, and the line it ends at.
    pub lines: (u32, u32),
    /// Whether its values are added to those that an entry had when it was edited before.
    pub appended: bool,
}

/// A section, or an entry of one.
#[derive(Debug, Default)]
pub struct Section {
    /// What stands behind `config` or `edit`.
    pub name: String,
    /// Whether it is an entry.
    pub is_entry: bool,
    /// Its first and last line.
    pub lines: (u32, u32),
    /// Its settings in order; of two with one key the later counts.
    pub settings: Vec<Setting>,
    /// Sections and entries in it.
    pub inner: Vec<Section>,
}

impl Section {
    /// A setting by its key.
    #[must_use]
    pub fn setting(&self, key: &str) -> Option<&Setting> {
        self.settings.iter().rev().find(|setting| *setting.key == key)
    }

    /// The first value of a setting, or nothing.
    #[must_use]
    pub fn value(&self, key: &str) -> &str {
        self.setting(key).and_then(|setting| setting.values.first()).map_or("", String::as_str)
    }

    /// All values of a setting.
    #[must_use]
    pub fn values(&self, key: &str) -> &[String] {
        self.setting(key).map_or(&[], |setting| &setting.values)
    }

    /// Whether a setting is `enable`.
    #[must_use]
    pub fn is_on(&self, key: &str) -> bool {
        self.value(key) == "enable"
    }

    /// The sections in it of a name.
    pub fn sections<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s Self> + 's {
        self.inner.iter().filter(move |section| !section.is_entry && section.name == name)
    }

    /// What is said when it is edited again.
    fn edit(&mut self, later: Self, ledger: &mut Ledger) {
        ledger.used(later.lines.0);
        ledger.used(later.lines.1);
        for mut setting in later.settings {
            if setting.appended {
                setting.values = self.values(&setting.key).iter().chain(&*setting.values).cloned().collect();
            }
            self.settings.push(setting);
        }
        self.inner.extend(later.inner);
    }

    /// Marks the lines of the section itself (`config`, `edit`, `next`, `end`) and of some settings as used.
    pub fn used(&self, keys: &[&str], ledger: &mut Ledger) {
        ledger.used(self.lines.0);
        ledger.used(self.lines.1);
        for setting in self.settings.iter().filter(|setting| keys.contains(&setting.key.as_str())) {
            (setting.lines.0..=setting.lines.1).for_each(|line| ledger.used(line));
        }
    }

    /// Marks what nobody took as without meaning.
    pub fn rest_is_silent(&self, ledger: &mut Ledger) {
        for line in self.lines.0..=self.lines.1 {
            if ledger.fate(line) == Fate::NotUnderstood && !ledger.has_remark(line) {
                ledger.without_meaning(line);
            }
        }
    }
}

/// The words of a line; a text in quotes may go on over lines.
struct Words<'l> {
    lines: &'l [&'l str],
    at: usize,
}

impl Words<'_> {
    /// The words of the next line, its number and that of its last line; `None` at the end, or where a quote is not
    /// closed (then with the line it was opened at).
    fn next(&mut self) -> Result<Option<(Vec<String>, u32, u32)>, u32> {
        let Some(line) = self.lines.get(self.at) else { return Ok(None) };
        let first = number(self.at + 1);
        self.at += 1;
        let (mut out, mut word, mut open) = (Vec::new(), String::new(), false);
        if line.trim_start().starts_with('#') {
            return Ok(Some((Vec::new(), first, first)));
        }
        let mut text: &str = line;
        let mut quote: Option<char> = None;
        loop {
            let mut characters = text.chars();
            while let Some(c) = characters.next() {
                match (c, quote) {
                    ('\\', _) => {
                        word.extend(characters.next());
                        open = true;
                    }
                    ('"' | '\'', None) => {
                        quote = Some(c);
                        open = true;
                    }
                    (c, Some(mark)) if c == mark => quote = None,
                    (c, None) if c.is_whitespace() => {
                        if open {
                            out.push(std::mem::take(&mut word));
                        }
                        open = false;
                    }
                    (c, _) => {
                        word.push(c);
                        open = true;
                    }
                }
            }
            if quote.is_none() {
                break;
            }
            word.push('\n');
            text = self.lines.get(self.at).ok_or(first)?;
            self.at += 1;
        }
        if open {
            out.push(word);
        }
        Ok(Some((out, first, number(self.at))))
    }
}

/// Keys and values that were met: a configuration says the same few (`any`, `always`, `all`) in every policy, and they are kept once.
#[derive(Default)]
struct Shared {
    keys: HashMap<String, Arc<String>>,
    values: HashSet<Names>,
}

impl Shared {
    fn key(&mut self, key: &str) -> Arc<String> {
        if let Some(known) = self.keys.get(key) {
            return known.clone();
        }
        self.keys.entry(key.to_owned()).or_insert(Arc::new(key.to_owned())).clone()
    }

    fn values(&mut self, values: Vec<String>) -> Names {
        if let Some(known) = self.values.get(values.as_slice()) {
            return known.clone();
        }
        let values: Names = values.into();
        self.values.insert(values.clone());
        values
    }
}

/// Reads the lines.
///
/// # Errors
/// When a section or a quote is not closed, or sections stand too deep in each other.
pub fn read(lines: &[&str], ledger: &mut Ledger) -> Result<Section, Refusal> {
    let mut words = Words { lines, at: 0 };
    let mut shared = Shared::default();
    let mut open = vec![Section::default()];
    let truncated = |ledger: &Ledger, line: u32| {
        Refusal::at(
            ledger.file(),
            line,
            Phrase::new(
                "what begins here is not closed: the configuration is truncated; export it again",
                "ここから始まる部分が閉じていない。設定が途中で切れているので、出力し直すこと",
            ),
        )
    };
    while let Some((words, line, last)) = words.next().map_err(|line| truncated(ledger, line))? {
        let rest = |from: usize| words.get(from..).unwrap_or(&[]).join(" ");
        match words.first().map(String::as_str) {
            None => ledger.without_meaning(line),
            Some("config") => {
                push(&mut open, rest(1), false, line, ledger)?;
            }
            Some("edit") => {
                // an entry may be closed by the next one, as in what people paste
                close_entry(&mut open, line.saturating_sub(1));
                push(&mut open, rest(1), true, line, ledger)?;
            }
            Some("next") => close_entry(&mut open, line),
            Some("end") => {
                if open.last().is_some_and(|section| section.is_entry) {
                    close_entry(&mut open, line);
                }
                if open.len() < 2 {
                    ledger.not_understood(
                        line,
                        Phrase::new("this `end` ends nothing", "対応する config のない end である"),
                    );
                    continue;
                }
                close(&mut open, line);
            }
            Some("set" | "append") => {
                let key = shared.key(words.get(1).map_or("", String::as_str));
                let mut values = words.get(2..).unwrap_or(&[]).to_vec();
                let Some(section) = open.last_mut() else { continue };
                let appended = words[0] == "append" && section.setting(&key).is_none();
                if words[0] == "append" {
                    let mut all = section.values(&key).to_vec();
                    all.append(&mut values);
                    values = all;
                }
                let values = shared.values(values);
                section.settings.push(Setting { key, values, lines: (line, last), appended });
            }
            Some("unset") => {
                let key = words.get(1).cloned().unwrap_or_default();
                if let Some(section) = open.last_mut() {
                    section.settings.retain(|setting| *setting.key != key);
                }
                ledger.used(line);
            }
            Some("move" | "delete" | "purge" | "rename" | "clone") if open.len() > 1 => {
                return Err(Refusal::at(
                    ledger.file(),
                    line,
                    Phrase::new(
                        "this line changes what stands elsewhere and is not read: export the configuration with `show`",
                        "ほかの部分を変える行は読み取れない。`show` で設定を出力し直すこと",
                    ),
                ));
            }
            Some(_) => ledger.not_understood(
                line,
                Phrase::new("unknown command; nothing was taken from it", "未知のコマンド。何も取り込まない"),
            ),
        }
    }
    if open.len() > 1 {
        let line = open[open.len() - 1].lines.0;
        return Err(truncated(ledger, line));
    }
    let mut root = open.pop().unwrap_or_default();
    unify(&mut root, ledger);
    Ok(root)
}

/// Whether what is below a section is the frame of a VDOM, which stands there more than once.
fn is_frame(section: &Section) -> bool {
    matches!(section.name.as_str(), "vdom" | "global")
}

/// What is edited again is one entry, at its first place; `edit 0` is a new one each time.
fn unify(section: &mut Section, ledger: &mut Ledger) {
    let mut seen: HashSet<(&str, &str)> = HashSet::new();
    let parts = section.inner.iter().filter(|part| !part.is_entry && !is_frame(part));
    let mut entries = parts.flat_map(|part| part.inner.iter().map(|entry| (part.name.as_str(), entry)));
    let twice = entries.any(|(part, entry)| entry.is_entry && entry.name != "0" && !seen.insert((part, &entry.name)));
    if twice {
        let mut first: HashMap<(String, String), (usize, usize)> = HashMap::new();
        for at in 0..section.inner.len() {
            if section.inner[at].is_entry || is_frame(&section.inner[at]) {
                continue;
            }
            for entry in std::mem::take(&mut section.inner[at].inner) {
                let key = (section.inner[at].name.clone(), entry.name.clone());
                match first.get(&key).filter(|_| entry.is_entry && entry.name != "0") {
                    Some(&(part, place)) => section.inner[part].inner[place].edit(entry, ledger),
                    None => {
                        first.entry(key).or_insert((at, section.inner[at].inner.len()));
                        section.inner[at].inner.push(entry);
                    }
                }
            }
        }
    }
    section.inner.iter_mut().for_each(|part| unify(part, ledger));
}

fn push(open: &mut Vec<Section>, name: String, is_entry: bool, line: u32, ledger: &Ledger) -> Result<(), Refusal> {
    if open.len() > DEEPEST {
        return Err(Refusal::at(
            ledger.file(),
            line,
            Phrase::new("sections stand more than 64 deep in each other", "config の入れ子が 64 段を超える"),
        ));
    }
    open.push(Section { name, is_entry, lines: (line, line), ..Section::default() });
    Ok(())
}

fn close_entry(open: &mut Vec<Section>, line: u32) {
    if open.last().is_some_and(|section| section.is_entry) {
        close(open, line);
    }
}

fn close(open: &mut Vec<Section>, line: u32) {
    let Some(mut section) = open.pop() else { return };
    section.lines.1 = line.max(section.lines.0);
    section.settings.shrink_to_fit();
    section.inner.shrink_to_fit();
    if let Some(above) = open.last_mut() {
        above.inner.push(section);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Result<Section, Refusal> {
        let lines: Vec<&str> = text.lines().collect();
        let mut ledger = Ledger::new("f", lines.len());
        read(&lines, &mut ledger)
    }

    #[test]
    fn sections_entries_and_settings() {
        let root = tree("config a b\n edit \"x y\"\n set k \"1 \\\"q\" 2\n config c\n end\n next\nend\n").unwrap();
        let section = root.sections("a b").next().unwrap();
        assert_eq!(section.inner[0].name, "x y");
        assert_eq!(section.inner[0].values("k"), ["1 \"q", "2"]);
        assert_eq!(section.inner[0].inner[0].name, "c");
        assert_eq!(section.lines, (1, 7));
    }

    #[test]
    fn texts_go_on_over_lines() {
        let root = tree("config a\n set k \"one\ntwo\"\n set l 1\nend").unwrap();
        assert_eq!(root.inner[0].values("k"), ["one\ntwo"]);
        assert_eq!(root.inner[0].setting("l").unwrap().lines, (4, 4));
    }

    #[test]
    fn what_is_not_closed_is_truncated() {
        for text in ["config a", "config a\n edit 1\n next", "config a\n set k \"x\nend"] {
            assert!(tree(text).is_err(), "{text}");
        }
    }
}
