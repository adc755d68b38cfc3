//! The explicit proxy, and wireless networks. What a proxy policy accepts reaches its destination by way of the device, so it
//! counts as forwarded; whether with the client's address or the device's is not sure.

use smallvec::smallvec;

use super::super::Ssid;
use super::super::device::{Becomes, Rule, Translation};
use super::super::ledger::Ledger;
use super::super::region::Services;
use super::super::switch::vlan;
use super::super::text::Refusal;
use super::Objects;
use super::tree::Section;
use crate::document::Family;
use crate::language::Phrase;

/// The rules of proxy policies, and what may become of the source.
///
/// # Errors
/// When groups hold each other in a circle.
pub fn read(
    root: &Section,
    objects: &mut Objects<'_>,
    ledger: &mut Ledger,
) -> Result<(Vec<Rule>, Vec<Translation>), Refusal> {
    let (mut rules, mut translations) = (Vec::new(), Vec::new());
    for section in root.sections("firewall proxy-policy") {
        section.used(&[], ledger);
        for entry in &section.inner {
            entry.used(&["proxy", "srcintf", "dstintf", "srcaddr", "dstaddr", "action", "status"], ledger);
            entry.rest_is_silent(ledger);
            if entry.value("status") == "disable" || entry.value("action") != "accept" {
                continue;
            }
            let line = entry.lines.0;
            ledger.not_understood(
                line,
                Phrase::new(
                    "what the proxy looks at cannot be judged: taken to let these addresses reach each other on any port",
                    "プロキシの検査は判定できない。このアドレスの間はどのポートでも通るものとみなす",
                ),
            );
            let mut rule = Rule::all(format!("proxy-policy {}", entry.name), true, ledger.origin(line));
            // objects of the proxy alone are not addresses: they may be any
            rule.from = objects.addresses.union(Family::V4, entry.values("srcaddr"), line, ledger)?;
            rule.to = objects.addresses.union(Family::V4, entry.values("dstaddr"), line, ledger)?;
            rule.services = smallvec![Services::all()];
            rule.ways_out = objects.ways.of(entry.values("dstintf"), line, ledger);
            rule.condition = Some("proxy".into());
            let mut own = Translation::new(rule.id.clone(), false, Becomes::Own, rule.origin.clone());
            (own.from, own.to) = (rule.from.clone(), rule.to.clone());
            own.ways_out.clone_from(&rule.ways_out);
            own.sees_original_destination = true;
            own.condition.clone_from(&rule.condition);
            translations.push(own);
            rules.push(rule);
        }
    }
    Ok((rules, translations))
}

/// Wireless networks whose clients an access point puts into a VLAN.
pub fn wireless(root: &Section, ledger: &mut Ledger) -> Vec<Ssid> {
    let mut out = Vec::new();
    for entry in root.sections("wireless-controller vap").flat_map(|section| &section.inner) {
        if !entry.is_on("local-bridging") {
            continue; // an interface of its own
        }
        let name = if entry.value("ssid").is_empty() { &entry.name } else { entry.value("ssid") };
        if let Some(vlan) = vlan(entry.value("vlanid")) {
            entry.used(&["ssid", "local-bridging", "vlanid"], ledger);
            out.push(Ssid { name: name.to_owned(), vlan, origin: ledger.origin(entry.lines.0) });
            continue;
        }
        ledger.not_understood(
            entry.lines.0,
            Phrase::new(
                "who is in this wireless network is in the VLAN of the port that the access point is plugged in: say so in the site file (a node and a link)",
                "この無線の利用者は、アクセスポイントをつないだポートの VLAN に入る。サイトファイルにノードとリンクとして書くこと",
            ),
        );
    }
    out
}
