//! Units of interfaces.

use super::super::device::{Net, Tag};
use crate::document::Family;

/// A filter on a unit.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The family whose packets it sees.
    pub family: Family,
    /// Whether it looks at what comes in.
    pub inward: bool,
    /// The filters, one behind the other.
    pub names: Vec<String>,
    /// Where it is bound.
    pub line: u32,
}

/// What a port of the switch carries.
#[derive(Clone, Debug, Default)]
pub struct Carries {
    /// The VLAN of frames without a tag.
    pub untagged: Option<u16>,
    /// VLANs of frames with one.
    pub tagged: Vec<(u16, u16)>,
}

/// A unit of an interface that is up.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Its name: `ge-0/0/0.0`.
    pub name: String,
    /// Its addresses.
    pub addresses: Vec<Net>,
    /// Its filters.
    pub filters: Vec<Bound>,
    /// Whether its address is not in the configuration.
    pub dynamic: bool,
    /// Whether it leads nowhere outside.
    pub internal: bool,
    /// Its far end where it is a tunnel.
    pub tunnel: Option<String>,
    /// Its VLAN.
    pub tag: Option<Tag>,
    /// What it carries where it is a port of the switch.
    pub switched: Option<Carries>,
    /// Whether it has IPv6.
    pub ipv6: bool,
    /// The routing instance that it is in.
    pub instance: Option<String>,
    /// Where it stands.
    pub line: u32,
}

impl Unit {
    /// A unit that nothing is said of.
    #[must_use]
    pub fn new(name: String, line: u32) -> Self {
        let internal = name.starts_with("lo0.");
        Self {
            name,
            addresses: Vec::new(),
            filters: Vec::new(),
            dynamic: false,
            internal,
            tunnel: None,
            tag: None,
            switched: None,
            ipv6: false,
            instance: None,
            line,
        }
    }
}
