//! Lines that say nothing about which packets pass.

use super::super::ledger::Ledger;
use super::super::words::Node;

/// Sections that say nothing here, as paths of a device or of the file.
const SILENT: &[&[&str]] = &[
    &["mgt-config"],
    &["deviceconfig"],
    &["network", "profiles"],
    &["network", "ike"],
    &["network", "tunnel"],
    &["network", "qos"],
    &["network", "dhcp"],
    &["network", "dns-proxy"],
    &["network", "shared-gateway"],
    &["network", "vlan"],
    &["network", "virtual-wire"],
    &["network", "lldp"],
    &["network", "underlay-net"],
    &["plugins"],
    &["readonly"],
    &["platform"],
];

/// Parts of a virtual system, or of what is shared, likewise.
const OF_SYSTEM: &[&str] = &[
    "address",
    "address-group",
    "service",
    "service-group",
    "application",
    "application-group",
    "application-filter",
    "application-tag",
    "tag",
    "profiles",
    "profile-group",
    "log-settings",
    "schedule",
    "external-list",
    "region",
    "threats",
    "certificate",
    "certificate-profile",
    "ssl-tls-service-profile",
    "authentication-profile",
    "authentication-sequence",
    "server-profile",
    "local-user-database",
    "user-id-collector",
    "group-mapping",
    "captive-portal",
    "global-protect",
    "ssl-decrypt",
    "response-page",
    "botnet",
    "content-preview",
    "reports",
    "report-group",
    "pdf-summary-report",
    "email-scheduler",
    "admin-role",
    "setting",
    "settings",
    "import",
    "dns-proxy",
    "display-name",
    "redistribution-agent",
    "iot",
    "device-object",
    "override",
    "alg-override",
    "vsys",
];

/// Kinds of rules that stop or steer nothing that the model knows; `pbf` makes every route possible.
const RULES: &[&str] = &[
    "qos",
    "decryption",
    "authentication",
    "tunnel-inspect",
    "dos",
    "sdwan",
    "pbf",
    "captive-portal",
    "application-override",
    "nat",
    "security",
    "network-packet-broker",
    "default-security-rules",
];

/// Settles the lines that nobody took: those of the tables say nothing here, all others are not understood.
pub fn settle(root: &Node<'_>, device: &Node<'_>, ledger: &mut Ledger) {
    for place in [root, device] {
        for path in SILENT {
            if let Some(node) = place.at(path) {
                node.silent(ledger);
            }
        }
        for path in [
            &["devices"][..],
            &["network"],
            &["network", "interface"],
            &["network", "virtual-router"],
            &["network", "logical-router"],
            &["vsys"],
            &["shared"],
            &["panorama"],
        ] {
            if let Some(node) = place.at(path) {
                node.used_here(ledger);
            }
        }
        let shared = place.get("shared");
        for system in place.under(&["vsys"]).chain(shared).chain([place]) {
            system.used_here(ledger);
            for key in OF_SYSTEM.iter().filter(|key| **key != "vsys") {
                if let Some(node) = system.get(key) {
                    node.silent(ledger);
                }
            }
            if let Some(zone) = system.get("zone") {
                zone.silent(ledger);
            }
            for rules in ["rulebase", "pre-rulebase", "post-rulebase"] {
                let Some(node) = system.get(rules) else { continue };
                node.used_here(ledger);
                for kind in RULES {
                    if let Some(node) = node.get(kind) {
                        node.silent(ledger);
                    }
                }
            }
        }
    }
}
