//! A configuration of Junos as a tree of words, from braces and from `set` lines, groups and inactive parts worked in.

use std::borrow::Cow;

use super::super::ledger::Ledger;
use super::super::statements::{Item, split};
use super::super::text::Refusal;
use super::super::words::Node;
use crate::language::Phrase;
use crate::number::number;

/// The deepest that braces may stand in each other.
const DEEPEST: usize = 64;

/// The commands that lines of a script begin with.
const COMMANDS: &[&str] =
    &["set", "deactivate", "activate", "delete", "insert", "edit", "top", "up", "exit", "protect"];

/// Reads the lines.
///
/// # Errors
/// When a brace, a quote or a comment is not closed, or a line moves what stands elsewhere.
pub fn read<'t>(lines: &[&'t str], ledger: &mut Ledger) -> Result<Node<'t>, Refusal> {
    let scripted = lines.iter().any(|line| {
        let mut words = line.split_whitespace();
        matches!(words.next(), Some("set" | "deactivate" | "delete")) && words.next().is_some() && !line.contains('{')
    });
    let mut root = Node::default();
    if scripted {
        script(lines, &mut root, ledger)?
    } else {
        braces(lines, &mut root, ledger)?
    }
    root.prune(ledger);
    super::groups::apply(&mut root, ledger)?;
    Ok(root)
}

fn truncated(ledger: &Ledger, line: u32, en: &str, ja: &str) -> Refusal {
    Refusal::at(
        ledger.file(),
        line,
        Phrase::new(
            format!("{en}: the configuration is truncated; export it again"),
            format!("{ja}。設定が途中で切れているので、出力し直すこと"),
        ),
    )
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token<'t> {
    Word(Cow<'t, str>),
    Mark(char),
}

/// The tokens of the lines with the line that each ends in.
struct Tokens<'l, 't> {
    lines: &'l [&'t str],
    at: usize,
    rest: &'t str,
    /// The line that has a token.
    spoke: bool,
}

impl<'t> Tokens<'_, 't> {
    fn line(&self) -> u32 {
        number(self.at)
    }

    /// The next token; `None` at the end.
    fn next(&mut self, ledger: &mut Ledger) -> Result<Option<Token<'t>>, Refusal> {
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.is_empty() || self.rest.starts_with('#') {
                if self.at > 0 && !self.spoke {
                    ledger.without_meaning(self.line());
                }
                let Some(line) = self.lines.get(self.at) else { return Ok(None) };
                self.at += 1;
                (self.rest, self.spoke) = (line, false);
                continue;
            }
            if self.rest.starts_with("/*") {
                self.comment(ledger)?;
                continue;
            }
            self.spoke = true;
            let first = self.rest.chars().next().unwrap_or(' ');
            if matches!(first, '{' | '}' | ';' | '[' | ']') {
                self.rest = &self.rest[1..];
                return Ok(Some(Token::Mark(first)));
            }
            if first == '"' {
                return self.quoted(ledger).map(|word| Some(Token::Word(word)));
            }
            let end = self.rest.find(|c: char| c.is_whitespace() || matches!(c, '{' | '}' | ';' | '"'));
            let mut end = end.unwrap_or(self.rest.len());
            // `ge-0/0/[0-3]` is a word, `[a b]` a list
            if self.rest[..end].ends_with(']') && !self.rest[..end].contains('[') {
                end -= 1;
            }
            let (word, rest) = self.rest.split_at(end);
            self.rest = rest;
            return Ok(Some(Token::Word(word.into())));
        }
    }

    fn comment(&mut self, ledger: &mut Ledger) -> Result<(), Refusal> {
        let first = self.line();
        loop {
            if let Some(end) = self.rest.find("*/") {
                self.rest = &self.rest[end + 2..];
                return Ok(());
            }
            if !self.spoke {
                ledger.without_meaning(self.line());
            }
            let Some(line) = self.lines.get(self.at) else {
                return Err(truncated(ledger, first, "this comment is not closed", "コメントが閉じていない"));
            };
            self.at += 1;
            (self.rest, self.spoke) = (line, false);
        }
    }

    fn quoted(&mut self, ledger: &mut Ledger) -> Result<Cow<'t, str>, Refusal> {
        let first = self.line();
        let mut text = &self.rest[1..];
        let mut out: Cow<'t, str> = Cow::Borrowed("");
        loop {
            let mut escaped = false;
            let end = text.char_indices().find(|&(_, c)| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            if let Some((end, _)) = end {
                self.rest = &text[end + 1..];
                return Ok(if out.is_empty() { text[..end].into() } else { out + &text[..end] });
            }
            out = out + text + "\n";
            ledger.without_meaning(self.line());
            let Some(line) = self.lines.get(self.at) else {
                return Err(truncated(ledger, first, "a quote is not closed", "引用符が閉じていない"));
            };
            self.at += 1;
            (text, self.spoke) = (line, true);
        }
    }
}

