//! Random links: a connected skeleton, second homes, parallel links, named interfaces, VLANs, diodes; and routes.

use super::{Edition, Plan};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The VLANs of a list, of lists by end, or of a single item.
pub(super) fn numbers(vlans: &Value) -> Vec<u16> {
    match vlans {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        Value::Object(by_end) => by_end.values().flat_map(numbers).collect(),
        item => {
            let text = item.as_str().map_or_else(|| item.to_string(), str::to_string);
            let (first, last) = text.split_once('-').unwrap_or((&text, &text));
            let number = |text: &str| text.parse::<u16>().unwrap_or(1);
            (number(first)..=number(last)).collect()
        }
    }
}

impl Plan {
    pub(super) fn make_links(&mut self) {
        let forwarders: Vec<usize> = (0..self.nodes.len()).filter(|&n| self.nodes[n].forwards).collect();
        for pair in forwarders.windows(2) {
            self.link(pair[0], pair[1], true);
        }
        for n in 0..self.nodes.len() {
            if self.nodes[n].forwards {
                continue;
            }
            let hubs: Vec<usize> = forwarders.iter().copied().filter(|&f| f != n).collect();
            match (hubs.is_empty(), self.random.chance(97)) {
                (false, true) => {
                    let hub = self.random.pick(&hubs);
                    self.link(n, hub, false);
                    if self.random.chance(if self.tight { 5 } else { 20 }) {
                        let second = self.random.pick(&hubs);
                        self.link(n, second, false);
                    }
                }
                // Without a forwarder, side by side.
                (true, _) if n > 0 => {
                    let before = self.random.below(n);
                    self.link(n, before, false);
                }
                // Not connected.
                _ => {}
            }
        }
        // A short cut; for a relaying node, a leg of its own into a zone.
        let short_cut = if self.tight { 8 } else { 25 };
        while self.random.chance(short_cut) {
            let (a, b) = (self.random.below(self.nodes.len()), self.random.below(self.nodes.len()));
            if a != b {
                self.link(a, b, false);
            }
        }
        let relays: Vec<usize> = (0..self.nodes.len()).filter(|&n| self.nodes[n].relays).collect();
        for n in relays {
            if self.random.chance(if self.tight { 10 } else { 35 }) {
                let other = self.random.below(self.nodes.len());
                if other != n {
                    self.link(n, other, false);
                }
            }
        }
        self.name_vlan_interfaces();
    }

    fn link(&mut self, a: usize, b: usize, trunk: bool) {
        let (a, b) = if self.random.chance(50) { (a, b) } else { (b, a) };
        let mut link = Map::new();
        let names = [self.interface(b), self.interface(a)];
        let ends: Vec<String> = [a, b]
            .iter()
            .zip(&names)
            .map(|(&n, (name, named))| {
                let id = &self.nodes[n].id;
                if *named { format!("{id}:{name}") } else { id.clone() }
            })
            .collect();
        for (n, other, (name, _)) in [(a, b, &names[0]), (b, a, &names[1])] {
            let neighbour = self.nodes[other].id.clone();
            self.nodes[n].interfaces.push((name.clone(), neighbour));
        }
        let switched = [a, b].iter().any(|&n| matches!(self.nodes[n].kind, "switch" | "l3-switch"));
        if switched
            && self.random.chance(if trunk {
                60
            } else if self.tight {
                94
            } else {
                70
            })
        {
            let vlans = self.vlans(a, b, trunk);
            link.insert("vlans".into(), vlans);
        }
        if self.random.chance(8) {
            link.insert("one_way".into(), json!(self.random.chance(95)));
        }
        if self.random.chance(4) {
            link.insert("id".into(), json!(format!("線{}", self.fresh())));
            link.insert("note".into(), json!("注"));
        }
        if self.edition == Edition::Fourth {
            let is_switch = [a, b].map(|n| matches!(self.nodes[n].kind, "switch" | "l3-switch"));
            self.enrich_link(&mut link, is_switch);
        }
        let plain = link.is_empty() && self.random.chance(60);
        link.insert("between".into(), json!(ends));
        self.links.push(if plain { json!(ends) } else { Value::Object(link) });
    }

