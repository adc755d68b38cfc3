//! `sanso rules` against counting every packet that lists of a few addresses, services and interfaces can tell apart.

use crate::campaign::number;
use std::collections::BTreeSet;
use std::path::Path;

use sanso::document::Action;
use sanso::import;
use sanso::question::rules::{Options, run_rules};
use sanso::report::rules::{Example, Line, Remark, Rules};
use sanso::source::Source;
use serde_json::{Value, json};

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

/// Selectors, each with the addresses of [`ADDRESSES`] that it holds.
const SELECTORS: [(&str, &[usize]); 9] = [
    ("any", &[0, 1, 2, 3, 4, 5, 6, 7]),
    ("10.0.0.0/30", &[0, 1, 2]),
    ("10.0.0.1", &[1]),
    ("10.0.0.1-10.0.0.5", &[1, 2, 3]),
    ("10.0.0.4-10.0.0.255", &[3, 4]),
    ("0.0.0.0/0", &[0, 1, 2, 3, 4, 5]),
    ("10.0.0.0/24", &[0, 1, 2, 3, 4]),
    ("2001:db8::/64", &[6]),
    ("10.0.0.2-10.0.0.3", &[2]),
];

/// Addresses that stand for all that no selector tells from them, by their numbers; IPv6 from the seventh on.
const ADDRESSES: [std::ops::RangeInclusive<u128>; 8] = [
    0x0a00_0000..=0x0a00_0000,
    0x0a00_0001..=0x0a00_0001,
    0x0a00_0002..=0x0a00_0003,
    0x0a00_0004..=0x0a00_0005,
    0x0a00_0006..=0x0a00_00ff,
    0..=0xffff_ffff,
    0x2001_0db8_0000_0000_0000_0000_0000_0000..=0x2001_0db8_0000_0000_ffff_ffff_ffff_ffff,
    0..=u128::MAX,
];

/// Services, each with those of the table that it holds: tcp below 443, tcp/443, tcp above, udp/53, other udp, icmp, the rest.
const SERVICES: [(&str, &[usize]); 6] = [
    ("any", &[0, 1, 2, 3, 4, 5, 6]),
    ("tcp", &[0, 1, 2]),
    ("tcp/443", &[1]),
    ("udp/53", &[3]),
    ("icmp", &[5]),
    ("tcp/0-442", &[0]),
];

/// Interfaces; the fourth stands for none.
const INTERFACES: [&str; 3] = ["a", "b", "c"];

/// A packet by its place in the tables: source, destination, service, in, out.
type Point = [usize; 5];

struct Rule {
    from: usize,
    to: usize,
    service: usize,
    sides: [Option<Vec<usize>>; 2],
    permit: bool,
}

impl Rule {
    fn random(random: &mut Random) -> Self {
        let mut side = || {
            (random.below(5) == 0).then(|| {
                let one = random.below(3);
                if random.below(2) == 0 { vec![one] } else { vec![one, (one + 1) % 3] }
            })
        };
        let sides = [side(), side()];
        let from = random.below(SELECTORS.len());
        Self {
            from,
            to: random.below(SELECTORS.len()),
            service: random.below(SERVICES.len()),
            sides,
            permit: random.below(2) == 0,
        }
    }

    fn matches(&self, point: &Point) -> bool {
        SELECTORS[self.from].1.contains(&point[0])
            && SELECTORS[self.to].1.contains(&point[1])
            && SERVICES[self.service].1.contains(&point[2])
            && (0..2).all(|side| self.sides[side].as_ref().is_none_or(|list| list.contains(&point[3 + side])))
    }

    fn json(&self, at: usize) -> Value {
        let mut out = json!({ "id": format!("R{at}"), "action": if self.permit { "permit" } else { "deny" },
            "from": [SELECTORS[self.from].0], "to": [SELECTORS[self.to].0], "service": [SERVICES[self.service].0] });
        for (key, side) in ["in", "out"].into_iter().zip(&self.sides) {
            if let Some(list) = side {
                out[key] = list.iter().map(|one| INTERFACES[*one]).collect::<Vec<_>>().into();
            }
        }
        out
    }
}

/// Every packet there can be; an interface that no rule names is among them, as 4.
fn points() -> Vec<Point> {
    let mut out = Vec::new();
    for source in 0..8 {
        for destination in 0..8 {
            // IPv4 and IPv6 do not mix.
            if (source > 5) != (destination > 5) {
                continue;
            }
            for service in 0..7 {
                for (way_in, way_out) in (0..5).flat_map(|i| (0..5).map(move |o| (i, o))).filter(|way| *way != (3, 3)) {
                    out.push([source, destination, service, way_in, way_out]);
                }
            }
        }
    }
    out
}

