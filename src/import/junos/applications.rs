//! Applications and their sets, those of the configuration and those that every device has (`junos-…`).

use super::super::ledger::Ledger;
use super::super::names;
use super::super::region::{Services, all_ports, with_ports};
use super::super::set::Ranges;
use super::super::text::Refusal;
use super::super::words::Node;
use super::books::{holds_itself, too_deep};
use crate::language::Phrase;

/// The applications of a device.
pub struct Applications<'n, 't> {
    root: &'n Node<'t>,
}

/// What an application is, and what else it asks that the model cannot judge.
pub type Application = (Services, Option<String>);

/// The applications of a configuration.
pub fn read<'n, 't>(root: &'n Node<'t>) -> Applications<'n, 't> {
    Applications { root }
}

impl Applications<'_, '_> {
    /// What an application or a set is.
    ///
    /// # Errors
    /// When sets hold each other in a circle or too deep.
    pub fn of(&self, name: &Node<'_>, ledger: &mut Ledger) -> Result<Vec<Application>, Refusal> {
        let mut out = Vec::new();
        self.collect(name, &mut Vec::new(), &mut out, ledger)?;
        Ok(out)
    }

    fn collect(
        &self,
        name: &Node<'_>,
        above: &mut Vec<(String, u32)>,
        out: &mut Vec<Application>,
        ledger: &mut Ledger,
    ) -> Result<(), Refusal> {
        if name.word == "any" {
            out.push((Services::all(), None));
            return Ok(());
        }
        if let Some(application) = self.root.at(&["applications", "application", &name.word]) {
            application.used(ledger);
            out.extend(own(application, ledger));
            return Ok(());
        }
        let Some(set) = self.root.at(&["applications", "application-set", &name.word]) else {
            match predefined(&name.word) {
                Some(known) => out.extend(known),
                None => {
                    name.lost(
                        &Phrase::new(
                            format!("the application {} is not known; it may be on any port", name.word),
                            format!("未知のアプリケーション {}。どのポートでもありうるものとみなす", name.word),
                        ),
                        ledger,
                    );
                    out.push((Services::all(), Some(format!("application {}", name.word))));
                }
            }
            return Ok(());
        };
        if let Some((_, first)) = above.iter().find(|(known, _)| *known == *name.word) {
            return Err(holds_itself(&name.word, name.line, *first, ledger));
        }
        if above.len() >= 64 {
            return Err(too_deep(name.line, ledger));
        }
        set.used(ledger);
        for member in set.values("application").chain(set.values("application-set")) {
            above.push((name.word.to_string(), member.line));
            self.collect(member, above, out, ledger)?;
            above.pop();
        }
        Ok(())
    }
}

/// An application of the configuration: its own settings, or its terms.
fn own(node: &Node<'_>, ledger: &mut Ledger) -> Vec<Application> {
    let mut out = Vec::new();
    let terms: Vec<&Node<'_>> = node.values("term").collect();
    for term in &terms {
        out.extend(settings(term, ledger));
    }
    if terms.is_empty() {
        out.extend(settings(node, ledger));
    }
    out
}

/// Keys and values; `protocol tcp destination-port 80` may stand in one line, each behind the other.
fn pairs<'n, 't>(node: &'n Node<'t>, out: &mut Vec<(&'n Node<'t>, Option<&'n Node<'t>>)>) {
    for key in &node.below {
        if key.word == "term" {
            continue;
        }
        match node.value(&key.word) {
            Some(value) => {
                out.push((key, Some(value)));
                pairs(value, out);
            }
            None => out.push((key, None)),
        }
    }
}

fn settings(node: &Node<'_>, ledger: &mut Ledger) -> Option<Application> {
    let mut all = Vec::new();
    pairs(node, &mut all);
    let (mut protocols, mut source, mut destination) = (None, all_ports(), all_ports());
    let mut conditions: Vec<String> = Vec::new();
    let number = all
        .iter()
        .find(|(key, _)| key.word == "protocol")
        .and_then(|(_, value)| names::protocol(&value.as_ref()?.word));
    for (key, value) in all {
        let word = value.map_or("", |value| value.word.as_ref());
        match key.word.as_ref() {
            "protocol" => match names::protocol(word) {
                Some(number) => protocols = Some(Ranges::one(number.into(), number.into())),
                None => conditions.push(format!("protocol {word}")),
            },
            "source-port" | "destination-port" => match ports(word, number.unwrap_or(6)) {
                Some(ports) if key.word == "source-port" => source = ports,
                Some(ports) => destination = ports,
                None => conditions.push(format!("{} {word}", key.word)),
            },
            "icmp-type" | "icmp-code" | "icmp6-type" | "icmp6-code" | "rpc-program-number" | "uuid" => {
                conditions.push(format!("{} {word}", key.word));
                if protocols.is_none() && key.word.starts_with("icmp") {
                    let number = if key.word.starts_with("icmp6") { 58 } else { 1 };
                    protocols = Some(Ranges::one(number, number));
                }
            }
            "inactivity-timeout"
            | "application-protocol"
            | "alg"
            | "description"
            | "ether-type"
            | "do-not-translate-AAAA-query-to-A-query"
            | "do-not-translate-A-query-to-AAAA-query" => {}
            _ => conditions.push(key.word.to_string()),
        }
    }
    if !conditions.is_empty() {
        let words = conditions.join("; ");
        node.lost(
            &Phrase::new(
                format!(
                    "`{words}` cannot be judged: taken to hold where the rule lets through, not to hold where it stops"
                ),
                format!(
                    "`{words}` は判定できない。通すルールでは成り立つもの、止めるルールでは成り立たないものとみなす"
                ),
            ),
            ledger,
        );
    }
    let services = Services::ports(&protocols.unwrap_or_else(|| Ranges::one(0, 255)), source, destination);
    (!services.is_empty()).then(|| (services, (!conditions.is_empty()).then(|| conditions.join("; "))))
}

