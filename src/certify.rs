//! Certificates: what was decided, put so that a checker can follow it. `docs/certificate.md` is normative.

mod possible;
pub mod repair;
mod show;

use std::collections::BTreeMap;

use crate::certificate::{
    Body, Certificate, ControlGroup, Head, LabelGroup, Openings, Part, PeerWitness, PolicyDigest, Requirement, Session,
    SessionsPart, Topology, VERSIONS, Witness,
};
use crate::document::Severity;
use crate::document::policy::ExceptionCheck;
use crate::engine::{
    Carrier, EXPOSED_TO, INSIDE, Item, Limits, Outcome, PathOutcome, PeerOutcome, ProveError, Prover,
    RequirementDecider, ZoneMap, waives_one_of,
};
use crate::model::{Model, Pools};
use crate::policy::{Asked, NodePattern, Policy, Requirement as Demand};
use crate::source::Source;
use crate::verify::{Decided, Options, with_decisions};

/// Shows single tuples of violated requirements.
pub trait Witnesses {
    /// A data path between two nodes (either way) that violates a path requirement; `None`: a defect.
    fn path(&mut self, demand: &Demand, outcome: &PathOutcome, a: u32, b: u32) -> Option<Witness>;
    /// A session that an exception covers with this node at an end, and the two nodes of it.
    fn end(&mut self, outcome: &PeerOutcome, exception: u32, node: u32) -> Option<((u32, u32), Session)>;
    /// A session of two nodes in the whole network, or a transfer; what carries it speaks in these sets.
    fn single(&mut self, pools: &Pools, carrier: &Carrier, ends: [u32; 2]) -> Option<Session>;
    /// A raw data path between this node and one that it must not reach.
    fn exposure(&mut self, outcome: &PeerOutcome, node: u32) -> Option<Witness>;
}

/// Why there is no certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertifyError {
    /// A requirement is undecided, or a limit was reached during the proof.
    Undecided(String),
    /// More tuples violate a requirement than are listed, so that completeness cannot be shown.
    TooManyTuples(String, u64),
    /// A defect: what was decided cannot be shown.
    Internal(String),
}

/// What a certificate binds.
pub struct Binding {
    /// SHA-256 of the exact input.
    pub sha256: String,
    /// SHA-256 of its JSON, where the input is no JSON.
    pub json_sha256: Option<String>,
    /// The date, `YYYY-MM-DD`.
    pub date: String,
}

/// How much to show.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Tuples shown of a violated path or peer requirement.
    pub max_tuples: usize,
    /// Whether to prove that there are no others.
    pub complete: bool,
}

/// Makes the certificate of what was decided.
///
/// # Errors
/// See [`CertifyError`].
pub fn certify(
    decider: &mut RequirementDecider<'_, '_>,
    policy: &Policy,
    outcomes: &[Option<Outcome>],
    binding: Binding,
    extent: Extent,
    witnesses: &mut dyn Witnesses,
) -> Result<Certificate, CertifyError> {
    let model = decider.model();
    let mut requirements = Vec::with_capacity(outcomes.len());
    for (demand, outcome) in policy.requirements.iter().zip(outcomes) {
        let Some(outcome) = outcome else { return Err(CertifyError::Undecided(demand.id.clone())) };
        let mut writer = Writer { model, decider, demand, extent, witnesses };
        requirements.push(writer.requirement(outcome)?);
    }
    Ok(Certificate {
        sanso_certificate: VERSIONS[usize::from(!model.nat.is_empty())],
        head: head(binding, policy, model),
        requirements,
    })
}

/// The head of a certificate.
fn head(binding: Binding, policy: &Policy, model: &Model<'_>) -> Head {
    Head {
        tool: format!("sanso {}", env!("CARGO_PKG_VERSION")),
        topology: Topology { sha256: binding.sha256, json_sha256: binding.json_sha256 },
        policy: PolicyDigest { id: policy.id.clone(), sha256: policy.sha256.clone() },
        date: binding.date,
        loosenings: policy
            .loosened
            .iter()
            .map(|one| (one.id.clone(), one.severity.map_or("off", Severity::word)))
            .collect(),
        symbolic: model.symbolic_nodes().into_iter().map(|(node, _)| model.id(node).to_owned()).collect(),
    }
}

