//! Tables of communication: as the rules of a device, or as the excepted communication.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::super::neighbours::same_device;
use super::super::region::{Region, Services, all_ports};
use super::super::set::{AddressSet, Ranges};
use super::super::table::cells::{Direction, Item, tier};
use super::super::table::grid::plain;
use super::super::table::rows::Flow;
use super::super::{expect, names};
use super::{AT, Builder, Matrix, Note};
use crate::code::Code;
use crate::language::Phrase;

impl Builder<'_> {
    /// The rules of devices that have no configuration but a table.
    pub(super) fn matrices(&mut self) {
        for matrix in &self.plan.matrices {
            if matrix.exceptions || matrix.expect && matrix.at.is_none() {
                matrix.rows.flows.iter().for_each(|flow| drop(self.ways(flow)));
            }
            let Some(at) = matrix.at.clone().filter(|_| !matrix.exceptions && !matrix.expect) else { continue };
            if self.machines.iter().any(|machine| same_device(&machine.device.id, &at)) {
                self.error(
                    &matrix.origin,
                    format!("{at} has a configuration, which says what it permits; write `expect: true` to compare the table with it"),
                    format!("{at} には設定があり、許可する通信は設定で決まる。表と突き合わせるなら `expect: true` と書くこと"),
                );
                continue;
            }
            let (mut rules, mut ids) = (Vec::new(), HashSet::new());
            for flow in &matrix.rows.flows {
                for (suffix, from, to) in self.ways(flow) {
                    let mut rule = Map::new();
                    rule.insert("id".into(), unique(&format!("{}{suffix}", flow.id), &mut ids).into());
                    rule.insert("action".into(), "permit".into());
                    put(&mut rule, "from", from);
                    put(&mut rule, "to", to);
                    put(&mut rule, "service", flow.services.iter().map(ToString::to_string).collect());
                    if !flow.source_ports.is_empty() {
                        rule.insert("source_port".into(), flow.source_ports.iter().map(|word| port(word)).collect());
                    }
                    rule.insert("origin".into(), flow.origin.to_string().into());
                    rules.push(Value::Object(rule));
                }
            }
            let filter = json!({ "name": "table", "default": "deny", "rules": rules });
            let node =
                json!({ "id": at, "kind": "firewall", "filters": [filter], "origin": matrix.origin.to_string() });
            if let Value::Object(node) = node {
                self.merge_node(&at, node, &matrix.origin);
            }
        }
    }

    /// Tables of what a device is to permit, against what it does.
    pub(super) fn expectations(&mut self) {
        for matrix in self.plan.matrices.iter().filter(|matrix| matrix.expect) {
            let Some(at) = matrix.at.clone() else { continue };
            let Some(machine) = self.machines.iter().find(|machine| same_device(&machine.device.id, &at)) else {
                self.error(
                    &matrix.origin,
                    format!("there is no configuration of `{at}`"),
                    format!("「{at}」の設定がない"),
                );
                continue;
            };
            let mut device = machine.device.clone();
            device.filters.clone_from(&self.import(machine.unit).devices[machine.at].filters);
            let mut rows = Vec::new();
            for flow in &matrix.rows.flows {
                rows.push(self.boxes(flow));
            }
            let id = &device.id;
            let Some(difference) = expect::compare(&device, &rows) else {
                self.note(
                    &matrix.origin,
                    format!("the rules of {id} are too many to be compared with the table: nothing is said of the two"),
                    format!("{id} のルールが多すぎるため、表との突合せを行っていない"),
                );
                continue;
            };
            for (row, packet, whole) in difference.blocked {
                let part = if whole { "none of it" } else { "not all of it" };
                let teil = if whole { "まったく" } else { "一部を" };
                self.notes.push(Note {
                    code: Code::FlowBlocked,
                    origin: matrix.rows.flows[row].origin.clone(),
                    what: Phrase::new(
                        format!("the table lists this, and {id} lets {part} through, such as {packet}"),
                        format!("表にある通信を {id} が{teil}通さない。たとえば {packet}"),
                    ),
                    help: Phrase::new("permit it, or take the row out", "許可するか、行を取り除くこと"),
                });
            }
            for (rule, origin, packet) in difference.beyond {
                self.notes.push(Note {
                    code: Code::FlowNotListed,
                    origin,
                    what: Phrase::new(
                        format!("{rule} of {id} lets through what the table does not list, such as {packet}"),
                        format!("{id} の {rule} が、表にない通信を通す。たとえば {packet}"),
                    ),
                    help: Phrase::new("narrow it, or list it", "絞るか、表に載せること"),
                });
            }
        }
    }

    /// A row as boxes of packets.
    fn boxes(&mut self, flow: &Flow) -> Vec<Region> {
        let services: Vec<Services> =
            flow.services.iter().filter_map(|word| service(word, &flow.source_ports)).collect();
        let mut out = Vec::new();
        for (_, from, to) in self.ways(flow) {
            let (from, to) = (self.addresses_of(&from), self.addresses_of(&to));
            out.extend(services.iter().map(|services| Region {
                from: from.clone(),
                to: to.clone(),
                services: services.clone(),
                ..Region::all()
            }));
        }
        out
    }

    /// The addresses of selectors.
    fn addresses_of(&self, words: &[String]) -> AddressSet {
        let mut out = AddressSet::default();
        for word in words {
            let of = match word.split_once(':') {
                _ if word == "any" => AddressSet::all(),
                Some(("node", id)) => {
                    let listed = self.by_id.get(id).and_then(|&at| self.nodes[at].get("addresses"));
                    union(listed)
                }
                Some(("zone", id)) => {
                    let zones = self.plan.document.get("zones").and_then(Value::as_object);
                    let mut set = union(zones.and_then(|zones| zones.get(id)).map(|zone| &zone["networks"]));
                    for row in self.plan.rows.segments.iter().filter(|row| row.zone.as_deref() == Some(id)) {
                        row.nets.iter().for_each(|net| set = set.union(&net.set()));
                    }
                    set
                }
                Some(("group", id)) => {
                    let groups = self.plan.document.get("groups").and_then(Value::as_object);
                    union(groups.and_then(|groups| groups.get(id)))
                }
                _ => AddressSet::of_word(word).unwrap_or_default(),
            };
            out = out.union(&of);
        }
        out
    }

    /// The rows that are excepted communication.
    pub(super) fn put_exceptions(&self, out: &mut Map<String, Value>) {
        let (mut all, mut ids) = (Vec::new(), HashSet::new());
        // what is listed as possible is excepted where a policy asks what else is
        let listed = |matrix: &&Matrix| matrix.exceptions || !matrix.waives.is_empty();
        let rows = self
            .plan
            .matrices
            .iter()
            .filter(listed)
            .flat_map(|matrix| matrix.rows.flows.iter().map(move |flow| (matrix, flow)));
        for (Matrix { waives, .. }, flow) in rows {
            for (suffix, from, to) in self.sides(flow) {
                let mut item = entry(flow, unique(&format!("{}{suffix}", flow.id), &mut ids), [from, to]);
                if !waives.is_empty() {
                    item.insert("waives".into(), waives.clone().into());
                }
                for (key, value) in
                    [("reason", &flow.reason), ("approved_by", &flow.approver), ("expires", &flow.expires)]
                {
                    if let Some(value) = value {
                        item.insert(key.into(), (**value).into());
                    }
                }
                all.push(Value::Object(item));
            }
        }
        if all.is_empty() {
            return;
        }
        if let Value::Array(list) = out.entry("exceptions").or_insert_with(|| json!([])) {
            list.extend(all);
        }
    }

    /// The rows that the network as a whole must let through: addresses stand for the nodes that declare them.
    pub(super) fn put_expectations(&mut self, out: &mut Map<String, Value>) {
        let asked = |matrix: &&Matrix| matrix.expect && !matrix.exceptions && matrix.at.is_none();
        let flows: Vec<&Flow> = self.plan.matrices.iter().filter(asked).flat_map(|matrix| &matrix.rows.flows).collect();
        if flows.is_empty() {
            return;
        }
        let mut all = out.get("expects").and_then(Value::as_array).cloned().unwrap_or_default();
        let mut ids: HashSet<String> = all.iter().filter_map(|item| item["id"].as_str()).map(str::to_owned).collect();
        let declared: Vec<(String, AddressSet)> = self.nodes.iter().filter_map(declared).collect();
        for flow in flows {
            for (suffix, from, to) in self.sides(flow) {
                let [from, to] = [from, to].map(|words| self.nodes_of(&words, &declared));
                if from.is_empty() || to.is_empty() {
                    self.note(
                        &flow.origin,
                        "no node declares an address of one side of this row: it is not judged whether it is possible",
                        "この行の一方のアドレスをどのノードも宣言していない。成り立つかどうかは判定しない",
                    );
                    continue;
                }
                let id = unique(&format!("{}{suffix}", flow.id), &mut ids);
                all.push(Value::Object(entry(flow, id, [from, to])));
            }
            if !flow.source_ports.is_empty() {
                self.note(
                    &flow.origin,
                    "its source ports are left out where it is judged whether the network lets it through: one port of any is enough",
                    "ネットワークを通るかどうかの判定では送信元ポートを考慮しない。いずれかのポートで通ればよいとみなす",
                );
            }
        }
        out.insert("expects".into(), all.into());
    }

    /// Selectors of nodes for selectors that may name addresses: those of all addresses that a node declares.
    fn nodes_of(&self, words: &[String], declared: &[(String, AddressSet)]) -> Vec<String> {
        let of_nodes = |word: &String| word == "any" || ["node:", "zone:"].iter().any(|kind| word.starts_with(kind));
        let (mut found, addresses): (Vec<String>, Vec<String>) = words.iter().cloned().partition(of_nodes);
        let set = self.addresses_of(&addresses);
        let within = declared.iter().filter(|(_, own)| own.subtract(&set).is_empty());
        found.extend(within.map(|(id, _)| format!("node:{id}")));
        found.dedup();
        found
    }

    /// The directions of a row, as selectors; what is not understood is told.
    fn ways(&mut self, flow: &Flow) -> Vec<(&'static str, Vec<String>, Vec<String>)> {
        for (item, origin) in flow.from.iter().chain(&flow.to) {
            let Item::Name(name) = item else { continue };
            if self.selector(item).is_none() {
                self.error(
                    origin,
                    format!("`{name}` is no machine, segment, zone or group that is known; write its address, or add it to a table"),
                    format!("「{name}」は機器、セグメント、領域、グループのいずれでもない。アドレスを書くか、台帳に加えること"),
                );
            }
        }
        self.sides(flow)
    }

    fn sides(&self, flow: &Flow) -> Vec<(&'static str, Vec<String>, Vec<String>)> {
        let side = |items: &[(Item, super::Origin)]| -> Vec<String> {
            items.iter().filter_map(|(item, _)| self.selector(item)).flatten().collect()
        };
        let (from, to) = (side(&flow.from), side(&flow.to));
        match flow.direction {
            Direction::Forth => vec![("", from, to)],
            Direction::Back => vec![("", to, from)],
            Direction::Both => vec![("", from.clone(), to.clone()), (" ←", to, from)],
        }
    }

    /// An item of a cell as selectors of the document.
    fn selector(&self, item: &Item) -> Option<Vec<String>> {
        let name = match item {
            Item::Any => return Some(vec!["any".to_owned()]),
            Item::Address(word) => return Some(vec![word.to_string()]),
            Item::Host(net) => return Some(vec![net.address.to_string()]),
            Item::Name(name) => &**name,
        };
        let host =
            self.plan.rows.hosts.iter().find(|host| host.name == *name).map(|host| super::emit::id_word(&host.name));
        let device = self.machines.iter().map(|machine| &machine.device.id).find(|id| *id == name).cloned();
        if let Some(id) = host.or(device).or_else(|| self.hand_node(name)) {
            return Some(vec![format!("node:{id}")]);
        }
        // every segment of the name, whatever table or inventory has it
        let noted = self.plan.reads.iter().filter_map(|read| read.import.inventory.as_ref());
        let segments = self.plan.rows.segments.iter().chain(noted.flat_map(|inventory| &inventory.segments));
        let named = segments.filter(|segment| segment.name.as_ref().is_some_and(|known| plain(known) == *name));
        let mut nets: Vec<String> = named.flat_map(|segment| segment.nets.iter().map(|net| net.word())).collect();
        nets.sort();
        nets.dedup();
        if !nets.is_empty() {
            return Some(nets);
        }
        let keyed = |key: &str| self.plan.document.get(key).and_then(Value::as_object);
        let zones = keyed("zones");
        let titled = zones.and_then(|zones| {
            zones.iter().find(|(id, zone)| *id == name || zone["title"] == name).map(|(id, _)| id.clone())
        });
        if let Some(zone) = titled.or_else(|| tier(name).map(str::to_owned)) {
            return Some(vec![format!("zone:{zone}")]);
        }
        keyed("groups").and_then(|groups| groups.contains_key(name).then(|| vec![format!("group:{name}")]))
    }
}

