//! A site file: which files a site is described by, and what none of them says. `docs/import.md` describes it.

mod compose;
mod files;
mod keys;
mod kind;

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::assemble::{self, Matrix, Note, Plan, Wire};
use super::ledger::{Fate, Ledger, Origin};
use super::table::rows::{Rows, Zones};
use super::table::{self, Kind};
use super::text::{self, Refusal};
use super::texts::Texts;
use super::{Format, Read, neighbours, routing};
use crate::code::Code;
use crate::diagnostic::Diagnostics;
use crate::document::{Member, outline};
use crate::language::Phrase;
use crate::source::Source;

pub use compose::{compose, lines_of};
use kind::{has_key, is_lab};
pub use kind::{is_object_with, is_site};

/// What a name in a site file leads to.
pub enum Loaded {
    /// A file.
    File(Vec<u8>),
    /// A folder: the names in it in their order, and which of them are folders.
    Folder(Vec<(String, bool)>),
}

/// How a file that the site file names is read: by the name that it has there.
pub type Loader<'l> = dyn FnMut(&str) -> Result<Loaded, Phrase> + 'l;

/// What a site is.
pub struct Site {
    /// The document.
    pub source: Source,
    /// Configurations, for the report.
    pub reads: Vec<Read>,
    /// Tables and outputs, for the report.
    pub tables: Vec<TableRead>,
    /// What the assembly took for granted.
    pub notes: Vec<Note>,
    /// What stands in front of the names of files, for whoever reads them elsewhere: the folder of the site file.
    pub base: String,
}

impl Site {
    /// Lines and rows that were not understood.
    #[must_use]
    pub fn lost(&self) -> usize {
        let of_reads = self.reads.iter().map(|read| &read.ledger);
        let ledgers = of_reads.chain(self.tables.iter().map(|table| &table.ledger));
        ledgers.map(|ledger| ledger.count(Fate::NotUnderstood)).sum()
    }
}

/// A table or an output that was read.
pub struct TableRead {
    /// The account of its rows.
    pub ledger: Ledger,
    /// What it is.
    pub what: &'static str,
    /// Its rows as texts.
    pub lines: Arc<Texts>,
}

/// Why there is no site: refusals, and what is wrong with the site file itself or a document that it names.
pub struct Failure {
    /// Files and cells that cannot be used.
    pub refusals: Vec<Refusal>,
    /// Sources with what is wrong with their syntax.
    pub broken: Vec<(Source, Diagnostics)>,
}

/// Reads a site: the site file and all that it names.
///
/// # Errors
/// All that is wrong with it.
pub fn read(source: &Source, load: &mut Loader<'_>) -> Result<Site, Failure> {
    let name = source.name().rsplit(['/', '\\']).next().unwrap_or_default();
    let base = source.name()[..source.name().len() - name.len()].to_owned();
    // places within the document do not depend on where the call was made
    let local = Source::new(name, source.text().as_bytes().to_vec());
    let source = local.as_ref().unwrap_or(source);
    let mut reader = Reader {
        file: name.to_owned(),
        base: base.clone(),
        load,
        plan: Plan::default(),
        tables: Vec::new(),
        texts: HashMap::new(),
        failure: Failure { refusals: Vec::new(), broken: Vec::new() },
        closed: false,
    };
    if !has_key(source.text()) && is_lab(source.text()) {
        reader.file_by_content(source.name(), source.text().as_bytes().to_vec(), super::format("containerlab"));
        return reader.finish();
    }
    let mut found = Diagnostics::default();
    let Some(members) = outline(source, &mut found) else {
        let copy = Source::new(format!("{base}{name}"), source.text().as_bytes().to_vec());
        reader.failure.broken.extend(copy.ok().map(|copy| (copy, found)));
        return Err(reader.failure);
    };
    reader.texts.insert(source.name().to_owned(), Arc::new(source.text().lines().collect()));
    reader.site(source, &members);
    reader.finish()
}

/// Several files without a site file, each recognised by its content: configurations, tables, outputs.
///
/// # Errors
/// All that is wrong with them.
pub fn of_files(
    files: impl IntoIterator<Item = (String, Vec<u8>)>,
    format: Option<&'static Format>,
) -> Result<Site, Failure> {
    let mut load = |_: &str| Err(Phrase::new("nothing else is read", "ほかは読み込まない"));
    let mut reader = Reader {
        file: "import".to_owned(),
        base: String::new(),
        load: &mut load,
        plan: Plan::default(),
        tables: Vec::new(),
        texts: HashMap::new(),
        failure: Failure { refusals: Vec::new(), broken: Vec::new() },
        closed: true,
    };
    for (name, bytes) in files {
        reader.file_by_content(&name, bytes, format);
    }
    reader.finish()
}

