//! What an account has, as far as it says which packets pass: the outputs of `describe` calls, typed. Lists of several files are put
//! together here; a thing that two files tell of differently is an error, since one of them is older.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use super::super::device::Net;
use super::super::ledger::Origin;
use super::super::region::Services;
use super::super::set::AddressSet;
use super::super::text::Refusal;
use super::targets::{Balancer, Classic, Listener, ListenerRule, Member, TargetGroup};
use crate::language::Phrase;

/// A thing with an id.
#[derive(Clone, Debug)]
pub struct Item<T> {
    /// Its `Name` tag.
    pub name: Option<String>,
    /// Where it stands.
    pub at: Origin,
    /// What it says, without its tags.
    pub digest: u64,
    /// The folder of its file: what was described together.
    pub folder: Arc<str>,
    /// The thing.
    pub is: T,
}

/// Things of one kind by id.
pub type Kind<T> = BTreeMap<String, Item<T>>;

/// A VPC.
#[derive(Clone, Debug, Default)]
pub struct Vpc {
    /// Its networks.
    pub nets: Vec<Net>,
}

/// A subnet.
#[derive(Clone, Debug, Default)]
pub struct Subnet {
    /// Its VPC.
    pub vpc: String,
    /// Its networks.
    pub nets: Vec<Net>,
}

/// An elastic network interface.
#[derive(Clone, Debug, Default)]
pub struct Eni {
    /// Its VPC.
    pub vpc: String,
    /// Its subnet.
    pub subnet: String,
    /// What it is for (`interface`, `nat_gateway`, …).
    pub kind: String,
    /// Its description.
    pub description: String,
    /// The instance that has it.
    pub instance: Option<String>,
    /// Whether somebody has it.
    pub attached: bool,
    /// Whether it takes packets that are not for it.
    pub forwards: bool,
    /// Whether a service of AWS made it.
    pub managed: bool,
    /// Its security groups.
    pub groups: Vec<String>,
    /// Its addresses, and networks delegated to it.
    pub nets: Vec<Net>,
    /// Inner and public addresses, and where they stand.
    pub public: Vec<(IpAddr, IpAddr, Origin)>,
}

impl Eni {
    /// All its addresses.
    #[must_use]
    pub fn set(&self) -> AddressSet {
        set(&self.nets)
    }
}

/// The union of networks.
#[must_use]
pub fn set(nets: &[Net]) -> AddressSet {
    nets.iter().fold(AddressSet::default(), |all, net| all.union(&net.set()))
}

/// A line of a security group.
#[derive(Clone, Debug)]
pub struct Permission {
    /// Services; none: they are not understood, and may be any.
    pub services: Services,
    /// What cannot be judged (types of icmp).
    pub condition: Option<String>,
    /// Networks.
    pub nets: Vec<Net>,
    /// Groups whose members are meant.
    pub groups: Vec<String>,
    /// Prefix lists.
    pub lists: Vec<String>,
    /// Where it stands.
    pub at: Origin,
}

/// A security group.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// Its VPC.
    pub vpc: String,
    /// What it lets in.
    pub inbound: Vec<Permission>,
    /// What it lets out.
    pub outbound: Vec<Permission>,
}

/// A line of a network ACL.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its place in the order.
    pub number: u64,
    /// Whether it is for what leaves the subnet.
    pub egress: bool,
    /// Whether it permits.
    pub permit: bool,
    /// Services.
    pub services: Services,
    /// What cannot be judged (types of icmp).
    pub condition: Option<String>,
    /// The network at the other end.
    pub net: Net,
    /// Where it stands.
    pub at: Origin,
}

/// A network ACL.
#[derive(Clone, Debug, Default)]
pub struct Acl {
    /// Subnets that it is for.
    pub subnets: Vec<String>,
    /// Its lines.
    pub entries: Vec<Entry>,
}

/// Where a route leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Into the VPC.
    Local,
    /// To a gateway, an interface, a peering by its id.
    To(String),
    /// Nowhere.
    Blackhole,
}

/// For whom a route is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Towards {
    /// A network.
    Net(Net),
    /// A prefix list.
    List(String),
}

/// A route.
#[derive(Clone, Debug)]
pub struct RouteItem {
    /// For whom.
    pub towards: Towards,
    /// Where it leads.
    pub target: Target,
    /// Whether a gateway told of it: one that was written down for the same network counts before it.
    pub propagated: bool,
    /// Where it stands.
    pub at: Origin,
}