/// What a row says of an exception or an expectation.
fn entry(flow: &Flow, id: String, [from, to]: [Vec<String>; 2]) -> Map<String, Value> {
    let mut item = Map::new();
    item.insert("id".into(), id.into());
    item.insert("from".into(), from.into());
    item.insert("to".into(), to.into());
    item.insert("service".into(), flow.services.iter().map(|word| &**word).collect());
    item.insert(AT.into(), flow.origin.to_string().into());
    item
}

/// A node that declares addresses, and which.
fn declared(node: &Map<String, Value>) -> Option<(String, AddressSet)> {
    let own = union(node.get("addresses"));
    let id = node.get("id").and_then(Value::as_str)?;
    (!own.is_empty()).then(|| (id.to_owned(), own))
}

/// The addresses of a text, or of a list of them.
fn union(value: Option<&Value>) -> AddressSet {
    let words: Vec<&str> = match value {
        Some(Value::String(word)) => vec![word],
        Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let sets = words.into_iter().filter_map(AddressSet::of_word);
    sets.fold(AddressSet::default(), |all, set| all.union(&set))
}

/// A service as the document spells it, with source ports.
fn service(word: &str, source_ports: &[Box<str>]) -> Option<Services> {
    let range = |text: &str| -> Option<Ranges> {
        let (low, high) = text.split_once('-').unwrap_or((text, text));
        Some(Ranges::one(low.parse().ok()?, high.parse().ok()?))
    };
    let source = if source_ports.is_empty() {
        all_ports()
    } else {
        source_ports.iter().filter_map(|text| range(text)).fold(Ranges::default(), |all, one| all.union(&one))
    };
    if word == "any" {
        let all = Ranges::one(0, 255);
        return Some(Services::ports(&all, source, all_ports()));
    }
    let (protocol, ports) = word.split_once('/').unwrap_or((word, ""));
    if protocol == "proto" {
        return Some(Services::protocol(ports.parse().ok()?));
    }
    let number = u128::from(names::protocol(protocol)?);
    let ports = if ports.is_empty() { all_ports() } else { range(ports)? };
    Some(Services::ports(&Ranges::one(number, number), source, ports))
}

fn put(item: &mut Map<String, Value>, key: &str, words: Vec<String>) {
    if !words.iter().any(|word| word == "any") {
        item.insert(key.into(), words.into());
    }
}

fn port(word: &str) -> Value {
    word.parse::<u16>().map_or_else(|_| word.into(), Value::from)
}

/// A name that is not borne yet.
fn unique(id: &str, taken: &mut HashSet<String>) -> String {
    let fresh = (1u32..).map(|at| if at == 1 { id.to_owned() } else { format!("{id} ({at})") });
    let id = fresh.into_iter().find(|id| !taken.contains(id)).unwrap_or_default();
    taken.insert(id.clone());
    id
}
