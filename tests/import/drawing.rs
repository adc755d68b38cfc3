//! Drawings: what the data of shapes and connectors says, joined to configurations by names; and what `sanso convert` draws,
//! which is read again without loss.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use base64ct::{Base64, Encoding as _};
use sanso::import::{self, draw, site};
use sanso::source::Source;
use serde_json::{Value, json};

use crate::interpreter::random;

const HEAD: &str = "<mxfile><diagram id=\"d\" name=\"p\">";
const TAIL: &str = "</diagram></mxfile>\n";

/// Cells of a page within their frame.
fn model(cells: &str) -> String {
    format!(
        "<mxGraphModel>\n<root>\n<mxCell id=\"0\"/>\n<mxCell id=\"1\" parent=\"0\"/>\n{cells}</root>\n</mxGraphModel>"
    )
}

/// As draw.io compresses a page: percent signs, deflate, base64.
fn packed(model: &str) -> String {
    let mut percent = String::new();
    for byte in model.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => percent.push(char::from(byte)),
            other => percent.push_str(&format!("%{other:02X}")),
        }
    }
    let mut deflated = flate2::read::DeflateEncoder::new(percent.as_bytes(), flate2::Compression::default());
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut deflated, &mut bytes).unwrap();
    Base64::encode_string(&bytes)
}

pub(super) struct Imported {
    pub(super) json: Value,
    pub(super) told: Vec<String>,
    pub(super) lost: usize,
}

pub(super) fn import(files: &[(&str, &str)]) -> Result<Imported, Vec<String>> {
    let files: Vec<(String, Vec<u8>)> =
        files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    let site = site::of_files(files, None).map_err(|failure| {
        failure.refusals.iter().map(|one| format!("{}{:?}: {}", one.file, one.place, one.what.en)).collect::<Vec<_>>()
    })?;
    let errors = sanso::packet::document(&site.source).1;
    if !errors.is_empty() {
        return Err(errors.iter().map(|error| format!("{error:?}")).collect());
    }
    let remarks = site.reads.iter().flat_map(|read| read.ledger.remarks()).map(|remark| remark.what.en);
    let told = remarks.chain(site.notes.iter().map(|note| note.what.en.clone())).collect();
    let lost = site.lost();
    Ok(Imported { json: serde_json::from_str(site.source.text()).unwrap(), told, lost })
}

pub(super) fn node<'j>(json: &'j Value, id: &str) -> &'j Value {
    let found = json["nodes"].as_array().unwrap().iter().find(|node| node["id"] == id);
    found.unwrap_or_else(|| panic!("no node {id} in {json:#}"))
}

pub(super) fn link<'j>(json: &'j Value, a: &str, b: &str) -> &'j Value {
    let found = json["links"].as_array().unwrap().iter().find(|link| link["between"] == json!([a, b]));
    found.unwrap_or_else(|| panic!("no link {a} {b} in {:#}", json["links"]))
}

