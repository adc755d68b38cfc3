//! Makes a document that shows a fault smaller: drops nodes, links, rules, exceptions and keys while the fault remains.

use serde_json::Value;

/// Where a value stands in a document: keys and indices from the root.
pub type Place = Vec<Step>;

#[derive(Clone)]
pub enum Step {
    Key(String),
    Index(usize),
}

/// The smallest document found that is still `faulty`; `document` itself must be. Takes at most some thousand trials.
pub fn shrink(document: &Value, faulty: impl Fn(&Value) -> bool) -> Value {
    let mut smallest = document.clone();
    for _ in 0..20 {
        let before = smallest.clone();
        // Bottom up, so that no place moves before its turn.
        for place in places(&smallest).into_iter().rev() {
            let mut candidate = smallest.clone();
            if remove(&mut candidate, &place) && faulty(&candidate) {
                smallest = candidate;
            }
        }
        if smallest == before {
            break;
        }
    }
    smallest
}

/// Every place of a document that holds a value, parents first.
pub fn places(document: &Value) -> Vec<Place> {
    let mut places = vec![];
    collect(document, &mut vec![], &mut places);
    places
}

fn collect(value: &Value, here: &mut Place, places: &mut Vec<Place>) {
    let children: Vec<(Step, &Value)> = match value {
        Value::Array(values) => values.iter().enumerate().map(|(index, value)| (Step::Index(index), value)).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (Step::Key(key.clone()), value)).collect(),
        _ => vec![],
    };
    for (step, child) in children {
        here.push(step);
        places.push(here.clone());
        collect(child, here, places);
        here.pop();
    }
}

/// Removes the value at `place`, and with a node its links; false where that would not leave a legal document.
pub fn remove(document: &mut Value, place: &[Step]) -> bool {
    let Some((last, above)) = place.split_last() else { return false };
    let mut holder = &mut *document;
    for step in above {
        let child = match step {
            Step::Key(key) => holder.get_mut(key.as_str()),
            Step::Index(index) => holder.get_mut(*index),
        };
        let Some(child) = child else { return false };
        holder = child;
    }
    let removed = match (last, holder) {
        (Step::Key(key), Value::Object(map)) => {
            let needed =
                ["sanso", "id", "kind", "action", "nodes", "links", "between", "waives", "source", "destination"];
            if needed.contains(&key.as_str()) || map.len() == 1 {
                return false;
            }
            let removed = map.remove(key);
            // "On a node without `nat`, `sees` is an error."
            if key == "nat" {
                map.get_mut("filter").into_iter().for_each(forget_what_is_seen);
                let filters = map.get_mut("filters").and_then(Value::as_array_mut);
                filters.into_iter().flatten().for_each(forget_what_is_seen);
            }
            removed
        }
        // A list that was not empty stays so (`relays: []` and `routes: []` mean something else).
        (Step::Index(index), Value::Array(values))
            if *index < values.len() && (values.len() > 1 || above.len() == 1) =>
        {
            Some(values.remove(*index))
        }
        _ => None,
    };
    let Some(removed) = removed else { return false };
    if let [Step::Key(list), Step::Index(_)] = place
        && list == "nodes"
        && let (Some(id), Some(links)) = (removed["id"].as_str(), document["links"].as_array_mut())
    {
        links.retain(|link| {
            let ends = link.get("between").unwrap_or(link);
            let is_at_node = |end: &Value| end.as_str().and_then(|end| end.split(':').next()) == Some(id);
            !ends.as_array().is_some_and(|ends| ends.iter().any(is_at_node))
        });
    }
    is_legal(document)
}

fn forget_what_is_seen(filter: &mut Value) {
    if let Some(filter) = filter.as_object_mut() {
        filter.remove("sees");
    }
}

/// Whether what names something still finds it: nodes, groups, zones, services, interfaces.
fn is_legal(document: &Value) -> bool {
    super::legal::names_resolve(document) && super::labels(document).is_ok()
}
