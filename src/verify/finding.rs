//! Violating pairs grouped by what lets them through, each group with a witness.

use std::collections::HashMap;

use super::cause::{self, Cause};
use super::guess;
use super::show::{Show, service};
use super::side::Sides;
use super::trace::{Broken, Replayed, Tracer};
use crate::document::Kind;
use crate::engine::PathOutcome;
use crate::engine::replay::Claim;
use crate::engine::trace::{PassTrace, Witness};
use crate::language::Phrase;
use crate::network::Links;
use crate::report::Finding;

/// Pairs of classes whose chains of flows are looked at for one requirement.
const PAIRS: usize = 100_000;
/// Steps of searches for ways that are spent on one requirement, in links looked at.
const EFFORT: usize = 8_000_000;
/// Ways traced for one requirement, at least and at most.
const TRACED: (usize, usize) = (64, 2_000);

/// How many ways are traced for one requirement.
pub fn budget(tracer: &Tracer<'_, '_>) -> usize {
    (EFFORT / (1 + tracer.wiring().spine_links())).clamp(TRACED.0, TRACED.1)
}

/// Pairs of classes whose sessions are alike: same relays, and for each session same attachments and headers.
type Alike = (Vec<crate::engine::Station>, Vec<([u32; 2], Links, crate::space::HeaderBox, crate::space::Product)>);

struct Group {
    tuples: u64,
    pair: (usize, usize),
    /// The nodes to show it by; `None`: any.
    ends: Option<[u32; 2]>,
    /// Whether one session makes the path.
    direct: bool,
}

/// Pairs of one cause, and the shortest witness among those traced.
pub struct Traced {
    /// How many tuples.
    pub tuples: u64,
    /// The witness.
    pub replayed: Replayed,
}

/// Findings for all violating pairs of a path requirement.
///
/// # Errors
/// When a witness does not stand up to its replay.
pub fn of_paths(
    tracer: &Tracer<'_, '_>,
    show: Show<'_, '_, '_>,
    paths: &PathOutcome,
    claim: Claim<'_>,
) -> Result<Vec<Finding>, Broken> {
    let size = |class| paths.network.classes.get(class).members.len() as u64;
    let all = |i: usize, j: usize| Some((size(paths.a[i]) * size(paths.b[j]), None));
    of_some_paths(tracer, show, paths, claim, &all)
}

/// See [`of_some_paths`].
pub type Counts<'c> = dyn Fn(usize, usize) -> Option<(u64, Option<[u32; 2]>)> + 'c;

/// Findings for some of the violating pairs of a path requirement: of each pair of classes, by position, `counts` says
/// how many tuples count and by which nodes to show them (left out: any); `None`: none counts.
///
/// # Errors
/// When a witness does not stand up to its replay.
pub fn of_some_paths(
    tracer: &Tracer<'_, '_>,
    show: Show<'_, '_, '_>,
    paths: &PathOutcome,
    claim: Claim<'_>,
    counts: &Counts<'_>,
) -> Result<Vec<Finding>, Broken> {
    let (mut groups, mut rest) = alike(paths, counts);
    let sides = Sides::new(tracer.model(), tracer.wiring());
    let limit = budget(tracer);
    let mut by_cause: HashMap<Cause, Traced> = HashMap::new();
    if groups.len() > limit {
        groups.split_off(limit).into_iter().for_each(|group| rest.add(group));
    }
    // What lets single sessions through may be what lets whole chains through.
    groups.sort_by_key(|group| !group.direct);
    for group in groups {
        let replayed = tracer.witness_between(paths, [group.pair.0, group.pair.1], group.ends, claim)?;
        let known =
            if group.direct { None } else { cause::known(&replayed.witness, |cause| by_cause.contains_key(cause)) };
        let cause = known.unwrap_or_else(|| cause::of(tracer, &sides, &replayed.witness, claim.without_tag));
        merge(&mut by_cause, cause, Traced { tuples: group.tuples, replayed });
    }
    let mut findings =
        in_order(by_cause, show).into_iter().map(|(cause, traced)| of_cause(tracer, show, &cause, &traced));
    let mut out: Vec<Finding> = findings.by_ref().collect();
    if let Some(group) = rest.0 {
        let ends = [paths.a[group.pair.0], paths.b[group.pair.1]];
        let ends = group.ends.unwrap_or_else(|| ends.map(|class| tracer.first_members(paths, class)[0]));
        let path = ends.map(|node| show.id(node).to_owned()).to_vec();
        out.push(untraced(group.tuples, limit, path));
    }
    Ok(out)
}

/// Adds what was traced to what is known of its cause.
pub fn merge(by_cause: &mut HashMap<Cause, Traced>, cause: Cause, traced: Traced) {
    let length = |witness: &Witness| {
        (witness.sessions.len(), witness.sessions.iter().map(|session| session.hops.len()).sum::<usize>())
    };
    match by_cause.get_mut(&cause) {
        None => {
            by_cause.insert(cause, traced);
        }
        Some(known) => {
            known.tuples += traced.tuples;
            if length(&traced.replayed.witness) < length(&known.replayed.witness) {
                known.replayed = traced.replayed;
            }
        }
    }
}

