//! Witnesses, replayed packet by packet: certificate section 6, semantics sections 5 and 6.
#![allow(clippy::indexing_slicing)] // nodes, and neighbours in a path whose length was compared

use crate::devices::{Devices, Pairs, Product, Stages, on_line};
use crate::document::{Exception, Selector, Services, Transfer};
use crate::json::Value;
use crate::meaning::services;
use crate::proof::{Asks, Check, Spot, node_of, nodes_of, position, read, refuse, reject};
use crate::sets::{Addresses, Headers, PORTS_END, Position, addresses, service};
use crate::steps::{InBox, Network, Relied};
use crate::transfers::joins;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A session that was replayed.
pub struct Session<'d> {
    pub opener: usize,
    pub receiver: usize,
    carrier: Carrier<'d>,
}

enum Carrier<'d> {
    /// As the opener, and as the receiver sees it.
    Packets {
        sent: Box<Seen>,
        received: Box<Seen>,
    },
    Transfer(&'d Transfer),
}

#[derive(Clone)]
struct Seen {
    source: Addresses,
    destination: Addresses,
    service: u32,
    headers: Headers,
}

impl Seen {
    fn point(&self) -> Product {
        let Headers { service, source_port, .. } = self.headers;
        let [source, destination] = [&self.source, &self.destination].map(|set| Rc::new(set.clone()));
        let [service, port] = [service, source_port].map(|span| on_line(&services(span)));
        [source, destination, service, port]
    }
}

impl Session<'_> {
    /// A list holds the service of the session as one of its ends sees it.
    fn is_of(&self, listed: &Services, node: usize) -> bool {
        match &self.carrier {
            Carrier::Transfer(_) => listed.transfer,
            Carrier::Packets { sent, received } => {
                let service = if node == self.opener { sent.service } else { received.service };
                listed.set.holds((service, service + 1))
            }
        }
    }

    /// The peer of a relaying end matches one side of a station.
    fn has_peer(
        &self,
        network: &Network,
        (selector, named): (&Selector, &Addresses),
        node: usize,
        peer: usize,
    ) -> bool {
        match &self.carrier {
            Carrier::Transfer(_) => network.meaning.document.is_one_of(selector, peer),
            Carrier::Packets { sent, .. } if node == self.opener => {
                network.meaning.peer(selector, named, peer, &sent.destination)
            }
            Carrier::Packets { received, .. } => network.meaning.peer(selector, named, peer, &received.source),
        }
    }

    /// As its receiver sees it; `None`: a transfer.
    pub fn received_service(&self) -> Option<u32> {
        match &self.carrier {
            Carrier::Packets { received, .. } => Some(received.service),
            Carrier::Transfer(_) => None,
        }
    }

    fn is_covered_by(&self, network: &Network, waivers: &[usize]) -> bool {
        waivers.iter().any(|e| self.is_covered(network, &network.meaning.document.exceptions[*e]))
    }

    pub fn is_covered(&self, network: &Network, exception: &Exception) -> bool {
        match &self.carrier {
            Carrier::Transfer(_) => network.meaning.covers_transfer(exception, [self.opener, self.receiver]),
            Carrier::Packets { sent, received } => {
                let ends = [(self.opener, &sent.source), (self.receiver, &received.destination)];
                network.meaning.covers(exception, ends, &services((received.service, received.service + 1)))
            }
        }
    }
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

/// A transfer from one node to the other.
fn carried<'d>(network: &Network<'_, 'd>, from: usize, to: usize, value: &Value, step: &str) -> Check<Session<'d>> {
    let [id] = read(step, value.all_fields(["transfer"]))?;
    let id = read(step, id.text())?;
    let found = network.meaning.document.transfers.iter().find(|transfer| transfer.id == id);
    match found.filter(|transfer| joins(network, transfer, from, to)) {
        Some(transfer) => Ok(Session { opener: from, receiver: to, carrier: Carrier::Transfer(transfer) }),
        None => reject(
            step,
            value,
            "no transfer from the one node to the other",
            "この二つのノードの間にこの受渡しはありません",
        ),
    }
}

