//! Links whose ends differ in their VLANs: a place for each end and each of its tags.

use super::View;
use crate::network::condensation::Builder;
use crate::network::guard::TRUE;
use crate::number::number;
use crate::topology::{DeviceLink, TagClass};

/// Makes the places of an uneven link: for each end and each of its tags one where packets leave, and one where they arrive;
/// and the ways from what leaves one end to what arrives at the other. Returns the first.
pub(super) fn wire(device_link: &DeviceLink, tags: [&[TagClass]; 2], view: &View<'_>, builder: &mut Builder) -> u32 {
    let first = builder.nodes(2 * (tags[0].len() + tags[1].len()));
    let place = |end: usize, at: usize| {
        let before = if end == 1 { tags[0].len() } else { 0 };
        first + number(2 * (before + at))
    };
    // Untagged VLANs are classes of their own, for each is a list of its own.
    let native = device_link.native.map(|lists| lists.map(|list| view.tags(list).first().copied()));
    for from in [0, 1].into_iter().take(2 - usize::from(device_link.one_way)) {
        for (at, &tag) in tags[from].iter().enumerate() {
            let entering = match native {
                Some(native) if native[from] == Some(tag) => native[1 - from].unwrap_or(tag),
                _ => tag,
            };
            if let Ok(there) = tags[1 - from].binary_search(&entering) {
                builder.edge(place(from, at), place(1 - from, there) + 1, TRUE);
            }
        }
    }
    first
}
