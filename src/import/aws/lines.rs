//! Lines of security groups, network ACLs, route tables and prefix lists.

use super::super::device::Net;
use super::super::json::{Json, Value};
use super::super::region::{Services, all_ports, with_ports};
use super::super::set::Ranges;
use super::super::text::Refusal;
use super::read::{Reader, is_there, text, texts};
use super::resources::{Entry, Permission, RouteItem, Target, Towards, TransitRoute};
use crate::language::Phrase;

const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMP: [u8; 2] = [1, 58];

/// The number of a protocol; `None`: every protocol.
fn protocol(reader: &Reader<'_>, json: &Json<'_>) -> Result<Option<u8>, Refusal> {
    let wrong = || reader.wrong(json, "a protocol", "プロトコル");
    let word = json.word().ok_or_else(wrong)?;
    Ok(Some(match word.to_ascii_lowercase().as_str() {
        "-1" | "all" => return Ok(None),
        "tcp" => TCP,
        "udp" => UDP,
        "icmp" => ICMP[0],
        "icmpv6" => ICMP[1],
        other => other.parse().map_err(|_| wrong())?,
    }))
}

/// A port, or a type of icmp; `None`: every one.
fn number(reader: &Reader<'_>, of: &Json<'_>, key: &str) -> Result<Option<u16>, Refusal> {
    let Some(json) = of.get(key).filter(|json| json.value != Value::Null) else { return Ok(None) };
    match json.word().and_then(|word| word.parse::<i64>().ok()) {
        Some(-1) => Ok(None),
        Some(number) => u16::try_from(number).map(Some).map_err(|_| reader.wrong(json, "a number", "数値")),
        None => Err(reader.wrong(json, "a number", "数値")),
    }
}

/// The services of a protocol and a range of ports. Other protocols have no ports, whatever is written.
fn services(protocol: Option<u8>, low: Option<u16>, high: Option<u16>) -> Services {
    match protocol {
        None => Services::all(),
        Some(number) if number == TCP || number == UDP => {
            let ports = match (low, high) {
                (None, _) => all_ports(),
                (Some(low), high) => Ranges::one(low.into(), high.unwrap_or(low).into()),
            };
            let protocol = Ranges::one(number.into(), number.into());
            Services::ports(&protocol.intersect(&with_ports()), all_ports(), ports)
        }
        Some(number) => Services::protocol(number),
    }
}

/// What is said of the type of icmp, which no document can say.
fn icmp(reader: &mut Reader<'_>, at: &Json<'_>, protocol: Option<u8>, kind: Option<u16>) -> Option<String> {
    let kind = kind.filter(|_| protocol.is_some_and(|number| ICMP.contains(&number)))?;
    reader.lose(
        at,
        format!(
            "icmp type {kind} cannot be judged: taken to hold where the rule lets through, not to hold where it stops"
        ),
        format!(
            "ICMP の種別 {kind} は判定できない。通すルールでは成り立つもの、止めるルールでは成り立たないものとみなす"
        ),
    );
    Some(format!("icmp type {kind}"))
}

/// The permissions of a group.
pub(super) fn permissions(reader: &mut Reader<'_>, group: &Json<'_>, list: &str) -> Result<Vec<Permission>, Refusal> {
    let mut out = Vec::new();
    for json in group.get(list).map_or(&[][..], Json::list) {
        let used = ["IpProtocol", "FromPort", "ToPort", "IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs"];
        reader.keys(json, "a permission", &used, &[]);
        let Some(word) = json.get("IpProtocol") else {
            return Err(reader.wrong(json, "a permission with `IpProtocol`", "`IpProtocol` のある許可"));
        };
        let protocol = protocol(reader, word)?;
        let (low, high) = (number(reader, json, "FromPort")?, number(reader, json, "ToPort")?);
        let mut nets = Vec::new();
        for (list, key) in [("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6")] {
            for one in json.get(list).map_or(&[][..], Json::list) {
                match one.get(key) {
                    Some(json) => nets.push(reader.net(json)?),
                    None => return Err(reader.wrong(one, "a range", "アドレス範囲")),
                }
            }
        }
        out.push(Permission {
            services: services(protocol, low, high),
            condition: icmp(reader, word, protocol, low),
            nets,
            groups: texts(json, "UserIdGroupPairs", Some("GroupId")),
            lists: texts(json, "PrefixListIds", Some("PrefixListId")),
            at: reader.at(word),
        });
    }
    Ok(out)
}

