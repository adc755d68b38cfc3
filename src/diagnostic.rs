//! Coded messages about the document, collected and never printed here; each has a span and says what to do.

pub mod codes;

use crate::code::Code;
use crate::language::Phrase;
use crate::source::Span;

/// How grave a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The document cannot be used: exit status 2.
    Error,
    /// Probably a slip, or a guess made in the attacker's favour.
    Warning,
}

/// A message about the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How grave.
    pub severity: Severity,
    /// Stable code in kebab-case, such as `unknown-key`.
    pub code: Code,
    /// Where.
    pub span: Span,
    /// What is wrong: lower-case, no final period.
    pub message: Phrase,
    /// What to do about it.
    pub help: Option<Phrase>,
    /// Other places that matter, such as the first of two duplicates.
    pub related: Vec<(Span, Phrase)>,
}

/// Diagnostics in the order found.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    errors: usize,
}

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.errors += usize::from(diagnostic.severity == Severity::Error);
        self.list.push(diagnostic);
    }

    /// Adds an error and returns it for `help` and `related` to be filled in.
    pub fn error(&mut self, code: Code, span: Span, message: Phrase) -> &mut Diagnostic {
        self.add(Severity::Error, code, span, message)
    }

    /// Adds a warning and returns it for `help` and `related` to be filled in.
    pub fn warning(&mut self, code: Code, span: Span, message: Phrase) -> &mut Diagnostic {
        self.add(Severity::Warning, code, span, message)
    }

    fn add(&mut self, severity: Severity, code: Code, span: Span, message: Phrase) -> &mut Diagnostic {
        self.push(Diagnostic { severity, code, span, message, help: None, related: Vec::new() });
        self.list.last_mut().expect("just pushed")
    }

    /// Whether any is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// All of them, by place, then gravity, then code; exact repetitions once.
    #[must_use]
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.list
            .sort_by(|a, b| (a.span, a.severity, a.code, &a.message).cmp(&(b.span, b.severity, b.code, &b.message)));
        self.list.dedup();
        self.list
    }
}
