//! Attestations as those who sign and those who check them use them: what is signed, what is accepted, what is not, and
//! which files a run leaves behind.

mod files;
mod mutations;
mod room;
#[path = "attest/site.rs"]
mod site;

use base64ct::{Base64, Encoding as _};
use room::{DATE, Room};
use sanso::attest::{PrivateKey, PublicKey, Rejection, Within, seal, verify};
use serde_json::{Value, json};

const ATTEST: [&str; 9] =
    ["attest", "good.yaml", "--key", "key", "--certificate", "cert.json", "--report", "report.json", "--date"];

fn attest(room: &Room, output: &str) {
    room.ok(&[&ATTEST[..], &[DATE, "-o", output]].concat());
}

/// The statement in an envelope.
fn payload(envelope: &[u8]) -> Vec<u8> {
    let envelope: Value = serde_json::from_slice(envelope).expect("JSON");
    Base64::decode_vec(envelope["payload"].as_str().expect("a string")).expect("Base64")
}

/// A room's attestation, its key, and the envelope of a statement that this key signs.
struct Signed {
    envelope: Vec<u8>,
    key: PrivateKey,
    public: PublicKey,
}

impl Signed {
    fn new(name: &str) -> Self {
        let room = Room::furnished(name);
        attest(&room, "att.json");
        let key = PrivateKey::from_pem(&room.read("key")).expect("a key");
        Self { envelope: room.read("att.json"), public: key.public(), key }
    }

    fn opinion(&self, envelope: &[u8]) -> Result<(), Rejection> {
        verify(envelope, std::slice::from_ref(&self.public), &|_, _| None).map(|_| ())
    }
}

#[test]
fn what_is_attested_is_accepted_and_told() {
    let room = Room::furnished("round-trip");
    attest(&room, "att.json");
    let attested = ["--attestation", "att.json", "--trust", "key.pub"];
    // The document as it was given, or as the JSON that a certificate is about.
    for files in [&["good.yaml"][..], &["good.json"], &["good.json", "cert.json"]] {
        room.says(
            0,
            &[&["check"], files, &attested].concat(),
            "attestation accepted: att.json",
            "署名を受理: att.json",
        );
    }
    let all = [&["check", "good.json", "cert.json", "--source", "good.yaml", "--report", "report.json"], &attested[..]];
    let (said, _) = room.ends(0, &all.concat());
    for words in [
        "accepted: what is proved holds",
        "date: 2026-11-22",
        "PASSED: every requirement is proved",
        "MN-ISOLATION, MN-TERMINAL",
        "is good.yaml",
        "is good.json",
        "is cert.json",
        "is report.json",
        "The certificate shows",
    ] {
        assert!(said.contains(words), "{words} is not in: {said}");
    }
    assert!(!said.contains("not checked"), "{said}");
    // What was not given is not called checked.
    let said = room.ok(&[&["check", "good.yaml"], &attested[..]].concat());
    assert_eq!(said.matches("not checked").count(), 3, "{said}");
    assert!(said.contains("not that it is true"), "{said}");
}

#[test]
fn verdicts_are_attested_as_they_are() {
    let room = Room::furnished("verdicts");
    let lists = |envelope: &[u8]| {
        let statement: Value = serde_json::from_slice(&payload(envelope)).expect("JSON");
        let count = |list: &str| statement["predicate"][list].as_array().expect("a list").len();
        let result = statement["predicate"]["result"].as_str().expect("a string").to_owned();
        (result, count("passedTests"), count("warnedTests"), count("failedTests"))
    };
    let call = |file, date| room.sanso(&["attest", file, "--key", "key", "--date", date]);
    assert_eq!(lists(&call("good.yaml", DATE).stdout), ("PASSED".to_owned(), 8, 0, 0));
    // The same document without its LGWAN tier: what speaks of nobody is no pass.
    let small = "sanso: 1\nnodes:\n  - { id: a, kind: terminal, zone: my-number, addresses: [10.0.0.1], \
                 controls: [mfa, export-disabled] }\n  - { id: b, kind: server, zone: internet, addresses: [10.0.1.1] }\nlinks: []\n";
    room.write("small.yaml", small);
    let output = call("small.yaml", DATE);
    let (result, passed, warned, failed) = lists(&output.stdout);
    assert!(warned > 0, "{passed} {warned} {failed}");
    assert_eq!((result.as_str(), failed, output.status.code()), ("WARNED", 0, Some(0)));
    // A violation is signed too, and the run says that it is one.
    let output = call("bad.yaml", DATE);
    let (result, _, _, failed) = lists(&output.stdout);
    assert_eq!((result.as_str(), output.status.code()), ("FAILED", Some(1)));
    assert!(failed > 0);
    room.write("bad-att.json", &output.stdout);
    let check = ["check", "bad.yaml", "--attestation", "bad-att.json", "--trust", "key.pub"];
    room.says(0, &check, "FAILED: at least one requirement is violated", "FAILED: 不適合の要件がある");
}