/// `80`, `http`, `1024-65535`, and `0-65535`.
pub fn ports(word: &str, protocol: u8) -> Option<Ranges> {
    if let Some(port) = port(word, protocol) {
        return Some(Ranges::one(port.into(), port.into()));
    }
    let (low, high) = word.split_once('-')?;
    let (low, high) = (port(low, protocol)?, port(high, protocol)?);
    (low <= high).then(|| Ranges::one(low.into(), high.into()))
}

/// A port by its number or Junos's name for it.
fn port(word: &str, protocol: u8) -> Option<u16> {
    let own: Option<u16> = match word {
        "afs" => Some(1483),
        "bootpc" | "dhcpc" => Some(68),
        "bootps" | "dhcp" => Some(67),
        "cvspserver" => Some(2401),
        "eklogin" => Some(2105),
        "ekshell" => Some(2106),
        "kerberos-sec" => Some(88),
        "kpasswd" => Some(761),
        "krb-prop" => Some(754),
        "krbupdate" => Some(760),
        "ldp" => Some(646),
        "mobileip-agent" => Some(434),
        "mobilip-mn" => Some(435),
        "msdp" => Some(639),
        "nfsd" => Some(2049),
        "ntalk" => Some(518),
        "printer" => Some(515),
        "radacct" => Some(1813),
        "rkinit" => Some(2108),
        "snpp" => Some(444),
        "socks" => Some(1080),
        "timed" => Some(525),
        "zephyr-clt" => Some(2103),
        "zephyr-hm" => Some(2104),
        "zephyr-srv" => Some(2102),
        _ => None,
    };
    own.or_else(|| names::port(word, protocol))
}

const TCP: u8 = 6;
const UDP: u8 = 17;

