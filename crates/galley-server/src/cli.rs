//! The commands of the program.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use galley_model::workflow::Role;
use galley_newsroom::{Accounts, Newsroom, OneTimeCode, StoreAddress, StoreKeys, Themes, theme_in_folder};
use lexopt::Arg::{Long, Short, Value};
use lexopt::ValueExt as _;

use crate::app::{App, Settings, StoredSite, now};
use crate::limits::Limits;
use crate::listen::{Listening, Tls};
use crate::{decode, logs, upkeep};

const USAGE: &str = "\
galley-server serve --data DIR --listen ADDRESS:PORT [--address URL]
              [--cert FILE --key FILE | --behind-proxy] [--site-store s3://BUCKET/PREFIX …]
                                    serve the newsroom in DIR and its site
galley-server person add NAME --role ROLE [--role ROLE …] --data DIR
                                    add a person and print the code for their first sign-in
galley-server person roles NAME --role ROLE [--role ROLE …] --data DIR
                                    give a person these roles in place of those they had
galley-server person code NAME --data DIR
                                    print a new code for somebody who lost theirs, or their password
galley-server person list --data DIR
galley-server person devices NAME --data DIR
                                    list the computers that are signed in for a person
galley-server person revoke NAME --device DEVICE --data DIR
                                    sign one of them out, such as a laptop that got lost
galley-server person deactivate NAME --data DIR
                                    sign a person out everywhere, for good
galley-server theme set FOLDER --data DIR
                                    set the site in the theme that lies in FOLDER
galley-server theme reset --data DIR
                                    set it again in the theme of Galley's that the own one builds on
galley-server theme check FOLDER     only say what is wrong with a theme
galley-server backup --data DIR --to FILE
                                    copy the records; photos and the site are plain files beside them
galley-server verify --data DIR     read everything and say what is damaged
galley-server repair --data DIR [--site-store s3://BUCKET/PREFIX …]
                                    mend what can be mended

A role is one of: reporter contributor responsible_editor desk_editor editor_in_chief proofreader
publisher admin observer. All commands but repair work while the server runs.

A theme that cannot be used is told with the file and the line of what is wrong, and changes nothing.

With --site-store the site is written to an object store, which serves it to readers, instead of DIR/site:
--s3-endpoint URL names a store other than AWS, --s3-region its region. The keys are AWS_ACCESS_KEY_ID and
AWS_SECRET_ACCESS_KEY, or stand in the file of --s3-keys FILE, which its owner alone may read.";

/// How often the server looks whether a command of another process set the site in another theme.
const GLANCE: Duration = Duration::from_secs(1);
/// How often the server looks after itself.
const ROUND: Duration = Duration::from_secs(15 * 60);

/// Why a command was not carried out, as it is told to whoever gave it.
type Outcome = Result<(), String>;

/// Carries out what these arguments say.
pub fn run(arguments: Vec<OsString>) -> ExitCode {
    if arguments.first().is_some_and(|first| first == "decode") {
        return match decode::answer_questions() {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    match read(arguments).and_then(|command| command.run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            drop(writeln!(std::io::stderr(), "galley-server: {problem}"));
            ExitCode::FAILURE
        }
    }
}

/// Everything that was said, before it is looked at.
#[derive(Default)]
struct Command {
    words: Vec<String>,
    data: Option<PathBuf>,
    to: Option<PathBuf>,
    listen: Option<SocketAddr>,
    address: Option<String>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    behind_proxy: bool,
    site_store: Option<String>,
    s3_endpoint: Option<String>,
    s3_region: Option<String>,
    s3_keys: Option<PathBuf>,
    roles: BTreeSet<Role>,
    device: Option<String>,
}

fn read(arguments: Vec<OsString>) -> Result<Command, String> {
    let mut command = Command::default();
    let mut parser = lexopt::Parser::from_args(arguments);
    let said = |error: lexopt::Error| format!("{error}\n\n{USAGE}");
    while let Some(argument) = parser.next().map_err(said)? {
        match argument {
            Long("data") => command.data = Some(parser.value().map_err(said)?.into()),
            Long("to") => command.to = Some(parser.value().map_err(said)?.into()),
            Long("listen") => command.listen = Some(parser.value().and_then(|v| v.parse()).map_err(said)?),
            Long("address") => {
                command.address = Some(address(parser.value().and_then(|v| v.string()).map_err(said)?)?)
            }
            Long("cert") => command.certificate = Some(parser.value().map_err(said)?.into()),
            Long("key") => command.key = Some(parser.value().map_err(said)?.into()),
            Long("site-store") => {
                command.site_store = Some(parser.value().and_then(|v| v.string()).map_err(said)?)
            }
            Long("s3-endpoint") => {
                command.s3_endpoint = Some(parser.value().and_then(|v| v.string()).map_err(said)?)
            }
            Long("s3-region") => {
                command.s3_region = Some(parser.value().and_then(|v| v.string()).map_err(said)?)
            }
            Long("s3-keys") => command.s3_keys = Some(parser.value().map_err(said)?.into()),
            Long("behind-proxy") => command.behind_proxy = true,
            Long("role") => {
                let word = parser.value().and_then(|v| v.string()).map_err(said)?;
                command.roles.insert(role(&word)?);
            }
            Long("device") => {
                command.device = Some(parser.value().and_then(|v| v.string()).map_err(said)?);
            }
            Long("help") | Short('h') => command.words = vec!["help".to_owned()],
            Value(word) => command.words.push(word.string().map_err(said)?),
            other => return Err(said(other.unexpected())),
        }
    }
    Ok(command)
}

fn address(url: String) -> Result<String, String> {
    let url = url.trim_end_matches('/').to_owned();
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    let is_plain = !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']);
    if is_plain { Ok(url) } else { Err(format!("{url} is no address like https://news.example")) }
}

fn role(word: &str) -> Result<Role, String> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|_| format!("there is no role {word}\n\n{USAGE}"))
}

impl Command {
    fn run(mut self) -> Outcome {
        let words = std::mem::take(&mut self.words);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            [] | ["help"] => {
                say(USAGE);
                Ok(())
            }
            ["serve"] => in_runtime(self.serve()),
            ["person", "list"] => in_runtime(self.list()),
            ["person", "add", name] => in_runtime(self.add(name)),
            ["person", "roles", name] => in_runtime(self.set_roles(name)),
            ["person", "code", name] => in_runtime(self.code(name)),
            ["person", "devices", name] => in_runtime(self.devices(name)),
            ["person", "revoke", name] => in_runtime(self.revoke(name)),
            ["person", "deactivate", name] => in_runtime(self.deactivate(name)),
            ["theme", "set", folder] => in_runtime(self.set_theme(Path::new(folder))),
            ["theme", "reset"] => in_runtime(self.reset_theme()),
            ["theme", "check", folder] => check_theme(Path::new(folder)),
            ["backup"] => in_runtime(self.backup()),
            ["verify"] => in_runtime(self.verify()),
            ["repair"] => in_runtime(self.repair()),
            other => Err(format!("there is no command {}\n\n{USAGE}", other.join(" "))),
        }
    }

    async fn serve(self) -> Outcome {
        logs::start();
        let tls = match (&self.certificate, &self.key) {
            (Some(certificate), Some(key)) => Some(Tls::from_files(certificate, key).map_err(told)?),
            (None, None) => None,
            _ => return Err("--cert and --key go together".to_owned()),
        };
        let listen = self.listen.ok_or("--listen is missing, such as --listen 0.0.0.0:443")?;
        if tls.is_none() && !self.behind_proxy && !listen.ip().is_loopback() {
            return Err(
                "passwords must not travel in the clear: give --cert and --key, or say --behind-proxy \
                        when a proxy before it speaks TLS"
                    .to_owned(),
            );
        }
        let signals = Signals::listen()?;
        let program = std::env::current_exe().map_err(told)?;
        let settings = Settings {
            data: self.data()?,
            address: self.address.clone(),
            behind_proxy: self.behind_proxy,
            store: self.store()?,
            decoder: (program, vec!["decode".to_owned()]),
            limits: Limits::default(),
        };
        let app = App::open(settings).await.map_err(told)?;
        if !app.decoder().are_well().await {
            return Err("the child that decodes foreign text cannot be started or confined".to_owned());
        }
        let scheme = if tls.is_some() { "https" } else { "http" };
        let listening = Listening::start(app.clone(), listen, tls).await.map_err(told)?;
        say(&format!("listening on {scheme}://{}", listening.addr));
        tracing::info!(addr = %listening.addr, scheme, "listening");
        let glancing = app.clone();
        let rounds = tokio::spawn(async move {
            loop {
                app.look_after().await;
                tokio::time::sleep(ROUND).await;
            }
        });
        let glances = tokio::spawn(async move {
            loop {
                tokio::time::sleep(GLANCE).await;
                glancing.follow_settings(Instant::now()).await;
            }
        });
        signals.heard().await;
        tracing::info!("asked to stop");
        for task in [rounds, glances] {
            task.abort();
            // What it does now ends before what it does it with is closed.
            drop(task.await);
        }
        listening.stop().await;
        tracing::info!("stopped");
        Ok(())
    }

    async fn add(self, name: &str) -> Outcome {
        let accounts = self.accounts().await?;
        let roles = self.roles;
        let code = accounts.add_person(name, roles, now()).await.map_err(told)?;
        say_code(name, &code);
        Ok(())
    }

    async fn set_roles(self, name: &str) -> Outcome {
        let accounts = self.accounts().await?;
        let words: Vec<_> = self.roles.iter().filter_map(|role| word(*role)).collect();
        accounts.set_roles(name, self.roles, now()).await.map_err(told)?;
        say(&format!("{name} is {} from now on.", words.join(", ")));
        Ok(())
    }

    async fn code(self, name: &str) -> Outcome {
        let code = self.accounts().await?.give_code(name, now()).await.map_err(told)?;
        say_code(name, &code);
        Ok(())
    }

    async fn list(self) -> Outcome {
        for person in self.accounts().await?.people().await.map_err(told)? {
            let words: Vec<_> = person.roles.iter().filter_map(|role| word(*role)).collect();
            let state = match (person.active, person.password.is_empty()) {
                (false, _) => "switched off".to_owned(),
                (true, true) => "not signed in yet".to_owned(),
                (true, false) => format!("{} signed-in device(s)", person.n_devices),
            };
            say(&format!("{}\t{}\t{state}", person.name, words.join(" ")));
        }
        Ok(())
    }

    async fn devices(self, name: &str) -> Outcome {
        for one in self.accounts().await?.devices(name).await.map_err(told)? {
            say(&format!("{}\t{}", one.device, one.name));
        }
        Ok(())
    }

    async fn revoke(self, name: &str) -> Outcome {
        let device = self.device.clone().ok_or("--device is missing: a name or id of `person devices`")?;
        match self.accounts().await?.revoke_devices(name, &device, now()).await.map_err(told)? {
            0 => Err(format!("{name} has no signed-in computer {device}")),
            1 => {
                say(&format!("{device} is signed out."));
                Ok(())
            }
            n => {
                say(&format!("{n} computers called {device} are signed out."));
                Ok(())
            }
        }
    }

    async fn deactivate(self, name: &str) -> Outcome {
        self.accounts().await?.deactivate(name, now()).await.map_err(told)?;
        say(&format!("{name} is signed out everywhere."));
        Ok(())
    }

    async fn set_theme(self, folder: &Path) -> Outcome {
        let theme = theme_in_folder(folder).map_err(told)?;
        let newsroom = self.newsroom().await?;
        newsroom.set_theme_of(&Themes::of(&self.data()?), &theme, now()).await.map_err(told)?;
        newsroom.close().await;
        let name = &theme.manifest().name;
        say(&format!("The site is set in the theme {name}. Pages that are live follow within a moment."));
        Ok(())
    }

    async fn reset_theme(self) -> Outcome {
        let newsroom = self.newsroom().await?;
        let theme = newsroom.reset_theme(&Themes::of(&self.data()?), now()).await.map_err(told)?;
        newsroom.close().await;
        say(&format!(
            "The site is set in Galley's theme {theme}. Pages that are live follow within a moment."
        ));
        Ok(())
    }

    async fn backup(self) -> Outcome {
        let to = self.to.clone().ok_or("--to is missing")?;
        let newsroom = self.newsroom().await?;
        newsroom.copy_to(&to).await.map_err(told)?;
        say(&format!("{} holds the records, checked.", to.display()));
        Ok(())
    }

    async fn verify(self) -> Outcome {
        let data = self.existing()?;
        let found = upkeep::verify(&data).await?;
        found.lines.iter().for_each(|line| say(line));
        if found.n_damaged == 0 { Ok(()) } else { Err(format!("{} thing(s) are damaged", found.n_damaged)) }
    }

    async fn repair(self) -> Outcome {
        let data = self.existing()?;
        upkeep::repair(&data, self.store()?).await?.iter().for_each(|line| say(line));
        Ok(())
    }

    /// The object store of the site, when it was named.
    fn store(&self) -> Result<Option<StoredSite>, String> {
        let Some(place) = &self.site_store else {
            let is_lost = self.s3_endpoint.is_some() || self.s3_region.is_some() || self.s3_keys.is_some();
            return if is_lost { Err("--s3-… goes with --site-store".to_owned()) } else { Ok(None) };
        };
        let said = |name: &str| std::env::var(name).ok();
        let region =
            self.s3_region.clone().or_else(|| said("AWS_REGION")).or_else(|| said("AWS_DEFAULT_REGION"));
        let address =
            StoreAddress::of(place, self.s3_endpoint.as_deref(), region.as_deref()).map_err(told)?;
        let keys = match &self.s3_keys {
            Some(file) => StoreKeys::from_file(file),
            None => StoreKeys::from_environment(),
        };
        Ok(Some(StoredSite { address, keys: keys.map_err(told)? }))
    }

    fn data(&self) -> Result<PathBuf, String> {
        self.data.clone().ok_or_else(|| "--data is missing".to_owned())
    }

    /// The data folder, of a newsroom that is there: a slip of the pen must not make another one.
    fn existing(&self) -> Result<PathBuf, String> {
        let data = self.data()?;
        let is_there = data.join("newsroom.sqlite").is_file();
        if is_there { Ok(data) } else { Err(format!("there is no newsroom in {}", data.display())) }
    }

    async fn newsroom(&self) -> Result<Newsroom, String> {
        Newsroom::open(&self.existing()?, now()).await.map_err(told)
    }

    async fn accounts(&self) -> Result<Accounts, String> {
        Ok(Accounts::of(self.newsroom().await?))
    }
}

