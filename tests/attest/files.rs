//! Which files a run leaves behind, and who may read them.

use std::fs;

use super::room::{DATE, Room};

#[test]
fn keys_are_never_overwritten() {
    let room = Room::new("keygen");
    let said = room.ok(&["keygen", "-o", "key", "--lang", "en"]);
    assert!(said.contains("key.pub"), "{said}");
    let (private, public) = (room.read("key"), room.read("key.pub"));
    room.says(2, &["keygen", "-o", "key"], "exists already", "既に存在します");
    for gone in ["key", "key.pub"] {
        let kept = room.read(gone);
        fs::remove_file(room.path(gone)).expect("it is there");
        // The other one stands in the way, and no half of a pair is made.
        room.says(2, &["keygen", "-o", "key"], "exists already", "既に存在します");
        room.write(gone, kept);
    }
    assert_eq!((room.read("key"), room.read("key.pub")), (private.clone(), public));
    room.ok(&["keygen", "-o", "other"]);
    assert_ne!(room.read("other"), private);
    room.says(2, &["keygen", "-o", "no/such/key"], "cannot write no/such/key", "ディレクトリーが見つかりません");
    room.says(2, &["keygen"], "--output", "--output");
    assert_eq!(room.names(), ["key", "key.pub", "other", "other.pub"]);
}

#[cfg(unix)]
mod unix {
    use std::fs;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    use super::{DATE, Room};

    fn set_mode(room: &Room, name: &str, mode: u32) {
        fs::set_permissions(room.path(name), fs::Permissions::from_mode(mode)).expect("it is ours");
    }

    fn mode(room: &Room, name: &str) -> u32 {
        fs::metadata(room.path(name)).expect("it is there").mode() & 0o777
    }

    /// Runs the program under a shell's settings.
    fn under(room: &Room, settings: &str, arguments: &[&str]) -> std::process::Output {
        let script = format!("{settings}; exec \"$0\" \"$@\"");
        let call = [&["-c", &script, env!("CARGO_BIN_EXE_sanso")], arguments].concat();
        room.command("sh", &call).output().expect("sh starts")
    }

    #[test]
    fn private_keys_are_for_their_owner_alone() {
        let room = Room::furnished("permissions");
        for umask in ["000", "022", "077"] {
            let output = under(&room, &format!("umask {umask}"), &["keygen", "-o", umask]);
            assert!(output.status.success());
            assert_eq!(mode(&room, umask), 0o600, "umask {umask}");
        }
        let attest = ["attest", "good.yaml", "--key", "key", "--date", DATE];
        for others in [0o640, 0o604, 0o620, 0o610, 0o644, 0o666] {
            set_mode(&room, "key", others);
            room.says(2, &attest, "chmod 600", "chmod 600 を実行");
            room.says(2, &attest, &format!("mode {others:04o}"), &format!("モード {others:04o}"));
        }
        for owner in [0o600, 0o400] {
            set_mode(&room, "key", owner);
            room.ok(&attest);
        }
        // What a link leads to is what counts.
        set_mode(&room, "key", 0o644);
        symlink("key", room.path("link")).expect("a link is made");
        room.says(2, &["attest", "good.yaml", "--key", "link"], "others can read", "読めるため");
    }

    /// Everything that writes a file, and the file.
    fn writers() -> [Vec<&'static str>; 5] {
        [
            vec!["prove", "good.yaml", "--date", DATE, "-o"],
            vec!["verify", "good.yaml", "--date", DATE, "--certificate"],
            vec!["convert", "good.yaml", "-o"],
            vec!["generate", "--sites", "1", "--terminals", "1", "-o"],
            vec!["attest", "good.yaml", "--date", DATE, "--key", "key", "-o"],
        ]
    }

    #[test]
    fn run_that_cannot_write_leaves_the_old_file_and_no_new_one() {
        let room = Room::furnished("atomic");
        fs::create_dir(room.path("folder")).expect("a folder is made");
        room.write("protected", "old\n");
        set_mode(&room, "protected", 0o444);
        room.write("old", "old\n");
        let before = room.names();
        for writer in writers() {
            let call = |target: &'static str| [&writer[..], &[target]].concat();
            for target in ["no/such/out", "good.yaml/out", "folder", "protected", "/dev/full"] {
                let (_, said) = room.ends(2, &call(target));
                assert!(said.contains("cannot write") && said.contains(target), "{said}");
            }
            for target in ["out", "old"] {
                // No room after half a kilobyte: the write fails, and the run cleans up.
                let output = under(&room, "trap '' XFSZ; ulimit -f 1", &call(target));
                assert_eq!(output.status.code(), Some(2), "{writer:?}");
                assert_eq!(room.names(), before, "{writer:?}");
                // Or the run is killed in the middle: what it left does not bear the name.
                let output = under(&room, "ulimit -c 0; ulimit -f 1", &call(target));
                assert_eq!(output.status.code(), None, "{writer:?} is killed");
                for name in room.names().iter().filter(|name| !before.contains(name)) {
                    assert!(name.ends_with(".partial"), "{name}");
                    fs::remove_file(room.path(name)).expect("it is there");
                }
            }
            assert_eq!(room.read("old"), b"old\n");
            assert_eq!(room.read("protected"), b"old\n");
            // And without such trouble it is written.
            room.ok(&call("old"));
            assert!(room.read("old").len() > 512, "{writer:?}");
            room.write("old", "old\n");
            assert_eq!(room.names(), before, "{writer:?}");
        }
        // A key pair that cannot be written whole is none.
        let output = under(&room, "trap '' XFSZ; ulimit -f 0", &["keygen", "-o", "pair"]);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(room.names(), before);
    }

    #[test]
    fn new_files_take_the_place_of_old_ones_as_they_were() {
        let room = Room::furnished("places");
        let convert = |target: &str| room.ok(&["convert", "good.yaml", "-o", target]);
        // Confidential files stay so.
        room.write("secret", "old\n");
        set_mode(&room, "secret", 0o600);
        convert("secret");
        assert_eq!((room.read("secret"), mode(&room, "secret")), (room.read("good.json"), 0o600));
        // A link stays a link.
        room.write("real", "old\n");
        symlink("real", room.path("link")).expect("a link is made");
        convert("link");
        assert!(fs::symlink_metadata(room.path("link")).expect("it is there").is_symlink());
        assert_eq!(room.read("real"), room.read("good.json"));
    }

    #[test]
    fn what_is_no_file_is_written_to_and_stays() {
        let room = Room::furnished("devices");
        let json = room.read("good.json");
        let output = room.sanso(&["convert", "good.yaml", "-o", "/dev/stdout"]);
        assert_eq!(output.stdout, json);
        room.ok(&["convert", "good.yaml", "-o", "/dev/null"]);
        assert!(!fs::metadata("/dev/null").expect("it is there").is_file());
        assert!(room.command("mkfifo", &["pipe"]).status().expect("mkfifo starts").success());
        let pipe = room.path("pipe");
        let reader = std::thread::spawn(move || fs::read(pipe).expect("it is read"));
        room.ok(&["convert", "good.yaml", "-o", "pipe"]);
        assert_eq!(reader.join().expect("it ends"), json);
        assert!(!fs::metadata(room.path("pipe")).expect("it is there").is_file());
    }
}
