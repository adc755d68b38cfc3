//! Rules that say less than their author thinks: for destinations that nobody receives, for tunnels that nobody wrote down, in
//! filters that only together permit; and the assumptions that close what warnings cannot.

use std::process::Command;

use sanso::language::Lang;
use sanso::render::Sentence;
use sanso::report::Report;
use serde_json::{Value, json};

use super::engine;

fn report(document: &Value) -> Report {
    engine::report("d.json", &document.to_string()).unwrap_or_else(|error| panic!("{document}: {error}"))
}

fn push(list: &mut Value, value: Value) {
    list.as_array_mut().expect("a list").push(value);
}

/// The texts of the warnings with a code.
fn told(document: &Value, code: &str) -> Vec<String> {
    let report = report(document);
    let found = report.warnings.iter().filter(|warning| warning.code() == code);
    found.map(|warning| warning.text(Lang::En)).collect()
}

fn assumed(document: &Value, part: &str) -> Vec<String> {
    let report = report(document);
    let all = report.assumptions.iter().map(|note| note.fact.text(Lang::En));
    all.filter(|text| text.contains(part)).collect()
}

/// Three tiers around a firewall that bears addresses, with one rule.
fn town(rule: &Value) -> Value {
    json!({
        "sanso": 1,
        "zones": { "my-number": { "networks": ["10.1.0.0/16"] }, "lgwan": { "networks": ["10.2.0.0/16"] } },
        "groups": { "vip": ["10.2.0.1", "192.0.2.1"], "all": ["group:vip"] },
        "names": { "mail.example.jp": ["192.0.2.1"] },
        "nodes": [
            { "id": "pc", "kind": "terminal", "addresses": ["10.1.0.1"], "controls": ["mfa", "export-disabled"] },
            { "id": "lg", "kind": "server", "addresses": ["10.2.0.1"] },
            { "id": "lg-pcs", "kind": "terminal", "addresses": ["10.2.9.0/24"], "zone": "lgwan" },
            { "id": "web", "kind": "external", "zone": "internet", "addresses": ["0.0.0.0/0"] },
            { "id": "fw", "kind": "firewall", "addresses": ["192.0.2.1", "10.2.0.254"], "filter": { "rules": [rule] } },
        ],
        "links": [["pc", "fw"], ["lg", "fw"], ["lg-pcs", "fw"], ["web", "fw"]],
    })
}

const UNRECEIVED: &str = "unreceived-destination";

#[test]
fn destinations_that_nobody_receives_are_told_of() {
    for (to, said) in [
        // received, be it by a part
        (json!("any"), None),
        (json!("0.0.0.0/0"), None),
        (json!("::/0"), None),
        (json!("10.2.0.1"), None),
        (json!("10.2.0.0/16"), None),
        (json!("10.0.0.0/8"), None),
        (json!("10.2.9.7"), None),
        (json!("node:lg"), None),
        (json!("zone:lgwan"), None),
        (json!({ "not": "10.2.0.1" }), None),
        (json!("198.51.100.0/24"), None),
        // nobody's
        (json!("10.1.5.0/24"), Some("permits 10.1.5.0/24, where no endpoint is")),
        (json!(["10.2.0.1", "10.1.5.1-10.1.5.9"]), Some("permits 10.1.5.1-10.1.5.9, where")),
        (json!("2001:db8::/32"), Some("permits 2001:db8::/32, where")),
        // a forwarder's alone
        (json!("192.0.2.1"), Some("permits 192.0.2.1, which only `fw` bears")),
        (json!("10.2.0.252/30"), Some("permits 10.2.0.252/30, which only `fw` bears")),
        (json!("node:fw"), Some("permits node:fw, which only `fw` bears")),
        (json!("group:all"), Some("permits 192.0.2.1 (in group:all), which only `fw` bears")),
        (json!("fqdn:mail.example.jp"), Some("permits 192.0.2.1 (in fqdn:mail.example.jp), which")),
        // for many at once; the Internet's 0.0.0.0/0 listens to nothing
        (json!("224.0.0.18"), Some("permits 224.0.0.18, which is multicast")),
        (json!("239.0.0.0/8"), Some("which is multicast")),
        (json!("ff02::1"), Some("permits ff02::1, which is multicast")),
        (json!("255.255.255.255"), Some("permits 255.255.255.255, which is broadcast")),
        (json!("10.2.9.255"), Some("permits 10.2.9.255, the broadcast address of 10.2.9.0/24")),
        (json!("10.2.255.255"), Some("the broadcast address of 10.2.0.0/16")),
    ] {
        let document = town(&json!({ "id": "R", "action": "permit", "to": to, "service": "tcp/443" }));
        let warnings = told(&document, UNRECEIVED);
        match said {
            None => assert!(warnings.is_empty(), "{to}: {warnings:?}"),
            Some(said) => {
                assert!(warnings.len() == 1 && warnings[0].contains(said), "{to}: {warnings:?}");
                assert!(warnings[0].starts_with("rule R of `fw` "), "{warnings:?}");
            }
        }
        let multicast = assumed(&document, "multicast");
        assert_eq!(multicast.len(), usize::from(said.is_some_and(|said| said.contains("multicast"))), "{to}");
        // A deny rule for it takes nothing from anybody.
        let denied = town(&json!({ "action": "deny", "to": to }));
        assert_eq!(told(&denied, UNRECEIVED), Vec::<String>::new(), "{to}");
    }
    // Two of a list are two warnings, and what is told of once is not told of again.
    let mut document = town(&json!({ "action": "permit", "to": ["224.0.0.1", "192.0.2.1"] }));
    push(
        &mut document["nodes"][4]["filter"]["rules"],
        json!({ "action": "permit", "to": ["192.0.2.1"], "service": "tcp/25" }),
    );
    assert_eq!(told(&document, UNRECEIVED).len(), 2);
}

