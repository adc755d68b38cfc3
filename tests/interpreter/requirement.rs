//! The eight requirements of `three-tier/alpha` (spec section 7).

use super::document::{Document, Exception, Item, Node, Service};
use super::ground::Ground;
use super::header::Headers;
use super::path::{LeftOut, Question, covers, data_paths};
use super::place::{Places, has_relay_entry, has_sanitising_relay, is_endpoint, zone_of_block};
use super::session::sessions;
use std::collections::{BTreeMap, BTreeSet};

/// For each requirement `None` (vacuous), or the sorted list of violating tuples (none: proved).
pub type Decision = BTreeMap<String, Option<Vec<Vec<String>>>>;

pub const PATH_REQUIREMENTS: [&str; 3] = ["MN-ISOLATION", "LGWAN-INTERNET", "INTERNET-CLOUD"];

/// Pairs of node sets, or nodes alone, become tuples of ids.
struct RequirementDecider<'d> {
    places: Places<'d>,
    decision: Decision,
}

/// Exceptions by id, each with pairs of opener and responder.
pub type Opened = Vec<(String, BTreeSet<(String, String)>)>;

/// The pairs between which each exception covers a session.
pub fn opened(document: &Document) -> Opened {
    let places = Places::of(document);
    let nobody = vec![false; document.nodes.len()];
    let all = sessions(&places, &Ground::of(document), &Headers::of(&places), &nobody);
    let id = |n: usize| document.nodes[n].id.clone();
    let pairs = |exception| {
        let covered = all.keys().filter(|session| covers(&places, exception, session));
        covered.map(|session| (id(session.opener), id(session.responder))).collect()
    };
    document.exceptions.iter().map(|exception| (exception.id.clone(), pairs(exception))).collect()
}

pub fn decide(document: &Document, date: (i32, u32, u32)) -> Decision {
    let places = Places::of(document);
    let ground = Ground::of(document);
    let headers = Headers::of(&places);
    let nodes: Vec<usize> = (0..document.nodes.len()).collect();
    // "Tier nodes are the nodes whose zone has a base"
    let tier = |n: usize| places.tier(n);
    let is_external = |n: usize| document.nodes[n].kind == "external";
    let is_tagged = |n: usize| has_word(&document.nodes[n].tags, "security-cloud");
    let only = |test: &dyn Fn(usize) -> bool| -> Vec<usize> { nodes.iter().copied().filter(|&n| test(n)).collect() };

    let nobody = vec![false; nodes.len()];
    let all_sessions = sessions(&places, &ground, &headers, &nobody);
    let any_path = Question { waiver: Some("MN-ISOLATION"), ..Question::ALL };
    let isolation = data_paths(&places, &all_sessions, any_path);
    let raw_path = Question { left_out: LeftOut::Any, waiver: Some("LGWAN-INTERNET"), ..Question::ALL };
    let separation = data_paths(&places, &all_sessions, raw_path);
    // "Without the tagged nodes: packets do not enter, leave or end at them, and they are on neither side"
    let tagged: Vec<bool> = nodes.iter().map(|&n| is_tagged(n)).collect();
    let untagged_sessions =
        if tagged == nobody { all_sessions.clone() } else { sessions(&places, &ground, &headers, &tagged) };
    let cloud_path = Question { waiver: Some("INTERNET-CLOUD"), ..Question::ALL };
    let cloud = data_paths(&places, &untagged_sessions, cloud_path);
    let raw = data_paths(&places, &all_sessions, Question { left_out: LeftOut::Any, ..Question::ALL });

    let mn = only(&|n| tier(n) == Some("my-number"));
    let other = only(&|n| places.labels[n].is_some() && tier(n) != Some("my-number"));
    let lgwan = only(&|n| tier(n) == Some("lgwan"));
    let internet = only(&|n| tier(n) == Some("internet"));
    let inside =
        only(&|n| !tagged[n] && (tier(n) == Some("lgwan") || (tier(n) == Some("internet") && !is_external(n))));
    let outside = only(&|n| !tagged[n] && tier(n) == Some("internet") && is_external(n));
    let terminals = only(&|n| document.nodes[n].kind == "terminal" && tier(n) == Some("my-number"));
    let endpoints = only(&|n| is_endpoint(&document.nodes[n]));
    let clouds = only(&is_tagged);

    // EXCEPTION-PEER
    let mut peers = BTreeSet::new();
    for exception in &document.exceptions {
        if exception.attested || !has_word(&exception.waives, "MN-ISOLATION") {
            continue;
        }
        for session in all_sessions.keys().filter(|session| covers(&places, exception, session)) {
            for end in [session.opener, session.responder] {
                let meets_internet = internet.iter().any(|&i| raw[end].contains(&i) || raw[i].contains(&end));
                if tier(end) != Some("my-number") && (tier(end) == Some("internet") || meets_internet) {
                    peers.insert(vec![exception.id.clone(), document.nodes[end].id.clone()]);
                }
            }
        }
    }
    let limited = document.exceptions.iter().filter(|exception| !is_limited(&places, exception, date));
    let limited: BTreeSet<Vec<String>> = limited.map(|exception| vec![exception.id.clone()]).collect();
    let with_exceptions = |tuples: BTreeSet<Vec<String>>| {
        (!document.exceptions.is_empty()).then(|| tuples.into_iter().collect::<Vec<_>>())
    };
    let (peers, limited) = (with_exceptions(peers), with_exceptions(limited));

    let mut decider = RequirementDecider { places, decision: Decision::new() };
    decider.pairs("MN-ISOLATION", &mn, &other, &isolation);
    decider.pairs("LGWAN-INTERNET", &lgwan, &internet, &separation);
    decider.pairs("INTERNET-CLOUD", &inside, &outside, &cloud);
    decider.singles("MN-TERMINAL", &terminals, |_, n| {
        let controls = &document.nodes[n].controls;
        has_word(controls, "mfa") && has_word(controls, "export-disabled")
    });
    decider.singles("INTERNET-MONITOR", &clouds, |_, n| {
        let controls = &document.nodes[n].controls;
        has_word(controls, "monitoring") && has_word(controls, "blocking")
    });
    decider.singles("LABELLED", &endpoints, is_labelled);
    decider.decision.insert("EXCEPTION-LIMITED".into(), limited);
    decider.decision.insert("EXCEPTION-PEER".into(), peers);
    decider.decision
}

