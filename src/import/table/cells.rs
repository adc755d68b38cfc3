//! What stands in a cell: addresses, services, directions, days, zones, kinds of machines.

use std::net::{IpAddr, Ipv4Addr};

use super::super::device::Net;
use super::super::set::mask_length;
use super::grid::plain;

/// An item of a cell of addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// Everybody.
    Any,
    /// An address, a network or a range, as the document spells it.
    Address(Box<str>),
    /// An address with the length of its network, host bits included.
    Host(Net),
    /// A name of something: a machine, a segment, a zone.
    Name(Box<str>),
}

/// The values of a cell: by comma, `、`, semicolon or line feed.
pub fn values(text: &str) -> Vec<String> {
    plain(&text.replace(['\n', '、', ';', '，', '；', '､', '\r'], ","))
        .split(',')
        .map(str::trim)
        .filter(|value| !value.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Whether a value is the sign for what stands above.
#[must_use]
pub fn is_ditto(text: &str) -> bool {
    matches!(plain(text).as_str(), "〃" | "同上" | "″" | "\"" | "々" | "''")
}

/// Whether a value says that there is nothing.
#[must_use]
pub fn is_nothing(text: &str) -> bool {
    matches!(plain(text).as_str(), "" | "-" | "－" | "ー" | "―" | "なし" | "無し" | "無" | "none" | "n/a" | "N/A")
}

/// Whether a value is everything.
pub(super) fn is_any(text: &str) -> bool {
    let lower = text.to_lowercase();
    matches!(
        lower.as_str(),
        "any" | "すべて" | "全て" | "全部" | "all" | "*" | "任意" | "不問" | "制限なし" | "all services"
    )
}

/// Ends of a range, such as `a~b`; addresses of IPv4 hold no hyphen.
pub(super) fn ends(text: &str) -> Option<(&str, &str)> {
    let at = text.char_indices().find(|(_, c)| matches!(c, '~' | '〜' | '∼' | '-' | '‐' | '–' | '−' | 'ー' | '―'))?;
    let (low, high) = (text[..at.0].trim(), text[at.0 + at.1.len_utf8()..].trim());
    (!low.is_empty() && !high.is_empty()).then_some((low, high))
}

/// A network with its length, or with a mask.
fn network(text: &str) -> Option<Net> {
    let (address, length) = text.split_once('/').or_else(|| text.split_once(' '))?;
    let address: IpAddr = address.trim().parse().ok()?;
    let length = length.trim();
    let length = match length.parse::<u8>() {
        Ok(length) => length,
        Err(_) => mask_length(length.parse::<Ipv4Addr>().ok()?).filter(|_| address.is_ipv4())?,
    };
    (length <= if address.is_ipv4() { 32 } else { 128 }).then_some(Net { address, length })
}

fn of_net(net: Net) -> Item {
    if net.prefix() == net && !net.is_single() {
        Item::Address(net.word().into())
    } else if net.is_single() {
        Item::Address(net.address.to_string().into())
    } else {
        Item::Host(net)
    }
}

/// A value of a cell of addresses. `None`: it looks like an address and is none.
#[must_use]
pub fn item(value: &str) -> Option<Item> {
    let value = plain(value);
    if is_any(&value) {
        return Some(Item::Any);
    }
    // `業務端末(10.20.1.0/24)`: what stands in brackets says it exactly
    if let Some((_, inner)) = value.strip_suffix(')').and_then(|text| text.rsplit_once('('))
        && let Some(Item::Address(word)) = item(inner)
    {
        return Some(Item::Address(word));
    }
    if let Ok(address) = value.parse::<IpAddr>() {
        return Some(Item::Address(address.to_string().into()));
    }
    if let Some(net) = network(&value) {
        return Some(of_net(net));
    }
    if let Some((low, high)) = ends(&value)
        && let Ok(first) = low.parse::<IpAddr>()
    {
        // `10.20.1.10~20` ends in the same network
        let last = high.parse::<IpAddr>().ok().or_else(|| match (first, high.parse::<u8>()) {
            (IpAddr::V4(first), Ok(last)) => {
                let [a, b, c, _] = first.octets();
                Some(IpAddr::V4(Ipv4Addr::new(a, b, c, last)))
            }
            _ => None,
        })?;
        return (first.is_ipv4() == last.is_ipv4() && first <= last)
            .then(|| Item::Address(format!("{first}-{last}").into()));
    }
    let numeric = value.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, '.' | ':' | '/' | '~' | '-' | ' '));
    let named = value.chars().any(|c| c.is_alphabetic() && !c.is_ascii_hexdigit());
    if numeric && !named && value.contains(['.', ':', '/']) { None } else { Some(Item::Name(value.into())) }
}

