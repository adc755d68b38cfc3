//! What is odd about lines of lists, in sentences.

use crate::language::Phrase;
use crate::render::catalogue::Sentence;
use crate::report::rules::{Dead, LineName, ListKind, Remark, Side};

/// Lines named in a sentence.
const NAMED: usize = 6;

/// `R1, R2 and 3 more`
fn lines(lines: &[LineName]) -> Phrase {
    let shown: Vec<&str> = lines.iter().take(NAMED).map(|line| line.id.as_str()).collect();
    let (en, ja) = (shown.join(", "), shown.join("、"));
    match lines.len().saturating_sub(NAMED) {
        0 => Phrase { en, ja },
        more => both!("{en} and {more} more", "{ja} ほか {more} 行"),
    }
}

impl Sentence for Remark {
    fn phrase(&self) -> Phrase {
        match self {
            Self::Shadowed { by, opposed } => {
                let Phrase { en, ja } = lines(by);
                let several = by.len() > 1;
                match (opposed, several) {
                    (true, false) => both!(
                        "never decides: {en} before it matches all that it matches, and says the opposite",
                        "先の行 {ja} がすべて先に判定し、判定は逆である（この行は効かない）"
                    ),
                    (true, true) => both!(
                        "never decides: {en} before it together match all that it matches, and some say the opposite",
                        "先の行 {ja} が合わせてすべて先に判定し、逆の判定を含む（この行は効かない）"
                    ),
                    (false, false) => both!(
                        "never decides: {en} before it matches all that it matches",
                        "先の行 {ja} がすべて先に判定する（この行は効かない）"
                    ),
                    (false, true) => both!(
                        "never decides: {en} before it together match all that it matches",
                        "先の行 {ja} が合わせてすべて先に判定する（この行は効かない）"
                    ),
                }
            }
            Self::Redundant { like } if like.is_empty() => both!(
                "changes nothing: without it the default does the same",
                "なくても変わらない（既定の動作が同じ結果になる）"
            ),
            Self::Redundant { like } => {
                let Phrase { en, ja } = lines(like);
                both!(
                    "changes nothing: without it {en} after it does the same",
                    "なくても変わらない（後の行 {ja} が同じ結果になる）"
                )
            }
            Self::Dead(Dead::Nothing) => {
                both!("matches no packet: it names nobody", "一致するパケットがない（対象が存在しない）")
            }
            Self::Dead(Dead::Source) => both!(
                "matches no packet that gets here: no node on the sides that it is for has such a source",
                "届くパケットがない（この行が対象とする側に、この送信元をもつ機器がない）"
            ),
            Self::Opposed { by, more, .. } => {
                let id = &by.id;
                match more {
                    0 => both!(
                        "overlaps {id} before it, which says the opposite of the part that they share",
                        "先の行 {id} と一部が重なり、重なる部分の判定が逆である"
                    ),
                    more => both!(
                        "overlaps {id} and {more} more before it, which say the opposite of the parts that they share",
                        "先の行 {id} ほか {more} 行と一部が重なり、重なる部分の判定が逆である"
                    ),
                }
            }
            Self::Wider { side, used, more } => {
                let list = used.join(", ");
                let (dots, ja_dots) = if *more { (", …", "など") } else { ("", "") };
                match side {
                    Side::From => both!(
                        "its sources are wider than nodes use: {list}{dots} are in use",
                        "送信元が実際の機器より広い（使われているもの: {list}{ja_dots}）"
                    ),
                    Side::To => both!(
                        "its destinations are wider than nodes use: {list}{dots} are in use",
                        "宛先が実際の機器より広い（使われているもの: {list}{ja_dots}）"
                    ),
                }
            }
            Self::Open => both!("not decided: it falls into too many parts", "判定していない（場合分けが多すぎる）"),
        }
    }
}

impl Sentence for ListKind {
    fn phrase(&self) -> Phrase {
        match self {
            Self::Filter => both!("filter", "フィルター"),
            Self::Destination => both!("translation of destinations", "宛先変換"),
            Self::Source => both!("translation of sources", "送信元変換"),
        }
    }
}
