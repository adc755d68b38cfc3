//! The page for auditors and the drawing, from outside: what they hold, that nothing gets out of its place, that nothing is
//! loaded, and that the same document gives the same bytes. What a reader does with the page is in `tests/browser/`.

use crate::engine;

use std::fs;
use std::path::Path;

use sanso::language::Lang;
use sanso::render::{Sentence, html, svg};
use sanso::report::audit::CertificateFacts;
use sanso::report::{Assumption, Means, Report, Separation, Slip};
use serde_json::Value;

const LANGS: [(Lang, &str); 2] = [(Lang::En, "en"), (Lang::Ja, "ja")];

fn topology(path: &str) -> Report {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies").join(path)).expect(path);
    engine::whole(path, &text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn page(report: &Report) -> String {
    html::render(report, Lang::Ja).expect("the facts are there")
}

/// What stands between two marks.
fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let start = text.find(from).unwrap_or_else(|| panic!("{from} is missing")) + from.len();
    let end = text[start..].find(to).unwrap_or_else(|| panic!("{to} is missing")) + start;
    &text[start..end]
}

/// The JSON that the script walks through.
fn facts(page: &str) -> Value {
    serde_json::from_str(between(page, "id=\"facts\">", "</script>")).expect("JSON")
}

/// Names that want out, each with a part that must not occur as it is.
const HOSTILE: [(&str, &str); 8] = [
    ("<script>alert(1)</script>", "<script>alert"),
    ("</script><script>alert(2)</script>", "<script>alert"),
    ("\" onload=\"alert(3)", "\" onload="),
    ("' onload='alert(4)", "' onload="),
    ("<!-- --><![CDATA[x]]>", "<![CDATA["),
    ("a\u{202e}gnp.exe\u{2066}", "\u{202e}"),
    ("zero\u{200b}width\u{2028}line", "\u{2028}"),
    ("&lt;b&gt;", "=&lt;b"),
];

/// A report whose every text is hostile: what no document may say is put into the facts themselves.
fn hostile(text: &str) -> Report {
    let mut report = topology("mistakes/m02-shared-printer.yaml");
    let evil = || text.to_owned();
    report.name = Some(evil());
    report.file = evil();
    report.policy_id = evil();
    for requirement in &mut report.requirements {
        requirement.id = evil();
        requirement.clause = evil();
        requirement.title.en = evil();
        requirement.title.ja = evil();
        requirement.violating.iter_mut().flatten().for_each(|id| *id = evil());
        let notes = requirement.separated_by.iter_mut();
        for finding in &mut requirement.findings {
            finding.fault = crate::render::sample::leak(text);
            finding.path.iter_mut().for_each(|id| *id = evil());
            for session in &mut finding.sessions {
                (session.from, session.to) = (evil(), evil());
                match &mut session.means {
                    Means::Packet(packet) => packet.source = evil(),
                    Means::Transfer { id, .. } => *id = evil(),
                }
                session.covered_by = vec![evil()];
                for hop in &mut session.hops {
                    (hop.node, hop.r#in, hop.out) = (evil(), Some(evil()), Some(evil()));
                    hop.decided_by.iter_mut().for_each(|decided| decided.rule = Some(evil()));
                }
            }
            finding.guesses.iter_mut().for_each(|guess| guess.node = Some(evil()));
        }
        notes.for_each(|note| (note.node, note.fact) = (Some(evil()), Separation::Routes { node: evil() }));
    }
    for note in &mut report.assumptions {
        note.node = Some(evil());
        note.fact = Assumption::Attested { exception: evil(), by: evil(), basis: evil() };
    }
    for warning in &mut report.warnings {
        warning.slip = Slip::UndeclaredAddress { address: evil() };
    }
    let audit = report.audit.as_deref_mut().expect("asked for");
    audit.model = evil();
    for entry in &mut audit.ledger {
        (entry.id, entry.reason, entry.approved_by) = (evil(), Some(evil()), Some(evil()));
        (entry.from, entry.to, entry.service) = (vec![evil()], vec![evil()], vec![evil()]);
        entry.attested = Some((evil(), evil()));
        entry.opens.iter_mut().flat_map(|opens| &mut opens.pairs).for_each(|pair| *pair = (evil(), evil()));
    }
    for members in &mut audit.members {
        (members.title, members.zone) = (Some(evil()), Some(evil()));
        members.nodes.iter_mut().for_each(|id| *id = evil());
    }
    audit.matrix.zones.iter_mut().for_each(|zone| *zone = Some(evil()));
    for node in &mut audit.drawing.nodes {
        (node.id, node.title, node.addresses) = (evil(), Some(evil()), vec![evil()]);
        node.zone = node.zone.as_ref().map(|_| evil());
    }
    report.certificate = Some(CertificateFacts { file: evil(), sha256: evil(), json_sha256: Some(evil()) });
    report
}

#[test]
fn hostile_texts_stay_texts() {
    for (text, part) in HOSTILE {
        let report = hostile(text);
        let page = page(&report);
        // The style and the script are the program's own; everything else must not hold the part.
        let (head, rest) = page.split_once("<style>").expect("a style");
        let (_, rest) = rest.split_once("</style>").expect("a style");
        let (body, script) = rest.rsplit_once("<script>").expect("a script");
        let (body, data) = body.split_once("<script type=").expect("facts");
        let data = between(data, "id=\"facts\">", "</script>");
        assert!(!data.contains(['<', '>', '&', '\u{2028}', '\u{2029}', '\u{202e}']), "{text:?} gets into the facts");
        assert!(script.starts_with("\"use strict\";"), "the script at the end is the program's");
        for (place, what) in [(head, "head"), (body, "body")] {
            assert!(!place.contains(part), "{text:?} gets into the {what}: {part:?}");
        }
        let scripts = page.matches("<script").count();
        assert_eq!(scripts, 2, "{text:?}: {scripts} scripts");
        assert!(facts(&page)["nodes"]["id"].as_array().is_some_and(|ids| !ids.is_empty()));
        for (lang, _) in LANGS {
            let drawing = svg::render(&report, lang).expect("the facts are there");
            let (_, drawing) = drawing.split_once("</style>").expect("a style");
            assert!(!drawing.contains(part), "{text:?} gets into the drawing");
        }
    }
}

#[test]
fn control_characters_never_reach_a_page() {
    let report = hostile("a\u{0}\u{8}\u{1b}[2J\u{7f}\u{9b}b\u{fffe}");
    for text in [page(&report), svg::render(&report, Lang::En).expect("renders")] {
        let wrong = |c: char| (c.is_control() && c != '\n') || c == '\u{fffe}';
        assert!(!text.contains(wrong), "{:?}", text.chars().find(|c| wrong(*c)));
    }
}

#[test]
fn very_long_names_are_cut_and_do_not_swell_the_page() {
    let (short, long) = (page(&hostile("x")), page(&hostile(&"住".repeat(10_000))));
    assert!(long.len() < short.len() + 4_000_000, "{} bytes", long.len());
    assert!(!long.contains(&"住".repeat(1_001)));
}

#[test]
fn the_page_is_well_formed() {
    for path in ["small/minimal-alpha.yaml", "mistakes/m02-shared-printer.yaml", "small/four-layer.yaml"] {
        let page = page(&topology(path));
        let start = page.find("<body>").expect("a body");
        let end = page.rfind("<script type").expect("facts");
        well_formed(&page[start + 6..end], path);
        let mut ids: Vec<&str> = page[..end]
            .match_indices(" id=\"")
            .map(|(at, _)| {
                let rest = &page[at + 5..];
                &rest[..rest.find('"').expect("a quote")]
            })
            .collect();
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count, "{path}: an id stands there twice");
        // What is linked to is there.
        for (at, _) in page[..end].match_indices("href=\"#") {
            let rest = &page[at + 7..];
            let target = &rest[..rest.find('"').expect("a quote")];
            assert!(ids.binary_search(&target).is_ok(), "{path}: #{target} is linked to and missing");
        }
        for (lang, _) in LANGS {
            let drawing = svg::render(&topology(path), lang).expect("renders");
            well_formed(drawing.split_once('\n').expect("a declaration").1, path);
        }
    }
}

/// Every element is closed in its order.
fn well_formed(text: &str, path: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let end = rest[at..].find('>').expect("an end of the tag") + at;
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        let name = |tag: &'_ str| tag.split([' ', '/']).next().map(str::len).unwrap_or(0);
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed), "{path}: </{closed}>");
        } else if !tag.ends_with('/') && !matches!(&tag[..name(tag)], "br" | "input" | "meta") {
            open.push(&tag[..name(tag)]);
        }
    }
    assert_eq!(open, Vec::<&str>::new(), "{path}: left open");
}

