//! Services: those that every device has, custom ones, groups.

use std::collections::HashMap;

use super::super::ledger::Ledger;
use super::super::region::{Services, all_ports};
use super::super::set::Ranges;
use super::super::text::{Refusal, nested};
use super::tree::Section;
use crate::language::Phrase;

/// What a service is: boxes, each with what the model cannot judge about it.
pub type Boxes = Vec<(Services, Option<String>)>;

/// The services of a VDOM.
#[derive(Default)]
pub struct Table<'s> {
    custom: HashMap<&'s str, Boxes>,
    groups: HashMap<&'s str, &'s Section>,
}

/// Reads all services.
pub fn read<'s>(root: &'s Section, ledger: &mut Ledger) -> Table<'s> {
    let mut out = Table::default();
    for section in root.sections("firewall service custom") {
        section.used(&[], ledger);
        for entry in &section.inner {
            let boxes = custom(entry, ledger);
            out.custom.insert(&entry.name, boxes);
            entry.rest_is_silent(ledger);
        }
    }
    for section in root.sections("firewall service group") {
        section.used(&[], ledger);
        for entry in &section.inner {
            entry.used(&["member"], ledger);
            entry.rest_is_silent(ledger);
            out.groups.insert(&entry.name, entry);
        }
    }
    out
}

fn protocol(number: u8) -> Ranges {
    Ranges::one(number.into(), number.into())
}

fn custom(entry: &Section, ledger: &mut Ledger) -> Boxes {
    let keys = [
        "protocol",
        "tcp-portrange",
        "udp-portrange",
        "sctp-portrange",
        "udplite-portrange",
        "protocol-number",
        "icmptype",
        "icmpcode",
        "iprange",
        "fqdn",
        "app-service-type",
        "app-category",
        "application",
    ];
    entry.used(&keys, ledger);
    let condition =
        |key: &str| (!entry.values(key).is_empty()).then(|| format!("{key} {}", entry.values(key).join(" ")));
    let mut conditions: Vec<String> =
        ["iprange", "fqdn", "application", "app-category"].iter().filter_map(|key| condition(key)).collect();
    let mut out: Boxes = Vec::new();
    match entry.value("protocol") {
        "" | "TCP/UDP/SCTP" | "TCP/UDP/UDP-Lite/SCTP" => {
            for (key, number) in [("tcp-portrange", 6), ("udp-portrange", 17), ("sctp-portrange", 132)] {
                for item in entry.values(key).iter().flat_map(|value| value.split_whitespace()) {
                    match ports(item) {
                        Some((destination, source)) => {
                            out.push((Services::ports(&protocol(number), source, destination), None));
                        }
                        None => {
                            ledger.not_understood(
                                entry.setting(key).map_or(entry.lines.0, |setting| setting.lines.0),
                                Phrase::new(
                                    "these ports are not understood: they may be all",
                                    "解釈できないポート。すべてでありうるものとみなす",
                                ),
                            );
                            out.push((Services::protocol(number), Some(format!("{key} {item}"))));
                        }
                    }
                }
            }
        }
        "ICMP" | "ICMP6" => {
            let number = if entry.value("protocol") == "ICMP" { 1 } else { 58 };
            // types cannot be judged
            conditions.extend(condition("icmptype"));
            out.push((Services::protocol(number), None));
        }
        "IP" => match entry.value("protocol-number") {
            "" | "0" => out.push((Services::all(), None)),
            number => match number.parse() {
                Ok(number) => out.push((Services::protocol(number), None)),
                Err(_) => out.push((Services::all(), Some(format!("protocol-number {number}")))),
            },
        },
        "ALL" => out.push((Services::all(), None)),
        other => {
            ledger.not_understood(
                entry.lines.0,
                Phrase::new(
                    format!("a service of the kind `{other}` is not understood: it may be any"),
                    format!("種類 `{other}` のサービスは解釈できない。どのサービスでもありうるものとみなす"),
                ),
            );
            out.push((Services::all(), Some(format!("protocol {other}"))));
        }
    }
    if !conditions.is_empty() {
        for (_, condition) in &mut out {
            let all: Vec<String> = condition.iter().cloned().chain(conditions.iter().cloned()).collect();
            *condition = Some(all.join("; "));
        }
    }
    out
}

