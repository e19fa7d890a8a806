//! A desktop session of its own for one test: X server, window manager, message bus, home folder.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::process::Process;

/// A virtual screen with a session on it. Dropping it ends everything that runs there.
pub struct Desktop {
    // Ended in this order: what draws first, the screen last.
    input_method: Option<Process>,
    _window_manager: Process,
    _bus: Process,
    _screen: Process,
    display: String,
    bus_address: String,
    folder: TempDir,
    log: PathBuf,
}

impl Desktop {
    /// Starts a session; what its processes say goes to `log`.
    pub fn start(log: &Path) -> Self {
        let folder = tempfile::tempdir().expect("there is room for a home folder");
        for name in ["home", "run"] {
            private_folder(&folder.path().join(name));
        }
        let mut screen = Command::new("Xvfb");
        screen.args(["-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp", "-noreset"]);
        let (screen, said) = Process::start_reading(screen, log);
        let display = format!(":{}", first_line(said, "Xvfb"));

        let mut bus = Command::new("dbus-daemon");
        bus.args(["--session", "--nofork", "--print-address=1"]);
        bus.envs(session(folder.path(), &display, ""));
        let (bus, said) = Process::start_reading(bus, log);
        let bus_address = first_line(said, "dbus-daemon");

        let mut window_manager = Command::new("openbox");
        window_manager.envs(session(folder.path(), &display, &bus_address));
        let window_manager = Process::start(window_manager, log);
        Self {
            input_method: None,
            _window_manager: window_manager,
            _bus: bus,
            _screen: screen,
            display,
            bus_address,
            folder,
            log: log.to_owned(),
        }
    }

    /// Starts fcitx5 with its pinyin input method; programs started later use it.
    pub fn start_input_method(&mut self) {
        let config = self.home().join(".config/fcitx5");
        std::fs::create_dir_all(&config).expect("the home folder can be written");
        std::fs::write(config.join("profile"), PINYIN).expect("the home folder can be written");
        let mut fcitx = self.command("fcitx5");
        fcitx.args(["--disable=wayland,waylandim"]);
        self.input_method = Some(Process::start(fcitx, &self.log));
        super::wait_until("fcitx5 answers", || self.output("fcitx5-remote", &[]).is_some());
    }

    /// A command that runs in this session.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.envs(session(self.folder.path(), &self.display, &self.bus_address));
        for name in ["WAYLAND_DISPLAY", "GALLEY_DATA_DIR", "GALLEY_LANG", "XDG_DATA_HOME", "XDG_CONFIG_HOME"]
        {
            command.env_remove(name);
        }
        if self.input_method.is_some() {
            command.env("GTK_IM_MODULE", "fcitx").env("XMODIFIERS", "@im=fcitx");
        }
        command
    }

    /// Runs a program of this session to its end; what it printed, or none when it failed.
    pub fn output(&self, program: &str, arguments: &[&str]) -> Option<String> {
        let output = self.command(program).args(arguments).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Real keys and clicks.
    pub fn xdotool(&self, arguments: &[&str]) -> String {
        self.output("xdotool", arguments).unwrap_or_else(|| panic!("xdotool {arguments:?} failed"))
    }

    /// The session's home folder.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }
}

fn session(folder: &Path, display: &str, bus_address: &str) -> Vec<(&'static str, String)> {
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let mut variables = vec![
        ("DISPLAY", display.to_owned()),
        ("HOME", path("home")),
        ("XDG_RUNTIME_DIR", path("run")),
        ("XDG_CACHE_HOME", path("home/.cache")),
        ("LANG", "C.UTF-8".to_owned()),
        ("LC_ALL", "C.UTF-8".to_owned()),
        ("GDK_BACKEND", "x11".to_owned()),
        // No accessibility bus is started for the test.
        ("NO_AT_BRIDGE", "1".to_owned()),
        ("LIBGL_ALWAYS_SOFTWARE", "1".to_owned()),
    ];
    if !bus_address.is_empty() {
        variables.push(("DBUS_SESSION_BUS_ADDRESS", bus_address.to_owned()));
    }
    variables
}

fn first_line(said: std::process::ChildStdout, who: &str) -> String {
    let mut line = String::new();
    BufReader::new(said).read_line(&mut line).expect("it can be read");
    assert!(!line.trim().is_empty(), "{who} did not start; see the log");
    line.trim().to_owned()
}

fn private_folder(path: &Path) {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().mode(0o700).create(path).expect("the folder can be made");
}

const PINYIN: &str = "\
[Groups/0]
Name=Default
Default Layout=us
DefaultIM=pinyin

[Groups/0/Items/0]
Name=keyboard-us
Layout=

[Groups/0/Items/1]
Name=pinyin
Layout=

[GroupOrder]
0=Default
";
