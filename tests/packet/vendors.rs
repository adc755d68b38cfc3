//! `sanso repair` in the words of vendors: what it prints for small configurations of each, what the device then has, written by hand,
//! is proved; and lines that do not do it are noticed.

use std::collections::BTreeMap;
use std::path::Path;

use sanso::import::{self, site};
use sanso::language::{Lang, Phrase};
use sanso::question::repair::{Allowed, Asking, Imported, run_repair_imported};
use sanso::render::repair as words;
use sanso::report::Standing;
use sanso::report::repair::{Repair, Why};
use sanso::source::Source;
use sanso::verify::{Options, run_verify};

type Files = BTreeMap<String, Vec<u8>>;

const SITE: &str = "sanso-import: 1\nmodel: alpha\ndevices: [{ config: d.conf }]\nzones:\n  my-number: { networks: [10.10.0.0/16] }\n  lgwan: { networks: [10.20.0.0/16] }\n";

fn options() -> Options<'static> {
    Options::today(2026, 11, 22)
}

fn files(config: &str) -> Files {
    [("site.yaml", SITE), ("d.conf", config)].map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).into()
}

/// The files of an example; all of them lie at most so deep.
fn example(name: &str) -> Files {
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies/import").join(name);
    let (mut out, mut open) = (Files::new(), vec![base.clone()]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("is there") {
            let path = entry.expect("is there").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(&base).expect("within").to_string_lossy().into_owned();
                out.insert(name, std::fs::read(path).expect("is there"));
            }
        }
    }
    out
}

fn assembled(files: &Files, texts: &BTreeMap<String, String>) -> Option<site::Site> {
    let source = Source::new("site.yaml", files["site.yaml"].clone()).expect("a text");
    let mut load = |name: &str| {
        let changed = texts.get(name).map(|text| text.clone().into_bytes());
        changed
            .or_else(|| files.get(name).cloned())
            .map(site::Loaded::File)
            .ok_or_else(|| Phrase::new(format!("no {name}"), "ない"))
    };
    site::read(&source, &mut load).ok()
}

fn repaired(files: &Files, allowed: Allowed) -> Repair {
    let site = assembled(files, &BTreeMap::new()).expect("a site");
    let mut again = |texts: &BTreeMap<String, String>| assembled(files, texts).map(|site| site.source);
    let mut imported = Imported { reads: &site.reads, base: &site.base, again: &mut again };
    let asking = Asking { keep: None, allowed };
    run_repair_imported(&site.source, &options(), &asking, &mut imported).expect("a document")
}

fn standing(files: &Files) -> Standing {
    let site = assembled(files, &BTreeMap::new()).expect("a site");
    run_verify(&site.source, &options()).expect("a document").standing()
}

/// The lines of all devices without comments.
fn entered(repair: &Repair) -> Vec<String> {
    let changes = repair.changes.as_ref().expect("an imported document");
    changes.devices.iter().flat_map(|device| &device.steps).flat_map(|step| step.lines.clone()).collect()
}

/// A configuration, what is to be entered, what it has then as its vendor documents it, and lines that a person might enter in error.
struct Case {
    format: &'static str,
    config: &'static str,
    lines: &'static [&'static str],
    then: fn(&str) -> String,
    slip: &'static [&'static str],
}

const IOS: &str = "hostname r\ninterface GigabitEthernet0/0\n ip address 10.10.1.1 255.255.255.0\n ip access-group 101 in\ninterface GigabitEthernet0/1\n ip address 10.20.1.1 255.255.255.0\n ip access-group LG in\naccess-list 101 remark terminals\naccess-list 101 permit ip 10.10.1.0 0.0.0.255 10.10.2.0 0.0.0.255\naccess-list 101 permit tcp any any eq 443\nip access-list extended LG\n 10 permit udp any host 10.20.9.9 eq 53\n 20 permit tcp host 10.20.1.5 10.10.1.0 0.0.0.255 eq 1433\nend\n";

const ASA: &str = "ASA Version 9.12(2)\nhostname fw\ninterface GigabitEthernet0/0\n nameif mn\n security-level 50\n ip address 10.10.1.1 255.255.255.0\ninterface GigabitEthernet0/1\n nameif lg\n security-level 50\n ip address 10.20.1.1 255.255.255.0\nsame-security-traffic permit inter-interface\naccess-list MN remark terminals\naccess-list MN extended permit udp any4 host 10.10.9.9 eq domain\naccess-list MN extended permit tcp any4 any4 eq https\naccess-list LG extended deny ip any4 any4\naccess-group MN in interface mn\naccess-group LG in interface lg\n";

