//! `sanso packet --from` against the interpreter: from each endpoint a packet reaches whom the interpreter opens a session to.

use crate::campaign::number;
use crate::interpreter;
mod causes;
mod coverage;
mod exposure;
mod least;
mod ledger;
mod repair;
mod rules;
mod vendors;
mod why;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::process::Command;

use crate::interpreter::{Known, known_sessions, random};
use sanso::packet::{self, Asker, Packet};
use sanso::source::Source;
use serde_json::{Value, json};

/// Source ports that stand for all: those that rules name, their neighbours, and one besides.
fn source_ports(document: &Value) -> Vec<u16> {
    fn numbers(value: &Value, in_port: bool, out: &mut BTreeSet<u16>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(key, value)| numbers(value, key == "source_port", out)),
            Value::Array(items) => items.iter().for_each(|item| numbers(item, in_port, out)),
            Value::Number(number) if in_port => out.extend(number.as_u64().and_then(|port| u16::try_from(port).ok())),
            Value::String(text) if in_port => {
                out.extend(text.split('-').filter_map(|port| port.trim().parse::<u16>().ok()))
            }
            _ => {}
        }
    }
    let mut named = BTreeSet::new();
    numbers(document, false, &mut named);
    let around = named.iter().flat_map(|port| [port.saturating_sub(1), *port, port.saturating_add(1)]);
    around.chain([1024]).collect::<BTreeSet<u16>>().into_iter().collect()
}

/// Whom packets reach that are like `sent` but for the source port, and whether every way was followed.
fn reached(
    asker: &Asker<'_>,
    from: &str,
    sent: (IpAddr, IpAddr, u8, Option<u16>),
    ports: &[u16],
) -> (BTreeSet<String>, bool) {
    let (source, destination, protocol, port) = sent;
    let node = asker.node(from).expect("a node");
    let (mut out, mut whole) = (BTreeSet::new(), true);
    for &source_port in if port.is_some() { ports } else { &[0][..] } {
        let destination_port = port.unwrap_or(0);
        let packet = Packet { source, destination, protocol, source_port, destination_port };
        match asker.walk(node, packet) {
            Ok(walk) => {
                whole &= !walk.cut;
                out.extend(walk.reached.into_iter().map(|one| one.node));
            }
            Err(why) => panic!("{from} may send {packet}: {}", why.en),
        }
    }
    (out, whole)
}

