//! Columns that stay aligned when 全角 and 半角 mix.

use anstyle::Style;

use super::page::{PLAIN, Page};
use crate::screen::{fitting, width};

/// Widest column; longer cells push the rest of their row aside.
const WIDEST: usize = 60;

/// One cell.
pub(super) struct Cell {
    text: String,
    style: Style,
    right: bool,
}

impl Cell {
    /// A cell aligned to the left.
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: PLAIN, right: false }
    }

    /// The cell in a style.
    pub(super) fn styled(mut self, style: Style) -> Self {
        self.style = style;
        self
    }

    /// The cell aligned to the right.
    pub(super) fn right(mut self) -> Self {
        self.right = true;
        self
    }
}

/// Writes rows with two spaces between columns, each line indented. Columns are as wide as their widest cell; the
/// last one is not padded.
pub(super) fn write(page: &mut Page, indent: usize, rows: &[Vec<Cell>]) {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            let columns = width(&fitting(&cell.text)).min(WIDEST);
            match widths.get_mut(column) {
                Some(widest) => *widest = (*widest).max(columns),
                None => widths.push(columns),
            }
        }
    }
    for row in rows {
        page.space(indent);
        for (column, cell) in row.iter().enumerate() {
            if column > 0 {
                page.space(2);
            }
            let gap = widths[column].saturating_sub(width(&fitting(&cell.text)));
            if cell.right {
                page.space(gap).paint(cell.style, &cell.text);
            } else {
                page.paint(cell.style, &cell.text).space(gap);
            }
        }
        page.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_by_display_width() {
        let mut page = Page::new(false);
        let rows = ["住基サーバー", "juki-db", "ｻｰﾊﾞｰ", "a\u{1b}b"].map(|id| vec![Cell::new(id), Cell::new("|")]);
        write(&mut page, 1, &rows);
        let text = page.finish();
        let bars: Vec<usize> = text.lines().map(|line| width(line.strip_suffix('|').expect("ends in a bar"))).collect();
        assert_eq!(bars, [15; 4], "{text}");
    }
}
