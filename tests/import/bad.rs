//! Bad input: configurations cut off at every line, groups that hold themselves, lines without end.

use std::fs;

use sanso::import;

use super::{configurations, folder};

fn refusal(format: &str, text: &str) -> (Option<u32>, String) {
    let refused = import::read("f", text.as_bytes(), import::format(format)).expect_err("refused");
    (refused.place.map(|(line, _)| line), refused.what.en)
}

#[test]
fn cut_off_at_every_line_it_is_refused_or_read() {
    for (file, format) in configurations() {
        let text = fs::read_to_string(&file).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for end in 0..lines.len() {
            let part = lines[..end].join("\n");
            match import::read("f", part.as_bytes(), import::format(format)) {
                Ok(read) => assert_eq!(read.ledger.total(), part.lines().count()),
                Err(refused) => {
                    assert!(refused.place.is_none_or(|(line, _)| line as usize <= end.max(1)), "{refused:?}")
                }
            }
            // and in the middle of a line
            let half: String = lines[end].chars().take(lines[end].chars().count() / 2).collect();
            let part = format!("{part}\n{half}");
            drop(import::read("f", part.as_bytes(), import::format(format)));
        }
    }
}

/// A host that nobody knows is a name in the document, whatever its letters are; found by fuzzing.
#[test]
fn names_with_control_characters_are_written_otherwise() {
    for (format, text) in [
        (
            "yamaha",
            "ip lan1 address 10.10.8.1/24\nip lan1 secure filter in 11\nip filter 11 pass 203.0d\u{0}13.2 * tcp * 80\n",
        ),
        (
            "junos",
            "set system host-name r\nset interfaces ge-0/0/0 unit 0 family inet address 10.20.1.1/24\n\
             set security zones security-zone lan interfaces ge-0/0/0.0\n\
             set security policies from-zone lan to-zone lan policy a match source-address b\u{1b}c\n\
             set security policies from-zone lan to-zone lan policy a match destination-address any\n\
             set security policies from-zone lan to-zone lan policy a match application any\n\
             set security policies from-zone lan to-zone lan policy a then permit\n",
        ),
    ] {
        let read = import::read("f", text.as_bytes(), import::format(format)).expect("it is read");
        let json = import::document(std::slice::from_ref(&read)).to_string();
        assert!(json.contains("fqdn:"), "{json}");
        let source = sanso::source::Source::new("f.json", json.into_bytes()).unwrap();
        assert_eq!(sanso::packet::document(&source).1, [], "{}", source.text());
    }
}

#[test]
fn what_is_not_closed_is_an_error_with_its_place() {
    for (format, text, line) in [
        ("fortios", "config firewall policy\n    edit 1\n        set action accept\n    next\n", 1),
        ("fortios", "config system global\n    set hostname \"fw\nend\n", 2),
        ("iptables", "*filter\n:FORWARD DROP [0:0]\n-A FORWARD -j ACCEPT\n", 1),
        ("iptables", "*filter\n-A FORWARD -m comment --comment \"a\nCOMMIT\n", 2),
        ("junos", "system {\n    host-name r;\n}\ninterfaces {\n    ge-0/0/0 {\n    }\n", 4),
        ("junos", "set system host-name r\nset system login message \"a\nset vlans a vlan-id 1\n", 2),
        ("panos", "<config>\n<devices>\n<entry name=\"a\">\n</entry>\n", 2),
        (
            "panos",
            "set deviceconfig system hostname a\nset deviceconfig system login-banner \"a\nset zone a network layer3 b\n",
            2,
        ),
        ("nftables", "{\"nftables\": [\n{\"table\": {\"family\": \"ip\"\n", 2),
        ("junos", "interfaces {\n}\n/* a\nb\n", 3),
        ("cisco-ios", "hostname r\nbanner motd ^C\nno entry\ninterface Vlan1\n", 2),
    ] {
        let (place, what) = refusal(format, text);
        assert_eq!(place, Some(line), "{text}");
        assert!(what.contains("truncated"), "{what}");
    }
}

#[test]
fn numbers_that_do_not_fit_are_refused() {
    let text =
        |number: &str| format!("hostname r\ninterface GigaEthernet0.0\n  ip filter a {number} in\n  no shutdown\n");
    for number in ["4294967296", "-1", "first"] {
        let (place, what) = refusal("nec-ix", &text(number));
        assert_eq!(place, Some(3), "{number}");
        assert!(what.contains("4294967295"), "{what}");
    }
    import::read("f", text("4294967295").as_bytes(), import::format("nec-ix")).expect("it is the last number");
}

