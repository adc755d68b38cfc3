//! Chains of lines that jump, return and decide, flattened to one list in which the first line that matches decides.
//! iptables has them by name; Cisco's class maps and VLAN maps become such chains, with returns for what a list denies.
//!
//! What is not sure (a condition that the model cannot judge) is carried along: a box is *certain*, or it may be there or
//! not. A line that permits takes both, one that denies the certain ones only.

use std::borrow::Cow;

use super::device::Rule;
use super::ledger::Origin;
use super::region::Region;

/// What a line does with what it matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Permits it.
    Permit,
    /// Denies it.
    Deny,
    /// Whatever else ends the search: a translation, by its number.
    Other(usize),
    /// Goes back to the line behind the jump.
    Return,
    /// Goes through another chain and comes back.
    Jump(usize),
    /// Goes through another chain and from its end to where this chain would return to.
    Goto(usize),
}

/// A line.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it matches: the union of these.
    pub regions: Vec<Region>,
    /// What else it asks that the model cannot judge.
    pub condition: Option<Box<str>>,
    /// What it does.
    pub target: Target,
    /// Its name for people.
    pub id: Box<str>,
    /// Where it stands.
    pub origin: Origin,
}

/// A chain.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    /// Its name.
    pub name: String,
    /// Its lines in order.
    pub steps: Vec<Step>,
}

/// A line of the flat list.
#[derive(Clone, Debug)]
pub struct Flat {
    /// What it matches.
    pub region: Region,
    /// The conditions under which it matches that; none: always.
    pub conditions: Vec<Box<str>>,
    /// What it does: never a jump or return.
    pub target: Target,
    /// The name of the line.
    pub id: Box<str>,
    /// Where the line stands.
    pub origin: Origin,
}

impl Flat {
    /// Its conditions as one.
    #[must_use]
    pub fn condition(&self) -> Option<Box<str>> {
        (!self.conditions.is_empty()).then(|| self.conditions.join("; ").into())
    }

    /// As a line of a filter; the ways are left to the caller.
    #[must_use]
    pub fn rule(&self, permit: bool) -> Rule {
        let rule = Rule::of(self.id.clone(), permit, &self.region, self.origin.clone());
        Rule { condition: self.condition(), ..rule }
    }
}

/// Why chains cannot be flattened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tangle {
    /// A chain comes to itself: the lines of the jumps, the first and the last.
    Circle(Origin, Origin),
    /// Jumps go deeper than [`MOST_DEEP`], here.
    Deep(Origin),
    /// More than [`MOST_LINES`] lines come of them, at this one.
    Large(Origin),
}

/// The most jumps into each other.
pub const MOST_DEEP: usize = 64;

/// The most lines of a flat list.
pub const MOST_LINES: usize = 1_000_000;

/// The most boxes that what is left of a chain may be in pieces.
const MOST_PIECES: usize = 512;

#[derive(Clone)]
struct Part {
    region: Region,
    conditions: Vec<Box<str>>,
}

impl Part {
    fn meet(&self, region: &Region, condition: Option<&str>) -> Option<Self> {
        let region = self.region.intersect(region);
        if region.is_empty() {
            return None;
        }
        let mut conditions = self.conditions.clone();
        if let Some(condition) = condition.filter(|condition| conditions.iter().all(|known| &**known != *condition)) {
            conditions.push(condition.into());
        }
        Some(Self { region, conditions })
    }
}

/// Where the lines of chains come from: they need not all be there at once.
pub trait Lines<'c> {
    /// A line of a chain by its number, from 0; `None` behind the last. A line that matches nothing may be nothing.
    fn line(&mut self, chain: usize, at: usize) -> Option<Option<Cow<'c, Step>>>;
}

impl<'c> Lines<'c> for &'c [Chain] {
    fn line(&mut self, chain: usize, at: usize) -> Option<Option<Cow<'c, Step>>> {
        self[chain].steps.get(at).map(|step| Some(Cow::Borrowed(step)))
    }
}

struct Walk<'c, 't> {
    lines: &'t mut dyn Lines<'c>,
    /// The chains that are open, and the line that each was entered by.
    open: Vec<(usize, Option<Origin>)>,
    tell: &'t mut dyn FnMut(Flat),
    told: usize,
}

