//! The words of a document, one by one: addresses, numbers, names, dates, services, and lists of them.
#![allow(clippy::indexing_slicing)] // named lists are numbered here, and tables of them have as many places

use crate::document::{Cidr, Range, Services, width};
use crate::json::{Data, Result, Value, fault};
use crate::sets::{Numbers, SERVICES_END, service};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::net::{Ipv4Addr, Ipv6Addr};

pub fn read_address(text: &str) -> Option<(u8, u128)> {
    if text.contains(':') {
        text.parse::<Ipv6Addr>().ok().map(|a| (2, u128::from(a)))
    } else {
        text.parse::<Ipv4Addr>().ok().map(|a| (0, u128::from(u32::from(a))))
    }
}

/// A whole number of at most five digits, without sign or leading zero.
pub fn read_number(text: &str) -> Option<u32> {
    let plain = text.len() <= 5 && text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

/// `a` or `a-b`, within the limits.
pub fn read_span(text: &str, least: u32, most: u32) -> Option<(u32, u32)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (read_number(first)?, read_number(last)?);
    (least <= first && first <= last && last <= most).then_some((first, last + 1))
}

pub fn read_cidr(value: &Value) -> Result<Cidr> {
    let text = value.text()?;
    let (address, length) = text.split_once('/').map_or((text, None), |(a, l)| (a, Some(l)));
    let parsed = read_address(address).and_then(|(rank, first)| {
        let length = length.map_or(Some(width(rank)), read_number)?;
        (length <= width(rank)).then_some(Cidr { rank, first, length })
    });
    match parsed {
        None => no_such(value.at, ("address or network", "IP アドレスやネットワーク"), text),
        Some(cidr) if cidr.first & cidr.host_bits() != 0 => {
            fault(value.at, format!("`{text}` has host bits set"), format!("`{text}` はホスト部が 0 ではありません"))
        }
        Some(cidr) => Ok(cidr),
    }
}

/// An address, a CIDR or a range `first-last`.
pub fn read_range(value: &Value) -> Result<Range> {
    let text = value.text()?;
    let Some((first, last)) = text.split_once('-').filter(|(first, _)| read_address(first).is_some()) else {
        return read_cidr(value).map(Cidr::range);
    };
    match (read_address(first), read_address(last)) {
        (Some((rank, first)), Some((other, last))) if rank == other && first <= last => Ok(Range { rank, first, last }),
        _ => no_such(value.at, ("range", "範囲"), text),
    }
}

pub fn no_such<T>(at: usize, (en, ja): (&str, &str), text: &str) -> Result<T> {
    fault(at, format!("`{text}` is no {en}"), format!("`{text}` という{ja}はありません"))
}

pub fn find<T: Copy>(known: &HashMap<String, T>, value: &Value, what: (&str, &str), name: &str) -> Result<T> {
    known.get(name).map_or_else(|| no_such(value.at, what, name), |found| Ok(*found))
}

/// One of these words: its index.
pub fn one_of(value: &Value, words: &[&str]) -> Result<usize> {
    let text = value.text()?;
    let wrong = || {
        let words = words.join(", ");
        fault(value.at, format!("`{text}` is none of {words}"), format!("`{text}` は {words} のいずれでもありません"))
    };
    words.iter().position(|word| *word == text).map_or_else(wrong, Ok)
}

pub fn is_permit(value: &Value) -> Result<bool> {
    Ok(one_of(value, &["deny", "permit"])? == 1)
}

/// One item, or a list of them that may be empty.
pub fn items<'v, 'a>(value: &'v Value<'a>) -> &'v [Value<'a>] {
    match &value.data {
        Data::List(items) => items,
        _ => std::slice::from_ref(value),
    }
}

/// One item, or a list of them: a union, which must not be empty.
pub fn union<'v, 'a>(value: &'v Value<'a>) -> Result<&'v [Value<'a>]> {
    match items(value) {
        [] => fault(value.at, "an empty list matches nothing", "空のリストは何にも一致しません"),
        items => Ok(items),
    }
}

