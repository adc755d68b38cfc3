//! `sanso diff`: what is wider and what is narrower in the new of two documents.

use std::path::Path;

use anyhow::{Result, bail};
use sanso::diff::{Refused, run_diff};
use sanso::render::diagnostics;
#[cfg(feature = "junit")]
use sanso::render::diff::junit;
use sanso::render::diff::{github, html, json, markdown, sarif, text};
use sanso::report::diff::{Diff, Direction};
use sanso::source::SourceText;
use sanso::verify::Options;

use super::arguments::DiffArguments;
use super::chosen::Choice;
use super::formats::diff::{DiffFormat, FailOn};
use super::formats::{self, Wanted};
use super::open::open;
use super::output::{write_output, write_stderr};
use super::phrases::phrases;
use super::progress::Ticker;
use super::status::Status;
use super::{Context, apart, date, left_out, limits};

/// Compares the two files and writes how they differ.
///
/// # Errors
/// When the call cannot be used or the difference cannot be written. Files that cannot be used are told of on stderr.
pub fn run(arguments: &DiffArguments, context: &Context) -> Result<Status> {
    let words = phrases(context.lang);
    let date = date::today(arguments.date, words)?;
    let stdin = |file: &Path| file == Path::new("-");
    if stdin(&arguments.old) && stdin(&arguments.new) {
        bail!("{}", words.stdin_twice());
    }
    formats::check_outputs(&arguments.format, words)?;
    arguments.format.iter().try_for_each(|one| left_out::format(one.format.word(), context.lang))?;
    let outputs = arguments.format.iter().filter_map(|wanted| wanted.file.as_deref());
    apart::check([arguments.old.as_path(), &arguments.new], outputs, context)?;
    let choice = Choice::of(arguments.policy.as_deref(), arguments.date, context)?;
    let limits = limits::Set::from(&arguments.limits);
    limits.watch(context);
    let (old, new) = match (open(&arguments.old, limits, context), open(&arguments.new, limits, context)) {
        (Ok(old), Ok(new)) => (old, new),
        (old, new) => return Ok([old.err(), new.err()].into_iter().flatten().max().unwrap_or(Status::Unusable)),
    };
    // Both are held against what the new one asks for; where the old one asks for something else, it is refused.
    let chosen = match choice.for_document(&new, &arguments.new) {
        Ok(chosen) => chosen,
        Err(status) => return Ok(status),
    };
    chosen.tell(context);
    let policy = chosen.policy;
    let ticker = Ticker::start(context.shows_progress(), new.name(), context.lang);
    let options = Options {
        policy,
        date,
        max_tuples: arguments.max_tuples,
        limit: limits.time,
        memory: limits.memory(),
        audit: false,
        rationale: false,
        progress: &ticker,
    };
    // Each of the documents, and what comes of comparing them.
    limits.turns(3);
    let outcome = run_diff(&old, &new, &options, arguments.old_date.unwrap_or(date));
    drop(ticker);
    limits.turns(1);
    let diff = match outcome {
        Ok(diff) => diff,
        Err(Refused { old: of_old, new: of_new }) => {
            for (found, source) in [(of_old, &old), (of_new, &new)] {
                let Some(found) = found else { continue };
                let text = SourceText::of(source);
                write_stderr(&diagnostics::render(&found.into_sorted(), &text, context.lang, context.stderr.color));
            }
            return Ok(Status::Unusable);
        }
    };
    let status = status(&diff, arguments.fail_on);
    write(&arguments.format, &diff, status, context)?;
    Ok(status)
}

fn status(diff: &Diff, fail_on: FailOn) -> Status {
    let fails = match fail_on {
        FailOn::Widening => !diff.widenings.is_empty(),
        FailOn::Change => !matches!(diff.direction, Direction::Unchanged | Direction::NotCompared),
        FailOn::Never => false,
    };
    match (fails, diff.undecided) {
        (true, _) => Status::Violated,
        (false, true) => Status::Undecided,
        (false, false) => Status::Proved,
    }
}

/// Writes the difference. Everything is rendered before anything is written.
fn write(wanted: &[Wanted<DiffFormat>], diff: &Diff, status: Status, context: &Context) -> Result<()> {
    // What programs read does not depend on whose terminal it is.
    let lang_of_data = context.lang_asked.unwrap_or_default();
    let mut outputs = Vec::with_capacity(wanted.len());
    for Wanted { format, file } in wanted {
        let color = file.is_none() && context.stdout.color;
        let text = match format {
            DiffFormat::Text => text::render(diff, sanso::render::text::Options { lang: context.lang, color }),
            DiffFormat::Json => json::render(diff, lang_of_data)?,
            DiffFormat::Markdown => markdown::render(diff, context.lang),
            DiffFormat::Sarif => sarif::render(diff, status.code(), lang_of_data)?,
            #[cfg(feature = "junit")]
            DiffFormat::Junit => junit::render(diff, lang_of_data)?,
            #[cfg(not(feature = "junit"))]
            DiffFormat::Junit => bail!("{}", phrases(context.lang).internal_error()), // refused before
            DiffFormat::Html => html::render(diff, context.lang),
            DiffFormat::Github => github::render(diff, context.lang),
        };
        outputs.push((text, file.as_deref()));
    }
    for (text, file) in outputs {
        write_output(file, text.as_bytes(), context)?;
    }
    Ok(())
}
