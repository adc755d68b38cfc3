//! `sanso why`: the way that data takes from one side to another, or what keeps it from getting there. Definitions:
//! `docs/questions.md`; the search: `engine::obstacle`.

mod causes;

use std::time::{Duration, Instant};

use crate::diagnostic::Diagnostics;
use crate::document::{self, Document, ServiceItem, read_address, read_service};
use crate::engine::obstacle::{Asked, Party, Searcher};
use crate::engine::replay::Replay;
use crate::engine::route::Adjacency;
use crate::engine::trace::PacketAddress;
use crate::engine::{Limits, Memory};
use crate::model::names::Names;
use crate::model::{AskedServices, Model};
use crate::report::why::{Answer, Why};
use crate::source::Source;
use crate::verify::place::Places;
use crate::verify::show::Show;
use crate::verify::why::{Failed, Judge, answer};

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'q> {
    /// A node, `zone:Z`, or an address.
    pub from: &'q str,
    /// Likewise.
    pub to: &'q str,
    /// Services of the last session, as its receiver sees it; empty: any.
    pub services: &'q [String],
    /// Whether it is to be one session that the first opens to the second.
    pub direct: bool,
    /// So many ways at most.
    pub ways: usize,
    /// After this time the answer stays open.
    pub limit: Option<Duration>,
    /// Where this much memory is used the answer stays open.
    pub memory: Option<Memory>,
}

/// What cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unasked {
    /// There is no such node, zone or address; the nearest that there is.
    Nobody(String, Option<String>),
    /// A node opens and receives no sessions.
    NoEndpoint(String),
    /// Both sides are the same node.
    Same,
    /// There is no such service.
    NoService(String),
}

/// Why a question has no answer.
pub enum Unanswered {
    /// The document cannot be used.
    Document(Diagnostics),
    /// The question cannot be asked.
    Question(Unasked),
}

impl From<Diagnostics> for Unanswered {
    fn from(diagnostics: Diagnostics) -> Self {
        Self::Document(diagnostics)
    }
}

/// Asks why data gets from one side to another, or does not.
///
/// # Errors
/// The diagnostics when the document cannot be used, or what of the question cannot be asked.
pub fn run_why(source: &Source, question: &Question<'_>) -> Result<Why, Unanswered> {
    run(source, question, false)
}

/// The same, looking at one endpoint of those that are alike, as is done in large documents, in a small one too: another of ways that are equal
/// may be told of. For tests.
///
/// # Errors
/// As [`run_why`].
pub fn run_why_folded(source: &Source, question: &Question<'_>) -> Result<Why, Unanswered> {
    run(source, question, true)
}

fn run(source: &Source, question: &Question<'_>, folds: bool) -> Result<Why, Unanswered> {
    let started = Instant::now();
    let mut diagnostics = Diagnostics::default();
    let Some(document) = document::read(source, &mut diagnostics) else { return Err(diagnostics.into()) };
    let names = Names::resolve(&document, &mut diagnostics);
    let (Some(names), false) = (names, diagnostics.has_errors()) else { return Err(diagnostics.into()) };
    let services = services(&document, question.services).map_err(Unanswered::Question)?;
    let model = Model::asked(&document, &names, &[&services]);
    let sides = sides(&model, question).map_err(Unanswered::Question)?;
    let deadline = question.limit.and_then(|limit| started.checked_add(limit));
    let limits = Limits { deadline, cells: None, memory: question.memory };
    let places = Places::of(source, &document);
    let adjacency = Adjacency::new(&model);
    let searcher = Searcher::new(&adjacency, limits);
    let mut searcher = if folds { searcher.folding() } else { searcher };
    let asked = Asked {
        from: &sides[0],
        to: &sides[1],
        services: if services.is_empty() {
            AskedServices::ANY
        } else {
            model.services_of(&services).unwrap_or(AskedServices::ANY)
        },
        direct: question.direct,
    };
    let show = Show { model: &model, places: &places };
    let replay = Replay::new(&model);
    let mut judge = Judge::new(&adjacency, &replay);
    let answer = match answer(show, &mut judge, &mut searcher, asked, question.ways.max(1)) {
        Ok(answer) => answer,
        Err(Failed::Limit) => Answer::Open,
        Err(Failed::Broken(broken)) => {
            diagnostics.push(crate::verify::internal_error("why", &broken));
            return Err(diagnostics.into());
        }
    };
    let causes = match &answer {
        Answer::Gets(_) => Some(causes::causes(show, (&adjacency, &replay), &mut searcher, asked, limits)),
        _ => None,
    };
    let causes = causes.transpose().map_err(|broken| {
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(crate::verify::internal_error("why", &broken));
        diagnostics
    })?;
    Ok(Why {
        name: document.name.as_deref().map(str::to_owned),
        file: source.name().to_owned(),
        sha256: source.sha256_hex(),
        from: question.from.to_owned(),
        to: question.to.to_owned(),
        services: question.services.to_vec(),
        direct: question.direct,
        answer,
        causes,
    })
}

