//! The zone-based firewall: class maps, policy maps, zone pairs, the zone `self`.
//!
//! *Cisco IOS Security Configuration Guide: Zone-Based Policy Firewall*: between interfaces of one zone everything passes;
//! between zones, or a zone and an interface without one, nothing, but what the policy of a zone pair inspects or passes;
//! to and from the router itself everything, unless a pair with `self` says otherwise. What no class of a policy matches is
//! dropped.

use std::collections::BTreeMap;

use super::super::chain::{self, Chain, Flat, Step, Target};
use super::super::device::{Applies, Filter, Rule, Selector};
use super::super::ledger::{Ledger, Origin};
use super::super::names;
use super::super::region::{Region, Services, all_ports};
use super::super::set::Ranges;
use super::super::text::Refusal;
use super::lists::{List, Lists};
use super::tree::Block;
use crate::language::Phrase;

/// A box that a class holds, and what that hangs on.
#[derive(Clone, Debug)]
pub struct Piece {
    /// The box.
    pub region: Region,
    /// What the model cannot judge.
    pub conditions: Vec<Box<str>>,
    /// The line it comes from.
    pub origin: Origin,
    /// A name for people.
    pub id: Box<str>,
}

impl From<Flat> for Piece {
    fn from(line: Flat) -> Self {
        let Flat { region, conditions, origin, id, .. } = line;
        Self { region, conditions, origin, id }
    }
}

/// The boxes of an entry: those that are sure, and, where names stand in it, those that may be.
#[must_use]
pub fn regions(entry: &Rule) -> (Vec<Region>, Option<Vec<Region>>) {
    let of = |from: &Selector, to: &Selector, strict: bool| -> Vec<Region> {
        let set = |selector: &Selector| if strict { selector.strict() } else { selector.loose() };
        entry
            .services
            .iter()
            .map(|services| Region { from: set(from), to: set(to), services: services.clone(), ..Region::all() })
            .filter(|region| !region.is_empty())
            .collect()
    };
    let named = !entry.from.names.is_empty() || !entry.to.names.is_empty();
    (of(&entry.from, &entry.to, true), named.then(|| of(&entry.from, &entry.to, false)))
}

/// A list as a chain: what it permits is decided, what it denies returns.
#[must_use]
pub fn list_as_chain(list: &List, permits: &Target, denies: &Target) -> Chain {
    let mut steps = Vec::new();
    for entry in list.entries.iter().map(|entry| &entry.line).filter(|entry| !entry.replies) {
        let target = if entry.permit { permits.clone() } else { denies.clone() };
        let (sure, maybe) = regions(entry);
        let mut push = |regions: Vec<Region>, condition: Option<Box<str>>| {
            steps.push(Step {
                regions,
                condition,
                target: target.clone(),
                id: entry.id.clone(),
                origin: entry.origin.clone(),
            });
        };
        push(sure, entry.condition.clone());
        if let Some(maybe) = maybe {
            push(maybe, Some(entry.condition.clone().unwrap_or_else(|| "object-group".into())));
        }
    }
    Chain { name: list.name.clone(), steps }
}

/// What a list permits.
///
/// # Errors
/// When it becomes too large.
pub fn permitted(list: &List, ledger: &Ledger) -> Result<Vec<Piece>, Refusal> {
    let family = super::super::set::AddressSet::family(list.family);
    let all = Region { from: family.clone(), to: family, ..Region::all() };
    let chains = [list_as_chain(list, &Target::Permit, &Target::Return)];
    let mut out = Vec::new();
    chain::flatten(&mut &chains[..], 0, &all, &mut |line| out.push(line.into()))
        .map_err(|tangle| super::super::tangled(ledger.file(), &tangle))?;
    Ok(out)
}

/// What is needed to read zones.
pub struct Zones<'b, 't> {
    /// All blocks.
    pub blocks: &'b [Block<'t>],
    /// The lists.
    pub lists: &'b Lists,
    /// Zones and the interfaces in them; the zone of all others is not here.
    pub members: BTreeMap<String, Vec<String>>,
    /// Interfaces without a zone.
    pub outside: Vec<String>,
}

/// A zone pair.
struct Pair {
    name: String,
    source: String,
    destination: String,
    policy: Option<String>,
    line: u32,
}

