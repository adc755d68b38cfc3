//! nftables, as `nft -j list ruleset` prints it.
//!
//! Order of operations (`nft(8)`, CHAINS; wiki.nftables.org, *Netfilter hooks*): prerouting, then input or forward, or
//! output, then postrouting; within a hook by priority. What a chain accepts goes on to the next chain, what one drops is
//! gone. Destinations are translated at priority -100 of prerouting and output, sources at 100 of postrouting, so that what
//! a chain sees follows from its hook and priority.

mod matches;
mod tree;
mod walk;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::chain::{self, Flat, Step, Target};
use super::device::{Applies, Becomes, Device, Filter, Rule};
use super::ledger::Ledger;
use super::linux::{self, Makes, Ways};
use super::region::Region;
use super::set::Ranges;
use super::text::Refusal;
use super::{Configuration, Import, json};
use crate::document::Family;
use crate::language::Phrase;

use matches::Place;
use tree::{Base, Chain, Key, Map, Part, Raw, Table, To};
use walk::{Walk, of_families};

/// Whether a text is what `nft -j list ruleset` prints.
#[must_use]
pub fn recognise(lines: &[&str]) -> bool {
    lines.iter().take(5).any(|line| line.contains("\"nftables\""))
}

/// Reads a set of rules.
///
/// # Errors
/// When it is truncated, or its chains go in a circle.
pub fn import(configuration: &Configuration<'_>, ledger: &mut Ledger) -> Result<Import, Refusal> {
    let root = json::read(configuration.file, &configuration.lines)?;
    if root.get("nftables").is_none() {
        return Err(Refusal::at(
            configuration.file,
            root.lines.0,
            Phrase::new(
                "this is no set of rules: take it from `nft -j list ruleset`",
                "ルールセットではない。`nft -j list ruleset` の出力を使うこと",
            ),
        ));
    }
    let tables = tree::of_json(&root, ledger);
    let ways = ways(&tables);
    let forward = tables.iter().flat_map(|table| &table.chains);
    let forward = forward.filter(|chain| chain.base.as_ref().is_some_and(|base| base.hook == "forward"));
    let first = forward.map(|chain| chain.line).next().unwrap_or(1);
    let mut device = Device::new(configuration.id("linux"), "firewall", ledger.origin(first));
    for name in ways.all() {
        device.interfaces.push(linux::interface(name, ledger.origin(first)));
    }
    let mut parts =
        tables.iter().flat_map(|table| &table.chains).flat_map(|chain| &chain.rules).flat_map(|rule| &rule.parts);
    let tracked = !parts.any(|part| *part == Part::Condition("notrack".into()));
    let mut reader = Reader { tables: &tables, ways: &ways, tracked, ledger };
    reader.filters(&mut device)?;
    reader.translations(&mut device)?;
    if device.filters.is_empty() {
        device.kind = "router";
    }
    linux::without_routes(ledger);
    Ok(Import { devices: vec![device], open_names: true, ..Import::default() })
}

/// The names of interfaces in rules and their sets.
fn ways(tables: &[Table]) -> Ways {
    fn words(key: &Key, raw: &Raw, table: &Table, out: &mut BTreeSet<String>) {
        match (key, raw) {
            (_, Raw::Set(all)) => all.iter().for_each(|raw| words(key, raw, table, out)),
            (_, Raw::Ref(name)) => {
                for (raw, _) in table.sets.get(name).map_or(&[][..], |set| &set.elements) {
                    words(key, raw, table, out);
                }
            }
            (Key::Concat(keys), Raw::Concat(all)) => {
                keys.iter().zip(all).for_each(|(key, raw)| words(key, raw, table, out));
            }
            (Key::Meta(meta), Raw::Word(name)) if matches!(meta.as_str(), "iif" | "oif" | "iifname" | "oifname") => {
                out.insert(matches::pattern(name));
            }
            _ => {}
        }
    }
    let mut out = BTreeSet::new();
    for table in tables {
        for part in table.chains.iter().flat_map(|chain| &chain.rules).flat_map(|rule| &rule.parts) {
            match part {
                Part::Match(key, _, raw) => words(key, raw, table, &mut out),
                Part::Vmap(key, map) | Part::Nat(_, _, Some(To::Map(key, map)), _, _) => match map {
                    Map::Inline(all) => all.iter().for_each(|(raw, _)| words(key, raw, table, &mut out)),
                    Map::Ref(name) => words(key, &Raw::Ref(name.clone()), table, &mut out),
                },
                _ => {}
            }
        }
    }
    Ways::new(out)
}

