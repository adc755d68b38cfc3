//! The shape of a call. Help texts come from `phrases`, so that each exists in both languages.

use std::cell::Cell;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use sanso::city::Fault;
use sanso::document::Date;
use sanso::language::Lang;
use sanso::report::visible;

use super::diff::{self, DiffFormat, FailOn};
use super::formats::{self, Wanted};
use super::phrases::{Phrases, phrases};
use super::watch::{self, WatchFormat};

thread_local! {
    /// The language that the texts of the call are made in while `parse` runs.
    static LANG: Cell<Lang> = const { Cell::new(Lang::En) };
}

fn words() -> &'static dyn Phrases {
    phrases(LANG.get())
}

fn watch_words() -> &'static dyn watch::phrases::Phrases {
    watch::phrases::phrases(LANG.get())
}

/// Reads a call, its help and the messages of its values in `lang`.
///
/// # Errors
/// When it cannot be understood, or asks for help or the version.
pub fn parse(arguments: Vec<OsString>, lang: Lang) -> Result<Command, clap::Error> {
    LANG.set(lang);
    let matches = Call::command().try_get_matches_from(arguments)?;
    Call::from_arg_matches(&matches).map(|call| call.command)
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
    #[command(about = words().check_about(), override_usage = words().check_usage(),
        help_template = words().template(), next_help_heading = words().options())]
    Check(CheckArguments),
    /// Sign what was verified.
    #[command(about = words().attest_about(), override_usage = words().attest_usage(),
        help_template = words().template(), next_help_heading = words().options())]
    Attest(AttestArguments),
    /// Make a key to sign with.
    #[command(about = words().keygen_about(), override_usage = words().keygen_usage(),
        help_template = words().template(), next_help_heading = words().options())]
    Keygen(KeygenArguments),
    /// Write a document as JSON.
    #[command(about = words().convert_about(), override_usage = words().convert_usage(),
        help_template = words().template(), next_help_heading = words().options())]
    Convert(ConvertArguments),
    /// Write a generated network.
    #[command(about = words().generate_about(), override_usage = words().generate_usage(),
        help_template = words().template(), next_help_heading = words().options())]
    Generate(GenerateArguments),
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
    #[arg(required = true, value_name = "FILE", help = words().file_help(), help_heading = words().arguments())]
    pub files: Vec<PathBuf>,
    /// The formats of the result, and where they go.
    #[arg(long, value_name = "FORMAT[=OUT]", default_value = "text", value_parser = format_value,
        help = words().format_help(&formats::known()), hide_default_value = true)]
    pub format: Vec<Wanted>,
    /// The policy.
    #[arg(long, default_value = sanso::policy::DEFAULT, help = words().policy_help(), hide_default_value = true)]
    pub policy: String,
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
    #[arg(long, value_name = "WHAT", value_enum, default_value = "violation", hide_possible_values = true,
        help = words().verify_fail_on_help(), hide_default_value = true)]
    pub fail_on: VerifyFailOn,
}

/// What makes a call of `verify` end in status 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum VerifyFailOn {
    /// A requirement that is violated.
    Violation,
    /// That, or a warning.
    Warning,
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
    #[arg(long, default_value = sanso::policy::DEFAULT, help = words().policy_help(), hide_default_value = true)]
    pub policy: String,
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
    #[arg(long, default_value = sanso::policy::DEFAULT, help = words().policy_help(), hide_default_value = true)]
    pub policy: String,
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
    #[arg(long, default_value = sanso::policy::DEFAULT, help = words().policy_help(), hide_default_value = true)]
    pub policy: String,
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

/// A call of `check`.
#[derive(Args)]
pub struct CheckArguments {
    /// The document that the certificate binds, as JSON.
    #[arg(value_name = "FILE", help = words().checked_file_help(), help_heading = words().arguments())]
    pub file: PathBuf,
    /// The certificate.
    #[arg(value_name = "CERT", required_unless_present = "attestation", help = words().certificate_help(),
        help_heading = words().arguments())]
    pub certificate: Option<PathBuf>,
    /// The YAML that the document was converted from.
    #[arg(long, value_name = "YAML", requires = "certificate", help = words().source_help())]
    pub source: Option<PathBuf>,
    /// An attestation of these files.
    #[arg(long, value_name = "ATT", requires = "trust", help = words().attestation_help())]
    pub attestation: Option<PathBuf>,
    /// Public keys, one of which must have signed it.
    #[arg(long, value_name = "PUB", requires = "attestation", help = words().trust_help())]
    pub trust: Vec<PathBuf>,
    /// Reports that it must cover.
    #[arg(long = "report", value_name = "REPORT", requires = "attestation", help = words().checked_report_help())]
    pub reports: Vec<PathBuf>,
}

