//! NEC IX: several lists on an interface, in the order of their numbers.

use sanso::packet::Packet;

use super::{Block, Dice, PER_CONFIGURATION, agree_on, four, packets, ports};

const WAYS: [&str; 3] = ["GigaEthernet0.0", "GigaEthernet1.0", "GigaEthernet2.0"];

#[derive(Debug)]
struct Line {
    permit: bool,
    protocol: Option<u8>,
    from: Block,
    to: Block,
    sources: (u16, u16),
    destinations: (u16, u16),
}

fn list(dice: &mut Dice) -> Vec<Line> {
    (0..1 + dice.roll(4))
        .map(|_| {
            let protocol = *dice.one(&[None, Some(1), Some(6), Some(17)]);
            let ported = matches!(protocol, Some(6 | 17));
            let all = (0, 65535);
            Line {
                permit: dice.roll(3) > 0,
                protocol,
                from: Block::roll(dice),
                to: Block::roll(dice),
                sources: if ported { ports(dice) } else { all },
                destinations: if ported { ports(dice) } else { all },
            }
        })
        .collect()
}

fn print(name: &str, line: &Line) -> String {
    let protocol = match line.protocol {
        None => "ip",
        Some(1) => "icmp",
        Some(6) => "tcp",
        _ => "udp",
    };
    let side = |word: &str, (low, high): (u16, u16)| match line.protocol {
        Some(6 | 17) if (low, high) == (0, 65535) => format!(" {word} any"),
        Some(6 | 17) if low == high => format!(" {word} eq {low}"),
        Some(6 | 17) => format!(" {word} range {low} {high}"),
        _ => String::new(),
    };
    format!(
        "ip access-list {name} {} {protocol} src {}{} dest {}{}\n",
        if line.permit { "permit" } else { "deny" },
        line.from.prefix(),
        side("sport", line.sources),
        line.to.prefix(),
        side("dport", line.destinations),
    )
}

fn judge(lists: &[&Vec<Line>], packet: &Packet) -> bool {
    let found = lists.iter().flat_map(|list| list.iter()).find(|line| {
        line.protocol.is_none_or(|protocol| protocol == packet.protocol)
            && line.from.holds(four(packet.source))
            && line.to.holds(four(packet.destination))
            && (line.sources.0..=line.sources.1).contains(&packet.source_port)
            && (line.destinations.0..=line.destinations.1).contains(&packet.destination_port)
    });
    found.is_some_and(|line| line.permit)
}

#[test]
fn lists_agree_with_a_walk_through_them() {
    let mut dice = Dice(15);
    for _ in 0..packets().div_ceil(PER_CONFIGURATION) {
        let lists: Vec<Vec<Line>> = (0..3).map(|_| list(&mut dice)).collect();
        let swapped = dice.roll(2) == 0;
        let mut text = String::from("hostname ix\n");
        for (at, list) in lists.iter().enumerate() {
            list.iter().for_each(|line| text += &print(&format!("L{at}"), line));
        }
        let (first, second) = if swapped { (20, 10) } else { (10, 20) };
        text += &format!(
            "interface {}\n  ip address 10.7.0.1/24\n  ip filter L0 {first} in\n  ip filter L1 {second} in\n  no shutdown\n",
            WAYS[0]
        );
        text += &format!("interface {}\n  ip address 10.7.1.1/24\n  ip filter L2 1 out\n  no shutdown\n", WAYS[1]);
        text += &format!("interface {}\n  ip address 10.7.2.1/24\n  no shutdown\n", WAYS[2]);
        let inward = if swapped { [&lists[1], &lists[0]] } else { [&lists[0], &lists[1]] };
        agree_on(WAYS, &text, "nec-ix", &mut dice, PER_CONFIGURATION, &|way_in, way_out, packet| {
            (way_in != WAYS[0] || judge(&inward, packet)) && (way_out != WAYS[1] || judge(&[&lists[2]], packet))
        });
    }
}
