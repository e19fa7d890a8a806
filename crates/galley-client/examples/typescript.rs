//! Prints the types of `api` as TypeScript, for `cargo xtask generate`: every type that a command takes or
//! answers with, and all that they hold, sorted by name: the order in which the derive visits them is its own.

use std::any::TypeId;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use galley_client::api;
use ts_rs::{Config, TS, TypeVisitor};

/// Declarations found so far.
struct Declarations {
    config: Config,
    seen: BTreeSet<TypeId>,
    by_name: BTreeMap<String, String>,
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
        // A type without a place to be exported to is one of TypeScript's own.
        if T::output_path().is_some() {
            self.by_name.insert(T::ident(&self.config), T::decl(&self.config));
        }
    }
}

fn main() -> std::io::Result<()> {
    let mut found = Declarations {
        // Times and counts stay far below 2^53.
        config: Config::new().with_large_int("number"),
        seen: BTreeSet::new(),
        by_name: BTreeMap::new(),
    };
    macro_rules! all {
        ($($name:ident),* $(,)?) => { $(found.visit::<api::$name>();)* };
    }
    all!(
        StartState,
        ListRequest,
        SearchRequest,
        ArticleRows,
        OpenArticle,
        PushRequest,
        PushAnswer,
        FieldsRequest,
        Saved,
        PreviewRequest,
        Preview,
        SitePage,
        AddedPhoto,
        RevisionRow,
        CompareRequest,
        Comparison,
        ChangesSince,
        PublishRequest,
        SiteSettingsVersion,
        ThemeList,
        SyncState,
        AccountState,
        SignIn,
        OutboxRow,
        Colleague,
        ArticleStanding,
        ApiError,
    );
    let mut stdout = std::io::stdout();
    stdout.write_all(b"// Written from the Rust types by `cargo xtask generate`. Do not edit.\n")?;
    found.by_name.values().try_for_each(|declaration| write!(stdout, "\nexport {declaration}\n"))
}
