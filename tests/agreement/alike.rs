//! `sanso why` where many are alike: looking at one endpoint of those that are alike, wherever they hang, it finds as few obstacles, and as
//! many causes, as looking at all of them, and as the interpreter, which tries everything. `SANSO_SEED` as elsewhere; `SANSO_ALIKE`
//! documents.

use crate::campaign::number;
use crate::interpreter::{endpoints, fewest_obstacles, labels, random::Random};
use sanso::question::why::{Question, Unanswered, run_why, run_why_folded};
use sanso::report::why::{Answer, Causes, Stop, Way, Why};
use sanso::source::Source;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A document in the making: switches that hang on each other, and few kinds of endpoints that hang on them.
struct Campus {
    random: Random,
    nodes: Vec<Value>,
    links: Vec<Value>,
    /// Switches that endpoints may hang on, and the VLANs of what leads down to them.
    switches: Vec<(String, Option<Vec<u16>>)>,
}

const ZONES: [&str; 3] = ["my-number", "lgwan", "school"];
const VLANS: [u16; 3] = [10, 20, 30];

impl Campus {
    fn of(seed: u64) -> Value {
        let (random, nodes, links, switches) = (Random::from_seed(seed), vec![], vec![], vec![]);
        let mut campus = Self { random, nodes, links, switches };
        campus.middle();
        campus.leaves();
        campus.ends();
        let transfers = if campus.random.chance(15) {
            let [from, to] = [0, 1].map(|_| format!("zone:{}", campus.random.pick(&ZONES)));
            json!([{ "id": "usb", "from": [from], "to": [to] }])
        } else {
            json!([])
        };
        let networks = |at: usize| json!({ "networks": [format!("10.{}.0.0/16", at + 1)] });
        let zones: Map<String, Value> = (0..).zip(ZONES).map(|(at, zone)| (zone.to_owned(), networks(at))).collect();
        json!({ "sanso": 1, "zones": zones, "nodes": campus.nodes, "links": campus.links, "transfers": transfers })
    }

    fn link(&mut self, ends: [&str; 2], vlans: Option<Vec<u16>>) {
        let mut link = Map::new();
        let ends = if self.random.chance(50) { ends } else { [ends[1], ends[0]] };
        link.insert("between".to_owned(), json!(ends));
        if let Some(vlans) = vlans {
            link.insert("vlans".to_owned(), json!(vlans));
        }
        if self.random.chance(4) {
            link.insert("one_way".to_owned(), json!(true));
        }
        self.links.push(Value::Object(link));
    }

    fn vlans(&mut self, of: &[u16]) -> Vec<u16> {
        let mut own: Vec<u16> = of.iter().copied().filter(|_| self.random.chance(70)).collect();
        if own.is_empty() {
            own.push(self.random.pick(of));
        }
        own
    }

    /// One to three switches, and what filters between or beside them.
    fn middle(&mut self) {
        let kind = self.random.pick(&["switch", "switch", "switch", "l3-switch"]);
        let mut core = json!({ "id": "core", "kind": kind });
        if kind == "l3-switch" && self.random.chance(60) {
            core["routed_vlans"] = json!(self.vlans(&VLANS));
        }
        if kind == "switch" && self.random.chance(10) {
            core["filter"] = json!({ "rules": [self.rule()] });
        }
        self.nodes.push(core);
        self.switches.push(("core".to_owned(), None));
        let branches = self.random.pick(&[0, 1, 1, 2]);
        for (firewall, far) in [("fw", "far"), ("fw2", "far2")].into_iter().take(branches) {
            self.branch(firewall, far);
        }
        if branches == 2 && self.random.chance(30) {
            // a ring, on which packets come to a switch by several ways
            let vlans = Some(self.vlans(&VLANS)).filter(|_| self.random.chance(60));
            self.link(["far", "far2"], vlans);
        }
    }

