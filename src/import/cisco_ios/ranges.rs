//! Names of interfaces behind `interface`: one, or several at a time (`interface range Gi1/0/1 - 24 , Gi1/1/1`, in NX-OS and
//! EOS without the word: `interface Ethernet1/1-4,7`).

use super::tree::Block;

/// The most interfaces that one line may name.
const MOST: u32 = 4096;

/// The names behind `interface`; `None` where they are not understood.
#[must_use]
pub fn names(words: &[&str], blocks: &[Block<'_>]) -> Option<Vec<String>> {
    match *words {
        [] => None,
        ["range", "macro", name] => {
            let defined =
                blocks.iter().find(|block| block.starts(&["define", "interface-range"]) && block.word(2) == name)?;
            list(&defined.words[3..].concat())
        }
        ["range", ref rest @ ..] => list(&rest.concat()),
        // `interface GigabitEthernet 0/1` and `interface Tunnel0 multipoint`
        [first, ref rest @ ..] => {
            let apart = rest.first().is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit()));
            let name = if apart { format!("{first}{}", rest[0]) } else { first.to_owned() };
            if is_list(&name) { list(&words.concat()) } else { Some(vec![name]) }
        }
    }
}

/// Whether a word names several: a number is followed by `-` or `,` and more.
fn is_list(name: &str) -> bool {
    let mut last = ' ';
    name.chars().any(|c| {
        let found = matches!(c, '-' | ',') && last.is_ascii_digit();
        last = c;
        found
    })
}

/// `Gi1/0/1-24,Gi1/1/1,3`, without blanks.
fn list(text: &str) -> Option<Vec<String>> {
    let mut out = Vec::new();
    let mut kind = String::new();
    let mut slot = String::new();
    for item in text.split(',').filter(|item| !item.is_empty()) {
        let (first, last) = item.split_once('-').filter(|_| is_list(item)).unwrap_or((item, ""));
        let digits = first.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
        let (base, number) = first.split_at(digits);
        let letters = base.find(|c: char| c.is_ascii_digit()).unwrap_or(base.len());
        if base.starts_with(|c: char| c.is_ascii_alphabetic()) {
            base[..letters].clone_into(&mut kind);
            base[letters..].clone_into(&mut slot);
        } else if !base.is_empty() {
            base.clone_into(&mut slot);
        }
        let low: u32 = number.parse().ok()?;
        // the end may be a number, or a whole name again
        let end = last.rfind(|c: char| !c.is_ascii_digit()).map_or(last, |at| &last[at + 1..]);
        let high = if last.is_empty() { low } else { end.parse().ok()? };
        if kind.is_empty() || high < low || high - low >= MOST || out.len() > MOST as usize {
            return None;
        }
        out.extend((low..=high).map(|number| format!("{kind}{slot}{number}")));
    }
    (!out.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_interfaces_at_a_time() {
        let of = |text: &str| {
            let words: Vec<&str> = text.split_whitespace().collect();
            names(&words, &[]).map(|names| names.join(" "))
        };
        for (text, names) in [
            ("GigabitEthernet0/1", "GigabitEthernet0/1"),
            ("GigabitEthernet 0/1", "GigabitEthernet0/1"),
            ("Tunnel0 multipoint", "Tunnel0"),
            ("Serial0/0.1 point-to-point", "Serial0/0.1"),
            ("port-channel1", "port-channel1"),
            ("range Gi1/0/1 - 3", "Gi1/0/1 Gi1/0/2 Gi1/0/3"),
            ("range Gi1/0/1-2 , Gi1/1/4", "Gi1/0/1 Gi1/0/2 Gi1/1/4"),
            ("range Gi1/0/1 - Gi1/0/2", "Gi1/0/1 Gi1/0/2"),
            ("range Vlan 10 - 11", "Vlan10 Vlan11"),
            ("Ethernet1/1-2, Ethernet1/7", "Ethernet1/1 Ethernet1/2 Ethernet1/7"),
            ("Ethernet1-2,7", "Ethernet1 Ethernet2 Ethernet7"),
        ] {
            assert_eq!(of(text).as_deref(), Some(names), "{text}");
        }
        for text in
            ["", "range", "range Gi1/0/x", "range Gi1/0/9 - 2", "range 1-2", "range Gi0/1-99999", "range macro x"]
        {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
