//! First-match lists of any length from fixed seeds, of shapes that are known to be hard for one representation of
//! packet sets or another. No third-party data: the shapes follow what is published about such lists.

#![allow(dead_code, missing_docs, reason = "each bench uses a part of this, and none is an interface")]

/// A line of a list; inclusive ranges, no protocol means any.
#[derive(Clone, Debug)]
pub struct Line {
    pub permit: bool,
    pub source: (u32, u32),
    pub destination: (u32, u32),
    pub protocol: Option<u8>,
    pub source_port: (u16, u16),
    pub port: (u16, u16),
}

/// A list with the pairs of address ranges that are asked about; what no line matches is denied.
pub struct List {
    pub name: String,
    pub lines: Vec<Line>,
    pub pairs: Vec<[(u32, u32); 2]>,
}

/// Numbers that look random (SplitMix64), the same on every machine.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, limit: u32) -> u32 {
        ((u128::from(self.draw()) * u128::from(limit)) >> 64) as u32
    }
}

const ANY: (u32, u32) = (0, u32::MAX);
const ANY_PORT: (u16, u16) = (0, u16::MAX);
const TCP: u8 = 6;
/// 10.1.0.0/16 and 10.2.0.0/16
const PAIR: [(u32, u32); 2] = [(0x0a01_0000, 0x0a01_ffff), (0x0a02_0000, 0x0a02_ffff)];

fn line(permit: bool, source: (u32, u32), destination: (u32, u32), protocol: Option<u8>, port: (u16, u16)) -> Line {
    Line { permit, source, destination, protocol, source_port: ANY_PORT, port }
}

/// Every list of a size.
pub fn all(size: usize) -> Vec<List> {
    vec![
        closed(size, false),
        closed(size, true),
        class_bench("acl", size),
        class_bench("fw", size),
        class_bench("ipc", size),
        alternating(size),
        interleaved(size),
        crossed(size),
        wide(size),
    ]
}

/// All that one pair of zones could say in TCP, cut into boxes by random splits, each denied, in random order; then TCP
/// is permitted. The answer is no, and every line is needed. With a `hole`, one of the boxes is missing.
pub fn closed(size: usize, hole: bool) -> List {
    let mut random = Random::new(7);
    let mut boxes = vec![(PAIR[0], PAIR[1], ANY_PORT)];
    while boxes.len() < size {
        let at = random.below(boxes.len() as u32) as usize;
        let (source, destination, port) = boxes[at];
        let mut cut = |low: u32, high: u32| (high > low).then(|| low + random.below(high - low));
        match random_dimension(at + boxes.len()) {
            0 => {
                if let Some(end) = cut(source.0, source.1) {
                    boxes[at].0 = (source.0, end);
                    boxes.push(((end + 1, source.1), destination, port));
                }
            }
            1 => {
                if let Some(end) = cut(destination.0, destination.1) {
                    boxes[at].1 = (destination.0, end);
                    boxes.push((source, (end + 1, destination.1), port));
                }
            }
            _ => {
                if let Some(end) = cut(port.0.into(), port.1.into()) {
                    boxes[at].2 = (port.0, end as u16);
                    boxes.push((source, destination, (end as u16 + 1, port.1)));
                }
            }
        }
    }
    for at in (1..boxes.len()).rev() {
        boxes.swap(at, random.below(at as u32 + 1) as usize);
    }
    if hole {
        boxes.pop();
    }
    let mut lines: Vec<Line> = boxes.into_iter().map(|(s, d, port)| line(false, s, d, Some(TCP), port)).collect();
    lines.push(line(true, ANY, ANY, Some(TCP), ANY_PORT));
    let name = if hole { "closed but for a hole" } else { "closed" };
    List { name: name.to_owned(), lines, pairs: vec![PAIR] }
}

fn random_dimension(number: usize) -> u64 {
    Random::new(number as u64).draw() % 3
}

/// A prefix of a length in a pool of networks.
fn prefix(random: &mut Random, pool: &[u32], length: u32) -> (u32, u32) {
    let network = pool[random.below(pool.len() as u32) as usize] ^ (random.draw() as u32 & 0x0000_ffff);
    let mask = if length == 0 { 0 } else { u32::MAX << (32 - length) };
    (network & mask, network | !mask)
}

