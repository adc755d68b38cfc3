//! Protocols and ports of a cell: numbers, ranges, and the names that people give to services.

use super::super::names;
use super::cells::{ends, is_any, is_nothing, values};

/// Services by the names that people give them, and what they are.
const SERVICES: &[(&str, &[&str])] = &[
    ("dns", &["udp/53", "tcp/53"]),
    ("ntp", &["udp/123"]),
    ("snmp", &["udp/161"]),
    ("snmptrap", &["udp/162"]),
    ("syslog", &["udp/514"]),
    ("http", &["tcp/80"]),
    ("https", &["tcp/443"]),
    ("smtp", &["tcp/25"]),
    ("smtps", &["tcp/465"]),
    ("submission", &["tcp/587"]),
    ("pop3", &["tcp/110"]),
    ("pop3s", &["tcp/995"]),
    ("imap", &["tcp/143"]),
    ("imaps", &["tcp/993"]),
    ("ssh", &["tcp/22"]),
    ("sftp", &["tcp/22"]),
    ("telnet", &["tcp/23"]),
    ("ftp", &["tcp/21"]),
    ("rdp", &["tcp/3389"]),
    ("リモートデスクトップ", &["tcp/3389"]),
    ("smb", &["tcp/445"]),
    ("cifs", &["tcp/445"]),
    ("ファイル共有", &["tcp/445"]),
    ("ldap", &["tcp/389"]),
    ("ldaps", &["tcp/636"]),
    ("mysql", &["tcp/3306"]),
    ("oracle", &["tcp/1521"]),
    ("sqlserver", &["tcp/1433"]),
    ("postgresql", &["tcp/5432"]),
    ("lpr", &["tcp/515"]),
    ("raw印刷", &["tcp/9100"]),
    ("radius", &["udp/1812", "udp/1813"]),
    ("tftp", &["udp/69"]),
    ("ping", &["icmp"]),
    ("icmp", &["icmp"]),
];

/// Protocols of a cell: numbers; empty: any.
fn protocols(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for value in values(&text.replace(['/', '・', '+'], ",").to_lowercase()) {
        if is_any(&value) || value == "ip" {
            return Some(Vec::new());
        }
        let number = value.strip_prefix("proto").map_or(value.as_str(), |rest| rest.trim_start_matches('/'));
        let known = match number {
            "ping" => Some(1),
            other => names::protocol(other),
        };
        out.push(known?);
    }
    Some(out)
}

fn word(protocol: u8) -> String {
    crate::document::protocol_word(protocol)
}

/// A port or a range of them, as the document spells it.
fn ports(text: &str) -> Option<String> {
    if let Ok(port) = text.parse::<u16>() {
        return Some(port.to_string());
    }
    let (low, high) = ends(text)?;
    let (low, high): (u16, u16) = (low.parse().ok()?, high.parse().ok()?);
    (low <= high).then(|| format!("{low}-{high}"))
}

/// Why a cell of services is not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoService {
    /// The cell of the protocol.
    Protocol,
    /// The cell of the ports.
    Port,
    /// There are ports, and nothing says of which protocol.
    Unbound,
}

/// Services as the document spells them, from a cell of protocols and one of ports or names.
///
/// # Errors
/// When a cell is not understood, or a port has no protocol.
pub fn services(protocol: &str, service: &str) -> Result<Vec<String>, NoService> {
    let known = if is_nothing(protocol) { Some(Vec::new()) } else { service_names(protocol) };
    if let Some(services) = known.clone().filter(|services| !services.is_empty() && is_nothing(service)) {
        return Ok(services);
    }
    let bound = if is_nothing(protocol) || known.is_some_and(|services| !services.is_empty()) {
        // `HTTPS` and `443`: the port says more
        if is_nothing(protocol) { Vec::new() } else { of_names(protocol) }
    } else {
        protocols(protocol).ok_or(NoService::Protocol)?
    };
    let mut out: Vec<String> = Vec::new();
    let listed = values(service);
    let listed: Vec<&str> = listed.iter().map(String::as_str).filter(|value| !is_nothing(value)).collect();
    if listed.is_empty() {
        return if bound.is_empty() {
            Ok(vec!["any".to_owned()])
        } else {
            Ok(bound.iter().map(|&one| word(one)).collect())
        };
    }
    for value in listed {
        add_service(value, &bound, &mut out)?;
    }
    let mut seen = std::collections::HashSet::new();
    out.retain(|service| seen.insert(service.clone()));
    Ok(out)
}

/// Whether all of a cell is names of services: those.
fn service_names(text: &str) -> Option<Vec<String>> {
    let mut out = Vec::new();
    for value in values(text) {
        let lower = value.to_lowercase().replace(' ', "");
        let (_, services) = SERVICES.iter().find(|(name, _)| *name == lower)?;
        out.extend(services.iter().map(|one| (*one).to_owned()));
    }
    Some(out)
}

