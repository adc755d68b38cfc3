//! Routing tables as devices show them: `show ip route` and `show ipv6 route` of IOS, IOS-XE, EOS and NX-OS. A table is used whole or
//! not at all: a line that is not understood, or an end that nobody sees, could be the route that matters.

use std::net::IpAddr;

use super::device::Net;
use super::ledger::{Ledger, Origin};
use super::text::Refusal;
use crate::language::Phrase;

/// A table.
#[derive(Debug)]
pub struct Table {
    /// The device that shows it, by its prompt.
    pub device: String,
    /// The VRF that it is of.
    pub vrf: Option<String>,
    /// Whether it is of IPv6.
    pub v6: bool,
    /// Its routes.
    pub entries: Vec<Entry>,
    /// The first line that is not understood.
    pub lost: Option<Origin>,
    /// Where it begins.
    pub origin: Origin,
}

/// A route.
#[derive(Debug)]
pub struct Entry {
    /// The prefix.
    pub to: Net,
    /// Where it leads: any of these.
    pub hops: Vec<Hop>,
    /// Where it stands.
    pub origin: Origin,
}

/// Where a route leads.
#[derive(Debug, PartialEq, Eq)]
pub enum Hop {
    /// To an interface, whatever the next hop there is.
    Way(String),
    /// To a next hop, for which the table is asked again.
    Next(IpAddr),
    /// Nowhere.
    Drop,
}

/// Whether a text is such an output.
#[must_use]
pub fn recognise(lines: &[&str]) -> bool {
    lines.iter().any(|line| prompt(line).is_some_and(|(_, command)| wanted(command).is_some()))
}

/// The device and the command of a line with a prompt.
fn prompt(line: &str) -> Option<(&str, &str)> {
    let (device, command) = line.split_once(['#', '>'])?;
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '(' | ')' | ':');
    (!device.is_empty() && device.chars().all(plain)).then(|| (device, command.trim()))
}

/// What a command shows: whether IPv6, and of which VRF. `None`: no table of routes; `Some(None)`: only a part of one.
fn wanted(command: &str) -> Option<Option<(bool, Option<&str>)>> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let is = |word: &str, whole: &str, least: usize| word.len() >= least && whole.starts_with(word);
    let [show, family @ ("ip" | "ipv6"), route, ref rest @ ..] = words[..] else { return None };
    if !is(show, "show", 2) || !is(route, "route", 2) {
        return None;
    }
    let v6 = family == "ipv6";
    Some(match rest {
        [] => Some((v6, None)),
        ["vrf", name] => Some((v6, Some(*name).filter(|name| *name != "default"))),
        _ => None,
    })
}

/// Reads an output: tables of one device or several, each between its command and the next prompt.
///
/// # Errors
/// When there is none, a command shows only a part of a table, or a table is not ended by a prompt.
pub fn read(file: &str, lines: &[&str], ledger: &mut Ledger) -> Result<Vec<Table>, Refusal> {
    let mut out: Vec<Table> = Vec::new();
    let mut open: Option<Reader> = None;
    for (number, line) in (1u32..).zip(lines) {
        if let Some((device, command)) = prompt(line) {
            out.extend(open.take().map(|reader| reader.table));
            ledger.without_meaning(number);
            match wanted(command) {
                None => {}
                Some(None) => return Err(part(file, number)),
                Some(Some((v6, vrf))) => {
                    ledger.used(number);
                    let device = device.split(['(', '/']).next().unwrap_or(device).to_owned();
                    let (vrf, origin) = (vrf.map(str::to_owned), ledger.origin(number));
                    let table = Table { device, vrf, v6, entries: Vec::new(), lost: None, origin };
                    open = Some(Reader { table, length: None, legend: false });
                }
            }
            continue;
        }
        match &mut open {
            Some(reader) => reader.line(number, line, ledger),
            None => ledger.without_meaning(number),
        }
    }
    if let Some(reader) = open {
        return Err(Refusal::at(
            file,
            reader.table.origin.line,
            Phrase::new(
                "this table is not ended by a prompt, so that it may be cut off: save the output together with the prompt behind it",
                "この経路表の後ろにプロンプトがなく、途中で切れているおそれがある。後ろのプロンプトまで含めて保存すること",
            ),
        ));
    }
    if out.is_empty() {
        return Err(Refusal::of(
            file,
            Phrase::new(
                "no routing table is here; give the output of `show ip route` or `show ipv6 route` with the prompts before and behind it",
                "経路表がない。show ip route か show ipv6 route の出力を、前後のプロンプトとともに使うこと",
            ),
        ));
    }
    Ok(out)
}

