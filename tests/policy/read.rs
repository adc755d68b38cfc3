//! Reading and joining of policy files.

use std::collections::BTreeMap;

use sanso::document::Date;
use sanso::language::Phrase;
use sanso::policy::compare::{Way, What, compare};
use sanso::policy::definition::Definition;
use sanso::policy::lint::lint;
use sanso::policy::{DEEPEST, Policy, Severity, built_in_ids, definition, read};
use sanso::source::Source;

pub(super) const DAY: Date = Date { year: 2026, month: 11, day: 29 };

/// Reads the first of some files; the others are what it may extend. What is told: code and the text of the place.
pub(super) fn files(list: &[(&str, &str)]) -> (Option<Definition>, Vec<(String, String)>) {
    let texts: BTreeMap<&str, &str> = list.iter().copied().collect();
    let source = |name: &str| {
        let text = texts.get(name).ok_or_else(|| Phrase::new("no such file", "ファイルがない"))?;
        Source::new(name, text.as_bytes().to_vec()).map_err(|error| error.phrase())
    };
    let (read, told) = read(source(list[0].0).expect("the first file"), &|_, path| source(path));
    let places = told.iter().flat_map(|told| {
        told.diagnostics.iter().map(|one| {
            assert!(one.help.is_some(), "{} says what to do", one.code);
            let at = one.span.start as usize..one.span.end as usize;
            // What YAML says of where a mapping ends takes in the white space behind it.
            (one.code.to_string(), told.source.text()[at].trim_end().to_owned())
        })
    });
    (read, places.collect())
}

/// A policy file with some lines more.
pub(super) fn policy(more: &str) -> String {
    format!("sanso-policy: 1\nid: hikari/2026\ntitle: {{ ja: ひかり, en: Hikari }}\n{more}")
}

/// A requirement with a check.
fn requirement(id: &str, check: &str) -> String {
    format!("  - {{ id: {id}, title: {{ ja: 題, en: t }}, check: {check} }}\n")
}

const LOOSE: &str =
    "change:\n  - { id: INTERNET-CLOUD, off: true, reason: 移行期間, approved_by: CISO, until: 2027-03-31 }\n";

#[test]
fn a_site_policy_extends_names_patterns_and_changes() {
    let text = policy(&format!(
        "extends: three-tier/alpha\npatterns:\n  guard: {{ pattern: walls, tag: boundary }}\n  walls: {{ kind: firewall }}\nrequirements:\n{}{LOOSE}",
        requirement(
            "MN-FW",
            "{ through: { a: { tier: my-number }, b: { not: { tier: my-number } }, nodes: { pattern: guard } } }"
        )
    ));
    let (read, told) = files(&[("a.yaml", &text)]);
    assert_eq!(told, []);
    let read = read.expect("it reads");
    let ids: Vec<&str> = read.requirements.iter().map(|one| one.id.as_str()).collect();
    let alpha = definition("three-tier/alpha").expect("built in");
    assert_eq!(ids.len(), alpha.requirements.len() + 1);
    assert_eq!((ids[0], ids[8]), ("MN-ISOLATION", "MN-FW"), "what is extended comes first");
    assert_eq!(read.model.as_deref(), Some("alpha"));
    let cloud = read.requirement("INTERNET-CLOUD").expect("extended");
    assert_eq!(read.severity_on(cloud, DAY), None, "switched off");
    let later = Date { year: 2027, month: 4, day: 1 };
    assert_eq!(read.severity_on(cloud, later), Some(Severity::Error), "until the last day");
    assert_eq!(read.severity_on(cloud, Date { day: 31, month: 3, year: 2027 }), None, "the last day included");
}

