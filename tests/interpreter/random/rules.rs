//! Random filters, rules, relays, selectors and services.

use super::{Plan, Story};
use serde_json::{Map, Value, json};

const SERVICES: [(usize, &str); 18] = [
    (10, "any"),
    (8, "tcp"),
    (6, "web"),
    (5, "mgmt"),
    (4, "udp"),
    (4, "udp/53"),
    (4, "tcp/100-500"),
    (3, "tcp/443-443"),
    (3, "icmp"),
    (2, "icmpv6"),
    (2, "proto/47"),
    (2, "proto/1"),
    (2, "gre"),
    (2, "esp"),
    (2, "ah"),
    (2, "sctp"),
    (2, "全部"),
    (2, "udp/1024-65535"),
];

impl Plan {
    pub(super) fn make_filters(&mut self) {
        for n in 0..self.nodes.len() {
            let kind = self.nodes[n].kind;
            let forwards = self.nodes[n].forwards;
            let filters = match (kind, forwards) {
                ("firewall", _) => true,
                ("switch", true) => self.random.chance(if self.tight { 25 } else { 20 }),
                (_, true) => self.random.chance(if self.tight { 94 } else { 25 }),
                _ => self.random.chance(8),
            };
            if !filters {
                continue;
            }
            if self.random.chance(78) {
                let filter = self.filter(n, forwards);
                self.nodes[n].more.insert("filter".into(), filter);
            } else {
                let filters: Vec<Value> =
                    (0..self.random.between(1, 3)).map(|number| self.filter(n, forwards || number == 0)).collect();
                self.nodes[n].more.insert("filters".into(), json!(filters));
            }
        }
    }

    fn filter(&mut self, n: usize, forwards: bool) -> Value {
        let mut filter = Map::new();
        let denies = self.random.chance(if self.tight && forwards { 95 } else { 50 });
        let default = if denies { "deny" } else { "permit" };
        if default != "deny" || self.nodes[n].kind != "firewall" || self.random.chance(60) {
            filter.insert("default".into(), json!(default));
        }
        let mut rules = vec![];
        for story in self.stories.clone() {
            if denies && self.spoils(14) {
                continue;
            }
            // A denial of nearly the same in front.
            if denies && self.spoils(25) || !denies && self.random.chance(50) {
                rules.push(self.rule(n, false, story));
            }
            if denies {
                rules.push(self.rule(n, true, story));
            }
        }
        while self.random.chance(22) {
            let (from, to) = self.pair();
            let story = Story { from, to, service: "any", onwards: None };
            let permit = self.random.chance(if denies { 75 } else { 30 });
            let place = self.random.below(rules.len() + 1);
            rules.insert(place, self.rule(n, permit, story));
        }
        filter.insert("rules".into(), json!(rules));
        self.add_sides(n, &mut filter, 9);
        if self.random.chance(8) {
            filter.insert("name".into(), json!(format!("filter {}", self.fresh())));
        }
        Value::Object(filter)
    }

    fn rule(&mut self, n: usize, permit: bool, story: Story) -> Value {
        let mut rule = Map::new();
        rule.insert("action".into(), json!(if permit { "permit" } else { "deny" }));
        for (key, about) in [("from", story.from), ("to", story.to)] {
            if !self.random.chance(4) {
                rule.insert(key.into(), self.rule_selector(about));
            }
        }
        match self.random.below(100) {
            0..70 if story.service != "any" => {
                rule.insert("service".into(), json!(story.service));
            }
            0..95 => {
                rule.insert("service".into(), self.service());
            }
            _ => {}
        }
        if self.random.chance(7) {
            let ports = self.random.weighted(&[(1, "1024-65535"), (1, "53"), (1, "list")]);
            let ports = if ports == "list" { json!([53, "1024-65535"]) } else { json!([ports]) };
            rule.insert("source_port".into(), ports);
        }
        self.add_sides(n, &mut rule, 14);
        if self.random.chance(15) {
            rule.insert("id".into(), json!(format!("R{}", self.fresh())));
        }
        if self.random.chance(3) {
            rule.insert("note".into(), json!("注"));
        }
        Value::Object(rule)
    }

