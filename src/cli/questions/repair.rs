//! `sanso repair`.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use sanso::import::site::{is_site, of_files};
use sanso::question::repair::{
    Allowed, Asking, Certified as CertifiedRepair, Imported, run_repair, run_repair_certified, run_repair_imported,
};
use sanso::render::repair as words_of_repair;
use sanso::report::repair::{Certified, End, Repair};
use sanso::source::Source;
use sanso::verify::Options;

use super::super::Context;
use super::super::arguments::questions::repair::{Kind, RepairArguments};
use super::super::folders::{files, is_document};
use super::super::output::{folder_of, told, write_output, write_stderr};
use super::super::status::Status;
use super::super::texts::Both;
use super::super::{apart, import, open, prove, site};
use super::{asked_of, write};

const NOT_CERTIFIED: Both = Both("no certificate: it was not repaired", "是正できていないため、証明書は作成しない");

/// Answers.
///
/// # Errors
/// When the call cannot be used or the answer cannot be written.
pub fn run(arguments: &RepairArguments, context: &Context) -> Result<Status> {
    let outputs = [&arguments.output, &arguments.certificate];
    apart::check([arguments.path.as_path()], outputs.iter().filter_map(|path| path.as_deref()), context)?;
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
    let (mut found, certificate) = match found(arguments, &asking, context)? {
        Ok(found) => found,
        Err(status) => return Ok(status),
    };
    if let Some(path) = &arguments.certificate {
        match certificate {
            Some(Ok(certificate)) => {
                let json = prove::bytes_of(&certificate)?;
                write_output(Some(path), &json, context)?;
                let (bound, ways) = (certificate.bound, certificate.ways.len());
                found.certified = Some(Certified { file: told(path).into_owned(), bound, ways });
            }
            Some(Err(error)) => return prove::refuse(&error, context),
            None => write_stderr(&format!("sanso: {}\n", NOT_CERTIFIED.get(context.lang))),
        }
    }
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

/// The repair of a document, or of what a site file or configurations by themselves become.
fn found(
    arguments: &RepairArguments,
    asking: &Asking,
    context: &Context,
) -> Result<std::result::Result<CertifiedRepair, Status>> {
    let (path, terms) = (&arguments.path, &arguments.terms);
    let run = |source: &Source, options: &Options<'_>, imported: Option<&mut Imported<'_>>| {
        if arguments.certificate.is_some() {
            return run_repair_certified(source, options, asking, imported);
        }
        match imported {
            Some(imported) => run_repair_imported(source, options, asking, imported).map(|found| (found, None)),
            None => run_repair(source, options, asking).map(|found| (found, None)),
        }
    };
    let files = if path.is_dir() { files(std::slice::from_ref(path), context)? } else { vec![path.clone()] };
    let mut read: Vec<(String, Vec<u8>)> = Vec::new();
    for file in files.iter().filter(|file| file.as_path() != Path::new("-")) {
        let Ok(bytes) = std::fs::read(file) else { break };
        read.push((file.to_string_lossy().into_owned(), bytes));
    }
    let written = matches!(&read[..], [(_, bytes)] if is_site(bytes) || is_document(bytes));
    let named = path.extension().is_some_and(|end| end == "yaml" || end == "yml" || end == "json");
    let configured = !read.is_empty() && !written && (path.is_dir() || !named);
    let is_a_site = matches!(&read[..], [(_, bytes)] if is_site(bytes));
    // What was read to see what it is is not read again.
    let own = match read.pop_if(|_| !configured) {
        Some((_, bytes)) => Some(open::of_bytes(&told(path), bytes, context)),
        None if !configured => Some(open::open_as_it_is(path, Default::default(), context)),
        None => None,
    };
    let outline = match own.transpose() {
        Ok(outline) => outline,
        Err(status) => return Ok(Err(status)),
    };
    if let (Some(source), false) = (&outline, is_a_site) {
        let ask = |source: &Source, options: &Options<'_>| run(source, options, None);
        // Standard input may be a site file too.
        return if is_site(source.text().as_bytes()) {
            match site::document(source, path, context) {
                Ok(source) => asked_of(&source, path, terms, context, ask),
                Err(status) => Ok(Err(status)),
            }
        } else {
            asked_of(source, path, terms, context, ask)
        };
    }
    let opened = match &outline {
        Some(outline) => site::read(outline, path, context),
        None => import::of_files(&files, None, context)?,
    };
    let imported = match opened {
        Ok(imported) => imported,
        Err(status) => return Ok(Err(status)),
    };
    let mut again = |texts: &BTreeMap<String, String>| match &outline {
        Some(outline) => {
            let folder = folder_of(path);
            let mut load = |asked: site::Asked<'_>| {
                let site::Asked::File(file) = asked else { return Ok(Vec::new()) };
                let changed = texts.iter().find(|(name, _)| folder.join(name) == file);
                changed.map_or_else(|| std::fs::read(file), |(_, text)| Ok(text.clone().into_bytes()))
            };
            site::read_by(outline, path, context, &mut load).ok().map(|site| site.source)
        }
        None => {
            let text = |name: &String, bytes: &Vec<u8>| {
                texts.get(name).map_or_else(|| bytes.clone(), |text| text.clone().into_bytes())
            };
            let files: Vec<(String, Vec<u8>)> =
                read.iter().map(|(name, bytes)| (name.clone(), text(name, bytes))).collect();
            of_files(files, None).ok().map(|site| site.source)
        }
    };
    let mut of = Imported { reads: &imported.reads, base: &imported.base, again: &mut again };
    let ask = |source: &Source, options: &Options<'_>| run(source, options, Some(&mut of));
    asked_of(&imported.source, path, terms, context, ask)
}

fn status(found: &Repair) -> Status {
    match (&found.end, found.left.is_empty()) {
        (End::Limit, _) => Status::Undecided,
        (End::Repaired, true) => Status::Proved,
        _ => Status::Violated,
    }
}
