//! Every black-box check, against the real programs.

use integration::checks;

use crate::programs::{connect, marketplace, recommendations};

#[tokio::test]
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
    marketplace.terminate();
    recommendations.terminate();
}
