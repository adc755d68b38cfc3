//! One policy rendered for several vendors is one policy: `sanso diff` between any two imports of it finds no tuple and no
//! service that only one lets through. (Assumptions and warnings are of the vendors, and differ.) The README of the cases
//! explains no difference.

use std::collections::BTreeSet;
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

const POLICIES: [(&str, &[&str]); 2] = [
    ("ward", &["cisco", "arista", "ciscoasa", "juniper", "srx", "fortigate", "paloalto", "iptables", "nftables"]),
    ("legacy", &["cisco", "ciscoasa", "srx", "paloalto", "nftables"]),
];

/// The sources and destinations that probes ask about: the edges of every set of the policy, and what lies between. Of each
/// every third.
fn asked(probe: &Value) -> [Vec<IpAddr>; 2] {
    let mut all = [BTreeSet::new(), BTreeSet::new()];
    for check in probe["checks"].as_array().unwrap() {
        let packet = check["packet"].as_str().unwrap();
        let (from, to) = packet.split_once(' ').unwrap().1.split_once(" > ").unwrap();
        for (at, end) in [from, to].into_iter().enumerate() {
            let address = end.rsplit_once(':').map_or(end, |(address, _)| address);
            all[at].insert(address.parse::<IpAddr>().unwrap());
        }
    }
    all.map(|addresses| addresses.into_iter().step_by(3).collect())
}

/// A rendering between those who ask, in one zone, and those who are asked, in another: whatever passes is a tuple.
fn site(probe: &Value, sides: &[Vec<IpAddr>; 2]) -> Value {
    let check = &probe["checks"][0];
    let way = |key: &str| format!("fw:{}", check[key].as_str().unwrap());
    let mut nodes = vec![json!({ "id": "inside", "kind": "switch" }), json!({ "id": "outside", "kind": "switch" })];
    // what comes back is not what the policy is about
    let mut links = vec![
        json!({ "between": ["inside", way("in")], "one_way": true }),
        json!({ "between": [way("out"), "outside"] }),
    ];
    for (side, (switch, zone)) in [("inside", "my-number"), ("outside", "internet")].into_iter().enumerate() {
        for address in &sides[side] {
            let id = format!("{switch} {address}");
            nodes.push(json!({ "id": id, "kind": "server", "zone": zone, "addresses": [address] }));
            links.push(json!({ "between": [id, switch] }));
        }
    }
    json!({ "sanso-import": 1, "hosts": "listed", "nodes": nodes, "links": links,
        "devices": [{ "id": "fw", "config": "config", "format": probe["format"] }] })
}

/// Writes the site of a rendering; `change` is made to its configuration.
fn written(
    cases: &Path,
    folder: &Path,
    name: &str,
    sides: &[Vec<IpAddr>; 2],
    change: impl Fn(String) -> String,
) -> PathBuf {
    let probe: Value = read(&cases.join(format!("{name}.probe.json")));
    let folder = folder.join(name);
    fs::create_dir_all(&folder).unwrap();
    let config = fs::read_to_string(cases.join(probe["config"].as_str().unwrap())).unwrap();
    fs::write(folder.join("config"), change(config)).unwrap();
    let file = folder.join("site.json");
    fs::write(&file, format!("{:#}", site(&probe, sides))).unwrap();
    file
}

fn read(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

/// The requirements of which `sanso diff` finds something changed, and how many pairs something passes between.
fn changed(old: &Path, new: &Path) -> (Vec<String>, u64) {
    let arguments = ["--format", "json", "--fail-on", "never", "--date", "2026-11-22", "--lang", "en"];
    let output =
        Command::new(env!("CARGO_BIN_EXE_sanso")).arg("diff").args([old, new]).args(arguments).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{} {}: {told}", old.display(), new.display());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let requirements = report["requirements"].as_array().unwrap();
    let differ = requirements.iter().filter(|one| one["change"] != "unchanged");
    let isolation = requirements.iter().find(|one| one["id"] == "MN-ISOLATION").unwrap();
    (differ.map(|one| one["id"].to_string()).collect(), isolation["tuples"]["new"].as_u64().unwrap())
}

#[test]
fn renderings_of_one_policy_do_not_differ() {
    let Some(cases) = super::folder().map(|folder| folder.join("aerleon")).filter(|folder| folder.is_dir()) else {
        println!("passed over: there is no ../shared/import-cases/aerleon");
        return;
    };
    let folder = std::env::temp_dir().join(format!("sanso-renderings-{}", std::process::id()));
    for (policy, vendors) in POLICIES {
        let sides = asked(&read(&cases.join(format!("{policy}-cisco.probe.json"))));
        let all: Vec<PathBuf> = vendors
            .iter()
            .map(|vendor| written(&cases, &folder, &format!("{policy}-{vendor}"), &sides, |text| text))
            .collect();
        for (at, old) in all.iter().enumerate() {
            for new in &all[at + 1..] {
                let (differ, tuples) = changed(old, new);
                assert!(tuples > 100, "much of what is asked passes: {tuples}");
                assert!(differ.is_empty(), "{} and {}: {differ:?}", old.display(), new.display());
            }
        }
    }
    // a line that is another is a difference, whichever vendor's
    let sides = asked(&read(&cases.join("ward-cisco.probe.json")));
    let whole = folder.join("ward-cisco/site.json");
    let slips = folder.join("slips");
    for (name, from, to) in [
        ("ward-arista", "permit tcp 10.20.0.0/16 192.0.2.8/29 eq 8080", "deny tcp 10.20.0.0/16 192.0.2.8/29 eq 8080"),
        ("ward-srx", "address PROXY_0 192.0.2.8/29", "address PROXY_0 192.0.2.8/30"),
    ] {
        let slip = |text: String| {
            assert!(text.contains(from), "{name} has {from}");
            text.replacen(from, to, 1)
        };
        let new = written(&cases, &slips, name, &sides, slip);
        assert_eq!(changed(&whole, &new).0, ["\"MN-ISOLATION\""], "{name}: {from} is {to}");
    }
    fs::remove_dir_all(folder).unwrap();
}