/// Tells the lines that decide for packets in `region` that come to a chain, one after the other.
///
/// # Errors
/// When chains go in a circle, too deep, or become too many lines.
pub fn flatten<'c>(
    lines: &mut dyn Lines<'c>,
    start: usize,
    region: &Region,
    tell: &mut dyn FnMut(Flat),
) -> Result<(), Tangle> {
    let mut walk = Walk { lines, open: vec![(start, None)], tell, told: 0 };
    walk.chain(start, vec![Part { region: region.clone(), conditions: Vec::new() }])
}

impl Walk<'_, '_> {
    fn chain(&mut self, chain: usize, mut parts: Vec<Part>) -> Result<(), Tangle> {
        for at in 0.. {
            if parts.is_empty() {
                break;
            }
            let Some(step) = self.lines.line(chain, at) else { break };
            if let Some(step) = step {
                parts = self.step(&step, parts)?;
            }
        }
        Ok(())
    }

    /// What is left for the lines behind one.
    fn step(&mut self, step: &Step, mut parts: Vec<Part>) -> Result<Vec<Part>, Tangle> {
        let matched: Vec<Part> = parts
            .iter()
            .flat_map(|part| step.regions.iter().filter_map(|region| part.meet(region, step.condition.as_deref())))
            .collect();
        if matched.is_empty() {
            return Ok(parts);
        }
        match step.target {
            Target::Permit | Target::Deny | Target::Other(_) => {
                self.told += matched.len();
                if self.told > MOST_LINES {
                    return Err(Tangle::Large(step.origin.clone()));
                }
                for Part { region, conditions } in matched {
                    let (id, origin) = (step.id.clone(), step.origin.clone());
                    (self.tell)(Flat { region, conditions, target: step.target.clone(), id, origin });
                }
                if step.condition.is_none() {
                    // what is wholly decided goes no further; of the rest the first line that matches decides anyway
                    parts.retain(|part| !step.regions.iter().any(|region| part.region.is_within(region)));
                }
            }
            Target::Return => return Ok(leave(parts, step)),
            Target::Jump(next) => self.enter(next, matched, step)?,
            Target::Goto(next) => {
                self.enter(next, matched, step)?;
                return Ok(leave(parts, step));
            }
        }
        Ok(parts)
    }

    fn enter(&mut self, next: usize, parts: Vec<Part>, step: &Step) -> Result<(), Tangle> {
        if let Some(at) = self.open.iter().position(|&(open, _)| open == next) {
            let first = self.open.get(at + 1).and_then(|(_, by)| by.as_ref()).unwrap_or(&step.origin);
            return Err(Tangle::Circle(first.clone(), step.origin.clone()));
        }
        if self.open.len() >= MOST_DEEP {
            return Err(Tangle::Deep(step.origin.clone()));
        }
        self.open.push((next, Some(step.origin.clone())));
        let result = self.chain(next, parts);
        self.open.pop();
        result
    }
}

