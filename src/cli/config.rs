//! `sanso.toml`: what calls on the files beside it and below share. What the call itself says goes before it.

use std::path::{Component, Path, PathBuf};

use sanso::code::Code;
use sanso::language::Lang;
use sanso::policy::Policy;
use sanso::screen::visible;

use super::Context;
use super::formats::{self, Wanted};
use super::output::write_stderr;
use super::phrases::phrases;
use super::status::{Status, VerifyFailOn};
use super::texts;
use super::toml::{self, Decoder, Table, Text, Value};

/// The name of the file.
pub const NAME: &str = "sanso.toml";
const KEYS: [&str; 6] = ["policy", "lang", "fail-on", "formats", "baseline", "expires-within"];

/// What a configuration says.
#[derive(Clone, Default)]
pub struct Config {
    /// `policy`
    pub policy: Option<String>,
    /// `lang`
    pub lang: Option<Lang>,
    /// `fail-on`
    pub fail_on: Option<VerifyFailOn>,
    /// `formats`, their files below the directory of the configuration
    pub formats: Vec<Wanted>,
    /// `baseline`, from the directory of the configuration
    pub baseline: Option<PathBuf>,
    /// `expires-within`, in days
    pub expires_within: Option<u32>,
}

/// The configuration that a call names, else the one that its files have in common.
///
/// # Errors
/// When files have different ones, or it cannot be used: told of on stderr.
pub fn find(asked: Option<&Path>, files: &[&Path], context: &Context) -> Result<Config, Status> {
    let found = match asked {
        Some(path) => Some(path.to_owned()),
        None => common(files, context)?,
    };
    let Some(path) = found else { return Ok(Config::default()) };
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let config = toml::read(&path, context, |decoder, value| decode(decoder, value, &folder, context))?;
    if !context.quiet && asked.is_none() {
        let name = path.to_string_lossy();
        write_stderr(&format!(
            "sanso: {}\n",
            texts::CONFIG_READ.with(context.lang_asked.or(config.lang).unwrap_or(context.lang), &[&visible(&name)])
        ));
    }
    Ok(config)
}

fn common(files: &[&Path], context: &Context) -> Result<Option<PathBuf>, Status> {
    let mut all = files.iter().map(|file| above(file));
    let Some(first) = all.next() else { return Ok(None) };
    match all.find(|other| *other != first) {
        None => Ok(first),
        Some(other) => {
            let shown = |path: Option<PathBuf>| match path {
                Some(path) => visible(&path.to_string_lossy()).into_owned(),
                None => "-".to_owned(),
            };
            let words = phrases(context.lang);
            let why = texts::TWO_CONFIGS.with(context.lang, &[&shown(first), &shown(other)]);
            write_stderr(&format!("sanso: {}: {why}\n", words.error()));
            Err(Status::Unusable)
        }
    }
}

/// The configuration beside a file or above it. Written from where the call stands, as far as it can be.
fn above(file: &Path) -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    // of standard input and of patterns: what is there of a directory
    let file = if file == Path::new("-") { PathBuf::from(".") } else { file.to_owned() };
    let whole = here.join(file);
    let start = whole.ancestors().find(|folder| folder.is_dir())?;
    // `a/../b` is what the system makes of it
    let start = start.canonicalize().ok()?;
    let found = start.ancestors().map(|folder| folder.join(NAME)).find(|path| path.is_file())?;
    let here = here.canonicalize().ok()?;
    let relative = found.strip_prefix(&here).map(Path::to_owned);
    Some(relative.unwrap_or(found))
}

fn decode(decoder: &mut Decoder, value: Value<'_>, folder: &Path, context: &Context) -> Option<Config> {
    let mut table: Table<'_> = decoder.table(value, &KEYS)?;
    let mut config = Config::default();
    if let Some(Text { value, span }) = table.take("policy").and_then(|value| decoder.text(value)) {
        // A file of the folder of the configuration, or the id of a policy that comes with the program.
        let file = folder.join(&value);
        match Policy::built_in(&value) {
            Ok(_) => config.policy = Some(value),
            Err(_) if file.is_file() => config.policy = Some(file.to_string_lossy().into_owned()),
            Err(error) => {
                let phrase = error.phrase();
                let (en, ja) = (phrase.get(Lang::En).to_owned(), phrase.get(Lang::Ja).to_owned());
                decoder.sentence(Code::BadValue, span, en, ja);
            }
        }
    }
    if let Some(Text { value, span }) = table.take("lang").and_then(|value| decoder.text(value)) {
        match &*value {
            "ja" => config.lang = Some(Lang::Ja),
            "en" => config.lang = Some(Lang::En),
            other => {
                let other = visible(other);
                decoder.error(Code::BadValue, span, (texts::CONFIG_LANG, &[&other]), (texts::TOML_WRITE, &[]));
            }
        }
    }
    if let Some(Text { value, span }) = table.take("fail-on").and_then(|value| decoder.text(value)) {
        match &*value {
            "violation" => config.fail_on = Some(VerifyFailOn::Violation),
            "warning" => config.fail_on = Some(VerifyFailOn::Warning),
            other => {
                let other = visible(other);
                decoder.error(Code::BadValue, span, (texts::CONFIG_FAIL_ON, &[&other]), (texts::TOML_WRITE, &[]));
            }
        }
    }
    for value in table.take("formats").map(|value| decoder.list(value)).unwrap_or_default() {
        let Some(text) = decoder.text(value) else { continue };
        config.formats.extend(format(decoder, &text, folder, context));
    }
    if let Some(text) = table.take("baseline").and_then(|value| decoder.text(value)) {
        config.baseline = below(decoder, &text, Path::new(&text.value), folder);
    }
    if let Some(Text { value, span }) = table.take("expires-within").and_then(|value| decoder.text(value)) {
        match super::date::days(&value) {
            Some(days) => config.expires_within = Some(days),
            None => decoder.error(Code::BadValue, span, (texts::BAD_SPAN, &[]), (texts::TOML_WRITE, &[])),
        }
    }
    Some(config)
}

fn format(decoder: &mut Decoder, text: &Text, folder: &Path, context: &Context) -> Option<Wanted> {
    let in_both = |lang| formats::wanted(&text.value, phrases(lang));
    match in_both(context.lang) {
        Ok(Wanted { format, file: None }) => Some(Wanted { format, file: None }),
        Ok(Wanted { format, file: Some(file) }) => {
            below(decoder, text, &file, folder).map(|file| Wanted { format, file: Some(file) })
        }
        Err(_) => {
            let why = |lang| in_both(lang).err().unwrap_or_default();
            decoder.sentence(Code::BadValue, text.span, why(Lang::En), why(Lang::Ja));
            None
        }
    }
}

/// A path of the configuration. Whoever puts a configuration above files must not make calls write anywhere else.
fn below(decoder: &mut Decoder, text: &Text, path: &Path, folder: &Path) -> Option<PathBuf> {
    let inside = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !inside {
        let shown = path.to_string_lossy();
        let shown = visible(&shown);
        decoder.error(Code::BadValue, text.span, (texts::CONFIG_OUTSIDE, &[&shown]), (texts::CONFIG_OUTSIDE_HELP, &[]));
        return None;
    }
    Some(folder.join(path))
}
