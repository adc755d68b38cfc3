//! A page of text for people: the only place where text becomes coloured and the only way onto a page is escaped.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use crate::screen::fitting;

/// Headings.
pub(super) const BOLD: Style = Style::new().bold();
/// What matters less.
pub(super) const DIM: Style = Style::new().dimmed();
/// What holds.
pub(super) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What does not hold.
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What needs a look.
pub(super) const CARE: Style = AnsiColor::Yellow.on_default().bold();
/// Plain text.
pub(super) const PLAIN: Style = Style::new();

/// Text under construction.
pub(super) struct Page {
    out: String,
    color: bool,
}

impl Page {
    /// An empty page, with colours or without.
    pub(super) fn new(color: bool) -> Self {
        Self { out: String::new(), color }
    }

    /// Whether the page is coloured.
    pub(super) fn color(&self) -> bool {
        self.color
    }

    /// Adds text, escaped and, where it is very long, cut; a line break in it is escaped too.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.out.push_str(&fitting(text));
        self
    }

    /// Adds text in a style, as [`Page::text`] does.
    pub(super) fn paint(&mut self, style: Style, text: &str) -> &mut Self {
        if self.color && style != PLAIN && !text.is_empty() {
            // Writing to a String cannot fail.
            let _ = write!(self.out, "{style}{}{style:#}", fitting(text));
            self
        } else {
            self.text(text)
        }
    }

    /// Adds spaces.
    pub(super) fn space(&mut self, columns: usize) -> &mut Self {
        self.out.extend(std::iter::repeat_n(' ', columns));
        self
    }

    /// Ends the line, without trailing spaces.
    pub(super) fn end(&mut self) -> &mut Self {
        let kept = self.out.trim_end_matches(' ').len();
        self.out.truncate(kept);
        self.out.push('\n');
        self
    }

    /// Adds lines that are already escaped and styled, each indented.
    pub(super) fn block(&mut self, indent: usize, lines: &str) -> &mut Self {
        for line in lines.lines() {
            if !line.is_empty() {
                self.space(indent);
            }
            self.out.push_str(line);
            self.end();
        }
        self
    }

    /// The finished text.
    pub(super) fn finish(self) -> String {
        self.out
    }
}
