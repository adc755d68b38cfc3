//! Today in Japan.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use sanso::document::Date;

const SECONDS_PER_DAY: u64 = 86_400;
/// Japan is nine hours ahead of UTC all year round.
const JAPAN: u64 = 9 * 3_600;

/// Today in Japan by the system's clock.
///
/// # Errors
/// When the clock stands before 1970.
pub fn today_in_japan() -> Result<Date> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock stands before 1970")?;
    Ok(in_japan(since.as_secs()))
}

/// The day in Japan that `SOURCE_DATE_EPOCH` says, by which those who build reproducibly tell programs the time.
///
/// # Errors
/// When it is set and is no number of seconds before the year 10000; what it is.
pub fn of_epoch() -> Result<Option<Date>, String> {
    let set = std::env::var_os("SOURCE_DATE_EPOCH").filter(|value| !value.is_empty());
    set.map(|value| at_epoch(&value.to_string_lossy()).ok_or_else(|| value.to_string_lossy().into_owned())).transpose()
}

/// The last second in Japan of the year 9999: years have four digits.
const LAST: u64 = 253_402_268_399;

fn at_epoch(text: &str) -> Option<Date> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|seconds| digits && *seconds <= LAST).map(in_japan)
}

fn in_japan(unix_seconds: u64) -> Date {
    let mut days = unix_seconds.saturating_add(JAPAN) / SECONDS_PER_DAY;
    // A year of the Gregorian calendar is one of 400 that take 146,097 days together.
    let mut year = 1970 + 400 * (days / 146_097) as i32;
    days %= 146_097;
    while days >= days_of_year(year) {
        days -= days_of_year(year);
        year += 1;
    }
    let mut month = 1;
    while days >= u64::from(days_of_month(year, month)) {
        days -= u64::from(days_of_month(year, month));
        month += 1;
    }
    Date { year, month, day: days as u8 + 1 }
}

fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of_year(year: i32) -> u64 {
    if is_leap(year) { 366 } else { 365 }
}

fn days_of_month(year: i32, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_midnight_in_japan() {
        for (seconds, year, month, day) in [
            (0, 1970, 1, 1),
            (15 * 3_600 - 1, 1970, 1, 1),
            (15 * 3_600, 1970, 1, 2),
            (951_782_400, 2000, 2, 29),
            (1_774_969_199, 2026, 3, 31),
            (1_774_969_200, 2026, 4, 1),
            (4_107_542_400, 2100, 3, 1),
        ] {
            assert_eq!(in_japan(seconds), Date { year, month, day }, "{seconds}");
        }
    }

    #[test]
    fn epochs_are_seconds_and_nothing_else() {
        assert_eq!(at_epoch("951782400"), Some(Date { year: 2000, month: 2, day: 29 }));
        assert_eq!(at_epoch("253402268399"), Some(Date { year: 9999, month: 12, day: 31 }));
        for text in ["253402268400", "99999999999999999999999", "-1", "+1", "1.5", " 1", "today"] {
            assert_eq!(at_epoch(text), None, "{text}");
        }
    }

    #[test]
    fn only_days_of_the_calendar_are_read() {
        assert_eq!("2026-11-22".parse(), Ok(Date { year: 2026, month: 11, day: 22 }));
        assert!("2028-02-29".parse::<Date>().is_ok());
        for text in [
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-1-1",
            "2026/11/22",
            "２０２６-11-22",
            "",
            "+026-11-22",
            "2026-11-2é",
        ] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }
}
