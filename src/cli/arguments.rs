//! The shape of a call. Help texts come from `phrases`, so that each exists in both languages.

#[cfg(feature = "check")]
mod checking;
pub mod devices;
mod error;
mod general;
pub mod policy;
pub mod questions;
#[cfg(feature = "sign")]
mod signing;
pub mod values;

use std::cell::Cell;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use sanso::city::Fault;
use sanso::document::Date;
use sanso::language::Lang;

use super::formats::diff::{DiffFormat, FailOn};
use super::formats::{self, Wanted};
use super::phrases::{Phrases, phrases};
use super::status::VerifyFailOn;
use super::texts::{self, Both};
use super::watch::phrases as watch_texts;
#[cfg(feature = "check")]
pub use checking::{CheckArguments, CheckFormat};
pub use error::explain_error;
pub use general::{BaselineArguments, General};
#[cfg(feature = "completions")]
pub use general::{CompletionsArguments, ShellWord};
#[cfg(feature = "sign")]
pub use signing::{AttestArguments, KeygenArguments};
use values::{
    count_value, date_value, days_value, diff_format_value, fault_value, format_value, number_value, seconds_value,
    seed_value, size_value,
};

thread_local! {
    /// The language that the texts of the call are made in while `parse` runs.
    pub(super) static LANG: Cell<Lang> = const { Cell::new(Lang::En) };
}

pub fn words() -> &'static dyn Phrases {
    phrases(LANG.get())
}

fn say(text: Both) -> &'static str {
    text.get(LANG.get())
}

fn watch_words() -> &'static dyn watch_texts::Phrases {
    watch_texts::phrases(LANG.get())
}

/// Reads a call, its help and the messages of its values in `lang`.
///
/// # Errors
/// When it cannot be understood, or asks for help or the version.
pub fn parse(arguments: Vec<OsString>, lang: Lang) -> Result<(Command, General), clap::Error> {
    let matches = command(lang).try_get_matches_from(arguments)?;
    Call::from_arg_matches(&matches).map(|call| (call.command, call.general))
}

/// The call as `clap` knows it, its texts in `lang`.
pub fn command(lang: Lang) -> clap::Command {
    LANG.set(lang);
    Call::command()
}

#[derive(Parser)]
#[command(
    name = "sanso", version, about = words().about(), override_usage = words().usage(),
    help_template = words().template_of_commands(), subcommand_help_heading = words().commands(),
    disable_help_flag = true, disable_version_flag = true, disable_help_subcommand = true,
    next_help_heading = words().options(), infer_subcommands = false, color = clap::ColorChoice::Never,
)]
struct Call {
    /// Read before the call is parsed; here for the help and the check.
    #[arg(long, global = true, value_enum, value_name = "LANG", hide_possible_values = true,
        help = words().lang_help(), overrides_with = "lang", display_order = 100)]
    #[allow(dead_code)]
    lang: Option<LangWord>,
    #[arg(short, long, global = true, action = clap::ArgAction::Help, help = words().help_help(), display_order = 101)]
    #[allow(dead_code)]
    help: Option<bool>,
    #[arg(short = 'V', long, action = clap::ArgAction::Version, help = words().version_help(), display_order = 102)]
    #[allow(dead_code)]
    version: Option<bool>,
    #[command(flatten)]
    general: General,
    #[command(subcommand)]
    command: Command,
}

