//! The lists of what leads out of VPCs: gateways, peerings, transit gateways, endpoints, connections.

use super::super::json::Json;
use super::super::text::Refusal;
use super::read::{Reader, is_there, text, texts};
use super::resources::{
    Attachment, Customer, Endpoint, Gateway, Line, LineGateway, NatGateway, Peering, TransitTable, Vpn, put,
};

fn attached(item: &Json<'_>, list: &str) -> Gateway {
    let all = item.get(list).map_or(&[][..], Json::list).iter();
    let there = all.filter(|one| is_there(one.str("State")));
    Gateway { vpcs: there.filter_map(|one| one.str("VpcId")).map(str::to_owned).collect() }
}

pub(super) fn internet(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    reader.keys(item, "an Internet gateway", &["InternetGatewayId", "Attachments"], &[]);
    let is = attached(item, "Attachments");
    let Some((id, item)) = reader.item(item, "InternetGatewayId", is) else { return Ok(()) };
    put(&mut reader.cloud.internet, id, item)
}

pub(super) fn egress(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    reader.keys(item, "an egress-only Internet gateway", &["EgressOnlyInternetGatewayId", "Attachments"], &[]);
    let is = attached(item, "Attachments");
    let Some((id, item)) = reader.item(item, "EgressOnlyInternetGatewayId", is) else { return Ok(()) };
    put(&mut reader.cloud.egress, id, item)
}

pub(super) fn private(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    let silent = ["AmazonSideAsn", "AvailabilityZone", "Type"];
    reader.keys(item, "a virtual private gateway", &["VpnGatewayId", "VpcAttachments", "State"], &silent);
    if !is_there(item.str("State")) {
        return Ok(());
    }
    let is = attached(item, "VpcAttachments");
    let Some((id, item)) = reader.item(item, "VpnGatewayId", is) else { return Ok(()) };
    put(&mut reader.cloud.private, id, item)
}

pub(super) fn nat(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    reader.keys(
        item,
        "a NAT gateway",
        &["NatGatewayId", "VpcId", "SubnetId", "NatGatewayAddresses", "State"],
        &[
            "ConnectivityType",
            "DeleteTime",
            "FailureCode",
            "FailureMessage",
            "ProvisionedBandwidth",
            "AvailabilityMode",
            "AutoScalingIps",
            "AutoProvisionZones",
            "AttachedAppliances",
            "RouteTableId",
        ],
    );
    if !is_there(item.str("State")) {
        return Ok(());
    }
    let mut is = NatGateway { vpc: text(item, "VpcId"), subnet: text(item, "SubnetId"), ..NatGateway::default() };
    for one in item.get("NatGatewayAddresses").map_or(&[][..], Json::list) {
        let Some(inner) = one.get("PrivateIp").filter(|json| json.text().is_some()) else { continue };
        let inner = reader.address(inner)?;
        is.inner.push(inner);
        if let Some(outer) = one.get("PublicIp").filter(|json| json.text().is_some()) {
            is.public.push((inner, reader.address(outer)?));
        }
    }
    let Some((id, item)) = reader.item(item, "NatGatewayId", is) else { return Ok(()) };
    put(&mut reader.cloud.nats, id, item)
}

pub(super) fn peering(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    reader.keys(
        item,
        "a peering",
        &["VpcPeeringConnectionId", "RequesterVpcInfo", "AccepterVpcInfo", "Status"],
        &["ExpirationTime"],
    );
    if !is_there(item.get("Status").and_then(|status| status.str("Code"))) {
        return Ok(());
    }
    let mut is = Peering::default();
    for side in ["RequesterVpcInfo", "AccepterVpcInfo"] {
        let Some(side) = item.get(side) else { continue };
        let mut nets = Vec::new();
        for (list, key) in [("CidrBlockSet", "CidrBlock"), ("Ipv6CidrBlockSet", "Ipv6CidrBlock")] {
            for json in side.get(list).map_or(&[][..], Json::list).iter().filter_map(|one| one.get(key)) {
                nets.push(reader.net(json)?);
            }
        }
        is.sides.push((text(side, "VpcId"), nets));
    }
    let Some((id, item)) = reader.item(item, "VpcPeeringConnectionId", is) else { return Ok(()) };
    put(&mut reader.cloud.peerings, id, item)
}

pub(super) fn transit(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    reader.keys(item, "a transit gateway", &["TransitGatewayId"], &["TransitGatewayArn", "Options"]);
    if !is_there(item.str("State")) {
        return Ok(());
    }
    let Some((id, item)) = reader.item(item, "TransitGatewayId", ()) else { return Ok(()) };
    put(&mut reader.cloud.transits, id, item)
}

pub(super) fn attachment(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    reader.keys(
        item,
        "an attachment",
        &["TransitGatewayAttachmentId", "TransitGatewayId", "ResourceType", "ResourceId", "Association", "State"],
        &["TransitGatewayOwnerId", "ResourceOwnerId"],
    );
    if !is_there(item.str("State")) {
        return Ok(());
    }
    let association = item.get("Association").filter(|one| is_there(one.str("State")));
    let is = Attachment {
        transit: text(item, "TransitGatewayId"),
        kind: text(item, "ResourceType"),
        resource: text(item, "ResourceId"),
        subnets: Vec::new(),
        // without one, what comes from the attachment is dropped
        told: true,
        table: association.and_then(|one| one.str("TransitGatewayRouteTableId")).map(str::to_owned),
    };
    let peering = is.kind == "peering";
    let transit = is.transit.clone();
    let Some((mut id, item)) = reader.item(item, "TransitGatewayAttachmentId", is) else { return Ok(()) };
    if peering {
        // both ends bear one id
        id = format!("{id}@{transit}");
    }
    put(&mut reader.cloud.attachments, id, item)
}

