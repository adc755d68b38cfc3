//! A baseline: violating tuples that somebody answers for until a day. They stay violations in every report; only the exit
//! status of `verify` passes over them. Tuples are accepted, not causes: one more tuple of the same cause counts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use sanso::code::Code;
use sanso::document::Date;
use sanso::render::diagnostics;
use sanso::report::{Acceptance, Assumption, Note, Report, Slip, Verdict, Warning};
use sanso::screen::visible;
use sanso::source::SourceText;
use sanso::verify::{Options, run_verify};

use super::arguments::BaselineArguments;
use super::chosen::Choice;
use super::open::open;
use super::output::{write_output, write_stderr};
use super::phrases::phrases;
use super::progress::Ticker;
use super::status::Status;
use super::texts;
use super::toml::{self, Decoder, Table, Text, Value};
use super::{Context, apart, date, files, limits};

/// Tuples of a requirement that are accepted together.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    /// The topology file, from the directory of the baseline, with `/`.
    file: String,
    requirement: String,
    tuples: BTreeSet<Vec<String>>,
    owner: String,
    reason: Option<String>,
    expires: Date,
}

/// A baseline that was read, or an empty one.
pub struct Baseline {
    folder: PathBuf,
    entries: Vec<Entry>,
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// When it cannot be used: told of on stderr.
    pub fn read(path: &Path, context: &Context) -> Result<Self, Status> {
        let entries = toml::read(path, context, decode)?;
        Ok(Self { folder: folder_of(path), entries })
    }

    /// Puts into a report, whose lists of tuples are complete, what is accepted, and says whether every violation is.
    /// The verdicts stay.
    pub fn judge(&self, report: &mut Report, today: Date) -> bool {
        let file = self.name_of(Path::new(&report.file));
        let mut all = true;
        let (mut notes, mut warnings) = (Vec::new(), Vec::new());
        for requirement in &mut report.requirements {
            let mut accepts = Vec::new();
            let violating: BTreeSet<&Vec<String>> = requirement.violating.iter().collect();
            let mut accepted = BTreeSet::new();
            let of_this = |entry: &&Entry| entry.file == file && entry.requirement == requirement.id;
            for entry in self.entries.iter().filter(of_this) {
                let here: BTreeSet<_> = entry.tuples.iter().filter(|tuple| violating.contains(tuple)).collect();
                let (tuples, day) = (here.len() as u64, entry.expires.to_string());
                let (id, owner) = (&*requirement.id, &*entry.owner);
                // an undecided requirement lists nothing, so nothing is known of what is accepted
                let gone = entry.tuples.len() - here.len();
                if gone > 0 && requirement.verdict != Verdict::Undecided {
                    let (requirement, owner) = (id.to_owned(), owner.to_owned());
                    warnings.push(general(Slip::AcceptedGone { tuples: gone as u64, requirement, owner }));
                }
                if here.is_empty() {
                    continue;
                }
                if entry.expires < today {
                    let (requirement, owner) = (id.to_owned(), owner.to_owned());
                    warnings.push(general(Slip::AcceptedExpired { tuples, requirement, expires: day, owner }));
                    continue;
                }
                notes.push(Note::general(Assumption::Accepted {
                    until: day,
                    tuples,
                    of: requirement.tuples,
                    requirement: id.to_owned(),
                    owner: owner.to_owned(),
                    reason: entry.reason.clone(),
                }));
                let before = accepted.len();
                accepted.extend(here);
                accepts.push(Acceptance {
                    tuples: (accepted.len() - before) as u64,
                    owner: entry.owner.clone(),
                    reason: entry.reason.clone(),
                    expires: entry.expires.to_string(),
                });
            }
            requirement.accepted = accepts;
            all &= requirement.verdict != Verdict::Violated || requirement.is_accepted();
        }
        report.assumptions.extend(notes);
        report.warnings.extend(warnings);
        all
    }

    /// Warnings of what of a report's file expires within so many days.
    pub fn expiring(&self, report: &Report, today: Date, days: u32) -> Vec<Warning> {
        let file = self.name_of(Path::new(&report.file));
        let soon = |entry: &&Entry| {
            entry.file == file && (0..=i64::from(days)).contains(&date::days_between(today, entry.expires))
        };
        let told = |entry: &Entry| {
            general(Slip::AcceptanceExpiresSoon {
                tuples: entry.tuples.len() as u64,
                requirement: entry.requirement.clone(),
                expires: entry.expires.to_string(),
                owner: entry.owner.clone(),
            })
        };
        self.entries.iter().filter(soon).map(told).collect()
    }

