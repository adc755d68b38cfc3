//! What leads out of a VPC: Internet gateways, NAT gateways, endpoints, peerings, virtual private gateways.

use std::net::IpAddr;

use super::super::device::{Becomes, Filter, Names, Net, Rule, Selector, Translation};
use super::super::emit;
use super::super::ledger::Origin;
use super::super::set::AddressSet;
use super::build::{Builder, INTERNET, Look, Public};
use super::groups;
use super::machines::attach;
use super::resources::{Endpoint, Eni, Item, NatGateway, Vpn};

/// All of them.
pub(super) fn gateways(builder: &mut Builder<'_>) {
    internet(builder);
    nats(builder);
    endpoints(builder);
    private(builder);
    peerings(builder);
}

/// The table that a gateway names, else the VPC itself.
fn edge(builder: &Builder<'_>, gateway: &str) -> Look {
    let own = builder.all.tables.iter().find(|(_, table)| table.is.gateways.iter().any(|id| id == gateway));
    own.map_or(Look::Local, |(id, _)| Look::Table(id.clone()))
}

fn internet(builder: &mut Builder<'_>) {
    let all = builder.all;
    let both = [(&all.internet, false), (&all.egress, true)];
    for (gateways, egress) in both {
        for (id, gateway) in gateways {
            for vpc in &gateway.is.vpcs {
                let look = edge(builder, id);
                let draft = builder.draft(vpc, &gateway.at, &gateway.folder);
                draft.port(id, None, look);
                draft.target(id, id);
                if egress { &mut draft.egress } else { &mut draft.internet }.push((id.clone(), gateway.at.clone()));
                let node = draft.node;
                builder.beyond(INTERNET, None, (node, id), &gateway.at);
            }
        }
    }
}

/// NAT gateways: at their own way of the VPC, to which what they translated comes back.
fn nats(builder: &mut Builder<'_>) {
    let all = builder.all;
    for (id, nat) in &all.nats {
        let of_enis = enis_of(builder, id, &[]);
        self::nat(builder, id, nat, &of_enis);
    }
    // those that only their interfaces tell of
    for eni in all.enis.values().filter(|eni| is_nat(&eni.is)) {
        let Some(id) = word_of(&eni.is.description, "nat-").filter(|id| !all.nats.contains_key(id)) else { continue };
        let inner: Vec<IpAddr> = eni.is.nets.iter().map(|net| net.address).collect();
        let (vpc, subnet, public) = (
            eni.is.vpc.clone(),
            eni.is.subnet.clone(),
            eni.is.public.iter().map(|&(inner, outer, _)| (inner, outer)).collect(),
        );
        let is = NatGateway { vpc, subnet, inner, public };
        let item = Item { name: None, at: eni.at.clone(), digest: 0, folder: eni.folder.clone(), is };
        self::nat(builder, &id, &item, &[]);
    }
}

fn is_nat(eni: &Eni) -> bool {
    matches!(eni.kind.as_str(), "nat_gateway" | "natGateway")
}

fn nat(builder: &mut Builder<'_>, id: &str, nat: &Item<NatGateway>, enis: &[(&String, &Item<Eni>)]) {
    let mut inner = nat.is.inner.clone();
    inner.extend(enis.iter().flat_map(|(_, eni)| &eni.is.nets).map(|net| net.address));
    inner.sort();
    inner.dedup();
    let mut public = nat.is.public.clone();
    public.extend(enis.iter().flat_map(|(_, eni)| &eni.is.public).map(|&(inner, outer, _)| (inner, outer)));
    public.sort();
    public.dedup();
    let node = builder.node(id, nat.name.as_deref(), "router", &nat.at);
    let nets: Vec<Net> =
        inner.iter().map(|&address| Net { address, length: if address.is_ipv4() { 32 } else { 128 } }).collect();
    let as_eni = Eni { vpc: nat.is.vpc.clone(), subnet: nat.is.subnet.clone(), nets: nets.clone(), ..Eni::default() };
    let own = as_eni.set();
    builder.way(node, "vpc", &nat.at).addresses = nets;
    attach(builder, (node, "vpc"), (id, &as_eni), &nat.at);
    let mut entry = Translation::new(id, false, Becomes::Addresses(own.clone()), nat.at.clone());
    entry.ways_out = Some(["vpc".to_owned()].into());
    // only replies come to its own addresses
    let mut filter = Filter::new(format!("{id} replies only"), true, nat.at.clone());
    let mut rule = Rule::all(format!("{id} its own addresses"), false, nat.at.clone());
    rule.to = Selector::of(own);
    filter.rules.push(rule.into());
    let device = builder.device(node);
    device.translations.push(entry);
    device.filters.push(filter);
    if let Some(draft) = builder.vpcs.get_mut(&nat.is.vpc) {
        let one = |(inner, outer)| Public { inner, outer, called: false, at: nat.at.clone() };
        draft.public.extend(public.into_iter().map(one));
    }
}

