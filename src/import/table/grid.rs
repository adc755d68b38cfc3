//! A table as cells, whatever file it came from: CSV, or a sheet of a workbook.

use unicode_normalization::UnicodeNormalization;

use super::super::text::{self, Refusal};
use crate::language::Phrase;

/// The most cells of a table that are read.
pub const MOST_CELLS: usize = 4_000_000;

/// A table.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    /// The file as it was named, with the sheet where it is one: `一覧.xlsx [FW]`.
    pub name: String,
    /// Its rows, those without cells too.
    pub rows: Vec<Row>,
}

/// A row.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Whether nobody sees it who opens the file.
    pub hidden: bool,
    /// The cells as texts; a cell that is merged over several rows stands in each of them.
    pub cells: Vec<String>,
    /// Columns that are filled from a cell on their left, which is merged over them: for headings.
    pub spread: Vec<(usize, String)>,
}

impl Row {
    /// A cell; empty where there is none.
    #[must_use]
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    /// A cell of a heading: one that is merged over several columns heads them all.
    #[must_use]
    pub fn heading(&self, column: usize) -> &str {
        let own = self.cell(column);
        if !own.is_empty() {
            return own;
        }
        self.spread.iter().find(|(at, _)| *at == column).map_or("", |(_, text)| text)
    }

    /// Columns, those of headings too.
    #[must_use]
    pub fn width(&self) -> usize {
        self.spread.iter().map(|(at, _)| at + 1).chain([self.cells.len()]).max().unwrap_or(0)
    }

    /// Whether nothing stands in it.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
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
    let marked = format!("{text}\n{END}");
    let separator = if first.matches('\t').count() > first.matches(',').count() { b'\t' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(marked.as_bytes());
    let mut grid = Grid { name: file.to_owned(), rows: Vec::new() };
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
            marked.as_bytes().get(from..).unwrap_or_default().iter().take_while(|byte| matches!(byte, b'\n' | b'\r'));
        grid.rows.extend(blank.filter(|byte| **byte == b'\n').map(|_| Row::default()));
        let row = Row { cells: record.iter().map(|cell| cell.trim().to_owned()).collect(), ..Row::default() };
        cells += row.cells.len() + 1;
        grid.rows.push(row);
        if cells > MOST_CELLS || grid.rows.len() > MOST_CELLS {
            return Err(too_large(file));
        }
    }
    let line = u32::try_from(grid.rows.len()).unwrap_or(u32::MAX);
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
        assert_eq!(grid.rows.len(), 4);
        assert!(grid.rows[1].is_blank());
        assert_eq!(grid.rows[2].cells, ["x\ny", "2"]);
        assert_eq!(grid.rows[3].cell(0), "c");
        assert_eq!(csv("f", b"x\na,\"b\nc").unwrap_err().place, Some((2, 1)));
        assert_eq!(csv("f", b"").unwrap().rows.len(), 0);
        assert_eq!(csv("f", b"12\" x,b\n").unwrap().rows[0].cell(1), "b");
        assert_eq!(csv("f", b"\x92\xa1\x93\xe0,1").unwrap().rows[0].cells, ["庁内", "1"]);
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