#[test]
fn the_canonical_json_is_the_policy_itself_however_it_was_written() {
    let yaml = policy(&format!(
        "patterns: {{ x: [{{ zone: a, not: {{ tag: t }} }}, {{ addresses: [10.0.0.0/8] }}] }}\nrequirements:\n{}{}{}",
        requirement(
            "A",
            "{ isolation: { a: { pattern: x }, b: {}, sanitised_by: [file, screen], services: tcp/80-90 } }"
        ),
        requirement("B", "{ labelled: {} }"),
        requirement(
            "C",
            "{ attributes: { links: { ends: [{ tier: lgwan }, {}], circuit: vpn }, owner: true, circuit: [leased, lgwan] } }"
        ),
    ));
    let read = files(&[("a.yaml", &yaml)]).0.expect("it reads");
    let canonical = read.canonical();
    let (again, told) = files(&[("b.json", &canonical)]);
    assert_eq!(told, []);
    let again = again.expect("it is a policy file itself");
    assert_eq!((again.canonical(), again.sha256()), (canonical.clone(), read.sha256()));
    assert_eq!(again.requirements, read.requirements);
    let spaced = serde_json::from_str::<serde_json::Value>(&canonical).expect("JSON");
    let (spaced, _) = files(&[("c.json", &format!("{spaced:#}"))]);
    assert_eq!(spaced.expect("it reads").sha256(), read.sha256(), "white space is no matter");
    let validator = jsonschema::draft202012::new(&sanso::document::policy_schema()).expect("a schema");
    let valid = |text: &str| validator.is_valid(&serde_json::from_str(text).expect("JSON"));
    assert!(valid(&canonical), "{canonical}");
    let alpha = definition("three-tier/alpha").expect("built in").canonical();
    assert!(valid(&alpha));
    for (from, to) in [
        ("\"labelled\":{}", "\"labelled\":{\"x\":1}"),
        ("\"labelled\":{}", "\"labelled\":{},\"expects\":{}"),
        ("\"owner\":true", "\"owner\":false"),
        ("\"sanitised_by\":[\"file\"", "\"sanitised_by\":[\"fax\""),
        ("\"sanso-policy\":1", "\"sanso-policy\":2"),
    ] {
        let bad = canonical.replacen(from, to, 1);
        assert_ne!(bad, canonical, "{from}");
        assert!(!valid(&bad) && files(&[("d.json", &bad)]).0.is_none(), "{to}");
    }
}

#[test]
fn slips_are_told_with_their_places() {
    let of = |check: &str| policy(&format!("requirements:\n{}", requirement("A", check)));
    for (text, code, place) in [
        (policy("paterns: {}\n"), "unknown-key", "paterns"),
        (policy("extends: three-tier/alhpa\n"), "bad-extends", "three-tier/alhpa"),
        (policy("extends: ../x.yaml\n"), "bad-extends", "../x.yaml"),
        (policy("extends: /etc/x.yaml\n"), "bad-extends", "/etc/x.yaml"),
        (policy("extends: missing.yaml\n"), "bad-extends", "missing.yaml"),
        (policy("extends: a.yaml\n"), "bad-extends", "a.yaml"),
        (policy("patterns: { a: { not: { pattern: a } } }\n"), "pattern-circle", "a"),
        (of("{ segment: { a: { pattern: x }, b: {} } }"), "unknown-pattern", "x"),
        (of("{ segment: { a: [], b: {} } }"), "empty-list", "[]"),
        (of("{ segment: { a: { kind: serber }, b: {} } }"), "unknown-word", "serber"),
        (of("{ segment: { a: { tier: naibu }, b: {} } }"), "unknown-word", "naibu"),
        (of("{ segment: { a: {} } }"), "missing-key", "{ a: {} }"),
        (of("{ labelled: {}, expects: {} }"), "bad-check", "{ labelled: {}, expects: {} }"),
        (of("{}"), "bad-check", "{}"),
        (of("{ exceptions: { limited: true, used: true } }"), "bad-check", "{ limited: true, used: true }"),
        (of("{ exceptions: { of: [A] } }"), "bad-check", "{ of: [A] }"),
        (of("{ exceptions: { peer: true, of: [B] } }"), "unknown-requirement", "B"),
        (of("{ attributes: { controls: mfa } }"), "bad-check", "{ controls: mfa }"),
        (of("{ attributes: { nodes: {}, circuit: vpn, owner: true } }"), "bad-check", "circuit"),
        (of("{ attributes: { nodes: {} } }"), "bad-check", "{ nodes: {} }"),
        (of("{ placement: { nodes: {} } }"), "bad-check", "{ nodes: {} }"),
        (of("{ transfers: { from: {} } }"), "bad-check", "{ from: {} }"),
        (of("{ sessions: { from: {}, to: {}, service: web } }"), "bad-service", "web"),
        (of("{ evidence: { kind: audit, within: 0 } }"), "bad-count", "0"),
        (
            policy("change: [{ id: A, severity: error, off: true }]\n"),
            "bad-change",
            "{ id: A, severity: error, off: true }",
        ),
        (policy("change: [{ id: A, off: true }]\n"), "unknown-requirement", "{ id: A, off: true }"),
        (
            policy("extends: three-tier/alpha\nchange: [{ id: LABELLED, off: true, reason: x }]\n"),
            "unjustified-loosening",
            "{ id: LABELLED, off: true, reason: x }",
        ),
        (
            policy(
                "extends: three-tier/alpha\nchange: [{ id: LABELLED, severity: warning, reason: ' ', approved_by: x, until: 2027-01-01 }]\n",
            ),
            "unjustified-loosening",
            "{ id: LABELLED, severity: warning, reason: ' ', approved_by: x, until: 2027-01-01 }",
        ),
        (
            policy(&format!(
                "extends: three-tier/alpha\nrequirements:\n{}",
                requirement("LABELLED", "{ labelled: {} }")
            )),
            "duplicate-id",
            "LABELLED",
        ),
        (policy("").replace("en: Hikari", "en: ' '"), "blank-text", "' '"),
        (policy("").replace(", en: Hikari", ""), "missing-key", "{ ja: ひかり }"),
        (policy("").replace("sanso-policy: 1", "sanso-policy: 2"), "unsupported-version", "2"),
    ] {
        let (read, told) = files(&[("a.yaml", &text)]);
        assert_eq!(told, [(code.to_owned(), place.to_owned())], "{text}");
        assert!(read.is_none(), "{text}");
    }
}

