//! What the rows of each kind of table say, before anybody asks what it means for the network.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::device::Net;
use super::super::ledger::{Ledger, Origin};
use super::super::text::Refusal;
use super::super::texts::Texts;
use super::cells::{self, Direction, Item};
use super::grid::{Grid, plain};
use super::headings::Column;
use super::services::{self, NoService};
use super::{Kind, Record, bad_cell, records};
use crate::language::Phrase;

/// A machine.
#[derive(Clone, Debug)]
pub struct Host {
    /// Where its name stands.
    pub origin: Origin,
    /// Its name.
    pub name: String,
    /// Its addresses and networks, as the document spells them.
    pub addresses: Vec<String>,
    /// Its zone.
    pub zone: Option<String>,
    /// The word of the document for what it is.
    pub kind: &'static str,
    /// Its VLAN.
    pub vlan: Option<u16>,
    /// The device and the port that it is plugged in.
    pub port: Option<(String, String)>,
}

/// A network.
#[derive(Clone, Debug)]
pub struct Segment {
    /// Where it stands.
    pub origin: Origin,
    /// Its name.
    pub name: Option<String>,
    /// Its addresses.
    pub nets: Vec<Net>,
    /// Its VLAN.
    pub vlan: Option<u16>,
    /// Its zone.
    pub zone: Option<String>,
}

/// A row of a communication matrix.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Where the row begins.
    pub origin: Origin,
    /// Its number, or that of the row.
    pub id: Box<str>,
    /// Sources, as the cells say.
    pub from: Box<[(Item, Origin)]>,
    /// Destinations.
    pub to: Box<[(Item, Origin)]>,
    /// Services, as the document spells them.
    pub services: Box<[Box<str>]>,
    /// Source ports; empty: any.
    pub source_ports: Box<[Box<str>]>,
    /// Which end opens.
    pub direction: Direction,
    /// What it is for.
    pub reason: Option<Box<str>>,
    /// Who approved it.
    pub approver: Option<Box<str>>,
    /// Its last day.
    pub expires: Option<Box<str>>,
}

/// A cable: two ends, each a device and a port.
#[derive(Clone, Debug)]
pub struct Cable {
    /// Where it stands.
    pub origin: Origin,
    /// The ends.
    pub ends: [(String, String); 2],
}

/// A line that leads out.
#[derive(Clone, Debug)]
pub struct Circuit {
    /// Where it stands.
    pub origin: Origin,
    /// Its name.
    pub name: String,
    /// The device and its interface.
    pub end: (String, String),
    /// The zone that it leads to.
    pub zone: Option<String>,
    /// The addresses behind it.
    pub addresses: Vec<String>,
}

/// What all tables say.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// Machines.
    pub hosts: Vec<Host>,
    /// Networks.
    pub segments: Vec<Segment>,
    /// Communication.
    pub flows: Vec<Flow>,
    /// Cables.
    pub cables: Vec<Cable>,
    /// Lines.
    pub circuits: Vec<Circuit>,
    /// What may be shown of each row, from the first: cells of columns that are read. Others may hold anything.
    pub shown: Arc<Texts>,
}

/// Zones by what a table may call them: ids and titles.
pub type Zones = HashMap<String, String>;

/// Reads a table. What is wrong is collected: every cell that is not understood is an error.
pub fn read(grid: &Grid, kind: Kind, zones: &Zones, ledger: &mut Ledger, errors: &mut Vec<Refusal>) -> Rows {
    let mut out = Rows::default();
    let mut shown = Texts::default();
    let mut wrong = Vec::new();
    let read = records(grid, kind, ledger, &mut |record, ledger| {
        // rows are told in their order; between them are notes and blank ones
        while shown.len() + 1 < record.row as usize {
            shown.push("");
        }
        shown.push(&record.shown());
        let mut reader = Reader { zones, ledger, errors: &mut wrong, out: &mut out };
        match kind {
            Kind::Hosts => reader.host(record),
            Kind::Segments => reader.segment(record),
            Kind::Flows => reader.flow(record),
            Kind::Cables => reader.cable(record),
            Kind::Circuits => reader.circuit(record),
        }
    });
    errors.extend(read.err());
    errors.append(&mut wrong);
    out.shown = shown.into();
    out
}

struct Reader<'r> {
    zones: &'r Zones,
    ledger: &'r mut Ledger,
    errors: &'r mut Vec<Refusal>,
    out: &'r mut Rows,
}