/// What is to be done.
#[derive(Subcommand)]
pub enum Command {
    /// Verify files.
    #[command(about = words().verify_about(), override_usage = words().verify_usage(),
        help_template = words().template(), next_help_heading = words().options())]
    Verify(VerifyArguments),
    /// Compare two files.
    #[command(about = words().diff_about(), override_usage = words().diff_usage(),
        help_template = words().template(), next_help_heading = words().options())]
    Diff(DiffArguments),
    /// Verify files whenever they are saved.
    #[command(about = watch_words().about(), override_usage = watch_words().usage(),
        help_template = words().template(), next_help_heading = words().options())]
    Watch(WatchArguments),
    /// Explain a requirement.
    #[command(about = words().explain_about(), override_usage = words().explain_usage(),
        help_template = words().template(), next_help_heading = words().options())]
    Explain(ExplainArguments),
    /// Write a certificate.
    #[command(about = words().prove_about(), override_usage = words().prove_usage(),
        help_template = words().template(), next_help_heading = words().options())]
    Prove(ProveArguments),
    /// Check a certificate.
    #[cfg(feature = "check")]
    #[command(about = words().check_about(), override_usage = words().check_usage(),
        help_template = words().template(), next_help_heading = words().options())]
    Check(CheckArguments),
    /// Sign what was verified.
    #[cfg(feature = "sign")]
    #[command(about = words().attest_about(), override_usage = words().attest_usage(),
        help_template = words().template(), next_help_heading = words().options())]
    Attest(AttestArguments),
    /// Make a key to sign with.
    #[cfg(feature = "sign")]
    #[command(about = words().keygen_about(), override_usage = words().keygen_usage(),
        help_template = words().template(), next_help_heading = words().options())]
    Keygen(KeygenArguments),
    /// Write a document as JSON.
    #[command(about = words().convert_about(), override_usage = words().convert_usage(),
        help_template = words().template(), next_help_heading = words().options())]
    Convert(ConvertArguments),
    #[command(flatten)]
    Devices(devices::Command),
    #[command(flatten)]
    Questions(questions::Command),
    /// Write a generated network.
    #[command(about = words().generate_about(), override_usage = words().generate_usage(),
        help_template = words().template(), next_help_heading = words().options())]
    Generate(GenerateArguments),
    /// Accept violations.
    #[command(about = say(texts::BASELINE_ABOUT), override_usage = say(texts::BASELINE_USAGE),
        help_template = words().template(), next_help_heading = words().options())]
    Baseline(BaselineArguments),
    /// Policies.
    #[command(about = say(policy::ABOUT), override_usage = say(policy::USAGE),
        help_template = words().template(), next_help_heading = words().options())]
    Policy(policy::PolicyArguments),
    /// Print completions and manual pages.
    #[cfg(feature = "completions")]
    #[command(about = say(texts::COMPLETIONS_ABOUT), override_usage = say(texts::COMPLETIONS_USAGE),
        help_template = words().template(), next_help_heading = words().options())]
    Completions(CompletionsArguments),
    /// Print the JSON Schema.
    #[command(about = words().schema_about(), override_usage = words().schema_usage(),
        help_template = words().template(), next_help_heading = words().options())]
    Schema,
}

/// Limits of a call.
#[derive(Args)]
pub struct LimitArguments {
    /// After this time what is not decided stays undecided, and what is not compared not compared.
    #[arg(long, value_name = "SECONDS", value_parser = seconds_value, allow_negative_numbers = true, help = words().limit_time_help())]
    pub limit_time: Option<Duration>,
    /// Where the process holds this much memory likewise.
    #[arg(long, value_name = "SIZE", value_parser = size_value, help = words().limit_memory_help())]
    pub limit_memory: Option<u64>,
}

/// A call of `verify`.
#[derive(Args)]
pub struct VerifyArguments {
    /// The files; `-` is standard input.
    #[arg(required = true, value_name = "FILE", help = say(texts::FILES), help_heading = words().arguments())]
    pub files: Vec<PathBuf>,
    /// The formats of the result, and where they go.
    #[arg(long, value_name = "FORMAT[=OUT]", value_parser = format_value, help = words().format_help(&formats::known()))]
    pub format: Vec<Wanted>,
    /// The policy.
    #[arg(long, help = words().policy_help())]
    pub policy: Option<String>,
    /// Today, for the expiry of exceptions.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date_value, help = words().date_help())]
    pub date: Option<Date>,
    /// Violating tuples listed of each requirement.
    #[arg(long, value_name = "N", default_value = "1000", value_parser = number_value, allow_negative_numbers = true,
        help = words().max_tuples_help(), hide_default_value = true)]
    pub max_tuples: usize,
    /// Limits.
    #[command(flatten)]
    pub limits: LimitArguments,
    /// Where a certificate of what was found goes.
    #[arg(long, value_name = "CERT", help = words().certificate_output_help())]
    pub certificate: Option<PathBuf>,
    /// Whether names and addresses are replaced.
    #[arg(long, help = words().redact_help())]
    pub redact: bool,
    /// What makes the call end in status 1.
    #[arg(long, value_name = "WHAT", value_enum, hide_possible_values = true, help = words().verify_fail_on_help())]
    pub fail_on: Option<VerifyFailOn>,
    /// What is accepted.
    #[arg(long, value_name = "BASELINE", help = say(texts::BASELINE))]
    pub baseline: Option<PathBuf>,
    /// What expires within so many days is warned of.
    #[arg(long, value_name = "TIME", value_parser = days_value, help = say(texts::EXPIRES_WITHIN))]
    pub expires_within: Option<u32>,
    /// What the audit report says of the audit itself.
    #[arg(long, value_name = "FILE", help = say(texts::DOSSIER))]
    pub dossier: Option<PathBuf>,
}

