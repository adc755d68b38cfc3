//! VPCs: a router each, with a switch for each subnet; network ACLs as filters between subnets.

use smallvec::smallvec;

use super::super::device::{Becomes, Filter, Names, Net, Rule, Selector, Translation};
use super::super::ledger::Origin;
use super::super::region::Services;
use super::super::set::AddressSet;
use super::build::{Builder, Draft, Look, Port, Public};
use super::resources::{Entry, Item, Subnet, Target, Towards, set};
use super::routing;
use crate::document::Family;

/// The interface of a subnet's switch that leads to the VPC.
pub(super) const UP: &str = "vpc";

/// What says which ways lead out of a VPC. Without one of these, there may be any.
const WAYS_OUT: [(&str, &str); 5] = [
    ("InternetGateways", "describe-internet-gateways"),
    ("EgressOnlyInternetGateways", "describe-egress-only-internet-gateways"),
    ("VpnGateways", "describe-vpn-gateways"),
    ("VpcPeeringConnections", "describe-vpc-peering-connections"),
    ("TransitGatewayVpcAttachments", "describe-transit-gateway-vpc-attachments"),
];

/// A router for each VPC, a switch for each subnet.
pub(super) fn drafts(builder: &mut Builder<'_>) {
    for (id, vpc) in &builder.all.vpcs {
        builder.draft(id, &vpc.at, &vpc.folder);
    }
    for (id, subnet) in &builder.all.subnets {
        self::subnet(builder, id, subnet);
    }
    // what interfaces say of subnets that nobody described
    for eni in builder.all.enis.values().filter(|eni| !builder.all.subnets.contains_key(&eni.is.subnet)) {
        let own = builder.all.enis.values().filter(|other| other.is.subnet == eni.is.subnet);
        let nets = own.flat_map(|eni| eni.is.nets.clone()).collect();
        let is = Subnet { vpc: eni.is.vpc.clone(), nets };
        let known = builder
            .vpcs
            .get(&eni.is.vpc)
            .is_some_and(|draft| draft.ports.iter().any(|port| port.subnet.as_ref() == Some(&eni.is.subnet)));
        if !known {
            builder.told(
                &eni.at,
                format!(
                    "{} is not described (`describe-subnets`): it is taken to hold these interfaces",
                    eni.is.subnet
                ),
                format!(
                    "{} の記述（`describe-subnets`）がない。ネットワークインターフェースだけがあるものとみなす",
                    eni.is.subnet
                ),
            );
            let item = Item { name: None, at: eni.at.clone(), digest: 0, folder: eni.folder.clone(), is };
            self::subnet(builder, &eni.is.subnet, &item);
        }
    }
    whole(builder);
}

fn subnet(builder: &mut Builder<'_>, id: &str, subnet: &Item<Subnet>) {
    let look = look(builder, &subnet.is.vpc, id, subnet);
    let switch = builder.node(id, subnet.name.as_deref(), "switch", &subnet.at);
    let draft = builder.draft(&subnet.is.vpc, &subnet.at, &subnet.folder);
    draft.port(id, Some(id), look);
    draft.spots.push((set(&subnet.is.nets), id.to_owned()));
    let (node, folder) = (draft.node, draft.folder.clone());
    builder.join((node, id), (switch, UP), &subnet.at);
    if !builder.all.knows(&folder, "NetworkInterfaces") {
        everybody(builder, id, switch, subnet);
        builder.told(
            &subnet.at,
            format!("the interfaces in {id} are not described (`describe-network-interfaces`): anybody may be in it, without security groups"),
            format!("{id} のネットワークインターフェースの記述（`describe-network-interfaces`）がない。セキュリティグループのない機器がいるものとみなす"),
        );
    }
}

/// Whoever may be in a subnet of which nobody says who is.
fn everybody(builder: &mut Builder<'_>, id: &str, switch: usize, subnet: &Item<Subnet>) {
    let host = builder.node(&format!("hosts {id}"), None, "host", &subnet.at);
    builder.device(host).networks.clone_from(&subnet.is.nets);
    builder.join((host, id), (switch, "hosts"), &subnet.at);
}

/// A VPC of which no subnet is described, as one subnet.
fn whole(builder: &mut Builder<'_>) {
    let empty: Vec<(String, Origin)> = builder
        .vpcs
        .values()
        .filter(|draft| draft.spots.is_empty())
        .map(|draft| (draft.id.clone(), draft.at.clone()))
        .collect();
    for (id, at) in empty {
        let Some(vpc) = builder.all.vpcs.get(&id) else { continue };
        if builder.all.knows(&vpc.folder, "Subnets") {
            continue; // it has none
        }
        builder.told(
            &at,
            format!("the subnets of {id} are not described (`describe-subnets`): anybody may be anywhere in it"),
            format!("{id} のサブネットの記述（`describe-subnets`）がない。どこに何があってもよいものとみなす"),
        );
        let is = Subnet { vpc: id.clone(), nets: vpc.is.nets.clone() };
        let item = Item { name: None, at, digest: 0, folder: vpc.folder.clone(), is };
        subnet(builder, &format!("subnets of {id}"), &item);
    }
}

