//! Sites: configurations, tables and what neighbours see, together one network. The example `topologies/import/` has its
//! verdicts; what is wrong with a site is told with its place; layer 2 is that of the ports.

mod expects;
mod folders;
mod routes;
#[path = "import/workbook.rs"]
mod workbook;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sanso::import::site::{self, Failure, Loaded, Site};
use sanso::language::Phrase;
use sanso::source::Source;
use serde_json::Value;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies/import").join(name)
}

/// A site of files that are given as texts; the first is the site file.
fn site(files: &[(&str, &str)]) -> Result<Site, Failure> {
    let bytes: Vec<(&str, Vec<u8>)> = files.iter().map(|(name, text)| (*name, text.as_bytes().to_vec())).collect();
    site_of(&bytes)
}

fn site_of(files: &[(&str, Vec<u8>)]) -> Result<Site, Failure> {
    let source = Source::new(files[0].0, files[0].1.clone()).unwrap();
    let mut load = |name: &str| {
        let found = files.iter().find(|(known, _)| *known == name);
        if let Some((_, bytes)) = found {
            return Ok(Loaded::File(bytes.clone()));
        }
        let folder = format!("{}/", name.trim_end_matches('/'));
        let inside = files.iter().filter_map(|(known, _)| known.strip_prefix(&folder));
        let inside: BTreeMap<String, bool> = inside
            .map(|rest| rest.split_once('/').map_or((rest.to_owned(), false), |(first, _)| (first.to_owned(), true)))
            .collect();
        if inside.is_empty() {
            return Err(Phrase::new(format!("no {name}"), "ない"));
        }
        Ok(Loaded::Folder(inside.into_iter().collect()))
    };
    site::read(&source, &mut load)
}

fn document(files: &[(&str, &str)]) -> Value {
    let site = site(files).map_err(|failure| failure.refusals).unwrap();
    let (_, errors) = sanso::packet::document(&site.source);
    assert!(errors.is_empty(), "{errors:#?}\n{}", site.source.text());
    serde_json::from_str(site.source.text()).unwrap()
}

fn refusals(files: &[(&str, &str)]) -> Vec<String> {
    let failure = site(files).err().expect("refused");
    let place =
        |place: Option<(u32, u32)>| place.map_or_else(String::new, |(line, column)| format!(":{line}:{column}"));
    failure.refusals.iter().map(|one| format!("{}{}: {}", one.file, place(one.place), one.what.en)).collect()
}

/// The link between two ends, whichever stands first.
fn link<'j>(json: &'j Value, a: &str, b: &str) -> &'j Value {
    let found = json["links"].as_array().unwrap().iter().find(|link| {
        let ends = &link["between"];
        ends[0] == a && ends[1] == b || ends[0] == b && ends[1] == a
    });
    found.unwrap_or_else(|| panic!("no link {a} {b} in {:#}", json["links"]))
}

