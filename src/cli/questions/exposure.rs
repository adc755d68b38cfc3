//! `sanso exposure`.

use anyhow::{Result, bail};
use sanso::question::exposure::{Asking, Unasked, run_exposure};
use sanso::render::exposure as in_words;
use sanso::report::exposure::{Answer, Depth};
use sanso::screen::visible;
use sanso::source::Source;
use sanso::verify::Options;

use super::why::{NEAREST, NO_ENDPOINT, NOBODY};
use super::{asked, write};
use crate::cli::Context;
use crate::cli::arguments::questions::exposure::ExposureArguments;
use crate::cli::status::Status;

/// Answers.
///
/// # Errors
/// When the call cannot be used or the answer cannot be written.
pub fn run(arguments: &ExposureArguments, context: &Context) -> Result<Status> {
    let asking = arguments.from.as_deref().map_or(Asking::Depth, Asking::From);
    let ask = |source: &Source, options: &Options<'_>| run_exposure(source, options, asking);
    let found = match asked(&arguments.path, &arguments.terms, context, ask)? {
        Ok(Ok(found)) => found,
        Ok(Err(unasked)) => bail!("{}", told(&unasked, arguments, context)),
        Err(status) => return Ok(status),
    };
    let words = (in_words::text as _, in_words::json as _, in_words::markdown as _);
    write(&found, arguments.terms.format, words, context)?;
    let open = match &found.answer {
        Answer::Depths(pairs) => pairs.iter().any(|pair| pair.depth == Depth::Open),
        Answer::Falls(falls) => falls.open,
    };
    Ok(if open { Status::Undecided } else { Status::Proved })
}

fn told(unasked: &Unasked, arguments: &ExposureArguments, context: &Context) -> String {
    let node = visible(arguments.from.as_deref().unwrap_or_default());
    let path = arguments.path.to_string_lossy();
    match unasked {
        Unasked::Nobody(nearest) => {
            let mut said = NOBODY.with(context.lang, &[&node, &visible(&path)]);
            if let Some(nearest) = nearest {
                said.push_str(&NEAREST.with(context.lang, &[&visible(nearest)]));
            }
            said
        }
        Unasked::NoEndpoint => NO_ENDPOINT.with(context.lang, &[&node]),
    }
}
