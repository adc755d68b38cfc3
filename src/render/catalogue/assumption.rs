//! What verdicts rely upon.

use super::Sentence;
use crate::language::Phrase;
use crate::report::note::Assumption;

impl Sentence for Assumption {
    fn phrase(&self) -> Phrase {
        match self {
            Self::Relays { entries: 0, .. } => {
                both!("relays nothing (`relays: []`)", "何も中継しない（「relays: []」）")
            }
            Self::Relays { entries, sanitising } => Phrase::new(
                format!(
                    "relays only what it declares: {entries} {}, {sanitising} of them sanitising",
                    if *entries == 1 { "entry" } else { "entries" }
                ),
                format!("宣言された中継だけを行う（{entries} 件、うち無害化 {sanitising} 件）"),
            ),
            Self::Carried { transfer, from, to, sanitise, approved_by, expires } => {
                let [from_en, to_en] = [from, to].map(|items| items.join(", "));
                let [from_ja, to_ja] = [from, to].map(|items| items.join("、"));
                let mut en = format!("transfer {transfer}: carries only from {from_en} to {to_en}");
                let mut ja = format!("受渡し {transfer}: {from_ja} から {to_ja} へだけ持ち運ぶ");
                if let Some(method) = sanitise {
                    let said = match *method {
                        "mail-text" => "メールテキスト化",
                        "screen" => "画面転送",
                        _ => "ファイル無害化",
                    };
                    en.push_str(&format!("; what it carries is sanitised ({method})"));
                    ja.push_str(&format!("。持ち運ぶデータは無害化する（{said}）"));
                }
                if let Some(by) = approved_by {
                    en.push_str(&format!("; approved by {by}"));
                    ja.push_str(&format!("。承認: {by}"));
                }
                if let Some(day) = expires {
                    en.push_str(&format!("; until {day}"));
                    ja.push_str(&format!("。期限: {day}"));
                }
                Phrase { en, ja }
            }
            Self::NothingElseCarried => both!(
                "outside the network data is carried only as `transfers` say",
                "ネットワーク外でのデータの受渡しは「transfers」に書かれたものだけである"
            ),
            Self::Excused { exception, waives, approved_by, expires } => {
                let waives = waives.join(", ");
                let mut en = format!("exception {exception}: the sessions that it covers are excused from {waives}");
                let mut ja = format!("特定通信 {exception}: 対象のセッションは {waives} の違反としない");
                if let Some(by) = approved_by {
                    en.push_str(&format!("; approved by {by}"));
                    ja.push_str(&format!("。承認: {by}"));
                }
                if let Some(day) = expires {
                    en.push_str(&format!("; until {day}"));
                    ja.push_str(&format!("。期限: {day}"));
                }
                Phrase { en, ja }
            }
            Self::Attested { exception, by, basis } => both!(
                "exception {exception}: {by} vouches for its peers ({basis}); their ways to the Internet tier are not \
                     looked at",
                "特定通信 {exception}: 接続先は {by} が保証する（{basis}）。接続先とインターネット接続系との経路は調べない"
            ),
            Self::TiersPassNothing => both!(
                "nodes of the tiers pass nothing on by themselves: a chain across several tiers of which exceptions excuse every part is not reported",
                "三層の各領域の端末やサーバーは自らデータを中継しない。すべての区間が特定通信に当たる、複数の領域にまたがる連鎖は報告されない"
            ),
            Self::Controls { node, more, controls } => {
                let controls = controls.join(", ");
                match more {
                    0 => both!(
                        "{node} has the controls it declares: {controls}",
                        "{node} に宣言どおりの対策がある: {controls}"
                    ),
                    more => both!(
                        "{node} and {more} more have the controls they declare: {controls}",
                        "{node} ほか {more} 件に宣言どおりの対策がある: {controls}"
                    ),
                }
            }
            Self::OneFamily { node, endpoints: 1 } => both!(
                "{node}, which declares IPv4 addresses only, sends and receives no IPv6",
                "IPv4 アドレスだけを宣言した端点 {node} は IPv6 で通信しない"
            ),
            Self::OneFamily { node, endpoints } => both!(
                "{endpoints} endpoints that declare IPv4 addresses only, such as {node}, send and receive no IPv6",
                "IPv4 アドレスだけを宣言した端点（{node} など {endpoints} 件）は IPv6 で通信しない"
            ),
            Self::NoService { node, forwarders: 1 } => both!(
                "{node}, which bears addresses of its own, offers no service that joins its sides (VPN, proxy, jump host)",
                "自身のアドレスを持つ {node} は、両側をつなぐサービス（VPN、プロキシ、踏み台など）を提供しない"
            ),
            Self::NoService { node, forwarders } => both!(
                "{forwarders} forwarders that bear addresses of their own, such as {node}, offer no service that joins their sides (VPN, proxy, jump host)",
                "自身のアドレスを持つ転送機器（{node} など {forwarders} 件）は、両側をつなぐサービス（VPN、プロキシ、踏み台など）を提供しない"
            ),
            Self::RoutesInForce { node, routers: 1 } => both!(
                "the routes of {node} are in force as declared, and fall away only where `fails` says so",
                "{node} の経路（routes）は宣言どおりに有効であり、「fails」とした経路以外は失われない"
            ),
            Self::RoutesInForce { node, routers } => both!(
                "the routes of {routers} nodes, such as {node}, are in force as declared, and fall away only where `fails` says so",
                "経路（routes）を宣言したノード（{node} など {routers} 件）の経路は宣言どおりに有効であり、「fails」とした経路以外は失われない"
            ),
            Self::NoMulticast => both!(
                "what is sent to multicast addresses is delivered only to nodes that declare them",
                "マルチキャスト宛ての通信は、そのアドレスを宣言したノードにだけ届く"
            ),
            Self::NoTranslation => both!(
                "addresses are not translated (NAT): rules are written with the addresses that packets bear",
                "アドレス変換（NAT）は行われず、ルールは変換前のアドレスで書かれている"
            ),
            Self::DeclaredTranslation => both!(
                "addresses are translated only as `nat` says, and what hides sources lets in nothing but replies",
                "アドレス変換（NAT）は「nat」に書かれたとおりにだけ行われ、送信元を変換する機器は応答だけを通す"
            ),
            Self::Complete => both!(
                "the document is complete: every node and link that exists is in it",
                "文書に漏れがなく、存在するすべてのノードとリンクが書かれている"
            ),
            Self::Accepted { until, tuples, of, requirement, owner, reason } => {
                let (en, ja) = match reason {
                    Some(reason) => (format!("; reason: {reason}"), format!("、理由: {reason}")),
                    None => Default::default(),
                };
                both!(
                    "accepted in the baseline until {until} ({tuples} of {of} violating tuples of {requirement}): owner \
                         {owner}{en}",
                    "ベースラインで {until} まで受容（違反する組 {tuples} 組／{of} 組、{requirement}）: 責任者 {owner}{ja}"
                )
            }
        }
    }
}
