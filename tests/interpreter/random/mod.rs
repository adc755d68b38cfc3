//! Random legal documents from a seed: small, but with every clause of the specification, and tuned so that paths often
//! hang by a single rule, VLAN, address or port.

mod carried;
mod fourth;
mod kinds;
mod links;
mod nodes;
mod policy;
mod prng;
mod rules;
mod said;

pub use carried::carried;
pub use kinds::of_kinds;
pub use policy::{policy, with_twins};
pub use prng::Random;
pub use said::said;
use serde_json::{Map, Value, json};

/// Zones by id, with the second byte of their usual addresses.
const ZONES: [(&str, u8); 5] = [("my-number", 1), ("lgwan", 2), ("internet", 3), ("school", 9), ("dmz", 8)];

/// Which edition of the specification a document may use the clauses of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    Third,
    Fourth,
}

/// A document in the making.
struct Plan {
    random: Random,
    edition: Edition,
    /// Which families its addresses have.
    v4: bool,
    v6: bool,
    /// Few things are open: filters deny, switches have a VLAN for each zone.
    tight: bool,
    /// How often, in percent of the usual, what is meant to work is spoilt.
    noise: usize,
    /// The zones that selectors may name, with their number and networks.
    zones: Vec<(String, u8, Vec<String>)>,
    nodes: Vec<Draft>,
    links: Vec<Value>,
    groups: Vec<String>,
    stories: Vec<Story>,
    /// Two services on which much of the document agrees.
    main_services: [&'static str; 2],
    next_id: usize,
}

/// A session that the document is about: filters are to permit it, nearly, and exceptions to cover it.
#[derive(Clone, Copy)]
struct Story {
    from: usize,
    to: usize,
    service: &'static str,
    /// The other peer, where one of the two is to relay what comes in this session.
    onwards: Option<usize>,
}

/// A node in the making.
struct Draft {
    id: String,
    kind: &'static str,
    /// Index into `zones`: its explicit zone, or where its addresses lie.
    zone: Option<usize>,
    explicit: bool,
    addresses: Vec<String>,
    forwards: bool,
    relays: bool,
    tags: Vec<&'static str>,
    /// What else it declares.
    more: Map<String, Value>,
    /// Its interfaces and the node at the other end.
    interfaces: Vec<(String, String)>,
}

/// The legal document of a seed, with the clauses of the third edition.
pub fn document(seed: u64) -> Value {
    of_edition(Edition::Third, seed)
}

/// The legal document of a seed, with the clauses of the fourth edition.
pub fn fourth(seed: u64) -> Value {
    of_edition(Edition::Fourth, seed)
}

fn of_edition(edition: Edition, seed: u64) -> Value {
    let mut random = Random::from_seed(seed);
    let (v4, v6) = random.weighted(&[(65, (true, false)), (20, (true, true)), (15, (false, true))]);
    let tight = random.chance(88);
    let noise = random.weighted(&[(60, 20), (40, 100)]);
    let pool = ["tcp/443", "tcp/80", "tcp/22", "udp/53", "tcp/25", "icmp", "sctp/5000"];
    let main_services = [random.pick(&pool), random.pick(&pool)];
    let mut plan = Plan {
        random,
        edition,
        v4,
        v6,
        tight,
        noise,
        zones: vec![],
        nodes: vec![],
        links: vec![],
        groups: vec![],
        stories: vec![],
        main_services,
        next_id: 0,
    };
    let mut document = Map::new();
    document.insert("sanso".into(), json!(1));
    if plan.random.chance(30) {
        document.insert("name".into(), json!(format!("無作為 {seed}")));
    }
    if plan.random.chance(10) {
        document.insert("model".into(), json!("alpha"));
    }
    let zones = plan.make_zones();
    if let Some(zones) = zones {
        document.insert("zones".into(), zones);
    }
    plan.make_nodes();
    if plan.endpoints().is_empty() {
        // One in some ten thousand; a document about nobody tests nothing.
        return of_edition(edition, !seed);
    }
    if plan.random.chance(40) {
        let groups = plan.make_groups();
        document.insert("groups".into(), groups);
    }
    let services = json!({ "web": ["tcp/80", "tcp/443"], "mgmt": ["tcp/22", "icmp", "web"], "全部": ["any"] });
    document.insert("services".into(), services);
    plan.make_links();
    plan.make_stories();
    plan.make_filters();
    plan.make_relays();
    plan.make_routes();
    let exceptions = plan.make_exceptions();
    let mut nodes: Vec<Value> = plan.nodes.iter().map(Draft::to_value).collect();
    plan.random.shuffle(&mut nodes);
    document.insert("nodes".into(), json!(nodes));
    plan.random.shuffle(&mut plan.links);
    document.insert("links".into(), json!(plan.links));
    if !exceptions.is_empty() {
        document.insert("exceptions".into(), json!(exceptions));
    }
    if edition == Edition::Fourth {
        plan.enrich(&mut document);
    }
    Value::Object(document)
}

impl Draft {
    fn to_value(&self) -> Value {
        let mut node = self.more.clone();
        node.insert("id".into(), json!(self.id));
        if self.kind != "host" {
            node.insert("kind".into(), json!(self.kind));
        }
        if !self.addresses.is_empty() {
            node.insert("addresses".into(), json!(self.addresses));
        }
        if !self.tags.is_empty() {
            node.insert("tags".into(), json!(self.tags));
        }
        Value::Object(node)
    }
}

impl Plan {
    /// The `zones` of the document, if it has any; fills in `self.zones`.
    fn make_zones(&mut self) -> Option<Value> {
        if self.random.chance(6) {
            self.zones = ZONES[..3].iter().map(|(id, number)| (id.to_string(), *number, vec![])).collect();
            return None;
        }
        let mut declared = Map::new();
        for (index, (id, number)) in ZONES.into_iter().enumerate() {
            let tier = index < 3;
            if !tier && !self.random.chance(55) {
                continue;
            }
            let mut networks = vec![];
            if self.random.chance(75) {
                if self.v4 {
                    networks.push(format!("10.{number}.0.0/16"));
                }
                if self.v6 {
                    networks.push(format!("fd00:{number}::/32"));
                }
                if self.random.chance(10) {
                    networks.push(format!("192.168.{number}.0/24"));
                }
                // Nested in another zone's network (each zone its own, for the same network twice is an error).
                if self.random.chance(12) {
                    let outer = self.random.pick(&[1, 2, 3]);
                    networks.push(format!("10.{outer}.{}.0/24", [5, 6, 7, 4, 3][index]));
                }
                if self.random.chance(3) {
                    networks = vec![format!("10.{number}.0.1/32")];
                }
            }
            let mut zone = Map::new();
            if !networks.is_empty() {
                zone.insert("networks".into(), json!(networks));
            }
            if self.random.chance(10) {
                zone.insert("title".into(), json!("系"));
            }
            // A tier exists undeclared too.
            if !tier || !networks.is_empty() || self.random.chance(50) {
                declared.insert(id.into(), Value::Object(zone));
            }
            self.zones.push((id.to_string(), number, networks));
        }
        Some(Value::Object(declared))
    }