/// A policy of one's own, with what it loosens: one requirement is off, one a warning.
const SITE: &str = "sanso-policy: 1
id: site/1
title: { ja: 自団体, en: ours }
extends: three-tier/alpha
change:
  - { id: LABELLED, off: true, reason: 移行期間, approved_by: CISO, until: 2027-03-31 }
  - { id: MN-TERMINAL, severity: warning, reason: 更新中, approved_by: 情報政策課長, until: 2026-12-31 }
";

#[test]
fn warnings_are_told_from_failures_and_what_is_loosened_is_named() {
    let room = Room::furnished("loosened");
    room.write("site.yaml", SITE);
    let text = String::from_utf8(room.read("good.yaml")).expect("UTF-8");
    assert!(text.contains("mfa, "), "{text}");
    room.write("lax.yaml", text.replacen("mfa, ", "", 1));
    room.ok(&["convert", "lax.yaml", "-o", "lax.json"]);
    let policy = ["--policy", "site.yaml"];
    room.ok(&[&["prove", "lax.yaml", "-o", "lax-cert.json", "--date", DATE], &policy[..]].concat());
    let attest = ["attest", "lax.yaml", "--key", "key", "--certificate", "lax-cert.json", "--date", DATE];
    room.ok(&[&attest[..], &policy, &["-o", "att.json"]].concat());
    let statement: Value = serde_json::from_slice(&payload(&room.read("att.json"))).expect("JSON");
    let predicate = &statement["predicate"];
    let annotations = &predicate["configuration"][0]["annotations"];
    assert_eq!(predicate["result"], "WARNED");
    assert_eq!(annotations["sansoViolatedWarnings"], json!(["MN-TERMINAL"]));
    assert_eq!((&predicate["warnedTests"], &predicate["failedTests"]), (&json!(["MN-TERMINAL"]), &json!([])));
    assert!(!predicate["passedTests"].to_string().contains("LABELLED"), "{predicate}");
    assert_ne!(annotations["sansoStanding"], "violated");
    let loosened = |requirement: &str, becomes: &str, reason: &str, by: &str, until: &str| json!({ "requirement": requirement, "becomes": becomes, "reason": reason, "approvedBy": by, "until": until });
    let named = json!([
        loosened("MN-TERMINAL", "warning", "更新中", "情報政策課長", "2026-12-31"),
        loosened("LABELLED", "off", "移行期間", "CISO", "2027-03-31")
    ]);
    assert_eq!(annotations["sansoLoosenings"], named);
    let check = ["check", "lax.json", "lax-cert.json", "--attestation", "att.json", "--trust", "key.pub"];
    let known = [&check[..], &policy].concat();
    room.says(0, &known, "violated (warnings)", "不適合（警告）");
    room.says(0, &known, "LABELLED: not asked until 2027-03-31; 移行期間; approved by CISO", "まで適用しない");
    room.says(0, &known, "MN-TERMINAL: a warning until 2026-12-31", "まで警告とする");
    let unknown = ["check", "lax.yaml", "--attestation", "att.json", "--trust", "key.pub"];
    room.says(1, &unknown, "another policy than this program knows", "知らないポリシー");
    // Whoever signs says of the policy what it says.
    let key = PrivateKey::from_pem(&room.read("key")).expect("a key");
    let text = statement.to_string();
    let violated = "\"warnedTests\":[\"MN-TERMINAL\"]";
    for (from, to) in [
        ("\"becomes\":\"off\"", "\"becomes\":\"warning\""),
        ("2027-03-31", "2027-03-30"),
        (",\"sansoViolatedWarnings\":[\"MN-TERMINAL\"]", ""),
        ("\"sansoViolatedWarnings\":[\"MN-TERMINAL\"]", "\"sansoViolatedWarnings\":[]"),
        ("\"sansoViolatedWarnings\":[\"MN-TERMINAL\"]", "\"sansoViolatedWarnings\":[\"MN-ISOLATION\"]"),
        (violated, "\"warnedTests\":[]"),
    ] {
        assert!(text.contains(from), "{from}: {text}");
        room.write("forged.json", seal(text.replacen(from, to, 1).as_bytes(), &key));
        let forged = check.map(|word| if word == "att.json" { "forged.json" } else { word });
        room.ends(1, &[&forged[..], &policy].concat());
    }
}