fn has_link(json: &Value, a: &str, b: &str) -> bool {
    json["links"].as_array().unwrap().iter().any(|link| {
        let ends = &link["between"];
        ends[0] == a && ends[1] == b || ends[0] == b && ends[1] == a
    })
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
fn the_towns_have_their_verdicts() {
    for name in ["hikari", "hikari-slips", "kaede", "kaede-slips"] {
        let file = format!("topologies/import/{name}/site.yaml");
        let (status, out, told) =
            sanso(&["verify", &file, "--date", "2026-11-22", "--format", "json", "--max-tuples", "1000"]);
        assert!(status < 2, "{told}");
        let report: Value = serde_json::from_str(&out).unwrap();
        let expected: Value =
            serde_json::from_str(&fs::read_to_string(folder(&format!("{name}.expected.json"))).unwrap()).unwrap();
        let found: BTreeMap<&str, &Value> = report["requirements"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["id"].as_str().unwrap(), &one["violating"]))
            .collect();
        for (id, tuples) in expected["requirements"].as_object().unwrap() {
            assert_eq!(found[id.as_str()], tuples, "{name} {id}");
        }
        assert_eq!(status, i32::from(expected["verdict"] == "violated"), "{name}");
        // each finding leads to the vendor's own line
        let origins: Vec<&str> = report["requirements"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|one| one["findings"].as_array().into_iter().flatten())
            .filter_map(|finding| finding["location"]["origin"].as_str())
            .collect();
        for blamed in expected["blame"].as_array().into_iter().flatten() {
            assert!(origins.contains(&blamed.as_str().unwrap()), "{name}: {blamed} is not among {origins:?}");
        }
        let codes: Vec<&str> =
            report["warnings"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
        for code in ["flow-blocked", "flow-not-listed"] {
            let wanted = expected["warnings"].as_array().unwrap().iter().any(|one| one == code);
            assert_eq!(codes.contains(&code), wanted, "{name} {code}: {codes:?}");
        }
    }
}

#[test]
fn every_format_names_the_vendors_line() {
    let place = "topologies/import/hikari-slips/configs/fw1.conf:84";
    for format in ["text", "json", "html", "markdown", "sarif", "github"] {
        for lang in ["en", "ja"] {
            let file = "topologies/import/hikari-slips/site.yaml";
            let (status, out, told) =
                sanso(&["verify", file, "--date", "2026-11-22", "--format", format, "--lang", lang]);
            assert_eq!(status, 1, "{told}");
            let named = match format {
                "sarif" => {
                    let sarif: Value = serde_json::from_str(&out).unwrap();
                    let results = sarif["runs"][0]["results"].as_array().unwrap().clone();
                    results.iter().any(|one| {
                        let place = &one["locations"][0]["physicalLocation"];
                        place["artifactLocation"]["uri"] == "topologies/import/hikari-slips/configs/fw1.conf"
                            && place["region"]["startLine"] == 84
                    })
                }
                "github" => out.contains("file=topologies/import/hikari-slips/configs/fw1.conf,line=84,"),
                _ => out.contains(place),
            };
            assert!(named, "{format} {lang} does not name {place}:\n{out}");
            // a place in the text that was put together is nobody's
            assert!(!out.contains("site.yaml:1:1"), "{format} {lang}");
        }
    }
    // the vendor's own line as excerpt
    let (_, out, _) =
        sanso(&["verify", "topologies/import/hikari-slips/site.yaml", "--date", "2026-11-22", "--lang", "en"]);
    assert!(out.contains("|     edit 9") || out.contains("| edit 9"), "{out}");
    // and nothing of it in what is redacted
    let (_, out, _) = sanso(&[
        "verify",
        "topologies/import/hikari-slips/site.yaml",
        "--date",
        "2026-11-22",
        "--redact",
        "--format",
        "json",
    ]);
    for secret in ["fw1", "configs", "10.20.1.", "edit 9"] {
        assert!(!out.contains(secret), "{secret} in {out}");
    }
}

#[test]
fn a_document_with_origins_names_them_beside_its_own_places() {
    let (status, _, told) =
        sanso(&["import", "topologies/import/hikari-slips/site.yaml", "-o", "/tmp/sanso-origins.yaml", "--lang", "en"]);
    assert_eq!(status, 0, "{told}");
    let (_, out, _) = sanso(&["verify", "/tmp/sanso-origins.yaml", "--date", "2026-11-22", "--lang", "en"]);
    assert!(out.contains("configs/fw1.conf:84 → /tmp/sanso-origins.yaml:"), "{out}");
}

#[test]
fn import_convert_and_verify_speak_of_one_document() {
    let file = "topologies/import/hikari/site.yaml";
    let (_, converted, _) = sanso(&["convert", file]);
    let (status, _, told) = sanso(&["import", file, "-o", "/tmp/sanso-site.json"]);
    assert_eq!(status, 0, "{told}");
    assert_eq!(fs::read_to_string("/tmp/sanso-site.json").unwrap(), converted);
    let (status, ..) = sanso(&["import", file, "--strict", "-o", "/tmp/sanso-site.json"]);
    assert_eq!(status, 0, "every line is understood");
    // from another folder it is the same document
    let output = Command::new(env!("CARGO_BIN_EXE_sanso"))
        .args(["convert", "site.yaml"])
        .current_dir(folder("hikari"))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), converted);
}

#[test]
fn a_site_file_reads_nothing_outside_its_folder() {
    let folder = std::env::temp_dir().join(format!("sanso-outside-{}", std::process::id()));
    fs::create_dir_all(folder.join("in")).unwrap();
    fs::write(folder.join("r.cfg"), "hostname r\ninterface Ethernet1\n ip address 10.0.0.1 255.255.255.0\n").unwrap();
    let site = folder.join("in/site.yaml");
    fs::write(&site, "sanso-import: 1\ndevices:\n  - { config: ../r.cfg }\n").unwrap();
    let site = site.to_str().unwrap();
    let (status, _, told) = sanso(&["import", site, "--lang", "en"]);
    assert_eq!(status, 2);
    assert!(told.contains("site.yaml:3: error: ../r.cfg lies outside"), "{told}");
    let (status, _, told) = sanso(&["import", site, "--allow-outside"]);
    assert_eq!(status, 0, "{told}");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(folder.join("r.cfg"), folder.join("in/link.cfg")).unwrap();
        fs::write(site, "sanso-import: 1\ndevices:\n  - { config: link.cfg }\n").unwrap();
        assert_eq!(sanso(&["import", site]).0, 2, "a link leads outside");
    }
    fs::remove_dir_all(folder).unwrap();
}

const CORE: &str = "hostname core\ninterface Gi1/0/1\n switchport mode trunk\n switchport trunk allowed vlan 10,20\n \
     switchport trunk native vlan 10\ninterface Gi1/0/2\n switchport mode access\n switchport access vlan 20\n\
     interface Gi1/0/3\n switchport mode access\n switchport access vlan 10\n shutdown\n\
     interface Vlan10\n ip address 10.0.10.1 255.255.255.0\ninterface Vlan20\n ip address 10.0.20.1 255.255.255.0\n";
const ACCESS: &str = "hostname acc\ninterface Gi0/1\n switchport mode trunk\n switchport trunk allowed vlan 10,20\n \
     switchport trunk native vlan 20\ninterface Gi0/2\n switchport mode access\n switchport access vlan 10\n";

