//! Slips of hand and habit: what full-width characters, a word processor or the language of another tool make of what
//! the format means. For the help of errors only: nothing is ever read as what it seems to mean here.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::keys::{self, Object, Shape};
use super::parse;
use super::tree::{shown, span};
use super::{AddressRange, Cidr, Date, Family, ServiceItem};
use crate::language::Phrase;
use crate::nearest::half_width;
use crate::source::Span;

/// A text in half-width characters and without curly quotes, where it is not so already.
pub(super) fn meant(text: &str) -> Option<String> {
    let plain: String = half_width(text).collect();
    let plain = plain.trim();
    (plain != text && !plain.is_empty()).then(|| plain.to_owned())
}

/// That a text should be written otherwise, if what it seems to mean is `usable`.
pub(super) fn help(text: &str, usable: impl Fn(&str) -> bool) -> Option<Phrase> {
    let plain = meant(text).filter(|plain| usable(plain))?;
    Some(if text.contains(CURLY) {
        Phrase::new(
            format!("the quotes “ ” ‘ ’ are no quotes to YAML: write `{plain}`"),
            format!("“ ” ‘ ’ は YAML の引用符ではありません。「{plain}」と書いてください"),
        )
    } else {
        Phrase::new(
            format!("there are full-width characters: write `{plain}`"),
            format!("全角の文字があります。半角で「{plain}」と書いてください"),
        )
    })
}

const CURLY: [char; 6] = ['“', '”', '„', '‘', '’', '‚'];

/// That a key begins with spaces that do not indent.
pub(super) fn indented(key: &str) -> Option<Phrase> {
    key.starts_with(['\u{3000}', '\u{a0}']).then(indentation)
}

fn indentation() -> Phrase {
    Phrase::new(
        "the line is indented with tabs or full-width spaces: use half-width spaces",
        "字下げにタブか全角の空白があります。半角の空白を使ってください",
    )
}

/// That a name bears quotes that are none.
pub(super) fn curly(name: &str) -> Option<(Phrase, Phrase)> {
    let plain = meant(name).filter(|_| name.starts_with(CURLY))?;
    let message = Phrase::new("the quotes “ ” ‘ ’ are part of this name", "引用符 “ ” ‘ ’ も名前の一部になっています");
    Some((message, Phrase::new(format!("write `{plain}`"), format!("「{plain}」と書いてください"))))
}

/// A key and its value in one text, for want of a colon that YAML takes for one: the help.
pub(super) fn colon(text: &str, known: &[&str]) -> Option<(String, Phrase)> {
    let at = text.find([':', '：'])?;
    let (key, rest) = text.split_at(at);
    let key: String = half_width(key).collect();
    let key = key.trim().trim_start_matches('{');
    let wide = rest.starts_with('：');
    let value = rest.trim_start_matches([':', '：']);
    if !known.contains(&key) || !wide && value.starts_with([' ', '\t']) || value.is_empty() && !wide {
        return None;
    }
    // what follows a comma of the same line is another member
    let value = value.trim().split(['\n', ',', '，', '、', '}', '｝']).next().unwrap_or_default().trim();
    Some((key.to_owned(), colon_help(key, value, wide)))
}

fn colon_help(key: &str, value: &str, wide: bool) -> Phrase {
    let value = shown(value);
    let right = format!("{key}: {value}");
    let right = right.trim_end();
    if wide {
        Phrase::new(
            format!("the colon is full-width: write `{right}`, with a half-width colon and a space"),
            format!("コロンが全角です。半角のコロンと空白で「{right}」と書いてください"),
        )
    } else {
        Phrase::new(
            format!("a space is missing behind the colon: write `{right}`"),
            format!("コロンの後に空白がありません。「{right}」と書いてください"),
        )
    }
}

/// A slip that may be why a text is no YAML: where it is, and the help.
pub(super) fn in_yaml(text: &str, at: usize) -> Option<(Span, Phrase)> {
    let known = all_keys();
    let at = text.floor_char_boundary(at.min(text.len()));
    let mut end = text[at..].find('\n').map_or(text.len(), |length| at + length);
    // the parser notices at the next line that has a colon
    for _ in 0..4 {
        let start = text[..end].rfind('\n').map_or(0, |newline| newline + 1);
        let line = &text[start..end];
        if let Some((from, to, help)) = in_line(line, &known) {
            return Some((span(start + from, start + to), help));
        }
        end = start.checked_sub(1)?;
    }
    None
}

