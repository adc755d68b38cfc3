//! Time and peak memory of the reader over one file, beside serde_json reading the same file into typed structs.
//!
//! `cargo bench --bench reader -- FILE sanso` or `… FILE typed`: one run each, since the peak is that of the process.

#![allow(missing_docs)]

use std::time::Instant;

use sanso::diagnostic::Diagnostics;
use sanso::model::names::Names;
use sanso::source::Source;
use serde::Deserialize;

#[derive(Deserialize)]
#[allow(dead_code)]
struct Document {
    nodes: Vec<Node>,
    links: Vec<Link>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Node {
    id: String,
    kind: Option<String>,
    zone: Option<String>,
    #[serde(default)]
    addresses: Vec<String>,
    #[serde(default)]
    controls: Vec<String>,
    #[serde(default)]
    tags: Vec<String>,
    filter: Option<serde_json::Value>,
    relays: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
#[allow(dead_code)]
enum Vlan {
    Number(u16),
    Range(String),
}

#[derive(Deserialize)]
#[serde(untagged)]
#[allow(dead_code)]
enum Link {
    Short([String; 2]),
    Long { between: [String; 2], vlans: Option<Vec<Vlan>>, one_way: Option<bool> },
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [file, what] = &arguments[..] else {
        eprintln!("skipped: give FILE and `sanso` or `typed`");
        return Ok(());
    };
    let bytes = std::fs::read(file)?;
    let start = Instant::now();
    match &**what {
        "typed" => {
            let document: Document = serde_json::from_slice(&bytes)?;
            println!("typed: {} nodes, {} links: {:?}", document.nodes.len(), document.links.len(), start.elapsed());
            print_peak("typed");
        }
        _ => {
            let source = Source::new(file.as_str(), bytes)?;
            println!("source: {:?}", start.elapsed());
            let mut diagnostics = Diagnostics::default();
            let start = Instant::now();
            let document = sanso::document::read(&source, &mut diagnostics).ok_or("unreadable")?;
            println!("read: {} nodes, {} links: {:?}", document.nodes.len(), document.links.len(), start.elapsed());
            print_peak("read");
            let start = Instant::now();
            let names = Names::resolve(&document, &mut diagnostics).ok_or("errors of reference")?;
            println!("names: {} links: {:?}", names.links.len(), start.elapsed());
            print_peak("names");
            let start = Instant::now();
            let _ = source.sha256();
            println!("sha256: {:?}", start.elapsed());
        }
    }
    Ok(())
}

/// Peak resident memory of this process so far, where the system tells.
fn print_peak(what: &str) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    if let Some(peak) = status.lines().find(|line| line.starts_with("VmHWM")) {
        println!("  peak after {what}: {}", peak.trim_start_matches("VmHWM:").trim());
    }
}
