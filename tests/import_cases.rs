//! Third-party configurations with the verdicts of probes, where their folder is present: `../shared/import-cases` from the
//! project's root. They are read where they lie; nothing of them is part of the project.

mod renderings;

use std::fs;
use std::path::{Path, PathBuf};

use sanso::import;
use sanso::packet::{self, Asker, Way};
use sanso::source::Source;
use serde_json::Value;

/// The folder, if it is there: beside the project, or beside the folder of its work trees.
fn folder() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    ["../shared/import-cases", "../../shared/import-cases"]
        .iter()
        .map(|path| root.join(path))
        .find(|path| path.is_dir())
}

fn probes(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            out.extend(probes(&entry));
        } else if entry.to_string_lossy().ends_with(".probe.json") {
            out.push(entry);
        }
    }
    out.sort();
    out
}

/// Asks every check of a file; the number of checks and what went wrong.
fn ask(file: &Path) -> Option<(usize, Vec<String>)> {
    let probe: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let format = import::format(probe["format"].as_str()?)?;
    if probe["optional"].as_bool() == Some(true) {
        return None;
    }
    let config = file.parent()?.join(probe["config"].as_str()?);
    let read = import::read("config", fs::read(&config).unwrap(), Some(format)).unwrap();
    let recognised = import::read("config", fs::read(&config).unwrap(), None).unwrap();
    assert_eq!(recognised.format, format.name, "{}", config.display());
    let text = import::document(std::slice::from_ref(&read)).to_string();
    let source = Source::new("import.json", text.into_bytes()).unwrap();
    let (document, errors) = packet::document(&source);
    assert!(errors.is_empty(), "{}: {errors:?}", config.display());
    let document = document.unwrap();
    let asker = Asker::new(&document);
    let [device] = &read.import.devices[..] else { panic!("{}: one device is asked", config.display()) };
    let node = asker.node(&device.id).unwrap();
    let known = asker.interfaces(node);
    let way = |value: &Value| match value.as_str() {
        None => Way::Own,
        Some(name) if known.iter().any(|known| known == name) => Way::Interface(name.to_owned()),
        Some(name) => Way::Interface(device.standing_for(name).unwrap()),
    };
    let checks = probe["checks"].as_array()?;
    let mut wrong = Vec::new();
    for check in checks {
        let packet = packet::packet(check["packet"].as_str()?).unwrap();
        let answer = asker.ask(node, &way(&check["in"]), &way(&check["out"]), packet);
        let verdict = if answer.permitted { "permit" } else { "deny" };
        if check["verdict"] != verdict {
            wrong.push(format!("{}: {check} is {verdict}: {answer:?}", config.display()));
        }
    }
    Some((checks.len(), wrong))
}

#[test]
fn every_probe_has_its_verdict() {
    let Some(folder) = folder() else {
        println!("passed over: there is no ../shared/import-cases");
        return;
    };
    let (mut files, mut checks, mut wrong) = (0, 0, Vec::new());
    for probe in probes(&folder) {
        if let Some((count, found)) = ask(&probe) {
            files += 1;
            checks += count;
            wrong.extend(found);
        }
    }
    println!("{checks} checks of {files} configurations");
    assert!(files > 0 && checks > 0, "the folder holds nothing that can be read");
    assert!(wrong.is_empty(), "{} of {checks} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Inventories and drawings have at least as many nodes and links as a plain parser counts; segments and who is on them are
/// not counted.
#[test]
fn every_topology_has_its_nodes_and_links() {
    let Some(folder) = folder().map(|folder| folder.join("topology")).filter(|folder| folder.is_dir()) else {
        println!("passed over: there is no ../shared/import-cases/topology");
        return;
    };
    let expected: Value = serde_json::from_str(&fs::read_to_string(folder.join("expected.json")).unwrap()).unwrap();
    let mut count = 0;
    for case in expected.as_array().unwrap() {
        let Some(format) = import::format(case["format"].as_str().unwrap()) else { continue };
        let bytes = fs::read(folder.join(case["file"].as_str().unwrap())).unwrap();
        let read = import::read("drawing", &bytes, None).unwrap();
        assert_eq!(read.format, format.name, "{case}");
        let document = import::document(std::slice::from_ref(&read));
        let ids: Vec<&str> = read.import.devices.iter().map(|device| device.id.as_str()).collect();
        let known = |end: &Value| {
            let end = end.as_str().unwrap();
            ids.iter().any(|id| end.strip_prefix(id).is_some_and(|rest| rest.is_empty() || rest.starts_with(':')))
        };
        let links = document["links"].as_array().unwrap().iter();
        let links = links.filter(|link| link["between"].as_array().unwrap().iter().all(known)).count();
        assert!(ids.len() as u64 >= case["nodes"].as_u64().unwrap(), "{case}: {} nodes", ids.len());
        assert!(links as u64 >= case["links"].as_u64().unwrap(), "{case}: {links} links");
        let source = Source::new("import.json", document.to_string().into_bytes()).unwrap();
        assert!(packet::document(&source).1.is_empty(), "{case}");
        count += 1;
    }
    println!("{count} topologies");
}
