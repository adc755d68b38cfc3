//! Yamaha RTX, NVR and FWX.
//!
//! Order of operations (Yamaha, *Command Reference*, `ip INTERFACE secure filter`, `nat descriptor`; *NAT descriptors*): what
//! comes in is translated, then filtered by the list of the interface; what goes out is filtered, then translated. So filters
//! see inner addresses: the source as it came and the destination as translated. In a list the first filter that matches
//! decides; what none matches is rejected. An interface without a list filters nothing. Dynamic filters let replies back in;
//! what opens a connection by one may pass although no other filter says so.

mod change;
mod filters;
mod interfaces;
mod nat;
mod routes;
mod tree;

use super::device::{Applies, Device};
use super::ledger::{Fate, Ledger, changes_itself, mirrored};
use super::text::Refusal;
use super::{Configuration, Import, emit};

pub use change::CHANGE;
use tree::Line;

/// Whether a line is of these routers alone.
#[must_use]
pub fn is_line(words: &[&str]) -> bool {
    match *words {
        ["pp" | "tunnel", "select", ..] | ["nat", "descriptor", ..] => true,
        ["ip" | "ipv6", "filter", number, action, ..] => {
            let kind = action.split('-').next().unwrap_or_default();
            number.parse::<u32>().is_ok() && matches!(kind, "pass" | "reject" | "restrict")
        }
        ["ip" | "ipv6", name, "address" | "secure" | "nat" | "prefix", ..] => {
            tree::is_interface(name) || matches!(name, "pp" | "tunnel")
        }
        ["ip", "route", _, "gateway", ..] => true,
        _ => false,
    }
}

/// Whether a text is a configuration of such a router.
#[must_use]
pub fn recognise(lines: &[&str]) -> bool {
    lines.iter().any(|line| is_line(&line.split_whitespace().take(4).collect::<Vec<_>>()))
}

/// Reads a configuration.
///
/// # Errors
/// Never; it has no sections that could be cut off.
pub fn import(configuration: &Configuration<'_>, ledger: &mut Ledger) -> Result<Import, Refusal> {
    let lines = tree::read(&configuration.lines, ledger);
    // `console prompt "RTX1200"`
    let prompt = lines.iter().find(|line| line.words.starts_with(&["console", "prompt"]) && line.words.len() > 2);
    let id = prompt.map(|line| emit::id_word(line.words[2].trim_matches('"'))).filter(|id| !id.is_empty());
    let mut ways = interfaces::read(&lines, ledger);
    let mut device = Device::new(id.unwrap_or_else(|| configuration.id("rtx")), "router", ledger.origin(1));
    if let Some(line) = prompt {
        ledger.used(line.line);
    }
    device.ipv6 = ways.ipv6;
    device.filters = filters::read(&lines, ledger).of(&lines, &ways.past, ledger);
    device.filters.sort_by_key(|filter| !filter.applies.contains(&Applies::Delivered));
    device.translations = nat::read(&lines, &ways.interfaces, ledger);
    device.routes = routes::read(&lines, &ways, ledger);
    device.interfaces = std::mem::take(&mut ways.interfaces);
    settle(&lines, ledger);
    Ok(Import {
        devices: vec![device],
        members: ways.members,
        bridges: ways.bridges,
        down: ways.down,
        ..Import::default()
    })
}

/// First words of lines that say nothing about which packets pass.
const FIRST: &[&str] = &[
    "account",
    "administrator",
    "alarm",
    "analog",
    "auth",
    "bgp",
    "bridge",
    "clock",
    "cloud",
    "connect",
    "console",
    "cooperation",
    "copy",
    "date",
    "description",
    "dhcp",
    "diagnosis",
    "disconnect",
    "dns",
    "embedded",
    "ethernet",
    "external-memory",
    "fr",
    "grep",
    "heartbeat",
    "heartbeat2",
    "httpd",
    "ipsec",
    "isdn",
    "l2tp",
    "lan",
    "leased",
    "line",
    "login",
    "lua",
    "mail",
    "mail-check",
    "mail-notify",
    "mobile",
    "nat",
    "netvolante-dns",
    "ngn",
    "ntp",
    "ntpdate",
    "onu",
    "operation",
    "ospf",
    "ospfv3",
    "pp",
    "ppp",
    "pppoe",
    "pptp",
    "provider",
    "qac-tm",
    "queue",
    "radius",
    "remote",
    "rip",
    "rtfs",
    "save",
    "schedule",
    "scp",
    "sd",
    "security",
    "set-default-config",
    "sftpd",
    "sip",
    "snmp",
    "snmpv2c",
    "snmpv3",
    "speed",
    "sshc",
    "sshd",
    "statistics",
    "switch",
    "syslog",
    "system",
    "telnetd",
    "tftp",
    "time",
    "timezone",
    "tunnel",
    "upnp",
    "url",
    "usbhost",
    "user",
    "vlan",
    "wan",
    "wins",
    "wol",
    "yno",
    "dashboard",
    "httpc",
    "trigger",
    "packetdump",
    "mld",
    "loopback",
    "no",
    "quit",
    "exit",
    "end",
    "Password:",
    "terminate",
    "show",
    "less",
];

/// Second words behind `ip` and `ipv6`, and third ones behind an interface.
const OF_IP: &[&str] = &[
    "arp",
    "fragment",
    "host",
    "icmp",
    "implicit-route",
    "keepalive",
    "local-forward",
    "routing",
    "simple-service",
    "source-route",
    "stealth",
    "tos",
    "flow",
    "hop",
    "max",
    "nd",
    "rh0",
    "multicast",
    "pim",
    "rip",
];

const OF_INTERFACE: &[&str] = &[
    "arp",
    "dhcp",
    "forward",
    "igmp",
    "intrusion",
    "keepalive",
    "mtu",
    "nd",
    "ospf",
    "pim",
    "proxyarp",
    "rebound",
    "rip",
    "rtadv",
    "tcp",
    "tos",
    "traffic",
    "vrrp",
    "wol",
    "multicast",
    "remote",
    "mld",
    "hop",
    "ngn",
    "dad",
];

/// Settles the lines that nobody took.
fn settle(lines: &[Line<'_>], ledger: &mut Ledger) {
    for line in lines {
        let silent = match line.words[..] {
            ["ip" | "ipv6", "filter", "source-route" | "directed-broadcast", ..] => true,
            ["ip" | "ipv6", second, ..] if OF_IP.contains(&second) => true,
            ["ip" | "ipv6", name, third, ..] if line.interface(name).is_some() => OF_INTERFACE.contains(&third),
            // what is done at times, beyond what changes nothing here
            ["schedule", "at", ref rest @ ..] => {
                let does = rest.iter().position(|word| *word == "*").and_then(|at| rest.get(at + 1));
                let harmless = ["ntpdate", "rdate", "restart", "save", "clear", "wol", "mail", "ping", "syslog"];
                let changes = !does.is_some_and(|word| harmless.contains(word));
                if changes {
                    ledger.not_understood(line.line, changes_itself());
                }
                !changes
            }
            ["lan", "port-mirroring", ..] => {
                ledger.not_understood(line.line, mirrored());
                false
            }
            [first, ..] => FIRST.contains(&first),
            [] => true,
        };
        if silent && ledger.fate(line.line) == Fate::NotUnderstood && !ledger.has_remark(line.line) {
            ledger.without_meaning(line.line);
        }
    }
}
