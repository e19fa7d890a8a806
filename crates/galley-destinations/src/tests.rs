//! A site folder on a real disk: nothing half written, nothing of anyone else's touched.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::{
    Change, MediaBytes, MediaFile, NoPhotos, PhotoSource, SiteError, SiteFile, SiteFolder, SiteOutput,
    SitePath, Step,
};
use galley_model::{Rendition, RenditionFormat, Sha256};
use tempfile::TempDir;
use uuid::Uuid;

mod packing;
mod store;

const COUNTY: Uuid = Uuid::from_u128(1);
const CITY: Uuid = Uuid::from_u128(2);

struct Photos(BTreeMap<Sha256, Vec<u8>>);

fn original(path: SitePath, sha256: Sha256) -> MediaFile {
    MediaFile { path, sha256, made: MediaBytes::Original }
}

impl PhotoSource for Photos {
    fn open(&self, sha256: Sha256) -> io::Result<Vec<u8>> {
        self.0.get(&sha256).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

fn path(text: &str) -> SitePath {
    text.parse().unwrap()
}

fn file(at: &str, bytes: impl Into<Vec<u8>>) -> SiteFile {
    SiteFile { path: path(at), bytes: bytes.into() }
}

fn page(bytes: impl Into<Vec<u8>>) -> Change {
    Change { pages: vec![file("/articles/flood.html", bytes)], ..Change::default() }
}

fn go_on(_: Step<'_>) -> io::Result<()> {
    Ok(())
}

fn new_site() -> (TempDir, SiteFolder) {
    let place = tempfile::tempdir().unwrap();
    let site = SiteFolder::claim(&place.path().join("site"), COUNTY).unwrap();
    (place, site)
}

/// Every file below a folder with its bytes, hidden ones too.
fn everything(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap().path();
            if entry.is_dir() {
                folders.push(entry)
            } else {
                drop(files.insert(entry.clone(), fs::read(&entry).unwrap()))
            }
        }
    }
    files
}

#[test]
fn a_folder_that_is_not_there_an_empty_one_and_our_own_are_taken() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("site");
    for _ in 0..2 {
        let site = SiteFolder::claim(&root, COUNTY).unwrap();
        site.apply(&page("清样"), &NoPhotos, &mut go_on).unwrap();
    }
    let empty = tempfile::tempdir().unwrap();
    fs::write(empty.path().join(".DS_Store"), "litter").unwrap();
    SiteFolder::claim(empty.path(), COUNTY).unwrap();
}

#[test]
fn a_folder_of_others_is_refused_and_stays_as_it_was() {
    type Fill = fn(&Path);
    type Expected = fn(&SiteError) -> bool;
    let refusals: [(&str, Fill, Expected); 4] = [
        (
            "other files",
            |root| fs::write(root.join("letter.txt"), "mine").unwrap(),
            |error| matches!(error, SiteError::Foreign { .. }),
        ),
        (
            "a folder of files",
            |root| fs::create_dir(root.join("articles")).unwrap(),
            |error| matches!(error, SiteError::Foreign { .. }),
        ),
        (
            "a marker that cannot be read",
            |root| fs::write(root.join(".galley-site"), "{").unwrap(),
            |error| matches!(error, SiteError::Foreign { .. }),
        ),
        (
            "another newsroom",
            |root| drop(SiteFolder::claim(root, CITY).unwrap()),
            |error| matches!(error, SiteError::OtherNewsroom { .. }),
        ),
    ];
    for (what, fill, expected) in refusals {
        let root = tempfile::tempdir().unwrap();
        fill(root.path());
        let before = everything(root.path());
        let claimed = SiteFolder::claim(root.path(), COUNTY).unwrap_err();
        assert!(expected(&claimed), "{what}: {claimed:?}");
        let written = SiteFolder::claimed(root.path(), COUNTY).apply(&page("x"), &NoPhotos, &mut go_on);
        assert!(expected(&written.unwrap_err()), "{what}");
        assert_eq!(everything(root.path()), before, "{what}");
    }
}

