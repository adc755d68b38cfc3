//! Packets as calls spell them, and lists of them in CSV.

use std::net::{IpAddr, Ipv6Addr};

use super::{Packet, Way, has_ports};
use crate::language::Phrase;

/// The source port of a packet that names none.
const SOURCE_PORT: u16 = 1024;

/// Why a packet cannot be asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// The line of a list, from 1.
    pub line: Option<u64>,
    /// What is wrong and what to do.
    pub what: Phrase,
}

impl Bad {
    fn new(en: impl Into<String>, ja: impl Into<String>) -> Self {
        Self { line: None, what: Phrase::new(en, ja) }
    }
}

/// A packet of a list, and its ways where the list has columns for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The packet.
    pub packet: Packet,
    /// The way in.
    pub way_in: Option<Way>,
    /// The way out.
    pub way_out: Option<Way>,
}

/// Reads `tcp 10.20.1.5:1024 > 10.30.1.10:443`, `icmp 10.0.0.1 > 10.0.0.2`, `proto/50 …`, IPv6 in brackets.
///
/// # Errors
/// When it is not of this shape.
pub fn packet(text: &str) -> Result<Packet, Bad> {
    let shape = || {
        Bad::new(
            format!("`{text}` is no packet; write it as in `tcp 10.0.0.1:1024 > 10.0.0.2:443`"),
            format!("`{text}` はパケットとして読めない。`tcp 10.0.0.1:1024 > 10.0.0.2:443` のように書くこと"),
        )
    };
    let (word, rest) = text.trim().split_once(char::is_whitespace).ok_or_else(shape)?;
    let (source, destination) = rest.split_once('>').ok_or_else(shape)?;
    let (source, source_port) = end(source.trim()).ok_or_else(shape)?;
    let (destination, destination_port) = end(destination.trim()).ok_or_else(shape)?;
    made(word, source, destination, source_port, destination_port)
}

/// `10.0.0.1:80`, `10.0.0.1`, `[2001:db8::1]:80`, `2001:db8::1`.
fn end(text: &str) -> Option<(IpAddr, Option<u16>)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (address, behind) = rest.split_once(']')?;
        let address: Ipv6Addr = address.parse().ok()?;
        return match behind.strip_prefix(':') {
            Some(port) => Some((address.into(), Some(port.parse().ok()?))),
            None => behind.is_empty().then_some((address.into(), None)),
        };
    }
    if let Ok(address) = text.parse() {
        return Some((address, None));
    }
    let (address, port) = text.rsplit_once(':')?;
    let address: std::net::Ipv4Addr = address.parse().ok()?;
    Some((address.into(), Some(port.parse().ok()?)))
}

fn number(word: &str) -> Option<u8> {
    let word = word.to_ascii_lowercase();
    let known = [
        ("tcp", 6),
        ("udp", 17),
        ("sctp", 132),
        ("icmp", 1),
        ("icmpv6", 58),
        ("ipv6-icmp", 58),
        ("esp", 50),
        ("ah", 51),
        ("gre", 47),
    ];
    known
        .iter()
        .find(|(name, _)| *name == word)
        .map(|&(_, number)| number)
        .or_else(|| word.strip_prefix("proto/").unwrap_or(&word).parse().ok())
}

fn made(
    word: &str,
    source: IpAddr,
    destination: IpAddr,
    source_port: Option<u16>,
    destination_port: Option<u16>,
) -> Result<Packet, Bad> {
    let Some(protocol) = number(word) else {
        return Err(Bad::new(
            format!("`{word}` is no protocol; write tcp, udp, sctp, icmp, icmpv6, esp, ah, gre or proto/N"),
            format!(
                "`{word}` はプロトコルでない。tcp、udp、sctp、icmp、icmpv6、esp、ah、gre、proto/N のいずれかで書くこと"
            ),
        ));
    };
    if source.is_ipv4() != destination.is_ipv4() {
        return Err(Bad::new(
            format!("{source} and {destination} are of different families; no packet has both"),
            format!("{source} と {destination} はアドレスの種類が違う。両方を持つパケットはない"),
        ));
    }
    if !has_ports(protocol) {
        return match (source_port, destination_port) {
            (None | Some(0), None | Some(0)) => {
                Ok(Packet { source, destination, protocol, source_port: 0, destination_port: 0 })
            }
            _ => Err(Bad::new(format!("{word} has no ports"), format!("{word} にポートはない"))),
        };
    }
    let Some(destination_port) = destination_port else {
        return Err(Bad::new(
            format!("a {word} packet needs a destination port"),
            format!("{word} のパケットには宛先ポートが要る"),
        ));
    };
    Ok(Packet { source, destination, protocol, source_port: source_port.unwrap_or(SOURCE_PORT), destination_port })
}