/// What a chain sees.
struct Sight {
    /// The word of iptables for the ways that its packets have.
    ways: &'static str,
    applies: &'static [Applies],
    translated_source: bool,
    translated_destination: bool,
    /// Before which hook it comes.
    rank: u8,
}

fn sight(base: &Base) -> Option<Sight> {
    use Applies::{Delivered, Emitted, Forwarded};
    let late = |at: i64| base.priority > at;
    let sight = |ways, applies, translated_source, translated_destination, rank| {
        Some(Sight { ways, applies, translated_source, translated_destination, rank })
    };
    match base.hook.as_str() {
        "prerouting" => sight("PREROUTING", &[Forwarded, Delivered], false, late(-100), 0),
        "input" => sight("INPUT", &[Delivered], false, true, 1),
        "forward" => sight("FORWARD", &[Forwarded], false, true, 1),
        "output" => sight("OUTPUT", &[Emitted], false, late(-100), 0),
        "postrouting" => sight("POSTROUTING", &[Forwarded, Emitted], late(100), true, 2),
        _ => None,
    }
}

/// The families that a table sees.
fn families(table: &Table) -> &'static [Family] {
    match table.family.as_str() {
        "ip" => &[Family::V4],
        "ip6" => &[Family::V6],
        "inet" => &[Family::V4, Family::V6],
        _ => &[],
    }
}

struct Reader<'t, 'l> {
    tables: &'t [Table],
    ways: &'t Ways,
    tracked: bool,
    ledger: &'l mut Ledger,
}

