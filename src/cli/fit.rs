//! Text that fits the width there is. 全角 count two columns; escapes that colour count none.

use unicode_width::UnicodeWidthChar as _;

/// Characters that begin no line in Japanese (行頭禁則), and none in English behind a word.
const NOT_FIRST: &str = "、。，．・：；？！）］｝」』】〉》〕ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ),.;:!?]}…";
/// Characters that end no line (行末禁則).
const NOT_LAST: &str = "（［｛「『【〈《〔([{";

/// What may not be parted, and how wide it is.
struct Atom {
    text: String,
    width: usize,
    /// Columns of spaces before it.
    gap: usize,
}

/// Columns that a text takes on a terminal.
pub fn width(text: &str) -> usize {
    atoms(text).iter().map(|atom| atom.gap + atom.width).sum()
}

fn atoms(text: &str) -> Vec<Atom> {
    let mut atoms: Vec<Atom> = Vec::new();
    let (mut gap, mut glued) = (0, false);
    let mut chars = text.chars().peekable();
    let mut last: Option<char> = None;
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            let mut escape = c.to_string();
            for c in chars.by_ref() {
                escape.push(c);
                if c.is_ascii_alphabetic() {
                    break;
                }
            }
            // what switches a colour off belongs to what stands before it
            match atoms.last_mut() {
                Some(atom) if gap == 0 => atom.text.push_str(&escape),
                _ => {
                    atoms.push(Atom { text: escape, width: 0, gap });
                    (gap, glued) = (0, true);
                }
            }
            continue;
        }
        if c == ' ' {
            gap += 1;
            last = None;
            continue;
        }
        let columns = c.width().unwrap_or(0);
        let wide = columns == 2;
        let after_wide = last.is_some_and(|last| last.width() == Some(2));
        let breaks = gap > 0 || wide || after_wide;
        let kept = gap == 0 && (NOT_FIRST.contains(c) || last.is_some_and(|last| NOT_LAST.contains(last)));
        match atoms.last_mut() {
            Some(atom) if glued || !breaks || kept => {
                atom.text.push(c);
                atom.width += columns;
            }
            _ => atoms.push(Atom { text: c.to_string(), width: columns, gap }),
        }
        (gap, glued, last) = (0, false, Some(c));
    }
    atoms
}

/// The lines of a text that are at most so wide, where words allow; continued lines are indented by `hang`.
pub fn wrap(text: &str, columns: usize, hang: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for (at, Atom { text, width, gap }) in atoms(text).into_iter().enumerate() {
        let whole = used + gap + width;
        if whole > columns && at > 0 && used > hang {
            lines.push(" ".repeat(hang));
            used = hang;
        } else if let Some(line) = lines.last_mut() {
            line.push_str(&" ".repeat(gap));
            used += gap;
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(&text);
        }
        used += width;
    }
    lines
}

/// A report for a terminal of so many columns: long lines go on below, behind the last column that they begin. Excerpts of
/// the source stay as they are: what they point at is told by columns.
pub fn screen(text: &str, columns: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        if width(line) <= columns || is_excerpt(line) {
            out.push_str(line);
        } else {
            let hang = hang(line).min(columns / 2);
            out.push_str(&wrap(line, columns, hang).join("\n"));
        }
        out.push_str(end);
    }
    out
}

/// Whether a line is of an excerpt: a number or nothing, then a bar or what stands for one.
fn is_excerpt(line: &str) -> bool {
    let mut plain = String::new();
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            chars.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(c);
        }
    }
    let rest = plain.trim_start().trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
    ["|", "-->", ":::"].iter().any(|mark| rest.starts_with(mark))
}

/// The column that the last cell of a line begins at: behind the last two spaces, a list's dash or the indentation.
fn hang(line: &str) -> usize {
    let mut at = 0;
    let mut hang = 0;
    for (index, atom) in atoms(line).iter().enumerate() {
        at += atom.gap;
        if index == 0 || atom.gap >= 2 {
            hang = at;
        }
        if index == 0 && atom.text == "-" {
            hang = at + 2;
        }
        at += atom.width;
    }
    hang
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_no_wider_than_asked_and_lose_nothing() {
        for text in [
            "Violating tuples to list for each requirement; all are counted [default: 1000]",
            "構成ファイル（YAML または JSON）、ディレクトリー、'net/*.yaml' のようなパターン。「-」は標準入力。",
        ] {
            for columns in [20, 31, 40, 80] {
                let lines = wrap(text, columns, 2);
                for line in &lines {
                    assert!(width(line) <= columns, "{columns}: {line}");
                    let first = line.trim_start().chars().next().unwrap_or('x');
                    assert!(!NOT_FIRST.contains(first), "{columns}: {line}");
                }
                let joined: String = lines.iter().map(|line| line.trim_start()).collect();
                assert_eq!(joined.replace(' ', ""), text.replace(' ', ""));
            }
        }
    }

    #[test]
    fn reports_go_on_below_their_last_column_and_excerpts_stay() {
        let report = "  LABELLED  \u{1b}[1m適合\u{1b}[0m  all that is wanted here is there\n 12 |   - { id: a, kind: switch, title: b }\n";
        let shown = screen(report, 30);
        assert_eq!(
            shown,
            "  LABELLED  \u{1b}[1m適合\u{1b}[0m  all that is\n               wanted here is\n               there\n 12 |   - { id: a, kind: switch, title: b }\n"
        );
    }
}