/// Causes with the most tuples first, then by place.
pub fn in_order(by_cause: HashMap<Cause, Traced>, show: Show<'_, '_, '_>) -> Vec<(Cause, Traced)> {
    let mut list: Vec<_> = by_cause.into_iter().collect();
    list.sort_by_cached_key(|(cause, traced)| (std::cmp::Reverse(traced.tuples), show.cause_at(cause), *cause));
    list
}

#[derive(Default)]
struct Rest(Option<Group>);

impl Rest {
    fn add(&mut self, group: Group) {
        match &mut self.0 {
            None => self.0 = Some(group),
            Some(known) => known.tuples += group.tuples,
        }
    }
}

/// The violating pairs of classes, those alike together, the largest first; and the rest that was not looked at.
fn alike(paths: &PathOutcome, counts: &Counts<'_>) -> (Vec<Group>, Rest) {
    let mut rest = Rest::default();
    let mut index: HashMap<Alike, usize> = HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    let mut looked = 0;
    for (i, row) in paths.answer.violating.rows().enumerate() {
        for j in row.iter().map(|&j| j as usize) {
            let Some((tuples, ends)) = counts(i, j) else { continue };
            let mut group = Group { tuples, pair: (i, j), ends, direct: true };
            looked += 1;
            let Some((chain, stations)) = (if looked <= PAIRS { paths.answer.witness(i, j) } else { None }) else {
                rest.add(group);
                continue;
            };
            group.direct = chain.len() == 1;
            let sessions = chain.iter().map(|flow| {
                let session = &flow.session;
                let attachment =
                    |class| paths.network.classes.get(class).attachments[usize::from(session.links == Links::TwoWay)];
                ([attachment(session.from), attachment(session.to)], session.links, session.header, session.product)
            });
            match index.entry((stations, sessions.collect())) {
                std::collections::hash_map::Entry::Occupied(known) => groups[*known.get()].tuples += group.tuples,
                std::collections::hash_map::Entry::Vacant(slot) => {
                    slot.insert(groups.len());
                    groups.push(group);
                }
            }
        }
    }
    groups.sort_by_key(|group| (std::cmp::Reverse(group.tuples), group.pair));
    (groups, rest)
}

fn untraced(tuples: u64, limit: usize, path: Vec<String>) -> Finding {
    Finding {
        message: Phrase::new(
            format!(
                "further pairs, not traced one by one (at most {limit} ways are traced for a requirement): mend what is \
                 shown and verify again"
            ),
            format!(
                "個別には追跡していない組（追跡する経路は一つの要件につき {limit} 本まで）。示した原因を直し、改めて検証すること"
            ),
        ),
        tuples,
        path,
        sessions: Vec::new(),
        location: None,
        guesses: Vec::new(),
        cause: vec!["untraced".to_owned()],
    }
}

/// The finding of a cause.
pub fn of_cause(tracer: &Tracer<'_, '_>, show: Show<'_, '_, '_>, cause: &Cause, traced: &Traced) -> Finding {
    let Replayed { witness, covered } = &traced.replayed;
    let vlans = show.model.document.links.iter().any(|link| link.names_vlans());
    let sessions = witness.sessions.iter().zip(covered).map(|(session, covered)| show.session(session, covered, vlans));
    Finding {
        message: message(show, cause, witness),
        tuples: traced.tuples,
        path: witness.nodes.iter().map(|&node| show.id(node).to_owned()).collect(),
        sessions: sessions.collect(),
        location: Some(show.cause_at(cause)),
        guesses: guess::of(tracer, show, cause, witness),
        cause: show.cause_key(cause),
    }
}

