//! Random policies of the kinds of checks that look at declarations, places, segments, records and what must be possible.

use super::Random;
use serde_json::{Map, Value, json};

/// A policy that speaks of things of this document, with LGWAN-INTERNET for the document to be a topology.
pub fn of_kinds(seed: u64, document: &Value) -> Value {
    let nodes = document["nodes"].as_array().cloned().unwrap_or_default();
    let mut maker = Maker { random: Random::from_seed(seed ^ 0x1d5), nodes };
    let patterns = json!({ "some": maker.one(1), "more": maker.pattern(1) });
    let title = json!({ "ja": "要件", "en": "a requirement" });
    let mut requirements = vec![];
    for id in ["MN-ISOLATION", "LGWAN-INTERNET", "INTERNET-CLOUD"] {
        let check = json!({ "isolation": { "a": {}, "b": { "tier": ["lgwan", "internet", "my-number"] } } });
        requirements.push(json!({ "id": id, "title": title, "check": check }));
    }
    for number in 0..maker.random.between(2, 6) {
        requirements.push(json!({ "id": format!("R{number}"), "title": title, "check": maker.check() }));
    }
    json!({ "sanso-policy": 1, "id": "random/kinds", "title": { "ja": "無作為", "en": "random" },
        "patterns": patterns, "requirements": requirements })
}

struct Maker {
    random: Random,
    nodes: Vec<Value>,
}

impl Maker {
    fn check(&mut self) -> Value {
        let controls = ["mfa", "export-disabled", "monitoring", "eap-tls"];
        let circuits = ["lgwan", "wireless", "internal", "internet"];
        let pattern = self.pattern(0);
        let kinds = [
            (14, "nodes"),
            (14, "links"),
            (10, "placement"),
            (12, "homed"),
            (20, "segment"),
            (12, "exceptions"),
            (8, "transfers"),
            (4, "labelled"),
            (6, "evidence"),
            (14, "expects"),
        ];
        match self.random.weighted(&kinds) {
            "nodes" => {
                let mut asked = self.declared(&controls);
                asked.insert("nodes".into(), pattern);
                json!({ "attributes": asked })
            }
            "links" => {
                let mut asked = self.declared(&controls);
                if self.random.chance(40) {
                    asked.insert("circuit".into(), json!([self.random.pick(&circuits), self.random.pick(&circuits)]));
                }
                let mut links = Map::new();
                if self.random.chance(70) {
                    links.insert("ends".into(), json!([pattern, self.pattern(0)]));
                }
                if self.random.chance(40) {
                    links.insert("circuit".into(), json!(self.random.pick(&circuits)));
                }
                if self.random.chance(20) {
                    links.insert("tag".into(), json!(self.random.pick(&["a", "b"])));
                }
                if self.random.chance(15) {
                    links.insert("owner".into(), json!(["通信事業者", "住民課"]));
                }
                asked.insert("links".into(), json!([links]));
                json!({ "attributes": asked })
            }
            "placement" => {
                let mut asked = json!({ "nodes": pattern });
                if self.random.chance(60) {
                    asked["tiers"] = json!(self.random.pick(&["my-number", "lgwan", "internet"]));
                }
                if self.random.chance(40) || asked.get("tiers").is_none() {
                    asked["zones"] = json!(["school", self.random.pick(&["lgwan", "dmz"])]);
                }
                json!({ "placement": asked })
            }
            "homed" => {
                let mut asked = json!({ "nodes": pattern });
                if self.random.chance(30) {
                    asked["allowed"] = self.pattern(0);
                }
                json!({ "homed": asked })
            }
            "segment" => json!({ "segment": { "a": pattern, "b": self.pattern(0) } }),
            "exceptions" => {
                let check = self.random.pick(&["limited", "used", "used", "attested", "peer", "peer"]);
                let mut asked = json!({ check: true });
                if self.random.chance(40) {
                    asked["of"] = self.random.pick(&[
                        json!("MN-ISOLATION"),
                        json!("LGWAN-INTERNET"),
                        json!(["MN-ISOLATION", "INTERNET-CLOUD"]),
                    ]);
                }
                json!({ "exceptions": asked })
            }
            "transfers" => {
                let mut asked = Map::new();
                for key in ["from", "to"] {
                    if self.random.chance(50) {
                        asked.insert(key.into(), self.pattern(0));
                    }
                }
                let methods = [json!("any"), json!(["file"]), json!(["mail-text", "screen"])];
                if self.random.chance(60) {
                    asked.insert("sanitised_by".into(), self.random.pick(&methods));
                }
                if self.random.chance(60) || asked.get("sanitised_by").is_none() {
                    asked.insert("approved".into(), json!(true));
                }
                json!({ "transfers": asked })
            }
            "evidence" => {
                let mut asked = json!({ "kind": self.random.pick(&["external-audit", "training"]) });
                if self.random.chance(70) {
                    asked["within"] = json!(self.random.pick(&[1, 9, 12, 36]));
                }
                json!({ "evidence": asked })
            }
            kind => json!({ kind: {} }),
        }
    }

    /// Controls, one of some, an owner: at least one of them.
    fn declared(&mut self, controls: &[&str]) -> Map<String, Value> {
        let mut asked = Map::new();
        if self.random.chance(45) {
            asked.insert("controls".into(), json!(self.random.pick(controls)));
        }
        if self.random.chance(35) {
            asked.insert("any_of".into(), json!([self.random.pick(controls), self.random.pick(controls)]));
        }
        if self.random.chance(40) || asked.is_empty() {
            asked.insert("owner".into(), json!(true));
        }
        asked
    }

    fn pattern(&mut self, depth: usize) -> Value {
        if self.random.chance(12) { json!([self.one(depth), self.one(depth)]) } else { self.one(depth) }
    }

    fn one(&mut self, depth: usize) -> Value {
        let mut keys = Map::new();
        for _ in 0..self.random.weighted(&[(12, 0), (70, 1), (18, 2)]) {
            let node = self.random.pick(&self.nodes.clone());
            let (key, value) = match self.random.below(12) {
                0 | 1 => ("zone", json!([self.random.pick(&["my-number", "lgwan", "school", "dmz"])])),
                2 | 3 => ("tier", json!(self.random.pick(&["my-number", "lgwan", "internet"]))),
                4 => ("kind", json!([node["kind"].as_str().unwrap_or("host"), "terminal"])),
                5 => ("control", json!(self.random.pick(&["mfa", "monitoring"]))),
                6 => ("node", node["id"].clone()),
                7 => ("business", json!(self.random.pick(&["juki", "x"]))),
                8 => ("owner", json!(self.random.pick(&["住民課", "情報政策課"]))),
                9 => ("addresses", json!(["10.0.0.0/8", "fd00::/8"])),
                10 if depth == 0 => ("pattern", json!(self.random.pick(&["some", "more"]))),
                _ if depth < 2 => ("not", self.one(2)),
                _ => ("labelled", json!(true)),
            };
            keys.insert(key.into(), value);
        }
        Value::Object(keys)
    }
}
