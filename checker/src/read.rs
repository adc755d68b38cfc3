//! Reads a document, and refuses what has an error: semantics sections 1 and 2.
//!
//! Only the first error is reported: a document with errors is unusable, and the verifier lists all of them.
#![allow(clippy::indexing_slicing)] // every index below was made by this reader, for the table it indexes

use crate::document::{
    CIRCUITS, Cidr, Document, Evidence, Exception, Expectation, Item, KINDS, Kind, Link, LinkSaid, Node, Range,
    Selector, WAIVED_BY_DEFAULT, Zone, label,
};
use crate::json::{Data, Object, Result, Value, fault};
use crate::names::{At, Names, Near};
use crate::policy::TIERS;
use crate::sets::Numbers;
use crate::words::{
    MOST, NAMED, PROTOCOLS, bad_name, duplicate, each, entries, filled, find, good_id, host_name, in_order, is_word,
    items, new_word, one_of, read_cidr, read_date, read_one, read_spans, says, union, word, words,
};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// What a node says of its interfaces, which are known when the links have been read.
struct Unread<'v, 'a> {
    /// `filter`, or those of `filters`.
    filters: Vec<&'v Value<'a>>,
    relays: Option<&'v Value<'a>>,
    routes: Option<&'v Value<'a>>,
    nat: Option<&'v [Value<'a>]>,
    routed_vlans: Option<&'v Value<'a>>,
    /// It has one of `filter`, `filters`, `routes` and `nat`.
    names_interfaces: bool,
}

pub const MODELS: [&str; 4] = ["alpha", "alpha-prime", "beta", "beta-prime"];
/// Of the national guideline.
pub const EDITIONS: [&str; 4] = ["2022-03", "2023-03", "2024-10", "2025-03"];

pub fn read(root: &Value) -> Result<Document> {
    root.object(|o| {
        let mut names = Names::default();
        o.may("name", Value::text)?;
        let sanso = o.must("sanso", Ok)?;
        if !matches!(sanso.data, Data::Number("1")) {
            return fault(sanso.at, "`sanso: 1` expected", "`sanso: 1` が必要です");
        }
        let model = o.may("model", |v| Ok(MODELS[one_of(v, &MODELS)?]))?;
        let zones = read_zones(o.may("zones", Ok)?, &mut names)?;
        let groups = read_groups(o.may("groups", Ok)?, &mut names)?;
        read_services(o.may("services", Ok)?, &mut names)?;
        let (mut nodes, mut unread) = (Vec::new(), Vec::new());
        for value in o.must("nodes", Value::list)? {
            let (node, rest) = read_node(value, &names)?;
            if names.nodes.insert(node.id.clone(), nodes.len()).is_some() {
                return duplicate(value.at, &node.id);
            }
            nodes.push(node);
            unread.push(rest);
        }
        let host_names = read_host_names(o.may("names", Ok)?, &mut names)?;
        let links = read_links(o.may("links", Value::list)?.unwrap_or_default(), &nodes, &unread, &mut names)?;
        read_rest(&mut nodes, &unread, &links, &names)?;
        for node in &mut nodes {
            if node.sanitises() && node.zone.is_some() {
                let en = "a node with a sanitising relay stands between zones: no `zone`";
                return fault(node.at, en, "無害化を行う中継を持つノードには `zone` を書けません");
            }
            let relays = node.relays.as_ref().is_some_and(|relays| !relays.is_empty());
            node.endpoint = !node.forwards || node.zone.is_some() || relays;
            node.label = label(node, &zones);
        }
        let mut ids = HashSet::new();
        let transfers = o.may("transfers", |v| each(v.list()?, |v| names.transfer(v, &mut ids)))?.unwrap_or_default();
        let exceptions = o.may("exceptions", |v| read_exceptions(v, &names))?.unwrap_or_default();
        let evidence = o.may("evidence", read_evidence)?.unwrap_or_default();
        let expects = o.may("expects", |v| read_expects(v, &names))?.unwrap_or_default();
        let policy = o.may("policy", Value::text)?.map(str::to_owned);
        let edition = o.may("edition", |v| Ok(EDITIONS[one_of(v, &EDITIONS)?].to_owned()))?;
        let (named, node_index) = (names.named.into_inner(), names.nodes);
        Ok(Document {
            model,
            zones,
            groups,
            nodes,
            links,
            host_names,
            transfers,
            exceptions,
            evidence,
            expects,
            policy,
            edition,
            named,
            node_index,
        })
    })
}

