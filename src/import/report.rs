//! What an import tells: of every file how it was recognised, how many lines were used, say nothing here, or were not
//! understood, and of the latter where they stand and what was taken for them.

use serde_json::{Value, json};

use super::assemble::Note;
use super::ledger::{Fate, Ledger, nothing_taken};
use super::site::Site;
use crate::language::Lang;

/// The longest part of a line that is shown, in characters.
const SHOWN: usize = 60;

/// Words behind which something secret may stand; what follows is not shown.
const SECRETS: &[&str] = &[
    "password",
    "passwd",
    "secret",
    "key",
    "key-string",
    "community",
    "psksecret",
    "passphrase",
    "md5",
    "pre-shared-key",
    "private-key",
    "certificate",
    "token",
    "auth",
    "authentication-key",
    "snmp-server",
    "username",
    "crypto",
    "enc",
];

/// A line as it may be shown: cut, and without what stands behind a word of secrecy.
#[must_use]
pub fn excerpt(line: &str) -> String {
    let mut out: Vec<&str> = Vec::new();
    for word in line.split_whitespace() {
        out.push(word);
        let plain = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '-').to_ascii_lowercase();
        if SECRETS.contains(&plain.as_str()) || plain.ends_with("password") || plain.ends_with("passwd") {
            out.push("…");
            break;
        }
    }
    let text = out.join(" ");
    if text.chars().count() > SHOWN {
        let cut: String = text.chars().take(SHOWN - 1).collect();
        format!("{cut}…")
    } else {
        text
    }
}

/// Lines without anybody's remark, as runs from first to last.
fn unknown(ledger: &Ledger) -> Vec<(u32, u32)> {
    let remarked: std::collections::HashSet<u32> = ledger.remarks().iter().map(|remark| remark.line).collect();
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for line in ledger.lines(Fate::NotUnderstood).filter(|line| !remarked.contains(line)) {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == line => *last = line,
            _ => runs.push((line, line)),
        }
    }
    runs
}

/// A file as the report speaks of it.
struct File<'s> {
    ledger: &'s Ledger,
    what: &'s str,
    recognised: Option<bool>,
    /// Nodes and their kinds.
    nodes: Vec<(&'s str, &'s str)>,
    lines: Vec<&'s str>,
}

impl File<'_> {
    fn line(&self, line: u32) -> &str {
        (line as usize).checked_sub(1).and_then(|at| self.lines.get(at)).map_or("", |line| line)
    }
}

fn files(site: &Site) -> Vec<File<'_>> {
    let of_read = site.reads.iter().map(|read| File {
        ledger: &read.ledger,
        what: read.format,
        recognised: Some(read.recognised),
        nodes: read.import.devices.iter().map(|device| (device.id.as_str(), device.kind)).collect(),
        lines: read.lines().collect(),
    });
    let of_table = site.tables.iter().map(|table| File {
        ledger: &table.ledger,
        what: table.what,
        recognised: None,
        nodes: Vec::new(),
        lines: table.lines.iter().collect(),
    });
    of_read.chain(of_table).collect()
}

