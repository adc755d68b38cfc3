//! `sanso packet`: what a device does with packets, and which of its lines decides.

use std::path::Path;

use anyhow::{Result, bail};
use sanso::document::Node;
use sanso::import::{self, site};
use sanso::packet::{self, Answer, Asker, Bad, Line, Packet, Step, Walk, Way};
use sanso::render::{Sentence as _, diagnostics};
use sanso::screen::visible;
use sanso::source::Source;
use sanso::source::SourceText;
use serde_json::json;

use super::Context;
use super::arguments::devices::{AnswerFormat, PacketArguments};
use super::devices::phrases as own;
use super::folders::is_document;
use super::output::{write_stderr, write_stdout};
use super::phrases::phrases;
use super::status::Status;

/// Asks about packets and writes the answers.
///
/// # Errors
/// When the call cannot be used or the answers cannot be written. Files that cannot be used are told of on stderr.
pub fn run(arguments: &PacketArguments, context: &Context) -> Result<Status> {
    let asked = asked(arguments, context)?;
    let format = super::import::format(arguments.import_format.as_deref(), context)?;
    let Some((source, read)) = open(&arguments.path, format, context)? else { return Ok(Status::Unusable) };
    let (document, found) = packet::document(&source);
    let Some(document) = document.filter(|_| found.is_empty()) else {
        let shown = SourceText::of(&source);
        write_stderr(&diagnostics::render(&found, &shown, context.lang, context.stderr.color));
        if read.is_some() {
            bail!("{}", own(context.lang).not_a_document());
        }
        return Ok(Status::Unusable);
    };
    let asker = Asker::new(&document);
    // origins within a site are told from its folder
    let folder = source.name().rfind(['/', '\\']).map_or("", |at| &source.name()[..=at]);
    let base = if source.parts().is_some() { folder } else { "" };
    if let Some(from) = &arguments.from {
        return follow(&asker, &document, from, &asked, (arguments.format, base), context);
    }
    let devices: Vec<String> = match &read {
        Some(read) => read.import.devices.iter().map(|device| device.id.clone()).collect(),
        None => document
            .nodes
            .iter()
            .filter(|node| {
                document.nodes.len() == 1 || node.details.as_ref().is_some_and(|details| details.filters.is_some())
            })
            .map(|node| document.names.name(node.id).to_owned())
            .collect(),
    };
    let node = node(arguments.node.as_deref(), &devices, &asker, context)?;
    let id = document.names.name(node.id).to_owned();
    let known = asker.interfaces(node);
    let device = read.as_ref().and_then(|read| read.import.devices.iter().find(|device| device.id == id));
    let open_names = read.as_ref().is_some_and(|read| read.import.open_names);
    let settle = |way: Way| -> Result<Way> {
        let Way::Interface(name) = way else { return Ok(way) };
        if known.contains(&name) {
            return Ok(Way::Interface(name));
        }
        match device.filter(|_| open_names).and_then(|device| device.standing_for(&name)) {
            Some(other) => Ok(Way::Interface(other)),
            None => {
                bail!("{}", own(context.lang).no_interface(&visible(&name), &visible(&id), &visible(&known.join(", "))))
            }
        }
    };
    let from_call = |name: Option<&str>| match name {
        None => Way::Any,
        Some("self") => Way::Own,
        Some(name) => Way::Interface(name.to_owned()),
    };
    let (way_in, way_out) = (from_call(arguments.way_in.as_deref()), from_call(arguments.way_out.as_deref()));
    let mut out = String::new();
    let mut all = true;
    for line in asked {
        let way_in = settle(line.way_in.unwrap_or_else(|| way_in.clone()))?;
        let way_out = settle(line.way_out.unwrap_or_else(|| way_out.clone()))?;
        let answer = asker.ask(node, &way_in, &way_out, line.packet);
        all &= answer.permitted;
        let answer = based(answer, base);
        write(&mut out, &asker, line.packet, &answer, arguments.format, context);
    }
    if let Err(error) = write_stdout(out.as_bytes()) {
        bail!("{}", phrases(context.lang).cannot_write(&error.to_string()));
    }
    Ok(if all || arguments.packets.is_some() { Status::Proved } else { Status::Violated })
}

/// The packets that a call asks about.
fn asked(arguments: &PacketArguments, context: &Context) -> Result<Vec<Line>> {
    let told = |bad: &Bad, file: Option<&str>| {
        let place = match (file, bad.line) {
            (Some(file), Some(line)) => format!("{file}:{line}: "),
            _ => String::new(),
        };
        anyhow::anyhow!("{place}{}", bad.what.get(context.lang))
    };
    match &arguments.packets {
        Some(_) if !arguments.packet.is_empty() => bail!("{}", own(context.lang).both_packets()),
        None if arguments.packet.is_empty() => bail!("{}", own(context.lang).no_packets()),
        None => {
            let one = |text: &String| packet::packet(text).map(|packet| Line { packet, way_in: None, way_out: None });
            arguments.packet.iter().map(|text| one(text).map_err(|bad| told(&bad, None))).collect()
        }
        Some(file) => {
            let name = file.to_string_lossy();
            let text = std::fs::read_to_string(file).map_err(|error| {
                anyhow::anyhow!("{}", phrases(context.lang).cannot_read_file(&visible(&name), &error))
            })?;
            packet::csv(text.trim_start_matches('\u{feff}')).map_err(|bad| told(&bad, Some(&name)))
        }
    }
}

