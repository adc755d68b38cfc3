//! Documents with many of one thing, everything else being small.

use std::fmt::Write;

use sanso::city::City;

use crate::lists;

/// One thing that a document may have many of.
pub struct Kind {
    pub name: &'static str,
    /// The least size, and what one size is multiplied by to give the next.
    pub first: usize,
    pub step: usize,
    /// The largest size that there can be; 0: any.
    pub most: usize,
    pub make: fn(usize) -> String,
}

const fn kind(name: &'static str, first: usize, step: usize, make: fn(usize) -> String) -> Kind {
    Kind { name, first, step, most: 0, make }
}

pub const KINDS: [Kind; 27] = [
    // More does not fit into 10.0.0.0/8.
    Kind { most: 8_192_000, ..kind("nodes of a city", 8_000, 4, nodes) },
    kind("links between routers", 10_000, 4, links),
    kind("rules, fw-style", 1_000, 4, |size| lists::document(&lists::class_bench("fw", size))),
    kind("rules, acl-style", 1_000, 4, |size| lists::document(&lists::class_bench("acl", size))),
    kind("rules: closed", 1_000, 4, |size| lists::document(&lists::closed(size, false))),
    kind("rules: interleaved", 1_000, 4, |size| lists::document(&lists::interleaved(size))),
    kind("rules: alternating", 1_000, 4, |size| lists::document(&lists::alternating(size))),
    kind("rules: ports x prefixes", 1_000, 4, |size| lists::document(&lists::crossed(size))),
    kind("rules: wide", 250, 2, |size| lists::document(&lists::wide(size))),
    Kind { most: 16_000, ..kind("zones", 250, 2, zones) },
    kind("sanitising gateways", 250, 2, |size| relays(size, ",\"sanitise\":\"file\"")),
    kind("raw relays", 250, 2, |size| relays(size, "")),
    kind("relays of one pair each", 250, 2, relays_apart),
    kind("undeclared relays", 1_000, 4, undeclared),
    // From 65,536 on their filters repeat.
    Kind { most: 64_000, ..kind("undeclared relays apart", 250, 2, undeclared_apart) },
    kind("exceptions, one pair each", 250, 2, exceptions),
    kind("exceptions from anywhere", 250, 2, exceptions_from_anywhere),
    kind("violating tuples", 10_000, 4, tuples),
    Kind { most: 16_000, ..kind("sites with firewalls", 250, 2, sites) },
    kind("sites that all violate", 50, 2, sites_open),
    kind("VLANs on one switch", 250, 2, vlans),
    Kind { most: 4_000, ..kind("VLANs x trunks", 250, 2, trunks) },
    kind("l3-switches", 250, 2, l3_switches),
    kind("routes of one router", 1_000, 4, routes),
    kind("interfaces named one by one", 125, 2, interfaces),
    kind("zones without networks", 1_000, 2, unplaced),
    kind("nodes named by rules", 250, 2, named),
];

fn city(city: &City) -> String {
    let mut json = Vec::new();
    city.write(&mut json).expect("a city of this size can be");
    String::from_utf8(json).expect("the city is UTF-8")
}

fn nodes(size: usize) -> String {
    city(&City { sites: (size / 600).max(1) as u32, terminals: 200, rules: 400, ..City::default() })
}

fn sites(size: usize) -> String {
    city(&City { sites: size as u32, terminals: 2, site_firewalls: true, rules: 100, ..City::default() })
}

/// A firewall that passes anything joins all sites.
fn sites_open(size: usize) -> String {
    let mut nodes = String::new();
    let mut links = String::new();
    for at in 0..size {
        let _ = write!(nodes, ",{{\"id\":\"f{at}\",\"kind\":\"firewall\",\"filter\":{{\"rules\":[");
        for tier in 1..=3 {
            let comma = if tier > 1 { "," } else { "" };
            let network = format!("10.{tier}.{}.{}/30", at / 64, at % 64 * 4);
            let _ = write!(nodes, "{comma}{{\"action\":\"permit\",\"from\":\"{network}\"}}");
            let _ = write!(nodes, ",{{\"action\":\"permit\",\"to\":\"{network}\"}}");
        }
        nodes += "]}}";
        let _ = write!(links, ",[\"f{at}\",\"core\"]");
        for (tier, zone) in [(1, "my-number"), (2, "lgwan"), (3, "internet")] {
            let address = format!("10.{tier}.{}.{}", at / 64, at % 64 * 4 + 1);
            let _ = write!(nodes, ",{{\"id\":\"t{tier}-{at}\",\"zone\":\"{zone}\",\"addresses\":[\"{address}\"]}}");
            let _ = write!(links, ",[\"t{tier}-{at}\",\"f{at}\"]");
        }
    }
    frame(&(",{\"id\":\"core\",\"kind\":\"router\"}".to_owned() + &nodes), &links, "")
}

