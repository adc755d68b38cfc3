//! Policies. The filter sees the header before any translation: a policy that names a virtual address is for what that
//! address translates, in outer addresses and ports; one that does not is for what none translates.

use smallvec::smallvec;

use super::super::device::{Becomes, Names, Rule, Selector, Translation};
use super::super::ledger::Ledger;
use super::super::region::{Region, Services};
use super::super::set::AddressSet;
use super::super::text::Refusal;
use super::Objects;
use super::keys::{CONDITIONS, SILENT};
use super::tree::Section;
use super::vip::Vip;
use crate::document::Family;
use crate::language::Phrase;

/// More virtual addresses than this are not cut out of other policies one by one.
const MOST_CUTS: usize = 200;

/// A policy, worked out.
#[derive(Default)]
pub struct Policy {
    /// Its rules.
    pub rules: Vec<Rule>,
    /// What it does to the source of what it lets through.
    pub translations: Vec<Translation>,
}

/// One side's addresses of a family, and virtual addresses that it names.
struct Side {
    selector: Selector,
    vips: Vec<usize>,
}

/// Reads a policy, of the old ones for IPv6 or not; `None` where it is off or can match nothing. Where nothing on the device is
/// `translated`, what it leaves as it is need not be listed.
///
/// # Errors
/// When groups hold each other in a circle.
pub fn read(
    entry: &Section,
    objects: &mut Objects<'_>,
    (six, translated): (bool, bool),
    ledger: &mut Ledger,
) -> Result<Option<Policy>, Refusal> {
    let keys: Vec<&str> = SILENT.iter().chain(CONDITIONS).copied().collect();
    entry.used(&keys, ledger);
    if entry.value("status") == "disable" {
        return Ok(None);
    }
    let line = entry.lines.0;
    let permit = matches!(entry.value("action"), "accept" | "ipsec" | "ssl-vpn" | "redirect" | "isolate");
    let mut conditions = Vec::new();
    match entry.value("schedule") {
        "" | "always" => {}
        "none" => return Ok(None),
        schedule => conditions.push(format!("schedule {schedule}")),
    }
    for setting in &entry.settings {
        let key = setting.key.as_str();
        let off = setting
            .values
            .iter()
            .all(|value| matches!(value.as_str(), "" | "disable" | "0" | "0x00" | "any" | "default"));
        if CONDITIONS.contains(&key) && !off {
            conditions.push(format!("{key} {}", setting.values.join(" ")));
        } else if !SILENT.contains(&key) && !CONDITIONS.contains(&key) {
            conditions.push(key.to_owned());
            ledger.used(setting.lines.0);
        }
    }
    if !conditions.is_empty() {
        let words = conditions.join("; ");
        ledger.not_understood(
            line,
            Phrase::new(
                format!(
                    "`{words}` cannot be judged: taken to hold where the policy accepts, not to hold where it denies"
                ),
                format!("`{words}` は判定できない。許可では成り立つもの、拒否では成り立たないものとみなす"),
            ),
        );
    }
    let at = |key: &str| entry.setting(key).map_or(line, |setting| setting.lines.0);
    let ways_in = objects.ways.of(entry.values("srcintf"), at("srcintf"), ledger);
    let mut ways_out = objects.ways.of(entry.values("dstintf"), at("dstintf"), ledger);
    // what a policy encrypts leaves by the tunnel instead
    let tunnel = (entry.value("action") == "ipsec").then(|| entry.values("vpntunnel").to_vec());
    if let Some(tunnel) = &tunnel {
        ways_out = objects.ways.of(tunnel, at("vpntunnel"), ledger);
    }
    let boxes = services(entry, objects, ledger)?;
    let mut out = Policy::default();
    let families: &[(Family, &str, &str)] = if six {
        &[(Family::V6, "srcaddr", "dstaddr")]
    } else {
        &[
            (Family::V4, "srcaddr", "dstaddr"),
            (Family::V4, "srcaddr4", "dstaddr4"),
            (Family::V6, "srcaddr6", "dstaddr6"),
        ]
    };
    for &(family, source, destination) in families {
        let Some(from) = side(entry, objects, family, source, "internet-service-src", ledger)? else { continue };
        let Some(to) = side(entry, objects, family, destination, "internet-service", ledger)? else { continue };
        for (boxes, condition) in by_condition(&boxes) {
            let all: Vec<String> = conditions.iter().cloned().chain(condition).collect();
            let mut rule = Rule::all(format!("policy {}", entry.name), permit, ledger.origin(line));
            rule.from = from.selector.clone();
            rule.ways_in.clone_from(&ways_in);
            rule.ways_out.clone_from(&ways_out);
            rule.condition = (!all.is_empty()).then(|| all.join("; ").into());
            let match_vip = entry.is_on("match-vip") || objects.central_nat;
            rules(&rule, &to, &boxes, match_vip, objects, &mut out.rules);
        }
    }
    if tunnel.is_some() {
        let back = out.rules.iter().map(|rule| Rule {
            id: format!("{} inbound", rule.id).into(),
            from: rule.to.clone(),
            to: rule.from.clone(),
            ways_in: rule.ways_out.clone(),
            ways_out: rule.ways_in.clone(),
            ..rule.clone()
        });
        let back: Vec<Rule> = back.collect();
        if entry.is_on("inbound") {
            out.rules.extend(back);
        }
    }
    if permit && translated {
        out.translations = translations(entry, &out.rules, objects, ledger);
    }
    Ok(Some(out))
}

