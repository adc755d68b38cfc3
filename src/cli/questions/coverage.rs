//! `sanso coverage`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use sanso::document::Date;
use sanso::question::coverage::run_coverage;
use sanso::render::coverage as words_of_coverage;
use sanso::source::Source;
use sanso::verify::Options;

use super::super::Context;
use super::super::arguments::values::{date_value, number_value};
use super::super::arguments::words;
use super::super::output::write_output;
use super::super::status::Status;
use super::super::texts::Both;
use super::{DATE, FORMAT, Format, PATH, POLICY, asked, say};

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
    /// The policy.
    #[arg(long, value_name = "POLICY", help = say(POLICY))]
    pub policy: Option<String>,
    /// Today.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date_value, help = say(DATE))]
    pub date: Option<Date>,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT", help = say(FORMAT),
        hide_default_value = true, hide_possible_values = true)]
    pub format: Format,
}

/// Answers.
///
/// # Errors
/// When the call cannot be used or the answer cannot be written.
pub fn run(arguments: &CoverageArguments, context: &Context) -> Result<Status> {
    let terms = (&*arguments.path, arguments.policy.as_deref(), arguments.date);
    let ask = |source: &Source, options: &Options<'_>| run_coverage(source, options, arguments.sample);
    let found = match asked(terms, context, ask)? {
        Ok(found) => found,
        Err(status) => return Ok(status),
    };
    let text = match arguments.format {
        Format::Text => words_of_coverage::text(&found, context.lang, context.stdout.color),
        Format::Json => words_of_coverage::json(&found, context.lang),
        Format::Markdown => words_of_coverage::markdown(&found, context.lang),
    };
    write_output(None, text.as_bytes(), context)?;
    Ok(Status::Proved)
}
