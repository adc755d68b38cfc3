//! Witnesses, replayed packet by packet: certificate section 6, semantics sections 5 and 6.
#![allow(clippy::indexing_slicing)] // nodes, and neighbours in a path whose length was compared

use crate::json::Value;
use crate::meaning::services;
use crate::proof::{Check, Spot, node_of, nodes_of, position, read, refuse, reject};
use crate::sets::{Addresses, Headers, PORTS_END, Position, addresses, service};
use crate::steps::{InBox, Network, Relied};

/// A session that was replayed.
pub struct Session {
    pub opener: usize,
    pub receiver: usize,
    source: Addresses,
    destination: Addresses,
    service: u32,
}

impl Session {
    /// The address of one of the two ends in this session.
    fn address_of(&self, node: usize) -> &Addresses {
        if node == self.opener { &self.source } else { &self.destination }
    }

    pub fn is_covered(&self, network: &Network, exception: &crate::document::Exception) -> bool {
        let ends = [(self.opener, &self.source), (self.receiver, &self.destination)];
        network.meaning.covers(exception, ends, &services((self.service, self.service + 1)))
    }
}

/// Which data path is asked for.
pub struct Wanted {
    /// The requirement whose exceptions do not count; `None`: coverage does not matter.
    pub waives: Option<usize>,
    pub raw: bool,
}

fn port(value: &Value, has_ports: bool, step: &str) -> Check<u32> {
    match (read(step, value.nullable(Value::integer))?, has_ports) {
        (None, false) => Ok(0),
        (Some(port), true) if port <= 65_535 => Ok(port as u32),
        _ => reject(
            step,
            value,
            "ports are for tcp, udp and sctp, and only for them",
            "ポートは tcp、udp、sctp だけが、必ず持ちます",
        ),
    }
}

/// A session between two nodes, in the direction that `pull` says, over the links listed.
pub fn replay(network: &Network, from: usize, to: usize, value: &Value, step: &str) -> Check<Session> {
    let meaning = network.meaning;
    let [pull, packet, hops] = read(step, value.all_fields(["pull", "packet", "hops"]))?;
    let pull = read(step, pull.bool())?;
    let (u, v) = if pull { (to, from) } else { (from, to) };
    let no = |at: usize, en: &str, ja: &str| refuse(step, Spot::Certificate(at), en, ja);
    let ends = [u, v].map(|n| meaning.document.nodes[n].endpoint && network.has_node(n));
    if u == v || ends != [true; 2] {
        return no(value.at, "a session joins two endpoints", "セッションは異なる二つの端点を結びます");
    }
    let [source, destination, protocol, source_port, destination_port] =
        read(step, packet.all_fields(["source", "destination", "protocol", "source_port", "destination_port"]))?;
    let at = |value: &Value| -> Check<(Position, Position)> {
        let Position(rank, first) = read(step, position(meaning, value))?;
        Ok(addresses(rank, first, first, meaning.symbolic))
    };
    let (source, destination) = (at(source)?, at(destination)?);
    let number = read(step, protocol.integer())?;
    if number > 255 {
        return no(protocol.at, "no protocol", "プロトコル番号ではありません");
    }
    let has_ports = matches!(number, 6 | 17 | 132);
    let service = service(number as u32, port(destination_port, has_ports, step)?);
    let source_port = port(source_port, has_ports, step)? + u32::from(has_ports);
    let headers =
        Headers { source, destination, service: (service, service + 1), source_port: (source_port, source_port + 1) };
    if headers.is_void(meaning.symbolic) || source_port >= PORTS_END {
        return no(packet.at, "no packet has this header", "このようなヘッダーのパケットはありません");
    }
    if !meaning.sends[u].holds(source) {
        return no(packet.at, "the opener has no such source", "開く側はこの送信元アドレスを使えません");
    }
    if !meaning.receives[v].holds(destination) {
        return no(packet.at, "the receiver does not receive this destination", "受ける側はこの宛先を受け取りません");
    }
    let mut inside = InBox::new(network, headers, &Relied::All);
    let (mut unit, mut came_by, mut tag) = (network.session_unit(u), None, None);
    for hop in read(step, hops.list())? {
        let [link, back, vlan] = read(step, hop.tuple())?;
        let (l, back) = (read(step, link.integer())?, read(step, back.bool())?);
        let vlan = read(step, vlan.nullable(Value::integer))?.map(|v| u32::try_from(v).unwrap_or(u32::MAX));
        if l >= meaning.document.links.len() || network.end(l, unit) != Some(usize::from(back)) {
            return no(
                hop.at,
                "the packet is not at this end of this link",
                "パケットはこのリンクのこの端にありません",
            );
        }
        let here = meaning.document.links[l].at;
        let cannot = |en: &str, ja: &str| refuse(step, Spot::Document(here), en, ja);
        let Some(other) = network.away(&Relied::All, l, unit, pull).filter(|other| network.has_node(other / 2)) else {
            return cannot("a one-way link, or a node that is left out", "一方向のリンクか、除かれたノードです");
        };
        if came_by.is_some() && (!network.forwards(unit) || network.is_switch(unit) && came_by == Some(l)) {
            return cannot("the node does not send this on", "このノードは転送しないか、来たリンクに戻しています");
        }
        let tagged = network.is_switch(unit) || network.is_switch(other);
        let carried = vlan.is_some_and(|vlan| network.link(l).tags.holds((vlan, vlan.saturating_add(1))));
        if vlan.is_some() != tagged || tagged && !carried || network.is_switch(unit) && came_by.is_some() && vlan != tag
        {
            return cannot("the link does not carry this tag", "このリンクはこの VLAN を運びません");
        }
        if !inside.may_pass(unit, came_by, Some(l)) {
            return cannot(
                "filters or routes stop the packet before this link",
                "フィルターか経路が、このリンクの手前でパケットを止めます",
            );
        }
        (unit, came_by, tag) = (other, Some(l), vlan);
    }
    if came_by.is_none() || unit != network.session_unit(v) || !inside.may_pass(unit, came_by, None) {
        return no(hops.at, "the packet is not delivered to the receiver", "パケットが受ける側に届きません");
    }
    let [source, destination] = [source, destination].map(|span| Addresses::of(vec![span]));
    Ok(Session { opener: u, receiver: v, source, destination, service })
}

