//! What is for the device itself: who may manage it from where, what it answers, what it listens to for tunnels and
//! neighbours. Lists bound to interfaces are not asked (*Cisco ASA Series Firewall CLI Configuration Guide*, Access Rules).

use std::collections::BTreeSet;

use smallvec::smallvec;

use super::super::cisco_ios::tree::Block;
use super::super::device::{Applies, Filter, Rule, Selector};
use super::super::ledger::Ledger;
use super::super::region::{Services, all_ports};
use super::super::set::Ranges;
use super::Ways;
use super::interfaces::Port;
use super::objects::Objects;
use crate::language::Phrase;

fn ports(protocol: u8, port: u16) -> Services {
    let one = |value: u16| Ranges::one(value.into(), value.into());
    Services::ports(&one(protocol.into()), all_ports(), one(port))
}

/// The filter of what is delivered.
pub fn filter(
    blocks: &[Block<'_>],
    objects: &Objects,
    named: &[&Port],
    ways: &Ways<'_>,
    ledger: &mut Ledger,
) -> Filter {
    let mut filter = Filter::new("management", false, ledger.origin(1));
    filter.default_id = "implicit deny".into();
    filter.applies = vec![Applies::Delivered];
    filter.stateful = true;
    let (mut web, mut enabled) = (443, false);
    for block in blocks.iter().filter(|block| block.starts(&["http", "server", "enable"])) {
        ledger.used(block.line);
        enabled = true;
        web = block.word(3).parse().unwrap_or(443);
    }
    let mut asked: BTreeSet<String> = BTreeSet::new();
    for block in blocks {
        let (words, line) = (&block.words[..], block.line);
        let mut open = |id: String,
                        way: &str,
                        from: Selector,
                        services: Vec<Services>,
                        permit: bool,
                        condition: Option<String>| {
            let mut rule = Rule::all(id, permit, ledger.origin(line));
            rule.ways_in = ways.of(Some(way));
            (rule.from, rule.services, rule.condition) = (from, services.into(), condition.map(Into::into));
            filter.rules.push(rule.into());
        };
        let mut used = true;
        match *words {
            [kind @ ("ssh" | "telnet" | "http"), ref rest @ ..] => {
                let Some((set, taken)) = objects.plain(rest) else { continue };
                let Some(way) = rest.get(taken) else { continue };
                let port = match kind {
                    "ssh" => 22,
                    "telnet" => 23,
                    _ => web,
                };
                if kind != "http" || enabled {
                    open(block.words.join(" "), way, Selector::of(set), vec![ports(6, port)], true, None);
                }
            }
            ["icmp", action @ ("permit" | "deny"), ref rest @ ..]
            | ["ipv6", "icmp", action @ ("permit" | "deny"), ref rest @ ..] => {
                let Some((set, taken)) = objects.plain(rest) else { continue };
                let Some(way) = rest.last().filter(|_| rest.len() > taken) else { continue };
                let kinds = &rest[taken..rest.len() - 1];
                let condition = (!kinds.is_empty()).then(|| format!("icmp {}", kinds.join(" ")));
                let number = if words[0] == "ipv6" { 58 } else { 1 };
                asked.insert(format!("{number} {way}"));
                let services = vec![Services::protocol(number)];
                open(block.words.join(" "), way, Selector::of(set), services, action == "permit", condition);
            }
            ["crypto", "map", _, "interface", way]
            | ["crypto", "ikev1" | "ikev2" | "isakmp", "enable", way, ..]
            | ["crypto", "isakmp", "ikev1", "enable", way] => {
                let services = vec![ports(17, 500), ports(17, 4500), Services::protocol(50)];
                open(block.words.join(" "), way, Selector::any(), services, true, None);
            }
            ["snmp-server", "host", way, address, ..] => {
                let from = objects.plain(&["host", address]).map_or_else(Selector::any, |(set, _)| Selector::of(set));
                open(format!("snmp-server host {way} {address}"), way, from, vec![ports(17, 161)], true, None);
            }
            ["dhcpd" | "dhcprelay", "enable", way] => {
                open(block.words.join(" "), way, Selector::any(), vec![ports(17, 67)], true, None);
            }
            ["webvpn", ..] => {
                for line in block.below.iter().filter(|line| line.word(0) == "enable" && line.words.len() > 1) {
                    ledger.used(line.line);
                    let mut rule = Rule::all(format!("webvpn enable {}", line.word(1)), true, ledger.origin(line.line));
                    rule.ways_in = ways.of(Some(line.word(1)));
                    rule.services = smallvec![ports(6, 443), ports(17, 443)];
                    filter.rules.push(rule.into());
                }
            }
            ["router", protocol, ..] => {
                let services = match protocol {
                    "ospf" | "ospfv3" => vec![Services::protocol(89)],
                    "eigrp" => vec![Services::protocol(88)],
                    "rip" => vec![ports(17, 520)],
                    "bgp" => vec![ports(6, 179)],
                    _ => vec![Services::all()],
                };
                let mut rule = Rule::all(format!("router {protocol}"), true, ledger.origin(line));
                rule.services = services.into();
                filter.rules.push(rule.into());
                used = false;
            }
            ["access-group", _, "in", "interface", _, "control-plane"] => ledger.remark(
                line,
                Phrase::new(
                    "a list for the device itself; taken to stop nothing beyond the management rules",
                    "機器自身宛てのリスト。管理用の設定以外に止めるものはないとみなす",
                ),
            ),
            _ => used = false,
        }
        if used {
            ledger.used(line);
        }
    }
    // icmp is answered where nothing is said of it
    for port in named {
        let Some(name) = &port.name else { continue };
        for number in [1u8, 58].into_iter().filter(|number| !asked.contains(&format!("{number} {name}"))) {
            let mut rule = Rule::all(format!("icmp {name}"), true, ledger.origin(port.line));
            rule.ways_in = ways.of(Some(name));
            rule.services = smallvec![Services::protocol(number)];
            filter.rules.push(rule.into());
        }
    }
    filter
}
