use std::cell::RefCell;

use super::*;
use crate::health::Health;

#[tokio::test(start_paused = true)]
async fn a_desk_that_panics_is_begun_anew_after_growing_pauses_and_no_other_is_touched() {
    let desk = crate::config::parse("[desk]\nroot = \"A desk\"\n", "a test").expect("a configuration");
    let health = Health::new([&desk, &desk]);
    let starts = RefCell::new(Vec::new());
    let (one, other) = (health.desk(0), health.desk(1));
    let fails_at_first = || async {
        starts.borrow_mut().push(Instant::now());
        // The first ones panic before they have come to anything, one much later.
        let start = starts.borrow().len();
        match start {
            n @ 1..=12 => panic!("the {n}th mistake"),
            13 => tokio::time::sleep(Duration::from_secs(3600)).await,
            _ => std::future::pending().await,
        }
        panic!("a late mistake")
    };
    let mut others_starts = 0;
    let goes_on = || {
        others_starts += 1;
        std::future::pending()
    };
    let look = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let told = health.reports();
        let [one, other] = [0, 1].map(|desk| serde_json::to_string(&told[desk]).expect("JSON"));
        assert!(one.contains("failing") && one.contains("a mistake in the bot") && one.contains("begun anew"), "{one}");
        assert!(!other.contains("mistake"), "{other}");
        tokio::time::sleep(Duration::from_secs(3 * 3600)).await;
    };
    tokio::select! {
        never = begun_anew(&one, fails_at_first) => match never {},
        never = begun_anew(&other, goes_on) => match never {},
        () = look => {}
    }
    let starts = starts.into_inner();
    let pauses: Vec<f64> = starts.windows(2).map(|two| (two[1] - two[0]).as_secs_f64()).collect();
    assert_eq!(pauses.len(), 13, "{pauses:?}");
    assert!(pauses[0] < 1.6 && (4.0..13.0).contains(&pauses[3]), "they grow: {pauses:?}");
    assert!(pauses[9..12].iter().all(|pause| (150.0..451.0).contains(pause)), "and not beyond a limit: {pauses:?}");
    assert!(pauses[12] < 3602.0, "what went well for long begins with the first pause: {pauses:?}");
    assert_eq!(others_starts, 1);
}
