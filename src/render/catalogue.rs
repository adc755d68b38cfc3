//! The catalogue of sentences: whatever a report holds as a fact is said here, once, in both languages side by side. A
//! language that is added does not build before all of it is there.

/// A sentence: English, then Japanese. What stands in braces is in scope.
macro_rules! both {
    ($en:literal, $ja:literal $(,)?) => {
        crate::language::Phrase { en: format!($en), ja: format!($ja) }
    };
}

mod assumption;
pub(super) mod difference;
mod exposure;
mod fault;
mod guess;
mod leak;
mod packet;
mod rules;
mod separation;
mod slip;
mod why;

use crate::language::{Lang, Phrase};
use crate::report::note::Names;
pub use slip::help;

/// A fact that has a sentence.
pub trait Sentence {
    /// The sentence in both languages.
    fn phrase(&self) -> Phrase;

    /// The sentence in one language.
    fn text(&self, lang: Lang) -> String {
        let Phrase { en, ja } = self.phrase();
        match lang {
            Lang::En => en,
            Lang::Ja => ja,
        }
    }
}

impl Sentence for Phrase {
    fn phrase(&self) -> Phrase {
        self.clone()
    }
}

/// `a, b and 3 more`, `a、b ほか 3 件`
fn names(names: &Names) -> Phrase {
    let (mut en, mut ja) = (names.shown.join(", "), names.shown.join("、"));
    let more = names.count.saturating_sub(names.shown.len() as u64);
    if more > 0 {
        en.push_str(&format!(" and {more} more"));
        ja.push_str(&format!(" ほか {more} 件"));
    }
    Phrase { en, ja }
}
