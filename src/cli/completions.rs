//! `sanso completions`: what makes a shell ask for completions, and manual pages, made from the call itself.

use std::path::Path;

use super::arguments::{self, CompletionsArguments};
use super::output::{write_output, write_stdout};
use super::phrases::phrases;
use super::status::Status;
use super::{Context, complete};
use anyhow::{Result, bail};

/// Writes the completions of a shell, or the manual pages.
///
/// # Errors
/// When they cannot be written.
pub fn run(arguments: &CompletionsArguments, context: &Context) -> Result<Status> {
    match complete::registration(arguments.shell) {
        Some(bytes) => {
            write_output(arguments.output.as_deref(), &bytes, context)?;
            Ok(Status::Proved)
        }
        None => pages(arguments.output.as_deref(), context),
    }
}

/// Writes `sanso.1`, `sanso-verify.1` and so on into a directory, or one behind the other to stdout.
fn pages(folder: Option<&Path>, context: &Context) -> Result<Status> {
    let mut call = arguments::command(context.lang);
    call.build();
    let mut commands = vec![("sanso".to_owned(), call.clone())];
    for command in call.get_subcommands() {
        let name = format!("sanso-{}", command.get_name());
        commands.push((name.clone(), command.clone().name(name)));
    }
    let mut all = Vec::new();
    for (name, command) in commands {
        let mut page = Vec::new();
        clap_mangen::Man::new(command).title(name.to_uppercase()).render(&mut page)?;
        match folder {
            Some(folder) => write_output(Some(&folder.join(format!("{name}.1"))), &page, context)?,
            None => all.extend(page),
        }
    }
    if let Err(error) = write_stdout(&all) {
        bail!("{}", phrases(context.lang).cannot_write(&error.to_string()));
    }
    Ok(Status::Proved)
}
