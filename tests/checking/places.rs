//! Places in a JSON value, by kind: the keys that lead there without indices and directions.

use serde_json::Value;
use std::collections::BTreeMap;

use crate::interpreter::shrink::{Place, Step, places};

/// Its keys; what is the same in both directions of data and both ways to open sessions has one name.
pub fn class(place: &[Step]) -> String {
    let directed = place.iter().any(|step| matches!(step, Step::Key(key) if key == "forward" || key == "backward"));
    let keys = place.iter().filter_map(|step| match step {
        Step::Key(key) => Some(match key.as_str() {
            "forward" | "backward" => "direction",
            "push" | "pull" if directed => "tree",
            "part" => "parts",
            key => key,
        }),
        Step::Index(_) => None,
    });
    keys.collect::<Vec<_>>().join(".")
}

/// A place in the usual notation.
pub fn pointer(place: &[Step]) -> String {
    let step = |step: &Step| match step {
        Step::Key(key) => format!("/{key}"),
        Step::Index(index) => format!("/{index}"),
    };
    place.iter().map(step).collect()
}

/// All places by class.
pub fn by_class(value: &Value) -> BTreeMap<String, Vec<Place>> {
    let mut found: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    for place in places(value) {
        found.entry(class(&place)).or_default().push(place);
    }
    found
}

pub fn get<'v>(value: &'v Value, place: &[Step]) -> Option<&'v Value> {
    place.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get(key),
        Step::Index(index) => value.get(*index),
    })
}

pub fn get_mut<'v>(value: &'v mut Value, place: &[Step]) -> Option<&'v mut Value> {
    place.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get_mut(key),
        Step::Index(index) => value.get_mut(*index),
    })
}