fn read_zones(value: Option<&Value>, names: &mut Names) -> Result<Vec<Zone>> {
    let tiers = TIERS.into_iter().enumerate();
    let mut zones: Vec<Zone> =
        tiers.map(|(t, name)| Zone { name: name.to_owned(), base: Some(t), networks: Vec::new() }).collect();
    names.zones = zones.iter().enumerate().map(|(z, zone)| (zone.name.clone(), z)).collect();
    let mut owner: HashMap<Cidr, usize> = HashMap::new(); // in one zone or in two: once
    for (name, value) in entries(value)? {
        let (base, networks) = value.object(|o| {
            o.may("title", Value::text)?;
            Ok((o.may("base", |v| one_of(v, &TIERS))?, o.may("networks", union)?))
        })?;
        let z = *names.zones.entry(good_id(value.at, name)?).or_insert(zones.len());
        if z == zones.len() {
            zones.push(Zone { name: name.to_string(), base, networks: Vec::new() });
        } else if base.is_some_and(|base| base != z) {
            return fault(value.at, "a tier is its own base", "三つの層に別の `base` は書けません");
        }
        for network in networks.unwrap_or_default() {
            let cidr = read_cidr(network)?;
            if owner.insert(cidr, z).is_some() {
                return fault(network.at, "the same network twice", "同じネットワークが二度書かれています");
            }
            zones[z].networks.push(cidr);
        }
    }
    Ok(zones)
}

fn read_groups(value: Option<&Value>, names: &mut Names) -> Result<Vec<Vec<Range>>> {
    let mut groups: Vec<Vec<Range>> = Vec::new();
    for (name, value) in in_order(value, "group:")? {
        let mut ranges = Vec::new();
        for item in union(value)? {
            match names.item(item, At::Group)? {
                Item::Group(other) => ranges.extend_from_slice(&groups[other]),
                Item::Range(range) => ranges.push(range),
                _ => {} // nothing else stands in a group
            }
        }
        ranges.sort_unstable();
        ranges.dedup();
        names.groups.insert(name.to_string(), groups.len());
        groups.push(ranges);
    }
    Ok(groups)
}

/// What host names stand for; those that are compared alike are one name.
fn read_host_names(value: Option<&Value>, names: &mut Names) -> Result<Vec<Selector>> {
    let mut given = Vec::new();
    for (name, value) in entries(value)? {
        if !is_word(name) {
            return bad_name(value.at, name);
        }
        given.push(names.selector(value, At::HostName)?);
        if names.hosts.insert(host_name(name), given.len() - 1).is_some() {
            return duplicate(value.at, name);
        }
    }
    Ok(given)
}

fn read_services(value: Option<&Value>, names: &mut Names) -> Result<()> {
    for (name, value) in in_order(value, "")? {
        if name == "any" || name == "transfer" || PROTOCOLS.contains(&name.split('/').next().unwrap_or_default()) {
            return bad_name(value.at, name);
        }
        let services = names.services(value)?;
        names.services.insert(name.to_string(), services);
    }
    Ok(())
}

