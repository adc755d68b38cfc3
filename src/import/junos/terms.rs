//! What a term of a firewall filter asks. The first packet of a session is meant: in tcp it has SYN alone, and it is no
//! fragment.

use super::super::ledger::Ledger;
use super::super::names;
use super::super::region::{Region, Services, all_ports, with_ports};
use super::super::set::{AddressSet, Ranges};
use super::super::words::Node;
use super::Reader;
use super::applications::ports;
use super::books::prefix;
use super::policies::judged;
use crate::document::Family;

/// What a term asks.
pub struct From {
    /// Boxes, one of which must hold, from each kind of condition.
    regions: Vec<Region>,
    sources: Vec<Entry>,
    destinations: Vec<Entry>,
    either: Vec<Entry>,
    protocols: Option<Ranges>,
    source_ports: Option<Ranges>,
    destination_ports: Option<Ranges>,
    either_ports: Option<Ranges>,
    /// Asked of the header of tcp, by the words that ask it: what is no tcp may look like it.
    flags: Option<(String, bool)>,
    never: bool,
    /// What the model cannot judge.
    pub conditions: Vec<String>,
}

/// An address of a list, and whether it is excepted.
struct Entry {
    set: AddressSet,
    /// How many bits it binds: the longest that fits counts.
    bits: u32,
    except: bool,
}

impl From {
    /// A term that asks nothing.
    pub fn new(family: Family) -> Self {
        let all = AddressSet::family(family);
        Self {
            regions: vec![Region { from: all.clone(), to: all, ..Region::all() }],
            sources: Vec::new(),
            destinations: Vec::new(),
            either: Vec::new(),
            protocols: None,
            source_ports: None,
            destination_ports: None,
            either_ports: None,
            flags: None,
            never: false,
            conditions: Vec::new(),
        }
    }

    /// Reads a condition.
    pub fn condition(&mut self, key: &Node<'_>, reader: &Reader<'_, '_>, ledger: &mut Ledger) {
        let mut known = true;
        let words: Vec<&str> = key.below.iter().map(|value| value.word.as_ref()).collect();
        key.used(ledger);
        match key.word.as_ref() {
            "source-address" | "ip-source-address" => known = addresses(key, &mut self.sources),
            "destination-address" | "ip-destination-address" => known = addresses(key, &mut self.destinations),
            "address" => known = addresses(key, &mut self.either),
            "source-prefix-list" => known = lists(key, reader.root, &mut self.sources, ledger),
            "destination-prefix-list" => known = lists(key, reader.root, &mut self.destinations, ledger),
            "prefix-list" => known = lists(key, reader.root, &mut self.either, ledger),
            "protocol" | "next-header" | "payload-protocol" | "ip-protocol" => match protocols(&words) {
                Some(set) => self.protocols = Some(meet(self.protocols.take(), set)),
                None => known = false,
            },
            "protocol-except" | "next-header-except" | "payload-protocol-except" => match protocols(&words) {
                Some(set) => self.protocols = Some(meet(self.protocols.take(), Ranges::one(0, 255).subtract(&set))),
                None => known = false,
            },
            "source-port" | "destination-port" | "port" | "source-port-except" | "destination-port-except" => {
                match union(&words) {
                    Some(set) => {
                        let set = if key.word.ends_with("except") { all_ports().subtract(&set) } else { set };
                        let side = match key.word.as_ref() {
                            "port" => &mut self.either_ports,
                            word if word.starts_with("source") => &mut self.source_ports,
                            _ => &mut self.destination_ports,
                        };
                        *side = Some(meet(side.take(), set));
                    }
                    None => known = false,
                }
            }
            "tcp-established" => self.flag(key, false),
            "tcp-initial" => self.flag(key, true),
            "tcp-flags" => match flags(&words.join(" ")) {
                Some(held) => self.flag(key, held),
                None => known = false,
            },
            // the first packet of a session is no fragment
            "is-fragment" | "first-fragment" => self.never = true,
            "fragment-offset" => match words.first().map(|word| word.split('-').next().unwrap_or(word) == "0") {
                Some(true) => {}
                _ => self.never = true,
            },
            "fragment-offset-except" => {}
            "interface" => {
                let numbers = words.iter().filter_map(|word| reader.number(&super::unit_name(word)));
                let ways = Ranges::of(numbers.map(|number| (number, number)).collect());
                if words.iter().any(|word| word.contains('*')) {
                    known = false;
                } else {
                    self.regions.iter_mut().for_each(|region| region.ways_in = ways.clone());
                }
            }
            _ => known = false,
        }
        if !known {
            self.conditions.push(format!("{} {}", key.word, words.join(" ")).trim().to_owned());
            key.lost(&judged(), ledger);
        }
    }