#[test]
fn cables_carry_the_vlans_of_their_ports() {
    let json = document(&[
        (
            "s.yaml",
            "sanso-import: 1\ndevices: [{config: core}, {config: acc}]\ncables: [\"core:GigabitEthernet1/0/1 -- acc:Gi0/1\"]\n",
        ),
        ("core", CORE),
        ("acc", ACCESS),
    ]);
    let trunk = link(&json, "core/switch:Gi1/0/1", "acc:Gi0/1");
    assert_eq!(trunk["vlans"], serde_json::json!([10, 20]));
    assert_eq!(trunk["native"], serde_json::json!([10, 20]));
    assert_eq!(trunk["origin"], "core:2");
    assert_eq!(link(&json, "core:Vlan10", "core/switch:Vlan10")["vlans"], serde_json::json!([10]));
    // who is plugged in at acc is in VLAN 10 there, and nobody is at core, where that port is shut down
    assert_eq!(link(&json, "10.0.10.0/24", "acc")["vlans"], serde_json::json!([10]));
    assert!(!has_link(&json, "10.0.10.0/24", "core/switch"));
    assert!(has_link(&json, "10.0.20.0/24", "core/switch"));
    assert!(has_link(&json, "hosts 10.0.10.0/24", "10.0.10.0/24"));
}

#[test]
fn switches_of_which_no_cable_is_known_are_joined_by_what_both_carry() {
    let json = document(&[
        ("s.yaml", "sanso-import: 1\ndevices: [{config: core}, {config: acc}]\n"),
        ("core", CORE),
        ("acc", &ACCESS.replace("10,20", "10")),
    ]);
    assert_eq!(link(&json, "core/switch", "acc")["vlans"], serde_json::json!([10]));
    // with all cables known, a trunk that is up and leads nowhere has somebody at its end
    let json = document(&[("s.yaml", "sanso-import: 1\ndevices: [{config: core}]\n"), ("core", CORE)]);
    assert_eq!(link(&json, "core/switch Gi1/0/1", "core/switch:Gi1/0/1")["vlans"], serde_json::json!([10, 20]));
}

/// Of the two it is known how they are joined, and that nothing passes; of a third nothing is known, and it may be joined to either.
#[test]
fn a_cable_to_a_port_that_is_shut_down_is_known_and_carries_nothing() {
    let site = "sanso-import: 1\ndevices: [{config: core}, {config: acc}, {config: third}]\ncables: [\"core:Gi1/0/3 -- acc:Gi0/1\"]\n";
    let third = ACCESS.replace("hostname acc", "hostname third");
    let json = document(&[("s.yaml", site), ("core", CORE), ("acc", ACCESS), ("third", &third)]);
    assert!(!has_link(&json, "core/switch", "acc") && !has_link(&json, "core/switch:Gi1/0/3", "acc:Gi0/1"));
    assert!(has_link(&json, "third", "core/switch") && has_link(&json, "third", "acc"));
}

#[test]
fn a_port_that_negotiates_is_a_trunk_for_whoever_is_plugged_in() {
    let site = site(&[
        ("s.yaml", "sanso-import: 1\ndevices: [{config: c}]\n"),
        (
            "c",
            "hostname c\ninterface Gi0/1\n switchport access vlan 10\ninterface Gi0/2\n switchport mode access\n switchport access vlan 20\n",
        ),
    ]);
    let site = site.map_err(|failure| failure.refusals).unwrap();
    let json: Value = serde_json::from_str(site.source.text()).unwrap();
    assert_eq!(link(&json, "c Gi0/1", "c:Gi0/1")["vlans"], serde_json::json!(["1-4094"]));
    assert!(site.reads[0].ledger.remarks().iter().any(|remark| remark.what.en.contains("switchport mode access")));
    // on NX-OS it is an access port
    let json = document(&[
        ("s.yaml", "sanso-import: 1\ndevices: [{config: c}]\n"),
        ("c", "switchname c\nfeature lldp\ninterface Ethernet1/1\n switchport\n switchport access vlan 10\n"),
    ]);
    assert!(has_link(&json, "VLAN 10", "c"), "{json:#}");
}

#[test]
fn aggregates_and_subinterfaces_are_one_link_each() {
    let core = "hostname core\ninterface Port-channel1\n switchport mode trunk\n switchport trunk allowed vlan 10,20\n\
        interface Gi1/0/1\n switchport mode trunk\n channel-group 1 mode active\ninterface Gi1/0/2\n switchport mode trunk\n channel-group 1 mode active\n";
    let fw = "config system global\n set hostname fw\nend\nconfig system interface\n edit agg1\n  set type aggregate\n  set member port1 port2\n next\n\
        edit v10\n  set ip 10.0.10.1 255.255.255.0\n  set interface agg1\n  set vlanid 10\n next\n\
        edit v30\n  set ip 10.0.30.1 255.255.255.0\n  set interface agg1\n  set vlanid 30\n next\nend\n";
    let site = site(&[
        (
            "s.yaml",
            "sanso-import: 1\ndevices: [{config: core}, {config: fw}]\ncables: [\"fw:port1 -- core:Gi1/0/1\", \"fw:port2 -- core:Gi1/0/2\"]\n",
        ),
        ("core", core),
        ("fw", fw),
    ]);
    let site = site.map_err(|failure| failure.refusals).unwrap();
    let json: Value = serde_json::from_str(site.source.text()).unwrap();
    assert_eq!(link(&json, "fw:v10", "core:Port-channel1")["vlans"], serde_json::json!([10]));
    let joined = json["links"].as_array().unwrap().iter().filter(|link| link["between"][0] == "fw:v10").count();
    assert_eq!(joined, 1, "two cables of one aggregate are one link");
    // VLAN 30 is not carried: no link, which is told
    assert!(!json["links"].to_string().contains("fw:v30"), "{json:#}");
    assert!(site.notes.iter().any(|note| note.what.en.contains("does not carry")), "{:?}", site.notes);
}

