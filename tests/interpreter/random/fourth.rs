//! What the fourth edition adds to random documents: address translation, negation, host names, conditions, replies, own
//! traffic, failing routes, native VLANs and VLANs by end, transfers, origins.

use super::{Plan, Story};
use serde_json::{Map, Value, json};

/// Addresses that translations are for; most of them nobody declares.
const VIRTUAL: [&str; 4] = ["203.0.113.10", "203.0.113.11", "10.1.0.4", "203.0.113.9"];
const POOL: [&str; 4] = ["203.0.113.5", "203.0.113.6", "10.2.0.4", "10.3.0.1"];
const HOSTS: [&str; 4] = ["update.example.jp", "*.example.jp", "ASP.example.jp.", "É.example.jp"];

/// What stands for a node behind a translation, which rules may speak of in its place.
struct Alias {
    /// The side of a rule on which it may stand.
    key: &'static str,
    /// Who translates, and whether all its rules speak of the alias, as its filters see it.
    at: String,
    all_there: bool,
    node: String,
    address: Value,
    service: Option<(&'static str, String)>,
}

impl Plan {
    /// All of it, on a document that is otherwise complete.
    pub(super) fn enrich(&mut self, document: &mut Map<String, Value>) {
        let names = self.random.chance(60);
        if names {
            let given = self.make_names();
            document.insert("names".into(), given);
        }
        let aliases = self.make_nat(document);
        for node in document["nodes"].as_array_mut().into_iter().flatten() {
            self.enrich_node(node, &aliases);
        }
        for exception in document.get_mut("exceptions").and_then(Value::as_array_mut).into_iter().flatten() {
            self.enrich_peers(exception, &["service"], &aliases);
        }
        if self.random.chance(35) {
            let transfers = self.make_transfers();
            document.insert("transfers".into(), json!(transfers));
        }
        document["services"]["媒体"] = json!(["transfer"]);
        for link in document["links"].as_array_mut().into_iter().flatten() {
            self.add_origin(link);
        }
    }

    fn add_origin(&mut self, to: &mut Value) {
        if let Some(map) = to.as_object_mut()
            && self.random.chance(6)
        {
            map.insert("origin".into(), json!(format!("configs/fw{}.conf:{}", self.random.below(3), self.fresh())));
        }
    }

    fn make_names(&mut self) -> Value {
        let mut names = Map::new();
        for name in HOSTS {
            if !self.random.chance(60) {
                continue;
            }
            let endpoints = self.endpoints();
            let mut about = self.random.pick(&endpoints);
            if self.random.chance(60) {
                about = [self.stories[0].from, self.stories[0].to][self.random.below(2)];
            }
            let mut given = vec![match self.random.below(10) {
                0..4 => format!("node:{}", self.nodes[about].id),
                4..8 => self.literal(),
                _ if !self.groups.is_empty() => format!("group:{}", self.groups[0]),
                _ => self.literal(),
            }];
            if self.random.chance(30) {
                given.push(self.literal());
            }
            names.insert(name.into(), json!(given));
        }
        Value::Object(names)
    }

    /// A host name as a rule may write it.
    fn host(&mut self) -> String {
        let name = self.random.pick(&["update.example.jp", "*.example.jp", "asp.example.jp", "é.example.jp", "x.jp"]);
        match self.random.below(4) {
            0 => format!("fqdn:{}", name.to_ascii_uppercase()),
            1 => format!("fqdn:{name}."),
            _ => format!("fqdn:{name}"),
        }
    }

