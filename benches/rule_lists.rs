//! Whether anything passes a first-match list between two zones: lists of 100 to 10,000 lines, of 100,000 with
//! `SANSO_BENCH_LARGE=1`. The time of a question includes narrowing the list from the start, but not reading it.

#![allow(missing_docs)] // a bench has no readers but its file

mod lists;

use std::time::Instant;

use sanso::diagnostic::Diagnostics;
use sanso::document;
use sanso::engine::{Limits, Question, Reachability};
use sanso::header::EVERYTHING;
use sanso::model::{Model, names::Names};
use sanso::network::{Links, Network};
use sanso::source::Source;

fn main() {
    let large = std::env::var_os("SANSO_BENCH_LARGE").is_some();
    let sizes: &[usize] = if large { &[100, 1_000, 10_000, 100_000] } else { &[100, 1_000, 10_000] };
    println!(
        "{:<22} {:>7} {:>9} {:>9} {:>10} {:>11} {:>5}",
        "list", "lines", "read ms", "model ms", "cells", "answer ms", "yes"
    );
    for &size in sizes {
        for list in lists::all(size) {
            measure(&list, size);
        }
    }
}

fn measure(list: &lists::List, size: usize) {
    let source = Source::new("list.json", lists::document(list).into_bytes()).expect("the document is UTF-8");
    let mut diagnostics = Diagnostics::default();
    let start = Instant::now();
    let document = document::read(&source, &mut diagnostics).expect("the document is sound");
    let names = Names::resolve(&document, &mut diagnostics).expect("the document is sound");
    let read = start.elapsed();
    let start = Instant::now();
    let model = Model::new(&document, &names);
    let network = Network::new(&model, &|_| false);
    let modelled = start.elapsed();
    let class = |name: String| {
        let node = names.node(&name).expect("the node is in the document");
        network.classes.of_node[node as usize].expect("the node is an endpoint")
    };
    let mut best = f64::MAX;
    let (mut cells, mut yes) = (0, 0);
    for _ in 0..if size > 10_000 { 1 } else { 5 } {
        (cells, yes) = (0, 0);
        let start = Instant::now();
        for pair in 0..list.pairs.len() {
            let (a, b) = ([class(format!("a{pair}"))], [class(format!("b{pair}"))]);
            let question = Question { links: Links::All, sources: &a, targets: &b, product: EVERYTHING };
            let search = Reachability::new(&model, &network, &model.pools, Limits::default(), &mut cells);
            let answer = search.answer(&question).expect("there is no limit");
            yes += u32::from(answer.hit(0, 0).is_some());
        }
        best = best.min(start.elapsed().as_secs_f64());
    }
    let ms = |time: std::time::Duration| time.as_secs_f64() * 1e3;
    println!(
        "{:<22} {size:>7} {:>9.1} {:>9.1} {cells:>10} {:>11.3} {:>2}/{:<2}",
        list.name,
        ms(read),
        ms(modelled),
        best * 1e3,
        yes,
        list.pairs.len()
    );
}
