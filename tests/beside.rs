//! What audit reports say beside the verdicts: each finding of an error names what mends it, on the page and in the data that are set.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use sanso::language::Lang;
use sanso::question::beside::beside;
use sanso::render::{html, typst};
use sanso::report::beside::Beside;
use sanso::report::exposure::Depth;
use sanso::report::repair::{End, Repair};
use sanso::report::{Report, Verdict};
use sanso::source::Source;
use sanso::verify::{Options, run_verify_and};
use serde_json::Value;

use crate::engine;

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies/mistakes")
}

fn report(name: &str) -> Report {
    let text = fs::read_to_string(folder().join(name)).expect("is there");
    engine::whole(name, &text).expect("a document")
}

fn data(report: &Report) -> Value {
    let data = typst::data(report, Lang::En).expect("it serialises").expect("the facts were asked for");
    serde_json::from_str(&data).expect("it is JSON")
}

fn repair(report: &Report) -> Option<&Repair> {
    report.beside.as_deref().expect("was looked for").repair.as_ref()
}

/// All values of an attribute on a page.
fn values<'p>(page: &'p str, attribute: &str) -> Vec<&'p str> {
    let start = format!(" {attribute}=\"");
    page.split(&*start).skip(1).map(|rest| rest.split('"').next().expect("a value")).collect()
}

/// One for each kind of edit, several edits, something that is left, and what no edit mends.
const MISTAKES: [&str; 6] =
    ["m02-shared-printer", "m03-shared-core", "m04-forwarding-gateway", "m05-usb", "m10-trunk-port", "m17-jump-host"];

#[test]
fn every_finding_of_an_error_names_the_edits_that_serve_its_requirement() {
    let mut linked = 0;
    for name in MISTAKES {
        let name = format!("{name}.yaml");
        let report = report(&name);
        let found = repair(&report).expect("every mistake violates something");
        let page = html::render(&report, Lang::Ja).expect("the facts are there");
        let ids: BTreeSet<&str> = values(&page, "id").into_iter().collect();
        for target in values(&page, "href").iter().filter_map(|target| target.strip_prefix('#')) {
            assert!(ids.contains(target), "{name}: a link to #{target} leads nowhere");
        }
        let set = data(&report);
        for (at, requirement) in report.requirements.iter().enumerate() {
            let serving: Vec<usize> = (1..)
                .zip(&found.edits)
                .filter(|(_, edit)| edit.requirements.contains(&requirement.id))
                .map(|(number, _): (usize, _)| number)
                .collect();
            if requirement.of_ways && requirement.verdict == Verdict::Violated && found.end == End::Repaired {
                assert!(!serving.is_empty(), "{name}: nothing serves {}", requirement.id);
            }
            for number in 0..requirement.findings.len() {
                let start = page.find(&format!("id=\"finding-{at}-{number}\"")).expect("the finding is there");
                let own = &page[start..start + page[start..].find("</section>").expect("it ends")];
                let links: Vec<&str> = values(own, "href");
                let expected: Vec<String> = match &serving[..] {
                    [] => vec!["#repairs".to_owned()],
                    some => some.iter().map(|number| format!("#repair-{number}")).collect(),
                };
                assert_eq!(links, expected, "{name}: {}", requirement.id);
                linked += serving.len();
                let mend = &set["requirements"][at]["findings"][number]["mend"];
                assert_eq!(mend["edits"], serde_json::json!(serving), "{name}: {}", requirement.id);
                assert_eq!(mend["why"].is_null(), !serving.is_empty(), "{name}: {}", requirement.id);
            }
        }
        assert_eq!(set["repairs"]["edits"].as_array().expect("a list").len(), found.edits.len());
    }
    assert!(linked >= 8, "hardly anything is linked");
}

#[test]
fn a_report_on_nothing_violated_says_that_there_is_nothing_to_repair() {
    let text = fs::read_to_string(folder().join("../small/minimal-alpha.yaml")).expect("is there");
    let report = engine::whole("minimal-alpha.yaml", &text).expect("a document");
    assert_eq!(repair(&report), None);
    let said = data(&report)["repairs"]["sentences"].to_string();
    assert!(said.contains("Nothing to repair"), "{said}");
}

/// What is beside the verdicts of a mistake, when the time for it is over before it begins.
fn late(name: &str) -> (Report, Beside) {
    let text = fs::read(folder().join(name)).expect("is there");
    let source = Source::new(name, text).expect("a text");
    let options = Options { audit: true, ..Options::today(2026, 11, 22) };
    let late = Options { limit: Some(Duration::ZERO), ..options };
    let (report, found) =
        run_verify_and(&source, &options, |decided| beside(&source, &late, decided)).expect("a document");
    (report, found.expect("no way is wrong"))
}

/// Whatever of it is not decided in time is not said to be decided: all of it has one limit.
#[test]
fn what_is_beside_the_verdicts_ends_at_the_limit_and_says_so() {
    let (mut report, found) = late("m03-shared-core.yaml");
    let repair = found.repair.as_ref().expect("it is violated");
    assert_eq!((&repair.end, repair.edits.len()), (&End::Limit, 0));
    assert!(found.depths.iter().all(|pair| matches!(pair.depth, Depth::Open | Depth::Nobody)));
    report.beside = Some(Box::new(found));
    let page = html::render(&report, Lang::En).expect("the facts are there");
    assert!(page.contains("not decided: nothing was found in the time"), "the page does not say so");

    let (_, found) = late("m05-usb.yaml");
    let transfers = &found.ledger.transfers;
    assert!(!transfers.is_empty() && transfers.iter().all(|one| one.violates.is_none()));
    // That nothing breaks a way was decided before.
    assert_eq!(found.repair.expect("it is violated").end, End::NoEdit);
}
