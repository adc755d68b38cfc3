//! `iptables-save` and `ip6tables-save`.
//!
//! Order of operations (netfilter.org, *Packet Filtering HOWTO* 6 and *NAT HOWTO* 6; `iptables(8)`, TABLES): PREROUTING
//! raw, mangle, nat; then INPUT or FORWARD mangle, filter, security; OUTPUT raw, mangle, nat, filter; POSTROUTING mangle,
//! nat. So `filter` sees the destination as translated and the source as it came; `raw` and `mangle` of PREROUTING and
//! OUTPUT see both as they came. Translations stand in `nat`: destinations in PREROUTING (arrived) and OUTPUT (emitted),
//! sources in POSTROUTING. What opens a session has the state NEW.

mod matches;
mod translate;
mod tree;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::chain::{self, Flat, Step, Target};
use super::device::{Applies, Device, Filter, Rule};
use super::ledger::Ledger;
use super::linux::{self, Ways};
use super::region::Region;
use super::set::{AddressSet, Ranges};
use super::text::Refusal;
use super::{Configuration, Import};
use crate::document::Family;
use crate::language::Phrase;

use matches::Place;
use tree::Table;

/// Whether a text is what `iptables-save` prints.
#[must_use]
pub fn recognise(lines: &[&str]) -> bool {
    let table = |line: &&str| matches!(line.trim(), "*filter" | "*nat" | "*mangle" | "*raw" | "*security");
    let chain = |line: &&str| line.starts_with(':') || line.starts_with("-A ");
    lines.iter().any(table) && (lines.iter().any(chain) || lines.iter().any(|line| line.trim() == "COMMIT"))
}

/// The names of interfaces in rules.
fn ways_of(tables: &[Table<'_>]) -> Ways {
    let mut names = BTreeSet::new();
    for rule in tables.iter().flat_map(|table| &table.chains).flat_map(|chain| &chain.rules) {
        let mut words = rule.words.iter();
        while let Some(word) = words.next() {
            match word.as_ref() {
                "-i" | "-o" | "--in-interface" | "--out-interface" => {
                    let value = words.next();
                    let value = if value.as_deref() == Some("!") { words.next() } else { value };
                    names.extend(value.map(Cow::into_owned));
                }
                "--comment" | "--log-prefix" => drop(words.next()),
                _ => {}
            }
        }
    }
    Ways::new(names)
}

/// Reads a dump.
///
/// # Errors
/// When it is truncated, or its chains go in a circle.
pub fn import(configuration: &Configuration<'_>, ledger: &mut Ledger) -> Result<Import, Refusal> {
    let tables = tree::read(&configuration.lines, ledger)?;
    let ways = ways_of(&tables);
    // of a machine that forwards, the line that says so is the one to look at
    let mut chains = tables.iter().filter(|table| table.name == "filter").flat_map(|table| &table.chains);
    let forward = chains.find(|chain| chain.name == "FORWARD").map(|chain| chain.origin.clone());
    let first = forward.unwrap_or_else(|| ledger.origin(1));
    let mut device = Device::new(configuration.id("linux"), "firewall", first);
    for name in ways.all() {
        let named = |rule: &&tree::Rule<'_>| rule.words.iter().any(|word| word == name.as_str());
        let mut rules = tables.iter().flat_map(|table| &table.chains).flat_map(|chain| &chain.rules);
        let origin = ledger.origin(rules.find(named).map_or(1, |rule| rule.line));
        device.interfaces.push(linux::interface(name, origin));
    }
    let tracked = !tables.iter().any(|table| {
        let mut rules = table.chains.iter().flat_map(|chain| &chain.rules);
        table.name == "raw" && rules.any(|rule| rule.words.iter().any(|word| word == "NOTRACK" || word == "--notrack"))
    });
    let mut reader = Reader { tables: &tables, ways: &ways, tracked, ledger };
    reader.filters(&mut device)?;
    reader.translations(&mut device)?;
    reader.unread_tables();
    if device.filters.is_empty() {
        device.kind = "router";
    }
    let families: BTreeSet<Family> = tables.iter().map(|table| table.family).collect();
    if families.len() == 1 {
        let (en, ja) = if families.contains(&Family::V4) { ("IPv6", "ip6tables") } else { ("IPv4", "iptables") };
        ledger.remark(
            0,
            Phrase::new(
                format!("the file has nothing of {ja}: {en} is taken to pass"),
                format!("{ja} の設定がない。{en} は通るものとみなす"),
            ),
        );
    }
    linux::without_routes(ledger);
    Ok(Import { devices: vec![device], open_names: true, ..Import::default() })
}

struct Reader<'t, 'l> {
    tables: &'t [Table<'t>],
    ways: &'t Ways,
    tracked: bool,
    ledger: &'l mut Ledger,
}

