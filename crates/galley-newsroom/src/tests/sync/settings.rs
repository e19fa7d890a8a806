//! The settings of a server's site, saved by administrators: who, which version, and what follows.

use galley_model::Sha256;
use galley_model::site::{COUNTY, DAILY, MetaItem, SiteSettings};
use galley_model::workflow::{Outcome, ReasonCode, Role};
use galley_sync::wire::{Bytes, ChangesRequest, Site, SiteRequest, ThemeAnswer, ThemeRequest};

use super::{Person, Room, codes};
use crate::storage::{Commit, Effect, StorageError};
use crate::tests::Stop;
use crate::{NewsroomError, ThemeError, Themes};

struct Office {
    room: Room,
    themes: Themes,
}

impl Office {
    async fn new() -> Self {
        let room = Room::new().await;
        let themes = Themes::of(room.desk.library());
        Self { room, themes }
    }

    async fn site(&self) -> Site {
        self.room.newsroom().servers_site().await.unwrap()
    }

    async fn save(
        &self,
        person: &Person,
        version: u32,
        change: impl FnOnce(&mut SiteSettings),
    ) -> Result<Site, ThemeError> {
        let mut settings = self.site().await.settings;
        change(&mut settings);
        self.room.desk.minutes_pass(1);
        let request = SiteRequest { version, settings };
        let newsroom = self.room.newsroom();
        newsroom.save_site(&person.caller, &self.themes, request, self.room.desk.now()).await
    }
}

fn administrator() -> Person {
    Person::new(9, "程管理员", &[Role::Admin])
}

#[tokio::test]
async fn an_administrator_alone_saves_and_goes_on_record() {
    let office = Office::new().await;
    let site = office.site().await;
    let grey = |settings: &mut SiteSettings| settings.grey = true;
    for person in [Person::reporter(), Person::chief()] {
        let refused = office.save(&person, site.version, grey).await;
        assert!(matches!(refused, Err(ThemeError::NotPermitted)), "{refused:?}");
    }
    assert_eq!(office.site().await, site);
    let saved = office.save(&administrator(), site.version, grey).await.unwrap();
    assert_eq!((saved.version, saved.settings.grey), (site.version + 1, true));
    let records = office.room.desk.library().join("newsroom.sqlite");
    let records = rusqlite::Connection::open(records).unwrap();
    let sql = "SELECT name, device, feed FROM site_settings ORDER BY version DESC LIMIT 1";
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let (name, device, feed): (String, String, i64) = records.query_row(sql, [], row).unwrap();
    assert_eq!((name.as_str(), device), ("程管理员", administrator().caller.device.to_string()));
    assert_eq!(office.room.desk.count("SELECT n FROM feed"), feed);
}

#[tokio::test]
async fn of_two_who_save_at_once_the_second_is_told_who_was_first_and_loses_nothing() {
    let office = Office::new().await;
    let (one, other) = (administrator(), Person::new(10, "孙管理员", &[Role::Admin]));
    let version = office.site().await.version;
    let saved = office.save(&one, version, |settings| settings.hotline = "12345".to_owned()).await.unwrap();
    let stale = office.save(&other, version, |settings| settings.grey = true).await.unwrap_err();
    let ThemeError::Newsroom(NewsroomError::SettingsMoved { current, by }) = stale else { panic!("{stale}") };
    assert_eq!((current, by.as_str()), (saved.version, "程管理员"));
    assert_eq!(office.site().await, saved, "nothing of the first is lost");
    // An answer that was lost: the same again is answered, and makes no version.
    let again = office.save(&one, version, |_| {}).await.unwrap();
    assert_eq!(again, saved);
}

