//! Pages are asked for all the time, while recommendations goes and comes back.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use integration::system::System;
use tokio::{task::JoinHandle, time::sleep};

use crate::programs::{connect, marketplace, recommendations};

/// The deadline of a page (1 s), and what a busy machine may add.
const DEADLINE: Duration = Duration::from_millis(1500);
/// How soon after its return recommendations has to be used again.
const RECOVERY: Duration = Duration::from_secs(1);

/// One page view.
struct View {
    begun: Instant,
    took: Duration,
    status: u16,
}

/// Visitors who look at the page, one view after the other, until they are told to stop.
struct Visitors {
    stop: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<Vec<View>>>,
}

impl Visitors {
    fn come(system: &System) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let tasks = (0..8).map(|_| {
            let (system, stop) = (system.clone(), Arc::clone(&stop));
            tokio::spawn(async move {
                let mut views = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    let begun = Instant::now();
                    let status = system.get("/").await.unwrap().status.as_u16();
                    let took = begun.elapsed();
                    views.push(View {
                        begun,
                        took,
                        status,
                    });
                    sleep(Duration::from_millis(2)).await;
                }
                views
            })
        });
        let tasks = tasks.collect();
        Self { stop, tasks }
    }

    async fn leave(self) -> Vec<View> {
        self.stop.store(true, Ordering::Relaxed);
        let mut views = Vec::new();
        for task in self.tasks {
            views.extend(task.await.unwrap());
        }
        views
    }
}

/// Waits in a way that lets the visitors go on.
async fn after<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_only_one_is_restarted() {
    let first = recommendations(0);
    let port = first.address.port();
    let marketplace = marketplace(&[&first]);
    let system = connect(&marketplace, &first).await;
    let visitors = Visitors::come(&system);
    sleep(Duration::from_millis(500)).await;

    first.terminate().await;
    let gone = Instant::now();
    sleep(Duration::from_millis(1500)).await;
    let _second = after(move || recommendations(port)).await;
    let back = Instant::now();
    sleep(RECOVERY * 2).await;
    let views = visitors.leave().await;

    let slowest = views.iter().map(|view| view.took).max().unwrap();
    assert!(slowest < DEADLINE, "a view took {slowest:?}");
    for view in &views {
        let expected = if view.begun > back + RECOVERY {
            view.status == 200
        } else {
            matches!(view.status, 200 | 503)
        };
        assert!(expected, "{} after {:?}", view.status, view.begun - gone);
    }
    let away = views.iter().filter(|view| view.status == 503).count();
    assert!(away > 0, "nobody noticed that it was away");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_three_is_restarted_and_nobody_notices() {
    let mut replicas = [0, 0, 0].map(recommendations).map(Some);
    let first = replicas.each_ref().map(|it| it.as_ref().unwrap());
    let marketplace = marketplace(&first);
    let system = connect(&marketplace, first[0]).await;
    let visitors = Visitors::come(&system);
    sleep(Duration::from_millis(500)).await;

    for replica in &mut replicas {
        let old = replica.take().unwrap();
        let port = old.address.port();
        old.terminate().await;
        sleep(Duration::from_millis(300)).await;
        *replica = Some(after(move || recommendations(port)).await);
        // Until it is used again; else two in a row would be away.
        sleep(RECOVERY).await;
    }
    let views = visitors.leave().await;

    assert!(views.len() > 100, "only {} views", views.len());
    let lost: Vec<_> = views.iter().filter(|view| view.status != 200).collect();
    assert!(lost.is_empty(), "{} of {} lost", lost.len(), views.len());
    let slowest = views.iter().map(|view| view.took).max().unwrap();
    assert!(slowest < DEADLINE, "a view took {slowest:?}");
}
