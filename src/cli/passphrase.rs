//! Passphrases of private keys: from a file, from the environment, or asked for at the terminal. They are wiped from memory
//! after use.

use std::io::IsTerminal as _;
use std::path::Path;

use anyhow::{Result, bail};
use sanso::screen::visible;
use zeroize::Zeroizing;

use super::Context;
use super::phrases::{phrases, signing};

/// The variable that may hold it.
const VARIABLE: &str = "SANSO_KEY_PASSPHRASE";

/// The passphrase that the call or the environment gives, if one does.
///
/// # Errors
/// When the file cannot be read.
pub fn given(file: Option<&Path>, context: &Context) -> Result<Option<Zeroizing<Vec<u8>>>> {
    let Some(path) = file else {
        let value = std::env::var_os(VARIABLE).filter(|value| !value.is_empty());
        return Ok(value.map(|value| Zeroizing::new(value.into_encoded_bytes())));
    };
    let bytes = match std::fs::read(path) {
        Ok(bytes) => Zeroizing::new(bytes),
        Err(error) => {
            let shown = path.to_string_lossy();
            bail!("{}", phrases(context.lang).cannot_read_file(&visible(&shown), &error))
        }
    };
    let line = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    Ok(Some(Zeroizing::new(line.strip_suffix(b"\r").unwrap_or(line).to_vec())))
}

/// Asks for the passphrase of a key; `None`: there is nobody to ask.
///
/// # Errors
/// When the terminal cannot be read.
pub fn asked(context: &Context) -> Result<Option<Zeroizing<Vec<u8>>>> {
    if !std::io::stdin().is_terminal() {
        return Ok(None);
    }
    let text = rpassword::prompt_password(signing::passphrase(context.lang))?;
    Ok(Some(Zeroizing::new(text.into_bytes())))
}

/// Asks twice for a new passphrase.
///
/// # Errors
/// When there is nobody to ask, or the two differ.
pub fn chosen(context: &Context) -> Result<Zeroizing<Vec<u8>>> {
    let Some(first) = asked(context)? else { bail!("{}", signing::no_terminal(context.lang)) };
    let again = Zeroizing::new(rpassword::prompt_password(signing::passphrase_again(context.lang))?);
    if *first != *again.as_bytes() {
        bail!("{}", signing::passphrases_differ(context.lang));
    }
    Ok(first)
}