const FORTIOS: &str = "config system global\n    set hostname \"fw\"\nend\nconfig system interface\n    edit \"port1\"\n        set ip 10.10.1.1 255.255.255.0\n    next\n    edit \"port2\"\n        set ip 10.20.1.1 255.255.255.0\n    next\nend\nconfig firewall policy\n    edit 4\n        set name \"test\"\n        set srcintf \"port1\"\n        set dstintf \"port2\"\n        set srcaddr \"all\"\n        set dstaddr \"all\"\n        set action accept\n        set schedule \"always\"\n        set service \"HTTPS\"\n    next\nend\n";

const JUNOS: &str = "system {\n    host-name srx;\n}\ninterfaces {\n    ge-0/0/0 {\n        unit 0 {\n            family inet {\n                address 10.10.1.1/24;\n            }\n        }\n    }\n    ge-0/0/1 {\n        unit 0 {\n            family inet {\n                address 10.20.1.1/24;\n            }\n        }\n    }\n}\nsecurity {\n    zones {\n        security-zone mn {\n            interfaces {\n                ge-0/0/0.0;\n            }\n        }\n        security-zone lg {\n            interfaces {\n                ge-0/0/1.0;\n            }\n        }\n    }\n    policies {\n        from-zone mn to-zone lg {\n            policy all {\n                match {\n                    source-address any;\n                    destination-address any;\n                    application junos-https;\n                }\n                then {\n                    permit;\n                }\n            }\n        }\n        default-policy {\n            deny-all;\n        }\n    }\n}\n";

const JUNOS_FILTER: &str = "set system host-name mx\nset interfaces ge-0/0/0 unit 0 family inet address 10.10.1.1/24\nset interfaces ge-0/0/0 unit 0 family inet filter input MN\nset interfaces ge-0/0/1 unit 0 family inet address 10.20.1.1/24\nset interfaces ge-0/0/1 unit 0 family inet filter input LG\nset firewall family inet filter MN term dns from protocol udp\nset firewall family inet filter MN term dns from destination-address 10.10.9.9/32\nset firewall family inet filter MN term dns then accept\nset firewall family inet filter MN term web from protocol tcp\nset firewall family inet filter MN term web from destination-port 443\nset firewall family inet filter MN term web then accept\nset firewall family inet filter LG term no then discard\n";

const YAMAHA: &str = "console prompt rtx\nip lan1 address 10.10.1.1/24\nip lan1 secure filter in 10 20 dynamic 100\nip lan2 address 10.20.1.1/24\nip lan2 secure filter in 90\nip filter 10 pass * 10.10.2.0/24 tcp * 22\nip filter 20 pass * * tcp * www,https\nip filter 90 reject * * * * *\nip filter dynamic 100 * 10.10.2.0/24 ftp\n";

