//! Records that something was done.

use chrono::{Datelike as _, Months, NaiveDate};

use crate::document::Date;
use crate::engine::decider::RequirementDecider;
use crate::engine::outcome::Outcome;

/// The day so many months after a day: that of the same number, else the last of its month. What no calendar reaches is the last
/// day there is.
fn months_after(day: Date, months: u64) -> Date {
    const LAST: Date = Date { year: i32::MAX, month: 12, day: 31 };
    // SOUNDNESS: a record of no day counts no longer than that day.
    let Some(date) = NaiveDate::from_ymd_opt(day.year, day.month.into(), day.day.into()) else { return day };
    let months = u32::try_from(months).ok().map(Months::new);
    months.and_then(|months| date.checked_add_months(months)).map_or(LAST, |date| Date {
        year: date.year(),
        month: date.month() as u8,
        day: date.day() as u8,
    })
}

impl RequirementDecider<'_, '_> {
    /// Decides whether there is a record of a kind that counts today. The tuple is empty: it is about the document.
    pub(in crate::engine) fn evidence(&self, kind: &str, within: Option<u64>) -> Outcome {
        let counts = |record: &crate::document::Evidence<'_>| {
            let Some(date) = record.date else { return false };
            *record.kind == *kind
                && date <= self.date
                && record.valid_until.is_none_or(|last| self.date <= last)
                && within.is_none_or(|months| self.date <= months_after(date, months))
        };
        let there = self.model.document.evidence.iter().any(counts);
        Outcome::Tuples(if there { Vec::new() } else { vec![Vec::new()] })
    }
}

#[cfg(test)]
mod tests {
    use super::months_after;
    use crate::document::Date;

    #[test]
    fn months_end_with_the_same_day_or_the_last_of_the_month() {
        let day = |year, month, day| Date { year, month, day };
        for (from, months, to) in [
            (day(2025, 3, 31), 12, day(2026, 3, 31)),
            (day(2025, 1, 31), 1, day(2025, 2, 28)),
            (day(2024, 1, 31), 1, day(2024, 2, 29)),
            (day(2024, 2, 29), 12, day(2025, 2, 28)),
            (day(2025, 12, 15), 1, day(2026, 1, 15)),
            (day(2025, 8, 31), 36, day(2028, 8, 31)),
            (day(2025, 8, 31), 1, day(2025, 9, 30)),
        ] {
            assert_eq!(months_after(from, months), to, "{from} {months}");
        }
        assert!(months_after(day(2025, 1, 1), u64::MAX) > day(9999, 12, 31));
    }
}
