//! A change of a device in its vendor's words: the lines that a person enters, and what the device makes of them, as a configuration
//! that can be read again. Each vendor's folder has its own (`change.rs` in it); what a vendor cannot say is told, never guessed.

use std::net::{IpAddr, Ipv4Addr};

use super::device::{Device, Net};
use crate::document::Family;

/// More lines than this for one rule are no change that a person would enter.
const MOST_LINES: usize = 64;

/// What is to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A rule that denies.
    Deny(Denial),
    /// An interface or port is shut down.
    Shut(String),
    /// A trunk carries a VLAN no more: its port, and the VLAN.
    Untrunk(String, u16),
}

/// A rule that denies, and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// The filter, as the document calls it.
    pub filter: String,
    /// The line that the rule stands in before which it goes, or that the filter's default comes from.
    pub line: u32,
    /// The interface in; `None`: what the device itself sends.
    pub way_in: Option<String>,
    /// The interface out; `None`: what is for the device itself.
    pub way_out: Option<String>,
    /// Sources.
    pub from: Vec<Net>,
    /// Destinations.
    pub to: Vec<Net>,
    /// The service.
    pub service: Service,
}

/// A service as a rule names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Every packet.
    Any,
    /// A protocol, and destination ports where some are meant.
    Protocol(u8, Option<(u16, u16)>),
}

/// How it is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Lines to enter, in order.
    pub lines: Vec<String>,
    /// Whether they hold for more interfaces than were meant.
    pub wider: bool,
}

/// Why it is not said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsaid {
    /// What stands at the place is no list of rules that lines can be put into.
    NoPlace,
    /// Such a rule, or such a thing, cannot be said there.
    NoWords,
    /// The numbers of the list leave no room, and it cannot be numbered anew.
    NoRoom,
}

/// A device that is to change.
pub struct Subject<'s> {
    /// Its configuration in lines.
    pub lines: &'s [&'s str],
    /// What it became; `None`: its switch is meant.
    pub device: Option<&'s Device>,
}

/// A vendor's words.
pub struct Words {
    /// What a comment begins with.
    pub comment: &'static str,
    /// Says a change.
    pub say: fn(&Subject<'_>, &Wish) -> Result<Said, Unsaid>,
    /// The configuration that the device has after lines were entered, not before it was written anew by it: only what it
    /// says counts. `None`: it would not take them.
    pub applied: fn(&str, &[String]) -> Option<String>,
}

impl Denial {
    /// Sources and destinations of one family, each with each.
    ///
    /// # Errors
    /// When there are none, or too many.
    pub(super) fn pairs(&self, fits: impl Fn(Family) -> bool) -> Result<Vec<(Net, Net)>, Unsaid> {
        let family = |net: &Net| if net.address.is_ipv4() { Family::V4 } else { Family::V6 };
        let froms = self.from.iter().filter(|from| fits(family(from)));
        let pairs =
            froms.flat_map(|from| self.to.iter().filter(move |to| family(from) == family(to)).map(|to| (*from, *to)));
        let pairs: Vec<(Net, Net)> = pairs.take(MOST_LINES + 1).collect();
        if pairs.is_empty() || pairs.len() > MOST_LINES { Err(Unsaid::NoWords) } else { Ok(pairs) }
    }

    /// The interface where packets come in, of what is sent on.
    ///
    /// # Errors
    /// When the device itself is an end.
    pub(super) fn forwarded(&self) -> Result<(&str, &str), Unsaid> {
        self.way_in.as_deref().zip(self.way_out.as_deref()).ok_or(Unsaid::NoWords)
    }
}

impl Net {
    /// Its mask, of IPv4.
    pub(super) fn mask(self) -> Ipv4Addr {
        let bits = u32::MAX.checked_shl(32 - u32::from(self.length.min(32))).unwrap_or(0);
        Ipv4Addr::from(bits)
    }

    /// Whether it is everything of its family.
    pub(super) const fn is_everything(self) -> bool {
        self.length == 0
    }

