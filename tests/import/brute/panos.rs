//! PAN-OS: security rules of all types, disabled ones, negation, the defaults.

use super::{Block, Dice, PER_CONFIGURATION, agree_on, four, packets, ports, some};

const KINDS: [&str; 4] = ["universal", "universal", "intrazone", "interzone"];

const PORTS: [&str; 3] = ["ethernet1/1", "ethernet1/2", "ethernet1/3"];

/// The zone of an interface: the last two are in one.
fn zone(port: &str) -> &'static str {
    if port == PORTS[0] { "a" } else { "b" }
}

#[derive(Debug)]
struct Rule {
    kind: &'static str,
    from: Vec<&'static str>,
    to: Vec<&'static str>,
    sources: (bool, Vec<usize>),
    destinations: (bool, Vec<usize>),
    /// `None`: any.
    services: Option<Vec<usize>>,
    allow: bool,
    disabled: bool,
}

fn rule(dice: &mut Dice) -> Rule {
    Rule {
        kind: dice.one::<&str>(&KINDS),
        from: some(dice, &["a", "b", "any"]),
        to: some(dice, &["a", "b", "any"]),
        sources: (dice.roll(4) == 0, some(dice, &[0, 1, 2, 3])),
        destinations: (dice.roll(4) == 0, some(dice, &[0, 1, 2, 3])),
        services: (dice.roll(3) > 0).then(|| some(dice, &[0, 1, 2])),
        allow: dice.roll(3) > 0,
        disabled: dice.roll(8) == 0,
    }
}

fn print(at: usize, rule: &Rule) -> String {
    let list = |words: Vec<String>| format!("[ {} ]", words.join(" "));
    let named = |kind: &str, numbers: &[usize]| list(numbers.iter().map(|at| format!("{kind}{at}")).collect());
    let zones = |zones: &[&str]| list(zones.iter().map(|zone| (*zone).to_owned()).collect());
    let mut out = String::new();
    let mut say = |words: String| out += &format!("set rulebase security rules r{at} {words}\n");
    say(format!("from {}", zones(&rule.from)));
    if rule.kind != "intrazone" {
        say(format!("to {}", zones(&rule.to)));
    }
    if rule.kind != "universal" {
        say(format!("rule-type {}", rule.kind));
    }
    say(format!("source {}", named("g", &rule.sources.1)));
    say(format!("destination {}", named("g", &rule.destinations.1)));
    for (key, negated) in [("negate-source", rule.sources.0), ("negate-destination", rule.destinations.0)] {
        if negated {
            say(format!("{key} yes"));
        }
    }
    say(match &rule.services {
        Some(numbers) => format!("service {}", named("s", numbers)),
        None => "service any".to_owned(),
    });
    say("application any".to_owned());
    say(format!("action {}", if rule.allow { "allow" } else { "drop" }));
    if rule.disabled {
        say("disabled yes".to_owned());
    }
    out
}

#[test]
fn rules_agree_with_a_walk_through_them() {
    let mut dice = Dice(14);
    for _ in 0..packets().div_ceil(PER_CONFIGURATION) {
        let blocks: Vec<Block> = (0..4).map(|_| Block::roll(&mut dice)).collect();
        let services: Vec<(u8, (u16, u16), (u16, u16))> =
            (0..3).map(|_| (*dice.one(&[6, 17]), ports(&mut dice), ports(&mut dice))).collect();
        let rules: Vec<Rule> = (0..dice.roll(7)).map(|_| rule(&mut dice)).collect();
        let within = dice.roll(3) > 0;
        let mut text = String::from("set deviceconfig system hostname fw\n");
        for (at, port) in PORTS.iter().enumerate() {
            text += &format!("set network interface ethernet {port} layer3 ip 10.7.{at}.1/24\n");
            text += &format!("set zone {} network layer3 {port}\n", zone(port));
        }
        for (at, block) in blocks.iter().enumerate() {
            text += &format!("set address a{at} ip-netmask {}\nset address-group g{at} static a{at}\n", block.prefix());
        }
        for (at, (protocol, (low, high), (first, last))) in services.iter().enumerate() {
            let protocol = if *protocol == 6 { "tcp" } else { "udp" };
            text += &format!("set service s{at} protocol {protocol} port {low}-{high}\n");
            text += &format!("set service s{at} protocol {protocol} source-port {first}-{last}\n");
        }
        rules.iter().enumerate().for_each(|(at, rule)| text += &print(at, rule));
        if !within {
            text += "set rulebase default-security-rules rules intrazone-default action drop\n";
        }
        agree_on(PORTS, &text, "panos", &mut dice, PER_CONFIGURATION, &|way_in, way_out, packet| {
            let (a, b) = (zone(way_in), zone(way_out));
            let listed = |zones: &[&str], zone: &str| zones.contains(&"any") || zones.contains(&zone);
            let any = |(no, numbers): &(bool, Vec<usize>), address: u32| {
                numbers.iter().any(|number| blocks[*number].holds(address)) != *no
            };
            let found = rules.iter().find(|rule| {
                let zones = match rule.kind {
                    "intrazone" => a == b && listed(&rule.from, a),
                    "interzone" => a != b && listed(&rule.from, a) && listed(&rule.to, b),
                    _ => listed(&rule.from, a) && listed(&rule.to, b),
                };
                !rule.disabled
                    && zones
                    && any(&rule.sources, four(packet.source))
                    && any(&rule.destinations, four(packet.destination))
                    && rule.services.as_ref().is_none_or(|numbers| {
                        numbers.iter().any(|number| {
                            let (protocol, (low, high), (first, last)) = services[*number];
                            protocol == packet.protocol
                                && (low..=high).contains(&packet.destination_port)
                                && (first..=last).contains(&packet.source_port)
                        })
                    })
            });
            found.map_or(a == b && within, |rule| rule.allow)
        });
    }
}
