//! The stored counts, and what may differ from them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use crate::Failure;

/// How much more than the baseline is no regression, in per cent. The same source with the same tools gives the same
/// counts to some thousandths; but what is changed in one place moves what the compiler inlines in others, by one or two
/// per cent.
const TOLERANCE: u64 = 3;

/// What was counted, and with what.
pub struct Baseline {
    /// Compiler, C library and so on: counts of other ones cannot be compared.
    pub tools: BTreeMap<String, String>,
    /// Instructions by the name of the work.
    pub instructions: BTreeMap<String, u64>,
}

/// What a count is, the gravest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Judgement {
    /// As the baseline says, within what is tolerated.
    Same,
    /// Fewer by more than that.
    Fewer,
    /// Of work that the baseline does not have.
    Unknown,
    /// Missing, of work that the baseline has.
    Gone,
    /// More.
    More,
}

impl Baseline {
    fn path() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("baseline.json")
    }

    pub fn read() -> Result<Self, Failure> {
        let text = fs::read_to_string(Self::path())?;
        let mut all: serde_json::Value = serde_json::from_str(&text)?;
        let mut part = |name: &str| all[name].take();
        let (tools, instructions) = (part("tools"), part("instructions"));
        Ok(Self { tools: serde_json::from_value(tools)?, instructions: serde_json::from_value(instructions)? })
    }

    pub fn write(&self) -> Result<(), Failure> {
        let all = serde_json::json!({ "tools": self.tools, "instructions": self.instructions });
        Ok(fs::write(Self::path(), format!("{all:#}\n"))?)
    }

    /// Each piece of work with its judgement, its count before and its count now.
    pub fn judge<'c>(
        &'c self,
        counted: &'c BTreeMap<String, u64>,
    ) -> Vec<(&'c str, Judgement, Option<u64>, Option<u64>)> {
        let names: BTreeSet<&String> = self.instructions.keys().chain(counted.keys()).collect();
        let judged = names.into_iter().map(|name| {
            let (before, count) = (self.instructions.get(name).copied(), counted.get(name).copied());
            (name.as_str(), judge(before, count), before, count)
        });
        judged.collect()
    }
}

fn judge(before: Option<u64>, count: Option<u64>) -> Judgement {
    let (Some(before), Some(count)) = (before, count) else {
        return if before.is_none() { Judgement::Unknown } else { Judgement::Gone };
    };
    match count * 100 {
        now if now > before * (100 + TOLERANCE) => Judgement::More,
        now if now < before * (100 - TOLERANCE) => Judgement::Fewer,
        _ => Judgement::Same,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_beyond_the_tolerance_counts() {
        for (before, count, judgement) in [
            (Some(1_000), Some(1_030), Judgement::Same),
            (Some(1_000), Some(1_031), Judgement::More),
            (Some(1_000), Some(970), Judgement::Same),
            (Some(1_000), Some(969), Judgement::Fewer),
            (None, Some(1), Judgement::Unknown),
            (Some(1), None, Judgement::Gone),
        ] {
            assert_eq!(judge(before, count), judgement, "{before:?} {count:?}");
        }
    }
}
