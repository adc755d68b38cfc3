//! Terms of which documents and policies name one: editions, severities, tiers, circuits; each with its words.

/// Editions of the national guideline, the oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Edition {
    Of2022,
    Of2023,
    Of2024,
    Of2025,
}

/// How grave a violation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It is counted apart, and does not make the whole violated.
    Warning,
    /// It makes the whole violated.
    Error,
}

/// How sure it is that the source asks for a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sure {
    /// The source says so.
    Stated,
    /// Others say that the source says so.
    Reported,
    /// Taken to be meant.
    Assumed,
    /// The site says so itself.
    Declared,
}

/// The tiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Tier {
    MyNumber,
    Lgwan,
    Internet,
}

/// What a circuit is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Circuit {
    Lgwan,
    Leased,
    Internet,
    Vpn,
    Mobile,
    Wireless,
    #[default]
    Internal,
}

/// Editions of the national guideline by name.
pub const EDITIONS: [(&str, Edition); 4] = [
    ("2022-03", Edition::Of2022),
    ("2023-03", Edition::Of2023),
    ("2024-10", Edition::Of2024),
    ("2025-03", Edition::Of2025),
];

/// Severities of requirements by name.
pub const SEVERITIES: [(&str, Severity); 2] = [("error", Severity::Error), ("warning", Severity::Warning)];

/// How sure a basis is, by name.
pub const SURE: [(&str, Sure); 4] =
    [("stated", Sure::Stated), ("reported", Sure::Reported), ("assumed", Sure::Assumed), ("declared", Sure::Declared)];

/// The tiers by name.
pub const TIERS: [(&str, Tier); 3] =
    [("my-number", Tier::MyNumber), ("lgwan", Tier::Lgwan), ("internet", Tier::Internet)];

/// Circuits by name.
pub const CIRCUITS: [(&str, Circuit); 7] = [
    ("lgwan", Circuit::Lgwan),
    ("leased", Circuit::Leased),
    ("internet", Circuit::Internet),
    ("vpn", Circuit::Vpn),
    ("mobile", Circuit::Mobile),
    ("wireless", Circuit::Wireless),
    ("internal", Circuit::Internal),
];

macro_rules! words {
    ($($kind:ident in $table:ident),+) => {
        $(impl $kind {
            /// The word of the format.
            #[must_use]
            pub fn word(self) -> &'static str {
                $table.iter().find(|(_, one)| *one == self).map_or("", |(word, _)| word)
            }
        })+
    };
}

words!(Edition in EDITIONS, Severity in SEVERITIES, Sure in SURE, Tier in TIERS, Circuit in CIRCUITS);
