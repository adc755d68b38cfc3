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

use std::collections::{BTreeMap, BTreeSet};

use super::chain::{self, Flat, Step, Tangle, Target};
use super::device::{Applies, Device, Filter, Rule};
use super::ledger::{Ledger, Origin};
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
fn ways_of(tables: &[Table]) -> Ways {
    let mut names = BTreeSet::new();
    for rule in tables.iter().flat_map(|table| &table.chains).flat_map(|chain| &chain.rules) {
        let mut words = rule.words.iter();
        while let Some(word) = words.next() {
            match word {
                "-i" | "-o" | "--in-interface" | "--out-interface" => {
                    let value = words.next();
                    let value = if value == Some("!") { words.next() } else { value };
                    names.extend(value.map(str::to_owned));
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
        let named = |rule: &&tree::Rule| rule.words.iter().any(|word| word == name);
        let mut rules = tables.iter().flat_map(|table| &table.chains).flat_map(|chain| &chain.rules);
        let origin = rules.find(named).map_or_else(|| ledger.origin(1), |rule| rule.origin.clone());
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
    tables: &'t [Table],
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

    fn rules(&mut self, table: &Table, chain: usize, hook: &Hook) -> Result<Vec<Rule>, Refusal> {
        let local = match hook.chain {
            "INPUT" => Some(true),
            "FORWARD" => Some(false),
            _ => None,
        };
        let place = Place { ways: self.ways, family: table.family, tracked: self.tracked, local };
        let chains = self.chains(table, &place, &mut |_, _, _| None);
        let (ways_in, ways_out) = linux::ways_of_chain(hook.chain);
        let all = AddressSet::family(table.family);
        let start = Region { from: all.clone(), to: all, ways_in, ways_out, ..Region::all() };
        let flat = chain::flatten(&chains, chain, &start).map_err(|tangle| self.tangled(tangle))?;
        Ok(flat.iter().filter_map(|line| self.rule(line, hook)).collect())
    }

    fn rule(&self, line: &Flat<'_>, hook: &Hook) -> Option<Rule> {
        let permit = match line.target {
            Target::Permit => true,
            Target::Deny => false,
            _ => return None,
        };
        let mut rule = Rule::of(line.step.id.clone(), permit, &line.region, line.step.origin.clone());
        let arrives = !matches!(hook.chain, "OUTPUT");
        let leaves = !matches!(hook.chain, "INPUT" | "PREROUTING");
        // A packet that has no such interface is matched by a rule that names none.
        let names = |ways: &Ranges, there: bool| if there { self.ways.names(ways) } else { None };
        rule.ways_in = names(&line.region.ways_in, arrives);
        rule.ways_out = names(&line.region.ways_out, leaves);
        rule.condition = (!line.conditions.is_empty()).then(|| line.conditions.join("; "));
        Some(rule)
    }

    /// The chains of a table with every rule read. `other` says what targets that are no verdict do.
    fn chains(
        &mut self,
        table: &Table,
        place: &Place<'_>,
        other: &mut dyn FnMut(&str, &[String], &Origin) -> Option<Target>,
    ) -> Vec<chain::Chain> {
        let mut out = Vec::with_capacity(table.chains.len());
        for chain in &table.chains {
            let mut steps = Vec::with_capacity(chain.rules.len());
            for (number, rule) in (1..).zip(&chain.rules) {
                let read = matches::read(&rule.words.iter().map(str::to_owned).collect::<Vec<_>>(), place);
                let mut conditions = read.conditions;
                let Some((name, goto)) = read.target else { continue };
                if PASSING.contains(&name.as_str()) {
                    continue;
                }
                let target = if let Some(next) = table.chain(&name) {
                    if goto { Target::Goto(next) } else { Target::Jump(next) }
                } else if name == "ACCEPT" {
                    Target::Permit
                } else if STOPPING.contains(&name.as_str()) {
                    Target::Deny
                } else if name == "RETURN" {
                    Target::Return
                } else if let Some(target) = other(&name, &read.options, &rule.origin) {
                    target
                } else {
                    // an unknown target: in the attacker's favour it lets through
                    conditions.push(format!("-j {name}"));
                    Target::Permit
                };
                if read.regions.is_empty() {
                    self.tell_once(
                        &rule.origin,
                        Phrase::new(
                            "no packet that opens a session matches this rule; it was left out",
                            "セッションを開始するパケットはこのルールに一致しない。取り込まない",
                        ),
                    );
                    continue;
                }
                if !conditions.is_empty() {
                    let words = conditions.join("; ");
                    self.ledger.not_understood(
                        rule.origin.line,
                        Phrase::new(
                            format!("`{words}` cannot be judged: taken to hold where the rule lets through, not to hold where it stops"),
                            format!("`{words}` は判定できない。通すルールでは成り立つもの、止めるルールでは成り立たないものとみなす"),
                        ),
                    );
                }
                steps.push(Step {
                    regions: read.regions,
                    condition: (!conditions.is_empty()).then(|| conditions.join("; ")),
                    target,
                    id: format!("{} {number}", chain.name),
                    origin: rule.origin.clone(),
                });
            }
            out.push(chain::Chain { name: chain.name.clone(), steps });
        }
        out
    }

    fn tell_once(&mut self, origin: &Origin, what: Phrase) {
        self.ledger.remark(origin.line, what);
    }

    fn tangled(&self, tangle: Tangle) -> Refusal {
        super::tangled(self.ledger.file(), &tangle)
    }

    /// Tables that filter nothing that the model knows.
    fn unread_tables(&mut self) {
        for table in self.tables {
            let known = HOOKS.iter().any(|hook| hook.table == table.name) || table.name == "nat";
            for chain in table.chains.iter().filter(|_| !known) {
                for rule in &chain.rules {
                    self.ledger.not_understood(
                        rule.origin.line,
                        Phrase::new("this table is unknown; it was left out", "未知のテーブル。取り込まない"),
                    );
                }
            }
        }
    }
}
