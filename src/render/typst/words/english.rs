//! The audit report in English.

use super::super::super::phrases::{are, plural};
use super::{Certificate, DepthRows, Headings, Labels, Ledger, Particulars, Subject, Words};
use crate::report::Overall;

pub struct English;

impl Words for English {
    fn title(&self) -> &'static str {
        "Audit report on the separation of the three tiers"
    }
    fn running(&self, file: &str, digest: &str) -> String {
        format!("{file}  (sha256 {digest}…)")
    }
    fn headings(&self) -> Headings {
        Headings {
            subject: "Subject",
            verdict: "Verdict",
            matrix: "Zone against zone",
            requirements: "Requirements",
            repairs: "Repairs",
            ledger: "Exceptions",
            depth: "Depth of defence",
            assumptions: "Assumptions relied upon",
            zones: "Nodes by zone",
            not_checked: "Not checked",
            certificate: "Certificate and how to check it",
            closing: "Conclusion and response",
        }
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
            repair: "Repair",
            edit: "edit",
            mends: "for",
            hops: ["", "Node", "Way", "VLAN", "Decided by"],
            proof: "proof",
            leak: "path",
            matrix_note: "What the policy demands between two zones, in either direction, and what was found for these two zones alone. Each entry leads to its proof or to its path in section 4.",
            picture_note: "The gravest verdict between each two zones.",
            no_requirements: "The policy has no requirement.",
            ledger_note: "As the document declares them, and the pairs of nodes between which an exception covers a session that the network really lets through.",
            no_exceptions: "The document declares no exceptions.",
            transfers: "Transfers",
            depth_note: "The least number of enforcement points that must fail before data gets from the one tier to the other, in either direction, if every endpoint that declares no relays passes on everything. Each layer keeps the tiers apart by itself. It is no verdict.",
            no_depth: "It was not looked for.",
            assumptions_note: "The verdicts hold if these hold; they were taken from the document and not tested.",
            no_assumptions: "None beyond section 10.",
            warnings: "Warnings",
            zones_note: "Endpoints as they were labelled. Network devices that only forward belong to no zone and are not listed.",
            no_zones: "The document has no endpoints.",
            not_checked_note: "The verdicts say nothing of these:",
            glyphs_note: "Invisible characters, and those that the font of this report does not have, are written as \\u{…} with their Unicode number.",
            people: ["Name", "Date", "Signature or seal"],
        }
    }
    fn particulars(&self) -> Particulars {
        Particulars {
            number: "Report number",
            department: "Audited department",
            purpose: "Purpose",
            procedure: "Procedure",
            created: "Made at (Japan time)",
            auditor: "Auditor",
            reviewer: "Reviewer",
            approver: "Approver",
            conclusion: "Auditor's conclusion",
            response: "Response of the department",
        }
    }
    fn subject(&self) -> Subject {
        Subject {
            name: "Organisation or name",
            file: "File",
            digest: "SHA-256 of the file",
            size: "Network",
            model: "Model",
            policy: "Policy",
            policy_digest: "Edition (SHA-256)",
            date: "Date of reference",
            tool: "Tool",
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
    fn depth(&self) -> DepthRows {
        DepthRows { depth: "Depth", set: "Must fail", layers: "Layers", halved: "Halved by the fall of", way: "Way" }
    }
    fn certificate(&self) -> Certificate {
        Certificate { file: "File", digest: "SHA-256 of the certificate", json_digest: "SHA-256 of document.json" }
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
    fn model(&self, model: &str) -> String {
        match model {
            "alpha" => "α".to_owned(),
            "beta" => "β".to_owned(),
            other => other.to_owned(),
        }
    }
    fn overall(&self, verdict: Overall, violated: usize, undecided: usize, requirements: usize) -> String {
        match verdict {
            Overall::Proved => format!("None of {requirements} requirements is violated."),
            Overall::Violated => {
                format!("{violated} of {requirements} requirements {} violated.", are(violated))
            }
            Overall::Undecided => {
                format!("{undecided} of {requirements} requirements {} undecided: not a pass.", are(undecided))
            }
        }
    }
    fn overall_excepted(&self) -> &'static str {
        "No requirement is violated, but some hold only because declared exceptions are excused: see section 5."
    }
    fn statement(&self) -> &'static str {
        "Proved for this document: the verdict is about the network that is written in the file with the digest above, under the assumptions of section 8. It says nothing of what section 10 lists, nor whether the network that exists is the one in the file."
    }
    fn no_zone(&self) -> &'static str {
        "(no zone)"
    }
    fn no_demand(&self) -> &'static str {
        "no demand"
    }
    fn endpoints(&self, count: u64) -> String {
        plural(count, "endpoint", "endpoints")
    }
    fn zone_size(&self, endpoints: u64, machines: u64) -> String {
        if endpoints == machines {
            self.endpoints(endpoints)
        } else {
            format!("{}, {}", self.endpoints(endpoints), plural(machines, "machine", "machines"))
        }
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
            "Proved for this document, apart from what exceptions excuse: {exceptions} (section 5). Every tuple that is not excused was found not to violate it."
        )
    }
    fn nothing_cuts(&self) -> &'static str {
        "No single rule or link stands out as what separates."
    }
    fn vacuous(&self) -> &'static str {
        "It speaks of nobody in this document; nothing was proved."
    }
    fn missing(&self) -> &'static str {
        "not stated"
    }
    fn no_end(&self) -> &'static str {
        "does not expire"
    }
    fn expired(&self, day: &str) -> String {
        format!("{day} (expired)")
    }
    fn opens(&self, pairs: u64) -> String {
        format!("{}: ", plural(pairs, "pair", "pairs"))
    }
    fn opens_nothing(&self) -> &'static str {
        "nothing: the network lets no session through that it covers"
    }
    fn opens_unknown(&self) -> &'static str {
        "not decided: a limit was reached first"
    }
    fn certified(&self) -> &'static str {
        "The certificate holds the proofs and paths of this report. Two programs that share no code with the verifier check it against the document:"
    }
    fn no_certificate(&self) -> &'static str {
        "No certificate was written in this run: the verdicts rest on the verifier alone. To have one written, which two independent programs (sanso-check and sanso_check.py) can check:"
    }
    fn certificate_closing(&self) -> &'static str {
        "Compare the digests of the files with those of this report first (sha256sum). A checker answers accepted or rejected; this report does not replace its answer."
    }
}