    /// The name of an interface towards b, and whether the link says it.
    fn interface(&mut self, b: usize) -> (String, bool) {
        let named = [(78, None), (10, Some("lan")), (5, Some("口")), (4, Some("wan")), (3, Some("node"))];
        match self.random.weighted(&named) {
            None => (self.nodes[b].id.clone(), false),
            // An interface that bears the name of a node, perhaps of another neighbour.
            Some("node") => {
                let other = self.random.below(self.nodes.len());
                (self.nodes[other].id.clone(), true)
            }
            Some(name) => (name.to_string(), true),
        }
    }

    /// In a tight document, a zone has its VLAN; now and then a link carries one too many.
    fn vlans(&mut self, a: usize, b: usize, trunk: bool) -> Value {
        let zone = self.nodes[a].zone.or(self.nodes[b].zone);
        let own = [10, 20, 30, 11, 12][zone.unwrap_or(self.random.below(3)).min(4)];
        if self.tight && !trunk && self.random.chance(92) {
            return if self.random.chance(90) { json!([own]) } else { json!([own, self.random.pick(&[10, 20, 30])]) };
        }
        match self.random.below(10) {
            0 => json!([own, "20-21"]),
            1 => json!(["10-12"]),
            2 => json!(["10-20"]),
            3 => json!([4094]),
            4 | 5 => json!([10, 20]),
            6 => json!([20, 30]),
            7 => json!([10, 20, 30]),
            _ => json!([own]),
        }
    }

    /// The interfaces that filters and routes of an l3-switch use: `vlan10`, ... of its router.
    fn name_vlan_interfaces(&mut self) {
        let names = self.links.iter().flat_map(|link| [link.get("vlans"), link.get("native")]);
        let named: Vec<Value> = names.flatten().cloned().collect();
        for n in 0..self.nodes.len() {
            if self.nodes[n].kind != "l3-switch" {
                continue;
            }
            let routed = match self.nodes[n].more.get("routed_vlans") {
                Some(vlans) => vec![vlans.clone()],
                None => named.clone(),
            };
            let mut vlans: BTreeSet<u16> = routed.iter().flat_map(numbers).collect();
            if vlans.is_empty() {
                vlans.insert(1);
            }
            // Its neighbour there is its own switch, which has no id of its own.
            self.nodes[n].interfaces = vlans.into_iter().map(|vlan| (format!("vlan{vlan}"), String::new())).collect();
        }
    }

    pub(super) fn make_routes(&mut self) {
        for n in 0..self.nodes.len() {
            let interfaces = self.nodes[n].interfaces.clone();
            if !self.nodes[n].forwards || interfaces.is_empty() || !self.random.chance(22) {
                continue;
            }
            let mut routes = vec![];
            for _ in 0..self.random.between(1, 4) {
                let number = self.random.pick(&[1, 2, 3, 9, 40]);
                let host = self.random.between(1, 4);
                let v4 = [
                    "0.0.0.0/0".to_string(),
                    "10.0.0.0/8".to_string(),
                    format!("10.{number}.0.0/16"),
                    format!("10.{number}.0.{host}/32"),
                ];
                let v6 = ["::/0".to_string(), format!("fd00:{number}::/32"), format!("fd00:{number}::{host}/128")];
                let to = if self.v4 && (!self.v6 || self.random.chance(50)) {
                    self.random.pick(&v4)
                } else {
                    self.random.pick(&v6)
                };
                let (interface, neighbour) = self.random.pick(&interfaces);
                let fails = self.edition == Edition::Fourth && self.random.chance(45);
                let mut route = match self.random.below(10) {
                    0 | 1 => json!({ "to": to, "drop": true }),
                    2..6 if !neighbour.is_empty() => json!({ "to": to, "via": neighbour }),
                    _ => json!({ "to": to, "via": interface }),
                };
                if fails && route.get("via").is_some() {
                    route["fails"] = json!(self.random.chance(90));
                }
                routes.push(route);
                // Another way for the same prefix.
                if self.random.chance(20) {
                    let (interface, _) = self.random.pick(&interfaces);
                    routes.push(json!({ "to": to, "via": interface }));
                }
            }
            self.nodes[n].more.insert("routes".into(), json!(routes));
        }
    }
}