#[test]
fn filters_of_ports_are_the_switchs() {
    let core = "hostname core\nip access-list extended P\n deny tcp any any eq 445\n permit ip any any\n\
        interface Gi1/0/1\n switchport mode access\n switchport access vlan 10\n ip access-group P in\n\
        interface Vlan10\n ip address 10.0.10.1 255.255.255.0\n ip access-group P in\n";
    let json = document(&[("s.yaml", "sanso-import: 1\ndevices: [{config: core}]\n"), ("core", core)]);
    let node = |id: &str| json["nodes"].as_array().unwrap().iter().find(|node| node["id"] == id).unwrap();
    assert_eq!(node("core/switch")["filters"][0]["in"], serde_json::json!(["Gi1/0/1"]));
    assert_eq!(node("core/switch")["filters"].as_array().unwrap().len(), 1);
    assert_eq!(node("core")["filters"][0]["in"], serde_json::json!(["Vlan10"]));
    assert_eq!(link(&json, "10.0.10.0/24", "core/switch:Gi1/0/1")["vlans"], serde_json::json!([10]));
    assert!(!has_link(&json, "10.0.10.0/24", "core/switch"), "nobody gets around the filter");
}

const ROUTER: &str = "hostname r\ninterface Ethernet1\n ip address 10.0.1.1 255.255.255.0\ninterface Ethernet2\n ip address 10.0.2.1 255.255.255.0\n";

