//! AWS: what `aws ec2 describe-…` and its like print. A call is a file; what several files say is one network: [`join`] makes the
//! nodes of all of them. A VPC is a router that looks at the route table of the subnet that a packet comes from, which no `routes`
//! of a node can say: the tables are filters of the router, one for each, which permit a destination by the way that the table gives.
//! Network ACLs are its filters too, security groups those of the machines.

mod balancers;
mod build;
mod classic;
mod gateways;
mod groups;
mod kinds;
mod lines;
mod machines;
mod read;
mod resources;
mod routing;
mod targets;
mod transit;
mod vpc;
mod ways;

pub use resources::Cloud;

use super::json;
use super::ledger::Ledger;
use super::text::Refusal;
use super::{Configuration, Import, Read};
use build::Builder;

/// Lists that only AWS has. Of those with common names a second key is asked for.
const KEYS: [(&str, &str); 40] = [
    ("\"Vpcs\"", ""),
    ("\"Subnets\"", ""),
    ("\"NetworkInterfaces\"", ""),
    ("\"SecurityGroups\"", ""),
    ("\"SecurityGroupRules\"", ""),
    ("\"NetworkAcls\"", ""),
    ("\"RouteTables\"", ""),
    ("\"InternetGateways\"", ""),
    ("\"EgressOnlyInternetGateways\"", ""),
    ("\"NatGateways\"", ""),
    ("\"VpcPeeringConnections\"", ""),
    ("\"TransitGateways\"", ""),
    ("\"TransitGatewayAttachments\"", ""),
    ("\"TransitGatewayVpcAttachments\"", ""),
    ("\"TransitGatewayRouteTables\"", ""),
    ("\"VpcEndpoints\"", ""),
    ("\"VpnGateways\"", ""),
    ("\"VpnConnections\"", ""),
    ("\"CustomerGateways\"", ""),
    ("\"PrefixLists\"", ""),
    ("\"Reservations\"", ""),
    ("\"LoadBalancerDescriptions\"", ""),
    ("\"LoadBalancers\"", ""),
    ("\"Listeners\"", "\"ListenerArn\""),
    ("\"Rules\"", "\"RuleArn\""),
    ("\"TargetGroups\"", "\"TargetGroupArn\""),
    ("\"TargetHealthDescriptions\"", ""),
    ("\"virtualInterfaces\"", ""),
    ("\"Routes\"", "\"AdditionalRoutesAvailable\""),
    ("\"Entries\"", "\"Cidr\""),
    ("\"Addresses\"", "\"AllocationId\""),
    ("\"Tags\"", "\"ResourceType\""),
    ("\"AvailabilityZones\"", "\"ZoneName\""),
    ("\"DhcpOptions\"", "\"DhcpOptionsId\""),
    ("\"FlowLogs\"", "\"FlowLogId\""),
    ("\"InstanceStatuses\"", "\"InstanceId\""),
    ("\"PlacementGroups\"", "\"GroupId\""),
    ("\"ServiceNames\"", "\"com.amazonaws."),
    ("\"HostedZones\"", "\"/hostedzone/"),
    ("\"DomainStatusList\"", "\"arn:aws"),
];

/// What is looked at of a text to see that it is one empty list.
const LONGEST_KEY: usize = 100;

/// Whether a text is an output of the command line of AWS.
#[must_use]
pub fn recognise(lines: &[&str]) -> bool {
    let first = lines.iter().map(|line| line.trim()).find(|line| !line.is_empty());
    let has = |word: &str| lines.iter().any(|line| line.contains(word));
    first.is_some_and(|line| line.starts_with(['{', '[']))
        && !has("\"dcim.device\"")
        && (KEYS.iter().any(|(key, with)| has(key) && has(with)) || is_nothing(lines))
}

/// Whether a text is one empty list of those that say nothing of packets: it would say nothing whoever printed it.
fn is_nothing(lines: &[&str]) -> bool {
    let text = lines.iter().flat_map(|line| line.chars()).filter(|c| !c.is_whitespace()).take(LONGEST_KEY);
    let text: String = text.collect();
    text.strip_prefix("{\"").and_then(|text| text.strip_suffix("\":[]}")).is_some_and(kinds::is_silent)
}

/// Whether a folder is named after an account (`111122223333`) or a region (`ap-northeast-1`).
#[must_use]
pub fn is_scope(name: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let account = name.len() == 12 && digits(name);
    let parts: Vec<&str> = name.split('-').collect();
    let letters = |part: &&str| part.len() >= 2 && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let region = parts.len() >= 3
        && parts.split_last().is_some_and(|(last, rest)| last.len() == 1 && digits(last) && rest.iter().all(letters));
    account || region
}

/// Reads a file; its nodes come of all files together.
///
/// # Errors
/// When it is no JSON, cut off, or one page of several.
pub fn import(configuration: &Configuration<'_>, ledger: &mut Ledger) -> Result<Import, Refusal> {
    let root = json::read(configuration.file, &configuration.lines)?;
    let cloud = read::read(&root, configuration.file, ledger, kinds::KNOWN)?;
    Ok(Import { cloud: Some(Box::new(cloud)), ..Import::default() })
}

/// Makes the nodes of all files of AWS accounts, and puts them to the first of the files.
///
/// # Errors
/// When two files say something else of one thing.
pub fn join(reads: &mut [Read]) -> Result<(), Refusal> {
    let mut all: Option<Cloud> = None;
    for cloud in reads.iter().filter_map(|read| read.import.cloud.as_ref()) {
        match &mut all {
            Some(all) => all.join((**cloud).clone())?,
            None => all = Some((**cloud).clone()),
        }
    }
    let Some(all) = all else { return Ok(()) };
    let others = reads.iter().filter(|read| read.import.cloud.is_none());
    let switches = others.clone().filter_map(|read| read.import.switch.as_ref()).map(|switch| switch.id.clone());
    let taken = others.flat_map(|read| &read.import.devices).map(|device| device.id.clone()).chain(switches).collect();
    let mut builder = Builder::new(&all, taken);
    vpc::drafts(&mut builder);
    machines::machines(&mut builder);
    gateways::gateways(&mut builder);
    transit::transit(&mut builder);
    vpc::finish(&mut builder);
    let built = builder.built();
    for (origin, what) in built.remarks {
        let of_file = |read: &&mut Read| read.ledger.file() == origin.file.as_str();
        if let Some(read) = reads.iter_mut().find(of_file) {
            read.ledger.remark(origin.line, what);
        }
    }
    if let Some(first) = reads.iter_mut().find(|read| read.import.cloud.is_some()) {
        first.import.devices = built.devices;
        first.import.joins = built.joins;
    }
    Ok(())
}
