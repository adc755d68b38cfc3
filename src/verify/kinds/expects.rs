//! Findings of what is expected and not possible.

use super::{finding, grouped};
use crate::engine::Item;
use crate::engine::obstacle::{Asked, Party, Searcher};
use crate::report::Finding;
use crate::report::fault::Fault;
use crate::report::why::{Answer, Obstacle};
use crate::verify::finding::Finder;
use crate::verify::trace::Broken;
use crate::verify::why::{Failed, Judge, answer};

/// Expectations for which obstacles are looked for; further findings name none.
const MOST_SEARCHED: usize = 20;

/// Expectations with pairs between which a service of them has no session, with what stops the first pair.
///
/// # Errors
/// When a way past obstacles does not stand up to its replay.
pub(super) fn impossible(finder: Finder<'_, '_, '_, '_, '_>, tuples: &[Vec<Item>]) -> Result<Vec<Finding>, Broken> {
    let show = finder.show;
    let mut searcher = Searcher::new(finder.tracer.adjacency(), finder.trials.limits());
    let mut judge = Judge::new(finder.tracer.adjacency(), finder.tracer.replay());
    let triples = tuples.iter().filter_map(|tuple| match tuple[..] {
        [Item::Expectation(at), Item::Node(from), Item::Node(to)] => Some((at, (from, to))),
        _ => None,
    });
    let findings = grouped(triples).into_iter().enumerate().map(|(number, (at, pairs))| {
        let expectation = &show.model.document.expects[at as usize];
        let stops = if number < MOST_SEARCHED {
            obstacles(finder, &mut judge, &mut searcher, at, pairs[0])?
        } else {
            Vec::new()
        };
        let [from, to] = [pairs[0].0, pairs[0].1].map(|node| show.id(node).to_owned());
        let cause = vec!["impossible".to_owned(), expectation.id.to_string()];
        let expectation_id = expectation.id.to_string();
        let fault = Fault::Impossible { expectation: expectation_id, from: from.clone(), to: to.clone(), stops };
        Ok(finding(cause, fault, pairs.len(), vec![from, to], show.places.locate(expectation.span)))
    });
    findings.collect()
}

/// What stops the first service that has no session of the one node to the other; none where a limit is reached first, or
/// no packet can be addressed there.
fn obstacles(
    finder: Finder<'_, '_, '_, '_, '_>,
    judge: &mut Judge<'_, '_, '_>,
    searcher: &mut Searcher<'_, '_, '_>,
    expectation: u32,
    (from, to): (u32, u32),
) -> Result<Vec<Obstacle>, Broken> {
    let [from, to] = [from, to].map(|node| Party { nodes: vec![node], address: None, is_zone: false });
    for services in searcher.expected(expectation) {
        let asked = Asked { from: &from, to: &to, services, direct: true };
        match answer(finder.show, judge, searcher, asked, 1) {
            Ok(Answer::Gets(_)) => {}
            Ok(Answer::Stopped(ways)) => return Ok(ways.into_iter().next().map_or_else(Vec::new, |way| way.obstacles)),
            Ok(Answer::Unaddressed | Answer::Open) | Err(Failed::Limit) => return Ok(Vec::new()),
            Err(Failed::Broken(broken)) => return Err(broken),
        }
    }
    Ok(Vec::new())
}
