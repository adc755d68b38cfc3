//! Address books: the global one, those attached to zones, those in zones.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};

use super::super::device::Selector;
use super::super::ledger::Ledger;
use super::super::set::{AddressSet, mask_length, wildcard};
use super::super::text::Refusal;
use super::super::words::Node;
use crate::document::Family;
use crate::language::Phrase;

/// The deepest that sets may hold sets.
const DEEPEST: usize = 64;

/// An address book.
struct Book<'n, 't> {
    node: &'n Node<'t>,
    /// Its zones; none: it is for all.
    zones: Vec<&'n str>,
    global: bool,
}

/// The books of a device.
pub struct Books<'n, 't> {
    books: Vec<Book<'n, 't>>,
}

/// Finds the books.
pub fn read<'n, 't>(root: &'n Node<'t>, ledger: &mut Ledger) -> Books<'n, 't> {
    let mut books = Vec::new();
    for zone in root.under(&["security", "zones", "security-zone"]) {
        if let Some(node) = zone.get("address-book") {
            books.push(Book { node, zones: vec![zone.word.as_ref()], global: false });
        }
    }
    for node in root.under(&["security", "address-book"]) {
        let zones = node.under(&["attach", "zone"]).map(|zone| {
            zone.used(ledger);
            zone.word.as_ref()
        });
        books.push(Book { node, zones: zones.collect(), global: node.word == "global" });
    }
    for book in &books {
        book.node.used_here(ledger);
        for key in &book.node.below {
            match key.word.as_ref() {
                "address" | "address-set" => key.used(ledger),
                "attach" => key.used_here(ledger),
                "description" => key.silent(ledger),
                _ => key.lost(
                    &Phrase::new("unknown in an address book; it was left out", "アドレス帳の未知の項目。取り込まない"),
                    ledger,
                ),
            }
        }
    }
    Books { books }
}

/// `10.0.0.0/8`, `10.0.0.0/255.0.255.0`, `2001:db8::1`; `None` for what is no address, or cannot be said exactly.
pub fn prefix(word: &str) -> Option<AddressSet> {
    let (address, mask) = word.split_once('/').unwrap_or((word, ""));
    let address: IpAddr = address.parse().ok()?;
    match (address, mask) {
        (_, "") => Some(AddressSet::single(address)),
        (IpAddr::V4(address), mask) if mask.contains('.') => {
            let mask: Ipv4Addr = mask.parse().ok()?;
            match mask_length(mask) {
                Some(length) => AddressSet::network(address.into(), length),
                None => {
                    Some(wildcard(address, (!u32::from(mask)).into())).filter(|(_, exact)| *exact).map(|(set, _)| set)
                }
            }
        }
        (address, length) => AddressSet::network(address, length.parse().ok()?),
    }
}

impl Books<'_, '_> {
    /// What a policy or a rule means by a name. `zones`: in whose books it is looked for before the global one; empty: in
    /// the global one alone.
    ///
    /// # Errors
    /// When sets hold each other in a circle or too deep.
    pub fn selector(&self, name: &Node<'_>, zones: &[&str], ledger: &mut Ledger) -> Result<Selector, Refusal> {
        match name.word.as_ref() {
            "any" => return Ok(Selector::any()),
            "any-ipv4" => return Ok(Selector::of(AddressSet::family(Family::V4))),
            "any-ipv6" => return Ok(Selector::of(AddressSet::family(Family::V6))),
            _ => {}
        }
        let of_zones = self.books.iter().filter(|book| book.zones.iter().any(|zone| zones.contains(zone)));
        let mut found: Vec<Selector> = Vec::new();
        for book in of_zones {
            found.extend(self.find(book, &name.word, &mut Vec::new(), ledger)?);
        }
        if found.is_empty() {
            for book in self.books.iter().filter(|book| book.global) {
                found.extend(self.find(book, &name.word, &mut Vec::new(), ledger)?);
            }
        }
        if let Some(first) = found.pop() {
            return Ok(found.iter().fold(first, |all, selector| all.union(selector)));
        }
        if let Some(set) = prefix(&name.word) {
            return Ok(Selector::of(set));
        }
        name.lost(
            &Phrase::new(
                format!("the address {} is not in the book: it may be any address", name.word),
                format!("アドレス {} がアドレス帳にない。どのアドレスでもありうるものとみなす", name.word),
            ),
            ledger,
        );
        Ok(Selector::named(format!("address-{}", name.word)))
    }

