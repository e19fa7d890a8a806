//! The commands of the window: each takes one argument `request`, passes it to the core and passes the answer
//! back. What can fail fails with an `ApiError`, an argument that cannot be read included.
//!
//! No decision is taken here.

use galley_client::api::{
    AccountState, AddedPhoto, ApiError, ArticleRows, ArticleStanding, Authority, ChangesSince, Colleague,
    CompareRequest, Comparison, CorrectionNote, FieldsRequest, ListCount, ListRequest, OpenArticle,
    OutboxRow, Preferences, Preview, PreviewRequest, PublishRequest, PushAnswer, PushRequest, RevisionRow,
    Saved, SearchRequest, SignIn, SiteBucket, SitePage, SiteSettingsVersion, StartState, SyncState,
    ThemeList,
};
use galley_model::workflow::Verdict;
use galley_model::{ArticleId, PersonId, RevisionId, Sha256};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tauri::ipc::{CommandArg, CommandItem, Invoke, InvokeBody, InvokeError};
use tauri::{AppHandle, Runtime, State};
use uuid::Uuid;

use crate::desk::{Desk, fault};
use crate::menu;

type Answer<T> = Result<T, ApiError>;
type TheDesk<'a> = State<'a, Desk>;

macro_rules! commands {
    ($($name:ident),* $(,)?) => {
        /// The names of all commands.
        pub const COMMANDS: &[&str] = &[$(stringify!($name)),*];

        pub(crate) fn handler<R: Runtime>() -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$($name),*]
        }
    };
}

commands!(
    start,
    list_articles,
    list_counts,
    search_articles,
    create_article,
    open_article,
    close_article,
    push_edits,
    draft_fields,
    set_fields,
    draft_composition,
    save_view,
    preview,
    site_pages,
    preview_index,
    add_photo,
    revisions,
    name_revision,
    compare,
    restore,
    assign_responsible_editor,
    publish,
    take_down,
    put_back,
    retract,
    rebuild_site,
    trash,
    put_back_from_trash,
    delete_for_good,
    site_settings,
    save_site_settings,
    server_settings,
    save_server_settings,
    themes,
    server_themes,
    copy_theme,
    show_theme_folder,
    send_theme,
    preferences,
    save_preferences,
    try_site_store,
    account,
    sign_in,
    sign_out,
    let_drafts_up,
    copy_as_draft,
    sync_now,
    sync_state,
    woke_up,
    network_returned,
    outbox,
    retry,
    standing,
    submit,
    withdraw,
    claim,
    release,
    resume,
    colleagues,
    add_co_author,
    remove_co_author,
    sign_off,
    resolve_contest,
    accept_late,
    refuse_late,
    difference_since,
    open_address,
    show_data_folder,
);

/// The one argument of a command.
pub(crate) struct Request<T>(T);

impl<'de, T: DeserializeOwned, R: Runtime> CommandArg<'de, R> for Request<T> {
    fn from_command(command: CommandItem<'de, R>) -> Result<Self, InvokeError> {
        let unreadable = |detail: String| InvokeError::from(fault(&format!("{}: {detail}", command.name)));
        let InvokeBody::Json(body) = command.message.payload() else {
            return Err(unreadable("bytes where a request was expected".to_owned()));
        };
        let request = body.get(command.key).ok_or_else(|| unreadable("no request".to_owned()))?;
        T::deserialize(request).map(Self).map_err(|error| unreadable(error.to_string()))
    }
}

/// A request that names an article and nothing else.
#[derive(Deserialize)]
pub(crate) struct OfArticle {
    article: ArticleId,
}

#[tauri::command]
async fn start<R: Runtime>(app: AppHandle<R>, desk: TheDesk<'_>) -> Answer<StartState> {
    let state = desk.core().await?.start().await?;
    menu::follow_language(&app, crate::Language::of(&state.language));
    Ok(state)
}

#[tauri::command]
async fn list_articles(desk: TheDesk<'_>, request: Request<ListRequest>) -> Answer<ArticleRows> {
    desk.core().await?.list_articles(request.0).await
}

#[tauri::command]
async fn list_counts(desk: TheDesk<'_>) -> Answer<Vec<ListCount>> {
    desk.core().await?.list_counts()
}

#[tauri::command]
async fn search_articles(desk: TheDesk<'_>, request: Request<SearchRequest>) -> Answer<ArticleRows> {
    desk.core().await?.search_articles(request.0).await
}

#[tauri::command]
async fn create_article(desk: TheDesk<'_>) -> Answer<OpenArticle> {
    desk.core().await?.create_article().await
}

