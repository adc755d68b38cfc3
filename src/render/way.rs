//! The sessions of a way, as text and Markdown, for the answers that show one.

use super::markdown::cell;
use super::page::{DIM, Page};
use super::phrases::Phrases;
use super::sentences;
use super::table::{self, Cell};
use crate::report::{Hop, Means, Session};

/// What is known of a session but its hops: who opens it, and that it was opened by whom the data reaches.
fn opened(path: &[String], at: usize, session: &Session, words: &dyn Phrases) -> String {
    let mut text = sentences::opened(at + 1, session, words);
    if path.get(at) == Some(&session.to) && matches!(session.means, Means::Packet(_)) {
        text.push_str(words.list_comma());
        text.push_str(words.pulled());
    }
    text
}

/// A session of a way along `path`, for people.
pub(super) fn text(
    page: &mut Page,
    (file, path): (&str, &[String]),
    at: usize,
    session: &Session,
    words: &dyn Phrases,
) {
    page.space(2).text(&opened(path, at, session, words)).end();
    match &session.means {
        Means::Packet(packet) => {
            let packet = sentences::packet(packet, words);
            page.space(5).paint(DIM, words.packet()).text("  ").text(&packet).end();
        }
        Means::Transfer { id, location } => {
            page.space(5).paint(DIM, words.transfer()).text("  ").text(id).text("  ");
            page.paint(DIM, &sentences::at(file, location)).end();
        }
    }
    let rows: Vec<Vec<Cell>> = session.hops.iter().enumerate().map(|(at, hop)| row(file, at, hop, words)).collect();
    table::write(page, 5, &rows);
}

fn row(file: &str, at: usize, hop: &Hop, words: &dyn Phrases) -> Vec<Cell> {
    let decided = hop
        .decided_by
        .iter()
        .map(|by| format!("{} ({})", sentences::decided(by, words), sentences::at(file, &by.location)));
    let translated = hop.translated_by.iter().map(|one| words.translated(one));
    let said: Vec<String> = translated.chain(decided).collect();
    vec![
        Cell::new((at + 1).to_string()).styled(DIM).right(),
        Cell::new(hop.node.as_str()),
        Cell::new(sentences::way(hop)),
        Cell::new(hop.vlan.map(|vlan| words.vlan(vlan)).unwrap_or_default()),
        Cell::new(said.join(words.list_comma())).styled(DIM),
    ]
}

/// A session of a way along `path`, as an item of a list.
pub(super) fn markdown(path: &[String], at: usize, session: &Session, words: &dyn Phrases) -> String {
    let hops = sentences::passed(session).join(" -> ");
    let mut out = format!("- {}: {}\n", cell(&opened(path, at, session, words)), cell(&hops));
    if let Means::Packet(packet) = &session.means {
        out.push_str(&format!("  - {}: {}\n", words.packet(), cell(&sentences::packet(packet, words))));
    }
    out
}
