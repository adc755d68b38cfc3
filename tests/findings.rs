//! What findings say of the generator's mistakes: the requirement, the cause by name, and counts that add up.

use crate::engine;

use sanso::city::{City, Fault};
use sanso::language::Lang;
use sanso::render::Sentence;
use sanso::report::{Finding, Report, Verdict};

fn report(city: &City) -> Report {
    let mut json = Vec::new();
    city.write(&mut json).expect("it fits");
    engine::report("city.json", std::str::from_utf8(&json).expect("UTF-8")).unwrap_or_else(|error| panic!("{error}"))
}

fn findings<'r>(report: &'r Report, requirement: &str) -> &'r [Finding] {
    let found = report.requirements.iter().find(|one| one.id == requirement);
    found.map_or(&[], |requirement| &requirement.findings)
}

/// A ward of small offices.
fn ward(faults: Vec<Fault>) -> City {
    City { sites: 8, terminals: 12, rules: 40, faults, ..City::default() }
}

#[test]
fn a_clean_ward_says_what_separates_and_what_it_assumes() {
    for site_firewalls in [false, true] {
        let report = report(&City { site_firewalls, ..ward(vec![]) });
        for requirement in &report.requirements {
            assert_eq!(requirement.verdict, Verdict::Proved, "{}", requirement.id);
            let path = ["MN-ISOLATION", "LGWAN-INTERNET", "INTERNET-CLOUD"].contains(&requirement.id.as_str());
            assert_eq!(path, !requirement.separated_by.is_empty(), "{}", requirement.id);
        }
        assert!(report.assumptions.len() > 5);
        assert!(report.warnings.is_empty(), "{:?}", report.warnings);
    }
}

#[test]
fn every_fault_has_findings_that_add_up() {
    for fault in Fault::ALL {
        let report = report(&ward(vec![fault]));
        assert!(!findings(&report, fault.violates()).is_empty(), "{}", fault.name());
        for requirement in &report.requirements {
            let sum: u64 = requirement.findings.iter().map(|finding| finding.tuples).sum();
            assert_eq!(sum, requirement.tuples, "{} {}", fault.name(), requirement.id);
            assert_eq!(requirement.verdict == Verdict::Violated, sum > 0, "{} {}", fault.name(), requirement.id);
            for finding in &requirement.findings {
                assert!(finding.location.is_some(), "{} {}", fault.name(), finding.fault.text(Lang::En));
                assert!(!finding.path.is_empty());
            }
        }
    }
}

#[test]
fn findings_name_the_cause() {
    for (fault, words) in [
        (Fault::TrunkPort, &["carries every VLAN"][..]),
        (Fault::InterVlanRouting, &["コアSW routes between VLAN 10 and VLAN 20"]),
        (Fault::WideRule, &["rule tax-wide of 境界FW"]),
        (Fault::AnyAny, &["rule tmp of 境界FW"]),
        (Fault::SharedPrinter, &["declares no `relays`"]),
        (Fault::SharedStorage, &["共用NAS declares no `relays`"]),
        (Fault::ForwardingGateway, &["ファイル無害化 forwards packets"]),
        (Fault::RawRelay, &["relay #", "of ファイル無害化 passes data unsanitised"]),
        (Fault::NoMfa, &["does not declare `mfa`"]),
        (Fault::Unmonitored, &["does not declare `blocking`"]),
        (Fault::ExpiredException, &["it has expired"]),
        (Fault::WideException, &["`from` names more than single addresses"]),
        (Fault::PeerOnline, &["a peer of exception"]),
        (Fault::WrongZone, &["is declared to be of the Internet tier but"]),
    ] {
        let report = report(&ward(vec![fault]));
        let found = findings(&report, fault.violates());
        let messages: Vec<String> = found.iter().map(|finding| finding.fault.text(Lang::En)).collect();
        assert!(
            messages.iter().any(|message| words.iter().all(|word| message.contains(word))),
            "{}: {words:?} is not in {messages:#?}",
            fault.name()
        );
    }
}

#[test]
fn one_cause_is_one_finding_however_many_pairs_it_has() {
    let report = report(&ward(vec![Fault::AnyAny]));
    let found = findings(&report, "MN-ISOLATION");
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].tuples > 10_000);
}
