//! `sanso completions`: what makes a shell ask for completions, what it is answered when Tab is pressed, and manual pages; all made from the
//! call itself.

use std::ffi::OsString;
use std::io::{Error, Write};
use std::path::Path;

use anyhow::{Result, bail};
use clap_complete::env::{Bash, CompleteEnv, Elvish, EnvCompleter, Fish, Powershell, Shells, Zsh};
use sanso::language::Lang;

use super::Context;
use super::arguments::{self, CompletionsArguments, ShellWord, command};
use super::output::{write_output, write_stdout};
use super::phrases::phrases;
use super::status::Status;

/// What the shell sets when it asks, to its own name.
const ASKED: &str = "SANSO_COMPLETE";

const SHELLS: Shells<'static> = Shells(&[&WholeWords, &Elvish, &Fish, &Powershell, &Zsh]);

/// Answers a shell; whether one asked.
///
/// # Errors
/// When there is no such shell, or the answer cannot be written.
pub fn answer(arguments: &[OsString], lang: Lang) -> Result<bool, clap::Error> {
    let folder = std::env::current_dir().ok();
    let asked = CompleteEnv::with_factory(|| command(lang)).var(ASKED).bin("sanso").completer("sanso").shells(SHELLS);
    asked.try_complete(arguments.iter().cloned(), folder.as_deref())
}

/// What a shell is to read, so that it asks; `None`: it is none.
pub fn registration(shell: ShellWord) -> Option<Vec<u8>> {
    let shell: &dyn EnvCompleter = match shell {
        ShellWord::Bash => &WholeWords,
        ShellWord::Elvish => &Elvish,
        ShellWord::Fish => &Fish,
        ShellWord::PowerShell => &Powershell,
        ShellWord::Zsh => &Zsh,
        ShellWord::Man => return None,
    };
    let mut out = Vec::new();
    shell.write_registration(ASKED, "sanso", "sanso", "sanso", &mut out).ok()?;
    Some(out)
}

/// Bash, which parts words at colons: `zone:lgwan` would be three.
struct WholeWords;

impl EnvCompleter for WholeWords {
    fn name(&self) -> &'static str {
        Bash.name()
    }

    fn is(&self, name: &str) -> bool {
        Bash.is(name)
    }

    fn write_registration(
        &self,
        var: &str,
        _name: &str,
        bin: &str,
        completer: &str,
        out: &mut dyn Write,
    ) -> Result<(), Error> {
        let script = include_str!("complete/sanso.bash");
        let script = script.replace("VARIABLE", var).replace("COMPLETER", completer).replace("BINARY", bin);
        out.write_all(script.as_bytes())
    }

    fn write_complete(
        &self,
        command: &mut clap::Command,
        words: Vec<OsString>,
        folder: Option<&Path>,
        out: &mut dyn Write,
    ) -> Result<(), Error> {
        Bash.write_complete(command, words, folder, out)
    }
}

/// Writes the completions of a shell, or the manual pages.
///
/// # Errors
/// When they cannot be written.
pub fn run(arguments: &CompletionsArguments, context: &Context) -> Result<Status> {
    match registration(arguments.shell) {
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
