//! Readers of the formats: an error is what a program that reads the format would refuse, or what would act in it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::Value;
use xmloxide::validation::xsd::{XsdSchema, parse_xsd, validate_xsd};

/// No character that moves the cursor or reorders text.
fn harmless(output: &str) -> Result<(), String> {
    let bad = |c: &char| {
        *c != '\n'
            && (c.is_control()
                || matches!(*c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'))
    };
    match output.chars().find(bad) {
        Some(c) => Err(format!("{c:?} is there as it is")),
        None => Ok(()),
    }
}

pub fn text(output: &str) -> Result<(), String> {
    harmless(output)
}

pub fn json(output: &str) -> Result<(), String> {
    harmless(output)?;
    serde_json::from_str::<Value>(output).map(|_| ()).map_err(|error| error.to_string())
}

/// The tags that comments are made of.
const TAGS: [&str; 12] = [
    "<code>",
    "</code>",
    "<details>",
    "</details>",
    "<summary>",
    "</summary>",
    "<br>",
    "<sub>",
    "</sub>",
    "<pre>",
    "</pre>",
    "<details><summary>",
];

pub fn markdown(output: &str) -> Result<(), String> {
    harmless(output)?;
    if output.chars().count() > 65_536 {
        return Err("too long for a comment".to_owned());
    }
    let no_tags_but_ours = |html: &str| {
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            let end = rest[at..].find('>').map(|end| at + end + 1).ok_or("an open tag")?;
            let tag = &rest[at..end];
            if !TAGS.contains(&tag) {
                return Err(format!("the tag {tag}"));
            }
            rest = &rest[end..];
        }
        Ok(())
    };
    let (mut columns, mut cells) = (0, 0);
    for event in Parser::new_ext(output, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(
                Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_) | Tag::Emphasis | Tag::Strikethrough,
            )
            | Event::Code(_) => return Err(format!("{event:?}")),
            Event::Html(html) | Event::InlineHtml(html) => no_tags_but_ours(&html)?,
            Event::Start(Tag::Table(alignments)) => (columns, cells) = (alignments.len(), 0),
            Event::Start(Tag::TableRow | Tag::TableHead) => cells = 0,
            Event::Start(Tag::TableCell) => cells += 1,
            _ => {}
        }
        if cells > columns {
            return Err("a cell too many".to_owned());
        }
    }
    // The parser drops cells that are too many: count the bars.
    for lines in output.lines().filter(|line| line.starts_with('|')).collect::<Vec<_>>().windows(2) {
        let bars = |line: &str| line.matches('|').count();
        if lines[1].starts_with("|--") && bars(lines[0]) != bars(lines[1]) {
            return Err(format!("{} and {}", lines[0], lines[1]));
        }
    }
    if output.contains('@') || output.contains("://") {
        return Err("a mention or a link".to_owned());
    }
    // Outside of code, the sign of a mention or of a reference is parted from the name behind it.
    for outside in output
        .replace("<pre>", "<code>")
        .replace("</pre>", "</code>")
        .split("<code>")
        .map(|part| part.rsplit("</code>").next().unwrap_or_default())
    {
        for sign in ["&#64;", "&#35;"] {
            let parted = |rest: &str| rest.is_empty() || rest.starts_with(['&', ' ', '<', '\n', '|', ')', ':']);
            if outside.split(sign).skip(1).any(|rest| !parted(rest)) {
                return Err(format!("a mention or a reference in {outside}"));
            }
        }
    }
    Ok(())
}

