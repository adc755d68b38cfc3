//! What was found about each requirement.

use serde::Serialize;

use super::super::phrases::{grouped, policy, population as population_sentence};
use super::super::sentences::opened;
use super::beside::MendData;
use super::sections::{FINDINGS, NotesData};
use super::{Mark, Writer, shown};
use crate::render::catalogue::Sentence;
use crate::report::audit::Standing;
use crate::report::{Finding, Hop, Means, Packet, RequirementReport, Session, Verdict};

/// Violating tuples listed of a requirement.
const TUPLES: usize = 30;

#[derive(Serialize)]
pub(super) struct RequirementData {
    id: String,
    title: String,
    clause: String,
    clause_number: String,
    mark: Mark,
    /// Violating tuples, or a dash.
    tuples: String,
    /// What the verdict means here.
    sentence: String,
    /// What separates, where it is proved.
    separated: NotesData,
    /// The violating tuples.
    affected: Option<String>,
    findings: Vec<FindingData>,
    /// What is not shown of the findings.
    more: Option<String>,
}

#[derive(Serialize)]
struct FindingData {
    message: String,
    tuples: String,
    /// The data path.
    path: Option<String>,
    sessions: Vec<SessionData>,
    place: Option<String>,
    /// What stands there in the document, line by line.
    quote: Vec<String>,
    guesses: NotesData,
    /// What mends it; `None`: that was not looked for.
    mend: Option<MendData>,
}

#[derive(Serialize)]
struct SessionData {
    sentence: String,
    /// The packet; or the transfer, and where it stands.
    means: String,
    transfer: bool,
    /// Number, node, way, VLAN, and what decided where.
    hops: Vec<[String; 5]>,
}

