//! The facts that auditors ask for besides verdicts: what is demanded and found between each two zones, what exceptions
//! really open, who is in which zone, the network as a drawing, and what was not checked.

use std::collections::{BTreeMap, BTreeSet};

use super::Options;
use super::kinds::exceptions::faults;
use super::show::Show;
use crate::document::{Link, Node, Vlans};
use crate::engine::{Excuse, Outcome, RequirementDecider, passes_everything, waives_one_of};
use crate::model::Model;
use crate::number::number;
use crate::policy::{Asked, NodePattern, Policy, SpokenOf};
use crate::report::audit::{
    Audit, Demand, Dossier, Drawing, DrawnLink, DrawnNode, LedgerEntry, Matrix, MatrixCell, Opens, Population,
    ZoneMembers,
};
use crate::report::fault::NotChecked;
use crate::report::quotes::Quotes;
use crate::report::{RequirementReport, Verdict};

/// Pairs listed of what an exception opens.
const PAIRS: usize = 20;

/// All of it. `matrix` is that of the outcomes which `requirements` report, and which owe their verdicts to `excuses`.
pub fn of(
    show: Show<'_, '_, '_>,
    decider: &mut RequirementDecider<'_, '_>,
    options: &Options<'_>,
    mut matrix: Matrix,
    requirements: &[RequirementReport],
    excuses: &[Vec<Excuse>],
) -> Audit {
    let (model, policy) = (show.model, options.policy);
    place_findings(model, &mut matrix, requirements);
    let ledger = ledger(show, decider, options);
    let excused = excused(model, &mut matrix, excuses);
    Audit {
        model: policy.model.clone(),
        policy_title: policy.title.clone(),
        matrix,
        ledger,
        excused,
        members: members(model),
        drawing: drawing(show),
        not_checked: not_checked(policy, requirements),
        populations: populations(decider, policy),
        dossier: Dossier::default(),
        created: None,
        quotes: Quotes::default(),
    }
}

/// For each requirement, whom it speaks of.
fn populations(decider: &RequirementDecider<'_, '_>, policy: &Policy) -> Vec<Population> {
    let model = decider.model();
    let nodes = || 0..number(model.document.nodes.len());
    let endpoints = || nodes().filter(|&node| model.labels.endpoint[node as usize]);
    let of = |asked: &Asked| match asked.spoken_of() {
        SpokenOf::Sides { sides, without } => {
            let gone = without.map(|patterns| decider.matcher(patterns));
            let there = |node: &u32| !gone.as_ref().is_some_and(|gone| gone.matches(*node));
            let [a, b] = sides.map(|patterns| {
                let matcher = decider.matcher(patterns);
                endpoints().filter(there).filter(|&node| matcher.matches(node)).count() as u64
            });
            Population::Pairs(a, b)
        }
        SpokenOf::Nodes(patterns) => {
            let matcher = decider.matcher(patterns);
            Population::Nodes(nodes().filter(|&node| matcher.matches(node)).count() as u64)
        }
        SpokenOf::Endpoints => Population::Nodes(endpoints().count() as u64),
        SpokenOf::Exceptions(of) => {
            let waiving = model.exceptions.iter().filter(|exception| waives_one_of(&exception.waives, of));
            Population::Exceptions(waiving.count() as u64)
        }
        SpokenOf::Links(_) => Population::Links(model.document.links.len() as u64),
        SpokenOf::Transfers => Population::Transfers(model.document.transfers.len() as u64),
        SpokenOf::Document => Population::Document,
    };
    policy.requirements.iter().map(|requirement| of(&requirement.asked)).collect()
}

/// Positions of zones in the matrix: those that have endpoints, tiers first, endpoints without a zone last.
fn positions(model: &Model<'_>) -> BTreeMap<u32, usize> {
    let labels = model.labels.labels.iter().zip(&model.labels.endpoint);
    let keys = labels.filter(|(_, endpoint)| **endpoint).map(|(label, _)| label.unwrap_or(u32::MAX));
    let zones: BTreeSet<u32> = keys.collect();
    zones.into_iter().enumerate().map(|(at, zone)| (zone, at)).collect()
}