/// A data path; returns its first and last node.
pub fn check_witness(network: &Network, wanted: &Wanted, value: &Value, step: &str) -> Check<[usize; 2]> {
    let meaning = network.meaning;
    let [path, passes, sessions] = read(step, value.all_fields(["path", "passes", "sessions"]))?;
    let nodes = read(step, nodes_of(meaning.document, path))?;
    let (passes, list) = (read(step, passes.list())?, read(step, sessions.list())?);
    let [first, .., last] = nodes[..] else {
        return reject(step, path, "a path has at least two nodes", "経路には少なくとも二つのノードが必要です");
    };
    if list.len() + 1 != nodes.len() || passes.len() + 2 != nodes.len() {
        return reject(
            step,
            value,
            "a path of n sessions has n + 1 nodes and n - 1 passes",
            "n 個のセッションには n + 1 個のノードと n - 1 個の中継が必要です",
        );
    }
    let mut replayed = Vec::new();
    for (i, session) in list.iter().enumerate() {
        replayed.push(replay(network, nodes[i], nodes[i + 1], session, &format!("{step}.sessions[{i}]"))?);
    }
    for (i, pass) in passes.iter().enumerate() {
        let step = format!("{step}.passes[{i}]");
        let (before, after) = (&replayed[i], &replayed[i + 1]);
        let (x, node, y) = (nodes[i], nodes[i + 1], nodes[i + 2]);
        let station = if pass.is_null() {
            meaning.station(node, None, false)
        } else {
            let [entry, mirror] = read(&step, pass.tuple())?;
            meaning.station(node, Some(read(&step, entry.integer())?), read(&step, mirror.bool())?)
        };
        let passes = station.map(|s| &meaning.stations[s]).is_some_and(|s| {
            !(wanted.raw && s.sanitise)
                && s.from_service.holds((before.service, before.service + 1))
                && s.to_service.holds((after.service, after.service + 1))
                && meaning.peer(&s.from, &s.from_addresses, x, before.address_of(x))
                && meaning.peer(&s.to, &s.to_addresses, y, after.address_of(y))
        });
        if !passes {
            let here = Spot::Document(meaning.document.nodes[node].at);
            return refuse(&step, here, "the node does not relay this", "このノードはこれを中継しません");
        }
    }
    let covered = |session: &Session, w: usize| {
        meaning.document.exceptions.iter().any(|e| e.waives[w] && session.is_covered(network, e))
    };
    if wanted.waives.is_some_and(|w| replayed.iter().all(|session| covered(session, w))) {
        return reject(step, value, "exceptions cover every session", "すべてのセッションが特定通信に当たります");
    }
    Ok([first, last])
}

/// Two ids that a certificate lists.
pub fn pair(network: &Network, value: &Value, step: &str) -> Check<[usize; 2]> {
    let [a, b] = read(step, value.tuple())?;
    let document = network.meaning.document;
    Ok([read(step, node_of(document, a))?, read(step, node_of(document, b))?])
}
