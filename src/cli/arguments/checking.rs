//! The call of `check`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use sanso::language::Lang;

use super::super::texts;
use super::{LANG, say, words};

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
    /// The policy that the certificate is for.
    #[arg(long, help = say(texts::CHECKED_POLICY))]
    pub policy: Option<String>,
    #[command(flatten)]
    pub answer: AnswerArguments,
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

/// How the checker answers.
#[derive(Args)]
pub struct AnswerArguments {
    /// The format of the answer.
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text", hide_possible_values = true,
        hide_default_value = true, conflicts_with = "attestation", help = format_help())]
    pub format: CheckFormat,
}

/// A format of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

fn format_help() -> &'static str {
    match LANG.get() {
        Lang::En => "text (default), or json: the checker's answer as one object",
        Lang::Ja => "text（既定）または json（検査プログラムの回答を 1 つのオブジェクトで）",
    }
}
