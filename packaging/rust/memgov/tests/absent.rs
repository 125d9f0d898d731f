//! Without memgov in the process every call answers "absent", and nothing is refused.
#![cfg(not(feature = "link"))]

use memgov::{Budget, Stats};

#[test]
fn absent() {
    if std::env::var_os("LD_PRELOAD").is_some() {
        return; // tests/interface.rs
    }
    assert!(!memgov::available());
    assert_eq!(memgov::version(), None);
    assert_eq!(memgov::stats(), None::<Stats>);
    assert_eq!(memgov::budget(), None::<Budget>);
    assert_eq!(memgov::release(usize::MAX), 0);
    assert_eq!(memgov::admit(usize::MAX).map(|admission| admission.bytes()), Ok(usize::MAX));
    assert!(memgov::set_budget(Some(1 << 30), Some(1 << 30)).is_err());
    assert!(memgov::clear_budget().is_err());
    assert!(!memgov::bind_thread("parse"));
    let _scope = memgov::PoolScope::enter("parse");
}
