//! Changes in the words of Junos: a policy of two zones or a term of a firewall filter, put before another.

use super::super::change::{Denial, Said, Service, Subject, Unsaid, Wish, Words, behind, fresh, protocol, put_in};
use super::super::device::Net;
use super::super::ledger::Ledger;
use super::super::words::Node;
use super::tree;
use crate::document::Family;

/// How Junos says changes.
pub const CHANGE: Words = Words { comment: "#", say, applied };

fn root<'t>(lines: &[&'t str]) -> Option<Node<'t>> {
    tree::read(lines, &mut Ledger::new("", lines.len())).ok()
}

fn say(subject: &Subject<'_>, wish: &Wish) -> Result<Said, Unsaid> {
    let root = root(subject.lines).ok_or(Unsaid::NoPlace)?;
    match wish {
        Wish::Deny(denial) => match subject.device {
            Some(_) if denial.filter == "policies" => policy(subject, &root, denial),
            Some(_) => term(subject, &root, denial),
            None => Err(Unsaid::NoPlace),
        },
        Wish::Shut(name) => {
            let (port, unit) = name.split_once('.').unwrap_or((name, ""));
            root.at(&["interfaces", port]).ok_or(Unsaid::NoPlace)?;
            let unit = if unit.is_empty() { String::new() } else { format!(" unit {unit}") };
            Ok(Said { lines: vec![format!("set interfaces {port}{unit} disable")], wider: false })
        }
        Wish::Untrunk(name, vlan) => untrunk(&root, name, *vlan),
    }
}

/// The members of a trunk, by number or by name, without one. A range cannot be taken apart so.
fn untrunk(root: &Node<'_>, name: &str, vlan: u16) -> Result<Said, Unsaid> {
    let (port, unit) = name.split_once('.').unwrap_or((name, "0"));
    let path = ["interfaces", port, "unit", unit, "family", "ethernet-switching", "vlan", "members"];
    let number = vlan.to_string();
    let called = |word: &str| root.at(&["vlans", word]).and_then(|node| node.text("vlan-id")) == Some(&*number);
    let member = root.under(&path).find(|member| member.word == *number || called(&member.word));
    let member = member.ok_or(Unsaid::NoWords)?;
    Ok(Said { lines: vec![format!("delete {} {}", path.join(" "), member.word)], wider: false })
}

/// The zones of a pair of interfaces.
fn zone<'r>(root: &'r Node<'_>, way: &str) -> Option<(&'r str, usize)> {
    let zones = root.under(&["security", "zones", "security-zone"]);
    let mut holding = zones.filter_map(|zone| {
        let members: Vec<String> = zone.values("interfaces").map(|member| super::unit_name(&member.word)).collect();
        members.iter().any(|member| member == way).then_some((zone.word.as_ref(), members.len()))
    });
    holding.next()
}

fn policy(subject: &Subject<'_>, root: &Node<'_>, denial: &Denial) -> Result<Said, Unsaid> {
    let (way_in, way_out) = denial.forwarded()?;
    let (from, many) = zone(root, way_in).ok_or(Unsaid::NoPlace)?;
    let (to, more) = zone(root, way_out).ok_or(Unsaid::NoPlace)?;
    let of_pair = ["security", "policies", "from-zone", from, "to-zone", to, "policy"];
    let before = root.under(&of_pair).find(|policy| policy.line == denial.line && !policy.inherited);
    // what stands at the place belongs to no pair of zones, or to this one; one that a group brought is moved by nobody
    let global = root.under(&["security", "policies", "global", "policy"]).any(|policy| policy.line == denial.line);
    let default = root.at(&["security", "policies"]).is_none_or(|node| {
        node.line == denial.line || node.value("default-policy").is_some_and(|default| default.line == denial.line)
    });
    if before.is_none() && !global && !default {
        return Err(Unsaid::NoPlace);
    }
    let pairs = denial.pairs(|_| true)?;
    let service = denial.service;
    let book = |zone: &str| {
        let mut zones = root.under(&["security", "zones", "security-zone"]);
        if zones.any(|zone| zone.get("address-book").is_some()) {
            format!("set security zones security-zone {zone} address-book")
        } else {
            "set security address-book global".to_owned()
        }
    };
    let name = fresh(subject.lines);
    let own = of_pair.join(" ");
    let mut lines = Vec::new();
    let mut matches = Vec::new();
    for (zone, side, nets) in [
        (from, "source-address", pairs.iter().map(|(from, _)| *from).collect::<Vec<Net>>()),
        (to, "destination-address", pairs.iter().map(|(_, to)| *to).collect()),
    ] {
        for net in unique(nets) {
            let word = match (net.is_everything(), net.address.is_ipv4()) {
                (true, true) => "any-ipv4".to_owned(),
                (true, false) => "any-ipv6".to_owned(),
                (false, _) => {
                    let line = format!("{} address {} {}", book(zone), net.name(), net.word());
                    if !lines.contains(&line) {
                        lines.push(line);
                    }
                    net.name()
                }
            };
            matches.push(format!("set {own} {name} match {side} {word}"));
        }
    }
    let application = match (service.name(), service.parts()) {
        (Some(called), Some((number, ports))) => {
            lines.push(format!("set applications application {called} protocol {}", protocol(number)));
            if let Some(ports) = ports {
                lines.push(format!("set applications application {called} destination-port {}", range(ports)));
            }
            called
        }
        _ => "any".to_owned(),
    };
    lines.extend(matches);
    lines.push(format!("set {own} {name} match application {application}"));
    lines.push(format!("set {own} {name} then deny"));
    let own_ones = root.under(&of_pair).next();
    if let Some(other) = before.or(own_ones.filter(|_| global)) {
        lines.push(format!("insert {own} {name} before policy {}", other.word));
    }
    Ok(Said { lines, wider: many > 1 || more > 1 })
}