    /// What filters, beside the core, and a switch behind it.
    fn branch(&mut self, firewall: &str, far: &str) {
        let kind = self.random.pick(&["firewall", "firewall", "router"]);
        let rules: Vec<Value> = (0..self.random.between(0, 2)).map(|_| self.rule()).collect();
        let mut node = json!({ "id": firewall, "kind": kind, "filter": { "rules": rules } });
        if kind == "router" && self.random.chance(40) {
            node.as_object_mut().expect("a node").remove("filter");
        }
        if self.random.chance(20) {
            let of = self.random.between(1, 3);
            let drop = self.random.chance(40);
            let mut route =
                if drop { json!({ "drop": true }) } else { json!({ "via": self.random.pick(&[far, "core"]) }) };
            route["to"] = json!(format!("10.{of}.0.0/16"));
            node["routes"] = json!([route]);
        }
        self.nodes.push(node);
        self.nodes.push(json!({ "id": far, "kind": "switch" }));
        let up = self.vlans(&VLANS);
        let vlans = Some(up).filter(|_| self.random.chance(60));
        self.link(["core", firewall], vlans);
        self.link([firewall, far], None);
        self.switches.push((far.to_owned(), None));
        if self.random.chance(15) {
            let vlans = self.vlans(&VLANS);
            self.link(["core", far], Some(vlans));
        }
    }

    fn rule(&mut self) -> Value {
        let action = self.random.pick(&["permit", "permit", "deny"]);
        let mut side = || match self.random.below(5) {
            0 => json!("any"),
            1 | 2 => json!([format!("zone:{}", self.random.pick(&ZONES))]),
            3 => json!([format!("10.{}.0.0/24", self.random.between(1, 3))]),
            _ => json!(["node:e0"]),
        };
        let (from, to) = (side(), side());
        json!({ "action": action, "from": from, "to": to, "service": "tcp/443" })
    }

    /// Switches that hang on others, most by one of two lists of VLANs, so that many are alike; some lists lack what hangs below.
    fn leaves(&mut self) {
        let lists = [0, 1].map(|_| Some(self.vlans(&VLANS)).filter(|_| self.random.chance(75)));
        for at in 0..self.random.between(2, 5) {
            let of = if self.random.chance(70) { 1 } else { self.switches.len() };
            let (parent, _) = self.switches[self.random.below(of)].clone();
            let id = format!("sw{at}");
            self.nodes.push(json!({ "id": id, "kind": "switch" }));
            let own = self.random.pick(&lists);
            self.link([&parent, &id], own.clone());
            if self.random.chance(6) {
                self.link([&parent, &id], own.clone());
            }
            self.switches.push((id, own));
        }
    }

    /// Endpoints of two or three kinds, on any switch; rules may name the first of them.
    fn ends(&mut self) {
        let kind = |random: &mut Random| {
            let zone = random.below(3);
            let vlan = if random.chance(85) { VLANS[zone] } else { random.pick(&VLANS) };
            (zone, random.below(2), vlan)
        };
        let kinds: Vec<(usize, usize, u16)> = (0..self.random.between(2, 3)).map(|_| kind(&mut self.random)).collect();
        for at in 0..self.random.between(5, 9) {
            let (zone, net, vlan) = self.random.pick(&kinds);
            let mut node = json!({ "id": format!("e{at}"), "kind": "server", "zone": ZONES[zone] });
            if self.random.chance(85) {
                node["addresses"] = json!([format!("10.{}.{net}.{}", zone + 1, at + 1)]);
            }
            if self.random.chance(6) {
                node["filter"] = json!({ "default": "permit", "rules": [self.rule()] });
            }
            if self.random.chance(10) {
                node.as_object_mut().expect("a node").remove("zone");
                if self.random.chance(50) {
                    let [from, to] = [0, 1].map(|_| format!("zone:{}", self.random.pick(&ZONES)));
                    node["relays"] = json!([{ "from": from, "to": to }]);
                } else {
                    // It passes everything.
                    node["addresses"] = json!([format!("172.16.0.{}", at + 1)]);
                }
            } else if self.random.chance(10) {
                node["relays"] = json!([]);
            }
            self.nodes.push(node);
            for _ in 0..1 + usize::from(self.random.chance(6)) {
                let (switch, _) = self.random.pick(&self.switches.clone());
                let vlan = if self.random.chance(90) { vlan } else { self.random.pick(&VLANS) };
                let vlans = Some(vec![vlan]).filter(|_| self.random.chance(94));
                self.link([&format!("e{at}"), &switch], vlans);
            }
        }
    }
}

