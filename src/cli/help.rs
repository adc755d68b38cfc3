//! Help that fits the terminal.

use clap::{Arg, Command};
use sanso::language::Lang;

use super::fit::{width, wrap};
use super::phrases::phrases;

/// Columns that names and options take at most before their text goes below.
const NAMES: usize = 28;

/// The help of the call, or of the command that it names, in lines of so many columns.
pub fn render(call: &mut Command, name: Option<&str>, lang: Lang, columns: usize) -> String {
    call.build();
    let words = phrases(lang);
    let template = if name.is_some() { words.template().to_owned() } else { words.template_of_commands() };
    let usage_word = template.split("{usage}").next().and_then(|text| text.rsplit('\n').next()).unwrap_or_default();
    let last = template.split("{all-args}").nth(1).unwrap_or_default();
    let command = match name {
        Some(name) => match call.find_subcommand_mut(name) {
            Some(command) => command,
            None => return String::new(),
        },
        None => call,
    };
    let mut out = String::new();
    if let Some(about) = command.get_about() {
        lines(&mut out, &about.to_string(), columns, 0);
    }
    let usage = command.render_usage().to_string();
    let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage).trim_end().to_owned();
    out.push('\n');
    for (at, line) in usage.lines().enumerate() {
        let start = if at == 0 { usage_word.to_owned() } else { " ".repeat(width(usage_word)) };
        lines(&mut out, &format!("{start}{}", line.trim_start()), columns, width(usage_word) + 4);
    }
    let commands: Vec<_> = command
        .get_subcommands()
        .map(|command| {
            (command.get_name().to_owned(), command.get_about().map(ToString::to_string).unwrap_or_default())
        })
        .collect();
    section(&mut out, words.commands(), &commands, columns);
    let of = |positional: bool| {
        let arguments = command.get_arguments().filter(move |arg| arg.is_positional() == positional);
        let mut arguments: Vec<&Arg> = arguments.filter(|arg| !arg.is_hide_set()).collect();
        // what goes with every command comes last
        arguments.sort_by_key(|arg| arg.is_global_set() || ["help", "version"].contains(&arg.get_id().as_str()));
        let row = |arg: &Arg| (name_of(arg), arg.get_help().map(ToString::to_string).unwrap_or_default());
        arguments.into_iter().map(row).collect::<Vec<_>>()
    };
    section(&mut out, words.arguments(), &of(true), columns);
    section(&mut out, words.options(), &of(false), columns);
    if !last.trim().is_empty() {
        out.push('\n');
    }
    for line in last.trim_end().lines().skip_while(|line| line.is_empty()) {
        lines(&mut out, line, columns, 5);
    }
    out
}

/// `-o, --output <CERT>` or `<FILE>…`.
fn name_of(arg: &Arg) -> String {
    let values = arg.get_value_names().unwrap_or_default().iter().map(|name| format!("<{name}>"));
    let values: Vec<String> = if arg.get_action().takes_values() { values.collect() } else { Vec::new() };
    let values = values.join(" ");
    let many = arg.get_num_args().is_some_and(|range| range.max_values() > 1);
    match (arg.get_short(), arg.get_long()) {
        (Some(short), Some(long)) => format!("-{short}, --{long} {values}").trim_end().to_owned(),
        (None, Some(long)) => format!("    --{long} {values}").trim_end().to_owned(),
        _ if many => format!("{values}..."),
        _ if arg.is_required_set() => values,
        _ => values.replace('<', "[").replace('>', "]"),
    }
}

fn section(out: &mut String, heading: &str, rows: &[(String, String)], columns: usize) {
    if rows.is_empty() {
        return;
    }
    out.push_str(&format!("\n{heading}:\n"));
    // on a narrow screen the texts go below their names
    let most = NAMES.min(columns / 2);
    let names = rows.iter().map(|(name, _)| width(name)).filter(|width| *width <= most).max().unwrap_or(0);
    let start = names + 4;
    for (name, text) in rows {
        // the width of what is given, which no atom's spaces are part of
        let taken = 2 + name.len() - name.trim_start().len() + width(name.trim_start());
        let line = if taken + 2 > start {
            out.push_str(&format!("  {name}\n"));
            format!("{}{text}", " ".repeat(start))
        } else {
            format!("  {name}{}{text}", " ".repeat(start - taken))
        };
        lines(out, &line, columns, start);
    }
}

fn lines(out: &mut String, text: &str, columns: usize, hang: usize) {
    for line in wrap(text, columns, hang) {
        out.push_str(line.trim_end());
        out.push('\n');
    }
}
