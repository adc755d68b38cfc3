//! `sanso exposure`: every endpoint is taken to pass on everything. What falls from one of them; and how many enforcement points must fail
//! before data gets from one tier to another. Definitions: `docs/questions.md`; how: decision 0029.

mod depth;
mod fall;
mod points;
mod variant;

use std::collections::BTreeSet;
use std::time::Instant;

use crate::diagnostic::Diagnostics;
use crate::document::policy::Methods;
use crate::document::{self, Document, Severity, Spanned, Tier};
use crate::engine::{LimitReached, Limits, RequirementDecider};
use crate::language::Phrase;
use crate::model::Model;
use crate::model::names::{Names, check_waived};
use crate::policy::{Asked as AskedOf, NodePattern, Paths, Policy, Requirement};
use crate::refusal::held_against;
use crate::report::exposure::{Answer, Depth, Exposure, Halving, Known, PairDepth, Point as PointFact, Way};
use crate::session::{Small, Whom};
use crate::source::Source;
use crate::verify::place::Places;
use crate::verify::show::Show;
use crate::verify::trace::Broken;
use crate::verify::{Options, internal_error};
use depth::{Found, Search};
use points::Point;
use variant::Asked;

/// The pairs of tiers, and what each is called where exceptions are for it.
const PAIRS: [([Tier; 2], &str); 3] = [
    ([Tier::MyNumber, Tier::Lgwan], "my-number/lgwan"),
    ([Tier::MyNumber, Tier::Internet], "my-number/internet"),
    ([Tier::Lgwan, Tier::Internet], "lgwan/internet"),
];

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub enum Asking<'q> {
    /// How deep the defence between tiers is.
    Depth,
    /// What falls from this node.
    From(&'q str),
}

/// What cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unasked {
    /// There is no such node; the nearest that there is.
    Nobody(Option<String>),
    /// It opens and receives no sessions.
    NoEndpoint,
}

/// Asks what is exposed. `Ok(Err(…))`: that cannot be asked.
///
/// # Errors
/// The diagnostics when the document cannot be used.
pub fn run_exposure(
    source: &Source,
    options: &Options<'_>,
    asking: Asking<'_>,
) -> Result<Result<Exposure, Unasked>, Diagnostics> {
    let started = Instant::now();
    let mut diagnostics = Diagnostics::default();
    let Some(document) = document::read(source, &mut diagnostics) else { return Err(diagnostics) };
    check_waived(&document, &options.policy.path_requirements().collect::<Vec<_>>(), &mut diagnostics);
    held_against(&document, options.policy).into_iter().for_each(|one| diagnostics.push(one));
    let names = Names::resolve(&document, &mut diagnostics);
    let (Some(names), false) = (names, diagnostics.has_errors()) else { return Err(diagnostics) };
    let model = Model::asked(&document, &names, &options.policy.services());
    let deadline = options.limit.and_then(|limit| started.checked_add(limit));
    let limits = Limits { deadline, cells: None, memory: options.memory };
    let mut decider = RequirementDecider::new(&model, options.date, limits);
    let places = Places::of(source, &document);
    let show = Show { model: &model, places: &places };
    let answer = match asking {
        Asking::Depth => depths(show, &decider, options).map(Answer::Depths),
        Asking::From(id) => match from(show, id) {
            Ok(node) => fall::falls(show, &mut decider, node).map(Answer::Falls),
            Err(unasked) => return Ok(Err(unasked)),
        },
    };
    let answer = answer.map_err(|broken| {
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(internal_error("exposure", &broken));
        diagnostics
    })?;
    Ok(Ok(Exposure {
        name: document.name.as_deref().map(str::to_owned),
        file: source.name().to_owned(),
        sha256: source.sha256_hex(),
        policy: options.policy.id.clone(),
        answer,
    }))
}

fn from(show: Show<'_, '_, '_>, id: &str) -> Result<u32, Unasked> {
    let model = show.model;
    let Some(node) = model.names.node(id.strip_prefix("node:").unwrap_or(id)) else {
        let mut ids = (0..crate::number::number(model.document.nodes.len())).map(|node| model.id(node));
        return Err(Unasked::Nobody(crate::nearest::nearest(id, &mut ids).map(str::to_owned)));
    };
    if model.labels.endpoint[node as usize] { Ok(node) } else { Err(Unasked::NoEndpoint) }
}

