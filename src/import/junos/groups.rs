//! `apply-groups`: what a group says at a place stands there too, behind what is said at the place itself.

use std::borrow::Cow;

use super::super::ledger::Ledger;
use super::super::text::Refusal;
use super::super::words::Node;
use crate::language::Phrase;

/// The most words that groups may put in.
const MOST: usize = 4_000_000;

/// Works the groups in. They stay below `groups`.
///
/// # Errors
/// When they grow beyond all bounds.
pub fn apply<'t>(root: &mut Node<'t>, ledger: &mut Ledger) -> Result<(), Refusal> {
    let Some(groups) = root.get("groups").cloned() else { return Ok(()) };
    let mut left = MOST;
    expand(root, &groups, &[], &[], &mut left, ledger).ok_or_else(|| {
        Refusal::at(
            ledger.file(),
            groups.line,
            Phrase::new("groups put in more than four million words", "グループの展開が 400 万語を超える"),
        )
    })
}

/// `<*>`, `<ge-*>` as a pattern of names.
fn fits(pattern: &str, word: &str) -> bool {
    let Some(pattern) = pattern.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) else {
        return pattern == word;
    };
    super::glob(pattern, word)
}

/// `path`: the words down to `node`; `sources`: what groups say here.
fn expand<'t>(
    node: &mut Node<'t>,
    groups: &Node<'t>,
    path: &[Cow<'t, str>],
    sources: &[&Node<'t>],
    left: &mut usize,
    ledger: &mut Ledger,
) -> Option<()> {
    if path.len() == 1 && path[0] == "groups" {
        return Some(());
    }
    let mut all: Vec<&Node<'t>> = sources.to_vec();
    let named: Vec<String> = node.values("apply-groups").map(|name| name.word.to_string()).collect();
    if let Some(own) = node.get("apply-groups") {
        own.used(ledger);
    }
    for name in &named {
        // the members of a cluster: what either says
        let of_cluster = |group: &&Node<'t>| name == "${node}" && group.word.starts_with("node");
        let found: Vec<&Node<'t>> =
            groups.below.iter().filter(|group| *group.word == **name || of_cluster(group)).collect();
        if found.is_empty() && name != "junos-defaults" {
            ledger.remark(
                node.get("apply-groups")?.line,
                Phrase::new(format!("the group {name} is not there"), format!("グループ {name} がない")),
            );
        }
        for group in found {
            group.used_here(ledger);
            reach(group, path, &mut all);
        }
    }
    if let Some(except) = node.get("apply-groups-except") {
        except.used(ledger);
        let excepted: Vec<&str> = except.below.iter().map(|name| name.word.as_ref()).collect();
        // SOUNDNESS: which of the sources is of that group is not known here any more; what is put in too much may deny
        if !excepted.is_empty() && !all.is_empty() {
            let lines: Vec<u32> = groups
                .below
                .iter()
                .filter(|group| excepted.contains(&group.word.as_ref()))
                .flat_map(|group| lines_of(group))
                .collect();
            all.retain(|source| !lines_of(source).iter().any(|line| lines.contains(line)));
        }
    }
    if all.is_empty() {
        return node.below.iter_mut().try_for_each(|child| {
            let path = [path, std::slice::from_ref(&child.word)].concat();
            expand(child, groups, &path, &[], left, ledger)
        });
    }
    for source in &all {
        for child in source.below.iter().filter(|child| !child.word.starts_with('<')) {
            if node.position(&child.word).is_none() {
                *left = left.checked_sub(1)?;
                let mut new = Node::new(child.word.clone(), child.line);
                new.inherited = true;
                node.push(new);
            }
            let at = node.position(&child.word)?;
            if node.below[at].inherited {
                let known = node.below[at].marks.clone();
                node.below[at].marks.extend(child.marks.iter().copied().filter(|line| !known.contains(line)));
            } else {
                child.used_here(ledger);
            }
        }
    }
    for child in &mut node.below {
        let path = [path, std::slice::from_ref(&child.word)].concat();
        let next: Vec<&Node<'t>> =
            all.iter().flat_map(|source| source.below.iter().filter(|below| fits(&below.word, &child.word))).collect();
        for source in next.iter().filter(|source| source.word.starts_with('<')) {
            source.used_here(ledger);
        }
        expand(child, groups, &path, &next, left, ledger)?;
    }
    Some(())
}

/// What a group says at a path, by names and by patterns.
fn reach<'g, 't>(group: &'g Node<'t>, path: &[Cow<'t, str>], out: &mut Vec<&'g Node<'t>>) {
    let Some((word, rest)) = path.split_first() else { return out.push(group) };
    for child in group.below.iter().filter(|child| fits(&child.word, word)) {
        reach(child, rest, out);
    }
}

fn lines_of(node: &Node<'_>) -> Vec<u32> {
    let mut out = Vec::new();
    node.each(&mut |node| out.extend(&node.marks));
    out
}
