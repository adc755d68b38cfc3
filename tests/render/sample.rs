//! Reports made by hand, for the renderers.

use sanso::code::Code;
use sanso::document::Severity;
use sanso::language::Phrase;
use sanso::report::*;
use sanso::source::{Location, SourceText, Span};

/// The document that the sample reports are about.
pub const TEXT: &str = "\
sanso: 1
name: 本庁 αモデル
nodes:
  - { id: 住基サーバー, kind: server, addresses: [10.10.1.5] }
  - { id: lg-fs, kind: server, addresses: [10.20.1.9] }
  - id: fw-core
    kind: firewall
    filter:
      rules:
        - { id: 許可7, action: permit, from: any, to: 'zone:my-number', service: tcp/445 }
        - id: R8
          action: permit
          from: 10.20.0.0/16
  - { id: 無害化装置, kind: gateway, relays: [] }
";

/// The file name that the sample reports bear.
pub const FILE: &str = "topologies/本庁.yaml";

/// The place of a word in [`TEXT`], ending with the line or the word.
pub fn place(from: &str, to: &str) -> Location {
    let start = TEXT.find(from).expect("the sample has it");
    let end = start + TEXT[start..].find(to).expect("the sample has it") + to.len();
    SourceText::new(FILE, TEXT).locate(Span { start: start as u32, end: end as u32 })
}

fn hop(node: &str, r#in: Option<&str>, out: Option<&str>, vlan: Option<u16>, decided_by: Vec<DecidedBy>) -> Hop {
    Hop {
        node: node.into(),
        r#in: r#in.map(Into::into),
        out: out.map(Into::into),
        vlan,
        translated_by: vec![],
        decided_by,
    }
}

/// Data that leaks where every name is the same text.
pub fn leak(name: &str) -> Fault {
    let filter = cause::FilterName { name: Some(name.into()), number: 1 };
    let what = cause::What::Rule { node: name.into(), filter, rule: name.into() };
    let elements = vec![Element { what, location: place("{ id: 許可7", "445 }") }];
    let cause = Cause { elements, shown: Shown::Untried };
    Fault::Leak(Leak { cause, from: name.into(), to: name.into(), service: Some(name.into()) })
}

fn note<F>(node: Option<&str>, location: Option<Location>, fact: F) -> Note<F> {
    Note { node: node.map(Into::into), location, fact }
}

fn requirement(id: &str, verdict: Verdict, en: &str, ja: &str) -> RequirementReport {
    RequirementReport {
        id: id.into(),
        verdict,
        severity: Severity::Error,
        of_ways: true,
        clause: "6(3)①".into(),
        title: Phrase::new(en, ja),
        help: Help {
            meaning: Phrase::new("what it means", "要件の意味"),
            why: Phrase::new("why it matters", "要件の理由"),
            mend: Phrase::new("how to mend it: `controls: [mfa]`", "直し方: `controls: [mfa]`"),
        },
        tuples: 0,
        violating: vec![],
        findings: vec![],
        separated_by: vec![],
        exceptions: vec![],
        accepted: vec![],
    }
}

/// The session of the sample's finding: pulled, through a firewall with two filters.
pub fn session() -> Session {
    let rule = DecidedBy { rule: Some("許可7".into()), location: place("{ id: 許可7", "445 }") };
    let default = DecidedBy { rule: None, location: place("rules:", "rules:") };
    Session {
        from: "lg-fs".into(),
        to: "住基サーバー".into(),
        means: Means::Packet(Packet {
            source: "10.20.1.9".into(),
            destination: "10.10.1.5".into(),
            protocol: "tcp".into(),
            source_port: Some(1024),
            destination_port: Some(445),
        }),
        hops: vec![
            hop("lg-fs", None, Some("lg-sw"), None, vec![]),
            hop("lg-sw", Some("lg-fs"), Some("fw-core"), Some(20), vec![]),
            hop("fw-core", Some("lan"), Some("基幹"), None, vec![default, rule]),
            hop("住基サーバー", Some("fw-core"), None, None, vec![]),
        ],
        covered_by: vec![],
    }
}

