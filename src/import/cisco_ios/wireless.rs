//! Wireless networks: `dot11 ssid` of an access point by itself, and the WLANs of a controller (Catalyst 9800), which a policy tag
//! joins to the policy profile that names their VLAN.

use super::super::Ssid;
use super::super::ledger::Ledger;
use super::super::switch::vlan as number_of;
use super::tree::Block;
use crate::language::Phrase;

/// All that are up.
pub fn read(blocks: &[Block<'_>], ledger: &mut Ledger) -> Vec<Ssid> {
    let mut out = Vec::new();
    for block in blocks.iter().filter(|block| block.starts(&["dot11", "ssid"]) && block.words.len() > 2) {
        // without a word of it, whoever is there is where frames have no tag
        let line = block.below.iter().find(|line| line.starts(&["vlan"]));
        block.each(|line| ledger.without_meaning(line));
        ledger.used(block.line);
        if let Some(line) = line {
            ledger.used(line.line);
        }
        match line.map_or(Some(1), |line| number(line.word(1), blocks)) {
            Some(vlan) => out.push(Ssid { name: block.words[2..].join(" "), vlan, origin: ledger.origin(block.line) }),
            None => unknown(block.line, ledger),
        }
    }
    let tags = || blocks.iter().filter(|block| block.starts(&["wireless", "tag", "policy"]));
    let is_up = |block: &&Block<'_>| !block.below.iter().any(|line| line.words[..] == ["shutdown"]);
    // `wlan PROFILE ID SSID`, the SSID left out where it is the profile's name
    for wlan in blocks.iter().filter(|block| block.starts(&["wlan"]) && block.words.len() > 2).filter(is_up) {
        let profile = wlan.word(1);
        let name = if wlan.words.len() > 3 { wlan.words[3..].join(" ") } else { profile.to_owned() };
        wlan.each(|line| ledger.without_meaning(line));
        ledger.used(wlan.line);
        let mut vlans = Vec::new();
        for line in tags().flat_map(|tag| &tag.below).filter(|line| line.starts(&["wlan", profile, "policy"])) {
            ledger.used(line.line);
            let policy = blocks.iter().find(|block| block.starts(&["wireless", "profile", "policy", line.word(3)]));
            let said = policy.and_then(|policy| policy.below.iter().find(|line| line.starts(&["vlan"])));
            if let (Some(policy), Some(said)) = (policy, said) {
                [policy.line, said.line].iter().for_each(|line| ledger.used(*line));
            }
            vlans.push(said.and_then(|line| number(line.word(1), blocks)));
        }
        if vlans.is_empty() || vlans.contains(&None) {
            unknown(wlan.line, ledger);
        }
        let mut vlans: Vec<u16> = vlans.into_iter().flatten().collect();
        vlans.sort_unstable();
        vlans.dedup();
        out.extend(vlans.into_iter().map(|vlan| Ssid { name: name.clone(), vlan, origin: ledger.origin(wlan.line) }));
    }
    out
}

/// A VLAN by its number or its name.
fn number(word: &str, blocks: &[Block<'_>]) -> Option<u16> {
    let word = word.trim_matches('"');
    let named = |block: &&Block<'_>| block.below.iter().any(|line| line.word(0) == "name" && line.word(1) == word);
    number_of(word).or_else(|| {
        let block = blocks.iter().filter(|block| block.starts(&["vlan"]) && block.words.len() == 2).find(named)?;
        number_of(block.word(1))
    })
}

fn unknown(line: u32, ledger: &mut Ledger) {
    ledger.not_understood(
        line,
        Phrase::new(
            "which VLAN this wireless network is in is not told: say so in the site file (a node and a link)",
            "この無線ネットワークの VLAN が分からない。サイトファイルにノードとリンクとして書くこと",
        ),
    );
}
