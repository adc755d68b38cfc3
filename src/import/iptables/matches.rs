//! What a rule of iptables matches, as boxes, and what it does. The first packet of a session is meant: in tcp it has SYN
//! alone, its state is NEW, it is no fragment and goes in the original direction.

use std::net::IpAddr;

use super::super::linux::Ways;
use super::super::names;
use super::super::region::{Region, Services, all_ports, with_ports};
use super::super::set::{AddressSet, Ranges, mask_length, wildcard};
use crate::document::Family;

/// A rule read.
#[derive(Debug)]
pub struct Read {
    /// What it matches; empty: no packet that opens a session.
    pub regions: Vec<Region>,
    /// What the model cannot judge, in the rule's own words.
    pub conditions: Vec<String>,
    /// The target's name, and whether it is a `-g`.
    pub target: Option<(String, bool)>,
    /// The words behind the target.
    pub options: Vec<String>,
}

/// What holds where the chain is walked.
pub struct Place<'w> {
    /// The interfaces that rules name.
    pub ways: &'w Ways,
    /// The family.
    pub family: Family,
    /// Whether the state of what opens a session is sure to be NEW.
    pub tracked: bool,
    /// Whether destinations are the device's own (`INPUT`) or surely not (`FORWARD`); `None`: either.
    pub local: Option<bool>,
}

struct Reader<'r> {
    words: &'r [String],
    at: usize,
    place: &'r Place<'r>,
    protocol: Option<u8>,
    read: Read,
}

/// Reads a rule's words.
#[must_use]
pub fn read(words: &[String], place: &Place<'_>) -> Read {
    let all = Region { from: AddressSet::family(place.family), to: AddressSet::family(place.family), ..Region::all() };
    let read = Read { regions: vec![all], conditions: Vec::new(), target: None, options: Vec::new() };
    let mut reader = Reader { words, at: 0, place, protocol: None, read };
    reader.run();
    reader.read.regions.retain(|region| !region.is_empty());
    reader.read.regions.shrink_to_fit();
    reader.read
}

