//! A set of rules of nftables as a tree, from the JSON that `nft -j list ruleset` prints.

use std::collections::HashMap;

use super::super::json::{Json, Value};
use super::super::ledger::Ledger;
use crate::language::Phrase;

/// A value as it is written, which means something by what it is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Raw {
    /// A word or number.
    Word(String),
    /// From and to.
    Range(String, String),
    /// An address and the length of its prefix.
    Prefix(String, u8),
    /// Any of these.
    Set(Vec<Raw>),
    /// One behind the other.
    Concat(Vec<Raw>),
    /// A set by its name.
    Ref(String),
    /// All others.
    Rest,
    /// What is not known.
    Unknown(String),
}

/// What is looked at.
#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    /// A field of a header: protocol and field.
    Payload(String, String),
    /// What the kernel knows of a packet.
    Meta(String),
    /// What it knows of its session.
    Ct(String),
    /// What routes say: what of, and what is asked.
    Fib(Vec<String>, String),
    /// Several, one behind the other.
    Concat(Vec<Key>),
    /// A field of which some bits are looked at.
    Masked(Box<Key>, Vec<String>),
    /// What is not known.
    Other(String),
}

/// Where a rule leads.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It passes this chain.
    Accept,
    /// It is stopped.
    Drop,
    /// Back to behind the jump.
    Return,
    /// On.
    Continue,
    /// Through another chain and back.
    Jump(String),
    /// Through another chain, and back to where this one would return to.
    Goto(String),
}

/// What a map has for a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Mapped {
    /// A verdict.
    Verdict(Verdict),
    /// A value.
    Value(Raw),
}

/// A map.
#[derive(Clone, Debug, PartialEq)]
pub enum Map {
    /// Its elements.
    Inline(Vec<(Raw, Mapped)>),
    /// By its name.
    Ref(String),
}

/// What something is translated to.
#[derive(Clone, Debug, PartialEq)]
pub enum To {
    /// A value.
    Value(Raw),
    /// What a map has for a key.
    Map(Key, Map),
}

/// A part of a rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// A comparison.
    Match(Key, String, Raw),
    /// What a map of verdicts says.
    Vmap(Key, Map),
    /// A verdict.
    Verdict(Verdict),
    /// A translation: `dnat`, `snat`, `masquerade` or `redirect`, family, address, port, and whether prefixes map one to one.
    Nat(String, Option<String>, Option<To>, Option<Raw>, bool),
    /// Somebody else decides.
    Asked(String),
    /// It says nothing about what passes.
    Silent,
    /// It may hold or not.
    Condition(String),
}

/// A rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its parts in order.
    pub parts: Vec<Part>,
    /// Its first and last line.
    pub lines: (u32, u32),
}

/// Where a chain is asked.
#[derive(Clone, Debug)]
pub struct Base {
    /// `filter`, `nat`, `route`.
    pub kind: String,
    /// `forward`, …
    pub hook: String,
    /// Lower ones are asked first.
    pub priority: i64,
}

/// A chain.
#[derive(Clone, Debug)]
pub struct Chain {
    /// Its name.
    pub name: String,
    /// Where it is asked, if not by jumps alone.
    pub base: Option<Base>,
    /// Whether what it does not decide is stopped.
    pub drops: bool,
    /// Its rules in order.
    pub rules: Vec<Rule>,
    /// Where it stands.
    pub line: u32,
}

/// A set or map.
#[derive(Clone, Debug, Default)]
pub struct Set {
    /// Its elements; of a map with what they are mapped to.
    pub elements: Vec<(Raw, Option<Mapped>)>,
    /// Whether elements come and go.
    pub open: bool,
}

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    /// `ip`, `ip6`, `inet`, …
    pub family: String,
    /// Its name.
    pub name: String,
    /// Its chains.
    pub chains: Vec<Chain>,
    /// Its sets and maps.
    pub sets: HashMap<String, Set>,
    /// Where it stands.
    pub line: u32,
}

impl Table {
    /// The number of a chain.
    #[must_use]
    pub fn chain(&self, name: &str) -> Option<usize> {
        self.chains.iter().position(|chain| chain.name == name)
    }
}