fn pick<T: Copy>(random: &mut Random, choices: &[(u32, T)]) -> T {
    let mut at = random.below(choices.iter().map(|choice| choice.0).sum());
    for &(weight, value) in choices {
        if at < weight {
            return value;
        }
        at -= weight;
    }
    choices[0].1
}

/// Lists like those of access lists (specific addresses, exact ports), firewalls (many wildcards, port ranges) and IP
/// chains (between the two).
pub fn class_bench(shape: &str, size: usize) -> List {
    let mut random = Random::new(11 + shape.len() as u64);
    let pool: Vec<u32> = (0..256).map(|_| random.draw() as u32 & 0xffff_0000).collect();
    let lengths: &[(u32, u32)] = match shape {
        "acl" => &[(5, 16), (20, 24), (25, 28), (50, 32)],
        "fw" => &[(35, 0), (10, 8), (15, 16), (20, 24), (20, 32)],
        _ => &[(10, 0), (15, 16), (35, 24), (40, 32)],
    };
    let protocols: &[(u32, Option<u8>)] = match shape {
        "acl" => &[(80, Some(TCP)), (15, Some(17)), (5, Some(1))],
        _ => &[(55, Some(TCP)), (25, Some(17)), (5, Some(1)), (15, None)],
    };
    let mut lines = Vec::new();
    for _ in 0..size {
        let [source, destination] = [(); 2].map(|()| {
            let length = pick(&mut random, lengths);
            prefix(&mut random, &pool, length)
        });
        let protocol = pick(&mut random, protocols);
        let port = match pick(
            &mut random,
            if shape == "acl" { &[(70, 0), (20, 1), (10, 2)] } else { &[(35, 0), (35, 1), (30, 2)] },
        ) {
            0 => {
                let port = [22, 25, 53, 80, 110, 135, 389, 443, 445, 1433, 3389, 8080][random.below(12) as usize];
                (port, port)
            }
            1 => ANY_PORT,
            _ => {
                let low = random.below(60_000) as u16;
                (low, low + random.below(5_000) as u16)
            }
        };
        let ported = matches!(protocol, Some(TCP | 17));
        let source_port = if ported && shape != "acl" && random.below(10) == 0 { (1024, u16::MAX) } else { ANY_PORT };
        let permit = random.below(2) == 0;
        lines.push(Line {
            source_port,
            ..line(permit, source, destination, protocol, if ported { port } else { ANY_PORT })
        });
    }
    let pairs = (0..20).map(|_| [(); 2].map(|()| prefix(&mut random, &pool, 20))).collect();
    List { name: shape.to_owned(), lines, pairs }
}

/// Nested ranges, permitted and denied by turns from the innermost out; the outermost is denied.
pub fn alternating(size: usize) -> List {
    let [(source, _), (destination, _)] = PAIR;
    let lines = (0..size as u32).map(|at| {
        let reach = (u64::from(at + 1) * 0xffff / size as u64) as u32;
        let permit = at % 2 == 0 && at + 1 < size as u32;
        line(permit, (source, source + reach), (destination, destination + reach), Some(TCP), ANY_PORT)
    });
    List { name: "alternating".to_owned(), lines: lines.collect(), pairs: vec![PAIR] }
}

/// Overlapping ranges of sources and of destinations that begin at every place: a deny for each, then a permit that
/// they leave nothing of.
pub fn interleaved(size: usize) -> List {
    let [(source, _), (destination, _)] = PAIR;
    let step = (0x1_0000 / size as u32).max(1);
    let mut lines: Vec<Line> = (0..size as u32)
        .map(|at| {
            let low = (at * step).min(0xffff);
            let wide = |low: u32| (low, (low + 2 * step).min(0xffff));
            let (s, d) = (wide(low), wide((low * 7) & 0xffff));
            let source = (source + s.0, source + s.1);
            let half = if at % 2 == 0 { (0, 0xffff) } else { d };
            line(false, source, (destination + half.0, destination + half.1), Some(TCP), ANY_PORT)
        })
        .collect();
    lines.push(line(true, ANY, ANY, Some(TCP), ANY_PORT));
    List { name: "interleaved".to_owned(), lines, pairs: vec![PAIR] }
}

