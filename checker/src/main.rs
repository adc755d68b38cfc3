//! The program `sanso-check`; see [`sanso_check::call::USAGE`]. 0 accepted, 1 rejected, 2 unusable input, or an answer that
//! could not be written.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args_os().skip(1).map(|text| text.to_string_lossy().into_owned()).collect();
    ExitCode::from(sanso_check::call::main(&arguments))
}
