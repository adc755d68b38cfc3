//! What each code of a message means: the one list that `sanso explain` and `docs/codes.md` read from. `codes.tsv` has a line
//! for each, in the order of the codes: code, meaning in English and Japanese, what to do in English and Japanese, parted by `|`.
//! What codes of differences mean is in `render/diff/codes.rs`.

use crate::code::Code;
use crate::language::Phrase;

const LIST: &str = include_str!("codes.tsv");

/// What a code means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The code.
    pub code: Code,
    /// What is wrong where it is told, and why it matters.
    pub meaning: Phrase,
    /// What to do about it.
    pub mend: Phrase,
}

/// What every code of messages means, sorted.
pub fn all() -> impl Iterator<Item = Explanation> {
    LIST.lines().filter_map(|line| {
        let mut columns = line.split('|');
        let mut next = || columns.next();
        let (code, en, ja, mend_en, mend_ja) = (Code::of(next()?)?, next()?, next()?, next()?, next()?);
        Some(Explanation { code, meaning: Phrase::new(en, ja), mend: Phrase::new(mend_en, mend_ja) })
    })
}

/// What a code of messages means; `None`: it is one of differences.
#[must_use]
pub fn of(code: Code) -> Option<Explanation> {
    all().find(|known| known.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_explained_in_both_languages() {
        let codes: Vec<Code> = all().map(|code| code.code).collect();
        assert_eq!(LIST.lines().count(), codes.len(), "a line has too few columns, or is of no code");
        assert!(codes.is_sorted_by(|a, b| a < b), "sorted, each once");
        for (line, Explanation { code, meaning, mend }) in LIST.lines().zip(all()) {
            assert_eq!(line.matches('|').count(), 4, "{code}");
            for text in [&meaning, &mend] {
                assert!(text.en.ends_with('.') && text.en.is_ascii() || text.en.contains('“'), "{code}: {}", text.en);
                assert!(text.ja.ends_with('。'), "{code}: {}", text.ja);
            }
        }
    }
}