/// What leaks through what, and how to mend it.
fn message(show: Show<'_, '_, '_>, cause: &Cause, witness: &Witness) -> Phrase {
    let session = &witness.sessions[0];
    let (from, to, what) = (show.id(session.from), show.id(session.to), service(session));
    match *cause {
        Cause::Rule { node: at, filter, rule } => {
            let node = show.id(at);
            let name = show.filter(at, filter).and_then(|filter| filter.name.as_deref());
            let (en, ja) = match (rule, name) {
                (Some(rule), _) => {
                    let rule = show.rule(at, filter, rule);
                    (format!("rule {rule} of {node}"), format!("{node} のルール {rule} "))
                }
                (None, Some(name)) => (
                    format!("the default of filter {name} of {node}"),
                    format!("{node} のフィルター {name} の既定動作"),
                ),
                (None, None) => {
                    (format!("the default of the filter of {node}"), format!("{node} のフィルターの既定動作"))
                }
            };
            let (mend_en, mend_ja) = if rule.is_some() {
                ("narrow it or remove it", "ルールを絞るか、削除すること")
            } else {
                ("set `default: deny` and permit what is needed", "「default: deny」とし、必要な通信だけを許可すること")
            };
            Phrase::new(
                format!("{en} lets {from} open {what} to {to}: {mend_en}"),
                format!("{ja}により、{from} から {to} へ {what} で接続できる。{mend_ja}"),
            )
        }
        Cause::Forwarder(at) => {
            let node = show.id(at);
            let (mend_en, mend_ja) = match show.model.document.nodes[at as usize].kind {
                Kind::L3Switch => (
                    "take a VLAN out of its `routed_vlans`, or give it a `filter`",
                    "「routed_vlans」から VLAN を外すか、「filter」を設けること",
                ),
                Kind::Gateway => (
                    "let it relay only (drop `forwards: true`), or give it a `filter`",
                    "転送をやめて中継だけにする（「forwards: true」を消す）か、「filter」を設けること",
                ),
                _ => (
                    "give it a `filter`, or take it away from one of the two sides",
                    "「filter」を設けるか、どちらかの領域から切り離すこと",
                ),
            };
            Phrase::new(
                format!(
                    "{node} forwards packets from {from} to {to} ({what}) and no filter of it decides on them: {mend_en}"
                ),
                format!("{node} が {from} から {to} へのパケット（{what}）を、フィルターを通さずに転送する。{mend_ja}"),
            )
        }
        Cause::Link(link, tag) => {
            let name = show.link(link);
            let vlans = show.model.document.links[link as usize].vlan_lists().next().is_some();
            let used = show.model.document.links.iter().any(|link| link.names_vlans());
            match tag.filter(|_| used) {
                Some(tag) if vlans => Phrase::new(
                    format!(
                        "the link {name} carries VLAN {tag}, so that {from} reaches {to} ({what}): take VLAN {tag} off its `vlans`"
                    ),
                    format!(
                        "リンク {name} が VLAN {tag} を通すため、{from} から {to} へ {what} で接続できる。「vlans」から {tag} を外すこと"
                    ),
                ),
                Some(tag) => Phrase::new(
                    format!(
                        "the link {name} carries every VLAN, {tag} among them, so that {from} reaches {to} ({what}): declare its `vlans`"
                    ),
                    format!(
                        "リンク {name} がすべての VLAN（{tag} を含む）を通すため、{from} から {to} へ {what} で接続できる。「vlans」を宣言すること"
                    ),
                ),
                None => Phrase::new(
                    format!(
                        "the link {name} joins {from} and {to} ({what}) with no filter in between: remove it, or put a firewall there"
                    ),
                    format!(
                        "リンク {name} により、{from} から {to} へフィルターを通らずに接続できる（{what}）。リンクを取り除くか、ファイアウォールを設けること"
                    ),
                ),
            }
        }
        Cause::Segment(node, tag) => {
            let node = show.id(node);
            let used = show.model.document.links.iter().any(|link| link.names_vlans());
            let (en, ja) = match tag.filter(|_| used) {
                Some(tag) => (format!("VLAN {tag} of {node}"), format!("{node} の VLAN {tag}")),
                None => (format!("the segment of {node}"), format!("{node} のセグメント")),
            };
            Phrase::new(
                format!(
                    "{en} holds endpoints of both sides, such as {from} and {to}: give each side a VLAN or a switch of its own"
                ),
                format!(
                    "{ja}に、{from} と {to} のように、分けるべき領域の端点が同居している。領域ごとに VLAN またはスイッチを分けること"
                ),
            )
        }
        Cause::Relay(node, pass) => {
            let (first, last) = (witness.nodes[0], witness.nodes[witness.nodes.len() - 1]);
            let (first, last, id) = (show.id(first), show.id(last), show.id(node));
            match pass {
                PassTrace::Undeclared => Phrase::new(
                    format!(
                        "{id} declares no `relays`, so it is taken to pass on everything, from {first} to {last}: declare \
                         what it relays (`relays: []` for nothing), or give each side a machine of its own"
                    ),
                    format!(
                        "{id} に「relays」の宣言がないため、すべてを中継するとみなされ、{first} のデータが {last} に届く。\
                         中継する内容を宣言する（何も中継しなければ「relays: []」）か、領域ごとに機器を分けること"
                    ),
                ),
                PassTrace::Entry { entry, .. } => {
                    let details = show.model.document.nodes[node as usize].details.as_deref();
                    let relays = details.and_then(|details| details.relays.as_deref()).unwrap_or_default();
                    let raw = relays.get(entry as usize).is_none_or(|relay| relay.sanitise.is_none());
                    let number = u64::from(entry) + 1;
                    let (en, ja) = if raw { (" unsanitised", "無害化せずに") } else { ("", "") };
                    Phrase::new(
                        format!(
                            "relay #{number} of {id} passes data{en} from {first} to {last}: narrow or remove it, or the \
                             rules that let its two sides be reached"
                        ),
                        format!(
                            "{id} の中継 #{number} により、{first} のデータが{ja} {last} に届く。この中継、または両側への接続を\
                             許すルールを、絞るか削除すること"
                        ),
                    )
                }
            }
        }
    }
}
