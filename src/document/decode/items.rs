//! The words of lists: selectors, services, addresses, VLANs, ports, dates. `parse` says what they mean; here stands
//! what to tell the user when they mean nothing.

use super::super::mask;
use super::super::parse::{self, AddressFault, RangeFault, ServiceFault};
use super::super::slips;
use super::super::tree::{Tree, Value, integer, shown};
use super::super::{AddressRange, Cidr, Date, Phrase, SelectorItem, ServiceItem, Spanned, Text};
use super::place::Place;
use super::{Decoder, phrase};
use crate::code::Code;
use crate::nearest::nearest;
use crate::source::Span;

const PREFIXES: [&str; 6] = ["node", "zone", "group", "kind", "tag", "fqdn"];

impl<'s> Decoder<'_, 's> {
    /// An item of a selector.
    pub(super) fn selector_item(&mut self, tree: Tree<'s>, place: Place) -> Option<Spanned<SelectorItem<'s>>> {
        if let Value::Map(_) = tree.value {
            return self.negation(tree, place);
        }
        let Spanned { value: text, span } = self.text(tree)?;
        let item = self.selector_text(text, span)?;
        self.item_here(&item, place, span).then_some(Spanned { value: item, span })
    }

    fn selector_text(&mut self, text: Text<'s>, span: Span) -> Option<SelectorItem<'s>> {
        if text == "any" {
            return Some(SelectorItem::Any);
        }
        let Some((prefix, rest)) = split_prefix(&text) else {
            return self.address_range(&text, span).map(SelectorItem::Addresses);
        };
        let fault = if matches!(prefix, "tag" | "fqdn") { parse::check_word(&rest) } else { parse::check_id(&rest) };
        if let Err(fault) = fault {
            self.bad_name(&rest, span, fault);
            return None;
        }
        Some(match prefix {
            "node" => SelectorItem::Node(rest),
            "zone" => SelectorItem::Zone(rest),
            "group" => SelectorItem::Group(rest),
            "tag" => SelectorItem::Tag(rest),
            "fqdn" => SelectorItem::Fqdn(rest),
            _ => {
                let rest = Spanned { value: rest, span };
                return self.choice_of(rest, &parse::KINDS, ("kind of node", "ノードの種別")).map(SelectorItem::Kind);
            }
        })
    }

    fn address_range(&mut self, text: &str, span: Span) -> Option<AddressRange> {
        let fault = match parse::addresses(text) {
            Ok(range) => return Some(range),
            Err(fault) => fault,
        };
        if fault != AddressFault::Syntax {
            self.address_fault(text, span, fault);
            return None;
        }
        let prefix = text.split(':').next().unwrap_or_default();
        let usable = |plain: &str| parse::addresses(plain).is_ok() || split_prefix(&Text::Borrowed(plain)).is_some();
        let help = if let Some(help) = mask::help(text) {
            Some(help)
        } else if slips::is_any(text) {
            phrase("write `any`", "「any」と書いてください")
        } else if let Some(help) = slips::help(text, usable) {
            Some(help)
        } else if let (true, Some(close)) = (prefix.len() < text.len(), nearest(prefix, PREFIXES)) {
            let rest = shown(&text[prefix.len()..]);
            phrase(format!("did you mean `{close}{rest}`?"), format!("「{close}{rest}」ではありませんか"))
        } else if text.bytes().all(|byte| byte.is_ascii_digit() || b"./-*, ".contains(&byte)) {
            phrase(
                "write an address (10.0.0.1), a CIDR (10.0.0.0/8) or a range (10.0.0.1-10.0.0.9)",
                "アドレス（10.0.0.1）、CIDR（10.0.0.0/8）、範囲（10.0.0.1-10.0.0.9）のいずれかを書いてください",
            )
        } else {
            let id = shown(text);
            phrase(
                format!("a node is `node:{id}`, a zone `zone:{id}`, an address list `group:{id}`"),
                format!("ノードなら「node:{id}」、領域なら「zone:{id}」、グループなら「group:{id}」です"),
            )
        };
        self.error(
            Code::BadSelector,
            span,
            format!("`{}` is neither an address nor a selector", shown(text)),
            format!("「{}」はアドレスでもセレクターでもありません", shown(text)),
        )
        .help = help;
        None
    }

    /// An address or CIDR.
    pub(super) fn cidr(&mut self, tree: Tree<'s>) -> Option<Spanned<Cidr>> {
        let Spanned { value: text, span } = self.text(tree)?;
        match parse::cidr(&text) {
            Ok(value) => Some(Spanned { value, span }),
            Err(fault) => {
                self.address_fault(&text, span, fault);
                None
            }
        }
    }

    fn address_fault(&mut self, text: &str, span: Span, fault: AddressFault) {
        if let (AddressFault::Syntax, Ok(range)) = (&fault, parse::addresses(&slips::plain(text))) {
            return self.misplaced_range(text, span, range);
        }
        let masked = mask::help(text);
        let text = shown(text);
        let (code, message, help) = match fault {
            AddressFault::Syntax => (
                Code::BadAddress,
                Phrase::new(
                    format!("`{text}` is neither an address nor a CIDR"),
                    format!("「{text}」はアドレスでも CIDR でもありません"),
                ),
                masked.or_else(|| {
                    phrase(
                        "write it like 10.0.0.1, 10.0.0.0/8 or 2001:db8::/32, without leading zeros",
                        "10.0.0.1、10.0.0.0/8、2001:db8::/32 のように、先頭に 0 を付けずに書いてください",
                    )
                }),
            ),
            AddressFault::Prefix(most) => (
                Code::BadPrefix,
                Phrase::new(
                    format!("the prefix length of `{text}` is no number from 0 to {most}"),
                    format!("「{text}」のプレフィックス長が 0～{most} の数ではありません"),
                ),
                masked.or_else(|| {
                    phrase("write the length in bits, as in 10.0.0.0/8", "10.0.0.0/8 のようにビット数で書いてください")
                }),
            ),
            AddressFault::HostBits(host, network) => (
                Code::HostBits,
                Phrase::new(
                    format!("`{text}` has host bits set"),
                    format!("「{text}」はホスト部のビットが 0 ではありません"),
                ),
                phrase(
                    format!("write {host} for the host, or {network} for the network"),
                    format!("ホストなら {host}、ネットワークなら {network} と書いてください"),
                ),
            ),
            AddressFault::Mixed => (
                Code::MixedFamilies,
                Phrase::new(
                    format!("`{text}` mixes IPv4 and IPv6"),
                    format!("「{text}」は IPv4 と IPv6 が混ざっています"),
                ),
                phrase("write two ranges", "範囲を 2 つに分けてください"),
            ),
            AddressFault::Reversed => (
                Code::ReversedRange,
                Phrase::new(format!("the range `{text}` is reversed"), format!("範囲「{text}」の順序が逆です")),
                phrase("write the lower end first", "小さい方を先に書いてください"),
            ),
        };
        self.diagnostics.error(code, span, message).help = help;
    }

    /// Full-width characters where an address or CIDR is wanted, or a range, which the format knows in selectors only.
    fn misplaced_range(&mut self, text: &str, span: Span, range: AddressRange) {
        if let Some(help) = slips::help(text, |plain| parse::cidr(plain).is_ok()) {
            let message = Phrase::new(
                format!("`{}` is neither an address nor a CIDR", shown(text)),
                format!("「{}」はアドレスでも CIDR でもありません", shown(text)),
            );
            self.diagnostics.error(Code::BadAddress, span, message).help = Some(help);
            return;
        }
        const MOST: usize = 8;
        let parts: Vec<String> = slips::cidrs(range).take(MOST + 1).map(|cidr| cidr.to_string()).collect();
        let message = Phrase::new(
            format!("`{}` is a range; here an address or a CIDR is wanted", shown(text)),
            format!("「{}」は範囲です。ここにはアドレスか CIDR が必要です", shown(text)),
        );
        self.diagnostics.error(Code::RangeNotHere, span, message).help = if parts.len() > MOST {
            phrase("write the CIDRs that make it up", "範囲を CIDR に分けて書いてください")
        } else {
            let parts = parts.join(", ");
            phrase(format!("write what makes it up: [{parts}]"), format!("CIDR に分けて [{parts}] と書いてください"))
        };
    }

    /// An item of a service list.
    pub(super) fn service_item(&mut self, tree: Tree<'s>) -> Option<Spanned<ServiceItem<'s>>> {
        self.warn_leading_zero(&tree);
        if let (Value::Number(number), Some(port)) = (&tree.value, whole(&tree).and_then(|n| u16::try_from(n).ok())) {
            self.error(
                Code::BadService,
                tree.span,
                format!("`{}` is a port without a protocol", shown(number)),
                format!("「{}」にはプロトコルがありません", shown(number)),
            )
            .help =
                phrase(format!("write tcp/{port} or udp/{port}"), format!("tcp/{port} か udp/{port} と書いてください"));
            return None;
        }
        let Spanned { value: text, span } = self.text(tree)?;
        let fault = match parse::service(&text) {
            Ok(Some(item)) => return Some(Spanned { value: item, span }),
            Ok(None) => {
                return match parse::check_id(&text) {
                    Ok(()) => Some(Spanned { value: ServiceItem::Named(text), span }),
                    Err(fault) => {
                        match slips::service(&text) {
                            None => self.bad_name(&text, span, fault),
                            Some(meant) => self.bad_service(&text, span, write_service(&meant)),
                        }
                        None
                    }
                };
            }
            Err(fault) => fault,
        };
        if let Some(meant) = slips::service(&text) {
            self.bad_service(&text, span, write_service(&meant));
            return None;
        }
        let help = match fault {
            ServiceFault::NoPorts(protocol) => phrase(
                format!("{protocol} has no ports: write `{protocol}`"),
                format!("{protocol} にポートはありません。「{protocol}」と書いてください"),
            ),
            ServiceFault::Ports(RangeFault::Reversed) => {
                phrase("write the lower port first", "小さいポートを先に書いてください")
            }
            ServiceFault::Ports(_) => phrase(
                "ports are 0 to 65535: write it like tcp/443 or udp/1024-65535, all ports as `tcp`",
                "ポートは 0～65535 です。tcp/443 や udp/1024-65535、全ポートなら「tcp」のように書いてください",
            ),
            ServiceFault::Number => phrase(
                "protocol numbers are 0 to 255: write it like proto/89; ports go with tcp, udp and sctp only",
                "プロトコル番号は 0～255 です。proto/89 のように書いてください（ポートは tcp、udp、sctp だけ）",
            ),
        };
        self.bad_service(&text, span, help);
        None
    }

    fn bad_service(&mut self, text: &str, span: Span, help: Option<Phrase>) {
        self.error(
            Code::BadService,
            span,
            format!("`{}` is no service", shown(text)),
            format!("「{}」はサービスとして読めません", shown(text)),
        )
        .help = help;
    }

    /// A number that older tools read otherwise.
    pub(super) fn warn_leading_zero(&mut self, tree: &Tree<'s>) {
        let Value::Number(written) = tree.value else { return };
        let digits = written.trim_start_matches(['+', '-']);
        if digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            let plain = digits.trim_start_matches('0');
            let plain = shown(if plain.is_empty() { "0" } else { plain });
            let message = Phrase::new(
                format!("read as {plain}; older YAML tools read it as an octal number"),
                format!("{plain} と読みました（古い YAML の処理系では 8 進数になります）"),
            );
            self.diagnostics.warning(Code::LeadingZero, tree.span, message).help =
                phrase(format!("write {plain}"), format!("{plain} と書いてください"));
        }
    }

    /// A VLAN or a range of them.
    pub(super) fn vlan(&mut self, tree: Tree<'s>) -> Option<(u16, u16)> {
        let what =
            ("a VLAN from 1 to 4094, or a range such as \"100-109\"", "1～4094 の VLAN か \"100-109\" のような範囲");
        self.numbers(tree, Code::BadVlan, what, *parse::VLANS.start(), *parse::VLANS.end()).map(|vlans| vlans.value)
    }

    /// A VLAN by itself.
    pub(super) fn one_vlan(&mut self, tree: Tree<'s>) -> Option<u16> {
        let what = ("a VLAN from 1 to 4094", "1～4094 の VLAN");
        self.one_number(tree, Code::BadVlan, what, *parse::VLANS.start(), *parse::VLANS.end())
    }

    /// A port by itself.
    pub(super) fn one_port(&mut self, tree: Tree<'s>) -> Option<u16> {
        self.one_number(tree, Code::BadPort, ("a port from 0 to 65535", "0～65535 のポート"), 0, u16::MAX)
    }

    fn one_number(&mut self, tree: Tree<'s>, code: Code, what: (&str, &str), low: u16, high: u16) -> Option<u16> {
        let Spanned { value: (first, last), span } = self.numbers(tree, code, what, low, high)?;
        // `80-80` is written as a range too
        if first == last && !self.written(span).contains('-') {
            return Some(first);
        }
        let written = shown(self.written(span));
        self.error(
            code,
            span,
            format!("{written} is not {}", what.0),
            format!("{written} は{}ではありません", what.1),
        )
        .help = phrase("write a single number", "1 つの数を書いてください");
        None
    }

    /// A port or a range of them.
    pub(super) fn port(&mut self, tree: Tree<'s>) -> Option<Spanned<(u16, u16)>> {
        let what = (
            "a port from 0 to 65535, or a range such as \"1024-65535\"",
            "0～65535 のポートか \"1024-65535\" のような範囲",
        );
        self.numbers(tree, Code::BadPort, what, 0, u16::MAX)
    }

    fn numbers(
        &mut self,
        tree: Tree<'s>,
        code: Code,
        what: (&str, &str),
        low: u16,
        high: u16,
    ) -> Option<Spanned<(u16, u16)>> {
        let found = match &tree.value {
            Value::Number(_) => {
                let number = whole(&tree).and_then(|number| u16::try_from(number).ok());
                number.filter(|number| (low..=high).contains(number)).map(|n| (n, n)).ok_or(RangeFault::Bounds)
            }
            Value::String(text) => parse::range(text, low, high),
            _ => {
                self.wrong_type(&tree, what);
                return None;
            }
        };
        self.warn_leading_zero(&tree);
        match found {
            Ok(value) => Some(Spanned { value, span: tree.span }),
            Err(fault) => {
                let written = shown(self.written(tree.span));
                let slip = match &tree.value {
                    Value::String(text) => slips::help(text, |plain| parse::range(plain, low, high).is_ok()),
                    _ => None,
                };
                let diagnostic = self.error(
                    code,
                    tree.span,
                    format!("{written} is not {}", what.0),
                    format!("{written} は{}ではありません", what.1),
                );
                diagnostic.help = match fault {
                    _ if slip.is_some() => slip,
                    RangeFault::Reversed => phrase("write the lower end first", "小さい方を先に書いてください"),
                    RangeFault::Bounds => phrase(
                        format!("write whole numbers from {low} to {high}"),
                        format!("{low}～{high} の整数で書いてください"),
                    ),
                    RangeFault::Syntax => phrase(
                        "write digits without leading zeros or spaces, and `-` between the ends of a range",
                        "先頭の 0 や空白を入れずに数字で、範囲は「-」でつないで書いてください",
                    ),
                };
                None
            }
        }
    }

    /// A date.
    pub(super) fn date(&mut self, tree: Tree<'s>) -> Option<Date> {
        let Spanned { value: text, span } = self.text(tree)?;
        let date = parse::date(&text);
        if date.is_none() {
            self.error(
                Code::BadDate,
                span,
                format!("`{}` is no date", shown(&text)),
                format!("「{}」は日付ではありません", shown(&text)),
            )
            .help = slips::date(&text)
                .map(|day| Phrase::new(format!("write {day}"), format!("{day} と書いてください")))
                .or_else(|| {
                    phrase(
                        "write a day of the calendar as YYYY-MM-DD, such as 2027-03-31",
                        "暦にある日付を 2027-03-31 のように YYYY-MM-DD（西暦）で書いてください",
                    )
                });
        }
        date
    }
}

fn write_service(meant: &str) -> Option<Phrase> {
    phrase(format!("write {meant}"), format!("{meant} と書いてください"))
}

/// The whole number of a tree that is one.
pub(super) fn whole(tree: &Tree<'_>) -> Option<u64> {
    match tree.value {
        Value::Number(text) => integer(text),
        _ => None,
    }
}

/// `node:x` as `node` and `x`, when the prefix is known.
fn split_prefix<'s>(text: &Text<'s>) -> Option<(&'static str, Text<'s>)> {
    let colon = text.find(':')?;
    let prefix = PREFIXES.into_iter().find(|prefix| *prefix == &text[..colon])?;
    let rest = match text {
        Text::Borrowed(text) => Text::Borrowed(&text[colon + 1..]),
        Text::Owned(text) => Text::Owned(text[colon + 1..].to_owned()),
    };
    Some((prefix, rest))
}
