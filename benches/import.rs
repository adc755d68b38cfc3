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
const FORMATS: [&str; 11] = [
    "cisco-ios",
    "fortios",
    "iptables",
    "csv",
    "cisco-asa",
    "junos",
    "panos",
    "yamaha",
    "nftables",
    "nec-ix",
    "alliedware-plus",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [format, lines, file] = &arguments[..] {
        return run(format, lines == "read", file);
    }
    let lines = arguments.get(1).and_then(|lines| lines.parse().ok()).unwrap_or(LINES);
    println!(
        "{:15}  {:>8}  {:>8}  {:>8}  {:>9}  {:>8}  {:>7}",
        "format", "rules", "MiB", "read ms", "import ms", "peak MiB", "x file"
    );
    for format in FORMATS.iter().filter(|format| arguments.first().is_none_or(|wanted| wanted == *format)) {
        let file = std::env::temp_dir().join(format!("sanso-bench-{format}-{}", std::process::id()));
        fs::write(&file, text(format, lines))?;
        let size = fs::metadata(&file)?.len() as f64 / 1_048_576.0;
        let call = |what: &str| -> Result<(f64, f64, f64), Box<dyn std::error::Error>> {
            let name = file.to_string_lossy().into_owned();
            let output = Command::new(std::env::current_exe()?).args([*format, what, &name]).output()?;
            let said = String::from_utf8(output.stdout)?;
            let mut numbers = said.split_whitespace().filter_map(|number| number.parse().ok());
            let mut next = |what: &str| numbers.next().ok_or(format!("{format}: no {what}"));
            Ok((next("time")?, next("peak")?, next("count")?))
        };
        let ((read, base, _), (import, peak, rules)) = (call("read")?, call("import")?);
        let over = (peak - base + size) / size;
        println!("{format:15}  {rules:8}  {size:8.1}  {read:8.1}  {import:9.1}  {peak:8.1}  {over:7.1}");
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
            let mut ledger = import::ledger::Ledger::new(file, grid.len());
            let mut errors = Vec::new();
            let kind = import::table::Kind::Flows;
            let rows = import::table::rows::read(&grid, kind, &Default::default(), &mut ledger, &mut errors);
            assert!(errors.is_empty(), "{errors:?}");
            count = rows.flows.len();
        } else {
            let read = import::read(file, bytes, import::format(format)).map_err(|refusal| refusal.what.en)?;
            count =
                read.import.devices.iter().flat_map(|device| &device.filters).map(|filter| filter.rules.len()).sum();
        }
    }
    println!("{} {} {count}", start.elapsed().as_secs_f64() * 1000.0, measure::peak_mib());
    Ok(())
}

/// A configuration of so many lines.
#[allow(clippy::too_many_lines)]
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
        "cisco-asa" => {
            out.push_str(
                "ASA Version 9.16(4)\nhostname a\ninterface GigabitEthernet0/0\n nameif outside\n security-level 0\n \
                 ip address 10.0.0.1 255.255.255.0\n",
            );
            for at in 0..lines {
                out.push_str(&format!(
                    "access-list L extended permit tcp host {} 10.200.0.0 255.255.0.0 eq {}\n",
                    address(at),
                    at % 60_000 + 1
                ));
            }
            out.push_str("access-group L in interface outside\n");
        }
        "junos" => {
            out.push_str(
                "set system host-name j\nset interfaces ge-0/0/0 unit 0 family inet address 10.0.0.1/24\n\
                 set interfaces ge-0/0/0 unit 0 family inet filter input F\n",
            );
            for at in 0..lines / 4 {
                let term = format!("set firewall family inet filter F term t{at}");
                out.push_str(&format!(
                    "{term} from source-address {}/32\n{term} from protocol tcp\n{term} from destination-port {}\n\
                     {term} then accept\n",
                    address(at),
                    at % 60_000 + 1
                ));
            }
        }
        "panos" => {
            out.push_str("set deviceconfig system hostname p\nset zone a network layer3 ethernet1/1\nset zone b network layer3 ethernet1/2\n");
            for name in ["ethernet1/1", "ethernet1/2"] {
                out.push_str(&format!("set network interface ethernet {name} layer3 ip 10.{}.0.1/24\n", name.len()));
            }
            for at in 0..lines / 7 {
                let rule = format!("set rulebase security rules r{at}");
                out.push_str(&format!(
                    "{rule} from a\n{rule} to b\n{rule} source {}\n{rule} destination any\n{rule} service any\n\
                     {rule} application any\n{rule} action allow\n",
                    address(at)
                ));
            }
        }
        "yamaha" => {
            out.push_str("console prompt y\nip lan1 address 10.0.0.1/24\n");
            for at in 0..lines {
                out.push_str(&format!(
                    "ip filter {} pass {} 10.200.0.0/16 tcp * {}\n",
                    at + 1,
                    address(at),
                    at % 60_000 + 1
                ));
            }
            out.push_str("ip lan1 secure filter in");
            (0..lines).for_each(|at| out.push_str(&format!(" {}", at + 1)));
            out.push('\n');
        }
        "nftables" => {
            out.push_str(
                "{\"nftables\": [\n{\"table\": {\"family\": \"inet\", \"name\": \"t\"}},\n{\"chain\": {\"family\": \"inet\", \
                 \"table\": \"t\", \"name\": \"f\", \"type\": \"filter\", \"hook\": \"forward\", \"prio\": 0, \"policy\": \"drop\"}}",
            );
            for at in 0..lines {
                out.push_str(&format!(
                    ",\n{{\"rule\": {{\"family\": \"inet\", \"table\": \"t\", \"chain\": \"f\", \"expr\": [{{\"match\": {{\"op\": \"==\", \
                     \"left\": {{\"payload\": {{\"protocol\": \"ip\", \"field\": \"saddr\"}}}}, \"right\": \"{}\"}}}}, {{\"match\": {{\"op\": \
                     \"==\", \"left\": {{\"payload\": {{\"protocol\": \"tcp\", \"field\": \"dport\"}}}}, \"right\": {}}}}}, {{\"accept\": \
                     null}}]}}}}",
                    address(at),
                    at % 60_000 + 1
                ));
            }
            out.push_str("\n]}\n");
        }
        "nec-ix" => {
            out.push_str("hostname n\n");
            for at in 0..lines {
                out.push_str(&format!(
                    "ip access-list L permit tcp src {}/32 sport any dest 10.200.0.0/16 dport eq {}\n",
                    address(at),
                    at % 60_000 + 1
                ));
            }
            out.push_str("interface GigaEthernet0.0\n  ip address 10.0.0.1/24\n  ip filter L 1 in\n  no shutdown\n");
        }
        "alliedware-plus" => {
            out.push_str("hostname x\naccess-list hardware L\n");
            for at in 0..lines {
                out.push_str(&format!(" permit tcp host {} 10.200.0.0/16 eq {}\n", address(at), at % 60_000 + 1));
            }
            out.push_str("interface port1.0.1\n switchport mode access\n access-group L\n");
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
