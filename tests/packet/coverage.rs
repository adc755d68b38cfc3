//! `sanso coverage` against documents that are written with the slip in them and verified whole.

use std::collections::BTreeMap;
use std::path::Path;

use sanso::document::Severity;
use sanso::policy::Policy;
use sanso::question::coverage::run_coverage;
use sanso::report::coverage::{Coverage, Found, SlipKind, TriedSlip};
use sanso::source::Source;
use sanso::verify::{Options, with_decisions};
use serde_json::{Value, json};

use super::interpreter::random;
use crate::campaign::number;

fn options() -> Options<'static> {
    Options::today(2026, 11, 22)
}

fn source(document: &Value) -> Source {
    Source::new("random.json", document.to_string().into_bytes()).expect("a text")
}

fn wanted(default: usize) -> usize {
    number("SANSO_DOCUMENTS", default as u64) as usize
}

/// Each requirement: whether it is an error, and how many tuples violate it. `None`: it is refused.
fn states(document: &Value, options: &Options<'_>) -> Option<Vec<(bool, u64)>> {
    let counted = with_decisions(&source(document), options, |decided| {
        let outcomes = options.policy.requirements.iter().zip(&decided.outcomes);
        let count = |(one, outcome): (&sanso::policy::Requirement, &Option<sanso::engine::Outcome>)| {
            (one.severity == Severity::Error, outcome.as_ref().expect("no limit").count())
        };
        Ok(outcomes.map(count).collect())
    });
    counted.ok()
}

pub fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// Where every rule stands, in the order of the document.
fn rules(document: &Value) -> Vec<String> {
    let mut out = Vec::new();
    for (node, value) in list(document, "nodes").iter().enumerate() {
        let one = value.get("filter").map(|filter| (format!("/nodes/{node}/filter"), filter));
        let many = list(value, "filters").iter().enumerate();
        let many = many.map(|(at, filter)| (format!("/nodes/{node}/filters/{at}"), filter));
        for (pointer, filter) in one.into_iter().chain(many) {
            out.extend((0..list(filter, "rules").len()).map(|rule| format!("{pointer}/rules/{rule}")));
        }
    }
    out
}

fn says_any(value: Option<&Value>) -> bool {
    value
        .is_none_or(|value| *value == json!("any") || value.as_array().is_some_and(|list| list.contains(&json!("any"))))
}

/// The documents with one slip of a kind each, in the order of the document.
fn slips(document: &Value, kind: SlipKind, tried: &[&TriedSlip]) -> Vec<Value> {
    let with = |change: &dyn Fn(&mut Value)| {
        let mut out = document.clone();
        change(&mut out);
        out
    };
    let at = |pointer: &str, change: &dyn Fn(&mut Value)| {
        with(&|document| change(document.pointer_mut(pointer).expect("is there")))
    };
    let remove = |key: &'static str| move |value: &mut Value| drop(value.as_object_mut().expect("a map").remove(key));
    let widened = |key: &'static str| {
        let narrow =
            rules(document).into_iter().filter(|rule| !says_any(document.pointer(rule).expect("is there").get(key)));
        narrow.map(|rule| at(&rule, &remove(key))).collect::<Vec<_>>()
    };
    let keyed = |lists: &str, key: &'static str, holds: &dyn Fn(&Value) -> bool| {
        let named = list(document, lists).iter().enumerate().filter(|(_, value)| value.get(key).is_some_and(holds));
        named.map(|(number, _)| at(&format!("/{lists}/{number}"), &remove(key))).collect::<Vec<_>>()
    };
    match kind {
        SlipKind::RuleRemoved => {
            let without = |pointer: String| {
                let (rules, rule) = pointer.rsplit_once('/').expect("a list");
                let rule: usize = rule.parse().expect("a number");
                at(rules, &|list| drop(list.as_array_mut().expect("a list").remove(rule)))
            };
            rules(document).into_iter().map(without).collect()
        }
        SlipKind::RuleInverted => {
            let invert = |rule: &mut Value| {
                rule["action"] = if rule["action"] == "permit" { "deny" } else { "permit" }.into();
            };
            rules(document).iter().map(|rule| at(rule, &invert)).collect()
        }
        SlipKind::SourceWidened => widened("from"),
        SlipKind::DestinationWidened => widened("to"),
        SlipKind::ServiceWidened => widened("service"),
        SlipKind::LinkCut => {
            (0..list(document, "links").len()).map(|link| with(&|document| cut(document, link))).collect()
        }
        SlipKind::VlansOpened => keyed("links", "vlans", &|_| true),
        SlipKind::BothWays => keyed("links", "one_way", &|value| *value == json!(true)),
        SlipKind::RelaysRemoved => keyed("nodes", "relays", &|_| true),
        SlipKind::LabelChanged => {
            let moved = |slip: &&TriedSlip| {
                let node = list(document, "nodes").iter().position(|node| node["id"] == slip.what).expect("is there");
                at(&format!("/nodes/{node}"), &|value| value["zone"] = slip.zone.clone().expect("a zone").into())
            };
            tried.iter().map(moved).collect()
        }
    }
}

