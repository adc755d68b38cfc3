//! The classic mistakes that the generator of cities can build in, one variant each. Used by `city` only.

/// A mistake to build into a generated city. The requirement named is violated; where the mistake opens a way for
/// more, others are violated with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// M10: the port of an Internet server is a trunk that carries every VLAN (`MN-ISOLATION`, `LGWAN-INTERNET`).
    TrunkPort,
    /// M10: the core switch routes between VLAN 10 and 20 (`MN-ISOLATION`).
    InterVlanRouting,
    /// A rule of the boundary firewall is wider than its exception (`MN-ISOLATION`).
    WideRule,
    /// A forgotten permit any-any heads the boundary firewall (`MN-ISOLATION`).
    AnyAny,
    /// M19: the standby boundary firewall has old rules (`MN-ISOLATION`).
    StandbyFirewall,
    /// M18: the resident register is backed up into the LGWAN tier (`MN-ISOLATION`).
    BackupToLgwan,
    /// M2: a printer on the My Number and the LGWAN tier (`MN-ISOLATION`, `LABELLED`).
    SharedPrinter,
    /// M18: a NAS on the LGWAN and the Internet tier (`LGWAN-INTERNET`, `LABELLED`).
    SharedStorage,
    /// M4: the file sanitiser has a card in both tiers and forwards packets (`LGWAN-INTERNET`).
    ForwardingGateway,
    /// The file sanitiser passes files on as they are (`LGWAN-INTERNET`).
    RawRelay,
    /// M7: a vendor's router between the My Number tier and the Internet (`MN-ISOLATION`).
    MaintenanceLine,
    /// M22: a department's own Internet line (`INTERNET-CLOUD`).
    OwnLine,
    /// M15: a local breakout from the LGWAN tier to all of the Internet (`LGWAN-INTERNET`, `INTERNET-CLOUD`).
    Breakout,
    /// M16: a terminal of the LGWAN tier tethered to a phone (`LGWAN-INTERNET`, `INTERNET-CLOUD`).
    Tethering,
    /// M17: one management host with a card in two tiers (`MN-ISOLATION`).
    JumpHost,
    /// M20: IPv6 is let through the boundary firewall (`MN-ISOLATION`); switches `City::ipv6` on.
    Ipv6Open,
    /// M1: a My Number terminal without multi-factor authentication (`MN-TERMINAL`).
    NoMfa,
    /// The security cloud cannot block (`INTERNET-MONITOR`).
    Unmonitored,
    /// The exception has expired (`EXCEPTION-LIMITED`).
    ExpiredException,
    /// The exception is for the whole My Number tier (`EXCEPTION-LIMITED`).
    WideException,
    /// M12: the peer of the exception has an Internet line and nobody attests it (`EXCEPTION-PEER`).
    PeerOnline,
    /// A server of the LGWAN tier is declared to be of the Internet tier (`LABELLED`).
    WrongZone,
}

impl Fault {
    /// Every fault, in the order declared.
    pub const ALL: [Fault; 22] = [
        Fault::TrunkPort,
        Fault::InterVlanRouting,
        Fault::WideRule,
        Fault::AnyAny,
        Fault::StandbyFirewall,
        Fault::BackupToLgwan,
        Fault::SharedPrinter,
        Fault::SharedStorage,
        Fault::ForwardingGateway,
        Fault::RawRelay,
        Fault::MaintenanceLine,
        Fault::OwnLine,
        Fault::Breakout,
        Fault::Tethering,
        Fault::JumpHost,
        Fault::Ipv6Open,
        Fault::NoMfa,
        Fault::Unmonitored,
        Fault::ExpiredException,
        Fault::WideException,
        Fault::PeerOnline,
        Fault::WrongZone,
    ];

