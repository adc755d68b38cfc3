//! The formats of `verify`: how a call names them, and who renders them.

pub mod diff;

use std::path::PathBuf;

use anyhow::{Result, bail};
use sanso::language::Lang;
#[cfg(feature = "junit")]
use sanso::render::junit;
use sanso::render::{dot, github, html, json, markdown, mermaid, sarif, svg, text};
use sanso::report::Report;
use sanso::source::Source;
use sanso::source::SourceText;

use super::phrases::{Phrases, phrases};
use super::{Context, fit, left_out, pdf};

/// A format of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people at a terminal.
    Text,
    /// For programs.
    Json,
    /// For a comment on a pull request.
    Markdown,
    /// For tools that collect findings.
    Sarif,
    /// For tools that collect results of tests.
    Junit,
    /// For the log of a GitHub workflow.
    Github,
    /// For Graphviz.
    Dot,
    /// For pages that draw Mermaid.
    Mermaid,
    /// For auditors: a page that works without a network.
    Html,
    /// The network as a drawing.
    Svg,
    /// For auditors: on paper.
    Pdf,
}

/// All formats and their words.
const FORMATS: &[(&str, Format)] = &[
    ("text", Format::Text),
    ("json", Format::Json),
    ("markdown", Format::Markdown),
    ("sarif", Format::Sarif),
    ("junit", Format::Junit),
    ("github", Format::Github),
    ("dot", Format::Dot),
    ("mermaid", Format::Mermaid),
    ("html", Format::Html),
    ("svg", Format::Svg),
    ("pdf", Format::Pdf),
];

/// All words, for a sentence.
pub fn known() -> String {
    FORMATS.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ")
}

impl Format {
    /// The word in a call.
    pub fn word(self) -> &'static str {
        FORMATS.iter().find(|(_, format)| *format == self).map_or("text", |(word, _)| word)
    }

    /// Whether it shows the facts of an audit.
    pub const fn needs_audit(self) -> bool {
        matches!(self, Self::Markdown | Self::Dot | Self::Mermaid | Self::Html | Self::Svg | Self::Pdf)
    }

    /// Whether it shows what is found beside the verdicts.
    pub const fn needs_beside(self) -> bool {
        matches!(self, Self::Html | Self::Pdf)
    }

    /// Whether it shows what proved requirements rest on.
    pub const fn needs_rationale(self) -> bool {
        matches!(self, Self::Text | Self::Json | Self::Html | Self::Pdf)
    }

    /// Whether it shows one document only.
    pub const fn is_of_one_document(self) -> bool {
        matches!(self, Self::Dot | Self::Mermaid | Self::Html | Self::Svg | Self::Pdf)
    }
}

/// A format asked for, and where it goes; `None`: to stdout.
#[derive(Clone, Debug)]
pub struct Wanted<F = Format> {
    /// The format.
    pub format: F,
    /// Its file.
    pub file: Option<PathBuf>,
}

/// Reads `html` or `html=report.html`.
///
/// # Errors
/// A sentence on what is wrong.
pub fn wanted(text: &str, words: &dyn Phrases) -> Result<Wanted, String> {
    wanted_of(FORMATS, text, words, |_| words.bad_format(&known()))
}

/// Reads a format of a table, and its file; `unknown` is the sentence on a word that the table does not have.
///
/// # Errors
/// A sentence on what is wrong.
pub fn wanted_of<F: Copy>(
    formats: &[(&str, F)],
    text: &str,
    words: &dyn Phrases,
    unknown: impl FnOnce(&str) -> String,
) -> Result<Wanted<F>, String> {
    let (word, file) = match text.split_once('=') {
        Some((word, file)) => (word, Some(file)),
        None => (text, None),
    };
    let Some(&(_, format)) = formats.iter().find(|(known, _)| *known == word) else { return Err(unknown(word)) };
    if file == Some("") {
        return Err(words.format_file_missing(word));
    }
    Ok(Wanted { format, file: file.map(PathBuf::from) })
}