const SHAPES: &str = "\
<object id=\"z\" label=\"LGWAN&lt;br&gt;接続系\" kind=\"zone\" zone=\"lgwan\" networks=\"10.20.0.0/16, 10.21.0.0/16\" title=\"LGWAN接続系\">\n\
<mxCell vertex=\"1\" parent=\"1\"/>\n</object>\n\
<object id=\"z2\" label=\"dmz\" kind=\"zone\" base=\"internet\">\n<mxCell vertex=\"1\" parent=\"1\"/>\n</object>\n\
<UserObject id=\"a\" label=\"&lt;b&gt;lg-fs&lt;/b&gt;\" kind=\"server\" addresses=\"10.20.1.5/24\" controls=\"mfa, export-disabled\" count=\"3\" owner=\"情報課\">\n\
<mxCell vertex=\"1\" parent=\"z\"/>\n</UserObject>\n\
<object id=\"b\" label=\"ファイアウォール\" node=\"fw1\" kind=\"firewall\" tags=\"security-cloud edge\" rack=\"R3\" 備考=\"x\">\n\
<mxCell vertex=\"1\" parent=\"1\"/>\n</object>\n\
<object id=\"c\" label=\"web\" kind=\"server\" zone=\"internet\">\n<mxCell vertex=\"1\" parent=\"z2\"/>\n</object>\n\
<object id=\"d\" label=\"ns\" zone=\"\" kind=\"server\">\n<mxCell vertex=\"1\" parent=\"z2\"/>\n</object>\n\
<mxCell id=\"e\" value=\"only a remark\" vertex=\"1\" parent=\"1\"/>\n\
<mxCell id=\"f\" value=\"sw\" vertex=\"1\" parent=\"1\"/>\n\
<object id=\"l1\" label=\"%vlans%\" placeholders=\"1\" interface_a=\"lan\" vlans=\"20, 30-39\" link_id=\"L1\" circuit=\"lgwan\">\n\
<mxCell edge=\"1\" source=\"b\" target=\"f\" parent=\"1\"/>\n</object>\n\
<mxCell id=\"l2\" value=\"庁内\" edge=\"1\" source=\"f\" target=\"a\" parent=\"1\"/>\n\
<mxCell id=\"l2s\" value=\"Gi0/1\" vertex=\"1\" connectable=\"0\" parent=\"l2\">\n<mxGeometry x=\"-0.8\" relative=\"1\" as=\"geometry\"/>\n</mxCell>\n\
<mxCell id=\"l2t\" value=\"eth0\" vertex=\"1\" connectable=\"0\" parent=\"l2\">\n<mxGeometry x=\"0.6\" relative=\"1\" as=\"geometry\"/>\n</mxCell>\n\
<object id=\"l3\" label=\"\" one_way=\"true\">\n<mxCell edge=\"1\" source=\"b\" target=\"c\" parent=\"1\"/>\n</object>\n\
<object id=\"s1\" label=\"s1\" kind=\"switch\">\n<mxCell vertex=\"1\" parent=\"1\"/>\n</object>\n\
<object id=\"s2\" label=\"s2\" kind=\"l3-switch\" routed_vlans=\"\">\n<mxCell vertex=\"1\" parent=\"1\"/>\n</object>\n\
<object id=\"l6\" label=\"\" vlans_a=\"10\" vlans_b=\"10, 20\" native=\"10, 20\">\n<mxCell edge=\"1\" source=\"s1\" target=\"s2\" parent=\"1\"/>\n</object>\n\
<mxCell id=\"l4\" edge=\"1\" source=\"b\" target=\"z\" parent=\"1\"/>\n\
<mxCell id=\"l5\" edge=\"1\" source=\"b\" target=\"d\" parent=\"1\"/>\n";

#[test]
fn data_of_shapes_and_connectors_becomes_what_it_says() {
    let plain = format!("{HEAD}{}{TAIL}", model(SHAPES));
    let compressed = format!("{HEAD}{}{TAIL}", packed(&model(SHAPES)));
    for text in [&plain, &compressed] {
        let Imported { json, told, lost } = import(&[("a.drawio", text)]).unwrap();
        assert_eq!(json["zones"]["lgwan"]["networks"], json!(["10.20.0.0/16", "10.21.0.0/16"]));
        assert_eq!(json["zones"]["lgwan"]["title"], "LGWAN接続系");
        assert_eq!(json["zones"]["dmz"]["base"], "internet");
        let fs = node(&json, "lg-fs");
        assert_eq!((&fs["kind"], &fs["zone"], &fs["count"]), (&json!("server"), &json!("lgwan"), &json!(3)));
        assert_eq!((&fs["addresses"], &fs["owner"]), (&json!(["10.20.1.5"]), &json!("情報課")));
        assert_eq!(fs["controls"], json!(["mfa", "export-disabled"]));
        let fw = node(&json, "fw1");
        assert_eq!((&fw["kind"], &fw["tags"]), (&json!("firewall"), &json!(["security-cloud", "edge"])));
        assert_eq!(fw["filters"][0]["default"], "permit", "nobody said what it stops");
        // what a shape says of its zone counts, and where it says none it is in none
        assert_eq!(node(&json, "web")["zone"], "internet");
        assert_eq!(node(&json, "ns")["zone"], Value::Null);
        assert_eq!(node(&json, "sw")["kind"], "router", "nobody said what it is");
        assert!(!json.to_string().contains("only a remark"));
        let trunk = link(&json, "fw1:lan", "sw");
        assert_eq!(trunk["vlans"], json!([20, "30-39"]));
        assert_eq!((&trunk["id"], &trunk["circuit"], &trunk["title"]), (&json!("L1"), &json!("lgwan"), &Value::Null));
        assert_eq!(link(&json, "sw:Gi0/1", "lg-fs:eth0")["title"], "庁内");
        assert_eq!(link(&json, "fw1", "web")["one_way"], true);
        let ends = link(&json, "s1", "s2");
        assert_eq!((&ends["vlans"], &ends["native"]), (&json!({ "a": [10], "b": [10, 20] }), &json!([10, 20])));
        assert_eq!(node(&json, "s2")["routed_vlans"], json!([]));
        assert_eq!(json["links"].as_array().unwrap().len(), 5, "a zone is nothing that a connector leads to");
        let says = |text: &str| told.iter().any(|one| one.contains(text));
        assert!(says("rack, 備考"), "{told:?}");
        assert!(says("drawn in the zone dmz; its property `zone` counts: internet"), "{told:?}");
        assert!(says("a connector without a node at both ends"), "{told:?}");
        assert!(says("10.20.1.5/24 is the address of an interface"), "{told:?}");
        assert_eq!(lost, 1, "the line with the properties that nobody knows");
    }
}

