//! Today in Japan: by `--date`, by `SOURCE_DATE_EPOCH`, or by the clock.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Datelike as _, FixedOffset, NaiveDate, Utc};
use sanso::document::Date;
use sanso::screen::visible;

use super::phrases::Phrases;

/// Japan is nine hours ahead of UTC all year round.
const HOURS: u64 = 9;
/// The variable that fixes the time for those who want the same bytes again, in seconds since 1970
/// (<https://reproducible-builds.org/specs/source-date-epoch/>).
const EPOCH: &str = "SOURCE_DATE_EPOCH";
/// The last second of 9999 in Japan: later days cannot be written.
const LAST: u64 = 253_402_300_799 - HOURS * 3_600;

/// The day asked for, else that of `SOURCE_DATE_EPOCH` in Japan, else today in Japan by the system's clock.
///
/// # Errors
/// When the variable is no time, or the clock stands before 1970.
pub fn today(asked: Option<Date>, words: &dyn Phrases) -> Result<Date> {
    match (asked, std::env::var_os(EPOCH)) {
        (Some(date), _) => Ok(date),
        (None, None) => by_clock(),
        (None, Some(text)) => match text.to_str().and_then(of_epoch) {
            Some(date) => Ok(date),
            None => bail!("{}", words.bad_epoch(EPOCH, &visible(&text.to_string_lossy()))),
        },
    }
}

/// Days from one day to another, negative where that lies before it.
pub fn days_between(from: Date, to: Date) -> i64 {
    let day = |date: Date| {
        let day = NaiveDate::from_ymd_opt(date.year, date.month.into(), date.day.into());
        day.expect("what is read as a date is a day of the calendar")
    };
    (day(to) - day(from)).num_days()
}

/// The time to be written into what is signed: that of `SOURCE_DATE_EPOCH`, else that of the system's clock. In UTC, as
/// `YYYY-MM-DDThh:mm:ssZ`.
///
/// # Errors
/// When the variable is no time, or the clock stands before 1970.
#[cfg(feature = "sign")]
pub fn now(words: &dyn Phrases) -> Result<String> {
    seconds(words).map(in_utc)
}

/// The same minute in Japan, for people: `2026-11-22 09:00`. Whatever day is asked for, a report is made when it is made.
///
/// # Errors
/// As [`now`].
pub fn minute(words: &dyn Phrases) -> Result<String> {
    Ok(in_japan(seconds(words)?).format("%Y-%m-%d %H:%M").to_string())
}

/// Seconds since 1970, by `SOURCE_DATE_EPOCH` or by the clock.
fn seconds(words: &dyn Phrases) -> Result<u64> {
    match std::env::var_os(EPOCH) {
        None => Ok(SystemTime::now().duration_since(UNIX_EPOCH).context("the clock stands before 1970")?.as_secs()),
        Some(text) => match text.to_str().and_then(seconds_of_epoch) {
            Some(seconds) => Ok(seconds),
            None => bail!("{}", words.bad_epoch(EPOCH, &visible(&text.to_string_lossy()))),
        },
    }
}

/// A time as `YYYY-MM-DDThh:mm:ssZ`.
#[cfg(any(feature = "sign", test))]
fn in_utc(seconds: u64) -> String {
    utc(seconds).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The day in Japan of a time that is written as seconds since 1970, in digits only.
fn of_epoch(text: &str) -> Option<Date> {
    seconds_of_epoch(text).map(day_in_japan)
}

fn seconds_of_epoch(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds: u64 = digits.then(|| text.parse().ok())??;
    (seconds <= LAST).then_some(seconds)
}

fn by_clock() -> Result<Date> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock stands before 1970")?;
    Ok(day_in_japan(since.as_secs()))
}

fn utc(seconds: u64) -> DateTime<Utc> {
    // a clock that says more is broken; what it says can still be written
    DateTime::from_timestamp(seconds.min(LAST) as i64, 0).expect("it is before the year 10000")
}

fn in_japan(seconds: u64) -> DateTime<FixedOffset> {
    let japan = FixedOffset::east_opt(HOURS as i32 * 3_600).expect("nine hours are an offset");
    utc(seconds).with_timezone(&japan)
}

fn day_in_japan(seconds: u64) -> Date {
    let day = in_japan(seconds);
    Date { year: day.year(), month: day.month() as u8, day: day.day() as u8 }
}

/// Days as `30d`, or weeks as `8w`.
pub fn days(text: &str) -> Option<u32> {
    let digits = text.strip_suffix(['d', 'w']).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let days = digits.and_then(|digits| digits.parse::<u32>().ok()).filter(|number| *number <= 36_500)?;
    Some(if text.ends_with('w') { 7 * days } else { days })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_days_or_weeks() {
        assert_eq!((days("30d"), days("8w"), days("0d")), (Some(30), Some(56), Some(0)));
        for text in ["30", "d", "-1d", "1m", "1.5d", "99999d", "３０d", ""] {
            assert_eq!(days(text), None, "{text}");
        }
    }

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
            assert_eq!(day_in_japan(seconds), Date { year, month, day }, "{seconds}");
        }
    }

    #[test]
    fn days_are_counted_over_leap_years_and_centuries() {
        for (from, to, days) in [
            ("2026-11-29", "2026-11-29", 0),
            ("2026-11-29", "2026-12-29", 30),
            ("2028-02-28", "2028-03-01", 2),
            ("2027-02-28", "2027-03-01", 1),
            ("2100-02-28", "2100-03-01", 1),
            ("2000-02-28", "2000-03-01", 2),
            ("2026-12-31", "2027-01-01", 1),
            ("2027-01-01", "2026-12-31", -1),
            ("1970-01-01", "2026-11-29", 20786),
        ] {
            let day = |text: &str| text.parse::<Date>().expect("a day");
            assert_eq!(days_between(day(from), day(to)), days, "{from} {to}");
        }
    }

    #[test]
    fn times_are_told_in_utc() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (1_774_969_199, "2026-03-31T14:59:59Z"),
        ] {
            assert_eq!(in_utc(seconds), text);
        }
    }

    #[test]
    fn times_are_written_in_digits_only() {
        assert_eq!(of_epoch("0"), Some(Date { year: 1970, month: 1, day: 1 }));
        assert_eq!(of_epoch("1774969200"), Some(Date { year: 2026, month: 4, day: 1 }));
        assert_eq!(of_epoch("253402268399"), Some(Date { year: 9999, month: 12, day: 31 }));
        for text in ["", " 1", "+1", "-1", "1.5", "1e9", "１", "x", "253402268400", "99999999999999999999"] {
            assert_eq!(of_epoch(text), None, "{text}");
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