fn part(file: &str, line: u32) -> Refusal {
    Refusal::at(
        file,
        line,
        Phrase::new(
            "this shows a part of the table: what it leaves out would be taken not to be there; show all of it",
            "経路表の一部の出力である。省かれた経路がないことになるため、全体を出力すること",
        ),
    )
}

struct Reader {
    table: Table,
    /// The length of prefixes that are written without one.
    length: Option<u8>,
    /// Whether the legend is being told.
    legend: bool,
}

impl Reader {
    fn line(&mut self, number: u32, line: &str, ledger: &mut Ledger) {
        ledger.without_meaning(number);
        let text = line.trim();
        if text.is_empty() {
            self.legend = false;
            return;
        }
        // `Codes: C - connected, S - static`, and what goes on so; NX-OS: `'*' denotes best ucast next-hop`
        self.legend = text.starts_with("Codes:") || self.legend && text.contains(" - ");
        let heading = ["'", "Gateway of last resort", "Routing Table:", "IP Route Table", "IPv6 Rout", "VRF:"];
        if self.legend || heading.iter().any(|begin| text.starts_with(begin)) {
            return;
        }
        if let Some(found) = self.understood(text, line.starts_with(' '), ledger.origin(number)) {
            if found {
                ledger.used(number);
            }
            return;
        }
        ledger.not_understood(
            number,
            Phrase::new("not understood; the table was left out", "解釈できない。この経路表は取り込まない"),
        );
        self.table.lost.get_or_insert(ledger.origin(number));
    }

    /// A line of the table: whether it was used; `None`: it is not understood.
    fn understood(&mut self, text: &str, indented: bool, origin: Origin) -> Option<bool> {
        // `10.0.0.0/24 is subnetted, 3 subnets`, `10.0.0.0/8 is variably subnetted, 3 subnets, 2 masks`
        if let Some((prefix, _)) = text.split_once(" subnetted, ") {
            let prefix = prefix.strip_suffix(" is").map(|prefix| prefix.split_once('/'));
            self.length = prefix.flatten().and_then(|(_, length)| length.parse().ok());
            return Some(false);
        }
        // `*via 10.0.0.1, Vlan10, [1/0], 2w0d, static`, `[110/2] via 10.0.0.1, 00:01:02, Vlan10`, `via 10.0.0.1, Ethernet1`
        let hops = text.trim_start_matches('*');
        if indented && (hops.starts_with("via ") || hops.starts_with('[')) {
            let hop = hop(hops)?;
            self.table.entries.last_mut()?.hops.push(hop);
            return Some(true);
        }
        // NX-OS: `10.0.0.0/24, ubest/mbest: 1/0, attached`
        if let Some((prefix, _)) = text.split_once(", ubest/mbest: ") {
            self.table.entries.push(Entry { to: net(prefix)?, hops: Vec::new(), origin });
            return Some(true);
        }
        let mut words = text.split_whitespace();
        let mut at = 0;
        let mut codes = Vec::new();
        let to = loop {
            let word = words.next()?;
            at = text[at..].find(word)? + at + word.len();
            match (net(word), self.length, word.parse::<IpAddr>()) {
                (Some(net), ..) => break net,
                (None, Some(length), Ok(address)) => break Net { address, length },
                _ if word.len() <= 5 && codes.len() < 4 => codes.push(word),
                _ => return None,
            }
        };
        let rest = text[at..].trim().trim_end_matches(',');
        // with its metric alone, where hops follow in lines of their own
        let whole = rest.is_empty() || rest.starts_with('[') && rest.ends_with(']');
        let hops = if whole { Vec::new() } else { vec![hop(rest)?] };
        self.table.entries.push(Entry { to, hops, origin });
        Some(true)
    }
}

