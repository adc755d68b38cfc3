//! The report as JSON, with the fields and order that the command line promises. Extra facts come after the promised
//! fields of their object; what is absent is left out.

pub(super) mod session;

use std::borrow::Cow;
use std::io;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::ser::{Formatter, PrettyFormatter};

use self::session::SessionJson;
pub(super) use self::session::session_json;
use super::catalogue::{Sentence, help};
use crate::code::Code;
use crate::document::Severity;
use crate::language::{Lang, Phrase};
use crate::report::cause::What;
use crate::report::fault::Fault;
use crate::report::{
    Cause, Element, Finding, Loosening, Note, Overall, Report, RequirementReport, Shown, Verdict, Warning,
};
use crate::screen::is_unsafe;

/// The reports as JSON: one document for one report, an array for several; indented by two spaces, ends in a newline.
/// Sentences are in `lang`; control and bidirectional characters inside strings are written as `\u…`.
///
/// # Errors
/// When serialisation fails; writing to memory does not.
pub fn render(reports: &[Report], lang: Lang) -> io::Result<String> {
    match reports {
        [report] => pretty(&document(report, lang)),
        reports => render_list(reports, lang),
    }
}

/// [`render`], but always an array.
///
/// # Errors
/// When serialisation fails.
pub fn render_list(reports: &[Report], lang: Lang) -> io::Result<String> {
    pretty(&reports.iter().map(|report| document(report, lang)).collect::<Vec<_>>())
}

/// A finding as it stands in a report.
///
/// # Errors
/// When serialisation fails.
pub(super) fn finding_value(finding: &Finding, lang: Lang) -> io::Result<serde_json::Value> {
    Ok(serde_json::to_value(finding_json(finding, lang))?)
}

/// Indented JSON that ends in a newline.
///
/// # Errors
/// When serialisation fails; writing to memory does not.
pub(super) fn pretty(value: &impl Serialize) -> io::Result<String> {
    let mut out = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, Escaping(PrettyFormatter::new()));
    value.serialize(&mut serializer)?;
    out.push(b'\n');
    String::from_utf8(out).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// JSON in one line that ends in a newline, for streams of it.
///
/// # Errors
/// When serialisation fails.
pub fn line(value: &impl Serialize) -> io::Result<String> {
    // Within a string every line break is escaped, so what begins a line is indentation.
    Ok(pretty(value)?.lines().map(str::trim_start).chain(["\n"]).collect())
}

#[derive(serde::Serialize)]
struct DocumentJson<'r> {
    sanso: &'static str,
    topology: TopologyJson<'r>,
    policy: PolicyJson<'r>,
    verdict: &'static str,
    requirements: Vec<RequirementJson<'r>>,
    assumptions: Vec<AssumptionJson<'r>>,
    warnings: Vec<WarningJson>,
    date: &'r str,
    standing: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    loosenings: Vec<LooseningJson>,
}

#[derive(serde::Serialize)]
struct TopologyJson<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'r str>,
    file: &'r str,
    sha256: &'r str,
    nodes: u64,
    links: u64,
    zones: ZonesJson<'r>,
}

struct ZonesJson<'r>(&'r [(String, u64)]);

impl Serialize for ZonesJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (zone, endpoints) in self.0 {
            map.serialize_entry(zone, endpoints)?;
        }
        map.end()
    }
}

#[derive(serde::Serialize)]
struct PolicyJson<'r> {
    id: &'r str,
    sha256: &'r str,
}

#[derive(serde::Serialize)]
struct TitleJson<'r> {
    en: &'r str,
    ja: &'r str,
}

#[derive(serde::Serialize)]
struct RequirementJson<'r> {
    id: &'r str,
    verdict: &'static str,
    clause: &'r str,
    title: TitleJson<'r>,
    tuples: u64,
    violating: &'r [Vec<String>],
    findings: Vec<FindingJson<'r>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    separated_by: Vec<AssumptionJson<'r>>,
    standing: &'static str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    exceptions: &'r [String],
    /// Only where it is `warning`.
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<&'static str>,
}

/// A loosening, for programs.
#[derive(serde::Serialize)]
pub(super) struct LooseningJson {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    off: bool,
    reason: String,
    approved_by: String,
    until: String,
}

impl LooseningJson {
    pub(super) fn of(one: &Loosening) -> Self {
        let Loosening { id, severity, reason, approved_by, until } = one.clone();
        Self { id, severity: severity.map(severity_word), off: severity.is_none(), reason, approved_by, until }
    }
}

/// `error` or `warning`.
pub(super) const fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

#[derive(serde::Serialize)]
struct FindingJson<'r> {
    message: String,
    tuples: u64,
    path: &'r [String],
    sessions: Vec<SessionJson<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<PlaceJson>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    guesses: Vec<AssumptionJson<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<CauseJson<'r>>,
    /// What stops what is expected.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    obstacles: Vec<serde_json::Value>,
}

#[derive(serde::Serialize)]
struct CauseJson<'r> {
    elements: Vec<ElementJson<'r>>,
    /// `decided`, `untried` or `unexplained`.
    shown: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    gone: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<u64>,
}

#[derive(Default, serde::Serialize)]
struct ElementJson<'r> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<&'r String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<Cow<'r, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'r String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'r String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vlan: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<&'r String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exception: Option<&'r String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transfer: Option<&'r String>,
    line: u32,
    column: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'static str>,
}

#[derive(serde::Serialize)]
struct PlaceJson {
    line: u32,
    column: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'static str>,
}

#[derive(serde::Serialize)]
struct AssumptionJson<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'static str>,
}