/// What is demanded and found between each two zones; findings are not placed yet.
pub fn matrix(decider: &RequirementDecider<'_, '_>, policy: &Policy, outcomes: &[Option<Outcome>]) -> Matrix {
    let model = decider.model();
    let positions = positions(model);
    let position = |node: u32| positions.get(&model.labels.labels[node as usize].unwrap_or(u32::MAX)).copied();
    let mut cells: Vec<MatrixCell> = Vec::new();
    let count = positions.len();
    for a in 0..count {
        cells.extend((a..count).map(|b| MatrixCell { a, b, demands: Vec::new() }));
    }
    let index = |one: usize, other: usize| {
        let (a, b) = (one.min(other), one.max(other));
        a * count - a * (a + 1) / 2 + b
    };
    for (number, (requirement, outcome)) in policy.requirements.iter().zip(outcomes).enumerate() {
        let SpokenOf::Sides { sides: patterns, without } = requirement.asked.spoken_of() else { continue };
        if matches!(outcome, Some(Outcome::Vacuous)) {
            continue;
        }
        let [a, b] = sides(decider, (patterns, without), &position, count);
        let mut tuples = vec![0; cells.len()];
        if let Some(Outcome::Paths(paths)) = outcome {
            let first = |class| paths.network.classes.get(class).members[0];
            for (&left, row) in paths.a.iter().zip(paths.answer.violating.rows()) {
                for right in row.iter().map(|&right| paths.b[right as usize]) {
                    if let (Some(one), Some(other)) = (position(first(left)), position(first(right))) {
                        tuples[index(one, other)] += paths.pairs(left, right);
                    }
                }
            }
        }
        for (at, cell) in cells.iter_mut().enumerate() {
            if !((a[cell.a] && b[cell.b]) || (a[cell.b] && b[cell.a])) {
                continue;
            }
            let verdict = match (outcome, tuples[at]) {
                (None, _) => Verdict::Undecided,
                (Some(_), 0) => Verdict::Proved,
                (Some(_), _) => Verdict::Violated,
            };
            cell.demands.push(Demand {
                requirement: number,
                verdict,
                tuples: tuples[at],
                findings: Vec::new(),
                excused: Vec::new(),
            });
        }
    }
    let zones = positions.keys().map(|&zone| model.names.zones.get(zone as usize).map(|zone| (*zone).to_owned()));
    Matrix { zones: zones.collect(), cells }
}

/// For each zone of the matrix, whether a node of it is on the one side, and on the other.
fn sides(
    decider: &RequirementDecider<'_, '_>,
    (patterns, without): ([&[NodePattern]; 2], Option<&[NodePattern]>),
    position: &dyn Fn(u32) -> Option<usize>,
    count: usize,
) -> [Vec<bool>; 2] {
    let model = decider.model();
    let mut sides = [vec![false; count], vec![false; count]];
    let matchers = patterns.map(|patterns| decider.matcher(patterns));
    let gone = without.map(|patterns| decider.matcher(patterns));
    for (node, _) in (0_u32..).zip(&model.labels.endpoint).filter(|(_, endpoint)| **endpoint) {
        if gone.as_ref().is_some_and(|gone| gone.matches(node)) {
            continue;
        }
        let Some(at) = position(node) else { continue };
        for (side, matcher) in sides.iter_mut().zip(&matchers) {
            side[at] = side[at] || matcher.matches(node);
        }
    }
    sides
}

