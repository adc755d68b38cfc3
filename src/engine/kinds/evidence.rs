//! Records that something was done.

use crate::document::Date;
use crate::engine::decide::RequirementDecider;
use crate::engine::outcome::Outcome;

/// The day so many months after a day: that of the same number, else the last of its month.
#[must_use]
pub fn months_after(day: Date, months: u64) -> Date {
    // No calendar reaches farther, and nothing overflows.
    let months = i64::try_from(months).unwrap_or(i64::MAX).min(12 * 100_000);
    let count = i64::from(day.year) * 12 + i64::from(day.month) - 1 + months;
    let year = i32::try_from(count.div_euclid(12)).unwrap_or(i32::MAX);
    let month = u8::try_from(count.rem_euclid(12) + 1).unwrap_or(12);
    let leap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0;
    let last = match month {
        2 => 28 + u8::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    Date { year, month, day: day.day.min(last) }
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
