//! The facts of a difference in sections of plain lines, which the formats for people lay out.

use super::phrases::{Phrases, phrases};
use crate::language::Lang;
use crate::render::catalogue::Sentence;
use crate::render::catalogue::difference::{changes, widening};
use crate::render::phrases::policy;
use crate::render::sentences::passed;
use crate::report::diff::{Diff, Direction, Group, ItemChange, NodesOfZone, RequirementChange};
use crate::report::{Assumption, Means, Note, Packet};
use crate::source::Location;

/// Tuples named of a group.
const TUPLES: usize = 4;
/// Lines shown of a section.
const LINES: usize = 20;

/// A heading and the lines under it; lines that begin with [`INNER`] belong to the one before.
pub(super) struct Section {
    pub heading: String,
    pub lines: Vec<String>,
}

/// Begins a line that says more of the one before.
pub(super) const INNER: char = '\t';

/// `file:line:column` in the new document.
pub(super) fn at(diff: &Diff, location: Option<&Location>) -> String {
    location.map_or_else(String::new, |location| format!(" ({})", location.shown(&diff.new.file)))
}

/// Everything but the header, the table of requirements and the conclusion.
pub(super) fn sections(diff: &Diff, lang: Lang) -> Vec<Section> {
    let words = phrases(lang);
    let mut out = Vec::new();
    let loosenings = diff.loosenings.iter().map(|one| policy::loosening(one, lang));
    add(&mut out, words, policy::loosenings(lang).to_owned(), loosenings.collect());
    let widenings = diff
        .widenings
        .iter()
        .map(|one| format!("{}{}", widening(diff, one).get(lang), at(diff, one.location.as_ref())));
    add(&mut out, words, words.wider_because(diff.widenings.len()), widenings.collect());
    for requirement in diff.requirements.iter().filter(|one| one.direction != Direction::Unchanged) {
        let heading = format!("{}  {}", requirement.id, requirement.title.get(lang));
        add(&mut out, words, heading, of_requirement(diff, requirement, lang));
    }
    let items = |list: &[ItemChange]| -> Vec<String> {
        let line = |item: &ItemChange| {
            let (direction, place) = (words.direction(item.direction), at(diff, item.location.as_ref()));
            format!("{}: {}: {}{place}", item.id, direction, changes(&item.what).get(lang))
        };
        list.iter().map(line).collect()
    };
    add(&mut out, words, words.exceptions().to_owned(), items(&diff.exceptions));
    let mut nodes = items(&diff.nodes);
    let listed = |zone: &NodesOfZone, text: String| {
        let ids: Vec<&str> = zone.ids.iter().take(TUPLES).map(String::as_str).collect();
        let more = if zone.count > ids.len() as u64 { ", …" } else { "" };
        format!("{text} ({}{more})", ids.join(", "))
    };
    nodes.extend(diff.nodes_added.iter().map(|one| listed(one, words.nodes_added(one.zone.as_deref(), one.count))));
    nodes.extend(diff.nodes_removed.iter().map(|one| listed(one, words.nodes_removed(one.zone.as_deref(), one.count))));
    add(&mut out, words, words.nodes().to_owned(), nodes);
    add(&mut out, words, words.relays().to_owned(), items(&diff.relays));
    add(&mut out, words, words.transfers().to_owned(), items(&diff.transfers));
    let notes = |list: &[Note<Assumption>]| -> Vec<String> {
        let line = |note: &Note<Assumption>| {
            let node = note.node.as_ref().map(|node| format!("{node}: ")).unwrap_or_default();
            format!("{node}{}", note.fact.text(lang))
        };
        list.iter().map(line).collect()
    };
    add(&mut out, words, words.assumptions_added().to_owned(), notes(&diff.assumptions_added));
    add(&mut out, words, words.assumptions_removed().to_owned(), notes(&diff.assumptions_removed));
    let warnings = |list: &[crate::report::Warning]| -> Vec<String> {
        list.iter().map(|warning| format!("[{}] {}", warning.code(), warning.text(lang))).collect()
    };
    add(&mut out, words, words.warnings_gained().to_owned(), warnings(&diff.warnings_gained));
    add(&mut out, words, words.warnings_lost().to_owned(), warnings(&diff.warnings_lost));
    out
}

fn add(out: &mut Vec<Section>, words: &dyn Phrases, heading: String, mut lines: Vec<String>) {
    if lines.is_empty() {
        return;
    }
    if lines.len() > LINES {
        let more = lines.len() - LINES;
        lines.truncate(LINES);
        lines.push(words.more(more as u64));
    }
    out.push(Section { heading, lines });
}

/// What changed of a requirement.
pub(super) fn of_requirement(diff: &Diff, requirement: &RequirementChange, lang: Lang) -> Vec<String> {
    let words = phrases(lang);
    let mut out = Vec::new();
    let sum = |groups: &[Group]| groups.iter().map(|group| group.count).sum::<u64>();
    let mut groups = |heading: String, groups: &[Group]| {
        if groups.is_empty() {
            return;
        }
        out.push(heading);
        for group in groups.iter().take(LINES) {
            let tuple = |tuple: &Vec<String>| match tuple.as_slice() {
                [one] => one.clone(),
                several => format!("({})", several.join(", ")),
            };
            let tuples: Vec<String> = group.tuples.iter().take(TUPLES).map(tuple).collect();
            let more = if group.count > tuples.len() as u64 { ", …" } else { "" };
            let parts = [words.between(&group.zones), words.services(group.services.as_ref())];
            let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            let about = if parts.is_empty() { String::new() } else { format!("{}: ", parts.join(", ")) };
            out.push(format!("{INNER}{about}{}  {}{more}", group.count, tuples.join(", ")));
        }
    };
    groups(words.gained(requirement.gained_count()), &requirement.gained);
    groups(words.lost(requirement.lost_count()), &requirement.lost);
    for (known, heading) in [
        (&requirement.wider, &(|count| words.wider(count)) as &dyn Fn(u64) -> String),
        (&requirement.narrower, &|count| words.narrower(count)),
    ] {
        let known = known.as_deref().unwrap_or_default();
        groups(heading(sum(known)), known);
    }
    if requirement.wider.is_none() || requirement.narrower.is_none() {
        out.push(words.services_not_compared().to_owned());
    }
    if !requirement.findings.is_empty() {
        out.push(words.causes().to_owned());
    }
    for finding in &requirement.findings {
        out.push(format!("{INNER}{}{}", finding.fault.text(lang), at(diff, finding.location.as_ref())));
        if let Some(session) = finding.sessions.first() {
            let means = match &session.means {
                Means::Packet(sent) => packet(sent),
                Means::Transfer { id, .. } => format!("{} {id}", crate::render::phrases::phrases(lang).transfer()),
            };
            out.push(format!("{INNER}  {means}: {}", passed(session).join(" -> ")));
        }
    }
    out
}

fn packet(packet: &Packet) -> String {
    let end = |address: &str, port: Option<u16>| match port {
        Some(port) if address.contains(':') => format!("[{address}]:{port}"),
        Some(port) => format!("{address}:{port}"),
        None => address.to_owned(),
    };
    let source = end(&packet.source, packet.source_port);
    format!("{} {source} -> {}", packet.protocol, end(&packet.destination, packet.destination_port))
}
