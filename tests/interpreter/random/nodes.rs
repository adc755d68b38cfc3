//! Random nodes: kinds, zones, addresses, overrides, controls and tags.

use super::{Draft, Plan};
use serde_json::{Map, json};

const FORWARDERS: [(usize, &str); 5] =
    [(50, "firewall"), (18, "switch"), (15, "l3-switch"), (13, "router"), (4, "server")];
const CONTROLS: [&str; 5] = ["mfa", "export-disabled", "monitoring", "blocking", "other"];

impl Plan {
    pub(super) fn make_nodes(&mut self) {
        for _ in 0..self.random.weighted(&[(45, 1), (35, 2), (15, 3), (5, 0)]) {
            let kind = self.random.weighted(&FORWARDERS);
            self.forwarder(kind);
        }
        // The three tiers and an external node of the Internet, now and then without one of them.
        for (zone, external) in [(0, false), (1, false), (2, false), (2, true)] {
            if self.random.chance(87) {
                let kinds =
                    [(40, "server"), (25, "terminal"), (10, "host"), (10, "printer"), (8, "storage"), (7, "external")];
                let kind = if external { "external" } else { self.random.weighted(&kinds) };
                self.tier_node(kind, zone);
            }
        }
        for _ in 0..self.random.weighted(&[(45, 0), (35, 1), (20, 2)]) {
            match self.random.below(100) {
                0..65 => self.relaying_node(),
                65..80 => {
                    let zone = self.random.below(self.zones.len());
                    let kind = self.random.pick(&["terminal", "server", "external"]);
                    self.tier_node(kind, zone);
                }
                _ => self.plain_node(),
            }
        }
        if self.nodes.len() < 2 {
            self.tier_node("server", 0);
            self.tier_node("terminal", 1);
        }
    }

    fn draft(&mut self, prefix: &str, kind: &'static str) -> Draft {
        let number = self.fresh();
        let mut more = Map::new();
        if self.random.chance(35) {
            let mut controls = CONTROLS.to_vec();
            self.random.shuffle(&mut controls);
            controls.truncate(self.random.between(0, 4));
            more.insert("controls".into(), json!(controls));
        }
        if self.random.chance(5) {
            more.insert("count".into(), json!(self.random.between(1, 300)));
        }
        if self.random.chance(4) {
            more.insert("title".into(), json!("表題"));
            more.insert("note".into(), json!("注: 試験"));
        }
        let mut tags = vec![];
        if self.random.chance(8) {
            tags.push("security-cloud");
            if self.random.chance(45) {
                more.insert("controls".into(), json!(["monitoring", "blocking"]));
            }
        }
        if self.random.chance(12) {
            tags.push("t");
        }
        let forwards = matches!(kind, "switch" | "l3-switch" | "router" | "firewall");
        Draft {
            id: format!("{prefix}{number}"),
            kind,
            zone: None,
            explicit: false,
            addresses: vec![],
            forwards,
            relays: false,
            tags,
            more,
            interfaces: vec![],
        }
    }

    fn forwarder(&mut self, kind: &'static str) {
        let mut draft = self.draft("中継", kind);
        if kind == "server" {
            draft.more.insert("forwards".into(), json!(true));
            draft.forwards = true;
        } else if kind != "l3-switch" && self.random.chance(4) {
            draft.more.insert("forwards".into(), json!(false));
            draft.forwards = false;
        }
        if self.random.chance(30) {
            let zone = self.random.below(self.zones.len());
            draft.addresses = self.addresses(zone);
        }
        if self.random.chance(15) {
            let zone = self.random.below(self.zones.len());
            self.set_zone(&mut draft, zone);
        } else if self.random.chance(12) {
            draft.relays = true;
        }
        if kind == "l3-switch" && self.random.chance(45) {
            let vlans = match self.random.below(10) {
                0 | 9 => json!([]),
                1 => json!(["10-20"]),
                2 => json!([10, 20, 30]),
                3 | 4 => json!([10, 20]),
                5 | 6 => json!([20, 30]),
                _ => json!([self.random.pick(&[10, 20, 30])]),
            };
            draft.more.insert("routed_vlans".into(), vlans);
        }
        self.nodes.push(draft);
    }

    fn set_zone(&mut self, draft: &mut Draft, zone: usize) {
        draft.zone = Some(zone);
        draft.explicit = true;
        draft.more.insert("zone".into(), json!(self.zones[zone].0));
    }