#[test]
fn packets_reach_whom_the_interpreter_says() {
    let count = number("SANSO_DOCUMENTS", 300);
    let (mut asked, mut reached_any, mut followed) = (0, 0, 0);
    for seed in 0..count {
        for document in [random::document(seed), random::fourth(seed)] {
            let text = document.to_string();
            let source = Source::new("d.json", text.into_bytes()).unwrap();
            let (Some(read), errors) = packet::document(&source) else { continue };
            if !errors.is_empty() {
                continue;
            }
            let known = known_sessions(&document).unwrap();
            let asker = Asker::new(&read);
            let ports = source_ports(&document);
            // every header that anybody sends to anybody, asked of everybody who sends from that source
            let mut of_sender: BTreeMap<&str, BTreeSet<IpAddr>> = BTreeMap::new();
            for (from, _, source, ..) in &known {
                of_sender.entry(from).or_default().insert(*source);
            }
            let others: BTreeSet<(IpAddr, u8, Option<u16>)> =
                known.iter().map(|(_, _, _, destination, protocol, port)| (*destination, *protocol, *port)).collect();
            for (from, sources) in &of_sender {
                for &source in sources.iter().take(3) {
                    for &(destination, protocol, port) in
                        others.iter().filter(|(other, ..)| other.is_ipv4() == source.is_ipv4()).take(12)
                    {
                        let expected: BTreeSet<String> = known
                            .iter()
                            .filter(|one: &&Known| {
                                (one.0.as_str(), one.2, one.3, one.4, one.5)
                                    == (*from, source, destination, protocol, port)
                            })
                            .map(|one| one.1.clone())
                            .collect();
                        let (found, whole) = reached(&asker, from, (source, destination, protocol, port), &ports);
                        let found: BTreeSet<String> = found.into_iter().filter(|to| to != from).collect();
                        asked += 1;
                        reached_any += usize::from(!found.is_empty());
                        let packet = format!("{from} {source} > {destination} {protocol}/{port:?}");
                        let right = if whole { found == expected } else { found.is_subset(&expected) };
                        followed += usize::from(whole);
                        assert!(
                            right,
                            "seed {seed}: {packet} reaches {found:?}, not {expected:?} (whole: {whole})
{document:#}"
                        );
                    }
                }
            }
        }
    }
    println!("{asked} packets, {reached_any} reach somebody");
    assert!(followed * 2 > asked, "{followed} of {asked} were followed whole");
    assert!(asked > 500 && reached_any > 100, "{asked} {reached_any}");
}

fn sanso(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_sanso"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_call_tells_the_way_and_where_others_end() {
    let site = |name: &str| format!("topologies/import/{name}/site.yaml");
    let slips = site("hikari-slips");
    let asked = "tcp 10.30.1.101:1024 > 10.255.2.5:443";
    let (status, out, _) = sanso(&["packet", &slips, "--from", "インターネット端末", asked, "--lang", "en"]);
    assert_eq!(status, 0, "{out}");
    assert!(out.contains("reaches lgwan-net as tcp 10.30.1.101:1024 > 10.255.2.5:443"), "{out}");
    assert!(out.contains("policies: policy 9 (topologies/import/hikari-slips/configs/fw1.conf:84)"), "{out}");
    let (status, out, _) = sanso(&["packet", &site("hikari"), "--from", "インターネット端末", asked, "--lang", "en"]);
    assert_eq!(status, 1, "{out}");
    assert!(out.contains("reaches nobody") && out.contains("ends at fw1 [it] -> [wan2]"), "{out}");
    assert!(out.contains("implicit deny (topologies/import/hikari/configs/fw1.conf:95)"), "{out}");
    let (status, out, _) = sanso(&["packet", &slips, "--from", "インターネット端末", asked, "--format", "json"]);
    assert_eq!(status, 0);
    let json: Value = serde_json::from_str(out.trim()).unwrap();
    assert_eq!(json["verdict"], "permit");
    assert_eq!(json["reached"][0]["node"], "lgwan-net");
    let (status, _, told) = sanso(&[
        "packet",
        &slips,
        "--from",
        "インターネット端末",
        "tcp 10.9.9.9:1024 > 10.255.2.5:443",
        "--lang",
        "en",
    ]);
    assert_eq!(status, 2);
    assert!(told.contains("does not send from 10.9.9.9; it has 10.30.1.101"), "{told}");
    assert_eq!(sanso(&["packet", &slips, "--from", "nobody", asked]).0, 2);
}

/// Where an l3-switch names no VLAN, one link with all of them joins its halves, and its interface is `vlan1`.
#[test]
fn without_vlans_to_route_all_are_routed() {
    let document = json!({ "sanso": 1, "nodes": [
        { "id": "a", "zone": "lgwan", "addresses": ["10.2.0.1"] },
        { "id": "b", "zone": "my-number", "addresses": ["10.1.0.1"] },
        { "id": "l3", "kind": "l3-switch", "routed_vlans": [], "filter": { "in": ["vlan1"], "default": "deny", "rules": [
            { "action": "permit", "from": ["10.2.0.1"], "service": "tcp/443", "in": ["vlan1"] }] } } ],
        "links": [{ "between": ["a", "l3"], "vlans": [20] }, { "between": ["l3", "b"], "vlans": [10] }] });
    let source = Source::new("d.json", document.to_string().into_bytes()).unwrap();
    let (read, errors) = packet::document(&source);
    assert_eq!(errors, []);
    let read = read.unwrap();
    let asker = Asker::new(&read);
    let reach = |packet: &str| {
        let walk = asker.walk(asker.node("a").unwrap(), packet::packet(packet).unwrap()).unwrap();
        (walk.reaches(), walk.reached.iter().map(|one| one.node.clone()).collect::<Vec<_>>())
    };
    assert_eq!(reach("tcp 10.2.0.1:1024 > 10.1.0.1:443"), (Some(true), vec!["b".to_owned()]));
    assert_eq!(reach("tcp 10.2.0.1:1024 > 10.1.0.1:80"), (Some(false), vec![]));
}

/// A firewall that translates to one of many addresses and looks at what it makes of them is not followed to the end: nobody may say that
/// nothing gets through. Where it looks at the packet as it came, somebody may.
#[test]
fn where_not_every_way_is_followed_nobody_found_is_no_denial() {
    let document = |sees: &str, nat: Value| {
        json!({ "sanso": 1, "nodes": [
            { "id": "a", "zone": "lgwan", "addresses": ["10.2.0.1"] },
            { "id": "b", "zone": "my-number", "addresses": ["10.1.0.1"] },
            { "id": "fw", "kind": "firewall", "filter": { "sees": { "source": sees }, "rules": [] }, "nat": nat } ],
            "links": [["a", "fw"], ["fw", "b"]] })
    };
    let many = json!([{ "source": "10.9.0.0/24", "from": "any" }]);
    for (name, sees, nat, status, verdict, said) in [
        ("kept", "original", json!([{ "source": "keep", "from": "any" }]), 1, "deny", "reaches nobody"),
        ("original", "original", many.clone(), 1, "deny", "reaches nobody"),
        ("translated", "translated", many, 3, "undecided", "not every way was followed"),
    ] {
        let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("followed-{name}.json"));
        std::fs::write(&file, document(sees, nat).to_string()).unwrap();
        let file = file.to_str().unwrap();
        let asked = "tcp 10.2.0.1:1024 > 10.1.0.1:443";
        let (found, out, told) = sanso(&["packet", file, "--from", "a", asked, "--lang", "en"]);
        assert_eq!(found, status, "{name}: {out}{told}");
        assert!(out.starts_with(verdict) && out.contains(said), "{name}: {out}");
        assert_eq!(out.contains("reaches nobody"), verdict == "deny", "{name}: {out}");
        let (found, out, _) = sanso(&["packet", file, "--from", "a", asked, "--format", "json"]);
        let json: Value = serde_json::from_str(out.trim()).unwrap();
        assert_eq!(
            (found, &json["verdict"], &json["complete"]),
            (status, &json!(verdict), &json!(status == 1)),
            "{name}"
        );
    }
}