/// `is directly connected, Vlan10`, `[1/0] via 10.0.0.1`, `via 10.0.0.1, 00:01:02, Vlan10`, `is a summary, 1d02h, Null0`.
fn hop(text: &str) -> Option<Hop> {
    let text = match text.strip_prefix('[') {
        Some(metric) => metric.split_once(']')?.1.trim(),
        None => text,
    };
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let way = |word: &str| match word.to_ascii_lowercase().starts_with("null") {
        true => Hop::Drop,
        false => Hop::Way(word.to_owned()),
    };
    let named = |word: &&&str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | ':' | '-' | ' ');
        let begins = word.starts_with(|c: char| c.is_ascii_alphabetic());
        begins && word.chars().all(plain) && word.contains(|c: char| c.is_ascii_digit()) && !word.contains("::")
    };
    match parts[..] {
        ["is directly connected", name] | ["is a summary", _, name] | ["is a summary", name] => {
            Some(way(name)).filter(|_| named(&&name))
        }
        [first, ref rest @ ..] => {
            let first = first.strip_prefix("via ")?.trim();
            let Ok(next) = first.parse::<IpAddr>() else { return Some(way(first)).filter(|_| named(&&first)) };
            // NX-OS tells the interface first and by whom the route is last, the others the other way round
            let nx = rest.iter().any(|part| part.starts_with('['));
            let told = if nx { rest.first() } else { rest.last() };
            let told = told.filter(|word| named(word));
            // what is of another VRF has a name behind the address, and an address alone may be of nobody
            Some(told.map_or(Hop::Next(next), |word| way(word)))
        }
        [] => None,
    }
}