/// The document that is asked: the file itself, or what it becomes.
///
/// # Errors
/// When the file cannot be read. What is wrong with it is told on stderr: `None`.
pub fn open(
    file: &Path,
    format: Option<&'static import::Format>,
    context: &Context,
) -> Result<Option<(Source, Option<import::Read>)>> {
    if file.is_dir() {
        let files = super::folders::files(&[file.to_path_buf()], context)?;
        let site = super::import::of_files(&files, format, context)?;
        return Ok(site.ok().map(|site| (site.source, None)));
    }
    let name = file.to_string_lossy();
    let bytes = std::fs::read(file)
        .map_err(|error| anyhow::anyhow!("{}", phrases(context.lang).cannot_read_file(&visible(&name), &error)))?;
    if format.is_none() && site::is_site(&bytes) {
        let Ok(source) = super::open::open(file, super::limits::Set::default(), context) else { return Ok(None) };
        return Ok(Some((source, None)));
    }
    if format.is_none() && is_document(&bytes) {
        return match Source::new(&*name, bytes) {
            Ok(source) => Ok(Some((source, None))),
            Err(error) => {
                let words = phrases(context.lang);
                write_stderr(&format!("{}: {}: {}\n", visible(&name), words.error(), error.phrase().get(context.lang)));
                Ok(None)
            }
        };
    }
    match import::read(&name, &bytes, format) {
        Ok(read) => {
            let text = import::document(std::slice::from_ref(&read)).to_string();
            match Source::new("import.json", text.into_bytes()) {
                Ok(source) => Ok(Some((source, Some(read)))),
                Err(_) => bail!("{}", own(context.lang).not_a_document()),
            }
        }
        Err(refusal) => {
            super::import::refuse(&refusal, context);
            Ok(None)
        }
    }
}

/// Puts the folder of a site in front of where things stand.
fn rebase(decided: &mut [packet::Decided], base: &str) {
    for origin in decided.iter_mut().filter_map(|one| one.origin.as_mut()) {
        origin.insert_str(0, base);
    }
}

fn based(mut answer: Answer, base: &str) -> Answer {
    rebase(&mut answer.decided, base);
    answer
}

/// Follows packets from a node to whomever they reach.
fn follow(
    asker: &Asker<'_>,
    document: &sanso::document::Document<'_>,
    from: &str,
    asked: &[Line],
    (format, base): (AnswerFormat, &str),
    context: &Context,
) -> Result<Status> {
    let words = own(context.lang);
    let Some(node) = asker.node(from) else {
        let known: Vec<&str> = document.nodes.iter().take(12).map(|node| document.names.name(node.id)).collect();
        bail!("{}", words.no_node(&visible(from), &visible(&known.join(", "))))
    };
    let mut out = String::new();
    let mut status = Status::Proved;
    for line in asked {
        let walk = match asker.walk(node, line.packet) {
            Ok(mut walk) => {
                let way = walk.reached.iter_mut().flat_map(|one| &mut one.way);
                let steps = way.chain(walk.ended.iter_mut().map(|one| &mut one.step));
                steps.for_each(|step| rebase(&mut step.decided, base));
                walk
            }
            Err(why) => bail!("{}", visible(why.get(context.lang))),
        };
        status = status.max(match walk.reaches() {
            Some(true) => Status::Proved,
            None => Status::Undecided,
            Some(false) => Status::Violated,
        });
        match format {
            AnswerFormat::Json => out.push_str(&format!("{}\n", walk_json(asker, from, line.packet, &walk, context))),
            AnswerFormat::Text => walk_text(&mut out, asker, line.packet, &walk, context),
        }
    }
    if let Err(error) = write_stdout(out.as_bytes()) {
        bail!("{}", phrases(context.lang).cannot_write(&error.to_string()));
    }
    Ok(status)
}

