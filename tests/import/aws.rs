//! AWS: accounts as `describe` calls print them, and who reaches whom in them.

mod balancers;
mod brute;
mod ways;

use sanso::import::{self, site};
use sanso::packet::{self, Asker};
use serde_json::{Value, json};

use super::Asked;

/// A VPC in an account: a public subnet, one behind a NAT gateway, one without a way out.
pub fn account() -> Value {
    let allow = |number: u32, egress: bool| json!({ "RuleNumber": number, "Egress": egress, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0" });
    let any = json!([{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }], "Ipv6Ranges": [{ "CidrIpv6": "::/0" }] }]);
    let from_group = |group: &str, port: u32| json!([{ "IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [{ "GroupId": group, "UserId": "111122223333" }] }]);
    let group = |id: &str, inbound: Value, outbound: &Value| json!({ "GroupId": id, "GroupName": id, "VpcId": "vpc-a", "OwnerId": "111122223333", "IpPermissions": inbound, "IpPermissionsEgress": outbound });
    let subnet = |id: &str, net: &str| json!({ "SubnetId": id, "VpcId": "vpc-a", "CidrBlock": net });
    let table = |id: &str, subnet: &str, route: Option<Value>| {
        let mut routes =
            vec![json!({ "DestinationCidrBlock": "10.50.0.0/16", "GatewayId": "local", "State": "active" })];
        routes.extend(route);
        json!({ "RouteTableId": id, "VpcId": "vpc-a", "Associations": [{ "SubnetId": subnet, "Main": false }], "Routes": routes })
    };
    json!({
        "Vpcs": [{ "VpcId": "vpc-a", "CidrBlock": "10.50.0.0/16", "OwnerId": "111122223333" }],
        "Subnets": [subnet("subnet-pub", "10.50.1.0/24"), subnet("subnet-app", "10.50.2.0/24"), subnet("subnet-db", "10.50.3.0/24")],
        "InternetGateways": [{ "InternetGatewayId": "igw-a", "Attachments": [{ "VpcId": "vpc-a", "State": "available" }] }],
        "EgressOnlyInternetGateways": [], "VpnGateways": [], "VpcPeeringConnections": [], "TransitGatewayVpcAttachments": [],
        "NatGateways": [{ "NatGatewayId": "nat-a", "VpcId": "vpc-a", "SubnetId": "subnet-pub", "State": "available",
            "NatGatewayAddresses": [{ "PrivateIp": "10.50.1.99", "PublicIp": "203.0.113.99" }] }],
        "RouteTables": [
            table("rtb-pub", "subnet-pub", Some(json!({ "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-a", "State": "active" }))),
            table("rtb-app", "subnet-app", Some(json!({ "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-a", "State": "active" }))),
            { "RouteTableId": "rtb-main", "VpcId": "vpc-a", "Associations": [{ "Main": true }],
              "Routes": [{ "DestinationCidrBlock": "10.50.0.0/16", "GatewayId": "local", "State": "active" }] },
        ],
        "NetworkAcls": [{ "NetworkAclId": "acl-a", "VpcId": "vpc-a",
            "Associations": [{ "SubnetId": "subnet-pub" }, { "SubnetId": "subnet-app" }, { "SubnetId": "subnet-db" }],
            "Entries": [allow(100, false), allow(100, true)] }],
        "SecurityGroups": [
            group("sg-web", json!([{ "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }]), &any),
            group("sg-app", from_group("sg-web", 8080), &any),
            group("sg-db", from_group("sg-app", 5432), &json!([])),
        ],
        "NetworkInterfaces": [
            eni("eni-web", "subnet-pub", "10.50.1.10", &["sg-web"], Some("203.0.113.10")),
            eni("eni-app", "subnet-app", "10.50.2.10", &["sg-app"], None),
            eni("eni-db", "subnet-db", "10.50.3.10", &["sg-db"], None),
            { "NetworkInterfaceId": "eni-nat", "VpcId": "vpc-a", "SubnetId": "subnet-pub", "InterfaceType": "nat_gateway",
              "Description": "Interface for NAT Gateway nat-a", "SourceDestCheck": false, "RequesterManaged": true, "Groups": [],
              "Status": "in-use", "PrivateIpAddress": "10.50.1.99", "PrivateIpAddresses": [{ "PrivateIpAddress": "10.50.1.99", "Association": { "PublicIp": "203.0.113.99" } }] },
        ],
    })
}

pub fn eni(id: &str, subnet: &str, address: &str, groups: &[&str], public: Option<&str>) -> Value {
    let groups: Vec<Value> = groups.iter().map(|id| json!({ "GroupId": id })).collect();
    let mut one = json!({ "PrivateIpAddress": address });
    if let Some(public) = public {
        one["Association"] = json!({ "PublicIp": public });
    }
    json!({ "NetworkInterfaceId": id, "VpcId": "vpc-a", "SubnetId": subnet, "InterfaceType": "interface", "SourceDestCheck": true,
        "Status": "in-use", "Groups": groups, "PrivateIpAddress": address, "PrivateIpAddresses": [one] })
}

/// Adds to a list of an account.
pub fn push(account: &mut Value, list: &str, item: Value) {
    account[list].as_array_mut().unwrap().push(item);
}

/// An item of a list by the text that one of its keys has.
pub fn find<'v>(account: &'v mut Value, list: &str, id: &str) -> &'v mut Value {
    let items = account[list].as_array_mut().unwrap();
    items.iter_mut().find(|item| item.as_object().unwrap().values().any(|value| value == id)).unwrap()
}

/// What an account becomes.
pub fn imported(account: &Value) -> Asked {
    let text = format!("{account:#}");
    Asked::new(
        import::read("account.json", text.as_bytes(), None).unwrap_or_else(|refused| panic!("{refused:?}\n{text}")),
    )
}

/// Whom a packet reaches, with the header that they see.
pub fn reached(asked: &Asked, from: &str, packet: &str) -> Vec<(String, String)> {
    let document = packet::document(&asked.source).0.unwrap();
    let asker = Asker::new(&document);
    let node = asker.node(from).unwrap_or_else(|| panic!("{from} in {}", asked.source.text()));
    let walk = asker.walk(node, packet::packet(packet).unwrap()).unwrap_or_else(|why| panic!("{why:?}"));
    walk.reached.iter().map(|one| (one.node.clone(), asker.show(&one.header))).collect()
}

/// The nodes that a packet reaches.
pub fn whom(asked: &Asked, from: &str, packet: &str) -> Vec<String> {
    let mut nodes: Vec<String> = reached(asked, from, packet).into_iter().map(|(node, _)| node).collect();
    nodes.sort();
    nodes.dedup();
    nodes
}

/// What the report tells.
pub fn told(asked: &Asked) -> String {
    asked.read.ledger.remarks().iter().map(|remark| format!("{}: {}\n", remark.line, remark.what.en)).collect()
}

#[test]
fn whoever_has_a_public_address_is_called_from_the_internet() {
    let mut account = account();
    let asked = imported(&account);
    let called = reached(&asked, "the-internet", "tcp 198.51.100.7 > 203.0.113.10:443");
    assert_eq!(called, [("eni-web".to_owned(), "tcp 198.51.100.7:1024 > 10.50.1.10:443".to_owned())]);
    for packet in [
        "tcp 198.51.100.7 > 203.0.113.10:22",   // no group lets it in
        "tcp 198.51.100.7 > 10.50.1.10:443",    // nobody outside sends to an inner address
        "tcp 198.51.100.7 > 10.50.2.10:8080",   // no public address
        "tcp 198.51.100.7 > 203.0.113.99:8080", // a NAT gateway is not called
        "tcp 10.50.1.10 > 203.0.113.99:443",
    ] {
        assert_eq!(whom(&asked, "the-internet", packet), [""; 0], "{packet}");
    }
    let out = reached(&asked, "eni-web", "udp 10.50.1.10 > 198.51.100.7:53");
    assert_eq!(out, [("the-internet".to_owned(), "udp 203.0.113.10:1024 > 198.51.100.7:53".to_owned())]);
    // and without a public address neither
    let web = find(&mut account, "NetworkInterfaces", "eni-web");
    web["PrivateIpAddresses"][0].as_object_mut().unwrap().remove("Association");
    let asked = imported(&account);
    assert_eq!(whom(&asked, "the-internet", "tcp 198.51.100.7 > 203.0.113.10:443"), [""; 0]);
    assert_eq!(whom(&asked, "eni-web", "udp 10.50.1.10 > 198.51.100.7:53"), [""; 0]);
    // nor without the gateway
    let mut account = self::account();
    account["InternetGateways"] = json!([]);
    find(&mut account, "RouteTables", "rtb-pub")["Routes"].as_array_mut().unwrap().pop();
    let asked = imported(&account);
    assert!(
        asked.source.text().contains("eni-web") && !asked.source.text().contains("the-internet"),
        "{}",
        asked.source.text()
    );
}

#[test]
fn a_nat_gateway_leads_out_and_not_in() {
    let asked = imported(&account());
    let out = reached(&asked, "eni-app", "tcp 10.50.2.10 > 198.51.100.7:443");
    assert_eq!(out.len(), 1);
    assert_eq!(out[0].0, "the-internet");
    assert!(out[0].1.starts_with("tcp 203.0.113.99:"), "{out:?}");
    // the main table has no route out
    assert_eq!(whom(&asked, "eni-db", "tcp 10.50.3.10 > 198.51.100.7:443"), [""; 0]);
    // of the NAT gateway without its public address nothing leaves
    let mut account = account();
    account["NatGateways"][0]["NatGatewayAddresses"][0].as_object_mut().unwrap().remove("PublicIp");
    find(&mut account, "NetworkInterfaces", "eni-nat")["PrivateIpAddresses"][0]
        .as_object_mut()
        .unwrap()
        .remove("Association");
    assert_eq!(whom(&imported(&account), "eni-app", "tcp 10.50.2.10 > 198.51.100.7:443"), [""; 0]);
}

#[test]
fn groups_let_in_whom_they_name_and_nothing_else() {
    let mut account = account();
    let asked = imported(&account);
    assert_eq!(whom(&asked, "eni-web", "tcp 10.50.1.10 > 10.50.2.10:8080"), ["eni-app"]);
    assert_eq!(whom(&asked, "eni-app", "tcp 10.50.2.10 > 10.50.3.10:5432"), ["eni-db"]);
    for (from, packet) in [
        ("eni-web", "tcp 10.50.1.10 > 10.50.2.10:8081"),
        ("eni-web", "tcp 10.50.1.10 > 10.50.3.10:5432"),
        ("eni-web", "udp 10.50.1.10 > 10.50.2.10:8080"),
        // no rule lets anything out
        ("eni-db", "tcp 10.50.3.10 > 10.50.1.10:443"),
    ] {
        assert_eq!(whom(&asked, from, packet), [""; 0], "{packet}");
    }
    // the second of two groups lets in what the first does not
    let mut both = account.clone();
    find(&mut both, "NetworkInterfaces", "eni-db")["Groups"] = json!([{ "GroupId": "sg-db" }, { "GroupId": "sg-web" }]);
    assert_eq!(whom(&imported(&both), "eni-app", "tcp 10.50.2.10 > 10.50.3.10:443"), ["eni-db"]);
    // of two groups either will do, and a secondary address is one of its owner
    let web = find(&mut account, "NetworkInterfaces", "eni-web");
    web["Groups"] = json!([{ "GroupId": "sg-web" }, { "GroupId": "sg-app" }]);
    web["PrivateIpAddresses"].as_array_mut().unwrap().push(json!({ "PrivateIpAddress": "10.50.1.11" }));
    let asked = imported(&account);
    assert_eq!(whom(&asked, "eni-web", "tcp 10.50.1.11 > 10.50.3.10:5432"), ["eni-db"]);
    assert_eq!(whom(&asked, "eni-web", "tcp 10.50.1.11 > 10.50.2.10:8080"), ["eni-app"]);
}

#[test]
fn a_prefix_list_is_its_entries_and_an_unknown_one_anything() {
    let mut account = account();
    find(&mut account, "SecurityGroups", "sg-app")["IpPermissions"] =
        json!([{ "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "PrefixListIds": [{ "PrefixListId": "pl-0a" }] }]);
    let asked = imported(&account);
    assert_eq!(whom(&asked, "eni-web", "tcp 10.50.1.10 > 10.50.2.10:22"), ["eni-app"]);
    assert!(told(&asked).contains("the entries of pl-0a are not given"), "{}", told(&asked));
    account["PrefixLists"] = json!([{ "PrefixListId": "pl-0a", "Cidrs": ["10.50.3.0/24"] }]);
    let asked = imported(&account);
    assert_eq!(whom(&asked, "eni-web", "tcp 10.50.1.10 > 10.50.2.10:22"), [""; 0]);
    account["PrefixLists"] = json!([{ "PrefixListId": "pl-0a", "Cidrs": ["10.50.1.0/24"] }]);
    assert_eq!(whom(&imported(&account), "eni-web", "tcp 10.50.1.10 > 10.50.2.10:22"), ["eni-app"]);
}

#[test]
fn network_acls_are_asked_between_subnets_by_number() {
    let mut account = account();
    let entry = |number: u32, egress: bool, action: &str, net: &str, port: u32| {
        json!({ "RuleNumber": number, "Egress": egress, "Protocol": "6", "RuleAction": action, "CidrBlock": net,
            "PortRange": { "From": port, "To": port } })
    };
    push(&mut account, "NetworkInterfaces", eni("eni-peer", "subnet-app", "10.50.2.11", &["sg-web"], None));
    account["NetworkAcls"][0]["Associations"].as_array_mut().unwrap().remove(1);
    push(
        &mut account,
        "NetworkAcls",
        json!({ "NetworkAclId": "acl-b", "VpcId": "vpc-a", "Associations": [{ "SubnetId": "subnet-app" }],
        "Entries": [entry(200, false, "allow", "0.0.0.0/0", 8080), entry(100, false, "deny", "10.50.1.0/28", 8080),
            entry(50, true, "allow", "10.50.1.0/24", 443)] }),
    );
    find(&mut account, "NetworkInterfaces", "eni-app")["Groups"] =
        json!([{ "GroupId": "sg-app" }, { "GroupId": "sg-web" }]);
    push(&mut account, "NetworkInterfaces", eni("eni-far", "subnet-pub", "10.50.1.20", &["sg-web"], None));
    let asked = imported(&account);
    for (from, packet, whom_) in [
        // 100 comes before 200, and its network is not that of the second machine
        ("eni-web", "tcp 10.50.1.10 > 10.50.2.10:8080", vec![]),
        ("eni-far", "tcp 10.50.1.20 > 10.50.2.10:8080", vec!["eni-app"]),
        ("eni-far", "tcp 10.50.1.20 > 10.50.2.10:443", vec![]),
        // within a subnet no ACL is asked
        ("eni-peer", "tcp 10.50.2.11 > 10.50.2.10:443", vec!["eni-app"]),
        // what leaves
        ("eni-app", "tcp 10.50.2.10 > 10.50.1.10:443", vec!["eni-web"]),
        ("eni-app", "tcp 10.50.2.10 > 10.50.3.10:5432", vec![]),
        ("eni-app", "tcp 10.50.2.10 > 198.51.100.7:443", vec![]),
    ] {
        assert_eq!(whom(&asked, from, packet), whom_, "{packet}");
    }
}

#[test]
fn what_is_not_described_is_taken_for_the_worst_and_told() {
    let whole = imported(&account());
    assert_eq!(told(&whole), "", "everything is described");
    for (list, from, packet, says) in [
        ("SecurityGroups", "eni-db", "tcp 10.50.3.10 > 10.50.2.10:22", "sg-app is not described"),
        (
            "NetworkInterfaces",
            "the-internet",
            "tcp 198.51.100.7 > 10.50.3.10:22",
            "the interfaces in subnet-db are not described",
        ),
        ("RouteTables", "eni-web", "tcp 10.50.1.10 > 192.0.2.1:22", "the route table of subnet-pub is not described"),
        ("InternetGateways", "eni-web", "tcp 10.50.1.10 > 198.51.100.7:22", "igw-a is not described"),
        ("VpnGateways", "not described (vpc-a)", "tcp 192.0.2.1 > 10.50.1.10:443", "describe-vpn-gateways missing"),
        ("Subnets", "eni-web", "tcp 10.50.1.10 > 10.50.2.10:8080", "subnet-app is not described"),
        ("Vpcs", "eni-web", "tcp 10.50.1.10 > 10.50.2.10:8080", "vpc-a is not described"),
        ("NatGateways", "eni-app", "tcp 10.50.2.10 > 198.51.100.7:22", ""),
    ] {
        let mut account = account();
        account.as_object_mut().unwrap().remove(list);
        let asked = imported(&account);
        assert!(!whom(&asked, from, packet).is_empty(), "{list}: {packet}\n{}", asked.source.text());
        assert!(told(&asked).contains(says), "{list}: {}", told(&asked));
    }
    // an ACL that nobody described permits
    let mut account = account();
    account["NetworkAcls"] = json!([]);
    let asked = imported(&account);
    assert_eq!(whom(&asked, "eni-web", "tcp 10.50.1.10 > 10.50.2.10:8080"), ["eni-app"]);
    assert!(told(&asked).contains("the network ACL of subnet-app is not described"), "{}", told(&asked));
}

#[test]
fn a_page_of_an_output_and_two_that_differ_are_refused() {
    let refused = |text: String| import::read("f.json", text.as_bytes(), None).expect_err("refused").what.en;
    let mut account = account();
    account["NextToken"] = "eyJ2IjoiMiJ9".into();
    assert!(refused(account.to_string()).contains("one page of several"));
    account["NextToken"] = Value::Null;
    assert!(import::read("f.json", account.to_string().as_bytes(), None).is_ok());
    let mut other = account.clone();
    other["SecurityGroups"][0]["IpPermissions"] = json!([]);
    assert!(refused(json!([account, other]).to_string()).contains("differently"));
    // tags are seen by owners only
    let mut other = account.clone();
    other["Vpcs"][0]["Tags"] = json!([{ "Key": "Name", "Value": "住基" }]);
    let read = import::read("f.json", json!([account, other]).to_string().as_bytes(), None).unwrap();
    assert!(read.import.devices.iter().any(|device| device.id == "住基"));
    for (list, key, value) in
        [("Subnets", "CidrBlock", json!("10.50.1.0/33")), ("NetworkInterfaces", "PrivateIpAddress", json!("10.50.1"))]
    {
        let mut account = account.clone();
        account[list][0][key] = value;
        assert!(refused(account.to_string()).contains("export the file again"), "{list}");
    }
}

#[test]
fn what_nobody_knows_is_told_and_counted() {
    let mut account = account();
    account["Vpcs"][0]["Quantum"] = true.into();
    account["Firewalls"] = json!([{ "FirewallName": "f" }]);
    account["NetworkInterfaces"][0]["MacAddress"] = "02:00:00:00:00:01".into();
    let text = format!("{account:#}");
    let read = import::read("f.json", text.as_bytes(), None).unwrap();
    let lost: Vec<&str> = read
        .ledger
        .lines(sanso::import::ledger::Fate::NotUnderstood)
        .map(|line| text.lines().nth(line as usize - 1).unwrap().trim())
        .collect();
    assert!(lost.iter().any(|line| line.contains("Quantum")), "{lost:?}");
    assert!(lost.iter().any(|line| line.contains("FirewallName")), "{lost:?}");
    assert!(!lost.iter().any(|line| line.contains("MacAddress") || line.contains("CidrBlock")), "{lost:?}");
}

/// Files of two accounts, as they lie in folders.
#[test]
fn accounts_and_regions_are_put_together() {
    let mut account = account();
    let mut files = Vec::new();
    for (list, value) in account.as_object_mut().unwrap() {
        files.push((
            format!("aws/111122223333/ap-northeast-1/{list}.json"),
            json!({ list.as_str(): value }).to_string().into_bytes(),
        ));
    }
    // of the other account nobody described the routes
    let other = json!({ "Vpcs": [{ "VpcId": "vpc-z", "CidrBlock": "10.50.0.0/16" }], "Subnets": [{ "SubnetId": "subnet-z", "VpcId": "vpc-z", "CidrBlock": "10.50.1.0/24" }] });
    files.push(("aws/444455556666/ap-northeast-1/all.json".to_owned(), other.to_string().into_bytes()));
    let site = site::of_files(files, None).map_err(|failure| failure.refusals).unwrap();
    let remarks: Vec<String> =
        site.reads.iter().flat_map(|read| read.ledger.remarks()).map(|remark| remark.what.en).collect();
    assert!(remarks.iter().any(|what| what.contains("route table of subnet-z")), "{remarks:?}");
    assert!(!remarks.iter().any(|what| what.contains("subnet-pub") || what.contains("vpc-a ")), "{remarks:?}");
    let (document, errors) = packet::document(&site.source);
    assert!(errors.is_empty(), "{errors:?}");
    let document = document.unwrap();
    let asker = Asker::new(&document);
    let walk = asker
        .walk(asker.node("eni-web").unwrap(), packet::packet("tcp 10.50.1.10 > 10.50.2.10:8080").unwrap())
        .unwrap();
    assert_eq!(walk.reached.len(), 1);
}

/// What a dump of an account holds beside is recognised too, and says nothing of packets: a folder is not refused for it.
#[test]
fn what_says_nothing_of_packets_is_recognised() {
    let silent = [
        json!({ "Addresses": [{ "AllocationId": "eipalloc-1", "Domain": "vpc", "PublicIp": "203.0.113.10" }] }),
        json!({ "Tags": [{ "Key": "Name", "ResourceId": "vpc-a", "ResourceType": "vpc", "Value": "a" }] }),
        json!({ "Hosts": [] }),
    ];
    for one in silent {
        for text in [one.to_string(), format!("{one:#}")] {
            let read = import::read("beside.json", text.as_bytes(), None).expect("it is known");
            assert_eq!(
                (read.format, read.ledger.count(sanso::import::ledger::Fate::NotUnderstood)),
                ("aws", 0),
                "{text}"
            );
        }
    }
    // what somebody else calls so is not passed over, and what AWS says without its meaning being known is told
    for text in [r#"{ "Hosts": [{ "name": "a" }] }"#, r#"{ "connections": [{ "from": "a", "to": "b" }] }"#] {
        assert!(import::read("other.json", text.as_bytes(), None).is_err(), "{text}");
    }
    let search = r#"{ "DomainStatusList": [{ "ARN": "arn:aws:es:us-west-2:111122223333:domain/a" }] }"#;
    let read = import::read("search.json", search.as_bytes(), None).expect("it is known");
    assert_eq!(read.ledger.count(sanso::import::ledger::Fate::NotUnderstood), 1);
    assert!(import::read("other.json", br#"{ "Whatever": [{ "Addresses": [] }] }"#, None).is_err());
}

/// An interface that does not say where it is was taken for one in a subnet without a name, and the document was none; found by fuzzing.
#[test]
fn what_a_query_took_out_is_missed() {
    for (key, text) in [
        ("SubnetId", "{ \"NetworkInterfaces\": [\n{ \"NetworkInterfaceId\": \"eni-a\", \"VpcId\": \"vpc-a\" }] }"),
        ("VpcId", "{ \"NetworkInterfaces\": [\n{ \"NetworkInterfaceId\": \"eni-a\", \"SubnetId\": \"subnet-a\" }] }"),
        ("VpcId", "{ \"Subnets\": [\n{ \"SubnetId\": \"subnet-a\", \"CidrBlock\": \"10.0.0.0/24\" }] }"),
    ] {
        let refused = import::read("a.json", text.as_bytes(), None).expect_err("it is refused");
        assert_eq!(refused.place.map(|(line, _)| line), Some(2), "{text}");
        assert!(refused.what.en.starts_with(&format!("this has no `{key}`")), "{}", refused.what.en);
    }
}