/// Cuts a link. Each end leads to a switch with nothing on it, since filters may name its interface.
pub fn cut(document: &mut Value, link: usize) {
    let gone = document["links"].as_array_mut().expect("a list").remove(link);
    let ends = gone.get("between").unwrap_or(&gone);
    let ends = [0, 1].map(|end| ends[end].as_str().expect("an end").to_owned());
    let node = |end: &str| end.split(':').next().expect("a node").to_owned();
    for (at, end) in ends.iter().enumerate() {
        let interface = end.split_once(':').map_or_else(|| node(&ends[1 - at]), |(_, name)| name.to_owned());
        let stub = format!("cut-{at}");
        document["nodes"].as_array_mut().expect("a list").push(json!({ "id": stub, "kind": "switch" }));
        document["links"].as_array_mut().expect("a list").push(json!([format!("{}:{interface}", node(end)), stub]));
    }
}

fn expected(base: &[(bool, u64)], after: Option<Vec<(bool, u64)>>) -> &'static str {
    let Some(after) = after else { return "refused" };
    let worse = base.iter().zip(&after).filter(|(before, after)| after.1 > before.1);
    match worse.map(|(before, _)| before.0).max() {
        Some(true) => "noticed",
        Some(false) => "warned",
        None => "unnoticed",
    }
}

const fn word(found: &Found) -> &'static str {
    match found {
        Found::Noticed(_) => "noticed",
        Found::Warned(_) => "warned",
        Found::Refused => "refused",
        Found::Undecided => "undecided",
        Found::Unnoticed(_) => "unnoticed",
    }
}

#[test]
fn slips_are_noticed_where_a_fresh_run_of_the_document_with_the_slip_says_so() {
    let mut seen: BTreeMap<(SlipKind, &str), usize> = BTreeMap::new();
    let mut asked = 0;
    let documents = (0..).flat_map(|seed| [random::document(seed), random::fourth(seed), random::carried(seed)]);
    for (number, document) in documents.enumerate() {
        if asked >= wanted(24) {
            break;
        }
        // One of them asks for what no smaller document can tell.
        let id = ["three-tier/alpha", "three-tier/alpha-prime"][number % 2];
        let options = Options { policy: Policy::built_in(id).expect("is built in"), ..options() };
        let Ok(coverage) = run_coverage(&source(&document), &options, None) else { continue };
        assert!(coverage.undecided.is_empty() && coverage.tried.len() == coverage.slips);
        asked += 1;
        let base = states(&document, &options).expect("it was decided");
        for kind in SlipKind::ALL {
            let tried: Vec<&TriedSlip> = coverage.tried.iter().filter(|slip| slip.kind == kind).collect();
            let documents = slips(&document, kind, &tried);
            assert_eq!(documents.len(), tried.len(), "{kind:?} of document {number}: {document}");
            // A share of them, another of each document.
            let share = tried.iter().zip(&documents).enumerate().filter(|(at, _)| (at + number).is_multiple_of(3));
            for (_, (slip, with)) in share {
                let (found, fresh) = (word(&slip.found), expected(&base, states(with, &options)));
                assert_eq!(found, fresh, "{kind:?} {} of document {number}: {document}", slip.what);
                *seen.entry((kind, found)).or_default() += 1;
            }
        }
    }
    let of = |found: &str| seen.iter().filter(|((_, word), _)| *word == found).map(|(_, count)| count).sum::<usize>();
    assert!(of("noticed") > 30 && of("unnoticed") > 50, "{seen:?}");
    for kind in [SlipKind::SourceWidened, SlipKind::VlansOpened, SlipKind::LabelChanged] {
        assert!(seen.contains_key(&(kind, "noticed")), "{kind:?}: {seen:?}");
    }
}

fn coverage(path: &str, sample: Option<usize>) -> Coverage {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let source = Source::new("town.yaml", std::fs::read(path).expect("is there")).expect("a text");
    run_coverage(&source, &options(), sample).expect("a document")
}

#[test]
fn a_sample_is_part_of_all_and_the_same_on_each_run() {
    let all = coverage("topologies/small/minimal-alpha.yaml", None);
    let some = coverage("topologies/small/minimal-alpha.yaml", Some(20));
    assert_eq!((some.tried.len(), some.slips, all.tried.len()), (20, all.slips, all.slips));
    assert!(some.tried.iter().all(|slip| all.tried.contains(slip)));
    assert_eq!(some, coverage("topologies/small/minimal-alpha.yaml", Some(20)));
    // What stands between the tiers is noticed where it goes.
    let noticed = |kind: SlipKind, what: &str| {
        let slip = all.tried.iter().find(|slip| slip.kind == kind && slip.what == what).expect("is tried");
        matches!(&slip.found, Found::Noticed(by) if !by.is_empty())
    };
    assert!(noticed(SlipKind::VlansOpened, "juki-db–core-sw"));
    assert!(noticed(SlipKind::LabelChanged, "juki-db"));
}
