//! Sheets of a workbook. How much it unpacks to is found out before anything of it is kept; cells are read one by one, so
//! that a cell far away makes no table of its size.

use std::collections::HashSet;
use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, Xlsx};
use quick_xml::events::Event;

use super::super::text::Refusal;
use super::grid::{Grid, MOST_CELLS, too_large};
use crate::language::Phrase;

/// The most that a workbook may unpack to.
const MOST_BYTES: u64 = 256 << 20;

/// The last row and column that a spreadsheet has, and that a table may use.
const MOST_COLUMNS: u32 = 1024;

/// Whether bytes are a workbook: an archive.
#[must_use]
pub fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

fn broken(file: &str, error: &dyn std::fmt::Display) -> Refusal {
    Refusal::of(
        file,
        Phrase::new(
            format!("this workbook cannot be read ({error}); save it as .xlsx once more, or as CSV"),
            format!("ブックとして読めない（{error}）。.xlsx か CSV で保存し直すこと"),
        ),
    )
}

/// Refuses what unpacks to more than [`MOST_BYTES`]: by what it says of itself, and by unpacking it to nowhere.
fn measure(file: &str, bytes: &[u8]) -> Result<(), Refusal> {
    let bomb = || {
        Refusal::of(
            file,
            Phrase::new(
                "unpacked, this workbook is larger than 256 MiB; it is not read",
                "展開すると 256 MiB を超えるブックのため読み込まない",
            ),
        )
    };
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(file, &error))?;
    let mut said = 0u64;
    for at in 0..archive.len() {
        said = said.saturating_add(archive.by_index(at).map_err(|error| broken(file, &error))?.size());
    }
    if said > MOST_BYTES {
        return Err(bomb());
    }
    let mut left = MOST_BYTES;
    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(|error| broken(file, &error))?;
        let read = std::io::copy(&mut entry.take(left + 1), &mut std::io::sink());
        let read = read.map_err(|error| broken(file, &error))?;
        left = left.checked_sub(read).ok_or_else(bomb)?;
    }
    Ok(())
}

/// The sheets of a workbook by name.
///
/// # Errors
/// When it is none, or too large.
pub fn sheets(file: &str, bytes: &[u8]) -> Result<Vec<String>, Refusal> {
    measure(file, bytes)?;
    let book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes))
        .map_err(|error: calamine::XlsxError| broken(file, &error))?;
    Ok(book.sheet_names())
}

/// A sheet.
///
/// # Errors
/// When there is none of this name, or it is too large.
pub fn sheet(file: &str, bytes: &[u8], name: &str) -> Result<Grid, Refusal> {
    measure(file, bytes)?;
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes))
        .map_err(|error: calamine::XlsxError| broken(file, &error))?;
    let mut cells: Vec<(u32, u32, String)> = Vec::new();
    {
        let mut reader = book.worksheet_cells_reader(name).map_err(|error| broken(file, &error))?;
        while let Some(cell) = reader.next_cell().map_err(|error| broken(file, &error))? {
            let (row, column) = cell.get_position();
            let text = text(cell.get_value());
            if text.is_empty() {
                continue;
            }
            if column >= MOST_COLUMNS || row as usize >= MOST_CELLS || cells.len() >= MOST_CELLS {
                return Err(too_large(file));
            }
            cells.push((row, column, text));
        }
    }
    let hidden = hidden(file, bytes, name)?;
    let last = cells.iter().map(|(row, ..)| *row as usize + 1).max().unwrap_or(0);
    let mut rows: Vec<Loose> = Vec::new();
    rows.resize_with(last, Loose::default);
    let mut count = 0usize;
    for (row, column, text) in cells {
        let row = &mut rows[row as usize];
        let column = column as usize;
        if row.cells.len() <= column {
            count += column + 1 - row.cells.len();
            row.cells.resize(column + 1, String::new());
        }
        row.cells[column] = text;
        if count > MOST_CELLS {
            return Err(too_large(file));
        }
    }
    let merged = book.merge_cells_by_sheet_name(name).map_err(|error| broken(file, &error))?;
    for region in merged {
        merge(&mut rows, region.start, region.end, &mut count);
        if count > MOST_CELLS {
            return Err(too_large(file));
        }
    }
    let mut grid = Grid::new(format!("{file} [{name}]"));
    for (number, row) in (1u32..).zip(rows) {
        grid.push(row.cells.iter().map(String::as_str), hidden.contains(&number), row.spread);
    }
    Ok(grid)
}