/// A statement being read: its words, of which some may be lists.
#[derive(Default)]
struct Statement<'t> {
    words: Vec<Cow<'t, str>>,
    /// The values of a list with their lines.
    list: Option<Vec<(Cow<'t, str>, u32)>>,
    behind: Vec<Cow<'t, str>>,
    inactive: bool,
    lines: Vec<u32>,
}

impl<'t> Statement<'t> {
    fn word(&mut self, word: Cow<'t, str>) {
        match word.as_ref() {
            "inactive:" if self.words.is_empty() => self.inactive = true,
            "protect:" | "replace:" | "active:" | "unprotect:" if self.words.is_empty() => {}
            _ if self.list.is_some() => self.behind.push(word),
            _ => self.words.push(word),
        }
    }

    /// Puts it into the tree below `path`. Returns where it ends; of a list, where its last value is.
    fn enter(self, root: &mut Node<'t>, path: &[usize]) -> Vec<usize> {
        let line = self.lines.last().copied().unwrap_or(1);
        let Some(list) = self.list else {
            let end = root.enter_path(path, &self.words, self.lines.first().copied().unwrap_or(1));
            let node = root.walk(&end);
            node.marks.extend(self.lines.iter().copied());
            node.inactive |= self.inactive;
            return end;
        };
        let above = root.enter_path(path, &self.words, self.lines.first().copied().unwrap_or(1));
        let mut end = above.clone();
        let mut lines = self.lines;
        for (value, line) in list {
            end = root.enter_path(&above, &[&[value][..], &self.behind].concat(), line);
            let node = root.walk(&end);
            node.marks.push(line);
            node.inactive |= self.inactive;
            lines.retain(|other| *other != line);
        }
        let node = root.walk(&end);
        node.marks.extend(lines.iter().copied().filter(|other| *other != line));
        node.marks.push(line);
        end
    }
}

fn braces<'t>(lines: &[&'t str], root: &mut Node<'t>, ledger: &mut Ledger) -> Result<(), Refusal> {
    let mut tokens = Tokens { lines, at: 0, rest: "", spoke: true };
    let mut open: Vec<(Vec<usize>, u32)> = Vec::new();
    let mut statement = Statement::default();
    let mut in_list = false;
    while let Some(token) = tokens.next(ledger)? {
        let line = tokens.line();
        if statement.lines.last() != Some(&line) {
            statement.lines.push(line);
        }
        let path = open.last().map_or_else(Vec::new, |(path, _)| path.clone());
        match token {
            Token::Word(word) if in_list => statement.list.get_or_insert_default().push((word, line)),
            Token::Word(word) => statement.word(word),
            Token::Mark('[') => in_list = true,
            Token::Mark(']') => in_list = false,
            Token::Mark(';') => {
                in_list = false;
                let statement = std::mem::take(&mut statement);
                if !statement.words.is_empty() {
                    statement.enter(root, &path);
                }
            }
            Token::Mark('{') => {
                in_list = false;
                if open.len() >= DEEPEST {
                    return Err(Refusal::at(
                        ledger.file(),
                        line,
                        Phrase::new("braces are nested more than 64 deep", "波括弧の入れ子が 64 段を超える"),
                    ));
                }
                let end = std::mem::take(&mut statement).enter(root, &path);
                open.push((end, line));
            }
            Token::Mark(_) => {
                // the last statement before a brace may lack its end
                let left = std::mem::take(&mut statement);
                if !left.words.is_empty() {
                    left.enter(root, &path);
                }
                in_list = false;
                let Some((path, _)) = open.pop() else {
                    return Err(Refusal::at(
                        ledger.file(),
                        line,
                        Phrase::new(
                            "this brace closes nothing: export the configuration again",
                            "対応する開き括弧がない。設定を出力し直すこと",
                        ),
                    ));
                };
                root.walk(&path).marks.push(line);
            }
        }
    }
    if let Some((_, line)) = open.last() {
        return Err(truncated(ledger, *line, "this brace is not closed", "波括弧が閉じていない"));
    }
    match statement.lines.first() {
        Some(&line) if !statement.words.is_empty() => {
            Err(truncated(ledger, line, "this statement is not ended", "文が終わっていない"))
        }
        _ => Ok(()),
    }
}

