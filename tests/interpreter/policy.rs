//! Decides the requirements of a policy, kind by kind (policy spec section 3).

use super::document::{self, Document, Service};
use super::ground::Ground;
use super::header::{Alone, Headers};
use super::path::{LeftOut, Question, data_paths, has_service, is_covered};
use super::pattern::{matches, words};
use super::place::{Places, is_endpoint};
use super::requirement::Decision;
use super::session::{Carrier, Sessions, sessions};
use super::witness::{self, Claim};
use super::words::Names;
use serde_json::Value;
use std::collections::BTreeSet;

/// The requirements of a policy that a checker of documents would read: nothing extended, nothing changed.
fn requirements(policy: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    policy["requirements"].as_array().into_iter().flatten().filter_map(|requirement| {
        let (kind, asked) = requirement["check"].as_object()?.iter().next()?;
        Some((requirement["id"].as_str()?, kind.as_str(), asked))
    })
}

/// "Services that need no document"
fn services(asked: &Value) -> Option<Vec<Service>> {
    let list = asked.get("services").or_else(|| asked.get("service"))?;
    Some(
        super::words::services(Some(list), &Names::default())
            .expect("a policy names services in the words of the format"),
    )
}

/// All that is asked of one document.
struct Decider<'d> {
    places: &'d Places<'d>,
    ground: &'d Ground,
    policy: &'d Value,
}

/// Decides a policy for a document: for each requirement `None` (vacuous) or the sorted violating tuples.
///
/// # Errors
/// What could not be read.
pub fn decide(value: &Value, policy: &Value, _date: (i32, u32, u32)) -> Result<Decision, String> {
    let read = document::read(value)?;
    let (places, ground) = (Places::of(&read), Ground::of(&read));
    let decider = Decider { places: &places, ground: &ground, policy };
    let decided = requirements(policy).map(|(id, kind, asked)| {
        let tuples = match kind {
            "isolation" | "through" => decider.paths(id, asked),
            "sessions" => decider.sessions(id, asked),
            other => panic!("the interpreter knows no kind {other}"),
        };
        (id.to_owned(), tuples)
    });
    Ok(decided.collect())
}

/// Checks a finding of a report in JSON against a requirement of a policy.
///
/// # Errors
/// Why its witness is none.
pub fn check_witness(value: &Value, policy: &Value, requirement: &str, finding: &Value) -> Result<(), String> {
    let read = document::read(value)?;
    let (places, ground) = (Places::of(&read), Ground::of(&read));
    let decider = Decider { places: &places, ground: &ground, policy };
    let (id, kind, asked) = requirements(policy).find(|(id, ..)| *id == requirement).ok_or("no such requirement")?;
    let removed = decider.removed(asked);
    let without: Vec<String> =
        read.nodes.iter().zip(&removed).filter(|(_, gone)| **gone).map(|(node, _)| node.id.clone()).collect();
    let (methods, services) = (asked.get("sanitised_by").map(words), services(asked));
    let claim = Claim {
        left_out: left_out(&methods),
        waiver: Some(id),
        without: &without,
        services: services.as_deref(),
        session: kind == "sessions",
        ..Claim::ALL
    };
    witness::check(&read, finding, claim)
}

/// `any`, or a list of methods.
fn left_out(methods: &Option<Vec<String>>) -> LeftOut<'_> {
    match methods.as_deref() {
        None => LeftOut::None,
        Some([any]) if any == "any" => LeftOut::Any,
        Some(methods) => LeftOut::OneOf(methods),
    }
}

impl Decider<'_> {
    fn document(&self) -> &Document {
        self.places.document
    }

    fn matching(&self, pattern: &Value) -> Vec<bool> {
        let nodes = 0..self.document().nodes.len();
        nodes.map(|n| matches(self.places, &self.policy["patterns"], pattern, n)).collect()
    }

    /// The nodes that are taken out: of `through`, those that all must lead through.
    fn removed(&self, asked: &Value) -> Vec<bool> {
        match asked.get("without").or_else(|| asked.get("nodes")) {
            None => vec![false; self.document().nodes.len()],
            Some(pattern) => self.matching(pattern),
        }
    }

    /// "endpoints … that match", "the nodes themselves are on neither side"
    fn side(&self, pattern: &Value, removed: &[bool]) -> Vec<usize> {
        let matching = self.matching(pattern);
        let nodes = &self.document().nodes;
        (0..nodes.len()).filter(|&n| matching[n] && !removed[n] && is_endpoint(&nodes[n])).collect()
    }

    fn without(&self, removed: &[bool], asked: Option<Vec<Service>>) -> Sessions {
        let alone = Alone { lists: asked.into_iter().collect(), ..Alone::default() };
        sessions(self.places, self.ground, &Headers::with(self.places, &alone), removed)
    }

    fn tuples(&self, pairs: impl Iterator<Item = (usize, usize)>) -> Vec<Vec<String>> {
        let id = |n: usize| self.document().nodes[n].id.clone();
        let tuples: BTreeSet<Vec<String>> = pairs.filter(|(a, b)| a != b).map(|(a, b)| vec![id(a), id(b)]).collect();
        tuples.into_iter().collect()
    }

    fn paths(&self, id: &str, asked: &Value) -> Option<Vec<Vec<String>>> {
        let removed = self.removed(asked);
        let [a, b] = ["a", "b"].map(|side| self.side(&asked[side], &removed));
        if a.is_empty() || b.is_empty() {
            return None;
        }
        let (methods, services) = (asked.get("sanitised_by").map(words), services(asked));
        let question = Question { left_out: left_out(&methods), waiver: Some(id), services: services.as_deref() };
        let paths = data_paths(self.places, &self.without(&removed, services.clone()), question);
        let pairs = a.iter().flat_map(|&a| b.iter().map(move |&b| (a, b)));
        // "joined by a data path either way"
        Some(self.tuples(pairs.filter(|&(a, b)| paths[a].contains(&b) || paths[b].contains(&a))))
    }

    fn sessions(&self, id: &str, asked: &Value) -> Option<Vec<Vec<String>>> {
        let removed = self.removed(asked);
        let [from, to] = ["from", "to"].map(|side| self.side(&asked[side], &removed));
        if from.is_empty() || to.is_empty() {
            return None;
        }
        let services = services(asked);
        let all = self.without(&removed, services.clone());
        // "Packets only: no relays, no transfers"
        let counts = all.keys().filter(|session| {
            matches!(session.carrier, Carrier::Packets { .. })
                && from.contains(&session.opener)
                && to.contains(&session.responder)
                && services.as_ref().is_none_or(|services| has_service(session, services))
                && !is_covered(self.places, session, id)
        });
        Some(self.tuples(counts.map(|session| (session.opener, session.responder))))
    }
}
