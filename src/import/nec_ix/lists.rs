//! Access lists and the filters that they make on interfaces.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use smallvec::smallvec;

use super::super::device::{Device, Filter, Rule, Selector};
use super::super::ledger::Ledger;
use super::super::names;
use super::super::region::{Services, all_ports};
use super::super::set::{AddressSet, Ranges};
use super::tree::Block;
use crate::document::Family;
use crate::language::Phrase;

/// A list: its lines.
#[derive(Default)]
pub struct List {
    rules: Vec<Arc<Rule>>,
}

/// A list that is bound to an interface.
pub struct Bound {
    /// The family whose packets it sees.
    pub family: Family,
    /// The list.
    pub list: String,
    /// In which order the lists of an interface are asked.
    pub number: u32,
    /// Whether it looks at what comes in.
    pub inward: bool,
    /// The interface.
    pub way: String,
    /// Where it is bound.
    pub line: u32,
}

/// Reads all lists.
pub fn lists(blocks: &[Block<'_>], ledger: &mut Ledger) -> BTreeMap<(Family, String), List> {
    let mut out: BTreeMap<(Family, String), List> = BTreeMap::new();
    // a dynamic list names lists, which stand for what they permit
    let mut dynamic = Vec::new();
    for block in blocks {
        let family = match block.words[..] {
            ["ip", "access-list", ..] => Family::V4,
            ["ipv6", "access-list", ..] => Family::V6,
            _ => continue,
        };
        match block.words[2..] {
            ["dynamic", name, ref rest @ ..] => dynamic.push((family, name, rest.to_vec(), block.line)),
            [name, action @ ("permit" | "deny"), ref rest @ ..] => {
                let list = out.entry((family, name.to_owned())).or_default();
                let id = format!("{name} {}", list.rules.len() + 1);
                let rule = entry(id, action == "permit", family, rest, block.line, ledger);
                list.rules.push(rule.into());
            }
            // how a list is kept
            [_, "option", ..] | ["cache", ..] => ledger.without_meaning(block.line),
            _ => {}
        }
    }
    for (family, name, words, line) in dynamic {
        ledger.used(line);
        // `access NAME`, or a protocol such as `tcp`, `dns`, `ftp` behind source and destination lists
        let named = words.iter().find_map(|word| out.get(&(family, (*word).to_owned()))).map(|list| list.rules.clone());
        let rules = match named {
            Some(rules) if words.len() == 2 && words[0] == "access" => {
                let named = |rule: &Rule| Rule { id: format!("{name} {}", rule.id).into(), ..rule.clone() };
                rules.iter().map(|rule| named(rule).into()).collect()
            }
            _ => {
                ledger.not_understood(line, judged());
                let mut rule = Rule::all(name, true, ledger.origin(line));
                rule.condition = Some(words.join(" ").into());
                vec![rule.into()]
            }
        };
        out.entry((family, name.to_owned())).or_default().rules.extend(rules);
    }
    out
}

fn judged() -> Phrase {
    Phrase::new(
        "cannot be judged: taken to hold where the rule lets through, not to hold where it stops",
        "判定できない。通すルールでは成り立つもの、止めるルールでは成り立たないものとみなす",
    )
}

/// `tcp src 10.0.0.0/8 sport any dest any dport eq 80`; a part that is left out is any.
fn entry(id: String, permit: bool, family: Family, words: &[&str], line: u32, ledger: &mut Ledger) -> Rule {
    ledger.used(line);
    let mut rule = Rule::all(id, permit, ledger.origin(line));
    let all = AddressSet::family(family);
    (rule.from, rule.to) = (Selector::of(all.clone()), Selector::of(all.clone()));
    let mut conditions: Vec<String> = Vec::new();
    let mut protocols = Ranges::one(0, 255);
    let (mut source, mut destination) = (all_ports(), all_ports());
    let mut at = 1;
    match words.first() {
        Some(&("ip" | "ipv6" | "any")) => {}
        Some(word) => match names::protocol(word) {
            Some(number) => protocols = Ranges::one(number.into(), number.into()),
            None => conditions.push((*word).to_owned()),
        },
        None => conditions.push("nothing".into()),
    }
    let number = protocols.first().map_or(6, |low| u8::try_from(low).unwrap_or(6));
    while let Some(word) = words.get(at) {
        at += 1;
        match *word {
            "src" | "dest" => {
                let value = words.get(at).copied().unwrap_or("");
                at += 1;
                let set = if value == "any" { Some(all.clone()) } else { addresses(value) };
                match set {
                    Some(set) if *word == "src" => rule.from = Selector::of(set),
                    Some(set) => rule.to = Selector::of(set),
                    None => conditions.push(format!("{word} {value}")),
                }
            }
            "sport" | "dport" => {
                let rest = words.get(at..).unwrap_or(&[]);
                match ports(rest, number) {
                    Some((set, used)) => {
                        at += used;
                        if *word == "sport" { source = set } else { destination = set }
                    }
                    None => {
                        conditions.push(format!("{word} {}", rest.join(" ")));
                        break;
                    }
                }
            }
            // what opens a session has no ACK
            "established" | "ack" => rule.replies = true,
            "log" => {}
            _ => {
                conditions.push(words[at - 1..].join(" "));
                break;
            }
        }
    }
    rule.services = smallvec![Services::ports(&protocols, source, destination)];
    if !conditions.is_empty() {
        rule.condition = Some(conditions.join("; ").into());
        ledger.not_understood(line, judged());
    }
    rule
}

pub fn addresses(word: &str) -> Option<AddressSet> {
    match word.split_once('/') {
        Some((address, length)) => AddressSet::network(address.parse().ok()?, length.parse().ok()?),
        None => Some(AddressSet::single(word.parse::<IpAddr>().ok()?)),
    }
}

/// `any`, `eq 80`, `neq 80`, `lt 80`, `gt 80`, `range 80 90`: the ports and how many words they take.
fn ports(words: &[&str], protocol: u8) -> Option<(Ranges, usize)> {
    let port = |at: usize| words.get(at).and_then(|word| names::port(word, protocol)).map(u128::from);
    Some(match *words.first()? {
        "any" => (all_ports(), 1),
        "eq" => (Ranges::one(port(1)?, port(1)?), 2),
        "neq" => (all_ports().subtract(&Ranges::one(port(1)?, port(1)?)), 2),
        "lt" => (port(1)?.checked_sub(1).map_or_else(Ranges::default, |last| Ranges::one(0, last)), 2),
        "gt" => (Ranges::one(port(1)? + 1, 65535), 2),
        "range" => (Ranges::one(port(1)?, port(2)?), 3),
        word => (Ranges::one(names::port(word, protocol)?.into(), names::port(word, protocol)?.into()), 1),
    })
}

/// Makes the filters of the interfaces.
pub fn filters(bound: &[Bound], lists: &BTreeMap<(Family, String), List>, device: &mut Device, ledger: &mut Ledger) {
    let names: Vec<String> = device.interfaces.iter().map(|way| way.name.clone()).collect();
    for name in names {
        for inward in [true, false] {
            let mut filter: Option<Filter> = None;
            let mut families = Vec::new();
            for family in [Family::V4, Family::V6] {
                let mut here: Vec<&Bound> = bound
                    .iter()
                    .filter(|bound| bound.way == name && bound.inward == inward && bound.family == family)
                    .collect();
                here.sort_by_key(|bound| bound.number);
                for bound in here {
                    families.push(family);
                    let filter = filter.get_or_insert_with(|| {
                        let way = if inward { "in" } else { "out" };
                        let mut filter = Filter::new(format!("{name} {way}"), false, ledger.origin(bound.line));
                        filter.default_id = "implicit deny".into();
                        filter
                    });
                    match lists.get(&(family, bound.list.clone())) {
                        Some(list) => filter.rules.extend(list.rules.iter().cloned()),
                        None => {
                            // SOUNDNESS: what a list that is not there does is not known: it may pass everything
                            ledger.not_understood(
                                bound.line,
                                Phrase::new(
                                    format!("the list {} is not defined; taken to pass everything", bound.list),
                                    format!("リスト {} が定義されていない。すべて通すものとみなす", bound.list),
                                ),
                            );
                            let mut rule = Rule::all(bound.list.clone(), true, ledger.origin(bound.line));
                            rule.condition = Some(format!("access-list {}", bound.list).into());
                            filter.rules.push(rule.into());
                        }
                    }
                }
            }
            let Some(mut filter) = filter else { continue };
            filter.passes = [Family::V4, Family::V6].into_iter().find(|family| !families.contains(family));
            filter.at_side(vec![name.clone()], inward, false);
            device.filters.push(filter);
        }
    }
    device.filters.sort_by_key(|filter| filter.sees_translated_source);
}
