//! Edits in the words of the vendors whose configurations a document was imported from. A change is checked before it is told: it is
//! made in the configuration, that is imported again with all others, and what comes of it is decided.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::apply::{Base, Changes as Made};
use super::edit::{Denial, Edit};
use super::{Search, text_source};
use crate::diagnostic::Diagnostics;
use crate::document::{self, Cidr, ServiceItem};
use crate::engine::{Item, Outcome};
use crate::import::change::{self, Subject, Wish};
use crate::import::device::Net;
use crate::import::{self, Read};
use crate::model::names::Names;
use crate::model::{LinkId, Model};
use crate::policy::{Asked, Requirement};
use crate::report::repair::{Changes, DeviceChange, Step, Unsaid, Why};
use crate::source::Source;
use crate::verify::{Decided, with_decisions};

/// Reads a site again, with other texts for some of its files, by their names there; `None`: that is none.
pub type Again<'i> = dyn FnMut(&BTreeMap<String, String>) -> Option<Source> + 'i;

/// What a document was imported from.
pub struct Imported<'i> {
    /// The configurations.
    pub reads: &'i [Read],
    /// What stands before the names of files where they are shown.
    pub base: &'i str,
    /// Reads it again.
    pub again: &'i mut Again<'i>,
}

/// Where an edit may be said: a configuration, the device of it (`None`: its switch), its node, and what is wished.
struct Place {
    read: usize,
    device: Option<usize>,
    node: String,
    wish: Wish,
}

/// What a document must not lose: entries of `expects` with all that they name.
type Lost = BTreeSet<Vec<String>>;

/// Says edits as far as that can be checked.
pub fn said(
    search: &Search<'_, '_, '_>,
    edits: &[(Edit, usize)],
    imported: &mut Imported<'_>,
) -> Result<Changes, Diagnostics> {
    let before = facts(search, &text_source(search.name, search.base.text))?;
    let after = {
        let chosen: Vec<&Edit> = edits.iter().map(|(edit, _)| edit).collect();
        search
            .base
            .apply(&Made::at_front(&chosen))
            .map(|applied| facts(search, &text_source(search.name, &applied.text)))
    };
    let Some(after) = after.transpose()? else { return Ok(Changes::default()) };
    let old = serde_json::from_str(search.base.text).unwrap_or_default();
    let mut speaker = Speaker { search, old, edits, imported, texts: BTreeMap::new(), done: BTreeSet::new() };
    let mut out = Changes::default();
    for number in 0..edits.len() {
        match speaker.say(number, (&before, &after))? {
            Ok((place, step)) => {
                let read = &speaker.imported.reads[place.read];
                let file = format!("{}{}", speaker.imported.base, read.ledger.file());
                let own = out.devices.iter_mut().find(|known| (&known.node, &known.file) == (&place.node, &file));
                match own {
                    Some(known) => known.steps.push(step),
                    None => out.devices.push(DeviceChange {
                        node: place.node,
                        format: read.format,
                        vendor: title(read.format),
                        file,
                        comment: import::changes(read.format).map_or("#", |words| words.comment),
                        steps: vec![step],
                    }),
                }
            }
            Err(unsaid) => out.unsaid.push(unsaid),
        }
    }
    Ok(out)
}

fn title(format: &str) -> &'static str {
    import::format(format).map_or("", |format| format.title)
}

/// What is decided of a document, by names: how many tuples violate each requirement, and what is expected and is not possible. `None`:
/// something is not decided.
#[derive(Clone, PartialEq, Eq)]
struct Facts {
    violated: Option<BTreeMap<String, u64>>,
    missing: Lost,
}

fn facts(search: &Search<'_, '_, '_>, source: &Source) -> Result<Facts, Diagnostics> {
    let policy = &search.options.policy.requirements;
    with_decisions(source, &search.timed(), |decided| Ok(decided_facts(policy, &decided)))
}

fn decided_facts(policy: &[Requirement], decided: &Decided<'_, '_, '_>) -> Facts {
    let model = decided.decider.model();
    let mut out = Facts { violated: Some(BTreeMap::new()), missing: Lost::new() };
    for (requirement, outcome) in policy.iter().zip(&decided.outcomes) {
        let Some(outcome) = outcome else {
            out.violated = None;
            continue;
        };
        if requirement.asked == Asked::Expects {
            let names = |tuple: &Vec<Item>| tuple.iter().map(|item| item.id(model)).collect();
            out.missing.extend(outcome.tuples().iter().map(names));
        }
        let count = match outcome {
            Outcome::Paths(paths) => paths.answer.violating.rows().map(|row| row.len() as u64).sum(),
            Outcome::Peers(peers) => peers.tuples.len() as u64,
            outcome => outcome.count(),
        };
        if requirement.severity == document::Severity::Error
            && let Some(violated) = &mut out.violated
        {
            violated.insert(requirement.id.clone(), count);
        }
    }
    out
}

