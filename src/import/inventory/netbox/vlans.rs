//! What NetBox says of VLANs: those of interfaces, by which a device is a switch, and those of prefixes.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::super::super::device::Net;
use super::super::super::json::{Json, Value};
use super::super::super::ledger::Ledger;
use super::super::super::switch::{self, SwitchPort};
use super::super::super::table::rows::Segment;
use super::super::{FreePort, Plan, net};
use super::{FIELD, Found, id};
use crate::language::Phrase;

/// Every VLAN.
const ALL: (u16, u16) = (1, 4094);

/// What NetBox says of the VLANs of an interface.
#[derive(Clone, Debug)]
enum Carries {
    /// Nothing: it has no 802.1Q mode.
    Unsaid,
    /// It has a mode, and what it carries is not known.
    Open,
    /// These.
    Vlans { untagged: Option<u16>, tagged: Vec<(u16, u16)> },
}

/// A key that is there and not empty.
pub(super) fn said<'j, 't>(json: &'j Json<'t>, key: &str) -> Option<&'j Json<'t>> {
    json.get(key).filter(|value| value.value != Value::Null && value.text() != Some(""))
}

/// A word, as it is or as the API gives choices.
pub(super) fn choice<'j>(json: &'j Json<'_>, key: &str) -> Option<&'j str> {
    said(json, key).and_then(|value| value.get("value").unwrap_or(value).word())
}

/// Ports by the number of their interface, and what was found out about them.
pub(super) struct Ports<'j> {
    carries: HashMap<&'j str, Carries>,
    /// Devices that are switches.
    switches: HashSet<&'j str>,
}

impl Found<'_, '_> {
    /// The number of a VLAN that is referred to.
    pub(super) fn vlan(&self, reference: &Json<'_>) -> Option<u16> {
        let vid = |json: &Json<'_>| json.get("vid").and_then(Json::word).and_then(switch::vlan);
        vid(reference).or_else(|| vid(self.vlans.get(&id(reference)?)?))
    }

    /// What is said of an interface; of a member of an aggregate, what is said of that.
    fn carries(&self, interface: &Json<'_>, ledger: &mut Ledger) -> Carries {
        let aggregate = || said(interface, "lag").and_then(id).and_then(|lag| self.interfaces.get(&lag).copied());
        let interface = match choice(interface, "mode") {
            None => aggregate().unwrap_or(interface),
            Some(_) => interface,
        };
        let Some(mode) = choice(interface, "mode") else { return Carries::Unsaid };
        let translates = said(interface, "vlan_translation_policy").is_some();
        let mut lost = |what: Phrase| {
            ledger.not_understood(interface.lines.0, what);
            Carries::Open
        };
        let any = |en: &str, ja: &str| {
            Phrase::new(
                format!("{en}; the device is taken to forward whatever comes"),
                format!("{ja}。この機器はすべての通信を中継するものとみなす"),
            )
        };
        let untagged = said(interface, "untagged_vlan").map(|vlan| self.vlan(vlan));
        let tagged: Option<Vec<u16>> =
            interface.get("tagged_vlans").map_or(&[][..], Json::list).iter().map(|vlan| self.vlan(vlan)).collect();
        let (Some(tagged), false) = (tagged, untagged == Some(None)) else {
            return lost(any(
                "a VLAN of this interface is not in the export",
                "このインターフェースの VLAN が出力にない",
            ));
        };
        let untagged = untagged.flatten();
        match mode {
            _ if translates => lost(any("numbers of VLANs are translated here", "VLAN 番号を変換する")),
            "access" if untagged.is_none() => {
                lost(any("an access port without a VLAN", "VLAN の記載がないアクセスポート"))
            }
            "access" => Carries::Vlans { untagged, tagged: Vec::new() },
            "tagged" if tagged.is_empty() => {
                lost(any("a tagged port without tagged VLANs", "タグ付き VLAN の記載がないトランクポート"))
            }
            "tagged" => Carries::Vlans { untagged, tagged: tagged.into_iter().map(|vlan| (vlan, vlan)).collect() },
            "tagged-all" => Carries::Vlans { untagged, tagged: vec![ALL] },
            _ => lost(any("an unknown 802.1Q mode", "未知の 802.1Q モード")),
        }
    }

