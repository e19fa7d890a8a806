//! Which version of the settings the site is set by, and when one that could not be followed is tried again.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// After the first failure; each one after it doubles the pause.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
/// No pause is longer: whoever put the file right by hand waits no longer than this.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// Remembers what was followed and what failed. It reads no clock: it is told the time.
pub(crate) struct Follower(Mutex<State>);

struct State {
    followed: u32,
    failed: Option<Failed>,
}

struct Failed {
    /// None when not even the version could be read.
    version: Option<u32>,
    problem: String,
    pause: Duration,
    again: Instant,
}

impl Follower {
    /// This version of the settings is followed already.
    pub(crate) fn of(followed: u32) -> Self {
        Self(Mutex::new(State { followed, failed: None }))
    }

    /// Whether this version is to be followed now: it is not yet, and did not fail just before.
    pub(crate) fn is_due(&self, version: u32, now: Instant) -> bool {
        let mut state = self.lock();
        if state.followed == version {
            state.failed = None;
            return false;
        }
        state.failed.as_ref().is_none_or(|failed| failed.version != Some(version) || failed.again <= now)
    }

    /// This version is followed. True when it had failed before.
    pub(crate) fn followed(&self, version: u32) -> bool {
        let mut state = self.lock();
        state.followed = version;
        state.failed.take().is_some()
    }

    /// This version, or the reading of it, failed. True when that is news: a version, or a problem of it, that was
    /// not told before.
    pub(crate) fn failed(&self, version: Option<u32>, problem: String, now: Instant) -> bool {
        let mut state = self.lock();
        let before = state.failed.take().filter(|failed| failed.version == version);
        let is_news = before.as_ref().is_none_or(|failed| failed.problem != problem);
        let pause = before.map_or(FIRST_PAUSE, |failed| (failed.pause * 2).min(LONGEST_PAUSE));
        state.failed = Some(Failed { version, problem, pause, again: now + pause });
        is_news
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use galley_newsroom::{Newsroom, Themes};

    use super::*;
    use crate::app::{App, Settings, now};
    use crate::limits::Limits;

    #[test]
    fn a_version_that_fails_is_told_once_and_tried_after_growing_pauses() {
        let (follower, begun) = (Follower::of(3), Instant::now());
        let at = |seconds: u64| begun + Duration::from_secs(seconds);
        assert!(!follower.is_due(3, at(0)));
        // A server that glances each second for an hour, at a theme that cannot be read.
        let (mut tried, mut told) = (Vec::new(), 0);
        for second in 0..3600 {
            if follower.is_due(4, at(second)) {
                tried.push(second);
                told += u32::from(follower.failed(Some(4), "no such file".to_owned(), at(second)));
            }
        }
        assert_eq!(&tried[..5], &[0, 2, 6, 14, 30]);
        assert!(tried.len() < 20 && tried.windows(2).all(|pair| pair[1] - pair[0] <= 300), "{tried:?}");
        assert_eq!(told, 1);

        // Another problem is told, another version is tried at once, and what works again is forgotten.
        assert!(follower.failed(Some(4), "damaged".to_owned(), at(3600)));
        assert!(!follower.is_due(4, at(3601)) && follower.is_due(5, at(3601)));
        assert!(follower.failed(Some(5), "damaged".to_owned(), at(3601)));
        assert!(follower.is_due(5, at(3603)));
        assert!(follower.followed(5), "it had failed");
        assert!(!follower.is_due(5, at(3604)) && !follower.followed(5));

        // Settings that cannot be read are told once as well.
        assert!(follower.failed(None, "busy".to_owned(), at(3605)));
        assert!(!follower.failed(None, "busy".to_owned(), at(3606)));
        assert!(!follower.is_due(5, at(3607)));
        assert!(follower.failed(None, "busy".to_owned(), at(3608)), "it had worked in between");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_server_leaves_a_damaged_theme_alone_for_a_pause_and_takes_it_once_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let app = App::open(Settings {
            data: data.clone(),
            address: None,
            behind_proxy: false,
            store: None,
            decoder: ("/nowhere/decoder".into(), Vec::new()),
            limits: Limits::default(),
        })
        .await
        .unwrap();
        let before = app.newsroom().templates().look();
        // What `galley-server theme set` does in another process.
        let command = Newsroom::open(&data, now()).await.unwrap();
        let designed = folder.path().join("theme");
        std::fs::create_dir(&designed).unwrap();
        std::fs::write(designed.join("site.css"), "body { color: #123456 }\n").unwrap();
        let own = galley_newsroom::theme_in_folder(&designed).unwrap();
        command.set_theme_of(&Themes::of(&data), &own, now()).await.unwrap();
        command.close().await;
        let file = data.join("themes").join(format!("{}.json", own.id()));
        let whole = std::fs::read(&file).unwrap();
        std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();

        let begun = Instant::now();
        app.follow_settings(begun).await;
        assert_eq!(app.newsroom().templates().look(), before, "the one in use stays");
        std::fs::write(&file, whole).unwrap();
        app.follow_settings(begun + Duration::from_secs(1)).await;
        assert_eq!(app.newsroom().templates().look(), before, "it is left alone for a pause");
        app.follow_settings(begun + FIRST_PAUSE).await;
        assert_ne!(app.newsroom().templates().look(), before);
        app.close().await;
    }
}
