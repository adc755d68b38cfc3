//! The difference as annotations of a GitHub workflow: an error for each reason to say that it was widened, a notice for
//! the whole.

use super::phrases::phrases;
use crate::language::Lang;
use crate::render::catalogue::difference::widening;
use crate::render::phrases::policy;
use crate::report::diff::{Diff, Widening};
use crate::screen::visible;

/// Workflow commands, one a line.
#[must_use]
pub fn render(diff: &Diff, lang: Lang) -> String {
    let mut out = String::new();
    for one in &diff.widenings {
        let Widening { code, location, .. } = one;
        let (file, at) = match location {
            Some(location) => location.to_mend(&diff.new.file),
            None => (diff.new.file.as_str(), None),
        };
        let mut place = format!("file={}", property(file));
        if let Some((line, column)) = at {
            place.push_str(&format!(",line={line},col={column}"));
        }
        out.push_str(&format!("::error {place},title=sanso {code}::{}\n", data(widening(diff, one).get(lang))));
    }
    for one in &diff.loosenings {
        out.push_str(&format!("::warning title=sanso diff::{}\n", data(&policy::loosening(one, lang))));
    }
    let conclusion = phrases(lang).conclusion(diff.direction, diff.widenings.len(), diff.undecided);
    out.push_str(&format!("::notice title=sanso diff::{}\n", data(&conclusion)));
    out
}

fn data(text: &str) -> String {
    visible(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
