//! Three readers, one list of refusals: the verifier, the Rust checker and the Python checker take the same documents.

mod odd;
mod policies;

use crate::checking::checkers::{Checker, Opinion, checkers};
use crate::checking::prove;
use serde_json::{Value, json};

/// A document that has everything a document can say.
fn document() -> Value {
    let mut document = json!({ "sanso": 1, "name": "all", "model": "alpha",
        "zones": { "my-number": { "networks": ["10.1.0.0/16", "2001:db8::/48"], "title": "t" }, "school": { "networks": "10.9.0.0/16" } },
        "groups": { "g": ["10.9.0.1", "group:h", "10.9.0.8-10.9.0.9"], "h": "2001:db8::/64" },
        "services": { "s": ["tcp/1", "r"], "r": "udp/1-2", "hand": ["transfer", "s"] },
        "names": { "update.example.jp": ["203.0.113.20", "group:g"], "*.example.jp": "node:l", "B.example.": "203.0.113.0/24" },
        "nodes": [{ "id": "m", "kind": "terminal", "addresses": ["10.1.0.1"], "controls": ["mfa"], "tags": ["a", "b"], "count": 2 },
            { "id": "l", "zone": "lgwan", "title": "t", "note": "n", "origin": "a.conf:1" },
            { "id": "i", "kind": "external", "zone": "internet",
                "relays": [{ "from": ["kind:host", "tag:a"], "to": "any", "from_service": "s", "to_service": ["tcp", "icmp"], "both": true }] },
            { "id": "p", "kind": "gateway", "relays": [{ "from": "node:m", "to": "zone:school", "sanitise": "file" }] },
            { "id": "sw", "kind": "switch", "forwards": true, "filters": [{ "in": "e1", "out": ["e2"], "rules": [] }] },
            { "id": "l3", "kind": "l3-switch", "routed_vlans": [10, "20-21"],
                "filter": { "rules": [{ "action": "permit", "in": "vlan10", "out": ["vlan20"] }] } },
            { "id": "f", "kind": "firewall",
                "routes": [{ "to": "10.1.0.0/16", "via": "m", "fails": true, "note": "n", "origin": "o" },
                    { "to": "0.0.0.0/0", "via": "up" }, { "to": "::/0", "drop": true }],
                "nat": [{ "id": "N1", "source": ["10.3.0.1", "node:i"], "from": { "not": "zone:lgwan" }, "to": "fqdn:B.EXAMPLE", "in": "m",
                        "out": "up", "service": "s", "source_port": "1-2", "sees": { "destination": "original" }, "note": "n", "origin": "o" },
                    { "id": "N2", "destination": "10.1.0.1", "to": "10.3.0.9", "service": ["tcp/1", "r"], "destination_port": 80,
                        "applies_to": ["arrived", "emitted"] },
                    { "source": "10.4.0.0/24", "from": "10.5.0.0/24", "one_to_one": true }, { "destination": "keep" }],
                "filter": { "name": "n", "default": "deny", "applies_to": ["forwarded", "delivered"], "stateful": false,
                    "sees": { "source": "translated", "destination": "original" }, "rules": [
                    { "id": "R1", "action": "deny", "from": ["node:m", "group:g"], "to": "zone:lgwan", "service": ["s", "proto/89"], "note": "n" },
                    { "action": "permit", "from": "10.1.0.0-10.1.0.9", "to": "10.2.0.0/16", "source_port": [53, "1024-65535"],
                        "service": "tcp/80-90", "in": ["m"], "out": "up", "state": "replies", "condition": "c", "origin": "o" },
                    { "action": "deny", "from": ["10.0.0.1", { "not": ["node:m", { "not": "fqdn:nobody.example" }] }] }] } }],
        "links": [["m", "f"], { "between": ["i", "f:up"], "id": "k", "note": "n" }, { "between": ["l", "f"], "one_way": true },
            { "between": ["sw:e1", "f"], "vlans": [1, "2-3"] }, { "between": ["sw:e2", "l3"], "vlans": 20, "native": 20 }, ["p", "sw"],
            { "between": ["l3", "sw"], "vlans": { "a": [10, "20-21"] }, "native": [10, 11], "origin": "o" },
            { "between": ["sw", "i"], "vlans": { "a": 5 } }],
        "transfers": [{ "id": "x", "from": ["node:m", "tag:a"], "to": "zone:lgwan", "sanitise": "file", "reason": "r", "approved_by": "a",
            "expires": "2026-03-31", "note": "n" }],
        "exceptions": [{ "id": "x", "from": "node:m", "to": ["node:i", "10.2.0.1"], "service": "tcp/1", "reason": "r", "approved_by": "a",
            "waives": ["MN-ISOLATION", "INTERNET-CLOUD"], "expires": "2027-03-31", "attested": { "by": "b", "basis": "b" } }] });
    policies::add_to(&mut document);
    document
}

