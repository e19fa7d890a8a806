//! The newsroom's jobs, done by children.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::future::join_all;
use galley_newsroom::decoder::{Decoded, Decoder, Job};

use super::pool::{Broken, CHILDREN, Pool};

/// Bytes of jobs that one child is asked at once; one job alone may be larger.
const AT_ONCE: usize = 8 << 20;

/// Fewer bytes of jobs than this are not shared out among children.
const WORTH_A_BUNDLE: usize = 64 << 10;

/// Has children do the newsroom's jobs.
#[derive(Clone)]
pub struct Children(pub(super) Arc<Pool>);

impl Children {
    /// Children of this program with these arguments: `galley-server decode`. None is started yet.
    pub fn of(program: PathBuf, arguments: Vec<String>) -> Self {
        Self(Arc::new(Pool::new(program, arguments)))
    }

    /// Whether a child can be started and answers.
    pub(crate) async fn are_well(&self) -> bool {
        self.0.ask_fresh::<Decoded>(&[] as &[Job]).await.is_ok()
    }

    /// Has one child do jobs. When it breaks over them, each is asked alone.
    async fn together(&self, jobs: Vec<Job>) -> Vec<Decoded> {
        match self.0.ask(&jobs).await {
            Ok(decoded) => decoded,
            Err(_) => {
                let mut answers = Vec::with_capacity(jobs.len());
                for job in &jobs {
                    answers.push(self.alone(job).await);
                }
                answers
            }
        }
    }

    /// Has a child that was asked nothing before do one job. When it breaks, the job is to blame, unless children
    /// break over nothing at all, as where the system lacks memory.
    async fn alone(&self, job: &Job) -> Decoded {
        let answer = self.0.ask_fresh(std::slice::from_ref(job)).await;
        let broken = match answer.map(|mut decoded| decoded.pop()) {
            Ok(Some(decoded)) => return decoded,
            Ok(None) => Broken::Garbage,
            Err(broken) => broken,
        };
        if matches!(broken, Broken::NotStarted(_)) || !self.are_well().await {
            tracing::error!(%broken, "children cannot decode");
            return Decoded::Unavailable;
        }
        tracing::warn!(%broken, article = %job.article, "a decoding child broke and was replaced");
        match broken {
            Broken::Hung => Decoded::TimedOut,
            _ => Decoded::Died,
        }
    }

    /// Ends the children that wait; what is asked afterwards is not looked at.
    pub(crate) fn close(&self) {
        self.0.close();
    }
}

impl Decoder for Children {
    /// Many jobs at once, in the order of their answers. When the child breaks over them, each is asked alone of
    /// a fresh one, so that exactly the one to blame is not done.
    fn decode(&self, jobs: Vec<Job>) -> Pin<Box<dyn Future<Output = Vec<Decoded>> + Send + '_>> {
        Box::pin(async move {
            let mut answers = Vec::with_capacity(jobs.len());
            let mut bundles = bundles(jobs).into_iter();
            // As many at a time as there are children.
            loop {
                let asked = join_all(bundles.by_ref().take(CHILDREN).map(|together| self.together(together)));
                let answered = asked.await;
                if answered.is_empty() {
                    return answers;
                }
                answers.extend(answered.into_iter().flatten());
            }
        })
    }
}

/// Jobs in their order, so many together as fit, and no fewer bundles than there are children to share them.
fn bundles(jobs: Vec<Job>) -> Vec<Vec<Job>> {
    let mut bundles: Vec<Vec<Job>> = Vec::new();
    let mut n_bytes = 0;
    let share = jobs.iter().map(size).sum::<usize>() / CHILDREN + 1;
    let at_once = share.clamp(WORTH_A_BUNDLE, AT_ONCE);
    for job in jobs {
        let size = size(&job);
        match bundles.last_mut().filter(|_| n_bytes + size <= at_once) {
            Some(bundle) => bundle.push(job),
            None => {
                n_bytes = 0;
                bundles.push(vec![job]);
            }
        }
        n_bytes += size;
    }
    bundles
}

/// Roughly, in bytes.
fn size(job: &Job) -> usize {
    use galley_newsroom::decoder::{Step, Written};
    let steps = job.steps.iter().map(|step| match step {
        Step::Take(Written { bytes, .. }) | Step::TryOn(Written { bytes, .. }) => bytes.0.len(),
        Step::WriteBody { text, .. } | Step::WriteField { text, .. } => text.len(),
        // Of a peer and a number.
        Step::Read { have } => have.len() * 32,
    });
    let updates = job.updates.iter().map(|update| update.0.len());
    job.snapshot.as_ref().map_or(0, |bytes| bytes.0.len()) + updates.sum::<usize>() + steps.sum::<usize>()
}
