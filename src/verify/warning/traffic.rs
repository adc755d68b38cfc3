//! Filters, rules and entries of `nat` that no packet can meet: what a node emits comes in by no interface, and what is
//! delivered to it leaves by none.

use super::warn;
use crate::diagnostic::Diagnostics;
use crate::document::{Filter, NatSide, Rule, Traffic};
use crate::model::Model;
use crate::source::Span;

/// Whether packets that a filter is for can pass interfaces that are named on the way in, and on the way out.
const fn meets(traffic: Traffic, names_in: bool, names_out: bool) -> bool {
    traffic.forwarded || traffic.emitted && !names_in || traffic.delivered && !names_out
}

/// Filters, rules and entries that can apply to nothing.
pub fn nothing(model: &Model<'_>, diagnostics: &mut Diagnostics) {
    for &node in &model.detailed {
        let Some(details) = model.document.nodes[node as usize].details.as_deref() else { continue };
        for filter in details.filters.iter().flatten().filter(|filter| filter.applies_to != Traffic::ALL) {
            if !meets(filter.applies_to, filter.r#in.is_some(), filter.out.is_some()) {
                say(diagnostics, filter.span, ("filter", "フィルター"));
                continue;
            }
            let rules = filter.rules.iter().filter(|rule| !met_in(filter, rule));
            rules.for_each(|rule| say(diagnostics, rule.span, ("rule", "ルール")));
        }
        for entry in details.nat.iter().flatten() {
            let own = matches!(entry.side, NatSide::Destination { arrived: false, emitted: true, .. });
            if own && entry.r#in.is_some() {
                say(diagnostics, entry.span, ("entry of `nat`", "アドレス変換"));
            }
        }
    }
}

fn met_in(filter: &Filter<'_>, rule: &Rule<'_>) -> bool {
    let names_in = filter.r#in.is_some() || rule.r#in.is_some();
    meets(filter.applies_to, names_in, filter.out.is_some() || rule.out.is_some())
}

fn say(diagnostics: &mut Diagnostics, span: Span, what: (&str, &str)) {
    warn(
        diagnostics,
        "applies-to-nothing",
        span,
        (
            format!("this {} can apply to no packet, for `applies_to` leaves none that passes its interfaces", what.0),
            format!(
                "「applies_to」の対象にこのインターフェースを通るパケットがないため、この{}は何にも適用されない",
                what.1
            ),
        ),
        (
            "what a node emits comes in by no interface, and what is delivered to it leaves by none: take out `in` or `out`",
            "自身が送るパケットに入力側の、自身宛てのパケットに出力側のインターフェースはない。「in」か「out」を取り除くこと",
        ),
    );
}
