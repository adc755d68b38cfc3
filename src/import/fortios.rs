//! FortiOS (`show`, `show full-configuration`, backups; with and without VDOMs).
//!
//! Order of operations (Fortinet, *Life of a Packet*; FortiOS Administration Guide, *Virtual IPs*, *Firewall policy*): a
//! virtual address translates the destination of what comes in, the packet is routed, the policies are looked through from
//! the top, the first that matches decides, what none matches is denied; then the source is translated as that policy says.
//! A policy names a virtual address, not what it maps to, with the inner port as its service. A policy that denies and does
//! not name one spares what virtual addresses translate, unless `match-vip` is on. With central NAT the policies name the
//! inner addresses. So that the two are told apart, the filter sees the destination before its translation.

mod change;
mod families;
mod keys;
mod local;
mod objects;
mod policy;
mod proxy;
mod routes;
mod services;
mod silent;
mod tree;
mod vip;
mod ways;

use std::collections::HashMap;
use std::sync::Arc;

use super::device::{Applies, Becomes, Device, Filter, Interface, Join, Rule, Translation};
use super::ledger::Ledger;
use super::set::AddressSet;
use super::text::Refusal;
use super::{Configuration, Import, emit};
use crate::language::Phrase;

pub use change::CHANGE;
use tree::Section;

/// Whether a text is a configuration of FortiOS.
#[must_use]
pub fn recognise(lines: &[&str]) -> bool {
    let starts = |word: &str| lines.iter().any(|line| line.trim_start().starts_with(word));
    let sections =
        ["config firewall ", "config system ", "config router ", "config vdom", "config global", "config vpn "];
    sections.iter().any(|section| starts(section))
        && lines.iter().any(|line| line.trim() == "end")
        && (starts("set ") || starts("edit "))
}

/// A name that may stand in `fqdn:`: without blanks.
fn word(name: &str) -> String {
    let word = name.trim().replace(|c: char| c.is_whitespace() || c.is_control(), "_");
    if word.is_empty() { "unnamed".to_owned() } else { word }
}

/// What policies name.
pub struct Objects<'s> {
    addresses: objects::Addresses<'s>,
    services: services::Table<'s>,
    vips: vip::Vips,
    ways: ways::Ways,
    pools: HashMap<String, AddressSet>,
    central_nat: bool,
}

/// Reads a configuration.
///
/// # Errors
/// When it is truncated, or groups hold themselves.
pub fn import(configuration: &Configuration<'_>, ledger: &mut Ledger) -> Result<Import, Refusal> {
    let mut root = tree::read(&configuration.lines, ledger)?;
    let mut policies = Policies::default();
    policies.detach(&mut root);
    let global: Option<&Section> = root.sections("global").next();
    let system = global.unwrap_or(&root);
    let mut id = configuration.id("fortigate");
    let mut line = 1;
    for section in system.sections("system global") {
        section.used(&["hostname", "vdom-mode", "admin-sport", "admin-port", "admin-ssh-port"], ledger);
        if let Some(name) = section.setting("hostname") {
            let named = emit::id_word(&name.values.join(" "));
            if !named.is_empty() {
                (id, line) = (named, name.lines.0);
            }
        }
    }
    // `config vdom` stands there once for each, and once to list them
    let vdoms: Vec<&Section> = root
        .sections("vdom")
        .flat_map(|section| {
            section.used(&[], ledger);
            section.inner.iter()
        })
        .collect();
    let mut names: Vec<&str> = vdoms.iter().map(|vdom| vdom.name.as_str()).collect();
    names.dedup();
    names.sort_unstable();
    names.dedup();
    let mut devices = Vec::new();
    if names.is_empty() {
        devices.push(device(id.clone(), line, system, &[&root], (None, &mut policies), ledger)?);
    }
    let many = names.len() > 1;
    for name in names {
        let parts: Vec<&Section> = vdoms.iter().filter(|vdom| vdom.name == name).copied().collect();
        parts.iter().for_each(|part| part.used(&[], ledger));
        let node = if many { format!("{id}/{}", emit::id_word(name)) } else { id.clone() };
        devices.push(device(node, parts[0].lines.0, system, &parts, (Some(name), &mut policies), ledger)?);
    }
    let ssids =
        [system].into_iter().chain(vdoms.iter().copied()).flat_map(|root| proxy::wireless(root, ledger)).collect();
    let mut joins = vdom_links(system, &devices, ledger);
    // a link within one VDOM leads nowhere else
    joins.retain(|join| join.ends[0].0 != join.ends[1].0);
    silent::settle(&root, ledger);
    let ports = || system.sections("system interface").flat_map(|section| &section.inner);
    let member = |port: &Section| {
        let of = port.name.clone();
        port.values("member").iter().map(move |member| (member.clone(), of.clone())).collect::<Vec<_>>()
    };
    let mut members: Vec<(String, String)> = ports().flat_map(member).collect();
    for root in [system, &root].into_iter().chain(vdoms.iter().copied()) {
        for section in ways::SWITCHES.iter().flat_map(|name| root.sections(name)) {
            for entry in &section.inner {
                let ports = entry.sections("port").flat_map(|section| &section.inner).map(|port| port.name.clone());
                members
                    .extend(entry.values("member").iter().cloned().chain(ports).map(|port| (port, entry.name.clone())));
            }
        }
    }
    let down = ports().filter(|port| port.value("status") == "down").map(|port| port.name.clone()).collect();
    let mut bridges: Vec<String> =
        ports().filter(|port| port.value("type") == "hard-switch").map(|port| port.name.clone()).collect();
    for root in [system, &root].into_iter().chain(vdoms.iter().copied()) {
        let sections = ways::SWITCHES.iter().flat_map(|name| root.sections(name));
        bridges.extend(sections.flat_map(|section| &section.inner).map(|entry| entry.name.clone()));
    }
    bridges.sort();
    bridges.dedup();
    Ok(Import { devices, joins, members, bridges, down, ssids, ..Import::default() })
}