/// The table of a subnet: its own, else the main one.
pub(super) fn look(builder: &mut Builder<'_>, vpc: &str, subnet: &str, of: &Item<Subnet>) -> Look {
    let of_vpc = || builder.all.tables.iter().filter(|(_, table)| table.is.vpc == vpc);
    let own = builder.all.tables.iter().find(|(_, table)| table.is.subnets.iter().any(|id| id == subnet));
    if let Some((id, _)) = own.or_else(|| of_vpc().find(|(_, table)| table.is.main)) {
        return Look::Table(id.clone());
    }
    builder.told(
        &of.at,
        format!("the route table of {subnet} is not described (`describe-route-tables`): every route is possible"),
        format!("{subnet} のルートテーブルの記述（`describe-route-tables`）がない。どの経路もありうるものとみなす"),
    );
    Look::Anything
}

/// Filters and translations of the routers.
pub(super) fn finish(builder: &mut Builder<'_>) {
    for id in builder.vpcs.keys().cloned().collect::<Vec<_>>() {
        undescribed(builder, &id);
        routing::unknown_targets(builder, &id);
        let Some(draft) = builder.vpcs.get(&id).cloned() else { continue };
        // all must permit, in whatever order; a finding names the first
        let mut filters = internet(builder, &draft);
        filters.extend(acls(builder, &draft));
        filters.extend(routing::filters(builder, &draft));
        let translations = translations(&draft);
        // public addresses are nobody else's
        for (way, _) in &draft.internet {
            let public = draft.public.iter().map(|public| Net { address: public.outer, length: 32 });
            builder.way(draft.node, way, &draft.at).addresses.extend(public.filter(|net| net.address.is_ipv4()));
        }
        let device = builder.device(draft.node);
        device.filters = filters;
        device.translations = translations;
    }
}

/// Somebody behind every kind of way out that nobody described.
fn undescribed(builder: &mut Builder<'_>, id: &str) {
    let Some(draft) = builder.vpcs.get(id) else { return };
    let (node, at, folder) = (draft.node, draft.at.clone(), draft.folder.clone());
    let also =
        |kind: &str| kind == "TransitGatewayVpcAttachments" && builder.all.knows(&folder, "TransitGatewayAttachments");
    let missing: Vec<&str> = WAYS_OUT
        .iter()
        .filter(|(kind, _)| !builder.all.knows(&folder, kind) && !also(kind))
        .map(|&(_, call)| call)
        .collect();
    if missing.is_empty() {
        return;
    }
    let calls = missing.join(", ");
    builder.told(
        &at,
        format!("which ways lead out of {id} is not described whole ({calls} missing): somebody outside may be anywhere behind it"),
        format!("{id} から外に出る経路の記述がそろっていない（{calls} がない）。外部の何かにつながるものとみなす"),
    );
    let way = "not described";
    builder.beyond(&format!("not described ({id})"), None, (node, way), &at);
    if let Some(draft) = builder.vpcs.get_mut(id) {
        draft.port(way, None, Look::Local);
        draft.target("", way);
    }
}

/// What an Internet gateway lets in and out: only who has a public address, and IPv6.
fn internet(builder: &Builder<'_>, draft: &Draft) -> Vec<Filter> {
    let mut out = Vec::new();
    let known = builder.all.knows(&draft.folder, "NetworkInterfaces");
    let six = AddressSet::family(Family::V6);
    let both = |way: &str, at: &Origin| {
        let mut inward = Filter::new(format!("{way} in"), false, at.clone());
        inward.ways_in = Some([way.to_owned()].into());
        inward.sees_translated_destination = false;
        let mut outward = Filter::new(format!("{way} out"), false, at.clone());
        outward.ways_out = Some([way.to_owned()].into());
        let mut rule = Rule::all(format!("{way} IPv6"), true, at.clone());
        (rule.from, rule.to) = (Selector::of(six.clone()), Selector::of(six.clone()));
        outward.rules.push(rule.into());
        (inward, outward)
    };
    for (way, at) in draft.internet.iter().filter(|_| known) {
        let (mut inward, mut outward) = both(way, at);
        for Public { inner, outer, called, at } in &draft.public {
            if *called {
                let mut rule = Rule::all(format!("{way} public address {outer}"), true, at.clone());
                rule.to = Selector::of(AddressSet::single(*outer));
                inward.rules.push(rule.into());
            }
            let mut rule = Rule::all(format!("{way} {inner} has a public address"), true, at.clone());
            rule.from = Selector::of(AddressSet::single(*inner));
            outward.rules.push(rule.into());
        }
        let mut rule = Rule::all(format!("{way} IPv6"), true, at.clone());
        rule.to = Selector::of(six_called(builder, draft, way));
        inward.rules.push(rule.into());
        out.extend([inward, outward]);
    }
    for (way, at) in &draft.egress {
        let (inward, outward) = both(way, at);
        out.extend([inward, outward]);
    }
    out
}

