//! Device configurations into a topology document. One folder a format reads its vendor's language into the devices of
//! [`device`], which know no vendor; [`emit`] makes a document of them. What was understood is exact; what was not is told
//! with its place and taken in the attacker's favour ([`ledger`]).
//!
//! A new vendor is a folder that gives an [`Import`], and a line in [`FORMATS`].

pub mod assemble;
pub mod aws;
pub mod chain;
pub mod change;
pub mod device;
pub mod emit;
pub mod expect;
pub mod ledger;
pub mod neighbours;
pub mod region;
pub mod report;
pub mod routing;
pub mod set;
pub mod site;
pub mod switch;
pub mod table;
pub mod text;
pub mod texts;
pub mod yaml;

mod alliedware_plus;
mod cisco_asa;
mod cisco_ios;
mod fortios;
mod inventory;
mod iptables;
mod json;
mod junos;
mod linux;
mod names;
mod nec_ix;
mod nftables;
mod panos;
mod statements;
mod words;
mod xml;
mod yamaha;

use std::borrow::Cow;

use crate::language::Phrase;

pub use inventory::Inventory;
pub use inventory::drawio::{Drawing, draw};

use chain::Tangle;
use device::{Device, Join};
use ledger::Ledger;
use switch::Switch;
use text::Refusal;

/// A configuration, cut into lines.
#[derive(Debug)]
pub struct Configuration<'t> {
    /// The file as it was named.
    pub file: &'t str,
    /// Its lines without their ends.
    pub lines: Vec<&'t str>,
}

impl Configuration<'_> {
    /// An id for a device that names itself nowhere: the file's name without folder and ending.
    #[must_use]
    pub fn id(&self, otherwise: &str) -> String {
        let name = self.file.rsplit(['/', '\\']).next().unwrap_or(self.file);
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let word = emit::id_word(stem);
        if word.is_empty() || word == "-" { otherwise.to_owned() } else { word }
    }
}

/// What a configuration became.
#[derive(Clone, Debug, Default)]
pub struct Import {
    /// The devices: several where one has VDOMs or VRFs.
    pub devices: Vec<Device>,
    /// Links between them that the configuration itself knows.
    pub joins: Vec<Join>,
    /// Ports that are parts of others, and those (aggregates).
    pub members: Vec<(String, String)>,
    /// Interfaces that bridge several ports: a switch that no filter of the device sees into.
    pub bridges: Vec<String>,
    /// Interfaces that are shut down.
    pub down: Vec<String>,
    /// The switch that its ports make, where it has one.
    pub switch: Option<Switch>,
    /// Wireless networks whose clients an access point puts into a VLAN.
    pub ssids: Vec<Ssid>,
    /// Whether interfaces that the configuration does not name count as one of its own (iptables).
    pub open_names: bool,
    /// What a file says of a cloud account; the devices come of all such files together ([`aws::join`]).
    pub cloud: Option<Box<aws::Cloud>>,
    /// Of an inventory or a drawing, what it says beside devices and links. Its devices have no configuration.
    pub inventory: Option<Box<Inventory>>,
}

/// A wireless network that is bridged to a VLAN.
#[derive(Clone, Debug)]
pub struct Ssid {
    /// Its name.
    pub name: String,
    /// The VLAN.
    pub vlan: u16,
    /// Where it stands.
    pub origin: ledger::Origin,
}

