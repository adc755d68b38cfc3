//! Transit gateways: a router each, with a way for each attachment. What comes from an attachment looks at the table that it is
//! associated with.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::device::Filter;
use super::super::ledger::Origin;
use super::build::{Builder, Look, Port};
use super::gateways::{elsewhere, lines, tunnels};
use super::resources::{Attachment, Item};
use super::routing::{self, Hop};
use super::vpc;

/// All of them.
pub(super) fn transit(builder: &mut Builder<'_>) {
    let attachments = attachments(builder);
    let mut transits: BTreeMap<String, (Origin, Arc<str>, Option<String>)> = BTreeMap::new();
    for (id, transit) in &builder.all.transits {
        transits.insert(id.clone(), (transit.at.clone(), transit.folder.clone(), transit.name.clone()));
    }
    for attachment in attachments.values() {
        let known = (attachment.at.clone(), attachment.folder.clone(), None);
        transits.entry(attachment.is.transit.clone()).or_insert(known);
    }
    let mut done: BTreeSet<String> = BTreeSet::new();
    for (id, (at, folder, name)) in transits {
        let node = builder.node(&id, name.as_deref(), "router", &at);
        let mut ways: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (key, attachment) in attachments.iter().filter(|(_, one)| one.is.transit == id) {
            let key = plain(key);
            let own = attach(builder, node, key, attachment, &mut done);
            ways.insert(key.to_owned(), own);
        }
        let filters = filters(builder, &attachments, &id, &ways, &at);
        builder.device(node).filters = filters;
        rest(builder, node, &id, &at, &folder);
    }
}

/// The id of an attachment: of a peering of two transit gateways each end is told of.
fn plain(key: &str) -> &str {
    key.split('@').next().unwrap_or(key)
}

/// Attachments by id: what the lists of all and of VPCs say of one is put together.
fn attachments(builder: &Builder<'_>) -> BTreeMap<String, Item<Attachment>> {
    let mut out: BTreeMap<String, Item<Attachment>> = builder.all.attachments.clone();
    for (id, one) in &builder.all.vpc_attachments {
        match out.get_mut(id) {
            Some(known) => known.is.subnets.clone_from(&one.is.subnets),
            None => drop(out.insert(id.clone(), one.clone())),
        }
    }
    out
}

/// Joins an attachment; the ways of the transit gateway come back.
fn attach(
    builder: &mut Builder<'_>,
    node: usize,
    key: &str,
    of: &Item<Attachment>,
    done: &mut BTreeSet<String>,
) -> Vec<String> {
    let Attachment { kind, resource, transit, .. } = &of.is;
    match kind.as_str() {
        "vpc" if builder.vpcs.contains_key(resource) => vpc_attachment(builder, node, key, of),
        "vpc" => {
            elsewhere(builder, resource, &[], (node, key), &of.at);
            vec![key.to_owned()]
        }
        "vpn" => {
            if let Some(vpn) = builder.all.vpns.get(resource) {
                done.insert(resource.clone());
                let before = builder.device(node).interfaces.len();
                tunnels(builder, node, resource, vpn);
                return builder.device(node).interfaces[before..].iter().map(|way| way.name.clone()).collect();
            }
            builder.way(node, key, &of.at).tunnel = Some(resource.clone());
            vec![key.to_owned()]
        }
        "direct-connect-gateway" => {
            let known = lines(builder, transit);
            if known.is_empty() {
                builder.way(node, key, &of.at).tunnel = Some(resource.clone());
                return vec![key.to_owned()];
            }
            let ways: Vec<String> = known.iter().map(|(line, _)| line.clone()).collect();
            for (line, at) in known {
                builder.way(node, &line, &at).tunnel = Some(line.clone());
            }
            ways
        }
        "peering" if builder.all.transits.contains_key(resource) && resource != transit => {
            // both ends bear one id: the second one makes the link
            let far = builder.node(resource, None, "router", &of.at);
            if done.insert(key.to_owned()) {
                builder.join((node, key), (far, key), &of.at);
            }
            vec![key.to_owned()]
        }
        _ => {
            let far = if resource.is_empty() { key } else { resource };
            builder.beyond(far, None, (node, key), &of.at);
            vec![key.to_owned()]
        }
    }
}