fn asked(
    document: &Value,
    [from, to]: [&str; 2],
    (direct, ways): (bool, usize),
    folded: bool,
) -> Result<Option<Why>, String> {
    let source = Source::new("d.json", document.to_string().into_bytes()).expect("it is a text");
    let question = Question { from, to, services: &[], direct, ways, limit: None, memory: None };
    match if folded { run_why_folded(&source, &question) } else { run_why(&source, &question) } {
        Ok(why) => Ok(Some(why)),
        Err(Unanswered::Document(diagnostics)) => Err(format!("refused: {diagnostics:?}")),
        Err(Unanswered::Question(_)) => Ok(None),
    }
}

/// What is compared of an answer.
#[derive(Debug)]
struct Told {
    /// What stops data on each way; a link that there is not is not compared.
    ways: Option<Vec<Vec<String>>>,
    causes: Option<usize>,
}

impl Told {
    fn of(why: &Why) -> Result<Self, String> {
        let causes = match &why.causes {
            Some(Causes::Least(set)) => Some(set.len()),
            Some(Causes::Links) => Some(0),
            Some(Causes::AtLeast(_)) => return Err("the causes are undecided".to_owned()),
            None => None,
        };
        let stops = |way: &Way| way.obstacles.iter().map(|one| format!("{:?}", one.stop)).collect::<Vec<_>>();
        let ways = match &why.answer {
            Answer::Gets(_) => Some(vec![vec![]]),
            Answer::Unaddressed => None,
            Answer::Open => return Err("undecided".to_owned()),
            Answer::Stopped(ways) => {
                let new = ways[0].obstacles.iter().any(|one| matches!(one.stop, Stop::NoLink { .. }));
                Some(ways.iter().map(stops).collect()).filter(|_| !new)
            }
        };
        Ok(Self { ways, causes })
    }

    fn least(&self) -> Option<usize> {
        self.ways.as_ref().map(|ways| ways[0].len())
    }

    /// Whether another says as much. A way that others equal may be told of instead of them, and then the next ones differ too.
    fn is_as(&self, other: &Self) -> bool {
        let [own, others] = [self, other].map(|one| one.ways.as_deref().unwrap_or_default());
        let mut same = (own.is_empty(), self.causes) == (others.is_empty(), other.causes);
        for at in 0..own.len().max(others.len()) {
            let (own, other) = (own.get(at), others.get(at));
            same &= own.map(Vec::len) == other.map(Vec::len);
            if own != other {
                break;
            }
        }
        same
    }
}

/// The fewest obstacles between any two nodes of two sides.
fn expected(document: &Value, sides: [&[usize]; 2], direct: bool, headers: usize) -> Option<Option<usize>> {
    let pairs: Vec<(usize, usize)> = sides[0].iter().flat_map(|&a| sides[1].iter().map(move |&b| (a, b))).collect();
    let found = fewest_obstacles(document, &pairs, direct, headers).expect("it is read")?;
    Some(found.into_iter().flatten().min())
}

