//! Requirements that stand in some editions of the guideline only.

use super::read::{files, policy};

const EDITIONS: [&str; 4] = ["2022-03", "2023-03", "2024-10", "2025-03"];

/// A requirement of some editions.
fn of(id: &str, editions: &str, check: &str) -> String {
    format!("  - {{ id: {id}, {editions}title: {{ ja: 題, en: t }}, check: {check} }}\n")
}

fn base() -> String {
    policy("requirements:\n").replace("hikari/2026", "base")
        + &of("A", "editions: [2022-03, 2023-03], ", "{ labelled: {} }")
        + &of("A", "editions: 2025-03, ", "{ expects: {} }")
        + &of("B", "", "{ labelled: {} }")
}

#[test]
fn a_requirement_stands_in_the_editions_that_it_names_alone() {
    for (edition, expected) in EDITIONS.into_iter().zip([
        &["labelled", "labelled"][..],
        &["labelled", "labelled"],
        &["labelled"],
        &["expects", "labelled"],
    ]) {
        let site = policy(&format!("extends: b.yaml\nedition: {edition}\n"));
        let (read, told) = files(&[("a.yaml", &site), ("b.yaml", &base())]);
        assert_eq!(told, [], "{edition}");
        let kinds: Vec<&str> = read.expect("it reads").requirements.iter().map(|one| one.asked.kind()).collect();
        assert_eq!(kinds, expected, "{edition}");
    }
    let (read, _) = files(&[("b.yaml", &base())]);
    assert_eq!(read.expect("it reads").requirements.len(), 2, "the latest where nothing is said");
}

#[test]
fn two_of_one_id_share_no_edition() {
    for second in ["", "editions: [2024-10, 2023-03], "] {
        let text = policy("requirements:\n")
            + &of("A", "editions: [2022-03, 2023-03], ", "{ labelled: {} }")
            + &of("A", second, "{ expects: {} }");
        assert_eq!(files(&[("a.yaml", &text)]).1, [("duplicate-id".to_owned(), "A".to_owned())], "{second}");
    }
    let text = policy("extends: b.yaml\nrequirements:\n") + &of("A", "editions: 2022-03, ", "{ expects: {} }");
    assert_eq!(files(&[("a.yaml", &text), ("b.yaml", &base())]).1, [("duplicate-id".to_owned(), "A".to_owned())]);
}

#[test]
fn a_file_is_not_extended_in_another_edition() {
    let base = base() + "edition: 2024-10\n";
    let of = |more: &str| files(&[("a.yaml", &policy(&format!("extends: b.yaml\n{more}"))), ("b.yaml", &base)]);
    assert_eq!(of("edition: 2025-03\n").1, [("other-edition".to_owned(), "2025-03".to_owned())]);
    for more in ["", "edition: 2024-10\n"] {
        let (read, told) = of(more);
        assert_eq!(told, []);
        assert_eq!(read.expect("it reads").edition.word(), "2024-10");
    }
    // A canonical JSON holds nothing for other editions.
    let flat = of("").0.expect("it reads").canonical();
    let site = |edition: &str| policy(&format!("extends: flat.json\nedition: {edition}\n"));
    assert!(files(&[("a.yaml", &site("2024-10")), ("flat.json", &flat)]).0.is_some());
    assert_eq!(files(&[("a.yaml", &site("2022-03")), ("flat.json", &flat)]).1[0].0, "other-edition");
    // Those that come with the program hold something for every edition.
    for edition in EDITIONS {
        let (read, told) = files(&[("a.yaml", &policy(&format!("extends: three-tier/alpha\nedition: {edition}\n")))]);
        assert_eq!(told, []);
        assert_eq!(read.expect("it reads").edition.word(), edition);
    }
}

#[test]
fn a_change_is_of_the_requirement_in_every_edition() {
    let change =
        "extends: b.yaml\nchange: [{ id: A, severity: warning, reason: x, approved_by: y, until: 2027-01-01 }]\n";
    for edition in ["2022-03", "2025-03"] {
        let site = policy(&format!("{change}edition: {edition}\n"));
        let read = files(&[("a.yaml", &site), ("b.yaml", &base())]).0.expect("it reads");
        let one = read.requirement("A").expect("it stands");
        assert_eq!(read.severity_on(one, super::read::DAY).map(|one| one.word()), Some("warning"), "{edition}");
    }
    let graver = policy("extends: b.yaml\nchange: [{ id: A, severity: error }]\n");
    let mild = base().replace("{ id: A, ", "{ id: A, severity: warning, ");
    let read = files(&[("a.yaml", &graver), ("b.yaml", &mild)]).0.expect("it reads");
    assert_eq!(read.requirement("A").expect("it stands").severity.word(), "error");
    // In 2024-10 it does not stand, and what changes it says nothing.
    let site = policy(&format!("{change}edition: 2024-10\n"));
    let read = files(&[("a.yaml", &site), ("b.yaml", &base())]).0.expect("it reads");
    assert!(read.loosenings.is_empty() && files(&[("c.json", &read.canonical())]).0.is_some());
}
