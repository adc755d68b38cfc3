//! Folders that a site file names, and labs whose nodes start with a configuration.

use super::{document, link, refusals, sanso, site};
use sanso::import::ledger::Fate;
use serde_json::json;
use std::fs;

const A: &str = "hostname a\ninterface Ethernet1\n ip address 10.0.1.1 255.255.255.0\n ip access-group L in\nip access-list extended L\n permit tcp any any eq 443\n";
const B: &str = "hostname b\ninterface Ethernet1\n ip address 10.0.1.2 255.255.255.0\n";

#[test]
fn a_folder_is_read_by_name_and_what_is_nothing_is_told() {
    let head = "sanso-import: 1\ndevices: [{config: configs/}]\n";
    let files = [
        ("s.yaml", head),
        ("configs/b.cfg", B),
        ("configs/a.cfg", A),
        ("configs/README", "what this is\nby whom\n"),
        ("configs/.keep", ""),
        ("configs/old/c.cfg", B),
    ];
    let read = site(&files).map_err(|failure| failure.refusals).unwrap();
    let names: Vec<&str> = read.reads.iter().map(|read| read.ledger.file()).collect();
    assert_eq!(names, ["configs/a.cfg", "configs/b.cfg"]);
    // what is no configuration counts line by line
    assert_eq!(read.lost(), 2);
    let readme = read.tables.iter().find(|table| table.ledger.file() == "configs/README").unwrap();
    assert_eq!(readme.ledger.count(Fate::NotUnderstood), 2);
    let told: Vec<&str> = read.notes.iter().map(|note| note.what.en.as_str()).collect();
    for name in ["configs/.keep was not read: a hidden file", "configs/old was not read: a folder in this folder"] {
        assert!(told.iter().any(|one| one.contains(name)), "{name}: {told:?}");
    }
    assert!(told.iter().any(|one| one.contains("2 of 2 lines of this file are not understood")), "{told:?}");
    // in whatever order the files come
    let mut other = files;
    other[1..].reverse();
    assert_eq!(document(&files), document(&other));
}

#[test]
fn a_folder_of_an_account_is_one_account() {
    let vpc = r#"{"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": "111122223333"}]}"#;
    let subnet = r#"{"Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24", "OwnerId": "111122223333"}]}"#;
    let json = document(&[
        ("s.yaml", "sanso-import: 1\ndevices: [{config: aws}]\n"),
        ("aws/111122223333/ap-northeast-1/vpcs.json", vpc),
        ("aws/111122223333/ap-northeast-1/subnets.json", subnet),
    ]);
    assert!(json["nodes"].as_array().unwrap().iter().any(|node| node["id"] == "vpc-1"), "{json:#}");
}

#[test]
fn a_folder_that_cannot_be_used_is_refused() {
    let of = |devices: &str, files: &[(&str, &str)]| {
        let head = format!("sanso-import: 1\ndevices: [{devices}]\n");
        let mut all = vec![("s.yaml", head.as_str())];
        all.extend(files);
        refusals(&all)
    };
    assert!(of("{config: c, id: x}", &[("c/a", A)])[0].contains("leave `id` out"));
    assert!(of("{config: c}", &[("c/.a", A)])[0].contains("nothing to read in the folder c"));
    // a file that is none of the format that is said is refused like any other
    assert!(!of("{config: c, format: netbox}", &[("c/a", A)]).is_empty());
    let wrong = refusals(&[("s.yaml", "sanso-import: 1\nneighbours: [c]\n"), ("c/a", A)]);
    assert!(wrong[0].contains("c is a folder; name a file"), "{wrong:?}");
}

