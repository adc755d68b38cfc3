//! What the surroundings ask for: language and colour.

use std::env;
use std::ffi::OsString;
use std::io::IsTerminal;

use sanso::language::Lang;

use clap::ValueEnum;

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorWord {
    /// At a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// A standard stream.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    /// Whether somebody is watching.
    pub is_terminal: bool,
    /// Whether to colour.
    pub color: bool,
}

impl Terminal {
    /// stdout.
    pub fn stdout() -> Self {
        Self::of(std::io::stdout().is_terminal())
    }

    /// stderr.
    pub fn stderr() -> Self {
        Self::of(std::io::stderr().is_terminal())
    }

    /// Columns to fill: those of the terminal or of `COLUMNS`, 80 where there is neither.
    pub fn columns(self) -> usize {
        let asked = env::var("COLUMNS").ok().and_then(|columns| columns.parse::<usize>().ok());
        let seen = || match terminal_size::terminal_size() {
            Some((terminal_size::Width(columns), _)) if self.is_terminal => Some(usize::from(columns)),
            _ => None,
        };
        // wider lines are hard to read, and narrower ones hold no option
        asked.or_else(seen).filter(|columns| *columns > 0).unwrap_or(80).clamp(40, 120)
    }

    fn of(is_terminal: bool) -> Self {
        let refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = env::var_os("TERM").is_some_and(|value| value == "dumb");
        Self { is_terminal, color: is_terminal && !refused && !dumb }
    }
}

impl ColorWord {
    /// Whether to colour a stream.
    pub fn of(self, stream: Terminal) -> bool {
        match self {
            Self::Auto => stream.color,
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// The language that `--lang` names, before the call is parsed: its errors are told in that language too.
pub fn language_asked(arguments: &[OsString]) -> Option<Lang> {
    let mut asked = None;
    let mut arguments = arguments.iter().skip(1).map(|argument| argument.to_string_lossy());
    while let Some(argument) = arguments.next() {
        let value = match argument.strip_prefix("--lang") {
            _ if argument == "--" => break,
            Some("") => arguments.next().map(|value| value.into_owned()),
            Some(rest) => rest.strip_prefix('=').map(str::to_owned),
            None => None,
        };
        match value.as_deref() {
            Some("ja") => asked = Some(Lang::Ja),
            Some("en") => asked = Some(Lang::En),
            _ => {}
        }
    }
    asked
}

/// The language of the locale: LC_ALL, LC_MESSAGES, LANG, the first that is set; else what the system says.
pub fn language_of_locale() -> Lang {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()))
        .or_else(sys_locale::get_locale)
        .map_or(Lang::En, |locale| language(&locale))
}

/// The language of a locale such as `ja_JP.UTF-8` or `ja-JP`.
fn language(locale: &str) -> Lang {
    let word = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
    if word.eq_ignore_ascii_case("ja") { Lang::Ja } else { Lang::En }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_name_a_language() {
        for (locale, lang) in
            [("ja_JP.UTF-8", Lang::Ja), ("ja", Lang::Ja), ("ja-JP", Lang::Ja), ("C.UTF-8", Lang::En), ("jam", Lang::En)]
        {
            assert_eq!(language(locale), lang, "{locale}");
        }
    }

    #[test]
    fn last_language_asked_for_counts() {
        let asked = |words: &str| language_asked(&words.split(' ').map(OsString::from).collect::<Vec<_>>());
        assert_eq!(asked("sanso verify x"), None);
        assert_eq!(asked("sanso --lang ja verify x"), Some(Lang::Ja));
        assert_eq!(asked("sanso verify --lang=ja x --lang en"), Some(Lang::En));
        assert_eq!(asked("sanso verify -- --lang ja"), None);
        assert_eq!(asked("sanso --lang"), None);
        assert_eq!(asked("sanso --language ja"), None);
    }
}
