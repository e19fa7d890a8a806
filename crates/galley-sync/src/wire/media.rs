//! Photos, on their way to the server.

use galley_model::Sha256;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Largest chunk of a photo, in bytes.
pub const MAX_CHUNK_BYTES: usize = 4 << 20;
/// Largest photo, in bytes; the same limit as the library's.
pub const MAX_MEDIA_BYTES: u64 = 60_000_000;
/// The offset of an upload, in requests and answers.
pub const UPLOAD_OFFSET: &str = "upload-offset";

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