#[test]
fn tables_place_machines_and_give_zones() {
    let json = document(&[
        (
            "s.yaml",
            "sanso-import: 1\ndevices: [{config: r}]\nzones: {office: {title: 事務}}\n\
             tables:\n  - {file: h.csv, kind: hosts}\n  - {file: n.csv, kind: segments}\n  - {file: c.csv, kind: circuits}\n",
        ),
        ("r", &format!("{ROUTER}interface Ethernet3\n ip address 192.0.2.1 255.255.255.252\n")),
        (
            "h.csv",
            "表題,,,\n機器名,種別,ＩＰアドレス,区分\nサーバーＡ,サーバー,１０．０．１．５,事務\nPC,端末,10.0.1.10～13、10.0.2.7,\n,,10.0.1.99,\n※注,,,\n旧機,PC,10.0.1.50,事務\n",
        ),
        ("n.csv", "サブネット,領域\n10.0.2.0/24,LGWAN接続系\n"),
        ("c.csv", "回線名,機器,インターフェース,領域,IPアドレス\nFLETS,r,Ethernet3,インターネット系,0.0.0.0/0\n"),
    ]);
    let node = |id: &str| {
        json["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .find(|node| node["id"] == id)
            .unwrap_or_else(|| panic!("{id}: {json:#}"))
    };
    assert_eq!(node("サーバーA")["zone"], "office");
    assert_eq!(node("サーバーA")["kind"], "server");
    assert_eq!(node("サーバーA")["origin"], "h.csv A3");
    assert_eq!(node("PC")["addresses"], serde_json::json!(["10.0.1.10/31", "10.0.1.12/31", "10.0.2.7"]));
    assert!(has_link(&json, "PC", "10.0.1.0/24") && has_link(&json, "PC", "10.0.2.0/24"));
    assert!(!json.to_string().contains("10.0.1.99"), "an address that nobody has");
    assert!(!json.to_string().contains("hosts 10.0.1.0"), "tables say who is there");
    assert_eq!(json["zones"]["lgwan"]["networks"], serde_json::json!(["10.0.2.0/24"]));
    assert_eq!(node("FLETS")["zone"], "internet");
    assert!(has_link(&json, "r:Ethernet3", "FLETS"));
}

#[test]
fn what_is_wrong_in_a_table_is_told_by_cell() {
    let flows = "送信元,宛先,プロトコル,ポート,方向,有効期限\n10.0.1.5/24,10.0.2.0/24,TCP,443,,\n10.0.1.300,10.0.2.1,TCP,443,,\n\
         10.0.1.1,誰か,TCP,443,,\n10.0.1.1,10.0.2.1,,443,,\n10.0.1.1,10.0.2.1,TCP,謎,上り,年度末\n,10.0.2.1,TCP,443,,\n";
    let told = refusals(&[
        (
            "s.yaml",
            "sanso-import: 1\ndevices: [{config: r}]\ntables:\n  - {file: f.csv, kind: flows, at: r, expect: true}\n",
        ),
        ("r", ROUTER),
        ("f.csv", flows),
    ]);
    for place in [
        "f.csv A2: `10.0.1.5/24`: host bits",
        "f.csv A3: `10.0.1.300`",
        "f.csv D5",
        "f.csv D6",
        "f.csv E6",
        "f.csv F6",
        "f.csv A7",
    ] {
        assert!(told.iter().any(|one| one.contains(place)), "{place} in {told:#?}");
    }
    // what is wrong with a name is found when the network is known
    let told = refusals(&[
        (
            "s.yaml",
            "sanso-import: 1\ndevices: [{config: r}]\ntables:\n  - {file: f.csv, kind: flows, at: r, expect: true}\n",
        ),
        ("r", ROUTER),
        ("f.csv", "送信元,宛先,プロトコル,ポート\n10.0.1.1,誰か,TCP,443\n"),
    ]);
    assert!(told[0].starts_with("f.csv B2: `誰か`"), "{told:?}");
    let told = refusals(&[
        ("s.yaml", "sanso-import: 1\ndevices: [{config: r}]\ntables:\n  - {file: h.csv, kind: hosts}\n"),
        ("r", ROUTER),
        ("h.csv", "名称,IPアドレス,領域\na,10.9.9.9,\nb,10.0.1.1.1,\nc,10.0.1.9,どこか\n"),
    ]);
    assert!(
        told.iter().any(|one| one.starts_with("h.csv B3")) && told.iter().any(|one| one.starts_with("h.csv C4")),
        "{told:?}"
    );
    let told = refusals(&[
        ("s.yaml", "sanso-import: 1\ndevices: [{config: r}]\ntables:\n  - {file: h.csv, kind: hosts}\n"),
        ("r", ROUTER),
        ("h.csv", "名称,IPアドレス\na,10.9.9.9\n"),
    ]);
    assert!(told[0].starts_with("h.csv A2: 10.9.9.9 is on no network"), "{told:?}");
}

#[test]
fn what_is_wrong_in_a_site_file_is_told_with_its_place() {
    let told = |text: &str| refusals(&[("d/s.yaml", text), ("r", ROUTER)]);
    for (text, place) in [
        ("sanso-import: 2\n", "d/s.yaml:1:15: this version"),
        (
            "sanso-import: 1\ndevice: []\n",
            "d/s.yaml:2:1: there is no key `device` in a site file; did you mean `devices`?",
        ),
        ("sanso-import: 1\ndevices:\n  - { config: missing }\n", "d/s.yaml:3: no missing"),
        (
            "sanso-import: 1\ndevices:\n  - { confg: r }\n",
            "d/s.yaml:3:5: there is no key `confg` here; did you mean `config`?",
        ),
        ("sanso-import: 1\ndevices:\n  - { config: r, format: ios }\n", "d/s.yaml:3:5: there is no format `ios`"),
        (
            "sanso-import: 1\ndevices: [{config: r}]\ncables: [\"r:Ethernet9 -- r:Ethernet1\"]\n",
            "d/s.yaml:3: the configuration of r has no interface `Ethernet9`; it has Ethernet1, Ethernet2",
        ),
        ("sanso-import: 1\ndevices: [{config: r}]\ncables: [\"r:Ethernet1 -- x:1\"]\n", "d/s.yaml:3: `x` is no device"),
        ("sanso-import: 1\ndevices: [{config: r}]\ncables: [\"r:Ethernet1\"]\n", "d/s.yaml:3:10: write a cable"),
        ("sanso-import: 1\ndevices: [{config: r}]\nexternal: {\"r:e9\": x}\n", "d/s.yaml:3: the configuration of r"),
        (
            "sanso-import: 1\ndevices: [{config: r}]\nnodes:\n  - {id: r, filters: [{default: permit}]}\n",
            "d/s.yaml:4: `filters` of `r` comes from its configuration alone",
        ),
        (
            "sanso-import: 1\ndevices: [{config: r}]\nnodes:\n  - {id: x, addresses: [192.0.2.9]}\n",
            "d/s.yaml:4: nothing leads to `x`",
        ),
        ("sanso-import: 1\ndevices: [{config: r}, {config: r}]\n", "r: `r` is the name of r too"),
        ("sanso-import: 1\ntables: [{file: r, kind: host}]\n", "d/s.yaml:2:10: a table needs `file` and `kind`"),
        ("sanso-import: 1\ntopology: t.yaml\n", "d/s.yaml:2: no t.yaml"),
    ] {
        let told = told(text);
        assert!(told.iter().any(|one| one.contains(place)), "{place} in {told:#?}");
    }
    let two = refusals(&[
        ("s.yaml", "sanso-import: 1\nname: a\ntopology: t.yaml\ndevices: [{config: r}]\n"),
        ("t.yaml", "sanso: 1\nname: b\n"),
        ("r", ROUTER),
    ]);
    assert_eq!(two, ["t.yaml:2:7: `name` is \"b\" here and \"a\" in the other file; they must agree"]);
    // a key that stands there twice would be lost
    let failure = site(&[("s.yaml", "sanso-import: 1\nzones: {a: {title: x, title: y}}\n")]).err().unwrap();
    assert_eq!(failure.broken.len(), 1);
}

#[test]
fn a_table_is_the_rules_of_a_device_without_a_configuration() {
    let files = [
        (
            "s.yaml",
            "sanso-import: 1\ndevices: [{config: r}]\ntables:\n  - {file: f.csv, kind: flows, at: fw}\n\
             nodes: [{id: a, addresses: [10.7.0.1]}]\nlinks: [[\"fw:in\", a], [\"fw:out\", \"r:Ethernet2\"]]\n",
        ),
        ("r", ROUTER),
        ("f.csv", "No,送信元,宛先,プロトコル,ポート,方向\n7,a,10.0.1.0/24,TCP/UDP,53,⇔\n"),
    ];
    let json = document(&files);
    let fw = json["nodes"].as_array().unwrap().iter().find(|node| node["id"] == "fw").unwrap();
    let rules = &fw["filters"][0]["rules"];
    assert_eq!(fw["filters"][0]["default"], "deny");
    assert_eq!(rules[0]["from"], serde_json::json!(["node:a"]));
    assert_eq!(rules[0]["service"], serde_json::json!(["tcp/53", "udp/53"]));
    assert_eq!(rules[0]["origin"], "f.csv B2");
    assert_eq!(rules[1]["to"], serde_json::json!(["node:a"]), "{rules:#}");
    // of one that has a configuration, that counts
    let text = files[0]
        .1
        .replace("at: fw", "at: r")
        .replace("[\"fw:in\", a], [\"fw:out\", \"r:Ethernet2\"]", "[a, \"r:Ethernet2\"]");
    let told = refusals(&[("s.yaml", &text), files[1], files[2]]);
    assert!(told[0].contains("r has a configuration"), "{told:?}");
}

#[test]
fn expectations_are_compared_exactly() {
    let config = "hostname r\nip access-list extended L\n permit tcp 10.0.1.0 0.0.0.255 host 10.0.2.9 eq 443\n \
     deny ip any host 10.0.2.9\n permit udp 10.0.1.0 0.0.0.255 10.0.2.0 0.0.0.255 eq 53\n\
         interface Ethernet1\n ip address 10.0.1.1 255.255.255.0\n ip access-group L in\n\
         interface Ethernet2\n ip address 10.0.2.1 255.255.255.0\n ip access-group N in\nip access-list extended N\n deny ip any any\n";
    let compare = |rows: &str| {
        let text = format!("送信元,宛先,プロトコル,ポート\n{rows}");
        let site = site(&[
            (
                "s.yaml",
                "sanso-import: 1\ndevices: [{config: r}]\ntables:\n  - {file: f.csv, kind: flows, at: r, expect: true}\n",
            ),
            ("r", config),
            ("f.csv", &text),
        ]);
        let site = site.map_err(|failure| failure.refusals).unwrap();
        site.notes.iter().map(|note| format!("{} {}", note.code, note.origin)).collect::<Vec<_>>()
    };
    assert_eq!(
        compare("10.0.1.0/24,10.0.2.9,TCP,443\n10.0.1.0/24,10.0.2.0/24,UDP,53\n"),
        ["flow-blocked f.csv A3"],
        "the deny takes 10.0.2.9"
    );
    let exact = "10.0.1.0/24,10.0.2.9,TCP,443\n10.0.1.0/24,10.0.2.0-10.0.2.8、10.0.2.10-10.0.2.255,UDP,53\n";
    assert!(compare(exact).is_empty(), "{:?}", compare(exact));
    assert_eq!(compare(&exact.replace("TCP,443\n", "TCP,\n")), ["flow-blocked f.csv A2"]);
    assert_eq!(compare(&exact.replace("10.0.1.0/24,10.0.2.9", "10.0.1.0/25,10.0.2.9")), ["flow-not-listed r:3"]);
    assert_eq!(compare("10.0.1.0/24,10.0.2.9,TCP,443\n"), ["flow-not-listed r:5"]);
}

#[test]
fn sheets_have_merged_cells_hidden_rows_and_notes() {
    let book = workbook::book(
        &["一覧"],
        &[&[
            &["機器の一覧", "", "", ""],
            &["領域", "送信元", "", "宛先"],
            &["", "名称", "IPアドレス", "IPアドレス"],
            &["office", "a", "10.0.1.5", "10.0.2.5"],
            &["", "b", "10.0.1.6", "10.0.2.6"],
            &["※ 注", "", "", ""],
        ]],
        &["A2:A3", "B2:C2", "D2:D2", "A4:A5"],
        &[5],
    );
    let grid = sanso::import::table::open("f.xlsx", &book, None).unwrap();
    assert_eq!(grid.name, "f.xlsx [一覧]");
    assert_eq!(grid.row(4).unwrap().cell(0), "office", "merged over two rows");
    assert!(grid.row(4).unwrap().hidden && !grid.row(3).unwrap().hidden);
    let mut ledger = sanso::import::ledger::Ledger::new(&grid.name, grid.len());
    let mut errors = Vec::new();
    let rows = sanso::import::table::rows::read(
        &grid,
        sanso::import::table::Kind::Flows,
        &Default::default(),
        &mut ledger,
        &mut errors,
    );
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(rows.flows.len(), 2);
    assert_eq!(rows.flows[0].from[0].1.to_string(), "f.xlsx [一覧] C4", "the address, not the name");
    assert!(ledger.remarks().iter().any(|remark| remark.line == 5 && remark.what.en.contains("hidden")));
    use sanso::import::ledger::Fate;
    assert_eq!([Fate::Used, Fate::WithoutMeaning, Fate::NotUnderstood].map(|fate| ledger.count(fate)), [4, 2, 0]);
}

#[test]
fn a_workbook_that_unpacks_to_too_much_or_reaches_too_far_is_refused() {
    let refused = |bytes: &[u8]| sanso::import::table::open("f.xlsx", bytes, None).unwrap_err().what.en;
    assert!(refused(&workbook::bomb(300 << 20)).contains("256 MiB"));
    assert!(refused(&workbook::far("XFD1048576")).contains("cells"));
    // broken in every byte it is refused or read, without a panic
    let book = workbook::book(&["s"], &[&[&["a", "b"], &["1", "2"]]], &[], &[]);
    for at in (0..book.len()).step_by(7) {
        let mut broken = book.clone();
        broken[at] ^= 0xff;
        drop(sanso::import::table::open("f.xlsx", &broken, None));
        drop(sanso::import::table::open("f.xlsx", &book[..at], None));
    }
}

#[test]
fn files_cut_off_anywhere_are_refused_or_read() {
    let root = folder("hikari");
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for name in [
        "site.yaml",
        "configs/fw1.conf",
        "configs/core.cfg",
        "configs/acc1.cfg",
        "configs/cdr.rules",
        "IP管理表.xlsx",
        "通信要件一覧.csv",
        "特定通信一覧.csv",
        "neighbours/core.txt",
    ] {
        files.push((name.to_owned(), fs::read(root.join(name)).unwrap()));
    }
    for at in 0..files.len() {
        if files[at].0.ends_with(".xlsx") {
            continue; // its own test
        }
        let whole = files[at].1.clone();
        let ends: Vec<usize> =
            whole.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect();
        for end in ends.into_iter().chain([0, whole.len() / 2]) {
            let mut cut: Vec<(&str, Vec<u8>)> =
                files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
            cut[at].1.truncate(end);
            if std::str::from_utf8(&cut[at].1).is_err() && at == 0 {
                continue;
            }
            if let Ok(site) = site_of(&cut) {
                let (_, errors) = sanso::packet::document(&site.source);
                assert!(errors.iter().all(|error| error.code != "internal-error"), "{errors:?}");
            }
        }
    }
}

#[test]
fn several_files_need_no_site_file() {
    let files = |list: &[(&str, &str)]| -> Vec<(String, Vec<u8>)> {
        list.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
    };
    let site = site::of_files(files(&[("r.cfg", ROUTER), ("h.csv", "名称,IPアドレス\na,10.0.1.5\n")]), None);
    let site = site.map_err(|failure| failure.refusals).unwrap();
    assert!(site.source.text().contains("\"id\": \"a\""));
    let refused = |list: &[(&str, &str)]| {
        let failure = site::of_files(files(list), None).err().unwrap();
        failure.refusals[0].what.en.clone()
    };
    assert!(refused(&[("f.csv", "送信元,宛先\n10.0.0.1,10.0.0.2\n")]).contains("site file"));
    assert!(refused(&[("f.csv", "a,b\n1,2\n")]).contains("no table"));
}

#[test]
fn what_passes_an_interface_without_an_address_is_not_lost() {
    let site = "sanso-import: 1\ndevices: [{config: d}]\n";
    let interfaces = "config system interface\n edit p1\n next\n edit p2\n next\n edit mgmt\n  set ip 10.0.9.1 255.255.255.0\n next\nend\n";
    let json =
        document(&[("s.yaml", site), ("d", &format!("config system global\n set hostname fw\nend\n{interfaces}"))]);
    assert!(!json.to_string().contains("fw:p1"), "nothing passes it");
    for bridge in [
        "config system settings\n set opmode transparent\nend\n",
        "config system virtual-wire-pair\n edit w\n  set member p1 p2\n next\nend\n",
    ] {
        let text = format!("config system global\n set hostname fw\nend\n{interfaces}{bridge}");
        let json = document(&[("s.yaml", site), ("d", &text)]);
        assert!(has_link(&json, "fw:p1", "hosts fw p1") && has_link(&json, "fw:p2", "hosts fw p2"), "{bridge}");
    }
    for line in [
        "ipv6 enable",
        "ipv6 address autoconfig",
        "bridge-group 1",
        "ip address dhcp",
        "xconnect 192.0.2.1 5 encapsulation mpls",
    ] {
        let text = format!(
            "hostname r\ninterface Ethernet1\n {line}\ninterface Ethernet2\n ip address 10.0.2.1 255.255.255.0\n"
        );
        let json = document(&[("s.yaml", site), ("d", &text)]);
        assert!(has_link(&json, "r:Ethernet1", "hosts r Ethernet1"), "{line}: {json:#}");
    }
}

#[test]
fn the_page_lists_every_heading_that_is_known() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/import.md")).unwrap();
    for (column, words) in sanso::import::table::headings::HEADINGS {
        let row = page
            .lines()
            .find(|line| line.starts_with(&format!("| {column:?} |")))
            .unwrap_or_else(|| panic!("{column:?}"));
        assert_eq!(row, format!("| {column:?} | {} |", words.join(", ")), "docs/import.md");
    }
}