/// Checks that what is asked for has places to go to: at most one format on stdout, no file twice.
///
/// # Errors
/// A sentence on what is wrong.
pub fn check_outputs<F>(wanted: &[Wanted<F>], words: &dyn Phrases) -> Result<()> {
    if wanted.iter().filter(|wanted| wanted.file.is_none()).count() > 1 {
        bail!("{}", words.one_format_on_stdout());
    }
    for (at, one) in wanted.iter().enumerate() {
        if let Some(file) = &one.file
            && wanted[..at].iter().any(|other| other.file == one.file)
        {
            bail!("{}", words.one_file_twice(&file.to_string_lossy()));
        }
    }
    Ok(())
}

/// [`check_outputs`], that this build has the formats, and that those which show one document only get one.
///
/// # Errors
/// A sentence on what is wrong.
pub fn check(wanted: &[Wanted], documents: usize, lang: Lang) -> Result<()> {
    let words = phrases(lang);
    check_outputs(wanted, words)?;
    wanted.iter().try_for_each(|one| left_out::format(one.format.word(), lang))?;
    match wanted.iter().find(|one| documents > 1 && one.format.is_of_one_document()) {
        Some(one) => bail!("{}", words.one_document_per_format(one.format.word())),
        None => Ok(()),
    }
}

/// What was found, and the texts that it was found in, side by side.
#[derive(Default)]
pub struct Verified {
    /// The reports.
    pub reports: Vec<Report>,
    /// The texts.
    pub sources: Vec<Source>,
    /// Whether names and addresses were replaced: then nothing of the texts may be shown.
    pub redacted: bool,
    /// Whether the call could mean several files, so that lists are wanted.
    pub several: bool,
    /// What is said last to people.
    pub last: Option<String>,
}

/// The bytes of a format; text is coloured where `color` says so.
///
/// # Errors
/// When the format cannot be made.
pub fn render(format: Format, verified: &Verified, context: &Context, color: bool) -> Result<Vec<u8>> {
    let Verified { reports, sources, redacted, several, last } = verified;
    // What programs read does not depend on whose terminal it is.
    let lang_of_data = context.lang_asked.unwrap_or_default();
    Ok(match format {
        Format::Text => {
            let options = text::Options { lang: context.lang, color };
            let pages = reports.iter().zip(sources).map(|(report, source)| {
                let source = SourceText::of(source);
                text::render(report, Some(&source).filter(|_| !redacted), options)
            });
            let mut page = pages.collect::<Vec<_>>().join("\n");
            page.extend(last.iter().map(|last| format!("{last}\n")));
            // of a pipe nobody knows how wide what follows is
            if context.stdout.is_terminal { fit::screen(&page, context.stdout.columns()) } else { page }.into_bytes()
        }
        Format::Json if *several => json::render_list(reports, lang_of_data)?.into_bytes(),
        Format::Json => json::render(reports, lang_of_data)?.into_bytes(),
        Format::Markdown => markdown::render(reports, context.lang).into_bytes(),
        Format::Sarif => sarif::render(reports, lang_of_data)?.into_bytes(),
        #[cfg(feature = "junit")]
        Format::Junit => junit::render(reports, lang_of_data)?.into_bytes(),
        #[cfg(not(feature = "junit"))]
        Format::Junit => bail!("{}", phrases(context.lang).internal_error()), // refused by `check`
        Format::Github => github::render(reports, lang_of_data).into_bytes(),
        Format::Dot => drawn(reports, |report| dot::render(report, lang_of_data)),
        Format::Mermaid => drawn(reports, |report| mermaid::render(report, lang_of_data)),
        Format::Html => html::render(one(reports)?, context.lang)?.into_bytes(),
        Format::Svg => svg::render(one(reports)?, context.lang)?.into_bytes(),
        Format::Pdf => pdf::render(reports, context)?,
    })
}

/// A picture of the one report.
fn drawn(reports: &[Report], draw: impl Fn(&Report) -> String) -> Vec<u8> {
    reports.iter().map(draw).collect::<String>().into_bytes()
}

/// The report of a format that shows one document.
fn one(reports: &[Report]) -> Result<&Report> {
    let [report] = reports else { bail!("one document was wanted") };
    Ok(report)
}