#[test]
fn who_declares_an_address_receives_it() {
    // The firewall answers for itself.
    for key in [
        json!({ "zone": "lgwan" }),
        json!({ "relays": [{ "from": "zone:internet", "to": "zone:lgwan", "sanitise": "file" }] }),
    ] {
        let mut document = town(&json!({ "action": "permit", "to": "192.0.2.1" }));
        key.as_object().into_iter().flatten().for_each(|(key, value)| document["nodes"][4][key] = value.clone());
        assert_eq!(told(&document, UNRECEIVED), Vec::<String>::new());
    }
    let mut document = town(&json!({ "action": "permit", "to": "224.0.0.0/24" }));
    document["nodes"][1]["addresses"] = json!(["10.2.0.1", "224.0.0.18"]);
    document["nodes"][1]["zone"] = json!("lgwan");
    assert_eq!(told(&document, UNRECEIVED), Vec::<String>::new());
    assert_eq!(assumed(&document, "multicast").len(), 1, "that nobody else does is assumed");
    // Who has no known address may be anywhere, but does not listen to everything.
    let mut document = town(&json!({ "action": "permit", "to": ["10.1.5.0/24", "224.0.0.0/24"] }));
    document["nodes"][2] = json!({ "id": "lg-pcs", "kind": "server" });
    let warnings = told(&document, UNRECEIVED);
    assert!(warnings.len() == 1 && warnings[0].contains("multicast"), "{warnings:?}");
}

#[test]
fn translations_explain_destinations_as_the_filter_sees_them() {
    let entry = json!({ "destination": "10.2.0.1", "to": "192.0.2.1", "service": "tcp/443" });
    let inner = json!({ "destination": "10.1.5.7", "to": "192.0.2.1" });
    for (to, sees, nat, explained) in [
        ("192.0.2.1", Some("original"), &entry, true),
        // after the translation nothing goes there any more
        ("192.0.2.1", None, &entry, false),
        ("192.0.2.1", Some("translated"), &entry, false),
        ("10.1.5.0/24", None, &inner, true),
        ("10.1.5.0/24", Some("original"), &inner, false),
    ] {
        let mut document = town(&json!({ "action": "permit", "to": to }));
        document["nodes"][4]["nat"] = json!([nat]);
        if let Some(view) = sees {
            document["nodes"][4]["filter"]["sees"] = json!({ "destination": view });
        }
        assert_eq!(told(&document, UNRECEIVED).is_empty(), explained, "{to} {sees:?}");
    }
    // Another node may translate it later on, or have made the source of it that replies go to.
    for nat in [entry, json!({ "source": "192.0.2.1", "from": "10.2.0.0/16" })] {
        let mut document = town(&json!({ "action": "permit", "to": "192.0.2.1" }));
        push(&mut document["nodes"], json!({ "id": "edge", "kind": "router", "nat": [nat] }));
        push(&mut document["links"], json!(["fw", "edge"]));
        assert_eq!(told(&document, UNRECEIVED), Vec::<String>::new());
    }
}

