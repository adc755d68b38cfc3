//! The sentences of `sanso watch`, in both languages.

use sanso::language::Lang;

/// The sentences of a language.
pub fn phrases(lang: Lang) -> &'static dyn Phrases {
    match lang {
        Lang::En => &English,
        Lang::Ja => &Japanese,
    }
}

/// What `watch` says.
pub trait Phrases: Sync {
    fn about(&self) -> &'static str;
    fn usage(&self) -> &'static str;
    fn file_help(&self) -> &'static str;
    fn format_help(&self) -> &'static str;
    fn no_stdin(&self) -> &'static str;
    fn watching(&self, files: &str) -> String;
    fn saved(&self, file: &str, number: u64) -> String;
    fn waiting(&self) -> &'static str;
    fn base_stays(&self) -> &'static str;
}

struct English;

impl Phrases for English {
    fn about(&self) -> &'static str {
        "Verify topology files again whenever they are saved, and tell what changed"
    }
    fn usage(&self) -> &'static str {
        "sanso watch [OPTIONS] FILE…"
    }
    fn file_help(&self) -> &'static str {
        "Topology files (YAML or JSON) or site files"
    }
    fn format_help(&self) -> &'static str {
        "text (default), or json: an object a line"
    }
    fn no_stdin(&self) -> &'static str {
        "standard input cannot be watched: name files"
    }
    fn watching(&self, files: &str) -> String {
        format!("watching {files}; Ctrl-C ends\n")
    }
    fn saved(&self, file: &str, number: u64) -> String {
        format!("{file}, saved ({number})")
    }
    fn waiting(&self) -> &'static str {
        "waiting until it is back"
    }
    fn base_stays(&self) -> &'static str {
        "until this is mended, the last state that could be verified stays what is compared with"
    }
}

struct Japanese;

impl Phrases for Japanese {
    fn about(&self) -> &'static str {
        "ファイルが保存されるたびに検証し直し、何が変わったかを示す"
    }
    fn usage(&self) -> &'static str {
        "sanso watch [オプション] ファイル…"
    }
    fn file_help(&self) -> &'static str {
        "構成ファイル（YAML または JSON）かサイトファイル"
    }
    fn format_help(&self) -> &'static str {
        "text（既定）、または json（一行に一つのオブジェクト）"
    }
    fn no_stdin(&self) -> &'static str {
        "標準入力は監視できません。ファイルを指定してください"
    }
    fn watching(&self, files: &str) -> String {
        format!("{files} を監視しています。Ctrl-C で終了します\n")
    }
    fn saved(&self, file: &str, number: u64) -> String {
        format!("{file} の保存（{number} 回目）")
    }
    fn waiting(&self) -> &'static str {
        "ファイルが戻るのを待っています"
    }
    fn base_stays(&self) -> &'static str {
        "修正されるまで、最後に検証できた内容を比較の基準とします"
    }
}
