//! Calls that sign, and that make keys.

use std::path::PathBuf;

use clap::Args;
use sanso::document::Date;

use super::super::phrases::signing;
use super::values::date_value;
use super::{LANG, LimitArguments, words};

/// A call of `attest`.
#[derive(Args)]
pub struct AttestArguments {
    /// The file; `-` is standard input.
    #[arg(value_name = "FILE", help = words().file_help(), help_heading = words().arguments())]
    pub file: PathBuf,
    /// The private key.
    #[arg(long, value_name = "KEY", help = words().key_help())]
    pub key: PathBuf,
    /// Where the passphrase of the key is.
    #[arg(long, value_name = "FILE", help = signing::passphrase_file_help(LANG.get()))]
    pub passphrase_file: Option<PathBuf>,
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
    #[arg(long, help = words().policy_help())]
    pub policy: Option<String>,
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
    /// Whose the key is.
    #[arg(long, value_name = "NAME", help = signing::signer_name_help(LANG.get()))]
    pub name: Option<String>,
    /// Whether a passphrase is asked for.
    #[arg(long, help = signing::passphrase_help(LANG.get()))]
    pub passphrase: bool,
    /// Where the passphrase is.
    #[arg(long, value_name = "FILE", help = signing::passphrase_file_help(LANG.get()))]
    pub passphrase_file: Option<PathBuf>,
}
