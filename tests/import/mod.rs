//! Configurations become documents: every construct by small configurations of our own with the verdicts that the
//! vendor's documentation gives them, the account of lines, and bad input.
//!
//! `NAME.cfg` holds a configuration, `NAME.checks` a check a line: `permit` or `deny`, the ways in and out (`-`: the device
//! itself, `*`: any; `NODE|WAY` of one of several nodes; `_` for a blank), the packet; behind `=>` the header that leaves, behind `@` the line that decides last.

mod account;
mod attack;
mod aws;
mod bad;
mod brute;
mod brute_asa;
mod brute_yamaha;
mod document;
mod drawing;
mod mutations;
mod netbox;

use std::fs;
use std::path::{Path, PathBuf};

use sanso::import::{self, Read};
use sanso::packet::{self, Answer, Asker, Way};
use sanso::source::Source;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import")
}

/// The configurations, by file name, with the names of their formats.
fn configurations() -> Vec<(PathBuf, &'static str)> {
    let mut out = Vec::new();
    for format in import::FORMATS {
        let mut files: Vec<PathBuf> =
            fs::read_dir(folder().join(format.name)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        out.extend(
            files
                .into_iter()
                .filter(|file| file.extension().is_some_and(|end| end == "cfg"))
                .map(|file| (file, format.name)),
        );
    }
    out
}

fn read(file: &Path) -> Read {
    let name = file.file_name().unwrap().to_string_lossy();
    import::read(&name, fs::read(file).unwrap(), None)
        .unwrap_or_else(|refusal| panic!("{}: {refusal:?}", file.display()))
}

/// Asks about packets at a device of a configuration.
struct Asked {
    read: Read,
    source: Source,
}

impl Asked {
    fn new(read: Read) -> Self {
        let text = import::document(std::slice::from_ref(&read)).to_string();
        let source = Source::new("import.json", text.into_bytes()).unwrap();
        let errors = packet::document(&source).1;
        assert!(errors.is_empty(), "{}: {errors:#?}\n{}", read.ledger.file(), source.text());
        Self { read, source }
    }

    /// Asks many packets: node (`None`: the first device), way in, way out, packet.
    fn ask(&self, questions: &[(Option<&str>, &str, &str, packet::Packet)]) -> Vec<(Answer, Option<String>)> {
        let document = packet::document(&self.source).0.unwrap();
        let asker = Asker::new(&document);
        let mut out = Vec::new();
        for (node, way_in, way_out, packet) in questions {
            let device = match node {
                Some(id) => self.read.import.devices.iter().find(|device| device.id == *id).unwrap(),
                None => &self.read.import.devices[0],
            };
            let node = asker.node(&device.id).unwrap();
            let known = asker.interfaces(node);
            let way = |name: &str| match name {
                "-" => Way::Own,
                name if known.contains(&name.replace('_', " ")) => Way::Interface(name.replace('_', " ")),
                "*" => Way::Any,
                name if known.iter().any(|known| known == name) => Way::Interface(name.to_owned()),
                name if self.read.import.open_names => Way::Interface(device.standing_for(name).unwrap()),
                name => panic!("{}: no interface {name} of {known:?}", self.read.ledger.file()),
            };
            let answer = asker.ask(node, &way(way_in), &way(way_out), *packet);
            let leaves = answer.leaves.as_ref().map(|header| asker.show(header));
            out.push((answer, leaves));
        }
        out
    }
}

#[test]
fn every_construct_does_what_its_vendor_says() {
    let (mut checked, mut wrong) = (0, String::new());
    for (file, format) in configurations() {
        let read = read(&file);
        assert_eq!(read.format, format, "{}", file.display());
        let asked = Asked::new(read);
        let checks = fs::read_to_string(file.with_extension("checks")).unwrap();
        for (number, line) in (1..).zip(checks.lines()) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let place = format!("{}:{number}: {line}", file.with_extension("checks").display());
            let (line, decides) = line.split_once(" @ ").map_or((line, None), |(line, at)| (line, Some(at)));
            let (line, leaves) = line.split_once(" => ").map_or((line, None), |(line, leaves)| (line, Some(leaves)));
            let words: Vec<&str> = line.splitn(4, ' ').collect();
            let [verdict, way_in, way_out, packet] = words[..] else { panic!("{place}") };
            let (node, way_in) = way_in.split_once('|').map_or((None, way_in), |(node, way)| (Some(node), way));
            let packet = packet::packet(packet).unwrap_or_else(|bad| panic!("{place}: {bad:?}"));
            let (answer, left) = asked.ask(&[(node, way_in, way_out, packet)]).remove(0);
            let mut ok = verdict == if answer.permitted { "permit" } else { "deny" };
            ok &= leaves.is_none_or(|leaves| left.as_deref() == Some(leaves));
            if let Some(decides) = decides {
                let mut filters = answer.decided.iter().filter(|decided| decided.what.starts_with("filter"));
                let origin = filters.next_back().and_then(|decided| decided.origin.as_deref());
                ok &= origin.and_then(|origin| origin.rsplit(':').next()) == Some(decides);
            }
            if !ok {
                wrong.push_str(&format!("{place}:\n    {left:?} {answer:?}\n"));
            }
            checked += 1;
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(checked > 100, "{checked}");
}
