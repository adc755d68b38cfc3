//! Junos: a filter in, the policies of the zones, a filter out.

use std::net::Ipv4Addr;

use sanso::packet::Packet;

use super::{Block, Dice, PER_CONFIGURATION, agree_on, four, maybe, packets, ports, some};

const UNITS: [&str; 3] = ["ge-0/0/0.0", "ge-0/0/1.0", "ge-0/0/2.0"];

/// The zone of a unit: the last two are in one.
fn zone(unit: &str) -> &'static str {
    if unit == UNITS[0] { "a" } else { "b" }
}

#[derive(Debug)]
struct Policy {
    /// `None`: global.
    zones: Option<(&'static str, &'static str)>,
    sources: (bool, Vec<usize>),
    destinations: (bool, Vec<usize>),
    applications: Vec<usize>,
    permit: bool,
    inactive: bool,
}

fn policy(dice: &mut Dice, global: bool) -> Policy {
    Policy {
        zones: (!global).then(|| (*dice.one(&["a", "b"]), *dice.one(&["a", "b"]))),
        sources: (dice.roll(4) == 0, some(dice, &[0, 1, 2, 3])),
        destinations: (dice.roll(4) == 0, some(dice, &[0, 1, 2, 3])),
        applications: some(dice, &[0, 1, 2]),
        permit: dice.roll(3) > 0,
        inactive: dice.roll(8) == 0,
    }
}

fn print(at: usize, policy: &Policy) -> String {
    let place = match policy.zones {
        Some((from, to)) => format!("security policies from-zone {from} to-zone {to} policy p{at}"),
        None => format!("security policies global policy p{at}"),
    };
    let mut out = String::new();
    let mut say = |words: &str| out += &format!("set {place} {words}\n");
    for (key, (not, numbers)) in [("source", &policy.sources), ("destination", &policy.destinations)] {
        numbers.iter().for_each(|number| say(&format!("match {key}-address s{number}")));
        if *not {
            say(&format!("match {key}-address-excluded"));
        }
    }
    policy.applications.iter().for_each(|number| say(&format!("match application p{number}")));
    say(if policy.permit { "then permit" } else { "then deny" });
    if policy.inactive {
        out += &format!("deactivate {place}\n");
    }
    out
}

#[derive(Debug)]
struct Term {
    sources: Vec<(Block, bool)>,
    destinations: Vec<(Block, bool)>,
    protocol: Option<(bool, u8)>,
    source_ports: Option<(bool, (u16, u16))>,
    either: Option<(u16, u16)>,
    does: u64,
}

fn term(dice: &mut Dice) -> Term {
    let protocol = maybe(dice, |dice| *dice.one(&[1, 6, 17]));
    let ported = matches!(protocol, Some((false, 6 | 17)));
    let blocks = |dice: &mut Dice| -> Vec<(Block, bool)> {
        let mut out: Vec<(Block, bool)> = Vec::new();
        for _ in 0..dice.roll(4) {
            let block = Block::roll(dice);
            // Junos has each prefix once
            if !out.iter().any(|(known, _)| known.prefix() == block.prefix()) {
                out.push((block, dice.roll(3) == 0));
            }
        }
        out
    };
    let (sources, destinations) = (blocks(dice), blocks(dice));
    Term {
        sources,
        destinations,
        protocol,
        source_ports: if ported { maybe(dice, ports) } else { None },
        either: (ported && dice.roll(4) == 0).then(|| ports(dice)),
        does: dice.roll(4),
    }
}

fn print_term(at: usize, term: &Term) -> String {
    let mut out = format!("        term t{at} {{\n            from {{\n");
    for (key, blocks) in [("source", &term.sources), ("destination", &term.destinations)] {
        if !blocks.is_empty() {
            out += &format!("                {key}-address {{\n");
            for (block, except) in blocks {
                out += &format!("                    {}{};\n", block.prefix(), if *except { " except" } else { "" });
            }
            out += "                }\n";
        }
    }
    let except = |no: bool| if no { "-except" } else { "" };
    if let Some((no, protocol)) = term.protocol {
        out += &format!("                protocol{} {protocol};\n", except(no));
    }
    if let Some((no, (low, high))) = term.source_ports {
        out += &format!("                source-port{} {low}-{high};\n", except(no));
    }
    if let Some((low, high)) = term.either {
        out += &format!("                port [ {low}-{high} ];\n");
    }
    out += "            }\n";
    out += match term.does {
        0 => "            then accept;\n",
        1 => "            then {\n                count it;\n                discard;\n            }\n",
        2 => "            then next term;\n",
        _ => "            then count it;\n",
    };
    out + "        }\n"
}

/// Of the blocks that hold an address, the longest counts.
fn listed(blocks: &[(Block, bool)], address: u32) -> bool {
    let longest = blocks.iter().filter(|(block, _)| block.holds(address)).max_by_key(|(block, _)| block.1);
    blocks.is_empty() || longest.is_some_and(|(_, except)| !except)
}

