//! Exit statuses.

use std::process::ExitCode;

use sanso::report::{Overall, Report, Verdict};

/// How a call ended; later ones are graver when several files were verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// 0: every requirement is proved or vacuous; also the end of calls that verify nothing.
    Proved,
    /// 3: a limit that the user set was reached first.
    Undecided,
    /// 1: at least one requirement is violated.
    Violated,
    /// 2: the input or the call cannot be used.
    Unusable,
}

/// What makes a call of `verify` end in status 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum VerifyFailOn {
    /// A requirement that is violated.
    Violation,
    /// That, or a warning.
    Warning,
}

impl Status {
    /// The number that the process ends with.
    pub const fn code(self) -> u8 {
        match self {
            Self::Proved => 0,
            Self::Violated => 1,
            Self::Unusable => 2,
            Self::Undecided => 3,
        }
    }

    /// The status of a report: the gravest of its verdicts, whatever the overall one says.
    pub fn of(report: &Report) -> Self {
        Self::among(report, Self::Violated)
    }

    /// The status of a report whose every violation is accepted in a baseline.
    pub fn of_accepted(report: &Report) -> Self {
        Self::among(report, Self::Proved)
    }

    /// The gravest verdict of requirements that are warnings.
    pub fn of_warnings(report: &Report) -> Self {
        let warnings = report.requirements.iter().filter(|requirement| requirement.is_warning());
        let statuses = warnings.map(|requirement| match requirement.verdict {
            Verdict::Proved | Verdict::Vacuous => Self::Proved,
            Verdict::Violated if requirement.is_accepted() => Self::Proved,
            Verdict::Violated => Self::Violated,
            Verdict::Undecided => Self::Undecided,
        });
        statuses.max().unwrap_or(Self::Proved)
    }

    /// The gravest verdict, where a violation is as grave as `violated`.
    fn among(report: &Report, violated: Self) -> Self {
        let overall = match report.verdict {
            Overall::Proved => Self::Proved,
            Overall::Violated => violated,
            Overall::Undecided => Self::Undecided,
        };
        let errors = || report.requirements.iter().filter(|requirement| !requirement.is_warning());
        let requirements = errors().map(|requirement| match requirement.verdict {
            Verdict::Proved | Verdict::Vacuous => Self::Proved,
            Verdict::Violated => violated,
            Verdict::Undecided => Self::Undecided,
        });
        let decided = |verdict| verdict == Verdict::Proved || verdict == Verdict::Violated;
        let proved = errors().any(|requirement| requirement.of_ways && decided(requirement.verdict));
        // A report in which nothing was proved is no pass; a violation is graver anyway, or accepted.
        let least = if proved { Self::Proved } else { Self::Undecided };
        requirements.chain([overall]).max().unwrap_or(Self::Undecided).max(least)
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status.code())
    }
}

#[cfg(test)]
mod tests {
    use sanso::document::Severity;
    use sanso::language::Phrase;
    use sanso::report::{Help, Overall, Report, RequirementReport, Verdict};

    use super::Status;

    fn report(verdict: Overall, verdicts: &[Verdict]) -> Report {
        let blank = || Phrase::new("", "");
        let requirement = |verdict: &Verdict| RequirementReport {
            id: String::new(),
            verdict: *verdict,
            severity: Severity::Error,
            of_ways: true,
            clause: String::new(),
            title: blank(),
            help: Help { meaning: blank(), why: blank(), mend: blank() },
            tuples: 0,
            violating: vec![],
            findings: vec![],
            separated_by: vec![],
            exceptions: vec![],
            accepted: vec![],
        };
        Report {
            name: None,
            file: String::new(),
            sha256: String::new(),
            nodes: 0,
            links: 0,
            zones: vec![],
            policy_id: String::new(),
            policy_sha256: String::new(),
            date: String::new(),
            verdict,
            requirements: verdicts.iter().map(requirement).collect(),
            loosenings: vec![],
            assumptions: vec![],
            warnings: vec![],
            certificate: None,
            audit: None,
            beside: None,
        }
    }

    #[test]
    fn no_report_is_better_than_its_gravest_verdict() {
        use Verdict::{Proved, Undecided, Vacuous, Violated};
        for (overall, verdicts, status) in [
            (Overall::Proved, vec![Proved, Vacuous], Status::Proved),
            (Overall::Proved, vec![Proved, Violated], Status::Violated),
            (Overall::Proved, vec![Proved, Undecided], Status::Undecided),
            (Overall::Undecided, vec![Violated, Undecided], Status::Violated),
            (Overall::Violated, vec![Proved], Status::Violated),
            (Overall::Proved, vec![Vacuous], Status::Undecided),
            (Overall::Proved, vec![], Status::Undecided),
        ] {
            assert_eq!(Status::of(&report(overall, &verdicts)), status, "{overall:?} {verdicts:?}");
        }
    }

    #[test]
    fn accepted_violations_pass_and_nothing_else_does() {
        use Verdict::{Proved, Undecided, Vacuous, Violated};
        for (overall, verdicts, status) in [
            (Overall::Violated, vec![Proved, Violated], Status::Proved),
            (Overall::Violated, vec![Violated], Status::Proved),
            (Overall::Violated, vec![Violated, Undecided], Status::Undecided),
            (Overall::Proved, vec![Vacuous], Status::Undecided),
        ] {
            assert_eq!(Status::of_accepted(&report(overall, &verdicts)), status, "{overall:?} {verdicts:?}");
        }
    }

    #[test]
    fn warnings_do_not_fail_and_do_not_pass_either() {
        let mut violated = report(Overall::Proved, &[Verdict::Proved, Verdict::Violated]);
        violated.requirements[1].severity = Severity::Warning;
        assert_eq!(Status::of(&violated), Status::Proved);
        assert_eq!(Status::of_warnings(&violated), Status::Violated);
        violated.requirements[0].severity = Severity::Warning;
        assert_eq!(Status::of(&violated), Status::Undecided, "nothing was proved that would fail");
        let mut other = report(Overall::Proved, &[Verdict::Proved]);
        assert_eq!(Status::of_warnings(&other), Status::Proved);
        other.requirements[0].of_ways = false;
        assert_eq!(Status::of(&other), Status::Undecided, "nobody was asked who reaches whom");
    }

    #[test]
    fn gravest_first_is_unusable_violated_undecided_proved() {
        let mut all = [Status::Proved, Status::Violated, Status::Unusable, Status::Undecided];
        all.sort_by(|a, b| b.cmp(a));
        assert_eq!(all, [Status::Unusable, Status::Violated, Status::Undecided, Status::Proved]);
    }
}
