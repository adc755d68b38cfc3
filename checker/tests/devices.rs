//! What a unit passes of sets of headers is what it passes of each of them alone: random firewalls that translate, a small
//! world of headers, every one sent and every one that it may become.

use sanso_check::devices::{Devices, Pairs, Product, Stages, on_line};
use sanso_check::document::Document;
use sanso_check::meaning::{Meaning, symbolic_nodes};
use sanso_check::sets::{Addresses, Numbers, Position, addresses, service};
use sanso_check::steps::{Network, Relied};
use sanso_check::{json, read};
use std::rc::Rc;

struct Random(u64);

impl Random {
    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        choices[(self.0 >> 33) as usize % choices.len()]
    }

    fn entry(&mut self) -> String {
        let selector = [
            r#""any""#,
            r#""node:a""#,
            r#""node:s""#,
            r#"{"not": "10.1.0.0/24"}"#,
            r#""fqdn:x""#,
            r#""10.2.0.1""#,
            r#"{"not": ["fqdn:x", "node:b"]}"#,
            r#""203.0.113.0/24""#,
            r#""::/0""#,
        ];
        let target = [
            r#""keep""#,
            r#""10.2.0.1""#,
            r#""198.51.100.9""#,
            r#"["10.2.0.1", "2001:db8::9"]"#,
            r#""node:s""#,
            r#"["node:b", "203.0.113.7"]"#,
        ];
        let (from, to) = (self.pick(&selector), self.pick(&selector));
        let in_side = self.pick(&["", "", r#", "in": "a""#, r#", "in": "s""#]);
        match self.pick(&[0, 0, 1, 1, 2, 3, 4]) {
            0 => {
                let out = self.pick(&["", "", r#", "out": "b""#, r#", "source_port": 7"#]);
                let sees = self.pick(&["", "", r#", "sees": {"destination": "original"}"#]);
                let service = self.pick(&["any", "tcp/443", "icmp"]);
                let target = self.pick(&target);
                format!(
                    r#"{{"source": {target}, "from": {from}, "to": {to}, "service": "{service}"{out}{sees}{in_side}}}"#
                )
            }
            1 => {
                let applies =
                    self.pick(&["", "", r#", "applies_to": "emitted""#, r#", "applies_to": ["arrived", "emitted"]"#]);
                let service = self.pick(&["any", "tcp/443", "udp"]);
                let target = self.pick(&target);
                format!(
                    r#"{{"destination": {target}, "from": {from}, "to": {to}, "service": "{service}"{applies}{in_side}}}"#
                )
            }
            2 => {
                let target = self.pick(&target[1..]);
                format!(
                    r#"{{"destination": {target}, "to": {to}, "service": ["tcp/443", "udp"], "destination_port": 80}}"#
                )
            }
            3 => r#"{"destination": "10.2.0.0/30", "to": "203.0.113.4/30", "one_to_one": true}"#.to_owned(),
            _ => format!(r#"{{"source": "198.51.100.8/30", "from": "10.1.0.0/30", "to": {to}, "one_to_one": true}}"#),
        }
    }

    fn document(&mut self) -> String {
        let entries: Vec<String> = (0..self.pick(&[1, 2, 3])).map(|_| self.entry()).collect();
        let sees = [self.pick(&["original", "translated"]), self.pick(&["original", "translated"])];
        let mut rule = || {
            let selector =
                [r#""any""#, r#""node:a""#, r#""10.2.0.0/24""#, r#""198.51.100.9""#, r#""fqdn:x""#, r#""zone:lgwan""#];
            let (action, from, to) =
                (self.pick(&["permit", "permit", "deny"]), self.pick(&selector), self.pick(&selector));
            let more =
                self.pick(&["", "", r#", "service": "tcp/80""#, r#", "source_port": [1, 7]"#, r#", "out": "b""#]);
            format!(r#"{{"action": "{action}", "from": {from}, "to": {to}{more}}}"#)
        };
        let rules = [rule(), rule(), rule()].join(", ");
        let default = self.pick(&["permit", "deny"]);
        format!(
            r#"{{"sanso": 1, "nodes": [{{"id": "a", "zone": "my-number", "addresses": ["10.1.0.1"]}},
{{"id": "b", "zone": "lgwan", "addresses": ["10.2.0.1", "2001:db8::1"]}}, {{"id": "s", "zone": "internet"}},
{{"id": "r", "kind": "firewall", "addresses": ["192.0.2.1"], "nat": [{}],
"filter": {{"default": "{default}", "sees": {{"source": "{}", "destination": "{}"}}, "rules": [{rules}]}}}}],
"links": [["a", "r"], ["b", "r"], ["s", "r"]]}}"#,
            entries.join(", "),
            sees[0],
            sees[1]
        )
    }
}

fn point(
    network: &Network,
    [source, destination]: [Position; 2],
    (protocol, port): (u32, u32),
    source_port: u32,
) -> Product {
    let at = |p: Position| Rc::new(Addresses::of(vec![addresses(p.0, p.1, p.1, network.meaning.symbolic)]));
    let service = service(protocol, port);
    let number = |n: u32| on_line(&Numbers::of(vec![(n, n + 1)]));
    [at(source), at(destination), number(service), number(source_port)]
}

fn hold(pairs: &[Pairs], sent: &Product, now: &Product) -> bool {
    pairs.iter().any(|pairs| {
        (0..4).all(|line| {
            pairs.at[0][line].holds_all_of(&sent[line])
                && pairs.at[1][line].holds_all_of(&now[line])
                && (!pairs.linked[1][line] || sent[line] == now[line])
        })
    })
}

/// How many headers became another one.
fn world(document: &Document) -> usize {
    let order = symbolic_nodes(document);
    let meaning = Meaning::new(document, &order);
    let network = Network::new(&meaning, vec![false; document.nodes.len()]);
    let mut devices = Devices::new(&network);
    let v4 = |text: &str| Position(0, u128::from(u32::from(text.parse::<std::net::Ipv4Addr>().unwrap())));
    let v6 = |text: &str| Position(2, u128::from(text.parse::<std::net::Ipv6Addr>().unwrap()));
    let real = ["10.1.0.1", "10.2.0.1", "10.2.0.2", "203.0.113.5", "203.0.113.7", "198.51.100.9"].map(v4);
    let mut known = real.to_vec();
    known.extend([v6("2001:db8::1"), v6("2001:db8::9"), Position(1, 0)]);
    // Where a proof would have sets: around each address.
    devices.cuts = known.iter().flat_map(|p| [*p, Position(p.0, p.1 + 1)]).collect();
    devices.cuts.sort_unstable();
    let goes = |a: Position, b: Position| a.0.abs_diff(b.0) < 2;
    let headers = |sources: &[Position]| {
        let mut all = Vec::new();
        for source in sources {
            for destination in known.iter().filter(|to| goes(*source, **to)) {
                for (service, ports) in [((6, 443), &[8, 1001][..]), ((6, 80), &[8]), ((17, 80), &[8]), ((1, 0), &[0])]
                {
                    all.extend(ports.iter().map(|port| point(&network, [*source, *destination], service, *port)));
                }
            }
        }
        all
    };
    let unit = document.node_index["r"] * 2;
    let mut changed = 0;
    for (opener, source) in [("a", real[0]), ("s", Position(1, 0))] {
        let own = document.node_index[opener];
        let link = network.trunks[own * 2][0];
        let sent = devices.sent(&meaning.sends[own]);
        let now = headers(&known);
        for (enters, leaves) in [(Some(link), Some(1)), (None, Some(1)), (Some(link), None)] {
            let pass = |pairs: &Pairs| devices.pass(&Relied::All, unit, enters, leaves, pairs);
            let whole: Vec<Pairs> = sent.iter().flat_map(pass).collect();
            for one in headers(&[source]) {
                let alone = pass(&Stages { at: [one.clone(), one.clone()], linked: [[false; 4], [true; 4]] });
                for becomes in &now {
                    let [whole, alone] = [hold(&whole, &one, becomes), hold(&alone, &one, becomes)];
                    assert_eq!(whole, alone, "{one:?} becomes {becomes:?} from {enters:?} to {leaves:?}");
                    changed += usize::from(alone && one != *becomes);
                }
            }
        }
    }
    changed
}

#[test]
fn sets_of_headers_pass_as_each_header_does() {
    let mut changed = 0;
    for seed in 0..150 {
        let text = Random(seed * 7919 + 1).document();
        let root = json::read(text.as_bytes()).unwrap();
        let document = read::read(&root).unwrap_or_else(|fault| panic!("{}: {text}", fault.en));
        changed += world(&document);
    }
    assert!(changed > 1000, "{changed}");
}
