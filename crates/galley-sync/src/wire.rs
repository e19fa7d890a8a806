//! The words of the protocol, one type per body. A form that was released is read by every later version: fields
//! are added with a default, words of a closed list with [`Other`](ContentResult::Other), and frozen examples in
//! `tests/fixtures/wire/` say so.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use galley_model::workflow::{
    CorrectionKind, Intent, ItemStatus, Opinion, Outcome, PolicyRef, Publication, Role, SignOff, Stage,
};
use galley_model::{ArticleId, Instant, PersonId, RevisionId, Sha256};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

mod site;

pub use site::{Site, SiteRequest, ThemeAnswer, ThemeFiles, ThemeRequest};

/// What every route begins with.
pub const BASE: &str = "/api/v1";
/// Largest body of a request or an answer, in bytes of JSON, chunks of photos apart.
pub const MAX_BODY_BYTES: usize = 4 << 20;
/// Largest update of one [`Push`], in bytes before base64.
pub const MAX_UPDATE_BYTES: usize = 1 << 20;
/// Most operations of one [`Push`].
pub const MAX_SPAN: i32 = 300_000;
/// Most articles of one answer to [`ChangesRequest`].
pub const MAX_CHANGES: u32 = 500;
/// Largest chunk of a photo, in bytes.
pub const MAX_CHUNK_BYTES: usize = 4 << 20;
/// Most bytes of a theme's files together that a server takes: base64 makes a third more of them, and a body holds it.
pub const MAX_THEME_BYTES: usize = 2_900_000;
/// Largest photo, in bytes; the same limit as the library's.
pub const MAX_MEDIA_BYTES: u64 = 60_000_000;

/// Bytes: in JSON, standard base64 with padding; in a binary form, as they are.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, format = Byte))]
pub struct Bytes(pub Vec<u8>);

impl fmt::Debug for Bytes {
    /// Never the contents.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bytes({})", self.0.len())
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&STANDARD.encode(&self.0))
        } else {
            serializer.serialize_bytes(&self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return deserializer.deserialize_byte_buf(Raw);
        }
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self).map_err(de::Error::custom)
    }
}

/// Bytes as a binary form has them.
struct Raw;

impl de::Visitor<'_> for Raw {
    type Value = Bytes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
        Ok(Bytes(bytes.to_vec()))
    }

    fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Bytes, E> {
        Ok(Bytes(bytes))
    }
}

/// Who writes into one article during one run of the app; a decimal text in JSON, a number in a binary form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{1,20}$"))]
pub struct Peer(pub u64);

impl Serialize for Peer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(&self.0)
        } else {
            serializer.serialize_u64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Peer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return u64::deserialize(deserializer).map(Self);
        }
        String::deserialize(deserializer)?.parse().map(Self).map_err(de::Error::custom)
    }
}

/// How far each peer's operations go: one past the last, counted from 0.
pub type Have = BTreeMap<Peer, i32>;

/// Any failure. `code` is one of [`code`]; nobody acts on `message`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Failure {
    /// What a program acts on.
    pub code: String,
    /// What a person who mends it reads.
    #[serde(default)]
    pub message: String,
    /// For the window's sentence.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
}

/// The codes of [`Failure`].
pub mod code {
    /// 401: the token is not valid any more.
    pub const SIGNED_OUT: &str = "signed_out";
    /// 401: no such name, or not its code or password.
    pub const WRONG_SECRET: &str = "wrong_secret";
    /// 403
    pub const NOT_PERMITTED: &str = "not_permitted";
    /// 404
    pub const NOT_FOUND: &str = "not_found";
    /// 409: the cursor is another newsroom's.
    pub const OTHER_NEWSROOM: &str = "other_newsroom";
    /// 409: the cursor is of records that were replaced by a copy.
    pub const OTHER_EPOCH: &str = "other_epoch";
    /// 409: somebody else saved the settings meanwhile (`current`, `name`).
    pub const SETTINGS_MOVED: &str = "settings_moved";
    /// 409: an upload stands at another offset (`offset`).
    pub const OFFSET: &str = "offset";
    /// 410
    pub const GONE: &str = "gone";
    /// 413 (`max`)
    pub const TOO_LARGE: &str = "too_large";
    /// 422: a file of a theme is wrong (`file`, `line`, `detail`).
    pub const THEME: &str = "theme";
    /// 422
    pub const INVALID: &str = "invalid";
    /// 426 (`min`)
    pub const TOO_OLD: &str = "too_old";
    /// 429
    pub const SLOW_DOWN: &str = "slow_down";
    /// 460: the whole file is not what its name says.
    pub const WRONG_BYTES: &str = "wrong_bytes";
    /// 500
    pub const INTERNAL: &str = "internal";
    /// 503
    pub const UNAVAILABLE: &str = "unavailable";
}

