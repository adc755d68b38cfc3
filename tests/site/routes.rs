//! Routing tables that devices show, in a site.

use super::{document, refusals, site};
use serde_json::Value;

const CONFIG: &str = "hostname r\ninterface Ethernet1\n ip address 10.0.1.1 255.255.255.0\n\
    interface Ethernet2\n ip address 10.0.2.1 255.255.255.0\ninterface Ethernet3\n ip address 10.0.3.1 255.255.255.0\n\
    router ospf 1\n network 10.0.0.0 0.255.255.255 area 0\n";

const TABLE: &str = "r#show ip route\nGateway of last resort is 10.0.2.9 to network 0.0.0.0\n\
    O*E2  0.0.0.0/0 [110/1] via 10.0.2.9, 00:00:12, Ethernet2\n      10.0.0.0/8 is variably subnetted, 6 subnets, 2 masks\n\
    C        10.0.1.0/24 is directly connected, Ethernet1\nC        10.0.2.0/24 is directly connected, Ethernet2\n\
    C        10.0.3.0/24 is directly connected, Ethernet3\nO        10.9.0.0/16 [110/2] via 10.0.3.9, 00:00:12, Ethernet3\n\
    S        10.8.0.0/16 [1/0] via 10.9.0.1\nS        10.7.0.0/16 is directly connected, Null0\nr#\n";

const SITE: &str = "sanso-import: 1\ndevices: [{config: r}]\nroutes: [r.txt]\n";

/// The routes of the device, as `prefix way`.
fn routes(config: &str, table: &str) -> Option<Vec<String>> {
    let json = document(&[("s.yaml", SITE), ("r", config), ("r.txt", table)]);
    let node = json["nodes"].as_array().unwrap().iter().find(|node| node["id"] == "r").unwrap();
    let one = |route: &Value| {
        let to = route["to"].as_str().unwrap_or_default();
        let fails = if route["fails"] == true { " at times" } else { "" };
        format!("{to} {}{fails}", route["via"].as_str().unwrap_or("drop"))
    };
    Some(node.get("routes")?.as_array().unwrap().iter().map(one).collect())
}

fn notes(config: &str, table: &str) -> Vec<String> {
    let site = site(&[("s.yaml", SITE), ("r", config), ("r.txt", table)]).map_err(|failure| failure.refusals).unwrap();
    let about = site.notes.iter().filter(|note| note.origin.file.starts_with("r.txt"));
    about.map(|note| format!("{} {}", note.origin, note.what.en)).collect()
}

#[test]
fn a_table_is_exact_also_where_a_protocol_runs() {
    let exact = [
        "0.0.0.0/0 Ethernet2",
        "10.0.1.0/24 Ethernet1",
        "10.0.2.0/24 Ethernet2",
        "10.0.3.0/24 Ethernet3",
        "10.9.0.0/16 Ethernet3",
        "10.8.0.0/16 Ethernet3",
        "10.7.0.0/16 drop",
    ];
    assert_eq!(routes(CONFIG, TABLE).unwrap(), exact, "a next hop is looked up in the table itself");
    assert!(notes(CONFIG, TABLE).is_empty());
    let json = document(&[("s.yaml", SITE), ("r", CONFIG), ("r.txt", TABLE)]);
    let node = json["nodes"].as_array().unwrap().iter().find(|node| node["id"] == "r").unwrap();
    assert_eq!(node["routes"][0]["origin"], "r.txt:3");
}

#[test]
fn what_a_table_does_not_say_is_possible() {
    // an interface is down while the table is shown
    let down = TABLE.replace("C        10.0.1.0/24 is directly connected, Ethernet1\n", "");
    assert!(routes(CONFIG, &down).unwrap().contains(&"10.0.1.0/24 Ethernet1 at times".to_owned()));
    assert_eq!(notes(CONFIG, &down).len(), 1);
    // IPv6, of which there is no table
    let six = CONFIG.replace("10.0.1.1 255.255.255.0\n", "10.0.1.1 255.255.255.0\n ipv6 address 2001:db8:1::1/64\n");
    let found = routes(&six, TABLE).unwrap();
    for way in ["Ethernet1", "Ethernet2", "Ethernet3"] {
        assert!(found.contains(&format!("::/0 {way}")), "{found:?}");
    }
    // what decides beside the table
    let by_policy = CONFIG.replace("10.0.1.1 255.255.255.0\n", "10.0.1.1 255.255.255.0\n ip policy route-map P\n");
    assert_eq!(routes(&by_policy, TABLE), None);
    assert!(notes(&by_policy, TABLE)[0].contains("not the table of routes alone"));
    // a line that nobody understands, a next hop that nobody knows, an interface that is not there
    for line in ["?  10.6.0.0/16 by magic\n", "S        10.6.0.0/16 [1/0] via 192.0.2.1, Ethernet9\n"] {
        let table = TABLE.replace("S        10.7", &format!("{line}S        10.7"));
        assert_eq!(routes(CONFIG, &table), None, "{line}");
        assert!(notes(CONFIG, &table)[0].starts_with("r.txt:10 "), "{:?}", notes(CONFIG, &table));
    }
    let lost = TABLE
        .replace("O*E2  0.0.0.0/0 [110/1] via 10.0.2.9, 00:00:12, Ethernet2\n", "")
        .replace("10.9.0.1", "192.0.2.1");
    assert_eq!(routes(CONFIG, &lost), None);
    // static routes are those of the configuration where the table is left out
    let fixed = CONFIG.split("router").next().unwrap().to_owned() + "ip route 0.0.0.0 0.0.0.0 10.0.2.9\n";
    let lost = TABLE.replace("S        10.7", "?  10.6.0.0/16 by magic\nS        10.7");
    assert_eq!(routes(&fixed, &lost).unwrap().len(), 4);
}

#[test]
fn a_table_that_cannot_be_used_is_refused_with_its_place() {
    let with = |table: &str| refusals(&[("s.yaml", SITE), ("r", CONFIG), ("r.txt", table)]);
    assert!(with(&TABLE.replace("\nr#\n", "\n"))[0].starts_with("r.txt:1:1: this table is not ended"));
    assert!(with(&TABLE.replace("r#", "q#"))[0].starts_with("r.txt:1: there is no configuration of `q`"));
    assert!(with(&TABLE.replace("route\n", "route vrf X\n"))[0].contains("there is no configuration of `r/X`"));
    assert!(with("nothing\n")[0].starts_with("r.txt: no routing table is here"));
}
