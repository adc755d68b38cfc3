//! Findings of what is expected and not possible.

use super::{finding, grouped};
use crate::engine::Item;
use crate::report::Finding;
use crate::report::fault::Fault;
use crate::verify::show::Show;

/// Expectations with pairs between which a service of them has no session.
pub(super) fn impossible(show: Show<'_, '_, '_>, tuples: &[Vec<Item>]) -> Vec<Finding> {
    let triples = tuples.iter().filter_map(|tuple| match tuple[..] {
        [Item::Expectation(at), Item::Node(from), Item::Node(to)] => Some((at, (from, to))),
        _ => None,
    });
    let findings = grouped(triples).into_iter().map(|(at, pairs)| {
        let expectation = &show.model.document.expects[at as usize];
        let [from, to] = [pairs[0].0, pairs[0].1].map(|node| show.id(node).to_owned());
        let cause = vec!["impossible".to_owned(), expectation.id.to_string()];
        let fault = Fault::Impossible { expectation: expectation.id.to_string(), from: from.clone(), to: to.clone() };
        finding(cause, fault, pairs.len(), vec![from, to], show.places.locate(expectation.span))
    });
    findings.collect()
}
