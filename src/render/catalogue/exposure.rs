//! Enforcement points, and how many must fail.

use super::Sentence;
use crate::language::{Phrase, plural};
use crate::report::exposure::{Depth, Halving, PairDepth, Point, PointKind};

impl Sentence for PointKind {
    fn phrase(&self) -> Phrase {
        match self {
            Self::Filter { node, filter: None } => both!("filter of {node}", "{node} のフィルター"),
            Self::Filter { node, filter: Some(filter) } => {
                both!("filter {filter} of {node}", "{node} のフィルター {filter}")
            }
            Self::Translation { node, entry } => {
                both!("translation {entry} of {node}", "{node} のアドレス変換 {entry}")
            }
            Self::Relay { node, sanitises: true } => both!("sanitising relay {node}", "無害化の中継 {node}"),
            Self::Relay { node, sanitises: false } => both!("declared relays of {node}", "{node} の中継の宣言"),
            Self::OneWay { link } => both!("one-way link {link}", "一方向リンク {link}"),
            Self::Exception { id } => {
                both!("exception {id} (the network lets it through)", "特定通信 {id}（ネットワークは通す）")
            }
            Self::Transfer { id } => both!("sanitising of the transfer {id}", "受渡し {id} の無害化"),
        }
    }
}

impl Sentence for Point {
    fn phrase(&self) -> Phrase {
        let Phrase { en, ja } = self.kind.phrase();
        match self.alike {
            0 | 1 => both!("{en}", "{ja}"),
            alike => both!("{en} (one of {alike} alike)", "{ja}（同様のもの {alike} 件）"),
        }
    }
}

impl Sentence for Halving {
    fn phrase(&self) -> Phrase {
        let Self { node, left, alike } = self;
        match alike {
            0 | 1 => both!("{node}: {left} left", "{node}: 残り {left}"),
            _ => both!("{node} (one of {alike} alike): {left} left", "{node}（同様のもの {alike} 件）: 残り {left}"),
        }
    }
}

/// `my-number – lgwan`
impl Sentence for PairDepth {
    fn phrase(&self) -> Phrase {
        let [a, b] = self.tiers.map(crate::document::Tier::word);
        both!("{a} – {b}", "{a} ～ {b}")
    }
}

impl Sentence for Depth {
    fn phrase(&self) -> Phrase {
        match self {
            Self::Nobody => both!("one of them has no endpoint", "一方に端点がない"),
            Self::Apart => both!(
                "kept apart by wiring, routes and addresses: no failure of enforcement points joins them",
                "配線、経路、アドレスで分かれている（防護点がいくつ破られても届かない）"
            ),
            Self::Open => both!("not decided: a limit was reached", "未判定（上限に達した）"),
            Self::Known(known) => match known.set.len() as u64 {
                0 => both!("depth 0: data gets through as it is", "深さ 0: そのままでデータが届く"),
                depth => {
                    let points = plural(depth, "enforcement point", "enforcement points");
                    both!("depth {depth}: {points} must fail", "深さ {depth}: 防護点が {depth} 件破られると届く")
                }
            },
        }
    }
}