impl Reader<'_> {
    fn next(&mut self) -> Option<String> {
        let word = self.words.get(self.at).cloned();
        self.at += usize::from(word.is_some());
        word
    }

    fn run(&mut self) {
        let mut not = false;
        while let Some(word) = self.next() {
            if word == "!" {
                not = true;
                continue;
            }
            if let Some(condition) = self.option(&word, not) {
                self.read.conditions.push(condition);
            }
            not = false;
            if self.read.target.is_some() {
                self.read.options = self.words[self.at..].to_vec();
                return;
            }
        }
    }

    /// The value of an option; `-s ! value` is the old way to negate.
    fn value(&mut self, not: &mut bool) -> String {
        let value = self.next().unwrap_or_default();
        if value == "!" {
            *not = !*not;
            return self.next().unwrap_or_default();
        }
        value
    }

    /// Reads an option; what it asks beyond the model comes back as a condition.
    fn option(&mut self, word: &str, mut not: bool) -> Option<String> {
        match word {
            "-s" | "--source" | "--src" => {
                let value = self.value(&mut not);
                match addresses(&value, self.place.family) {
                    Some(set) => self.meet(not, |region| region.from = set.clone()),
                    None => return Some(said(not, word, &[value])),
                }
            }
            "-d" | "--destination" | "--dst" => {
                let value = self.value(&mut not);
                match addresses(&value, self.place.family) {
                    Some(set) => self.meet(not, |region| region.to = set.clone()),
                    None => return Some(said(not, word, &[value])),
                }
            }
            "-i" | "--in-interface" => {
                let value = self.value(&mut not);
                let ways = self.place.ways.of(&value);
                self.meet(not, |region| region.ways_in = ways.clone());
            }
            "-o" | "--out-interface" => {
                let value = self.value(&mut not);
                let ways = self.place.ways.of(&value);
                self.meet(not, |region| region.ways_out = ways.clone());
            }
            "-p" | "--protocol" | "--proto" => {
                let value = self.value(&mut not);
                if matches!(value.as_str(), "all" | "0") {
                    if not {
                        self.read.regions.clear();
                    }
                } else if let Some(number) = names::protocol(&value) {
                    self.protocol = (!not).then_some(number);
                    self.meet(not, |region| region.services = Services::protocol(number));
                } else {
                    return Some(said(not, word, &[value]));
                }
            }
            // the first packet of a session is no second fragment
            "-f" | "--fragment" => self.always(not),
            "-4" | "--ipv4" => self.always((self.place.family == Family::V4) != not),
            "-6" | "--ipv6" => self.always((self.place.family == Family::V6) != not),
            "-c" | "--set-counters" => self.at = (self.at + 2).min(self.words.len()),
            "-w" | "--wait" => {}
            "-m" | "--match" => return self.module(),
            "-j" | "--jump" | "-g" | "--goto" => {
                let target = self.next().unwrap_or_default();
                self.read.target = Some((target, word.starts_with("-g") || word.starts_with("--g")));
            }
            _ => return self.of_module(word, not),
        }
        None
    }

    /// `-m`: modules whose options are read below ask nothing by themselves; the others do.
    fn module(&mut self) -> Option<String> {
        let name = self.next().unwrap_or_default();
        let read = [
            "tcp",
            "udp",
            "udplite",
            "sctp",
            "dccp",
            "icmp",
            "icmp6",
            "icmpv6",
            "multiport",
            "mport",
            "iprange",
            "state",
            "conntrack",
            "addrtype",
            "comment",
            "standard",
        ];
        (!read.contains(&name.as_str())).then(|| format!("-m {name}"))
    }

    fn of_module(&mut self, word: &str, mut not: bool) -> Option<String> {
        match word {
            "--comment" => drop(self.next()),
            "--dport" | "--destination-port" | "--dports" | "--destination-ports" => {
                let value = self.value(&mut not);
                return self.ports(word, &value, not, &[false]);
            }
            "--sport" | "--source-port" | "--sports" | "--source-ports" => {
                let value = self.value(&mut not);
                return self.ports(word, &value, not, &[true]);
            }
            "--ports" => {
                let value = self.value(&mut not);
                return self.ports(word, &value, not, &[false, true]);
            }
            "--src-range" | "--dst-range" => {
                let value = self.value(&mut not);
                let ends = value.split_once('-').unwrap_or((&value, &value));
                let parsed = ends.0.parse().ok().zip(ends.1.parse().ok());
                match parsed.and_then(|(low, high): (IpAddr, IpAddr)| AddressSet::range(low, high)) {
                    Some(set) if word == "--src-range" => self.meet(not, |region| region.from = set.clone()),
                    Some(set) => self.meet(not, |region| region.to = set.clone()),
                    None => return Some(said(not, word, &[value])),
                }
            }
            "--state" | "--ctstate" => {
                let value = self.value(&mut not);
                return self.state(word, &value, not);
            }
            "--ctdir" => {
                let value = self.value(&mut not);
                self.always((value.eq_ignore_ascii_case("ORIGINAL")) != not);
            }
            "--syn" => self.always(!not),
            "--tcp-flags" => {
                let mask = self.value(&mut not);
                let set = self.next().unwrap_or_default();
                let held = flags(&mask).zip(flags(&set)).map(|(mask, set)| (SYN & mask) == set);
                match held {
                    Some(held) => self.always(held != not),
                    None => return Some(said(not, word, &[mask, set])),
                }
            }
            "--src-type" | "--dst-type" => {
                let value = self.value(&mut not);
                let local = self.place.local.filter(|_| word == "--dst-type" && value == "LOCAL");
                match local {
                    Some(local) => self.always(local != not),
                    None => return Some(said(not, word, &[value])),
                }
            }
            _ if word.starts_with('-') => {
                let mut values = Vec::new();
                while self.words.get(self.at).is_some_and(|next| !next.starts_with('-') && next != "!") {
                    values.extend(self.next());
                }
                return Some(said(not, word, &values));
            }
            _ => return Some(said(not, word, &[])),
        }
        None
    }

    /// Ports of either side, or of any of several sides.
    fn ports(&mut self, word: &str, value: &str, not: bool, sides: &[bool]) -> Option<String> {
        let protocol = self.protocol.unwrap_or(6);
        let mut ranges = Vec::new();
        for item in value.split(',') {
            let (low, high) = item.split_once(':').unwrap_or((item, item));
            let low = if low.is_empty() { Some(0) } else { names::port(low, protocol) };
            let high = if high.is_empty() { Some(u16::MAX) } else { names::port(high, protocol) };
            match low.zip(high) {
                Some((low, high)) => ranges.push((u128::from(low), u128::from(high))),
                None => return Some(said(not, word, &[value.to_owned()])),
            }
        }
        // the model knows no ports of dccp and the like
        if self.protocol.is_some_and(|number| !with_ports().contains(number.into())) {
            return Some(said(not, word, &[value.to_owned()]));
        }
        let set = Ranges::of(ranges);
        let one = |source: bool| {
            let (from, to) = if source { (set.clone(), all_ports()) } else { (all_ports(), set.clone()) };
            Region { services: Services::ports(&with_ports(), from, to), ..Region::all() }
        };
        let union: Vec<Region> = sides.iter().map(|&source| one(source)).collect();
        if not {
            // of what has ports: neither of them
            for region in &union {
                self.cut(region);
            }
            let ported = Region { services: Services::protocols(with_ports()), ..Region::all() };
            self.intersect(&[ported]);
        } else {
            self.intersect(&union);
        }
        None
    }

    fn state(&mut self, word: &str, value: &str, not: bool) -> Option<String> {
        let states: Vec<&str> = value.split(',').collect();
        let new = states.contains(&"NEW");
        let translated = states.iter().any(|state| matches!(*state, "DNAT" | "SNAT"));
        let untracked = states.contains(&"UNTRACKED");
        if (translated && !new) || (!self.place.tracked && (new || untracked)) {
            return Some(said(not, word, &[value.to_owned()]));
        }
        self.always(new != not);
        None
    }

    /// A match that every first packet meets, or none.
    fn always(&mut self, held: bool) {
        if !held {
            self.read.regions.clear();
        }
    }

    fn meet(&mut self, not: bool, narrow: impl Fn(&mut Region)) {
        let mut region = Region::all();
        narrow(&mut region);
        if not { self.cut(&region) } else { self.intersect(&[region]) }
    }

    fn intersect(&mut self, union: &[Region]) {
        let old = std::mem::take(&mut self.read.regions);
        // mostly one: a list that grows would have room for four
        let mut taken: Vec<Region> = Vec::with_capacity(old.len() * union.len());
        for region in old {
            for other in union {
                let mut parts = vec![region.intersect(other)];
                // without overlap, so that nothing is told twice
                for known in &taken {
                    parts = parts.iter().flat_map(|part| part.subtract(known)).collect();
                }
                taken.extend(parts.into_iter().filter(|part| !part.is_empty()));
            }
        }
        self.read.regions = taken;
    }

    fn cut(&mut self, region: &Region) {
        let old = std::mem::take(&mut self.read.regions);
        self.read.regions = old.iter().flat_map(|known| known.subtract(region)).collect();
    }
}