/// That no raw data gets from one tier to the other, in either direction.
fn requirement(([a, b], id): ([Tier; 2], &str)) -> Requirement {
    let side = |tier: Tier| vec![NodePattern { tier: vec![tier], ..NodePattern::default() }];
    let nothing = || Phrase::new("", "");
    Requirement {
        id: id.to_owned(),
        clause: String::new(),
        title: nothing(),
        meaning: nothing(),
        why: nothing(),
        mend: nothing(),
        severity: Severity::Error,
        asked: AskedOf::Isolation(Paths {
            a: side(a),
            b: side(b),
            sanitised_by: Some(Methods::Any),
            without: None,
            services: None,
        }),
    }
}

/// How deep the defence between each two tiers is.
///
/// # Errors
/// When a way does not stand up to its replay.
pub fn depths(
    show: Show<'_, '_, '_>,
    decider: &RequirementDecider<'_, '_>,
    options: &Options<'_>,
) -> Result<Vec<PairDepth>, Broken> {
    let model = show.model;
    let mut document = model.document.clone();
    document.breached = true;
    for (at, exception) in document.exceptions.iter_mut().enumerate() {
        let for_pair = |pair: &&([Tier; 2], &'static str)| counts(decider, options.policy, at, pair.0);
        exception.waives = Some(PAIRS.iter().filter(for_pair).map(|(_, id)| Spanned::nowhere((*id).into())).collect());
    }
    let policy = Policy { requirements: PAIRS.map(requirement).to_vec(), ..options.policy.clone() };
    let small = Small::of(document.clone(), model.names, &policy);
    let context = DepthContext { show, whole: &document, small: &small, options, decider };
    PAIRS.iter().zip(&policy.requirements).map(|((tiers, _), asked)| context.pair(*tiers, asked)).collect()
}

/// Whether an exception counts between two tiers: it waives every requirement that forbids data between all of the one and all of the
/// other, and there is one.
fn counts(decider: &RequirementDecider<'_, '_>, policy: &Policy, exception: usize, [a, b]: [Tier; 2]) -> bool {
    let waived = &decider.model().exceptions[exception].waives;
    let forbidding: Vec<&Requirement> =
        policy.requirements.iter().filter(|one| forbids(decider, one, [a, b])).collect();
    !forbidding.is_empty() && forbidding.iter().all(|one| waived.contains(&one.id.as_str()))
}

/// Whether a requirement forbids data between all endpoints of two tiers.
fn forbids(decider: &RequirementDecider<'_, '_>, requirement: &Requirement, tiers: [Tier; 2]) -> bool {
    let AskedOf::Isolation(Paths { a, b, without: None, services: None, .. }) = &requirement.asked else {
        return false;
    };
    let model = decider.model();
    let sides = [decider.matcher(a), decider.matcher(b)];
    let endpoints = |tier: Tier| {
        let all = 0..crate::number::number(model.document.nodes.len());
        all.filter(move |&node| model.labels.endpoint[node as usize] && model.tier(node) == Some(tier))
    };
    let all_in = |tier: Tier, side: usize| endpoints(tier).all(|node| sides[side].matches(node));
    all_in(tiers[0], 0) && all_in(tiers[1], 1) || all_in(tiers[0], 1) && all_in(tiers[1], 0)
}

/// What the depths of one document are found on.
struct DepthContext<'g, 'r, 's, 'd> {
    show: Show<'r, 's, 'd>,
    /// The document, in which every endpoint passes on everything.
    whole: &'g Document<'d>,
    small: &'g Small<'d>,
    options: &'g Options<'g>,
    decider: &'g RequirementDecider<'r, 'd>,
}

impl DepthContext<'_, '_, '_, '_> {
    fn pair(&self, tiers: [Tier; 2], requirement: &Requirement) -> Result<PairDepth, Broken> {
        let model = self.show.model;
        let there = |tier: Tier| {
            let mut endpoints = (0_u32..).zip(&model.labels.endpoint).filter(|(_, endpoint)| **endpoint);
            endpoints.any(|(node, _)| model.tier(node) == Some(tier))
        };
        let depth = if !there(tiers[0]) || !there(tiers[1]) {
            Depth::Nobody
        } else {
            match self.found(requirement) {
                Ok(found) => found?,
                Err(LimitReached) => Depth::Open,
            }
        };
        Ok(PairDepth { tiers, depth })
    }

    fn found(&self, requirement: &Requirement) -> Result<Result<Depth, Broken>, LimitReached> {
        let names = Names::resolve(&self.small.document, &mut Diagnostics::default());
        let names = names.ok_or(LimitReached)?;
        let model = Model::new(&self.small.document, &names);
        let points = Point::all(&model);
        let asked = Asked { requirement, date: self.options.date, limits: self.decider.limits() };
        let mut search = Search::new(&self.small.document, &points, asked);
        let set = match search.least(&[], points.len())? {
            Found::Set(set) => set,
            Found::Apart | Found::More => return Ok(Ok(Depth::Apart)),
        };
        let (layers, disjoint) = search.proof(set.len());
        let halved_by = self.halving(&mut search, &points, set.len())?;
        let of_small: Vec<Point> = set.iter().map(|&at| points[at]).collect();
        let of_whole: Option<Vec<Point>> = of_small.iter().map(|point| point.of_whole(self.small)).collect();
        let Some(of_whole) = of_whole else {
            return Ok(Err(Broken("a point of the small document is none of the whole one".to_owned())));
        };
        let small = (!self.small.is_whole).then_some((&self.small.document, &of_small[..]));
        let way = match variant::way(self.whole, small, &of_whole, asked)? {
            Ok(replayed) => self.told(replayed, &of_whole),
            Err(broken) => return Ok(Err(broken)),
        };
        let fact = |&at: &usize| {
            let alike = points[at].alike(&model, self.small);
            (alike > 0).then(|| points[at].of_whole(self.small).map(|point| point.fact(self.show, alike))).flatten()
        };
        let set = of_whole.iter().map(|point| point.fact(self.show, 1)).collect();
        let layers = layers.iter().map(|layer| layer.iter().filter_map(fact).collect::<Vec<PointFact>>()).collect();
        Ok(Ok(Depth::Known(Box::new(Known { set, way, layers, disjoint, halved_by }))))
    }

    /// Nodes whose fall alone leaves at most half of what must fail.
    fn halving(
        &self,
        search: &mut Search<'_, '_>,
        points: &[Point],
        depth: usize,
    ) -> Result<Vec<Halving>, LimitReached> {
        let mut out = Vec::new();
        let nodes: BTreeSet<u32> = points.iter().filter_map(|point| point.node()).collect();
        for node in nodes.into_iter().filter(|_| depth > 0) {
            let Whom::Node(whole, alike) = self.small.nodes[node as usize] else { continue };
            let own: Vec<usize> = (0..points.len()).filter(|&at| points[at].node() == Some(node)).collect();
            if let Found::Set(left) = search.least(&own, depth / 2)? {
                out.push((whole, Halving { node: self.show.id(whole).to_owned(), left: left.len(), alike }));
            }
        }
        out.sort_unstable_by_key(|(node, _)| *node);
        Ok(out.into_iter().map(|(_, halving)| halving).collect())
    }

    /// A way in the words of a report: filters that failed decide nothing.
    fn told(&self, replayed: crate::verify::trace::Replayed, failed: &[Point]) -> Way {
        let vlans = self.show.uses_vlans();
        let mut sessions = replayed.witness.sessions;
        for hop in sessions.iter_mut().flat_map(|session| &mut session.hops) {
            let node = hop.node;
            hop.deciders.retain(|decider| !failed.contains(&Point::Filter(node, decider.filter)));
        }
        let told = sessions.iter().zip(&replayed.covered).map(|(one, covered)| self.show.session(one, covered, vlans));
        let path = replayed.witness.nodes.iter().map(|&node| self.show.id(node).to_owned()).collect();
        Way { path, sessions: told.collect() }
    }
}
