//! nftables: the chains of the brute force for iptables in the words of `nft -j`, with sets, ranges and verdict maps.

use sanso::packet::Packet;
use serde_json::{Value, json};

use super::{Block, Dice, PER_CONFIGURATION, WAYS, agree, four, maybe, packets, ports};

#[derive(Debug)]
enum Does {
    Accept,
    Drop,
    Return,
    Count,
    Jump(usize),
    Goto(usize),
    /// By the destination port: what is within, and what is above it.
    Map((u16, u16), Box<Does>, Box<Does>),
}

#[derive(Debug)]
struct Line {
    from: Option<(bool, Vec<Block>)>,
    to: Option<(bool, Block)>,
    protocol: Option<(bool, u8)>,
    sources: Option<(bool, (u16, u16))>,
    destinations: Option<(bool, (u16, u16))>,
    ways: Option<(bool, &'static str, &'static str)>,
    does: Does,
}

fn does(dice: &mut Dice, chain: usize, ported: bool) -> Does {
    let deeper = chain + 1 + usize::from(dice.roll(2) == 0);
    match dice.roll(9) {
        0..=2 => Does::Accept,
        3 => Does::Drop,
        4 => Does::Return,
        5 => Does::Count,
        6 if deeper < 4 => Does::Goto(deeper),
        7 if deeper < 4 => Does::Jump(deeper),
        8 if ported => {
            let range = ports(dice);
            Does::Map(range, Box::new(does(dice, chain, false)), Box::new(does(dice, chain, false)))
        }
        _ => Does::Drop,
    }
}

fn line(dice: &mut Dice, chain: usize) -> Line {
    let protocol = maybe(dice, |dice| *dice.one(&[1, 6, 17]));
    let tcp = protocol == Some((false, 6));
    let blocks = |dice: &mut Dice| (0..=dice.roll(2)).map(|_| Block::roll(dice)).collect();
    Line {
        from: maybe(dice, blocks),
        to: maybe(dice, Block::roll),
        protocol,
        sources: if tcp { maybe(dice, ports) } else { None },
        destinations: if tcp { maybe(dice, ports) } else { None },
        ways: maybe(dice, |dice| (*dice.one(&WAYS), *dice.one(&WAYS))).map(|(no, (a, b))| (no, a, b)),
        does: does(dice, chain, tcp),
    }
}

fn prefix(block: &Block) -> Value {
    let text = block.prefix();
    let (address, length) = text.split_once('/').unwrap();
    json!({ "prefix": { "addr": address, "len": length.parse::<u8>().unwrap() } })
}

fn verdict(does: &Does) -> Value {
    match does {
        Does::Accept => json!({ "accept": null }),
        Does::Drop => json!({ "drop": null }),
        Does::Return => json!({ "return": null }),
        Does::Count => json!({ "continue": null }),
        Does::Jump(next) => json!({ "jump": { "target": format!("c{next}") } }),
        Does::Goto(next) => json!({ "goto": { "target": format!("c{next}") } }),
        Does::Map(..) => unreachable!("maps hold no maps"),
    }
}

