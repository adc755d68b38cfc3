//! A generator of municipal networks of any size, clean or with chosen mistakes, for examples, tests and benches.
//! Stands apart from the picture: it writes a document as JSON text and knows none of the reading side.
//!
//! The same parameters give the same bytes on every machine. A city without faults satisfies every requirement of
//! `three-tier/alpha`, whatever its other parameters.
//!
//! ```
//! let city = sanso::city::City { sites: 2, terminals: 3, ..Default::default() };
//! let mut json = Vec::new();
//! city.write(&mut json)?;
//! assert!(json.starts_with(b"{\"sanso\":1,"));
//! # Ok::<(), std::io::Error>(())
//! ```

mod fault;
mod plan;

use std::fmt::Display;
use std::io::{self, BufWriter, Write};

pub use fault::Fault;
use plan::{FLOOR, Plan, SERVERS, SHORT, SplitMix, VLANS, ZONES};

/// The parameters of a municipal network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct City {
    /// Name of the document.
    pub name: String,
    /// Sites, the main office among them; at least 1.
    pub sites: u32,
    /// Terminals of each tier at each site; at least 1. A city has `3 * sites * terminals` of them.
    pub terminals: u32,
    /// Rule lines added to the four firewalls together, of the kind that piles up over years; they do not change the
    /// verdict.
    pub rules: u32,
    /// Whether every site has a filtering router of its own, which tells its subnets apart.
    pub site_firewalls: bool,
    /// Whether hosts have IPv6 addresses too.
    pub ipv6: bool,
    /// Whether the firewall at the Internet edge translates IPv4 addresses: one address for all who open to the outside, and an
    /// address outside for each server that is opened to.
    pub nat: bool,
    /// Determines names, the padding rules, and where the faults strike.
    pub seed: u64,
    /// Mistakes to build in.
    pub faults: Vec<Fault>,
}

impl Default for City {
    /// A small clean city: three sites with ten terminals of each tier.
    fn default() -> Self {
        Self {
            name: "三層市".to_owned(),
            sites: 3,
            terminals: 10,
            rules: 0,
            site_firewalls: false,
            ipv6: false,
            nat: false,
            seed: 1,
            faults: Vec::new(),
        }
    }
}

impl City {
    /// Terminals, servers, gateways and networks outside: the endpoints of a city without faults.
    #[must_use]
    pub fn endpoints(&self) -> u64 {
        let servers = SERVERS.iter().map(|servers| servers.len() as u64).sum::<u64>();
        3 * u64::from(self.sites) * u64::from(self.terminals) + servers + 3 + 3
    }

    /// Writes the document as JSON, one node or link a line, without holding it in memory.
    ///
    /// # Errors
    /// What `out` reports, and [`io::ErrorKind::InvalidInput`] for a city without sites or terminals or with more than
    /// fit into 10.0.0.0/8 (about four million addresses for each tier, powers of two for each site).
    pub fn write(&self, out: impl Write) -> io::Result<()> {
        let ipv6 = self.ipv6 || self.has(Fault::Ipv6Open);
        let plan = Plan::new(self.sites, self.terminals, self.seed, ipv6).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidInput,
                "a city needs sites and terminals, and must fit into 10.0.0.0/8",
            )
        })?;
        let mut out = BufWriter::new(out);
        let name = serde_json::to_string(&self.name)?;
        let mut zones = String::new();
        for (zone, id) in ZONES.iter().enumerate() {
            zones += &format!("{}\"{id}\":{{\"networks\":[{}]}}", if zone > 0 { "," } else { "" }, plan.networks(zone));
        }
        if self.has(Fault::JumpHost) {
            zones += r#","management":{"networks":["10.254.8.0/24"],"title":"運用管理系"}"#;
        }
        write!(out, "{{\"sanso\":1,\"name\":{name},\"model\":\"alpha\",\n\"zones\":{{{zones}}},\n\"nodes\":[")?;
        let mut draft = Draft { city: self, plan: &plan, out: &mut out, first: true };
        draft.centre_nodes()?;
        draft.site_nodes()?;
        draft.fault_nodes()?;
        draft.next_section("],\n\"links\":[")?;
        draft.centre_links()?;
        draft.site_links()?;
        draft.fault_links()?;
        draft.next_section("],\n\"exceptions\":[")?;
        draft.exceptions()?;
        draft.next_section("]}\n")?;
        out.flush()
    }

    fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }
}

/// The document as far as it is written.
struct Draft<'a, W: Write> {
    city: &'a City,
    plan: &'a Plan,
    out: &'a mut W,
    first: bool,
}

