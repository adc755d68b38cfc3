//! What opens a way without being a rule: tunnels without an address, wires between ports, templates, balancers, wireless networks,
//! whoever identifies himself, and what changes the configuration. None of it may count for nothing.

use serde_json::{Value, json};

use super::drawing::{Imported, import, link, node};

fn links_of<'j>(json: &'j Value, end: &str) -> Vec<&'j Value> {
    let has = |link: &&Value| link["between"].as_array().unwrap().iter().any(|one| *one == end);
    json["links"].as_array().unwrap().iter().filter(has).collect()
}

fn fortigate(more: &str, vdom: &str) -> String {
    format!(
        "config system global\n set hostname fw\nend\nconfig system interface\n edit wan1\n  set ip 203.0.113.2 255.255.255.248\n next\n \
        edit lan\n  set ip 10.30.1.1 255.255.255.0\n next\n{more}end\n{vdom}config router static\n edit 1\n  set gateway 203.0.113.1\n  set device wan1\n next\nend\n"
    )
}

fn policy(from: &str, to: &str) -> String {
    format!(
        "config firewall address\n edit all\n next\nend\nconfig firewall policy\n edit 1\n  set srcintf {from}\n  set dstintf {to}\n  set action accept\n  \
        set srcaddr all\n  set dstaddr all\n  set schedule always\n  set service ALL\n next\nend\n"
    )
}

#[test]
fn tunnels_of_a_fortigate_without_an_address_lead_out() {
    for (name, far) in [("ssl.root", "ssl-vpn"), ("vne.root", "tunnel vne.root")] {
        let more = format!(" edit {name}\n  set type tunnel\n next\n");
        let Imported { json, .. } = import(&[("fw", &fortigate(&more, &policy(name, "lan")))]).unwrap();
        link(&json, &format!("fw:{name}"), far);
        let rules = &node(&json, "fw")["filters"][0]["rules"];
        assert_eq!(rules[0]["in"], json!([name]), "{rules:#}");
        assert_ne!(node(&json, "fw")["routes"], Value::Null, "what only comes in needs no route");
    }
    // whoever dialled in is called back, at an address that no route is written for
    let more = " edit ssl.root\n  set type tunnel\n next\n";
    let Imported { json, .. } = import(&[("fw", &fortigate(more, &policy("lan", "ssl.root")))]).unwrap();
    assert_eq!(node(&json, "fw")["routes"], Value::Null);
    let dialled =
        "config vpn ipsec phase1-interface\n edit branch\n  set type dynamic\n  set interface wan1\n next\nend\n";
    let Imported { json, .. } = import(&[("fw", &fortigate("", dialled))]).unwrap();
    assert_eq!(node(&json, "fw")["routes"], Value::Null);
}

#[test]
fn no_route_is_asked_on_a_virtual_wire() {
    let more = " edit x1\n next\n edit x2\n next\n";
    let wire = "config system virtual-wire-pair\n edit w\n  set member x1 x2\n next\nend\n";
    let Imported { json, .. } = import(&[("fw", &fortigate(more, &(wire.to_owned() + &policy("x1", "x2"))))]).unwrap();
    assert_eq!(node(&json, "fw")["routes"], Value::Null);
    assert_eq!((links_of(&json, "fw:x1").len(), links_of(&json, "fw:x2").len()), (1, 1), "{:#}", json["links"]);
}

#[test]
fn policies_by_application_have_central_nat_without_a_word() {
    let mode = "config system settings\n set ngfw-mode policy-based\nend\nconfig firewall address\n edit all\n next\nend\n\
        config firewall security-policy\n edit 1\n  set srcintf lan\n  set dstintf wan1\n  set srcaddr all\n  set dstaddr all\n  set action accept\n  set schedule always\n  set service ALL\n next\nend\n\
        config firewall central-snat-map\n edit 1\n  set srcintf lan\n  set dstintf wan1\n  set orig-addr all\n  set dst-addr all\n next\nend\n";
    let Imported { json, lost, told } = import(&[("fw", &fortigate("", mode))]).unwrap();
    assert_eq!(lost, 0, "{told:?}");
    let entries = &node(&json, "fw")["nat"];
    assert!(entries[0]["id"].as_str().unwrap().contains("central-snat-map"), "{entries:#}");
}

