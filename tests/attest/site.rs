//! Attestations of sites: every file that a site file names is signed, by its name.

use super::payload;
use super::room::{DATE, Room};
use serde_json::Value;

const SITE: &str = "sanso-import: 1
devices: [{config: configs/a.cfg}, {config: configs/b.cfg}]
hosts: listed
zones: {my-number: {networks: [10.10.0.0/24]}, internet: {networks: [10.30.0.0/24]}}
nodes:
  - {id: juki, kind: terminal, addresses: [10.10.0.5], zone: my-number, controls: [mfa, export-disabled]}
  - {id: web, kind: terminal, addresses: [10.30.0.5], zone: internet}
";

/// A router of which nothing passes; of another name, everything.
fn router(name: &str, own: u8, action: &str) -> String {
    format!(
        "hostname {name}\ninterface Ethernet1\n ip address 10.{own}.0.1 255.255.255.0\n ip access-group L in\n\
         interface Ethernet2\n ip address 10.20.0.{own} 255.255.255.0\n ip access-group L in\n\
         ip access-list extended L\n {action} ip any any\n"
    )
}

#[test]
fn a_site_is_attested_with_every_file_that_it_names() {
    let room = Room::new("site");
    std::fs::create_dir_all(room.path("configs")).expect("it can be made");
    room.write("site.yaml", SITE);
    room.write("configs/a.cfg", router("a", 10, "deny"));
    room.write("configs/b.cfg", router("b", 30, "deny"));
    room.ok(&["keygen", "-o", "key"]);
    room.ok(&["prove", "site.yaml", "-o", "cert.json", "--date", DATE]);
    room.ok(&["convert", "site.yaml", "-o", "site.json"]);
    room.ok(&["attest", "site.yaml", "--key", "key", "--certificate", "cert.json", "--date", DATE, "-o", "att.json"]);
    let statement: Value = serde_json::from_slice(&payload(&room.read("att.json"))).expect("JSON");
    let subjects = statement["subject"].as_array().expect("a list").iter();
    let subjects: Vec<String> =
        subjects.map(|one| format!("{} {}", one["annotations"]["sansoRole"].as_str().unwrap(), one["name"])).collect();
    assert_eq!(
        subjects,
        [
            "document \"site.yaml\"",
            "document-as-json \"site.yaml.json\"",
            "input \"configs/a.cfg\"",
            "input \"configs/b.cfg\"",
            "certificate \"cert.json\""
        ]
    );
    let check = ["check", "site.yaml", "--attestation", "att.json", "--trust", "key.pub"];
    let said = room.ok(&check);
    assert_eq!(said.matches("is configs/").count(), 2, "{said}");
    // What was proved is the document that the site is.
    room.ok(&["check", "site.json", "cert.json", "--attestation", "att.json", "--trust", "key.pub"]);

    // A configuration that was changed, or stands in the place of another, is not what was signed.
    room.write("configs/a.cfg", router("a", 10, "permit"));
    room.says(1, &check, "configs/a.cfg (sha256", "configs/a.cfg（sha256");
    room.write("configs/a.cfg", router("b", 30, "deny"));
    room.write("configs/b.cfg", router("a", 10, "deny"));
    room.says(1, &check, "rejected", "不受理");
    // Nor is one that is gone.
    std::fs::remove_file(room.path("configs/b.cfg")).expect("it can be removed");
    room.ends(2, &check);
}