#[test]
fn tunnels_between_two_configurations_are_links() {
    let end = |name: &str, own: &str, peer: &str, tunnel: &str| {
        format!(
            "hostname {name}\ninterface GigabitEthernet0/0\n ip address {own} 255.255.255.0\n\
             interface Tunnel1\n ip address {tunnel} 255.255.255.252\n tunnel destination {peer}\n"
        )
    };
    let (a, b) =
        (end("a", "192.0.2.1", "198.51.100.1", "10.255.0.1"), end("b", "198.51.100.1", "192.0.2.1", "10.255.0.2"));
    let text = "sanso-import: 1\ndevices: [{ config: a.cfg }, { config: b.cfg }]\n";
    let json = document(&[("site.yaml", text), ("a.cfg", &a), ("b.cfg", &b)]);
    link(&json, "a:Tunnel1", "b:Tunnel1");
    assert!(!json["nodes"].as_array().unwrap().iter().any(|node| node["kind"] == "external"));
    // a firewall that waits for whoever calls is called by others too
    let fw = "config system global\nset hostname fw\nend\nconfig system interface\nedit wan1\n\
              set ip 198.51.100.1 255.255.255.0\nnext\nend\nconfig vpn ipsec phase1-interface\nedit dialup\n\
              set type dynamic\nset interface wan1\nnext\nend\nconfig firewall policy\nend\n";
    let text = "sanso-import: 1\ndevices: [{ config: a.cfg }, { config: fw.cfg }]\n";
    let json = document(&[("site.yaml", text), ("a.cfg", &a), ("fw.cfg", fw)]);
    link(&json, "a:Tunnel1", "fw:dialup");
    link(&json, "fw:dialup", "vpn dialup");
    // a device that has no such tunnel: it leads out, which is told
    let b = b.replace("192.0.2.1", "192.0.2.99");
    let text = "sanso-import: 1\ndevices: [{ config: a.cfg }, { config: b.cfg }]\n";
    let files = [("site.yaml", text), ("a.cfg", &a[..]), ("b.cfg", &b[..])];
    link(&document(&files), "a:Tunnel1", "tunnel 198.51.100.1");
    let notes = site(&files).map_err(|failure| failure.refusals).unwrap().notes;
    assert!(notes.iter().any(|note| note.what.en.contains("no tunnel back")), "{notes:?}");
}

