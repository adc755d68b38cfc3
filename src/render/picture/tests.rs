//! Pictures of networks made by hand.

use super::*;
use crate::report::audit::{DrawnLink, DrawnNode};
use crate::source::Location;

const NOWHERE: Location = Location { line: 1, column: 1, start: 0, end: 0, origin: None };

fn node(id: String, kind: &'static str, zone: Option<&str>) -> DrawnNode {
    let forwards = matches!(kind, "switch" | "firewall");
    DrawnNode {
        id,
        kind,
        zone: zone.map(str::to_owned),
        endpoint: !forwards,
        forwards,
        sanitises: false,
        relays: false,
        title: None,
        addresses: Vec::new(),
        count: 1,
        location: NOWHERE,
    }
}

fn link(one: usize, other: usize) -> DrawnLink {
    DrawnLink {
        ends: [one as u32, other as u32],
        interfaces: [None, None],
        vlans: None,
        one_way: false,
        location: NOWHERE,
    }
}

/// A core with `sites` switches of `terminals` each, in two zones, and a firewall between two servers beside the core.
fn city(sites: usize, terminals: usize) -> (Drawing, Matrix) {
    let mut nodes = vec![node("core".into(), "switch", None), node("fw".into(), "firewall", None)];
    nodes.push(node("a".into(), "server", Some("lgwan")));
    nodes.push(node("b".into(), "server", Some("internet")));
    let mut links = vec![link(0, 2), link(2, 1), link(1, 3)];
    for site in 0..sites {
        let switch = nodes.len();
        nodes.push(node(format!("sw{site}"), "switch", None));
        links.push(link(0, switch));
        for terminal in 0..terminals {
            let zone = if terminal % 2 == 0 { "lgwan" } else { "internet" };
            nodes.push(node(format!("pc{site}-{terminal}"), "terminal", Some(zone)));
            links.push(link(switch, nodes.len() - 1));
        }
    }
    let zones = ["lgwan", "internet"].map(|zone| Some(zone.to_owned()));
    (Drawing { nodes, links }, Matrix { zones: zones.to_vec(), cells: Vec::new() })
}

/// What must be true of every picture.
fn check(drawing: &Drawing, diagram: &Diagram) {
    for (number, node) in drawing.nodes.iter().enumerate() {
        let one = &diagram.boxes[diagram.place[number] as usize];
        assert!(one.what.nodes().contains(&(number as u32)), "{} is in its box", node.id);
        if let Some(zone) = node.zone.as_deref().filter(|_| node.endpoint) {
            let column = &diagram.columns[one.column as usize];
            assert_eq!(column.zone.as_deref(), Some(zone), "{}", node.id);
            assert!(column.x <= one.x && one.x + BOX_WIDTH <= column.x + column.width, "{}", node.id);
        }
    }
    let drawn: usize = diagram.boxes.iter().map(|one| one.what.nodes().len()).sum();
    assert_eq!(drawn, drawing.nodes.len(), "every node is drawn once");
    let rectangle = |one: &Box| (one.x, diagram.top(one), one.x + BOX_WIDTH, diagram.top(one) + BOX_HEIGHT);
    let rectangles: Vec<_> = diagram.boxes.iter().map(rectangle).collect();
    for (at, one) in rectangles.iter().enumerate() {
        assert!(one.2 <= diagram.width && one.3 <= diagram.height);
        for other in &rectangles[at + 1..] {
            assert!(one.2 <= other.0 || other.2 <= one.0 || one.3 <= other.1 || other.3 <= one.1, "boxes overlap");
        }
    }
    for line in &diagram.lines {
        for pair in line.corners.windows(2) {
            let ((x1, y1), (x2, y2)) = (diagram.point(pair[0]), diagram.point(pair[1]));
            assert!(x1 == x2 || y1 == y2, "lines turn at right angles");
            let crossed = |one: &&(i32, i32, i32, i32)| {
                x1.min(x2) < one.2
                    && one.0 < x1.max(x2).max(x1.min(x2) + 1)
                    && y1.min(y2) < one.3
                    && one.1 < y1.max(y2).max(y1.min(y2) + 1)
            };
            let crossed = rectangles.iter().filter(|one| {
                // A line may touch an edge.
                crossed(one)
                    && !(x1.max(x2) <= one.0 || one.2 <= x1.min(x2) || y1.max(y2) <= one.1 || one.3 <= y1.min(y2))
            });
            assert_eq!(crossed.count(), 0, "a line crosses a box");
        }
    }
}