const CASES: &[Case] = &[
    Case {
        format: "cisco-ios",
        config: IOS,
        lines: &[
            "ip access-list resequence 101 10 10",
            "ip access-list extended 101",
            " 11 deny tcp 10.10.1.0 0.0.0.255 10.20.1.0 0.0.0.255 eq 443",
            "ip access-list extended LG",
            " 15 deny tcp 10.20.1.0 0.0.0.255 10.10.1.0 0.0.0.255 eq 1433",
        ],
        then: |config| {
            let first = "access-list 101 permit tcp any any eq 443";
            let second = " 20 permit tcp host 10.20.1.5";
            config
                .replace(
                    first,
                    &format!("access-list 101 deny tcp 10.10.1.0 0.0.0.255 10.20.1.0 0.0.0.255 eq 443\n{first}"),
                )
                .replace(second, &format!(" 15 deny tcp 10.20.1.0 0.0.0.255 10.10.1.0 0.0.0.255 eq 1433\n{second}"))
        },
        slip: &[
            "ip access-list extended 101",
            " 999 deny tcp 10.10.1.0 0.0.0.255 10.20.1.0 0.0.0.255 eq 443",
            "ip access-list extended LG",
            " 25 deny tcp 10.20.1.0 0.0.0.255 10.10.1.0 0.0.0.255 eq 1433",
        ],
    },
    Case {
        format: "cisco-asa",
        config: ASA,
        lines: &["access-list MN line 3 extended deny tcp 10.10.1.0 255.255.255.0 10.20.1.0 255.255.255.0 eq 443"],
        then: |config| {
            let before = "access-list MN extended permit tcp any4 any4 eq https";
            let new = "access-list MN extended deny tcp 10.10.1.0 255.255.255.0 10.20.1.0 255.255.255.0 eq 443";
            config.replace(before, &format!("{new}\n{before}"))
        },
        slip: &["access-list MN extended deny tcp 10.10.1.0 255.255.255.0 10.20.1.0 255.255.255.0 eq 443"],
    },
    Case {
        format: "fortios",
        config: FORTIOS,
        lines: &[
            "config firewall address",
            "    edit \"sanso-10.10.1.0_24\"",
            "        set subnet 10.10.1.0 255.255.255.0",
            "    next",
            "end",
            "config firewall address",
            "    edit \"sanso-10.20.1.0_24\"",
            "        set subnet 10.20.1.0 255.255.255.0",
            "    next",
            "end",
            "config firewall service custom",
            "    edit \"sanso-tcp-443\"",
            "        set protocol TCP/UDP/SCTP",
            "        set tcp-portrange 443",
            "    next",
            "end",
            "config firewall policy",
            "    edit 5",
            "        set name \"sanso-1\"",
            "        set srcintf \"port1\"",
            "        set dstintf \"port2\"",
            "        set srcaddr \"sanso-10.10.1.0_24\"",
            "        set dstaddr \"sanso-10.20.1.0_24\"",
            "        set action deny",
            "        set schedule \"always\"",
            "        set service \"sanso-tcp-443\"",
            "    next",
            "    move 5 before 4",
            "end",
        ],
        then: |config| {
            let policy = "    edit 5\n        set srcintf \"port1\"\n        set dstintf \"port2\"\n        set srcaddr \"a\"\n        set dstaddr \"b\"\n        set action deny\n        set schedule \"always\"\n        set service \"HTTPS\"\n    next\n    edit 4";
            let objects = "config firewall address\n    edit \"a\"\n        set subnet 10.10.1.0 255.255.255.0\n    next\n    edit \"b\"\n        set subnet 10.20.1.0 255.255.255.0\n    next\nend\n";
            format!("{objects}{}", config.replace("    edit 4", policy))
        },
        slip: &[
            "config firewall policy",
            "    edit 5",
            "        set srcintf \"port1\"",
            "        set dstintf \"port2\"",
            "        set srcaddr \"all\"",
            "        set dstaddr \"all\"",
            "        set action deny",
            "        set schedule \"always\"",
            "        set service \"HTTPS\"",
            "    next",
            "end",
        ],
    },
    Case {
        format: "junos",
        config: JUNOS,
        lines: &[
            "set security address-book global address sanso-10.10.1.0_24 10.10.1.0/24",
            "set security address-book global address sanso-10.20.1.0_24 10.20.1.0/24",
            "set applications application sanso-tcp-443 protocol tcp",
            "set applications application sanso-tcp-443 destination-port 443",
            "set security policies from-zone mn to-zone lg policy sanso-1 match source-address sanso-10.10.1.0_24",
            "set security policies from-zone mn to-zone lg policy sanso-1 match destination-address sanso-10.20.1.0_24",
            "set security policies from-zone mn to-zone lg policy sanso-1 match application sanso-tcp-443",
            "set security policies from-zone mn to-zone lg policy sanso-1 then deny",
            "insert security policies from-zone mn to-zone lg policy sanso-1 before policy all",
        ],
        then: |config| {
            let policy = "            policy all {";
            let new = "            policy no { match { source-address 10.10.1.0/24; destination-address 10.20.1.0/24; application junos-https; } then { deny; } }";
            config.replace(policy, &format!("{new}\n{policy}"))
        },
        slip: &[
            "set security policies from-zone mn to-zone lg policy no match source-address any",
            "set security policies from-zone mn to-zone lg policy no match destination-address any",
            "set security policies from-zone mn to-zone lg policy no match application any",
            "set security policies from-zone mn to-zone lg policy no then deny",
        ],
    },
    Case {
        format: "junos",
        config: JUNOS_FILTER,
        lines: &[
            "set firewall family inet filter MN term sanso-1 from source-address 10.10.1.0/24",
            "set firewall family inet filter MN term sanso-1 from destination-address 10.20.1.0/24",
            "set firewall family inet filter MN term sanso-1 from protocol tcp",
            "set firewall family inet filter MN term sanso-1 from destination-port 443",
            "set firewall family inet filter MN term sanso-1 then discard",
            "insert firewall family inet filter MN term sanso-1 before term web",
        ],
        then: |config| {
            let before = "set firewall family inet filter MN term web from protocol tcp";
            let new = "set firewall family inet filter MN term no from destination-address 10.20.1.0/24\nset firewall family inet filter MN term no then discard";
            config.replace(before, &format!("{new}\n{before}"))
        },
        slip: &[
            "set firewall family inet filter MN term no from destination-address 10.20.1.0/24",
            "set firewall family inet filter MN term no then discard",
        ],
    },
    Case {
        format: "yamaha",
        config: YAMAHA,
        lines: &[
            "ip filter 91 reject 10.10.1.0/24 10.20.1.0/24 * * *",
            "ip lan1 secure filter in 10 91 20 dynamic 100",
        ],
        then: |config| {
            config.replace("filter in 10 20", "filter in 10 91 20")
                + "ip filter 91 reject 10.10.1.0/24 10.20.1.0/24 * * *\n"
        },
        slip: &["ip filter 91 reject 10.10.1.0/24 10.20.1.0/24 * * *", "ip lan1 secure filter in 10 20 91 dynamic 100"],
    },
];

