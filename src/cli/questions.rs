//! The calls that ask beside the verdict: `rules`, `exceptions`, and those of the modules in it.

mod coverage;
mod exposure;
mod repair;
mod why;

use std::path::Path;

use anyhow::{Result, bail};
use sanso::diagnostic::Diagnostics;
use sanso::language::Lang;
use sanso::question::exceptions::run_exceptions;
use sanso::question::rules::{Options, run_rules};
use sanso::render::{diagnostics, ledger as words_of_ledger, rules as words_of_rules};
use sanso::report::rules::Remark;
use sanso::screen::visible;
use sanso::source::{Source, SourceText};
use sanso::verify::Options as VerifyOptions;

use super::arguments::questions::{Command, ExceptionsArguments, Format, RulesArguments, Terms};
use super::chosen::Choice;
use super::devices::phrases as device_words;
use super::output::{write_output, write_stderr};
use super::phrases::phrases;
use super::status::Status;
use super::texts::Both;
use super::{Context, date, import, limits, open, packet};

const NO_NODE: Both = Both("there is no node `{}` in {}", "機器「{}」は {} にありません");

/// The words of an answer as text, JSON and Markdown.
type Words<T> = (fn(&T, Lang, bool) -> String, fn(&T, Lang) -> String, fn(&T, Lang) -> String);

/// Writes an answer.
fn write<T>(answer: &T, format: Format, (text, json, markdown): Words<T>, context: &Context) -> Result<()> {
    let written = match format {
        Format::Text => text(answer, context.lang, context.stdout.color),
        Format::Json => json(answer, context.lang),
        Format::Markdown => markdown(answer, context.lang),
    };
    write_output(None, written.as_bytes(), context)
}

/// Answers.
///
/// # Errors
/// When the call cannot be used or the answer cannot be written. Files that cannot be used are told of on stderr.
pub fn run(command: &Command, context: &Context) -> Result<Status> {
    // `why` sets its own.
    let terms = match command {
        Command::Exceptions(arguments) => Some(&arguments.terms),
        Command::Coverage(arguments) => Some(&arguments.terms),
        Command::Repair(arguments) => Some(&arguments.terms),
        Command::Exposure(arguments) => Some(&arguments.terms),
        Command::Rules(_) | Command::Why(_) => None,
    };
    if let Some(terms) = terms {
        limits::Set::from(&terms.limits).watch(context);
    }
    match command {
        Command::Rules(arguments) => rules(arguments, context),
        Command::Exceptions(arguments) => exceptions(arguments, context),
        Command::Coverage(arguments) => coverage::run(arguments, context),
        Command::Repair(arguments) => repair::run(arguments, context),
        Command::Exposure(arguments) => exposure::run(arguments, context),
        Command::Why(arguments) => why::run(arguments, context),
    }
}

fn rules(arguments: &RulesArguments, context: &Context) -> Result<Status> {
    let format = import::format(arguments.import_format.as_deref(), context)?;
    let Some((source, read)) = packet::open(&arguments.path, format, context)? else { return Ok(Status::Unusable) };
    let mut found = match run_rules(&source, Options { node: arguments.node.as_deref(), alone: read.is_some() }) {
        Ok(Some(found)) => found,
        Ok(None) => {
            let node = arguments.node.as_deref().unwrap_or_default();
            let path = arguments.path.to_string_lossy();
            bail!("{}", NO_NODE.with(context.lang, &[&visible(node), &visible(&path)]))
        }
        Err(found) => {
            tell(found, &source, context);
            if read.is_some() {
                bail!("{}", device_words(context.lang).not_a_document());
            }
            return Ok(Status::Unusable);
        }
    };
    if read.is_some() {
        found.file = arguments.path.to_string_lossy().into_owned();
    }
    if arguments.unused {
        let lines = found.lists.iter_mut().flat_map(|list| &mut list.lines);
        lines.for_each(|line| line.remarks.retain(|remark| remark.is_unused() || *remark == Remark::Open));
    }
    let words = (words_of_rules::text as _, words_of_rules::json as _, words_of_rules::markdown as _);
    write(&found, arguments.format, words, context)?;
    Ok(if found.has(|remark| *remark != Remark::Open) {
        Status::Violated
    } else if found.has(|_| true) {
        Status::Undecided
    } else {
        Status::Proved
    })
}

fn tell(found: Diagnostics, source: &Source, context: &Context) {
    let source = SourceText::of(source);
    write_stderr(&diagnostics::render(&found.into_sorted(), &source, context.lang, context.stderr.color));
}

/// Asks of a topology, by the policy that it is held against. `Err`: it cannot be used, and why is told.
fn asked<T>(
    path: &Path,
    terms: &Terms,
    context: &Context,
    ask: impl FnOnce(&Source, &VerifyOptions<'_>) -> std::result::Result<T, Diagnostics>,
) -> Result<std::result::Result<T, Status>> {
    match open::open(path, limits::Set::from(&terms.limits), context) {
        Ok(source) => asked_of(&source, path, terms, context, ask),
        Err(status) => Ok(Err(status)),
    }
}

/// Asks of a topology that was read.
fn asked_of<T>(
    source: &Source,
    path: &Path,
    terms: &Terms,
    context: &Context,
    ask: impl FnOnce(&Source, &VerifyOptions<'_>) -> std::result::Result<T, Diagnostics>,
) -> Result<std::result::Result<T, Status>> {
    let date = date::today(terms.date, phrases(context.lang))?;
    let choice = Choice::of(terms.policy.as_deref(), terms.date, context)?;
    let Ok(chosen) = choice.for_document(source, path) else { return Ok(Err(Status::Unusable)) };
    chosen.tell(context);
    let limits = limits::Set::from(&terms.limits);
    let options = VerifyOptions {
        policy: chosen.policy,
        date,
        limit: limits.time,
        memory: limits.memory(),
        ..VerifyOptions::today(date.year, date.month, date.day)
    };
    Ok(ask(source, &options).map_err(|found| {
        tell(found, source, context);
        Status::Unusable
    }))
}

fn exceptions(arguments: &ExceptionsArguments, context: &Context) -> Result<Status> {
    let ledger = match asked(&arguments.path, &arguments.terms, context, run_exceptions)? {
        Ok(ledger) => ledger,
        Err(status) => return Ok(status),
    };
    let words = (words_of_ledger::text as _, words_of_ledger::json as _, words_of_ledger::markdown as _);
    write(&ledger, arguments.terms.format, words, context)?;
    Ok(match (ledger.is_in_order(), ledger.is_open()) {
        (false, _) => Status::Violated,
        (true, true) => Status::Undecided,
        (true, false) => Status::Proved,
    })
}