/// Reads a list: columns `source,destination,protocol,source_port,destination_port[,in,out]`, with a first line that names
/// them in any order, or without one in this order. An empty cell of `in` or `out` is the node itself.
///
/// # Errors
/// With the line, where one is not understood.
pub fn csv(text: &str) -> Result<Vec<Line>, Bad> {
    const COLUMNS: [&str; 7] = ["source", "destination", "protocol", "source_port", "destination_port", "in", "out"];
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let mut order: Option<Vec<Option<usize>>> = None;
    let mut out = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| Bad {
            line: error.position().map(csv::Position::line),
            what: Phrase::new(format!("no CSV: {error}"), format!("CSV として読めない: {error}")),
        })?;
        let line = record.position().map(csv::Position::line);
        let cells: Vec<&str> = record.iter().collect();
        if cells.iter().all(|cell| cell.is_empty()) {
            continue;
        }
        if order.is_none() {
            let named = cells.iter().any(|cell| cell.eq_ignore_ascii_case("source"));
            let place = |column: &&str| {
                if named {
                    cells.iter().position(|cell| cell.eq_ignore_ascii_case(column))
                } else {
                    COLUMNS.iter().position(|known| known == column).filter(|at| *at < cells.len())
                }
            };
            let places: Vec<Option<usize>> = COLUMNS.iter().map(place).collect();
            if let Some(missing) = places[..3].iter().position(Option::is_none) {
                return Err(Bad {
                    line,
                    what: Phrase::new(
                        format!("there is no column `{}`", COLUMNS[missing]),
                        format!("列 `{}` がない", COLUMNS[missing]),
                    ),
                });
            }
            order = Some(places);
            if named {
                continue;
            }
        }
        let places = order.as_deref().unwrap_or(&[]);
        let cell = |column: usize| places.get(column).copied().flatten().map(|at| cells.get(at).copied().unwrap_or(""));
        let address = |column: usize| -> Result<IpAddr, Bad> {
            let text = cell(column).unwrap_or("");
            let plain = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
            plain.parse().map_err(|_| Bad::new(format!("`{text}` is no address"), format!("`{text}` はアドレスでない")))
        };
        let port = |column: usize| -> Result<Option<u16>, Bad> {
            match cell(column).unwrap_or("") {
                "" => Ok(None),
                text => text
                    .parse()
                    .map(Some)
                    .map_err(|_| Bad::new(format!("`{text}` is no port"), format!("`{text}` はポートでない"))),
            }
        };
        let packet = (|| made(cell(2).unwrap_or(""), address(0)?, address(1)?, port(3)?, port(4)?))();
        let packet = packet.map_err(|bad| Bad { line, ..bad })?;
        let way = |column: usize| {
            cell(column).map(|name| if name.is_empty() { Way::Own } else { Way::Interface(name.to_owned()) })
        };
        out.push(Line { packet, way_in: way(5), way_out: way(6) });
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_read_as_they_are_shown() {
        for text in [
            "tcp 10.20.1.5:1024 > 10.30.1.10:443",
            "udp [2001:db8::1]:53 > [2001:db8::2]:5353",
            "icmp 10.0.0.1 > 10.0.0.2",
            "icmpv6 2001:db8::1 > 2001:db8::2",
            "esp 10.0.0.1 > 10.0.0.2",
            "proto/89 10.0.0.1 > 10.0.0.2",
        ] {
            assert_eq!(packet(text).unwrap().to_string(), text);
        }
        assert_eq!(packet("tcp 10.0.0.1 > 10.0.0.2:80").unwrap().source_port, 1024);
        assert_eq!(packet("proto/6 10.0.0.1:1 > 10.0.0.2:80").unwrap().to_string(), "tcp 10.0.0.1:1 > 10.0.0.2:80");
        for text in [
            "",
            "tcp",
            "tcp 10.0.0.1 > 10.0.0.2",
            "icmp 10.0.0.1:1 > 10.0.0.2:1",
            "x 10.0.0.1 > 10.0.0.2",
            "tcp 10.0.0.1:1 > [::1]:1",
        ] {
            assert!(packet(text).is_err(), "{text}");
        }
    }

    #[test]
    fn lists_have_columns_in_any_order() {
        let lines = csv("destination,source,protocol,destination_port,in\n10.0.0.2,10.0.0.1,tcp,80,\n").unwrap();
        assert_eq!(lines[0].packet.to_string(), "tcp 10.0.0.1:1024 > 10.0.0.2:80");
        assert_eq!((&lines[0].way_in, &lines[0].way_out), (&Some(Way::Own), &None));
        let lines = csv("[2001:db8::1],2001:db8::2,udp,1,2,eth0,\n").unwrap();
        assert_eq!(lines[0].way_in, Some(Way::Interface("eth0".into())));
        assert_eq!(lines[0].way_out, Some(Way::Own));
        assert_eq!(csv("source,destination,protocol\n10.0.0.1,x,icmp\n").unwrap_err().line, Some(2));
    }
}