    fn enrich_node(&mut self, node: &mut Value, aliases: &[Alias]) {
        self.add_origin(node);
        let translates = node.get("nat").is_some();
        let id = text(&node["id"]).to_string();
        let mut filters: Vec<&mut Value> = vec![];
        let map = node.as_object_mut().expect("a node is an object");
        for (key, value) in map.iter_mut() {
            match key.as_str() {
                "filter" => filters.push(value),
                "filters" => filters.extend(value.as_array_mut().into_iter().flatten()),
                "relays" => {
                    for relay in value.as_array_mut().into_iter().flatten() {
                        self.enrich_peers(relay, &["from_service", "to_service"], aliases);
                    }
                }
                "routes" | "nat" => value.as_array_mut().into_iter().flatten().for_each(|entry| self.add_origin(entry)),
                _ => {}
            }
        }
        for filter in filters {
            for rule in filter["rules"].as_array_mut().into_iter().flatten() {
                self.enrich_rule(rule, &id, aliases);
            }
            let filter = filter.as_object_mut().expect("a filter is an object");
            if self.spoils(30) {
                let mut moments = vec!["forwarded", "emitted", "delivered"];
                self.random.shuffle(&mut moments);
                moments.truncate(self.random.between(1, 3));
                filter.insert("applies_to".into(), json!(moments));
            }
            if self.random.chance(15) {
                filter.insert("stateful".into(), json!(self.random.chance(30)));
            }
            if translates && self.random.chance(80) {
                let mut sees = Map::new();
                for side in ["source", "destination"] {
                    if self.random.chance(70) {
                        sees.insert(side.into(), json!(self.random.pick(&["original", "translated"])));
                    }
                }
                for alias in aliases.iter().filter(|alias| alias.all_there && alias.at == id) {
                    let (side, word) =
                        if alias.key == "to" { ("destination", "original") } else { ("source", "translated") };
                    sees.insert(side.into(), json!(word));
                }
                if !sees.is_empty() {
                    filter.insert("sees".into(), json!(sees));
                }
            }
        }
    }

    fn enrich_rule(&mut self, rule: &mut Value, node: &str, aliases: &[Alias]) {
        self.add_origin(rule);
        for alias in aliases {
            let percent = if alias.at != node { 30 } else { 100 * usize::from(alias.all_there) };
            self.speak_of(rule, alias, percent);
        }
        let denies = rule["action"] == "deny";
        let rule = rule.as_object_mut().expect("a rule is an object");
        for key in ["from", "to"] {
            if let Some(selector) = rule.get_mut(key) {
                self.enrich_selector(selector, if denies { 30 } else { 14 });
            }
        }
        // Spare with what lets a denial fall away.
        if self.random.chance(if denies { 12 } else { 5 }) {
            rule.insert("condition".into(), json!("平日 9:00-17:00"));
        }
        if self.random.chance(6) {
            rule.insert("state".into(), json!("replies"));
        }
    }

    /// Negation and host names.
    fn enrich_selector(&mut self, selector: &mut Value, percent: usize) {
        if !self.random.chance(percent) {
            return;
        }
        let mut items = selector.as_array().cloned().unwrap_or(vec![selector.clone()]);
        *selector = match self.random.below(10) {
            0..3 => json!(self.host()),
            3 => {
                items.push(json!(self.host()));
                json!(items)
            }
            4 => json!({ "not": { "not": selector.clone() } }),
            5 => json!({ "not": self.host() }),
            6 => {
                items.push(json!({ "not": self.literal() }));
                json!(items)
            }
            7 => json!({ "not": selector.clone() }),
            // What is not somebody else.
            _ => {
                let endpoints = self.endpoints();
                let other = self.random.pick(&endpoints);
                let zone = self.random.below(self.zones.len());
                let others = [
                    json!(format!("node:{}", self.nodes[other].id)),
                    json!(format!("zone:{}", self.zones[zone].0)),
                    json!(self.literal()),
                ];
                json!({ "not": self.random.pick(&others) })
            }
        };
    }

    /// Relays and exceptions: by translated addresses; and the service `transfer`.
    fn enrich_peers(&mut self, holder: &mut Value, services: &[&str], aliases: &[Alias]) {
        for alias in aliases {
            self.speak_of(holder, alias, 20);
        }
        for &key in services {
            if self.random.chance(10) {
                let word = self.random.pick(&["transfer", "transfer", "媒体"]);
                holder[key] = match holder.get(key) {
                    Some(Value::String(service)) if self.random.chance(60) && service != word => json!([service, word]),
                    _ => json!([word]),
                };
            }
        }
    }

