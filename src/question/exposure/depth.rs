//! The least number of enforcement points that must fail, by implicit hitting sets: sets of points that keep the two sides apart by
//! themselves (*layers*) are collected; a smallest set with a point of each is let fail; the document is decided; where it still keeps them
//! apart, what is left holds another layer. Decision 0029.

use super::points::Point;
use super::variant::{self, Asked};
use crate::document::Document;
use crate::engine::LimitReached;
use crate::question::hitting::{Demands, cheapest};

/// So often the document is decided for two tiers before the search is given up.
const DECISIONS: usize = 2_000;

/// So many steps to find layers without a point in common.
const STEPS: usize = 20_000;

/// Points, each failed or not.
type Failed = Vec<bool>;

/// What was found.
pub enum Found {
    /// Whatever fails, nothing gets through.
    Apart,
    /// These must fail.
    Set(Vec<usize>),
    /// More than were asked for must fail.
    More,
}

/// The search between two sides of one document.
pub struct Search<'s, 'd> {
    document: &'s Document<'d>,
    points: &'s [Point],
    asked: Asked<'s>,
    /// Sets that let data through, and sets that do not.
    through: Vec<Failed>,
    held: Vec<Failed>,
    /// Points of which each list keeps the sides apart by itself.
    pub layers: Vec<Vec<usize>>,
    left: usize,
}

fn within(a: &Failed, b: &Failed) -> bool {
    a.iter().zip(b).all(|(a, b)| !a || *b)
}

impl<'s, 'd> Search<'s, 'd> {
    pub fn new(document: &'s Document<'d>, points: &'s [Point], asked: Asked<'s>) -> Self {
        let (through, held, layers) = (Vec::new(), Vec::new(), Vec::new());
        Self { document, points, asked, through, held, layers, left: DECISIONS }
    }

    /// Whether data gets through where these have failed. To fail adds ways and takes none away, so that what is known of others may tell.
    fn gets_through(&mut self, failed: &Failed) -> Result<bool, LimitReached> {
        if self.through.iter().any(|known| within(known, failed)) {
            return Ok(true);
        }
        if self.held.iter().any(|known| within(failed, known)) {
            return Ok(false);
        }
        self.left = self.left.checked_sub(1).ok_or(LimitReached)?;
        let chosen = self.points.iter().zip(failed).filter(|(_, failed)| **failed).map(|(point, _)| *point);
        let gets = variant::gets_through(&variant::failed(self.document, chosen), self.asked)?;
        if gets { &mut self.through } else { &mut self.held }.push(failed.clone());
        Ok(gets)
    }

    fn these(&self, chosen: impl IntoIterator<Item = usize>) -> Failed {
        let mut out = vec![false; self.points.len()];
        chosen.into_iter().for_each(|at| out[at] = true);
        out
    }

    /// The least set that must fail where these have failed already, if it is no larger than `most`.
    ///
    /// # Errors
    /// When a limit is reached first.
    pub fn least(&mut self, already: &[usize], most: usize) -> Result<Found, LimitReached> {
        let costs: Vec<u64> = (0..self.points.len()).map(|at| u64::from(!already.contains(&at))).collect();
        let mut least = 0;
        loop {
            let mut demands = Demands { one_of: self.layers.clone(), ..Demands::default() };
            // What has failed already costs nothing, and is in.
            demands.one_of.extend(already.iter().map(|&at| vec![at]));
            let limits = self.asked.limits;
            let Some(set) = cheapest(&costs, &demands, least, limits)? else { return Ok(Found::Apart) };
            let set: Vec<usize> = set.into_iter().filter(|at| costs[*at] > 0).collect();
            least = set.len() as u64;
            if set.len() > most {
                return Ok(Found::More);
            }
            let failed = self.these(already.iter().chain(&set).copied());
            if self.gets_through(&failed)? {
                return Ok(Found::Set(set));
            }
            self.collect(failed)?;
            if self.layers.last().is_some_and(Vec::is_empty) {
                return Ok(Found::Apart);
            }
        }
    }

    /// Adds layers: what still holds where these have failed; then, while there is one, what holds beside all that are known.
    fn collect(&mut self, mut failed: Failed) -> Result<(), LimitReached> {
        loop {
            let layer = self.layer(failed)?;
            let done = layer.is_empty();
            self.layers.push(layer);
            if done {
                return Ok(());
            }
            failed = self.these(self.layers.iter().flatten().copied());
            if self.gets_through(&failed)? {
                return Ok(());
            }
        }
    }

    /// A layer of which nothing can be left out, beside points that have failed. Those of layers that are known fail first, so that it has
    /// as few of them as may be.
    fn layer(&mut self, mut failed: Failed) -> Result<Vec<usize>, LimitReached> {
        let known = self.these(self.layers.iter().flatten().copied());
        for of_known in [true, false] {
            let more: Vec<usize> = (0..failed.len()).filter(|&at| !failed[at] && known[at] == of_known).collect();
            self.let_fail(&mut failed, &more)?;
        }
        Ok((0..failed.len()).filter(|&at| !failed[at]).collect())
    }

    /// Lets as many more fail as still keep the sides apart.
    fn let_fail(&mut self, failed: &mut Failed, more: &[usize]) -> Result<(), LimitReached> {
        if more.is_empty() {
            return Ok(());
        }
        let mut tried = failed.clone();
        more.iter().for_each(|&at| tried[at] = true);
        if !self.gets_through(&tried)? {
            *failed = tried;
            return Ok(());
        }
        if more.len() > 1 {
            let (first, second) = more.split_at(more.len() / 2);
            self.let_fail(failed, first)?;
            self.let_fail(failed, second)?;
        }
        Ok(())
    }

    /// Layers that show that no fewer than `depth` points do, and whether none has a point in common with another: then they are as many as
    /// points must fail. Otherwise they are so few that none can be left out.
    pub fn proof(&self, depth: usize) -> (Vec<Vec<usize>>, bool) {
        let mut sorted: Vec<&Vec<usize>> = self.layers.iter().collect();
        sorted.sort_by_key(|layer| layer.len());
        let mut steps = STEPS;
        if let Some(chosen) = apart(&sorted, depth, &mut Vec::new(), &mut steps) {
            return (chosen, true);
        }
        let costs = vec![1; self.points.len()];
        let least = |layers: &[Vec<usize>]| {
            let demands = Demands { one_of: layers.to_vec(), ..Demands::default() };
            // A limit, or no set at all: no fewer layers show it.
            cheapest(&costs, &demands, 0, self.asked.limits).ok().flatten().map_or(0, |set| set.len())
        };
        let mut kept = self.layers.clone();
        let mut at = 0;
        while at < kept.len() {
            let mut fewer = kept.clone();
            fewer.remove(at);
            if least(&fewer) == depth {
                kept = fewer;
            } else {
                at += 1;
            }
        }
        (kept, false)
    }
}

/// So many of some layers, no two of which have a point in common.
fn apart(
    layers: &[&Vec<usize>],
    wanted: usize,
    chosen: &mut Vec<Vec<usize>>,
    steps: &mut usize,
) -> Option<Vec<Vec<usize>>> {
    if chosen.len() == wanted {
        return Some(chosen.clone());
    }
    for (at, layer) in layers.iter().enumerate() {
        *steps = steps.checked_sub(1)?;
        if chosen.iter().flatten().any(|point| layer.contains(point)) {
            continue;
        }
        chosen.push((*layer).clone());
        if let Some(found) = apart(&layers[at + 1..], wanted, chosen, steps) {
            return Some(found);
        }
        chosen.pop();
    }
    None
}
