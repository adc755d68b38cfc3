//! The format `pdf`: the typesetter where it was built in, a plain sentence where it was not.

use anyhow::{Result, anyhow, bail};
use sanso::render::typst;
use sanso::report::Report;

use super::Context;
use super::phrases::phrases;

/// Checks that a PDF that goes to stdout does not go to a terminal.
///
/// # Errors
/// A sentence on what is wrong.
pub fn check(to_stdout: bool, context: &Context) -> Result<()> {
    if to_stdout && context.stdout.is_terminal {
        bail!("{}", phrases(context.lang).pdf_to_terminal());
    }
    Ok(())
}

/// The PDF of a report.
///
/// # Errors
/// When it cannot be set.
pub fn render(reports: &[Report], context: &Context) -> Result<Vec<u8>> {
    let words = phrases(context.lang);
    let [report] = reports else { bail!("{}", words.one_document_per_format("pdf")) };
    let Some(data) = typst::data(report, context.lang)? else { bail!("{}", words.internal_error()) };
    set(&data).map_err(|why| anyhow!("{}", words.pdf_failed(&why)))
}

#[cfg(feature = "pdf")]
fn set(data: &str) -> Result<Vec<u8>, String> {
    sanso_pdf::compile(typst::TEMPLATE, data, concat!("sanso ", env!("CARGO_PKG_VERSION")))
}

#[cfg(not(feature = "pdf"))]
fn set(_: &str) -> Result<Vec<u8>, String> {
    Err("not built in".to_owned())
}

#[cfg(test)]
mod tests {
    use sanso::language::Lang;

    use super::super::terminal::Terminal;
    use super::*;

    #[test]
    fn a_pdf_needs_a_file_or_a_pipe() {
        for (is_terminal, to_stdout, allowed) in [(true, true, false), (true, false, true), (false, true, true)] {
            let terminal = Terminal { is_terminal, color: false };
            let config = super::super::config::Config::default();
            let (stdout, stderr) = (terminal, terminal);
            let context = Context {
                lang: Lang::En,
                lang_asked: None,
                stdout,
                stderr,
                quiet: false,
                allow_outside: false,
                config,
            };
            assert_eq!(check(to_stdout, &context).is_ok(), allowed, "{is_terminal} {to_stdout}");
        }
    }
}
