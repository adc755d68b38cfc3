//! The sentences of `sanso import` and `sanso packet`, in both languages.

use sanso::language::Lang;

/// The sentences of a language.
pub fn phrases(lang: Lang) -> &'static dyn Phrases {
    match lang {
        Lang::En => &English,
        Lang::Ja => &Japanese,
    }
}

/// What the two calls say.
pub trait Phrases: Sync {
    fn import_about(&self) -> &'static str;
    fn import_usage(&self) -> &'static str;
    fn path_help(&self) -> &'static str;
    fn output_help(&self) -> &'static str;
    fn format_help(&self) -> &'static str;
    fn report_help(&self) -> &'static str;
    fn strict_help(&self) -> &'static str;
    fn packet_about(&self) -> &'static str;
    fn packet_usage(&self) -> &'static str;
    fn asked_path_help(&self) -> &'static str;
    fn packet_help(&self) -> &'static str;
    fn packets_help(&self) -> &'static str;
    fn node_help(&self) -> &'static str;
    fn in_help(&self) -> &'static str;
    fn out_help(&self) -> &'static str;
    fn answer_format_help(&self) -> &'static str;
    fn sender_help(&self) -> &'static str;
    fn reaches(&self, node: &str, header: &str) -> String;
    fn reaches_nobody(&self) -> &'static str;
    fn ends_at(&self, step: &str) -> String;
    fn not_all_followed(&self) -> &'static str;
    fn no_format(&self, name: &str, known: &str) -> String;
    fn no_files(&self, path: &str) -> String;
    fn no_packets(&self) -> &'static str;
    fn both_packets(&self) -> &'static str;
    fn which_node(&self, known: &str) -> String;
    fn no_node(&self, id: &str, known: &str) -> String;
    fn no_interface(&self, name: &str, node: &str, known: &str) -> String;
    fn not_a_document(&self) -> &'static str;
    fn permit(&self) -> &'static str;
    fn deny(&self) -> &'static str;
    fn undecided(&self) -> &'static str;
    fn leaves(&self, header: &str, by: Option<&str>) -> String;
    fn guessed(&self, what: &str) -> String;
}

struct English;

impl Phrases for English {
    fn import_about(&self) -> &'static str {
        "Make a topology document of device configurations"
    }
    fn import_usage(&self) -> &'static str {
        "sanso import [OPTIONS] PATH…"
    }
    fn path_help(&self) -> &'static str {
        "Configurations, or folders of them"
    }
    fn output_help(&self) -> &'static str {
        "Write the document here (JSON where it ends in .json, else YAML); left out: to stdout"
    }
    fn format_help(&self) -> &'static str {
        "What the configurations are; left out: recognised by their content"
    }
    fn report_help(&self) -> &'static str {
        "Write what was used and what was not here (JSON where it ends in .json); left out: to stderr"
    }
    fn strict_help(&self) -> &'static str {
        "Exit status 1 when a line was not understood"
    }
    fn packet_about(&self) -> &'static str {
        "Say what a device does with a packet, and which line decides"
    }
    fn packet_usage(&self) -> &'static str {
        "sanso packet [OPTIONS] PATH PACKET…\n       sanso packet [OPTIONS] PATH --packets CSV"
    }
    fn asked_path_help(&self) -> &'static str {
        "A configuration, or a topology file"
    }
    fn packet_help(&self) -> &'static str {
        "Such as `tcp 10.0.0.1:1024 > 10.0.0.2:443`, `icmp 10.0.0.1 > 10.0.0.2`; IPv6 in brackets"
    }
    fn packets_help(&self) -> &'static str {
        "source,destination,protocol,source_port,destination_port[,in,out], a packet a line"
    }
    fn node_help(&self) -> &'static str {
        "The node asked; may be left out where there is one device"
    }
    fn in_help(&self) -> &'static str {
        "The interface it comes in by; `self`: the device sends it; left out: any"
    }
    fn out_help(&self) -> &'static str {
        "The interface it leaves by; `self`: it is for the device; left out: any that routes allow"
    }
    fn answer_format_help(&self) -> &'static str {
        "text (default), or json: an object a line"
    }
    fn sender_help(&self) -> &'static str {
        "Follow the packet from this node through the whole network, to whomever it reaches"
    }
    fn reaches(&self, node: &str, header: &str) -> String {
        format!("reaches {node} as {header}")
    }
    fn reaches_nobody(&self) -> &'static str {
        "reaches nobody"
    }
    fn ends_at(&self, step: &str) -> String {
        format!("ends at {step}")
    }
    fn not_all_followed(&self) -> &'static str {
        "not every way was followed (too many of them, or a translation to an address that nobody declares); more may be reached"
    }
    fn no_format(&self, name: &str, known: &str) -> String {
        format!("there is no import format `{name}`; there are {known}")
    }
    fn no_files(&self, path: &str) -> String {
        format!("{path} holds no files")
    }
    fn no_packets(&self) -> &'static str {
        "name a packet, or a list of them with --packets"
    }
    fn both_packets(&self) -> &'static str {
        "name packets in the call or in a list, not both"
    }
    fn which_node(&self, known: &str) -> String {
        format!("there is more than one device; name one with --node ({known})")
    }
    fn no_node(&self, id: &str, known: &str) -> String {
        format!("there is no node `{id}`; there are {known}")
    }
    fn no_interface(&self, name: &str, node: &str, known: &str) -> String {
        format!("`{node}` has no interface `{name}`; it has {known}")
    }
    fn not_a_document(&self) -> &'static str {
        "the imported document cannot be read; this is a fault of sanso"
    }
    fn permit(&self) -> &'static str {
        "permit"
    }
    fn deny(&self) -> &'static str {
        "deny"
    }
    fn undecided(&self) -> &'static str {
        "undecided"
    }
    fn leaves(&self, header: &str, by: Option<&str>) -> String {
        by.map_or_else(|| format!("leaves as {header}"), |by| format!("leaves by {by} as {header}"))
    }
    fn guessed(&self, what: &str) -> String {
        format!("a guess: {what}")
    }
}

