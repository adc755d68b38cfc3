//! Load balancers. One takes a session in and opens another to a target, so it is a relay, whatever it balances: of the data that
//! comes in by a listener, to the targets of its groups, and back. A network load balancer may keep its client's address on that
//! way, which [`super::groups`] allows for. Of what is not described whole, it passes everything on to anybody, like any host.

use serde_json::{Map, Value, json};

use super::super::json::Json;
use super::super::text::Refusal;
use super::build::Builder;
use super::read::{Reader, text, texts};
use super::resources::put;
use super::targets::{Actions, Balancer, Listener, ListenerRule, Member, TargetGroup};

/// The protocols of packets that a protocol of a listener or target group goes by.
pub(super) fn protocols(word: &str) -> Vec<&'static str> {
    match word {
        "HTTP" | "HTTPS" | "TCP" | "TLS" => vec!["tcp"],
        "UDP" | "QUIC" => vec!["udp"],
        "TCP_UDP" | "TCP_QUIC" => vec!["tcp", "udp"],
        _ => Vec::new(),
    }
}

pub(super) fn port(json: &Json<'_>, key: &str) -> Option<u16> {
    json.get(key).and_then(Json::word).and_then(|word| word.parse().ok())
}

fn behind(arn: &str, mark: &str) -> String {
    arn.split_once(mark).map_or(arn, |(_, path)| path).to_owned()
}

pub(super) fn balancer(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    let silent = [
        "LoadBalancerName",
        "VpcId",
        "DNSName",
        "CanonicalHostedZoneId",
        "CreatedTime",
        "Scheme",
        "AvailabilityZones",
        "SecurityGroups",
        "IpAddressType",
        "CustomerOwnedIpv4Pool",
        "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
        "EnablePrefixForIpv6SourceNat",
        "IpamPools",
    ];
    reader.keys(item, "a load balancer", &["LoadBalancerArn", "Type"], &silent);
    let is = Balancer { path: behind(&text(item, "LoadBalancerArn"), ":loadbalancer/"), kind: text(item, "Type") };
    let Some((id, item)) = reader.item(item, "LoadBalancerArn", is) else { return Ok(()) };
    put(&mut reader.cloud.balancers, id, item)
}

pub(super) fn listener(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    let silent = ["Certificates", "SslPolicy", "AlpnPolicy", "MutualAuthentication"];
    let used = ["ListenerArn", "LoadBalancerArn", "Port", "Protocol", "DefaultActions"];
    reader.keys(item, "a listener", &used, &silent);
    let service = |port: u16| move |word: &'static str| format!("{word}/{port}");
    let words = protocols(item.str("Protocol").unwrap_or_default());
    let services = port(item, "Port").map(|port| words.into_iter().map(service(port)).collect());
    let is = Listener {
        of: text(item, "LoadBalancerArn"),
        services: services.unwrap_or_default(),
        actions: actions(item, "DefaultActions"),
    };
    let Some((id, item)) = reader.item(item, "ListenerArn", is) else { return Ok(()) };
    put(&mut reader.cloud.listeners, id, item)
}

pub(super) fn rule(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    let arn = text(item, "RuleArn");
    // of other services, which send no packets by them
    let Some((_, path)) = arn.split_once(":listener-rule/") else { return Ok(()) };
    reader.keys(
        item,
        "a rule of a listener",
        &["RuleArn", "Actions"],
        &["Priority", "Conditions", "IsDefault", "Transforms"],
    );
    let is = ListenerRule {
        of: path.rsplit_once('/').map_or(path, |(listener, _)| listener).to_owned(),
        actions: actions(item, "Actions"),
    };
    let Some((id, item)) = reader.item(item, "RuleArn", is) else { return Ok(()) };
    put(&mut reader.cloud.listener_rules, id, item)
}

