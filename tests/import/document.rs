//! What stands in the document: nodes, segments, places.

use sanso::import::{self, Read};
use sanso::packet;
use sanso::source::Source;
use serde_json::Value;

fn imported(files: &[(&str, &str)]) -> Value {
    let reads: Vec<Read> =
        files.iter().map(|(name, text)| import::read(name, text.as_bytes(), None).unwrap()).collect();
    let json = import::document(&reads);
    for text in [json.to_string(), import::yaml::write(&json)] {
        let source = Source::new("f", text.into_bytes()).unwrap();
        let errors = packet::document(&source).1;
        assert!(errors.is_empty(), "{errors:#?}\n{}", source.text());
    }
    json
}

fn node<'j>(json: &'j Value, id: &str) -> &'j Value {
    let nodes = json["nodes"].as_array().unwrap();
    nodes.iter().find(|node| node["id"] == id).unwrap_or_else(|| panic!("{id} in {json:#}"))
}

fn linked(json: &Value, a: &str, b: &str) -> bool {
    json["links"].as_array().unwrap().iter().any(|link| {
        let ends = link["between"].as_array().unwrap();
        (ends[0] == a && ends[1] == b) || (ends[0] == b && ends[1] == a)
    })
}

#[test]
fn devices_meet_on_segments() {
    let json = imported(&[
        (
            "core.cfg",
            "hostname core\ninterface Vlan10\n ip address 10.0.0.1 255.255.255.0\n ip address 10.0.1.1 255.255.255.0 secondary\n\
             interface Loopback0\n ip address 10.255.0.1 255.255.255.255\n ip access-group L in\n\
             interface Loopback1\n ip address 10.254.0.1 255.255.255.0\n\
             interface Vlan20\n ip address 10.0.2.1 255.255.255.0\n shutdown\n\
             ip route 0.0.0.0 0.0.0.0 10.0.0.254\naccess-list 10 permit any\nip access-list standard L\n permit any\n",
        ),
        (
            "fw.conf",
            "config system global\n set hostname fw\nend\nconfig system interface\n edit lan\n  set ip 10.0.0.254 255.255.255.0\n next\n\
             edit vpn1\n next\nend\nconfig vpn ipsec phase1-interface\n edit vpn1\n  set remote-gw 203.0.113.9\n  set psksecret ENC himitsu\n next\nend\n",
        ),
    ]);
    for (a, b) in [
        ("core:Vlan10", "10.0.0.0/24"),
        ("fw:lan", "10.0.0.0/24"),
        ("hosts 10.0.0.0/24", "10.0.0.0/24"),
        // two networks on one interface are one wire
        ("hosts 10.0.1.0/24", "10.0.0.0/24"),
        ("fw:vpn1", "vpn 203.0.113.9"),
    ] {
        assert!(linked(&json, a, b), "{a} {b} in {json:#}");
    }
    assert_eq!(node(&json, "core")["origin"], "core.cfg:1");
    assert_eq!(node(&json, "vpn 203.0.113.9")["kind"], "external");
    assert_eq!(node(&json, "hosts 10.0.1.0/24")["addresses"][0], "10.0.1.0/24");
    let text = json.to_string();
    // what is down, and where nothing leads
    assert!(!text.contains("10.0.2.") && !text.contains("Loopback"), "{text}");
    assert!(text.contains("10.255.0.1") && text.contains("10.254.0.1"), "its addresses are the node's: {text}");
    let routes = node(&json, "core")["routes"].as_array().unwrap();
    assert!(routes.iter().any(|route| route["to"] == "0.0.0.0/0" && route["via"] == "Vlan10"), "{routes:?}");
}

#[test]
fn every_rule_and_translation_has_its_place() {
    for (file, _) in super::configurations() {
        let json = import::document(&[super::read(&file)]);
        for node in json["nodes"].as_array().unwrap() {
            let rules =
                node["filters"].as_array().into_iter().flatten().flat_map(|filter| filter["rules"].as_array().unwrap());
            let all = rules
                .chain(node["nat"].as_array().into_iter().flatten())
                .chain(node["routes"].as_array().into_iter().flatten());
            for item in all.chain([node]) {
                let origin = item["origin"].as_str().unwrap_or_else(|| panic!("{item}"));
                let (name, line) = origin.rsplit_once(':').unwrap();
                assert!(line.parse::<usize>().is_ok_and(|line| line > 0), "{origin}");
                assert_eq!(name, file.file_name().unwrap().to_string_lossy());
            }
        }
    }
}

#[test]
fn names_that_no_document_takes_are_written_as_it_does() {
    imported(&[
        (
            "a:b.cfg",
            "*filter\n:FORWARD DROP [0:0]\n-A FORWARD -i \"x y\" -j ACCEPT\n-A FORWARD -i \"\" -j ACCEPT\nCOMMIT\n",
        ),
        (
            "c.cfg",
            "config system global\n set hostname \"\"\nend\nconfig system interface\n edit \"\"\n  set ip 10.0.0.1 255.255.255.0\n next\n\
             edit \"a\nb\"\n next\nend\nconfig firewall address\n edit \"\"\n  set type fqdn\n  set fqdn \" \"\n next\nend\n\
             config firewall policy\n edit \"\"\n  set srcintf \"\"\n  set dstintf \"a\nb\"\n  set srcaddr \"\"\n  set dstaddr \"all\"\n\
             set service \"\"\n  set action accept\n next\nend\n",
        ),
    ]);
}

#[test]
fn an_ipv6_segment_has_a_name_without_colons() {
    let json = imported(&[(
        "r.cfg",
        "hostname r\ninterface Ethernet1\n ipv6 address 2001:db8:1::1/64\ninterface Ethernet2\n ip address 10.0.0.1 255.255.255.0\n",
    )]);
    assert!(linked(&json, "r:Ethernet1", "2001-db8-1--/64"), "{json:#}");
    assert_eq!(node(&json, "hosts 2001-db8-1--/64")["addresses"][0], "2001:db8:1::/64");
}