#[test]
fn every_vendor_has_words_for_a_rule_and_its_place() {
    for case in CASES {
        let own = files(case.config);
        assert_eq!(standing(&own), Standing::Violated, "{}", case.format);
        let repair = repaired(&own, Allowed::ALL);
        assert_eq!(entered(&repair), case.lines, "{}", case.format);
        let changes = repair.changes.as_ref().expect("imported");
        assert!(changes.unsaid.is_empty() && changes.devices[0].format == case.format, "{changes:#?}");
        // as its manual says that it becomes, and as the lines were applied to look at it
        let by_hand = (case.then)(case.config);
        assert_ne!(by_hand, case.config, "{}", case.format);
        assert_eq!(standing(&files(&by_hand)), Standing::Proved, "{}: {by_hand}", case.format);
        let words = import::changes(case.format).expect("words");
        let applied = (words.applied)(case.config, &entered(&repair)).expect("taken");
        assert_eq!(standing(&files(&applied)), Standing::Proved, "{}: {applied}", case.format);
    }
}

#[test]
fn lines_at_the_wrong_place_do_not_pass_for_a_repair() {
    for case in CASES {
        let words = import::changes(case.format).expect("words");
        let lines: Vec<String> = case.slip.iter().map(|line| (*line).to_owned()).collect();
        let applied = (words.applied)(case.config, &lines).expect("taken");
        assert!(applied.lines().count() > case.config.lines().count(), "{}", case.format);
        assert_eq!(standing(&files(&applied)), Standing::Violated, "{}: {applied}", case.format);
    }
}

#[test]
fn lines_that_no_device_takes_are_not_applied() {
    let none = |format: &str, config: &str, lines: &[&str]| {
        let words = import::changes(format).expect("words");
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        assert_eq!((words.applied)(config, &lines), None, "{format} {lines:?}");
    };
    none("cisco-ios", IOS, &["interface GigabitEthernet9/9", " shutdown"]);
    none("cisco-ios", IOS, &["ip access-list resequence NONE 10 10"]);
    none("cisco-asa", ASA, &["interface GigabitEthernet9/9", " shutdown"]);
    none("fortios", FORTIOS, &["config firewall policy", "move 5 before 4", "end"]);
    none("fortios", FORTIOS, &["config firewall policy", "edit 5", "next"]);
    none("junos", JUNOS, &["insert security policies from-zone mn to-zone lg policy no before policy none"]);
    none("junos", JUNOS, &["delete interfaces ge-0/0/0"]);
}

