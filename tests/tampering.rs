//! A judge that nods at everything is worth nothing: witnesses that were tampered with are refused.

use sanso::diagnostic::Diagnostics;
use sanso::document::{self, Family};
use sanso::engine::MethodSet;
use sanso::engine::replay::{Claim, Replay};
use sanso::engine::route::{Adjacency, Detour};
use sanso::engine::trace::{Half, Hop, Means, Packet, PacketAddress, PassTrace, SessionTrace, Way, Witness};
use sanso::model::Model;
use sanso::model::names::Names;
use sanso::source::Source;

const DOCUMENT: &str = "\
sanso: 1
zones:
  my-number: { networks: [10.1.0.0/16] }
  lgwan: { networks: [10.2.0.0/16] }
nodes:
  - { id: a, addresses: [10.1.0.5] }
  - { id: b, addresses: [10.2.0.5] }
  - { id: c, addresses: [10.2.0.6] }
  - { id: g, kind: gateway, addresses: [10.9.0.1], relays: [{ from: zone:my-number, to: 'node:b', to_service: tcp/25 }] }
  - { id: s, kind: switch }
  - id: f
    kind: firewall
    filter:
      rules:
        - { action: deny, from: any, to: 10.2.0.6 }
        - { id: web, action: permit, from: 'node:a', to: any, service: tcp/443, in: [left] }
        - { action: permit, from: 'node:g', to: any, service: tcp/25 }
links:
  - { between: [a, s], vlans: [10] }
  - { between: [s, 'f:left'], vlans: [10, 30] }
  - { between: ['f:right', b], one_way: true }
  - ['f:right', c]
  - { between: [g, s], vlans: [10] }
exceptions:
  - { id: x, from: ['node:a'], to: ['node:g'], service: [tcp/80] }
";

const CLAIM: Claim<'static> = Claim {
    without: &[],
    sanitised_by: MethodSet::ALL,
    services: None,
    sessions: false,
    waived_by: Some("MN-ISOLATION"),
};

fn tcp(source: u128, destination: u128, port: u16) -> Packet {
    let address = |value| PacketAddress::Known(Family::V4, value);
    Packet {
        source: address(source),
        destination: address(destination),
        protocol: 6,
        source_port: Some(1024),
        destination_port: Some(port),
    }
}

const A: u128 = 0x0a01_0005;
const B: u128 = 0x0a02_0005;
const G: u128 = 0x0a09_0001;