impl Table {
    /// Which chains a chain leads to, itself among them.
    #[must_use]
    pub fn reached(&self, start: usize) -> Vec<bool> {
        let mut reached = vec![false; self.chains.len()];
        let mut open = vec![start];
        while let Some(at) = open.pop() {
            if std::mem::replace(&mut reached[at], true) {
                continue;
            }
            for part in self.chains[at].rules.iter().flat_map(|rule| &rule.parts) {
                let mut verdicts: Vec<&Verdict> = Vec::new();
                match part {
                    Part::Verdict(verdict) => verdicts.push(verdict),
                    Part::Vmap(_, Map::Inline(all)) => {
                        verdicts.extend(all.iter().filter_map(|(_, mapped)| match mapped {
                            Mapped::Verdict(verdict) => Some(verdict),
                            Mapped::Value(_) => None,
                        }));
                    }
                    Part::Vmap(_, Map::Ref(name)) => {
                        let elements = self.sets.get(name).map_or(&[][..], |set| &set.elements);
                        verdicts.extend(elements.iter().filter_map(|(_, mapped)| match mapped {
                            Some(Mapped::Verdict(verdict)) => Some(verdict),
                            _ => None,
                        }));
                    }
                    _ => {}
                }
                for verdict in verdicts {
                    if let Verdict::Jump(name) | Verdict::Goto(name) = verdict {
                        open.extend(self.chain(name));
                    }
                }
            }
        }
        reached
    }
}

/// Finds a table, or makes it.
pub fn table<'s>(tables: &'s mut Vec<Table>, family: &str, name: &str, line: u32) -> &'s mut Table {
    let at = tables.iter().position(|table| table.family == family && table.name == name).unwrap_or_else(|| {
        let (family, name) = (family.to_owned(), name.to_owned());
        tables.push(Table { family, name, chains: Vec::new(), sets: HashMap::new(), line });
        tables.len() - 1
    });
    &mut tables[at]
}

fn lost(json: &Json<'_>, what: &Phrase, ledger: &mut Ledger) {
    (json.lines.0..=json.lines.1).for_each(|line| ledger.not_understood(line, what.clone()));
}

/// The tables of a file.
pub fn of_json(root: &Json<'_>, ledger: &mut Ledger) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    (root.lines.0..=root.lines.1).for_each(|line| ledger.used(line));
    for item in root.get("nftables").map_or(&[][..], Json::list) {
        // what commands add is the same thing
        let item = ["add", "insert"].iter().find_map(|command| item.get(command)).unwrap_or(item);
        let Some((kind, body)) = item.object().first() else { continue };
        let str = |key: &str| body.str(key).unwrap_or("");
        let line = body.lines.0;
        match kind.as_ref() {
            "metainfo" => (body.lines.0..=body.lines.1).for_each(|line| ledger.without_meaning(line)),
            "table" => drop(table(&mut tables, str("family"), str("name"), line)),
            "chain" => {
                let base = body.str("hook").map(|hook| Base {
                    kind: str("type").to_owned(),
                    hook: hook.to_owned(),
                    priority: body.get("prio").and_then(Json::word).and_then(|word| word.parse().ok()).unwrap_or(0),
                });
                let (name, drops) = (str("name").to_owned(), body.str("policy") == Some("drop"));
                let chain = Chain { name, base, drops, rules: Vec::new(), line };
                let table = table(&mut tables, str("family"), str("table"), line);
                if table.chain(&chain.name).is_none() {
                    table.chains.push(chain);
                }
            }
            "set" | "map" => {
                let elements = body.get("elem").map_or(&[][..], Json::list).iter().map(element).collect();
                let flags: Vec<&str> = match body.get("flags") {
                    Some(flags) => flags.list().iter().filter_map(Json::text).chain(flags.text()).collect(),
                    None => Vec::new(),
                };
                let open = flags.contains(&"dynamic") || flags.contains(&"timeout");
                let set = Set { elements, open };
                table(&mut tables, str("family"), str("table"), line).sets.insert(str("name").to_owned(), set);
            }
            "element" => {
                let elements: Vec<(Raw, Option<Mapped>)> =
                    body.get("elem").map_or(&[][..], Json::list).iter().map(element).collect();
                let table = table(&mut tables, str("family"), str("table"), line);
                table.sets.entry(str("name").to_owned()).or_default().elements.extend(elements);
            }
            "rule" => {
                let parts = body.get("expr").map_or(&[][..], Json::list).iter().map(part).collect();
                let rule = Rule { parts, lines: body.lines };
                let table = table(&mut tables, str("family"), str("table"), line);
                match table.chain(str("chain")) {
                    Some(at) => table.chains[at].rules.push(rule),
                    None => lost(
                        body,
                        &Phrase::new("this chain is not there; the rule was left out", "チェインがない。取り込まない"),
                        ledger,
                    ),
                }
            }
            "counter" | "quota" | "limit" | "ct helper" | "ct timeout" | "ct expectation" | "flowtable" | "secmark"
            | "synproxy" => {
                (body.lines.0..=body.lines.1).for_each(|line| ledger.without_meaning(line));
            }
            "flush" if tables.is_empty() => {}
            _ => lost(item, &Phrase::new("unknown; it was left out", "未知の項目。取り込まない"), ledger),
        }
    }
    tables
}

