//! The nearest known word, for "did you mean". Knows nothing of what the words name.

/// The candidate most like `word`, ignoring case; `None` when none is like it at all. Of equals the first.
pub(crate) fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    // longer ones are no slips of the pen, and the distance takes quadratic time
    const LONGEST: usize = 64;
    let word: Vec<char> = fold(word).take(LONGEST + 1).collect();
    if word.is_empty() || word.len() > LONGEST {
        return None;
    }
    let limit = (word.len() / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    let mut other = Vec::new();
    for candidate in candidates {
        // a character has at most four bytes, so this skips most without decoding them
        if candidate.len() + limit < word.len() || candidate.len() > 4 * (word.len() + limit) {
            continue;
        }
        other.clear();
        other.extend(fold(candidate).take(LONGEST + 1));
        let allowed = best.map_or(limit, |(distance, _)| distance - 1);
        if other.len().abs_diff(word.len()) > allowed {
            continue;
        }
        let distance = strsim::generic_damerau_levenshtein(&word, &other);
        if distance <= allowed {
            best = Some((distance, candidate));
            if distance == 0 {
                break;
            }
        }
    }
    best.map(|(_, candidate)| candidate)
}

fn fold(word: &str) -> impl Iterator<Item = char> + '_ {
    half_width(word).flat_map(char::to_lowercase)
}

/// A text as it would be in half-width characters and without curly quotes: `“ｄｎｓ”` is meant for `dns`.
pub(crate) fn half_width(text: &str) -> impl Iterator<Item = char> + '_ {
    // `ー` beside kana is a long vowel, no dash
    let kana = text.chars().any(|c| matches!(c, '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}'));
    text.chars().filter_map(move |c| match c {
        '“' | '”' | '„' | '‘' | '’' | '‚' => None,
        '\u{3000}' | '\u{a0}' => Some(' '),
        '～' | '〜' | '‐' | '‑' | '–' | '—' | '−' | 'ー' if !kana => Some('-'),
        '！'..='｝' => char::from_u32(u32::from(c) - 0xfee0),
        _ => Some(c),
    })
}
