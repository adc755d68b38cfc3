//! What is found beside the verdicts: what is said of entries of the ledger, transfers, repairs, and the depth of defence.

use serde::Serialize;

use super::sections::{EntryData, RowData};
use super::{Writer, shown};
use crate::render::audit::{self, Rung};
use crate::render::catalogue::Sentence;
use crate::render::ledger::{Entry, entries};
use crate::render::repair::instead;
use crate::render::repair::report::{Mend, REPAIRS, mend, sentences};
use crate::report::RequirementReport;
use crate::report::exposure::{Depth, PairDepth};

/// What mends a finding: edits by number, or why there are none.
#[derive(Serialize)]
pub(super) struct MendData {
    edits: Vec<usize>,
    why: Option<String>,
}

/// The least that has to change.
#[derive(Serialize)]
pub(super) struct RepairsData {
    note: &'static str,
    edits: Vec<EditData>,
    sentences: Vec<String>,
}

#[derive(Serialize)]
struct EditData {
    what: String,
    place: String,
    instead: Option<String>,
    /// Requirements that it serves: id, and position in the report.
    requirements: Vec<(String, Option<usize>)>,
}

impl Writer<'_> {
    /// What mends the findings of a requirement.
    pub(super) fn mend(&self, requirement: &RequirementReport) -> Option<MendData> {
        let beside = self.report.beside.as_deref()?;
        Some(match mend(beside.repair.as_ref(), requirement) {
            Mend::Edits(edits) => MendData { edits: edits.iter().map(|at| at + 1).collect(), why: None },
            Mend::None(why) => MendData { edits: Vec::new(), why: Some(shown(why.get(self.lang))) },
        })
    }

    pub(super) fn repairs(&self) -> RepairsData {
        let note = REPAIRS.get(self.lang);
        let Some(beside) = self.report.beside.as_deref() else {
            return RepairsData { note, edits: Vec::new(), sentences: vec![self.words.labels().no_depth.to_owned()] };
        };
        let repair = beside.repair.as_ref();
        let position = |id: &String| self.report.requirements.iter().position(|one| one.id == *id);
        let edits = repair.iter().flat_map(|repair| &repair.edits).map(|one| EditData {
            what: shown(&one.what.text(self.lang)),
            place: self.place(&one.location),
            instead: instead(one).map(|phrase| shown(phrase.get(self.lang))),
            requirements: one.requirements.iter().map(|id| (shown(id), position(id))).collect(),
        });
        let sentences = sentences(repair).iter().map(|phrase| shown(phrase.get(self.lang))).collect();
        RepairsData { note, edits: edits.collect(), sentences }
    }

    fn entries(&self) -> [Vec<Entry<'_>>; 2] {
        self.report.beside.as_deref().map_or_else(Default::default, |beside| entries(&beside.ledger))
    }

    /// What is said of the exception at a position, beside what it declares.
    pub(super) fn beside(&self, exception: usize) -> Vec<RowData> {
        let [exceptions, _] = self.entries();
        exceptions
            .get(exception)
            .map_or_else(Vec::new, |one| vec![RowData(self.words.ledger().remarks.into(), self.said(one))])
    }

    fn said(&self, one: &Entry<'_>) -> String {
        let said = one.said.iter().map(|(phrase, _)| shown(phrase.get(self.lang)));
        said.collect::<Vec<_>>().join(self.words.semicolon())
    }

    pub(super) fn transfers(&self) -> Vec<EntryData> {
        let [_, transfers] = self.entries();
        let entry = |one: &Entry<'_>| {
            let terms: Vec<String> = one.terms.iter().map(|term| shown(term.get(self.lang))).collect();
            let labels = self.words.ledger();
            let rows = vec![
                RowData(labels.ends.into(), shown(one.what.get(self.lang))),
                RowData(labels.terms.into(), terms.join(self.words.semicolon())),
                RowData(labels.remarks.into(), self.said(one)),
            ];
            EntryData::new(shown(one.id), self.place(one.location), one.said.iter().any(|(_, bad)| *bad), rows)
        };
        transfers.iter().map(entry).collect()
    }

    pub(super) fn depths(&self) -> Vec<EntryData> {
        let depths = self.report.beside.as_deref().map_or(&[][..], |beside| &beside.depths);
        depths.iter().map(|pair| self.depth(pair)).collect()
    }

    fn depth(&self, pair: &PairDepth) -> EntryData {
        let mut rows = vec![RowData(self.words.depth().into(), shown(&pair.depth.text(self.lang)))];
        let mut open = pair.depth == Depth::Open;
        if let Depth::Known(known) = &pair.depth {
            open |= known.set.is_empty();
            rows.extend(
                audit::rungs(known)
                    .iter()
                    .map(|(head, rung)| RowData(head.get(self.lang).to_owned().into(), self.rung(rung))),
            );
        }
        EntryData::new(shown(&pair.text(self.lang)), String::new(), open, rows)
    }

    fn rung(&self, rung: &Rung<'_>) -> String {
        match rung {
            Rung::Set(points) => self.list(points.iter()),
            Rung::Layers(layers) => {
                let numbered = (1..)
                    .zip(layers.iter())
                    .map(|(at, layer): (usize, _)| format!("{at}. {}", self.list(layer.iter())));
                numbered.collect::<Vec<_>>().join("\n")
            }
            Rung::Halved(nodes) => self.list(nodes.iter()),
            Rung::Way(path) => path.iter().map(|node| shown(node)).collect::<Vec<_>>().join(" → "),
        }
    }

    fn list<'l, S: Sentence + 'l>(&self, all: impl Iterator<Item = &'l S>) -> String {
        all.map(|one| shown(&one.text(self.lang))).collect::<Vec<_>>().join(self.phrases.list_comma())
    }
}