    fn make_groups(&mut self) -> Value {
        let mut groups = Map::new();
        for name in ["g", "群", "h"] {
            let mut members: Vec<String> = (0..self.random.between(1, 2)).map(|_| self.literal()).collect();
            if !self.groups.is_empty() && self.random.chance(40) {
                members.push(format!("group:{}", self.random.pick(&self.groups.clone())));
            }
            groups.insert(name.into(), json!(members));
            self.groups.push(name.to_string());
        }
        Value::Object(groups)
    }

    /// Chooses what the document is about: sessions across zones, directly or by way of a relay.
    fn make_stories(&mut self) {
        let endpoints = self.endpoints();
        for _ in 0..self.random.between(1, 3) {
            let (from, to) = self.strangers(&endpoints);
            let relays: Vec<usize> =
                endpoints.iter().copied().filter(|&n| self.nodes[n].relays && n != from && n != to).collect();
            let main = self.main_services;
            if relays.is_empty() || self.random.chance(35) {
                self.stories.push(Story { from, to, service: self.random.pick(&main), onwards: None });
                continue;
            }
            let relay = self.random.pick(&relays);
            for (peer, other) in [(from, to), (to, from)] {
                // Either side may open the session.
                let (from, to) = if self.random.chance(50) { (peer, relay) } else { (relay, peer) };
                self.stories.push(Story { from, to, service: self.random.pick(&main), onwards: Some(other) });
            }
        }
    }

