//! `sanso watch` as a user sees it: files are saved, replaced, broken, mended and taken away under it. Nothing sleeps: each
//! step waits for what the program says.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

/// However loaded the machine is.
const PATIENCE: Duration = Duration::from_secs(120);

const PROVED: &str = "topologies/small/minimal-alpha.yaml";
const VIOLATED: &str = "topologies/mistakes/m02-shared-printer.yaml";

/// A running `sanso watch` and a file that it watches.
struct Session {
    child: Child,
    said: Receiver<String>,
    transcript: String,
    file: PathBuf,
}

impl Session {
    /// Begins with the text of a topology; returns once the program watches.
    fn start(name: &str, first: &str, arguments: &[&str]) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("watch-{name}"));
        fs::create_dir_all(&folder).expect("the temporary directory can be written");
        let file = folder.join("city.yaml");
        fs::write(&file, first).expect("the file can be written");
        let mut command = Command::new(env!("CARGO_BIN_EXE_sanso"));
        command.args(["watch", "city.yaml", "--date", "2026-11-22"]).args(arguments).current_dir(&folder);
        command.env_remove("SOURCE_DATE_EPOCH").env("LC_ALL", "C.UTF-8");
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
        let (sender, said) = channel();
        listen(child.stdout.take().expect("is piped"), sender.clone());
        listen(child.stderr.take().expect("is piped"), sender);
        Self { child, said, transcript: String::new(), file }
    }

    /// Waits until the program has said these, in any order; returns what it said since the last call.
    fn hears(&mut self, wanted: &[&str]) -> String {
        let mut heard = String::new();
        while !wanted.iter().all(|wanted| heard.contains(wanted)) {
            let line = self.said.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("{wanted:?} was not said; heard:\n{}", self.transcript));
            heard.push_str(&line);
            self.transcript.push_str(&line);
        }
        heard
    }

    /// Writes into the file as it is.
    fn write(&self, text: &str) {
        fs::write(&self.file, text).expect("the file can be written");
    }

    /// Puts another file in its place, as most editors do.
    fn replace(&self, text: &str) {
        let beside = self.file.with_extension("new");
        fs::write(&beside, text).expect("the file can be written");
        fs::rename(&beside, &self.file).expect("the file can be replaced");
    }

    /// Ends the program as Ctrl-C does; returns its status and what it said until then.
    fn interrupt(mut self) -> (Option<i32>, String) {
        let kill = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().expect("kill starts");
        assert!(kill.success());
        let status = self.child.wait().expect("the program ends");
        (status.code(), self.said.iter().collect())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listen(stream: impl Read + Send + 'static, sender: Sender<String>) {
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if sender.send(line + "\n").is_err() {
                break;
            }
        }
    });
}

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("the topology is there")
}

#[test]
fn each_save_is_told_with_its_verdict_and_what_changed() {
    let (proved, violated) = (text(PROVED), text(VIOLATED));
    let mut session = Session::start("saves", &proved, &["--lang", "en"]);
    let first = session.hears(&["verdict: holds with exceptions", "watching city.yaml; Ctrl-C ends"]);
    assert!(first.contains("Separation of the three tiers"), "the first state is reported in full: {first}");

    session.write(&violated);
    let heard = session.hears(&["difference: widened, for 2 reasons"]);
    assert!(heard.contains("== city.yaml, saved (2)\nverdict: violated; 2 of 8"), "{heard}");
    assert!(heard.contains("mfp declares no `relays`"), "{heard}");
    assert!(heard.contains("city.yaml:26:11"), "{heard}");
    assert!(!heard.contains("MN-TERMINAL"), "what did not change is not listed: {heard}");

    session.replace(&proved);
    let heard = session.hears(&["difference: narrowed"]);
    assert!(heard.contains("saved (3)\nverdict: holds with exceptions"), "{heard}");

    // What means the same is told as such.
    session.replace(&format!("{proved}\n# a comment\n"));
    let heard = session.hears(&["difference: nothing changed"]);
    assert!(heard.contains("saved (4)\nverdict: holds with exceptions"), "{heard}");
    let (status, rest) = session.interrupt();
    assert_eq!((status, rest.as_str()), (Some(0), ""));
}

