//! Text in HTML and SVG: the only way onto a page is escaped, and what people read is there in one language or in both.

use super::catalogue::Sentence;
use crate::language::{Lang, Phrase};
use crate::screen::fitting;

/// The languages of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Langs {
    /// Sentences are in this one.
    One(Lang),
    /// Both are there, each in an element of its own that says which; a style hides the other.
    Both,
}

/// A sentence of the renderers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    /// English
    pub en: &'static str,
    /// Japanese
    pub ja: &'static str,
}

/// A sentence of the renderers, English first.
pub(super) const fn words(en: &'static str, ja: &'static str) -> Words {
    Words { en, ja }
}

impl Words {
    pub(super) const fn get(self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Ja => self.ja,
        }
    }
}

/// Elements under construction.
pub(super) struct Markup {
    out: String,
    langs: Langs,
    /// The element that says the language of its text: `span`, in SVG `tspan`.
    inline: &'static str,
}

impl Markup {
    pub(super) fn html(langs: Langs) -> Self {
        Self { out: String::new(), langs, inline: "span" }
    }

    /// A drawing in `langs`.
    pub(super) fn svg(langs: Langs) -> Self {
        Self { out: String::new(), langs, inline: "tspan" }
    }

    /// Adds what this program wrote itself, as it is.
    pub(super) fn raw(&mut self, trusted: &str) -> &mut Self {
        self.out.push_str(trusted);
        self
    }

    /// Adds text: marks that could reorder or hide it are shown escaped, and very long text is cut.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        escape(&fitting(text), &mut self.out);
        self
    }

    /// Opens an element; names are this program's own, values are escaped.
    pub(super) fn open(&mut self, name: &str, attributes: &[(&str, &str)]) -> &mut Self {
        self.out.push('<');
        self.out.push_str(name);
        for (attribute, value) in attributes {
            self.out.push(' ');
            self.out.push_str(attribute);
            self.out.push_str("=\"");
            escape(&fitting(value), &mut self.out);
            self.out.push('"');
        }
        self.out.push('>');
        self
    }

    /// Closes an element.
    pub(super) fn close(&mut self, name: &str) -> &mut Self {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
        self
    }

    /// An element without content, in the form that both HTML (of foreign elements) and XML read.
    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> &mut Self {
        self.open(name, attributes);
        self.out.pop();
        self.out.push_str("/>");
        self
    }

    /// An element that holds a text.
    pub(super) fn element(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> &mut Self {
        self.open(name, attributes).text(text).close(name)
    }

    /// An element that holds a sentence.
    pub(super) fn said(&mut self, name: &str, attributes: &[(&str, &str)], words: Words) -> &mut Self {
        self.open(name, attributes).say(words).close(name)
    }

    /// A sentence of the renderer.
    pub(super) fn say(&mut self, words: Words) -> &mut Self {
        self.pair(words.en, words.ja)
    }

    /// A sentence of the facts.
    pub(super) fn phrase(&mut self, fact: &impl Sentence) -> &mut Self {
        let Phrase { en, ja } = fact.phrase();
        self.pair(&en, &ja)
    }

    /// A sentence made for each language.
    pub(super) fn each<T: AsRef<str>>(&mut self, make: impl Fn(Lang) -> T) -> &mut Self {
        match self.langs {
            Langs::One(lang) => self.text(make(lang).as_ref()),
            Langs::Both => self.pair(make(Lang::En).as_ref(), make(Lang::Ja).as_ref()),
        }
    }

    fn pair(&mut self, en: &str, ja: &str) -> &mut Self {
        match self.langs {
            Langs::One(Lang::En) => self.text(en),
            Langs::One(Lang::Ja) => self.text(ja),
            Langs::Both if en == ja => self.text(en),
            Langs::Both => {
                let inline = self.inline;
                self.element(inline, &[("lang", "ja")], ja).element(inline, &[("lang", "en")], en)
            }
        }
    }

    /// Adds finished elements.
    pub(super) fn append(&mut self, other: Self) -> &mut Self {
        self.out.push_str(&other.out);
        self
    }

    /// The finished text.
    pub(super) fn finish(self) -> String {
        self.out
    }
}

/// Appends text that is neither an element nor the end of a quoted value.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Neither HTML nor XML may hold them.
            '\u{fffe}' | '\u{ffff}' => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_a_text_or_a_value() {
        let hostile = "</p><script>'\"&\u{202e}\u{0}";
        let mut page = Markup::html(Langs::Both);
        page.open("a", &[("title", hostile)]).text(hostile).close("a");
        let escaped = "&lt;/p&gt;&lt;script&gt;&#39;&quot;&amp;\\u{202e}\\u{0}";
        assert_eq!(page.finish(), format!("<a title=\"{escaped}\">{escaped}</a>"));
    }

    #[test]
    fn a_sentence_is_in_the_languages_asked_for() {
        let words = Words { en: "a", ja: "あ" };
        for (langs, expected) in [
            (Langs::One(Lang::En), "a"),
            (Langs::One(Lang::Ja), "あ"),
            (Langs::Both, "<span lang=\"ja\">あ</span><span lang=\"en\">a</span>"),
        ] {
            let mut page = Markup::html(langs);
            page.say(words);
            assert_eq!(page.finish(), expected);
        }
    }
}
