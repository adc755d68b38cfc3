//! What the file of an audit says beside its findings: who audited whom, why and how, and what came of it. JSON or YAML
//! like a topology, read with the same tools.

use crate::diagnostic::Diagnostics;
use crate::source::Source;

/// The particulars of an audit, each as it is to be printed; `None`: a field to be filled in by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dossier {
    /// Number of the report in the auditor's file (調書番号).
    pub number: Option<String>,
    /// The department that is audited (被監査部門).
    pub department: Option<String>,
    /// What the audit is for (監査目的).
    pub purpose: Option<String>,
    /// What was done (監査手続).
    pub procedure: Option<String>,
    /// Who audited (監査担当者).
    pub auditor: Option<String>,
    /// Who reviewed the report (査閲者).
    pub reviewer: Option<String>,
    /// Who approved it (承認者).
    pub approver: Option<String>,
    /// What the auditor concludes (監査人の結論).
    pub conclusion: Option<String>,
    /// What the audited department answers and will do (被監査部門の回答).
    pub response: Option<String>,
}

/// Reads the particulars of an audit; what is wrong goes to `diagnostics`.
///
/// `None` when there is nothing to speak of. `Some` is only fit for use when `diagnostics` has no errors.
pub fn read_dossier(source: &Source, diagnostics: &mut Diagnostics) -> Option<Dossier> {
    super::read_other(source, diagnostics, |decoder, body| decoder.dossier(body))
}

#[cfg(test)]
mod tests {
    use super::{Dossier, read_dossier};
    use crate::diagnostic::Diagnostics;
    use crate::source::Source;

    /// What is read, and the codes and texts of what is wrong.
    fn read(name: &str, text: &str) -> (Option<Dossier>, Vec<(String, String)>) {
        let source = Source::new(name, text.as_bytes().to_vec()).unwrap();
        let mut diagnostics = Diagnostics::default();
        let dossier = read_dossier(&source, &mut diagnostics);
        let told = diagnostics.into_sorted().into_iter().map(|one| {
            let at = one.span.start as usize..one.span.end as usize;
            (one.code.to_string(), source.text()[at].to_owned())
        });
        (dossier, told.collect())
    }

    #[test]
    fn yaml_and_json_are_read_alike() {
        let wanted =
            Dossier { number: Some("26-07".into()), auditor: Some("監査 花子".into()), ..Dossier::default() };
        for (name, text) in [
            ("a.yaml", "number: 26-07\nauditor: 監査 花子\npurpose: ' '\n"),
            ("a.json", r#"{"number": "26-07", "auditor": "監査 花子", "purpose": " "}"#),
        ] {
            assert_eq!(read(name, text), (Some(wanted.clone()), vec![]), "{name}");
        }
        // nobody quotes a number
        assert_eq!(read("a.yaml", "number: 12\n").0.unwrap().number.as_deref(), Some("12"));
    }

    #[test]
    fn errors_tell_their_place() {
        for (name, text, code, place) in [
            ("a.yaml", "auditer: x\n", "unknown-key", "auditer"),
            ("a.yaml", "auditor: a\nauditor: b\n", "duplicate-key", "auditor"),
            ("a.yaml", "auditor: [a, b]\n", "wrong-type", "[a, b]"),
            ("a.yaml", "just a text\n", "wrong-type", "just a text"),
            ("a.json", r#"{"number": 12}"#, "wrong-type", "12"),
            ("a.json", "{", "truncated", ""),
        ] {
            let told = read(name, text).1;
            assert_eq!(told, [(code.to_owned(), place.to_owned())], "{text}");
        }
    }
}
