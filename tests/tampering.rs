//! A judge that nods at everything is worth nothing: witnesses that were tampered with are refused.

use sanso::diagnostic::Diagnostics;
use sanso::document::{self, Family};
use sanso::engine::replay::{Claim, Replay};
use sanso::engine::route::{Adjacency, Detour};
use sanso::engine::trace::{Half, Packet, PacketAddress, PassTrace, SessionTrace, Way, Witness};
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

const CLAIM: Claim<'static> = Claim { without_tag: None, raw_only: true, waived_by: Some("MN-ISOLATION") };

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
        SessionTrace { from, to, packet, hops }
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

#[test]
fn false_witnesses_of_one_session_are_refused() {
    let tampers: [(&str, Tamper); 23] = [
        ("another's source", |w| w.sessions[0].packet.source = PacketAddress::Known(Family::V4, G)),
        ("symbolic source", |w| w.sessions[0].packet.source = PacketAddress::Symbolic(0)),
        ("another's destination", |w| w.sessions[0].packet.destination = PacketAddress::Known(Family::V4, B + 1)),
        ("IPv6 destination", |w| w.sessions[0].packet.destination = PacketAddress::Known(Family::V6, B)),
        ("port that no rule permits", |w| w.sessions[0].packet.destination_port = Some(80)),
        ("tcp without ports", |w| w.sessions[0].packet.destination_port = None),
        ("icmp with ports", |w| w.sessions[0].packet.protocol = 1),
        ("no hops", |w| w.sessions[0].hops.clear()),
        ("no switch", |w| drop(w.sessions[0].hops.remove(1))),
        ("no firewall", |w| drop(w.sessions[0].hops.remove(2))),
        ("no end", |w| drop(w.sessions[0].hops.pop())),
        ("no tag", |w| w.sessions[0].hops[1].tag = None),
        ("tag that the first link does not carry", |w| w.sessions[0].hops[1].tag = Some(30)),
        ("tag that no link carries", |w| w.sessions[0].hops[1].tag = Some(20)),
        ("tag at a firewall", |w| w.sessions[0].hops[2].tag = Some(10)),
        ("another interface", |w| w.sessions[0].hops[2].r#in = Some("right".to_owned())),
        ("another way", |w| w.sessions[0].hops[2].way = Some(Way::Link { link: 3, backward: false })),
        ("backwards", |w| w.sessions[0].hops[2].way = Some(Way::Link { link: 2, backward: true })),
        ("another rule", |w| w.sessions[0].hops[2].deciders[0].rule = Some(2)),
        ("the default", |w| w.sessions[0].hops[2].deciders[0].rule = None),
        ("no decider", |w| w.sessions[0].hops[2].deciders.clear()),
        ("half of a switch", |w| w.sessions[0].hops[1].half = Half::Switch),
        ("other direction of the data", |w| w.nodes.reverse()),
    ];
    with(|_, replay, direct, _| {
        for (what, tamper) in tampers {
            let mut witness = direct.clone();
            tamper(&mut witness);
            assert!(replay.judge(&witness, CLAIM).is_err(), "{what}");
        }
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
    with(|model, replay, _, relayed| {
        for (what, tamper) in tampers {
            let mut witness = relayed.clone();
            tamper(&mut witness);
            assert!(replay.judge(&witness, CLAIM).is_err(), "{what}");
        }
        let claim = Claim { without_tag: Some("x"), ..CLAIM };
        assert!(replay.judge(&relayed, claim).is_ok() && !model.has_tag(0, "x"));
        // a chain all of whose sessions an exception covers is excused
        let covered =
            Witness { nodes: relayed.nodes[..2].to_vec(), sessions: relayed.sessions[..1].to_vec(), passes: vec![] };
        assert!(replay.judge(&covered, CLAIM).is_err());
        assert!(replay.judge(&covered, Claim { waived_by: None, ..CLAIM }).is_ok());
    });
}
