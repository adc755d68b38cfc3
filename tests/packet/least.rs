//! The certificate of what a repair costs at least: both checkers accept the honest ones and refuse forgeries, and of the same pairs they
//! say the same.

use std::path::Path;

use sanso::document::convert;
use sanso::question::repair::{Allowed, Asking, run_repair, run_repair_certified};
use sanso::report::repair::End;
use sanso::source::Source;
use sanso::verify::Options;
use serde_json::{Value, json};

use crate::campaign::number;
use crate::checking::checkers::{Checker, Opinion, checkers};
use crate::interpreter::random;

/// The JSON of a document and its certificate; `None`: it cannot be used, or is not repaired.
fn certified(name: &str, text: String, allowed: Allowed) -> Option<(String, Value)> {
    let source = Source::new(name, text.into_bytes()).expect("a text");
    let asking = Asking { keep: None, allowed };
    let (repair, certificate) = run_repair_certified(&source, &Options::today(2026, 11, 22), &asking, None).ok()?;
    assert_eq!(certificate.is_some(), repair.end == End::Repaired, "{name}");
    let certificate = serde_json::to_value(certificate?.expect("a certificate")).expect("JSON");
    assert!(certificate["cost"].as_u64() == Some(repair.cost) && certificate["bound"].as_u64() <= Some(repair.cost));
    Some((convert(&source).unwrap_or_else(|| source.text().to_owned()), certificate))
}

fn mistake(name: &str, allowed: Allowed) -> Option<(String, Value)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("topologies/mistakes/{name}.yaml"));
    certified("town.yaml", std::fs::read_to_string(path).expect("is there"), allowed)
}

/// Whether the checkers accept; they agree on it.
fn accepted(judges: &mut [Checker], document: &str, certificate: &Value) -> Result<(), String> {
    let mut said = judges.iter_mut().map(|judge| judge.judge(document, &certificate.to_string()));
    let first = said.next().expect("a checker");
    for other in said {
        let alike = matches!(
            (&first, &other),
            (Opinion::Accepted, Opinion::Accepted) | (Opinion::Rejected(_), Opinion::Rejected(_))
        );
        assert!(alike, "{first:?} {other:?}: {certificate:#}\n{document}");
    }
    match first {
        Opinion::Accepted => Ok(()),
        Opinion::Rejected(why) | Opinion::Unusable(why) => Err(why),
    }
}

/// Each mistake that is repaired: what it costs, and what the checkers are shown that any repair costs. It is less where only a peer of an
/// exception is exposed (M12).
const MISTAKES: &[(&str, u64, u64)] = &[
    ("m01-no-mfa", 0, 0),
    ("m02-shared-printer", 1, 1),
    ("m03-shared-core", 1, 1),
    ("m04-forwarding-gateway", 3, 3),
    ("m07-maintenance-line", 3, 3),
    ("m08-stepping-stone", 1, 1),
    ("m09-teacher-pc", 1, 1),
    ("m10-inter-vlan-routing", 1, 1),
    ("m10-trunk-port", 2, 2),
    ("m11-hypervisor", 1, 1),
    ("m12-update-relay", 1, 0),
    ("m13-mixed-mail", 3, 3),
    ("m14-flat-lan", 6, 6),
    ("m15-wide-breakout", 1, 1),
    ("m16-tethering", 3, 3),
    ("m17-jump-host", 2, 2),
    ("m18-backup", 1, 1),
    ("m19-standby-firewall", 1, 1),
    ("m20-ipv6", 2, 2),
    ("m21-cloud-nat", 1, 1),
    ("m22-own-line", 3, 3),
];

#[test]
fn the_least_of_every_classic_mistake_is_certified() {
    let mut judges = checkers();
    let mut found = Vec::new();
    for (name, ..) in MISTAKES {
        let (document, certificate) = mistake(name, Allowed::ALL).expect("repaired");
        accepted(&mut judges, &document, &certificate).unwrap_or_else(|why| panic!("{name}: {why}\n{certificate:#}"));
        found.push((
            *name,
            certificate["cost"].as_u64().expect("a number"),
            certificate["bound"].as_u64().expect("a number"),
        ));
    }
    assert_eq!(found, MISTAKES);
}