/// `GET /hello`: who answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hello {
    /// Which newsroom.
    pub newsroom: Uuid,
    /// Of its records.
    pub epoch: Uuid,
    /// Its name as the site shows it.
    pub name: String,
    /// The newest version of this protocol that it speaks.
    pub api: u32,
    /// The oldest version that it still speaks.
    pub api_min: u32,
    /// The text engine whose bytes it gives out.
    pub engine: String,
    /// Its clock.
    pub server_time: Instant,
}

/// `POST /sign-in`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignInRequest {
    /// The person's name.
    pub name: String,
    /// What proves it.
    pub secret: Secret,
    /// What people call this computer.
    pub device_name: String,
    /// The device that this library was, when it was signed in before.
    #[serde(default)]
    pub device: Option<Uuid>,
    /// The token it had then; without it, it becomes a new device.
    #[serde(default)]
    pub token: Option<String>,
}

/// What proves who somebody is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Secret {
    /// A code that works once, and the password from now on (10 to 200 characters).
    Code {
        /// As it was printed; case, spaces and hyphens do not matter.
        code: String,
        /// The new password.
        password: String,
    },
    /// The password.
    Password {
        /// As it was set.
        password: String,
    },
}

impl fmt::Debug for SignInRequest {
    /// Never a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInRequest").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The answer to [`SignInRequest`]; the token is said once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedIn {
    /// This library, from now on.
    pub device: Uuid,
    /// For the header `Authorization: Bearer …`.
    pub token: String,
    /// Who signed in.
    pub me: Me,
}

impl fmt::Debug for SignedIn {
    /// Never the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedIn").field("device", &self.device).field("me", &self.me).finish_non_exhaustive()
    }
}

/// `GET /me`: who one is here, and what one may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// Which newsroom.
    pub newsroom: Uuid,
    /// Of its records.
    pub epoch: Uuid,
    /// Its name.
    pub newsroom_name: String,
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub roles: Vec<Role>,
    /// What new articles pass.
    pub policy: PolicyRef,
    /// The next number of this device's intents.
    pub next_intent: u64,
}

/// `GET /people`: who is of the newsroom, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PeopleAnswer {
    /// Those who may sign in.
    pub people: Vec<Member>,
}

/// A person with what they may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    /// Who.
    pub id: PersonId,
    /// Their name now.
    pub name: String,
    /// What they may do.
    #[serde(default)]
    pub roles: Vec<Role>,
}

/// `POST /content`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContentRequest {
    /// In order.
    pub items: Vec<Push>,
}

/// What one peer wrote into one article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Push {
    /// Into which.
    pub article: ArticleId,
    /// Who.
    pub peer: Peer,
    /// First operation, counted from 0.
    pub start: i32,
    /// One past the last.
    pub end: i32,
    /// Of the bytes.
    pub sha256: Sha256,
    /// As the text engine exported them.
    pub bytes: Bytes,
    /// The device's clock: a label.
    pub at: Instant,
    /// Given back after the server's records were replaced by an older copy.
    #[serde(default)]
    pub recovered: bool,
    /// The newsroom's word on whose the article is, as a standing of an earlier epoch carried it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<AuthorWord>,
}

/// The newsroom's word on whose an article is. It is the newsroom's alone to make and to read; a device keeps it and
/// shows it when the newsroom lost its records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuthorWord {
    /// Of the records that gave it.
    pub epoch: Uuid,
    /// Whose it is, by their name then.
    pub author: Person,
    /// Proves that the newsroom said so, of this article.
    pub mac: Sha256,
}

/// Answers, one for each [`Push`], in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContentAnswer {
    /// In the order of the items.
    pub results: Vec<ContentResult>,
}

/// What became of one [`Push`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ContentResult {
    /// It is in the article now.
    Stored {
        /// Its number in the article.
        seq: i64,
    },
    /// It was stored before, byte for byte.
    Known {
        /// Its number in the article.
        seq: i64,
    },
    /// Something of this peer is missing before it.
    Gap {
        /// What the server has of the peer.
        expect: i32,
    },
    /// It builds on operations that the server has not.
    Missing {
        /// What the server has.
        have: Have,
    },
    /// The peer is another device's, or the same range came with other bytes.
    Forked,
    /// Not a text that an article can have.
    Refused {
        /// One of `unreadable`, `too_large`, `operation`, `too_long`.
        reason: String,
    },
    /// Kept as a late update.
    Late {
        /// Which.
        id: Uuid,
    },
    /// A draft of somebody else.
    NotYours,
    /// The article was deleted.
    Gone,
    /// A word of a newer server: try again after an update of the app.
    #[serde(other)]
    Other,
}