#[test]
fn interfaces_are_shut_as_each_vendor_says_it() {
    use sanso::import::change::{Subject, Wish};
    let said = |format: &str, config: &str, name: &str| {
        let lines: Vec<&str> = config.lines().collect();
        let words = import::changes(format).expect("words");
        (words.say)(&Subject { lines: &lines, device: None }, &Wish::Shut(name.to_owned())).map(|said| said.lines)
    };
    for (format, config, name, lines) in [
        ("cisco-ios", IOS, "GigabitEthernet0/1", &["interface GigabitEthernet0/1", " shutdown"][..]),
        ("cisco-asa", ASA, "lg", &["interface GigabitEthernet0/1", " shutdown"]),
        (
            "fortios",
            FORTIOS,
            "port2",
            &["config system interface", "    edit \"port2\"", "        set status down", "    next", "end"],
        ),
        ("junos", JUNOS, "ge-0/0/1.0", &["set interfaces ge-0/0/1 unit 0 disable"]),
        ("yamaha", YAMAHA, "lan2", &["lan shutdown lan2"]),
    ] {
        let found = said(format, config, name).expect("words");
        assert_eq!(found, lines, "{format}");
        let applied = (import::changes(format).expect("words").applied)(config, &found).expect("taken");
        let site = assembled(&files(&applied), &BTreeMap::new()).expect("a site");
        let interfaces = |site: &site::Site| site.reads[0].import.devices[0].interfaces.len();
        let before = assembled(&files(config), &BTreeMap::new()).expect("a site");
        assert_eq!(interfaces(&site) + 1, interfaces(&before), "{format}: {applied}");
        assert!(said(format, config, "none9").is_err(), "{format}");
    }
}

#[test]
fn the_towns_are_repaired_on_their_devices() {
    let (mut hikari, slips) = (example("hikari"), example("hikari-slips"));
    hikari.insert("configs/fw1.conf".to_owned(), slips["configs/fw1.conf"].clone());
    let repair = repaired(&hikari, Allowed::ALL);
    let lines = entered(&repair);
    assert!(lines.contains(&"    move 10 before 9".to_owned()), "{lines:#?}");
    assert!(repair.changes.as_ref().expect("imported").unsaid.is_empty());
    // the sanitiser that forwards
    let (mut hikari, name) = (example("hikari"), "configs/cdr.rules");
    hikari.insert(name.to_owned(), slips[name].clone());
    let repair = repaired(&hikari, Allowed::ALL);
    assert_eq!(entered(&repair), ["interface GigabitEthernet1/0/6", " shutdown"]);
    // all three slips: each is mended on a device
    let repair = repaired(&slips, Allowed::ALL);
    let lines = entered(&repair);
    assert_eq!(repair.changes.as_ref().expect("imported").unsaid, [], "{lines:#?}");
    assert!(lines.contains(&"    move 10 before 9".to_owned()), "{lines:#?}");
    for port in ["interface GigabitEthernet1/0/2", "interface GigabitEthernet1/0/6"] {
        let at = lines.iter().position(|line| line == port).unwrap_or_else(|| panic!("{port}: {lines:#?}"));
        assert_eq!(lines[at + 1], " shutdown", "{lines:#?}");
    }
    let repair = repaired(&example("kaede-slips"), Allowed::ALL);
    let changes = repair.changes.as_ref().expect("imported");
    let formats: Vec<&str> = changes.devices.iter().map(|device| device.format).collect();
    assert_eq!(formats, ["junos", "yamaha"]);
    let whys: Vec<Why> = changes.unsaid.iter().map(|one| one.why).collect();
    assert_eq!(whys, [Why::Format], "AWS");
}

#[test]
fn changes_are_told_in_every_format_and_language() {
    let repair = repaired(&files(YAMAHA), Allowed::ALL);
    for (lang, why) in [(Lang::En, "  # edit 1, for MN-ISOLATION\n"), (Lang::Ja, "  # 編集 1: MN-ISOLATION の是正\n")]
    {
        let text = words::text(&repair, lang, false);
        assert!(text.contains(why) && text.contains("\n  ip lan1 secure filter in 10 91 20 dynamic 100\n"), "{text}");
        let markdown = words::markdown(&repair, lang);
        assert!(markdown.contains("\n    ip lan1 secure filter in 10 91 20 dynamic 100\n"), "{markdown}");
    }
    let json: serde_json::Value = serde_json::from_str(&words::json(&repair, Lang::En)).expect("JSON");
    let device = &json["changes"][0];
    assert_eq!(
        (&device["node"], &device["format"], &device["file"]),
        (&"rtx".into(), &"yamaha".into(), &"d.conf".into())
    );
    assert_eq!(device["lines"].as_array().expect("a list").len(), 5, "{device:#}");
    assert_eq!(json["unsaid"], serde_json::json!([]));
}
