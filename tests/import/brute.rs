//! Filters against the vendors' semantics written once more, apart from the importer: random rules are printed as a
//! configuration and imported; packets drawn around the borders of the rules have the verdict that a walk through the rules
//! themselves gives them.

mod alliedware_plus;
mod junos;
mod nec_ix;
mod nftables;
mod panos;

use std::net::{IpAddr, Ipv4Addr};

use sanso::import;
use sanso::packet::Packet;

use super::Asked;
use crate::campaign::number;

/// Numbers that look random and are the same each time.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    pub fn one<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        &list[usize::try_from(self.roll(list.len() as u64)).unwrap()]
    }
}

pub const WAYS: [&str; 3] = ["eth0", "eth1", "eth2"];

/// A block of addresses: base and length of the prefix.
#[derive(Clone, Copy, Debug)]
pub struct Block(pub u32, pub u32);

impl Block {
    pub fn roll(dice: &mut Dice) -> Self {
        let length = *dice.one(&[0, 8, 24, 28, 30, 31, 32]);
        let base = 0x0a00_0000 | u32::try_from(dice.roll(64)).unwrap();
        Self(base & mask(length), length)
    }

    pub fn holds(self, address: u32) -> bool {
        address & mask(self.1) == self.0
    }

    pub fn prefix(self) -> String {
        format!("{}/{}", Ipv4Addr::from(self.0), self.1)
    }
}

pub fn mask(length: u32) -> u32 {
    if length == 0 { 0 } else { u32::MAX << (32 - length) }
}

pub fn address(dice: &mut Dice) -> u32 {
    match dice.roll(8) {
        0 => 0x0aff_ffff,
        1 => 0xc000_0201,
        _ => 0x0a00_0000 | u32::try_from(dice.roll(68)).unwrap(),
    }
}

pub fn ports(dice: &mut Dice) -> (u16, u16) {
    let (a, b) = (dice.roll(12) as u16, dice.roll(12) as u16);
    match dice.roll(4) {
        0 => (0, 65535),
        1 => (a, a),
        2 => (a, 65535),
        _ => (a.min(b), a.max(b)),
    }
}

fn packet(dice: &mut Dice) -> Packet {
    let protocol = *dice.one(&[6, 6, 17, 1, 47]);
    let port = |dice: &mut Dice| {
        if matches!(protocol, 6 | 17) { *dice.one(&[0, 1, 2, 3, 5, 6, 10, 11, 12, 65535]) } else { 0 }
    };
    let ip = |value: u32| IpAddr::V4(Ipv4Addr::from(value));
    let (source, destination) = (ip(address(dice)), ip(address(dice)));
    Packet { source, destination, protocol, source_port: port(dice), destination_port: port(dice) }
}

pub fn four(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(_) => unreachable!("packets are of IPv4"),
    }
}

/// Asks packets of an imported configuration and of `judge`.
pub fn agree(text: &str, format: &str, dice: &mut Dice, count: usize, judge: &dyn Fn(&str, &str, &Packet) -> bool) {
    agree_on(WAYS, text, format, dice, count, judge);
}

