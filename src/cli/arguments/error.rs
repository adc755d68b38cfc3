//! What is wrong with a call, in words of ours.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use sanso::language::Lang;
use sanso::screen::visible;

use super::super::fit::wrap;
use super::super::left_out;
use super::super::phrases::phrases;

/// What is wrong with a call, in `lang`, and how to get help.
pub fn explain_error(error: &clap::Error, lang: Lang) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => visible(text).into_owned(),
        Some(ContextValue::Strings(texts)) => visible(&texts.join(", ")).into_owned(),
        Some(other) => visible(&other.to_string()).into_owned(),
        None => String::new(),
    };
    let words = phrases(lang);
    let argument = text(ContextKind::InvalidArg);
    let value = text(ContextKind::InvalidValue);
    let message = match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => words.value_missing(&argument),
        ErrorKind::InvalidValue => words.value_not_allowed(&argument, &value, &text(ContextKind::ValidValue)),
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
            words.value_invalid(&argument, &value, &why)
        }
        ErrorKind::UnknownArgument => words.argument_unknown(&argument, &text(ContextKind::SuggestedArg)),
        ErrorKind::InvalidSubcommand => {
            let word = text(ContextKind::InvalidSubcommand);
            let unknown = || words.command_unknown(&word, &text(ContextKind::SuggestedSubcommand));
            left_out::command(&word, lang).unwrap_or_else(unknown)
        }
        ErrorKind::MissingRequiredArgument => words.argument_missing(&argument),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let commands = super::command(lang);
            let list = commands.get_subcommands().map(|command| (command.get_name(), command.get_about()));
            let line = |(name, about): (&str, Option<&clap::builder::StyledStr>)| {
                let text = format!("  {name:13}{}", about.map(ToString::to_string).unwrap_or_default());
                wrap(&text, 80, 15).join("\n") + "\n"
            };
            format!("{}\n\n{}", words.command_missing(), list.map(line).collect::<String>())
        }
        ErrorKind::ArgumentConflict => words.argument_conflict(&argument),
        _ => words.call_unusable().to_owned(),
    };
    format!("sanso: {}: {message}\n{}\n", words.error(), words.see_help())
}
