//! Changes in the words of IOS: entries of lists go in by their numbers, or the list is numbered anew first.

use super::super::change::{Denial, Said, Subject, Unsaid, Wish, Words, behind, commands, into_block};
use super::super::ledger::Ledger;
use super::tree::{self, Block};
use crate::document::Family;

/// How IOS says changes.
pub const CHANGE: Words = Words { comment: "!", say, applied };

/// A list as it stands in the configuration.
struct Listed {
    name: String,
    family: Family,
    /// What a block of it begins with.
    head: String,
    /// Whether it can be numbered anew by `ip access-list resequence`.
    resequences: bool,
    /// Whether every entry has a number.
    numbered: bool,
    /// Its entries that permit or deny, in their order: the line and the number.
    entries: Vec<(u32, u32)>,
}

fn blocks<'t>(lines: &[&'t str]) -> Option<Vec<Block<'t>>> {
    tree::read(lines, &mut Ledger::new("", lines.len())).ok()
}

fn say(subject: &Subject<'_>, wish: &Wish) -> Result<Said, Unsaid> {
    let blocks = blocks(subject.lines).ok_or(Unsaid::NoPlace)?;
    let port = |name: &str| {
        let own = blocks
            .iter()
            .find(|block| block.starts(&["interface"]) && block.words[1..].concat() == name.replace(' ', ""));
        own.map(|block| block.words.join(" ")).ok_or(Unsaid::NoPlace)
    };
    let (lines, wider) = match wish {
        Wish::Deny(denial) => (deny(&blocks, denial)?, true),
        Wish::Shut(name) => (vec![port(name)?, " shutdown".to_owned()], false),
        Wish::Untrunk(name, vlan) => {
            (vec![port(name)?, format!(" switchport trunk allowed vlan remove {vlan}")], false)
        }
    };
    Ok(Said { lines, wider })
}

/// Which list an entry stands in, or a line binds, and before which number the place is; `None`: behind all.
fn place(blocks: &[Block<'_>], line: u32) -> Option<(Listed, Option<u32>)> {
    for block in blocks {
        let within = |list: Listed| {
            let number = list.entries.iter().find(|(at, _)| *at == line).map(|(_, number)| *number);
            number.map(|number| (list, Some(number)))
        };
        if block.line == line && block.starts(&["access-list"]) {
            return listed(blocks, Family::V4, block.word(1)).and_then(within);
        }
        if let Some((family, name)) = head(block)
            && block.below.iter().any(|below| below.line == line)
        {
            return listed(blocks, family, name).and_then(within);
        }
        // what no entry matches is denied where the list is bound
        let bound = block.below.iter().find(|below| below.line == line).map(|below| &below.words[..]);
        match bound {
            Some(["ip", "access-group", name, ..]) => return Some((listed(blocks, Family::V4, name)?, None)),
            Some(["ipv6", "traffic-filter" | "access-group", name, ..]) => {
                return Some((listed(blocks, Family::V6, name)?, None));
            }
            _ => {}
        }
    }
    None
}

/// The family and name of a list that a block is of.
fn head<'b>(block: &'b Block<'_>) -> Option<(Family, &'b str)> {
    match block.words[..] {
        ["ip", "access-list", "extended" | "standard", name] | ["ip", "access-list", name] => Some((Family::V4, name)),
        ["ipv6", "access-list", name] => Some((Family::V6, name)),
        _ => None,
    }
}

