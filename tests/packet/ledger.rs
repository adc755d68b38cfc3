//! `sanso exceptions` against documents that are written without the entry and verified whole.

use std::collections::BTreeMap;
use std::path::Path;

use sanso::question::exceptions::run_exceptions;
use sanso::report::Report;
use sanso::report::ledger::{Difference, Ledger};
use sanso::source::Source;
use sanso::verify::{Options, run_verify};
use serde_json::Value;

use super::interpreter::random;
use crate::campaign::number;

fn options() -> Options<'static> {
    Options::today(2026, 11, 22)
}

fn source(document: &Value) -> Source {
    Source::new("random.json", document.to_string().into_bytes()).expect("a text")
}

/// How many tuples violate each path requirement; `None`: without the entry it is no document that can be decided.
fn counts(document: &Value) -> Option<BTreeMap<String, u64>> {
    const PATHS: [&str; 3] = ["MN-ISOLATION", "LGWAN-INTERNET", "INTERNET-CLOUD"];
    let report: Report = run_verify(&source(document), &options()).ok()?;
    let paths = report.requirements.into_iter().filter(|one| PATHS.contains(&one.id.as_str()));
    Some(paths.map(|one| (one.id, one.tuples)).collect())
}

fn without(document: &Value, key: &str, at: usize) -> Value {
    let mut out = document.clone();
    let list = out[key].as_array_mut().expect("a list");
    list.remove(at);
    if list.is_empty() {
        out.as_object_mut().expect("a document").remove(key);
    }
    out
}

fn told(differences: &[Difference]) -> BTreeMap<String, u64> {
    differences.iter().map(|one| (one.requirement.clone(), one.tuples)).collect()
}

#[test]
fn what_would_be_without_an_entry_is_what_is_decided_of_the_document_without_it() {
    let wanted = number("SANSO_DOCUMENTS", 60) as usize;
    let (mut asked, mut needed, mut unused, mut violating) = (0, 0, 0, 0);
    let documents = (0..).flat_map(|seed| [(seed, random::document(seed)), (seed, random::fourth(seed))]);
    for (seed, document) in documents {
        if asked >= wanted {
            break;
        }
        let listed = |key: &str| document[key].as_array().map_or(0, Vec::len);
        if listed("exceptions") + listed("transfers") == 0 {
            continue;
        }
        let Ok(ledger) = run_exceptions(&source(&document), &options()) else { continue };
        asked += 1;
        let base = counts(&document).expect("it was decided");
        let change = |key: &str, at: usize, more: bool| -> Option<BTreeMap<String, u64>> {
            let after = counts(&without(&document, key, at))?;
            let each = base.iter().map(|(id, before)| (id.clone(), *before, after[id]));
            let kept = each.filter(|(_, before, after)| if more { after > before } else { after < before });
            Some(kept.map(|(id, before, after)| (id, after.abs_diff(before))).collect())
        };
        assert_eq!((ledger.exceptions.len(), ledger.transfers.len()), (listed("exceptions"), listed("transfers")));
        for (at, entry) in ledger.exceptions.iter().enumerate() {
            let Some(expected) = change("exceptions", at, true) else { continue };
            let found = told(entry.needed.as_ref().expect("no limit"));
            assert_eq!(found, expected, "exception {at} of seed {seed}: {document}");
            needed += usize::from(!found.is_empty());
            unused += usize::from(found.is_empty());
        }
        for (at, entry) in ledger.transfers.iter().enumerate() {
            let Some(expected) = change("transfers", at, false) else { continue };
            let found = told(entry.violates.as_ref().expect("no limit"));
            assert_eq!(found, expected, "transfer {at} of seed {seed}: {document}");
            violating += usize::from(!found.is_empty());
        }
    }
    assert!(needed > 0 && unused > 0 && violating > 0, "{needed} needed, {unused} not, {violating} violating");
}

fn ledger(path: &str) -> Ledger {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let source = Source::new("town.yaml", std::fs::read(path).expect("is there")).expect("a text");
    run_exceptions(&source, &options()).expect("a document")
}

#[test]
fn examples_have_the_ledger_that_their_stories_tell() {
    let lawful = ledger("topologies/small/pittari-service.yaml");
    assert!(lawful.is_in_order() && lawful.exceptions.len() == 4);
    assert!(lawful.exceptions.iter().all(|one| one.needed.as_ref().is_some_and(|list| !list.is_empty())));
    let usb = ledger("topologies/mistakes/m05-usb.yaml");
    assert!(!usb.is_in_order() && usb.exceptions[0].is_in_order());
    assert_eq!(
        told(usb.transfers[0].violates.as_ref().expect("no limit")),
        BTreeMap::from([("LGWAN-INTERNET".into(), 1)])
    );
}