/// The bytes of a slip within a line, and the help.
fn in_line(line: &str, known: &BTreeSet<&'static str>) -> Option<(usize, usize, Phrase)> {
    let indentation = line.len() - line.trim_start_matches([' ', '\t', '\u{3000}', '\u{a0}']).len();
    if let Some(space) = line[..indentation].find(['\u{3000}', '\u{a0}', '\t']) {
        return Some((space, indentation, self::indentation()));
    }
    let (mut quote, mut open) = (None, Vec::new());
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (Some(end), _) if c == end => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '#') if line[..at].ends_with([' ', '\t']) || at == 0 => return None,
            (None, '{' | '[') => open.push(c),
            (None, '}' | ']') => drop(open.pop()),
            (None, ':' | '：') => {
                let before = &line[..at];
                let word = before.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '_').len();
                let key = &before[word..];
                let lead = before[..word].trim_end();
                // `[zone:a, zone:b]` and `- zone:a` are selectors
                let is_key = match open.last() {
                    Some('{') => lead.ends_with(['{', ',', '，', '、']),
                    Some(_) => false,
                    None => lead.is_empty() || lead.ends_with('-') && (key != "zone" || c == '：'),
                };
                let value = &line[at + c.len_utf8()..];
                let slipped = c == '：' || !value.is_empty() && !value.starts_with([' ', '\t', '\r']);
                if is_key && slipped && known.contains(key) {
                    let value = value.trim().split([',', '}', ' ']).next().unwrap_or_default();
                    return Some((word, at + c.len_utf8(), colon_help(key, value, c == '：')));
                }
            }
            (None, '｛' | '｝' | '［' | '］' | '，' | '＂' | '＇') => {
                let plain: String = half_width(&line[at..at + c.len_utf8()]).collect();
                let plain = if c == '＂' || c == '＇' { "\"" } else { &plain };
                return Some((
                    at,
                    at + c.len_utf8(),
                    Phrase::new(
                        format!("`{c}` is full-width: write `{plain}`"),
                        format!("「{c}」は全角です。半角の「{plain}」を書いてください"),
                    ),
                ));
            }
            _ => {}
        }
    }
    None
}

/// Every key of the format.
fn all_keys() -> BTreeSet<&'static str> {
    fn objects(shape: &Shape, open: &mut Vec<&'static Object>) {
        match shape {
            Shape::Object(object) => open.push(object),
            Shape::Link => open.push(&keys::LINK),
            Shape::RuleSelector => open.push(&keys::NOT),
            Shape::Vlans => open.push(&keys::VLANS_BY_END),
            Shape::Some(of)
            | Shape::Many(of)
            | Shape::List(of)
            | Shape::FullList(of)
            | Shape::ById(of)
            | Shape::ByWord(of) => {
                objects(of, open);
            }
            _ => {}
        }
    }
    let (mut open, mut seen, mut names) = (vec![&keys::DOCUMENT], BTreeSet::new(), BTreeSet::new());
    while let Some(object) = open.pop() {
        if seen.insert(object.name) {
            for key in object.keys {
                names.insert(key.name);
                objects(&key.shape, &mut open);
            }
        }
    }
    names
}

/// Whether a word means everything in the language of some device.
pub(super) fn is_any(text: &str) -> bool {
    let plain: String = half_width(text).collect();
    let plain = plain.trim();
    ["any", "all", "*", "0/0", "すべて", "全て", "全部", "any4", "anywhere"].contains(&&*plain.to_lowercase())
}

