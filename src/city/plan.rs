//! Where everything of a generated city lies: names, networks, addresses, and the places that faults strike.
//! Everything is computed, nothing stored per site, so that a large city costs no memory.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Names of the tiers as zones, in the order used for indices.
pub(super) const ZONES: [&str; 3] = ["my-number", "lgwan", "internet"];
/// Short names of the tiers in node ids.
pub(super) const SHORT: [&str; 3] = ["MN", "LG", "IT"];
/// VLAN of each tier.
pub(super) const VLANS: [u16; 3] = [10, 20, 30];
/// Servers of each tier.
pub(super) const SERVERS: [&[&str]; 3] = [
    &["住基DB", "税務", "戸籍", "国保年金", "介護保険", "生活保護", "児童福祉", "申請管理"],
    &["文書管理", "財務会計", "人事給与", "グループウェア", "LGファイル", "LGメール", "庶務事務", "例規集"],
    &["プロキシ", "メール", "公開CMS", "外部DNS", "施設予約", "WEB会議"],
];
/// Terminals per zone on one floor switch.
pub(super) const FLOOR: u32 = 48;

/// Invented place names.
const PLACES: [&str; 24] = [
    "青葉",
    "若葉",
    "緑丘",
    "朝日",
    "夕陽丘",
    "桜台",
    "松風",
    "竹園",
    "梅里",
    "泉",
    "清水",
    "川辺",
    "山手",
    "浜見",
    "湊",
    "城下",
    "宮前",
    "寺町",
    "栄",
    "希望丘",
    "光台",
    "星野",
    "月見",
    "花園",
];
/// Kinds of sites.
const SITES: [&str; 8] =
    ["支所", "出張所", "まちづくりセンター", "保健センター", "図書館", "児童館", "清掃事務所", "福祉会館"];

/// The splitmix64 generator (Steele, Lea, Flood, OOPSLA 2014): small, fast, the same on every machine.
pub(super) struct SplitMix(u64);

impl SplitMix {
    /// A generator for one purpose (`stream`) of one seed.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        Self(seed ^ stream.wrapping_mul(0xD6E8_FEB8_6659_FD93))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`; 0 when `bound` is 0. The bias of the remainder does not matter here.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        (self.next() % u64::from(bound.max(1))) as u32
    }
}

/// The layout of one city.
pub(super) struct Plan {
    /// Sites.
    pub(super) sites: u32,
    /// Terminals per site and tier.
    pub(super) terminals: u32,
    /// Whether hosts have IPv6 addresses too.
    pub(super) ipv6: bool,
    /// Site that faults strike.
    pub(super) struck_site: u32,
    /// Terminal that faults strike.
    pub(super) struck_terminal: u32,
    /// Host bits of a site's subnet.
    bits: u32,
    /// Whether the tiers are a /10 each instead of a /16.
    large: bool,
    /// First entry of the list of site names.
    first_name: u32,
}

impl Plan {
    /// Lays a city out; `None` when it does not fit into 10.0.0.0/8 or has no site or no terminal.
    pub(super) fn new(sites: u32, terminals: u32, seed: u64, ipv6: bool) -> Option<Self> {
        if sites == 0 || terminals == 0 {
            return None;
        }
        let bits = (8..22).find(|bits| u64::from(terminals) + 4 <= 1 << bits)?;
        let need = u64::from(sites) << bits;
        let large = need > 240 << 8;
        if need > (1 << 22) - (1 << 16) {
            return None;
        }
        let mut random = SplitMix::new(seed, 0);
        Some(Self {
            sites,
            terminals,
            ipv6,
            struck_site: random.below(sites),
            struck_terminal: random.below(terminals),
            bits,
            large,
            first_name: random.below(PLACES.len() as u32),
        })
    }

    /// The name of a site; different sites have different names.
    pub(super) fn site(&self, site: u32) -> String {
        let Some(place) = site.checked_sub(1) else { return "本庁".to_owned() };
        let (places, kinds) = (PLACES.len() as u32, SITES.len() as u32);
        let round = place / (places * kinds);
        let name = PLACES[((place + self.first_name) % places) as usize];
        let kind = SITES[(place / places % kinds) as usize];
        if round == 0 { format!("{name}{kind}") } else { format!("{name}{kind}{}", round + 1) }
    }

    /// Floor switches of each site; one floor needs none of its own.
    pub(super) fn floors(&self) -> u32 {
        self.terminals.div_ceil(FLOOR)
    }

    /// The switch that a terminal hangs on.
    pub(super) fn access_switch(&self, site: &str, terminal: u32) -> String {
        if self.floors() == 1 { format!("{site}-SW") } else { format!("{site}-{}F-SW", terminal / FLOOR + 1) }
    }