/// A VPC: a link for each table that the subnets of the attachment look at.
fn vpc_attachment(builder: &mut Builder<'_>, node: usize, key: &str, of: &Item<Attachment>) -> Vec<String> {
    let all = builder.all;
    let mut looks: BTreeSet<Look> = BTreeSet::new();
    for subnet in &of.is.subnets {
        looks.insert(match all.subnets.get(subnet) {
            Some(known) => vpc::look(builder, &of.is.resource, subnet, known),
            None => Look::Anything,
        });
    }
    if looks.is_empty() {
        looks.insert(Look::Anything);
    }
    let mut ways = Vec::new();
    for (number, look) in (1..).zip(looks) {
        let way = if number == 1 { key.to_owned() } else { format!("{key} {number}") };
        if let Some(draft) = builder.vpcs.get_mut(&of.is.resource) {
            draft.ports.push(Port { way: way.clone(), subnet: None, unasked: of.is.subnets.clone(), look });
            draft.target(&of.is.transit, &way);
            let router = draft.node;
            builder.join((router, &way), (node, &way), &of.at);
        }
        ways.push(way);
    }
    ways
}

/// The filters of the tables that attachments look at.
fn filters(
    builder: &mut Builder<'_>,
    attachments: &BTreeMap<String, Item<Attachment>>,
    transit: &str,
    ways: &BTreeMap<String, Vec<String>>,
    at: &Origin,
) -> Vec<Filter> {
    let mut by_table: BTreeMap<Option<&str>, Vec<String>> = BTreeMap::new();
    for (key, of) in attachments.iter().filter(|(_, of)| of.is.transit == transit) {
        let key = plain(key);
        let own = ways.get(key).cloned().unwrap_or_default();
        if of.is.told {
            by_table.entry(of.is.table.as_deref()).or_default().extend(own);
        } else {
            builder.told(
                &of.at,
                format!("which route table {key} looks at is not described (`describe-transit-gateway-attachments`): every route is possible"),
                format!("{key} のルートテーブルの関連付け（`describe-transit-gateway-attachments`）の記述がない。どの経路もありうるものとみなす"),
            );
        }
    }
    let mut out = Vec::new();
    let all = builder.all;
    for (table, ways_in) in by_table {
        let Some(table) = table else {
            out.push(routing::filter("none", ways_in, &[], at));
            continue;
        };
        let table_at = all.transit_tables.get(table).map_or(at, |item| &item.at);
        let Some(routes) = all.transit_routes.get(table) else {
            builder.told(
                table_at,
                format!("the routes of {table} are not given (`search-transit-gateway-routes`, in a file named after it): every route is possible"),
                format!("{table} の経路（`search-transit-gateway-routes` の出力、ファイル名に ID を含む）がない。どの経路もありうるものとみなす"),
            );
            continue;
        };
        let mut hops = Vec::new();
        for route in routes {
            let out: Vec<String> = route.to.iter().filter_map(|id| ways.get(id)).flatten().cloned().collect();
            for (to, named) in routing::towards(builder, &route.towards, &route.at) {
                hops.push(Hop {
                    to,
                    named,
                    ways: vec![(None, out.clone())],
                    propagated: route.propagated,
                    at: route.at.clone(),
                });
            }
        }
        out.push(routing::filter(table, ways_in, &hops, table_at));
    }
    out
}

/// VPN connections of the gateway that no attachment names; somebody, where nobody described attachments.
fn rest(builder: &mut Builder<'_>, node: usize, id: &str, at: &Origin, folder: &Arc<str>) {
    let all = builder.all;
    let attached = |vpn: &str| all.attachments.values().any(|one| one.is.resource == vpn);
    for (vpn, item) in all.vpns.iter().filter(|(_, vpn)| vpn.is.gateway.as_deref() == Some(id)) {
        if !attached(vpn) {
            tunnels(builder, node, vpn, item);
        }
    }
    if !all.knows(folder, "TransitGatewayAttachments") {
        builder.told(
            at,
            format!("what {id} leads to is not described (`describe-transit-gateway-attachments`): somebody outside may be behind it"),
            format!("{id} の先の記述（`describe-transit-gateway-attachments`）がない。外部の何かにつながるものとみなす"),
        );
        let name = format!("behind {}", builder.id(node));
        builder.way(node, "not described", at).tunnel = Some(name);
    }
}
