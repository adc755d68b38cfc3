//! Random policies for a document: sides by anything that patterns look at, ways of sanitising, services.

use super::prng::Random;
use serde_json::{Map, Value, json};

/// Ids of requirements: those that exceptions of random documents waive come first.
const IDS: [&str; 4] = ["MN-ISOLATION", "LGWAN-INTERNET", "INTERNET-CLOUD", "ONE-MORE"];

/// A policy of some path requirements that speaks of nodes of this document.
pub fn policy(seed: u64, document: &Value) -> Value {
    let mut maker = Maker {
        random: Random::from_seed(seed ^ 0x706f_6c69),
        nodes: document["nodes"].as_array().cloned().unwrap_or_default(),
    };
    let patterns = json!({ "some": maker.pattern(1), "more": maker.pattern(1) });
    let mut requirements = vec![];
    for id in &IDS[..maker.random.between(IDS.len() - 1, IDS.len())] {
        let check = maker.check();
        let title = json!({ "ja": "要件", "en": "a requirement" });
        requirements.push(json!({ "id": id, "severity": "error", "title": title, "check": check }));
    }
    json!({ "sanso-policy": 1, "id": "random/policy", "title": { "ja": "無作為", "en": "random" },
        "patterns": patterns, "requirements": requirements })
}

/// Adds twins of some endpoints, which nothing but what only policies look at tells from them.
pub fn with_twins(seed: u64, document: &mut Value) {
    let mut random = Random::from_seed(seed ^ 0x7477_696e);
    let forwards = |node: &Value| {
        node["forwards"]
            .as_bool()
            .unwrap_or(["switch", "l3-switch", "router", "firewall"].contains(&node["kind"].as_str().unwrap_or("host")))
    };
    let says =
        |node: &Value| ["relays", "filter", "filters", "nat", "routes"].iter().any(|key| node.get(key).is_some());
    let nodes = document["nodes"].as_array().cloned().unwrap_or_default();
    let plain: Vec<Value> = nodes.into_iter().filter(|node| !forwards(node) && !says(node)).collect();
    for at in 0..random.between(0, 2).min(plain.len()) {
        let first = random.pick(&plain);
        let id = first["id"].as_str().unwrap_or_default().to_owned();
        let mut twin = first.clone();
        let other = format!("twin-{at}");
        twin["id"] = json!(other);
        // Addresses of one's own are no twin's.
        twin.as_object_mut().expect("a node").remove("addresses");
        if random.chance(60) {
            twin["controls"] = json!([random.pick(&["mfa", "edr"])]);
        }
        let links: Vec<Value> = document["links"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|link| {
                let mut link = link.clone();
                let ends = if link.is_array() { &mut link } else { &mut link["between"] };
                let end = ends
                    .as_array_mut()?
                    .iter_mut()
                    .find(|end| end.as_str().and_then(|end| end.split(':').next()) == Some(&*id))?;
                *end = json!(end.as_str()?.replacen(&id, &other, 1));
                link.as_object_mut().map(|link| link.remove("id"));
                Some(link)
            })
            .collect();
        if let (Some(all), [link]) = (document["links"].as_array_mut(), &links[..]) {
            all.push(link.clone());
            document["nodes"].as_array_mut().expect("nodes").push(twin.clone());
            // A second one is like the first in all but its id.
            let again = format!("{other}-b");
            twin["id"] = json!(again);
            let text = link.to_string().replace(&format!("\"{other}"), &format!("\"{again}"));
            document["links"].as_array_mut().expect("links").push(serde_json::from_str(&text).expect("a link"));
            document["nodes"].as_array_mut().expect("nodes").push(twin);
        }
    }
}

struct Maker {
    random: Random,
    nodes: Vec<Value>,
}

impl Maker {
    fn check(&mut self) -> Value {
        let mut asked = Map::new();
        let kind = self.random.weighted(&[(45, "isolation"), (25, "through"), (30, "sessions")]);
        let sides = if kind == "sessions" { ["from", "to"] } else { ["a", "b"] };
        for side in sides {
            asked.insert(side.into(), self.pattern(0));
        }
        if kind == "through" {
            asked.insert("nodes".into(), self.pattern(0));
        } else if self.random.chance(35) {
            asked.insert("without".into(), self.pattern(0));
        }
        if kind != "sessions" && self.random.chance(40) {
            let methods = json!(["mail-text", "screen", "file"]);
            let some: Vec<Value> =
                methods.as_array().into_iter().flatten().filter(|_| self.random.chance(50)).cloned().collect();
            asked.insert("sanitised_by".into(), if some.is_empty() { json!("any") } else { json!(some) });
        }
        if self.random.chance(45) {
            let words = [
                "tcp/443",
                "tcp/80",
                "tcp/25",
                "udp/53",
                "icmp",
                "tcp",
                "tcp/81-1000",
                "sctp/5000",
                "transfer",
                "any",
                "udp",
                "proto/50",
            ];
            let count = self.random.between(1, 2);
            let list: Vec<&str> = (0..count).map(|_| self.random.pick(&words)).collect();
            asked.insert(if kind == "sessions" { "service" } else { "services" }.into(), json!(list));
        }
        json!({ kind: asked })
    }

    /// Words of the nodes under a key, or one that no node has.
    fn words(&mut self, key: &str) -> Value {
        let of = |node: &Value| match &node[key] {
            Value::Array(list) => list.clone(),
            Value::Null => vec![],
            word => vec![word.clone()],
        };
        let mut all: Vec<Value> = self.nodes.iter().flat_map(of).collect();
        all.retain(|word| word.is_string());
        if all.is_empty() {
            return json!("nobody");
        }
        let count = self.random.between(1, 3);
        let list: Vec<Value> = (0..count).map(|_| self.random.pick(&all)).collect();
        if count == 1 { list[0].clone() } else { json!(list) }
    }

    fn pattern(&mut self, depth: usize) -> Value {
        if self.random.chance(15) {
            return json!([self.one(depth), self.one(depth)]);
        }
        self.one(depth)
    }

    fn one(&mut self, depth: usize) -> Value {
        let mut keys = Map::new();
        let count = self.random.weighted(&[(6, 0), (70, 1), (24, 2)]);
        for _ in 0..count {
            let key = self.random.weighted(&[
                (14, "zone"),
                (14, "tier"),
                (5, "labelled"),
                (10, "kind"),
                (10, "tag"),
                (8, "control"),
                (16, "node"),
                (5, "external"),
                (4, "endpoint"),
                (8, "addresses"),
                (6, "pattern"),
                (6, "business"),
                (6, "owner"),
                (10, "not"),
            ]);
            let value = match key {
                "zone" => self.words("zone"),
                "tier" => {
                    let tiers = ["my-number", "lgwan", "internet"];
                    json!(self.random.pick(&tiers))
                }
                "labelled" | "external" | "endpoint" => json!(self.random.chance(70)),
                "kind" => {
                    let kinds = [
                        "host", "terminal", "server", "printer", "external", "router", "firewall", "switch", "gateway",
                    ];
                    json!(self.random.pick(&kinds))
                }
                "tag" => self.words("tags"),
                "control" => self.words("controls"),
                "node" => self.words("id"),
                "business" | "owner" => self.words(key),
                "addresses" => match self.words("addresses") {
                    Value::String(word) if word == "nobody" => json!("10.0.0.0/8"),
                    words => words,
                },
                "pattern" if depth == 0 => json!(self.random.pick(&["some", "more"])),
                "not" if depth < 2 => self.pattern(depth + 1),
                _ => continue,
            };
            keys.insert(key.into(), value);
        }
        Value::Object(keys)
    }
}
