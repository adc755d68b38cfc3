//! Addresses with a dotted mask, as devices print them. What such a mask means depends on where it was copied from, so that
//! it is never read: the help of the error gives both readings, each with what it makes of the address.

use std::net::Ipv4Addr;

use super::parse;
use crate::language::Phrase;

/// What to do about an address with a dotted mask (`10.0.0.0/255.0.0.0`, `10.0.0.0 0.255.255.255`); `None`: it is none.
pub(super) fn help(text: &str) -> Option<Phrase> {
    let (address, mask) = text.split_once(['/', ' '])?;
    let [address, mask]: [Ipv4Addr; 2] = [address.trim().parse().ok()?, mask.trim().parse().ok()?];
    let bits = u32::from(mask);
    let [netmask, wildcard] = [bits, !bits].map(|fixed| cidr(address, fixed));
    let said = |cidr: &Option<String>| match cidr {
        Some(cidr) => Phrase::new(cidr.clone(), cidr.clone()),
        None => Phrase::new("no CIDR", "CIDR では表せない"),
    };
    let [netmask, wildcard] = [netmask, wildcard].map(|cidr| said(&cidr));
    Some(Phrase::new(
        format!(
            "write what is meant: {mask} is {} as a netmask, {} as a wildcard mask (Cisco access lists)",
            netmask.en, wildcard.en
        ),
        format!(
            "意図した方を書くこと: {mask} は、ネットマスクなら {}、ワイルドカードマスク（Cisco のアクセスリスト）なら {}",
            netmask.ja, wildcard.ja
        ),
    ))
}

/// The CIDR of an address of which a mask fixes some bits, if these are the first ones. One address is written alone.
fn cidr(address: Ipv4Addr, fixed: u32) -> Option<String> {
    let length = fixed.leading_ones();
    if fixed.count_ones() != length {
        return None;
    }
    let network = Ipv4Addr::from(u32::from(address) & fixed);
    let written = if length == 32 { network.to_string() } else { format!("{network}/{length}") };
    assert!(parse::cidr(&written).is_ok(), "{written}");
    Some(written)
}

#[cfg(test)]
mod tests {
    use super::help;

    #[test]
    fn both_readings_are_given_with_their_results() {
        for (text, netmask, wildcard) in [
            ("10.20.1.0/255.255.255.0", "10.20.1.0/24", "no CIDR"),
            ("10.20.1.5 0.0.0.255", "no CIDR", "10.20.1.0/24"),
            ("10.0.0.0/255.0.0.0", "10.0.0.0/8", "no CIDR"),
            // where the two readings are both possible, they are a host and the whole world
            ("10.1.2.3 0.0.0.0", "0.0.0.0/0", "10.1.2.3"),
            ("10.1.2.3/255.255.255.255", "10.1.2.3", "0.0.0.0/0"),
            ("10.1.2.0 0.0.1.1", "no CIDR", "no CIDR"),
        ] {
            let said = help(text).expect(text);
            let mask = text.split(['/', ' ']).next_back().expect("a mask");
            let wanted = format!(": {mask} is {netmask} as a netmask, {wildcard} as a wildcard mask");
            assert!(said.en.contains(&wanted), "{text}: {}", said.en);
            let [netmask, wildcard] = [netmask, wildcard].map(|one| one.replace("no CIDR", "CIDR では表せない"));
            assert!(said.ja.contains(&format!("ネットマスクなら {netmask}、")), "{}", said.ja);
            assert!(said.ja.ends_with(&format!("なら {wildcard}")), "{}", said.ja);
        }
        for text in ["10.0.0.0/33", "10.0.0.0/8", "10.0.0.0 any", "2001:db8::/255.0.0.0", "10.0.0.0", ""] {
            assert!(help(text).is_none(), "{text}");
        }
    }
}
