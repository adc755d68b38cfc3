//! VLANs and prefixes of NetBox: which devices are switches, what their cables carry, who is in which network.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::drawing::{Imported, import, link, node};

/// An export as `dumpdata` writes it, an object a line.
fn dump(objects: &[(&str, u32, Value)]) -> String {
    let lines: Vec<String> = objects
        .iter()
        .map(|(model, key, fields)| json!({ "model": model, "pk": key, "fields": fields }).to_string())
        .collect();
    format!("[\n{}\n]\n", lines.join(",\n"))
}

fn interface(key: u32, device: u32, name: &str, more: Value) -> (&'static str, u32, Value) {
    let mut fields = json!({ "device": device, "name": name, "type": "1000base-t", "enabled": true, "mode": "" });
    fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    ("dcim.interface", key, fields)
}

fn cable(key: u32, a: u32, b: u32) -> [(&'static str, u32, Value); 2] {
    let end = |at: u32, side: &str, to: u32| {
        let fields =
            json!({ "cable": key, "cable_end": side, "termination_type": ["dcim", "interface"], "termination_id": to });
        ("dcim.cabletermination", 2 * key + at, fields)
    };
    [end(0, "A", a), end(1, "B", b)]
}

fn address(key: u32, at: u32, word: &str) -> (&'static str, u32, Value) {
    (
        "ipam.ipaddress",
        key,
        json!({ "address": word, "assigned_object_type": ["dcim", "interface"], "assigned_object_id": at }),
    )
}

fn access(vlan: u32) -> Value {
    json!({ "mode": "access", "untagged_vlan": vlan, "tagged_vlans": [] })
}

fn trunk(untagged: Option<u32>, tagged: &[u32]) -> Value {
    json!({ "mode": "tagged", "untagged_vlan": untagged, "tagged_vlans": tagged })
}

/// Two switches, a firewall, and networks. The numbers of VLANs here are not those of their objects: 120 is VLAN 20.
fn town() -> Vec<(&'static str, u32, Value)> {
    let mut out = Vec::new();
    for (key, name) in [(1, "acc1"), (2, "acc2"), (3, "fw")] {
        let fields = if name == "fw" { json!({}) } else { json!({ "sanso_kind": "switch", "rack_units": 1 }) };
        out.push(("dcim.device", key, json!({ "name": name, "custom_field_data": fields })));
    }
    for vid in [20, 30, 97, 98, 99] {
        out.push(("ipam.vlan", 100 + vid, json!({ "vid": vid, "name": format!("係{vid}"), "group": 1, "site": null })));
    }
    for (key, prefix, vlan, status) in [
        (1, "10.0.0.0/8", None, "container"),
        (2, "10.20.1.0/24", Some(120), "active"),
        (3, "10.30.1.0/24", Some(130), "active"),
        (4, "10.40.1.0/24", None, "active"),
        (5, "10.0.99.0/24", Some(197), "active"),
    ] {
        let fields = json!({ "prefix": prefix, "vlan": vlan, "status": status, "role": 7, "tenant": 8 });
        out.push(("ipam.prefix", key, fields));
    }
    out.extend([
        interface(11, 1, "Gi1", trunk(Some(199), &[120, 130])),
        interface(12, 1, "Gi2", access(120)),
        interface(13, 1, "Gi3", access(120)),
        interface(14, 1, "Vlan99", json!({ "type": "virtual" })),
        interface(15, 1, "Gi4", json!({})),
        interface(21, 2, "Gi1", trunk(Some(198), &[120, 130])),
        interface(22, 2, "Gi2", access(130)),
        interface(23, 2, "Vlan99", json!({ "type": "virtual" })),
        interface(31, 3, "port1", json!({})),
    ]);
    out.extend(cable(1, 11, 21));
    out.extend(cable(2, 13, 31));
    out.extend([address(1, 14, "10.0.99.1/24"), address(2, 23, "10.0.99.2/24"), address(3, 31, "10.20.1.254/24")]);
    out
}

/// The town with another interface of that number.
fn with(key: u32, other: (&'static str, u32, Value)) -> String {
    let mut town = town();
    let at = town.iter().position(|(model, known, _)| *model == other.0 && *known == key).unwrap();
    town[at] = other;
    dump(&town)
}

fn has(json: &Value, a: &str, b: &str) -> bool {
    json["links"].as_array().unwrap().iter().any(|link| link["between"] == json!([a, b]))
}

#[test]
fn ports_say_what_cables_carry() {
    let Imported { json, told, lost } = import(&[("n.json", &dump(&town()))]).unwrap();
    assert_eq!(lost, 0, "{told:?}");
    let kinds = ["acc1", "acc2", "fw"].map(|id| node(&json, id)["kind"].clone());
    assert_eq!(kinds, ["switch", "switch", "router"]);
    let between = link(&json, "acc1:Gi1", "acc2:Gi1");
    assert_eq!(between["vlans"], json!({ "a": [20, 30, 99], "b": [20, 30, 98] }));
    assert_eq!(between["native"], json!([99, 98]));
    assert_eq!(link(&json, "acc1:Gi3", "fw:port1")["vlans"], json!([20]));
    assert!(!told.iter().any(|one| one.contains("acc1 routes")), "{told:?}");
    assert!(told.iter().any(|one| one.starts_with("1 interfaces have neither a cable nor VLANs")), "{told:?}");
}

#[test]
fn prefixes_are_the_networks_of_ports() {
    let Imported { json, .. } = import(&[("n.json", &dump(&town()))]).unwrap();
    assert_eq!(link(&json, "10.20.1.0/24", "acc1:Gi2")["vlans"], json!([20]));
    assert_eq!(link(&json, "10.30.1.0/24", "acc2:Gi2")["vlans"], json!([30]));
    assert_eq!(node(&json, "hosts 10.20.1.0/24")["addresses"], json!(["10.20.1.0/24"]));
    assert_eq!(node(&json, "10.20.1.0/24")["title"], "係20");
    // where nothing leads nobody is, and a zone is nobody's guess
    let text = json.to_string();
    assert!(!text.contains("10.40.1.0") && !text.contains("10.0.0.0/8"), "{json:#}");
    assert!(!text.contains("\"zone\""), "{json:#}");
}

#[test]
fn machines_are_not_placed_in_a_network_that_nothing_leads_to() {
    let table = "機器名,種別,IPアドレス\npc1,端末,10.20.1.7\n";
    let Imported { json, .. } = import(&[("n.json", &dump(&town())), ("h.csv", table)]).unwrap();
    assert!(has(&json, "pc1", "10.20.1.0/24"), "{:#}", json["links"]);
    let told =
        import(&[("n.json", &dump(&town())), ("h.csv", &table.replace("10.20.1.7", "10.40.1.7"))]).err().unwrap();
    assert!(told[0].contains("10.40.1.7 is on no network"), "{told:?}");
}

#[test]
fn lists_of_the_api_say_the_same() {
    let vlan = |vid: u32| json!({ "id": 100 + vid, "vid": vid, "name": format!("係{vid}") });
    let ports: Vec<Value> = town()
        .into_iter()
        .filter(|(model, ..)| *model == "dcim.interface")
        .map(|(_, key, mut fields)| {
            fields["id"] = key.into();
            fields["device"] = json!({ "id": fields["device"] });
            fields["type"] = json!({ "value": fields["type"], "label": "?" });
            fields["mode"] = match fields["mode"].as_str() {
                Some("") | None => Value::Null,
                Some(mode) => json!({ "value": mode, "label": "?" }),
            };
            let number = |value: &Value| value.as_u64().map(|key| vlan(u32::try_from(key).unwrap() - 100));
            fields["untagged_vlan"] = number(&fields["untagged_vlan"]).into();
            let tagged: Vec<Value> =
                fields["tagged_vlans"].as_array().into_iter().flatten().filter_map(number).collect();
            fields["tagged_vlans"] = tagged.into();
            fields
        })
        .collect();
    let end = |key: u32| json!([{ "object_type": "dcim.interface", "object_id": key }]);
    let export = json!({
        "devices": [
            { "id": 1, "name": "acc1", "custom_fields": { "sanso_kind": "switch" } },
            { "id": 2, "name": "acc2", "custom_fields": { "sanso_kind": { "value": "switch", "label": "L2" } } },
            { "id": 3, "name": "fw", "custom_fields": { "sanso_kind": null } },
        ],
        "rear_ports": [{ "id": 1 }],
        "interfaces": { "count": ports.len(), "results": ports },
        "cables": [
            { "id": 1, "a_terminations": end(11), "b_terminations": end(21) },
            { "id": 2, "a_terminations": end(13), "b_terminations": end(31) },
        ],
        "ip_addresses": [
            { "address": "10.0.99.1/24", "assigned_object_id": 14 },
            { "address": "10.0.99.2/24", "assigned_object_id": 23 },
            { "address": "10.20.1.254/24", "assigned_object_id": 31 },
        ],
        "prefixes": [
            { "prefix": "10.20.1.0/24", "vlan": vlan(20), "status": { "value": "active" } },
            { "prefix": "10.30.1.0/24", "vlan": vlan(30), "status": { "value": "active" } },
            { "prefix": "10.0.99.0/24", "vlan": vlan(97), "status": { "value": "active" } },
        ],
    });
    let text = serde_json::to_string_pretty(&export).unwrap();
    let bare = |text: &str| -> BTreeSet<String> {
        let json = import(&[("n.json", text)]).unwrap_or_else(|told| panic!("{told:?}")).json;
        let items = ["nodes", "links"].map(|key| json[key].as_array().cloned().unwrap()).concat();
        let without = |mut item: Value| {
            item.as_object_mut().unwrap().remove("origin");
            item.to_string()
        };
        items.into_iter().map(without).collect()
    };
    assert_eq!(bare(&text), bare(&dump(&town())));
}

#[test]
fn what_netbox_leaves_open_is_the_worst_and_is_told() {
    let gi1 = |more: Value| with(21, interface(21, 2, "Gi1", more)).replace("sanso_kind", "other_kind");
    for (text, why) in [
        (gi1(json!({ "mode": "access", "untagged_vlan": null })), "an access port without a VLAN"),
        (gi1(trunk(Some(198), &[])), "a tagged port without tagged VLANs"),
        (gi1(trunk(None, &[120, 130])), "this one has no untagged VLAN"),
        (gi1(trunk(Some(198), &[120, 555])), "a VLAN of this interface is not in the export"),
        (gi1(json!({ "mode": "q-in-q", "untagged_vlan": 120 })), "an unknown 802.1Q mode"),
    ] {
        let Imported { json, told, lost } = import(&[("n.json", &text)]).unwrap();
        assert_eq!((lost, &node(&json, "acc2")["kind"]), (1, &json!("router")), "{why}: {told:?}");
        assert!(told.iter().any(|one| one.contains(why)), "{why}: {told:?}");
        // the other end still says what it carries, and a router takes it all
        assert_eq!(link(&json, "acc1:Gi1", "acc2:Gi1")["vlans"], json!([20, 30, 99]), "{why}");
        assert!(has(&json, "acc2:Gi2", "10.30.1.0/24"), "{why}: {:#}", json["links"]);
    }
    let all = gi1(json!({ "mode": "tagged-all", "untagged_vlan": 199 }));
    let Imported { json, .. } = import(&[("n.json", &all)]).unwrap();
    assert_eq!(link(&json, "acc1:Gi1", "acc2:Gi1")["vlans"], json!({ "a": [20, 30, 99], "b": ["1-4094"] }));
}

#[test]
fn a_switch_routes_unless_somebody_says_that_it_does_not() {
    let kind = |said: Value, addresses: &[&str]| {
        let mut town = town();
        town.retain(|(model, _, fields)| *model != "ipam.ipaddress" || fields["assigned_object_id"] != 14);
        town.extend((0..).zip(addresses).map(|(at, word)| address(50 + at, 14, word)));
        let role = json!({ "name": "acc1", "role": ["l2-switch"], "custom_field_data": { "sanso_kind": said } });
        town[0] = ("dcim.device", 1, role);
        let Imported { json, told, lost } = import(&[("n.json", &dump(&town))]).unwrap();
        let node = node(&json, "acc1").clone();
        assert_eq!(node["routed_vlans"], Value::Null);
        (node["kind"].as_str().unwrap().to_owned(), told.join("\n"), lost)
    };
    let asks = "NetBox does not say whether acc1 routes: it is taken to route between all its VLANs";
    for addresses in [&[][..], &["10.0.99.1/24"], &["10.0.99.1/24", "10.20.1.1/24"]] {
        let (unsaid, told, lost) = kind(Value::Null, addresses);
        assert_eq!((unsaid.as_str(), lost), ("l3-switch", 0), "{addresses:?}");
        assert!(told.contains(asks), "{addresses:?}: {told}");
        let (said, told, lost) = kind(json!("switch"), addresses);
        assert_eq!((said.as_str(), lost), ("switch", 0), "{addresses:?}");
        assert!(!told.contains(asks), "{addresses:?}: {told}");
    }
    let (odd, told, lost) = kind(json!("L2スイッチ"), &["10.0.99.1/24"]);
    assert_eq!((odd.as_str(), lost), ("l3-switch", 1), "{told}");
    assert!(told.contains("`sanso_kind` is not a kind of node"), "{told}");
}

#[test]
fn the_kind_that_is_said_counts_for_every_device() {
    let mut town = town();
    town[2] = ("dcim.device", 3, json!({ "name": "fw", "custom_field_data": { "sanso_kind": "printer" } }));
    let Imported { json, .. } = import(&[("n.json", &dump(&town))]).unwrap();
    assert_eq!(node(&json, "fw")["kind"], "printer");
}

/// The vlans of a link, where there is one.
fn vlans(json: &Value, a: &str, b: &str) -> Option<Value> {
    let all = json["links"].as_array().unwrap();
    let ends = [json!([a, b]), json!([b, a])];
    all.iter().find(|link| ends.contains(&link["between"])).map(|link| link["vlans"].clone())
}

#[test]
fn an_interface_with_an_address_is_on_its_segment() {
    let Imported { json, .. } = import(&[("n.json", &dump(&town()))]).unwrap();
    // of a VLAN, which its prefix has
    assert_eq!(vlans(&json, "10.0.99.0/24", "acc1:Vlan99"), Some(json!([97])), "{:#}", json["links"]);
    assert_eq!(vlans(&json, "10.0.99.0/24", "acc2:Vlan99"), Some(json!([97])));
    assert_eq!(node(&json, "acc1")["addresses"], json!(["10.0.99.1"]));
    // two of which no cable is known, one of them by a shared address
    let mut town = town();
    let vrrp =
        json!({ "address": "10.50.0.1/24", "assigned_object_type": ["ipam", "fhrpgroup"], "assigned_object_id": 31 });
    town.extend([
        interface(41, 3, "port2", json!({})),
        interface(42, 3, "port3", json!({})),
        interface(43, 1, "Gi9", json!({ "enabled": false })),
        address(60, 41, "10.50.0.9/24"),
        address(61, 43, "10.51.0.9/24"),
        ("ipam.fhrpgroup", 31, json!({ "group_id": 1 })),
        (
            "ipam.fhrpgroupassignment",
            1,
            json!({ "group": 31, "interface_type": ["dcim", "interface"], "interface_id": 42 }),
        ),
        ("ipam.ipaddress", 62, vrrp),
    ]);
    let Imported { json, lost, .. } = import(&[("n.json", &dump(&town))]).unwrap();
    assert_eq!(lost, 0);
    for end in ["fw:port2", "fw:port3"] {
        assert_eq!(vlans(&json, end, "10.50.0.0/24"), Some(Value::Null), "{end}: {:#}", json["links"]);
    }
    assert_eq!(node(&json, "fw")["addresses"], json!(["10.20.1.254", "10.50.0.1", "10.50.0.9"]));
    assert!(!json.to_string().contains("10.51.0"), "{json:#}");
}

#[test]
fn the_address_of_a_part_is_at_the_port_that_carries_it() {
    let mut town = town();
    town.retain(|(model, key, _)| *model != "ipam.ipaddress" || *key != 3);
    town.extend([
        interface(41, 3, "port1.20", json!({ "type": "virtual", "parent": 31 })),
        address(60, 41, "10.20.1.254/24"),
    ]);
    let Imported { json, .. } = import(&[("n.json", &dump(&town))]).unwrap();
    assert_eq!(node(&json, "fw")["addresses"], json!(["10.20.1.254"]));
    assert!(!json.to_string().contains("port1.20"), "{:#}", json["links"]);
}

#[test]
fn a_cable_that_ends_in_a_panel_leads_to_whoever_is_plugged_in() {
    let mut town = town();
    town.push(("dcim.frontport", 70, json!({ "device": 9, "name": "1", "rear_port": 71 })));
    town.extend(cable(7, 12, 70));
    let at = town.len() - 1;
    town[at].2["termination_type"] = json!(["dcim", "frontport"]);
    let Imported { json, .. } = import(&[("n.json", &dump(&town))]).unwrap();
    assert_eq!(vlans(&json, "10.20.1.0/24", "acc1:Gi2"), Some(json!([20])), "{:#}", json["links"]);
}

#[test]
fn what_joins_devices_without_a_cable_joins_them() {
    let base = || {
        let mut out = Vec::new();
        for (key, name) in [(1, "a"), (2, "b")] {
            out.push(("dcim.device", key, json!({ "name": name, "virtual_chassis": null })));
            out.push(interface(10 * key, key, "x", json!({})));
        }
        out
    };
    let joined = |more: Vec<(&'static str, u32, Value)>, a: &str, b: &str| {
        let Imported { json, told, lost } = import(&[("n.json", &dump(&[base(), more].concat()))]).unwrap();
        assert_eq!(lost, 0, "{told:?}");
        assert_eq!(vlans(&json, a, b), Some(Value::Null), "{a}, {b}: {:#}", json["links"]);
    };
    let ended = |key: u32, of: u32, at: u32, circuit: u32| {
        let mut out: Vec<_> = cable(key, of, at).to_vec();
        out[1].2["termination_type"] = json!(["circuits", "circuittermination"]);
        out.push(("circuits.circuittermination", at, json!({ "circuit": circuit, "term_side": "A" })));
        out
    };
    // the two ends of a circuit, which both lead out too
    let circuit = [ended(1, 10, 90, 5), ended(2, 20, 91, 5)].concat();
    joined(circuit.clone(), "a:x", "b:x");
    joined(circuit, "a:x", "circuit circuit 90:unnamed");
    let radio = ("wireless.wirelesslink", 1, json!({ "interface_a": 10, "interface_b": 20, "ssid": "構内" }));
    joined(vec![radio], "a:x", "b:x");
    let end = |key: u32, at: u32| {
        let fields = json!({ "tunnel": 3, "termination_type": ["dcim", "interface"], "termination_id": at });
        ("vpn.tunneltermination", key, fields)
    };
    joined(vec![("vpn.tunnel", 3, json!({ "name": "t" })), end(1, 10), end(2, 20)], "a:x", "b:x");
    let member = |key: u32, name: &str| ("dcim.device", key, json!({ "name": name, "virtual_chassis": 4 }));
    joined(vec![member(3, "c"), member(4, "d")], "c:stack d", "d:stack c");
}

#[test]
fn wireless_networks_are_where_their_access_points_or_vlans_are() {
    let lan = |vlan: Value| ("wireless.wirelesslan", 5, json!({ "ssid": "職員", "vlan": vlan }));
    let mut town = town();
    town.push(lan(json!(120)));
    let Imported { json, lost, .. } = import(&[("n.json", &dump(&town))]).unwrap();
    assert_eq!(lost, 0);
    assert_eq!(vlans(&json, "ssid 職員:wlan", "10.20.1.0/24"), Some(json!([20])), "{:#}", json["links"]);
    town.push(("dcim.device", 6, json!({ "name": "ap1" })));
    town.push(interface(61, 6, "radio0", json!({ "type": "ieee802.11ax", "wireless_lans": [5] })));
    let Imported { json, .. } = import(&[("n.json", &dump(&town))]).unwrap();
    assert_eq!(vlans(&json, "ssid 職員:ap1 radio0", "ap1:radio0"), Some(Value::Null), "{:#}", json["links"]);
    let at = town.iter().position(|(model, ..)| *model == "wireless.wirelesslan").unwrap();
    town[at] = lan(Value::Null);
    town.truncate(at + 1);
    let Imported { told, lost, .. } = import(&[("n.json", &dump(&town))]).unwrap();
    assert_eq!(lost, 1);
    assert!(told.iter().any(|one| one.contains("this SSID has neither a VLAN nor an access point")), "{told:?}");
}

#[test]
fn virtual_machines_are_on_the_segments_of_their_addresses() {
    let mut town = town();
    town.push(("virtualization.virtualmachine", 1, json!({ "name": "web", "cluster": 1 })));
    // the number of an interface of a device too
    let fields = json!({ "virtual_machine": 1, "name": "eth0", "enabled": true });
    town.push(("virtualization.vminterface", 31, fields));
    let mut own = address(60, 31, "10.20.1.80/24");
    own.2["assigned_object_type"] = json!(["virtualization", "vminterface"]);
    town.push(own);
    let Imported { json, lost, .. } = import(&[("n.json", &dump(&town))]).unwrap();
    assert_eq!((lost, &node(&json, "web")["addresses"]), (0, &json!(["10.20.1.80"])));
    assert_eq!(vlans(&json, "web:eth0", "10.20.1.0/24"), Some(json!([20])), "{:#}", json["links"]);
    assert_eq!(node(&json, "fw")["addresses"], json!(["10.20.1.254"]));
}

#[test]
fn what_is_not_read_is_told() {
    let mut town = town();
    town.push(("vpn.l2vpntermination", 1, json!({ "l2vpn": 1, "assigned_object_id": 11 })));
    town.push(("dcim.rearport", 2, json!({ "name": "1" })));
    town.push(("extras.journalentry", 3, json!({ "comments": "x" })));
    let Imported { told, lost, .. } = import(&[("n.json", &dump(&town))]).unwrap();
    assert_eq!(lost, 1, "{told:?}");
    assert!(told.iter().any(|one| one.starts_with("`vpn.l2vpntermination` is not read")), "{told:?}");
    // as one line, too
    let Imported { lost, .. } = import(&[("n.json", &dump(&town).replace('\n', " "))]).unwrap();
    assert_eq!(lost, 1);
    let lists = json!({
        "devices": [{ "id": 1, "name": "a" }],
        "cables": [{ "id": 1, "a_terminations": [], "b_terminations": [] }],
        "l2vpn_terminations": [{ "id": 1 }],
        "device-roles": [{ "id": 1 }],
    });
    let Imported { told, lost, .. } = import(&[("n.json", &serde_json::to_string_pretty(&lists).unwrap())]).unwrap();
    assert_eq!(lost, 1, "{told:?}");
}

#[test]
fn numbers_of_kinds_must_be_explained() {
    let mut town = town();
    for (model, _, fields) in &mut town {
        if *model == "dcim.cabletermination" {
            fields["termination_type"] = json!(24);
        }
    }
    let told = import(&[("n.json", &dump(&town))]).err().unwrap();
    assert!(told[0].contains("what kind of object 24 is, the export does not say"), "{told:?}");
    town.push(("contenttypes.contenttype", 24, json!({ "app_label": "dcim", "model": "interface" })));
    let Imported { json, .. } = import(&[("n.json", &dump(&town))]).unwrap();
    assert!(vlans(&json, "acc1:Gi3", "fw:port1").is_some(), "{:#}", json["links"]);
}

#[test]
fn panels_map_several_ports() {
    // since NetBox 4.5: the ports of a panel by mappings of their own
    let mut town = town();
    town.retain(|(model, key, _)| *model != "dcim.cabletermination" || !(4..=5).contains(key));
    let [a, mut b] = cable(2, 13, 70);
    let [mut c, d] = cable(3, 71, 31);
    b.2["termination_type"] = json!(["dcim", "frontport"]);
    c.2["termination_type"] = json!(["dcim", "rearport"]);
    town.extend([a, b, c, d]);
    town.push(("dcim.frontport", 70, json!({ "device": 9, "name": "1" })));
    town.push(("dcim.portmapping", 1, json!({ "front_port": 70, "rear_port": 71 })));
    let Imported { json, .. } = import(&[("n.json", &dump(&town))]).unwrap();
    assert!(vlans(&json, "acc1:Gi3", "fw:port1").is_some(), "{:#}", json["links"]);
}

#[test]
fn without_untagged_vlans_only_tags_pass() {
    let mut town = town();
    for (key, device, tagged) in [(11, 1, [120, 130]), (21, 2, [130, 198])] {
        let at = town.iter().position(|(model, known, _)| *model == "dcim.interface" && *known == key).unwrap();
        town[at] = interface(key, device, "Gi1", trunk(None, &tagged));
    }
    let Imported { json, told, lost } = import(&[("n.json", &dump(&town))]).unwrap();
    let between = link(&json, "acc1:Gi1", "acc2:Gi1");
    assert_eq!((&between["vlans"], lost), (&json!({ "a": [20, 30], "b": [30, 98] }), 0), "{told:?}");
    assert_eq!(between["native"], Value::Null);
}

#[test]
fn ports_of_netbox_meet_those_of_configurations() {
    let core = "hostname acc2\ninterface Gi1\n switchport mode trunk\n switchport trunk native vlan 98\n switchport trunk allowed vlan 20,98\n\
        interface Gi2\n switchport mode access\n switchport access vlan 30\n";
    let Imported { json, .. } = import(&[("n.json", &dump(&town())), ("core", core)]).unwrap();
    let between = link(&json, "acc1:Gi1", "acc2:Gi1");
    assert_eq!(between["vlans"], json!({ "a": [20, 30, 99], "b": [20, 98] }));
    assert_eq!(between["native"], json!([99, 98]));
    // what its configuration says of its free port, with the network that NetBox knows
    assert!(has(&json, "10.30.1.0/24", "acc2"), "{:#}", json["links"]);
    let fw = "config system global\n set hostname fw\nend\nconfig system interface\n edit port1\n  set ip 10.20.1.254 255.255.255.0\n next\n\
        edit lgwan\n  set interface port1\n  set vlanid 30\n  set ip 10.30.1.254 255.255.255.0\n next\nend\n";
    let Imported { json, told, .. } = import(&[("n.json", &dump(&town())), ("fw", fw)]).unwrap();
    assert_eq!(link(&json, "fw:port1", "acc1:Gi3")["vlans"], json!([20]));
    assert!(told.iter().any(|one| one.contains("acc1:Gi3 does not carry the VLAN of fw:lgwan")), "{told:?}");
}