/// A route table.
#[derive(Clone, Debug, Default)]
pub struct RouteTable {
    /// Its VPC.
    pub vpc: String,
    /// Whether it is for subnets that name none.
    pub main: bool,
    /// Subnets that name it.
    pub subnets: Vec<String>,
    /// Gateways that name it.
    pub gateways: Vec<String>,
    /// Its routes.
    pub routes: Vec<RouteItem>,
}

/// A gateway that is attached to VPCs.
#[derive(Clone, Debug, Default)]
pub struct Gateway {
    /// The VPCs.
    pub vpcs: Vec<String>,
}

/// A NAT gateway.
#[derive(Clone, Debug, Default)]
pub struct NatGateway {
    /// Its VPC.
    pub vpc: String,
    /// Its subnet.
    pub subnet: String,
    /// Its inner addresses.
    pub inner: Vec<IpAddr>,
    /// Inner and public addresses.
    pub public: Vec<(IpAddr, IpAddr)>,
}

/// A peering.
#[derive(Clone, Debug, Default)]
pub struct Peering {
    /// The VPCs at its ends and their networks.
    pub sides: Vec<(String, Vec<Net>)>,
}

/// An attachment of a transit gateway.
#[derive(Clone, Debug, Default)]
pub struct Attachment {
    /// The transit gateway.
    pub transit: String,
    /// What is attached: `vpc`, `vpn`, `direct-connect-gateway`, `peering`, `connect`.
    pub kind: String,
    /// Its id.
    pub resource: String,
    /// The subnets of a VPC that it is in.
    pub subnets: Vec<String>,
    /// Whether the table that it looks at is told.
    pub told: bool,
    /// That table.
    pub table: Option<String>,
}

/// A route table of a transit gateway.
#[derive(Clone, Debug, Default)]
pub struct TransitTable {
    /// The transit gateway.
    pub transit: String,
}

/// A route of a transit gateway.
#[derive(Clone, Debug)]
pub struct TransitRoute {
    /// For whom.
    pub towards: Towards,
    /// Attachments that it leads to; none drops.
    pub to: Vec<String>,
    /// Whether an attachment told of it.
    pub propagated: bool,
    /// Where it stands.
    pub at: Origin,
}

/// A VPC endpoint.
#[derive(Clone, Debug, Default)]
pub struct Endpoint {
    /// Its VPC.
    pub vpc: String,
    /// The service behind it.
    pub service: String,
    /// `Gateway`, `Interface`, `GatewayLoadBalancer`.
    pub kind: String,
    /// Its interfaces.
    pub enis: Vec<String>,
    /// Its subnets.
    pub subnets: Vec<String>,
}

/// A VPN connection.
#[derive(Clone, Debug, Default)]
pub struct Vpn {
    /// The gateway on the side of AWS.
    pub gateway: Option<String>,
    /// The customer's gateway.
    pub customer: String,
    /// Of each tunnel the outer address on the side of AWS and the network within.
    pub tunnels: Vec<(Option<IpAddr>, Option<Net>)>,
}

/// A customer's gateway.
#[derive(Clone, Debug, Default)]
pub struct Customer {
    /// Its address.
    pub address: Option<IpAddr>,
}

/// A line of Direct Connect: a virtual interface.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// The gateways that it leads to.
    pub gateway: Option<String>,
}

/// A gateway of Direct Connect and one that it is joined to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineGateway {
    /// The Direct Connect gateway.
    pub of: String,
    /// The virtual private gateway or transit gateway.
    pub to: String,
}