fn unique(mut nets: Vec<Net>) -> Vec<Net> {
    nets.sort_unstable();
    nets.dedup();
    nets
}

fn range((low, high): (u16, u16)) -> String {
    if low == high { low.to_string() } else { format!("{low}-{high}") }
}

/// A term of a firewall filter that an interface is bound to.
fn term(subject: &Subject<'_>, root: &Node<'_>, denial: &Denial) -> Result<Said, Unsaid> {
    let places: [(&[&str], Family); 3] = [
        (&["firewall", "family", "inet", "filter"], Family::V4),
        (&["firewall", "family", "inet6", "filter"], Family::V6),
        (&["firewall", "filter"], Family::V4),
    ];
    let found = places.iter().find_map(|(path, family)| {
        let filters = root.under(path);
        let mut holding = filters.filter_map(|filter| {
            let term = filter.values("term").find(|term| term.line == denial.line && !term.inherited)?;
            Some((format!("{} {} term", path.join(" "), filter.word), term.word.as_ref(), *family))
        });
        holding.next()
    });
    let (path, before, family) = found.ok_or(Unsaid::NoPlace)?;
    let pairs = denial.pairs(|known| known == family)?;
    let name = fresh(subject.lines);
    let mut lines = Vec::new();
    for (side, nets) in [
        ("source-address", pairs.iter().map(|(from, _)| *from).collect::<Vec<Net>>()),
        ("destination-address", pairs.iter().map(|(_, to)| *to).collect()),
    ] {
        for net in unique(nets).into_iter().filter(|net| !net.is_everything()) {
            lines.push(format!("set {path} {name} from {side} {}", net.word()));
        }
    }
    if let Service::Protocol(number, ports) = denial.service {
        let key = if family == Family::V4 { "protocol" } else { "next-header" };
        lines.push(format!("set {path} {name} from {key} {}", protocol(number)));
        if let Some(ports) = ports {
            lines.push(format!("set {path} {name} from destination-port {}", range(ports)));
        }
    }
    lines.push(format!("set {path} {name} then discard"));
    lines.push(format!("insert {path} {name} before term {before}"));
    Ok(Said { lines, wider: true })
}

/// Where the configuration is a script, lines go behind it. Where it has braces, they become braces: what is set is merged, and what is
/// inserted before another stands there.
fn applied(text: &str, lines: &[String]) -> Option<String> {
    let old: Vec<&str> = text.lines().collect();
    let scripted = old.iter().any(|line| line.trim_start().starts_with("set ") && !line.contains('{'));
    if scripted {
        return Some(behind(text, lines));
    }
    let mut text = text.to_owned();
    let mut set: Vec<&str> = Vec::new();
    for line in lines {
        if let Some(statement) = line.strip_prefix("set ") {
            set.push(statement);
            continue;
        }
        // `insert PATH NAME before KIND OTHER`: what was set of it goes there
        let (own, other) = line.strip_prefix("insert ")?.split_once(" before ")?;
        let (_, other) = other.split_once(' ')?;
        let (path, name) = own.rsplit_once(' ')?;
        let kind = path.rsplit_once(' ').map_or(path, |(_, kind)| kind);
        let of_it = format!("{own} ");
        let (within, rest): (Vec<&str>, Vec<&str>) = set.iter().partition(|statement| statement.starts_with(&of_it));
        set = rest;
        let body: String = within.iter().map(|statement| format!("{}; ", &statement[of_it.len()..])).collect();
        let now: Vec<&str> = text.lines().collect();
        let tree = root(&now)?;
        let words: Vec<&str> = path.split(' ').chain([other]).collect();
        let place = tree.at(&words)?.line;
        text = put_in(&text, place - 1, &[format!("{kind} {name} {{ {body}}}")]);
    }
    let braces = |statement: &&str| {
        let mut words: Vec<&str> = statement.split(' ').collect();
        let last = words.pop().unwrap_or_default();
        format!(
            "{}{last};{}",
            words.iter().map(|word| format!("{word} {{ ")).collect::<String>(),
            " }".repeat(words.len())
        )
    };
    Some(behind(&text, &set.iter().map(braces).collect::<Vec<_>>()))
}