/// Whatever it says, it is for this policy, against which a document is held before it is looked at.
const CERTIFICATE: &str = r#"{ "policy": { "id": "three-tier/alpha" } }"#;

/// Whether a text is taken, as a document, by the verifier and by each checker.
fn takers(text: &str, checkers: &mut [Checker]) -> Vec<(String, bool)> {
    let mut all = vec![("the verifier".to_owned(), prove("document.json", text, false).is_ok())];
    for checker in checkers {
        let taken = !matches!(checker.judge(text, CERTIFICATE), Opinion::Unusable(_));
        all.push((checker.name.clone(), taken));
    }
    all
}

/// Puts a value at a place of the document: an object, its key and what it is there, or `None` to take the key away.
fn with(pointer: &str, key: &str, value: Option<Value>) -> Value {
    let mut document = document();
    let holder = document.pointer_mut(pointer).and_then(Value::as_object_mut).unwrap_or_else(|| panic!("{pointer}"));
    match value {
        Some(value) => holder.insert(key.to_owned(), value),
        None => holder.remove(key),
    };
    document
}

const ZONE: &str = "/zones/my-number";
const RELAY: &str = "/nodes/2/relays/0";
const FILTER: &str = "/nodes/6/filter";
const RULE: &str = "/nodes/6/filter/rules/1";
const ROUTE: &str = "/nodes/6/routes/0";
const LINK: &str = "/links/3";
const EXCEPTION: &str = "/exceptions/0";
const NAT: &str = "/nodes/6/nat/0";
const DESTINATION: &str = "/nodes/6/nat/1";
const NATIVE: &str = "/links/6";

