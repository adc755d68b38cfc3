//! Network interfaces into machines. An instance is one machine, whatever interfaces it has; what a service of AWS made is one with
//! all others of its description, since data may enter at one and leave at another.

use std::collections::BTreeMap;

use super::super::device::{Becomes, Net, Translation};
use super::super::ledger::Origin;
use super::build::{Builder, Look, Public};
use super::resources::{Eni, Item, Target, Towards};
use super::{balancers, classic, groups, vpc};

/// What an interface is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    /// An instance.
    Instance(String),
    /// A service of a VPC.
    Service(String, String),
    /// Itself.
    Alone(String),
}

/// The machines of all interfaces but those of gateways and endpoints.
pub(super) fn machines(builder: &mut Builder<'_>) {
    let all = builder.all;
    let mut owners: BTreeMap<Owner, Vec<(&str, &Item<Eni>)>> = BTreeMap::new();
    for (id, eni) in all.enis.iter().filter(|(_, eni)| eni.is.attached && is_machine(&eni.is)) {
        let owner = match (&eni.is.instance, service(&eni.is)) {
            (Some(instance), _) => Owner::Instance(instance.clone()),
            (None, Some(service)) => Owner::Service(eni.is.vpc.clone(), service),
            (None, None) => Owner::Alone(id.clone()),
        };
        owners.entry(owner).or_default().push((id, eni));
    }
    for (owner, enis) in owners {
        let Some((_, first)) = enis.first() else { continue };
        let (key, name) = match &owner {
            Owner::Instance(id) => (id.clone(), all.instances.get(id).cloned()),
            Owner::Service(vpc, service) => (format!("{service} ({vpc})"), None),
            Owner::Alone(id) => (id.clone(), first.name.clone()),
        };
        let host = builder.node(&key, name.as_deref(), "host", &first.at);
        if let Owner::Service(vpc, service) = &owner {
            relay(builder, host, (service, vpc), &first.at);
        }
        let forwards =
            matches!(owner, Owner::Instance(_) | Owner::Alone(_)) && enis.iter().any(|(_, eni)| eni.is.forwards);
        if forwards {
            forwarding(builder, &key, host, &enis);
        } else {
            plain(builder, host, &enis);
        }
    }
}

/// Gives a load balancer what it passes on; told where that is not described.
fn relay(builder: &mut Builder<'_>, node: usize, (service, vpc): (&str, &str), at: &Origin) {
    let Some(path) = service.strip_prefix("ELB ") else { return };
    // of a classic one the description bears the name alone
    let relays =
        if path.contains('/') { balancers::relays(builder, path) } else { classic::relays(builder, path, vpc) };
    match relays {
        Ok(Some(relays)) => drop(builder.device(node).said.insert("relays".into(), relays)),
        Ok(None) => {}
        Err((en, ja)) => builder.told(
            at,
            format!("{en}: {service} is taken to pass everything on to anybody"),
            format!("{ja}。{service} は何でも誰にでも中継するものとみなす"),
        ),
    }
}

fn is_machine(eni: &Eni) -> bool {
    !matches!(
        eni.kind.as_str(),
        "nat_gateway" | "natGateway" | "transit_gateway" | "vpc_endpoint" | "gateway_load_balancer_endpoint"
    )
}

/// The service that made an interface, from its description: without what only this one bears.
fn service(eni: &Eni) -> Option<String> {
    let text = eni.description.trim();
    if !(eni.managed || eni.kind != "interface" && eni.kind != "efa" && eni.kind != "trunk" && eni.kind != "branch") {
        return None;
    }
    let text = text.split(" (").next().unwrap_or(text);
    let tail = text.len().checked_sub(37).and_then(|at| text.get(at..));
    let is_uuid = |tail: &str| {
        tail.starts_with('-')
            && tail[1..]
                .char_indices()
                .all(|(at, c)| if [8, 13, 18, 23].contains(&at) { c == '-' } else { c.is_ascii_hexdigit() })
    };
    let text = match tail {
        Some(tail) if is_uuid(tail) => &text[..text.len() - tail.len()],
        _ => text,
    };
    (!text.is_empty()).then(|| text.to_owned())
}

/// Gives a node an interface with the addresses of a network interface.
fn addresses(builder: &mut Builder<'_>, node: usize, way: &str, eni: &Item<Eni>) {
    let (single, more): (Vec<Net>, Vec<Net>) = eni.is.nets.iter().partition(|net| net.is_single());
    builder.way(node, way, &eni.at).addresses.extend(single);
    builder.device(node).networks.extend(more);
}