/// A call of `attest`.
#[derive(Args)]
pub struct AttestArguments {
    /// The file; `-` is standard input.
    #[arg(value_name = "FILE", help = words().file_help(), help_heading = words().arguments())]
    pub file: PathBuf,
    /// The private key.
    #[arg(long, value_name = "KEY", help = words().key_help())]
    pub key: PathBuf,
    /// A certificate to cover.
    #[arg(long, value_name = "CERT", help = words().attested_certificate_help())]
    pub certificate: Option<PathBuf>,
    /// Reports to cover.
    #[arg(long = "report", value_name = "REPORT", help = words().attested_report_help())]
    pub reports: Vec<PathBuf>,
    /// Where the attestation goes.
    #[arg(short, long, value_name = "ATT", help = words().output_help())]
    pub output: Option<PathBuf>,
    /// The policy.
    #[arg(long, default_value = sanso::policy::DEFAULT, help = words().policy_help(), hide_default_value = true)]
    pub policy: String,
    /// Today, for the expiry of exceptions.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date_value, help = words().attest_date_help())]
    pub date: Option<Date>,
    /// Limits.
    #[command(flatten)]
    pub limits: LimitArguments,
}

/// A call of `keygen`.
#[derive(Args)]
pub struct KeygenArguments {
    /// Where the private key goes; the public one goes beside it.
    #[arg(short, long, value_name = "KEY", help = words().key_output_help())]
    pub output: PathBuf,
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

/// A call of `explain`.
#[derive(Args)]
pub struct ExplainArguments {
    /// The requirement; left out: list them.
    #[arg(value_name = "REQUIREMENT", help = words().requirement_help(), help_heading = words().arguments())]
    pub requirement: Option<String>,
    /// The policy.
    #[arg(long, default_value = sanso::policy::DEFAULT, help = words().policy_help(), hide_default_value = true)]
    pub policy: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum LangWord {
    Ja,
    En,
}

fn format_value(text: &str) -> Result<Wanted, String> {
    formats::wanted(text, words())
}

fn diff_format_value(text: &str) -> Result<Wanted<DiffFormat>, String> {
    diff::wanted(text, words())
}

fn date_value(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| words().bad_date().to_owned())
}

fn number_value(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| words().bad_number().to_owned())
}

fn count_value(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| words().bad_number().to_owned())
}

fn seed_value(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| words().bad_number().to_owned())
}

fn fault_value(text: &str) -> Result<Fault, String> {
    let known = || Fault::ALL.map(Fault::name).join(", ");
    text.parse().map_err(|_| words().bad_fault(&known()))
}

fn seconds_value(text: &str) -> Result<Duration, String> {
    let seconds: Option<f64> = text.parse().ok();
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| words().bad_seconds().to_owned())
}

/// Bytes as `1073741824`, `1024M` or `1G`, in powers of 1024.
fn size_value(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let shift = match &text[digits.len()..] {
        "" => Some(0),
        "K" | "k" | "KiB" => Some(10),
        "M" | "m" | "MiB" => Some(20),
        "G" | "g" | "GiB" => Some(30),
        "T" | "t" | "TiB" => Some(40),
        _ => None,
    };
    let size = digits.parse::<u64>().ok().zip(shift).and_then(|(number, shift)| number.checked_mul(1 << shift));
    if !super::limits::can_be_seen() {
        return Err(words().memory_unseen().to_owned());
    }
    size.ok_or_else(|| words().bad_size().to_owned())
}

/// What is wrong with a call, in `lang`, and how to get help.
pub fn explain_error(error: &clap::Error, lang: Lang) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => visible(text).into_owned(),
        Some(ContextValue::Strings(texts)) => visible(&texts.join(", ")).into_owned(),
        Some(other) => visible(&other.to_string()).into_owned(),
        None => String::new(),
    };
    let words = phrases(lang);
    let argument = text(ContextKind::InvalidArg);
    let value = text(ContextKind::InvalidValue);
    let message = match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => words.value_missing(&argument),
        ErrorKind::InvalidValue => words.value_not_allowed(&argument, &value, &text(ContextKind::ValidValue)),
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
            words.value_invalid(&argument, &value, &why)
        }
        ErrorKind::UnknownArgument => words.argument_unknown(&argument, &text(ContextKind::SuggestedArg)),
        ErrorKind::InvalidSubcommand => {
            words.command_unknown(&text(ContextKind::InvalidSubcommand), &text(ContextKind::SuggestedSubcommand))
        }
        ErrorKind::MissingRequiredArgument => words.argument_missing(&argument),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            words.command_missing().to_owned()
        }
        ErrorKind::ArgumentConflict => words.argument_conflict(&argument),
        _ => words.call_unusable().to_owned(),
    };
    format!("sanso: {}: {message}\n{}\n", words.error(), words.see_help())
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

    #[test]
    fn seconds_are_finite_and_not_negative() {
        assert_eq!(seconds_value("0.5"), Ok(Duration::from_millis(500)));
        for text in ["-1", "nan", "inf", "1e99", "x", ""] {
            assert!(seconds_value(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_are_whole_numbers_in_powers_of_1024() {
        for (text, bytes) in [("0", 0), ("4096", 4096), ("2K", 2048), ("512MiB", 512 << 20), ("16G", 16 << 30)] {
            assert_eq!(size_value(text), Ok(bytes), "{text}");
        }
        for text in ["-1", "1.5G", "G", "1MB", "1 G", "", "99999999999999999999", "20000000T", "１G"] {
            assert!(size_value(text).is_err(), "{text}");
        }
    }
}
