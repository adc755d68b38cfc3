//! Verifies a document and prints each cause of a violation, with the packet that gets through.
//!
//! ```text
//! cargo run --example verify -- topologies/mistakes/m02-shared-printer.yaml
//! ```

use std::error::Error;
use std::fmt::Write as _;

use sanso::{Lang, Options, Sentence, Source, Verdict, run_verify};

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).unwrap_or_else(|| "topologies/mistakes/m02-shared-printer.yaml".to_owned());
    print!("{}", verify(&file)?);
    Ok(())
}

/// What is violated in a file, and where to look.
///
/// # Errors
/// When the file cannot be read, or is no document: with each place and what is wrong there.
pub fn verify(file: &str) -> Result<String, Box<dyn Error>> {
    let source = Source::new(file, std::fs::read(file)?)?;
    // The day counts for exceptions, which expire.
    let report = run_verify(&source, &Options::today(2026, 11, 22)).map_err(|found| {
        let text = sanso::source::SourceText::new(source.name(), source.text());
        sanso::render::diagnostics::render(&found.into_sorted(), &text, Lang::En, false)
    })?;
    let mut out = String::new();
    for requirement in report.requirements.iter().filter(|one| one.verdict == Verdict::Violated) {
        writeln!(out, "{}: {} violating tuples", requirement.id, requirement.tuples)?;
        for finding in &requirement.findings {
            writeln!(out, "  {}", finding.text(Lang::En))?;
            if let Some(place) = &finding.location {
                writeln!(out, "  at {file}:{}:{}", place.line, place.column)?;
            }
            for session in &finding.sessions {
                let way: Vec<&str> = session.hops.iter().map(|hop| hop.node.as_str()).collect();
                // Data that somebody carries outside the network has no packet.
                let means = session.packet().map_or("transfer", |packet| packet.protocol.as_str());
                writeln!(out, "  {means} {}", way.join(" -> "))?;
            }
        }
    }
    Ok(out)
}
