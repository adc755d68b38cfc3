//! A configuration of RTX as lines, each within the selection it stands in (`pp select 1`, `tunnel select 2`).

use super::super::ledger::Ledger;

/// A line.
#[derive(Debug)]
pub struct Line<'t> {
    /// Its number, from 1.
    pub line: u32,
    /// Its words.
    pub words: Vec<&'t str>,
    /// The interface that is selected: `pp1`, `tunnel2`.
    pub selected: Option<String>,
}

impl Line<'_> {
    /// An interface behind `ip` and the like: the selected one where it is called `pp` or `tunnel`.
    #[must_use]
    pub fn interface(&self, word: &str) -> Option<String> {
        match word {
            "pp" | "tunnel" => self.selected.clone().filter(|name| name.starts_with(word)),
            _ if is_interface(word) => Some(word.to_owned()),
            _ => None,
        }
    }
}

/// Whether a word is the name of an interface: `lan1`, `lan1.2`, `lan1/3`, `wan1`, `vlan4`, `bridge1`, `loopback1`, `onu1`.
#[must_use]
pub fn is_interface(word: &str) -> bool {
    const KINDS: [&str; 7] = ["lan", "wan", "vlan", "bridge", "loopback", "onu", "null"];
    KINDS.iter().filter_map(|kind| word.strip_prefix(kind)).any(|rest| {
        rest.starts_with(|c: char| c.is_ascii_digit())
            && rest.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '/')
    })
}

/// Reads the lines. A line that ends in a backslash goes on in the next one.
#[must_use]
pub fn read<'t>(lines: &[&'t str], ledger: &mut Ledger) -> Vec<Line<'t>> {
    let mut out: Vec<Line<'t>> = Vec::new();
    let mut selected: Option<String> = None;
    let mut goes_on = false;
    for (number, text) in (1u32..).zip(lines) {
        let text = text.trim();
        let continues = std::mem::replace(&mut goes_on, text.ends_with('\\'));
        let text = text.trim_end_matches('\\');
        if text.is_empty() || text.starts_with('#') || text.starts_with('!') {
            ledger.without_meaning(number);
            continue;
        }
        let mut words: Vec<&str> = text.split_whitespace().collect();
        words.shrink_to_fit();
        if let (true, Some(last)) = (continues, out.last_mut()) {
            last.words.extend(words);
            ledger.used(number);
            continue;
        }
        match words[..] {
            ["pp", "select", "none"] | ["tunnel", "select", "none"] => {
                selected = None;
                ledger.used(number);
            }
            [kind @ ("pp" | "tunnel"), "select", name, ..] => {
                selected =
                    Some(if name == "anonymous" { format!("{kind} anonymous") } else { format!("{kind}{name}") });
                ledger.used(number);
            }
            _ => {}
        }
        out.push(Line { line: number, words, selected: selected.clone() });
    }
    out
}