    /// A node that belongs to a zone, by its `zone` or (perhaps) by its addresses.
    fn tier_node(&mut self, kind: &'static str, zone: usize) {
        let mut draft = self.draft(["m", "l", "i", "s", "d"][zone.min(4)], kind);
        draft.addresses = if kind == "external" { self.outside_addresses(zone) } else { self.addresses(zone) };
        // The same CIDR as another node.
        let shared: Vec<Vec<String>> = self.nodes.iter().map(|node| node.addresses.clone()).collect();
        let shared: Vec<Vec<String>> =
            shared.into_iter().filter(|addresses| addresses.iter().any(|address| address.contains('/'))).collect();
        if !shared.is_empty() && self.random.chance(20) {
            draft.addresses = self.random.pick(&shared);
        }
        let implicit = !draft.addresses.is_empty() && !self.zones[zone].2.is_empty() && self.random.chance(60);
        if implicit {
            draft.zone = Some(zone);
            if self.random.chance(90) && kind == "external" {
                self.set_zone(&mut draft, zone);
            }
        } else {
            self.set_zone(&mut draft, zone);
        }
        if draft.explicit && self.random.chance(4) {
            draft.more.insert("forwards".into(), json!(true));
            draft.forwards = true;
        }
        if self.random.chance(if draft.explicit { 8 } else { 3 }) {
            draft.relays = true;
        }
        if kind == "terminal" && self.random.chance(30) {
            draft.more.insert("controls".into(), json!(["mfa", "export-disabled"]));
        }
        self.nodes.push(draft);
    }

    /// A node that relays between zones, a gateway as a rule.
    fn relaying_node(&mut self) {
        let kind = self.random.weighted(&[(70, "gateway"), (15, "server"), (8, "storage"), (7, "host")]);
        let mut draft = self.draft("無害化", kind);
        draft.relays = self.random.chance(93);
        match self.random.below(10) {
            0..5 => draft.addresses = vec![format!("10.40.0.{}", self.random.between(1, 3))],
            5 => draft.addresses = vec!["10.2.4.0/22".to_string()],
            6 => {
                let zone = self.random.below(self.zones.len());
                draft.addresses = self.addresses(zone);
            }
            _ => {}
        }
        if self.random.chance(12) {
            let zone = self.random.below(self.zones.len());
            self.set_zone(&mut draft, zone);
        }
        if self.random.chance(8) {
            draft.more.insert("forwards".into(), json!(true));
            draft.forwards = true;
        }
        self.nodes.push(draft);
    }

    /// A node without a zone that, as a rule, vouches for nothing.
    fn plain_node(&mut self) {
        let kind = self.random.pick(&["host", "printer", "server", "external", "gateway"]);
        let mut draft = self.draft("h", kind);
        match self.random.below(4) {
            0 => draft.addresses = vec!["198.51.100.7".to_string()],
            1 => draft.addresses = vec!["10.1.0.9".to_string(), "10.2.0.9".to_string()],
            2 => draft.addresses = vec!["2001:db8::7".to_string()],
            _ => {}
        }
        if self.random.chance(60) {
            draft.more.insert("relays".into(), json!([]));
        }
        self.nodes.push(draft);
    }

    /// Addresses that a node of the zone may declare; perhaps none.
    fn addresses(&mut self, zone: usize) -> Vec<String> {
        let number = self.zones[zone].1;
        let other = self.random.pick(&[1, 2, 3, 9]);
        let host = self.random.between(1, 4);
        let v4 = match self.random.below(100) {
            0..62 => vec![format!("10.{number}.0.{host}")],
            62..72 => vec![],
            72..76 => vec![format!("10.{number}.0.0/24")],
            76..79 => vec![format!("10.{number}.4.0/22")],
            79..82 => vec![format!("10.{number}.5.0/24")],
            82..86 => vec![format!("10.{number}.0.{host}"), format!("10.{number}.5.9")],
            86..88 => vec![format!("10.{number}.0.0/16"), format!("10.{number}.0.{host}")],
            88..90 => vec![format!("10.{number}.0.{host}/32")],
            90..92 => vec!["10.0.0.0/8".to_string()],
            92..94 => vec!["0.0.0.0/0".to_string()],
            94..96 => vec![format!("10.{other}.0.{host}")],
            96..98 => vec![format!("192.168.{number}.5")],
            _ => vec![format!("10.{number}.0.0/30")],
        };
        let v6 = match self.random.below(100) {
            0..70 => vec![format!("fd00:{number}::{host}")],
            70..80 => vec![],
            80..88 => vec![format!("fd00:{number}::/64")],
            88..93 => vec![format!("fd00:{number}::{host}"), format!("fd00:{number}:0:5::9")],
            93..96 => vec!["fd00::/16".to_string()],
            _ => vec![format!("fd00:{number}::{host}/128")],
        };
        match (self.v4, self.v6) {
            (true, false) => v4,
            (false, true) => v6,
            _ => match self.random.below(10) {
                0..4 => v4,
                4..6 => v6,
                _ => [v4, v6].concat(),
            },
        }
    }

    /// Addresses of an external node.
    fn outside_addresses(&mut self, zone: usize) -> Vec<String> {
        let (v4, v6) = match self.random.below(100) {
            0..40 => ("203.0.113.9", "2001:db8::9"),
            40..60 => ("0.0.0.0/0", "::/0"),
            60..70 => ("203.0.113.0/24", "2001:db8::/32"),
            70..75 => return self.addresses(zone),
            _ => return vec![],
        };
        match (self.v4, self.v6) {
            (true, false) => vec![v4.to_string()],
            (false, true) => vec![v6.to_string()],
            _ => vec![v4.to_string(), v6.to_string()],
        }
    }
}
