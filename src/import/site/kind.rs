//! What a text is: a site file, a lab, or a JSON object of another kind.

use std::collections::HashMap;

/// Whether a text is a site file: it has the key, or it is a lab, which names the configurations of its nodes. Every document is asked
/// this; that a word is not in it at all is found faster than its lines.
#[must_use]
pub fn is_site(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    has_key(&text) || is_lab(&text)
}

/// Whether a text is a JSON object with a key, wherever in it that stands; of one that is cut off or misspelt, whether the key
/// is in it at all.
#[must_use]
pub fn is_object_with(text: &str, key: &str) -> bool {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    // Looking for the key first spares large documents of another kind from being parsed once more.
    if !start.starts_with('{') || !start.contains(&format!("\"{key}\"")) {
        return false;
    }
    let keys = serde_json::from_str::<HashMap<String, serde::de::IgnoredAny>>(start);
    keys.map_or(true, |keys| keys.contains_key(key))
}

pub(super) fn is_lab(text: &str) -> bool {
    text.contains("topology:")
        && text.lines().any(|line| line.trim_end() == "topology:")
        && super::super::inventory::containerlab::recognise(&text.lines().collect::<Vec<&str>>())
}

pub(super) fn has_key(text: &str) -> bool {
    if !text.contains("sanso-import") {
        return false;
    }
    let by_line = text.lines().any(|line| {
        let line = line.trim_start_matches(['{', ' ', '\t', '\u{feff}']).trim_start_matches(['"', '\'']);
        line.starts_with("sanso-import")
            && line["sanso-import".len()..].trim_start_matches(['"', '\'', ' ']).starts_with([':', '：'])
    });
    by_line || is_object_with(text, "sanso-import")
}