/// The official schema, as the crate `serde-sarif` brings it.
fn sarif_schema() -> &'static jsonschema::Validator {
    static SCHEMA: OnceLock<jsonschema::Validator> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let version = Command::new(env!("CARGO")).args(["version", "--verbose"]).output().expect("cargo starts");
        let version = String::from_utf8(version.stdout).expect("text");
        let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("cargo names its host");
        // What only other systems need may not be here, and cannot be fetched.
        let metadata = Command::new(env!("CARGO"))
            .args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", host])
            .current_dir(super::root())
            .output()
            .expect("cargo starts");
        let metadata: Value = serde_json::from_slice(&metadata.stdout).expect("cargo metadata is JSON");
        let packages = metadata["packages"].as_array().expect("packages");
        let package =
            packages.iter().find(|package| package["name"] == "serde-sarif").expect("a dependency of the tests");
        let manifest = PathBuf::from(package["manifest_path"].as_str().expect("a path"));
        let text = std::fs::read_to_string(manifest.with_file_name("src/schema.json")).expect("the schema of SARIF");
        // The pattern of languages has a bracket too many, which is no regular expression for everybody.
        let slip = "^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$";
        assert!(text.contains(slip), "the slip is mended: leave this out");
        let text = text.replace(slip, "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$");
        let schema: Value = serde_json::from_str(&text).expect("the schema is JSON");
        assert!(schema["title"].as_str().is_some_and(|title| title.contains("2.1.0")), "another schema");
        jsonschema::validator_for(&schema).expect("the schema is one")
    })
}

pub fn sarif(output: &str) -> Result<(), String> {
    json(output)?;
    let value: Value = serde_json::from_str(output).map_err(|error| error.to_string())?;
    if let Some(error) = sarif_schema().iter_errors(&value).next() {
        return Err(format!("{}: {error}", error.instance_path()));
    }
    let log: serde_sarif::sarif::Sarif = serde_json::from_str(output).map_err(|error| error.to_string())?;
    for run in &log.runs {
        let rules = run.tool.driver.rules.as_deref().unwrap_or_default();
        for result in run.results.as_deref().unwrap_or_default() {
            let rule = result.rule_index.and_then(|index| rules.get(usize::try_from(index).ok()?));
            if rule.map(|rule| &rule.id) != result.rule_id.as_ref() {
                return Err("a result whose rule is another".to_owned());
            }
        }
    }
    // Every text for people: no link, no placeholder, nothing hidden.
    let mut texts = Vec::new();
    collect(&value, &mut texts);
    for text in texts {
        harmless(text).or_else(|error| if text.contains('\n') { Ok(()) } else { Err(error) })?;
        if text.replace("\\](", "").contains("](") {
            return Err(format!("a link in {text}"));
        }
        if text.replace("{{", "").contains('{') {
            return Err(format!("a placeholder in {text}"));
        }
    }
    Ok(())
}

/// The values of all keys `text`.
fn collect<'v>(value: &'v Value, out: &mut Vec<&'v str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, out)),
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(text) if key == "text" => out.push(text),
                    value => collect(value, out),
                }
            }
        }
        _ => {}
    }
}

fn junit_schema() -> &'static XsdSchema {
    static SCHEMA: OnceLock<XsdSchema> = OnceLock::new();
    SCHEMA.get_or_init(|| parse_xsd(include_str!("../schemas/junit.xsd")).expect("the schema is one"))
}

pub fn junit(output: &str) -> Result<(), String> {
    harmless(output)?;
    let document = xmloxide::Document::parse_str(output).map_err(|error| error.to_string())?;
    let result = validate_xsd(&document, junit_schema());
    if !result.is_valid {
        return Err(format!("{:?}", result.errors));
    }
    let count = |tag: &str| output.matches(&format!("<{tag}")).count();
    for (attribute, found) in [
        ("tests", count("testcase")),
        ("failures", count("failure ")),
        ("errors", count("error ")),
        ("skipped", count("skipped ")),
    ] {
        if !output.contains(&format!(" {attribute}=\"{found}\"")) {
            return Err(format!("{found} {attribute} are there, not as many as it says"));
        }
    }
    Ok(())
}

