//! The law: used, without meaning and not understood add up to the file; nothing secret is shown.

use std::fs;

use sanso::import::ledger::Fate;
use sanso::import::{self, report, site};
use sanso::language::Lang;

use super::{configurations, read};

#[test]
fn every_line_is_accounted_for() {
    for (file, _) in configurations() {
        let read = read(&file);
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        let fates = [Fate::Used, Fate::WithoutMeaning, Fate::NotUnderstood];
        let sum: usize = fates.iter().map(|fate| read.ledger.count(*fate)).sum();
        assert_eq!(sum, lines, "{}", file.display());
        let mut each: Vec<u32> = fates.iter().flat_map(|fate| read.ledger.lines(*fate)).collect();
        each.sort_unstable();
        assert_eq!(each, (1..=u32::try_from(lines).unwrap()).collect::<Vec<_>>(), "{}", file.display());
    }
}

/// A comment of a configuration, `! lost: 3, 7-9` or `# lost: none`, names the lines that are not understood.
#[test]
fn what_is_not_understood_is_what_the_configuration_says() {
    let mut wrong = String::new();
    for (file, _) in configurations() {
        let text = fs::read_to_string(&file).unwrap();
        let read = read(&file);
        let said = text.lines().find_map(|line| line.split_once("lost: ").map(|(_, rest)| rest.to_owned()));
        let said = said.unwrap_or_else(|| panic!("{} says no `lost:`", file.display()));
        let lost: Vec<String> = read.ledger.lines(Fate::NotUnderstood).map(|line| line.to_string()).collect();
        let lost = if lost.is_empty() { "none".to_owned() } else { lost.join(", ") };
        if lost != said.trim().trim_end_matches('"') {
            wrong.push_str(&format!("{}: {lost}, not {said}\n", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn nothing_secret_comes_out() {
    for (file, format) in configurations() {
        let read = read(&file);
        let document = sanso::import::document(std::slice::from_ref(&read)).to_string();
        let site = site::of_files([("f".to_owned(), fs::read(&file).unwrap())], import::format(format));
        let site = site.map_err(|failure| failure.refusals).unwrap();
        let shown = [
            document,
            site.source.text().to_owned(),
            report::text(&site, Lang::En),
            report::text(&site, Lang::Ja),
            report::json(&site).to_string(),
        ];
        for text in shown {
            assert!(!text.contains("himitsu"), "{} lets out a secret:\n{text}", file.display());
        }
    }
}
