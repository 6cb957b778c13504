/// How often somebody may be sent something at most: so many pushes in any span of so many seconds.
public struct FrequencyCap: Sendable, Hashable, Codable {
    /// Whose pushes are counted together.
    public enum Subject: String, Sendable, Hashable, Codable, CaseIterable {
        case device
        /// All devices of a user count as one; a device of nobody's is its own user.
        case user
    }

    /// What becomes of a push beyond the cap.
    public enum Excess: String, Sendable, Hashable, Codable, CaseIterable { case delay, drop }

    /// What is counted: pushes with caps of the same key are counted together, whatever their counts and spans are.
    public let key: String
    public let per: Subject
    public let count: Int
    public let seconds: Int
    public let over: Excess

    public init(key: String, per: Subject, count: Int, seconds: Int, over: Excess) {
        self.key = key
        self.per = per
        self.count = count
        self.seconds = seconds
        self.over = over
    }

    public static let capLimit = 8
    public static let keyLimitBytes = 64
    public static let countLimit = 1000
    public static let secondsLimit = 31 * 86_400

    /// - Throws: ``PushProblem`` that names the field.
    public static func check(_ caps: [FrequencyCap]) throws(PushProblem) {
        guard caps.count <= capLimit else {
            throw PushProblem(.invalidField, field: "limits", "\(caps.count) are more than the \(capLimit) that one push may have")
        }
        for (index, cap) in caps.enumerated() {
            try check(1...keyLimitBytes, cap.key.utf8.count, "limits[\(index)].key", "bytes")
            try check(1...countLimit, cap.count, "limits[\(index)].count", "pushes")
            try check(1...secondsLimit, cap.seconds, "limits[\(index)].seconds", "seconds")
        }
    }

    private static func check(_ range: ClosedRange<Int>, _ number: Int, _ field: String, _ unit: String) throws(PushProblem) {
        guard range.contains(number) else {
            throw PushProblem(.invalidField, field: field, "give \(range.lowerBound) to \(range.upperBound) \(unit)")
        }
    }

    /// Whose sends are to be counted, for a recipient.
    public func subject(of recipient: Recipient) -> String {
        switch per {
        case .device: "device:\(recipient.device.rawValue)"
        case .user: recipient.profile?.user.map { "user:\($0)" } ?? "device:\(recipient.device.rawValue)"
        }
    }
}
