//! The command line. Results go to stdout, diagnostics to stderr; exit statuses are part of the contract.

mod apart;
mod arguments;
#[cfg(feature = "sign")]
mod attest;
#[cfg(feature = "sign")]
mod attested;
mod baseline;
#[cfg(feature = "check")]
mod check;
#[cfg(feature = "check")]
mod checked;
mod chosen;
#[cfg(feature = "completions")]
mod complete;
#[cfg(feature = "completions")]
mod completions;
mod config;
mod date;
mod devices;
mod diff;
mod dossier;
mod explain;
mod files;
mod fit;
mod folders;
mod formats;
mod generate;
mod help;
mod import;
#[cfg(feature = "sign")]
mod key;
mod left_out;
mod limits;
mod open;
mod output;
mod packet;
#[cfg(feature = "sign")]
mod passphrase;
mod pdf;
// Its sentences on attestations are spoken where they can be signed.
#[cfg_attr(not(feature = "sign"), allow(dead_code))]
mod phrases;
mod policy;
mod progress;
mod prove;
mod questions;
mod site;
mod status;
mod terminal;
mod texts;
mod toml;
mod verify;
mod watch;

use std::ffi::OsString;
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;

use anyhow::bail;
use clap::error::ErrorKind;
use sanso::language::Lang;

use arguments::Command;
use config::Config;
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
    /// Whether nothing but results and errors is printed.
    pub quiet: bool,
    /// Whether a site file may name files outside its folder.
    pub allow_outside: bool,
    /// What `sanso.toml` says.
    pub config: Config,
}

impl Context {
    /// Whether somebody wants to see how far a run is.
    pub fn shows_progress(&self) -> bool {
        self.stderr.is_terminal && !self.quiet
    }
}

/// Runs the command that `arguments` (with the program's name) call for.
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    let lang_asked = terminal::language_asked(&arguments);
    let lang = lang_asked.unwrap_or_else(terminal::language_of_locale);
    #[cfg(feature = "completions")]
    match completions::answer(&arguments, lang) {
        Ok(false) => {}
        Ok(true) => return ExitCode::SUCCESS,
        // A shell asked, and its user is not to be told in the middle of a line.
        Err(_) => return ExitCode::FAILURE,
    }
    let (stdout, stderr) = (Terminal::stdout(), Terminal::stderr());
    let mut context =
        Context { lang, lang_asked, stdout, stderr, quiet: false, allow_outside: false, config: Config::default() };
    let named = arguments.get(1..).unwrap_or_default().iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let (command, general) = match arguments::parse(arguments, lang) {
        Ok(call) => call,
        Err(error) => return refuse(&error, named, &context).into(),
    };
    context.stdout.color = general.color.of(stdout);
    context.stderr.color = general.color.of(stderr);
    context.quiet = general.quiet;
    context.allow_outside = general.allow_outside;
    if !general.no_config {
        match config::find(general.config.as_deref(), &command.files(), &context) {
            Ok(config) => context.config = config,
            Err(status) => return status.into(),
        }
    }
    // What the call asks for goes before what the configuration says.
    context.lang_asked = lang_asked.or(context.config.lang);
    context.lang = context.lang_asked.unwrap_or(lang);
    let words = phrases(context.lang);
    // A panic would end in a status that the contract does not have.
    let status = match std::panic::catch_unwind(AssertUnwindSafe(|| run(command, &context))) {
        Ok(Ok(status)) => status,
        Ok(Err(error)) => {
            write_stderr(&format!("sanso: {}: {}\n", words.error(), sanso::screen::visible(&format!("{error:#}"))));
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
        #[cfg(feature = "check")]
        Command::Check(arguments) => check::run(&arguments, context),
        #[cfg(feature = "sign")]
        Command::Attest(arguments) => attest::run(&arguments, context),
        #[cfg(feature = "sign")]
        Command::Keygen(arguments) => key::generate(&arguments, context),
        Command::Convert(arguments) => prove::convert(&arguments, context),
        Command::Devices(arguments::devices::Command::Import(arguments)) => import::run(&arguments, context),
        Command::Devices(arguments::devices::Command::Packet(arguments)) => packet::run(&arguments, context),
        Command::Questions(command) => questions::run(&command, context),
        Command::Generate(arguments) => generate::run(&arguments, context),
        Command::Explain(arguments) => explain::run(&arguments, context),
        Command::Policy(arguments) => policy::run(&arguments, context),
        Command::Baseline(arguments) => baseline::run(&arguments, context),
        #[cfg(feature = "completions")]
        Command::Completions(arguments) => completions::run(&arguments, context),
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
fn refuse(error: &clap::Error, words: Vec<String>, context: &Context) -> Status {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let text = if error.kind() == ErrorKind::DisplayHelp {
                let mut call = arguments::command(context.lang);
                let name = words.iter().find(|word| call.find_subcommand(word).is_some());
                help::render(&mut call, name.map(String::as_str), context.lang, context.stdout.columns())
            } else {
                error.render().to_string()
            };
            match write_stdout(text.as_bytes()) {
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
