//! Reads a policy file: the canonical JSON of a policy, one file with all that it extends. `docs/policy.md`.

use crate::document::{CIRCUITS, KINDS, Services};
use crate::json::{Data, Fault, Object, Result, Value, fault};
use crate::policy::{
    Asked, Change, Condition, Declared, LinkCondition, METHODS, Methods, OfExceptions, Paths, Pattern, Policy,
    Requirement, SEVERITIES, Severity, TIERS,
};
use crate::read::EDITIONS;
use crate::sets::Numbers;
use crate::words::{
    Entry, each, entries, filled, find, new_word, no_such, one_of, plain_service, read_cidr, read_date, word,
};
use std::collections::{HashMap, HashSet};

/// Reads a policy, and refuses what is not the canonical JSON of one: certificate section 1.
pub fn read(bytes: &[u8]) -> Result<Policy> {
    let root = crate::json::read(bytes).map_err(canonical)?;
    read_policy(&root, crate::sha256::hex(bytes)).map_err(canonical)
}

/// Says what is expected instead, whatever is wrong.
fn canonical(mut fault: Fault) -> Fault {
    fault.en += " (not the canonical JSON of a policy: `sanso policy show POLICY --format json` writes it)";
    fault.ja +=
        "（ポリシーの正規形の JSON ではありません。「sanso policy show ポリシー --format json」で作成できます）";
    fault
}

fn read_policy(root: &Value, sha256: String) -> Result<Policy> {
    root.object(|o| {
        o.must("sanso-policy", |v| match v.integer()? {
            1 => Ok(()),
            _ => fault(v.at, "`1` expected", "`1` が必要です"),
        })?;
        let id = o.must("id", word)?;
        o.must("title", both)?;
        let edition = o.must("edition", |v| Ok(EDITIONS.get(one_of(v, &EDITIONS)?).copied().unwrap_or_default()))?;
        let (names, patterns) = read_patterns(o.may("patterns", Ok)?)?;
        let written = o.may("requirements", filled)?.unwrap_or_default();
        let mut ids = HashSet::new();
        let requirements = each(written, |v| read_requirement(v, &names, &mut ids))?;
        each(written, |v| known_waived(v, &ids))?;
        let mut severities = HashMap::new();
        for (r, requirement) in requirements.iter().enumerate() {
            severities.insert(requirement.id.clone(), (r, requirement.severity));
        }
        let changes = each(o.may("change", filled)?.unwrap_or_default(), |v| read_change(v, &mut severities))?;
        Ok(Policy { id, sha256, edition, patterns, requirements, changes })
    })
}

/// A text in both languages.
fn both(value: &Value) -> Result<()> {
    value.all_fields(["en", "ja"])?.iter().try_for_each(|text| text.text().map(drop))
}

type Names = HashMap<String, usize>;

/// Named patterns, each after those that it names.
fn read_patterns(value: Option<&Value>) -> Result<(Names, Vec<Pattern>)> {
    let (mut names, mut patterns) = (Names::new(), Vec::new());
    let mut open: Vec<&Entry> = entries(value)?.iter().collect();
    while !open.is_empty() {
        let before = open.len();
        let mut later = Vec::new();
        for entry in open {
            let (name, value) = entry;
            let mut named = Vec::new();
            names_in(value, &mut named);
            if named.iter().all(|name| names.contains_key(*name)) {
                patterns.push(read_pattern(value, &names)?);
                names.insert(name.to_string(), patterns.len() - 1);
            } else {
                later.push(entry);
            }
        }
        if let Some((name, value)) = later.first().filter(|_| later.len() == before) {
            let en = format!("the pattern `{name}` names itself, or one that is not there");
            return fault(value.at, en, format!("条件 `{name}` が循環しているか、ない条件を挙げています"));
        }
        open = later;
    }
    Ok((names, patterns))
}

