//! The difference as JSON; `docs/diff.md` lists its keys. What is absent is left out, what is not compared is `null`.

use std::io;

use serde_json::{Map, Value, json};

use crate::language::Lang;
use crate::render::catalogue::Sentence;
use crate::render::catalogue::difference::widening;
use crate::render::json::{LooseningJson, finding_value, pretty};
use crate::report::diff::{Diff, Group, ItemChange, NodesOfZone, RequirementChange, Services, Subject};
use crate::report::{Assumption, Note, Warning};
use crate::source::Location;

/// The difference as JSON, indented by two spaces, ends in a newline. Sentences are in `lang`.
///
/// # Errors
/// When serialisation fails; writing to memory does not.
pub fn render(diff: &Diff, lang: Lang) -> io::Result<String> {
    let all = |list: &[ItemChange]| list.iter().map(|item| item_json(item, lang)).collect::<Vec<_>>();
    let zones = |list: &[NodesOfZone]| {
        list.iter().map(|one| json!({ "zone": one.zone, "count": one.count, "ids": one.ids })).collect::<Vec<_>>()
    };
    let notes = |list: &[Note<Assumption>]| list.iter().map(|note| note_json(note, lang)).collect::<Vec<_>>();
    let warnings = |list: &[Warning]| list.iter().map(|warning| warning_json(warning, lang)).collect::<Vec<_>>();
    let mut requirements = Vec::with_capacity(diff.requirements.len());
    for requirement in &diff.requirements {
        requirements.push(requirement_json(requirement, lang)?);
    }
    let widenings = diff.widenings.iter().map(|one| {
        let mut out = object(json!({ "code": one.code, "message": widening(diff, one).get(lang) }));
        put(&mut out, "requirement", diff.requirement(one).map(|change| json!(change.id)));
        put(&mut out, "location", one.location.as_ref().map(place));
        Value::Object(out)
    });
    let mut value = json!({
        "sanso": env!("CARGO_PKG_VERSION"),
        "old": subject_json(&diff.old),
        "new": subject_json(&diff.new),
        "policy": { "id": diff.policy_id, "sha256": diff.policy_sha256 },
        "change": diff.direction.word(),
        "undecided": diff.undecided,
        "widenings": widenings.collect::<Vec<_>>(),
        "requirements": requirements,
        "exceptions": all(&diff.exceptions),
        "nodes": {
            "changed": all(&diff.nodes),
            "added": zones(&diff.nodes_added),
            "removed": zones(&diff.nodes_removed),
        },
        "relays": all(&diff.relays),
        "transfers": all(&diff.transfers),
        "assumptions": { "added": notes(&diff.assumptions_added), "removed": notes(&diff.assumptions_removed) },
        "warnings": { "gained": warnings(&diff.warnings_gained), "lost": warnings(&diff.warnings_lost) },
    });
    if !diff.loosenings.is_empty() {
        let list: Vec<LooseningJson> = diff.loosenings.iter().map(LooseningJson::of).collect();
        value["loosenings"] = serde_json::to_value(list)?;
    }
    pretty(&value)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn put(map: &mut Map<String, Value>, key: &str, value: Option<Value>) {
    if let Some(value) = value {
        map.insert(key.to_owned(), value);
    }
}

fn place(location: &Location) -> Value {
    let mut out = json!({ "line": location.line, "column": location.column });
    if let Some(origin) = location.imported_from() {
        out["origin"] = origin.into();
    }
    out
}

fn subject_json(subject: &Subject) -> Value {
    let mut out = Map::new();
    put(&mut out, "name", subject.name.as_ref().map(|name| json!(name)));
    let zones: Vec<Value> =
        subject.zones.iter().map(|(zone, count)| json!({ "zone": zone, "endpoints": count })).collect();
    for (key, value) in [
        ("file", json!(subject.file)),
        ("sha256", json!(subject.sha256)),
        ("nodes", json!(subject.nodes)),
        ("links", json!(subject.links)),
        ("zones", json!(zones)),
        ("date", json!(subject.date)),
        ("verdict", json!(subject.verdict.word())),
    ] {
        out.insert(key.to_owned(), value);
    }
    Value::Object(out)
}

fn requirement_json(requirement: &RequirementChange, lang: Lang) -> io::Result<Value> {
    let groups = |groups: &[Group]| groups.iter().map(group_json).collect::<Vec<_>>();
    let mut findings = Vec::with_capacity(requirement.findings.len());
    for finding in &requirement.findings {
        findings.push(finding_value(finding, lang)?);
    }
    Ok(json!({
        "id": requirement.id,
        "clause": requirement.clause,
        "title": { "en": requirement.title.en, "ja": requirement.title.ja },
        "old": requirement.old.word(),
        "new": requirement.new.word(),
        "change": requirement.direction.word(),
        "tuples": { "old": requirement.counts[0], "new": requirement.counts[1],
            "gained": requirement.gained_count(), "lost": requirement.lost_count() },
        "gained": groups(&requirement.gained),
        "lost": groups(&requirement.lost),
        "wider": requirement.wider.as_deref().map(groups),
        "narrower": requirement.narrower.as_deref().map(groups),
        "findings": findings,
    }))
}

fn group_json(group: &Group) -> Value {
    let mut out = object(json!({ "zones": group.zones }));
    put(&mut out, "services", group.services.as_ref().map(services_json));
    out.insert("count".to_owned(), json!(group.count));
    out.insert("tuples".to_owned(), json!(group.tuples));
    Value::Object(out)
}

fn services_json(services: &Services) -> Value {
    if services.all_but { json!({ "all_but": services.parts }) } else { json!(services.parts) }
}

fn item_json(item: &ItemChange, lang: Lang) -> Value {
    let what: Vec<String> = item.what.iter().map(|change| change.text(lang)).collect();
    let mut out = object(json!({ "id": item.id, "change": item.direction.word(), "what": what }));
    put(&mut out, "location", item.location.as_ref().map(place));
    Value::Object(out)
}

fn note_json(note: &Note<Assumption>, lang: Lang) -> Value {
    let mut out = Map::new();
    put(&mut out, "node", note.node.as_ref().map(|node| json!(node)));
    out.insert("text".to_owned(), json!(note.fact.text(lang)));
    put(&mut out, "location", note.location.as_ref().map(place));
    Value::Object(out)
}

fn warning_json(warning: &Warning, lang: Lang) -> Value {
    let mut out = object(json!({ "code": warning.code(), "message": warning.text(lang) }));
    put(&mut out, "location", warning.location.as_ref().map(place));
    Value::Object(out)
}
