//! Rules of the firewall and of address translation.

use std::sync::Arc;

use smallvec::smallvec;

use super::super::device::{Applies, Becomes, Device, Filter, Rule, Selector, Translation};
use super::super::ledger::Ledger;
use super::super::region::{Services, with_ports};
use super::super::set::AddressSet;
use super::entities::{Entities, Part};
use super::tree::Block;
use crate::language::Phrase;

/// Whether the firewall stops anything.
pub fn protects(blocks: &[Block<'_>]) -> bool {
    let mut firewalls = blocks.iter().filter(|block| block.word(0) == "firewall");
    firewalls.any(|block| block.below.iter().any(|line| line.words[..] == ["protect"]))
}

/// A rule by its number: what stands behind it.
fn numbered<'b, 't>(block: &'b Block<'t>, ledger: &mut Ledger) -> Vec<(u32, &'b Block<'t>)> {
    let mut out = Vec::new();
    ledger.used(block.line);
    for line in &block.below {
        match line.words[..] {
            ["rule", number, ..] if number.parse::<u32>().is_ok() => {
                ledger.used(line.line);
                out.push((number.parse().unwrap_or(0), line));
            }
            ["protect"] | ["enable"] => ledger.used(line.line),
            ["connection-log", ..]
            | ["connection-limit", ..]
            | ["connection-timeout", ..]
            | ["no", ..]
            | ["description", ..] => {
                ledger.without_meaning(line.line);
            }
            _ => ledger.not_understood(line.line, Phrase::new("it was left out", "取り込まない")),
        }
    }
    out.sort_by_key(|(number, _)| *number);
    out
}

/// The word behind another.
fn behind<'b>(words: &[&'b str], word: &str) -> Option<&'b str> {
    words.iter().position(|known| *known == word).and_then(|at| words.get(at + 1).copied())
}

/// The parts of an entity; one that is not defined may be anything.
fn entity(
    entities: &Entities,
    name: Option<&str>,
    line: u32,
    conditions: &mut Vec<String>,
    ledger: &mut Ledger,
) -> Vec<Part> {
    let any = vec![Part { addresses: Selector::any(), way: None }];
    let Some(name) = name else { return any };
    match entities.of(name) {
        Some(parts) => parts,
        None => {
            conditions.push(format!("entity {name}"));
            ledger.not_understood(
                line,
                Phrase::new(
                    format!("the entity {name} is not defined: it may be any address"),
                    format!("エンティティ {name} が定義されていない。どのアドレスでもありうるものとみなす"),
                ),
            );
            any
        }
    }
}

