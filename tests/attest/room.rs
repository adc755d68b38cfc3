//! A folder of its own for each test, and calls of the program in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The date of every run.
pub const DATE: &str = "2026-11-22";
/// When every run is: the noon of that day in UTC, in seconds since 1970.
pub const NOON: &str = "1795348800";
/// A document in which every requirement is proved.
pub const GOOD: &str = "topologies/small/minimal-alpha.yaml";
/// A document with violations.
pub const BAD: &str = "topologies/mistakes/m18-backup.yaml";

pub struct Room(pub PathBuf);

impl Room {
    /// An empty folder.
    pub fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("attest").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("the temporary directory can be written");
        Self(folder)
    }

    /// A folder with the good document (`good.yaml`, `good.json`), the bad one, a certificate, a report and a key.
    pub fn furnished(name: &str) -> Self {
        let room = Self::new(name);
        for (from, to) in [(GOOD, "good.yaml"), (BAD, "bad.yaml")] {
            let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(from);
            std::fs::copy(from, room.path(to)).expect("it is copied");
        }
        room.ok(&["convert", "good.yaml", "-o", "good.json"]);
        room.ok(&["prove", "good.yaml", "-o", "cert.json", "--date", DATE]);
        room.ok(&["generate", "--sites", "1", "--terminals", "1", "-o", "report.json"]);
        room.ok(&["keygen", "-o", "key"]);
        room
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).expect("it is written");
    }

    /// The names of the files, sorted.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).expect("it is there");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect();
        names.sort();
        names
    }

    pub fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.0).stdin(Stdio::null());
        for name in ["LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE", "SANSO_KEY_PASSPHRASE"] {
            command.env_remove(name);
        }
        command.env("SOURCE_DATE_EPOCH", NOON);
        command
    }

    pub fn sanso(&self, arguments: &[&str]) -> Output {
        self.command(env!("CARGO_BIN_EXE_sanso"), arguments).output().expect("the program starts")
    }

    /// A call that succeeds; its stdout.
    pub fn ok(&self, arguments: &[&str]) -> String {
        self.ends(0, arguments).0
    }

    /// A call with this exit status; stdout and stderr.
    pub fn ends(&self, status: i32, arguments: &[&str]) -> (String, String) {
        let output = self.sanso(arguments);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        let (out, err) = (text(output.stdout), text(output.stderr));
        assert_eq!(output.status.code(), Some(status), "{arguments:?}\n{out}{err}");
        (out, err)
    }

    /// A call with this exit status that says these words, in each language, and writes nothing new.
    pub fn says(&self, status: i32, arguments: &[&str], en: &str, ja: &str) {
        let before = self.names();
        for (lang, words) in [("en", en), ("ja", ja)] {
            let (out, err) = self.ends(status, &[arguments, &["--lang", lang]].concat());
            let said = if out.is_empty() { err } else { out };
            assert!(said.contains(words), "{words} is not in: {said}");
        }
        assert_eq!(self.names(), before, "{arguments:?}");
    }

    /// Python and openssl; whether they are content.
    pub fn independent(&self, arguments: &[&str]) -> Result<(), String> {
        let openssl = self.command("openssl", &["version"]).output();
        assert!(
            openssl.is_ok_and(|output| output.status.success()),
            "this test needs openssl: apt-get install openssl"
        );
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/attest/independent.py");
        let script = script.to_str().expect("UTF-8");
        let output = self.command("python3", &[&[script], arguments].concat()).output().expect("python3 starts");
        if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
    }
}
