//! The command line in English.

use std::io;

#[cfg(feature = "sign")]
use sanso::attest::{Outcome, Role};
use sanso::progress::Phase;

use super::Phrases;

pub struct English;

fn did_you_mean(suggestion: &str) -> String {
    if suggestion.is_empty() { String::new() } else { format!("; did you mean `{suggestion}`?") }
}

impl Phrases for English {
    fn about(&self) -> &'static str {
        "sanso (三層): proves that a local government's network keeps its three tiers apart, or shows the packet that gets through"
    }
    fn template(&self) -> &'static str {
        "{about}\n\nUsage: {usage}\n\n{all-args}"
    }
    fn template_of_commands(&self) -> String {
        format!("{}{EXIT_EN}", self.template())
    }
    fn usage(&self) -> &'static str {
        "sanso COMMAND …"
    }
    fn commands(&self) -> &'static str {
        "Commands"
    }
    fn options(&self) -> &'static str {
        "Options"
    }
    fn arguments(&self) -> &'static str {
        "Arguments"
    }
    fn verify_about(&self) -> &'static str {
        "Verify topology files against a policy"
    }
    fn verify_usage(&self) -> &'static str {
        "sanso verify [OPTIONS] FILE…"
    }
    fn diff_about(&self) -> &'static str {
        "Compare two topology files: what is wider in the new one, what is narrower"
    }
    fn diff_usage(&self) -> &'static str {
        "sanso diff [OPTIONS] OLD NEW"
    }
    fn old_file_help(&self) -> &'static str {
        "The old topology file; - is standard input"
    }
    fn new_file_help(&self) -> &'static str {
        "The new topology file; - is standard input"
    }
    fn diff_format_help(&self) -> &'static str {
        "Format of the difference: text (default), json, markdown, sarif, junit, html or github; may be repeated, FORMAT=OUT writes to a file"
    }
    fn verify_fail_on_help(&self) -> &'static str {
        "What ends in status 1: violation (default), or warning: warnings and requirements of that severity too"
    }
    fn fail_on_help(&self) -> &'static str {
        "What ends in status 1: widening (default), change, or never"
    }
    fn old_date_help(&self) -> &'static str {
        "The day on which the old file is judged [default: that of --date]"
    }
    fn redact_help(&self) -> &'static str {
        "Replace ids and addresses by stable pseudonyms, for sharing"
    }
    fn no_certificate_redacted(&self) -> &'static str {
        "--certificate does not go with --redact: a certificate holds ids and addresses; leave out one of the two"
    }
    fn not_a_format_of_diff(&self, format: &str, known: &str) -> String {
        format!("`{format}` shows one document and a difference is of two: it is a format of verify; diff has: {known}")
    }
    fn explain_about(&self) -> &'static str {
        "Explain a requirement, or the code of a message: what it means, how to mend it"
    }
    fn explain_usage(&self) -> &'static str {
        "sanso explain [OPTIONS] [REQUIREMENT|CODE]"
    }
    fn prove_about(&self) -> &'static str {
        "Verify a topology and write a certificate that independent checkers accept or reject"
    }
    fn prove_usage(&self) -> &'static str {
        "sanso prove [OPTIONS] FILE -o CERT.json"
    }
    fn check_about(&self) -> &'static str {
        "Check a certificate, or an attestation, against the topology file it is about"
    }
    fn check_usage(&self) -> &'static str {
        "sanso check FILE.json CERT.json [--source FILE.yaml]\n       sanso check FILE [CERT.json] --attestation ATT.json --trust KEY.pub [--report REPORT]…"
    }
    fn checked_file_help(&self) -> &'static str {
        "Topology file; with CERT as JSON (for YAML: what `sanso convert` writes)"
    }
    fn certificate_help(&self) -> &'static str {
        "Certificate, as `sanso prove` writes it"
    }
    fn source_help(&self) -> &'static str {
        "YAML file that FILE was converted from; its digest is checked too"
    }
    fn certificate_output_help(&self) -> &'static str {
        "Also write a certificate of what was found to this file"
    }
    fn one_file_per_certificate(&self) -> &'static str {
        "--certificate goes with one file"
    }
    fn convert_about(&self) -> &'static str {
        "Write a topology file as the JSON that a certificate binds, as YAML, or as a drawing for draw.io"
    }
    fn convert_usage(&self) -> &'static str {
        "sanso convert FILE -o FILE.json|FILE.yaml|FILE.drawio"
    }
    fn output_help(&self) -> &'static str {
        "File to write; it appears whole or not at all (default: stdout)"
    }
    fn complete_help(&self) -> &'static str {
        "Prove of violated requirements, too, that no other tuples violate them"
    }
    fn not_proved_in_time(&self, requirement: &str) -> String {
        format!("{requirement} is undecided: a limit was reached first; no certificate was written")
    }
    fn too_many_tuples(&self, requirement: &str, count: u64) -> String {
        format!(
            "{requirement} has {count} violating tuples, more than --max-tuples lists; raise it, or leave out --complete"
        )
    }
    fn generate_about(&self) -> &'static str {
        "Write a generated municipal network, clean or with mistakes"
    }
    fn generate_usage(&self) -> &'static str {
        "sanso generate [OPTIONS]"
    }
    fn sites_help(&self) -> &'static str {
        "Sites, the main office among them (default 3)"
    }
    fn terminals_help(&self) -> &'static str {
        "Terminals of each tier at each site (default 10)"
    }
    fn rules_help(&self) -> &'static str {
        "Rules that pad the firewalls and change no verdict (default 0)"
    }
    fn site_firewalls_help(&self) -> &'static str {
        "A filtering router at every site"
    }
    fn ipv6_help(&self) -> &'static str {
        "IPv6 addresses too"
    }
    fn seed_help(&self) -> &'static str {
        "Determines names and where the mistakes strike (default 1)"
    }
    fn name_help(&self) -> &'static str {
        "Name of the document"
    }
    fn fault_help(&self) -> &'static str {
        "A mistake to build in; may be repeated (an unknown name lists them all)"
    }
    fn city_does_not_fit(&self) -> &'static str {
        "a network needs sites and terminals, and must fit into 10.0.0.0/8"
    }
    fn bad_fault(&self, known: &str) -> String {
        format!("no such mistake; known: {known}")
    }
    fn schema_about(&self) -> &'static str {
        "Print the JSON Schema of topology files, for editors"
    }
    fn schema_usage(&self) -> &'static str {
        "sanso schema"
    }
    fn file_help(&self) -> &'static str {
        "Topology files (YAML or JSON); `-` is standard input"
    }
    fn format_help(&self, known: &str) -> String {
        format!("Format of the result, text by default: {known}; may be repeated, FORMAT=OUT writes to a file")
    }
    fn policy_help(&self) -> &'static str {
        "Policy to verify against [default: three-tier/alpha]"
    }
    fn date_help(&self) -> &'static str {
        "Today, for the expiry of exceptions [default: SOURCE_DATE_EPOCH, else the date in Japan]"
    }
    fn max_tuples_help(&self) -> &'static str {
        "Violating tuples to list for each requirement; all are counted [default: 1000]"
    }
    fn limit_time_help(&self) -> &'static str {
        "Stop after this time; what is not decided by then is undecided, never a pass"
    }
    fn limit_memory_help(&self) -> &'static str {
        "Stop when the process holds this much memory (such as 512M or 4G); likewise"
    }
    fn requirement_help(&self) -> &'static str {
        "Requirement, such as MN-ISOLATION, or code, such as host-bits; left out: list them all"
    }
    fn lang_help(&self) -> &'static str {
        "Language of the output: ja or en [default: by the locale]"
    }
    fn help_help(&self) -> &'static str {
        "Print help"
    }
    fn version_help(&self) -> &'static str {
        "Print the version"
    }
    fn error(&self) -> &'static str {
        "error"
    }
    fn see_help(&self) -> &'static str {
        "for help: sanso --help, sanso verify --help"
    }
    fn bad_date(&self) -> &'static str {
        "a date is written YYYY-MM-DD and is a day of the calendar"
    }
    fn bad_epoch(&self, variable: &str, value: &str) -> String {
        format!(
            "the environment variable {variable} is `{value}`: it must be seconds since 1970 in digits only; or give the day by --date"
        )
    }
    fn bad_number(&self) -> &'static str {
        "a whole number is wanted"
    }
    fn bad_seconds(&self) -> &'static str {
        "a number of seconds is wanted, such as 60 or 0.5"
    }
    fn bad_size(&self) -> &'static str {
        "a size is wanted, such as 512M or 4G (powers of 1024)"
    }
    fn memory_unseen(&self) -> &'static str {
        "this system does not say how much memory a process holds"
    }
    fn out_of_time(&self) -> &'static str {
        "undecided: --limit-time was reached before there was a result to write; this is not a pass"
    }
    fn out_of_memory(&self) -> &'static str {
        "undecided: --limit-memory was reached before there was a result to write; this is not a pass"
    }
    fn value_missing(&self, argument: &str) -> String {
        format!("`{argument}` needs a value")
    }
    fn value_not_allowed(&self, argument: &str, value: &str, allowed: &str) -> String {
        format!("`{value}` is no value of `{argument}`; allowed: {allowed}")
    }
    fn value_invalid(&self, argument: &str, value: &str, why: &str) -> String {
        format!("`{value}` is no value of `{argument}`: {why}")
    }
    fn argument_unknown(&self, argument: &str, suggestion: &str) -> String {
        format!("there is no argument `{argument}`{}", did_you_mean(suggestion))
    }
    fn argument_missing(&self, argument: &str) -> String {
        format!("missing: {argument}")
    }
    fn argument_conflict(&self, argument: &str) -> String {
        format!("`{argument}` stands there twice or against another argument")
    }
    fn command_unknown(&self, command: &str, suggestion: &str) -> String {
        format!("there is no command `{command}`{}", did_you_mean(suggestion))
    }
    fn command_missing(&self) -> &'static str {
        "a command is missing; the commands are:"
    }
    fn call_unusable(&self) -> &'static str {
        "the call cannot be understood"
    }
    fn stdin_twice(&self) -> &'static str {
        "`-` (standard input) is named twice"
    }
    fn bad_format(&self, known: &str) -> String {
        format!("known formats: {known}; write FORMAT, or FORMAT=OUT for a file of its own")
    }
    fn format_file_missing(&self, format: &str) -> String {
        format!("name the file: {format}=OUT")
    }
    fn one_format_on_stdout(&self) -> &'static str {
        "only one format can go to standard output: give the others a file, such as --format json=report.json"
    }
    fn one_file_twice(&self, file: &str) -> String {
        format!("two outputs would go to the file `{file}`: give each its own")
    }
    fn one_document_per_format(&self, format: &str) -> String {
        format!("the format `{format}` shows one document: verify the files one by one")
    }
    fn pdf_to_terminal(&self) -> &'static str {
        "a PDF is not for a terminal: name its file, such as --format pdf=report.pdf"
    }
    fn pdf_failed(&self, why: &str) -> String {
        format!("the PDF could not be set: {why}")
    }
    fn no_requirement(&self, id: &str, known: &str) -> String {
        format!("there is no requirement `{id}`; known: {known}")
    }
    fn internal_error(&self) -> &'static str {
        "internal error: there is no result; please report it"
    }
    fn cannot_read_file(&self, file: &str, error: &io::Error) -> String {
        match error.kind() {
            io::ErrorKind::NotFound => format!("cannot read {file}: there is no such file"),
            io::ErrorKind::PermissionDenied => format!("cannot read {file}: you may not read it"),
            io::ErrorKind::IsADirectory => format!("{file} is a directory: name the file in it"),
            _ => format!("cannot read {file}: {error}"),
        }
    }
    fn cannot_write_file(&self, file: &str, error: &io::Error) -> String {
        format!("cannot write {file}: {error}")
    }
    fn cannot_read(&self, file: &str, error: &io::Error) -> String {
        format!("error: {}", self.cannot_read_file(file, error))
    }
    fn cannot_write(&self, error: &str) -> String {
        format!("cannot write the result: {error}")
    }
    fn attest_about(&self) -> &'static str {
        "Verify a topology and sign the verdict on it, with its certificate and reports"
    }
    fn attest_usage(&self) -> &'static str {
        "sanso attest [OPTIONS] FILE --key KEY [--certificate CERT] [--report REPORT]… -o ATT.json"
    }
    fn keygen_about(&self) -> &'static str {
        "Make an Ed25519 key to sign attestations with"
    }
    fn keygen_usage(&self) -> &'static str {
        "sanso keygen -o KEY [--name NAME] [--passphrase]"
    }
    fn key_help(&self) -> &'static str {
        "Private key to sign with (PEM); nobody but its owner may be able to read the file"
    }
    fn key_output_help(&self) -> &'static str {
        "File for the private key; the public key goes to KEY.pub. Neither may exist yet"
    }
    fn attested_certificate_help(&self) -> &'static str {
        "Certificate to cover; it is checked first, and must be of this file, date and verdict"
    }
    fn attested_report_help(&self) -> &'static str {
        "Report to cover, by its digest alone; may be repeated"
    }
    fn attest_date_help(&self) -> &'static str {
        "Today, for the expiry of exceptions [default: SOURCE_DATE_EPOCH, else the date in Japan]"
    }
    fn attestation_help(&self) -> &'static str {
        "Attestation that must cover FILE and the other files given; CERT may then be left out"
    }
    fn trust_help(&self) -> &'static str {
        "Public key that may have signed the attestation; may be repeated, one is enough"
    }
    fn checked_report_help(&self) -> &'static str {
        "Report that the attestation must cover; may be repeated"
    }
    fn key_exists(&self, path: &str) -> String {
        format!("{path} exists already and is left alone: a key is never overwritten; choose another name")
    }
    fn key_exposed(&self, path: &str, mode: u32) -> String {
        format!(
            "{path}: others can read this private key (mode {mode:04o}), so it is not used: chmod 600 it, or make a new key if \
             others may have read it"
        )
    }
    fn key_made(&self, private: &str, public: &str, id: &str) -> String {
        format!(
            "private key  {private} (keep it secret)\npublic key   {public} (give it to whoever checks)\nkey id       {id}\n"
        )
    }
    fn not_attested_in_time(&self, requirement: &str) -> String {
        format!("{requirement} is undecided: a limit was reached first; nothing was signed")
    }
    fn same_name(&self, name: &str) -> String {
        format!(
            "two files are called `{name}`: give each a name of its own, so that the attestation can tell them apart"
        )
    }
    fn certificate_rejected(&self, place: &str, step: &str, why: &str) -> String {
        let step = if step.is_empty() { String::new() } else { format!("{step}: ") };
        format!("{place}: the checker rejects this certificate, so nothing was signed: {step}{why}")
    }
    fn certificate_of_another_file(&self, path: &str) -> String {
        format!(
            "{path}: a certificate of another file, so nothing was signed: make one of this file with `sanso prove`"
        )
    }
    fn certificate_of_another_day(&self, path: &str, theirs: &str, ours: &str) -> String {
        format!(
            "{path}: the certificate is of {theirs}, the verdict of {ours}, so nothing was signed: give --date {theirs}, or make a \
             new certificate"
        )
    }
    fn certificate_disagrees(&self, path: &str) -> String {
        format!(
            "{path}: the checker accepts this certificate, but its verdicts are not those of this run, so nothing was signed; one \
             of the two is wrong: please report it"
        )
    }
    fn attestation_accepted(&self, path: &str) -> String {
        format!("attestation accepted: {path}\n")
    }
    fn attestation_rejected(&self, why: &str) -> String {
        format!("attestation rejected: {why}\n")
    }
    fn not_covered(&self, path: &str, sha256: &str, role: &str, other: Option<&str>) -> String {
        let other = other.map(|other| format!(", but as {other}")).unwrap_or_default();
        format!("{path} (sha256 {sha256}) is not attested as {role}{other}: it is another file, or was changed since")
    }
    fn proof_disagrees(&self, path: &str) -> String {
        format!("{path}: the date or the verdicts are not those of the certificate")
    }
    #[cfg(feature = "sign")]
    fn role(&self, role: Role) -> &'static str {
        match role {
            Role::Document => "document",
            Role::Converted => "document as JSON",
            Role::Input => "file of the site",
            Role::Certificate => "certificate",
            Role::Report => "report",
        }
    }
    #[cfg(feature = "sign")]
    fn outcome(&self, outcome: Outcome) -> &'static str {
        match outcome {
            Outcome::Passed => "every requirement is proved",
            Outcome::Warned => "no requirement of severity error is violated, but some speak of nobody or warn",
            Outcome::Failed => "at least one requirement is violated",
        }
    }
    fn is_file(&self, path: &str) -> String {
        format!("is {path}")
    }
    fn signed_by(&self) -> &'static str {
        "signed by"
    }
    fn result(&self) -> &'static str {
        "result"
    }
    fn proved(&self) -> &'static str {
        "proved"
    }
    fn vacuous(&self) -> &'static str {
        "vacuous"
    }
    fn violated(&self) -> &'static str {
        "violated"
    }
    fn policy(&self) -> &'static str {
        "policy"
    }
    fn date(&self) -> &'static str {
        "date"
    }
    fn tool(&self) -> &'static str {
        "tool"
    }
    fn not_given(&self) -> &'static str {
        "not checked, no such file was given"
    }
    fn signed_only(&self) -> &'static str {
        "The signature says who vouches for this verdict, not that it is true. A certificate shows that: sanso check FILE CERT"
    }
    fn signed_and_proved(&self) -> &'static str {
        "The certificate shows that the verdict is true of the document; the signature, who vouches for it."
    }
    fn progress(&self, phase: Phase, percent: Option<u64>, seconds: u64) -> String {
        let phase = match phase {
            Phase::Read => "reading",
            Phase::Model => "labelling",
            Phase::Decide => "deciding",
            Phase::Witness => "collecting witnesses",
        };
        match percent {
            Some(percent) => format!("{phase} {percent}% ({seconds} s)"),
            None => format!("{phase} ({seconds} s)"),
        }
    }
    fn clause_of(&self, clause: &str, policy: &str) -> String {
        format!("clause {clause} of the founding policy; policy {policy}")
    }
    fn meaning(&self) -> &'static str {
        "What it means"
    }
    fn why(&self) -> &'static str {
        "Why it matters"
    }
    fn mend(&self) -> &'static str {
        "How to mend it"
    }
}

const EXIT_EN: &str = "

Exit statuses of verify:
  0  every requirement is proved or vacuous, at least one is proved
  1  at least one requirement is violated
  2  the input or the call cannot be used; nothing was verified
  3  undecided: a limit that you set was reached first
";
