//! The `sanso` command: reads files, calls the library, writes bytes, chooses the exit status.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main(std::env::args_os().collect())
}