/// `POST /intents`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IntentsRequest {
    /// In the order of their numbers.
    pub items: Vec<IntentItem>,
}

/// One wish in the device's sequence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IntentItem {
    /// From 1, without gaps, per device.
    pub no: u64,
    /// The wish.
    pub intent: Intent,
    /// What must have arrived of the article for it to make sense.
    #[serde(default)]
    pub needs: Have,
    /// The version of the text that a judgement is of, so that the newsroom can keep that text.
    #[serde(default, skip_serializing_if = "Have::is_empty")]
    pub seen: Have,
}

/// Answers to the first items, in order; what has none is sent again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IntentsAnswer {
    /// In the order of the items.
    pub results: Vec<IntentResult>,
}

/// What became of one wish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum IntentResult {
    /// Answered, now or before.
    Done {
        /// For ever the same.
        #[serde(flatten)]
        outcome: Outcome,
    },
    /// What it needs has not arrived.
    Wait,
    /// The number is not the next of this device.
    Renumber {
        /// The next.
        next: u64,
    },
    /// A kind of wish that this server does not know.
    Unknown,
}

/// Where a device stands in the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cursor {
    /// Whose feed.
    pub newsroom: Uuid,
    /// Of which records.
    pub epoch: Uuid,
    /// The last number that was taken; 0 for none.
    pub n: i64,
}

/// `POST /changes`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangesRequest {
    /// After which.
    pub cursor: Cursor,
    /// At most so many articles; [`MAX_CHANGES`] at most.
    pub limit: u32,
    /// The version of the site's settings that the device has; 0 for none.
    #[serde(default)]
    pub site: u32,
    /// The look that the device has with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look: Option<Sha256>,
}

/// What moved after a cursor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangesAnswer {
    /// In the order of their newest feed number, each article once.
    pub articles: Vec<Change>,
    /// Where the device stands once it has taken them.
    pub cursor: Cursor,
    /// There is more.
    pub more: bool,
    /// The site, when the device has another version or look of it.
    #[serde(default)]
    pub site: Option<Box<Site>>,
    /// Who one is here now; a server of an earlier version does not say.
    #[serde(default)]
    pub you: Option<Box<You>>,
}

/// Who one is here, and what new articles pass: said with every answer, so that a device learns of another name, of
/// other roles and of another policy without signing in again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct You {
    /// The person's name.
    pub name: String,
    /// What they may do.
    pub roles: Vec<Role>,
    /// What new articles pass.
    pub policy: PolicyRef,
    /// The newsroom's name.
    pub newsroom_name: String,
}

/// How an article stands now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Change {
    /// Readable.
    Standing(Box<Standing>),
    /// Not readable for this person any more.
    Withdrawn {
        /// Which.
        article: ArticleId,
    },
    /// Deleted for good.
    Deleted {
        /// Which.
        article: ArticleId,
    },
}

/// What the newsroom knows of an article beside its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Standing {
    /// Which.
    pub article: ArticleId,
    /// Its newest feed number.
    pub n: i64,
    /// Grows with each decision about it.
    pub wf_rev: i64,
    /// Number of its last update.
    pub last_seq: i64,
    /// Of the text as the server has it.
    pub content_hash: Sha256,
    /// First axis.
    pub stage: Stage,
    /// Third axis.
    pub item_status: ItemStatus,
    /// Which reviews it passes.
    pub policy: PolicyRef,
    /// Whose it is, and who writes with them.
    pub author: Person,
    /// To be kept, and shown if the records are ever lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author_word: Option<AuthorWord>,
    /// 合作者
    #[serde(default)]
    pub co_authors: Vec<Person>,
    /// Who reviews it now.
    #[serde(default)]
    pub claimed_by: Option<Person>,
    /// 责任编辑
    pub responsible_editor: String,
    /// Second axis, on the site.
    pub publication: PublicationStanding,
    /// Judgements, oldest first.
    #[serde(default)]
    pub sign_offs: Vec<SignOff>,
    /// Judgements that came too late to have an effect, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opinions: Vec<Opinion>,
    /// Open ones.
    #[serde(default)]
    pub contests: Vec<Contest>,
    /// Undecided ones, for who may decide them.
    #[serde(default)]
    pub late: Vec<Late>,
    /// Who sat behind which peer, newest last.
    #[serde(default)]
    pub peers: Vec<PeerPerson>,
}

