//! What each kind of check that needs no paths says of a small document: its tuples, where they are, and the sentence.

use sanso::document::Date;
use sanso::language::{Lang, Phrase};
use sanso::policy::Policy;
use sanso::render::Sentence;
use sanso::report::fault::Fault;
use sanso::report::why::{Obstacle, Stop};
use sanso::report::{RequirementReport, Verdict};
use sanso::source::Source;
use sanso::verify::{Options, run_redacted, run_verify};

const NET: &str = "sanso: 1
zones:
  my-number: { networks: [10.1.0.0/16] }
  lgwan: { networks: [10.2.0.0/16] }
  naibu: { base: lgwan, networks: [10.3.0.0/16] }
  school: { networks: [10.9.0.0/16] }
nodes:
  - { id: juki, zone: my-number, kind: server, business: [juki], owner: 住民課 }
  - { id: dual, addresses: [10.1.0.9, 10.2.0.9] }
  - { id: near, addresses: [10.2.0.8, 10.3.0.8] }
  - { id: pc, zone: lgwan, kind: terminal, addresses: [10.2.0.1], business: tax, controls: [mfa] }
  - { id: tablet, zone: school, kind: terminal, addresses: [10.9.0.1] }
  - { id: sw1, kind: switch }
  - { id: sw2, kind: switch }
  - { id: fw, kind: firewall, filter: { rules: [{ id: R1, action: permit, from: 'node:pc', to: 'node:juki', service: tcp/443 }] } }
links:
  - { between: [pc, sw1], vlans: [20] }
  - { between: [sw1, sw2], vlans: { a: [20], b: [30] }, native: [20, 30], id: trunk, circuit: wireless, tags: core }
  - { between: [tablet, sw2], vlans: [30], owner: 教育委員会 }
  - { between: [pc, fw] }
  - { between: [juki, fw], controls: [eap-tls] }
transfers:
  - { id: usb, from: 'node:tablet', to: 'node:pc', reason: r, approved_by: ' ', expires: 2026-01-01 }
exceptions:
  - { id: x1, from: 'node:pc', to: 'node:juki', service: tcp/443, reason: r, approved_by: a, attested: { by: b, basis: b } }
  - { id: x2, from: 'node:juki', to: 'node:pc', service: tcp/443, reason: r, approved_by: a }
evidence:
  - { id: a1, kind: external-audit, by: b, date: 2025-11-22 }
expects:
  - { id: e1, from: 'node:pc', to: 'node:juki', service: [tcp/443] }
  - { id: e2, from: 'node:pc', to: 'node:juki', service: [tcp/443, tcp/80] }
";

fn report(check: &str) -> RequirementReport {
    report_of(NET, check, false)
}

fn report_of(net: &str, check: &str, redacted: bool) -> RequirementReport {
    let text = format!(
        r#"{{"sanso-policy": 1, "id": "p", "title": {{"ja": "p", "en": "p"}}, "requirements": [
            {{"id": "MN-ISOLATION", "title": {{"ja": "a", "en": "a"}}, "check": {{"isolation": {{"a": {{"zone": "my-number"}}, "b": {{"zone": "lgwan"}}}}}}}},
            {{"id": "R", "title": {{"ja": "r", "en": "r"}}, "check": {check}}}]}}"#
    );
    let source = Source::new("p.json", text.into_bytes()).expect("UTF-8");
    let nowhere = |_: &str, path: &str| Err(Phrase::new(path, path));
    let (read, told) = sanso::policy::read(source, &nowhere);
    let definition = read.unwrap_or_else(|| panic!("{check}: {told:?}"));
    let date = Date { year: 2026, month: 11, day: 22 };
    let policy = Policy::of(&definition, date);
    let source = Source::new("net.yaml", net.as_bytes().to_vec()).expect("UTF-8");
    let options = Options { policy: &policy, ..Options::today(2026, 11, 22) };
    let report = if redacted { run_redacted(&source, &options, 0) } else { run_verify(&source, &options) };
    let report = report.unwrap_or_else(|list| panic!("{list:?}"));
    report.requirements.into_iter().find(|one| one.id == "R").expect("it is reported")
}

