//! From policy files to a policy: what a file extends comes first, names of patterns become patterns, changes are held against
//! the requirements that they change.

use std::collections::HashMap;
use std::sync::Arc;

use super::catalogue::built_in_source;
use super::definition::{Asked, Definition, Loosening, RequirementDefinition};
use super::editions::{named, settle, share_an_edition};
use super::pattern::{Named, NodePattern};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::Edition;
use crate::document::policy::{Change, Check, NodeMatch, Pattern, PolicyFile, RequirementEntry};
use crate::document::read_policy;
use crate::language::Phrase;
use crate::nearest::nearest;
use crate::source::{Source, Span};

/// Policies extend each other at most so deep.
pub const DEEPEST: usize = 8;

/// What is wrong with a policy file, or is to be known of it.
#[derive(Debug)]
pub struct Told {
    /// The file.
    pub source: Arc<Source>,
    /// What is to be said, in the order of places.
    pub diagnostics: Vec<Diagnostic>,
}

impl Told {
    /// Whether anything of it is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|one| one.severity == crate::diagnostic::Severity::Error)
    }
}

/// Finds the file that a policy extends: given the name of the file that says so and the path that it writes.
pub type Fetch<'f> = &'f dyn Fn(&str, &str) -> Result<Source, Phrase>;

/// Reads a policy and all that it extends. `None` where there are errors among what is told.
pub fn read(source: Source, fetch: Fetch<'_>) -> (Option<Definition>, Vec<Told>) {
    read_in(source, fetch, None)
}

/// The same in an edition of the guideline; `None`: in its own.
pub(super) fn read_in(source: Source, fetch: Fetch<'_>, edition: Option<Edition>) -> (Option<Definition>, Vec<Told>) {
    let mut told = Vec::new();
    let source = Arc::new(source);
    let mut names = vec![source.name().to_owned()];
    let site = link(source, fetch, &mut names, &mut told);
    let site = if told.iter().any(Told::has_errors) { None } else { site };
    let site = site.map(|(definition, _)| {
        let edition = edition.unwrap_or(definition.edition);
        settle(Definition { edition, ..definition })
    });
    (site, told)
}

/// A policy, and the edition that a file (no built-in policy) of its chain names.
type Link = (Definition, Option<Edition>);

/// One link of the chain, and all behind it.
fn link(source: Arc<Source>, fetch: Fetch<'_>, names: &mut Vec<String>, told: &mut Vec<Told>) -> Option<Link> {
    let mut diagnostics = Diagnostics::default();
    let file = read_policy(&source, &mut diagnostics);
    let parent = file.as_ref().and_then(|file| file.extends.as_ref()).and_then(|extends| {
        match parent(&source, &extends.value, fetch, names) {
            Ok((parent, built_in)) => {
                let (definition, named) = link(Arc::new(parent), fetch, names, told)?;
                Some((definition, named.filter(|_| !built_in)))
            }
            Err((message, help)) => {
                diagnostics.error(Code::BadExtends, extends.span, message).help = Some(help);
                None
            }
        }
    });
    let site = file.and_then(|file| {
        // What names mean that the parent would have given cannot be known without it.
        let complete = file.extends.is_none() || parent.is_some();
        complete.then(|| {
            let (parent, settled) = parent.unzip();
            let named = named(&file, settled.flatten(), &mut diagnostics);
            (Linker { parent, diagnostics: &mut diagnostics }.join(file), named)
        })
    });
    let diagnostics = diagnostics.into_sorted();
    if !diagnostics.is_empty() {
        told.push(Told { source, diagnostics });
    }
    site
}

type Fault = (Phrase, Phrase);