/// Boxes that hang on the same condition, together.
fn by_condition(boxes: &super::services::Boxes) -> Vec<(Vec<Services>, Option<String>)> {
    let mut out: Vec<(Vec<Services>, Option<String>)> = Vec::new();
    for (services, condition) in boxes {
        match out.iter_mut().find(|(_, known)| known == condition) {
            Some((all, _)) => all.push(services.clone()),
            None => out.push((vec![services.clone()], condition.clone())),
        }
    }
    out
}

fn services(entry: &Section, objects: &Objects<'_>, ledger: &mut Ledger) -> Result<super::services::Boxes, Refusal> {
    // a database of services brings its own ports
    if entry.is_on("internet-service") || entry.setting("service").is_none() {
        return Ok(vec![(Services::all(), None)]);
    }
    let line = entry.setting("service").map_or(entry.lines.0, |setting| setting.lines.0);
    let boxes = objects.services.union(entry.values("service"), line, ledger)?;
    if !entry.is_on("service-negate") {
        return Ok(boxes);
    }
    // what is surely in none of them; what only may be in one is left on condition
    let sure: Vec<Services> =
        boxes.iter().filter(|(_, condition)| condition.is_none()).map(|(services, _)| services.clone()).collect();
    let unsure: Vec<&(Services, Option<String>)> = boxes.iter().filter(|(_, condition)| condition.is_some()).collect();
    let mut out = Vec::new();
    for part in Services::complement(&sure) {
        let mut left = vec![part.clone()];
        for (services, condition) in &unsure {
            let common = part.intersect(services);
            if !common.is_empty() {
                out.push((common, condition.clone()));
            }
            left = left.iter().flat_map(|part| part.subtract(services)).collect();
        }
        out.extend(left.into_iter().map(|services| (services, None)));
    }
    Ok(out)
}

