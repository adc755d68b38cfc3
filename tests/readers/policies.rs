//! What documents say for policies: tiers of zones, businesses, owners, circuits, evidence, and what must be possible.

use super::{EXCEPTION, LINK, ZONE};
use serde_json::{Value, json};

/// What a list of things is said of: a place, a key, what all readers take there and what none does.
type Say<'s> = &'s mut dyn FnMut(&'static str, &'static str, &[Value], &[Value]);

/// What [`super::document`] says of these.
pub fn add_to(document: &mut Value) {
    document["edition"] = json!("2025-03");
    document["zones"]["naibu"] = json!({ "base": "lgwan", "networks": "10.8.0.0/16" });
    document["zones"]["my-number"]["base"] = json!("my-number");
    document["nodes"][0]["business"] = json!(["juki", "tax"]);
    document["nodes"][0]["owner"] = json!("住民課");
    let link = &mut document["links"][3];
    link["id"] = json!("wan-1");
    link["circuit"] = json!("leased");
    link["owner"] = json!("通信事業者");
    link["controls"] = json!(["eap-tls"]);
    link["tags"] = json!("backup");
    link["title"] = json!("予備回線");
    for list in ["transfers", "exceptions"] {
        document[list][0]["owner"] = json!("o");
        document[list][0]["approved_on"] = json!("2026-01-31");
    }
    document["evidence"] = json!([{ "id": "a1", "kind": "external-audit", "by": "監査法人", "date": "2026-01-31",
        "valid_until": "2027-01-31", "note": "n" }]);
    document["expects"] = json!([{ "id": "e1", "from": ["node:m", "tag:a"], "to": "zone:lgwan", "service": ["tcp/1", "r"],
        "note": "n" }]);
}

/// What is taken and refused of them.
pub fn say(words: &[Value], no_words: &[Value], say: Say<'_>) {
    let tiers = ["my-number", "lgwan", "internet"].map(Value::from);
    let no_tiers = [json!("school"), json!(""), json!(1), json!(["lgwan"]), json!(null)];
    say("/zones/naibu", "base", &tiers, &no_tiers);
    // A tier is its own base.
    say(ZONE, "base", &[json!("my-number")], &[json!("lgwan"), json!("internet")]);
    for (pointer, key) in [
        ("/nodes/0", "owner"),
        (LINK, "owner"),
        (EXCEPTION, "owner"),
        ("/transfers/0", "owner"),
        ("/evidence/0", "id"),
        ("/evidence/0", "kind"),
        ("/expects/0", "id"),
    ] {
        say(pointer, key, words, no_words);
        say(pointer, key, &[], &[json!(1), json!(["a"]), json!(null)]);
    }
    for (pointer, key) in [("/nodes/0", "business"), (LINK, "controls"), (LINK, "tags")] {
        say(pointer, key, words, no_words);
        say(pointer, key, &[json!(["a", "b"])], &[json!([""]), json!([1]), json!({})]);
    }
    say("/nodes/0", "business", &[], &[json!([])]);
    say(LINK, "controls", &[json!([])], &[]);
    say(LINK, "tags", &[json!([])], &[]);
    let circuits = ["lgwan", "leased", "internet", "vpn", "mobile", "wireless", "internal"].map(Value::from);
    say(LINK, "circuit", &circuits, &[json!("lan"), json!(""), json!(["vpn"]), json!(null)]);
    say(LINK, "title", &[json!(""), json!("a:b")], &[json!(1), json!([])]);
    for (pointer, key) in [
        (EXCEPTION, "approved_on"),
        ("/transfers/0", "approved_on"),
        ("/evidence/0", "date"),
        ("/evidence/0", "valid_until"),
    ] {
        let no_days = [json!("2026-02-30"), json!("2026-1-1"), json!("令和8年1月1日"), json!(20260101), json!(null)];
        say(pointer, key, &[json!("2026-02-28"), json!("2024-02-29")], &no_days);
    }
    say("/evidence/0", "by", &[json!(""), json!("監査")], &[json!(1), json!(null)]);
    for (pointer, key) in [("/evidence/0", "note"), ("/expects/0", "note")] {
        say(pointer, key, &[json!("")], &[json!(1)]);
    }
    let evidence = json!({ "id": "a1", "kind": "k", "by": "b", "date": "2026-01-01" });
    let without = |value: &Value, key: &str| {
        let mut value = value.clone();
        value.as_object_mut().expect("an object").remove(key);
        json!([value])
    };
    let lacking = ["id", "kind", "by", "date"].map(|key| without(&evidence, key));
    say("", "evidence", &[json!([evidence])], &lacking);
    say("", "evidence", &[], &[json!([]), json!([evidence, evidence]), evidence.clone(), json!(null)]);
    let expects = json!({ "id": "e1", "from": "any", "to": "node:l", "service": "any" });
    let lacking = ["id", "from", "to", "service"].map(|key| without(&expects, key));
    say("", "expects", &[json!([expects])], &lacking);
    say("", "expects", &[], &[json!([]), json!([expects, expects]), expects.clone(), json!(null)]);
    for key in ["from", "to"] {
        let taken = ["any", "node:m", "zone:naibu", "kind:server", "tag:x"].map(Value::from);
        let refused =
            ["10.1.0.1", "10.0.0.0/8", "10.0.0.1-10.0.0.2", "group:g", "fqdn:a", "node:zz", "zone:zz"].map(Value::from);
        say("/expects/0", key, &taken, &refused);
        say("/expects/0", key, &[], &[json!([]), json!({ "not": "any" }), json!(null)]);
    }
    let services = [json!("any"), json!("tcp"), json!(["tcp/1", "s"]), json!("icmp")];
    let none = [json!([]), json!("transfer"), json!("hand"), json!(["tcp/1", "transfer"]), json!("zz"), json!(null)];
    say("/expects/0", "service", &services, &none);
    say("", "edition", &[], &[json!("2025"), json!("2099-03"), json!(2025), json!(null)]);
    say("", "policy", &[json!("three-tier/alpha")], &[json!(1), json!([]), json!(null)]);
    for pointer in ["/zones/naibu", "/evidence/0", "/expects/0"] {
        say(pointer, "zz", &[], &[json!(1)]);
    }
}
