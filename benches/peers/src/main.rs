//! One engine on one list, or the inputs of a comparison; `run.py` calls this. Results are a line of JSON on stdout.
//!
//! ```text
//! sanso-peers solve ENGINE LIST SIZE    ENGINE: sanso, boxes, biodivine, oxidd
//! sanso-peers export LIST SIZE          the list as JSON, for engines that are no Rust
//! sanso-peers graph NODES CROSSING      a network of routers, 5 links a node; with CROSSING 1 its halves touch
//! ```

mod biodivine;
mod boxes;
mod cells;
mod graph;
#[path = "../../lists.rs"]
mod lists;
mod oxidd;

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Instant;

use lists::{Line, List};
use serde_json::json;

/// One range of numbers in each dimension: source, destination, protocol, source port, destination port.
type Box5 = [(u32, u32); 5];

/// Bits of each dimension, most significant first, in the order of [`Box5`].
const WIDTHS: [u32; 5] = [32, 32, 8, 16, 16];

/// A pair of zones as a box.
fn zone(pair: &[(u32, u32); 2]) -> Box5 {
    [pair[0], pair[1], (0, 255), (0, 0xffff), (0, 0xffff)]
}

fn box_of(line: &Line) -> Box5 {
    let wide = |(low, high): (u16, u16)| (low.into(), high.into());
    let protocol = line.protocol.map_or((0, 255), |number| (number.into(), number.into()));
    [line.source, line.destination, protocol, wide(line.source_port), wide(line.port)]
}

/// What an engine found: milliseconds to get ready for questions and to answer all of them, and how many are yes.
struct Solved {
    prepare: f64,
    solve: f64,
    yes: usize,
    /// Cells that the search of this project took.
    cells: Option<u64>,
}

/// Milliseconds since.
fn since(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

fn list(name: &str, size: usize) -> Option<List> {
    lists::all(size).into_iter().find(|list| list.name.replace(' ', "-") == name)
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |text: &str| text.parse::<usize>().unwrap_or(0);
    match words.as_slice() {
        ["solve", engine, name, size] => {
            let Some(list) = list(name, number(size)) else { return usage() };
            let solved = match *engine {
                "sanso" => cells::solve(&list),
                "boxes" => boxes::solve(&list),
                "biodivine" => biodivine::solve(&list),
                "oxidd" => oxidd::solve(&list),
                _ => return usage(),
            };
            let of = list.pairs.len();
            match solved {
                Some(Solved { prepare, solve, yes, cells }) => {
                    let found = json!({ "prepare_ms": prepare, "solve_ms": solve, "yes": yes, "of": of, "cells": cells });
                    println!("{found}");
                }
                None => println!("{}", json!({ "gave_up": "out of memory" })),
            }
        }
        ["export", name, size] => {
            let Some(list) = list(name, number(size)) else { return usage() };
            let lines: Vec<_> = list.lines.iter().map(|line| json!([line.permit, box_of(line)])).collect();
            let zones: Vec<_> = list.pairs.iter().map(zone).collect();
            println!("{}", json!({ "lines": lines, "zones": zones }));
        }
        ["graph", nodes, crossing] => {
            let text = graph::document(number(nodes), *crossing == "1");
            if io::stdout().lock().write_all(text.as_bytes()).is_err() {
                return ExitCode::FAILURE;
            }
        }
        _ => return usage(),
    }
    ExitCode::SUCCESS
}

fn usage() -> ExitCode {
    eprintln!("see the head of src/main.rs");
    ExitCode::FAILURE
}
