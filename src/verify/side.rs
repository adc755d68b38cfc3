//! Which zone a place of the network belongs to, by the endpoints that hang there. Only for telling where on a way the
//! boundary between zones lies: nothing is decided by it.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

use crate::engine::route::Wiring;
use crate::model::Model;

type Counts = Vec<(u32, u64)>;

/// The zones of places.
pub struct Sides<'w, 'm, 'd> {
    model: &'m Model<'d>,
    wiring: &'w Wiring<'m, 'd>,
    at: RefCell<HashMap<(u32, Option<u16>), Counts>>,
    of_tags: OnceCell<HashMap<u16, u32>>,
}

fn count(counts: &mut Counts, zone: u32) {
    match counts.iter_mut().find(|(known, _)| *known == zone) {
        Some((_, times)) => *times += 1,
        None => counts.push((zone, 1)),
    }
}

/// The zone that is there most often, if one is.
fn majority(counts: &[(u32, u64)]) -> Option<u32> {
    let most = counts.iter().map(|(_, times)| *times).max().filter(|&times| times > 0)?;
    let mut first = counts.iter().filter(|(_, times)| *times == most);
    match (first.next(), first.next()) {
        (Some((zone, _)), None) => Some(*zone),
        _ => None,
    }
}

impl<'w, 'm, 'd> Sides<'w, 'm, 'd> {
    /// The zones of places of a model.
    pub fn new(model: &'m Model<'d>, wiring: &'w Wiring<'m, 'd>) -> Self {
        Self { model, wiring, at: RefCell::default(), of_tags: OnceCell::new() }
    }

    fn neighbour(&self, link: u32, second: bool) -> u32 {
        self.model.names.links[link as usize][usize::from(!second)]
    }

    /// How many endpoints of each zone hang on a node, by links that carry the tag.
    fn counts(&self, node: u32, tag: Option<u16>, without: [u32; 2]) -> Counts {
        let mut known = self.at.borrow_mut();
        let counts = known.entry((node, tag)).or_insert_with(|| {
            let mut counts = Counts::new();
            for (link, second) in self.wiring.leaves_of(node) {
                let zone = self.model.labels.labels[self.neighbour(link, second) as usize];
                if let (Some(zone), true) =
                    (zone, tag.is_none_or(|tag| self.wiring.carries(link, usize::from(second), tag)))
                {
                    count(&mut counts, zone);
                }
            }
            counts
        });
        let mut counts = counts.clone();
        drop(known);
        for own in without {
            let forwards = self.model.labels.forwards[own as usize];
            let Some(zone) = self.model.labels.labels[own as usize].filter(|_| !forwards) else { continue };
            for (link, second) in self.wiring.leaves_of(own) {
                let here = self.neighbour(link, second) == node
                    && tag.is_none_or(|tag| self.wiring.carries(link, usize::from(!second), tag));
                if let (true, Some((_, times))) = (here, counts.iter_mut().find(|(known, _)| *known == zone)) {
                    *times = times.saturating_sub(1);
                }
            }
        }
        counts
    }

    /// The zone of most endpoints whose own links name a tag.
    pub fn of_tag(&self, tag: u16) -> Option<u32> {
        let zones = self.of_tags.get_or_init(|| {
            let mut counts: HashMap<u16, Counts> = HashMap::new();
            for (link, &ends) in self.model.document.links.iter().zip(&self.model.names.links) {
                for (at, end) in
                    ends.into_iter().enumerate().filter(|&(_, end)| !self.model.labels.forwards[end as usize])
                {
                    // only the switch at the other end looks at tags
                    let Some(vlans) = link.vlans_at(1 - at) else { continue };
                    let Some(zone) = self.model.labels.labels[end as usize] else { continue };
                    let inside = |tag: &&u16| vlans.iter().any(|&(low, high)| low <= **tag && **tag <= high);
                    for &tag in self.wiring.tags().iter().filter(inside) {
                        count(counts.entry(tag).or_default(), zone);
                    }
                }
            }
            counts.into_iter().filter_map(|(tag, counts)| Some((tag, majority(&counts)?))).collect()
        });
        zones.get(&tag).copied()
    }

    /// The zone of a place that a packet with a tag passes, the ends of its session aside.
    pub fn of(&self, node: u32, tag: Option<u16>, without: [u32; 2]) -> Option<u32> {
        let by_tag = tag.and_then(|_| majority(&self.counts(node, tag, without)));
        by_tag.or_else(|| majority(&self.counts(node, None, without))).or_else(|| tag.and_then(|tag| self.of_tag(tag)))
    }
}