/// Every prefix against every range of ports, one denial each; then TCP is permitted, of which they leave nothing.
pub fn crossed(size: usize) -> List {
    let [(source, _), (destination, _)] = PAIR;
    let side = (size as f64).sqrt() as u32;
    let (addresses, ports) = ((0x1_0000 / side).max(1), (0x1_0000 / side).max(1));
    let mut lines = Vec::new();
    for prefix in 0..side {
        for range in 0..side {
            let low = (prefix * addresses).min(0xffff);
            let from = (source + low, source + (low + addresses - 1).min(0xffff));
            let first = (range * ports).min(0xffff);
            let port = (first as u16, (first + ports - 1).min(0xffff) as u16);
            lines.push(line(false, from, (destination, destination + 0xffff), Some(TCP), port));
        }
    }
    // All that the prefixes and ranges leave is permitted, but nothing that the pair could say is left.
    lines.push(line(false, (source + (side * addresses).min(0xffff), source + 0xffff), ANY, None, ANY_PORT));
    lines.push(line(false, ANY, ANY, Some(TCP), ((side * ports).min(0xffff) as u16, u16::MAX)));
    lines.push(line(true, ANY, ANY, Some(TCP), ANY_PORT));
    List { name: "ports x prefixes".to_owned(), lines, pairs: vec![PAIR] }
}

/// Denials that are wide in every dimension and overlap in all of them, at random; then TCP is permitted.
pub fn wide(size: usize) -> List {
    let mut random = Random::new(17);
    let mut part = |base: u32| {
        let (a, b) = (random.below(0x1_0000), random.below(0x1_0000));
        (base + a.min(b), base + a.max(b))
    };
    let mut lines: Vec<Line> = (0..size)
        .map(|_| {
            let (from, to, port) = (part(PAIR[0].0), part(PAIR[1].0), part(0));
            line(false, from, to, Some(TCP), (port.0 as u16, port.1 as u16))
        })
        .collect();
    lines.push(line(true, ANY, ANY, Some(TCP), ANY_PORT));
    List { name: "wide".to_owned(), lines, pairs: vec![PAIR] }
}

fn text(address: u32) -> String {
    std::net::Ipv4Addr::from(address).to_string()
}

fn range_text((low, high): (u32, u32)) -> String {
    if low == high { text(low) } else { format!("{}-{}", text(low), text(high)) }
}

fn ports_text(name: &str, (low, high): (u16, u16)) -> String {
    if low == high { format!("{name}/{low}") } else { format!("{name}/{low}-{high}") }
}

/// A document with the list on one firewall, and two endpoints for each pair: `a0`, `b0`, `a1`, ...
pub fn document(list: &List) -> String {
    let mut out = String::from(
        "{\"sanso\":1,\"nodes\":[\n{\"id\":\"fw\",\"kind\":\"firewall\",\"filter\":{\"default\":\"deny\",\"rules\":[",
    );
    for (at, line) in list.lines.iter().enumerate() {
        let action = if line.permit { "permit" } else { "deny" };
        let service = match line.protocol {
            None => "any".to_owned(),
            Some(TCP) => ports_text("tcp", line.port),
            Some(17) => ports_text("udp", line.port),
            Some(other) => format!("proto/{other}"),
        };
        let comma = if at > 0 { "," } else { "" };
        let (from, to) = (range_text(line.source), range_text(line.destination));
        out += &format!(
            "{comma}\n{{\"action\":\"{action}\",\"from\":\"{from}\",\"to\":\"{to}\",\"service\":\"{service}\""
        );
        if line.source_port != ANY_PORT {
            out += &format!(",\"source_port\":\"{}-{}\"", line.source_port.0, line.source_port.1);
        }
        out.push('}');
    }
    out += "]}}";
    let mut links = String::new();
    for (at, pair) in list.pairs.iter().enumerate() {
        for (name, zone, (low, high)) in [("a", "my-number", pair[0]), ("b", "lgwan", pair[1])] {
            let length = (high - low).count_zeros();
            out +=
                &format!(",\n{{\"id\":\"{name}{at}\",\"zone\":\"{zone}\",\"addresses\":[\"{}/{length}\"]}}", text(low));
            links += &format!("{}[\"fw\",\"{name}{at}\"]", if links.is_empty() { "" } else { "," });
        }
    }
    out + "],\"links\":[" + &links + "]}"
}
