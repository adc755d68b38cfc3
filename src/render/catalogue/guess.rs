//! Guesses in the attacker's favour, each with the declaration that would remove it.

use super::Sentence;
use crate::language::Phrase;
use crate::report::note::Guess;

impl Sentence for Guess {
    fn phrase(&self) -> Phrase {
        match self {
            Self::RelaysEverything => both!(
                "is taken to pass on everything, since nothing says what it relays: declare `relays`",
                "中継の宣言がないため、すべてを中継するとみなした。「relays」を宣言すること"
            ),
            Self::AnyAddress => both!(
                "has no known address, so that any rule for addresses may mean it: declare `addresses`",
                "アドレスが分からないため、アドレスを指定するどのルールにも当たり得るとみなした。「addresses」を宣言すること"
            ),
            Self::Believed { rule, sender, source, r#in } => both!(
                "rule {rule} believes {sender}, which sends from {source}, somebody else's address: say on it `in` which \
                     interface such packets come in by (this one: {in})",
                "{sender} は、ほかの機器のものである {source} を送信元として名乗り得る。ルール {rule} に「in」を書けば見分けられる\
                     （実際に入った口は {in}）"
            ),
            Self::Claimed { source } => both!(
                "sends from {source}, which it may claim but is somebody else's: declare narrower `addresses`",
                "ほかの機器のものである {source} を送信元として名乗り得る。「addresses」をより狭く宣言すること"
            ),
            Self::WideZone { zone, rule, holder } => both!(
                "`zone:{zone}` in rule {rule} holds every address that {holder} may have: name networks instead",
                "ルール {rule} の「zone:{zone}」は、{holder} が持ち得るすべてのアドレスを含む。ネットワークで指定すること"
            ),
            Self::NoRoutes { out, rule } => {
                let (en, ja) = match rule {
                    Some(rule) => (format!(", or `out` on rule {rule}"), format!("か、ルール {rule} の「out」")),
                    None => Default::default(),
                };
                both!(
                    "declares no routes and may send on by any interface, here by {out}: declare `routes`{en}",
                    "経路の宣言がないため、どのインターフェースからでも（ここでは {out}）転送し得るとみなした。「routes」{ja}を宣言すること"
                )
            }
            Self::EveryVlan { link, vlan } => both!(
                "the link {link} is taken to carry every VLAN, here {vlan}: declare its `vlans`",
                "リンク {link} は「vlans」の宣言がないため、すべての VLAN（ここでは {vlan}）を通すとみなした。「vlans」を宣言すること"
            ),
            Self::RoutesEveryVlan => both!(
                "is taken to route between all VLANs: declare `routed_vlans`",
                "「routed_vlans」の宣言がないため、すべての VLAN の間でルーティングするとみなした。「routed_vlans」を宣言すること"
            ),
        }
    }
}
