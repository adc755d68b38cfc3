//! What devices see at the other ends of their cables: `show cdp neighbors detail` and `show lldp neighbors detail`.

use super::ledger::{Ledger, Origin};
use super::text::Refusal;
use crate::language::Phrase;

/// A neighbour that a device sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// Where it is told of.
    pub origin: Origin,
    /// The device that sees it, and its port.
    pub near: (String, String),
    /// What it calls itself, and its port.
    pub far: (String, String),
}

/// Whether a text is such an output.
#[must_use]
pub fn recognise(lines: &[&str]) -> bool {
    let has = |word: &str| lines.iter().any(|line| line.trim_start().to_ascii_lowercase().starts_with(word));
    has("device id:") && has("interface:")
        || has("chassis id") && (has("local intf:") || has("local port id") || has("interface "))
}

#[derive(Default)]
struct Entry {
    line: u32,
    near: Option<String>,
    name: Option<String>,
    chassis: Option<String>,
    port: Option<String>,
}

/// Reads an output. The device that sees is the one of the prompt in front of the command; without one, that of the file's name.
///
/// # Errors
/// When it tells of no neighbour.
pub fn read(file: &str, lines: &[&str], ledger: &mut Ledger) -> Result<Vec<Neighbour>, Refusal> {
    let stem = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let mut device = stem.split('.').next().unwrap_or(stem).to_owned();
    let mut out = Vec::new();
    let mut entry = Entry::default();
    for (number, text) in (1u32..).zip(lines) {
        let line = text.trim();
        ledger.without_meaning(number);
        if let Some((prompt, command)) = line.split_once(['#', '>'])
            && command.trim_start().starts_with("sh")
            && !prompt.is_empty()
            && !prompt.contains(char::is_whitespace)
        {
            finish(&mut entry, &device, &mut out, ledger);
            prompt.clone_into(&mut device);
            continue;
        }
        if line.starts_with("---") {
            finish(&mut entry, &device, &mut out, ledger);
            continue;
        }
        for (key, value) in fields(line) {
            let slot = match key {
                Key::Near => &mut entry.near,
                Key::Name => &mut entry.name,
                Key::Chassis => &mut entry.chassis,
                Key::Port => &mut entry.port,
            };
            if slot.is_some() {
                // the next one begins without a line between
                finish(&mut entry, &device, &mut out, ledger);
            }
            let slot = match key {
                Key::Near => &mut entry.near,
                Key::Name => &mut entry.name,
                Key::Chassis => &mut entry.chassis,
                Key::Port => &mut entry.port,
            };
            *slot = Some(value);
            entry.line = if entry.line == 0 { number } else { entry.line };
            ledger.used(number);
        }
    }
    finish(&mut entry, &device, &mut out, ledger);
    if out.is_empty() {
        return Err(Refusal::of(
            file,
            Phrase::new(
                "no neighbour is told of here; give the output of `show cdp neighbors detail` or `show lldp neighbors detail`",
                "隣接機器が書かれていない。show cdp neighbors detail か show lldp neighbors detail の出力を使うこと",
            ),
        ));
    }
    Ok(out)
}

#[derive(Clone, Copy)]
enum Key {
    Near,
    Name,
    Chassis,
    Port,
}

/// What a line says.
fn fields(line: &str) -> Vec<(Key, String)> {
    let value = |text: &str| text.trim().trim_matches('"').to_owned();
    let lower = line.to_ascii_lowercase();
    let after = |prefix: &str| -> Option<String> {
        let rest = lower.strip_prefix(prefix)?.trim_start();
        let rest = rest.strip_prefix(':').unwrap_or(rest);
        Some(value(&line[line.len() - rest.len()..])).filter(|text| !text.is_empty())
    };
    // `Interface: Gi1/0/1,  Port ID (outgoing port): Gi1/0/2`
    if lower.starts_with("interface:") {
        let mut out = Vec::new();
        if let Some((near, far)) = line.split_once(',') {
            out.extend(near.split_once(':').map(|(_, text)| (Key::Near, value(text))));
            out.extend(far.rsplit_once(':').map(|(_, text)| (Key::Port, value(text))));
        }
        return out;
    }
    // EOS: `Interface Ethernet1 detected 1 LLDP neighbors:`
    if let Some(rest) = lower.strip_prefix("interface ")
        && rest.contains(" detected ")
    {
        let name = line["interface ".len()..].split_whitespace().next().unwrap_or_default();
        return vec![(Key::Near, name.to_owned())];
    }
    let line_of =
        |key: Key, prefixes: &[&str]| prefixes.iter().find_map(|prefix| after(prefix)).map(|text| (key, text));
    let known = [
        line_of(Key::Near, &["local intf", "local port id", "local interface"]),
        line_of(Key::Name, &["device id", "system name", "- system name"]),
        line_of(Key::Chassis, &["chassis id", "- chassis id"]).filter(|_| !lower.contains("type")),
        line_of(Key::Port, &["port id", "- port id"]).filter(|_| !lower.contains("type")),
    ];
    known.into_iter().flatten().take(1).collect()
}

