//! What Tab offers in shells, asked as a shell asks, and in shells themselves.

use super::{folder, run, sanso, text, topology};

/// What a shell is answered that asks how the last word of a line may go on.
fn completed(shell: &str, line: &str) -> Vec<String> {
    let words: Vec<&str> = line.split(' ').collect();
    let output = sanso(&[&["--"], &words[..]].concat())
        .env("SANSO_COMPLETE", shell)
        .env("_CLAP_IFS", "\n")
        .env("_CLAP_COMPLETE_INDEX", (words.len() - 1).to_string())
        .output()
        .expect("it starts");
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""), "{shell}: {line}");
    let answers = text(&output.stdout).lines().map(str::to_owned);
    // Some shells are told what a word means, behind it.
    answers.map(|one| one.split(['\t', ':']).next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn names_of_nodes_and_zones_are_completed() {
    let file = topology("mistakes/m02-shared-printer.yaml");
    let names = |line: &str| completed("fish", line);
    assert_eq!(names(&format!("sanso why {file} juki")), ["juki-db"]);
    assert_eq!(names(&format!("sanso why --direct {file} juki-db lg-f")), ["lg-fs"]);
    assert_eq!(names(&format!("sanso packet {file} --from tax")), ["tax-srv"]);
    assert_eq!(names(&format!("sanso exposure {file} --from mf")), ["mfp"]);
    // A word with a colon is told to bash as one.
    let zones = sanso(&["--", "sanso", "why", &file, "zone:lg"])
        .envs([("SANSO_COMPLETE", "bash"), ("_CLAP_IFS", "\n"), ("_CLAP_COMPLETE_INDEX", "3")])
        .output()
        .expect("it starts");
    assert_eq!(text(&zones.stdout), "zone:lgwan");
    // Names of rules and of what stands elsewhere are none; what cannot be read has none, and nobody is told.
    assert!(names(&format!("sanso why {file} no-such")).is_empty());
    assert!(names("sanso why no-such-file.yaml a").is_empty());
    let broken = folder("complete").join("broken.json");
    std::fs::write(&broken, "{\"sanso\":1,\"nodes\":[{\"id\":").expect("it is written");
    assert!(names(&format!("sanso why {} a", broken.display())).is_empty());
    // Configurations and site files: names of what they become.
    let site = topology("import/hikari/site.yaml");
    assert!(names(&format!("sanso why {site} ")).len() > 5);
}

/// In a real bash: what is typed with a colon is one word, and what is inserted stands behind the colon.
#[test]
fn bash_completes_zones() {
    let folder = folder("bash");
    let script = text(&run(&["completions", "bash"]).stdout).to_owned();
    let program = env!("CARGO_BIN_EXE_sanso");
    let at = std::path::Path::new(program).parent().expect("a folder").display().to_string();
    let file = topology("mistakes/m02-shared-printer.yaml");
    let call = format!(
        "PATH={at}:$PATH\n{script}\nCOMP_WORDS=(sanso why '{file}' zone : lg)\nCOMP_CWORD=5\nCOMP_TYPE=9\n_sanso_complete sanso lg :\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\nCOMP_WORDS=(sanso why '{file}' tax)\nCOMP_CWORD=3\n_sanso_complete sanso tax '{file}'\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n"
    );
    std::fs::write(folder.join("call.bash"), call).expect("it is written");
    let Ok(output) = std::process::Command::new("bash").arg(folder.join("call.bash")).output() else { return };
    assert_eq!((text(&output.stdout), text(&output.stderr)), ("lgwan\ntax-srv\n", ""));
}

/// In a real fish, where there is one.
#[test]
fn fish_completes_names() {
    let folder = folder("fish");
    std::fs::write(folder.join("sanso.fish"), run(&["completions", "fish"]).stdout).expect("it is written");
    let at = std::path::Path::new(env!("CARGO_BIN_EXE_sanso")).parent().expect("a folder").display().to_string();
    let file = topology("mistakes/m02-shared-printer.yaml");
    let asked = ["zone:lg", "tax"].map(|word| format!("complete -C 'sanso why {file} {word}'"));
    let script = format!("source '{}/sanso.fish'; {}", folder.display(), asked.join("; "));
    let path = format!("{at}:{}", std::env::var("PATH").unwrap_or_default());
    let fish = std::process::Command::new("fish")
        .args(["--no-config", "-c", &script])
        .envs([("PATH", path.as_str()), ("HOME", &folder.display().to_string())])
        .output();
    let Ok(output) = fish else {
        println!("no fish here: how it completes was not tried");
        return;
    };
    let lines: Vec<&str> = text(&output.stdout).lines().filter(|line| !line.is_empty()).collect();
    assert_eq!((lines, text(&output.stderr)), (vec!["zone:lgwan", "tax-srv"], ""));
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        // The script asks the program itself whenever Tab is pressed.
        let output = run(&["completions", shell]);
        assert_eq!(output.status.code(), Some(0), "{shell}");
        assert!(text(&output.stdout).contains("SANSO_COMPLETE"), "{shell}");
        for (typed, word) in [("ver", "verify"), ("bas", "baseline"), ("verify --for", "--format")] {
            assert!(completed(shell, &format!("sanso {typed}")).iter().any(|one| one == word), "{shell}: {word}");
        }
    }
    let output = run(&["completions", "man"]);
    for word in ["verify", "baseline"] {
        assert!(text(&output.stdout).contains(word), "{word}");
    }
    let folder = folder("man");
    let output = run(&["completions", "man", "-o", folder.to_str().expect("UTF-8"), "--lang", "ja"]);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), ""));
    let page = std::fs::read_to_string(folder.join("sanso-verify.1")).expect("it was written");
    assert!(page.contains(".TH SANSO-VERIFY 1") && page.contains("ポリシー"), "{page}");
}
