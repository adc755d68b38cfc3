//! The difference as Markdown, for comments on merge requests.

use super::lines::{INNER, sections};
use super::phrases::phrases;
use super::text::about;
use crate::language::Lang;
use crate::render::phrases::{grouped, standing_word};
use crate::report::diff::{Diff, Direction};
use crate::screen::visible;

/// The difference as Markdown that ends in a newline. Nothing of a document is taken for markup.
#[must_use]
pub fn render(diff: &Diff, lang: Lang) -> String {
    let words = phrases(lang);
    let general = crate::render::phrases::phrases(lang);
    let mut out = format!("## {}\n\n", words.heading());
    let conclusion = words.conclusion(diff.direction, diff.widenings.len(), diff.undecided);
    out.push_str(&format!("**{}**\n\n", escaped(&conclusion)));
    for (name, subject) in [(words.old_one(), &diff.old), (words.new_one(), &diff.new)] {
        out.push_str(&format!("- {name}: {}\n", escaped(&about(subject, lang))));
    }
    out.push_str(&format!("- {}: {}\n\n", general.policy(), escaped(&diff.policy_id)));
    let columns = [
        general.requirement(),
        words.old_one(),
        words.new_one(),
        words.gained_column(),
        words.lost_column(),
        words.change_column(),
    ];
    out.push_str(&format!("| {} |\n|---|---|---|--:|--:|---|\n", columns.join(" | ")));
    for one in &diff.requirements {
        let direction = words.direction(one.direction);
        let direction =
            if one.direction == Direction::Unchanged { direction.to_owned() } else { format!("**{direction}**") };
        let [old, new] = one.standings.map(|standing| standing_word(standing, lang));
        let (gained, lost) = (grouped(one.gained_count()), grouped(one.lost_count()));
        out.push_str(&format!("| {} | {old} | {new} | {gained} | {lost} | {direction} |\n", escaped(&one.id)));
    }
    for section in sections(diff, lang) {
        out.push_str(&format!("\n### {}\n\n", escaped(&section.heading)));
        for line in &section.lines {
            match line.strip_prefix(INNER) {
                Some(inner) => out.push_str(&format!("  - {}\n", escaped(inner))),
                None => out.push_str(&format!("- {}\n", escaped(line))),
            }
        }
    }
    out
}

/// Text in which nothing is markup, a mention or a link.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in visible(text.trim()).chars() {
        match c {
            '@' => out.push_str("&#64;"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '+' | '!' | '|' | '~' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    // A scheme would become a link by itself.
    out.replace("://", ":&#47;&#47;").replace("www.", "www&#46;")
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn nothing_of_a_document_is_markup() {
        for (text, shown) in [
            ("fw-core", "fw-core"),
            ("<b>|x|", "&lt;b&gt;\\|x\\|"),
            ("@all [a](http://x)", "&#64;all \\[a\\](http:&#47;&#47;x)"),
            ("a\nb", "a\\\\u\\{a\\}b"),
            ("node -> node", "node -&gt; node"),
        ] {
            assert_eq!(escaped(text), shown);
        }
    }
}
