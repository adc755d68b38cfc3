//! Cisco ASA against its semantics written once more: security levels, lists in, out and global, the NAT of objects.

use std::net::Ipv4Addr;

use super::brute::{Block, Dice, PER_CONFIGURATION, WAYS, address, agree, four, mask, packets, ports};

struct Line {
    permit: bool,
    inactive: bool,
    /// 0: `ip`.
    protocol: u8,
    from: usize,
    to: usize,
    sources: (u16, u16),
    destinations: (u16, u16),
}

/// A host of an object that is another one at an interface.
struct Fixed {
    real: u32,
    mapped: u32,
    sides: [Option<&'static str>; 2],
}

fn line(dice: &mut Dice) -> Line {
    let protocol = *dice.one(&[0, 6, 6, 17, 1]);
    let (sources, destinations) =
        if matches!(protocol, 6 | 17) { (ports(dice), ports(dice)) } else { ((0, 65535), (0, 65535)) };
    Line {
        permit: dice.roll(2) == 0,
        inactive: dice.roll(8) == 0,
        protocol,
        from: dice.roll(5) as usize,
        to: dice.roll(5) as usize,
        sources,
        destinations,
    }
}

fn print(name: &str, line: &Line, blocks: &[Block]) -> String {
    let block = |at: usize| match at {
        4 => "any".to_owned(),
        3 => "object-group g".to_owned(),
        2 => "object o2".to_owned(),
        at => format!("{} {}", Ipv4Addr::from(blocks[at].0), Ipv4Addr::from(mask(blocks[at].1))),
    };
    let ports = |(low, high): (u16, u16)| match (low, high) {
        (0, 65535) => String::new(),
        (low, high) if low == high => format!(" eq {low}"),
        (low, 65535) => format!(" gt {}", low - 1),
        (low, high) => format!(" range {low} {high}"),
    };
    let action = if line.permit { "permit" } else { "deny" };
    let protocol = match line.protocol {
        0 => "ip".to_owned(),
        6 => "tcp".to_owned(),
        17 => "udp".to_owned(),
        other => other.to_string(),
    };
    format!(
        "access-list {name} extended {action} {protocol} {}{} {}{}{}\n",
        block(line.from),
        ports(line.sources),
        block(line.to),
        ports(line.destinations),
        if line.inactive { " inactive" } else { "" }
    )
}

#[test]
fn asa_agrees_with_a_walk_through_its_lists() {
    let mut dice = Dice(7);
    for _ in 0..packets().div_ceil(PER_CONFIGURATION) {
        // the third is the object, the fourth a member of the group
        let blocks: Vec<Block> = (0..4).map(|_| Block::roll(&mut dice)).collect();
        let levels: Vec<u8> = WAYS.iter().map(|_| *dice.one(&[0, 50, 100])).collect();
        let (inter, intra) = (dice.roll(2) == 0, dice.roll(2) == 0);
        let mut lists: Vec<(String, String, Vec<Line>)> = Vec::new();
        for way in WAYS {
            for side in ["in", "out"] {
                if dice.roll(3) == 0 {
                    let lines = (0..1 + dice.roll(4)).map(|_| line(&mut dice)).collect();
                    lists.push((format!("{way}-{side}"), format!("{side} interface {way}"), lines));
                }
            }
        }
        if dice.roll(4) == 0 {
            lists.push(("all".into(), "global".into(), (0..1 + dice.roll(3)).map(|_| line(&mut dice)).collect()));
        }
        let mut fixed: Vec<Fixed> = (0..dice.roll(3))
            .map(|_| {
                let mut side = || Some(*dice.one(&WAYS)).filter(|_| dice.roll(4) > 0);
                let sides = [side(), side()];
                Fixed { real: address(&mut dice), mapped: address(&mut dice), sides }
            })
            .collect();
        let mut text = String::from("ASA Version 9.12(1)\n");
        for (at, (way, level)) in WAYS.iter().zip(&levels).enumerate() {
            text += &format!(
                "interface GigabitEthernet0/{at}\n nameif {way}\n security-level {level}\n ip address 192.0.2.{} 255.255.255.255\n",
                at + 1
            );
        }
        for (on, what) in [(inter, "inter"), (intra, "intra")] {
            if on {
                text += &format!("same-security-traffic permit {what}-interface\n");
            }
        }
        let subnet = |block: Block| format!("{} {}", Ipv4Addr::from(block.0), Ipv4Addr::from(mask(block.1)));
        text += &format!(
            "object network o2\n subnet {}\nobject-group network g\n network-object object o2\n network-object {}\n",
            subnet(blocks[2]),
            subnet(blocks[3])
        );
        for (name, bound, lines) in &lists {
            lines.iter().for_each(|line| text += &print(name, line, &blocks));
            text += &format!("access-group {name} {bound}\n");
        }
        for (at, one) in fixed.iter().enumerate() {
            let side = |at: usize| one.sides[at].unwrap_or("any");
            text += &format!(
                "object network n{at}\n host {}\n nat ({},{}) static {}\n",
                Ipv4Addr::from(one.real),
                side(0),
                side(1),
                Ipv4Addr::from(one.mapped)
            );
        }
        fixed.sort_by_key(|one| one.real);
        agree(&text, "cisco-asa", &mut dice, PER_CONFIGURATION, &|way_in, way_out, packet| {
            let level = |way: &str| levels[WAYS.iter().position(|known| *known == way).unwrap()];
            let (from, mut to) = (four(packet.source), four(packet.destination));
            if let Some(one) =
                fixed.iter().find(|one| one.mapped == to && one.sides[1].is_none_or(|side| side == way_in))
            {
                to = one.real;
            }
            let held = |at: usize, address: u32| match at {
                4 => true,
                3 => blocks[2].holds(address) || blocks[3].holds(address),
                at => blocks[at].holds(address),
            };
            let verdict = |bound: &str| -> Option<Option<bool>> {
                let (_, _, lines) = lists.iter().find(|(_, known, _)| known == bound)?;
                Some(
                    lines
                        .iter()
                        .filter(|line| !line.inactive)
                        .find(|line| {
                            let within = |(low, high): (u16, u16), port: u16| (low..=high).contains(&port);
                            (line.protocol == 0 || line.protocol == packet.protocol)
                                && held(line.from, from)
                                && held(line.to, to)
                                && (!matches!(line.protocol, 6 | 17)
                                    || within(line.sources, packet.source_port)
                                        && within(line.destinations, packet.destination_port))
                        })
                        .map(|line| line.permit),
                )
            };
            if level(way_in) == level(way_out) && !(if way_in == way_out { intra } else { inter }) {
                return false;
            }
            let (own, global) = (verdict(&format!("in interface {way_in}")), verdict("global"));
            let inward = match (own, global) {
                (None, None) => level(way_in) >= level(way_out),
                (own, global) => own.flatten().or(global.flatten()).unwrap_or(false),
            };
            inward && verdict(&format!("out interface {way_out}")).is_none_or(|found| found.unwrap_or(false))
        });
    }
}
