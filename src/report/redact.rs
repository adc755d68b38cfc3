//! Addresses of a finished report replaced by pseudonyms, numbered in the order in which the report names them. Every
//! field is named here and in `redact/note.rs`, so that one that is added does not build before it is thought of.

mod note;

use note::Texts;
use std::collections::HashMap;
use std::net::IpAddr;

use super::audit::{Audit, Drawing, DrawnLink, DrawnNode, LedgerEntry, Opens, ZoneMembers};
use super::{DecidedBy, Finding, Hop, Means, Packet, Report, RequirementReport, Session, Translated, Warning};

/// What stands for the file.
const FILE: &str = "document";

/// Replaces addresses in all texts of a report, and the name of its file; `number` tells several files apart. Names are
/// pseudonyms already.
pub fn addresses(report: &mut Report, number: usize) {
    let mut redactor = Redactor::default();
    redactor.report(report);
    report.file = if number == 0 { FILE.to_owned() } else { format!("{FILE}-{number}") };
}

/// The pseudonyms given so far.
#[derive(Default)]
pub(super) struct Redactor {
    known: HashMap<String, String>,
}

impl Redactor {
    fn report(&mut self, report: &mut Report) {
        let Report {
            name,
            file: _,
            sha256: _,
            nodes: _,
            links: _,
            zones,
            policy_id: _,
            policy_sha256: _,
            date: _,
            verdict: _,
            requirements,
            // of the policy, not of the document
            loosenings: _,
            assumptions,
            warnings,
            certificate,
            audit,
            beside,
        } = report;
        *name = None;
        // There is none beside a redacted report; its file would be named.
        *certificate = None;
        // Nor is anything looked for beside the verdicts.
        *beside = None;
        for (zone, _) in zones {
            self.text(zone);
        }
        for requirement in requirements {
            self.requirement(requirement);
        }
        self.notes(assumptions);
        for Warning { location: _, slip } in warnings {
            self.texts(slip.texts());
        }
        if let Some(audit) = audit {
            self.audit(audit);
        }
    }

    fn requirement(&mut self, requirement: &mut RequirementReport) {
        let RequirementReport {
            id: _,
            verdict: _,
            severity: _,
            of_ways: _,
            clause: _,
            title: _,
            help: _,
            tuples: _,
            violating,
            findings,
            separated_by,
            exceptions,
            accepted,
        } = requirement;
        // A baseline holds ids, so there is none of a redacted report.
        accepted.clear();
        self.texts(violating.iter_mut().flatten());
        for (at, finding) in findings.iter_mut().enumerate() {
            self.finding(finding);
            // The identity of a cause may hold the text of a rule.
            finding.cause = vec![at.to_string()];
        }
        self.notes(separated_by);
        self.texts(exceptions);
    }