    /// Its name on a command line, in kebab-case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Fault::TrunkPort => "trunk-port",
            Fault::InterVlanRouting => "inter-vlan-routing",
            Fault::WideRule => "wide-rule",
            Fault::AnyAny => "any-any",
            Fault::StandbyFirewall => "standby-firewall",
            Fault::BackupToLgwan => "backup-to-lgwan",
            Fault::SharedPrinter => "shared-printer",
            Fault::SharedStorage => "shared-storage",
            Fault::ForwardingGateway => "forwarding-gateway",
            Fault::RawRelay => "raw-relay",
            Fault::MaintenanceLine => "maintenance-line",
            Fault::OwnLine => "own-line",
            Fault::Breakout => "breakout",
            Fault::Tethering => "tethering",
            Fault::JumpHost => "jump-host",
            Fault::Ipv6Open => "ipv6-open",
            Fault::NoMfa => "no-mfa",
            Fault::Unmonitored => "unmonitored",
            Fault::ExpiredException => "expired-exception",
            Fault::WideException => "wide-exception",
            Fault::PeerOnline => "peer-online",
            Fault::WrongZone => "wrong-zone",
        }
    }

    /// What is broken, for the requirement it is sure to violate: kind, names and number of the element of ways that findings are to
    /// blame; else what is wrong and where. Of what depends on the city, with `sites: 8, terminals: 12, rules: 40`.
    #[must_use]
    pub const fn breaks(self) -> &'static str {
        match self {
            Fault::TrunkPort => "vlan 公開CMS–IT-SW 10",
            Fault::InterVlanRouting => "routed-vlan コアSW 10",
            Fault::WideRule => "rule 境界FW tax-wide",
            Fault::AnyAny => "rule 境界FW tmp",
            Fault::StandbyFirewall => "rule 境界FW待機 old",
            Fault::BackupToLgwan => "rule 境界FW backup",
            Fault::SharedPrinter => "relays 共用複合機",
            Fault::SharedStorage => "relays 共用NAS",
            Fault::ForwardingGateway => "forwarder ファイル無害化",
            Fault::RawRelay => "relay ファイル無害化 #1",
            Fault::MaintenanceLine => "forwarder 保守ルーター",
            Fault::OwnLine => "forwarder 独自回線",
            Fault::Breakout => "rule LBO-FW m365",
            Fault::Tethering => "forwarder スマートフォン",
            Fault::JumpHost => "link 運用管理端末–MN-SW",
            Fault::Ipv6Open => "rule 境界FW ipv6",
            Fault::NoMfa => "controls mfa at 松風支所-MN8",
            Fault::Unmonitored => "controls blocking at セキュリティクラウド",
            Fault::ExpiredException => "expired at eltax",
            Fault::WideException => "wide-from at eltax",
            Fault::PeerOnline => "link eLTAX:isp–インターネット",
            Fault::WrongZone => "contradiction internet lgwan at 例規集",
        }
    }

    /// The requirement it is sure to violate.
    #[must_use]
    pub const fn violates(self) -> &'static str {
        match self {
            Fault::TrunkPort
            | Fault::InterVlanRouting
            | Fault::WideRule
            | Fault::AnyAny
            | Fault::StandbyFirewall
            | Fault::BackupToLgwan
            | Fault::SharedPrinter
            | Fault::MaintenanceLine
            | Fault::JumpHost
            | Fault::Ipv6Open => "MN-ISOLATION",
            Fault::SharedStorage | Fault::ForwardingGateway | Fault::RawRelay | Fault::Breakout | Fault::Tethering => {
                "LGWAN-INTERNET"
            }
            Fault::OwnLine => "INTERNET-CLOUD",
            Fault::NoMfa => "MN-TERMINAL",
            Fault::Unmonitored => "INTERNET-MONITOR",
            Fault::ExpiredException | Fault::WideException => "EXCEPTION-LIMITED",
            Fault::PeerOnline => "EXCEPTION-PEER",
            Fault::WrongZone => "LABELLED",
        }
    }
}

impl std::str::FromStr for Fault {
    type Err = String;

    /// Reads a name as printed by [`Fault::name`]; the error is the text that is none.
    fn from_str(text: &str) -> Result<Self, String> {
        Fault::ALL.into_iter().find(|fault| fault.name() == text).ok_or_else(|| text.to_owned())
    }
}