    /// In place of a node, what stands for it before or behind a translation.
    fn speak_of(&mut self, holder: &mut Value, alias: &Alias, percent: usize) {
        let Some(selector) = holder.get_mut(alias.key) else { return };
        let is_about = [json!(alias.node), json!([alias.node])].contains(selector);
        if !is_about || !self.random.chance(percent) {
            return;
        }
        *selector = alias.address.clone();
        if let Some((before, after)) = &alias.service
            && holder["service"] == *before
            && self.random.chance(60)
        {
            holder["service"] = json!(after);
        }
    }

    fn make_transfers(&mut self) -> Vec<Value> {
        let mut transfers = vec![];
        for number in 0..self.random.between(1, 2) {
            let (from, to) = match self.stories.first().copied() {
                Some(story) if self.random.chance(60) => (story.from, story.to),
                _ => self.pair(),
            };
            let mut transfer = Map::new();
            transfer.insert("id".into(), json!(format!("usb-{number}")));
            for (key, about) in [("from", from), ("to", to)] {
                let node = &self.nodes[about];
                let (kind, tag) = (node.kind, node.tags.first().copied());
                let zone = node.zone.map(|zone| self.zones[zone].0.clone());
                let by_id = format!("node:{}", node.id);
                let selector = match self.random.below(12) {
                    0 => "any".to_string(),
                    1 | 2 => format!("kind:{kind}"),
                    3 | 4 => tag.map_or(by_id, |tag| format!("tag:{tag}")),
                    5 | 6 => zone.map_or(by_id, |zone| format!("zone:{zone}")),
                    _ => by_id,
                };
                let selector = if self.random.chance(50) { json!(selector) } else { json!([selector]) };
                transfer.insert(key.into(), selector);
            }
            for (key, percent, said) in [
                ("sanitise", 45, self.random.pick(&["file", "mail-text", "screen"])),
                ("reason", 60, "申請書"),
                ("approved_by", 60, "CISO"),
                ("expires", 25, self.random.pick(&["2026-11-21", "2027-03-31"])),
                ("note", 10, "注"),
            ] {
                if self.random.chance(percent) {
                    transfer.insert(key.into(), json!(said));
                }
            }
            transfers.push(Value::Object(transfer));
        }
        transfers
    }

    /// Gives forwarders entries of `nat`; what the nodes of the stories look like behind them.
    fn make_nat(&mut self, document: &mut Map<String, Value>) -> Vec<Alias> {
        let mut aliases = vec![];
        let may = |plan: &Plan, n: usize| plan.nodes[n].forwards && plan.nodes[n].kind != "switch";
        let translators: Vec<usize> = (0..self.nodes.len()).filter(|&n| may(self, n)).collect();
        for n in translators {
            if !self.random.chance(78) {
                continue;
            }
            let mut entries = vec![];
            for story in self.stories.clone() {
                if self.random.chance(85) {
                    entries.push(self.translation(n, story, &mut aliases));
                }
            }
            while entries.is_empty() || self.random.chance(25) {
                let (from, to) = self.pair();
                let main = self.main_services;
                let story = Story { from, to, service: self.random.pick(&main), onwards: None };
                let place = self.random.below(entries.len() + 1);
                entries.insert(place, self.translation(n, story, &mut aliases));
            }
            let id = json!(self.nodes[n].id);
            for node in document["nodes"].as_array_mut().into_iter().flatten().filter(|node| node["id"] == id) {
                node["nat"] = json!(entries);
            }
        }
        aliases
    }

    fn is_v4(&mut self) -> bool {
        self.v4 && (!self.v6 || self.random.chance(60))
    }

