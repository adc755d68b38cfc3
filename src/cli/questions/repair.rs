//! `sanso repair`.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};
use sanso::question::repair::{Allowed, Asking, run_repair};
use sanso::render::repair as words_of_repair;
use sanso::report::repair::{End, Repair};
use sanso::source::Source;
use sanso::verify::Options;

use super::super::Context;
use super::super::arguments::words;
use super::super::output::write_output;
use super::super::status::Status;
use super::super::texts::Both;
use super::super::{apart, prove};
use super::{PATH, Terms, asked, say, write};

pub const ABOUT: Both = Both(
    "A least set of edits after which no requirement is violated and what must be possible still is",
    "違反をなくし、必要な通信を残す、最小の編集を求める",
);
pub const USAGE: Both = Both("sanso repair [OPTIONS] PATH", "sanso repair [オプション] パス");
const KEEP: Both = Both(
    "Entries of `expects` that must stay possible [default: all that are]",
    "通り続けなければならない `expects` の項目（省略時: 今通るものすべて）",
);
const ALLOW: Both = Both(
    "Only these edits: rules, links, relays, vlans",
    "使ってよい編集: rules、links、relays、vlans（省略時: すべて）",
);
const OUT: Both = Both("Write the repaired document to OUT", "是正した文書を OUT に書く");

/// A kind of edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Rules that deny.
    Rules,
    /// Links that are cut.
    Links,
    /// Lists of relays.
    Relays,
    /// VLANs of links.
    Vlans,
}

/// A call.
#[derive(Args)]
pub struct RepairArguments {
    /// What is asked about.
    #[arg(value_name = "PATH", help = say(PATH), help_heading = words().arguments())]
    pub path: PathBuf,
    /// What must stay possible.
    #[arg(long, value_name = "ID", value_delimiter = ',', help = say(KEEP))]
    pub keep: Vec<String>,
    /// What may be used.
    #[arg(long, value_name = "KIND", value_enum, value_delimiter = ',', help = say(ALLOW), hide_possible_values = true)]
    pub allow: Vec<Kind>,
    /// Where the new document goes.
    #[arg(short, long, value_name = "OUT", help = say(OUT))]
    pub output: Option<PathBuf>,
    /// By what, and how.
    #[command(flatten)]
    pub terms: Terms,
}

/// Answers.
///
/// # Errors
/// When the call cannot be used or the answer cannot be written.
pub fn run(arguments: &RepairArguments, context: &Context) -> Result<Status> {
    apart::check([arguments.path.as_path()], arguments.output.as_deref(), context)?;
    let may = |kind: Kind| arguments.allow.is_empty() || arguments.allow.contains(&kind);
    let asking = Asking {
        keep: (!arguments.keep.is_empty()).then(|| arguments.keep.clone()),
        allowed: Allowed {
            rules: may(Kind::Rules),
            links: may(Kind::Links),
            relays: may(Kind::Relays),
            vlans: may(Kind::Vlans),
        },
    };
    let ask = |source: &Source, options: &Options<'_>| run_repair(source, options, &asking);
    let found = match asked(&arguments.path, &arguments.terms, context, ask)? {
        Ok(found) => found,
        Err(status) => return Ok(status),
    };
    if let (Some(path), End::Repaired) = (&arguments.output, &found.end) {
        let text = if prove::wants_yaml(Some(path)) {
            let source = Source::new(found.file.clone(), found.document.clone().into_bytes());
            prove::yaml(&source.map_err(|error| anyhow::anyhow!("{}", error.phrase().get(context.lang)))?, context)?
        } else {
            found.document.clone()
        };
        write_output(Some(path), text.as_bytes(), context)?;
    }
    let words = (words_of_repair::text as _, words_of_repair::json as _, words_of_repair::markdown as _);
    write(&found, arguments.terms.format, words, context)?;
    Ok(status(&found))
}

fn status(found: &Repair) -> Status {
    match (&found.end, found.left.is_empty()) {
        (End::Limit, _) => Status::Undecided,
        (End::Repaired, true) => Status::Proved,
        _ => Status::Violated,
    }
}