/// What every reader takes, and what none does.
#[allow(clippy::too_many_lines)] // a list
fn list() -> Vec<(&'static str, &'static str, Value, bool)> {
    let mut list: Vec<(&str, &str, Value, bool)> = vec![];
    let mut say = |pointer, key, taken: &[Value], refused: &[Value]| {
        list.extend(taken.iter().map(|value| (pointer, key, value.clone(), true)));
        list.extend(refused.iter().map(|value| (pointer, key, value.clone(), false)));
    };
    // A name is not empty, has no white space (of Unicode) at its ends and no control character; an id no colon.
    let words = ["a b", "表", "-", "a:b", "any"].map(Value::from);
    let no_words =
        ["", " ", " a", "a ", "a\t", "\u{3000}a", "a\u{a0}", "\u{85}", "a\u{1c}b", "a\u{7f}", "a\u{9f}b", "a\nb"];
    let (ids, no_words) = (&words[..3], no_words.map(Value::from));
    for (pointer, key) in
        [(RULE, "id"), (LINK, "id"), (EXCEPTION, "id"), ("/nodes/0", "tags"), ("/nodes/0", "controls")]
    {
        say(pointer, key, &words, &no_words);
    }
    let of = |texts: &[Value], make: &dyn Fn(&str) -> Value| -> Vec<Value> {
        texts.iter().map(|text| make(text.as_str().expect("a text"))).collect()
    };
    let colon = [json!("a:b")];
    let no_ids = [&no_words[..], &colon].concat();
    let of_links =
        |make: &dyn Fn(&str) -> Value, taken: &[Value], refused: &[Value]| (of(taken, make), of(refused, make));
    let (taken, refused) = of_links(&|text| json!([format!("sw:{text}"), "p"]), &words, &no_words);
    say("/links/1", "between", &[], &refused);
    let (taken, refused) = (
        [taken, vec![json!(["i", "f:up"]), json!(["i:a:b", "f:up"])]].concat(),
        [refused, vec![json!(["i", "f:up", "l"]), json!(["i"]), json!(["i", "i:a"]), json!(["i", "zz"]), json!("i")]]
            .concat(),
    );
    // The name `up` is used by a filter: where it is gone, nothing is called so.
    say("/links/1", "between", &[json!(["i:1", "f:up"])], &[json!(["i", "f"])]);
    say("/links/1", "between", &taken[taken.len() - 2..], &refused);
    say(
        RELAY,
        "from",
        &of(&words, &|text| json!(format!("tag:{text}"))),
        &of(&no_words, &|text| json!(format!("tag:{text}"))),
    );
    say(
        RELAY,
        "from",
        &[json!("kind:host")],
        &[json!("kind:zz"), json!("kind:"), json!("tag"), json!("node:"), json!("zone:zz")],
    );
    for place in [RULE, EXCEPTION] {
        say(
            place,
            "from",
            &[json!("group:g"), json!("zone:school")],
            &[json!("kind:host"), json!("tag:a"), json!("group:zz"), json!("")],
        );
    }
    // Names of lists and zones.
    for (pointer, value) in [("/zones", json!({})), ("/groups", json!("10.0.0.1")), ("/services", json!("tcp/7"))] {
        let name = |text: &Value, taken: bool| {
            (pointer, text.as_str().expect("a text").to_owned().leak() as &str, value.clone(), taken)
        };
        list.extend(ids.iter().map(|text| name(text, true)));
        list.extend(no_ids.iter().map(|text| name(text, false)));
    }
    let mut say = |pointer, key, taken: &[Value], refused: &[Value]| {
        list.extend(taken.iter().map(|value| (pointer, key, value.clone(), true)));
        list.extend(refused.iter().map(|value| (pointer, key, value.clone(), false)));
    };
    // What a service may not be named; the format's own.
    for name in [
        "proto", "any", "tcp", "tcp/80", "tcp/x", "icmp", "icmp/1", "gre", "proto/6", "proto/x", "esp", "ah", "icmpv6",
        "sctp/1-2",
    ] {
        say("/services", name, &[], &[json!("udp/7")]);
    }
    for name in ["any/1", "tcpx", "TCP", "http/1.1", "6"] {
        say("/services", name, &[json!("udp/7")], &[]);
    }
    let services = [
        "any",
        "tcp",
        "tcp/0",
        "udp/0-65535",
        "sctp/7-7",
        "icmp",
        "icmpv6",
        "esp",
        "ah",
        "gre",
        "proto/0",
        "proto/255",
        "s",
    ];
    let no_services = [
        "",
        "proto",
        "proto/",
        "proto/256",
        "proto/06",
        "proto/1-2",
        "proto/6/80",
        "tcp/",
        "tcp/65536",
        "tcp/2-1",
        "tcp/07",
        "tcp/ 7",
        "tcp/1-",
        "icmp/1",
        "icmp/",
        "zz",
        "TCP/1",
        "tcp/1,2",
        "any/",
    ];
    for (pointer, key) in [(RULE, "service"), (RELAY, "to_service"), (EXCEPTION, "service"), ("/services", "z")] {
        say(pointer, key, &services.map(Value::from), &no_services.map(Value::from));
        say(pointer, key, &[json!(["tcp", "tcp"])], &[json!([]), json!(null), json!(6), json!([["tcp"]]), json!({})]);
    }
    // Numbers.
    let most = (1_u64 << 53) - 1;
    say(
        "/nodes/0",
        "count",
        &[json!(1), json!(most)],
        &[json!(0), json!(-1), json!(most + 1), json!(most + 2), json!(u64::MAX), json!("2"), json!(2.0), json!(null)],
    );
    let (vlans, no_vlans) = (
        json!([1, 4094, "1-4094", "7"]),
        [json!(0), json!(4095), json!("7-6"), json!("07"), json!("1 - 2"), json!(1.0), json!("")],
    );
    say(LINK, "vlans", &[vlans.clone(), json!(7)], &no_vlans);
    say("/nodes/5", "routed_vlans", &[json!([10, "20"]), json!("10-20")], &no_vlans);
    say(LINK, "vlans", &[], &[json!([])]);
    say(
        RULE,
        "source_port",
        &[json!([0, 65535, "1-2"])],
        &[json!(65536), json!("2-1"), json!("07"), json!([]), json!(-1), json!("tcp/1")],
    );
    say("", "sanso", &[], &[json!(2), json!("1"), json!(1.0), json!(null), json!([1])]);
    // Addresses.
    let cidrs =
        ["0.0.0.0/0", "10.2.0.1", "10.2.0.1/32", "::/0", "2001:DB8::1", "::ffff:10.0.0.1", "2001:db8:0:0:0:0:0:1/128"];
    let no_cidrs = [
        "",
        "10.0.0.1/8",
        "10.0.0.0/33",
        "10.0.0.0/08",
        "10.0.0.0/",
        "10.0.0",
        "010.0.0.1",
        "10.0.0.256",
        "::/129",
        "1::2::3",
        ":::",
        "fe80::1%eth0",
        "2001:db8::/-1",
        "10.0.0.1 ",
        "１０.0.0.1",
        "00000::",
        "::10.0.0.1/96",
    ];
    for (pointer, key) in
        [("/nodes/0", "addresses"), ("/zones/school", "networks"), (RULE, "to"), ("/groups", "h"), (ROUTE, "to")]
    {
        say(pointer, key, &cidrs.map(Value::from), &no_cidrs.map(Value::from));
    }
    for (pointer, key) in [(RULE, "to"), ("/groups", "h"), (RELAY, "to"), (EXCEPTION, "from")] {
        say(
            pointer,
            key,
            &[json!("10.0.0.1-10.0.0.1"), json!("::1-::2")],
            &[
                json!("10.0.0.2-10.0.0.1"),
                json!("10.0.0.1-::1"),
                json!("10.0.0.0/8-10.0.0.1"),
                json!("10.0.0.1-"),
                json!("1-2"),
                json!("10.0.0.1-2"),
            ],
        );
    }
    say("/nodes/0", "addresses", &[json!([])], &[json!("10.0.0.1-10.0.0.2"), json!("any"), json!([null])]);
    // The same network twice, in one zone or in two.
    say(
        "/zones/school",
        "networks",
        &[json!(["10.9.0.0/24", "10.9.0.0/25"])],
        &[
            json!([]),
            json!(["10.9.0.0/16", "10.9.0.0/16"]),
            json!(["10.9.0.0/16", "10.1.0.0/16"]),
            json!("2001:DB8:0::/48"),
        ],
    );
    // Lists that hold lists.
    say(
        "/groups",
        "h",
        &[json!(["10.0.0.1", "10.0.0.1"])],
        &[json!("group:h"), json!("group:g"), json!("group:zz"), json!("node:m"), json!("any"), json!([])],
    );
    say("/services", "r", &[json!(["udp/1", "udp/1"])], &[json!("r"), json!("s"), json!(["udp/1", "s"])]);
    let chain = |prefix: &str, leaf: &str, length: usize| {
        let name = |at: usize| if at < length { format!("{prefix}n{at}") } else { leaf.to_owned() };
        // Each names the last one too: the first way to it is short.
        let one =
            |at: usize| (format!("n{at}"), json!([name(length.max(2) - 1).replace(&name(at), leaf), name(at + 1)]));
        Value::Object((0..length).map(one).collect())
    };
    let both = |more: Value, key: &str| {
        let mut map = document()[key].as_object().expect("an object").clone();
        map.extend(more.as_object().expect("an object").clone());
        Value::Object(map)
    };
    say(
        "",
        "groups",
        &[both(chain("group:", "10.0.0.1", 64), "groups")],
        &[both(chain("group:", "10.0.0.1", 65), "groups")],
    );
    say("", "services", &[both(chain("", "tcp/1", 64), "services")], &[both(chain("", "tcp/1", 65), "services")]);
    // Texts may say anything; only a text is one.
    let texts = ["", " ", "\u{1c}", "\u{0}"].map(Value::from);
    for (pointer, keys) in [
        ("", &["name"][..]),
        (ZONE, &["title"]),
        ("/nodes/0", &["title", "note"]),
        (FILTER, &["name"]),
        (RULE, &["note"]),
        (LINK, &["note"]),
        (EXCEPTION, &["reason", "approved_by"]),
        ("/exceptions/0/attested", &["by", "basis"]),
    ] {
        for key in keys {
            say(pointer, key, &texts, &[json!(1), json!(null), json!(["a"]), json!(true)]);
        }
    }
    // Dates.
    say(
        EXCEPTION,
        "expires",
        &[json!("2028-02-29"), json!("0001-01-01"), json!("9999-12-31")],
        &[
            json!("2026-02-29"),
            json!("2026-2-3"),
            json!("0000-01-01"),
            json!("2026-13-01"),
            json!("10000-01-01"),
            json!(" 2026-01-01"),
            json!("2026-01-01\n"),
            json!("２026-01-01"),
            json!(20260101),
            json!(""),
        ],
    );
    // One of several words.
    say(
        "/nodes/0",
        "kind",
        &[json!("host"), json!("external")],
        &[json!("Host"), json!(""), json!("firewall"), json!(null), json!(["host"])],
    );
    say("", "model", &[], &[json!("gamma"), json!(""), json!(1)]);
    say(RULE, "action", &[json!("deny")], &[json!("allow"), json!("")]);
    say(FILTER, "default", &[json!("permit")], &[json!("drop"), json!(null)]);
    say("/nodes/3/relays/0", "sanitise", &[json!("mail-text"), json!("screen")], &[json!("none"), json!(true)]);
    say(RELAY, "sanitise", &[], &[json!("file")]); // its node has a zone
    say(RELAY, "both", &[json!(false)], &[json!("true"), json!(1)]);
    say(LINK, "one_way", &[json!(false)], &[json!("no"), json!(0)]);
    say("/nodes/0", "forwards", &[json!(true)], &[json!("true")]);
    say("/nodes/5", "forwards", &[json!(true)], &[json!(false)]);
    say("/nodes/0", "zone", &[json!("school"), json!("internet")], &[json!("zz"), json!(""), json!(null)]);
    say("/nodes/3", "zone", &[], &[json!("school")]);
    say(EXCEPTION, "waives", &[json!("LGWAN-INTERNET")], &[json!("MN-TERMINAL"), json!([]), json!("mn-isolation")]);
    say(
        EXCEPTION,
        "attested",
        &[],
        &[json!({ "by": "b" }), json!(true), json!({ "by": "b", "basis": "b", "on": "c" })],
    );
    fourth_edition(&mut say);
    policies::say(&words, &no_words, &mut say);
    // Interfaces and neighbours.
    for (pointer, key) in [(FILTER, "in"), (RULE, "out"), (NAT, "in"), (NAT, "out"), (DESTINATION, "in")] {
        say(pointer, key, &[json!("m"), json!(["up", "sw"])], &[json!("i"), json!("zz"), json!([]), json!("")]);
    }
    say("/nodes/5/filter/rules/0", "in", &[json!("vlan21")], &[json!("vlan11"), json!("sw"), json!("vlan1")]);
    say(
        ROUTE,
        "via",
        &[json!("i"), json!("up"), json!("l")],
        &[json!("zz"), json!(""), json!(["m"]), json!("f"), json!(null)],
    );
    say(ROUTE, "drop", &[], &[json!(true), json!(false)]);
    say("/nodes/6/routes/2", "drop", &[], &[json!(false), json!("true"), json!(null)]);
    // Lists: those that may be empty, and those that may not.
    say("/nodes/6", "routes", &[], &[json!([]), json!({})]);
    say("/nodes/6", "filters", &[], &[json!([]), json!([{}])]);
    say("/nodes/4", "filters", &[json!([{}, {}])], &[json!([]), json!({}), json!([null])]);
    say("/nodes/5", "routed_vlans", &[json!(["10-20", 10])], &[json!(null), json!({})]);
    say("/nodes/2", "relays", &[json!([])], &[json!({}), json!([{}])]);
    say("", "nodes", &[], &[json!([]), json!({})]);
    say("", "links", &[], &[json!({}), json!([])]);
    say("", "exceptions", &[json!([])], &[json!({})]);
    say("", "zones", &[], &[json!([]), json!({})]);
    say(FILTER, "rules", &[json!([])], &[json!({}), json!([{}])]);
    for (pointer, keys) in [
        (RULE, &["from", "to", "in"][..]),
        (FILTER, &["out"]),
        (RELAY, &["from", "to", "from_service"]),
        (EXCEPTION, &["from", "to"]),
    ] {
        for key in keys {
            say(pointer, key, &[], &[json!([]), json!({})]);
        }
    }
    for key in ["controls", "tags"] {
        say("/nodes/0", key, &[json!([]), json!(["a", "a"])], &[json!({}), json!([1])]);
    }
    // A key that is unknown where it stands.
    for pointer in [
        "",
        ZONE,
        "/nodes/0",
        FILTER,
        RULE,
        RELAY,
        LINK,
        ROUTE,
        EXCEPTION,
        "/exceptions/0/attested",
        NAT,
        "/nodes/6/filter/sees",
    ] {
        say(pointer, "zz", &[], &[json!(1), json!(null)]);
    }
    say("/nodes/0", "routed_vlans", &[], &[json!([]), json!(10)]); // no l3-switch
    say("/nodes/0", "filter", &[json!({})], &[json!([]), json!(null)]);
    say("/nodes/6", "id", &[], &[json!("m"), json!("a:b")]);
    list
}