/// Publication on the server's site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicationStanding {
    /// Where it stands.
    pub state: Publication,
    /// Whether readers have it now.
    pub is_live: bool,
    /// Its whole address, once it was published.
    #[serde(default)]
    pub address: Option<String>,
    /// When readers first had it.
    #[serde(default)]
    pub published_at: Option<Instant>,
    /// When it last changed for readers.
    #[serde(default)]
    pub modified_at: Option<Instant>,
    /// What readers have.
    #[serde(default)]
    pub live_content_hash: Option<Sha256>,
    /// Why the last try failed: `site_folder`, `disk_full`, `photo`, `template`, `internal`, or `site_store_` and
    /// the word of a store's problem.
    #[serde(default)]
    pub failure: Option<String>,
    /// What was said to readers about the article, oldest first; a page shows it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
}

/// A note that stands with an article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Correction {
    /// When it was published.
    pub at: Instant,
    /// What kind.
    pub kind: CorrectionKind,
    /// For readers.
    pub text: String,
}

/// A person as others see them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// Their name now.
    pub name: String,
}

/// Who sat behind a peer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PeerPerson {
    /// Which.
    pub peer: Peer,
    /// Who, by name.
    pub name: String,
    /// Brought back by this person after the server's records were replaced.
    #[serde(default)]
    pub recovered: bool,
}

/// A place where a person has to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contest {
    /// Which.
    pub id: Uuid,
    /// Where.
    pub place: ContestPlace,
    /// What stood there when both began.
    pub base: String,
    /// What the writer made of it whose text arrived later.
    pub mine: String,
    /// What the text said that the server had.
    pub theirs: String,
    /// What the document says.
    pub result: String,
    /// What it should probably say; none when the two truly conflict.
    #[serde(default)]
    pub suggestion: Option<String>,
    /// Who wrote `mine`.
    pub mine_by: String,
    /// Who wrote `theirs`, by name, several joined with `、`.
    pub theirs_by: String,
}

/// Where a contest stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "in", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ContestPlace {
    /// A span of the text.
    Body {
        /// Cursor before its first character, of the text engine.
        from: Bytes,
        /// Cursor after its last character.
        to: Bytes,
    },
    /// A fact.
    Field {
        /// Its key.
        key: String,
    },
}

/// What came too late to merge by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Late {
    /// Which.
    pub id: Uuid,
    /// Who wrote it.
    pub by: Person,
    /// When it arrived, by the server's clock.
    pub at: Instant,
    /// The text with it.
    pub body: String,
    /// The facts with it.
    pub meta: BTreeMap<String, String>,
}

/// `POST /updates`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdatesRequest {
    /// In order of need.
    pub wants: Vec<Want>,
}

/// The updates of an article after one that a device has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Want {
    /// Which.
    pub article: ArticleId,
    /// The last that it has; 0 for none.
    pub after: i64,
}

/// As many updates as fit, in the order of the wants; what is left out is asked for again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdatesAnswer {
    /// Articles that were reached.
    pub articles: Vec<ArticleUpdates>,
}

/// Updates of one article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ArticleUpdates {
    /// Which.
    pub article: ArticleId,
    /// Everything up to [`ArticleUpdates::upto`] at once, instead of updates.
    #[serde(default)]
    pub snapshot: Option<Bytes>,
    /// In order.
    #[serde(default)]
    pub updates: Vec<Bytes>,
    /// The device has everything up to this number now.
    pub upto: i64,
    /// There is more.
    pub more: bool,
}

/// `GET /articles/{article}/judged/{content_hash}`: a text that somebody judged, so that what was changed since can be
/// shown. Answered to who may read the article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JudgedText {
    /// As the sign-offs of this text name it.
    pub revision: RevisionId,
    /// The text.
    pub body: String,
    /// The facts.
    pub meta: BTreeMap<String, String>,
}

/// `POST /versions`: what the server has of some articles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionsRequest {
    /// Which; at most [`MAX_CHANGES`].
    pub articles: Vec<ArticleId>,
}

/// The answer to [`VersionsRequest`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionsAnswer {
    /// Those that it has and this person may read.
    pub articles: BTreeMap<ArticleId, Have>,
}

/// `POST /media`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MediaRequest {
    /// Of the whole file.
    pub sha256: Sha256,
    /// In bytes.
    pub size: u64,
    /// `image/jpeg`, `image/png` or `image/webp`.
    pub mime: String,
}

/// The answer to [`MediaRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "media", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MediaAnswer {
    /// The server has it.
    Present,
    /// To be sent from an offset.
    Upload {
        /// `PATCH /uploads/{id}`.
        id: Uuid,
        /// How much is there.
        offset: u64,
    },
}

/// The offset of an upload, in requests and answers.
pub const UPLOAD_OFFSET: &str = "upload-offset";