/// A list that must not be empty.
pub fn filled<'v, 'a>(value: &'v Value<'a>) -> Result<&'v [Value<'a>]> {
    match value.list()? {
        [] => fault(value.at, "the list is empty", "リストが空です"),
        items => Ok(items),
    }
}

pub fn each<'v, 'a, T>(items: &'v [Value<'a>], read: impl FnMut(&'v Value<'a>) -> Result<T>) -> Result<Vec<T>> {
    items.iter().map(read).collect()
}

/// Numbers or spans such as `"100-109"`.
pub fn read_spans(value: &Value, least: u32, most: u32) -> Result<Numbers> {
    let spans = each(union(value)?, |item| {
        let span = match &item.data {
            Data::Number(digits) => read_span(digits, least, most),
            Data::Text(text) => read_span(text, least, most),
            _ => None,
        };
        let wrong = || {
            let en = format!("a number from {least} to {most}, or `a-b`, expected");
            fault(item.at, en, format!("{least}〜{most} の数か `a-b` が必要です"))
        };
        span.map_or_else(wrong, Ok)
    });
    spans.map(Numbers::of)
}

/// One number, as such or as a text, and no span.
pub fn read_one(value: &Value, least: u32, most: u32) -> Result<u32> {
    let number = match &value.data {
        Data::Number(digits) => read_number(digits),
        Data::Text(text) => read_number(text),
        _ => None,
    };
    match number.filter(|number| (least..=most).contains(number)) {
        Some(number) => Ok(number),
        None => {
            let en = format!("a number from {least} to {most} expected");
            fault(value.at, en, format!("{least}〜{most} の数が必要です"))
        }
    }
}

/// Host names are compared without regard to ASCII case and a final dot.
pub fn host_name(written: &str) -> String {
    written.strip_suffix('.').unwrap_or(written).to_ascii_lowercase()
}

pub fn is_word(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.chars().any(char::is_control)
}

/// Not empty, without outer white space and control characters.
pub fn word(value: &Value) -> Result<String> {
    let text = value.text()?;
    if is_word(text) { Ok(text.to_owned()) } else { bad_name(value.at, text) }
}

pub fn words(value: &Value) -> Result<Vec<String>> {
    each(items(value), word)
}

/// Whether a text is not blank.
pub fn says(value: &Value) -> Result<bool> {
    Ok(!value.text()?.trim().is_empty())
}

/// A word without a colon.
pub fn good_id(at: usize, text: &str) -> Result<String> {
    if is_word(text) && !text.contains(':') { Ok(text.to_owned()) } else { bad_name(at, text) }
}

pub fn bad_name<T>(at: usize, text: &str) -> Result<T> {
    fault(at, format!("`{text}` cannot be a name"), format!("`{text}` は名前に使えません"))
}

/// A word that nothing else of its sort has for an id.
pub fn new_word(value: &Value, known: &mut HashSet<String>) -> Result<String> {
    let id = word(value)?;
    if known.insert(id.clone()) { Ok(id) } else { duplicate(value.at, &id) }
}

pub fn duplicate<T>(at: usize, id: &str) -> Result<T> {
    fault(at, format!("duplicate id `{id}`"), format!("id `{id}` が重複しています"))
}

pub fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let digits = |t: &str, n: usize| t.len() == n && t.bytes().all(|b| b.is_ascii_digit());
    if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) {
        return false;
    }
    let number = |t: &str| t.parse::<u32>().unwrap_or(0);
    let (year, month, day) = (number(year), number(month), number(day));
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    year > 0 && (1..=days).contains(&day)
}

pub fn read_date(value: &Value) -> Result<String> {
    let text = value.text()?;
    if is_date(text) {
        Ok(text.to_owned())
    } else {
        no_such(value.at, ("date (2027-03-31)", "日付（2027-03-31 など）"), text)
    }
}

