//! From a pair of classes that violates a requirement to a witness between two of their members, replayed.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

use crate::engine::replay::{Claim, Replay};
use crate::engine::route::{Adjacency, Detour};
use crate::engine::trace::{Means, PassTrace, SessionTrace, Witness};
use crate::engine::{Carrier, PathOutcome, RelayPass, packet, translated};
use crate::model::{Model, Pools};
use crate::network::{ClassId, Links};

/// A witness that did not stand up to its replay: a mistake of the program, never of the document.
#[derive(Clone, Debug)]
pub struct Broken(pub String);

/// A witness that was replayed, and for each of its sessions the exceptions (by index) that cover it.
pub struct Replayed {
    /// The witness.
    pub witness: Witness,
    /// See above.
    pub covered: Vec<Vec<u32>>,
}

/// Members that a class is represented by: a node on a path must differ from both of its neighbours.
const CANDIDATES: usize = 3;

/// Finds witnesses on one model. What it needs is made when first asked for.
pub struct Tracer<'m, 'd> {
    model: &'m Model<'d>,
    adjacency: OnceCell<Adjacency<'m, 'd>>,
    replay: OnceCell<Replay<'m, 'd>>,
    members: RefCell<HashMap<(*const u32, ClassId), Vec<u32>>>,
}

impl<'m, 'd> Tracer<'m, 'd> {
    /// A tracer.
    pub fn new(model: &'m Model<'d>) -> Self {
        Self { model, adjacency: OnceCell::new(), replay: OnceCell::new(), members: RefCell::default() }
    }

    /// The model.
    pub fn model(&self) -> &'m Model<'d> {
        self.model
    }

    /// The links of the document.
    pub fn adjacency(&self) -> &Adjacency<'m, 'd> {
        self.adjacency.get_or_init(|| Adjacency::new(self.model))
    }

    /// The judge of witnesses.
    pub fn replay(&self) -> &Replay<'m, 'd> {
        self.replay.get_or_init(|| Replay::new(self.model))
    }

    /// The members of a class that come first by id.
    pub fn first_members(&self, paths: &PathOutcome, class: ClassId) -> Vec<u32> {
        let all = &paths.network.classes.get(class).members;
        let mut members = self.members.borrow_mut();
        let known = members.entry((all.as_ptr(), class)).or_insert_with(|| {
            let mut first: Vec<u32> = Vec::with_capacity(CANDIDATES + 1);
            for &node in all {
                let at = first.partition_point(|&known| self.model.id(known) < self.model.id(node));
                if at < CANDIDATES {
                    first.insert(at, node);
                    first.truncate(CANDIDATES);
                }
            }
            first
        });
        known.clone()
    }

    /// A shortest witness that the classes at two positions violate a requirement.
    ///
    /// # Errors
    /// When it cannot be found or does not replay.
    pub fn witness(&self, paths: &PathOutcome, a: usize, b: usize, claim: Claim<'_>) -> Result<Replayed, Broken> {
        self.witness_between(paths, [a, b], None, claim)
    }

    /// A shortest witness that the classes at two positions violate a requirement; `ends`: shown by these members.
    ///
    /// # Errors
    /// When it cannot be found or does not replay.
    pub fn witness_between(
        &self,
        paths: &PathOutcome,
        [a, b]: [usize; 2],
        ends_asked: Option<[u32; 2]>,
        claim: Claim<'_>,
    ) -> Result<Replayed, Broken> {
        let broken = |why: &str| {
            let ends = [paths.a[a], paths.b[b]].map(|class| self.first_members(paths, class)[0]);
            Broken(format!("{} and {}: {why}", self.model.id(ends[0]), self.model.id(ends[1])))
        };
        let (chain, relay_passes) = paths.answer.witness(a, b).ok_or_else(|| broken("there is no chain of flows"))?;
        let mut classes: Vec<ClassId> = chain.iter().map(|flow| flow.carrier.data_ends()[0]).collect();
        classes.extend(chain.last().map(|flow| flow.carrier.data_ends()[1]));
        let from_a = classes.first() == Some(&paths.a[a]);
        let ends_asked = ends_asked.map(|[a, b]| if from_a { [a, b] } else { [b, a] });
        let nodes = self.choose(paths, &classes, ends_asked);
        let nodes = nodes.ok_or_else(|| broken("its classes have no members to choose"))?;
        let mut sessions = Vec::with_capacity(chain.len());
        for (flow, ends) in chain.iter().zip(nodes.windows(2)) {
            let pulled = matches!(flow.carrier, Carrier::Packets(session) if session.links == Links::TwoWay);
            let ends = if pulled { [ends[1], ends[0]] } else { [ends[0], ends[1]] };
            let session = self.session(&paths.pools, &flow.carrier, ends, claim.without);
            sessions.push(session.map_err(|why| broken(&why))?);
        }
        let passes = relay_passes.iter().map(|relay_pass| self.pass(*relay_pass)).collect();
        let witness = Witness { nodes, sessions, passes };
        let covered = self.replay().judge(&witness, claim).map_err(|refusal| broken(&refusal.0))?;
        Ok(Replayed { witness, covered })
    }

