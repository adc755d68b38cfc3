//! Changes in the words of Yamaha: a filter with a number of its own, and the list of the interface with that number at its place.

use super::super::change::{Denial, Said, Service, Subject, Unsaid, Wish, Words, behind, protocol};
use super::super::device::Net;
use super::super::ledger::Ledger;
use super::tree::{self, Line};
use crate::document::Family;

/// How Yamaha says changes.
pub const CHANGE: Words = Words { comment: "#", say, applied };

fn say(subject: &Subject<'_>, wish: &Wish) -> Result<Said, Unsaid> {
    let lines = tree::read(subject.lines, &mut Ledger::new("", subject.lines.len()));
    Ok(match wish {
        Wish::Deny(denial) => Said { lines: deny(subject, &lines, denial)?, wider: true },
        Wish::Shut(name) => {
            let numbered = |kind: &str| name.strip_prefix(kind).filter(|rest| rest.parse::<u32>().is_ok());
            let line = match (numbered("pp"), numbered("tunnel"), numbered("lan")) {
                (Some(number), ..) => format!("pp disable {number}"),
                (_, Some(number), _) => format!("tunnel disable {number}"),
                (.., Some(_)) => format!("lan shutdown {name}"),
                _ => return Err(Unsaid::NoWords),
            };
            Said { lines: vec![line], wider: false }
        }
        Wish::Untrunk(..) => return Err(Unsaid::NoWords),
    })
}

fn deny(subject: &Subject<'_>, lines: &[Line<'_>], denial: &Denial) -> Result<Vec<String>, Unsaid> {
    let filter = subject.device.and_then(|device| device.filters.iter().find(|filter| filter.name == denial.filter));
    let filter = filter.ok_or(Unsaid::NoPlace)?;
    let (way, ways) = match (&filter.ways_in, &filter.ways_out) {
        (Some(ways), _) => ("in", ways),
        (None, Some(ways)) => ("out", ways),
        (None, None) => return Err(Unsaid::NoPlace),
    };
    let interface = ways.first().ok_or(Unsaid::NoPlace)?;
    let mut out = Vec::new();
    for (family, word) in [(Family::V4, "ip"), (Family::V6, "ipv6")] {
        let Ok(pairs) = denial.pairs(|known| known == family) else { continue };
        // of two lines the later counts
        let bound = lines.iter().rev().find(|line| {
            let named = |name: &&&str| line.interface(name).as_ref() == Some(interface);
            line.words.starts_with(&[word])
                && line.words.get(2..4) == Some(&["secure", "filter"])
                && line.words.get(1).as_ref().is_some_and(named)
                && line.words.contains(&way)
        });
        let bound = bound.ok_or(Unsaid::NoPlace)?;
        if bound.words.get(4) == Some(&"name") {
            return Err(Unsaid::NoWords);
        }
        let numbers = free(lines, word, pairs.len());
        let before = lines.iter().find(|line| line.line == denial.line).and_then(|line| match line.words[..] {
            [kind, "filter", number, ..] if kind == word => Some(number),
            _ => None,
        });
        let (ports, kind) = match denial.service {
            Service::Any => ("*".to_owned(), "*".to_owned()),
            Service::Protocol(number, None) => ("*".to_owned(), protocol(number)),
            Service::Protocol(number, Some((low, high))) => {
                (if low == high { low.to_string() } else { format!("{low}-{high}") }, protocol(number))
            }
        };
        for (number, (from, to)) in numbers.iter().zip(&pairs) {
            out.push(format!("{word} filter {number} reject {} {} {kind} * {ports}", side(*from), side(*to)));
        }
        if let Some(selected) = &bound.selected {
            let (kind, number) = selected.split_at(selected.find(|c: char| c.is_ascii_digit()).ok_or(Unsaid::NoWords)?);
            out.push(format!("{kind} select {number}"));
        }
        out.push(listed(&bound.words, way, before, &numbers).ok_or(Unsaid::NoPlace)?);
    }
    if out.is_empty() { Err(Unsaid::NoWords) } else { Ok(out) }
}

fn side(net: Net) -> String {
    match () {
        () if net.is_everything() => "*".to_owned(),
        () if net.is_single() => net.address.to_string(),
        () => net.word(),
    }
}

/// Numbers behind all that filters of a family bear.
fn free(lines: &[Line<'_>], word: &str, count: usize) -> Vec<u32> {
    let number = |line: &Line<'_>| match line.words[..] {
        [kind, "filter", number, ..] if kind == word => number.parse::<u32>().ok(),
        [kind, "filter", "dynamic", number, ..] if kind == word => number.parse::<u32>().ok(),
        _ => None,
    };
    let last = lines.iter().filter_map(number).max().unwrap_or(0);
    (last + 1..).take(count).collect()
}

/// The line that binds a list, with numbers before one of it; `None`: at the end of those that are not dynamic.
fn listed(words: &[&str], way: &str, before: Option<&str>, numbers: &[u32]) -> Option<String> {
    let start = words.iter().position(|word| *word == way)? + 1;
    let end = words[start..].iter().position(|word| matches!(*word, "in" | "out" | "dynamic"));
    let end = end.map_or(words.len(), |at| start + at);
    let at = match before {
        Some(number) => start + words[start..end].iter().position(|word| *word == number)?,
        None => end,
    };
    let new: Vec<String> = numbers.iter().map(u32::to_string).collect();
    let new = new.iter().map(String::as_str);
    Some(words[..at].iter().copied().chain(new).chain(words[at..].iter().copied()).collect::<Vec<_>>().join(" "))
}

/// Of two lines that say the same the later counts: what is entered stands behind what is there.
fn applied(text: &str, lines: &[String]) -> Option<String> {
    let none = lines.iter().any(|line| line.contains(" select ")).then(|| "pp select none".to_owned());
    Some(behind(text, &lines.iter().cloned().chain(none).collect::<Vec<_>>()))
}