/// The addresses of a side; `None` where the policy has none of the family.
fn side(
    entry: &Section,
    objects: &Objects<'_>,
    family: Family,
    key: &str,
    database: &str,
    ledger: &mut Ledger,
) -> Result<Option<Side>, Refusal> {
    if entry.is_on(database) && family == Family::V4 && !key.ends_with('4') {
        let mut names = Vec::new();
        for kind in ["name", "id", "group", "custom", "custom-group", "fortiguard"] {
            names.extend(
                entry.values(&format!("{database}-{kind}")).iter().map(|name| super::word(&format!("isdb:{name}"))),
            );
        }
        let mut selector = Selector { names: names.into(), ..Selector::default() };
        if entry.is_on(&format!("{database}-negate")) {
            selector = selector.negated();
        }
        return Ok(Some(Side { selector, vips: Vec::new() }));
    }
    let Some(setting) = entry.setting(key) else { return Ok(None) };
    let mut vips = Vec::new();
    let mut plain = Vec::new();
    for name in &*setting.values {
        match objects.vips.named(name).filter(|_| key.starts_with("dst") && !objects.addresses.knows(family, name)) {
            Some(named) => vips.extend(named),
            None => plain.push(name.clone()),
        }
    }
    let mut selector = objects.addresses.union(family, &plain, setting.lines.0, ledger)?;
    if entry.is_on(&format!("{key}-negate")) {
        selector = selector.negated();
        if selector.names.is_empty() {
            selector.set = selector.set.intersect(&AddressSet::family(family));
        }
    }
    Ok(Some(Side { selector, vips }))
}

/// The rules of a policy for one family and one group of services.
fn rules(rule: &Rule, to: &Side, boxes: &[Services], match_vip: bool, objects: &Objects<'_>, out: &mut Vec<Rule>) {
    let ways = Region {
        ways_in: objects.ways.numbers(rule.ways_in.as_deref()),
        ways_out: objects.ways.numbers(rule.ways_out.as_deref()),
        ..Region::all()
    };
    let mut push = |region: &Region, vip: &Vip| {
        let region = region.intersect(&ways);
        if region.is_empty() {
            return;
        }
        let mut rule = rule.clone();
        let conditions: Vec<Box<str>> = rule.condition.iter().chain(&vip.unsure).cloned().collect();
        rule.condition = (!conditions.is_empty()).then(|| conditions.join("; ")).map(Into::into);
        if region.from != AddressSet::all() {
            let sources = if rule.permit { rule.from.loose() } else { rule.from.strict() };
            rule.from = Selector::of(sources.intersect(&region.from));
        }
        rule.to = Selector::of(region.to.clone());
        rule.services = smallvec![region.services.clone()];
        if region.ways_in != ways.ways_in {
            rule.ways_in = objects.ways.names(&region.ways_in);
        }
        out.push(rule);
    };
    for &vip in &to.vips {
        let vip = &objects.vips.all[vip];
        for services in boxes {
            vip.named(services).iter().for_each(|region| push(region, vip));
        }
    }
    let near: Vec<&Vip> = objects
        .vips
        .all
        .iter()
        .filter(|vip| vip.pieces.iter().any(|piece| !piece.intersect(&ways).is_empty()))
        .collect();
    let plain = &to.selector;
    if !plain.not && plain.names.is_empty() && plain.set.is_empty() {
        return;
    }
    if near.is_empty() {
        let mut rule = rule.clone();
        rule.to = plain.clone();
        rule.services = boxes.to_vec().into();
        out.push(rule);
        return;
    }
    // what virtual addresses translate to what the policy names; a policy that denies spares it unless it says otherwise
    let set = if rule.permit { plain.loose() } else { plain.strict() };
    if rule.permit || match_vip {
        for vip in &near {
            for services in boxes {
                vip.reached(&set, services, rule.permit).iter().for_each(|region| push(region, vip));
            }
        }
    }
    if !plain.names.is_empty() && !plain.not {
        let mut rule = rule.clone();
        rule.to = Selector { names: plain.names.clone(), ..Selector::default() };
        rule.services = boxes.to_vec().into();
        out.push(rule);
    }
    let set = if plain.not { set } else { plain.set.clone() };
    // what none translates
    if near.len() > MOST_CUTS {
        let outer =
            near.iter().flat_map(|vip| &vip.pieces).fold(AddressSet::default(), |all, piece| all.union(&piece.to));
        let mut rule = rule.clone();
        // SOUNDNESS: more is permitted, or less denied, than the device does
        rule.to = Selector::of(if rule.permit { set } else { set.subtract(&outer) });
        rule.services = boxes.to_vec().into();
        out.push(rule);
        return;
    }
    let mut whole: Vec<Rule> = Vec::new();
    for services in boxes {
        let mut left = vec![Region { to: set.clone(), services: services.clone(), ..ways.clone() }];
        // what only may be translated may also be not
        let cuts = near.iter().filter(|vip| !rule.permit || vip.unsure.is_none());
        for piece in cuts.flat_map(|vip| &vip.pieces) {
            left = left.iter().flat_map(|part| part.subtract(piece)).collect();
        }
        for region in &left {
            let mut rule = rule.clone();
            if region.from != AddressSet::all() {
                let sources = if rule.permit { rule.from.loose() } else { rule.from.strict() };
                rule.from = Selector::of(sources.intersect(&region.from));
            }
            rule.to = Selector::of(region.to.clone());
            rule.services = smallvec![region.services.clone()];
            if region.ways_in != ways.ways_in {
                rule.ways_in = objects.ways.names(&region.ways_in);
            }
            // boxes that differ in services only are one rule
            match whole
                .iter_mut()
                .find(|known| known.to == rule.to && known.from == rule.from && known.ways_in == rule.ways_in)
            {
                Some(known) => known.services.extend(rule.services),
                None => whole.push(rule),
            }
        }
    }
    out.extend(whole);
}

