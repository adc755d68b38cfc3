//! Certificates written by hand for tiny documents, and what happens when somebody changes them.

use sanso_check::requirements::Holds;
use sanso_check::{Verdict, check, policy, sha256};

const NODES: &str = r#"{"id": "m", "kind": "server", "addresses": ["10.1.0.1"]},
{"id": "l", "kind": "server", "addresses": ["10.2.0.1"]},
{"id": "i", "kind": "external", "zone": "internet", "addresses": ["203.0.113.1"]},"#;
const ZONES: &str = r#"{"my-number": {"networks": ["10.1.0.0/16"]}, "lgwan": {"networks": ["10.2.0.0/16"]}}"#;
const PERMIT: &str = r#"{"action": "permit", "from": "node:m", "to": "node:l", "service": "tcp/443"}"#;
const EXCEPTION: &str = r#""exceptions": [{"id": "x", "from": ["node:m"], "to": ["node:l"], "service": ["tcp/443"],
  "reason": "r", "approved_by": "c", "expires": "2026-11-22"}],"#;

/// m, l and i on one firewall with these rules.
fn star(rules: &str, exceptions: &str) -> String {
    format!(
        r#"{{"sanso": 1, "zones": {ZONES}, {exceptions} "nodes": [{NODES}
{{"id": "fw", "kind": "firewall", "filter": {{"rules": [{rules}]}}}}],
"links": [["m", "fw"], ["l", "fw"], ["i", "fw"]]}}"#
    )
}

/// m, l and i on one switch, each on a VLAN of its own.
fn vlans() -> String {
    format!(
        r#"{{"sanso": 1, "zones": {ZONES}, "nodes": [{NODES}
{{"id": "sw", "kind": "switch"}}],
"links": [{{"between": ["m", "sw"], "vlans": [10]}}, {{"between": ["l", "sw"], "vlans": [20]}}, {{"between": ["i", "sw"], "vlans": [30]}}]}}"#
    )
}

