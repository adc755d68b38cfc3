//! Yamaha against its semantics written once more: lists of filters at interfaces, ports that are mapped for good.

use std::net::Ipv4Addr;

use super::brute::{Block, Dice, PER_CONFIGURATION, address, agree_on, four, packets, ports};

const WAYS: [&str; 3] = ["lan1", "lan2", "lan3"];

struct Entry {
    pass: bool,
    from: usize,
    to: usize,
    /// Empty: any.
    protocols: Vec<u8>,
    /// Whether it asks for replies.
    established: bool,
    sources: (u16, u16),
    destinations: (u16, u16),
}

struct Mapped {
    way: usize,
    outer: u32,
    port: u16,
    inner: u32,
    new: u16,
}

fn entry(dice: &mut Dice) -> Entry {
    let protocols = match dice.roll(5) {
        0 => Vec::new(),
        1 => vec![6],
        2 => vec![17],
        3 => vec![6, 17],
        _ => vec![1],
    };
    let ported = !protocols.is_empty() && protocols != [1];
    let established = protocols == [6] && dice.roll(4) == 0;
    let mut range = || if ported { ports(dice) } else { (0, 65535) };
    let (sources, destinations) = (range(), range());
    Entry {
        pass: dice.roll(2) == 0,
        from: dice.roll(4) as usize,
        to: dice.roll(4) as usize,
        protocols,
        established,
        sources,
        destinations,
    }
}

fn print(number: usize, entry: &Entry, blocks: &[Block]) -> String {
    let block = |at: usize| if at == 3 { "*".to_owned() } else { blocks[at].prefix() };
    let range = |(low, high): (u16, u16)| match (low, high) {
        (0, 65535) => "*".to_owned(),
        (low, high) if low == high => low.to_string(),
        (low, 65535) => format!("{low}-"),
        (0, high) => format!("-{high}"),
        (low, high) => format!("{low}-{high}"),
    };
    let words: Vec<String> = entry
        .protocols
        .iter()
        .map(|number| match number {
            6 if entry.established => "established".to_owned(),
            6 => "tcp".to_owned(),
            17 => "udp".to_owned(),
            other => other.to_string(),
        })
        .collect();
    let protocol = if words.is_empty() { "*".to_owned() } else { words.join(",") };
    let action = if entry.pass { "pass" } else { "reject-nolog" };
    format!(
        "ip filter {number} {action} {} {} {protocol} {} {}\n",
        block(entry.from),
        block(entry.to),
        range(entry.sources),
        range(entry.destinations)
    )
}

#[test]
fn yamaha_agrees_with_a_walk_through_its_filters() {
    let mut dice = Dice(11);
    for _ in 0..packets().div_ceil(PER_CONFIGURATION) {
        let blocks: Vec<Block> = (0..3).map(|_| Block::roll(&mut dice)).collect();
        let entries: Vec<Entry> = (0..6).map(|_| entry(&mut dice)).collect();
        let mut lists: Vec<(usize, bool, Vec<usize>)> = Vec::new();
        for way in 0..3 {
            for inward in [true, false] {
                if dice.roll(2) == 0 {
                    let list = (0..1 + dice.roll(4)).map(|_| dice.roll(6) as usize).collect();
                    lists.push((way, inward, list));
                }
            }
        }
        let mapped: Vec<Mapped> = (0..dice.roll(3))
            .map(|_| Mapped {
                way: dice.roll(3) as usize,
                outer: address(&mut dice),
                port: dice.roll(12) as u16,
                inner: address(&mut dice),
                new: dice.roll(12) as u16,
            })
            .collect();
        let mut text = String::new();
        for (at, way) in WAYS.iter().enumerate() {
            text += &format!("ip {way} address 192.0.2.{}/32\n", at + 1);
            for (_, inward, list) in lists.iter().filter(|(of, ..)| *of == at) {
                let numbers: Vec<String> = list.iter().map(|number| (number + 1).to_string()).collect();
                text +=
                    &format!("ip {way} secure filter {} {}\n", if *inward { "in" } else { "out" }, numbers.join(" "));
            }
            let of: Vec<String> = mapped
                .iter()
                .enumerate()
                .filter(|(_, one)| one.way == at)
                .map(|(number, _)| (number + 1).to_string())
                .collect();
            if !of.is_empty() {
                text += &format!("ip {way} nat descriptor {}\n", of.join(" "));
            }
        }
        for (at, entry) in entries.iter().enumerate() {
            text += &print(at + 1, entry, &blocks);
        }
        for (at, one) in mapped.iter().enumerate() {
            let (outer, inner) = (Ipv4Addr::from(one.outer), Ipv4Addr::from(one.inner));
            text += &format!(
                "nat descriptor address outer {0} {outer}\nnat descriptor masquerade static {0} 1 {inner} tcp {1}={2}\n",
                at + 1,
                one.port,
                one.new
            );
        }
        agree_on(WAYS, &text, "yamaha", &mut dice, PER_CONFIGURATION, &|way_in, way_out, packet| {
            let number = |way: &str| WAYS.iter().position(|known| *known == way).unwrap();
            let (way_in, way_out) = (number(way_in), number(way_out));
            let (from, mut to, mut port) = (four(packet.source), four(packet.destination), packet.destination_port);
            let hit = mapped
                .iter()
                .find(|one| one.way == way_in && one.outer == to && packet.protocol == 6 && one.port == port);
            if let Some(one) = hit {
                (to, port) = (one.inner, one.new);
            }
            let held = |at: usize, address: u32| at == 3 || blocks[at].holds(address);
            let passes = |way: usize, inward: bool| {
                let Some((_, _, list)) = lists.iter().find(|(of, known, _)| *of == way && *known == inward) else {
                    return true;
                };
                let found = list.iter().map(|at| &entries[*at]).find(|entry| {
                    let within = |(low, high): (u16, u16), port: u16| (low..=high).contains(&port);
                    let ported = entry.protocols.iter().any(|number| matches!(number, 6 | 17));
                    !entry.established
                        && held(entry.from, from)
                        && held(entry.to, to)
                        && (entry.protocols.is_empty() || entry.protocols.contains(&packet.protocol))
                        && (!ported || within(entry.sources, packet.source_port) && within(entry.destinations, port))
                });
                found.is_some_and(|entry| entry.pass)
            };
            passes(way_in, true) && passes(way_out, false)
        });
    }
}
