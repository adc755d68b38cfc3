//! How time grows with one thing of which a document has many, everything else being small: the exponent between each
//! size and the next, 1 for linear. `SANSO_BENCH_LARGE=1` adds a size.

#![allow(missing_docs)] // a bench has no readers but its file

use std::fmt::Write;
use std::time::Instant;

use sanso::city::City;
use sanso::diagnostic::Diagnostics;
use sanso::document::{self, Date};
use sanso::engine::{Decider, Limits};
use sanso::model::{Model, names::Names};
use sanso::policy::Policy;
use sanso::source::Source;

const DATE: Date = Date { year: 2026, month: 11, day: 22 };

fn main() {
    let large = std::env::var_os("SANSO_BENCH_LARGE").is_some();
    let sizes: &[usize] = if large { &[250, 500, 1_000, 2_000, 4_000] } else { &[250, 500, 1_000] };
    println!("{:<28} {}", "milliseconds (exponent)", sizes.map_text());
    type Make = fn(usize) -> String;
    let kinds: [(&str, Make); 7] = [
        ("sites with firewalls", sites),
        ("exceptions", exceptions),
        ("declared relays", relays),
        ("undeclared endpoints", undeclared),
        ("VLANs", vlans),
        ("l3-switches", l3_switches),
        ("routes", routes),
    ];
    for (name, make) in kinds {
        print!("{name:<28}");
        let mut last: Option<(usize, f64)> = None;
        for &size in sizes {
            let time = decide_all(&make(size));
            let exponent = last.map(|(before, known)| (time / known).ln() / (size as f64 / before as f64).ln());
            print!(" {:>9.1} {:>6}", time * 1e3, exponent.map_or(String::new(), |value| format!("({value:.1})")));
            last = Some((size, time));
        }
        println!();
    }
}

trait MapText {
    fn map_text(&self) -> String;
}

impl MapText for [usize] {
    fn map_text(&self) -> String {
        self.iter().fold(String::new(), |mut out, size| {
            let _ = write!(out, " {size:>9}       ");
            out
        })
    }
}

/// Seconds to resolve and decide a document, reading apart.
fn decide_all(json: &str) -> f64 {
    let source = Source::new("many.json", json.as_bytes().to_vec()).expect("the document is UTF-8");
    let mut diagnostics = Diagnostics::default();
    let document = document::read(&source, &mut diagnostics).expect("the document is sound");
    let start = Instant::now();
    let names = Names::resolve(&document, &mut diagnostics).expect("the document is sound");
    let model = Model::new(&document, &names);
    let mut decider = Decider::new(&model, DATE, Limits::default());
    for requirement in &Policy::built_in("three-tier/alpha").expect("the policy is built in").requirements {
        std::hint::black_box(decider.decide(requirement).is_ok());
    }
    start.elapsed().as_secs_f64()
}

fn sites(size: usize) -> String {
    let city = City { sites: size as u32, terminals: 2, site_firewalls: true, rules: 100, ..City::default() };
    let mut json = Vec::new();
    city.write(&mut json).expect("a city of this size can be");
    String::from_utf8(json).expect("the city is UTF-8")
}

/// A document from items of its lists: a core firewall between the tiers stands in each.
fn frame(nodes: &str, links: &str, exceptions: &str) -> String {
    format!(
        r#"{{"sanso":1,"zones":{{"my-number":{{"networks":["10.1.0.0/16"]}},"lgwan":{{"networks":["10.2.0.0/16"]}}}},"nodes":[
{{"id":"fw","kind":"firewall","filter":{{"rules":[{{"action":"permit","from":"zone:lgwan","to":"10.2.0.0/16","service":"tcp/443"}}]}}}},
{{"id":"mn","kind":"switch"}},{{"id":"lg","kind":"switch"}},{{"id":"it","kind":"switch"}},{{"id":"net","kind":"external","zone":"internet"}},
{{"id":"m","addresses":["10.1.0.1"]}},{{"id":"l","addresses":["10.2.0.1"]}}{nodes}],
"links":[["fw","mn"],["fw","lg"],["fw","it"],["net","it"],["m","mn"],["l","lg"]{links}],"exceptions":[{exceptions}]}}"#
    )
}