    fn base(&self, zone: usize) -> u32 {
        let ten = 10 << 24;
        if self.large { ten + ((zone as u32) << 22) } else { ten + (((zone as u32 + 1) * 10) << 16) }
    }

    /// Start of the servers' segment of a tier.
    fn server_base(&self, zone: usize) -> u32 {
        self.base(zone) + if self.large { 63 << 16 } else { 251 << 8 }
    }

    /// The IPv4 network of a tier.
    pub(super) fn network(&self, zone: usize) -> String {
        format!("{}/{}", Ipv4Addr::from(self.base(zone)), if self.large { 10 } else { 16 })
    }

    /// The IPv6 network of a tier.
    pub(super) fn network6(&self, zone: usize) -> String {
        format!("2001:db8:{}::/48", VLANS[zone])
    }

    /// The networks of a tier as items of a JSON list.
    pub(super) fn networks(&self, zone: usize) -> String {
        let more = if zone == 1 { "\",\"10.255.0.0/16" } else { "" };
        let six = if self.ipv6 { format!("\",\"{}", self.network6(zone)) } else { String::new() };
        format!("\"{}{more}{six}\"", self.network(zone))
    }

    /// What those outside see of a tier behind a translation of IPv4, as items of a JSON list.
    pub(super) fn translated_networks(&self, zone: usize) -> String {
        let six = if self.ipv6 { format!(",\"{}\"", self.network6(zone)) } else { String::new() };
        format!("\"203.0.113.0/28\"{six}")
    }

    /// What the firewall at the Internet edge makes of IPv4 addresses, as a key of a node. Those outside are of a network for
    /// documentation.
    pub(super) fn edge_translations(&self) -> String {
        let hidden = self.network(2);
        let mut entries = format!(r#"{{"id":"napt","source":"203.0.113.1","from":"{hidden}","out":["cloud"]}}"#);
        for (address, server, port) in [(10, "メール", 25), (11, "公開CMS", 443), (12, "施設予約", 443)] {
            entries += &format!(
                ",\n {{\"id\":\"vip{address}\",\"destination\":\"node:{server}\",\"to\":\"203.0.113.{address}\",\"service\":\"tcp/{port}\",\"in\":[\"cloud\"]}}"
            );
        }
        format!(",\"nat\":[\n {entries}]")
    }

    /// The network of the servers of a tier.
    pub(super) fn server_network(&self, zone: usize) -> String {
        format!("{}/24", Ipv4Addr::from(self.server_base(zone)))
    }

    /// The network of the terminals of a tier at a site.
    pub(super) fn subnet(&self, zone: usize, site: u32) -> String {
        format!("{}/{}", Ipv4Addr::from(self.base(zone) + (site << self.bits)), 32 - self.bits)
    }

    /// That network as items of a JSON list, with its IPv6 twin.
    pub(super) fn subnets(&self, zone: usize, site: u32) -> String {
        let six =
            if self.ipv6 { format!("\",\"{}/96", self.address6(zone, site.wrapping_add(1), 0)) } else { String::new() };
        format!("\"{}{six}\"", self.subnet(zone, site))
    }

    fn address6(&self, zone: usize, subnet: u32, host: u32) -> Ipv6Addr {
        // The last 64 bits: 32 of the subnet (0 is the servers'), 32 of the host.
        let prefix = 0x2001_0db8_u128 << 96 | u128::from(VLANS_HEX[zone]) << 80;
        Ipv6Addr::from(prefix | u128::from(subnet) << 32 | u128::from(host))
    }

    fn addresses(&self, zone: usize, four: u32, subnet: u32, host: u32) -> String {
        let four = Ipv4Addr::from(four);
        if self.ipv6 { format!("\"{four}\",\"{}\"", self.address6(zone, subnet, host)) } else { format!("\"{four}\"") }
    }

    /// The addresses of a host of a site (terminals are 0, 1, …) as items of a JSON list.
    pub(super) fn host(&self, zone: usize, site: u32, host: u32) -> String {
        let four = self.base(zone) + (site << self.bits) + host + 1;
        self.addresses(zone, four, site.wrapping_add(1), host + 1)
    }

    /// A host number at every site that no terminal has.
    pub(super) fn spare_host(&self) -> u32 {
        (1 << self.bits) - 3
    }

    /// The addresses of a server as items of a JSON list.
    pub(super) fn server(&self, zone: usize, server: u32) -> String {
        self.addresses(zone, self.server_base(zone) + 10 + server, 0, 10 + server)
    }
}

/// The VLAN numbers read as hexadecimal digits, as they stand in the IPv6 networks.
const VLANS_HEX: [u16; 3] = [0x10, 0x20, 0x30];