/// A session between two nodes, in the direction that `pull` says, over the links listed; or a transfer.
pub fn replay<'d>(network: &Network<'_, 'd>, from: usize, to: usize, value: &Value, step: &str) -> Check<Session<'d>> {
    let meaning = network.meaning;
    if read(step, value.entries())?.iter().any(|(key, _)| key == "transfer") {
        return carried(network, from, to, value, step);
    }
    let ([pull, packet, hops], changes) = read(
        step,
        value.object(|o| {
            let own = [o.must("pull", Ok)?, o.must("packet", Ok)?, o.must("hops", Ok)?];
            Ok((own, o.may("translations", Ok)?))
        }),
    )?;
    let pull = read(step, pull.bool())?;
    let (u, v) = if pull { (to, from) } else { (from, to) };
    let no = |at: usize, en: &str, ja: &str| refuse(step, Spot::Certificate(at), en, ja);
    let ends = [u, v].map(|n| meaning.document.nodes[n].endpoint && network.has_node(n));
    if u == v || ends != [true; 2] {
        return no(value.at, "a session joins two endpoints", "セッションは異なる二つの端点を結びます");
    }
    let sent = read_packet(network, packet, step)?;
    let mut changes = read_changes(network, changes, step)?;
    let mut way = Way::new(network, &sent);
    if !meaning.sends[u].holds(sent.headers.source) {
        return no(packet.at, "the opener has no such source", "開く側はこの送信元アドレスを使えません");
    }
    let (mut unit, mut came_by, mut tag) = (network.session_unit(u), None, None);
    let hops_list = read(step, hops.list())?;
    for (h, hop) in hops_list.iter().enumerate() {
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
        let Some(entered) = tag_beyond(network, (unit, other), (l, usize::from(back)), (vlan, tag)) else {
            return cannot("the link does not carry this tag", "このリンクはこの VLAN を運びません");
        };
        if !way.passes(unit, came_by, Some(l), changes.remove(&h)) {
            return cannot(
                "filters or routes stop the packet before this link, or it is not translated so",
                "フィルターか経路が、このリンクの手前でパケットを止めるか、変換がこのとおりになりません",
            );
        }
        (unit, came_by, tag) = (other, Some(l), entered);
    }
    let arrives = came_by.is_some() && unit == network.session_unit(v);
    if !arrives || !way.passes(unit, came_by, None, changes.remove(&hops_list.len())) || !changes.is_empty() {
        return no(hops.at, "the packet is not delivered to the receiver", "パケットが受ける側に届きません");
    }
    let received = way.now;
    if !meaning.receives[v].holds_all_of(&received.destination) {
        return no(packet.at, "the receiver does not receive this destination", "受ける側はこの宛先を受け取りません");
    }
    Ok(Session {
        opener: u,
        receiver: v,
        carrier: Carrier::Packets { sent: Box::new(sent), received: Box::new(received) },
    })
}

fn read_packet(network: &Network, packet: &Value, step: &str) -> Check<Seen> {
    let meaning = network.meaning;
    let no = |at: usize, en: &str, ja: &str| refuse(step, Spot::Certificate(at), en, ja);
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
    let [source, destination] = [source, destination].map(|span| Addresses::of(vec![span]));
    Ok(Seen { source, destination, service, headers })
}

/// The packets as they leave, or are delivered, after so many hops.
fn read_changes(network: &Network, value: Option<&Value>, step: &str) -> Check<BTreeMap<usize, Seen>> {
    let mut changes = BTreeMap::new();
    let Some(value) = value else { return Ok(changes) };
    for item in read(step, value.list())? {
        let [hops, packet] = read(step, item.tuple())?;
        let hops = read(step, hops.integer())?;
        let ascends = changes.last_key_value().is_none_or(|(last, _)| *last < hops);
        if !ascends || !network.meaning.document.translates() {
            return reject(
                step,
                item,
                "not ascending, or nothing is translated",
                "昇順でないか、変換するものがありません",
            );
        }
        changes.insert(hops, read_packet(network, packet, step)?);
    }
    Ok(changes)
}

/// A packet on its way.
struct Way<'n, 'm, 'd> {
    inside: InBox<'n, 'm, 'd>,
    /// Where addresses are translated.
    devices: Option<Devices<'n, 'm, 'd>>,
    sent: Product,
    now: Seen,
}

impl<'n, 'm, 'd> Way<'n, 'm, 'd> {
    fn new(network: &'n Network<'m, 'd>, sent: &Seen) -> Self {
        let devices = network.meaning.document.translates().then(|| Devices::new(network));
        let inside = InBox::new(network, sent.headers, &Relied::All);
        Way { inside, devices, sent: sent.point(), now: sent.clone() }
    }

