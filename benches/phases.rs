//! Each phase of a run by itself, on generated cities of 1,000 to 100,000 endpoints, a million with
//! `SANSO_BENCH_LARGE=1`; with and without a filtering router at each site.

#![allow(missing_docs)] // a bench has no readers but its file

use std::time::{Duration, Instant};

use sanso::city::City;
use sanso::diagnostic::Diagnostics;
use sanso::document::{self, Date};
use sanso::engine::{Limits, RequirementDecider};
use sanso::model::{Model, names::Names};
use sanso::network::Network;
use sanso::policy::Policy;
use sanso::source::Source;

const DATE: Date = Date { year: 2026, month: 11, day: 22 };

fn main() {
    let large = std::env::var_os("SANSO_BENCH_LARGE").is_some();
    let sizes: &[u32] = if large { &[1_000, 10_000, 100_000, 1_000_000] } else { &[1_000, 10_000, 100_000] };
    let policy = Policy::built_in("three-tier/alpha").expect("the policy is built in");
    println!("milliseconds, the least of several runs");
    for site_firewalls in [false, true] {
        for &size in sizes {
            let city = City {
                sites: size.div_ceil(600).max(1),
                terminals: 200.min(size / 3),
                site_firewalls,
                rules: 400,
                ..City::default()
            };
            let mut json = Vec::new();
            city.write(&mut json).expect("a city of this size can be");
            let runs = if size < 100_000 { 10 } else { 3 };
            println!("\n{size} endpoints{}", if site_firewalls { ", site firewalls" } else { "" });
            measure(json, policy, runs);
        }
    }
}

fn measure(json: Vec<u8>, policy: &Policy, runs: u32) {
    let source = Source::new("city.json", json).expect("the city is UTF-8");
    let read = || document::read(&source, &mut Diagnostics::default()).expect("the city is sound");
    tell("read", runs, read);
    let document = read();
    let resolve = || Names::resolve(&document, &mut Diagnostics::default()).expect("the city is sound");
    tell("names", runs, resolve);
    let names = resolve();
    tell("label and model", runs, || Model::new(&document, &names));
    let model = Model::new(&document, &names);
    tell("network", runs, || Network::new(&model, &|_| false));
    for requirement in &policy.requirements {
        let mut best = Duration::MAX;
        for _ in 0..runs {
            // Building the network is a phase of its own.
            let mut decider = RequirementDecider::new(&model, DATE, Limits::default());
            decider.prepare(&policy.requirements);
            let start = Instant::now();
            std::hint::black_box(decider.decide(requirement).is_ok());
            best = best.min(start.elapsed());
        }
        print(&requirement.id, best);
    }
}

/// The least time that a job takes; what it makes is freed outside the measurement.
fn tell<T>(name: &str, runs: u32, job: impl Fn() -> T) {
    let once = || {
        let start = Instant::now();
        let made = std::hint::black_box(job());
        let elapsed = start.elapsed();
        drop(made);
        elapsed
    };
    print(name, (0..runs).map(|_| once()).min().unwrap_or_default());
}

fn print(name: &str, time: Duration) {
    println!("{:>12.3}  {name}", time.as_secs_f64() * 1e3);
}
