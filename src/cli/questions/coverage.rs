//! `sanso coverage`.

use anyhow::Result;
use sanso::question::coverage::run_coverage;
use sanso::render::coverage as words_of_coverage;
use sanso::report::coverage::Found;
use sanso::source::Source;
use sanso::verify::Options;

use super::super::Context;
use super::super::arguments::questions::coverage::CoverageArguments;
use super::super::status::Status;
use super::{asked, write};

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
