//! Name resolution: every id of the document to an index, and every error of reference in one run.
//! The checks of single nodes and links are in `names/nodes`, those of interfaces in `names/interfaces`, those of
//! selectors, groups, services, exceptions and transfers in `names/references`, those of address translation in
//! `names/translation`.

mod interfaces;
mod lookalikes;
mod nodes;
mod references;
mod translation;

pub use references::check_waived;

use std::collections::HashMap;

use rustc_hash::FxHashMap;

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Cidr, Document, NameId, Text, Tier, host_name, usual_service};
use crate::language::Phrase;
use crate::nearest::nearest;
use crate::number::{id_type, number};
use crate::source::Span;

/// The three tiers, which exist in every document, in this order as zones 0, 1 and 2.
pub const TIERS: [&str; 3] = ["my-number", "lgwan", "internet"];

id_type! {
    /// A link: one that the document writes, by its place there; behind those, one within an l3-switch
    /// ([`crate::topology::L3Links`]), and behind the last that the document writes also one that a question adds to it.
    pub struct LinkId;
}

impl LinkId {
    /// Its number, as certificates have it.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// Names of a document and what they stand for. Made only from a document without errors of reference, so that
/// every name in the document resolves.
pub struct Names<'d> {
    /// Zone ids: the tiers, then the others in document order.
    pub zones: Vec<&'d str>,
    /// Networks of each zone.
    pub networks: Vec<Vec<Cidr>>,
    /// The tier that each zone belongs to.
    pub bases: Vec<Option<Tier>>,
    /// Node indices of the two ends of each link.
    pub links: Vec<[u32; 2]>,
    document: &'d Document<'d>,
    nodes: Vec<u32>,
    zone_indices: Table<'d>,
    zones_of_names: FxHashMap<NameId, u32>,
    groups: Table<'d>,
    services: Table<'d>,
    host_names: HashMap<String, u32>,
}

/// Indices by name. With keys that nobody knows in advance: whoever writes documents must not choose names that hash
/// alike. Nothing may depend on its order.
type Table<'d> = HashMap<&'d str, u32>;

/// The index of what is not there.
const NONE: u32 = u32::MAX;

impl<'d> Names<'d> {
    /// Resolves all names of the document; `None` when there were errors, of whatever kind and however old, which are
    /// then in `diagnostics`.
    pub fn resolve(document: &'d Document<'d>, diagnostics: &mut Diagnostics) -> Option<Self> {
        let mut resolver = Resolver {
            document,
            diagnostics,
            nodes: vec![NONE; document.names.len()],
            zones: Table::default(),
            zones_of_names: FxHashMap::default(),
            groups: Table::default(),
            services: Table::default(),
            effort: 1 << 20,
        };
        let (zones, networks) = resolver.zones();
        let bases = resolver.bases(zones.len());
        resolver.named_lists();
        resolver.nodes();
        let links = resolver.links();
        resolver.interfaces();
        resolver.references();
        resolver.lookalikes();
        let Resolver { diagnostics, nodes, zones: zone_indices, zones_of_names, groups, services, .. } = resolver;
        (!diagnostics.has_errors()).then_some(Self {
            zones,
            networks,
            bases,
            links,
            document,
            nodes,
            zone_indices,
            zones_of_names,
            groups,
            services,
            host_names: document.host_names.iter().map(|known| host_name(&known.name.value)).zip(0..).collect(),
        })
    }

