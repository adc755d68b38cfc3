//! The calls that ask beside the verdict: `rules`, `exceptions`, and those of the modules in it.

pub mod coverage;
pub mod exposure;
pub mod repair;
pub mod why;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use sanso::document::Date;

use super::super::texts::Both;
use super::values::date_value;
use super::{LimitArguments, say, words};

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
    Why(why::WhyArguments),
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
    #[cfg_attr(feature = "completions", arg(add = clap_complete::ArgValueCompleter::new(crate::cli::complete::nodes)))]
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