/// A format: its name, how it is recognised, how it is read.
pub struct Format {
    /// The word of `--import-format`.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    recognise: fn(&[&str]) -> bool,
    read: fn(&Configuration<'_>, &mut Ledger) -> Result<Import, Refusal>,
}

/// The formats. The order means nothing: where two fit, the call is refused.
pub const FORMATS: &[Format] = &[
    Format { name: "cisco-asa", title: "Cisco ASA", recognise: cisco_asa::recognise, read: cisco_asa::import },
    Format {
        name: "cisco-ios",
        title: "Cisco IOS, IOS-XE, NX-OS, Arista EOS",
        recognise: cisco_ios::recognise,
        read: cisco_ios::import,
    },
    Format { name: "fortios", title: "FortiOS", recognise: fortios::recognise, read: fortios::import },
    Format { name: "iptables", title: "iptables-save", recognise: iptables::recognise, read: iptables::import },
    Format {
        name: "nftables",
        title: "nftables (nft -j list ruleset)",
        recognise: nftables::recognise,
        read: nftables::import,
    },
    Format { name: "junos", title: "Junos (SRX, MX, EX)", recognise: junos::recognise, read: junos::import },
    Format { name: "yamaha", title: "Yamaha RTX, NVR, FWX", recognise: yamaha::recognise, read: yamaha::import },
    Format { name: "panos", title: "PAN-OS", recognise: panos::recognise, read: panos::import },
    Format { name: "nec-ix", title: "NEC UNIVERGE IX", recognise: nec_ix::recognise, read: nec_ix::import },
    Format {
        name: "alliedware-plus",
        title: "AlliedWare Plus (x, AR)",
        recognise: alliedware_plus::recognise,
        read: alliedware_plus::import,
    },
    Format {
        name: "netbox",
        title: "NetBox (dumpdata, API)",
        recognise: inventory::netbox::recognise,
        read: inventory::netbox::import,
    },
    Format {
        name: "containerlab",
        title: "containerlab",
        recognise: inventory::containerlab::recognise,
        read: inventory::containerlab::import,
    },
    Format {
        name: "drawio",
        title: "draw.io (diagrams.net)",
        recognise: inventory::drawio::recognise,
        read: inventory::drawio::import,
    },
    Format { name: "aws", title: "AWS (describe-… JSON)", recognise: aws::recognise, read: aws::import },
    Format { name: "gns3", title: "GNS3", recognise: inventory::gns3::recognise, read: inventory::gns3::import },
    Format {
        name: "rfc8345",
        title: "RFC 8345 (JSON)",
        recognise: inventory::rfc8345::recognise,
        read: inventory::rfc8345::import,
    },
];

/// A format by its name.
#[must_use]
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// How changes are said in a format; `None`: they are not.
#[must_use]
pub fn changes(format: &str) -> Option<&'static change::Words> {
    Some(match format {
        "cisco-ios" => &cisco_ios::CHANGE,
        "cisco-asa" => &cisco_asa::CHANGE,
        "fortios" => &fortios::CHANGE,
        "junos" => &junos::CHANGE,
        "yamaha" => &yamaha::CHANGE,
        _ => return None,
    })
}

/// A file read.
#[derive(Clone, Debug)]
pub struct Read {
    /// What it became.
    pub import: Import,
    /// The account of its lines.
    pub ledger: Ledger,
    /// The format's name.
    pub format: &'static str,
    /// Whether the format was recognised (otherwise the call named it).
    pub recognised: bool,
    /// The text, for the report.
    text: String,
}

impl Read {
    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The lines, for the report.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        text::split(&self.text)
    }
}

/// Reads a file that stands for itself.
///
/// # Errors
/// When it is no text, no format or two fit, or what it says cannot be used.
pub fn read<'b>(file: &str, bytes: impl Into<Cow<'b, [u8]>>, wanted: Option<&'static Format>) -> Result<Read, Refusal> {
    let mut read = read_part(file, bytes, wanted)?;
    aws::join(std::slice::from_mut(&mut read))?;
    Ok(read)
}

/// Reads a file of several that may belong together: see [`aws::join`].
///
/// # Errors
/// When it is no text, no format or two fit, or what it says cannot be used.
pub fn read_part<'b>(
    file: &str,
    bytes: impl Into<Cow<'b, [u8]>>,
    wanted: Option<&'static Format>,
) -> Result<Read, Refusal> {
    let text = text::decode(file, bytes)?;
    let lines = text::lines(file, &text)?;
    let format = match wanted {
        Some(format) => format,
        None => recognise(file, &lines)?,
    };
    let configuration = Configuration { file, lines };
    let mut ledger = Ledger::new(file, configuration.lines.len());
    let mut import = (format.read)(&configuration, &mut ledger)?;
    settle(&mut import, &mut ledger);
    Ok(Read { import, ledger, format: format.name, recognised: wanted.is_none(), text })
}

