//! Files that commands write: never over what they read, never two into one, and no answer where nobody gets it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// An empty folder of its own for each test.
fn room(name: &str) -> PathBuf {
    let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join("outputs").join(name);
    let _ = fs::remove_dir_all(&room);
    fs::create_dir_all(&room).expect("a folder");
    room
}

fn sanso(room: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_sanso")).args(arguments).current_dir(room).output().expect("it runs");
    let Output { status, stdout, stderr } = output;
    (status.code().expect("it ends"), String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr))
}

const DOCUMENT: &str = r#"{"sanso": 1, "nodes": [{"id": "a", "zone": "my-number"}, {"id": "b", "zone": "lgwan"}]}"#;

/// Every spelling of a file that is there.
fn spellings(room: &Path, file: &str) -> Vec<String> {
    let mut all =
        vec![file.to_owned(), format!("./{file}"), format!("sub/../{file}"), room.join(file).display().to_string()];
    #[cfg(unix)]
    {
        let (soft, hard) = (format!("soft-{file}"), format!("hard-{file}"));
        std::os::unix::fs::symlink(file, room.join(&soft)).expect("a link");
        fs::hard_link(room.join(file), room.join(&hard)).expect("a link");
        all.extend([soft, hard]);
    }
    all
}

#[test]
fn no_output_is_an_input() {
    let room = room("inputs");
    fs::create_dir(room.join("sub")).expect("a folder");
    fs::write(room.join("d.json"), DOCUMENT).expect("a file");
    fs::write(room.join("e.json"), DOCUMENT).expect("a file");
    for spelling in spellings(&room, "d.json") {
        let html = format!("html={spelling}");
        for call in [
            &["verify", "d.json", "--format", &html][..],
            &["verify", "d.json", "--certificate", &spelling],
            &["verify", "e.json", "d.json", "--format", &format!("json={spelling}")],
            &["prove", "d.json", "-o", &spelling],
            &["convert", "d.json", "-o", &spelling],
            &["diff", "d.json", "e.json", "--format", &html],
            &["diff", "e.json", "d.json", "--format", &html],
        ] {
            for (language, word) in [("en", "a file that this call reads"), ("ja", "このコマンドが読むファイルです")]
            {
                let (status, said) = sanso(&room, &[call, &["--lang", language]].concat());
                assert_eq!(status, 2, "{call:?}: {said}");
                assert!(said.contains(word) && said.contains(&*spelling), "{call:?}: {said}");
            }
            assert_eq!(fs::read_to_string(room.join("d.json")).expect("it is there"), DOCUMENT, "{call:?}");
        }
    }
    assert_eq!(sanso(&room, &["keygen", "-o", "k", "--lang", "en"]).0, 0);
    let (key, public) = (fs::read(room.join("k")).expect("a key"), fs::read(room.join("k.pub")).expect("a key"));
    fs::write(room.join("r.json"), "{}").expect("a file");
    for output in ["./k", "./d.json", "./r.json"] {
        let call = ["attest", "d.json", "--key", "k", "--report", "r.json", "-o", output, "--lang", "en"];
        let (status, said) = sanso(&room, &call);
        assert!(status == 2 && said.contains("a file that this call reads"), "{output}: {said}");
    }
    assert_eq!((key, public), (fs::read(room.join("k")).expect("a key"), fs::read(room.join("k.pub")).expect("a key")));
    assert_eq!(sanso(&room, &["prove", "d.json", "-o", "new.json"]).0, 0);
}

#[test]
fn no_two_outputs_are_one() {
    let room = room("two");
    fs::create_dir(room.join("sub")).expect("a folder");
    fs::write(room.join("d.json"), DOCUMENT).expect("a file");
    let twice = |first: &str, second: &str| {
        let call = [
            "verify",
            "d.json",
            "--format",
            &format!("html={first}"),
            "--format",
            &format!("json={second}"),
            "--lang",
            "en",
        ];
        let (status, said) = sanso(&room, &call);
        assert!(status == 2 && said.contains("two outputs would go to the file"), "{first} {second}: {said}");
        let call = ["verify", "d.json", "--certificate", first, "--format", &format!("json={second}"), "--lang", "en"];
        let (status, said) = sanso(&room, &call);
        assert!(status == 2 && said.contains("two outputs would go to the file"), "{first} {second}: {said}");
    };
    // Neither is there yet.
    for second in ["o", "./o", "sub/../o", &room.join("o").display().to_string()] {
        twice("o", second);
        assert!(!room.join("o").exists());
    }
    fs::write(room.join("o"), "old").expect("a file");
    for second in spellings(&room, "o") {
        twice("o", &second);
        assert_eq!(fs::read_to_string(room.join("o")).expect("it is there"), "old");
    }
    // What is thrown away may be thrown away twice.
    #[cfg(unix)]
    {
        let call = ["verify", "d.json", "--certificate", "/dev/null", "--format", "html=/dev/null"];
        assert_eq!(sanso(&room, &call).0, 0);
    }
}