#[test]
fn a_folder_that_vanished_is_told_and_nothing_is_made_in_its_place() {
    let (place, site) = new_site();
    let root = site.root().to_owned();
    let vanished = |error: SiteError| assert!(matches!(error, SiteError::Vanished { .. }), "{error:?}");
    fs::remove_dir_all(&root).unwrap();
    vanished(site.apply(&page("x"), &NoPhotos, &mut go_on).unwrap_err());
    assert!(!root.exists());
    // What a disk leaves behind that is not mounted: an empty folder.
    fs::create_dir(&root).unwrap();
    vanished(site.apply(&page("x"), &NoPhotos, &mut go_on).unwrap_err());
    assert!(everything(&root).is_empty());
    vanished(SiteFolder::claim(&place.path().join("gone").join("site"), COUNTY).unwrap_err());
}

#[test]
fn a_file_where_the_folder_should_be_is_told() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("site");
    fs::write(&root, "mine").unwrap();
    let error = SiteFolder::claim(&root, COUNTY).unwrap_err();
    assert!(matches!(error, SiteError::NotAFolder { .. }), "{error:?}");
    assert_eq!(fs::read(&root).unwrap(), b"mine");
}

#[test]
fn what_pages_need_comes_first_and_what_links_to_them_last() {
    let (_place, site) = new_site();
    let photo = b"photo".to_vec();
    let sha256 = Sha256::of(&photo);
    let change = Change {
        lists: vec![file("/index.html", "home")],
        removed: vec![path("/articles/old.html")],
        pages: vec![file("/articles/flood.html", "page")],
        media: vec![original(path(&format!("/media/{sha256}.jpg")), sha256)],
        assets: vec![file("/assets/page.css", "css")],
    };
    let mut steps = Vec::new();
    let photos = Photos([(sha256, photo)].into());
    let mut note = |step: Step<'_>| {
        steps.push(match step {
            Step::Asset(_) => "asset",
            Step::Media(_) => "media",
            Step::Page(_) => "page",
            Step::List(_) => "list",
            Step::Remove(_) => "remove",
        });
        Ok(())
    };
    site.apply(&change, &photos, &mut note).unwrap();
    assert_eq!(steps, ["asset", "media", "page", "list", "remove"]);
}

#[test]
fn stopped_at_any_step_every_file_is_whole_and_the_same_change_completes_it() {
    let change = Change {
        assets: vec![file("/assets/page.css", "new css")],
        pages: vec![file("/articles/flood.html", "new page")],
        lists: vec![file("/sections/news.html", "new list"), file("/index.html", "new home")],
        removed: vec![path("/articles/old.html")],
        ..Change::default()
    };
    let old = Change {
        pages: vec![file("/articles/flood.html", "old page"), file("/articles/old.html", "old page")],
        lists: vec![file("/index.html", "old home")],
        ..Change::default()
    };
    let (_whole, finished) = new_site();
    finished.apply(&change, &NoPhotos, &mut go_on).unwrap();
    for stop_at in 0..5 {
        let (_place, site) = new_site();
        site.apply(&old, &NoPhotos, &mut go_on).unwrap();
        let mut step = 0;
        let mut stop = |_: Step<'_>| {
            step += 1;
            if step > stop_at { Err(io::Error::other("stopped")) } else { Ok(()) }
        };
        let error = site.apply(&change, &NoPhotos, &mut stop).unwrap_err();
        assert!(matches!(error, SiteError::Stopped(_)), "{error:?}");
        for at in ["/articles/flood.html", "/index.html"] {
            let bytes = site.read(&path(at)).unwrap().unwrap();
            assert!(bytes.starts_with(b"old") || bytes.starts_with(b"new"), "{at}");
        }
        site.apply(&change, &NoPhotos, &mut go_on).unwrap();
        let files = |site: &SiteFolder| {
            let root = site.root().to_owned();
            everything(&root)
                .into_iter()
                .map(|(at, bytes)| (at.strip_prefix(&root).unwrap().to_owned(), bytes))
                .collect::<Vec<_>>()
        };
        assert_eq!(files(&site), files(&finished), "stopped at {stop_at}");
    }
}

