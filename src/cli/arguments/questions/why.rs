//! The call of `why`.

use std::path::PathBuf;

use clap::Args;

use super::super::super::texts::Both;
use super::super::{LimitArguments, say, words};
use super::{FORMAT, Format, PATH};

pub const ABOUT: Both = Both(
    "The way that data takes from one node to another, or what keeps it from getting there",
    "ノードからノードへデータが届く経路、または届かない理由を示す",
);
pub const USAGE: Both = Both("sanso why [OPTIONS] PATH FROM TO", "sanso why [オプション] パス 始点 終点");
const FROM: Both = Both("Where data comes from: a node, `zone:Z`, an address", "始点。ノード、`zone:領域`、アドレス");
const TO: Both = Both("Where it is to get", "終点。書き方は始点と同じ");
const SERVICE: Both = Both(
    "What the last session is to have, as its receiver sees it; may be given several times",
    "最後の通信のサービス（受け側から見たもの）。繰り返し指定できる",
);
const DIRECT: Both = Both(
    "Only one session that the first opens to the second",
    "始点が終点に直接開く通信だけを調べる（中継を使わない）",
);
const WAYS: Both = Both(
    "So many ways at most, none sharing an obstacle with another [default: 1]",
    "障害を共有しない経路を何本まで示すか（省略時: 1）",
);

/// A call of `why`.
#[derive(Args)]
pub struct WhyArguments {
    /// What is asked about.
    #[arg(value_name = "PATH", help = say(PATH), help_heading = words().arguments())]
    pub path: PathBuf,
    /// Where data comes from.
    #[arg(value_name = "FROM", help = say(FROM), help_heading = words().arguments())]
    #[cfg_attr(feature = "completions", arg(add = clap_complete::ArgValueCompleter::new(crate::cli::complete::nodes_and_zones)))]
    pub from: String,
    /// Where it is to get.
    #[arg(value_name = "TO", help = say(TO), help_heading = words().arguments())]
    #[cfg_attr(feature = "completions", arg(add = clap_complete::ArgValueCompleter::new(crate::cli::complete::nodes_and_zones)))]
    pub to: String,
    /// The services of the last session.
    #[arg(long = "service", value_name = "SERVICE", help = say(SERVICE))]
    pub services: Vec<String>,
    /// No relays.
    #[arg(long, help = say(DIRECT))]
    pub direct: bool,
    /// How many ways.
    #[arg(long, value_name = "N", default_value_t = 1, help = say(WAYS), hide_default_value = true)]
    pub ways: usize,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT", help = say(FORMAT),
        hide_default_value = true, hide_possible_values = true)]
    pub format: Format,
    /// Limits.
    #[command(flatten)]
    pub limits: LimitArguments,
}
