//! `sanso repair`: what it proposes mends the document, as the interpreter decides it; every way that it shows is one; and no cheaper
//! edits of the same kinds do, by trying all of them.

use std::collections::BTreeSet;
use std::path::Path;

use sanso::language::Lang;
use sanso::question::repair::{Allowed, Asking, run_repair};
use sanso::report::repair::{End, Repair, What};
use sanso::source::Source;
use sanso::verify::{Options, run_verify};
use serde_json::{Value, json};

use super::coverage::{cut, list};
use crate::campaign::number;
use crate::interpreter::witness::Claim;
use crate::interpreter::{LeftOut, PATH_REQUIREMENTS, check_witness, decide, random};

const DATE: (i32, u32, u32) = (2026, 11, 22);

fn options() -> Options<'static> {
    Options::today(2026, 11, 22)
}

fn source(document: &Value) -> Source {
    Source::new("random.json", document.to_string().into_bytes()).expect("a text")
}

fn asking(allowed: Allowed) -> Asking {
    Asking { keep: None, allowed }
}

fn repair(path: &str, allowed: Allowed) -> Repair {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let source = Source::new("town.yaml", std::fs::read(path).expect("is there")).expect("a text");
    run_repair(&source, &options(), &asking(allowed)).expect("a document")
}

fn said(what: &What) -> String {
    match what {
        What::Deny { node, before, from, to, service, .. } => {
            format!("{node} before {}: {from} {to} {service}", before.as_deref().unwrap_or("the default"))
        }
        What::Relays { node } => format!("{node} relays nothing"),
        What::Routed { node, vlan } => format!("{node} routes {vlan} no more"),
        What::Vlan { link, vlan } => format!("{vlan} off {link}"),
        What::Cut { link } => format!("cut {link}"),
    }
}