    /// A session from one node to another, of the classes of what carries it, which speaks in these sets.
    ///
    /// # Errors
    /// Why there is none.
    pub fn session(
        &self,
        pools: &Pools,
        carrier: &Carrier,
        [from, to]: [u32; 2],
        without: &[u32],
    ) -> Result<SessionTrace, String> {
        let sample = match carrier {
            Carrier::Packets(sample) => sample,
            Carrier::Transfer { transfer, .. } => {
                return Ok(SessionTrace { from, to, means: Means::Transfer(*transfer), hops: Vec::new() });
            }
        };
        let detour = Detour { without, two_way: sample.links == Links::TwoWay, ..Detour::default() };
        if !self.model.nat.is_empty() {
            let session = translated(self.adjacency(), pools, sample, [from, to], detour);
            return session.ok_or_else(|| "a session has no way".to_owned());
        }
        let packet = packet::choose(self.model, pools, sample, from, to);
        let packet = packet.ok_or_else(|| "a session has no packet".to_owned())?;
        let hops = self.adjacency().route(from, to, &packet, detour);
        let hops = hops.ok_or_else(|| format!("a packet has no way: {packet:?}"))?;
        Ok(SessionTrace { from, to, means: Means::Packet(packet), hops })
    }

    fn pass(&self, relay_pass: RelayPass) -> PassTrace {
        match relay_pass.pass {
            None => PassTrace::Undeclared,
            Some(pass) => {
                let pass = &self.model.passes[pass as usize];
                PassTrace::Entry { entry: pass.entry, mirror: pass.mirror }
            }
        }
    }

    /// A member for each class of a path, none equal to its neighbour; at both ends those asked for, or the least.
    fn choose(&self, paths: &PathOutcome, classes: &[ClassId], ends: Option<[u32; 2]>) -> Option<Vec<u32>> {
        let last = classes.len().checked_sub(1)?;
        let candidates: Vec<Vec<u32>> = classes
            .iter()
            .enumerate()
            .map(|(at, &class)| {
                let mut members = self.first_members(paths, class);
                if at == last && class == classes[0] && last > 0 && members.len() > 1 {
                    // Both ends are of one class, and are two nodes.
                    members.remove(0);
                }
                if at == 0 || at == last {
                    members.truncate(1);
                    if let Some(ends) = ends {
                        members = vec![ends[usize::from(at == last)]];
                    }
                }
                members
            })
            .collect();
        // For each position and candidate, a candidate of the position before that leads there.
        let mut came: Vec<Vec<Option<usize>>> = vec![vec![Some(0); candidates[0].len()]];
        for at in 1..candidates.len() {
            let leads = |node: u32| {
                let before = candidates[at - 1].iter().zip(&came[at - 1]);
                before.enumerate().find(|(_, (other, came))| came.is_some() && **other != node).map(|(index, _)| index)
            };
            came.push(candidates[at].iter().map(|&node| leads(node)).collect());
        }
        let mut index = came[last].iter().position(Option::is_some)?;
        let mut nodes = Vec::with_capacity(classes.len());
        for at in (0..classes.len()).rev() {
            nodes.push(candidates[at][index]);
            index = came[at][index]?;
        }
        nodes.reverse();
        Some(nodes)
    }
}