#[test]
fn the_same_files_and_key_give_the_same_bytes() {
    let room = Room::furnished("deterministic");
    attest(&room, "first.json");
    attest(&room, "second.json");
    assert_eq!(room.read("first.json"), room.read("second.json"));
    // The day that a reproducible build names; midnight comes in Japan first.
    let date = |seconds: &str| {
        let mut command = room.command(env!("CARGO_BIN_EXE_sanso"), &["attest", "good.yaml", "--key", "key"]);
        let output = command.env("SOURCE_DATE_EPOCH", seconds).output().expect("the program starts");
        (output.status.code(), String::from_utf8_lossy(&payload_or_nothing(&output.stdout)).into_owned())
    };
    assert!(date("1774969199").1.contains(r#""sansoDate":"2026-03-31""#));
    assert!(date("1774969200").1.contains(r#""sansoDate":"2026-04-01""#));
    assert_eq!(date("yesterday"), (Some(2), String::new()));
}

fn payload_or_nothing(envelope: &[u8]) -> Vec<u8> {
    if envelope.is_empty() { Vec::new() } else { payload(envelope) }
}

#[test]
fn openssl_accepts_what_is_attested_and_nothing_else() {
    let room = Room::furnished("openssl");
    attest(&room, "att.json");
    let files = ["good.yaml", "good.json", "cert.json", "report.json"];
    let with = |attestation, key, files: &[&str]| room.independent(&[&["verify", attestation, key], files].concat());
    assert_eq!(with("att.json", "key.pub", &files), Ok(()));
    assert!(with("att.json", "key.pub", &["bad.yaml"]).is_err());
    room.ok(&["keygen", "-o", "other"]);
    assert!(with("att.json", "other.pub", &files).is_err());
    let mut statement: Value = serde_json::from_slice(&payload(&room.read("att.json"))).expect("JSON");
    statement["predicate"]["result"] = json!("WARNED");
    let mut envelope: Value = serde_json::from_slice(&room.read("att.json")).expect("JSON");
    envelope["payload"] = json!(Base64::encode_string(statement.to_string().as_bytes()));
    room.write("changed.json", envelope.to_string());
    assert!(with("changed.json", "key.pub", &files).is_err());
}

#[test]
fn what_openssl_signs_is_accepted_and_its_keys_too() {
    let room = Room::furnished("from-openssl");
    let openssl = |arguments: &[&str]| {
        let output = room.command("openssl", arguments).output().expect("openssl starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    openssl(&["genpkey", "-algorithm", "ed25519", "-out", "theirs"]);
    openssl(&["pkey", "-in", "theirs", "-pubout", "-out", "theirs.pub"]);
    attest(&room, "att.json");
    room.write("statement.json", payload(&room.read("att.json")));
    assert_eq!(room.independent(&["sign", "statement.json", "theirs", "signed.json"]), Ok(()));
    let check = |key| ["check", "good.yaml", "--attestation", "signed.json", "--trust", key];
    room.ok(&check("theirs.pub"));
    room.ends(1, &check("key.pub"));
    // The same bytes, signed as something else than a statement.
    assert_eq!(room.independent(&["sign", "statement.json", "theirs", "signed.json", "text/plain"]), Ok(()));
    room.says(1, &check("theirs.pub"), "the payload is something else", "別の種類の内容です");
    // Their private key signs here as it does there.
    room.ok(&["attest", "good.yaml", "--key", "theirs", "--date", DATE, "-o", "ours.json"]);
    assert_eq!(room.independent(&["verify", "ours.json", "theirs.pub", "good.yaml"]), Ok(()));
    openssl(&["genpkey", "-algorithm", "ed25519", "-out", "locked", "-aes256", "-pass", "pass:x"]);
    openssl(&["genpkey", "-algorithm", "x25519", "-out", "exchange"]);
    let sign = |key| ["attest", "good.yaml", "--key", key];
    room.says(2, &sign("locked"), "under a passphrase", "パスフレーズ");
    room.says(2, &sign("exchange"), "no Ed25519 private key", "Ed25519 秘密鍵ではありません");
}

#[test]
fn no_change_to_an_envelope_is_accepted() {
    let signed = Signed::new("envelope");
    assert_eq!(signed.opinion(&signed.envelope), Ok(()));
    let envelope: Value = serde_json::from_slice(&signed.envelope).expect("JSON");
    let mut count = 0;
    for (what, changed) in mutations::all(&envelope) {
        count += 1;
        let kept = match &*what {
            // A hint that may be left out; the second signature is the first again.
            ".signatures[0].keyid: left out" | ".signatures[0].keyid: empty" | ".signatures: the last item twice" => {
                true
            }
            _ => false,
        };
        assert_eq!(signed.opinion(changed.to_string().as_bytes()).is_ok(), kept, "{what}");
    }
    assert!(count > 60, "{count}");
    // Every bit of every byte.
    for at in 0..signed.envelope.len() {
        for bit in 0..8 {
            let mut bytes = signed.envelope.clone();
            bytes[at] ^= 1 << bit;
            assert!(signed.opinion(&bytes).is_err(), "bit {bit} of byte {at}");
        }
    }
    let text = std::str::from_utf8(&signed.envelope).expect("UTF-8");
    for doubled in mutations::doubled_keys(text) {
        assert!(signed.opinion(doubled.as_bytes()).is_err(), "{doubled}");
    }
    for trailing in ["x", "{}", "\0", text] {
        assert!(signed.opinion(format!("{text}{trailing}").as_bytes()).is_err(), "{trailing}");
    }
    for end in 0..signed.envelope.len() - 1 {
        assert!(signed.opinion(&signed.envelope[..end]).is_err(), "{end}");
    }
}

/// A key that is trusted may have signed anything: what sanso would not have written is not accepted from it either.
#[test]
fn no_ill_formed_statement_is_accepted_even_when_it_is_signed() {
    let signed = Signed::new("statement");
    let bytes = payload(&signed.envelope);
    let statement: Value = serde_json::from_slice(&bytes).expect("JSON");
    assert_eq!(signed.opinion(&seal(&bytes, &signed.key)), Ok(()));
    let mut free = std::collections::BTreeSet::new();
    for (what, changed) in mutations::all(&statement) {
        match signed.opinion(&seal(changed.to_string().as_bytes(), &signed.key)) {
            Ok(()) => drop(free.insert(what)),
            Err(rejection) => assert_eq!(rejection.within, Within::Payload, "{what}"),
        }
    }
    // Names, and the version of the tool, are as they are; a subject but the document may be missing.
    let free: Vec<&str> = free.iter().map(String::as_str).collect();
    let allowed = |what: &&str| {
        what.starts_with(".predicate.configuration[1].uri: ")
            || what.ends_with(".name: another value")
            || what.ends_with(".name: longer")
            || what.ends_with(".name: shorter")
            || what.ends_with(".name: upper case")
            || *what == ".subject: an item less"
            // What it rests on and the exceptions are in the words of whoever signs; that there are some is not.
            || what.starts_with(".predicate.configuration[0].annotations.sansoRestsOn")
            || what.starts_with(".predicate.configuration[0].annotations.sansoExceptions[0].exceptions")
    };
    assert!(!free.is_empty() && free.iter().all(allowed), "{free:#?}");
    let of_policy =
        |what: &&&str| what.starts_with(".predicate.configuration[0]") && !what.contains(".annotations.sanso");
    assert_eq!(free.iter().find(of_policy), None, "{free:#?}");
    let text = std::str::from_utf8(&bytes).expect("UTF-8");
    for doubled in mutations::doubled_keys(text) {
        assert!(signed.opinion(&seal(doubled.as_bytes(), &signed.key)).is_err(), "{doubled}");
    }
    for changed in [
        text.replace("2026-11-22", "2026-02-30"),
        text.replace("PASSED", "WARNED"),
        text.replace("\"LABELLED\"", "\"MN-ISOLATION\""),
        text.replace("\"LABELLED\"],\"warnedTests\":[", "\"LABELLED\"],\"warnedTests\":[\"LABELLED\""),
        text.replace("\"LABELLED\"],\"warnedTests\":[", "],\"warnedTests\":[\"LABELLED\""),
        text.replace("\"document-as-json\"", "\"document\""),
        text.replace("\"report\"", "\"certificate\""),
        text.replace("/v1\"", "/v2\""),
        text.replace("v0.1", "v0.2"),
        format!("{text}x"),
        String::new(),
    ] {
        assert_ne!(changed, text);
        assert!(signed.opinion(&seal(changed.as_bytes(), &signed.key)).is_err(), "{changed}");
    }
}

#[test]
fn who_signs_is_named_and_when() {
    let room = Room::furnished("named");
    room.ok(&["keygen", "-o", "named", "--name", "情報政策課 山田"]);
    assert!(String::from_utf8_lossy(&room.read("named.pub")).starts_with("Signer: 情報政策課 山田\n-----BEGIN"));
    room.ok(&["attest", "good.yaml", "--key", "named", "--date", DATE, "-o", "att.json"]);
    let statement: Value = serde_json::from_slice(&payload(&room.read("att.json"))).expect("JSON");
    let annotations = &statement["predicate"]["configuration"][1]["annotations"];
    assert_eq!(annotations, &json!({ "sansoTime": "2026-11-22T12:00:00Z", "sansoSigner": "情報政策課 山田" }));
    let check = ["check", "good.yaml", "--attestation", "att.json", "--trust", "named.pub"];
    room.says(0, &check, "情報政策課 山田, named.pub (", "情報政策課 山田, named.pub (");
    room.says(0, &check, "2026-11-22T12:00:00Z", "署名日時");
    // openssl reads keys with a name before them, and a key that was handed over without one does.
    assert_eq!(room.independent(&["verify", "att.json", "named.pub", "good.yaml"]), Ok(()));
    let text = String::from_utf8(room.read("named.pub")).expect("UTF-8");
    room.write("named.pub", text.split_once('\n').expect("lines").1);
    room.says(0, &check, "情報政策課 山田, named.pub (", "情報政策課 山田, named.pub (");
    // Another name is not taken for the same.
    room.write("named.pub", text.replace("山田", "佐藤"));
    room.says(1, &check, "the statement names 情報政策課 山田 as its signer", "一致しません");
    room.says(2, &["keygen", "-o", "blank", "--name", " "], "a name is one line", "名前は");
}

#[test]
fn the_figures_that_a_report_gives_are_those_that_checkers_print() {
    let room = Room::furnished("figures");
    let verify = ["verify", "--date", DATE, "--lang", "en", "--certificate", "own.json", "--format", "html=page.html"];
    room.ok(&[&verify[..], &["--format", "text", "good.yaml"]].concat());
    let page = String::from_utf8(room.read("page.html")).expect("UTF-8");
    let section = &page[page.find("SHA-256 of the certificate").expect("the page tells")..];
    let (python, _) = {
        let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("checker/sanso_check.py");
        let script = script.to_str().expect("UTF-8").to_owned();
        let arguments = [&script, "good.json", "own.json", "--source", "good.yaml"];
        let output = room.command("python3", &arguments).output().expect("python3 starts");
        (String::from_utf8(output.stdout).expect("UTF-8"), output.status)
    };
    let rust = room.ok(&["check", "good.json", "own.json", "--source", "good.yaml"]);
    for said in [rust, python] {
        let figures: std::collections::BTreeSet<&str> =
            said.split(|c: char| !c.is_ascii_hexdigit()).filter(|word| word.len() == 64).collect();
        assert_eq!(figures.len(), 4, "document, source, certificate and policy: {said}");
        for figure in figures {
            assert!(section.contains(figure), "{figure} is not on the page: {said}");
        }
    }
    // Wherever the call names them from, paths are relative to where it stands.
    let file = room.path("good.yaml");
    let said = room.ok(&["verify", "--date", DATE, "--lang", "en", file.to_str().expect("UTF-8")]);
    assert!(said.contains("  file     good.yaml\n") && !said.contains(file.to_str().expect("UTF-8")), "{said}");
}

#[test]
fn a_passphrase_protects_a_key() {
    let room = Room::furnished("passphrase");
    room.write("secret", "合言葉 x\r\nsecond line\n");
    room.ok(&["keygen", "-o", "locked", "--passphrase-file", "secret"]);
    assert!(String::from_utf8_lossy(&room.read("locked")).contains("BEGIN ENCRYPTED PRIVATE KEY"));
    let sign = ["attest", "good.yaml", "--key", "locked", "--date", DATE];
    room.says(2, &sign, "under a passphrase", "パスフレーズで保護");
    let with_file = [&sign[..], &["--passphrase-file", "secret", "-o", "att.json"]].concat();
    room.ok(&with_file);
    room.ok(&["check", "good.yaml", "--attestation", "att.json", "--trust", "locked.pub"]);
    let by_variable = |passphrase: &str| {
        let mut command = room.command(env!("CARGO_BIN_EXE_sanso"), &sign);
        let output = command.env("SANSO_KEY_PASSPHRASE", passphrase).output().expect("the program starts");
        (output.status.code(), output.stdout == room.read("att.json"))
    };
    assert_eq!(by_variable("合言葉 x"), (Some(0), true));
    assert_eq!(by_variable("合言葉"), (Some(2), false));
    // openssl opens it, and what openssl protects is opened here.
    let openssl = |arguments: &[&str]| {
        let output = room.command("openssl", arguments).output().expect("openssl starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let public = openssl(&["pkey", "-in", "locked", "-passin", "pass:合言葉 x", "-pubout"]);
    assert_eq!(String::from_utf8_lossy(&public), String::from_utf8_lossy(&room.read("locked.pub")));
    openssl(&["genpkey", "-algorithm", "ed25519", "-out", "theirs", "-aes256", "-pass", "pass:x"]);
    room.write("x", "x");
    room.ok(&["attest", "good.yaml", "--key", "theirs", "--passphrase-file", "x", "--date", DATE, "-o", "theirs.json"]);
    room.write("empty", "");
    room.says(
        2,
        &["keygen", "-o", "other", "--passphrase-file", "empty"],
        "the passphrase is empty",
        "パスフレーズが空です",
    );
    room.says(2, &["keygen", "-o", "other", "--passphrase"], "there is no terminal", "端末がありません");
}

#[test]
fn exceptions_in_use_and_what_a_verdict_rests_on_are_signed() {
    let room = Room::furnished("owed");
    let document = json!({
        "sanso": 1,
        "nodes": [
            { "id": "tax", "kind": "server", "zone": "my-number", "addresses": ["10.1.0.1"] },
            { "id": "eltax", "kind": "server", "zone": "lgwan", "addresses": ["10.2.0.1"] },
            { "id": "fw", "kind": "firewall", "filter": { "rules": [
                { "id": "r", "action": "permit", "from": "node:tax", "to": "node:eltax", "service": "tcp/443" },
            ] } },
        ],
        "links": [["tax", "fw"], ["eltax", "fw"]],
        "exceptions": [{
            "id": "e-tax", "from": "node:tax", "to": "node:eltax", "service": "tcp/443", "reason": "r", "approved_by": "CISO",
            "expires": "2027-03-31", "attested": { "by": "b", "basis": "b" },
        }],
    });
    room.write("owed.json", document.to_string());
    room.ok(&["attest", "owed.json", "--key", "key", "--date", DATE, "-o", "att.json"]);
    let bytes = payload(&room.read("att.json"));
    let statement: Value = serde_json::from_slice(&bytes).expect("JSON");
    let annotations = &statement["predicate"]["configuration"][0]["annotations"];
    assert_eq!(annotations["sansoStanding"], "excepted");
    let exceptions = json!([{ "requirement": "MN-ISOLATION", "exceptions": ["e-tax"] }]);
    assert_eq!(annotations["sansoExceptions"], exceptions);
    let rests_on = annotations["sansoRestsOn"].to_string();
    assert!(rests_on.contains("the filter of fw (default deny, 1 rule)"), "{rests_on}");
    let check = ["check", "owed.json", "--attestation", "att.json", "--trust", "key.pub"];
    room.says(0, &check, "holds with exceptions", "適合（特定通信を除く）");
    room.says(0, &check, "MN-ISOLATION: e-tax", "適用した特定通信");
    // What holds by exceptions is not signed as what holds by itself.
    let key = PrivateKey::from_pem(&room.read("key")).expect("a key");
    let text = String::from_utf8(bytes).expect("UTF-8");
    for changed in [
        text.replace("\"sansoStanding\":\"excepted\"", "\"sansoStanding\":\"proved\""),
        text.replace(r#"[{"requirement":"MN-ISOLATION","exceptions":["e-tax"]}]"#, "[]"),
        text.replace("[\"e-tax\"]", "[]"),
        text.replace("2026-11-22T12:00:00Z", "2026-11-22T24:00:00Z"),
        text.replace("2026-11-22T12:00:00Z", "2026-11-22 12:00"),
    ] {
        assert_ne!(changed, text);
        assert!(verify(&seal(changed.as_bytes(), &key), &[key.public()], &|_, _| None).is_err(), "{changed}");
    }
}

#[test]
fn who_signed_is_what_counts() {
    let room = Room::furnished("signers");
    attest(&room, "att.json");
    for name in ["second", "third"] {
        room.ok(&["keygen", "-o", name]);
    }
    let check = |file, keys: &[&str]| {
        let trust = keys.iter().flat_map(|key| ["--trust", key]).collect::<Vec<_>>();
        [&["check", "good.yaml", "--attestation", file], &trust[..]]
            .concat()
            .iter()
            .map(|text| text.to_string())
            .collect::<Vec<_>>()
    };
    let says = |status, call: &[String], en, ja| {
        room.says(status, &call.iter().map(String::as_str).collect::<Vec<_>>(), en, ja);
    };
    says(
        1,
        &check("att.json", &["second.pub"]),
        "no signature is by a trusted key",
        "信頼する鍵による署名がありません",
    );
    says(0, &check("att.json", &["second.pub", "key.pub"]), "key.pub (", "key.pub (");
    // Signed by two: either is enough, and whoever is not trusted is not named as a signer.
    let mut both: Value = serde_json::from_slice(&room.read("att.json")).expect("JSON");
    room.ok(&[&["attest", "good.yaml", "--key", "second"][..], &ATTEST[4..], &[DATE, "-o", "second.json"]].concat());
    let second: Value = serde_json::from_slice(&room.read("second.json")).expect("JSON");
    assert_eq!(both["payload"], second["payload"]);
    both["signatures"].as_array_mut().expect("a list").push(second["signatures"][0].clone());
    room.write("both.json", both.to_string());
    says(0, &check("both.json", &["key.pub"]), "signed by", "署名者");
    says(0, &check("both.json", &["second.pub"]), "second.pub (", "second.pub (");
    says(1, &check("both.json", &["third.pub"]), "rejected", "不受理");
    let said = room.ok(&check("both.json", &["second.pub"]).iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(said.matches("signed by").count(), 1, "{said}");
    // Somebody else's signature under the name of a trusted key.
    let mut forged = second.clone();
    forged["signatures"][0]["keyid"] = json!(PublicKey::from_pem(&room.read("key.pub")).expect("a key").id());
    room.write("forged.json", forged.to_string());
    says(1, &check("forged.json", &["key.pub"]), "no signature of a trusted key holds", "署名が成立しません");
    // No signature, no trust.
    forged["signatures"] = json!([]);
    room.write("none.json", forged.to_string());
    says(1, &check("none.json", &["key.pub"]), "no signature is by a trusted key", "署名がありません");
}

#[test]
fn files_that_are_not_attested_are_not_accepted() {
    let room = Room::furnished("covered");
    attest(&room, "att.json");
    room.ok(&["convert", "bad.yaml", "-o", "bad.json"]);
    // A certificate as good as the attested one, but another file.
    let mut other = room.read("cert.json");
    other.push(b'\n');
    room.write("other-cert.json", other);
    let mut changed = room.read("good.yaml");
    changed.extend(b"# a comment\n");
    room.write("changed.yaml", changed);
    let attested = ["--attestation", "att.json", "--trust", "key.pub"];
    for (files, en, ja) in [
        (&["bad.yaml"][..], "not attested as document", "文書として署名の対象に含まれていません"),
        (&["changed.yaml"], "not attested as document", "署名後に変更されたもの"),
        (&["cert.json"], "but as certificate", "証明書としては含まれています"),
        (&["good.json", "other-cert.json"], "not attested as certificate", "証明書として署名の対象に含まれていません"),
        (&["good.yaml", "--report", "bad.yaml"], "not attested as report", "報告として署名の対象に含まれていません"),
        (&["good.yaml", "--report", "cert.json"], "but as certificate", "証明書としては含まれています"),
        (&["good.yaml", "--report", "report.json", "--report", "bad.yaml"], "bad.yaml", "bad.yaml"),
    ] {
        room.says(1, &[&["check"], files, &attested].concat(), en, ja);
    }
    // A rejected certificate is rejected, whoever signed it.
    room.write(
        "broken.json",
        room.read("cert.json").iter().map(|byte| if *byte == b'5' { b'6' } else { *byte }).collect::<Vec<_>>(),
    );
    room.says(1, &[&["check", "good.json", "broken.json"], &attested[..]].concat(), "rejected: ", "不受理: ");
    room.ends(2, &["check", "good.yaml"]);
    room.says(2, &["check", "good.yaml", "--attestation", "att.json"], "--trust", "--trust");
    room.says(2, &["check", "good.json", "cert.json", "--trust", "key.pub"], "--attestation", "--attestation");
    room.says(2, &["check", "good.yaml", "--attestation", "att.json", "--trust", "key"], "a private key", "秘密鍵です");
    room.says(
        2,
        &["check", "good.yaml", "--attestation", "att.json", "--trust", "att.json"],
        "no Ed25519 public",
        "公開鍵では",
    );
    room.says(
        2,
        &["check", "good.yaml", "--attestation", "none.json", "--trust", "key.pub"],
        "cannot read",
        "見つかりません",
    );
}

/// Whoever holds the key may sign a lie. Where a certificate is at hand, it is told.
#[test]
fn statement_against_its_certificate_is_not_accepted() {
    let room = Room::furnished("lie");
    attest(&room, "att.json");
    let text = String::from_utf8(payload(&room.read("att.json"))).expect("UTF-8");
    let key = PrivateKey::from_pem(&room.read("key")).expect("a key");
    for lie in [
        text.replace("2026-11-22", "2026-11-23"),
        text.replace(",\"LABELLED\"]", "]")
            .replace("\"warnedTests\":[]", "\"warnedTests\":[\"LABELLED\"]")
            .replace("PASSED", "WARNED"),
    ] {
        assert_ne!(lie, text);
        room.write("lie.json", seal(lie.as_bytes(), &key));
        let attested = ["--attestation", "lie.json", "--trust", "key.pub"];
        room.ok(&[&["check", "good.json"], &attested[..]].concat());
        let (words, ja) = ("are not those of the certificate", "証明書と一致しません");
        room.says(1, &[&["check", "good.json", "cert.json"], &attested[..]].concat(), words, ja);
    }
}

#[test]
fn nothing_is_signed_that_is_not_so() {
    let room = Room::furnished("refusals");
    room.write(
        "broken.json",
        room.read("cert.json").iter().map(|byte| if *byte == b'5' { b'6' } else { *byte }).collect::<Vec<_>>(),
    );
    room.ok(&["prove", "good.json", "-o", "of-json.json", "--date", DATE]);
    // Another file that converts to the same JSON.
    room.write("comment.yaml", [&room.read("good.yaml")[..], b"# a comment\n"].concat());
    room.write("bad-document.yaml", "sanso: 1\nnodes: [{ id: a }]\nlinks: [[a, b]]\n");
    let sanso = |arguments: &[&str]| {
        [&["attest"], arguments, &["--key", "key", "-o", "att.json"]]
            .concat()
            .iter()
            .map(|text| text.to_string())
            .collect::<Vec<_>>()
    };
    for old in [None, Some("an older attestation\n")] {
        if let Some(old) = old {
            room.write("att.json", old);
        }
        for (status, arguments, en, ja) in [
            (
                2,
                &["good.yaml", "--certificate", "broken.json", "--date", DATE][..],
                "the checker rejects",
                "受理しないため",
            ),
            (
                2,
                &["good.yaml", "--certificate", "report.json", "--date", DATE],
                "the checker rejects",
                "受理しないため",
            ),
            (2, &["bad.yaml", "--certificate", "cert.json", "--date", DATE], "the checker rejects", "受理しないため"),
            (
                2,
                &["comment.yaml", "--certificate", "cert.json", "--date", DATE],
                "of another file",
                "別のファイルの証明書",
            ),
            (
                2,
                &["good.yaml", "--certificate", "of-json.json", "--date", DATE],
                "of another file",
                "別のファイルの証明書",
            ),
            (
                2,
                &["good.yaml", "--certificate", "cert.json", "--date", "2026-11-23"],
                "give --date 2026-11-22",
                "--date 2026-11-22 を指定",
            ),
            (2, &["good.yaml", "--certificate", "no-such"], "cannot read no-such", "no-such が見つかりません"),
            (2, &["good.yaml", "--report", "no-such"], "cannot read no-such", "no-such が見つかりません"),
            (
                2,
                &["good.yaml", "--report", "report.json", "--report", "./report.json"],
                "two files are called",
                "二つあります",
            ),
            (2, &["no-such"], "cannot read no-such", "no-such が見つかりません"),
            (2, &["bad-document.yaml"], "bad-document.yaml:", "bad-document.yaml:"),
            (3, &["good.yaml", "--limit-time", "0"], "nothing was signed", "署名していません"),
        ] {
            let call = sanso(arguments);
            room.says(status, &call.iter().map(String::as_str).collect::<Vec<_>>(), en, ja);
            assert_eq!(room.path("att.json").exists(), old.is_some(), "{arguments:?}");
        }
    }
    assert_eq!(room.read("att.json"), b"an older attestation\n");
}
