//! What articles are made of: text put into and taken out of `body`, facts set and taken out of `meta`.

use loro::{
    ContainerID, ContainerType, JsonMapOp, JsonOp, JsonOpContent, JsonTextOp, LoroDoc, LoroValue,
    VersionVector,
};

use super::{Foreign, damaged};
use crate::TextError;

/// Whether everything since `before` is of this peer, in this range, and of these kinds.
pub(super) fn are_allowed(
    doc: &LoroDoc,
    before: &VersionVector,
    push: &Foreign<'_>,
) -> Result<bool, TextError> {
    let now = doc.oplog_vv();
    let mut expected = before.clone();
    expected.insert(push.peer, push.end);
    if now != expected {
        return Err(TextError::UnknownVersion);
    }
    let added = doc.export_json_updates_without_peer_compression(before, &now).map_err(damaged)?;
    Ok(added.changes.iter().all(|change| change.id.peer == push.peer && change.ops.iter().all(is_allowed)))
}

fn is_allowed(operation: &JsonOp) -> bool {
    let ContainerID::Root { name, container_type } = &operation.container else { return false };
    match (name.as_str(), container_type, &operation.content) {
        ("body", ContainerType::Text, JsonOpContent::Text(text)) => {
            matches!(text, JsonTextOp::Insert { .. } | JsonTextOp::Delete { .. })
        }
        ("meta", ContainerType::Map, JsonOpContent::Map(map)) => match map {
            JsonMapOp::Insert { value, .. } => matches!(value, LoroValue::String(_)),
            JsonMapOp::Delete { .. } => true,
        },
        _ => false,
    }
}