    fn translation(&mut self, n: usize, story: Story, aliases: &mut Vec<Alias>) -> Value {
        let mut entry = Map::new();
        let of_source = self.random.chance(50);
        let (key, matched, about) =
            if of_source { ("source", "from", story.from) } else { ("destination", "to", story.to) };
        let v4 = self.is_v4();
        // What it looks like on the outside.
        let outside = match (v4, of_source) {
            (true, true) => self.random.pick(&POOL),
            (true, false) => self.random.pick(&VIRTUAL),
            (false, true) => "2001:db8::5",
            (false, false) => self.random.pick(&["2001:db8::10", "2001:db8::9"]),
        };
        let node = format!("node:{}", self.nodes[about].id);
        let is_single = |address: &&String| !address.contains('/') && address.contains(':') != v4;
        let own = self.nodes[about].addresses.iter().find(is_single).cloned();
        // Nothing but what it takes, rather often, so that pairs hang by it.
        if self.random.chance(45) {
            let target = if of_source { json!(outside) } else { json!(own.unwrap_or(node.clone())) };
            let before = if of_source { json!(node) } else { json!(outside) };
            let all_there = self.random.chance(85);
            let at = self.nodes[n].id.clone();
            aliases.push(Alias { key: matched, at, all_there, node, address: json!(outside), service: None });
            return json!({ key: target, matched: before });
        }
        let keeps = self.random.chance(10);
        let one_to_one = !keeps && v4 && self.random.chance(18);
        if one_to_one {
            let number = self.nodes[about].zone.map_or(40, |zone| self.zones[zone].1);
            let (outer, inner) = self.random.pick(&[
                ("203.0.113.8/30".to_string(), format!("10.{number}.0.0/30")),
                ("203.0.113.9-203.0.113.11".to_string(), format!("10.{number}.0.2-10.{number}.0.4")),
                (outside.to_string(), own.clone().unwrap_or(format!("10.{number}.0.1"))),
                // Onto itself, moved by one.
                (format!("10.{number}.0.1-10.{number}.0.3"), format!("10.{number}.0.2-10.{number}.0.4")),
            ]);
            let (target, before) = if of_source { (outer, inner) } else { (inner, outer) };
            entry.insert("one_to_one".into(), json!(true));
            entry.insert(key.into(), json!(target));
            entry.insert(matched.into(), if self.random.chance(50) { json!(before) } else { json!([before]) });
        } else {
            let target = match (keeps, of_source) {
                (true, _) => json!("keep"),
                (false, true) => self.target(outside.to_string(), n, v4),
                (false, false) => self.target(own.unwrap_or(node.clone()), about, v4),
            };
            entry.insert(key.into(), target);
            if of_source {
                if self.random.chance(75) {
                    let from = self.rule_selector(about);
                    entry.insert("from".into(), from);
                }
            } else if self.random.chance(70) {
                entry.insert("to".into(), json!(outside));
            } else if self.random.chance(70) {
                let to = self.rule_selector(about);
                entry.insert("to".into(), to);
            }
            if let Some(selector) = entry.get_mut(matched) {
                self.enrich_selector(selector, 12);
            }
        }
        let (other, peer) = if of_source { ("to", story.to) } else { ("from", story.from) };
        if self.random.chance(40) {
            let mut selector = self.rule_selector(peer);
            self.enrich_selector(&mut selector, 15);
            entry.insert(other.into(), selector);
        }
        let mut service = None;
        let with_port = story.service.split_once('/').filter(|_| !of_source && !keeps && !one_to_one);
        if let Some((protocol, _)) = with_port.filter(|_| self.random.chance(40)) {
            let port = self.random.pick(&[8443, 443, 80, 53]);
            entry.insert("service".into(), json!(story.service));
            entry.insert("destination_port".into(), json!(port));
            service = Some((story.service, format!("{protocol}/{port}")));
        } else if self.random.chance(35) {
            let said = if self.random.chance(60) { json!(story.service) } else { self.service() };
            entry.insert("service".into(), said);
        }
        if self.random.chance(8) {
            entry.insert("source_port".into(), json!(["1024-65535"]));
        }
        self.add_sides(n, &mut entry, 25);
        if !of_source {
            entry.remove("out");
            if self.random.chance(25) {
                let moments = self.random.pick(&[json!(["emitted"]), json!(["arrived", "emitted"]), json!("arrived")]);
                entry.insert("applies_to".into(), moments);
            }
        } else if self.random.chance(20) {
            let word = if self.random.chance(85) { "original" } else { "translated" };
            entry.insert("sees".into(), json!({ "destination": word }));
        }
        if self.random.chance(30) {
            entry.insert("id".into(), json!(format!("N{}", self.fresh())));
        }
        let (at, all_there) = (self.nodes[n].id.clone(), self.random.chance(60));
        // Before a translation of the destination, the port is the old one.
        let service = service.filter(|_| !all_there);
        aliases.push(Alias { key: matched, at, all_there, node, address: json!(outside), service });
        Value::Object(entry)
    }

