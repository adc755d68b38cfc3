//! Which requirements of a policy stand in which edition of the national guideline.

use super::definition::Definition;
use crate::code::Code;
use crate::diagnostic::Diagnostics;
use crate::document::Edition;
use crate::document::policy::PolicyFile;
use crate::language::Phrase;

/// Leaves out what does not stand in the edition of the whole, which nobody knows before the outermost file is read.
pub(super) fn settle(mut definition: Definition) -> Definition {
    let edition = definition.edition;
    definition.requirements.retain(|one| one.editions.is_empty() || one.editions.contains(&edition));
    definition.requirements.iter_mut().for_each(|one| one.editions.clear());
    let stands = |id: &str| definition.requirements.iter().any(|one| one.id == id);
    definition.changes.retain(|one| stands(&one.id.value));
    definition.loosenings.retain(|one| stands(&one.id));
    definition
}

/// Whether some edition has both.
pub(super) fn share_an_edition(one: &[Edition], other: &[Edition]) -> bool {
    one.is_empty() || other.is_empty() || one.iter().any(|edition| other.contains(edition))
}

/// The edition that a file names, or that `settled` is, which a file that it extends names.
pub(super) fn named(file: &PolicyFile, settled: Option<Edition>, diagnostics: &mut Diagnostics) -> Option<Edition> {
    let Some(own) = &file.edition else { return settled };
    // SOUNDNESS: what a file asks was written for its edition, and a canonical JSON holds nothing for any other.
    if let Some(settled) = settled.filter(|settled| *settled != own.value) {
        let (own_word, word) = (own.value.word(), settled.word());
        diagnostics
            .error(
                Code::OtherEdition,
                own.span,
                Phrase::new(
                    format!("the policy that this one extends is of edition {word}, not {own_word}"),
                    format!("継承元のポリシーは {word} 版であり、{own_word} 版ではありません"),
                ),
            )
            .help = Some(Phrase::new(
            "leave `edition` out, or extend a policy that names none",
            "edition を省くか、版を定めていないポリシーを継承してください",
        ));
    }
    Some(own.value)
}