fn tree(relies_on: &str, set: &str, cells: &str) -> String {
    format!(r#"{{"relies_on": [{relies_on}], "links": [], "sets": [{set}], "cells": [{cells}]}}"#)
}

const SET: &str = r#"[["fw", 0, 0, null], ["fw", 0, 1, null], ["fw", 0, 2, null]]"#;
const DEFAULT: &str = r#"["fw", 0, null]"#;

/// Everything is denied by the default.
fn denied() -> String {
    tree(DEFAULT, SET, r#"{"closed": 0}"#)
}

/// Apart from the packets of `PERMIT` everything is denied by the default.
fn permitted_apart() -> String {
    let cells = r#"{"cut": ["destination", "10.2.0.1", 1, 2]}, {"closed": 0}, {"cut": ["destination", "10.2.0.2", 3, 4]},
{"cut": ["source", "10.1.0.1", 5, 6]}, {"closed": 0}, {"closed": 0}, {"cut": ["source", "10.1.0.2", 7, 8]},
{"cut": ["service", 696, 9, 10]}, {"closed": 0}, {"closed": 0}, {"cut": ["service", 697, 11, 12]}, {"closed": 0}, {"closed": 0}"#;
    tree(DEFAULT, SET, cells)
}

/// The VLANs of all links are relied on.
fn on_vlan(tags: &str) -> String {
    let tree = tree("", &format!(r#"[["sw", 0, null, [{tags}]]]"#), r#"{"closed": 0}"#);
    tree.replace(r#""links": []"#, r#""links": [[0, 2]]"#)
}

/// A part; the trees are those of forward push and pull, backward push and pull.
fn part(a: &str, b: &str, trees: [&str; 4]) -> String {
    let [fp, fl, bp, bl] = trees;
    format!(
        r#"{{"a": {a}, "b": {b}, "forward": {{"stations": [], "push": {fp}, "pull": {fl}}}, "backward": {{"stations": [], "push": {bp}, "pull": {bl}}}}}"#
    )
}

fn path(id: &str, verdict: &str, violating: &str, witnesses: &str, parts: &str) -> String {
    format!(
        r#"{{"id": "{id}", "verdict": "{verdict}", "violating": [{violating}], "complete": true, "witnesses": [{witnesses}], "parts": [{parts}]}}"#
    )
}

fn certificate(document: &str, mn: &str, li: &str, ic: &str, exceptions: Option<&str>) -> String {
    let policy::Policy { id, sha256: policy, .. } = policy::built_in("three-tier/alpha").unwrap();
    let digest = sha256::hex(document.as_bytes());
    let of_verdict = if exceptions.is_some() { "proved" } else { "vacuous" };
    let (ids, ends, peer) = match exceptions {
        Some(part) => (r#""x""#, r#"{"exception": "x", "nodes": ["l"], "tree": null}"#, part),
        None => ("", "", "null"),
    };
    format!(
        r#"{{"sanso_certificate": 1, "tool": "by hand", "topology": {{"sha256": "{digest}"}},
"policy": {{"id": "{id}", "sha256": "{policy}"}}, "date": "2026-11-22", "symbolic": [SYMBOLIC], "requirements": [
{mn},
{{"id": "MN-TERMINAL", "verdict": "vacuous", "violating": [], "groups": []}},
{li},
{ic},
{{"id": "INTERNET-MONITOR", "verdict": "vacuous", "violating": [], "groups": []}},
{{"id": "EXCEPTION-LIMITED", "verdict": "{of_verdict}", "violating": [], "exceptions": [{ids}]}},
{{"id": "EXCEPTION-PEER", "verdict": "{of_verdict}", "violating": [], "complete": true, "witnesses": [], "ends": [{ends}], "part": {peer}}},
{{"id": "LABELLED", "verdict": "proved", "violating": [], "groups": [
 {{"zone": "internet", "nodes": ["i"]}}, {{"zone": "lgwan", "nodes": ["l"]}}, {{"zone": "my-number", "nodes": ["m"]}}]}}]}}"#
    )
    .replace("SYMBOLIC", if document.contains(r#""fw""#) { r#""fw""# } else { r#""sw""# })
}

/// A document with its certificate.
type Case = (String, String);

fn proved() -> Case {
    let document = star("", "");
    let all = part("null", "null", [&denied(), &denied(), &denied(), &denied()]);
    let [mn, li, ic] = ["MN-ISOLATION", "LGWAN-INTERNET", "INTERNET-CLOUD"].map(|id| path(id, "proved", "", "", &all));
    let certificate = certificate(&document, &mn, &li, &ic, None);
    (document, certificate)
}

const WITNESS: &str = r#"{"path": ["m", "l"], "passes": [], "sessions": [{"pull": false,
"packet": {"source": "10.1.0.1", "destination": "10.2.0.1", "protocol": 6, "source_port": 1024, "destination_port": 443},
"hops": [[0, false, null], [1, true, null]]}]}"#;

fn violated() -> Case {
    let document = star(PERMIT, "");
    let tree = permitted_apart();
    let trees = [tree.as_str(); 4];
    let mn = path("MN-ISOLATION", "violated", r#"["m", "l"]"#, WITNESS, &part("null", r#"["i"]"#, trees));
    let [li, ic] =
        ["LGWAN-INTERNET", "INTERNET-CLOUD"].map(|id| path(id, "proved", "", "", &part("null", "null", trees)));
    let certificate = certificate(&document, &mn, &li, &ic, None);
    (document, certificate)
}

fn excused() -> Case {
    let document = star(PERMIT, EXCEPTION);
    let tree = permitted_apart();
    let all = part("null", "null", [tree.as_str(); 4]);
    let [mn, li, ic] = ["MN-ISOLATION", "LGWAN-INTERNET", "INTERNET-CLOUD"].map(|id| path(id, "proved", "", "", &all));
    let peer = part(r#"["l"]"#, "null", [tree.as_str(); 4]);
    let certificate = certificate(&document, &mn, &li, &ic, Some(&peer));
    (document, certificate)
}

fn by_vlan() -> Case {
    let document = vlans();
    let [m, l, i, li] = ["[10, 10]", "[20, 20]", "[30, 30]", "[20, 20], [30, 30]"].map(on_vlan);
    let mn = path("MN-ISOLATION", "proved", "", "", &part("null", "null", [&m, &li, &li, &m]));
    let [li, ic] = ["LGWAN-INTERNET", "INTERNET-CLOUD"]
        .map(|id| path(id, "proved", "", "", &part("null", "null", [&l, &i, &i, &l])));
    let certificate = certificate(&document, &mn, &li, &ic, None);
    (document, certificate)
}

#[test]
fn certificates_written_by_hand_are_accepted() {
    let holds = |case: Case| match check(case.0.as_bytes(), case.1.as_bytes()) {
        Verdict::Accepted { requirements, .. } => requirements.iter().map(|r| r.holds).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    use Holds::{Proved as P, Vacuous as V, Violated as X};
    assert_eq!(holds(proved()), [P, V, P, P, V, V, V, P]);
    assert_eq!(holds(violated()), [X, V, P, P, V, V, V, P]);
    assert_eq!(holds(excused()), [P, V, P, P, V, P, P, P]);
    assert_eq!(holds(by_vlan()), [P, V, P, P, V, V, V, P]);
}

/// What is said when the certificate says something else: requirement, step and reason.
fn rejection(case: &Case, from: &str, to: &str) -> String {
    assert!(case.1.contains(from), "{from}");
    match check(case.0.as_bytes(), case.1.replacen(from, to, 1).as_bytes()) {
        Verdict::Rejected { requirement, step, place, en, ja, .. } => {
            assert!(place.line > 0 && place.column > 0 && !ja.is_empty());
            format!("{}: {step}: {en}", requirement.as_deref().unwrap_or("certificate"))
        }
        other => panic!("{from} -> {to}: {other:?}"),
    }
}

#[test]
fn tampered_certificates_are_rejected_for_the_right_reason() {
    let (proved, violated, excused, by_vlan) = (proved(), violated(), excused(), by_vlan());
    let changes: Vec<(&Case, &str, &str, &str)> = vec![
        (
            &proved,
            r#""sanso_certificate": 1"#,
            r#""sanso_certificate": 2"#,
            "certificate: sanso_certificate: version 1 of the format expected for this document",
        ),
        (
            &proved,
            r#""sanso_certificate": 1"#,
            r#""sanso_certificate": 1.0"#,
            "certificate: sanso_certificate: version 1 of the format expected for this document",
        ),
        (&proved, r#""tool": "by hand""#, r#""tool": "by hand", "tool": "b""#, "certificate: : duplicate key `tool`"),
        (&proved, r#""tool": "by hand""#, r#""tool": "by hand", "more": 1"#, "certificate: : unknown key `more`"),
        (&proved, r#""tool": "by hand","#, "", "certificate: : key `tool` is missing"),
        (&proved, r#""tool": "by hand""#, r#""tool": 1"#, "certificate: tool: a string expected"),
        (&proved, r#"{"sha256": ""#, r#"{"sha256": "0"#, "certificate: topology: no SHA-256"),
        (&proved, "three-tier/alpha", "three-tier/none", "certificate: policy: no policy that comes with this checker"),
        (&proved, "2026-11-22", "2026-11-31", "certificate: date: no date"),
        (&proved, r#""symbolic": ["fw"]"#, r#""symbolic": []"#, "certificate: symbolic: not exactly"),
        (&proved, r#""symbolic": ["fw"]"#, r#""symbolic": ["fw", "fw"]"#, "certificate: symbolic: not exactly"),
        (&proved, r#""symbolic": ["fw"]"#, r#""symbolic": ["fw", "m"]"#, "certificate: symbolic: not exactly"),
        (&proved, r#""id": "MN-ISOLATION""#, r#""id": "LABELLED""#, "MN-ISOLATION: id: `MN-ISOLATION` expected"),
        (
            &proved,
            r#""verdict": "proved""#,
            r#""verdict": "vacuous""#,
            "MN-ISOLATION: verdict: the verdict does not agree",
        ),
        (&proved, r#""verdict": "proved""#, r#""verdict": "undecided""#, "MN-ISOLATION: verdict: no verdict"),
        (&proved, r#""complete": true"#, r#""complete": false"#, "MN-ISOLATION: complete: `true` expected"),
        (
            &proved,
            r#""relies_on": [["fw", 0, null]]"#,
            r#""relies_on": []"#,
            "MN-ISOLATION: parts[0].forward.push.cells[0]: the set does not exclude a forbidden session from `m` to",
        ),
        (
            &proved,
            r#"["fw", 0, null]"#,
            r#"["fw", 0, 0]"#,
            "MN-ISOLATION: parts[0].forward.push.relies_on[0]: no denial",
        ),
        (
            &proved,
            r#"["fw", 0, null]"#,
            r#"["fw", null, null]"#,
            "MN-ISOLATION: parts[0].forward.push.relies_on[0]: no denial",
        ),
        (
            &proved,
            r#"[["fw", 0, null]]"#,
            r#"[["fw", 0, null], ["fw", 0, null]]"#,
            "MN-ISOLATION: parts[0].forward.push.relies_on[1]: no denial",
        ),
        (
            &by_vlan,
            r#""links": [[0, 2]]"#,
            r#""links": []"#,
            "MN-ISOLATION: parts[0].forward.push.cells[0]: a packet emitted by this link arrives at `sw`",
        ),
        (
            &by_vlan,
            r#""links": [[0, 2]]"#,
            r#""links": [[0, 0], [2, 2]]"#,
            "MN-ISOLATION: parts[0].forward.push.cells[0]: the set does not exclude a forbidden session from `m` to `l`",
        ),
        (
            &by_vlan,
            r#""links": [[0, 2]]"#,
            r#""links": [[0, 3]]"#,
            "MN-ISOLATION: parts[0].forward.push.links: links, ascending, expected",
        ),
        (
            &by_vlan,
            r#""links": [[0, 2]]"#,
            r#""links": [[0, 1], [1, 2]]"#,
            "MN-ISOLATION: parts[0].forward.push.links: links, ascending, expected",
        ),
        (
            &by_vlan,
            r#""links": [[0, 2]]"#,
            r#""links": [[1, 0]]"#,
            "MN-ISOLATION: parts[0].forward.push.links: links, ascending, expected",
        ),
        (
            &proved,
            r#"["fw", 0, 0, null], "#,
            "",
            "MN-ISOLATION: parts[0].forward.push.cells[0]: a packet emitted by this link arrives at `fw`",
        ),
        (
            &proved,
            r#"["fw", 0, 0, null]"#,
            r#"["fw", 0, null, null]"#,
            "MN-ISOLATION: parts[0].forward.push.sets[0][0]: not a link of this unit, or `null`",
        ),
        (
            &proved,
            r#"["fw", 0, 0, null]"#,
            r#"["fw", 1, 0, null]"#,
            "MN-ISOLATION: parts[0].forward.push.sets[0][0]: no forwarding unit",
        ),
        (
            &proved,
            r#"["fw", 0, 0, null]"#,
            r#"["m", 0, 0, null]"#,
            "MN-ISOLATION: parts[0].forward.push.sets[0][0]: no forwarding unit",
        ),
        (
            &proved,
            r#"["fw", 0, 0, null]"#,
            r#"["fw", 0, 9, null]"#,
            "MN-ISOLATION: parts[0].forward.push.sets[0][0]: not a link",
        ),
        (
            &proved,
            r#"["fw", 0, 0, null]"#,
            r#"["fw", 0, 0, []]"#,
            "MN-ISOLATION: parts[0].forward.push.sets[0][0]: tags are for switches",
        ),
        (
            &proved,
            r#"["fw", 0, 0, null]"#,
            r#"["fw", 0, 1, null]"#,
            "MN-ISOLATION: parts[0].forward.push.sets[0][1]: the state is there twice",
        ),
        (&proved, r#"{"closed": 0}"#, r#"{"closed": 1}"#, "MN-ISOLATION: parts[0].forward.push.cells[0]: no such set"),
        (
            &proved,
            r#"{"closed": 0}"#,
            r#"{"void": true}"#,
            "MN-ISOLATION: parts[0].forward.push.cells[0]: the box is not void",
        ),
        (&proved, r#"{"closed": 0}"#, r#"{"void": false}"#, "MN-ISOLATION: parts[0].forward.push.cells[0]: one of"),
        (&proved, r#"[{"closed": 0}]"#, "[]", "MN-ISOLATION: parts[0].forward.push: no cells"),
        (
            &proved,
            r#"[{"closed": 0}]"#,
            r#"[{"closed": 0}, {"closed": 0}]"#,
            "MN-ISOLATION: parts[0].forward.push.cells[1]: no cell before names this one",
        ),
        (
            &proved,
            r#"[{"closed": 0}]"#,
            r#"[{"split": [["l"], 1, 2]}, {"closed": 0}, {"closed": 0}]"#,
            "MN-ISOLATION: parts[0].forward.push.cells[0]: not openers",
        ),
        (&proved, r#""a": null"#, r#""a": ["l"]"#, "MN-ISOLATION: parts[0]: not nodes of this side"),
        (&proved, r#""b": null"#, r#""b": ["i"]"#, "MN-ISOLATION: parts: no part speaks of `m` and `l`"),
        (
            &proved,
            r#""stations": []"#,
            r#""stations": [["m", null, false, 0]]"#,
            "MN-ISOLATION: parts[0].forward.stations[0]: no station",
        ),
        (&proved, r#"{"zone": "lgwan", "nodes": ["l"]}, "#, "", "LABELLED: groups: not what the document declares"),
        (&proved, r#"1, "tool""#, r#"1; "tool""#, "certificate: : not JSON"),
        (
            &violated,
            r#"["destination", "10.2.0.1", 1, 2]"#,
            r#"["destination", "10.2.0.1", 2, 1]"#,
            "MN-ISOLATION: parts[0].forward.push.cells[1]: the set does not exclude",
        ),
        (
            &violated,
            r#""10.2.0.2", 3, 4"#,
            r#""10.2.0.1", 3, 4"#,
            "MN-ISOLATION: parts[0].forward.push.cells[2]: the position is not inside",
        ),
        (
            &violated,
            r#""10.2.0.2", 3, 4"#,
            r#""10.2.0.2", 3, 3"#,
            "MN-ISOLATION: parts[0].forward.push.cells[2]: not a later cell",
        ),
        (
            &violated,
            r#""10.2.0.2", 3, 4"#,
            r#""10.2.0.2", 2, 4"#,
            "MN-ISOLATION: parts[0].forward.push.cells[2]: not a later cell",
        ),
        (
            &violated,
            r#"["service", 696"#,
            r#"["port", 696"#,
            "MN-ISOLATION: parts[0].forward.push.cells[7]: no such line",
        ),
        (
            &violated,
            r#""violating": [["m", "l"]]"#,
            r#""violating": []"#,
            "MN-ISOLATION: verdict: the verdict does not agree",
        ),
        (
            &violated,
            r#""violating": [["m", "l"]]"#,
            r#""violating": [["m", "i"]]"#,
            "MN-ISOLATION: witnesses[0]: not a path of this tuple",
        ),
        (
            &violated,
            r#""violating": [["m", "l"]]"#,
            r#""violating": [["l", "m"]]"#,
            "MN-ISOLATION: violating: not pairs of the two sides",
        ),
        (
            &violated,
            r#""violating": [["m", "l"]]"#,
            r#""violating": [["m", "l"], ["m", "l"]]"#,
            "MN-ISOLATION: violating: tuples of this requirement",
        ),
        (
            &violated,
            r#""source": "10.1.0.1""#,
            r#""source": "10.1.0.2""#,
            "MN-ISOLATION: witnesses[0].sessions[0]: the opener has no such source",
        ),
        (
            &violated,
            r#""destination": "10.2.0.1""#,
            r#""destination": "10.2.0.2""#,
            "MN-ISOLATION: witnesses[0].sessions[0]: filters or routes stop the packet before this link, or it is not translated so",
        ),
        (
            &violated,
            r#""destination": "10.2.0.1""#,
            r#""destination": "::1""#,
            "MN-ISOLATION: witnesses[0].sessions[0]: no packet has this header",
        ),
        (
            &violated,
            r#""destination_port": 443"#,
            r#""destination_port": 444"#,
            "MN-ISOLATION: witnesses[0].sessions[0]: filters or routes stop",
        ),
        (
            &violated,
            r#""destination_port": 443"#,
            r#""destination_port": null"#,
            "MN-ISOLATION: witnesses[0].sessions[0]: ports are for",
        ),
        (
            &violated,
            r#""protocol": 6"#,
            r#""protocol": 17"#,
            "MN-ISOLATION: witnesses[0].sessions[0]: filters or routes stop",
        ),
        (
            &violated,
            r#""pull": false"#,
            r#""pull": true"#,
            "MN-ISOLATION: witnesses[0].sessions[0]: the opener has no such source",
        ),
        (
            &violated,
            "[1, true, null]",
            "[1, false, null]",
            "MN-ISOLATION: witnesses[0].sessions[0]: the packet is not at this end",
        ),
        (
            &violated,
            "[1, true, null]",
            "[2, true, null]",
            "MN-ISOLATION: witnesses[0].sessions[0]: the packet is not delivered",
        ),
        (
            &violated,
            "[1, true, null]",
            "[1, true, 5]",
            "MN-ISOLATION: witnesses[0].sessions[0]: the link does not carry this tag",
        ),
        (
            &violated,
            "[[0, false, null], [1, true, null]]",
            "[]",
            "MN-ISOLATION: witnesses[0].sessions[0]: the packet is not delivered",
        ),
        (&violated, r#""passes": []"#, r#""passes": [null]"#, "MN-ISOLATION: witnesses[0]: a path of n sessions"),
        (&violated, r#""complete": true"#, r#""complete": false"#, "MN-ISOLATION: parts: empty list expected"),
        (
            &excused,
            r#"["service", 697, 11, 12]"#,
            r#"["service", 698, 11, 12]"#,
            "MN-ISOLATION: parts[0].forward.push.cells[11]: the set does not exclude a forbidden session from `m` to `l`",
        ),
        (
            &excused,
            r#""exceptions": ["x"]"#,
            r#""exceptions": []"#,
            "EXCEPTION-LIMITED: exceptions: not the document's",
        ),
        (
            &excused,
            r#""date": "2026-11-22""#,
            r#""date": "2026-11-23""#,
            "EXCEPTION-LIMITED: violating: not the tuples",
        ),
        (
            &excused,
            r#""nodes": ["l"], "tree""#,
            r#""nodes": [], "tree""#,
            "EXCEPTION-PEER: ends[0]: not the possible ends",
        ),
        (
            &excused,
            r#""nodes": ["l"], "tree""#,
            r#""nodes": ["i"], "tree""#,
            "EXCEPTION-PEER: ends[0]: not the possible ends",
        ),
        (
            &excused,
            r#"{"exception": "x", "nodes": ["l"], "tree": null}"#,
            "",
            "EXCEPTION-PEER: ends: one item for each",
        ),
        (&excused, r#""part": {"a": ["l"]"#, r#""part": {"a": null"#, "EXCEPTION-PEER: part: `a`: all nodes"),
        (
            &by_vlan,
            "[10, 10]",
            "[10, 20]",
            "MN-ISOLATION: parts[0].forward.push.cells[0]: the set does not exclude a forbidden session from `m` to `l`",
        ),
        (
            &by_vlan,
            "[10, 10]",
            "[11, 11]",
            "MN-ISOLATION: parts[0].forward.push.cells[0]: a packet emitted by this link arrives at `sw`",
        ),
        (&by_vlan, "[10, 10]", "[0, 10]", "MN-ISOLATION: parts[0].forward.push.sets[0][0]: VLAN tags from 1 to 4094"),
        (
            &by_vlan,
            "[20, 20], [30, 30]",
            "[30, 30], [20, 20]",
            "MN-ISOLATION: parts[0].forward.pull.sets[0][0]: VLAN tags from 1 to 4094",
        ),
        (&by_vlan, "[[10, 10]]", "null", "MN-ISOLATION: parts[0].forward.push.sets[0][0]: tags are for switches"),
    ];
    for (case, from, to, expected) in changes {
        let said = rejection(case, from, to);
        assert!(said.starts_with(expected), "{from} -> {to}: {said}");
    }
}

#[test]
fn an_old_certificate_does_not_fit_a_changed_document() {
    // (document before, after): the digest is made to agree, so that only the meaning can tell.
    let cases = [
        (proved(), r#""rules": []"#, r#""rules": [{"action": "permit", "from": "10.1.0.0/24"}]"#),
        (proved(), r#"["i", "fw"]"#, r#"["i", "fw"], ["m", "l"]"#),
        (proved(), r#""filter": {"rules""#, r#""filter": {"default": "permit", "rules""#),
        (excused(), r#""service": "tcp/443""#, r#""service": "tcp/442-443""#),
        (violated(), r#""service": "tcp/443""#, r#""service": "tcp/444""#),
        (violated(), r#""to": "node:l""#, r#""to": "any""#),
        (violated(), r#"["l", "fw"]"#, r#"{"between": ["l", "fw"], "one_way": true}"#),
        (excused(), r#""expires": "2026-11-22""#, r#""expires": "2026-11-21""#),
        (excused(), r#""service": ["tcp/443"]"#, r#""service": ["tcp/80"]"#),
        (excused(), r#""approved_by": "c""#, r#""approved_by": "　""#),
        (by_vlan(), r#""vlans": [20]"#, r#""vlans": [10, 20]"#),
        (by_vlan(), r#", "vlans": [30]"#, ""),
        (by_vlan(), r#""kind": "switch""#, r#""kind": "router""#),
    ];
    for ((document, certificate), from, to) in cases {
        assert!(document.contains(from), "{from}");
        let changed = document.replacen(from, to, 1);
        match check(changed.as_bytes(), certificate.as_bytes()) {
            Verdict::Rejected { step, .. } => assert_eq!(step, "topology"),
            other => panic!("{other:?}"),
        }
        let digests = [&document, &changed].map(|text| sha256::hex(text.as_bytes()));
        let verdict = check(changed.as_bytes(), certificate.replace(&digests[0], &digests[1]).as_bytes());
        assert!(matches!(verdict, Verdict::Rejected { .. }), "{from} -> {to}: {verdict:?}");
    }
}

#[test]
fn a_state_does_not_come_by_a_link_that_is_left_out() {
    let cloud = |text: String| {
        let node = r#"{"id": "fw", "kind""#;
        let text = text.replace(node, &format!(r#"{{"id": "c", "zone": "internet", "addresses": ["203.0.113.9"], "tags": ["security-cloud"], "controls": ["monitoring", "blocking"], "relays": []}},
{node}"#));
        text.replace(r#"["i", "fw"]]"#, r#"["i", "fw"], ["c", "fw"]]"#)
    };
    let document = cloud(star("", ""));
    let set = r#"["fw", 0, 0, null], ["fw", 0, 1, null], ["fw", 0, 2, null]"#;
    let by_all = tree(DEFAULT, &format!(r#"[{set}, ["fw", 0, 3, null]]"#), r#"{"closed": 0}"#);
    let all = part("null", "null", [by_all.as_str(); 4]);
    let three = |cloudless: &str| {
        let [mn, li] = ["MN-ISOLATION", "LGWAN-INTERNET"].map(|id| path(id, "proved", "", "", &all));
        let ic = path("INTERNET-CLOUD", "proved", "", "", cloudless);
        let text = certificate(&document, &mn, &li, &ic, None);
        let text = text.replace(r#""id": "INTERNET-MONITOR", "verdict": "vacuous", "violating": [], "groups": []"#, r#""id": "INTERNET-MONITOR", "verdict": "proved", "violating": [], "groups": [{"declares": ["blocking", "monitoring"], "nodes": ["c"]}]"#);
        text.replace(r#""nodes": ["i"]"#, r#""nodes": ["c", "i"]"#)
    };
    let verdict = check(document.as_bytes(), three(&part("null", "null", [denied().as_str(); 4])).as_bytes());
    assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
    let verdict = check(document.as_bytes(), three(&all).as_bytes());
    let of_state = |step: &str| step == "parts[0].forward.push.sets[0][3]";
    assert!(matches!(&verdict, Verdict::Rejected { step, .. } if of_state(step)), "{verdict:?}");
}

#[test]
fn documents_with_errors_are_unusable() {
    let (document, certificate) = proved();
    let changes = [
        (r#""sanso": 1"#, r#""sanso": 2"#),
        (r#""sanso": 1"#, r#""sanso": 1, "x": 1"#),
        (r#"10.1.0.0/16"#, r#"10.1.0.1/16"#),
        (r#"["l", "fw"]"#, r#"["l", "fx"]"#),
        (r#"["l", "fw"]"#, r#"["fw:a", "fw:b"]"#),
        (r#""id": "l""#, r#""id": "m""#),
        (r#""kind": "server""#, r#""kind": "serve""#),
        (r#""zone": "internet""#, r#""zone": "internets""#),
        (r#""rules": []"#, r#""rules": [{"action": "permit", "from": "node:x"}]"#),
        (r#""rules": []"#, r#""rules": [{"action": "permit", "in": ["x"]}]"#),
        (r#""rules": []"#, r#""rules": [{"action": "permit", "service": "tcp/70000"}]"#),
        (r#""filter": {"rules": []}"#, r#""note": """#),
        (r#""rules": []"#, r#""rules": [{"action": "permit", "from": []}]"#),
        (r#""rules": []"#, r#""rules": [{"action": "permit", "service": []}]"#),
        (r#""rules": []"#, r#""rules": [{"action": "permit", "source_port": []}]"#),
        (r#""rules": []"#, r#""rules": [], "in": []"#),
        (r#"["l", "fw"]"#, r#"{"between": ["l", "fw"], "vlans": []}"#),
        (r#""sanso": 1"#, r#""sanso": 1, "groups": {"g": []}"#),
        (r#""sanso": 1"#, r#""sanso": 1, "services": {"s": []}"#),
        (r#"{"sanso""#, r#"[{"sanso""#),
        (r#"{"rules": []}"#, r#"{"rules": [], "rule": []}"#),
        (r#""rules": []"#, r#""rules": [{"action": "permit", "form": "any"}]"#),
        (r#""kind": "firewall""#, r#""kind": "firewall", "route": []"#),
        (r#"["l", "fw"]"#, r#"{"between": ["l", "fw"], "vlan": [1]}"#),
        (r#"["l", "fw"]"#, r#"{"vlans": [1]}"#),
        (
            r#""sanso": 1"#,
            r#""sanso": 1, "exceptions": [{"id": "x", "from": "any", "to": "any", "service": "any", "by": "x"}]"#,
        ),
        // No neighbour has an empty name, and between the halves of an l3-switch there is no neighbour.
        (r#""kind": "firewall", "#, r#""kind": "l3-switch", "routes": [{"to": "0.0.0.0/0", "via": ""}], "#),
    ];
    for (from, to) in changes {
        assert!(document.contains(from), "{from}");
        let verdict = check(document.replacen(from, to, 1).as_bytes(), certificate.as_bytes());
        assert!(matches!(verdict, Verdict::Unusable { .. }), "{from} -> {to}: {verdict:?}");
    }
    let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
    let verdict = check(deep.as_bytes(), certificate.as_bytes());
    assert!(matches!(&verdict, Verdict::Unusable { en, .. } if en.contains("deeper")), "{verdict:?}");
}

#[test]
fn digests_are_those_of_the_standard() {
    assert_eq!(sha256::hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(sha256::hex(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(sha256::hex(&[b'a'; 119]), sha256::hex("a".repeat(119).as_bytes()));
    assert_eq!(
        sha256::hex("a".repeat(1_000_000).as_bytes()),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    );
}
