//! What is odd about the lines of filters and translations: facts, which `render` says in words.

use super::Packet;
use crate::document::Action;
use crate::source::Location;

/// The lists of a document, each with its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// The document's name.
    pub name: Option<String>,
    /// Its file.
    pub file: String,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// The lines stand in a configuration; the document that it became is nobody's.
    pub alone: bool,
    /// In the order of the document.
    pub lists: Vec<List>,
}

impl Rules {
    /// How many lines there are.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.lists.iter().map(|list| list.lines.len()).sum()
    }

    /// Whether something was remarked, or something stays open.
    #[must_use]
    pub fn has(&self, of: impl Fn(&Remark) -> bool) -> bool {
        self.lists.iter().flat_map(|list| &list.lines).flat_map(|line| &line.remarks).any(of)
    }
}

/// What a list does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListKind {
    /// It filters.
    Filter,
    /// It translates destinations.
    Destination,
    /// It translates sources.
    Source,
}

/// A list of lines, of which the first that matches decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// Id of its node.
    pub node: String,
    /// What it does.
    pub kind: ListKind,
    /// Its name, or `#2` for the second filter of its node; `None`: there is no other.
    pub name: Option<String>,
    /// Where it stands.
    pub location: Location,
    /// Its lines in order.
    pub lines: Vec<Line>,
}

/// A line of a list by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineName {
    /// Its id, or `#3` for the third line of its list.
    pub id: String,
    /// Where it stands.
    pub location: Location,
}

/// A line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is called, and where it stands.
    pub name: LineName,
    /// What it says; a translation says nothing of the kind.
    pub action: Option<Action>,
    /// What is odd about it.
    pub remarks: Vec<Remark>,
    /// A packet that it decides: it is not shadowed.
    pub decides: Option<Example>,
    /// A packet of another fate without it: it is not redundant. Translations are not asked.
    pub needed: Option<Example>,
}

/// A packet as a list sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The packet.
    pub packet: Packet,
    /// The interface that it comes in by; `None`: the node emits it, or lists look at no interfaces.
    pub r#in: Option<String>,
    /// The interface that it leaves by; `None`: it is for the node, or lists look at no interfaces.
    pub out: Option<String>,
}

/// Why no packet that can get to a line matches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dead {
    /// It names nobody.
    Nothing,
    /// No node has such a source on the sides that it is for.
    Source,
}

/// A side of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Its sources.
    From,
    /// Its destinations.
    To,
}

/// What is odd about a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// Lines before it decide all that it matches.
    Shadowed {
        /// Which; none of them can be left out.
        by: Vec<LineName>,
        /// Whether some of them say the opposite.
        opposed: bool,
    },
    /// Without it nothing changes.
    Redundant {
        /// Lines after it that do the same; none: the default does.
        like: Vec<LineName>,
    },
    /// No packet that can get there matches.
    Dead(Dead),
    /// A line before it says the opposite of a part of it, and neither holds all of the other.
    Opposed {
        /// The first such line.
        by: LineName,
        /// How many more there are.
        more: usize,
        /// A packet that both match.
        example: Example,
    },
    /// It permits more than nodes of the document could use.
    Wider {
        /// Of which side.
        side: Side,
        /// What nodes have of it, a few of them.
        used: Vec<String>,
        /// Whether there are more than those.
        more: bool,
    },
    /// It was not decided: its headers fall into too many parts.
    Open,
}

impl Remark {
    /// Whether the line does nothing.
    #[must_use]
    pub const fn is_unused(&self) -> bool {
        matches!(self, Self::Shadowed { .. } | Self::Redundant { .. } | Self::Dead(_))
    }
}
