//! `sanso policy`: which policies there are, what one says, what is odd about it, what it asks otherwise than another.

use std::path::{Component, Path};

use anyhow::{Result, bail};
use clap::ValueEnum as _;
use sanso::document::Date;
use sanso::language::{Lang, Phrase};
use sanso::policy::compare::{Way, What, compare};
use sanso::policy::definition::Definition;
use sanso::policy::lint::lint;
use sanso::policy::{DEFAULT, Policy, PolicyError, Severity, Told, built_in_ids, definition};
use sanso::render::diagnostics;
use sanso::screen::visible;
use sanso::source::{Source, SourceText};

use super::arguments::policy::{Action, PolicyArguments, ShowFormat};
use super::files::leads_out;
use super::fit::wrap;
use super::output::{folder_of, write_stderr, write_stdout};
use super::phrases::phrases;
use super::status::Status;
use super::texts::Both;
use super::{Context, date};

const WANTED: Both = Both("`sanso policy {}` wants {}", "`sanso policy {}` には {} が必要です");
const UNUSABLE: Both = Both("the policy {} cannot be used", "ポリシー {} は使えません");
const FOLDER: Both =
    Both("{} leads out of the folder of the file that names it", "{} はそれを指定したファイルのフォルダーの外にある");

/// Does what is asked.
///
/// # Errors
/// When the call cannot be understood, or stdout cannot be written.
pub fn run(arguments: &PolicyArguments, context: &Context) -> Result<Status> {
    let words = phrases(context.lang);
    let wanted = match arguments.action {
        Action::List | Action::Schema => 0,
        Action::Show | Action::Lint => 1,
        Action::Diff => 2,
    };
    if arguments.policies.len() != wanted {
        let name = arguments.action.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned());
        let count = match (wanted, context.lang) {
            (0, Lang::En) => "no policy",
            (1, Lang::En) => "one policy",
            (_, Lang::En) => "two policies",
            (0, Lang::Ja) => "ポリシーの指定なし",
            (1, Lang::Ja) => "ポリシー 1 つ",
            (_, Lang::Ja) => "ポリシー 2 つ",
        };
        bail!("{}", WANTED.with(context.lang, &[&name, count]));
    }
    let day = date::today(arguments.date, words)?;
    let mut read = Vec::new();
    for policy in &arguments.policies {
        match load(policy, context)? {
            Some(definition) => read.push(definition),
            None => return Ok(Status::Unusable),
        }
    }
    let (text, status) = match (arguments.action, &read[..]) {
        (Action::List, _) => (list(context)?, Status::Proved),
        (Action::Schema, _) => (format!("{:#}\n", sanso::document::policy_schema()), Status::Proved),
        (Action::Lint, [one]) => odd(one, day, context),
        (Action::Diff, [old, new]) => differences(old, new, day, context),
        (_, [one, ..]) if arguments.format == ShowFormat::Json => (one.canonical(), Status::Proved),
        (_, [one, ..]) => (shown(one, day, context), Status::Proved),
        _ => (String::new(), Status::Unusable),
    };
    if let Err(error) = write_stdout(text.as_bytes()) {
        bail!("{}", words.cannot_write(&error.to_string()));
    }
    Ok(status)
}

/// What the policy that a call names asks on a day; it stays for as long as the call.
///
/// # Errors
/// When there is none, or it cannot be read.
pub fn asked(named: Option<&str>, day: Option<Date>, context: &Context) -> Result<&'static Policy> {
    let id = named.or(context.config.policy.as_deref()).unwrap_or(DEFAULT);
    let told = |error: PolicyError| anyhow::anyhow!("{}", error.phrase().get(context.lang));
    if built_in_ids().any(|known| known == id) {
        return Policy::built_in(id).map_err(told);
    }
    let Some(definition) = load(id, context)? else { bail!("{}", UNUSABLE.with(context.lang, &[&visible(id)])) };
    let day = date::today(day, phrases(context.lang))?;
    Ok(Box::leak(Box::new(Policy::of(&definition, day))))
}

/// The policy that a call names, or its configuration; `None`: none is named, or one that comes with the checkers.
///
/// # Errors
/// When there is none, or it cannot be read.
#[cfg(feature = "check")]
pub fn defined(named: Option<&str>, context: &Context) -> Result<Option<Definition>> {
    let Some(id) = named.or(context.config.policy.as_deref()) else { return Ok(None) };
    if named.is_none() && built_in_ids().any(|known| known == id) {
        return Ok(None);
    }
    match load(id, context)? {
        Some(definition) => Ok(Some(definition)),
        None => bail!("{}", UNUSABLE.with(context.lang, &[&visible(id)])),
    }
}

