//! Several statements in one line of `set`: behind a word that takes one value, the next word belongs to what stands before it, as in
//! `match source-address any destination-address S`. Junos and PAN-OS both take such lines.

use std::borrow::Cow;

/// A word, or a list in brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item<'t> {
    /// A word.
    Word(Cow<'t, str>),
    /// A list.
    List(Vec<Cow<'t, str>>),
}

/// The statements of a line, each a whole path. `takes`: how many items a word takes for itself behind a path; `None`: it holds
/// others, and the path goes on.
pub fn split<'t>(items: &[Item<'t>], takes: impl Fn(&[Cow<'t, str>], &str) -> Option<usize>) -> Vec<Vec<Item<'t>>> {
    let mut out: Vec<Vec<Item<'t>>> = Vec::new();
    let mut path: Vec<Cow<'t, str>> = Vec::new();
    let whole = |path: &[Cow<'t, str>], rest: &[Item<'t>]| -> Vec<Item<'t>> {
        path.iter().cloned().map(Item::Word).chain(rest.iter().cloned()).collect()
    };
    let mut at = 0;
    // whether the path says something that no statement has said yet
    let mut fresh = true;
    while at < items.len() {
        let Item::Word(word) = &items[at] else {
            out.push(whole(&path, &items[at..]));
            return out;
        };
        let Some(count) = takes(&path, word) else {
            path.push(word.clone());
            (fresh, at) = (true, at + 1);
            continue;
        };
        let mut end = at + 1 + count;
        end += usize::from(matches!(items.get(end), Some(Item::Word(word)) if word == "except"));
        let end = end.min(items.len());
        out.push(whole(&path, &items[at..end]));
        (fresh, at) = (false, end);
    }
    if fresh {
        out.push(whole(&path, &[]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str) -> Vec<String> {
        let items: Vec<Item<'_>> = line
            .split(' ')
            .map(|word| match word.strip_prefix('[') {
                Some(list) => Item::List(list.trim_end_matches(']').split(',').map(Cow::from).collect()),
                None => Item::Word(word.into()),
            })
            .collect();
        let takes = |path: &[Cow<'_, str>], word: &str| match word {
            "from" | "to" if path.iter().any(|word| word == "match") => Some(1),
            "not" => Some(0),
            _ => None,
        };
        let word = |item: Item<'_>| match item {
            Item::Word(word) => word.into_owned(),
            Item::List(list) => format!("[{}]", list.join(",")),
        };
        split(&items, takes).into_iter().map(|one| one.into_iter().map(word).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn what_stands_behind_a_value_belongs_to_what_stood_before_its_word() {
        assert_eq!(said("a match from x to y"), ["a match from x", "a match to y"]);
        assert_eq!(
            said("a match from [x,z] not to y except"),
            ["a match from [x,z]", "a match not", "a match to y except"]
        );
        assert_eq!(said("a match from x b c"), ["a match from x", "a match b c"]);
        for one in ["a from x to y", "a match from x", "a match from", "a b c", "a match from x except", "a [b,c] d"] {
            assert_eq!(said(one), [one]);
        }
    }
}
