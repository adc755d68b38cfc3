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
        out.push(("dcim.device", key, json!({ "name": name })));
    }
    for vid in [20, 30, 98, 99] {
        out.push(("ipam.vlan", 100 + vid, json!({ "vid": vid, "name": format!("係{vid}"), "group": 1, "site": null })));
    }
    for (key, prefix, vlan, status) in [
        (1, "10.0.0.0/8", None, "container"),
        (2, "10.20.1.0/24", Some(120), "active"),
        (3, "10.30.1.0/24", Some(130), "active"),
        (4, "10.40.1.0/24", None, "active"),
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
    assert!(told.iter().any(|one| one.contains("acc1 has addresses in one network only")), "{told:?}");
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
        "devices": [{ "id": 1, "name": "acc1" }, { "id": 2, "name": "acc2" }, { "id": 3, "name": "fw" }],
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
    let gi1 = |more: Value| with(21, interface(21, 2, "Gi1", more));
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
fn whether_a_switch_routes_only_its_addresses_say() {
    let mut town = town();
    town.push(address(9, 14, "10.20.1.1/24"));
    let kind = |town: &[(&str, u32, Value)]| {
        let Imported { json, told, .. } = import(&[("n.json", &dump(town))]).unwrap();
        let node = node(&json, "acc1").clone();
        (node["kind"].clone(), node["routed_vlans"].clone(), told.join("\n"))
    };
    let (two, routed, told) = kind(&town);
    assert_eq!((two, routed), (json!("l3-switch"), Value::Null));
    assert!(told.contains("acc1 has addresses in 2 networks: it is taken to route between all VLANs"), "{told}");
    town.retain(|(model, ..)| *model != "ipam.ipaddress");
    assert_eq!(kind(&town).0, "l3-switch", "nobody knows");
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