#[tauri::command]
async fn open_article(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<OpenArticle> {
    desk.core().await?.open_article(request.0.article).await
}

#[tauri::command]
async fn close_article(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<()> {
    desk.core().await?.close_article(request.0.article).await
}

#[tauri::command]
async fn push_edits(desk: TheDesk<'_>, request: Request<PushRequest>) -> Answer<PushAnswer> {
    desk.core().await?.push_edits(request.0).await
}

#[tauri::command]
async fn draft_fields(desk: TheDesk<'_>, request: Request<FieldsRequest>) -> Answer<Saved> {
    desk.core().await?.draft_fields(request.0).await
}

#[tauri::command]
async fn set_fields(desk: TheDesk<'_>, request: Request<FieldsRequest>) -> Answer<Saved> {
    desk.core().await?.set_fields(request.0).await
}

#[derive(Deserialize)]
pub(crate) struct CompositionRequest {
    article: ArticleId,
    text: String,
}

#[tauri::command]
async fn draft_composition(desk: TheDesk<'_>, request: Request<CompositionRequest>) -> Answer<Saved> {
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
async fn save_view(desk: TheDesk<'_>, request: Request<ViewRequest>) -> Answer<()> {
    let ViewRequest { article, caret, scroll } = request.0;
    desk.core().await?.save_view(article, caret, scroll).await
}

#[tauri::command]
async fn preview(desk: TheDesk<'_>, request: Request<PreviewRequest>) -> Answer<Preview> {
    desk.core().await?.preview(request.0).await
}

/// The file's bytes are the body; the article and the file's name (percent-encoded) are headers.
#[tauri::command]
async fn add_photo(desk: TheDesk<'_>, request: tauri::ipc::Request<'_>) -> Answer<AddedPhoto> {
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

#[tauri::command]
async fn site_pages(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<Vec<SitePage>> {
    desk.core().await?.site_pages(request.0.article).await
}

#[derive(Deserialize)]
pub(crate) struct IndexRequest {
    article: ArticleId,
    address: String,
    #[serde(default)]
    correction: Option<CorrectionNote>,
}

#[tauri::command]
async fn preview_index(desk: TheDesk<'_>, request: Request<IndexRequest>) -> Answer<String> {
    let IndexRequest { article, address, correction } = request.0;
    desk.core().await?.preview_index(article, &address, correction).await
}

#[tauri::command]
async fn revisions(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<Vec<RevisionRow>> {
    desk.core().await?.revisions(request.0.article).await
}

#[derive(Deserialize)]
pub(crate) struct LabelRequest {
    article: ArticleId,
    label: String,
}

#[tauri::command]
async fn name_revision(desk: TheDesk<'_>, request: Request<LabelRequest>) -> Answer<RevisionRow> {
    let LabelRequest { article, label } = request.0;
    desk.core().await?.name_revision(article, label).await
}

#[tauri::command]
async fn compare(desk: TheDesk<'_>, request: Request<CompareRequest>) -> Answer<Comparison> {
    desk.core().await?.compare(request.0).await
}

#[derive(Deserialize)]
pub(crate) struct RestoreRequest {
    article: ArticleId,
    revision: RevisionId,
}

#[tauri::command]
async fn restore(desk: TheDesk<'_>, request: Request<RestoreRequest>) -> Answer<OpenArticle> {
    let RestoreRequest { article, revision } = request.0;
    desk.core().await?.restore(article, revision).await
}

#[derive(Deserialize)]
pub(crate) struct NameRequest {
    article: ArticleId,
    name: String,
}

#[tauri::command]
async fn assign_responsible_editor(desk: TheDesk<'_>, request: Request<NameRequest>) -> Answer<Authority> {
    let NameRequest { article, name } = request.0;
    desk.core().await?.assign_responsible_editor(article, name).await
}

#[tauri::command]
async fn publish(desk: TheDesk<'_>, request: Request<PublishRequest>) -> Answer<Authority> {
    desk.core().await?.publish(request.0).await
}

#[derive(Deserialize)]
pub(crate) struct ReasonRequest {
    article: ArticleId,
    reason: String,
}

#[tauri::command]
async fn take_down(desk: TheDesk<'_>, request: Request<ReasonRequest>) -> Answer<Authority> {
    let ReasonRequest { article, reason } = request.0;
    desk.core().await?.take_down(article, reason).await
}

#[derive(Deserialize)]
pub(crate) struct RetractRequest {
    article: ArticleId,
    reason: String,
    notice: String,
}

#[tauri::command]
async fn retract(desk: TheDesk<'_>, request: Request<RetractRequest>) -> Answer<Authority> {
    let RetractRequest { article, reason, notice } = request.0;
    desk.core().await?.retract(article, reason, notice).await
}

#[tauri::command]
async fn put_back(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<Authority> {
    desk.core().await?.put_back(request.0.article).await
}

#[tauri::command]
async fn rebuild_site(desk: TheDesk<'_>) -> Answer<()> {
    desk.core().await?.rebuild_site().await
}

#[tauri::command]
async fn trash(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<()> {
    desk.core().await?.trash(request.0.article).await
}

#[tauri::command]
async fn put_back_from_trash(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<()> {
    desk.core().await?.put_back_from_trash(request.0.article).await
}

#[tauri::command]
async fn delete_for_good(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<()> {
    desk.core().await?.delete_for_good(request.0.article).await
}

#[tauri::command]
async fn site_settings(desk: TheDesk<'_>) -> Answer<SiteSettingsVersion> {
    desk.core().await?.site_settings().await
}

#[tauri::command]
async fn save_site_settings(
    desk: TheDesk<'_>,
    request: Request<SiteSettingsVersion>,
) -> Answer<SiteSettingsVersion> {
    desk.core().await?.save_site_settings(request.0).await
}

#[tauri::command]
async fn server_settings(desk: TheDesk<'_>) -> Answer<Option<SiteSettingsVersion>> {
    desk.core().await?.server_settings()
}

#[tauri::command]
async fn save_server_settings(
    desk: TheDesk<'_>,
    request: Request<SiteSettingsVersion>,
) -> Answer<SiteSettingsVersion> {
    desk.core().await?.save_server_settings(request.0).await
}

#[tauri::command]
async fn preferences(desk: TheDesk<'_>) -> Answer<Preferences> {
    desk.core().await?.preferences().await
}

#[derive(Deserialize)]
pub(crate) struct PreferencesRequest {
    preferences: Preferences,
    /// Of the key of the site's bucket; empty leaves the one that is kept.
    store_secret: String,
}

#[tauri::command]
async fn save_preferences<R: Runtime>(
    app: AppHandle<R>,
    desk: TheDesk<'_>,
    request: Request<PreferencesRequest>,
) -> Answer<Preferences> {
    let PreferencesRequest { preferences, store_secret } = request.0;
    let preferences = desk.core().await?.save_preferences(preferences, &store_secret).await?;
    menu::follow_language(&app, desk.language(&preferences.language));
    Ok(preferences)
}

#[derive(Deserialize)]
pub(crate) struct StoreRequest {
    store: SiteBucket,
    secret: String,
}

#[tauri::command]
async fn try_site_store(desk: TheDesk<'_>, request: Request<StoreRequest>) -> Answer<()> {
    let StoreRequest { store, secret } = request.0;
    desk.core().await?.try_site_store(store, &secret).await
}

#[tauri::command]
async fn themes(desk: TheDesk<'_>) -> Answer<ThemeList> {
    desk.core().await?.themes().await
}

#[tauri::command]
async fn server_themes(desk: TheDesk<'_>) -> Answer<ThemeList> {
    desk.core().await?.server_themes().await
}

#[derive(Deserialize)]
pub(crate) struct ThemeNamed {
    name: String,
}

#[tauri::command]
async fn copy_theme(desk: TheDesk<'_>, request: Request<ThemeNamed>) -> Answer<String> {
    desk.core().await?.copy_theme(&request.0.name).await
}

#[tauri::command]
async fn show_theme_folder(desk: TheDesk<'_>) -> Answer<()> {
    let folder = desk.core().await?.theme_folder();
    desk.show_folder(&folder)
}

#[tauri::command]
async fn send_theme(desk: TheDesk<'_>) -> Answer<()> {
    desk.core().await?.send_theme().await
}

#[tauri::command]
async fn account(desk: TheDesk<'_>) -> Answer<Option<AccountState>> {
    desk.core().await?.account()
}

#[tauri::command]
async fn sign_in(desk: TheDesk<'_>, request: Request<SignIn>) -> Answer<AccountState> {
    desk.core().await?.sign_in(request.0).await
}

#[tauri::command]
async fn sign_out(desk: TheDesk<'_>) -> Answer<()> {
    desk.core().await?.sign_out().await
}

#[derive(Deserialize)]
pub(crate) struct DraftsRequest {
    drafts: Vec<ArticleId>,
}

#[tauri::command]
async fn let_drafts_up(desk: TheDesk<'_>, request: Request<DraftsRequest>) -> Answer<()> {
    desk.core().await?.let_drafts_up(request.0.drafts).await
}

#[tauri::command]
async fn copy_as_draft(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<OpenArticle> {
    desk.core().await?.copy_as_draft(request.0.article).await
}

#[tauri::command]
async fn sync_now(desk: TheDesk<'_>) -> Answer<()> {
    desk.core().await?.sync_now();
    Ok(())
}

#[tauri::command]
async fn woke_up(desk: TheDesk<'_>) -> Answer<()> {
    desk.core().await?.woke_up();
    Ok(())
}

#[tauri::command]
async fn network_returned(desk: TheDesk<'_>) -> Answer<()> {
    desk.core().await?.network_returned();
    Ok(())
}

#[tauri::command]
async fn sync_state(desk: TheDesk<'_>) -> Answer<SyncState> {
    Ok(desk.core().await?.sync_state())
}

#[derive(Deserialize)]
pub(crate) struct OutboxRequest {
    offset: u32,
    limit: u32,
}

#[tauri::command]
async fn outbox(desk: TheDesk<'_>, request: Request<OutboxRequest>) -> Answer<Vec<OutboxRow>> {
    let OutboxRequest { offset, limit } = request.0;
    desk.core().await?.outbox(offset, limit)
}

#[tauri::command]
async fn retry(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<()> {
    desk.core().await?.retry(request.0.article).await
}

#[tauri::command]
async fn standing(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<ArticleStanding> {
    desk.core().await?.article_standing(request.0.article).await
}

#[tauri::command]
async fn submit(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<i64> {
    desk.core().await?.submit(request.0.article).await
}

#[tauri::command]
async fn withdraw(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<i64> {
    desk.core().await?.withdraw(request.0.article).await
}

#[tauri::command]
async fn claim(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<i64> {
    desk.core().await?.claim(request.0.article).await
}

#[tauri::command]
async fn release(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<i64> {
    desk.core().await?.release(request.0.article).await
}

#[tauri::command]
async fn resume(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<i64> {
    desk.core().await?.resume(request.0.article).await
}

#[tauri::command]
async fn colleagues(desk: TheDesk<'_>) -> Answer<Vec<Colleague>> {
    desk.core().await?.colleagues().await
}

#[derive(Deserialize)]
pub(crate) struct PersonRequest {
    article: ArticleId,
    person: PersonId,
}

#[tauri::command]
async fn add_co_author(desk: TheDesk<'_>, request: Request<PersonRequest>) -> Answer<i64> {
    let PersonRequest { article, person } = request.0;
    desk.core().await?.add_co_author(article, person).await
}

#[tauri::command]
async fn remove_co_author(desk: TheDesk<'_>, request: Request<PersonRequest>) -> Answer<i64> {
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
async fn sign_off(desk: TheDesk<'_>, request: Request<VerdictRequest>) -> Answer<i64> {
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
async fn resolve_contest(desk: TheDesk<'_>, request: Request<ContestRequest>) -> Answer<i64> {
    let ContestRequest { article, contest, text } = request.0;
    desk.core().await?.resolve_contest(article, contest, text).await
}

#[derive(Deserialize)]
pub(crate) struct LateRequest {
    article: ArticleId,
    late: Uuid,
}

#[tauri::command]
async fn accept_late(desk: TheDesk<'_>, request: Request<LateRequest>) -> Answer<i64> {
    let LateRequest { article, late } = request.0;
    desk.core().await?.accept_late(article, late).await
}

#[tauri::command]
async fn refuse_late(desk: TheDesk<'_>, request: Request<LateRequest>) -> Answer<i64> {
    let LateRequest { article, late } = request.0;
    desk.core().await?.refuse_late(article, late).await
}

#[derive(Deserialize)]
pub(crate) struct JudgedRequest {
    article: ArticleId,
    content_hash: Sha256,
}

#[tauri::command]
async fn difference_since(desk: TheDesk<'_>, request: Request<JudgedRequest>) -> Answer<ChangesSince> {
    let JudgedRequest { article, content_hash } = request.0;
    desk.core().await?.difference_since(article, content_hash).await
}

#[derive(Deserialize)]
pub(crate) struct AddressRequest {
    url: String,
}

#[tauri::command]
async fn open_address(desk: TheDesk<'_>, request: Request<AddressRequest>) -> Answer<()> {
    desk.open_address(&request.0.url)
}

#[tauri::command]
async fn show_data_folder(desk: TheDesk<'_>) -> Answer<()> {
    desk.show_data_folder()
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