#[test]
fn nothing_is_loaded_from_anywhere() {
    for path in ["small/minimal-alpha.yaml", "mistakes/m02-shared-printer.yaml"] {
        let report = topology(path);
        let page = page(&report);
        let policy = between(&page, "Content-Security-Policy\" content=\"", "\"");
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
        let drawing = svg::render(&report, Lang::Ja).expect("renders");
        for text in [page, drawing] {
            let without_names = text.replace("\"http://www.w3.org/2000/svg\"", "");
            for loads in [
                "http:",
                "https:",
                "//cdn",
                " src=",
                "@import",
                "url(",
                "<link",
                "<iframe",
                "<img",
                "fetch(",
                "XMLHttp",
                "localStorage",
                "cookie",
                "sendBeacon",
                "style=\"",
            ] {
                assert!(!without_names.contains(loads), "{path}: {loads}");
            }
        }
    }
}

#[test]
fn the_sections_stand_in_the_order_of_reading() {
    let page = page(&topology("mistakes/m02-shared-printer.yaml"));
    let sections = [
        "subject",
        "matrix",
        "network",
        "requirements",
        "exceptions",
        "assumptions",
        "nodes",
        "not-checked",
        "certificate",
    ];
    let places: Vec<usize> = sections
        .iter()
        .map(|id| page.find(&format!("<section id=\"{id}\"")).unwrap_or_else(|| panic!("{id} is missing")))
        .collect();
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn every_fact_is_on_the_page() {
    for path in ["small/minimal-alpha.yaml", "mistakes/m02-shared-printer.yaml", "mistakes/m10-trunk-port.yaml"] {
        let mut report = topology(path);
        let digest = "0123456789abcdef".repeat(4);
        report.certificate =
            Some(CertificateFacts { file: "cert.json".into(), sha256: digest.clone(), json_sha256: None });
        let page = page(&report);
        let audit = report.audit.as_deref().expect("asked for");
        let escaped = |text: &str| {
            text.replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
                .replace('"', "&quot;")
                .replace('\'', "&#39;")
        };
        let has = |text: &str| assert!(page.contains(&escaped(text)), "{path}: {text:?} is missing");
        for text in [&report.sha256, &report.policy_sha256, &report.policy_id, &report.date, &audit.model, &digest] {
            has(text);
        }
        has(concat!("sanso ", env!("CARGO_PKG_VERSION")));
        for requirement in &report.requirements {
            for text in [&requirement.id, &requirement.clause, &requirement.title.en, &requirement.title.ja] {
                has(text);
            }
            requirement.separated_by.iter().for_each(|note| has(&note.fact.text(Lang::Ja)));
            for finding in &requirement.findings {
                has(&finding.fault.text(Lang::En));
                finding.guesses.iter().for_each(|guess| has(&guess.fact.text(Lang::Ja)));
                for hop in finding.sessions.iter().flat_map(|session| &session.hops) {
                    has(&hop.node);
                    for decided in &hop.decided_by {
                        has(&format!("{path}:{}:{}", decided.location.line, decided.location.column));
                    }
                }
            }
        }
        for entry in &audit.ledger {
            let texts = [Some(&entry.id), entry.reason.as_ref(), entry.approved_by.as_ref(), entry.expires.as_ref()];
            texts.into_iter().flatten().for_each(|text| has(text));
            entry.opens.iter().flat_map(|opens| &opens.pairs).for_each(|(from, to)| has(&format!("{from} → {to}")));
        }
        report.assumptions.iter().for_each(|note| has(&note.fact.text(Lang::Ja)));
        report.warnings.iter().for_each(|warning| has(&warning.text(Lang::En)));
        audit.not_checked.iter().for_each(|phrase| has(&phrase.text(Lang::Ja)));
        audit.drawing.nodes.iter().for_each(|node| has(&node.id));
        assert!(page.contains("sanso-check") && page.contains("sanso_check.py"));
    }
}

#[test]
fn it_claims_no_more_than_was_proved() {
    for path in ["small/minimal-alpha.yaml", "mistakes/m02-shared-printer.yaml"] {
        let mut report = topology(path);
        // What was not checked speaks of what content may be; the rest claims nothing of the kind.
        report.audit.as_deref_mut().expect("asked for").not_checked.clear();
        let page = page(&report);
        let body = between(&page, "<main>", "</main>").to_lowercase();
        for claim in ["secure", "安全", "safe", "guarantee"] {
            assert!(!body.contains(claim), "{path}: {claim}");
        }
    }
    let proved = page(&topology("small/minimal-alpha.yaml"));
    assert!(proved.contains("この文書について証明した") && proved.contains("Proved for this document"));
    // Its exception is in use.
    assert!(between(&proved, "overall excepted", "</div>").contains("適合（特定通信を除く）"));
    assert!(between(&proved, "overall excepted", "</div>").contains("holds with exceptions"));
    let violated = page(&topology("mistakes/m02-shared-printer.yaml"));
    assert!(between(&violated, "class=\"overall bad\"", "</div>").contains("不適合"));
}

#[test]
fn an_undecided_requirement_is_no_pass() {
    use sanso::report::{Overall, Verdict};
    let mut report = topology("small/minimal-alpha.yaml");
    report.verdict = Overall::Undecided;
    report.requirements[0].verdict = Verdict::Undecided;
    report.requirements[0].separated_by.clear();
    let page = page(&report);
    let overall = between(&page, "class=\"overall care\"", "</div>");
    assert!(overall.contains("未判定") && overall.contains("適合を意味しない") && overall.contains("not a pass"));
}

#[test]
fn every_sentence_is_in_both_languages() {
    let page = page(&topology("mistakes/m02-shared-printer.yaml"));
    let body = between(&page, "<main>", "</main>");
    let (ja, en) = (body.matches("<span lang=\"ja\">").count(), body.matches("<span lang=\"en\">").count());
    assert!(ja > 100, "{ja}");
    assert_eq!(ja, en);
    assert_eq!(body.matches("<tspan lang=\"ja\">").count(), body.matches("<tspan lang=\"en\">").count());
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    for path in ["small/four-layer.yaml", "mistakes/m10-trunk-port.yaml"] {
        assert_eq!(page(&topology(path)), page(&topology(path)));
        assert_eq!(svg::render(&topology(path), Lang::Ja), svg::render(&topology(path), Lang::Ja));
    }
}

#[test]
fn drawings_are_as_recorded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for stem in ["m02-shared-printer", "minimal-alpha"] {
        let folder_of = if stem == "minimal-alpha" { "small" } else { "mistakes" };
        let report = topology(&format!("{folder_of}/{stem}.yaml"));
        for (lang, word) in LANGS {
            let found = svg::render(&report, lang).expect("renders");
            let golden = folder.join(format!("{stem}.{word}.svg"));
            if std::env::var_os("SANSO_WRITE_GOLDEN").is_some() {
                fs::write(&golden, &found).expect("the golden can be written");
            }
            let expected = fs::read_to_string(&golden).unwrap_or_else(|error| panic!("{golden:?}: {error}"));
            assert!(found == expected, "{golden:?} is not what is drawn:\n{found}");
        }
    }
}

#[test]
fn a_city_fits_into_five_megabytes_and_keeps_its_sites_closed() {
    let report = topology("ward-alpha.json");
    let page = page(&report);
    assert!(page.len() < 5_000_000, "{} bytes", page.len());
    let facts = facts(&page);
    assert_eq!(facts["nodes"]["id"].as_array().map(Vec::len), Some(report.nodes as usize));
    assert_eq!(facts["bands"].as_array().map(Vec::len), Some(41), "the centre and 40 sites");
    assert!(facts["boxes"].as_array().is_some_and(|boxes| boxes.len() < 300));
}

#[test]
fn without_the_facts_there_is_no_page() {
    let mut report = topology("small/minimal-alpha.yaml");
    report.audit = None;
    assert!(html::render(&report, Lang::Ja).is_err());
    assert!(svg::render(&report, Lang::Ja).is_err());
}
