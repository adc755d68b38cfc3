//! Ed25519 keys in the files that openssl reads and writes too: PEM, PKCS #8 (in the clear, or under a passphrase) and
//! SubjectPublicKeyInfo. Before the PEM may stand a line with the name of whoever the key belongs to.

use std::fmt::Write as _;

use ed25519_dalek::pkcs8::DecodePublicKey as _;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, EncodePublicKey as _, KeypairBytes};
use ed25519_dalek::{SECRET_KEY_LENGTH, Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::language::Phrase;

/// What a line with a name begins with.
const NAME: &str = "Signer: ";
/// Where PEM begins.
const BEGIN: &str = "-----BEGIN ";
/// Most characters of a name.
const LONGEST_NAME: usize = 200;

/// A key that signs. Wiped from memory when it goes.
pub struct PrivateKey {
    key: SigningKey,
    name: Option<String>,
}

/// A key that verifies, its id, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    key: VerifyingKey,
    id: String,
    name: Option<String>,
}

/// Why there is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// The text is no private key.
    NotPrivate,
    /// The text is a private key under a passphrase, and none was given.
    Encrypted,
    /// The passphrase is not that of the key, or the key is protected in a way that is not known here.
    WrongPassphrase,
    /// A passphrase without any character.
    EmptyPassphrase,
    /// A name that is blank, too long, or holds control characters.
    BadName,
    /// The text is no public key.
    NotPublic,
    /// The text is a private key where a public one is wanted.
    PrivateForPublic,
    /// A public key for which anybody can forge signatures.
    Weak,
    /// The system has no randomness to give.
    NoRandomness,
    /// The key cannot be written.
    Unwritable,
}

impl KeyError {
    /// What is wrong and what to do.
    #[must_use]
    pub fn phrase(self) -> Phrase {
        let (en, ja) = match self {
            Self::NotPrivate => (
                "no Ed25519 private key in PEM (PKCS #8): make one with `sanso keygen` or `openssl genpkey -algorithm ed25519`",
                "PEM 形式（PKCS #8）の Ed25519 秘密鍵ではありません。`sanso keygen` または `openssl genpkey -algorithm ed25519` で作成してください",
            ),
            Self::Encrypted => (
                "the private key is under a passphrase: call from a terminal, which asks for it, or give it by `--passphrase-file FILE` \
                 or the environment variable SANSO_KEY_PASSPHRASE",
                "秘密鍵はパスフレーズで保護されています。端末から実行して入力するか、`--passphrase-file FILE` または環境変数 SANSO_KEY_PASSPHRASE で与えてください",
            ),
            Self::WrongPassphrase => (
                "the passphrase does not open the private key (or it is not an Ed25519 key in PKCS #8 under scrypt or PBKDF2 with AES)",
                "このパスフレーズでは秘密鍵を開けません（または、scrypt か PBKDF2 と AES で保護された PKCS #8 の Ed25519 鍵ではありません）",
            ),
            Self::EmptyPassphrase => ("the passphrase is empty", "パスフレーズが空です"),
            Self::BadName => (
                "a name is one line of 1 to 200 characters without control characters, not white space alone",
                "名前は、制御文字を含まない 1 行（1～200 文字）で、空白だけではないものです",
            ),
            Self::NotPublic => (
                "no Ed25519 public key in PEM (SubjectPublicKeyInfo), such as the KEY.pub that `sanso keygen` writes",
                "PEM 形式（SubjectPublicKeyInfo）の Ed25519 公開鍵ではありません。`sanso keygen` が作成した KEY.pub などを指定してください",
            ),
            Self::PrivateForPublic => (
                "a private key: give the public one (KEY.pub); the private key is for `sanso attest` only",
                "秘密鍵です。公開鍵（KEY.pub）を指定してください。秘密鍵は `sanso attest` でだけ使います",
            ),
            Self::Weak => (
                "a key for which anybody can forge signatures: do not trust it",
                "誰でも署名を偽造できる鍵です。信頼しないでください",
            ),
            Self::NoRandomness => (
                "the system gives no random numbers, so there is no new key",
                "システムから乱数を得られないため、鍵を作成できません",
            ),
            Self::Unwritable => ("the key cannot be encoded", "鍵を書き出せません"),
        };
        Phrase::new(en, ja)
    }
}

impl PrivateKey {
    /// A new key, from the system's source of randomness.
    ///
    /// # Errors
    /// When there is none.
    pub fn generate() -> Result<Self, KeyError> {
        let mut seed = Zeroizing::new([0; SECRET_KEY_LENGTH]);
        getrandom::fill(&mut *seed).map_err(|_| KeyError::NoRandomness)?;
        Ok(Self { key: SigningKey::from_bytes(&seed), name: None })
    }

    /// The same key, with the name of whoever it belongs to.
    ///
    /// # Errors
    /// When the name cannot be one.
    pub fn named(self, name: &str) -> Result<Self, KeyError> {
        let name = sound_name(name).ok_or(KeyError::BadName)?;
        Ok(Self { name: Some(name), ..self })
    }

