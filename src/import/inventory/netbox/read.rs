//! What an export of NetBox holds: what `dumpdata` writes, and lists of the API, as one. Of each kind of object it is known whether
//! it is read, says nothing of who reaches whom, or is not read, which is told.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::super::super::json::{Json, Value};
use super::super::super::ledger::{Ledger, nothing_taken};
use super::super::super::text::Refusal;
use super::{End, Found, id};
use crate::language::Phrase;

/// Kinds of objects that are read.
const READ: [&str; 16] = [
    "device",
    "interface",
    "frontport",
    "portmapping",
    "cable",
    "cabletermination",
    "ipaddress",
    "vlan",
    "prefix",
    "circuittermination",
    "fhrpgroupassignment",
    "wirelesslink",
    "wirelesslan",
    "tunneltermination",
    "virtualmachine",
    "vminterface",
];

/// Kinds of objects that lead nowhere, or of which what counts stands elsewhere.
const SILENT: [&str; 67] = [
    "region",
    "sitegroup",
    "site",
    "location",
    "rack",
    "rackgroup",
    "rackrole",
    "racktype",
    "rackreservation",
    "manufacturer",
    "devicetype",
    "moduletype",
    "moduletypeprofile",
    "devicerole",
    "platform",
    "module",
    "modulebay",
    "devicebay",
    "inventoryitem",
    "inventoryitemrole",
    "consoleport",
    "consoleserverport",
    "powerport",
    "poweroutlet",
    "powerfeed",
    "powerpanel",
    "macaddress",
    // what leads on are front ports, mappings, terminations
    "rearport",
    "cablepath",
    "cablebundle",
    // of devices it is said which chassis they are in, and contexts are taken for one device
    "virtualchassis",
    "virtualdevicecontext",
    "vrf",
    "routetarget",
    "rir",
    "aggregate",
    "role",
    "iprange",
    "asn",
    "asnrange",
    "vlangroup",
    "service",
    "servicetemplate",
    "fhrpgroup",
    // interfaces say which policy they have
    "vlantranslationpolicy",
    "vlantranslationrule",
    "provider",
    "provideraccount",
    "providernetwork",
    "circuit",
    "circuittype",
    "circuitgroup",
    "circuitgroupassignment",
    "virtualcircuittype",
    "cluster",
    "clustertype",
    "clustergroup",
    "virtualdisk",
    "wirelesslangroup",
    "tunnel",
    "tunnelgroup",
    "ikeproposal",
    "ikepolicy",
    "ipsecproposal",
    "ipsecpolicy",
    "ipsecprofile",
    "contenttype",
];

/// The parts of NetBox that say what leads where; users, jobs, journals and the like are elsewhere.
const PARTS: [&str; 6] = ["dcim", "ipam", "circuits", "virtualization", "wireless", "vpn"];

/// Reads all objects.
///
/// # Errors
/// When kinds are numbers that the export does not explain.
pub(super) fn all<'j, 't>(root: &'j Json<'t>, found: &mut Found<'j, 't>, ledger: &mut Ledger) -> Result<(), Refusal> {
    let mut reader = Reader { file: ledger.file().to_owned(), ..Reader::default() };
    for item in root.list().iter().filter(|item| item.str("model") == Some("contenttypes.contenttype")) {
        let model = item.get("fields").and_then(|fields| fields.str("model"));
        if let (Some(key), Some(model)) = (item.get("pk").and_then(id), model) {
            reader.kinds.insert(key, model.to_owned());
        }
    }
    if matches!(root.value, Value::List(_)) {
        for item in root.list() {
            let (Some(model), Some(fields)) = (item.str("model"), item.get("fields")) else { continue };
            let Some((part, model)) = model.split_once('.').filter(|(part, _)| PARTS.contains(part)) else { continue };
            reader.item(part, model, item, (item.get("pk").and_then(id), fields), found, ledger)?;
        }
    }
    for (list, items) in root.object() {
        let items = items.get("results").map_or_else(|| items.list(), Json::list);
        let model = model_of(list);
        for item in items {
            reader.item("", &model, item, (item.get("id").and_then(id), item), found, ledger)?;
        }
    }
    reader.finish(found, ledger);
    Ok(())
}

