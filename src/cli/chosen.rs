//! Which policy a document is held against: what it asks for itself (`policy`, else `model`) goes before what the call says.
//! A policy of the call that rests on the one of the document's model asks for that and more, and is taken.

use std::path::Path;

use anyhow::Result;
use sanso::code::Code;
use sanso::diagnostic::{Diagnostic, Diagnostics};
use sanso::document::{self, Asks, Date, Spanned, Text};
use sanso::language::Phrase;
use sanso::policy::{Policy, of_model};
use sanso::render::diagnostics;
use sanso::report::Warning;
use sanso::report::slip::Slip;
use sanso::screen::visible;
use sanso::source::{Source, SourceText};

use super::Context;
use super::output::write_stderr;
use super::policy::{self, Beside};
use super::status::Status;
use super::texts::Both;

const NOT_USED: Both = Both(
    "the policy {} of the call is not used: the document asks for {}",
    "指定されたポリシー {} は使わない。文書が {} を求めている",
);
const NOT_USED_HELP: Both = Both(
    "take `policy` or `model` out of the document, or leave the policy out of the call",
    "文書の「policy」や「model」を取り除くか、呼出しでのポリシーの指定をやめること",
);

/// What a call says of policies.
pub struct Choice<'c> {
    /// The policy of the call, of its configuration, or the default.
    pub given: &'static Policy,
    /// Whether the call itself names it.
    named: bool,
    date: Option<Date>,
    context: &'c Context,
}

/// The policy of one document.
#[derive(Clone, Copy)]
pub struct Chosen {
    /// The policy.
    pub policy: &'static Policy,
    /// The policy that the call names in vain.
    unused: Option<&'static Policy>,
}

impl<'c> Choice<'c> {
    /// What a call says, with what its configuration says.
    ///
    /// # Errors
    /// When the policy that they name cannot be used.
    pub fn of(named: Option<&str>, date: Option<Date>, context: &'c Context) -> Result<Self> {
        let given = policy::asked(named, date, context)?;
        Ok(Self { given, named: named.is_some(), date, context })
    }

    /// The policy for a document, which was read from a file.
    ///
    /// # Errors
    /// When the policy that the document asks for cannot be used; why is told on stderr.
    pub fn for_document(&self, source: &Source, file: &Path) -> Result<Chosen, Status> {
        let Asks { policy, model, edition } = document::asks(source);
        let own = match (&policy, &model) {
            (Some(asked), _) if self.given.is_called(&asked.value) => None,
            (Some(asked), _) => Some(self.of_document(asked, source, file)?),
            // One that is not there is refused by whoever reads the document.
            (None, Some(model)) if !self.given.is_for_model(&model.value) => of_model(&model.value, edition),
            // The default, in the edition that the document asks for.
            (None, _) if !self.named && self.context.config.policy.is_none() => {
                edition.and_then(|edition| of_model(&self.given.model, Some(edition)))
            }
            _ => None,
        };
        let policy = own.unwrap_or(self.given);
        let unused = (self.named && policy.sha256 != self.given.sha256).then_some(self.given);
        Ok(Chosen { policy, unused })
    }

    fn of_document(&self, asked: &Spanned<Text<'_>>, source: &Source, file: &Path) -> Result<&'static Policy, Status> {
        let name = &*asked.value;
        let why = match policy::beside_document(name, file, self.date, self.context) {
            Ok(Beside::Policy(found)) => return Ok(found),
            // what is wrong with the file was told
            Ok(Beside::Broken) => return Err(Status::Unusable),
            Err(why) => why,
        };
        let mut found = Diagnostics::default();
        let message = Phrase::new(
            format!("the policy `{}` cannot be used: {}", visible(name), why.en),
            format!("ポリシー「{}」は使えません: {}", visible(name), why.ja),
        );
        found.error(Code::BadPolicy, asked.span, message).help = Some(Phrase::new(
            "write an id of `sanso policy list`, or a file of this folder or below",
            "「sanso policy list」の ID か、同じフォルダー以下のファイルを書いてください",
        ));
        let (text, context) = (SourceText::of(source), self.context);
        write_stderr(&diagnostics::render(&found.into_sorted(), &text, context.lang, context.stderr.color));
        Err(Status::Unusable)
    }
}

impl Chosen {
    /// What is to be said of a policy that the call names in vain.
    fn remark(self) -> Option<Diagnostic> {
        let unused = self.unused?;
        let (given, used) = (visible(&unused.id), visible(&self.policy.id));
        let mut said = Diagnostics::default();
        said.warning(Code::PolicyNotUsed, Default::default(), NOT_USED.phrase(&[&given, &used])).help =
            Some(NOT_USED_HELP.phrase(&[]));
        said.into_sorted().into_iter().next()
    }

    /// The same as a warning of a report.
    pub fn warning(self) -> Option<Warning> {
        self.remark().map(|remark| Warning { location: None, slip: Slip::from(remark) })
    }

    /// Says so on stderr, where there is no report to say it.
    pub fn tell(self, context: &Context) {
        if let Some(remark) = self.remark() {
            write_stderr(&format!("sanso: {}\n", remark.message.get(context.lang)));
        }
    }
}