struct Reader<'l, 'f> {
    file: String,
    base: String,
    load: &'l mut Loader<'f>,
    plan: Plan,
    tables: Vec<TableRead>,
    /// Lines of the files, for excerpts.
    texts: HashMap<String, Arc<Texts>>,
    failure: Failure,
    /// Whether nothing is read but what was given.
    closed: bool,
}

impl Reader<'_, '_> {
    fn refuse(&mut self, place: &str, en: impl Into<String>, ja: impl Into<String>) {
        self.failure.refusals.push(Refusal::of(place, Phrase::new(en, ja)));
    }

    fn load(&mut self, name: &str, origin: &Origin) -> Option<Vec<u8>> {
        match self.load_any(name, origin)? {
            Loaded::File(bytes) => Some(bytes),
            Loaded::Folder(_) => {
                let (en, ja) = (
                    format!("{name} is a folder; name a file"),
                    format!("{name} はフォルダーである。ファイルを指定すること"),
                );
                self.refuse(&origin.to_string(), en, ja);
                None
            }
        }
    }

    fn load_any(&mut self, name: &str, origin: &Origin) -> Option<Loaded> {
        match (self.load)(name) {
            Ok(loaded) => Some(loaded),
            Err(what) => {
                self.failure.refusals.push(Refusal::of(&origin.to_string(), what));
                None
            }
        }
    }

    fn site(&mut self, source: &Source, members: &[Member]) {
        let mut parsed = keys::Keys::default();
        keys::read(source, members, &mut parsed, &mut self.failure.refusals);
        if let Some((name, origin)) = parsed.topology.take()
            && let Some(bytes) = self.load(&name, &origin)
        {
            self.topology(&name, bytes, &mut parsed);
        }
        for device in &parsed.devices {
            self.device(device);
        }
        let mut zones = Zones::new();
        for (id, zone) in parsed.document.get("zones").and_then(Value::as_object).into_iter().flatten() {
            zones.insert(id.clone(), id.clone());
            if let Some(title) = zone["title"].as_str() {
                zones.insert(title.to_owned(), id.clone());
            }
        }
        for entry in &parsed.tables {
            self.table(entry, &zones);
        }
        for (name, origin) in &parsed.neighbours {
            let Some(bytes) = self.load(name, origin) else { continue };
            self.neighbours(name, &bytes);
        }
        for (name, origin) in &parsed.routes {
            let Some(bytes) = self.load(name, origin) else { continue };
            self.routes(name, &bytes);
        }
        for (ends, origin) in parsed.cables {
            self.plan.wires.push(Wire { origin, ends, written: true, said: None, ports: [None, None] });
        }
        self.plan.external.extend(parsed.external);
        self.plan.zone_of.extend(parsed.zone_of);
        self.plan.listed = parsed.listed;
        self.plan.document = parsed.document;
    }

    fn file_by_content(&mut self, name: &str, bytes: Vec<u8>, format: Option<&'static Format>) {
        let ends = |end: &str| name.to_ascii_lowercase().ends_with(end);
        if table::xlsx::is_workbook(&bytes) || (format.is_none() && (ends(".csv") || ends(".tsv"))) {
            return self.table_by_content(name, &bytes);
        }
        if format.is_none() {
            let text = match text::decode(name, &bytes) {
                Ok(text) => text,
                Err(refusal) => return self.failure.refusals.push(refusal),
            };
            let lines: Vec<&str> = text.lines().collect();
            if neighbours::recognise(&lines) {
                return self.neighbours(name, &bytes);
            }
            if routing::recognise(&lines) {
                return self.routes(name, &bytes);
            }
        }
        match super::read_part(name, bytes, format) {
            Ok(read) => self.plan.reads.push(read),
            Err(refusal) => self.failure.refusals.push(refusal),
        }
    }