impl Writer<'_> {
    pub(super) fn requirements(&self) -> Vec<RequirementData> {
        self.report.requirements.iter().enumerate().map(|(at, requirement)| self.requirement(at, requirement)).collect()
    }

    fn requirement(&self, at: usize, requirement: &RequirementReport) -> RequirementData {
        let standing = self.standing(at);
        let mut sentence = match requirement.verdict {
            Verdict::Proved if standing == Standing::Excepted => {
                self.words.holds_with_exceptions(&self.excused(at).join(self.phrases.list_comma()))
            }
            Verdict::Proved => self.words.holds().to_owned(),
            Verdict::Violated => self.phrases.violations(requirement.tuples, requirement.findings.len()),
            Verdict::Undecided => self.phrases.undecided_note().to_owned(),
            Verdict::Vacuous => self.words.vacuous().to_owned(),
        };
        if let (Verdict::Proved, Some(population)) = (requirement.verdict, self.audit.populations.get(at)) {
            sentence.push_str(self.words.gap());
            sentence.push_str(&population_sentence(*population, self.lang));
        }
        let mut demands = self.audit.matrix.cells.iter().flat_map(|cell| &cell.demands);
        let parts_zones = demands.any(|demand| demand.requirement == at);
        if requirement.verdict == Verdict::Proved && requirement.separated_by.is_empty() && parts_zones {
            sentence.push_str(self.words.gap());
            sentence.push_str(self.words.nothing_cuts());
        }
        RequirementData {
            id: shown(&requirement.id),
            title: shown(&policy::title(requirement, self.lang)),
            clause: shown(&self.phrases.clause(&requirement.clause)),
            clause_number: shown(&requirement.clause),
            mark: self.mark(standing),
            tuples: match requirement.verdict {
                Verdict::Proved | Verdict::Violated => grouped(requirement.tuples),
                Verdict::Undecided | Verdict::Vacuous => "–".to_owned(),
            },
            sentence,
            separated: self.notes(&requirement.separated_by),
            affected: self.affected(requirement),
            findings: requirement
                .findings
                .iter()
                .take(FINDINGS)
                .map(|finding| self.finding(finding, self.mend(requirement)))
                .collect(),
            more: (requirement.findings.len() > FINDINGS)
                .then(|| self.phrases.more_findings(requirement.findings.len() - FINDINGS)),
        }
    }

    /// The exceptions that a requirement owes its verdict to.
    fn excused(&self, requirement: usize) -> Vec<String> {
        let entries = self.audit.excused.get(requirement).into_iter().flatten();
        entries.filter_map(|&at| self.audit.ledger.get(at)).map(|entry| shown(&entry.id)).collect()
    }

    fn affected(&self, requirement: &RequirementReport) -> Option<String> {
        let listed = requirement.violating.iter().take(TUPLES).map(|tuple| {
            let ids: Vec<String> = tuple.iter().map(|id| shown(id)).collect();
            if ids.len() == 1 { ids.concat() } else { format!("({})", ids.join(", ")) }
        });
        let mut listed: Vec<String> = listed.collect();
        let more = requirement.tuples.saturating_sub(listed.len() as u64);
        if more > 0 && !listed.is_empty() {
            listed.push(self.phrases.more_tuples(more));
        }
        (!listed.is_empty()).then(|| listed.join(self.phrases.list_comma()))
    }

    fn finding(&self, finding: &Finding, mend: Option<MendData>) -> FindingData {
        let ids: Vec<String> = finding.path.iter().map(|id| shown(id)).collect();
        let flows = finding.path.windows(2).map(Some).chain(std::iter::repeat(None));
        let sessions = finding.sessions.iter().zip(flows).enumerate();
        FindingData {
            message: shown(&finding.fault.text(self.lang)),
            tuples: self.phrases.tuple_count(finding.tuples),
            path: (!finding.sessions.is_empty()).then(|| ids.join(" → ")),
            sessions: sessions.map(|(at, (session, flow))| self.session(at + 1, session, flow)).collect(),
            place: finding.location.as_ref().map(|location| self.place(location)),
            quote: finding
                .location
                .as_ref()
                .and_then(|location| self.audit.quotes.at(location))
                .map(|quote| quote.numbered().iter().map(|line| shown(line)).collect())
                .unwrap_or_default(),
            guesses: self.notes(&finding.guesses),
            mend,
        }
    }

    fn session(&self, number: usize, session: &Session, flow: Option<&[String]>) -> SessionData {
        let comma = self.phrases.list_comma();
        let mut sentence = shown(&opened(number, session, self.phrases));
        // The session was opened by the node that the data reaches.
        if flow.is_some_and(|flow| flow[0] == session.to && flow[1] == session.from) {
            sentence.push_str(comma);
            sentence.push_str(self.phrases.pulled());
        }
        if !session.covered_by.is_empty() {
            let exceptions: Vec<String> = session.covered_by.iter().map(|id| shown(id)).collect();
            sentence.push_str(comma);
            sentence.push_str(&self.phrases.excepted_by(&exceptions.join(comma)));
        }
        let hops = session.hops.iter().enumerate().map(|(at, hop)| self.hop(at + 1, hop));
        let (means, transfer) = match &session.means {
            Means::Packet(packet) => (self.packet(packet), false),
            Means::Transfer { id, location } => {
                let (open, close) = (self.words.open(), self.words.close());
                (format!("{}{open}{}{close}", shown(id), self.place(location)), true)
            }
        };
        SessionData { sentence, means, transfer, hops: hops.collect() }
    }

    fn packet(&self, packet: &Packet) -> String {
        let end = |address: &str, port: Option<u16>| match port {
            Some(port) if address.contains(':') => format!("[{}]:{port}", shown(address)),
            Some(port) => format!("{}:{port}", shown(address)),
            None => shown(address),
        };
        let source = end(&packet.source, packet.source_port);
        let destination = end(&packet.destination, packet.destination_port);
        let mut text = format!("{} {source} → {destination}", shown(&packet.protocol));
        if packet.source_port.is_none() && packet.destination_port.is_none() {
            text.push_str(self.words.open());
            text.push_str(self.phrases.any_port());
            text.push_str(self.words.close());
        }
        text
    }

    fn hop(&self, number: usize, hop: &Hop) -> [String; 5] {
        let way = match (&hop.r#in, &hop.out) {
            (None, None) => String::new(),
            (None, Some(out)) => format!("→ {}", shown(out)),
            (Some(r#in), None) => format!("{} →", shown(r#in)),
            (Some(r#in), Some(out)) => format!("{} → {}", shown(r#in), shown(out)),
        };
        let decided = hop.decided_by.iter().map(|decided| {
            let rule = match &decided.rule {
                Some(rule) => self.phrases.rule(&shown(rule)),
                None => self.phrases.filter_default().to_owned(),
            };
            format!("{rule}{}{}{}", self.words.open(), self.place(&decided.location), self.words.close())
        });
        let translated = hop.translated_by.iter().map(|one| {
            let what = shown(&self.phrases.translated(one));
            format!("{what}{}{}{}", self.words.open(), self.place(&one.location), self.words.close())
        });
        let decided: Vec<String> = translated.chain(decided).collect();
        let vlan = hop.vlan.map(|vlan| vlan.to_string()).unwrap_or_default();
        [number.to_string(), shown(&hop.node), way, vlan, decided.join(self.phrases.list_comma())]
    }
}
