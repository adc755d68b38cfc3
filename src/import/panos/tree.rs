//! A configuration of PAN-OS as a tree of words, from XML and from `set` lines. An `entry` is its name, a `member` its text.

use std::borrow::Cow;

use super::super::ledger::Ledger;
use super::super::statements::{Item, split};
use super::super::text::Refusal;
use super::super::words::Node;
use super::super::xml::{attributes, unescaped};
use crate::language::Phrase;
use crate::number::number;

/// The deepest that elements may stand in each other.
const DEEPEST: usize = 64;

/// Reads the lines.
///
/// # Errors
/// When an element or a quote is not closed.
pub fn read<'t>(lines: &[&'t str], ledger: &mut Ledger) -> Result<Node<'t>, Refusal> {
    let mut root = Node::default();
    let first = lines.iter().find(|line| !line.trim().is_empty());
    if first.is_some_and(|line| line.trim_start().starts_with('<')) {
        Xml { lines, at: 0, rest: "", ledger }.read(&mut root)?;
    } else {
        script(lines, &mut root, ledger)?;
    }
    root.prune(ledger);
    Ok(root)
}

fn truncated(file: &str, line: u32, en: &str, ja: &str) -> Refusal {
    Refusal::at(
        file,
        line,
        Phrase::new(
            format!("{en}: the configuration is truncated; export it again"),
            format!("{ja}。設定が途中で切れているので、出力し直すこと"),
        ),
    )
}

/// The words of a line; what stands in quotes is one. `None` where a quote is not closed.
fn words(line: &str) -> Option<Vec<&str>> {
    let (mut out, mut rest) = (Vec::new(), line.trim());
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted.find('"')?;
            out.push(&quoted[..end]);
            rest = quoted[end + 1..].trim_start();
        } else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            out.push(&rest[..end]);
            rest = rest[end..].trim_start();
        }
    }
    Some(out)
}

/// Words and lists in brackets.
fn items<'t>(words: &[&'t str]) -> Vec<Item<'t>> {
    let (mut out, mut list) = (Vec::new(), None::<Vec<Cow<'t, str>>>);
    for word in words {
        match (*word, &mut list) {
            ("[", None) => list = Some(Vec::new()),
            ("]", Some(_)) => out.extend(list.take().map(Item::List)),
            (word, Some(list)) => list.push(word.into()),
            (word, None) => out.push(Item::Word(word.into())),
        }
    }
    out.extend(list.map(Item::List));
    out
}

/// How many values a word takes behind a path, where it takes any and holds nothing else.
fn takes(path: &[Cow<'_, str>], word: &str) -> Option<usize> {
    const OF_RULES: [&str; 22] = [
        "from",
        "to",
        "source",
        "destination",
        "source-user",
        "category",
        "application",
        "service",
        "action",
        "disabled",
        "negate-source",
        "negate-destination",
        "log-start",
        "log-end",
        "log-setting",
        "description",
        "tag",
        "rule-type",
        "schedule",
        "source-hip",
        "destination-hip",
        "to-interface",
    ];
    let above = path.len().checked_sub(2).map(|at| path[at].as_ref());
    let last = path.last().map(Cow::as_ref);
    let known: &[&str] = match (above, last) {
        (Some("rules"), _) => &OF_RULES,
        (Some("static-route"), _) => &["destination", "interface", "metric", "admin-dist"],
        (Some("address"), _) => &["ip-netmask", "ip-range", "ip-wildcard", "fqdn", "description", "tag"],
        (Some("protocol"), Some("tcp" | "udp" | "sctp")) => &["port", "source-port"],
        _ => &[],
    };
    known.contains(&word).then_some(1)
}

/// Puts a statement into the tree.
fn enter<'t>(statement: Vec<Item<'t>>, line: u32, root: &mut Node<'t>) {
    let mut at = Vec::new();
    for item in statement {
        match item {
            Item::Word(word) => at = root.enter_path(&at, &[word], line),
            Item::List(words) => {
                for word in words {
                    let end = root.enter_path(&at, &[word], line);
                    root.walk(&end).marks.push(line);
                }
                return;
            }
        }
    }
    root.walk(&at).marks.push(line);
}

fn script<'t>(lines: &[&'t str], root: &mut Node<'t>, ledger: &mut Ledger) -> Result<(), Refusal> {
    let mut at = 0;
    while at < lines.len() {
        let first = number(at + 1);
        let line = lines[at];
        at += 1;
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            ledger.without_meaning(first);
            continue;
        }
        // a text may go on over lines: it is a description, a banner or a certificate
        let Some(all) = words(line) else {
            ledger.without_meaning(first);
            loop {
                let Some(next) = lines.get(at) else {
                    return Err(truncated(ledger.file(), first, "a quote is not closed", "引用符が閉じていない"));
                };
                at += 1;
                ledger.without_meaning(number(at));
                if next.matches('"').count() % 2 == 1 {
                    break;
                }
            }
            continue;
        };
        match all[..] {
            ["set", ref path @ ..] if !path.is_empty() => {
                for statement in split(&items(path), takes) {
                    enter(statement, first, root);
                }
            }
            ["delete", ref path @ ..] => {
                let path: Vec<Cow<'t, str>> = path.iter().map(|word| Cow::Borrowed(*word)).collect();
                if let Some(node) = root.remove(&path) {
                    node.each(&mut |node| node.marks.iter().for_each(|line| ledger.without_meaning(*line)));
                }
                ledger.used(first);
            }
            ["move" | "rename" | "copy", ..] => {
                return Err(Refusal::at(
                    ledger.file(),
                    first,
                    Phrase::new(
                        "this line changes what stands elsewhere and is not read: export the configuration in set form",
                        "ほかの行を変える行は読み取れない。set 形式で設定を出力し直すこと",
                    ),
                ));
            }
            _ => ledger.not_understood(
                first,
                Phrase::new("no command of a configuration; it was left out", "設定のコマンドではない。取り込まない"),
            ),
        }
    }
    Ok(())
}