/// What other tools call services.
const USUAL: &[(&str, &str)] = &[
    ("all", "any"),
    ("ip", "any"),
    ("ping", "icmp"),
    ("ospf", "proto/89"),
    ("vrrp", "proto/112"),
    ("ftp", "tcp/21"),
    ("ssh", "tcp/22"),
    ("sftp", "tcp/22"),
    ("scp", "tcp/22"),
    ("telnet", "tcp/23"),
    ("smtp", "tcp/25"),
    ("dns", "[udp/53, tcp/53]"),
    ("domain", "[udp/53, tcp/53]"),
    ("dhcp", "udp/67-68"),
    ("bootp", "udp/67-68"),
    ("tftp", "udp/69"),
    ("http", "tcp/80"),
    ("www", "tcp/80"),
    ("kerberos", "[tcp/88, udp/88]"),
    ("pop3", "tcp/110"),
    ("ntp", "udp/123"),
    ("rpc", "tcp/135"),
    ("msrpc", "tcp/135"),
    ("netbios", "[udp/137-138, tcp/139]"),
    ("imap", "tcp/143"),
    ("imap4", "tcp/143"),
    ("snmp", "udp/161"),
    ("snmptrap", "udp/162"),
    ("snmp-trap", "udp/162"),
    ("bgp", "tcp/179"),
    ("ldap", "tcp/389"),
    ("https", "tcp/443"),
    ("ssl", "tcp/443"),
    ("tls", "tcp/443"),
    ("quic", "udp/443"),
    ("smb", "tcp/445"),
    ("cifs", "tcp/445"),
    ("microsoft-ds", "tcp/445"),
    ("smtps", "tcp/465"),
    ("ike", "udp/500"),
    ("isakmp", "udp/500"),
    ("ipsec", "[udp/500, udp/4500, esp]"),
    ("syslog", "udp/514"),
    ("lpd", "tcp/515"),
    ("lpr", "tcp/515"),
    ("submission", "tcp/587"),
    ("ipp", "tcp/631"),
    ("ldaps", "tcp/636"),
    ("ftps", "tcp/990"),
    ("imaps", "tcp/993"),
    ("pop3s", "tcp/995"),
    ("mssql", "tcp/1433"),
    ("ms-sql", "tcp/1433"),
    ("oracle", "tcp/1521"),
    ("l2tp", "udp/1701"),
    ("pptp", "tcp/1723"),
    ("radius", "udp/1812-1813"),
    ("nfs", "tcp/2049"),
    ("mysql", "tcp/3306"),
    ("rdp", "tcp/3389"),
    ("ms-rdp", "tcp/3389"),
    ("sip", "[udp/5060, tcp/5060]"),
    ("postgresql", "tcp/5432"),
    ("postgres", "tcp/5432"),
    ("vnc", "tcp/5900"),
    ("winrm", "tcp/5985-5986"),
    ("proxy", "tcp/8080"),
    ("http-alt", "tcp/8080"),
    ("wsus", "tcp/8530-8531"),
    ("jetdirect", "tcp/9100"),
];