impl RequirementDecider<'_> {
    fn id(&self, n: usize) -> String {
        self.places.document.nodes[n].id.clone()
    }

    /// Pairs between which a data path runs, either way; vacuous "with one side empty".
    fn pairs(&mut self, requirement: &str, side: &[usize], other: &[usize], paths: &[BTreeSet<usize>]) {
        let mut tuples = BTreeSet::new();
        for &a in side {
            for &b in other.iter().filter(|&&b| paths[a].contains(&b) || paths[b].contains(&a)) {
                tuples.insert(vec![self.id(a), self.id(b)]);
            }
        }
        let speaks = !side.is_empty() && !other.is_empty();
        self.decision.insert(requirement.into(), speaks.then(|| tuples.into_iter().collect()));
    }

    /// Nodes that are not as they should be; vacuous "with no such node".
    fn singles(&mut self, requirement: &str, nodes: &[usize], holds: impl Fn(&Places, usize) -> bool) {
        let failing = nodes.iter().filter(|&&n| !holds(&self.places, n));
        let tuples: BTreeSet<Vec<String>> = failing.map(|&n| vec![self.id(n)]).collect();
        self.decision.insert(requirement.into(), (!nodes.is_empty()).then(|| tuples.into_iter().collect()));
    }
}

fn has_word(words: &[String], word: &str) -> bool {
    words.iter().any(|found| found == word)
}

/// "every endpoint has a zone, but gateways, forwarders and nodes with a sanitising relay that declare at least one
/// relay entry; and no declared address contradicts its node's explicit zone"
pub fn is_labelled(places: &Places, n: usize) -> bool {
    let node: &Node = &places.document.nodes[n];
    let stands_between = node.kind == "gateway" || node.forwards || has_sanitising_relay(node);
    if places.labels[n].is_none() && !(stands_between && has_relay_entry(node)) {
        return false;
    }
    node.zone.as_deref().is_none_or(|zone| {
        node.addresses.iter().all(|&block| zone_of_block(places.document, block).is_none_or(|found| found == zone))
    })
}

/// EXCEPTION-LIMITED, each item on its own.
pub fn is_limited(places: &Places, exception: &Exception, date: (i32, u32, u32)) -> bool {
    let single_item = |item: &Item| match item {
        Item::Block(block) => block.is_single(),
        // "nodes whose A is single addresses (a symbolic one is)"
        Item::Node(n) => places.entries[*n].iter().all(|entry| entry.block.is_single()),
        Item::Any | Item::Zone(_) | Item::Kind(_) | Item::Tag(_) | Item::Not(_) | Item::Name(_) => false,
    };
    // "a protocol with one port, `icmp`, `icmpv6` or `transfer`", `proto/1` too
    let single_service = |service: &Service| match service {
        Service::Packets { ports: Some((first, last)), .. } => first == last,
        Service::Packets { protocol, ports: None } => *protocol == 1 || *protocol == 58,
        Service::Transfer => true,
        Service::Any => false,
    };
    exception.from.iter().chain(&exception.to).all(single_item)
        && exception.service.iter().all(single_service)
        && !exception.reason.trim().is_empty()
        && !exception.approved_by.trim().is_empty()
        // "`expires` is the last valid day"
        && exception.expires.is_none_or(|last_valid| date <= last_valid)
}
