//! The audit report in English.

use super::super::super::phrases::plural;
use super::{Labels, Ledger, Words};

pub struct English;

impl Words for English {
    fn title(&self) -> &'static str {
        "Audit report on the separation of the three tiers"
    }
    fn running(&self, file: &str, digest: &str) -> String {
        format!("{file}  (sha256 {digest}…)")
    }
    fn labels(&self) -> Labels {
        Labels {
            requirement: "Requirement",
            title: "Title",
            clause: "Clause",
            verdict: "Verdict",
            tuples: "Tuples",
            separated: "Separated by",
            affected: "Affected",
            cause: "Lets it through",
            place: "Place",
            path: "Data path",
            packet: "Packet",
            transfer: "Transfer",
            guesses: "Guesses that it rests on",
            edit: "edit",
            hops: ["", "Node", "Way", "VLAN", "Decided by"],
            proof: "proof",
            leak: "path",
            matrix_note: "What the policy demands between two zones, in either direction, and what was found for these two zones alone. Each entry leads to its proof or to its path in section 4.",
            picture_note: "The gravest verdict between each two zones.",
            no_requirements: "The policy has no requirement.",
            ledger_note: "As the document declares them, and the pairs of nodes between which an exception covers a session that the network really lets through.",
            no_depth: "It was not looked for.",
            assumptions_note: "The verdicts hold if these hold; they were taken from the document and not tested.",
            no_assumptions: "None beyond section 10.",
            zones_note: "Endpoints as they were labelled. Network devices that only forward belong to no zone and are not listed.",
            no_zones: "The document has no endpoints.",
            not_checked_note: "The verdicts say nothing of these:",
            glyphs_note: "Invisible characters, and those that the font of this report does not have, are written as \\u{…} with their Unicode number.",
        }
    }
    fn ledger(&self) -> Ledger {
        Ledger {
            ends: "From → to",
            service: "Service",
            waives: "Waives",
            reason: "Why",
            approved_by: "Approved by",
            until: "Valid until",
            attested: "Peer attested by",
            opens: "Really opens",
            faults: "Wrong with it",
            terms: "Terms",
            remarks: "Found",
        }
    }
    fn depth(&self) -> &'static str {
        "Depth"
    }
    fn open(&self) -> &'static str {
        " ("
    }
    fn close(&self) -> &'static str {
        ")"
    }
    fn gap(&self) -> &'static str {
        " "
    }
    fn semicolon(&self) -> &'static str {
        "; "
    }
    fn then(&self) -> &'static str {
        "; "
    }
    fn place(&self, line: u32, column: u32) -> String {
        format!("line {line}:{column}")
    }
    fn statement(&self) -> &'static str {
        "Proved for this document: the verdict is about the network that is written in the file with the digest above, under the assumptions of section 8. It says nothing of what section 10 lists, nor whether the network that exists is the one in the file."
    }
    fn no_zone(&self) -> &'static str {
        "(no zone)"
    }
    fn more_nodes(&self, more: u64) -> String {
        format!(
            "{} not listed here; all of them stand in the document of section 1.",
            plural(more, "more node is", "more nodes are")
        )
    }
    fn holds(&self) -> &'static str {
        "Proved for this document: no tuple violates it."
    }
    fn holds_with_exceptions(&self, exceptions: &str) -> String {
        format!(
            "Proved for this document, apart from what exceptions excuse: {exceptions} (section 6). Every tuple that is not excused was found not to violate it."
        )
    }
    fn nothing_cuts(&self) -> &'static str {
        "No single rule or link stands out as what separates."
    }
    fn vacuous(&self) -> &'static str {
        "It speaks of nobody in this document; nothing was proved."
    }
    fn opens(&self, pairs: u64) -> String {
        format!("{}: ", plural(pairs, "pair", "pairs"))
    }
}
