//! Files that a site reads beyond those that it names one by one: what lies in a folder, and the configurations that a lab
//! starts its nodes with. Whatever is not read is told.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::aws;
use super::super::inventory::{Attached, Start};
use super::super::ledger::{Ledger, Origin};
use super::super::text;
use super::super::texts::Texts;
use super::super::{Format, Read, table};
use super::{Loaded, Note, Reader, TableRead, keys};
use crate::code::Code;
use crate::language::Phrase;

/// How deep folders are followed: account, region.
const DEEP: usize = 4;

impl Reader<'_, '_> {
    /// An entry of `devices`: a configuration, or a folder of them.
    pub(super) fn device(&mut self, entry: &keys::DeviceEntry) {
        let format = entry.format.as_deref().and_then(super::super::format);
        match self.load_any(&entry.config, &entry.origin) {
            None => {}
            Some(Loaded::File(bytes)) => self.configuration(entry, bytes, format),
            Some(Loaded::Folder(inside)) => {
                if entry.id.is_some() {
                    self.refuse(
                        &entry.origin.to_string(),
                        "a folder has several devices: leave `id` out",
                        "フォルダーには複数の機器がありうる。`id` は書かないこと",
                    );
                }
                let folder = entry.config.trim_end_matches(['/', '\\']).to_owned();
                let before = self.plan.reads.len() + self.tables.len();
                self.folder(&folder, &inside, format, &entry.origin, 0);
                if self.plan.reads.len() + self.tables.len() == before && self.failure.refusals.is_empty() {
                    self.refuse(
                        &entry.origin.to_string(),
                        format!("there is nothing to read in the folder {folder}"),
                        format!("フォルダー {folder} に読み込めるものがない"),
                    );
                }
            }
        }
    }

    fn configuration(&mut self, entry: &keys::DeviceEntry, bytes: Vec<u8>, format: Option<&'static Format>) {
        match super::super::read_part(&entry.config, bytes, format) {
            Ok(mut read) => {
                if let Some(id) = &entry.id {
                    if read.import.cloud.is_some() {
                        self.refuse(
                            &entry.origin.to_string(),
                            "the nodes of an AWS account have the names that they bear there: leave `id` out",
                            "AWS アカウントのノードの名前は AWS での名前になる。`id` は書かないこと",
                        );
                    }
                    rename(&mut read, id);
                }
                self.plan.reads.push(read);
            }
            Err(refusal) => self.failure.refusals.push(refusal),
        }
    }

    /// What lies in a folder, by name: configurations and what devices show; the folders in it that are named after an
    /// account or a region of AWS too. What is nothing of the kind counts as not understood.
    fn folder(
        &mut self,
        folder: &str,
        inside: &[(String, bool)],
        format: Option<&'static Format>,
        origin: &Origin,
        depth: usize,
    ) {
        for (name, is_folder) in inside {
            let path = format!("{folder}/{name}");
            if *is_folder {
                if !aws::is_scope(name) || depth == DEEP {
                    self.passed_over(origin, &path, ("a folder in this folder", "このフォルダーの中のフォルダー"));
                } else if let Some(Loaded::Folder(inside)) = self.load_any(&path, origin) {
                    self.folder(&path, &inside, format, origin, depth + 1);
                }
                continue;
            }
            if name.starts_with('.') {
                self.passed_over(origin, &path, ("a hidden file", "隠しファイル"));
                continue;
            }
            if let Some(Loaded::File(bytes)) = self.load_any(&path, origin) {
                self.of_folder(&path, bytes, format);
            }
        }
    }

    fn passed_over(&mut self, origin: &Origin, path: &str, (en, ja): (&str, &str)) {
        self.plan.told.push(Note {
            code: Code::ImportAssumed,
            origin: origin.clone(),
            what: Phrase::new(format!("{path} was not read: {en}"), format!("{path} は読み込まない（{ja}）")),
            help: Phrase::new(
                "where it belongs to the site, name it in the site file",
                "この構成の一部であれば、サイトファイルに書くこと",
            ),
        });
    }

    /// A file of a folder.
    fn of_folder(&mut self, name: &str, bytes: Vec<u8>, format: Option<&'static Format>) {
        let known = format.is_some() || self.is_known(name, &bytes);
        if known {
            return self.file_by_content(name, bytes, format);
        }
        let lines: Arc<Texts> = Arc::new(String::from_utf8_lossy(&bytes).lines().collect());
        let mut ledger = Ledger::new(name, lines.len().max(1));
        ledger.not_understood(
            1,
            Phrase::new(
                "no format fits this file of the folder; nothing was taken from it",
                "フォルダーの中の、どの形式にも当てはまらないファイル。何も取り込まない",
            ),
        );
        self.texts.insert(name.to_owned(), lines.clone());
        self.tables.push(TableRead { ledger, what: "?", lines });
    }

