//! Changes of one field of a certificate, and a few lies that take several.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

use super::places::{by_class, class, get, get_mut, pointer};
use super::truth::{REQUIREMENTS, sha256};
use crate::interpreter::random::Random;
use crate::interpreter::shrink::Place;

/// A changed certificate.
pub struct Forgery {
    /// The kind of place that was changed, or the lie.
    pub class: String,
    /// Where, and what it was and became.
    pub what: String,
    pub certificate: Value,
    /// Whether the format forbids it, whatever it means.
    pub malformed: bool,
}

/// What forgeries are made of.
pub struct Workshop<'v> {
    certificate: &'v Value,
    by_class: BTreeMap<String, Vec<Place>>,
    /// Words that mean something: ids of the document, and of the format.
    words: Vec<String>,
    /// Other certificates of other documents, for parts that fit in form.
    donors: Vec<(&'v Value, BTreeMap<String, Vec<Place>>)>,
}

const WORDS: [&str; 14] = [
    "proved",
    "violated",
    "vacuous",
    "source",
    "destination",
    "service",
    "source_port",
    "my-number",
    "lgwan",
    "internet",
    "10.1.0.0",
    "10.2.0.5",
    "2001:db8::",
    "192.0.2.0",
];

impl<'v> Workshop<'v> {
    pub fn new(document: &Value, certificate: &'v Value, donors: &[&'v Value]) -> Self {
        let mut words: Vec<String> = WORDS.iter().chain(&REQUIREMENTS).map(|word| (*word).to_owned()).collect();
        for list in ["nodes", "exceptions"] {
            let items = document[list].as_array().into_iter().flatten();
            words.extend(items.filter_map(|item| item["id"].as_str()).map(str::to_owned));
        }
        let donors = donors.iter().map(|donor| (*donor, by_class(donor))).collect();
        Self { certificate, by_class: by_class(certificate), words, donors }
    }

    pub fn forge(&self, random: &mut Random) -> Forgery {
        loop {
            let forged = if random.chance(20) { self.lie(random) } else { self.change(random) };
            match forged {
                Some(forged) if forged.certificate != *self.certificate => return forged,
                _ => {}
            }
        }
    }

    /// A value of the same class, of this certificate or of another.
    fn like(&self, class: &str, random: &mut Random) -> Option<Value> {
        let (of, by_class) = match self.donors.len() {
            donors if donors > 0 && random.chance(40) => {
                let (of, by_class) = &self.donors[random.below(donors)];
                (*of, by_class)
            }
            _ => (self.certificate, &self.by_class),
        };
        let list = by_class.get(class)?;
        get(of, &list[random.below(list.len())]).cloned()
    }

    fn change(&self, random: &mut Random) -> Option<Forgery> {
        let classes: Vec<&String> = self.by_class.keys().collect();
        let class = classes[random.below(classes.len())];
        let places = &self.by_class[class];
        let place = &places[random.below(places.len())];
        let mut certificate = self.certificate.clone();
        let value = get_mut(&mut certificate, place)?;
        let before = value.clone();
        let mut malformed = false;
        match random.below(10) {
            0 => *value = self.like(class, random)?,
            1 => {
                let other = random.pick(&[json!(null), json!(0), json!(""), json!([]), json!({}), json!(true)]);
                malformed = kind(&other) != kind(&before) && !other.is_null() && !before.is_null();
                *value = other;
            }
            _ => malformed = self.alter(value, class, random)?,
        }
        // `[]` for a list, `""` for a text: not malformed. A cell's position and a pass may have several forms.
        malformed &= !["cut", "passes", "source", "destination"].iter().any(|end| class.ends_with(end));
        let brief = |value: &Value| value.to_string().chars().take(300).collect::<String>();
        let what = format!("{}: {} → {}", pointer(place), brief(&before), brief(value));
        Some(Forgery { class: class.clone(), what, certificate, malformed })
    }

    /// Changes a value within its type; says whether that must be against the format.
    fn alter(&self, value: &mut Value, class: &str, random: &mut Random) -> Option<bool> {
        match value {
            Value::Null => *value = self.like(class, random)?,
            Value::Bool(flag) => *flag = !*flag,
            Value::Number(number) => {
                let number = number.as_i64()?;
                let near = [number + 1, number - 1, number + 2];
                let far =
                    [0, 1, 2, 3, 5, 17, 253, 65_535, 65_536, 65_537, 131_325, 196_860, 196_861, 4_294_967_295_i64];
                *value = if random.chance(60) { json!(random.pick(&near)) } else { json!(random.pick(&far)) };
            }
            Value::String(text) => *text = self.other_word(text, class, random)?,
            Value::Array(items) => {
                let at = random.below(items.len());
                match random.below(6) {
                    0 | 1 if !items.is_empty() => drop(items.remove(at)),
                    2 if !items.is_empty() => items.insert(at, items[at].clone()),
                    3 if items.len() > 1 => {
                        let other = random.below(items.len());
                        items.swap(at, other);
                    }
                    4 => items.clear(),
                    _ => {
                        let other = self.like(class, random)?;
                        items.insert(at, other.as_array().and_then(|other| other.first()).unwrap_or(&other).clone());
                    }
                }
            }
            Value::Object(map) => return Some(self.alter_keys(map, random)),
        }
        Some(false)
    }

    fn alter_keys(&self, map: &mut Map<String, Value>, random: &mut Random) -> bool {
        let keys: Vec<String> = map.keys().cloned().collect();
        if keys.is_empty() || random.chance(30) {
            map.insert("note".to_owned(), json!("by hand"));
        } else {
            let key = random.pick(&keys);
            let value = map.remove(&key);
            if random.chance(30) {
                map.insert(format!("{key}s"), value.unwrap_or_default());
            }
        }
        true
    }

    fn other_word(&self, text: &str, class: &str, random: &mut Random) -> Option<String> {
        if class.ends_with("sha256") && random.chance(70) {
            let at = random.below(text.len().max(1));
            let flipped = |(i, digit): (usize, char)| {
                if i != at {
                    digit
                } else if digit == '0' {
                    '1'
                } else {
                    '0'
                }
            };
            return Some(text.chars().enumerate().map(flipped).collect());
        }
        if class == "date" {
            let dates =
                ["2020-01-01", "2030-03-31", "2030-04-01", "2026-11-21", "2026-02-29", "2026-1-1", "9999-12-31"];
            return Some((*random.pick(&dates.each_ref())).to_string());
        }
        Some(match random.below(6) {
            0 => String::new(),
            1 => format!("{text}1"),
            2 => text.to_uppercase(),
            3 => match self.like(class, random)? {
                Value::String(other) => other,
                _ => return None,
            },
            _ => random.pick(&self.words),
        })
    }

    /// Several fields, so that what is left is well formed.
    fn lie(&self, random: &mut Random) -> Option<Forgery> {
        let mut certificate = self.certificate.clone();
        let at = random.below(8);
        let donated = self.like("requirements", random);
        let part = self.like("requirements.parts", random);
        let claim = certificate["requirements"].get_mut(at)?;
        let id = claim["id"].as_str()?.to_owned();
        let lie = match random.below(10) {
            0 => {
                claim["verdict"] = json!("proved");
                claim["violating"] = json!([]);
                if claim.get("complete").is_some() {
                    claim["complete"] = json!(true);
                    claim["witnesses"] = json!([]);
                }
                if let (Some(part @ Value::Object(_)), true) = (part, claim.get("parts").is_some()) {
                    claim["parts"] = json!([part]);
                    claim["parts"][0]["a"] = json!(null);
                    claim["parts"][0]["b"] = json!(null);
                }
                "proved after all"
            }
            1 => {
                let tuples = claim["violating"].as_array_mut().filter(|tuples| !tuples.is_empty())?;
                let at = random.below(tuples.len());
                tuples.remove(at);
                let witnesses = claim.get_mut("witnesses").and_then(Value::as_array_mut);
                if let Some(witnesses) = witnesses.filter(|witnesses| at < witnesses.len()) {
                    witnesses.remove(at);
                }
                "a tuple forgotten"
            }
            2 => {
                claim["verdict"] = json!("vacuous");
                for key in ["violating", "witnesses", "parts", "ends", "groups"] {
                    if claim.get(key).is_some_and(Value::is_array) {
                        claim[key] = json!([]);
                    }
                }
                "about nobody"
            }
            3 => {
                if claim.get("complete")? == true || claim.get("complete")?.is_null() {
                    return None;
                }
                claim["complete"] = json!(true);
                if let (Some(part @ Value::Object(_)), true) = (part, claim.get("parts").is_some()) {
                    claim["parts"] = json!([part]);
                }
                "nothing but that"
            }
            4 => {
                let donated = donated?;
                if !donated.is_object() {
                    return None;
                }
                *claim = donated;
                claim["id"] = json!(id);
                "what was proved elsewhere"
            }
            5 => self.everywhere(&mut certificate, "cells", random, |cell, _| {
                if cell.get("closed").is_some() {
                    *cell = json!({ "void": true });
                }
            })?,
            9 => self.everywhere(&mut certificate, "links", random, |run, random| {
                // one link less, or one more
                let end = random.below(2);
                if let Some(link) = run[end].as_u64() {
                    run[end] = json!(if random.chance(70) == (end == 0) { link + 1 } else { link.saturating_sub(1) });
                }
            })?,
            6 => self.everywhere(&mut certificate, "sets", random, |set, _| *set = json!([]))?,
            7 => self.everywhere(&mut certificate, "sets", random, |set, random| {
                if let Some(states) = set.as_array_mut().filter(|states| !states.is_empty()) {
                    states.remove(random.below(states.len()));
                }
            })?,
            _ => self.everywhere(&mut certificate, "stations", random, |station, random| {
                station[3] = json!(if random.chance(50) { 0 } else { 1 });
            })?,
        };
        Some(Forgery { class: format!("lie: {lie}"), what: format!("{id}: {lie}"), certificate, malformed: false })
    }

    /// The same change to every item of some lists of that name; returns the name of the lie.
    fn everywhere(
        &self,
        certificate: &mut Value,
        key: &str,
        random: &mut Random,
        change: impl Fn(&mut Value, &mut Random),
    ) -> Option<&'static str> {
        let lists = self.by_class.iter().filter(|(class, _)| class.rsplit('.').next() == Some(key));
        let places: Vec<&Place> = lists.flat_map(|(_, places)| places).collect();
        let mut any = false;
        for place in places {
            let is_list = matches!(place.last(), Some(crate::interpreter::shrink::Step::Key(last)) if last == key);
            if let (true, Some(Value::Array(items))) =
                (is_list && class(place).ends_with(key), get_mut(certificate, place))
            {
                items.iter_mut().for_each(|item| change(item, random));
                any |= !items.is_empty();
            }
        }
        any.then_some(match key {
            "cells" => "every closed cell void",
            "sets" => "states missing from every set",
            "links" => "other links relied on",
            _ => "other levels",
        })
    }
}

/// The same certificate for another text.
pub fn rebound(certificate: &Value, text: &str) -> Value {
    let mut certificate = certificate.clone();
    certificate["topology"] = json!({ "sha256": sha256(text.as_bytes()) });
    certificate
}

fn kind(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    }
}
