//! Which slips the requirements of a policy notice: facts, which `render` says in words.

use crate::source::Location;

/// A document whose places were made wrong one at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The document's name.
    pub name: Option<String>,
    /// Its file.
    pub file: String,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// Id of the policy that requirements are of.
    pub policy: String,
    /// Today in Japan, `YYYY-MM-DD`.
    pub date: String,
    /// How many slips there are; more than were tried where a sample was asked for.
    pub slips: usize,
    /// Those that were tried, in the order of [`SlipKind`] and then of the document.
    pub tried: Vec<TriedSlip>,
    /// Requirements that were not decided with the slips in place: the document is too large for them.
    pub undecided: Vec<String>,
}

impl Coverage {
    /// Those that no requirement notices.
    pub fn unnoticed(&self) -> impl Iterator<Item = (&TriedSlip, Unnoticed)> {
        self.tried.iter().filter_map(|slip| match slip.found {
            Found::Unnoticed(why) => Some((slip, why)),
            _ => None,
        })
    }
}

/// The kinds of slips.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum SlipKind {
    RuleRemoved,
    RuleInverted,
    SourceWidened,
    DestinationWidened,
    ServiceWidened,
    LinkCut,
    VlansOpened,
    BothWays,
    RelaysRemoved,
    LabelChanged,
}

impl SlipKind {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 10] = [
        Self::RuleRemoved,
        Self::RuleInverted,
        Self::SourceWidened,
        Self::DestinationWidened,
        Self::ServiceWidened,
        Self::LinkCut,
        Self::VlansOpened,
        Self::BothWays,
        Self::RelaysRemoved,
        Self::LabelChanged,
    ];

    /// Its word in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::RuleRemoved => "rule-removed",
            Self::RuleInverted => "rule-inverted",
            Self::SourceWidened => "source-widened",
            Self::DestinationWidened => "destination-widened",
            Self::ServiceWidened => "service-widened",
            Self::LinkCut => "link-cut",
            Self::VlansOpened => "vlans-opened",
            Self::BothWays => "one-way-dropped",
            Self::RelaysRemoved => "relays-removed",
            Self::LabelChanged => "label-changed",
        }
    }
}

/// A slip, and who notices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TriedSlip {
    /// What is done.
    pub kind: SlipKind,
    /// To what: `fw R1`, a link, a node.
    pub what: String,
    /// The zone that a node is moved to.
    pub zone: Option<String>,
    /// Where it stands.
    pub location: Location,
    /// Who notices.
    pub found: Found,
}

/// Who notices a slip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Requirements of severity error: met before and violated now, or violated by more.
    Noticed(Vec<String>),
    /// Requirements of severity warning alone.
    Warned(Vec<String>),
    /// The document that it makes is refused.
    Refused,
    /// None of those that were decided, and some were not.
    Undecided,
    /// None.
    Unnoticed(Unnoticed),
}

/// Why nothing notices a slip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unnoticed {
    /// It only takes something away, and nothing says that this must be possible.
    Narrower,
    /// It lets more through, but not between those of whom requirements speak: something else stops it, or nobody asks.
    Wider,
    /// It says something else of a node, and nobody asks.
    Label,
}

impl Unnoticed {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Wider, Self::Label, Self::Narrower];

    /// Its word in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Narrower => "narrower",
            Self::Wider => "wider",
            Self::Label => "label",
        }
    }
}
