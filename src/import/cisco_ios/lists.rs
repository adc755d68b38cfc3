//! Access lists: numbered and named, standard and extended, of IPv4 and IPv6, of IOS, NX-OS and EOS.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use super::super::device::{Rule, Selector};
use super::super::ledger::{Ledger, Origin};
use super::super::names;
use super::super::region::{Services, WITH_PORTS, all_ports};
use super::super::set::{AddressSet, Ranges, wildcard};
use super::groups::{self, Groups};
use super::tree::Block;
use crate::document::Family;
use crate::language::Phrase;

/// An entry of a list.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its number in the list.
    pub sequence: u32,
    /// The entry as the line of every filter that it becomes.
    pub line: Arc<Rule>,
}

/// A list.
#[derive(Clone, Debug)]
pub struct List {
    /// Its name or number.
    pub name: String,
    /// The family whose packets it sees.
    pub family: Family,
    /// Its entries in their order.
    pub entries: Vec<Entry>,
    /// The greatest number in it; a line without one comes behind.
    highest: u32,
}

/// The lists of a device by family and name.
#[derive(Default)]
pub struct Lists {
    v4: BTreeMap<String, List>,
    v6: BTreeMap<String, List>,
}

impl Lists {
    /// A list that has entries.
    #[must_use]
    pub fn get(&self, family: Family, name: &str) -> Option<&List> {
        let of_family = if family == Family::V4 { &self.v4 } else { &self.v6 };
        of_family.get(name).filter(|list| !list.entries.is_empty())
    }

    /// A list of any family.
    #[must_use]
    pub fn any(&self, name: &str) -> Option<&List> {
        self.get(Family::V4, name).or_else(|| self.get(Family::V6, name))
    }

    fn of(&mut self, family: Family, name: &str) -> &mut List {
        let of_family = if family == Family::V4 { &mut self.v4 } else { &mut self.v6 };
        of_family.entry(name.to_owned()).or_insert_with(|| List {
            name: name.to_owned(),
            family,
            entries: Vec::new(),
            highest: 0,
        })
    }
}