    /// A network with what Cisco calls it: `any`, `host A`, or address and mask; of IPv6 the prefix.
    pub(super) fn cisco(self, any: &str, mask: impl Fn(Ipv4Addr) -> Ipv4Addr) -> String {
        match self.address {
            _ if self.is_everything() => any.to_owned(),
            address if self.is_single() => format!("host {address}"),
            IpAddr::V4(address) => format!("{address} {}", mask(self.mask())),
            IpAddr::V6(_) => self.word(),
        }
    }

    /// A name for it that every vendor takes.
    pub(super) fn name(self) -> String {
        format!("sanso-{}", self.word().replace(['/', ':'], "_"))
    }
}

impl Service {
    /// The number of the protocol and the ports; `None`: every packet.
    #[must_use]
    pub const fn parts(self) -> Option<(u8, Option<(u16, u16)>)> {
        match self {
            Self::Any => None,
            Self::Protocol(number, ports) => Some((number, ports)),
        }
    }

    /// A name for it that every vendor takes.
    pub(super) fn name(self) -> Option<String> {
        let (number, ports) = self.parts()?;
        let protocol = protocol(number);
        Some(match ports {
            None => format!("sanso-{protocol}"),
            Some((low, high)) if low == high => format!("sanso-{protocol}-{low}"),
            Some((low, high)) => format!("sanso-{protocol}-{low}-{high}"),
        })
    }

    /// As Cisco says it: the protocol, and what stands behind the destination.
    ///
    /// # Errors
    /// When ports are meant that the protocol has none of there.
    pub(super) fn cisco(self) -> Result<(String, String), Unsaid> {
        let Some((number, ports)) = self.parts() else { return Ok(("ip".to_owned(), String::new())) };
        let behind = match ports {
            None => String::new(),
            Some(_) if !matches!(number, 6 | 17) => return Err(Unsaid::NoWords),
            Some((low, high)) if low == high => format!(" eq {low}"),
            Some((low, high)) => format!(" range {low} {high}"),
        };
        Ok((protocol(number), behind))
    }
}

/// A protocol by the name that all vendors know, or by its number.
pub(super) fn protocol(number: u8) -> String {
    match number {
        1 => "icmp".to_owned(),
        6 => "tcp".to_owned(),
        17 => "udp".to_owned(),
        _ => number.to_string(),
    }
}

/// A name with a number behind it that a text does not have yet: `sanso-1`.
pub(super) fn fresh(lines: &[&str]) -> String {
    let taken = |name: &str| {
        let word = |line: &&str| line.split(|c: char| !(c.is_alphanumeric() || c == '-')).any(|word| word == name);
        lines.iter().any(word)
    };
    (1_u32..).map(|number| format!("sanso-{number}")).find(|name| !taken(name)).unwrap_or_default()
}

/// A text with more lines behind it.
pub(super) fn behind(text: &str, lines: &[String]) -> String {
    format!("{}\n{}\n", text.trim_end_matches('\n'), lines.join("\n"))
}

/// A text with lines put in behind one of its lines, counted from 1; 0: before all.
pub(super) fn put_in(text: &str, line: u32, new: &[String]) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let at = (line as usize).min(lines.len());
    lines.splice(at..at, new.iter().map(String::as_str));
    lines.join("\n") + "\n"
}

/// A configuration of blocks (`interface X`, and lines below it) with more lines at the end of a block. `None`: there is no such block.
pub(super) fn into_block(text: &str, head: &str, new: &[String]) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let at = lines.iter().position(|line| line.trim() == head)?;
    let own = indent(lines[at]);
    let below = lines[at + 1..].iter().take_while(|line| !line.trim().is_empty() && indent(line) > own).count();
    Some(put_in(text, u32::try_from(at + 1 + below).ok()?, new))
}

/// The commands that lines are: of each its head, and what is entered below it.
pub(super) fn commands(lines: &[String]) -> Vec<(&str, Vec<String>)> {
    let mut out: Vec<(&str, Vec<String>)> = Vec::new();
    for line in lines {
        match out.last_mut().filter(|_| line.starts_with(' ')) {
            Some((_, below)) => below.push(line.clone()),
            None => out.push((line.as_str(), Vec::new())),
        }
    }
    out
}