fn document(rules: &[Rule], default: bool) -> Value {
    let rules: Vec<Value> = rules.iter().enumerate().map(|(at, rule)| rule.json(at)).collect();
    json!({ "sanso": 1,
        "nodes": [ { "id": "x", "zone": "my-number", "addresses": ["0.0.0.0/0", "::/0"] },
            { "id": "y", "zone": "lgwan", "addresses": ["0.0.0.0/0", "::/0"] }, { "id": "z", "zone": "internet", "addresses": ["0.0.0.0/0", "::/0"] },
            { "id": "fw", "kind": "firewall", "filter": { "default": if default { "permit" } else { "deny" }, "rules": rules } } ],
        "links": [["x", "fw:a"], ["y", "fw:b"], ["z", "fw:c"]] })
}

fn asked(document: &Value) -> Rules {
    let source = Source::new("random.json", document.to_string().into_bytes()).expect("a text");
    match run_rules(&source, Options::default()) {
        Ok(found) => found.expect("no node was named"),
        Err(found) => panic!("{document}: {:?}", found.into_sorted()),
    }
}

/// The point that an example stands for.
fn point(example: &Example) -> Point {
    let at = |text: &str| {
        let (number, family) = match text.parse().expect("an address") {
            std::net::IpAddr::V4(address) => (u32::from(address).into(), 0..6),
            std::net::IpAddr::V6(address) => (u128::from(address), 6..8),
        };
        family.into_iter().find(|at| ADDRESSES[*at].contains(&number)).expect("in the table")
    };
    let service = match (example.packet.protocol.as_str(), example.packet.destination_port) {
        ("tcp", Some(port)) => 1 + usize::from(port > 443) - usize::from(port < 443),
        ("udp", Some(53)) => 3,
        ("udp", _) => 4,
        ("icmp", None) => 5,
        _ => 6,
    };
    let side = |name: &Option<String>| match name.as_deref() {
        None => 3,
        Some(name) => INTERFACES.iter().position(|known| *known == name).unwrap_or(4),
    };
    let (source, destination) = (at(&example.packet.source), at(&example.packet.destination));
    [source, destination, service, side(&example.r#in), side(&example.out)]
}

/// Which of some rules decides a point.
fn decider(rules: &[Rule], point: &Point, without: Option<usize>) -> Option<usize> {
    rules.iter().enumerate().position(|(at, rule)| Some(at) != without && rule.matches(point))
}

fn has(line: &Line, of: impl Fn(&Remark) -> bool) -> bool {
    line.remarks.iter().any(of)
}

#[test]
fn claims_about_lines_are_those_of_counting_every_packet() {
    let count = number("SANSO_DOCUMENTS", 150) as usize;
    let (points, mut random) = (points(), Random(11));
    let mut seen = [0_usize; 5];
    for _ in 0..count {
        let rules: Vec<Rule> = (0..2 + random.below(6)).map(|_| Rule::random(&mut random)).collect();
        let default = random.below(2) == 0;
        let document = document(&rules, default);
        let found = asked(&document);
        let [list] = &found.lists[..] else { panic!("one list") };
        let fate = |point: &Point, without| decider(&rules, point, without).map_or(default, |at| rules[at].permit);
        for (at, line) in list.lines.iter().enumerate() {
            let told = || format!("R{at} of {document}: {:?}", line.remarks);
            let own: Vec<&Point> = points.iter().filter(|point| decider(&rules, point, None) == Some(at)).collect();
            let nothing = !points.iter().any(|point| rules[at].matches(point));
            let shadowed = has(line, |remark| matches!(remark, Remark::Shadowed { .. }));
            if nothing {
                assert!(!line.remarks.is_empty(), "{}", told());
                continue;
            }
            if shadowed {
                assert!(own.is_empty(), "{}", told());
                seen[0] += 1;
            }
            if let Some(example) = &line.decides {
                assert_eq!(decider(&rules, &point(example), None), Some(at), "{} {example:?}", told());
                seen[1] += 1;
            }
            assert!(own.is_empty() == shadowed && own.is_empty() == line.decides.is_none(), "{}", told());
            let redundant = has(line, |remark| matches!(remark, Remark::Redundant { .. }));
            let changes = points.iter().any(|point| fate(point, None) != fate(point, Some(at)));
            if redundant {
                assert!(!changes, "{}", told());
                seen[2] += 1;
            }
            if changes {
                assert!(line.needed.is_some(), "{}", told());
            }
            if let Some(example) = &line.needed {
                let point = point(example);
                assert_ne!(fate(&point, None), fate(&point, Some(at)), "{} {example:?}", told());
                seen[3] += 1;
            }
            for remark in &line.remarks {
                let Remark::Opposed { by, example, .. } = remark else { continue };
                let other: usize = by.id[1..].parse().expect("R and a number");
                let point = point(example);
                assert!(other < at && rules[other].permit != rules[at].permit, "{}", told());
                assert!(rules[at].matches(&point) && decider(&rules, &point, None) == Some(other), "{}", told());
                seen[4] += 1;
            }
        }
    }
    assert!(seen.iter().all(|seen| *seen > count / 10), "{seen:?}");
}

#[test]
fn what_is_shadowed_names_the_lines_that_decide() {
    let text = r#"{ "sanso": 1, "nodes": [ { "id": "a", "zone": "my-number", "addresses": ["10.1.0.1"] },
        { "id": "b", "zone": "lgwan", "addresses": ["10.2.0.1"] },
        { "id": "fw", "kind": "firewall", "filter": { "rules": [
            { "id": "low", "action": "permit", "from": ["10.1.0.0/25"], "service": ["tcp/443"] },
            { "id": "other", "action": "permit", "from": ["10.9.0.0/16"] },
            { "id": "high", "action": "deny", "from": ["10.1.0.128/25"], "service": ["tcp"] },
            { "id": "both", "action": "permit", "from": ["10.1.0.0/24"], "service": ["tcp/443"] },
            { "id": "late", "action": "deny", "from": ["10.9.1.0/24"], "to": ["10.2.0.1"], "condition": "nights" },
            { "id": "same", "action": "permit", "from": ["10.1.0.1"], "service": ["tcp/443"] } ] } } ],
        "links": [["a", "fw"], ["b", "fw"]] }"#;
    let found = asked(&serde_json::from_str(text).expect("JSON"));
    let by = |at: usize| match &found.lists[0].lines[at].remarks[..] {
        [Remark::Shadowed { by, opposed }, ..] => {
            (by.iter().map(|line| line.id.as_str()).collect::<Vec<_>>(), *opposed)
        }
        other => panic!("{at}: {other:?}"),
    };
    assert_eq!(by(3), (vec!["low", "high"], true));
    assert_eq!(by(5), (vec!["low"], false));
    // Nobody knows when a condition holds: nothing is said of such a line.
    assert_eq!(found.lists[0].lines[4].remarks, []);
    // Nobody has a source in 10.9.0.0/16.
    assert!(has(&found.lists[0].lines[1], |remark| matches!(remark, Remark::Dead(_))));
    assert_eq!(found.lists[0].lines[0].action, Some(Action::Permit));
}

