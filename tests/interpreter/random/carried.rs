//! Random documents of the third edition to which transfers are added: whatever takes no other clause of the fourth can still be
//! tried with them.

use super::{Random, document};
use serde_json::{Value, json};

/// The legal document of a seed, with one to three transfers, and relays and exceptions that speak of them.
pub fn carried(seed: u64) -> Value {
    let mut document = document(seed);
    let mut random = Random::from_seed(seed ^ 0xca22_1ed0);
    let nodes = document["nodes"].as_array().cloned().unwrap_or_default();
    let transfers: Vec<Value> = (0..random.between(1, 3)).map(|number| transfer(number, &nodes, &mut random)).collect();
    for transfer in &transfers {
        if random.chance(40) {
            cover(&mut document, transfer, &mut random);
        }
    }
    document["transfers"] = json!(transfers);
    for node in document["nodes"].as_array_mut().into_iter().flatten() {
        for relay in node.get_mut("relays").and_then(Value::as_array_mut).into_iter().flatten() {
            speak(relay, &["from_service", "to_service"], 25, &mut random);
        }
    }
    for exception in document.get_mut("exceptions").and_then(Value::as_array_mut).into_iter().flatten() {
        speak(exception, &["service"], 20, &mut random);
    }
    document
}

fn transfer(number: usize, nodes: &[Value], random: &mut Random) -> Value {
    let mut end = || {
        let node = random.pick(nodes);
        let by_id = json!(format!("node:{}", node["id"].as_str().unwrap_or_default()));
        let word =
            |key: &str, value: &Value| value.as_str().map_or(by_id.clone(), |word| json!(format!("{key}:{word}")));
        let selector = match random.below(12) {
            0 => json!("any"),
            1 => word("kind", &node["kind"]),
            2 => word("tag", &node["tags"][0]),
            3..=5 => word("zone", &node["zone"]),
            _ => by_id.clone(),
        };
        if random.chance(20) { json!([selector, by_id]) } else { selector }
    };
    let mut transfer = json!({ "id": format!("usb-{number}"), "from": end(), "to": end() });
    if random.chance(40) {
        transfer["sanitise"] = json!(random.pick(&["file", "mail-text", "screen"]));
    }
    transfer
}

/// Adds an exception that covers a transfer, as far as its selectors may stand in one.
fn cover(document: &mut Value, transfer: &Value, random: &mut Random) {
    let plain = |selector: &Value| !["kind:", "tag:"].iter().any(|word| selector.to_string().contains(word));
    if !plain(&transfer["from"]) || !plain(&transfer["to"]) {
        return;
    }
    let service = random.pick(&["transfer", "transfer", "any", "tcp/443"]);
    let mut exception = json!({ "id": format!("for-{}", transfer["id"].as_str().unwrap_or_default()),
        "from": transfer["from"], "to": transfer["to"], "service": service, "reason": "r", "approved_by": "a" });
    if random.chance(60) {
        exception["waives"] = random.pick(&[
            json!(["LGWAN-INTERNET"]),
            json!(["LGWAN-INTERNET", "MN-ISOLATION"]),
            json!(["INTERNET-CLOUD", "LGWAN-INTERNET"]),
        ]);
    }
    match document.get_mut("exceptions").and_then(Value::as_array_mut) {
        Some(list) => list.push(exception),
        None => document["exceptions"] = json!([exception]),
    }
}

/// Adds transfers to services that are named.
fn speak(holder: &mut Value, keys: &[&str], percent: usize, random: &mut Random) {
    for &key in keys {
        if !random.chance(percent) {
            continue;
        }
        holder[key] = match holder.get(key) {
            Some(Value::String(word)) if word != "transfer" && random.chance(60) => json!([word, "transfer"]),
            Some(Value::Array(list)) if !list.contains(&json!("transfer")) => {
                json!([list.as_slice(), &[json!("transfer")]].concat())
            }
            _ => json!("transfer"),
        };
    }
}