#[tokio::test]
async fn what_the_embedded_settings_refuse_is_refused_here_too() {
    let office = Office::new().await;
    let site = office.site().await;
    let admin = administrator();
    let field = |refused: Result<Site, ThemeError>| match refused {
        Err(ThemeError::Newsroom(NewsroomError::InvalidSetting { field })) => field,
        other => panic!("{other:?}"),
    };
    let version = site.version;
    assert_eq!(field(office.save(&admin, version, |it| it.name = " ".to_owned()).await), "name");
    assert_eq!(
        field(office.save(&admin, version, |it| it.base_url = "javascript:x".to_owned()).await),
        "base_url"
    );
    assert_eq!(
        field(office.save(&admin, version, |it| it.sections[1].slug = "../x".to_owned()).await),
        "sections.1.slug"
    );
    let unknown = office.save(&admin, version, |it| it.theme = "nowhere".to_owned()).await;
    assert!(matches!(unknown, Err(ThemeError::Page(_))), "{unknown:?}");
    let option = office.save(&admin, version, |it| {
        it.theme_options.insert("code".to_owned(), "perhaps".to_owned());
    });
    let option = option.await;
    assert!(matches!(&option, Err(ThemeError::Option { id, .. }) if id == "code"), "{option:?}");
    assert_eq!(office.site().await, site, "nothing was changed");
}

#[tokio::test]
async fn a_change_moves_the_frame_and_a_signature_stays_valid_unless_the_page_itself_changed() {
    let office = Office::new().await;
    let room = &office.room;
    let (reporter, editor, chief, admin) =
        (Person::reporter(), Person::editor(), Person::chief(), administrator());
    let first = room.approved(&reporter, &editor, 1).await;
    let publication = room.publication(first.article).await;
    Room::accepted(room.wish(&chief, first.article, publication).await);
    let second = room.approved(&reporter, &editor, 2).await;
    let site = office.site().await;
    let saved = office.save(&admin, site.version, |it| {
        it.copyright = "© 临湖日报社".to_owned();
        it.grey = true;
    });
    let saved = saved.await.unwrap();
    room.newsroom().work(room.desk.now()).await.unwrap();
    assert!(room.desk.page("/articles/bridge-1.html").unwrap().contains("© 临湖日报社"), "the frame follows");
    let publication = room.publication(second.article).await;
    Room::accepted(room.wish(&chief, second.article, publication).await);
    // The meta line stands in the block that is signed.
    let third = room.approved(&reporter, &editor, 3).await;
    let moved = office.save(&admin, saved.version, |it| it.meta_line = vec![MetaItem::Date]).await.unwrap();
    let publication = room.publication(third.article).await;
    let outcome = room.wish(&chief, third.article, publication).await;
    assert_eq!(codes(&outcome), [ReasonCode::PageChanged]);
    assert!(matches!(outcome, Outcome::Stale { .. }));
    // Every device hears of it with the feed.
    let request = ChangesRequest { cursor: room.cursor(0), limit: 1, site: site.version, look: None };
    let answer = room.newsroom().changes(&reporter.caller, request).await.unwrap();
    assert_eq!(*answer.site.unwrap(), moved);
}

#[tokio::test]
async fn the_site_is_set_in_a_theme_that_galley_brings() {
    let office = Office::new().await;
    let site = office.site().await;
    assert_eq!(site.settings.theme, COUNTY);
    let saved = office.save(&administrator(), site.version, |it| it.theme = DAILY.to_owned()).await.unwrap();
    assert_ne!(saved.look, site.look);
    assert_eq!(office.room.newsroom().templates().manifest().name, DAILY);
}

/// Sets the site in a newsroom's own theme with this style.
async fn set_theme(office: &Office, style: &str) -> Result<ThemeAnswer, ThemeError> {
    let manifest = "name = \"lake\"\ngalley = 1\nbase = \"daily\"\n";
    let files = [("theme.toml", manifest), ("site.css", style)];
    let files = files.map(|(path, text)| (path.to_owned(), Bytes(text.as_bytes().to_vec())));
    let request = ThemeRequest { files: files.into(), ..ThemeRequest::default() };
    let (room, admin) = (&office.room, administrator());
    room.newsroom().set_theme(&admin.caller, &office.themes, request, room.desk.now()).await
}

