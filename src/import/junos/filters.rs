//! Firewall filters: terms in order, of which the first that matches and ends decides; behind the last one everything is
//! discarded. The first packet of a session is meant: in tcp it has SYN alone, and it is no fragment.

use std::collections::BTreeMap;

use super::super::chain::{self, Chain, Flat, Step, Target};
use super::super::device::{Applies, Device, Filter, Names};
use super::super::ledger::Ledger;

use super::super::region::{NO_INTERFACE, Region};
use super::super::set::{AddressSet, Ranges};
use super::super::text::Refusal;
use super::super::words::Node;
use super::Reader;

use super::policies::judged;
use super::terms::From;
use super::unit::Unit;
use crate::document::Family;
use crate::language::Phrase;

impl Reader<'_, '_> {
    /// The filters of the units.
    ///
    /// # Errors
    /// When filters hold each other in a circle.
    pub(super) fn filters(&self, device: &mut Device, ledger: &mut Ledger) -> Result<(), Refusal> {
        for unit in &self.units {
            for inward in [true, false] {
                self.filter(unit, inward, device, ledger)?;
            }
        }
        // those that are bound nowhere
        for filter in
            self.root.under(&["firewall", "filter"]).chain(self.root.under(&["firewall", "family", "inet", "filter"]))
        {
            filter.silent(ledger);
        }
        Ok(())
    }

    fn filter(&self, unit: &Unit, inward: bool, device: &mut Device, ledger: &mut Ledger) -> Result<(), Refusal> {
        let mut out: Option<Filter> = None;
        let mut families = Vec::new();
        for bound in unit.filters.iter().filter(|bound| bound.inward == inward) {
            let mut chains = Chains { reader: self, family: bound.family, known: BTreeMap::new(), chains: Vec::new() };
            let mut steps = Vec::new();
            let mut missing = false;
            for name in &bound.names {
                let Some(at) = chains.of(name, ledger) else {
                    missing = true;
                    ledger.not_understood(
                        bound.line,
                        Phrase::new(
                            format!("the filter {name} is not defined; taken to pass everything"),
                            format!("フィルター {name} が定義されていない。すべて通すものとみなす"),
                        ),
                    );
                    continue;
                };
                steps.push(at);
            }
            if missing || steps.is_empty() {
                continue;
            }
            families.push(bound.family);
            let way = if inward { "in" } else { "out" };
            let filter = out.get_or_insert_with(|| {
                let name = format!("{} {way} {}", unit.name, bound.names.join(" "));
                let mut filter = Filter::new(name, false, ledger.origin(bound.line));
                filter.default_id = "implicit discard".into();
                filter
            });
            let all = AddressSet::family(bound.family);
            let start = Region { from: all.clone(), to: all, ..Region::all() };
            for at in steps {
                let add = &mut |line: Flat| {
                    let mut rule = line.rule(line.target == Target::Permit);
                    let whole = |set: &AddressSet| *set == AddressSet::family(bound.family);
                    if whole(&line.region.from) && whole(&line.region.to) && unit.filters.len() == 1 && !device.ipv6 {
                        (rule.from, rule.to) =
                            (super::super::device::Selector::any(), super::super::device::Selector::any());
                    }
                    rule.ways_in = self.names(&line.region.ways_in);
                    filter.rules.push(rule.into());
                };
                chain::flatten(&mut &chains.chains[..], at, &start, add)
                    .map_err(|tangle| super::super::tangled(ledger.file(), &tangle))?;
            }
        }
        let Some(mut filter) = out else { return Ok(()) };
        filter.passes = [Family::V4, Family::V6].into_iter().find(|family| !families.contains(family));
        match (unit.internal, inward) {
            (true, true) => filter.applies = vec![Applies::Delivered],
            (true, false) => filter.applies = vec![Applies::Emitted],
            (false, _) => filter.at_side(vec![unit.name.clone()], inward, true),
        }
        device.filters.push(filter);
        Ok(())
    }

    /// The number of a unit, from 1.
    pub(super) fn number(&self, name: &str) -> Option<u128> {
        self.units.iter().position(|unit| unit.name == name).map(|at| at as u128 + 1)
    }

    fn names(&self, ways: &Ranges) -> Option<Names> {
        if ways.contains(NO_INTERFACE) {
            return None;
        }
        let held = |at: usize| ways.contains(at as u128 + 1);
        Some(self.units.iter().enumerate().filter(|(at, _)| held(*at)).map(|(_, unit)| unit.name.clone()).collect())
    }
}