/// The word of a text that begins so.
fn word_of(text: &str, prefix: &str) -> Option<String> {
    text.split_whitespace().find(|word| word.starts_with(prefix)).map(str::to_owned)
}

/// Interfaces that are named, or whose description names the thing.
fn enis_of<'c>(builder: &Builder<'c>, id: &str, named: &[String]) -> Vec<(&'c String, &'c Item<Eni>)> {
    let all = builder.all;
    let of = |(eni, item): &(&'c String, &'c Item<Eni>)| {
        named.contains(eni) || item.is.description.split_whitespace().any(|word| word == id)
    };
    all.enis.iter().filter(of).collect()
}

/// Endpoints: a way to a service. Nobody comes in by it.
fn endpoints(builder: &mut Builder<'_>) {
    for (id, endpoint) in &builder.all.endpoints {
        let service = if endpoint.is.service.is_empty() { id } else { &endpoint.is.service };
        if endpoint.is.kind == "Gateway" {
            let draft = builder.draft(&endpoint.is.vpc, &endpoint.at, &endpoint.folder);
            draft.port(id, None, Look::Nothing);
            draft.target(id, id);
            let node = draft.node;
            builder.beyond(service, None, (node, id), &endpoint.at);
        } else {
            interfaces(builder, id, endpoint, service);
        }
    }
}

/// An endpoint with interfaces: a router that makes anything of the service of its own addresses. One of a gateway load balancer also
/// hands what it is sent to back to the VPC.
fn interfaces(builder: &mut Builder<'_>, id: &str, endpoint: &Item<Endpoint>, service: &str) {
    let inspects = endpoint.is.kind == "GatewayLoadBalancer";
    let node = builder.node(id, endpoint.name.as_deref(), "router", &endpoint.at);
    builder.beyond(service, None, (node, "service"), &endpoint.at);
    let enis = enis_of(builder, id, &endpoint.is.enis);
    let own = enis.iter().fold(AddressSet::default(), |all, (_, eni)| all.union(&eni.is.set()));
    let mut ways = Vec::new();
    for (eni, item) in &enis {
        attach(builder, (node, eni), (eni, &item.is), &item.at);
        if let Some(draft) = builder.vpcs.get_mut(&item.is.vpc) {
            draft.target(id, eni);
        }
        let filters = groups::filters(builder, &item.is, eni, &item.at);
        builder.device(node).filters.extend(filters);
        ways.push((*eni).clone());
    }
    if enis.is_empty() {
        // nobody described its interfaces: whoever is in its subnets gets to it
        for subnet in &endpoint.is.subnets {
            let switch = builder.node(subnet, None, "switch", &endpoint.at);
            builder.join((node, subnet), (switch, id), &endpoint.at);
            ways.push(subnet.clone());
        }
    }
    let deny = |name: String, at: &Origin| Filter::new(name, false, at.clone());
    let mut back = deny(format!("{id} answers only"), &endpoint.at);
    back.ways_in = Some(["service".to_owned()].into());
    let mut filters = vec![back];
    if !inspects {
        let mut through = deny(format!("{id} leads to the service only"), &endpoint.at);
        let ways: Names = ways.into();
        (through.ways_in, through.ways_out) = (Some(ways.clone()), Some(ways));
        filters.push(through);
        if !own.is_empty() {
            let mut called = deny(format!("{id} its own addresses"), &endpoint.at);
            called.ways_out = Some(["service".to_owned()].into());
            called.sees_translated_destination = false;
            let mut rule = Rule::all(format!("{id} own"), true, endpoint.at.clone());
            rule.to = Selector::of(own.clone());
            called.rules.push(rule.into());
            filters.push(called);
        }
    }
    let device = builder.device(node);
    device.filters.extend(filters);
    if !own.is_empty() {
        let mut entry = Translation::new(id, true, Becomes::Addresses(AddressSet::all()), endpoint.at.clone());
        entry.to = Selector::of(own);
        device.translations.push(entry);
    }
}

/// Virtual private gateways, with whoever is at the other end of their connections.
fn private(builder: &mut Builder<'_>) {
    for (id, gateway) in &builder.all.private {
        let node = builder.node(id, gateway.name.as_deref(), "router", &gateway.at);
        for vpc in &gateway.is.vpcs {
            let look = edge(builder, id);
            let draft = builder.draft(vpc, &gateway.at, &gateway.folder);
            draft.port(id, None, look);
            draft.target(id, id);
            let router = draft.node;
            builder.join((router, id), (node, vpc), &gateway.at);
        }
        connections(builder, node, id, &gateway.at, &gateway.folder);
    }
}

