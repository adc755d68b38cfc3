//! The keys of a site file, and those of a document that may stand beside them.

use std::net::IpAddr;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::super::assemble::{Said, tag};
use super::super::ledger::Origin;
use super::super::table::Kind;
use super::super::text::Refusal;
use crate::document::{Member, Part, document_keys};
use crate::language::Phrase;
use crate::nearest::nearest;
use crate::source::{Source, Span};

/// A device.
#[derive(Debug)]
pub struct DeviceEntry {
    /// The id that it is given.
    pub id: Option<String>,
    /// The file.
    pub config: String,
    /// The format, where it is said.
    pub format: Option<String>,
    /// Where it stands.
    pub origin: Origin,
}

/// A table.
#[derive(Debug)]
pub struct TableEntry {
    /// The file.
    pub file: String,
    /// The sheet.
    pub sheet: Option<String>,
    /// What it is of.
    pub kind: Kind,
    /// The device that it is for.
    pub at: Option<String>,
    /// Whether it lists the excepted communication.
    pub exceptions: bool,
    /// Whether it is compared with what the device permits.
    pub expect: bool,
    /// Requirements that its rows are excepted from.
    pub waives: Vec<String>,
    /// Where it stands.
    pub origin: Origin,
}

/// What a site file says.
#[derive(Debug, Default)]
pub struct Keys {
    /// `devices`
    pub devices: Vec<DeviceEntry>,
    /// `tables`
    pub tables: Vec<TableEntry>,
    /// `neighbours`
    pub neighbours: Vec<(String, Origin)>,
    /// `routes`
    pub routes: Vec<(String, Origin)>,
    /// `cables`
    pub cables: Vec<([(String, String); 2], Origin)>,
    /// `external`
    pub external: Vec<Said>,
    /// `zone_of`
    pub zone_of: Vec<Said>,
    /// `topology`
    pub topology: Option<(String, Origin)>,
    /// `hosts: listed`
    pub listed: bool,
    /// The keys of a document.
    pub document: Map<String, Value>,
}

/// The keys that only a site file has.
const OWN: [&str; 10] =
    ["sanso-import", "devices", "tables", "neighbours", "routes", "cables", "external", "zone_of", "topology", "hosts"];

struct Reader<'r> {
    source: &'r Source,
    errors: &'r mut Vec<Refusal>,
}

/// Reads the members of a site file.
pub fn read(source: &Source, members: &[Member], out: &mut Keys, errors: &mut Vec<Refusal>) {
    let mut reader = Reader { source, errors };
    for member in members {
        match member.key.as_str() {
            "sanso-import" => {
                if member.json.trim_matches('"') != "1" {
                    reader.error(
                        member.value_span,
                        "this version of site files is not known; write `sanso-import: 1`",
                        "この版のサイトファイルには対応していない。`sanso-import: 1` と書くこと",
                    );
                }
            }
            "devices" => reader.devices(member, out),
            "tables" => reader.tables(member, out),
            "neighbours" => out.neighbours.extend(reader.files(member)),
            "routes" => out.routes.extend(reader.files(member)),
            "cables" => reader.cables(member, out),
            "external" => out.external.extend(reader.said(member)),
            "zone_of" => out.zone_of.extend(reader.said(member)),
            "topology" => out.topology = reader.text(member).map(|text| (text, reader.origin(member.value_span))),
            "hosts" => match reader.text(member).as_deref() {
                Some("listed") => out.listed = true,
                _ => reader.error(
                    member.value_span,
                    "`hosts` can only be `listed`: the machines that tables and documents name are all there are",
                    "`hosts` に書けるのは listed（台帳と構成ファイルにある機器がすべて）だけ",
                ),
            },
            key if key != "sanso" && document_keys().contains(&key) => reader.part_of_document(member, out),
            key => {
                let known = OWN.iter().copied().chain(document_keys());
                let (mut en, mut ja) =
                    (format!("there is no key `{key}` in a site file"), format!("サイトファイルにキー「{key}」はない"));
                if let Some(near) = nearest(key, known) {
                    en.push_str(&format!("; did you mean `{near}`?"));
                    ja.push_str(&format!("。「{near}」のことか"));
                }
                reader.error(member.span, en, ja);
            }
        }
    }
    if !members.iter().any(|member| member.key == "sanso-import") {
        reader.error(Span::default(), "`sanso-import: 1` is missing", "`sanso-import: 1` がない");
    }
}

/// Reads the members of a document that is merged in.
pub fn document(source: &Source, members: &[Member], out: &mut Keys, errors: &mut Vec<Refusal>) {
    let mut reader = Reader { source, errors };
    for member in members.iter().filter(|member| member.key != "sanso") {
        reader.part_of_document(member, out);
    }
}

fn value(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or(Value::Null)
}