/// What is left of a chain behind a line that leads out of it. What may leave and may not is there on condition.
fn leave(parts: Vec<Part>, step: &Step) -> Vec<Part> {
    let mut left = parts;
    for region in &step.regions {
        let mut next = Vec::with_capacity(left.len());
        for part in left {
            let Some(common) = part.meet(region, step.condition.as_deref()) else {
                next.push(part);
                continue;
            };
            let pieces = part.region.subtract(region);
            let conditions = part.conditions;
            // SOUNDNESS: in too many pieces, nothing is taken away; but nothing that may have left is sure to be here.
            if next.len() + pieces.len() > MOST_PIECES {
                let mut conditions = conditions;
                conditions.push(step.id.clone());
                next.push(Part { region: part.region, conditions });
                continue;
            }
            next.extend(pieces.into_iter().map(|region| Part { region, conditions: conditions.clone() }));
            if step.condition.is_some() {
                next.push(common);
            }
        }
        left = next;
    }
    left
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::region::Services;
    use super::*;

    fn ports(low: u128, high: u128) -> Region {
        use super::super::set::Ranges;
        let services = Services::ports(&Ranges::one(6, 6), super::super::region::all_ports(), Ranges::one(low, high));
        Region { services, ..Region::all() }
    }

    fn step(region: Region, condition: Option<&str>, target: Target) -> Step {
        let condition = condition.map(Box::from);
        Step { regions: vec![region], condition, target, id: "".into(), origin: Origin::default() }
    }

    /// What becomes of a port, by a walk through the chains: `None` where the chain ends or returns. `lucky` says how
    /// conditions turn out.
    fn walk(chains: &[Chain], at: usize, port: u128, lucky: &dyn Fn(&Target) -> bool) -> Option<Target> {
        for step in &chains[at].steps {
            let held = step.regions.iter().any(|region| region.services.destination.contains(port));
            if !held || (step.condition.is_some() && !lucky(&step.target)) {
                continue;
            }
            match step.target {
                Target::Return => return None,
                Target::Jump(next) => {
                    if let Some(found) = walk(chains, next, port, lucky) {
                        return Some(found);
                    }
                }
                Target::Goto(next) => return walk(chains, next, port, lucky),
                ref target => return Some(target.clone()),
            }
        }
        None
    }

    /// All lines of the first chain.
    fn all_of(mut chains: &[Chain]) -> Vec<Flat> {
        let mut out = Vec::new();
        flatten(&mut chains, 0, &Region::all(), &mut |line| out.push(line)).unwrap();
        out
    }

    #[test]
    fn flat_lists_decide_as_the_chains_do() {
        let mut seed = 7u64;
        let mut random = move |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        for _ in 0..3000 {
            let chains: Vec<Chain> = (0..3)
                .map(|chain| Chain {
                    name: String::new(),
                    steps: (0..random(5))
                        .map(|_| {
                            let (a, b) = (random(6), random(6));
                            let region = ports(a.min(b).into(), a.max(b).into());
                            let deeper = chain + 1 + random(2) as usize;
                            let target = match random(6) {
                                0 => Target::Permit,
                                1 => Target::Deny,
                                2 => Target::Return,
                                3 if deeper < 3 => Target::Goto(deeper),
                                4 | 5 if deeper < 3 => Target::Jump(deeper),
                                _ => Target::Deny,
                            };
                            step(region, None, target)
                        })
                        .collect(),
                })
                .collect();
            let flat = all_of(&chains);
            for port in 0..6 {
                let first = flat.iter().find(|line| line.region.services.destination.contains(port));
                assert_eq!(
                    first.map(|line| line.target.clone()),
                    walk(&chains, 0, port, &|_| true),
                    "{chains:#?} {port}"
                );
            }
        }
    }

    #[test]
    fn what_may_return_may_be_denied_but_is_not() {
        // RETURN on condition, then DROP, then (behind the jump) ACCEPT: in the attacker's favour it returned
        let chains = [
            Chain {
                name: "a".into(),
                steps: vec![step(ports(0, 9), None, Target::Jump(1)), step(ports(0, 9), None, Target::Permit)],
            },
            Chain {
                name: "b".into(),
                steps: vec![step(ports(0, 4), Some("limit"), Target::Return), step(ports(0, 9), None, Target::Deny)],
            },
        ];
        let flat = all_of(&chains);
        let denied = |port: u128| {
            flat.iter()
                .filter(|line| line.conditions.is_empty() || line.target == Target::Permit)
                .find(|line| line.region.services.destination.contains(port))
                .map(|line| line.target == Target::Deny)
        };
        assert_eq!(denied(3), Some(false));
        assert_eq!(denied(7), Some(true));
    }

    #[test]
    fn circles_are_told_with_both_places() {
        let at = |line| Origin { file: Arc::new("f".to_owned()), line, column: 0 };
        let jump = |to, line| Step { origin: at(line), ..step(Region::all(), None, Target::Jump(to)) };
        let chains = [
            Chain { name: "a".into(), steps: vec![jump(1, 1)] },
            Chain { name: "b".into(), steps: vec![jump(2, 2)] },
            Chain { name: "c".into(), steps: vec![jump(1, 3)] },
        ];
        let refused = flatten(&mut &chains[..], 0, &Region::all(), &mut |_| {}).unwrap_err();
        assert_eq!(refused, Tangle::Circle(at(2), at(3)));
    }
}