    /// How a baseline calls a file: the same wherever the call stands.
    fn name_of(&self, file: &Path) -> String {
        if file == Path::new("-") {
            return "-".to_owned();
        }
        let whole = |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or(path.to_owned());
        let (file, folder) = (whole(file), whole(&self.folder));
        let shared = file.components().zip(folder.components()).take_while(|(a, b)| a == b).count();
        let up = folder.components().skip(shared).map(|_| "..".to_owned());
        let down = file.components().skip(shared).map(|part| part.as_os_str().to_string_lossy().into_owned());
        up.chain(down).collect::<Vec<_>>().join("/")
    }
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn general(slip: Slip) -> Warning {
    Warning { location: None, slip }
}

/// Warnings of the exceptions and transfers of a document that expire within so many days; under pseudonyms without their ids.
pub fn expiring_exceptions(source: &sanso::source::Source, today: Date, days: u32, redacted: bool) -> Vec<Warning> {
    let mut found = sanso::diagnostic::Diagnostics::default();
    let Some(document) = sanso::document::read(source, &mut found) else { return Vec::new() };
    let mut warnings = Vec::new();
    let exceptions = document.exceptions.iter().map(|one| (true, &one.id, one.expires, one.span));
    let transfers = document.transfers.iter().map(|one| (false, &one.id, one.expires, one.span));
    for (is_exception, id, expires, span) in exceptions.chain(transfers) {
        let Some(expires) = expires else { continue };
        if (0..=i64::from(days)).contains(&date::days_between(today, expires)) {
            let (start, end) = (span.start, span.end);
            let place = source.position(start);
            let location = sanso::source::Location { line: place.line, column: place.column, start, end, origin: None };
            let (id, expires) = (if redacted { "…" } else { id }.to_owned(), expires.to_string());
            let slip = match is_exception {
                true => Slip::ExceptionExpiresSoon { exception: id, expires },
                false => Slip::TransferExpiresSoon { transfer: id, expires },
            };
            warnings.push(Warning { location: Some(location), slip });
        }
    }
    warnings
}

fn decode(decoder: &mut Decoder, value: Value<'_>) -> Option<Vec<Entry>> {
    let mut table = decoder.table(value, &["version", "accepted"])?;
    match table.take("version") {
        Some(value) if value.as_integer() == Some(1) => {}
        Some(value) => {
            let version = value.as_integer().map(|version| version.to_string()).unwrap_or_default();
            let help = (texts::BASELINE_VERSION_HELP, &[][..]);
            decoder.error(Code::UnsupportedVersion, toml::place(&value), (texts::BASELINE_VERSION, &[&version]), help);
        }
        None => {
            let help = (texts::BASELINE_VERSION_HELP, &[][..]);
            decoder.error(Code::MissingKey, table.span, (texts::TOML_MISSING, &["version"]), help);
        }
    }
    let list = table.take("accepted").map(|value| decoder.list(value)).unwrap_or_default();
    Some(list.into_iter().filter_map(|value| entry(decoder, value)).collect())
}

fn entry(decoder: &mut Decoder, value: Value<'_>) -> Option<Entry> {
    let mut table: Table<'_> =
        decoder.table(value, &["file", "requirement", "tuples", "owner", "reason", "expires"])?;
    let file = decoder.wanted(&mut table, "file");
    let requirement = decoder.wanted(&mut table, "requirement");
    let owner = decoder.wanted(&mut table, "owner");
    if let Some(Text { value, span }) = &owner
        && value.trim().is_empty()
    {
        decoder.error(Code::NoOwner, *span, (texts::BASELINE_BLANK, &[]), (texts::BASELINE_BLANK_HELP, &[]));
    }
    let reason = table.take("reason").and_then(|value| decoder.text(value));
    let expires = decoder.wanted(&mut table, "expires").and_then(|Text { value, span }| {
        let date: Option<Date> = value.parse().ok();
        if date.is_none() {
            let value = visible(&value);
            decoder.error(Code::BadDate, span, (texts::BASELINE_DATE, &[&value]), (texts::TOML_WRITE, &[]));
        }
        date
    });
    let mut tuples = BTreeSet::new();
    match table.take("tuples") {
        None => decoder.error(
            Code::MissingKey,
            table.span,
            (texts::TOML_MISSING, &["tuples"]),
            (texts::TOML_ADD, &["tuples"]),
        ),
        Some(value) => {
            for tuple in decoder.list(value) {
                let items = decoder.list(tuple);
                let texts: Vec<_> = items.into_iter().filter_map(|item| decoder.text(item)).collect();
                tuples.insert(texts.into_iter().map(|text| text.value).collect());
            }
        }
    }
    let text = |text: Text| text.value;
    Some(Entry {
        file: text(file?),
        requirement: text(requirement?),
        tuples,
        owner: text(owner?),
        reason: reason.map(text),
        expires: expires?,
    })
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

fn written(entries: &[Entry]) -> String {
    let mut out = String::from(
        "# Accepted violations: each counts as accepted until its last day, and stays a violation in every report.\n\
         # 受容した違反。期限の日まで受容として扱い、報告では不適合のまま示す。\n\
         # `sanso baseline` rewrites this file; owner, reason and expires may be edited.\nversion = 1\n",
    );
    for Entry { file, requirement, tuples, owner, reason, expires } in entries {
        out.push_str(&format!("\n[[accepted]]\nfile = {}\nrequirement = {}\n", quoted(file), quoted(requirement)));
        out.push_str(&format!("owner = {}\n", quoted(owner)));
        if let Some(reason) = reason {
            out.push_str(&format!("reason = {}\n", quoted(reason)));
        }
        out.push_str(&format!("expires = \"{expires}\"\ntuples = [\n"));
        for tuple in tuples {
            let ids: Vec<_> = tuple.iter().map(|id| quoted(id)).collect();
            out.push_str(&format!("  [{}],\n", ids.join(", ")));
        }
        out.push_str("]\n");
    }
    out
}

/// Writes a baseline, or brings one up to date: what does not violate any more goes, what is accepted stays until it
/// expires, the rest is accepted anew.
///
/// # Errors
/// When the call cannot be used or the file cannot be written.
pub fn run(arguments: &BaselineArguments, context: &Context) -> Result<Status> {
    let lang = context.lang;
    let today = date::today(arguments.date, phrases(lang))?;
    let Some(path) = arguments.output.as_ref().or(context.config.baseline.as_ref()) else {
        bail!("{}", texts::NO_BASELINE_NAMED.get(lang))
    };
    if arguments.owner.as_ref().is_some_and(|owner| owner.trim().is_empty()) {
        bail!("{}", texts::BLANK_OWNER.get(lang));
    }
    if let Some(expires) = arguments.expires.filter(|expires| *expires < today) {
        bail!("{}", texts::EXPIRES_BEFORE.with(lang, &[&expires.to_string(), &today.to_string()]));
    }
    let choice = Choice::of(arguments.policy.as_deref(), arguments.date, context)?;
    let mut baseline = if path.exists() {
        match Baseline::read(path, context) {
            Ok(baseline) => baseline,
            Err(status) => return Ok(status),
        }
    } else {
        Baseline { folder: folder_of(path), entries: Vec::new() }
    };
    let mut news: BTreeMap<(String, String), BTreeSet<Vec<String>>> = BTreeMap::new();
    let (mut kept, mut gone) = (0, 0);
    let files = files::find(&arguments.files, context)?.list;
    apart::check(files.iter().map(PathBuf::as_path), [path.as_path()], context)?;
    for file in files {
        let Some(report) = verified(&file, &choice, today, context)? else { return Ok(Status::Unusable) };
        if let Some(undecided) = report.requirements.iter().find(|one| one.verdict == Verdict::Undecided) {
            bail!("{}", texts::BASELINE_UNDECIDED.with(lang, &[&visible(&report.file), &undecided.id]));
        }
        let name = baseline.name_of(&file);
        for requirement in &report.requirements {
            let mut open: BTreeSet<Vec<String>> = requirement.violating.iter().cloned().collect();
            for entry in &mut baseline.entries {
                if entry.file == name && entry.requirement == requirement.id {
                    let before = entry.tuples.len();
                    // What has expired must be accepted again, by somebody.
                    entry.tuples.retain(|tuple| entry.expires >= today && open.remove(tuple));
                    kept += entry.tuples.len();
                    gone += before - entry.tuples.len();
                }
            }
            if !open.is_empty() {
                news.entry((name.clone(), requirement.id.clone())).or_default().extend(open);
            }
        }
    }
    let new: usize = news.values().map(BTreeSet::len).sum();
    if new > 0 {
        let (Some(owner), Some(expires)) = (&arguments.owner, arguments.expires) else {
            bail!("{}", texts::OWNER_WANTED.with(lang, &[&new.to_string()]))
        };
        let reason = &arguments.reason;
        baseline.entries.extend(news.into_iter().map(|((file, requirement), tuples)| Entry {
            file,
            requirement,
            tuples,
            owner: owner.clone(),
            reason: reason.clone(),
            expires,
        }));
    }
    baseline.entries.retain(|entry| !entry.tuples.is_empty());
    baseline.entries.sort_by(|a, b| (&a.file, &a.requirement, a.expires).cmp(&(&b.file, &b.requirement, b.expires)));
    write_output(Some(path), written(&baseline.entries).as_bytes(), context)?;
    if !context.quiet {
        let shown = path.to_string_lossy();
        let parts = [&*visible(&shown), &kept.to_string(), &new.to_string(), &gone.to_string()];
        write_stderr(&format!("sanso: {}\n", texts::BASELINE_WRITTEN.with(lang, &parts)));
    }
    Ok(Status::Proved)
}

/// The report of a file with every violating tuple; `None` where it cannot be used, which is told of.
fn verified(file: &Path, choice: &Choice<'_>, date: Date, context: &Context) -> Result<Option<Report>> {
    let Ok(source) = open(file, limits::Set::default(), context) else { return Ok(None) };
    let Ok(chosen) = choice.for_document(&source, file) else { return Ok(None) };
    chosen.tell(context);
    let policy = chosen.policy;
    let ticker = Ticker::start(context.shows_progress(), source.name(), context.lang);
    let options = Options {
        policy,
        date,
        max_tuples: usize::MAX,
        limit: None,
        memory: None,
        audit: false,
        rationale: false,
        progress: &ticker,
    };
    let outcome = run_verify(&source, &options);
    drop(ticker);
    match outcome {
        Ok(report) => Ok(Some(report)),
        Err(list) => {
            let text = SourceText::of(&source);
            write_stderr(&diagnostics::render(&list.into_sorted(), &text, context.lang, context.stderr.color));
            Ok(None)
        }
    }
}