/// A report with every part: violated, proved and vacuous requirements, guesses, assumptions, warnings.
pub fn violated() -> Report {
    let mut isolation = requirement(
        "MN-ISOLATION",
        Verdict::Violated,
        "the My Number tier does not communicate with other zones",
        "マイナンバー利用事務系は他の領域と通信できない",
    );
    isolation.tuples = 1340;
    isolation.violating = (1..=8).map(|n| vec!["住基サーバー".into(), format!("lg-pc-{n}")]).collect();
    isolation.findings = vec![Finding {
        fault: Fault::Leak(Leak {
            cause: Cause {
                elements: vec![Element {
                    what: cause::What::Rule {
                        node: "fw-core".into(),
                        filter: cause::FilterName { name: None, number: 1 },
                        rule: "許可7".into(),
                    },
                    location: place("{ id: 許可7", "445 }"),
                }],
                shown: Shown::Decided { gone: 1340, left: 0 },
            },
            from: "lg-fs".into(),
            to: "住基サーバー".into(),
            service: Some("tcp/445".into()),
        }),
        tuples: 1340,
        path: vec!["住基サーバー".into(), "lg-fs".into()],
        sessions: vec![session()],
        location: Some(place("{ id: 許可7", "445 }")),
        guesses: vec![note(
            Some("fw-core"),
            Some(place("- id: fw-core", "fw-core")),
            Guess::NoRoutes { out: "基幹".into(), rule: None },
        )],
        cause: vec!["rule".into(), "fw-core".into(), String::new(), "許可7".into()],
    }];
    let mut terminal = requirement(
        "MN-TERMINAL",
        Verdict::Violated,
        "My Number terminals declare mfa and export-disabled",
        "マイナンバー利用事務系の端末は多要素認証・持ち出し不可設定を備える",
    );
    terminal.tuples = 1;
    terminal.violating = vec![vec!["mn-pc-1".into()]];
    terminal.findings = vec![Finding {
        fault: Fault::Controls {
            nodes: fault::Several { first: "mn-pc-1".into(), others: 0 },
            lacking: vec!["mfa".into()],
        },
        tuples: 1,
        path: vec!["mn-pc-1".into()],
        sessions: vec![],
        location: Some(place("- id: R8", "/16")),
        guesses: vec![],
        cause: vec!["controls".into(), "mfa".into()],
    }];
    let mut split = requirement(
        "LGWAN-INTERNET",
        Verdict::Proved,
        "no raw data path between LGWAN and the Internet tier",
        "LGWAN接続系とインターネット接続系の通信経路は分割され、無害化通信に限られる",
    );
    split.separated_by = vec![
        note(Some("fw-core"), Some(place("rules:", "rules:")), Separation::Routes { node: "fw-core".into() }),
        note(None, None, Separation::Unconnected),
    ];
    let cloud = requirement(
        "INTERNET-CLOUD",
        Verdict::Vacuous,
        "the Internet is reached through the security cloud only",
        "インターネットとの通信は自治体情報セキュリティクラウドを経由する",
    );
    Report {
        name: Some("本庁 αモデル".into()),
        file: FILE.into(),
        sha256: "3f2a9c1b0d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8".into(),
        nodes: 18_041,
        links: 1,
        zones: vec![("my-number".into(), 12), ("lgwan".into(), 14), ("internet".into(), 9), ("school".into(), 0)],
        policy_id: "three-tier/alpha".into(),
        policy_sha256: "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff".into(),
        date: "2026-11-22".into(),
        verdict: Overall::Violated,
        requirements: vec![isolation, terminal, split, cloud],
        loosenings: vec![],
        assumptions: vec![note(
            Some("無害化装置"),
            Some(place("{ id: 無害化装置", "[] }")),
            Assumption::Relays { entries: 0, sanitising: 0 },
        )],
        warnings: vec![Warning {
            location: Some(place("10.20.0.0/16", "/16")),
            slip: Slip::Told {
                code: Code::UndeclaredAddress,
                message: Phrase::new(
                    "the rule names an address nobody declares",
                    "宣言されていないアドレスを許可している",
                ),
                help: Some(Phrase::new("declare the node that has it", "そのアドレスを持つノードを宣言してください")),
            },
        }],
        beside: None,
        certificate: None,
        audit: None,
    }
}

/// A report in which all holds.
pub fn proved() -> Report {
    let mut report = violated();
    report.requirements.drain(..2);
    report.verdict = Overall::Proved;
    report.warnings.clear();
    report
}

/// A report that ran into a limit.
pub fn undecided() -> Report {
    let mut report = proved();
    report.requirements[1].verdict = Verdict::Undecided;
    report.verdict = Overall::Undecided;
    report
}
