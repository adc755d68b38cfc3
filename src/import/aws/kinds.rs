//! The lists that are read, and which of their keys say anything. The lines of groups, ACLs and tables are read in [`lines`].

use super::super::json::Json;
use super::super::ledger::Origin;
use super::super::text::Refusal;
use super::read::{Known, Read, Reader, is_there, text, texts, yes};
use super::resources::{Acl, Eni, Group, RouteTable, Subnet, Vpc, put};
use super::ways;
use super::{balancers, classic, lines};

/// All lists that are known.
pub(super) const KNOWN: Known = Known { read: READ, silent: SILENT };

/// Lists that are read.
const READ: &[(&str, Read)] = &[
    ("Vpcs", vpc),
    ("Subnets", subnet),
    ("NetworkInterfaces", eni),
    ("SecurityGroups", group),
    ("NetworkAcls", acl),
    ("RouteTables", route_table),
    ("InternetGateways", ways::internet),
    ("EgressOnlyInternetGateways", ways::egress),
    ("VpnGateways", ways::private),
    ("NatGateways", ways::nat),
    ("VpcPeeringConnections", ways::peering),
    ("TransitGateways", ways::transit),
    ("TransitGatewayAttachments", ways::attachment),
    ("TransitGatewayVpcAttachments", ways::vpc_attachment),
    ("TransitGatewayRouteTables", ways::transit_table),
    ("Routes", lines::transit_route),
    ("VpcEndpoints", ways::endpoint),
    ("VpnConnections", ways::vpn),
    ("CustomerGateways", ways::customer),
    ("PrefixLists", lines::prefix_list),
    ("Entries", lines::prefix_entry),
    ("Reservations", reservation),
    ("LoadBalancerDescriptions", classic::balancer),
    ("LoadBalancers", balancers::balancer),
    ("Listeners", balancers::listener),
    ("Rules", balancers::rule),
    ("TargetGroups", balancers::target_group),
    ("TargetHealthDescriptions", balancers::target),
    ("virtualInterfaces", ways::line),
    ("directConnectGatewayAssociations", ways::line_gateway),
];

/// Lists without meaning here: what they say of packets stands in the interfaces, or nobody sends packets to it.
const SILENT: &[&str] = &[
    "NextToken",
    "nextToken",
    "AdditionalRoutesAvailable",
    "ResponseMetadata",
    "Addresses",
    "SecurityGroupRules",
    "ManagedPrefixLists",
    "TransitGatewayPeeringAttachments",
    "TransitGatewayRouteTablePropagations",
    "Associations",
    "directConnectGateways",
    "connections",
    "virtualGateways",
    "FlowLogs",
    "KeyPairs",
    "Volumes",
    "Images",
    "Snapshots",
    "DhcpOptions",
    "AvailabilityZones",
    "Regions",
    "AccountAttributes",
    "Tags",
    "PlacementGroups",
    "VpcEndpointConnections",
    "ServiceDetails",
    "ServiceNames",
    "LaunchTemplates",
    "HostedZones",
    "Hosts",
    "InstanceStatuses",
    "MovingAddressStatuses",
];

/// Whether outputs with this list have no meaning here.
pub(super) fn is_silent(key: &str) -> bool {
    SILENT.contains(&key)
}

fn vpc(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    reader.keys(
        item,
        "a VPC",
        &["VpcId", "CidrBlock", "CidrBlockAssociationSet", "Ipv6CidrBlockAssociationSet"],
        &["DhcpOptionsId", "InstanceTenancy", "IsDefault", "BlockPublicAccessStates", "VpcArn", "EncryptionControl"],
    );
    let nets = networks(reader, item)?;
    let Some((id, item)) = reader.item(item, "VpcId", Vpc { nets }) else { return Ok(()) };
    put(&mut reader.cloud.vpcs, id, item)
}

