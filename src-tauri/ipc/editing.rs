//! What is typed into an article, and put into it.

use galley_client::api::{AddedPhoto, FieldsRequest, PushAnswer, PushRequest, Saved};
use galley_model::ArticleId;
use serde::Deserialize;
use tauri::ipc::InvokeBody;

use super::{Answer, Request, TheDesk};
use crate::desk::fault;

#[tauri::command]
pub(crate) async fn push_edits(desk: TheDesk<'_>, request: Request<PushRequest>) -> Answer<PushAnswer> {
    desk.core().await?.push_edits(request.0).await
}

#[tauri::command]
pub(crate) async fn draft_fields(desk: TheDesk<'_>, request: Request<FieldsRequest>) -> Answer<Saved> {
    desk.core().await?.draft_fields(request.0).await
}

#[tauri::command]
pub(crate) async fn set_fields(desk: TheDesk<'_>, request: Request<FieldsRequest>) -> Answer<Saved> {
    desk.core().await?.set_fields(request.0).await
}

#[derive(Deserialize)]
pub(crate) struct CompositionRequest {
    article: ArticleId,
    text: String,
}

#[tauri::command]
pub(crate) async fn draft_composition(
    desk: TheDesk<'_>,
    request: Request<CompositionRequest>,
) -> Answer<Saved> {
    let CompositionRequest { article, text } = request.0;
    desk.core().await?.draft_composition(article, text).await
}

#[derive(Deserialize)]
pub(crate) struct ViewRequest {
    article: ArticleId,
    caret: u32,
    scroll: u32,
}

#[tauri::command]
pub(crate) async fn save_view(desk: TheDesk<'_>, request: Request<ViewRequest>) -> Answer<()> {
    let ViewRequest { article, caret, scroll } = request.0;
    desk.core().await?.save_view(article, caret, scroll).await
}

/// The file's bytes are the body; the article and the file's name (percent-encoded) are headers.
#[tauri::command]
pub(crate) async fn add_photo(desk: TheDesk<'_>, request: tauri::ipc::Request<'_>) -> Answer<AddedPhoto> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let article: ArticleId = header("x-article")
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| fault("add_photo: the header x-article names no article"))?;
    let name = percent_decoded(header("x-name").unwrap_or_default());
    let InvokeBody::Raw(bytes) = request.body() else {
        return Err(fault("add_photo: a request where bytes were expected"));
    };
    desk.core().await?.add_photo(article, name, bytes.clone()).await
}

/// Undoes `encodeURIComponent`; what is no valid escape stays as it is.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escaped = match (first, after) {
            (b'%', [high, low, after @ ..]) => hex(*high).zip(hex(*low)).map(|(h, l)| (h * 16 + l, after)),
            _ => None,
        };
        let (byte, after) = escaped.unwrap_or((first, after));
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_comes_through_its_header_unharmed() {
        for (header, name) in [
            ("photo.jpg", "photo.jpg"),
            ("%E6%B9%96%E5%BF%83%E5%B2%9B%20%281%29.jpg", "湖心岛 (1).jpg"),
            ("100%25.png", "100%.png"),
            ("100%.png", "100%.png"),
            ("%4", "%4"),
            ("%zz", "%zz"),
            ("", ""),
        ] {
            assert_eq!(percent_decoded(header), name);
        }
    }
}
