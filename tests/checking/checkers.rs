//! The checkers, as functions. A further one is a line in [`checkers`], or a program that speaks the protocol of
//! `driver.py`, named in `SANSO_CHECKER` (program and arguments, parted by spaces).

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// What a checker says of a document and a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opinion {
    Accepted,
    /// Exit status 1, and why.
    Rejected(String),
    /// Exit status 2, and why.
    Unusable(String),
}

/// A document, a certificate, and a policy that does not come with the checkers.
type Judge = Box<dyn FnMut(&[u8], &[u8], Option<&[u8]>) -> Opinion + Send>;

/// A checker.
pub struct Checker {
    pub name: String,
    judge: Judge,
}

impl Checker {
    pub fn judge(&mut self, document: &str, certificate: &str) -> Opinion {
        (self.judge)(document.as_bytes(), certificate.as_bytes(), None)
    }

    /// For a policy, as its canonical JSON.
    pub fn judge_for(&mut self, document: &str, certificate: &str, policy: &str) -> Opinion {
        (self.judge)(document.as_bytes(), certificate.as_bytes(), Some(policy.as_bytes()))
    }
}

/// Every checker that there is; each call starts its own.
pub fn checkers() -> Vec<Checker> {
    let driver = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/checking/driver.py");
    let mut found = vec![rust(), process("sanso_check.py", &["python3", driver])];
    if let Ok(command) = std::env::var("SANSO_CHECKER") {
        found.push(process(&command, &command.split_whitespace().collect::<Vec<_>>()));
    }
    found
}

fn rust() -> Checker {
    let judge = |document: &[u8], certificate: &[u8], policy: Option<&[u8]>| match sanso_check::check_for(
        document,
        certificate,
        policy,
    ) {
        sanso_check::Verdict::Accepted { .. } | sanso_check::Verdict::Least { .. } => Opinion::Accepted,
        sanso_check::Verdict::Rejected { requirement, step, en, .. } => {
            Opinion::Rejected(format!("{}: {step}: {en}", requirement.as_deref().unwrap_or("certificate")))
        }
        sanso_check::Verdict::Unusable { en, .. } => Opinion::Unusable(en),
    };
    Checker { name: "sanso-check".to_owned(), judge: Box::new(judge) }
}

/// A program that stays for many pairs.
struct Process {
    child: Child,
    inward: Option<ChildStdin>,
    outward: BufReader<ChildStdout>,
}

impl Drop for Process {
    fn drop(&mut self) {
        // Its input ends, so it does.
        drop(self.inward.take());
        let _ = self.child.wait();
    }
}

fn process(name: &str, command: &[&str]) -> Checker {
    let mut child = Command::new(command[0])
        .args(&command[1..])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    let inward = child.stdin.take();
    let outward = BufReader::new(child.stdout.take().expect("piped"));
    let mut process = Process { child, inward, outward };
    let judge = move |document: &[u8], certificate: &[u8], policy: Option<&[u8]>| {
        let to = process.inward.as_mut().expect("open until dropped");
        let third = policy.map_or(String::new(), |policy| format!(" {}", policy.len()));
        writeln!(to, "{} {}{third}", document.len(), certificate.len()).expect("the checker reads");
        for bytes in [document, certificate, policy.unwrap_or_default()] {
            to.write_all(bytes).expect("the checker reads");
        }
        to.flush().expect("the checker reads");
        let mut line = String::new();
        process.outward.read_line(&mut line).expect("the checker answers");
        let (status, why) = line.trim_end().split_once(' ').unwrap_or((line.trim_end(), ""));
        match status {
            "0" => Opinion::Accepted,
            "1" => Opinion::Rejected(why.to_owned()),
            "2" => Opinion::Unusable(why.to_owned()),
            _ => panic!("no answer: {line:?}"),
        }
    };
    Checker { name: name.to_owned(), judge: Box::new(judge) }
}
