//! NetBox: what `dumpdata` writes, and lists of the API (`devices`, `interfaces`, `cables`, …). Cables are followed through
//! patch panels; of a rear port with several front ports, to each of them.

mod addresses;
mod joined;
mod kinds;
mod read;
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

/// The custom field that says what a device is.
const FIELD: &str = "sanso_kind";

/// An end of a cable: kind and number.
type End = (String, String);

#[derive(Default)]
struct Found<'j, 't> {
    devices: BTreeMap<String, &'j Json<'t>>,
    interfaces: BTreeMap<String, &'j Json<'t>>,
    /// Which ends lie next to each other: by a cable or in a panel.
    near: HashMap<End, Vec<End>>,
    /// Addresses and what they are assigned to.
    addresses: Vec<(End, &'j Json<'t>)>,
    /// The interfaces that share the addresses of a group (HSRP, VRRP).
    groups: HashMap<String, Vec<End>>,
    wireless: BTreeMap<String, &'j Json<'t>>,
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
/// When it is no JSON, or cut off, or bears numbers that it does not explain.
pub fn import(configuration: &Configuration<'_>, ledger: &mut Ledger) -> Result<Import, Refusal> {
    let root = json::read(configuration.file, &configuration.lines)?;
    ledger.all_without_meaning();
    let mut found = Found::default();
    read::all(&root, &mut found, ledger)?;
    let mut plan = Plan::default();
    let mut nodes: HashMap<&str, usize> = HashMap::new();
    for (key, device) in &found.devices {
        let name = device.str("name").map_or_else(|| format!("device {key}"), str::to_owned);
        let node = plan.node(&name, "router", device.lines.0, ledger);
        nodes.insert(key, node);
        kinds::say(device, node, &mut plan, ledger);
    }
    for (key, circuit) in &found.circuits {
        nodes.insert(key, plan.node(&format!("circuit {key}"), "external", circuit.lines.0, ledger));
    }
    // interfaces that are up: the number of the device, its node
    let mut up: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
    let mut ways: HashMap<&str, (usize, String)> = HashMap::new();
    for (key, interface) in &found.interfaces {
        let Some(device) = device_of(key, interface) else { continue };
        let Some((device, node)) = nodes.get_key_value(device.as_str()) else { continue };
        if interface.get("enabled").is_some_and(|enabled| enabled.value == Value::Truth(false)) {
            continue;
        }
        up.insert(key, (*device, *node));
        if found.near.contains_key(&("interface".to_owned(), key.clone())) {
            let way = plan.way(*node, interface.str("name").unwrap_or(""), interface.lines.0, ledger);
            ways.insert(key, (*node, way));
        }
    }
    let (cables, circuits) = cables(&found, &ways);
    let leads: HashSet<&str> =
        cables.iter().flatten().copied().chain(circuits.iter().map(|(interface, _)| *interface)).collect();
    let ports = vlans::Ports::of(&found, &up, &cables, &mut plan, ledger);
    addresses::place(&found, (&up, &ways), &mut plan, ledger);
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
    joined::stacks(&found, &nodes, &mut plan, ledger);
    joined::wireless(&found, &up, &mut plan, ledger);
    ports.free(&found, &up, &leads, &mut plan, ledger);
    plan.segments = found.segments(ledger);
    plan.joins.sort_by(|a, b| a.origin.cmp(&b.origin).then_with(|| a.ends.cmp(&b.ends)));
    Ok(plan.finish(ledger))
}

/// The device, or virtual machine, that an interface is of.
fn device_of(key: &str, interface: &Json<'_>) -> Option<String> {
    match key.starts_with("vm ") {
        true => interface.get("virtual_machine").and_then(id).map(|machine| format!("vm {machine}")),
        false => interface.get("device").and_then(id),
    }
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
            // a circuit may have another end, and leads on to that
            if next.0 == "interface" || next.0 == "circuittermination" {
                out.push(next.clone());
            }
            if next.0 != "interface" {
                open.push(next.clone());
            }
        }
    }
    out
}
