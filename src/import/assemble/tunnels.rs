//! Tunnels of which both ends are given: a link between the two. One whose far end is an address of a device here that has
//! no such tunnel leads out, as does one whose far end nobody knows.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde_json::json;

use super::super::device::Net;
use super::{Builder, end, segments};
use crate::language::Phrase;

/// An end of a tunnel.
struct End {
    machine: usize,
    way: String,
    peer: Option<IpAddr>,
    nets: Vec<Net>,
}

impl Builder<'_> {
    pub(super) fn tunnels(&mut self) {
        let mut ends: Vec<End> = Vec::new();
        for (machine, one) in self.machines.iter().enumerate() {
            for way in one.device.interfaces.iter().filter(|way| !one.joined.contains(&way.name)) {
                let Some(tunnel) = &way.tunnel else { continue };
                let peer = tunnel.rsplit(' ').next().and_then(|word| word.parse().ok());
                ends.push(End { machine, way: way.name.clone(), peer, nets: segments::nets(way) });
            }
        }
        // the addresses of the whole device: a tunnel may begin in another VRF than it is in
        let has = |end: &End, address: IpAddr| {
            let unit = self.machines[end.machine].unit;
            // the gateways of a cloud are devices each, and a tunnel there begins at its own address
            if self.import(unit).cloud.is_some() {
                let own = self.machines[end.machine].device.interface(&end.way);
                return own.is_some_and(|way| way.addresses.iter().any(|net| net.address == address));
            }
            let machines = self.machines.iter().filter(|machine| machine.unit == unit);
            let mut nets = machines.flat_map(|machine| &machine.device.interfaces).flat_map(|way| &way.addresses);
            nets.any(|net| net.address == address)
        };
        let towards = |a: &End, b: &End| a.peer.is_some_and(|peer| has(b, peer));
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for (i, a) in ends.iter().enumerate() {
            for (j, b) in ends.iter().enumerate().skip(i + 1).filter(|(_, b)| a.machine != b.machine) {
                let fits =
                    (towards(a, b) && (towards(b, a) || b.peer.is_none())) || (towards(b, a) && a.peer.is_none());
                if fits {
                    pairs.push((i, j));
                }
            }
        }
        // of several between two devices, those with one network belong together
        let shares = |&(i, j): &(usize, usize)| ends[i].nets.iter().any(|net| ends[j].nets.contains(net));
        let sharing: BTreeSet<usize> = pairs.iter().filter(|pair| shares(pair)).flat_map(|&(i, j)| [i, j]).collect();
        let kept: Vec<(usize, usize)> = pairs
            .into_iter()
            .filter(|pair| shares(pair) || !sharing.contains(&pair.0) && !sharing.contains(&pair.1))
            .collect();
        let lost: Vec<usize> = (0..ends.len())
            .filter(|at| !kept.iter().any(|(i, j)| i == at || j == at))
            .filter(|&at| {
                let others = ends.iter().filter(|other| other.machine != ends[at].machine);
                others.into_iter().any(|other| towards(&ends[at], other))
                    || ends[at].peer.is_some_and(|peer| self.is_device(peer))
            })
            .collect();
        for (i, j) in kept {
            let (a, b) = (&ends[i], &ends[j]);
            let name = |end: &End| super::end(&self.machines[end.machine].device.id, &end.way);
            let device = &self.machines[a.machine].device;
            let origin = device.interface(&a.way).map(|way| way.origin.clone()).unwrap_or_default();
            let link = json!({ "between": [name(a), name(b)], "origin": origin.to_string() });
            for end in [a, b] {
                // who waits for whoever calls is called by others too
                if end.peer.is_some() {
                    self.machines[end.machine].joined.insert(end.way.clone());
                }
            }
            self.link(link);
        }
        for at in lost {
            let device = &self.machines[ends[at].machine].device;
            let name = end(&device.id, &ends[at].way);
            let origin = device.interface(&ends[at].way).map(|way| way.origin.clone()).unwrap_or_default();
            let what = Phrase::new(
                format!(
                    "the far end of the tunnel {name} is a device of this site, which has no tunnel back: it leads out"
                ),
                format!(
                    "トンネル {name} の相手はこのサイトの機器だが、対になるトンネルの設定がない。外部に至るものとみなす"
                ),
            );
            let help = Phrase::new(
                "give the configuration of that end, or join the two with `cables`",
                "相手側の設定を加えるか、`cables` でつなぐこと",
            );
            self.note_with(&origin, what, Some(help));
        }
    }

    /// Whether an address is one of the devices here.
    fn is_device(&self, address: IpAddr) -> bool {
        let ways = self.machines.iter().flat_map(|machine| &machine.device.interfaces);
        ways.flat_map(|way| &way.addresses).any(|net| net.address == address)
    }
}
