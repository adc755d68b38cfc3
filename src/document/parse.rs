//! The words of the format: kinds, addresses, selectors, services, VLANs, dates. Strings in, values or the reason
//! why not out; the fast and the thorough reader both ask here.

use std::borrow::Cow;
use std::net::IpAddr;
use std::ops::RangeInclusive;

use ipnetwork::IpNetwork;

use super::{Action, AddressRange, Cidr, Date, Family, Kind, Sanitise, Text};

/// Kinds by name.
pub(super) const KINDS: [(&str, Kind); 11] = [
    ("switch", Kind::Switch),
    ("l3-switch", Kind::L3Switch),
    ("router", Kind::Router),
    ("firewall", Kind::Firewall),
    ("host", Kind::Host),
    ("terminal", Kind::Terminal),
    ("server", Kind::Server),
    ("printer", Kind::Printer),
    ("storage", Kind::Storage),
    ("external", Kind::External),
    ("gateway", Kind::Gateway),
];

/// Actions by name.
pub(super) const ACTIONS: [(&str, Action); 2] = [("permit", Action::Permit), ("deny", Action::Deny)];

/// Sanitising methods by name.
pub(super) const SANITISES: [(&str, Sanitise); 3] =
    [("mail-text", Sanitise::MailText), ("screen", Sanitise::Screen), ("file", Sanitise::File)];

/// What `state` of a rule can be.
pub(super) const STATES: [(&str, ()); 1] = [("replies", ())];

/// What `applies_to` of a filter lists.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Handled {
    Forwarded,
    Emitted,
    Delivered,
}

/// Those by name.
pub(super) const HANDLED: [(&str, Handled); 3] =
    [("forwarded", Handled::Forwarded), ("emitted", Handled::Emitted), ("delivered", Handled::Delivered)];

/// What `sees` says of a side, by name: whether it is the translated one.
pub(super) const VIEWS: [(&str, bool); 2] = [("original", false), ("translated", true)];

/// What `applies_to` of an entry of `nat` lists, by name: whether it is what the node itself emits.
pub(super) const TRANSLATED: [(&str, bool); 2] = [("arrived", false), ("emitted", true)];

/// Protocols by name, with number and whether they have ports.
pub(super) const PROTOCOLS: [(&str, u8, bool); 8] = [
    ("tcp", 6, true),
    ("udp", 17, true),
    ("sctp", 132, true),
    ("icmp", 1, false),
    ("icmpv6", 58, false),
    ("esp", 50, false),
    ("ah", 51, false),
    ("gre", 47, false),
];

/// The VLANs that exist.
pub(super) const VLANS: RangeInclusive<u16> = 1..=4094;

/// The value of a word in a table of words.
pub(super) fn word<T: Copy>(table: &[(&str, T)], text: &str) -> Option<T> {
    table.iter().find(|(name, _)| *name == text).map(|&(_, value)| value)
}

/// What is wrong with an id or a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameFault {
    Empty,
    Colon,
    Control,
    OuterSpace,
}

/// Checks an id of a node, zone, group or service.
pub(super) fn check_id(text: &str) -> Result<(), NameFault> {
    if text.contains(':') {
        return Err(NameFault::Colon);
    }
    check_word(text)
}

/// Checks a word: not empty, no control characters, no outer white space.
pub(super) fn check_word(text: &str) -> Result<(), NameFault> {
    if text.is_empty() {
        return Err(NameFault::Empty);
    }
    if text.trim().len() != text.len() {
        return Err(NameFault::OuterSpace);
    }
    if text.chars().any(char::is_control) {
        return Err(NameFault::Control);
    }
    Ok(())
}

/// A link end, `node` or `node:interface`. An interface may contain further colons (`Serial0/0/0:0`).
pub(super) fn link_end(text: Text<'_>) -> Result<(Text<'_>, Option<Text<'_>>), NameFault> {
    let (node, interface) = match text {
        Cow::Borrowed(text) => match text.split_once(':') {
            Some((node, interface)) => (Cow::Borrowed(node), Some(Cow::Borrowed(interface))),
            None => (Cow::Borrowed(text), None),
        },
        Cow::Owned(text) => match text.split_once(':') {
            Some((node, interface)) => (Cow::Owned(node.to_owned()), Some(Cow::Owned(interface.to_owned()))),
            None => (Cow::Owned(text), None),
        },
    };
    check_id(&node)?;
    if let Some(interface) = &interface {
        check_word(interface)?;
    }
    Ok((node, interface))
}

/// What is wrong with an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum AddressFault {
    /// No address at all.
    Syntax,
    /// The prefix length is missing or no number from 0 to this.
    Prefix(u8),
    /// Host bits are set: the host and the network.
    HostBits(IpAddr, IpNetwork),
    /// The ends of a range are of two families.
    Mixed,
    /// The second end of a range lies before the first.
    Reversed,
}

/// An address or CIDR.
pub(super) fn cidr(text: &str) -> Result<Cidr, AddressFault> {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().map_err(|_| AddressFault::Syntax)?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let length = match prefix {
        None => most,
        // parse alone would let `+8` and `08` through
        Some(prefix) => match prefix.parse::<u8>() {
            Ok(length) if length <= most && prefix.len() == decimal_digits(length) => length,
            _ => return Err(AddressFault::Prefix(most)),
        },
    };
    let network = IpNetwork::new(address, length).map_err(|_| AddressFault::Prefix(most))?;
    if network.network() != address {
        let masked = IpNetwork::new(network.network(), length).map_err(|_| AddressFault::Prefix(most))?;
        return Err(AddressFault::HostBits(address, masked));
    }
    let (family, network) = number(address);
    Ok(Cidr { family, network, length })
}

