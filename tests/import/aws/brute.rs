//! Security groups and network ACLs against their semantics written once more, apart from the importer: random rules become an
//! account, and packets between two of its machines have the verdict that a walk through the rules themselves gives them.

use std::net::Ipv4Addr;

use sanso::packet::{self, Asker, Packet};
use serde_json::{Value, json};

use super::super::brute::Dice;
use super::imported;

/// A block of addresses.
type Block = (u32, u32);

#[derive(Debug)]
struct Permission {
    protocol: Option<u8>,
    ports: Option<(u16, u16)>,
    blocks: Vec<Block>,
    groups: Vec<usize>,
}

#[derive(Debug)]
struct Line {
    number: u32,
    permit: bool,
    protocol: Option<u8>,
    ports: Option<(u16, u16)>,
    block: Block,
}

#[derive(Debug)]
struct World {
    /// Of each group what it lets in and out.
    groups: Vec<[Vec<Permission>; 2]>,
    /// Of each subnet what it lets in and out.
    acls: Vec<[Vec<Line>; 2]>,
    /// Subnet, groups.
    machines: Vec<(usize, Vec<usize>)>,
}

fn block(dice: &mut Dice) -> Block {
    let length = *dice.one(&[0, 16, 24, 28, 29, 30, 31, 32]);
    let mask = if length == 0 { 0 } else { u32::MAX << (32 - length) };
    ((0x0a00_0007 + dice.roll(2) as u32 * 256 + dice.roll(6) as u32) & mask, length)
}

fn holds((base, length): Block, address: u32) -> bool {
    length == 0 || base >> (32 - length) == address >> (32 - length)
}

fn word((base, length): Block) -> String {
    format!("{}/{length}", Ipv4Addr::from(base))
}

fn service(dice: &mut Dice) -> (Option<u8>, Option<(u16, u16)>) {
    let protocol = *dice.one(&[None, Some(6), Some(6), Some(17), Some(1), Some(47)]);
    let ports = matches!(protocol, Some(6 | 17)).then(|| {
        let (a, b) = (dice.roll(12) as u16, dice.roll(12) as u16);
        if dice.roll(4) == 0 { (1024, 65535) } else { (a.min(b), a.max(b)) }
    });
    (protocol, ports)
}

fn permission(dice: &mut Dice) -> Permission {
    let (protocol, ports) = service(dice);
    let blocks = (0..dice.roll(3)).map(|_| block(dice)).collect();
    let groups = (0..dice.roll(2)).map(|_| dice.roll(3) as usize).collect();
    Permission { protocol, ports, blocks, groups }
}

fn line(dice: &mut Dice) -> Line {
    let (protocol, ports) = service(dice);
    Line { number: 1 + dice.roll(200) as u32, permit: dice.roll(3) > 0, protocol, ports, block: block(dice) }
}

fn world(dice: &mut Dice) -> World {
    let permissions = |dice: &mut Dice| (0..dice.roll(4)).map(|_| permission(dice)).collect::<Vec<_>>();
    let lines = |dice: &mut Dice| {
        let mut all: Vec<Line> = (0..1 + dice.roll(4)).map(|_| line(dice)).collect();
        if dice.roll(2) == 0 {
            all.push(Line { number: 300, permit: true, protocol: None, ports: None, block: (0, 0) });
        }
        // a number is borne once
        let mut seen = std::collections::HashSet::new();
        all.retain(|line| seen.insert(line.number));
        all
    };
    let groups = (0..3).map(|_| [permissions(dice), permissions(dice)]).collect();
    let acls = (0..2).map(|_| [lines(dice), lines(dice)]).collect();
    let machine = |dice: &mut Dice, subnet: usize| {
        let groups = (0..3).filter(|_| dice.roll(2) == 0).collect::<Vec<usize>>();
        (subnet, if groups.is_empty() { vec![0] } else { groups })
    };
    let other = dice.roll(3).min(1) as usize;
    World { groups, acls, machines: vec![machine(dice, 0), machine(dice, other)] }
}

/// The two addresses of a machine.
fn addresses(world: &World, machine: usize) -> [u32; 2] {
    let base = 0x0a00_0009 + world.machines[machine].0 as u32 * 256 + machine as u32 * 2;
    [base, base + 1]
}

fn fits(protocol: Option<u8>, ports: Option<(u16, u16)>, packet: &Packet) -> bool {
    protocol.is_none_or(|protocol| protocol == packet.protocol)
        && ports.is_none_or(|(low, high)| (low..=high).contains(&packet.destination_port))
}

/// Whether one of the groups of a machine lets a packet through, of which the far end is given.
fn grouped(world: &World, machine: usize, way: usize, far: u32, packet: &Packet) -> bool {
    let within = |group: &usize| {
        (0..2).any(|other| world.machines[other].1.contains(group) && addresses(world, other).contains(&far))
    };
    let permissions = world.machines[machine].1.iter().flat_map(|group| &world.groups[*group][way]);
    permissions.into_iter().any(|permission| {
        fits(permission.protocol, permission.ports, packet)
            && (permission.blocks.iter().any(|block| holds(*block, far)) || permission.groups.iter().any(within))
    })
}

/// The first line by number that matches decides; none denies.
fn listed(world: &World, subnet: usize, way: usize, far: u32, packet: &Packet) -> bool {
    let lines = world.acls[subnet][way].iter();
    let matching = lines.filter(|line| fits(line.protocol, line.ports, packet) && holds(line.block, far));
    matching.min_by_key(|line| line.number).is_some_and(|line| line.permit)
}

