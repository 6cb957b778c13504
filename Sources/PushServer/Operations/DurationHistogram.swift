/// How often something took how long, as Prometheus counts it.
struct DurationHistogram: Sendable, Hashable {
    /// Seconds; the last bucket has no bound.
    static let bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

    private var buckets = [Int](repeating: 0, count: bounds.count + 1)
    private(set) var sum = 0.0

    mutating func add(seconds: Double) {
        buckets[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
        sum += seconds
    }

    var count: Int { buckets.reduce(0, +) }

    /// For each bound how many took no longer, and in the end how many there were.
    var cumulative: [(bound: String, count: Int)] {
        var total = 0
        return zip(Self.bounds.map { "\($0)" } + ["+Inf"], buckets).map { bound, count in
            total += count
            return (bound, total)
        }
    }
}