/// The kind of object that a list of the API is of: `ip_addresses` are of `ipaddress`.
fn model_of(list: &str) -> Cow<'static, str> {
    let word: String = list.chars().filter(|c| !matches!(c, '_' | '-')).collect();
    let known = READ.iter().chain(&SILENT).find(|model| {
        let rest = word.strip_prefix(**model);
        rest.is_some_and(|rest| rest == "s" || rest == "es")
            || model.strip_suffix('y').is_some_and(|stem| word.strip_prefix(stem) == Some("ies"))
    });
    known.map_or(Cow::Owned(word), |model| Cow::Borrowed(*model))
}

#[derive(Default)]
struct Reader {
    file: String,
    /// What numbers of kinds mean.
    kinds: HashMap<String, String>,
    /// Lines of which nothing is taken; a line may hold many objects, and is told of once all are read.
    lost: Vec<(u32, Phrase)>,
    /// Ends of cables by cable, with their side.
    cables: BTreeMap<String, Vec<(String, End)>>,
    /// Ends of circuits, and of tunnels.
    circuits: BTreeMap<String, Vec<End>>,
    tunnels: BTreeMap<String, Vec<End>>,
}

impl Reader {
    /// An object: its kind, its number and what is said of it.
    fn item<'j, 't>(
        &mut self,
        part: &str,
        model: &str,
        item: &'j Json<'t>,
        (key, fields): (Option<String>, &'j Json<'t>),
        found: &mut Found<'j, 't>,
        ledger: &mut Ledger,
    ) -> Result<(), Refusal> {
        if SILENT.contains(&model) || model.ends_with("template") {
            return Ok(());
        }
        let Some(key) = key.or_else(|| (model == "ipaddress" || model == "prefix").then(String::new)) else {
            self.lost.push((item.lines.0, nothing_taken()));
            return Ok(());
        };
        if !READ.contains(&model) {
            let name = if part.is_empty() { model.to_owned() } else { format!("{part}.{model}") };
            self.lost.push((
                item.lines.0,
                Phrase::new(
                    format!("`{name}` is not read: what it joins is not joined here; write it as `links` or `cables` in the site file"),
                    format!("`{name}` は読み取らない。それがつなぐものはつながらない。サイトファイルの `links` か `cables` に書くこと"),
                ),
            ));
            return Ok(());
        }
        (item.lines.0..=item.lines.1).for_each(|line| ledger.used(line));
        match model {
            "device" => drop(found.devices.insert(key, fields)),
            "interface" => drop(found.interfaces.insert(key, fields)),
            "virtualmachine" => drop(found.devices.insert(format!("vm {key}"), fields)),
            "vminterface" => drop(found.interfaces.insert(format!("vm {key}"), fields)),
            "vlan" => drop(found.vlans.insert(key, fields)),
            "prefix" => found.prefixes.push(fields),
            "wirelesslan" => drop(found.wireless.insert(key, fields)),
            "frontport" => {
                let rear = fields.get("rear_port").and_then(id).into_iter();
                let several = fields.get("rear_ports").map_or(&[][..], Json::list).iter();
                for rear in rear.chain(several.filter_map(|rear| rear.get("rear_port").and_then(id))) {
                    found.link(("frontport".into(), key.clone()), ("rearport".into(), rear));
                }
            }
            "portmapping" => {
                let [front, rear] = ["front_port", "rear_port"].map(|port| fields.get(port).and_then(id));
                if let Some((front, rear)) = front.zip(rear) {
                    found.link(("frontport".into(), front), ("rearport".into(), rear));
                }
            }
            // of `dumpdata` the ends stand by themselves
            "cable" => {
                for (side, terminations) in [("A", "a_terminations"), ("B", "b_terminations")] {
                    for one in fields.get(terminations).map_or(&[][..], Json::list) {
                        let Some(end) = self.end(one, "object_type", "object_id")? else { continue };
                        let circuit = one.get("object").and_then(|object| object.get("circuit")).and_then(id);
                        self.termination(&end, circuit, fields, found);
                        self.cables.entry(key.clone()).or_default().push((side.to_owned(), end));
                    }
                }
            }
            "cabletermination" => {
                let end = self.end(fields, "termination_type", "termination_id")?;
                if let Some((cable, end)) = fields.get("cable").and_then(id).zip(end) {
                    self.termination(&end, None, fields, found);
                    let side = fields.str("cable_end").unwrap_or("A").to_owned();
                    self.cables.entry(cable).or_default().push((side, end));
                }
            }
            "circuittermination" => {
                let circuit = fields.get("circuit").and_then(id);
                self.termination(&("circuittermination".into(), key), circuit, fields, found);
            }
            "tunneltermination" => {
                let end = self.end(fields, "termination_type", "termination_id")?;
                if let Some((tunnel, end)) = fields.get("tunnel").and_then(id).zip(end) {
                    self.tunnels.entry(tunnel).or_default().push(end);
                }
            }
            "wirelesslink" => {
                let ends = ["interface_a", "interface_b"].map(|end| fields.get(end).and_then(id));
                if let [Some(a), Some(b)] = ends {
                    found.link(("interface".into(), a), ("interface".into(), b));
                }
            }
            "ipaddress" => {
                let end = self.end(fields, "assigned_object_type", "assigned_object_id")?;
                found.addresses.extend(end.map(|end| (end, fields)));
            }
            "fhrpgroupassignment" => {
                let end = self.end(fields, "interface_type", "interface_id")?;
                if let Some((group, end)) = fields.get("group").and_then(id).zip(end) {
                    found.groups.entry(group).or_default().push(end);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// What a pair of keys refers to: a kind, as natural key, text or number, and a number.
    fn end(&self, of: &Json<'_>, kind: &str, number: &str) -> Result<Option<End>, Refusal> {
        let Some(number) = of.get(number).and_then(id) else { return Ok(None) };
        let Some(kind) = of.get(kind).filter(|kind| kind.value != Value::Null) else {
            return Ok(Some(("interface".into(), number)));
        };
        let word = kind.list().last().unwrap_or(kind).word().unwrap_or_default();
        let word = word.rsplit('.').next().unwrap_or(word);
        let word = if word.starts_with(|c: char| c.is_ascii_digit()) {
            self.kinds.get(word).ok_or_else(|| {
                Refusal::at(
                    &self.file,
                    kind.lines.0,
                    Phrase::new(
                        format!("what kind of object {word} is, the export does not say; write it with `dumpdata --natural-foreign`"),
                        format!("種別 {word} が何か、出力に書かれていない。`dumpdata --natural-foreign` で出力すること"),
                    ),
                )
            })?
        } else {
            word
        };
        Ok(Some(if word == "vminterface" {
            ("interface".into(), format!("vm {number}"))
        } else {
            (word.to_owned(), number)
        }))
    }

    /// An end that may be that of a circuit: `of` says of which.
    fn termination<'j, 't>(&mut self, end: &End, of: Option<String>, at: &'j Json<'t>, found: &mut Found<'j, 't>) {
        if end.0 != "circuittermination" {
            return;
        }
        found.circuits.entry(format!("circuit {}", end.1)).or_insert(at);
        if let Some(circuit) = of {
            let ends = self.circuits.entry(circuit).or_default();
            if !ends.contains(end) {
                ends.push(end.clone());
            }
        }
    }

    fn finish(self, found: &mut Found<'_, '_>, ledger: &mut Ledger) {
        for (line, what) in self.lost {
            ledger.not_understood(line, what);
        }
        for ends in self.cables.into_values() {
            for (_, a) in ends.iter().filter(|(side, _)| side == "A") {
                for (_, b) in ends.iter().filter(|(side, _)| side == "B") {
                    found.link(a.clone(), b.clone());
                }
            }
        }
        // both ends of a circuit, and all of a tunnel, are joined
        for ends in self.circuits.into_values().chain(self.tunnels.into_values()) {
            for (at, a) in ends.iter().enumerate() {
                ends[at + 1..].iter().for_each(|b| found.link(a.clone(), b.clone()));
            }
        }
    }
}