fn script<'t>(lines: &[&'t str], root: &mut Node<'t>, ledger: &mut Ledger) -> Result<(), Refusal> {
    let mut tokens = Tokens { lines, at: 0, rest: "", spoke: true };
    let mut level: Vec<Vec<Cow<'t, str>>> = Vec::new();
    let mut next = tokens.next(ledger)?;
    while let Some(first) = next {
        let line = tokens.line();
        let mut all = vec![first];
        loop {
            next = tokens.next(ledger)?;
            // a quote may go on over lines; what follows it stands in the line that it ends in
            match next.take() {
                Some(token) if tokens.line() == line || quoted_over(&tokens, lines, line) => all.push(token),
                other => {
                    next = other;
                    break;
                }
            }
        }
        let mut items: Vec<Item<'t>> = Vec::new();
        let mut list: Option<Vec<Cow<'t, str>>> = None;
        for token in all {
            match (token, &mut list) {
                (Token::Word(word), Some(list)) => list.push(word),
                (Token::Word(word), None) => items.push(Item::Word(word)),
                (Token::Mark('['), _) => list = Some(Vec::new()),
                (Token::Mark(_), _) => items.extend(list.take().map(Item::List)),
            }
        }
        items.extend(list.take().map(Item::List));
        // only what is set says several things in one line
        let sets = items.first() == Some(&Item::Word("set".into()));
        let statements = if sets {
            let above = level.last().cloned().unwrap_or_default();
            split(&items[1..], |path, word| match above.is_empty() {
                true => takes(path, word),
                false => takes(&[&above[..], path].concat(), word),
            })
        } else {
            vec![items]
        };
        for items in statements {
            let mut statement = Statement { lines: vec![line], ..Statement::default() };
            statement.words.extend(sets.then(|| Cow::from("set")));
            for item in items {
                match item {
                    Item::Word(word) => statement.word(word),
                    Item::List(words) => {
                        let words = words.into_iter().map(|word| (word, line));
                        statement.list.get_or_insert_default().extend(words);
                    }
                }
            }
            command(statement, &mut level, line, root, ledger)?;
        }
    }
    Ok(())
}