#[test]
fn layers_that_are_hidden_are_read_and_told_of() {
    let cells = "<mxCell id=\"old\" value=\"旧構成\" parent=\"0\" visible=\"0\"/>\n\
        <mxCell id=\"a\" value=\"a\" vertex=\"1\" parent=\"old\"/>\n<mxCell id=\"b\" value=\"b\" vertex=\"1\" parent=\"1\"/>\n\
        <mxCell id=\"l\" edge=\"1\" source=\"a\" target=\"b\" parent=\"old\"/>\n";
    let Imported { json, told, .. } = import(&[("a.drawio", &format!("{HEAD}{}{TAIL}", model(cells)))]).unwrap();
    assert_eq!(link(&json, "a", "b")["vlans"], Value::Null);
    assert!(told.iter().any(|one| one.contains("a layer that is hidden")), "{told:?}");
}

#[test]
fn shapes_of_one_label_are_two_nodes_unless_they_say_otherwise() {
    let shape = |id: &str, more: &str| {
        format!("<object id=\"{id}\" label=\"PC\" {more}>\n<mxCell vertex=\"1\" parent=\"1\"/>\n</object>\n")
    };
    let cells = |more: [&str; 2]| {
        let [a, b] = [shape("a", more[0]), shape("b", more[1])];
        let edge = |id: &str, from: &str| {
            format!("<mxCell id=\"{id}\" edge=\"1\" source=\"{from}\" target=\"s\" parent=\"1\"/>\n")
        };
        let sw = "<mxCell id=\"s\" value=\"sw\" vertex=\"1\" parent=\"1\"/>\n";
        format!("{HEAD}{}{TAIL}", model(&format!("{a}{b}{sw}{}{}", edge("l1", "a"), edge("l2", "b"))))
    };
    let two = import(&[("a.drawio", &cells(["", ""]))]).unwrap();
    assert_eq!(two.json["nodes"].as_array().unwrap().len(), 3);
    assert!(two.told.iter().any(|one| one.contains("another shape bears this label")));
    let one = import(&[("a.drawio", &cells(["node=\"pc1\" zone=\"lgwan\"", "node=\"pc1\" owner=\"x\""]))]).unwrap();
    assert_eq!(one.json["nodes"].as_array().unwrap().len(), 2);
    assert_eq!((&node(&one.json, "pc1")["zone"], &node(&one.json, "pc1")["owner"]), (&json!("lgwan"), &json!("x")));
    let refused = import(&[("a.drawio", &cells(["node=\"pc1\" zone=\"lgwan\"", "node=\"pc1\" zone=\"internet\""]))]);
    assert!(refused.is_err_and(|told| told[0].contains("says another `zone`")));
}

