//! Load balancers: relays from their listeners to the targets of their groups; what is not described whole passes everything on.

use serde_json::{Value, json};

use super::{account, eni, find, imported, push, told, whom};

const ALB: &str = "arn:aws:elasticloadbalancing:ap-northeast-1:111122223333:loadbalancer/app/front/0123456789abcdef";
const NLB: &str = "arn:aws:elasticloadbalancing:ap-northeast-1:111122223333:loadbalancer/net/inner/fedcba9876543210";
const ALB_LISTENER: &str =
    "arn:aws:elasticloadbalancing:ap-northeast-1:111122223333:listener/app/front/0123456789abcdef/1111111111111111";
const NLB_LISTENER: &str =
    "arn:aws:elasticloadbalancing:ap-northeast-1:111122223333:listener/net/inner/fedcba9876543210/2222222222222222";
const APP: &str = "arn:aws:elasticloadbalancing:ap-northeast-1:111122223333:targetgroup/app/aaaaaaaaaaaaaaaa";
const DB: &str = "arn:aws:elasticloadbalancing:ap-northeast-1:111122223333:targetgroup/db/bbbbbbbbbbbbbbbb";

fn forward(group: &str) -> Value {
    json!([{ "Type": "forward", "TargetGroupArn": group, "Order": 1,
        "ForwardConfig": { "TargetGroups": [{ "TargetGroupArn": group, "Weight": 1 }] } }])
}

/// The account with a load balancer of each kind before its application and its database, as several outputs in one file.
fn balanced() -> Value {
    let mut account = account();
    let front = |id: &str, subnet: &str, address: &str, description: &str, kind: &str| {
        let mut eni = eni(id, subnet, address, &["sg-web"], None);
        eni["Description"] = description.into();
        eni["RequesterManaged"] = true.into();
        eni["InterfaceType"] = kind.into();
        eni
    };
    push(
        &mut account,
        "NetworkInterfaces",
        front("eni-alb1", "subnet-pub", "10.50.1.20", "ELB app/front/0123456789abcdef", "interface"),
    );
    push(
        &mut account,
        "NetworkInterfaces",
        front("eni-alb2", "subnet-app", "10.50.2.20", "ELB app/front/0123456789abcdef", "interface"),
    );
    push(
        &mut account,
        "NetworkInterfaces",
        front("eni-nlb", "subnet-app", "10.50.2.30", "ELB net/inner/fedcba9876543210", "network_load_balancer"),
    );
    find(&mut account, "NetworkInterfaces", "eni-app")["Attachment"] = json!({ "InstanceId": "i-app" });
    account["LoadBalancers"] = json!([
        { "LoadBalancerArn": ALB, "LoadBalancerName": "front", "Type": "application", "Scheme": "internal", "VpcId": "vpc-a", "State": { "Code": "active" } },
        { "LoadBalancerArn": NLB, "LoadBalancerName": "inner", "Type": "network", "Scheme": "internal", "VpcId": "vpc-a" },
    ]);
    account["Listeners"] = json!([
        { "ListenerArn": ALB_LISTENER, "LoadBalancerArn": ALB, "Port": 443, "Protocol": "HTTPS", "SslPolicy": "x", "DefaultActions": [{ "Type": "fixed-response" }] },
        { "ListenerArn": NLB_LISTENER, "LoadBalancerArn": NLB, "Port": 5432, "Protocol": "TCP_UDP", "DefaultActions": forward(DB) },
    ]);
    let rule = |id: &str, actions: Value| json!({ "RuleArn": ALB_LISTENER.replace(":listener/", ":listener-rule/") + "/" + id, "Priority": "1", "Conditions": [], "Actions": actions, "IsDefault": false });
    account["Rules"] = json!([rule("1", forward(APP)), rule("2", json!([{ "Type": "redirect" }]))]);
    account["TargetGroups"] = json!([
        { "TargetGroupArn": APP, "TargetGroupName": "app", "Protocol": "HTTP", "Port": 80, "VpcId": "vpc-a", "TargetType": "instance" },
        { "TargetGroupArn": DB, "TargetGroupName": "db", "Protocol": "TCP", "Port": 5432, "VpcId": "vpc-a", "TargetType": "ip" },
    ]);
    let health = |group: &str, id: &str, port: u32| {
        json!({ "TargetGroupArn": group, "TargetHealthDescriptions": [{ "Target": { "Id": id, "Port": port, "AvailabilityZone": "all" },
            "HealthCheckPort": "80", "TargetHealth": { "State": "draining" } }] })
    };
    json!([account, health(APP, "i-app", 8080), health(DB, "10.50.3.10", 5433)])
}

const ALB_NODE: &str = "ELB app/front/0123456789abcdef (vpc-a)";
const NLB_NODE: &str = "ELB net/inner/fedcba9876543210 (vpc-a)";