impl Reader<'_> {
    fn bad(&mut self, record: &Record<'_>, column: Column, text: &str, en: &str, ja: &str) {
        let origin = record.origin(column, self.ledger);
        self.errors.push(bad_cell(&origin, text, en, ja));
    }

    fn text(record: &Record<'_>, column: Column) -> Option<String> {
        let text = plain(record.get(column)).replace('\n', " ");
        (!cells::is_nothing(&text)).then_some(text)
    }

    fn zone(&mut self, record: &Record<'_>) -> Option<String> {
        let text = Self::text(record, Column::Zone)?;
        if let Some(zone) = self.zones.get(&text) {
            return Some(zone.clone());
        }
        if let Some(tier) = cells::tier(&text) {
            return Some(tier.to_owned());
        }
        self.bad(
            record,
            Column::Zone,
            &text,
            "no zone has this id or title; add it to `zones` of the site file, or correct the cell",
            "この ID や表示名の領域がない。サイトファイルの `zones` に加えるか、セルを直すこと",
        );
        None
    }

    fn vlan(&mut self, record: &Record<'_>) -> Option<u16> {
        let text = Self::text(record, Column::Vlan)?;
        let vlan = cells::vlan(&text);
        if vlan.is_none() {
            self.bad(record, Column::Vlan, &text, "no VLAN (1-4094)", "VLAN の番号（1～4094）でない");
        }
        vlan
    }

    /// Whether a row is of something that is not there.
    fn is_gone(&mut self, record: &Record<'_>) -> bool {
        let Some(state) = Self::text(record, Column::State) else { return false };
        if cells::is_gone(&state) {
            self.ledger.without_meaning(record.row);
            self.ledger.remark(
                record.row,
                Phrase::new(
                    format!("`{state}`: the row is not read; sanso takes the table's word for it"),
                    format!("「{state}」のため取り込まない。台帳の記載をそのまま信じている"),
                ),
            );
            return true;
        }
        false
    }

    fn host(&mut self, record: &Record<'_>) {
        if self.is_gone(record) {
            return;
        }
        let mut addresses = Vec::new();
        let places: Vec<(usize, &str)> = record.all(Column::Address).collect();
        for (at, text) in places {
            for value in cells::values(text).into_iter().filter(|value| !cells::is_nothing(value)) {
                match cells::item(&value) {
                    Some(Item::Address(word)) => addresses.push(word.into()),
                    // `10.20.1.5/24`: the machine has the address, its network is known from the configurations
                    Some(Item::Host(net)) => addresses.push(net.address.to_string()),
                    _ => {
                        let origin = self.ledger.cell(record.row, at);
                        let dynamic = value.to_uppercase().contains("DHCP");
                        let (en, ja) = if dynamic {
                            ("write the range of addresses that DHCP gives", "DHCP で割り当てる範囲を書くこと")
                        } else {
                            ("no address, network or range", "アドレスでも、ネットワークでも、範囲でもない")
                        };
                        self.errors.push(bad_cell(&origin, &value, en, ja));
                    }
                }
            }
        }
        let name = Self::text(record, Column::Name);
        let zone = self.zone(record);
        let kind_text = Self::text(record, Column::Kind);
        if name.is_none() && kind_text.is_none() {
            // an address that nobody has
            self.ledger.without_meaning(record.row);
            return;
        }
        let Some(name) = name.or_else(|| addresses.first().cloned()) else {
            self.bad(record, Column::Name, "", "a machine has a name or an address", "機器に名称もアドレスもない");
            return;
        };
        let kind = match kind_text.as_deref().map(|text| (text, cells::kind(text))) {
            None => "host",
            Some((_, Some(kind))) => kind,
            Some((text, None)) => {
                self.ledger.remark(
                    record.row,
                    Phrase::new(
                        format!("`{text}` is no kind of machine that is known; it is a `host`"),
                        format!("「{text}」は未知の種別。`host` とする"),
                    ),
                );
                "host"
            }
        };
        let vlan = self.vlan(record);
        let port = Self::text(record, Column::Device).zip(Self::text(record, Column::Port));
        self.ledger.used(record.row);
        let origin = record.origin(Column::Name, self.ledger);
        self.out.hosts.push(Host { origin, name, addresses, zone, kind, vlan, port });
    }

    fn segment(&mut self, record: &Record<'_>) {
        if self.is_gone(record) {
            return;
        }
        let mask = Self::text(record, Column::Mask);
        let mut nets = Vec::new();
        for value in cells::values(record.get(Column::Subnet)) {
            let whole = match &mask {
                Some(mask) if !value.contains('/') => format!("{value}/{}", mask.trim_start_matches('/')),
                _ => value.clone(),
            };
            let net = match cells::item(&whole) {
                Some(Item::Address(word)) => as_net(&word),
                _ => None,
            };
            match net {
                Some(net) => nets.push(net),
                None => self.bad(
                    record,
                    Column::Subnet,
                    &value,
                    "no network such as 10.20.1.0/24",
                    "10.20.1.0/24 のようなネットワークでない",
                ),
            }
        }
        if cells::is_nothing(record.get(Column::Subnet)) {
            // a VLAN without a network, which ports and devices tell of
            self.ledger.without_meaning(record.row);
            return;
        }
        let name = Self::text(record, Column::Name).or_else(|| Self::text(record, Column::Segment));
        let (vlan, zone) = (self.vlan(record), self.zone(record));
        self.ledger.used(record.row);
        self.out.segments.push(Segment { origin: record.origin(Column::Subnet, self.ledger), name, nets, vlan, zone });
    }

    fn side(&mut self, record: &Record<'_>, address: Column, name: Column) -> Vec<(Item, Origin)> {
        let mut out = Vec::new();
        // the address says it exactly; the name only where there is none
        let column = if cells::is_nothing(record.get(address)) { name } else { address };
        let places: Vec<(usize, &str)> = record.all(column).collect();
        for (at, text) in places {
            let origin = self.ledger.cell(record.row, at);
            for value in cells::values(text).into_iter().filter(|value| !cells::is_nothing(value)) {
                match cells::item(&value) {
                    Some(Item::Host(net)) => {
                        let (host, network) = (net.address, net.prefix().word());
                        self.errors.push(bad_cell(
                            &origin,
                            &value,
                            &format!("host bits are set: write {host} for the machine or {network} for the network"),
                            &format!("ホスト部が 0 でない。機器なら {host}、ネットワークなら {network} と書くこと"),
                        ));
                    }
                    Some(item) => out.push((item, origin.clone())),
                    None => self.errors.push(bad_cell(&origin, &value, "no address", "アドレスとして読めない")),
                }
            }
        }
        if out.is_empty() {
            let (en, ja) = ("an end is missing: name who it is, or `any`", "通信の一端がない。相手か any を書くこと");
            self.bad(record, address, record.get(address), en, ja);
        }
        out
    }

    fn flow(&mut self, record: &Record<'_>) {
        if self.is_gone(record) {
            return;
        }
        if let Some(action) = Self::text(record, Column::Action) {
            let word = action.to_lowercase();
            if ["拒否", "禁止", "不可", "×", "deny", "drop", "reject", "block"].contains(&word.as_str()) {
                self.ledger.without_meaning(record.row);
                let what = Phrase::new(
                    "a row that forbids; the table lists what may pass",
                    "拒否の行。通信要件は許可するものの一覧とみなす",
                );
                self.ledger.remark(record.row, what);
                return;
            }
            if !["許可", "可", "○", "〇", "permit", "allow", "accept"].contains(&word.as_str()) {
                self.bad(record, Column::Action, &action, "neither permit nor deny", "許可でも拒否でもない");
            }
        }
        let from = self.side(record, Column::Source, Column::SourceName);
        let to = self.side(record, Column::Destination, Column::DestinationName);
        let (protocol, service) = (record.get(Column::Protocol), record.get(Column::Service));
        let services = match services::services(protocol, service) {
            Ok(services) => services,
            Err(NoService::Protocol) => {
                self.bad(record, Column::Protocol, &plain(protocol), "no protocol", "プロトコルとして読めない");
                Vec::new()
            }
            Err(NoService::Unbound) => {
                let (en, ja) =
                    ("a port of no protocol: write TCP or UDP", "プロトコルのないポート。TCP か UDP を書くこと");
                self.bad(record, Column::Service, &plain(service), en, ja);
                Vec::new()
            }
            Err(NoService::Port) => {
                let (en, ja) =
                    ("no port or service of this protocol", "このプロトコルのポートやサービスとして読めない");
                self.bad(record, Column::Service, &plain(service), en, ja);
                Vec::new()
            }
        };
        let source_ports = self.source_ports(record);
        let direction = match cells::direction(record.get(Column::Direction)) {
            Some(direction) => direction,
            None => {
                let text = plain(record.get(Column::Direction));
                let (en, ja) =
                    ("no direction: write → or ⇔", "方向として読めない。→（片方向）か ⇔（双方向）と書くこと");
                self.bad(record, Column::Direction, &text, en, ja);
                Direction::Both
            }
        };
        let expires = Self::text(record, Column::Expires).and_then(|text| {
            let day = cells::day(&text);
            if day.is_none() {
                let (en, ja) = ("no day: write it as 2027-03-31", "日付として読めない。2027-03-31 のように書くこと");
                self.bad(record, Column::Expires, &text, en, ja);
            }
            day
        });
        let id = Self::text(record, Column::Id).unwrap_or_else(|| format!("row {}", record.row));
        let reason = Self::text(record, Column::Reason);
        let approver = Self::text(record, Column::Approver);
        self.ledger.used(record.row);
        let first = if record.get(Column::Source).is_empty() { Column::SourceName } else { Column::Source };
        let origin = record.origin(first, self.ledger);
        self.out.flows.push(Flow {
            origin,
            id: id.into(),
            from: from.into(),
            to: to.into(),
            services: services.into_iter().map(Into::into).collect(),
            source_ports: source_ports.into_iter().map(Into::into).collect(),
            direction,
            reason: reason.map(Into::into),
            approver: approver.map(Into::into),
            expires: expires.map(Into::into),
        });
    }

    fn source_ports(&mut self, record: &Record<'_>) -> Vec<String> {
        let text = record.get(Column::SourcePort);
        let mut out = Vec::new();
        for value in cells::values(text).into_iter().filter(|value| !cells::is_nothing(value)) {
            match services::services("tcp", &value).as_deref() {
                Ok([word]) if word == "tcp" => return Vec::new(),
                Ok([word]) => out.push(word.trim_start_matches("tcp/").to_owned()),
                _ => self.bad(record, Column::SourcePort, &value, "no port", "ポートとして読めない"),
            }
        }
        out
    }

    fn cable(&mut self, record: &Record<'_>) {
        let port = Self::text(record, Column::Port).or_else(|| Self::text(record, Column::Service));
        let near = (Self::text(record, Column::Device), port);
        let far = (Self::text(record, Column::FarDevice), Self::text(record, Column::FarPort));
        match (near, far) {
            ((Some(a), Some(p)), (Some(b), Some(q))) => {
                self.ledger.used(record.row);
                let origin = record.origin(Column::Device, self.ledger);
                self.out.cables.push(Cable { origin, ends: [(a, p), (b, q)] });
            }
            // a port that is not in use
            ((_, _), (None, None)) => self.ledger.without_meaning(record.row),
            _ => {
                let (en, ja) = ("a cable has a device and a port at either end", "ケーブルの両端に機器とポートが要る");
                self.bad(record, Column::FarDevice, record.get(Column::FarDevice), en, ja);
            }
        }
    }

    fn circuit(&mut self, record: &Record<'_>) {
        if self.is_gone(record) {
            return;
        }
        let port = Self::text(record, Column::Port).or_else(|| Self::text(record, Column::Service));
        let (Some(name), Some(device), Some(port)) =
            (Self::text(record, Column::Name), Self::text(record, Column::Device), port)
        else {
            let (en, ja) = ("a line has a name, a device and an interface", "回線に名称、機器、インターフェースが要る");
            self.bad(record, Column::Name, record.get(Column::Name), en, ja);
            return;
        };
        let zone = self.zone(record);
        let mut addresses = Vec::new();
        for value in cells::values(record.get(Column::Address)).into_iter().filter(|value| !cells::is_nothing(value)) {
            match cells::item(&value) {
                Some(Item::Address(word)) => addresses.push(word.into()),
                _ => self.bad(record, Column::Address, &value, "no address or network", "アドレスとして読めない"),
            }
        }
        self.ledger.used(record.row);
        let origin = record.origin(Column::Name, self.ledger);
        self.out.circuits.push(Circuit { origin, name, end: (device, port), zone, addresses });
    }
}

/// A network, or an address as a network of one.
fn as_net(word: &str) -> Option<Net> {
    match word.split_once('/') {
        Some((address, length)) => Some(Net { address: address.parse().ok()?, length: length.parse().ok()? }),
        None => {
            let address: std::net::IpAddr = word.parse().ok()?;
            Some(Net { address, length: if address.is_ipv4() { 32 } else { 128 } })
        }
    }
}
