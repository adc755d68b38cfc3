//! `sanso coverage`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use sanso::question::coverage::run_coverage;
use sanso::render::coverage as words_of_coverage;
use sanso::report::coverage::Found;
use sanso::source::Source;
use sanso::verify::Options;

use super::super::Context;
use super::super::arguments::values::number_value;
use super::super::arguments::words;
use super::super::status::Status;
use super::super::texts::Both;
use super::{PATH, Terms, asked, say, write};

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

/// Answers.
///
/// # Errors
/// When the call cannot be used or the answer cannot be written.
pub fn run(arguments: &CoverageArguments, context: &Context) -> Result<Status> {
    let ask = |source: &Source, options: &Options<'_>| run_coverage(source, options, arguments.sample);
    let found = match asked(&arguments.path, &arguments.terms, context, ask)? {
        Ok(found) => found,
        Err(status) => return Ok(status),
    };
    let words = (words_of_coverage::text as _, words_of_coverage::json as _, words_of_coverage::markdown as _);
    write(&found, arguments.terms.format, words, context)?;
    // What is not decided by design is told of; a limit of the call is a status too.
    let limits = &arguments.terms.limits;
    let limited = limits.limit_time.is_some() || limits.limit_memory.is_some();
    let open = !found.undecided.is_empty() || found.tried.iter().any(|slip| slip.found == Found::Undecided);
    Ok(if limited && open { Status::Undecided } else { Status::Proved })
}
