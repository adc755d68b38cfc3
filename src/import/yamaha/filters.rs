//! `ip filter`, `ipv6 filter`, and the lists of them that interfaces bear.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use smallvec::smallvec;

use super::super::device::{Applies, Filter, Rule, Selector, ServiceList};
use super::super::ledger::{Ledger, Origin};
use super::super::names;
use super::super::region::{Services, all_ports, with_ports};
use super::super::set::{AddressSet, Ranges};
use super::tree::Line;
use crate::document::Family;
use crate::language::Phrase;

/// The filters of a device.
#[derive(Default)]
pub struct Filters {
    /// As the lines of every list that names them.
    entries: HashMap<(Family, u32), Arc<Rule>>,
    dynamic: HashMap<(Family, u32), Arc<Rule>>,
    sets: HashMap<String, Bound>,
}

/// What an interface bears in both directions.
#[derive(Clone, Default)]
struct Bound {
    inward: Option<Vec<String>>,
    outward: Option<Vec<String>>,
}

/// Reads the filters.
pub fn read(lines: &[Line<'_>], ledger: &mut Ledger) -> Filters {
    let mut out = Filters::default();
    for line in lines {
        let (family, words) = match line.words[..] {
            ["ip", "filter", ref rest @ ..] => (Family::V4, rest),
            ["ipv6", "filter", ref rest @ ..] => (Family::V6, rest),
            _ => continue,
        };
        match *words {
            ["set", name, ref rest @ ..] => {
                out.sets.insert(name.to_owned(), bound(rest));
                ledger.used(line.line);
            }
            ["dynamic", "timer", ..] => ledger.without_meaning(line.line),
            ["dynamic", number, ref rest @ ..] => {
                let Ok(number) = number.parse() else { continue };
                ledger.used(line.line);
                let entry = trigger(number, rest, family, ledger.origin(line.line));
                out.dynamic.insert((family, number), entry.into());
            }
            [number, action, ref rest @ ..] => {
                let Ok(number) = number.parse::<u32>() else { continue };
                let kind = action.split('-').next().unwrap_or_default();
                if !matches!(kind, "pass" | "reject" | "restrict") {
                    continue;
                }
                ledger.used(line.line);
                let permit = kind != "reject";
                let origin = ledger.origin(line.line);
                let mut entry = entry(number, rest, permit, family, origin.clone()).unwrap_or_else(|| {
                    ledger.not_understood(
                        line.line,
                        if permit {
                            Phrase::new(
                                "not understood; taken to permit everything",
                                "解釈できない。すべてを通すものとみなす",
                            )
                        } else {
                            Phrase::new(
                                "not understood; taken to deny nothing",
                                "解釈できない。何も破棄しないものとみなす",
                            )
                        },
                    );
                    let all = every(number, permit, family, origin);
                    // what is known of it holds
                    let side = |at: usize| rest.get(at).and_then(|word| addresses(word, family));
                    Rule {
                        from: side(0).unwrap_or_else(|| all.from.clone()),
                        to: side(1).unwrap_or_else(|| all.to.clone()),
                        condition: Some("not understood".into()),
                        ..all
                    }
                });
                if kind == "restrict" {
                    // as long as the line is up
                    entry.condition.get_or_insert_with(|| "restrict".into());
                }
                if let Some(condition) = entry.condition.clone().filter(|condition| **condition != *"not understood") {
                    ledger.not_understood(
                        line.line,
                        Phrase::new(
                            format!("`{condition}` cannot be judged: taken to hold where the line passes, not to hold where it rejects"),
                            format!("`{condition}` は判定できない。pass では成り立つもの、reject では成り立たないものとみなす"),
                        ),
                    );
                }
                out.entries.insert((family, number), entry.into());
            }
            _ => {}
        }
    }
    out
}

/// `in 1 2 dynamic 3 out 4`.
fn bound(words: &[&str]) -> Bound {
    let mut out = Bound::default();
    let mut side: Option<&mut Option<Vec<String>>> = None;
    for word in words {
        match *word {
            "in" => side = Some(&mut out.inward),
            "out" => side = Some(&mut out.outward),
            word => {
                if let Some(list) = &mut side {
                    list.get_or_insert_default().push(word.to_owned());
                }
            }
        }
    }
    out
}

/// A filter for every packet of a family.
fn every(number: u32, permit: bool, family: Family, origin: Origin) -> Rule {
    let all = Selector::of(AddressSet::family(family));
    Rule { from: all.clone(), to: all, ..Rule::all(format!("filter {number}"), permit, origin) }
}

/// `SRC [DST [PROTOCOL [SPORT [DPORT]]]]`.
fn entry(number: u32, words: &[&str], permit: bool, family: Family, origin: Origin) -> Option<Rule> {
    let word = |at: usize| words.get(at).copied().unwrap_or("*");
    let mut out = every(number, permit, family, origin);
    out.from = addresses(word(0), family)?;
    out.to = addresses(word(1), family)?;
    let (protocols, kinds) = protocols(word(2))?;
    let number = if protocols.contains(6) || !protocols.contains(17) { 6 } else { 17 };
    let (source, destination) = (ports(word(3), number)?, ports(word(4), number)?);
    out.services.clear();
    if !protocols.is_empty() {
        out.services.push(Services::ports(&protocols, source.clone(), destination.clone()));
    }
    // of what asks for flags: a packet that opens a session has SYN alone
    let mut opens = !protocols.is_empty();
    for kind in kinds {
        let tcp = Ranges::one(6, 6);
        match kind {
            Kind::Opens => {
                out.services.push(Services::ports(&tcp, source.clone(), destination.clone()));
                opens = true;
            }
            Kind::Replies => {}
            Kind::Icmp(word) => {
                let protocol = if family == Family::V4 { 1 } else { 58 };
                out.services.push(Services::protocol(protocol));
                out.condition = Some(word.into());
                opens = true;
            }
        }
    }
    out.replies = !opens;
    if out.replies {
        out.services.push(Services::protocol(6));
    }
    Some(out)
}

/// What a protocol asks beyond its number.
enum Kind {
    Opens,
    Replies,
    Icmp(String),
}

/// `*`, `tcp,udp`, `established`, `tcpflag=0x0002/0x0fff`, `icmp-error`, `89`.
fn protocols(word: &str) -> Option<(Ranges, Vec<Kind>)> {
    let mut numbers = Vec::new();
    let mut kinds = Vec::new();
    for item in word.split(',') {
        match item {
            "*" => numbers.push((0, 255)),
            "established" | "tcpfin" | "tcprst" => kinds.push(Kind::Replies),
            "tcpsyn" => kinds.push(Kind::Opens),
            "icmp-error" | "icmp-info" => kinds.push(Kind::Icmp(item.to_owned())),
            "ipv6" => numbers.push((41, 41)),
            item => {
                if let Some((value, mask)) = item.strip_prefix("tcpflag=").and_then(|flags| flags.split_once('/')) {
                    let hex = |text: &str| {
                        u16::from_str_radix(text.trim_start_matches("0x").trim_start_matches("0X"), 16).ok()
                    };
                    let (value, mask) = (hex(value)?, hex(mask)?);
                    kinds.push(if 0x02 & mask == value { Kind::Opens } else { Kind::Replies });
                } else {
                    let number = names::protocol(item)?;
                    numbers.push((number.into(), number.into()));
                }
            }
        }
    }
    Some((Ranges::of(numbers), kinds))
}

/// `*`, `10.0.0.0/8`, `10.0.0.1-10.0.0.9`, `10.0.0.*`, several by commas, names of hosts.
fn addresses(word: &str, family: Family) -> Option<Selector> {
    let mut out = Selector::default();
    for item in word.split(',').filter(|item| !item.is_empty()) {
        out = out.union(&match item {
            "*" => Selector::of(AddressSet::family(family)),
            item => match address(item) {
                Some(set) => Selector::of(set),
                None if item.contains('.') && item.chars().any(char::is_alphabetic) => Selector::named(item),
                None => return None,
            },
        });
    }
    out.set = out.set.intersect(&AddressSet::family(family));
    Some(out)
}

fn address(item: &str) -> Option<AddressSet> {
    if let Some((low, high)) = item.split_once('-') {
        return AddressSet::range(low.parse().ok()?, high.parse().ok()?);
    }
    if let Some((address, length)) = item.split_once('/') {
        let length = length.parse().ok().or_else(|| super::super::set::mask_length(length.parse().ok()?))?;
        return AddressSet::network(address.parse().ok()?, length);
    }
    if let Some(stem) = item.strip_suffix(".*") {
        // `192.168.*.*` and `192.168.1.*`
        let octets: Vec<&str> = stem.split('.').collect();
        let known = octets.iter().take_while(|octet| **octet != "*").count();
        if octets.iter().skip(known).any(|octet| *octet != "*") || octets.len() != 3 {
            return None;
        }
        let mut text: Vec<&str> = octets[..known].to_vec();
        text.resize(4, "0");
        return AddressSet::network(text.join(".").parse::<IpAddr>().ok()?, u8::try_from(known * 8).ok()?);
    }
    Some(AddressSet::single(item.parse().ok()?))
}

/// `*`, `www`, `80`, `1024-`, `-1023`, `netbios_ns-netbios_ssn`, several by commas.
fn ports(word: &str, protocol: u8) -> Option<Ranges> {
    let mut out = Vec::new();
    for item in word.split(',') {
        if item == "*" {
            return Some(all_ports());
        }
        // a name may have a dash in it
        if let Some(port) = port(item, protocol) {
            out.push((u128::from(port), u128::from(port)));
            continue;
        }
        let (low, high) = item.split_once('-')?;
        let low = if low.is_empty() { 0 } else { port(low, protocol)? };
        let high = if high.is_empty() { u16::MAX } else { port(high, protocol)? };
        out.push((low.into(), high.into()));
    }
    Some(Ranges::of(out.into_iter().filter(|(low, high)| low <= high).collect()))
}

/// A port by number or name.
#[must_use]
pub fn port(word: &str, protocol: u8) -> Option<u16> {
    match word {
        "ftpdata" => Some(20),
        "netbios_ns" => Some(137),
        "netbios_dgm" => Some(138),
        "netbios_ssn" => Some(139),
        "route" => Some(520),
        "snmp-trap" => Some(162),
        "l2tp" => Some(1701),
        "imap3" => Some(220),
        "isakmp" => Some(500),
        word => names::port(&word.replace('_', "-"), protocol),
    }
}

/// `SRC DST SERVICE` or `SRC DST filter N … [in N …] [out N …]` of a dynamic filter: what opens a connection.
fn trigger(number: u32, words: &[&str], family: Family, origin: Origin) -> Rule {
    let word = |at: usize| words.get(at).copied().unwrap_or("*");
    let mut out = every(number, true, family, origin);
    let all = Selector::of(AddressSet::family(family));
    out.from = addresses(word(0), family).unwrap_or_else(|| all.clone());
    out.to = addresses(word(1), family).unwrap_or(all);
    let one = |protocol: u8, port: u16| {
        let number = |value: u16| Ranges::one(value.into(), value.into());
        Services::ports(&number(protocol.into()), all_ports(), number(port))
    };
    let service = word(2);
    out.services = match service {
        "tcp" => smallvec![Services::protocol(6)],
        "udp" => smallvec![Services::protocol(17)],
        "www" => smallvec![one(6, 80), one(6, 443)],
        service => {
            let known = [6u8, 17].into_iter().filter_map(|protocol| Some(one(protocol, port(service, protocol)?)));
            let known: ServiceList = known.collect();
            if known.is_empty() { smallvec![Services::protocols(with_ports())] } else { known }
        }
    };
    out.condition = Some(format!("dynamic {service}").into());
    out
}

impl Filters {
    /// The filters of the interfaces, in the order in which a packet meets them: inward, then outward. `past` are interfaces
    /// bridged to one, which see no filters of it.
    pub fn of(&self, lines: &[Line<'_>], past: &HashMap<String, Vec<String>>, ledger: &mut Ledger) -> Vec<Filter> {
        type Lists = Vec<(Family, Vec<String>, u32)>;
        let mut all: Vec<(String, bool, Lists)> = Vec::new();
        for line in lines {
            let (family, name, words) = match line.words[..] {
                ["ip", name, "secure", "filter", ref rest @ ..] => (Family::V4, name, rest),
                ["ipv6", name, "secure", "filter", ref rest @ ..] => (Family::V6, name, rest),
                _ => continue,
            };
            let Some(interface) = line.interface(name) else { continue };
            ledger.used(line.line);
            let bound = match *words {
                ["name", set, ..] => self.sets.get(set).cloned().unwrap_or_else(|| {
                    ledger.not_understood(
                        line.line,
                        Phrase::new(
                            "this set is not defined; it stops nothing",
                            "この設定セットは定義されていない。何も止めないものとみなす",
                        ),
                    );
                    Bound::default()
                }),
                _ => bound(words),
            };
            for (inward, list) in [(true, bound.inward), (false, bound.outward)] {
                let Some(list) = list else { continue };
                let at = all.iter().position(|(known, way, _)| *known == interface && *way == inward);
                let at = at.unwrap_or_else(|| {
                    all.push((interface.clone(), inward, Vec::new()));
                    all.len() - 1
                });
                // of two lines the later counts
                all[at].2.retain(|(known, ..)| *known != family);
                all[at].2.push((family, list, line.line));
            }
        }
        all.sort_by_key(|(_, inward, _)| !inward);
        all.into_iter()
            .map(|(interface, inward, lists)| self.filter(&interface, inward, &lists, past, ledger))
            .collect()
    }

    fn filter(
        &self,
        interface: &str,
        inward: bool,
        lists: &[(Family, Vec<String>, u32)],
        past: &HashMap<String, Vec<String>>,
        ledger: &mut Ledger,
    ) -> Filter {
        let line = lists.first().map_or(1, |(_, _, line)| *line);
        let way = if inward { "in" } else { "out" };
        let mut filter = Filter::new(format!("{interface} {way}"), false, ledger.origin(line));
        filter.default_id = "implicit reject".into();
        filter.stateful = true;
        if let Some(others) = past.get(interface) {
            let mut rule = Rule::all(format!("{interface} bridged"), true, ledger.origin(line));
            if inward {
                rule.ways_out = Some(others.clone().into())
            } else {
                rule.ways_in = Some(others.clone().into())
            }
            filter.rules.push(rule.into());
        }
        for (family, list, line) in lists {
            let mut dynamic = false;
            let mut behind = Vec::new();
            for word in list {
                if word == "dynamic" {
                    dynamic = true;
                    continue;
                }
                let number = word.parse::<u32>().ok();
                let known = if dynamic { &self.dynamic } else { &self.entries };
                let Some(entry) = number.and_then(|number| known.get(&(*family, number))) else {
                    ledger.remark(
                        *line,
                        Phrase::new(
                            format!("the filter {word} is not defined; it matches nothing"),
                            format!("フィルター {word} が定義されていない。何にも一致しない"),
                        ),
                    );
                    continue;
                };
                if dynamic {
                    // SOUNDNESS: what opens a connection may pass although no other line says so
                    behind.push(entry.clone());
                } else {
                    filter.rules.push(entry.clone());
                }
            }
            filter.rules.extend(behind);
        }
        filter.passes =
            [Family::V4, Family::V6].into_iter().find(|family| !lists.iter().any(|(known, ..)| known == family));
        if inward {
            filter.ways_in = Some([interface.to_owned()].into());
            filter.applies = vec![Applies::Forwarded, Applies::Delivered];
        } else {
            filter.ways_out = Some([interface.to_owned()].into());
            filter.applies = vec![Applies::Forwarded];
        }
        filter
    }
}
