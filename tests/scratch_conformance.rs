use sanso::diagnostic::Diagnostics;
use sanso::document::{self, Date};
use sanso::engine::*;
use sanso::model::{Model, names::Names};
use sanso::policy::Policy;
use sanso::source::Source;
#[test]
fn conformance() {
    let text = std::fs::read_to_string("/work/shared/conformance/cases.jsonl").unwrap();
    let only = std::env::var("CASE").ok();
    let mut bad = 0;
    for line in text.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let id = case["id"].as_str().unwrap();
        if only.as_ref().is_some_and(|o| !id.starts_with(o.as_str())) {
            continue;
        }
        let text = case["document"].to_string();
        let source = Source::new("x.json", text.into_bytes()).unwrap();
        let mut d = Diagnostics::default();
        let doc = document::read(&source, &mut d).unwrap();
        if d.has_errors() {
            println!("{id}: {:?}", d.into_sorted());
            bad += 1;
            continue;
        }
        let names = Names::resolve(&doc, &mut d).unwrap();
        let model = Model::new(&doc, &names);
        let mut decider = Decider::new(&model, Date { year: 2026, month: 11, day: 22 }, Limits::default());
        for req in &Policy::built_in("three-tier/alpha").unwrap().requirements {
            let out = decider.decide(req).unwrap();
            let n = |i: u32| model.id(i).to_owned();
            let e = |i: u32| doc.exceptions[i as usize].id.to_string();
            let mut got: Option<Vec<Vec<String>>> = match out {
                Outcome::Vacuous => None,
                Outcome::Nodes(v) => Some(v.into_iter().map(|i| vec![n(i)]).collect()),
                Outcome::Exceptions(v) => Some(v.into_iter().map(|i| vec![e(i)]).collect()),
                Outcome::Peers(v) => Some(v.into_iter().map(|(i, j)| vec![e(i), n(j)]).collect()),
                Outcome::Paths(p) => {
                    let l = p.list(&model, 100000);
                    assert_eq!(l.len() as u64, p.count());
                    Some(l.into_iter().map(|(a, b)| vec![n(a), n(b)]).collect())
                }
            };
            if let Some(g) = &mut got {
                g.sort();
            }
            let want: Option<Vec<Vec<String>>> = serde_json::from_value(case["expect"][&req.id].clone()).unwrap();
            if got != want {
                bad += 1;
                println!("{id} {} {}: got {:?} want {:?}", case["document"]["name"], req.id, got, want);
            }
        }
    }
    println!("bad {bad}");
    assert_eq!(bad, 0);
}
