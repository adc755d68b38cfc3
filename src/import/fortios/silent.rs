//! Sections that say nothing about which packets pass.

use super::super::ledger::Ledger;
use super::tree::Section;
use crate::language::Phrase;

/// Beginnings of such sections' names.
const SILENT: &[&str] = &[
    "system",
    "log",
    "report",
    "user",
    "vpn certificate",
    "vpn ssl",
    "vpn ipsec phase2",
    "vpn ipsec phase2-interface",
    "vpn ipsec",
    "vpn l2tp",
    "vpn pptp",
    "wireless-controller",
    "switch-controller",
    "webfilter",
    "antivirus",
    "ips",
    "application",
    "dnsfilter",
    "dlp",
    "emailfilter",
    "spamfilter",
    "voip",
    "waf",
    "icap",
    "videofilter",
    "file-filter",
    "ssh-filter",
    "cifs",
    "web-proxy",
    "ftp-proxy",
    "endpoint-control",
    "certificate",
    "authentication",
    "alertemail",
    "automation",
    "monitoring",
    "extender-controller",
    "extension-controller",
    "nsxt",
    "gui",
    "casb",
    "ztna",
    "telemetry-controller",
    "virtual-patch",
    "sctp-filter",
    "diameter-filter",
    "dpdk",
    "hardware",
    "virtual-server",
    "firewall schedule",
    "firewall shaper",
    "firewall shaping-policy",
    "firewall shaping-profile",
    "firewall profile-group",
    "firewall profile-protocol-options",
    "firewall ssl-ssh-profile",
    "firewall internet-service",
    "firewall identity-based-route",
    "firewall service category",
    "firewall wildcard-fqdn",
    "firewall ldb-monitor",
    "firewall ssl",
    "firewall ssh",
    "firewall auth-portal",
    "firewall access-proxy",
    "firewall traffic-class",
    "firewall city",
    "firewall country",
    "firewall region",
    "firewall vendor-mac",
    "firewall decrypted-traffic-mirror",
    "firewall global",
    "firewall network-service-dynamic",
    "firewall dnstranslation",
    "firewall ipmacbinding",
    "firewall multicast-address",
    "firewall multicast-address6",
    "firewall proxy-address",
    "firewall proxy-addrgrp",
    "firewall address6-template",
    "firewall ttl-policy",
    "firewall sniffer",
    "firewall on-demand-sniffer",
    "firewall interface-policy",
    "firewall interface-policy6",
    "firewall DoS-policy",
    "firewall DoS-policy6",
    "firewall carrier-endpoint-bwl",
    "router access-list",
    "router access-list6",
    "router prefix-list",
    "router prefix-list6",
    "router route-map",
    "router community-list",
    "router aspath-list",
    "router key-chain",
    "router auth-path",
    "router setting",
    "router multicast",
    "router multicast6",
    "router multicast-flow",
    "router bfd",
    "router bfd6",
    "router extcommunity-list",
    "firewall iprope",
    "firewall mms-profile",
    "firewall gtp",
    "firewall profile",
];

/// Settles the sections that nobody took.
pub fn settle(root: &Section, ledger: &mut Ledger) {
    let mut open: Vec<&Section> = root.inner.iter().collect();
    while let Some(section) = open.pop() {
        if section.is_entry || matches!(section.name.as_str(), "global" | "vdom") {
            // the frames of VDOMs
            ledger.used(section.lines.0);
            ledger.used(section.lines.1);
            open.extend(&section.inner);
            continue;
        }
        let name = section.name.as_str();
        let silent = SILENT
            .iter()
            .any(|known| name == *known || name.strip_prefix(known).is_some_and(|rest| rest.starts_with([' ', '-'])));
        if silent {
            section.rest_is_silent(ledger);
        } else if (section.lines.0..=section.lines.1)
            .any(|line| ledger.fate(line) == super::super::ledger::Fate::NotUnderstood)
            && ledger.fate(section.lines.0) == super::super::ledger::Fate::NotUnderstood
        {
            ledger.remark(
                section.lines.0,
                Phrase::new(
                    "this section is not understood; nothing was taken from it, what it may stop counts as not stopped",
                    "解釈できない部分。何も取り込まない。止めるものがあっても止まらないものとみなす",
                ),
            );
        }
    }
}