/// Which end opens sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The source.
    Forth,
    /// The destination.
    Back,
    /// Either.
    Both,
}

/// A direction; an empty cell is from source to destination.
#[must_use]
pub fn direction(text: &str) -> Option<Direction> {
    match plain(text).replace(' ', "").to_lowercase().as_str() {
        "" | "片方向" | "単方向" | "一方向" | "→" | "⇒" | "->" | "=>" | "▶" | "送信元→宛先" | "oneway" => {
            Some(Direction::Forth)
        }
        "←" | "⇐" | "<-" | "<=" | "宛先→送信元" => Some(Direction::Back),
        "双方向" | "両方向" | "⇔" | "↔" | "←→" | "⇄" | "⇆" | "<->" | "<=>" | "both" | "twoway" | "bidirectional" => {
            Some(Direction::Both)
        }
        _ => None,
    }
}

/// A day as the document spells it.
#[must_use]
pub fn day(text: &str) -> Option<String> {
    let text = plain(text).replace(' ', "");
    let lower = text.to_uppercase();
    let (era, rest) = [("令和", 2018), ("R", 2018), ("平成", 1988), ("H", 1988)]
        .iter()
        .find_map(|(word, before)| lower.strip_prefix(word).map(|rest| (*before, rest.to_owned())))
        .unwrap_or((0, lower.clone()));
    let rest = rest.replace("元年", "1年");
    let parts: Vec<&str> = rest.split(['/', '-', '.', '年', '月', '日']).filter(|part| !part.is_empty()).collect();
    let [year, month, day] = parts[..] else { return None };
    let (year, month, day): (u32, u32, u32) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    let year = year + era;
    let fits = (2000..=2200).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    fits.then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// One of the three tiers by what everybody calls it; other zones bear the names of the site file.
#[must_use]
pub fn tier(text: &str) -> Option<&'static str> {
    match plain(text).replace(' ', "").to_lowercase().as_str() {
        "my-number" | "マイナンバー利用事務系" | "個人番号利用事務系" | "マイナンバー系" | "番号系" => {
            Some("my-number")
        }
        "lgwan" | "lgwan接続系" | "lgwan系" => Some("lgwan"),
        "internet" | "インターネット接続系" | "インターネット系" => Some("internet"),
        _ => None,
    }
}

/// A kind of machine; `None`: none that is known.
#[must_use]
pub fn kind(text: &str) -> Option<&'static str> {
    let text = plain(text).to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&[
        "ルーター",
        "ルータ",
        "router",
        "ファイアウォール",
        "ファイアウオール",
        "firewall",
        "utm",
        "l3スイッチ",
        "l3sw",
    ]) || text == "fw"
    {
        Some("router")
    } else if has(&["ゲートウェイ", "無害化", "gateway"]) {
        Some("gateway")
    } else if has(&["nas", "ストレージ", "storage", "ファイルサーバ"]) {
        Some("storage")
    } else if has(&["複合機", "プリンタ", "printer", "mfp"]) {
        Some("printer")
    } else if has(&["サーバ", "server", "db"]) {
        Some("server")
    } else if has(&["端末", "パソコン", "pc", "クライアント", "terminal", "タブレット", "ノート"]) {
        Some("terminal")
    } else if has(&["外部", "external", "クラウド"]) {
        Some("external")
    } else if has(&["host", "機器", "その他"]) {
        Some("host")
    } else {
        None
    }
}

