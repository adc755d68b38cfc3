//! Zones that belong to a tier.

use sanso::report::Verdict;
use sanso::source::Source;
use sanso::verify::{Options, run_verify};

/// The verdict of a requirement on a PC of the zone `naibu`, joined to a My Number server and to the Internet.
fn verdict(base: &str, id: &str) -> Verdict {
    let text = format!(
        "sanso: 1
zones: {{ naibu: {{ {base} }} }}
nodes:
  - {{ id: juki, zone: my-number, kind: server }}
  - {{ id: pc, zone: naibu, kind: terminal }}
  - {{ id: out, zone: internet, kind: external }}
  - {{ id: lg, zone: lgwan }}
links: [[pc, out], [juki, pc]]
"
    );
    let source = Source::new("a.yaml", text.into_bytes()).expect("UTF-8");
    let report = run_verify(&source, &Options::today(2026, 11, 22)).unwrap_or_else(|list| panic!("{list:?}"));
    report.requirements.iter().find(|one| one.id == id).expect("there is one").verdict
}

#[test]
fn a_zone_with_a_base_is_of_that_tier_to_every_requirement() {
    // A node of the LGWAN tier reaches the Internet.
    assert_eq!(verdict("base: lgwan", "LGWAN-INTERNET"), Verdict::Violated);
    assert_eq!(verdict("", "LGWAN-INTERNET"), Verdict::Proved);
    // One of the My Number tier may meet its server, but is a terminal without what is asked of those.
    assert_eq!(verdict("base: my-number", "MN-TERMINAL"), Verdict::Violated);
    assert_eq!(verdict("base: lgwan", "MN-TERMINAL"), Verdict::Vacuous);
}

#[test]
fn nodes_of_a_tier_pass_nothing_on_whatever_their_zone_is_called() {
    let joined = |base: &str| {
        let text = format!(
            r#"{{"sanso": 1, "zones": {{"naibu": {{{base}}}}}, "nodes": [{{"id": "m", "zone": "my-number"}},
                {{"id": "x", "zone": "naibu"}}, {{"id": "l", "zone": "lgwan"}}], "links": [["m", "x"], ["x", "l"]]}}"#
        );
        let source = Source::new("a.json", text.into_bytes()).expect("UTF-8");
        let report = run_verify(&source, &Options::today(2026, 11, 22)).unwrap_or_else(|list| panic!("{list:?}"));
        report.requirements[0].violating.clone()
    };
    let pair = |a: &str, b: &str| vec![a.to_owned(), b.to_owned()];
    assert_eq!(joined(""), [pair("m", "l"), pair("m", "x")]);
    assert_eq!(joined(r#""base": "lgwan""#), [pair("m", "x")]);
}
