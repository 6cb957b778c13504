#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A moment as an expression names it: `2026-01-31T09:00:00Z` (RFC 3339, with a time and a zone), or so long before now: `30d ago`, with
/// `m` for minutes, `h` for hours, `d` for days of 24 hours, `w` for weeks.
public struct AudienceMoment: Sendable, Hashable {
    /// As it was written.
    public let text: String
    private let meaning: Meaning

    private enum Meaning: Sendable, Hashable {
        case at(Date)
        case before(seconds: Int)
    }

    /// Nil when the text names no moment.
    public init?(_ text: String) {
        guard let meaning = Self.ago(text) ?? Self.at(text) else { return nil }
        self.text = text
        self.meaning = meaning
    }

    public func date(asOf now: Date) -> Date {
        switch meaning {
        case .at(let date): date
        case .before(let seconds): now.addingTimeInterval(-Double(seconds))
        }
    }

    private static let secondsOfUnit: [Character: Int] = ["m": 60, "h": 3600, "d": 86_400, "w": 604_800]

    private static func ago(_ text: String) -> Meaning? {
        guard text.hasSuffix(" ago") else { return nil }
        let age = text.dropLast(4)
        guard let seconds = age.last.flatMap({ secondsOfUnit[$0] }), (2...6).contains(age.utf8.count),
            age.dropLast().allSatisfy({ ("0"..."9").contains($0) }), let count = Int(age.dropLast())
        else { return nil }
        return .before(seconds: count * seconds)
    }

    /// RFC 3339 §5.6. What Foundation reads is more: hours beyond 24, days that no month has, anything behind the zone.
    private static func at(_ text: String) -> Meaning? {
        let seconds = text.prefix(19)
        guard text.utf8.count <= 40, let date = try? Date("\(seconds)Z", strategy: .iso8601), date.formatted(.iso8601) == "\(seconds)Z"
        else { return nil }
        var zone = text.dropFirst(19)
        var fraction = 0.0
        if zone.first == "." {
            let digits = zone.dropFirst().prefix { ("0"..."9").contains($0) }
            guard !digits.isEmpty else { return nil }
            fraction = Double("0.\(digits)") ?? 0
            zone = zone.dropFirst(digits.count + 1)
        }
        return offsetSeconds(zone).map { .at(date.addingTimeInterval(fraction - Double($0))) }
    }

    /// `Z`, `+01:00`
    private static func offsetSeconds(_ zone: Substring) -> Int? {
        if zone == "Z" { return 0 }
        let numbers = zone.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard let sign = ["+": 1, "-": -1][zone.prefix(1)], numbers.count == 2,
            numbers.allSatisfy({ $0.utf8.count == 2 && $0.allSatisfy { ("0"..."9").contains($0) } }), let hours = Int(numbers[0]),
            let minutes = Int(numbers[1]), hours < 24, minutes < 60
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}
