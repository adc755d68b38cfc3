//! Any bytes: the reader must not panic, both ways of reading must agree, and `None` must come with an error.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sanso::diagnostic::Diagnostics;
use sanso::document::{read, read_thoroughly};
use sanso::model::names::Names;
use sanso::source::Source;

fuzz_target!(|bytes: &[u8]| {
    for name in ["fuzz.json", "fuzz.yaml"] {
        let Ok(source) = Source::new(name, bytes.to_vec()) else { return };
        let (mut fast, mut thorough) = (Diagnostics::default(), Diagnostics::default());
        let document = read(&source, &mut fast);
        let other = read_thoroughly(&source, &mut thorough);
        // Of a document with errors (a key that is there twice) the two may keep different remains; nobody uses them.
        assert_eq!(fast.has_errors(), thorough.has_errors());
        let sound = !fast.has_errors();
        if sound {
            assert_eq!(format!("{document:?}"), format!("{other:?}"));
        }
        match &document {
            Some(document) => {
                let names = Names::resolve(document, &mut fast);
                assert_eq!(names.is_some(), !fast.has_errors());
                Names::resolve(document, &mut thorough);
            }
            None => assert!(fast.has_errors()),
        }
        let found = fast.into_sorted();
        if sound {
            assert_eq!(found, thorough.into_sorted());
        }
        for diagnostic in found {
            let _ = source.position(diagnostic.span.end);
        }
    }
});
