//! Opens a document once, and asks what each of some new rules would open before anybody enters it.
//!
//! ```text
//! cargo run --example what_if
//! ```

use std::error::Error;
use std::fmt::Write as _;

use sanso::{Change, Lang, Session, Source, Texts, Verifier};

const DOCUMENT: &str = r#"
sanso: 1
nodes:
  - { id: db, zone: my-number, addresses: [10.1.0.1] }
  - { id: pc, zone: lgwan, addresses: [10.2.0.1] }
  - { id: fw, kind: firewall, filter: { rules: [] } }
links: [[db, fw], [pc, fw]]
"#;

fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", what_if(&[r#"{"action": "deny"}"#, r#"{"action": "permit", "from": ["10.2.0.0/16"]}"#, "{"])?);
    Ok(())
}

/// What each rule would open, were it the first of the firewall.
///
/// # Errors
/// When the document cannot be used.
pub fn what_if(rules: &[&str]) -> Result<String, Box<dyn Error>> {
    let source = Source::new("ward.yaml", DOCUMENT.as_bytes().to_vec())?;
    let (texts, session) = (Texts::default(), Session::today(2026, 11, 22));
    let mut verifier = Verifier::new(&source, &texts, &session).map_err(|_| "the document cannot be used")?;
    let mut out = String::new();
    for rule in rules {
        // A rule that cannot be used is refused, and nothing has changed.
        if let Err(found) = verifier.apply(Change::AddRule { node: "fw", filter: 0, at: 0, rule }) {
            let why = found.into_sorted();
            writeln!(out, "{rule}: refused: {}", why.first().map_or("", |one| one.message.get(Lang::En)))?;
            continue;
        }
        let opened: Vec<String> = verifier.violating("MN-ISOLATION", 3).iter().map(|pair| pair.join(" and ")).collect();
        writeln!(out, "{rule}: {}", if opened.is_empty() { "opens nothing".to_owned() } else { opened.join(", ") })?;
        verifier.apply(Change::RemoveRule { node: "fw", filter: 0, at: 0 }).map_err(|_| "it was just added")?;
    }
    Ok(out)
}