/// A call of `diff`.
#[derive(Args)]
pub struct DiffArguments {
    /// The old document; `-` is standard input.
    #[arg(value_name = "OLD", help = words().old_file_help(), help_heading = words().arguments())]
    pub old: PathBuf,
    /// The new document; `-` is standard input.
    #[arg(value_name = "NEW", help = words().new_file_help(), help_heading = words().arguments())]
    pub new: PathBuf,
    /// The formats of the difference, and where they go.
    #[arg(long, value_name = "FORMAT[=OUT]", default_value = "text", value_parser = diff_format_value,
        help = words().diff_format_help(), hide_default_value = true)]
    pub format: Vec<Wanted<DiffFormat>>,
    /// What makes the call end in status 1.
    #[arg(long, value_name = "WHAT", value_enum, default_value = "widening", hide_possible_values = true,
        help = words().fail_on_help(), hide_default_value = true)]
    pub fail_on: FailOn,
    /// The policy.
    #[arg(long, help = words().policy_help())]
    pub policy: Option<String>,
    /// Today, for the expiry of exceptions.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date_value, help = words().date_help())]
    pub date: Option<Date>,
    /// The day on which the old document is judged.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date_value, help = words().old_date_help())]
    pub old_date: Option<Date>,
    /// Tuples listed of each group.
    #[arg(long, value_name = "N", default_value = "1000", value_parser = number_value, allow_negative_numbers = true,
        help = words().max_tuples_help(), hide_default_value = true)]
    pub max_tuples: usize,
    /// Limits.
    #[command(flatten)]
    pub limits: LimitArguments,
}

/// A format of what is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WatchFormat {
    /// For people at a terminal.
    Text,
    /// For editors: an object a line.
    Json,
}

/// A call of `watch`.
#[derive(Args)]
pub struct WatchArguments {
    /// The files.
    #[arg(required = true, value_name = "FILE", help = watch_words().file_help(), help_heading = words().arguments())]
    pub files: Vec<PathBuf>,
    /// The format of what is told.
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text", hide_possible_values = true,
        help = watch_words().format_help(), hide_default_value = true)]
    pub format: WatchFormat,
    /// The policy.
    #[arg(long, help = words().policy_help())]
    pub policy: Option<String>,
    /// Today, for the expiry of exceptions.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date_value, help = words().date_help())]
    pub date: Option<Date>,
    /// Violating tuples listed of each requirement.
    #[arg(long, value_name = "N", default_value = "1000", value_parser = number_value, allow_negative_numbers = true,
        help = words().max_tuples_help(), hide_default_value = true)]
    pub max_tuples: usize,
    /// Limits.
    #[command(flatten)]
    pub limits: LimitArguments,
}

