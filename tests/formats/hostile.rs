//! What a hostile document may do to whoever reads a report, in whatever format: nothing.

use std::collections::BTreeSet;

use sanso::language::Phrase;
use sanso::report::audit::{Drawing, DrawnLink, DrawnNode};
use sanso::report::{Assumption, Guess, Means, Report, Separation, Slip, Verdict};
use sanso::source::Location;
use serde_json::json;

use super::fragments::{CONTROLS, FRAGMENTS};
use super::{FORMATS, LANGS, engine, topology};

fn check(report: &Report, source: &str) {
    for format in FORMATS {
        for (lang, code) in LANGS {
            let output = (format.render)(report, source, lang);
            (format.read)(&output).unwrap_or_else(|error| panic!("{} {code}: {error}\n{output}", format.word));
            let acts = match format.word {
                // For terminals and for programs, a tag is a text like others.
                "text" | "json" | "sarif" | "github" | "dot" => false,
                // It has scripts of its own, which its reader counts.
                "html" => false,
                _ => ["<script", "<img"].iter().any(|tag| output.contains(tag)),
            };
            assert!(!acts, "{} {code}:\n{output}", format.word);
            if !matches!(format.word, "json" | "sarif" | "html") {
                assert!(output.lines().all(|line| line.chars().count() < 30_000), "{} has endless lines", format.word);
            }
        }
    }
}

/// A network in which everything that has a name is called something hostile, and in which requirements are violated.
fn document(name: &str, title: &str) -> String {
    let id = |suffix: &str| format!("{name}{suffix}");
    let links = ["a", "b", "c", "d", "e", "g"].map(|end| json!({ "between": [id(end), id("f")] }));
    json!({
        "sanso": 1,
        "name": title,
        "zones": { id("z"): { "title": title } },
        "nodes": [
            { "id": id("a"), "kind": "server", "zone": "my-number", "addresses": ["10.10.1.5"], "title": title },
            { "id": id("b"), "kind": "terminal", "zone": "my-number", "addresses": ["10.10.1.6"] },
            { "id": id("c"), "kind": "server", "zone": "lgwan", "addresses": ["10.20.1.5"], "title": title },
            { "id": id("d"), "kind": "external", "zone": "internet", "addresses": ["203.0.113.5"] },
            { "id": id("e"), "kind": "server", "zone": id("z"), "addresses": ["10.30.1.5"] },
            { "id": id("g"), "kind": "server", "title": title },
            { "id": id("f"), "kind": "firewall", "filter": { "name": name, "default": "deny",
                "rules": [{ "id": name, "action": "permit", "from": "any", "to": "any" }] } },
        ],
        "links": links,
        "exceptions": [{ "id": name, "from": ["10.10.1.5"], "to": ["10.20.1.5"], "service": ["tcp/443"], "reason": title,
            "approved_by": title, "waives": ["MN-ISOLATION"] }],
    })
    .to_string()
}

/// A small generator: the same names every time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % limit as u64) as usize
    }

    /// Some fragments behind each other.
    fn name(&mut self, fragments: &[&str]) -> String {
        (0..=self.below(4)).map(|_| fragments[self.below(fragments.len())]).collect()
    }
}

#[test]
fn hostile_documents_act_nowhere() {
    let mut random = Random(1);
    let mut names: Vec<String> = FRAGMENTS.iter().map(|&fragment| fragment.to_owned()).collect();
    names.extend((0..60).map(|_| random.name(FRAGMENTS)));
    names.push("あ".repeat(10_000));
    names.push(format!("{}{}", "<b>|`@a".repeat(20), "x".repeat(10_000)));
    let (mut ids, mut titles) = (0, 0);
    for name in names {
        // What the reader refuses of an id may still be in a title.
        let id = name.replace(':', ";").trim().to_owned();
        let hostile = document(&id, &name);
        let (text, report) = match engine::report(&format!("{name}.yaml"), &hostile) {
            Ok(report) => (hostile, report),
            Err(_) => {
                let text = document("n", &name);
                let Ok(report) = engine::report(&format!("{name}.yaml"), &text) else { continue };
                (text, report)
            }
        };
        ids += usize::from(report.requirements[0].findings[0].path[0].starts_with(&id));
        titles += usize::from(report.name.as_deref() == Some(&name));
        check(&report, &text);
    }
    assert!(ids > 50 && titles > 90, "{ids} ids and {titles} titles are too few to tell");
}

