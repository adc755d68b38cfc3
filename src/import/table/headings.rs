//! The headings of tables as municipalities write them, in Japanese and English. `docs/import.md` lists them.

use super::grid::{Grid, plain};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// A number or id of the row.
    Id,
    /// The name of a machine, a segment or a line.
    Name,
    /// Its addresses.
    Address,
    /// The mask or the length of its prefix.
    Mask,
    /// A network.
    Subnet,
    /// Its zone.
    Zone,
    /// What kind of machine it is.
    Kind,
    /// A VLAN.
    Vlan,
    /// The name of the segment that a machine is in.
    Segment,
    /// Whether it is in use.
    State,
    /// Who opens the session: addresses.
    Source,
    /// Who opens the session: names.
    SourceName,
    /// The ports of who opens it.
    SourcePort,
    /// Who receives it: addresses.
    Destination,
    /// Who receives it: names.
    DestinationName,
    /// Protocols.
    Protocol,
    /// Ports, or services by name.
    Service,
    /// Whether sessions are opened from either side.
    Direction,
    /// Whether the row lets through.
    Action,
    /// What it is for.
    Reason,
    /// Who asked for it.
    Applicant,
    /// Who approved it.
    Approver,
    /// Its last day.
    Expires,
    /// A device at one end of a cable.
    Device,
    /// Its port.
    Port,
    /// The device at the other end.
    FarDevice,
    /// Its port.
    FarPort,
    /// What says nothing here.
    Silent,
}

use Column::{
    Action, Address, Applicant, Approver, Destination, DestinationName, Device, Direction, Expires, FarDevice, FarPort,
    Id, Kind, Mask, Name, Port, Protocol, Reason, Segment, Service, Silent, Source, SourceName, SourcePort, State,
    Subnet, Vlan, Zone,
};

