//! The command line in English.

use std::io;

use sanso::progress::Phase;

use super::{PDF_BUILD, Phrases};

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
    fn explain_about(&self) -> &'static str {
        "Explain a requirement: its clause, what it means, how to mend a violation"
    }
    fn explain_usage(&self) -> &'static str {
        "sanso explain [OPTIONS] [REQUIREMENT]"
    }
    fn prove_about(&self) -> &'static str {
        "Verify a topology and write a certificate that independent checkers accept or reject"
    }
    fn prove_usage(&self) -> &'static str {
        "sanso prove [OPTIONS] FILE -o CERT.json"
    }
    fn check_about(&self) -> &'static str {
        "Check a certificate against the topology file it is about"
    }
    fn check_usage(&self) -> &'static str {
        "sanso check FILE.json CERT.json [--source FILE.yaml]"
    }
    fn checked_file_help(&self) -> &'static str {
        "Topology file as JSON (for YAML: what `sanso convert` writes)"
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
        "Write a topology file as the JSON that a certificate binds"
    }
    fn convert_usage(&self) -> &'static str {
        "sanso convert FILE -o FILE.json"
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
    fn format_help(&self) -> &'static str {
        "Format of the result: text (default), json or pdf; may be repeated, FORMAT=OUT writes to a file"
    }
    fn policy_help(&self) -> &'static str {
        "Policy to verify against [default: three-tier/alpha]"
    }
    fn date_help(&self) -> &'static str {
        "Today, for the expiry of exceptions [default: the date in Japan]"
    }
    fn max_tuples_help(&self) -> &'static str {
        "Violating tuples to list for each requirement; all are counted [default: 1000]"
    }
    fn limit_time_help(&self) -> &'static str {
        "Stop after this time; what is not decided by then is undecided, never a pass"
    }
    fn requirement_help(&self) -> &'static str {
        "Requirement, such as MN-ISOLATION; left out: list them all"
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
    fn bad_number(&self) -> &'static str {
        "a whole number is wanted"
    }
    fn bad_seconds(&self) -> &'static str {
        "a number of seconds is wanted, such as 60 or 0.5"
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
        "a command is missing: verify, explain or schema"
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
    fn no_pdf(&self) -> String {
        format!("this sanso was built without the format `pdf`; to build it in: {PDF_BUILD}")
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
    fn cannot_read(&self, file: &str, error: &io::Error) -> String {
        format!("error: cannot read {file}: {error}")
    }
    fn cannot_write(&self, error: &str) -> String {
        format!("cannot write the result: {error}")
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
