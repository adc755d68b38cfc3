//! The part of SARIF 2.1.0 that is written, field for field in the order of the standard.

use crate::render::json::LooseningJson;
use std::collections::BTreeMap;

use serde::Serialize;

#[derive(Serialize)]
pub struct Log<P> {
    #[serde(rename = "$schema")]
    pub schema: &'static str,
    pub version: &'static str,
    pub runs: [Run<P>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Run<P> {
    pub tool: Tool,
    pub invocations: [Invocation; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automation_details: Option<AutomationDetails>,
    pub language: &'static str,
    pub artifacts: Vec<Artifact>,
    pub results: Vec<Outcome>,
    pub column_kind: &'static str,
    pub properties: P,
}

/// What the run is one of: runs of different kinds do not replace each other.
#[derive(Serialize)]
pub struct AutomationDetails {
    pub id: &'static str,
}

#[derive(Serialize)]
pub struct Tool {
    pub driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Driver {
    pub name: &'static str,
    pub version: &'static str,
    pub semantic_version: &'static str,
    pub rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    pub id: String,
    pub short_description: Text,
    pub full_description: Text,
    pub help: Text,
    pub default_configuration: Configuration,
    pub properties: RuleProperties,
}

#[derive(Serialize)]
pub struct Configuration {
    pub level: &'static str,
}

#[derive(Serialize)]
pub struct RuleProperties {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    pub precision: &'static str,
    pub tags: &'static [&'static str],
}

#[derive(Serialize)]
pub struct Text {
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub markdown: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Invocation {
    pub exit_code: u8,
    pub exit_code_description: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tool_execution_notifications: Vec<Notification>,
    pub execution_successful: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    pub locations: [Place; 1],
    pub message: Text,
    pub level: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub associated_rule: Option<RuleReference>,
}

#[derive(Serialize)]
pub struct RuleReference {
    pub id: String,
    pub index: usize,
}

#[derive(Serialize)]
pub struct Artifact {
    pub location: ArtifactLocation,
    pub roles: [&'static str; 1],
    pub hashes: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
pub struct ArtifactLocation {
    pub uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    pub rule_id: String,
    pub rule_index: usize,
    pub kind: &'static str,
    pub level: &'static str,
    pub message: Text,
    pub locations: [Place; 1],
    pub partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub code_flows: Vec<CodeFlow>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related_locations: Vec<Place>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suppressions: Vec<Suppression>,
    pub properties: OutcomeProperties,
}

/// Why a result that stands is not to be acted upon.
#[derive(Serialize)]
pub struct Suppression {
    pub kind: &'static str,
    pub status: &'static str,
    pub justification: String,
}

#[derive(Serialize)]
pub struct OutcomeProperties {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requirement: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tuples: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeFlow {
    pub thread_flows: [ThreadFlow; 1],
}

#[derive(Serialize)]
pub struct ThreadFlow {
    pub locations: Vec<Step>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    pub location: Place,
    pub nesting_level: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<usize>,
    pub physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub logical_locations: Vec<LogicalLocation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PhysicalLocation {
    pub artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Region {
    pub start_line: u32,
    pub start_column: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogicalLocation {
    pub fully_qualified_name: String,
    pub kind: &'static str,
}

#[derive(Serialize)]
pub struct RunProperties {
    pub date: String,
    pub files: Vec<FileProperties>,
}

/// Every requirement with its verdict: results are only what does not hold.
#[derive(Serialize)]
pub struct FileProperties {
    pub uri: String,
    pub sha256: String,
    pub policy: String,
    pub policy_sha256: String,
    pub verdict: &'static str,
    pub requirements: BTreeMap<String, &'static str>,
    /// The verdict in an auditor's words, for programs and in the language of the run.
    pub standing: &'static str,
    pub standing_text: &'static str,
    /// By requirement, the exceptions in use that it owes its verdict to.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub exceptions: BTreeMap<String, Vec<String>>,
    /// By requirement, how many violating tuples a baseline accepts.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub accepted: BTreeMap<String, u64>,
    /// Requirements whose violation does not make the whole violated.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// What the policy asks less of for a time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub loosenings: Vec<LooseningJson>,
}

/// What two documents are, and what each requirement says of them.
#[derive(Serialize)]
pub struct ChangeProperties {
    pub change: &'static str,
    pub undecided: bool,
    pub policy: String,
    pub policy_sha256: String,
    /// What the policy asks less of for a time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub loosenings: Vec<LooseningJson>,
    pub old: SideProperties,
    pub new: SideProperties,
    pub requirements: BTreeMap<String, RequirementProperties>,
}

#[derive(Serialize)]
pub struct SideProperties {
    pub uri: String,
    pub sha256: String,
    pub date: String,
    pub verdict: &'static str,
}

#[derive(Serialize)]
pub struct RequirementProperties {
    pub old: &'static str,
    pub new: &'static str,
    pub change: &'static str,
    pub gained: u64,
    pub lost: u64,
}
