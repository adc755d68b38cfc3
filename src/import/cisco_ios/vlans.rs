//! VLAN maps: `vlan access-map` and `vlan filter`. They are asked for what enters a VLAN and what leaves it; here for what
//! is routed in or out of it.
//!
//! *Catalyst Configuration Guide, VLAN Maps*: entries in the order of their numbers; a packet that a list of an entry
//! permits is forwarded or dropped as the entry says, one that it denies goes on to the next entry; what matches none is
//! dropped if the map has an entry for its kind.

use std::sync::Arc;

use super::super::chain::{self, Chain, Flat, Step, Target};
use super::super::device::{Device, Filter, Rule};
use super::super::ledger::Ledger;
use super::super::region::Region;
use super::super::set::AddressSet;
use super::super::text::Refusal;
use super::interfaces::Port;
use super::lists::Lists;
use super::tree::Block;
use super::zones::list_as_chain;
use crate::document::Family;
use crate::language::Phrase;

struct Entry {
    sequence: u32,
    forwards: bool,
    lists: Vec<(String, u32)>,
    line: u32,
}

/// Adds the filters of the VLANs that have a map and an interface here.
///
/// # Errors
/// When lists become too large.
pub fn filters(
    blocks: &[Block<'_>],
    lists: &Lists,
    ports: &[&Port],
    device: &mut Device,
    ledger: &mut Ledger,
) -> Result<(), Refusal> {
    for block in blocks.iter().filter(|block| block.starts(&["vlan", "filter"])) {
        let (name, vlans) = (block.word(2), vlan_list(&block.words));
        ledger.used(block.line);
        let entries = entries(blocks, name, ledger);
        if entries.is_empty() {
            ledger.not_understood(
                block.line,
                Phrase::new(
                    "this map is not defined; it filters nothing",
                    "このマップは定義されていない。何も止めないものとみなす",
                ),
            );
            continue;
        }
        let ways: Vec<String> = ports
            .iter()
            .filter(|port| port.svi().is_some_and(|vlan| vlans.iter().any(|&(low, high)| (low..=high).contains(&vlan))))
            .map(|port| port.name.clone())
            .collect();
        if ways.is_empty() {
            continue;
        }
        let rules = rules(&entries, lists, ledger)?;
        let asks =
            entries.iter().any(|entry| entry.lists.is_empty() || entry.lists.iter().any(|(name, _)| !name.is_empty()));
        // What no entry matches is dropped if an entry speaks of IP at all; an entry without a list matches everything.
        for inward in [true, false] {
            let way = if inward { "in" } else { "out" };
            let mut filter = Filter::new(format!("vlan map {name} {way}"), false, ledger.origin(block.line));
            filter.default_id = "implicit drop".into();
            filter.passes = Some(Family::V6);
            filter.default_permit = !asks;
            filter.rules.clone_from(&rules);
            filter.at_side(ways.clone(), inward, true);
            device.filters.push(filter);
        }
    }
    Ok(())
}

fn entries(blocks: &[Block<'_>], name: &str, ledger: &mut Ledger) -> Vec<Entry> {
    let mut out = Vec::new();
    for block in blocks.iter().filter(|block| block.starts(&["vlan", "access-map"]) && block.word(2) == name) {
        ledger.used(block.line);
        let sequence = block.word(3).parse().unwrap_or(10);
        let mut entry = Entry { sequence, forwards: true, lists: Vec::new(), line: block.line };
        for line in &block.below {
            ledger.used(line.line);
            match line.words[..] {
                ["match", "ip", "address", ref names @ ..] => {
                    entry.lists.extend(names.iter().map(|name| ((*name).to_owned(), line.line)));
                }
                ["action", "drop", ..] => entry.forwards = false,
                ["action", ..] => entry.forwards = true,
                // lists of other protocols say nothing of IP
                ["match", "mac" | "ipv6", ..] => entry.lists.push((String::new(), line.line)),
                _ => ledger.without_meaning(line.line),
            }
        }
        out.push(entry);
    }
    out.sort_by_key(|entry| entry.sequence);
    out
}

fn rules(entries: &[Entry], lists: &Lists, ledger: &mut Ledger) -> Result<Vec<Arc<Rule>>, Refusal> {
    let all = AddressSet::family(Family::V4);
    let all = Region { from: all.clone(), to: all, ..Region::all() };
    let mut chains = vec![Chain::default()];
    for entry in entries {
        let action = if entry.forwards { Target::Permit } else { Target::Deny };
        let whole = |target: Target, line: u32, condition: Option<String>| Step {
            regions: vec![all.clone()],
            condition: condition.map(Into::into),
            target,
            id: format!("map {}", entry.sequence).into(),
            origin: ledger.origin(line),
        };
        if entry.lists.is_empty() {
            chains[0].steps.push(whole(action, entry.line, None));
            continue;
        }
        for (name, line) in entry.lists.iter().filter(|(name, _)| !name.is_empty()) {
            let step = match lists.get(Family::V4, name) {
                Some(list) => {
                    chains.push(list_as_chain(list, &action, &Target::Return));
                    whole(Target::Jump(chains.len() - 1), *line, None)
                }
                // a list that is not defined may match or not
                None => whole(action.clone(), *line, Some(format!("list {name}"))),
            };
            chains[0].steps.push(step);
        }
    }
    let mut rules = Vec::new();
    let add = &mut |line: Flat| rules.push(line.rule(line.target == Target::Permit).into());
    chain::flatten(&mut &chains[..], 0, &all, add).map_err(|tangle| super::super::tangled(ledger.file(), &tangle))?;
    Ok(rules)
}

/// `vlan filter NAME vlan-list 10,20-29` and `vlan filter NAME 10`.
fn vlan_list(words: &[&str]) -> Vec<(u16, u16)> {
    let words = words.iter().skip(3).filter(|word| **word != "vlan-list");
    words
        .flat_map(|word| word.split(','))
        .filter_map(|item| {
            if item == "all" {
                return Some((1, 4094));
            }
            let (low, high) = item.split_once('-').unwrap_or((item, item));
            Some((low.parse().ok()?, high.parse().ok()?))
        })
        .collect()
}
