//! Resources into nodes. What outputs do not describe is taken for the worst and told.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

use super::super::device::{Device, Interface, Join, Net};
use super::super::emit;
use super::super::ledger::Origin;
use super::super::set::AddressSet;
use super::resources::{Cloud, Item, Vpc};
use crate::language::Phrase;

/// The node for the Internet.
pub(super) const INTERNET: &str = "the-internet";

/// What all became.
pub(super) struct Built {
    /// The nodes.
    pub devices: Vec<Device>,
    /// Links between them.
    pub joins: Vec<Join>,
    /// What is told, and where.
    pub remarks: Vec<(Origin, Phrase)>,
}

/// Which routes hold for what comes in by a way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Look {
    /// Those of a table.
    Table(String),
    /// Into the VPC and nowhere else.
    Local,
    /// None: nothing comes from there.
    Nothing,
    /// Nobody knows: any.
    Anything,
}

/// A way of a VPC.
#[derive(Clone, Debug)]
pub(super) struct Port {
    /// The interface of the router.
    pub way: String,
    /// The subnet that it is in.
    pub subnet: Option<String>,
    /// Subnets whose network ACLs are not asked for what comes by it.
    pub unasked: Vec<String>,
    /// The routes for what comes in.
    pub look: Look,
}

/// A public address.
#[derive(Clone, Debug)]
pub(super) struct Public {
    /// The inner address that it is for.
    pub inner: IpAddr,
    /// The address itself.
    pub outer: IpAddr,
    /// Whether somebody may call it.
    pub called: bool,
    /// Where it stands.
    pub at: Origin,
}

/// A VPC that is being built.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    /// Its id.
    pub id: String,
    /// Its node.
    pub node: usize,
    /// What was described with it.
    pub folder: Arc<str>,
    /// Where it stands.
    pub at: Origin,
    /// Its networks.
    pub nets: Vec<Net>,
    /// Its ways.
    pub ports: Vec<Port>,
    /// Who is behind which way, single machines first.
    pub spots: Vec<(AddressSet, String)>,
    /// The ways of what routes name.
    pub targets: BTreeMap<String, Vec<String>>,
    /// Ways of Internet gateways, and where those stand.
    pub internet: Vec<(String, Origin)>,
    /// Ways that only IPv6 leaves by, and nothing enters.
    pub egress: Vec<(String, Origin)>,
    /// Public addresses.
    pub public: Vec<Public>,
}

impl Draft {
    /// Adds a way.
    pub fn port(&mut self, way: &str, subnet: Option<&str>, look: Look) {
        self.ports.push(Port { way: way.to_owned(), subnet: subnet.map(str::to_owned), unasked: Vec::new(), look });
    }

    /// That routes to a thing lead by a way.
    pub fn target(&mut self, id: &str, way: &str) {
        self.targets.entry(id.to_owned()).or_default().push(way.to_owned());
    }
}

pub(super) struct Builder<'c> {
    pub all: &'c Cloud,
    devices: Vec<Device>,
    joins: Vec<Join>,
    remarks: Vec<(Origin, Phrase)>,
    by_key: HashMap<String, usize>,
    taken: HashSet<String>,
    /// How many things bear a name.
    names: HashMap<&'c str, usize>,
    pub vpcs: BTreeMap<String, Draft>,
    /// The addresses of the members of each group.
    pub members: BTreeMap<&'c str, AddressSet>,
    /// Addresses of load balancers that may pass a client's address on.
    pub passing: AddressSet,
}

/// How often each name is borne.
fn names(all: &Cloud) -> HashMap<&str, usize> {
    fn of<T>(kind: &super::resources::Kind<T>) -> impl Iterator<Item = &str> {
        kind.values().filter_map(|item| item.name.as_deref())
    }
    let mut out: HashMap<&str, usize> = HashMap::new();
    let nets = of(&all.vpcs).chain(of(&all.subnets)).chain(of(&all.enis));
    let gateways = of(&all.nats).chain(of(&all.transits)).chain(of(&all.private)).chain(of(&all.endpoints));
    for name in nets.chain(gateways).chain(all.instances.values().map(String::as_str)) {
        *out.entry(name).or_default() += 1;
    }
    out
}

impl<'c> Builder<'c> {
    /// Nothing yet. `taken` are names that others bear.
    pub fn new(all: &'c Cloud, taken: HashSet<String>) -> Self {
        let mut builder = Self {
            all,
            devices: Vec::new(),
            joins: Vec::new(),
            remarks: Vec::new(),
            by_key: HashMap::new(),
            taken,
            names: names(all),
            vpcs: BTreeMap::new(),
            members: BTreeMap::new(),
            passing: AddressSet::default(),
        };
        for eni in all.enis.values() {
            let set = eni.is.set();
            for group in &eni.is.groups {
                let known = builder.members.entry(group).or_default();
                *known = known.union(&set);
            }
            if eni.is.kind == "network_load_balancer" {
                builder.passing = builder.passing.union(&set);
            }
        }
        builder
    }

