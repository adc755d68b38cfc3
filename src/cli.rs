//! The command line. Results go to stdout, diagnostics to stderr; exit statuses are part of the contract.

mod arguments;
mod attest;
mod check;
mod date;
mod diff;
mod explain;
mod formats;
mod generate;
mod key;
mod limits;
mod output;
mod pdf;
mod phrases;
mod progress;
mod prove;
mod status;
mod terminal;
mod verify;
mod watch;

use std::ffi::OsString;
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;

use anyhow::bail;
use clap::error::ErrorKind;
use sanso::language::Lang;

use arguments::Command;
use output::{write_stderr, write_stdout};
use phrases::phrases;
use status::Status;
use terminal::Terminal;

/// Where a command writes and how it speaks.
pub struct Context {
    /// The language of texts.
    pub lang: Lang,
    /// The language asked for in the call, if one was.
    pub lang_asked: Option<Lang>,
    /// What stdout is.
    pub stdout: Terminal,
    /// What stderr is.
    pub stderr: Terminal,
}

/// Runs the command that `arguments` (with the program's name) call for.
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    let lang_asked = terminal::language_asked(&arguments);
    let lang = lang_asked.unwrap_or_else(terminal::language_of_locale);
    let context = Context { lang, lang_asked, stdout: Terminal::stdout(), stderr: Terminal::stderr() };
    let command = match arguments::parse(arguments, lang) {
        Ok(command) => command,
        Err(error) => return refuse(&error, &context).into(),
    };
    let words = phrases(lang);
    // A panic would end in a status that the contract does not have.
    let status = match std::panic::catch_unwind(AssertUnwindSafe(|| run(command, &context))) {
        Ok(Ok(status)) => status,
        Ok(Err(error)) => {
            write_stderr(&format!("sanso: {}: {}\n", words.error(), sanso::report::visible(&format!("{error:#}"))));
            Status::Unusable
        }
        Err(_) => {
            write_stderr(&format!("sanso: {}\n", words.internal_error()));
            Status::Unusable
        }
    };
    status.into()
}

fn run(command: Command, context: &Context) -> anyhow::Result<Status> {
    match command {
        Command::Verify(arguments) => verify::run(&arguments, context),
        Command::Diff(arguments) => diff::run(&arguments, context),
        Command::Watch(arguments) => watch::run(&arguments, context),
        Command::Prove(arguments) => prove::run(&arguments, context),
        Command::Check(arguments) => check::run(&arguments, context),
        Command::Attest(arguments) => attest::run(&arguments, context),
        Command::Keygen(arguments) => key::generate(&arguments, context),
        Command::Convert(arguments) => prove::convert(&arguments, context),
        Command::Generate(arguments) => generate::run(&arguments, context),
        Command::Explain(arguments) => explain::run(&arguments, context),
        Command::Schema => {
            let schema = format!("{:#}\n", sanso::document::schema());
            if let Err(error) = write_stdout(schema.as_bytes()) {
                bail!("{}", phrases(context.lang).cannot_write(&error.to_string()));
            }
            Ok(Status::Proved)
        }
    }
}

/// Answers `--help` and `--version`, and calls that cannot be understood.
fn refuse(error: &clap::Error, context: &Context) -> Status {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            match write_stdout(error.render().to_string().as_bytes()) {
                Ok(()) => Status::Proved,
                Err(error) => {
                    write_stderr(&format!("sanso: {}\n", phrases(context.lang).cannot_write(&error.to_string())));
                    Status::Unusable
                }
            }
        }
        _ => {
            write_stderr(&arguments::explain_error(error, context.lang));
            Status::Unusable
        }
    }
}