fn said(not: bool, word: &str, values: &[String]) -> String {
    let mut out = if not { format!("! {word}") } else { word.to_owned() };
    for value in values {
        out.push(' ');
        out.push_str(value);
    }
    out
}

const SYN: u8 = 2;

fn flags(words: &str) -> Option<u8> {
    let mut out = 0;
    for word in words.split(',') {
        out |= match word {
            "FIN" => 1,
            "SYN" => SYN,
            "RST" => 4,
            "PSH" => 8,
            "ACK" => 16,
            "URG" => 32,
            "ALL" => 63,
            "NONE" => 0,
            _ => return None,
        };
    }
    Some(out)
}

/// `10.0.0.0/8`, `10.0.0.0/255.0.255.0`, several by commas.
fn addresses(value: &str, family: Family) -> Option<AddressSet> {
    let mut out = AddressSet::default();
    for item in value.split(',') {
        let (address, mask) = item.split_once('/').unwrap_or((item, ""));
        let address: IpAddr = address.parse().ok()?;
        let set = match (address, mask) {
            (_, "") => AddressSet::single(address),
            (IpAddr::V4(address), mask) if mask.contains('.') => {
                let mask: std::net::Ipv4Addr = mask.parse().ok()?;
                match mask_length(mask) {
                    Some(length) => AddressSet::network(address.into(), length)?,
                    None => Some(wildcard(address, (!u32::from(mask)).into())).filter(|(_, exact)| *exact)?.0,
                }
            }
            (address, mask) => AddressSet::network(address, mask.parse().ok()?)?,
        };
        out = out.union(&set);
    }
    // an address of the other family matches nothing here
    Some(out.intersect(&AddressSet::family(family)))
}