/// Headings, as [`key`] makes them.
#[rustfmt::skip]
pub const HEADINGS: &[(Column, &[&str])] = &[
    (Id, &["no", "no.", "項番", "番号", "id", "ルールid", "ルール番号", "管理番号", "申請番号", "通番", "#", "rule", "ruleid"]),
    (
        Name,
        &[
            "名称", "名前", "ホスト名", "ホスト", "機器名", "機器名称", "サーバー名", "サーバ名", "端末名", "コンピューター名",
            "コンピュータ名", "回線名", "name", "host", "hostname", "node", "circuit", "システム名",
        ],
    ),
    (Address, &["ipアドレス", "ip", "アドレス", "ipv4アドレス", "ipv6アドレス", "address", "addresses", "ipaddress", "ipv4", "ipv6"]),
    (Mask, &["サブネットマスク", "ネットマスク", "マスク", "プレフィックス", "プレフィックス長", "mask", "netmask", "subnetmask", "prefix", "prefixlength"]),
    (
        Subnet,
        &[
            "ネットワークアドレス", "ネットワーク", "サブネット", "セグメントアドレス", "subnet", "network", "networks", "cidr",
        ],
    ),
    (Zone, &["領域", "ゾーン", "系統", "区分", "ネットワーク区分", "接続系", "三層区分", "zone", "tier"]),
    (Kind, &["種別", "機器種別", "種類", "分類", "kind", "type"]),
    (Vlan, &["vlan", "vlanid", "vlan番号"]),
    (Segment, &["セグメント", "セグメント名", "所属セグメント", "segment", "vlan名"]),
    (State, &["状態", "ステータス", "利用状況", "使用状況", "state", "status"]),
    (Source, &["送信元", "送信元ip", "送信元ipアドレス", "送信元アドレス", "接続元", "接続元ip", "接続元ipアドレス", "発信元", "source", "src", "sourceaddress", "sourceip", "from"]),
    (SourceName, &["送信元名", "送信元名称", "送信元ホスト", "送信元ホスト名", "送信元機器", "送信元サーバー", "送信元システム", "接続元名", "接続元名称", "接続元ホスト名", "sourcename", "sourcehost"]),
    (SourcePort, &["送信元ポート", "送信元ポート番号", "sourceport", "srcport", "sport"]),
    (Destination, &["宛先", "宛先ip", "宛先ipアドレス", "宛先アドレス", "送信先", "送信先ip", "送信先ipアドレス", "接続先", "接続先ip", "接続先ipアドレス", "あて先", "destination", "dst", "dest", "destinationaddress", "destinationip", "to"]),
    (DestinationName, &["宛先名", "宛先名称", "宛先ホスト", "宛先ホスト名", "宛先機器", "宛先サーバー", "宛先システム", "送信先名称", "送信先ホスト名", "接続先名", "接続先名称", "接続先ホスト名", "destinationname", "destinationhost"]),
    (Protocol, &["プロトコル", "プロトコル種別", "protocol", "proto"]),
    (Service, &["ポート", "ポート番号", "宛先ポート", "宛先ポート番号", "サービス", "サービス名", "port", "ports", "destinationport", "dstport", "dport", "service", "services"]),
    (Direction, &["方向", "通信方向", "通信の方向", "direction"]),
    (Action, &["動作", "アクション", "許可/拒否", "許可拒否", "可否", "action"]),
    (Reason, &["用途", "目的", "理由", "通信目的", "利用目的", "通信内容", "通信概要", "業務", "業務名", "reason", "purpose"]),
    (Applicant, &["申請課", "申請部署", "申請者", "所管課", "所管", "担当課", "applicant", "section", "owner"]),
    (Approver, &["承認者", "承認", "承認者名", "許可者", "approver", "approvedby"]),
    (Expires, &["有効期限", "期限", "終了日", "利用期限", "許可期限", "expires", "expiry", "validuntil"]),
    (Device, &["機器a", "機器1", "自機器", "接続元機器", "スイッチ", "収容スイッチ", "装置", "機器", "device", "devicea", "device1", "switch"]),
    (Port, &["ポートa", "ポート1", "自ポート", "接続元ポート", "収容ポート", "インターフェース", "インタフェース", "interface", "porta", "port1"]),
    (FarDevice, &["機器b", "機器2", "対向機器", "接続先機器", "相手機器", "deviceb", "device2", "peer", "remotedevice"]),
    (FarPort, &["ポートb", "ポート2", "対向ポート", "接続先ポート", "相手ポート", "portb", "port2", "peerport", "remoteport"]),
    (
        Silent,
        &[
            "備考", "摘要", "コメント", "メモ", "注記", "note", "notes", "remarks", "comment", "設置場所", "設置部署", "場所", "拠点",
            "メーカー", "型番", "型式", "機種", "製造番号", "シリアル", "シリアル番号", "os", "osバージョン", "macアドレス", "mac",
            "利用者", "使用者", "管理者", "導入日", "更新日", "登録日", "申請日", "承認日", "開始日", "location", "model", "serial",
            "vendor", "macaddress", "user", "資産番号", "ケーブル", "ケーブル番号", "ケーブル種別", "色", "デフォルトゲートウェイ",
            "ゲートウェイ", "gateway", "dns", "台数",
        ],
    ),
];

/// A heading without what differs between two people who mean the same.
#[must_use]
pub fn key(text: &str) -> String {
    let plain = plain(text).to_lowercase();
    let mut out = String::new();
    let mut depth = 0u32;
    for c in plain.chars() {
        match c {
            '(' | '[' | '【' | '「' => depth += 1,
            ')' | ']' | '】' | '」' => depth = depth.saturating_sub(1),
            _ if depth > 0 || c.is_whitespace() || matches!(c, '※' | '*' | '_' | '■' | '●' | '・') => {}
            _ => out.push(c),
        }
    }
    out
}

/// What a heading stands for.
#[must_use]
pub fn column(text: &str) -> Option<Column> {
    let key = key(text);
    HEADINGS.iter().find(|(_, words)| words.contains(&key.as_str())).map(|&(column, _)| column)
}

/// A heading below another one, such as `ホスト名` below `送信元`.
fn below(upper: Option<Column>, lower: &str) -> Option<Column> {
    let lower_column = column(lower);
    match (upper, lower_column) {
        (Some(Source | SourceName), Some(Name)) => Some(SourceName),
        (Some(Source | SourceName), Some(Address | Subnet)) => Some(Source),
        (Some(Source | SourceName), Some(Service)) => Some(SourcePort),
        (Some(Destination | DestinationName), Some(Name)) => Some(DestinationName),
        (Some(Destination | DestinationName), Some(Address | Subnet)) => Some(Destination),
        (Some(Device), Some(Service | Port)) => Some(Port),
        (Some(Device), Some(Name)) => Some(Device),
        (Some(FarDevice), Some(Service | Port)) => Some(FarPort),
        (Some(FarDevice), Some(Name)) => Some(FarDevice),
        (_, Some(known)) => Some(known),
        (upper, None) => {
            if lower.is_empty() || key(lower).is_empty() {
                upper
            } else {
                None
            }
        }
    }
}