#[derive(serde::Serialize)]
struct WarningJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'static str>,
    message: String,
    code: Code,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
}

impl Verdict {
    /// The word in JSON and in English.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Violated => "violated",
            Self::Vacuous => "vacuous",
            Self::Undecided => "undecided",
        }
    }
}

impl Overall {
    /// The word in JSON and in English.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Violated => "violated",
            Self::Undecided => "undecided",
        }
    }
}

fn document(report: &Report, lang: Lang) -> DocumentJson<'_> {
    DocumentJson {
        sanso: env!("CARGO_PKG_VERSION"),
        topology: TopologyJson {
            name: report.name.as_deref(),
            file: &report.file,
            sha256: &report.sha256,
            nodes: report.nodes,
            links: report.links,
            zones: ZonesJson(&report.zones),
        },
        policy: PolicyJson { id: &report.policy_id, sha256: &report.policy_sha256 },
        verdict: report.verdict.word(),
        requirements: report.requirements.iter().map(|requirement| requirement_json(requirement, lang)).collect(),
        assumptions: notes(&report.assumptions, lang),
        warnings: report.warnings.iter().map(|warning| warning_json(warning, lang)).collect(),
        date: &report.date,
        standing: report.standing().word(),
        loosenings: report.loosenings.iter().map(LooseningJson::of).collect(),
    }
}

fn requirement_json(requirement: &RequirementReport, lang: Lang) -> RequirementJson<'_> {
    let Phrase { en, ja } = &requirement.title;
    RequirementJson {
        id: &requirement.id,
        verdict: requirement.verdict.word(),
        clause: &requirement.clause,
        title: TitleJson { en, ja },
        tuples: requirement.tuples,
        violating: &requirement.violating,
        findings: requirement.findings.iter().map(|finding| finding_json(finding, lang)).collect(),
        separated_by: notes(&requirement.separated_by, lang),
        standing: requirement.standing().word(),
        exceptions: &requirement.exceptions,
        severity: requirement.is_warning().then(|| severity_word(requirement.severity)),
    }
}

fn finding_json(finding: &Finding, lang: Lang) -> FindingJson<'_> {
    FindingJson {
        message: finding.fault.text(lang),
        tuples: finding.tuples,
        path: &finding.path,
        sessions: finding.sessions.iter().map(session_json).collect(),
        location: finding.location.map(|location| PlaceJson {
            line: location.line,
            column: location.column,
            origin: location.imported_from(),
        }),
        guesses: notes(&finding.guesses, lang),
        cause: finding.culprit().map(cause_json),
        obstacles: match &finding.fault {
            Fault::Impossible { stops, .. } => stops.iter().map(|one| super::why::obstacle(one, lang)).collect(),
            _ => Vec::new(),
        },
    }
}

fn element_json(Element { what, location }: &Element) -> ElementJson<'_> {
    let mut out = ElementJson {
        kind: what.word(),
        line: location.line,
        column: location.column,
        origin: location.imported_from(),
        ..ElementJson::default()
    };
    match what {
        What::Exception { id } => out.exception = Some(id),
        What::Transfer { id, .. } => out.transfer = Some(id),
        What::Rule { node, filter, rule } => {
            (out.node, out.filter, out.rule) = (Some(node), Some(filter.called()), Some(rule));
        }
        What::Default { node, filter } => (out.node, out.filter) = (Some(node), Some(filter.called())),
        What::Relay { node, entry, .. } | What::Route { node, entry } => {
            (out.node, out.entry) = (Some(node), Some(*entry));
        }
        What::RoutedVlan { node, vlan, .. } => (out.node, out.vlan) = (Some(node), Some(*vlan)),
        What::Vlan { link, vlan, .. } => (out.link, out.vlan) = (Some(link), Some(*vlan)),
        What::Relays { node } | What::Forwarder { node, .. } | What::Routing { node } => out.node = Some(node),
        What::Segment { node, vlan, zone } => (out.node, out.vlan, out.zone) = (Some(node), *vlan, Some(zone)),
        What::Link { link } => out.link = Some(link),
    }
    out
}

fn cause_json(cause: &Cause) -> CauseJson<'_> {
    let (shown, gone, left) = match cause.shown {
        Shown::Decided { gone, left } => ("decided", Some(gone), Some(left)),
        Shown::Untried => ("untried", None, None),
        Shown::Unexplained => ("unexplained", None, None),
    };
    CauseJson { elements: cause.elements.iter().map(element_json).collect(), shown, gone, left }
}

fn notes(notes: &[Note<impl Sentence>], lang: Lang) -> Vec<AssumptionJson<'_>> {
    notes
        .iter()
        .map(|note| AssumptionJson {
            node: note.node.as_deref(),
            line: note.location.map(|location| location.line),
            text: note.fact.text(lang),
            column: note.location.map(|location| location.column),
            origin: note.location.and_then(|location| location.imported_from()),
        })
        .collect()
}

fn warning_json(warning: &Warning, lang: Lang) -> WarningJson {
    WarningJson {
        line: warning.location.map(|location| location.line),
        column: warning.location.map(|location| location.column),
        origin: warning.location.and_then(|location| location.imported_from()),
        message: warning.text(lang),
        code: warning.code(),
        help: help(warning).map(|help| help.text(lang)),
    }
}

/// Pretty JSON whose strings hold no character that could steer a terminal: those are written as `\u…`.
struct Escaping(PrettyFormatter<'static>);

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|&(_, c)| is_unsafe(c)) {
            writer.write_all(&rest.as_bytes()[..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &rest[at + c.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }
    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }
    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }
    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }
    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }
    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }
    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }
    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }
    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}
