//! Any text as what a device sees of its neighbours: read or refused, never a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sanso::import::ledger::Ledger;
use sanso::import::neighbours;

fuzz_target!(|text: &str| {
    let lines: Vec<&str> = text.lines().collect();
    let mut ledger = Ledger::new("f", lines.len());
    let _ = neighbours::recognise(&lines);
    let _ = neighbours::read("f", &lines, &mut ledger);
});
