//! Sentences that several formats share. They are not escaped: every format does that in its own way.

use super::phrases::{Counts, Phrases, phrases, policy};
use crate::language::Lang;
use crate::report::{DecidedBy, Finding, Hop, Means, Packet, Report, Session, Standing};
use crate::source::Location;

/// The verdict on the whole in a sentence.
pub(super) fn conclusion(report: &Report, lang: Lang) -> String {
    let errors = || report.requirements.iter().filter(|requirement| !requirement.is_warning());
    let count = |standing| errors().filter(|requirement| requirement.standing() == standing).count();
    let sentence = phrases(lang).conclusion(&Counts {
        standing: report.standing(),
        violated: count(Standing::Violated),
        undecided: count(Standing::Undecided),
        excepted: count(Standing::Excepted),
        requirements: errors().count(),
    });
    format!("{sentence}{}", policy::beside(report, lang))
}

/// The first digits of a digest: enough to tell files apart by eye.
pub(super) fn short(digest: &str) -> String {
    digest.chars().take(12).collect()
}

/// `tcp 10.20.1.9:1024 -> 10.10.1.5:445`
pub(super) fn packet(packet: &Packet, words: &dyn Phrases) -> String {
    let end = crate::report::address_and_port;
    let source = end(&packet.source, packet.source_port);
    let destination = end(&packet.destination, packet.destination_port);
    let mut text = format!("{} {source} -> {destination}", packet.protocol);
    if packet.source_port.is_none() && packet.destination_port.is_none() {
        text.push_str(&words.aside(words.any_port()));
    }
    text
}

/// `[lan] -> [mn]`
pub(super) fn way(hop: &Hop) -> String {
    match (&hop.r#in, &hop.out) {
        (None, None) => String::new(),
        (None, Some(out)) => format!("-> [{out}]"),
        (Some(r#in), None) => format!("[{in}] ->"),
        (Some(r#in), Some(out)) => format!("[{in}] -> [{out}]"),
    }
}

/// `rule R7`, or the default of the filter.
pub(super) fn decided(decided_by: &DecidedBy, words: &dyn Phrases) -> String {
    match &decided_by.rule {
        Some(rule) => words.rule(rule),
        None => words.filter_default().to_owned(),
    }
}

/// `topology.yaml:88:11`
pub(super) fn at(file: &str, location: &Location) -> String {
    location.shown(file)
}

/// Who opens to whom, or by which transfer data is carried from whom to whom.
pub(super) fn opened(number: usize, session: &Session, words: &dyn Phrases) -> String {
    match &session.means {
        Means::Packet(_) => words.session(number, &session.from, &session.to),
        Means::Transfer { id, .. } => words.carried(number, &session.from, &session.to, id),
    }
}

/// The nodes that a session passes, one after the other; of a transfer its ends.
pub(super) fn passed(session: &Session) -> Vec<&str> {
    match session.means {
        Means::Packet(_) => session.hops.iter().map(|hop| hop.node.as_str()).collect(),
        Means::Transfer { .. } => vec![&session.from, &session.to],
    }
}

/// Who opens to whom, and what is to be known of it: the session between the nodes `index` and `index + 1` of the path.
pub(super) fn session(finding: &Finding, index: usize, session: &Session, words: &dyn Phrases) -> String {
    let Session { from, to, covered_by, .. } = session;
    let mut text = opened(index + 1, session, words);
    // The session was opened by the node that the data reaches.
    let flow = finding.path.get(index).zip(finding.path.get(index + 1));
    if flow.is_some_and(|(source, sink)| source == to && sink == from) {
        text.push_str(words.list_comma());
        text.push_str(words.pulled());
    }
    if !covered_by.is_empty() {
        text.push_str(words.list_comma());
        text.push_str(&words.excepted_by(&covered_by.join(words.list_comma())));
    }
    text
}