/// Each classic mistake: the edits, the rules that may be deleted in place of denials, and what is left for people.
/// `topologies/README.md` says of each what a person would do.
#[test]
fn classic_mistakes_are_repaired() {
    type Row = (&'static str, End, &'static [&'static str], &'static [&'static str], &'static [&'static str]);
    let rows: &[Row] = &[
        ("m01-no-mfa", End::Repaired, &[], &[], &["MN-TERMINAL"]),
        ("m02-shared-printer", End::Repaired, &["mfp relays nothing"], &[], &["LABELLED"]),
        ("m03-shared-core", End::Repaired, &["fw-mn before ad-mn: 10.10.0.0/16 10.50.0.10 any"], &["ad-mn"], &[]),
        ("m04-forwarding-gateway", End::Repaired, &["cut cdr:lg–core-sw:cdr-lg"], &[], &[]),
        ("m05-usb", End::NoEdit, &[], &[], &[]),
        ("m06-removable-media", End::NoEdit, &[], &[], &[]),
        ("m07-maintenance-line", End::Repaired, &["cut vendor-router:lan–core-sw"], &[], &[]),
        ("m08-stepping-stone", End::Repaired, &["gakushu-srv relays nothing"], &[], &[]),
        ("m09-teacher-pc", End::Repaired, &["teacher-pc relays nothing"], &[], &["LABELLED"]),
        ("m10-trunk-port", End::Repaired, &["10 off it-pc–core-sw", "20 off it-pc–core-sw"], &[], &[]),
        ("m10-inter-vlan-routing", End::Repaired, &["core-sw routes 10 no more"], &[], &[]),
        ("m11-hypervisor", End::Repaired, &["10 off hypervisor–core-sw"], &[], &[]),
        ("m12-update-relay", End::Repaired, &["fw-mn before av: 10.10.1.8 10.20.1.8 tcp/8530"], &["av"], &[]),
        ("m13-mixed-mail", End::Repaired, &["cut mail:lg–core-sw:mail-lg"], &[], &["LABELLED"]),
        ("m14-flat-lan", End::Repaired, &["cut it-proxy–core-sw", "cut it-mail–core-sw"], &[], &[]),
        ("m15-wide-breakout", End::Repaired, &["fw-lbo before m365: 10.20.2.11 0.0.0.0/0 tcp/443"], &["m365"], &[]),
        ("m16-tethering", End::Repaired, &["cut lg-pc-2:usb–phone"], &[], &[]),
        (
            "m17-jump-host",
            End::Repaired,
            &["jump relays nothing", "fw-mgmt before ssh-mn: 10.99.0.10 10.10.0.0/16 tcp/22"],
            &["ssh-mn"],
            &[],
        ),
        ("m18-backup", End::Repaired, &["fw-mn before backup: 10.10.1.5 10.20.3.5 tcp/445"], &["backup"], &[]),
        ("m19-standby-firewall", End::Repaired, &["fw-mn-2 before old: 10.10.0.0/16 10.20.1.5 tcp/445"], &["old"], &[]),
        (
            "m20-ipv6",
            End::Repaired,
            &[
                "fw-mn before the default: 2001:db8:20::/48 2001:db8:10::/48 any",
                "fw-mn before the default: 2001:db8:10::/48 2001:db8:20::/48 any",
            ],
            &[],
            &[],
        ),
        ("m21-cloud-nat", End::Repaired, &["gc-nat before updates: 10.10.200.10 0.0.0.0/0 tcp/443"], &["updates"], &[]),
        ("m22-own-line", End::Repaired, &["cut camera-router:lan–core-sw"], &[], &[]),
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies/mistakes");
    let files = std::fs::read_dir(folder)
        .expect("is there")
        .filter(|file| file.as_ref().expect("is there").path().extension().is_some_and(|end| end == "yaml"));
    assert_eq!(files.count(), rows.len(), "a mistake without a row");
    for (name, end, edits, deleted, left) in rows {
        let found = repair(&format!("topologies/mistakes/{name}.yaml"), Allowed::ALL);
        assert_eq!(found.end, *end, "{name}");
        let said: Vec<String> = found.edits.iter().map(|edit| said(&edit.what)).collect();
        assert_eq!(said, *edits, "{name}");
        let instead = found.edits.iter().filter_map(|edit| match &edit.what {
            What::Deny { or_delete, .. } => or_delete.as_deref(),
            _ => None,
        });
        assert_eq!(instead.collect::<Vec<_>>(), *deleted, "{name}");
        assert_eq!(found.left.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), *left, "{name}");
        if *end == End::Repaired {
            let mended = Source::new("mended.json", found.document.clone().into_bytes()).expect("a text");
            let report = run_verify(&mended, &options()).expect("a document");
            let violated = report.requirements.iter().filter(|one| one.tuples > 0).map(|one| one.id.as_str());
            assert_eq!(violated.collect::<Vec<_>>(), *left, "{name}");
        }
    }
}

/// What must stay possible and what must not be are named as a pair; where the one is given up, the other is repaired.
#[test]
fn what_collides_with_what_is_expected_is_named() {
    let document = json!({
        "sanso": 1,
        "zones": { "my-number": { "networks": ["10.1.0.0/24"] }, "internet": { "networks": ["10.3.0.0/24"] } },
        "nodes": [
            { "id": "mn", "kind": "server", "addresses": ["10.1.0.5"] },
            { "id": "it", "kind": "server", "addresses": ["10.3.0.5"] },
            { "id": "fw", "kind": "firewall", "filter": { "default": "deny", "rules": [
                { "id": "r1", "action": "permit", "from": "node:mn", "to": "node:it", "service": "tcp/443" },
                { "id": "r2", "action": "permit", "from": "node:mn", "to": "node:it", "service": "tcp/22" }
            ] } }
        ],
        "links": [["mn", "fw:mn"], ["it", "fw:it"]],
        "expects": [{ "id": "e1", "from": "node:mn", "to": "node:it", "service": ["tcp/443"] }]
    });
    let found = run_repair(&source(&document), &options(), &asking(Allowed::ALL)).expect("a document");
    assert_eq!(found.end, End::Collides(vec![("e1".to_owned(), "MN-ISOLATION".to_owned())]));
    let given_up = Asking { keep: Some(Vec::new()), allowed: Allowed::ALL };
    let found = run_repair(&source(&document), &options(), &given_up).expect("a document");
    assert_eq!((found.end, found.edits.len()), (End::Repaired, 1));
}

/// An edit as the test makes it, and what it costs.
#[derive(Clone, Debug)]
enum Edit {
    Deny { node: usize, filter: Option<usize>, rule: Value },
    Relays(usize),
    Vlan(usize, u16),
    Cut(usize),
}

impl Edit {
    const fn cost(&self) -> u64 {
        if matches!(self, Self::Cut(_)) { 3 } else { 1 }
    }
}

/// The VLANs of a link that names some, without one.
fn without_vlan(vlans: &Value, vlan: u16) -> Vec<Value> {
    let items = vlans.as_array().cloned().unwrap_or_else(|| vec![vlans.clone()]);
    let tags = items.iter().flat_map(|item| match item.as_str() {
        Some(run) => {
            let (low, high) = run.split_once('-').unwrap_or((run, run));
            low.trim().parse::<u16>().expect("a VLAN")..=high.trim().parse::<u16>().expect("a VLAN")
        }
        None => {
            let tag = u16::try_from(item.as_u64().expect("a VLAN")).expect("a VLAN");
            tag..=tag
        }
    });
    tags.filter(|&tag| tag != vlan).map(Value::from).collect()
}

/// Makes edits; links last, from behind, so that numbers hold. `None`: no document.
fn made(document: &Value, edits: &[&Edit]) -> Option<Value> {
    let mut out = document.clone();
    let mut gone = BTreeSet::new();
    for edit in edits {
        match edit {
            Edit::Deny { node, filter, rule } => {
                let value = &mut out["nodes"][*node];
                let filter = match filter {
                    Some(at) => &mut value["filters"][*at],
                    None => &mut value["filter"],
                };
                if filter.get("rules").is_none() {
                    filter["rules"] = json!([]);
                }
                filter["rules"].as_array_mut().expect("a list").insert(0, rule.clone());
            }
            Edit::Relays(node) => out["nodes"][*node]["relays"] = json!([]),
            Edit::Vlan(link, vlan) => {
                let left = without_vlan(&out["links"][*link]["vlans"], *vlan);
                if left.is_empty() {
                    return None;
                }
                out["links"][*link]["vlans"] = left.into();
            }
            Edit::Cut(link) => drop(gone.insert(*link)),
        }
    }
    gone.iter().rev().for_each(|&link| cut(&mut out, link));
    let stubs = out["nodes"].as_array_mut().expect("a list");
    for (at, stub) in stubs.iter_mut().enumerate().skip(list(document, "nodes").len()) {
        stub["id"] = format!("stub-{at}").into();
    }
    let first = list(document, "links").len() - gone.len();
    let nodes = list(document, "nodes").len();
    for (at, link) in out["links"].as_array_mut().expect("a list").iter_mut().enumerate().skip(first) {
        link[1] = format!("stub-{}", nodes + at - first).into();
    }
    Some(out)
}

/// Every edit of a document without l3-switches, translations, `native` and VLANs by end. Of denials those between zones, and between
/// prefixes, for every service: what is for fewer breaks nothing more.
fn universe(document: &Value, allowed: Allowed) -> Vec<Edit> {
    let mut out = Vec::new();
    let ids: Vec<&str> = list(document, "nodes").iter().map(|node| node["id"].as_str().expect("an id")).collect();
    let ends = |link: &Value| {
        let ends = link.get("between").unwrap_or(link);
        [0, 1].map(|end| ends[end].as_str().expect("an end").to_owned())
    };
    for (node, value) in list(document, "nodes").iter().enumerate() {
        if allowed.relays && value.get("relays").is_none() {
            out.push(Edit::Relays(node));
        }
        if !allowed.rules {
            continue;
        }
        let mut interfaces = BTreeSet::new();
        for link in list(document, "links") {
            let ends = ends(link);
            for (end, other) in [(&ends[0], &ends[1]), (&ends[1], &ends[0])] {
                let (id, interface) = end.split_once(':').unwrap_or((end, other.split(':').next().expect("a node")));
                if id == ids[node] {
                    interfaces.insert(interface.to_owned());
                }
            }
        }
        let sides: Vec<Option<&String>> = std::iter::once(None).chain(interfaces.iter().map(Some)).collect();
        let mut selectors: Vec<(String, bool)> = Vec::new();
        for (zone, value) in document["zones"].as_object().into_iter().flatten() {
            selectors.push((format!("zone:{zone}"), true));
            let networks = value["networks"].as_array().cloned().unwrap_or_else(|| vec![value["networks"].clone()]);
            selectors.extend(networks.iter().filter_map(Value::as_str).map(|network| (network.to_owned(), false)));
        }
        for zone in ["my-number", "lgwan", "internet"] {
            selectors.push((format!("zone:{zone}"), true));
        }
        for other in list(document, "nodes") {
            let addresses = other["addresses"].as_array().cloned().unwrap_or_else(|| vec![other["addresses"].clone()]);
            selectors.extend(addresses.iter().filter_map(Value::as_str).map(|address| (address.to_owned(), false)));
        }
        selectors.sort();
        selectors.dedup();
        let filters = (0..list(value, "filters").len()).map(Some).chain(value.get("filter").map(|_| None));
        for filter in filters {
            for (enters, leaves) in sides.iter().flat_map(|&enters| sides.iter().map(move |&leaves| (enters, leaves))) {
                for (from, of_zone) in &selectors {
                    for (to, _) in selectors.iter().filter(|(_, other)| other == of_zone) {
                        let mut rule = json!({ "action": "deny", "from": from, "to": to });
                        for (key, side) in [("in", enters), ("out", leaves)] {
                            if let Some(side) = side {
                                rule[key] = json!([side]);
                            }
                        }
                        out.push(Edit::Deny { node, filter, rule });
                    }
                }
            }
        }
    }
    for (link, value) in list(document, "links").iter().enumerate() {
        if allowed.links {
            out.push(Edit::Cut(link));
        }
        if let (true, Some(vlans)) = (allowed.vlans, value.get("vlans")) {
            let tags = without_vlan(vlans, 0);
            out.extend(
                tags.iter().map(|tag| Edit::Vlan(link, u16::try_from(tag.as_u64().expect("a VLAN")).expect("a VLAN"))),
            );
        }
    }
    out
}

/// Whether no path requirement is violated, as the interpreter decides it.
fn is_mended(document: &Value) -> bool {
    let decision = decide(document, DATE).expect("a document");
    PATH_REQUIREMENTS.iter().chain(&["EXCEPTION-PEER"]).all(|id| decision[*id].as_ref().is_none_or(Vec::is_empty))
}

/// Whether the test knows all edits of a document.
fn is_plain(document: &Value) -> bool {
    let odd = |node: &Value| node["kind"] == "l3-switch" || node.get("nat").is_some();
    let uneven = |link: &Value| link.get("native").is_some() || link["vlans"].is_object();
    let links = list(document, "links");
    let named = links.iter().filter(|link| link.get("vlans").is_some()).count();
    let alike = named == 0 || named == links.len();
    alike && !list(document, "nodes").iter().any(odd) && !links.iter().any(uneven)
}

fn claim(id: &str) -> Claim<'_> {
    Claim {
        left_out: if id == "LGWAN-INTERNET" { LeftOut::Any } else { LeftOut::None },
        waiver: Some(id),
        without_tag: (id == "INTERNET-CLOUD").then_some("security-cloud"),
        ..Claim::ALL
    }
}

/// Sets of edits that cost so much at most, and that no other such set holds.
fn sets(edits: &[Edit], most: u64) -> Vec<Vec<&Edit>> {
    let mut out: Vec<(usize, u64, Vec<&Edit>)> = vec![(0, 0, Vec::new())];
    let mut at = 0;
    while at < out.len() {
        let (first, cost, set) = out[at].clone();
        for (number, edit) in edits.iter().enumerate().skip(first) {
            if cost + edit.cost() <= most {
                out.push((number + 1, cost + edit.cost(), [&set[..], &[edit]].concat()));
            }
        }
        at += 1;
    }
    out.into_iter().map(|(.., set)| set).collect()
}

const NONE: Allowed = Allowed { rules: false, links: false, relays: false, vlans: false };

#[test]
fn no_cheaper_edits_mend_a_random_document() {
    // So many that a relay which is forgotten is among them.
    let wanted = number("SANSO_DOCUMENTS", 480) as usize;
    // Sets that are decided of one document, by the interpreter.
    let tries = number("SANSO_TRIES", 16) as usize;
    let kinds = [
        Allowed::ALL,
        Allowed { rules: false, ..Allowed::ALL },
        Allowed { rules: true, links: false, relays: false, vlans: false },
        Allowed { links: false, ..Allowed::ALL },
        // Alone each kind must do whatever it can: what is forgotten of it nothing else makes good.
        Allowed { relays: true, ..NONE },
        Allowed { links: true, ..NONE },
        Allowed { vlans: true, relays: true, ..NONE },
    ];
    let (mut asked, mut costly, mut ways, mut stuck, mut tried, mut collided) = (0, 0, 0, 0, 0, 0);
    let documents = (0..).flat_map(|seed| [random::document(seed), random::carried(seed), random::fourth(seed)]);
    for (number, document) in documents.enumerate() {
        if asked >= wanted {
            break;
        }
        // Three kinds of documents, and as many kinds of edits as have no divisor in common with three.
        let allowed = kinds[number % kinds.len()];
        let Ok(found) = run_repair(&source(&document), &options(), &asking(allowed)) else { continue };
        if found.ways.is_empty() {
            continue;
        }
        asked += 1;
        let json: Value = serde_json::from_str(&sanso::render::repair::json(&found, Lang::En)).expect("JSON");
        for way in list(&json, "ways") {
            let id = way["requirement"].as_str().expect("an id");
            if PATH_REQUIREMENTS.contains(&id) {
                check_witness(&document, way, claim(id))
                    .unwrap_or_else(|why| panic!("{id}: {why}\n{way:#}\n{document}"));
                ways += 1;
            }
        }
        let plain = is_plain(&document);
        let edits = if plain { universe(&document, allowed) } else { Vec::new() };
        match found.end {
            End::Repaired => {
                let mended: Value = serde_json::from_str(&found.document).expect("JSON");
                assert!(is_mended(&mended), "document {number} with {allowed:?}: {document}\n{mended}");
                if !plain || found.cost < 2 {
                    continue;
                }
                costly += 1;
                let all = sets(&edits, (found.cost - 1).min(if edits.len() > 60 { 1 } else { 2 }));
                let cheaper: Vec<&Vec<&Edit>> = all.iter().filter(|set| !set.is_empty()).collect();
                for at in 0..cheaper.len().min(tries) {
                    let set = cheaper[(at * cheaper.len() / tries.min(cheaper.len()) + number) % cheaper.len()];
                    let Some(with) = made(&document, set) else { continue };
                    tried += 1;
                    assert!(
                        !is_mended(&with),
                        "{set:?} mends document {number} for less than {}: {document}",
                        found.cost
                    );
                }
            }
            End::NoEdit => {
                stuck += 1;
                if plain {
                    let cuts = edits.iter().filter(|edit| !matches!(edit, Edit::Deny { .. })).collect::<Vec<_>>();
                    let Some(with) = made(&document, &cuts) else { continue };
                    assert!(!is_mended(&with), "document {number} with {allowed:?}: {document}");
                }
            }
            End::Collides(_) => collided += 1,
            End::Limit => panic!("document {number}: {document}"),
        }
    }
    assert!(costly > 1 && ways > 30 && stuck > 0 && tried > 10, "{costly} {ways} {stuck} {tried} {collided}");
}
