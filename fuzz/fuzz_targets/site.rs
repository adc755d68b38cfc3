//! Any bytes as a site file, whose files are these bytes too: a document that the reader takes, or refusals with places.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sanso::import::site;
use sanso::language::Phrase;
use sanso::packet;
use sanso::source::Source;

fuzz_target!(|data: &[u8]| {
    // the first part is the site file, the rest what it names
    let at = data.windows(2).position(|pair| pair == b"\0\0").unwrap_or(data.len());
    let (head, rest) = (data[..at].to_vec(), data.get(at + 2..).unwrap_or_default().to_vec());
    let Ok(source) = Source::new("site.yaml", head) else { return };
    let mut load = |name: &str| if name.len() < 4 { Ok(site::Loaded::File(rest.clone())) } else { Err(Phrase::new("no such file", "ない")) };
    match site::read(&source, &mut load) {
        Err(failure) => assert!(!failure.refusals.is_empty() || !failure.broken.is_empty()),
        Ok(site) => drop(packet::document(&site.source)),
    }
});
