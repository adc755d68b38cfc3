//! Every topology in `topologies/` has an expectation beside it and meets it; the generator of cities keeps its word.
//!
//! `SANSO_WRITE_TOPOLOGIES=1 cargo test --test suite ward_alpha` writes `topologies/ward-alpha.json` anew.

use crate::checking::truth::REQUIREMENTS;
use crate::engine;
mod models;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sanso::city::{City, Fault};
use serde_json::Value;

use crate::engine::Decision as Verdicts;

/// What the library finds in a file.
fn engine(path: &Path) -> Verdicts {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    let report = engine::report(&path.to_string_lossy(), &text).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    engine::decision(&report)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies")
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The files of `topologies/` and its folders, by name relative to it.
fn files() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for folder in ["", "small", "mistakes"] {
        for entry in fs::read_dir(root().join(folder)).expect("folder of topologies") {
            let path = entry.expect("entry").path();
            if path.is_file() {
                found.insert(path.strip_prefix(root()).expect("below").to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found
}

/// The name of a topology without its ending; `None` for other files.
fn stem(name: &str) -> Option<&str> {
    if name.ends_with(".expected.json") {
        return None;
    }
    name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".json"))
}

fn topologies() -> Vec<String> {
    files().into_iter().filter(|name| stem(name).is_some()).collect()
}

fn expectation(name: &str) -> Value {
    let name = format!("{}.expected.json", stem(name).expect("a topology"));
    serde_json::from_str(&read(&name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Number of tuples expected: of a list, or as given by `{"tuples": N, "first": […]}`; 0 where vacuous.
fn count(expected: &Value) -> u64 {
    match expected {
        Value::Null => 0,
        Value::Array(list) => list.len() as u64,
        other => other["tuples"].as_u64().unwrap_or_else(|| panic!("neither list nor count: {other}")),
    }
}

fn tuples(list: &Value) -> Vec<Vec<String>> {
    serde_json::from_value(list.clone()).unwrap_or_else(|error| panic!("tuples: {error}"))
}

#[test]
fn every_topology_has_an_expectation_and_every_expectation_a_topology() {
    let files = files();
    let topologies: BTreeSet<_> = files.iter().filter_map(|name| stem(name)).collect();
    let expected: BTreeSet<_> = files.iter().filter_map(|name| name.strip_suffix(".expected.json")).collect();
    assert_eq!(topologies, expected);
    assert!(topologies.len() > 25);
    let known = |name: &str| stem(name).is_some() || name.ends_with(".expected.json") || name == "README.md";
    assert!(files.iter().all(|name| known(name)), "stray file among {files:?}");
}

#[test]
fn every_expectation_is_complete_sorted_and_consistent() {
    for name in topologies() {
        let expected = expectation(&name);
        let requirements = expected["requirements"].as_object().expect("requirements");
        let ids: BTreeSet<_> = requirements.keys().map(String::as_str).collect();
        assert_eq!(ids, REQUIREMENTS.into_iter().collect(), "{name}");
        for (id, value) in requirements {
            let list = match value {
                Value::Null => continue,
                Value::Array(_) => tuples(value),
                _ => tuples(&value["first"]),
            };
            assert!(list.windows(2).all(|pair| pair[0] < pair[1]), "{name} {id}: not sorted");
        }
        let violated = requirements.values().any(|value| count(value) > 0);
        assert_eq!(expected["verdict"], if violated { "violated" } else { "proved" }, "{name}");
    }
}

#[test]
fn exactly_the_mistakes_are_violated() {
    for name in topologies() {
        assert_eq!(expectation(&name)["verdict"] == "violated", name.starts_with("mistakes/"), "{name}");
    }
}

#[test]
fn the_readme_names_every_topology_and_every_mistake() {
    let readme = read("README.md");
    for name in topologies() {
        assert!(readme.contains(&format!("({name})")), "{name} is not in topologies/README.md");
    }
    for number in 1..=22 {
        assert!(readme.contains(&format!("| M{number} |")), "M{number} is not in topologies/README.md");
    }
}

#[test]
fn addresses_are_private_or_for_documentation() {
    for name in topologies() {
        for word in read(&name).split(|c: char| !(c.is_ascii_digit() || c == '.')) {
            let parts: Vec<_> = word.split('.').map(str::parse::<u8>).collect();
            if let [Ok(a), Ok(b), Ok(c), Ok(_)] = parts[..] {
                let documentation = matches!((a, b, c), (192, 0, 2) | (198, 51, 100) | (203, 0, 113));
                assert!(a == 10 || documentation || word == "0.0.0.0", "{name}: {word}");
            }
        }
    }
}

#[test]
fn the_engine_finds_what_is_expected() {
    for name in topologies() {
        let found = engine(&root().join(&name));
        let expected = expectation(&name);
        for id in REQUIREMENTS {
            let value = &expected["requirements"][id];
            match (value, &found[id]) {
                (Value::Null, None) => {}
                (Value::Array(_), Some(found)) => assert_eq!(&tuples(value), found, "{name} {id}"),
                (Value::Object(_), Some(found)) => {
                    assert_eq!(count(value), found.len() as u64, "{name} {id}");
                    assert!(found.starts_with(&tuples(&value["first"])), "{name} {id}");
                }
                (_, found) => panic!("{name} {id}: expected {value}, found {found:?}"),
            }
        }
    }
}

/// The parameters of `topologies/ward-alpha.json`.
fn ward() -> City {
    let name = "三層区役所 αモデル 40拠点".to_owned();
    City { name, sites: 40, terminals: 150, rules: 200, seed: 3, ..City::default() }
}

fn generate(city: &City) -> Vec<u8> {
    let mut json = Vec::new();
    city.write(&mut json).expect("it fits");
    json
}

fn parse(json: &[u8]) -> Value {
    serde_json::from_slice(json).expect("JSON")
}

#[test]
fn ward_alpha_is_reproduced_byte_for_byte() {
    let path = root().join("ward-alpha.json");
    let json = generate(&ward());
    if std::env::var_os("SANSO_WRITE_TOPOLOGIES").is_some() {
        fs::write(&path, &json).expect("write ward-alpha.json");
    }
    assert!(fs::read(&path).expect("ward-alpha.json") == json, "ward-alpha.json is not what the generator writes");
}

#[test]
fn a_city_has_the_size_asked_for() {
    let city = City { rules: 1_001, site_firewalls: true, ipv6: true, sites: 300, terminals: 60, ..City::default() };
    let document = parse(&generate(&city));
    let nodes = document["nodes"].as_array().expect("nodes");
    let ids: BTreeSet<_> = nodes.iter().map(|node| node["id"].as_str().expect("id")).collect();
    assert_eq!(ids.len(), nodes.len(), "ids are unique");
    let kind = |kind: &str| nodes.iter().filter(|node| node["kind"] == kind).count();
    assert_eq!(kind("terminal"), 3 * 300 * 60);
    let transit = kind("switch") + kind("router") + kind("firewall");
    assert_eq!(city.endpoints(), (nodes.len() - transit) as u64);
    let addresses: Vec<_> = nodes.iter().filter_map(|node| node["addresses"].as_array()).flatten().collect();
    let distinct: BTreeSet<_> = addresses.iter().map(|address| address.as_str().expect("address")).collect();
    assert_eq!(distinct.len(), addresses.len(), "addresses are unique");
    let rules = nodes.iter().filter_map(|node| node["filter"]["rules"].as_array()).flatten();
    let padding = rules.filter(|rule| rule["id"].as_str().is_some_and(|id| id.starts_with('P')));
    assert_eq!(padding.count(), 1_001);
    for link in document["links"].as_array().expect("links") {
        for end in link.get("between").unwrap_or(link).as_array().expect("ends") {
            let end = end.as_str().expect("end");
            let node = end.split_once(':').map_or(end, |(node, _)| node);
            assert!(ids.contains(node), "link to {node}");
        }
    }
}

/// Counts bytes and keeps none.
struct Count(u64);

impl io::Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_million_endpoints_fit_and_too_many_or_none_are_refused() {
    let city = City { sites: 1_000, terminals: 334, ..City::default() };
    assert!(city.endpoints() > 1_000_000);
    let mut count = Count(0);
    city.write(&mut count).expect("it fits");
    assert!(count.0 > 100_000_000);
    for (sites, terminals) in [(100_000, 100), (1, u32::MAX), (u32::MAX, 1), (0, 1), (1, 0)] {
        let error = City { sites, terminals, ..City::default() }.write(io::sink()).expect_err("too many or none");
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }
}

#[test]
fn the_same_parameters_give_the_same_bytes_and_others_do_not() {
    let city = City { rules: 50, ..City::default() };
    let clean = generate(&city);
    assert_eq!(clean, generate(&city));
    assert_ne!(clean, generate(&City { seed: 2, ..city.clone() }));
    assert_ne!(clean, generate(&City { site_firewalls: true, ..city.clone() }));
    assert_ne!(clean, generate(&City { ipv6: true, ..city }));
}

#[test]
fn every_fault_changes_the_document_and_all_of_them_fit_together() {
    let mut seen = BTreeSet::from([generate(&City::default())]);
    for fault in Fault::ALL {
        let json = generate(&City { faults: vec![fault], ..City::default() });
        parse(&json);
        assert!(seen.insert(json), "{} changes nothing", fault.name());
        assert_eq!(fault.name().parse(), Ok(fault));
        assert!(REQUIREMENTS.contains(&fault.violates()));
    }
    assert!("no-such-fault".parse::<Fault>().is_err());
    let all = parse(&generate(&City { faults: Fault::ALL.repeat(2), ..City::default() }));
    let ids: Vec<_> = all["nodes"].as_array().expect("nodes").iter().map(|node| node["id"].to_string()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
}

#[test]
fn a_name_with_quotes_is_written_as_json() {
    let city = City { name: "\"市\"\n\\".to_owned(), ..City::default() };
    assert_eq!(parse(&generate(&city))["name"], city.name);
}
