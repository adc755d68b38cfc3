//! The Content-Security-Policy of a page: nothing may be loaded, and only the page's own style and script run.

use base64ct::{Base64, Encoding as _};
use sha2::{Digest, Sha256};

/// The policy for a page with one style sheet and one script.
pub(super) fn of(style: &str, script: &str) -> String {
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        Base64::encode_string(&Sha256::digest(style)),
        Base64::encode_string(&Sha256::digest(script)),
    )
}