fn links(size: usize) -> String {
    let mut random = lists::Random::new(3);
    let routers = (size / 5).max(2);
    let mut nodes = each(routers, |at| format!(",{{\"id\":\"r{at}\",\"kind\":\"router\"}}"));
    nodes += ",{\"id\":\"x\",\"kind\":\"switch\"}";
    let links = each(size, |_| {
        let a = random.below(routers as u32);
        let b = (a + 1 + random.below(routers as u32 - 1)) % routers as u32;
        format!(",[\"r{a}\",\"r{b}\"]")
    });
    frame(&nodes, &(links + ",[\"r0\",\"lg\"]"), "")
}

/// A document from items of its lists: a core firewall between the tiers stands in each.
fn frame(nodes: &str, links: &str, exceptions: &str) -> String {
    frame_with(
        "{\"action\":\"permit\",\"from\":\"zone:lgwan\",\"to\":\"21.0.0.0/8\",\"service\":\"tcp/443\"}",
        "",
        nodes,
        links,
        exceptions,
    )
}

fn frame_with(rules: &str, zones: &str, nodes: &str, links: &str, exceptions: &str) -> String {
    format!(
        r#"{{"sanso":1,"zones":{{"my-number":{{"networks":["20.0.0.0/8"]}},"lgwan":{{"networks":["21.0.0.0/8"]}}{zones}}},"nodes":[
{{"id":"fw","kind":"firewall","filter":{{"rules":[{rules}]}}}},
{{"id":"mn","kind":"switch"}},{{"id":"lg","kind":"switch"}},{{"id":"it","kind":"switch"}},{{"id":"net","kind":"external","zone":"internet"}},
{{"id":"m","addresses":["20.0.0.1"]}},{{"id":"l","addresses":["21.0.0.1"]}}{nodes}],
"links":[["fw","mn"],["fw","lg"],["fw","it"],["net","it"],["m","mn"],["l","lg"]{links}],"exceptions":[{exceptions}]}}"#
    )
}

fn each(size: usize, mut item: impl FnMut(usize) -> String) -> String {
    let mut out = String::new();
    (0..size).for_each(|at| out += &item(at));
    out
}

fn comma(at: usize) -> &'static str {
    if at > 0 { "," } else { "" }
}

fn address(tier: u32, at: usize) -> String {
    format!("{}.{}.{}.{}", 19 + tier, at / 60_000, 1 + at / 250 % 240, 1 + at % 250)
}

/// An address of a network that is no zone's.
fn elsewhere(at: usize) -> String {
    format!("172.{}.{}.{}", 16 + at / 62_500, at / 250 % 250, 1 + at % 250)
}

fn zones(size: usize) -> String {
    let zones = each(size, |at| format!(",\"z{at}\":{{\"networks\":[\"11.{}.{}.0/24\"]}}", at / 250, at % 250));
    let nodes = each(size, |at| format!(",{{\"id\":\"n{at}\",\"addresses\":[\"11.{}.{}.1\"]}}", at / 250, at % 250));
    let rules = each(size, |at| {
        format!("{}{{\"action\":\"permit\",\"from\":\"zone:z{at}\",\"to\":\"zone:z{}\"}}", comma(at), (at + 1) % size)
    });
    frame_with(&rules, &zones, &nodes, &each(size, |at| format!(",[\"n{at}\",\"it\"]")), "")
}