/// What becomes of the source of what a policy's rules let through: a pool's addresses, the interface's, or nothing.
fn translations(entry: &Section, rules: &[Rule], objects: &Objects<'_>, ledger: &mut Ledger) -> Vec<Translation> {
    if objects.central_nat {
        return Vec::new();
    }
    let mut out = Vec::new();
    let id = format!("policy {}", entry.name);
    let pool = entry.is_on("nat") && entry.is_on("ippool");
    let mut pools = AddressSet::default();
    for name in entry.values("poolname").iter().filter(|_| pool) {
        match objects.pools.get(name).filter(|set| !set.is_empty()) {
            Some(set) => pools = pools.union(set),
            None => {
                // SOUNDNESS: of no address at all it may be every one
                pools = AddressSet::all();
                ledger.not_understood(
                    entry.lines.0,
                    Phrase::new(
                        format!("no address of the pool {name} is known: it may be any"),
                        format!("IP プール {name} のアドレスが分からない。どのアドレスでもありうるものとみなす"),
                    ),
                );
            }
        }
    }
    for rule in rules {
        for services in &rule.services {
            if entry.is_on("nat") && pools.is_empty() {
                for mut outward in objects.vips.all.iter().filter_map(|vip| vip.outward(&id)) {
                    outward.from = Selector::of(outward.from.set.intersect(&rule.from.loose()));
                    outward.to = rule.to.clone();
                    outward.services = services.clone();
                    outward.ways_in.clone_from(&rule.ways_in);
                    out.push(outward);
                }
            }
            let mut push = |becomes: Becomes, ways_out: Option<Names>| {
                let mut translation = Translation::new(id.clone(), false, becomes, rule.origin.clone());
                translation.from = rule.from.clone();
                translation.to = rule.to.clone();
                translation.services = services.clone();
                translation.ways_in.clone_from(&rule.ways_in);
                translation.ways_out = ways_out;
                translation.sees_original_destination = true;
                translation.condition.clone_from(&rule.condition);
                out.push(translation);
            };
            if !entry.is_on("nat") {
                push(Becomes::Kept, rule.ways_out.clone());
            } else if !pools.is_empty() {
                push(Becomes::Addresses(pools.clone()), rule.ways_out.clone());
            } else {
                for way in &objects.ways.interfaces {
                    if rule.ways_out.as_ref().is_some_and(|ways| !ways.contains(&way.name)) {
                        continue;
                    }
                    let own = way.addresses.iter().map(|net| net.address).find(std::net::IpAddr::is_ipv4);
                    let becomes = own.map_or(Becomes::Own, |address| Becomes::Addresses(AddressSet::single(address)));
                    push(becomes, Some([way.name.clone()].into()));
                }
            }
        }
    }
    out
}
