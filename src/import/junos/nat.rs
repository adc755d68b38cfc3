//! `security nat`: static, destination and source. Of the sets of rules that fit, that of interfaces goes before that of
//! zones, that before that of routing instances (Juniper, *Network Address Translation User Guide*, rule set precedence).

use super::super::device::{Becomes, Device, Names, Selector, Translation};
use super::super::ledger::Ledger;
use super::super::names;
use super::super::region::{Services, all_ports, with_ports};
use super::super::set::{AddressSet, Ranges};
use super::super::text::Refusal;
use super::super::words::Node;
use super::Reader;
use super::applications::Application;
use super::books::prefix;
use super::policies::judged;
use crate::language::Phrase;

/// What a rule asks.
struct Match {
    from: Vec<Selector>,
    to: Vec<Selector>,
    services: Vec<Application>,
    conditions: Vec<String>,
}

impl Match {
    fn union(all: &[Selector]) -> Selector {
        all.iter().skip(1).fold(all.first().cloned().unwrap_or_else(Selector::any), |known, next| known.union(next))
    }
}

impl<'n, 't> Reader<'n, 't> {
    /// The translations in the device's order.
    ///
    /// # Errors
    /// When sets hold each other in a circle.
    pub(super) fn translations(&self, device: &mut Device, ledger: &mut Ledger) -> Result<(), Refusal> {
        let (mut destinations, mut sources) = (Vec::new(), Vec::new());
        for set in self.sets("static", ledger) {
            for rule in set.values("rule") {
                self.statics(set, rule, &mut destinations, &mut sources, ledger)?;
            }
        }
        for set in self.sets("destination", ledger) {
            for rule in set.values("rule") {
                self.destination(set, rule, &mut destinations, ledger)?;
            }
        }
        for set in self.sets("source", ledger) {
            for rule in set.values("rule") {
                self.source(set, rule, &mut sources, ledger)?;
            }
        }
        for kind in ["proxy-arp", "proxy-ndp"] {
            if let Some(node) = self.root.at(&["security", "nat", kind]) {
                node.silent(ledger);
            }
        }
        for entries in [destinations, sources] {
            // nothing but entries that leave things as they are: nothing is translated
            if entries.iter().any(|entry: &Translation| entry.becomes != Becomes::Kept) {
                device.translations.extend(entries);
            }
        }
        Ok(())
    }