/// VPN connections and lines of a gateway; where nobody described such, somebody.
pub(super) fn connections(builder: &mut Builder<'_>, node: usize, id: &str, at: &Origin, folder: &std::sync::Arc<str>) {
    for (vpn, item) in builder.all.vpns.iter().filter(|(_, vpn)| vpn.is.gateway.as_deref() == Some(id)) {
        tunnels(builder, node, vpn, item);
    }
    let lines: Vec<(String, Origin)> = lines(builder, id);
    for (line, at) in lines {
        builder.way(node, &line, &at).tunnel = Some(line.clone());
    }
    if !builder.all.knows(folder, "VpnConnections") || !builder.all.knows(folder, "virtualInterfaces") {
        builder.told(
            at,
            format!("what {id} leads to is not described whole (`describe-vpn-connections`, `directconnect describe-virtual-interfaces`): somebody outside may be behind it"),
            format!("{id} の先の記述（`describe-vpn-connections`、`directconnect describe-virtual-interfaces`）がそろっていない。外部の何かにつながるものとみなす"),
        );
        let name = format!("behind {}", builder.id(node));
        builder.way(node, "not described", at).tunnel = Some(name);
    }
}

/// The lines of Direct Connect that end at a gateway, themselves or by a gateway of Direct Connect.
pub(super) fn lines(builder: &Builder<'_>, id: &str) -> Vec<(String, Origin)> {
    let all = builder.all;
    let by: Vec<&str> = all.line_gateways.iter().filter(|one| one.to == id).map(|one| one.of.as_str()).collect();
    let leads =
        |gateway: &Option<String>| gateway.as_deref().is_some_and(|gateway| gateway == id || by.contains(&gateway));
    let here = all.lines.iter().filter(|(_, line)| leads(&line.is.gateway));
    here.map(|(line, item)| (line.clone(), item.at.clone())).collect()
}

/// The tunnels of a VPN connection, each to the address of the customer's gateway.
pub(super) fn tunnels(builder: &mut Builder<'_>, node: usize, id: &str, vpn: &Item<Vpn>) {
    let all = builder.all;
    let customer = all.customers.get(&vpn.is.customer).and_then(|customer| customer.is.address);
    let peer =
        customer.map_or_else(|| format!("vpn {}", emit::id_word(&vpn.is.customer)), |address| format!("vpn {address}"));
    let none = [(None, None)];
    let tunnels = if vpn.is.tunnels.is_empty() { &none[..] } else { &vpn.is.tunnels };
    for (number, (outer, inner)) in (1..).zip(tunnels) {
        let way = builder.way(node, &format!("{id} {number}"), &vpn.at);
        way.tunnel = Some(peer.clone());
        let outer = outer.map(|address| Net { address, length: if address.is_ipv4() { 32 } else { 128 } });
        way.addresses.extend(outer);
        way.addresses.extend(inner.and_then(first));
    }
}

/// The first address of a network, which is AWS's of a tunnel.
fn first(net: Net) -> Option<Net> {
    match net.address {
        IpAddr::V4(address) => {
            let address = u32::from(address).checked_add(1)?;
            Some(Net { address: IpAddr::V4(address.into()), length: net.length })
        }
        IpAddr::V6(_) => None,
    }
}

/// Peerings: from one VPC into the other and no further.
fn peerings(builder: &mut Builder<'_>) {
    for (id, peering) in &builder.all.peerings {
        let [(a, a_nets), (b, b_nets)] = &peering.is.sides[..] else { continue };
        let known = [a, b].map(|vpc| builder.vpcs.contains_key(vpc));
        for (vpc, there) in [a, b].into_iter().zip(known) {
            if let Some(draft) = builder.vpcs.get_mut(vpc).filter(|_| there) {
                draft.port(id, None, Look::Local);
                draft.target(id, id);
            }
        }
        let node = |builder: &Builder<'_>, vpc: &str| builder.vpcs.get(vpc).map(|draft| draft.node);
        match (node(builder, a), node(builder, b)) {
            (Some(one), Some(two)) if one != two => builder.join((one, id), (two, id), &peering.at),
            (Some(one), None) => elsewhere(builder, b, b_nets, (one, id), &peering.at),
            (None, Some(two)) => elsewhere(builder, a, a_nets, (two, id), &peering.at),
            _ => {}
        }
    }
}

/// A VPC of another account, of which only the networks are known.
pub(super) fn elsewhere(builder: &mut Builder<'_>, vpc: &str, nets: &[Net], near: (usize, &str), at: &Origin) {
    let key = if vpc.is_empty() { near.1.to_owned() } else { vpc.to_owned() };
    let far = builder.beyond(&key, None, near, at);
    let networks = &mut builder.device(far).networks;
    networks.extend(nets.iter().filter(|net| !networks.contains(net)).copied().collect::<Vec<_>>());
}