/// Why less is shown of M12 than its repair costs: all its ways are of the peer of an exception, and checkers replay none of those.
#[test]
fn less_is_shown_only_where_a_peer_is_exposed() {
    let less: Vec<&str> = MISTAKES.iter().filter(|(_, cost, bound)| bound < cost).map(|(name, ..)| *name).collect();
    assert_eq!(less, ["m12-update-relay"]);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies/mistakes/m12-update-relay.yaml");
    let source = Source::new("town.yaml", std::fs::read(path).expect("is there")).expect("a text");
    let asking = Asking { keep: None, allowed: Allowed::ALL };
    let found = run_repair(&source, &Options::today(2026, 11, 22), &asking).expect("a document");
    assert!(!found.ways.is_empty() && found.ways.iter().all(|way| way.requirement == "EXCEPTION-PEER"));
}

/// Changed so that they claim what is not shown.
fn forged(certificate: &Value, other: &Value) -> Vec<(String, Value)> {
    let mut out = Vec::new();
    let mut forge = |what: &str, change: &dyn Fn(&mut Value)| {
        let mut forged = certificate.clone();
        change(&mut forged);
        out.push((what.to_owned(), forged));
    };
    let ways = certificate["ways"].as_array().expect("a list").len();
    for at in 0..ways {
        forge("a way is dropped", &|forged| drop(forged["ways"].as_array_mut().expect("a list").remove(at)));
    }
    forge("more is claimed", &|forged| {
        forged["edits"].as_array_mut().expect("a list").push("rule".into());
        forged["cost"] = (forged["cost"].as_u64().expect("a number") + 1).into();
        forged["bound"] = (forged["bound"].as_u64().expect("a number") + 1).into();
    });
    forge("more is claimed than it costs", &|forged| {
        forged["bound"] = (forged["cost"].as_u64().expect("a number") + 1).into()
    });
    forge("a cost is changed", &|forged| forged["cost"] = (forged["cost"].as_u64().expect("a number") + 1).into());
    forge("an edit is another", &|forged| {
        let edit = &mut forged["edits"][0];
        *edit = if *edit == "link" { "rule".into() } else { "link".into() };
    });
    forge("an edit is none", &|forged| forged["edits"][0] = "wish".into());
    forge("kinds are out of order", &|forged| forged["allowed"].as_array_mut().expect("a list").reverse());
    forge("the ways of another document", &|forged| forged["ways"] = other["ways"].clone());
    forge("the digest of another document", &|forged| forged["topology"] = other["topology"].clone());
    forge("another requirement", &|forged| {
        for way in forged["ways"].as_array_mut().expect("a list") {
            way["requirement"] = "LABELLED".into();
        }
    });
    forge("a hop is left out", &|forged| {
        for way in forged["ways"].as_array_mut().expect("a list") {
            for session in way["witness"]["sessions"].as_array_mut().expect("a list") {
                if let Some(hops) = session.get_mut("hops").and_then(Value::as_array_mut) {
                    hops.pop();
                }
            }
        }
    });
    forge("another version", &|forged| forged["sanso_repair"] = 2.into());
    forge("one key more", &|forged| forged["certain"] = true.into());
    forge("a way twice over", &|forged| forged["ways"][0]["weight"] = 2.into());
    out
}

#[test]
fn forgeries_of_every_classic_mistake_are_refused() {
    let mut judges = checkers();
    let all: Vec<(String, Value)> = MISTAKES
        .iter()
        .filter(|(_, _, bound)| *bound > 0)
        .map(|(name, ..)| mistake(name, Allowed::ALL).expect("repaired"))
        .collect();
    let mut refused = 0;
    for (at, (document, certificate)) in all.iter().enumerate() {
        let (_, other) = &all[(at + 1) % all.len()];
        for (what, forged) in forged(certificate, other) {
            let said = accepted(&mut judges, document, &forged);
            assert!(said.is_err(), "{}: {what}: {forged:#}", MISTAKES[at].0);
            refused += 1;
        }
        // an honest certificate of a verdict is none of a repair, and the other way round
        for key in ["sanso_repair", "bound", "ways"] {
            let mut less = certificate.clone();
            less.as_object_mut().expect("an object").remove(key);
            assert!(accepted(&mut judges, document, &less).is_err(), "{key}");
        }
    }
    assert!(refused > 12 * 14, "{refused}");
}

