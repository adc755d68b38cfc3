//! JSON and YAML into one spanned document. Knows syntax only; what a zone means is `model`'s affair.

mod asks;
mod compose;
mod decode;
mod dossier;
mod fast;
mod ids;
mod json;
mod keys;
mod link;
mod lists;
mod mask;
mod names;
mod node;
mod origins;
mod outline;
mod parse;
mod places;
pub mod policy;
mod records;
mod scan;
mod schema;
mod settle;
mod slips;
mod spelling;
mod table;
mod terms;
mod tree;
mod types;
mod words;
mod write;
mod yaml;

pub use asks::{Asks, asks};
pub use compose::to_yaml;
pub use dossier::{Dossier, read_dossier};
pub use ids::{Ids, ids};
pub use link::{Link, LinkDetails};
pub use names::{NameId, NameTable};
pub use node::{Addresses, Node, NodeDetails, Words};
pub use outline::{Member, Part, document_keys, outline};
pub use policy::read_policy;
pub use records::{Attested, Evidence, Exception, Expectation, Transfer, WAIVED_WHEN_LEFT_OUT};
pub use schema::{policy_schema, schema};
pub(crate) use slips::service as usual_service;
pub use spelling::protocol_word;
pub use terms::{CIRCUITS, Circuit, EDITIONS, Edition, SEVERITIES, SURE, Severity, Sure, TIERS, Tier};
pub use types::*;
pub use write::{convert, is_json};

use crate::diagnostic::Diagnostics;
use crate::language::Phrase;
use crate::source::Source;
use decode::{Body, Decoder};
use tree::SyntaxError;

/// An address, as documents write it.
#[must_use]
pub fn read_address(text: &str) -> Option<(Family, u128)> {
    let range = parse::addresses(text).ok().filter(|_| !text.contains(['-', '/']))?;
    Some((range.family, range.low))
}

/// A service of the format's own, as documents write it.
#[must_use]
pub fn read_service(text: &str) -> Option<ServiceItem<'static>> {
    parse::service(text).ok().flatten()
}

/// Reads a document; every error of syntax that can be found goes to `diagnostics`.
///
/// `None` when there is nothing to speak of. `Some` is only fit for use when `diagnostics` has no errors; else what
/// could be read is there, so that errors of reference can be found in the same run ([`crate::model::names::Names`]).
///
/// JSON is what is named `.json`, or begins with `{` and parses as JSON; everything else is YAML.
pub fn read<'s>(source: &'s Source, diagnostics: &mut Diagnostics) -> Option<Document<'s>> {
    read_as(source, diagnostics, true)
}

/// [`read`] without the short cut for plain nodes and links of JSON: the same result, slower. For comparison.
pub fn read_thoroughly<'s>(source: &'s Source, diagnostics: &mut Diagnostics) -> Option<Document<'s>> {
    read_as(source, diagnostics, false)
}

fn read_as<'s>(source: &'s Source, diagnostics: &mut Diagnostics, fast: bool) -> Option<Document<'s>> {
    let text = source.text();
    let start = text.trim_start();
    let named_json = is_named_json(source);
    let mut syntax = None;
    if named_json || start.starts_with('{') {
        match decode(text, diagnostics, |decoder| lists::body(text, decoder, fast)) {
            Ok(document) => return document,
            Err(error) if named_json => return report(error, diagnostics),
            Err(error) => syntax = Some(error),
        }
    }
    match decode(text, diagnostics, |decoder| yaml::body(text, decoder)) {
        Ok(document) => document,
        // neither: `{"a": 1` was meant for JSON, `{a: 1` for YAML
        Err(error) => {
            let meant_json = start.trim_start_matches('{').trim_start().starts_with(['"', '}']);
            report(syntax.filter(|_| meant_json).unwrap_or(error), diagnostics)
        }
    }
}

fn is_named_json(source: &Source) -> bool {
    source.name().rsplit('.').next().is_some_and(|end| end.eq_ignore_ascii_case("json"))
}

/// Reads a file that is no topology with the tools of one: JSON where it is so named, else YAML.
fn read_other<'s, T>(
    source: &'s Source,
    diagnostics: &mut Diagnostics,
    of: impl FnOnce(&mut Decoder<'_, 's>, Body<'s>) -> Option<T>,
) -> Option<T> {
    let text = source.text();
    let mut decoder = Decoder::new(text, diagnostics);
    let body =
        if is_named_json(source) { lists::body(text, &mut decoder, false) } else { yaml::body(text, &mut decoder) };
    match body {
        Ok(body) => of(&mut decoder, body),
        Err(error) => {
            diagnostics.error(error.code, error.span, error.message).help = error.help;
            None
        }
    }
}

/// One attempt at a format. Where the syntax breaks, what was found before is forgotten: it may be a consequence of
/// the break (a bracket too few, and links look like nodes), or of the wrong format.
fn decode<'s>(
    text: &'s str,
    diagnostics: &mut Diagnostics,
    read: impl FnOnce(&mut Decoder<'_, 's>) -> Result<Body<'s>, SyntaxError>,
) -> Result<Option<Document<'s>>, SyntaxError> {
    let mut found = Diagnostics::default();
    let mut decoder = Decoder::new(text, &mut found);
    let body = read(&mut decoder)?;
    let document = decoder.document(body);
    found.into_sorted().into_iter().for_each(|diagnostic| diagnostics.push(diagnostic));
    Ok(document)
}

/// Reads a node of a document by itself, from JSON. Its names are numbered by `names`; its places are those of `source`,
/// but for [`Node::id_at`], which is nowhere.
///
/// `None` when there is no node with an id; what is there is only fit for use when `diagnostics` has no errors.
pub fn read_node<'s>(source: &'s Source, names: &mut NameTable<'s>, diagnostics: &mut Diagnostics) -> Option<Node<'s>> {
    let node = read_alone(source, names, diagnostics, |decoder, tree| decoder.node(tree))?;
    Some(Node { id_at: u32::MAX, ..node })
}

/// [`read_node`] for a link.
pub fn read_link<'s>(source: &'s Source, names: &mut NameTable<'s>, diagnostics: &mut Diagnostics) -> Option<Link<'s>> {
    read_alone(source, names, diagnostics, |decoder, tree| decoder.link(tree))
}

/// [`read_node`] for a rule of a filter, which keeps its names as texts.
pub fn read_rule<'s>(source: &'s Source, diagnostics: &mut Diagnostics) -> Option<Rule<'s>> {
    read_alone(source, &mut NameTable::default(), diagnostics, |decoder, tree| decoder.rule(tree))
}

fn read_alone<'s, T>(
    source: &'s Source,
    names: &mut NameTable<'s>,
    diagnostics: &mut Diagnostics,
    element: impl FnOnce(&mut Decoder<'_, 's>, tree::Tree<'s>) -> Option<T>,
) -> Option<T> {
    let mut found = Diagnostics::default();
    let mut decoder = Decoder::new(source.text(), &mut found);
    std::mem::swap(&mut decoder.names, names);
    let read = match json::alone(source.text()) {
        Ok(tree) => element(&mut decoder, tree),
        Err(error) => {
            report(error, decoder.diagnostics);
            None
        }
    };
    *names = decoder.names;
    found.into_sorted().into_iter().for_each(|diagnostic| diagnostics.push(diagnostic));
    read
}

fn report<'s>(error: SyntaxError, diagnostics: &mut Diagnostics) -> Option<Document<'s>> {
    diagnostics.error(error.code, error.span, error.message).help = error.help;
    None
}
