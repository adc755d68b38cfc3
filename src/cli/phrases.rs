//! Every sentence of the command line, in both languages: a missing one does not build.

mod english;
mod japanese;
#[cfg(feature = "sign")]
pub mod signing;

use std::io;

#[cfg(feature = "sign")]
use sanso::attest::{Outcome, Role};
use sanso::language::Lang;
use sanso::progress::Phase;

use english::English;
use japanese::Japanese;

/// The sentences of a language.
pub fn phrases(lang: Lang) -> &'static dyn Phrases {
    match lang {
        Lang::En => &English,
        Lang::Ja => &Japanese,
    }
}

/// What the command line says.
pub trait Phrases: Sync {
    // Help.
    fn about(&self) -> &'static str;
    fn template(&self) -> &'static str;
    fn template_of_commands(&self) -> String;
    fn usage(&self) -> &'static str;
    fn commands(&self) -> &'static str;
    fn options(&self) -> &'static str;
    fn arguments(&self) -> &'static str;
    fn verify_about(&self) -> &'static str;
    fn verify_usage(&self) -> &'static str;
    fn diff_about(&self) -> &'static str;
    fn diff_usage(&self) -> &'static str;
    fn old_file_help(&self) -> &'static str;
    fn new_file_help(&self) -> &'static str;
    fn diff_format_help(&self) -> &'static str;
    fn verify_fail_on_help(&self) -> &'static str;
    fn fail_on_help(&self) -> &'static str;
    fn old_date_help(&self) -> &'static str;
    fn redact_help(&self) -> &'static str;
    fn explain_about(&self) -> &'static str;
    fn explain_usage(&self) -> &'static str;
    fn prove_about(&self) -> &'static str;
    fn prove_usage(&self) -> &'static str;
    fn check_about(&self) -> &'static str;
    fn check_usage(&self) -> &'static str;
    fn checked_file_help(&self) -> &'static str;
    fn certificate_help(&self) -> &'static str;
    fn source_help(&self) -> &'static str;
    fn certificate_output_help(&self) -> &'static str;
    fn one_file_per_certificate(&self) -> &'static str;
    fn convert_about(&self) -> &'static str;
    fn convert_usage(&self) -> &'static str;
    fn output_help(&self) -> &'static str;
    fn complete_help(&self) -> &'static str;
    fn not_proved_in_time(&self, requirement: &str) -> String;
    fn too_many_tuples(&self, requirement: &str, count: u64) -> String;
    fn generate_about(&self) -> &'static str;
    fn generate_usage(&self) -> &'static str;
    fn sites_help(&self) -> &'static str;
    fn terminals_help(&self) -> &'static str;
    fn rules_help(&self) -> &'static str;
    fn site_firewalls_help(&self) -> &'static str;
    fn ipv6_help(&self) -> &'static str;
    fn seed_help(&self) -> &'static str;
    fn name_help(&self) -> &'static str;
    fn fault_help(&self) -> &'static str;
    fn bad_fault(&self, known: &str) -> String;
    fn city_does_not_fit(&self) -> &'static str;
    fn schema_about(&self) -> &'static str;
    fn schema_usage(&self) -> &'static str;
    fn file_help(&self) -> &'static str;
    fn format_help(&self, known: &str) -> String;
    fn policy_help(&self) -> &'static str;
    fn date_help(&self) -> &'static str;
    fn max_tuples_help(&self) -> &'static str;
    fn limit_time_help(&self) -> &'static str;
    fn limit_memory_help(&self) -> &'static str;
    fn requirement_help(&self) -> &'static str;
    fn lang_help(&self) -> &'static str;
    fn help_help(&self) -> &'static str;
    fn version_help(&self) -> &'static str;

