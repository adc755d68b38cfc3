//! The difference as JUnit XML: a case for each requirement, then one for each kind of widening. No times: the same facts
//! give the same bytes.

use std::io;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::codes::{CODES, about};
use super::lines::{INNER, at, of_requirement};
use super::phrases::phrases;
use crate::code::Code;
use crate::language::Lang;
use crate::render::catalogue::difference::widening;
use crate::render::junit::{name, shown};
use crate::render::phrases::policy;
use crate::render::phrases::standing_word;
use crate::report::Verdict;
use crate::report::diff::{Diff, Direction, RequirementChange};

/// Lines shown of a case.
const LINES: usize = 200;

/// The difference as XML that ends in a newline. What is wider is a failure, what was not compared an error, a
/// requirement that speaks of nobody in either document is skipped.
///
/// # Errors
/// When serialisation fails; writing to memory does not.
pub fn render(diff: &Diff, lang: Lang) -> io::Result<String> {
    let words = phrases(lang);
    let file = name(&diff.new.file, lang);
    let mut suite = TestSuite::new(format!("{}: {} -> {file}", words.heading(), name(&diff.old.file, lang)).as_str());
    for (name, value) in [
        ("sanso", env!("CARGO_PKG_VERSION")),
        ("old", &diff.old.file),
        ("old-sha256", &diff.old.sha256),
        ("old-date", &diff.old.date),
        ("old-verdict", Verdict::from(diff.old.verdict).word()),
        ("new", &diff.new.file),
        ("new-sha256", &diff.new.sha256),
        ("new-date", &diff.new.date),
        ("new-verdict", Verdict::from(diff.new.verdict).word()),
        ("policy", &diff.policy_id),
        ("policy-sha256", &diff.policy_sha256),
        ("change", diff.direction.word()),
    ] {
        suite.add_property((name, shown(value).as_str()));
    }
    for one in &diff.loosenings {
        suite.add_property((format!("loosened-{}", one.id).as_str(), shown(&policy::loosening(one, lang)).as_str()));
    }
    let mut add = |title: String, status: TestCaseStatus| {
        let mut case = TestCase::new(shown(&title).as_str(), status);
        case.set_classname(file.as_str());
        suite.add_test_case(case);
    };
    for requirement in &diff.requirements {
        add(format!("{}: {}", requirement.id, requirement.title.get(lang)), of(diff, requirement, lang));
    }
    for code in CODES {
        add(format!("{code}: {}", about(code, lang).title), of_kind(diff, code, lang));
    }
    suite.set_system_out(shown(&words.conclusion(diff.direction, diff.widenings.len(), diff.undecided)).as_str());
    let mut out = quick_junit::Report::new("sanso diff");
    out.add_test_suite(suite);
    out.to_string().map_err(io::Error::other)
}

fn described(mut status: TestCaseStatus, lines: &[String], lang: Lang) -> TestCaseStatus {
    let mut shown: Vec<String> = lines.iter().take(LINES).map(|line| shown(line)).collect();
    if lines.len() > LINES {
        shown.push(phrases(lang).more((lines.len() - LINES) as u64));
    }
    status.set_description(shown.join("\n"));
    status
}

fn of(diff: &Diff, requirement: &RequirementChange, lang: Lang) -> TestCaseStatus {
    let RequirementChange { old, new, standings, direction, .. } = requirement;
    let change = format!(
        "{}: {} -> {}",
        phrases(lang).direction(*direction),
        standing_word(standings[0], lang),
        standing_word(standings[1], lang)
    );
    let kind = match direction {
        _ if direction.widens() => NonSuccessKind::Failure,
        Direction::NotCompared => NonSuccessKind::Error,
        _ if *old == Verdict::Vacuous && *new == Verdict::Vacuous => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(standing_word(standings[1], lang));
            return status;
        }
        _ => return TestCaseStatus::success(),
    };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(change).set_type(direction.word());
    let lines = of_requirement(diff, requirement, lang);
    let plain = |line: &String| line.strip_prefix(INNER).map_or_else(|| line.clone(), |inner| format!("  {inner}"));
    described(status, &lines.iter().map(plain).collect::<Vec<_>>(), lang)
}

fn of_kind(diff: &Diff, code: Code, lang: Lang) -> TestCaseStatus {
    let found = diff.widenings.iter().filter(|one| one.code == code);
    let lines: Vec<String> =
        found.map(|one| format!("{}{}", widening(diff, one).get(lang), at(diff, one.location.as_ref()))).collect();
    if !lines.is_empty() {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(phrases(lang).wider_because(lines.len())).set_type(code.word());
        return described(status, &lines, lang);
    }
    let compared = match code {
        Code::TuplesGained | Code::ServicesGained | Code::ProvesLess => !diff.requirements.iter().any(|one| {
            let verdicts = [one.old, one.new];
            verdicts.contains(&Verdict::Undecided) || one.wider.is_none() || one.narrower.is_none()
        }),
        Code::ExceptionWidened => !diff.exceptions.iter().any(|one| one.direction == Direction::NotCompared),
        _ => true,
    };
    if compared {
        return TestCaseStatus::success();
    }
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(phrases(lang).direction(Direction::NotCompared)).set_type(Direction::NotCompared.word());
    status.set_description(crate::render::phrases::phrases(lang).undecided_note());
    status
}
