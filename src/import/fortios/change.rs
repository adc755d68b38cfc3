//! Changes in the words of FortiOS: a policy with its addresses and service, moved before another.

use std::net::IpAddr;

use super::super::change::{Denial, Said, Service, Subject, Unsaid, Wish, Words, fresh, put_in};
use super::super::device::{Device, Net};
use super::super::ledger::Ledger;
use super::tree::{self, Section};

/// How FortiOS says changes.
pub const CHANGE: Words = Words { comment: "#", say, applied };

fn root(lines: &[&str]) -> Option<Section> {
    tree::read(lines, &mut Ledger::new("", lines.len())).ok()
}

fn say(subject: &Subject<'_>, wish: &Wish) -> Result<Said, Unsaid> {
    let root = root(subject.lines).ok_or(Unsaid::NoPlace)?;
    match wish {
        Wish::Deny(denial) => policy(subject, &root, denial),
        Wish::Shut(name) => {
            let within = |root: &Section| {
                let ports = |root: &Section| {
                    root.sections("system interface").any(|of| of.inner.iter().any(|port| port.name == *name))
                };
                ports(root)
            };
            let body = [
                "config system interface",
                &format!("    edit \"{name}\""),
                "        set status down",
                "    next",
                "end",
            ]
            .map(str::to_owned);
            let global = root.sections("global").any(within);
            if !global && !within(&root) {
                return Err(Unsaid::NoPlace);
            }
            let lines = if global { wrapped(&["config global"], &body, 1) } else { body.to_vec() };
            Ok(Said { lines, wider: false })
        }
        Wish::Untrunk(..) => Err(Unsaid::NoWords),
    }
}

/// Lines within sections, closed again.
fn wrapped(heads: &[&str], body: &[String], ends: usize) -> Vec<String> {
    let heads = heads.iter().map(|head| (*head).to_owned());
    heads.chain(body.iter().cloned()).chain(std::iter::repeat_n("end".to_owned(), ends)).collect()
}

/// The policies that a line stands in, the VDOM they are of, and the policy that begins there.
fn place(root: &Section, line: u32) -> Option<(Option<&str>, &str, Option<&str>)> {
    let vdoms = root.sections("vdom").flat_map(|section| &section.inner);
    let parts = std::iter::once((None, root)).chain(vdoms.map(|vdom| (Some(&*vdom.name), vdom)));
    for (vdom, part) in parts {
        for name in ["firewall policy", "firewall consolidated policy", "firewall security-policy", "firewall policy6"]
        {
            for section in part.sections(name).filter(|section| (section.lines.0..=section.lines.1).contains(&line)) {
                let at = section.inner.iter().find(|entry| entry.lines.0 == line);
                if at.is_some() || section.lines.1 == line {
                    return Some((vdom, name, at.map(|entry| &*entry.name)));
                }
            }
        }
    }
    None
}

fn policy(subject: &Subject<'_>, root: &Section, denial: &Denial) -> Result<Said, Unsaid> {
    let (way_in, way_out) = denial.forwarded()?;
    let device = subject.device.filter(|_| denial.filter == "policies").ok_or(Unsaid::NoPlace)?;
    let (vdom, section, before) = place(root, denial.line).ok_or(Unsaid::NoPlace)?;
    let six = section == "firewall policy6";
    let pairs = denial.pairs(|family| !six || family == crate::document::Family::V6)?;
    let part = match vdom {
        Some(name) => root
            .sections("vdom")
            .flat_map(|section| &section.inner)
            .find(|part| part.name == name && part.sections(section).next().is_some())
            .ok_or(Unsaid::NoPlace)?,
        None => root,
    };
    let (from, many) = named(device, way_in);
    let (to, more) = named(device, way_out);
    let numbers =
        part.sections(section).flat_map(|section| &section.inner).filter_map(|entry| entry.name.parse::<u32>().ok());
    let number = numbers.max().unwrap_or(0) + 1;
    let mut lines = Vec::new();
    let mut sides: Vec<(&str, Vec<String>)> = Vec::new();
    for (key, key6, nets) in [
        ("srcaddr", "srcaddr6", pairs.iter().map(|(from, _)| *from).collect::<Vec<Net>>()),
        ("dstaddr", "dstaddr6", pairs.iter().map(|(_, to)| *to).collect()),
    ] {
        let (mut four, mut other) = (Vec::new(), Vec::new());
        let mut nets = nets;
        nets.sort_unstable();
        nets.dedup();
        for net in nets {
            let word = if net.is_everything() { "all".to_owned() } else { net.name() };
            if !net.is_everything() {
                let object = address(net);
                if !lines.ends_with(&object) {
                    lines.extend(object);
                }
            }
            if net.address.is_ipv4() { four.push(word) } else { other.push(word) }
        }
        sides.push((key, if six { std::mem::take(&mut other) } else { four }));
        sides.push((key6, other));
    }
    let service = match denial.service {
        Service::Any => "ALL".to_owned(),
        Service::Protocol(protocol, ports) => {
            let name = denial.service.name().unwrap_or_default();
            lines.extend(custom(&name, protocol, ports)?);
            name
        }
    };
    lines.push(format!("config {section}"));
    lines.push(format!("    edit {number}"));
    let mut set = |key: &str, value: &str| lines.push(format!("        set {key} {value}"));
    set("name", &quoted(&fresh(subject.lines)));
    set("srcintf", &quoted(&from));
    set("dstintf", &quoted(&to));
    for (key, words) in sides.iter().filter(|(_, words)| !words.is_empty()) {
        set(key, &words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "));
    }
    set("action", "deny");
    set("schedule", "\"always\"");
    set("service", &quoted(&service));
    // a policy that denies spares what comes for a virtual address unless it says so
    if part.sections("firewall vip").any(|section| !section.inner.is_empty()) {
        set("match-vip", "enable");
    }
    lines.push("    next".to_owned());
    if let Some(before) = before {
        lines.push(format!("    move {number} before {before}"));
    }
    lines.push("end".to_owned());
    if let Some(vdom) = vdom {
        lines = wrapped(&["config vdom", &format!("edit {}", quoted(vdom))], &lines, 1);
    }
    Ok(Said { lines, wider: many || more })
}

/// What a policy calls an interface: the zone that it is in; and whether others are in it too.
fn named(device: &Device, way: &str) -> (String, bool) {
    let zone = device.zones.iter().find(|(_, members)| members.iter().any(|member| member == way));
    zone.map_or_else(|| (way.to_owned(), false), |(name, members)| (name.clone(), members.len() > 1))
}

fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}

