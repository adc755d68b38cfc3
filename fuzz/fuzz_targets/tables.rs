//! Any bytes as a table: CSV or a workbook, of each kind. Read or refused with a place, never a panic; rows add up.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sanso::import::ledger::{Fate, Ledger};
use sanso::import::table::{self, Kind};

fuzz_target!(|data: &[u8]| {
    for sheet in [None, Some("s")] {
        let Ok(grid) = table::open("f.csv", data, sheet) else { continue };
        for kind in Kind::ALL {
            let mut ledger = Ledger::new("f.csv", grid.len());
            let mut errors = Vec::new();
            let rows = table::rows::read(&grid, kind, &Default::default(), &mut ledger, &mut errors);
            let sum: usize =
                [Fate::Used, Fate::WithoutMeaning, Fate::NotUnderstood].iter().map(|fate| ledger.count(*fate)).sum();
            assert_eq!(sum, grid.len());
            // a row that is neither used nor without meaning is an error
            assert!(ledger.count(Fate::NotUnderstood) == 0 || !errors.is_empty(), "{kind:?} {:?}", rows.shown);
        }
    }
});
