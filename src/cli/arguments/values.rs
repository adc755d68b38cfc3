//! Values of arguments: texts in, values or the sentence on what is wrong out.

use std::time::Duration;

use sanso::city::Fault;
use sanso::document::Date;

use super::super::date;
use super::super::formats::diff::DiffFormat;
use super::super::formats::{self, Wanted};
use super::super::texts;
use super::words;

/// Reads a value.
pub fn format_value(text: &str) -> Result<Wanted, String> {
    formats::wanted(text, words())
}

/// Reads a value.
pub fn diff_format_value(text: &str) -> Result<Wanted<DiffFormat>, String> {
    formats::diff::wanted(text, words())
}

/// Reads a value.
pub fn date_value(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| words().bad_date().to_owned())
}

/// Reads a value.
pub fn number_value(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| words().bad_number().to_owned())
}

/// Reads a value.
pub fn count_value(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| words().bad_number().to_owned())
}

/// Reads a value.
pub fn seed_value(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| words().bad_number().to_owned())
}

/// Reads a value.
pub fn fault_value(text: &str) -> Result<Fault, String> {
    let known = || Fault::ALL.map(Fault::name).join(", ");
    text.parse().map_err(|_| words().bad_fault(&known()))
}

/// Reads a value.
pub fn seconds_value(text: &str) -> Result<Duration, String> {
    let seconds: Option<f64> = text.parse().ok();
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| words().bad_seconds().to_owned())
}

/// Bytes as `1073741824`, `1024M` or `1G`, in powers of 1024.
pub fn size_value(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let shift = match &text[digits.len()..] {
        "" => Some(0),
        "K" | "k" | "KiB" => Some(10),
        "M" | "m" | "MiB" => Some(20),
        "G" | "g" | "GiB" => Some(30),
        "T" | "t" | "TiB" => Some(40),
        _ => None,
    };
    let size = digits.parse::<u64>().ok().zip(shift).and_then(|(number, shift)| number.checked_mul(1 << shift));
    // Whether the system says how much memory the process has.
    if memory_stats::memory_stats().is_none() {
        return Err(words().memory_unseen().to_owned());
    }
    size.ok_or_else(|| words().bad_size().to_owned())
}

/// Days as `30d`, or weeks as `8w`.
pub fn days_value(text: &str) -> Result<u32, String> {
    date::days(text).ok_or_else(|| texts::BAD_SPAN.get(super::LANG.get()).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_finite_and_not_negative() {
        assert_eq!(seconds_value("0.5"), Ok(Duration::from_millis(500)));
        for text in ["-1", "nan", "inf", "1e99", "x", ""] {
            assert!(seconds_value(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_are_whole_numbers_in_powers_of_1024() {
        for (text, bytes) in [("0", 0), ("4096", 4096), ("2K", 2048), ("512MiB", 512 << 20), ("16G", 16 << 30)] {
            assert_eq!(size_value(text), Ok(bytes), "{text}");
        }
        for text in ["-1", "1.5G", "G", "1MB", "1 G", "", "99999999999999999999", "20000000T", "１G"] {
            assert!(size_value(text).is_err(), "{text}");
        }
    }
}