const SWITCH: &str = "hostname sw\ninterface Vlan20\n ip address 10.20.1.1 255.255.255.0\ninterface Vlan30\n ip address 10.30.1.1 255.255.255.0\n";

#[test]
fn wireless_networks_are_in_the_vlans_that_configurations_say() {
    let vap = "config wireless-controller vap\n edit b1\n  set ssid 庁内\n  set local-bridging enable\n  set vlanid 20\n next\nend\n";
    let more = " edit lg\n  set interface lan\n  set vlanid 20\n  set ip 10.20.1.254 255.255.255.0\n next\n";
    let controller = "vlan 30\n name GUEST\nwireless profile policy P20\n vlan 20\nwireless profile policy P30\n vlan GUEST\nwireless tag policy T\n wlan staff policy P20\n wlan guest policy P30\n\
        wlan staff 1 庁内\n no shutdown\nwlan guest 2 来庁者\nwlan off 3 停止\n shutdown\n";
    let point = "dot11 ssid 庁内\n vlan 20\n authentication open\n";
    for (text, ssid, network) in [
        (fortigate(more, vap), "ssid 庁内", "10.20.1.0/24"),
        (format!("{SWITCH}{controller}"), "ssid 庁内", "10.20.1.0/24"),
        (format!("{SWITCH}{controller}"), "ssid 来庁者", "10.30.1.0/24"),
        (format!("{SWITCH}{point}"), "ssid 庁内", "10.20.1.0/24"),
    ] {
        let Imported { json, lost, told } = import(&[("c", &text)]).unwrap();
        assert_eq!(lost, 0, "{told:?}");
        link(&json, ssid, network);
        assert_eq!(node(&json, ssid)["addresses"], json!([network]));
        assert!(!json.to_string().contains("停止"), "{json:#}");
    }
    let unknown = format!("{SWITCH}wlan staff 1 庁内\n");
    let Imported { told, lost, .. } = import(&[("c", &unknown)]).unwrap();
    assert_eq!(lost, 1, "{told:?}");
    assert!(told.iter().any(|one| one.contains("which VLAN this wireless network is in")), "{told:?}");
}

#[test]
fn a_port_is_what_its_template_says() {
    for (template, inherit) in [
        ("template USER\n switchport access vlan 30\n switchport mode access\n", "source template USER"),
        (
            "port-profile type ethernet USER\n switchport access vlan 30\n switchport mode access\n",
            "inherit port-profile USER",
        ),
    ] {
        let port = |own: &str| format!("{SWITCH}{template}interface GigabitEthernet1/0/1\n {inherit}\n{own}");
        let Imported { json, lost, told } = import(&[("c", &port(""))]).unwrap();
        assert_eq!(lost, 0, "{told:?}");
        assert_eq!(link(&json, "10.30.1.0/24", "sw/switch")["vlans"], json!([30]));
        assert!(!json.to_string().contains("VLAN 1"), "{:#}", json["links"]);
        // its own word counts
        let Imported { json, .. } = import(&[("c", &port(" switchport access vlan 77\n"))]).unwrap();
        assert_eq!(link(&json, "VLAN 77", "sw/switch")["vlans"], json!([77]));
    }
}

#[test]
fn a_port_of_a_private_vlan_is_in_the_primary_one() {
    for lines in [
        " switchport private-vlan host-association 30 301\n switchport mode private-vlan host\n",
        " switchport private-vlan mapping 30 301,302\n switchport mode private-vlan promiscuous\n",
    ] {
        let text = format!("{SWITCH}interface GigabitEthernet1/0/1\n{lines}");
        let Imported { json, lost, told } = import(&[("c", &text)]).unwrap();
        assert_eq!(lost, 0, "{told:?}");
        assert!(!json.to_string().contains("VLAN 1"), "{:#}", json["links"]);
        link(&json, "10.30.1.0/24", "sw/switch");
    }
}

