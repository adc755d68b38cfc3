//! stub
use super::Report;
use super::svg::FactsMissing;
use crate::language::Lang;
/// stub
pub fn render(_report: &Report, _lang: Lang) -> Result<String, FactsMissing> {
    Ok(String::new())
}