fn element(json: &Json<'_>) -> (Raw, Option<Mapped>) {
    match json.list() {
        [key, value] => (raw(key), Some(mapped(value))),
        _ => (raw(json), None),
    }
}

fn mapped(json: &Json<'_>) -> Mapped {
    match verdict(json) {
        Some(verdict) => Mapped::Verdict(verdict),
        None => Mapped::Value(raw(json)),
    }
}

fn raw(json: &Json<'_>) -> Raw {
    match &json.value {
        Value::Text(text) if text == "*" => Raw::Rest,
        Value::Text(text) => match text.strip_prefix('@') {
            Some(name) => Raw::Ref(name.to_owned()),
            None => Raw::Word(text.to_string()),
        },
        Value::Number(number) => Raw::Word((*number).to_owned()),
        Value::Truth(truth) => Raw::Word(truth.to_string()),
        Value::List(all) => Raw::Set(all.iter().map(raw).collect()),
        Value::Null => Raw::Unknown("null".into()),
        Value::Object(all) => {
            let Some((kind, body)) = all.first() else { return Raw::Unknown("nothing".into()) };
            match (kind.as_ref(), body.list()) {
                ("range", [low, high]) => match (low.word(), high.word()) {
                    (Some(low), Some(high)) => Raw::Range(low.to_owned(), high.to_owned()),
                    _ => Raw::Unknown("range".into()),
                },
                ("prefix", _) => {
                    let length = body.get("len").and_then(Json::word).and_then(|word| word.parse().ok());
                    match body.str("addr").zip(length) {
                        Some((address, length)) => Raw::Prefix(address.to_owned(), length),
                        None => Raw::Unknown("prefix".into()),
                    }
                }
                ("set" | "|", _) => match body.list() {
                    [] => raw(body),
                    all => Raw::Set(all.iter().map(raw).collect()),
                },
                ("concat", all) => Raw::Concat(all.iter().map(raw).collect()),
                ("elem", _) => body.get("val").map_or_else(|| Raw::Unknown("elem".into()), raw),
                (kind, _) => Raw::Unknown(kind.to_owned()),
            }
        }
    }
}

