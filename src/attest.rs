//! Attestations: who vouches for which verdict on which files. An in-toto statement in a DSSE envelope, signed with
//! Ed25519. `docs/attestation.md` is normative. Knows nothing of how a verdict was found: the caller says.

mod envelope;
mod key;
mod loosened;
mod statement;
mod written;

use sanso_check::json::{Fault, line_column};

use crate::language::Phrase;

pub use envelope::{PAYLOAD_TYPE, pae, seal};
pub use key::{KeyError, PrivateKey, PublicKey};
pub use loosened::Loosened;
pub use statement::{Outcome, OwnPolicy, Role, Signing, Statement, StatementError, Subject};

/// An attestation that a trusted key signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attested {
    /// What is attested.
    pub statement: Statement,
    /// Ids of the trusted keys whose signatures hold; at least one.
    pub signers: Vec<String>,
}

/// Which text a place is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// The envelope, as the file is.
    Envelope,
    /// The statement, as decoded from the envelope's `payload`.
    Payload,
}

/// Why an attestation is not accepted, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Which text.
    pub within: Within,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Why.
    pub why: Phrase,
}

impl Rejection {
    fn of(fault: Fault, within: Within, bytes: &[u8]) -> Self {
        let (line, column) = line_column(bytes, fault.at);
        Self { within, line, column, why: Phrase::new(fault.en, fault.ja) }
    }
}

/// Accepts an envelope that one of these keys signed, whatever others did, and whose statement is well formed, of a policy that comes
/// with this program or is given as one's own. That the
/// statement's subjects are the files at hand is for the caller to see ([`Statement::subject`]).
///
/// # Errors
/// Why it is not accepted.
pub fn verify(envelope: &[u8], trusted: &[PublicKey], own: &OwnPolicy<'_>) -> Result<Attested, Rejection> {
    let (payload, signers) =
        envelope::open(envelope, trusted).map_err(|fault| Rejection::of(fault, Within::Envelope, envelope))?;
    // Not a byte of the payload is read before a trusted signature holds.
    let statement = Statement::read(&payload, own).map_err(|fault| Rejection::of(fault, Within::Payload, &payload))?;
    Ok(Attested { statement, signers })
}