#[test]
fn what_a_crash_left_under_the_temporary_name_is_cleared_by_the_next_write() {
    let (_place, site) = new_site();
    site.apply(&page("old"), &NoPhotos, &mut go_on).unwrap();
    let leftover = site.root().join("articles").join(".galley-tmp-flood.html");
    fs::write(&leftover, "ha").unwrap();
    site.apply(&page("new"), &NoPhotos, &mut go_on).unwrap();
    assert!(!leftover.exists());
    assert_eq!(site.read(&path("/articles/flood.html")).unwrap().unwrap(), b"new");
}

#[test]
fn the_same_bytes_again_leave_the_file_alone() {
    let (_place, site) = new_site();
    site.apply(&page("page"), &NoPhotos, &mut go_on).unwrap();
    let at = site.root().join("articles").join("flood.html");
    let old = std::time::SystemTime::UNIX_EPOCH;
    fs::File::options().write(true).open(&at).unwrap().set_modified(old).unwrap();
    site.apply(&page("page"), &NoPhotos, &mut go_on).unwrap();
    assert_eq!(fs::metadata(&at).unwrap().modified().unwrap(), old);
}

#[test]
fn a_reader_never_sees_half_a_page() {
    let (_place, site) = new_site();
    let (day, night) = ("日".repeat(200_000), "夜".repeat(300_000));
    site.apply(&page(day.clone()), &NoPhotos, &mut go_on).unwrap();
    let at = site.root().join("articles").join("flood.html");
    let written = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0..40 {
                let text = if n % 2 == 0 { &night } else { &day };
                site.apply(&page(text.clone()), &NoPhotos, &mut go_on).unwrap();
            }
            written.store(true, Ordering::Release);
        });
        let (mut days, mut nights) = (0, 0);
        while !written.load(Ordering::Acquire) || days + nights < 40 {
            match fs::read_to_string(&at).unwrap() {
                text if text == day => days += 1,
                text if text == night => nights += 1,
                text => panic!("a page of {} bytes", text.len()),
            }
        }
    });
}

#[test]
fn a_photo_is_taken_only_when_its_bytes_are_those_of_its_name() {
    let photo = b"photo".to_vec();
    let sha256 = Sha256::of(&photo);
    let at = path(&format!("/media/{sha256}.jpg"));
    let change = Change {
        media: vec![original(at.clone(), sha256)],
        pages: vec![file("/articles/flood.html", "page")],
        ..Change::default()
    };
    let sources = [
        ("missing", Photos(BTreeMap::new()), false),
        ("other bytes", Photos([(sha256, b"other".to_vec())].into()), false),
        ("its own", Photos([(sha256, photo.clone())].into()), true),
    ];
    for (what, photos, taken) in sources {
        let (_place, site) = new_site();
        let applied = site.apply(&change, &photos, &mut go_on);
        assert_eq!(applied.is_ok(), taken, "{what}");
        // A page is never there before its photo.
        assert_eq!(site.read(&path("/articles/flood.html")).unwrap().is_some(), taken, "{what}");
        assert_eq!(site.read(&at).unwrap(), taken.then(|| photo.clone()), "{what}");
    }
    let (_place, site) = new_site();
    site.apply(
        &Change { media: Vec::new(), lists: vec![file(at.as_str(), "torn")], ..Change::default() },
        &NoPhotos,
        &mut go_on,
    )
    .unwrap();
    site.apply(&change, &Photos([(sha256, photo.clone())].into()), &mut go_on).unwrap();
    assert_eq!(site.read(&at).unwrap(), Some(photo), "a damaged photo is mended");
}

/// Makes renditions as it is told to.
struct Renderer(Vec<u8>);

impl PhotoSource for Renderer {
    fn open(&self, _: Sha256) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn rendition(&self, rendition: Rendition) -> io::Result<Vec<u8>> {
        assert_eq!(rendition.width, 480);
        Ok(self.0.clone())
    }
}