const FW: &str = "config system global\n set hostname fw1\nend\nconfig system interface\n edit port1\n  set ip 10.20.1.1 255.255.255.0\n next\n\
    edit port2\n  set ip 10.30.1.1 255.255.255.0\n next\nend\nconfig firewall policy\n edit 1\n  set srcintf port1\n  set dstintf port2\n  set srcaddr all\n\
    set dstaddr all\n  set service ALL\n  set action accept\n  set schedule always\n next\nend\n";
const CORE: &str = "hostname core\ninterface Gi1/0/1\n switchport mode access\n switchport access vlan 20\ninterface Gi1/0/2\n switchport mode trunk\n \
    switchport trunk allowed vlan 20,30\n";

/// A drawing of a firewall and a switch that have configurations, and a machine that has none.
fn joined(connectors: &str) -> String {
    let shape = |id: &str, label: &str, more: &str| {
        format!("<object id=\"{id}\" label=\"{label}\" {more}>\n<mxCell vertex=\"1\" parent=\"1\"/>\n</object>\n")
    };
    let shapes = [
        shape("f", "FW1", "kind=\"firewall\" owner=\"情報課\""),
        shape("c", "core", ""),
        shape("p", "pc1", "kind=\"terminal\" zone=\"lgwan\" addresses=\"10.20.1.7\""),
        shape("r", "branch", "kind=\"router\""),
    ];
    format!("{HEAD}{}{TAIL}", model(&format!("{}{connectors}", shapes.concat())))
}

fn connector(id: &str, ends: [&str; 2], more: &str) -> String {
    let [a, b] = ends;
    format!(
        "<object id=\"{id}\" label=\"\" {more}>\n<mxCell edge=\"1\" source=\"{a}\" target=\"{b}\" parent=\"1\"/>\n</object>\n"
    )
}

#[test]
fn a_drawing_joins_configurations_by_names() {
    let connectors = [
        connector("l1", ["f", "c"], "interface_a=\"port1\" interface_b=\"GigabitEthernet1/0/1\" vlans=\"99\""),
        connector("l2", ["c", "r"], "interface_a=\"Gi1/0/2\" interface_b=\"wan\" circuit=\"leased\""),
        connector("l3", ["p", "f"], ""),
    ];
    let drawing = joined(&connectors.concat());
    let files = [("a.drawio", drawing.as_str()), ("fw", FW), ("core", CORE)];
    let Imported { json, told, .. } = import(&files).unwrap();
    let fw = node(&json, "fw1");
    assert_eq!((&fw["kind"], &fw["owner"]), (&json!("firewall"), &json!("情報課")));
    assert_ne!(fw["filters"][0]["name"], "not in the drawing", "what it lets pass its configuration says");
    assert_eq!(json["nodes"].as_array().unwrap().iter().filter(|node| node["id"] == "FW1").count(), 0);
    // the VLAN is that of the port
    assert_eq!(link(&json, "fw1:port1", "core:Gi1/0/1")["vlans"], json!([20]));
    assert!(told.iter().any(|one| one.contains("`vlans` of this connector is [99]")), "{told:?}");
    let branch = link(&json, "branch:wan", "core:Gi1/0/2");
    assert_eq!((&branch["vlans"], &branch["circuit"]), (&json!([20, 30]), &json!("leased")));
    // a machine of which nobody says the port is on the segment of its address
    let segment =
        json["links"].as_array().unwrap().iter().any(|link| link["between"] == json!(["pc1", "10.20.1.0/24"]));
    assert!(segment, "{:#}", json["links"]);
    assert!(told.iter().any(|one| one.contains("pc1 is on the segment of its address")), "{told:?}");
}

