use super::report::{Check, Group};
use super::stage::Stage;
pub(super) async fn run(_stage: &Stage, group: Group) -> Vec<Check> {
    group.done()
}
