//! The tests as one program: what they share is compiled once, and a long one leaves no processor idle. A part runs as
//! `cargo test --test suite session::`; which part holds what is a table in `docs/architecture.md`.

mod agreement;
mod architecture;
mod attest;
mod audit;
mod beside;
mod blame;
mod call;
mod campaign;
mod certificate;
mod checking;
mod ci;
mod city;
mod conformance;
mod contraction;
mod devices;
mod diff;
mod documentation;
mod engine;
mod findings;
mod forgeries;
mod formats;
mod generator;
mod golden;
mod html;
mod import;
mod import_cases;
mod law;
mod laws;
mod limits;
mod outputs;
mod packet;
mod policy;
mod reader;
mod readers;
mod redact;
mod render;
mod session;
mod site;
mod tampering;
mod topologies;
mod typeset;
#[cfg(unix)] // ends the program by a signal, as Ctrl-C does
mod watch;
mod witnesses;

use sanso_interpreter as interpreter;
