//! Translation between the families (NAT46, NAT64) is refused: no document can say it, and what it opens would be missing.

use super::super::ledger::Ledger;
use super::super::text::Refusal;
use super::Policies;
use super::tree::Section;
use crate::language::Phrase;

/// Refuses a configuration that translates from one family into the other.
///
/// # Errors
/// At the first policy that does.
pub fn refuse(root: &Section, policies: &Policies, ledger: &Ledger) -> Result<(), Refusal> {
    let refusal = |line: u32| {
        Refusal::at(
            ledger.file(),
            line,
            Phrase::new(
                "this policy translates between IPv4 and IPv6, which a topology cannot say; look at it by hand, and import a copy in which it is disabled",
                "IPv4 と IPv6 の間で変換するポリシーは構成ファイルで表せない。人手で確認したうえで、無効にした写しを取り込むこと",
            ),
        )
    };
    let entries = |name: &'static str| root.sections(name).flat_map(|section| policies.of(section));
    let on = |entry: &&Section| entry.value("status") != "disable";
    for name in ["firewall policy46", "firewall policy64"] {
        if let Some(entry) = entries(name).find(on) {
            return Err(refusal(entry.lines.0));
        }
    }
    for name in ["firewall policy", "firewall consolidated policy", "firewall security-policy"] {
        let translates = |entry: &&Section| on(entry) && (entry.is_on("nat46") || entry.is_on("nat64"));
        if let Some(entry) = entries(name).find(translates) {
            let key = if entry.is_on("nat46") { "nat46" } else { "nat64" };
            return Err(refusal(entry.setting(key).map_or(entry.lines.0, |setting| setting.lines.0)));
        }
    }
    Ok(())
}