fn actions(item: &Json<'_>, key: &str) -> Actions {
    let mut out = Actions::default();
    for action in item.get(key).map_or(&[][..], Json::list) {
        match action.str("Type") {
            Some("forward") => {
                out.groups.extend(action.str("TargetGroupArn").map(str::to_owned));
                if let Some(config) = action.get("ForwardConfig") {
                    out.groups.extend(texts(config, "TargetGroups", Some("TargetGroupArn")));
                }
            }
            // it answers itself
            Some("redirect" | "fixed-response") => {}
            other => out.other = Some(other.unwrap_or("?").to_owned()),
        }
    }
    out.groups.sort();
    out.groups.dedup();
    out
}

pub(super) fn target_group(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    let silent = [
        "TargetGroupName",
        "Port",
        "VpcId",
        "LoadBalancerArns",
        "HealthCheckProtocol",
        "HealthCheckPort",
        "HealthCheckEnabled",
        "HealthCheckIntervalSeconds",
        "HealthCheckTimeoutSeconds",
        "HealthyThresholdCount",
        "UnhealthyThresholdCount",
        "HealthCheckPath",
        "Matcher",
        "ProtocolVersion",
        "IpAddressType",
        "TargetControlPort",
    ];
    reader.keys(item, "a target group", &["TargetGroupArn", "Protocol", "TargetType"], &silent);
    let is = TargetGroup {
        protocols: protocols(item.str("Protocol").unwrap_or_default()),
        kind: item.str("TargetType").unwrap_or("instance").to_owned(),
    };
    let Some((id, item)) = reader.item(item, "TargetGroupArn", is) else { return Ok(()) };
    put(&mut reader.cloud.target_groups, id, item)
}

/// A target. The output does not say of which group: `TargetGroupArn` beside it does, or the name of the file.
pub(super) fn target(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    let silent = ["HealthCheckPort", "TargetHealth", "AnomalyDetection", "AdministrativeOverride"];
    reader.keys(item, "a target", &["Target"], &silent);
    let Some(target) = item.get("Target") else { return Ok(()) };
    reader.keys(target, "a target", &["Id", "Port"], &["AvailabilityZone", "QuicServerId"]);
    let member = Member { id: text(target, "Id"), port: port(target, "Port") };
    let of = reader.target_group();
    reader.cloud.targets.entry(of).or_default().push(member);
    Ok(())
}

/// Why it is not known what a balancer passes on, in both languages.
pub(super) type Why = (String, String);

/// What a load balancer passes on; nothing where that is not for relays to say; why it is not known.
pub(super) fn relays(builder: &Builder<'_>, path: &str) -> Result<Option<Value>, Why> {
    let all = builder.all;
    let Some((arn, balancer)) = all.balancers.iter().find(|(_, balancer)| balancer.is.path == path) else {
        return Err((
            "it is not described (`elbv2 describe-load-balancers`)".into(),
            "記述（`elbv2 describe-load-balancers`）がない".into(),
        ));
    };
    if balancer.is.kind == "gateway" {
        return Ok(None);
    }
    let listeners: Vec<_> = all.listeners.iter().filter(|(_, listener)| listener.is.of == *arn).collect();
    if listeners.is_empty() {
        return Err((
            "its listeners are not described (`elbv2 describe-listeners`)".into(),
            "リスナーの記述（`elbv2 describe-listeners`）がない".into(),
        ));
    }
    let mut out = Vec::new();
    for (id, listener) in listeners {
        if listener.is.services.is_empty() {
            return Err((format!("the protocol of {id} is not known"), format!("{id} のプロトコルに対応していない")));
        }
        let mut actions = vec![&listener.is.actions];
        if balancer.is.kind != "network" {
            let own = behind(id, ":listener/");
            let rules: Vec<_> = all.listener_rules.values().filter(|rule| rule.is.of == own).collect();
            // one is always there: the default
            if rules.is_empty() {
                return Err((
                    format!("the rules of {id} are not described (`elbv2 describe-rules`)"),
                    format!("{id} のルールの記述（`elbv2 describe-rules`）がない"),
                ));
            }
            actions.extend(rules.into_iter().map(|rule| &rule.is.actions));
        }
        if let Some(other) = actions.iter().find_map(|actions| actions.other.as_ref()) {
            return Err((
                format!("{id} does what is not known here or leads elsewhere (`{other}`)"),
                format!("{id} に、対応していない、またはほかへ送る動作（{other}）がある"),
            ));
        }
        let mut groups: Vec<&String> = actions.iter().flat_map(|actions| &actions.groups).collect();
        groups.sort();
        groups.dedup();
        for group in groups {
            out.extend(to_group(builder, group, &listener.is.services)?);
        }
    }
    Ok(Some(out.into()))
}

