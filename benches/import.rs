//! Configurations of 100,000 lines: time and peak memory of an import beside a plain read of the same file, a process each,
//! since the peak is that of a process.
//!
//! `cargo bench --bench import`; `-- FORMAT LINES` for one run.

#![allow(missing_docs)]

#[allow(dead_code)]
#[path = "measure.rs"]
mod measure;

use std::fs;
use std::process::Command;
use std::time::Instant;

use sanso::import;

const LINES: usize = 100_000;
const FORMATS: [&str; 4] = ["cisco-ios", "fortios", "iptables", "csv"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [format, lines, file] = &arguments[..] {
        return run(format, lines == "read", file);
    }
    let lines = arguments.get(1).and_then(|lines| lines.parse().ok()).unwrap_or(LINES);
    println!(
        "{:10}  {:>8}  {:>10}  {:>10}  {:>10}  {:>10}",
        "format", "MiB", "read ms", "import ms", "peak MiB", "x file"
    );
    for format in FORMATS.iter().filter(|format| arguments.first().is_none_or(|wanted| wanted == *format)) {
        let file = std::env::temp_dir().join(format!("sanso-bench-{format}-{}", std::process::id()));
        fs::write(&file, text(format, lines))?;
        let size = fs::metadata(&file)?.len() as f64 / 1_048_576.0;
        let call = |what: &str| -> Result<(f64, f64), Box<dyn std::error::Error>> {
            let name = file.to_string_lossy().into_owned();
            let output = Command::new(std::env::current_exe()?).args([*format, what, &name]).output()?;
            let said = String::from_utf8(output.stdout)?;
            let mut numbers = said.split_whitespace().filter_map(|number| number.parse().ok());
            Ok((numbers.next().ok_or("no time")?, numbers.next().ok_or("no peak")?))
        };
        let ((read, base), (import, peak)) = (call("read")?, call("import")?);
        let over = (peak - base + size) / size;
        println!("{format:10}  {size:8.1}  {read:10.1}  {import:10.1}  {peak:10.1}  {over:10.1}");
        fs::remove_file(&file)?;
    }
    Ok(())
}

/// One run: milliseconds and the peak.
fn run(format: &str, plain: bool, file: &str) -> Result<(), Box<dyn std::error::Error>> {
    let start = Instant::now();
    let bytes = fs::read(file)?;
    let mut count = bytes.len();
    if !plain {
        if format == "csv" {
            let grid = import::table::open(file, &bytes, None).map_err(|refusal| refusal.what.en)?;
            let mut ledger = import::ledger::Ledger::new(file, grid.rows.len());
            let mut errors = Vec::new();
            let kind = import::table::Kind::Flows;
            let rows = import::table::rows::read(&grid, kind, &Default::default(), &mut ledger, &mut errors);
            assert!(errors.is_empty(), "{errors:?}");
            count = rows.flows.len();
        } else {
            let read = import::read(file, &bytes, import::format(format)).map_err(|refusal| refusal.what.en)?;
            count =
                read.import.devices.iter().flat_map(|device| &device.filters).map(|filter| filter.rules.len()).sum();
        }
    }
    println!("{} {} {count}", start.elapsed().as_secs_f64() * 1000.0, measure::peak_mib());
    Ok(())
}

/// A configuration of so many lines.
fn text(format: &str, lines: usize) -> String {
    let address = |at: usize| format!("10.{}.{}.{}", at / 62_500 % 250, at / 250 % 250, at % 250 + 1);
    let mut out = String::new();
    match format {
        "cisco-ios" => {
            out.push_str(
                "hostname r\ninterface GigabitEthernet0/0\n ip address 10.0.0.1 255.255.255.0\n ip access-group L in\n",
            );
            out.push_str("ip access-list extended L\n");
            for at in 0..lines {
                out.push_str(&format!(
                    " permit tcp host {} 10.200.0.0 0.0.255.255 eq {}\n",
                    address(at),
                    at % 60_000 + 1
                ));
            }
        }
        "fortios" => {
            out.push_str("config system global\nset hostname fw\nend\nconfig firewall address\n");
            let each = lines / 12;
            for at in 0..each {
                out.push_str(&format!("edit a{at}\nset subnet {} 255.255.255.255\nnext\n", address(at)));
            }
            out.push_str("end\nconfig firewall policy\n");
            for at in 0..each {
                out.push_str(&format!(
                    "edit {}\nset srcintf any\nset dstintf any\nset srcaddr a{at}\nset dstaddr all\nset action accept\n\
                     set schedule always\nset service HTTPS\nnext\n",
                    at + 1
                ));
            }
            out.push_str("end\n");
        }
        "iptables" => {
            out.push_str("*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n");
            for at in 0..lines {
                out.push_str(&format!(
                    "-A FORWARD -s {}/32 -p tcp -m tcp --dport {} -j ACCEPT\n",
                    address(at),
                    at % 60_000 + 1
                ));
            }
            out.push_str("COMMIT\n");
        }
        _ => {
            out.push_str("項番,送信元,宛先,プロトコル,ポート,方向,用途\n");
            for at in 0..lines {
                out.push_str(&format!("{at},{},10.200.0.0/16,TCP,{},→,業務\n", address(at), at % 60_000 + 1));
            }
        }
    }
    out
}
