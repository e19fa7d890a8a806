//! The versions of an article.

use galley_client::api::{ChangesSince, CompareRequest, Comparison, OpenArticle, RevisionRow};
use galley_model::{ArticleId, RevisionId, Sha256};
use serde::Deserialize;

use super::{Answer, OfArticle, Request, TheDesk};

#[tauri::command]
pub(crate) async fn revisions(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<Vec<RevisionRow>> {
    desk.core().await?.revisions(request.0.article).await
}

#[derive(Deserialize)]
pub(crate) struct LabelRequest {
    article: ArticleId,
    label: String,
}

#[tauri::command]
pub(crate) async fn name_revision(desk: TheDesk<'_>, request: Request<LabelRequest>) -> Answer<RevisionRow> {
    let LabelRequest { article, label } = request.0;
    desk.core().await?.name_revision(article, label).await
}

#[tauri::command]
pub(crate) async fn compare(desk: TheDesk<'_>, request: Request<CompareRequest>) -> Answer<Comparison> {
    desk.core().await?.compare(request.0).await
}

#[derive(Deserialize)]
pub(crate) struct RestoreRequest {
    article: ArticleId,
    revision: RevisionId,
}

#[tauri::command]
pub(crate) async fn restore(desk: TheDesk<'_>, request: Request<RestoreRequest>) -> Answer<OpenArticle> {
    let RestoreRequest { article, revision } = request.0;
    desk.core().await?.restore(article, revision).await
}

#[derive(Deserialize)]
pub(crate) struct JudgedRequest {
    article: ArticleId,
    content_hash: Sha256,
}

#[tauri::command]
pub(crate) async fn difference_since(
    desk: TheDesk<'_>,
    request: Request<JudgedRequest>,
) -> Answer<ChangesSince> {
    let JudgedRequest { article, content_hash } = request.0;
    desk.core().await?.difference_since(article, content_hash).await
}
