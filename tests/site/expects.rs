//! Tables of what the network as a whole is to let through.

use super::{document, sanso, site};
use serde_json::{Value, json};
use std::fs;

const CONFIG: &str = "hostname r\nip access-list extended L\n permit tcp 10.0.1.0 0.0.0.255 host 10.0.2.9 eq 443\n\
    interface Ethernet1\n ip address 10.0.1.1 255.255.255.0\n ip access-group L in\n\
    interface Ethernet2\n ip address 10.0.2.1 255.255.255.0\n";

const SITE: &str = "sanso-import: 1\ndevices: [{config: r}]\nzones: {lgwan: {networks: [10.0.1.0/24]}, my-number: {networks: [10.0.2.0/24]}}\n\
    tables:\n  - {file: h.csv, kind: hosts}\n  - {file: f.csv, kind: flows, expect: true}\n";

const HOSTS: &str = "名称,IPアドレス,種別\n端末1,10.0.1.5,端末\n端末2,10.0.1.6,端末\n業務,10.0.2.9,サーバ\n";

fn files<'t>(site: &'t str, flows: &'t str) -> [(&'t str, &'t str); 4] {
    [("s.yaml", site), ("r", CONFIG), ("h.csv", HOSTS), ("f.csv", flows)]
}

fn expects(site: &str, flows: &str) -> Value {
    document(&files(site, flows))["expects"].clone()
}

#[test]
fn rows_become_what_the_document_expects_of_the_nodes_that_have_the_addresses() {
    let flows = "No,送信元,宛先,プロトコル,ポート,方向\n1,10.0.1.0/24,業務,TCP,443\n2,業務,10.0.1.6,UDP,53,⇔\n3,lgwan,すべて,ICMP,\n";
    let one = |id: &str, from: &[&str], to: &[&str], service: &str| json!({ "id": id, "from": from, "to": to, "service": [service] });
    let (both, server) = (["node:端末1", "node:端末2"], ["node:業務"]);
    let wanted = json!([
        one("1", &both, &server, "tcp/443"),
        one("2", &server, &["node:端末2"], "udp/53"),
        one("2 ←", &["node:端末2"], &server, "udp/53"),
        one("3", &["zone:lgwan"], &["any"], "icmp"),
    ]);
    assert_eq!(expects(SITE, flows), wanted);
    // Those written by hand stay, and bear their names.
    let by_hand = format!("{SITE}expects: [{{id: '1', from: 'node:業務', to: 'node:端末1', service: [any]}}]\n");
    let found = expects(&by_hand, "No,送信元,宛先,プロトコル,ポート\n1,10.0.1.5,業務,TCP,443\n");
    assert_eq!(found[0]["service"], json!(["any"]));
    assert_eq!((&found[1]["id"], &found[1]["from"]), (&json!("1 (2)"), &json!(["node:端末1"])));
}

#[test]
fn a_row_of_nobody_is_told_and_one_that_names_nobody_is_refused() {
    let site = site(&files(SITE, "送信元,宛先,プロトコル,ポート\n10.0.1.77,業務,TCP,443\n"))
        .map_err(|failure| failure.refusals)
        .unwrap();
    let told: Vec<_> =
        site.notes.iter().filter(|note| &*note.origin.file == "f.csv").map(|note| note.what.en.as_str()).collect();
    assert!(matches!(told[..], [one] if one.contains("no node declares an address")), "{told:?}");
    let refused = super::refusals(&files(SITE, "送信元,宛先,プロトコル,ポート\n誰か,業務,TCP,443\n"));
    assert!(refused[0].starts_with("f.csv A2: `誰か`"), "{refused:?}");
    let neither = super::refusals(&files(
        &SITE.replace(", expect: true", ""),
        "送信元,宛先,プロトコル,ポート\n業務,業務,TCP,443\n",
    ));
    assert!(neither[0].contains("`expect: true`"), "{neither:?}");
}