    /// The links that the document writes, each with its ends.
    pub fn links(&self) -> impl Iterator<Item = (LinkId, [u32; 2])> + Clone + '_ {
        (0..number(self.links.len())).map(LinkId).zip(self.links.iter().copied())
    }

    /// The link that follows the last one that the document writes.
    #[must_use]
    pub fn next_link(&self) -> LinkId {
        LinkId::new(self.links.len())
    }

    /// Index of a node.
    #[must_use]
    pub fn node(&self, id: &str) -> Option<u32> {
        self.node_named(self.document.names.find(id)?)
    }

    /// Index of the node of a name of the document.
    #[must_use]
    pub fn node_named(&self, name: NameId) -> Option<u32> {
        self.nodes.get(name.index()).copied().filter(|&node| node != NONE)
    }

    /// Index of the zone of a name that some node gives as its zone.
    #[must_use]
    pub fn zone_named(&self, name: NameId) -> Option<u32> {
        self.zones_of_names.get(&name).copied()
    }

    /// Index of a zone.
    #[must_use]
    pub fn zone(&self, id: &str) -> Option<u32> {
        self.zone_indices.get(id).copied()
    }

    /// The tier that a label belongs to; `None`: to none, or there is no label.
    #[must_use]
    pub fn tier_of(&self, label: Option<u32>) -> Option<Tier> {
        self.bases.get(label? as usize).copied().flatten()
    }

    /// Index of a group in `document.groups`.
    #[must_use]
    pub fn group(&self, name: &str) -> Option<u32> {
        self.groups.get(name).copied()
    }

    /// Index of a host name in `document.host_names`; `None` for one that stands for nobody knows what.
    #[must_use]
    pub fn host_name(&self, name: &str) -> Option<u32> {
        self.host_names.get(&host_name(name)).copied()
    }

    /// Index of a service in `document.services`.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<u32> {
        self.services.get(name).copied()
    }
}

/// A name table under construction, and the complaints.
struct Resolver<'a, 'd> {
    document: &'d Document<'d>,
    diagnostics: &'a mut Diagnostics,
    /// Indices of nodes by number of their name.
    nodes: Vec<u32>,
    zones: Table<'d>,
    /// Indices of the zones that nodes name.
    zones_of_names: FxHashMap<NameId, u32>,
    groups: Table<'d>,
    services: Table<'d>,
    /// How many more names may be compared in search of the nearest: a million dangling names among a million known
    /// ones must not take a million times a million comparisons.
    effort: usize,
}

/// What a name stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    Node,
    Zone,
    Group,
    Service,
}

