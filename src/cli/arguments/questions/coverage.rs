//! The call of `coverage`.

use std::path::PathBuf;

use clap::Args;

use super::super::super::texts::Both;
use super::super::values::number_value;
use super::super::{say, words};
use super::{PATH, Terms};

pub const ABOUT: Both = Both(
    "Make every place of a document wrong in turn, and see which requirement notices",
    "文書の箇所を一つずつ誤らせ、どの要件が検出するかを調べる",
);
pub const USAGE: Both = Both("sanso coverage [OPTIONS] PATH", "sanso coverage [オプション] パス");
const SAMPLE: Both = Both(
    "Try so many of the slips, evenly spread; the same ones on each run [default: all]",
    "試す誤りの数。均等に選び、毎回同じものになる（省略時: すべて）",
);

/// A call.
#[derive(Args)]
pub struct CoverageArguments {
    /// What is asked about.
    #[arg(value_name = "PATH", help = say(PATH), help_heading = words().arguments())]
    pub path: PathBuf,
    /// How many slips.
    #[arg(long, value_name = "N", value_parser = number_value, help = say(SAMPLE))]
    pub sample: Option<usize>,
    /// By what, and how.
    #[command(flatten)]
    pub terms: Terms,
}
