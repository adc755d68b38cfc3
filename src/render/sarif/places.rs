//! Places, texts and fingerprints of SARIF, for whatever the results are about.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};

use super::shape::{
    ArtifactLocation, CodeFlow, LogicalLocation, PhysicalLocation, Place, Region, Step, Text, ThreadFlow,
};
use crate::language::Lang;
use crate::render::catalogue::Sentence;
use crate::render::phrases::Phrases;
use crate::render::sentences::{decided, packet, session};
use crate::report::{Finding, Hop, Means};
use crate::screen::fitting;
use crate::source::Location;

/// The name of the fingerprints, with the version of what goes into them.
const FINGERPRINT: &str = "sansoCause/v1";
/// Places related to one result.
const RELATED: usize = 50;

/// The language of a run.
pub const fn language(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "en",
        Lang::Ja => "ja",
    }
}

/// A file as a URI reference: relative where it is, every other byte than those of plain names as `%E5`.
pub fn uri(file: &str) -> String {
    let file = file.strip_prefix("./").unwrap_or(file);
    let mut out = if file.starts_with('/') { "file://".to_owned() } else { String::new() };
    for byte in file.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// A text for people, cut where it is very long.
pub fn message(text: &str) -> Text {
    plain(&escaped(&fitting(text)))
}

/// `](` would make a link of a text, braces a placeholder.
pub fn escaped(text: &str) -> String {
    text.replace("](", "\\](").replace('{', "{{").replace('}', "}}")
}

/// A text as it is.
pub fn plain(text: &str) -> Text {
    Text { text: text.to_owned(), markdown: None }
}

impl CodeFlow {
    /// One flow of these steps; none without steps.
    pub fn of(locations: Vec<Step>) -> Vec<Self> {
        if locations.is_empty() { Vec::new() } else { vec![Self { thread_flows: [ThreadFlow { locations }] }] }
    }
}

/// Places in one file.
pub struct Places<'r> {
    /// The file, as named in the call.
    pub file: &'r str,
    /// Its position among the artifacts.
    pub index: usize,
    /// The language of the texts.
    pub lang: Lang,
    /// Its sentences.
    pub words: &'static dyn Phrases,
}

