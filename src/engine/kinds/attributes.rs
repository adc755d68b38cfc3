//! What nodes declare.

use crate::engine::decide::RequirementDecider;
use crate::engine::outcome::Outcome;
use crate::number::number;
use crate::policy::NodePattern;

impl RequirementDecider<'_, '_> {
    /// Decides whether nodes declare controls.
    pub(in crate::engine) fn controls(&self, nodes: &[NodePattern], controls: &[String]) -> Outcome {
        let matcher = self.matcher(nodes);
        let count = number(self.model.document.nodes.len());
        let mut nodes = (0..count).filter(|&node| matcher.matches(node)).peekable();
        if nodes.peek().is_none() {
            return Outcome::Vacuous;
        }
        // Nodes with equal lists share one, so that few are ever looked at.
        let mut last: Option<(*const Box<str>, usize, bool)> = None;
        let lacks = |&node: &u32| {
            let declared = &self.model.document.nodes[node as usize].controls;
            match last {
                Some((list, length, lacks)) if list == declared.as_ptr() && length == declared.len() => lacks,
                _ => {
                    let has = |wanted: &String| declared.iter().any(|control| **control == **wanted);
                    let lacks = !controls.iter().all(has);
                    last = Some((declared.as_ptr(), declared.len(), lacks));
                    lacks
                }
            }
        };
        Outcome::Nodes(nodes.filter(lacks).collect())
    }
}
