//! Every black-box check, against the real programs.

use integration::checks;

use crate::programs::{connect, marketplace, recommendations};

// A thread for the clients: with the test's own, they would answer no GOAWAY while it waits for the
// programs to end, and recommendations would wait for them until its drain is over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_system_on_free_ports_passes_every_check() {
    let recommendations = recommendations(0);
    let marketplace = marketplace(&[&recommendations]);
    let system = connect(&marketplace, &recommendations).await;

    let mut failed = Vec::new();
    checks::run(&system, |name, outcome| {
        if let Err(why) = outcome {
            failed.push(format!("{name}: {why}"));
        }
    })
    .await;

    assert!(failed.is_empty(), "{failed:#?}");
    marketplace.terminate().await;
    recommendations.terminate().await;
}