impl Places<'_> {
    /// Every hop of every session, at the rules that let it pass.
    pub fn steps(&self, finding: &Finding) -> Vec<Step> {
        let mut steps = Vec::new();
        for (index, one) in finding.sessions.iter().enumerate() {
            let opened = session(finding, index, one, self.words);
            let (opened, at) = match &one.means {
                Means::Packet(sent) => (format!("{opened} ({})", packet(sent, self.words)), None),
                Means::Transfer { location, .. } => (opened, Some(location)),
            };
            steps.push(Step { location: self.place(at, Some(&one.from), Some(message(&opened))), nesting_level: 0 });
            for hop in &one.hops {
                let text = |rule: Option<String>| Some(message(&self.hop(hop, rule)));
                for one in &hop.translated_by {
                    let text = text(Some(self.words.translated(one)));
                    let location = self.place(Some(&one.location), Some(&hop.node), text);
                    steps.push(Step { location, nesting_level: 1 });
                }
                if hop.decided_by.is_empty() && hop.translated_by.is_empty() {
                    let location = self.place(None, Some(&hop.node), text(None));
                    steps.push(Step { location, nesting_level: 1 });
                }
                for by in &hop.decided_by {
                    let text = text(Some(decided(by, self.words)));
                    let location = self.place(Some(&by.location), Some(&hop.node), text);
                    steps.push(Step { location, nesting_level: 1 });
                }
            }
        }
        steps
    }

    /// `fw-core: lan -> mn, VLAN 20, rule R7`
    fn hop(&self, hop: &Hop, rule: Option<String>) -> String {
        let way = match (&hop.r#in, &hop.out) {
            (None, None) => None,
            (r#in, out) => {
                let side = |name: &Option<String>| name.clone().unwrap_or_default();
                Some(format!("{} -> {}", side(r#in), side(out)).trim().to_owned())
            }
        };
        let vlan = hop.vlan.map(|vlan| self.words.vlan(vlan));
        let parts: Vec<String> = [way, vlan, rule].into_iter().flatten().collect();
        if parts.is_empty() {
            hop.node.clone()
        } else {
            format!("{}: {}", hop.node, parts.join(self.words.list_comma()))
        }
    }

    /// The other rules on the way and transfers, then the guesses.
    pub fn related(&self, finding: &Finding) -> Vec<Place> {
        let mut out: Vec<Place> = Vec::new();
        let mut known: Vec<Location> = finding.location.iter().copied().collect();
        let hops = finding.sessions.iter().flat_map(|session| &session.hops);
        for (hop, by) in hops.flat_map(|hop| hop.decided_by.iter().map(move |by| (hop, by))) {
            if !known.contains(&by.location) && out.len() < RELATED {
                known.push(by.location);
                let text = message(&format!("{}: {}", hop.node, decided(by, self.words)));
                out.push(self.place(Some(&by.location), Some(&hop.node), Some(text)));
            }
        }
        for session in &finding.sessions {
            if let Means::Transfer { id, location } = &session.means
                && !known.contains(location)
                && out.len() < RELATED
            {
                known.push(*location);
                let text = message(&format!("{} {id}", self.words.transfer()));
                out.push(self.place(Some(location), None, Some(text)));
            }
        }
        for guess in &finding.guesses {
            if out.len() < RELATED {
                let node = guess.node.as_deref();
                let of_node = node.map(|node| format!("{node}: ")).unwrap_or_default();
                let text = format!("{}: {of_node}{}", self.words.guess(), guess.fact.text(self.lang));
                out.push(self.place(guess.location.as_ref(), node, Some(message(&text))));
            }
        }
        for (number, place) in out.iter_mut().enumerate() {
            place.id = Some(number + 1);
        }
        out
    }

    /// A place in the file, what it is of, and what is to be said of it.
    pub fn place(&self, location: Option<&Location>, node: Option<&str>, message: Option<Text>) -> Place {
        let mut artifact_location =
            ArtifactLocation { uri: uri(self.file), index: Some(self.index), description: None };
        let mut region = None;
        if let Some(location) = location {
            let (file, place) = location.to_mend(self.file);
            if location.origin.is_some() {
                // a file that is no input of the run, and so none of its artifacts
                artifact_location = ArtifactLocation { uri: uri(file), index: None, description: None };
            }
            region = place.map(|(line, column)| Region { start_line: line, start_column: column });
        }
        let of_node = |node: &str| LogicalLocation { fully_qualified_name: node.to_owned(), kind: "resource" };
        Place {
            id: None,
            physical_location: PhysicalLocation { artifact_location, region },
            logical_locations: node.map(of_node).into_iter().collect(),
            message,
        }
    }
}

/// Fingerprints given so far.
#[derive(Default)]
pub struct Fingerprints(HashMap<(usize, String), usize>);

impl Fingerprints {
    /// A digest of what tells a result in the artifact `index` from others, whatever lines move; a second one alike gets
    /// a number.
    pub fn of<'t>(
        &mut self,
        index: usize,
        rule: &'t str,
        parts: impl IntoIterator<Item = &'t str>,
    ) -> BTreeMap<&'static str, String> {
        let mut hash = Sha256::new();
        for part in [rule].into_iter().chain(parts) {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let mut text: String = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let seen = self.0.entry((index, text.clone())).or_default();
        *seen += 1;
        if *seen > 1 {
            text.push_str(&format!(":{seen}"));
        }
        BTreeMap::from([(FINGERPRINT, text)])
    }
}

#[cfg(test)]
mod tests {
    use super::{message, uri};

    #[test]
    fn files_are_uris() {
        for (file, expected) in [
            ("topologies/a.yaml", "topologies/a.yaml"),
            ("./a b.yaml", "a%20b.yaml"),
            ("本庁.yaml", "%E6%9C%AC%E5%BA%81.yaml"),
            ("c:x%", "c%3Ax%25"),
            ("/tmp/a?#.json", "file:///tmp/a%3F%23.json"),
            ("../a", "../a"),
            ("-", "-"),
        ] {
            assert_eq!(uri(file), expected);
        }
    }

    #[test]
    fn messages_hold_no_links_and_no_placeholders() {
        assert_eq!(message("[a](http://b) \\ {0}").text, "[a\\](http://b) \\ {{0}}");
    }
}