    /// Whether a file is anything that is read. Where more than one format fits, it is, and is refused with their names.
    fn is_known(&self, name: &str, bytes: &[u8]) -> bool {
        let ends = |end: &str| name.to_ascii_lowercase().ends_with(end);
        if table::xlsx::is_workbook(bytes) || ends(".csv") || ends(".tsv") {
            return true;
        }
        let Ok(text) = text::decode(name, bytes) else { return false };
        let lines: Vec<&str> = text.lines().collect();
        super::neighbours::recognise(&lines) || super::routing::recognise(&lines) || super::super::is_recognised(&lines)
    }

    /// The configurations that labs start their nodes with.
    pub(super) fn attached(&mut self) {
        let mut all: Vec<(String, Attached)> = Vec::new();
        for read in &mut self.plan.reads {
            let file = read.ledger.file().to_owned();
            if let Some(inventory) = &mut read.import.inventory {
                all.extend(std::mem::take(&mut inventory.configs).into_iter().map(|one| (file.clone(), one)));
            }
        }
        // given in the same call, they were read already: what they are called in the lab counts
        let mut given: HashMap<String, usize> = HashMap::new();
        for (at, read) in self.plan.reads.iter().enumerate().filter(|(_, read)| read.import.inventory.is_none()) {
            given.insert(read.ledger.file().to_owned(), at);
        }
        for (lab, one) in all {
            self.start(&lab, &one, &mut given);
        }
    }

    fn start(&mut self, lab: &str, one: &Attached, given: &mut HashMap<String, usize>) {
        let file = match &one.text {
            Start::Within(text) => return self.starts_with(lab, text.as_bytes(), one),
            Start::File(file) => file,
        };
        let folder = lab.rfind(['/', '\\']).map_or("", |at| &lab[..=at]);
        let path = format!("{folder}{file}");
        if let Some(at) = given.remove(&path) {
            return rename(&mut self.plan.reads[at], &one.node);
        }
        if self.closed {
            return self.left_alone(
                one,
                format!("{path} was not read: {} is taken to forward whatever comes", one.node),
                format!("{path} は読み込んでいない。{} はすべての通信を中継するものとみなす", one.node),
                Phrase::new(
                    "give the lab alone, or name it in a site file",
                    "ラボのファイルだけを指定するか、サイトファイルに書くこと",
                ),
            );
        }
        match self.load_any(&path, &one.origin) {
            None => {}
            Some(Loaded::File(bytes)) => self.starts_with(&path, &bytes, one),
            Some(Loaded::Folder(_)) => self.refuse(
                &one.origin.to_string(),
                format!("{path} is a folder; a configuration is a file"),
                format!("{path} はフォルダーである。設定はファイルで指定すること"),
            ),
        }
    }

    /// A configuration that a node starts with.
    fn starts_with(&mut self, path: &str, bytes: &[u8], one: &Attached) {
        let format = one.format.and_then(super::super::format);
        if format.is_none() && !self.is_known(path, bytes) {
            let (node, kind) = (&one.node, one.kind.as_deref().unwrap_or("?"));
            return self.left_alone(
                one,
                format!("configurations of the kind {kind} are not read: {node} is taken to forward whatever comes"),
                format!("種別 {kind} の設定には対応していない。{node} はすべての通信を中継するものとみなす"),
                Phrase::new(
                    "say what it lets pass in a site file that names this lab under `devices`",
                    "通すものは、このラボを `devices` に挙げたサイトファイルに書くこと",
                ),
            );
        }
        match super::super::read_part(path, bytes, format) {
            Ok(mut read) => {
                rename(&mut read, &one.node);
                self.plan.reads.push(read);
            }
            Err(refusal) => self.failure.refusals.push(refusal),
        }
    }

    fn left_alone(&mut self, one: &Attached, en: String, ja: String, help: Phrase) {
        self.plan.told.push(Note {
            code: Code::ImportNotUnderstood,
            origin: one.origin.clone(),
            what: Phrase::new(en, ja),
            help,
        });
    }
}

/// Gives the devices of a configuration another name.
fn rename(read: &mut Read, id: &str) {
    let old = read.import.devices.first().map(|device| device.id.split('/').next().unwrap_or_default().to_owned());
    let old = old.or_else(|| read.import.switch.as_ref().map(|switch| switch.id.clone())).unwrap_or_default();
    let new = |known: &str| match known.strip_prefix(old.as_str()) {
        Some("") => id.to_owned(),
        Some(rest) if rest.starts_with('/') => format!("{id}{rest}"),
        _ => known.to_owned(),
    };
    for device in &mut read.import.devices {
        device.id = new(&device.id);
    }
    for join in &mut read.import.joins {
        for (node, _) in &mut join.ends {
            *node = new(node);
        }
    }
    if let Some(switch) = &mut read.import.switch {
        switch.id = new(&switch.id);
    }
}