/// An address object.
fn address(net: Net) -> Vec<String> {
    let (section, key, value) = match net.address {
        IpAddr::V4(address) => ("firewall address", "subnet", format!("{address} {}", net.mask())),
        IpAddr::V6(_) => ("firewall address6", "ip6", net.word()),
    };
    vec![
        format!("config {section}"),
        format!("    edit {}", quoted(&net.name())),
        format!("        set {key} {value}"),
        "    next".to_owned(),
        "end".to_owned(),
    ]
}

/// A service object.
fn custom(name: &str, protocol: u8, ports: Option<(u16, u16)>) -> Result<Vec<String>, Unsaid> {
    let range = |(low, high): (u16, u16)| if low == high { low.to_string() } else { format!("{low}-{high}") };
    let settings = match (protocol, ports) {
        (6 | 17 | 132, ports) => {
            let key = match protocol {
                6 => "tcp-portrange",
                17 => "udp-portrange",
                _ => "sctp-portrange",
            };
            vec!["set protocol TCP/UDP/SCTP".to_owned(), format!("set {key} {}", range(ports.unwrap_or((1, 65535))))]
        }
        (_, Some(_)) => return Err(Unsaid::NoWords),
        (1, None) => vec!["set protocol ICMP".to_owned()],
        (58, None) => vec!["set protocol ICMP6".to_owned()],
        (number, None) => vec!["set protocol IP".to_owned(), format!("set protocol-number {number}")],
    };
    let head = ["config firewall service custom".to_owned(), format!("    edit {}", quoted(name))];
    let settings = settings.into_iter().map(|setting| format!("        {setting}"));
    Ok(head.into_iter().chain(settings).chain(["    next".to_owned(), "end".to_owned()]).collect())
}

/// What the device makes of lines: each is entered where the lines before it led.
fn applied(text: &str, lines: &[String]) -> Option<String> {
    let mut text = text.to_owned();
    // sections and entries that are open: whether an entry, and the name
    let mut open: Vec<(bool, String)> = Vec::new();
    for line in lines {
        let line = line.trim();
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let name = rest.trim_matches('"').to_owned();
        match word {
            "config" => {
                open.push((false, name));
                text = made(&text, &open)?;
            }
            "edit" => {
                open.push((true, name));
                text = made(&text, &open)?;
            }
            "next" => drop(open.pop().filter(|(entry, _)| *entry)?),
            "end" => {
                if open.last().is_some_and(|(entry, _)| *entry) {
                    open.pop();
                }
                open.pop()?;
            }
            "set" => {
                let last = at(&text, &open)?.1;
                text = put_in(&text, last - 1, &[line.to_owned()]);
            }
            "move" => text = moved(&text, &open, rest)?,
            _ => return None,
        }
    }
    open.is_empty().then_some(text)
}

/// The first and last line of what is open.
fn at(text: &str, open: &[(bool, String)]) -> Option<(u32, u32)> {
    let lines: Vec<&str> = text.lines().collect();
    let root = root(&lines)?;
    // of several sections of one name the one that has the entry, else the last
    fn down(section: &Section, open: &[(bool, String)]) -> Option<(u32, u32)> {
        let Some(((entry, name), rest)) = open.split_first() else { return Some(section.lines) };
        let fits = |inner: &&Section| inner.is_entry == *entry && inner.name == *name;
        section.inner.iter().rev().filter(fits).find_map(|inner| down(inner, rest))
    }
    down(&root, open)
}

/// The text in which what is open is there.
fn made(text: &str, open: &[(bool, String)]) -> Option<String> {
    if at(text, open).is_some() {
        return Some(text.to_owned());
    }
    let ((entry, name), above) = open.split_last()?;
    let new = if *entry {
        [format!("edit {}", quoted(name)), "next".to_owned()]
    } else {
        [format!("config {name}"), "end".to_owned()]
    };
    let last = if above.is_empty() { u32::try_from(text.lines().count()).ok()? } else { at(text, above)?.1 - 1 };
    Some(put_in(text, last, &new))
}

/// The text with an entry before another: `9 before 3`.
fn moved(text: &str, open: &[(bool, String)], words: &str) -> Option<String> {
    let (name, other) = words.split_once(" before ")?;
    let entry = |name: &str| at(text, &[open, &[(true, name.to_owned())]].concat());
    let ((first, last), (place, _)) = (entry(name)?, entry(other)?);
    let lines: Vec<&str> = text.lines().collect();
    let own = lines.get(first as usize - 1..last as usize)?;
    let rest = lines.iter().enumerate().filter(|(at, _)| !(first as usize - 1..last as usize).contains(at));
    let mut out = Vec::new();
    for (at, line) in rest {
        if at + 1 == place as usize {
            out.extend_from_slice(own);
        }
        out.push(line);
    }
    Some(out.join("\n") + "\n")
}
