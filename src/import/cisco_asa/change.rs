//! Changes in the words of ASA: entries of lists go in by the line that they are to be.

use super::super::change::{Denial, Said, Subject, Unsaid, Wish, Words, behind, commands, into_block, put_in};
use super::super::cisco_ios::tree::{self, Block};
use super::super::ledger::Ledger;
use crate::document::Family;

/// How ASA says changes.
pub const CHANGE: Words = Words { comment: "!", say, applied };

fn blocks<'t>(lines: &[&'t str]) -> Option<Vec<Block<'t>>> {
    tree::read_with(lines, false, &mut Ledger::new("", lines.len())).ok()
}

fn say(subject: &Subject<'_>, wish: &Wish) -> Result<Said, Unsaid> {
    let blocks = blocks(subject.lines).ok_or(Unsaid::NoPlace)?;
    let both = super::version(subject.lines) >= (9, 0);
    Ok(match wish {
        Wish::Deny(denial) => Said { lines: deny(&blocks, denial, both)?, wider: true },
        Wish::Shut(name) => {
            let named = |block: &&Block<'_>| {
                let own = block.words[1..].concat() == *name;
                block.starts(&["interface"])
                    && (own || block.below.iter().any(|below| below.words[..] == ["nameif", name]))
            };
            let head = blocks.iter().find(named).ok_or(Unsaid::NoPlace)?.words.join(" ");
            Said { lines: vec![head, " shutdown".to_owned()], wider: false }
        }
        Wish::Untrunk(..) => return Err(Unsaid::NoWords),
    })
}

/// The lines of a list: remarks count, since the device counts them.
fn list(blocks: &[Block<'_>], name: &str) -> Vec<u32> {
    let own = |block: &&Block<'_>| {
        block.starts(&["access-list"])
            && block.word(1) == name
            && matches!(block.word(2), "extended" | "standard" | "remark" | "permit" | "deny" | "line")
    };
    blocks.iter().filter(own).map(|block| block.line).collect()
}

fn deny(blocks: &[Block<'_>], denial: &Denial, both: bool) -> Result<Vec<String>, Unsaid> {
    let block = blocks.iter().find(|block| block.line == denial.line).ok_or(Unsaid::NoPlace)?;
    let (name, at) = match block.words[..] {
        ["access-list", name, ..] => {
            let lines = list(blocks, name);
            let at = lines.iter().position(|line| *line == denial.line).ok_or(Unsaid::NoPlace)?;
            (name, at)
        }
        ["access-group", name, ..] => (name, list(blocks, name).len()),
        _ => return Err(Unsaid::NoPlace),
    };
    if blocks.iter().any(|block| block.starts(&["access-list", name, "standard"])) {
        return Err(Unsaid::NoWords);
    }
    let pairs = denial.pairs(|family| both || family == Family::V4)?;
    let (protocol, ports) = denial.service.cisco()?;
    let side = |net: super::super::device::Net| {
        let any = if !both {
            "any"
        } else if net.address.is_ipv4() {
            "any4"
        } else {
            "any6"
        };
        net.cisco(any, |mask| mask)
    };
    let lines = pairs.into_iter().zip(at + 1..).map(|((from, to), line)| {
        let protocol = match &*protocol {
            "58" => "icmp6",
            other => other,
        };
        format!("access-list {name} line {line} extended deny {protocol} {} {}{ports}", side(from), side(to))
    });
    Ok(lines.collect())
}

fn applied(text: &str, lines: &[String]) -> Option<String> {
    let mut text = text.to_owned();
    for (head, below) in commands(lines) {
        let words: Vec<&str> = head.split_whitespace().collect();
        text = match words[..] {
            ["access-list", name, "line", number, ref rest @ ..] => {
                let number: usize = number.parse().ok()?;
                let new = vec![format!("access-list {name} {}", rest.join(" "))];
                let old: Vec<&str> = text.lines().collect();
                let known = list(&blocks(&old)?, name);
                match (number.checked_sub(1).and_then(|at| known.get(at)), known.last()) {
                    (Some(line), _) => put_in(&text, line - 1, &new),
                    (None, Some(line)) => put_in(&text, *line, &new),
                    (None, None) => behind(&text, &new),
                }
            }
            // without a number it goes behind all
            ["access-list", ..] => behind(&text, &[head.to_owned()]),
            ["interface", ..] => into_block(&text, head, &below)?,
            _ => return None,
        };
    }
    Some(text)
}
