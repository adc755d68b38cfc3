//! Security rules.

use std::sync::Arc;

use smallvec::smallvec;

use super::super::device::{Applies, Filter, Names, Rule, Selector};
use super::super::ledger::Ledger;
use super::super::region::Services;
use super::super::text::Refusal;
use super::super::words::Node;
use super::System;
use super::objects::Service;
use crate::language::Phrase;

/// Keys of a rule that say nothing about what it matches.
const SILENT: &[&str] = &[
    "description",
    "tag",
    "log-start",
    "log-end",
    "log-setting",
    "option",
    "profile-setting",
    "group-tag",
    "qos",
    "icmp-unreachable",
    "uuid",
    "disable-server-response-inspection",
    "loc",
    "target",
];

/// What is told of a condition.
pub fn judged() -> Phrase {
    Phrase::new(
        "cannot be judged: taken to hold where the rule lets through, not to hold where it stops",
        "判定できない。通すルールでは成り立つもの、止めるルールでは成り立たないものとみなす",
    )
}

impl<'n> System<'n, '_> {
    /// The filter that the security rules are.
    ///
    /// # Errors
    /// When groups hold themselves.
    pub(super) fn policies(
        &self,
        root: &'n Node<'_>,
        shared: Option<&'n Node<'_>>,
        ledger: &mut Ledger,
    ) -> Result<Filter, Refusal> {
        let line = self.node.at(&["rulebase", "security"]).map_or(1, |node| node.line);
        let mut filter = Filter::new("security rules", false, ledger.origin(line));
        filter.default_id = "interzone-default".into();
        filter.applies = vec![Applies::Forwarded];
        filter.stateful = true;
        filter.sees_translated_destination = false;
        let in_zone = |name: &String| self.zones.values().any(|members| members.contains(name));
        let outside: Vec<String> =
            self.ports.iter().map(|port| port.name.clone()).filter(|name| !in_zone(name)).collect();
        if !outside.is_empty() {
            for inward in [true, false] {
                let mut rule = Rule::all("no zone", false, ledger.origin(line));
                *(if inward { &mut rule.ways_in } else { &mut rule.ways_out }) = Some(outside.clone().into());
                filter.rules.push(rule.into());
            }
        }
        // what Panorama puts before and behind
        let pushed = root.under(&["panorama", "vsys"]).find(|vsys| vsys.word == self.node.word);
        let places: Vec<&Node<'_>> =
            shared.into_iter().chain(root.get("panorama")).chain(pushed).chain([self.node]).collect();
        let before = places.iter().map(|place| (*place, "pre-rulebase"));
        let behind = places.iter().rev().map(|place| (*place, "post-rulebase"));
        for (place, key) in before.chain([(self.node, "rulebase")]).chain(behind) {
            for path in [&[key][..], &[key, "security"], &[key, "security", "rules"]] {
                if let Some(node) = place.at(path) {
                    node.used_here(ledger);
                }
            }
            for rule in place.under(&[key, "security", "rules"]) {
                self.rule(rule, &mut filter.rules, ledger)?;
            }
        }
        self.defaults(&places, &mut filter, ledger);
        Ok(filter)
    }

    /// What no rule matches: it passes within a zone, unless that is overridden.
    fn defaults(&self, places: &[&Node<'_>], filter: &mut Filter, ledger: &mut Ledger) {
        let mut permits = (true, false);
        let mut lines = (None, None);
        for place in places {
            for key in ["rulebase", "pre-rulebase", "post-rulebase"] {
                for rule in place.under(&[key, "default-security-rules", "rules"]) {
                    let Some(action) = rule.value("action") else { continue };
                    action.used(ledger);
                    rule.used_here(ledger);
                    let permit = action.word == "allow";
                    match rule.word.as_ref() {
                        "intrazone-default" => (permits.0, lines.0) = (permit, Some(action.line)),
                        "interzone-default" => (permits.1, lines.1) = (permit, Some(action.line)),
                        _ => {}
                    }
                    rule.silent(ledger);
                }
                if let Some(node) = place.at(&[key, "default-security-rules"]) {
                    node.silent(ledger);
                }
            }
        }
        let line = self.node.at(&["zone"]).map_or(1, |node| node.line);
        for members in self.zones.values().filter(|members| !members.is_empty()) {
            let mut rule = Rule::all("intrazone-default", permits.0, ledger.origin(lines.0.unwrap_or(line)));
            let members: Names = members.clone().into();
            (rule.ways_in, rule.ways_out) = (Some(members.clone()), Some(members));
            filter.rules.push(rule.into());
        }
        filter.default_permit = permits.1;
        if let Some(line) = lines.1 {
            filter.default_origin = ledger.origin(line);
        }
    }

    fn rule(&self, node: &Node<'_>, out: &mut Vec<Arc<Rule>>, ledger: &mut Ledger) -> Result<(), Refusal> {
        node.used_here(ledger);
        if node.text("disabled") == Some("yes") {
            node.silent(ledger);
            return Ok(());
        }
        let mut conditions: Vec<String> = Vec::new();
        let permit = match node.text("action") {
            Some("allow") => true,
            Some("deny" | "drop" | "reset-client" | "reset-server" | "reset-both") => false,
            // what says nothing may let through
            _ => {
                conditions.push("no action".into());
                node.lost(&judged(), ledger);
                true
            }
        };
        for key in &node.below {
            let any = key.below.iter().all(|value| matches!(value.word.as_ref(), "any" | "no"));
            match key.word.as_ref() {
                "from" | "to" | "source" | "destination" | "service" | "application" | "action" | "disabled"
                | "negate-source" | "negate-destination" | "rule-type" => key.used(ledger),
                "source-user" | "category" | "hip-profiles" | "source-hip" | "destination-hip" | "saas-user-list"
                | "saas-tenant-list"
                    if any =>
                {
                    key.used(ledger);
                }
                word if SILENT.contains(&word) => key.silent(ledger),
                _ => {
                    conditions.push(key.tail());
                    key.lost(&judged(), ledger);
                }
            }
        }
        let services = self.services(node, &mut conditions, ledger)?;
        let mut from = self.objects.addresses(node.values("source"), ledger)?.unwrap_or_else(Selector::any);
        let mut to = self.objects.addresses(node.values("destination"), ledger)?.unwrap_or_else(Selector::any);
        if node.text("negate-source") == Some("yes") {
            from = from.negated();
        }
        if node.text("negate-destination") == Some("yes") {
            to = to.negated();
        }
        let zones = |key: &str| -> Vec<&str> { node.values(key).map(|zone| zone.word.as_ref()).collect() };
        let (zones_in, zones_out) = (zones("from"), zones("to"));
        for (ways_in, ways_out) in self.pairs(node.text("rule-type").unwrap_or("universal"), &zones_in, &zones_out) {
            let mut base = Rule::all(node.word.to_string(), permit, ledger.origin(node.line));
            (base.ways_in, base.ways_out) = (ways_in, ways_out);
            (base.from, base.to) = (from.clone(), to.clone());
            push(&base, &services, &conditions, out);
        }
        Ok(())
    }

    /// Zones by name, `any` as all of them.
    fn every<'z>(&'z self, zones: &[&'z str]) -> Vec<&'z str> {
        if zones.is_empty() || zones.contains(&"any") { self.zones.keys().copied().collect() } else { zones.to_vec() }
    }

    /// The interfaces in and out that a rule of a type is for.
    fn pairs(&self, kind: &str, from: &[&str], to: &[&str]) -> Vec<(Option<Names>, Option<Names>)> {
        let members = |zone: &str| self.zones.get(zone).cloned().unwrap_or_default();
        let within = |zone: &str| -> Option<Names> { Some(members(zone).into()) };
        match kind {
            "intrazone" => self.every(from).iter().map(|zone| (within(zone), within(zone))).collect(),
            "interzone" => self
                .every(from)
                .iter()
                .map(|zone| {
                    let others = self.every(to).into_iter().filter(|other| other != zone).flat_map(members).collect();
                    (within(zone), Some(others))
                })
                .collect(),
            _ => vec![(self.ways(from), self.ways(to))],
        }
    }

    /// The services of a rule, with those of its applications where it asks for their own ports.
    fn services(
        &self,
        node: &Node<'_>,
        conditions: &mut Vec<String>,
        ledger: &mut Ledger,
    ) -> Result<Vec<Service>, Refusal> {
        let mut out: Vec<Service> = Vec::new();
        let applications: Vec<&Node<'_>> = node.values("application").filter(|name| name.word != "any").collect();
        let words: Vec<&str> = applications.iter().map(|name| name.word.as_ref()).collect();
        if !words.is_empty() {
            conditions.push(format!("application {}", words.join(" ")));
            applications.iter().for_each(|name| name.lost(&judged(), ledger));
        }
        for name in node.values("service") {
            if name.word != "application-default" {
                self.objects.service(name, &mut Vec::new(), &mut out, ledger)?;
                continue;
            }
            if applications.is_empty() {
                // whatever it is, on its own ports: which those are depends on what it is
                out.push((Services::all(), Some("application-default".into())));
                name.lost(&judged(), ledger);
            }
            for application in &applications {
                match self.objects.application(application, &mut Vec::new(), ledger)? {
                    Some(known) => out.extend(known.into_iter().map(|services| (services, None))),
                    None => out.push((Services::all(), None)),
                }
            }
        }
        if out.is_empty() {
            out.push((Services::all(), None));
        }
        Ok(out)
    }
}

/// A rule for the services that are sure, and one each for those that are not.
fn push(base: &Rule, services: &[Service], conditions: &[String], out: &mut Vec<Arc<Rule>>) {
    let condition = |extra: Option<&String>| {
        let all: Vec<&str> = conditions.iter().chain(extra).map(String::as_str).collect();
        (!all.is_empty()).then(|| all.join("; "))
    };
    let sure: Vec<Services> =
        services.iter().filter(|(_, open)| open.is_none()).map(|(services, _)| services.clone()).collect();
    if !sure.is_empty() {
        out.push(Rule { services: sure.into(), condition: condition(None).map(Into::into), ..base.clone() }.into());
    }
    for (services, open) in services.iter().filter(|(_, open)| open.is_some()) {
        out.push(
            Rule {
                services: smallvec![services.clone()],
                condition: condition(open.as_ref()).map(Into::into),
                ..base.clone()
            }
            .into(),
        );
    }
}