    // Calls that cannot be used.
    fn error(&self) -> &'static str;
    fn see_help(&self) -> &'static str;
    fn bad_date(&self) -> &'static str;
    fn bad_epoch(&self, variable: &str, value: &str) -> String;
    fn bad_number(&self) -> &'static str;
    fn bad_seconds(&self) -> &'static str;
    fn bad_size(&self) -> &'static str;
    fn memory_unseen(&self) -> &'static str;
    fn out_of_time(&self) -> &'static str;
    fn out_of_memory(&self) -> &'static str;
    fn value_missing(&self, argument: &str) -> String;
    fn value_not_allowed(&self, argument: &str, value: &str, allowed: &str) -> String;
    fn value_invalid(&self, argument: &str, value: &str, why: &str) -> String;
    fn argument_unknown(&self, argument: &str, suggestion: &str) -> String;
    fn argument_missing(&self, argument: &str) -> String;
    fn argument_conflict(&self, argument: &str) -> String;
    fn command_unknown(&self, command: &str, suggestion: &str) -> String;
    fn command_missing(&self) -> &'static str;
    fn call_unusable(&self) -> &'static str;
    fn stdin_twice(&self) -> &'static str;
    fn bad_format(&self, known: &str) -> String;
    fn not_a_format_of_diff(&self, format: &str, known: &str) -> String;
    fn no_certificate_redacted(&self) -> &'static str;
    fn format_file_missing(&self, format: &str) -> String;
    fn one_format_on_stdout(&self) -> &'static str;
    fn one_file_twice(&self, file: &str) -> String;
    fn one_document_per_format(&self, format: &str) -> String;
    fn pdf_to_terminal(&self) -> &'static str;
    fn pdf_failed(&self, why: &str) -> String;
    fn no_requirement(&self, id: &str, known: &str) -> String;

    fn internal_error(&self) -> &'static str;

    // Files and streams.
    fn cannot_read_file(&self, file: &str, error: &io::Error) -> String;
    fn cannot_write_file(&self, file: &str, error: &io::Error) -> String;
    fn cannot_read(&self, file: &str, error: &io::Error) -> String;
    fn cannot_write(&self, error: &str) -> String;

    // Attestations.
    fn attest_about(&self) -> &'static str;
    fn attest_usage(&self) -> &'static str;
    fn keygen_about(&self) -> &'static str;
    fn keygen_usage(&self) -> &'static str;
    fn key_help(&self) -> &'static str;
    fn key_output_help(&self) -> &'static str;
    fn attested_certificate_help(&self) -> &'static str;
    fn attested_report_help(&self) -> &'static str;
    fn attest_date_help(&self) -> &'static str;
    fn attestation_help(&self) -> &'static str;
    fn trust_help(&self) -> &'static str;
    fn checked_report_help(&self) -> &'static str;
    fn key_exists(&self, path: &str) -> String;
    fn key_exposed(&self, path: &str, mode: u32) -> String;
    fn key_made(&self, private: &str, public: &str, id: &str) -> String;
    fn not_attested_in_time(&self, requirement: &str) -> String;
    fn same_name(&self, name: &str) -> String;
    fn certificate_rejected(&self, place: &str, step: &str, why: &str) -> String;
    fn certificate_of_another_file(&self, path: &str) -> String;
    fn certificate_of_another_day(&self, path: &str, theirs: &str, ours: &str) -> String;
    fn certificate_disagrees(&self, path: &str) -> String;
    fn attestation_accepted(&self, path: &str) -> String;
    fn attestation_rejected(&self, why: &str) -> String;
    fn not_covered(&self, path: &str, sha256: &str, role: &str, other: Option<&str>) -> String;
    fn proof_disagrees(&self, path: &str) -> String;
    #[cfg(feature = "sign")]
    fn role(&self, role: Role) -> &'static str;
    #[cfg(feature = "sign")]
    fn outcome(&self, outcome: Outcome) -> &'static str;
    fn signed_by(&self) -> &'static str;
    fn result(&self) -> &'static str;
    fn proved(&self) -> &'static str;
    fn vacuous(&self) -> &'static str;
    fn violated(&self) -> &'static str;
    fn policy(&self) -> &'static str;
    fn date(&self) -> &'static str;
    fn tool(&self) -> &'static str;
    fn is_file(&self, path: &str) -> String;
    fn not_given(&self) -> &'static str;
    fn signed_only(&self) -> &'static str;
    fn signed_and_proved(&self) -> &'static str;

    // Progress.
    fn progress(&self, phase: Phase, percent: Option<u64>, seconds: u64) -> String;

    // Explanations.
    fn clause_of(&self, clause: &str, policy: &str) -> String;
    fn meaning(&self) -> &'static str;
    fn why(&self) -> &'static str;
    fn mend(&self) -> &'static str;
}
