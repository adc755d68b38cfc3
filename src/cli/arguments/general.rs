//! What goes with every command, and the calls of `baseline` and `completions`.

use std::path::PathBuf;

use clap::Args;
#[cfg(feature = "completions")]
use clap::ValueEnum;
use sanso::document::Date;

use super::super::terminal::ColorWord;
use super::super::texts;
use super::values::date_value;
use super::{say, words};

/// What goes with every command.
#[derive(Args)]
pub struct General {
    /// When to colour.
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value = "auto", hide_possible_values = true,
        help = say(texts::COLOR), hide_default_value = true, display_order = 96)]
    pub color: ColorWord,
    /// Whether nothing but results and errors is printed.
    #[arg(short, long, global = true, help = say(texts::QUIET), display_order = 97)]
    pub quiet: bool,
    /// The configuration.
    #[arg(long, global = true, value_name = "TOML", help = say(texts::CONFIG), conflicts_with = "no_config", display_order = 98)]
    pub config: Option<PathBuf>,
    /// Whether no configuration is read.
    #[arg(long, global = true, help = say(texts::NO_CONFIG), display_order = 99)]
    pub no_config: bool,
    /// Whether a site file may name files outside its folder.
    #[arg(long, global = true, help = say(texts::ALLOW_OUTSIDE), display_order = 99)]
    pub allow_outside: bool,
}

/// A call of `baseline`.
#[derive(Args)]
pub struct BaselineArguments {
    /// The files.
    #[arg(required = true, value_name = "FILE", help = say(texts::FILES), help_heading = words().arguments())]
    pub files: Vec<PathBuf>,
    /// The baseline.
    #[arg(short, long, value_name = "BASELINE", help = say(texts::BASELINE_OUTPUT))]
    pub output: Option<PathBuf>,
    /// Who answers for what is new.
    #[arg(long, value_name = "NAME", help = say(texts::OWNER))]
    pub owner: Option<String>,
    /// Why it is accepted.
    #[arg(long, value_name = "TEXT", help = say(texts::REASON))]
    pub reason: Option<String>,
    /// The last day.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date_value, help = say(texts::EXPIRES))]
    pub expires: Option<Date>,
    /// The policy.
    #[arg(long, help = words().policy_help())]
    pub policy: Option<String>,
    /// Today.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date_value, help = words().date_help())]
    pub date: Option<Date>,
}

/// A call of `completions`.
#[cfg(feature = "completions")]
#[derive(Args)]
pub struct CompletionsArguments {
    /// The shell, or `man`.
    #[arg(value_name = "SHELL", value_enum, hide_possible_values = true, help = say(texts::COMPLETIONS_SHELL),
        help_heading = words().arguments())]
    pub shell: ShellWord,
    /// Where pages go.
    #[arg(short, long, value_name = "DIRECTORY", help = say(texts::COMPLETIONS_OUTPUT))]
    pub output: Option<PathBuf>,
}

/// A shell, or `man`.
#[cfg(feature = "completions")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ShellWord {
    /// Bash.
    Bash,
    /// Elvish.
    Elvish,
    /// Fish.
    Fish,
    /// PowerShell.
    #[value(name = "powershell")]
    PowerShell,
    /// Zsh.
    Zsh,
    /// Manual pages.
    Man,
}