/// The networks of a VPC or a subnet.
fn networks(reader: &Reader<'_>, item: &Json<'_>) -> Result<Vec<super::super::device::Net>, Refusal> {
    let mut nets = Vec::new();
    if let Some(block) = item.get("CidrBlock").filter(|block| block.text().is_some()) {
        nets.push(reader.net(block)?);
    }
    for (list, key, state) in [
        ("CidrBlockAssociationSet", "CidrBlock", "CidrBlockState"),
        ("Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock", "Ipv6CidrBlockState"),
    ] {
        for one in item.get(list).map_or(&[][..], Json::list) {
            let there = is_there(one.get(state).and_then(|state| state.str("State")));
            if let Some(block) = one.get(key).filter(|_| there) {
                nets.push(reader.net(block)?);
            }
        }
    }
    let mut out = Vec::new();
    nets.into_iter().for_each(|net| {
        if !out.contains(&net) {
            out.push(net);
        }
    });
    Ok(out)
}

fn subnet(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    reader.keys(
        item,
        "a subnet",
        &["SubnetId", "VpcId", "CidrBlock", "Ipv6CidrBlockAssociationSet"],
        &[
            "AvailabilityZone",
            "AvailabilityZoneId",
            "AvailableIpAddressCount",
            "DefaultForAz",
            "MapPublicIpOnLaunch",
            "MapCustomerOwnedIpOnLaunch",
            "CustomerOwnedIpv4Pool",
            "AssignIpv6AddressOnCreation",
            "SubnetArn",
            "OutpostArn",
            "EnableDns64",
            "Ipv6Native",
            "PrivateDnsNameOptionsOnLaunch",
            "EnableLniAtDeviceIndex",
            "BlockPublicAccessStates",
            "Type",
        ],
    );
    let is = Subnet { vpc: reader.must(item, "VpcId")?, nets: networks(reader, item)? };
    let Some((id, item)) = reader.item(item, "SubnetId", is) else { return Ok(()) };
    put(&mut reader.cloud.subnets, id, item)
}

fn eni(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    reader.keys(
        item,
        "a network interface",
        &[
            "NetworkInterfaceId",
            "VpcId",
            "SubnetId",
            "InterfaceType",
            "Attachment",
            "Association",
            "Groups",
            "PrivateIpAddress",
            "PrivateIpAddresses",
            "Ipv6Addresses",
            "Ipv4Prefixes",
            "Ipv6Prefixes",
            "SourceDestCheck",
            "RequesterManaged",
            "Description",
            "Status",
        ],
        &[
            "AvailabilityZone",
            "AvailabilityZoneId",
            "MacAddress",
            "PrivateDnsName",
            "PublicDnsName",
            "PublicIpDnsNameOptions",
            "RequesterId",
            "Ipv6Address",
            "Ipv6Native",
            "OutpostArn",
            "ConnectionTrackingConfiguration",
            "DenyAllIgwTraffic",
            "Operator",
            "AssociatedSubnets",
        ],
    );
    let mut is = Eni {
        vpc: reader.must(item, "VpcId")?,
        subnet: reader.must(item, "SubnetId")?,
        kind: item.str("InterfaceType").unwrap_or("interface").to_owned(),
        description: text(item, "Description"),
        instance: item.get("Attachment").and_then(|one| one.str("InstanceId")).map(str::to_owned),
        attached: item.str("Status") != Some("available"),
        forwards: item.get("SourceDestCheck").is_some() && !yes(item, "SourceDestCheck"),
        managed: yes(item, "RequesterManaged"),
        groups: texts(item, "Groups", Some("GroupId")),
        ..Eni::default()
    };
    let single = |address: std::net::IpAddr| super::super::device::Net {
        address,
        length: if address.is_ipv4() { 32 } else { 128 },
    };
    let first = item.get("PrivateIpAddress").filter(|json| json.text().is_some());
    let outer = |reader: &Reader<'_>, of: &Json<'_>| -> Result<Option<(std::net::IpAddr, Origin)>, Refusal> {
        let association = of.get("Association");
        let keys = ["PublicIp", "CarrierIp"];
        let one =
            association.and_then(|one| keys.iter().find_map(|key| one.get(key).filter(|json| json.text().is_some())));
        one.map(|json| Ok((reader.address(json)?, reader.at(json)))).transpose()
    };
    if let Some(json) = first {
        let address = reader.address(json)?;
        is.nets.push(single(address));
        is.public.extend(outer(reader, item)?.map(|(public, at)| (address, public, at)));
    }
    for one in item.get("PrivateIpAddresses").map_or(&[][..], Json::list) {
        let Some(json) = one.get("PrivateIpAddress") else { continue };
        let address = reader.address(json)?;
        is.nets.push(single(address));
        is.public.extend(outer(reader, one)?.map(|(public, at)| (address, public, at)));
    }
    for one in item.get("Ipv6Addresses").map_or(&[][..], Json::list) {
        if let Some(json) = one.get("Ipv6Address") {
            is.nets.push(single(reader.address(json)?));
        }
    }
    for (list, key) in [("Ipv4Prefixes", "Ipv4Prefix"), ("Ipv6Prefixes", "Ipv6Prefix")] {
        for json in item.get(list).map_or(&[][..], Json::list).iter().filter_map(|one| one.get(key)) {
            is.nets.push(reader.net(json)?);
        }
    }
    is.nets.sort();
    is.nets.dedup();
    is.public.sort();
    is.public.dedup_by_key(|&mut (inner, outer, _)| (inner, outer));
    let Some((id, item)) = reader.item(item, "NetworkInterfaceId", is) else { return Ok(()) };
    put(&mut reader.cloud.enis, id, item)
}