fn exceptions(size: usize) -> String {
    let nodes = each(size, |at| {
        let (a, b) = (address(1, at), address(2, at));
        format!(",{{\"id\":\"a{at}\",\"addresses\":[\"{a}\"]}},{{\"id\":\"b{at}\",\"addresses\":[\"{b}\"]}}")
    });
    let links = each(size, |at| format!(",[\"a{at}\",\"mn\"],[\"b{at}\",\"lg\"]"));
    let list = each(size, |at| {
        format!(
            "{}{{\"id\":\"e{at}\",\"from\":\"node:a{at}\",\"to\":\"node:b{at}\",\"service\":\"tcp/443\"}}",
            comma(at)
        )
    });
    frame(&nodes, &links, &list)
}

fn exceptions_from_anywhere(size: usize) -> String {
    let nodes = each(size, |at| format!(",{{\"id\":\"b{at}\",\"addresses\":[\"{}\"]}}", address(2, at)));
    let list = each(size, |at| {
        format!(
            "{}{{\"id\":\"e{at}\",\"from\":\"zone:my-number\",\"to\":\"node:b{at}\",\"service\":\"tcp/{}\"}}",
            comma(at),
            1 + at % 60_000
        )
    });
    frame(&nodes, &each(size, |at| format!(",[\"b{at}\",\"lg\"]")), &list)
}

fn relays(size: usize, sanitise: &str) -> String {
    let nodes = each(size, |at| {
        let address = elsewhere(at);
        format!(
            ",{{\"id\":\"g{at}\",\"kind\":\"gateway\",\"addresses\":[\"{address}\"],\"relays\":[{{\"from\":\"zone:internet\",\"to\":\"zone:lgwan\"{sanitise}}}]}}"
        )
    });
    frame(&nodes, &each(size, |at| format!(",[\"g{at}\",\"it\"],[\"g{at}\",\"lg\"]")), "")
}

/// Each relay serves two nodes of its own, by a service of its own.
fn relays_apart(size: usize) -> String {
    let nodes = each(size, |at| {
        let port = 1 + at % 60_000;
        format!(
            ",{{\"id\":\"g{at}\",\"kind\":\"gateway\",\"addresses\":[\"{}\"],\"relays\":[{{\"from\":\"node:a{at}\",\"from_service\":\"tcp/{port}\",\"to\":\"node:b{at}\",\"to_service\":\"tcp/{port}\",\"sanitise\":\"file\"}}]}},{{\"id\":\"a{at}\",\"zone\":\"internet\",\"addresses\":[\"{}\"]}},{{\"id\":\"b{at}\",\"addresses\":[\"{}\"]}}",
            elsewhere(2 * at),
            elsewhere(2 * at + 1),
            address(2, at)
        )
    });
    frame(
        &nodes,
        &each(size, |at| format!(",[\"g{at}\",\"it\"],[\"g{at}\",\"lg\"],[\"a{at}\",\"it\"],[\"b{at}\",\"lg\"]")),
        "",
    )
}

fn undeclared(size: usize) -> String {
    let nodes = each(size, |at| format!(",{{\"id\":\"u{at}\",\"addresses\":[\"{}\"]}}", elsewhere(at)));
    frame(&nodes, &each(size, |at| format!(",[\"u{at}\",\"it\"]")), "")
}

/// Each undeclared relay has a filter of its own.
fn undeclared_apart(size: usize) -> String {
    let nodes = each(size, |at| {
        let address = elsewhere(at);
        format!(
            ",{{\"id\":\"u{at}\",\"addresses\":[\"{address}\"],\"filter\":{{\"default\":\"deny\",\"rules\":[{{\"action\":\"permit\",\"service\":\"tcp/{}\"}}]}}}}",
            1 + at % 60_000
        )
    });
    frame(&nodes, &each(size, |at| format!(",[\"u{at}\",\"it\"]")), "")
}

/// A flat network of two tiers with so many pairs.
fn tuples(size: usize) -> String {
    let side = (size as f64).sqrt().round() as usize;
    let nodes = each(side, |at| {
        format!(
            ",{{\"id\":\"a{at}\",\"addresses\":[\"{}\"]}},{{\"id\":\"b{at}\",\"addresses\":[\"{}\"]}}",
            address(1, at),
            address(2, at)
        )
    });
    frame(&nodes, &each(side, |at| format!(",[\"a{at}\",\"mn\"],[\"b{at}\",\"mn\"]")), "")
}