    /// The networks of a VLAN that is referred to.
    pub(super) fn nets(&self, reference: &Json<'_>) -> Vec<Net> {
        let Some(vlan) = id(reference) else { return Vec::new() };
        let of = |prefix: &&&Json<'_>| said(prefix, "vlan").and_then(id).as_ref() == Some(&vlan);
        self.prefixes.iter().filter(of).filter_map(|prefix| network(prefix)).collect()
    }
}

/// The network of a prefix, where it is one that machines are in.
pub(super) fn network(prefix: &Json<'_>) -> Option<Net> {
    let is_container = choice(prefix, "status") == Some("container");
    prefix.str("prefix").and_then(net).map(Net::prefix).filter(|_| !is_container)
}

impl<'j> Ports<'j> {
    /// Finds out which devices are switches. NetBox has no word for that: one is, of whose every port with a cable it says what
    /// it carries; that it does not route, somebody has to say. `cables`: pairs of interfaces.
    pub(super) fn of(
        found: &'j Found<'_, '_>,
        up: &BTreeMap<&'j str, (&'j str, usize)>,
        cables: &[[&'j str; 2]],
        plan: &mut Plan,
        ledger: &mut Ledger,
    ) -> Self {
        let mut carries: HashMap<&str, Carries> =
            up.keys().map(|key| (*key, found.carries(found.interfaces[*key], ledger))).collect();
        for [a, b] in cables {
            // where one end sends frames without a tag, the other must say which VLAN it takes them for
            for (one, two) in [(a, b), (b, a)] {
                if let (Some(Carries::Vlans { untagged: Some(_), .. }), Some(Carries::Vlans { untagged: None, .. })) =
                    (carries.get(one), carries.get(two))
                {
                    ledger.not_understood(
                        found.interfaces[*two].lines.0,
                        Phrase::new(
                            "the other end sends untagged frames, and this one has no untagged VLAN; the device is taken to forward whatever comes",
                            "対向はタグなしフレームを送るが、こちらにタグなし VLAN の記載がない。この機器はすべての通信を中継するものとみなす",
                        ),
                    );
                    carries.insert(*two, Carries::Open);
                }
            }
        }
        let mut switches = HashSet::new();
        let mut by_device: BTreeMap<&str, (usize, Vec<&str>)> = BTreeMap::new();
        for (key, (device, node)) in up {
            by_device.entry(*device).or_insert_with(|| (*node, Vec::new())).1.push(key);
        }
        // a virtual machine is in the VLANs of its interfaces, and nobody is plugged into it
        for (device, (node, keys)) in by_device.into_iter().filter(|(device, _)| !device.starts_with("vm ")) {
            let is_port = |key: &&&str| matches!(carries[**key], Carries::Vlans { .. });
            let is_cabled = |key: &&&str| found.near.contains_key(&("interface".to_owned(), (**key).to_owned()));
            if !keys.iter().any(|key| is_port(&key)) {
                continue;
            }
            let open: Vec<&str> = keys
                .iter()
                .filter(|key| is_cabled(key) && !is_port(key))
                .map(|key| found.interfaces[*key].str("name").unwrap_or("?"))
                .collect();
            let line = plan.devices[node].origin.line;
            if !open.is_empty() {
                let (id, ways) = (plan.id(node).to_owned(), open.join(", "));
                ledger.remark(
                    line,
                    Phrase::new(
                        format!("NetBox does not say which VLANs {ways} of {id} carry: {id} is taken to forward whatever comes"),
                        format!("{id} の {ways} が運ぶ VLAN は NetBox に記載がない。{id} はすべての通信を中継するものとみなす"),
                    ),
                );
                continue;
            }
            switches.insert(device);
            if !plan.kinds.contains(&node) {
                plan.devices[node].kind = "l3-switch";
                let id = plan.id(node).to_owned();
                ledger.remark(
                    line,
                    Phrase::new(
                        format!("NetBox does not say whether {id} routes: it is taken to route between all its VLANs; where it does not, give it the custom field `{FIELD}` with `switch`, or write `kind: switch` of it in the site file"),
                        format!("{id} がルーティングをするかどうか、NetBox に記載がない。すべての VLAN 間をルーティングするものとみなす。しないのであれば、カスタムフィールド `{FIELD}` を `switch` とするか、サイトファイルに `kind: switch` と書くこと"),
                    ),
                );
            }
        }
        Self { carries, switches }
    }

    /// What is known of a port, where its device is a switch.
    pub(super) fn port(
        &self,
        found: &Found<'_, '_>,
        key: &str,
        device: &str,
        way: &str,
        ledger: &Ledger,
    ) -> Option<SwitchPort> {
        self.switches.contains(device).then(|| self.vlans(found, key, way, ledger)).flatten()
    }

    fn vlans(&self, found: &Found<'_, '_>, key: &str, way: &str, ledger: &Ledger) -> Option<SwitchPort> {
        let Carries::Vlans { untagged, tagged } = self.carries.get(key)?.clone() else { return None };
        let origin = ledger.origin(found.interfaces[key].lines.0);
        Some(SwitchPort { name: way.to_owned(), untagged, tagged, negotiates: false, part_of: None, origin })
    }

    /// The ports from which no cable leads to anything. Of those that say nothing of VLANs nobody is taken to be there, which is told.
    pub(super) fn free(
        &self,
        found: &Found<'_, '_>,
        up: &BTreeMap<&str, (&str, usize)>,
        leads: &HashSet<&str>,
        plan: &mut Plan,
        ledger: &mut Ledger,
    ) {
        let mut silent = 0usize;
        for (key, (_, node)) in up {
            let interface = found.interfaces[*key];
            let is_port = !matches!(choice(interface, "type"), Some("virtual" | "lag" | "bridge"));
            if leads.contains(key) || !is_port || said(interface, "lag").is_some() {
                continue;
            }
            let way = super::super::emit::way_word(interface.str("name").unwrap_or(""));
            match self.vlans(found, key, &way, ledger) {
                Some(port) => {
                    let nets = said(interface, "untagged_vlan").map_or_else(Vec::new, |vlan| found.nets(vlan));
                    plan.ports.push(FreePort { node: plan.id(*node).to_owned(), port, nets });
                }
                None => silent += 1,
            }
        }
        if silent > 0 {
            ledger.remark(
                0,
                Phrase::new(
                    format!("{silent} interfaces have neither a cable nor VLANs: nobody is taken to be there"),
                    format!(
                        "配線も VLAN の記載もないインターフェースが {silent} 個ある。接続している端末はないものとみなす"
                    ),
                ),
            );
        }
    }
}

impl Found<'_, '_> {
    /// Prefixes as the segments of their VLANs. Sites, roles and tenants say nothing of zones.
    pub(super) fn segments(&self, ledger: &mut Ledger) -> Vec<Segment> {
        let mut of_vlan: BTreeMap<String, usize> = BTreeMap::new();
        let mut known: BTreeMap<Net, usize> = BTreeMap::new();
        let mut out: Vec<Segment> = Vec::new();
        for prefix in &self.prefixes {
            let line = prefix.lines.0;
            if prefix.str("prefix").and_then(net).is_none() {
                ledger.nothing_taken(line);
                continue;
            }
            let Some(net) = network(prefix) else { continue };
            let reference = said(prefix, "vlan");
            let vlan = reference.and_then(|reference| self.vlan(reference));
            if reference.is_some() && vlan.is_none() {
                ledger.not_understood(
                    line,
                    Phrase::new(
                        "the VLAN of this prefix is not in the export; the network is taken without it",
                        "このプレフィックスの VLAN が出力にない。VLAN の分からないネットワークとする",
                    ),
                );
            }
            let name = reference.and_then(|reference| {
                let object = id(reference).and_then(|key| self.vlans.get(&key).copied());
                object.unwrap_or(reference).str("name").map(str::to_owned)
            });
            let described = || said(prefix, "description").and_then(Json::text).map(str::to_owned);
            let name = name.or_else(described);
            let at = reference.and_then(id).and_then(|key| of_vlan.get(&key).copied()).unwrap_or_else(|| {
                let origin = ledger.origin(line);
                out.push(Segment { origin, name, nets: Vec::new(), vlan, zone: None });
                out.len() - 1
            });
            if let Some(key) = reference.and_then(id) {
                of_vlan.insert(key, at);
            }
            if !out[at].nets.contains(&net) {
                out[at].nets.push(net);
            }
            if known.insert(net, at).is_some_and(|other| other != at) {
                ledger.remark(
                    line,
                    Phrase::new(
                        format!("{} is in NetBox more than once: it is taken for one network", net.word()),
                        format!("{} が NetBox に複数ある。一つのネットワークとみなす", net.word()),
                    ),
                );
            }
        }
        out
    }
}
