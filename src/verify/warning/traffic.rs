//! Filters, rules and entries of `nat` that no packet can meet: what a node emits comes in by no interface, and what is
//! delivered to it leaves by none.

use super::Slips;
use crate::document::{Filter, NatSide, Rule, Traffic};
use crate::model::Model;
use crate::report::slip::{Applies, Slip};

/// Whether packets that a filter is for can pass interfaces that are named on the way in, and on the way out.
const fn meets(traffic: Traffic, names_in: bool, names_out: bool) -> bool {
    traffic.forwarded || traffic.emitted && !names_in || traffic.delivered && !names_out
}

/// Filters, rules and entries that can apply to nothing.
pub fn nothing(model: &Model<'_>, slips: &mut Slips) {
    for &node in &model.detailed {
        let Some(details) = model.document.nodes[node as usize].details.as_deref() else { continue };
        for filter in details.filters.iter().flatten().filter(|filter| filter.applies_to != Traffic::ALL) {
            if !meets(filter.applies_to, filter.r#in.is_some(), filter.out.is_some()) {
                slips.push((filter.span, Slip::AppliesToNothing(Applies::Filter)));
                continue;
            }
            let rules = filter.rules.iter().filter(|rule| !met_in(filter, rule));
            slips.extend(rules.map(|rule| (rule.span, Slip::AppliesToNothing(Applies::Rule))));
        }
        for entry in details.nat.iter().flatten() {
            let own = matches!(entry.side, NatSide::Destination { arrived: false, emitted: true, .. });
            if own && entry.r#in.is_some() {
                slips.push((entry.span, Slip::AppliesToNothing(Applies::Nat)));
            }
        }
    }
}

fn met_in(filter: &Filter<'_>, rule: &Rule<'_>) -> bool {
    let names_in = filter.r#in.is_some() || rule.r#in.is_some();
    meets(filter.applies_to, names_in, filter.out.is_some() || rule.out.is_some())
}