/// What is new in the fourth edition.
#[allow(clippy::too_many_lines)] // a list
fn fourth_edition(say: &mut impl FnMut(&'static str, &'static str, &[Value], &[Value])) {
    // Selectors of rules and `nat`, of host names and targets.
    let nested = |depth: usize| (0..depth).fold(json!("any"), |inner, _| json!({ "not": inner }));
    let only_there =
        [json!({ "not": "10.0.0.1" }), json!({ "not": ["any"] }), json!("fqdn:a"), json!(["any", "fqdn:*.x."])];
    for (pointer, key) in [(RULE, "from"), (RULE, "to"), (NAT, "from"), (DESTINATION, "from")] {
        say(
            pointer,
            key,
            &only_there,
            &[json!({}), json!({ "not": [] }), json!({ "nto": "any" }), json!({ "not": null })],
        );
        say(pointer, key, &[nested(40)], &[nested(70), json!({ "not": "kind:host" }), json!({ "not": "node:zz" })]);
        say(pointer, key, &[], &[json!({ "not": "any", "x": 1 }), json!("fqdn:"), json!("fqdn: a"), json!("tag:a")]);
    }
    for (pointer, key) in [(RELAY, "from"), (EXCEPTION, "to"), ("/groups", "h"), ("/names", "x"), (NAT, "source")] {
        say(pointer, key, &[], &only_there);
    }
    let (addresses, others) =
        (["10.0.0.1", "10.0.0.0/8", "::1-::2", "node:m"].map(Value::from), [json!("any"), json!("zone:lgwan")]);
    say("/names", "x", &addresses, &others);
    say(
        "/names",
        "x",
        &[json!(["group:g", "10.0.0.1"])],
        &[json!([]), json!("group:zz"), json!("tag:a"), json!(["fqdn:a"]), json!({})],
    );
    for (name, taken) in [
        ("UPDATE.example.jp", false),
        ("update.example.jp.", false),
        ("b.example", false),
        ("B.Example..", true),
        ("a:b", true),
    ] {
        let value = [json!("10.0.0.1")];
        if taken { say("/names", name, &value, &[]) } else { say("/names", name, &[], &value) }
    }
    for name in ["", " a", "a ", "a\u{7f}"] {
        say("/names", name, &[], &[json!("10.0.0.1")]);
    }
    // Services: what is carried is no packet.
    for (pointer, key) in [(RELAY, "to_service"), (EXCEPTION, "service"), ("/services", "z")] {
        say(
            pointer,
            key,
            &[json!("transfer"), json!(["transfer", "tcp/1"])],
            &[json!("transfer/1"), json!("Transfer")],
        );
    }
    for (pointer, key) in [(RULE, "service"), (NAT, "service"), (DESTINATION, "service")] {
        say(pointer, key, &[], &[json!("transfer"), json!(["s", "transfer"]), json!("hand"), json!(["tcp", "hand"])]);
    }
    say("/services", "transfer", &[], &[json!("udp/7")]);
    say("/services", "transfer/1", &[json!("udp/7")], &[]);
    say("/services", "any-and", &[json!(["any", "s"])], &[]);
    // Rules and filters.
    say(
        RULE,
        "state",
        &[json!("replies")],
        &[json!("established"), json!(""), json!(null), json!(["replies"]), json!(true)],
    );
    say(RULE, "condition", &[json!("x"), json!(" x ")], &[json!(""), json!(" \u{3000}"), json!(1), json!(null)]);
    say(FILTER, "stateful", &[json!(true), json!(false)], &[json!("true"), json!(null)]);
    say(
        FILTER,
        "applies_to",
        &[json!("emitted"), json!(["emitted", "emitted"])],
        &[json!([]), json!("arrived"), json!(["forwarded", "x"]), json!(null), json!({})],
    );
    say(
        FILTER,
        "sees",
        &[json!({}), json!({ "source": "original" }), json!({ "destination": "translated" })],
        &[
            json!({ "source": "x" }),
            json!({ "via": "original" }),
            json!("original"),
            json!(null),
            json!({ "source": null }),
        ],
    );
    say("/nodes/5/filter", "sees", &[], &[json!({}), json!({ "source": "original" })]); // nothing is translated there
    // Routes.
    say(ROUTE, "fails", &[json!(false)], &[json!("yes"), json!(null)]);
    say("/nodes/6/routes/2", "fails", &[], &[json!(true), json!(false)]); // it drops
    for (pointer, key) in [
        ("/nodes/0", "origin"),
        (RULE, "origin"),
        (ROUTE, "origin"),
        (ROUTE, "note"),
        (NAT, "origin"),
        (NAT, "note"),
        (NATIVE, "origin"),
    ] {
        say(pointer, key, &[json!(""), json!("a:1")], &[json!(1), json!(null), json!(["a"])]);
    }
    for pointer in ["", ZONE, FILTER, EXCEPTION, "/groups"] {
        say(pointer, "origin", &[], &[json!(1)]);
    }
    // VLANs by end, and those without tags.
    say(
        LINK,
        "vlans",
        &[json!({ "a": [1, "2-3"] }), json!({ "a": 7 })],
        &[
            json!({}),
            json!({ "b": 7 }),
            json!({ "a": 7, "b": 7 }),
            json!({ "a": [] }),
            json!({ "a": 0 }),
            json!({ "c": 1 }),
            json!({ "a": null }),
        ],
    );
    say(
        NATIVE,
        "vlans",
        &[json!({ "a": 10, "b": 11 }), json!("1-4094")],
        &[json!({ "b": 10 }), json!(10), json!({ "a": 11 })],
    );
    say(
        NATIVE,
        "native",
        &[json!(10), json!("10"), json!([20, 1]), json!(["10", "4094"])],
        &[
            json!(9),
            json!([11, 10]),
            json!([10]),
            json!([10, 11, 12]),
            json!("10-11"),
            json!("10-10"),
            json!(["10-10", 1]),
            json!(0),
        ],
    );
    say(NATIVE, "native", &[], &[json!(null), json!([]), json!({ "a": 10 }), json!("010"), json!([10, 4095])]);
    say(LINK, "native", &[], &[json!(1)]); // it ends at a firewall
    say("/links/7", "native", &[], &[json!(5)]);
    // Address translation.
    let refused = [json!([]), json!({}), json!([{}]), json!(null), json!([{ "from": "any" }])];
    say("/nodes/6", "nat", &[json!([{ "source": "keep" }])], &refused);
    for node in ["/nodes/0", "/nodes/3", "/nodes/4"] {
        say(node, "nat", &[], &[json!([{ "source": "keep" }]), json!([])]); // it does not forward, or is a switch
    }
    say(
        "/nodes/5",
        "nat",
        &[json!([{ "source": "keep", "out": "vlan10" }])],
        &[json!([{ "source": "keep", "out": "sw" }])],
    );
    let targets = [json!("keep"), json!("10.0.0.1"), json!(["10.0.0.0/8", "::1-::2", "node:m"]), json!("node:sw")];
    let no_targets = [
        json!("any"),
        json!(["keep"]),
        json!("zone:lgwan"),
        json!("group:g"),
        json!("fqdn:update.example.jp"),
        json!({ "not": "10.0.0.1" }),
        json!([]),
        json!("node:zz"),
        json!("10.0.0.1/8"),
        json!(null),
        json!(true),
    ];
    say(NAT, "source", &targets, &no_targets);
    say(DESTINATION, "destination", &targets[1..], &no_targets);
    say(DESTINATION, "destination", &[], &[json!("keep")]); // it has a port
    say("/nodes/6/nat/3", "destination", &targets, &no_targets);
    say(NAT, "destination", &[], &[json!("10.0.0.1"), json!("keep")]); // both
    say(NAT, "id", &[json!("a:b")], &[json!("N2"), json!(""), json!(1)]);
    say(NAT, "one_to_one", &[json!(false)], &[json!(true), json!("true"), json!(null)]);
    say(NAT, "destination_port", &[], &[json!(80)]);
    say(NAT, "applies_to", &[], &[json!("arrived")]);
    say(
        NAT,
        "sees",
        &[json!({ "destination": "translated" })],
        &[json!({}), json!({ "source": "original" }), json!("original")],
    );
    say(
        NAT,
        "sees",
        &[],
        &[json!({ "destination": "original", "source": "original" }), json!({ "destination": null })],
    );
    say(DESTINATION, "sees", &[], &[json!({ "destination": "original" })]);
    say(DESTINATION, "out", &[], &[json!("up")]);
    say(
        DESTINATION,
        "applies_to",
        &[json!("emitted"), json!(["arrived"])],
        &[json!([]), json!("forwarded"), json!(null)],
    );
    say(
        DESTINATION,
        "destination_port",
        &[json!(0), json!("65535")],
        &[
            json!(65536),
            json!("80-81"),
            json!("80-80"),
            json!([80]),
            json!(-1),
            json!(""),
            json!("tcp/80"),
            json!(null),
        ],
    );
    say(
        DESTINATION,
        "service",
        &[json!("s"), json!("sctp")],
        &[json!("any"), json!("icmp"), json!(["tcp", "proto/89"])],
    );
    say(DESTINATION, "service", &[json!("proto/6"), json!(["proto/17", "tcp/1"])], &[]);
    say(DESTINATION, "one_to_one", &[json!(false)], &[json!(true)]); // it has a port
    const PAIR: &str = "/nodes/6/nat/2";
    say(
        PAIR,
        "source",
        &[json!("10.4.0.0-10.4.0.255"), json!(["10.4.1.0/24"])],
        &[json!("keep"), json!("10.4.0.0/25")],
    );
    say(PAIR, "source", &[], &[json!("node:m"), json!(["10.4.0.0/24", "10.4.1.0/24"]), json!("::/120")]);
    say(
        PAIR,
        "from",
        &[json!("10.6.0.0/24")],
        &[json!("any"), json!("group:g"), json!(["10.5.0.0/25", "10.5.0.128/25"])],
    );
    say(PAIR, "from", &[], &[json!({ "not": "10.5.0.0/24" }), json!("::/120"), json!("10.5.0.1")]);
    say(PAIR, "source_port", &[json!([0, "1-2"])], &[json!(65536), json!([])]);
    // What is carried.
    let carried = json!([{ "id": "a:b", "from": "any", "to": ["kind:host", "node:m"] }, { "id": "b", "from": "zone:lgwan", "to": "any" }]);
    say(
        "",
        "transfers",
        &[json!([]), carried],
        &[json!({}), json!([{}]), json!(null), json!([{ "id": "t", "from": "node:m" }])],
    );
    for (key, value) in [
        ("from", json!("10.0.0.1")),
        ("to", json!("group:g")),
        ("from", json!("fqdn:a")),
        ("to", json!({ "not": "any" })),
        ("from", json!("node:zz")),
        ("sanitise", json!("burn")),
        ("expires", json!("2026-13-01")),
        ("id", json!("")),
        ("service", json!("transfer")),
        ("origin", json!("o")),
        ("reason", json!(1)),
    ] {
        let mut transfer = json!({ "id": "t", "from": "node:m", "to": "node:l" });
        transfer[key] = value;
        say("", "transfers", &[], &[json!([transfer])]);
    }
    let twice = json!({ "id": "t", "from": "node:m", "to": "node:l" });
    say("", "transfers", &[], &[json!([twice, twice])]);
}

