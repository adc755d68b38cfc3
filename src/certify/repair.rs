//! Certificates of the least that a repair costs: `docs/certificate.md`, section 10.

use super::show::WitnessWriter;
use super::{CertifyError, binding, loosened, symbolic};
use crate::certificate::{PolicyDigest, RepairCertificate, RepairWay, Topology};
use crate::engine::trace::Witness;
use crate::model::Model;
use crate::source::Source;
use crate::verify::Options;

/// What is to be shown of a repair.
pub struct Shown<'f> {
    /// Kinds of edits that were considered.
    pub allowed: Vec<&'static str>,
    /// The kinds of its edits.
    pub edits: Vec<&'static str>,
    /// What they cost.
    pub cost: u64,
    /// What any repair costs at least.
    pub bound: u64,
    /// Ways that show it: the requirement that each violates.
    pub ways: Vec<(&'f str, &'f Witness)>,
}

/// The certificate of it. `model`: of the document, or of its JSON.
///
/// # Errors
/// When the document cannot be written as JSON.
pub fn certify_repair(
    source: &Source,
    options: &Options<'_>,
    model: &Model<'_>,
    shown: Shown<'_>,
) -> Result<RepairCertificate, CertifyError> {
    let binding = binding(source, options)?;
    let writer = WitnessWriter::new(model);
    let way = |(requirement, witness): (&str, &Witness)| RepairWay {
        requirement: requirement.to_owned(),
        witness: writer.written(witness),
    };
    Ok(RepairCertificate {
        sanso_repair: 1,
        tool: format!("sanso {}", env!("CARGO_PKG_VERSION")),
        topology: Topology { sha256: binding.sha256, json_sha256: binding.json_sha256 },
        policy: PolicyDigest { id: options.policy.id.clone(), sha256: options.policy.sha256.clone() },
        date: binding.date,
        loosenings: loosened(options.policy),
        symbolic: symbolic(model),
        allowed: shown.allowed,
        edits: shown.edits,
        cost: shown.cost,
        bound: shown.bound,
        ways: shown.ways.into_iter().map(way).collect(),
    })
}