impl Zones<'_, '_> {
    /// The filters of the zones; none where no interface has one.
    ///
    /// # Errors
    /// When class maps hold each other in a circle, or lists become too large.
    pub fn filters(&self, ledger: &mut Ledger) -> Result<Vec<Filter>, Refusal> {
        let pairs = self.pairs(ledger);
        let mut out = Vec::new();
        if self.members.is_empty() {
            return Ok(out);
        }
        for pair in &pairs {
            let ways = |zone: &str| match zone {
                "self" => None,
                // `default`: what has no zone
                "default" => Some(self.outside.clone()),
                zone => Some(self.members.get(zone).cloned().unwrap_or_default()),
            };
            let (ways_in, ways_out) = (ways(&pair.source), ways(&pair.destination));
            let none = |ways: &Option<Vec<String>>| ways.as_ref().is_some_and(Vec::is_empty);
            if none(&ways_in) || none(&ways_out) {
                continue;
            }
            let origin = ledger.origin(pair.line);
            let mut filter = Filter::new(format!("zone-pair {}", pair.name), false, origin.clone());
            filter.default_id = "class-default".into();
            filter.applies = match (pair.source.as_str(), pair.destination.as_str()) {
                ("self", _) => vec![Applies::Emitted],
                (_, "self") => vec![Applies::Delivered],
                _ => vec![Applies::Forwarded],
            };
            filter.stateful = true;
            (filter.ways_in, filter.ways_out) = (ways_in.map(Into::into), ways_out.map(Into::into));
            // a pair without a policy drops everything
            if let Some(policy) = &pair.policy {
                self.policy(policy, pair.line, &mut filter, ledger)?;
            }
            out.push(filter);
        }
        if let Some(filter) = self.without_pair(&pairs, ledger) {
            out.insert(0, filter);
        }
        Ok(out)
    }

    fn pairs(&self, ledger: &mut Ledger) -> Vec<Pair> {
        let mut out = Vec::new();
        for block in self.blocks.iter().filter(|block| block.starts(&["zone-pair", "security"])) {
            let ["zone-pair", "security", name, "source", source, "destination", destination, ..] = block.words[..]
            else {
                continue;
            };
            ledger.used(block.line);
            let mut policy = None;
            for line in &block.below {
                if let ["service-policy", "type", "inspect", name] = line.words[..] {
                    policy = Some(name.to_owned());
                    ledger.used(line.line);
                } else {
                    ledger.without_meaning(line.line);
                }
            }
            let (name, source, destination) = (name.to_owned(), source.to_owned(), destination.to_owned());
            out.push(Pair { name, source, destination, policy, line: block.line });
        }
        out
    }

    /// What no zone pair lets pass: between zones, and between a zone and an interface without one.
    fn without_pair(&self, pairs: &[Pair], ledger: &Ledger) -> Option<Filter> {
        let line = self.blocks.iter().find(|block| block.starts(&["zone", "security"])).map_or(1, |block| block.line);
        let mut filter = Filter::new("zones without a pair", true, ledger.origin(line));
        filter.applies = vec![Applies::Forwarded];
        filter.stateful = true;
        let mut groups: Vec<(&str, &Vec<String>)> =
            self.members.iter().map(|(zone, ways)| (zone.as_str(), ways)).collect();
        if !self.outside.is_empty() {
            groups.push(("default", &self.outside));
        }
        for (source, ways_in) in &groups {
            for (destination, ways_out) in &groups {
                let paired = pairs.iter().any(|pair| pair.source == *source && pair.destination == *destination);
                if source == destination || paired {
                    continue;
                }
                let origin = ledger.origin(line);
                let mut rule = Rule::all(format!("{source} to {destination}"), false, origin);
                (rule.ways_in, rule.ways_out) = (Some((*ways_in).clone().into()), Some((*ways_out).clone().into()));
                filter.rules.push(rule.into());
            }
        }
        (!filter.rules.is_empty()).then_some(filter)
    }