#[test]
fn links_that_lead_out_of_the_folder_are_not_followed() {
    let root = std::env::temp_dir().join(format!("sanso-folders-{}", std::process::id()));
    fs::create_dir_all(root.join("in/configs")).unwrap();
    fs::write(root.join("b.cfg"), B).unwrap();
    fs::write(root.join("in/configs/a.cfg"), A).unwrap();
    let file = root.join("in/site.yaml");
    fs::write(&file, "sanso-import: 1\ndevices: [{config: configs}]\n").unwrap();
    let file = file.to_str().unwrap();
    assert_eq!(sanso(&["import", file]).0, 0);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(root.join("b.cfg"), root.join("in/configs/b.cfg")).unwrap();
        let (status, _, told) = sanso(&["import", file, "--lang", "en"]);
        assert!(status == 2 && told.contains("configs/b.cfg lies outside the folder"), "{told}");
    }
    fs::write(file, "sanso-import: 1\ndevices: [{config: ..}]\n").unwrap();
    assert_eq!(sanso(&["import", file]).0, 2);
    fs::remove_dir_all(root).unwrap();
}

const LAB: &str = "name: lab\ntopology:\n  kinds:\n    ceos:\n      startup-config: configs/__clabNodeName__.cfg\n  groups:\n    edge:\n      kind: ceos\n  \
    nodes:\n    r1:\n      kind: ceos\n    r2:\n      group: edge\n      startup-config: configs/two.cfg\n    s1:\n      kind: srl\n      startup-config: s1.cli\n    \
    pc:\n      kind: linux\n  links:\n    - endpoints: [\"r1:eth1\", \"r2:eth1\"]\n    - endpoints: [\"r2:eth2\", \"s1:e1-1\"]\n    - endpoints: [\"s1:e1-2\", \"pc:eth1\"]\n";
const TWO: &str = "hostname b\ninterface Ethernet1\n no switchport\n ip address 10.0.1.2 255.255.255.0\ninterface Ethernet2\n no switchport\n ip address 10.0.2.2 255.255.255.0\n";

fn lab<'t>(name: &'t str, text: &'t str) -> Vec<(&'t str, &'t str)> {
    vec![(name, text), ("configs/r1.cfg", A), ("configs/two.cfg", TWO), ("s1.cli", "set / interface ethernet-1/1\n")]
}

#[test]
fn a_lab_brings_the_configurations_of_its_nodes() {
    let files = lab("lab.clab.yml", LAB);
    let read = site(&files).map_err(|failure| failure.refusals).unwrap();
    let json = document(&files);
    let node = |id: &str| json["nodes"].as_array().unwrap().iter().find(|node| node["id"] == id).unwrap().clone();
    // the nodes are called as in the lab, their rules are those of the configurations
    assert_eq!(node("r1")["filters"][0]["rules"][0]["service"], json!(["tcp/443"]));
    assert_eq!(node("r1")["origin"], "configs/r1.cfg:1");
    assert!(json["nodes"].as_array().unwrap().iter().all(|node| node["id"] != "a" && node["id"] != "b"));
    link(&json, "r1:Ethernet1", "r2:Ethernet1");
    link(&json, "r2:Ethernet2", "s1:e1-1");
    link(&json, "s1:e1-2", "pc:eth1");
    // what nobody reads is told, and forwards whatever comes
    let told: Vec<&str> = read.notes.iter().map(|note| note.what.en.as_str()).collect();
    assert!(told.iter().any(|one| one.contains("configurations of the kind srl are not read")), "{told:?}");
    assert_eq!(node("s1")["kind"], "router");
    // the same from a site file that names the lab
    let named = [&[("s.yaml", "sanso-import: 1\ndevices: [{config: lab.clab.yml}]\n")][..], &files].concat();
    assert_eq!(document(&named)["links"], json["links"]);
}

