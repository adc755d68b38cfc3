//! Policies made at random, and policies that somebody changed.

use sanso::document::Date;
use sanso::policy::{Policy, definition::Definition, read};
use sanso::source::Source;
use serde_json::{Value, json};

use super::places::{get, get_mut, pointer};
use crate::interpreter::random::Random;
use crate::interpreter::shrink::{Place, Step, places};

/// The day of certificates.
pub const DAY: Date = Date { year: 2026, month: 11, day: 22 };

/// A policy as it is written; `None`: it is refused.
pub fn definition(text: &str) -> Option<Definition> {
    let source = Source::new("policy.json", text.as_bytes().to_vec()).ok()?;
    let nowhere = |_: &str, path: &str| Err(sanso::language::Phrase::new(path, path));
    read(source, &nowhere).0
}

fn phrase() -> Value {
    json!({ "en": "text", "ja": "文" })
}

/// A requirement with this check.
pub fn requirement(id: &str, check: Value) -> Value {
    json!({ "id": id, "title": phrase(), "check": check })
}

/// A policy file that extends nothing.
pub fn file(requirements: Vec<Value>) -> Value {
    json!({ "sanso-policy": 1, "id": "random/1", "title": phrase(), "requirements": requirements })
}

/// What patterns look at.
pub struct Words {
    pub nodes: Vec<String>,
    pub zones: Vec<String>,
}

impl Words {
    /// The words of a document.
    pub fn of(document: &Value) -> Self {
        let ids = document["nodes"].as_array().into_iter().flatten().filter_map(|node| node["id"].as_str());
        let mut zones: Vec<String> = ["my-number", "lgwan", "internet"].map(str::to_owned).into();
        zones.extend(document["zones"].as_object().into_iter().flat_map(|zones| zones.keys().cloned()));
        Self { nodes: ids.map(str::to_owned).collect(), zones }
    }

    /// A condition on nodes; `finer`: one that may part nodes that are alike on the network.
    fn condition(&self, random: &mut Random, depth: usize, finer: bool) -> Value {
        let mut out = json!({});
        for _ in 0..random.weighted(&[(70, 1), (20, 2), (10, 0)]) {
            let choice = random.below(if finer { 11 } else { 8 });
            let (key, value) = match choice {
                0 | 1 => ("tier", json!([random.pick(&["my-number", "lgwan", "internet"])])),
                2 => ("zone", json!([random.pick(&self.zones)])),
                3 => ("kind", json!([random.pick(&["terminal", "server", "external", "host", "firewall"])])),
                4 => ("tag", json!([random.pick(&["security-cloud", "pc", "wsus"])])),
                5 => ("external", json!(random.chance(50))),
                6 => ("labelled", json!(random.chance(70))),
                7 if depth > 0 => ("not", json!([self.condition(random, depth - 1, finer)])),
                7 => ("endpoint", json!(random.chance(80))),
                8 => ("node", json!([random.pick(&self.nodes), random.pick(&self.nodes)])),
                9 => ("control", json!([random.pick(&["mfa", "export-disabled", "monitoring"])])),
                _ => ("addresses", json!([random.pick(&["10.1.0.0/16", "10.0.0.0/8", "0.0.0.0/0"])])),
            };
            out[key] = value;
        }
        out
    }

    fn pattern(&self, random: &mut Random, finer: bool) -> Value {
        let count = random.weighted(&[(75, 1), (25, 2)]);
        (0..count).map(|_| self.condition(random, 2, finer)).collect()
    }

    /// A check of some kind.
    pub fn check(&self, random: &mut Random, finer: bool) -> Value {
        let paths = |random: &mut Random, kind: &str| {
            let (a, mut b) = (self.pattern(random, finer), self.pattern(random, finer));
            if random.chance(50) {
                // No node is on both sides.
                b.as_array_mut().into_iter().flatten().for_each(|one| one["not"] = a.clone());
            }
            let mut check = json!({ "a": a, "b": b });
            if random.chance(40) {
                let some = json!([random.pick(&["mail-text", "screen", "file"])]);
                check["sanitised_by"] = random.pick(&[json!("any"), json!("any"), some]);
            }
            if kind == "through" {
                check["nodes"] = self.pattern(random, finer);
            } else if random.chance(40) {
                let cloud = random.chance(50);
                check["without"] =
                    if cloud { json!([{ "tag": ["security-cloud"] }]) } else { self.pattern(random, finer) };
            }
            if random.chance(20) {
                check["services"] = random.pick(&[json!(["tcp/443"]), json!(["tcp", "transfer"]), json!(["udp/53"])]);
            }
            json!({ kind: check })
        };
        match random.below(13) {
            0..=3 => paths(random, "isolation"),
            4 => paths(random, "through"),
            5 => {
                let mut check = json!({ "from": self.pattern(random, finer), "to": self.pattern(random, finer) });
                if random.chance(50) {
                    check["service"] = random.pick(&[json!(["tcp/443"]), json!(["tcp"]), json!(["udp", "icmp"])]);
                }
                if random.chance(30) {
                    check["without"] = self.pattern(random, finer);
                }
                json!({ "sessions": check })
            }
            6 => {
                let mut check = json!({ "nodes": self.pattern(random, true) });
                check[random.pick(&["controls", "any_of"])] =
                    json!([random.pick(&["mfa", "export-disabled"]), random.pick(&["monitoring", "blocking"])]);
                json!({ "attributes": check })
            }
            7 => {
                json!({ "placement": { "nodes": self.pattern(random, true), "tiers": ["lgwan"], "zones": [random.pick(&self.zones)] } })
            }
            8 => {
                let check = random.pick(&["limited", "attested", "peer"]);
                let mut asked = json!({ check: true });
                if random.chance(70) {
                    asked["of"] = random.pick(&[json!(["MN-ISOLATION"]), json!(["MN-ISOLATION", "LGWAN-INTERNET"])]);
                }
                json!({ "exceptions": asked })
            }
            9 => json!({ "exceptions": { "used": true, "of": ["MN-ISOLATION", "LGWAN-INTERNET"] } }),
            10 => json!({ "expects": {} }),
            11 => json!({ "homed": { "nodes": self.pattern(random, true) } }),
            _ => json!({ "labelled": {} }),
        }
    }

