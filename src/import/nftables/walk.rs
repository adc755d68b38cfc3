//! A rule as steps: its parts from left to right.

use super::super::chain::Target;
use super::super::device::Becomes;
use super::super::linux::Makes;
use super::super::region::Region;
use super::super::set::AddressSet;
use super::matches::{self, Place, meet};
use super::tree::{Key, Map, Mapped, Part, Raw, To, Verdict};
use crate::document::Family;

/// Every packet of some families.
pub fn of_families(families: &[Family]) -> Region {
    let all = families.iter().fold(AddressSet::default(), |known, family| known.union(&AddressSet::family(*family)));
    Region { from: all.clone(), to: all, ..Region::all() }
}

/// A rule being walked through.
pub struct Walk<'w> {
    /// Where.
    pub place: &'w Place<'w>,
    /// What comes to the next part.
    pub regions: Vec<Region>,
    /// What made it unsure so far.
    pub conditions: Vec<String>,
    /// What the rule does with what, and under which conditions.
    pub steps: Vec<(Vec<Region>, Vec<String>, Target)>,
    /// What its translations make.
    pub makes: &'w mut Vec<Makes>,
    /// Whether translations count.
    pub nat: bool,
}

impl Walk<'_> {
    /// Takes a part in; whether the rule ends there.
    pub fn part(&mut self, part: &Part) -> bool {
        match part {
            Part::Silent => {}
            Part::Condition(why) => {
                if why != "notrack" {
                    self.conditions.push(why.clone());
                }
            }
            Part::Match(key, op, raw) => {
                let held = self.place.held(key, op, raw);
                self.regions = meet(&self.regions, &held.regions);
                self.conditions.extend(held.condition);
            }
            Part::Vmap(key, map) => self.vmap(key, map),
            Part::Verdict(verdict) => return self.verdict(verdict, self.regions.clone(), self.conditions.clone()),
            Part::Asked(who) => {
                // whoever is asked may let it through
                let conditions = [&self.conditions[..], std::slice::from_ref(who)].concat();
                self.steps.push((self.regions.clone(), conditions, Target::Permit));
                return true;
            }
            Part::Nat(kind, family, to, port, prefix) => {
                self.translation(kind, family.as_deref(), to.as_ref(), port.as_ref(), *prefix);
                return true;
            }
        }
        false
    }

    fn verdict(&mut self, verdict: &Verdict, regions: Vec<Region>, mut conditions: Vec<String>) -> bool {
        let target = match verdict {
            Verdict::Accept => Target::Permit,
            Verdict::Drop => Target::Deny,
            Verdict::Return => Target::Return,
            Verdict::Continue => return false,
            Verdict::Jump(name) | Verdict::Goto(name) => match self.place.table.chain(name) {
                Some(next) if matches!(verdict, Verdict::Jump(_)) => Target::Jump(next),
                Some(next) => Target::Goto(next),
                None => {
                    conditions.push(format!("jump {name}"));
                    Target::Permit
                }
            },
        };
        self.steps.push((regions, conditions, target));
        true
    }

    /// The elements of a map; `None` where they are not known.
    fn elements(&self, map: &Map) -> Option<Vec<(Raw, Mapped)>> {
        match map {
            Map::Inline(all) => Some(all.clone()),
            Map::Ref(name) => {
                let set = self.place.table.sets.get(name).filter(|set| !set.open)?;
                Some(set.elements.iter().filter_map(|(raw, mapped)| Some((raw.clone(), mapped.clone()?))).collect())
            }
        }
    }

    fn vmap(&mut self, key: &Key, map: &Map) {
        let Some(mut elements) = self.elements(map) else {
            // what it says may be to let through, or nothing
            let why = if let Map::Ref(name) = map { format!("vmap @{name}") } else { "vmap".to_owned() };
            let conditions = [&self.conditions[..], &[why]].concat();
            self.steps.push((self.regions.clone(), conditions, Target::Permit));
            return;
        };
        // what stands for all others comes last
        elements.sort_by_key(|(raw, _)| *raw == Raw::Rest);
        for (raw, mapped) in &elements {
            let held = self.place.equal(key, raw);
            let hit = meet(&self.regions, &held.regions);
            let conditions: Vec<String> = self.conditions.iter().cloned().chain(held.condition.clone()).collect();
            let Mapped::Verdict(verdict) = mapped else { continue };
            self.verdict(verdict, hit, conditions);
            if held.condition.is_none() {
                for region in &held.regions {
                    self.regions = self.regions.iter().flat_map(|part| part.subtract(region)).collect();
                }
            }
        }
    }

    fn translation(&mut self, kind: &str, family: Option<&str>, to: Option<&To>, port: Option<&Raw>, prefix: bool) {
        let ports = port.and_then(matches::target_ports);
        let mut conditions = self.conditions.clone();
        if port.is_some() && ports.is_none() {
            conditions.push(format!("{kind} port"));
        }
        let named = match family {
            Some("ip") => of_families(&[Family::V4]),
            Some("ip6") => of_families(&[Family::V6]),
            _ => Region::all(),
        };
        let regions = meet(&self.regions, &[named]);
        match to {
            _ if !self.nat => {}
            None => {
                let mut becomes = Becomes::Own;
                // `dnat to :80` leaves the address: which one that is, no entry says, so it may be any
                if matches!(kind, "dnat" | "snat") {
                    conditions.push(format!("{kind} to a port alone"));
                    becomes = Becomes::Addresses(AddressSet::all());
                }
                self.makes.push(Makes { becomes, ports, one_to_one: false });
                self.steps.push((regions, conditions, Target::Other(self.makes.len() - 1)));
            }
            Some(To::Value(raw)) => self.to(raw, regions, conditions, ports, prefix, kind),
            Some(To::Map(key, map)) => {
                let Some(elements) = self.elements(map) else {
                    conditions.push(format!("{kind} by a map"));
                    self.makes.push(Makes { becomes: Becomes::Addresses(AddressSet::all()), ports, one_to_one: false });
                    self.steps.push((regions, conditions, Target::Other(self.makes.len() - 1)));
                    return;
                };
                for (raw, mapped) in &elements {
                    let held = self.place.equal(key, raw);
                    let hit = meet(&regions, &held.regions);
                    let conditions = conditions.iter().cloned().chain(held.condition).collect();
                    if let Mapped::Value(to) = mapped {
                        self.to(to, hit, conditions, ports, prefix, kind);
                    }
                }
            }
        }
    }

    /// To an address, or to an address and a port.
    fn to(
        &mut self,
        raw: &Raw,
        regions: Vec<Region>,
        mut conditions: Vec<String>,
        ports: Option<(u16, u16)>,
        prefix: bool,
        kind: &str,
    ) {
        let (address, ports) = match raw {
            Raw::Concat(all) => match &all[..] {
                [address, port] => (address, matches::target_ports(port).or(ports)),
                _ => (raw, ports),
            },
            _ => (raw, ports),
        };
        let set = matches::targets(address).unwrap_or_else(|| {
            conditions.push(format!("{kind} to"));
            AddressSet::all()
        });
        // only what is of that family
        let of: Vec<Family> = [(!set.v4.is_empty(), Family::V4), (!set.v6.is_empty(), Family::V6)]
            .into_iter()
            .filter_map(|(there, family)| there.then_some(family))
            .collect();
        let regions = meet(&regions, &[of_families(&of)]);
        self.makes.push(Makes { becomes: Becomes::Addresses(set), ports, one_to_one: prefix });
        self.steps.push((regions, conditions, Target::Other(self.makes.len() - 1)));
    }
}
