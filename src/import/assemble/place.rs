//! Machines that tables and documents name: which segment each is on.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::super::neighbours::same_device;
use super::super::set::AddressSet;
use super::{Builder, by_name};

impl Builder<'_> {
    /// The node of a document that a name means.
    pub(super) fn hand_node(&self, name: &str) -> Option<String> {
        let nodes = self.plan.document.get("nodes").and_then(Value::as_array).into_iter().flatten();
        let ids: Vec<&str> = nodes.filter_map(|node| node["id"].as_str()).collect();
        let exact = ids.iter().find(|id| **id == name);
        exact.or_else(|| ids.iter().find(|id| same_device(id, name))).map(|id| (*id).to_owned())
    }

    /// The nodes that were written by hand.
    pub(super) fn hand_nodes(&mut self) {
        let nodes = self.plan.document.get("nodes").and_then(Value::as_array).into_iter().flatten();
        for node in nodes.filter_map(Value::as_object) {
            let Some(id) = node.get("id").and_then(Value::as_str) else { continue };
            let (id, node) = (id.to_owned(), node.clone());
            self.merge_node(&id, node, &super::Origin::default());
        }
    }

    /// Machines of tables, each on the segments of its addresses.
    pub(super) fn table_hosts(&mut self) {
        for (name, rows) in by_name(&self.plan.rows.hosts) {
            let Some(first) = rows.first() else { continue };
            let device = self.machines.iter().find(|machine| same_device(&machine.device.id, name));
            let drawn = device.filter(|machine| self.is_drawn(machine.unit)).map(|machine| machine.device.id.clone());
            let device = device.filter(|_| drawn.is_none());
            let addresses_of =
                || rows.iter().flat_map(|row| row.addresses.iter().cloned().map(|word| (word, row.origin.clone())));
            if let Some(machine) = device {
                // its configuration says more; iptables has no addresses
                if !self.import(machine.unit).open_names {
                    let device = machine.device.clone();
                    for (word, origin) in addresses_of() {
                        let has = device
                            .interfaces
                            .iter()
                            .flat_map(|way| &way.addresses)
                            .any(|net| net.address.to_string() == word);
                        if !has {
                            let id = device.id.clone();
                            self.note(
                                &origin,
                                format!("the configuration of {id} has no address {word}; the configuration counts"),
                                format!("{id} の設定に {word} はない。設定の方を採る"),
                            );
                        }
                    }
                    continue;
                }
            }
            let id = device.map(|machine| machine.device.id.clone()).or(drawn);
            let id = id.unwrap_or_else(|| super::emit::id_word(name));
            let is_device = device.is_some();
            let mut node = Map::new();
            node.insert("id".into(), id.clone().into());
            if !is_device {
                node.insert("kind".into(), first.kind.into());
            }
            let mut all: Vec<String> = addresses_of().map(|(word, _)| word).collect();
            all.sort();
            all.dedup();
            let words: Vec<Value> = all.iter().flat_map(|word| cidrs(word)).map(Value::from).collect();
            if !words.is_empty() {
                node.insert("addresses".into(), words.into());
            }
            let zones: Vec<&String> = rows.iter().filter_map(|row| row.zone.as_ref()).collect();
            if let Some(zone) = zones.first() {
                if let Some(other) = zones.iter().find(|other| other != &zone) {
                    let (zone, other, origin) = ((*zone).clone(), (*other).clone(), first.origin.clone());
                    self.error(
                        &origin,
                        format!("`{name}` is in two zones, {zone} and {other}; give each side a machine of its own, or correct a row"),
                        format!("「{name}」が二つの領域（{zone} と {other}）にある。別の機器とするか、行を直すこと"),
                    );
                }
                node.insert("zone".into(), (*zone).clone().into());
            }
            node.insert("origin".into(), first.origin.to_string().into());
            self.merge_node(&id, node, &first.origin);
            let ported = self.placed.contains(&id);
            for row in rows {
                for word in &row.addresses {
                    let Some(set) = AddressSet::of_word(word) else { continue };
                    if ported || (is_device || self.drawn.contains(&id)) && self.linked.contains(&id) {
                        self.segments.mark_listed(&set);
                    } else if !self.segments.list(&set, &id, &row.origin) && !self.linked.contains(&id) {
                        let (word, origin) = (word.clone(), row.origin.clone());
                        self.error(
                            &origin,
                            format!("{word} is on no network of the configurations and tables: correct it, or add the segment"),
                            format!("{word} を含むネットワークが設定にも台帳にもない。直すか、セグメントの表に加えること"),
                        );
                    }
                }
            }
            self.linked.insert(id);
        }
    }

    /// Wireless networks, as whoever is in them: in the VLANs that access points put them into.
    pub(super) fn wireless(&mut self) {
        for unit in 0..self.plan.reads.len() {
            for ssid in &self.import(unit).ssids {
                let id = super::emit::id_word(&format!("ssid {}", ssid.name));
                let nets = self.segments.join_vlan((unit, ssid.vlan), &id, &ssid.origin);
                let mut node = Map::new();
                node.insert("id".into(), id.clone().into());
                node.insert("kind".into(), "host".into());
                if !nets.is_empty() {
                    let words: Vec<Value> = nets.iter().map(|net| net.word().into()).collect();
                    node.insert("addresses".into(), words.into());
                }
                node.insert("origin".into(), ssid.origin.to_string().into());
                if !self.by_id.contains_key(&id) {
                    self.add(&id, node);
                }
            }
        }
    }

    /// Nodes that were written by hand and that no link leads to: on the segments of their addresses.
    pub(super) fn place_by_address(&mut self) {
        let nodes = self.plan.document.get("nodes").and_then(Value::as_array).into_iter().flatten();
        for node in nodes.filter_map(Value::as_object) {
            let Some(id) = node.get("id").and_then(Value::as_str) else { continue };
            let words: Vec<&str> = match node.get("addresses") {
                Some(Value::String(word)) => vec![word],
                Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).collect(),
                _ => Vec::new(),
            };
            let linked = self.linked.contains(id);
            let place = node.get(super::AT).and_then(Value::as_str).unwrap_or_default();
            let origin = super::Origin { file: Arc::new(place.to_owned()), line: 0, column: 0 };
            for set in words.iter().filter_map(|word| AddressSet::of_word(word)) {
                if linked {
                    self.segments.mark_listed(&set);
                } else if self.segments.list(&set, id, &origin) {
                    self.linked.insert(id.to_owned());
                }
            }
        }
    }
}

