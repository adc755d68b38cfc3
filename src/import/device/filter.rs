//! Filters of a device, and their lines.

use std::sync::Arc;

use smallvec::{SmallVec, smallvec};

use super::{Names, Selector};
use crate::document::Family;
use crate::import::ledger::Origin;
use crate::import::region::{Region, Services};

/// Services, mostly one.
pub type ServiceList = SmallVec<[Services; 1]>;

/// A line of a filter. Of a hundred thousand of them each takes some 300 bytes: what most lines do not have is kept elsewhere.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name for people; several may bear one.
    pub id: Box<str>,
    /// Whether it permits.
    pub permit: bool,
    /// Sources.
    pub from: Selector,
    /// Destinations.
    pub to: Selector,
    /// Services: the union of these.
    pub services: ServiceList,
    /// Names of interfaces in; `None`: any, or none.
    pub ways_in: Option<Names>,
    /// Names of interfaces out; `None`: any, or none.
    pub ways_out: Option<Names>,
    /// Whether only replies match it.
    pub replies: bool,
    /// What the model cannot judge.
    pub condition: Option<Box<str>>,
    /// Where it stands.
    pub origin: Origin,
}

impl Rule {
    /// A rule for every packet.
    #[must_use]
    pub fn all(id: impl Into<Box<str>>, permit: bool, origin: Origin) -> Self {
        Self {
            id: id.into(),
            permit,
            from: Selector::any(),
            to: Selector::any(),
            services: smallvec![Services::all()],
            ways_in: None,
            ways_out: None,
            replies: false,
            condition: None,
            origin,
        }
    }

    /// A rule for a box; the ways are left to the caller.
    #[must_use]
    pub fn of(id: impl Into<Box<str>>, permit: bool, region: &Region, origin: Origin) -> Self {
        Self {
            from: Selector::of(region.from.clone()),
            to: Selector::of(region.to.clone()),
            services: smallvec![region.services.clone()],
            ..Self::all(id, permit, origin)
        }
    }
}

/// Which packets a filter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applies {
    /// What the device sends on.
    Forwarded,
    /// What it sends itself.
    Emitted,
    /// What is for it.
    Delivered,
}

impl Applies {
    /// The word of the document.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Forwarded => "forwarded",
            Self::Emitted => "emitted",
            Self::Delivered => "delivered",
        }
    }
}

/// A filter.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Its name.
    pub name: String,
    /// Its lines in order. A list that is bound in several places is there once.
    pub rules: Vec<Arc<Rule>>,
    /// What becomes of what no line matches.
    pub default_permit: bool,
    /// The line that says so; where nothing says it, the line that binds the filter.
    pub default_origin: Origin,
    /// What the default is called.
    pub default_id: String,
    /// Interfaces in; `None`: any, or none.
    pub ways_in: Option<Names>,
    /// Interfaces out; `None`: any, or none.
    pub ways_out: Option<Names>,
    /// Which packets it is for; empty: all.
    pub applies: Vec<Applies>,
    /// Whether the device keeps track of sessions here.
    pub stateful: bool,
    /// Whether it sees the source as it is after translation (otherwise before).
    pub sees_translated_source: bool,
    /// Whether it sees the destination as it is after translation.
    pub sees_translated_destination: bool,
    /// The family that passes it unseen, if one does.
    pub passes: Option<Family>,
}

impl Filter {
    /// A filter for every packet that passes what no line denies.
    #[must_use]
    pub fn new(name: impl Into<String>, default_permit: bool, default_origin: Origin) -> Self {
        Self {
            name: name.into(),
            rules: Vec::new(),
            default_permit,
            default_origin,
            default_id: "default".into(),
            ways_in: None,
            ways_out: None,
            applies: Vec::new(),
            stateful: false,
            sees_translated_source: false,
            sees_translated_destination: true,
            passes: None,
        }
    }

    /// Binds it to interfaces where packets come in, or where they leave. What comes in is seen before its destination is
    /// translated, whether it goes on or is for the device; what leaves is seen with its source translated, and so is what the device
    /// sends itself, if it is asked for it (`own`).
    pub fn at_side(&mut self, ways: impl Into<Names>, inward: bool, own: bool) {
        let second = match (inward, own) {
            (true, _) => Some(Applies::Delivered),
            (false, true) => Some(Applies::Emitted),
            (false, false) => None,
        };
        self.applies = std::iter::once(Applies::Forwarded).chain(second).collect();
        if inward {
            self.ways_in = Some(ways.into());
            self.sees_translated_destination = false;
        } else {
            self.ways_out = Some(ways.into());
            self.sees_translated_source = true;
        }
    }
}