/// The text of the policy that a file extends, and whether it comes with the program.
fn parent(source: &Source, extends: &str, fetch: Fetch<'_>, names: &mut Vec<String>) -> Result<(Source, bool), Fault> {
    if names.len() > DEEPEST {
        return Err((
            Phrase::new(
                format!("more than {DEEPEST} policies extend each other"),
                format!("ポリシーの継承が {DEEPEST} 段を超えています"),
            ),
            Phrase::new("put some of them into one file", "いくつかを一つのファイルにまとめてください"),
        ));
    }
    if let Some(built_in) = built_in_source(extends) {
        names.push(extends.to_owned());
        return Ok((built_in, true));
    }
    let known = super::built_in_ids();
    if let Some(close) = nearest(extends, known).filter(|_| !extends.contains('.')) {
        return Err((
            Phrase::new(format!("there is no policy `{extends}`"), format!("ポリシー「{extends}」はありません")),
            Phrase::new(format!("did you mean `{close}`?"), format!("「{close}」ではありませんか")),
        ));
    }
    let steps = || extends.split(['/', '\\']);
    if extends.is_empty()
        || extends.starts_with(['/', '\\'])
        || extends.contains(':')
        || steps().any(|step| step == "..")
    {
        return Err((
            Phrase::new(
                format!("`{extends}` leads out of the folder of this policy"),
                format!("「{extends}」はこのポリシーのフォルダーの外を指しています"),
            ),
            Phrase::new(
                "put the file beside this one or below, and write its relative path",
                "このファイルと同じフォルダーかその下に置き、相対パスで書いてください",
            ),
        ));
    }
    let parent = fetch(source.name(), extends).map_err(|why| {
        let known = super::built_in_ids().collect::<Vec<_>>();
        (
            Phrase::new(
                format!("the policy `{extends}` cannot be read: {}", why.en),
                format!("ポリシー「{extends}」を読み込めません: {}", why.ja),
            ),
            Phrase::new(
                format!("write a path from the folder of this file, or one of {}", known.join(", ")),
                format!("このファイルのフォルダーからの相対パスか、{} のいずれかを書いてください", known.join("、")),
            ),
        )
    })?;
    if names.iter().any(|name| name == parent.name()) {
        return Err((
            Phrase::new("the policy extends itself", "ポリシーの継承が循環しています"),
            Phrase::new("extend another", "別のポリシーを指定してください"),
        ));
    }
    names.push(parent.name().to_owned());
    Ok((parent, false))
}

/// Joins a file to what it extends.
struct Linker<'l> {
    parent: Option<Definition>,
    diagnostics: &'l mut Diagnostics,
}