#[test]
fn every_node_has_its_place_and_no_line_crosses_a_box() {
    for (sites, terminals) in [(0, 0), (1, 4), (3, 6), (4, 40), (12, 10)] {
        let (drawing, matrix) = city(sites, terminals);
        check(&drawing, &Diagram::new(&drawing, &matrix));
    }
}

#[test]
fn sites_are_what_hangs_together_without_the_core() {
    let (drawing, matrix) = city(4, 40);
    let diagram = Diagram::new(&drawing, &matrix);
    let names: Vec<Option<&str>> =
        diagram.bands.iter().map(|band| band.named.map(|node| drawing.nodes[node as usize].id.as_str())).collect();
    assert_eq!(names, [None, Some("sw0"), Some("sw1"), Some("sw2"), Some("sw3")]);
    assert_eq!(diagram.bands[1].nodes.len(), 41);
    let several = diagram.boxes.iter().filter(|one| matches!(one.what, What::Members(_))).count();
    assert_eq!(several, 8, "a box for each site and zone");
}

#[test]
fn a_small_network_has_no_sites() {
    let (drawing, matrix) = city(3, 6);
    let diagram = Diagram::new(&drawing, &matrix);
    assert_eq!(diagram.bands.len(), 1);
    assert!(diagram.boxes.iter().all(|one| matches!(one.what, What::Node(_))));
}

/// Every piece of every line, by the box that its line leaves from.
fn pieces(diagram: &Diagram) -> Vec<(u32, [(i32, i32); 2])> {
    let of = |line: &Line| {
        let points: Vec<_> = line.corners.iter().map(|corner| diagram.point(*corner)).collect();
        points.windows(2).map(|two| (line.ends[0], [two[0].min(two[1]), two[0].max(two[1])])).collect::<Vec<_>>()
    };
    diagram.lines.iter().flat_map(of).collect()
}

#[test]
fn lines_of_different_boxes_never_run_upon_each_other() {
    // two firewalls with ways to the same rows
    let (mut drawing, matrix) = city(1, 6);
    let firewall = drawing.nodes.len();
    drawing.nodes.push(node("fw2".into(), "firewall", None));
    drawing.links.extend([link(firewall, 2), link(firewall, 3), link(firewall, 5), link(firewall, 6)]);
    let diagram = Diagram::new(&drawing, &matrix);
    check(&drawing, &diagram);
    let pieces = pieces(&diagram);
    for (at, (net, [one, other])) in pieces.iter().enumerate() {
        for (_, [first, last]) in pieces[at + 1..].iter().filter(|(of, _)| of != net) {
            let upright = one.0 == other.0 && first.0 == last.0 && one.0 == first.0;
            let level = one.1 == other.1 && first.1 == last.1 && one.1 == first.1;
            let shared = (upright && one.1.max(first.1) < other.1.min(last.1))
                || (level && one.0.max(first.0) < other.0.min(last.0));
            assert!(!shared, "{one:?}-{other:?} and {first:?}-{last:?}");
        }
    }
}

#[test]
fn where_lines_part_there_is_a_dot() {
    let (drawing, matrix) = city(1, 6);
    let diagram = Diagram::new(&drawing, &matrix);
    assert!(!diagram.dots.is_empty());
    let pieces = pieces(&diagram);
    for dot in &diagram.dots {
        let (x, y) = diagram.point(dot.at);
        let net = diagram.lines[dot.line as usize].ends[0];
        let mut arms = [false; 4];
        for (_, [one, other]) in pieces.iter().filter(|(of, _)| *of == net) {
            if one.1 == y && other.1 == y && one.0 <= x && x <= other.0 {
                (arms[0], arms[1]) = (arms[0] || one.0 < x, arms[1] || x < other.0);
            }
            if one.0 == x && other.0 == x && one.1 <= y && y <= other.1 {
                (arms[2], arms[3]) = (arms[2] || one.1 < y, arms[3] || y < other.1);
            }
        }
        assert!(arms.into_iter().filter(|arm| *arm).count() > 2, "{x},{y}");
    }
}

#[test]
fn no_line_runs_through_the_words_at_an_entry() {
    let (drawing, matrix) = city(1, 6);
    let diagram = Diagram::new(&drawing, &matrix);
    for line in diagram.lines.iter().filter(|line| line.corners.len() == 5) {
        let (x, y) = diagram.point(line.corners[4]);
        let words = [(x + 2, y - 11), (x + 49, y - 2)];
        for (_, [one, other]) in pieces(&diagram) {
            let clear = other.0 < words[0].0 || words[1].0 < one.0 || other.1 < words[0].1 || words[1].1 < one.1;
            assert!(clear, "{one:?}-{other:?} through {words:?}");
        }
    }
}