struct Writer<'w, 'm, 'd> {
    model: &'m Model<'d>,
    decider: &'w mut RequirementDecider<'m, 'd>,
    demand: &'w Demand,
    extent: Extent,
    witnesses: &'w mut dyn Witnesses,
}

impl Writer<'_, '_, '_> {
    fn requirement(&mut self, outcome: &Outcome) -> Result<Requirement, CertifyError> {
        let (violating, body) = match (&self.demand.asked, outcome) {
            (Asked::Isolation(_) | Asked::Through(_), Outcome::Paths(paths)) => self.paths(paths)?,
            (Asked::Isolation(_) | Asked::Through(_), _) => {
                (Vec::new(), Body::Paths { complete: true, witnesses: Vec::new(), parts: Vec::new() })
            }
            (Asked::Sessions { .. }, Outcome::Paths(paths)) => {
                let (violating, body) = self.paths(paths)?;
                (violating, self.sessions(body)?)
            }
            (Asked::Sessions { .. }, _) => {
                (Vec::new(), Body::Sessions { complete: true, witnesses: Vec::new(), parts: Vec::new() })
            }
            (Asked::Segment { .. }, _) => self.segment(outcome),
            (Asked::Attributes { nodes: Some(nodes), any_of, owner: false, .. }, _) if any_of.is_empty() => {
                (self.tuples(outcome), self.controls(nodes))
            }
            (Asked::Labelled, _) => (self.tuples(outcome), self.labels()),
            (Asked::Exceptions { check: ExceptionCheck::Limited, of }, _) => {
                let judged = self.model.document.exceptions.iter().zip(&self.model.exceptions);
                let judged = judged.filter(|(_, one)| waives_one_of(&one.waives, of));
                let exceptions = judged.map(|(exception, _)| exception.id.to_string()).collect();
                (self.tuples(outcome), Body::Exceptions { exceptions })
            }
            (
                Asked::Attributes { .. }
                | Asked::Placement { .. }
                | Asked::Homed { .. }
                | Asked::Transfers { .. }
                | Asked::Evidence { .. }
                | Asked::Exceptions { check: ExceptionCheck::Attested, .. },
                _,
            ) => (self.tuples(outcome), Body::Declared {}),
            (Asked::Exceptions { check: ExceptionCheck::Peer, of }, Outcome::Peers(peers)) => self.peers(of, peers)?,
            (Asked::Exceptions { check: ExceptionCheck::Peer, .. }, _) => {
                let body = Body::Peers { complete: true, witnesses: Vec::new(), ends: Vec::new(), part: None };
                (Vec::new(), body)
            }
            (Asked::Exceptions { check: ExceptionCheck::Used, of }, _) => self.used(of, outcome)?,
            (Asked::Expects, _) => self.expects(outcome)?,
        };
        let verdict = match outcome {
            Outcome::Vacuous => "vacuous",
            _ if violating.is_empty() => "proved",
            _ => "violated",
        };
        Ok(Requirement { id: self.demand.id.clone(), verdict, violating, body })
    }

    fn internal(&self, what: &str) -> CertifyError {
        CertifyError::Internal(format!("{}: {what}", self.demand.id))
    }

    fn failed(&self, error: ProveError) -> CertifyError {
        match error {
            ProveError::Limit => CertifyError::Undecided(self.demand.id.clone()),
            ProveError::FalseClaim => self.internal("what was decided cannot be proved"),
        }
    }

    fn tuples(&self, outcome: &Outcome) -> Vec<Vec<String>> {
        let spelt = |tuple: &Vec<Item>| tuple.iter().map(|item| item.id(self.model)).collect();
        let mut tuples: Vec<Vec<String>> = outcome.tuples().iter().map(spelt).collect();
        tuples.sort_unstable();
        tuples
    }

    fn controls(&self, patterns: &[NodePattern]) -> Body {
        let mut groups: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
        let matcher = self.decider.matcher(patterns);
        for (node, value) in (0_u32..).zip(&self.model.document.nodes) {
            if matcher.matches(node) {
                let mut declares: Vec<String> = value.controls.iter().map(|word| word.to_string()).collect();
                declares.sort_unstable();
                declares.dedup();
                groups.entry(declares).or_default().push(self.model.document.name(value.id).to_owned());
            }
        }
        let sorted = groups.into_iter().map(|(declares, mut nodes)| {
            nodes.sort_unstable();
            ControlGroup { declares, nodes }
        });
        Body::Controls { groups: sorted.collect() }
    }

    fn labels(&self) -> Body {
        let mut groups: BTreeMap<Option<&str>, Vec<String>> = BTreeMap::new();
        for (at, value) in self.model.document.nodes.iter().enumerate() {
            if self.model.labels.endpoint[at] {
                let zone = self.model.labels.labels[at].map(|zone| self.model.names.zones[zone as usize]);
                groups.entry(zone).or_default().push(self.model.document.name(value.id).to_owned());
            }
        }
        let sorted = groups.into_iter().map(|(zone, mut nodes)| {
            nodes.sort_unstable();
            LabelGroup { zone: zone.map(str::to_owned), nodes }
        });
        Body::Labels { groups: sorted.collect() }
    }

    fn paths(&mut self, outcome: &PathOutcome) -> Result<(Vec<Vec<String>>, Body), CertifyError> {
        let count = outcome.count();
        let listed = outcome.list(self.model, self.extent.max_tuples);
        let complete = count == 0 || self.extent.complete;
        if complete && listed.len() as u64 != count {
            return Err(CertifyError::TooManyTuples(self.demand.id.clone(), count));
        }
        let mut shown = Vec::with_capacity(listed.len());
        for &(a, b) in &listed {
            let witness = self.witnesses.path(self.demand, outcome, a, b);
            shown.push(witness.ok_or_else(|| self.internal("a tuple cannot be shown"))?);
        }
        let mut parts = Vec::new();
        if complete {
            let model = self.model;
            let without = |node: u32| outcome.without.binary_search(&node).is_ok();
            let mut prover = Prover::new(model, &outcome.network, &without, self.decider.limits());
            let id = self.demand.id.as_str();
            let mut coverage = prover.coverage(|index| model.exceptions[index].waives.contains(&id));
            let sides = ZoneMap { a: &outcome.a, b: &outcome.b };
            parts = prover.parts(&sides, &outcome.answer, &mut coverage).map_err(|error| self.failed(error))?;
        }
        let pair = |&(a, b): &(u32, u32)| vec![self.model.id(a).to_owned(), self.model.id(b).to_owned()];
        Ok((listed.iter().map(pair).collect(), Body::Paths { complete, witnesses: shown, parts }))
    }

    /// The same as a certificate has it of sessions: one for each tuple, and what is opened alone.
    fn sessions(&self, body: Body) -> Result<Body, CertifyError> {
        let Body::Paths { complete, witnesses, parts } = body else { return Err(self.internal("no sessions")) };
        let mut shown = Vec::with_capacity(witnesses.len());
        for mut witness in witnesses {
            let (Some(session), true) = (witness.sessions.pop(), witness.sessions.is_empty()) else {
                return Err(self.internal("not one session"));
            };
            shown.push(session);
        }
        let part = |Part { a, b, forward, .. }: Part| SessionsPart {
            a,
            b,
            forward: Openings { stations: [], push: forward.push },
        };
        Ok(Body::Sessions { complete, witnesses: shown, parts: parts.into_iter().map(part).collect() })
    }

    /// The first tuples of a requirement on segments, and whether they are all.
    fn segment(&self, outcome: &Outcome) -> (Vec<Vec<String>>, Body) {
        let mut tuples = self.tuples(outcome);
        let complete = tuples.len() <= self.extent.max_tuples;
        tuples.truncate(self.extent.max_tuples);
        (tuples, Body::Segment { complete })
    }

    fn peers(&mut self, of: &[String], outcome: &PeerOutcome) -> Result<(Vec<Vec<String>>, Body), CertifyError> {
        let model = self.model;
        let exception_id = |index: u32| model.document.exceptions[index as usize].id.to_string();
        let mut tuples: Vec<(String, String, u32, u32)> = outcome
            .tuples
            .iter()
            .map(|&(exception, node)| (exception_id(exception), model.id(node).to_owned(), exception, node))
            .collect();
        tuples.sort_unstable();
        let complete = tuples.is_empty() || self.extent.complete;
        if complete && tuples.len() > self.extent.max_tuples {
            return Err(CertifyError::TooManyTuples(self.demand.id.clone(), tuples.len() as u64));
        }
        tuples.truncate(self.extent.max_tuples);
        let mut shown = Vec::with_capacity(tuples.len());
        for &(_, _, exception, node) in &tuples {
            let exposed = model.tier(node) == EXPOSED_TO;
            let end = self.witnesses.end(outcome, exception, node);
            let (end, session) = end.ok_or_else(|| self.internal("an end cannot be shown"))?;
            let path = if exposed {
                None
            } else {
                let path = self.witnesses.exposure(outcome, node);
                Some(path.ok_or_else(|| self.internal("a raw path cannot be shown"))?)
            };
            let end = (model.id(end.0).to_owned(), model.id(end.1).to_owned());
            shown.push(PeerWitness { end, session, path });
        }
        let (mut ends, mut part) = (Vec::new(), None);
        if complete {
            let mut prover = Prover::new(model, &outcome.paths.network, &|_| false, self.decider.limits());
            for (index, exception) in (0_u32..).zip(&model.exceptions) {
                let attested = model.document.exceptions[index as usize].attested.is_some();
                if attested || !waives_one_of(&exception.waives, of) {
                    continue;
                }
                let coverage = prover.coverage(|at| at == index as usize);
                let found = outcome.ends.iter().filter(|end| end.exception == index).map(|end| end.class);
                let nodes: Vec<_> = found.collect();
                let mut matched = [coverage.matched(0), coverage.matched(1)].concat();
                matched.sort_unstable();
                matched.dedup();
                let matched: Vec<_> = matched
                    .into_iter()
                    .filter(|&class| {
                        let first = outcome.paths.network.classes.get(class).members[0];
                        model.tier(first) != INSIDE
                    })
                    .collect();
                ends.push(
                    prover.ends(index as usize, &nodes, &matched, &coverage).map_err(|error| self.failed(error))?,
                );
            }
            let excepted = outcome.unexposed();
            if !excepted.is_empty() && !outcome.paths.b.is_empty() {
                let mut none = prover.coverage(|_| false);
                let made = prover.part([&excepted, &outcome.paths.b], [false, true], &outcome.paths.answer, &mut none);
                part = Some(Box::new(made.map_err(|error| self.failed(error))?));
            }
        }
        let pairs = tuples.into_iter().map(|(exception, node, ..)| vec![exception, node]);
        Ok((pairs.collect(), Body::Peers { complete, witnesses: shown, ends, part }))
    }
}