/// A row while cells are put into it.
#[derive(Default)]
struct Loose {
    cells: Vec<String>,
    spread: Vec<(usize, String)>,
}

/// Fills what a cell is merged over.
fn merge(rows: &mut [Loose], (top, left): (u32, u32), (bottom, right): (u32, u32), count: &mut usize) {
    let (top, left) = (top as usize, left as usize);
    let filled = rows.get(top).and_then(|row| row.cells.get(left)).filter(|text| !text.is_empty());
    let Some(text) = filled.cloned() else { return };
    let bottom = (bottom as usize).min(rows.len().saturating_sub(1));
    let right = right.min(MOST_COLUMNS) as usize;
    for row in rows.iter_mut().take(bottom + 1).skip(top) {
        if row.cells.get(left).is_none_or(String::is_empty) {
            if row.cells.len() <= left {
                *count += left + 1 - row.cells.len();
                row.cells.resize(left + 1, String::new());
            }
            row.cells[left].clone_from(&text);
        }
        for column in left + 1..=right {
            *count += 1;
            row.spread.push((column, text.clone()));
        }
        if *count > MOST_CELLS {
            return;
        }
    }
}

fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        // a number that a spreadsheet shows without fraction
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(date) => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => format!("{error}"),
        DataRef::Empty => String::new(),
    }
}

/// A part of the archive as text; `None` where there is none.
fn part(file: &str, bytes: &[u8], path: &str) -> Result<Option<String>, Refusal> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(file, &error))?;
    let Ok(entry) = archive.by_name(path) else { return Ok(None) };
    let mut out = Vec::new();
    entry.take(MOST_BYTES).read_to_end(&mut out).map_err(|error| broken(file, &error))?;
    Ok(Some(String::from_utf8_lossy(&out).into_owned()))
}

/// Attributes of the elements of a name, in order.
fn elements(file: &str, text: &str, name: &str) -> Result<Vec<Vec<(String, String)>>, Refusal> {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut out = Vec::new();
    loop {
        match reader.read_event().map_err(|error| broken(file, &error))? {
            Event::Start(element) | Event::Empty(element) if element.local_name().as_ref() == name => {
                let attributes = element.attributes().flatten();
                let pair = |one: quick_xml::events::attributes::Attribute<'_>| {
                    (one.key.local_name().as_ref().to_owned(), one.value.into_owned())
                };
                out.push(attributes.map(pair).collect());
            }
            Event::Eof => return Ok(out),
            _ => {}
        }
    }
}

fn value<'a>(attributes: &'a [(String, String)], name: &str) -> &'a str {
    attributes.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

/// The numbers of the hidden rows of a sheet, from 1. Calamine does not tell of them.
fn hidden(file: &str, bytes: &[u8], sheet: &str) -> Result<HashSet<u32>, Refusal> {
    let book = part(file, bytes, "xl/workbook.xml")?.unwrap_or_default();
    let relations = part(file, bytes, "xl/_rels/workbook.xml.rels")?.unwrap_or_default();
    let sheets = elements(file, &book, "sheet")?;
    let unescaped = |text: &str| quick_xml::escape::unescape(text).map(|text| text.into_owned()).unwrap_or_default();
    let Some(one) = sheets.iter().find(|one| unescaped(value(one, "name")) == sheet) else {
        return Ok(HashSet::new());
    };
    let id = value(one, "id");
    let relations = elements(file, &relations, "Relationship")?;
    let Some(target) = relations.iter().find(|one| value(one, "Id") == id).map(|one| value(one, "Target")) else {
        return Ok(HashSet::new());
    };
    let path = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
    let Some(text) = part(file, bytes, &path)? else { return Ok(HashSet::new()) };
    let rows = elements(file, &text, "row")?;
    let is_hidden = |row: &Vec<(String, String)>| matches!(value(row, "hidden"), "1" | "true");
    Ok(rows.iter().filter(|row| is_hidden(row)).filter_map(|row| value(row, "r").parse().ok()).collect())
}
