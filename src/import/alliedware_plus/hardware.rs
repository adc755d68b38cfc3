//! Hardware lists: on ports by `access-group`, on VLANs by access maps. What matches no filter is permitted.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use smallvec::smallvec;

use super::super::device::{Device, Filter, Rule, Selector};
use super::super::ledger::Ledger;
use super::super::names;
use super::super::region::{Services, all_ports};
use super::super::set::{AddressSet, Ranges, wildcard};
use super::interfaces::Port;
use super::tree::Block;
use crate::document::Family;
use crate::language::Phrase;

/// Reads the lists and what binds them.
pub fn filters(blocks: &[Block<'_>], ports: &[Port], device: &mut Device, ledger: &mut Ledger) {
    let lists = lists(blocks, ledger);
    let mut bound: Vec<(String, Vec<String>, u32)> = Vec::new();
    for port in ports.iter().filter(|port| !port.down) {
        for (list, line) in &port.lists {
            bound.push((list.clone(), vec![port.way.name.clone()], *line));
        }
    }
    let mut maps: BTreeMap<&str, Vec<(String, u32)>> = BTreeMap::new();
    for block in blocks.iter().filter(|block| block.starts(&["vlan", "access-map"])) {
        ledger.used(block.line);
        for line in &block.below {
            if line.starts(&["match", "access-group"]) {
                ledger.used(line.line);
                maps.entry(block.word(2)).or_default().push((line.word(2).to_owned(), line.line));
            }
        }
    }
    for block in blocks.iter().filter(|block| block.starts(&["vlan", "filter"])) {
        ledger.used(block.line);
        let listed = block.words.iter().skip_while(|word| **word != "vlan-list").nth(1).copied().unwrap_or("");
        let mut ways = Vec::new();
        for item in listed.split(',') {
            let (low, high) = item.split_once('-').unwrap_or((item, item));
            if let (Ok(low), Ok(high)) = (low.parse::<u16>(), high.parse::<u16>()) {
                ways.extend((low..=high.min(4094)).map(|vlan| format!("vlan{vlan}")));
            }
        }
        for (list, _) in maps.get(block.word(2)).into_iter().flatten() {
            bound.push((list.clone(), ways.clone(), block.line));
        }
    }
    // the lists of one port or VLAN are one: the first filter of any that matches decides
    let mut done: BTreeMap<Vec<String>, Filter> = BTreeMap::new();
    for (list, ways, line) in bound {
        let Some(rules) = lists.get(&list) else {
            ledger.not_understood(
                line,
                Phrase::new(
                    format!("the list {list} is not defined: nothing is stopped"),
                    format!("リスト {list} が定義されていない。何も止めないものとみなす"),
                ),
            );
            continue;
        };
        let filter = done.entry(ways.clone()).or_insert_with(|| {
            let mut filter = Filter::new(format!("{} in {list}", ways.join(" ")), true, ledger.origin(line));
            filter.at_side(ways, true, false);
            filter
        });
        filter.rules.extend(rules.iter().cloned());
    }
    device.filters.extend(done.into_values());
}

fn lists(blocks: &[Block<'_>], ledger: &mut Ledger) -> BTreeMap<String, Vec<Arc<Rule>>> {
    let mut out: BTreeMap<String, Vec<(u32, Arc<Rule>)>> = BTreeMap::new();
    for block in blocks {
        match block.words[..] {
            ["access-list", "hardware", name] => {
                ledger.used(block.line);
                let list = out.entry(name.to_owned()).or_default();
                for line in &block.below {
                    let mut words = &line.words[..];
                    let mut sequence = list.last().map_or(10, |(last, _)| last + 10);
                    if let Some(number) = words.first().and_then(|word| word.parse().ok()) {
                        sequence = number;
                        words = &words[1..];
                    }
                    if let Some(rule) = filter(name, words, line.line, ledger) {
                        list.push((sequence, rule.into()));
                    }
                }
            }
            // by number: 3000 to 3699 are hardware lists of IP
            ["access-list", number, ref rest @ ..]
                if number.parse::<u32>().is_ok_and(|number| (3000..=3699).contains(&number)) =>
            {
                let list = out.entry(number.to_owned()).or_default();
                let sequence = list.last().map_or(10, |(last, _)| last + 10);
                if let Some(rule) = filter(number, rest, block.line, ledger) {
                    list.push((sequence, rule.into()));
                }
            }
            _ => {}
        }
    }
    out.into_iter()
        .map(|(name, mut rules)| {
            rules.sort_by_key(|(sequence, _)| *sequence);
            (name, rules.into_iter().map(|(_, rule)| rule).collect())
        })
        .collect()
}

/// `permit tcp 10.0.0.0/8 any eq 80`.
fn filter(list: &str, words: &[&str], line: u32, ledger: &mut Ledger) -> Option<Rule> {
    ledger.used(line);
    let permit = match *words.first()? {
        "permit" | "copy-to-cpu" | "copy-to-mirror" | "send-to-mirror" | "send-to-vlan-port" | "send-to-cpu" => true,
        "deny" => false,
        _ => {
            ledger.not_understood(line, Phrase::new("this filter was left out", "このフィルターは取り込まない"));
            return None;
        }
    };
    let mut rule = Rule::all(list, permit, ledger.origin(line));
    let mut conditions: Vec<String> = Vec::new();
    let mut at = 2;
    let mut number = 6;
    let mut protocols = Ranges::one(0, 255);
    let v4 = AddressSet::family(Family::V4);
    match words.get(1).copied() {
        Some("ip") => {}
        Some("proto") => {
            at = 3;
            match words.get(2).and_then(|word| names::protocol(word)) {
                Some(number) => protocols = Ranges::one(number.into(), number.into()),
                None => conditions.push("proto".into()),
            }
        }
        // of frames, not of packets
        Some("any" | "host") | None => conditions.push(words.join(" ")),
        Some(word) => match names::protocol(word) {
            Some(known) => {
                number = known;
                protocols = Ranges::one(known.into(), known.into());
            }
            None => conditions.push(words.join(" ")),
        },
    }
    let mut sides = [(v4.clone(), all_ports()), (v4, all_ports())];
    if conditions.is_empty() {
        for side in &mut sides {
            match addresses(words.get(at..).unwrap_or(&[])) {
                Some((set, used)) => (side.0, at) = (set, at + used),
                None => {
                    conditions.push(words.get(at..).unwrap_or(&[]).join(" "));
                    at = words.len();
                    break;
                }
            }
            if let Some((set, used)) = ports(words.get(at..).unwrap_or(&[]), number) {
                (side.1, at) = (set, at + used);
            }
        }
        let rest = words.get(at..).unwrap_or(&[]);
        if !rest.is_empty() && rest != ["log"] {
            conditions.push(rest.join(" "));
        }
    }
    let [(from, source), (to, destination)] = sides;
    (rule.from, rule.to) = (Selector::of(from), Selector::of(to));
    rule.services = smallvec![Services::ports(&protocols, source, destination)];
    if !conditions.is_empty() {
        rule.condition = Some(conditions.join("; ").into());
        ledger.not_understood(
            line,
            Phrase::new(
                "cannot be judged: taken to hold where the filter lets through, not to hold where it stops",
                "判定できない。通すフィルターでは成り立つもの、止めるフィルターでは成り立たないものとみなす",
            ),
        );
    }
    Some(rule)
}

/// `any`, `host A`, `A/n`, `A WILDCARD`: the set and how many words it takes.
fn addresses(words: &[&str]) -> Option<(AddressSet, usize)> {
    match *words.first()? {
        "any" => Some((AddressSet::family(Family::V4), 1)),
        "host" => Some((AddressSet::single(words.get(1)?.parse().ok()?), 2)),
        word => match word.split_once('/') {
            Some((address, length)) => {
                Some((AddressSet::network(address.parse::<IpAddr>().ok()?, length.parse().ok()?)?, 1))
            }
            None => {
                let address: Ipv4Addr = word.parse().ok()?;
                let free: Ipv4Addr = words.get(1)?.parse().ok()?;
                Some(wildcard(address, free)).filter(|(_, exact)| *exact).map(|(set, _)| (set, 2))
            }
        },
    }
}

fn ports(words: &[&str], protocol: u8) -> Option<(Ranges, usize)> {
    let port = |at: usize| words.get(at).and_then(|word| names::port(word, protocol)).map(u128::from);
    Some(match *words.first()? {
        "eq" => (Ranges::one(port(1)?, port(1)?), 2),
        "ne" | "neq" => (all_ports().subtract(&Ranges::one(port(1)?, port(1)?)), 2),
        "lt" => (port(1)?.checked_sub(1).map_or_else(Ranges::default, |last| Ranges::one(0, last)), 2),
        "gt" => (Ranges::one(port(1)? + 1, 65535), 2),
        "range" => (Ranges::one(port(1)?, port(2)?), 3),
        _ => return None,
    })
}