/// Reads all lists, whose lines are then dropped.
pub fn read(blocks: &mut [Block<'_>], groups: &Groups, ledger: &mut Ledger) -> Lists {
    let mut lists = Lists::default();
    for block in blocks {
        match block.words[..] {
            ["access-list", number, ref rest @ ..] => {
                let Ok(value) = number.parse::<u32>() else { continue };
                let standard = matches!(value, 1..=99 | 1300..=1999);
                if !standard && !matches!(value, 100..=199 | 2000..=2699) {
                    continue; // of other protocols
                }
                let list = lists.of(Family::V4, number);
                entry(rest, block.line, list, standard, groups, ledger);
                block.forget(2);
            }
            [first @ ("ip" | "ipv6"), "access-list", ref rest @ ..] => {
                let family = if first == "ip" { Family::V4 } else { Family::V6 };
                let (name, standard) = match *rest {
                    ["standard", name, ..] => (name, true),
                    ["extended", name, ..] => (name, false),
                    [
                        "resequence" | "log-update" | "logging" | "persistent" | "role-based" | "match-local-traffic",
                        ..,
                    ] => {
                        ledger.without_meaning(block.line);
                        continue;
                    }
                    [name] => (name, false),
                    _ => continue,
                };
                ledger.used(block.line);
                let list = lists.of(family, name);
                for line in std::mem::take(&mut block.below) {
                    entry(&line.words, line.line, list, standard, groups, ledger);
                    line.rest_is_silent(ledger);
                }
            }
            _ => {}
        }
    }
    for list in lists.v4.values_mut().chain(lists.v6.values_mut()) {
        list.entries.sort_by_key(|entry| entry.sequence);
    }
    lists
}

/// Reads a line of a list.
fn entry(words: &[&str], line: u32, list: &mut List, standard: bool, groups: &Groups, ledger: &mut Ledger) {
    let mut words = words;
    let mut sequence = list.highest.saturating_add(10);
    if words.first() == Some(&"sequence") {
        words = &words[1..];
    }
    if let Some(number) = words.first().and_then(|word| word.parse().ok()) {
        sequence = number;
        words = &words[1..];
    }
    list.highest = list.highest.max(sequence);
    let origin = ledger.origin(line);
    let permit = match words.first().copied() {
        Some("permit") => true,
        Some("deny") => false,
        Some("remark" | "statistics" | "counters" | "fragments" | "no" | "ignore") => {
            return ledger.without_meaning(line);
        }
        Some("evaluate") => {
            // what a reflexive list lets back in
            ledger.used(line);
            ledger.remark(line, Phrase::new("lets replies back in only; left out", "応答だけを戻す行。取り込まない"));
            return;
        }
        // `dynamic NAME [timeout n] permit …`: opened by whoever logs in
        Some("dynamic") => {
            let Some(at) = words.iter().position(|word| matches!(*word, "permit" | "deny")) else { return };
            let condition = words[..at].join(" ");
            let inner = &words[at..];
            let read = Reader { words: &inner[1..], at: 0, groups, family: list.family }.entry(standard);
            let Some(mut read) = read else { return lost(line, inner[0] == "permit", sequence, list, origin, ledger) };
            read.condition = Some(match read.condition {
                Some(other) => format!("{condition}; {other}"),
                None => condition,
            });
            return push(read, line, inner[0] == "permit", sequence, list, origin, ledger);
        }
        _ => {
            return ledger.not_understood(
                line,
                Phrase::new(
                    "not understood; this line of the list was left out",
                    "解釈できない。リストのこの行は取り込まない",
                ),
            );
        }
    };
    match (Reader { words: &words[1..], at: 0, groups, family: list.family }).entry(standard) {
        Some(read) => push(read, line, permit, sequence, list, origin, ledger),
        None => lost(line, permit, sequence, list, origin, ledger),
    }
}

fn push(
    mut read: ReadEntry,
    line: u32,
    permit: bool,
    sequence: u32,
    list: &mut List,
    origin: Origin,
    ledger: &mut Ledger,
) {
    ledger.used(line);
    if read.inexact {
        // SOUNDNESS: a wildcard of too many prefixes is more than it says where it permits, and nothing where it denies
        ledger.not_understood(
            line,
            Phrase::new(
                "this wildcard is more than 4,096 prefixes: taken as the range around it where it permits, as nothing where it denies",
                "このワイルドカードは 4,096 を超えるプレフィックスになる。許可ではそれを囲む範囲、拒否では空とみなす",
            ),
        );
        if !permit {
            read.condition = Some("wildcard".to_owned());
        }
    }
    if read.replies {
        ledger
            .remark(line, Phrase::new("only replies match this line; left out", "応答だけに一致する行。取り込まない"));
    } else if let Some(condition) = &read.condition {
        ledger.not_understood(
            line,
            Phrase::new(
                format!(
                    "`{condition}` cannot be judged: taken to hold where the line permits, not to hold where it denies"
                ),
                format!("`{condition}` は判定できない。許可では成り立つもの、拒否では成り立たないものとみなす"),
            ),
        );
    }
    let ReadEntry { from, to, services, replies, condition, .. } = read;
    let rule = Rule::all(format!("{} {sequence}", list.name), permit, origin);
    let condition = condition.map(Into::into);
    let line = Arc::new(Rule { from, to, services: services.into(), replies, condition, ..rule });
    list.entries.push(Entry { sequence, line });
}

/// A line that is not understood: it permits everything, or denies nothing.
fn lost(line: u32, permit: bool, sequence: u32, list: &mut List, origin: Origin, ledger: &mut Ledger) {
    ledger.not_understood(
        line,
        if permit {
            Phrase::new("not understood; taken to permit everything", "解釈できない。すべてを許可するものとみなす")
        } else {
            Phrase::new("not understood; taken to deny nothing", "解釈できない。何も拒否しないものとみなす")
        },
    );
    let all = Selector::of(AddressSet::family(list.family));
    let rule = Rule::all(format!("{} {sequence}", list.name), permit, origin);
    let line = Arc::new(Rule { from: all.clone(), to: all, condition: Some("not understood".into()), ..rule });
    list.entries.push(Entry { sequence, line });
}

struct ReadEntry {
    from: Selector,
    to: Selector,
    services: Vec<Services>,
    replies: bool,
    condition: Option<String>,
    inexact: bool,
}

struct Reader<'w> {
    words: &'w [&'w str],
    at: usize,
    groups: &'w Groups,
    family: Family,
}

/// What the options behind the addresses ask.
#[derive(Default)]
struct Options {
    replies: bool,
    conditions: Vec<String>,
}