#[test]
fn a_rendition_is_taken_and_kept_only_when_it_is_whole() {
    use RenditionFormat::{Jpeg, WebP};
    let jpeg = [&[0xff, 0xd8, 0xff], &b"a photo"[..], &[0xff, 0xd9]].concat();
    let webp = [&b"RIFF"[..], &12_u32.to_le_bytes(), b"WEBP", b"a photo."].concat();
    let sha256 = Sha256::of(b"photo");
    for (format, whole, ending) in [(Jpeg, &jpeg, "jpg"), (WebP, &webp, "webp")] {
        let at = path(&format!("/media/{sha256}-480.{ending}"));
        let made = MediaBytes::Rendition(Rendition::whole(sha256, 480, format));
        let change =
            Change { media: vec![MediaFile { path: at.clone(), sha256, made }], ..Change::default() };
        let torn = whole.get(..whole.len() - 1).unwrap();
        let (_place, site) = new_site();
        for refused in [torn, b"", b"other bytes"] {
            let error = site.apply(&change, &Renderer(refused.to_vec()), &mut go_on).unwrap_err();
            assert!(matches!(error, SiteError::Photo { .. }), "{error:?}");
        }
        let error = site.apply(&change, &NoPhotos, &mut go_on).unwrap_err();
        assert!(matches!(error, SiteError::Photo { .. }), "no renditions are made there: {error:?}");
        assert_eq!(site.read(&at).unwrap(), None);
        site.apply(&change, &Renderer(whole.clone()), &mut go_on).unwrap();
        // It is there and whole, so nobody is asked for it again.
        site.apply(&change, &NoPhotos, &mut go_on).unwrap();
        fs::write(at.under(site.root()), torn).unwrap();
        site.apply(&change, &Renderer(whole.clone()), &mut go_on).unwrap();
        assert_eq!(site.read(&at).unwrap().as_ref(), Some(whole), "a damaged one is mended");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_told_before_anything_is() {
    let (_place, site) = new_site();
    site.apply(&page("old"), &NoPhotos, &mut go_on).unwrap();
    // Stands for a missing permission, which the tests' own user may not be held by.
    fs::create_dir(site.root().join(".galley-tmp-probe")).unwrap();
    let error = site.apply(&page("new"), &NoPhotos, &mut go_on).unwrap_err();
    assert!(matches!(error, SiteError::Unwritable { .. }), "{error:?}");
    assert_eq!(site.read(&path("/articles/flood.html")).unwrap().unwrap(), b"old");
}

#[test]
fn what_is_removed_is_gone_and_removing_it_again_is_fine() {
    let (_place, site) = new_site();
    site.apply(&page("page"), &NoPhotos, &mut go_on).unwrap();
    let gone = Change {
        removed: vec![path("/articles/flood.html"), path("/sections/none.html")],
        ..Change::default()
    };
    for _ in 0..2 {
        site.apply(&gone, &NoPhotos, &mut go_on).unwrap();
        assert_eq!(site.read(&path("/articles/flood.html")).unwrap(), None);
    }
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_link_out_of_the_folder_is_never_followed() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("flood.html"), "mine").unwrap();
        let before = everything(outside.path());
        let (_place, site) = new_site();
        symlink(outside.path(), site.root().join("articles")).unwrap();
        let at = path("/articles/flood.html");
        let in_the_way = |error: SiteError| assert!(matches!(error, SiteError::InTheWay { .. }), "{error:?}");
        in_the_way(site.apply(&page("x"), &NoPhotos, &mut go_on).unwrap_err());
        in_the_way(site.read(&at).unwrap_err());
        let removal = Change { removed: vec![at], ..Change::default() };
        in_the_way(site.apply(&removal, &NoPhotos, &mut go_on).unwrap_err());
        assert_eq!(everything(outside.path()), before);
    }

    #[test]
    fn a_link_in_the_place_of_a_page_or_of_its_temporary_file_is_replaced_not_written_through() {
        let outside = tempfile::tempdir().unwrap();
        let mine = outside.path().join("mine");
        for name in ["flood.html", ".galley-tmp-flood.html"] {
            fs::write(&mine, "mine").unwrap();
            let (_place, site) = new_site();
            fs::create_dir(site.root().join("articles")).unwrap();
            symlink(&mine, site.root().join("articles").join(name)).unwrap();
            site.apply(&page("page"), &NoPhotos, &mut go_on).unwrap();
            assert_eq!(fs::read(&mine).unwrap(), b"mine", "{name}");
            assert_eq!(site.read(&path("/articles/flood.html")).unwrap().unwrap(), b"page", "{name}");
        }
    }
}