/// A place where the kernel asks a chain whether a packet may go on.
struct Hook {
    table: &'static str,
    chain: &'static str,
    applies: &'static [Applies],
    translated: bool,
}

const HOOKS: &[Hook] = {
    use Applies::{Delivered, Emitted, Forwarded};
    const fn hook(table: &'static str, chain: &'static str, applies: &'static [Applies], translated: bool) -> Hook {
        Hook { table, chain, applies, translated }
    }
    &[
        hook("raw", "PREROUTING", &[Forwarded, Delivered], false),
        hook("mangle", "PREROUTING", &[Forwarded, Delivered], false),
        hook("mangle", "INPUT", &[Delivered], true),
        hook("filter", "INPUT", &[Delivered], true),
        hook("security", "INPUT", &[Delivered], true),
        hook("mangle", "FORWARD", &[Forwarded], true),
        hook("filter", "FORWARD", &[Forwarded], true),
        hook("security", "FORWARD", &[Forwarded], true),
        hook("raw", "OUTPUT", &[Emitted], false),
        hook("mangle", "OUTPUT", &[Emitted], false),
        hook("filter", "OUTPUT", &[Emitted], true),
        hook("security", "OUTPUT", &[Emitted], true),
        hook("mangle", "POSTROUTING", &[Forwarded, Emitted], true),
    ]
};

/// Targets that let a packet go on to the next rule.
const PASSING: &[&str] = &[
    "LOG",
    "NFLOG",
    "ULOG",
    "MARK",
    "CONNMARK",
    "CONNSECMARK",
    "SECMARK",
    "CT",
    "NOTRACK",
    "TOS",
    "DSCP",
    "TTL",
    "HL",
    "TCPMSS",
    "TCPOPTSTRIP",
    "CHECKSUM",
    "CLASSIFY",
    "SET",
    "AUDIT",
    "TRACE",
    "ACCOUNT",
    "IDLETIMER",
    "LED",
    "RATEEST",
    "TEE",
    "ECN",
    "CONTINUE",
    "DNETMAP",
];

/// Targets that stop a packet.
const STOPPING: &[&str] = &["DROP", "REJECT", "TARPIT", "DELUDE", "CHAOS", "STEAL"];

impl Reader<'_, '_> {
    fn filters(&mut self, device: &mut Device) -> Result<(), Refusal> {
        for hook in HOOKS {
            let mut filter: Option<Filter> = None;
            let (mut rules, mut dropped) = (BTreeMap::new(), BTreeMap::new());
            for table in self.tables.iter().filter(|table| table.name == hook.table) {
                let Some(at) = table.chain(hook.chain) else { continue };
                let chain = &table.chains[at];
                let drops = chain.policy.as_deref() == Some("DROP");
                let lines = self.rules(table, at, hook)?;
                if lines.iter().all(|rule| rule.permit) && !drops {
                    continue; // nothing is denied here
                }
                rules.insert(table.family, lines);
                dropped.insert(table.family, drops);
                let known = filter.get_or_insert_with(|| {
                    let name = if hook.table == "filter" {
                        hook.chain.to_owned()
                    } else {
                        format!("{} {}", hook.table, hook.chain)
                    };
                    let mut filter = Filter::new(name, true, chain.origin.clone());
                    filter.default_id = "policy".into();
                    filter
                });
                if drops {
                    known.default_origin = chain.origin.clone();
                }
            }
            let Some(mut filter) = filter else { continue };
            filter.applies = hook.applies.to_vec();
            filter.stateful = true;
            filter.sees_translated_destination = hook.translated;
            filter.default_permit = dropped.values().all(|drops| !drops);
            filter.rules = rules.into_values().flatten().collect();
            // One filter for both families: with two, what has no address would pass each as of the other family.
            filter.passes = (!filter.default_permit)
                .then(|| {
                    [Family::V4, Family::V6].into_iter().find(|family| !dropped.get(family).is_some_and(|drops| *drops))
                })
                .flatten();
            device.filters.push(filter);
        }
        Ok(())
    }

    fn rules(&mut self, table: &Table<'_>, chain: usize, hook: &Hook) -> Result<Vec<Arc<Rule>>, Refusal> {
        let local = match hook.chain {
            "INPUT" => Some(true),
            "FORWARD" => Some(false),
            _ => None,
        };
        let place = Place { ways: self.ways, family: table.family, tracked: self.tracked, local };
        let (ways_in, ways_out) = linux::ways_of_chain(hook.chain);
        let all = AddressSet::family(table.family);
        let start = Region { from: all.clone(), to: all, ways_in, ways_out, ..Region::all() };
        let (mut rules, ways) = (Vec::new(), self.ways);
        self.flat(table, chain, &place, &start, &mut |_, _| None, &mut |line| {
            rules.extend(rule(&line, hook, ways).map(Arc::new));
        })?;
        Ok(rules)
    }