impl Reader<'_, '_> {
    fn filters(&mut self, device: &mut Device) -> Result<(), Refusal> {
        let mut found: Vec<(u8, i64, &'static [Family], bool, Filter)> = Vec::new();
        for table in self.tables {
            let seen = families(table);
            if seen.is_empty() {
                self.unread(table);
                continue;
            }
            for (at, chain) in table.chains.iter().enumerate() {
                let Some(base) = chain.base.as_ref().filter(|base| base.kind != "nat") else { continue };
                let Some(sight) = sight(base) else {
                    self.no_hook(chain);
                    continue;
                };
                let rules = self.rules(table, at, &sight)?;
                if rules.iter().all(|rule| rule.permit) && !chain.drops {
                    continue; // nothing is denied here
                }
                let mut filter = Filter::new(chain.name.clone(), !chain.drops, self.ledger.origin(chain.line));
                filter.default_id = "policy".into();
                filter.rules = rules;
                filter.applies = sight.applies.to_vec();
                filter.stateful = true;
                filter.sees_translated_source = sight.translated_source;
                filter.sees_translated_destination = sight.translated_destination;
                found.push((sight.rank, base.priority, seen, chain.drops, filter));
            }
        }
        found.sort_by_key(|(rank, priority, ..)| (*rank, *priority));
        // One filter for both families: with two, what has no address would pass each as of the other family.
        let mut taken = vec![false; found.len()];
        for at in 0..found.len() {
            if taken[at] {
                continue;
            }
            let (_, _, seen, drops, mut filter) = found[at].clone();
            if let [own] = seen {
                let same = |other: &Filter| {
                    other.applies == filter.applies
                        && other.sees_translated_destination == filter.sees_translated_destination
                        && other.sees_translated_source == filter.sees_translated_source
                };
                let twin = (at + 1..found.len()).find(|&next| {
                    !taken[next] && matches!(found[next].2, [next] if next != own) && same(&found[next].4)
                });
                let other = if *own == Family::V4 { Family::V6 } else { Family::V4 };
                match twin.map(|twin| (twin, found[twin].clone())) {
                    Some((twin, (_, _, _, also, next))) => {
                        taken[twin] = true;
                        filter.rules.extend(next.rules);
                        filter.default_permit = !drops && !also;
                        if also && !drops {
                            filter.default_origin = next.default_origin;
                        }
                        filter.passes = match (drops, also) {
                            (true, false) => Some(other),
                            (false, true) => Some(*own),
                            _ => None,
                        };
                    }
                    None => filter.passes = drops.then_some(other),
                }
            }
            device.filters.push(filter);
        }
        Ok(())
    }

    /// A table of bridges, devices or ARP.
    fn unread(&mut self, table: &Table) {
        let what = Phrase::new(
            format!("tables of the family {} are not read: what they stop is not taken out", table.family),
            format!("{} ファミリーのテーブルは読まない。止める通信も除かない", table.family),
        );
        self.ledger.remark(table.line, what.clone());
        for rule in table.chains.iter().flat_map(|chain| &chain.rules) {
            (rule.lines.0..=rule.lines.1).for_each(|line| self.ledger.not_understood(line, what.clone()));
        }
    }

    fn no_hook(&mut self, chain: &Chain) {
        let what = Phrase::new("what is stopped at this hook is not taken out", "このフックで止める通信は除かない");
        self.ledger.not_understood(chain.line, what);
    }

    fn rules(&mut self, table: &Table, at: usize, sight: &Sight) -> Result<Vec<Arc<Rule>>, Refusal> {
        let mut makes = Vec::new();
        let chains = self.chains(table, at, sight.ways, false, &mut makes);
        let (ways_in, ways_out) = linux::ways_of_chain(sight.ways);
        let start = Region { ways_in, ways_out, ..of_families(families(table)) };
        let mut rules = Vec::new();
        chain::flatten(&mut &chains[..], at, &start, &mut |line| rules.extend(self.rule(&line, sight).map(Arc::new)))
            .map_err(|tangle| super::tangled(self.ledger.file(), &tangle))?;
        Ok(rules)
    }

    fn rule(&self, line: &Flat, sight: &Sight) -> Option<Rule> {
        let permit = match line.target {
            Target::Permit => true,
            Target::Deny => false,
            _ => return None,
        };
        let mut rule = line.rule(permit);
        // A packet that has no such interface is matched by a rule that names none.
        let names = |ways: &Ranges, there: bool| if there { self.ways.names(ways) } else { None };
        rule.ways_in = names(&line.region.ways_in, sight.ways != "OUTPUT");
        rule.ways_out = names(&line.region.ways_out, !matches!(sight.ways, "INPUT" | "PREROUTING"));
        Some(rule)
    }

    fn translations(&mut self, device: &mut Device) -> Result<(), Refusal> {
        for (hook, destination, emitted) in
            [("prerouting", true, false), ("output", true, true), ("postrouting", false, false)]
        {
            let mut bases: Vec<(i64, &Table, usize)> = Vec::new();
            for table in self.tables {
                for (at, chain) in table.chains.iter().enumerate() {
                    if let Some(base) = chain.base.as_ref().filter(|base| base.kind == "nat" && base.hook == hook) {
                        bases.push((base.priority, table, at));
                    }
                }
            }
            bases.sort_by_key(|(priority, ..)| *priority);
            for family in [Family::V4, Family::V6] {
                let mut entries = Vec::new();
                let of_family: Vec<&(i64, &Table, usize)> =
                    bases.iter().filter(|(_, table, _)| families(table).contains(&family)).collect();
                for (number, (_, table, at)) in of_family.iter().enumerate() {
                    let mut makes = Vec::new();
                    let ways = hook.to_ascii_uppercase();
                    let chains = self.chains(table, *at, &ways, true, &mut makes);
                    let (ways_in, ways_out) = linux::ways_of_chain(&ways);
                    let start = Region { ways_in, ways_out, ..of_families(&[family]) };
                    let mut flat = Vec::new();
                    chain::flatten(&mut &chains[..], *at, &start, &mut |line| flat.push(line))
                        .map_err(|tangle| super::tangled(self.ledger.file(), &tangle))?;
                    let mut own = linux::entries(&flat, &makes, self.ways, family, destination, emitted, self.ledger);
                    // what one chain leaves as it is, the next may translate
                    if number + 1 < of_family.len() {
                        own.retain(|entry| entry.becomes != Becomes::Kept);
                    }
                    entries.extend(own);
                }
                // nothing but entries that leave things as they are: nothing is translated
                if entries.iter().any(|entry| entry.becomes != Becomes::Kept) {
                    device.translations.extend(entries);
                }
            }
        }
        for chain in self.tables.iter().flat_map(|table| &table.chains) {
            let inward = chain.base.as_ref().is_some_and(|base| base.kind == "nat" && base.hook == "input");
            for rule in chain.rules.iter().filter(|_| inward) {
                let what = Phrase::new(
                    "a source translated on its way in to the machine itself; it was left out",
                    "機器自身宛ての通信の送信元変換。取り込まない",
                );
                (rule.lines.0..=rule.lines.1).for_each(|line| self.ledger.not_understood(line, what.clone()));
            }
        }
        Ok(())
    }

    /// The chains of a table that lead on from one, with every rule read; the others are empty.
    fn chains(
        &mut self,
        table: &Table,
        start: usize,
        ways: &str,
        nat: bool,
        makes: &mut Vec<Makes>,
    ) -> Vec<chain::Chain> {
        let reached = table.reached(start);
        let local = match ways {
            "INPUT" => Some(true),
            "FORWARD" => Some(false),
            _ => None,
        };
        let place = Place { ways: self.ways, table, local, tracked: self.tracked };
        table
            .chains
            .iter()
            .enumerate()
            .map(|(at, chain)| {
                let mut steps = Vec::new();
                for (number, rule) in (1..).zip(chain.rules.iter().filter(|_| reached[at])) {
                    let mut walk = Walk {
                        place: &place,
                        regions: vec![of_families(families(table))],
                        conditions: Vec::new(),
                        steps: Vec::new(),
                        makes,
                        nat,
                    };
                    for part in &rule.parts {
                        if walk.part(part) {
                            break;
                        }
                    }
                    self.told(rule, &walk.steps);
                    for (regions, conditions, target) in walk.steps {
                        steps.push(Step {
                            regions,
                            condition: (!conditions.is_empty()).then(|| conditions.join("; ").into()),
                            target,
                            id: format!("{} {number}", chain.name).into(),
                            origin: self.ledger.origin(rule.lines.0),
                        });
                    }
                }
                steps.retain(|step| !step.regions.is_empty());
                chain::Chain { name: chain.name.clone(), steps }
            })
            .collect()
    }

    fn told(&mut self, rule: &tree::Rule, steps: &[(Vec<Region>, Vec<String>, Target)]) {
        if !steps.is_empty() && steps.iter().all(|(regions, ..)| regions.is_empty()) {
            self.ledger.remark(
                rule.lines.0,
                Phrase::new(
                    "no packet that opens a session matches this rule; it was left out",
                    "セッションを開始するパケットはこのルールに一致しない。取り込まない",
                ),
            );
        }
        let mut conditions: Vec<&str> =
            steps.iter().flat_map(|(_, conditions, _)| conditions).map(String::as_str).collect();
        conditions.dedup();
        if !conditions.is_empty() {
            let words = conditions.join("; ");
            let what = Phrase::new(
                format!(
                    "`{words}` cannot be judged: taken to hold where the rule lets through, not to hold where it stops"
                ),
                format!(
                    "`{words}` は判定できない。通すルールでは成り立つもの、止めるルールでは成り立たないものとみなす"
                ),
            );
            (rule.lines.0..=rule.lines.1).for_each(|line| self.ledger.not_understood(line, what.clone()));
        }
    }
}
