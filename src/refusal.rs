//! Why a document that reads well is not decided, in the words that every way of deciding shares.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Document;
use crate::language::Phrase;
use crate::nearest::nearest;
use crate::policy::{self, Policy};
use crate::source::Span;

fn error(code: Code, span: Span, message: Phrase, help: Phrase) -> Diagnostic {
    Diagnostic { severity: Severity::Error, code, span, message, help: Some(help), related: Vec::new() }
}

/// Why a document is not held against a policy: it asks for another, by name, by its model or by its edition.
#[must_use]
pub fn held_against(document: &Document<'_>, policy: &Policy) -> Option<Diagnostic> {
    if let Some(model) = document.model.as_ref().filter(|model| !policy::models().any(|known| known == model.value)) {
        return Some(unknown_model(&model.value, model.span));
    }
    if let Some(asked) = &document.policy {
        let name = shown(&asked.value);
        return (!policy.is_called(&asked.value)).then(|| {
            error(
                Code::OtherPolicy,
                asked.span,
                Phrase::new(
                    format!("the document is to be held against the policy `{name}`, not `{}`", policy.id),
                    format!("文書が求めるポリシーは「{name}」で、「{}」ではありません", policy.id),
                ),
                Phrase::new(
                    "write an id of `sanso policy list`, or a file of this folder or below",
                    "「sanso policy list」の ID か、同じフォルダー以下のファイルを書いてください",
                ),
            )
        });
    }
    if let Some(model) = document.model.as_ref().filter(|model| !policy.is_for_model(&model.value)) {
        return Some(other_model(&model.value, model.span, policy));
    }
    let edition = document.edition.as_ref().filter(|edition| edition.value != policy.edition)?;
    let (asked, own) = (edition.value.word(), policy.edition.word());
    Some(error(
        Code::WrongEdition,
        edition.span,
        Phrase::new(
            format!("the document asks for edition {asked} of the guideline, the policy `{}` is of {own}", policy.id),
            format!("文書が求めるガイドラインの版は {asked} ですが、ポリシー「{}」は {own} 版です", policy.id),
        ),
        Phrase::new(
            format!("write `edition: \"{own}\"`, or name a policy of that edition"),
            format!("「edition: \"{own}\"」と書くか、その版のポリシーを指定してください"),
        ),
    ))
}

/// Why nothing is said where the witness of a requirement does not stand up to its replay.
#[must_use]
pub fn not_replayed(requirement: &str, why: &str) -> Diagnostic {
    error(
        Code::InternalError,
        Span::default(),
        Phrase::new(
            format!("internal error: {requirement} has a witness that does not stand up to its replay: {why}"),
            format!("内部エラー: {requirement} の違反の証拠が再現できない: {why}"),
        ),
        Phrase::new(
            "this is a mistake of sanso, not of the document: please report it, with the document if you may",
            "文書ではなく sanso の誤りである。可能なら文書を添えて報告すること",
        ),
    )
}

fn unknown_model(model: &str, span: Span) -> Diagnostic {
    let close = nearest(model, policy::models()).unwrap_or("alpha");
    error(
        Code::UnknownModel,
        span,
        Phrase::new(
            format!("there is no model `{}`", shown(model)),
            format!("「{}」というモデルはありません", shown(model)),
        ),
        Phrase::new(format!("did you mean `{close}`?"), format!("「{close}」ではありませんか")),
    )
}

/// The document is of another model than the policy.
fn other_model(model: &str, span: Span, policy: &Policy) -> Diagnostic {
    error(
        Code::UnsupportedModel,
        span,
        Phrase::new(
            format!("the document is of model `{model}`, the policy `{}` is for `{}`", policy.id, policy.model),
            format!("文書のモデルは「{model}」ですが、ポリシー「{}」は「{}」用です", policy.id, policy.model),
        ),
        Phrase::new(
            format!("write `model: {}`, or leave it out", policy.model),
            format!("「model: {}」と書くか、省略してください", policy.model),
        ),
    )
}

/// A text of the document as a message may show it.
fn shown(text: &str) -> String {
    text.chars().take(60).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// No path requirement speaks of anybody.
pub fn nothing_to_verify() -> Diagnostic {
    error(
        Code::NothingToVerify,
        Span::default(),
        Phrase::new(
            "there is nothing to verify: no two tiers that a path requirement could keep apart have endpoints",
            "検証する対象がありません。互いに分離すべき領域の端点がそろっていません",
        ),
        Phrase::new(
            "give endpoints a `zone`, or addresses within the `networks` of the zones `my-number`, `lgwan` and `internet`",
            "端点に「zone」を書くか、領域「my-number」「lgwan」「internet」の「networks」に含まれるアドレスを与えてください",
        ),
    )
}
