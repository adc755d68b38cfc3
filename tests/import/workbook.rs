//! Workbooks made for tests: the least that a reader of .xlsx takes.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

fn archive(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn frame(sheets: &[&str]) -> Vec<(String, Vec<u8>)> {
    let text = |name: &str, body: String| {
        (name.to_owned(), format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{body}").into_bytes())
    };
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let list: String = sheets
        .iter()
        .enumerate()
        .map(|(at, name)| format!("<sheet name=\"{name}\" sheetId=\"{0}\" r:id=\"rId{0}\"/>", at + 1))
        .collect();
    let targets: String = (1..=sheets.len())
        .map(|at| {
            format!("<Relationship Id=\"rId{at}\" Type=\"{relations}/worksheet\" Target=\"worksheets/sheet{at}.xml\"/>")
        })
        .collect();
    let package = "http://schemas.openxmlformats.org/package/2006";
    vec![
        text(
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{package}/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"
            ),
        ),
        text(
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"rId1\" Type=\"{relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        text(
            "xl/workbook.xml",
            format!("<workbook xmlns=\"{main}\" xmlns:r=\"{relations}\"><sheets>{list}</sheets></workbook>"),
        ),
        text(
            "xl/_rels/workbook.xml.rels",
            format!("<Relationships xmlns=\"{package}/relationships\">{targets}</Relationships>"),
        ),
    ]
}

fn sheet(body: &str, tail: &str) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><worksheet xmlns=\"{main}\"><sheetData>{body}</sheetData>{tail}</worksheet>")
        .into_bytes()
}

/// A workbook of sheets with cells, merged regions and hidden rows (of every sheet).
pub fn book(names: &[&str], sheets: &[&[&[&str]]], merged: &[&str], hidden: &[usize]) -> Vec<u8> {
    let mut parts = frame(names);
    for (at, rows) in sheets.iter().enumerate() {
        let mut body = String::new();
        for (number, cells) in (1..).zip(rows.iter()) {
            let mark = if hidden.contains(&number) { " hidden=\"1\"" } else { "" };
            body.push_str(&format!("<row r=\"{number}\"{mark}>"));
            for (column, text) in cells.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
                let name = sanso::import::table::column_word(column);
                body.push_str(&format!("<c r=\"{name}{number}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"));
            }
            body.push_str("</row>");
        }
        let cells: String = merged.iter().map(|region| format!("<mergeCell ref=\"{region}\"/>")).collect();
        let tail = if merged.is_empty() { String::new() } else { format!("<mergeCells>{cells}</mergeCells>") };
        parts.push((format!("xl/worksheets/sheet{}.xml", at + 1), sheet(&body, &tail)));
    }
    archive(&parts)
}

/// A workbook that unpacks to so many bytes.
pub fn bomb(size: usize) -> Vec<u8> {
    let mut parts = frame(&["s"]);
    parts.push(("xl/worksheets/sheet1.xml".to_owned(), sheet("", "")));
    parts.push(("xl/media/image1.png".to_owned(), vec![0; size]));
    archive(&parts)
}

/// A workbook with one cell.
pub fn far(cell: &str) -> Vec<u8> {
    let mut parts = frame(&["s"]);
    let row = cell.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let body = format!("<row r=\"{row}\"><c r=\"{cell}\" t=\"inlineStr\"><is><t>x</t></is></c></row>");
    parts.push(("xl/worksheets/sheet1.xml".to_owned(), sheet(&body, "")));
    archive(&parts)
}
