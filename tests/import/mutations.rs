//! Files with bytes turned, lines lost, doubled and exchanged: refused with a place or read, never a panic, and what is read is a
//! document. `SANSO_MUTATIONS` says how many of each: a fuzzer for machines that have none.

use std::fs;
use std::path::Path;

use sanso::import::ledger::{Fate, Ledger};
use sanso::import::table::{self, Kind};
use sanso::import::{self, neighbours, site};
use sanso::language::Phrase;
use sanso::packet;
use sanso::source::Source;

use super::configurations;
use crate::campaign::number;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below.max(1)
    }
}

fn count() -> usize {
    number("SANSO_MUTATIONS", 60) as usize
}

/// A text that is like another one but for some slips.
fn mutated(bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..=dice.roll(3) {
        if out.is_empty() {
            return out;
        }
        let at = dice.roll(out.len());
        let lines: Vec<&[u8]> = out.split_inclusive(|byte| *byte == b'\n').collect();
        let (one, two) = (dice.roll(lines.len()), dice.roll(lines.len()));
        match dice.roll(9) {
            0 => out[at] = u8::try_from(dice.roll(256)).unwrap(),
            1 => out.truncate(at),
            2 => {
                out =
                    lines.iter().enumerate().filter(|(at, _)| *at != one).flat_map(|(_, line)| *line).copied().collect()
            }
            3 => {
                let mut lines = lines;
                lines.swap(one, two);
                out = lines.concat();
            }
            4 => {
                let mut lines = lines;
                lines.insert(one, lines[two]);
                out = lines.concat();
            }
            5 => {
                // a number becomes another one
                let digit = out.iter().skip(at).position(u8::is_ascii_digit).map(|from| at + from);
                if let Some(digit) = digit {
                    out[digit] = b'0' + u8::try_from(dice.roll(10)).unwrap();
                }
            }
            6 => drop(out.splice(at..at, *b"\xff,\"'{}[]:#~")),
            // what no name in a document may hold
            7 => drop(out.splice(at..at, ["\0", "\x1b", "\u{85}", "\u{200b}"][dice.roll(4)].bytes())),
            _ => {
                let end = (at + dice.roll(20)).min(out.len());
                out.drain(at..end);
            }
        }
    }
    out
}

#[test]
fn mutated_configurations_are_refused_or_read() {
    let mut dice = Dice(1);
    for (file, format) in configurations() {
        let whole = fs::read(&file).unwrap();
        for _ in 0..count() {
            let bytes = mutated(&whole, &mut dice);
            let Ok(read) = import::read("f", &bytes, import::format(format)) else { continue };
            let sum: usize = [Fate::Used, Fate::WithoutMeaning, Fate::NotUnderstood]
                .iter()
                .map(|fate| read.ledger.count(*fate))
                .sum();
            assert_eq!(sum, read.ledger.total());
            let text = import::document(std::slice::from_ref(&read)).to_string();
            let source = Source::new("f.json", text.into_bytes()).unwrap();
            let errors = packet::document(&source).1;
            assert!(errors.is_empty(), "{}: {errors:?}\n{}", file.display(), String::from_utf8_lossy(&bytes));
            if let Ok(site) = site::of_files([("f".to_owned(), bytes.clone())], import::format(format)) {
                let errors = packet::document(&site.source).1;
                let fault = errors.iter().find(|error| !is_the_files(error.code.word()));
                assert!(fault.is_none(), "{}: {errors:?}\n{}", file.display(), String::from_utf8_lossy(&bytes));
            }
        }
    }
}

/// What an assembled document may be refused for although the importer is right: an empty network, names that only look alike,
/// zones that only a site as a whole can say what they are.
fn is_the_files(code: &str) -> bool {
    matches!(code, "empty-list" | "nothing-to-verify" | "unknown-zone" | "duplicate-network" | "tier-with-base")
}

#[test]
fn mutated_sites_are_refused_or_read() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies/import/hikari");
    let names = [
        "site.yaml",
        "configs/fw1.conf",
        "configs/core.cfg",
        "configs/acc1.cfg",
        "configs/cdr.rules",
        "IP管理表.xlsx",
        "通信要件一覧.csv",
        "特定通信一覧.csv",
        "neighbours/core.txt",
    ];
    let files: Vec<(&str, Vec<u8>)> = names.iter().map(|name| (*name, fs::read(root.join(name)).unwrap())).collect();
    let mut dice = Dice(7);
    for at in 0..files.len() {
        for _ in 0..count() / 4 {
            let bytes = mutated(&files[at].1, &mut dice);
            let mut load = |name: &str| {
                let found = files.iter().position(|(known, _)| *known == name);
                let found = found.ok_or_else(|| Phrase::new(format!("no {name}"), "ない"))?;
                Ok(site::Loaded::File(if found == at { bytes.clone() } else { files[found].1.clone() }))
            };
            let first = if at == 0 { bytes.clone() } else { files[0].1.clone() };
            let Ok(source) = Source::new("site.yaml", first) else { continue };
            match site::read(&source, &mut load) {
                Err(failure) => assert!(!failure.refusals.is_empty() || !failure.broken.is_empty()),
                Ok(site) => drop(packet::document(&site.source)),
            }
        }
    }
    // tables and outputs by themselves
    for (name, whole) in &files[5..] {
        for _ in 0..count() {
            let bytes = mutated(whole, &mut dice);
            if name.ends_with(".txt") {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let lines: Vec<&str> = text.lines().collect();
                let _ = neighbours::read(name, &lines, &mut Ledger::new(name, lines.len()));
                continue;
            }
            let Ok(grid) = table::open(name, &bytes, name.ends_with(".xlsx").then_some("機器")) else { continue };
            for kind in Kind::ALL {
                let (mut ledger, mut errors) = (Ledger::new(name, grid.len()), Vec::new());
                table::rows::read(&grid, kind, &Default::default(), &mut ledger, &mut errors);
                assert!(
                    ledger.count(Fate::NotUnderstood) == 0 || !errors.is_empty(),
                    "{kind:?}: {}",
                    String::from_utf8_lossy(&bytes)
                );
            }
        }
    }
}