/// A policy by its id or its file; `None`: there are errors, which are told on stderr.
///
/// # Errors
/// When there is no such policy.
pub fn load(policy: &str, context: &Context) -> Result<Option<Definition>> {
    let told = |error: PolicyError| anyhow::anyhow!("{}", error.phrase().get(context.lang));
    if built_in_ids().any(|id| id == policy) {
        return definition(policy).map(Some).map_err(told);
    }
    let path = Path::new(policy);
    let named_file = [".json", ".yaml", ".yml"].iter().any(|end| policy.ends_with(end));
    if path.is_dir() || !path.exists() && !named_file {
        return Err(told(PolicyError::Unknown(visible(policy).into_owned())));
    }
    let source = match open(path) {
        Ok(source) => source,
        Err(why) => {
            write_stderr(&format!("sanso: {}: {}\n", visible(policy), why.get(context.lang)));
            return Ok(None);
        }
    };
    Ok(read_all(source, context))
}

/// What is found beside a document.
pub enum Beside {
    /// A policy; it stays for as long as the call.
    Policy(&'static Policy),
    /// There are errors, which are told on stderr.
    Broken,
}

/// The policy that a document asks for: an id, or a file of its folder or below.
///
/// # Errors
/// Why there is none.
pub fn beside_document(
    name: &str,
    document: &Path,
    day: Option<Date>,
    context: &Context,
) -> std::result::Result<Beside, Phrase> {
    if built_in_ids().any(|known| known == name) {
        return Policy::built_in(name).map(Beside::Policy).map_err(|error| error.phrase());
    }
    let file = Path::new(name);
    let within = file.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if name.is_empty() || !within || name.contains(['\\', ':']) {
        return Err(outside(name));
    }
    let named_file = [".json", ".yaml", ".yml"].iter().any(|end| name.ends_with(end));
    if !named_file && !folder_of(document).join(file).is_file() {
        return Err(PolicyError::Unknown(visible(name).into_owned()).phrase());
    }
    let source = beside(document, name)?;
    let Some(definition) = read_all(source, context) else { return Ok(Beside::Broken) };
    let words = phrases(context.lang);
    let day = date::today(day, words).map_err(|error| Phrase::new(error.to_string(), error.to_string()))?;
    let mut policy = Policy::of(&definition, day);
    policy.called.push(name.to_owned());
    Ok(Beside::Policy(Box::leak(Box::new(policy))))
}

fn read_all(source: Source, context: &Context) -> Option<Definition> {
    let fetch = |from: &str, path: &str| beside(Path::new(from), path);
    let (read, told) = sanso::policy::read(source, &fetch);
    told.iter().for_each(|told| tell(told, context));
    read
}

fn outside(path: &str) -> Phrase {
    FOLDER.phrase(&[&visible(path)])
}

fn tell(told: &Told, context: &Context) {
    let text = SourceText::of(&told.source);
    write_stderr(&diagnostics::render(&told.diagnostics, &text, context.lang, context.stderr.color));
}

fn cannot(error: &std::io::Error) -> Phrase {
    Phrase::new(error.to_string(), error.to_string())
}

fn open(path: &Path) -> std::result::Result<Source, Phrase> {
    let bytes = std::fs::read(path).map_err(|error| cannot(&error))?;
    Source::new(path.to_string_lossy(), bytes).map_err(|error| error.phrase())
}

/// The file that a policy names, in its folder or below, links followed.
fn beside(from: &Path, path: &str) -> std::result::Result<Source, Phrase> {
    let folder = folder_of(from);
    let file = folder.join(path);
    if leads_out(folder, &file).map_err(|error| cannot(&error))? {
        return Err(outside(path));
    }
    open(&file)
}

fn list(context: &Context) -> Result<String> {
    let mut out = String::new();
    let widest = built_in_ids().map(str::len).max().unwrap_or(0);
    for id in built_in_ids() {
        let read = definition(id).map_err(|error| anyhow::anyhow!("{}", error.phrase().get(context.lang)))?;
        out.push_str(&format!("{id:widest$}  {}\n", read.title.get(context.lang)));
    }
    Ok(out)
}

/// A severity in words.
fn grave(severity: Severity, lang: Lang) -> &'static str {
    match (severity, lang) {
        (Severity::Error, Lang::En) => "error",
        (Severity::Warning, Lang::En) => "warning",
        (Severity::Error, Lang::Ja) => "違反",
        (Severity::Warning, Lang::Ja) => "警告",
    }
}