    pub(super) fn add_sides(&mut self, n: usize, to: &mut Map<String, Value>, percent: usize) {
        let names: Vec<String> = self.nodes[n].interfaces.iter().map(|(name, _)| name.clone()).collect();
        for side in ["in", "out"] {
            if !names.is_empty() && self.spoils(percent) {
                let mut named = vec![self.random.pick(&names)];
                let second = self.random.pick(&names);
                if self.random.chance(30) && second != named[0] {
                    named.push(second);
                }
                to.insert(side.into(), json!(named));
            }
        }
    }

    pub(super) fn make_relays(&mut self) {
        for n in 0..self.nodes.len() {
            if !self.nodes[n].relays {
                continue;
            }
            let sanitises = if self.nodes[n].explicit { 0 } else { 35 };
            let mut entries = vec![];
            for story in self.stories.clone() {
                let Some(other) = story.onwards.filter(|_| story.from == n || story.to == n) else { continue };
                // One entry for the two sessions of a story, as a rule.
                if self.random.chance(70) {
                    let peer = if story.from == n { story.to } else { story.from };
                    entries.push(self.relay(peer, other, story.service, sanitises));
                }
            }
            let others: Vec<usize> = self.endpoints().into_iter().filter(|&other| other != n).collect();
            while !others.is_empty() && (entries.is_empty() || self.random.chance(15)) {
                let (from, to) = (self.random.pick(&others), self.random.pick(&others));
                entries.push(self.relay(from, to, "any", sanitises));
            }
            if entries.is_empty() {
                entries.push(json!({ "from": "any", "to": "any" }));
            }
            self.nodes[n].more.insert("relays".into(), json!(entries));
        }
    }

    fn relay(&mut self, from: usize, to: usize, service: &str, sanitises: usize) -> Value {
        let mut relay = Map::new();
        relay.insert("from".into(), self.relay_selector(from));
        relay.insert("to".into(), self.relay_selector(to));
        for key in ["from_service", "to_service"] {
            match self.random.below(10) {
                0 | 1 if service != "any" => {
                    relay.insert(key.into(), json!(service));
                }
                0..3 => {
                    relay.insert(key.into(), self.service());
                }
                _ => {}
            }
        }
        if self.random.chance(sanitises) {
            relay.insert("sanitise".into(), json!(self.random.pick(&["mail-text", "screen", "file"])));
        }
        if self.random.chance(30) {
            relay.insert("both".into(), json!(self.random.chance(95)));
        }
        Value::Object(relay)
    }

    pub(super) fn rule_selector(&mut self, about: usize) -> Value {
        let first = self.selector_item(about, 5);
        self.alone_or_list(first, about)
    }

    fn relay_selector(&mut self, peer: usize) -> Value {
        let node = &self.nodes[peer];
        let (kind, tag, id) = (node.kind, node.tags.first().copied(), node.id.clone());
        let zone = node.zone.map(|zone| self.zones[zone].0.clone());
        let item = match self.random.below(100) {
            0..15 => format!("kind:{kind}"),
            15..30 => tag.map_or(format!("node:{id}"), |tag| format!("tag:{tag}")),
            30..60 => zone.map_or(format!("node:{id}"), |zone| format!("zone:{zone}")),
            _ => self.selector_item(peer, 14),
        };
        self.alone_or_list(item, peer)
    }

    pub(super) fn exception_selector(&mut self, about: usize) -> Value {
        let first = self.selector_item(about, 6);
        self.alone_or_list(first, about)
    }