fn judge(world: &World, source: u32, destination: u32, packet: &Packet) -> bool {
    let (from, to) = (world.machines[0].0, world.machines[1].0);
    grouped(world, 0, 1, destination, packet)
        && grouped(world, 1, 0, source, packet)
        && (from == to || listed(world, from, 1, destination, packet) && listed(world, to, 0, source, packet))
}

fn account(world: &World) -> Value {
    let permission = |one: &Permission| {
        let mut out = json!({ "IpProtocol": one.protocol.map_or("-1".to_owned(), |number| match number {
            6 => "tcp".to_owned(), 17 => "udp".to_owned(), 1 => "icmp".to_owned(), number => number.to_string() }) });
        if let Some((low, high)) = one.ports {
            (out["FromPort"], out["ToPort"]) = (low.into(), high.into());
        } else if one.protocol == Some(1) {
            (out["FromPort"], out["ToPort"]) = ((-1).into(), (-1).into());
        }
        out["IpRanges"] = one.blocks.iter().map(|block| json!({ "CidrIp": word(*block) })).collect();
        out["UserIdGroupPairs"] = one.groups.iter().map(|group| json!({ "GroupId": format!("sg-{group}") })).collect();
        out
    };
    let entries = |lines: &[Vec<Line>; 2]| -> Vec<Value> {
        let of = |egress: bool| {
            lines[usize::from(egress)].iter().map(move |line| {
                let mut out = json!({ "RuleNumber": line.number, "Egress": egress, "RuleAction": if line.permit { "allow" } else { "deny" },
                    "Protocol": line.protocol.map_or("-1".to_owned(), |number| number.to_string()), "CidrBlock": word(line.block) });
                if let Some((low, high)) = line.ports {
                    out["PortRange"] = json!({ "From": low, "To": high });
                }
                out
            })
        };
        let last = |egress: bool| json!({ "RuleNumber": 32767, "Egress": egress, "RuleAction": "deny", "Protocol": "-1", "CidrBlock": "0.0.0.0/0" });
        of(false).chain(of(true)).chain([last(false), last(true)]).collect()
    };
    let subnets = 0..2usize;
    json!({
        "Vpcs": [{ "VpcId": "vpc-a", "CidrBlock": "10.0.0.0/16" }],
        "InternetGateways": [], "EgressOnlyInternetGateways": [], "VpnGateways": [], "VpcPeeringConnections": [], "TransitGatewayVpcAttachments": [],
        "Subnets": subnets.clone().map(|at| json!({ "SubnetId": format!("subnet-{at}"), "VpcId": "vpc-a", "CidrBlock": format!("10.0.{at}.0/24") })).collect::<Vec<_>>(),
        "RouteTables": [{ "RouteTableId": "rtb", "VpcId": "vpc-a", "Associations": [{ "Main": true }], "Routes": [{ "DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local" }] }],
        "NetworkAcls": subnets.map(|at| json!({ "NetworkAclId": format!("acl-{at}"), "Associations": [{ "SubnetId": format!("subnet-{at}") }], "Entries": entries(&world.acls[at]) })).collect::<Vec<_>>(),
        "SecurityGroups": world.groups.iter().enumerate().map(|(at, [inward, outward])| json!({ "GroupId": format!("sg-{at}"), "VpcId": "vpc-a",
            "IpPermissions": inward.iter().map(permission).collect::<Vec<_>>(), "IpPermissionsEgress": outward.iter().map(permission).collect::<Vec<_>>() })).collect::<Vec<_>>(),
        "NetworkInterfaces": world.machines.iter().enumerate().map(|(at, (subnet, groups))| json!({ "NetworkInterfaceId": format!("eni-{at}"), "VpcId": "vpc-a",
            "SubnetId": format!("subnet-{subnet}"), "Status": "in-use", "SourceDestCheck": true,
            "Groups": groups.iter().map(|group| json!({ "GroupId": format!("sg-{group}") })).collect::<Vec<_>>(),
            "PrivateIpAddresses": addresses(world, at).map(|address| json!({ "PrivateIpAddress": Ipv4Addr::from(address).to_string() })) })).collect::<Vec<_>>(),
    })
}

#[test]
fn groups_and_acls_agree_with_brute_force() {
    let mut dice = Dice(7);
    let worlds =
        std::env::var("SANSO_BRUTE").ok().and_then(|count| count.parse().ok()).map_or(60, |count: usize| count / 40);
    let (mut permitted, mut denied) = (0, 0);
    for _ in 0..worlds {
        let world = world(&mut dice);
        let account = account(&world);
        let asked = imported(&account);
        let document = packet::document(&asked.source).0.unwrap();
        let asker = Asker::new(&document);
        let node = asker.node("eni-0").unwrap();
        for _ in 0..40 {
            let protocol = *dice.one(&[6, 6, 17, 1, 47]);
            let port = |dice: &mut Dice| {
                if matches!(protocol, 6 | 17) { *dice.one(&[0, 1, 2, 3, 5, 8, 11, 12, 1023, 1024]) } else { 0 }
            };
            let (source, destination) = (*dice.one(&addresses(&world, 0)), *dice.one(&addresses(&world, 1)));
            let packet = Packet {
                source: Ipv4Addr::from(source).into(),
                destination: Ipv4Addr::from(destination).into(),
                protocol,
                source_port: port(&mut dice),
                destination_port: port(&mut dice),
            };
            let walk = asker.walk(node, packet).unwrap();
            let found = walk.reached.iter().any(|one| one.node == "eni-1");
            let expected = judge(&world, source, destination, &packet);
            assert_eq!(found, expected, "{packet}\n{world:#?}\n{account:#}");
            *if expected { &mut permitted } else { &mut denied } += 1;
        }
    }
    assert!(permitted > worlds && denied > worlds, "{permitted} permitted, {denied} denied");
}
