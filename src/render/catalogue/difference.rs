//! What changed from one document to another, and what of it is wider.

use super::Sentence;
use crate::code::Code;
use crate::language::{Lang, Phrase, plural};
use crate::render::phrases::verdict_word;
use crate::report::diff::{About, Change, Diff, Direction, Widening};

impl Sentence for Change {
    fn phrase(&self) -> Phrase {
        match self {
            Self::Added { from, to, service } => {
                let Phrase { en, ja } = ends(from, to, service);
                both!("added: {en}", "追加: {ja}")
            }
            Self::Removed { from, to, service } => {
                let Phrase { en, ja } = ends(from, to, service);
                both!("removed: {en}", "削除: {ja}")
            }
            Self::Written { key, direction, was, is } => {
                let (en, ja) = match direction {
                    Direction::Widened => ("wider", "広がった"),
                    Direction::Narrowed => ("narrower", "狭まった"),
                    _ => ("other", "変わった"),
                };
                both!("{key} is {en}: was {was}, is {is}", "{key} が{ja}: {was} → {is}")
            }
            Self::Extended { was, is } => {
                both!("extended from {was} to {is}", "期限を {was} から {is} に延長")
            }
            Self::Unlimited { was } => {
                both!("does not expire any more (was {was})", "期限なしに変更（以前は {was} まで）")
            }
            Self::Expires { on } => both!("expires on {on}", "期限は {on}"),
            Self::Expired => both!("has expired", "期限切れになった"),
            Self::InDateAgain => both!("is in date again", "期限内に戻った"),
            Self::Attested => both!(
                "is attested now, so that its peers are not looked at any more",
                "保証が付き、接続先を調べなくなった"
            ),
            Self::NotAttested => both!("is not attested any more", "保証がなくなった"),
            Self::OtherAttestation => both!("its attestation is another one", "保証の内容が変わった"),
            Self::OtherReason => both!("its reason is another one", "理由の記載が変わった"),
            Self::OtherApproval => both!("was approved by somebody else", "承認者が変わった"),
            Self::OpensNotCompared => both!(
                "what it opens was not compared: a limit was reached first",
                "上限に達したため、開かれる通信は比較していない"
            ),
            Self::OpensTooMuch => {
                both!("it opens too much to be compared", "開かれる通信が多すぎるため比較していない")
            }
            Self::Opens { was, is } => Phrase::new(
                format!("opens {}, was {was}", plural(*is, "pair of nodes", "pairs of nodes")),
                format!("開かれる組が {was} から {is} に"),
            ),
            Self::OpensMore { count, from, to } => Phrase::new(
                format!(
                    "opens {}, such as {from} to {to}",
                    plural(*count, "more pair of nodes", "more pairs of nodes")
                ),
                format!("開かれる組が {count} 増えた（{from} から {to} など）"),
            ),
            Self::OpensLess { count } => Phrase::new(
                format!("opens {} less", plural(*count, "pair of nodes", "pairs of nodes")),
                format!("開かれる組が {count} 減った"),
            ),
            Self::Zone { was, is } => {
                let [was_en, is_en] = [was, is].map(|zone| zone.as_deref().unwrap_or("none"));
                let [was_ja, is_ja] = [was, is].map(|zone| zone.as_deref().unwrap_or("なし"));
                both!("its zone is {is_en}, was {was_en}", "領域が {was_ja} から {is_ja} に変わった")
            }
            Self::Escapes(ids) => {
                let ids = ids.join(", ");
                both!("{ids} does not speak of it any more as it did", "{ids} の従来の対象から外れた")
            }
            Self::SpokenOf(ids) => {
                let ids = ids.join(", ");
                both!("{ids} speaks of it now", "{ids} の対象になった")
            }
            Self::RelaysMore(more) => Phrase::new(
                format!("relays more: {} not declared before", plural(*more, "pass that was", "passes that were")),
                format!("中継が増えた（新たな中継 {more} 件）"),
            ),
            Self::RelaysLess(less) => Phrase::new(
                format!("relays less: {} gone or narrower", plural(*less, "pass is", "passes are")),
                format!("中継が減った（{less} 件）"),
            ),
            Self::RelaysNow(count) => Phrase::new(
                format!("relays now: {} declared", plural(*count, "pass is", "passes are")),
                format!("中継するようになった（{count} 件）"),
            ),
            Self::RelaysDeclared => both!(
                "declares what it relays; it was taken to pass on everything",
                "中継する内容が宣言された（以前はすべてを中継するとみなしていた）"
            ),
            Self::RelaysNothing => both!(
                "relays nothing; it was taken to pass on everything",
                "何も中継しなくなった（以前はすべてを中継するとみなしていた）"
            ),
            Self::RelaysNoMore => both!("relays nothing any more", "何も中継しなくなった"),
            Self::RelaysEverything => both!(
                "is taken to pass on everything: nothing says any more what it relays",
                "中継の宣言がなくなり、すべてを中継するとみなす"
            ),
        }
    }
}

/// Who opens to whom, and by which services.
fn ends(from: &[String], to: &[String], service: &[String]) -> Phrase {
    let text = |comma: &str| format!("{} -> {} ({})", from.join(comma), to.join(comma), service.join(comma));
    Phrase::new(text(", "), text("、"))
}

/// All that changed of something, one behind the other.
pub(in crate::render) fn changes(what: &[Change]) -> Phrase {
    let (en, ja): (Vec<_>, Vec<_>) = what.iter().map(Sentence::phrase).map(|Phrase { en, ja }| (en, ja)).unzip();
    Phrase::new(en.join("; "), ja.join("、"))
}

/// What is wider, and why.
pub(in crate::render) fn widening(diff: &Diff, widening: &Widening) -> Phrase {
    if let Some(change) = diff.requirement(widening) {
        let id = &change.id;
        if let Some(finding) = diff.finding(widening) {
            let (tuples, Phrase { en, ja }) = (finding.tuples, finding.fault.phrase());
            return both!("{id}, {tuples} gained: {en}", "{id}、違反する組 {tuples} 件増: {ja}");
        }
        if widening.code == Code::ProvesLess {
            let [en, ja] = [Lang::En, Lang::Ja].map(|lang| verdict_word(change.new, lang));
            return both!(
                "{id} was proved and is {en} now: nothing is proved of it any more",
                "{id} は適合であったが、{ja}となり、何も証明されなくなった"
            );
        }
        let wider: u64 = change.wider.iter().flatten().map(|group| group.count).sum();
        return both!(
            "{id}, {wider} known before now pass over further services",
            "{id}、以前からの違反のうち {wider} 件が、より多くのサービスで通るようになった"
        );
    }
    let Some(item) = diff.item(widening) else { return both!("", "") };
    let (id, Phrase { en, ja }) = (&item.id, changes(&item.what));
    match widening.about {
        About::Exception(_) => both!("exception {id}: {en}", "特定通信 {id}: {ja}"),
        About::Transfer(_) => both!("transfer {id}: {en}", "受渡し {id}: {ja}"),
        About::Relays(_) => {
            let Phrase { en, ja } = item.what.first().map_or_else(|| both!("", ""), Sentence::phrase);
            both!("{id} {en}", "{id}: {ja}")
        }
        _ => both!("{id}: {en}", "{id}: {ja}"),
    }
}