    /// The rules of a policy map: its classes in order.
    fn policy(&self, name: &str, bound: u32, filter: &mut Filter, ledger: &mut Ledger) -> Result<(), Refusal> {
        let Some(policy) = self
            .blocks
            .iter()
            .find(|block| block.starts(&["policy-map", "type", "inspect"]) && block.words.last() == Some(&name))
        else {
            // SOUNDNESS: a policy that is not there may pass everything
            ledger.not_understood(
                bound,
                Phrase::new(
                    format!("the policy map {name} is not defined; taken to pass everything"),
                    format!("ポリシーマップ {name} が定義されていない。すべて通すものとみなす"),
                ),
            );
            let mut rule = Rule::all(format!("{} {name}", filter.name), true, ledger.origin(bound));
            rule.condition = Some(format!("policy-map {name}").into());
            filter.rules.push(rule.into());
            return Ok(());
        };
        ledger.used(policy.line);
        for class in &policy.below {
            let Some(name) = class.words.last().filter(|_| class.word(0) == "class") else {
                ledger.without_meaning(class.line);
                continue;
            };
            ledger.used(class.line);
            let mut action = None;
            for line in &class.below {
                match line.word(0) {
                    "inspect" | "pass" => action = Some((true, line.line)),
                    "drop" => action = Some((false, line.line)),
                    // deeper inspection stops some of what is inspected; in the attacker's favour none
                    _ => {
                        ledger.not_understood(
                            line.line,
                            Phrase::new(
                                "deeper inspection; taken to stop nothing",
                                "より深い検査。何も止めないものとみなす",
                            ),
                        );
                        continue;
                    }
                }
                ledger.used(line.line);
            }
            // a class without action drops
            let (permit, line) = action.unwrap_or((false, class.line));
            if *name == "class-default" {
                let mut rule = Rule::all(format!("{} class-default", filter.name), permit, ledger.origin(line));
                rule.origin = ledger.origin(line);
                if permit {
                    filter.rules.push(rule.into());
                } else {
                    filter.default_origin = rule.origin;
                }
                continue;
            }
            for piece in self.class(name, class.line, &mut Vec::new(), ledger)? {
                let mut rule = Rule::of(format!("{name} {}", piece.id), permit, &piece.region, piece.origin);
                rule.condition = (!piece.conditions.is_empty()).then(|| piece.conditions.join("; ").into());
                filter.rules.push(rule.into());
            }
        }
        Ok(())
    }

    /// What a class map matches.
    fn class(&self, name: &str, asked: u32, above: &mut Vec<u32>, ledger: &mut Ledger) -> Result<Vec<Piece>, Refusal> {
        let everything = |what: String, line: u32, ledger: &Ledger| Piece {
            region: Region::all(),
            conditions: vec![what.into()],
            origin: ledger.origin(line),
            id: "".into(),
        };
        let found = self.blocks.iter().find(|block| {
            block.word(0) == "class-map" && block.words.last() == Some(&name) && block.words.contains(&"inspect")
        });
        let Some(class) = found else {
            ledger.not_understood(
                asked,
                Phrase::new(
                    format!("the class map {name} is not defined; it may match anything"),
                    format!("クラスマップ {name} が定義されていない。何にでも一致しうるものとみなす"),
                ),
            );
            return Ok(vec![everything(format!("class-map {name}"), asked, ledger)]);
        };
        if above.contains(&class.line) || above.len() >= 64 {
            return Err(Refusal::at(
                ledger.file(),
                asked,
                Phrase::new(
                    format!("the class map {name} holds itself (line {}): take one out", class.line),
                    format!("クラスマップ {name}（{} 行目）が自分自身を含む。どちらかを外すこと", class.line),
                ),
            ));
        }
        above.push(class.line);
        ledger.used(class.line);
        let any = class.words.contains(&"match-any");
        let mut pieces: Option<Vec<Piece>> = None;
        for line in &class.below {
            if line.word(0) == "description" {
                ledger.without_meaning(line.line);
                continue;
            }
            ledger.used(line.line);
            let matched = match line.words[..] {
                ["match", "access-group", "name", list] | ["match", "access-group", list] => match self.lists.any(list)
                {
                    Some(list) => permitted(list, ledger)?,
                    None => {
                        ledger.not_understood(
                            line.line,
                            Phrase::new(
                                "this list is not defined; it may match anything",
                                "このリストは定義されていない。何にでも一致しうるものとみなす",
                            ),
                        );
                        vec![everything(format!("access-group {list}"), line.line, ledger)]
                    }
                },
                ["match", "class-map", inner] => self.class(inner, line.line, above, ledger)?,
                ["match", "protocol", protocol, ..] => self.protocol(protocol, line, ledger),
                _ => {
                    let words = line.words.join(" ");
                    ledger.not_understood(
                        line.line,
                        Phrase::new(
                            "cannot be judged: it may match anything",
                            "判定できない。何にでも一致しうるものとみなす",
                        ),
                    );
                    vec![everything(words, line.line, ledger)]
                }
            };
            pieces = Some(match pieces {
                None => matched,
                Some(known) if any => known.into_iter().chain(matched).collect(),
                Some(known) => meet(&known, &matched),
            });
        }
        above.pop();
        Ok(pieces.unwrap_or_default())
    }

