//! Classic load balancers: one output tells of each whole, with its listeners and its instances.

use serde_json::Value;

use super::super::json::Json;
use super::super::text::Refusal;
use super::balancers::{Why, addresses, passed, port};
use super::build::Builder;
use super::read::{Reader, text, texts};
use super::resources::put;
use super::targets::{Classic, ClassicListener};

/// The service of a listener: one protocol and one port, as a document spells them.
fn service(listener: &Json<'_>, protocol: &str, number: &str) -> Option<String> {
    // also the word for TLS is another one here
    let is_known = listener.str(protocol).is_some_and(|word| ["HTTP", "HTTPS", "TCP", "SSL"].contains(&word));
    port(listener, number).filter(|_| is_known).map(|port| format!("tcp/{port}"))
}

pub(super) fn balancer(reader: &mut Reader<'_>, item: &Json<'_>) -> Result<(), Refusal> {
    let silent = [
        "CanonicalHostedZoneName",
        "CanonicalHostedZoneNameID",
        "Policies",
        "BackendServerDescriptions",
        "AvailabilityZones",
        "Subnets",
        "HealthCheck",
        "SourceSecurityGroup",
        "SecurityGroups",
        "CreatedTime",
        "Scheme",
    ];
    let used = ["LoadBalancerName", "DNSName", "VPCId", "ListenerDescriptions", "Instances"];
    reader.keys(item, "a classic load balancer", &used, &silent);
    let mut listeners = Vec::new();
    for description in item.get("ListenerDescriptions").map_or(&[][..], Json::list) {
        reader.keys(description, "a listener", &["Listener"], &["PolicyNames"]);
        let Some(listener) = description.get("Listener") else { continue };
        let used = ["Protocol", "LoadBalancerPort", "InstanceProtocol", "InstancePort"];
        reader.keys(listener, "a listener", &used, &["SSLCertificateId"]);
        // without a protocol of its own an instance is spoken to by that of the listener
        let inner = if listener.get("InstanceProtocol").is_some() { "InstanceProtocol" } else { "Protocol" };
        listeners.push(ClassicListener {
            service: service(listener, "Protocol", "LoadBalancerPort"),
            to: service(listener, inner, "InstancePort"),
        });
    }
    let is = Classic {
        name: text(item, "LoadBalancerName"),
        vpc: text(item, "VPCId"),
        listeners: item.get("ListenerDescriptions").map(|_| listeners),
        instances: item.get("Instances").map(|_| texts(item, "Instances", Some("InstanceId"))),
    };
    // the name is one of an account and a region only
    let Some((id, item)) = reader.item(item, "DNSName", is) else { return Ok(()) };
    put(&mut reader.cloud.classics, id, item)
}

/// What the classic load balancer of a name passes on in a VPC; why it is not known.
pub(super) fn relays(builder: &Builder<'_>, name: &str, vpc: &str) -> Result<Option<Value>, Why> {
    let named: Vec<&Classic> =
        builder.all.classics.values().map(|one| &one.is).filter(|one| one.name == name && one.vpc == vpc).collect();
    let [one] = named[..] else {
        return Err((
            "it is not described (`elb describe-load-balancers`)".into(),
            "記述（`elb describe-load-balancers`）がない".into(),
        ));
    };
    let (Some(listeners), Some(instances)) = (&one.listeners, &one.instances) else {
        return Err((
            "its listeners or its instances are not described (`elb describe-load-balancers` without `--query`)".into(),
            "リスナーかインスタンスの記述がない（`elb describe-load-balancers` を `--query` なしで出力すること）"
                .into(),
        ));
    };
    let mut out = Vec::new();
    for listener in listeners {
        let (Some(service), Some(to)) = (&listener.service, &listener.to) else {
            return Err((
                "the protocol or the port of a listener is not known".into(),
                "対応していないプロトコルかポートのリスナーがある".into(),
            ));
        };
        for instance in instances {
            let known = addresses(builder, "instance", instance);
            out.push(passed(std::slice::from_ref(service), known, std::slice::from_ref(to), instance)?);
        }
    }
    Ok(Some(out.into()))
}