/// A call of `prove`.
#[derive(Args)]
pub struct ProveArguments {
    /// The file; `-` is standard input.
    #[arg(value_name = "FILE", help = words().file_help(), help_heading = words().arguments())]
    pub file: PathBuf,
    /// Where the certificate goes.
    #[arg(short, long, value_name = "CERT", help = words().output_help())]
    pub output: Option<PathBuf>,
    /// Prove of violated requirements, too, that no other tuples violate them.
    #[arg(long, help = words().complete_help())]
    pub complete: bool,
    /// The policy.
    #[arg(long, help = words().policy_help())]
    pub policy: Option<String>,
    /// Today, for the expiry of exceptions.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date_value, help = words().date_help())]
    pub date: Option<Date>,
    /// Violating tuples listed of each requirement.
    #[arg(long, value_name = "N", default_value = "1000", value_parser = number_value, allow_negative_numbers = true,
        help = words().max_tuples_help(), hide_default_value = true)]
    pub max_tuples: usize,
    /// Limits.
    #[command(flatten)]
    pub limits: LimitArguments,
}

/// A call of `convert`.
#[derive(Args)]
pub struct ConvertArguments {
    /// The file; `-` is standard input.
    #[arg(value_name = "FILE", help = words().file_help(), help_heading = words().arguments())]
    pub file: PathBuf,
    /// Where the JSON goes.
    #[arg(short, long, value_name = "JSON", help = words().output_help())]
    pub output: Option<PathBuf>,
}

/// A call of `generate`.
#[derive(Args)]
pub struct GenerateArguments {
    /// Sites.
    #[arg(long, value_name = "N", default_value = "3", value_parser = count_value, help = words().sites_help(),
        hide_default_value = true)]
    pub sites: u32,
    /// Terminals of each tier at each site.
    #[arg(long, value_name = "N", default_value = "10", value_parser = count_value, help = words().terminals_help(),
        hide_default_value = true)]
    pub terminals: u32,
    /// Rules to pad the firewalls with.
    #[arg(long, value_name = "N", default_value = "0", value_parser = count_value, help = words().rules_help(),
        hide_default_value = true)]
    pub rules: u32,
    /// Whether every site has a firewall.
    #[arg(long, help = words().site_firewalls_help())]
    pub site_firewalls: bool,
    /// Whether hosts have IPv6 addresses too.
    #[arg(long, help = words().ipv6_help())]
    pub ipv6: bool,
    /// Whether the Internet edge translates addresses.
    #[arg(long, help = say(texts::CITY_NAT))]
    pub nat: bool,
    /// Determines names and where faults strike.
    #[arg(long, value_name = "N", default_value = "1", value_parser = seed_value, help = words().seed_help(),
        hide_default_value = true)]
    pub seed: u64,
    /// Name of the document.
    #[arg(long, value_name = "NAME", help = words().name_help())]
    pub name: Option<String>,
    /// Mistakes to build in.
    #[arg(long = "fault", value_name = "FAULT", value_parser = fault_value, help = words().fault_help())]
    pub faults: Vec<Fault>,
    /// Where the JSON goes.
    #[arg(short, long, value_name = "JSON", help = words().output_help())]
    pub output: Option<PathBuf>,
}

impl Command {
    /// The files whose configuration is asked for.
    pub fn files(&self) -> Vec<&std::path::Path> {
        match self {
            Self::Verify(VerifyArguments { files, .. })
            | Self::Watch(WatchArguments { files, .. })
            | Self::Baseline(BaselineArguments { files, .. }) => files.iter().map(PathBuf::as_path).collect(),
            Self::Diff(DiffArguments { new, .. }) => vec![new],
            Self::Prove(ProveArguments { file, .. }) => vec![file],
            #[cfg(feature = "sign")]
            Self::Attest(AttestArguments { file, .. }) => vec![file],
            _ => Vec::new(),
        }
    }
}

/// A call of `explain`.
#[derive(Args)]
pub struct ExplainArguments {
    /// The requirement; left out: list them.
    #[arg(value_name = "REQUIREMENT", help = words().requirement_help(), help_heading = words().arguments())]
    pub requirement: Option<String>,
    /// The policy.
    #[arg(long, help = words().policy_help())]
    pub policy: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum LangWord {
    Ja,
    En,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_well_formed_in_both_languages() {
        for lang in [Lang::En, Lang::Ja] {
            LANG.set(lang);
            Call::command().debug_assert();
        }
    }
}