    fn alone_or_list(&mut self, first: String, about: usize) -> Value {
        match self.random.below(10) {
            0 => {
                let second = if self.random.chance(50) { self.literal() } else { self.selector_item(about, 0) };
                if second == first { json!([first]) } else { json!([first, second]) }
            }
            1..6 => json!([first]),
            _ => json!(first),
        }
    }

    /// A selector that, as a rule, speaks of node `about`; `any` in so many cases of a hundred.
    fn selector_item(&mut self, about: usize, any: usize) -> String {
        let node = &self.nodes[about];
        let id = node.id.clone();
        let zone = node.zone.map(|zone| self.zones[zone].0.clone());
        let address = node.addresses.first().cloned();
        let groups = self.groups.clone();
        if self.random.chance(any) {
            return "any".to_string();
        }
        if self.noise < 100 && self.random.chance(40) {
            return format!("node:{id}");
        }
        match self.random.below(100) {
            0..48 => format!("node:{id}"),
            48..60 => zone.map_or(format!("node:{id}"), |zone| format!("zone:{zone}")),
            60..74 => address.unwrap_or(format!("node:{id}")),
            74..82 => self.around(about),
            82..90 if !groups.is_empty() => format!("group:{}", self.random.pick(&groups)),
            90..93 => {
                let zone = self.random.below(self.zones.len());
                format!("zone:{}", self.zones[zone].0)
            }
            93..97 => self.literal(),
            _ => {
                let other = self.random.below(self.nodes.len());
                format!("node:{}", self.nodes[other].id)
            }
        }
    }

    /// A CIDR or a range about where the node has its addresses.
    fn around(&mut self, about: usize) -> String {
        let number = self.nodes[about].zone.map_or(40, |zone| self.zones[zone].1);
        let v4 = [
            format!("10.{number}.0.0/16"),
            format!("10.{number}.0.0/24"),
            format!("10.{number}.0.0/30"),
            format!("10.{number}.0.1-10.{number}.0.2"),
            format!("10.{number}.0.2-10.{number}.5.9"),
            format!("10.{number}.0.1-10.{number}.0.1"),
            "0.0.0.0/0".to_string(),
        ];
        let v6 = [
            format!("fd00:{number}::/32"),
            format!("fd00:{number}::/126"),
            format!("fd00:{number}::1-fd00:{number}::2"),
            "::/0".to_string(),
        ];
        if self.v4 && (!self.v6 || self.random.chance(50)) { self.random.pick(&v4) } else { self.random.pick(&v6) }
    }

    /// An address, CIDR or range, perhaps of nobody.
    pub(super) fn literal(&mut self) -> String {
        let number = self.random.pick(&[1, 2, 3, 9, 40]);
        let host = self.random.between(1, 4);
        let v4 = [
            format!("10.{number}.0.{host}"),
            format!("10.{number}.0.{host}/32"),
            format!("10.{number}.0.1-10.{number}.0.3"),
            format!("10.{number}.0.0/24"),
            format!("10.{number}.5.9"),
            // In the nested networks of zones.
            format!("10.{number}.6.9"),
            format!("10.{number}.7.9"),
            "192.0.2.1".to_string(),
            "203.0.113.0/28".to_string(),
        ];
        let v6 = [format!("fd00:{number}::{host}"), format!("fd00:{number}::/64"), "2001:db8::9".to_string()];
        if self.v4 && (!self.v6 || self.random.chance(60)) { self.random.pick(&v4) } else { self.random.pick(&v6) }
    }

    pub(super) fn service(&mut self) -> Value {
        let main = self.main_services;
        let one = |plan: &mut Plan| {
            if plan.random.chance(60) { plan.random.pick(&main) } else { plan.random.weighted(&SERVICES) }
        };
        let first = one(self);
        match self.random.below(10) {
            0 | 1 => {
                let second = one(self);
                if first == second { json!([first]) } else { json!([first, second]) }
            }
            2..6 => json!([first]),
            _ => json!(first),
        }
    }
}
