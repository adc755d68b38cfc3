//! Whom verdicts speak of, in words.

use crate::language::{Lang, grouped, plural};
use crate::report::audit::Population;

/// Whom a verdict speaks of, in a sentence.
pub fn population(population: Population, lang: Lang) -> String {
    match (population, lang) {
        (Population::Pairs(a, b), Lang::En) => format!(
            "Looked at: {} against {}, {} in both directions.",
            plural(a, "endpoint", "endpoints"),
            grouped(b),
            plural(a.saturating_mul(b), "pair", "pairs")
        ),
        (Population::Pairs(a, b), Lang::Ja) => format!(
            "対象: 端点 {} 件と端点 {} 件との間（{} 組、双方向）。",
            grouped(a),
            grouped(b),
            grouped(a.saturating_mul(b))
        ),
        (Population::Nodes(count), Lang::En) => format!("Looked at: {}.", plural(count, "node", "nodes")),
        (Population::Nodes(count), Lang::Ja) => format!("対象: ノード {} 件。", grouped(count)),
        (Population::Exceptions(count), Lang::En) => {
            format!("Looked at: {}.", plural(count, "exception", "exceptions"))
        }
        (Population::Exceptions(count), Lang::Ja) => format!("対象: 特定通信 {} 件。", grouped(count)),
        (Population::Links(count), Lang::En) => format!("Looked at: {}.", plural(count, "link", "links")),
        (Population::Links(count), Lang::Ja) => format!("対象: リンク {} 件。", grouped(count)),
        (Population::Transfers(count), Lang::En) => format!("Looked at: {}.", plural(count, "transfer", "transfers")),
        (Population::Transfers(count), Lang::Ja) => format!("対象: 受渡し {} 件。", grouped(count)),
        (Population::Document, Lang::En) => "Looked at: the document as a whole.".to_owned(),
        (Population::Document, Lang::Ja) => "対象: 文書全体。".to_owned(),
    }
}
