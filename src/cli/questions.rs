//! The calls that ask beside the verdict: `rules`, `exceptions`, and those of the modules in it.

mod coverage;
mod exposure;
mod repair;
mod why;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use sanso::diagnostic::Diagnostics;
use sanso::document::Date;
use sanso::language::Lang;
use sanso::question::exceptions::run_exceptions;
use sanso::question::rules::{Options, run_rules};
use sanso::render::{diagnostics, ledger as words_of_ledger, rules as words_of_rules};
use sanso::report::rules::Remark;
use sanso::screen::visible;
use sanso::source::{Source, SourceText};
use sanso::verify::Options as VerifyOptions;

use super::arguments::values::date_value;
use super::arguments::{LANG, LimitArguments, words};
use super::chosen::Choice;
use super::devices::phrases::phrases as device_words;
use super::output::{write_output, write_stderr};
use super::phrases::phrases;
use super::status::Status;
use super::texts::Both;
use super::{Context, date, import, limits, packet, verify};

const RULES_ABOUT: Both = Both(
    "Find lines of filters and translations that do nothing, contradict others, or permit too much",
    "フィルターとアドレス変換の、効かない行、他と矛盾する行、広すぎる行を見つける",
);
const RULES_USAGE: Both = Both("sanso rules [OPTIONS] PATH", "sanso rules [オプション] パス");
const EXCEPTIONS_ABOUT: Both = Both(
    "The ledger of exceptions and transfers: what each opens, and whether it is needed",
    "特定通信（例外措置）と受渡しの台帳。それぞれが何を開けているか、必要かどうかを示す",
);
const EXCEPTIONS_USAGE: Both = Both("sanso exceptions [OPTIONS] PATH", "sanso exceptions [オプション] パス");
const PATH: Both =
    Both("A topology file, a site file or a configuration", "構成ファイル、サイトファイル、または機器の設定");
const NODE: Both = Both("Only the lists of this node", "この機器のリストだけを調べる");
const UNUSED: Both = Both(
    "Only lines that do nothing: shadowed, redundant, dead; for CI",
    "効かない行（先の行に隠れる、なくてよい、届かない）だけを調べる。CI 用",
);
const FORMAT: Both = Both("text (default), json or markdown", "text（省略時）、json、markdown");
const IMPORT_FORMAT: Both =
    Both("What the configuration is; left out: recognised by its content", "設定の形式（省略時: 内容から判断する）");
const POLICY: Both = Both(
    "Policy: an id of `sanso policy list`, or a file [default: what the document asks for]",
    "ポリシー。`sanso policy list` の ID かファイル（省略時: 文書が求めるもの）",
);
const DATE: Both = Both("Today, for exceptions that expire [default: today]", "期限を判断する基準日（省略時: 今日）");
const NO_NODE: Both = Both("there is no node `{}` in {}", "機器「{}」は {} にありません");

fn say(text: Both) -> &'static str {
    text.get(LANG.get())
}

/// What is asked.
#[derive(Subcommand)]
pub enum Command {
    /// Find what is odd about lines.
    #[command(about = say(RULES_ABOUT), override_usage = say(RULES_USAGE),
        help_template = words().template(), next_help_heading = words().options())]
    Rules(RulesArguments),
    /// The ledger.
    #[command(about = say(EXCEPTIONS_ABOUT), override_usage = say(EXCEPTIONS_USAGE),
        help_template = words().template(), next_help_heading = words().options())]
    Exceptions(ExceptionsArguments),
    /// Slips that nothing notices.
    #[command(about = say(coverage::ABOUT), override_usage = say(coverage::USAGE),
        help_template = words().template(), next_help_heading = words().options())]
    Coverage(coverage::CoverageArguments),
    /// What to change.
    #[command(about = say(repair::ABOUT), override_usage = say(repair::USAGE),
        help_template = words().template(), next_help_heading = words().options())]
    Repair(repair::RepairArguments),
    /// What is exposed.
    #[command(about = say(exposure::ABOUT), override_usage = say(exposure::USAGE),
        help_template = words().template(), next_help_heading = words().options())]
    Exposure(exposure::ExposureArguments),
    /// Why data gets somewhere, or does not.
    #[command(about = say(why::ABOUT), override_usage = say(why::USAGE),
        help_template = words().template(), next_help_heading = words().options())]
    Why(why::Arguments),
}

/// The formats of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// One object.
    Json,
    /// For reviews.
    Markdown,
}

/// A call of `rules`.
#[derive(Args)]
pub struct RulesArguments {
    /// What is asked about.
    #[arg(value_name = "PATH", help = say(PATH), help_heading = words().arguments())]
    pub path: PathBuf,
    /// One node.
    #[arg(long, value_name = "NODE", help = say(NODE))]
    #[cfg_attr(feature = "completions", arg(add = clap_complete::ArgValueCompleter::new(super::complete::nodes)))]
    pub node: Option<String>,
    /// Only what does nothing.
    #[arg(long, help = say(UNUSED))]
    pub unused: bool,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT", help = say(FORMAT),
        hide_default_value = true, hide_possible_values = true)]
    pub format: Format,
    /// The format of a configuration.
    #[arg(long, value_name = "FORMAT", help = say(IMPORT_FORMAT))]
    pub import_format: Option<String>,
}

/// What all questions that hang on a policy have in common.
#[derive(Args)]
pub struct Terms {
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
    /// How long, and with how much memory.
    #[command(flatten)]
    pub limits: LimitArguments,
}

/// A call of `exceptions`.
#[derive(Args)]
pub struct ExceptionsArguments {
    /// What is asked about.
    #[arg(value_name = "PATH", help = say(PATH), help_heading = words().arguments())]
    pub path: PathBuf,
    /// By what, and how.
    #[command(flatten)]
    pub terms: Terms,
}

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
    match verify::open(path, limits::Set::from(&terms.limits), context) {
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