    /// Tells the lines that decide for what comes to a chain. `other` says what targets that are no verdict do.
    fn flat(
        &mut self,
        table: &Table<'_>,
        chain: usize,
        place: &Place<'_>,
        region: &Region,
        other: &mut dyn FnMut(&str, &[String]) -> Option<Target>,
        tell: &mut dyn FnMut(Flat),
    ) -> Result<(), Refusal> {
        let told = vec![0; table.chains.len()];
        let mut lines = Lines { table, place, other, ledger: self.ledger, told };
        let result = chain::flatten(&mut lines, chain, region, tell);
        lines.rest();
        result.map_err(|tangle| super::tangled(self.ledger.file(), &tangle))
    }

    /// Tables that filter nothing that the model knows.
    fn unread_tables(&mut self) {
        for table in self.tables {
            let known = HOOKS.iter().any(|hook| hook.table == table.name) || table.name == "nat";
            for chain in table.chains.iter().filter(|_| !known) {
                for rule in &chain.rules {
                    self.ledger.not_understood(
                        rule.line,
                        Phrase::new("this table is unknown; it was left out", "未知のテーブル。取り込まない"),
                    );
                }
            }
        }
    }
}

/// A line that decides, as one of a filter.
fn rule(line: &Flat, hook: &Hook, ways: &Ways) -> Option<Rule> {
    let permit = match line.target {
        Target::Permit => true,
        Target::Deny => false,
        _ => return None,
    };
    let mut rule = line.rule(permit);
    let arrives = !matches!(hook.chain, "OUTPUT");
    let leaves = !matches!(hook.chain, "INPUT" | "PREROUTING");
    // A packet that has no such interface is matched by a rule that names none.
    let names = |numbers: &Ranges, there: bool| if there { ways.names(numbers) } else { None };
    rule.ways_in = names(&line.region.ways_in, arrives);
    rule.ways_out = names(&line.region.ways_out, leaves);
    Some(rule)
}

/// The rules of a table, read one by one as they are come to: a hundred thousand of them are more than what becomes of them.
struct Lines<'r> {
    table: &'r Table<'r>,
    place: &'r Place<'r>,
    other: &'r mut dyn FnMut(&str, &[String]) -> Option<Target>,
    ledger: &'r mut Ledger,
    /// Of how many rules of each chain it was told what is to be told.
    told: Vec<usize>,
}

impl<'c> chain::Lines<'c> for Lines<'_> {
    fn line(&mut self, chain: usize, at: usize) -> Option<Option<Cow<'c, Step>>> {
        (at < self.table.chains[chain].rules.len()).then(|| self.step(chain, at).map(Cow::Owned))
    }
}

impl Lines<'_> {
    /// What is to be told of rules that nothing came to.
    fn rest(&mut self) {
        for chain in 0..self.told.len() {
            for at in self.told[chain]..self.table.chains[chain].rules.len() {
                self.step(chain, at);
            }
        }
    }

    fn step(&mut self, chain: usize, at: usize) -> Option<Step> {
        let rule = &self.table.chains[chain].rules[at];
        let first = self.told[chain] == at;
        self.told[chain] += usize::from(first);
        let read = matches::read(&rule.words.iter().map(String::from).collect::<Vec<_>>(), self.place);
        let mut conditions = read.conditions;
        let (name, goto) = read.target?;
        if PASSING.contains(&name.as_str()) {
            return None;
        }
        let target = if let Some(next) = self.table.chain(&name) {
            if goto { Target::Goto(next) } else { Target::Jump(next) }
        } else if name == "ACCEPT" {
            Target::Permit
        } else if STOPPING.contains(&name.as_str()) {
            Target::Deny
        } else if name == "RETURN" {
            Target::Return
        } else if let Some(target) = (self.other)(&name, &read.options) {
            target
        } else {
            // an unknown target: in the attacker's favour it lets through
            conditions.push(format!("-j {name}"));
            Target::Permit
        };
        if read.regions.is_empty() {
            if first {
                self.ledger.remark(
                    rule.line,
                    Phrase::new(
                        "no packet that opens a session matches this rule; it was left out",
                        "セッションを開始するパケットはこのルールに一致しない。取り込まない",
                    ),
                );
            }
            return None;
        }
        if first && !conditions.is_empty() {
            let words = conditions.join("; ");
            self.ledger.not_understood(
                rule.line,
                Phrase::new(
                    format!("`{words}` cannot be judged: taken to hold where the rule lets through, not to hold where it stops"),
                    format!("`{words}` は判定できない。通すルールでは成り立つもの、止めるルールでは成り立たないものとみなす"),
                ),
            );
        }
        Some(Step {
            regions: read.regions,
            condition: (!conditions.is_empty()).then(|| conditions.join("; ").into()),
            target,
            id: format!("{} {}", self.table.chains[chain].name, at + 1).into(),
            origin: self.ledger.origin(rule.line),
        })
    }
}