/// Says the edits one after the other; each stands on those before it.
struct Speaker<'s, 'i, 'c, 'm, 'd> {
    search: &'s Search<'c, 'm, 'd>,
    /// The document as it was.
    old: Value,
    edits: &'s [(Edit, usize)],
    imported: &'s mut Imported<'i>,
    /// Configurations that are changed.
    texts: BTreeMap<String, String>,
    /// Edits that are said.
    done: BTreeSet<usize>,
}

impl Speaker<'_, '_, '_, '_, '_> {
    /// Says an edit where it can be said and shown.
    #[allow(clippy::type_complexity)]
    fn say(&mut self, number: usize, facts: (&Facts, &Facts)) -> Result<Result<(Place, Step), Unsaid>, Diagnostics> {
        let edits = self.edits;
        let (edit, at) = &edits[number];
        let mut unsaid = Unsaid { edit: number, device: None, why: Why::NotImported };
        if matches!(edit, Edit::Relays(_)) {
            unsaid.why = Why::Promise;
        }
        let Some(now) = (self.imported.again)(&self.texts) else { return Ok(Err(unsaid)) };
        let now: Value = serde_json::from_str(now.text()).unwrap_or_default();
        for mut place in places(self.search, self.imported.reads, edit) {
            let read = &self.imported.reads[place.read];
            let told = Some((place.node.clone(), title(read.format)));
            let Some(words) = import::changes(read.format) else {
                if unsaid.device.is_none() {
                    (unsaid.device, unsaid.why) = (told, Why::Format);
                }
                continue;
            };
            let file = read.ledger.file();
            let text = self.texts.get(file).map_or_else(|| read.text(), String::as_str);
            let format = import::format(read.format);
            let Ok(reread) = import::read_part(file, text.as_bytes(), format) else { continue };
            if let (Wish::Deny(denial), Edit::Deny(own)) = (&mut place.wish, edit) {
                let line = line(self.search, (&self.old, &now), own, *at).filter(|(known, _)| known == file);
                let Some((_, line)) = line else {
                    (unsaid.device, unsaid.why) = (told, Why::NoPlace);
                    continue;
                };
                denial.line = line;
            }
            let lines: Vec<&str> = text.lines().collect();
            let device = place.device.and_then(|at| reread.import.devices.get(at));
            let said = match (words.say)(&Subject { lines: &lines, device }, &place.wish) {
                Ok(said) => said,
                Err(why) => {
                    let why = match why {
                        change::Unsaid::NoPlace => Why::NoPlace,
                        change::Unsaid::NoWords => Why::NoWords,
                        change::Unsaid::NoRoom => Why::NoRoom,
                    };
                    (unsaid.device, unsaid.why) = (told, why);
                    continue;
                }
            };
            // A name that goes on over lines would be lines of its own.
            if said.lines.iter().any(|line| line.chars().any(char::is_control)) {
                (unsaid.device, unsaid.why) = (told, Why::NoWords);
                continue;
            }
            (unsaid.device, unsaid.why) = (told, Why::NotShown);
            let Some(new) = (words.applied)(text, &said.lines) else { continue };
            let mut texts = self.texts.clone();
            texts.insert(file.to_owned(), new);
            let rest: Vec<&Edit> =
                (0..edits.len()).filter(|at| *at != number && !self.done.contains(at)).map(|at| &edits[at].0).collect();
            if mends(self.search, self.imported, &texts, &rest, facts)? {
                self.texts = texts;
                self.done.insert(number);
                return Ok(Ok((place, Step { edit: number, lines: said.lines, wider: said.wider })));
            }
        }
        Ok(Err(unsaid))
    }
}

/// Whether some configuration has words for an edit, before whichever rule a denial stands; whether they mend is not asked.
pub fn can_be_said(search: &Search<'_, '_, '_>, reads: &[Read], document: &Value, edit: &Edit, at: usize) -> bool {
    places(search, reads, edit).into_iter().any(|mut place| {
        let read = &reads[place.read];
        let Some(words) = import::changes(read.format) else { return false };
        if let (Wish::Deny(denial), Edit::Deny(own)) = (&mut place.wish, edit) {
            let Some((_, line)) =
                line(search, (document, document), own, at).filter(|(file, _)| file == read.ledger.file())
            else {
                return false;
            };
            denial.line = line;
        }
        let lines: Vec<&str> = read.lines().collect();
        let device = place.device.and_then(|at| read.import.devices.get(at));
        (words.say)(&Subject { lines: &lines, device }, &place.wish).is_ok()
    })
}

