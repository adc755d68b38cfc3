//! The work that is counted. Each does its preparations first and calls [`guarded_region`] once; what happens in there
//! is what the baseline holds.

use std::hint::black_box;

use sanso::certify::{Extent, run_prove};
use sanso::city::{City, Fault};
use sanso::diagnostic::Diagnostics;
use sanso::document::{self, Date, Document};
use sanso::engine::{Limits, RequirementDecider};
use sanso::language::Lang;
use sanso::model::{Model, names::Names};
use sanso::network::Network;
use sanso::policy::{DEFAULT, Policy};
use sanso::progress::Silent;
use sanso::render::{html, text};
use sanso::session::{Change, Session, Texts, Verifier};
use sanso::source::Source;
use sanso::source::SourceText;
use sanso::verify::{Options, run_verify};

use crate::{graph, lists};

const DATE: Date = Date { year: 2026, month: 11, day: 22 };

/// All work by name. The start of the program is counted by `main.rs`, since it is a process of its own.
pub const ALL: &[(&str, fn())] = &[
    ("read", read),
    ("read-yaml", read_yaml),
    ("names-and-model", names_and_model),
    ("network", network),
    ("decide", decide),
    ("hard-no", hard_no),
    ("plain-graph", plain_graph),
    ("verify-violated", verify_violated),
    ("report-text", report_text),
    ("report-html", report_html),
    ("prove", prove),
    ("edit-rule", edit_rule),
    ("edit-node", edit_node),
];

/// The region that is counted: callgrind starts and stops at its name, so it is a function of its own, and there is one
/// of it, whatever the work is.
#[inline(never)]
fn guarded_region(work: &mut dyn FnMut()) {
    work();
    black_box(());
}

/// Counts a job. What it makes is freed outside.
fn count<T>(job: impl FnOnce() -> T) -> T {
    let (mut job, mut made) = (Some(job), None);
    guarded_region(&mut || made = job.take().map(|job| black_box(job())));
    made.expect("the region runs once")
}

/// A ward: 3,000 terminals at five sites with a filtering router each, 400 rules in the centre.
fn ward(faults: &[Fault]) -> Source {
    let city =
        City { sites: 5, terminals: 200, rules: 400, site_firewalls: true, faults: faults.to_vec(), ..City::default() };
    let mut json = Vec::new();
    city.write(&mut json).expect("a city of this size can be");
    Source::new("ward.json", json).expect("the ward is UTF-8")
}

fn options(audit: bool) -> Options<'static> {
    let policy = Policy::built_in(DEFAULT).expect("the default policy reads");
    Options {
        policy,
        date: DATE,
        max_tuples: 1_000,
        limit: None,
        memory: None,
        audit,
        rationale: false,
        progress: &Silent,
    }
}

fn document(source: &Source) -> Document<'_> {
    document::read(source, &mut Diagnostics::default()).expect("the document is sound")
}

fn names<'d>(document: &'d Document<'d>) -> Names<'d> {
    Names::resolve(document, &mut Diagnostics::default()).expect("the names are sound")
}

fn read() {
    let source = ward(&[]);
    drop(count(|| document(&source)));
}

/// A document of the size that people write by hand, over and over: YAML is not what large documents are in.
fn read_yaml() {
    let text = include_bytes!("../../../topologies/small/minimal-alpha.yaml");
    let source = Source::new("minimal-alpha.yaml", text.to_vec()).expect("the document is UTF-8");
    drop(count(|| document(&source)));
}

fn names_and_model() {
    let source = ward(&[]);
    let document = document(&source);
    count(|| {
        let names = names(&document);
        black_box(Model::new(&document, &names));
    });
}

fn network() {
    let source = ward(&[]);
    let document = document(&source);
    let names = names(&document);
    let model = Model::new(&document, &names);
    drop(count(|| Network::new(&model, &|_| false)));
}

/// All requirements of a city, networks apart.
fn decide() {
    let source = ward(&[]);
    let document = document(&source);
    let names = names(&document);
    let model = Model::new(&document, &names);
    let mut decider = RequirementDecider::new(&model, DATE, Limits::default());
    let policy = options(false).policy;
    decider.prepare(&policy.requirements);
    count(|| {
        for requirement in &policy.requirements {
            black_box(decider.decide(requirement).expect("there is no limit"));
        }
    });
}

/// A pair of zones closed by a thousand disjoint denies before a permit: the whole run.
fn hard_no() {
    let list = lists::closed(1_000, false);
    let source = Source::new("list.json", lists::document(&list).into_bytes()).expect("the list is UTF-8");
    drop(count(|| run_verify(&source, &options(false)).expect("the list is sound")));
}

/// Two halves of 2,000 routers each, five links a router: the whole run.
fn plain_graph() {
    let json = graph::document(4_000, false);
    let source = Source::new("graph.json", json.into_bytes()).expect("the graph is UTF-8");
    drop(count(|| run_verify(&source, &options(false)).expect("the graph is sound")));
}

/// The whole run, with what makes witnesses, causes and the facts for auditors.
fn verify_violated() {
    let source = ward(&Fault::ALL);
    drop(count(|| run_verify(&source, &options(true)).expect("the ward is sound")));
}

fn report_text() {
    let source = ward(&Fault::ALL);
    let report = run_verify(&source, &options(false)).expect("the ward is sound");
    let excerpts = SourceText::new(source.name(), source.text());
    count(|| text::render(&report, Some(&excerpts), text::Options { lang: Lang::En, color: false }));
}

fn report_html() {
    let source = ward(&Fault::ALL);
    let report = run_verify(&source, &options(true)).expect("the ward is sound");
    count(|| html::render(&report, Lang::Ja).expect("the facts are there"));
}

fn prove() {
    let source = ward(&[]);
    drop(count(|| {
        run_prove(&source, &options(false), Extent { max_tuples: 1_000, complete: false }).expect("the ward is sound")
    }));
}

/// A rule of the centre is added: decided anew.
fn edit_rule() {
    let source = ward(&[]);
    let (texts, session) = (Texts::default(), Session::today(DATE.year, DATE.month, DATE.day));
    let mut verifier = Verifier::new(&source, &texts, &session).expect("the ward is sound");
    let rule = r#"{"action": "permit", "from": "10.1.2.3", "to": "10.2.3.4", "service": "tcp/443"}"#;
    count(|| verifier.apply(Change::AddRule { node: "境界FW", filter: 0, at: 0, rule }).expect("the rule is sound"));
}

/// An endpoint comes that nobody is like.
fn edit_node() {
    let source = ward(&[]);
    let (texts, session) = (Texts::default(), Session::today(DATE.year, DATE.month, DATE.day));
    let mut verifier = Verifier::new(&source, &texts, &session).expect("the ward is sound");
    let node = r#"{"id": "new", "kind": "printer", "zone": "lgwan"}"#;
    count(|| verifier.apply(Change::AddNode(node)).expect("the node is sound"));
}