#[test]
fn whoever_identifies_himself_has_rules_of_his_own() {
    let port = |line: &str| {
        format!(
            "hostname r\ninterface GigabitEthernet0/0\n ip address 10.0.1.1 255.255.255.0\n{line} ip access-group IN in\n ip access-group IN out\nip access-list extended IN\n deny ip any any\n"
        )
    };
    let filters = |text: &str| {
        let Imported { json, told, lost } = import(&[("c", text)]).unwrap();
        (node(&json, "r")["filters"].as_array().map_or(0, Vec::len), lost, told.join("\n"))
    };
    assert_eq!(filters(&port("")).0, 2);
    for line in [
        " ip admission WEB\n",
        " ip auth-proxy WEB\n",
        " access-session port-control auto\n",
        " authentication port-control auto\n",
    ] {
        let (count, lost, told) = filters(&port(line));
        assert_eq!((count, lost), (1, 1), "{line}: {told}");
        assert!(told.contains("whoever identifies himself"), "{line}: {told}");
    }
    // without a list nothing is taken away
    assert_eq!(filters(&port(" dot1x port-control auto\n").replace(" ip access-group IN in\n", "")).1, 0);
}

#[test]
fn what_no_document_says_is_told() {
    let ios = |lines: &str| format!("{SWITCH}{lines}");
    let yamaha = |lines: &str| format!("ip route default gateway 10.0.1.254\nip lan1 address 10.0.1.1/24\n{lines}");
    for (text, why) in [
        (
            ios("monitor session 1 source vlan 20\nmonitor session 1 destination interface Gi1/0/2\n"),
            "what is mirrored",
        ),
        (ios("monitor session 1\n source vlan 20\n destination interface Ethernet1/2\n"), "what is mirrored"),
        (ios("event manager applet x\n action 1.0 cli command \"conf t\"\n"), "may change its configuration by itself"),
        (
            fortigate("", "config system switch-interface\n edit s\n  set member a b\n  set span enable\n next\nend\n"),
            "what is mirrored",
        ),
        (
            yamaha("schedule at 1 */* 18:00:00 * no ip lan1 secure filter in\n"),
            "may change its configuration by itself",
        ),
        (yamaha("lan port-mirroring lan1 4 in 1 out 1\n"), "what is mirrored"),
    ] {
        let Imported { told, lost, .. } = import(&[("c", &text)]).unwrap();
        assert!(lost >= 1 && told.iter().any(|one| one.contains(why)), "{text}: {lost} {told:?}");
    }
    for text in [
        ios("event manager applet x\n action 1.0 syslog msg \"x\"\nmonitor session 1 source vlan 20\n"),
        yamaha("schedule at 1 */* 03:00:00 * ntpdate ntp.example.jp\n"),
    ] {
        assert_eq!(import(&[("c", &text)]).unwrap().lost, 0, "{text}");
    }
}

#[test]
fn a_balancer_of_ios_may_translate_to_anybody() {
    let text = format!("{SWITCH}ip slb vserver V\n virtual 10.30.1.100 tcp 443\n serverfarm S\n inservice\n");
    let Imported { json, told, .. } = import(&[("c", &text)]).unwrap();
    assert_eq!(node(&json, "sw")["nat"].as_array().map(Vec::len), Some(2), "{told:?}");
}

#[test]
fn a_map_that_looks_at_frames_only_stops_no_packet() {
    let map = |entry: &str| {
        let text = format!(
            "{SWITCH}mac access-list extended M\n permit any any\nip access-list extended L\n permit tcp any any eq 443\nvlan access-map X 10\n{entry} action forward\nvlan filter X vlan-list 20\n"
        );
        let Imported { json, .. } = import(&[("c", &text)]).unwrap();
        let filter = &node(&json, "sw")["filters"][0];
        (filter["default"].clone(), filter["rules"].as_array().map(|rules| rules.last().unwrap()["action"].clone()))
    };
    let permits = |(default, last): (Value, Option<Value>)| last.unwrap_or(default) == "permit";
    assert!(permits(map(" match mac address M\n")));
    assert!(!permits(map(" match ip address L\n")));
}