#[test]
fn what_a_lab_starts_with_and_cannot_be_read_is_told() {
    let told = |from: &str, to: &str| {
        let text = LAB.replace(from, to);
        let read = site(&lab("lab.clab.yml", &text)).map_err(|failure| failure.refusals).unwrap();
        let remarks = read.reads.iter().flat_map(|read| read.ledger.remarks()).map(|remark| remark.what.en);
        remarks.collect::<Vec<String>>().join("\n")
    };
    assert!(told("configs/two.cfg", "https://example.jp/r2.cfg").contains("save it beside the lab"));
    assert!(told("configs/two.cfg", ">\n        hostname x").contains("is read behind `|`"));
    let gone = refusals(&lab("lab.clab.yml", &LAB.replace("configs/two.cfg", "configs/three.cfg")));
    assert_eq!(gone, ["lab.clab.yml:14: no configs/three.cfg"]);
    // an interface that the configuration lacks
    let wrong = refusals(&lab("lab.clab.yml", &LAB.replace("r2:eth2", "r2:eth7")));
    assert!(wrong[0].contains("the configuration of r2 has no interface `Ethernet7`"), "{wrong:?}");
}

#[test]
fn a_configuration_within_a_lab_is_read_at_its_place() {
    let within = |mark: &str, deep: usize| {
        let lines: Vec<String> = TWO
            .replace("hostname b", "! a comment: none\n\nhostname b")
            .lines()
            .map(|line| format!("{}{line}", " ".repeat(deep)))
            .collect();
        LAB.replace("configs/two.cfg", &format!("{mark}\n{}", lines.join("\n").trim_end()))
    };
    for text in [within("|", 8), within("|-", 12), within("|2+", 8)] {
        let json = document(&lab("lab.clab.yml", &text));
        link(&json, "r1:Ethernet1", "r2:Ethernet1");
        link(&json, "r2:Ethernet2", "s1:e1-1");
        let r2 = json["nodes"].as_array().unwrap().iter().find(|node| node["id"] == "r2").unwrap();
        assert_eq!(r2["addresses"], json!(["10.0.1.2", "10.0.2.2"]));
        // the place is that in the lab
        let at = text.lines().position(|line| line.trim() == "hostname b").unwrap() + 1;
        assert_eq!(r2["origin"], format!("lab.clab.yml:{at}"));
    }
    // what comes behind it is read on
    let wrong = refusals(&lab("lab.clab.yml", &within("|", 8).replace("r2:eth2", "r2:eth7")));
    assert!(wrong[0].contains("the configuration of r2 has no interface `Ethernet7`"), "{wrong:?}");
    let given = [("lab.clab.yml", within("|", 8).as_bytes().to_vec()), ("configs/r1.cfg", A.as_bytes().to_vec())];
    let given = given.map(|(name, bytes)| (name.to_owned(), bytes));
    let site = sanso::import::site::of_files(given, None).map_err(|failure| failure.refusals).unwrap();
    assert!(site.source.text().contains("10.0.2.2"), "files that are given together have it too");
}

#[test]
fn verify_packet_and_convert_take_a_lab_and_nothing_outside_its_folder() {
    let root = std::env::temp_dir().join(format!("sanso-lab-{}", std::process::id()));
    fs::create_dir_all(root.join("in/configs")).unwrap();
    for (name, text) in lab("lab.clab.yml", LAB) {
        fs::write(root.join("in").join(name), text).unwrap();
    }
    let file = root.join("in/lab.clab.yml");
    let file = file.to_str().unwrap();
    let (_, told, _) =
        sanso(&["packet", file, "--node", "r1", "--in", "Ethernet1", "tcp 10.0.1.9 > 10.9.9.9:443", "--lang", "en"]);
    assert!(told.contains("configs/r1.cfg:6"), "{told}");
    assert_eq!(sanso(&["convert", file]).0, 0);
    let (status, _, told) = sanso(&["verify", file, "--lang", "en"]);
    assert!(told.contains("nothing-to-verify") && status == 2, "the lab is read: it has no zones: {told}");
    fs::write(root.join("two.cfg"), TWO).unwrap();
    fs::write(file, LAB.replace("configs/two.cfg", "../two.cfg")).unwrap();
    let (status, _, told) = sanso(&["verify", file, "--lang", "en"]);
    assert!(status == 2 && told.contains("lab.clab.yml:14: error: ../two.cfg lies outside the folder"), "{told}");
    fs::remove_dir_all(root).unwrap();
}