/// Addresses of IPv6 that are called by an Internet gateway: where the table of the subnet leads to it.
fn six_called(builder: &Builder<'_>, draft: &Draft, gateway: &str) -> AddressSet {
    let leads = |port: &&Port| match &port.look {
        Look::Table(id) => builder.all.tables.get(id).is_some_and(|table| {
            table.is.routes.iter().any(|route| {
                let six = matches!(&route.towards, Towards::Net(net) if net.address.is_ipv6());
                let list = matches!(route.towards, Towards::List(_));
                (six || list) && matches!(&route.target, Target::To(id) if id == gateway || id.is_empty())
            })
        }),
        _ => true,
    };
    let ways: Vec<&String> =
        draft.ports.iter().filter(|port| port.subnet.is_some()).filter(leads).map(|port| &port.way).collect();
    let here = draft.spots.iter().filter(|(_, way)| ways.contains(&way));
    let all = here.fold(AddressSet::default(), |all, (set, _)| all.union(set));
    all.intersect(&AddressSet::family(Family::V6))
}

/// An Internet gateway makes public addresses of inner ones, one for one.
fn translations(draft: &Draft) -> Vec<Translation> {
    let mut out = Vec::new();
    for (way, _) in &draft.internet {
        for Public { inner, outer, called, at } in &draft.public {
            let (inner_set, outer_set) = (AddressSet::single(*inner), AddressSet::single(*outer));
            if *called {
                let becomes = Becomes::Addresses(inner_set.clone());
                let mut entry = Translation::new(format!("{outer}"), true, becomes, at.clone());
                entry.to = Selector::of(outer_set.clone());
                entry.ways_in = Some([way.clone()].into());
                out.push(entry);
            }
            let mut entry = Translation::new(format!("{inner}"), false, Becomes::Addresses(outer_set), at.clone());
            entry.from = Selector::of(inner_set);
            entry.ways_out = Some([way.clone()].into());
            entry.one_to_one = true;
            out.push(entry);
        }
    }
    out
}

/// Network ACLs: for what enters a subnet from elsewhere and what leaves it.
fn acls(builder: &mut Builder<'_>, draft: &Draft) -> Vec<Filter> {
    let mut out = Vec::new();
    let mut subnets: Vec<&String> = draft.ports.iter().filter_map(|port| port.subnet.as_ref()).collect();
    subnets.sort();
    subnets.dedup();
    for subnet in subnets {
        let own = builder.all.acls.iter().find(|(_, acl)| acl.is.subnets.iter().any(|id| id == subnet));
        let Some((id, acl)) = own else {
            builder.told(
                &draft.at,
                format!("the network ACL of {subnet} is not described (`describe-network-acls`): it is taken to permit everything"),
                format!("{subnet} のネットワーク ACL の記述（`describe-network-acls`）がない。すべて許可するものとみなす"),
            );
            continue;
        };
        let inside = |port: &&Port| port.subnet.as_ref() == Some(subnet);
        let ways = |keep: &dyn Fn(&&Port) -> bool| -> Names {
            draft.ports.iter().filter(keep).map(|port| port.way.clone()).collect()
        };
        let own = ways(&inside);
        let others = ways(&|port| !inside(port));
        let asked = ways(&|port| !inside(port) && !port.unasked.contains(subnet));
        for (egress, word, ways_in, ways_out) in
            [(false, "inbound", asked, own.clone()), (true, "outbound", own, others)]
        {
            let mut filter = Filter::new(format!("{id} {word} {subnet}"), false, acl.at.clone());
            (filter.ways_in, filter.ways_out) = (Some(ways_in), Some(ways_out));
            filter.default_id = "*".into();
            filter.rules = acl
                .is
                .entries
                .iter()
                .filter(|entry| entry.egress == egress)
                .map(|entry| line(id, word, entry).into())
                .collect();
            out.push(filter);
        }
    }
    out
}

fn line(acl: &str, word: &str, entry: &Entry) -> Rule {
    let mut rule = Rule::all(format!("{acl} {word} {}", entry.number), entry.permit, entry.at.clone());
    let far = Selector::of(entry.net.set());
    if entry.egress {
        rule.to = far;
    } else {
        rule.from = far;
    }
    rule.services = smallvec![Services::clone(&entry.services)];
    rule.condition = entry.condition.as_deref().map(Into::into);
    rule
}
