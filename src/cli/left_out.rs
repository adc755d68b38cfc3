//! What a build leaves out is refused by name, with the feature of `Cargo.toml` that builds it in.

use anyhow::{Result, bail};
use sanso::language::Lang;

use super::texts::Both;

/// Commands that need a feature, and whether this build has it.
const COMMANDS: [(&str, &str, bool); 4] = [
    ("check", "check", cfg!(feature = "check")),
    ("attest", "sign", cfg!(feature = "sign")),
    ("keygen", "sign", cfg!(feature = "sign")),
    ("completions", "completions", cfg!(feature = "completions")),
];

/// Formats that need one.
const FORMATS: [(&str, &str, bool); 2] =
    [("junit", "junit", cfg!(feature = "junit")), ("pdf", "pdf", cfg!(feature = "pdf"))];

const COMMAND: Both = Both(
    "this sanso was built without `sanso {}`; to build it in: {}",
    "この sanso は「sanso {}」を含めずにビルドされています。含めるには次のようにビルドしてください: {}",
);
const FORMAT: Both = Both(
    "this sanso was built without the format `{}`; to build it in: {}",
    "この sanso は {} 形式を含めずにビルドされています。含めるには次のようにビルドしてください: {}",
);
#[cfg(all(feature = "check", not(feature = "sign")))]
const ATTESTATION: Both = Both(
    "this sanso was built without `--attestation`; to build it in: {}",
    "この sanso は「--attestation」を含めずにビルドされています。含めるには次のようにビルドしてください: {}",
);

fn build(feature: &str) -> String {
    format!("cargo build --release --features {feature}")
}

/// The sentence on a command, if this build leaves it out.
pub fn command(word: &str, lang: Lang) -> Option<String> {
    let (word, feature, _) = COMMANDS.iter().find(|(known, _, built_in)| *known == word && !built_in)?;
    Some(COMMAND.with(lang, &[word, &build(feature)]))
}

/// Refuses a format that this build leaves out.
///
/// # Errors
/// A sentence on how to build it in.
pub fn format(word: &str, lang: Lang) -> Result<()> {
    match FORMATS.iter().find(|(known, _, built_in)| *known == word && !built_in) {
        Some((word, feature, _)) => bail!("{}", FORMAT.with(lang, &[word, &build(feature)])),
        None => Ok(()),
    }
}

/// The sentence on attestations, for a build that checks certificates only.
#[cfg(all(feature = "check", not(feature = "sign")))]
pub fn attestation(lang: Lang) -> String {
    ATTESTATION.with(lang, &[&build("sign")])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_in_is_not_refused_and_what_is_left_out_is() {
        for (word, feature, built_in) in COMMANDS {
            let said = command(word, Lang::En);
            assert_eq!(said.is_none(), built_in, "{word}");
            assert!(said.is_none_or(|said| said.contains(word) && said.ends_with(&format!("--features {feature}"))));
        }
        for (word, _, built_in) in FORMATS {
            assert_eq!(format(word, Lang::Ja).is_ok(), built_in, "{word}");
        }
        assert!(command("verify", Lang::En).is_none() && format("json", Lang::En).is_ok());
    }

    /// A feature that is named must be one that Cargo knows.
    #[test]
    fn features_are_those_of_the_manifest() {
        let manifest = include_str!("../../Cargo.toml");
        for (word, feature, _) in COMMANDS.iter().chain(&FORMATS) {
            assert!(manifest.contains(&format!("\n{feature} = [")), "{word}");
        }
    }
}
