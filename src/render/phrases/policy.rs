//! What a policy asks less of stands beside every verdict: severities and loosenings, in words.

use crate::document::Severity;
use crate::language::{Lang, plural};
use crate::report::{Loosening, Report, RequirementReport};

/// Behind the title of a requirement whose violation does not make the whole violated.
const fn mark(lang: Lang) -> &'static str {
    match lang {
        Lang::En => " (severity: warning)",
        Lang::Ja => "（重大度: 警告）",
    }
}

/// The title of a requirement, and that it is a warning, where it is.
pub fn title(requirement: &RequirementReport, lang: Lang) -> String {
    let title = requirement.title.get(lang);
    if requirement.is_warning() { format!("{title}{}", mark(lang)) } else { title.to_owned() }
}

/// What stands behind the verdict on the whole: how many warnings are violated, and what is loosened.
pub fn beside(report: &Report, lang: Lang) -> String {
    let mut out = String::new();
    let warnings = report.violated_warnings();
    if warnings > 0 {
        out.push_str(&match lang {
            Lang::En => format!("; {} violated", plural(warnings as u64, "warning is", "warnings are")),
            Lang::Ja => format!("。重大度「警告」の {warnings} 要件が不適合"),
        });
    }
    if !report.loosenings.is_empty() {
        let ids: Vec<&str> = report.loosenings.iter().map(|one| one.id.as_str()).collect();
        out.push_str(&match lang {
            Lang::En => format!("; loosened: {}", ids.join(", ")),
            Lang::Ja => format!("。緩和中: {}", ids.join("、")),
        });
    }
    out
}

/// Heading of what is loosened.
pub const fn loosenings(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "Loosened for a time",
        Lang::Ja => "期限付きの緩和",
    }
}

/// A loosening in a sentence.
pub fn loosening(one: &Loosening, lang: Lang) -> String {
    let Loosening { id, severity, reason, approved_by, until } = one;
    match (severity, lang) {
        (None, Lang::En) => {
            format!("{id} is switched off and was not decided, until {until}; approved by {approved_by}: {reason}")
        }
        (None, Lang::Ja) => {
            format!("{id} は {until} まで適用せず、判定していない（承認: {approved_by}、理由: {reason}）")
        }
        (Some(Severity::Warning), Lang::En) => {
            format!("{id} is a warning only, until {until}; approved by {approved_by}: {reason}")
        }
        (Some(Severity::Warning), Lang::Ja) => {
            format!("{id} は {until} まで警告にとどめる（承認: {approved_by}、理由: {reason}）")
        }
        (Some(Severity::Error), Lang::En) => {
            format!("{id} is as it was, until {until}; approved by {approved_by}: {reason}")
        }
        (Some(Severity::Error), Lang::Ja) => {
            format!("{id} は {until} まで元のままとする（承認: {approved_by}、理由: {reason}）")
        }
    }
}
