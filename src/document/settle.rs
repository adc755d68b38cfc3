//! Numbers for the names of nodes and links that were read in parts: first those that were met elsewhere, then the ids
//! of the nodes in order, then what links name and no node has. So numbers do not depend on how many parts there are.

use std::thread;

use super::names::{Layer, NameTable};
use super::table::Key;
use super::{Link, NameId, Node, scan};

/// What one thread has read.
#[derive(Default)]
pub(super) struct Part<'s> {
    pub nodes: Vec<Node<'s>>,
    pub links: Vec<Link<'s>>,
    /// Names met outside of plain ids and ends, by the part's own numbers: zones, interfaces, and all that the odd
    /// nodes and links name.
    pub names: NameTable<'s>,
    /// Nodes whose id is a number of `names`; that of the others is to be found in the text.
    pub odd_nodes: Vec<usize>,
    /// Links whose ends are numbers of `names`; those of the others are places in the text.
    pub odd_links: Vec<usize>,
    /// Whether the lists `nodes` and `links` were met.
    pub has: [bool; 2],
    /// How many of the ids in the text have at most 8, 16 and 24 bytes.
    pub of_length: [usize; 3],
}

/// Names are looked for in groups: while the first is on its way from memory, the others can be asked for.
const GROUP: usize = 32;

/// An end of a link that no node has as its id: the link, and which end.
type Dangling = (usize, usize);

/// Numbers all names; the parts are in the order of the text.
pub(super) fn settle<'s>(
    text: &'s str,
    mut parts: Vec<Part<'s>>,
    many: bool,
) -> (NameTable<'s>, Vec<Node<'s>>, Vec<Link<'s>>) {
    let count = parts.iter().map(|part| part.nodes.len() + part.names.len()).sum();
    let of_length = [0, 1, 2].map(|at| parts.iter().map(|part| part.of_length[at]).sum());
    let mut layer = Layer::for_names(text, count, of_length);
    let numbers: Vec<Vec<NameId>> = parts.iter().map(|part| layer.adopt(&part.names)).collect();
    for (part, numbers) in parts.iter_mut().zip(&numbers) {
        name_nodes(&mut layer, part, numbers);
    }
    for (part, numbers) in parts.iter_mut().zip(&numbers) {
        let dangling = name_links(&layer, part, numbers, many);
        for (link, end) in dangling {
            let end = &mut part.links[link].ends[end];
            let start = end.place();
            let length = scan::name_end(text.as_bytes(), start).saturating_sub(start);
            let key = layer.table.key(text.as_bytes().get(start..start + length).unwrap_or(&[]));
            *end = layer.intern_key(&key, start, length);
        }
    }
    let mut parts = parts.into_iter();
    let Part { mut nodes, mut links, .. } = parts.next().unwrap_or_default();
    for mut part in parts {
        nodes.append(&mut part.nodes);
        links.append(&mut part.links);
    }
    nodes.shrink_to_fit();
    links.shrink_to_fit();
    (NameTable::sharing(layer), nodes, links)
}

fn name_nodes<'s>(layer: &mut Layer<'s>, part: &mut Part<'s>, numbers: &[NameId]) {
    let mut odd = part.odd_nodes.iter().copied().peekable();
    let mut keys: Vec<Key> = Vec::with_capacity(GROUP);
    for (group, nodes) in part.nodes.chunks_mut(GROUP).enumerate() {
        keys.clear();
        let mut is_odd = [false; GROUP];
        for (at, (node, is_odd)) in nodes.iter_mut().zip(&mut is_odd).enumerate() {
            if let Some(zone) = &mut node.zone {
                *zone = numbers.get(zone.index()).copied().unwrap_or(*zone);
            }
            *is_odd = odd.next_if_eq(&(group * GROUP + at)).is_some();
            let (start, length) = if *is_odd { (0, 0) } else { (node.id_at as usize, node.id.place()) };
            keys.push(layer.table.key(layer.text.as_bytes().get(start..start + length).unwrap_or(&[])));
        }
        layer.table.touch(&keys);
        for ((node, key), is_odd) in nodes.iter_mut().zip(&keys).zip(is_odd) {
            node.id = if is_odd {
                numbers.get(node.id.index()).copied().unwrap_or(node.id)
            } else {
                layer.intern_key(key, node.id_at as usize, node.id.place())
            };
        }
    }
}

fn name_links<'s>(layer: &Layer<'s>, part: &mut Part<'s>, numbers: &[NameId], many: bool) -> Vec<Dangling> {
    let (links, odd) = (&mut part.links[..], &part.odd_links[..]);
    let half = links.len() / 2;
    if !many || half < GROUP {
        return name_run(layer, links, 0, odd, numbers);
    }
    let (first, second) = links.split_at_mut(half);
    let (odd_first, odd_second) = odd.split_at(odd.partition_point(|&at| at < half));
    let found = thread::scope(|scope| {
        let run = move || name_run(layer, second, half, odd_second, numbers);
        let other = thread::Builder::new().spawn_scoped(scope, run).ok()?;
        let mut dangling = name_run(layer, first, 0, odd_first, numbers);
        dangling.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        Some(dangling)
    });
    // no second thread was to be had
    found.unwrap_or_else(|| name_run(layer, links, 0, odd, numbers))
}

/// Numbers the ends of links, the first of which is number `first` of its part.
fn name_run<'s>(
    layer: &Layer<'s>,
    links: &mut [Link<'s>],
    first: usize,
    odd: &[usize],
    numbers: &[NameId],
) -> Vec<Dangling> {
    let mut dangling = Vec::new();
    let mut odd = odd.iter().copied().peekable();
    let same = numbers.iter().enumerate().all(|(at, number)| number.index() == at);
    let bytes = layer.text.as_bytes();
    let mut keys: Vec<Key> = Vec::with_capacity(2 * GROUP);
    for (group, links) in links.chunks_mut(GROUP).enumerate() {
        keys.clear();
        let (before, mut is_odd) = (first + group * GROUP, [false; GROUP]);
        for (at, (link, is_odd)) in links.iter_mut().zip(&mut is_odd).enumerate() {
            if !same && link.details.as_ref().is_some_and(|details| details.interfaces != [None, None]) {
                for interface in link.details_mut().interfaces.iter_mut().flatten() {
                    *interface = numbers.get(interface.index()).copied().unwrap_or(*interface);
                }
            }
            *is_odd = odd.next_if_eq(&(before + at)).is_some();
            if *is_odd {
                link.ends = link.ends.map(|end| numbers.get(end.index()).copied().unwrap_or(end));
            }
            for end in link.ends {
                let start = if *is_odd { bytes.len() } else { end.place() };
                keys.push(layer.table.key(bytes.get(start..scan::name_end(bytes, start)).unwrap_or(&[])));
            }
        }
        layer.table.touch(&keys);
        let plain = links.iter_mut().zip(keys.chunks_exact(2)).zip(is_odd).enumerate().filter(|(_, (_, odd))| !odd);
        for (at, ((link, keys), _)) in plain {
            for (number, (end, key)) in link.ends.iter_mut().zip(keys).enumerate() {
                match layer.find_key(key, end.place()) {
                    Some(name) => *end = name,
                    None => dangling.push((before + at, number)),
                }
            }
        }
    }
    dangling
}
