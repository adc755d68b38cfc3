//! Chains of lines that jump, return and decide, flattened to one list in which the first line that matches decides.
//! iptables has them by name; Cisco's class maps and VLAN maps become such chains, with returns for what a list denies.
//!
//! What is not sure (a condition that the model cannot judge) is carried along: a box is *certain*, or it may be there or
//! not. A line that permits takes both, one that denies the certain ones only.

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
    pub condition: Option<String>,
    /// What it does.
    pub target: Target,
    /// Its name for people.
    pub id: String,
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
pub struct Flat<'c> {
    /// What it matches.
    pub region: Region,
    /// The conditions under which it matches that; none: always.
    pub conditions: Vec<String>,
    /// What it does: never a jump or return.
    pub target: Target,
    /// The line.
    pub step: &'c Step,
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
    conditions: Vec<String>,
}

impl Part {
    fn meet(&self, region: &Region, condition: Option<&String>) -> Option<Self> {
        let region = self.region.intersect(region);
        if region.is_empty() {
            return None;
        }
        let mut conditions = self.conditions.clone();
        if let Some(condition) = condition.filter(|condition| !conditions.contains(condition)) {
            conditions.push(condition.clone());
        }
        Some(Self { region, conditions })
    }
}

struct Walk<'c> {
    chains: &'c [Chain],
    /// The chains that are open, and the line that each was entered by.
    open: Vec<(usize, Option<&'c Origin>)>,
    out: Vec<Flat<'c>>,
}

/// The lines that decide for packets in `region` that come to a chain.
///
/// # Errors
/// When chains go in a circle, too deep, or become too many lines.
pub fn flatten<'c>(chains: &'c [Chain], start: usize, region: &Region) -> Result<Vec<Flat<'c>>, Tangle> {
    let mut walk = Walk { chains, open: vec![(start, None)], out: Vec::new() };
    walk.chain(start, vec![Part { region: region.clone(), conditions: Vec::new() }])?;
    Ok(walk.out)
}

impl<'c> Walk<'c> {
    fn chain(&mut self, chain: usize, mut parts: Vec<Part>) -> Result<(), Tangle> {
        let chains = self.chains;
        for step in &chains[chain].steps {
            if parts.is_empty() {
                break;
            }
            let matched: Vec<Part> = parts
                .iter()
                .flat_map(|part| step.regions.iter().filter_map(|region| part.meet(region, step.condition.as_ref())))
                .collect();
            if matched.is_empty() {
                continue;
            }
            match step.target {
                Target::Permit | Target::Deny | Target::Other(_) => {
                    if self.out.len() + matched.len() > MOST_LINES {
                        return Err(Tangle::Large(step.origin.clone()));
                    }
                    self.out.extend(matched.into_iter().map(|Part { region, conditions }| Flat {
                        region,
                        conditions,
                        target: step.target.clone(),
                        step,
                    }));
                    if step.condition.is_none() {
                        // what is wholly decided goes no further; of the rest the first line that matches decides anyway
                        parts.retain(|part| !step.regions.iter().any(|region| part.region.is_within(region)));
                    }
                }
                Target::Return => parts = leave(parts, step),
                Target::Jump(next) => self.enter(next, matched, step)?,
                Target::Goto(next) => {
                    self.enter(next, matched, step)?;
                    parts = leave(parts, step);
                }
            }
        }
        Ok(())
    }

    fn enter(&mut self, next: usize, parts: Vec<Part>, step: &'c Step) -> Result<(), Tangle> {
        if let Some(at) = self.open.iter().position(|&(open, _)| open == next) {
            let first = self.open.get(at + 1).and_then(|(_, by)| *by).unwrap_or(&step.origin);
            return Err(Tangle::Circle(first.clone(), step.origin.clone()));
        }
        if self.open.len() >= MOST_DEEP {
            return Err(Tangle::Deep(step.origin.clone()));
        }
        self.open.push((next, Some(&step.origin)));
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
            let Some(common) = part.meet(region, step.condition.as_ref()) else {
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
    use super::super::region::Services;
    use super::*;

    fn ports(low: u128, high: u128) -> Region {
        use super::super::set::Ranges;
        let services = Services::ports(&Ranges::one(6, 6), super::super::region::all_ports(), Ranges::one(low, high));
        Region { services, ..Region::all() }
    }

    fn step(region: Region, condition: Option<&str>, target: Target) -> Step {
        let condition = condition.map(str::to_owned);
        Step { regions: vec![region], condition, target, id: String::new(), origin: Origin::default() }
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
            let flat = flatten(&chains, 0, &Region::all()).unwrap();
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
        let flat = flatten(&chains, 0, &Region::all()).unwrap();
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
        let at = |line| Origin { file: "f".into(), line, column: 0 };
        let jump = |to, line| Step { origin: at(line), ..step(Region::all(), None, Target::Jump(to)) };
        let chains = [
            Chain { name: "a".into(), steps: vec![jump(1, 1)] },
            Chain { name: "b".into(), steps: vec![jump(2, 2)] },
            Chain { name: "c".into(), steps: vec![jump(1, 3)] },
        ];
        assert_eq!(flatten(&chains, 0, &Region::all()).unwrap_err(), Tangle::Circle(at(2), at(3)));
    }
}
