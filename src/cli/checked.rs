//! Files that `sanso check` reads, and what came of checking them.

use std::path::Path;

use anyhow::Result;
use sanso::screen::visible;
use sanso_check::requirements::Accepted;

use super::Context;
#[cfg(feature = "sign")]
use super::output::told;
use super::phrases::phrases;

/// What was checked.
#[cfg_attr(not(feature = "sign"), allow(dead_code))]
pub struct Checked<'g> {
    pub document: Given<'g>,
    pub certificate: Option<Given<'g>>,
    pub source: Option<Given<'g>>,
    /// What the checker accepted: the date, and what holds of each requirement.
    pub proof: Option<(String, Vec<Accepted>)>,
}

/// A file that the call names.
///
/// # Errors
/// When it cannot be read.
pub fn read<'g>(path: &'g Path, context: &Context) -> Result<Given<'g>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Given { path, bytes }),
        Err(error) => {
            let shown = path.to_string_lossy();
            anyhow::bail!("{}", phrases(context.lang).cannot_read_file(&visible(&shown), &error))
        }
    }
}

/// A file that the call names.
pub struct Given<'g> {
    pub path: &'g Path,
    pub bytes: Vec<u8>,
}

#[cfg(feature = "sign")]
impl Given<'_> {
    /// Its path, for people.
    pub fn shown(&self) -> String {
        visible(&told(self.path)).into_owned()
    }
}