fn each(size: usize, item: impl Fn(usize) -> String) -> String {
    (0..size).map(item).collect()
}

fn address(tier: u32, at: usize) -> String {
    format!("10.{tier}.{}.{}", 1 + at / 250, 1 + at % 250)
}

fn exceptions(size: usize) -> String {
    let nodes = each(size, |at| {
        let (a, b) = (address(1, at), address(2, at));
        format!(",{{\"id\":\"a{at}\",\"addresses\":[\"{a}\"]}},{{\"id\":\"b{at}\",\"addresses\":[\"{b}\"]}}")
    });
    let links = each(size, |at| format!(",[\"a{at}\",\"mn\"],[\"b{at}\",\"lg\"]"));
    let list = each(size, |at| {
        let comma = if at > 0 { "," } else { "" };
        format!("{comma}{{\"id\":\"e{at}\",\"from\":\"node:a{at}\",\"to\":\"node:b{at}\",\"service\":\"tcp/443\"}}")
    });
    frame(&nodes, &links, &list)
}

fn relays(size: usize) -> String {
    let nodes = each(size, |at| {
        format!(
            ",{{\"id\":\"g{at}\",\"kind\":\"gateway\",\"addresses\":[\"10.9.{}.{}\"],\"relays\":[{{\"from\":\"zone:internet\",\"to\":\"zone:lgwan\",\"sanitise\":\"file\"}}]}}",
            at / 250,
            1 + at % 250
        )
    });
    frame(&nodes, &each(size, |at| format!(",[\"g{at}\",\"it\"],[\"g{at}\",\"lg\"]")), "")
}

fn undeclared(size: usize) -> String {
    let nodes =
        each(size, |at| format!(",{{\"id\":\"u{at}\",\"addresses\":[\"10.9.{}.{}\"]}}", at / 250, 1 + at % 250));
    frame(&nodes, &each(size, |at| format!(",[\"u{at}\",\"it\"]")), "")
}

fn vlans(size: usize) -> String {
    let nodes = ",{\"id\":\"core\",\"kind\":\"switch\"}".to_owned()
        + &each(size, |at| format!(",{{\"id\":\"v{at}\",\"addresses\":[\"{}\"]}}", address(1, at)));
    let trunks = ",[\"core\",\"mn\"],[\"core\",\"lg\"]";
    frame(
        &nodes,
        &(trunks.to_owned()
            + &each(size, |at| format!(",{{\"between\":[\"v{at}\",\"core\"],\"vlans\":{}}}", 1 + at % 4000))),
        "",
    )
}

fn l3_switches(size: usize) -> String {
    let nodes = each(size, |at| {
        format!(
            ",{{\"id\":\"s{at}\",\"kind\":\"l3-switch\",\"routed_vlans\":[10,20]}},{{\"id\":\"p{at}\",\"addresses\":[\"{}\"]}}",
            address(1, at)
        )
    });
    let links = each(size, |at| {
        format!(",{{\"between\":[\"s{at}\",\"mn\"],\"vlans\":10}},{{\"between\":[\"p{at}\",\"s{at}\"],\"vlans\":20}}")
    });
    frame(&nodes, &links, "")
}

fn routes(size: usize) -> String {
    let list = each(size, |at| {
        let via = if at % 2 == 0 { "mn" } else { "lg" };
        format!("{}{{\"to\":\"10.{}.{}.0/24\",\"via\":\"{via}\"}}", if at > 0 { "," } else { "" }, at / 250, at % 250)
    });
    let nodes = format!(",{{\"id\":\"r\",\"kind\":\"router\",\"routes\":[{list}]}}");
    frame(&nodes, ",[\"r\",\"mn\"],[\"r\",\"lg\"]", "")
}