/// VLANs of a cell: `10`, `VLAN10`.
#[must_use]
pub fn vlan(text: &str) -> Option<u16> {
    let text = plain(text).to_lowercase().replace(' ', "");
    let text = text.strip_prefix("vlan").unwrap_or(&text);
    text.parse().ok().filter(|vlan| (1..=4094).contains(vlan))
}

/// Whether a state is that of something that is not there any more, or not yet in use. What is only planned to go (廃止予定) is there.
#[must_use]
pub fn is_gone(state: &str) -> bool {
    const GONE: [&str; 12] =
        ["廃止", "撤去", "廃棄", "未使用", "空き", "空", "予約", "停止", "unused", "retired", "free", "reserved"];
    const SO: [&str; 5] = ["", "済", "済み", "中", "ip"];
    let text = state.to_lowercase();
    // a day or a remark in brackets says when
    let text = text.split(['(', '（']).next().unwrap_or_default().trim();
    GONE.iter().any(|word| text.strip_prefix(word).is_some_and(|rest| SO.contains(&rest.trim())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_go_is_there() {
        for gone in ["廃止", "廃止済み", "撤去済", "未使用", "停止中（2026/3/31）", "予約(次年度)", "空き", "Retired"]
        {
            assert!(is_gone(gone), "{gone}");
        }
        for there in ["廃止予定", "廃止予定(R9.3)", "停止なし", "使用中", "運用中（停止時は連絡）", "予約システム", ""]
        {
            assert!(!is_gone(there), "{there}");
        }
    }

    #[test]
    fn addresses_are_read_as_people_write_them() {
        let word = |text: &str| Some(Item::Address(text.into()));
        for (text, wanted) in [
            ("１０．２０．１．５", word("10.20.1.5")),
            ("10.20.1.0/24", word("10.20.1.0/24")),
            ("10.20.1.0/255.255.255.0", word("10.20.1.0/24")),
            ("10.20.1.0 255.255.255.0", word("10.20.1.0/24")),
            ("10.20.1.5/32", word("10.20.1.5")),
            ("10.20.1.10～10.20.1.20", word("10.20.1.10-10.20.1.20")),
            ("10.20.1.10〜20", word("10.20.1.10-10.20.1.20")),
            ("10.20.1.10-20", word("10.20.1.10-10.20.1.20")),
            ("業務端末（10.20.2.0/24）", word("10.20.2.0/24")),
            ("2001:db8::1", word("2001:db8::1")),
            ("すべて", Some(Item::Any)),
            ("ANY", Some(Item::Any)),
            ("住基サーバー", Some(Item::Name("住基サーバー".into()))),
            ("10.20.1.300", None),
            ("10.20.1.20-10", None),
        ] {
            assert_eq!(item(text), wanted, "{text}");
        }
        assert!(matches!(item("10.20.1.5/24"), Some(Item::Host(_))));
        assert_eq!(values("a、b\nc，d;e"), ["a", "b", "c", "d", "e"]);
    }

    #[test]
    fn days_are_read_in_either_era() {
        for text in ["2027-03-31", "2027/3/31", "令和9年3月31日", "R9.3.31", "２０２７年３月３１日"] {
            assert_eq!(day(text).as_deref(), Some("2027-03-31"), "{text}");
        }
        assert_eq!(day("令和元年5月1日").as_deref(), Some("2019-05-01"));
        assert_eq!(day("年度末"), None);
    }

    #[test]
    fn directions_are_told_by_words_and_arrows() {
        assert_eq!(direction("双方向"), Some(Direction::Both));
        assert_eq!(direction("⇔"), Some(Direction::Both));
        assert_eq!(direction("→"), Some(Direction::Forth));
        assert_eq!(direction("←"), Some(Direction::Back));
        assert_eq!(direction("上り"), None);
    }
}