#[test]
fn three_readers_have_one_list_of_refusals() {
    let mut checkers = checkers();
    assert!(takers(&document().to_string(), &mut checkers).iter().all(|(_, taken)| *taken));
    let mut wrong = vec![];
    let list = list();
    for (pointer, key, value, expected) in &list {
        let document = with(pointer, key, Some(value.clone()));
        for (name, taken) in takers(&document.to_string(), &mut checkers) {
            if taken != *expected {
                wrong.push(format!("{name} {} {pointer}/{key}: {value}", if taken { "takes" } else { "refuses" }));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), list.len(), wrong.join("\n"));
    assert!(list.len() > 1000, "{} things", list.len());
    for (pointer, key) in [
        ("", "sanso"),
        ("", "nodes"),
        ("/nodes/0", "id"),
        (RULE, "action"),
        (RELAY, "to"),
        (ROUTE, "to"),
        (LINK, "between"),
        (EXCEPTION, "service"),
        ("/nodes/6", "filter"),
        (ROUTE, "via"),
    ] {
        let all = takers(&with(pointer, key, None).to_string(), &mut checkers);
        assert!(all.iter().all(|(_, taken)| !taken), "{all:?} without {pointer}/{key}");
    }
}

/// What is odd about the text itself.
#[test]
fn three_readers_agree_on_what_json_is() {
    let text = document().to_string();
    let deep = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    let cases: [(&str, String, bool); 19] = [
        ("as it is", text.clone(), true),
        ("white space around", format!(" \r\n\t{text}\n "), true),
        ("a byte order mark", format!("\u{feff}{text}"), true),
        ("two byte order marks", format!("\u{feff}\u{feff}{text}"), false),
        ("something behind", format!("{text}{{}}"), false),
        ("a comma too many", text.replacen("[\"mfa\"]", "[\"mfa\",]", 1), false),
        ("a key twice", text.replacen("\"sanso\":1", "\"sanso\":1,\"sanso\":1", 1), false),
        ("a key twice, once escaped", text.replacen("\"sanso\":1", "\"sanso\":1,\"s\\u0061nso\":1", 1), false),
        ("a key escaped", text.replacen("\"sanso\":1", "\"s\\u0061nso\":1", 1), true),
        ("half a pair", text.replacen("\"title\":\"t\"", "\"title\":\"\\ud800\"", 1), false),
        ("a pair", text.replacen("\"title\":\"t\"", "\"title\":\"\\ud83d\\ude00\"", 1), true),
        ("a control character as it is", text.replacen("\"title\":\"t\"", "\"title\":\"\u{1}\"", 1), false),
        ("a fraction", text.replacen("\"sanso\":1", "\"sanso\":1.0", 1), false),
        ("an exponent", text.replacen("\"count\":2", "\"count\":2e0", 1), false),
        ("a leading zero", text.replacen("\"count\":2", "\"count\":02", 1), false),
        ("nothing", String::new(), false),
        ("a comment", format!("// x\n{text}"), false),
        ("single quotes", text.replacen("\"sanso\"", "'sanso'", 1), false),
        ("nested too deeply", text.replacen("\"count\":2", &format!("\"count\":{}", deep(100)), 1), false),
    ];
    let mut checkers = checkers();
    for (what, text, expected) in cases {
        let all = takers(&text, &mut checkers);
        assert!(all.iter().all(|(_, taken)| *taken == expected), "{what}: {all:?}");
    }
}

/// What an engine that numbers them in 16 bits could take for one another. What the verifier takes `tests/reader.rs` says.
#[test]
fn three_readers_refuse_a_node_that_names_more_than_60_000_interfaces() {
    for (named, expected) in [(60_000, true), (60_001, false)] {
        let links: Vec<Value> = (0..named).map(|at| json!([format!("fw:i{at}"), "sw"])).collect();
        let names: Vec<String> = (0..named).map(|at| format!("i{at}")).collect();
        let filter = json!({ "rules": [{ "action": "deny", "in": names[1..], "out": names[..1] }] });
        let text = json!({ "sanso": 1, "links": links,
            "nodes": [{ "id": "mn", "zone": "my-number" }, { "id": "lg", "zone": "lgwan" }, { "id": "sw", "kind": "switch" },
                { "id": "fw", "kind": "firewall", "filter": filter }] })
        .to_string();
        for checker in &mut checkers() {
            let opinion = checker.judge(&text, CERTIFICATE);
            assert_eq!(!matches!(opinion, Opinion::Unusable(_)), expected, "{}, {named}: {opinion:?}", checker.name);
        }
        assert!(expected || prove("document.json", &text, false).is_err());
    }
}

/// Odd values at odd places: `SANSO_ODDITIES` says how many, `SANSO_SEED` where to begin.
#[test]
fn three_readers_agree_on_odd_documents() {
    let number = |name: &str, default: u64| {
        std::env::var(name)
            .map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")))
    };
    let (first, count) = (number("SANSO_SEED", 1), number("SANSO_ODDITIES", 3000));
    let (mut checkers, whole) = (checkers(), document());
    let (mut taken, mut differences) = (0, vec![]);
    for seed in first..first + count {
        let (text, what) = odd::odd(&whole, seed);
        let all = takers(&text, &mut checkers);
        taken += u64::from(all[0].1);
        if all.iter().any(|(_, taken)| *taken != all[0].1) {
            differences.push(format!("seed {seed}: {what}: {all:?}"));
        }
    }
    assert!(differences.is_empty(), "{} of {count}:\n{}", differences.len(), differences.join("\n"));
    assert!(count < 1000 || taken * 20 > count && taken < count / 2, "{taken} of {count} are taken");
}