#[test]
fn a_bridged_tunnel_of_a_yamaha_leads_to_the_same_network() {
    let text = "ip route default gateway 10.40.1.254\nip bridge1 address 10.40.1.1/24\nbridge member bridge1 lan1 tunnel1\ntunnel select 1\n tunnel encapsulation l2tpv3\n \
        tunnel endpoint address 10.40.1.1 198.51.100.9\n tunnel enable 1\n";
    let Imported { json, .. } = import(&[("rtx.cfg", text)]).unwrap();
    let (_, router) = json["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| (&node["kind"], node))
        .find(|(kind, _)| **kind == "router")
        .unwrap();
    let ways: Vec<&str> = router["routes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|route| route["to"] == "10.40.1.0/24")
        .map(|route| route["via"].as_str().unwrap())
        .collect();
    assert_eq!(ways, ["bridge1", "tunnel1"]);
}

#[test]
fn who_asks_for_a_port_of_a_yamaha_gets_it() {
    let text = |more: &str| {
        format!(
            "ip lan1 address 10.40.1.1/24\nip lan2 address 203.0.113.2/29\nip lan2 nat descriptor 1\nnat descriptor type 1 masquerade\nip route default gateway 203.0.113.1\n{more}"
        )
    };
    let entries = |more: &str| {
        let Imported { json, lost, .. } = import(&[("rtx.cfg", &text(more))]).unwrap();
        let router = json["nodes"].as_array().unwrap().iter().find(|node| node["kind"] == "router").unwrap().clone();
        (router["nat"].as_array().unwrap().len(), router["routes"].is_null(), lost)
    };
    assert_eq!(entries(""), (1, false, 0));
    let (count, _, lost) = entries("upnp use on\n");
    assert!(count > 1 && lost == 1);
    // a filter that chooses the gateway
    assert_eq!(entries("ip lan1 forward filter 1\n"), (1, true, 0));
}

#[test]
fn a_name_is_every_segment_that_bears_it() {
    let segments = "ネットワーク名,セグメント,ネットワークアドレス\nx,庁内,10.1.0.0/24\ny,庁内,10.2.0.0/24\n"
        .replace("ネットワーク名,", "No,");
    let site = "sanso-import: 1\ntables:\n  - {file: s.csv, kind: segments}\n  - {file: f.csv, kind: flows, at: fw}\nzones: {lgwan: {networks: [10.0.0.0/8]}}\nnodes:\n  - {id: pc, kind: terminal, addresses: [10.1.0.5]}\n\
        links: [['fw:a', 10.1.0.0/24]]\n";
    let flows = "送信元,宛先,プロトコル,ポート\n庁内,10.9.0.1,TCP,443\n";
    let mut load = |name: &str| {
        let files = [("s.csv", segments.as_str()), ("f.csv", flows)];
        let found = files.iter().find(|(known, _)| *known == name).unwrap();
        Ok(sanso::import::site::Loaded::File(found.1.as_bytes().to_vec()))
    };
    let source = sanso::source::Source::new("site.yaml", site.as_bytes().to_vec()).unwrap();
    let site = sanso::import::site::read(&source, &mut load).map_err(|failure| failure.refusals).unwrap();
    let json: Value = serde_json::from_str(site.source.text()).unwrap();
    assert_eq!(node(&json, "fw")["filters"][0]["rules"][0]["from"], json!(["10.1.0.0/24", "10.2.0.0/24"]));
}

#[test]
fn tunnels_of_pan_os_without_an_address_lead_out() {
    let base = "set deviceconfig system hostname pa\nset network interface ethernet ethernet1/3 layer3 ip 10.30.1.1/24\nset network interface ethernet ethernet1/4 layer3 ip 203.0.113.2/29\n\
        set network interface tunnel units tunnel.1\nset network interface tunnel units tunnel.2\nset network virtual-router default interface [ ethernet1/3 ethernet1/4 tunnel.1 tunnel.2 ]\n\
        set network virtual-router default routing-table ip static-route d destination 0.0.0.0/0\nset network virtual-router default routing-table ip static-route d nexthop ip-address 203.0.113.1\n\
        set vsys vsys1 zone in network layer3 ethernet1/3\nset vsys vsys1 zone vpn network layer3 [ tunnel.1 tunnel.2 ]\nset vsys vsys1 rulebase security rules r from vpn\nset vsys vsys1 rulebase security rules r to in\n\
        set vsys vsys1 rulebase security rules r source any\nset vsys vsys1 rulebase security rules r destination any\nset vsys vsys1 rulebase security rules r application any\nset vsys vsys1 rulebase security rules r service any\nset vsys vsys1 rulebase security rules r action allow\n";
    let Imported { json, .. } = import(&[("pa", base)]).unwrap();
    link(&json, "pa:tunnel.1", "tunnel tunnel.1");
    link(&json, "pa:tunnel.2", "tunnel tunnel.2");
    assert_ne!(node(&json, "pa")["routes"], Value::Null);
    let steered = format!("{base}set vsys vsys1 rulebase sdwan rules s from in\n");
    assert_eq!(node(&import(&[("pa", &steered)]).unwrap().json, "pa")["routes"], Value::Null);
    let dialled = format!("{base}set network tunnel global-protect-gateway g tunnel-interface tunnel.2\n");
    let Imported { json, .. } = import(&[("pa", &dialled)]).unwrap();
    link(&json, "pa:tunnel.2", "vpn clients");
    assert_eq!(node(&json, "pa")["routes"], Value::Null);
}

#[test]
fn who_logs_in_at_an_asa_is_somebody() {
    let base = "ASA Version 9.16(4)\nhostname asa\ninterface GigabitEthernet1/1\n nameif outside\n security-level 0\n ip address 203.0.113.2 255.255.255.248\n\
        interface GigabitEthernet1/2\n nameif inside\n security-level 100\n ip address 10.1.1.1 255.255.255.0\n";
    assert!(!import(&[("asa", base)]).unwrap().json.to_string().contains("clients"));
    let Imported { json, .. } = import(&[("asa", &format!("{base}webvpn\n enable outside\n"))]).unwrap();
    link(&json, "asa:remote access outside", "vpn clients");
    let lists = "access-list IN extended deny ip any any\naccess-group IN in interface outside per-user-override\n";
    let Imported { json, lost, told } = import(&[("asa", &format!("{base}{lists}"))]).unwrap();
    let filters = node(&json, "asa")["filters"].as_array().unwrap();
    let outside = filters.iter().find(|filter| filter["in"] == json!(["outside"])).unwrap();
    assert_eq!((lost, &outside["rules"][0]["action"]), (1, &json!("permit")), "{told:?}");
    // the oldest kind of translation
    let Imported { json, told, .. } =
        import(&[("asa", &format!("{base}alias (inside) 10.1.1.1 203.0.113.9\n"))]).unwrap();
    assert!(node(&json, "asa")["nat"].is_array(), "{told:?}");
}

#[test]
fn what_an_ix_bridges_or_publishes_in_ways_of_its_own_is_anything() {
    let base = "! NEC Portable Internetwork Core Operating System Software\nhostname ix\nip route default 203.0.113.1\ninterface GigaEthernet0.0\n  ip address 203.0.113.2/29\n  NAPT\n  no shutdown\n\
        interface GigaEthernet2.0\n  ip address 10.1.1.1/24\n  no shutdown\n";
    let of = |napt: &str, more: &str| import(&[("ix", &(base.replace("  NAPT\n", napt) + more))]).unwrap();
    assert_ne!(node(&of("", "").json, "ix")["routes"], Value::Null);
    for line in ["  ip nat static 10.1.1.9 203.0.113.3\n", "  ip napt service web 10.1.1.80 none tcp 443\n"] {
        let Imported { json, told, lost } = of(line, "");
        assert_eq!((lost, node(&json, "ix")["nat"].as_array().map(Vec::len)), (1, Some(2)), "{told:?}");
    }
    let bridged = "interface Tunnel0.0\n  tunnel mode ether-ip ipsec\n  bridge-group 1\n  no shutdown\ninterface GigaEthernet1.0\n  bridge-group 1\n  no shutdown\n";
    let Imported { json, lost, told } = of("", bridged);
    assert_eq!((lost, &node(&json, "ix")["routes"]), (0, &Value::Null), "{told:?}");
    assert_eq!(links_of(&json, "ix:GigaEthernet1.0").len(), 1, "{:#}", json["links"]);
}

#[test]
fn what_an_allied_telesis_bridges_copies_or_does_by_itself() {
    let base = "hostname ar\nzone private\n network lan\n  ip subnet 10.1.1.0/24\ninterface vlan10\n ip address 10.1.1.1/24\ninterface eth1\n ip address 203.0.113.2/29\nip route 0.0.0.0/0 203.0.113.1\n";
    let of = |more: &str| import(&[("ar", &format!("{base}{more}"))]).unwrap();
    assert_ne!(node(&of("").json, "ar")["routes"], Value::Null);
    let Imported { json, .. } = of("interface eth2\n bridge-group 1\n");
    assert_eq!(
        (&node(&json, "ar")["routes"], links_of(&json, "ar:eth2").len()),
        (&Value::Null, 1),
        "{:#}",
        json["links"]
    );
    for (lines, why) in [
        ("interface port1.0.9\n mirror interface port1.0.1 direction both\n", "what is mirrored"),
        ("trigger 1\n type time 10:00\n script 1 open.scp\n", "may change its configuration by itself"),
    ] {
        let Imported { told, lost, .. } = of(lines);
        assert!(lost >= 1 && told.iter().any(|one| one.contains(why)), "{lines}: {told:?}");
    }
    let Imported { json, .. } = of("interface port1.0.1\n switchport access vlan 10\n switchport voice vlan 30\n");
    assert_eq!(links_of(&json, "ar/switch:port1.0.1")[0]["vlans"], json!([10, 30]), "{:#}", json["links"]);
}

#[test]
fn what_a_junos_switch_carries_beside_its_vlan() {
    let base = "set system host-name ex\nset vlans v10 vlan-id 10\nset vlans v20 vlan-id 20\nset interfaces ge-0/0/0 unit 0 family ethernet-switching vlan members v10\n\
        set interfaces irb unit 10 family inet address 10.10.1.1/24\nset vlans v10 l3-interface irb.10\n";
    let of = |more: &str| import(&[("ex", &format!("{base}{more}"))]).unwrap();
    for more in [
        "set switch-options voip interface ge-0/0/0.0 vlan v20\n",
        "set ethernet-switching-options voip interface ge-0/0/0 vlan 20\n",
        "set switch-options voip interface access-ports vlan v20\n",
    ] {
        let Imported { json, lost, told } = of(more);
        assert_eq!((lost, &links_of(&json, "ex/switch:ge-0/0/0.0")[0]["vlans"]), (0, &json!([10, 20])), "{told:?}");
    }
    for (more, why) in [
        ("set forwarding-options analyzer a output interface ge-0/0/3.0\n", "what is mirrored"),
        (
            "set event-options policy p then change-configuration commands \"set x\"\n",
            "may change its configuration by itself",
        ),
    ] {
        let Imported { told, lost, .. } = of(more);
        assert!(lost == 1 && told.iter().any(|one| one.contains(why)), "{more}: {told:?}");
    }
    let Imported { json, .. } = of(
        "set interfaces ge-0/0/2 unit 0 family ccc\nset protocols l2circuit neighbor 192.0.2.1 interface ge-0/0/2.0 virtual-circuit-id 1\n",
    );
    assert_eq!(links_of(&json, "ex:ge-0/0/2.0").len(), 1, "{:#}", json["links"]);
}

#[test]
fn what_only_looks_like_a_format_is_refused() {
    let body = "hostname \"sw\"\nvlan 10\ninterface gigabitethernet 0/1\n  switchport mode access\n  switchport access vlan 10\ninterface vlan 10\n  ip address 10.1.1.1 255.255.255.0\n";
    for text in [
        format!("#Last modified by operator at Tue Nov 10 10:00:00 2026 with version 2.1\n!\n{body}"),
        format!("# Apresia13200-48X-PSR AEOS Ver. 8.19.01\n#\n{body}"),
        format!("{body}packet-filter2\n 2 assign port 1\n"),
        "hostname f220\ninterface GigaEthernet 1/1\n vlan-id 1\n bridge-group 1\nexit\ninterface Tunnel 1\n tunnel mode ipsec map M\nexit\n".to_owned(),
    ] {
        let told = import(&[("c", &text)]).err().unwrap_or_else(|| panic!("{text} was read"));
        assert!(told[0].contains("no format fits this file"), "{told:?}");
    }
}

#[test]
fn an_entry_of_fortios_that_is_edited_again_is_one() {
    let objects = "config firewall address\n edit A\n  set subnet 10.30.1.5 255.255.255.255\n next\n edit B\n  set subnet 10.30.1.6 255.255.255.255\n next\nend\n";
    let of = |more: &str| {
        let text = fortigate("", &format!("{}{objects}{more}", policy("wan1", "lan")));
        let Imported { json, lost, told } = import(&[("fw", &text)]).unwrap();
        assert_eq!(lost, 0, "{told:?}");
        let rules = rules(&json, "fw", "policies");
        (rules[0]["action"].clone(), rules[0]["to"].clone(), rules.as_array().unwrap().len())
    };
    let edit = |line: &str| format!("config firewall policy\n edit 1\n  {line}\n next\nend\n");
    assert_eq!(of(""), (json!("permit"), json!(["0.0.0.0/0"]), 2));
    assert_eq!(of(&edit("set dstaddr A")), (json!("permit"), json!(["10.30.1.5"]), 2));
    let both = edit("set dstaddr A") + &edit("append dstaddr B");
    assert_eq!(of(&both), (json!("permit"), json!(["10.30.1.5-10.30.1.6"]), 2));
    assert_eq!(of(&edit("set action deny")).0, "deny");
    assert_eq!(of(&edit("set status disable")).2, 1);
    for line in ["move 1 after 2", "delete 1", "purge"] {
        let text = fortigate("", &format!("{}config firewall policy\n {line}\nend\n", policy("wan1", "lan")));
        let told = import(&[("fw", &text)]).err().unwrap();
        assert!(told[0].contains("changes what stands elsewhere"), "{line}: {told:?}");
    }
}

/// The rules of a filter without their places.
fn rules(json: &Value, id: &str, name: &str) -> Value {
    let filters = node(json, id)["filters"].as_array().unwrap().clone();
    let found = filters.iter().find(|filter| filter["name"].as_str().unwrap().contains(name)).unwrap();
    let mut rules = found["rules"].clone();
    for rule in rules.as_array_mut().unwrap() {
        rule.as_object_mut().unwrap().remove("origin");
    }
    rules
}

/// A line with several statements, and the same as lines of one each, say the same.
fn same(format: &str, base: &str, short: &str, long: &[&str], (id, name): (&str, &str)) {
    let of = |lines: &str| {
        let Imported { json, told, lost } = import(&[(format, &format!("{base}{lines}"))]).unwrap();
        assert_eq!(lost, 0, "{lines}: {told:?}");
        (rules(&json, id, name), json["nodes"].as_array().unwrap().len())
    };
    assert_eq!(of(&format!("{short}\n")), of(&format!("{}\n", long.join("\n"))), "{short}");
}

#[test]
fn several_statements_in_a_line_of_junos_are_each_what_they_say() {
    let base = "set system host-name s\nset security zones security-zone a interfaces ge-0/0/0.0\nset security zones security-zone b interfaces ge-0/0/1.0\n\
        set interfaces ge-0/0/0 unit 0 family inet address 10.0.0.1/24\nset interfaces ge-0/0/1 unit 0 description x family inet address 10.1.1.1/24\n\
        set security address-book global address S 10.1.1.5/32\nset security address-book global address T 10.1.1.6/32\nset interfaces ge-0/0/0 unit 0 family inet filter input F\n\
        set firewall family inet filter F term z then accept\nset security policies from-zone a to-zone b policy d then deny\nset security policies default-policy permit-all\n";
    let policy = "set security policies from-zone a to-zone b policy d match";
    let one = |key: &str, value: &str| format!("{policy} {key} {value}");
    let long = [
        one("source-address", "any"),
        one("destination-address", "S"),
        one("destination-address", "T"),
        one("application", "junos-https"),
    ];
    let long: Vec<&str> = long.iter().map(String::as_str).collect();
    let short = format!("{policy} source-address any destination-address [ S T ] application junos-https");
    same("srx", base, &short, &long, ("s", "policies"));
    let edited = "edit security policies from-zone a to-zone b policy d\nset match source-address any destination-address [ S T ] application junos-https\ntop";
    same("srx", base, edited, &long, ("s", "policies"));
    // what one of them denies is S and T, and nothing else
    let Imported { json, .. } = import(&[("srx", &format!("{base}{short}\n"))]).unwrap();
    assert_eq!(rules(&json, "s", "policies")[0]["to"], json!(["10.1.1.5-10.1.1.6"]), "{json:#}");
    assert_eq!(rules(&json, "s", "policies")[0]["service"], json!(["tcp/443"]));
    let term = "set firewall family inet filter G term t from";
    let filter = format!(
        "{base}set interfaces ge-0/0/1 unit 0 family inet filter input G\nset firewall family inet filter G term t then discard\nset firewall family inet filter G term u then accept\n"
    );
    same(
        "srx",
        &filter,
        &format!("{term} source-address 10.1.1.0/24 protocol tcp destination-port 22"),
        &[
            &format!("{term} source-address 10.1.1.0/24"),
            &format!("{term} protocol tcp"),
            &format!("{term} destination-port 22"),
        ],
        ("s", "G"),
    );
}

#[test]
fn several_statements_in_a_line_of_pan_os_are_each_what_they_say() {
    let base = "set deviceconfig system hostname p\nset network interface ethernet ethernet1/1 layer3 ip 10.0.0.1/24\nset network interface ethernet ethernet1/2 layer3 ip 10.1.1.1/24\n\
        set vsys vsys1 zone a network layer3 ethernet1/1\nset vsys vsys1 zone b network layer3 ethernet1/2\nset vsys vsys1 address S ip-netmask 10.1.1.5/32\nset vsys vsys1 address T ip-netmask 10.1.1.6/32\n";
    let rule = "set vsys vsys1 rulebase security rules d";
    let one = |key: &str, value: &str| format!("{rule} {key} {value}");
    let long = [
        one("from", "a"),
        one("to", "b"),
        one("source", "any"),
        one("destination", "[ S T ]"),
        one("application", "any"),
        one("service", "service-https"),
        one("action", "deny"),
    ];
    let long: Vec<&str> = long.iter().map(String::as_str).collect();
    let short =
        format!("{rule} from a to b source any destination [ S T ] application any service service-https action deny");
    same("pa", base, &short, &long, ("p", ""));
    let Imported { json, .. } = import(&[("pa", &format!("{base}{short}\n"))]).unwrap();
    let found = rules(&json, "p", "");
    assert_eq!((&found[0]["action"], &found[0]["to"]), (&json!("deny"), &json!(["10.1.1.5-10.1.1.6"])), "{found:#}");
}

#[test]
fn links_of_a_network_processor_need_no_address() {
    let text = "config vdom\nedit root\nnext\nedit b\nnext\nend\nconfig global\nconfig system global\nset hostname fw\nend\nconfig system interface\nedit lan\nset vdom root\nset ip 10.1.0.1 255.255.255.0\nnext\n\
        edit npu0_vlink0\nset vdom root\nnext\nedit npu0_vlink1\nset vdom b\nnext\nedit dmz\nset vdom b\nset ip 10.2.0.1 255.255.255.0\nnext\nend\nend\n";
    let Imported { json, .. } = import(&[("fw", text)]).unwrap();
    link(&json, "fw/root:npu0_vlink0", "fw/b:npu0_vlink1");
}

#[test]
fn what_ios_bridges_asks_no_route_and_is_where_its_interface_is() {
    let text = |vrf: &str| {
        format!(
            "hostname r\nbridge irb\ninterface GigabitEthernet0/0\n{vrf} ip address 203.0.113.2 255.255.255.248\ninterface GigabitEthernet0/1\n bridge-group 1\n\
            interface BVI1\n{vrf} ip address 10.1.1.1 255.255.255.0\nip route {} 0.0.0.0 0.0.0.0 203.0.113.1\n",
            vrf.trim().replace("vrf forwarding", "vrf")
        )
    };
    for (vrf, id) in [("", "r"), (" vrf forwarding V\n", "r/V")] {
        let Imported { json, .. } = import(&[("r", &text(vrf).replace("ip route  ", "ip route "))]).unwrap();
        assert_eq!(node(&json, id)["routes"], Value::Null);
        assert_eq!(links_of(&json, &format!("{id}:GigabitEthernet0/1")).len(), 1, "{:#}", json["links"]);
    }
}