    fn protocol(&self, word: &str, line: &Block<'_>, ledger: &mut Ledger) -> Vec<Piece> {
        let piece = |services: Services, conditions: Vec<String>| Piece {
            region: Region { services, ..Region::all() },
            conditions: conditions.into_iter().map(Into::into).collect(),
            origin: ledger.origin(line.line),
            id: word.to_owned().into(),
        };
        let ports = |protocol: u8, port: u16| {
            let port = Ranges::one(port.into(), port.into());
            Services::ports(&Ranges::one(protocol.into(), protocol.into()), all_ports(), port)
        };
        if word == "ip" {
            return vec![piece(Services::all(), Vec::new())];
        }
        if let Some(number) = names::protocol(word).filter(|_| word.parse::<u8>().is_err()) {
            return vec![piece(Services::protocol(number), Vec::new())];
        }
        let mut out: Vec<Piece> =
            application(word).iter().map(|&(protocol, port)| piece(ports(protocol, port), Vec::new())).collect();
        // `ip port-map http port tcp 8080` adds a port
        for block in self.blocks.iter().filter(|block| block.starts(&["ip", "port-map", word, "port"])) {
            let protocol = if block.words.contains(&"udp") { 17 } else { 6 };
            for port in block.words.iter().filter_map(|word| word.parse().ok()) {
                out.push(piece(ports(protocol, port), Vec::new()));
            }
        }
        if out.is_empty() {
            out.push(piece(Services::all(), vec![format!("protocol {word}")]));
        }
        if out[0].conditions.is_empty() {
            return out;
        }
        ledger.not_understood(
            line.line,
            Phrase::new(
                "unknown application; it may be on any port",
                "未知のアプリケーション。どのポートでもありうるものとみなす",
            ),
        );
        out
    }
}

/// The ports of an application as Cisco's port-to-application mapping has them.
fn application(word: &str) -> &'static [(u8, u16)] {
    match word {
        "http" => &[(6, 80)],
        "https" => &[(6, 443)],
        "ssh" => &[(6, 22)],
        "telnet" => &[(6, 23)],
        "smtp" | "smtp extended" => &[(6, 25)],
        "dns" => &[(6, 53), (17, 53)],
        "ftp" => &[(6, 21)],
        "ftps" => &[(6, 990)],
        "tftp" => &[(17, 69)],
        "ntp" => &[(17, 123)],
        "snmp" => &[(17, 161)],
        "snmptrap" => &[(17, 162)],
        "syslog" => &[(17, 514)],
        "sip" => &[(6, 5060), (17, 5060)],
        "imap" => &[(6, 143)],
        "imaps" | "imap3" => &[(6, 993)],
        "pop3" => &[(6, 110)],
        "pop3s" => &[(6, 995)],
        "ldap" => &[(6, 389)],
        "ldaps" => &[(6, 636)],
        "kerberos" => &[(6, 88), (17, 88)],
        "sqlnet" => &[(6, 1521)],
        "sql-net" => &[(6, 150)],
        "ms-sql" => &[(6, 1433)],
        "ms-sql-m" => &[(17, 1434)],
        "mysql" => &[(6, 3306)],
        "isakmp" => &[(17, 500)],
        "ipsec-msft" => &[(17, 4500)],
        "radius" => &[(17, 1812), (17, 1813)],
        "bootpc" => &[(17, 68)],
        "bootps" => &[(17, 67)],
        "h323" => &[(6, 1720)],
        "pptp" => &[(6, 1723)],
        "rtsp" => &[(6, 554)],
        "nntp" => &[(6, 119)],
        "microsoft-ds" => &[(6, 445)],
        "netbios-ssn" => &[(6, 139)],
        "netbios-ns" => &[(17, 137)],
        "netbios-dgm" => &[(17, 138)],
        _ => &[],
    }
}

/// What is in both.
fn meet(a: &[Piece], b: &[Piece]) -> Vec<Piece> {
    let mut out = Vec::new();
    for first in a {
        for second in b {
            let region = first.region.intersect(&second.region);
            if region.is_empty() {
                continue;
            }
            let mut conditions = first.conditions.clone();
            conditions
                .extend(second.conditions.iter().filter(|condition| !first.conditions.contains(condition)).cloned());
            out.push(Piece { region, conditions, origin: first.origin.clone(), id: first.id.clone() });
        }
    }
    out
}