struct Japanese;

impl Phrases for Japanese {
    fn import_about(&self) -> &'static str {
        "機器の設定からネットワーク構成ファイルを作る"
    }
    fn import_usage(&self) -> &'static str {
        "sanso import [オプション] PATH…"
    }
    fn path_help(&self) -> &'static str {
        "機器の設定ファイル、またはそのフォルダー"
    }
    fn output_help(&self) -> &'static str {
        "構成ファイルの書き出し先（.json なら JSON、ほかは YAML）。省略時は標準出力"
    }
    fn format_help(&self) -> &'static str {
        "設定ファイルの形式。省略時は内容から判別する"
    }
    fn report_help(&self) -> &'static str {
        "取り込んだ行と取り込まなかった行の報告の書き出し先（.json なら JSON）。省略時は標準エラー出力"
    }
    fn strict_help(&self) -> &'static str {
        "解釈できない行があれば終了ステータスを 1 とする"
    }
    fn packet_about(&self) -> &'static str {
        "機器がパケットをどう扱い、どの行がそれを決めるかを示す"
    }
    fn packet_usage(&self) -> &'static str {
        "sanso packet [オプション] PATH PACKET…\n        sanso packet [オプション] PATH --packets CSV"
    }
    fn asked_path_help(&self) -> &'static str {
        "機器の設定ファイル、またはネットワーク構成ファイル"
    }
    fn packet_help(&self) -> &'static str {
        "`tcp 10.0.0.1:1024 > 10.0.0.2:443`、`icmp 10.0.0.1 > 10.0.0.2` など。IPv6 は角括弧で囲む"
    }
    fn packets_help(&self) -> &'static str {
        "source,destination,protocol,source_port,destination_port[,in,out] の列を持つ一覧。1 行に 1 パケット"
    }
    fn node_help(&self) -> &'static str {
        "対象のノード。機器が一つなら省略できる"
    }
    fn in_help(&self) -> &'static str {
        "入るインターフェース。`self` は機器自身が送るもの。省略時はどれでもよい"
    }
    fn out_help(&self) -> &'static str {
        "出るインターフェース。`self` は機器自身宛て。省略時は経路が許すもの"
    }
    fn answer_format_help(&self) -> &'static str {
        "text（既定）、または json（1 行に 1 オブジェクト）"
    }
    fn sender_help(&self) -> &'static str {
        "このノードが送るパケットをネットワーク全体で追い、どこに届くかを示す"
    }
    fn reaches(&self, node: &str, header: &str) -> String {
        format!("{node} に {header} として届く")
    }
    fn reaches_nobody(&self) -> &'static str {
        "どこにも届かない"
    }
    fn ends_at(&self, step: &str) -> String {
        format!("止まる所: {step}")
    }
    fn not_all_followed(&self) -> &'static str {
        "すべての経路を追えてはいない（経路が多すぎるか、宣言されていないアドレスへの変換がある）。ほかにも届く相手がありうる"
    }
    fn no_format(&self, name: &str, known: &str) -> String {
        format!("取り込みの形式に `{name}` はない。あるのは {known}")
    }
    fn no_files(&self, path: &str) -> String {
        format!("{path} にファイルがない")
    }
    fn no_packets(&self) -> &'static str {
        "パケットを書くか、--packets で一覧を指定すること"
    }
    fn both_packets(&self) -> &'static str {
        "パケットは引数と一覧のどちらか一方で指定すること"
    }
    fn which_node(&self, known: &str) -> String {
        format!("機器が複数ある。--node で指定すること（{known}）")
    }
    fn no_node(&self, id: &str, known: &str) -> String {
        format!("ノード `{id}` はない。あるのは {known}")
    }
    fn no_interface(&self, name: &str, node: &str, known: &str) -> String {
        format!("`{node}` にインターフェース `{name}` はない。あるのは {known}")
    }
    fn not_a_document(&self) -> &'static str {
        "取り込んだ構成が読めない。sanso の不具合である"
    }
    fn permit(&self) -> &'static str {
        "許可"
    }
    fn deny(&self) -> &'static str {
        "拒否"
    }
    fn undecided(&self) -> &'static str {
        "未判定"
    }
    fn leaves(&self, header: &str, by: Option<&str>) -> String {
        by.map_or_else(|| format!("{header} として出る"), |by| format!("{by} から {header} として出る"))
    }
    fn guessed(&self, what: &str) -> String {
        format!("推定: {what}")
    }
}