fn print(line: &Line, chain: &str) -> Value {
    let op = |no: bool| if no { "!=" } else { "==" };
    let payload = |protocol: &str, field: &str| json!({ "payload": { "protocol": protocol, "field": field } });
    let mut parts: Vec<Value> = Vec::new();
    let mut push = |no: bool, left: Value, right: Value| {
        parts.push(json!({ "match": { "op": op(no), "left": left, "right": right } }))
    };
    if let Some((no, blocks)) = &line.from {
        let all: Vec<Value> = blocks.iter().map(prefix).collect();
        push(*no, payload("ip", "saddr"), json!({ "set": all }));
    }
    if let Some((no, block)) = &line.to {
        push(*no, payload("ip", "daddr"), prefix(block));
    }
    if let Some((no, protocol)) = line.protocol {
        push(no, json!({ "meta": { "key": "l4proto" } }), json!(protocol));
    }
    for (field, ports) in [("sport", line.sources), ("dport", line.destinations)] {
        if let Some((no, (low, high))) = ports {
            push(no, payload("tcp", field), json!({ "range": [low, high] }));
        }
    }
    if let Some((no, a, b)) = line.ways {
        let key = json!({ "concat": [{ "meta": { "key": "iifname" } }, { "meta": { "key": "oifname" } }] });
        push(no, key, json!({ "set": [{ "concat": [a, b] }, { "concat": ["none", b] }] }));
    }
    parts.push(match &line.does {
        Does::Count => json!({ "counter": { "packets": 0, "bytes": 0 } }),
        Does::Map((low, high), inside, outside) => {
            let all = json!([["*", verdict(outside)], [{ "range": [low, high] }, verdict(inside)]]);
            json!({ "vmap": { "key": payload("tcp", "dport"), "data": { "set": all } } })
        }
        does => verdict(does),
    });
    json!({ "rule": { "family": "ip", "table": "t", "chain": chain, "expr": parts } })
}

fn matches(line: &Line, way_in: &str, way_out: &str, packet: &Packet) -> bool {
    let within = |(low, high): (u16, u16), port: u16| (low..=high).contains(&port);
    line.from.as_ref().is_none_or(|(no, blocks)| blocks.iter().any(|block| block.holds(four(packet.source))) != *no)
        && line.to.is_none_or(|(no, block)| block.holds(four(packet.destination)) != no)
        && line.protocol.is_none_or(|(no, protocol)| (protocol == packet.protocol) != no)
        && line.sources.is_none_or(|(no, range)| within(range, packet.source_port) != no)
        && line.destinations.is_none_or(|(no, range)| within(range, packet.destination_port) != no)
        && line.ways.is_none_or(|(no, a, b)| (a == way_in && b == way_out) != no)
}

/// The verdict of a chain; `None`: it came back.
fn walk(chains: &[Vec<Line>], at: usize, way_in: &str, way_out: &str, packet: &Packet) -> Option<bool> {
    for line in &chains[at] {
        if !matches(line, way_in, way_out, packet) {
            continue;
        }
        let mut does = &line.does;
        if let Does::Map((low, high), inside, outside) = does {
            does = if (*low..=*high).contains(&packet.destination_port) { inside } else { outside };
        }
        match does {
            Does::Accept => return Some(true),
            Does::Drop => return Some(false),
            Does::Return => return None,
            Does::Jump(next) => {
                if let Some(verdict) = walk(chains, *next, way_in, way_out, packet) {
                    return Some(verdict);
                }
            }
            Does::Goto(next) => return walk(chains, *next, way_in, way_out, packet),
            Does::Count | Does::Map(..) => {}
        }
    }
    None
}

#[test]
fn chains_agree_with_a_walk_through_them() {
    let mut dice = Dice(13);
    for _ in 0..packets().div_ceil(PER_CONFIGURATION) {
        let chains: Vec<Vec<Line>> =
            (0..4).map(|chain| (0..dice.roll(6)).map(|_| line(&mut dice, chain)).collect()).collect();
        let accepts = dice.roll(2) == 0;
        let mut items = vec![json!({ "table": { "family": "ip", "name": "t" } })];
        let policy = if accepts { "accept" } else { "drop" };
        items.push(json!({ "chain": { "family": "ip", "table": "t", "name": "c0", "type": "filter", "hook": "forward", "prio": 0,
            "policy": policy } }));
        items.extend((1..4).map(|at| json!({ "chain": { "family": "ip", "table": "t", "name": format!("c{at}") } })));
        for (at, chain) in chains.iter().enumerate() {
            items.extend(chain.iter().map(|line| print(line, &format!("c{at}"))));
        }
        let text = serde_json::to_string_pretty(&json!({ "nftables": items })).unwrap();
        agree(&text, "nftables", &mut dice, PER_CONFIGURATION, &|way_in, way_out, packet| {
            walk(&chains, 0, way_in, way_out, packet).unwrap_or(accepts)
        });
    }
}