/// All that does not need the names of other nodes or of interfaces.
fn read_node<'v, 'a>(value: &'v Value<'a>, names: &Names) -> Result<(Node, Unread<'v, 'a>)> {
    value.object(|o| {
        o.may("title", Value::text)?;
        o.may("note", Value::text)?;
        o.may("origin", Value::text)?;
        if o.may("count", Value::integer)?.is_some_and(|count| !(1..=MOST).contains(&count)) {
            let en = format!("`count` is a whole number from 1 to {MOST}");
            return fault(value.at, en, format!("`count` は 1〜{MOST} の整数です"));
        }
        let kind = o.may("kind", |v| one_of(v, &KINDS.map(|(name, _)| name)))?.map_or(Kind::Host, |k| KINDS[k].1);
        let by_kind = matches!(kind, Kind::Switch | Kind::L3Switch | Kind::Router | Kind::Firewall);
        let node = Node {
            at: value.at,
            id: o.must("id", |v| good_id(v.at, v.text()?))?,
            kind,
            zone: o.may("zone", |v| find(&names.zones, v, ("zone", "領域"), v.text()?))?,
            label: None,
            addresses: o.may("addresses", |v| each(items(v), read_cidr))?.unwrap_or_default(),
            forwards: o.may("forwards", Value::bool)?.unwrap_or(by_kind),
            endpoint: false,
            filters: Vec::new(),
            nat: Vec::new(),
            relays: None,
            routes: Vec::new(),
            controls: o.may("controls", words)?.unwrap_or_default(),
            tags: o.may("tags", words)?.unwrap_or_default(),
            business: o.may("business", |v| each(union(v)?, word))?.unwrap_or_default(),
            owner: o.may("owner", word)?,
        };
        let (filter, filters) = (o.may("filter", Ok)?, o.may("filters", filled)?);
        let (routes, routed_vlans) = (o.may("routes", Ok)?, o.may("routed_vlans", Ok)?);
        match (filter, filters) {
            (Some(_), Some(_)) => {
                return fault(value.at, "`filter` and `filters`", "`filter` と `filters` は同時に書けません");
            }
            (None, None) if kind == Kind::Firewall => {
                let ja = "ファイアウォールには `filter` か `filters` が必要です";
                return fault(value.at, "a firewall needs `filter` or `filters`", ja);
            }
            _ => {}
        }
        let l3 = kind == Kind::L3Switch;
        if l3 && !node.forwards || !l3 && routed_vlans.is_some() {
            let en = "an l3-switch forwards, and it alone has `routed_vlans`";
            return fault(value.at, en, "l3-switch は必ず転送し、`routed_vlans` は l3-switch だけに書けます");
        }
        let nat = o.may("nat", filled)?;
        if nat.is_some() && (!node.forwards || kind == Kind::Switch) {
            let en = "`nat` on a switch, or on a node that does not forward";
            return fault(value.at, en, "スイッチや転送しないノードに `nat` は書けません");
        }
        let rest = Unread {
            filters: filter.into_iter().chain(filters.unwrap_or_default()).collect(),
            relays: o.may("relays", Ok)?,
            routes,
            nat,
            routed_vlans,
            names_interfaces: filter.is_some() || filters.is_some() || routes.is_some() || nat.is_some(),
        };
        Ok((node, rest))
    })
}

/// What a link says of itself.
fn read_said(o: &mut Object, ids: &mut HashSet<String>) -> Result<LinkSaid> {
    o.may("title", Value::text)?;
    Ok(LinkSaid {
        id: o.may("id", |v| new_word(v, ids))?,
        circuit: o.may("circuit", |v| one_of(v, &CIRCUITS))?.unwrap_or(0),
        owner: o.may("owner", word)?,
        controls: o.may("controls", words)?.unwrap_or_default(),
        tags: o.may("tags", words)?.unwrap_or_default(),
    })
}

/// VLANs of a link: of both ends, or of each; `None` of an end: all.
fn read_vlans(value: &Value) -> Result<[Option<Numbers>; 2]> {
    let vlans = |v: &Value| read_spans(v, 1, 4094);
    match &value.data {
        Data::Object(entries) if entries.is_empty() => fault(value.at, "VLANs of no end", "端ごとの VLAN が空です"),
        Data::Object(_) => value.object(|o| Ok([o.may("a", vlans)?, o.may("b", vlans)?])),
        _ => vlans(value).map(|of_both| [Some(of_both.clone()), Some(of_both)]),
    }
}

fn read_native(value: &Value) -> Result<[u32; 2]> {
    let vlan = |v: &Value| read_one(v, 1, 4094);
    match &value.data {
        Data::List(_) => value.tuple::<2>().and_then(|[a, b]| Ok([vlan(a)?, vlan(b)?])),
        _ => vlan(value).map(|vlan| [vlan; 2]),
    }
}

