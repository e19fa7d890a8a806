//! The commands of the window, by subject: each takes one argument `request`, passes it to the core and passes the
//! answer back. What can fail fails with an `ApiError`, an argument that cannot be read included.
//!
//! No decision is taken here.

mod account;
mod app;
mod articles;
mod editing;
mod history;
mod publishing;
mod settings;
mod workflow;

use galley_client::api::ApiError;
use galley_model::ArticleId;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tauri::ipc::{CommandArg, CommandItem, Invoke, InvokeBody, InvokeError};
use tauri::{Runtime, State};

use crate::desk::{Desk, fault};

type Answer<T> = Result<T, ApiError>;
type TheDesk<'a> = State<'a, Desk>;

macro_rules! commands {
    ($($subject:ident::$name:ident),* $(,)?) => {
        /// The names of all commands.
        pub const COMMANDS: &[&str] = &[$(stringify!($name)),*];

        pub(crate) fn handler<R: Runtime>() -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$($subject::$name),*]
        }
    };
}

commands!(
    app::start,
    articles::list_articles,
    articles::list_counts,
    articles::search_articles,
    articles::create_article,
    articles::open_article,
    articles::close_article,
    editing::push_edits,
    editing::draft_fields,
    editing::set_fields,
    editing::draft_composition,
    editing::save_view,
    publishing::preview,
    publishing::site_pages,
    publishing::preview_index,
    editing::add_photo,
    history::revisions,
    history::name_revision,
    history::compare,
    history::restore,
    publishing::assign_responsible_editor,
    publishing::publish,
    publishing::take_down,
    publishing::put_back,
    publishing::retract,
    publishing::rebuild_site,
    articles::trash,
    articles::put_back_from_trash,
    articles::delete_for_good,
    settings::site_settings,
    settings::save_site_settings,
    settings::server_settings,
    settings::save_server_settings,
    settings::themes,
    settings::server_themes,
    settings::copy_theme,
    settings::show_theme_folder,
    settings::send_theme,
    settings::preferences,
    settings::save_preferences,
    settings::try_site_store,
    account::account,
    account::sign_in,
    account::sign_out,
    account::let_drafts_up,
    articles::copy_as_draft,
    account::sync_now,
    account::sync_state,
    account::woke_up,
    account::network_returned,
    account::outbox,
    account::retry,
    workflow::standing,
    workflow::submit,
    workflow::withdraw,
    workflow::claim,
    workflow::release,
    workflow::resume,
    workflow::colleagues,
    workflow::add_co_author,
    workflow::remove_co_author,
    workflow::sign_off,
    workflow::resolve_contest,
    workflow::accept_late,
    workflow::refuse_late,
    history::difference_since,
    app::open_address,
    app::show_data_folder,
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