impl<W: Write> Draft<'_, W> {
    /// Writes an item of the list that is open.
    fn item(&mut self, item: impl Display) -> io::Result<()> {
        let comma = if self.first { "" } else { "," };
        self.first = false;
        write!(self.out, "{comma}\n{item}")
    }

    fn next_section(&mut self, text: &str) -> io::Result<()> {
        self.first = true;
        self.out.write_all(text.as_bytes())
    }

    fn node(&mut self, id: &str, kind: &str, rest: impl Display) -> io::Result<()> {
        self.item(format_args!("{{\"id\":\"{id}\",\"kind\":\"{kind}\"{rest}}}"))
    }

    /// A link that carries all VLANs, or none where no end is a switch.
    fn line(&mut self, a: impl Display, b: impl Display) -> io::Result<()> {
        self.item(format_args!("[\"{a}\",\"{b}\"]"))
    }

    fn vlan(&mut self, a: impl Display, b: impl Display, vlans: &str) -> io::Result<()> {
        self.item(format_args!("{{\"between\":[\"{a}\",\"{b}\"],\"vlans\":[{vlans}]}}"))
    }

    /// `text` when the fault is to be built in, else nothing.
    fn when(&self, fault: Fault, text: &'static str) -> &'static str {
        if self.city.has(fault) { text } else { "" }
    }

    fn centre_nodes(&mut self) -> io::Result<()> {
        let (kind, routed) = if self.city.has(Fault::InterVlanRouting) {
            ("l3-switch", ",\"routed_vlans\":[10,20]")
        } else {
            ("switch", "")
        };
        self.node("コアSW", kind, routed)?;
        for (zone, short) in SHORT.iter().enumerate() {
            self.node(&format!("{short}-SW"), "switch", "")?;
            for (number, server) in SERVERS[zone].iter().enumerate() {
                let addresses = self.plan.server(zone, number as u32);
                let wrong =
                    if *server == "例規集" { self.when(Fault::WrongZone, ",\"zone\":\"internet\"") } else { "" };
                self.node(server, "server", format_args!(",\"addresses\":[{addresses}]{wrong}"))?;
            }
        }
        self.firewall("境界FW", 0, &self.boundary_rules())?;
        self.firewall("LGWAN-FW", 1, &[
            r#"{"id":"eltax","action":"permit","from":["node:税務"],"to":["node:eLTAX"],"service":"tcp/443","in":["lg"],"out":["wan"]}"#.to_owned(),
            r#"{"id":"asp","action":"permit","from":["zone:lgwan"],"to":["10.255.2.0/24"],"service":["tcp/443","tcp/25"],"in":["lg"],"out":["wan"]}"#.to_owned(),
            r#"{"id":"mail","action":"permit","from":["10.255.2.0/24"],"to":["node:LGメール"],"service":"tcp/25","in":["wan"],"out":["lg"]}"#.to_owned(),
        ])?;
        self.node("LGWANルーター", "router", "")?;
        self.node(
            "eLTAX",
            "server",
            r#","zone":"lgwan","addresses":["10.255.1.10"],"title":"地方税ポータルの審査システム""#,
        )?;
        self.node("LGWAN", "external", r#","zone":"lgwan","addresses":["10.255.2.0/24"]"#)?;
        let it = self.plan.networks(2);
        self.firewall("無害化FW", 2, &[
            r#"{"id":"vdi","action":"permit","from":["zone:lgwan"],"to":["node:画面転送"],"service":"tcp/443","in":["lg"],"out":["san"]}"#.to_owned(),
            r#"{"id":"pickup","action":"permit","from":["zone:lgwan"],"to":["node:ファイル無害化"],"service":"tcp/8443","in":["lg"],"out":["san"]}"#.to_owned(),
            r#"{"id":"mail-in","action":"permit","from":["node:メール"],"to":["node:メール無害化"],"service":"tcp/25","in":["it"],"out":["san"]}"#.to_owned(),
            r#"{"id":"mail-out","action":"permit","from":["node:メール無害化"],"to":["node:LGメール"],"service":"tcp/25","in":["san"],"out":["lg"]}"#.to_owned(),
            format!(r#"{{"id":"upload","action":"permit","from":[{it}],"to":["node:ファイル無害化"],"service":"tcp/443","in":["it"],"out":["san"]}}"#),
            format!(r#"{{"id":"rdp","action":"permit","from":["node:画面転送"],"to":[{it}],"service":"tcp/3389","in":["san"],"out":["it"]}}"#),
        ])?;
        self.node("無害化SW", "switch", "")?;
        let forwards = self.when(Fault::ForwardingGateway, ",\"forwards\":true");
        let file = if self.city.has(Fault::RawRelay) { "" } else { ",\"sanitise\":\"file\"" };
        self.node("ファイル無害化", "gateway", format_args!(r#","addresses":["10.254.0.10"]{forwards},"relays":[{{"from":"zone:internet","from_service":"tcp/443","to":"zone:lgwan","to_service":"tcp/8443"{file}}}]"#))?;
        self.node("メール無害化", "gateway", r#","addresses":["10.254.0.20"],"relays":[{"from":"zone:internet","from_service":"tcp/25","to":"zone:lgwan","to_service":"tcp/25","sanitise":"mail-text"}]"#)?;
        self.node("画面転送", "gateway", r#","addresses":["10.254.0.30"],"relays":[{"from":"zone:internet","from_service":"tcp/3389","to":"zone:lgwan","to_service":"tcp/443","sanitise":"screen","both":true}]"#)?;
        let nat = if self.city.nat { self.plan.edge_translations() } else { String::new() };
        self.translating_firewall("インターネットFW", &nat, 3, &[
            r#"{"id":"web","action":"permit","from":["node:プロキシ"],"to":"any","service":["tcp/80","tcp/443"],"in":["it"],"out":["cloud"]}"#.to_owned(),
            r#"{"id":"dns","action":"permit","from":["node:外部DNS"],"to":"any","service":["udp/53","tcp/53"],"in":["it"],"out":["cloud"]}"#.to_owned(),
            r#"{"id":"smtp","action":"permit","from":["node:メール"],"to":"any","service":"tcp/25","in":["it"],"out":["cloud"]}"#.to_owned(),
            r#"{"id":"smtp-in","action":"permit","from":"any","to":["node:メール"],"service":"tcp/25","in":["cloud"],"out":["it"]}"#.to_owned(),
            r#"{"id":"cms-in","action":"permit","from":"any","to":["node:公開CMS","node:施設予約"],"service":"tcp/443","in":["cloud"],"out":["it"]}"#.to_owned(),
        ])?;
        let outside = if self.city.nat { self.plan.translated_networks(2) } else { it };
        let blocking = if self.city.has(Fault::Unmonitored) { "" } else { ",\"blocking\"" };
        self.node("セキュリティクラウド", "firewall", format_args!(r#","tags":["security-cloud"],"controls":["monitoring"{blocking}],"filter":{{"default":"deny","rules":[{{"id":"out","action":"permit","from":[{outside}],"to":"any","service":["tcp/80","tcp/443","tcp/25","tcp/53","udp/53"],"in":["city"],"out":["world"]}},{{"id":"in","action":"permit","from":"any","to":[{outside}],"service":["tcp/25","tcp/443"],"in":["world"],"out":["city"]}}]}}"#))?;
        let six = if self.plan.ipv6 { ",\"::/0\"" } else { "" };
        self.node("インターネット", "external", format_args!(r#","zone":"internet","addresses":["0.0.0.0/0"{six}]"#))
    }

    fn boundary_rules(&self) -> Vec<String> {
        let mut rules = Vec::new();
        if self.city.has(Fault::AnyAny) {
            rules.push(r#"{"id":"tmp","action":"permit","note":"切り分けのため一時的に"}"#.to_owned());
        }
        if self.city.has(Fault::WideRule) {
            rules.push(format!(r#"{{"id":"tax-wide","action":"permit","from":["node:税務"],"to":["{}"],"service":"any","in":["mn"],"out":["lg"]}}"#, self.plan.server_network(1)));
        }
        if self.city.has(Fault::BackupToLgwan) {
            rules.push(r#"{"id":"backup","action":"permit","from":["node:住基DB"],"to":["node:LGファイル"],"service":"tcp/445","in":["mn"],"out":["lg"]}"#.to_owned());
        }
        if self.city.has(Fault::Ipv6Open) {
            rules.push(r#"{"id":"ipv6","action":"permit","from":["::/0"],"to":["::/0"]}"#.to_owned());
        }
        rules.push(r#"{"id":"eltax","action":"permit","from":["node:税務"],"to":["node:eLTAX"],"service":"tcp/443","in":["mn"],"out":["lg"]}"#.to_owned());
        rules
    }

    /// A firewall with its rules, its share of the padding (`number` is 0 to 3), and a last rule that denies and logs.
    fn firewall(&mut self, id: &str, number: u32, rules: &[String]) -> io::Result<()> {
        self.translating_firewall(id, "", number, rules)
    }

    /// As [`Self::firewall`]; `more` are further keys.
    fn translating_firewall(&mut self, id: &str, more: &str, number: u32, rules: &[String]) -> io::Result<()> {
        let comma = if self.first { "" } else { "," };
        self.first = false;
        write!(
            self.out,
            "{comma}\n{{\"id\":\"{id}\",\"kind\":\"firewall\"{more},\"filter\":{{\"default\":\"deny\",\"rules\":["
        )?;
        for rule in rules {
            write!(self.out, "\n {rule},")?;
        }
        let mut random = SplitMix::new(self.city.seed, 1 + u64::from(number));
        let share = self.city.rules / 4 + u32::from(number < self.city.rules % 4);
        for index in 1..=share {
            self.padding(number, index, &mut random)?;
        }
        write!(self.out, "\n {{\"id\":\"log\",\"action\":\"deny\",\"from\":\"any\",\"to\":\"any\"}}]}}}}")
    }

    /// A line as years of small requests leave them: it permits what stays within a tier or goes nowhere, or denies.
    /// No gateway relays its ports.
    fn padding(&mut self, firewall: u32, index: u32, random: &mut SplitMix) -> io::Result<()> {
        let plan = self.plan;
        let site = random.below(plan.sites);
        let other = random.below(plan.sites);
        let port = 10_000 + random.below(50_000);
        let protocol = if random.below(5) == 0 { "udp" } else { "tcp" };
        let server =
            |zone: usize, random: &mut SplitMix| SERVERS[zone][random.below(SERVERS[zone].len() as u32) as usize];
        let deny = random.below(2) == 0;
        let (action, from, to, way) = match (firewall, deny) {
            (0, true) => ("deny", plan.subnet(1, site), format!("node:{}", server(0, random)), ["lg", "mn"]),
            (0, false) => ("permit", plan.subnet(0, site), format!("node:{}", server(0, random)), ["mn", "mn"]),
            (1, true) => ("deny", plan.subnet(0, site), "10.255.2.0/24".to_owned(), ["lg", "wan"]),
            (1, false) => {
                ("permit", plan.subnet(1, site), format!("10.255.2.{}/28", 16 * random.below(16)), ["lg", "wan"])
            }
            (2, true) => ("deny", plan.subnet(2, site), plan.subnet(1, other), ["it", "lg"]),
            (2, false) => ("permit", plan.subnet(1, site), "node:画面転送".to_owned(), ["lg", "san"]),
            (_, true) => {
                ("deny", plan.subnet(2, site), format!("198.51.100.{}/28", 16 * random.below(16)), ["it", "cloud"])
            }
            (_, false) => {
                ("permit", plan.subnet(2, site), format!("203.0.113.{}/28", 16 * random.below(16)), ["it", "cloud"])
            }
        };
        let [inward, outward] = way;
        write!(
            self.out,
            "\n {{\"id\":\"P{index}\",\"action\":\"{action}\",\"from\":[\"{from}\"],\"to\":[\"{to}\"],\"service\":\"{protocol}/{port}\",\"in\":[\"{inward}\"],\"out\":[\"{outward}\"]}},"
        )
    }

    fn site_nodes(&mut self) -> io::Result<()> {
        let plan = self.plan;
        for site in 0..plan.sites {
            let name = plan.site(site);
            if self.city.site_firewalls {
                self.site_firewall(site, &name)?;
            }
            self.node(&format!("{name}-SW"), "switch", "")?;
            if plan.floors() > 1 {
                for floor in 1..=plan.floors() {
                    self.node(&format!("{name}-{floor}F-SW"), "switch", "")?;
                }
            }
            for terminal in 0..plan.terminals {
                let struck = site == plan.struck_site && terminal == plan.struck_terminal;
                for (zone, short) in SHORT.iter().enumerate() {
                    let controls = match zone {
                        0 if struck && self.city.has(Fault::NoMfa) => ",\"controls\":[\"export-disabled\"]",
                        0 => ",\"controls\":[\"mfa\",\"export-disabled\"]",
                        _ => "",
                    };
                    let addresses = plan.host(zone, site, terminal);
                    self.item(format_args!(
                        "{{\"id\":\"{name}-{short}{}\",\"kind\":\"terminal\",\"addresses\":[{addresses}]{controls}}}",
                        terminal + 1
                    ))?;
                }
            }
        }
        Ok(())
    }

    /// The filtering router of a site: each tier passes by its own pair of interfaces, with the site's own addresses.
    fn site_firewall(&mut self, site: u32, name: &str) -> io::Result<()> {
        let mut rules = String::new();
        for (zone, short) in SHORT.iter().enumerate() {
            let (subnets, servers, comma) =
                (self.plan.subnets(zone, site), self.plan.server_network(zone), if zone > 0 { "," } else { "" });
            rules += &format!(
                "{comma}\n {{\"id\":\"{short}-up\",\"action\":\"permit\",\"from\":[{subnets}],\"to\":\"any\",\"in\":[\"dn{vlan}\"],\"out\":[\"up{vlan}\"]}},\
                 \n {{\"id\":\"{short}-down\",\"action\":\"permit\",\"from\":[\"{servers}\"],\"to\":[{subnets}],\"service\":[\"tcp/445\",\"tcp/5985\"],\"in\":[\"up{vlan}\"],\"out\":[\"dn{vlan}\"]}}",
                vlan = VLANS[zone]
            );
        }
        self.node(
            &format!("{name}-FW"),
            "firewall",
            format_args!(",\"filter\":{{\"default\":\"deny\",\"rules\":[{rules}]}}"),
        )
    }

    fn fault_nodes(&mut self) -> io::Result<()> {
        let plan = self.plan;
        for fault in Fault::ALL.into_iter().filter(|fault| self.city.has(*fault)) {
            match fault {
                Fault::StandbyFirewall => self.node("境界FW待機", "firewall", r#","filter":{"default":"deny","rules":[{"id":"old","action":"permit","from":["zone:my-number"],"to":["node:LGファイル"],"service":"tcp/445","in":["mn"],"out":["lg"]}]}"#)?,
                Fault::SharedPrinter => {
                    let [mn, lg] = [0, 1].map(|zone| plan.host(zone, plan.struck_site, plan.spare_host()));
                    self.node("共用複合機", "printer", format_args!(",\"addresses\":[{mn},{lg}]"))?;
                }
                Fault::SharedStorage => {
                    let [lg, it] = [1, 2].map(|zone| plan.server(zone, 90));
                    self.node("共用NAS", "storage", format_args!(",\"addresses\":[{lg},{it}]"))?;
                }
                Fault::MaintenanceLine => self.node("保守ルーター", "router", "")?,
                Fault::OwnLine => self.node("独自回線", "router", "")?,
                Fault::Tethering => self.node("スマートフォン", "router", "")?,
                Fault::Breakout => self.node("LBO-FW", "firewall", r#","filter":{"default":"deny","rules":[{"id":"m365","action":"permit","from":["zone:lgwan"],"to":"any","service":"tcp/443","in":["lg"],"out":["isp"]}]}"#)?,
                Fault::JumpHost => self.node("運用管理端末", "server", r#","addresses":["10.254.8.10"]"#)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn centre_links(&mut self) -> io::Result<()> {
        let trunk = self.city.has(Fault::TrunkPort);
        for (zone, short) in SHORT.iter().enumerate() {
            let vlan = VLANS[zone].to_string();
            if trunk && zone == 2 {
                self.line("コアSW:it", "IT-SW:up")?;
            } else {
                self.vlan(format_args!("コアSW:{}", short.to_lowercase()), format_args!("{short}-SW:up"), &vlan)?;
            }
            for server in SERVERS[zone] {
                if trunk && *server == "公開CMS" {
                    self.line(server, "IT-SW")?;
                } else {
                    self.vlan(server, format_args!("{short}-SW"), &vlan)?;
                }
            }
        }
        for (a, b, vlan) in [
            ("境界FW:mn", "MN-SW", "10"),
            ("境界FW:lg", "LG-SW", "20"),
            ("LGWAN-FW:lg", "LG-SW", "20"),
            ("無害化FW:lg", "LG-SW", "20"),
            ("無害化FW:it", "IT-SW", "30"),
            ("インターネットFW:it", "IT-SW", "30"),
        ] {
            self.vlan(a, b, vlan)?;
        }
        for (a, b) in [
            ("LGWAN-FW:wan", "LGWANルーター:city"),
            ("LGWANルーター:asp", "eLTAX"),
            ("LGWANルーター:wan", "LGWAN"),
            ("無害化FW:san", "無害化SW"),
            ("ファイル無害化", "無害化SW"),
            ("メール無害化", "無害化SW"),
            ("画面転送", "無害化SW"),
            ("インターネットFW:cloud", "セキュリティクラウド:city"),
            ("セキュリティクラウド:world", "インターネット"),
        ] {
            self.line(a, b)?;
        }
        Ok(())
    }

    fn site_links(&mut self) -> io::Result<()> {
        let plan = self.plan;
        for site in 0..plan.sites {
            let name = plan.site(site);
            if self.city.site_firewalls {
                for vlan in VLANS {
                    let tag = vlan.to_string();
                    self.vlan(format_args!("コアSW:{name}-{vlan}"), format_args!("{name}-FW:up{vlan}"), &tag)?;
                    self.vlan(format_args!("{name}-FW:dn{vlan}"), format_args!("{name}-SW:up{vlan}"), &tag)?;
                }
            } else {
                self.vlan("コアSW", format_args!("{name}-SW:up"), "10,20,30")?;
            }
            if plan.floors() > 1 {
                for floor in 1..=plan.floors() {
                    self.vlan(format_args!("{name}-SW"), format_args!("{name}-{floor}F-SW:up"), "10,20,30")?;
                }
            }
            for first in (0..plan.terminals).step_by(FLOOR as usize) {
                let switch = plan.access_switch(&name, first);
                for terminal in first..plan.terminals.min(first.saturating_add(FLOOR)) {
                    for (zone, short) in SHORT.iter().enumerate() {
                        self.item(format_args!(
                            "{{\"between\":[\"{name}-{short}{}\",\"{switch}\"],\"vlans\":[{}]}}",
                            terminal + 1,
                            VLANS[zone]
                        ))?;
                    }
                }
            }
        }
        Ok(())
    }

    fn fault_links(&mut self) -> io::Result<()> {
        let struck = self.plan.site(self.plan.struck_site);
        for fault in Fault::ALL.into_iter().filter(|fault| self.city.has(*fault)) {
            match fault {
                Fault::StandbyFirewall => {
                    self.vlan("境界FW待機:mn", "MN-SW", "10")?;
                    self.vlan("境界FW待機:lg", "LG-SW", "20")?;
                }
                Fault::SharedPrinter => {
                    self.vlan("共用複合機:mn", format_args!("{struck}-SW:mfp1"), "10")?;
                    self.vlan("共用複合機:lg", format_args!("{struck}-SW:mfp2"), "20")?;
                }
                Fault::SharedStorage => {
                    self.vlan("共用NAS", "LG-SW", "20")?;
                    self.vlan("共用NAS", "IT-SW", "30")?;
                }
                Fault::ForwardingGateway => {
                    self.vlan("ファイル無害化", "LG-SW", "20")?;
                    self.vlan("ファイル無害化", "IT-SW", "30")?;
                }
                Fault::MaintenanceLine => {
                    self.vlan("保守ルーター", "MN-SW", "10")?;
                    self.line("保守ルーター:line", "インターネット")?;
                }
                Fault::OwnLine => {
                    self.vlan("独自回線", format_args!("{struck}-SW"), "30")?;
                    self.line("独自回線:isp", "インターネット")?;
                }
                Fault::Breakout => {
                    self.vlan("LBO-FW:lg", "LG-SW", "20")?;
                    self.line("LBO-FW:isp", "インターネット")?;
                }
                Fault::Tethering => {
                    self.line(format_args!("{struck}-LG{}:usb", self.plan.struck_terminal + 1), "スマートフォン")?;
                    self.line("スマートフォン:mobile", "インターネット")?;
                }
                Fault::JumpHost => {
                    self.vlan("運用管理端末", "MN-SW", "10")?;
                    self.vlan("運用管理端末", "LG-SW", "20")?;
                }
                Fault::PeerOnline => self.line("eLTAX:isp", "インターネット")?,
                _ => {}
            }
        }
        Ok(())
    }

    fn exceptions(&mut self) -> io::Result<()> {
        let from = if self.city.has(Fault::WideException) { "zone:my-number" } else { "node:税務" };
        let expires = if self.city.has(Fault::ExpiredException) { "2020-03-31" } else { "2030-03-31" };
        let attested = if self.city.has(Fault::PeerOnline) {
            ""
        } else {
            r#","attested":{"by":"地方税共同機構","basis":"国等の公的機関が構築したシステム"}"#
        };
        self.item(format_args!(r#"{{"id":"eltax","from":["{from}"],"to":["node:eLTAX"],"service":["tcp/443"],"reason":"地方税電子申告の受信","approved_by":"CISO","expires":"{expires}"{attested}}}"#))
    }
}