    /// A check of a policy that can be read.
    fn readable(&self, random: &mut Random, finer: bool) -> Value {
        loop {
            let check = self.check(random, finer);
            // What a check of exceptions names is there.
            let isolation = json!({ "isolation": { "a": [{ "tier": ["lgwan"] }], "b": [{ "tier": ["internet"] }] } });
            let named = ["MN-ISOLATION", "LGWAN-INTERNET"].map(|id| requirement(id, isolation.clone()));
            let all = file(named.into_iter().chain([requirement("R", check.clone())]).collect());
            if definition(&all.to_string()).is_some() {
                return check;
            }
        }
    }

    /// A policy of a few requirements; those that exceptions of random documents waive are there.
    pub fn policy(&self, random: &mut Random, finer: bool) -> Value {
        let mut ids = vec!["MN-ISOLATION", "LGWAN-INTERNET", "INTERNET-CLOUD"];
        random.shuffle(&mut ids);
        let mut requirements = vec![];
        while let Some(id) = ids.last() {
            let check = self.readable(random, finer);
            if ["isolation", "through", "sessions"].iter().any(|kind| check.get(kind).is_some()) {
                requirements.push(requirement(id, check));
                ids.pop();
            }
        }
        for at in 0..random.below(4) {
            requirements.push(requirement(&format!("R{at}"), self.readable(random, finer)));
        }
        file(requirements)
    }
}

/// The policy that a definition asks on the day; it stays.
pub fn asked(definition: &Definition) -> &'static Policy {
    Box::leak(Box::new(Policy::of(definition, DAY)))
}

/// A changed policy, and what was done; its canonical JSON, if it is one still, is another.
pub fn altered(policy: &Value, words: &Words, random: &mut Random) -> Option<(String, Value)> {
    let interesting = |place: &&Place| {
        let named = |step: &Step, wanted: &str| matches!(step, Step::Key(key) if key == wanted);
        !place.is_empty() && !place.iter().any(|step| ["title", "help", "basis"].iter().any(|key| named(step, key)))
    };
    let all = places(policy);
    let some: Vec<&Place> = all.iter().filter(interesting).collect();
    let place = *some.get(random.below(some.len().max(1)))?;
    let mut out = policy.clone();
    let was = get(policy, place)?.clone();
    let what = match random.below(4) {
        0 => {
            let (last, above) = place.split_last()?;
            match (get_mut(&mut out, above)?, last) {
                (Value::Object(map), Step::Key(key)) => drop(map.remove(key)),
                (Value::Array(list), Step::Index(at)) => drop(list.remove(*at)),
                _ => return None,
            }
            "removed"
        }
        1 => {
            *get_mut(&mut out, place)? = match &was {
                Value::Bool(value) => json!(!value),
                Value::String(_) => json!(random.pick(&[
                    "my-number",
                    "lgwan",
                    "internet",
                    "any",
                    "screen",
                    "mfa",
                    "terminal",
                    "error",
                    "warning",
                    "R0",
                    "R1",
                    "tcp"
                ])),
                Value::Array(_) => words.pattern(random, true),
                Value::Object(_) => words.condition(random, 1, true),
                _ => json!(2),
            };
            "changed"
        }
        2 => {
            match get_mut(&mut out, place)? {
                Value::Array(list) => list.push(words.condition(random, 1, true)),
                Value::Object(map) => {
                    let key = random.pick(&["not", "tier", "extends", "without", "sanitised_by", "services", "odd"]);
                    map.insert(key.to_owned(), random.pick(&[json!(["lgwan"]), json!("any"), json!([{}]), json!([])]));
                }
                other => *other = Value::Null,
            }
            "added"
        }
        _ => {
            let list = out["requirements"].as_array_mut()?;
            let id = list.get(random.below(list.len().max(1)))?["id"].clone();
            let mut change = json!({ "id": id });
            change[random.pick(&["severity", "off"])] = random.pick(&[json!("warning"), json!("error"), json!(true)]);
            for (key, value) in [("reason", "r"), ("approved_by", "c"), ("until", "2026-12-31")] {
                if random.chance(90) {
                    change[key] = json!(value);
                }
            }
            out["change"] = json!([change]);
            "loosened"
        }
    };
    (out != *policy).then(|| (format!("{what} at {}", pointer(place)), out))
}