    /// Whose it is, where that is known.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Whether a text is a private key under a passphrase.
    #[must_use]
    pub fn is_encrypted(text: &[u8]) -> bool {
        std::str::from_utf8(text).is_ok_and(|text| text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----"))
    }

    /// Reads PEM under a passphrase.
    ///
    /// # Errors
    /// When the passphrase does not open it, or what it opens is no private key.
    pub fn from_encrypted_pem(text: &[u8], passphrase: &[u8]) -> Result<Self, KeyError> {
        let text = std::str::from_utf8(text).map_err(|_| KeyError::NotPrivate)?;
        let (name, pem) = parts(text).ok_or(KeyError::NotPrivate)?;
        let key = SigningKey::from_pkcs8_encrypted_pem(pem, passphrase).map_err(|_| KeyError::WrongPassphrase)?;
        Ok(Self { key, name })
    }

    /// Reads PEM.
    ///
    /// # Errors
    /// When it is no private key.
    pub fn from_pem(text: &[u8]) -> Result<Self, KeyError> {
        let text = std::str::from_utf8(text).map_err(|_| KeyError::NotPrivate)?;
        if text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") {
            return Err(KeyError::Encrypted);
        }
        let (name, pem) = parts(text).ok_or(KeyError::NotPrivate)?;
        let key = SigningKey::from_pkcs8_pem(pem).map_err(|_| KeyError::NotPrivate)?;
        Ok(Self { key, name })
    }

    /// As PEM: PKCS #8 version 1, which every reader knows.
    ///
    /// # Errors
    /// When it cannot be encoded.
    pub fn to_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        let bytes = KeypairBytes { secret_key: self.key.to_bytes(), public_key: None };
        let pem = bytes.to_pkcs8_pem(LineEnding::LF).map_err(|_| KeyError::Unwritable)?;
        Ok(headed(self.name.as_deref(), &pem))
    }

    /// As PEM under a passphrase: PKCS #8 with scrypt and AES-256-CBC, which openssl reads.
    ///
    /// # Errors
    /// When the passphrase is empty, or it cannot be encoded.
    pub fn to_encrypted_pem(&self, passphrase: &[u8]) -> Result<Zeroizing<String>, KeyError> {
        if passphrase.is_empty() {
            return Err(KeyError::EmptyPassphrase);
        }
        let bytes = KeypairBytes { secret_key: self.key.to_bytes(), public_key: None };
        let pem = bytes.to_pkcs8_encrypted_pem(passphrase, LineEnding::LF).map_err(|_| KeyError::Unwritable)?;
        Ok(headed(self.name.as_deref(), &pem))
    }

    /// The key that verifies what this one signs.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey::new(self.key.verifying_key(), self.name.clone())
    }

    /// Signs; the same bytes get the same signature (RFC 8032).
    pub(super) fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.key.sign(bytes).to_bytes()
    }
}

impl PublicKey {
    fn new(key: VerifyingKey, name: Option<String>) -> Self {
        let der = key.to_public_key_der().map(|der| der.as_bytes().to_vec()).unwrap_or_default();
        let id = Sha256::digest(der).iter().fold(String::new(), |mut id, byte| {
            // Writing to a string cannot fail.
            let _ = write!(id, "{byte:02x}");
            id
        });
        Self { key, id, name }
    }

    /// Reads PEM.
    ///
    /// # Errors
    /// When it is no public key, or one that must not be trusted.
    pub fn from_pem(text: &[u8]) -> Result<Self, KeyError> {
        let text = std::str::from_utf8(text).map_err(|_| KeyError::NotPublic)?;
        if text.contains("PRIVATE KEY-----") {
            return Err(KeyError::PrivateForPublic);
        }
        let (name, pem) = parts(text).ok_or(KeyError::NotPublic)?;
        let key = VerifyingKey::from_public_key_pem(pem).map_err(|_| KeyError::NotPublic)?;
        if key.is_weak() { Err(KeyError::Weak) } else { Ok(Self::new(key, name)) }
    }

    /// As PEM.
    ///
    /// # Errors
    /// When it cannot be encoded.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        let pem = self.key.to_public_key_pem(LineEnding::LF).map_err(|_| KeyError::Unwritable)?;
        Ok(headed(self.name.as_deref(), &pem).to_string())
    }

    /// Whose it is, as whoever handed it over wrote before it. Nobody signed that.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// SHA-256 of the key as DER (SubjectPublicKeyInfo), in lower-case hexadecimal.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether the signature is one of this key over the bytes. Strict: no weak keys, no second form of a signature.
    pub(super) fn verifies(&self, bytes: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|signature| self.key.verify_strict(bytes, &signature).is_ok())
    }
}

/// A name that can stand in a line of its own.
pub(super) fn sound_name(name: &str) -> Option<String> {
    let name = name.trim();
    let sound = !name.is_empty() && name.chars().count() <= LONGEST_NAME && !name.chars().any(char::is_control);
    (sound && !name.contains("-----")).then(|| name.to_owned())
}