#[test]
fn what_holds_itself_is_an_error_with_both_places() {
    for (format, text, line, other) in [
        (
            "cisco-ios",
            "object-group network A\n group-object B\nobject-group network B\n group-object A\ninterface Vlan1\n",
            4,
            "line 2",
        ),
        (
            "cisco-ios",
            "zone security a\nzone security b\nzone-pair security p source a destination b\n service-policy type inspect P\n\
             policy-map type inspect P\n class type inspect C\n  pass\nclass-map type inspect match-any C\n match class-map C\n\
             interface Vlan1\n zone-member security a\ninterface Vlan2\n zone-member security b\n",
            9,
            "line 8",
        ),
        (
            "fortios",
            "config firewall addrgrp\n edit \"A\"\n  set member \"B\"\n next\n edit \"B\"\n  set member \"A\"\n next\nend\n\
             config firewall policy\n edit 1\n  set srcaddr \"A\"\n  set dstaddr \"all\"\n next\nend\n",
            6,
            "line 3",
        ),
        (
            "fortios",
            "config firewall service group\n edit \"A\"\n  set member \"A\"\n next\nend\n\
             config firewall policy\n edit 1\n  set srcaddr \"all\"\n  set dstaddr \"all\"\n  set service \"A\"\n next\nend\n",
            3,
            "line 3",
        ),
        (
            "junos",
            "set security address-book global address-set A address-set B\n\
             set security address-book global address-set B address-set A\n\
             set security zones security-zone z interfaces ge-0/0/0.0\n\
             set security policies global policy p match source-address A\nset security policies global policy p then permit\n",
            2,
            "line 1",
        ),
        (
            "junos",
            "set applications application-set A application-set A\nset security zones security-zone z interfaces ge-0/0/0.0\n\
             set security policies global policy p match application A\nset security policies global policy p then permit\n",
            1,
            "line 1",
        ),
        (
            "junos",
            "set interfaces ge-0/0/0 unit 0 family inet filter input A\nset firewall filter A term a filter B\n\
             set firewall filter B term a filter A\n",
            3,
            "line 2",
        ),
        (
            "panos",
            "set address-group A static B\nset address-group B static A\nset zone z network layer3 ethernet1/1\n\
             set rulebase security rules r source A\nset rulebase security rules r action allow\n",
            2,
            "line 1",
        ),
        (
            "nftables",
            "{\"nftables\": [{\"table\": {\"family\": \"ip\", \"name\": \"t\"}},\n\
             {\"chain\": {\"family\": \"ip\", \"table\": \"t\", \"name\": \"a\", \"type\": \"filter\", \"hook\": \"forward\", \"prio\": 0}},\n\
             {\"chain\": {\"family\": \"ip\", \"table\": \"t\", \"name\": \"b\"}},\n\
             {\"rule\": {\"family\": \"ip\", \"table\": \"t\", \"chain\": \"a\", \"expr\": [{\"jump\": {\"target\": \"b\"}}]}},\n\
             {\"rule\": {\"family\": \"ip\", \"table\": \"t\", \"chain\": \"b\", \"expr\": [{\"jump\": {\"target\": \"a\"}}]}}\n]}\n",
            5,
            "line 4",
        ),
        (
            "iptables",
            "*filter\n:FORWARD DROP\n:a -\n:b -\n-A FORWARD -j a\n-A a -j b\n-A b -j a\nCOMMIT\n",
            7,
            "line 6",
        ),
    ] {
        let (place, what) = refusal(format, text);
        assert_eq!(place, Some(line), "{text}\n{what}");
        assert!(what.contains(other), "{what} names {other}");
    }
}

#[test]
fn nesting_and_lines_have_an_end() {
    let deep = "config a\n".repeat(80) + &"end\n".repeat(80);
    assert_eq!(refusal("fortios", &deep).0, Some(65));
    let deep = format!("<config>{}", "\n<a>".repeat(80));
    assert_eq!(refusal("panos", &deep).0, Some(65));
    let deep = "a {\n".repeat(80) + &"}\n".repeat(80);
    assert_eq!(refusal("junos", &deep).0, Some(65));
    let deep: String = (0..80).map(|depth| " ".repeat(depth) + "a\n").collect();
    assert_eq!(refusal("cisco-ios", &deep).0, Some(65));
    let long = format!("hostname r\n! {}\n", "x".repeat(1 << 20));
    assert_eq!(refusal("cisco-ios", &long).0, Some(2));
    let mut chains = String::from("*filter\n:FORWARD DROP\n");
    for at in 0..80 {
        chains.push_str(&format!(
            "-A {} -j c{}\n",
            if at == 0 { "FORWARD".to_owned() } else { format!("c{}", at - 1) },
            at
        ));
    }
    chains.push_str("-A c79 -j ACCEPT\nCOMMIT\n");
    assert!(refusal("iptables", &chains).1.contains("64"));
}

#[test]
fn a_file_of_no_format_and_one_of_two_are_refused() {
    let refused = import::read("f", b"sanso: 1\n", None).unwrap_err();
    assert!(refused.what.en.contains("no format fits"), "{refused:?}");
    let both = "interface Vlan1\n ip access-group X in\n*filter\n:FORWARD DROP [0:0]\n-A FORWARD -j ACCEPT\n";
    let refused = import::read("f", both.as_bytes(), None).unwrap_err();
    assert!(refused.what.en.contains("cisco-ios, iptables"), "{refused:?}");
}

#[test]
fn shift_jis_is_read() {
    let text = fs::read(folder().join("fortios/policies.cfg")).unwrap();
    let (text, _, _) = encoding_rs::SHIFT_JIS.encode(std::str::from_utf8(&text).unwrap());
    assert!(std::str::from_utf8(&text).is_err(), "the configuration has Japanese names");
    let read = import::read("f", &*text, None).unwrap();
    assert_eq!(read.format, "fortios");
}