/// The report as text.
#[must_use]
pub fn text(site: &Site, lang: Lang) -> String {
    let mut out = String::new();
    for file in files(site) {
        let ledger = file.ledger;
        let (used, silent, lost) =
            (ledger.count(Fate::Used), ledger.count(Fate::WithoutMeaning), ledger.count(Fate::NotUnderstood));
        let (name, what, total) = (format!("{}{}", site.base, ledger.file()), file.what, ledger.total());
        match lang {
            Lang::En => {
                let how = match file.recognised {
                    Some(true) => " (recognised by its content)",
                    Some(false) => " (as the call says)",
                    None => "",
                };
                out.push_str(&format!("{name}: {what}{how}\n"));
                out.push_str(&format!(
                    "  {total} lines: {used} used, {silent} without meaning here, {lost} not understood\n"
                ));
            }
            Lang::Ja => {
                let how = match file.recognised {
                    Some(true) => "（内容から判別）",
                    Some(false) => "（指定による）",
                    None => "",
                };
                out.push_str(&format!("{name}: {what}{how}\n"));
                out.push_str(&format!(
                    "  全 {total} 行: 取り込み {used}、ここでは無関係 {silent}、解釈できず {lost}\n"
                ));
            }
        }
        for (id, kind) in &file.nodes {
            out.push_str(&format!("  → {id} ({kind})\n"));
        }
        for remark in ledger.remarks() {
            let what = remark.what.get(lang);
            if remark.line == 0 {
                out.push_str(&format!("  {what}\n"));
            } else {
                let mark = if ledger.fate(remark.line) == Fate::NotUnderstood { "?" } else { "-" };
                out.push_str(&format!("  {mark} {name}:{}: {}\n", remark.line, excerpt(file.line(remark.line))));
                out.push_str(&format!("      {what}\n"));
            }
        }
        for (first, last) in unknown(ledger) {
            let place = if first == last { format!("{first}") } else { format!("{first}-{last}") };
            out.push_str(&format!("  ? {name}:{place}: {}\n", excerpt(file.line(first))));
            out.push_str(&format!("      {}\n", nothing_taken().get(lang)));
        }
    }
    if !site.notes.is_empty() {
        out.push_str(match lang {
            Lang::En => "taken for granted:\n",
            Lang::Ja => "仮定した点:\n",
        });
    }
    for Note { origin, what, .. } in &site.notes {
        out.push_str(&format!("  - {}{origin}: {}\n", site.base, what.get(lang)));
    }
    out
}

/// The report as JSON: `{"files": [{file, format, recognised, lines: {total, used, without_meaning, not_understood},
/// nodes, remarks: [{line, fate, text, what: {en, ja}}]}], "assumed": [{origin, what: {en, ja}}]}`.
#[must_use]
pub fn json(site: &Site) -> Value {
    let files: Vec<Value> = files(site)
        .iter()
        .map(|file| {
            let ledger = file.ledger;
            let fate = |line: u32| match ledger.fate(line) {
                Fate::Used => "used",
                Fate::WithoutMeaning => "without-meaning",
                Fate::NotUnderstood => "not-understood",
            };
            let mut remarks: Vec<Value> = ledger
                .remarks()
                .iter()
                .map(|remark| {
                    let what = json!({ "en": remark.what.en, "ja": remark.what.ja });
                    if remark.line == 0 {
                        json!({ "what": what })
                    } else {
                        json!({ "line": remark.line, "fate": fate(remark.line),
                            "text": excerpt(file.line(remark.line)), "what": what })
                    }
                })
                .collect();
            for (first, last) in unknown(ledger) {
                let what = nothing_taken();
                remarks.push(json!({ "line": first, "last": last, "fate": "not-understood",
                    "text": excerpt(file.line(first)), "what": { "en": what.en, "ja": what.ja } }));
            }
            let nodes: Vec<&str> = file.nodes.iter().map(|(id, _)| *id).collect();
            let mut out = json!({
                "file": format!("{}{}", site.base, ledger.file()),
                "format": file.what,
                "lines": {
                    "total": ledger.total(),
                    "used": ledger.count(Fate::Used),
                    "without_meaning": ledger.count(Fate::WithoutMeaning),
                    "not_understood": ledger.count(Fate::NotUnderstood),
                },
                "nodes": nodes,
                "remarks": remarks,
            });
            if let Some(recognised) = file.recognised {
                out["recognised"] = recognised.into();
            }
            out
        })
        .collect();
    let assumed: Vec<Value> = site
        .notes
        .iter()
        .map(|Note { origin, what, .. }| json!({ "origin": format!("{}{origin}", site.base), "what": { "en": what.en, "ja": what.ja } }))
        .collect();
    json!({ "files": files, "assumed": assumed })
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn secrets_are_not_shown() {
        assert_eq!(excerpt(" enable secret 5 $1$abc"), "enable secret …");
        assert_eq!(excerpt("    set psksecret ENC abc"), "set psksecret …");
        assert_eq!(excerpt("snmp-server community public RO"), "snmp-server …");
        assert_eq!(excerpt("ip route 0.0.0.0 0.0.0.0 10.0.0.1"), "ip route 0.0.0.0 0.0.0.0 10.0.0.1");
    }
}