/// The name before a PEM, if there is one, and the PEM.
fn parts(text: &str) -> Option<(Option<String>, &str)> {
    let begin = text.find(BEGIN)?;
    let name = text[..begin].lines().find_map(|line| line.strip_prefix(NAME)).and_then(sound_name);
    Some((name, &text[begin..]))
}

/// A PEM with a name before it.
fn headed(name: Option<&str>, pem: &str) -> Zeroizing<String> {
    let head = name.map(|name| format!("{NAME}{name}\n")).unwrap_or_default();
    let mut text = Zeroizing::new(String::with_capacity(head.len() + pem.len()));
    text.push_str(&head);
    text.push_str(pem);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032, section 7.1, test 2.
    const SEED: [u8; 32] = [
        0x4c, 0xcd, 0x08, 0x9b, 0x28, 0xff, 0x96, 0xda, 0x9d, 0xb6, 0xc3, 0x46, 0xec, 0x11, 0x4e, 0x0f, 0x5b, 0x8a,
        0x31, 0x9f, 0x35, 0xab, 0xa6, 0x24, 0xda, 0x8c, 0xf6, 0xed, 0x4f, 0xb8, 0xa6, 0xfb,
    ];

    fn key() -> PrivateKey {
        PrivateKey { key: SigningKey::from_bytes(&SEED), name: None }
    }

    #[test]
    fn names_and_passphrases_go_with_keys() {
        let key = key().named(" 情報政策課 山田 ").expect("a name");
        assert_eq!(key.name(), Some("情報政策課 山田"));
        let public = PublicKey::from_pem(key.public().to_pem().expect("encoded").as_bytes()).expect("it is read");
        assert_eq!((public.name(), public.id()), (Some("情報政策課 山田"), key.public().id()));
        let pem = key.to_encrypted_pem("合言葉".as_bytes()).expect("encoded");
        assert!(PrivateKey::is_encrypted(pem.as_bytes()) && !PrivateKey::is_encrypted(public.id().as_bytes()));
        let opened = PrivateKey::from_encrypted_pem(pem.as_bytes(), "合言葉".as_bytes()).expect("it is opened");
        assert_eq!(opened.public(), public);
        let wrong = |passphrase: &[u8]| PrivateKey::from_encrypted_pem(pem.as_bytes(), passphrase).err();
        assert_eq!((wrong(b"x"), wrong(b"")), (Some(KeyError::WrongPassphrase), Some(KeyError::WrongPassphrase)));
        assert_eq!(key.to_encrypted_pem(b"").err(), Some(KeyError::EmptyPassphrase));
        for name in ["", "  ", "a\nb", "-----BEGIN x", &"x".repeat(201)] {
            assert_eq!(self::key().named(name).err(), Some(KeyError::BadName), "{name:?}");
        }
    }

    #[test]
    fn signatures_are_those_of_rfc_8032() {
        let key = key();
        let signature = key.sign(&[0x72]);
        let hex = signature.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        let expected = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                        085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
        assert_eq!(hex, expected);
        assert!(key.public().verifies(&[0x72], &signature));
        assert!(!key.public().verifies(&[0x73], &signature));
        assert!(!key.public().verifies(&[0x72], &signature[..63]));
    }

    #[test]
    fn keys_survive_their_files() {
        let key = key();
        let pem = key.to_pem().expect("it is encoded");
        // Version 1: a fixed head of 16 bytes, then the seed.
        assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEI"), "{}", &**pem);
        assert_eq!(PrivateKey::from_pem(pem.as_bytes()).expect("it is read").public(), key.public());
        let public = key.public().to_pem().expect("it is encoded");
        assert_eq!(PublicKey::from_pem(public.as_bytes()), Ok(key.public()));
    }

    #[test]
    fn what_is_no_key_is_told_apart() {
        let key = key();
        let (private, public) = (key.to_pem().expect("encoded"), key.public().to_pem().expect("encoded"));
        assert_eq!(PublicKey::from_pem(private.as_bytes()), Err(KeyError::PrivateForPublic));
        assert_eq!(PrivateKey::from_pem(public.as_bytes()).err(), Some(KeyError::NotPrivate));
        let encrypted = private.replace("PRIVATE", "ENCRYPTED PRIVATE");
        assert_eq!(PrivateKey::from_pem(encrypted.as_bytes()).err(), Some(KeyError::Encrypted));
        for text in [&b""[..], b"\xff", b"ssh-ed25519 AAAA", &public.as_bytes()[..60]] {
            assert_eq!(PublicKey::from_pem(text), Err(KeyError::NotPublic));
            assert_eq!(PrivateKey::from_pem(text).err(), Some(KeyError::NotPrivate));
        }
        // The neutral element: every signature of a certain form holds for it.
        let weak = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n-----END PUBLIC KEY-----\n";
        assert_eq!(PublicKey::from_pem(weak.as_bytes()), Err(KeyError::Weak));
    }
}
