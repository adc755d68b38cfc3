//! The command line in Japanese.

use std::io;

use sanso::progress::Phase;

use super::{PDF_BUILD, Phrases};

pub struct Japanese;

fn likely(suggestion: &str) -> String {
    if suggestion.is_empty() { String::new() } else { format!("。`{suggestion}` の誤りではありませんか") }
}

impl Phrases for Japanese {
    fn about(&self) -> &'static str {
        "sanso（三層）: 自治体ネットワークの三層分離が守られていることを証明し、守られていなければ通り抜けるパケットを示します"
    }
    fn template(&self) -> &'static str {
        "{about}\n\n使い方: {usage}\n\n{all-args}"
    }
    fn template_of_commands(&self) -> String {
        format!("{}{EXIT_JA}", self.template())
    }
    fn usage(&self) -> &'static str {
        "sanso コマンド …"
    }
    fn commands(&self) -> &'static str {
        "コマンド"
    }
    fn options(&self) -> &'static str {
        "オプション"
    }
    fn arguments(&self) -> &'static str {
        "引数"
    }
    fn verify_about(&self) -> &'static str {
        "ネットワーク構成ファイルをポリシーに照らして検証する"
    }
    fn verify_usage(&self) -> &'static str {
        "sanso verify [オプション] FILE…"
    }
    fn explain_about(&self) -> &'static str {
        "要件を説明する（根拠となる条項、意味、直し方）"
    }
    fn explain_usage(&self) -> &'static str {
        "sanso explain [オプション] [REQUIREMENT]"
    }
    fn prove_about(&self) -> &'static str {
        "構成を検証し、独立した検査プログラムが合否を判定できる証明書を書き出す"
    }
    fn prove_usage(&self) -> &'static str {
        "sanso prove [オプション] ファイル -o 証明書.json"
    }
    fn check_about(&self) -> &'static str {
        "証明書を、その対象の構成ファイルに照らして検査する"
    }
    fn check_usage(&self) -> &'static str {
        "sanso check ファイル.json 証明書.json [--source ファイル.yaml]"
    }
    fn checked_file_help(&self) -> &'static str {
        "JSON の構成ファイル（YAML は `sanso convert` で変換したもの）"
    }
    fn certificate_help(&self) -> &'static str {
        "`sanso prove` が書き出した証明書"
    }
    fn source_help(&self) -> &'static str {
        "変換元の YAML ファイル。そのダイジェストも照合する"
    }
    fn certificate_output_help(&self) -> &'static str {
        "検証結果の証明書をこのファイルにも書き出す"
    }
    fn one_file_per_certificate(&self) -> &'static str {
        "--certificate を使うときは、ファイルを 1 つだけ指定してください"
    }
    fn convert_about(&self) -> &'static str {
        "構成ファイルを、証明書が対象とする JSON に変換する"
    }
    fn convert_usage(&self) -> &'static str {
        "sanso convert ファイル -o ファイル.json"
    }
    fn output_help(&self) -> &'static str {
        "書き出し先のファイル。途中まで書かれた状態では残らない（既定: 標準出力）"
    }
    fn complete_help(&self) -> &'static str {
        "不適合の要件についても、ほかに違反がないことを証明する"
    }
    fn not_proved_in_time(&self, requirement: &str) -> String {
        format!("{requirement} は要確認です。制限に達したため、証明書は作成していません")
    }
    fn too_many_tuples(&self, requirement: &str, count: u64) -> String {
        format!(
            "{requirement} の違反は {count} 件で、--max-tuples の上限を超えています。上限を上げるか、--complete を外してください"
        )
    }
    fn generate_about(&self) -> &'static str {
        "自治体のネットワーク構成を生成する（誤りを入れることもできる）"
    }
    fn generate_usage(&self) -> &'static str {
        "sanso generate [オプション]"
    }
    fn sites_help(&self) -> &'static str {
        "本庁を含む拠点の数（省略時 3）"
    }
    fn terminals_help(&self) -> &'static str {
        "拠点・領域ごとの端末の数（省略時 10）"
    }
    fn rules_help(&self) -> &'static str {
        "判定に影響しないルールで、ファイアウォールに加える行数（省略時 0）"
    }
    fn site_firewalls_help(&self) -> &'static str {
        "拠点ごとにフィルター付きのルーターを置く"
    }
    fn ipv6_help(&self) -> &'static str {
        "IPv6 アドレスも付ける"
    }
    fn seed_help(&self) -> &'static str {
        "名前と誤りの場所を決める数（省略時 1）"
    }
    fn name_help(&self) -> &'static str {
        "文書の名前"
    }
    fn fault_help(&self) -> &'static str {
        "入れる誤り。複数指定できる（誤った名前を指定すると一覧を表示）"
    }
    fn city_does_not_fit(&self) -> &'static str {
        "拠点と端末は 1 以上で、10.0.0.0/8 に収まる数にしてください"
    }
    fn bad_fault(&self, known: &str) -> String {
        format!("そのような誤りはありません。使えるもの: {known}")
    }
    fn schema_about(&self) -> &'static str {
        "構成ファイルの JSON Schema を出力する（エディターでの補完・検査用）"
    }
    fn schema_usage(&self) -> &'static str {
        "sanso schema"
    }
    fn file_help(&self) -> &'static str {
        "構成ファイル（YAML または JSON）。`-` は標準入力"
    }
    fn format_help(&self) -> &'static str {
        "結果の形式: text（既定）、json、pdf。繰り返し指定でき、FORMAT=OUT とするとファイルに書く"
    }
    fn policy_help(&self) -> &'static str {
        "照合するポリシー［既定: three-tier/alpha］"
    }
    fn date_help(&self) -> &'static str {
        "特定通信の期限を判定する基準日［既定: 日本の今日の日付］"
    }
    fn max_tuples_help(&self) -> &'static str {
        "要件ごとに列挙する違反の上限。件数は常に全件［既定: 1000］"
    }
    fn limit_time_help(&self) -> &'static str {
        "この時間（秒）で打ち切る。未判定の要件は要確認となり、適合にはならない"
    }
    fn requirement_help(&self) -> &'static str {
        "要件（例: MN-ISOLATION）。省略するとすべてを一覧表示"
    }
    fn lang_help(&self) -> &'static str {
        "出力の言語: ja または en［既定: ロケールに従う］"
    }
    fn help_help(&self) -> &'static str {
        "ヘルプを表示する"
    }
    fn version_help(&self) -> &'static str {
        "バージョンを表示する"
    }
    fn error(&self) -> &'static str {
        "エラー"
    }
    fn see_help(&self) -> &'static str {
        "使い方は sanso --help、sanso verify --help を参照してください"
    }
    fn bad_date(&self) -> &'static str {
        "日付は実在する日を YYYY-MM-DD の形で指定してください"
    }
    fn bad_number(&self) -> &'static str {
        "0 以上の整数を指定してください"
    }
    fn bad_seconds(&self) -> &'static str {
        "秒数を 60 や 0.5 のように指定してください"
    }
    fn value_missing(&self, argument: &str) -> String {
        format!("`{argument}` には値が必要です")
    }
    fn value_not_allowed(&self, argument: &str, value: &str, allowed: &str) -> String {
        format!("`{argument}` に `{value}` は指定できません。指定できる値: {allowed}")
    }
    fn value_invalid(&self, argument: &str, value: &str, why: &str) -> String {
        format!("`{argument}` の値 `{value}` が正しくありません。{why}")
    }
    fn argument_unknown(&self, argument: &str, suggestion: &str) -> String {
        format!("`{argument}` という引数はありません{}", likely(suggestion))
    }
    fn argument_missing(&self, argument: &str) -> String {
        format!("引数が足りません: {argument}")
    }
    fn argument_conflict(&self, argument: &str) -> String {
        format!("`{argument}` が重複しているか、ほかの引数と両立しません")
    }
    fn command_unknown(&self, command: &str, suggestion: &str) -> String {
        format!("`{command}` というコマンドはありません{}", likely(suggestion))
    }
    fn command_missing(&self) -> &'static str {
        "コマンドを指定してください: verify、explain、schema"
    }
    fn call_unusable(&self) -> &'static str {
        "指定を解釈できません"
    }
    fn stdin_twice(&self) -> &'static str {
        "`-`（標準入力）が二度指定されています"
    }
    fn bad_format(&self, known: &str) -> String {
        format!("指定できる形式は {known} です。「形式」または「形式=出力ファイル」と書いてください")
    }
    fn format_file_missing(&self, format: &str) -> String {
        format!("出力ファイルを「{format}=ファイル」の形で指定してください")
    }
    fn one_format_on_stdout(&self) -> &'static str {
        "標準出力に書ける形式は 1 つだけです。ほかの形式には --format json=report.json のようにファイルを指定してください"
    }
    fn one_file_twice(&self, file: &str) -> String {
        format!("2 つの出力が同じファイル「{file}」を指しています。別々のファイルを指定してください")
    }
    fn one_document_per_format(&self, format: &str) -> String {
        format!("形式「{format}」は 1 つの文書だけを表示します。ファイルを 1 つずつ検証してください")
    }
    fn no_pdf(&self) -> String {
        format!(
            "この sanso は pdf 形式を含めずにビルドされています。含めるには次のようにビルドしてください: {PDF_BUILD}"
        )
    }
    fn pdf_to_terminal(&self) -> &'static str {
        "PDF は端末に表示できません。--format pdf=report.pdf のようにファイルを指定してください"
    }
    fn pdf_failed(&self, why: &str) -> String {
        format!("PDF を組めませんでした: {why}")
    }
    fn no_requirement(&self, id: &str, known: &str) -> String {
        format!("`{id}` という要件はありません。要件の一覧: {known}")
    }
    fn internal_error(&self) -> &'static str {
        "内部エラーが発生しました。検証結果は得られていません。開発元に連絡してください"
    }
    fn cannot_read(&self, file: &str, error: &io::Error) -> String {
        match error.kind() {
            io::ErrorKind::NotFound => format!("エラー: {file} が見つかりません"),
            io::ErrorKind::PermissionDenied => format!("エラー: {file} を読む権限がありません"),
            io::ErrorKind::IsADirectory => format!("エラー: {file} はディレクトリーです"),
            _ => format!("エラー: {file} を読み込めません: {error}"),
        }
    }
    fn cannot_write(&self, error: &str) -> String {
        format!("結果を書き出せません: {error}")
    }
    fn progress(&self, phase: Phase, percent: Option<u64>, seconds: u64) -> String {
        let phase = match phase {
            Phase::Read => "読み込み中",
            Phase::Model => "領域の判別中",
            Phase::Decide => "判定中",
            Phase::Witness => "経路の収集中",
        };
        match percent {
            Some(percent) => format!("{phase} {percent}%（{seconds} 秒）"),
            None => format!("{phase}（{seconds} 秒）"),
        }
    }
    fn clause_of(&self, clause: &str, policy: &str) -> String {
        format!("基本方針 {clause}、ポリシー {policy}")
    }
    fn meaning(&self) -> &'static str {
        "意味"
    }
    fn why(&self) -> &'static str {
        "理由"
    }
    fn mend(&self) -> &'static str {
        "直し方"
    }
}

const EXIT_JA: &str = "

verify の終了ステータス:
  0  すべての要件が適合または対象外（少なくとも一つは適合）
  1  不適合の要件がある
  2  入力または指定に誤りがあり、検証は行われていない
  3  要確認: 指定された上限に達し、判定できていない
";