#[test]
fn ports_that_a_firewall_bridges_are_a_switch() {
    let fw = "config system global\nset hostname fw\nend\nconfig system interface\nedit lan\nset type hard-switch\n\
              set ip 10.0.0.1 255.255.255.0\nnext\nend\nconfig system virtual-switch\nedit lan\nconfig port\n\
              edit port1\nnext\nedit port2\nnext\nend\nnext\nend\nconfig firewall policy\nend\n";
    let switch = |name: &str, vlan: u16| {
        format!(
            "hostname {name}\ninterface GigabitEthernet0/1\n switchport mode access\n switchport access vlan {vlan}\n"
        )
    };
    let text = "sanso-import: 1\ndevices: [{ config: fw.cfg }, { config: x.cfg }, { config: y.cfg }]\n\
                cables: [\"fw:port1 -- x:GigabitEthernet0/1\", \"fw:port2 -- y:GigabitEthernet0/1\"]\n";
    let json =
        document(&[("site.yaml", text), ("fw.cfg", fw), ("x.cfg", &switch("x", 10)), ("y.cfg", &switch("y", 20))]);
    link(&json, "fw:lan", "fw/lan");
    let x = link(&json, "fw/lan", "x:GigabitEthernet0/1");
    assert_eq!(x["vlans"], serde_json::json!({ "a": [1], "b": [10] }), "{x}");
    assert_eq!(link(&json, "fw/lan", "y:GigabitEthernet0/1")["native"], serde_json::json!([1, 20]));
}

