//! What a device is, where NetBox says so: the custom field `sanso_kind`, a kind of node in a document. Roles, types and platforms
//! are named as everybody likes, and say nothing.

use serde_json::Map;

use super::super::super::json::{Json, Value};
use super::super::super::ledger::Ledger;
use super::super::{Plan, kind};
use super::FIELD;
use super::vlans::choice;
use crate::language::Phrase;

/// Gives a node the kind that is said of its device.
pub(super) fn say(device: &Json<'_>, node: usize, plan: &mut Plan, ledger: &mut Ledger) {
    let fields = ["custom_field_data", "custom_fields"].into_iter().find_map(|key| device.get(key));
    let Some(field) = fields.and_then(|fields| fields.get(FIELD)).filter(|field| field.value != Value::Null) else {
        return;
    };
    match fields.and_then(|fields| choice(fields, FIELD)).and_then(kind) {
        Some(kind) => plan.say(node, Some(kind), Map::new()),
        None => ledger.not_understood(
            field.lines.0,
            Phrase::new(
                format!("`{FIELD}` is not a kind of node: the device is taken to forward whatever comes"),
                format!("`{FIELD}` がノードの種別でない。この機器はすべての通信を中継するものとみなす"),
            ),
        ),
    }
}
