//! What an import tells: of every file how it was recognised, how many lines were used, say nothing here, or were not
//! understood, and of the latter where they stand and what was taken for them.

use serde_json::{Value, json};

use super::Read;
use super::ledger::Fate;
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
fn unknown(read: &Read) -> Vec<(u32, u32)> {
    let remarked: std::collections::HashSet<u32> = read.ledger.remarks().iter().map(|remark| remark.line).collect();
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for line in read.ledger.lines(Fate::NotUnderstood).filter(|line| !remarked.contains(line)) {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == line => *last = line,
            _ => runs.push((line, line)),
        }
    }
    runs
}

fn line_of(read: &Read, line: u32) -> &str {
    (line as usize).checked_sub(1).and_then(|at| read.lines.get(at)).map_or("", String::as_str)
}

/// The report as text.
#[must_use]
pub fn text(reads: &[Read], lang: Lang) -> String {
    let mut out = String::new();
    for read in reads {
        let ledger = &read.ledger;
        let (used, silent, lost) =
            (ledger.count(Fate::Used), ledger.count(Fate::WithoutMeaning), ledger.count(Fate::NotUnderstood));
        let (file, format) = (ledger.file(), read.format);
        match lang {
            Lang::En => {
                let how = if read.recognised { "recognised by its content" } else { "as the call says" };
                out.push_str(&format!("{file}: {format} ({how})\n"));
                out.push_str(&format!(
                    "  {} lines: {used} used, {silent} without meaning here, {lost} not understood\n",
                    ledger.total()
                ));
            }
            Lang::Ja => {
                let how = if read.recognised { "内容から判別" } else { "指定による" };
                out.push_str(&format!("{file}: {format}（{how}）\n"));
                out.push_str(&format!(
                    "  全 {} 行: 取り込み {used}、ここでは無関係 {silent}、解釈できず {lost}\n",
                    ledger.total()
                ));
            }
        }
        for device in &read.import.devices {
            out.push_str(&format!("  → {} ({})\n", device.id, device.kind));
        }
        for remark in ledger.remarks() {
            let what = remark.what.get(lang);
            if remark.line == 0 {
                out.push_str(&format!("  {what}\n"));
            } else {
                let mark = if ledger.fate(remark.line) == Fate::NotUnderstood { "?" } else { "-" };
                out.push_str(&format!("  {mark} {file}:{}: {}\n", remark.line, excerpt(line_of(read, remark.line))));
                out.push_str(&format!("      {what}\n"));
            }
        }
        for (first, last) in unknown(read) {
            let place = if first == last { format!("{first}") } else { format!("{first}-{last}") };
            out.push_str(&format!("  ? {file}:{place}: {}\n", excerpt(line_of(read, first))));
            out.push_str(match lang {
                Lang::En => "      not understood; nothing was taken from it\n",
                Lang::Ja => "      解釈できない。何も取り込まない\n",
            });
        }
    }
    out
}

/// The report as JSON: `{"files": [{file, format, recognised, lines: {total, used, without_meaning, not_understood},
/// nodes, remarks: [{line, fate, text, what: {en, ja}}]}]}`.
#[must_use]
pub fn json(reads: &[Read]) -> Value {
    let files: Vec<Value> = reads
        .iter()
        .map(|read| {
            let ledger = &read.ledger;
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
                            "text": excerpt(line_of(read, remark.line)), "what": what })
                    }
                })
                .collect();
            for (first, last) in unknown(read) {
                remarks.push(json!({ "line": first, "last": last, "fate": "not-understood",
                    "text": excerpt(line_of(read, first)),
                    "what": { "en": "not understood; nothing was taken from it",
                        "ja": "解釈できない。何も取り込まない" } }));
            }
            let nodes: Vec<&str> = read.import.devices.iter().map(|device| device.id.as_str()).collect();
            json!({
                "file": ledger.file(),
                "format": read.format,
                "recognised": read.recognised,
                "lines": {
                    "total": ledger.total(),
                    "used": ledger.count(Fate::Used),
                    "without_meaning": ledger.count(Fate::WithoutMeaning),
                    "not_understood": ledger.count(Fate::NotUnderstood),
                },
                "nodes": nodes,
                "remarks": remarks,
            })
        })
        .collect();
    json!({ "files": files })
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