/// Where an edit may be said, the likeliest first.
fn places(search: &Search<'_, '_, '_>, reads: &[Read], edit: &Edit) -> Vec<Place> {
    let model = search.base.model;
    let document = model.document;
    match edit {
        Edit::Relays(_) | Edit::Routed { .. } => Vec::new(),
        Edit::Deny(denial) => {
            let node = model.id(denial.node);
            let places = of_node(reads, node).into_iter().filter(|(_, device)| device.is_some());
            let wish = denied(model, denial);
            places
                .filter_map(|(read, device)| {
                    Some(Place { read, device, node: node.to_owned(), wish: Wish::Deny(wish.clone()?) })
                })
                .collect()
        }
        Edit::Vlan { link, .. } | Edit::Cut(link) => {
            let value = &document.links[link.index()];
            let ends =
                (0..2).filter_map(|end| Some((model.id(model.names.links[link.index()][end]), value.interface(end)?)));
            let places = ends.flat_map(|(node, interface)| {
                let name = document.name(interface).to_owned();
                let wish = match edit {
                    Edit::Vlan { vlan, .. } => Wish::Untrunk(name, *vlan),
                    _ => Wish::Shut(name),
                };
                let own = of_node(reads, node).into_iter();
                own.map(move |(read, device)| Place { read, device, node: node.to_owned(), wish: wish.clone() })
            });
            places.collect()
        }
    }
}

/// The configurations that a node comes from: the device of each, or its switch.
fn of_node(reads: &[Read], node: &str) -> Vec<(usize, Option<usize>)> {
    let mut out = Vec::new();
    for (at, read) in reads.iter().enumerate() {
        if let Some(device) = read.import.devices.iter().position(|device| device.id == node) {
            out.push((at, Some(device)));
        } else if read
            .import
            .switch
            .as_ref()
            .is_some_and(|switch| switch.id == node || format!("{}/switch", switch.id) == node)
        {
            out.push((at, None));
        }
    }
    out
}

/// The file and line of the rule before which a denial stands in the old document, in the new one, which was imported again: the rule
/// says the same, and as many before it do.
fn line(
    search: &Search<'_, '_, '_>,
    (old, new): (&Value, &Value),
    denial: &Denial,
    at: usize,
) -> Option<(String, u32)> {
    let id = search.base.model.id(denial.node);
    let (old, new) = (rules(old, id, denial.filter)?, rules(new, id, denial.filter)?);
    let wanted = plain(old.get(at.min(old.len().checked_sub(1)?))?);
    let rank = old.iter().take(at).filter(|rule| plain(rule) == wanted).count();
    let found = new.iter().filter(|rule| plain(rule) == wanted).nth(rank)?;
    let (file, line) = found["origin"].as_str()?.rsplit_once(':')?;
    Some((file.to_owned(), line.parse().ok()?))
}

/// The rules of a filter of a node.
fn rules<'v>(document: &'v Value, node: &str, filter: u32) -> Option<&'v Vec<Value>> {
    let node = document["nodes"].as_array()?.iter().find(|value| value["id"] == node)?;
    node["filters"].get(filter as usize).or_else(|| node.get("filter"))?["rules"].as_array()
}

/// A rule without its name and where it stands: names may count.
fn plain(rule: &Value) -> Value {
    let mut rule = rule.clone();
    if let Some(map) = rule.as_object_mut() {
        map.remove("id");
        map.remove("origin");
    }
    rule
}

/// A denial as vendors say it; the line is still open. `None`: its addresses or service are no plain ones.
fn denied(model: &Model<'_>, denial: &Denial) -> Option<change::Denial> {
    let filters = model.document.nodes[denial.node as usize].details.as_deref()?.filters.as_ref()?;
    Some(change::Denial {
        filter: filters.get(denial.filter as usize)?.name.as_deref()?.to_owned(),
        line: 0,
        way_in: denial.r#in.clone(),
        way_out: denial.out.clone(),
        from: nets(model, &denial.from)?,
        to: nets(model, &denial.to)?,
        service: service(model, denial)?,
    })
}