#[test]
fn broken_states_are_told_with_their_place_and_are_not_compared_with() {
    let (proved, violated) = (text(PROVED), text(VIOLATED));
    let mut session = Session::start("broken", &proved, &["--lang", "en"]);
    session.hears(&["watching"]);
    session.write(&proved.replace("kind: switch", "kind: swich"));
    let heard = session.hears(&["the last state that could be verified stays"]);
    assert!(heard.contains("city.yaml:16:26") && heard.contains("swich"), "{heard}");
    session.write("nodes: [");
    session.hears(&["saved (3)", "stays what is compared with"]);
    session.write(&violated);
    // As against the state before the broken ones.
    session.hears(&["saved (4)", "difference: widened, for 2 reasons"]);
    let (status, _) = session.interrupt();
    assert_eq!(status, Some(1));
}

#[test]
fn file_that_goes_is_waited_for() {
    let proved = text(PROVED);
    let mut session = Session::start("goes", &proved, &["--lang", "en"]);
    session.hears(&["watching"]);
    fs::remove_file(&session.file).expect("the file can be removed");
    session.hears(&["cannot read city.yaml", "waiting until it is back"]);
    session.write(&proved);
    session.hears(&["verdict: holds with exceptions", "difference: nothing changed"]);
    fs::remove_file(&session.file).expect("the file can be removed");
    session.hears(&["waiting until it is back"]);
    let (status, _) = session.interrupt();
    assert_eq!(status, Some(2), "a file that is not there is not proved");
}

#[test]
fn first_state_may_be_broken() {
    let mut session = Session::start("first", "nodes: [", &["--lang", "ja"]);
    let heard = session.hears(&["city.yaml を監視しています"]);
    assert!(heard.contains("エラー"), "{heard}");
    assert!(!heard.contains("比較の基準"), "there is none yet: {heard}");
    session.write(&text(PROVED));
    // The first that can be verified is reported in full.
    let heard = session.hears(&["総合判定: 適合"]);
    assert!(heard.contains("三層分離の検証結果"), "{heard}");
    session.write(&text(VIOLATED));
    session.hears(&["city.yaml の保存（3 回目）", "総合判定: 不適合", "差分: "]);
    assert_eq!(session.interrupt().0, Some(1));
}

const ROUTER: &str = "hostname r
interface Ethernet1
 ip address 10.10.0.1 255.255.255.0
 ip access-group CLOSED in
interface Ethernet2
 ip address 10.30.0.1 255.255.255.0
 ip access-group CLOSED in
ip access-list extended CLOSED
 deny ip any any
";

#[test]
fn every_file_that_a_site_file_names_is_watched() {
    let site = "sanso-import: 1\ndevices: [{config: r.cfg}]\nhosts: listed\n\
        zones: {my-number: {networks: [10.10.0.0/24]}, internet: {networks: [10.30.0.0/24]}}\n\
        nodes:\n  - {id: juki, kind: terminal, addresses: [10.10.0.5], zone: my-number, controls: [mfa, no-export]}\n  \
        - {id: web, kind: terminal, addresses: [10.30.0.5], zone: internet}\n";
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("watch-site");
    fs::create_dir_all(&folder).expect("the temporary directory can be written");
    let config = folder.join("r.cfg");
    let _ = fs::remove_file(folder.join("seen.txt")); // of a run before
    fs::write(&config, ROUTER).expect("the file can be written");
    let mut session = Session::start("site", site, &["--lang", "en"]);
    let first = session.hears(&["MN-ISOLATION", "verdict: ", "watching city.yaml"]);
    assert!(first.contains("MN-ISOLATION       proved"), "{first}");

    fs::write(&config, ROUTER.replace("deny", "permit")).expect("the file can be written");
    let heard = session.hears(&["saved (2)", "difference: widened"]);
    assert!(heard.contains("r.cfg:9"), "the vendor's line is told: {heard}");

    // One that goes away is waited for, as is what it is mended to.
    fs::remove_file(&config).expect("the file can be removed");
    let heard = session.hears(&["cannot read r.cfg", "stays what is compared with"]);
    assert!(heard.contains("city.yaml:2: error"), "{heard}");
    fs::write(&config, ROUTER).expect("the file can be written");
    session.hears(&["difference: narrowed"]);

    // So is one that is named only now.
    session.write(&format!("{site}routes: [seen.txt]\n"));
    session.hears(&["cannot read seen.txt"]);
    let seen = "r#show ip route\nC  10.10.0.0/24 is directly connected, Ethernet1\nC  10.30.0.0/24 is directly connected, Ethernet2\nr#\n";
    fs::write(folder.join("seen.txt"), seen).expect("the file can be written");
    session.hears(&["saved (6)", "verdict: "]);
    session.write(site);
    session.hears(&["saved (7)", "difference: "]);
    fs::remove_file(folder.join("seen.txt")).expect("the file can be removed");
    assert!(session.interrupt().0.is_some());
}