#[test]
fn what_the_network_does_not_let_through_is_found_at_its_row_by_a_policy_that_asks() {
    let root = std::env::temp_dir().join(format!("sanso-expects-{}", std::process::id()));
    fs::create_dir_all(&root).unwrap();
    let flows = "No,送信元,宛先,プロトコル,ポート\n1,10.0.1.0/24,業務,TCP,443\n2,端末1,業務,TCP,22\n";
    for (name, text) in files(SITE, flows) {
        fs::write(root.join(name), text).unwrap();
    }
    let file = root.join("s.yaml");
    let file = file.to_str().unwrap();
    let policy = concat!(env!("CARGO_MANIFEST_DIR"), "/policies/three-tier-alpha-all.json");
    let (_, told, errors) = sanso(&["verify", file, "--policy", policy, "--format", "json", "--lang", "en"]);
    let report: Value = serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error}: {told} {errors}"));
    let all = report["requirements"].as_array().unwrap();
    let found = &all.iter().find(|one| one["id"] == "EXPECTED").unwrap()["findings"];
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found:#}");
    assert!(found[0]["location"]["origin"].as_str().unwrap().ends_with("f.csv B3"), "{found:#}");
    let stop = &found[0]["obstacles"][0];
    assert_eq!((&stop["kind"], &stop["packet"]["destination_port"]), (&json!("rule"), &json!(22)), "{found:#}");
    // Where the policy does not ask, that is told.
    let (_, told, _) = sanso(&["verify", file, "--lang", "en"]);
    assert!(told.contains("what `1` and 1 more expect is not judged"), "{told}");
    fs::remove_dir_all(root).unwrap();
}

/// The policy that the page on import shows, which asks what is open beyond what is listed.
fn unlisted() -> String {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/import.md")).unwrap();
    let from = page.find("sanso-policy: 1").expect("a policy on the page");
    page[from..from + page[from..].find("```").unwrap()].to_owned()
}

#[test]
fn what_is_open_beyond_a_table_is_found_by_a_policy_that_asks() {
    let root = std::env::temp_dir().join(format!("sanso-unlisted-{}", std::process::id()));
    fs::create_dir_all(&root).unwrap();
    let site = SITE.replace("expect: true", "expect: true, waives: UNLISTED");
    let closed = format!("{CONFIG} ip access-group BACK in\nip access-list extended BACK\n deny ip any any\n");
    let found = |config: &str, flows: &str| {
        for (name, text) in files(&site, flows) {
            fs::write(root.join(name), if name == "r" { config } else { text }).unwrap();
        }
        let policy = root.join("listed.yaml");
        fs::write(&policy, unlisted()).unwrap();
        let file = root.join("s.yaml");
        let call = ["verify", file.to_str().unwrap(), "--policy", policy.to_str().unwrap(), "--format", "json"];
        let (_, told, errors) = sanso(&call);
        let report: Value = serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error}: {told} {errors}"));
        let all = report["requirements"].as_array().unwrap().clone();
        let one = all.iter().find(|one| one["id"] == "UNLISTED").unwrap().clone();
        (one["verdict"].as_str().unwrap().to_owned(), one.to_string())
    };
    let all = "送信元,宛先,プロトコル,ポート\n10.0.1.0/24,10.0.1.0/24,,\n10.0.1.0/24,業務,TCP,443\n";
    let (verdict, told) = found(&closed, all);
    assert_eq!(verdict, "proved", "{told}");
    // a list that permits more, and a table that lists less
    let wider = closed.replace("eq 443\n", "eq 443\n permit tcp 10.0.1.0 0.0.0.255 host 10.0.2.9 eq 22\n");
    let (verdict, told) = found(&wider, all);
    assert!(verdict == "violated" && told.contains("\"port\":22") || told.contains(":22"), "{verdict}: {told}");
    assert_eq!(found(&closed, &all.replace("443", "444")).0, "violated");
    // without such a requirement it cannot be waived; nor of a table that is compared with a device
    let file = root.join("s.yaml");
    let (status, _, told) = sanso(&["verify", file.to_str().unwrap(), "--lang", "en"]);
    assert!(status == 2 && told.contains("UNLISTED"), "{status}: {told}");
    let refused = super::refusals(&files(&site.replace("expect: true", "at: r, expect: true"), all));
    assert!(refused[0].contains("`waives` names requirements"), "{refused:?}");
    fs::remove_dir_all(root).unwrap();
}
