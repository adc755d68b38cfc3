//! A drawing that is too high for a page, on paper: the same drawing in slices, cut between sites, the names of the zones
//! above each.

use super::Diagram;
use crate::render::markup::Markup;
use crate::render::picture::HEAD;

/// Height of a page that lies across, for each 100 of its width, below the heading of the section.
const PAGE: i32 = 58;

/// Whether it would be too small on one page.
pub(super) fn wanted(diagram: &Diagram) -> bool {
    diagram.height * 100 > diagram.width * PAGE * 3 / 2 && diagram.bands.len() > 1
}

/// From where to where each slice reaches.
fn cuts(diagram: &Diagram) -> Vec<(i32, i32)> {
    let room = diagram.width * PAGE / 100 - HEAD;
    let mut out: Vec<(i32, i32)> = Vec::new();
    for band in &diagram.bands {
        let end = band.y + band.height;
        match out.last_mut() {
            Some((start, last)) if end - *start <= room => *last = end,
            _ => out.push((band.y, end)),
        }
    }
    if let Some((_, last)) = out.last_mut() {
        *last = diagram.height;
    }
    out
}

/// The slices, hidden on a screen.
pub(super) fn draw(diagram: &Diagram, page: &mut Markup) {
    let width = diagram.width.to_string();
    page.raw("\n<div class=\"slices\" aria-hidden=\"true\">");
    for (start, end) in cuts(diagram) {
        let top = start - HEAD;
        let (view, y) = (format!("0 {top} {width} {}", end - top), top.to_string());
        page.raw("\n").open("svg", &[("viewBox", &view)]);
        page.raw("<use href=\"#areas\"/><use href=\"#lines\"/><use href=\"#boxes\"/>");
        let (head, names) = (HEAD.to_string(), format!("0 0 {width} {}", HEAD));
        page.open("g", &[]);
        page.raw("<rect class=\"sheet\" x=\"0\"");
        page.raw(&format!(" y=\"{y}\" width=\"{width}\" height=\"{head}\"/>"));
        page.open("svg", &[("x", "0"), ("y", &y), ("width", &width), ("height", &head), ("viewBox", &names)]);
        page.raw("<use href=\"#areas\"/>").close("svg").close("g").close("svg");
    }
    page.raw("</div>");
}

#[cfg(test)]
mod tests {
    use super::cuts;
    use crate::render::picture::{Band, Diagram};

    #[test]
    fn slices_are_cut_between_sites_and_leave_nothing_out() {
        let band = |y, height| Band { named: None, nodes: Vec::new(), y, height };
        let bands = vec![band(44, 300), band(344, 100), band(444, 100), band(544, 900), band(1444, 100)];
        let diagram = Diagram {
            columns: Vec::new(),
            bands,
            boxes: Vec::new(),
            lines: Vec::new(),
            dots: Vec::new(),
            place: Vec::new(),
            home: Vec::new(),
            width: 1000,
            height: 1556,
        };
        assert_eq!(cuts(&diagram), [(44, 544), (544, 1444), (1444, 1556)]);
    }
}
