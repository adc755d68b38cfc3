//! VLAN tags as classes: tags that every link and routed VLAN treats alike.

use rustc_hash::FxHashMap as HashMap;

/// Distinct lists of VLANs as numbers, in the order in which they are met. Number 0 is no list: all VLANs.
pub(super) struct VlanLists {
    lists: Vec<Box<[(u16, u16)]>>,
    /// Number of the list of one VLAN, by VLAN; 0: not met. Most links carry one VLAN or all.
    single: Vec<u32>,
    others: HashMap<Box<[(u16, u16)]>, u32>,
}

impl VlanLists {
    pub fn new() -> Self {
        Self { lists: Vec::new(), single: Vec::new(), others: HashMap::default() }
    }

    /// The number of a list.
    pub fn number(&mut self, list: Option<&[(u16, u16)]>) -> u32 {
        let Some(list) = list else { return 0 };
        let next = u32::try_from(self.lists.len() + 1).unwrap_or(u32::MAX);
        if let &[(low, high)] = list
            && low == high
        {
            self.single.resize(4096, 0);
            let known = &mut self.single[usize::from(low)];
            if *known == 0 {
                *known = next;
                self.lists.push(list.into());
            }
            return *known;
        }
        if let Some(&known) = self.others.get(list) {
            return known;
        }
        self.others.insert(list.into(), next);
        self.lists.push(list.into());
        next
    }

    /// For each number the classes of its tags, and how many classes there are.
    pub fn classes(&self) -> (Vec<Vec<TagClass>>, TagClass) {
        let classes = TagClasses::new(self.lists.iter().map(|list| &**list));
        let lists = std::iter::once(None).chain(self.lists.iter().map(|list| Some(&**list)));
        (lists.map(|list| classes.of(list)).collect(), classes.count)
    }
}

/// VLANs run from 1 to 4094.
pub const TAGS: std::ops::RangeInclusive<u16> = 1..=4094;

/// A class of tags.
pub type TagClass = u16;

/// The classes of the tags of a document.
pub struct TagClasses {
    class_of: Vec<TagClass>,
    sets: HashMap<Vec<(u16, u16)>, Vec<TagClass>>,
    count: TagClass,
}

impl TagClasses {
    /// The coarsest classes such that each set is a union of them. O(sets × 4094).
    pub fn new<'a>(sets: impl Iterator<Item = &'a [(u16, u16)]>) -> Self {
        let mut out = Self { class_of: vec![0; 4095], sets: HashMap::default(), count: 1 };
        for set in sets {
            if out.sets.contains_key(set) {
                continue;
            }
            out.sets.insert(set.to_vec(), Vec::new());
            let mut inside = vec![false; 4095];
            for &(low, high) in set {
                (low..=high).for_each(|tag| inside[usize::from(tag)] = true);
            }
            // New number of (old class, inside), at 2 * class + inside.
            let mut renamed: Vec<Option<TagClass>> = vec![None; 2 * usize::from(out.count)];
            out.count = 0;
            for tag in TAGS.map(usize::from) {
                let slot = &mut renamed[2 * usize::from(out.class_of[tag]) + usize::from(inside[tag])];
                out.class_of[tag] = *slot.get_or_insert_with(|| {
                    out.count += 1;
                    out.count - 1
                });
            }
        }
        let sets: Vec<Vec<(u16, u16)>> = out.sets.keys().cloned().collect();
        for set in sets {
            let mut classes: Vec<TagClass> =
                set.iter().flat_map(|&(low, high)| low..=high).map(|tag| out.class_of[usize::from(tag)]).collect();
            classes.sort_unstable();
            classes.dedup();
            out.sets.insert(set, classes);
        }
        out
    }

    /// The classes of a set that was given to [`Self::new`]; `None` stands for all tags.
    #[must_use]
    pub fn of(&self, set: Option<&[(u16, u16)]>) -> Vec<TagClass> {
        #[cfg(feature = "broken-engine")]
        if let (Some(set), true) = (set, crate::sabotage::has(crate::sabotage::Sabotage::ForgetsVlans)) {
            return self.sets.get(set).map(|classes| classes[..1].to_vec()).unwrap_or_default();
        }
        match set {
            Some(set) => self.sets.get(set).cloned().unwrap_or_default(),
            None => (0..self.count).collect(),
        }
    }

    /// The tags of some classes, as ascending ranges.
    #[must_use]
    pub fn ranges(&self, classes: &[TagClass]) -> Vec<(u16, u16)> {
        let mut wanted = vec![false; usize::from(self.count)];
        classes.iter().for_each(|&class| wanted[usize::from(class)] = true);
        let mut out: Vec<(u16, u16)> = Vec::new();
        for tag in TAGS.filter(|&tag| wanted[usize::from(self.class_of[usize::from(tag)])]) {
            match out.last_mut() {
                Some(last) if last.1 + 1 == tag => last.1 = tag,
                _ => out.push((tag, tag)),
            }
        }
        out
    }
}
