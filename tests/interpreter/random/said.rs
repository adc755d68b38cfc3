//! Random documents with what they say for policies: tiers of zones, businesses, owners, circuits, controls and tags of links,
//! evidence, and what must be possible. Laid over another document, which is otherwise as it was.

use super::{Random, document, fourth};
use serde_json::{Value, json};

/// The document of a seed, of either edition.
pub fn said(seed: u64) -> Value {
    let mut out = if seed.is_multiple_of(3) { fourth(seed) } else { document(seed) };
    let mut random = Random::from_seed(seed ^ 0x5a1d);
    for (id, zone) in out.get_mut("zones").and_then(Value::as_object_mut).into_iter().flatten() {
        if !["my-number", "lgwan", "internet"].contains(&id.as_str()) && random.chance(60) {
            zone["base"] = json!(random.pick(&["my-number", "lgwan", "internet"]));
        }
    }
    let words = ["juki", "tax", "welfare"];
    for node in out["nodes"].as_array_mut().into_iter().flatten() {
        if random.chance(30) {
            node["business"] =
                if random.chance(50) { json!(random.pick(&words)) } else { json!([random.pick(&words), "x"]) };
        }
        if random.chance(30) {
            node["owner"] = json!(random.pick(&["住民課", "情報政策課"]));
        }
    }
    let count = out["links"].as_array().map_or(0, Vec::len);
    for at in 0..count {
        let link = &mut out["links"][at];
        if link.is_array() {
            *link = json!({ "between": link.clone() });
        }
        if random.chance(60) {
            link["id"] = json!(format!("link-{at}"));
        }
        if random.chance(50) {
            link["circuit"] = json!(random.pick(&["lgwan", "wireless", "internet", "internal", "leased"]));
        }
        if random.chance(30) {
            link["owner"] = json!(random.pick(&["住民課", "通信事業者"]));
        }
        for (key, words) in [("controls", ["eap-tls", "mfa"]), ("tags", ["a", "b"])] {
            if random.chance(30) {
                link[key] = json!(random.pick(&words));
            }
        }
    }
    if random.chance(50) {
        let records = (0..random.between(1, 3)).map(|at| evidence(&mut random, at));
        out["evidence"] = records.collect();
    }
    let ids: Vec<String> = out["nodes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|node| Some(node["id"].as_str()?.to_owned()))
        .collect();
    if random.chance(50) {
        // What exceptions are about is likely to be possible.
        let likely: Vec<Value> = out["exceptions"].as_array().cloned().unwrap_or_default();
        let expects = (0..random.between(1, 2)).map(|at| expectation(&mut random, at, &ids, &likely));
        out["expects"] = expects.collect();
    }
    out
}

fn evidence(random: &mut Random, at: usize) -> Value {
    let mut record = json!({ "id": format!("v{at}"), "kind": random.pick(&["external-audit", "training"]), "by": "b",
        "date": random.pick(&["2024-02-29", "2025-11-21", "2025-11-22", "2026-10-22", "2026-11-22", "2026-11-23"]) });
    if random.chance(30) {
        record["valid_until"] = json!(random.pick(&["2026-11-21", "2026-11-22", "2027-01-01"]));
    }
    record
}

fn expectation(random: &mut Random, at: usize, ids: &[String], likely: &[Value]) -> Value {
    let all = |value: &Value, holds: fn(&str) -> bool| match value {
        Value::Array(items) => items.iter().all(|item| item.as_str().is_some_and(holds)),
        item => item.as_str().is_some_and(holds),
    };
    // A name may stand for transfers too.
    let by_node = |exception: &&Value| {
        ["from", "to"].iter().all(|side| all(&exception[side], |item| item.starts_with("node:")))
            && all(&exception["service"], |item| item.contains('/'))
    };
    if let (Some(exception), true) = (likely.iter().find(by_node), random.chance(60)) {
        let [from, to, service] = ["from", "to", "service"].map(|key| exception[key].clone());
        return json!({ "id": format!("e{at}"), "from": from, "to": to, "service": service });
    }
    let mut side = || match random.below(4) {
        0 => json!("zone:lgwan"),
        1 => json!(["kind:server", "tag:a"]),
        _ => json!(format!("node:{}", random.pick(ids))),
    };
    let (from, to) = (side(), side());
    json!({ "id": format!("e{at}"), "from": from, "to": to,
        "service": random.pick(&[json!("tcp/443"), json!(["tcp/80", "udp/53"]), json!("tcp/20-30"), json!("icmp")]) })
}
