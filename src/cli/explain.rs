//! `sanso explain`: what a requirement means, why it matters, how to mend a violation.

use anyhow::{Result, bail};
use sanso::code::Code;
use sanso::policy::{Policy, Requirement};
use sanso::render::diff::{CODES, explanation};
use sanso::screen::visible;

use super::arguments::ExplainArguments;
use super::fit::wrap;
use super::output::write_stdout;
use super::phrases::phrases;
use super::status::Status;
use super::{Context, policy, texts};

/// Explains one requirement, or lists them all.
///
/// # Errors
/// When there is no such policy or requirement, or stdout cannot be written.
pub fn run(arguments: &ExplainArguments, context: &Context) -> Result<Status> {
    let words = phrases(context.lang);
    let policy = policy::asked(arguments.policy.as_deref(), None, context)?;
    let text = match &arguments.requirement {
        None => list(policy, context),
        Some(id) => match policy.requirements.iter().find(|requirement| requirement.id.eq_ignore_ascii_case(id)) {
            Some(requirement) => one(policy, requirement, context),
            None => match of_code(id, context) {
                Some(text) => text,
                None => {
                    let known: Vec<&str> = policy.requirements.iter().map(|known| known.id.as_str()).collect();
                    let mut why = words.no_requirement(&visible(id), &known.join(", "));
                    let near = Code::ALL.iter().find(|known| strsim::damerau_levenshtein(known.word(), id) <= 2);
                    if let Some(near) = near {
                        why.push_str(&texts::CODE_MEANT.with(context.lang, &[near.word()]));
                    }
                    bail!("{why}")
                }
            },
        },
    };
    if let Err(error) = write_stdout(text.as_bytes()) {
        bail!("{}", words.cannot_write(&error.to_string()));
    }
    Ok(Status::Proved)
}

fn list(policy: &Policy, context: &Context) -> String {
    let widest = policy.requirements.iter().map(|requirement| requirement.id.len()).max().unwrap_or(0);
    let mut out = format!("{} ({})\n", policy.title.get(context.lang), policy.id);
    for Requirement { id, title, .. } in &policy.requirements {
        out.push_str(&format!("  {id:widest$}  {}\n", title.get(context.lang)));
    }
    let of_messages = Code::ALL.iter().filter(|code| !CODES.contains(code));
    let all: Vec<&str> = of_messages.chain(&CODES).map(|code| code.word()).collect();
    let all = wrap(&format!("  {}", all.join(", ")), context.stdout.columns(), 2).join("\n");
    out.push_str(&format!("\n{}\n{all}\n", texts::CODES.get(context.lang)));
    out
}

/// What a code of messages or of differences means.
fn of_code(id: &str, context: &Context) -> Option<String> {
    let words = phrases(context.lang);
    let (bold, plain) = if context.stdout.color { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    let code = Code::of(id)?;
    let [meaning, mend] = explanation(code, context.lang);
    let mut out = format!("{bold}{code}{plain}\n");
    for (heading, text) in [(words.meaning(), meaning), (words.mend(), mend)] {
        let lines = wrap(&format!("  {text}"), context.stdout.columns(), 2).join("\n");
        out.push_str(&format!("\n{bold}{heading}{plain}\n{lines}\n"));
    }
    Some(out)
}

fn one(policy: &Policy, requirement: &Requirement, context: &Context) -> String {
    let words = phrases(context.lang);
    let (bold, plain) = if context.stdout.color { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    let Requirement { id, clause, title, meaning, why, mend, .. } = requirement;
    let mut out = format!("{bold}{id}{plain}  {}\n", title.get(context.lang));
    out.push_str(&format!("{}\n", words.clause_of(clause, &policy.id)));
    for (heading, phrase) in [(words.meaning(), meaning), (words.why(), why), (words.mend(), mend)] {
        let lines = wrap(&format!("  {}", phrase.get(context.lang)), context.stdout.columns(), 2).join("\n");
        out.push_str(&format!("\n{bold}{heading}{plain}\n{lines}\n"));
    }
    out
}