#[test]
fn tunnels_without_a_link_are_told_of() {
    const CODE: &str = "tunnel-without-link";
    for (service, carried) in [
        (json!("gre"), Some("gre")),
        (json!(["tcp/443", "esp", "ah"]), Some("ah, esp")),
        (json!("proto/4"), Some("proto/4")),
        (json!("proto/41"), Some("proto/41")),
        (json!("vpn"), Some("udp/4500, udp/500")),
        (json!("udp/1701"), Some("udp/1701")),
        (json!("udp/4789"), Some("udp/4789")),
        (json!("udp/51820"), Some("udp/51820")),
        (json!("any"), None),
        (json!("udp"), None),
        (json!("udp/1024-65535"), None),
        (json!("tcp/500"), None),
        (json!("proto/89"), None),
    ] {
        let rule = json!({ "id": "T", "action": "permit", "from": "10.2.0.1", "to": "node:pc", "service": service });
        let mut document = town(&rule);
        document["services"] = json!({ "vpn": ["udp/500", "inner"], "inner": ["udp/4500"] });
        let warnings = told(&document, CODE);
        match carried {
            None => assert!(warnings.is_empty(), "{service}: {warnings:?}"),
            Some(carried) => {
                let said = format!("rule T of `fw` permits {carried}, which carries other packets, and no link joins");
                assert!(warnings.len() == 1 && warnings[0].starts_with(&said), "{service}: {warnings:?}");
            }
        }
        // A link between the two is the tunnel.
        push(&mut document["links"], json!({ "between": ["pc", "lg"], "id": "tunnel" }));
        assert_eq!(told(&document, CODE), Vec::<String>::new(), "{service}");
        // With ends that are not named, it need not be this one.
        document["nodes"][4]["filter"]["rules"][0]["to"] = json!("any");
        assert_eq!(told(&document, CODE).len(), usize::from(carried.is_some()), "{service}");
        document["nodes"][4]["filter"]["rules"][0]["action"] = json!("deny");
        assert_eq!(told(&document, CODE), Vec::<String>::new(), "{service}");
    }
}

