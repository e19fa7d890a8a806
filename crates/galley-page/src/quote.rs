//! Pull quotes: a quotation that is set in strong from its first letter to its last, with who said it under it.
//!
//! Read out of the markup that `body` wrote, whose few forms are known; a text cannot look like one.

/// The quotation as a pull quote, when it is one: every paragraph wholly strong, and at most a last line or paragraph
/// that begins with a dash.
pub(crate) fn pull_quote(quotation: &str) -> Option<String> {
    let mut rest = quotation.strip_prefix("<blockquote>")?.strip_suffix("</blockquote>")?;
    let mut out = "<blockquote class=\"pull\">".to_owned();
    let mut n_paragraphs = 0;
    while let Some(inside) = rest.strip_prefix("<p><strong>") {
        let (text, after) = inside.split_once("</strong>")?;
        if text.contains("<strong>") {
            return None;
        }
        out.push_str("<p>");
        out.push_str(text);
        out.push_str("</p>");
        n_paragraphs += 1;
        rest = match after.strip_prefix("</p>") {
            Some(rest) => rest,
            None => {
                push_speaker(&mut out, after.strip_prefix("<br>")?)?;
                ""
            }
        };
    }
    if let Some(speaker) = rest.strip_prefix("<p>") {
        push_speaker(&mut out, speaker)?;
        rest = "";
    }
    out.push_str("</blockquote>");
    (rest.is_empty() && n_paragraphs > 0).then_some(out)
}

/// The rest of a quotation: one line that begins with a dash, to the end of the last paragraph.
fn push_speaker(out: &mut String, rest: &str) -> Option<()> {
    let speaker = rest.strip_suffix("</p>")?;
    let is_speaker =
        speaker.starts_with(['—', '―', '–']) && !speaker.contains("</p>") && !speaker.contains("<br>");
    if !is_speaker {
        return None;
    }
    out.push_str("<footer>");
    out.push_str(speaker);
    out.push_str("</footer>");
    Some(())
}