fn read_links(values: &[Value], nodes: &[Node], unread: &[Unread], names: &mut Names) -> Result<Vec<Link>> {
    let every = Rc::new(Numbers::of(vec![(1, 4095)]));
    let mut known: HashMap<Numbers, Rc<Numbers>> = HashMap::new();
    let mut share = |tags: Numbers| known.entry(tags.clone()).or_insert_with(|| Rc::new(tags)).clone();
    let mut named: Vec<(u32, u32)> = Vec::new();
    let (mut links, mut ids) = (Vec::new(), HashSet::new());
    for value in values {
        let (between, tags, native, one_way, said) = match value.data {
            Data::List(_) => (value, None, None, None, LinkSaid::default()),
            _ => value.object(|o| {
                let said = read_said(o, &mut ids)?;
                o.may("note", Value::text)?;
                o.may("origin", Value::text)?;
                let vlans = o.may("vlans", |v| Ok((read_vlans(v)?, matches!(v.data, Data::Object(_)))))?;
                let native = o.may("native", read_native)?;
                Ok((o.must("between", Ok)?, vlans, native, o.may("one_way", Value::bool)?, said))
            })?,
        };
        let (mut ends, mut written, mut ids) = ([0; 2], [None; 2], [""; 2]);
        for (e, end) in between.tuple::<2>()?.iter().enumerate() {
            let text = end.text()?;
            let (id, interface) = text.split_once(':').map_or((text, None), |(id, interface)| (id, Some(interface)));
            if interface.is_some_and(|interface| !is_word(interface)) {
                return bad_name(end.at, text);
            }
            (ends[e], written[e], ids[e]) = (find(&names.nodes, end, ("node", "ノード"), id)?, interface, id);
        }
        if ends[0] == ends[1] {
            return fault(value.at, "a link from a node to itself", "自分自身へのリンクです");
        }
        let (tags, by_end) = tags.unwrap_or(([None, None], false));
        for (e, node) in ends.into_iter().enumerate() {
            let own = by_end && tags[e].is_some() || native.is_some();
            if own && !matches!(nodes[node].kind, Kind::Switch | Kind::L3Switch) {
                let en = "only switches have VLANs of their own at a link, and `native` stands between two switches";
                let ja = "端ごとの VLAN はスイッチ側にだけ、`native` はスイッチどうしのリンクにだけ書けます";
                return fault(value.at, en, ja);
            }
            if let (Some(native), Some(tags)) = (native, &tags[e])
                && !tags.holds((native[e], native[e] + 1))
            {
                let en = "a native VLAN that is not among the VLANs of its end";
                return fault(value.at, en, "ネイティブ VLAN がその端の VLAN に含まれていません");
            }
        }
        let mut interfaces = [None; 2];
        for (e, node) in ends.into_iter().enumerate() {
            // Only filters, routes and `nat` of a node name its interfaces; the switch half of an l3-switch has none.
            if nodes[node].kind != Kind::L3Switch && unread[node].names_interfaces {
                let interface = names.intern(written[e].unwrap_or(ids[1 - e]));
                names.of_node.insert((node, interface));
                interfaces[e] = Some(interface);
            }
        }
        named.extend(tags.iter().flatten().flat_map(Numbers::spans));
        named.extend(native.iter().flatten().map(|vlan| (*vlan, vlan + 1)));
        let tags = tags.map(|tags| tags.map_or_else(|| every.clone(), &mut share));
        let one_way = one_way.unwrap_or(false);
        let ends = ends.map(|n| (n, 0));
        links.push(Link { at: value.at, ends, interfaces, tags, native, one_way, said: Some(said) });
    }
    let named = Numbers::of(named);
    for (n, node) in nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::L3Switch) {
        let routed = match unread[n].routed_vlans {
            None => named.clone(),
            Some(none) if items(none).is_empty() => Numbers::none(),
            Some(some) => read_spans(some, 1, 4094)?,
        };
        let mut join = |tag: u32, tags: Rc<Numbers>| {
            let interface = names.intern(&format!("vlan{tag}"));
            names.of_node.insert((n, interface));
            let (ends, interfaces, tags) = ([(n, 0), (n, 1)], [None, Some(interface)], [tags.clone(), tags]);
            links.push(Link { at: node.at, ends, interfaces, tags, native: None, one_way: false, said: None });
        };
        if routed.is_empty() {
            join(1, every.clone());
        }
        for tag in routed.spans().iter().flat_map(|(first, end)| *first..*end) {
            join(tag, share(Numbers::of(vec![(tag, tag + 1)])));
        }
    }
    Ok(links)
}