/// A list that sees both addresses, with its entries.
fn listed(blocks: &[Block<'_>], family: Family, name: &str) -> Option<Listed> {
    let mut out = Listed {
        name: name.to_owned(),
        family,
        head: String::new(),
        resequences: false,
        numbered: true,
        entries: Vec::new(),
    };
    for block in blocks {
        if family == Family::V4 && block.starts(&["access-list"]) && block.word(1) == name {
            if !matches!(name.parse::<u32>().ok()?, 100..=199 | 2000..=2699) {
                return None;
            }
            (out.head, out.resequences) = (format!("ip access-list extended {name}"), true);
            out.entry(block.line, &block.words[2..]);
        }
        if head(block).is_none_or(|head| head != (family, name)) {
            continue;
        }
        match block.words[2] {
            "standard" => return None,
            extended => (out.head, out.resequences) = (block.words.join(" "), extended == "extended"),
        }
        for below in &block.below {
            out.entry(below.line, &below.words);
        }
    }
    out.entries.sort_by_key(|&(_, number)| number);
    Some(out).filter(|list| !list.head.is_empty())
}

impl Listed {
    fn entry(&mut self, line: u32, words: &[&str]) {
        let words = words.strip_prefix(&["sequence"]).unwrap_or(words);
        let own = words.first().and_then(|word| word.parse::<u32>().ok());
        let action = words.get(usize::from(own.is_some())).copied();
        if !matches!(action, Some("permit" | "deny" | "evaluate" | "dynamic")) {
            return;
        }
        self.numbered &= own.is_some();
        let last = self.entries.iter().map(|&(_, number)| number).max().unwrap_or(0);
        self.entries.push((line, own.unwrap_or(last.saturating_add(10))));
    }
}

fn deny(blocks: &[Block<'_>], denial: &Denial) -> Result<Vec<String>, Unsaid> {
    let (list, before) = place(blocks, denial.line).ok_or(Unsaid::NoPlace)?;
    let pairs = denial.pairs(|family| family == list.family)?;
    let (protocol, ports) = denial.service.cisco()?;
    let protocol = match (list.family, &*protocol) {
        (Family::V6, "ip") => "ipv6".to_owned(),
        (Family::V6, "icmp") => return Err(Unsaid::NoWords),
        (Family::V6, "58") => "icmp".to_owned(),
        _ => protocol,
    };
    let count = u32::try_from(pairs.len()).map_err(|_| Unsaid::NoWords)?;
    let mut lines = Vec::new();
    let (first, step) = match room(&list, before, count) {
        Some(found) => found,
        None if list.resequences => {
            // so many that what goes in has room before every entry
            let step = if count < 10 { 10 } else { 100 };
            lines.push(format!("ip access-list resequence {} {step} {step}", list.name));
            let at = list.entries.iter().position(|&(_, number)| Some(number) == before).unwrap_or(list.entries.len());
            let before = u32::try_from(at).map_err(|_| Unsaid::NoRoom)? * step;
            (before + 1, 1)
        }
        None => return Err(Unsaid::NoRoom),
    };
    lines.push(list.head);
    for (number, (from, to)) in (0..).map(|at| first + at * step).zip(pairs) {
        let side = |net: super::super::device::Net| net.cisco("any", |mask| std::net::Ipv4Addr::from(!u32::from(mask)));
        let word = if list.family == Family::V6 { " sequence" } else { "" };
        lines.push(format!("{word} {number} deny {protocol} {} {}{ports}", side(from), side(to)));
    }
    Ok(lines)
}

/// The first number and the steps of so many entries before a number, where there is room for them.
fn room(list: &Listed, before: Option<u32>, count: u32) -> Option<(u32, u32)> {
    // without numbers the device counts by itself; remarks are counted by some
    if !list.numbered {
        return None;
    }
    let Some(before) = before else {
        let last = list.entries.last().map_or(0, |&(_, number)| number);
        return Some((last.checked_add(10)?, 10)).filter(|(first, _)| first.checked_add(count * 10).is_some());
    };
    let last = list.entries.iter().map(|&(_, number)| number).filter(|&number| number < before).max().unwrap_or(0);
    let step = (before - last) / (count + 1);
    (step > 0).then_some((last + step, step))
}

fn applied(text: &str, lines: &[String]) -> Option<String> {
    let mut text = text.to_owned();
    for (head, below) in commands(lines) {
        text = match head.split_whitespace().collect::<Vec<_>>()[..] {
            ["ip", "access-list", "resequence", name, first, step] => {
                resequenced(&text, name, first.parse().ok()?, step.parse().ok()?)?
            }
            // The block is made where it is not there: of a numbered list, or of one that a device lists in lines.
            [_, "access-list", ..] => behind(&text, &[&[head.to_owned()][..], &below].concat()),
            ["interface", ..] => into_block(&text, head, &below)?,
            _ => return None,
        };
    }
    Some(text)
}

/// A configuration in which the entries of a list are numbered anew.
fn resequenced(text: &str, name: &str, first: u32, step: u32) -> Option<String> {
    let old: Vec<&str> = text.lines().collect();
    let blocks = blocks(&old)?;
    let list = listed(&blocks, Family::V4, name)?;
    let mut lines: Vec<String> = old.iter().map(|line| (*line).to_owned()).collect();
    for ((line, _), number) in list.entries.iter().zip((0..).map(|at| first + at * step)) {
        let line = lines.get_mut((*line as usize).checked_sub(1)?)?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let (head, words) = match words[..] {
            ["access-list", _, ..] => (Some(&*list.head), &words[2..]),
            _ => (None, &words[..]),
        };
        let words = words.strip_prefix(&["sequence"]).unwrap_or(words);
        let words = if words.first()?.parse::<u32>().is_ok() { &words[1..] } else { words };
        let entry = format!(" {number} {}", words.join(" "));
        *line = head.map_or(entry.clone(), |head| format!("{head}\n{entry}"));
    }
    Some(lines.join("\n") + "\n")
}