fn finish(entry: &mut Entry, device: &str, out: &mut Vec<Neighbour>, ledger: &mut Ledger) {
    let Entry { line, near, name, chassis, port } = std::mem::take(entry);
    if line == 0 {
        return;
    }
    let Some(near) = near else {
        ledger.not_understood(
            line,
            Phrase::new(
                "which port of the device sees this neighbour is not told; nothing was taken from it",
                "この隣接機器を見ている自機器のポートが書かれていない。何も取り込まない",
            ),
        );
        return;
    };
    // NX-OS adds the serial number: `core(FDO1234)`
    let name = name.map(|name| name.split('(').next().unwrap_or_default().trim().to_owned());
    let far = name.filter(|name| !name.is_empty() && name != "not advertised").or(chassis).unwrap_or_default();
    let origin = ledger.origin(line);
    out.push(Neighbour { origin, near: (device.to_owned(), near), far: (far, port.unwrap_or_default()) });
}

/// Whether two names of ports are one: `Gi1/0/1`, `GigabitEthernet1/0/1`.
#[must_use]
pub fn same_port(a: &str, b: &str) -> bool {
    let parts = |name: &str| {
        let name: String = name.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
        let at = name.find(|c: char| c.is_ascii_digit()).unwrap_or(name.len());
        (name[..at].to_owned(), name[at..].to_owned())
    };
    let ((a_word, a_number), (b_word, b_number)) = (parts(a), parts(b));
    let short = |short: &str, long: &str| short.len() >= 2 && long.starts_with(short) && !a_number.is_empty();
    a_number == b_number && (a_word == b_word || short(&a_word, &b_word) || short(&b_word, &a_word))
}

/// Whether two names are of one device: case does not matter, nor a domain that only one of them has.
#[must_use]
pub fn same_device(a: &str, b: &str) -> bool {
    let (a, b) = (a.to_lowercase(), b.to_lowercase());
    let is_address = |name: &str| name.parse::<std::net::IpAddr>().is_ok();
    let short = |short: &str, long: &str| {
        !short.is_empty() && !short.contains('.') && long.strip_prefix(short).is_some_and(|rest| rest.starts_with('.'))
    };
    a == b || !is_address(&a) && !is_address(&b) && (short(&a, &b) || short(&b, &a))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn neighbours(text: &str) -> Vec<[String; 4]> {
        let lines: Vec<&str> = text.lines().collect();
        let mut ledger = Ledger::new("lldp/core.txt", lines.len());
        let found = read("lldp/core.txt", &lines, &mut ledger).unwrap();
        found.into_iter().map(|one| [one.near.0, one.near.1, one.far.0, one.far.1]).collect()
    }

    #[test]
    fn cdp_and_lldp_tell_of_neighbours() {
        let cdp = "-------------------------\nDevice ID: acc1.example.jp\nEntry address(es):\n  IP address: 192.0.2.1\n\
                   Platform: cisco WS-C2960X,  Capabilities: Switch IGMP\n\
                   Interface: GigabitEthernet1/0/48,  Port ID (outgoing port): GigabitEthernet0/1\nHoldtime : 155 sec\n";
        assert_eq!(neighbours(cdp), [["core", "GigabitEthernet1/0/48", "acc1.example.jp", "GigabitEthernet0/1"]]);
        let ios = "sw9#show lldp neighbors detail\n------\nLocal Intf: Gi1/0/1\nChassis id: 0011.2233.4455\nPort id: port1\n\
                   Port Description: to core\nSystem Name: fw1\n------\nLocal Intf: Gi1/0/2\nChassis id: 0011.2233.9999\nPort id: eth0\n";
        assert_eq!(neighbours(ios), [["sw9", "Gi1/0/1", "fw1", "port1"], ["sw9", "Gi1/0/2", "0011.2233.9999", "eth0"]]);
        let nx = "Chassis id: 0011.2233.4455\nPort id: Ethernet1/49\nLocal Port id: Eth1/1\nSystem Name: acc2(FDO123)\n\
                  Chassis id: 0011.2233.4456\nPort id: Ethernet1/50\nLocal Port id: Eth1/2\nSystem Name: acc3\n";
        assert_eq!(
            neighbours(nx),
            [["core", "Eth1/1", "acc2", "Ethernet1/49"], ["core", "Eth1/2", "acc3", "Ethernet1/50"]]
        );
        let eos = "Interface Ethernet1 detected 1 LLDP neighbors:\n  Neighbor 0011.2233.4455/\"Ethernet2\", age 9 seconds\n\
                   - Chassis ID type: MAC address (4)\n    Chassis ID     : 0011.2233.4455\n  - Port ID type: Interface name(5)\n\
                   Port ID        : \"Ethernet2\"\n  - System Name: \"leaf2\"\n";
        assert_eq!(neighbours(eos), [["core", "Ethernet1", "leaf2", "Ethernet2"]]);
    }

    #[test]
    fn names_are_compared_as_people_shorten_them() {
        for (a, b, same) in [
            ("Gi1/0/1", "GigabitEthernet1/0/1", true),
            ("Gig 1/0/1", "GigabitEthernet1/0/1", true),
            ("Te1/0/1", "GigabitEthernet1/0/1", false),
            ("Gi1/0/1", "GigabitEthernet1/0/11", false),
            ("port1", "port1", true),
            ("eth0", "Ethernet0", true),
        ] {
            assert_eq!(same_port(a, b), same, "{a} {b}");
        }
        assert!(same_device("core.example.jp", "CORE"));
        assert!(!same_device("core1", "core"));
        assert!(!same_device("10.20.1.5", "10"), "an address has no domain");
        assert!(!same_device("core.a.jp", "core.b.jp"));
    }
}
