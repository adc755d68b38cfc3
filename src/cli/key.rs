//! Key files: `sanso keygen`, and reading keys. A private key is readable by its owner alone, or it is not used.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use sanso::attest::{KeyError, PrivateKey, PublicKey};
use sanso::screen::visible;
use zeroize::Zeroizing;

use super::Context;
use super::arguments::KeygenArguments;
use super::output::{write_new_file, write_stdout};
use super::passphrase;
use super::phrases::{phrases, signing};
use super::status::Status;

/// More than any key takes. Room for all of it at once: a buffer that grows leaves copies behind.
const MOST_BYTES: usize = 16 * 1024;

/// Makes a key: the private one at the path, the public one beside it. Neither overwrites anything.
///
/// # Errors
/// When a file cannot be written or is there already. Then neither is new.
pub fn generate(arguments: &KeygenArguments, context: &Context) -> Result<Status> {
    let words = phrases(context.lang);
    let private = &arguments.output;
    let public = public_beside(private);
    let explain = |error: KeyError| anyhow::anyhow!("{}", error.phrase().get(context.lang));
    let mut key = PrivateKey::generate().map_err(explain)?;
    if let Some(name) = &arguments.name {
        key = key.named(name).map_err(explain)?;
    }
    let passphrase = match passphrase::given(arguments.passphrase_file.as_deref(), context)? {
        None if arguments.passphrase => Some(passphrase::chosen(context)?),
        given => given,
    };
    let pem = match &passphrase {
        Some(passphrase) => key.to_encrypted_pem(passphrase).map_err(explain)?,
        None => key.to_pem().map_err(explain)?,
    };
    let public_pem = key.public().to_pem().map_err(explain)?;
    let refuse = |path: &Path, error: &io::Error| {
        let path = path.to_string_lossy();
        let path = visible(&path);
        match error.kind() {
            io::ErrorKind::AlreadyExists => anyhow::anyhow!("{}", words.key_exists(&path)),
            _ => anyhow::anyhow!("{}", words.cannot_write_file(&path, error)),
        }
    };
    // The public key first: alone it does no harm.
    write_new_file(&public, public_pem.as_bytes(), false).map_err(|error| refuse(&public, &error))?;
    if let Err(error) = write_new_file(private, pem.as_bytes(), true) {
        drop(std::fs::remove_file(&public));
        return Err(refuse(private, &error));
    }
    let (private, public) = (private.to_string_lossy(), public.to_string_lossy());
    let mut text = words.key_made(&visible(&private), &visible(&public), key.public().id());
    if let Some(name) = key.name() {
        text.push_str(&signing::key_of(context.lang, &visible(name)));
    }
    if let Err(error) = write_stdout(text.as_bytes()) {
        bail!("{}", words.cannot_write(&error.to_string()));
    }
    Ok(Status::Proved)
}

/// `KEY.pub`.
fn public_beside(private: &Path) -> PathBuf {
    let mut name = private.as_os_str().to_owned();
    name.push(".pub");
    PathBuf::from(name)
}

/// Reads a private key; where it is under a passphrase, that of the file, of the environment, or of whoever calls.
///
/// # Errors
/// When it cannot be read, others can read it too, it is none, or the passphrase is not its.
pub fn private(path: &Path, passphrase_file: Option<&Path>, context: &Context) -> Result<PrivateKey> {
    let words = phrases(context.lang);
    let shown = path.to_string_lossy();
    let shown = visible(&shown);
    let read = || -> io::Result<(Option<u32>, Zeroizing<Vec<u8>>)> {
        let file = File::open(path)?;
        // Of the file that was opened, not of whatever bears its name by now.
        let exposed = exposed(&file)?;
        Ok((exposed, read_whole(file)?))
    };
    let (exposed, pem) = read().map_err(|error| anyhow::anyhow!("{}", words.cannot_read_file(&shown, &error)))?;
    if let Some(mode) = exposed {
        bail!("{}", words.key_exposed(&shown, mode));
    }
    let explain = |error: KeyError| anyhow::anyhow!("{shown}: {}", error.phrase().get(context.lang));
    if !PrivateKey::is_encrypted(&pem) {
        return PrivateKey::from_pem(&pem).map_err(explain);
    }
    let passphrase = match passphrase::given(passphrase_file, context)? {
        None => passphrase::asked(context)?,
        given => given,
    };
    match passphrase {
        Some(passphrase) => PrivateKey::from_encrypted_pem(&pem, &passphrase).map_err(explain),
        None => Err(explain(KeyError::Encrypted)),
    }
}

/// Reads a public key.
///
/// # Errors
/// When it cannot be read or is none.
pub fn public(path: &Path, context: &Context) -> Result<PublicKey> {
    let shown = path.to_string_lossy();
    let shown = visible(&shown);
    let pem = File::open(path).and_then(read_whole);
    let pem = pem.map_err(|error| anyhow::anyhow!("{}", phrases(context.lang).cannot_read_file(&shown, &error)))?;
    PublicKey::from_pem(&pem).map_err(|error| anyhow::anyhow!("{shown}: {}", error.phrase().get(context.lang)))
}

/// The permissions of a file that others than its owner may use.
#[cfg(unix)]
fn exposed(file: &File) -> io::Result<Option<u32>> {
    let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata()?.permissions());
    Ok(Some(mode & 0o777).filter(|mode| mode & 0o077 != 0))
}

/// Who may read a file is told elsewhere on this system, and not looked at.
#[cfg(not(unix))]
fn exposed(_: &File) -> io::Result<Option<u32>> {
    Ok(None)
}

/// The first bytes of a file, wiped when they go. What is longer than a key will not be one.
fn read_whole(file: File) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; MOST_BYTES]);
    let (mut file, mut length) = (file, 0);
    while length < MOST_BYTES {
        match file.read(&mut bytes[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(length);
    Ok(bytes)
}