/// Reads, decides and certifies a document.
///
/// # Errors
/// The diagnostics when the document cannot be used; or why there is no certificate.
pub fn run_prove(
    source: &Source,
    options: &Options<'_>,
    extent: Extent,
) -> Result<Result<Certificate, CertifyError>, crate::diagnostic::Diagnostics> {
    with_decisions(source, options, |mut decided| Ok(certificate_of(source, options, extent, &mut decided)))
}

/// The certificate of what [`crate::verify::run_verify_and`] decided. The limit on time begins anew: the proofs have it to themselves.
///
/// # Errors
/// Why there is no certificate.
pub fn certify_decided(
    source: &Source,
    options: &Options<'_>,
    extent: Extent,
    decided: &mut Decided<'_, '_, '_>,
) -> Result<Certificate, CertifyError> {
    let limits = decided.decider.limits();
    decided.decider.limit(Limits { deadline: options.deadline(), ..limits });
    certificate_of(source, options, extent, decided)
}

fn certificate_of(
    source: &Source,
    options: &Options<'_>,
    extent: Extent,
    decided: &mut Decided<'_, '_, '_>,
) -> Result<Certificate, CertifyError> {
    let binding = binding(source, options)?;
    let mut witnesses = show::WitnessWriter::new(decided.decider.model());
    certify(&mut decided.decider, options.policy, &decided.outcomes, binding, extent, &mut witnesses)
}

/// What binds a certificate to a document and a date.
fn binding(source: &Source, options: &Options<'_>) -> Result<Binding, CertifyError> {
    let json_sha256 = if crate::document::is_json(source) {
        None
    } else {
        let json = crate::document::convert(source);
        let json = json.ok_or_else(|| CertifyError::Internal("the document cannot be written as JSON".into()))?;
        Some(crate::source::sha256_hex(json.as_bytes()))
    };
    Ok(Binding { sha256: source.sha256_hex(), json_sha256, date: options.date.to_string() })
}
