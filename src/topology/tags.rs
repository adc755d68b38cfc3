//! VLAN tags as classes: tags that every link and routed VLAN treats alike.

use rustc_hash::FxHashMap as HashMap;

use crate::number::number;

/// Distinct lists of VLANs as numbers, in the order in which they are met. Number 0 is no list: all VLANs.
pub(crate) struct VlanLists {
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
        let next = number(self.lists.len() + 1);
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

    /// The lists.
    pub fn lists(&self) -> impl Iterator<Item = &[(u16, u16)]> {
        self.lists.iter().map(|list| &**list)
    }

    /// For each number the classes of its tags, and how many classes there are.
    pub fn classes(&self) -> (Vec<Vec<TagClass>>, TagClass) {
        let classes = TagClasses::new(self.lists());
        let lists = std::iter::once(None).chain(self.lists().map(Some));
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
    /// The coarsest classes such that each set is a union of them: each set splits the classes that it holds some of,
    /// and looks at its own tags only. O(tags of all distinct sets).
    pub fn new(sets: impl Iterator<Item: AsRef<[(u16, u16)]>>) -> Self {
        let mut distinct: HashMap<Vec<(u16, u16)>, Vec<TagClass>> = HashMap::default();
        let mut classes = Splitting::new();
        for set in sets {
            let set = set.as_ref();
            if distinct.contains_key(set) {
                continue;
            }
            distinct.insert(set.to_vec(), Vec::new());
            classes.split(set.iter().flat_map(|&(low, high)| low..=high));
        }
        let (class_of, count) = classes.numbered();
        for (set, classes) in &mut distinct {
            classes.extend(set.iter().flat_map(|&(low, high)| low..=high).map(|tag| class_of[usize::from(tag)]));
            classes.sort_unstable();
            classes.dedup();
        }
        Self { class_of, sets: distinct, count }
    }

    /// The classes of a set that was given to [`Self::new`]; `None` stands for all tags.
    ///
    /// # Panics
    /// For another set: it may hold some of a class only, and what is not carried would be taken for closed.
    #[must_use]
    pub fn of(&self, set: Option<&[(u16, u16)]>) -> Vec<TagClass> {
        #[cfg(feature = "broken-engine")]
        if let (Some(set), true) = (set, crate::sabotage::has(crate::sabotage::Sabotage::ForgetsVlans)) {
            return self.sets[set][..1].to_vec();
        }
        match set {
            Some(set) => self.sets[set].clone(),
            None => (0..self.count).collect(),
        }
    }

    /// The first tag of each class, ascending.
    #[must_use]
    pub fn first_tags(&self) -> Vec<u16> {
        let mut seen = vec![false; usize::from(self.count)];
        TAGS.filter(|&tag| !std::mem::replace(&mut seen[usize::from(self.class_of[usize::from(tag)])], true)).collect()
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

/// Classes while they are split.
struct Splitting {
    class_of: Vec<TagClass>,
    /// How many tags each class has.
    sizes: Vec<u16>,
    /// For the set that splits: how many of each class's tags it holds, and where they go.
    inside: Vec<(u16, TagClass)>,
}

impl Splitting {
    fn new() -> Self {
        let tags = TAGS.end() - TAGS.start() + 1;
        Self { class_of: vec![0; usize::from(*TAGS.end()) + 1], sizes: vec![tags], inside: vec![(0, 0)] }
    }

    /// Parts each class that the tags hold some of, but not all.
    fn split(&mut self, tags: impl Iterator<Item = u16>) {
        let mut tags: Vec<usize> = tags.filter(|tag| TAGS.contains(tag)).map(usize::from).collect();
        tags.sort_unstable();
        tags.dedup();
        let mut touched: Vec<TagClass> = Vec::new();
        for &tag in &tags {
            let class = self.class_of[tag];
            let inside = &mut self.inside[usize::from(class)];
            inside.0 += 1;
            if inside.0 == 1 {
                touched.push(class);
            }
        }
        for class in touched {
            let at = usize::from(class);
            let count = std::mem::take(&mut self.inside[at].0);
            // Of a class that the set holds whole nothing is parted.
            let mut to = class;
            if count < self.sizes[at] {
                // There are no more classes than tags.
                to = TagClass::try_from(self.sizes.len()).expect("a class for each tag at most");
                self.sizes[at] -= count;
                self.sizes.push(count);
                self.inside.push((0, to));
            }
            self.inside[at].1 = to;
        }
        for tag in tags {
            self.class_of[tag] = self.inside[usize::from(self.class_of[tag])].1;
        }
    }

    /// The class of each tag, numbered by their first tags, and how many there are.
    fn numbered(mut self) -> (Vec<TagClass>, TagClass) {
        let mut numbers: Vec<Option<TagClass>> = vec![None; self.sizes.len()];
        let mut count = 0;
        for tag in TAGS.map(usize::from) {
            self.class_of[tag] = *numbers[usize::from(self.class_of[tag])].get_or_insert_with(|| {
                count += 1;
                count - 1
            });
        }
        (self.class_of, count)
    }
}

#[cfg(test)]
mod tests {
    use super::{TAGS, TagClasses};

    /// Classes by what each tag is in, tag by tag.
    #[test]
    fn classes_are_the_tags_that_no_set_tells_apart() {
        let families: [&[&[(u16, u16)]]; 5] = [
            &[],
            &[&[(1, 4094)]],
            &[&[(10, 10)], &[(20, 20)], &[(10, 10), (20, 20)]],
            &[&[(1, 100)], &[(50, 150)], &[(50, 150)], &[(4094, 4094)], &[(7, 9), (8, 60)]],
            &[&[(5, 5)], &[(1, 4094)], &[(6, 4094)], &[(1, 2), (4, 4), (5, 5)]],
        ];
        for sets in families {
            let classes = TagClasses::new(sets.iter().copied());
            let holds = |set: &[(u16, u16)], tag: u16| set.iter().any(|&(low, high)| low <= tag && tag <= high);
            let mut seen: Vec<Vec<bool>> = Vec::new();
            for tag in TAGS {
                let is_in: Vec<bool> = sets.iter().map(|set| holds(set, tag)).collect();
                let number = seen.iter().position(|known| *known == is_in).unwrap_or_else(|| {
                    seen.push(is_in.clone());
                    seen.len() - 1
                });
                assert_eq!(usize::from(classes.class_of[usize::from(tag)]), number, "{sets:?} {tag}");
                for set in sets {
                    let of = classes.of(Some(set));
                    assert_eq!(of.contains(&classes.class_of[usize::from(tag)]), holds(set, tag), "{set:?} {tag}");
                }
            }
            assert_eq!(usize::from(classes.count), seen.len());
        }
    }
}
