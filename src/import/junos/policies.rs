//! Security policies: of a zone to a zone, global ones, the default.

use std::sync::Arc;

use smallvec::smallvec;

use super::super::device::{Applies, Device, Filter, Names, Rule, Selector};
use super::super::ledger::Ledger;
use super::super::region::Services;
use super::super::text::Refusal;
use super::super::words::Node;
use super::Reader;
use super::applications::Application;
use crate::document::Family;
use crate::language::Phrase;

/// What a policy is for.
struct Context<'c> {
    /// What its rules are called: `trust > untrust`.
    name: String,
    from: &'c [&'c str],
    to: &'c [&'c str],
    ways_in: Option<Names>,
    ways_out: Option<Names>,
}

impl<'n> Reader<'n, '_> {
    /// The filters of the zones; none where there are no zones.
    ///
    /// # Errors
    /// When sets hold each other in a circle.
    pub(super) fn policies(&self, device: &mut Device, ledger: &mut Ledger) -> Result<(), Refusal> {
        if !self.has_zones() {
            return Ok(());
        }
        let policies = self.root.at(&["security", "policies"]);
        let line = policies.or_else(|| self.root.at(&["security", "zones"])).map_or(1, |node| node.line);
        let mut filter = Filter::new("policies", false, ledger.origin(line));
        filter.default_id = "default-policy".into();
        filter.applies = vec![Applies::Forwarded];
        filter.stateful = true;
        if let Some(default) = policies.and_then(|node| node.value("default-policy")) {
            default.used(ledger);
            filter.default_permit = default.word == "permit-all";
            filter.default_origin = ledger.origin(default.line);
        }
        self.families(&mut filter, ledger);
        let outside = self.outside();
        if !outside.is_empty() {
            for inward in [true, false] {
                let mut rule = Rule::all("no zone", false, ledger.origin(line));
                *(if inward { &mut rule.ways_in } else { &mut rule.ways_out }) = Some(outside.clone().into());
                filter.rules.push(rule.into());
            }
        }
        let ways = |zone: &str| Some(self.zones.get(zone).cloned().unwrap_or_default().into());
        for from in self.root.under(&["security", "policies", "from-zone"]) {
            for to in from.values("to-zone") {
                from.used_here(ledger);
                to.used_here(ledger);
                if from.word == "junos-host" || to.word == "junos-host" {
                    continue;
                }
                let (a, b) = ([from.word.as_ref()], [to.word.as_ref()]);
                let context = Context {
                    name: format!("{} > {}", from.word, to.word),
                    from: &a,
                    to: &b,
                    ways_in: ways(&from.word),
                    ways_out: ways(&to.word),
                };
                for policy in to.values("policy") {
                    self.policy(policy, &context, &mut filter.rules, ledger)?;
                }
            }
        }
        for policy in self.root.under(&["security", "policies", "global", "policy"]) {
            self.global(policy, &mut filter.rules, ledger)?;
        }
        device.filters.push(filter);
        Ok(())
    }

    /// What passes or stops a family whatever the policies say.
    fn families(&self, filter: &mut Filter, ledger: &mut Ledger) {
        for family in self.root.under(&["security", "forwarding-options", "family"]) {
            let Some(mode) = family.value("mode") else { continue };
            mode.used(ledger);
            family.used_here(ledger);
            let drops = mode.word == "drop";
            let six = family.word == "inet6";
            if mode.word == "packet-based" || (six && drops) {
                let mut rule = Rule::all(format!("{} {}", family.word, mode.word), !drops, ledger.origin(mode.line));
                // `mpls packet-based` takes the whole device out of flow mode
                if six {
                    let all = super::super::set::AddressSet::family(Family::V6);
                    (rule.from, rule.to) = (Selector::of(all.clone()), Selector::of(all));
                }
                filter.rules.push(rule.into());
            }
        }
    }

    fn global(&self, policy: &Node<'_>, out: &mut Vec<Arc<Rule>>, ledger: &mut Ledger) -> Result<(), Refusal> {
        let ways = |key: &str, ledger: &mut Ledger| {
            let zones: Vec<&Node<'_>> = policy.under(&["match", key]).collect();
            zones.iter().for_each(|zone| zone.used(ledger));
            if zones.is_empty() || zones.iter().any(|zone| zone.word == "any") {
                return None;
            }
            let members = zones.iter().filter_map(|zone| self.zones.get(zone.word.as_ref()));
            Some(members.flatten().cloned().collect())
        };
        let (ways_in, ways_out) = (ways("from-zone", ledger), ways("to-zone", ledger));
        let context = Context { name: "global".into(), from: &[], to: &[], ways_in, ways_out };
        self.policy(policy, &context, out, ledger)
    }

    /// The policies of a zone to the device itself, or from it; `None` where there are none.
    pub(super) fn host_policies(&self, to_host: bool, ledger: &mut Ledger) -> Result<Option<Filter>, Refusal> {
        let mut rules = Vec::new();
        let mut line = None;
        for from in self.root.under(&["security", "policies", "from-zone"]) {
            for to in from.values("to-zone") {
                let wanted = if to_host { to.word == "junos-host" } else { from.word == "junos-host" };
                if !wanted {
                    continue;
                }
                line = line.or(Some(to.line));
                let zone = if to_host { from.word.as_ref() } else { to.word.as_ref() };
                let ways: Option<Names> = Some(self.zones.get(zone).cloned().unwrap_or_default().into());
                let (a, b) = ([from.word.as_ref()], [to.word.as_ref()]);
                let (ways_in, ways_out) = if to_host { (ways, None) } else { (None, ways) };
                let name = format!("{} > {}", from.word, to.word);
                let context = Context { name, from: &a, to: &b, ways_in, ways_out };
                for policy in to.values("policy") {
                    self.policy(policy, &context, &mut rules, ledger)?;
                }
            }
        }
        let Some(line) = line else { return Ok(None) };
        // what no policy says of the device itself passes
        let mut filter =
            Filter::new(if to_host { "to junos-host" } else { "from junos-host" }, true, ledger.origin(line));
        filter.applies = vec![if to_host { Applies::Delivered } else { Applies::Emitted }];
        filter.stateful = true;
        filter.rules = rules;
        Ok(Some(filter))
    }

    fn policy(
        &self,
        policy: &Node<'_>,
        context: &Context<'_>,
        out: &mut Vec<Arc<Rule>>,
        ledger: &mut Ledger,
    ) -> Result<(), Refusal> {
        policy.used_here(ledger);
        let mut conditions: Vec<String> = Vec::new();
        let action = self.action(policy, &mut conditions, ledger);
        let (mut from, mut to) = (Vec::new(), Vec::new());
        let (mut not_from, mut not_to) = (false, false);
        let mut applications: Vec<Application> = Vec::new();
        for key in policy.under(&["match"]) {
            match key.word.as_ref() {
                "source-address" | "destination-address" => {
                    key.used(ledger);
                    let is_source = key.word == "source-address";
                    for name in &key.below {
                        let selector =
                            self.books.selector(name, if is_source { context.from } else { context.to }, ledger)?;
                        if is_source { from.push(selector) } else { to.push(selector) }
                    }
                }
                "source-address-excluded" => {
                    key.used(ledger);
                    not_from = true;
                }
                "destination-address-excluded" => {
                    key.used(ledger);
                    not_to = true;
                }
                "application" => {
                    key.used(ledger);
                    for name in &key.below {
                        if name.word == "junos-defaults" {
                            // the ports that the dynamic application has
                            applications.push((Services::all(), Some("application junos-defaults".into())));
                            continue;
                        }
                        applications.extend(self.applications.of(name, ledger)?);
                    }
                }
                "from-zone" | "to-zone" => {}
                "dynamic-application" | "source-identity" | "url-category"
                    if key.below.iter().all(|value| matches!(value.word.as_ref(), "any" | "none")) =>
                {
                    key.used(ledger);
                }
                _ => {
                    let words: Vec<&str> = key.below.iter().map(|value| value.word.as_ref()).collect();
                    conditions.push(format!("{} {}", key.word, words.join(" ")).trim().to_owned());
                    key.lost(&judged(), ledger);
                }
            }
        }
        for key in &policy.below {
            match key.word.as_ref() {
                "match" | "then" => key.used_here(ledger),
                "scheduler-name" => {
                    conditions.push(key.tail());
                    key.lost(&judged(), ledger);
                }
                "description" | "apply-groups" => key.silent(ledger),
                _ => {
                    conditions.push(key.tail());
                    key.lost(&judged(), ledger);
                }
            }
        }
        let union = |all: Vec<Selector>, not: bool| {
            let mut all = all.into_iter();
            let first = all.next().unwrap_or_else(Selector::any);
            let union = all.fold(first, |known, next| known.union(&next));
            if not { union.negated() } else { union }
        };
        if applications.is_empty() {
            applications.push((Services::all(), None));
        }
        let mut rule = Rule::all(format!("{} {}", context.name, policy.word), action, ledger.origin(policy.line));
        rule.ways_in.clone_from(&context.ways_in);
        rule.ways_out.clone_from(&context.ways_out);
        rule.from = union(from, not_from);
        rule.to = union(to, not_to);
        push(rule, applications, &conditions, out);
        Ok(())
    }

    /// Whether a policy permits; what else it asks goes into `conditions`.
    fn action(&self, policy: &Node<'_>, conditions: &mut Vec<String>, ledger: &mut Ledger) -> bool {
        let mut action = None;
        for key in policy.under(&["then"]) {
            match key.word.as_ref() {
                "permit" => {
                    key.used(ledger);
                    action = Some(true);
                    for option in &key.below {
                        match option.word.as_ref() {
                            "application-services" | "services-offload" | "tcp-options" | "firewall-authentication" => {
                                option.lost(
                                    &Phrase::new(
                                        "deeper inspection; taken to stop nothing",
                                        "より深い検査。何も止めないものとみなす",
                                    ),
                                    ledger,
                                )
                            }
                            "destination-address" => option.lost(
                                &Phrase::new(
                                    "what is or is not translated is taken to pass alike",
                                    "変換の有無を問わず通すものとみなす",
                                ),
                                ledger,
                            ),
                            "tunnel" => option.lost(
                                &Phrase::new(
                                    "the tunnel of a policy is not followed: what it takes leaves by the route",
                                    "ポリシーによるトンネルはたどらない。経路どおりに出るものとみなす",
                                ),
                                ledger,
                            ),
                            _ => {}
                        }
                    }
                }
                "deny" | "reject" => {
                    key.used(ledger);
                    action = Some(false);
                }
                "log" | "count" => key.silent(ledger),
                _ => key.lost(&Phrase::new("unknown action; it was left out", "未知の動作。取り込まない"), ledger),
            }
        }
        action.unwrap_or_else(|| {
            conditions.push("no action".into());
            policy.lost(
                &Phrase::new(
                    "this policy says neither permit nor deny: it may permit",
                    "許可も拒否もないポリシー。許可しうるものとみなす",
                ),
                ledger,
            );
            true
        })
    }
}

/// A rule for what is surely meant, and one for what may be.
pub(super) fn push(rule: Rule, applications: Vec<Application>, conditions: &[String], out: &mut Vec<Arc<Rule>>) {
    let (sure, open): (Vec<Application>, Vec<Application>) =
        applications.into_iter().partition(|(_, condition)| condition.is_none());
    let join = |extra: &[String]| {
        let all: Vec<String> = conditions.iter().chain(extra).cloned().collect();
        (!all.is_empty()).then(|| all.join("; "))
    };
    if !sure.is_empty() {
        let services = sure.into_iter().map(|(services, _)| services).collect();
        out.push(Rule { services, condition: join(&[]).map(Into::into), ..rule.clone() }.into());
    }
    for (services, condition) in open {
        let condition = join(&condition.into_iter().collect::<Vec<String>>());
        out.push(Rule { services: smallvec![services], condition: condition.map(Into::into), ..rule.clone() }.into());
    }
}

/// What is told of a condition.
pub(super) fn judged() -> Phrase {
    Phrase::new(
        "cannot be judged: taken to hold where the rule lets through, not to hold where it stops",
        "判定できない。通すルールでは成り立つもの、止めるルールでは成り立たないものとみなす",
    )
}
