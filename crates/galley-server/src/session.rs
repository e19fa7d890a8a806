//! Who answers, and who asks.

use axum::extract::State;
use axum::http::StatusCode;
use galley_newsroom::wire::{Failure, Hello, Me, Member, PeopleAnswer, SignInRequest, SignedIn};
use galley_newsroom::{Caller, ENGINE, PersonRecord};

use crate::answer::{Json, Refusal};
use crate::app::{App, now};
use crate::routes::{From, Signed};

/// The version of the protocol.
const API: u32 = 1;

/// Who answers.
#[utoipa::path(get, path = "/api/v1/hello", tag = "session", responses(
    (status = 200, body = Hello), (status = 503, body = Failure)))]
pub(crate) async fn hello(State(app): State<App>) -> Result<Json<Hello>, Refusal> {
    let identity = app.0.newsroom.identity();
    let (_, settings) = app.0.newsroom.settings().await?;
    Ok(Json(Hello {
        newsroom: identity.newsroom,
        epoch: identity.epoch,
        name: settings.name,
        api: API,
        api_min: API,
        engine: ENGINE.to_owned(),
        server_time: now(),
    }))
}

/// Signs a library in.
#[utoipa::path(post, path = "/api/v1/sign-in", tag = "session", request_body = SignInRequest, responses(
    (status = 200, body = SignedIn),
    (status = 401, description = "`wrong_secret`", body = Failure),
    (status = 413, body = Failure),
    (status = 422, description = "`invalid`", body = Failure),
    (status = 429, description = "`slow_down`, with `Retry-After`", body = Failure),
    (status = 503, body = Failure)))]
pub(crate) async fn sign_in(
    State(app): State<App>,
    From(address): From,
    Json(request): Json<SignInRequest>,
) -> Result<Json<SignedIn>, Refusal> {
    let new = app.0.accounts.sign_in(&request, address, now()).await?;
    tracing::info!(device = %new.caller.device, person = %new.caller.actor.person, "signed in");
    let me = who(&app, &new.caller).await?;
    Ok(Json(SignedIn { device: new.caller.device, token: new.token, me }))
}

/// Revokes the own token.
#[utoipa::path(delete, path = "/api/v1/sign-in", tag = "session", security(("device" = [])), responses(
    (status = 204), (status = 401, body = Failure), (status = 429, body = Failure),
    (status = 503, body = Failure)))]
pub(crate) async fn sign_out(State(app): State<App>, Signed(caller): Signed) -> Result<StatusCode, Refusal> {
    app.0.accounts.revoke_device(caller.device, now()).await?;
    tracing::info!(device = %caller.device, "signed out");
    Ok(StatusCode::NO_CONTENT)
}

/// Who one is here.
#[utoipa::path(get, path = "/api/v1/me", tag = "session", security(("device" = [])), responses(
    (status = 200, body = Me), (status = 401, body = Failure), (status = 429, body = Failure),
    (status = 503, body = Failure)))]
pub(crate) async fn me(State(app): State<App>, Signed(caller): Signed) -> Result<Json<Me>, Refusal> {
    Ok(Json(who(&app, &caller).await?))
}

/// Who is of the newsroom: names and roles, for who is signed in.
#[utoipa::path(get, path = "/api/v1/people", tag = "session", security(("device" = [])), responses(
    (status = 200, body = PeopleAnswer), (status = 401, body = Failure), (status = 429, body = Failure),
    (status = 503, body = Failure)))]
pub(crate) async fn people(State(app): State<App>, Signed(_): Signed) -> Result<Json<PeopleAnswer>, Refusal> {
    let everyone = app.0.accounts.people().await?.into_iter().filter(|person| person.active);
    let member = |person: PersonRecord| {
        let roles = person.roles.into_iter().collect();
        Member { id: person.id, name: person.name, roles }
    };
    Ok(Json(PeopleAnswer { people: everyone.map(member).collect() }))
}

async fn who(app: &App, caller: &Caller) -> Result<Me, Refusal> {
    let identity = app.0.newsroom.identity();
    let (_, settings) = app.0.newsroom.settings().await?;
    Ok(Me {
        newsroom: identity.newsroom,
        epoch: identity.epoch,
        newsroom_name: settings.name,
        person: caller.actor.person,
        name: caller.actor.name.clone(),
        roles: caller.actor.roles.iter().copied().collect(),
        policy: app.0.newsroom.new_policy().await?,
        next_intent: app.0.newsroom.next_intent(caller.device).await?,
    })
}