#[test]
fn filters_that_only_together_permit_are_told_of() {
    const CODE: &str = "both-must-permit";
    let permit = |to: &str, more: &Value| {
        let mut rule = json!({ "action": "permit", "to": to });
        more.as_object().into_iter().flatten().for_each(|(key, value)| rule[key] = value.clone());
        rule
    };
    let filter = |name: &str, rule: &Value, more: &Value| {
        let mut filter = json!({ "name": name, "rules": [rule] });
        more.as_object().into_iter().flatten().for_each(|(key, value)| filter[key] = value.clone());
        filter
    };
    let none = json!({});
    let (lg, web) = (json!({ "in": ["lg"] }), json!({ "in": ["web"] }));
    for (first, second, expected) in [
        // Policies of two pairs of zones, without the interfaces: nothing passes at all.
        (filter("a", &permit("10.2.0.1", &none), &none), filter("b", &permit("10.1.0.1", &none), &none), 2),
        // With them, each is for its own packets.
        (filter("a", &permit("10.2.0.1", &none), &lg), filter("b", &permit("10.1.0.1", &none), &web), 0),
        // One on the way in and one on the way out: for some packets both.
        (
            filter("a", &permit("10.2.0.1", &none), &lg),
            filter("b", &permit("10.1.0.1", &none), &json!({ "out": ["web"] })),
            0,
        ),
        // A filter for one interface below one for all: what the narrower permits is denied.
        (filter("a", &permit("10.2.0.1", &none), &lg), filter("b", &permit("10.1.0.1", &none), &none), 1),
        // The interface of the rule is as good as that of the filter.
        (filter("a", &permit("10.2.0.1", &lg), &none), filter("b", &permit("10.1.0.1", &none), &lg), 2),
        // Some of it passes both.
        (filter("a", &permit("10.2.0.0/16", &none), &none), filter("b", &permit("10.2.0.1", &none), &none), 0),
        (
            filter("a", &permit("10.2.0.1", &none), &none),
            filter("b", &permit("any", &json!({ "service": "tcp/443" })), &none),
            0,
        ),
        // For other services, other interfaces: none of it.
        (
            filter("a", &permit("any", &json!({ "service": "tcp/80" })), &none),
            filter("b", &permit("any", &json!({ "service": "tcp/443" })), &none),
            2,
        ),
        (filter("a", &permit("any", &lg), &none), filter("b", &permit("any", &web), &none), 2),
        // What is not denied otherwise is permitted.
        (
            filter("a", &permit("10.2.0.1", &none), &none),
            filter("b", &permit("10.1.0.1", &none), &json!({ "default": "permit" })),
            0,
        ),
        // INPUT and FORWARD are for different packets.
        (
            filter("a", &permit("10.2.0.1", &none), &json!({ "applies_to": "forwarded" })),
            filter("b", &permit("10.1.0.1", &none), &json!({ "applies_to": "delivered" })),
            0,
        ),
        (
            filter("a", &permit("10.2.0.1", &none), &json!({ "applies_to": "forwarded" })),
            filter("b", &permit("10.1.0.1", &none), &none),
            1,
        ),
    ] {
        let mut document = town(&none);
        let shown = format!("{first} {second}");
        let node = document["nodes"][4].as_object_mut().expect("a node");
        node.remove("filter");
        node.insert("filters".to_owned(), json!([first, second]));
        let warnings = told(&document, CODE);
        assert_eq!(warnings.len(), expected, "{shown}: {warnings:?}");
        if expected > 0 {
            let said = "rule #1 of the filter a of `fw` permits nothing, for the filter b denies it";
            assert!(warnings[0].contains(said), "{shown}: {warnings:?}");
            // and that is so: without the rule nothing changes
            let without = {
                let mut document = document.clone();
                document["nodes"][4]["filters"][0]["rules"] = json!([]);
                report(&document)
            };
            let with = report(&document);
            let tuples = |report: &Report| report.requirements.iter().map(|one| one.tuples).collect::<Vec<_>>();
            assert_eq!(tuples(&with), tuples(&without), "{shown}");
        }
    }
}

#[test]
fn forwarders_with_addresses_are_taken_to_offer_nothing() {
    let mut document = town(&json!({ "action": "permit", "to": "10.2.0.1", "from": "10.2.9.0/24" }));
    assert_eq!(
        assumed(&document, "offers no service"),
        ["fw, which bears addresses of its own, offers no service that joins its sides (VPN, proxy, jump host)"]
    );
    push(&mut document["nodes"], json!({ "id": "core", "kind": "l3-switch", "addresses": ["10.1.255.254"] }));
    push(&mut document["links"], json!(["fw", "core"]));
    assert_eq!(
        assumed(&document, "offer no service"),
        [
            "2 forwarders that bear addresses of their own, such as fw, offer no service that joins their sides (VPN, proxy, jump host)"
        ]
    );
    document["nodes"][4]["relays"] = json!([]);
    document["nodes"][5].as_object_mut().expect("a node").remove("addresses");
    assert_eq!(assumed(&document, "no service"), Vec::<String>::new());
}

#[test]
fn routes_that_proofs_rely_on_are_taken_to_be_in_force() {
    let mut document = town(&json!({ "action": "permit" }));
    document["nodes"][4] = json!({ "id": "fw", "kind": "router", "routes": [{ "to": "10.9.0.0/16", "via": "pc" }] });
    push(
        &mut document["nodes"],
        json!({ "id": "idle", "kind": "router", "routes": [{ "to": "10.9.0.0/16", "via": "spare" }] }),
    );
    push(&mut document["nodes"], json!({ "id": "spare", "kind": "router" }));
    push(&mut document["links"], json!(["idle", "spare"]));
    let said = "the routes of fw are in force as declared, and fall away only where `fails` says so";
    assert_eq!(assumed(&document, "routes"), [said], "the routes of `idle` keep nobody apart");
    // Where nobody worked out what proofs rely on, it may be any.
    let report = engine::quick("d.json", &document.to_string()).expect("it can be verified");
    let texts: Vec<String> = report.assumptions.iter().map(|note| note.fact.text(Lang::En)).collect();
    assert!(texts.iter().any(|text| text.starts_with("the routes of 2 nodes, such as fw, are")), "{texts:?}");
    // Nothing is relied on where nothing is proved but by links.
    document["links"] = json!([["pc", "fw"], ["idle", "spare"]]);
    assert_eq!(assumed(&document, "routes"), Vec::<String>::new());
}

