import PushStorage

/// When a worker looks at which of its partitions.
struct OutboxTimetable {
    /// What came of a look.
    enum Look: Sendable, Hashable {
        /// There may be more, now.
        case full
        /// Nothing is left, or somebody else is at it.
        case done
        /// The first row can't be carried out now, or the database is away.
        case failed
    }

    private struct Entry {
        var due: ContinuousClock.Instant
        var backoff: Backoff
        var isFailing = false
    }

    private var entries: [Int: Entry]
    private let interval: Duration

    /// All are due at once.
    init(_ partitions: [Int], interval: Duration, now: ContinuousClock.Instant) {
        entries = Dictionary(uniqueKeysWithValues: partitions.map { ($0, Entry(due: now, backoff: Self.freshBackoff)) })
        self.interval = interval
    }

    /// 10 ms at first.
    private static var freshBackoff: Backoff { Backoff(firstSeconds: 0.01) }

    /// Whose turn is next, and when.
    var next: (partition: Int, due: ContinuousClock.Instant)? {
        entries.min { ($0.value.due, $0.key) < ($1.value.due, $1.key) }.map { ($0.key, $0.value.due) }
    }

    mutating func note(
        _ look: Look, at partition: Int, now: ContinuousClock.Instant, using random: inout some RandomNumberGenerator
    ) {
        switch look {
        case .full: entries[partition] = Entry(due: now, backoff: Self.freshBackoff)
        case .done: entries[partition] = Entry(due: now + interval, backoff: Self.freshBackoff)
        case .failed:
            let pause = entries[partition]?.backoff.next(using: &random) ?? interval
            entries[partition]?.due = now + pause
            entries[partition]?.isFailing = true
        }
    }

    func isFailing(_ partition: Int) -> Bool { entries[partition]?.isFailing == true }

    /// Somebody says that there are rows. Partitions of others are none of ours, and one that fails isn't hurried.
    mutating func hasRows(_ partition: Int, now: ContinuousClock.Instant) {
        guard let entry = entries[partition], !entry.isFailing else { return }
        entries[partition]?.due = min(entry.due, now)
    }
}
