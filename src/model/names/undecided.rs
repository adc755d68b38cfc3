//! Clauses of the format that the engine cannot decide yet. A document that uses one is refused by name: nothing that it
//! says is left out in silence.

use super::Resolver;
use crate::source::Span;

impl Resolver<'_, '_> {
    /// The first use of each clause that cannot be decided yet.
    pub(super) fn undecided(&mut self) {
        for (clause, span) in self.clauses() {
            self.error(
                "not-decided-yet",
                span,
                (
                    format!("{clause} is read, but cannot be decided yet"),
                    format!("{clause} は読み込めますが、まだ判定できません"),
                ),
                (
                    "take it out to verify the rest; mind that the result is then not about your network",
                    "取り除けば残りを検証できますが、その結果は実際のネットワークのものではなくなります",
                ),
            );
        }
    }

    /// Each such clause, with the place of its first use.
    fn clauses(&self) -> Vec<(&'static str, Span)> {
        let document = self.document;
        let mut found = Found::default();
        if let Some(transfer) = document.transfers.first() {
            found.note("`transfers`", transfer.span);
        }
        found.0
    }
}

#[derive(Default)]
struct Found(Vec<(&'static str, Span)>);

impl Found {
    fn note(&mut self, clause: &'static str, span: Span) {
        if self.0.iter().all(|(known, _)| *known != clause) {
            self.0.push((clause, span));
        }
    }
}