    fn flag(&mut self, key: &Node<'_>, held: bool) {
        let known = self.flags.take().is_none_or(|(_, held)| held);
        self.flags = Some((key.word.to_string(), known && held));
    }

    /// The boxes with the conditions that they hang on.
    pub fn steps(mut self) -> Vec<(Vec<Region>, Vec<String>)> {
        if self.never {
            return Vec::new();
        }
        let (from, to) = (table(&self.sources), table(&self.destinations));
        for region in &mut self.regions {
            if let Some(from) = &from {
                region.from = region.from.intersect(from);
            }
            if let Some(to) = &to {
                region.to = region.to.intersect(to);
            }
            if let Some(protocols) = &self.protocols {
                region.services.protocols = protocols.clone();
            }
        }
        if let Some(either) = table(&self.either) {
            let of = |region: &Region| {
                let source = Region { from: region.from.intersect(&either), ..region.clone() };
                let rest =
                    Region { from: region.from.subtract(&either), to: region.to.intersect(&either), ..region.clone() };
                [source, rest]
            };
            self.regions = self.regions.iter().flat_map(of).collect();
        }
        let tcp = Services::protocol(6);
        let asked = self.source_ports.is_some() || self.destination_ports.is_some() || self.either_ports.is_some();
        let mut open: Vec<Region> = Vec::new();
        let mut why = self.conditions.clone();
        if asked {
            // SOUNDNESS: without a protocol the bytes where a port would be are looked at in whatever comes
            if self.protocols.is_none() {
                let rest = Services::protocols(Ranges::one(0, 255).subtract(&with_ports()));
                open.extend(self.regions.iter().map(|region| Region { services: rest.clone(), ..region.clone() }));
                why.push("ports without a protocol".into());
            }
            let source = self.source_ports.clone().unwrap_or_else(all_ports);
            let destination = self.destination_ports.clone().unwrap_or_else(all_ports);
            let ported = Services::ports(&with_ports(), source, destination);
            for region in &mut self.regions {
                region.services = region.services.intersect(&ported);
            }
            if let Some(either) = &self.either_ports {
                let a = Services::ports(&with_ports(), either.clone(), all_ports());
                let b = Services::ports(&with_ports(), all_ports().subtract(either), either.clone());
                let of = |region: &Region| {
                    [&a, &b].map(|services| Region { services: region.services.intersect(services), ..region.clone() })
                };
                self.regions = self.regions.iter().flat_map(of).collect();
            }
        }
        if let Some((word, held)) = &self.flags {
            if self.protocols.is_none() {
                let others = Services::protocols(Ranges::one(0, 255).subtract(&Ranges::one(6, 6)));
                let with = |region: &Region| Region { services: region.services.intersect(&others), ..region.clone() };
                open = self.regions.iter().chain(&open).map(with).collect();
                why.push(format!("{word} without a protocol"));
            }
            let kept = if *held { tcp } else { Services::protocols(Ranges::default()) };
            for region in &mut self.regions {
                region.services = region.services.intersect(&kept);
            }
        }
        self.regions.retain(|region| !region.is_empty());
        open.retain(|region| !region.is_empty());
        vec![(self.regions, self.conditions), (open, why)]
    }
}

fn meet(known: Option<Ranges>, next: Ranges) -> Ranges {
    known.map_or_else(|| next.clone(), |known| known.intersect(&next))
}

fn protocols(words: &[&str]) -> Option<Ranges> {
    let mut out = Vec::new();
    for word in words {
        match word.split_once('-').map(|(low, high)| (low.parse::<u8>(), high.parse::<u8>())) {
            Some((Ok(low), Ok(high))) => out.push((low.into(), high.into())),
            _ => {
                let number = match *word {
                    "egp" => 8,
                    "ipip" => 4,
                    "hop-by-hop" => 0,
                    "dstopts" => 60,
                    "no-next-header" => 59,
                    "routing" => 43,
                    "fragment" => 44,
                    word => names::protocol(word)?,
                };
                out.push((number.into(), number.into()));
            }
        }
    }
    Some(Ranges::of(out))
}

