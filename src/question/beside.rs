//! What audit reports say beside the verdicts, from the same decisions.

use super::{exceptions, exposure};
use crate::report::beside::Beside;
use crate::source::Source;
use crate::verify::place::Places;
use crate::verify::show::Show;
use crate::verify::trace::Broken;
use crate::verify::{Decided, Options, internal_error};

use crate::diagnostic::Diagnostics;

/// The ledger of exceptions and transfers, and how deep the defence between tiers is.
///
/// # Errors
/// When a way does not stand up to its replay.
pub fn beside(
    source: &Source,
    options: &Options<'_>,
    decided: &mut Decided<'_, '_, '_>,
) -> Result<Beside, Diagnostics> {
    let ledger = exceptions::ledger_of(source, options, decided);
    let places = Places::of(source, decided.document);
    let show = Show { model: decided.decider.model(), places: &places };
    let depths = exposure::depths(show, &decided.decider, options).map_err(|Broken(why)| {
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(internal_error("exposure", &Broken(why)));
        diagnostics
    })?;
    Ok(Beside { ledger, depths })
}