    pub(super) fn finding(&mut self, finding: &mut Finding) {
        let Finding { fault, cause: _, tuples: _, path, sessions, location: _, guesses } = finding;
        self.texts(fault.texts());
        self.texts(path);
        for Session { from, to, means, hops, covered_by } in sessions {
            self.texts([from, to]);
            match means {
                Means::Packet(Packet { source, destination, protocol: _, source_port: _, destination_port: _ }) => {
                    self.texts([source, destination]);
                }
                Means::Transfer { id, location: _ } => self.text(id),
            }
            for Hop { node, r#in, out, vlan: _, translated_by, decided_by } in hops {
                for Translated { entry, source: _, before, after, location: _ } in translated_by {
                    self.texts([entry, before, after]);
                }
                self.text(node);
                self.texts(r#in.iter_mut().chain(out));
                self.texts(decided_by.iter_mut().filter_map(|DecidedBy { rule, location: _ }| rule.as_mut()));
            }
            self.texts(covered_by);
        }
        self.notes(guesses);
    }

    fn audit(&mut self, audit: &mut Audit) {
        let Audit {
            model: _,
            policy_title: _,
            excused: _,
            populations: _,
            dossier: _,
            created: _,
            quotes,
            matrix,
            ledger,
            members,
            drawing,
            not_checked: _,
        } = audit;
        *quotes = super::quotes::Quotes::default();
        self.texts(matrix.zones.iter_mut().flatten());
        for entry in ledger {
            let LedgerEntry {
                id,
                location: _,
                from,
                to,
                service,
                waives: _,
                reason,
                approved_by,
                expires: _,
                expired: _,
                attested,
                faults: _,
                opens,
            } = entry;
            self.text(id);
            self.texts(from.iter_mut().chain(to).chain(service).chain(reason).chain(approved_by));
            if let Some((by, basis)) = attested {
                self.texts([by, basis]);
            }
            if let Some(Opens { count: _, pairs }) = opens {
                pairs.iter_mut().for_each(|(from, to)| self.texts([from, to]));
            }
        }
        for ZoneMembers { zone, title, nodes, machines: _ } in members {
            *title = None;
            self.texts(zone.iter_mut().chain(nodes));
        }
        let Drawing { nodes, links } = drawing;
        for node in nodes {
            let DrawnNode {
                id,
                kind: _,
                zone,
                endpoint: _,
                forwards: _,
                sanitises: _,
                relays: _,
                title,
                addresses,
                count: _,
                location: _,
            } = node;
            *title = None;
            self.texts(std::iter::once(id).chain(zone).chain(addresses));
        }
        for DrawnLink { ends: _, interfaces, vlans: _, one_way: _, location: _ } in links {
            self.texts(interfaces.iter_mut().flatten());
        }
    }

    pub(super) fn texts<'t>(&mut self, texts: impl IntoIterator<Item = &'t mut String>) {
        texts.into_iter().for_each(|text| self.text(text));
    }

    /// Replaces every address, CIDR and range in a text.
    fn text(&mut self, text: &mut String) {
        let is_part = |c: char| c.is_ascii_hexdigit() || matches!(c, '.' | ':');
        if !text.contains(['.', ':']) {
            return;
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(start) = rest.find(is_part) {
            out.push_str(&rest[..start]);
            rest = &rest[start..];
            let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            // A stop or colon of the sentence may follow.
            let word = rest[..end].trim_end_matches('.');
            let word = if is_address(word) { word } else { word.trim_end_matches(':') };
            if is_address(word) {
                out.push_str(&self.pseudonym(word));
                rest = &rest[word.len()..];
                continue;
            }
            // An IPv4 address beside a colon: `10.0.0.1:443`.
            for (at, part) in rest[..end].split(':').enumerate() {
                if at > 0 {
                    out.push(':');
                }
                let word = part.trim_matches('.');
                match is_address(word) {
                    true => out.push_str(&part.replace(word, &self.pseudonym(word))),
                    false => out.push_str(part),
                }
            }
            rest = &rest[end..];
        }
        out.push_str(rest);
        *text = out;
    }

    fn pseudonym(&mut self, address: &str) -> String {
        let next = self.known.len() + 1;
        self.known.entry(address.to_owned()).or_insert_with(|| format!("address-{next}")).clone()
    }
}

fn is_address(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_wherever_they_stand() {
        for (text, redacted) in [
            ("10.1.2.3", "address-1"),
            ("10.0.0.0/8 and 10.0.0.0/8", "address-1/8 and address-1/8"),
            ("10.0.0.1-10.0.0.9", "address-1-address-2"),
            ("`fe80::1`, tcp/443.", "`address-1`, tcp/443."),
            ("[2001:db8::1]:443", "[address-1]:443"),
            ("a rule names 10.1.2.3: mend it", "a rule names address-1: mend it"),
            ("names 2001:db8::5: mend it", "names address-1: mend it"),
            ("names 10.1.2.3.", "names address-1."),
            ("10.1.2.3:443 -> addr:10.1.2.4:", "address-1:443 -> addr:address-2:"),
            ("node-1: deadbeef 1.5 12:30", "node-1: deadbeef 1.5 12:30"),
            ("::/0", "address-1/0"),
            ("許可ルールが10.1.2.3を指定", "許可ルールがaddress-1を指定"),
        ] {
            let mut found = text.to_owned();
            Redactor::default().text(&mut found);
            assert_eq!(found, redacted);
        }
    }
}