#[test]
fn what_a_killed_run_left_behind_is_not_in_the_way() {
    let room = room("killed");
    fs::write(room.join("d.json"), DOCUMENT).expect("a file");
    let old = std::time::SystemTime::now() - std::time::Duration::from_hours(100);
    let (stale, fresh) = (room.join("c.json.0123456789abcdef.partial"), room.join("c.json.fedcba9876543210.partial"));
    let others = [room.join("c.json.note.partial"), room.join("d.json.0123456789abcdef.partial")];
    for path in [&stale, &fresh, &others[0], &others[1]] {
        fs::write(path, "half").expect("a file");
        if *path != fresh {
            fs::File::options().write(true).open(path).and_then(|file| file.set_modified(old)).expect("an old file");
        }
    }
    assert_eq!(sanso(&room, &["prove", "d.json", "-o", "c.json"]).0, 0);
    assert!(!stale.exists() && fresh.exists() && others.iter().all(|path| path.exists()));
    let (status, said) = sanso(&room, &["check", "d.json", "c.json", "--lang", "en"]);
    assert!(status == 0 && said.starts_with("accepted: "), "{said}");
    assert_eq!(sanso(&room, &["keygen", "-o", "k"]).0, 0);
    assert_eq!(sanso(&room, &["keygen", "-o", "k"]).0, 2);
    let mut names: Vec<String> = fs::read_dir(&room)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .collect();
    names.sort();
    let expected = [
        "c.json",
        "c.json.fedcba9876543210.partial",
        "c.json.note.partial",
        "d.json",
        "d.json.0123456789abcdef.partial",
        "k",
        "k.pub",
    ];
    assert_eq!(names, expected);
}

/// Of a proved, of violated documents: `verify` decides once, and writes what `prove` writes.
#[test]
fn the_certificate_beside_a_report_is_that_of_prove_and_the_report_names_it() {
    let room = room("beside");
    let topologies = Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies");
    for file in ["small/minimal-alpha.yaml", "mistakes/m01-no-mfa.yaml", "mistakes/m02-shared-printer.yaml"] {
        let path = topologies.join(file).display().to_string();
        let date = ["--date", "2026-11-22"];
        let proved = sanso(&room, &[&["prove", &path, "-o", "alone.json"], &date[..]].concat());
        let verify = ["verify", &path, "--certificate", "beside.json", "--lang", "en"];
        let (status, said) = sanso(&room, &[&verify[..], &date].concat());
        assert_eq!(status, proved.0, "{file}: {said}");
        let bytes = fs::read(room.join("beside.json")).expect("it was written");
        assert!(bytes == fs::read(room.join("alone.json")).expect("it was written"), "{file}: two certificates");
        let named = format!("  certificate  beside.json\n  SHA-256      {}\n", sanso::source::sha256_hex(&bytes));
        assert!(said.contains(&named), "{named}{said}");
        let (_, said) = sanso(&room, &[&["verify", &path, "--lang", "en"], &date[..]].concat());
        assert!(!said.contains("certificate  "), "{said}");
    }
}

#[test]
fn a_certificate_is_made_of_the_decisions_of_the_report() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    struct Reads(AtomicUsize);
    impl sanso::progress::Progress for Reads {
        fn step(&self, phase: sanso::progress::Phase, done: u64, _total: u64) {
            if phase == sanso::progress::Phase::Model && done == 0 {
                self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
    let reads = Reads(AtomicUsize::new(0));
    let source = sanso::Source::new("d.json", DOCUMENT.as_bytes().to_vec()).expect("a text");
    // a time that is over before the proof begins: it has one of its own
    let limit = Some(std::time::Duration::from_secs(2));
    let options = sanso::Options { progress: &reads, limit, ..sanso::Options::today(2026, 11, 22) };
    let extent = sanso::certify::Extent { max_tuples: 10, complete: false };
    let (_, certificate) = sanso::verify::run_verify_and(&source, &options, |decided| {
        std::thread::sleep(std::time::Duration::from_secs(3));
        sanso::certify::certify_decided(&source, &options, extent, decided)
    })
    .expect("a document");
    let alone = sanso::run_prove(&source, &options, extent).expect("a document").expect("a certificate");
    assert_eq!(serde_json::to_string(&certificate.expect("a certificate")).ok(), serde_json::to_string(&alone).ok());
    assert_eq!(reads.0.into_inner(), 2, "one for the report and its certificate, one for the other");
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_nobody_gets_is_none() {
    use std::process::Stdio;
    let room = room("unsaid");
    fs::write(room.join("d.json"), DOCUMENT).expect("a file");
    assert_eq!(sanso(&room, &["prove", "d.json", "-o", "c.json"]).0, 0);
    assert_eq!(sanso(&room, &["keygen", "-o", "k"]).0, 0);
    assert_eq!(sanso(&room, &["attest", "d.json", "--key", "k", "-o", "a.json"]).0, 0);
    let attested = ["check", "d.json", "--attestation", "a.json", "--trust", "k.pub"];
    for call in [
        &["check", "d.json", "c.json"][..],
        &["check", "d.json", "a.json"],
        &["check", "d.json", "c.json", "--format", "json"],
        &attested,
    ] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("it is there");
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        for to in [Stdio::from(full), Stdio::from(writer)] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_sanso"));
            let child =
                command.args(call).current_dir(&room).stdout(to).stderr(Stdio::piped()).spawn().expect("it runs");
            let output = child.wait_with_output().expect("it ends");
            assert_eq!(output.status.code(), Some(2), "{call:?}");
            assert_eq!(String::from_utf8_lossy(&output.stderr).lines().count(), 1, "{call:?}");
        }
    }
}
