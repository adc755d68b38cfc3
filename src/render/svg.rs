//! The network as a drawing: zones as areas, sites as bands, links with their VLANs, and, where something is violated, the
//! way of the first witness lit hop by hop. One file, without anything from elsewhere.

mod colours;
mod draw;

use std::fmt;

use super::markup::{Langs, Markup};
use super::picture::Diagram;
use crate::language::Lang;
use crate::report::Report;

pub(super) use colours::variables;
pub(super) use draw::{Use, draw, kind_words, zone_words};

/// A report without the facts that a drawing needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactsMissing;

impl fmt::Display for FactsMissing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the facts for auditors were not gathered in this run")
    }
}

impl std::error::Error for FactsMissing {}

/// The drawing as an SVG document, its words in `lang`.
///
/// # Errors
/// When the report is without the facts for auditors.
pub fn render(report: &Report, lang: Lang) -> Result<String, FactsMissing> {
    let audit = report.audit.as_deref().ok_or(FactsMissing)?;
    let diagram = Diagram::new(&audit.drawing, &audit.matrix);
    let mut page = Markup::svg(Langs::One(lang));
    page.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    draw(&mut page, report, audit, &diagram, draw::Use::Alone);
    page.raw("\n");
    Ok(page.finish())
}