fn decimal_digits(number: u8) -> usize {
    match number {
        0..=9 => 1,
        10..=99 => 2,
        100.. => 3,
    }
}

fn number(address: IpAddr) -> (Family, u128) {
    match address {
        IpAddr::V4(address) => (Family::V4, u32::from(address).into()),
        IpAddr::V6(address) => (Family::V6, address.into()),
    }
}

/// An address, CIDR or range `first-last`.
pub(super) fn addresses(text: &str) -> Result<AddressRange, AddressFault> {
    if let Some((low, high)) = text.split_once('-') {
        let end = |text: &str| text.parse().map(number).map_err(|_| AddressFault::Syntax);
        let ((family, low), (other, high)) = (end(low)?, end(high)?);
        return match (family == other, low <= high) {
            (false, _) => Err(AddressFault::Mixed),
            (true, false) => Err(AddressFault::Reversed),
            (true, true) => Ok(AddressRange { family, low, high }),
        };
    }
    let Cidr { family, network, length } = cidr(text)?;
    let bits = match family {
        Family::V4 => 32,
        Family::V6 => 128,
    };
    let hosts = match bits - length {
        0 => 0,
        free => u128::MAX >> (128 - u32::from(free)),
    };
    Ok(AddressRange { family, low: network, high: network | hosts })
}

/// What is wrong with a range of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RangeFault {
    Syntax,
    Reversed,
    Bounds,
}

/// `12` or `12-34`, decimal, within the bounds.
pub(super) fn range(text: &str, low: u16, high: u16) -> Result<(u16, u16), RangeFault> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let number = |text: &str| -> Result<u16, RangeFault> {
        if text.is_empty()
            || !text.bytes().all(|byte| byte.is_ascii_digit())
            || (text.len() > 1 && text.starts_with('0'))
        {
            return Err(RangeFault::Syntax);
        }
        // digits only, so what does not parse is too large
        text.parse().ok().filter(|number| (low..=high).contains(number)).ok_or(RangeFault::Bounds)
    };
    let (first, last) = (number(first)?, number(last)?);
    if first > last { Err(RangeFault::Reversed) } else { Ok((first, last)) }
}

/// What is wrong with a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ServiceFault {
    /// This protocol has no ports.
    NoPorts(&'static str),
    /// The ports are wrong.
    Ports(RangeFault),
    /// `proto/` without a number from 0 to 255.
    Number,
}

/// A service of the format's own: `Ok(None)` when it can only be a name from `services`.
pub(super) fn service(text: &str) -> Result<Option<super::ServiceItem<'static>>, ServiceFault> {
    use super::ServiceItem::{Any, Protocol, Transfer};
    if text == "any" {
        return Ok(Some(Any));
    }
    if text == "transfer" {
        return Ok(Some(Transfer));
    }
    let (head, tail) = match text.split_once('/') {
        Some((head, tail)) => (head, Some(tail)),
        None => (text, None),
    };
    if head == "proto" {
        let tail = tail.ok_or(ServiceFault::Number)?;
        let (number, _) = range(tail, 0, 255).ok().filter(|(low, high)| low == high).ok_or(ServiceFault::Number)?;
        let number = u8::try_from(number).map_err(|_| ServiceFault::Number)?;
        return if tail.contains('-') { Err(ServiceFault::Number) } else { Ok(Some(Protocol { number, ports: None })) };
    }
    let Some(&(name, number, has_ports)) = PROTOCOLS.iter().find(|(name, ..)| *name == head) else { return Ok(None) };
    match tail {
        None => Ok(Some(Protocol { number, ports: None })),
        Some(_) if !has_ports => Err(ServiceFault::NoPorts(name)),
        Some(tail) => {
            let ports = range(tail, 0, u16::MAX).map_err(ServiceFault::Ports)?;
            Ok(Some(Protocol { number, ports: Some(ports) }))
        }
    }
}

/// A calendar date `YYYY-MM-DD` of the Gregorian calendar.
pub(super) fn date(text: &str) -> Option<Date> {
    let digits = |range: std::ops::Range<usize>| -> Option<u16> {
        let part = text.get(range)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok()).flatten()
    };
    if text.len() != 10 || text.get(4..5) != Some("-") || text.get(7..8) != Some("-") {
        return None;
    }
    let (year, month, day) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
    let valid = year > 0 && chrono::NaiveDate::from_ymd_opt(year.into(), month.into(), day.into()).is_some();
    valid.then(|| Date { year: year.into(), month: month as u8, day: day as u8 })
}

impl std::str::FromStr for Date {
    type Err = ();

    /// Reads `YYYY-MM-DD`, a day of the calendar.
    fn from_str(text: &str) -> Result<Self, ()> {
        date(text).ok_or(())
    }
}

impl Kind {
    /// Its name, as documents write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        KINDS.iter().find(|(_, kind)| *kind == self).map_or("host", |(name, _)| name)
    }
}

impl std::str::FromStr for Kind {
    type Err = ();

    /// Reads the name of a kind as documents write it.
    fn from_str(text: &str) -> Result<Self, ()> {
        word(&KINDS, text).ok_or(())
    }
}