    fn find(
        &self,
        book: &Book<'_, '_>,
        name: &str,
        above: &mut Vec<(String, u32)>,
        ledger: &mut Ledger,
    ) -> Result<Option<Selector>, Refusal> {
        if let Some(address) = book.node.at(&["address", name]) {
            return Ok(Some(one(address, ledger)));
        }
        let Some(set) = book.node.at(&["address-set", name]) else { return Ok(None) };
        let mut out = Selector::default();
        let mut memo: HashMap<&str, ()> = HashMap::new();
        for (key, is_set) in [("address", false), ("address-set", true)] {
            for member in set.values(key) {
                if memo.insert(&member.word, ()).is_some() {
                    continue;
                }
                if is_set {
                    if let Some((_, first)) = above
                        .iter()
                        .find(|(known, _)| *known == *member.word)
                        .or((member.word == name).then_some(&(String::new(), 0)))
                    {
                        let first = if *first == 0 { member.line } else { *first };
                        return Err(holds_itself(&member.word, member.line, first, ledger));
                    }
                    if above.len() >= DEEPEST {
                        return Err(too_deep(member.line, ledger));
                    }
                }
                above.push((name.to_owned(), member.line));
                let found = self.find(book, &member.word, above, ledger)?;
                above.pop();
                let found = match found {
                    Some(found) => found,
                    None => {
                        let global = self.books.iter().find(|other| other.global && !book.global);
                        let elsewhere = match global {
                            Some(global) => self.find(global, &member.word, &mut Vec::new(), ledger)?,
                            None => None,
                        };
                        elsewhere.unwrap_or_else(|| {
                            member.lost(
                                &Phrase::new(
                                    format!("the address {} is not in the book: it may be any address", member.word),
                                    format!(
                                        "アドレス {} がアドレス帳にない。どのアドレスでもありうるものとみなす",
                                        member.word
                                    ),
                                ),
                                ledger,
                            );
                            Selector::named(format!("address-{}", member.word))
                        })
                    }
                };
                out = out.union(&found);
            }
        }
        Ok(Some(out))
    }
}

/// Why a set of a set is refused.
pub fn holds_itself(name: &str, line: u32, first: u32, ledger: &Ledger) -> Refusal {
    Refusal::at(
        ledger.file(),
        line,
        Phrase::new(
            format!("the set {name} holds itself, by this line and line {first}: take one out"),
            format!("セット {name} がこの行と {first} 行目により自分自身を含む。どちらかを外すこと"),
        ),
    )
}

/// Why sets in sets are refused.
pub fn too_deep(line: u32, ledger: &Ledger) -> Refusal {
    let what = Phrase::new("sets are nested more than 64 deep", "セットの入れ子が 64 段を超える");
    Refusal::at(ledger.file(), line, what)
}

/// An address of a book.
fn one(address: &Node<'_>, ledger: &mut Ledger) -> Selector {
    for key in address.below.iter().rev() {
        let known = match key.word.as_ref() {
            "description" => continue,
            "dns-name" => {
                if let Some(name) = address.text("dns-name") {
                    return Selector::named(name);
                }
                None
            }
            "range-address" => address
                .value("range-address")
                .and_then(|low| AddressSet::range(low.word.parse().ok()?, low.text("to")?.parse().ok()?)),
            "wildcard-address" => address.text("wildcard-address").and_then(prefix),
            "ip-prefix" => address.text("ip-prefix").and_then(prefix),
            word => prefix(word),
        };
        if let Some(set) = known {
            return Selector::of(set);
        }
        key.lost(
            &Phrase::new(
                "this address is not understood: it may be any",
                "解釈できないアドレス。どれでもありうるものとみなす",
            ),
            ledger,
        );
    }
    Selector::named(format!("address-{}", address.word))
}
