public import Foundation

/// When devices may be disturbed: within the window, if there is one, and outside all quiet hours.
public struct SendingHours: Sendable, Hashable {
    public let window: DailyHours?
    public let quiet: [DailyHours]

    /// Every day is the same but for clocks that are put forward or back, or skip a date: what isn't allowed by then never is.
    private static let horizonSeconds: TimeInterval = 4 * 86_400

    public init(window: DailyHours? = nil, quiet: [DailyHours] = []) {
        self.window = window
        self.quiet = quiet
    }

    /// Whether quiet hours leave nothing of the day, or of the window.
    public var isEmpty: Bool { nextAllowed(atOrAfter: Date(timeIntervalSince1970: 0), in: .gmt) == nil }

    /// - Returns: `instant` itself if it is allowed, else the next moment that is; nil when none ever is.
    public func nextAllowed(atOrAfter instant: Date, in zone: TimeZone) -> Date? {
        let horizon = instant.addingTimeInterval(Self.horizonSeconds)
        var moment = instant
        while moment < horizon {
            guard let next = next(after: moment, in: zone) else { return moment }
            moment = next
        }
        return nil
    }

    /// A later moment before which nothing is allowed; nil if `moment` is.
    private func next(after moment: Date, in zone: TimeZone) -> Date? {
        if let end = quiet.lazy.compactMap({ $0.end(at: moment, in: zone) }).max() { return end }
        guard let window, !window.contains(moment, in: zone) else { return nil }
        return window.nextStart(atOrAfter: moment, in: zone) ?? .distantFuture
    }
}
