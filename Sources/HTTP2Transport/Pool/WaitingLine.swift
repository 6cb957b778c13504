/// Runs in the order they came. A queue whose head is an index: taking from the front of an array would move all that is behind.
struct WaitingLine {
    private var runs: [Run] = []
    private var head = 0
    /// Requests, not runs.
    private(set) var count = 0
    /// A lower bound of the deadlines: who leaves doesn't raise it, until nobody is left.
    private(set) var earliestDeadline: ContinuousClock.Instant?

    var isEmpty: Bool { count == 0 }

    mutating func append(_ run: Run) {
        runs.append(run)
        count += run.indices.count
        earliestDeadline = min(earliestDeadline ?? run.batch.deadline, run.batch.deadline)
    }

    /// Up to `limit` requests from the front; those that `skips` are left.
    mutating func take(_ limit: Int, skipping skips: (Run) -> Bool) -> [Run] {
        var taken: [Run] = []
        var passed: [Run] = []
        var left = limit
        while left > 0, head < runs.count {
            let run = runs[head]
            head += 1
            if skips(run) {
                passed.append(run)
            } else if run.indices.count > left {
                let cut = run.indices.lowerBound + left
                taken.append(run.narrowed(to: run.indices.lowerBound..<cut))
                passed.append(run.narrowed(to: cut..<run.indices.upperBound))
                left = 0
            } else {
                taken.append(run)
                left -= run.indices.count
            }
        }
        putBack(passed)
        count -= limit - left
        if count == 0 { earliestDeadline = nil }
        return taken
    }

    mutating func removeAll(where isGone: (Run) -> Bool) -> [Run] {
        let gone = runs[head...].filter(isGone)
        runs = runs[head...].filter { !isGone($0) }
        head = 0
        earliestDeadline = runs.lazy.map(\.batch.deadline).min()
        count -= gone.reduce(0) { $0 + $1.indices.count }
        return gone
    }

    private mutating func putBack(_ passed: [Run]) {
        for run in passed.reversed() {
            head -= 1
            runs[head] = run
        }
        // Give back the room in front when it is most of what there is.
        guard head > 64, head * 2 > runs.count || head == runs.count else { return }
        runs.removeSubrange(..<head)
        head = 0
    }
}

extension Run {
    fileprivate func narrowed(to indices: Range<Int>) -> Run {
        var run = self
        run.indices = indices
        return run
    }
}