/// All that outputs say.
#[derive(Clone, Debug, Default)]
pub struct Cloud {
    /// The lists that are there, by folder: what is not in such a list does not exist.
    pub described: BTreeSet<(Arc<str>, &'static str)>,
    /// VPCs.
    pub vpcs: Kind<Vpc>,
    /// Subnets.
    pub subnets: Kind<Subnet>,
    /// Interfaces.
    pub enis: Kind<Eni>,
    /// Security groups.
    pub groups: Kind<Group>,
    /// Network ACLs.
    pub acls: Kind<Acl>,
    /// Route tables.
    pub tables: Kind<RouteTable>,
    /// Internet gateways.
    pub internet: Kind<Gateway>,
    /// Egress-only Internet gateways.
    pub egress: Kind<Gateway>,
    /// Virtual private gateways.
    pub private: Kind<Gateway>,
    /// NAT gateways.
    pub nats: Kind<NatGateway>,
    /// Peerings.
    pub peerings: Kind<Peering>,
    /// Transit gateways.
    pub transits: Kind<()>,
    /// Their attachments.
    pub attachments: Kind<Attachment>,
    /// The same, of VPCs, with their subnets.
    pub vpc_attachments: Kind<Attachment>,
    /// Their route tables.
    pub transit_tables: Kind<TransitTable>,
    /// Routes by route table.
    pub transit_routes: BTreeMap<String, Vec<TransitRoute>>,
    /// VPC endpoints.
    pub endpoints: Kind<Endpoint>,
    /// VPN connections.
    pub vpns: Kind<Vpn>,
    /// Customers' gateways.
    pub customers: Kind<Customer>,
    /// Virtual interfaces of Direct Connect.
    pub lines: Kind<Line>,
    /// What gateways of Direct Connect are joined to.
    pub line_gateways: Vec<LineGateway>,
    /// Entries of prefix lists.
    pub lists: BTreeMap<String, Vec<Net>>,
    /// Classic load balancers, by their DNS name.
    pub classics: Kind<Classic>,
    /// Load balancers, by ARN, as what follows.
    pub balancers: Kind<Balancer>,
    /// Their listeners.
    pub listeners: Kind<Listener>,
    /// The rules of these.
    pub listener_rules: Kind<ListenerRule>,
    /// Target groups.
    pub target_groups: Kind<TargetGroup>,
    /// Targets, by the ARN of their group or by the name of their file.
    pub targets: BTreeMap<String, Vec<Member>>,
    /// Names of instances.
    pub instances: BTreeMap<String, String>,
}

/// Puts a thing among those of its kind.
///
/// # Errors
/// When another file says something else of it.
pub fn put<T>(all: &mut Kind<T>, id: String, item: Item<T>) -> Result<(), Refusal> {
    match all.get_mut(&id) {
        None => {
            all.insert(id, item);
        }
        Some(known) if known.digest == item.digest => {
            // of an account that shares it only the owner sees the name
            known.name = known.name.take().or(item.name);
        }
        Some(known) => {
            let first = known.at.to_string();
            return Err(Refusal::of(
                &item.at.to_string(),
                Phrase::new(
                    format!("{id} is described here and in {first}, differently; describe everything anew at one time"),
                    format!("{id} の記述が {first} と異なる。すべてを同じ時点で出力し直すこと"),
                ),
            ));
        }
    }
    Ok(())
}

fn all<T>(into: &mut Kind<T>, from: Kind<T>) -> Result<(), Refusal> {
    from.into_iter().try_for_each(|(id, item)| put(into, id, item))
}

impl Cloud {
    /// Adds what another file says.
    ///
    /// # Errors
    /// When the two say something else of one thing.
    pub fn join(&mut self, other: Self) -> Result<(), Refusal> {
        self.described.extend(other.described);
        all(&mut self.vpcs, other.vpcs)?;
        all(&mut self.subnets, other.subnets)?;
        all(&mut self.enis, other.enis)?;
        all(&mut self.groups, other.groups)?;
        all(&mut self.acls, other.acls)?;
        all(&mut self.tables, other.tables)?;
        all(&mut self.internet, other.internet)?;
        all(&mut self.egress, other.egress)?;
        all(&mut self.private, other.private)?;
        all(&mut self.nats, other.nats)?;
        all(&mut self.peerings, other.peerings)?;
        all(&mut self.transits, other.transits)?;
        all(&mut self.attachments, other.attachments)?;
        all(&mut self.vpc_attachments, other.vpc_attachments)?;
        all(&mut self.transit_tables, other.transit_tables)?;
        all(&mut self.endpoints, other.endpoints)?;
        all(&mut self.vpns, other.vpns)?;
        all(&mut self.customers, other.customers)?;
        all(&mut self.lines, other.lines)?;
        all(&mut self.classics, other.classics)?;
        all(&mut self.balancers, other.balancers)?;
        all(&mut self.listeners, other.listeners)?;
        all(&mut self.listener_rules, other.listener_rules)?;
        all(&mut self.target_groups, other.target_groups)?;
        for (group, members) in other.targets {
            self.targets.entry(group).or_default().extend(members);
        }
        for (table, routes) in other.transit_routes {
            self.transit_routes.entry(table).or_default().extend(routes);
        }
        for (list, nets) in other.lists {
            self.lists.entry(list).or_default().extend(nets);
        }
        self.line_gateways.extend(other.line_gateways);
        self.instances.extend(other.instances);
        Ok(())
    }

    /// Whether a list of this kind is there for what a folder describes.
    #[must_use]
    pub fn knows(&self, folder: &Arc<str>, kind: &'static str) -> bool {
        self.described.contains(&(folder.clone(), kind))
    }
}