/// The services of a question, those that the document names taken apart.
fn services(document: &Document<'_>, texts: &[String]) -> Result<Vec<ServiceItem<'static>>, Unasked> {
    let mut out = Vec::new();
    for text in texts {
        match read_service(text) {
            Some(item) => out.push(item),
            None => named(document, text, &mut out).ok_or_else(|| Unasked::NoService(text.clone()))?,
        }
    }
    Ok(out)
}

fn named(document: &Document<'_>, name: &str, out: &mut Vec<ServiceItem<'static>>) -> Option<()> {
    let known = document.services.iter().find(|known| known.name.value == name)?;
    for item in &known.items {
        match &item.value {
            ServiceItem::Any => out.push(ServiceItem::Any),
            ServiceItem::Transfer => out.push(ServiceItem::Transfer),
            &ServiceItem::Protocol { number, ports } => out.push(ServiceItem::Protocol { number, ports }),
            ServiceItem::Named(name) => named(document, name, out)?,
        }
    }
    Some(())
}

/// Both sides of a question: what is on both is on the side only that names less.
fn sides(model: &Model<'_>, question: &Question<'_>) -> Result<[Party; 2], Unasked> {
    let (mut from, mut to) = (party(model, question.from, 0)?, party(model, question.to, 1)?);
    let narrow = from.nodes.len() <= to.nodes.len();
    let (few, many) = if narrow { (&from, &mut to) } else { (&to, &mut from) };
    many.nodes.retain(|node| few.nodes.binary_search(node).is_err());
    if many.nodes.is_empty() { Err(Unasked::Same) } else { Ok([from, to]) }
}

/// The endpoints that one side of a question names; `end` 0: they send from an address, 1: they receive at it.
fn party(model: &Model<'_>, text: &str, end: usize) -> Result<Party, Unasked> {
    let endpoint = |node: u32| model.labels.endpoint[node as usize];
    let all = 0..crate::number::number(model.document.nodes.len());
    let nearest =
        |ids: &mut dyn Iterator<Item = &str>, wanted: &str| crate::nearest::nearest(wanted, ids).map(str::to_owned);
    if let Some(node) = model.names.node(text.strip_prefix("node:").unwrap_or(text)) {
        if !endpoint(node) {
            return Err(Unasked::NoEndpoint(model.id(node).to_owned()));
        }
        return Ok(Party { nodes: vec![node], address: None, is_zone: false });
    }
    if let Some(id) = text.strip_prefix("zone:") {
        let zone = model.names.zone(id);
        let of_zone = |node: &u32| zone.is_some() && model.labels.labels[*node as usize] == zone;
        let nodes: Vec<u32> = all.filter(|node| endpoint(*node) && of_zone(node)).collect();
        if nodes.is_empty() {
            let near = if zone.is_none() { nearest(&mut model.names.zones.iter().copied(), id) } else { None };
            return Err(Unasked::Nobody(text.to_owned(), near.map(|id| format!("zone:{id}"))));
        }
        return Ok(Party { nodes, address: None, is_zone: true });
    }
    if let Some((family, value)) = read_address(text) {
        let has = |node: &u32| {
            let own = if end == 0 { model.sent_addresses(*node) } else { model.received_addresses(*node) };
            own.iter().any(|range| range.family == family && range.low <= value && value <= range.high)
        };
        let nodes: Vec<u32> = all.filter(|node| endpoint(*node) && has(node)).collect();
        if nodes.is_empty() {
            return Err(Unasked::Nobody(text.to_owned(), None));
        }
        return Ok(Party { nodes, address: Some(PacketAddress::Known(family, value)), is_zone: false });
    }
    let near = nearest(&mut all.map(|node| model.id(node)), text);
    Err(Unasked::Nobody(text.to_owned(), near))
}