/// The lines of a network ACL.
pub(super) fn entries(reader: &mut Reader<'_>, acl: &Json<'_>) -> Result<Vec<Entry>, Refusal> {
    let mut out = Vec::new();
    for json in acl.get("Entries").map_or(&[][..], Json::list) {
        let used = [
            "RuleNumber",
            "Egress",
            "RuleAction",
            "Protocol",
            "PortRange",
            "IcmpTypeCode",
            "CidrBlock",
            "Ipv6CidrBlock",
        ];
        reader.keys(json, "a line of a network ACL", &used, &[]);
        let truth = |value: Option<&Json<'_>>| match value.map(|json| &json.value) {
            Some(Value::Truth(truth)) => Some(*truth),
            _ => None,
        };
        let word = json.get("Protocol");
        let net =
            ["CidrBlock", "Ipv6CidrBlock"].iter().find_map(|key| json.get(key).filter(|json| json.text().is_some()));
        let order = json.get("RuleNumber").and_then(Json::word).and_then(|word| word.parse().ok());
        let permit = match json.str("RuleAction") {
            Some("allow") => Some(true),
            Some("deny") => Some(false),
            _ => None,
        };
        let (Some(word), Some(net), Some(order), Some(permit), Some(egress)) =
            (word, net, order, permit, truth(json.get("Egress")))
        else {
            return Err(reader.wrong(json, "a line of a network ACL", "ネットワーク ACL の行"));
        };
        let protocol = protocol(reader, word)?;
        let range = json.get("PortRange");
        let end = |key: &str| range.map_or(Ok(None), |range| number(reader, range, key));
        let (low, high) = (end("From")?, end("To")?);
        let kind = json.get("IcmpTypeCode").map_or(Ok(None), |one| number(reader, one, "Type"))?;
        let condition = icmp(reader, word, protocol, kind);
        out.push(Entry {
            number: order,
            egress,
            permit,
            services: services(protocol, low, high),
            condition,
            net: reader.net(net)?,
            at: reader.at(net),
        });
    }
    out.sort_by_key(|entry| (entry.egress, entry.number, entry.net.address.is_ipv6()));
    Ok(out)
}

/// Keys that name where a route leads.
const TARGETS: [&str; 11] = [
    "GatewayId",
    "NatGatewayId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "NetworkInterfaceId",
    "InstanceId",
    "EgressOnlyInternetGatewayId",
    "CarrierGatewayId",
    "LocalGatewayId",
    "CoreNetworkArn",
    "OdbNetworkArn",
];

/// Keys that name for whom a route is.
const TOWARDS: [&str; 3] = ["DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"];

/// The routes of a table of a VPC.
pub(super) fn routes(reader: &mut Reader<'_>, table: &Json<'_>) -> Result<Vec<RouteItem>, Refusal> {
    let mut out = Vec::new();
    for json in table.get("Routes").map_or(&[][..], Json::list) {
        let used: Vec<&str> = TARGETS.iter().chain(&TOWARDS).chain(&["Origin", "State"]).copied().collect();
        reader.keys(json, "a route", &used, &["InstanceOwnerId", "IpAddress"]);
        let Some(towards) = TOWARDS.iter().find_map(|key| json.get(key).filter(|json| json.text().is_some())) else {
            return Err(reader.wrong(json, "a route with a destination", "宛先のある経路"));
        };
        let id = TARGETS.iter().find_map(|key| json.str(key));
        let target = match id {
            _ if json.str("State") == Some("blackhole") => Target::Blackhole,
            Some("local") => Target::Local,
            Some(id) => Target::To(id.to_owned()),
            // nobody knows where it leads: to whatever there is
            None => Target::To(String::new()),
        };
        let list = json.str("DestinationPrefixListId").map(|list| Towards::List(list.to_owned()));
        out.push(RouteItem {
            towards: match list {
                Some(list) => list,
                None => Towards::Net(reader.net(towards)?),
            },
            target,
            propagated: json.str("Origin") == Some("EnableVgwRoutePropagation"),
            at: reader.at(towards),
        });
    }
    Ok(out)
}

