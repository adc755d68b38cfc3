//! The switch in a device, whatever vendor's: ports and the VLANs that they carry.

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
        let narrow = |value: u128| u16::try_from(value).unwrap_or(u16::MAX);
        Ranges::of(all).ranges().iter().map(|&(low, high)| (narrow(low), narrow(high))).collect()
    }
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