#[test]
fn alike_endpoints_stand_for_each_other() {
    let by_default = 40;
    let (first, count) = (number("SANSO_SEED", 1), number("SANSO_ALIKE", by_default));
    let headers = if std::env::var_os("SANSO_ALIKE").is_some() { 20_000 } else { 3_000 };
    let (mut seen, mut further, mut causes) = (BTreeMap::new(), 0, 0);
    for seed in first..first + count {
        let document = Campus::of(seed);
        let is_end = endpoints(&document).expect("it is read");
        let labels = labels(&document).expect("it is read");
        let zone = |zone: &str| -> Vec<usize> {
            (0..is_end.len()).filter(|&at| is_end[at] && labels[at].as_deref() == Some(zone)).collect()
        };
        let id = |at: usize| format!("node:{}", document["nodes"][at]["id"].as_str().expect("an id"));
        let ends: Vec<usize> = (0..is_end.len()).filter(|&at| is_end[at]).collect();
        let mut questions: Vec<(String, String, Vec<usize>, Vec<usize>)> = Vec::new();
        for (a, b) in [(0, 1), (1, 0), (0, 2), (2, 1)] {
            let [from, to] = [a, b].map(|at| format!("zone:{}", ZONES[at]));
            questions.push((from, to, zone(ZONES[a]), zone(ZONES[b])));
        }
        let (a, b) = (ends[seed as usize % ends.len()], ends[(seed as usize / 3 + 1) % ends.len()]);
        questions.push((id(a), id(b), vec![a], vec![b]));
        for (from, to, a, b) in questions {
            if a.is_empty() || b.is_empty() || a == b {
                continue;
            }
            for direct in [false, true] {
                // Who asks for one way only sees whether the first is the best.
                let ways = 1 + 2 * (seed as usize % 2);
                let told = |what: &str| format!("seed {seed}, {from} to {to}, direct {direct}: {what}\n{document}");
                let found = |folded: bool| {
                    let why = asked(&document, [&from, &to], (direct, ways), folded)
                        .unwrap_or_else(|why| panic!("{}", told(&why)));
                    why.map(|why| Told::of(&why).unwrap_or_else(|why| panic!("{}", told(&why))))
                };
                let (Some(all), Some(one)) = (found(false), found(true)) else { continue };
                assert!(one.is_as(&all), "{}", told(&format!("folded {one:?}\nand not {all:?}")));
                further += usize::from(one.ways.as_ref().is_some_and(|ways| ways.len() > 1));
                causes += usize::from(one.causes.is_some_and(|causes| causes > 1));
                let least = one.least();
                if let Some(expected) = expected(&document, [&a, &b], direct, headers) {
                    assert_eq!(least, expected, "{}", told("folded, and the interpreter"));
                    *seen.entry(least).or_insert(0) += 1;
                }
            }
        }
    }
    println!("{seen:?}, {further} with further ways, {causes} with several causes");
    if count >= by_default {
        assert!((0..3).all(|number| seen.contains_key(&Some(number))), "{seen:?}");
        assert!(further > 10 && causes > 5, "{further}, {causes}");
    }
}

/// Two servers `p0` and `p1` of my-number on leaf switches of their own, and `s` of lgwan behind `far`. Without more `p0` and `p1` are alike,
/// and one VLAN that a link lacks keeps either from `s`.
fn two() -> Value {
    let server = |id: &str, zone: &str| json!({ "id": id, "kind": "server", "zone": zone });
    let switch = |id: &str| json!({ "id": id, "kind": "switch" });
    let link = |a: &str, b: &str, vlans: &[u16]| json!({ "between": [a, b], "vlans": vlans });
    json!({
        "sanso": 1,
        "zones": { "school": {} },
        "nodes": [server("p0", "my-number"), server("p1", "my-number"), server("s", "lgwan"),
            switch("core"), switch("sw0"), switch("sw1"), switch("far")],
        "links": [link("core", "sw0", &[10, 20]), link("core", "sw1", &[10, 20]), link("core", "far", &[20]),
            link("p0", "sw0", &[10]), link("p1", "sw1", &[10]), link("s", "far", &[20])]
    })
}

/// Both sides of most questions about [`two`].
const SIDES: [&str; 2] = ["zone:my-number", "zone:lgwan"];

// The places of links in `two`.
const TRUNK_0: usize = 0;
const TRUNK_1: usize = 1;
const LINK_0: usize = 3;
const LINK_1: usize = 4;
const LINK_S: usize = 5;