/// The networks of a selector: a prefix, or all that a zone has.
fn nets(model: &Model<'_>, selector: &str) -> Option<Vec<Net>> {
    let Some(zone) = selector.strip_prefix("zone:") else { return Some(vec![net(selector)?]) };
    let document = model.document;
    let number = u32::try_from(model.names.zones.iter().position(|known| *known == zone)?).ok()?;
    let networks = document.zones.iter().filter(|known| known.id.value == zone).flat_map(|zone| &zone.networks);
    let labelled = document.nodes.iter().zip(&model.labels.labels).filter(|(_, label)| **label == Some(number));
    let own = labelled.flat_map(|(node, _)| node.addresses.iter());
    let mut all: Vec<Cidr> = networks.map(|network| network.value).chain(own).collect();
    all.sort_unstable();
    all.dedup();
    let nets: Option<Vec<Net>> = all.iter().map(|cidr| net(&cidr.range().to_string())).collect();
    nets.filter(|nets| !nets.is_empty())
}

fn net(text: &str) -> Option<Net> {
    let (address, length) = text.split_once('/').unwrap_or((text, ""));
    let address: std::net::IpAddr = address.parse().ok()?;
    let whole = if address.is_ipv4() { 32 } else { 128 };
    Some(Net { address, length: if length.is_empty() { whole } else { length.parse().ok()? } })
}

fn service(model: &Model<'_>, denial: &Denial) -> Option<change::Service> {
    if denial.any_service {
        return Some(change::Service::Any);
    }
    let details = model.document.nodes.iter().filter_map(|node| node.details.as_deref());
    let rules = details.flat_map(|details| details.filters.iter().flatten()).flat_map(|filter| &filter.rules);
    let all = rules
        .map(|rule| &rule.service)
        .chain(model.document.services.iter().map(|service| &service.items))
        .chain(model.document.exceptions.iter().map(|exception| &exception.service))
        .chain(model.document.expects.iter().map(|expected| &expected.service));
    let found = all.flatten().find(|item| item.value.to_string() == denial.service)?;
    match found.value {
        ServiceItem::Protocol { number, ports } => Some(change::Service::Protocol(number, ports)),
        _ => None,
    }
}

/// Whether configurations with other texts, and the edits that are left made in what comes of them, are as good as the repair itself.
fn mends(
    search: &Search<'_, '_, '_>,
    imported: &mut Imported<'_>,
    texts: &BTreeMap<String, String>,
    rest: &[&Edit],
    (before, after): (&Facts, &Facts),
) -> Result<bool, Diagnostics> {
    let Some(source) = (imported.again)(texts) else { return Ok(false) };
    let mut found = Diagnostics::default();
    let Some(document) = document::read(&source, &mut found) else { return Ok(false) };
    let Some(names) = Names::resolve(&document, &mut found) else { return Ok(false) };
    let model = Model::asked(&document, &names, &search.options.policy.services());
    let moved: Option<Vec<Edit>> = rest.iter().map(|edit| moved(edit, search.base.model, &model)).collect();
    let Some(moved) = moved else { return Ok(false) };
    let base = Base { text: source.text(), model: &model };
    let Some(applied) = base.apply(&Made::at_front(&moved.iter().collect::<Vec<_>>())) else { return Ok(false) };
    let Ok(facts) = facts(search, &text_source(search.name, &applied.text)) else { return Ok(false) };
    let (Some(now), Some(then)) = (&facts.violated, &after.violated) else { return Ok(false) };
    let kept =
        |tuple: &&Vec<String>| search.kept.is_none_or(|kept| tuple.first().is_some_and(|entry| kept.contains(entry)));
    Ok(now.iter().all(|(id, count)| *count <= then.get(id).copied().unwrap_or(0))
        && !facts.missing.difference(&before.missing).any(|tuple| kept(&tuple)))
}

/// An edit in the numbers of another document.
fn moved(edit: &Edit, old: &Model<'_>, new: &Model<'_>) -> Option<Edit> {
    let node = |node: u32| new.names.node(old.id(node));
    let ends = |model: &Model<'_>, link: usize| {
        let value = &model.document.links[link];
        let end = |end: usize| {
            let interface = value.interface(end).map(|name| model.document.name(name).to_owned());
            (model.id(model.names.links[link][end]).to_owned(), interface)
        };
        [end(0), end(1)]
    };
    let link = |link: LinkId| {
        let wanted = ends(old, link.index());
        let mut found = (0..new.document.links.len()).filter(|&link| ends(new, link) == wanted);
        let only = found.next()?;
        found.next().is_none().then_some(())?;
        Some(LinkId::new(only))
    };
    Some(match edit {
        Edit::Deny(denial) => Edit::Deny(Denial { node: node(denial.node)?, ..denial.clone() }),
        Edit::Relays(own) => Edit::Relays(node(*own)?),
        Edit::Routed { node: own, vlan } => Edit::Routed { node: node(*own)?, vlan: *vlan },
        Edit::Vlan { link: own, vlan } => Edit::Vlan { link: link(*own)?, vlan: *vlan },
        Edit::Cut(own) => Edit::Cut(link(*own)?),
    })
}