fn of_names(text: &str) -> Vec<u8> {
    let services = service_names(text).unwrap_or_default();
    let mut out: Vec<u8> =
        services.iter().filter_map(|service| names::protocol(service.split('/').next().unwrap_or_default())).collect();
    out.dedup();
    out
}

fn add_service(value: &str, bound: &[u8], out: &mut Vec<String>) -> Result<(), NoService> {
    let lower = value.to_lowercase();
    if is_any(&lower) {
        out.extend(if bound.is_empty() {
            vec!["any".to_owned()]
        } else {
            bound.iter().map(|&one| word(one)).collect()
        });
        return Ok(());
    }
    // `HTTPS(443)`, `443(HTTPS)`, `https(tcp/443)`: what is a number says it exactly
    if let Some((name, inner)) = lower.strip_suffix(')').and_then(|text| text.rsplit_once('(')) {
        let mut found = Vec::new();
        let of_name = of_names(name);
        let bound = if bound.is_empty() { &of_name[..] } else { bound };
        if add_service(inner, bound, &mut found).is_ok() && inner.contains(|c: char| c.is_ascii_digit()) {
            out.extend(found);
            return Ok(());
        }
        return add_service(name, bound, out);
    }
    if let Some(port) = ports(&lower) {
        if bound.is_empty() {
            return Err(NoService::Unbound);
        }
        for &protocol in bound {
            if !matches!(protocol, 6 | 17 | 132) {
                return Err(NoService::Port);
            }
            out.push(format!("{}/{port}", word(protocol)));
        }
        return Ok(());
    }
    // `tcp/443`, `443/tcp`, `TCP 443`, `TCP443`, `tcp:443`
    let parts: Vec<&str> = lower.split(['/', ' ', ':']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let glued =
        lower.find(|c: char| c.is_ascii_digit()).filter(|at| *at > 0 && lower[..*at].chars().all(char::is_alphabetic));
    let pair = match (&parts[..], glued) {
        ([a, b], _) => Some((*a, *b)),
        ([_], Some(at)) => Some((&lower[..at], &lower[at..])),
        _ => None,
    };
    if let Some((a, b)) = pair {
        let (protocol, port) = if ports(a).is_some() { (b, a) } else { (a, b) };
        if let (Some(protocol), Some(port)) = (names::protocol(protocol), ports(port)) {
            if !matches!(protocol, 6 | 17 | 132) || !(bound.is_empty() || bound.contains(&protocol)) {
                return Err(NoService::Port);
            }
            out.push(format!("{}/{port}", word(protocol)));
            return Ok(());
        }
    }
    if let Some(services) = service_names(&lower).filter(|services| !services.is_empty()) {
        let fits = |service: &&String| {
            let protocol = names::protocol(service.split('/').next().unwrap_or_default());
            bound.is_empty() || protocol.is_some_and(|protocol| bound.contains(&protocol))
        };
        let found: Vec<String> = services.iter().filter(fits).cloned().collect();
        if found.is_empty() {
            return Err(NoService::Port);
        }
        out.extend(found);
        return Ok(());
    }
    match names::protocol(&lower) {
        Some(protocol) if bound.is_empty() || bound.contains(&protocol) => {
            out.push(word(protocol));
            Ok(())
        }
        _ => Err(NoService::Port),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_read_as_people_write_them() {
        let words = |list: &[&str]| Ok(list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        for (protocol, service, wanted) in [
            ("TCP", "443", words(&["tcp/443"])),
            ("ＴＣＰ", "４４３、８４４３", words(&["tcp/443", "tcp/8443"])),
            ("TCP/UDP", "53", words(&["tcp/53", "udp/53"])),
            ("", "TCP443", words(&["tcp/443"])),
            ("", "443/tcp", words(&["tcp/443"])),
            ("", "tcp/1024～65535", words(&["tcp/1024-65535"])),
            ("TCP", "", words(&["tcp"])),
            ("ICMP", "-", words(&["icmp"])),
            ("", "HTTPS", words(&["tcp/443"])),
            ("HTTPS", "", words(&["tcp/443"])),
            ("HTTPS", "8443", words(&["tcp/8443"])),
            ("", "HTTPS(8443)", words(&["tcp/8443"])),
            ("TCP", "443(HTTPS)", words(&["tcp/443"])),
            ("UDP", "DNS", words(&["udp/53"])),
            ("", "DNS、NTP", words(&["udp/53", "tcp/53", "udp/123"])),
            ("any", "any", words(&["any"])),
            ("", "", words(&["any"])),
            ("", "443", Err(NoService::Unbound)),
            ("TCP", "謎", Err(NoService::Port)),
            ("UDP", "HTTPS", Err(NoService::Port)),
            ("ICMP", "80", Err(NoService::Port)),
            ("謎", "80", Err(NoService::Protocol)),
            ("TCP", "70000", Err(NoService::Port)),
        ] {
            assert_eq!(services(protocol, service), wanted, "{protocol} {service}");
        }
    }
}