/// What would tell `p0` from `p1`, or one switch from the other, and how many obstacles are the fewest between two sides.
fn told_apart() -> Vec<(&'static str, Value, [&'static str; 2], usize)> {
    let mut out: Vec<(&str, Value, [&str; 2], usize)> = vec![];
    let mut case = |what, sides, least, change: &dyn Fn(&mut Value)| {
        let mut document = two();
        change(&mut document);
        out.push((what, document, sides, least));
    };
    let permit = |from: Value| json!({ "default": "deny", "rules": [{ "action": "permit", "from": from }] });
    case("nothing", SIDES, 1, &|_| {});
    case("a trunk that lacks a VLAN", SIDES, 1, &|d| d["links"][TRUNK_0]["vlans"] = json!([10]));
    case("a trunk that is one-way", SIDES, 1, &|d| d["links"][TRUNK_0]["one_way"] = json!(true));
    case("VLANs of their links", SIDES, 0, &|d| d["links"][LINK_1]["vlans"] = json!([20]));
    case("a link that is one-way", SIDES, 1, &|d| {
        d["links"][LINK_0] = json!({ "between": ["sw0", "p0"], "vlans": [10], "one_way": true });
    });
    case("links that are one-way the other way", SIDES, 1, &|d| {
        d["links"][LINK_0] = json!({ "between": ["sw0", "p0"], "vlans": [10], "one_way": true });
        d["links"][LINK_1] = json!({ "between": ["p1", "sw1"], "vlans": [10], "one_way": true });
    });
    case("what is below carries more than the trunks", SIDES, 0, &|d| {
        d["links"][TRUNK_0]["vlans"] = json!([20]);
        d["links"][TRUNK_1]["vlans"] = json!([20]);
        d["links"][LINK_S] = json!({ "between": ["s", "sw1"], "vlans": [10] });
    });
    case("a filter of one", SIDES, 1, &|d| d["nodes"][0]["filter"] = json!({ "default": "deny", "rules": [] }));
    case("zones", SIDES, 1, &|d| {
        d["nodes"][0]["zone"] = json!("school");
        for (at, address) in [(0, "172.16.0.1"), (1, "172.16.0.2")] {
            d["nodes"][at]["addresses"] = json!([address]);
        }
    });
    case("addresses that a rule names", SIDES, 1, &|d| {
        d["nodes"][0]["addresses"] = json!(["10.1.0.1"]);
        d["nodes"][1]["addresses"] = json!(["10.1.1.1"]);
        d["nodes"][2]["filter"] = permit(json!("10.1.1.0/24"));
    });
    case("what they receive", ["zone:lgwan", "zone:my-number"], 1, &|d| {
        d["nodes"][0]["addresses"] = json!(["10.1.0.0/24"]);
        d["nodes"][1]["addresses"] = json!(["10.1.0.0/25", "10.1.0.128/25"]);
        d["nodes"]
            .as_array_mut()
            .expect("a list")
            .push(json!({ "id": "q", "zone": "school", "addresses": ["10.1.0.0/25"] }));
        d["nodes"][2]["filter"] = json!({ "default": "deny", "rules": [{ "action": "permit", "to": "10.1.0.0/25" }], "applies_to": "emitted" });
        d["nodes"][2]["addresses"] = json!(["10.2.0.1"]);
        // What they open themselves is no better.
        for at in [LINK_0, LINK_1] {
            let ends = d["links"][at]["between"].clone();
            d["links"][at] = json!({ "between": [ends[1], ends[0]], "vlans": [10], "one_way": true });
        }
    });
    case("a switch that filters", SIDES, 1, &|d| d["nodes"][4]["filter"] = json!({ "default": "deny", "rules": [] }));
    case("a switch that is an end", ["node:p1", "node:sw0"], 0, &|d| d["nodes"][4]["zone"] = json!("school"));
    case("two links with other VLANs", SIDES, 0, &|d| {
        for (end, switch, vlan) in [("p0", "sw0", 10), ("p1", "sw1", 20)] {
            let link = json!({ "between": [end, switch], "vlans": [vlan] });
            d["links"].as_array_mut().expect("a list").push(link);
        }
    });
    // Between p0 or p1 and s only who relays: what s lets in comes from there.
    let relaying = |d: &mut Value, relays: [Option<Value>; 2]| {
        for at in [LINK_0, LINK_1] {
            d["links"][at]["vlans"] = json!([20]);
        }
        for (at, address) in [(0, "10.1.0.1"), (1, "10.1.0.2"), (2, "10.2.0.1")] {
            d["nodes"][at]["addresses"] = json!([address]);
        }
        d["nodes"][2]["filter"] = permit(json!("172.16.0.0/24"));
        for (at, relays) in relays.into_iter().enumerate() {
            let id = format!("g{at}");
            let mut node = json!({ "id": id, "kind": "server", "addresses": [format!("172.16.0.{}", at + 1)] });
            if let Some(relays) = relays {
                node["relays"] = relays;
            }
            d["nodes"].as_array_mut().expect("a list").push(node);
            d["links"]
                .as_array_mut()
                .expect("a list")
                .push(json!({ "between": [id, format!("sw{at}")], "vlans": [20] }));
        }
    };
    case("one that passes nothing on", SIDES, 0, &|d| relaying(d, [Some(json!([])), None]));
    case("what they relay", SIDES, 0, &|d| {
        let entry = |from: &str| Some(json!([{ "from": from, "to": "zone:lgwan" }]));
        relaying(d, [entry("zone:school"), entry("zone:my-number")]);
    });
    case("one whom an entry of relays names", SIDES, 0, &|d| {
        relaying(d, [Some(json!([{ "from": "node:p1", "to": "zone:lgwan" }])), Some(json!([]))]);
    });
    case("one whom a transfer names", SIDES, 0, &|d| {
        d["transfers"] = json!([{ "id": "usb", "from": ["node:p1"], "to": ["node:s"] }]);
    });
    // Who relays would have to be told to: anybody may be.
    case("an entry of relays that is missing", SIDES, 1, &|d| relaying(d, [Some(json!([])), Some(json!([]))]));
    out
}

