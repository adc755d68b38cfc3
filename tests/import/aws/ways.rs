//! Ways between VPCs and out of them.

use serde_json::{Value, json};

use super::{account, eni, find, imported, push, reached, told, whom};

/// Another VPC with a machine that lets everything in.
fn more(account: &mut Value, letter: &str, net: &str, routes: Value) {
    let vpc = format!("vpc-{letter}");
    let subnet = format!("subnet-{letter}");
    push(account, "Vpcs", json!({ "VpcId": vpc, "CidrBlock": format!("{net}.0.0/16") }));
    push(account, "Subnets", json!({ "SubnetId": subnet, "VpcId": vpc, "CidrBlock": format!("{net}.1.0/24") }));
    let mut all = vec![json!({ "DestinationCidrBlock": format!("{net}.0.0/16"), "GatewayId": "local" })];
    all.extend(routes.as_array().unwrap().iter().cloned());
    push(
        account,
        "RouteTables",
        json!({ "RouteTableId": format!("rtb-{letter}"), "VpcId": vpc, "Associations": [{ "Main": true }], "Routes": all }),
    );
    let allow = |egress: bool| json!({ "RuleNumber": 1, "Egress": egress, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0" });
    push(
        account,
        "NetworkAcls",
        json!({ "NetworkAclId": format!("acl-{letter}"), "Associations": [{ "SubnetId": subnet }], "Entries": [allow(false), allow(true)] }),
    );
    let any = json!([{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }]);
    push(
        account,
        "SecurityGroups",
        json!({ "GroupId": format!("sg-{letter}"), "VpcId": vpc, "IpPermissions": any, "IpPermissionsEgress": any }),
    );
    let mut own = eni(&format!("eni-{letter}"), &subnet, &format!("{net}.1.10"), &[&format!("sg-{letter}")], None);
    own["VpcId"] = vpc.into();
    push(account, "NetworkInterfaces", own);
}

fn open(account: &mut Value) {
    find(account, "SecurityGroups", "sg-app")["IpPermissions"] =
        json!([{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }]);
}

fn route(account: &mut Value, table: &str, route: Value) {
    find(account, "RouteTables", table)["Routes"].as_array_mut().unwrap().push(route);
}

fn peering(account: &mut Value, id: &str, a: (&str, &str), b: (&str, &str)) {
    let side = |(vpc, net): (&str, &str)| json!({ "VpcId": vpc, "CidrBlockSet": [{ "CidrBlock": net }] });
    push(
        account,
        "VpcPeeringConnections",
        json!({ "VpcPeeringConnectionId": id, "Status": { "Code": "active" },
        "RequesterVpcInfo": side(a), "AccepterVpcInfo": side(b) }),
    );
}

#[test]
fn the_longest_prefix_counts_and_a_black_hole_swallows() {
    let mut account = account();
    open(&mut account);
    more(&mut account, "b", "10.60", json!([]));
    peering(&mut account, "pcx-1", ("vpc-a", "10.50.0.0/16"), ("vpc-b", "10.60.0.0/16"));
    route(
        &mut account,
        "rtb-app",
        json!({ "DestinationCidrBlock": "10.60.0.0/16", "VpcPeeringConnectionId": "pcx-1", "State": "active" }),
    );
    let asked = imported(&account);
    assert_eq!(whom(&asked, "eni-app", "tcp 10.50.2.10 > 10.60.1.10:1"), ["eni-b"]);
    // there is no route from elsewhere
    assert_eq!(whom(&asked, "eni-web", "tcp 10.50.1.10 > 10.60.1.10:1"), [""; 0]);
    // the other side has no route to begin by, and needs none to answer
    assert_eq!(whom(&asked, "eni-b", "tcp 10.60.1.10 > 10.50.2.10:1"), [""; 0]);
    let mut holed = account.clone();
    route(
        &mut holed,
        "rtb-app",
        json!({ "DestinationCidrBlock": "10.60.1.0/24", "NatGatewayId": "nat-gone", "State": "blackhole" }),
    );
    assert_eq!(whom(&imported(&holed), "eni-app", "tcp 10.50.2.10 > 10.60.1.10:1"), [""; 0]);
    // a longer prefix to somewhere else
    let mut longer = account.clone();
    route(
        &mut longer,
        "rtb-app",
        json!({ "DestinationCidrBlock": "10.60.1.8/29", "NatGatewayId": "nat-a", "State": "active" }),
    );
    assert_eq!(whom(&imported(&longer), "eni-app", "tcp 10.50.2.10 > 10.60.1.10:1"), ["the-internet"; 0]);
    // by a prefix list
    let table = find(&mut account, "RouteTables", "rtb-app")["Routes"].as_array_mut().unwrap();
    table.pop();
    table.push(json!({ "DestinationPrefixListId": "pl-1", "VpcPeeringConnectionId": "pcx-1", "State": "active" }));
    let asked = imported(&account);
    assert_eq!(whom(&asked, "eni-app", "tcp 10.50.2.10 > 10.60.1.10:1"), ["eni-b"]);
    assert!(told(&asked).contains("the entries of pl-1"), "{}", told(&asked));
    account["PrefixLists"] = json!([{ "PrefixListId": "pl-1", "Cidrs": ["10.61.0.0/16"] }]);
    assert_eq!(whom(&imported(&account), "eni-app", "tcp 10.50.2.10 > 10.60.1.10:1"), [""; 0]);
}

#[test]
fn peerings_lead_no_further() {
    let mut account = account();
    open(&mut account);
    let to =
        |net: &str, id: &str| json!({ "DestinationCidrBlock": net, "VpcPeeringConnectionId": id, "State": "active" });
    more(
        &mut account,
        "b",
        "10.60",
        json!([to("10.50.0.0/16", "pcx-1"), to("10.70.0.0/16", "pcx-2"), to("0.0.0.0/0", "pcx-1")]),
    );
    more(
        &mut account,
        "c",
        "10.70",
        json!([to("10.50.0.0/16", "pcx-2"), to("10.60.0.0/16", "pcx-2"), to("0.0.0.0/0", "pcx-2")]),
    );
    peering(&mut account, "pcx-1", ("vpc-a", "10.50.0.0/16"), ("vpc-b", "10.60.0.0/16"));
    peering(&mut account, "pcx-2", ("vpc-b", "10.60.0.0/16"), ("vpc-c", "10.70.0.0/16"));
    let asked = imported(&account);
    assert_eq!(whom(&asked, "eni-b", "tcp 10.60.1.10 > 10.50.2.10:1"), ["eni-app"]);
    assert_eq!(whom(&asked, "eni-c", "tcp 10.70.1.10 > 10.60.1.10:1"), ["eni-b"]);
    assert_eq!(whom(&asked, "eni-c", "tcp 10.70.1.10 > 10.50.2.10:1"), [""; 0]);
    // nor to the gateways of the peer
    assert_eq!(whom(&asked, "eni-b", "tcp 10.60.1.10 > 198.51.100.7:443"), [""; 0]);
    // a group of a peer
    find(&mut account, "SecurityGroups", "sg-app")["IpPermissions"] = json!([{ "IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [{ "GroupId": "sg-b", "VpcPeeringConnectionId": "pcx-1" }] }]);
    let asked = imported(&account);
    assert_eq!(whom(&asked, "eni-b", "tcp 10.60.1.10 > 10.50.2.10:1"), ["eni-app"]);
    assert_eq!(whom(&asked, "eni-b", "tcp 10.60.1.10 > 10.50.2.10:2"), [""; 0]);
    // one that is not up
    account["VpcPeeringConnections"][0]["Status"]["Code"] = "pending-acceptance".into();
    assert!(whom(&imported(&account), "eni-b", "tcp 10.60.1.10 > 10.50.2.10:1").is_empty());
    // and one whose other end is in an account that nobody described
    account["VpcPeeringConnections"][0] = json!({ "VpcPeeringConnectionId": "pcx-1", "Status": { "Code": "active" },
        "RequesterVpcInfo": { "VpcId": "vpc-a", "CidrBlockSet": [{ "CidrBlock": "10.50.0.0/16" }] },
        "AccepterVpcInfo": { "VpcId": "vpc-y", "OwnerId": "777788889999", "CidrBlockSet": [{ "CidrBlock": "10.80.0.0/16" }] } });
    open(&mut account);
    assert_eq!(whom(&imported(&account), "vpc-y", "tcp 10.80.0.1 > 10.50.2.10:1"), ["eni-app"]);
}

/// Three VPCs at a transit gateway, one of which looks at another table.
fn transit() -> Value {
    let mut account = account();
    open(&mut account);
    let out = |to: &str| json!({ "DestinationCidrBlock": to, "TransitGatewayId": "tgw-1", "State": "active" });
    more(&mut account, "b", "10.60", json!([out("0.0.0.0/0")]));
    more(&mut account, "c", "10.70", json!([out("0.0.0.0/0")]));
    route(&mut account, "rtb-app", out("10.0.0.0/8"));
    account["TransitGateways"] = json!([{ "TransitGatewayId": "tgw-1", "State": "available" }]);
    let one = |letter: &str, table: &str| {
        json!({ "TransitGatewayAttachmentId": format!("tgw-attach-{letter}"), "TransitGatewayId": "tgw-1",
        "ResourceType": "vpc", "ResourceId": format!("vpc-{letter}"), "State": "available",
        "Association": { "TransitGatewayRouteTableId": table, "State": "associated" } })
    };
    account["TransitGatewayAttachments"] = json!([one("a", "tgw-rtb-1"), one("b", "tgw-rtb-1"), one("c", "tgw-rtb-2")]);
    let of = |letter: &str, subnet: &str| {
        json!({ "TransitGatewayAttachmentId": format!("tgw-attach-{letter}"), "TransitGatewayId": "tgw-1",
        "VpcId": format!("vpc-{letter}"), "SubnetIds": [subnet], "State": "available" })
    };
    account["TransitGatewayVpcAttachments"] = json!([of("a", "subnet-app"), of("b", "subnet-b"), of("c", "subnet-c")]);
    account["TransitGatewayRouteTables"] = json!([{ "TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayId": "tgw-1" }, { "TransitGatewayRouteTableId": "tgw-rtb-2", "TransitGatewayId": "tgw-1" }]);
    account
}

fn search(net: &str, letter: &str) -> Value {
    json!({ "DestinationCidrBlock": net, "State": "active", "Type": "propagated",
        "TransitGatewayAttachments": [{ "TransitGatewayAttachmentId": format!("tgw-attach-{letter}") }] })
}

fn with_routes(tables: &[(&str, Value)]) -> super::Asked {
    let mut files = vec![("account.json".to_owned(), transit())];
    for (table, routes) in tables {
        let text = json!({ "Routes": routes, "AdditionalRoutesAvailable": false });
        files.push((format!("search-transit-gateway-routes.{table}.json"), text));
    }
    let reads =
        files.iter().map(|(name, json)| sanso::import::read_part(name, format!("{json:#}").as_bytes(), None).unwrap());
    let mut reads: Vec<sanso::import::Read> = reads.collect();
    sanso::import::aws::join(&mut reads).unwrap();
    super::Asked::new(reads.remove(0))
}

#[test]
fn transit_gateways_look_at_the_table_of_the_attachment() {
    // without its routes everything is possible
    let asked = with_routes(&[]);
    assert_eq!(whom(&asked, "eni-c", "tcp 10.70.1.10 > 10.60.1.10:1"), ["eni-b"]);
    assert!(told(&asked).contains("the routes of tgw-rtb-1 are not given"), "{}", told(&asked));
    // 0a and 0b are what the names of the files bear
    let both = json!([search("10.50.0.0/16", "a"), search("10.60.0.0/16", "b")]);
    let asked = with_routes(&[("tgw-rtb-1", both.clone()), ("tgw-rtb-2", json!([]))]);
    assert_eq!(whom(&asked, "eni-b", "tcp 10.60.1.10 > 10.50.2.10:1"), ["eni-app"]);
    assert_eq!(whom(&asked, "eni-app", "tcp 10.50.2.10 > 10.60.1.10:1"), ["eni-b"]);
    // a table without routes
    assert_eq!(whom(&asked, "eni-c", "tcp 10.70.1.10 > 10.60.1.10:1"), [""; 0]);
    assert_eq!(whom(&asked, "eni-b", "tcp 10.60.1.10 > 10.70.1.10:1"), [""; 0]);
    assert_eq!(told(&asked), "");
    // a black hole before a shorter prefix, and a static route before one that was told of
    let mut routes = both.as_array().unwrap().clone();
    routes.push(json!({ "DestinationCidrBlock": "10.60.1.0/24", "State": "blackhole", "Type": "static" }));
    let asked = with_routes(&[("tgw-rtb-1", routes.into()), ("tgw-rtb-2", json!([search("10.60.0.0/16", "b")]))]);
    assert_eq!(whom(&asked, "eni-app", "tcp 10.50.2.10 > 10.60.1.10:1"), [""; 0]);
    assert_eq!(whom(&asked, "eni-c", "tcp 10.70.1.10 > 10.60.1.10:1"), ["eni-b"]);
    let mut fixed = search("10.60.0.0/16", "c");
    fixed["Type"] = "static".into();
    let asked = with_routes(&[("tgw-rtb-1", json!([search("10.60.0.0/16", "b"), fixed])), ("tgw-rtb-2", json!([]))]);
    assert_eq!(whom(&asked, "eni-app", "tcp 10.50.2.10 > 10.60.1.10:1"), [""; 0]);
}

/// What a transit gateway hands to a VPC looks at the table of the subnet that the attachment is in.
#[test]
fn the_way_out_of_another_vpc_is_a_way_out() {
    let mut all = json!([search("10.50.0.0/16", "a"), search("0.0.0.0/0", "a"), search("10.60.0.0/16", "b")]);
    all[1]["Type"] = "static".into();
    let asked = with_routes(&[("tgw-rtb-1", all), ("tgw-rtb-2", json!([]))]);
    let out = reached(&asked, "eni-b", "tcp 10.60.1.10 > 198.51.100.7:443");
    assert_eq!(out.len(), 1, "{out:?}");
    assert!(out[0].0 == "the-internet" && out[0].1.starts_with("tcp 203.0.113.99:"), "{out:?}");
}

#[test]
fn an_egress_only_gateway_lets_ipv6_out_and_nothing_in() {
    let mut account = account();
    account["EgressOnlyInternetGateways"] = json!([{ "EgressOnlyInternetGatewayId": "eigw-a", "Attachments": [{ "VpcId": "vpc-a", "State": "attached" }] }]);
    find(&mut account, "SecurityGroups", "sg-app")["IpPermissions"] = json!([{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }], "Ipv6Ranges": [{ "CidrIpv6": "::/0" }] }]);
    find(&mut account, "NetworkInterfaces", "eni-app")["Ipv6Addresses"] =
        json!([{ "Ipv6Address": "2001:db8:1:2::10" }]);
    let subnet = find(&mut account, "Subnets", "subnet-app");
    subnet["Ipv6CidrBlockAssociationSet"] =
        json!([{ "Ipv6CidrBlock": "2001:db8:1:2::/64", "Ipv6CidrBlockState": { "State": "associated" } }]);
    let acl = account["NetworkAcls"][0]["Entries"].as_array_mut().unwrap();
    for egress in [false, true] {
        acl.push(json!({ "RuleNumber": 101, "Egress": egress, "Protocol": "-1", "RuleAction": "allow", "Ipv6CidrBlock": "::/0" }));
    }
    route(
        &mut account,
        "rtb-app",
        json!({ "DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-a", "State": "active" }),
    );
    account["Vpcs"][0]["Ipv6CidrBlockAssociationSet"] =
        json!([{ "Ipv6CidrBlock": "2001:db8:1::/56", "Ipv6CidrBlockState": { "State": "associated" } }]);
    let asked = imported(&account);
    assert_eq!(whom(&asked, "eni-app", "tcp [2001:db8:1:2::10] > [2001:db8:9::1]:443"), ["the-internet"]);
    let inward = "tcp [2001:db8:9::1] > [2001:db8:1:2::10]:443";
    assert_eq!(whom(&asked, "the-internet", inward), [""; 0]);
    // by the Internet gateway it does, where the table of the subnet leads there
    let routes = find(&mut account, "RouteTables", "rtb-app")["Routes"].as_array_mut().unwrap();
    routes.pop();
    routes.push(json!({ "DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-a", "State": "active" }));
    assert_eq!(whom(&imported(&account), "the-internet", inward), ["eni-app"]);
}

#[test]
fn endpoints_lead_to_their_service_and_back_to_nobody() {
    let mut account = account();
    account["VpcEndpoints"] = json!([
        { "VpcEndpointId": "vpce-s3", "VpcEndpointType": "Gateway", "VpcId": "vpc-a", "ServiceName": "com.amazonaws.ap-northeast-1.s3", "State": "available" },
        { "VpcEndpointId": "vpce-ssm", "VpcEndpointType": "Interface", "VpcId": "vpc-a", "ServiceName": "com.amazonaws.ap-northeast-1.ssm",
          "State": "available", "NetworkInterfaceIds": ["eni-ssm"], "SubnetIds": ["subnet-db"] },
    ]);
    account["PrefixLists"] = json!([{ "PrefixListId": "pl-2", "Cidrs": ["198.51.100.0/24"] }]);
    route(
        &mut account,
        "rtb-main",
        json!({ "DestinationPrefixListId": "pl-2", "GatewayId": "vpce-s3", "State": "active" }),
    );
    let mut ssm = eni("eni-ssm", "subnet-db", "10.50.3.77", &["sg-ssm"], None);
    ssm["InterfaceType"] = "vpc_endpoint".into();
    push(&mut account, "NetworkInterfaces", ssm);
    push(
        &mut account,
        "SecurityGroups",
        json!({ "GroupId": "sg-ssm", "VpcId": "vpc-a", "IpPermissionsEgress": [],
        "IpPermissions": [{ "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{ "CidrIp": "10.50.0.0/16" }] }] }),
    );
    find(&mut account, "SecurityGroups", "sg-db")["IpPermissionsEgress"] =
        json!([{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }]);
    let asked = imported(&account);
    let (s3, ssm) = ("com.amazonaws.ap-northeast-1.s3", "com.amazonaws.ap-northeast-1.ssm");
    assert_eq!(whom(&asked, "eni-db", "tcp 10.50.3.10 > 198.51.100.7:443"), [s3]);
    assert_eq!(whom(&asked, "eni-db", "tcp 10.50.3.10 > 192.0.2.7:443"), [""; 0]);
    for (from, source) in [("eni-db", "10.50.3.10"), ("eni-web", "10.50.1.10")] {
        // whatever address the service has, it is the service
        let found = whom(&asked, from, &format!("tcp {source} > 10.50.3.77:443"));
        assert!(!found.is_empty() && found.iter().all(|node| node == ssm), "{found:?}");
        assert_eq!(whom(&asked, from, &format!("tcp {source} > 10.50.3.77:80")), [""; 0]);
    }
    assert_eq!(whom(&asked, ssm, "tcp 198.51.100.1 > 10.50.3.10:5432"), [""; 0]);
    assert_eq!(whom(&asked, s3, "tcp 198.51.100.1 > 10.50.1.10:443"), [""; 0]);
}

/// An instance that takes what is not for it may hand it on, under its own address or not.
#[test]
fn an_instance_without_the_check_of_addresses_forwards() {
    let mut account = account();
    let mut nat = eni("eni-own", "subnet-pub", "10.50.1.50", &["sg-own"], Some("203.0.113.50"));
    nat["SourceDestCheck"] = false.into();
    nat["Attachment"] = json!({ "InstanceId": "i-own" });
    push(&mut account, "NetworkInterfaces", nat);
    let any = json!([{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }]);
    push(
        &mut account,
        "SecurityGroups",
        json!({ "GroupId": "sg-own", "VpcId": "vpc-a", "IpPermissions": any, "IpPermissionsEgress": any }),
    );
    account["Reservations"] =
        json!([{ "Instances": [{ "InstanceId": "i-own", "Tags": [{ "Key": "Name", "Value": "nat1" }] }] }]);
    route(
        &mut account,
        "rtb-main",
        json!({ "DestinationCidrBlock": "0.0.0.0/0", "NetworkInterfaceId": "eni-own", "InstanceId": "i-own", "State": "active" }),
    );
    find(&mut account, "SecurityGroups", "sg-db")["IpPermissionsEgress"] = any.clone();
    let asked = imported(&account);
    let out = reached(&asked, "eni-db", "tcp 10.50.3.10 > 198.51.100.7:443");
    assert!(
        out.iter().any(|(node, header)| node == "the-internet" && header.starts_with("tcp 203.0.113.50:")),
        "{out:?}"
    );
    // it is a machine too, and called as one
    assert_eq!(whom(&asked, "the-internet", "tcp 198.51.100.7 > 203.0.113.50:22"), ["nat1"]);
    assert_eq!(whom(&asked, "nat1", "tcp 10.50.1.50 > 198.51.100.7:22"), ["the-internet"]);
    // what is for others does not come to it
    assert_eq!(whom(&asked, "eni-web", "tcp 10.50.1.10 > 10.50.2.10:8080"), ["eni-app"]);
    // with the check nothing passes it
    find(&mut account, "NetworkInterfaces", "eni-own")["SourceDestCheck"] = true.into();
    assert_eq!(whom(&imported(&account), "eni-db", "tcp 10.50.3.10 > 198.51.100.7:443"), [""; 0]);
}

#[test]
fn a_service_is_one_machine_in_all_its_subnets() {
    let mut account = account();
    for (id, subnet, address) in [("eni-r1", "subnet-app", "10.50.2.40"), ("eni-r2", "subnet-db", "10.50.3.40")] {
        let mut one = eni(id, subnet, address, &["sg-web"], None);
        one["RequesterManaged"] = true.into();
        one["Description"] = format!("EFS mount target for fs-1 (fsmt-{id})").into();
        push(&mut account, "NetworkInterfaces", one);
    }
    let asked = imported(&account);
    let efs = "EFS mount target for fs-1 (vpc-a)";
    assert_eq!(whom(&asked, "eni-web", "tcp 10.50.1.10 > 10.50.2.40:443"), [efs]);
    assert_eq!(whom(&asked, "eni-web", "tcp 10.50.1.10 > 10.50.3.40:443"), [efs]);
}

#[test]
fn virtual_private_gateways_lead_to_their_tunnels_and_lines() {
    let mut account = account();
    account["VpnGateways"] = json!([{ "VpnGatewayId": "vgw-1", "State": "available", "VpcAttachments": [{ "VpcId": "vpc-a", "State": "attached" }] }]);
    account["CustomerGateways"] = json!([{ "CustomerGatewayId": "cgw-1", "IpAddress": "192.0.2.9" }]);
    account["VpnConnections"] = json!([{ "VpnConnectionId": "vpn-1", "VpnGatewayId": "vgw-1", "CustomerGatewayId": "cgw-1", "State": "available",
        "Options": { "TunnelOptions": [{ "OutsideIpAddress": "203.0.113.201", "TunnelInsideCidr": "169.254.10.0/30", "PreSharedKey": "himitsu" }] } }]);
    account["virtualInterfaces"] =
        json!([{ "virtualInterfaceId": "dxvif-1", "virtualInterfaceState": "available", "virtualGatewayId": "vgw-1" }]);
    route(
        &mut account,
        "rtb-app",
        json!({ "DestinationCidrBlock": "192.168.0.0/16", "GatewayId": "vgw-1", "Origin": "EnableVgwRoutePropagation", "State": "active" }),
    );
    open(&mut account);
    let asked = imported(&account);
    let mut found = whom(&asked, "eni-app", "tcp 10.50.2.10 > 192.168.1.1:1");
    found.sort();
    assert_eq!(found, ["dxvif-1", "vpn 192.0.2.9"]);
    // only the table of the one subnet leads there
    assert!(!whom(&asked, "eni-web", "tcp 10.50.1.10 > 192.168.1.1:1").contains(&"dxvif-1".to_owned()));
    assert_eq!(whom(&asked, "dxvif-1", "tcp 192.168.1.1 > 10.50.2.10:1"), ["eni-app"]);
    // what comes in by it goes no further than the VPC
    assert!(!whom(&asked, "dxvif-1", "tcp 192.168.1.1 > 198.51.100.7:1").contains(&"the-internet".to_owned()));
    assert!(!asked.source.text().contains("himitsu"));
    assert_eq!(told(&asked), "");
    account.as_object_mut().unwrap().remove("virtualInterfaces");
    let asked = imported(&account);
    assert!(told(&asked).contains("what vgw-1 leads to is not described whole"), "{}", told(&asked));
    assert!(whom(&asked, "eni-app", "tcp 10.50.2.10 > 192.168.1.1:1").contains(&"behind vgw-1".to_owned()));
}
