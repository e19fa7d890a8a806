//! The lists of articles, and what becomes of an article as a whole.

use galley_client::api::{ArticleRows, ListCount, ListRequest, OpenArticle, SearchRequest};

use super::{Answer, OfArticle, Request, TheDesk};

#[tauri::command]
pub(crate) async fn list_articles(desk: TheDesk<'_>, request: Request<ListRequest>) -> Answer<ArticleRows> {
    desk.core().await?.list_articles(request.0).await
}

#[tauri::command]
pub(crate) async fn list_counts(desk: TheDesk<'_>) -> Answer<Vec<ListCount>> {
    desk.core().await?.list_counts()
}

#[tauri::command]
pub(crate) async fn search_articles(
    desk: TheDesk<'_>,
    request: Request<SearchRequest>,
) -> Answer<ArticleRows> {
    desk.core().await?.search_articles(request.0).await
}

#[tauri::command]
pub(crate) async fn create_article(desk: TheDesk<'_>) -> Answer<OpenArticle> {
    desk.core().await?.create_article().await
}

#[tauri::command]
pub(crate) async fn copy_as_draft(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<OpenArticle> {
    desk.core().await?.copy_as_draft(request.0.article).await
}

#[tauri::command]
pub(crate) async fn open_article(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<OpenArticle> {
    desk.core().await?.open_article(request.0.article).await
}

#[tauri::command]
pub(crate) async fn close_article(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<()> {
    desk.core().await?.close_article(request.0.article).await
}

#[tauri::command]
pub(crate) async fn trash(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<()> {
    desk.core().await?.trash(request.0.article).await
}

#[tauri::command]
pub(crate) async fn put_back_from_trash(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<()> {
    desk.core().await?.put_back_from_trash(request.0.article).await
}

#[tauri::command]
pub(crate) async fn delete_for_good(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<()> {
    desk.core().await?.delete_for_good(request.0.article).await
}
