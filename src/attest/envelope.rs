//! The envelope (DSSE 1.0, <https://github.com/secure-systems-lab/dsse>): a payload, its type, and signatures over both.

use base64ct::{Base64, Base64Url, Encoding as _};
use sanso_check::json::{self, Fault, Value, fault};
use serde::Serialize;

use super::key::{PrivateKey, PublicKey};

/// The type of the payload: an in-toto statement.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'e> {
    payload: String,
    payload_type: &'e str,
    signatures: [Signature<'e>; 1],
}

#[derive(Serialize)]
struct Signature<'e> {
    keyid: &'e str,
    sig: String,
}

/// What is signed (pre-authentication encoding): type and body, each after its length in bytes.
#[must_use]
pub fn pae(payload_type: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// The envelope of a payload, signed with `key`: one line of JSON. The same payload and key give the same bytes.
#[must_use]
pub fn seal(payload: &[u8], key: &PrivateKey) -> Vec<u8> {
    let public = key.public();
    let signature = key.sign(&pae(PAYLOAD_TYPE, payload));
    let envelope = Envelope {
        payload: Base64::encode_string(payload),
        payload_type: PAYLOAD_TYPE,
        signatures: [Signature { keyid: public.id(), sig: Base64::encode_string(&signature) }],
    };
    // An object of texts always has a form in JSON.
    let mut json = serde_json::to_vec(&envelope).unwrap_or_default();
    json.push(b'\n');
    json
}

/// The payload, and the ids of the trusted keys whose signatures hold.
pub(super) fn open(bytes: &[u8], trusted: &[PublicKey]) -> Result<(Vec<u8>, Vec<String>), Fault> {
    let root = json::read(bytes)?;
    let [payload, payload_type, list] = root.all_fields(["payload", "payloadType", "signatures"])?;
    let body = decode(payload)?;
    let signed = pae(payload_type.text()?, &body);
    let (mut signers, mut named, mut known) = (Vec::new(), Vec::new(), false);
    for signature in list.list()? {
        let [id, sig] = signature.fields(["keyid", "sig"])?;
        let Some(sig) = sig else {
            return fault(signature.at, "key `sig` is missing", "キー `sig` がありません");
        };
        let sig = decode(sig)?;
        // The id is a hint, which nobody signed: it only says which keys to try. Left out, it says nothing.
        let id = id.map(Value::text).transpose()?.filter(|id| !id.is_empty());
        named.extend(id.map(str::to_owned));
        for key in trusted.iter().filter(|key| id.is_none_or(|id| id == key.id())) {
            known = true;
            if key.verifies(&signed, &sig) && !signers.iter().any(|signer| signer == key.id()) {
                signers.push(key.id().to_owned());
            }
        }
    }
    if signers.is_empty() {
        return if known {
            fault(
                list.at,
                "no signature of a trusted key holds: the payload, its type or the signature was changed, or another \
                 key signed",
                "信頼する鍵による署名が成立しません。内容、種別、署名のいずれかが変更されているか、別の鍵で署名されています",
            )
        } else {
            let named = if named.is_empty() { "-".to_owned() } else { named.join(", ") };
            fault(
                list.at,
                format!("no signature is by a trusted key (signed by: {named})"),
                format!("信頼する鍵による署名がありません（署名者の鍵: {named}）"),
            )
        };
    }
    if payload_type.text()? != PAYLOAD_TYPE {
        return fault(
            payload_type.at,
            format!("`{PAYLOAD_TYPE}` expected: the payload is something else"),
            format!("`{PAYLOAD_TYPE}` が必要です。別の種類の内容です"),
        );
    }
    Ok((body, signers))
}

/// Base64, in the standard or the URL-safe alphabet, padded.
fn decode(value: &Value<'_>) -> Result<Vec<u8>, Fault> {
    let text = value.text()?;
    match Base64::decode_vec(text).or_else(|_| Base64Url::decode_vec(text)) {
        Ok(bytes) => Ok(bytes),
        Err(_) => fault(value.at, "not Base64", "Base64 ではありません"),
    }
}

#[cfg(test)]
mod tests {
    use super::pae;

    #[test]
    fn pre_authentication_encoding_is_that_of_the_specification() {
        let example = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world";
        assert_eq!(pae("http://example.com/HelloWorld", b"hello world"), example);
        assert_eq!(pae("", b""), b"DSSEv1 0  0 ");
        assert_eq!(pae("三層", b"\xff\n"), "DSSEv1 6 三層 2 ".bytes().chain([0xff, b'\n']).collect::<Vec<_>>());
    }
}
