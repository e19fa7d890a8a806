//! Packed forms beside a file: there when it is, never of other bytes, gone with it; and many files at once.

use super::*;
use crate::Encoding;

const AT: &str = "/articles/flood.html";

/// A page that is worth packing, of which no two numbers have a line in common.
fn text(n: usize) -> String {
    format!("第{n}版：湖心岛步道今日开放。\n").repeat(60)
}

fn numbered(n: usize) -> Change {
    page(text(n))
}

/// The packed forms that stand beside a file, with their encodings.
fn packed(site: &SiteFolder, at: &str) -> Vec<(Encoding, Vec<u8>)> {
    let place = path(at).under(site.root());
    let forms = Encoding::ALL.into_iter().filter_map(|of| Some((of, fs::read(of.place(&place)).ok()?)));
    forms.collect()
}

#[track_caller]
fn check_packed(site: &SiteFolder, at: &str, plain: &[u8]) {
    assert_eq!(site.read(&path(at)).unwrap().as_deref(), Some(plain), "{at}");
    let forms = packed(site, at);
    assert_eq!(forms.len(), Encoding::ALL.len(), "{at}");
    for (encoding, form) in forms {
        assert!(encoding.unpacks_to(&form, plain), "{at}: {encoding:?}");
    }
}

#[test]
fn packed_forms_come_change_and_go_with_their_file() {
    let (_place, site) = new_site();
    for n in 1..=2 {
        site.apply(&numbered(n), &NoPhotos, &mut go_on).unwrap();
        check_packed(&site, AT, text(n).as_bytes());
    }
    site.apply(&page("short"), &NoPhotos, &mut go_on).unwrap();
    assert_eq!(packed(&site, AT), [], "they would not pay");
    site.apply(&numbered(3), &NoPhotos, &mut go_on).unwrap();
    let gone = Change { removed: vec![path(AT)], ..Change::default() };
    site.apply(&gone, &NoPhotos, &mut go_on).unwrap();
    let left: Vec<_> = everything(site.root()).into_keys().collect();
    assert_eq!(left, [site.root().join(".galley-site")]);
}

#[test]
fn a_packed_form_that_is_damaged_missing_or_someones_is_mended_by_the_same_change() {
    let outside = tempfile::tempdir().unwrap();
    let mine = outside.path().join("mine");
    fs::write(&mine, "mine").unwrap();
    let (_place, site) = new_site();
    for encoding in Encoding::ALL {
        let form = encoding.place(&path(AT).under(site.root()));
        let spoil: [(&str, &dyn Fn()); 4] = [
            ("old", &|| {
                fs::write(&form, encoding.pack(&path(AT), text(9).as_bytes()).unwrap()).unwrap();
            }),
            ("torn", &|| fs::write(&form, &fs::read(&form).unwrap()[..9]).unwrap()),
            ("missing", &|| fs::remove_file(&form).unwrap()),
            #[cfg(unix)]
            ("a link", &|| {
                fs::remove_file(&form).unwrap();
                std::os::unix::fs::symlink(&mine, &form).unwrap();
            }),
        ];
        for (what, spoil) in spoil {
            site.apply(&numbered(1), &NoPhotos, &mut go_on).unwrap();
            spoil();
            site.apply(&numbered(1), &NoPhotos, &mut go_on).unwrap();
            check_packed(&site, AT, text(1).as_bytes());
            assert_eq!(fs::read(&mine).unwrap(), b"mine", "{what}");
        }
        fs::remove_file(&form).unwrap();
        fs::create_dir(&form).unwrap();
        let error = site.apply(&numbered(1), &NoPhotos, &mut go_on).unwrap_err();
        assert!(matches!(error, SiteError::InTheWay { .. }), "{error:?}");
        fs::remove_dir(&form).unwrap();
    }
}

#[test]
fn the_same_change_again_writes_no_packed_form() {
    let (_place, site) = new_site();
    site.apply(&numbered(1), &NoPhotos, &mut go_on).unwrap();
    let old = std::time::SystemTime::UNIX_EPOCH;
    let place = path(AT).under(site.root());
    for encoding in Encoding::ALL {
        let form = fs::File::options().write(true).open(encoding.place(&place)).unwrap();
        form.set_modified(old).unwrap();
    }
    site.apply(&numbered(1), &NoPhotos, &mut go_on).unwrap();
    for encoding in Encoding::ALL {
        assert_eq!(fs::metadata(encoding.place(&place)).unwrap().modified().unwrap(), old);
    }
}