fn vlans(size: usize) -> String {
    let nodes = ",{\"id\":\"core\",\"kind\":\"switch\"}".to_owned()
        + &each(size, |at| format!(",{{\"id\":\"v{at}\",\"addresses\":[\"{}\"]}}", address(1, at)));
    let links = each(size, |at| format!(",{{\"between\":[\"v{at}\",\"core\"],\"vlans\":{}}}", 1 + at % 4000));
    frame(&nodes, &(",[\"core\",\"mn\"],[\"core\",\"lg\"]".to_owned() + &links), "")
}

/// So many VLANs, and as many switches that trunks with all of them join.
/// Trunks that carry different VLANs, or a run of switches would be one.
fn trunks(size: usize) -> String {
    let nodes = each(size, |at| {
        format!(",{{\"id\":\"s{at}\",\"kind\":\"switch\"}},{{\"id\":\"v{at}\",\"addresses\":[\"{}\"]}}", address(1, at))
    });
    let links = each(size, |at| {
        let up = if at == 0 { "mn".to_owned() } else { format!("s{}", (at - 1) / 2) };
        let carried = 4_001 + at % 94;
        format!(
            ",{{\"between\":[\"s{at}\",\"{up}\"],\"vlans\":[\"1-{carried}\"]}},{{\"between\":[\"v{at}\",\"s{at}\"],\"vlans\":{}}}",
            1 + at % 4000
        )
    });
    frame(&nodes, &links, "")
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
        format!(
            "{}{{\"to\":\"{}.{}.{}.0/24\",\"via\":\"{via}\"}}",
            comma(at),
            10 + at / 65_536,
            at / 256 % 256,
            at % 256
        )
    });
    let nodes = format!(",{{\"id\":\"r\",\"kind\":\"router\",\"routes\":[{list}]}}");
    frame(&nodes, ",[\"r\",\"mn\"],[\"r\",\"lg\"]", "")
}

/// A firewall with so many interfaces, each named by a rule of its own.
fn interfaces(size: usize) -> String {
    let rules = each(size, |at| {
        format!(
            "{}{{\"action\":\"permit\",\"from\":\"{}\",\"in\":[\"h{at}\"],\"out\":[\"mn\"],\"service\":\"tcp/443\"}}",
            comma(at),
            elsewhere(at)
        )
    });
    let nodes = format!(",{{\"id\":\"wall\",\"kind\":\"firewall\",\"filter\":{{\"rules\":[{rules}]}}}}")
        + &each(size, |at| format!(",{{\"id\":\"h{at}\",\"zone\":\"lgwan\",\"addresses\":[\"{}\"]}}", elsewhere(at)));
    frame(&nodes, &(",[\"wall\",\"mn\"]".to_owned() + &each(size, |at| format!(",[\"h{at}\",\"wall\"]"))), "")
}

/// Nodes with explicit zones and addresses that are no zone's, and rules about the zones.
fn unplaced(size: usize) -> String {
    let zones = ["my-number", "lgwan", "internet"];
    let nodes = each(size, |at| {
        format!(",{{\"id\":\"h{at}\",\"zone\":\"{}\",\"addresses\":[\"{}\"]}}", zones[at % 3], elsewhere(at))
    });
    let switches = ["mn", "lg", "it"];
    let rules = "{\"action\":\"permit\",\"from\":\"zone:lgwan\",\"to\":\"zone:lgwan\"},{\"action\":\"permit\",\"from\":\"zone:internet\",\"to\":\"zone:internet\"}";
    frame_with(rules, "", &nodes, &each(size, |at| format!(",[\"h{at}\",\"{}\"]", switches[at % 3])), "")
}

/// Nodes that each have a rule of their own on the core firewall.
fn named(size: usize) -> String {
    let nodes = each(size, |at| {
        format!(",{{\"id\":\"a{at}\",\"addresses\":[\"{}\"]}},{{\"id\":\"b{at}\",\"zone\":\"lgwan\"}}", address(2, at))
    });
    let rules = each(size, |at| {
        format!(
            "{}{{\"action\":\"permit\",\"from\":\"node:a{at}\",\"to\":\"node:b{at}\",\"service\":\"tcp/443\"}}",
            comma(at)
        )
    });
    let links = each(size, |at| format!(",[\"a{at}\",\"lg\"],[\"b{at}\",\"it\"]"));
    frame_with(&rules, "", &nodes, &links, "")
}