/// Mistakes whose ways violate another requirement too.
const BOTH: &[&str] = &["m09-teacher-pc", "m15-wide-breakout", "m16-tethering"];

#[test]
fn a_way_of_one_requirement_passes_for_no_other() {
    let mut judges = checkers();
    for (name, ..) in MISTAKES.iter().filter(|(_, _, bound)| *bound > 0) {
        let (document, certificate) = mistake(name, Allowed::ALL).expect("repaired");
        let mut true_ones = 0;
        for id in ["MN-ISOLATION", "LGWAN-INTERNET", "INTERNET-CLOUD"] {
            let mut forged = certificate.clone();
            for way in forged["ways"].as_array_mut().expect("a list") {
                way["requirement"] = id.into();
            }
            true_ones += usize::from(forged != certificate && accepted(&mut judges, &document, &forged).is_ok());
        }
        assert_eq!(true_ones, usize::from(BOTH.contains(name)), "{name}");
    }
}

#[test]
fn fewer_kinds_of_edits_cost_more_and_are_not_passed_for_all() {
    let mut judges = checkers();
    let links = Allowed { rules: false, links: true, relays: false, vlans: false };
    let mut passed = 0;
    for (name, cost, _) in MISTAKES.iter().filter(|(_, cost, bound)| *cost == 1 && *bound == 1) {
        let Some((document, certificate)) = mistake(name, links) else { continue };
        assert_eq!(certificate["allowed"], json!(["links"]));
        accepted(&mut judges, &document, &certificate).unwrap_or_else(|why| panic!("{name}: {why}"));
        let bound = certificate["bound"].as_u64().expect("a number");
        assert!(bound >= 3 && bound > *cost, "{name}: {bound}");
        let mut forged = certificate.clone();
        forged["allowed"] = json!(["rules", "links", "relays", "vlans"]);
        assert!(accepted(&mut judges, &document, &forged).is_err(), "{name}");
        passed += 1;
    }
    assert!(passed > 4, "{passed}");
}

#[test]
fn the_least_of_random_documents_is_certified() {
    let wanted = number("SANSO_DOCUMENTS", 60) as usize;
    let mut judges = checkers();
    let kinds = [Allowed::ALL, Allowed { rules: false, ..Allowed::ALL }, Allowed { links: false, ..Allowed::ALL }];
    let (mut asked, mut costly, mut tight) = (0, 0, 0);
    let documents = (0..).flat_map(|seed| [random::document(seed), random::carried(seed), random::fourth(seed)]);
    for (number, document) in documents.enumerate() {
        if asked >= wanted {
            break;
        }
        let text = document.to_string();
        let Some((document, certificate)) = certified("random.json", text, kinds[number % kinds.len()]) else {
            continue;
        };
        let [cost, bound] = ["cost", "bound"].map(|key| certificate[key].as_u64().expect("a number"));
        if cost == 0 {
            continue;
        }
        asked += 1;
        costly += usize::from(bound > 1);
        tight += usize::from(bound == cost);
        accepted(&mut judges, &document, &certificate)
            .unwrap_or_else(|why| panic!("document {number}: {why}\n{certificate:#}\n{document}"));
        for at in 0..certificate["ways"].as_array().expect("a list").len() {
            let mut forged = certificate.clone();
            forged["ways"].as_array_mut().expect("a list").remove(at);
            assert!(
                accepted(&mut judges, &document, &forged).is_err(),
                "document {number}: {certificate:#}\n{document}"
            );
        }
    }
    assert!(costly > 0 && tight > wanted / 6, "{costly} {tight}");
}