impl Linker<'_> {
    fn join(mut self, file: PolicyFile) -> Definition {
        let parent = self.parent.take();
        let model = match &parent {
            Some(parent) => parent.model.clone(),
            None => file.id.value.strip_prefix("three-tier/").map(str::to_owned),
        };
        let (mut patterns, mut requirements, mut loosenings, mut changes, edition) = match parent {
            Some(parent) => (parent.patterns, parent.requirements, parent.loosenings, parent.changes, parent.edition),
            None => (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Edition::Of2025),
        };
        self.add_patterns(&file, &mut patterns);
        let known: HashMap<&str, &[NodePattern]> =
            patterns.iter().map(|(name, pattern)| (name.as_str(), pattern.as_slice())).collect();
        for entry in &file.requirements {
            let again = |one: &RequirementDefinition| {
                one.id == entry.id.value && share_an_edition(&one.editions, &entry.editions)
            };
            if requirements.iter().any(again) {
                self.diagnostics
                    .error(
                        Code::DuplicateId,
                        entry.id.span,
                        Phrase::new(
                            format!("the requirement `{}` is there twice", entry.id.value),
                            format!("要件「{}」が重複しています", entry.id.value),
                        ),
                    )
                    .help = Some(Phrase::new(
                    "give it another id; what is extended is changed under `change`",
                    "別の ID を付けてください（継承した要件は change で変更します）",
                ));
                continue;
            }
            requirements.push(self.requirement(entry, &known));
        }
        let all: Vec<String> = requirements.iter().map(|one| one.id.clone()).collect();
        for entry in &file.requirements {
            self.check_waived(&entry.check, &all);
        }
        for change in file.changes {
            self.change(change, &mut requirements, &mut loosenings, &mut changes);
        }
        Definition {
            model,
            id: file.id.value,
            title: file.title,
            edition: file.edition.map_or(edition, |own| own.value),
            patterns,
            requirements,
            loosenings,
            changes,
        }
    }

    /// The patterns of a file, each after those that it names.
    fn add_patterns(&mut self, file: &PolicyFile, patterns: &mut Vec<(String, Vec<NodePattern>)>) {
        let mut open: Vec<_> = file.patterns.iter().collect();
        for (name, _) in &file.patterns {
            if patterns.iter().any(|(known, _)| *known == name.value) {
                self.diagnostics
                    .error(
                        Code::DuplicateId,
                        name.span,
                        Phrase::new(
                            format!("the pattern `{}` is one of what this policy extends", name.value),
                            format!("条件「{}」は継承元のポリシーにあります", name.value),
                        ),
                    )
                    .help = Some(Phrase::new("give it another name", "別の名前を付けてください"));
                open.retain(|(other, _)| other.value != name.value);
            }
        }
        while !open.is_empty() {
            let before = open.len();
            let waits = |pattern: &Pattern| {
                let mut named = Vec::new();
                names_in(pattern, &mut named);
                named.into_iter().any(|wanted| open.iter().any(|(name, _)| name.value == wanted))
            };
            let (later, ready): (Vec<_>, Vec<_>) = open.iter().copied().partition(|(_, pattern)| waits(pattern));
            for (name, pattern) in ready {
                let known: HashMap<&str, &[NodePattern]> =
                    patterns.iter().map(|(name, pattern)| (name.as_str(), pattern.as_slice())).collect();
                let pattern = self.pattern(pattern, &known);
                patterns.push((name.value.clone(), pattern));
            }
            open = later;
            if open.len() == before {
                for (name, _) in &open {
                    self.diagnostics
                        .error(
                            Code::PatternCircle,
                            name.span,
                            Phrase::new(
                                format!("the pattern `{}` rests on itself", name.value),
                                format!("条件「{}」が循環しています", name.value),
                            ),
                        )
                        .help =
                        Some(Phrase::new("write one of them without the other", "循環しないように書き直してください"));
                }
                break;
            }
        }
    }

    fn pattern(&mut self, pattern: &Pattern, known: &HashMap<&str, &[NodePattern]>) -> Vec<NodePattern> {
        pattern.iter().map(|one| self.node_pattern(one, known)).collect()
    }

    fn node_pattern(&mut self, one: &NodeMatch, known: &HashMap<&str, &[NodePattern]>) -> NodePattern {
        let named = one.pattern.as_ref().and_then(|name| {
            let found = known
                .get(name.value.as_str())
                .map(|pattern| Named { name: name.value.clone(), pattern: pattern.to_vec() });
            if found.is_none() {
                let close = nearest(&name.value, known.keys().copied());
                self.diagnostics
                    .error(
                        Code::UnknownPattern,
                        name.span,
                        Phrase::new(
                            format!("there is no pattern `{}`", name.value),
                            format!("条件「{}」はありません", name.value),
                        ),
                    )
                    .help = Some(match close {
                    Some(close) => {
                        Phrase::new(format!("did you mean `{close}`?"), format!("「{close}」ではありませんか"))
                    }
                    None => Phrase::new("write it under `patterns`", "patterns に書いてください"),
                });
            }
            found
        });
        NodePattern {
            zone: one.zone.clone(),
            labelled: one.labelled,
            tier: one.tier.clone(),
            kind: one.kind.clone(),
            tag: one.tag.clone(),
            control: one.control.clone(),
            node: one.node.clone(),
            business: one.business.clone(),
            owner: one.owner.clone(),
            external: one.external,
            endpoint: one.endpoint,
            addresses: one.addresses.clone(),
            named,
            not: one.not.as_ref().map(|not| self.pattern(not, known)),
        }
    }

    fn requirement(
        &mut self,
        entry: &RequirementEntry,
        known: &HashMap<&str, &[NodePattern]>,
    ) -> RequirementDefinition {
        RequirementDefinition {
            id: entry.id.value.clone(),
            editions: entry.editions.clone(),
            written: entry.severity,
            severity: entry.severity,
            clause: entry.clause.clone(),
            basis: entry.basis.clone(),
            title: entry.title.clone(),
            help: entry.help.clone(),
            asked: self.asked(&entry.check, known),
        }
    }

    fn asked(&mut self, check: &Check, known: &HashMap<&str, &[NodePattern]>) -> Asked {
        check.map(&mut |pattern| self.pattern(pattern, known), |id| id.value.clone())
    }

    /// Whether the requirements that a check of exceptions names are there.
    fn check_waived(&mut self, check: &Check, all: &[String]) {
        let Check::Exceptions { of, .. } = check else { return };
        for id in of.iter().filter(|id| !all.contains(&id.value)) {
            self.unknown_requirement(&id.value, id.span, all);
        }
    }

    fn unknown_requirement(&mut self, id: &str, span: Span, all: &[String]) {
        let close = nearest(id, all.iter().map(String::as_str));
        self.diagnostics
            .error(
                Code::UnknownRequirement,
                span,
                Phrase::new(format!("there is no requirement `{id}`"), format!("要件「{id}」はありません")),
            )
            .help = Some(match close {
            Some(close) => Phrase::new(format!("did you mean `{close}`?"), format!("「{close}」ではありませんか")),
            None => Phrase::new(
                format!("the requirements are {}", all.join(", ")),
                format!("要件は {} です", all.join("、")),
            ),
        });
    }

    fn change(
        &mut self,
        change: Change,
        requirements: &mut [RequirementDefinition],
        loosenings: &mut Vec<Loosening>,
        changes: &mut Vec<Change>,
    ) {
        let changed = |one: &RequirementDefinition| one.id == change.id.value;
        // It may stand there once for each of several editions.
        let Some(before) = requirements.iter().filter(|one| changed(one)).map(|one| one.severity).max() else {
            let all: Vec<String> = requirements.iter().map(|one| one.id.clone()).collect();
            self.unknown_requirement(&change.id.value, change.span, &all);
            return;
        };
        let loosens = change.severity.is_none_or(|severity| severity < before);
        if !loosens {
            let severity = change.severity.unwrap_or(before);
            requirements.iter_mut().filter(|one| changed(one)).for_each(|one| one.severity = severity);
            // What was loosened before is asked for again.
            loosenings.retain(|one| one.id != change.id.value || one.severity >= Some(severity));
            changes.push(change);
            return;
        }
        let missing: Vec<&str> = [
            ("reason", change.reason.is_none()),
            ("approved_by", change.approved_by.is_none()),
            ("until", change.until.is_none()),
        ]
        .into_iter()
        .filter_map(|(key, missing)| missing.then_some(key))
        .collect();
        if let ([], Some(reason), Some(approved_by), Some(until)) =
            (&missing[..], &change.reason, &change.approved_by, change.until)
        {
            loosenings.push(Loosening {
                id: change.id.value.clone(),
                severity: change.severity,
                reason: reason.clone(),
                approved_by: approved_by.clone(),
                until,
            });
            changes.push(change);
            return;
        }
        self.diagnostics
            .error(
                Code::UnjustifiedLoosening,
                change.span,
                Phrase::new(
                    format!("`{}` is loosened without {}", change.id.value, missing.join(", ")),
                    format!("「{}」を緩めていますが、{} がありません", change.id.value, missing.join("、")),
                ),
            )
            .help = Some(Phrase::new(
            "whoever loosens a requirement says why, who approved it and until when",
            "要件を緩めるときは、理由（reason）、承認者（approved_by）、期限（until）を書いてください",
        ));
    }
}

/// The names of patterns in a pattern.
fn names_in<'p>(pattern: &'p Pattern, out: &mut Vec<&'p str>) {
    for one in pattern {
        out.extend(one.pattern.as_ref().map(|name| name.value.as_str()));
        if let Some(not) = &one.not {
            names_in(not, out);
        }
    }
}