fn group(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    reader.keys(
        item,
        "a security group",
        &["GroupId", "VpcId", "IpPermissions", "IpPermissionsEgress"],
        &["GroupName", "SecurityGroupArn"],
    );
    let inbound = lines::permissions(reader, item, "IpPermissions")?;
    let outbound = lines::permissions(reader, item, "IpPermissionsEgress")?;
    let is = Group { vpc: text(item, "VpcId"), inbound, outbound };
    let Some((id, item)) = reader.item(item, "GroupId", is) else { return Ok(()) };
    put(&mut reader.cloud.groups, id, item)
}

fn acl(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    reader.keys(item, "a network ACL", &["NetworkAclId", "VpcId", "Associations", "Entries"], &["IsDefault"]);
    let is = Acl { subnets: texts(item, "Associations", Some("SubnetId")), entries: lines::entries(reader, item)? };
    let Some((id, item)) = reader.item(item, "NetworkAclId", is) else { return Ok(()) };
    put(&mut reader.cloud.acls, id, item)
}

fn route_table(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    reader.keys(
        item,
        "a route table",
        &["RouteTableId", "VpcId", "Associations", "Routes"],
        &["PropagatingVgws", "RouteTableArn"],
    );
    let associations = item.get("Associations").map_or(&[][..], Json::list);
    let there = |one: &&Json<'_>| is_there(one.get("AssociationState").and_then(|state| state.str("State")));
    let of = |key: &str| -> Vec<String> {
        associations.iter().filter(there).filter_map(|one| one.str(key)).map(str::to_owned).collect()
    };
    let is = RouteTable {
        vpc: text(item, "VpcId"),
        main: associations.iter().filter(there).any(|one| yes(one, "Main")),
        subnets: of("SubnetId"),
        gateways: of("GatewayId"),
        routes: lines::routes(reader, item)?,
    };
    let Some((id, item)) = reader.item(item, "RouteTableId", is) else { return Ok(()) };
    put(&mut reader.cloud.tables, id, item)
}

fn reservation(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    for instance in item.get("Instances").map_or(&[][..], Json::list) {
        if let Some((id, item)) = reader.item(instance, "InstanceId", ())
            && let Some(name) = item.name
        {
            reader.cloud.instances.insert(id, name);
        }
    }
    Ok(())
}
