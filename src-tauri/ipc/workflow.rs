//! What is asked of the newsroom about an article, and how it stands there.

use galley_client::api::{ArticleStanding, Colleague};
use galley_model::workflow::Verdict;
use galley_model::{ArticleId, PersonId, Sha256};
use serde::Deserialize;
use uuid::Uuid;

use super::{Answer, OfArticle, Request, TheDesk};

#[tauri::command]
pub(crate) async fn standing(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<ArticleStanding> {
    desk.core().await?.article_standing(request.0.article).await
}

#[tauri::command]
pub(crate) async fn submit(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<i64> {
    desk.core().await?.submit(request.0.article).await
}

#[tauri::command]
pub(crate) async fn withdraw(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<i64> {
    desk.core().await?.withdraw(request.0.article).await
}

#[tauri::command]
pub(crate) async fn claim(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<i64> {
    desk.core().await?.claim(request.0.article).await
}

#[tauri::command]
pub(crate) async fn release(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<i64> {
    desk.core().await?.release(request.0.article).await
}

#[tauri::command]
pub(crate) async fn resume(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<i64> {
    desk.core().await?.resume(request.0.article).await
}

#[tauri::command]
pub(crate) async fn colleagues(desk: TheDesk<'_>) -> Answer<Vec<Colleague>> {
    desk.core().await?.colleagues().await
}

#[derive(Deserialize)]
pub(crate) struct PersonRequest {
    article: ArticleId,
    person: PersonId,
}

#[tauri::command]
pub(crate) async fn add_co_author(desk: TheDesk<'_>, request: Request<PersonRequest>) -> Answer<i64> {
    let PersonRequest { article, person } = request.0;
    desk.core().await?.add_co_author(article, person).await
}

#[tauri::command]
pub(crate) async fn remove_co_author(desk: TheDesk<'_>, request: Request<PersonRequest>) -> Answer<i64> {
    let PersonRequest { article, person } = request.0;
    desk.core().await?.remove_co_author(article, person).await
}

#[derive(Deserialize)]
pub(crate) struct VerdictRequest {
    article: ArticleId,
    verdict: Verdict,
    comment: String,
    page_hash: Option<Sha256>,
    shown: Option<Sha256>,
}

#[tauri::command]
pub(crate) async fn sign_off(desk: TheDesk<'_>, request: Request<VerdictRequest>) -> Answer<i64> {
    let VerdictRequest { article, verdict, comment, page_hash, shown } = request.0;
    desk.core().await?.sign_off(article, verdict, comment, page_hash, shown).await
}

#[derive(Deserialize)]
pub(crate) struct ContestRequest {
    article: ArticleId,
    contest: Uuid,
    text: String,
}

#[tauri::command]
pub(crate) async fn resolve_contest(desk: TheDesk<'_>, request: Request<ContestRequest>) -> Answer<i64> {
    let ContestRequest { article, contest, text } = request.0;
    desk.core().await?.resolve_contest(article, contest, text).await
}

#[derive(Deserialize)]
pub(crate) struct LateRequest {
    article: ArticleId,
    late: Uuid,
}

#[tauri::command]
pub(crate) async fn accept_late(desk: TheDesk<'_>, request: Request<LateRequest>) -> Answer<i64> {
    let LateRequest { article, late } = request.0;
    desk.core().await?.accept_late(article, late).await
}

#[tauri::command]
pub(crate) async fn refuse_late(desk: TheDesk<'_>, request: Request<LateRequest>) -> Answer<i64> {
    let LateRequest { article, late } = request.0;
    desk.core().await?.refuse_late(article, late).await
}
