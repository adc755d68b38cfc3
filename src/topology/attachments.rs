//! Where endpoints hang on devices: those with links alike on one attachment.

use rustc_hash::FxHashMap as HashMap;

use super::{Attachment, NONE};
use crate::number::number;

/// Attachments under construction.
pub(super) struct Attachments {
    pub list: Vec<Attachment>,
    /// One more than the last attachment on each node; 0: none.
    last: Vec<u32>,
    /// One more than the attachment before each on its node.
    before: Vec<u32>,
    /// Attachments by what they are, of nodes with more than [`Attachments::FEW`].
    index: HashMap<Attachment, u32>,
    pub first: Vec<u32>,
    pub others: HashMap<u32, Vec<u32>>,
}

impl Attachments {
    /// Attachments of a node that are looked through one by one.
    const FEW: usize = 6;

    pub fn new(nodes: usize) -> Self {
        Self {
            list: Vec::new(),
            last: vec![0; nodes],
            before: Vec::new(),
            index: HashMap::default(),
            first: vec![NONE; nodes],
            others: HashMap::default(),
        }
    }

    fn find(&mut self, attachment: &Attachment) -> u32 {
        let node = attachment.node as usize;
        if attachment.filtered.is_none() {
            let mut at = self.last[node];
            for _ in 0..Self::FEW {
                let Some(index) = at.checked_sub(1) else { break };
                if self.list[index as usize] == *attachment {
                    return index;
                }
                at = self.before[index as usize];
            }
            if at != 0
                && let Some(&known) = self.index.get(attachment)
            {
                return known;
            }
        }
        let next = number(self.list.len());
        self.list.push(*attachment);
        self.before.push(self.last[node]);
        if attachment.filtered.is_none() {
            self.last[node] = next + 1;
            self.index.insert(*attachment, next);
        }
        next
    }

    /// Hangs an endpoint on an attachment.
    pub fn hang(&mut self, node: u32, attachment: &Attachment) {
        let attachment = self.find(attachment);
        let first = &mut self.first[node as usize];
        if *first == NONE {
            *first = attachment;
        } else {
            self.others.entry(node).or_default().push(attachment);
        }
    }
}