fn net(word: &str) -> Option<Net> {
    let (address, length) = word.split_once('/')?;
    let (address, length): (IpAddr, u8) = (address.parse().ok()?, length.parse().ok()?);
    (length <= if address.is_ipv4() { 32 } else { 128 }).then_some(Net { address, length })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(text: &str) -> (Vec<Table>, Ledger) {
        let lines: Vec<&str> = text.lines().collect();
        let mut ledger = Ledger::new("routes/core.txt", lines.len());
        (read("routes/core.txt", &lines, &mut ledger).expect("it reads"), ledger)
    }

    /// Routes as `prefix > hop hop`.
    fn told(table: &Table) -> Vec<String> {
        let hop = |hop: &Hop| match hop {
            Hop::Way(way) => format!(" {way}"),
            Hop::Next(next) => format!(" ={next}"),
            Hop::Drop => " drop".to_owned(),
        };
        let one = |entry: &Entry| entry.to.word() + " >" + &entry.hops.iter().map(hop).collect::<String>();
        table.entries.iter().map(one).collect()
    }

    const IOS: &str = "core#show ip route
Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area 
       + - replicated route, % - next hop override, p - overrides from PfR

Gateway of last resort is 10.9.0.1 to network 0.0.0.0

S*    0.0.0.0/0 [1/0] via 10.9.0.1
      10.0.0.0/8 is variably subnetted, 6 subnets, 3 masks
C        10.1.0.0/24 is directly connected, Vlan10
L        10.1.0.1/32 is directly connected, Vlan10
O        10.2.0.0/24 [110/2] via 10.9.0.2, 00:12:01, GigabitEthernet1/0/1
                     [110/2] via 10.9.0.3, 1d02h, GigabitEthernet1/0/2
O E2     10.3.0.0/16 
           [110/20] via 10.9.0.2, 00:12:01, GigabitEthernet1/0/1
D        10.4.0.0/16 is a summary, 1d02h, Null0
i L1     10.5.0.0/16 [115/20] via 10.9.0.2, 00:12:01, GigabitEthernet1/0/1
      172.16.0.0/24 is subnetted, 1 subnets
S        172.16.4.0 is directly connected, Null0
C     192.168.9.0/24 is directly connected, GigabitEthernet1/0/1
core#show ipv6 route
IPv6 Routing Table - default - 3 entries
Codes: C - Connected, L - Local, S - Static
S   ::/0 [1/0]
     via FE80::1, GigabitEthernet1/0/1
C   2001:DB8:1::/64 [0/0]
     via Vlan10, directly connected
L   FF00::/8 [0/0]
     via Null0, receive
core#
";

    #[test]
    fn tables_of_ios_are_read_whole() {
        let (all, ledger) = tables(IOS);
        let [four, six] = &all[..] else { panic!("{all:?}") };
        assert_eq!((four.device.as_str(), four.v6, six.v6), ("core", false, true));
        assert!(four.lost.is_none() && six.lost.is_none(), "{:?}", ledger.remarks());
        let wanted = [
            "0.0.0.0/0 > =10.9.0.1",
            "10.1.0.0/24 > Vlan10",
            "10.1.0.1/32 > Vlan10",
            "10.2.0.0/24 > GigabitEthernet1/0/1 GigabitEthernet1/0/2",
            "10.3.0.0/16 > GigabitEthernet1/0/1",
            "10.4.0.0/16 > drop",
            "10.5.0.0/16 > GigabitEthernet1/0/1",
            "172.16.4.0/24 > drop",
            "192.168.9.0/24 > GigabitEthernet1/0/1",
        ];
        assert_eq!(told(four), wanted);
        assert_eq!(told(six), ["::/0 > GigabitEthernet1/0/1", "2001:db8:1::/64 > Vlan10", "ff00::/8 > drop"]);
    }

    #[test]
    fn tables_of_nexus_and_eos_are_read_whole() {
        let nexus = "dc1# show ip route vrf tenant
IP Route Table for VRF \"tenant\"
'*' denotes best ucast next-hop
'**' denotes best mcast next-hop
'[x/y]' denotes [preference/metric]
'%<string>' in via output denotes VRF <string>

0.0.0.0/0, ubest/mbest: 1/0
    *via 10.9.0.1, [1/0], 2w0d, static
10.1.0.0/24, ubest/mbest: 1/0, attached
    *via 10.1.0.1, Vlan10, [0/0], 2w0d, direct
10.2.0.0/24, ubest/mbest: 2/0
    *via 10.9.0.2, Eth1/1, [110/41], 1d02h, ospf-1, intra
    *via 10.9.0.3, Eth1/2, [110/41], 1d02h, ospf-1, intra
10.3.0.0/16, ubest/mbest: 1/0
    *via Null0, [220/0], 1d02h, bgp-65000, discard
10.4.0.0/16, ubest/mbest: 1/0
    *via 10.8.0.1%default, Eth1/3, [1/0], 2w0d, static
dc1#
";
        let (all, _) = tables(nexus);
        assert_eq!(all[0].vrf.as_deref(), Some("tenant"));
        assert_eq!(
            told(&all[0]),
            [
                "0.0.0.0/0 > =10.9.0.1",
                "10.1.0.0/24 > Vlan10",
                "10.2.0.0/24 > Eth1/1 Eth1/2",
                "10.3.0.0/16 > drop",
                "10.4.0.0/16 >",
            ]
        );
        assert_eq!(all[0].lost.as_ref().expect("another VRF is not followed").line, 18);
        let eos = "leaf#show ip route\n\nVRF: default\nCodes: C - connected, S - static, K - kernel,\n       O - OSPF, B I - iBGP\n\n\
                   Gateway of last resort:\n S        0.0.0.0/0 [1/0] via 10.9.0.1, Ethernet1\n\n \
                   C        10.1.0.0/24 is directly connected, Vlan10\n O        10.2.0.0/24 [110/20] via 10.9.0.1, Ethernet1\n                                 \
                   via 10.9.0.5, Ethernet2\nleaf#\n";
        let (all, ledger) = tables(eos);
        assert!(all[0].lost.is_none(), "{:?}", ledger.remarks());
        assert_eq!(
            told(&all[0]),
            ["0.0.0.0/0 > Ethernet1", "10.1.0.0/24 > Vlan10", "10.2.0.0/24 > Ethernet1 Ethernet2"]
        );
    }

    #[test]
    fn what_is_cut_off_or_in_part_is_refused() {
        let refused = |text: &str| {
            let lines: Vec<&str> = text.lines().collect();
            read("f", &lines, &mut Ledger::new("f", lines.len())).expect_err("refused").place
        };
        let all: Vec<&str> = IOS.lines().collect();
        for end in 1..all.len() {
            if !all[end - 1].starts_with("core#show ipv6") && end != all.len() {
                let text = all[..end].join("\n");
                assert!(refused(&text).is_some(), "{end}");
            }
        }
        assert_eq!(refused("core#show ip route static\nS 10.0.0.0/8 [1/0] via 10.0.0.1\ncore#"), Some((1, 1)));
        assert_eq!(refused("core#show run\ncore#"), None);
        let (tables, _) =
            tables("core#sh ip ro\nC 10.0.0.0/24 is directly connected, Vlan1\nwhatever this is\ncore#\n");
        assert_eq!(tables[0].lost.as_ref().expect("it is lost").line, 3);
    }
}
