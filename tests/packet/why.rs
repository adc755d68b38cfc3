//! `sanso why`: each kind of obstacle is named, with its place and what would have to change. That the number is the least is held by
//! `tests/agreement/obstacles.rs`.

use sanso::language::Lang;
use sanso::question::why::{Question, Unanswered, Unasked, run_why};
use sanso::render::why as words;
use sanso::report::why::{Answer, Stop, Why};
use sanso::source::Source;
use serde_json::Value;

fn asked(document: &str, [from, to]: [&str; 2], direct: bool, ways: usize) -> Result<Why, Unasked> {
    let source = Source::new("net.yaml", document.as_bytes().to_vec()).expect("it is a text");
    let question = Question { from, to, services: &[], direct, ways, limit: None, memory: None };
    run_why(&source, &question).map_err(|why| match why {
        Unanswered::Question(unasked) => unasked,
        Unanswered::Document(found) => panic!("refused: {found:?}"),
    })
}

/// The kinds of obstacles of each way; none: data gets there.
fn kinds(document: &str, ends: [&str; 2]) -> Vec<Vec<&'static str>> {
    match asked(document, ends, false, 3).expect("it can be asked").answer {
        Answer::Gets(way) => vec![way.obstacles.iter().map(|one| one.stop.word()).collect()],
        Answer::Stopped(ways) => {
            ways.iter().map(|way| way.obstacles.iter().map(|one| one.stop.word()).collect()).collect()
        }
        other => panic!("{other:?}"),
    }
}

const HEAD: &str = "sanso: 1\nzones: { my-number: { networks: [10.1.0.0/16] }, lgwan: { networks: [10.2.0.0/16] } }\n";

fn between(nodes: &str, links: &str) -> String {
    format!(
        "{HEAD}nodes:\n  - {{ id: a, kind: terminal, addresses: [10.1.0.1] }}\n  - {{ id: b, kind: server, addresses: [10.2.0.1] }}\n{nodes}links:\n{links}"
    )
}

#[test]
fn each_kind_of_obstacle_is_named() {
    let through = "  - [a, 'x:in']\n  - ['x:out', b]\n";
    let filter = |rules: &str, default: &str| {
        between(
            &format!("  - {{ id: x, kind: firewall, filter: {{ default: {default}, rules: [{rules}] }} }}\n"),
            through,
        )
    };
    assert_eq!(kinds(&filter("", "deny"), ["a", "b"]), [["default"]]);
    assert_eq!(kinds(&filter("{ id: R1, action: deny }", "permit"), ["a", "b"]), [["rule"]]);
    // What one service is denied only by the default another is denied by a rule too.
    let permitted = "{ action: permit, service: tcp/80, from: 10.1.0.1 }";
    assert_eq!(kinds(&filter(permitted, "deny"), ["a", "b"]), [Vec::<&str>::new()]);
    let routed = between("  - { id: x, kind: router, routes: [{ to: 10.9.0.0/16, via: out }] }\n", through);
    assert_eq!(kinds(&routed, ["a", "b"])[0], ["route"]);
    let vlan = between(
        "  - { id: x, kind: switch }\n",
        "  - { between: [a, x], vlans: [10] }\n  - { between: [x, b], vlans: [20] }\n",
    );
    // Either VLAN on the link that lacks it; then one that neither carries.
    assert_eq!(kinds(&vlan, ["a", "b"]), [vec!["vlan"], vec!["vlan"], vec!["vlan", "vlan"]]);
    let routed_vlan = between(
        "  - { id: x, kind: l3-switch, routed_vlans: [10] }\n",
        "  - { between: [a, x], vlans: [10] }\n  - { between: [x, b], vlans: [20] }\n",
    );
    let found = kinds(&routed_vlan, ["a", "b"]);
    assert!(found.contains(&vec!["routed-vlan"]), "{found:?}");
    let one_way = between("", "  - { between: [b, a], one_way: true }\n");
    assert_eq!(kinds(&one_way, ["a", "b"]), [["one-way"]]);
    let relay = between(
        "  - { id: m, kind: server, addresses: [10.1.0.2, 10.2.0.2], relays: [] }\n",
        "  - [a, m]\n  - [m, b]\n",
    );
    assert_eq!(kinds(&relay, ["a", "b"]), [["relay"]]);
    let nat = between(
        "  - { id: x, kind: router, nat: [{ destination: 10.9.9.9, to: 10.2.0.1 }] }\n  - { id: c, kind: server, addresses: [10.9.9.9], relays: [] }\n",
        "  - [a, 'x:in']\n  - { between: ['x:out', b], one_way: true }\n  - ['x:c', c]\n",
    );
    let found = kinds(&nat, ["a", "b"]);
    assert!(found.contains(&vec!["translation"]), "{found:?}");
    assert_eq!(kinds(&between("", "  []\n"), ["a", "b"]), [["no-link"]]);
}

