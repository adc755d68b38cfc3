//! Where everything of a network goes in a picture: zones as areas side by side, with lanes between them for what has no
//! zone; sites as bands from top to bottom, the centre first. Deterministic, in steps of whole units, without a language.

mod place;
mod route;
mod sites;

use crate::report::audit::{Drawing, Matrix};

/// A picture of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Diagram {
    /// Lanes and areas from left to right.
    pub columns: Vec<Column>,
    /// The centre, then the sites.
    pub bands: Vec<Band>,
    /// What is drawn of nodes.
    pub boxes: Vec<Box>,
    /// What is drawn of links.
    pub lines: Vec<Line>,
    /// Where lines that share a way part.
    pub dots: Vec<Dot>,
    /// For each node, its box.
    pub place: Vec<u32>,
    /// For each node, the switch or other forwarder that it is attached to; a forwarder is attached to itself.
    pub home: Vec<Option<u32>>,
    /// Width of the whole.
    pub width: i32,
    /// Height of the whole.
    pub height: i32,
}

/// A lane or an area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// The zone of an area; `None`: a lane.
    pub zone: Option<String>,
    /// Left edge.
    pub x: i32,
    /// Width.
    pub width: i32,
}

/// A site, or the centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Band {
    /// The node it is named after; `None`: the centre.
    pub named: Option<u32>,
    /// Its nodes.
    pub nodes: Vec<u32>,
    /// Top edge.
    pub y: i32,
    /// Height.
    pub height: i32,
}

/// A node, or several as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Box {
    /// Position of its band.
    pub band: u32,
    /// Position of its column.
    pub column: u32,
    /// What it stands for.
    pub what: What,
    /// Left edge.
    pub x: i32,
    /// Top edge, from the top of its band.
    pub y: i32,
}

/// What a box stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A node.
    Node(u32),
    /// The forwarders of a site, that which gives it its name first.
    Forwarders(Vec<u32>),
    /// Endpoints of a site or switch.
    Members(Vec<u32>),
}

impl What {
    /// The nodes that it stands for.
    pub(super) fn nodes(&self) -> &[u32] {
        match self {
            Self::Node(node) => std::slice::from_ref(node),
            Self::Forwarders(nodes) | Self::Members(nodes) => nodes,
        }
    }
}

/// Links between two boxes, as one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Positions of its boxes.
    pub ends: [u32; 2],
    /// Positions of its links.
    pub links: Vec<u32>,
    /// Its corners.
    pub corners: Vec<Corner>,
    /// The VLANs that all its links together carry; `None`: some carry all.
    pub vlans: Option<Vec<(u16, u16)>>,
}

/// A corner of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Corner {
    /// From the left.
    pub x: i32,
    /// Position of a band.
    pub band: u32,
    /// From the top of the band.
    pub y: i32,
}

/// A place where lines that share a way part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dot {
    /// The place.
    pub at: Corner,
    /// Position of a line that it is on.
    pub line: u32,
}

/// Width of a box.
pub(super) const BOX_WIDTH: i32 = 168;
/// Height of a box.
pub(super) const BOX_HEIGHT: i32 = 36;
/// From the top of a row of boxes to that of the next.
pub(super) const ROW: i32 = 72;
/// Room for lines to the left of each box.
pub(super) const CHANNEL: i32 = 40;
/// From the top of a band to its first row.
pub(super) const BAND_TOP: i32 = 38;
/// From the top of the picture to the first band: the names of the areas.
pub(super) const HEAD: i32 = 44;
/// Around the picture.
pub(super) const MARGIN: i32 = 12;

impl Diagram {
    /// The picture of a network whose zones stand in the order of `matrix`.
    pub(super) fn new(drawing: &Drawing, matrix: &Matrix) -> Self {
        let sites = sites::Sites::new(drawing);
        let mut diagram = place::placed(drawing, matrix, sites);
        (diagram.lines, diagram.dots) = route::lines(drawing, &diagram);
        diagram
    }

    /// The top edge of a box, from the top of the picture.
    pub(super) fn top(&self, of: &Box) -> i32 {
        self.bands[of.band as usize].y + of.y
    }

    /// A corner from the top left of the picture.
    pub(super) fn point(&self, corner: Corner) -> (i32, i32) {
        (corner.x, self.bands[corner.band as usize].y + corner.y)
    }

    /// The line between the boxes of two nodes.
    pub(super) fn line_between(&self, one: u32, other: u32) -> Option<&Line> {
        let (one, other) = (self.place[one as usize], self.place[other as usize]);
        self.lines.iter().find(|line| line.ends == [one, other] || line.ends == [other, one])
    }
}

#[cfg(test)]
mod tests;