/// The headings of a table: the rows that they take, and what each column holds.
#[derive(Clone, Debug)]
pub struct Headings {
    /// The first row, from 0.
    pub first: usize,
    /// The row behind the last.
    pub end: usize,
    /// Columns that are known.
    pub columns: Vec<(usize, Column)>,
    /// Columns whose headings nobody knows.
    pub unknown: Vec<usize>,
}

/// Reads the headings at a row, where there are any: at least two columns that are known and none twice, but for
/// addresses and silent ones, and one of `wanted` is among them.
#[must_use]
pub fn at(grid: &Grid, row: usize, wanted: &[&[Column]]) -> Option<Headings> {
    let one = read(grid, row, false, wanted);
    let two = if row + 1 < grid.len() { read(grid, row, true, wanted) } else { None };
    match (one, two) {
        // the second row counts as headings where it tells more
        (Some(one), Some(two)) if two.columns.len() > one.columns.len() => Some(two),
        (None, Some(two)) => Some(two),
        (one, _) => one,
    }
}

fn read(grid: &Grid, row: usize, two: bool, wanted: &[&[Column]]) -> Option<Headings> {
    let upper = grid.row(row)?;
    let lower = if two { grid.row(row + 1) } else { None };
    let width = upper.width().max(lower.map_or(0, |lower| lower.width()));
    let mut out = Headings { first: row, end: row + 1 + usize::from(two), columns: Vec::new(), unknown: Vec::new() };
    let (mut heads_below, mut heads_above) = (0, 0);
    let mut left = "";
    for at in 0..width {
        let own = upper.heading(at);
        // CSV knows no merged cells: what heads several columns stands above the first of them
        let under = lower.is_some_and(|lower| !lower.heading(at).is_empty());
        let text = if own.is_empty() && under { left } else { own };
        heads_above += usize::from(!own.is_empty() && column(own).is_some());
        if !own.is_empty() {
            left = own;
        }
        let found = match lower {
            None => column(text),
            Some(lower) => {
                let below_text = lower.heading(at);
                // a heading that is merged over both rows stands in both
                let below_text = if below_text == text { "" } else { below_text };
                heads_below += usize::from(!below_text.is_empty());
                below(column(text), below_text)
            }
        };
        match found {
            Some(known) => {
                let again = out.columns.iter().any(|(_, column)| *column == known);
                let may_repeat = matches!(known, Silent | Address | Id | Reason | Applicant | Name);
                if again && !may_repeat {
                    out.unknown.push(at);
                } else {
                    out.columns.push((at, known));
                }
            }
            None if text.is_empty() && lower.is_none_or(|lower| lower.heading(at).is_empty()) => {}
            None => out.unknown.push(at),
        }
    }
    // a title above the headings is no heading of theirs
    if two && (heads_below < 2 || heads_above < 2) {
        return None;
    }
    let has = |set: &&[Column]| set.iter().all(|wanted| out.columns.iter().any(|(_, column)| column == wanted));
    // a row of values is no row of headings
    let mostly = out.columns.len() >= 2 && out.columns.len() > out.unknown.len();
    (mostly && wanted.iter().any(has)).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_however_they_are_written() {
        for (text, wanted) in [
            ("送信元 IPアドレス", Source),
            ("宛先ﾎﾟｰﾄ番号", Service),
            ("ＶＬＡＮ　ＩＤ", Vlan),
            ("有効期限（西暦）", Expires),
            ("Approved by", Approver),
        ] {
            assert_eq!(column(text), Some(wanted), "{text}");
        }
        assert_eq!(column("好きな色"), None);
    }

    #[test]
    fn no_heading_stands_for_two_things() {
        let mut all: Vec<&str> = HEADINGS.iter().flat_map(|(_, words)| *words).copied().collect();
        for word in &all {
            assert_eq!(key(word), *word, "as it is compared");
        }
        all.sort_unstable();
        let count = all.len();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
