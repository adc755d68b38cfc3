//! What in a policy is probably not meant, though it reads well.

use super::definition::Definition;
use super::within::{implies, is_empty};
use crate::code::Code;
use crate::document::Date;
use crate::language::Phrase;

/// A thing to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lint {
    /// Stable code in kebab-case.
    pub code: Code,
    /// The requirement or pattern that it is about.
    pub about: String,
    /// What is to be said.
    pub message: Phrase,
}

/// What is to be said of a policy on a day, in the order of its requirements.
#[must_use]
pub fn lint(definition: &Definition, day: Date) -> Vec<Lint> {
    let mut out = Vec::new();
    let mut say = |code, about: &str, en: String, ja: String| {
        out.push(Lint { code, about: about.to_owned(), message: Phrase::new(en, ja) });
    };
    for (name, pattern) in &definition.patterns {
        if !pattern.is_empty() && pattern.iter().all(is_empty) {
            say(
                Code::PatternOfNothing,
                name,
                format!("the pattern `{name}` matches no node of any document"),
                format!("条件「{name}」は、どの構成のノードにも当てはまらない"),
            );
        }
    }
    for (at, one) in definition.requirements.iter().enumerate() {
        let id = &one.id;
        if one.asked.patterns().iter().any(|pattern| pattern.iter().all(is_empty)) {
            say(
                Code::PatternOfNothing,
                id,
                format!("`{id}` has a pattern that matches no node of any document"),
                format!("「{id}」に、どの構成のノードにも当てはまらない条件がある"),
            );
        }
        let others = definition.requirements.iter().enumerate().filter(|(other, _)| *other != at);
        let implied = others.into_iter().find(|(other, stronger)| {
            implies(&stronger.asked, &one.asked)
                // What takes nodes out also speaks of communication that exceptions excuse from the other.
                && one.asked.without() == stronger.asked.without()
                && stronger.severity >= one.severity
                // Of two that ask the same the later one is to be looked at.
                && (*other < at || !implies(&one.asked, &stronger.asked))
        });
        if let Some((_, stronger)) = implied {
            say(
                Code::RequirementImplied,
                id,
                format!("`{id}` asks nothing that `{}` does not ask", stronger.id),
                format!("「{id}」の内容は「{}」に含まれている", stronger.id),
            );
        }
    }
    for loosening in definition.loosenings.iter().filter(|one| one.until < day) {
        let (id, until) = (&loosening.id, loosening.until);
        say(
            Code::LooseningEnded,
            id,
            format!("the loosening of `{id}` ended on {until} and has no effect any more"),
            format!("「{id}」の緩和は {until} に期限が切れ、効力がない"),
        );
    }
    out
}
