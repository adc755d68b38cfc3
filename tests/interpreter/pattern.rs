//! Patterns of nodes in policies: which nodes match (policy spec section 1).

use super::block::Block;
use super::place::{Places, is_endpoint};
use serde_json::Value;

/// The words of a value: one, or a list.
pub fn words(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().flat_map(words).collect(),
        word => word.as_str().map(str::to_owned).into_iter().collect(),
    }
}

/// Whether a node matches: "a map, all of whose keys must hold, or a list of patterns, one of which must". `named` are the
/// patterns of the policy.
pub fn matches(places: &Places, named: &Value, pattern: &Value, n: usize) -> bool {
    let Value::Object(keys) = pattern else {
        return pattern.as_array().into_iter().flatten().any(|one| matches(places, named, one, n));
    };
    let node = &places.document.nodes[n];
    let label = places.labels[n].as_deref();
    let is_one =
        |value: &Value, word: Option<&str>| word.is_some_and(|word| words(value).iter().any(|one| one == word));
    let has_one = |value: &Value, own: &[String]| words(value).iter().any(|one| own.contains(one));
    keys.iter().all(|(key, value)| match key.as_str() {
        "zone" => is_one(value, label),
        "tier" => is_one(value, places.tier(n)),
        "labelled" => value.as_bool() == Some(label.is_some()),
        "kind" => is_one(value, Some(&node.kind)),
        "tag" => has_one(value, &node.tags),
        "control" => has_one(value, &node.controls),
        "business" => has_one(value, &node.business),
        "owner" => is_one(value, node.owner.as_deref()),
        "node" => is_one(value, Some(&node.id)),
        "external" => value.as_bool() == Some(node.kind == "external"),
        "endpoint" => value.as_bool() == Some(is_endpoint(node)),
        // "every declared address lies in one of them, and there is one"
        "addresses" => {
            let networks: Vec<Block> = words(value).iter().filter_map(|word| Block::read(word)).collect();
            let inside = |block: &Block| networks.iter().any(|network| network.holds_all_of(*block));
            !node.addresses.is_empty() && node.addresses.iter().all(inside)
        }
        "pattern" => matches(places, named, &named[value.as_str().unwrap_or_default()], n),
        "not" => !matches(places, named, value, n),
        other => panic!("no key of patterns: {other}"),
    })
}