/// What no service may be named, alone or before a `/`.
pub const PROTOCOLS: [&str; 9] = ["tcp", "udp", "sctp", "icmp", "icmpv6", "esp", "ah", "gre", "proto"];

/// A service that is no name: semantics section 1.
pub fn plain_service(text: &str) -> Option<Services> {
    let (name, port) = text.split_once('/').map_or((text, None), |(n, p)| (n, Some(p)));
    let protocol = match (name, port) {
        ("any", None) => return Some(every_service()),
        ("transfer", None) => {
            return Some(Services { set: Numbers::none(), transfer: true, word: true, limited: true });
        }
        ("proto", Some(number)) => read_number(number).filter(|n| *n <= 255)?,
        ("tcp", _) => 6,
        ("udp", _) => 17,
        ("sctp", _) => 132,
        ("icmp", None) => 1,
        ("icmpv6", None) => 58,
        ("esp", None) => 50,
        ("ah", None) => 51,
        ("gre", None) => 47,
        _ => return None,
    };
    let (first, last) = match port {
        Some(port) if name != "proto" => read_span(port, 0, 65_535).map(|(first, end)| (first, end - 1))?,
        _ if matches!(protocol, 6 | 17 | 132) => (0, 65_535),
        _ => (0, 0),
    };
    let limited = first == last && matches!(protocol, 1 | 58 | 6 | 17 | 132);
    let set = Numbers::of(vec![(service(protocol, first), service(protocol, last) + 1)]);
    Some(Services { set, transfer: false, word: false, limited })
}

pub fn every_service() -> Services {
    Services { set: Numbers::of(vec![(0, SERVICES_END)]), transfer: true, word: false, limited: false }
}

pub type Entry<'a> = (Cow<'a, str>, Value<'a>);

pub fn entries<'v, 'a>(value: Option<&'v Value<'a>>) -> Result<&'v [Entry<'a>]> {
    value.map_or(Ok(&[]), Value::entries)
}

/// The greatest `count`, how many lists may stand one within the other, and interfaces that a node may name.
pub const MOST: usize = (1 << 53) - 1;
pub const NESTED: usize = 64;
pub const NAMED: usize = 60_000;

/// Named lists, which may name others with this prefix: each after those it names. A circle is an error, and too many of
/// them one within the other.
pub fn in_order<'v, 'a>(value: Option<&'v Value<'a>>, prefix: &str) -> Result<Vec<&'v Entry<'a>>> {
    let lists = entries(value)?;
    lists.iter().try_for_each(|(name, value)| good_id(value.at, name).map(drop))?;
    let index: HashMap<&str, usize> = lists.iter().enumerate().map(|(i, (name, _))| (name.as_ref(), i)).collect();
    let named = |item: &Value| -> Result<Option<usize>> {
        Ok(item.text()?.strip_prefix(prefix).and_then(|name| index.get(name)).copied())
    };
    // How many stand one within the other: 0 new, `usize::MAX` begun.
    let (mut order, mut height) = (Vec::new(), vec![0; lists.len()]);
    for root in 0..lists.len() {
        let mut stack = vec![root];
        while let Some(&top) = stack.last() {
            let items = union(&lists[top].1)?;
            if height[top] == 0 {
                height[top] = usize::MAX;
                for item in items {
                    match named(item)? {
                        Some(next) if height[next] == 0 => stack.push(next),
                        Some(next) if height[next] == usize::MAX => {
                            return fault(item.at, "a name that leads back to itself", "名前の参照が循環しています");
                        }
                        _ => {}
                    }
                }
                continue;
            }
            stack.pop();
            if height[top] == usize::MAX {
                height[top] = 1;
                for item in items {
                    height[top] = height[top].max(named(item)?.map_or(1, |inner| height[inner] + 1));
                }
                if height[top] > NESTED {
                    let en = format!("lists within lists, more than {NESTED}");
                    return fault(lists[top].1.at, en, format!("一覧の入れ子が {NESTED} 段を超えています"));
                }
                order.push(&lists[top]);
            }
        }
    }
    Ok(order)
}