pub(super) fn vpc_attachment(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    reader.keys(
        item,
        "an attachment of a VPC",
        &["TransitGatewayAttachmentId", "TransitGatewayId", "VpcId", "SubnetIds", "State"],
        &["VpcOwnerId", "Options"],
    );
    if !is_there(item.str("State")) {
        return Ok(());
    }
    let is = Attachment {
        transit: text(item, "TransitGatewayId"),
        kind: "vpc".to_owned(),
        resource: text(item, "VpcId"),
        subnets: texts(item, "SubnetIds", None),
        ..Attachment::default()
    };
    let Some((id, item)) = reader.item(item, "TransitGatewayAttachmentId", is) else { return Ok(()) };
    put(&mut reader.cloud.vpc_attachments, id, item)
}

pub(super) fn transit_table(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    let silent = ["DefaultAssociationRouteTable", "DefaultPropagationRouteTable"];
    reader.keys(item, "a route table", &["TransitGatewayRouteTableId", "TransitGatewayId"], &silent);
    let is = TransitTable { transit: text(item, "TransitGatewayId") };
    let Some((id, item)) = reader.item(item, "TransitGatewayRouteTableId", is) else { return Ok(()) };
    put(&mut reader.cloud.transit_tables, id, item)
}

pub(super) fn endpoint(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    reader.keys(
        item,
        "an endpoint",
        &["VpcEndpointId", "VpcId", "ServiceName", "VpcEndpointType", "NetworkInterfaceIds", "SubnetIds", "State"],
        &[
            "PolicyDocument",
            "RouteTableIds",
            "Groups",
            "IpAddressType",
            "DnsOptions",
            "PrivateDnsEnabled",
            "RequesterManaged",
            "DnsEntries",
            "CreationTimestamp",
            "LastError",
            "Ipv4Prefixes",
            "Ipv6Prefixes",
            "FailureReason",
            "ServiceNetworkArn",
            "ResourceConfigurationArn",
            "ServiceRegion",
            "PayerResponsibility",
        ],
    );
    if !is_there(item.str("State")) {
        return Ok(());
    }
    let is = Endpoint {
        vpc: text(item, "VpcId"),
        service: text(item, "ServiceName"),
        kind: item.str("VpcEndpointType").unwrap_or("Interface").to_owned(),
        enis: texts(item, "NetworkInterfaceIds", None),
        subnets: texts(item, "SubnetIds", None),
    };
    let Some((id, item)) = reader.item(item, "VpcEndpointId", is) else { return Ok(()) };
    put(&mut reader.cloud.endpoints, id, item)
}

pub(super) fn vpn(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    reader.keys(
        item,
        "a VPN connection",
        &["VpnConnectionId", "VpnGatewayId", "TransitGatewayId", "CustomerGatewayId", "Options", "State"],
        &[
            "CustomerGatewayConfiguration",
            "Category",
            "Type",
            "Routes",
            "VgwTelemetry",
            "CoreNetworkArn",
            "CoreNetworkAttachmentArn",
            "GatewayAssociationState",
            "PreSharedKeyArn",
            "VpnConcentratorId",
        ],
    );
    if !is_there(item.str("State")) {
        return Ok(());
    }
    let gateway = ["VpnGatewayId", "TransitGatewayId"].iter().find_map(|key| item.str(key));
    let mut is =
        Vpn { gateway: gateway.map(str::to_owned), customer: text(item, "CustomerGatewayId"), tunnels: Vec::new() };
    let options = item.get("Options").and_then(|options| options.get("TunnelOptions"));
    for tunnel in options.map_or(&[][..], Json::list) {
        let outer = tunnel.get("OutsideIpAddress").map(|json| reader.address(json)).transpose()?;
        let inner = tunnel.get("TunnelInsideCidr").map(|json| reader.net(json)).transpose()?;
        is.tunnels.push((outer, inner));
    }
    let Some((id, item)) = reader.item(item, "VpnConnectionId", is) else { return Ok(()) };
    put(&mut reader.cloud.vpns, id, item)
}

pub(super) fn customer(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    let silent = ["BgpAsn", "BgpAsnExtended", "CertificateArn", "Type", "DeviceName"];
    reader.keys(item, "a customer gateway", &["CustomerGatewayId", "IpAddress"], &silent);
    let address = item.str("IpAddress").and_then(|text| text.parse().ok());
    let Some((id, item)) = reader.item(item, "CustomerGatewayId", Customer { address }) else { return Ok(()) };
    put(&mut reader.cloud.customers, id, item)
}

pub(super) fn line(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    if !is_there(item.str("virtualInterfaceState")) {
        return Ok(());
    }
    // a public interface leads to AWS itself, not to a VPC
    let keys = ["virtualGatewayId", "directConnectGatewayId"];
    let gateway = keys.iter().find_map(|key| item.str(key).filter(|id| !id.is_empty()));
    let is = Line { gateway: gateway.map(str::to_owned) };
    let Some((id, item)) = reader.item(item, "virtualInterfaceId", is) else { return Ok(()) };
    put(&mut reader.cloud.lines, id, item)
}

pub(super) fn line_gateway(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    if !is_there(item.str("associationState")) {
        return Ok(());
    }
    let to = item.get("associatedGateway").and_then(|one| one.str("id")).or_else(|| item.str("virtualGatewayId"));
    if let (Some(of), Some(to)) = (item.str("directConnectGatewayId"), to) {
        reader.cloud.line_gateways.push(LineGateway { of: of.to_owned(), to: to.to_owned() });
    }
    Ok(())
}
