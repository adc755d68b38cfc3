//! The difference for people at a terminal.

use anstyle::Style;

use super::lines::{INNER, sections};
use super::phrases::phrases;
use crate::language::Lang;
use crate::render::page::{BAD, BOLD, CARE, DIM, GOOD, PLAIN, Page};
use crate::render::phrases::{grouped, standing_word};
use crate::render::sentences::short;
use crate::render::table;
use crate::render::table::Cell;
use crate::render::text::Options;
use crate::report::diff::{Diff, Direction, RequirementChange, Subject};

const fn style(direction: Direction) -> Style {
    match direction {
        Direction::Unchanged => PLAIN,
        Direction::Changed | Direction::NotCompared => CARE,
        Direction::Narrowed => GOOD,
        Direction::Widened | Direction::Both => BAD,
    }
}

/// The difference as text that ends in a newline.
#[must_use]
pub fn render(diff: &Diff, options: Options) -> String {
    let lang = options.lang;
    let words = phrases(lang);
    let general = crate::render::phrases::phrases(lang);
    let mut page = Page::new(options.color);
    page.paint(BOLD, words.heading()).end();
    let row = |name: &str, subject: &Subject| vec![Cell::new(name).styled(DIM), Cell::new(about(subject, lang))];
    let policy = format!("{} (sha256 {})", diff.policy_id, short(&diff.policy_sha256));
    let rows = [
        row(words.old_one(), &diff.old),
        row(words.new_one(), &diff.new),
        vec![Cell::new(general.policy()).styled(DIM), Cell::new(policy)],
    ];
    table::write(&mut page, 2, &rows);
    page.end();
    let all: Vec<&RequirementChange> = diff.requirements.iter().collect();
    requirements(&mut page, &all, lang);
    rest(&mut page, diff, lang);
    page.finish()
}

/// What differs, without the subjects and without the requirements of which nothing does.
#[must_use]
pub fn changes(diff: &Diff, options: Options) -> String {
    let mut page = Page::new(options.color);
    let changed = |one: &&RequirementChange| one.direction != Direction::Unchanged;
    let changed: Vec<&RequirementChange> = diff.requirements.iter().filter(changed).collect();
    if !changed.is_empty() {
        requirements(&mut page, &changed, options.lang);
    }
    rest(&mut page, diff, options.lang);
    page.finish()
}

/// The table of requirements.
fn requirements(page: &mut Page, requirements: &[&RequirementChange], lang: Lang) {
    let (words, general) = (phrases(lang), crate::render::phrases::phrases(lang));
    let mut rows = vec![vec![
        Cell::new(general.requirement()).styled(DIM),
        Cell::new(words.old_one()).styled(DIM),
        Cell::new(words.new_one()).styled(DIM),
        Cell::new(words.gained_column()).styled(DIM).right(),
        Cell::new(words.lost_column()).styled(DIM).right(),
        Cell::new(words.change_column()).styled(DIM),
    ]];
    for one in requirements {
        rows.push(vec![
            Cell::new(&one.id),
            Cell::new(standing_word(one.standings[0], lang)),
            Cell::new(standing_word(one.standings[1], lang)),
            Cell::new(grouped(one.gained_count())).right(),
            Cell::new(grouped(one.lost_count())).right(),
            Cell::new(words.direction(one.direction)).styled(style(one.direction)),
        ]);
    }
    table::write(page, 0, &rows);
}

/// What differs in detail, and the conclusion.
fn rest(page: &mut Page, diff: &Diff, lang: Lang) {
    let words = phrases(lang);
    for section in sections(diff, lang) {
        page.end();
        page.paint(BOLD, &section.heading).end();
        for line in &section.lines {
            match line.strip_prefix(INNER) {
                Some(inner) => page.space(6).text(inner).end(),
                None => page.space(2).text("- ").text(line).end(),
            };
        }
    }
    page.end();
    page.paint(style(diff.direction), &words.conclusion(diff.direction, diff.widenings.len(), diff.undecided)).end();
}

/// What a document is, in a line.
pub(super) fn about(subject: &Subject, lang: Lang) -> String {
    let general = crate::render::phrases::phrases(lang);
    let Subject { file, sha256, nodes, links, date, standing, .. } = subject;
    let size = general.nodes_and_links(*nodes, *links);
    [format!("{file} (sha256 {})", short(sha256)), size, date.clone(), standing_word(*standing, lang).to_owned()]
        .join(general.list_comma())
}