impl Reader<'_> {
    fn peek(&self) -> &str {
        self.words.get(self.at).copied().unwrap_or("")
    }

    fn next(&mut self) -> Option<&str> {
        let word = self.words.get(self.at).copied();
        self.at += 1;
        word
    }

    fn entry(mut self, standard: bool) -> Option<ReadEntry> {
        let mut inexact = false;
        let all = Selector::of(AddressSet::family(self.family));
        if standard {
            let from = self.address(&mut inexact)?;
            let options = self.options(0);
            let condition = (!options.conditions.is_empty()).then(|| options.conditions.join("; "));
            return Some(ReadEntry {
                from,
                to: all,
                services: vec![Services::all()],
                replies: false,
                condition,
                inexact,
            });
        }
        let mut conditions = Vec::new();
        let (mut services, protocol) = self.protocol(&mut conditions)?;
        let from = self.address(&mut inexact)?;
        let source = self.ports(protocol)?;
        let to = self.address(&mut inexact)?;
        let destination = self.ports(protocol)?;
        if let Some(source) = source {
            services = services.iter().map(|known| bound(known, source.clone(), all_ports())).collect();
        }
        if let Some(destination) = destination {
            services = services.iter().map(|known| bound(known, all_ports(), destination.clone())).collect();
        }
        let options = self.options(protocol);
        conditions.extend(options.conditions);
        let condition = (!conditions.is_empty()).then(|| conditions.join("; "));
        let fits =
            |selector: Selector| Selector { set: selector.set.intersect(&AddressSet::family(self.family)), ..selector };
        Some(ReadEntry { from: fits(from), to: fits(to), services, replies: options.replies, condition, inexact })
    }

    /// The protocol or group of services, and its number where it has ports (0: none).
    fn protocol(&mut self, conditions: &mut Vec<String>) -> Option<(Vec<Services>, u8)> {
        let word = self.next()?.to_owned();
        if word == "object-group" {
            let name = self.next()?.to_owned();
            return Some((
                self.groups.service(&name).unwrap_or_else(|| {
                    conditions.push(format!("object-group {name}"));
                    vec![Services::all()]
                }),
                0,
            ));
        }
        if matches!(word.as_str(), "ip" | "ipv4" | "ipv6") {
            return Some((vec![Services::all()], 0));
        }
        // in a list of IPv6 `icmp` is its own
        let number = if word == "icmp" && self.family == Family::V6 { 58 } else { names::protocol(&word)? };
        Some((vec![Services::protocol(number)], number))
    }

    fn address(&mut self, inexact: &mut bool) -> Option<Selector> {
        let word = self.next()?.to_owned();
        match word.as_str() {
            "any" | "any4" | "any6" => return Some(Selector::of(AddressSet::family(self.family))),
            "host" => {
                let address: IpAddr = self.next()?.parse().ok()?;
                return Some(Selector::of(AddressSet::single(address)));
            }
            "object-group" | "addrgroup" => {
                let name = self.next()?.to_owned();
                return Some(self.groups.network(&name));
            }
            _ => {}
        }
        if word.contains('/') {
            return groups::prefix_set(&word).map(Selector::of);
        }
        match word.parse().ok()? {
            IpAddr::V4(address) => {
                // a bare address is that host
                let Ok(free) = self.peek().parse::<Ipv4Addr>() else {
                    return Some(Selector::of(AddressSet::single(address.into())));
                };
                self.at += 1;
                let (set, exact) = wildcard(address, free);
                *inexact |= !exact;
                Some(Selector::of(set))
            }
            address @ IpAddr::V6(_) => Some(Selector::of(AddressSet::single(address))),
        }
    }

    /// Ports, where some stand here; `None` where they are not understood.
    #[allow(clippy::option_option)]
    fn ports(&mut self, protocol: u8) -> Option<Option<Ranges>> {
        if self.peek() == "portgroup" {
            self.at += 1;
            let name = self.next()?.to_owned();
            let services = self.groups.service(&name)?;
            let all = services.iter().flat_map(|services| services.destination.ranges()).collect();
            return Some(Some(Ranges::of(all)));
        }
        if !matches!(self.peek(), "eq" | "neq" | "gt" | "lt" | "range") {
            return Some(None);
        }
        if !WITH_PORTS.contains(&u128::from(protocol)) {
            return None;
        }
        let (ports, used) = groups::ports(self.words.get(self.at..)?, protocol)?;
        self.at += used;
        Some(Some(ports))
    }

    fn options(&mut self, protocol: u8) -> Options {
        let mut out = Options::default();
        let (mut flags, mut all) = (Vec::new(), false);
        while let Some(word) = self.next().map(str::to_owned) {
            match word.as_str() {
                // what logs and counts
                "log" | "log-input" | "log-update" | "count" | "counters" => {}
                "capture" => self.at += 2,
                // the list that lets the replies back in
                "reflect" => {
                    self.at += 1;
                    if self.peek() == "timeout" {
                        self.at += 2;
                    }
                }
                "established" | "tracked" if protocol == 6 || word == "tracked" => out.replies = true,
                // the first packet of a session is no later fragment
                "fragments" | "non-initial-fragments" | "noninitial-fragments" => out.replies = true,
                "match-all" => all = true,
                "match-any" => all = false,
                "syn" | "+syn" => flags.push(true),
                "-ack" | "-rst" | "-fin" | "-psh" | "-urg" if protocol == 6 => flags.push(true),
                "ack" | "rst" | "fin" | "psh" | "urg" | "+ack" | "+rst" | "+fin" | "+psh" | "+urg" | "-syn"
                    if protocol == 6 =>
                {
                    flags.push(false);
                }
                _ => {
                    let mut words = vec![word.clone()];
                    let takes = match word.as_str() {
                        "time-range" | "dscp" | "precedence" | "tos" | "option" | "flow-label" | "vlan" | "timeout" => {
                            1
                        }
                        "ttl" | "packet-length" => {
                            if self.words.get(self.at) == Some(&"range") {
                                3
                            } else {
                                2
                            }
                        }
                        _ => 0,
                    };
                    for _ in 0..takes {
                        words.extend(self.next().map(str::to_owned));
                    }
                    out.conditions.push(words.join(" "));
                }
            }
        }
        if !flags.is_empty() {
            let held = if all { flags.iter().all(|held| *held) } else { flags.iter().any(|held| *held) };
            out.replies |= !held;
        }
        out
    }
}

fn bound(services: &Services, source: Ranges, destination: Ranges) -> Services {
    services.intersect(&Services::ports(&services.protocols, source, destination))
}
