//! Bytes as a certificate of one small document: checker one never panics, and whatever it accepts says what the
//! verifier says. Seeds: `sanso prove fuzz/certificate.json -o fuzz/corpus/certificate/one` and the like.

#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use sanso::report::Report;
use sanso::source::Source;
use sanso::verify::{Options, run_verify};
use sanso_check::Verdict;

const DOCUMENT: &str = include_str!("../certificate.json");

/// No exception, no expiry: the date does not matter.
fn report() -> &'static Report {
    static REPORT: OnceLock<Report> = OnceLock::new();
    REPORT.get_or_init(|| {
        let source = Source::new("certificate.json", DOCUMENT.as_bytes().to_vec()).expect("UTF-8");
        let options = Options { max_tuples: usize::MAX, ..Options::today(2026, 11, 22) };
        run_verify(&source, &options).expect("a document")
    })
}

fuzz_target!(|certificate: &[u8]| {
    if let Verdict::Accepted { .. } = sanso_check::check(DOCUMENT.as_bytes(), certificate) {
        let certificate: serde_json::Value = serde_json::from_slice(certificate).expect("accepted, so JSON");
        for (claim, found) in certificate["requirements"].as_array().expect("an array").iter().zip(&report().requirements)
        {
            assert_eq!(claim["id"], *found.id);
            assert_eq!(claim["verdict"], format!("{:?}", found.verdict).to_lowercase());
            let tuples = claim["violating"].as_array().expect("an array");
            let complete = claim.get("complete").is_none_or(|complete| *complete == true);
            assert!(tuples.iter().all(|tuple| found.violating.iter().any(|known| serde_json::json!(known) == *tuple)));
            assert!(!complete || tuples.len() == found.violating.len());
        }
    }
});
