#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What caps on how often say of one recipient.
public enum FrequencyVerdict: Sendable, Hashable {
    case allowed
    /// Not yet, by any of them.
    case notBefore(Date)
    case dropped(FrequencyCap)

    /// - Parameter sends: when the subject was sent other pushes with the cap's key, for each cap; in any order, older ones too.
    public init(_ caps: [FrequencyCap], sends: [[Date]], now: Date) {
        var until: Date?
        for (cap, sends) in zip(caps, sends) {
            guard let free = cap.isFree(after: sends, now: now) else { continue }
            guard cap.over == .delay else {
                self = .dropped(cap)
                return
            }
            until = max(until ?? free, free)
        }
        self = until.map { .notBefore($0) } ?? .allowed
    }
}

extension FrequencyCap {
    /// - Returns: nil when one more may be sent now; else when.
    fileprivate func isFree(after sends: [Date], now: Date) -> Date? {
        let span = TimeInterval(seconds)
        let counting = sends.filter { $0.addingTimeInterval(span) > now }.sorted(by: >)
        // Once the oldest of the newest `count` no longer counts, there is room.
        return counting.count < count ? nil : counting[count - 1].addingTimeInterval(span)
    }
}
