//! Why a page could not be made.

/// Why a page could not be made. Only a theme can be wrong: articles of any content render. Each names the file
/// and the line, from 1; 0 when none is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// A template is broken.
    #[error("{file}:{line}: {detail}")]
    Template {
        /// Name of the template.
        file: String,
        /// Line, from 1; 0 when none is known.
        line: u32,
        /// What is wrong.
        detail: String,
    },
    /// The manifest is broken.
    #[error("{file}:{line}: {detail}")]
    Manifest {
        /// `theme.toml`
        file: String,
        /// Line, from 1; 0 when none is known.
        line: u32,
        /// What is wrong.
        detail: String,
    },
    /// A file of texts is broken.
    #[error("{file}:{line}: {detail}")]
    Texts {
        /// `texts/en.toml`
        file: String,
        /// Line, from 1; 0 when none is known.
        line: u32,
        /// What is wrong.
        detail: String,
    },
    /// A style sheet is broken, or would load something from elsewhere.
    #[error("{file}:{line}: {detail}")]
    Style {
        /// `site.css`
        file: String,
        /// Line, from 1; 0 when none is known.
        line: u32,
        /// What is wrong.
        detail: String,
    },
    /// A file cannot be part of a theme.
    #[error("{file}: {detail}")]
    File {
        /// Its path in the theme.
        file: String,
        /// What is wrong.
        detail: String,
    },
}

impl PageError {
    /// File, line (0 when none is known) and what is wrong, of any error.
    pub fn place(&self) -> (&str, u32, &str) {
        match self {
            Self::Template { file, line, detail }
            | Self::Manifest { file, line, detail }
            | Self::Texts { file, line, detail }
            | Self::Style { file, line, detail } => (file, *line, detail),
            Self::File { file, detail } => (file, 0, detail),
        }
    }
}

/// The line of an offset in bytes, from 1.
pub(crate) fn line_of(source: &str, at: usize) -> u32 {
    let before = source.as_bytes().get(..at).unwrap_or(source.as_bytes());
    u32::try_from(before.iter().filter(|byte| **byte == b'\n').count() + 1).unwrap_or(u32::MAX)
}