/// Does something with the model, a witness of one session and one of two with a relay in between.
fn with(test: impl FnOnce(&Model<'_>, &Replay<'_, '_>, Witness, Witness)) {
    let source = Source::new("t.yaml", DOCUMENT.as_bytes().to_vec()).expect("UTF-8");
    let mut diagnostics = Diagnostics::default();
    let document = document::read(&source, &mut diagnostics).expect("a document");
    let names = Names::resolve(&document, &mut diagnostics).unwrap_or_else(|| panic!("{diagnostics:?}"));
    let model = Model::new(&document, &names);
    let adjacency = Adjacency::new(&model);
    let session = |from, to, packet| {
        let (from, to) = (names.node(from).expect("known"), names.node(to).expect("known"));
        let hops = adjacency.route(from, to, &packet, Detour::default()).expect("a way");
        SessionTrace { from, to, means: Means::Packet(packet), hops }
    };
    let node = |id| names.node(id).expect("known");
    let direct = Witness {
        nodes: vec![node("a"), node("b")],
        sessions: vec![session("a", "b", tcp(A, B, 443))],
        passes: vec![],
    };
    let relayed = Witness {
        nodes: vec![node("a"), node("g"), node("b")],
        sessions: vec![session("a", "g", tcp(A, G, 80)), session("g", "b", tcp(G, B, 25))],
        passes: vec![PassTrace::Entry { entry: 0, mirror: false }],
    };
    test(&model, &Replay::new(&model), direct, relayed);
}

#[test]
fn true_witnesses_are_accepted() {
    with(|_, replay, direct, relayed| {
        assert_eq!(replay.judge(&direct, CLAIM), Ok(vec![vec![]]));
        assert_eq!(replay.judge(&relayed, CLAIM), Ok(vec![vec![0], vec![]]));
        let tags: Vec<Option<u16>> = direct.sessions[0].hops.iter().map(|hop| hop.tag).collect();
        assert_eq!(tags, [None, Some(10), None, None]);
    });
}

type Tamper = fn(&mut Witness);

/// The packet of the first session.
fn packet(witness: &mut Witness) -> &mut Packet {
    match &mut witness.sessions[0].means {
        Means::Packet(packet) => packet,
        Means::Transfer(_) => panic!("it is carried"),
    }
}

/// Takes the last link of the first session in the other direction.
fn turn_last(witness: &mut Witness) {
    match &mut witness.sessions[0].hops[2].way {
        Some(Way::Link { backward, .. }) => *backward = !*backward,
        other => panic!("{other:?} is no link"),
    }
}

#[test]
fn false_witnesses_of_one_session_are_refused() {
    let tampers: [(&str, Tamper); 22] = [
        ("another's source", |w| packet(w).source = PacketAddress::Known(Family::V4, G)),
        ("symbolic source", |w| packet(w).source = PacketAddress::Symbolic(0)),
        ("another's destination", |w| packet(w).destination = PacketAddress::Known(Family::V4, B + 1)),
        ("IPv6 destination", |w| packet(w).destination = PacketAddress::Known(Family::V6, B)),
        ("port that no rule permits", |w| packet(w).destination_port = Some(80)),
        ("tcp without ports", |w| packet(w).destination_port = None),
        ("icmp with ports", |w| packet(w).protocol = 1),
        ("no hops", |w| w.sessions[0].hops.clear()),
        ("no switch", |w| drop(w.sessions[0].hops.remove(1))),
        ("no firewall", |w| drop(w.sessions[0].hops.remove(2))),
        ("no end", |w| drop(w.sessions[0].hops.pop())),
        ("no tag", |w| w.sessions[0].hops[1].tag = None),
        ("tag that the first link does not carry", |w| w.sessions[0].hops[1].tag = Some(30)),
        ("tag that no link carries", |w| w.sessions[0].hops[1].tag = Some(20)),
        ("tag at a firewall", |w| w.sessions[0].hops[2].tag = Some(10)),
        ("another interface", |w| w.sessions[0].hops[2].r#in = Some("right".to_owned())),
        ("backwards", turn_last),
        ("another rule", |w| w.sessions[0].hops[2].deciders[0].rule = Some(2)),
        ("the default", |w| w.sessions[0].hops[2].deciders[0].rule = None),
        ("no decider", |w| w.sessions[0].hops[2].deciders.clear()),
        ("half of a switch", |w| w.sessions[0].hops[1].half = Half::Switch),
        ("other direction of the data", |w| w.nodes.reverse()),
    ];
    with(|model, replay, direct, _| {
        for (what, tamper) in tampers {
            let mut witness = direct.clone();
            tamper(&mut witness);
            assert!(replay.judge(&witness, CLAIM).is_err(), "{what}");
        }
        let mut witness = direct.clone();
        let (link, _) = model.names.links().nth(3).expect("a link");
        witness.sessions[0].hops[2].way = Some(Way::Link { link, backward: false });
        assert!(replay.judge(&witness, CLAIM).is_err(), "another way");
    });
}

#[test]
fn false_witnesses_of_chains_are_refused() {
    let tampers: [(&str, Tamper); 8] = [
        ("undeclared relay", |w| w.passes[0] = PassTrace::Undeclared),
        ("mirror", |w| w.passes[0] = PassTrace::Entry { entry: 0, mirror: true }),
        ("no such entry", |w| w.passes[0] = PassTrace::Entry { entry: 1, mirror: false }),
        ("no pass", |w| w.passes.clear()),
        ("sessions swapped", |w| w.sessions.swap(0, 1)),
        ("session left out", |w| drop(w.sessions.pop())),
        ("node left out", |w| w.nodes.truncate(2)),
        ("relay's peer", |w| w.nodes[2] = 2),
    ];
    with(|_, replay, _, relayed| {
        for (what, tamper) in tampers {
            let mut witness = relayed.clone();
            tamper(&mut witness);
            assert!(replay.judge(&witness, CLAIM).is_err(), "{what}");
        }
        let claim = Claim { without: &relayed.nodes[1..2], ..CLAIM };
        assert!(replay.judge(&relayed, claim).is_err(), "a node that is taken out relays");
        // a chain all of whose sessions an exception covers is excused
        let covered =
            Witness { nodes: relayed.nodes[..2].to_vec(), sessions: relayed.sessions[..1].to_vec(), passes: vec![] };
        assert!(replay.judge(&covered, CLAIM).is_err());
        assert!(replay.judge(&covered, Claim { waived_by: None, ..CLAIM }).is_ok());
    });
}

/// What is carried: raw by the one, sanitised by the other, to a relay that takes transfers, and one that does not.
const CARRIED: &str = r#"
sanso: 1
nodes:
  - { id: a, zone: my-number }
  - { id: a2, zone: my-number }
  - { id: b, zone: lgwan }
  - { id: g, kind: gateway, addresses: [10.9.0.1], relays: [
      { from: "node:a", from_service: transfer, to: "node:b", to_service: [tcp, media] },
      { from: "node:a", from_service: tcp, to: "node:b" },
      { from: 10.1.0.0/16, to: 10.2.0.0/16 } ] }
  - { id: sw, kind: switch, forwards: true }
services: { media: [transfer] }
transfers:
  - { id: raw, from: "node:a", to: ["zone:lgwan", "node:g"] }
  - { id: clean, from: "node:a", to: "node:b", sanitise: file }
  - { id: on, from: "node:g", to: "node:b" }
  - { id: to-a-switch, from: "node:a", to: "node:sw" }
exceptions:
  - { id: covered, from: "node:a", to: "node:g", service: transfer, reason: r, approved_by: c }
  - { id: packets, from: "node:a", to: "node:b", service: [tcp, udp], reason: r, approved_by: c }
  - { id: by-address, from: 10.0.0.0/8, to: any, service: any, reason: r, approved_by: c }
links: []
"#;

#[test]
fn what_is_carried_is_judged_by_the_document() {
    let source = Source::new("t.yaml", CARRIED.as_bytes().to_vec()).expect("UTF-8");
    let mut diagnostics = Diagnostics::default();
    let document = document::read(&source, &mut diagnostics).expect("a document");
    let names = Names::resolve(&document, &mut diagnostics).unwrap_or_else(|| panic!("{diagnostics:?}"));
    let model = Model::new(&document, &names);
    let replay = Replay::new(&model);
    let node = |id: &str| names.node(id).expect("known");
    let session = |from: &str, to: &str, transfer: u32| SessionTrace {
        from: node(from),
        to: node(to),
        means: Means::Transfer(transfer),
        hops: Vec::new(),
    };
    let witness = |path: &[&str], sessions: Vec<SessionTrace>, entries: &[u32]| Witness {
        nodes: path.iter().map(|id| node(id)).collect(),
        sessions,
        passes: entries.iter().map(|&entry| PassTrace::Entry { entry, mirror: false }).collect(),
    };
    let any = Claim { sanitised_by: MethodSet::NONE, ..CLAIM };
    let direct = witness(&["a", "b"], vec![session("a", "b", 0)], &[]);
    let relayed = witness(&["a", "g", "b"], vec![session("a", "g", 0), session("g", "b", 2)], &[0]);
    let clean = witness(&["a", "b"], vec![session("a", "b", 1)], &[]);
    assert_eq!(replay.judge(&direct, CLAIM), Ok(vec![vec![]]));
    assert_eq!(replay.judge(&relayed, CLAIM), Ok(vec![vec![0], vec![]]));
    assert_eq!(replay.judge(&clean, any), Ok(vec![vec![]]));
    let refused = |what: &str, witness: &Witness, claim: Claim<'_>| {
        assert!(replay.judge(witness, claim).is_err(), "{what}");
    };
    refused("sanitised where raw paths are asked for", &clean, CLAIM);
    refused("back", &witness(&["b", "a"], vec![session("a", "b", 0)], &[]), any);
    refused("the other way", &witness(&["b", "a"], vec![session("b", "a", 0)], &[]), any);
    refused("from another", &witness(&["a2", "b"], vec![session("a2", "b", 0)], &[]), any);
    refused("to another", &witness(&["a", "a2"], vec![session("a", "a2", 0)], &[]), any);
    refused("no such transfer", &witness(&["a", "b"], vec![session("a", "b", 9)], &[]), any);
    refused("to no endpoint", &witness(&["a", "sw"], vec![session("a", "sw", 3)], &[]), any);
    refused("all covered", &witness(&["a", "g"], vec![session("a", "g", 0)], &[]), any);
    let entry = |entry| witness(&["a", "g", "b"], vec![session("a", "g", 0), session("g", "b", 2)], &[entry]);
    refused("a relay of packets", &entry(1), any);
    refused("a relay of addresses", &entry(2), any);
    let mut hops = direct.clone();
    hops.sessions[0].hops.push(Hop {
        node: node("a"),
        half: Half::Whole,
        r#in: None,
        out: None,
        way: None,
        tag: None,
        deciders: Vec::new(),
        translation: None,
    });
    refused("with hops", &hops, any);
}
