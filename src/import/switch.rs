//! The switch in a device, whatever vendor's: ports and the VLANs that they carry.

use serde_json::{Value, json};

use super::ledger::Origin;
use super::set::Ranges;

/// The number of a VLAN.
#[must_use]
pub fn vlan(text: &str) -> Option<u16> {
    text.parse().ok().filter(|vlan| (1..=4094).contains(vlan))
}

/// A port of a device's switch that is up.
#[derive(Clone, Debug)]
pub struct SwitchPort {
    /// Its name.
    pub name: String,
    /// The VLAN of frames without a tag.
    pub untagged: Option<u16>,
    /// VLANs of frames with one: sorted ranges.
    pub tagged: Vec<(u16, u16)>,
    /// Whether the other end may make it a trunk with these tags; until then it is an access port.
    pub negotiates: bool,
    /// The aggregate that it is a part of, and which has its VLANs.
    pub part_of: Option<String>,
    /// Where it stands.
    pub origin: Origin,
}

impl SwitchPort {
    /// Whether it carries tagged frames, come what may.
    #[must_use]
    pub fn is_trunk(&self) -> bool {
        !self.tagged.is_empty() && !self.negotiates
    }

    /// Every VLAN that it may carry, as sorted ranges that do not touch.
    #[must_use]
    pub fn vlans(&self) -> Vec<(u16, u16)> {
        let wide = |&(low, high): &(u16, u16)| (u128::from(low), u128::from(high));
        let all = self.tagged.iter().map(wide).chain(self.untagged.map(|vlan| (vlan.into(), vlan.into()))).collect();
        Ranges::of(all).vlans().collect()
    }
}

/// What a cable between two ports carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// VLANs at the first and the second end.
    pub vlans: [Vec<(u16, u16)>; 2],
    /// What each end takes untagged frames for, where the two are not the same.
    pub native: Option<[u16; 2]>,
}

impl Carried {
    /// What two ports carry between them; `None`: nothing.
    #[must_use]
    pub fn between(one: &SwitchPort, two: &SwitchPort) -> Option<Self> {
        // a port that lets the other end decide is an access port where that one is one
        let settled = |port: &SwitchPort, other: &SwitchPort| {
            let mut port = port.clone();
            if port.negotiates && !other.is_trunk() && !other.negotiates {
                port.tagged.clear();
            }
            port
        };
        let (one, two) = (settled(one, two), settled(two, one));
        let (mut at_one, mut at_two) = (one.vlans(), two.vlans());
        let mut native = None;
        match (one.untagged, two.untagged) {
            // where both take untagged frames for the same VLAN, it is carried like any other
            (Some(v), Some(w)) if v == w => {}
            (Some(v), Some(w)) => native = Some([v, w]),
            // what has no tag falls away at the other end
            (Some(v), None) => at_one = without(&at_one, v),
            (None, Some(w)) => at_two = without(&at_two, w),
            (None, None) => {}
        }
        let nothing = at_one.is_empty() || at_two.is_empty();
        (!nothing).then_some(Self { vlans: [at_one, at_two], native })
    }

    /// Writes it into a link, from the first end to the second.
    pub fn put(&self, link: &mut Value) {
        let [a, b] = &self.vlans;
        link["vlans"] = if a == b { vlan_words(a) } else { json!({ "a": vlan_words(a), "b": vlan_words(b) }) };
        if let Some(native) = self.native {
            link["native"] = json!(native);
        }
    }
}

/// VLANs as the document spells them.
#[must_use]
pub fn vlan_words(vlans: &[(u16, u16)]) -> Value {
    let word = |&(low, high): &(u16, u16)| if low == high { json!(low) } else { format!("{low}-{high}").into() };
    vlans.iter().map(word).collect()
}

fn without(vlans: &[(u16, u16)], vlan: u16) -> Vec<(u16, u16)> {
    let mut out = Vec::new();
    for &(low, high) in vlans {
        if !(low..=high).contains(&vlan) {
            out.push((low, high));
            continue;
        }
        if low < vlan {
            out.push((low, vlan - 1));
        }
        if vlan < high {
            out.push((vlan + 1, high));
        }
    }
    out
}

/// The switch in a device. Filters on its ports are among those of the device.
#[derive(Clone, Debug)]
pub struct Switch {
    /// The name of the device.
    pub id: String,
    /// Ports that are up.
    pub ports: Vec<SwitchPort>,
    /// Where it stands.
    pub origin: Origin,
}