#[test]
fn the_next_way_shares_no_obstacle_and_places_are_told() {
    let document = between(
        "  - id: fw\n    kind: firewall\n    filter:\n      default: deny\n      rules:\n        - { id: R1, action: deny, origin: 'fw.cfg:17' }\n  - { id: m, kind: server, addresses: [10.1.0.2, 10.2.0.2], relays: [] }\n",
        "  - [a, fw]\n  - [fw, b]\n  - [a, m]\n  - [m, b]\n",
    );
    let why = asked(&document, ["a", "b"], false, 5).expect("it can be asked");
    let Answer::Stopped(ways) = &why.answer else { panic!("{why:?}") };
    assert_eq!(ways.len(), 2, "{ways:?}");
    assert!(
        matches!(&ways[0].obstacles[0].stop, Stop::Rule { node, rule, .. } if node == "fw" && rule == "R1"),
        "{ways:?}"
    );
    assert_eq!(ways[0].obstacles[0].location.as_ref().and_then(|at| at.imported_from()), Some("fw.cfg:17"));
    assert!(matches!(&ways[1].obstacles[0].stop, Stop::Relay { node, declared: true, .. } if node == "m"), "{ways:?}");
    let json: Value = serde_json::from_str(&words::json(&why, Lang::En)).expect("it is JSON");
    assert_eq!(json["ways"][0]["obstacles"][0]["origin"], "fw.cfg:17");
    assert_eq!(json["answer"], "stopped");
    for lang in [Lang::En, Lang::Ja] {
        let again = asked(&document, ["a", "b"], false, 5).expect("it can be asked");
        assert_eq!(words::text(&why, lang, false), words::text(&again, lang, false));
        assert!(words::text(&why, lang, false).contains("fw.cfg:17"));
        assert!(words::markdown(&why, lang).contains("10.2.0.1"));
    }
    // Directly there are no relays.
    let direct = asked(&document, ["a", "b"], true, 5).expect("it can be asked");
    assert!(matches!(direct.answer, Answer::Stopped(ways) if ways.len() == 1));
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let document = between("  - { id: x, kind: switch }\n", "  - [a, x]\n  - [x, b]\n");
    let refused = |ends: [&str; 2]| asked(&document, ends, false, 1).expect_err("it cannot be asked");
    assert_eq!(refused(["a", "a"]), Unasked::Same);
    assert_eq!(refused(["x", "b"]), Unasked::NoEndpoint("x".to_owned()));
    assert_eq!(refused(["zone:lgwam", "b"]), Unasked::Nobody("zone:lgwam".to_owned(), Some("zone:lgwan".to_owned())));
    assert_eq!(refused(["10.7.7.7", "b"]), Unasked::Nobody("10.7.7.7".to_owned(), None));
    assert!(matches!(asked(&document, ["10.1.0.1", "zone:lgwan"], true, 1).map(|why| why.answer), Ok(Answer::Gets(_))));
}

/// A document of one line whose version comes last.
#[test]
fn a_document_is_one_wherever_its_version_stands() {
    let document = r#"{"zones":{"my-number":{"networks":["10.1.0.0/16"]},"lgwan":{"networks":["10.2.0.0/16"]}},"nodes":[{"id":"a","kind":"terminal","addresses":["10.1.0.1"]},{"id":"b","kind":"server","addresses":["10.2.0.1"]}],"links":[["a","b"]],"sanso":1}"#;
    let file = std::env::temp_dir().join(format!("sanso-one-line-{}.json", std::process::id()));
    std::fs::write(&file, document).unwrap();
    let (status, told, errors) = super::sanso(&["why", file.to_str().unwrap(), "a", "b", "--lang", "en"]);
    assert_eq!((status, told.contains("data gets there")), (0, true), "{told}{errors}");
    // What names the key elsewhere only is no document.
    std::fs::write(&file, document.replace("\"sanso\":1", "\"x\":{\"sanso\":1}")).unwrap();
    let (status, _, errors) = super::sanso(&["why", file.to_str().unwrap(), "a", "b", "--lang", "en"]);
    assert!(status == 2 && errors.contains("no format fits"), "{errors}");
    std::fs::remove_file(file).unwrap();
}
