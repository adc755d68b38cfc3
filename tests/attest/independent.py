"""Verifies an attestation with nothing of sanso: Python's standard library and openssl.

    python3 independent.py verify ATT.json KEY.pub FILE…     exit status 0: signed by that key, and about these files
    python3 independent.py sign STATEMENT.json KEY ATT.json [TYPE]   signs a statement with openssl
"""

import base64
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

TYPE = "application/vnd.in-toto+json"


def pae(kind: str, body: bytes) -> bytes:
    """What a signature is over (DSSE 1.0)."""
    name = kind.encode()
    return b" ".join([b"DSSEv1", str(len(name)).encode(), name, str(len(body)).encode(), body])


def openssl(*arguments: str, message: bytes, signature: bytes = b"") -> bytes:
    """Calls `openssl pkeyutl` on a message; a failure is an exception."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [pathlib.Path(folder, name) for name in ("message", "signature")]
        paths[0].write_bytes(message)
        paths[1].write_bytes(signature)
        call = ["openssl", "pkeyutl", "-rawin", "-in", str(paths[0])]
        call += [str(paths[1]) if argument == "SIGNATURE" else argument for argument in arguments]
        subprocess.run(call, check=True, capture_output=True)
        return paths[1].read_bytes()


def verify(attestation: str, key: str, files: list[str]) -> None:
    """Raises an exception unless the key signed a statement about the files."""
    envelope = json.loads(pathlib.Path(attestation).read_bytes())
    assert envelope["payloadType"] == TYPE, "payload type"
    body = base64.b64decode(envelope["payload"], validate=True)
    der = subprocess.run(["openssl", "pkey", "-pubin", "-in", key, "-outform", "DER"], check=True, capture_output=True)
    (signature,) = envelope["signatures"]
    assert signature["keyid"] == hashlib.sha256(der.stdout).hexdigest(), "key id"
    raw = base64.b64decode(signature["sig"], validate=True)
    openssl("-verify", "-pubin", "-inkey", key, "-sigfile", "SIGNATURE", message=pae(TYPE, body), signature=raw)
    statement = json.loads(body)
    assert statement["_type"] == "https://in-toto.io/Statement/v1", "statement"
    assert statement["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1", "predicate"
    digests = {subject["digest"]["sha256"] for subject in statement["subject"]}
    for file in files:
        assert hashlib.sha256(pathlib.Path(file).read_bytes()).hexdigest() in digests, f"{file} is no subject"


def sign(statement: str, key: str, attestation: str, kind: str = TYPE) -> None:
    """Writes an envelope, without a key id and in the URL-safe alphabet: both are allowed."""
    body = pathlib.Path(statement).read_bytes()
    raw = openssl("-sign", "-inkey", key, "-out", "SIGNATURE", message=pae(kind, body))
    text = [base64.urlsafe_b64encode(data).decode() for data in (body, raw)]
    envelope = {"signatures": [{"sig": text[1]}], "payloadType": kind, "payload": text[0]}
    pathlib.Path(attestation).write_text(json.dumps(envelope, indent=2))


if __name__ == "__main__":
    if sys.argv[1] == "verify":
        verify(sys.argv[2], sys.argv[3], sys.argv[4:])
    else:
        sign(*sys.argv[2:])