/// Filters, relays, routes and `nat`.
fn read_rest(nodes: &mut [Node], unread: &[Unread], links: &[Link], names: &Names) -> Result<()> {
    // Routes speak of the links of the node's session unit.
    let mut of_unit: HashMap<usize, Vec<Near>> = HashMap::new();
    for (l, link) in links.iter().enumerate() {
        for (end, (node, half)) in link.ends.into_iter().enumerate() {
            if unread[node].routes.is_some() && half == nodes[node].session_half() {
                // Between the halves of an l3-switch there is no neighbour: its routes name `vlanN`.
                let neighbour = Some(link.ends[1 - end].0).filter(|other| *other != node);
                of_unit.entry(node).or_default().push(Near { link: l, interface: link.interfaces[end], neighbour });
            }
        }
    }
    for (n, (node, Unread { filters, relays, routes, nat, .. })) in nodes.iter_mut().zip(unread).enumerate() {
        let mut named = HashSet::new();
        let of_routes = routes.map_or(&[][..], |value| items(value));
        let of_nat = nat.unwrap_or_default();
        filters.iter().copied().chain(of_routes).chain(of_nat).for_each(|value| mentioned(value, &mut named));
        if named.len() > NAMED {
            let ja = format!("フィルター、経路、`nat` が {NAMED} を超えるインターフェースを挙げています");
            return fault(node.at, format!("filters, routes and `nat` name more than {NAMED} interfaces"), ja);
        }
        node.filters = filters.iter().map(|v| names.filter(v, n, node.kind, nat.is_some())).collect::<Result<_>>()?;
        node.relays = relays.map(|v| each(v.list()?, |v| names.relay(v))).transpose()?;
        let mut ids = HashSet::new();
        node.nat = each(nat.unwrap_or_default(), |v| names.translation(v, n, &mut ids))?;
        if let Some(value) = routes {
            let near = of_unit.get(&n).map_or(&[][..], Vec::as_slice);
            node.routes = each(filled(value)?, |v| names.route(v, near))?;
        }
    }
    Ok(())
}

/// The interfaces and neighbours that filters (and their rules), routes and entries of `nat` name.
fn mentioned<'v>(value: &'v Value, names: &mut HashSet<&'v str>) {
    let Data::Object(entries) = &value.data else { return };
    for (key, value) in entries {
        match key.as_ref() {
            "in" | "out" | "via" => names.extend(items(value).iter().filter_map(|name| name.text().ok())),
            "rules" => items(value).iter().for_each(|rule| mentioned(rule, names)),
            _ => {}
        }
    }
}

fn read_exceptions(value: &Value, names: &Names) -> Result<Vec<Exception>> {
    let mut ids = HashSet::new();
    each(value.list()?, |value| {
        value.object(|o| {
            let (reason, approved_by) = (o.may("reason", says)?, o.may("approved_by", says)?);
            o.may("owner", word)?;
            o.may("approved_on", read_date)?;
            Ok(Exception {
                at: value.at,
                id: o.must("id", |v| new_word(v, &mut ids))?,
                from: o.must("from", |v| names.selector(v, At::Exception))?,
                to: o.must("to", |v| names.selector(v, At::Exception))?,
                service: o.must("service", |v| names.services(v))?,
                waives: o
                    .may("waives", |v| each(union(v)?, |v| Ok((v.at, v.text()?.to_owned()))))?
                    .unwrap_or_else(|| vec![(value.at, WAIVED_BY_DEFAULT.to_owned())]),
                attested: o.may("attested", read_attested)?.is_some(),
                expires: o.may("expires", read_date)?,
                signed: reason == Some(true) && approved_by == Some(true),
            })
        })
    })
}

/// Evidence that something was done.
fn read_evidence(value: &Value) -> Result<Vec<Evidence>> {
    let mut ids = HashSet::new();
    each(filled(value)?, |value| {
        value.object(|o| {
            o.must("id", |v| new_word(v, &mut ids))?;
            o.must("by", Value::text)?;
            o.may("note", Value::text)?;
            let (kind, date) = (o.must("kind", word)?, o.must("date", read_date)?);
            Ok(Evidence { at: value.at, kind, date, valid_until: o.may("valid_until", read_date)? })
        })
    })
}

/// Communication that must be possible: who opens and receives it as in transfers, by which services of packets.
fn read_expects(value: &Value, names: &Names) -> Result<Vec<Expectation>> {
    let mut ids = HashSet::new();
    each(filled(value)?, |value| {
        value.object(|o| {
            o.may("note", Value::text)?;
            Ok(Expectation {
                at: value.at,
                id: o.must("id", |v| new_word(v, &mut ids))?,
                from: o.must("from", |v| names.selector(v, At::Transfer))?,
                to: o.must("to", |v| names.selector(v, At::Transfer))?,
                service: o.must("service", |v| names.of_packets(v))?,
            })
        })
    })
}

fn read_attested(value: &Value) -> Result<()> {
    value.all_fields(["by", "basis"])?.iter().try_for_each(|said| said.text().map(drop))
}
