//! Other programs that make the same page: markdown-it with a template in JavaScript, and Hugo.
//!
//! The packages of the first are installed into a folder beside the build; Hugo is Debian's package, and where it is
//! not installed there is no figure. (Zola is in neither Debian nor the registry of crates.)

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What the page is made of, for every program the same.
pub(crate) struct Article<'a> {
    pub(crate) headline: &'a str,
    pub(crate) body: &'a str,
}

/// A page by markdown-it and a nunjucks template, in the same process over and over, the median; and the same with
/// emphasis in Chinese text and a cleaner. None where there is no Node.js or no registry of packages.
pub(crate) fn markdown_it(article: &Article<'_>, n_rounds: usize) -> io::Result<Option<[Duration; 2]>> {
    let folder = folder("markdown-it")?;
    fs::write(folder.join("package.json"), r#"{ "type": "module", "private": true }"#)?;
    let packages = ["markdown-it@14", "markdown-it-cjk-friendly@1", "nunjucks@3", "sanitize-html@2"];
    let is_there = packages.iter().all(|package| {
        package.split('@').next().is_some_and(|name| folder.join("node_modules").join(name).is_dir())
    });
    let npm = ["install", "--no-audit", "--no-fund", "--silent"].into_iter().chain(packages);
    if !is_there && said(Command::new("npm").args(npm).current_dir(&folder)).is_none() {
        return Ok(None);
    }
    fs::write(folder.join("measure.js"), include_str!("measure.js"))?;
    fs::write(folder.join("page.html"), include_str!("page.njk"))?;
    let input = serde_json::json!({ "headline": article.headline, "body": article.body, "rounds": n_rounds });
    fs::write(folder.join("input.json"), input.to_string())?;
    let seconds = said(Command::new("node").arg("measure.js").current_dir(&folder)).unwrap_or_default();
    let mut medians = seconds.lines().filter_map(|line| line.parse().ok()).map(Duration::from_secs_f64);
    Ok(medians.next().zip(medians.next()).map(<[_; 2]>::from))
}

/// A site of so many such articles by Hugo, for each page; none where Hugo is not installed.
pub(crate) fn hugo(article: &Article<'_>, n_pages: usize) -> io::Result<Option<Duration>> {
    if said(Command::new("hugo").arg("version")).is_none() {
        return Ok(None);
    }
    let folder = folder("hugo")?;
    fs::remove_dir_all(&folder)?;
    for name in ["content", "layouts/_default"] {
        fs::create_dir_all(folder.join(name))?;
    }
    fs::write(folder.join("config.toml"), include_str!("hugo.toml"))?;
    fs::write(folder.join("layouts/_default/single.html"), include_str!("hugo.html"))?;
    for n in 0..n_pages {
        let text = format!("---\ntitle: \"{} {n}\"\n---\n\n{}\n", article.headline, article.body);
        fs::write(folder.join(format!("content/{n}.md")), text)?;
    }
    let start = Instant::now();
    let built = said(Command::new("hugo").arg("--quiet").current_dir(&folder));
    let time = start.elapsed();
    let n_built = fs::read_dir(folder.join("public")).map(|entries| entries.count()).unwrap_or_default();
    if built.is_none() || n_built < n_pages {
        return Err(io::Error::other(format!("Hugo made {n_built} pages of {n_pages}")));
    }
    Ok(Some(time / u32::try_from(n_pages).unwrap_or(1)))
}

/// What a program said, when it succeeded.
fn said(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A folder beside the build, made when it is not there.
pub(crate) fn folder(name: &str) -> io::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let beside = program.ancestors().nth(3).unwrap_or(Path::new("."));
    let folder = beside.join("figures").join(name);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