/// `80`, `80-90`, `80:1024-65535`: destination ports, then source ports.
fn ports(item: &str) -> Option<(Ranges, Ranges)> {
    let (destination, source) =
        item.split_once(':').map_or((item, None), |(destination, source)| (destination, Some(source)));
    let range = |text: &str| {
        let (low, high) = text.split_once('-').unwrap_or((text, text));
        let (low, high): (u16, u16) = (low.parse().ok()?, high.parse().ok()?);
        (low <= high).then(|| Ranges::one(low.into(), high.into()))
    };
    Some((
        range(destination)?,
        match source {
            Some(source) => range(source)?,
            None => all_ports(),
        },
    ))
}

impl Table<'_> {
    /// The union of some services. `line` is where they are named.
    ///
    /// # Errors
    /// When groups hold each other in a circle or too deep.
    pub fn union(&self, names: &[String], line: u32, ledger: &mut Ledger) -> Result<Boxes, Refusal> {
        let mut out = Vec::new();
        for name in names {
            self.object(name, line, &mut Vec::new(), &mut out, ledger)?;
        }
        Ok(out)
    }

    fn object(
        &self,
        name: &str,
        line: u32,
        above: &mut Vec<(String, u32)>,
        out: &mut Boxes,
        ledger: &mut Ledger,
    ) -> Result<(), Refusal> {
        if let Some(boxes) = self.custom.get(name) {
            out.extend(boxes.iter().cloned());
            return Ok(());
        }
        let Some(group) = self.groups.get(name) else {
            match built_in(name) {
                Some(boxes) => out.extend(boxes),
                None => {
                    ledger.not_understood(
                        line,
                        Phrase::new(
                            format!("the service {name} is not defined: it may be any"),
                            format!("サービス {name} が定義されていない。どのサービスでもありうるものとみなす"),
                        ),
                    );
                    out.push((Services::all(), Some(format!("service {name}"))));
                }
            }
            return Ok(());
        };
        nested(ledger.file(), above, name, line)?;
        let member = group.setting("member").map_or(group.lines.0, |setting| setting.lines.0);
        above.push((name.to_owned(), member));
        for inner in group.values("member") {
            self.object(inner, member, above, out, ledger)?;
        }
        above.pop();
        Ok(())
    }
}

