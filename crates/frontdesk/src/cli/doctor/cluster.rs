//! The cluster, if Citus makes one of the database.

use frontdesk_store::Cluster;

use super::finding::Finding;

/// `has_tables`: whether a store is in the database.
pub(super) fn examine(cluster: &Cluster, has_tables: bool) -> Finding {
    let check = "citus";
    let Cluster { version, workers, .. } = cluster;
    let found = format!("Citus {version}, {workers} workers");
    if cluster.most_prepared == 0 {
        return Finding::wrong(
            check,
            format!("{found}; on one of the nodes max_prepared_transactions is 0"),
            "set it to max_connections on every node and restart them: what is written on two nodes at once needs it",
        );
    }
    if *workers > 0 && !cluster.has_coordinator {
        return Finding::wrong(
            check,
            format!("{found}; the coordinator is not known to them"),
            "SELECT citus_set_coordinator_host('its address', 5432)",
        );
    }
    if !cluster.is_distributed {
        let found = format!("{found}; the tables are not distributed");
        if !has_tables {
            return Finding::well(check, format!("{found} yet: the first start does it"));
        }
        return Finding::warning(check, found, "stop all servers and run frontdesk migrate");
    }
    if !cluster.elsewhere.is_empty() {
        return Finding::wrong(
            check,
            format!("{found}; these tables do not lie where they should: {}", cluster.elsewhere.join(", ")),
            "run frontdesk migrate with this version",
        );
    }
    if *workers == 0 {
        return Finding::warning(
            check,
            format!("{found}: everything lies on the coordinator"),
            "add workers: SELECT citus_add_node('its address', 5432), then citus_rebalance_start()",
        );
    }
    Finding::well(check, format!("{found}; everything is distributed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cluster() -> Cluster {
        Cluster {
            version: "13.0-1".to_owned(),
            workers: 2,
            has_coordinator: true,
            most_prepared: 100,
            is_distributed: true,
            elsewhere: Vec::new(),
        }
    }

    fn state(cluster: &Cluster, has_tables: bool) -> String {
        let finding = serde_json::to_value(examine(cluster, has_tables)).unwrap();
        finding["state"].as_str().unwrap().to_owned()
    }

    #[test]
    fn a_cluster_that_will_not_do_is_told_apart() {
        assert_eq!(state(&cluster(), true), "well");
        assert_eq!(state(&Cluster { most_prepared: 0, ..cluster() }, true), "wrong");
        assert_eq!(state(&Cluster { has_coordinator: false, ..cluster() }, true), "wrong");
        assert_eq!(state(&Cluster { elsewhere: vec!["entry".to_owned()], ..cluster() }, true), "wrong");
        assert_eq!(state(&Cluster { workers: 0, ..cluster() }, true), "warning");
        let before = Cluster { is_distributed: false, ..cluster() };
        assert_eq!(state(&before, true), "warning");
        assert_eq!(state(&before, false), "well");
    }
}
