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

impl Status {
    /// The status of a report: the gravest of its verdicts, whatever the overall one says.
    pub fn of(report: &Report) -> Self {
        let overall = match report.verdict {
            Overall::Proved => Self::Proved,
            Overall::Violated => Self::Violated,
            Overall::Undecided => Self::Undecided,
        };
        let requirements = report.requirements.iter().map(|requirement| match requirement.verdict {
            Verdict::Proved | Verdict::Vacuous => Self::Proved,
            Verdict::Violated => Self::Violated,
            Verdict::Undecided => Self::Undecided,
        });
        let proved = report.requirements.iter().any(|requirement| requirement.verdict == Verdict::Proved);
        // A report in which nothing was proved is no pass.
        let least = if proved { Self::Proved } else { Self::Undecided };
        requirements.chain([overall]).max().unwrap_or(Self::Undecided).max(least)
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Proved => 0,
            Status::Violated => 1,
            Status::Unusable => 2,
            Status::Undecided => 3,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Status;

    #[test]
    fn gravest_first_is_unusable_violated_undecided_proved() {
        let mut all = [Status::Proved, Status::Violated, Status::Unusable, Status::Undecided];
        all.sort_by(|a, b| b.cmp(a));
        assert_eq!(all, [Status::Unusable, Status::Violated, Status::Undecided, Status::Proved]);
    }
}
