//! AlliedWare Plus: a hardware list in a VLAN, then the rules of the firewall.

use std::net::Ipv4Addr;

use sanso::packet::Packet;

use super::{Block, Dice, PER_CONFIGURATION, Ports, Wild, agree_on, four, packets, ports};

const WAYS: [&str; 3] = ["vlan10", "vlan20", "eth1"];

#[derive(Debug)]
struct Line {
    sequence: u64,
    permit: bool,
    protocol: Option<u8>,
    from: Wild,
    to: Wild,
    sources: Ports,
    destinations: Ports,
}

fn print(line: &Line) -> String {
    let protocol = match line.protocol {
        None => "ip",
        Some(1) => "icmp",
        Some(6) => "tcp",
        _ => "udp",
    };
    let ports = |ports: Ports| ports.print().replace("neq", "ne");
    format!(
        " {} {} {protocol} {}{} {}{}\n",
        line.sequence,
        if line.permit { "permit" } else { "deny" },
        line.from.print(),
        ports(line.sources),
        line.to.print(),
        ports(line.destinations),
    )
}

#[derive(Debug)]
struct Rule {
    number: u64,
    permit: bool,
    application: usize,
    from: usize,
    to: usize,
}

#[test]
fn lists_and_rules_agree_with_a_walk_through_them() {
    let mut dice = Dice(16);
    for _ in 0..packets().div_ceil(PER_CONFIGURATION) {
        let lines: Vec<Line> = (0..3 + dice.roll(5))
            .map(|at| {
                let protocol = *dice.one(&[None, Some(1), Some(6), Some(17)]);
                let ported = matches!(protocol, Some(6 | 17));
                Line {
                    sequence: (at * 7919 + dice.roll(3)) % 97 * 10 + at + 1,
                    permit: dice.roll(2) == 0,
                    protocol,
                    from: Wild::roll(&mut dice),
                    to: Wild::roll(&mut dice),
                    sources: if ported { Ports::roll(&mut dice) } else { Ports::Any },
                    destinations: if ported { Ports::roll(&mut dice) } else { Ports::Any },
                }
            })
            .collect();
        // an entity: a block, and the interface that it lies behind
        let entities: Vec<(Block, Option<&str>)> =
            (0..4).map(|_| (Block::roll(&mut dice), (dice.roll(3) == 0).then(|| *dice.one(&WAYS)))).collect();
        let applications: Vec<(u8, (u16, u16), (u16, u16))> =
            (0..3).map(|_| (*dice.one(&[6, 17]), ports(&mut dice), ports(&mut dice))).collect();
        let rules: Vec<Rule> = (0..dice.roll(6))
            .map(|at| Rule {
                number: (at * 7919 + dice.roll(3)) % 97 * 10 + at + 1,
                permit: dice.roll(3) > 0,
                application: dice.roll(4) as usize,
                from: dice.roll(4) as usize,
                to: dice.roll(4) as usize,
            })
            .collect();
        let protects = dice.roll(3) > 0;
        let mut text = String::from("hostname ar\naccess-list hardware L\n");
        lines.iter().for_each(|line| text += &print(line));
        text += "vlan access-map M\n match access-group L\nvlan filter M vlan-list 10 input\n";
        for (at, (block, way)) in entities.iter().enumerate() {
            let way = way.map_or_else(String::new, |way| format!(" interface {way}"));
            text += &format!("zone z{at}\n network n\n  ip subnet {}{way}\n", block.prefix());
        }
        for (at, (protocol, (low, high), (first, last))) in applications.iter().enumerate() {
            text +=
                &format!("application a{at}\n protocol {protocol}\n sport {first} to {last}\n dport {low} to {high}\n");
        }
        text += "firewall\n";
        for rule in &rules {
            let action = if rule.permit { "permit" } else { "deny" };
            let application = if rule.application == 3 { "any".to_owned() } else { format!("a{}", rule.application) };
            text += &format!(" rule {} {action} {application} from z{} to z{}.n\n", rule.number, rule.from, rule.to);
        }
        text += if protects { " protect\n" } else { "" };
        for (at, way) in WAYS.iter().enumerate() {
            text += &format!("interface {way}\n ip address {}/24\n", Ipv4Addr::new(10, 7, at as u8, 1));
        }
        agree_on(WAYS, &text, "alliedware-plus", &mut dice, PER_CONFIGURATION, &|way_in, way_out, packet: &Packet| {
            let mut sorted: Vec<&Line> = lines.iter().collect();
            sorted.sort_by_key(|line| line.sequence);
            let found = sorted.into_iter().find(|line| {
                line.protocol.is_none_or(|protocol| protocol == packet.protocol)
                    && line.from.holds(four(packet.source))
                    && line.to.holds(four(packet.destination))
                    && line.sources.holds(packet.source_port)
                    && line.destinations.holds(packet.destination_port)
            });
            let listed = way_in != WAYS[0] || found.is_none_or(|line| line.permit);
            let held = |entity: usize, address: u32, way: &str| {
                let (block, behind) = &entities[entity];
                block.holds(address) && behind.is_none_or(|behind| behind == way)
            };
            let mut sorted: Vec<&Rule> = rules.iter().collect();
            sorted.sort_by_key(|rule| rule.number);
            let found = sorted.into_iter().find(|rule| {
                let application = rule.application == 3 || {
                    let (protocol, (low, high), (first, last)) = applications[rule.application];
                    protocol == packet.protocol
                        && (low..=high).contains(&packet.destination_port)
                        && (first..=last).contains(&packet.source_port)
                };
                application
                    && held(rule.from, four(packet.source), way_in)
                    && held(rule.to, four(packet.destination), way_out)
            });
            listed && (!protects || found.is_some_and(|rule| rule.permit))
        });
    }
}