impl Reader<'_> {
    fn origin(&self, span: Span) -> Origin {
        Origin { file: Arc::new(self.source.name().to_owned()), line: self.source.position(span.start).line, column: 0 }
    }

    fn place(&self, span: Span) -> String {
        self.origin(span).to_string()
    }

    fn error(&mut self, span: Span, en: impl Into<String>, ja: impl Into<String>) {
        let at = self.source.position(span.start);
        self.errors.push(Refusal {
            file: self.source.name().to_owned(),
            place: Some((at.line, at.column)),
            what: Phrase::new(en, ja),
        });
    }

    fn text(&mut self, member: &Member) -> Option<String> {
        let text = value(&member.json).as_str().map(str::to_owned);
        if text.is_none() {
            self.error(member.value_span, "a text is wanted", "文字列が要る");
        }
        text
    }

    /// Names of files: one, or a list.
    fn files(&mut self, member: &Member) -> Vec<(String, Origin)> {
        if let Some(one) = value(&member.json).as_str() {
            return vec![(one.to_owned(), self.origin(member.value_span))];
        }
        let mut out = Vec::new();
        for part in &member.parts {
            match value(&part.json).as_str() {
                Some(text) if part.key.is_none() => out.push((text.to_owned(), self.origin(part.span))),
                _ => self.error(part.span, "the name of a file is wanted", "ファイル名が要る"),
            }
        }
        out
    }

    /// An entry of a list as texts by key; what is not known there is told.
    fn entry(&mut self, part: &Part, known: &[&str]) -> Map<String, Value> {
        let Value::Object(map) = value(&part.json) else {
            self.error(
                part.span,
                format!("a mapping is wanted, with {}", known.join(", ")),
                format!("マッピング（{}）が要る", known.join("、")),
            );
            return Map::new();
        };
        for key in map.keys().filter(|key| !known.contains(&key.as_str())) {
            let (mut en, mut ja) = (format!("there is no key `{key}` here"), format!("ここにキー「{key}」はない"));
            if let Some(near) = nearest(key, known.iter().copied()) {
                en.push_str(&format!("; did you mean `{near}`?"));
                ja.push_str(&format!("。「{near}」のことか"));
            }
            self.error(part.span, en, ja);
        }
        for (key, value) in &map {
            if !(value.is_string() || value.is_boolean()) {
                self.error(part.span, format!("`{key}` is to be a text"), format!("`{key}` は文字列で書くこと"));
            }
        }
        map
    }

    fn devices(&mut self, member: &Member, out: &mut Keys) {
        for part in &member.parts {
            let map = self.entry(part, &["id", "config", "format"]);
            let text = |key: &str| map.get(key).and_then(Value::as_str).map(str::to_owned);
            let Some(config) = text("config") else {
                self.error(
                    part.span,
                    "a device needs its configuration: `config: FILE`",
                    "機器には設定ファイル（`config: ファイル`）が要る",
                );
                continue;
            };
            let format = text("format");
            if let Some(name) = &format
                && super::super::format(name).is_none()
            {
                let known: Vec<&str> = super::super::FORMATS.iter().map(|format| format.name).collect();
                let known = known.join(", ");
                self.error(
                    part.span,
                    format!("there is no format `{name}`; there are {known}"),
                    format!("形式「{name}」はない。あるのは {known}"),
                );
            }
            out.devices.push(DeviceEntry { id: text("id"), config, format, origin: self.origin(part.span) });
        }
    }

    fn tables(&mut self, member: &Member, out: &mut Keys) {
        for part in &member.parts {
            let map = self.entry(part, &["file", "sheet", "kind", "at", "as", "expect", "waives"]);
            let text = |key: &str| map.get(key).and_then(Value::as_str).map(str::to_owned);
            let word = text("kind").unwrap_or_default();
            let (Some(file), Some(kind)) = (text("file"), Kind::ALL.into_iter().find(|kind| kind.word() == word))
            else {
                let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.word()).collect();
                let known = known.join(", ");
                self.error(
                    part.span,
                    format!("a table needs `file` and `kind`, which is one of {known}"),
                    format!("表には `file` と `kind`（{known} のいずれか）が要る"),
                );
                continue;
            };
            let exceptions = match text("as").as_deref() {
                None => false,
                Some("exceptions") if kind == Kind::Flows => true,
                Some(_) => {
                    self.error(
                        part.span,
                        "`as` can only be `exceptions`, of a table of flows",
                        "`as` に書けるのは flows の exceptions だけ",
                    );
                    false
                }
            };
            let expect = map.get("expect").is_some_and(|value| *value == true || *value == "true");
            let waives: Vec<String> = match map.get("waives") {
                Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
                Some(word) => word.as_str().map(str::to_owned).into_iter().collect(),
                None => Vec::new(),
            };
            if map.contains_key("waives") && (waives.is_empty() || !exceptions && (!expect || map.contains_key("at"))) {
                self.error(
                    part.span,
                    "`waives` names requirements, of a table with `as: exceptions`, or with `expect: true` and no `at`",
                    "`waives` には要件の ID を書く。`as: exceptions` か、`at` のない `expect: true` の表に限る",
                );
            }
            out.tables.push(TableEntry {
                file,
                sheet: text("sheet"),
                kind,
                at: text("at"),
                exceptions,
                expect,
                waives,
                origin: self.origin(part.span),
            });
        }
    }

    fn cables(&mut self, member: &Member, out: &mut Keys) {
        for part in &member.parts {
            let text = value(&part.json).as_str().unwrap_or_default().to_owned();
            let ends: Vec<Option<(String, String)>> = text.split(" -- ").map(|end| end_of(end.trim())).collect();
            match &ends[..] {
                [Some(a), Some(b)] => out.cables.push(([a.clone(), b.clone()], self.origin(part.span))),
                _ => self.error(
                    part.span,
                    "write a cable as \"device:port -- device:port\" (of a machine of a table its name alone)",
                    "配線は \"機器:ポート -- 機器:ポート\" と書くこと（台帳の機器は名称だけでよい）",
                ),
            }
        }
    }

    /// `{ "fw1:wan1": the-internet }`
    fn said(&mut self, member: &Member) -> Vec<Said> {
        let mut out = Vec::new();
        for part in &member.parts {
            let end = part.key.as_deref().and_then(|key| key.split_once(':'));
            match (end, value(&part.json).as_str()) {
                (Some((device, way)), Some(what)) => out.push(Said {
                    origin: self.origin(part.span),
                    end: (device.trim().to_owned(), way.trim().to_owned()),
                    what: what.to_owned(),
                }),
                _ => self.error(
                    part.span,
                    "write \"device:interface\": and the node or zone",
                    "\"機器:インターフェース\": と、ノードまたは領域を書くこと",
                ),
            }
        }
        out
    }

    /// A key of a document: lists and mappings are joined, scalars must agree.
    fn part_of_document(&mut self, member: &Member, out: &mut Keys) {
        let key = member.key.as_str();
        let whole = value(&member.json);
        match &whole {
            Value::Array(_) => {
                for part in &member.parts {
                    let mut item = value(&part.json);
                    if item.is_array() && key == "links" {
                        item = json!({ "between": item });
                    }
                    tag(&mut item, &self.place(part.span));
                    if let Value::Array(list) = out.document.entry(key).or_insert_with(|| json!([])) {
                        list.push(item);
                    }
                }
            }
            Value::Object(_) => {
                for part in &member.parts {
                    let mut item = value(&part.json);
                    tag(&mut item, &self.place(part.span));
                    let name = part.key.clone().unwrap_or_default();
                    let Value::Object(map) = out.document.entry(key).or_insert_with(|| json!({})) else { continue };
                    match map.get_mut(&name) {
                        None => {
                            map.insert(name, item);
                        }
                        Some(known) => {
                            if !join(known, &item) {
                                self.error(
                                    part.span,
                                    format!("`{name}` is something else in the other file; they must agree"),
                                    format!("「{name}」がもう一方のファイルと食い違っている。一致させること"),
                                );
                            }
                        }
                    }
                }
            }
            scalar => {
                let known = out.document.entry(key).or_insert_with(|| scalar.clone());
                if known != scalar {
                    let (ours, theirs) = (known.to_string(), scalar.to_string());
                    self.error(
                        member.value_span,
                        format!("`{key}` is {theirs} here and {ours} in the other file; they must agree"),
                        format!("`{key}` が、ここでは {theirs}、もう一方では {ours} になっている。一致させること"),
                    );
                }
            }
        }
    }
}

/// Joins a value to another one of the same name.
fn join(known: &mut Value, more: &Value) -> bool {
    match (known, more) {
        (Value::Array(list), Value::Array(more)) => {
            for item in more {
                if !list.contains(item) {
                    list.push(item.clone());
                }
            }
            true
        }
        (Value::Object(map), Value::Object(more)) => {
            more.iter().filter(|(key, _)| *key != "@").all(|(key, value)| match map.get_mut(key) {
                Some(known) => join(known, value),
                None => {
                    map.insert(key.clone(), value.clone());
                    true
                }
            })
        }
        (known, more) => known == more,
    }
}

/// An end of a cable: `device:port`; of a machine without ports its name alone.
fn end_of(text: &str) -> Option<(String, String)> {
    if text.is_empty() || text.parse::<IpAddr>().is_ok() {
        return None;
    }
    let (device, port) = text.split_once(':').unwrap_or((text, ""));
    (!device.is_empty()).then(|| (device.trim().to_owned(), port.trim().to_owned()))
}