fn relays(outputs: &Value, node: &str) -> (Value, String) {
    let asked = imported(outputs);
    let json: Value = serde_json::from_str(asked.source.text()).unwrap();
    let found = json["nodes"].as_array().unwrap().iter().find(|one| one["id"] == node);
    (found.unwrap_or_else(|| panic!("no {node} in {json:#}"))["relays"].clone(), told(&asked))
}

#[test]
fn what_comes_in_by_a_listener_goes_on_to_the_targets() {
    let outputs = balanced();
    let (alb, told) = relays(&outputs, ALB_NODE);
    assert_eq!(
        alb,
        json!([{ "from": ["any"], "from_service": ["tcp/443"], "to": ["10.50.2.10"], "to_service": ["tcp/8080"], "both": true }])
    );
    assert!(!told.contains("pass everything on"), "{told}");
    let (nlb, _) = relays(&outputs, NLB_NODE);
    assert_eq!(
        nlb,
        json!([{ "from": ["any"], "from_service": ["tcp/5432", "udp/5432"], "to": ["10.50.3.10"], "to_service": ["tcp/5433"], "both": true }])
    );
    // packets are still those of the balancer: its groups and those of the targets are asked
    let asked = imported(&outputs);
    assert_eq!(whom(&asked, ALB_NODE, "tcp 10.50.2.20 > 10.50.2.10:8080"), ["i-app"]);
    assert_eq!(asked.read.ledger.count(sanso::import::ledger::Fate::NotUnderstood), 0, "{told}");
}

#[test]
fn what_is_not_described_whole_passes_everything_on_and_is_told() {
    let without = |list: &str| {
        let mut outputs = balanced();
        outputs[0].as_object_mut().unwrap().remove(list);
        outputs
    };
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut outputs = balanced();
        change(&mut outputs);
        outputs
    };
    let group = |outputs: &mut Value, key: &str, value: Value| outputs[0]["TargetGroups"][0][key] = value;
    let listener = |outputs: &mut Value, key: &str, value: Value| outputs[0]["Listeners"][0][key] = value;
    let cases: Vec<(&str, Value)> = vec![
        ("it is not described (`elbv2 describe-load-balancers`)", without("LoadBalancers")),
        ("its listeners are not described", without("Listeners")),
        ("the rules of arn:", without("Rules")),
        ("describe-target-groups`)", without("TargetGroups")),
        ("into a file whose name bears aaaaaaaaaaaaaaaa", changed(&|all| drop(all.as_array_mut().unwrap().remove(1)))),
        (
            "which address and port the target arn:aws:lambda:x",
            changed(&|all| {
                group(all, "TargetType", "lambda".into());
                all[1]["TargetHealthDescriptions"][0]["Target"]["Id"] = "arn:aws:lambda:x".into();
            }),
        ),
        (
            "which address and port the target i-gone",
            changed(&|all| all[1]["TargetHealthDescriptions"][0]["Target"]["Id"] = "i-gone".into()),
        ),
        ("the protocol of arn:", changed(&|all| group(all, "Protocol", "GENEVE".into()))),
        ("the protocol of arn:", changed(&|all| listener(all, "Protocol", "NEW".into()))),
        (
            "(`authenticate-oidc`)",
            changed(&|all| {
                let actions = all[0]["Rules"][0]["Actions"].as_array_mut().unwrap();
                actions.insert(0, json!({ "Type": "authenticate-oidc" }));
            }),
        ),
        ("(`new-action`)", changed(&|all| listener(all, "DefaultActions", json!([{ "Type": "new-action" }])))),
    ];
    for (why, outputs) in cases {
        let (alb, told) = relays(&outputs, ALB_NODE);
        assert_eq!(alb, Value::Null, "{why}");
        assert!(told.contains(why) && told.contains("is taken to pass everything on to anybody"), "{why}: {told}");
    }
}

#[test]
fn the_name_of_the_file_tells_of_which_group_targets_are() {
    let outputs = balanced();
    let mut targets = outputs[1].clone();
    targets.as_object_mut().unwrap().remove("TargetGroupArn");
    let file = |name: &str, json: &Value| (name.to_owned(), json.to_string().into_bytes());
    let of = |name: &str| {
        let files = [file("account.json", &outputs[0]), file("db.json", &outputs[2]), file(name, &targets)];
        let site = sanso::import::site::of_files(files, None).map_err(|failure| failure.refusals).unwrap();
        let json: Value = serde_json::from_str(site.source.text()).unwrap();
        let node = json["nodes"].as_array().unwrap().iter().find(|node| node["id"] == ALB_NODE).unwrap();
        node["relays"][0]["to"].clone()
    };
    assert_eq!(of("target-health-aaaaaaaaaaaaaaaa.json"), json!(["10.50.2.10"]));
    assert_eq!(of("targets.json"), Value::Null);
}