/// Reads workflow commands as GitHub's runner does.
pub fn commands(output: &str) -> Result<Vec<(String, BTreeMap<String, String>, String)>, String> {
    let unescaped = |text: &str| {
        text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
    };
    let command = |line: &str| {
        let rest = line.strip_prefix("::").ok_or_else(|| format!("no command: {line}"))?;
        let (head, message) = rest.split_once("::").ok_or_else(|| format!("no message: {line}"))?;
        let (name, properties) = head.split_once(' ').ok_or_else(|| format!("no property: {line}"))?;
        let properties = properties.split(',').map(|property| {
            let (key, value) = property.split_once('=').ok_or_else(|| format!("no value: {property}"))?;
            Ok((key.to_owned(), unescaped(value)))
        });
        let properties: BTreeMap<String, String> = properties.collect::<Result<_, String>>()?;
        Ok((name.to_owned(), properties, unescaped(message)))
    };
    output.lines().map(command).collect()
}

pub fn github(output: &str) -> Result<(), String> {
    harmless(output)?;
    let commands = commands(output)?;
    for (name, properties, message) in &commands {
        if !["error", "warning", "notice"].contains(&name.as_str()) || message.is_empty() {
            return Err(format!("{name}: {message}"));
        }
        for (key, value) in properties {
            let good = match key.as_str() {
                "line" | "col" => value.parse::<u32>().is_ok_and(|number| number > 0),
                "file" | "title" => !value.is_empty(),
                _ => false,
            };
            if !good {
                return Err(format!("the property {key}={value}"));
            }
        }
    }
    if commands.is_empty() { Err("no verdict".to_owned()) } else { Ok(()) }
}

/// A line without its quoted strings, each replaced by `Q`; `ends` says where one ends.
fn unquoted(line: &str, backslashes: bool) -> Result<(String, Vec<String>), String> {
    let (mut out, mut strings) = (String::new(), Vec::new());
    let mut characters = line.chars();
    while let Some(c) = characters.next() {
        if c != '"' {
            out.push(c);
            continue;
        }
        let mut string = String::new();
        loop {
            match characters.next() {
                None => return Err(format!("an open string: {line}")),
                Some('"') => break,
                Some('\\') if backslashes => {
                    let next = characters.next().ok_or("a backslash at the end")?;
                    if !matches!(next, 'n' | '"' | '\\') {
                        return Err(format!("the escape \\{next}: {line}"));
                    }
                    string.extend(['\\', next]);
                }
                Some(c) => string.push(c),
            }
        }
        strings.push(string);
        out.push('Q');
    }
    Ok((out, strings))
}