struct Chains<'r, 'n, 't> {
    reader: &'r Reader<'n, 't>,
    family: Family,
    known: BTreeMap<String, usize>,
    chains: Vec<Chain>,
}

impl Chains<'_, '_, '_> {
    /// The chain of a filter; `None` where it is not defined.
    fn of(&mut self, name: &str, ledger: &mut Ledger) -> Option<usize> {
        if let Some(at) = self.known.get(name) {
            return Some(*at);
        }
        let root = self.reader.root;
        let word = if self.family == Family::V4 { "inet" } else { "inet6" };
        let general = if self.family == Family::V4 { root.at(&["firewall", "filter", name]) } else { None };
        let node = root
            .at(&["firewall", "family", word, "filter", name])
            .or(general)
            .or_else(|| root.at(&["firewall", "family", "any", "filter", name]))?;
        node.used_here(ledger);
        let at = self.chains.len();
        self.known.insert(name.to_owned(), at);
        self.chains.push(Chain { name: name.to_owned(), steps: Vec::new() });
        for key in &node.below {
            match key.word.as_ref() {
                "term" | "apply-groups" => key.used_here(ledger),
                "interface-specific"
                | "physical-interface-filter"
                | "accounting-profile"
                | "enhanced-mode"
                | "fast-lookup-filter"
                | "instance-shared"
                | "no-log"
                | "promote"
                | "scale-optimized" => key.silent(ledger),
                _ => key.lost(
                    &Phrase::new("unknown in a filter; it was left out", "フィルターの未知の設定。取り込まない"),
                    ledger,
                ),
            }
        }
        let mut steps = Vec::new();
        for term in node.values("term") {
            steps.extend(self.term(term, name, ledger));
        }
        self.chains[at].steps = steps;
        Some(at)
    }

    fn term(&mut self, term: &Node<'_>, filter: &str, ledger: &mut Ledger) -> Vec<Step> {
        term.used_here(ledger);
        let mut from = From::new(self.family);
        for key in &term.below {
            match key.word.as_ref() {
                "from" | "then" => key.used_here(ledger),
                "filter" => key.used(ledger),
                _ => {
                    from.conditions.push(key.tail());
                    key.lost(&judged(), ledger);
                }
            }
        }
        for key in term.under(&["from"]) {
            from.condition(key, self.reader, ledger);
        }
        let nested = term.text("filter").map(str::to_owned);
        let target = match nested {
            Some(next) => match self.of(&next, ledger) {
                Some(next) => Some(Target::Jump(next)),
                None => {
                    from.conditions.push(format!("filter {next}"));
                    Some(Target::Permit)
                }
            },
            None => action(term, &mut from.conditions, ledger),
        };
        let Some(target) = target else { return Vec::new() };
        let id = format!("{filter} {}", term.word);
        let origin = ledger.origin(term.line);
        from.steps()
            .into_iter()
            .map(|(regions, conditions)| Step {
                regions,
                condition: (!conditions.is_empty()).then(|| conditions.join("; ")).map(Into::into),
                target: target.clone(),
                id: id.clone().into(),
                origin: origin.clone(),
            })
            .filter(|step| !step.regions.is_empty())
            .collect()
    }
}

/// What a term does; `None`: it goes on to the next.
fn action(term: &Node<'_>, conditions: &mut Vec<String>, ledger: &mut Ledger) -> Option<Target> {
    let mut target = Some(Target::Permit);
    for key in term.under(&["then"]) {
        match key.word.as_ref() {
            "accept" => target = Some(Target::Permit),
            "discard" | "reject" => target = Some(Target::Deny),
            "next" => target = None,
            "routing-instance" | "next-ip" | "next-ip6" | "next-interface" | "logical-system" | "topology" => {
                target = Some(Target::Permit);
            }
            "policer"
            | "three-color-policer"
            | "hierarchical-policer"
            | "count"
            | "log"
            | "syslog"
            | "loss-priority"
            | "forwarding-class"
            | "sample"
            | "port-mirror"
            | "port-mirror-instance"
            | "dscp"
            | "traffic-class"
            | "service-filter-hit"
            | "packet-mode"
            | "prefix-action"
            | "analyzer"
            | "no-decapsulate" => {
                key.silent(ledger);
                continue;
            }
            _ => {
                conditions.push(key.tail());
                key.lost(&judged(), ledger);
                continue;
            }
        }
        key.used(ledger);
    }
    target
}