#[test]
fn policies_extend_each_other_so_deep_and_in_no_circle() {
    let chain = |depth: usize| {
        let text = |at: usize| {
            let id = format!("sanso-policy: 1\nid: p{at}\ntitle: {{ ja: 題, en: t }}\n");
            if at + 1 < depth { format!("{id}extends: p{}.yaml\n", at + 1) } else { id }
        };
        let list: Vec<(String, String)> = (0..depth).map(|at| (format!("p{at}.yaml"), text(at))).collect();
        let list: Vec<(&str, &str)> = list.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        files(&list)
    };
    assert!(chain(DEEPEST + 1).0.is_some());
    assert_eq!(chain(DEEPEST + 2).1[0].0, "bad-extends");
    let (read, told) = files(&[
        ("a.yaml", "sanso-policy: 1\nid: a\ntitle: { ja: 題, en: t }\nextends: b.yaml\n"),
        ("b.yaml", "sanso-policy: 1\nid: b\ntitle: { ja: 題, en: t }\nextends: a.yaml\n"),
    ]);
    assert!(read.is_none() && told[0].0 == "bad-extends", "{told:?}");
}

#[test]
fn what_is_switched_off_is_not_asked_until_it_ends() {
    let loose = files(&[("a.yaml", &policy(&format!("extends: three-tier/alpha\n{LOOSE}")))]).0.expect("it reads");
    let on = |day: Date| Policy::of(&loose, day);
    let switched_off = on(DAY);
    assert!(switched_off.requirement("INTERNET-CLOUD").is_none() && switched_off.loosened.len() == 1);
    assert!(switched_off.path_requirements().any(|id| id == "INTERNET-CLOUD"), "exceptions may still name it");
    let ended = on(Date { year: 2027, month: 4, day: 1 });
    assert!(ended.requirement("INTERNET-CLOUD").is_some() && ended.loosened.is_empty() && ended.ended.len() == 1);
}

#[test]
fn changes_are_told_by_whether_more_or_less_is_asked() {
    let of = |more: &str| files(&[("a.yaml", &policy(more))]).0.expect("it reads");
    let alpha = of("extends: three-tier/alpha\n");
    let loose = of(&format!("extends: three-tier/alpha\n{LOOSE}"));
    let told = |old: &Definition, new: &Definition| {
        compare(old, new, DAY).into_iter().map(|one| (one.id, one.way, one.what)).collect::<Vec<_>>()
    };
    let until = Date { year: 2027, month: 3, day: 31 };
    assert_eq!(told(&alpha, &loose), [("INTERNET-CLOUD".to_owned(), Way::Looser, What::SwitchedOff(Some(until)))]);
    assert_eq!(told(&loose, &alpha), [("INTERNET-CLOUD".to_owned(), Way::Stricter, What::SwitchedOn)]);
    assert_eq!(told(&alpha, &alpha), []);
    let check = |text: &str| of(&format!("requirements:\n{}", requirement("A", text)));
    for (strict, lax) in [
        (
            "{ isolation: { a: { tier: lgwan }, b: { tier: internet } } }",
            "{ isolation: { a: { tier: lgwan }, b: { tier: internet }, sanitised_by: file } }",
        ),
        (
            "{ isolation: { a: { tier: lgwan }, b: { tier: internet } } }",
            "{ through: { a: { tier: internet, kind: server }, b: { tier: lgwan }, nodes: { tag: x } } }",
        ),
        ("{ attributes: { nodes: {}, controls: [a, b] } }", "{ attributes: { nodes: { tag: x }, controls: a } }"),
        ("{ evidence: { kind: audit, within: 12 } }", "{ evidence: { kind: audit, within: 36 } }"),
        ("{ exceptions: { used: true } }", "{ exceptions: { used: true, of: [A] } }"),
        ("{ homed: { nodes: {} } }", "{ homed: { nodes: {}, allowed: { kind: firewall } } }"),
        ("{ placement: { nodes: {}, tiers: lgwan } }", "{ placement: { nodes: {}, tiers: [lgwan, internet] } }"),
        ("{ segment: { a: {}, b: {} } }", "{ segment: { a: { tag: x }, b: {} } }"),
    ] {
        let (strict, lax) = (check(strict), check(lax));
        assert_eq!(told(&lax, &strict), [("A".to_owned(), Way::Stricter, What::Check)]);
        assert_eq!(told(&strict, &lax), [("A".to_owned(), Way::Looser, What::Check)]);
    }
    let other = [check("{ labelled: {} }"), check("{ expects: {} }")];
    assert_eq!(told(&other[0], &other[1]), [("A".to_owned(), Way::Changed, What::Check)]);
}