/// The grammar of what is written of DOT, line by line.
pub fn dot(output: &str) -> Result<(), String> {
    harmless(output)?;
    let mut depth = 0_usize;
    for line in output.lines() {
        let (line, _) = unquoted(line, true)?;
        let line = line.trim();
        if line.ends_with('{') {
            depth += 1;
        } else if line == "}" {
            depth = depth.checked_sub(1).ok_or("a brace too many")?;
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || " _-=,[]{}".contains(c);
        let known = ["graph ", "node [", "edge [", "subgraph cluster_", "}", "n"];
        if !line.chars().all(plain) || !known.iter().any(|start| line.starts_with(start)) {
            return Err(format!("the line {line}"));
        }
    }
    if depth == 0 { Ok(()) } else { Err("an open brace".to_owned()) }
}

/// The grammar of what is written of Mermaid, line by line.
pub fn mermaid(output: &str) -> Result<(), String> {
    harmless(output)?;
    let mut lines = output.lines();
    if lines.next() != Some("flowchart LR") {
        return Err("no flowchart".to_owned());
    }
    let mut depth = 0_usize;
    for line in lines {
        let (line, strings) = unquoted(line, false)?;
        for string in strings {
            let bad = |c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && !" -,#;".contains(c);
            if string.replace("<br>", "").contains(bad) {
                return Err(format!("the label {string}"));
            }
        }
        let line = line.trim();
        depth = match line {
            "end" => depth.checked_sub(1).ok_or("an end too many")?,
            line => depth + usize::from(line.starts_with("subgraph ")),
        };
        let known = ["title[", "subgraph z", "end", "n", "classDef ", "style title ", "linkStyle "];
        if !known.iter().any(|start| line.starts_with(start)) || line.contains(['<', '`', '%']) {
            return Err(format!("the line {line}"));
        }
    }
    if depth == 0 { Ok(()) } else { Err("an open subgraph".to_owned()) }
}

/// Elements of a page, which text of a document may not add to: its own data and its own script, nothing that loads.
pub fn html(output: &str) -> Result<(), String> {
    harmless(output)?;
    let lower = output.to_lowercase();
    let scripts: Vec<&str> = lower.split("<script").skip(1).filter_map(|rest| rest.split('>').next()).collect();
    if scripts != [" type=\"application/json\" id=\"facts\"", ""] {
        return Err(format!("it has these scripts: {scripts:?}"));
    }
    for tag in ["<img", "<iframe", "<object", "<embed", "<link", "<base", "<form", "href=\"javascript"] {
        if lower.contains(tag) {
            return Err(format!("{tag} is there"));
        }
    }
    let facts = output.split("id=\"facts\">").nth(1).and_then(|rest| rest.split("</script>").next());
    let facts: Value = serde_json::from_str(facts.ok_or("no facts")?).map_err(|error| error.to_string())?;
    if facts.is_object() { Ok(()) } else { Err("the facts are no object".to_owned()) }
}

pub fn svg(output: &str) -> Result<(), String> {
    harmless(output)?;
    xmloxide::Document::parse_str(output).map_err(|error| error.to_string())?;
    for tag in ["<script", "<image", "<foreignObject", "href=", "<!ENTITY"] {
        if output.contains(tag) {
            return Err(format!("{tag} is there"));
        }
    }
    Ok(())
}

#[test]
fn readers_refuse_what_is_wrong() {
    for (read, bad) in [
        (json as fn(&str) -> Result<(), String>, "{\"a\": \"\u{202e}\"}"),
        (markdown, "a <script>alert(1)</script>\n"),
        (markdown, "[a](b)\n"),
        (markdown, "ask @octocat\n"),
        (markdown, "| a | b |\n|---|\n"),
        (sarif, "{\"version\": \"2.1.0\"}"),
        (sarif, "{\"version\": \"2.1.0\", \"runs\": [{\"tool\": {\"driver\": {\"name\": \"a\"}}, \"wrong\": 1}]}"),
        (junit, "<testsuites name=\"a\" tests=\"0\" skipped=\"0\" failures=\"0\"/>"),
        (junit, "<testsuites name=\"a\" tests=\"0\" skipped=\"0\" failures=\"0\" errors=\"0\"><x/></testsuites>"),
        (junit, "<testsuites name=\"a\" tests=\"x\" skipped=\"0\" failures=\"0\" errors=\"0\"/>"),
        (github, "::error title=a\n"),
        (github, "::set-env name=a::b\n"),
        (github, "::error title=a,x::y::b\n"),
        (dot, "graph sanso {\n  n0 [label=\"a\"b\"]\n}\n"),
        (dot, "graph sanso {\n"),
        (mermaid, "flowchart LR\n  n0[\"a<b\"]\n"),
        (mermaid, "flowchart LR\n  click n0\n"),
        (html, "<script type=\"application/json\" id=\"facts\">{}</script><script></script><script>x</script>"),
        (html, "<script type=\"application/json\" id=\"facts\">{}</script><script></script><img>"),
        (html, "<script type=\"application/json\" id=\"facts\">{</script><script></script>"),
        (svg, "<svg><a href=\"x\"/></svg>"),
        (svg, "<svg><g></svg>"),
    ] {
        assert!(read(bad).is_err(), "{bad}");
    }
}