/// What comes in by some services, passed on to the targets of a group.
fn to_group(builder: &Builder<'_>, arn: &str, services: &[String]) -> Result<Vec<Value>, Why> {
    let Some(group) = builder.all.target_groups.get(arn) else {
        return Err((
            format!("{arn} is not described (`elbv2 describe-target-groups`)"),
            format!("{arn} の記述（`elbv2 describe-target-groups`）がない"),
        ));
    };
    if group.is.protocols.is_empty() {
        return Err((format!("the protocol of {arn} is not known"), format!("{arn} のプロトコルに対応していない")));
    }
    let Some(members) = members(builder, arn) else {
        let id = arn.rsplit('/').next().unwrap_or(arn);
        return Err((
            format!(
                "the targets of {arn} are not described (`elbv2 describe-target-health`, into a file whose name bears {id})"
            ),
            format!("{arn} のターゲットの記述（`elbv2 describe-target-health`。ファイル名に {id} を入れること）がない"),
        ));
    };
    let mut out = Vec::new();
    for member in members {
        let port = member.port.ok_or_else(|| unknown(&member.id))?;
        let to: Vec<String> = group.is.protocols.iter().map(|word| format!("{word}/{port}")).collect();
        out.push(passed(services, addresses(builder, &group.is.kind, &member.id), &to, &member.id)?);
    }
    Ok(out)
}

/// What comes in by some services, passed on to the addresses of a target, and back.
pub(super) fn passed(services: &[String], to: Vec<String>, by: &[String], target: &str) -> Result<Value, Why> {
    if to.is_empty() {
        return Err(unknown(target));
    }
    let mut entry = Map::new();
    entry.insert("from".into(), json!(["any"]));
    entry.insert("from_service".into(), json!(services));
    entry.insert("to".into(), json!(to));
    entry.insert("to_service".into(), json!(by));
    entry.insert("both".into(), true.into());
    Ok(entry.into())
}

fn unknown(id: &str) -> Why {
    (
        format!("it is not known which address and port the target {id} has"),
        format!("ターゲット {id} のアドレスとポートが分からない"),
    )
}

/// The targets of a group, as far as an output is told to be of it.
fn members<'b>(builder: &Builder<'b>, arn: &str) -> Option<Vec<&'b Member>> {
    let id = arn.rsplit('/').next().filter(|id| id.len() >= 8)?;
    let of = |key: &str| if key.starts_with("arn:") { key == arn } else { key.contains(id) };
    let mut found = builder.all.targets.iter().filter(|(key, _)| of(key)).peekable();
    found.peek()?;
    Some(found.flat_map(|(_, members)| members).collect())
}

/// The addresses of a target; none: they are not known.
pub(super) fn addresses(builder: &Builder<'_>, kind: &str, id: &str) -> Vec<String> {
    let enis = builder.all.enis.values().filter(|eni| eni.is.attached);
    let own: Vec<_> = match kind {
        "ip" => return id.parse::<std::net::IpAddr>().map(|address| vec![address.to_string()]).unwrap_or_default(),
        "instance" => enis.filter(|eni| eni.is.instance.as_deref() == Some(id)).collect(),
        "alb" => {
            let description = format!("ELB {}", behind(id, ":loadbalancer/"));
            enis.filter(|eni| eni.is.description == description).collect()
        }
        // a function is nowhere in the network
        _ => Vec::new(),
    };
    own.iter().flat_map(|eni| eni.is.set().words()).collect()
}