/// How the format writes a service that is called or written as elsewhere: `https`, `443/tcp`, `TCP:443`, `tcp/80,443`.
pub(crate) fn service(text: &str) -> Option<String> {
    let plain: String = half_width(text).collect();
    let plain = plain.trim().to_lowercase();
    if let Some((_, usual)) = USUAL.iter().find(|(name, _)| *name == plain) {
        return Some((*usual).to_owned());
    }
    let usable = |text: &str| matches!(parse::service(text), Ok(Some(ServiceItem::Any | ServiceItem::Protocol { .. })));
    if usable(&plain) {
        return (plain != text).then_some(plain);
    }
    let mut parts = plain.split([' ', ':', '/', '_']).filter(|part| !part.is_empty());
    let (first, second) = (parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let is_protocol = |word: &str| parse::PROTOCOLS.iter().any(|(name, ..)| *name == word);
    let (protocol, ports) = if is_protocol(first) { (first, second) } else { (second, first) };
    let mut items = Vec::new();
    for part in ports.split(',').map(str::trim) {
        let item = format!("{protocol}/{part}");
        if !is_protocol(protocol) || !usable(&item) {
            return None;
        }
        items.push(item);
    }
    Some(if let [one] = &items[..] { one.clone() } else { format!("[{}]", items.join(", ")) })
}

/// A day that is written otherwise: `2027/3/31`, `2027年3月31日`, `令和9年3月31日`, `R9.3.31`.
pub(super) fn date(text: &str) -> Option<String> {
    let plain: String = half_width(text).collect();
    let plain = plain.trim().replace("元年", "1年");
    let (since, rest) = match plain.strip_prefix("令和").or_else(|| plain.strip_prefix(['R', 'r'])) {
        Some(rest) => (2018, rest),
        None => (0, &*plain),
    };
    let parts: Vec<_> = rest.split(['/', '-', '.', '年', '月', '日', ' ']).filter(|part| !part.is_empty()).collect();
    let [year, month, day] = parts[..] else { return None };
    let (year, month, day) = (year.parse::<u16>().ok()?, month.parse::<u8>().ok()?, day.parse::<u8>().ok()?);
    let iso = format!("{:04}-{month:02}-{day:02}", year.checked_add(since)?);
    (year + since > 1000 && iso.parse::<Date>().is_ok()).then_some(iso)
}

/// The largest CIDRs that make up a range, in order.
pub(super) fn cidrs(range: AddressRange) -> impl Iterator<Item = Cidr> {
    let width: u8 = if range.family == Family::V4 { 32 } else { 128 };
    let mut next = Some(range.low);
    std::iter::from_fn(move || {
        let low = next.filter(|low| *low <= range.high)?;
        // as many host bits as the alignment of the first address and the length of what is left allow
        let left = (range.high - low).checked_add(1).map_or(127, |count| count.ilog2());
        let bits = low.trailing_zeros().min(left).min(u32::from(width));
        next = 1_u128.checked_shl(bits).and_then(|count| low.checked_add(count));
        Some(Cidr { family: range.family, network: low, length: width - bits as u8 })
    })
}

/// A text as it may be compared with others of a list: see [`half_width`].
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    meant(text).map_or(Cow::Borrowed(text), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_of_other_tools_are_named_as_the_format_does() {
        for (text, meant) in [
            ("https", Some("tcp/443")),
            ("HTTPS", Some("tcp/443")),
            ("dns", Some("[udp/53, tcp/53]")),
            ("443/tcp", Some("tcp/443")),
            ("TCP/443", Some("tcp/443")),
            ("tcp:443", Some("tcp/443")),
            ("tcp 443", Some("tcp/443")),
            ("tcp/４４３", Some("tcp/443")),
            ("tcp/80,443", Some("[tcp/80, tcp/443]")),
            ("udp/１０００～２０００", Some("udp/1000-2000")),
            ("tcp/443", None),
            ("tcp/70000", None),
            ("icmp/8", None),
            ("web", None),
            ("", None),
        ] {
            assert_eq!(service(text).as_deref(), meant, "{text}");
        }
    }

    #[test]
    fn every_usual_service_is_one_of_the_format() {
        for (name, usual) in USUAL {
            for item in usual.trim_matches(['[', ']']).split(", ") {
                assert!(matches!(parse::service(item), Ok(Some(_))), "{name}: {item}");
            }
            assert!(
                !usual.contains(name) || matches!(parse::service(name), Ok(None)),
                "{name} is a word of the format"
            );
        }
    }

    #[test]
    fn ranges_are_made_up_of_cidrs() {
        for (range, parts) in [
            ("10.0.0.1-10.0.0.9", "10.0.0.1, 10.0.0.2/31, 10.0.0.4/30, 10.0.0.8/31"),
            ("10.0.0.0-10.0.0.255", "10.0.0.0/24"),
            ("10.0.0.7-10.0.0.7", "10.0.0.7"),
            ("0.0.0.0-255.255.255.255", "0.0.0.0/0"),
            ("2001:db8::-2001:db8::2", "2001:db8::/127, 2001:db8::2"),
            (
                "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127",
            ),
        ] {
            let range = parse::addresses(range).expect("a range");
            assert_eq!(cidrs(range).map(|cidr| cidr.to_string()).collect::<Vec<_>>().join(", "), parts);
        }
    }

    #[test]
    fn days_are_read_however_they_are_written() {
        for text in ["2027/3/31", "2027.3.31", "2027年3月31日", "令和9年3月31日", "R9.3.31", "２０２７－０３－３１"]
        {
            assert_eq!(date(text).as_deref(), Some("2027-03-31"), "{text}");
        }
        for text in ["27/3/31", "2027/2/30", "31.3", "年度末", ""] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn selectors_are_not_taken_for_keys_without_a_space() {
        let known = all_keys();
        for line in [
            "from: [zone:lgwan, zone:internet]",
            "- zone:lgwan",
            "- { between: [\"a:b\", c] }",
            "# id：x",
            "a: \"id：x\"",
        ] {
            assert_eq!(in_line(line, &known), None, "{line}");
        }
        for line in ["- id：utm", "  kind:firewall", "- { id: a, zone:lgwan }", "zone:lgwan", "sanso：1", "　- id: b"]
        {
            assert!(in_line(line, &known).is_some(), "{line}");
        }
    }
}