    /// The sets of rules of a kind, the more special first.
    fn sets(&self, kind: &str, ledger: &mut Ledger) -> Vec<&'n Node<'t>> {
        let mut sets: Vec<&Node<'t>> = self.root.under(&["security", "nat", kind, "rule-set"]).collect();
        for set in &sets {
            set.used_here(ledger);
            for key in &set.below {
                match key.word.as_ref() {
                    "from" | "to" => key.used(ledger),
                    "rule" => key.used_here(ledger),
                    "description" => key.silent(ledger),
                    _ => key.lost(&Phrase::new("it was left out", "取り込まない"), ledger),
                }
            }
        }
        for key in self.root.under(&["security", "nat", kind]) {
            match key.word.as_ref() {
                "rule-set" | "pool" => {}
                "address-persistent"
                | "port-randomization"
                | "pool-utilization-alarm"
                | "interface"
                | "pool-default-port-range"
                | "session-persistence-scan"
                | "pool-default-twin-port-range"
                | "pool-distribution"
                | "port-round-robin" => {
                    key.silent(ledger);
                }
                _ => key.lost(&Phrase::new("it was left out", "取り込まない"), ledger),
            }
        }
        let rank = |set: &Node<'_>, side: &str| match set.get(side) {
            Some(side) if side.get("interface").is_some() => 0,
            Some(side) if side.get("zone").is_some() => 1,
            _ => 2,
        };
        sets.sort_by_key(|set| (rank(set, "to"), rank(set, "from")));
        sets
    }

    /// The units of a side of a set; `None`: any.
    fn side(&self, set: &Node<'_>, side: &str) -> Option<Names> {
        let side = set.get(side)?;
        let mut out = Vec::new();
        for key in &side.below {
            for value in &key.below {
                match key.word.as_ref() {
                    "interface" => out.push(super::unit_name(&value.word)),
                    "zone" => out.extend(self.zones.get(value.word.as_ref()).into_iter().flatten().cloned()),
                    _ => {
                        let instance = (value.word != "default").then(|| value.word.to_string());
                        let inside = self.units.iter().filter(|unit| unit.instance == instance);
                        out.extend(inside.map(|unit| unit.name.clone()));
                    }
                }
            }
        }
        Some(out.into())
    }

    /// The zones of a side, in whose books names are looked for.
    fn matched(&self, rule: &Node<'_>, ledger: &mut Ledger) -> Result<Match, Refusal> {
        let mut out = Match { from: Vec::new(), to: Vec::new(), services: Vec::new(), conditions: Vec::new() };
        let (mut protocols, mut source, mut destination) = (Vec::new(), Vec::new(), Vec::new());
        rule.used_here(ledger);
        for key in rule.under(&["match"]) {
            key.used(ledger);
            match key.word.as_ref() {
                "source-address" | "source-address-name" => {
                    for name in &key.below {
                        out.from.push(self.books.selector(name, &[], ledger)?);
                    }
                }
                "destination-address" | "destination-address-name" => {
                    for name in &key.below {
                        out.to.push(self.books.selector(name, &[], ledger)?);
                    }
                }
                "protocol" => {
                    for word in &key.below {
                        match names::protocol(&word.word) {
                            Some(number) => protocols.push((number.into(), number.into())),
                            None => {
                                out.conditions.push(key.tail());
                                word.lost(&judged(), ledger);
                            }
                        }
                    }
                }
                "source-port" | "destination-port" => {
                    let side = if key.word == "source-port" { &mut source } else { &mut destination };
                    for low in &key.below {
                        let ends =
                            (low.word.parse::<u16>(), low.text("to").map_or(low.word.as_ref(), |to| to).parse::<u16>());
                        match ends {
                            (Ok(low), Ok(high)) if low <= high => side.push((u128::from(low), u128::from(high))),
                            _ => {
                                out.conditions.push(key.tail());
                                low.lost(&judged(), ledger);
                            }
                        }
                    }
                }
                "application" => {
                    for name in &key.below {
                        out.services.extend(self.applications.of(name, ledger)?);
                    }
                }
                _ => {
                    out.conditions.push(key.tail());
                    key.lost(&judged(), ledger);
                }
            }
        }
        if out.services.is_empty() {
            let of = |ports: Vec<(u128, u128)>| if ports.is_empty() { all_ports() } else { Ranges::of(ports) };
            let protocols = if protocols.is_empty() { Ranges::one(0, 255) } else { Ranges::of(protocols) };
            out.services.push((Services::ports(&protocols, of(source), of(destination)), None));
        }
        for key in &rule.below {
            match key.word.as_ref() {
                "match" | "then" => key.used_here(ledger),
                "description" => key.silent(ledger),
                _ => {
                    out.conditions.push(key.tail());
                    key.lost(&judged(), ledger);
                }
            }
        }
        Ok(out)
    }

    /// The entries of a rule, one for each of its services.
    fn entries(&self, base: &Translation, matched: &Match, out: &mut Vec<Translation>) {
        for (services, condition) in &matched.services {
            let mut entry = base.clone();
            entry.services = services.clone();
            let conditions: Vec<String> = matched.conditions.iter().chain(condition).cloned().collect();
            entry.condition = (!conditions.is_empty()).then(|| conditions.join("; ")).map(Into::into);
            out.push(entry);
        }
    }

    fn statics(
        &self,
        set: &Node<'_>,
        rule: &Node<'_>,
        destinations: &mut Vec<Translation>,
        sources: &mut Vec<Translation>,
        ledger: &mut Ledger,
    ) -> Result<(), Refusal> {
        let mut matched = self.matched(rule, ledger)?;
        let Some(then) = rule.at(&["then", "static-nat"]) else { return Ok(()) };
        then.used(ledger);
        let inner = match (then.value("prefix"), then.value("prefix-name")) {
            (Some(node), _) => prefix(&node.word).map(|set| (set, node)),
            (None, Some(name)) => {
                let selector = self.books.selector(name, &[], ledger)?;
                (selector.names.is_empty() && !selector.not).then_some((selector.set, name))
            }
            _ => None,
        };
        let outer = Match::union(&matched.to);
        let ways = self.side(set, "from");
        let id = format!("{} {}", set.word, rule.word);
        let mut entry = Translation::new(id, true, any(), ledger.origin(rule.line));
        (entry.from, entry.to) = (Match::union(&matched.from), outer.clone());
        entry.ways_in.clone_from(&ways);
        let Some((inner, node)) = inner else {
            then.lost(&may_be_any(), ledger);
            matched.conditions.push(then.tail());
            self.entries(&entry, &matched, destinations);
            return Ok(());
        };
        let mapped = port(node, "mapped-port").or_else(|| port(then, "mapped-port"));
        entry.becomes = Becomes::Addresses(inner.clone());
        entry.one_to_one = true;
        entry.port = mapped.map(|(low, _)| low);
        if entry.port.is_some() {
            entry.one_to_one = false;
        }
        self.entries(&entry, &matched, destinations);
        if mapped.is_some_and(|(low, high)| low != high) {
            then.lost(
                &Phrase::new(
                    "mapped to a range of ports: the first is taken",
                    "ポート範囲への変換。最初のポートとみなす",
                ),
                ledger,
            );
        }
        // the other way: what the inner address sends there
        let mut entry = Translation::new(
            format!("{} {} reverse", set.word, rule.word),
            false,
            Becomes::one_of(&outer),
            ledger.origin(rule.line),
        );
        entry.one_to_one = true;
        entry.from = Selector::of(inner);
        entry.to = Match::union(&matched.from);
        entry.ways_out = ways;
        // one of several ports alone is not the whole address
        if mapped.is_none() {
            sources.push(entry);
        }
        Ok(())
    }

    fn destination(
        &self,
        set: &Node<'_>,
        rule: &Node<'_>,
        out: &mut Vec<Translation>,
        ledger: &mut Ledger,
    ) -> Result<(), Refusal> {
        let mut matched = self.matched(rule, ledger)?;
        let Some(then) = rule.at(&["then", "destination-nat"]) else { return Ok(()) };
        then.used(ledger);
        let (becomes, port) = if then.get("off").is_some() {
            (Becomes::Kept, None)
        } else {
            let Some(pool) = then.value("pool") else { return Ok(()) };
            match self.pool("destination", pool, ledger) {
                Some((addresses, node)) => {
                    let port = node.at(&["address", "port"]).and_then(|port| port.below.first()?.word.parse().ok());
                    let inner = node.under(&["address"]).find_map(|address| address.text("port")?.parse().ok());
                    (Becomes::Addresses(addresses), port.or(inner))
                }
                None => {
                    matched.conditions.push(then.tail());
                    (any(), None)
                }
            }
        };
        let mut entry =
            Translation::new(format!("{} {}", set.word, rule.word), true, becomes, ledger.origin(rule.line));
        (entry.from, entry.to) = (Match::union(&matched.from), Match::union(&matched.to));
        entry.ways_in = self.side(set, "from");
        entry.port = port;
        if port.is_some() {
            for (services, condition) in &matched.services {
                let services = services.intersect(&Services::protocols(with_ports()));
                let one = Match {
                    services: vec![(services, condition.clone())],
                    from: Vec::new(),
                    to: Vec::new(),
                    conditions: matched.conditions.clone(),
                };
                self.entries(&entry, &one, out);
            }
            return Ok(());
        }
        self.entries(&entry, &matched, out);
        Ok(())
    }

    fn source(
        &self,
        set: &Node<'_>,
        rule: &Node<'_>,
        out: &mut Vec<Translation>,
        ledger: &mut Ledger,
    ) -> Result<(), Refusal> {
        let mut matched = self.matched(rule, ledger)?;
        let Some(then) = rule.at(&["then", "source-nat"]) else { return Ok(()) };
        then.used(ledger);
        let becomes = if then.get("off").is_some() {
            Becomes::Kept
        } else if then.get("interface").is_some() {
            Becomes::Own
        } else {
            let Some(pool) = then.value("pool") else { return Ok(()) };
            match self.pool("source", pool, ledger) {
                Some((addresses, _)) => Becomes::Addresses(addresses),
                None => {
                    matched.conditions.push(then.tail());
                    any()
                }
            }
        };
        let mut entry =
            Translation::new(format!("{} {}", set.word, rule.word), false, becomes, ledger.origin(rule.line));
        (entry.from, entry.to) = (Match::union(&matched.from), Match::union(&matched.to));
        (entry.ways_in, entry.ways_out) = (self.side(set, "from"), self.side(set, "to"));
        if entry.becomes == Becomes::Own {
            self.of_the_way_out(&entry, &matched, out);
        } else {
            self.entries(&entry, &matched, out);
        }
        Ok(())
    }

    /// Entries that give the address of the unit that the packet leaves by.
    fn of_the_way_out(&self, entry: &Translation, matched: &Match, out: &mut Vec<Translation>) {
        for unit in &self.units {
            let leaves = entry.ways_out.as_ref().is_none_or(|ways| ways.contains(&unit.name));
            if !leaves || unit.internal {
                continue;
            }
            let one = |set: AddressSet, net: &super::super::device::Net| set.union(&AddressSet::single(net.address));
            let addresses = unit.addresses.iter().fold(AddressSet::default(), one);
            let known = !unit.dynamic && !addresses.is_empty();
            let becomes = if known { Becomes::Addresses(addresses) } else { Becomes::Own };
            let entry = Translation { becomes, ways_out: Some([unit.name.clone()].into()), ..entry.clone() };
            self.entries(&entry, matched, out);
        }
    }

    /// The addresses of a pool, and where it stands.
    fn pool(&self, kind: &str, name: &Node<'_>, ledger: &mut Ledger) -> Option<(AddressSet, &'n Node<'t>)> {
        let pool = self.root.at(&["security", "nat", kind, "pool", &name.word]);
        let addresses = pool.and_then(|pool| {
            pool.used(ledger);
            let mut out = AddressSet::default();
            for address in pool.values("address").filter(|address| address.word != "port") {
                out = out.union(&match address.text("to") {
                    Some(to) => {
                        let host = |word: &str| word.split('/').next().and_then(|word| word.parse().ok());
                        AddressSet::range(host(&address.word)?, host(to)?)?
                    }
                    None => prefix(&address.word)?,
                });
            }
            (!out.is_empty()).then_some((out, pool))
        });
        if addresses.is_none() {
            name.lost(&may_be_any(), ledger);
        }
        addresses
    }
}

/// What a translation into nobody knows what makes of an address.
fn any() -> Becomes {
    Becomes::Addresses(AddressSet::all())
}

fn may_be_any() -> Phrase {
    Phrase::new(
        "no address is known that this translates to: it may be any, or the translation may not be there",
        "変換後のアドレスが分からない。どのアドレスへの変換でもありえ、変換がないこともありうるものとみなす",
    )
}

/// `mapped-port 80`, `mapped-port 80 to 90`.
fn port(node: &Node<'_>, key: &str) -> Option<(u16, u16)> {
    let low = node.value(key)?;
    let high = low.text("to").unwrap_or(&low.word);
    Some((low.word.parse().ok()?, high.parse().ok()?))
}
