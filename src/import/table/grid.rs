//! A table as cells, whatever file it came from: CSV, or a sheet of a workbook.

use std::collections::HashMap;
use std::io::Read;

use unicode_normalization::UnicodeNormalization;

use super::super::text::{self, Refusal};
use super::super::texts::Texts;
use crate::language::Phrase;
use crate::number::number;

/// The most cells of a table that are read.
pub const MOST_CELLS: usize = 4_000_000;

/// A table.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    /// The file as it was named, with the sheet where it is one: `一覧.xlsx [FW]`.
    pub name: String,
    /// The cells of all rows, one row after the other.
    cells: Texts,
    /// How many cells there are up to the end of each row, those without cells too; and whether nobody sees it who opens the file.
    rows: Vec<(u32, bool)>,
    /// Of rows, from 0, columns that are filled from a cell on their left, which is merged over them: for headings.
    spread: HashMap<usize, Vec<(usize, String)>>,
}

impl Grid {
    /// A table without rows.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Adds a row. A cell that is merged over several rows stands in each of them.
    pub fn push<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>, hidden: bool, spread: Vec<(usize, String)>) {
        cells.into_iter().for_each(|cell| self.cells.push(cell));
        if !spread.is_empty() {
            self.spread.insert(self.rows.len(), spread);
        }
        self.rows.push((number(self.cells.len()), hidden));
    }

    /// How many rows it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// A row, from 0.
    #[must_use]
    pub fn row(&self, at: usize) -> Option<Row<'_>> {
        let &(end, hidden) = self.rows.get(at)?;
        let first = at.checked_sub(1).map_or(0, |before| self.rows[before].0 as usize);
        let spread = self.spread.get(&at).map_or(&[][..], Vec::as_slice);
        Some(Row { cells: &self.cells, first, count: end as usize - first, hidden, spread })
    }
}

/// A row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'g> {
    cells: &'g Texts,
    first: usize,
    count: usize,
    /// Whether nobody sees it who opens the file.
    pub hidden: bool,
    spread: &'g [(usize, String)],
}

impl<'g> Row<'g> {
    /// A cell; empty where there is none.
    #[must_use]
    pub fn cell(&self, column: usize) -> &'g str {
        if column < self.count { self.cells.get(self.first + column).unwrap_or("") } else { "" }
    }

    /// All cells.
    pub fn cells(self) -> impl Iterator<Item = &'g str> {
        (0..self.count).map(move |column| self.cell(column))
    }

    /// A cell of a heading: one that is merged over several columns heads them all.
    #[must_use]
    pub fn heading(&self, column: usize) -> &'g str {
        let own = self.cell(column);
        if !own.is_empty() {
            return own;
        }
        self.spread.iter().find(|(at, _)| *at == column).map_or("", |(_, text)| text)
    }

    /// Columns, those of headings too.
    #[must_use]
    pub fn width(&self) -> usize {
        self.spread.iter().map(|(at, _)| at + 1).chain([self.count]).max().unwrap_or(0)
    }

    /// Whether nothing stands in it.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.cells().all(|cell| cell.trim().is_empty())
    }
}

/// A text as it is compared: full-width letters and digits as plain ones, of one kind each, without white space around.
#[must_use]
pub fn plain(text: &str) -> String {
    let text: String = text.nfkc().map(|c| if c == '\u{3000}' || c == '\u{a0}' { ' ' } else { c }).collect();
    text.trim().to_owned()
}

/// The table of a CSV file. Rows are counted as a spreadsheet counts them: blank lines are rows too.
///
/// # Errors
/// When it is neither UTF-8 nor CP932, or no CSV.
pub fn csv(file: &str, bytes: &[u8]) -> Result<Grid, Refusal> {
    let text = text::decode(file, bytes)?;
    text::lines(file, &text)?;
    let first = text.lines().next().unwrap_or_default();
    // what stands in the last row alone shows that no quoted cell is open at the end
    let marked = text.as_bytes().chain(&b"\n"[..]).chain(END.as_bytes());
    let separator = if first.matches('\t').count() > first.matches(',').count() { b'\t' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(marked);
    let mut grid = Grid::new(file);
    let mut cells = 0usize;
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(1, csv::Position::line);
            let what = Phrase::new(format!("no CSV: {error}"), format!("CSV として読めない: {error}"));
            Refusal::at(file, u32::try_from(line).unwrap_or(u32::MAX), what)
        })?;
        if record.len() == 1 && &record[0] == END {
            return Ok(grid);
        }
        // blank lines, which the reader passes over
        let from = record.position().map_or(0, |position| usize::try_from(position.byte()).unwrap_or(0));
        let blank =
            text.as_bytes().get(from..).unwrap_or_default().iter().take_while(|byte| matches!(byte, b'\n' | b'\r'));
        blank.filter(|byte| **byte == b'\n').for_each(|_| grid.push([], false, Vec::new()));
        cells += record.len() + 1;
        grid.push(record.iter().map(str::trim), false, Vec::new());
        if cells > MOST_CELLS || grid.len() > MOST_CELLS {
            return Err(too_large(file));
        }
    }
    let line = u32::try_from(grid.len()).unwrap_or(u32::MAX);
    let what = Phrase::new(
        "a quoted cell of this row is not closed; the file is truncated",
        "この行の引用符で囲んだセルが閉じていない。ファイルが途中で切れている",
    );
    Err(Refusal::at(file, line, what))
}

/// A row that no file holds.
const END: &str = "\u{1}\u{2}";

/// That a table has more cells than anybody's.
#[must_use]
pub fn too_large(file: &str) -> Refusal {
    Refusal::of(
        file,
        Phrase::new(
            format!("more than {MOST_CELLS} cells: no table of a network has so many"),
            format!("セルが {MOST_CELLS} 個を超える。ネットワークの台帳とは考えられない"),
        ),
    )
}

/// A column as a spreadsheet calls it: `A`, `AA`.
#[must_use]
pub fn column_word(column: usize) -> String {
    let (mut column, mut out) = (column + 1, String::new());
    while column > 0 {
        let digit = u8::try_from((column - 1) % 26).unwrap_or(0);
        out.insert(0, char::from(b'A' + digit));
        column = (column - 1) / 26;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_those_of_a_spreadsheet() {
        let grid = csv("f", "a,b\n\n\"x\ny\",2\nc\n".as_bytes()).unwrap();
        assert_eq!(grid.len(), 4);
        let row = |grid: &Grid, at: usize| grid.row(at).unwrap().cells().map(str::to_owned).collect::<Vec<_>>();
        assert!(grid.row(1).unwrap().is_blank());
        assert_eq!(row(&grid, 2), ["x\ny", "2"]);
        assert_eq!(row(&grid, 3), ["c"]);
        assert_eq!(csv("f", b"x\na,\"b\nc").unwrap_err().place, Some((2, 1)));
        assert_eq!(csv("f", b"").unwrap().len(), 0);
        assert_eq!(row(&csv("f", b"12\" x,b\n").unwrap(), 0)[1], "b");
        assert_eq!(row(&csv("f", b"\x92\xa1\x93\xe0,1").unwrap(), 0), ["庁内", "1"]);
    }

    #[test]
    fn columns_have_letters() {
        for (at, word) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(column_word(at), word);
        }
    }

    #[test]
    fn full_width_is_plain() {
        assert_eq!(plain("　１０．２０．１．５／２４ "), "10.20.1.5/24");
        assert_eq!(plain("ＨＴＴＰＳ"), "HTTPS");
    }
}
