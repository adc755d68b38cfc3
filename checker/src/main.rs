//! `sanso-check FILE CERT.json [--lang ja|en] [--source YAML]`: 0 accepted, 1 rejected, 2 unusable input.
#![forbid(unsafe_code)]

use sanso_check::call::{Call, run};
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(call) = Call::parse(std::env::args().skip(1)) else {
        eprintln!("usage: sanso-check FILE CERT.json [--lang ja|en] [--source YAML]");
        return ExitCode::from(2);
    };
    ExitCode::from(run(&call))
}