/// Services that every device has (FortiOS, `show full firewall service custom` of a new device): tcp, udp, else.
fn built_in(name: &str) -> Option<Boxes> {
    let (tcp, udp): (&[(u16, u16)], &[(u16, u16)]) = match name {
        "ALL" | "ANY" => return Some(vec![(Services::all(), None)]),
        "ALL_TCP" => (&[(1, 65535)], &[]),
        "ALL_UDP" => (&[], &[(1, 65535)]),
        "ALL_ICMP" => return Some(vec![(Services::protocol(1), None)]),
        "ALL_ICMP6" => return Some(vec![(Services::protocol(58), None)]),
        "PING" => return Some(vec![(Services::protocol(1), Some("icmptype 8".into()))]),
        "PING6" => return Some(vec![(Services::protocol(58), Some("icmptype 128".into()))]),
        "INFO_ADDRESS" => return Some(vec![(Services::protocol(1), Some("icmptype 17".into()))]),
        "INFO_REQUEST" => return Some(vec![(Services::protocol(1), Some("icmptype 15".into()))]),
        "TIMESTAMP" => return Some(vec![(Services::protocol(1), Some("icmptype 13".into()))]),
        "GRE" => return Some(vec![(Services::protocol(47), None)]),
        "AH" => return Some(vec![(Services::protocol(51), None)]),
        "ESP" => return Some(vec![(Services::protocol(50), None)]),
        "OSPF" => return Some(vec![(Services::protocol(89), None)]),
        "webproxy" => return Some(vec![(Services::all(), None)]),
        "AFS3" => (&[(7000, 7009)], &[(7000, 7009)]),
        "AOL" => (&[(5190, 5194)], &[]),
        "BGP" => (&[(179, 179)], &[]),
        "CVSPSERVER" => (&[(2401, 2401)], &[(2401, 2401)]),
        "DCE-RPC" => (&[(135, 135)], &[(135, 135)]),
        "DHCP" => (&[], &[(67, 68)]),
        "DHCP6" => (&[], &[(546, 546), (547, 547)]),
        "DNS" => (&[(53, 53)], &[(53, 53)]),
        "FINGER" => (&[(79, 79)], &[]),
        "FTP" | "FTP_GET" | "FTP_PUT" => (&[(21, 21)], &[]),
        "GOPHER" => (&[(70, 70)], &[]),
        "GTP" => (&[], &[(2123, 2123), (2152, 2152), (3386, 3386)]),
        "H323" => (&[(1720, 1720), (1503, 1503)], &[(1719, 1719)]),
        "HTTP" => (&[(80, 80)], &[]),
        "HTTPS" => (&[(443, 443)], &[]),
        "IKE" => (&[], &[(500, 500), (4500, 4500)]),
        "IMAP" => (&[(143, 143)], &[]),
        "IMAPS" => (&[(993, 993)], &[]),
        "Internet-Locator-Service" => (&[(389, 389)], &[]),
        "IRC" => (&[(6660, 6669)], &[]),
        "KERBEROS" => (&[(88, 88), (464, 464)], &[(88, 88), (464, 464)]),
        "L2TP" => (&[(1701, 1701)], &[(1701, 1701)]),
        "LDAP" => (&[(389, 389)], &[]),
        "LDAP_UDP" => (&[], &[(389, 389)]),
        "MGCP" => (&[], &[(2427, 2427), (2727, 2727)]),
        "MMS" => (&[(1755, 1755)], &[(1024, 5000)]),
        "MS-SQL" => (&[(1433, 1433), (1434, 1434)], &[]),
        "MYSQL" => (&[(3306, 3306)], &[]),
        "NFS" => (&[(111, 111), (2049, 2049)], &[(111, 111), (2049, 2049)]),
        "NNTP" => (&[(119, 119)], &[]),
        "NTP" => (&[(123, 123)], &[(123, 123)]),
        "NetMeeting" => (&[(1720, 1720)], &[]),
        "NONE" => (&[(0, 0)], &[]),
        "ONC-RPC" => (&[(111, 111)], &[(111, 111)]),
        "PC-Anywhere" => (&[(5631, 5631)], &[(5632, 5632)]),
        "POP3" => (&[(110, 110)], &[]),
        "POP3S" => (&[(995, 995)], &[]),
        "PPTP" => (&[(1723, 1723)], &[]),
        "QUAKE" => (&[], &[(26000, 26000), (27000, 27000), (27910, 27910), (27960, 27960)]),
        "RADIUS" => (&[], &[(1812, 1812), (1813, 1813)]),
        "RADIUS-OLD" => (&[], &[(1645, 1645), (1646, 1646)]),
        "RADIUS_COA" => (&[], &[(3799, 3799)]),
        "RAUDIO" => (&[], &[(7070, 7070)]),
        "RDP" => (&[(3389, 3389)], &[]),
        "RIP" => (&[], &[(520, 520)]),
        "RTSP" => (&[(554, 554), (7070, 7070), (8554, 8554)], &[(554, 554)]),
        "SAMBA" => (&[(139, 139)], &[]),
        "SCCP" => (&[(2000, 2000)], &[]),
        "SIP" => (&[(5060, 5060)], &[(5060, 5060)]),
        "SIP-MSNmessenger" => (&[(1863, 1863)], &[]),
        "SMB" => (&[(445, 445)], &[]),
        "SMTP" => (&[(25, 25)], &[]),
        "SMTPS" => (&[(465, 465)], &[]),
        "SNMP" => (&[(161, 162)], &[(161, 162)]),
        "SOCKS" => (&[(1080, 1080)], &[(1080, 1080)]),
        "SQUID" => (&[(3128, 3128)], &[]),
        "SSH" => (&[(22, 22)], &[]),
        "SYSLOG" => (&[], &[(514, 514)]),
        "TALK" => (&[], &[(517, 518)]),
        "TELNET" => (&[(23, 23)], &[]),
        "TFTP" => (&[], &[(69, 69)]),
        "TRACEROUTE" => (&[], &[(33434, 33535)]),
        "UUCP" => (&[(540, 540)], &[]),
        "VDOLIVE" => (&[(7000, 7010)], &[]),
        "VNC" => (&[(5900, 5900)], &[]),
        "WAIS" => (&[(210, 210)], &[]),
        "WINFRAME" => (&[(1494, 1494), (2598, 2598)], &[]),
        "WINS" => (&[(1512, 1512)], &[(1512, 1512)]),
        "X-WINDOWS" => (&[(6000, 6063)], &[]),
        // old devices bind the source port too
        "REXEC" => (&[(512, 512)], &[]),
        "RLOGIN" => (&[(513, 513)], &[]),
        "RSH" => (&[(514, 514)], &[]),
        _ => return None,
    };
    let mut out = Vec::new();
    for (number, ranges) in [(6u8, tcp), (17, udp)] {
        for &(low, high) in ranges {
            // REXEC and its like come from privileged ports; in the attacker's favour from any
            out.push((Services::ports(&protocol(number), all_ports(), Ranges::one(low.into(), high.into())), None));
        }
    }
    Some(out)
}
