//! The lines as blocks, and those that say nothing.

use super::super::ledger::{Fate, Ledger};

/// A block: a line and what is indented below it.
pub struct Block<'t> {
    /// Its words.
    pub words: Vec<&'t str>,
    /// Its number.
    pub line: u32,
    /// The lines below it.
    pub below: Vec<(Vec<&'t str>, u32)>,
}

/// Reads the lines.
pub fn blocks<'t>(lines: &[&'t str], ledger: &mut Ledger) -> Vec<Block<'t>> {
    let mut out: Vec<Block<'t>> = Vec::new();
    for (number, line) in (1u32..).zip(lines) {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        words.shrink_to_fit();
        if words.is_empty() || words[0].starts_with('!') || words[0].starts_with('#') {
            ledger.without_meaning(number);
            continue;
        }
        match out.last_mut().filter(|_| line.starts_with(' ') || line.starts_with('\t')) {
            Some(block) => block.below.push((words, number)),
            None => out.push(Block { words, line: number, below: Vec::new() }),
        }
    }
    out
}

/// First words of lines that say nothing about which packets pass.
const SILENT: &[&str] = &[
    "hostname",
    "timezone",
    "logging",
    "username",
    "ntp",
    "syslog",
    "device",
    "ppp",
    "dns",
    "proxy-dns",
    "telnet-server",
    "ssh-server",
    "http-server",
    "snmp-agent",
    "terminal",
    "clock",
    "banner",
    "end",
    "no",
    "bridge",
    "ike",
    "ipsec",
    "ikev2",
    "watch-group",
    "network-monitor",
    "web-console",
    "pki",
    "aaa",
    "radius",
    "service-policy",
    "class-map",
    "policy-map",
    "vrrp",
    "event",
    "lldp",
    "monitor",
    "exit",
    "enable-config",
    "configure",
    "Current",
    "Using",
    "exception",
    "vlan-group",
    "ethernet-filter",
    "mac",
    "system",
    "write",
    "l2tp",
    "sa",
    "cert",
    "ddns",
    "url-list",
];

/// Settles the lines that nobody took.
pub fn settle(blocks: &[Block<'_>], ledger: &mut Ledger) {
    for block in blocks {
        let silent = match block.words[..] {
            ["ip" | "ipv6", second, ..] => matches!(
                second,
                "ufs-cache"
                    | "dhcp"
                    | "name-server"
                    | "dns"
                    | "icmp"
                    | "multicast-routing"
                    | "domain"
                    | "host"
                    | "arp"
                    | "local"
                    | "igmp"
                    | "source-route"
                    | "forwarding"
                    | "nd"
                    | "mld"
                    | "load-sharing"
                    | "rip"
                    | "ospf"
                    | "router"
                    | "prefix-list"
                    | "ids"
            ),
            ["router" | "route-map", ..] => true,
            [first, ..] => SILENT.contains(&first),
            [] => true,
        };
        if !silent {
            continue;
        }
        for line in block.below.iter().map(|(_, line)| *line).chain([block.line]) {
            if ledger.fate(line) == Fate::NotUnderstood && !ledger.has_remark(line) {
                ledger.without_meaning(line);
            }
        }
    }
}