#[test]
fn a_connector_that_leads_to_nobody_knows_which_port_is_an_error() {
    let refused = |connector: String| import(&[("a.drawio", &joined(&connector)), ("fw", FW), ("core", CORE)]).err();
    let told = refused(connector("l", ["r", "c"], "")).unwrap();
    assert!(
        told.iter().any(|one| one.contains("which interface of core does this connector to `branch` lead to")),
        "{told:?}"
    );
    let told = refused(connector("l", ["r", "c"], "interface_b=\"Gi9/9\"")).unwrap();
    assert!(told.iter().any(|one| one.contains("has no interface `Gi9/9`")), "{told:?}");
    // between two that have configurations their addresses and VLANs say how they are joined
    let both = import(&[("a.drawio", &joined(&connector("l", ["f", "c"], ""))), ("fw", FW), ("core", CORE)]).unwrap();
    assert!(both.told.iter().any(|one| one.contains("names no interface of fw1 or core")), "{:?}", both.told);
}

#[test]
fn switches_that_are_drawn_together_are_joined_by_what_both_carry() {
    let switch = |name: &str| CORE.replace("core", name);
    let [a, b, c] =
        ["a", "b", "c"].map(|id| format!("<mxCell id=\"{id}\" value=\"{id}\" vertex=\"1\" parent=\"1\"/>\n"));
    let named = connector("l1", ["a", "b"], "interface_a=\"Gi1/0/2\" interface_b=\"Gi1/0/2\"");
    let unnamed = connector("l2", ["b", "c"], "");
    let other = connector("l3", ["c", "a"], "interface_a=\"Gi1/0/2\" interface_b=\"Gi1/0/1\"");
    let drawing = format!("{HEAD}{}{TAIL}", model(&format!("{a}{b}{c}{named}{unnamed}{other}")));
    let (one, two, three) = (switch("a"), switch("b"), switch("c"));
    let Imported { json, .. } = import(&[("x.drawio", &drawing), ("a", &one), ("b", &two), ("c", &three)]).unwrap();
    assert_eq!(link(&json, "a:Gi1/0/2", "b:Gi1/0/2")["vlans"], json!([20, 30]));
    assert_eq!(link(&json, "b", "c")["vlans"], json!([20, 30]));
}

#[test]
fn what_tables_say_of_a_drawn_machine_counts() {
    let cells = "<mxCell id=\"p\" value=\"pc1\" vertex=\"1\" parent=\"1\"/>\n<mxCell id=\"w\" value=\"wifi\" vertex=\"1\" parent=\"1\"/>\n\
        <mxCell id=\"c\" value=\"core\" vertex=\"1\" parent=\"1\"/>\n<mxCell id=\"l1\" edge=\"1\" source=\"p\" target=\"w\" parent=\"1\"/>\n";
    let drawing =
        format!("{HEAD}{}{TAIL}", model(&format!("{cells}{}", connector("l2", ["w", "c"], "interface_b=\"Gi1/0/2\""))));
    let core = format!("{CORE}interface Vlan20\n ip address 10.20.1.1 255.255.255.0\n");
    let table = "機器名,種別,IPアドレス,区分\npc1,端末,10.20.1.7,LGWAN接続系\n";
    let Imported { json, .. } = import(&[("a.drawio", &drawing), ("core", &core), ("h.csv", table)]).unwrap();
    let pc = node(&json, "pc1");
    assert_eq!(
        (&pc["kind"], &pc["zone"], &pc["addresses"]),
        (&json!("terminal"), &json!("lgwan"), &json!(["10.20.1.7"]))
    );
    // it is where it is drawn, and nowhere else
    let ends: Vec<&Value> = json["links"].as_array().unwrap().iter().map(|link| &link["between"]).collect();
    assert_eq!(ends.iter().filter(|ends| ends.to_string().contains("pc1")).count(), 1, "{ends:?}");
    assert_eq!(link(&json, "wifi:core", "core/switch:Gi1/0/2")["vlans"], json!([20, 30]));
}

