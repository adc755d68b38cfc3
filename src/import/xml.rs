//! What tags of XML say, for formats that read it in their own way, line by line.

use std::borrow::Cow;

/// The attributes of a tag: what stands behind its name.
pub fn attributes(text: &str) -> Vec<(&str, Cow<'_, str>)> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((key, behind)) = rest.split_once('=') {
        let behind = behind.trim_start();
        let Some(quote) = behind.chars().next().filter(|c| matches!(c, '"' | '\'')) else { break };
        let Some((value, left)) = behind[1..].split_once(quote) else { break };
        out.push((key.trim(), unescaped(value)));
        rest = left;
    }
    out
}

/// A text without references; those that nobody knows stay.
pub fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, behind)) = rest.split_once('&') {
        out.push_str(before);
        match behind.split_once(';').and_then(|(name, left)| Some((referred(name)?, left))) {
            Some((c, left)) => {
                out.push(c);
                rest = left;
            }
            None => {
                out.push('&');
                rest = behind;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The character that a reference stands for.
fn referred(name: &str) -> Option<char> {
    let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "amp" => Some('&'),
        // of HTML, in labels of drawings
        "nbsp" => Some('\u{a0}'),
        _ => match name.strip_prefix('#')? {
            digits if digits.starts_with(['x', 'X']) => number(&digits[1..], 16),
            digits => number(digits, 10),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_once() {
        assert_eq!(unescaped("a &lt;b&gt; &amp;amp; &#x5e81;&#10;&quot;&apos;"), "a <b> &amp; 庁\n\"'");
        assert_eq!(unescaped("&unknown; & &#xffffffff; &"), "&unknown; & &#xffffffff; &");
        assert_eq!(attributes(" a = \"1 &lt; 2\" b='\"' c"), [("a", "1 < 2".into()), ("b", "\"".into())]);
    }
}