/// An output of `search-transit-gateway-routes`. It does not say of which table: the name of the file does.
pub(super) fn transit_route(reader: &mut Reader<'_>, json: &Json<'_>) -> Result<(), Refusal> {
    let used = ["DestinationCidrBlock", "PrefixListId", "TransitGatewayAttachments", "Type", "State"];
    reader.keys(json, "a route", &used, &["TransitGatewayRouteTableAnnouncementId"]);
    let Some(table) = reader.id_of_file("tgw-rtb-") else { return Err(no_id(reader, json, "tgw-rtb-…")) };
    let towards =
        match (json.get("DestinationCidrBlock").filter(|json| json.text().is_some()), json.str("PrefixListId")) {
            (Some(net), _) => Towards::Net(reader.net(net)?),
            (None, Some(list)) => Towards::List(list.to_owned()),
            (None, None) => return Err(reader.wrong(json, "a route with a destination", "宛先のある経路")),
        };
    let blackhole = json.str("State") == Some("blackhole");
    let to = texts(json, "TransitGatewayAttachments", Some("TransitGatewayAttachmentId"));
    let route = TransitRoute {
        towards,
        to: if blackhole { Vec::new() } else { to },
        propagated: json.str("Type") == Some("propagated"),
        at: reader.at_key(json, &["DestinationCidrBlock", "PrefixListId"]),
    };
    if is_there(json.str("State")) {
        reader.cloud.transit_routes.entry(table).or_default().push(route);
    }
    Ok(())
}

fn no_id(reader: &Reader<'_>, json: &Json<'_>, id: &str) -> Refusal {
    let wrong = reader.wrong(json, "", "");
    let what = Phrase::new(
        format!("this output does not say of what it is: put the id into the name of the file ({id}.json)"),
        format!("何の出力か分からない。ファイル名に ID を入れること（{id}.json）"),
    );
    Refusal { what, ..wrong }
}

/// A prefix list of AWS, with its networks.
pub(super) fn prefix_list(reader: &mut Reader<'_>, json: &Json<'_>) -> Result<(), Refusal> {
    reader.keys(json, "a prefix list", &["PrefixListId", "Cidrs"], &["PrefixListName"]);
    let mut nets: Vec<Net> = Vec::new();
    for net in json.get("Cidrs").map_or(&[][..], Json::list) {
        nets.push(reader.net(net)?);
    }
    let id = text(json, "PrefixListId");
    if !id.is_empty() {
        reader.cloud.lists.entry(id).or_default().extend(nets);
    }
    Ok(())
}

/// An output of `get-managed-prefix-list-entries`. It does not say of which list: the name of the file does.
pub(super) fn prefix_entry(reader: &mut Reader<'_>, json: &Json<'_>) -> Result<(), Refusal> {
    reader.keys(json, "an entry", &["Cidr"], &[]);
    let Some(list) = reader.id_of_file("pl-") else { return Err(no_id(reader, json, "pl-…")) };
    let Some(net) = json.get("Cidr") else { return Err(reader.wrong(json, "an entry", "エントリ")) };
    let net = reader.net(net)?;
    reader.cloud.lists.entry(list).or_default().push(net);
    Ok(())
}
