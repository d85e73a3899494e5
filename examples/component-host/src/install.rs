//! Getting components: installed from files, updated to another version, and back.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use obs::InContext;
use obs::host::lifecycle::{
    self, Change, Installation, Phase, RollbackCause, Source, State, UpdateStrategy,
};
use tokio::task::spawn_blocking;
use wasmtime::component::Component;

use crate::actor::Mailbox;
use crate::engine::Engine;
use crate::guest::{self, SOURCES};
use crate::tally::Figure;

/// The greeter's versions.
pub(crate) const OLD: usize = 1;
pub(crate) const NEW: usize = 2;
pub(crate) const BROKEN: usize = 3;

/// Where components come from: files with a component each, made out of the guests when the host starts.
pub(crate) struct Packages {
    directory: PathBuf,
    engine: Arc<Engine>,
}

impl Packages {
    /// Writes every version of every guest to a file of its own.
    pub(crate) fn unpack(directory: &Path, engine: Arc<Engine>) -> Result<Self> {
        let packages = Self {
            directory: directory.join("components"),
            engine,
        };
        fs::create_dir_all(&packages.directory)?;
        for source in &SOURCES {
            for version in 1..=source.versions() {
                let path = packages.path(source.name, version);
                fs::write(&path, source.text(version))
                    .with_context(|| format!("cannot write {}", path.display()))?;
            }
        }
        Ok(packages)
    }

    /// Installs a version of a component. Called inside it.
    pub(crate) fn install(&self, name: &str, version: usize) -> Result<Component> {
        let installation = Installation::start(Source::File);
        let installed = installation
            .context()
            .scope(|| self.phases(&installation, name, version));
        installation.end(&installed);
        installed
    }

    fn phases(&self, installation: &Installation, name: &str, version: usize) -> Result<Component> {
        let path = self.path(name, version);
        let fetching = installation.phase(Phase::Fetch);
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        drop(fetching);
        let verifying = installation.phase(Phase::Verify);
        if bytes != SOURCES[guest::place(name)].text(version).as_bytes() {
            bail!(
                "{} is not the component that it was; delete it and start again",
                path.display()
            );
        }
        drop(verifying);
        let compiling = installation.phase(Phase::Compile);
        let compile = || self.engine.compile(&bytes);
        let compiled = compiling.context().scope(compile);
        compiled.with_context(|| format!("the guest {name} does not compile"))
    }

    fn path(&self, name: &str, version: usize) -> PathBuf {
        self.directory.join(format!("{name}-{version}.wat"))
    }
}

/// Says which version a component runs, inside it.
pub(crate) fn identify(name: &str, version: usize) {
    let text = SOURCES[guest::place(name)].text(version);
    let mut hash = DefaultHasher::new();
    text.hash(&mut hash);
    lifecycle::identify(&version.to_string(), &format!("{:016x}", hash.finish()));
}

/// What to do with the greeter next.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// Put this version in the place of the one that runs.
    Update { to: usize, from: usize },
    /// Put this version back.
    Rollback { to: usize },
}

/// Puts a version of a component into the place of another, or back. An update to a version that does not do its work is
/// rolled back.
pub(crate) async fn change(
    packages: &Arc<Packages>,
    mailbox: &Mailbox,
    name: &'static str,
    step: Step,
) {
    let component = mailbox.component();
    let (lifecycle, book) = (&mailbox.plan().lifecycle, mailbox.plan().book());
    let (to, cause) = match step {
        Step::Rollback { to } => (to, RollbackCause::Manual),
        Step::Update { to, from } => {
            let update = component.scope(|| Change::update(UpdateStrategy::StopStart));
            let turn = |to| update.context().scope(|| lifecycle.turn(to));
            turn(State::Updating);
            let serving = serve(packages, mailbox, name, to);
            let updated = serving.in_context(update.context()).await;
            let works = updated.is_ok();
            turn(if works { State::Running } else { State::Failed });
            component.scope(|| update.end(&updated));
            if works {
                return book.add(Figure::Updates, 1);
            }
            book.add(Figure::FailedUpdates, 1);
            (from, RollbackCause::FailedUpdate)
        }
    };
    let rollback = component.scope(|| Change::rollback(cause));
    let turn = |to| rollback.context().scope(|| lifecycle.turn(to));
    turn(State::Updating);
    let serving = serve(packages, mailbox, name, to);
    let back = serving.in_context(rollback.context()).await;
    if back.is_ok() {
        book.add(Figure::Rollbacks, 1);
        turn(State::Running);
    }
    component.scope(|| rollback.end(&back));
}

/// Installs a version and has the component run it.
async fn serve(
    packages: &Arc<Packages>,
    mailbox: &Mailbox,
    name: &'static str,
    version: usize,
) -> Result<()> {
    let (packages, component) = (packages.clone(), mailbox.component());
    let context = obs::Context::current();
    let install = move || context.scope(|| component.scope(|| packages.install(name, version)));
    let guest = spawn_blocking(install).await??;
    mailbox.plan().book().add(Figure::Installations, 1);
    if !mailbox.swap(guest).await {
        bail!("version {version} of {name} does not do its work");
    }
    component.scope(|| identify(name, version));
    Ok(())
}
