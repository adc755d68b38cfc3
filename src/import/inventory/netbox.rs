//! NetBox: what `dumpdata` writes, and lists of the API (`devices`, `interfaces`, `cables`, …). Cables are followed through
//! patch panels; of a rear port with several front ports, to each of them.

mod vlans;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::super::json::{self, Json, Value};
use super::super::ledger::Ledger;
use super::super::text::Refusal;
use super::super::{Configuration, Import};
use super::Plan;

/// Whether a text is an export of NetBox.
#[must_use]
pub fn recognise(lines: &[&str]) -> bool {
    lines.iter().any(|line| line.contains("\"dcim.device\""))
        || (lines.iter().any(|line| line.contains("\"a_terminations\""))
            && lines.iter().any(|line| line.contains("\"devices\"")))
}

/// An end of a cable: kind and number.
type End = (String, String);

#[derive(Default)]
struct Found<'j, 't> {
    devices: BTreeMap<String, &'j Json<'t>>,
    interfaces: BTreeMap<String, &'j Json<'t>>,
    /// Which ends lie next to each other: by a cable or in a panel.
    near: HashMap<End, Vec<End>>,
    addresses: Vec<&'j Json<'t>>,
    circuits: BTreeMap<String, &'j Json<'t>>,
    vlans: BTreeMap<String, &'j Json<'t>>,
    prefixes: Vec<&'j Json<'t>>,
}

impl Found<'_, '_> {
    fn link(&mut self, a: End, b: End) {
        self.near.entry(a.clone()).or_default().push(b.clone());
        self.near.entry(b).or_default().push(a);
    }
}

/// A number or a text, or the `id` of what stands there.
fn id(json: &Json<'_>) -> Option<String> {
    json.get("id").unwrap_or(json).word().map(str::to_owned)
}

/// Reads an export.
///
/// # Errors
/// When it is no JSON, or cut off.
pub fn import(configuration: &Configuration<'_>, ledger: &mut Ledger) -> Result<Import, Refusal> {
    let root = json::read(configuration.file, &configuration.lines)?;
    (1..=u32::try_from(configuration.lines.len()).unwrap_or(u32::MAX)).for_each(|line| ledger.without_meaning(line));
    let mut found = Found::default();
    if matches!(root.value, Value::List(_)) {
        dump(&root, &mut found, ledger)
    } else {
        lists(&root, &mut found, ledger)
    }
    let mut plan = Plan::default();
    let mut nodes: HashMap<&str, usize> = HashMap::new();
    for (key, device) in &found.devices {
        let name = device.str("name").map_or_else(|| format!("device {key}"), str::to_owned);
        nodes.insert(key, plan.node(&name, "router", device.lines.0, ledger));
    }
    for (key, circuit) in &found.circuits {
        nodes.insert(key, plan.node(&format!("circuit {key}"), "external", circuit.lines.0, ledger));
    }
    // interfaces that are up: the number of the device, its node
    let mut up: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
    let mut ways: HashMap<&str, (usize, String)> = HashMap::new();
    for (key, interface) in &found.interfaces {
        let device = interface.get("device").and_then(id);
        let Some((device, node)) = device.and_then(|device| nodes.get_key_value(device.as_str())) else { continue };
        if interface.get("enabled").is_some_and(|enabled| enabled.value == Value::Truth(false)) {
            continue;
        }
        up.insert(key, (*device, *node));
        if found.near.contains_key(&("interface".to_owned(), key.clone())) {
            let way = plan.way(*node, interface.str("name").unwrap_or(""), interface.lines.0, ledger);
            ways.insert(key, (*node, way));
        }
    }
    for address in &found.addresses {
        let owner = address.get("assigned_object_id").and_then(Json::word);
        let net = address.str("address").and_then(super::net);
        if let (Some((node, way)), Some(net)) = (owner.and_then(|owner| ways.get(owner)), net) {
            plan.address(*node, way, net);
        }
    }
    let (cables, circuits) = cables(&found, &ways);
    let ports = vlans::Ports::of(&found, &up, &cables, &mut plan, ledger);
    let port = |key: &str, ledger: &Ledger| ports.port(&found, key, up.get(key)?.0, &ways.get(key)?.1, ledger);
    for ends in cables {
        let line = found.interfaces[ends[0]].lines.0;
        let known = ends.map(|key| port(key, ledger));
        plan.cable(ends.map(|key| ways[key].clone()), known, line, ledger);
    }
    for (key, circuit) in circuits {
        let Some(far) = nodes.get(format!("circuit {circuit}").as_str()).copied() else { continue };
        let line = found.interfaces[key].lines.0;
        let way = plan.way(far, "", line, ledger);
        let known = [port(key, ledger), None];
        plan.cable([ways[key].clone(), (far, way)], known, line, ledger);
    }
    ports.free(&found, &up, &mut plan, ledger);
    plan.segments = found.segments(ledger);
    plan.joins.sort_by(|a, b| a.origin.cmp(&b.origin).then_with(|| a.ends.cmp(&b.ends)));
    Ok(plan.finish(ledger))
}