    /// Two endpoints, of different zones if that is soon found.
    fn strangers(&mut self, endpoints: &[usize]) -> (usize, usize) {
        let mut pair = (endpoints[0], endpoints[0]);
        for _ in 0..6 {
            pair = (self.random.pick(endpoints), self.random.pick(endpoints));
            if pair.0 != pair.1 && self.nodes[pair.0].zone != self.nodes[pair.1].zone {
                break;
            }
        }
        pair
    }

    fn make_exceptions(&mut self) -> Vec<Value> {
        let mut about = vec![];
        if self.random.chance(60) {
            for story in self.stories.clone() {
                if self.random.chance(75) {
                    about.push(story);
                }
            }
        }
        let main = self.main_services;
        for _ in 0..self.random.weighted(&[(75, 0), (18, 1), (7, 2)]) {
            let (from, to) = self.pair();
            about.push(Story { from, to, service: self.random.pick(&main), onwards: None });
        }
        about.into_iter().enumerate().map(|(number, story)| self.make_exception(number, story)).collect()
    }

    fn make_exception(&mut self, number: usize, story: Story) -> Value {
        let mut exception = Map::new();
        exception.insert("id".into(), json!(format!("x{number}")));
        if self.random.chance(45) {
            // As the policy wants it.
            exception.insert("from".into(), json!([format!("node:{}", self.nodes[story.from].id)]));
            exception.insert("to".into(), json!([format!("node:{}", self.nodes[story.to].id)]));
            exception.insert("service".into(), json!([story.service]));
        } else {
            exception.insert("from".into(), self.exception_selector(story.from));
            exception.insert("to".into(), self.exception_selector(story.to));
            let service = match self.random.below(10) {
                0..5 => json!("any"),
                5..9 => json!(story.service),
                _ => self.service(),
            };
            exception.insert("service".into(), service);
        }
        let blank = [" ", "　", ""];
        if !self.random.chance(3) {
            let reason = if self.random.chance(95) { "業務" } else { self.random.pick(&blank) };
            exception.insert("reason".into(), json!(reason));
        }
        if !self.random.chance(3) {
            let approved_by = if self.random.chance(95) { "CISO" } else { self.random.pick(&blank) };
            exception.insert("approved_by".into(), json!(approved_by));
        }
        if self.random.chance(30) {
            let dates = ["2026-11-21", "2026-11-22", "2026-11-23", "2027-03-31", "2030-12-31"];
            exception.insert("expires".into(), json!(self.random.pick(&dates)));
        }
        if self.random.chance(30) {
            exception.insert("attested".into(), json!({ "by": "機構", "basis": "国等の公的機関が構築したシステム" }));
        }
        if self.random.chance(55) {
            let mut waives = vec!["MN-ISOLATION", "LGWAN-INTERNET", "INTERNET-CLOUD"];
            self.random.shuffle(&mut waives);
            waives.truncate(self.random.weighted(&[(20, 1), (30, 2), (50, 3)]));
            exception.insert("waives".into(), json!(waives));
        }
        Value::Object(exception)
    }

    /// True in `percent` of a hundred cases of a noisy document.
    fn spoils(&mut self, percent: usize) -> bool {
        self.random.below(10_000) < percent * self.noise
    }

    /// A number that no other thing of the document has.
    fn fresh(&mut self) -> usize {
        self.next_id += 1;
        self.next_id
    }

    fn endpoints(&self) -> Vec<usize> {
        let is_endpoint = |draft: &Draft| !draft.forwards || draft.explicit || draft.relays;
        (0..self.nodes.len()).filter(|&n| is_endpoint(&self.nodes[n])).collect()
    }

    /// Two nodes for a rule to speak of: often one that relays and another.
    fn pair(&mut self) -> (usize, usize) {
        let endpoints = self.endpoints();
        let relays: Vec<usize> = endpoints.iter().copied().filter(|&n| self.nodes[n].relays).collect();
        let a = self.random.pick(&endpoints);
        let b = if !relays.is_empty() && self.random.chance(50) {
            self.random.pick(&relays)
        } else {
            self.random.pick(&endpoints)
        };
        if self.random.chance(50) { (a, b) } else { (b, a) }
    }
}