/// As [`agree`], between these interfaces.
pub fn agree_on(
    ways: [&'static str; 3],
    text: &str,
    format: &str,
    dice: &mut Dice,
    count: usize,
    judge: &dyn Fn(&str, &str, &Packet) -> bool,
) {
    let read = import::read("f", text.as_bytes(), import::format(format))
        .unwrap_or_else(|refused| panic!("{refused:?}\n{text}"));
    let asked = Asked::new(read);
    let questions: Vec<(Option<&str>, &str, &str, Packet)> =
        (0..count).map(|_| (None, *dice.one(&ways), *dice.one(&ways), packet(dice))).collect();
    for (question, (answer, _)) in questions.iter().zip(asked.ask(&questions)) {
        let (_, way_in, way_out, packet) = question;
        let expected = judge(way_in, way_out, packet);
        assert_eq!(answer.permitted, expected, "{way_in} > {way_out}: {packet}\n{answer:#?}\n{text}");
    }
}

/// Packets per format: `SANSO_BRUTE` says how many, such as 100000.
pub fn packets() -> usize {
    number("SANSO_BRUTE", 6000) as usize
}

pub const PER_CONFIGURATION: usize = 40;

// iptables.

#[derive(Debug)]
enum Does {
    Accept,
    Drop,
    Return,
    Log,
    Jump(usize),
    Goto(usize),
}

#[derive(Debug)]
struct Line {
    from: Option<(bool, Block)>,
    to: Option<(bool, Block)>,
    protocol: Option<(bool, u8)>,
    sources: Option<(bool, (u16, u16))>,
    destinations: Option<(bool, Vec<(u16, u16)>)>,
    way_in: Option<(bool, &'static str)>,
    way_out: Option<(bool, &'static str)>,
    does: Does,
}

fn maybe<T>(dice: &mut Dice, value: impl FnOnce(&mut Dice) -> T) -> Option<(bool, T)> {
    match dice.roll(4) {
        0 => Some((dice.roll(3) == 0, value(dice))),
        _ => None,
    }
}

fn line(dice: &mut Dice, chain: usize) -> Line {
    let protocol = match dice.roll(3) {
        0 => Some((false, *dice.one(&[6, 17]))),
        1 => Some((dice.roll(2) == 0, *dice.one(&[1, 6, 17]))),
        _ => None,
    };
    let ported = matches!(protocol, Some((false, 6 | 17)));
    let deeper = chain + 1 + dice.roll(2) as usize;
    let does = match dice.roll(8) {
        0..=2 => Does::Accept,
        3 => Does::Drop,
        4 => Does::Return,
        5 => Does::Log,
        6 if deeper < 4 => Does::Goto(deeper),
        7 if deeper < 4 => Does::Jump(deeper),
        _ => Does::Drop,
    };
    Line {
        from: maybe(dice, Block::roll),
        to: maybe(dice, Block::roll),
        protocol,
        sources: if ported { maybe(dice, ports) } else { None },
        destinations: if ported { maybe(dice, |dice| (0..=dice.roll(2)).map(|_| ports(dice)).collect()) } else { None },
        way_in: maybe(dice, |dice| *dice.one(&WAYS)),
        way_out: maybe(dice, |dice| *dice.one(&WAYS)),
        does,
    }
}

fn print(line: &Line, chain: &str) -> String {
    let not = |not: bool| if not { "! " } else { "" };
    let mut out = format!("-A {chain}");
    if let Some((no, block)) = line.from {
        out += &format!(" {}-s {}", not(no), block.prefix());
    }
    if let Some((no, block)) = line.to {
        out += &format!(" {}-d {}", not(no), block.prefix());
    }
    if let Some((no, way)) = line.way_in {
        out += &format!(" {}-i {way}", not(no));
    }
    if let Some((no, way)) = line.way_out {
        out += &format!(" {}-o {way}", not(no));
    }
    if let Some((no, protocol)) = line.protocol {
        out += &format!(" {}-p {protocol}", not(no));
    }
    if let Some((no, (low, high))) = line.sources {
        out += &format!(" -m tcp {}--sport {low}:{high}", not(no));
    }
    if let Some((no, ranges)) = &line.destinations {
        let ranges: Vec<String> = ranges.iter().map(|(low, high)| format!("{low}:{high}")).collect();
        out += &format!(" -m multiport {}--dports {}", not(*no), ranges.join(","));
    }
    out + &match line.does {
        Does::Accept => " -j ACCEPT".to_owned(),
        Does::Drop => " -j DROP".to_owned(),
        Does::Return => " -j RETURN".to_owned(),
        Does::Log => " -j LOG".to_owned(),
        Does::Jump(next) => format!(" -j c{next}"),
        Does::Goto(next) => format!(" -g c{next}"),
    } + "\n"
}

fn matches(line: &Line, way_in: &str, way_out: &str, packet: &Packet) -> bool {
    let within = |(low, high): (u16, u16), port: u16| low <= port && port <= high;
    line.from.is_none_or(|(no, block)| block.holds(four(packet.source)) != no)
        && line.to.is_none_or(|(no, block)| block.holds(four(packet.destination)) != no)
        && line.way_in.is_none_or(|(no, way)| (way == way_in) != no)
        && line.way_out.is_none_or(|(no, way)| (way == way_out) != no)
        && line.protocol.is_none_or(|(no, protocol)| (protocol == packet.protocol) != no)
        && line.sources.is_none_or(|(no, range)| within(range, packet.source_port) != no)
        && line
            .destinations
            .as_ref()
            .is_none_or(|(no, ranges)| ranges.iter().any(|range| within(*range, packet.destination_port)) != *no)
}

/// The verdict of a chain; `None`: it came back.
fn walk(chains: &[Vec<Line>], at: usize, way_in: &str, way_out: &str, packet: &Packet) -> Option<bool> {
    for line in &chains[at] {
        if !matches(line, way_in, way_out, packet) {
            continue;
        }
        match line.does {
            Does::Accept => return Some(true),
            Does::Drop => return Some(false),
            Does::Return => return None,
            Does::Log => {}
            Does::Jump(next) => {
                if let Some(verdict) = walk(chains, next, way_in, way_out, packet) {
                    return Some(verdict);
                }
            }
            Does::Goto(next) => return walk(chains, next, way_in, way_out, packet),
        }
    }
    None
}

#[test]
fn iptables_agrees_with_a_walk_through_its_chains() {
    let mut dice = Dice(1);
    for _ in 0..packets().div_ceil(PER_CONFIGURATION) {
        let chains: Vec<Vec<Line>> =
            (0..4).map(|chain| (0..dice.roll(6)).map(|_| line(&mut dice, chain)).collect()).collect();
        let accepts = dice.roll(2) == 0;
        let mut text =
            format!("*filter\n:FORWARD {} [0:0]\n:c1 -\n:c2 -\n:c3 -\n", if accepts { "ACCEPT" } else { "DROP" });
        for (at, chain) in chains.iter().enumerate() {
            let name = if at == 0 { "FORWARD".to_owned() } else { format!("c{at}") };
            chain.iter().for_each(|line| text += &print(line, &name));
        }
        text += "COMMIT\n";
        agree(&text, "iptables", &mut dice, PER_CONFIGURATION, &|way_in, way_out, packet| {
            walk(&chains, 0, way_in, way_out, packet).unwrap_or(accepts)
        });
    }
}

// Cisco IOS.

/// An address with the bits that are free.
#[derive(Clone, Copy, Debug)]
struct Wild(u32, u32);

impl Wild {
    fn roll(dice: &mut Dice) -> Self {
        let free = *dice.one(&[0, 1, 3, 5, 0x14, 0x3f, 0x00ff_ffff, u32::MAX, 0x00ff_0002]);
        Self(address(dice), free)
    }

    pub fn holds(self, address: u32) -> bool {
        (address ^ self.0) & !self.1 == 0
    }

    fn print(self) -> String {
        match self.1 {
            0 => format!("host {}", Ipv4Addr::from(self.0)),
            u32::MAX => "any".to_owned(),
            free => format!("{} {}", Ipv4Addr::from(self.0), Ipv4Addr::from(free)),
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Ports {
    Any,
    Eq(u16),
    Neq(u16),
    Gt(u16),
    Lt(u16),
    Range(u16, u16),
}

impl Ports {
    fn roll(dice: &mut Dice) -> Self {
        let (a, b) = (dice.roll(12) as u16, dice.roll(12) as u16);
        match dice.roll(8) {
            0 => Self::Eq(a),
            1 => Self::Neq(a),
            2 => Self::Gt(a),
            3 => Self::Lt(a + 1),
            4 => Self::Range(a.min(b), a.max(b)),
            _ => Self::Any,
        }
    }

    fn holds(self, port: u16) -> bool {
        match self {
            Self::Any => true,
            Self::Eq(a) => port == a,
            Self::Neq(a) => port != a,
            Self::Gt(a) => port > a,
            Self::Lt(a) => port < a,
            Self::Range(a, b) => a <= port && port <= b,
        }
    }

    fn print(self) -> String {
        match self {
            Self::Any => String::new(),
            Self::Eq(a) => format!(" eq {a}"),
            Self::Neq(a) => format!(" neq {a}"),
            Self::Gt(a) => format!(" gt {a}"),
            Self::Lt(a) => format!(" lt {a}"),
            Self::Range(a, b) => format!(" range {a} {b}"),
        }
    }
}

#[derive(Debug)]
struct Entry {
    sequence: u64,
    permit: bool,
    protocol: Option<u8>,
    from: Wild,
    to: Wild,
    sources: Ports,
    destinations: Ports,
    established: bool,
}

fn list(dice: &mut Dice) -> Vec<Entry> {
    (0..1 + dice.roll(7))
        .map(|at| {
            let protocol = *dice.one(&[None, Some(6), Some(17), Some(1), Some(47)]);
            let ported = matches!(protocol, Some(6 | 17));
            Entry {
                // numbers in no order, none twice
                sequence: (at * 7919 + dice.roll(3)) % 97 * 10 + at,
                permit: dice.roll(3) > 0,
                protocol,
                from: Wild::roll(dice),
                to: Wild::roll(dice),
                sources: if ported { Ports::roll(dice) } else { Ports::Any },
                destinations: if ported { Ports::roll(dice) } else { Ports::Any },
                established: protocol == Some(6) && dice.roll(6) == 0,
            }
        })
        .collect()
}

fn print_list(name: &str, list: &[Entry]) -> String {
    let mut out = format!("ip access-list extended {name}\n");
    for entry in list {
        let protocol = entry.protocol.map_or_else(|| "ip".to_owned(), |number| number.to_string());
        out += &format!(
            " {} {} {protocol} {}{} {}{}{}\n",
            entry.sequence,
            if entry.permit { "permit" } else { "deny" },
            entry.from.print(),
            entry.sources.print(),
            entry.to.print(),
            entry.destinations.print(),
            if entry.established { " established" } else { "" },
        );
    }
    out
}

fn judge_list(list: &[Entry], packet: &Packet) -> bool {
    let mut sorted: Vec<&Entry> = list.iter().collect();
    sorted.sort_by_key(|entry| entry.sequence);
    let found = sorted.into_iter().find(|entry| {
        !entry.established
            && entry.protocol.is_none_or(|protocol| protocol == packet.protocol)
            && entry.from.holds(four(packet.source))
            && entry.to.holds(four(packet.destination))
            && entry.sources.holds(packet.source_port)
            && entry.destinations.holds(packet.destination_port)
    });
    found.is_some_and(|entry| entry.permit)
}

#[test]
fn ios_agrees_with_a_walk_through_its_lists() {
    let mut dice = Dice(2);
    for _ in 0..packets().div_ceil(PER_CONFIGURATION) {
        let lists: Vec<Vec<Entry>> = (0..4).map(|_| list(&mut dice)).collect();
        // lists 0 and 1 are bound; 2 and 3 are classes of the policy from eth1 to eth2
        let (drops, passes) = (dice.roll(2) == 0, dice.roll(2) == 0);
        let mut text = String::from("hostname r\n");
        for (at, list) in lists.iter().enumerate() {
            text += &print_list(&format!("L{at}"), list);
        }
        text += "zone security a\nzone security b\nzone-pair security p source a destination b\n service-policy type inspect P\n";
        text += "class-map type inspect match-any C2\n match access-group name L2\n";
        text += "class-map type inspect match-any C3\n match access-group name L3\n";
        text += &format!(
            "policy-map type inspect P\n class type inspect C2\n  {}\n",
            if drops { "drop" } else { "inspect" }
        );
        text += &format!(
            " class type inspect C3\n  inspect\n class class-default\n  {}\n",
            if passes { "pass" } else { "drop" }
        );
        text += "interface eth0\n ip address 10.7.0.1 255.255.255.0\n ip access-group L0 in\n";
        text += "interface eth1\n ip address 10.7.1.1 255.255.255.0\n zone-member security a\n";
        text +=
            "interface eth2\n ip address 10.7.2.1 255.255.255.0\n ip access-group L1 out\n zone-member security b\n";
        agree(&text, "cisco-ios", &mut dice, PER_CONFIGURATION, &|way_in, way_out, packet| {
            let inward = way_in != "eth0" || judge_list(&lists[0], packet);
            let outward = way_out != "eth2" || judge_list(&lists[1], packet);
            let zones = match (way_in, way_out) {
                ("eth1", "eth2") => {
                    if judge_list(&lists[2], packet) {
                        !drops
                    } else {
                        judge_list(&lists[3], packet) || passes
                    }
                }
                (a, b) => a == b,
            };
            inward && outward && zones
        });
    }
}

// FortiOS.

#[derive(Debug)]
struct Policy {
    from: Vec<&'static str>,
    to: Vec<&'static str>,
    sources: (bool, Vec<usize>),
    destinations: Result<(bool, Vec<usize>), usize>,
    services: (bool, Vec<usize>),
    accept: bool,
    disabled: bool,
    match_vip: bool,
}

struct Vip {
    outer: u32,
    inner: u32,
    ports: Option<(u16, u16)>,
    way: &'static str,
}

struct Service {
    protocol: u8,
    destinations: (u16, u16),
    sources: (u16, u16),
}

fn some<T: Copy>(dice: &mut Dice, all: &[T]) -> Vec<T> {
    let count = 1 + dice.roll(2);
    (0..count).map(|_| *dice.one(all)).collect()
}

fn policy(dice: &mut Dice, vips: usize) -> Policy {
    let ways = ["eth0", "eth1", "eth2", "zone", "any"];
    let destinations = if vips > 0 && dice.roll(4) == 0 {
        Err(dice.roll(vips as u64) as usize)
    } else {
        Ok((dice.roll(5) == 0, some(dice, &[0, 1, 2, 3])))
    };
    Policy {
        from: some(dice, &ways),
        to: some(dice, &ways),
        sources: (dice.roll(5) == 0, some(dice, &[0, 1, 2, 3])),
        destinations,
        services: (dice.roll(6) == 0, some(dice, &[0, 1, 2])),
        accept: dice.roll(3) > 0,
        disabled: dice.roll(8) == 0,
        match_vip: dice.roll(2) == 0,
    }
}

fn print_policy(id: usize, policy: &Policy) -> String {
    let quoted = |names: &[&str]| names.iter().map(|name| format!(" \"{name}\"")).collect::<String>();
    let named = |kind: &str, numbers: &[usize]| numbers.iter().map(|at| format!(" \"{kind}{at}\"")).collect::<String>();
    let mut out = format!(
        "    edit {id}\n        set srcintf{}\n        set dstintf{}\n",
        quoted(&policy.from),
        quoted(&policy.to)
    );
    out += &format!("        set srcaddr{}\n", named("a", &policy.sources.1));
    out += &match &policy.destinations {
        Ok((_, numbers)) => format!("        set dstaddr{}\n", named("a", numbers)),
        Err(vip) => format!("        set dstaddr \"v{vip}\"\n"),
    };
    out += &format!("        set service{}\n        set schedule \"always\"\n", named("s", &policy.services.1));
    for (on, key) in [
        (policy.sources.0, "srcaddr-negate"),
        (policy.destinations.as_ref().is_ok_and(|(no, _)| *no), "dstaddr-negate"),
        (policy.services.0, "service-negate"),
        (policy.match_vip && !policy.accept, "match-vip"),
    ] {
        if on {
            out += &format!("        set {key} enable\n");
        }
    }
    if policy.accept {
        out += "        set action accept\n";
    }
    if policy.disabled {
        out += "        set status disable\n";
    }
    out + "    next\n"
}

#[test]
fn fortios_agrees_with_a_walk_through_its_policies() {
    let mut dice = Dice(3);
    for _ in 0..packets().div_ceil(PER_CONFIGURATION) {
        let blocks: Vec<Block> = (0..4).map(|_| Block::roll(&mut dice)).collect();
        let services: Vec<Service> = (0..3)
            .map(|_| Service {
                protocol: *dice.one(&[6, 17]),
                destinations: ports(&mut dice),
                sources: ports(&mut dice),
            })
            .collect();
        let vips: Vec<Vip> = (0..dice.roll(3))
            .map(|_| Vip {
                outer: address(&mut dice),
                inner: address(&mut dice),
                ports: (dice.roll(2) == 0).then(|| (dice.roll(12) as u16, dice.roll(12) as u16)),
                way: if dice.roll(2) == 0 { "eth0" } else { "any" },
            })
            .collect();
        let policies: Vec<Policy> = (0..dice.roll(7)).map(|_| policy(&mut dice, vips.len())).collect();
        let mut text = String::from("config system interface\n");
        for way in WAYS {
            text += &format!("    edit \"{way}\"\n        set type physical\n    next\n");
        }
        text += "end\nconfig system zone\n    edit \"zone\"\n        set interface \"eth1\" \"eth2\"\n    next\nend\nconfig firewall address\n";
        for (at, block) in blocks.iter().enumerate() {
            let (base, mask) = (Ipv4Addr::from(block.0), Ipv4Addr::from(mask(block.1)));
            text += &format!("    edit \"a{at}\"\n        set subnet {base} {mask}\n    next\n");
        }
        text += "end\nconfig firewall service custom\n";
        for (at, service) in services.iter().enumerate() {
            let key = if service.protocol == 6 { "tcp" } else { "udp" };
            let ((low, high), (first, last)) = (service.destinations, service.sources);
            text += &format!("    edit \"s{at}\"\n        set {key}-portrange {low}-{high}:{first}-{last}\n    next\n");
        }
        text += "end\nconfig firewall vip\n";
        for (at, vip) in vips.iter().enumerate() {
            let (outer, inner) = (Ipv4Addr::from(vip.outer), Ipv4Addr::from(vip.inner));
            text += &format!(
                "    edit \"v{at}\"\n        set extip {outer}\n        set mappedip \"{inner}\"\n        set extintf \"{}\"\n",
                vip.way
            );
            if let Some((outer, inner)) = vip.ports {
                text += &format!(
                    "        set portforward enable\n        set extport {outer}\n        set mappedport {inner}\n"
                );
            }
            text += "    next\n";
        }
        text += "end\nconfig firewall policy\n";
        for (at, policy) in policies.iter().enumerate() {
            text += &print_policy(at + 1, policy);
        }
        text += "end\n";
        agree(&text, "fortios", &mut dice, PER_CONFIGURATION, &|way_in, way_out, packet| {
            let translated = vips.iter().position(|vip| {
                vip.outer == four(packet.destination)
                    && (vip.way == "any" || vip.way == way_in)
                    && vip.ports.is_none_or(|(outer, _)| packet.protocol == 6 && packet.destination_port == outer)
            });
            let (mut to, mut port) = (four(packet.destination), packet.destination_port);
            if let Some(vip) = translated.map(|at| &vips[at]) {
                to = vip.inner;
                port = vip.ports.map_or(port, |(_, inner)| inner);
            }
            let way = |names: &[&str], way: &str| {
                names.iter().any(|name| *name == "any" || *name == way || (*name == "zone" && way != "eth0"))
            };
            let found = policies.iter().find(|policy| {
                let sources =
                    policy.sources.1.iter().any(|at| blocks[*at].holds(four(packet.source))) != policy.sources.0;
                let destinations = match &policy.destinations {
                    Err(vip) => translated == Some(*vip),
                    Ok((no, numbers)) => {
                        let spares = translated.is_some() && !policy.accept && !policy.match_vip;
                        !spares && numbers.iter().any(|at| blocks[*at].holds(to)) != *no
                    }
                };
                let services = policy.services.1.iter().any(|at| {
                    let Service { protocol, destinations, sources } = &services[*at];
                    *protocol == packet.protocol
                        && (destinations.0..=destinations.1).contains(&port)
                        && (sources.0..=sources.1).contains(&packet.source_port)
                }) != policy.services.0;
                !policy.disabled
                    && way(&policy.from, way_in)
                    && way(&policy.to, way_out)
                    && sources
                    && destinations
                    && services
            });
            found.is_some_and(|policy| policy.accept)
        });
    }
}