/// The sections of policies.
const POLICIES: [&str; 4] =
    ["firewall policy", "firewall consolidated policy", "firewall security-policy", "firewall policy6"];

/// The policies of a configuration, taken out of it, by the line that their section begins at. They are most of it, and each is dropped
/// when its rules are made.
#[derive(Default)]
struct Policies(HashMap<u32, Vec<Section>>);

impl Policies {
    fn detach(&mut self, section: &mut Section) {
        for part in &mut section.inner {
            if !part.is_entry && POLICIES.contains(&part.name.as_str()) {
                self.0.insert(part.lines.0, std::mem::take(&mut part.inner));
            } else if part.is_entry || part.name == "vdom" {
                self.detach(part);
            }
        }
    }

    /// Those of a section.
    fn of(&self, section: &Section) -> &[Section] {
        self.0.get(&section.lines.0).map_or(&[], Vec::as_slice)
    }

    fn take(&mut self, section: &Section) -> Vec<Section> {
        self.0.remove(&section.lines.0).unwrap_or_default()
    }
}

/// The sections of several parts as one.
struct Merged {
    root: Section,
}

impl Merged {
    fn of(parts: &[&Section]) -> Self {
        let mut root = Section { lines: parts.first().map_or((1, 1), |part| part.lines), ..Section::default() };
        for part in parts {
            root.inner.extend(part.inner.iter().filter(|section| !section.is_entry).map(copy));
        }
        Self { root }
    }
}

/// Sections are cloned where the parts of a VDOM are brought together.
fn copy(section: &Section) -> Section {
    Section {
        name: section.name.clone(),
        is_entry: section.is_entry,
        lines: section.lines,
        settings: section
            .settings
            .iter()
            .map(|setting| tree::Setting {
                key: setting.key.clone(),
                values: setting.values.clone(),
                lines: setting.lines,
                appended: setting.appended,
            })
            .collect(),
        inner: section.inner.iter().map(copy).collect(),
    }
}