fn key(json: &Json<'_>) -> Key {
    let Some((kind, body)) = json.object().first() else { return Key::Other("value".into()) };
    let str = |key: &str| body.str(key).unwrap_or("").to_owned();
    match kind.as_ref() {
        "payload" if body.get("protocol").is_some() => Key::Payload(str("protocol"), str("field")),
        "meta" => Key::Meta(str("key")),
        "ct" => {
            let dir = str("dir");
            Key::Ct(if dir.is_empty() { str("key") } else { format!("{dir} {}", str("key")) })
        }
        "fib" => Key::Fib(
            body.get("flags").map_or(Vec::new(), |flags| {
                flags
                    .list()
                    .iter()
                    .chain((flags.text().is_some()).then_some(flags))
                    .filter_map(Json::text)
                    .map(str::to_owned)
                    .collect()
            }),
            str("result"),
        ),
        "concat" => Key::Concat(body.list().iter().map(key).collect()),
        "&" => match body.list() {
            [field, mask] => {
                let words = match raw(mask) {
                    Raw::Set(all) => all
                        .into_iter()
                        .filter_map(|raw| if let Raw::Word(word) = raw { Some(word) } else { None })
                        .collect(),
                    Raw::Word(word) => vec![word],
                    _ => Vec::new(),
                };
                Key::Masked(Box::new(key(field)), words)
            }
            _ => Key::Other("&".into()),
        },
        kind => Key::Other(kind.to_owned()),
    }
}

fn verdict(json: &Json<'_>) -> Option<Verdict> {
    let (kind, body) = json.object().first()?;
    let target = || body.str("target").unwrap_or("").to_owned();
    Some(match kind.as_ref() {
        "accept" => Verdict::Accept,
        "drop" => Verdict::Drop,
        "return" => Verdict::Return,
        "continue" => Verdict::Continue,
        "jump" => Verdict::Jump(target()),
        "goto" => Verdict::Goto(target()),
        _ => return None,
    })
}

fn map(json: &Json<'_>) -> Map {
    match raw(json) {
        Raw::Ref(name) => Map::Ref(name),
        _ => {
            let all = json.get("set").map_or(&[][..], Json::list);
            let one = |json: &Json<'_>| match json.list() {
                [key, value] => Some((raw(key), mapped(value))),
                _ => None,
            };
            Map::Inline(all.iter().filter_map(one).collect())
        }
    }
}

fn part(json: &Json<'_>) -> Part {
    if let Some(verdict) = verdict(json) {
        return Part::Verdict(verdict);
    }
    let Some((kind, body)) = json.object().first() else {
        // `"notrack"` and its like may be words
        return match json.text() {
            Some("notrack") => Part::Condition("notrack".into()),
            other => Part::Condition(other.unwrap_or("unknown").to_owned()),
        };
    };
    match kind.as_ref() {
        "match" => {
            let left = body.get("left").map_or_else(|| Key::Other("match".into()), key);
            let right = body.get("right").map_or_else(|| Raw::Unknown("match".into()), raw);
            Part::Match(left, body.str("op").unwrap_or("==").to_owned(), right)
        }
        "vmap" => match (body.get("key"), body.get("data")) {
            (Some(left), Some(data)) => Part::Vmap(key(left), map(data)),
            _ => Part::Condition("vmap".into()),
        },
        "reject" => Part::Verdict(Verdict::Drop),
        "counter" | "log" | "flow" | "secmark" | "ct helper" | "ct timeout" | "ct expectation" | "mangle" | "set"
        | "map" | "dup" | "comment" => match (kind.as_ref(), body.get("key")) {
            // a header that is rewritten
            ("mangle", Some(written)) if matches!(key(written), Key::Payload(..)) => Part::Condition("mangle".into()),
            _ => Part::Silent,
        },
        "dnat" | "snat" | "masquerade" | "redirect" => {
            let to = body.get("addr").map(|address| match address.get("map") {
                Some(inner) => To::Map(
                    inner.get("key").map_or_else(|| Key::Other("map".into()), key),
                    inner.get("data").map_or(Map::Inline(Vec::new()), map),
                ),
                None => To::Value(raw(address)),
            });
            let flags = body.get("type_flags");
            let prefix = flags.is_some_and(|flags| {
                flags.text() == Some("prefix") || flags.list().iter().any(|flag| flag.text() == Some("prefix"))
            });
            Part::Nat(kind.to_string(), body.str("family").map(str::to_owned), to, body.get("port").map(raw), prefix)
        }
        "queue" | "tproxy" | "synproxy" | "xt" => Part::Asked(kind.to_string()),
        "notrack" => Part::Condition("notrack".into()),
        kind => Part::Condition(kind.to_owned()),
    }
}