#[test]
fn translations_that_never_come_into_force_are_found() {
    let text = r#"{ "sanso": 1, "nodes": [ { "id": "a", "zone": "lgwan", "addresses": ["10.1.0.1"] },
        { "id": "b", "zone": "internet", "kind": "external", "addresses": ["0.0.0.0/0"] },
        { "id": "fw", "kind": "firewall", "filter": { "default": "permit", "rules": [] }, "nat": [
            { "id": "wide", "source": "203.0.113.5", "from": ["10.1.0.0/16"], "out": ["wan"] },
            { "id": "narrow", "source": "203.0.113.6", "from": ["10.1.0.1"], "out": ["wan"] },
            { "id": "inside", "source": "203.0.113.7", "from": ["10.1.0.1"], "out": ["lan"] },
            { "id": "vip", "destination": "10.1.0.1", "to": "203.0.113.9", "in": ["wan"] },
            { "id": "vip-443", "destination": "10.1.0.2", "to": "203.0.113.9", "service": ["tcp/443"] } ] } ],
        "links": [["a", "fw:lan"], ["b", "fw:wan"]] }"#;
    let found = asked(&serde_json::from_str(text).expect("JSON"));
    let shadowed: BTreeSet<&str> = found
        .lists
        .iter()
        .flat_map(|list| &list.lines)
        .filter(|line| has(line, |remark| matches!(remark, Remark::Shadowed { .. })))
        .map(|line| line.name.id.as_str())
        .collect();
    assert_eq!(shadowed, BTreeSet::from(["narrow"]));
}

/// Lines that the published example of Batfish finds unreachable (pybatfish, "Safely refactoring ACLs and firewall rules").
#[test]
fn published_lists_have_the_lines_that_their_authors_found() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/import-cases/pybatfish-example-filters");
    let Ok(bytes) = std::fs::read(folder.join("refactor-original-acl.cfg")) else {
        println!("passed over: {} is not here", folder.display());
        return;
    };
    let read = import::read("acl.cfg", &bytes, None).expect("is read");
    let text = import::document(std::slice::from_ref(&read)).to_string();
    let source = Source::new("import.json", text.into_bytes()).expect("a text");
    let found = run_rules(&source, Options { alone: true, node: None }).expect("a document").expect("all nodes");
    let lines = found.lists.iter().flat_map(|list| &list.lines);
    let unused: Vec<&str> = lines
        .filter(|line| has(line, |remark| matches!(remark, Remark::Shadowed { .. })))
        .map(|line| line.name.id.as_str())
        .collect();
    assert_eq!(unused, PUBLISHED);
}

const PUBLISHED: [&str; 2] = ["acl 180", "acl 250"];
