//! Tables as people keep them in spreadsheets: of machines, segments, communication, cables and lines. The headings may
//! stand anywhere in the first rows, and what is no row of the table is told from those that are.

pub mod cells;
pub mod grid;
pub mod headings;
pub mod rows;
pub mod services;
#[cfg(feature = "xlsx")]
pub mod xlsx;
#[cfg(not(feature = "xlsx"))]
#[path = "table/no_xlsx.rs"]
pub mod xlsx;

use super::ledger::{Ledger, Origin};
use super::text::Refusal;
use crate::language::Phrase;

use grid::{Grid, Row, plain};
use headings::{Column, Headings};

pub use grid::column_word;

/// How many rows may stand above the headings.
const ABOVE: usize = 60;

/// What a table is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Machines and their addresses.
    Hosts,
    /// Networks, their VLANs and zones.
    Segments,
    /// Communication: who may open what to whom.
    Flows,
    /// Which port is joined to which.
    Cables,
    /// Lines that lead out.
    Circuits,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Hosts, Self::Segments, Self::Flows, Self::Cables, Self::Circuits];

    /// The word of a site file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Hosts => "hosts",
            Self::Segments => "segments",
            Self::Flows => "flows",
            Self::Cables => "cables",
            Self::Circuits => "circuits",
        }
    }

    /// The headings that a table of it has at least: one of these sets.
    fn wanted(self) -> &'static [&'static [Column]] {
        match self {
            Self::Hosts => &[&[Column::Name, Column::Address]],
            Self::Segments => &[
                &[Column::Subnet, Column::Zone],
                &[Column::Subnet, Column::Vlan],
                &[Column::Subnet, Column::Name],
                &[Column::Subnet, Column::Segment],
            ],
            Self::Flows => &[
                &[Column::Source, Column::Destination],
                &[Column::SourceName, Column::Destination],
                &[Column::Source, Column::DestinationName],
                &[Column::SourceName, Column::DestinationName],
            ],
            Self::Cables => &[
                &[Column::Device, Column::Port, Column::FarDevice, Column::FarPort],
                &[Column::Device, Column::Service, Column::FarDevice, Column::FarPort],
            ],
            Self::Circuits => {
                &[&[Column::Name, Column::Device, Column::Port], &[Column::Name, Column::Device, Column::Service]]
            }
        }
    }

    fn headings(self) -> (&'static str, &'static str) {
        match self {
            Self::Hosts => ("name, address", "名称、IPアドレス"),
            Self::Segments => ("subnet and one of VLAN, zone, name", "サブネットと、VLAN・領域・名称のいずれか"),
            Self::Flows => ("source, destination", "送信元、宛先"),
            Self::Cables => ("device, port, peer, peer port", "機器、ポート、対向機器、対向ポート"),
            Self::Circuits => ("name, device, interface", "回線名、機器、インターフェース"),
        }
    }
}

/// The table of a file: a sheet of a workbook, or CSV.
///
/// # Errors
/// When the file is neither, or the workbook has several sheets and none is named.
pub fn open(file: &str, bytes: &[u8], sheet: Option<&str>) -> Result<Grid, Refusal> {
    if !xlsx::is_workbook(bytes) {
        if sheet.is_some() {
            let what = Phrase::new("this is CSV and has no sheets", "CSV ファイルにシートはない");
            return Err(Refusal::of(file, what));
        }
        return grid::csv(file, bytes);
    }
    let sheets = xlsx::sheets(file, bytes)?;
    let known = sheets.join(", ");
    let name = match (sheet, &sheets[..]) {
        (Some(name), _) if sheets.iter().any(|known| known == name) => name,
        (Some(name), _) => {
            let en = format!("there is no sheet `{name}`; there are {known}");
            return Err(Refusal::of(file, Phrase::new(en, format!("シート「{name}」はない。あるのは {known}"))));
        }
        (None, [only]) => only,
        (None, _) => {
            let en = format!("this workbook has several sheets; name one with `sheet:` ({known})");
            return Err(Refusal::of(
                file,
                Phrase::new(en, format!("シートが複数ある。`sheet:` で選ぶこと（{known}）")),
            ));
        }
    };
    xlsx::sheet(file, bytes, name)
}

/// The kinds that the headings of a table fit.
#[must_use]
pub fn kinds(grid: &Grid) -> Vec<Kind> {
    let fits = |kind: &Kind| (0..grid.len().min(ABOVE)).any(|row| headings::at(grid, row, kind.wanted()).is_some());
    Kind::ALL.iter().copied().filter(fits).collect()
}

/// A row of a table.
#[derive(Clone, Debug)]
pub struct Record<'g> {
    /// Its number, from 1.
    pub row: u32,
    cells: Vec<(Column, usize, &'g str)>,
}

impl<'g> Record<'g> {
    /// The cell of a column; of several the first that is filled.
    #[must_use]
    pub fn get(&self, column: Column) -> &'g str {
        let mut of_column = self.cells.iter().filter(|(known, ..)| *known == column).map(|&(.., text)| text);
        of_column.find(|text| !text.is_empty()).unwrap_or("")
    }

    /// All filled cells of a column with their places in the row.
    pub fn all(&self, column: Column) -> impl Iterator<Item = (usize, &'g str)> + '_ {
        self.cells
            .iter()
            .filter(move |(known, _, text)| *known == column && !text.is_empty())
            .map(|&(_, at, text)| (at, text))
    }

    /// The row as it may be shown.
    #[must_use]
    pub fn shown(&self) -> String {
        let known = self.cells.iter().filter(|(column, _, text)| *column != Column::Silent && !text.is_empty());
        let cells: Vec<String> = known.map(|(.., text)| plain(&text.replace('\n', " "))).collect();
        cells.join(" | ")
    }

    /// Where the cell of a column stands; the first cell of the row where the table has no such column.
    #[must_use]
    pub fn origin(&self, column: Column, ledger: &Ledger) -> Origin {
        let filled = self.all(column).next().map(|(at, _)| at);
        let any = self.cells.iter().find(|(known, ..)| *known == column).map(|&(_, at, _)| at);
        ledger.cell(self.row, filled.or(any).unwrap_or(0))
    }
}