#[test]
fn what_no_document_may_say_is_refused_where_it_was_drawn() {
    let shape = |id: &str, more: &str| {
        format!("<object id=\"{id}\" label=\"{id}\" {more}>\n<mxCell vertex=\"1\" parent=\"1\"/>\n</object>\n")
    };
    let refused = |shapes: &str, connectors: &str| {
        let drawing = format!("{HEAD}{}{TAIL}", model(&format!("{shapes}{connectors}")));
        import(&[("a.drawio", &drawing)]).err().unwrap_or_else(|| panic!("{drawing}")).remove(0)
    };
    let mut wrong = Vec::new();
    for (more, place, why) in [
        ("addresses=\"10.20.1\"", 5, "`addresses`: `10.20.1` is neither an address nor a CIDR"),
        ("count=\"many\"", 5, "`count`: expected"),
        ("forwards=\"maybe\"", 5, "`forwards`: expected true or false"),
        ("routed_vlans=\"10\"", 5, "is no l3-switch"),
        ("kind=\"l3-switch\" routed_vlans=\"4095\"", 5, "4095"),
        ("kind=\"l3-switch\" forwards=\"false\"", 5, "always forwards"),
        ("kind=\"zone\" networks=\"10.20.0.1/16\"", 5, "host bits"),
        ("kind=\"zone\" base=\"dmz\"", 5, "`base`: `dmz` is no tier"),
    ] {
        let told = refused(&shape("a", more), &connector("l", ["a", "a"], ""));
        if !told.starts_with(&format!("a.drawioSome(({place}, ")) || !told.contains(why) {
            wrong.push(format!("{more}: {told}"));
        }
    }
    let two = format!("{}{}", shape("a", "kind=\"switch\""), shape("b", ""));
    for (more, why) in [
        ("vlans=\"0\"", "`vlans`: 0 is not a VLAN"),
        ("vlans=\"20-10\"", "20-10"),
        ("circuit=\"isdn\"", "isdn"),
        ("native=\"10\"", "`b` is none"),
        ("vlans_b=\"10\"", "`b` is none"),
        ("one_way=\"yes\"", "`one_way`: expected true or false"),
    ] {
        let told = refused(&two, &connector("l", ["a", "b"], more));
        if !told.starts_with("a.drawioSome((11, ") || !told.contains(why) {
            wrong.push(format!("{more}: {told}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let switches = two.replace("label=\"b\" ", "label=\"b\" kind=\"switch\" ");
    let told = refused(&switches, &connector("l", ["a", "b"], "vlans=\"10\" native=\"20\""));
    assert!(told.contains("the native VLAN 20 is not among"), "{told}");
    let twice = [connector("l", ["a", "b"], "link_id=\"L\""), connector("m", ["b", "a"], "link_id=\"L\"")].concat();
    assert!(refused(&switches, &twice).contains("another connector has the `link_id` L"));
    // a zone that nobody declares the reader of documents tells of
    let told = refused(&shape("a", "zone=\"dmz\""), "");
    assert!(told.contains("UnknownZone"), "{told}");
}

/// What a drawing holds of a document, spelt in one way.
fn held(document: &Value) -> Value {
    let list = |value: &Value| match value {
        Value::Null => json!([]),
        Value::Array(_) => value.clone(),
        one => json!([one]),
    };
    let zones: BTreeMap<String, Value> = document["zones"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(id, zone)| {
            (id.clone(), json!({ "networks": list(&zone["networks"]), "base": zone["base"], "title": zone["title"] }))
        })
        .filter(|(id, zone)| {
            let tier = ["my-number", "lgwan", "internet"].contains(&id.as_str());
            !tier || *zone != json!({ "networks": [], "base": null, "title": null })
        })
        .collect();
    let mut nodes = BTreeMap::new();
    for node in document["nodes"].as_array().unwrap() {
        let mut kept = serde_json::Map::new();
        for key in ["zone", "forwards", "owner", "count", "title", "note"] {
            kept.insert(key.into(), node[key].clone());
        }
        for key in ["addresses", "controls", "tags", "business"] {
            kept.insert(key.into(), list(&node[key]));
        }
        kept.insert("routed_vlans".into(), node.get("routed_vlans").map_or(Value::Null, list));
        kept.insert("kind".into(), node["kind"].as_str().unwrap_or("host").into());
        nodes.insert(node["id"].as_str().unwrap().to_owned(), kept);
    }
    let links: Vec<Value> = document["links"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|link| {
            let link = if link.is_array() { json!({ "between": link }) } else { link.clone() };
            let vlans = match &link["vlans"] {
                Value::Object(sides) => json!({ "a": sides.get("a").map(list), "b": sides.get("b").map(list) }),
                Value::Null => Value::Null,
                other => list(other),
            };
            let one_way = link["one_way"] == true;
            json!([
                link["between"],
                vlans,
                link["native"],
                one_way,
                link["id"],
                link["circuit"],
                link["owner"],
                list(&link["controls"]),
                list(&link["tags"]),
                link["title"],
                link["note"]
            ])
        })
        .collect();
    json!({ "zones": zones, "nodes": nodes, "links": links })
}

/// Draws a document, reads the drawing, and compares.
fn there_and_back(name: &str, json: &str) {
    let drawing = draw(json).unwrap_or_else(|| panic!("{name}"));
    assert_eq!(drawing.text, draw(json).unwrap().text, "{name}: the same bytes");
    let read =
        import(&[("a.drawio", &drawing.text)]).unwrap_or_else(|told| panic!("{name}: {told:?}\n{}", drawing.text));
    assert_eq!(read.lost, 0, "{name}: every line is understood");
    let (before, after) = (held(&serde_json::from_str(json).unwrap()), held(&read.json));
    for key in ["zones", "nodes", "links"] {
        assert_eq!(before[key], after[key], "{name}: {key}");
    }
    nothing_overlaps(name, &drawing.text);
    labels_fit(name, json, &drawing.text);
    let parsed = xmloxide::Document::parse_str(&drawing.text);
    assert!(parsed.is_ok(), "{name}: {:?}", parsed.err());
}

/// The label of a node stands in one line in the middle of its shape, at 7 pixels for half a full-width character: in a rhombus there is
/// half of the width there, in an ellipse two thirds.
fn labels_fit(name: &str, json: &str, drawing: &str) {
    let document: Value = serde_json::from_str(json).unwrap();
    let lines: Vec<&str> = drawing.lines().collect();
    for (at, node) in document["nodes"].as_array().unwrap().iter().enumerate() {
        let open = format!("<object id=\"n{at}\" ");
        let line = lines.iter().position(|line| line.starts_with(&open)).unwrap_or_else(|| panic!("{name}: n{at}"));
        let width: u64 = lines[line + 2].split_once(" width=\"").unwrap().1.split('"').next().unwrap().parse().unwrap();
        let room = match lines[line + 1] {
            style if style.contains("\"rhombus;") => width / 2,
            style if style.contains("\"ellipse;") => width * 2 / 3,
            _ => width,
        };
        let label = node["id"].as_str().unwrap();
        let needs: u64 = label.chars().map(|c| if c.is_ascii() { 7 } else { 14 }).sum();
        assert!(room >= needs, "{name}: {label} needs {needs} of {room}");
    }
}

/// The rectangles of shapes, by layer.
fn areas(drawing: &str) -> BTreeMap<String, Vec<[u64; 4]>> {
    let mut out: BTreeMap<String, Vec<[u64; 4]>> = BTreeMap::new();
    let lines: Vec<&str> = drawing.lines().collect();
    for pair in lines.windows(2).filter(|pair| pair[0].contains("vertex=\"1\"") && pair[1].contains(" width=\"")) {
        let of = |line: &str, key: &str| {
            let behind = line.split_once(&format!(" {key}=\"")).unwrap().1;
            behind.split('"').next().unwrap().to_owned()
        };
        let number = |key: &str| of(pair[1], key).parse().unwrap();
        out.entry(of(pair[0], "parent")).or_default().push(["x", "y", "width", "height"].map(number));
    }
    out
}

fn nothing_overlaps(name: &str, drawing: &str) {
    let areas = areas(drawing);
    let apart = |a: [u64; 4], b: [u64; 4]| {
        a[0] + a[2] <= b[0] || b[0] + b[2] <= a[0] || a[1] + a[3] <= b[1] || b[1] + b[3] <= a[1]
    };
    let within = |a: [u64; 4], b: [u64; 4]| {
        a[0] >= b[0] && a[1] >= b[1] && a[0] + a[2] <= b[0] + b[2] && a[1] + a[3] <= b[1] + b[3]
    };
    let none = Vec::new();
    let (nodes, zones) = (&areas["nodes"], areas.get("zones").unwrap_or(&none));
    for all in [nodes, zones] {
        for (at, one) in all.iter().enumerate().take(400) {
            assert!(all[..at].iter().all(|other| apart(*one, *other)), "{name}: {one:?} lies on another");
        }
    }
    // a node is in one box or beside all
    for node in nodes.iter().take(400) {
        let inside = zones.iter().filter(|zone| within(*node, **zone)).count();
        let beside = zones.iter().filter(|zone| apart(*node, **zone)).count();
        assert!(inside + beside == zones.len() && inside <= 1, "{name}: {node:?}");
    }
}

fn documents(folder: &Path, out: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            documents(&path, out);
        } else if path.extension().is_some_and(|end| end == "yaml" || end == "json") {
            out.push(path);
        }
    }
    out.sort();
}

#[test]
fn every_topology_is_drawn_and_read_again_without_loss() {
    let mut files = Vec::new();
    documents(&Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies"), &mut files);
    let mut count = 0;
    for file in files {
        let source = Source::new(file.to_str().unwrap(), fs::read(&file).unwrap()).unwrap();
        let is_document = !site::is_site(source.text().as_bytes()) && sanso::packet::document(&source).1.is_empty();
        if let Some(json) = sanso::document::convert(&source).filter(|_| is_document) {
            there_and_back(&file.to_string_lossy(), &json);
            count += 1;
        }
    }
    assert!(count > 100, "{count}");
}

#[test]
fn random_documents_are_drawn_and_read_again_without_loss() {
    for seed in 0..300 {
        there_and_back(&format!("document {seed}"), &random::document(seed).to_string());
        there_and_back(&format!("document {seed} of the fourth edition"), &random::fourth(seed).to_string());
    }
}

#[test]
fn names_of_any_kind_come_back_as_they_were() {
    let document = json!({ "sanso": 1, "zones": { "z&<": { "base": "internet", "networks": "192.0.2.0/24", "title": "a \"b\"" } },
    "nodes": [
        { "id": "a  b", "zone": "z&<", "title": "一行\n二行", "note": "<b>&amp;</b>" },
        { "id": "<b>x</b>", "kind": "switch", "tags": ["a b", "c,d", "e、f", "g\\h"] },
        { "id": "&amp;", "kind": "l3-switch", "routed_vlans": [], "controls": "mfa" },
        { "id": "%vlans%", "addresses": ["192.0.2.1", "2001:db8::/64"] },
    ],
    "links": [
        ["a  b:%x%", "&amp;"],
        { "between": ["<b>x</b>", "&amp;:a \"1\""], "vlans": 10, "native": 10, "id": "i&1" },
        ["%vlans%", "&amp;"],
        ["%vlans%", "&amp;"],
    ]});
    there_and_back("names", &document.to_string());
}

#[test]
fn the_drawing_groups_nodes_by_zone_and_tells_what_it_does_not_hold() {
    let out = std::env::temp_dir().join(format!("sanso-{}.drawio", std::process::id()));
    let run = |lang: &str| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_sanso"))
            .args(["convert", "topologies/small/minimal-alpha.yaml", "-o", out.to_str().unwrap(), "--lang", lang])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stderr).unwrap()
    };
    let told = run("en");
    assert!(told.contains("it does not hold `filter` ("), "{told}");
    for key in ["relays", "exceptions", "name"] {
        assert!(told.contains(&format!("`{key}`")), "{told}");
    }
    assert!(run("ja").contains("含まれないもの: "));
    let drawing = fs::read_to_string(&out).unwrap();
    fs::remove_file(&out).unwrap();
    let areas = areas(&drawing);
    let tops: BTreeSet<u64> = areas["zones"].iter().map(|zone| zone[1]).collect();
    assert_eq!((areas["zones"].len(), tops.len()), (3, 1), "the tiers stand side by side");
    let read = import::read("a.drawio", drawing.as_bytes(), None).unwrap();
    assert_eq!(read.format, "drawio");
}
