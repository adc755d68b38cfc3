//! What each code of a message means: the one list that `sanso explain` reads from. `codes.tsv` has a line for each, in the
//! order of the codes: code, meaning in English and Japanese, what to do in English and Japanese, parted by `|`.

use crate::language::Phrase;

const LIST: &str = include_str!("codes.tsv");

/// A code of messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Such as `host-bits`.
    pub code: &'static str,
    /// What is wrong where it is told, and why it matters.
    pub meaning: Phrase,
    /// What to do about it.
    pub mend: Phrase,
}

/// Every code, sorted.
pub fn all() -> impl Iterator<Item = Code> {
    LIST.lines().filter_map(|line| {
        let mut columns = line.split('|');
        let mut next = || columns.next();
        let (code, en, ja, mend_en, mend_ja) = (next()?, next()?, next()?, next()?, next()?);
        Some(Code { code, meaning: Phrase::new(en, ja), mend: Phrase::new(mend_en, mend_ja) })
    })
}

/// What a code means, whatever case it is written in.
#[must_use]
pub fn find(code: &str) -> Option<Code> {
    all().find(|known| known.code.eq_ignore_ascii_case(code))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use super::*;

    /// Words with hyphens in the modules that give messages, which are no codes.
    const NO_CODES: [&str; 26] = [
        // words of the format, of configurations, of services
        "alpha-prime",
        "beta-prime",
        "l3-switch",
        "mail-text",
        "my-number",
        "expires-within",
        "fail-on",
        "http-alt",
        "microsoft-ds",
        "ms-rdp",
        "ms-sql",
        "snmp-trap",
        "broken-engine",
        // what tells causes apart
        "no-addresses",
        "no-approval",
        "no-network",
        "no-reason",
        "routed-vlan",
        "no-relays",
        "several-zones",
        "wide-from",
        "wide-service",
        "wide-to",
        "sanso-policy",
        "three-tier",
        // of the reader for tests
        "a-name-that-is-longer-than-any-slot",
    ];
    /// Codes without a hyphen.
    const PLAIN: [&str; 2] = ["anchor", "truncated"];

    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if entry.is_dir() {
                sources(&entry, found);
            } else if entry.extension().is_some_and(|end| end == "rs") {
                found.push(entry);
            }
        }
    }

    /// The words with hyphens in quotes that the source has, without comments and tests.
    fn words() -> BTreeSet<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let (mut files, mut words) = (Vec::new(), BTreeSet::new());
        sources(&root, &mut files);
        // What `import` refuses bears no codes.
        let gives = ["document", "model", "verify", "session", "source", "diagnostic", "refusal", "policy"];
        let others =
            ["report/slip.rs", "cli/chosen.rs", "cli/toml.rs", "cli/config.rs", "cli/baseline.rs", "cli/watch/show.rs"];
        for file in files {
            let path = file.strip_prefix(&root).expect("below it").to_string_lossy().replace('\\', "/");
            let module = path.split(['/', '.']).next().unwrap_or_default();
            if !gives.contains(&module) && !others.contains(&&*path) {
                continue;
            }
            let text = std::fs::read_to_string(&file).expect("a text");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for line in code.lines().map(|line| line.split("//").next().unwrap_or_default()) {
                let is_word = |word: &&str| {
                    let plain =
                        word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
                    plain
                        && word.contains('-')
                        && word.starts_with(|c: char| c.is_ascii_lowercase())
                        && !word.ends_with('-')
                };
                words.extend(line.split('"').skip(1).step_by(2).filter(is_word).map(str::to_owned));
            }
        }
        words
    }

    #[test]
    fn every_code_that_the_source_gives_is_explained_and_no_other() {
        let words = words();
        let known: Vec<&str> = all().map(|code| code.code).collect();
        let unexplained: Vec<_> =
            words.iter().filter(|word| !known.contains(&&***word) && !NO_CODES.contains(&&***word)).collect();
        assert!(unexplained.is_empty(), "in codes.tsv is no line for {unexplained:?} (or they are NO_CODES)");
        let gone: Vec<_> = known.iter().filter(|code| !words.contains(**code) && !PLAIN.contains(*code)).collect();
        assert!(gone.is_empty(), "nothing gives {gone:?}");
    }

    #[test]
    fn every_code_is_explained_in_both_languages() {
        assert_eq!(LIST.lines().count(), all().count(), "a line has too few columns");
        let codes: Vec<&str> = all().map(|code| code.code).collect();
        assert!(codes.is_sorted_by(|a, b| a < b), "sorted, each once");
        for (line, Code { code, meaning, mend }) in LIST.lines().zip(all()) {
            assert_eq!(line.matches('|').count(), 4, "{code}");
            for text in [&meaning, &mend] {
                assert!(text.en.ends_with('.') && text.en.is_ascii() || text.en.contains('“'), "{code}: {}", text.en);
                assert!(text.ja.ends_with('。'), "{code}: {}", text.ja);
            }
        }
    }
}
