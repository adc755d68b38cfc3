//! The texts of facts that are noted, in the order in which their sentences name them.

use super::Redactor;
use crate::report::note::{Assumption, Guess, Names, Note, Separation};

/// A fact with texts.
pub(in crate::report) trait Texts {
    /// Calls for each text that comes from the document.
    fn texts(&mut self) -> Vec<&mut String>;
}

impl Redactor {
    pub(in crate::report) fn notes<F: Texts>(&mut self, notes: &mut [Note<F>]) {
        for Note { node, location: _, fact } in notes {
            self.texts(node);
            self.texts(fact.texts());
        }
    }
}

impl Texts for Assumption {
    fn texts(&mut self) -> Vec<&mut String> {
        match self {
            Self::Excused { exception, waives, approved_by, expires: _ } => {
                std::iter::once(exception).chain(waives).chain(approved_by).collect()
            }
            Self::Attested { exception, by, basis } => vec![exception, by, basis],
            Self::Controls { node, more: _, controls } => std::iter::once(node).chain(controls).collect(),
            Self::OneFamily { node, endpoints: _ } => vec![node],
            Self::Accepted { until: _, tuples: _, of: _, requirement: _, owner, reason } => {
                std::iter::once(owner).chain(reason).collect()
            }
            Self::Relays { entries: _, sanitising: _ }
            | Self::TiersPassNothing
            | Self::NoTranslation
            | Self::DeclaredTranslation
            | Self::Complete => Vec::new(),
        }
    }
}

impl Texts for Guess {
    fn texts(&mut self) -> Vec<&mut String> {
        match self {
            Self::Believed { rule, sender, source, r#in } => vec![rule, sender, source, r#in],
            Self::Claimed { source } => vec![source],
            Self::WideZone { zone, rule, holder } => vec![zone, rule, holder],
            Self::NoRoutes { out, rule } => std::iter::once(out).chain(rule).collect(),
            Self::EveryVlan { link, vlan: _ } => vec![link],
            Self::RelaysEverything | Self::AnyAddress | Self::RoutesEveryVlan => Vec::new(),
        }
    }
}

impl Texts for Separation {
    fn texts(&mut self) -> Vec<&mut String> {
        match self {
            Self::Excepted(names) | Self::Sanitised(names) | Self::Relays(names) => of_names(names).collect(),
            Self::Through { nodes, tag } => of_names(nodes).chain([tag]).collect(),
            Self::Filter { node, name, number: _, default_deny: _, denied_by } => {
                name.iter_mut().chain([node]).chain(of_names(denied_by)).collect()
            }
            Self::Vlans { vlans: _, links } => of_names(links).collect(),
            Self::Routes { node } | Self::RoutedVlans { node, vlans: _ } => vec![node],
            Self::UnevenLink { link } | Self::OneWayLink { link } => vec![link],
            Self::TooLarge(_)
            | Self::TooLong
            | Self::Unproved
            | Self::Unconnected
            | Self::NothingPasses
            | Self::More(_) => Vec::new(),
        }
    }
}

fn of_names(Names { shown, count: _ }: &mut Names) -> impl Iterator<Item = &mut String> {
    shown.iter_mut()
}
