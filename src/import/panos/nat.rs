//! NAT rules. One rule gives both translations: the first that matches the packet as it came.

use super::super::device::{Becomes, Device, Names, Selector, Translation};
use super::super::ledger::Ledger;
use super::super::region::{Services, with_ports};
use super::super::set::AddressSet;
use super::super::text::Refusal;
use super::super::words::Node;
use super::System;
use super::objects::Service;
use super::rules::judged;
use crate::language::Phrase;

/// A rule as far as both its translations share it.
struct Read<'n, 't> {
    node: &'n Node<'t>,
    from: Selector,
    to: Selector,
    services: Vec<Service>,
    ways_in: Option<Names>,
    ways_out: Option<Names>,
    conditions: Vec<String>,
}

impl<'n> System<'n, '_> {
    /// The translations in the device's order.
    ///
    /// # Errors
    /// When groups hold themselves.
    pub(super) fn translations(&self, device: &mut Device, ledger: &mut Ledger) -> Result<(), Refusal> {
        let (mut destinations, mut sources, mut reverse) = (Vec::new(), Vec::new(), Vec::new());
        for key in ["pre-rulebase", "rulebase", "post-rulebase"] {
            for path in [&[key, "nat"][..], &[key, "nat", "rules"]] {
                if let Some(node) = self.node.at(path) {
                    node.used_here(ledger);
                }
            }
            for node in self.node.under(&[key, "nat", "rules"]) {
                node.used_here(ledger);
                if node.text("disabled") == Some("yes") {
                    node.silent(ledger);
                    continue;
                }
                let read = self.read(node, ledger)?;
                self.destination(&read, &mut destinations, ledger)?;
                self.source(&read, &mut sources, &mut reverse, ledger)?;
            }
        }
        destinations.extend(reverse);
        for mut entries in [destinations, sources] {
            // behind the last that translates, nothing has to be kept
            while entries.last().is_some_and(|entry: &Translation| entry.becomes == Becomes::Kept) {
                entries.pop();
            }
            device.translations.extend(entries);
        }
        Ok(())
    }

    fn read<'a, 'b>(&self, node: &'a Node<'b>, ledger: &mut Ledger) -> Result<Read<'a, 'b>, Refusal> {
        let mut conditions = Vec::new();
        for key in &node.below {
            match key.word.as_ref() {
                "from"
                | "to"
                | "source"
                | "destination"
                | "service"
                | "disabled"
                | "to-interface"
                | "source-translation"
                | "destination-translation"
                | "nat-type"
                | "dynamic-destination-translation" => key.used(ledger),
                "description" | "tag" | "group-tag" | "uuid" | "active-active-device-binding" | "target" | "loc" => {
                    key.silent(ledger)
                }
                _ => {
                    conditions.push(key.tail());
                    key.lost(&judged(), ledger);
                }
            }
        }
        if node.text("nat-type").is_some_and(|kind| kind != "ipv4") {
            conditions.push("nat-type".into());
            node.lost(&judged(), ledger);
        }
        let mut services = Vec::new();
        for name in node.values("service") {
            self.objects.service(name, &mut Vec::new(), &mut services, ledger)?;
        }
        if services.is_empty() {
            services.push((Services::all(), None));
        }
        let zones = |key: &str| -> Vec<&str> { node.values(key).map(|zone| zone.word.as_ref()).collect() };
        let mut ways_out = self.ways(&zones("to"));
        if let Some(way) = node.text("to-interface").filter(|way| *way != "any") {
            ways_out = Some([way.to_owned()].into());
        }
        Ok(Read {
            node,
            from: self.objects.addresses(node.values("source"), ledger)?.unwrap_or_else(Selector::any),
            to: self.objects.addresses(node.values("destination"), ledger)?.unwrap_or_else(Selector::any),
            services,
            ways_in: self.ways(&zones("from")),
            ways_out,
            conditions,
        })
    }

    fn push(&self, base: &Translation, read: &Read<'_, '_>, extra: Option<String>, out: &mut Vec<Translation>) {
        for (services, open) in &read.services {
            let mut entry = base.clone();
            entry.services = if base.port.is_some() {
                services.intersect(&Services::protocols(with_ports()))
            } else {
                services.clone()
            };
            let conditions: Vec<&str> = read.conditions.iter().chain(open).chain(&extra).map(String::as_str).collect();
            entry.condition = (!conditions.is_empty()).then(|| conditions.join("; ")).map(Into::into);
            out.push(entry);
        }
    }

    /// Whether a packet to these addresses surely leaves by the zone that the rule asks for, before any translation.
    fn leads(&self, read: &Read<'_, '_>) -> bool {
        let Some(ways) = &read.ways_out else { return true };
        if !read.to.names.is_empty() || read.to.not {
            return false;
        }
        let near = self.ports.iter().filter(|port| ways.contains(&port.name)).flat_map(|port| &port.addresses);
        let near = near.fold(AddressSet::default(), |known, net| known.union(&net.set()));
        read.to.set.subtract(&near).is_empty()
    }

    fn destination(&self, read: &Read<'_, '_>, out: &mut Vec<Translation>, ledger: &mut Ledger) -> Result<(), Refusal> {
        let node = read.node;
        let given = node.get("destination-translation").or_else(|| node.get("dynamic-destination-translation"));
        let (mut becomes, mut port, mut extra) = (Becomes::Kept, None, None);
        if let Some(given) = given {
            let to = self.objects.addresses(given.values("translated-address"), ledger)?;
            becomes = match to {
                Some(Selector { set, names, not: false }) if names.is_empty() && !set.is_empty() => {
                    Becomes::Addresses(set)
                }
                Some(_) => {
                    given.lost(
                        &Phrase::new("it may be translated to any address", "どのアドレスへの変換でもありうる"),
                        ledger,
                    );
                    extra = Some("destination-translation".to_owned());
                    Becomes::Addresses(AddressSet::all())
                }
                None => Becomes::Kept,
            };
            port = given.text("translated-port").and_then(|word| word.parse().ok());
        }
        // the zone out is that of the address before its translation, which no entry of a destination looks at
        if extra.is_none() && !self.leads(read) {
            extra = Some(format!(
                "to {}",
                node.values("to").map(|zone| zone.word.as_ref()).collect::<Vec<&str>>().join(" ")
            ));
        }
        let mut entry = Translation::new(node.word.to_string(), true, becomes, ledger.origin(node.line));
        (entry.from, entry.to, entry.port) = (read.from.clone(), read.to.clone(), port);
        entry.ways_in.clone_from(&read.ways_in);
        entry.one_to_one = port.is_none();
        self.push(&entry, read, extra, out);
        Ok(())
    }

    fn source(
        &self,
        read: &Read<'_, '_>,
        out: &mut Vec<Translation>,
        reverse: &mut Vec<Translation>,
        ledger: &mut Ledger,
    ) -> Result<(), Refusal> {
        let node = read.node;
        let mut entry = Translation::new(node.word.to_string(), false, Becomes::Kept, ledger.origin(node.line));
        (entry.from, entry.to) = (read.from.clone(), read.to.clone());
        entry.ways_in.clone_from(&read.ways_in);
        entry.sees_original_destination = true;
        // of a rule that translates the destination too, the zone out is that of before
        let both =
            node.get("destination-translation").is_some() || node.get("dynamic-destination-translation").is_some();
        entry.ways_out = if both { None } else { read.ways_out.clone() };
        let Some(given) = node.get("source-translation") else {
            self.push(&entry, read, None, out);
            return Ok(());
        };
        for kind in &given.below {
            let addresses = self.objects.addresses(kind.values("translated-address"), ledger)?;
            entry.becomes = match (kind.word.as_ref(), addresses) {
                ("dynamic-ip-and-port" | "dynamic-ip", None) if kind.get("interface-address").is_some() => {
                    self.of_interface(kind)
                }
                (_, Some(Selector { set, names, not: false })) if names.is_empty() && !set.is_empty() => {
                    Becomes::Addresses(set)
                }
                _ => {
                    kind.lost(
                        &Phrase::new("the source may be translated to any address", "どの送信元への変換でもありうる"),
                        ledger,
                    );
                    Becomes::Addresses(AddressSet::all())
                }
            };
            if kind.word == "static-ip" {
                entry.one_to_one = true;
                let is_set = read.from.names.is_empty() && !read.from.not;
                if kind.text("bi-directional") == Some("yes")
                    && is_set
                    && let Becomes::Addresses(outer) = &entry.becomes
                {
                    let becomes = Becomes::Addresses(read.from.set.clone());
                    let mut back =
                        Translation::new(format!("{} reverse", node.word), true, becomes, ledger.origin(node.line));
                    back.to = Selector::of(outer.clone());
                    back.from.clone_from(&read.to);
                    back.one_to_one = true;
                    reverse.push(back);
                }
            }
        }
        self.push(&entry, read, None, out);
        Ok(())
    }

    /// The address of the interface that the rule names.
    fn of_interface(&self, kind: &Node<'_>) -> Becomes {
        let interface = kind.at(&["interface-address"]);
        let name = interface.and_then(|node| node.text("interface"));
        let port = self.ports.iter().find(|port| Some(port.name.as_str()) == name);
        match port {
            Some(port) if !port.dynamic && !port.addresses.is_empty() => {
                let one =
                    |set: AddressSet, net: &super::super::device::Net| set.union(&AddressSet::single(net.address));
                Becomes::Addresses(port.addresses.iter().fold(AddressSet::default(), one))
            }
            _ => Becomes::Own,
        }
    }
}