    /// A target, mostly this one.
    fn target(&mut self, usual: String, about: usize, v4: bool) -> Value {
        let other = self.random.below(self.nodes.len());
        let number = self.random.pick(&[1, 2, 3]);
        match self.random.below(20) {
            0 | 1 => json!(format!("node:{}", self.nodes[about].id)),
            2 | 3 => json!(format!("node:{}", self.nodes[other].id)),
            4 | 5 => json!([usual, self.address_for(v4)]),
            6 if v4 => json!(format!("10.{number}.0.0/30")),
            7 if v4 => json!("203.0.113.4-203.0.113.6"),
            6 | 7 => json!("2001:db8::4/126"),
            // Perhaps of the other family.
            8 => json!(self.address_for(self.v4)),
            9 => json!([usual, format!("node:{}", self.nodes[other].id)]),
            _ => json!(usual),
        }
    }

    fn address_for(&mut self, v4: bool) -> String {
        let number = self.random.pick(&[1, 2, 3, 9]);
        let host = self.random.between(1, 4);
        if v4 { format!("10.{number}.0.{host}") } else { format!("fd00:{number}::{host}") }
    }

    /// VLANs by end and native VLANs of a link that is otherwise complete.
    pub(super) fn enrich_link(&mut self, link: &mut Map<String, Value>, is_switch: [bool; 2]) {
        let both = is_switch == [true, true];
        if is_switch != [false, false] && self.random.chance(if both { 45 } else { 12 }) {
            let mut by_end = Map::new();
            for (end, _) in ["a", "b"].iter().zip(is_switch).filter(|(_, is_switch)| *is_switch) {
                let vlans = match (link.get("vlans"), self.random.below(10)) {
                    (Some(vlans), 0..5) => vlans.clone(),
                    (_, 5..7) => json!([10, 20]),
                    (_, 7..9) => json!(["20-30"]),
                    _ => json!([self.random.pick(&[10, 20, 30])]),
                };
                if !both || self.random.chance(85) {
                    by_end.insert((*end).into(), vlans);
                }
            }
            if !by_end.is_empty() {
                link.insert("vlans".into(), json!(by_end));
            }
        }
        if both && self.random.chance(50) {
            let carried = [0, 1].map(|end| {
                let vlans = match link.get("vlans") {
                    Some(Value::Object(by_end)) => by_end.get(["a", "b"][end]).cloned(),
                    plain => plain.cloned(),
                };
                vlans.map_or(vec![10, 20, 30], |vlans| super::links::numbers(&vlans))
            });
            let [v, w] = [0, 1].map(|end| self.random.pick(&carried[end]));
            let w = if carried[1].contains(&v) && self.random.chance(35) { v } else { w };
            let native = match v == w {
                true if self.random.chance(75) => json!(v),
                _ => json!([v, w]),
            };
            link.insert("native".into(), native);
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}