#[test]
fn vdoms_are_joined_by_links_without_addresses() {
    let fw = "config vdom\nedit a\nnext\nedit b\nnext\nend\nconfig global\nconfig system global\nset hostname fw\nend\n\
              config system vdom-link\nedit link\nnext\nend\nconfig system interface\nedit p1\nset vdom a\n\
              set ip 10.0.0.1 255.255.255.0\nnext\nedit link0\nset vdom a\nnext\nedit link1\nset vdom b\nnext\n\
              edit p2\nset vdom b\nset ip 10.0.1.1 255.255.255.0\nnext\nend\nend\n";
    let text = "sanso-import: 1\ndevices: [{ config: fw.cfg }]\n";
    link(&document(&[("site.yaml", text), ("fw.cfg", fw)]), "fw/a:link0", "fw/b:link1");
}

#[test]
fn a_zone_of_a_device_is_that_of_its_segments() {
    let fw = "config system global\nset hostname fw\nend\nconfig system interface\nedit port1\nset ip 10.20.0.1 255.255.255.0\n\
              next\nedit port2\nset ip 10.21.0.1 255.255.255.0\nnext\nedit port3\nset ip 10.30.0.1 255.255.255.0\nnext\nend\n\
              config system zone\nedit office\nset interface port1 port2\nnext\nend\nconfig firewall policy\nend\n";
    let site = |end: &str| {
        format!(
            "sanso-import: 1\ndevices: [{{ config: fw.cfg }}]\nzone_of: {{ \"fw:{end}\": lgwan }}\nzones: {{ lgwan: {{}} }}\n"
        )
    };
    let json = document(&[("site.yaml", &site("office")), ("fw.cfg", fw)]);
    let zone =
        |id: &str| json["nodes"].as_array().unwrap().iter().find(|node| node["id"] == id).unwrap()["zone"].clone();
    assert_eq!(zone("hosts 10.20.0.0/24"), "lgwan");
    assert_eq!(zone("hosts 10.21.0.0/24"), "lgwan");
    assert_eq!(zone("hosts 10.30.0.0/24"), Value::Null);
    let told = refusals(&[("site.yaml", &site("nowhere")), ("fw.cfg", fw)]);
    assert!(told[0].contains("no interface `nowhere`"), "{told:?}");
}