struct Xml<'l, 't, 'g> {
    lines: &'l [&'t str],
    at: usize,
    rest: &'t str,
    ledger: &'g mut Ledger,
}

/// An element that is open.
struct Open<'t> {
    path: Vec<usize>,
    tag: &'t str,
    line: u32,
    text: String,
    holds: bool,
    member: bool,
}

impl<'t> Xml<'_, 't, '_> {
    fn line(&self) -> u32 {
        number(self.at.max(1))
    }

    /// What stands before a mark, over lines; then the mark is behind.
    fn until(&mut self, mark: &str) -> Option<String> {
        let mut out = String::new();
        loop {
            if let Some(end) = self.rest.find(mark) {
                out.push_str(&self.rest[..end]);
                self.rest = &self.rest[end + mark.len()..];
                return Some(out);
            }
            out.push_str(self.rest);
            out.push('\n');
            self.rest = self.lines.get(self.at)?;
            self.at += 1;
        }
    }

    fn wrong(&self, line: u32) -> Refusal {
        let what = Phrase::new("this is no XML: export the configuration again", "XML ではない。設定を出力し直すこと");
        Refusal::at(self.ledger.file(), line, what)
    }

    fn read(&mut self, root: &mut Node<'t>) -> Result<(), Refusal> {
        let mut open: Vec<Open<'t>> = Vec::new();
        loop {
            if self.rest.trim().is_empty() {
                let Some(line) = self.lines.get(self.at) else { break };
                if let Some(last) = open.last_mut()
                    && !last.text.is_empty()
                {
                    last.text.push('\n');
                }
                self.at += 1;
                self.rest = line;
                if line.trim().is_empty() {
                    self.ledger.without_meaning(self.line());
                }
                continue;
            }
            let line = self.line();
            let Some(tag) = self.rest.find('<') else {
                if let Some(last) = open.last_mut() {
                    last.text.push_str(self.rest);
                }
                self.rest = "";
                continue;
            };
            if let Some(last) = open.last_mut() {
                last.text.push_str(&self.rest[..tag]);
            }
            self.rest = &self.rest[tag..];
            let unended =
                |xml: &Self| truncated(xml.ledger.file(), line, "this tag is not closed", "タグが閉じていない");
            if self.rest.starts_with("<!--") {
                self.until("-->").ok_or_else(|| unended(self))?;
                (line..=self.line()).for_each(|line| self.ledger.without_meaning(line));
            } else if self.rest.starts_with("<![CDATA[") {
                self.rest = &self.rest[9..];
                let text = self.until("]]>").ok_or_else(|| unended(self))?;
                if let Some(last) = open.last_mut() {
                    last.text.push_str(&text);
                }
            } else if self.rest.starts_with("<?") || self.rest.starts_with("<!") {
                self.until(">").ok_or_else(|| unended(self))?;
                (line..=self.line()).for_each(|line| self.ledger.without_meaning(line));
            } else if let Some(rest) = self.rest.strip_prefix("</") {
                let end = rest.find('>').ok_or_else(|| unended(self))?;
                let name = rest[..end].trim();
                self.rest = &rest[end + 1..];
                match open.pop() {
                    Some(element) if element.tag == name => close(element, line, root),
                    _ => return Err(self.wrong(line)),
                }
            } else {
                // no value of ours goes over lines in a tag
                let end = self.rest.find('>').ok_or_else(|| unended(self))?;
                let inner = &self.rest[1..end];
                self.rest = &self.rest[end + 1..];
                let (inner, alone) = inner.strip_suffix('/').map_or((inner, false), |inner| (inner, true));
                let name_end = inner.find(char::is_whitespace).unwrap_or(inner.len());
                let tag = &inner[..name_end];
                if open.len() >= DEEPEST {
                    let what = Phrase::new("elements are nested more than 64 deep", "要素の入れ子が 64 段を超える");
                    return Err(Refusal::at(self.ledger.file(), line, what));
                }
                let above = open.last().map_or_else(Vec::new, |element| element.path.clone());
                if let Some(last) = open.last_mut() {
                    last.holds = true;
                }
                let mut named =
                    attributes(&inner[name_end..]).into_iter().filter(|(key, _)| tag == "entry" && *key == "name");
                let named = named.next().map(|(_, name)| name);
                let (path, member) = match (tag, named, open.is_empty()) {
                    // `config` is the file itself
                    ("config" | "response" | "result", _, _) if above.is_empty() => (above, false),
                    ("member", ..) => (above, true),
                    (_, Some(name), _) => (root.enter_path(&above, &[name], line), false),
                    (tag, None, _) => (root.enter_path(&above, &[Cow::Borrowed(tag)], line), false),
                };
                let element = Open { path, tag, line, text: String::new(), holds: false, member };
                if alone { close(element, line, root) } else { open.push(element) }
            }
        }
        match open.last() {
            Some(element) => {
                Err(truncated(self.ledger.file(), element.line, "this element is not closed", "要素が閉じていない"))
            }
            None => Ok(()),
        }
    }
}

fn close<'t>(element: Open<'t>, line: u32, root: &mut Node<'t>) {
    let text = unescaped(element.text.trim()).into_owned();
    let node = root.walk(&element.path);
    if (element.member || !element.holds) && !text.is_empty() {
        let at = node.enter(Cow::Owned(text), element.line);
        let value = &mut node.below[at];
        value.marks.extend(element.line..=line);
    }
    let node = root.walk(&element.path);
    node.marks.push(element.line);
    if line != element.line {
        node.marks.push(line);
    }
}
