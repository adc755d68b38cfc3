//! In builds without the feature `xlsx`: workbooks are recognised, and refused.

use super::super::text::Refusal;
use super::grid::Grid;
use crate::language::Phrase;

/// Whether bytes are a workbook: an archive.
#[must_use]
pub fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

fn refused(file: &str) -> Refusal {
    Refusal::of(
        file,
        Phrase::new(
            "this build reads no workbooks: save the sheet as CSV, or build with the feature `xlsx`",
            "このビルドはブックを読めない。シートを CSV で保存するか、feature `xlsx` を付けてビルドすること",
        ),
    )
}

/// The sheets of a workbook.
///
/// # Errors
/// Always.
pub fn sheets(file: &str, _: &[u8]) -> Result<Vec<String>, Refusal> {
    Err(refused(file))
}

/// A sheet.
///
/// # Errors
/// Always.
pub fn sheet(file: &str, _: &[u8], _: &str) -> Result<Grid, Refusal> {
    Err(refused(file))
}