#[test]
fn warnings_and_assumptions_are_in_every_form() {
    let mut document =
        town(&json!({ "action": "permit", "from": "10.2.0.1", "to": ["224.0.0.18", "node:fw"], "service": "gre" }));
    document["nodes"][4] = json!({
        "id": "fw", "kind": "firewall", "addresses": ["192.0.2.1"], "routes": [{ "to": "10.9.0.0/16", "via": "pc" }],
        "filters": [
            { "rules": [document["nodes"][4]["filter"]["rules"][0]] },
            { "rules": [{ "action": "permit", "to": "10.2.0.1" }] },
        ],
    });
    let path = std::env::temp_dir().join(format!("sanso-rules-{}.json", std::process::id()));
    std::fs::write(&path, document.to_string()).expect("it is written");
    for (lang, parts) in [
        (
            "en",
            [
                "which is multicast",
                "which only `fw` bears",
                "which carries other packets",
                "every filter that applies must permit",
                "offers no service",
                "multicast addresses",
            ],
        ),
        (
            "ja",
            [
                "マルチキャストである",
                "端点でない「fw」だけ",
                "ほかの通信を運ぶ",
                "すべてが許可しなければ",
                "サービス（VPN、",
                "マルチキャスト宛て",
            ],
        ),
    ] {
        for format in ["text", "json", "html", "markdown"] {
            let call = Command::new(env!("CARGO_BIN_EXE_sanso"))
                .args(["verify", "--lang", lang, "--format", format])
                .arg(&path)
                .output()
                .expect("it runs");
            let said = String::from_utf8(call.stdout).expect("it is text")
                + &String::from_utf8(call.stderr).expect("it is text");
            let said: String = said.replace("&#96;", "`").split_whitespace().collect();
            for part in parts {
                let part: String = part.split_whitespace().collect();
                assert!(said.contains(&part), "{lang} {format}: {part}\n{said}");
            }
        }
    }
    std::fs::remove_file(path).expect("it goes");
}

#[test]
fn refusals_say_both_readings_of_a_mask_and_what_left_out_means() {
    let refused = |rule: &Value| engine::report("d.json", &town(rule).to_string()).expect_err("it is refused");
    for to in ["10.2.0.0/255.255.0.0", "10.2.0.0 255.255.0.0"] {
        let said = refused(&json!({ "action": "permit", "to": to }));
        let readings = "write what is meant: 255.255.0.0 is 10.2.0.0/16 as a netmask, no CIDR as a wildcard mask";
        assert!(said.contains(readings), "{said}");
    }
    let mut document = town(&json!({ "action": "permit" }));
    document["nodes"][1]["addresses"] = json!(["10.2.0.1/0.0.0.0"]);
    let said = engine::report("d.json", &document.to_string()).expect_err("it is refused");
    assert!(said.contains("0.0.0.0 is 0.0.0.0/0 as a netmask, 10.2.0.1 as a wildcard mask"), "{said}");
    for key in ["from", "to", "service", "source_port", "in", "out"] {
        let said = refused(&json!({ "action": "permit", key: [] }));
        assert!(said.contains("error[empty-list]") && said.contains("to leave the key out means any"), "{key}: {said}");
    }
    // Zones without networks are not zones of every network.
    document = town(&json!({ "action": "permit" }));
    document["zones"]["lgwan"]["networks"] = json!([]);
    let said = engine::report("d.json", &document.to_string()).expect_err("it is refused");
    assert!(said.contains("error[empty-list]") && !said.contains("means any"), "{said}");
}
