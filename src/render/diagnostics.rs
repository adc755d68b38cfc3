//! Diagnostics as a compiler shows them: code, place, excerpt, help, related places.

use std::collections::HashMap;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::catalogue::{Sentence, help};
use super::page::{BAD, BOLD, CARE, Page};
use super::phrases::{Phrases, phrases};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::language::Lang;
use crate::report::Warning;
use crate::screen::fitting;
use crate::source::Location;
use crate::source::SourceText;
use crate::source::Span;

/// How many diagnostics get an excerpt; further ones are shown in one line each.
const EXCERPTS: usize = 100;
/// How many of those that say the very same are shown after that; the rest is counted.
const REPEATED: usize = 20;
/// Related places shown of one diagnostic.
const RELATED: usize = 4;

/// Renders diagnostics in the order given, errors and warnings, and ends with a line that counts them. None is left
/// out but repetitions of the same message, which are counted.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], source: &SourceText<'_>, lang: Lang, color: bool) -> String {
    let words = phrases(lang);
    let mut page = Page::new(color);
    let mut repeated: HashMap<_, usize> = HashMap::new();
    for (index, diagnostic) in diagnostics.iter().enumerate() {
        if index < EXCERPTS {
            with_excerpt(&mut page, diagnostic, source, lang);
            page.end();
        } else {
            let times = repeated.entry((diagnostic.code, &diagnostic.message)).or_default();
            *times += 1;
            if *times <= REPEATED {
                let place = source.locate(diagnostic.span);
                one_line(&mut page, words, &shown(diagnostic, lang), Some((source.name(), &place)));
            }
        }
    }
    let mut repeated: Vec<_> = repeated.into_iter().filter(|(_, times)| *times > REPEATED).collect();
    repeated.sort_unstable();
    for ((code, message), times) in repeated {
        page.text(&words.more_of_the_same(times - REPEATED, code, message.get(lang))).end();
    }
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    if errors > 0 {
        if diagnostics.len() > EXCERPTS {
            page.end();
        }
        page.paint(BAD, words.error()).text(": ");
        page.paint(BOLD, &words.unusable(source.name(), errors, diagnostics.len() - errors)).end();
    }
    page.finish()
}

/// What a one-line message shows.
struct Shown {
    severity: Severity,
    code: Code,
    message: String,
    help: Option<String>,
}

fn shown(diagnostic: &Diagnostic, lang: Lang) -> Shown {
    Shown {
        severity: diagnostic.severity,
        code: diagnostic.code,
        message: diagnostic.message.text(lang),
        help: diagnostic.help.as_ref().map(|help| help.text(lang)),
    }
}

/// Writes a warning of a report in one line, its help in a second.
pub(super) fn warning_line(page: &mut Page, warning: &Warning, file: &str, lang: Lang) {
    let shown = Shown {
        severity: Severity::Warning,
        code: warning.code(),
        message: warning.text(lang),
        help: help(warning).map(|help| help.text(lang)),
    };
    let place = warning.location.as_ref().map(|location| (file, location));
    one_line(page, phrases(lang), &shown, place);
}

fn one_line(page: &mut Page, words: &dyn Phrases, shown: &Shown, place: Option<(&str, &Location)>) {
    if let Some((file, location)) = place {
        page.text(&format!("{}: ", location.shown(file)));
    }
    match shown.severity {
        Severity::Error => page.paint(BAD, &format!("{}[{}]", words.error(), shown.code)),
        Severity::Warning => page.paint(CARE, &format!("{}[{}]", words.warning(), shown.code)),
    };
    page.text(": ").text(&shown.message).end();
    if let Some(help) = &shown.help {
        page.space(4).paint(BOLD, words.help()).text(": ").text(help).end();
    }
}

fn with_excerpt(page: &mut Page, diagnostic: &Diagnostic, source: &SourceText<'_>, lang: Lang) {
    let words = phrases(lang);
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR.with_name(words.error()),
        Severity::Warning => Level::WARNING.with_name(words.warning()),
    };
    let title = level.primary_title(fitting(diagnostic.message.get(lang))).id(diagnostic.code.word());
    let mut main = at_place(Group::with_title(title), source, diagnostic.span);
    if let Some(help) = &diagnostic.help {
        main = main.element(Level::HELP.with_name(words.help()).message(fitting(help.get(lang))));
    }
    let mut groups = vec![main];
    for (span, phrase) in diagnostic.related.iter().take(RELATED) {
        let title = Level::NOTE.with_name(words.note()).secondary_title(fitting(phrase.get(lang)));
        groups.push(at_place(Group::with_title(title), source, *span));
    }
    if diagnostic.related.len() > RELATED {
        let more = words.and_more(diagnostic.related.len() - RELATED);
        groups.push(Group::with_title(Level::NOTE.with_name(words.note()).secondary_title(more)));
    }
    page.block(0, &draw(&groups, page.color()));
}

/// Adds the place of a span and its excerpt to a group.
fn at_place<'g>(group: Group<'g>, source: &SourceText<'_>, span: Span) -> Group<'g> {
    excerpt_at(group, source, &source.locate(span), None)
}

fn excerpt_at<'g>(group: Group<'g>, source: &SourceText<'_>, location: &Location, label: Option<&'g str>) -> Group<'g> {
    let group = group.element(match location.origin {
        Some(origin) if origin.composed => Origin::path(fitting(&origin.place).into_owned()),
        Some(_) => Origin::path(fitting(&location.shown(source.name())).into_owned()),
        None => Origin::path(fitting(source.name()).into_owned())
            .line(location.line as usize)
            .char_column(location.column as usize),
    });
    match source.excerpt(location) {
        None => group,
        Some(excerpt) => {
            let mark: Annotation<'g> = AnnotationKind::Primary.span(excerpt.mark).label(label);
            group.element(Snippet::source(excerpt.text).line_start(excerpt.line).fold(false).annotation(mark))
        }
    }
}

/// The excerpt of a place in a report, without a title; empty when there is nothing to show.
pub(super) fn excerpt(source: &SourceText<'_>, location: &Location, label: Option<&str>, color: bool) -> String {
    let label = label.map(fitting);
    let group = excerpt_at(Group::with_level(Level::WARNING), source, location, label.as_deref());
    draw(&[group], color)
}

/// Draws groups. An excerpt that follows its origin is set off by a line `:::`, as a second file would be: it goes.
fn draw(groups: &[Group<'_>], color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let drawn = renderer.decor_style(DecorStyle::Ascii).term_width(240).render(groups);
    let mut out = String::with_capacity(drawn.len());
    for line in drawn.lines().filter(|line| !(line.contains(":::") && unstyled(line).trim() == ":::")) {
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// A line without its styles.
fn unstyled(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let mut out = parts.next().unwrap_or_default().to_owned();
    out.extend(parts.map(|part| part.split_once('m').map_or("", |(_, text)| text)));
    out
}