impl<'d> Resolver<'_, 'd> {
    fn error(
        &mut self,
        code: Code,
        span: Span,
        message: (impl Into<String>, impl Into<String>),
        help: (impl Into<String>, impl Into<String>),
    ) -> &mut Diagnostic {
        let diagnostic = self.diagnostics.error(code, span, Phrase::new(message.0, message.1));
        diagnostic.help = Some(Phrase::new(help.0, help.1));
        diagnostic
    }

    fn duplicate(&mut self, span: Span, first: Span, id: &str, what: (&str, &str)) {
        let diagnostic = self.error(
            Code::DuplicateId,
            span,
            (format!("the {} `{id}` is here twice", what.0), format!("{}「{id}」が重複しています", what.1)),
            ("give one of them another id", "どちらかの ID を変えてください"),
        );
        diagnostic.related.push((first, Phrase::new("the first is here", "最初のものはここです")));
    }

    /// The index of a name, or an error that it dangles. `within` is the span of what names it.
    fn find(&mut self, what: Named, name: &Text<'_>, within: Span) -> Option<u32> {
        let index = match what {
            Named::Node => self.document.names.find(name).map(|name| self.nodes[name.index()]),
            Named::Zone => self.zones.get(&**name).copied(),
            Named::Group => self.groups.get(&**name).copied(),
            Named::Service => self.services.get(&**name).copied(),
        };
        let found = index.filter(|&index| index != NONE);
        if found.is_none() {
            self.dangling(what, name, self.document.span_of(name, within));
        }
        found
    }

    fn dangling(&mut self, what: Named, name: &str, span: Span) {
        let document = self.document;
        // what was refused by the reader may have had this name
        if document.incomplete {
            return;
        }
        let (code, en, ja, key) = match what {
            Named::Node => (Code::UnknownNode, "node", "ノード", "nodes"),
            Named::Zone => (Code::UnknownZone, "zone", "領域", "zones"),
            Named::Group => (Code::UnknownGroup, "group", "グループ", "groups"),
            Named::Service => (Code::UnknownService, "service", "サービス", "services"),
        };
        let close = match what {
            Named::Node => self.nearest(name, document.nodes.iter().map(|node| document.name(node.id))),
            Named::Zone => {
                self.nearest(name, TIERS.into_iter().chain(document.zones.iter().map(|zone| &*zone.id.value)))
            }
            Named::Group => self.nearest(name, document.groups.iter().map(|group| &*group.name.value)),
            Named::Service => {
                // `tpc/443` is meant for the protocol
                let (head, _) = name.split_once('/').unwrap_or((name, ""));
                let protocols =
                    ["any", "transfer", "tcp", "udp", "sctp", "icmp", "icmpv6", "esp", "ah", "gre", "proto"];
                self.nearest(head, document.services.iter().map(|service| &*service.name.value).chain(protocols))
            }
        };
        let usual = (what == Named::Service).then(|| usual_service(name)).flatten();
        // `https` where `HTTPS` is declared is meant for that
        let declared = close.is_some_and(|close| {
            document.services.iter().any(|service| service.name.value == close && close.eq_ignore_ascii_case(name))
        });
        let help = match (usual.filter(|_| !declared), close) {
            (Some(usual), _) if name.contains(['/', ':']) => {
                (format!("write {usual}"), format!("{usual} と書いてください"))
            }
            (Some(usual), _) => (
                format!("write {usual}, or declare `{name}` under `services`"),
                format!("{usual} と書くか、「services」で「{name}」を定めてください"),
            ),
            (None, Some(close)) => (format!("did you mean `{close}`?"), format!("「{close}」ではありませんか")),
            (None, None) => (format!("declare it under `{key}`"), format!("「{key}」に書いてください")),
        };
        self.error(code, span, (format!("there is no {en} `{name}`"), format!("{ja}「{name}」がありません")), help);
    }

    fn nearest<'c>(&mut self, name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
        let mut seen = 0;
        let found = nearest(name, candidates.take(self.effort).inspect(|_| seen += 1));
        self.effort -= seen;
        found
    }

    /// The zones, their networks, and the error of a network that is there twice.
    fn zones(&mut self) -> (Vec<&'d str>, Vec<Vec<Cidr>>) {
        let mut zones: Vec<&'d str> = TIERS.to_vec();
        let mut networks = vec![Vec::new(); zones.len()];
        self.zones = zones.iter().copied().zip(0..).collect();
        let mut owners: FxHashMap<Cidr, (&str, Span)> = FxHashMap::default();
        for zone in &self.document.zones {
            let id = &*zone.id.value;
            let index = *self.zones.entry(id).or_insert_with(|| {
                zones.push(id);
                networks.push(Vec::new());
                zones.len() as u32 - 1
            });
            for network in &zone.networks {
                networks[index as usize].push(network.value);
                if let Some((owner, first)) = owners.insert(network.value, (id, network.span)) {
                    let diagnostic = self.error(
                        Code::DuplicateNetwork,
                        network.span,
                        (
                            format!("the same network in the zones `{owner}` and `{id}`"),
                            format!("同じネットワークが領域「{owner}」と「{id}」にあります"),
                        ),
                        (
                            "a network belongs to one zone, and is written once",
                            "ネットワークは 1 つの領域に 1 回だけ書いてください",
                        ),
                    );
                    diagnostic.related.push((first, Phrase::new("it is here too", "ここにもあります")));
                }
            }
        }
        (zones, networks)
    }

    /// The tier that each zone belongs to, and the error of a tier that is to belong to another.
    fn bases(&mut self, zones: usize) -> Vec<Option<Tier>> {
        let mut bases = vec![None; zones];
        for (at, (tier, _)) in [Tier::MyNumber, Tier::Lgwan, Tier::Internet].into_iter().zip(TIERS).enumerate() {
            bases[at] = Some(tier);
        }
        for zone in &self.document.zones {
            let Some(base) = &zone.base else { continue };
            let index = self.zones.get(&*zone.id.value).map_or(0, |&index| index as usize);
            if index >= TIERS.len() {
                bases[index] = Some(base.value);
            } else if bases[index] != Some(base.value) {
                let id = &zone.id.value;
                self.error(
                    Code::TierWithBase,
                    base.span,
                    (
                        format!("the tier `{id}` belongs to itself"),
                        format!("層「{id}」を別の層に属させることはできません"),
                    ),
                    (
                        "delete `base`, or name the zone otherwise",
                        "「base」を取り除くか、領域に別の名前を付けてください",
                    ),
                );
            }
        }
        bases
    }

    /// The tables of groups and services; the reader has refused duplicates.
    fn named_lists(&mut self) {
        let document = self.document;
        self.groups = document.groups.iter().map(|group| &*group.name.value).zip(0..).collect();
        self.services = document.services.iter().map(|service| &*service.name.value).zip(0..).collect();
    }
}