/// Translations into addresses that nobody knows: an empty pool, a name that stands for none. They may be any, and it is told.
fn settle(import: &mut Import, ledger: &mut Ledger) {
    for entry in import.devices.iter_mut().flat_map(|device| &mut device.translations) {
        let (becomes, known) = entry.becomes.clone().or_any();
        if known {
            continue;
        }
        entry.becomes = becomes;
        entry.one_to_one = false;
        ledger.not_understood(
            entry.origin.line,
            Phrase::new(
                "no address is known that this translates to: it may be any",
                "変換後のアドレスが分からない。どのアドレスへの変換でもありうるものとみなす",
            ),
        );
    }
}

/// Whether at least one format fits these lines.
fn is_recognised(lines: &[&str]) -> bool {
    let lines = &inventory::containerlab::outside(lines);
    FORMATS.iter().any(|format| (format.recognise)(lines))
}

fn recognise(file: &str, lines: &[&str]) -> Result<&'static Format, Refusal> {
    let lines = &inventory::containerlab::outside(lines)[..];
    let fitting: Vec<&Format> = FORMATS.iter().filter(|format| (format.recognise)(lines)).collect();
    match fitting[..] {
        [format] => Ok(format),
        [] => {
            let known: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
            let known = known.join(", ");
            Err(Refusal::of(
                file,
                Phrase::new(
                    format!("no format fits this file; name one with --import-format ({known})"),
                    format!("どの形式にも当てはまらない。--import-format で形式を指定すること（{known}）"),
                ),
            ))
        }
        _ => {
            let names: Vec<&str> = fitting.iter().map(|format| format.name).collect();
            let names = names.join(", ");
            Err(Refusal::of(
                file,
                Phrase::new(
                    format!("more than one format fits this file: {names}; choose with --import-format"),
                    format!("複数の形式に当てはまる: {names}。--import-format で選ぶこと"),
                ),
            ))
        }
    }
}

/// What the devices of some files are together, as a document in JSON.
#[must_use]
pub fn document(reads: &[Read]) -> serde_json::Value {
    let devices: Vec<Device> = reads.iter().flat_map(|read| read.import.devices.iter().cloned()).collect();
    let joins: Vec<Join> = reads.iter().flat_map(|read| read.import.joins.iter().cloned()).collect();
    let mut document = emit::document(&devices, &joins);
    // zones that devices of drawings are in; a site says what they are
    let zones = devices.iter().filter_map(|device| device.said.get("zone")?.as_str());
    let zones: serde_json::Map<String, serde_json::Value> =
        zones.map(|id| (id.to_owned(), serde_json::json!({}))).collect();
    if !zones.is_empty() {
        document["zones"] = zones.into();
    }
    document
}

/// Why chains cannot be used, told with both places.
fn tangled(file: &str, tangle: &Tangle) -> Refusal {
    match tangle {
        Tangle::Circle(first, last) => Refusal::at(
            file,
            last.line,
            Phrase::new(
                format!("this leads back to what line {} is in: take one of the two out", first.line),
                format!("{} 行目の中身に戻って循環している。どちらかを外すこと", first.line),
            ),
        ),
        Tangle::Deep(origin) => {
            Refusal::at(file, origin.line, Phrase::new("nested more than 64 deep", "入れ子が 64 段を超える"))
        }
        Tangle::Large(origin) => Refusal::at(
            file,
            origin.line,
            Phrase::new(
                "chains that jump into each other become more than a million lines from here",
                "チェーンの呼び出しを展開すると 100 万行を超える",
            ),
        ),
    }
}
