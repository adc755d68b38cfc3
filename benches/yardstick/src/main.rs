//! `sonic FILE`: sonic-rs reads a topology into typed structs that borrow their texts. A crate of its own, since sonic-rs
//! brings some thirty others that nothing of `sanso` needs. Prints what `benches/end_to_end.rs` reads: seconds, seconds
//! of the processor, MiB at the peak, elements.
//!
//! `cargo build --release --manifest-path benches/yardstick/Cargo.toml`, then
//! `SANSO_YARDSTICK=benches/yardstick/target/release/sanso-yardstick cargo bench --bench end_to_end`.

#[path = "../../baseline.rs"]
mod baseline;
#[path = "../../measure.rs"]
mod measure;

use std::fs;
use std::time::Instant;

use baseline::{Document, Lent};
use measure::{cpu_seconds, peak_mib};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [_, file] = &arguments[..] else { return Err("usage: sanso-yardstick sonic FILE".into()) };
    let start = Instant::now();
    let bytes = fs::read(file)?;
    let document: Document<Lent<'_>> = sonic_rs::from_slice(&bytes)?;
    let count = document.nodes.len() + document.links.len();
    std::mem::forget(document);
    let seconds = start.elapsed().as_secs_f64();
    println!("{seconds:.4} {:.4} {:.1} {count}", cpu_seconds(), peak_mib());
    Ok(())
}