#[test]
fn what_comes_into_a_folder_that_a_site_file_names_is_seen() {
    let site = "sanso-import: 1\ndevices: [{config: configs}]\n\
        zones: {my-number: {networks: [10.10.0.0/24]}, internet: {networks: [10.30.0.0/24]}}\n\
        nodes:\n  - {id: juki, kind: terminal, addresses: [10.10.0.5], zone: my-number, controls: [mfa, no-export]}\n";
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("watch-folder/configs");
    let _ = fs::remove_dir_all(&folder); // of a run before
    fs::create_dir_all(&folder).expect("the temporary directory can be written");
    fs::write(folder.join("r.cfg"), ROUTER).expect("the file can be written");
    let mut session = Session::start("folder", site, &["--lang", "en"]);
    let first = session.hears(&["MN-ISOLATION", "verdict: ", "watching city.yaml"]);
    assert!(first.contains("MN-ISOLATION       proved"), "{first}");

    // a second router beside the first, which stops nothing
    let other = "hostname other\ninterface Ethernet1\n ip address 10.10.0.2 255.255.255.0\ninterface Ethernet2\n ip address 10.30.0.2 255.255.255.0\n";
    fs::write(folder.join("other.cfg"), other).expect("the file can be written");
    session.hears(&["saved (2)", "difference: widened"]);
    fs::remove_file(folder.join("other.cfg")).expect("the file can be removed");
    session.hears(&["saved (3)", "difference: narrowed"]);
    // what editors put beside a file is none
    fs::write(folder.join(".r.cfg.swp"), "x").expect("the file can be written");
    fs::write(folder.join("r.cfg"), ROUTER.replace("deny", "permit")).expect("the file can be written");
    let heard = session.hears(&["difference: widened"]);
    assert!(heard.contains("saved (4)") && !heard.contains("saved (5)"), "{heard}");
    assert!(session.interrupt().0.is_some());
}

#[test]
fn limit_on_memory_ends_the_watcher_undecided() {
    let mut roomy = Session::start("roomy", &text(PROVED), &["--limit-memory", "1T"]);
    roomy.hears(&["verdict: holds with exceptions", "watching"]);
    assert_eq!(roomy.interrupt().0, Some(0));
    // Less than any process holds.
    let mut session = Session::start("full", &text(PROVED), &["--limit-memory", "64K"]);
    let status = session.child.wait().expect("the program ends");
    let heard: String = session.said.iter().collect();
    assert_eq!(status.code(), Some(3), "{heard}");
    // How far it comes before it ends is a matter of time; it never says more than that it does not know.
    let verdicts = heard.lines().filter(|line| line.starts_with("verdict: "));
    let decided = verdicts.filter(|line| !line.starts_with("verdict: undecided")).count();
    assert!(heard.contains("--limit-memory") && decided == 0, "{heard}");
}

#[test]
fn json_is_an_object_a_line() {
    let mut session = Session::start("json", &text(PROVED), &["--format", "json"]);
    session.hears(&["watching"]);
    session.write(&text(VIOLATED));
    session.hears(&["\"difference\""]);
    session.write("nodes: [");
    session.hears(&["\"broken\""]);
    fs::remove_file(&session.file).expect("the file can be removed");
    session.hears(&["\"lost\""]);
    let events = session.transcript.lines().filter(|line| line.starts_with('{'));
    let events: Vec<serde_json::Value> =
        events.map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    let short = |event: &serde_json::Value| {
        format!("{} {} {}", event["event"].as_str().unwrap_or("?"), event["number"], event["status"])
    };
    assert_eq!(
        events.iter().map(short).collect::<Vec<_>>(),
        ["verdict 1 0", "verdict 2 1", "difference 2 null", "broken 3 2", "lost 4 2"]
    );
    assert!(events.iter().all(|event| event["file"] == "city.yaml"));
    assert_eq!(events[1]["report"]["verdict"], "violated");
    assert_eq!(events[2]["difference"]["change"], "widened");
    assert_eq!(events[3]["diagnostics"][0]["line"], 1);
    assert_eq!(events[4]["diagnostics"][0]["code"], "lost");
}

#[test]
fn calls_that_cannot_be_watched_are_refused() {
    for (file, reason) in [
        ("-", "standard input cannot be watched"),
        ("no-such-file.yaml", "cannot read no-such-file.yaml"),
        // A directory is watched where it holds topology files.
        ("src", "the directory src holds no topology file"),
    ] {
        let output =
            Command::new(env!("CARGO_BIN_EXE_sanso")).args(["watch", file, "--lang", "en"]).output().expect("starts");
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{told}");
        assert!(told.contains(reason), "{told}");
    }
}
