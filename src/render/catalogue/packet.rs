//! What is taken to hold for a packet to pass.

use super::Sentence;
use crate::language::Phrase;
use crate::packet::Guess;

impl Sentence for Guess {
    fn phrase(&self) -> Phrase {
        match self {
            Self::Condition { what, rule, condition } => both!(
                "{what}, {rule}: `{condition}` is taken to hold",
                "{what}、{rule}: `{condition}` が成り立つものとみなした"
            ),
            Self::Undeclared { what, rule } => both!(
                "{what}, {rule}: a name or address that nobody declared is taken to match",
                "{what}、{rule}: 宣言されていない名前・アドレスが一致するものとみなした"
            ),
            Self::Translation { entry } => both!(
                "the translation {entry} is taken to be the one that matches",
                "変換 {entry} が一致するものとみなした"
            ),
        }
    }
}