/// The account with a classic load balancer before its application.
fn classic() -> Value {
    let mut account = account();
    let mut front = eni("eni-elb", "subnet-pub", "10.50.1.20", &["sg-web"], None);
    front["Description"] = "ELB old".into();
    front["RequesterManaged"] = true.into();
    push(&mut account, "NetworkInterfaces", front);
    find(&mut account, "NetworkInterfaces", "eni-app")["Attachment"] = json!({ "InstanceId": "i-app" });
    let listener = |listener: Value| json!({ "Listener": listener, "PolicyNames": [] });
    account["LoadBalancerDescriptions"] = json!([{
        "LoadBalancerName": "old", "DNSName": "old-1.ap-northeast-1.elb.amazonaws.com", "VPCId": "vpc-a",
        "CanonicalHostedZoneName": "x", "CanonicalHostedZoneNameID": "Z", "Policies": {}, "BackendServerDescriptions": [],
        "AvailabilityZones": [], "Subnets": ["subnet-pub"], "HealthCheck": { "Target": "TCP:22" }, "Scheme": "internal",
        "SourceSecurityGroup": {}, "SecurityGroups": ["sg-web"], "CreatedTime": "2020-01-01", "Instances": [{ "InstanceId": "i-app" }],
        "ListenerDescriptions": [
            listener(json!({ "Protocol": "SSL", "LoadBalancerPort": 443, "InstanceProtocol": "TCP", "InstancePort": 8080, "SSLCertificateId": "c" })),
            listener(json!({ "Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 8081 })),
        ],
    }]);
    json!([account])
}

const OLD_NODE: &str = "ELB old (vpc-a)";

#[test]
fn a_classic_load_balancer_is_a_relay_too() {
    let outputs = classic();
    let (old, text) = relays(&outputs, OLD_NODE);
    let to = |from: &str, to: &str| json!({ "from": ["any"], "from_service": [from], "to": ["10.50.2.10"], "to_service": [to], "both": true });
    assert_eq!(old, json!([to("tcp/443", "tcp/8080"), to("tcp/80", "tcp/8081")]));
    assert!(!text.contains("pass everything on"), "{text}");
    assert_eq!(imported(&outputs).read.ledger.count(sanso::import::ledger::Fate::NotUnderstood), 0, "{text}");
    // without a listener or an instance it passes nothing on
    for list in ["Instances", "ListenerDescriptions"] {
        let mut outputs = outputs.clone();
        outputs[0]["LoadBalancerDescriptions"][0][list] = json!([]);
        assert_eq!(relays(&outputs, OLD_NODE).0, json!([]), "{list}");
    }
}

#[test]
fn of_a_classic_load_balancer_what_is_not_known_is_anything() {
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut outputs = classic();
        change(&mut outputs[0]["LoadBalancerDescriptions"][0]);
        outputs
    };
    let listener = |key: &'static str, value: Value| {
        changed(&move |one| one["ListenerDescriptions"][1]["Listener"][key] = value.clone())
    };
    let mut twice = classic();
    let mut other = twice[0]["LoadBalancerDescriptions"][0].clone();
    other["DNSName"] = "old-2.ap-northeast-1.elb.amazonaws.com".into();
    push(&mut twice[0], "LoadBalancerDescriptions", other);
    let mut without = classic();
    without[0].as_object_mut().unwrap().remove("LoadBalancerDescriptions");
    let unnamed = |key: &'static str| changed(&move |one| drop(one.as_object_mut().unwrap().remove(key)));
    for (why, outputs) in [
        ("it is not described (`elb describe-load-balancers`)", without),
        ("it is not described (`elb describe-load-balancers`)", twice),
        ("it is not described (`elb describe-load-balancers`)", changed(&|one| one["VPCId"] = "vpc-b".into())),
        ("its listeners or its instances are not described", unnamed("Instances")),
        ("its listeners or its instances are not described", unnamed("ListenerDescriptions")),
        ("the protocol or the port of a listener", listener("Protocol", "GRPC".into())),
        ("the protocol or the port of a listener", listener("InstanceProtocol", "UDP".into())),
        ("the protocol or the port of a listener", listener("InstancePort", Value::Null)),
        (
            "which address and port the target i-gone",
            changed(&|one| one["Instances"][0]["InstanceId"] = "i-gone".into()),
        ),
    ] {
        let (old, told) = relays(&outputs, OLD_NODE);
        assert_eq!(old, Value::Null, "{why}");
        assert!(told.contains(why) && told.contains("is taken to pass everything on to anybody"), "{why}: {told}");
    }
}