#[test]
fn each_kind_tells_its_tuples_and_what_is_wrong() {
    for (check, tuples, says, line) in [
        (
            r#"{"attributes": {"nodes": {"kind": "terminal"}, "controls": ["mfa"], "owner": true}}"#,
            "pc|tablet",
            "does not declare an owner",
            11,
        ),
        (r#"{"attributes": {"nodes": {"business": "juki"}, "any_of": ["a", "b"]}}"#, "juki", "one of `a`, `b`", 8),
        (
            r#"{"attributes": {"links": {"circuit": "wireless"}, "controls": ["eap-tls"]}}"#,
            "trunk",
            "link trunk does not declare `eap-tls`",
            18,
        ),
        (
            r#"{"attributes": {"links": {"ends": [{"zone": "my-number"}, {}]}, "owner": true}}"#,
            "juki -- fw",
            "link juki -- fw does not declare an owner",
            21,
        ),
        (
            r#"{"attributes": {"links": {"tag": "core"}, "circuit": ["leased", "internal"]}}"#,
            "trunk",
            "a circuit that is one of `leased`, `internal`",
            18,
        ),
        (
            r#"{"placement": {"nodes": {"business": ["juki", "tax"]}, "tiers": ["my-number"]}}"#,
            "pc",
            "pc belongs to the LGWAN tier, where it may not be",
            11,
        ),
        (r#"{"homed": {"nodes": {}}}"#, "dual", "has addresses in the My Number tier and the LGWAN tier", 9),
        (
            r#"{"segment": {"a": {"tier": "lgwan"}, "b": {"zone": "school"}}}"#,
            "pc tablet",
            "by sw1 (VLAN 20) → sw2 (VLAN 30)",
            11,
        ),
        (r#"{"exceptions": {"used": true}}"#, "x2", "exception x2 covers no session", 26),
        (r#"{"exceptions": {"attested": true, "of": ["MN-ISOLATION"]}}"#, "x2", "nobody vouches", 26),
        (
            r#"{"transfers": {"to": {"tier": "lgwan"}, "sanitised_by": ["file"], "approved": true}}"#,
            "usb",
            "not sanitised as it should be",
            23,
        ),
        (r#"{"evidence": {"kind": "external-audit", "within": 11}}"#, "", "the last is of 2025-11-22", 28),
        (r#"{"expects": {}}"#, "e2 pc juki", "what `e2` expects is not possible from pc to juki", 31),
    ] {
        let report = report(check);
        assert_eq!(report.verdict, Verdict::Violated, "{check}");
        let found: Vec<String> = report.violating.iter().map(|tuple| tuple.join(" ")).collect();
        assert_eq!(found.join("|"), tuples, "{check}");
        assert_eq!(report.tuples, report.violating.len() as u64);
        let told: Vec<String> = report.findings.iter().map(|finding| finding.text(Lang::En)).collect();
        assert!(told.iter().any(|text| text.contains(says)), "{check}: {told:?}");
        assert_eq!(report.findings.iter().map(|finding| finding.tuples).sum::<u64>(), report.tuples, "{check}");
        let lines: Vec<u32> =
            report.findings.iter().filter_map(|one| one.location.as_ref()).map(|at| at.line).collect();
        assert!(lines.contains(&line), "{check}: {lines:?}");
        for finding in &report.findings {
            let japanese = finding.text(Lang::Ja);
            assert!(!japanese.is_empty() && !japanese.contains("です") && !japanese.contains("ます"), "{japanese}");
        }
    }
}

/// What stops an expectation, with where it stands.
fn stops(report: &RequirementReport) -> Vec<(Stop, Option<u16>, Option<u32>)> {
    let found = report.findings.iter().flat_map(|finding| match &finding.fault {
        Fault::Impossible { stops, .. } => stops.clone(),
        other => panic!("{other:?}"),
    });
    let port = |one: &Obstacle| one.packet.as_ref().and_then(|packet| packet.destination_port);
    found.map(|one| (one.stop.clone(), port(&one), one.location.as_ref().map(|at| at.line))).collect()
}

#[test]
fn an_expectation_that_fails_names_what_stops_it_and_is_met_once_that_is_mended() {
    let expects = r#"{"expects": {}}"#;
    // The service that is possible is passed over: only port 80 is denied.
    let denied = report_of(NET, expects, false);
    let default = Stop::Default { node: "fw".to_owned(), filter: None };
    assert_eq!(stops(&denied), [(default, Some(80), Some(15))]);
    let text = denied.findings[0].text(Lang::En);
    assert!(text.contains("fw: no rule permits it, and the default denies: add a rule that permits tcp"), "{text}");
    let mended = NET.replace("service: tcp/443 }] }", "service: [tcp/443, tcp/80] }] }");
    assert_eq!(report_of(&mended, expects, false).verdict, Verdict::Proved);

    // Two things at once: a rule, and behind it a link that is one-way, which stops the other expectation too.
    let refusal = "rules: [{ id: R0, action: deny, from: any, to: any, service: tcp/80 }, { id: R1";
    let twice = NET
        .replace("rules: [{ id: R1", refusal)
        .replace("{ between: [juki, fw],", "{ between: [juki, fw], one_way: true,");
    let found: Vec<Stop> = stops(&report_of(&twice, expects, false)).into_iter().map(|(stop, ..)| stop).collect();
    let rule = Stop::Rule { node: "fw".to_owned(), filter: None, rule: "R0".to_owned() };
    let one_way = Stop::OneWay { link: "juki–fw".to_owned() };
    assert_eq!(found, [one_way.clone(), rule, one_way]);

    // Nobody there has an address of the family: nothing that could be mended is named.
    let unaddressed =
        NET.replace("{ id: e2, from: 'node:pc', to: 'node:juki'", "{ id: e2, from: 'node:pc', to: 'node:six'").replace(
            "  - { id: sw1,",
            "  - { id: six, zone: lgwan, kind: server, addresses: ['fd00::1'] }\n  - { id: sw1,",
        );
    assert_eq!(stops(&report_of(&unaddressed, expects, false)), []);
}

#[test]
fn a_redacted_report_names_nothing_of_what_stops_an_expectation() {
    let report = report_of(NET, r#"{"expects": {}}"#, true);
    let [(Stop::Default { node, .. }, Some(80), _)] = &stops(&report)[..] else { panic!("{report:?}") };
    assert_ne!(node, "fw");
    let text = report.findings[0].text(Lang::En);
    for word in ["fw:", "juki", "pc", "e2", "10.2.0.1"] {
        assert!(!text.contains(word), "{text}");
    }
}

#[test]
fn what_is_as_it_should_be_is_proved_and_nobody_is_vacuous() {
    for (check, verdict) in [
        (r#"{"attributes": {"nodes": {"owner": "住民課"}, "owner": true}}"#, Verdict::Proved),
        (r#"{"attributes": {"links": {"owner": "教育委員会"}, "circuit": "internal"}}"#, Verdict::Proved),
        (r#"{"attributes": {"links": {"circuit": "vpn"}, "owner": true}}"#, Verdict::Vacuous),
        (r#"{"placement": {"nodes": {"business": "tax"}, "tiers": ["lgwan"]}}"#, Verdict::Proved),
        (r#"{"placement": {"nodes": {"business": "koseki"}, "tiers": ["lgwan"]}}"#, Verdict::Vacuous),
        // Two zones of one tier.
        (r#"{"homed": {"nodes": {"node": "near"}}}"#, Verdict::Proved),
        (r#"{"homed": {"nodes": {}, "allowed": {"node": "dual"}}}"#, Verdict::Proved),
        (r#"{"homed": {"nodes": {"node": "juki"}}}"#, Verdict::Vacuous),
        (r#"{"segment": {"a": {"tier": "my-number"}, "b": {"zone": "school"}}}"#, Verdict::Proved),
        (r#"{"exceptions": {"used": true, "of": ["R"]}}"#, Verdict::Vacuous),
        (r#"{"transfers": {"from": {"tier": "lgwan"}, "approved": true}}"#, Verdict::Vacuous),
        // The day itself is within.
        (r#"{"evidence": {"kind": "external-audit", "within": 12}}"#, Verdict::Proved),
        (r#"{"evidence": {"kind": "training"}}"#, Verdict::Violated),
    ] {
        assert_eq!(report(check).verdict, verdict, "{check}");
    }
}

#[test]
fn what_leads_past_the_nodes_named_is_said_to() {
    let asked = |nodes: &str| {
        let check =
            format!(r#"{{"through": {{"a": {{"tier": "lgwan"}}, "b": {{"zone": "school"}}, "nodes": {nodes}}}}}"#);
        let report = report(&check);
        assert_eq!((report.verdict, report.tuples), (Verdict::Violated, 1), "{check}");
        [Lang::En, Lang::Ja].map(|lang| report.findings.iter().map(|one| one.text(lang)).collect::<Vec<_>>().join("\n"))
    };
    let [en, ja] = asked(r#"{"kind": "firewall"}"#);
    assert!(en.starts_with("past fw, which it must lead through: "), "{en}");
    assert!(ja.starts_with("経由すべき fw を通らない経路がある。"), "{ja}");
    let [en, ja] = asked(r#"{"node": ["fw", "sw1x", "juki"]}"#);
    assert!(en.starts_with("past juki (and 1 other), which it must lead through: "), "{en}");
    assert!(ja.starts_with("経由すべき juki ほか 1 件を通らない経路がある。"), "{ja}");
    let [en, ja] = asked(r#"{"tag": "boundary"}"#);
    assert!(en.starts_with("there is no node that it must lead through: "), "{en}");
    assert!(ja.starts_with("経由すべきノードが構成にない。"), "{ja}");
}