/// A machine that forwards nothing: on the switches of its subnets, with its groups.
fn plain(builder: &mut Builder<'_>, host: usize, enis: &[(&str, &Item<Eni>)]) {
    for (id, eni) in enis {
        let switch = builder.node(&eni.is.subnet, None, "switch", &eni.at);
        addresses(builder, host, id, eni);
        builder.join((host, id), (switch, id), &eni.at);
        let filters = groups::filters(builder, &eni.is, id, &eni.at);
        builder.device(host).filters.extend(filters);
        public(builder, eni);
    }
}

/// That an Internet gateway knows public addresses of an interface.
fn public(builder: &mut Builder<'_>, eni: &Item<Eni>) {
    if let Some(draft) = builder.vpcs.get_mut(&eni.is.vpc) {
        let one = |(inner, outer, at)| Public { inner, outer, called: true, at };
        draft.public.extend(eni.is.public.iter().cloned().map(one));
    }
}

/// An instance that takes what is not for it: a router at the VPC, with the machine behind it. Nobody knows which sources it
/// translates.
fn forwarding(builder: &mut Builder<'_>, key: &str, host: usize, enis: &[(&str, &Item<Eni>)]) {
    let Some((_, first)) = enis.first() else { return };
    let name = format!("{} forwards", builder.id(host));
    let router = builder.node(&format!("{key} forwards"), Some(&name), "router", &first.at);
    builder.join((router, "itself"), (host, "forwards"), &first.at);
    for (id, eni) in enis {
        addresses(builder, host, "forwards", eni);
        attach(builder, (router, id), (id, &eni.is), &eni.at);
        let filters = groups::filters(builder, &eni.is, id, &eni.at);
        let mut entry =
            Translation::new(format!("{id} source"), false, Becomes::Addresses(eni.is.set()), eni.at.clone());
        entry.ways_out = Some([(*id).to_owned()].into());
        entry.condition = Some(format!("{id} source translation").into());
        let device = builder.device(router);
        device.filters.extend(filters);
        device.translations.push(entry);
        public(builder, eni);
        if let (Some(instance), Some(draft)) = (&eni.is.instance, builder.vpcs.get_mut(&eni.is.vpc)) {
            draft.target(instance, id);
        }
    }
    behind(builder, key, router, enis);
}

/// Joins an interface that forwards to the router of its VPC, where it has a way of its own: a switch would hand it what is for
/// others.
pub(super) fn attach(builder: &mut Builder<'_>, (node, way): (usize, &str), (id, eni): (&str, &Eni), at: &Origin) {
    let known = builder.all.subnets.get(&eni.subnet);
    let look = match known {
        Some(subnet) => vpc::look(builder, &eni.vpc, &eni.subnet, subnet),
        None => Look::Anything,
    };
    let folder = known.map_or_else(|| "".into(), |subnet| subnet.folder.clone());
    let draft = builder.draft(&eni.vpc, at, &folder);
    draft.port(id, Some(&eni.subnet), look);
    draft.spots.insert(0, (eni.set(), id.to_owned()));
    draft.target(id, id);
    let router = draft.node;
    builder.join((router, id), (node, way), at);
}

/// Somebody behind an instance to whom routes lead by it.
fn behind(builder: &mut Builder<'_>, key: &str, router: usize, enis: &[(&str, &Item<Eni>)]) {
    let ours = |target: &Target| match target {
        Target::To(id) => enis.iter().any(|(eni, of)| id == eni || of.is.instance.as_ref() == Some(id)),
        _ => false,
    };
    let routes = builder.all.tables.values().flat_map(|table| &table.is.routes).filter(|route| ours(&route.target));
    let mut nets: Vec<Net> = routes
        .filter_map(|route| match route.towards {
            Towards::Net(net) if net.length > 0 => Some(net),
            _ => None,
        })
        .collect();
    // where the VPC itself is, the instance stands before somebody who is described
    let inside = enis.iter().filter_map(|(_, eni)| builder.vpcs.get(&eni.is.vpc)).flat_map(|draft| &draft.nets);
    let inside = inside.fold(super::super::set::AddressSet::default(), |all, net| all.union(&net.set()));
    nets.retain(|net| !net.set().subtract(&inside).is_empty());
    nets.sort();
    nets.dedup();
    let Some((_, first)) = enis.first() else { return };
    if !nets.is_empty() {
        let name = format!("behind {}", builder.id(router));
        let far = builder.beyond(&format!("behind {key}"), Some(&name), (router, "behind"), &first.at);
        builder.device(far).networks = nets;
    }
}
