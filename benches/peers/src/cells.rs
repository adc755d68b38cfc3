//! The engine of this project: the list on a firewall between two endpoints for each pair. Reading and resolving the
//! document is what it takes to get ready.

use std::time::Instant;

use sanso::diagnostic::Diagnostics;
use sanso::document;
use sanso::engine::{Limits, Question, Reachability};
use sanso::model::{Model, names::Names};
use sanso::network::{Links, Network};
use sanso::source::Source;
use sanso::header::EVERYTHING;

use crate::lists::{self, List};
use crate::{Solved, since};

pub fn solve(list: &List) -> Option<Solved> {
    let source = Source::new("list.json", lists::document(list).into_bytes()).ok()?;
    let mut diagnostics = Diagnostics::default();
    let start = Instant::now();
    let document = document::read(&source, &mut diagnostics)?;
    let names = Names::resolve(&document, &mut diagnostics)?;
    let model = Model::new(&document, &names);
    let network = Network::new(&model, &|_| false);
    let prepare = since(start);
    let start = Instant::now();
    let (mut cells, mut yes) = (0, 0);
    for pair in 0..list.pairs.len() {
        let class = |name: String| network.classes.of_node[names.node(&name)? as usize];
        let (a, b) = ([class(format!("a{pair}"))?], [class(format!("b{pair}"))?]);
        let question = Question { links: Links::All, sources: &a, targets: &b, product: EVERYTHING };
        let search = Reachability::new(&model, &network, &model.pools, Limits::default(), &mut cells);
        yes += usize::from(search.answer(&question).ok()?.hit(0, 0).is_some());
    }
    Some(Solved { prepare, solve: since(start), yes, cells: Some(cells) })
}