fn walk_json(asker: &Asker<'_>, from: &str, packet: Packet, walk: &Walk, context: &Context) -> serde_json::Value {
    let decided = |list: &[packet::Decided]| -> Vec<serde_json::Value> {
        list.iter().map(|one| json!({ "what": one.what, "id": one.id, "origin": one.origin })).collect()
    };
    let step = |step: &Step| json!({ "node": step.node, "in": step.way_in, "out": step.way_out, "vlan": step.vlan, "decided": decided(&step.decided) });
    let reached: Vec<serde_json::Value> = walk
        .reached
        .iter()
        .map(|one| {
            let guesses: Vec<String> = one.guesses.iter().map(|guess| guess.text(context.lang)).collect();
            json!({ "node": one.node, "leaves": asker.show(&one.header), "way": one.way.iter().map(step).collect::<Vec<_>>(),
                "guesses": guesses })
        })
        .collect();
    let ended: Vec<serde_json::Value> = walk.ended.iter().map(|one| step(&one.step)).collect();
    let verdict = match walk.reaches() {
        Some(true) => "permit",
        None => "undecided",
        Some(false) => "deny",
    };
    json!({ "verdict": verdict, "packet": packet.to_string(), "from": from,
        "reached": reached, "ended": ended, "complete": !walk.cut })
}

fn walk_text(out: &mut String, asker: &Asker<'_>, packet: Packet, walk: &Walk, context: &Context) {
    let words = own(context.lang);
    let shown = |step: &Step| {
        let side = |way: &Option<String>| way.as_ref().map_or_else(String::new, |way| format!("[{}]", visible(way)));
        let vlan = step.vlan.map_or_else(String::new, |vlan| format!("  VLAN {vlan}"));
        format!("{} {} -> {}{vlan}", visible(&step.node), side(&step.way_in), side(&step.way_out)).trim_end().to_owned()
    };
    let decided = |out: &mut String, step: &Step| {
        for one in &step.decided {
            let origin = one.origin.as_ref().map_or_else(String::new, |origin| format!(" ({})", visible(origin)));
            out.push_str(&format!("       {}: {}{origin}\n", visible(&one.what), visible(&one.id)));
        }
    };
    let verdict = match walk.reaches() {
        Some(true) => words.permit(),
        None => words.undecided(),
        Some(false) => words.deny(),
    };
    out.push_str(&format!("{verdict}: {packet}\n"));
    if walk.reaches() == Some(false) {
        out.push_str(&format!("  {}\n", words.reaches_nobody()));
    }
    for one in &walk.reached {
        out.push_str(&format!("  {}\n", words.reaches(&visible(&one.node), &asker.show(&one.header))));
        for step in &one.way {
            out.push_str(&format!("     {}\n", shown(step)));
            decided(out, step);
        }
        for guess in &one.guesses {
            out.push_str(&format!("     {}\n", words.guessed(&visible(&guess.text(context.lang)))));
        }
    }
    for one in &walk.ended {
        out.push_str(&format!("  {}\n", words.ends_at(&shown(&one.step))));
        decided(out, &one.step);
    }
    if walk.cut {
        out.push_str(&format!("  {}\n", words.not_all_followed()));
    }
}

fn node<'d>(wanted: Option<&str>, devices: &[String], asker: &Asker<'d>, context: &Context) -> Result<&'d Node<'d>> {
    let known = visible(&devices.join(", ")).into_owned();
    let id = match (wanted, devices) {
        (Some(id), _) => id,
        (None, [id]) => id,
        (None, _) => bail!("{}", own(context.lang).which_node(&known)),
    };
    match asker.node(id) {
        Some(node) => Ok(node),
        None => bail!("{}", own(context.lang).no_node(&visible(id), &known)),
    }
}

fn write(
    out: &mut String,
    asker: &Asker<'_>,
    packet: Packet,
    answer: &Answer,
    format: AnswerFormat,
    context: &Context,
) {
    let words = own(context.lang);
    let leaves = answer.leaves.as_ref().map(|header| asker.show(header));
    let guesses: Vec<String> = answer.guesses.iter().map(|guess| guess.text(context.lang)).collect();
    match format {
        AnswerFormat::Json => {
            let decided: Vec<serde_json::Value> = answer
                .decided
                .iter()
                .map(|decided| json!({ "what": decided.what, "id": decided.id, "origin": decided.origin }))
                .collect();
            let mut object = json!({
                "verdict": if answer.permitted { "permit" } else { "deny" },
                "packet": packet.to_string(),
                "leaves": leaves,
                "decided": decided,
                "guesses": guesses,
            });
            if let Some(by) = &answer.by {
                object["by"] = by.clone().into();
            }
            out.push_str(&format!("{object}\n"));
        }
        AnswerFormat::Text => {
            let verdict = if answer.permitted { words.permit() } else { words.deny() };
            out.push_str(&format!("{verdict}: {packet}\n"));
            for decided in &answer.decided {
                let origin = decided.origin.as_ref().map_or_else(String::new, |origin| format!(" ({origin})"));
                out.push_str(&format!("  {}: {}{origin}\n", visible(&decided.what), visible(&decided.id)));
            }
            if let Some(leaves) = leaves {
                out.push_str(&format!("  {}\n", words.leaves(&leaves, answer.by.as_deref())));
            }
            for guess in guesses {
                out.push_str(&format!("  {}\n", words.guessed(&visible(&guess))));
            }
        }
    }
}