/// A report in which every text of the document, and every sentence, is something hostile.
fn poisoned(mut report: Report, name: &str) -> Report {
    let phrase = || Phrase::new(name, name);
    report.name = Some(name.to_owned());
    report.file = name.to_owned();
    report.zones.push((name.to_owned(), 1));
    for requirement in &mut report.requirements {
        for tuple in &mut requirement.violating {
            tuple.fill(name.to_owned());
        }
        for finding in &mut requirement.findings {
            finding.fault = crate::render::sample::leak(name);
            finding.path.fill(name.to_owned());
            finding.cause.push(name.to_owned());
            for guess in &mut finding.guesses {
                guess.node = Some(name.to_owned());
                guess.fact = Guess::WideZone { zone: name.to_owned(), rule: name.to_owned(), holder: name.to_owned() };
            }
            for session in &mut finding.sessions {
                (session.from, session.to) = (name.to_owned(), name.to_owned());
                match &mut session.means {
                    Means::Packet(packet) => packet.source = name.to_owned(),
                    Means::Transfer { id, .. } => *id = name.to_owned(),
                }
                session.covered_by = vec![name.to_owned()];
                for hop in &mut session.hops {
                    hop.node = name.to_owned();
                    (hop.r#in, hop.out) = (Some(name.to_owned()), Some(name.to_owned()));
                    hop.decided_by.iter_mut().for_each(|by| by.rule = Some(name.to_owned()));
                }
            }
        }
        requirement.separated_by.iter_mut().for_each(|note| note.fact = Separation::Routes { node: name.to_owned() });
    }
    for note in &mut report.assumptions {
        note.node = Some(name.to_owned());
        note.fact = Assumption::Attested { exception: name.to_owned(), by: name.to_owned(), basis: name.to_owned() };
    }
    for warning in &mut report.warnings {
        warning.slip = Slip::Told { code: warning.code(), message: phrase(), help: Some(phrase()) };
    }
    if let Some(audit) = &mut report.audit {
        audit.matrix.zones.iter_mut().for_each(|zone| *zone = Some(name.to_owned()));
        for node in &mut audit.drawing.nodes {
            (node.id, node.title, node.zone) = (name.to_owned(), Some(name.to_owned()), Some(name.to_owned()));
        }
    }
    report
}

#[test]
fn hostile_facts_act_nowhere() {
    let (text, report) = topology("mistakes/m02-shared-printer.yaml");
    let all: Vec<&str> = FRAGMENTS.iter().chain(CONTROLS).copied().collect();
    let mut random = Random(2);
    let mut names: Vec<String> = all.iter().map(|&fragment| fragment.to_owned()).collect();
    names.extend((0..40).map(|_| random.name(&all)));
    names.push("\u{202e}\n".repeat(5_000));
    for name in names {
        let source = text.replace("mfp", &name);
        check(&poisoned(report.clone(), &name), &source);
    }
}

#[test]
fn huge_findings_fit_into_a_comment_and_say_what_is_missing() {
    let (_, mut report) = topology("mistakes/m02-shared-printer.yaml");
    let name = "<i>|".repeat(2_500);
    report = poisoned(report, &name);
    let requirement = report.requirements.iter_mut().find(|one| one.verdict == Verdict::Violated).expect("violated");
    requirement.findings = vec![requirement.findings[0].clone(); 60];
    for (lang, _) in LANGS {
        let reports = vec![report.clone(); 8];
        let output = sanso::render::markdown::render(&reports, lang);
        assert!(output.chars().count() <= 65_536, "{} characters", output.chars().count());
        assert!(output.contains("--format json") && output.contains("65,536"), "what is missing");
        super::read::markdown(&output).unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn pictures_of_any_network_stay_small() {
    let (_, report) = topology("mistakes/m02-shared-printer.yaml");
    let mut random = Random(3);
    for (nodes, links, zones) in [(18_000, 20_000, 5), (5_000, 30_000, 3), (300, 300, 300), (1, 0, 1), (0, 0, 1)] {
        let mut large = report.clone();
        let node = |at: usize, zone: usize| DrawnNode {
            id: format!("node-{at}"),
            kind: if at.is_multiple_of(7) { "switch" } else { "terminal" },
            zone: (zone > 0).then(|| format!("zone-{zone}")),
            endpoint: !at.is_multiple_of(7),
            forwards: false,
            sanitises: false,
            relays: false,
            title: None,
            addresses: Vec::new(),
            count: 1,
            location: Location { line: 1, column: 1, start: 0, end: 0, origin: None },
        };
        let nodes: Vec<DrawnNode> = (0..nodes).map(|at| node(at, random.below(zones))).collect();
        let mut link = || DrawnLink {
            ends: [random.below(nodes.len()) as u32, random.below(nodes.len()) as u32],
            interfaces: [None, None],
            vlans: None,
            one_way: false,
            location: Location { line: 1, column: 1, start: 0, end: 0, origin: None },
        };
        let links = (0..links).map(|_| link()).collect();
        large.audit.as_mut().expect("asked for").drawing = Drawing { nodes, links };
        for format in FORMATS.iter().filter(|format| matches!(format.word, "dot" | "mermaid")) {
            let output = (format.render)(&large, "", LANGS[0].0);
            (format.read)(&output).expect("is well-formed");
            let zones: BTreeSet<&str> = output.lines().filter(|line| line.contains("subgraph")).collect();
            assert!(output.lines().count() < 1_500 + 5 * zones.len(), "{} lines", output.lines().count());
        }
    }
}