#[test]
fn lint_tells_what_is_probably_not_meant() {
    let codes = |more: &str| {
        let read = files(&[("a.yaml", &policy(more))]).0.expect("it reads");
        lint(&read, DAY).into_iter().map(|one| (one.code.word(), one.about)).collect::<Vec<_>>()
    };
    assert_eq!(codes("extends: three-tier/alpha\n"), [], "the built-in policy is clean");
    let never = "{ tier: lgwan, labelled: false }";
    assert_eq!(codes(&format!("patterns: {{ x: {never} }}\n")), [("pattern-of-nothing", "x".to_owned())]);
    let segment = requirement("A", &format!("{{ segment: {{ a: {never}, b: {{}} }} }}"));
    assert_eq!(codes(&format!("requirements:\n{segment}")), [("pattern-of-nothing", "A".to_owned())]);
    let weak = requirement("WEAK", "{ isolation: { a: { tier: my-number, kind: server }, b: { tier: lgwan } } }");
    assert_eq!(
        codes(&format!("extends: three-tier/alpha\nrequirements:\n{weak}")),
        [("requirement-implied", "WEAK".to_owned())]
    );
    let twice = [requirement("A", "{ labelled: {} }"), requirement("B", "{ labelled: {} }")].concat();
    assert_eq!(
        codes(&format!("requirements:\n{twice}")),
        [("requirement-implied", "B".to_owned())],
        "once, of the later"
    );
    let ended = LOOSE.replace("2027-03-31", "2026-11-28");
    assert_eq!(
        codes(&format!("extends: three-tier/alpha\n{ended}")),
        [("loosening-ended", "INTERNET-CLOUD".to_owned())]
    );
}

/// The checkers read the policies that come with the program from these files.
#[test]
fn every_built_in_policy_is_kept_as_the_checkers_read_it() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/policies/canonical");
    let mut kept: Vec<String> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| std::fs::read_to_string(entry.expect("an entry").path()).expect("a file"))
        .collect();
    let mut made: Vec<String> = built_in_ids().map(|id| definition(id).expect("it reads").canonical()).collect();
    kept.sort_unstable();
    made.sort_unstable();
    assert!(kept == made, "write each with: sanso policy show ID --format json > policies/canonical/NAME.json");
    for id in built_in_ids() {
        let known = sanso_check::policy::built_in(id).expect("the Rust checker has it in BUILT_IN");
        assert_eq!(known.sha256, definition(id).expect("it reads").sha256());
    }
}

/// Changes one after the other have the same effect for the library and for the checker, whatever the day.
#[test]
fn changes_have_the_same_effect_for_the_checker() {
    let mut seen = 0;
    for number in 0..4_u32.pow(5) {
        let changes: Vec<String> = (0..5)
            .filter_map(|at| {
                let what = match number / 4_u32.pow(at) % 4 {
                    0 => return None,
                    1 => "severity: warning",
                    2 => "severity: error",
                    _ => "off: true",
                };
                let until = 10 + (at * 7) % 5;
                Some(format!("  - {{ id: R, {what}, reason: r, approved_by: c, until: 2026-11-{until} }}\n"))
            })
            .collect();
        for severity in ["warning", "error"] {
            let change = if changes.is_empty() { String::new() } else { format!("change:\n{}", changes.concat()) };
            let text = format!(
                "sanso-policy: 1\nid: x\ntitle: {{ ja: あ, en: a }}\nrequirements:\n  - {{ id: R, severity: {severity}, title: {{ ja: あ, en: a }}, \
                 check: {{ labelled: {{}} }} }}\n{change}"
            );
            let (Some(definition), _) = files(&[("p.yaml", &text)]) else { panic!("{text}") };
            let checked = sanso_check::policy_file::read(definition.canonical().as_bytes()).expect("it is canonical");
            for day in 9..16_u8 {
                let date = Date { year: 2026, month: 11, day };
                let ours = definition.severity_on(&definition.requirements[0], date).map(Severity::word);
                let (asked, loosened) = checked.on(&date.to_string());
                assert_eq!(ours, asked.first().map(|one| one.severity.word()), "{text} {date}");
                let ours = definition.loosened("R", date).map(|one| one.severity.map_or("off", Severity::word));
                assert_eq!(ours, loosened.first().map(|one| one.word()), "{text} {date}");
                seen += usize::from(ours.is_some());
            }
        }
    }
    assert!(seen > 1000, "{seen}");
}
