/// Waits that double from one failure to the next.
struct Backoff: Sendable, Equatable {
    let baseSeconds: Double
    let capSeconds: Double
    private(set) var failures = 0

    init(baseSeconds: Double, capSeconds: Double) {
        self.baseSeconds = baseSeconds
        self.capSeconds = capSeconds
    }

    /// - Returns: the longest wait after this failure.
    mutating func failed() -> Double {
        defer { failures += 1 }
        return min(capSeconds, baseSeconds * Double(1 << min(failures, 30)))
    }

    mutating func succeeded() { failures = 0 }
}