#[test]
fn packed_forms_are_told_with_their_file_and_alone_stand_for_it() {
    let (_place, site) = new_site();
    site.apply(&numbered(1), &NoPhotos, &mut go_on).unwrap();
    let articles = site.root().join("articles");
    // A crash came between the removal of packed forms and of their file, or the other way round.
    fs::write(articles.join("left.html.gz"), "x").unwrap();
    fs::write(articles.join("left.html.br"), "x").unwrap();
    let told = site.files(&path("/articles")).unwrap();
    assert_eq!(told, [path(AT), path("/articles/left.html")]);
    let gone = Change { removed: vec![path("/articles/left.html")], ..Change::default() };
    site.apply(&gone, &NoPhotos, &mut go_on).unwrap();
    assert_eq!(site.files(&path("/articles")).unwrap(), [path(AT)]);
    assert_eq!(everything(&articles).len(), 3);
}

/// Reads a file and then a packed form of it, as a server does that goes by names alone.
#[test]
fn a_packed_form_is_never_older_than_the_file_read_before_it() {
    let (_place, site) = new_site();
    site.apply(&numbered(0), &NoPhotos, &mut go_on).unwrap();
    let place = path(AT).under(site.root());
    let version =
        |bytes: &[u8]| (0..=60).find(|n| bytes == text(*n).as_bytes()).expect("one of the versions, whole");
    let unpacked = |encoding: Encoding, form: &[u8]| {
        (0..=60).find(|n| encoding.unpacks_to(form, text(*n).as_bytes())).expect("one of the versions, whole")
    };
    let written = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 1..=60 {
                site.apply(&numbered(n), &NoPhotos, &mut go_on).unwrap();
            }
            written.store(true, Ordering::Release);
        });
        let mut n_read = 0;
        while !written.load(Ordering::Acquire) || n_read < 20 {
            for encoding in Encoding::ALL {
                let plain = version(&fs::read(&place).unwrap());
                let Ok(form) = fs::read(encoding.place(&place)) else { continue };
                assert!(unpacked(encoding, &form) >= plain);
                n_read += 1;
            }
        }
    });
    check_packed(&site, AT, text(60).as_bytes());
}

#[test]
fn a_change_of_many_files_is_written_whole_and_read_back() {
    let (_place, site) = new_site();
    let n_pages = crate::batch::FILES + 44;
    let many = |version: usize| Change {
        pages: (0..n_pages).map(|n| file(&format!("/articles/a-{n}.html"), text(version + n))).collect(),
        lists: vec![file("/index.html", text(version))],
        ..Change::default()
    };
    for version in [0, 1000] {
        site.apply(&many(version), &NoPhotos, &mut go_on).unwrap();
        for n in 0..n_pages {
            check_packed(&site, &format!("/articles/a-{n}.html"), text(version + n).as_bytes());
        }
    }
    let temporary = |at: &PathBuf| at.file_name().unwrap().to_string_lossy().starts_with(".galley-tmp");
    assert!(!everything(site.root()).keys().any(temporary));
}

#[test]
fn a_change_that_fails_in_the_middle_of_a_batch_leaves_every_file_old_and_no_temporary_one() {
    let (_place, site) = new_site();
    let many = |version: usize| Change {
        pages: (0..40).map(|n| file(&format!("/articles/a-{n}.html"), text(version + n))).collect(),
        ..Change::default()
    };
    site.apply(&many(0), &NoPhotos, &mut go_on).unwrap();
    let in_the_way = site.root().join("articles").join("a-39.html");
    fs::remove_file(&in_the_way).unwrap();
    fs::create_dir(&in_the_way).unwrap();
    let error = site.apply(&many(1000), &NoPhotos, &mut go_on).unwrap_err();
    assert!(matches!(error, SiteError::InTheWay { .. }), "{error:?}");
    let temporary = |at: &PathBuf| at.file_name().unwrap().to_string_lossy().starts_with(".galley-tmp");
    assert!(!everything(site.root()).keys().any(temporary));
    for n in 0..39 {
        let at = format!("/articles/a-{n}.html");
        assert_eq!(site.read(&path(&at)).unwrap().unwrap(), text(n).into_bytes());
        // What is left of the packed forms is of the old page.
        for (encoding, form) in packed(&site, &at) {
            assert!(encoding.unpacks_to(&form, text(n).as_bytes()));
        }
    }
    fs::remove_dir(&in_the_way).unwrap();
    site.apply(&many(1000), &NoPhotos, &mut go_on).unwrap();
    check_packed(&site, "/articles/a-39.html", text(1039).as_bytes());
}
