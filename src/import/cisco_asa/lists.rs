//! Access lists. From version 9.0 one list holds both families; before, `any` is IPv4 and `ipv6 access-list` is a list of its
//! own.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::cisco_ios::tree::Block;
use super::super::device::{Rule, Selector};
use super::super::ledger::Ledger;
use super::super::names;
use super::super::region::{Services, all_ports, with_ports};
use super::super::set::{AddressSet, Ranges};
use super::objects::{self, Objects, Service};
use crate::document::Family;
use crate::language::Phrase;

/// The lists of a device by name, as rules.
pub type Lists = BTreeMap<String, Vec<Arc<Rule>>>;

/// What reads a line.
struct Reader<'r> {
    words: &'r [&'r str],
    at: usize,
    objects: &'r Objects,
    /// The addresses of `any`.
    all: AddressSet,
}

/// What a line matches.
struct Read {
    services: Vec<Service>,
    from: Selector,
    to: Selector,
    conditions: Vec<String>,
    inactive: bool,
}

/// Reads all lists, whose lines are then dropped. `both`: `any` is of both families.
pub fn read(blocks: &mut [Block<'_>], objects: &Objects, both: bool, ledger: &mut Ledger) -> Lists {
    let mut out = Lists::new();
    for block in blocks {
        let (words, all) = match block.words[..] {
            ["ipv6", "access-list", ..] => (&block.words[1..], AddressSet::family(Family::V6)),
            ["access-list", ..] if both => (&block.words[..], AddressSet::all()),
            ["access-list", ..] => (&block.words[..], AddressSet::family(Family::V4)),
            _ => continue,
        };
        let [_, name, ref rest @ ..] = *words else { continue };
        let mut rest = rest;
        if let ["line", _, ref behind @ ..] = *rest {
            rest = behind;
        }
        let standard = match rest.first().copied() {
            Some("extended") => false,
            Some("standard") => true,
            Some("permit" | "deny") => false,
            // remarks, and lists of what is no packet of IP
            Some("remark" | "ethertype" | "webtype" | "alert-interval" | "deny-flow-max") => {
                ledger.without_meaning(block.line);
                continue;
            }
            _ => {
                if matches!(name, "alert-interval" | "deny-flow-max" | "mode") {
                    ledger.without_meaning(block.line);
                }
                continue;
            }
        };
        if matches!(rest[0], "extended" | "standard") {
            rest = &rest[1..];
        }
        let list = out.entry(name.to_owned()).or_default();
        let id = format!("{name} {}", list.len() + 1);
        let permit = rest.first() == Some(&"permit");
        if !permit && rest.first() != Some(&"deny") {
            continue;
        }
        ledger.used(block.line);
        let reader = Reader { words: &rest[1..], at: 0, objects, all: all.clone() };
        match reader.line(standard) {
            Some(Read { inactive: true, .. }) => {}
            Some(read) => push(&read, &id, permit, block.line, list, ledger),
            None => {
                ledger.not_understood(
                    block.line,
                    if permit {
                        Phrase::new(
                            "not understood; taken to permit everything",
                            "解釈できない。すべてを許可するものとみなす",
                        )
                    } else {
                        Phrase::new("not understood; taken to deny nothing", "解釈できない。何も拒否しないものとみなす")
                    },
                );
                let mut rule = Rule::all(id, permit, ledger.origin(block.line));
                rule.condition = Some("not understood".into());
                list.push(rule.into());
            }
        }
        block.forget(3);
    }
    out
}

fn push(read: &Read, id: &str, permit: bool, line: u32, list: &mut Vec<Arc<Rule>>, ledger: &mut Ledger) {
    // what hangs on the same condition is one rule
    let mut groups: Vec<(Option<String>, Vec<Services>)> = Vec::new();
    for (services, condition) in &read.services {
        let all: Vec<String> = condition.iter().chain(&read.conditions).cloned().collect();
        let condition = (!all.is_empty()).then(|| all.join("; "));
        match groups.iter_mut().find(|(known, _)| *known == condition) {
            Some((_, known)) => known.push(services.clone()),
            None => groups.push((condition, vec![services.clone()])),
        }
    }
    for (condition, services) in groups {
        if let Some(condition) = &condition {
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
        let mut rule = Rule::all(id, permit, ledger.origin(line));
        (rule.from, rule.to) = (read.from.clone(), read.to.clone());
        rule.services = services.into();
        rule.condition = condition.map(Into::into);
        list.push(rule.into());
    }
}

/// An object that the configuration does not define: some that every device has are called after protocols.
fn built_in(word: &str, name: &str) -> Vec<Service> {
    let (protocol, kind) = name.split_once('-').unwrap_or((name, ""));
    match names::protocol(protocol).filter(|_| name.parse::<u8>().is_err()) {
        Some(number) if kind.is_empty() => vec![(Services::protocol(number), None)],
        Some(number @ (1 | 58)) => vec![(Services::protocol(number), Some(format!("icmp {kind}")))],
        _ => vec![(Services::all(), Some(format!("{word} {name}")))],
    }
}

impl Reader<'_> {
    fn peek(&self) -> &str {
        self.words.get(self.at).copied().unwrap_or("")
    }

    fn next(&mut self) -> Option<&str> {
        let word = self.words.get(self.at).copied();
        self.at += usize::from(word.is_some());
        word
    }

    fn line(mut self, standard: bool) -> Option<Read> {
        let mut conditions = Vec::new();
        if standard {
            // of where a route leads
            let to = self.address(&mut conditions)?;
            let (from, services) = (Selector::of(self.all.clone()), vec![(Services::all(), None)]);
            return Some(Read { services, from, to, conditions, inactive: false });
        }
        let (mut services, ported) = self.protocol()?;
        self.who(&mut conditions);
        let from = self.address(&mut conditions)?;
        let source = if ported { self.ports(&services)? } else { None };
        self.who(&mut conditions);
        let to = self.address(&mut conditions)?;
        let destination = if ported { self.ports(&services)? } else { None };
        let bind = |services: &mut Vec<Service>, side: &[Services], source: bool| {
            let known = std::mem::take(services);
            for (one, condition) in &known {
                for bound in side {
                    let ports = bound.destination.clone();
                    let (from, to) = if source { (ports, all_ports()) } else { (all_ports(), ports) };
                    let bound = Services::ports(&bound.protocols, from, to);
                    services.push((one.intersect(&bound), condition.clone()));
                }
            }
        };
        if let Some(source) = &source {
            bind(&mut services, source, true);
        }
        if let Some(destination) = &destination {
            bind(&mut services, destination, false);
        }
        let inactive = self.options(&services, &mut conditions);
        Some(Read { services, from, to, conditions, inactive })
    }

    /// The protocol, an object or a group of services; whether ports may follow.
    fn protocol(&mut self) -> Option<(Vec<Service>, bool)> {
        let word = self.next()?.to_owned();
        if matches!(word.as_str(), "object" | "object-group") {
            let name = self.next()?.to_owned();
            let found = self.objects.service(&name).map(<[Service]>::to_vec);
            let services = found.unwrap_or_else(|| built_in(&word, &name));
            // of protocols: ports may follow
            let bare = |(one, _): &Service| one.source == all_ports() && one.destination == all_ports();
            let ported = services.iter().all(|one| bare(one) && one.0.protocols.is_within(&with_ports()));
            return Some((services, ported));
        }
        let protocols = objects::protocols(&word)?;
        let ported = protocols.is_within(&with_ports());
        Some((vec![(Services::protocols(protocols), None)], ported))
    }

    /// `user`, `security-group`: who somebody is cannot be judged.
    fn who(&mut self, conditions: &mut Vec<String>) {
        loop {
            let takes = match self.peek() {
                "user" | "user-group" | "object-group-user" | "object-group-security" => 2,
                "security-group" => 3,
                _ => return,
            };
            let words: Vec<&str> = self.words.iter().skip(self.at).take(takes).copied().collect();
            conditions.push(words.join(" "));
            self.at = (self.at + takes).min(self.words.len());
        }
    }

    fn address(&mut self, conditions: &mut Vec<String>) -> Option<Selector> {
        match self.peek() {
            "any" => {
                self.at += 1;
                Some(Selector::of(self.all.clone()))
            }
            kind @ ("object" | "object-group") => {
                let kind = kind.to_owned();
                self.at += 1;
                let name = self.next()?.to_owned();
                // a name that nobody defines may be anything
                Some(self.objects.network(&name).cloned().unwrap_or_else(|| Selector::named(format!("{kind}-{name}"))))
            }
            // whatever address the interface has
            "interface" => {
                self.at += 1;
                let name = self.next()?.to_owned();
                conditions.push(format!("interface {name}"));
                Some(Selector::of(self.all.clone()))
            }
            _ => {
                let (set, used) = self.objects.plain(&self.words[self.at.min(self.words.len())..])?;
                self.at += used;
                Some(Selector::of(set))
            }
        }
    }

    /// Ports, where they are: `None` inside is every port.
    fn ports(&mut self, services: &[Service]) -> Option<Option<Vec<Services>>> {
        let tcp = services.iter().any(|(one, _)| one.protocols.contains(6));
        match self.peek() {
            "eq" | "neq" | "gt" | "lt" | "range" => {
                let (set, used) = objects::ports(&self.words[self.at..], if tcp { 6 } else { 17 })?;
                self.at += used;
                Some(Some(vec![Services::ports(&with_ports(), all_ports(), set)]))
            }
            "object-group" => {
                let name = self.words.get(self.at + 1).copied().unwrap_or("");
                if !self.objects.is_ports(name) {
                    return Some(None);
                }
                self.at += 2;
                let group = self.objects.service(name)?;
                // with a line that is not understood they may be any
                let unknown = group.iter().any(|(_, condition)| condition.is_some());
                Some(if unknown { None } else { Some(group.iter().map(|(one, _)| one.clone()).collect()) })
            }
            _ => Some(None),
        }
    }

    /// What stands behind the addresses; whether the line is switched off.
    fn options(&mut self, services: &[Service], conditions: &mut Vec<String>) -> bool {
        let icmp = Ranges::of(vec![(1, 1), (58, 58)]);
        let is_icmp = services.iter().all(|(one, _)| one.protocols.is_within(&icmp));
        let mut inactive = false;
        while let Some(word) = self.next().map(str::to_owned) {
            match word.as_str() {
                "inactive" => inactive = true,
                "log" => {
                    while matches!(
                        self.peek(),
                        "disable"
                            | "default"
                            | "interval"
                            | "emergencies"
                            | "alerts"
                            | "critical"
                            | "errors"
                            | "warnings"
                            | "notifications"
                            | "informational"
                            | "debugging"
                    ) || self.peek().parse::<u32>().is_ok()
                    {
                        self.at += 1;
                    }
                }
                "time-range" => conditions.push(format!("time-range {}", self.next().unwrap_or_default())),
                "object-group" if is_icmp => conditions.push(format!("icmp {}", self.next().unwrap_or_default())),
                word if is_icmp => conditions.push(format!("icmp {word}")),
                word => conditions.push(word.to_owned()),
            }
        }
        inactive
    }
}
