//! The parts of the report around the requirements: subject, verdict, matrix, ledger, notes, zones, certificate.

use std::borrow::Cow;

use serde::Serialize;

use super::super::html::findings::in_table_order;
use super::super::phrases::{grouped, policy};
use super::{Mark, Writer, shown};
use crate::render::audit::{self, Checked, Field, Row, Value};
use crate::render::catalogue::{Sentence, help};
use crate::report::Note;
use crate::report::audit::{Demand, LedgerEntry, MatrixCell};

/// Causes shown of a requirement.
pub(super) const FINDINGS: usize = 20;
/// Notes shown of one list.
const NOTES: usize = 50;
/// Nodes listed of a zone.
const MEMBERS: usize = 200;

/// A label and what belongs to it.
#[derive(Serialize)]
pub(super) struct RowData(pub Cow<'static, str>, pub String);

#[derive(Serialize)]
pub(super) struct VerdictData {
    mark: Mark,
    sentence: String,
    /// What the verdict says and what it does not.
    statement: &'static str,
    /// How many requirements have each verdict.
    counts: Vec<(Mark, String)>,
    /// What the policy asks less of for a time: a heading, and a sentence each.
    loosenings: (&'static str, Vec<String>),
    /// Positions of the requirements as a table has them.
    table: Vec<usize>,
}

#[derive(Serialize)]
pub(super) struct MatrixData {
    zones: Vec<MatrixZone>,
    /// Row by row, the whole square.
    cells: Vec<Vec<CellData>>,
}

#[derive(Serialize)]
struct MatrixZone {
    name: String,
    /// `120 endpoints`
    size: String,
}

#[derive(Serialize)]
struct CellData {
    mark: Mark,
    demands: Vec<DemandData>,
}

/// A requirement in a cell, and where its proof or its path stands: position of the requirement, and of the finding.
#[derive(Serialize)]
struct DemandData {
    id: String,
    tuples: Option<String>,
    requirement: usize,
    finding: Option<usize>,
}

/// A list that may be cut, and what it then leaves out.
#[derive(Serialize)]
pub(super) struct NotesData {
    notes: Vec<String>,
    more: Option<String>,
}

/// An exception.
#[derive(Serialize)]
pub(super) struct EntryData {
    id: String,
    place: String,
    /// Whether its last day is over or something else is wrong with it.
    faulty: bool,
    rows: Vec<RowData>,
}

impl EntryData {
    pub fn new(id: String, place: String, faulty: bool, rows: Vec<RowData>) -> Self {
        Self { id, place, faulty, rows }
    }
}

#[derive(Serialize)]
pub(super) struct ZoneData {
    name: String,
    size: String,
    nodes: Vec<String>,
    more: Option<String>,
}

#[derive(Serialize)]
pub(super) struct CertificateData {
    sentence: &'static str,
    rows: Vec<RowData>,
    /// Calls that check it, or that make one.
    calls: Vec<String>,
    closing: &'static str,
}

impl Writer<'_> {
    /// What the audit itself adds, before everything else; empty where it is to be filled in by hand.
    pub(super) fn particulars(&self) -> Vec<RowData> {
        self.fields(&audit::particulars(self.audit))
    }

    /// Who made, reviewed and approved it.
    pub(super) fn people(&self) -> Vec<RowData> {
        self.fields(&audit::people(self.audit))
    }

    /// What came of it, after everything else.
    pub(super) fn closing(&self) -> Vec<RowData> {
        self.fields(&audit::closing(self.audit))
    }

    /// Fields as they are to be shown; their line breaks stay.
    fn fields(&self, fields: &[Field<'_>]) -> Vec<RowData> {
        let said = |value: &Option<&str>| value.unwrap_or_default().lines().map(shown).collect::<Vec<_>>().join("\n");
        fields.iter().map(|(name, value)| RowData(name.get(self.lang).into(), said(value))).collect()
    }

    fn rows(&self, rows: &[Row]) -> Vec<RowData> {
        let said = |value: &Value| match value {
            Value::Text(text) | Value::Code(text) => shown(text),
            Value::Phrase(phrase) => shown(phrase.get(self.lang)),
            Value::Named(phrase, id) => {
                format!("{}{}{}{}", shown(phrase.get(self.lang)), self.words.open(), shown(id), self.words.close())
            }
        };
        rows.iter().map(|(name, value)| RowData(name.get(self.lang).into(), said(value))).collect()
    }

    pub(super) fn subject(&self) -> Vec<RowData> {
        self.rows(&audit::subject(self.report, self.audit))
    }

    pub(super) fn verdict(&self) -> VerdictData {
        let requirements = &self.report.requirements;
        let standing = self.audit.overall(self.report);
        let mut counts: Vec<(Mark, usize)> = Vec::new();
        for at in 0..requirements.len() {
            let mark = self.mark(self.standing(at));
            match counts.iter_mut().find(|(known, _)| known.kind == mark.kind) {
                Some((_, count)) => *count += 1,
                None => counts.push((mark, 1)),
            }
        }
        VerdictData {
            mark: self.mark(standing),
            sentence: audit::conclusion(self.report, self.audit, self.lang),
            statement: self.words.statement(),
            loosenings: (
                policy::loosenings(self.lang),
                self.report.loosenings.iter().map(|one| shown(&policy::loosening(one, self.lang))).collect(),
            ),
            table: in_table_order(&self.report.requirements),
            counts: counts.into_iter().map(|(mark, count)| (mark, grouped(count as u64))).collect(),
        }
    }

    pub(super) fn matrix(&self) -> MatrixData {
        let matrix = &self.audit.matrix;
        let size = |zone: &Option<String>| {
            let members = self.audit.members.iter().find(|members| members.zone == *zone);
            let count = members.map_or(0, |members| members.nodes.len() as u64);
            audit::zone_size(count, count, self.lang)
        };
        let zones = matrix.zones.iter().map(|zone| MatrixZone { name: self.zone(zone.as_deref()), size: size(zone) });
        let count = matrix.zones.len();
        let row = |a| (0..count).map(|b| self.cell(matrix.cell(a, b))).collect();
        MatrixData { zones: zones.collect(), cells: (0..count).map(row).collect() }
    }

    fn cell(&self, cell: Option<&MatrixCell>) -> CellData {
        let Some((cell, standing)) = cell.and_then(|cell| Some((cell, cell.standing()?))) else {
            return CellData {
                mark: Mark { kind: "none", word: audit::NO_DEMAND.get(self.lang) },
                demands: Vec::new(),
            };
        };
        CellData { mark: self.mark(standing), demands: cell.demands.iter().map(|demand| self.demand(demand)).collect() }
    }

    fn demand(&self, demand: &Demand) -> DemandData {
        let requirement = self.report.requirements.get(demand.requirement);
        DemandData {
            id: requirement.map(|requirement| shown(&requirement.id)).unwrap_or_default(),
            tuples: (demand.tuples > 0).then(|| self.phrases.tuple_count(demand.tuples)),
            requirement: demand.requirement,
            finding: demand.findings.first().copied().filter(|&finding| finding < FINDINGS),
        }
    }

    pub(super) fn notes(&self, notes: &[Note<impl Sentence>]) -> NotesData {
        self.cut(notes.iter().map(|note| self.note(note)), notes.len())
    }

    pub(super) fn warnings(&self) -> NotesData {
        let warnings = self.report.warnings.iter().map(|warning| {
            let mut text = shown(&warning.text(self.lang));
            if let Some(help) = help(warning) {
                text.push_str(self.words.then());
                text.push_str(&shown(help.get(self.lang)));
            }
            if let Some(location) = &warning.location {
                text.push_str(self.words.open());
                text.push_str(&self.place(location));
                text.push_str(self.words.close());
            }
            text
        });
        self.cut(warnings, self.report.warnings.len())
    }

    fn cut(&self, notes: impl Iterator<Item = String>, all: usize) -> NotesData {
        let more = (all > NOTES).then(|| self.phrases.more_notes(all - NOTES));
        NotesData { notes: notes.take(NOTES).collect(), more }
    }

    pub(super) fn ledger(&self) -> Vec<EntryData> {
        self.audit.ledger.iter().enumerate().map(|(at, entry)| self.entry(at, entry)).collect()
    }

    fn entry(&self, at: usize, entry: &LedgerEntry) -> EntryData {
        let (labels, missing) = (self.words.ledger(), audit::MISSING.get(self.lang));
        let list = |items: &[String]| {
            let items: Vec<String> = items.iter().map(|item| shown(item)).collect();
            if items.is_empty() { missing.to_owned() } else { items.join(self.phrases.list_comma()) }
        };
        let text = |text: &Option<String>| text.as_deref().map_or_else(|| missing.to_owned(), shown);
        let until = match &entry.expires {
            None => audit::NO_END.get(self.lang).to_owned(),
            Some(day) if entry.expired => {
                format!("{}{}{}{}", shown(day), self.words.open(), audit::EXPIRED.get(self.lang), self.words.close())
            }
            Some(day) => shown(day),
        };
        let attested = entry.attested.as_ref().map_or_else(
            || missing.to_owned(),
            |(by, basis)| format!("{}{}{}{}", shown(by), self.words.open(), shown(basis), self.words.close()),
        );
        let mut rows = vec![
            RowData(labels.ends.into(), format!("{} → {}", list(&entry.from), list(&entry.to))),
            RowData(labels.service.into(), list(&entry.service)),
            RowData(labels.waives.into(), list(&entry.waives)),
            RowData(labels.reason.into(), text(&entry.reason)),
            RowData(labels.approved_by.into(), text(&entry.approved_by)),
            RowData(labels.until.into(), until),
            RowData(labels.attested.into(), attested),
            RowData(labels.opens.into(), self.opens(entry)),
        ];
        if !entry.faults.is_empty() {
            let faults: Vec<String> = entry.faults.iter().map(|fault| shown(&fault.text(self.lang))).collect();
            rows.push(RowData(labels.faults.into(), faults.join(self.words.semicolon())));
        }
        rows.extend(self.beside(at));
        EntryData {
            id: shown(&entry.id),
            place: self.place(&entry.location),
            faulty: entry.expired || !entry.faults.is_empty(),
            rows,
        }
    }

    fn opens(&self, entry: &LedgerEntry) -> String {
        let Some(opens) = &entry.opens else { return audit::OPENS_UNKNOWN.get(self.lang).to_owned() };
        if opens.count == 0 {
            return audit::OPENS_NOTHING.get(self.lang).to_owned();
        }
        let pairs = opens.pairs.iter().map(|(from, to)| format!("{} → {}", shown(from), shown(to)));
        let mut pairs: Vec<String> = pairs.collect();
        let more = opens.count.saturating_sub(pairs.len() as u64);
        if more > 0 {
            pairs.push(self.phrases.and_more(usize::try_from(more).unwrap_or(usize::MAX)));
        }
        format!("{}{}", self.words.opens(opens.count), pairs.join(self.phrases.list_comma()))
    }

    pub(super) fn zones(&self) -> Vec<ZoneData> {
        let members = self.audit.members.iter().map(|members| {
            let (nodes, name) = (&members.nodes, self.zone(members.zone.as_deref()));
            ZoneData {
                name: match (&members.zone, &members.title) {
                    (Some(id), Some(title)) if name == shown(id) => {
                        format!("{}{}{name}{}", shown(title), self.words.open(), self.words.close())
                    }
                    _ => name,
                },
                size: audit::zone_size(nodes.len() as u64, members.machines, self.lang),
                nodes: nodes.iter().take(MEMBERS).map(|node| shown(node)).collect(),
                more: (nodes.len() > MEMBERS).then(|| self.words.more_nodes((nodes.len() - MEMBERS) as u64)),
            }
        });
        members.collect()
    }

    pub(super) fn certificate(&self) -> CertificateData {
        let Checked { first, rows, calls, last } = audit::certificate(self.report);
        CertificateData {
            sentence: first.get(self.lang),
            rows: self.rows(&rows),
            calls: calls.iter().map(|call| shown(call)).collect(),
            closing: last.get(self.lang),
        }
    }
}
