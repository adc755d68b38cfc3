//! Why a document that reads well is not decided, in the words that every way of deciding shares.

use crate::diagnostic::{Diagnostic, Severity};
use crate::language::Phrase;
use crate::policy::Policy;
use crate::source::Span;

fn error(code: &'static str, span: Span, message: Phrase, help: Phrase) -> Diagnostic {
    Diagnostic { severity: Severity::Error, code, span, message, help: Some(help), related: Vec::new() }
}

/// The document is of another model than the policy.
pub fn other_model(model: &str, span: Span, policy: &Policy) -> Diagnostic {
    error(
        "unsupported-model",
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

/// No path requirement speaks of anybody.
pub fn nothing_to_verify() -> Diagnostic {
    error(
        "nothing-to-verify",
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
