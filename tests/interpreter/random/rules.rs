//! Random filters, rules, relays, selectors and services.

use super::Plan;
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
                ("switch", true) => self.random.chance(if self.tight { 30 } else { 20 }),
                (_, true) => self.random.chance(if self.tight { 85 } else { 25 }),
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
        let denies = self.random.chance(if self.tight && forwards { 93 } else { 50 });
        let default = if denies { "deny" } else { "permit" };
        if default != "deny" || self.nodes[n].kind != "firewall" || self.random.chance(60) {
            filter.insert("default".into(), json!(default));
        }
        let mut rules = vec![];
        for _ in 0..self.random.between(1, if denies { 6 } else { 3 }) {
            let permit = self.random.chance(if denies { 80 } else { 20 });
            let (from, to) = self.pair();
            let rule = self.rule(n, permit, from, to);
            // A denial of nearly the same in front.
            if permit && self.random.chance(30) {
                rules.push(self.rule(n, false, from, to));
            }
            rules.push(rule);
        }
        filter.insert("rules".into(), json!(rules));
        self.add_sides(n, &mut filter, 9);
        if self.random.chance(8) {
            filter.insert("name".into(), json!(format!("filter {}", self.fresh())));
        }
        Value::Object(filter)
    }

    fn rule(&mut self, n: usize, permit: bool, from: usize, to: usize) -> Value {
        let mut rule = Map::new();
        rule.insert("action".into(), json!(if permit { "permit" } else { "deny" }));
        for (key, about) in [("from", from), ("to", to)] {
            if !self.random.chance(5) {
                rule.insert(key.into(), self.rule_selector(about));
            }
        }
        if self.random.chance(90) {
            rule.insert("service".into(), self.service());
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

    fn add_sides(&mut self, n: usize, to: &mut Map<String, Value>, percent: usize) {
        let names: Vec<String> = self.nodes[n].interfaces.iter().map(|(name, _)| name.clone()).collect();
        for side in ["in", "out"] {
            if !names.is_empty() && self.random.chance(percent) {
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
            let count = self.random.weighted(&[(50, 1), (35, 2), (15, 3)]);
            let sanitises = if self.nodes[n].explicit { 0 } else { 45 };
            let entries: Vec<Value> = (0..count).map(|_| self.relay(n, sanitises)).collect();
            self.nodes[n].more.insert("relays".into(), json!(entries));
        }
    }

    fn relay(&mut self, n: usize, sanitises: usize) -> Value {
        let others: Vec<usize> = self.endpoints().into_iter().filter(|&other| other != n).collect();
        let mut relay = Map::new();
        for (key, service) in [("from", "from_service"), ("to", "to_service")] {
            let selector = match others.is_empty() {
                true => json!("any"),
                false => {
                    let peer = self.random.pick(&others);
                    self.relay_selector(peer)
                }
            };
            relay.insert(key.into(), selector);
            if self.random.chance(30) {
                relay.insert(service.into(), self.service());
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

    fn rule_selector(&mut self, about: usize) -> Value {
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
