//! Edits as a report names them.

use super::edit::Edit;
use crate::report::repair::What;
use crate::session::Element;
use crate::source::Location;
use crate::verify::show::Show;

/// What an edit does, and where that stands.
pub fn what(show: Show<'_, '_, '_>, (edit, at, instead): (&Edit, usize, Option<u32>)) -> (What, Location) {
    match edit {
        Edit::Deny(denial) => {
            let (node, filter) = (denial.node, denial.filter);
            let rules = show.filter(node, filter).map_or(0, |filter| filter.rules.len());
            let rule = u32::try_from(at).ok().filter(|_| at < rules);
            let name = show.filter(node, filter).and_then(|filter| filter.name.as_deref());
            let what = What::Deny {
                node: show.id(node).to_owned(),
                filter: name.map_or_else(|| format!("#{}", u64::from(filter) + 1), str::to_owned),
                before: rule.map(|rule| show.rule(node, filter, rule)),
                r#in: denial.r#in.clone(),
                out: denial.out.clone(),
                from: denial.from.clone(),
                to: denial.to.clone(),
                service: denial.service.clone(),
                or_delete: instead.map(|rule| show.rule(node, filter, rule)),
            };
            (what, show.rule_at(node, filter, rule))
        }
        Edit::Routed { node, vlan } => {
            (What::Routed { node: show.id(*node).to_owned(), vlan: *vlan }, show.node_at(*node))
        }
        Edit::Relays(node) => (What::Relays { node: show.id(*node).to_owned() }, show.node_at(*node)),
        Edit::Vlan { link, vlan } => (What::Vlan { link: show.link(*link), vlan: *vlan }, show.link_at(*link)),
        Edit::Cut(link) => (What::Cut { link: show.link(*link) }, show.element_at(&Element::Link(*link))),
    }
}