/// That a cell is not understood.
#[must_use]
pub fn bad_cell(origin: &Origin, text: &str, en: &str, ja: &str) -> Refusal {
    Refusal::of(&origin.to_string(), Phrase::new(format!("`{text}`: {en}"), format!("「{text}」: {ja}")))
}

/// Tells the rows of a table one by one.
///
/// # Errors
/// When there are no headings of this kind in the first rows.
pub fn records<'g>(
    grid: &'g Grid,
    kind: Kind,
    ledger: &mut Ledger,
    tell: &mut dyn FnMut(&Record<'g>, &mut Ledger),
) -> Result<(), Refusal> {
    let find = |row: usize| headings::at(grid, row, kind.wanted());
    let Some(mut heads) = (0..grid.len().min(ABOVE)).find_map(find) else {
        let (en, ja) = kind.headings();
        let word = kind.word();
        return Err(Refusal::of(
            &grid.name,
            Phrase::new(
                format!(
                    "none of the first {ABOVE} rows has the headings of a table of {word} ({en}; docs/import.md lists them)"
                ),
                format!("先頭 {ABOVE} 行に {word} の見出し（{ja}）がない。使える見出しは docs/import.md にある"),
            ),
        ));
    };
    let number = |at: usize| u32::try_from(at + 1).unwrap_or(u32::MAX);
    (0..heads.first).for_each(|at| ledger.without_meaning(number(at)));
    let mut above: Option<Record<'g>> = None;
    let mut at = heads.first;
    let mut hidden = Vec::new();
    while let Some(row) = grid.row(at) {
        if at == heads.first {
            take_headings(grid, &heads, ledger);
            at = heads.end;
            continue;
        }
        let line = number(at);
        // the headings once more, as on every printed page, or those of a second table; a row of values is told by a few cells
        let heads_here = heads.columns.iter().take(3).any(|&(place, _)| headings::column(row.cell(place)).is_some());
        if let Some(again) = heads_here.then(|| find(at)).flatten() {
            heads = again;
            continue;
        }
        at += 1;
        if row.is_blank() {
            ledger.without_meaning(line);
            continue;
        }
        if is_note(&row, &heads) {
            ledger.without_meaning(line);
            continue;
        }
        if row.hidden {
            hidden.push(line);
        }
        let cells = heads
            .columns
            .iter()
            .map(|&(place, column)| {
                let text = row.cell(place);
                let text = if cells::is_ditto(text) {
                    let same = |above: &Record<'g>| {
                        above.cells.iter().find(|&&(_, at, _)| at == place).map(|&(.., text)| text)
                    };
                    above.as_ref().and_then(same).unwrap_or(text)
                } else {
                    text
                };
                (column, place, text)
            })
            .collect();
        let record = Record { row: line, cells };
        tell(&record, ledger);
        above = Some(record);
    }
    for line in hidden {
        ledger.remark(
            line,
            Phrase::new(
                "this row is hidden in the sheet; it is read like any other",
                "この行はシート上で非表示になっている。ほかの行と同じに取り込む",
            ),
        );
    }
    Ok(())
}

fn take_headings(grid: &Grid, heads: &Headings, ledger: &mut Ledger) {
    for at in heads.first..heads.end {
        ledger.used(u32::try_from(at + 1).unwrap_or(u32::MAX));
    }
    if heads.unknown.is_empty() {
        return;
    }
    let Some(row) = grid.row(heads.first) else { return };
    let names: Vec<String> = heads
        .unknown
        .iter()
        .map(|&at| format!("{} {}", column_word(at), plain(&row.heading(at).replace('\n', " "))))
        .collect();
    let names = names.join(", ");
    ledger.remark(
        u32::try_from(heads.first + 1).unwrap_or(u32::MAX),
        Phrase::new(
            format!("headings that are not known; their columns are not read: {names}"),
            format!("未知の見出し。その列は取り込まない: {names}"),
        ),
    );
}

/// Whether a row is a note or a title within the table: a single text, at its beginning, or one that begins as notes do.
fn is_note(row: &Row<'_>, heads: &Headings) -> bool {
    let mut filled = row.cells().enumerate().filter(|(_, cell)| !cell.is_empty());
    let Some((first, text)) = filled.next() else { return true };
    let begins = plain(text);
    let is_marked = begins.starts_with(['※', '*', '注', '■', '●', '◆', '【'])
        || begins.starts_with("備考")
        || begins.starts_with("以上");
    let alone = filled.next().is_none();
    let key = |column: Column| {
        !matches!(
            column,
            Column::Id | Column::Silent | Column::Reason | Column::Segment | Column::Zone | Column::Applicant
        )
    };
    let in_key = heads.columns.iter().any(|&(at, column)| at == first && key(column));
    is_marked && (alone || !in_key) || alone && !in_key
}
