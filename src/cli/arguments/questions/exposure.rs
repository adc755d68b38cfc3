//! The call of `exposure`.

use std::path::PathBuf;

use clap::Args;

use super::super::super::texts::Both;
use super::super::{say, words};
use super::{PATH, Terms};

pub const ABOUT: Both = Both(
    "How many enforcement points must fail before data gets from tier to tier; or what falls with a node",
    "層のあいだの防護点がいくつ破られるとデータが届くか、または一台の侵害がどこまで及ぶかを示す",
);
pub const USAGE: Both = Both("sanso exposure [OPTIONS] PATH", "sanso exposure [オプション] パス");
const FROM: Both = Both(
    "What falls once this node has fallen, step by step",
    "このノードが侵害されたとき、どこまで及ぶかを段ごとに示す",
);

/// A call.
#[derive(Args)]
pub struct ExposureArguments {
    /// What is asked about.
    #[arg(value_name = "PATH", help = say(PATH), help_heading = words().arguments())]
    pub path: PathBuf,
    /// The node that falls first.
    #[arg(long, value_name = "NODE", help = say(FROM))]
    #[cfg_attr(feature = "completions", arg(add = clap_complete::ArgValueCompleter::new(crate::cli::complete::nodes)))]
    pub from: Option<String>,
    /// By what, and how.
    #[command(flatten)]
    pub terms: Terms,
}
