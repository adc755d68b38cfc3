//! The attribute requirements of all conformance cases, recomputed by the checker's own reader.

use sanso_check::json::{self, Data, Value};
use sanso_check::pattern::Matcher;
use sanso_check::{declared, policy, read};

const TODAY: &str = "2026-11-22";

fn get<'v, 'a>(value: &'v Value<'a>, key: &str) -> &'v Value<'a> {
    &value.entries().unwrap().iter().find(|(k, _)| k == key).unwrap().1
}

fn tuples(value: &Value) -> Option<Vec<Vec<String>>> {
    match &value.data {
        Data::Null => None,
        Data::List(tuples) => Some(
            tuples.iter().map(|t| t.list().unwrap().iter().map(|id| id.text().unwrap().to_owned()).collect()).collect(),
        ),
        _ => panic!("tuples or null"),
    }
}

#[test]
fn attribute_requirements_of_every_case() {
    let cases = [
        include_str!("../../tests/conformance/cases.jsonl"),
        include_str!("../../tests/conformance/cases-4.jsonl"),
        include_str!("../../tests/conformance/own-4.jsonl"),
    ];
    let alpha = policy::built_in("three-tier/alpha").unwrap();
    let mut seen = 0;
    for line in cases.iter().flat_map(|cases| cases.lines()) {
        let case = json::read(line.as_bytes()).unwrap();
        let id = get(&case, "id").text().unwrap();
        let read = read::read(get(&case, "document")).unwrap_or_else(|fault| panic!("{id}: {}", fault.en));
        let (policy, matcher) = (&alpha, Matcher::new(&read, &alpha));
        for requirement in ["MN-TERMINAL", "INTERNET-MONITOR", "LABELLED", "EXCEPTION-LIMITED"] {
            let asked = &policy.requirements.iter().find(|one| one.id == requirement).unwrap().asked;
            let found = declared::found(&matcher, asked, TODAY).unwrap();
            let found = found.speaks.then_some(found.violating);
            assert_eq!(found, tuples(get(get(&case, "expect"), requirement)), "{id} {requirement}");
        }
        seen += 1;
    }
    assert_eq!(seen, 1107);
}