/// What a server that starts now sets its site in.
async fn looks_at_start(office: &Office) -> Sha256 {
    office.room.newsroom().settle_theme(&office.themes).await.unwrap();
    office.room.newsroom().follow_theme(&office.themes).await.unwrap();
    office.room.newsroom().templates().look()
}

#[tokio::test]
async fn settings_under_a_version_that_is_there_are_told_from_every_other_failure() {
    let office = Office::new().await;
    let Site { version, settings, .. } = office.site().await;
    let again = async |version| {
        let effects = vec![Effect::Settings(version, Box::new(settings.clone()), None)];
        let at = office.room.desk.now();
        office.room.newsroom().commit(vec![Commit { at, article: None, answer: None, effects }]).await
    };
    let taken = again(version).await;
    assert!(matches!(taken, Err(NewsroomError::Storage(StorageError::SettingsTaken))), "{taken:?}");
    assert!(again(version + 1).await.is_ok());
}

#[tokio::test]
async fn a_crash_while_a_theme_is_set_leaves_the_one_that_is_on_record() {
    let office = Office::new().await;
    let folder = office.room.desk.library().join("themes");
    let current = || std::fs::read_to_string(folder.join("current")).unwrap();
    let second = set_theme(&office, "p { margin: 1em }\n").await.unwrap();
    let second_id = current();
    let first = set_theme(&office, "p { margin: 0 }\n").await.unwrap();
    let first_id = current();
    assert!(first_id != second_id && !folder.join("next").exists());
    // Before the settings were on record.
    std::fs::write(folder.join("next"), format!("{} {second_id}", first.site + 1)).unwrap();
    assert_eq!(looks_at_start(&office).await, first.look);
    let saved = office.save(&administrator(), first.site, |settings| settings.grey = true).await.unwrap();
    assert_eq!(looks_at_start(&office).await, first.look, "what came to nothing is forgotten");
    // After that.
    let stop = &office.room.newsroom().0.stop_at;
    stop.set(Some(Stop::CutOff("theme on record")));
    assert!(set_theme(&office, "p { margin: 1em }\n").await.is_err());
    stop.set(None);
    assert_eq!((office.site().await.version, current()), (saved.version + 1, first_id));
    assert_eq!(looks_at_start(&office).await, second.look);
    assert_eq!((current(), folder.join("next").exists()), (second_id, false));
}

#[tokio::test]
async fn a_theme_that_could_not_be_put_on_record_is_not_taken_at_the_next_start_either() {
    let office = Office::new().await;
    let records = rusqlite::Connection::open(office.room.desk.library().join("newsroom.sqlite")).unwrap();
    let refuse =
        "CREATE TRIGGER refuse BEFORE INSERT ON site_settings BEGIN SELECT RAISE (ABORT, 'full'); END;";
    let before = office.site().await;
    records.execute_batch(refuse).unwrap();
    assert!(matches!(set_theme(&office, "p { margin: 0 }\n").await, Err(ThemeError::Newsroom(_))));
    assert_eq!((office.site().await, looks_at_start(&office).await), (before.clone(), before.look));
    records.execute_batch("DROP TRIGGER refuse;").unwrap();
    let first = set_theme(&office, "p { margin: 0 }\n").await.unwrap();
    records.execute_batch(refuse).unwrap();
    assert!(matches!(set_theme(&office, "p { margin: 1em }\n").await, Err(ThemeError::Newsroom(_))));
    assert_eq!(looks_at_start(&office).await, first.look);
}

#[tokio::test]
async fn a_device_is_told_who_its_person_is_now_with_every_answer() {
    let room = Room::new().await;
    let promoted = Person::new(1, "王主任", &[Role::Reporter, Role::DeskEditor]);
    let request = ChangesRequest { cursor: room.cursor(0), limit: 1, site: 0, look: None };
    let you = room.newsroom().changes(&promoted.caller, request).await.unwrap().you.unwrap();
    assert_eq!((you.name.as_str(), you.policy.id.as_str()), ("王主任", "two_eyes"));
    assert_eq!(you.roles, [Role::Reporter, Role::DeskEditor]);
}
