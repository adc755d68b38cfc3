//! The calls that read what devices have: `import` and `packet`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[cfg(feature = "completions")]
use super::super::complete;
use super::super::devices::{Phrases, phrases};
use super::{LANG, words};

fn own() -> &'static dyn Phrases {
    phrases(LANG.get())
}

/// What is to be done.
#[derive(Subcommand)]
pub enum Command {
    /// Make a document of configurations.
    #[command(about = own().import_about(), override_usage = own().import_usage(),
        help_template = words().template(), next_help_heading = words().options())]
    Import(ImportArguments),
    /// Ask what becomes of packets.
    #[command(about = own().packet_about(), override_usage = own().packet_usage(),
        help_template = words().template(), next_help_heading = words().options())]
    Packet(PacketArguments),
}

/// A call of `import`.
#[derive(Args)]
pub struct ImportArguments {
    /// Files, or folders of them.
    #[arg(required = true, value_name = "PATH", help = own().path_help(), help_heading = words().arguments())]
    pub paths: Vec<PathBuf>,
    /// Where the document goes.
    #[arg(short, long, value_name = "FILE", help = own().output_help())]
    pub output: Option<PathBuf>,
    /// The format of the files.
    #[arg(long, value_name = "FORMAT", help = own().format_help())]
    pub import_format: Option<String>,
    /// Where the report goes.
    #[arg(long, value_name = "FILE", help = own().report_help())]
    pub report: Option<PathBuf>,
    /// Status 1 where something was not understood.
    #[arg(long, help = own().strict_help())]
    pub strict: bool,
}

/// The formats of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AnswerFormat {
    /// For people.
    Text,
    /// An object a line.
    Json,
}

/// A call of `packet`.
#[derive(Args)]
pub struct PacketArguments {
    /// A configuration or a document.
    #[arg(value_name = "PATH", help = own().asked_path_help(), help_heading = words().arguments())]
    pub path: PathBuf,
    /// Packets.
    #[arg(value_name = "PACKET", help = own().packet_help(), help_heading = words().arguments())]
    pub packet: Vec<String>,
    /// A list of packets.
    #[arg(long, value_name = "CSV", help = own().packets_help())]
    pub packets: Option<PathBuf>,
    /// The format of the file.
    #[arg(long, value_name = "FORMAT", help = own().format_help())]
    pub import_format: Option<String>,
    /// The node.
    #[arg(long, value_name = "NODE", help = own().node_help())]
    #[cfg_attr(feature = "completions", arg(add = clap_complete::ArgValueCompleter::new(complete::nodes)))]
    pub node: Option<String>,
    /// The way in.
    #[arg(long = "in", value_name = "INTERFACE", help = own().in_help())]
    pub way_in: Option<String>,
    /// The way out.
    #[arg(long = "out", value_name = "INTERFACE", help = own().out_help())]
    pub way_out: Option<String>,
    /// Who sends it.
    #[arg(long, value_name = "NODE", conflicts_with_all = ["node", "way_in", "way_out", "packets"], help = own().sender_help())]
    #[cfg_attr(feature = "completions", arg(add = clap_complete::ArgValueCompleter::new(complete::nodes)))]
    pub from: Option<String>,
    /// The format of the answers.
    #[arg(long, value_enum, default_value_t = AnswerFormat::Text, value_name = "FORMAT",
        help = own().answer_format_help(), hide_default_value = true, hide_possible_values = true)]
    pub format: AnswerFormat,
}