/// The pairs of interfaces that cables join, and the interfaces that lead to circuits.
fn cables<'j>(
    found: &Found<'_, '_>,
    ways: &HashMap<&'j str, (usize, String)>,
) -> (Vec<[&'j str; 2]>, Vec<(&'j str, String)>) {
    let (mut cables, mut circuits) = (BTreeSet::new(), BTreeSet::new());
    for key in ways.keys().copied() {
        for (kind, far) in reached(found, key) {
            if kind != "interface" {
                circuits.insert((key, far));
            } else if let Some((far, _)) = ways.get_key_value(far.as_str()) {
                cables.insert(if key <= *far { [key, *far] } else { [*far, key] });
            }
        }
    }
    (cables.into_iter().collect(), circuits.into_iter().collect())
}

/// The interfaces and circuits that the cable of an interface leads to, through panels.
fn reached(found: &Found<'_, '_>, key: &str) -> Vec<End> {
    let start: End = ("interface".to_owned(), key.to_owned());
    let (mut seen, mut open, mut out) = (HashSet::from([start.clone()]), vec![start], Vec::new());
    while let Some(end) = open.pop() {
        for next in found.near.get(&end).map_or(&[][..], Vec::as_slice) {
            if !seen.insert(next.clone()) {
                continue;
            }
            if next.0 == "interface" || next.0 == "circuittermination" {
                out.push(next.clone());
            } else {
                open.push(next.clone());
            }
        }
    }
    out
}

fn used(json: &Json<'_>, ledger: &mut Ledger) {
    (json.lines.0..=json.lines.1).for_each(|line| ledger.used(line));
}

/// `dumpdata`: a list of `{model, pk, fields}`.
fn dump<'j, 't>(root: &'j Json<'t>, found: &mut Found<'j, 't>, ledger: &mut Ledger) {
    let mut cables: BTreeMap<String, Vec<(String, End)>> = BTreeMap::new();
    for item in root.list() {
        let (Some(model), Some(fields)) = (item.str("model"), item.get("fields")) else { continue };
        let Some(key) = item.get("pk").and_then(id) else { continue };
        match model {
            "dcim.device" => drop(found.devices.insert(key, fields)),
            "dcim.interface" => drop(found.interfaces.insert(key, fields)),
            "dcim.frontport" => {
                if let Some(rear) = fields.get("rear_port").and_then(id) {
                    found.link(("frontport".into(), key), ("rearport".into(), rear));
                }
            }
            "dcim.cabletermination" => {
                let cable = fields.get("cable").and_then(id);
                let kind =
                    fields.get("termination_type").map(|kind| kind.list().last().unwrap_or(kind)).and_then(Json::word);
                let end = kind
                    .map(|kind| kind.rsplit('.').next().unwrap_or(kind).to_owned())
                    .zip(fields.get("termination_id").and_then(id));
                if let Some((cable, end)) = cable.zip(end) {
                    let side = fields.str("cable_end").unwrap_or("A").to_owned();
                    if end.0 == "circuittermination" {
                        found.circuits.insert(format!("circuit {}", end.1), fields);
                    }
                    cables.entry(cable).or_default().push((side, end));
                }
            }
            "ipam.ipaddress" => found.addresses.push(fields),
            "ipam.vlan" => drop(found.vlans.insert(key, fields)),
            "ipam.prefix" => found.prefixes.push(fields),
            _ => continue,
        }
        used(item, ledger);
    }
    connect(cables, found);
}

fn connect(cables: BTreeMap<String, Vec<(String, End)>>, found: &mut Found<'_, '_>) {
    for ends in cables.into_values() {
        for (_, a) in ends.iter().filter(|(side, _)| side == "A") {
            for (_, b) in ends.iter().filter(|(side, _)| side == "B") {
                found.link(a.clone(), b.clone());
            }
        }
    }
}

/// The lists of the API, each as it is or below `results`.
fn lists<'j, 't>(root: &'j Json<'t>, found: &mut Found<'j, 't>, ledger: &mut Ledger) {
    let list = |key: &str| -> &'j [Json<'t>] {
        root.get(key).map_or(&[][..], |list| list.get("results").map_or_else(|| list.list(), Json::list))
    };
    let with_id = |key: &str| -> Vec<(String, &'j Json<'t>)> {
        list(key).iter().filter_map(|item| Some((id(item.get("id")?)?, item))).collect()
    };
    for key in ["devices", "interfaces", "front_ports", "cables", "ip_addresses", "vlans", "prefixes"] {
        list(key).iter().for_each(|item| used(item, ledger));
    }
    found.devices.extend(with_id("devices"));
    found.interfaces.extend(with_id("interfaces"));
    for (key, port) in with_id("front_ports") {
        if let Some(rear) = port.get("rear_port").and_then(id) {
            found.link(("frontport".into(), key), ("rearport".into(), rear));
        }
    }
    found.addresses.extend(list("ip_addresses"));
    found.vlans.extend(with_id("vlans"));
    found.prefixes.extend(list("prefixes"));
    let mut cables: BTreeMap<String, Vec<(String, End)>> = BTreeMap::new();
    for (key, cable) in with_id("cables") {
        for (side, terminations) in [("A", "a_terminations"), ("B", "b_terminations")] {
            for end in cable.get(terminations).map_or(&[][..], Json::list) {
                let kind = end.str("object_type").map(|kind| kind.rsplit('.').next().unwrap_or(kind).to_owned());
                if let Some(end) = kind.zip(end.get("object_id").and_then(id)) {
                    if end.0 == "circuittermination" {
                        found.circuits.insert(format!("circuit {}", end.1), cable);
                    }
                    cables.entry(key.clone()).or_default().push((side.to_owned(), end));
                }
            }
        }
    }
    connect(cables, found);
}