    /// What all became. Machines come first: of what lets a packet through, alike in all else, a finding names what stands first, and
    /// a group is more to blame than a route.
    pub fn built(mut self) -> Built {
        self.devices.sort_by_key(|device| device.kind != "host");
        Built { devices: self.devices, joins: self.joins, remarks: self.remarks }
    }

    /// The node of a thing, made where it is not there yet.
    pub fn node(&mut self, key: &str, name: Option<&str>, kind: &'static str, at: &Origin) -> usize {
        if let Some(&known) = self.by_key.get(key) {
            return known;
        }
        let plain = |text: &str| Some(emit::id_word(text)).filter(|word| !word.is_empty());
        let key_word = plain(key).unwrap_or_else(|| kind.to_owned());
        let word = name.and_then(plain);
        let alone = name.is_some_and(|name| self.names.get(name).is_none_or(|&count| count < 2));
        let mut id = match word {
            Some(word) if alone => word,
            Some(word) => format!("{word} ({key_word})"),
            None => key_word.clone(),
        };
        if key == INTERNET {
            self.taken.insert(id.clone());
        } else if !self.taken.insert(id.clone()) {
            id = format!("{id} ({key_word})");
            while !self.taken.insert(id.clone()) {
                id.push('\'');
            }
        }
        self.devices.push(Device::new(id, kind, at.clone()));
        self.by_key.insert(key.to_owned(), self.devices.len() - 1);
        self.devices.len() - 1
    }

    /// The device of a node.
    pub fn device(&mut self, node: usize) -> &mut Device {
        &mut self.devices[node]
    }

    /// The name of a node.
    pub fn id(&self, node: usize) -> String {
        self.devices[node].id.clone()
    }

    /// An interface; of a name that is there already, that one.
    pub fn way(&mut self, node: usize, name: &str, at: &Origin) -> &mut Interface {
        let ways = &mut self.devices[node].interfaces;
        let known = ways.iter().position(|way| way.name == name).unwrap_or_else(|| {
            ways.push(Interface::new(name, at.clone()));
            ways.len() - 1
        });
        &mut ways[known]
    }

    /// A link between two interfaces, which are made.
    pub fn join(&mut self, a: (usize, &str), b: (usize, &str), at: &Origin) {
        for (node, way) in [a, b] {
            self.way(node, way, at);
        }
        let end = |(node, way): (usize, &str)| (self.devices[node].id.clone(), way.to_owned());
        self.joins.push(Join::new([end(a), end(b)], at.clone()));
    }

    /// An external node behind an interface.
    pub fn beyond(&mut self, key: &str, name: Option<&str>, (node, way): (usize, &str), at: &Origin) -> usize {
        let far = self.node(key, name, "external", at);
        let near = self.id(node);
        self.join((node, way), (far, &format!("{near} {way}")), at);
        far
    }

    /// Tells something.
    pub fn told(&mut self, at: &Origin, en: impl Into<String>, ja: impl Into<String>) {
        self.remarks.push((at.clone(), Phrase::new(en, ja)));
    }

    /// A VPC that something names, made where nobody described it.
    pub fn draft(&mut self, id: &str, at: &Origin, folder: &Arc<str>) -> &mut Draft {
        let draft = match self.vpcs.remove(id) {
            Some(draft) => draft,
            None => self.new_draft(id, at, folder),
        };
        self.vpcs.entry(id.to_owned()).or_insert(draft)
    }

    fn new_draft(&mut self, id: &str, at: &Origin, folder: &Arc<str>) -> Draft {
        let known: Option<&Item<Vpc>> = self.all.vpcs.get(id);
        let name = known.and_then(|item| item.name.clone());
        let at = known.map_or(at, |item| &item.at).clone();
        let mut nets = known.map_or_else(Vec::new, |item| item.is.nets.clone());
        if known.is_none() {
            let own = self.all.subnets.values().filter(|subnet| subnet.is.vpc == id);
            nets.extend(own.flat_map(|subnet| subnet.is.nets.clone()));
            self.told(
                &at,
                format!("{id} is not described (`describe-vpcs`): its networks are taken to be those of its subnets"),
                format!("{id} の記述（`describe-vpcs`）がない。サブネットのネットワークだけがあるものとみなす"),
            );
        }
        let node = self.node(id, name.as_deref(), "router", &at);
        Draft {
            id: id.to_owned(),
            node,
            folder: known.map_or(folder, |item| &item.folder).clone(),
            at,
            nets,
            ports: Vec::new(),
            spots: Vec::new(),
            targets: BTreeMap::new(),
            internet: Vec::new(),
            egress: Vec::new(),
            public: Vec::new(),
        }
    }
}
