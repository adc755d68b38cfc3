//! The lines as blocks by their indentation.

use super::super::ledger::{Fate, Ledger, changes_itself};
use super::super::text::Refusal;
use crate::language::Phrase;

/// The deepest that blocks may stand in each other.
const DEEPEST: usize = 64;

/// A line and what is indented below it.
#[derive(Debug)]
pub struct Block<'t> {
    /// Its words.
    pub words: Vec<&'t str>,
    /// Its number.
    pub line: u32,
    /// What is below it.
    pub below: Vec<Block<'t>>,
}

impl Block<'_> {
    /// A word, or nothing.
    #[must_use]
    pub fn word(&self, at: usize) -> &str {
        self.words.get(at).copied().unwrap_or("")
    }

    /// Whether it begins with these words.
    #[must_use]
    pub fn starts(&self, words: &[&str]) -> bool {
        self.words.len() >= words.len() && self.words.iter().zip(words).all(|(a, b)| a == b)
    }

    /// Every line from here down.
    pub fn each(&self, tell: &mut impl FnMut(u32)) {
        tell(self.line);
        self.below.iter().for_each(|block| block.each(tell));
    }
}

/// Reads the lines.
///
/// # Errors
/// When blocks are nested too deep.
pub fn read<'t>(lines: &[&'t str], ledger: &mut Ledger) -> Result<Vec<Block<'t>>, Refusal> {
    let mut flat: Vec<(usize, Block<'t>)> = Vec::new();
    for (number, line) in (1u32..).zip(lines) {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        words.shrink_to_fit();
        if words.is_empty() || words[0].starts_with('!') {
            ledger.without_meaning(number);
            continue;
        }
        let depth = line.len() - line.trim_start().len();
        flat.push((depth, Block { words, line: number, below: Vec::new() }));
    }
    // from the last line up, so that what is below a line is whole when it is met
    let mut open: Vec<(usize, usize, Block<'t>)> = Vec::new();
    for (depth, mut block) in flat.into_iter().rev() {
        let mut height = 1;
        while open.last().is_some_and(|(below, ..)| *below > depth) {
            if let Some((_, below_height, below)) = open.pop() {
                height = height.max(below_height + 1);
                block.below.push(below);
            }
        }
        if height > DEEPEST {
            let what = Phrase::new("blocks are nested more than 64 deep", "ブロックの入れ子が 64 段を超える");
            return Err(Refusal::at(ledger.file(), block.line, what));
        }
        open.push((depth, height, block));
    }
    Ok(open.into_iter().rev().map(|(_, _, block)| block).collect())
}

/// First words of lines that say nothing about which packets pass.
const SILENT: &[&str] = &[
    "hostname",
    "service",
    "no",
    "username",
    "enable",
    "log",
    "clock",
    "ntp",
    "snmp-server",
    "aaa",
    "radius-server",
    "tacacs-server",
    "ssh",
    "telnet",
    "http",
    "line",
    "end",
    "exit",
    "switch",
    "stack",
    "spanning-tree",
    "lldp",
    "loop-protection",
    "vlan",
    "banner",
    "platform",
    "atmf",
    "awplus",
    "awc",
    "wireless",
    "card",
    "license",
    "mac",
    "arp",
    "crypto",
    "isakmp",
    "ipsec",
    "trigger",
    "type",
    "mail",
    "ping-poll",
    "policy-map",
    "class-map",
    "mls",
    "access-list",
    "zone",
    "application",
    "dpi",
    "ips",
    "malware-protection",
    "web-control",
    "url-filter",
    "antivirus",
    "ip-reputation",
    "update",
    "usb",
    "autoboot",
    "boot",
    "security-password",
    "lacp",
    "router-id",
    "key",
    "sflow",
    "pim",
    "igmp",
    "poe",
    "power-inline",
    "system",
    "udld",
    "g8032",
    "epsr",
    "dot1x",
    "auth",
    "auth-web-server",
    "auth-server",
    "web-redirect",
    "location",
    "dns",
    "ddns-update-method",
    "traffic-control",
    "linkmon",
    "sd-wan",
    "l2tp-profile",
    "openvpn",
    "domain-list",
    "autosec",
    "maximum-password",
    "fdb",
];

/// Settles the lines that nobody took.
pub fn settle(blocks: &[Block<'_>], ledger: &mut Ledger) {
    for block in blocks {
        let silent = match block.words[..] {
            ["ip" | "ipv6", second, ..] => matches!(
                second,
                "domain-name"
                    | "name-server"
                    | "domain-lookup"
                    | "dns"
                    | "dhcp"
                    | "dhcp-relay"
                    | "igmp"
                    | "pim"
                    | "multicast-routing"
                    | "vrf"
                    | "forwarding"
                    | "radius"
                    | "ssh"
                    | "proxy-arp"
                    | "source-route"
                    | "mld"
                    | "nd"
                    | "prefix-list"
                    | "community-list"
                    | "local"
                    | "tcp"
                    | "summer-time"
            ),
            ["router" | "route-map", ..] => true,
            ["trigger", ..] if block.below.iter().any(|line| line.word(0) == "script") => {
                ledger.not_understood(block.line, changes_itself());
                false
            }
            [first, ..] => SILENT.contains(&first),
            [] => true,
        };
        if silent {
            block.each(&mut |line| {
                if ledger.fate(line) == Fate::NotUnderstood && !ledger.has_remark(line) {
                    ledger.without_meaning(line);
                }
            });
        }
    }
}