/// The names of patterns in a pattern, whatever else is in it.
fn names_in<'v>(value: &'v Value, named: &mut Vec<&'v str>) {
    match &value.data {
        Data::List(items) => items.iter().for_each(|item| names_in(item, named)),
        Data::Object(keys) => {
            for (key, value) in keys {
                match key.as_ref() {
                    "pattern" => named.extend(value.text().ok()),
                    "not" => names_in(value, named),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

fn read_pattern(value: &Value, names: &Names) -> Result<Pattern> {
    each(filled(value)?, |value| value.object(|o| read_condition(o, names)))
}

fn words(value: &Value) -> Result<Vec<String>> {
    each(filled(value)?, word)
}

/// Words of a list of the format: their indices.
fn chosen(value: &Value, of: &[&str]) -> Result<Vec<usize>> {
    each(filled(value)?, |v| one_of(v, of))
}

fn read_condition(o: &mut Object, names: &Names) -> Result<Condition> {
    Ok(Condition {
        zone: o.may("zone", words)?,
        labelled: o.may("labelled", Value::bool)?,
        tier: o.may("tier", |v| chosen(v, &TIERS))?,
        kind: o.may("kind", |v| chosen(v, &KINDS.map(|(name, _)| name)))?,
        tag: o.may("tag", words)?,
        control: o.may("control", words)?,
        node: o.may("node", words)?,
        business: o.may("business", words)?,
        owner: o.may("owner", words)?,
        external: o.may("external", Value::bool)?,
        endpoint: o.may("endpoint", Value::bool)?,
        addresses: o.may("addresses", |v| each(filled(v)?, read_cidr))?,
        named: o.may("pattern", |v| known(v, names))?,
        not: o.may("not", |v| read_pattern(v, names))?,
    })
}

fn known(value: &Value, names: &Names) -> Result<usize> {
    find(names, value, ("pattern", "条件"), value.text()?)
}

fn read_link_condition(value: &Value, names: &Names) -> Result<LinkCondition> {
    value.object(|o| {
        let ends = |v: &Value| {
            let [a, b] = v.tuple()?;
            Ok([read_pattern(a, names)?, read_pattern(b, names)?])
        };
        Ok(LinkCondition {
            ends: o.may("ends", ends)?,
            circuit: o.may("circuit", |v| chosen(v, &CIRCUITS))?,
            tag: o.may("tag", words)?,
            owner: o.may("owner", words)?,
        })
    })
}

fn read_requirement(value: &Value, names: &Names, ids: &mut HashSet<String>) -> Result<Requirement> {
    value.object(|o| {
        o.may("clause", Value::text)?;
        o.may("basis", |v| {
            let [source, sure] = v.all_fields(["source", "sure"])?;
            source.text()?;
            one_of(sure, &["stated", "reported", "assumed", "declared"])
        })?;
        o.must("title", both)?;
        o.may("help", |v| v.all_fields(["meaning", "why", "mend"])?.into_iter().try_for_each(both))?;
        let severity = o.must("severity", severity)?;
        let id = o.must("id", |v| new_word(v, ids))?;
        Ok(Requirement { id, severity, asked: o.must("check", |v| read_check(v, names))? })
    })
}

fn severity(value: &Value) -> Result<Severity> {
    Ok(if one_of(value, &SEVERITIES)? == 1 { Severity::Error } else { Severity::Warning })
}

/// The keys that say yes: `true` or not there.
fn flag(o: &mut Object, key: &str) -> Result<bool> {
    let set = |v: &Value| if v.bool()? { Ok(()) } else { fault(v.at, "`true` expected", "`true` が必要です") };
    Ok(o.may(key, set)?.is_some())
}

fn read_check(value: &Value, names: &Names) -> Result<Asked> {
    let [(kind, settings)] = value.entries()? else {
        return fault(value.at, "a check of one kind expected", "検査の種類は一つだけ書きます");
    };
    let pattern = |v: &Value| read_pattern(v, names);
    settings.object(|o| {
        Ok(match kind.as_ref() {
            "isolation" | "through" => Asked::Paths(Paths {
                a: o.must("a", pattern)?,
                b: o.must("b", pattern)?,
                methods: o.may("sanitised_by", methods)?.unwrap_or_default(),
                without: if kind == "through" { Some(o.must("nodes", pattern)?) } else { o.may("without", pattern)? },
                services: o.may("services", services)?,
            }),
            "sessions" => Asked::Sessions {
                from: o.must("from", pattern)?,
                to: o.must("to", pattern)?,
                service: o.may("service", services)?,
                without: o.may("without", pattern)?,
            },
            "segment" => Asked::Segment { a: o.must("a", pattern)?, b: o.must("b", pattern)? },
            "homed" => Asked::Homed { nodes: o.must("nodes", pattern)?, allowed: o.may("allowed", pattern)? },
            "attributes" => {
                let nodes = o.may("nodes", pattern)?;
                let links = o.may("links", |v| each(filled(v)?, |v| read_link_condition(v, names)))?;
                let declared = Declared {
                    controls: o.may("controls", words)?.unwrap_or_default(),
                    any_of: o.may("any_of", words)?,
                    owner: flag(o, "owner")?,
                    circuit: o.may("circuit", |v| chosen(v, &CIRCUITS))?,
                };
                let Declared { controls, any_of, owner, circuit } = &declared;
                if controls.is_empty() && any_of.is_none() && !owner && circuit.is_none() {
                    return asks_nothing(value);
                }
                match (nodes, links) {
                    (Some(nodes), None) if declared.circuit.is_none() => Asked::NodeAttributes(nodes, declared),
                    (None, Some(links)) => Asked::LinkAttributes(links, declared),
                    _ => return fault(value.at, "either `nodes` or `links`", "`nodes` か `links` の一方です"),
                }
            }
            "placement" => {
                let zones = o.may("zones", words)?.unwrap_or_default();
                let tiers = o.may("tiers", |v| chosen(v, &TIERS))?.unwrap_or_default();
                if zones.is_empty() && tiers.is_empty() {
                    return asks_nothing(value);
                }
                Asked::Placement { nodes: o.must("nodes", pattern)?, zones, tiers }
            }
            "exceptions" => {
                use OfExceptions::*;
                let all = [("limited", Limited), ("peer", Peer), ("used", Used), ("attested", Attested)];
                let mut given = Vec::new();
                for (key, check) in all {
                    given.extend(flag(o, key)?.then_some(check));
                }
                let [check] = given[..] else {
                    return fault(value.at, "one thing is asked of exceptions", "特定通信の条件は一つだけ書きます");
                };
                Asked::Exceptions { check, of: o.may("of", words)?.unwrap_or_default() }
            }
            "transfers" => {
                let (methods, approved) = (o.may("sanitised_by", methods)?, flag(o, "approved")?);
                if methods.is_none() && !approved {
                    return asks_nothing(value);
                }
                Asked::Transfers { from: o.may("from", pattern)?, to: o.may("to", pattern)?, methods, approved }
            }
            "labelled" => Asked::Labelled,
            "evidence" => Asked::Evidence { kind: o.must("kind", word)?, within: o.may("within", Value::integer)? },
            "expects" => Asked::Expects,
            other => {
                let en = format!("`{other}` is no kind of check");
                return fault(value.at, en, format!("`{other}` という検査はありません"));
            }
        })
    })
}

fn asks_nothing<T>(value: &Value) -> Result<T> {
    fault(value.at, "the check asks nothing", "この検査は何も求めていません")
}

fn methods(value: &Value) -> Result<Methods> {
    if matches!(value.text(), Ok("any")) {
        return Ok([true; 3]);
    }
    let chosen = chosen(value, &METHODS)?;
    Ok([0, 1, 2].map(|method| chosen.contains(&method)))
}

/// Services that need no document.
fn services(value: &Value) -> Result<Services> {
    let mut sum = Services { set: Numbers::none(), transfer: false, word: false, limited: true };
    for item in filled(value)? {
        let text = item.text()?;
        match plain_service(text) {
            Some(next) => sum = sum.or(&next),
            None => return no_such(item.at, ("service", "サービス"), text),
        }
    }
    Ok(sum)
}

/// The requirements that a check of exceptions names are there.
fn known_waived(requirement: &Value, ids: &HashSet<String>) -> Result<()> {
    let of = requirement.get("check").and_then(|v| v.get("exceptions")).and_then(|v| v.get("of"));
    for item in of.map_or(Ok(&[][..]), |of| of.list())? {
        if !ids.contains(item.text()?) {
            return no_such(item.at, ("requirement", "要件"), item.text()?);
        }
    }
    Ok(())
}

/// `severities`: where each requirement stands, and how grave it is after the changes before.
fn read_change(value: &Value, severities: &mut HashMap<String, (usize, Severity)>) -> Result<Change> {
    value.object(|o| {
        let id = o.must("id", Ok)?;
        let (requirement, now) = find(severities, id, ("requirement", "要件"), id.text()?)?;
        let (to, off) = (o.may("severity", severity)?, flag(o, "off")?);
        if to.is_some() == off {
            return fault(value.at, "either `severity` or `off: true`", "`severity` か `off: true` の一方です");
        }
        let text = |v: &Value| match v.text()?.trim() {
            "" => fault(v.at, "a blank text", "文が空です"),
            text => Ok(text.to_owned()),
        };
        let said = (o.may("reason", text)?, o.may("approved_by", text)?, o.may("until", read_date)?);
        let loosens = to.is_none_or(|to| to < now);
        let loosening = match said {
            _ if !loosens => None,
            (Some(reason), Some(approved_by), Some(until)) => Some([reason, approved_by, until]),
            _ => {
                let en = "a loosening needs `reason`, `approved_by` and `until`";
                return fault(value.at, en, "緩和には `reason`、`approved_by`、`until` が必要です");
            }
        };
        if let (false, Some(to), Some(known)) = (loosens, to, severities.get_mut(id.text()?)) {
            known.1 = to;
        }
        Ok(Change { requirement, severity: to, loosening })
    })
}