    /// A table of which nobody says what it is of: its headings do. Of a workbook every sheet that is one.
    fn table_by_content(&mut self, name: &str, bytes: &[u8]) {
        let sheets = if table::xlsx::is_workbook(bytes) {
            match table::xlsx::sheets(name, bytes) {
                Ok(sheets) => sheets.into_iter().map(Some).collect(),
                Err(refusal) => return self.failure.refusals.push(refusal),
            }
        } else {
            vec![None]
        };
        let several = sheets.len() > 1;
        let mut found = false;
        for sheet in sheets {
            let grid = match table::open(name, bytes, sheet.as_deref()) {
                Ok(grid) => grid,
                Err(refusal) => return self.failure.refusals.push(refusal),
            };
            match table::kinds(&grid)[..] {
                [] if several => {
                    let ledger = Ledger::new(&grid.name, grid.len());
                    self.tables.push(TableRead { ledger, what: "?", lines: Arc::default() });
                }
                [Kind::Flows] => {
                    self.refuse(
                        &grid.name,
                        "a table of flows belongs to a device, or lists exceptions: name it in a site file (`at: fw1`, `as: exceptions`)",
                        "通信要件の表は、機器のルールか特定通信として使う。サイトファイルに書くこと（`at: fw1`、`as: exceptions`）",
                    );
                    found = true;
                }
                [kind] => {
                    let rows = self.grid(&grid, kind, &Zones::new());
                    self.take(rows);
                    found = true;
                }
                [] => {}
                ref kinds => {
                    let words: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
                    let words = words.join(", ");
                    self.refuse(
                        &grid.name,
                        format!(
                            "the headings fit more than one kind of table: {words}; say which in a site file (`kind:`)"
                        ),
                        format!("見出しが複数の種類の表に当てはまる: {words}。サイトファイルの `kind:` で決めること"),
                    );
                    found = true;
                }
            }
        }
        if !found {
            self.refuse(
                name,
                "no table with known headings in here (docs/import.md lists them)",
                "使える見出しの表がない（docs/import.md に一覧がある）",
            );
        }
    }

    /// A document that is merged in.
    fn topology(&mut self, name: &str, bytes: Vec<u8>, into: &mut keys::Keys) {
        let source = match Source::new(name, bytes) {
            Ok(source) => source,
            Err(error) => {
                self.failure.refusals.push(Refusal::of(name, error.phrase()));
                return;
            }
        };
        let mut found = Diagnostics::default();
        match outline(&source, &mut found) {
            Some(members) => {
                self.texts.insert(name.to_owned(), Arc::new(source.text().lines().collect()));
                keys::document(&source, &members, into, &mut self.failure.refusals);
            }
            None => self.failure.broken.push((source, found)),
        }
    }

    fn table(&mut self, entry: &keys::TableEntry, zones: &Zones) {
        let Some(bytes) = self.load(&entry.file, &entry.origin) else { return };
        let grid = match table::open(&entry.file, &bytes, entry.sheet.as_deref()) {
            Ok(grid) => grid,
            Err(refusal) => {
                self.failure.refusals.push(refusal);
                return;
            }
        };
        let rows = self.grid(&grid, entry.kind, zones);
        if entry.kind != Kind::Flows {
            self.take(rows);
            return;
        }
        match (&entry.at, entry.exceptions, entry.expect) {
            (_, true, _) | (Some(_), ..) | (None, false, true) => self.plan.matrices.push(Matrix {
                rows,
                at: entry.at.clone(),
                exceptions: entry.exceptions,
                expect: entry.expect,
                waives: entry.waives.clone(),
                origin: entry.origin.clone(),
            }),
            (None, false, false) => self.refuse(
                &entry.origin.to_string(),
                "a table of flows needs the device whose traffic it lists (`at: fw1`), `as: exceptions` or `expect: true`",
                "通信要件の表には、対象の機器（`at: fw1`）、`as: exceptions`、`expect: true` のいずれかが要る",
            ),
        }
    }

    /// The rows of a table, accounted for.
    fn grid(&mut self, grid: &table::grid::Grid, kind: Kind, zones: &Zones) -> Rows {
        let mut ledger = Ledger::new(&grid.name, grid.len());
        let rows = table::rows::read(grid, kind, zones, &mut ledger, &mut self.failure.refusals);
        let lines = rows.shown.clone();
        self.texts.insert(grid.name.clone(), lines.clone());
        self.tables.push(TableRead { ledger, what: kind.word(), lines });
        rows
    }

