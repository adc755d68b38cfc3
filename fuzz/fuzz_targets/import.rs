//! Any bytes as a configuration of each format, or of the one that `SANSO_FUZZ_FORMAT` names: read or refused with a place,
//! never a panic; what is read is a document that the reader takes, and its lines add up.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sanso::import::ledger::Fate;
use sanso::import::{self, FORMATS, Format, site};
use sanso::packet;
use sanso::source::Source;
use std::sync::LazyLock;

static ASKED: LazyLock<Vec<&'static Format>> = LazyLock::new(|| {
    let name = std::env::var("SANSO_FUZZ_FORMAT").ok();
    let asked: Vec<_> = FORMATS.iter().filter(|format| name.as_ref().is_none_or(|name| name == format.name)).collect();
    assert!(!asked.is_empty(), "SANSO_FUZZ_FORMAT is no format: {name:?}");
    asked
});

fuzz_target!(|data: &[u8]| {
    for format in ASKED.iter().copied() {
        let Ok(read) = import::read("f", data, Some(format)) else { continue };
        let sum: usize =
            [Fate::Used, Fate::WithoutMeaning, Fate::NotUnderstood].iter().map(|fate| read.ledger.count(*fate)).sum();
        assert_eq!(sum, read.ledger.total());
        drop(site::of_files([("f".to_owned(), data.to_vec())], Some(format)));
        let json = import::document(std::slice::from_ref(&read));
        for text in [json.to_string(), import::yaml::write(&json)] {
            let source = Source::new("f", text.into_bytes()).expect("UTF-8");
            let (_, errors) = packet::document(&source);
            assert!(errors.is_empty(), "{}: {errors:?}\n{}", format.name, source.text());
        }
    }
});