    /// The packet passes a unit, and has become this then: by semantics sections 4 and 4a.
    fn passes(&mut self, unit: usize, enters: Option<usize>, leaves: Option<usize>, becomes: Option<Seen>) -> bool {
        let Some(devices) = &self.devices else { return self.inside.may_pass(unit, enters, leaves) };
        let becomes = becomes.unwrap_or_else(|| self.now.clone());
        let pairs: Pairs = Stages { at: [self.sent.clone(), self.now.point()], linked: [[false; 4]; 2] };
        let after = becomes.point();
        let is_it = |passed: &Pairs| passed.at[1].iter().zip(&after).all(|(set, point)| set.holds_all_of(point));
        let may_be = devices.are_borne([&becomes.source, &becomes.destination])
            && devices.are_borne([&self.now.source, &self.now.destination]);
        let passes = may_be && devices.pass(&Relied::All, unit, enters, leaves, &pairs).iter().any(is_it);
        self.now = becomes;
        passes
    }
}

/// The tag with which a packet enters the other end of a link: `None` if it cannot with the tag that is written. `tag` is
/// what it bears at a switch that it came to by a link.
pub fn tag_beyond(
    network: &Network,
    (unit, other): (usize, usize),
    (link, end): (usize, usize),
    (written, tag): (Option<u32>, Option<u32>),
) -> Option<Option<u32>> {
    let carries = |end, vlan: u32| network.carried(&Relied::All, link, end).holds((vlan, vlan.saturating_add(1)));
    match (written, tag) {
        (None, None) => (!network.is_switch(unit) && !network.is_switch(other)).then_some(None),
        // It leaves a switch as it came there.
        (Some(vlan), Some(tag)) => {
            let (leaving, entering) =
                network.crossing(&Relied::All, link, end, &services((tag, tag.saturating_add(1))));
            let entered = entering.spans().first().map(|(first, _)| *first);
            let passes = vlan == tag && !leaving.is_empty() && (entered.is_some() || !network.is_switch(other));
            passes.then_some(entered.filter(|_| network.is_switch(other)))
        }
        // It bears none yet: any of the far end's, at a switch.
        (Some(vlan), None) if network.is_switch(other) => carries(1 - end, vlan).then_some(Some(vlan)),
        (Some(vlan), None) => (network.is_switch(unit) && carries(end, vlan)).then_some(None),
        (None, Some(_)) => None,
    }
}

/// A data path; returns its first and last node.
pub fn check_witness(network: &Network, asks: &Asks, value: &Value, step: &str) -> Check<[usize; 2]> {
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
            asks.counts(s.sanitise)
                && before.is_of(&s.from_service, node)
                && after.is_of(&s.to_service, node)
                && before.has_peer(network, (&s.from, &s.from_addresses), node, x)
                && after.has_peer(network, (&s.to, &s.to_addresses), node, y)
        });
        if !passes {
            let here = Spot::Document(meaning.document.nodes[node].at);
            return refuse(&step, here, "the node does not relay this", "このノードはこれを中継しません");
        }
    }
    let left_out = |session: &Session| matches!(session.carrier, Carrier::Transfer(t) if !asks.counts(t.sanitise));
    if replayed.iter().any(left_out) {
        return reject(
            step,
            value,
            "a transfer that sanitises in a way that does not count",
            "要件の認める無害化を行う受渡しは含められません",
        );
    }
    if let (Some(services), Some(session)) = (asks.last, replayed.last())
        && !session.is_of(services, session.receiver)
    {
        return reject(step, value, "the last session is of another service", "最後のセッションのサービスが異なります");
    }
    if replayed.iter().all(|session| session.is_covered_by(network, &asks.waivers)) {
        return reject(step, value, "exceptions cover every session", "すべてのセッションが特定通信に当たります");
    }
    Ok([first, last])
}

/// A session that breaks a requirement on sessions; returns its opener and receiver. Section 6a.
pub fn check_session(network: &Network, asks: &Asks, ends: [usize; 2], value: &Value, step: &str) -> Check<()> {
    let session = replay(network, ends[0], ends[1], value, step)?;
    let fits = session.opener == ends[0]
        && matches!(session.carrier, Carrier::Packets { .. })
        && asks.last.is_none_or(|services| session.is_of(services, session.receiver));
    if !fits {
        return reject(
            step,
            value,
            "not a session that the one opens to the other with such a service",
            "この二つのノードの間に、このサービスで開かれるセッションではありません",
        );
    }
    if session.is_covered_by(network, &asks.waivers) {
        return reject(step, value, "an exception covers the session", "セッションが特定通信に当たります");
    }
    Ok(())
}

/// Two ids that a certificate lists.
pub fn pair(network: &Network, value: &Value, step: &str) -> Check<[usize; 2]> {
    let [a, b] = read(step, value.tuple())?;
    let document = network.meaning.document;
    Ok([read(step, node_of(document, a))?, read(step, node_of(document, b))?])
}
