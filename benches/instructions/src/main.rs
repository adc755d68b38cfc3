//! Counts the instructions of fixed work under valgrind and compares them with `baseline.json`, so that what makes the
//! program slower is seen in the change that does it, on any machine, however loaded.
//!
//! ```text
//! sanso-instructions             compare; status 1 where something takes more than the baseline allows
//! sanso-instructions --accept    make what is counted now the baseline
//! sanso-instructions --wall      milliseconds from the start of `sanso verify` on a small file to its end
//! sanso-instructions run NAME    one piece of work, to be profiled
//! ```
//!
//! `docs/performance.md`, "Regression guard", says what counts as a regression and when to accept.

#![allow(missing_docs)] // a guard has no readers but its files

mod baseline;
#[path = "../../peers/src/graph.rs"]
mod graph;
#[path = "../../lists.rs"]
mod lists;
mod valgrind;
mod wall;
mod work;

use std::process::ExitCode;

use baseline::{Baseline, Judgement};

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => compare(),
        ["--accept"] => accept(),
        ["--wall"] => wall::tell(),
        ["run", name] => run(name),
        _ => Err("call it with nothing, --accept, --wall or run NAME".into()),
    };
    match result {
        Ok(status) => status,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(name: &str) -> Result<ExitCode, Failure> {
    let (_, work) = work::ALL.iter().find(|(known, _)| *known == name).ok_or("there is no work of that name")?;
    work();
    Ok(ExitCode::SUCCESS)
}

fn accept() -> Result<ExitCode, Failure> {
    let counted = valgrind::count_all()?;
    let old = Baseline::read().ok();
    for (name, count) in &counted {
        let before = old.as_ref().and_then(|old| old.instructions.get(name));
        println!("{name:<18} {count:>13}{}", before.map_or(String::new(), |before| change(*before, *count)));
    }
    Baseline { tools: valgrind::tools()?, instructions: counted }.write()?;
    Ok(ExitCode::SUCCESS)
}

fn compare() -> Result<ExitCode, Failure> {
    let baseline = Baseline::read()?;
    let counted = valgrind::count_all()?;
    let mut worst = Judgement::Same;
    println!("{:<18} {:>13}  against the baseline", "", "instructions");
    for (name, judgement, before, count) in baseline.judge(&counted) {
        let verdict = match judgement {
            Judgement::Same => "",
            Judgement::Fewer => "  fewer: lower the baseline",
            Judgement::Unknown => "  not in the baseline",
            Judgement::Gone => "  in the baseline only",
            Judgement::More => "  MORE",
        };
        let change = before.zip(count).map_or(String::new(), |(before, count)| change(before, count));
        println!("{name:<18} {:>13}{change}{verdict}", count.unwrap_or(0));
        worst = worst.max(judgement);
    }
    let tools = valgrind::tools()?;
    let same_tools = tools == baseline.tools;
    if !same_tools {
        println!("\nThe baseline is of other tools, so this is for information only:");
        for (name, tool) in &tools {
            if baseline.tools.get(name) != Some(tool) {
                println!("  {name}: {tool}; the baseline: {}", baseline.tools.get(name).map_or("?", String::as_str));
            }
        }
    }
    let advice = match worst {
        Judgement::Same => return Ok(ExitCode::SUCCESS),
        Judgement::Fewer => "Less work than before. Keep the gain",
        Judgement::Unknown | Judgement::Gone => "The baseline is of other work. Renew it",
        Judgement::More => {
            "More work than before: mend it, or say in the commit why it is worth it and raise the baseline"
        }
    };
    println!("\n{advice}: .ci/instructions --accept");
    Ok(if worst >= Judgement::Unknown && same_tools { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn change(before: u64, count: u64) -> String {
    format!("  {:+.2} %", (count as f64 / before as f64 - 1.0) * 100.0)
}