fn device(
    id: String,
    line: u32,
    system: &Section,
    parts: &[&Section],
    (vdom, policies): (Option<&str>, &mut Policies),
    ledger: &mut Ledger,
) -> Result<Device, Refusal> {
    let merged;
    let root: &Section = match parts {
        [one] => one,
        parts => {
            merged = Merged::of(parts);
            &merged.root
        }
    };
    let mut device = Device::new(id, "firewall", ledger.origin(line));
    let mut ways = ways::read(system, root, vdom, ledger);
    // without addresses frames pass where the device is a bridge, or interfaces are wired to each other
    let bridge = root.sections("system settings").any(|section| section.value("opmode") == "transparent");
    let wired: Vec<&Section> =
        [system, root].into_iter().flat_map(|root| root.sections("system virtual-wire-pair")).collect();
    if bridge || !wired.is_empty() {
        ways.interfaces.iter_mut().for_each(|way| way.dynamic = true);
    }
    // no route is asked from one end of a wire to the other
    if wired.iter().any(|section| !section.inner.is_empty()) {
        ways.dynamic = true;
    }
    let vips = vip::read(root, &mut ways, ledger);
    let settings: Vec<&Section> = root.sections("system settings").collect();
    settings.iter().for_each(|section| section.used(&["central-nat", "ngfw-mode", "opmode"], ledger));
    let mut objects = Objects {
        addresses: objects::read(root, ledger),
        services: services::read(root, ledger),
        vips,
        ways,
        pools: pools(root, ledger),
        // policies by application have it without a word
        central_nat: settings
            .iter()
            .any(|section| section.is_on("central-nat") || section.value("ngfw-mode") == "policy-based"),
    };
    let mut filter = Filter::new("policies", false, ledger.origin(line));
    filter.default_id = "implicit deny".into();
    filter.applies = vec![Applies::Forwarded];
    filter.stateful = true;
    filter.sees_translated_destination = false;
    let zones = objects.ways.zones.clone();
    for (name, (members, _, line)) in zones.iter().filter(|(_, (_, free, _))| *free) {
        let mut rule = Rule::all(format!("intrazone {name}"), true, ledger.origin(*line));
        let ways = objects.ways.of(members, *line, ledger);
        rule.ways_in.clone_from(&ways);
        rule.ways_out = ways;
        filter.rules.push(rule.into());
    }
    families::refuse(root, policies, ledger)?;
    device.zones = zones.iter().map(|(name, (members, ..))| (name.clone(), members.clone())).collect();
    let mut translations: Vec<Translation> = objects.vips.entries(ledger);
    let mut sources = Vec::new();
    let mut all = POLICIES.iter().flat_map(|name| root.sections(name)).flat_map(|section| policies.of(section));
    let translated = all.any(|entry| entry.is_on("nat")) || root.sections("firewall proxy-policy").next().is_some();
    for name in POLICIES {
        let six = name == "firewall policy6";
        for section in root.sections(name) {
            section.used(&[], ledger);
            filter.default_origin = ledger.origin(section.lines.1);
            for entry in policies.take(section) {
                if let Some(policy) = policy::read(&entry, &mut objects, (six, translated), ledger)? {
                    filter.rules.extend(policy.rules.into_iter().map(Arc::new));
                    sources.extend(policy.translations);
                }
                entry.rest_is_silent(ledger);
            }
        }
    }
    let (proxied, by_proxy) = proxy::read(root, &mut objects, ledger)?;
    filter.rules.extend(proxied.into_iter().map(Arc::new));
    if objects.central_nat {
        sources = local::central_snat(root, &mut objects, ledger)?;
    }
    // what only may be the proxy's stands in front of what a policy does
    sources.splice(0..0, by_proxy);
    // nothing but entries that leave things as they are: nothing is translated
    if sources.iter().any(|entry| entry.becomes != Becomes::Kept) {
        translations.extend(sources);
    }
    device.translations = translations;
    device.filters.push(filter);
    device.filters.push(local::filter(root, &mut objects, line, ledger)?);
    // who dials in by TLS has an address of a pool, which no route is written for
    let dialled = |name: &String| name.starts_with("ssl.");
    let policies = device.filters.iter().flat_map(|filter| &filter.rules);
    objects.ways.dynamic |= policies.filter_map(|rule| rule.ways_out.as_deref()).flatten().any(dialled);
    device.routes = routes::read(root, &objects, ledger)?;
    device.interfaces = objects.ways.interfaces;
    Ok(device)
}

fn pools(root: &Section, ledger: &mut Ledger) -> HashMap<String, AddressSet> {
    let mut out = HashMap::new();
    for section in root.sections("firewall ippool").chain(root.sections("firewall ippool6")) {
        section.used(&[], ledger);
        for entry in &section.inner {
            entry.used(&["startip", "endip", "type", "source-startip", "source-endip"], ledger);
            let ends = entry.value("startip").parse().ok().zip(entry.value("endip").parse().ok());
            match ends.and_then(|(low, high)| AddressSet::range(low, high)) {
                Some(set) => drop(out.insert(entry.name.clone(), set)),
                None => ledger.not_understood(
                    entry.lines.0,
                    Phrase::new("this pool has no addresses", "アドレスのない IP プールである"),
                ),
            }
            entry.rest_is_silent(ledger);
        }
    }
    out
}

/// Links between VDOMs: the interfaces `NAME0` and `NAME1`, those of a network processor without an entry.
fn vdom_links(system: &Section, devices: &[Device], ledger: &mut Ledger) -> Vec<Join> {
    let mut out = Vec::new();
    let bare = |way: &&Interface| way.addresses.is_empty();
    for device in devices {
        for way in device.interfaces.iter().filter(bare).filter(|way| way.name.starts_with("npu")) {
            let Some(other) = way.name.strip_suffix("vlink0").map(|base| format!("{base}vlink1")) else { continue };
            if let Some(far) = devices.iter().find(|far| far.interface(&other).is_some()) {
                out.push(Join::new(
                    [(device.id.clone(), way.name.clone()), (far.id.clone(), other)],
                    way.origin.clone(),
                ));
            }
        }
    }
    for section in system.sections("system vdom-link") {
        section.used(&[], ledger);
        for entry in &section.inner {
            entry.used(&["type"], ledger);
            entry.rest_is_silent(ledger);
            let end = |number: u8| {
                let name = format!("{}{number}", entry.name);
                devices
                    .iter()
                    .find(|device| device.interface(&name).is_some())
                    .map(|device| (device.id.clone(), name.clone()))
            };
            if let Some((a, b)) = end(0).zip(end(1)) {
                out.push(Join::new([a, b], ledger.origin(entry.lines.0)));
            }
        }
    }
    out
}