/// Reads the rules.
pub fn read(blocks: &[Block<'_>], entities: &Entities, device: &mut Device, ledger: &mut Ledger) {
    for block in blocks.iter().filter(|block| block.word(0) == "firewall") {
        let rules = numbered(block, ledger);
        let Some(protect) = block.below.iter().find(|line| line.words[..] == ["protect"]) else { continue };
        let mut filter = Filter::new("firewall", false, ledger.origin(protect.line));
        filter.default_id = "protect".into();
        filter.applies = vec![Applies::Forwarded];
        filter.stateful = true;
        for (number, line) in rules {
            self::rule(number, line, entities, &mut filter.rules, ledger);
        }
        device.filters.push(filter);
    }
    let (mut destinations, mut sources) = (Vec::new(), Vec::new());
    for block in blocks.iter().filter(|block| block.word(0) == "nat") {
        let rules = numbered(block, ledger);
        if !block.below.iter().any(|line| line.words[..] == ["enable"]) {
            continue;
        }
        for (number, line) in rules {
            translation(number, line, entities, device, &mut destinations, &mut sources, ledger);
        }
    }
    device.translations.extend(destinations);
    device.translations.extend(sources);
}

fn rule(number: u32, line: &Block<'_>, entities: &Entities, out: &mut Vec<Arc<Rule>>, ledger: &mut Ledger) {
    let words = &line.words[..];
    let mut conditions = Vec::new();
    let permit = match line.word(2) {
        "permit" => true,
        "deny" | "reject" => false,
        "log" => return,
        word => {
            conditions.push(word.to_owned());
            true
        }
    };
    let from = entity(entities, behind(words, "from"), line.line, &mut conditions, ledger);
    let to = entity(entities, behind(words, "to"), line.line, &mut conditions, ledger);
    let mut at = 4;
    while let Some(word) = words.get(at) {
        match *word {
            "from" | "to" => at += 1,
            "log" | "no-state-enforcement" => {}
            word => conditions.push(word.to_owned()),
        }
        at += 1;
    }
    if conditions.iter().any(|condition| !condition.starts_with("entity ")) {
        ledger.not_understood(line.line, judged());
    }
    for (services, open) in entities.application(line.word(3)) {
        if open.is_some() {
            ledger.not_understood(line.line, judged());
        }
        let all: Vec<&str> = conditions.iter().chain(&open).map(String::as_str).collect();
        for source in &from {
            for destination in &to {
                let mut rule = Rule::all(format!("rule {number}"), permit, ledger.origin(line.line));
                rule.services = smallvec![services.clone()];
                (rule.from, rule.to) = (source.addresses.clone(), destination.addresses.clone());
                rule.ways_in = source.way.clone().map(|way| [way].into());
                rule.ways_out = destination.way.clone().map(|way| [way].into());
                rule.condition = (!all.is_empty()).then(|| all.join("; ").into());
                out.push(rule.into());
            }
        }
    }
}

fn judged() -> Phrase {
    Phrase::new(
        "cannot be judged: taken to hold where the rule lets through, not to hold where it stops",
        "判定できない。通すルールでは成り立つもの、止めるルールでは成り立たないものとみなす",
    )
}

fn translation(
    number: u32,
    line: &Block<'_>,
    entities: &Entities,
    device: &Device,
    destinations: &mut Vec<Translation>,
    sources: &mut Vec<Translation>,
    ledger: &mut Ledger,
) {
    let words = &line.words[..];
    let mut conditions = Vec::new();
    let from = entity(entities, behind(words, "from"), line.line, &mut conditions, ledger);
    let known = |entity: Option<Vec<Part>>| {
        let parts = entity?;
        let set = parts.iter().fold(AddressSet::default(), |known, part| known.union(&part.addresses.set));
        (!set.is_empty() && parts.iter().all(|part| part.addresses.names.is_empty())).then_some(set)
    };
    // `with src E` of a source, `with dst E dport N` of a destination
    let with = |key: &str| behind(words, key).map(|name| known(entities.of(name)));
    let destination = match line.word(2) {
        "masq" => false,
        "portfwd" => true,
        _ => {
            ledger.not_understood(line.line, Phrase::new("this translation was left out", "この変換は取り込まない"));
            return;
        }
    };
    let becomes = match with(if destination { "dst" } else { "src" }) {
        Some(Some(set)) => Becomes::Addresses(set),
        Some(None) => {
            conditions.push("with".into());
            ledger.not_understood(
                line.line,
                Phrase::new("it may be translated to any address", "どのアドレスへの変換でもありうる"),
            );
            Becomes::Addresses(AddressSet::all())
        }
        None if destination => Becomes::Kept,
        None => Becomes::Own,
    };
    let port = behind(words, "dport").and_then(|word| word.parse().ok());
    let mut to = entity(entities, behind(words, "to"), line.line, &mut conditions, ledger);
    if destination && behind(words, "to").is_none() {
        // what comes to the device itself
        let own = device.interfaces.iter().flat_map(|way| &way.addresses);
        let set = own.fold(AddressSet::default(), |known, net| known.union(&AddressSet::single(net.address)));
        let told = device.interfaces.iter().all(|way| !way.dynamic);
        to = vec![Part { addresses: if told { Selector::of(set) } else { Selector::any() }, way: None }];
        if !told {
            conditions.push("own address".into());
        }
    }
    let out = if destination { destinations } else { sources };
    for (services, open) in entities.application(line.word(3)) {
        let all: Vec<&str> = conditions.iter().chain(&open).map(String::as_str).collect();
        for source in &from {
            for target in &to {
                let mut entry = Translation::new(
                    format!("nat rule {number}"),
                    destination,
                    becomes.clone(),
                    ledger.origin(line.line),
                );
                entry.services = if port.is_some() {
                    services.intersect(&Services::protocols(with_ports()))
                } else {
                    services.clone()
                };
                entry.port = port.filter(|_| destination);
                (entry.from, entry.to) = (source.addresses.clone(), target.addresses.clone());
                entry.ways_in = source.way.clone().map(|way| [way].into());
                entry.ways_out = if destination { None } else { target.way.clone().map(|way| [way].into()) };
                entry.condition = (!all.is_empty()).then(|| all.join("; ")).map(Into::into);
                out.push(entry);
            }
        }
    }
}
