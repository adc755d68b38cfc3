//! Certificates of what is used and of what must be possible. `docs/certificate.md`, section 7a.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use super::{CertifyError, Writer};
use crate::certificate::{Body, Missing, Proof, Session, UsedWitness};
use crate::engine::{Carrier, ExpectedSide, LimitReached, Outcome, PathEngine, Possible, Prover, waives_one_of};
use crate::model::Pools;
use crate::network::Network;

/// An expectation, and what is possible of it.
struct Looked {
    from: ExpectedSide,
    to: ExpectedSide,
    possible: Vec<Vec<Possible>>,
}

impl Looked {
    /// Its pairs of different endpoints in document order, by their places in both sides.
    fn pairs(&self) -> Vec<[(u32, usize); 2]> {
        let of = |side: &ExpectedSide| {
            let members = side.members.iter().enumerate();
            let mut all: Vec<(u32, usize)> =
                members.flat_map(|(at, nodes)| nodes.iter().map(move |&node| (node, at))).collect();
            all.sort_unstable();
            all
        };
        let (from, to) = (of(&self.from), of(&self.to));
        let pairs = from.iter().flat_map(|&u| to.iter().map(move |&v| [u, v]));
        pairs.filter(|[u, v]| u.0 != v.0).collect()
    }
}

impl Writer<'_, '_, '_> {
    /// That every tuple is there: these kinds list all of them or none.
    fn all_listed(&self, outcome: &Outcome) -> Result<Vec<Vec<String>>, CertifyError> {
        let tuples = self.tuples(outcome);
        if tuples.len() > self.extent.max_tuples {
            return Err(CertifyError::TooManyTuples(self.demand.id.clone(), tuples.len() as u64));
        }
        Ok(tuples)
    }

    fn reached(&self, _: LimitReached) -> CertifyError {
        CertifyError::Undecided(self.demand.id.clone())
    }

    /// Exceptions that are used, each with a session, and those that are not, each with its proof.
    pub(super) fn used(&mut self, of: &[String], outcome: &Outcome) -> Result<(Vec<Vec<String>>, Body), CertifyError> {
        let violating = self.all_listed(outcome)?;
        let (model, limits, network) = (self.model, self.decider.limits(), self.decider.network());
        let mut engine = PathEngine::new(model, &network, limits);
        let uses = self.decider.uses(of, &mut engine).map_err(|limit| self.reached(limit))?;
        let mut witnesses = Vec::new();
        let mut unused: Vec<(String, usize)> = Vec::new();
        for (at, carrier) in uses.iter().enumerate() {
            match carrier {
                _ if !waives_one_of(&model.exceptions[at].waives, of) => {}
                Some(carrier) => witnesses.push(self.use_of(&network, &engine.pools, carrier)?),
                None => unused.push((model.document.exceptions[at].id.to_string(), at)),
            }
        }
        unused.sort_unstable();
        if !violating.iter().flatten().eq(unused.iter().map(|(id, _)| id)) {
            return Err(self.internal("not what was decided is used"));
        }
        let mut prover = Prover::new(model, &network, &|_| false, limits);
        let mut trees = Vec::with_capacity(unused.len());
        for (_, exception) in unused {
            let coverage = prover.coverage(|at| at == exception);
            trees.push(prover.covers_none(&coverage, &|_, _| true).map_err(|error| self.failed(error))?);
        }
        Ok((violating, Body::Used { witnesses, trees }))
    }

    /// Two different nodes of what a covered session joins, and that session.
    fn use_of(&mut self, network: &Network, pools: &Pools, carrier: &Carrier) -> Result<UsedWitness, CertifyError> {
        let members = |class| &network.classes.get(class).members;
        let ends = members(carrier.from()).first().and_then(|&from| {
            let to = members(carrier.to()).iter().copied().find(|&to| to != from)?;
            Some([from, to])
        });
        let shown = ends.and_then(|ends| Some((ends, self.witnesses.single(pools, carrier, ends)?)));
        let (ends, session) = shown.ok_or_else(|| self.internal("a use cannot be shown"))?;
        let [from, to] = ends.map(|node| self.model.id(node).to_owned());
        Ok(UsedWitness { end: (from, to), session })
    }

    /// What is expected and possible, with sessions, and what is not, with its proof.
    pub(super) fn expects(&mut self, outcome: &Outcome) -> Result<(Vec<Vec<String>>, Body), CertifyError> {
        let violating = self.all_listed(outcome)?;
        let (model, limits, network) = (self.model, self.decider.limits(), self.decider.network());
        let claimed: BTreeSet<&Vec<String>> = violating.iter().collect();
        let mut engine = PathEngine::new(model, &network, limits);
        let mut prover = Prover::new(model, &network, &|_| false, limits);
        let (mut shown, mut missing) = (Vec::new(), HashMap::new());
        for (at, expected) in (0_u32..).zip(&model.document.expects) {
            let [from, to] = [&expected.from, &expected.to].map(|items| self.decider.side(&network, items));
            let possible = self.decider.possible(&mut engine, at, [&from, &to], true);
            let looked = Looked { possible: possible.map_err(|limit| self.reached(limit))?, from, to };
            let mut proofs: HashMap<[usize; 2], Missing> = HashMap::new();
            for [(u, row), (v, column)] in looked.pairs() {
                let tuple = vec![expected.id.to_string(), model.id(u).to_owned(), model.id(v).to_owned()];
                let Possible { sessions, lacking } = &looked.possible[row][column];
                if lacking.is_some() != claimed.contains(&tuple) {
                    return Err(self.internal("not what was decided is possible"));
                }
                let Some(service) = *lacking else {
                    shown.push(self.sessions_of(&engine.pools, sessions, [u, v])?);
                    continue;
                };
                let proof = match proofs.entry([row, column]) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => {
                        let made = prover.impossible(looked.from.classes[row], looked.to.classes[column], service);
                        let push = made.map_err(|error| self.failed(error))?;
                        new.insert(Missing { service: model.spaces.service.first_value(service), push })
                    }
                };
                missing.insert(tuple, proof.clone().opened_by(model.id(u)));
            }
        }
        let missing = violating.iter().filter_map(|tuple| missing.remove(tuple)).collect();
        Ok((violating, Body::Expected { shown, missing }))
    }

    fn sessions_of(
        &mut self,
        pools: &Pools,
        sessions: &[Carrier],
        ends: [u32; 2],
    ) -> Result<Vec<Session>, CertifyError> {
        let shown: Option<Vec<Session>> =
            sessions.iter().map(|carrier| self.witnesses.single(pools, carrier, ends)).collect();
        shown.ok_or_else(|| self.internal("what is expected cannot be shown"))
    }
}

impl Missing {
    /// The same proof for another of the class of its opener: what all of them send holds what one sends.
    fn opened_by(mut self, opener: &str) -> Self {
        if let Proof::Flows(flows) = &mut self.push {
            flows.floods.iter_mut().for_each(|flood| flood.openers = vec![opener.to_owned()]);
        }
        self
    }
}