#[test]
fn what_tells_endpoints_apart_is_not_folded_away() {
    for (what, document, [from, to], least) in told_apart() {
        for folded in [false, true] {
            let why = asked(&document, [from, to], (false, 1), folded).unwrap_or_else(|why| panic!("{what}: {why}"));
            let why = why.unwrap_or_else(|| panic!("{what}: it cannot be asked"));
            let told = Told::of(&why).unwrap_or_else(|why| panic!("{what}: {why}"));
            assert_eq!(told.least(), Some(least), "{what}, folded {folded}: {told:?}");
        }
    }
}

/// Each of two trunks must be cut, and there is a way by the other where one is.
#[test]
fn what_is_shut_or_barred_stands_for_nobody() {
    let mut document = two();
    for at in [LINK_0, LINK_1] {
        document["links"][at]["vlans"] = json!([20]);
    }
    // `far` stays, so that it is the core that both hang on.
    let mut single = document.clone();
    single["links"][LINK_S] = json!({ "between": ["s", "core"], "vlans": [20] });
    for (what, document, causes) in [("a common link", &document, 1), ("two trunks", &single, 2)] {
        for folded in [false, true] {
            let why = asked(document, SIDES, (false, 1), folded).expect("it is read").expect("asked");
            let told = Told::of(&why).expect("it is decided");
            assert_eq!((told.least(), told.causes), (Some(0), Some(causes)), "{what}, folded {folded}: {told:?}");
        }
    }
    // A trunk that lacks the VLAN keeps each from s: two ways that share nothing.
    for at in [TRUNK_0, TRUNK_1] {
        single["links"][at]["vlans"] = json!([10]);
    }
    for folded in [false, true] {
        let why = asked(&single, SIDES, (false, 2), folded).expect("it is read").expect("asked");
        let ways = Told::of(&why).expect("it is decided").ways.expect("it is stopped");
        assert!(ways.len() > 1 && ways[0].len() == 1 && ways[1].len() == 1, "folded {folded}: {ways:?}");
    }
}
