//! What is unwritten in a document and shared by all that reads a topology.

use super::{Half, L3Links, Topology, WalkTags};
use crate::diagnostic::Diagnostics;
use crate::document;
use crate::model::{LinkId, Model, names::Names};
use crate::source::Source;

/// What a document's model says.
fn of<R>(text: &str, said: impl FnOnce(&Model<'_>) -> R) -> R {
    let source = Source::new("document.json", text.as_bytes().to_vec()).expect("UTF-8");
    let mut diagnostics = Diagnostics::default();
    let document = document::read(&source, &mut diagnostics).expect("it is sound");
    let names = Names::resolve(&document, &mut diagnostics).expect("every name resolves");
    said(&Model::new(&document, &names))
}

const NETWORK: &str = r#"{
    "sanso": 1,
    "nodes": [
        { "id": "all", "kind": "l3-switch", "routed_vlans": [] },
        { "id": "end", "kind": "switch", "forwards": false },
        { "id": "some", "kind": "l3-switch", "routed_vlans": [20, 10, "12-13", 10],
          "filter": { "default": "permit", "rules": [{ "action": "deny", "in": ["vlan12", "vlan20"] }, { "action": "deny", "out": ["vlan20"] }] } },
        { "id": "silent", "kind": "l3-switch" },
        { "id": "plain", "kind": "switch" }
    ],
    "links": [
        { "between": ["all", "some"], "vlans": [10, 20] },
        { "between": ["some", "silent"], "native": [30, 31] },
        ["silent", "plain"],
        ["end", "plain"]
    ]
}"#;

#[test]
fn links_within_l3_switches_follow_those_of_the_document_by_node_and_vlan() {
    of(NETWORK, |model| {
        let l3_links = L3Links::new(model);
        assert_eq!(l3_links.first().number(), 4);
        let links: Vec<(u32, u32, Option<u16>)> = (l3_links.switches().iter())
            .flat_map(|switch| switch.links().map(|(link, vlan)| (switch.node(), link.number(), vlan)))
            .collect();
        let expected = [
            (0, 4, None),
            (2, 5, Some(10)),
            (2, 6, Some(12)),
            (2, 7, Some(13)),
            (2, 8, Some(20)),
            (3, 9, Some(10)),
            (3, 10, Some(20)),
            (3, 11, Some(30)),
            (3, 12, Some(31)),
        ];
        assert_eq!(links, expected);
        for (node, link, vlan) in expected {
            assert_eq!(l3_links.link(node, vlan).map(LinkId::number), Some(link));
        }
        for (node, vlan) in [(0, Some(10)), (1, None), (2, None), (2, Some(11)), (3, Some(12)), (4, Some(10))] {
            assert_eq!(l3_links.link(node, vlan), None, "{node} {vlan:?}");
        }
    });
}

#[test]
fn links_that_no_filter_tells_apart_are_one() {
    of(NETWORK, |model| {
        let l3_links = L3Links::new(model);
        let vlans = |node: u32| -> Vec<Option<Vec<u16>>> {
            let groups = l3_links.of(node).expect("an l3-switch").by_interface(model).into_iter();
            groups.map(|(_, vlans)| vlans.map(|list| list.into_iter().map(|(low, _)| low).collect())).collect()
        };
        assert_eq!(vlans(0), [None]);
        assert_eq!(vlans(2), [Some(vec![10, 13]), Some(vec![12]), Some(vec![20])]);
        assert_eq!(vlans(3), [Some(vec![10, 20, 30, 31])]);
        let topology = Topology::new(model, Vec::new(), &[]);
        let within = topology.device_links.iter().filter(|link| link.link.is_none());
        let halves: Vec<[u32; 2]> =
            within.map(|link| link.devices.map(|device| topology.device(device).node)).collect();
        assert_eq!(halves, [[0, 0], [2, 2], [2, 2], [2, 2], [3, 3]]);
    });
}

#[test]
fn tags_of_walks_stand_for_all_that_nothing_tells_apart() {
    of(NETWORK, |model| {
        let tags = WalkTags::new(model, &L3Links::new(model));
        // 10 and 20 are in the same lists but for the name of an interface; 13 is routed with them, but on no link.
        assert_eq!(tags.named(), [10, 20, 30, 31]);
        assert_eq!(tags.all(), [10, 20, 30, 31, 1, 12, 13]);
    });
}

#[test]
fn who_keeps_tags_and_whom_filters_speak_of() {
    of(NETWORK, |model| {
        let keeps = |node: u32| {
            [Half::at_links(model, node), Half::of_sessions(model, node)].map(|half| half.keeps_tags(model, node))
        };
        assert_eq!([0, 1, 2, 3, 4].map(keeps), [[true, false], [false; 2], [true, false], [true, false], [true; 2]]);
        let plain = |node: u32| {
            [Half::at_links(model, node), Half::of_sessions(model, node)].map(|half| half.is_plain(model, node))
        };
        assert_eq!([0, 2, 4].map(plain), [[true; 2], [true, false], [true; 2]]);
    });
}
