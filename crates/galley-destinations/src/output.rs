//! What a site can be written to: a folder of this computer first.

use std::io;

use crate::{Change, PhotoSource, SiteError, SitePath};

/// A place that is one newsroom's site. Every method may wait for a disk or a network.
pub trait SiteOutput: Send + Sync {
    /// Names the place for records and people, such as the path of a folder; another name is another place.
    fn name(&self) -> String;

    /// Whether who serves the place to readers also answers what they ask of the site, such as a search. A store hands
    /// out files and no more.
    fn answers_readers(&self) -> bool {
        true
    }

    /// Takes the place as this newsroom's site: one that is its already, an empty one, or one that can be made.
    ///
    /// # Errors
    /// `Foreign` and `OtherNewsroom` when it holds what is not this newsroom's; nothing was changed then.
    fn take(&self) -> Result<(), SiteError>;

    /// Whether the place is there, this newsroom's, and can be written.
    ///
    /// # Errors
    /// `Vanished`, `NotAFolder`, `Foreign`, `OtherNewsroom`, `Unwritable`, `DiskFull`.
    fn check(&self) -> Result<(), SiteError>;

    /// Applies a change in its order. `step` is called before each file. A failure leaves every file whole,
    /// old or new, and nothing that links to what is not there; the same change again completes it.
    ///
    /// # Errors
    /// Those of [`SiteOutput::check`], and `InTheWay`, `Photo`, `Verify`, `Stopped`.
    fn apply(
        &self,
        change: &Change,
        photos: &dyn PhotoSource,
        step: &mut dyn FnMut(Step<'_>) -> io::Result<()>,
    ) -> Result<(), SiteError>;

    /// The bytes at a path, none when no plain file is there.
    ///
    /// # Errors
    /// `Vanished`, `InTheWay`, `Unwritable`.
    fn read(&self, path: &SitePath) -> Result<Option<Vec<u8>>, SiteError>;

    /// The files of one folder of the site, such as `/articles`, sorted; none when it is not there.
    ///
    /// # Errors
    /// `Unwritable`, `InTheWay`.
    fn files(&self, folder: &SitePath) -> Result<Vec<SitePath>, SiteError>;
}

/// What a change is about to do; a caller may stop it there, as a crash would.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// A style sheet or the like.
    Asset(&'a SitePath),
    /// A photo.
    Media(&'a SitePath),
    /// An article's page.
    Page(&'a SitePath),
    /// A neighbour, section index or the home page.
    List(&'a SitePath),
    /// A removal.
    Remove(&'a SitePath),
}