/// Puts each finding of a path requirement into the cell of the zones that its witness joins.
fn place_findings(model: &Model<'_>, matrix: &mut Matrix, requirements: &[RequirementReport]) {
    let zone_of = |id: &str| {
        let label = model.labels.labels[model.names.node(id)? as usize];
        let zone = label.map(|zone| model.names.zones[zone as usize]);
        Some(zone)
    };
    let zones = matrix.zones.clone();
    let position = |id: &String| {
        let zone = zone_of(id)?;
        zones.iter().position(|known| known.as_deref() == zone)
    };
    for cell in &mut matrix.cells {
        for demand in &mut cell.demands {
            let findings = requirements[demand.requirement].findings.iter().enumerate();
            let here = findings.filter(|(_, finding)| {
                let ends = finding.path.first().and_then(position).zip(finding.path.last().and_then(position));
                ends.is_some_and(|(one, other)| (one.min(other), one.max(other)) == (cell.a, cell.b))
            });
            demand.findings = here.map(|(at, _)| at).collect();
        }
    }
}

/// The exceptions that each requirement owes its verdict to; they are put into the cells of the zones that they join too.
fn excused(model: &Model<'_>, matrix: &mut Matrix, excuses: &[Vec<Excuse>]) -> Vec<Vec<usize>> {
    let position = |label: Option<u32>| {
        let zone = label.map(|zone| model.names.zones[zone as usize]);
        matrix.zones.iter().position(|known| known.as_deref() == zone)
    };
    let mut places: Vec<(usize, usize, usize, Vec<usize>)> = Vec::new();
    let mut out = Vec::with_capacity(excuses.len());
    for (requirement, excuses) in excuses.iter().enumerate() {
        let mut all: BTreeSet<usize> = BTreeSet::new();
        for excuse in excuses {
            let exceptions: Vec<usize> = excuse.exceptions.iter().map(|&at| at as usize).collect();
            all.extend(&exceptions);
            if let [Some(one), Some(other)] = excuse.labels.map(position) {
                places.push((requirement, one.min(other), one.max(other), exceptions));
            }
        }
        out.push(all.into_iter().collect());
    }
    for (requirement, a, b, exceptions) in places {
        let cell = matrix.cells.iter_mut().find(|cell| (cell.a, cell.b) == (a, b));
        let mut demands = cell.into_iter().flat_map(|cell| &mut cell.demands);
        if let Some(demand) = demands.find(|demand| demand.requirement == requirement) {
            demand.excused.extend(exceptions);
            demand.excused.sort_unstable();
            demand.excused.dedup();
        }
    }
    out
}

/// The exceptions of a document.
pub fn ledger(
    show: Show<'_, '_, '_>,
    decider: &mut RequirementDecider<'_, '_>,
    options: &Options<'_>,
) -> Vec<LedgerEntry> {
    let model = show.model;
    let text = |text: &Option<crate::document::Text<'_>>| {
        text.as_deref().filter(|text| !text.trim().is_empty()).map(str::to_owned)
    };
    let entries = (0_u32..).zip(&model.document.exceptions).map(|(at, exception)| {
        let opened = decider.opened_by(at, PAIRS).ok();
        let opens = opened.map(|opened| {
            let ids = opened.pairs.iter().map(|&(from, to)| (show.id(from).to_owned(), show.id(to).to_owned()));
            Opens { count: opened.count, pairs: ids.collect() }
        });
        LedgerEntry {
            id: exception.id.to_string(),
            location: show.places.locate(exception.span),
            from: exception.from.iter().map(|item| item.value.to_string()).collect(),
            to: exception.to.iter().map(|item| item.value.to_string()).collect(),
            service: exception.service.iter().map(|item| item.value.to_string()).collect(),
            waives: model.exceptions[at as usize].waives.iter().map(|id| (*id).to_owned()).collect(),
            reason: text(&exception.reason),
            approved_by: text(&exception.approved_by),
            expires: exception.expires.map(|day| day.to_string()),
            expired: exception.expires.is_some_and(|day| day < options.date),
            attested: exception.attested.as_ref().map(|who| (who.by.to_string(), who.basis.to_string())),
            faults: faults(model, at, options.date),
            opens,
        }
    });
    entries.collect()
}

