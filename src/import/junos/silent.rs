//! Lines that say nothing about which packets pass.

use super::super::ledger::{Ledger, changes_itself, mirrored};
use super::super::words::Node;

/// Sections that say nothing here, as paths.
const SILENT: &[&[&str]] = &[
    &["version"],
    &["system"],
    &["snmp"],
    &["chassis"],
    &["event-options"],
    &["accounting-options"],
    &["class-of-service"],
    &["policy-options"],
    &["forwarding-options"],
    &["poe"],
    &["virtual-chassis"],
    &["access"],
    &["apply-groups"],
    &["apply-macro"],
    &["multi-chassis"],
    &["multicast-snooping-options"],
    &["redundant-power-system"],
    &["routing-options", "router-id"],
    &["interfaces", "traceoptions"],
    &["firewall", "policer"],
    &["firewall", "three-color-policer"],
    &["firewall", "hierarchical-policer"],
    &["firewall", "interface-set"],
    &["firewall", "filter"],
    &["firewall", "family"],
    &["applications"],
    &["security", "log"],
    &["security", "screen"],
    &["security", "ike"],
    &["security", "ipsec"],
    &["security", "pki"],
    &["security", "certificates"],
    &["security", "ssh-known-hosts"],
    &["security", "alg"],
    &["security", "flow"],
    &["security", "utm"],
    &["security", "idp"],
    &["security", "application-tracking"],
    &["security", "application-firewall"],
    &["security", "dynamic-address"],
    &["security", "forwarding-process"],
    &["security", "softwires"],
    &["security", "gprs"],
    &["security", "traceoptions"],
    &["security", "user-identification"],
    &["security", "policies", "policy-rematch"],
    &["security", "policies", "traceoptions"],
    &["security", "policies", "policy-stats"],
    &["security", "policies", "pre-id-default-policy"],
    &["security", "nat", "proxy-arp"],
    &["security", "nat", "proxy-ndp"],
    &["security", "nat", "traceoptions"],
    &["security", "zones", "functional-zone"],
    &["schedulers"],
    &["services", "rpm"],
    &["services", "flow-monitoring"],
    &["services", "ssl"],
    &["services", "application-identification"],
    &["services", "security-intelligence"],
    &["services", "advanced-anti-malware"],
    &["services", "user-identification"],
    &["services", "web-management"],
    &["ethernet-switching-options"],
    &["switch-options"],
    &["protocols"],
];

/// Settles the lines that nobody took: those of the table say nothing here, all others are not understood.
pub fn settle(root: &Node<'_>, ledger: &mut Ledger) {
    for options in ["forwarding-options", "ethernet-switching-options"] {
        for kind in ["analyzer", "port-mirroring"] {
            if let Some(node) = root.at(&[options, kind]) {
                node.lost(&mirrored(), ledger);
            }
        }
    }
    for policy in root.under(&["event-options", "policy"]) {
        if let Some(node) = policy.at(&["then", "change-configuration"]) {
            node.lost(&changes_itself(), ledger);
        }
    }
    for path in SILENT {
        if let Some(node) = root.at(path) {
            node.silent(ledger);
        }
    }
    // a pool or an object that no rule names, a group that is applied nowhere
    for kind in ["source", "destination"] {
        for pool in root.under(&["security", "nat", kind, "pool"]) {
            pool.silent(ledger);
        }
    }
    for group in root.under(&["groups"]) {
        group.used_here(ledger);
        group.silent(ledger);
    }
    // a brace that only holds others
    outer(root, ledger);
    for kind in ["logical-systems", "tenants"] {
        for inner in root.under(&[kind]) {
            inner.used_here(ledger);
            settle(inner, ledger);
        }
        if let Some(node) = root.get(kind) {
            node.used_here(ledger);
        }
    }
}

/// The lines that open and close what was read.
fn outer(root: &Node<'_>, ledger: &mut Ledger) {
    for path in [
        &["interfaces"][..],
        &["routing-options"],
        &["routing-options", "static"],
        &["routing-instances"],
        &["security"],
        &["security", "zones"],
        &["security", "address-book"],
        &["security", "policies"],
        &["security", "policies", "global"],
        &["security", "nat"],
        &["security", "nat", "source"],
        &["security", "nat", "destination"],
        &["security", "nat", "static"],
        &["security", "forwarding-options"],
        &["security", "forwarding-options", "family"],
        &["firewall"],
        &["groups"],
        &["vlans"],
        &["bridge-domains"],
    ] {
        if let Some(node) = root.at(path) {
            node.used_here(ledger);
        }
    }
    for family in root.under(&["firewall", "family"]) {
        family.used_here(ledger);
    }
    for rib in root.under(&["routing-options", "rib"]) {
        rib.used_here(ledger);
        if let Some(node) = rib.get("static") {
            node.used_here(ledger);
        }
    }
    for instance in root.under(&["routing-instances"]) {
        for path in [&["routing-options"][..], &["routing-options", "static"], &["protocols"]] {
            if let Some(node) = instance.at(path) {
                node.used_here(ledger);
            }
        }
    }
}