    fn take(&mut self, rows: Rows) {
        let Rows { hosts, segments, flows: _, cables, circuits, shown: _ } = rows;
        self.plan.rows.hosts.extend(hosts);
        self.plan.rows.segments.extend(segments);
        self.plan.rows.circuits.extend(circuits);
        let wire = |cable: table::rows::Cable| Wire {
            origin: cable.origin,
            ends: cable.ends,
            written: true,
            said: None,
            ports: [None, None],
        };
        self.plan.wires.extend(cables.into_iter().map(wire));
        for host in &self.plan.rows.hosts {
            if let Some((device, port)) = &host.port {
                let ends = [(device.clone(), port.clone()), (host.name.clone(), String::new())];
                let wire = Wire { origin: host.origin.clone(), ends, written: true, said: None, ports: [None, None] };
                if !self.plan.wires.iter().any(|known| known.origin == wire.origin) {
                    self.plan.wires.push(wire);
                }
            }
        }
    }

    fn neighbours(&mut self, name: &str, bytes: &[u8]) {
        let wire = |one: neighbours::Neighbour| Wire {
            origin: one.origin,
            ends: [one.near, one.far],
            written: false,
            said: None,
            ports: [None, None],
        };
        let found = self.output(name, bytes, "neighbours", neighbours::read);
        self.plan.wires.extend(found.into_iter().map(wire));
    }

    fn routes(&mut self, name: &str, bytes: &[u8]) {
        let found = self.output(name, bytes, "routes", routing::read);
        self.plan.routes.extend(found);
    }

    /// What a device shows, accounted for; nothing where it cannot be used.
    fn output<T>(
        &mut self,
        name: &str,
        bytes: &[u8],
        what: &'static str,
        read: fn(&str, &[&str], &mut Ledger) -> Result<Vec<T>, Refusal>,
    ) -> Vec<T> {
        let read = text::decode(name, bytes).and_then(|text| {
            let lines = text::lines(name, &text)?;
            let mut ledger = Ledger::new(name, lines.len());
            let found = read(name, &lines, &mut ledger)?;
            Ok((Arc::new(lines.into_iter().collect::<Texts>()), ledger, found))
        });
        match read {
            Ok((lines, ledger, found)) => {
                self.texts.insert(name.to_owned(), lines.clone());
                self.tables.push(TableRead { ledger, what, lines });
                found
            }
            Err(refusal) => {
                self.failure.refusals.push(refusal);
                Vec::new()
            }
        }
    }

    fn finish(mut self) -> Result<Site, Failure> {
        if self.failure.refusals.is_empty() && self.failure.broken.is_empty() {
            match self.assembled() {
                Ok(site) => return Ok(site),
                Err(refusals) => self.failure.refusals = refusals,
            }
        }
        for refusal in &mut self.failure.refusals {
            refusal.file.insert_str(0, &self.base);
        }
        Err(self.failure)
    }

    /// What the assembly tells, and of each file what was not understood.
    fn with_lost_lines(&self, mut notes: Vec<Note>) -> Vec<Note> {
        let of_reads = self.plan.reads.iter().map(|read| &read.ledger);
        for ledger in of_reads.chain(self.tables.iter().map(|table| &table.ledger)) {
            let Some(line) = ledger.lines(Fate::NotUnderstood).next() else { continue };
            let count = ledger.count(Fate::NotUnderstood);
            notes.push(Note {
                code: Code::ImportNotUnderstood,
                origin: ledger.origin(line),
                what: Phrase::new(
                    format!(
                        "{} of {} lines of this file are not understood, the first of them here",
                        count,
                        ledger.total()
                    ),
                    format!("このファイルの {} 行のうち {count} 行を解釈できない。その最初の行", ledger.total()),
                ),
                help: Phrase::new(
                    "`sanso import` tells of each what was taken for it; put what matters into the site file",
                    "行ごとの扱いは `sanso import` で分かる。必要なことはサイトファイルに書くこと",
                ),
            });
        }
        notes
    }

    fn assembled(&mut self) -> Result<Site, Vec<Refusal>> {
        self.attached();
        if !self.failure.refusals.is_empty() {
            return Err(std::mem::take(&mut self.failure.refusals));
        }
        super::aws::join(&mut self.plan.reads).map_err(|refusal| vec![refusal])?;
        let (document, notes) = assemble::assemble(&mut self.plan)?;
        for read in &self.plan.reads {
            self.texts.insert(read.ledger.file().to_owned(), Arc::new(lines_of(read)));
        }
        let name = format!("{}{}", self.base, self.file);
        let notes = self.with_lost_lines(notes);
        let source = compose(&name, &self.base, &document, &notes, &self.texts)
            .map_err(|what| vec![Refusal::of(&self.file, what)])?;
        let (reads, tables) = (std::mem::take(&mut self.plan.reads), std::mem::take(&mut self.tables));
        Ok(Site { source, reads, tables, notes, base: self.base.clone() })
    }
}