/// A range as networks: nodes have addresses and networks only.
fn cidrs(word: &str) -> Vec<String> {
    let Some((low, high)) = word.split_once('-') else { return vec![word.to_owned()] };
    let (Ok(low), Ok(high)) = (low.parse::<std::net::IpAddr>(), high.parse::<std::net::IpAddr>()) else {
        return vec![word.to_owned()];
    };
    let ((family, mut low), (_, high)) = (super::super::set::number(low), super::super::set::number(high));
    let width = if family == crate::document::Family::V4 { 32u32 } else { 128 };
    let mut out = Vec::new();
    while low <= high {
        let mut host = low.trailing_zeros().min(width);
        let size = |host: u32| if host >= 128 { u128::MAX } else { (1u128 << host) - 1 };
        while host > 0 && low.checked_add(size(host)).is_none_or(|last| last > high) {
            host -= 1;
        }
        let address = super::super::set::address(family, low);
        out.push(if host == 0 { address.to_string() } else { format!("{address}/{}", width - host) });
        match low.checked_add(size(host)).and_then(|last| last.checked_add(1)) {
            Some(next) => low = next,
            None => break,
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::cidrs;

    #[test]
    fn ranges_are_networks() {
        assert_eq!(cidrs("10.0.0.1-10.0.0.6"), ["10.0.0.1", "10.0.0.2/31", "10.0.0.4/31", "10.0.0.6"]);
        assert_eq!(cidrs("10.0.0.0-10.0.0.255"), ["10.0.0.0/24"]);
        assert_eq!(cidrs("0.0.0.0-255.255.255.255"), ["0.0.0.0/0"]);
        assert_eq!(cidrs("10.0.0.1"), ["10.0.0.1"]);
    }
}
