use std::cell::Cell;

use super::*;
use crate::health::Health;

const MINUTE: Duration = Duration::from_secs(60);

fn health() -> Health {
    let desk = crate::config::parse("[desk]\nroot = \"A desk\"\n", "a test").expect("a configuration");
    Health::new([&desk])
}

#[tokio::test(start_paused = true)]
async fn a_pass_is_alive_where_work_gets_on_and_hangs_where_none_does() {
    let health = health();
    let desk = health.desk(0);
    let finished = Cell::new(7);
    let pass = async {
        for _ in 0..12 {
            tokio::time::sleep(10 * MINUTE).await;
            assert!(health.alive(), "slow work is work");
            finished.set(finished.get() + 1);
        }
        tokio::time::sleep(14 * MINUTE).await;
        assert!(health.alive());
        tokio::time::sleep(3 * MINUTE).await;
        assert!(!health.alive(), "nothing was finished for a quarter of an hour");
    };
    alive_while(&desk, || finished.get(), pass).await;
}

#[tokio::test(start_paused = true)]
async fn who_says_how_long_it_is_silent_is_alive_until_then_and_a_quarter_of_an_hour_more() {
    let health = health();
    let desk = health.desk(0);
    for (says, alive) in [(0, 14), (10, 24), (60, 74), (600, 74)] {
        desk.silent_for(says * MINUTE);
        tokio::time::sleep(alive * MINUTE).await;
        assert!(health.alive(), "{says}");
        tokio::time::sleep(2 * MINUTE).await;
        assert!(!health.alive(), "{says}");
    }
    // What is heard sooner counts from then.
    desk.silent_for(60 * MINUTE);
    desk.beat();
    tokio::time::sleep(16 * MINUTE).await;
    assert!(!health.alive());
}
