//! Routing tables that devices show: exact where the table alone decides where a packet goes.

use std::net::IpAddr;

use super::super::device::{Net, Route};
use super::super::neighbours::same_port;
use super::super::routing::{Entry, Hop, Table};
use super::{Builder, Machine};

/// Next hops may lead to next hops so often.
const DEEPEST: usize = 8;

impl Builder<'_> {
    /// Gives devices the routes of their tables instead of those of their configurations.
    pub(super) fn tables_of_routes(&mut self) {
        for table in &self.plan.routes {
            let Some(at) = self.shown_by(table) else { continue };
            let Machine { device, .. } = &self.machines[at];
            let id = device.id.clone();
            if !device.tabled {
                self.note(
                    &table.origin,
                    format!("in {id} not the table of routes alone decides where a packet goes (policy routing, tunnels, VRFs that lead into each other), or it is not known to: its routes stay those of its configuration"),
                    format!("{id} では、パケットの行き先が経路表だけで決まらないか、決まるとは限らない（ポリシールーティング、トンネル、VRF 間の経路など）。経路は設定どおりとする"),
                );
                continue;
            }
            if let Some(lost) = &table.lost {
                self.note(
                    lost,
                    format!("this line is not understood, and the table of {id} was left out: its routes stay those of its configuration"),
                    format!("この行を解釈できないため、{id} の経路表は取り込まない。経路は設定どおりとする"),
                );
                continue;
            }
            match routes(table, &self.machines[at]) {
                Ok(mut routes) => {
                    self.connected(at, table, &mut routes);
                    self.replace(at, table.v6, routes);
                }
                Err(entry) => self.note(
                    &entry.origin,
                    format!("where this route of {id} leads is not plain, and its table was left out: its routes stay those of its configuration"),
                    format!("{id} のこの経路の行き先がはっきりしないため、経路表は取り込まない。経路は設定どおりとする"),
                ),
            }
        }
    }

    /// The machine that shows a table.
    fn shown_by(&mut self, table: &Table) -> Option<usize> {
        let units = self.units(&table.device);
        let found = self.machines.iter().position(|machine| {
            let mut parts = machine.device.id.splitn(2, '/');
            units.contains(&machine.unit) && parts.next().is_some() && parts.next() == table.vrf.as_deref()
        });
        if found.is_none() {
            let name = match &table.vrf {
                Some(vrf) => format!("{}/{vrf}", table.device),
                None => table.device.clone(),
            };
            self.error(
                &table.origin,
                format!("there is no configuration of `{name}`, which shows this table"),
                format!("この経路表を出力した「{name}」の設定がない"),
            );
        }
        found
    }

    /// The networks of interfaces that the table lacks: whoever is down today may be up tomorrow.
    fn connected(&mut self, at: usize, table: &Table, routes: &mut Vec<Route>) {
        let mut lacking = Vec::new();
        for way in self.machines[at].device.interfaces.iter().filter(|way| !way.internal) {
            for net in way.addresses.iter().filter(|net| net.address.is_ipv6() == table.v6 && !net.is_single()) {
                if !routes
                    .iter()
                    .any(|route| route.to.prefix() == net.prefix() && route.via.as_ref() == Some(&way.name))
                {
                    let via = Some(way.name.clone());
                    routes.push(Route { to: net.prefix(), via, fails: true, origin: way.origin.clone() });
                    lacking.push(net.prefix().word());
                }
            }
        }
        if !lacking.is_empty() {
            let (id, lacking) = (self.machines[at].device.id.clone(), lacking.join(", "));
            self.note(
                &table.origin,
                format!("this table lacks networks that {id} is configured to be on ({lacking}): they are taken to be there at times"),
                format!("{id} に設定されたネットワーク（{lacking}）がこの経路表にない。使われることもあるものとみなす"),
            );
        }
    }

    /// Puts routes of a family in the place of those of the configuration. Where nothing is known of the other family, everything is
    /// possible there.
    fn replace(&mut self, at: usize, v6: bool, routes: Vec<Route>) {
        let device = &mut self.machines[at].device;
        let whole: IpAddr = if v6 { [0u8; 4].into() } else { [0u8; 16].into() };
        let anywhere = |way: &super::super::device::Interface| Route {
            to: Net { address: whole, length: 0 },
            via: Some(way.name.clone()),
            fails: false,
            origin: device.origin.clone(),
        };
        let others = match &device.routes {
            Some(known) => known.iter().filter(|route| route.to.address.is_ipv6() != v6).cloned().collect(),
            None if !(if v6 { device.ipv4 } else { device.ipv6 }) => Vec::new(),
            None => device.interfaces.iter().filter(|way| !way.internal).map(anywhere).collect::<Vec<_>>(),
        };
        device.routes = Some(routes.into_iter().chain(others).collect());
    }
}

/// The routes of a table, by the interfaces of the device; the one that leads nowhere that is known is the error.
fn routes<'t>(table: &'t Table, machine: &Machine) -> Result<Vec<Route>, &'t Entry> {
    let mut out: Vec<Route> = Vec::new();
    for entry in &table.entries {
        let mut ways = Vec::new();
        leads(entry, table, machine, 0, &mut ways).filter(|()| !ways.is_empty()).ok_or(entry)?;
        ways.sort();
        ways.dedup();
        // What also leads somewhere does not drop.
        if ways.len() > 1 {
            ways.retain(Option::is_some);
        }
        let origin = &entry.origin;
        out.extend(ways.into_iter().map(|via| Route { to: entry.to, via, fails: false, origin: origin.clone() }));
    }
    Ok(out)
}

/// The interfaces that a route leads to.
fn leads(entry: &Entry, table: &Table, machine: &Machine, depth: usize, out: &mut Vec<Option<String>>) -> Option<()> {
    for hop in &entry.hops {
        match hop {
            Hop::Drop => out.push(None),
            Hop::Way(name) => {
                let known = &machine.device.interfaces;
                let exact = known.iter().find(|way| way.name == *name);
                let way = exact.or_else(|| known.iter().find(|way| same_port(&way.name, name)))?;
                out.push(Some(way.name.clone()));
            }
            Hop::Next(next) => {
                let fitting = table.entries.iter().filter(|other| other.to.set().contains(*next));
                let longest = fitting.max_by_key(|other| other.to.length)?;
                if depth >= DEEPEST {
                    return None;
                }
                leads(longest, table, machine, depth + 1, out)?;
            }
        }
    }
    (!entry.hops.is_empty()).then_some(())
}
