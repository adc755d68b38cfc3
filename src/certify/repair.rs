//! Certificates of the least that a repair costs: `docs/certificate.md`, section 10.

use super::show::WitnessWriter;
use super::{CertifyError, binding, head};
use crate::certificate::{RepairCertificate, RepairWay};
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
        head: head(binding, options.policy, model),
        allowed: shown.allowed,
        edits: shown.edits,
        cost: shown.cost,
        bound: shown.bound,
        ways: shown.ways.into_iter().map(way).collect(),
    })
}
