//! The call of `repair`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::super::super::texts::Both;
use super::super::{say, words};
use super::{PATH, Terms};

pub const ABOUT: Both = Both(
    "A least set of edits after which no requirement is violated and what must be possible still is",
    "違反をなくし、必要な通信を残す、最小の編集を求める",
);
pub const USAGE: Both = Both("sanso repair [OPTIONS] PATH", "sanso repair [オプション] パス");
const KEEP: Both = Both(
    "Entries of `expects` that must stay possible [default: all that are]",
    "通り続けなければならない `expects` の項目（省略時: 今通るものすべて）",
);
const ALLOW: Both = Both(
    "Only these edits: rules, links, relays, vlans",
    "使ってよい編集: rules、links、relays、vlans（省略時: すべて）",
);
const CERTIFICATE: Both = Both(
    "Write a certificate of the least that any repair costs, for sanso check, to CERT.json",
    "是正にかかる最小コストの証明書（sanso check 用）を CERT.json に書く",
);
const OUT: Both = Both("Write the repaired document to OUT", "是正した文書を OUT に書く");

/// A kind of edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Rules that deny.
    Rules,
    /// Links that are cut.
    Links,
    /// Lists of relays.
    Relays,
    /// VLANs of links.
    Vlans,
}

/// A call.
#[derive(Args)]
pub struct RepairArguments {
    /// What is asked about.
    #[arg(value_name = "PATH", help = say(PATH), help_heading = words().arguments())]
    pub path: PathBuf,
    /// What must stay possible.
    #[arg(long, value_name = "ID", value_delimiter = ',', help = say(KEEP))]
    pub keep: Vec<String>,
    /// What may be used.
    #[arg(long, value_name = "KIND", value_enum, value_delimiter = ',', help = say(ALLOW), hide_possible_values = true)]
    pub allow: Vec<Kind>,
    /// Where the new document goes.
    #[arg(short, long, value_name = "OUT", help = say(OUT))]
    pub output: Option<PathBuf>,
    /// Where the certificate goes.
    #[arg(long, value_name = "CERT.json", help = say(CERTIFICATE))]
    pub certificate: Option<PathBuf>,
    /// By what, and how.
    #[command(flatten)]
    pub terms: Terms,
}