/// How many values a word takes behind a path, where it takes any and holds nothing else.
fn takes(path: &[Cow<'_, str>], word: &str) -> Option<usize> {
    const ANYWHERE: [&str; 8] = [
        "vlan-id",
        "native-vlan-id",
        "l3-interface",
        "interface-mode",
        "port-mode",
        "encapsulation",
        "description",
        "mtu",
    ];
    const MATCHED: [&str; 24] = [
        "source-address",
        "destination-address",
        "address",
        "application",
        "dynamic-application",
        "source-identity",
        "url-category",
        "from-zone",
        "to-zone",
        "protocol",
        "next-header",
        "source-port",
        "destination-port",
        "port",
        "icmp-type",
        "icmp-code",
        "tcp-flags",
        "dscp",
        "source-prefix-list",
        "destination-prefix-list",
        "prefix-list",
        "source-address-name",
        "destination-address-name",
        "fragment-offset",
    ];
    const FLAGS: [&str; 6] = [
        "source-address-excluded",
        "destination-address-excluded",
        "tcp-established",
        "tcp-initial",
        "is-fragment",
        "first-fragment",
    ];
    let has = |word: &str| path.iter().any(|known| known == word);
    let first = path.first().map(Cow::as_ref);
    let matching = has("match")
        || first == Some("firewall") && has("from")
        || first == Some("applications") && path.len() > 2 && path[1] == "application";
    if matching && FLAGS.contains(&word) {
        return Some(0);
    }
    let takes = !path.is_empty() && ANYWHERE.contains(&word)
        || matching && MATCHED.contains(&word)
        || word == "screen" && has("security-zone");
    takes.then_some(1)
}

/// Whether the token that was just read began in `line`, and a quote carried it further.
fn quoted_over(tokens: &Tokens<'_, '_>, lines: &[&str], line: u32) -> bool {
    let between = &lines[(line as usize).saturating_sub(1)..(tokens.line() as usize).saturating_sub(1)];
    between.iter().map(|line| line.matches('"').count()).sum::<usize>() % 2 == 1
}

fn command<'t>(
    mut statement: Statement<'t>,
    level: &mut Vec<Vec<Cow<'t, str>>>,
    line: u32,
    root: &mut Node<'t>,
    ledger: &mut Ledger,
) -> Result<(), Refusal> {
    if statement.words.is_empty() {
        return Ok(());
    }
    let first = statement.words.remove(0);
    if !COMMANDS.contains(&first.as_ref()) {
        if matches!(first.as_ref(), "rename" | "copy" | "replace" | "wildcard" | "load" | "rollback") {
            return Err(Refusal::at(
                ledger.file(),
                line,
                Phrase::new(
                    format!(
                        "`{first}` changes what stands elsewhere and is not read: take the file from `show configuration | display set`"
                    ),
                    format!("`{first}` は読み取れない。`show configuration | display set` の出力を使うこと"),
                ),
            ));
        }
        ledger.not_understood(
            line,
            Phrase::new("no command of a configuration; it was left out", "設定のコマンドではない。取り込まない"),
        );
        return Ok(());
    }
    let mut words: Vec<Cow<'t, str>> = level.last().cloned().unwrap_or_default();
    words.append(&mut statement.words);
    match first.as_ref() {
        "set" => {
            statement.words = words;
            statement.enter(root, &[]);
            return Ok(());
        }
        "edit" => level.push(words),
        "top" => level.clear(),
        "up" | "exit" => drop(level.pop()),
        "delete" => {
            if let Some(node) = root.remove(&words) {
                node.each(&mut |node| node.marks.iter().for_each(|line| ledger.without_meaning(*line)));
            }
        }
        "deactivate" | "activate" => {
            let path = words.iter().try_fold((Vec::new(), &*root), |(mut path, node), word| {
                let at = node.position(word)?;
                path.push(at);
                Some((path, &node.below[at]))
            });
            if let Some((path, _)) = path {
                root.walk(&path).inactive = first == "deactivate";
            }
        }
        "insert" => insert(&words, root),
        _ => {}
    }
    ledger.used(line);
    Ok(())
}

/// `insert security policies from-zone a to-zone b policy X before policy Y`.
fn insert(words: &[Cow<'_, str>], root: &mut Node<'_>) {
    let Some(at) = words.iter().rposition(|word| matches!(word.as_ref(), "before" | "after")) else { return };
    let (Some((name, above)), Some(other)) = (words[..at].split_last(), words.last()) else { return };
    let mut node = root;
    for word in above {
        let Some(next) = node.position(word) else { return };
        node = &mut node.below[next];
    }
    let Some(from) = node.position(name) else { return };
    let moved = node.below.remove(from);
    let place = node
        .below
        .iter()
        .position(|node| node.word == *other)
        .map_or(node.below.len(), |place| place + usize::from(words[at] == "after"));
    node.below.insert(place, moved);
    node.reindex();
}
