//! How long a change of a session takes, beside a fresh run on the same document: `cargo bench --bench session` on cities of 18,000 and
//! 100,000 endpoints; `-- FILE …` on documents of one's own, such as the million endpoints of `sanso generate` or the million routers
//! of `benches/peers`. Changes are drawn at random from a fixed seed: of rules, links and nodes, removed and then put back.

#![allow(missing_docs)] // a bench has no readers but its file

use std::time::Instant;

use sanso::city::City;
use sanso::diagnostic::Diagnostics;
use sanso::document;
use sanso::session::{Change, Session, Texts, Verifier};
use sanso::source::Source;
use serde_json::Value;

/// Of each kind.
const CHANGES: usize = 200;

fn main() {
    let files: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    println!("milliseconds: median, 90 of 100, most; of {CHANGES} changes each");
    if files.is_empty() {
        for (sites, site_firewalls) in [(30, false), (30, true), (167, false), (167, true)] {
            let city = City { sites, terminals: 200, rules: 400, site_firewalls, ..City::default() };
            let mut json = Vec::new();
            city.write(&mut json).expect("a city of this size can be");
            let name = if site_firewalls { "city with site firewalls" } else { "city" };
            measure(&format!("{name}, {} endpoints", city.endpoints()), json);
        }
    }
    for file in files {
        let bytes = std::fs::read(&file).expect("the file can be read");
        measure(&file, bytes);
    }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (((mixed ^ (mixed >> 31)) as u128 * limit as u128) >> 64) as usize
    }
}

fn measure(name: &str, bytes: Vec<u8>) {
    let source = Source::new("document.json", bytes).expect("the document is UTF-8");
    let start = Instant::now();
    let (texts, session) = (Texts::default(), Session::today(2026, 11, 22));
    let mut verifier = Verifier::new(&source, &texts, &session).expect("the document can be verified");
    let (nodes, decided) = verifier.nodes();
    println!("\n{name}: opened in {:.0} ms; {nodes} nodes, {decided} of them decided", ms(start));
    let document = document::read(&source, &mut Diagnostics::default()).expect("the document is sound");
    let text = |span: sanso::source::Span| source.slice(span).to_owned();
    let mut random = Random(1);
    let links: Vec<String> =
        (0..CHANGES).map(|_| text(document.links[random.below(document.links.len())].span)).collect();
    let plain: Vec<String> = (0..CHANGES)
        .map(|_| text(document.nodes[random.below(document.nodes.len())].span))
        .filter(|node| !node.contains("\"filter") && !node.contains("\"relays"))
        .collect();
    let filters: Vec<(String, Vec<String>)> = document
        .nodes
        .iter()
        .filter_map(|node| {
            let rules = &node.details.as_ref()?.filters.as_ref()?.first()?.rules;
            let id: Value = serde_json::from_str(&text(node.span)).ok()?;
            let id = id["id"].as_str()?.to_owned();
            (!rules.is_empty()).then(|| (id, rules.iter().map(|rule| text(rule.span)).collect()))
        })
        .collect();
    drop(document);
    let mut remove_link = Times::of("link removed");
    let mut add_link = Times::of("link added");
    for link in &links {
        // A diode, a trunk or the only link of a tier may be what the document needs to be one.
        if remove_link.take(|| verifier.apply(Change::RemoveLink(link)).is_ok()) {
            add_link.take(|| verifier.apply(Change::AddLink(link)).is_ok());
        }
    }
    let mut add_node = Times::of("node added, with a link");
    let mut remove_node = Times::of("node removed, with its link");
    for (at, node) in plain.iter().enumerate() {
        let mut value: Value = serde_json::from_str(node).expect("it was read before");
        let old = value["id"].as_str().unwrap_or_default().to_owned();
        let id = format!("new{at}");
        value["id"] = id.clone().into();
        let (node, link) = (value.to_string(), links[at].replace(&old, &id));
        let (node, link) = (node.as_str(), if link.contains(&id) { link } else { format!("[\"{id}\",\"{old}\"]") });
        let added = add_node
            .take(|| verifier.apply(Change::AddNode(node)).is_ok() && verifier.apply(Change::AddLink(&link)).is_ok());
        if added {
            remove_node.take(|| verifier.apply(Change::RemoveNode(&id)).is_ok());
        }
    }
    let mut remove_rule = Times::of("rule removed");
    let mut add_rule = Times::of("rule added");
    for _ in 0..if filters.is_empty() { 0 } else { CHANGES } {
        let (node, rules) = &filters[random.below(filters.len())];
        let at = random.below(rules.len());
        if remove_rule.take(|| verifier.apply(Change::RemoveRule { node, filter: 0, at }).is_ok()) {
            let change = Change::AddRule { node, filter: 0, at, rule: &rules[at] };
            add_rule.take(|| verifier.apply(change).is_ok());
        }
    }
    let all = Times {
        name: "all together",
        list: [&remove_link, &add_link, &add_node, &remove_node, &remove_rule, &add_rule]
            .into_iter()
            .flat_map(|times| times.list.iter().copied())
            .collect(),
    };
    for times in [remove_link, add_link, add_node, remove_node, remove_rule, add_rule, all] {
        times.print();
    }
    let start = Instant::now();
    std::hint::black_box(verifier.states().count());
    println!("{:>10.3}  all verdicts and counts", ms(start));
    std::mem::forget(verifier);
}

fn ms(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

struct Times {
    name: &'static str,
    list: Vec<f64>,
}

impl Times {
    fn of(name: &'static str) -> Self {
        Self { name, list: Vec::new() }
    }

    /// Takes the time of a change that is made; whether it was.
    fn take(&mut self, change: impl FnOnce() -> bool) -> bool {
        let start = Instant::now();
        let made = change();
        if made {
            self.list.push(ms(start));
        }
        made
    }

    fn print(mut self) {
        self.list.sort_by(f64::total_cmp);
        let at = |share: usize| self.list.get((self.list.len() * share / 100).min(self.list.len().saturating_sub(1)));
        let (median, high, most) = (at(50), at(90), at(100));
        let number = |value: Option<&f64>| value.map_or("-".to_owned(), |value| format!("{value:.3}"));
        println!(
            "{:>10} {:>10} {:>10}  {} ({})",
            number(median),
            number(high),
            number(most),
            self.name,
            self.list.len()
        );
    }
}