fn check_theme(folder: &Path) -> Outcome {
    let theme = theme_in_folder(folder).map_err(told)?;
    say(&format!("The theme {} can be used.", theme.manifest().name));
    Ok(())
}

fn word(role: Role) -> Option<String> {
    serde_json::to_value(role).ok()?.as_str().map(str::to_owned)
}

fn say_code(name: &str, code: &OneTimeCode) {
    say(&format!("One-time code for {name}, good for seven days:"));
    say(&code.code);
}

fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn say(line: &str) {
    let mut out = std::io::stdout();
    // Whoever reads may be gone; the work goes on.
    drop(writeln!(out, "{line}").and_then(|()| out.flush()));
}

fn in_runtime(work: impl Future<Output = Outcome>) -> Outcome {
    tokio::runtime::Runtime::new().map_err(told)?.block_on(work)
}

/// What asks the server to stop: SIGTERM or SIGINT.
#[cfg(unix)]
struct Signals(tokio::signal::unix::Signal, tokio::signal::unix::Signal);

#[cfg(unix)]
impl Signals {
    /// Listens from now on; what comes before ends the process.
    fn listen() -> Result<Self, String> {
        use tokio::signal::unix::{SignalKind, signal};
        let on = |kind| signal(kind).map_err(told);
        Ok(Self(on(SignalKind::terminate())?, on(SignalKind::interrupt())?))
    }

    async fn heard(mut self) {
        tokio::select! {
            _ = self.0.recv() => {}
            _ = self.1.recv() => {}
        }
    }
}

/// What asks the server to stop: the end of the console's process.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> Result<Self, String> {
        Ok(Self)
    }

    async fn heard(self) {
        drop(tokio::signal::ctrl_c().await);
    }
}