fn machines(node: &Node<'_>) -> u64 {
    node.details.as_deref().and_then(|details| details.count).unwrap_or(1)
}

fn title(node: &Node<'_>) -> Option<String> {
    node.details.as_deref().and_then(|details| details.title.as_deref()).map(str::to_owned)
}

fn members(model: &Model<'_>) -> Vec<ZoneMembers> {
    let mut by_zone: BTreeMap<u32, ZoneMembers> = BTreeMap::new();
    let labels = model.labels.labels.iter().zip(&model.labels.endpoint);
    for (node, (label, _)) in model.document.nodes.iter().zip(labels).filter(|(_, (_, endpoint))| **endpoint) {
        let entry = by_zone.entry(label.unwrap_or(u32::MAX)).or_insert_with(|| {
            let zone = label.map(|zone| model.names.zones[zone as usize]);
            let declared = zone.and_then(|zone| model.document.zones.iter().find(|known| known.id.value == zone));
            ZoneMembers {
                zone: zone.map(str::to_owned),
                title: declared.and_then(|zone| zone.title.as_deref()).map(str::to_owned),
                nodes: Vec::new(),
                machines: 0,
            }
        });
        entry.nodes.push(model.document.name(node.id).to_owned());
        entry.machines = entry.machines.saturating_add(machines(node));
    }
    by_zone.into_values().collect()
}

fn drawing(show: Show<'_, '_, '_>) -> Drawing {
    let model = show.model;
    let labels = &model.labels;
    let nodes = (0_u32..).zip(&model.document.nodes).map(|(at, node)| DrawnNode {
        id: model.document.name(node.id).to_owned(),
        kind: node.kind.word(),
        zone: labels.labels[at as usize].map(|zone| model.names.zones[zone as usize].to_owned()),
        endpoint: labels.endpoint[at as usize],
        forwards: labels.forwards[at as usize],
        sanitises: node.sanitises(),
        relays: match node.relays() {
            Some(entries) => !entries.is_empty(),
            None => labels.endpoint[at as usize] && passes_everything(model, at),
        },
        title: title(node),
        addresses: node.addresses.iter().map(|cidr| cidr.to_string()).collect(),
        count: machines(node),
        location: show.node_at(at),
    });
    let nodes = nodes.collect();
    let links = model.names.links().zip(&model.document.links).map(|((at, ends), link)| DrawnLink {
        ends,
        interfaces: [0, 1].map(|end| link.interface(end).map(|name| model.document.name(name).to_owned())),
        vlans: drawn_vlans(link),
        one_way: link.one_way(),
        location: show.link_at(at),
    });
    Drawing { nodes, links: links.collect() }
}

/// The VLANs that a drawing names at a link: where its ends differ, those of either.
fn drawn_vlans(link: &Link<'_>) -> Option<Vlans> {
    if !link.is_uneven() {
        return link.vlans_of_both().cloned();
    }
    let mut vlans: Vlans = link.vlan_lists().flatten().copied().collect();
    vlans.sort_unstable();
    vlans.dedup();
    (!vlans.is_empty()).then_some(vlans)
}

/// What a run on a document cannot see.
fn not_checked(policy: &Policy, requirements: &[RequirementReport]) -> Vec<NotChecked> {
    let open = policy.requirements.iter().zip(requirements).filter_map(|(requirement, report)| match report.verdict {
        Verdict::Vacuous => {
            let of_paths = requirement.asked.is_of_ways();
            Some(NotChecked::Vacuous { requirement: report.id.clone(), of_paths })
        }
        Verdict::Undecided => Some(NotChecked::Undecided { requirement: report.id.clone() }),
        Verdict::Proved | Verdict::Violated => None,
    });
    let always = [
        NotChecked::Reality,
        NotChecked::Declarations,
        NotChecked::Content,
        NotChecked::OtherWays,
        NotChecked::Weaknesses,
        NotChecked::OtherClauses,
    ];
    always.into_iter().chain(open).collect()
}
