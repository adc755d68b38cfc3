//! Sessions of witnesses as JSON: the packet and its hops, or the transfer by which data is carried.

use crate::report::{DecidedBy, Hop, Means, Packet, Session, Translated};

/// A session of a witness.
#[derive(serde::Serialize)]
pub(in crate::render) struct SessionJson<'r> {
    from: &'r str,
    to: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    packet: Option<PacketJson<'r>>,
    #[serde(flatten)]
    transfer: Option<TransferJson<'r>>,
    hops: Vec<HopJson<'r>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    covered_by: &'r [String],
}

/// By what data is carried where there is no packet.
#[derive(serde::Serialize)]
struct TransferJson<'r> {
    transfer: &'r str,
    line: u32,
    column: u32,
}

#[derive(serde::Serialize)]
struct PacketJson<'r> {
    source: &'r str,
    destination: &'r str,
    protocol: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination_port: Option<u16>,
}

#[derive(serde::Serialize)]
struct HopJson<'r> {
    node: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#in: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    out: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vlan: Option<u16>,
    /// What entries of `nat` made of the packet.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    translated: Vec<TranslatedJson<'r>>,
    #[serde(flatten)]
    decided_by: Option<RuleJson<'r>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rules: Vec<RuleJson<'r>>,
}

/// What an entry of `nat` made of an address and its port.
#[derive(serde::Serialize)]
struct TranslatedJson<'r> {
    entry: &'r str,
    what: &'static str,
    before: &'r str,
    after: &'r str,
    line: u32,
    column: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'static str>,
}

/// What decided in a filter; a filter's default has a place but no rule.
#[derive(serde::Serialize)]
struct RuleJson<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'r str>,
    line: u32,
    column: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'static str>,
}

/// A session as it stands in a finding.
pub(in crate::render) fn session_json(session: &Session) -> SessionJson<'_> {
    let (packet, transfer) = match &session.means {
        Means::Packet(packet) => (Some(packet_json(packet)), None),
        Means::Transfer { id, location } => {
            (None, Some(TransferJson { transfer: id, line: location.line, column: location.column }))
        }
    };
    SessionJson {
        from: &session.from,
        to: &session.to,
        packet,
        transfer,
        hops: session.hops.iter().map(hop_json).collect(),
        covered_by: &session.covered_by,
    }
}

fn packet_json(packet: &Packet) -> PacketJson<'_> {
    let &Packet { ref source, ref destination, ref protocol, source_port, destination_port } = packet;
    PacketJson { source, destination, protocol, source_port, destination_port }
}

fn hop_json(hop: &Hop) -> HopJson<'_> {
    let several = if hop.decided_by.len() > 1 { hop.decided_by.as_slice() } else { &[] };
    HopJson {
        node: &hop.node,
        r#in: hop.r#in.as_deref(),
        out: hop.out.as_deref(),
        vlan: hop.vlan,
        translated: hop.translated_by.iter().map(translated_json).collect(),
        decided_by: hop.decided_by.last().map(rule_json),
        rules: several.iter().map(rule_json).collect(),
    }
}

fn translated_json(translated: &Translated) -> TranslatedJson<'_> {
    let Translated { entry, source, before, after, location } = translated;
    let what = if *source { "source" } else { "destination" };
    let origin = location.imported_from();
    TranslatedJson { entry, what, before, after, line: location.line, column: location.column, origin }
}

fn rule_json(DecidedBy { rule, location }: &DecidedBy) -> RuleJson<'_> {
    let origin = location.imported_from();
    RuleJson { rule: rule.as_deref(), line: location.line, column: location.column, origin }
}