fn walk(terms: &[Term], packet: &Packet) -> bool {
    for term in terms {
        let within = |(low, high): (u16, u16), port: u16| (low..=high).contains(&port);
        let held = listed(&term.sources, four(packet.source))
            && listed(&term.destinations, four(packet.destination))
            && term.protocol.is_none_or(|(no, protocol)| (protocol == packet.protocol) != no)
            && term.source_ports.is_none_or(|(no, range)| within(range, packet.source_port) != no)
            && term
                .either
                .is_none_or(|range| within(range, packet.source_port) || within(range, packet.destination_port));
        match (held, term.does) {
            (true, 0 | 3) => return true,
            (true, 1) => return false,
            _ => {}
        }
    }
    false
}

#[test]
fn policies_agree_with_a_walk_through_them() {
    let mut dice = Dice(11);
    for _ in 0..packets().div_ceil(PER_CONFIGURATION) {
        let blocks: Vec<Block> = (0..4).map(|_| Block::roll(&mut dice)).collect();
        let applications: Vec<(u8, (u16, u16), (u16, u16))> =
            (0..3).map(|_| (*dice.one(&[6, 17]), ports(&mut dice), ports(&mut dice))).collect();
        let globals = dice.roll(4);
        let policies: Vec<Policy> = (0..dice.roll(7)).map(|at| policy(&mut dice, at < globals)).collect();
        let permits = dice.roll(2) == 0;
        let mut text = String::from("set system host-name fw\n");
        for (at, unit) in UNITS.iter().enumerate() {
            let port = unit.trim_end_matches(".0");
            text += &format!("set interfaces {port} unit 0 family inet address 10.7.{at}.1/24\n");
            text += &format!("set security zones security-zone {} interfaces {unit}\n", zone(unit));
        }
        for (at, block) in blocks.iter().enumerate() {
            let (base, last) = (Ipv4Addr::from(block.0), Ipv4Addr::from(block.0 | !super::mask(block.1)));
            text += &match at % 2 {
                0 => format!("set security address-book global address a{at} {}\n", block.prefix()),
                _ => format!("set security address-book global address a{at} range-address {base} to {last}\n"),
            };
            text += &format!("set security address-book global address-set s{at} address a{at}\n");
        }
        for (at, (protocol, (low, high), (first, last))) in applications.iter().enumerate() {
            let term = if at == 1 { "term t " } else { "" };
            text += &format!(
                "set applications application p{at} {term}protocol {protocol} destination-port {low}-{high} source-port {first}-{last}\n"
            );
        }
        for (at, policy) in policies.iter().enumerate() {
            text += &print(at, policy);
        }
        text += if permits { "set security policies default-policy permit-all\n" } else { "" };
        agree_on(UNITS, &text, "junos", &mut dice, PER_CONFIGURATION, &|way_in, way_out, packet| {
            let held = |policy: &&Policy| {
                let any = |(no, numbers): &(bool, Vec<usize>), address: u32| {
                    numbers.iter().any(|number| blocks[*number].holds(address)) != *no
                };
                !policy.inactive
                    && any(&policy.sources, four(packet.source))
                    && any(&policy.destinations, four(packet.destination))
                    && policy.applications.iter().any(|number| {
                        let (protocol, (low, high), (first, last)) = applications[*number];
                        protocol == packet.protocol
                            && (low..=high).contains(&packet.destination_port)
                            && (first..=last).contains(&packet.source_port)
                    })
            };
            let here = Some((zone(way_in), zone(way_out)));
            let of_zones = policies.iter().filter(|policy| policy.zones == here).find(held);
            let global = policies.iter().filter(|policy| policy.zones.is_none()).find(held);
            of_zones.or(global).map_or(permits, |policy| policy.permit)
        });
    }
}

#[test]
fn filters_agree_with_a_walk_through_their_terms() {
    let mut dice = Dice(12);
    for _ in 0..packets().div_ceil(PER_CONFIGURATION) {
        let filters: Vec<Vec<Term>> =
            (0..2).map(|_| (0..1 + dice.roll(6)).map(|_| term(&mut dice)).collect()).collect();
        let mut text = String::from("interfaces {\n");
        for (at, unit) in UNITS.iter().enumerate() {
            let filter = ["filter { input F0; }", "filter { output F1; }", ""][at];
            text += &format!(
                "    {} {{\n        unit 0 {{\n            family inet {{\n                {filter}\n",
                unit.trim_end_matches(".0")
            );
            text += &format!("                address 10.7.{at}.1/24;\n            }}\n        }}\n    }}\n");
        }
        text += "}\nfirewall {\n    family inet {\n";
        for (at, filter) in filters.iter().enumerate() {
            text += &format!("    filter F{at} {{\n");
            filter.iter().enumerate().for_each(|(number, term)| text += &print_term(number, term));
            text += "    }\n";
        }
        text += "    }\n}\n";
        agree_on(UNITS, &text, "junos", &mut dice, PER_CONFIGURATION, &|way_in, way_out, packet| {
            (way_in != UNITS[0] || walk(&filters[0], packet)) && (way_out != UNITS[1] || walk(&filters[1], packet))
        });
    }
}