/// The applications of the group `junos-defaults` that are ports and protocols.
const PREDEFINED: &[(&str, &[(u8, u16, u16)])] = &[
    ("aol", &[(TCP, 5190, 5193)]),
    ("bgp", &[(TCP, 179, 179)]),
    ("biff", &[(UDP, 512, 512)]),
    ("bootpc", &[(UDP, 68, 68)]),
    ("bootps", &[(UDP, 67, 67)]),
    ("chargen", &[(UDP, 19, 19)]),
    ("cifs", &[(TCP, 139, 139), (TCP, 445, 445)]),
    ("cvspserver", &[(TCP, 2401, 2401)]),
    ("dhcp-client", &[(UDP, 68, 68)]),
    ("dhcp-relay", &[(UDP, 67, 67)]),
    ("dhcp-server", &[(UDP, 67, 67)]),
    ("discard", &[(UDP, 9, 9)]),
    ("dns-tcp", &[(TCP, 53, 53)]),
    ("dns-udp", &[(UDP, 53, 53)]),
    ("echo", &[(UDP, 7, 7)]),
    ("finger", &[(TCP, 79, 79)]),
    ("ftp", &[(TCP, 21, 21)]),
    ("ftp-data", &[(TCP, 20, 20)]),
    ("gnutella", &[(UDP, 6346, 6347)]),
    ("gopher", &[(TCP, 70, 70)]),
    ("http", &[(TCP, 80, 80)]),
    ("https", &[(TCP, 443, 443)]),
    ("http-ext", &[(TCP, 7001, 7001)]),
    ("ident", &[(TCP, 113, 113)]),
    ("ike", &[(UDP, 500, 500)]),
    ("ike-nat", &[(UDP, 4500, 4500)]),
    ("imap", &[(TCP, 143, 143)]),
    ("imaps", &[(TCP, 993, 993)]),
    ("internet-locator-service", &[(TCP, 389, 389), (TCP, 522, 522), (TCP, 636, 636)]),
    ("irc", &[(TCP, 6660, 6669)]),
    ("l2tp", &[(UDP, 1701, 1701)]),
    ("ldap", &[(TCP, 389, 389)]),
    ("ldp-tcp", &[(TCP, 646, 646)]),
    ("ldp-udp", &[(UDP, 646, 646)]),
    ("lpr", &[(TCP, 515, 515)]),
    ("mail", &[(TCP, 25, 25)]),
    ("mgcp", &[(UDP, 2427, 2427), (UDP, 2727, 2727)]),
    ("mgcp-ca", &[(UDP, 2727, 2727)]),
    ("mgcp-ua", &[(UDP, 2427, 2427)]),
    ("ms-rpc-tcp", &[(TCP, 135, 135)]),
    ("ms-rpc-udp", &[(UDP, 135, 135)]),
    ("ms-sql", &[(TCP, 1433, 1433)]),
    ("msn", &[(TCP, 1863, 1863)]),
    ("nbds", &[(UDP, 138, 138)]),
    ("nbname", &[(UDP, 137, 137)]),
    ("netbios-session", &[(TCP, 139, 139)]),
    ("nfs", &[(UDP, 111, 111)]),
    ("nfsd-tcp", &[(TCP, 2049, 2049)]),
    ("nfsd-udp", &[(UDP, 2049, 2049)]),
    ("nntp", &[(TCP, 119, 119)]),
    ("ns-global", &[(TCP, 15397, 15397)]),
    ("ns-global-pro", &[(TCP, 15397, 15397)]),
    ("nsm", &[(UDP, 69, 69)]),
    ("ntalk", &[(UDP, 518, 518)]),
    ("ntp", &[(UDP, 123, 123)]),
    ("pc-anywhere", &[(UDP, 5632, 5632)]),
    ("pop3", &[(TCP, 110, 110)]),
    ("pptp", &[(TCP, 1723, 1723)]),
    ("printer", &[(TCP, 515, 515)]),
    ("radacct", &[(UDP, 1813, 1813)]),
    ("radius", &[(UDP, 1812, 1812)]),
    ("realaudio", &[(TCP, 554, 554)]),
    ("rip", &[(UDP, 520, 520)]),
    ("rsh", &[(TCP, 514, 514)]),
    ("rtsp", &[(TCP, 554, 554)]),
    ("sccp", &[(TCP, 2000, 2000)]),
    ("sip", &[(UDP, 5060, 5060), (TCP, 5060, 5060)]),
    ("smb", &[(TCP, 139, 139), (TCP, 445, 445)]),
    ("smb-session", &[(TCP, 445, 445)]),
    ("smtp", &[(TCP, 25, 25)]),
    ("smtps", &[(TCP, 587, 587)]),
    ("snmp-agentx", &[(TCP, 705, 705)]),
    ("snpp", &[(TCP, 444, 444)]),
    ("sql-monitor", &[(UDP, 1434, 1434)]),
    ("sqlnet-v1", &[(TCP, 1525, 1525)]),
    ("sqlnet-v2", &[(TCP, 1521, 1521)]),
    ("ssh", &[(TCP, 22, 22)]),
    ("stun", &[(UDP, 3478, 3479), (TCP, 3478, 3479)]),
    ("sun-rpc-tcp", &[(TCP, 111, 111)]),
    ("sun-rpc-udp", &[(UDP, 111, 111)]),
    ("syslog", &[(UDP, 514, 514)]),
    ("tacacs", &[(TCP, 49, 49)]),
    ("tacacs-ds", &[(TCP, 65, 65)]),
    ("talk", &[(UDP, 517, 517)]),
    ("tcp-any", &[(TCP, 0, 65535)]),
    ("telnet", &[(TCP, 23, 23)]),
    ("tftp", &[(UDP, 69, 69)]),
    ("udp-any", &[(UDP, 0, 65535)]),
    ("uucp", &[(TCP, 540, 540)]),
    ("vnc", &[(TCP, 5800, 5800), (TCP, 5900, 5900)]),
    ("wais", &[(TCP, 210, 210)]),
    ("who", &[(UDP, 513, 513)]),
    ("whois", &[(TCP, 43, 43)]),
    ("winframe", &[(TCP, 1494, 1494)]),
    ("x-windows", &[(TCP, 6000, 6063)]),
    ("xnm-clear-text", &[(TCP, 3221, 3221)]),
    ("xnm-ssl", &[(TCP, 3220, 3220)]),
];

fn predefined(name: &str) -> Option<Vec<Application>> {
    let name = name.strip_prefix("junos-")?;
    let whole = |number: u8| Some(vec![(Services::protocol(number), None)]);
    match name {
        "gre" => return whole(47),
        "ospf" => return whole(89),
        "icmp-all" => return whole(1),
        "icmp6-all" => return whole(58),
        "sctp-any" => return whole(132),
        // a type of icmp
        "icmp-ping" | "ping" => return Some(vec![(Services::protocol(1), Some("icmp-type echo-request".into()))]),
        "pingv6" => return Some(vec![(Services::protocol(58), Some("icmp6-type echo-request".into()))]),
        _ if name.starts_with("icmp6-") => return Some(vec![(Services::protocol(58), Some(format!("junos-{name}")))]),
        _ => {}
    }
    let (_, ports) = PREDEFINED.iter().find(|(known, _)| *known == name)?;
    let one = |&(protocol, low, high): &(u8, u16, u16)| {
        let protocols = Ranges::one(protocol.into(), protocol.into()).intersect(&with_ports());
        (Services::ports(&protocols, all_ports(), Ranges::one(low.into(), high.into())), None)
    };
    Some(ports.iter().map(one).collect())
}
