//! Laws of the specification that need no second opinion: how the violating tuples change when a document changes. Each
//! is checked on the interpreter and on the engine. `SANSO_SEED` and `SANSO_DOCUMENTS` set the random documents.

use crate::campaign::number;
use crate::law;

use crate::engine::{DATE, engine};
use crate::interpreter::random::{self, Random};
use crate::interpreter::{Decision, PATH_REQUIREMENTS, decide, legal};
use serde_json::Value;

type Decide = fn(&Value) -> Result<Decision, String>;

/// Changes a document to another legal one; `None` where there is nothing to change.
type Change = fn(&Value, &mut Random) -> Option<Value>;

/// Whether the decisions before and after the change obey the law.
type Obeys = fn(&Decision, &Decision) -> bool;

fn interpreter(document: &Value) -> Result<Decision, String> {
    decide(document, DATE)
}

/// Checks a law on random documents, of which at least one in twenty must have something to change.
fn check(decide: Decide, change: Change, obeys: Obeys) {
    let (first, count) = (number("SANSO_SEED", 1), number("SANSO_DOCUMENTS", 400));
    let mut changed = 0;
    for seed in first..first + count {
        let document = random::document(seed);
        let Some(after) = change(&document, &mut Random::from_seed(seed ^ 0x5a5a)) else { continue };
        assert!(legal::names_resolve(&after), "seed {seed}: the change leaves a dangling name: {after:#}");
        changed += 1;
        match (decide(&document), decide(&after)) {
            (Ok(decision), Ok(new)) => {
                assert!(
                    obeys(&decision, &new),
                    "seed {seed}\n{document:#}\nbefore {decision:#?}\n{after:#}\nafter {new:#?}"
                );
            }
            // Not a topology to verify, before and after.
            (Err(_), Err(_)) => {}
            (before, new) => panic!("seed {seed}: before {before:?}, after {new:?}\n{after:#}"),
        }
    }
    assert!(changed * 20 >= count, "only {changed} of {count} documents were changed");
}

/// Nothing changes at all.
fn same(before: &Decision, after: &Decision) -> bool {
    before == after
}

/// No requirement has a tuple after that it did not have before, and vacuous ones stay so.
fn no_more(before: &Decision, after: &Decision) -> bool {
    before.iter().all(|(requirement, tuples)| match (tuples, &after[requirement]) {
        (Some(tuples), Some(now)) => now.iter().all(|tuple| tuples.contains(tuple)),
        (before, now) => before == now,
    })
}

fn no_fewer(before: &Decision, after: &Decision) -> bool {
    no_more(after, before)
}

/// As `no_fewer`, of the path requirements alone.
fn no_fewer_pairs(before: &Decision, after: &Decision) -> bool {
    let pairs = |decision: &Decision| -> Decision {
        PATH_REQUIREMENTS.iter().map(|id| (id.to_string(), decision[*id].clone())).collect()
    };
    no_fewer(&pairs(before), &pairs(after))
}

/// Everything is as before but for the names.
fn same_but_names(before: &Decision, after: &Decision) -> bool {
    let mut renamed = before.clone();
    for tuples in renamed.values_mut().flatten() {
        for tuple in tuples.iter_mut() {
            // An exception keeps its id; no node has one like it.
            tuple.iter_mut().for_each(|id| *id = law::new_name(id));
        }
        tuples.sort();
    }
    renamed == *after
}

macro_rules! laws {
    ($($name:ident: $change:path, $obeys:path;)*) => {
        mod of_the_interpreter {
            use super::*;

            $(#[test]
            fn $name() {
                check(interpreter, $change, $obeys);
            })*
        }

        mod of_the_engine {
            use super::*;

            $(#[test]
            fn $name() {
                check(engine, $change, $obeys);
            })*
        }
    };
}

laws! {
    a_denial_in_front_of_a_filter_never_adds_a_tuple: law::deny_in_front, no_more;
    a_permit_in_front_of_a_filter_never_removes_a_tuple: law::permit_in_front, no_fewer;
    removing_a_link_never_adds_a_tuple: law::remove_link, no_more;
    making_a_link_one_way_never_adds_a_tuple: law::make_one_way, no_more;
    removing_an_exception_never_removes_a_pair: law::remove_exception, no_fewer_pairs;
    renaming_nodes_changes_only_names: law::rename, same_but_names;
    order_of_nodes_and_links_and_routes_and_exceptions_changes_nothing: law::shuffle, same;
    halves_of_a_block_are_the_block: law::halve, same;
    a_relay_of_both_ways_is_two_relays: law::write_out_both, same;
    a_group_is_its_members: law::write_out_groups, same;
    a_label_may_be_written_out: law::write_out_labels, same;
}
