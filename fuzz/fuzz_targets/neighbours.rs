//! Any text as what a device shows, its neighbours or its routes: read or refused, never a panic; lines add up.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sanso::import::ledger::{Fate, Ledger};
use sanso::import::{neighbours, routing};

fuzz_target!(|text: &str| {
    let lines: Vec<&str> = text.lines().collect();
    let mut ledger = Ledger::new("f", lines.len());
    let _ = neighbours::recognise(&lines);
    let _ = neighbours::read("f", &lines, &mut ledger);
    let mut ledger = Ledger::new("f", lines.len());
    let _ = routing::recognise(&lines);
    if let Ok(tables) = routing::read("f", &lines, &mut ledger) {
        let lost = ledger.count(Fate::NotUnderstood) > 0;
        assert_eq!(lost, tables.iter().any(|table| table.lost.is_some()));
    }
});
