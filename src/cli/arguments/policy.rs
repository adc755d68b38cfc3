//! The call of `policy`.

use clap::{Args, ValueEnum};
use sanso::document::Date;

use super::super::texts::Both;
use super::values::date_value;
use super::{say, words};

/// What `sanso policy` is for.
pub const ABOUT: Both = Both("List, show, check and compare policies", "ポリシーの一覧、表示、点検、比較");
/// How it is called.
pub const USAGE: Both = Both(
    "sanso policy list\n       sanso policy show POLICY [--format text|json]\n       sanso policy lint FILE\n       sanso policy diff OLD NEW\n       sanso policy schema",
    "sanso policy list\n        sanso policy show ポリシー [--format text|json]\n        sanso policy lint ファイル\n        sanso policy diff 旧 新\n        sanso policy schema",
);
const ACTION: Both = Both("list, show, lint, diff or schema", "list、show、lint、diff、schema のいずれか");
const POLICIES: Both = Both(
    "Policies: ids such as three-tier/alpha, or files (YAML or JSON)",
    "ポリシー。three-tier/alpha のような ID か、ファイル（YAML または JSON）",
);
const FORMAT: Both = Both(
    "With show: text (default), or json: one file with all that it extends, which checkers read",
    "show のとき: text（省略時）、または json（継承元をすべて含む 1 つのファイル。検査プログラムが読む）",
);
const DATE: Both =
    Both("Today, for loosenings that end [default: today]", "緩和の期限を判断する基準日（省略時: 今日）");

/// What is to be done with policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Action {
    /// Name those that come with the program.
    List,
    /// Say what one asks.
    Show,
    /// Say what is odd about one.
    Lint,
    /// Say what one asks otherwise than another.
    Diff,
    /// Print the JSON Schema.
    Schema,
}

/// How a policy is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ShowFormat {
    /// For people.
    Text,
    /// Its canonical JSON.
    Json,
}

/// A call of `policy`.
#[derive(Args)]
pub struct PolicyArguments {
    /// What is to be done.
    #[arg(value_enum, value_name = "ACTION", help = say(ACTION), help_heading = words().arguments(),
        hide_possible_values = true)]
    pub action: Action,
    /// The policies.
    #[arg(value_name = "POLICY", help = say(POLICIES), help_heading = words().arguments())]
    pub policies: Vec<String>,
    /// How one is shown.
    #[arg(long, value_enum, default_value_t = ShowFormat::Text, value_name = "FORMAT", help = say(FORMAT),
        hide_default_value = true, hide_possible_values = true)]
    pub format: ShowFormat,
    /// Today.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date_value, help = say(DATE))]
    pub date: Option<Date>,
}
