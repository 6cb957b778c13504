/// What became of a push, for a person and for the exit code.
struct PushSummary {
    let counters: PushState.Counters

    init(_ push: PushState) { counters = push.counters ?? PushState.Counters() }

    /// Nothing failed or came too late, and not everybody had gone. A device that has gone while others got the push is no failure.
    var isSuccess: Bool {
        counters.failed == 0 && counters.expired == 0 && (counters.accepted > 0 || counters.unregistered == 0)
    }

    var line: String {
        let counted = [
            (counters.accepted, "accepted"), (counters.failed, "failed"), (counters.expired, "expired"),
            (counters.unregistered, "unregistered"),
        ] + [(counters.cancelled ?? 0, "cancelled"), (counters.dropped ?? 0, "dropped")].filter { $0.0 > 0 }
        guard counted.contains(where: { $0.0 > 0 }) else { return "Done: nobody to send to" }
        return "Done: " + counted.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }

    /// For the progress bar: what there always is first, then what there is.
    var shortCounts: [(name: String, count: Int)] {
        [(name: "accepted", count: counters.accepted)]
            + [
                (name: "failed", count: counters.failed), (name: "retrying", count: counters.retrying),
                (name: "expired", count: counters.expired), (name: "unregistered", count: counters.unregistered),
            ].filter { $0.count > 0 }
    }
}