fn union(words: &[&str]) -> Option<Ranges> {
    words.iter().try_fold(Ranges::default(), |known, word| Some(known.union(&ports(word, 6)?)))
}

/// Addresses with `except`. Whether all are understood.
fn addresses(key: &Node<'_>, out: &mut Vec<Entry>) -> bool {
    for value in &key.below {
        let Some(set) = prefix(&value.word) else { return false };
        out.push(Entry { bits: bits(&value.word), set, except: value.get("except").is_some() });
    }
    true
}

/// How many bits a prefix or mask binds.
fn bits(word: &str) -> u32 {
    match word.split_once('/') {
        Some((_, mask)) => mask
            .parse()
            .ok()
            .or_else(|| mask.parse::<std::net::Ipv4Addr>().ok().map(|mask| u32::from(mask).count_ones()))
            .unwrap_or(0),
        None if word.contains(':') => 128,
        None => 32,
    }
}

fn lists(key: &Node<'_>, root: &Node<'_>, out: &mut Vec<Entry>, ledger: &mut Ledger) -> bool {
    for value in &key.below {
        let Some(list) = root.at(&["policy-options", "prefix-list", &value.word]) else { return false };
        list.used(ledger);
        let except = value.get("except").is_some();
        for item in &list.below {
            if item.word == "apply-path" {
                item.lost(&judged(), ledger);
                return false;
            }
            let Some(set) = prefix(&item.word) else { return false };
            out.push(Entry { bits: bits(&item.word), set, except });
        }
    }
    true
}

/// What a list of addresses holds: of those that fit, the longest counts. `None` for no list.
fn table(entries: &[Entry]) -> Option<AddressSet> {
    if entries.is_empty() {
        return None;
    }
    let mut all: Vec<&Entry> = entries.iter().collect();
    // of two alike the exception goes before
    all.sort_by_key(|entry| (entry.bits, entry.except));
    let mut out = AddressSet::default();
    for run in all.chunk_by(|a, b| a.except == b.except) {
        let set = AddressSet::union_of(run.iter().map(|entry| &entry.set));
        out = if run[0].except { out.subtract(&set) } else { out.union(&set) };
    }
    Some(out)
}

/// Whether SYN alone has the flags that are asked; `None` where that is not understood.
fn flags(words: &str) -> Option<bool> {
    // `syn & !ack`, `(ack | rst)`, `!(rst)`: of or, and, not, in this order
    let words = words.replace(['"', ' '], "");
    fn or(text: &str) -> Option<bool> {
        split(text, '|').iter().try_fold(false, |held, part| Some(and(part)? || held))
    }
    fn and(text: &str) -> Option<bool> {
        split(text, '&').iter().try_fold(true, |held, part| Some(not(part)? && held))
    }
    fn not(text: &str) -> Option<bool> {
        if let Some(rest) = text.strip_prefix('!') {
            return not(rest).map(|held| !held);
        }
        if let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            return or(inner);
        }
        match text {
            "syn" | "0x2" | "0x02" => Some(true),
            "ack" | "rst" | "fin" | "psh" | "push" | "urg" | "urgent" | "0x10" | "0x4" | "0x04" | "0x1" | "0x01"
            | "0x8" | "0x08" | "0x20" => Some(false),
            _ => None,
        }
    }
    /// Parts between marks outside all brackets.
    fn split(text: &str, mark: char) -> Vec<&str> {
        let (mut out, mut depth, mut from) = (Vec::new(), 0usize, 0);
        for (at, c) in text.char_indices() {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                c if c == mark && depth == 0 => {
                    out.push(&text[from..at]);
                    from = at + 1;
                }
                _ => {}
            }
        }
        out.push(&text[from..]);
        out
    }
    // brackets in brackets without end
    (words.len() < 200).then(|| or(&words)).flatten()
}

#[cfg(test)]
mod tests {
    use super::flags;

    #[test]
    fn flags_are_asked_of_syn_alone() {
        for (words, held) in [
            ("syn", Some(true)),
            ("syn & !ack", Some(true)),
            ("\"(ack | rst)\"", Some(false)),
            ("!(ack | rst) & syn", Some(true)),
            ("syn & ack", Some(false)),
            ("what", None),
        ] {
            assert_eq!(flags(words), held, "{words}");
        }
    }
}
