//! A node, and what most nodes have kept small: a city has a million of them.

use std::sync::Arc;

use super::{Cidr, Family, Filter, Kind, NameId, NatEntry, Relay, Route, Text, Vlans};
use crate::source::Span;

/// A list of words (`controls`, `tags`). Equal lists that the reader made share one allocation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Words(Option<Arc<Vec<Box<str>>>>);

impl std::ops::Deref for Words {
    type Target = [Box<str>];

    fn deref(&self) -> &Self::Target {
        self.0.as_ref().map_or(&[], |words| words)
    }
}

impl<T: Into<Box<str>>> FromIterator<T> for Words {
    fn from_iter<I: IntoIterator<Item = T>>(words: I) -> Self {
        let words: Vec<Box<str>> = words.into_iter().map(Into::into).collect();
        Self((!words.is_empty()).then(|| Arc::new(words)))
    }
}

/// What only few nodes declare; boxed to keep the many small.
#[derive(Clone, Debug, Default)]
pub struct NodeDetails<'s> {
    /// `filter` (one) or `filters`; `None` when neither key is there.
    pub filters: Option<Vec<Filter<'s>>>,
    /// `relays` as written; `Some(vec![])` passes nothing.
    pub relays: Option<Vec<Relay<'s>>>,
    /// `routes`; never `Some(vec![])`, which is an input error.
    pub routes: Option<Vec<Route<'s>>>,
    /// `nat` in order; never `Some(vec![])`, which is an input error.
    pub nat: Option<Vec<NatEntry<'s>>>,
    /// `routed_vlans` of an l3-switch.
    pub routed_vlans: Option<Vlans>,
    /// Businesses that it serves, in words of the site; empty when left out.
    pub business: Words,
    /// Who answers for it; `None` when left out.
    pub owner: Option<Text<'s>>,
    /// Machines the node stands for.
    pub count: Option<u64>,
    /// Free text.
    pub title: Option<Text<'s>>,
    /// Free text.
    pub note: Option<Text<'s>>,
    /// Where it was imported from, `file:line`.
    pub origin: Option<Text<'s>>,
}

/// The addresses and CIDRs that a node declares, in the order written. One of IPv4 takes no memory of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses(Held);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Held {
    #[default]
    None,
    V4 {
        network: u32,
        length: u8,
    },
    /// Never empty, never one of IPv4. Boxed, since a vector would make every node larger by a word.
    #[allow(clippy::box_collection)]
    More(Box<Vec<Cidr>>),
}

impl Addresses {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Held::None => 0,
            Held::V4 { .. } => 1,
            Held::More(list) => list.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        matches!(self.0, Held::None)
    }

    /// The one at a place.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<Cidr> {
        match &self.0 {
            Held::V4 { network, length } if at == 0 => {
                Some(Cidr { family: Family::V4, network: u128::from(*network), length: *length })
            }
            Held::More(list) => list.get(at).copied(),
            _ => None,
        }
    }

    /// The only one, when there is only one.
    #[must_use]
    pub fn only(&self) -> Option<Cidr> {
        self.get(0).filter(|_| self.len() == 1)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = Cidr> + '_ {
        (0..self.len()).filter_map(|at| self.get(at))
    }
}

impl From<Cidr> for Addresses {
    fn from(cidr: Cidr) -> Self {
        match (cidr.family, u32::try_from(cidr.network)) {
            (Family::V4, Ok(network)) => Self(Held::V4 { network, length: cidr.length }),
            _ => Self(Held::More(Box::new(vec![cidr]))),
        }
    }
}

impl FromIterator<Cidr> for Addresses {
    fn from_iter<I: IntoIterator<Item = Cidr>>(list: I) -> Self {
        let list: Vec<Cidr> = list.into_iter().collect();
        match list[..] {
            [] => Self::default(),
            [only] => only.into(),
            _ => Self(Held::More(Box::new(list))),
        }
    }
}

/// A node.
#[derive(Clone, Debug)]
pub struct Node<'s> {
    /// Its id, a name of the document.
    pub id: NameId,
    /// Where its id stands verbatim in the source, without quotes; `u32::MAX` when it does not.
    pub id_at: u32,
    /// Its explicit zone, a name of the document.
    pub zone: Option<NameId>,
    /// Its kind; `Host` when left out.
    pub kind: Kind,
    /// Its declared addresses and CIDRs; empty when left out.
    pub addresses: Addresses,
    /// `forwards` as written.
    pub forwards: Option<bool>,
    /// Controls; empty when left out.
    pub controls: Words,
    /// Tags; empty when left out.
    pub tags: Words,
    /// Everything else; `None` when none of it is declared.
    pub details: Option<Box<NodeDetails<'s>>>,
    /// The whole node.
    pub span: Span,
}