fn shown(one: &Definition, day: Date, context: &Context) -> String {
    let lang = context.lang;
    let columns = context.stdout.columns();
    let edition = match lang {
        Lang::En => format!("edition {} of the guideline", one.edition.word()),
        Lang::Ja => format!("ガイドライン {} 版", one.edition.word()),
    };
    let mut out = format!("{} ({})\n{edition}\nsha256 {}\n\n", one.title.get(lang), visible(&one.id), one.sha256());
    let widest = one.requirements.iter().map(|one| one.id.chars().count()).max().unwrap_or(0);
    for requirement in &one.requirements {
        let severity = one.severity_on(requirement, day);
        let mut line = format!("  {:widest$}  {}", visible(&requirement.id), visible(requirement.title.get(lang)));
        match (severity, lang) {
            (Some(Severity::Error), _) => {}
            (Some(severity), Lang::En) => line.push_str(&format!(" ({})", grave(severity, lang))),
            (Some(severity), Lang::Ja) => line.push_str(&format!("（{}）", grave(severity, lang))),
            (None, Lang::En) => line.push_str(" (off)"),
            (None, Lang::Ja) => line.push_str("（適用しない）"),
        }
        out.push_str(&wrap(&line, columns, widest + 4).join("\n"));
        out.push('\n');
    }
    if !one.loosenings.is_empty() {
        out.push_str(match lang {
            Lang::En => "\nLoosenings:\n",
            Lang::Ja => "\n要件の緩和:\n",
        });
    }
    for loosening in &one.loosenings {
        let to = loosening.severity.map_or(
            match lang {
                Lang::En => "off",
                Lang::Ja => "適用しない",
            },
            |severity| grave(severity, lang),
        );
        let ended = day > loosening.until;
        let (id, reason, by) = (visible(&loosening.id), visible(&loosening.reason), visible(&loosening.approved_by));
        let line = match lang {
            Lang::En => {
                let ended = if ended { "; ended" } else { "" };
                format!("  {id}: {to} until {}: {reason} (approved by {by}{ended})", loosening.until)
            }
            Lang::Ja => {
                let ended = if ended { "、期限切れ" } else { "" };
                format!("  {id}: {to}、{} まで。理由: {reason}（承認者 {by}{ended}）", loosening.until)
            }
        };
        out.push_str(&wrap(&line, columns, 4).join("\n"));
        out.push('\n');
    }
    out
}

/// What is odd about a policy; status 1 where something is.
fn odd(one: &Definition, day: Date, context: &Context) -> (String, Status) {
    let found = lint(one, day);
    if found.is_empty() {
        let text = match context.lang {
            Lang::En => "nothing to remark\n",
            Lang::Ja => "指摘はない\n",
        };
        return (text.to_owned(), Status::Proved);
    }
    let line = |one: &sanso::policy::lint::Lint| {
        let word = match context.lang {
            Lang::En => "warning",
            Lang::Ja => "警告",
        };
        let text = format!("{word}[{}]: {}", one.code, visible(one.message.get(context.lang)));
        wrap(&text, context.stdout.columns(), 2).join("\n") + "\n"
    };
    (found.iter().map(line).collect(), Status::Violated)
}

/// What a policy asks otherwise than another; status 1 where it asks less, or not surely as much.
fn differences(old: &Definition, new: &Definition, day: Date, context: &Context) -> (String, Status) {
    let lang = context.lang;
    let found = compare(old, new, day);
    let mut out = String::new();
    if old.edition != new.edition {
        let (before, after) = (old.edition.word(), new.edition.word());
        out.push_str(&match lang {
            Lang::En => format!("* edition of the guideline: {before} -> {after}\n"),
            Lang::Ja => format!("* ガイドラインの版: {before} → {after}\n"),
        });
    }
    for one in &found {
        let (sign, way) = match (one.way, lang) {
            (Way::Looser, Lang::En) => ('-', "looser"),
            (Way::Changed, Lang::En) => ('*', "changed"),
            (Way::Stricter, Lang::En) => ('+', "stricter"),
            (Way::Looser, Lang::Ja) => ('-', "緩和"),
            (Way::Changed, Lang::Ja) => ('*', "変更"),
            (Way::Stricter, Lang::Ja) => ('+', "強化"),
        };
        let what = told(&one.what, lang);
        let line = format!("{sign} {way}  {}: {what}", visible(&one.id));
        out.push_str(&wrap(&line, context.stdout.columns(), 4).join("\n"));
        out.push('\n');
    }
    if out.is_empty() {
        out.push_str(match lang {
            Lang::En => "no difference\n",
            Lang::Ja => "違いはない\n",
        });
    }
    let looser = found.iter().any(|one| one.way != Way::Stricter);
    (out, if looser { Status::Violated } else { Status::Proved })
}

fn told(what: &What, lang: Lang) -> String {
    match (what, lang) {
        (What::Added, Lang::En) => "new".to_owned(),
        (What::Added, Lang::Ja) => "追加".to_owned(),
        (What::Removed, Lang::En) => "gone".to_owned(),
        (What::Removed, Lang::Ja) => "削除".to_owned(),
        (What::SwitchedOff(until), Lang::En) => {
            format!("switched off{}", until.map_or_else(String::new, |day| format!(" until {day}")))
        }
        (What::SwitchedOff(until), Lang::Ja) => {
            format!("適用しない{}", until.map_or_else(String::new, |day| format!("（{day} まで）")))
        }
        (What::SwitchedOn, Lang::En) => "in force again".to_owned(),
        (What::SwitchedOn, Lang::Ja) => "再び適用".to_owned(),
        (What::Severity(before, after), Lang::En) => format!("{} -> {}", grave(*before, lang), grave(*after, lang)),
        (What::Severity(before, after), Lang::Ja) => format!("{} → {}", grave(*before, lang), grave(*after, lang)),
        (What::Check, Lang::En) => "its check asks something else".to_owned(),
        (What::Check, Lang::Ja) => "検査の内容".to_owned(),
    }
}
